/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SASL for a client (RFC 6120 section 6): elements in, elements out, attempts
 * counted. Who somebody is decides xmpp/sasl.h, once; credentials come through
 * ask.c. While an answer is on its way, what the client sends is held.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"
#include "common/base64.h"
#include "xmpp/out.h"

/*
 * RFC 6120 6.4.5 allows 2 to 5 retries with a mechanism, and then the next mechanism. So there is a limit for guesses
 * (auth_tries), one for attempts with the same mechanism that are none, and one for everything on a connection.
 */
enum {
	MECHANISMS_ALLOWED_MAX = 32,
	FAILURES_IN_A_ROW_MAX = 5,
	FAILURES_MAX = 10,
};

static void on_plain_task(struct task *t);

/* --- words to the client --- */

/* RFC 6120 6.4.2: data in base64; data that is there and empty is "=". */
static void
write_data(struct client *c, const char *name, struct str data, struct str empty)
{
	struct buf text = {0}, b = {0};
	struct out o;

	if (data.n > 0)
		base64_print(&text, data);
	else
		buf_add(&text, empty);
	out_init(&o, &b, NS_CLIENT);
	out_leafz(&o, name, NS_SASL, buf_str(&text));
	client_write(c, buf_str(&b));
	buf_done(&text);
	buf_done(&b);
}

/* RFC 6120 6.4.5: a condition, and perhaps a text. */
static void
write_failure(struct client *c, enum sasl_condition condition, const char *text)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "failure", NS_SASL);
	out_leafz(&o, sasl_condition_name(condition), NULL, STR(""));
	if (text) {
		out_openz(&o, "text", NULL);
		out_attr_ns(&o, STR(NS_XML), STR("lang"), STR("en"));
		out_text(&o, str_z(text));
		out_close(&o);
	}
	out_done(&o);
	client_write(c, buf_str(&b));
	buf_done(&b);
}

/* What a person in front of the client can make something of; it never tells whether the user exists. */
static const char *
text_for(enum sasl_condition condition)
{
	switch (condition) {
	case SASL_FAIL_NOT_AUTHORIZED:
		return "The user name or the password is wrong.";
	case SASL_FAIL_ACCOUNT_DISABLED:
		return "The account is disabled.";
	case SASL_FAIL_TEMPORARY_AUTH_FAILURE:
		return "Login is not possible at the moment. Please try again later.";
	case SASL_FAIL_ENCRYPTION_REQUIRED:
		return "Login is possible with TLS only.";
	case SASL_FAIL_MECHANISM_TOO_WEAK:
		return "This way of logging in is not secure enough here.";
	default:
		return NULL;
	}
}

/* --- the end of an exchange --- */

static void
plain_give_back(struct client *c)
{
	struct c2s *s = c->c2s;
	struct login *l = c->login;

	if (l->plain_waits) {
		list_remove(&s->plain_waiting, &l->plain_node);
		l->plain_waits = false;
	}
	if (l->plain) {
		l->plain = false;
		s->plain_now--;
		loop_defer(s->loop, &s->plain_task, on_plain_task);
	}
}

static enum client_state
state_before_auth(const struct client *c)
{
	return client_secure(c) ? CLIENT_SECURE : CLIENT_PLAIN;
}

/*
 * Whether somebody may have guessed a password. What fails before anybody's credentials were asked for is no
 * guess: clients with an old kind of channel binding go through all the -PLUS mechanisms before they find one
 * that they can do. Neither is a server that cannot answer, nor a change of mind.
 */
static bool
is_guess(const struct client *c, enum sasl_condition condition)
{
	return c->login->tried.p && condition != SASL_FAIL_TEMPORARY_AUTH_FAILURE &&
	       condition != SASL_FAIL_ABORTED;
}

/* Whoever makes us look somebody up for nothing uses up what its address may do, guess or not. */
static void
charge_address(struct client *c)
{
	if (c->login->tried.p)
		limits_failed(&c->c2s->set, c->address, loop_now(c->c2s->loop));
	c->login->tried = STR_NONE;
}

static void
count_failure(struct client *c, bool guess)
{
	struct login *l = c->login;
	const char *mechanism = l->trying ? l->trying : "";

	l->failures++;
	l->tries += guess;
	l->row = l->last && strcmp(l->last, mechanism) == 0 ? l->row + 1 : 1;
	l->last = mechanism;
}

/*
 * Lines whose shape does not change: tools that ban addresses watch for "authentication failed" (the address
 * stands in front of it).
 */
static void
log_failure(struct client *c, bool guess, enum sasl_condition condition, const char *why)
{
	log_info(&c->log, "authentication %s user=%s mechanism=%s reason=%s%s%s", guess ? "failed" : "refused",
		 log_quote(c->login->tried), log_quote(str_z(c->login->trying)), sasl_condition_name(condition),
		 why ? " why=" : "", why ? log_quote(str_z(why)) : "");
}

static bool
has_failed_enough(const struct client *c)
{
	const struct login *l = c->login;

	return l->tries >= c->c2s->set.auth_tries || l->row >= FAILURES_IN_A_ROW_MAX || l->failures >= FAILURES_MAX;
}

