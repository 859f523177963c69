/* SPDX-License-Identifier: Apache-2.0 */
/* The stage for the tests of SASL: see sasl_play.h. */
#include "tests/unit/sasl_play.h"

#include "common/base64.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

/*
 * Events.
 */

static struct play *
note(void *owner, enum play_event event)
{
	struct play *p = owner;

	assert_int_equal(p->event, PLAY_NOTHING); /* the one before was looked at */
	p->event = event;
	p->events++;
	buf_clear(&p->bytes);
	return p;
}

static void
leave(struct play *p)
{
	if (p->free_in_callback)
		sasl_server_free(&p->server);
}

static void
on_challenge(void *owner, struct str bytes)
{
	struct play *p = note(owner, PLAY_CHALLENGE);

	assert_non_null(bytes.p);
	buf_add(&p->bytes, bytes);
	leave(p);
}

static void
on_success(void *owner, struct str user, const char *mechanism, struct str data)
{
	struct play *p = note(owner, PLAY_SUCCESS);

	p->has_data = data.p != NULL;
	buf_add(&p->bytes, data);
	snprintf(p->user, sizeof(p->user), STR_FMT, STR_ARG(user));
	snprintf(p->mechanism, sizeof(p->mechanism), "%s", mechanism);
	leave(p);
}

static void
on_failure(void *owner, enum sasl_condition condition, const char *text)
{
	struct play *p = note(owner, PLAY_FAILURE);

	assert_non_null(text);
	p->condition = condition;
	snprintf(p->text, sizeof(p->text), "%s", text);
	leave(p);
}

static void
on_want(void *owner, struct str user)
{
	struct play *p = owner;

	p->wants++;
	snprintf(p->wanted, sizeof(p->wanted), STR_FMT, STR_ARG(user));
	if (!p->late)
		play_answer(p);
	else
		leave(p);
}

static const struct sasl_server_events events = {on_challenge, on_success, on_failure, on_want};

void
play_assert(struct play *p, enum play_event event, enum sasl_condition c, const char *file, int line)
{
	static const char *const names[] = {"nothing", "challenge", "success", "failure"};

	if (p->event != event)
		print_error("%s, not %s (%s)\n", names[p->event], names[event],
		    p->event == PLAY_FAILURE ? p->text : "");
	else if (event == PLAY_FAILURE && p->condition != c)
		print_error("%s, not %s (%s)\n", sasl_condition_name(p->condition), sasl_condition_name(c), p->text);
	_assert_true(p->event == event && (event != PLAY_FAILURE || p->condition == c), "the event", file, line);
	p->event = PLAY_NOTHING;
}

/*
 * The play.
 */

static const char *const everything[] = {
	"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "DIGEST-MD5", "PLAIN", "EXTERNAL", NULL,
};

/* The keys of the one user; made once, for PBKDF2 costs time. */
static const struct sasl_credentials *
juliet(void)
{
	static struct sasl_credentials c;
	struct buf hex = {0};
	unsigned char md5[16];
	static const char text[] = "juliet:example.org:" PLAY_PASSWORD;

	if (c.has_scram[0])
		return &c;
	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		scram_make(&c.scram[h], (enum scram_hash)h, 4096, STR(PLAY_PASSWORD));
		c.has_scram[h] = true;
	}
	assert_true(EVP_Digest(text, strlen(text), md5, NULL, EVP_md5(), NULL));
	hex_print(&hex, str_n((const char *)md5, 16));
	memcpy(c.digest_md5, buf_z(&hex), 33);
	buf_done(&hex);
	return &c;
}

void
play_setup(struct play *p)
{
	struct buf why = {0};

	*p = (struct play){.stored = *juliet()};
	if (sasl_setup(&why) < 0)
		fail_msg("%s", buf_z(&why));
	buf_done(&why);
	p->loop = loop_new_fake();
	p->opts = (struct sasl_server_opts){
		.service = "xmpp",
		.host = "example.org",
		.tls = true,
		.mechanisms = everything,
		.fake_secret = STR("a secret of the cluster"),
		.fake_iterations = 4096,
		.loop = p->loop,
	};
	play_open(p);
}

void
play_open(struct play *p)
{
	sasl_server_free(&p->server);
	p->server = sasl_server_new(&p->opts, &events, p);
}

void
play_teardown(struct play *p)
{
	sasl_server_free(&p->server);
	loop_free(&p->loop);
	buf_done(&p->bytes);
	sasl_teardown();
}

void
play_start(struct play *p, const char *mechanism, struct str initial)
{
	sasl_server_start(p->server, str_z(mechanism), initial);
}

void
play_step(struct play *p, struct str response)
{
	sasl_server_step(p->server, response);
}

