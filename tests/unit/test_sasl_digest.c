/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of DIGEST-MD5 (RFC 2831) with a client that computes on its own: the
 * flow of RFC 3920 section 6.5 with its two challenges, from a stored hash, and
 * all that must be refused.
 */
#include "tests/unit/sasl_play.h"

#include "common/base64.h"

#include <openssl/evp.h>

static struct play play;

static int
setup(void **state)
{
	*state = &play;
	play_setup(&play);
	return 0;
}

static int
teardown(void **state)
{
	play_teardown(*state);
	return 0;
}

struct digest { /* what the client says; null: the usual */
	const char *user, *password, *realm, *uri, *authzid, *nonce, *qop, *nc, *more;
};

static void
md5(struct str text, unsigned char r[16])
{
	assert_true(EVP_Digest(text.p, text.n, r, NULL, EVP_md5(), NULL));
}

static void
add_hex(struct buf *b, const unsigned char bytes[16])
{
	hex_print(b, str_n((const char *)bytes, 16));
}

static const char *
or(const char *z, const char *usual)
{
	return z ? z : usual;
}

/* RFC 2831 2.1.2.1; method is "AUTHENTICATE", or "" for the server's answer. */
static void
compute(const struct digest *d, const char *nonce, const char *method, struct buf *hex)
{
	unsigned char sum[16];
	struct buf a1 = {0}, a2 = {0}, b = {0};

	buf_addf(&b, "%s:%s:%s", or(d->user, "juliet"), or(d->realm, "example.org"), or(d->password, PLAY_PASSWORD));
	md5(buf_str(&b), sum);
	buf_addn(&a1, sum, 16);
	buf_addf(&a1, ":%s:cnonce1234", nonce);
	if (d->authzid)
		buf_addf(&a1, ":%s", d->authzid);
	buf_addf(&a2, "%s:%s", method, or(d->uri, "xmpp/example.org"));
	buf_clear(&b);
	md5(buf_str(&a1), sum);
	add_hex(&b, sum);
	buf_addf(&b, ":%s:%s:cnonce1234:%s:", nonce, or(d->nc, "00000001"), or(d->qop, "auth"));
	md5(buf_str(&a2), sum);
	add_hex(&b, sum);
	md5(buf_str(&b), sum);
	buf_clear(hex);
	add_hex(hex, sum);
	buf_done(&a1);
	buf_done(&a2);
	buf_done(&b);
}

/* The nonce of the server's first challenge. */
static void
read_nonce(struct play *p, char nonce_r[128])
{
	const char *start = strstr(buf_z(&p->bytes), "nonce=\""), *end;

	assert_non_null(start);
	start += strlen("nonce=\"");
	end = strchr(start, '"');
	assert_non_null(end);
	assert_true(end - start < 128);
	memcpy(nonce_r, start, (size_t)(end - start));
	nonce_r[end - start] = '\0';
}

static void
write_response(const struct digest *d, const char *nonce, struct buf *out)
{
	struct buf hex = {0};

	compute(d, or(d->nonce, nonce), "AUTHENTICATE", &hex);
	buf_clear(out);
	buf_addf(out, "username=\"%s\",realm=\"%s\",nonce=\"%s\",cnonce=\"cnonce1234\",nc=%s,qop=%s,"
		      "digest-uri=\"%s\",response=%s,charset=utf-8",
	    or(d->user, "juliet"), or(d->realm, "example.org"), or(d->nonce, nonce), or(d->nc, "00000001"),
	    or(d->qop, "auth"), or(d->uri, "xmpp/example.org"), buf_z(&hex));
	if (d->authzid)
		buf_addf(out, ",authzid=\"%s\"", d->authzid);
	buf_addz(out, or(d->more, ""));
	buf_done(&hex);
}

/* Up to the client's response; the nonce is left in `nonce`. */
static char nonce[128];

static void
begin(struct play *p)
{
	p->wants = 0;
	play_start(p, "DIGEST-MD5", STR_NONE);
	assert_challenge(p);
	assert_int_equal(p->wants, 0); /* nobody has said a name yet */
	read_nonce(p, nonce);
}

static void
run(struct play *p, const struct digest *d)
{
	struct buf out = {0};

	begin(p);
	write_response(d, nonce, &out);
	play_step(p, buf_str(&out));
	buf_done(&out);
}

static void
check_rspauth(struct play *p, const struct digest *d)
{
	struct buf hex = {0}, expected = {0};

	compute(d, nonce, "", &hex);
	buf_addf(&expected, "rspauth=%s", buf_z(&hex));
	assert_string_equal(buf_z(&p->bytes), buf_z(&expected));
	assert_challenge(p);
	buf_done(&hex);
	buf_done(&expected);
}

static void
two_challenges(void **state)
{
	struct play *p = *state;
	const struct digest d = {0};
	struct buf out = {0};

	p->late = true;
	begin(p);
	assert_non_null(strstr(buf_z(&p->bytes), "realm=\"example.org\""));
	assert_non_null(strstr(buf_z(&p->bytes), "qop=\"auth\""));
	assert_non_null(strstr(buf_z(&p->bytes), "charset=utf-8"));
	assert_non_null(strstr(buf_z(&p->bytes), "algorithm=md5-sess"));
	write_response(&d, nonce, &out);
	play_step(p, buf_str(&out));
	buf_done(&out);
	assert_nothing(p);
	assert_string_equal(p->wanted, "juliet");
	play_answer(p);
	check_rspauth(p, &d);
	assert_true(sasl_server_busy(p->server));
	play_step(p, STR_NONE); /* <response/> */
	assert_success(p);
	assert_false(p->has_data);
	assert_string_equal(p->user, "juliet");
	assert_string_equal(p->mechanism, "DIGEST-MD5");
}

