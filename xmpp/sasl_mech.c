/* SPDX-License-Identifier: Apache-2.0 */
/* Which mechanisms there are, which of them a connection offers, and what TLS gives them to bind to. */
#include "xmpp/sasl_mech.h"

#include "common/tls.h"

const struct sasl_mech sasl_mechs[SASL_MECH_COUNT] = {
	{"EXTERNAL", SASL_KIND_EXTERNAL, 0, false}, /* RFC 4422 appendix A */
	{"SCRAM-SHA-512-PLUS", SASL_KIND_SCRAM, SCRAM_SHA_512, true},
	{"SCRAM-SHA-256-PLUS", SASL_KIND_SCRAM, SCRAM_SHA_256, true}, /* RFC 7677 */
	{"SCRAM-SHA-1-PLUS", SASL_KIND_SCRAM, SCRAM_SHA_1, true},     /* RFC 5802 */
	{"SCRAM-SHA-512", SASL_KIND_SCRAM, SCRAM_SHA_512, false},
	{"SCRAM-SHA-256", SASL_KIND_SCRAM, SCRAM_SHA_256, false},
	{"SCRAM-SHA-1", SASL_KIND_SCRAM, SCRAM_SHA_1, false},
	{"DIGEST-MD5", SASL_KIND_DIGEST_MD5, 0, false}, /* RFC 2831 */
	{"PLAIN", SASL_KIND_PLAIN, 0, false},           /* RFC 4616 */
	{"ANONYMOUS", SASL_KIND_ANONYMOUS, 0, false},   /* RFC 4505 */
};

static const struct {
	const char *name;
	bool (*has)(SSL *ssl);
	int (*get)(SSL *ssl, struct buf *out);
} bindings[] = {
	{"tls-exporter", tls_has_exporter, tls_bind_exporter},                         /* RFC 9266 */
	{"tls-server-end-point", tls_has_server_end_point, tls_bind_server_end_point}, /* RFC 5929 section 4 */
	{"tls-unique", tls_has_unique, tls_bind_unique}, /* RFC 5929 section 3: what old clients know */
};

const struct sasl_mech *
sasl_mech_find(struct str name)
{
	for (size_t i = 0; i < SASL_MECH_COUNT; i++)
		if (str_is(name, sasl_mechs[i].name))
			return &sasl_mechs[i];
	return NULL;
}

/* The operator names SCRAM-SHA-256 and means its -PLUS too. */
static bool
is_allowed_by(const struct sasl_mech *m, const char *word)
{
	struct str name = str_z(m->name), allowed = str_z(word);

	return str_ieq(name, allowed) || (m->plus && str_ieq(str_n(name.p, name.n - strlen("-PLUS")), allowed));
}

void
sasl_offer_init(struct sasl_offer *o, const struct sasl_server_opts *opts)
{
	*o = (struct sasl_offer){
		.tls = opts->tls,
		.allow_plain_without_tls = opts->allow_plain_without_tls,
		.external = opts->external_users.n > 0,
		.certificate = opts->certificate,
		.anonymous = opts->anonymous,
		.ssl = opts->ssl,
	};
	for (const char *const *word = opts->mechanisms; word && *word; word++)
		for (size_t i = 0; i < SASL_MECH_COUNT; i++)
			if (is_allowed_by(&sasl_mechs[i], *word))
				o->allowed |= 1u << i;
}

static bool
is_allowed(const struct sasl_offer *o, const struct sasl_mech *m)
{
	return (o->allowed & 1u << (m - sasl_mechs)) && sasl_mech_loaded(m);
}

bool
sasl_offer_has(const struct sasl_offer *o, const struct sasl_mech *m)
{
	if (!is_allowed(o, m))
		return false;
	switch (m->kind) {
	case SASL_KIND_EXTERNAL:
		return o->tls && o->external;
	case SASL_KIND_PLAIN:
		return o->tls || o->allow_plain_without_tls;
	case SASL_KIND_SCRAM:
		return !m->plus || sasl_offer_bindings(o, NULL, 0) > 0;
	case SASL_KIND_DIGEST_MD5:
		return true;
	case SASL_KIND_ANONYMOUS:
		return o->anonymous;
	}
	return false;
}

bool
sasl_mechanism_known(struct str name)
{
	for (size_t i = 0; i < SASL_MECH_COUNT; i++)
		if (str_ieq(name, str_z(sasl_mechs[i].name)))
			return true;
	return false;
}

bool
sasl_offer_has_plus(const struct sasl_offer *o)
{
	for (size_t i = 0; i < SASL_MECH_COUNT; i++)
		if (sasl_mechs[i].plus && sasl_offer_has(o, &sasl_mechs[i]))
			return true;
	return false;
}

static bool
offers_stronger(const struct sasl_offer *o, const struct sasl_mech *m)
{
	for (const struct sasl_mech *s = sasl_mechs; s < m; s++)
		if (sasl_offer_has(o, s))
			return true;
	return false;
}

static bool
is_for_passwords(const struct sasl_mech *m)
{
	return (m->kind == SASL_KIND_SCRAM && !m->plus) || m->kind == SASL_KIND_DIGEST_MD5 || m->kind == SASL_KIND_PLAIN;
}

enum sasl_condition
sasl_offer_refusal(const struct sasl_offer *o, const struct sasl_mech *m, const char **why_r)
{
	*why_r = "a mechanism that is not offered";
	if (!m || !sasl_mech_loaded(m))
		return SASL_FAIL_INVALID_MECHANISM;
	if (m->kind == SASL_KIND_PLAIN && !o->tls && is_allowed(o, m)) {
		*why_r = "PLAIN without TLS";
		return SASL_FAIL_ENCRYPTION_REQUIRED; /* 6.5.4 */
	}
	if (m->kind == SASL_KIND_EXTERNAL && o->tls && o->certificate && is_allowed(o, m)) {
		*why_r = "no address of this host in the certificate";
		return SASL_FAIL_NOT_AUTHORIZED; /* XEP-0178 section 2, 11.3 */
	}
	if (is_for_passwords(m) && !is_allowed(o, m) && offers_stronger(o, m)) {
		*why_r = "a mechanism weaker than those that the operator allows";
		return SASL_FAIL_MECHANISM_TOO_WEAK; /* 6.5.9 */
	}
	return SASL_FAIL_INVALID_MECHANISM; /* 6.5.7 */
}

size_t
sasl_offer_bindings(const struct sasl_offer *o, const char *names_r[], size_t max)
{
	size_t count = 0;

	if (!o->tls || !o->ssl)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(bindings); i++) {
		if (!bindings[i].has(o->ssl))
			continue;
		if (count < max)
			names_r[count] = bindings[i].name;
		count++;
	}
	return count;
}

int
sasl_bind(SSL *ssl, struct str type, struct buf *out)
{
	if (!ssl)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(bindings); i++)
		if (str_is(type, bindings[i].name))
			return bindings[i].get(ssl, out);
	return -1;
}
