/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's side of authentication: one state machine that decides who a
 * connection is, once. It knows in which order things happen; what a message
 * says is sasl_peek.c's, what a proof is worth Cyrus's (sasl_exchange.c).
 *
 * Each public function ends with at most one callback and touches nothing of
 * the server after it, so the owner may free the server in it.
 */
#include "xmpp/jid.h"
#include "xmpp/sasl_exchange.h"
#include "xmpp/sasl_password.h"

#include "common/base64.h"
#include "common/rand.h"

enum sasl_state {
	SASL_IDLE,    /* no exchange: a start is welcome */
	SASL_FIRST,   /* a challenge asks for the message that names the user */
	SASL_WANT,    /* the user's keys are asked for */
	SASL_HASH,    /* a worker compares a password */
	SASL_TALK,    /* a challenge is out, the response is Cyrus's */
	SASL_DECIDED, /* authenticated; final */
};

struct sasl_server {
	const struct sasl_server_events *events;
	void *owner;
	struct loop *loop;
	struct sasl_offer offer;
	char *service, *host;
	struct str external_users, fake_secret; /* ours */
	unsigned fake_iterations;
	enum sasl_state state;
	struct sasl_exchange *x;    /* null in IDLE and DECIDED */
	struct sasl_password *job;  /* in HASH only */
};

static struct str
copy(struct str s)
{
	return s.p ? str_n(str_dup(s), s.n) : STR_NONE;
}

static void
drop(struct str *s)
{
	void *p;

	sasl_wipe(*s);
	memcpy(&p, &s->p, sizeof(p)); /* not const: made by copy() */
	free(p);
	*s = STR_NONE;
}

struct sasl_server *
sasl_server_new(const struct sasl_server_opts *opts, const struct sasl_server_events *events, void *owner)
{
	struct sasl_server *s = xcalloc(1, sizeof(*s));

	s->events = events;
	s->owner = owner;
	s->loop = opts->loop;
	s->service = xstrdup(opts->service);
	s->host = xstrdup(opts->host);
	s->external_users = copy(opts->external_users);
	s->fake_secret = copy(opts->fake_secret);
	s->fake_iterations = MAX(opts->fake_iterations, (unsigned)SCRAM_ITERATIONS_MIN);
	sasl_offer_init(&s->offer, opts);
	return s;
}

void
sasl_server_free(struct sasl_server **s)
{
	if (!*s)
		return;
	sasl_password_forget(&(*s)->job);
	sasl_exchange_free(&(*s)->x);
	drop(&(*s)->external_users);
	drop(&(*s)->fake_secret);
	free((*s)->service);
	free((*s)->host);
	free(*s);
	*s = NULL;
}

size_t
sasl_server_mechanisms(struct sasl_server *s, const char *names_r[], size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < SASL_MECH_COUNT; i++) {
		if (!sasl_offer_has(&s->offer, &sasl_mechs[i]))
			continue;
		if (count < max)
			names_r[count] = sasl_mechs[i].name;
		count++;
	}
	return count;
}

size_t
sasl_server_bindings(struct sasl_server *s, const char *names_r[], size_t max)
{
	return sasl_offer_bindings(&s->offer, names_r, max);
}

bool
sasl_server_busy(const struct sasl_server *s)
{
	return s->state != SASL_IDLE && s->state != SASL_DECIDED;
}

/* The exchange ends without a result. What was decided before stays decided. */
static void
fail(struct sasl_server *s, enum sasl_condition condition, const char *text)
{
	struct sasl_exchange *x = s->x; /* `text` may live in it */

	s->x = NULL;
	sasl_password_forget(&s->job);
	if (s->state != SASL_DECIDED)
		s->state = SASL_IDLE;
	s->events->failure(s->owner, condition, text);
	sasl_exchange_free(&x);
}

/* Cyrus is convinced. What remains is whether this user may come in at all. */
static void
decide(struct sasl_server *s, struct str data)
{
	struct sasl_exchange *x = s->x; /* `data` lives in it */

	if (x->stored.result == SASL_USER_DISABLED) {
		fail(s, SASL_FAIL_ACCOUNT_DISABLED, "the account is disabled");
		return;
	}
	if (x->stored.result != SASL_USER_OK) {
		fail(s, SASL_FAIL_NOT_AUTHORIZED, "no such user");
		return;
	}
	s->x = NULL;
	s->state = SASL_DECIDED;
	s->events->success(s->owner, x->user, x->mech->name, data);
	sasl_exchange_free(&x);
}

