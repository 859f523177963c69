/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One exchange's side towards Cyrus: its connection, the callbacks through
 * which Cyrus asks us, and its result codes in RFC 6120's words. Not for the
 * order of things (sasl_server.c).
 *
 * The names were read and prepared before Cyrus sees the message. Cyrus reads
 * them again: the canonicalisation callback lets nothing pass but the same
 * bytes, and answers with the prepared user, for both identities. So a
 * difference between the two readers can refuse a login, but never change who
 * it is for.
 */
#include "xmpp/sasl_exchange.h"
#include "xmpp/sasl_cyrus.h"

#include "common/base64.h"

#include <openssl/crypto.h>

struct sasl_cyrus {
	sasl_conn_t *conn;
	bool started;
	sasl_callback_t callbacks[4];
	sasl_channel_binding_t binding;
};

struct sasl_exchange *
sasl_exchange_new(const struct sasl_mech *m)
{
	struct sasl_exchange *x = xcalloc(1, sizeof(*x));

	x->mech = m;
	return x;
}

void
sasl_wipe(struct str s)
{
	void *p;

	memcpy(&p, &s.p, sizeof(p)); /* the arena's bytes are ours to change */
	if (p)
		OPENSSL_cleanse(p, s.n);
}

static void
cyrus_free(struct sasl_cyrus **c)
{
	if (!*c)
		return;
	sasl_dispose(&(*c)->conn);
	free(*c);
	*c = NULL;
}

void
sasl_exchange_free(struct sasl_exchange **x)
{
	if (!*x)
		return;
	cyrus_free(&(*x)->cyrus);
	sasl_wipe((*x)->message);
	buf_done(&(*x)->binding);
	arena_done(&(*x)->arena);
	OPENSSL_cleanse(&(*x)->stored, sizeof((*x)->stored));
	free(*x);
	*x = NULL;
}

int
sasl_exchange_read(struct sasl_exchange *x, struct str message, const char **why_r)
{
	if (message.n > SASL_MESSAGE_MAX) {
		*why_r = "the message is too long";
		return -1;
	}
	x->message = arena_str(&x->arena, message);
	return sasl_peek(&x->arena, x->mech, x->message, &x->peek, why_r);
}

const struct sasl_exchange *
sasl_exchange_of(const struct sasl_utils *utils, struct sasl_conn *conn)
{
	sasl_callback_ft callback = NULL;
	void *context = NULL;

	if (utils->getcallback(conn, SASL_CB_CANON_USER, &callback, &context) != SASL_OK)
		return NULL;
	return context;
}

bool
sasl_exchange_is_user(const struct sasl_exchange *x, struct str user)
{
	return str_eq(x->user, user);
}

bool
sasl_exchange_scram_line(const struct sasl_exchange *x, struct buf *out)
{
	if (x->mech->kind != SASL_KIND_SCRAM || !x->stored.has_scram[x->mech->hash])
		return false;
	scram_print(out, &x->stored.scram[x->mech->hash]);
	return true;
}

bool
sasl_exchange_digest(const struct sasl_exchange *x, unsigned char digest_r[16])
{
	struct buf bytes = {0};
	bool ok = hex_parse(&bytes, str_z(x->stored.digest_md5)) == 0 && bytes.n == 16;

	if (ok)
		memcpy(digest_r, bytes.p, 16);
	buf_done(&bytes);
	return ok;
}

/* The identities, as Cyrus has read them: the same as we have, or the exchange ends. */
static int
on_canon_user(sasl_conn_t *conn, void *context, const char *in, unsigned in_len, unsigned flags,
	      const char *realm, char *out, unsigned out_max, unsigned *out_len)
{
	const struct sasl_exchange *x = context;
	struct str name = str_n(in, in_len);
	/* after PLAIN's check has failed Cyrus asks once more, with our own answer */
	bool same = str_eq(name, x->user);

	(void)conn;
	(void)realm;
	if (flags & SASL_CU_AUTHID)
		same |= str_eq(name, x->peek.authcid);
	else
		same |= str_eq(name, x->peek.authzid);
	if (!same || x->user.n == 0 || x->user.n >= out_max)
		return SASL_BADAUTH;
	memcpy(out, x->user.p, x->user.n);
	out[x->user.n] = '\0';
	*out_len = (unsigned)x->user.n;
	return SASL_OK;
}

/* RFC 6120 6.3.8: one acts as oneself. The authzid was compared before; here both are the prepared user. */
static int
on_proxy_policy(sasl_conn_t *conn, void *context, const char *requested, unsigned requested_len,
		const char *authid, unsigned authid_len, const char *realm, unsigned realm_len,
		struct propctx *props)
{
	const struct sasl_exchange *x = context;

	(void)conn;
	(void)realm;
	(void)realm_len;
	(void)props;
	if (str_eq(str_n(requested, requested_len), x->user) && str_eq(str_n(authid, authid_len), x->user))
		return SASL_OK;
	return SASL_NOAUTHZ;
}

