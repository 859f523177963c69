/* SPDX-License-Identifier: Apache-2.0 */
/* The first messages of the mechanisms, read strictly. Not for anything that proves something. */
#include "xmpp/sasl_peek.h"

#include "common/utf8.h"

enum { TRACE_MAX = 255 }; /* characters */

/* RFC 4616 section 2: [authzid] NUL authcid NUL passwd. */
static int
peek_plain(struct str message, struct sasl_peek *p, const char **why_r)
{
	struct str rest;

	p->authzid = str_split(message, '\0', &rest);
	if (!rest.p) {
		*why_r = "PLAIN without NUL";
		return -1;
	}
	p->authcid = str_split(rest, '\0', &rest);
	if (!rest.p || str_chr(rest, '\0') >= 0) {
		*why_r = "PLAIN needs two NULs";
		return -1;
	}
	p->password = rest;
	if (p->authcid.n == 0 || p->password.n == 0) {
		*why_r = "PLAIN with an empty name or password";
		return -1;
	}
	return 0;
}

/* RFC 4422 appendix A.1: the authzid alone, maybe empty. */
static int
peek_external(struct str message, struct sasl_peek *p, const char **why_r)
{
	if (str_chr(message, '\0') >= 0) {
		*why_r = "EXTERNAL with a NUL";
		return -1;
	}
	p->authzid = message;
	return 0;
}

/*
 * RFC 4505 section 2: trace information, an address or a token of at most 255 characters, or nothing. It is checked and
 * not looked at (XEP-0175 3: it must not be used for anything but tracing).
 */
static int
peek_anonymous(struct str message, const char **why_r)
{
	size_t chars = 0;

	*why_r = "ANONYMOUS with trace information that is too long or no text";
	if (!utf8_valid(message))
		return -1;
	for (size_t i = 0; i < message.n; i++) {
		unsigned char c = (unsigned char)message.p[i];

		if (c < 0x20 || c == 0x7f)
			return -1;
		chars += (c & 0xc0) != 0x80;
	}
	return chars <= TRACE_MAX ? 0 : -1;
}

/* RFC 5802 section 7: saslname, with =2C for a comma and =3D for an equals sign. */
static int
parse_saslname(struct arena *a, struct str text, struct str *name_r)
{
	char *to = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '=') {
			to[n++] = text.p[i];
			continue;
		}
		if (str_starts(str_from(text, i), STR("=2C")))
			to[n++] = ',';
		else if (str_starts(str_from(text, i), STR("=3D")))
			to[n++] = '=';
		else
			return -1;
		i += 2;
	}
	to[n] = '\0';
	*name_r = str_n(to, n);
	return n > 0 ? 0 : -1;
}

/* cb-name = 1*(ALPHA / DIGIT / "." / "-") */
static bool
is_cb_type(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
			c == '-'))
			return false;
	}
	return s.n > 0;
}

/* gs2-header = gs2-cbind-flag "," [ "a=" saslname ] ","; *rest_r is what follows it */
static int
peek_gs2(struct arena *a, struct str message, struct sasl_peek *p, struct str *rest_r, const char **why_r)
{
	struct str flag = str_split(message, ',', rest_r), authzid;

	*why_r = "wrong GS2 header";
	if (!rest_r->p || flag.n == 0)
		return -1;
	p->cb_flag = flag.p[0];
	if (p->cb_flag == 'p') {
		if (!str_starts(flag, STR("p=")) || !is_cb_type(str_from(flag, 2)))
			return -1;
		p->cb_type = str_from(flag, 2);
	} else if (!str_is(flag, "n") && !str_is(flag, "y")) {
		return -1;
	}
	authzid = str_split(*rest_r, ',', rest_r);
	if (!rest_r->p)
		return -1;
	if (authzid.n == 0)
		return 0;
	*why_r = "wrong authzid in the GS2 header";
	return str_starts(authzid, STR("a=")) ? parse_saslname(a, str_from(authzid, 2), &p->authzid) : -1;
}

/* printable = %x21-2B / %x2D-7E, at least one */
static bool
is_nonce(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			return false;
	return s.n > 0;
}

/* RFC 5802 section 7: client-first-message = gs2-header [reserved-mext ","] username "," nonce ["," extensions] */
static int
peek_scram(struct arena *a, struct str message, struct sasl_peek *p, const char **why_r)
{
	struct str rest, name, nonce;

	if (str_chr(message, '\0') >= 0) {
		*why_r = "SCRAM with a NUL";
		return -1;
	}
	if (peek_gs2(a, message, p, &rest, why_r) < 0)
		return -1;
	name = str_split(rest, ',', &rest);
	nonce = str_split(rest, ',', &rest);
	if (str_starts(name, STR("m="))) {
		*why_r = "SCRAM with a mandatory extension";
		return -1;
	}
	if (!str_starts(name, STR("n=")) || parse_saslname(a, str_from(name, 2), &p->authcid) < 0) {
		*why_r = "SCRAM with a wrong user name";
		return -1;
	}
	if (!str_starts(nonce, STR("r=")) || !is_nonce(str_from(nonce, 2))) {
		*why_r = "SCRAM with a wrong nonce";
		return -1;
	}
	return 0;
}