/* One step of Cyrus; `next` is the state in which the answer to its challenge is awaited. */
static void
talk(struct sasl_server *s, struct str message, enum sasl_state next)
{
	struct sasl_reply reply;

	sasl_exchange_step(s->x, message, &reply);
	switch (reply.progress) {
	case SASL_GOES_ON:
		s->state = next;
		s->events->challenge(s->owner, reply.bytes.p ? reply.bytes : STR(""));
		return;
	case SASL_PROVEN:
		decide(s, reply.bytes);
		return;
	case SASL_REFUSED:
		fail(s, reply.condition, reply.text);
		return;
	}
}

/* RFC 5802 section 6, RFC 5801 section 5: the client's flag must fit the mechanism and what we have offered. */
static enum sasl_condition
check_binding(struct sasl_server *s, const char **why_r)
{
	struct sasl_exchange *x = s->x;

	if (x->mech->plus != (x->peek.cb_flag == 'p')) {
		*why_r = "the GS2 flag does not fit the mechanism";
		return SASL_FAIL_NOT_AUTHORIZED;
	}
	if (x->peek.cb_flag == 'y' && sasl_offer_has_plus(&s->offer)) {
		*why_r = "the client has not seen the -PLUS that we have offered: somebody in between took it away";
		return SASL_FAIL_NOT_AUTHORIZED;
	}
	if (x->mech->plus && sasl_bind(s->offer.ssl, x->peek.cb_type, &x->binding) < 0) {
		*why_r = "no such channel binding";
		return SASL_FAIL_NOT_AUTHORIZED;
	}
	return SASL_FAIL_NONE;
}

/*
 * RFC 2831 2.1.2: serv-type "/" host, or with a serv-name behind it. Cyrus compares the service alone. A host is one
 * in each way to write it, A-labels among them.
 */
static bool
is_our_uri(const struct sasl_server *s, struct str uri)
{
	struct str rest, host, name;

	if (!str_ieq(str_split(uri, '/', &rest), str_z(s->service)) || !rest.p)
		return false;
	host = str_split(rest, '/', &name);
	return jid_prep_domain(&s->x->arena, name.p ? name : host, &host) == 0 && str_is(host, s->host);
}

static enum sasl_condition
check_digest(const struct sasl_server *s, const char **why_r)
{
	if (!str_is(s->x->peek.realm, s->host)) {
		*why_r = "another realm than the one offered";
		return SASL_FAIL_NOT_AUTHORIZED;
	}
	if (!is_our_uri(s, s->x->peek.digest_uri)) {
		*why_r = "a digest-uri of another service";
		return SASL_FAIL_NOT_AUTHORIZED;
	}
	return SASL_FAIL_NONE;
}

/* RFC 6120 6.3.8: empty, or the bare JID that belongs to the user name. */
static enum sasl_condition
check_authzid(const struct sasl_server *s, const char **why_r)
{
	struct sasl_exchange *x = s->x;
	struct jid jid;

	if (x->peek.authzid.n == 0)
		return SASL_FAIL_NONE;
	*why_r = "the authzid is not the user's own address";
	if (jid_prep(&x->arena, x->peek.authzid, &jid, NULL) < 0)
		return SASL_FAIL_INVALID_AUTHZID;
	if (!jid_is_bare(&jid) || !str_eq(jid.node, x->user) || !str_is(jid.domain, s->host))
		return SASL_FAIL_INVALID_AUTHZID;
	return SASL_FAIL_NONE;
}

static bool
is_proven(const struct sasl_server *s, struct str user)
{
	struct str rest = s->external_users;

	while (rest.p)
		if (str_eq(str_split(rest, '\n', &rest), user))
			return true;
	return false;
}

/*
 * XEP-0178 section 2, 10 and 11: of one address the certificate speaks for itself; of several the client says by the
 * authzid which one it means. Whatever it says, it must be one of them.
 */
static enum sasl_condition
identify_external(struct sasl_server *s, struct str *user_r, const char **why_r)
{
	struct sasl_exchange *x = s->x;
	struct jid jid;

	if (x->peek.authzid.n == 0) {
		*user_r = s->external_users;
		*why_r = "the certificate has several addresses, and the client does not say which";
		return str_chr(s->external_users, '\n') < 0 ? SASL_FAIL_NONE : SASL_FAIL_INVALID_AUTHZID;
	}
	*why_r = "the authzid is no address of the certificate";
	if (jid_prep(&x->arena, x->peek.authzid, &jid, NULL) < 0 || !is_proven(s, jid.node))
		return SASL_FAIL_INVALID_AUTHZID;
	*user_r = jid.node;
	return SASL_FAIL_NONE;
}