static void
variations(void **state)
{
	static const struct digest good[] = {
		{.authzid = "juliet@example.org"},
		{.authzid = "Juliet@EXAMPLE.org"},
		{.uri = "xmpp/Example.org"},
		{.uri = "xmpp/EXAMPLE.ORG."},
		{.uri = "xmpp/node1.example.org/example.org"},
		{.more = ",unknown=\"x\\\"y\",maxbuf=65536"},
		{.more = " , ,  other = token "},
	};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		play_open(p);
		run(p, &good[i]);
		check_rspauth(p, &good[i]);
		play_step(p, STR(""));
		assert_success(p);
		assert_string_equal(p->user, "juliet");
	}
}

static void
empty_initial_response(void **state)
{
	struct play *p = *state;

	play_start(p, "DIGEST-MD5", STR("")); /* "=", which old clients send */
	assert_challenge(p);
	sasl_server_abort(p->server);
	assert_failure(p, ABORTED);
	play_start(p, "DIGEST-MD5", STR("username=\"juliet\""));
	assert_failure(p, MALFORMED_REQUEST);
}

static void
wrong(void **state)
{
	static const struct digest bad[] = {
		{.password = "wrong"},
		{.user = "nobody"},
		{.realm = "example.com"},
		{.realm = ""},
		{.uri = "imap/example.org"},
		{.uri = "xmpp/example.com"},
		{.uri = "xmpp/example.org/example.com"},
		{.uri = "xmpp"},
		{.nonce = "anothernonce"},
		{.nc = "00000002"},
		{.qop = "auth-int"},
		{.qop = "auth-conf"},
	};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		run(p, &bad[i]);
		assert_failure(p, NOT_AUTHORIZED);
		assert_false(sasl_server_busy(p->server));
	}
}

static void
foreign_authzid(void **state)
{
	struct play *p = *state;

	run(p, &(struct digest){.authzid = "romeo@example.org"});
	assert_failure(p, INVALID_AUTHZID);
	assert_int_equal(p->wants, 0);
}

static void
malformed(void **state)
{
	static const struct str messages[] = {
		STR(""),
		STR("username"),
		STR("username="),
		STR("username=\"juliet"),
		STR("username=\"juliet\\"),
		STR("=\"juliet\""),
		STR("username=\"juliet\" realm=\"example.org\""),
		STR("username=\"juliet\",realm=\"example.org\""),
		STR("username=\"jul\0iet\""),
		STR("\0"),
	};
	static const char *const twice[] = {",username=\"romeo\"", ",USERNAME=romeo", ",realm=\"x\"", ",nonce=\"x\"",
		",cnonce=\"x\"", ",nc=00000001", ",response=\"x\"", ",charset=utf-8", ",qop=auth",
		",authzid=\"a@b\",authzid=\"a@b\""};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		begin(p);
		play_step(p, messages[i]);
		assert_failure(p, MALFORMED_REQUEST);
	}
	for (size_t i = 0; i < ARRAY_LEN(twice); i++) {
		run(p, &(struct digest){.more = twice[i]});
		assert_failure(p, MALFORMED_REQUEST);
	}
}

/* An account from before the operator turned DIGEST-MD5 on has no hash for it. */
static void
nothing_stored(void **state)
{
	struct play *p = *state;

	p->stored.digest_md5[0] = '\0';
	run(p, &(struct digest){0});
	assert_failure(p, NOT_AUTHORIZED);
	memcpy(p->stored.digest_md5, "0123", 5); /* nor a good one */
	run(p, &(struct digest){0});
	assert_failure(p, NOT_AUTHORIZED);
}

static void
disabled(void **state)
{
	struct play *p = *state;
	const struct digest d = {0};

	p->stored.result = SASL_USER_DISABLED;
	run(p, &(struct digest){.password = "wrong"});
	assert_failure(p, NOT_AUTHORIZED);
	run(p, &d);
	check_rspauth(p, &d);
	play_step(p, STR_NONE);
	assert_failure(p, ACCOUNT_DISABLED);
}

static void
data_in_the_last_response(void **state)
{
	struct play *p = *state;
	const struct digest d = {0};

	run(p, &d);
	check_rspauth(p, &d);
	play_step(p, STR("username=\"romeo\""));
	assert_failure(p, MALFORMED_REQUEST);
}

/* A response that was good once is worth nothing in the next exchange. */
static void
replay(void **state)
{
	struct play *p = *state;
	const struct digest d = {0};
	struct buf out = {0};

	begin(p);
	write_response(&d, nonce, &out);
	play_step(p, buf_str(&out));
	assert_challenge(p);
	sasl_server_abort(p->server);
	assert_failure(p, ABORTED);
	begin(p);
	play_step(p, buf_str(&out));
	assert_failure(p, NOT_AUTHORIZED);
	buf_done(&out);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(two_challenges),
		T(variations),
		T(empty_initial_response),
		T(wrong),
		T(foreign_authzid),
		T(malformed),
		T(nothing_stored),
		T(disabled),
		T(data_in_the_last_response),
		T(replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