/* The exchange that was under way is over, whatever comes next. */
static void
forget_exchange(struct client *c)
{
	plain_give_back(c);
	ask_forget(c);
	c->login->trying = NULL;
	if (c->state == CLIENT_AUTH)
		client_set_state(c, state_before_auth(c));
}

static void
close_after_failures(struct client *c)
{
	metric_add(&metric_limit_tries, 1);
	client_fail(c, STREAM_POLICY_VIOLATION, "too many failed logins");
}

static void
fail(struct client *c, enum sasl_condition condition, const char *why)
{
	bool guess = is_guess(c, condition);

	count_failure(c, guess);
	log_failure(c, guess, condition, why);
	metric_auth_failure(c->login->trying, condition);
	if (condition == SASL_FAIL_TEMPORARY_AUTH_FAILURE)
		c->login->tried = STR_NONE; /* it was ours, and costs the client nothing */
	charge_address(c);
	forget_exchange(c);
	write_failure(c, condition, text_for(condition));
	if (has_failed_enough(c)) /* RFC 6120 6.4.5 */
		close_after_failures(c);
	else
		client_resume(c, PAUSE_LOGIN);
}

void
auth_gone(struct client *c)
{
	if (!c->login)
		return;
	if (c->login->ask_id == 0) /* or it is we who have kept it waiting */
		charge_address(c);
	plain_give_back(c);
	ask_forget(c);
	sasl_server_free(&c->login->sasl);
}

/* --- what the exchange says --- */

static void
on_challenge(void *owner, struct str bytes)
{
	struct client *c = owner;

	write_data(c, "challenge", bytes, STR(""));
	client_resume(c, PAUSE_LOGIN);
}

static void
on_success(void *owner, struct str user, const char *mechanism, struct str data)
{
	struct client *c = owner;

	c->login->user = arena_str(&c->login->arena, user);
	c->login->mechanism = arena_str(&c->login->arena, str_z(mechanism)).p;
	c->login->tried = STR_NONE;
	metric_add(&metric_logins, 1);
	/* RFC 6120 6.4.6: no data at all, or "=" for empty data */
	write_data(c, "success", data, data.p ? STR("=") : STR(""));
	client_set_state(c, CLIENT_AUTHENTICATED);
	log_info(&c->log, "authenticated mechanism=%s secure=%s", mechanism, client_secure(c) ? "tls" : "no");
	auth_gone(c); /* decided, once and for all: there is nobody left who could change it */
	client_restart(c);
	client_resume(c, PAUSE_LOGIN);
}

static void
on_failure(void *owner, enum sasl_condition condition, const char *text)
{
	fail(owner, condition, text);
}

static void
on_want(void *owner, struct str user)
{
	struct client *c = owner;

	c->login->tried = arena_str(&c->login->arena, user);
	ask_credentials(c, user);
}

static const struct sasl_server_events sasl_events = {
	.challenge = on_challenge,
	.success = on_success,
	.failure = on_failure,
	.want = on_want,
};

/* --- making the exchange --- */

void
auth_prepare(struct client *c)
{
	const char *allowed[MECHANISMS_ALLOWED_MAX + 1];
	const char *const *names;
	size_t count = conf_list(c->c2s->conf, conf_c2s.name, NULL, "mechanisms", &names);
	bool certificate = false;
	struct sasl_server_opts opts = {
		.service = "xmpp",
		.host = c->login->host,
		.tls = client_secure(c),
		.ssl = io_ssl(c->io),
		.mechanisms = allowed,
		.external_users = external_users(c, &certificate),
		.certificate = certificate,
		.anonymous = hosts_anonymous(c->c2s->hosts, client_host(c)),
		.fake_secret = buf_str(&c->c2s->fake_secret),
		.fake_iterations = c->c2s->set.scram_iterations,
		.loop = c->c2s->loop,
	};

	count = MIN(count, (size_t)MECHANISMS_ALLOWED_MAX);
	for (size_t i = 0; i < count; i++)
		allowed[i] = names[i];
	allowed[count] = NULL;
	sasl_server_free(&c->login->sasl);
	c->login->sasl = sasl_server_new(&opts, &sasl_events, c);
}

/* The initial response may hold a password: the exchange has a copy of what it needs. */
static void
start_exchange(struct login *l, struct str mechanism)
{
	struct str initial = l->initial;
	void *p;

	l->initial = STR_NONE;
	sasl_server_start(l->sasl, mechanism, initial); /* may end the login, but not yet its memory */
	memcpy(&p, &initial.p, sizeof(p));
	if (initial.n)
		explicit_bzero(p, initial.n);
}

/* --- places for PLAIN --- */

/*
 * PLAIN costs us what SCRAM costs the client: PBKDF2. Worker threads do it;
 * only so many logins are let near them at once, the others wait in a row.
 */
