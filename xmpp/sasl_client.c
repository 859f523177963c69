/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's side of SCRAM (RFC 5802), for the links inside the cluster: it
 * proves both sides to each other and shows the secret to neither a liar nor a
 * listener.
 *
 * Not Cyrus: its sasl_client_new asks the DNS for this machine's own name and
 * waits, on the event loop, each time a link is made (doc/decisions/002-sasl.md).
 */
#include "common/base64.h"
#include "common/rand.h"
#include "xmpp/sasl_mech.h"

#include <openssl/crypto.h>

enum { NONCE_LEN = 24 };

enum step { STEP_START, STEP_FIRST, STEP_FINAL, STEP_PROVEN, STEP_BROKEN };

struct sasl_client {
	char *user, *password;
	const char *binding_type; /* null: nothing to bind to */
	struct buf binding;
	const struct sasl_mech *mech;
	enum step step; /* whose message is awaited */
	char nonce[NONCE_LEN + 1];
	struct buf gs2, bare;                   /* the two parts of our first message */
	struct buf out;                         /* what was returned last */
	unsigned char signature[SCRAM_KEY_MAX]; /* that the server must show */
};

/* What to bind to where we have the choice: tls-exporter, which TLS 1.3 always has. */
static void
choose_binding(struct sasl_client *c, SSL *ssl)
{
	static const char *const types[] = {"tls-exporter", "tls-server-end-point"};

	for (size_t i = 0; i < ARRAY_LEN(types) && !c->binding_type; i++)
		if (sasl_bind(ssl, str_z(types[i]), &c->binding) == 0)
			c->binding_type = types[i];
}

struct sasl_client *
sasl_client_new(const char *service, const char *host, const char *user, const char *password, SSL *ssl)
{
	struct sasl_client *c = xcalloc(1, sizeof(*c));

	(void)service; /* SCRAM does not name them; other mechanisms would */
	(void)host;
	c->user = xstrdup(user);
	c->password = xstrdup(password);
	rand_token(c->nonce, NONCE_LEN);
	choose_binding(c, ssl);
	return c;
}

void
sasl_client_free(struct sasl_client **c)
{
	if (!*c)
		return;
	OPENSSL_cleanse((*c)->password, strlen((*c)->password));
	free((*c)->password);
	free((*c)->user);
	buf_done(&(*c)->binding);
	buf_done(&(*c)->gs2);
	buf_done(&(*c)->bare);
	buf_done(&(*c)->out);
	free(*c);
	*c = NULL;
}

static int
refuse(struct sasl_client *c, const char **why_r, const char *why)
{
	c->step = STEP_BROKEN;
	*why_r = why;
	return -1;
}

static bool
is_offered(struct str offered, const char *name)
{
	while (offered.p)
		if (str_is(str_split(offered, ' ', &offered), name))
			return true;
	return false;
}

/* The strongest SCRAM of the offer that we can do; null: none. */
static const struct sasl_mech *
choose(const struct sasl_client *c, struct str offered)
{
	for (size_t i = 0; i < SASL_MECH_COUNT; i++) {
		const struct sasl_mech *m = &sasl_mechs[i];

		if (m->kind == SASL_KIND_SCRAM && is_offered(offered, m->name) &&
		    (!m->plus || c->binding_type))
			return m;
	}
	return NULL;
}

/* saslname: =2C for a comma, =3D for an equals sign */
static void
write_name(struct buf *out, const char *name)
{
	for (; *name; name++) {
		if (*name == ',')
			buf_addl(out, "=2C");
		else if (*name == '=')
			buf_addl(out, "=3D");
		else
			buf_addc(out, *name);
	}
}

/* RFC 5802 section 6: 'y' when we could bind and have seen no -PLUS, so that the server notices who took it
 * away. */
static void
write_first(struct sasl_client *c)
{
	if (c->mech->plus)
		buf_addf(&c->gs2, "p=%s,,", c->binding_type);
	else
		buf_addz(&c->gs2, c->binding_type ? "y,," : "n,,");
	buf_addl(&c->bare, "n=");
	write_name(&c->bare, c->user);
	buf_addf(&c->bare, ",r=%s", c->nonce);
	buf_add(&c->out, buf_str(&c->gs2));
	buf_add(&c->out, buf_str(&c->bare));
}

int
sasl_client_start(struct sasl_client *c, const char *offered, const char **mechanism_r, struct str *initial_r,
		  const char **why_r)
{
	if (c->step != STEP_START)
		return refuse(c, why_r, "the exchange has begun already");
	c->mech = choose(c, str_z(offered));
	if (!c->mech) {
		*why_r = "the server offers no SCRAM";
		return -1;
	}
	write_first(c);
	c->step = STEP_FIRST;
	*mechanism_r = c->mech->name;
	*initial_r = buf_str(&c->out);
	return 0;
}