/* Who the first message is from; what is refused here depends on the client's bytes alone, not on who exists. */
static enum sasl_condition
identify(struct sasl_server *s, const char **why_r)
{
	struct sasl_exchange *x = s->x;
	enum sasl_condition condition = SASL_FAIL_NONE;
	struct str user = STR_NONE;

	if (x->mech->kind == SASL_KIND_SCRAM)
		condition = check_binding(s, why_r);
	else if (x->mech->kind == SASL_KIND_DIGEST_MD5)
		condition = check_digest(s, why_r);
	else if (x->mech->kind == SASL_KIND_EXTERNAL)
		condition = identify_external(s, &user, why_r);
	if (condition != SASL_FAIL_NONE)
		return condition;
	if (x->mech->kind != SASL_KIND_EXTERNAL && jid_prep_node(&x->arena, x->peek.authcid, &user) < 0) {
		*why_r = "no user can have this name";
		return SASL_FAIL_NOT_AUTHORIZED;
	}
	x->user = arena_str(&x->arena, user);
	return check_authzid(s, why_r);
}

/* XEP-0175 3 recommends a UUID (RFC 4122 4.4): 122 random bits, so nobody else has it, and nobody finds it. */
static struct str
random_name(struct arena *a)
{
	unsigned char bytes[16];
	struct buf hex = {0};
	struct str h, name;

	rand_bytes(bytes, sizeof(bytes));
	bytes[6] = (unsigned char)(0x40 | (bytes[6] & 0x0f));
	bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3f));
	hex_print(&hex, str_n((const char *)bytes, sizeof(bytes)));
	h = buf_str(&hex);
	name = arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", h.p, h.p + 8, h.p + 12, h.p + 16, h.p + 20);
	buf_done(&hex);
	return name;
}

/* ANONYMOUS: nothing is proven, nobody's keys are needed, and who it is says the server. */
static void
let_in_anonymous(struct sasl_server *s)
{
	struct sasl_exchange *x = s->x;

	x->user = random_name(&x->arena);
	x->stored.result = SASL_USER_OK;
	decide(s, STR_NONE);
}

static void
take_first(struct sasl_server *s, struct str message)
{
	const char *why = "malformed";
	enum sasl_condition condition = SASL_FAIL_MALFORMED_REQUEST;

	if (sasl_exchange_read(s->x, message, &why) == 0)
		condition = s->x->mech->kind == SASL_KIND_ANONYMOUS ? SASL_FAIL_NONE : identify(s, &why);
	if (condition != SASL_FAIL_NONE) {
		fail(s, condition, why);
	} else if (s->x->mech->kind == SASL_KIND_ANONYMOUS) {
		let_in_anonymous(s);
	} else {
		s->state = SASL_WANT;
		s->events->want(s->owner, s->x->user);
	}
}

static void
refuse_mechanism(struct sasl_server *s, const struct sasl_mech *m)
{
	const char *why;
	enum sasl_condition condition = sasl_offer_refusal(&s->offer, m, &why);

	fail(s, condition, why);
}

static void
begin(struct sasl_server *s, const struct sasl_mech *m, struct str initial)
{
	s->x = sasl_exchange_new(m);
	if (m->kind == SASL_KIND_DIGEST_MD5) { /* the server speaks first; an empty response says nothing */
		if (initial.n > 0) {
			fail(s, SASL_FAIL_MALFORMED_REQUEST, "an initial response, where the server speaks first");
			return;
		}
		sasl_exchange_open(s->x, s->service, s->host);
		talk(s, STR_NONE, SASL_FIRST);
	} else if (!initial.p && m->kind != SASL_KIND_ANONYMOUS) { /* RFC 6120 6.4.2: an empty challenge asks for it */
		s->state = SASL_FIRST;
		s->events->challenge(s->owner, STR(""));
	} else {
		take_first(s, initial); /* an empty <auth/> of ANONYMOUS says all there is to say: XEP-0175 4 */
	}
}

void
sasl_server_start(struct sasl_server *s, struct str mechanism, struct str initial)
{
	const struct sasl_mech *m = sasl_mech_find(mechanism);

	if (s->state != SASL_IDLE)
		fail(s, SASL_FAIL_NOT_AUTHORIZED,
		    s->state == SASL_DECIDED ? "authenticated already" : "a second exchange while one is under way");
	else if (!m || !sasl_offer_has(&s->offer, m))
		refuse_mechanism(s, m);
	else
		begin(s, m, initial);
}