static bool
plain_take_place(struct client *c)
{
	struct c2s *s = c->c2s;

	if (s->plain_now < s->set.plain_at_once) {
		s->plain_now++;
		c->login->plain = true;
		return true;
	}
	metric_add(&metric_limit_plain, 1);
	list_append(&s->plain_waiting, &c->login->plain_node);
	c->login->plain_waits = true;
	return false;
}

static void
on_plain_task(struct task *t)
{
	struct c2s *s = container_of(t, struct c2s, plain_task);

	while (s->plain_now < s->set.plain_at_once && s->plain_waiting.first) {
		struct login *l = list_entry(list_shift(&s->plain_waiting), struct login, plain_node);

		l->plain_waits = false;
		l->plain = true;
		s->plain_now++;
		start_exchange(l, STR("PLAIN"));
	}
}

/* --- what the client says --- */

static enum sasl_condition
decode(struct client *c, struct str text, struct str *data_r)
{
	enum sasl_condition condition = SASL_FAIL_INCORRECT_ENCODING; /* RFC 6120 6.5.5 */
	struct buf bytes = {0};

	if (base64_parse(&bytes, text) == 0) {
		*data_r = arena_str(&c->login->arena, buf_str(&bytes));
		condition = SASL_FAIL_NONE;
	}
	if (bytes.n)
		explicit_bzero(bytes.p, bytes.n);
	buf_done(&bytes);
	return condition;
}

/* The text of <auth/> or <response/>: absent, empty ("=", RFC 6120 6.4.2) or decoded. */
static enum sasl_condition
read_data(struct client *c, const struct stanza *st, struct str *data_r)
{
	struct str text = node_text(st->arena, st->root);

	*data_r = STR_NONE;
	if (st->root->child) /* RFC 6120 A.4: text and nothing else */
		return SASL_FAIL_MALFORMED_REQUEST;
	if (str_is(text, "="))
		*data_r = STR("");
	else if (text.n > 0)
		return decode(c, text, data_r);
	return SASL_FAIL_NONE;
}

static bool
may_login(struct client *c)
{
	struct c2s *s = c->c2s;

	if (!limits_may_try(&s->set, c->address, loop_now(s->loop))) {
		metric_add(&metric_limit_failures, 1);
		client_fail(c, STREAM_POLICY_VIOLATION,
			    "too many failed logins from this address; try again later");
		return false;
	}
	if (!client_secure(c) && s->set.tls == TLS_POLICY_REQUIRED) {
		fail(c, SASL_FAIL_ENCRYPTION_REQUIRED, "login before STARTTLS"); /* RFC 6120 6.5.4 */
		return false;
	}
	return true;
}

void
auth_on_auth(struct client *c, const struct stanza *st)
{
	struct str mechanism = node_attr(st->arena, st->root, "mechanism");
	enum sasl_condition condition;
	struct str initial;

	c->login->trying = arena_str(&c->login->arena, mechanism.p ? mechanism : STR("")).p;
	if (!may_login(c))
		return;
	if (!c->login->sasl)
		auth_prepare(c);
	client_set_state(c, CLIENT_AUTH);
	condition = read_data(c, st, &initial);
	if (condition != SASL_FAIL_NONE) {
		fail(c, condition, NULL);
		return;
	}
	client_pause(c, PAUSE_LOGIN);
	c->login->initial = initial;
	if (str_is(mechanism, "PLAIN") && !plain_take_place(c))
		return;
	start_exchange(c->login, mechanism.p ? mechanism : STR(""));
}

/*
 * RFC 6120 6.4.2: the exchange under way is discarded, and the new one is the one that counts. This cannot confuse who
 * somebody is: an exchange has no identity before its <success/>, and behind that nothing of the same stream is
 * looked at.
 */
void
auth_on_second_auth(struct client *c, const struct stanza *st)
{
	log_info(&c->log, "authentication given up for another attempt user=%s mechanism=%s", log_quote(c->login->tried),
		 log_quote(str_z(c->login->trying)));
	metric_auth_failure(c->login->trying, SASL_FAIL_ABORTED);
	count_failure(c, false);
	charge_address(c);
	forget_exchange(c);
	sasl_server_free(&c->login->sasl);
	if (has_failed_enough(c))
		close_after_failures(c);
	else
		auth_on_auth(c, st);
}

void
auth_on_response(struct client *c, const struct stanza *st)
{
	struct str response;
	enum sasl_condition condition = read_data(c, st, &response);

	if (condition != SASL_FAIL_NONE) {
		sasl_server_free(&c->login->sasl); /* the exchange is over */
		fail(c, condition, NULL);
		return;
	}
	client_pause(c, PAUSE_LOGIN);
	sasl_server_step(c->login->sasl, response.p ? response : STR(""));
}

/* RFC 6120 6.4.4 */
void
auth_on_abort(struct client *c, const struct stanza *st)
{
	(void)st;
	sasl_server_abort(c->login->sasl);
}

/* <response/> or <abort/> without an exchange. */
void
auth_on_stray(struct client *c, const struct stanza *st)
{
	(void)st;
	fail(c, SASL_FAIL_MALFORMED_REQUEST, "no exchange is under way");
}