/* server-first-message = nonce "," salt "," iteration-count ["," extensions] */
static int
read_first(const struct sasl_client *c, struct str challenge, struct str *nonce_r, struct scram_keys *k)
{
	struct str rest, nonce = str_split(challenge, ',', &rest);
	struct str salt = str_split(rest, ',', &rest), count = str_split(rest, ',', &rest);
	struct buf bytes = {0};
	uint64_t iterations;
	bool ok;

	*k = (struct scram_keys){.hash = c->mech->hash};
	if (!str_starts(nonce, STR("r=")) || !str_starts(salt, STR("s=")) || !str_starts(count, STR("i=")))
		return -1;
	*nonce_r = str_from(nonce, 2);
	if (!str_starts(*nonce_r, str_z(c->nonce)) || nonce_r->n == NONCE_LEN)
		return -1;
	if (str_to_u64(str_from(count, 2), &iterations) < 0)
		return -1;
	if (iterations < SCRAM_ITERATIONS_MIN || iterations > SCRAM_ITERATIONS_MAX)
		return -1;
	k->iterations = (unsigned)iterations;
	ok = base64_parse(&bytes, str_from(salt, 2)) == 0 && bytes.n > 0 && bytes.n <= SCRAM_SALT_MAX;
	if (ok) {
		memcpy(k->salt, bytes.p, bytes.n);
		k->salt_len = bytes.n;
	}
	buf_done(&bytes);
	return ok ? 0 : -1;
}

/* client-final-message-without-proof */
static void
write_final(struct sasl_client *c, struct str nonce)
{
	struct buf bound = {0};

	buf_clear(&c->out);
	buf_add(&bound, buf_str(&c->gs2));
	if (c->mech->plus)
		buf_add(&bound, buf_str(&c->binding));
	buf_addl(&c->out, "c=");
	base64_print(&c->out, buf_str(&bound));
	buf_addl(&c->out, ",r=");
	buf_add(&c->out, nonce);
	buf_done(&bound);
}

/* RFC 5802 section 3: our proof goes behind the message, the server's signature is what we wait for. */
static void
prove(struct sasl_client *c, struct str challenge, struct scram_keys *k)
{
	unsigned char client_key[SCRAM_KEY_MAX], proof[SCRAM_KEY_MAX];
	size_t n = scram_key_len(k->hash);
	struct buf auth = {0};

	buf_add(&auth, buf_str(&c->bare));
	buf_addc(&auth, ',');
	buf_add(&auth, challenge);
	buf_addc(&auth, ',');
	buf_add(&auth, buf_str(&c->out));
	scram_derive(k, str_z(c->password), client_key);
	scram_hmac(k->hash, str_n((const char *)k->stored_key, n), buf_str(&auth), proof);
	scram_hmac(k->hash, str_n((const char *)k->server_key, n), buf_str(&auth), c->signature);
	for (size_t i = 0; i < n; i++)
		proof[i] ^= client_key[i];
	buf_addl(&c->out, ",p=");
	base64_print(&c->out, str_n((const char *)proof, n));
	OPENSSL_cleanse(client_key, sizeof(client_key));
	buf_done(&auth);
}

static int
answer_first(struct sasl_client *c, struct str challenge, const char **why_r)
{
	struct scram_keys k;
	struct str nonce;

	if (read_first(c, challenge, &nonce, &k) < 0)
		return refuse(c, why_r, "the server's first message is not SCRAM's, or not for us");
	write_final(c, nonce);
	prove(c, challenge, &k);
	OPENSSL_cleanse(&k, sizeof(k));
	c->step = STEP_FINAL;
	return 0;
}

/* server-final-message = (server-error / verifier) ["," extensions] */
static int
check_final(struct sasl_client *c, struct str message, const char **why_r)
{
	struct str rest, verifier = str_split(message, ',', &rest);
	struct str signature = str_n((const char *)c->signature, scram_key_len(c->mech->hash));
	struct buf bytes = {0};
	bool ok;

	ok = str_starts(verifier, STR("v=")) && base64_parse(&bytes, str_from(verifier, 2)) == 0 &&
	     str_eq_secret(buf_str(&bytes), signature);
	buf_done(&bytes);
	if (!ok)
		return refuse(c, why_r, "the server does not know the secret");
	buf_clear(&c->out);
	c->step = STEP_PROVEN;
	return 0;
}

int
sasl_client_step(struct sasl_client *c, struct str challenge, struct str *response_r, const char **why_r)
{
	int result;

	if (c->step == STEP_FIRST)
		result = answer_first(c, challenge, why_r);
	else if (c->step == STEP_FINAL)
		result = check_final(c, challenge, why_r);
	else
		result = refuse(c, why_r, "a challenge at the wrong time");
	*response_r = result == 0 ? buf_str(&c->out) : STR_NONE;
	return result;
}

int
sasl_client_finish(struct sasl_client *c, struct str data, const char **why_r)
{
	struct str response;

	if (data.p && sasl_client_step(c, data, &response, why_r) < 0)
		return -1;
	if (c->step != STEP_PROVEN)
		return refuse(c, why_r, "success without the server's proof");
	return 0;
}