void
play_answer(struct play *p)
{
	const struct sasl_credentials unknown = {.result = SASL_USER_UNKNOWN};
	bool is_juliet = strcmp(p->wanted, "juliet") == 0;

	sasl_server_credentials(p->server, is_juliet ? &p->stored : &unknown);
}

void
play_work(struct play *p)
{
	loop_fake_advance(p->loop, 0);
}

/*
 * SCRAM's client (RFC 5802 section 3).
 */

static const EVP_MD *
md_of(enum scram_hash h)
{
	return h == SCRAM_SHA_1 ? EVP_sha1() : h == SCRAM_SHA_256 ? EVP_sha256() : EVP_sha512();
}

struct str
scram_play_first(struct scram_play *c, struct buf *out, const char *user)
{
	buf_clear(&c->bare);
	buf_addf(&c->bare, "n=%s,r=rOprNGfwEbeRWgbNEkqO", user);
	buf_clear(out);
	buf_addz(out, c->gs2);
	buf_add(out, buf_str(&c->bare));
	return buf_str(out);
}

struct keys {
	unsigned char client[64], stored[64], server[64];
	unsigned n;
};

static void
make_keys(const struct scram_play *c, struct str salt, int iterations, struct keys *k)
{
	const EVP_MD *md = md_of(c->hash);
	unsigned char salted[64];

	k->n = (unsigned)EVP_MD_get_size(md);
	assert_true(PKCS5_PBKDF2_HMAC(c->password, (int)strlen(c->password), (const unsigned char *)salt.p,
	    (int)salt.n, iterations, md, (int)k->n, salted));
	assert_non_null(HMAC(md, salted, (int)k->n, (const unsigned char *)"Client Key", 10, k->client, NULL));
	assert_non_null(HMAC(md, salted, (int)k->n, (const unsigned char *)"Server Key", 10, k->server, NULL));
	assert_true(EVP_Digest(k->client, k->n, k->stored, NULL, md, NULL));
}

/* r=<nonce>,s=<salt>,i=<count> */
static void
read_challenge(const struct scram_play *c, struct str challenge, struct str *nonce_r, struct keys *k)
{
	struct str rest, salt, count;
	struct buf bytes = {0};
	uint64_t iterations;

	*nonce_r = str_split(challenge, ',', &rest);
	salt = str_split(rest, ',', &rest);
	count = rest;
	assert_true(str_starts(*nonce_r, STR("r=rOprNGfwEbeRWgbNEkqO")) && nonce_r->n > 40);
	assert_true(str_starts(salt, STR("s=")) && str_starts(count, STR("i=")));
	assert_int_equal(base64_parse(&bytes, str_from(salt, 2)), 0);
	assert_int_equal(str_to_u64(str_from(count, 2), &iterations), 0);
	make_keys(c, buf_str(&bytes), (int)iterations, k);
	buf_done(&bytes);
}

/* c=<base64 of gs2 header and binding>,r=<nonce> */
static void
write_without_proof(const struct scram_play *c, struct buf *out, struct str nonce)
{
	struct buf bound = {0};

	buf_clear(out);
	buf_addz(&bound, c->gs2_proven ? c->gs2_proven : c->gs2);
	buf_add(&bound, c->binding);
	buf_addz(out, "c=");
	base64_print(out, buf_str(&bound));
	buf_addc(out, ',');
	buf_add(out, nonce);
	buf_done(&bound);
}

struct str
scram_play_final(struct scram_play *c, struct buf *out, struct str challenge)
{
	unsigned char proof[64], signature[64];
	struct buf auth = {0};
	struct str nonce;
	struct keys k;

	read_challenge(c, challenge, &nonce, &k);
	write_without_proof(c, out, nonce);
	buf_add(&auth, buf_str(&c->bare));
	buf_addc(&auth, ',');
	buf_add(&auth, challenge);
	buf_addc(&auth, ',');
	buf_add(&auth, buf_str(out));
	HMAC(md_of(c->hash), k.stored, (int)k.n, (const unsigned char *)auth.p, auth.n, proof, NULL);
	HMAC(md_of(c->hash), k.server, (int)k.n, (const unsigned char *)auth.p, auth.n, signature, NULL);
	for (unsigned i = 0; i < k.n; i++)
		proof[i] ^= k.client[i];
	buf_addz(out, ",p=");
	base64_print(out, str_n((const char *)proof, k.n));
	buf_clear(&c->signature);
	buf_addz(&c->signature, "v=");
	base64_print(&c->signature, str_n((const char *)signature, k.n));
	buf_done(&auth);
	return buf_str(out);
}

void
scram_play_done(struct scram_play *c)
{
	buf_done(&c->bare);
	buf_done(&c->signature);
}
