/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SASL: the input is a mechanism's name, a newline, and the client's messages
 * with newlines between. "$NONCE" in a message stands for what the server has
 * made up. Whatever is sent: no crash, one verdict for each exchange, nobody
 * but the one user that exists gets in, and nothing moves after that. Our
 * client and what reads stored keys are tried on the same bytes.
 */
#include "tests/fuzz/fuzz.h"
#include "xmpp/sasl_peek.h"

/* password: pencil */
static const char keys_line[] = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
				"WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
				"wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

struct stage {
	struct loop *loop;
	struct sasl_server *server;
	struct buf nonce;
	unsigned verdicts;
	bool in;
};

/* r=..., or nonce="...", in a challenge. */
static void
find_nonce(struct buf *r, struct str challenge)
{
	ssize_t quoted = str_find(challenge, STR("nonce=\""));
	struct str rest;

	if (str_starts(challenge, STR("r=")))
		rest = str_split(str_from(challenge, 2), ',', &(struct str){0});
	else if (quoted >= 0)
		rest = str_split(str_from(challenge, (size_t)quoted + 7), '"', &(struct str){0});
	else
		return;
	buf_clear(r);
	buf_add(r, rest);
}

static void
on_challenge(void *owner, struct str bytes)
{
	struct stage *st = owner;

	bug_if(st->in || !bytes.p);
	find_nonce(&st->nonce, bytes);
}

static void
on_success(void *owner, struct str user, const char *mechanism, struct str data)
{
	struct stage *st = owner;

	(void)data;
	bug_if(st->in || !str_is(user, "juliet") || !mechanism);
	st->in = true;
	st->verdicts++;
}

static void
on_failure(void *owner, enum sasl_condition condition, const char *text)
{
	struct stage *st = owner;

	bug_if(condition == SASL_FAIL_NONE || !text);
	bug_if(sasl_server_busy(st->server));
	st->verdicts++;
}

static void
on_want(void *owner, struct str user)
{
	struct stage *st = owner;
	struct sasl_credentials c = {.result = SASL_USER_UNKNOWN};

	bug_if(user.n == 0 || str_chr(user, '@') >= 0 || str_chr(user, '\0') >= 0);
	if (str_is(user, "juliet")) {
		c.result = SASL_USER_OK;
		bug_if(scram_parse(str_z(keys_line), &c.scram[SCRAM_SHA_256]) < 0);
		c.has_scram[SCRAM_SHA_256] = true;
	}
	sasl_server_credentials(st->server, &c);
}

static const struct sasl_server_events events = {on_challenge, on_success, on_failure, on_want};

static void
stage_open(struct stage *st)
{
	static const char *const mechanisms[] = {"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "DIGEST-MD5", "PLAIN",
		"EXTERNAL", NULL};
	struct sasl_server_opts opts = {
		.service = "xmpp",
		.host = "example.org",
		.tls = true,
		.mechanisms = mechanisms,
		.external_users = STR("juliet\nromeo"),
		.certificate = true,
		.anonymous = true,
		.fake_secret = STR("secret"),
		.fake_iterations = 4096,
	};

	*st = (struct stage){.loop = loop_new_fake()};
	opts.loop = st->loop;
	st->server = sasl_server_new(&opts, &events, st);
}

static void
stage_close(struct stage *st)
{
	sasl_server_free(&st->server);
	loop_free(&st->loop);
	buf_done(&st->nonce);
}

static void
expand(struct buf *out, struct str message, struct str nonce)
{
	ssize_t at;

	buf_clear(out);
	buf_reserve(out, 1); /* present, even when empty */
	while ((at = str_find(message, STR("$NONCE"))) >= 0) {
		buf_addn(out, message.p, (size_t)at);
		buf_add(out, nonce);
		message = str_from(message, (size_t)at + strlen("$NONCE"));
	}
	buf_add(out, message);
}

static void
play(struct str mechanism, struct str messages, bool initial)
{
	struct buf message = {0};
	struct stage st;
	bool first = true;

	stage_open(&st);
	if (!initial)
		sasl_server_start(st.server, mechanism, STR_NONE);
	while (messages.p) {
		unsigned before = st.verdicts;

		expand(&message, str_split(messages, '\n', &messages), buf_str(&st.nonce));
		if (first && initial)
			sasl_server_start(st.server, mechanism, buf_str(&message));
		else
			sasl_server_step(st.server, buf_str(&message));
		loop_fake_advance(st.loop, 0);
		bug_if(st.verdicts > before + 1);
		bug_if(st.verdicts == before && !sasl_server_busy(st.server));
		first = false;
	}
	stage_close(&st);
	buf_done(&message);
}

/* Counts above the least would only take the fuzzer's time. */
static bool
is_costly(struct str message)
{
	return str_find(message, STR("i=")) >= 0 && str_find(message, STR("i=4096")) < 0;
}

/* Our client, with the same messages as a server's: none of them knows the secret. */
static void
play_client(struct str messages)
{
	struct sasl_client *c = sasl_client_new("xmpp", "example.org", "juliet", "pencil", NULL);
	struct buf message = {0}, nonce = {0};
	const char *mechanism, *why = NULL;
	struct str response;

	bug_if(sasl_client_start(c, "SCRAM-SHA-256", &mechanism, &response, &why) < 0);
	buf_add(&nonce, str_from(response, strlen("n,,n=juliet,r=")));
	while (messages.p) {
		expand(&message, str_split(messages, '\n', &messages), buf_str(&nonce));
		if (!is_costly(buf_str(&message)) && sasl_client_step(c, buf_str(&message), &response, &why) < 0)
			bug_if(!why);
	}
	bug_if(sasl_client_finish(c, STR_NONE, &why) == 0);
	sasl_client_free(&c);
	buf_done(&message);
	buf_done(&nonce);
}

/* -PLUS needs a TLS connection; its messages are read all the same. */
static void
peek(struct str message)
{
	for (size_t i = 0; i < SASL_MECH_COUNT; i++) {
		struct arena a = {0};
		struct sasl_peek p;
		const char *why = NULL;

		if (sasl_peek(&a, &sasl_mechs[i], message, &p, &why) < 0)
			bug_if(!why);
		else
			bug_if(sasl_mechs[i].kind == SASL_KIND_SCRAM && (p.authcid.n == 0 || !p.cb_flag));
		arena_done(&a);
	}
}

static void
stored_keys(struct str line)
{
	struct scram_keys k, again;
	struct buf b = {0};

	if (scram_parse(line, &k) == 0) {
		scram_print(&b, &k);
		bug_if(scram_parse(buf_str(&b), &again) < 0 || memcmp(&k, &again, sizeof(k)) != 0);
	}
	buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_set_up;
	struct str in = str_n((const char *)data, size), messages;
	struct str mechanism = str_split(in, '\n', &messages);
	struct buf why = {0};

	if (!is_set_up && sasl_setup(&why) < 0)
		die(1, "%s", buf_z(&why));
	is_set_up = true;
	play(mechanism, messages, true);
	play(mechanism, messages, false);
	play_client(messages);
	peek(messages.p ? messages : in);
	stored_keys(in);
	return 0;
}