void
sasl_server_step(struct sasl_server *s, struct str response)
{
	if (!response.p)
		response = STR("");
	switch (s->state) {
	case SASL_FIRST:
		take_first(s, response);
		return;
	case SASL_TALK:
		if (s->x->mech->kind == SASL_KIND_DIGEST_MD5 && response.n > 0) /* Cyrus would not look at it */
			fail(s, SASL_FAIL_MALFORMED_REQUEST, "data where the server has proven itself and all is said");
		else
			talk(s, response, SASL_TALK);
		return;
	case SASL_IDLE:
		fail(s, SASL_FAIL_MALFORMED_REQUEST, "a response without an exchange");
		return;
	case SASL_WANT:
	case SASL_HASH:
		fail(s, SASL_FAIL_MALFORMED_REQUEST, "a response that no challenge has asked for");
		return;
	case SASL_DECIDED:
		fail(s, SASL_FAIL_NOT_AUTHORIZED, "authenticated already");
		return;
	}
}

void
sasl_server_abort(struct sasl_server *s)
{
	fail(s, SASL_FAIL_ABORTED, "aborted by the client");
}

static void
on_password(void *owner, bool ok)
{
	struct sasl_server *s = owner;

	s->job = NULL;
	s->x->password_ok = ok;
	sasl_exchange_open(s->x, s->service, s->host);
	talk(s, s->x->message, SASL_TALK);
}

/* The keys to compare a password with: stored ones, or such as cost the same. */
static void
pick_keys(const struct sasl_server *s, struct scram_keys *k)
{
	static const enum scram_hash order[] = {SCRAM_SHA_256, SCRAM_SHA_512, SCRAM_SHA_1};
	const struct sasl_credentials *c = &s->x->stored;

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (c->has_scram[order[i]]) {
			*k = c->scram[order[i]];
			return;
		}
	}
	scram_fake(k, SCRAM_SHA_256, s->fake_iterations, s->fake_secret, s->x->user);
}

/* PLAIN: the password is compared on a worker thread, whoever it is. */
static void
check_password(struct sasl_server *s)
{
	struct str raw = s->x->peek.password, prepared;
	struct scram_keys keys;

	if (saslprep(&s->x->arena, raw, &prepared) < 0 || prepared.n == 0) { /* RFC 4616 section 2 */
		fail(s, SASL_FAIL_NOT_AUTHORIZED, "no password can be like this");
		return;
	}
	pick_keys(s, &keys);
	s->state = SASL_HASH;
	s->job = sasl_password_check(s->loop, &keys, prepared, on_password, s);
	if (prepared.p != raw.p)
		sasl_wipe(prepared);
}

/* What Cyrus needs of a user who has nothing stored for this mechanism, or is not there: keys that nothing fits. */
static void
fill_in(struct sasl_server *s)
{
	struct sasl_exchange *x = s->x;
	struct sasl_credentials *c = &x->stored;
	enum scram_hash h = x->mech->hash;

	if (x->mech->kind == SASL_KIND_SCRAM && !c->has_scram[h]) {
		scram_fake(&c->scram[h], h, s->fake_iterations, s->fake_secret, x->user);
		c->has_scram[h] = true;
	} else if (x->mech->kind == SASL_KIND_DIGEST_MD5 && c->digest_md5[0] == '\0') {
		struct buf hex = {0};
		char bytes[16];

		rand_bytes(bytes, sizeof(bytes));
		hex_print(&hex, str_n(bytes, sizeof(bytes)));
		memcpy(c->digest_md5, buf_z(&hex), sizeof(c->digest_md5));
		buf_done(&hex);
	}
}

void
sasl_server_credentials(struct sasl_server *s, const struct sasl_credentials *c)
{
	struct sasl_exchange *x = s->x;

	if (s->state != SASL_WANT) /* the exchange has ended meanwhile */
		return;
	if (c->result == SASL_USER_TEMPORARY) {
		fail(s, SASL_FAIL_TEMPORARY_AUTH_FAILURE, "the user's keys cannot be had now");
		return;
	}
	if (c->result == SASL_USER_UNKNOWN)
		x->stored = (struct sasl_credentials){.result = SASL_USER_UNKNOWN};
	else
		x->stored = *c;
	if (x->mech->kind == SASL_KIND_PLAIN) {
		check_password(s);
		return;
	}
	fill_in(s);
	if (!x->cyrus)
		sasl_exchange_open(x, s->service, s->host);
	talk(s, x->message, SASL_TALK);
}