/*
 * DIGEST-MD5 (RFC 2831 2.1.2): name=value pairs between commas, the value a
 * token or a quoted string.
 */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_token_char(char c)
{
	return c > 0x20 && c < 0x7f && !strchr("()<>@,;:\\\"/[]?={}", c);
}

static void
skip(struct str *s, bool (*is)(char c))
{
	while (s->n && is(s->p[0]))
		*s = str_from(*s, 1);
}

static struct str
take_token(struct str *s)
{
	const char *start = s->p;

	skip(s, is_token_char);
	return str_n(start, (size_t)(s->p - start));
}

/* A quoted string, its backslashes taken away. */
static int
take_quoted(struct arena *a, struct str *s, struct str *value_r)
{
	char *to = arena_alloc(a, s->n);
	size_t n = 0, i = 1;

	for (; i < s->n && s->p[i] != '"'; i++) {
		if (s->p[i] == '\\' && ++i == s->n)
			return -1;
		to[n++] = s->p[i];
	}
	if (i >= s->n)
		return -1;
	*s = str_from(*s, i + 1);
	*value_r = str_n(to, n);
	return 0;
}

/* name "=" value, with the comma behind it */
static int
take_pair(struct arena *a, struct str *s, struct str *name_r, struct str *value_r)
{
	*name_r = take_token(s);
	skip(s, is_space);
	if (name_r->n == 0 || s->n == 0 || s->p[0] != '=')
		return -1;
	*s = str_from(*s, 1);
	skip(s, is_space);
	if (s->n && s->p[0] == '"') {
		if (take_quoted(a, s, value_r) < 0)
			return -1;
	} else {
		*value_r = take_token(s);
		if (value_r->n == 0)
			return -1;
	}
	skip(s, is_space);
	if (s->n && s->p[0] != ',')
		return -1;
	return 0;
}

enum { DIGEST_USERNAME, DIGEST_REALM, DIGEST_NONCE, DIGEST_CNONCE, DIGEST_NC, DIGEST_QOP, DIGEST_URI,
	DIGEST_RESPONSE, DIGEST_MAXBUF, DIGEST_CHARSET, DIGEST_CIPHER, DIGEST_AUTHZID, DIGEST_COUNT };

static const char *const digest_names[DIGEST_COUNT] = {
	"username", "realm", "nonce", "cnonce", "nc", "qop", "digest-uri",
	"response", "maxbuf", "charset", "cipher", "authzid",
};

/* Notes one directive; -1 when it was there before. Unknown ones are ignored (2.1.2, auth-param). */
static int
note_directive(struct str values[DIGEST_COUNT], struct str name, struct str value)
{
	for (size_t i = 0; i < DIGEST_COUNT; i++) {
		if (!str_ieq(name, str_z(digest_names[i])))
			continue;
		if (values[i].p)
			return -1;
		values[i] = value;
	}
	return 0;
}

static int
read_directives(struct arena *a, struct str s, struct str values[DIGEST_COUNT])
{
	struct str name, value;

	for (;;) {
		while (s.n && (is_space(s.p[0]) || s.p[0] == ','))
			s = str_from(s, 1);
		if (s.n == 0)
			return 0;
		if (take_pair(a, &s, &name, &value) < 0 || note_directive(values, name, value) < 0)
			return -1;
	}
}

static int
peek_digest(struct arena *a, struct str message, struct sasl_peek *p, const char **why_r)
{
	static const unsigned char needed[] = {DIGEST_USERNAME, DIGEST_NONCE, DIGEST_CNONCE, DIGEST_NC, DIGEST_URI,
		DIGEST_RESPONSE};
	struct str values[DIGEST_COUNT] = {0};

	if (str_chr(message, '\0') >= 0 || read_directives(a, message, values) < 0) {
		*why_r = "DIGEST-MD5 with a wrong or repeated directive";
		return -1;
	}
	for (size_t i = 0; i < sizeof(needed); i++) {
		if (!values[needed[i]].p) {
			*why_r = "DIGEST-MD5 without a directive that it needs";
			return -1;
		}
	}
	p->authcid = values[DIGEST_USERNAME];
	p->authzid = values[DIGEST_AUTHZID];
	p->realm = values[DIGEST_REALM];
	p->digest_uri = values[DIGEST_URI];
	return 0;
}

int
sasl_peek(struct arena *a, const struct sasl_mech *m, struct str message, struct sasl_peek *p_r, const char **why_r)
{
	*p_r = (struct sasl_peek){0};
	if (message.n > SASL_MESSAGE_MAX) {
		*why_r = "the message is too long";
		return -1;
	}
	switch (m->kind) {
	case SASL_KIND_PLAIN:
		return peek_plain(message, p_r, why_r);
	case SASL_KIND_EXTERNAL:
		return peek_external(message, p_r, why_r);
	case SASL_KIND_SCRAM:
		return peek_scram(a, message, p_r, why_r);
	case SASL_KIND_DIGEST_MD5:
		return peek_digest(a, message, p_r, why_r);
	case SASL_KIND_ANONYMOUS:
		return peek_anonymous(message, why_r);
	}
	return -1;
}