/* PLAIN: the worker thread has answered this already. */
static int
on_checkpass(sasl_conn_t *conn, void *context, const char *user, const char *password, unsigned len,
	     struct propctx *props)
{
	const struct sasl_exchange *x = context;

	(void)conn;
	(void)props;
	if (str_is(x->user, user) && str_eq_secret(str_n(password, len), x->peek.password) && x->password_ok)
		return SASL_OK;
	return SASL_BADAUTH;
}

static int
set_binding(struct sasl_exchange *x)
{
	struct sasl_cyrus *c = x->cyrus;

	if (x->binding.n == 0)
		return SASL_OK;
	c->binding = (sasl_channel_binding_t){
		.name = arena_str(&x->arena, x->peek.cb_type).p,
		.len = x->binding.n,
		.data = (const unsigned char *)x->binding.p,
	};
	return sasl_setprop(c->conn, SASL_CHANNEL_BINDING, &c->binding);
}

void
sasl_exchange_open(struct sasl_exchange *x, const char *service, const char *host)
{
	/* DIGEST-MD5's rspauth goes out as a challenge, which clients of RFC 3920 know; SCRAM's proof with
	 * success. */
	unsigned flags = x->mech->kind == SASL_KIND_DIGEST_MD5 ? 0 : SASL_SUCCESS_DATA;
	const sasl_security_properties_t no_layers = {0}; /* TLS is the only one */
	struct sasl_cyrus *c = xcalloc(1, sizeof(*c));
	int code;

	bug_if(x->cyrus);
	x->cyrus = c;
	c->callbacks[0] = (sasl_callback_t){SASL_CB_CANON_USER, SASL_ANY(on_canon_user), x};
	c->callbacks[1] = (sasl_callback_t){SASL_CB_PROXY_POLICY, SASL_ANY(on_proxy_policy), x};
	c->callbacks[2] = (sasl_callback_t){SASL_CB_SERVER_USERDB_CHECKPASS, SASL_ANY(on_checkpass), x};
	c->callbacks[3] = (sasl_callback_t){SASL_CB_LIST_END, NULL, NULL};
	code = sasl_server_new(service, host, NULL, NULL, NULL, c->callbacks, flags, &c->conn);
	if (code == SASL_OK)
		code = sasl_setprop(c->conn, SASL_SEC_PROPS, &no_layers);
	if (code == SASL_OK && x->mech->kind == SASL_KIND_EXTERNAL)
		code = sasl_setprop(c->conn, SASL_AUTH_EXTERNAL, x->user.p);
	if (code == SASL_OK)
		code = set_binding(x);
	bug_if(code != SASL_OK); /* nothing in this comes from a peer */
}

/*
 * RFC 6120 6.5. Cyrus says BADPROT for a wrong SCRAM proof too, so what is
 * malformed and what is wrong look alike from here on.
 */
static enum sasl_condition
condition_of(int code)
{
	switch (code) {
	case SASL_NOAUTHZ:
		return SASL_FAIL_INVALID_AUTHZID;
	case SASL_NOMECH:
		return SASL_FAIL_INVALID_MECHANISM;
	case SASL_TOOWEAK:
		return SASL_FAIL_MECHANISM_TOO_WEAK;
	case SASL_ENCRYPT:
		return SASL_FAIL_ENCRYPTION_REQUIRED;
	case SASL_EXPIRED:
		return SASL_FAIL_CREDENTIALS_EXPIRED;
	case SASL_DISABLED:
		return SASL_FAIL_ACCOUNT_DISABLED;
	case SASL_NOMEM:
	case SASL_TRYAGAIN:
	case SASL_UNAVAIL:
		return SASL_FAIL_TEMPORARY_AUTH_FAILURE;
	default:
		return SASL_FAIL_NOT_AUTHORIZED;
	}
}

/* The last look before somebody is let in: Cyrus means the same user. */
static bool
is_same_user(const struct sasl_exchange *x)
{
	const void *name = NULL;

	return sasl_getprop(x->cyrus->conn, SASL_USERNAME, &name) == SASL_OK && name && x->user.n > 0 &&
	       str_is(x->user, name);
}

void
sasl_exchange_step(struct sasl_exchange *x, struct str message, struct sasl_reply *r)
{
	struct sasl_cyrus *c = x->cyrus;
	const char *bytes = NULL;
	unsigned n = 0;
	int code;

	if (c->started)
		code = sasl_server_step(c->conn, message.p ? message.p : "", (unsigned)message.n, &bytes, &n);
	else
		code = sasl_server_start(c->conn, x->mech->name, message.p, (unsigned)message.n, &bytes, &n);
	c->started = true;
	*r = (struct sasl_reply){.bytes = str_n(bytes, bytes ? n : 0), .text = sasl_errdetail(c->conn)};
	if (code == SASL_CONTINUE) {
		r->progress = SASL_GOES_ON;
	} else if (code == SASL_OK && is_same_user(x)) {
		r->progress = SASL_PROVEN;
	} else {
		r->progress = SASL_REFUSED;
		r->condition = code == SASL_OK ? SASL_FAIL_NOT_AUTHORIZED : condition_of(code);
	}
}
