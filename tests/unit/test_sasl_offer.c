/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which mechanism is offered and taken when (RFC 6120 6.3.3, 6.3.4, 6.5): one
 * table of (mechanism, precondition). And the two mechanisms in which nobody
 * proves a password: EXTERNAL with the addresses of a certificate (XEP-0178),
 * and ANONYMOUS (RFC 4505, XEP-0175).
 */
#include "tests/unit/sasl_play.h"

#include "common/base64.h"

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

/* ---- the table ---- */

enum { TLS = 1, PLAIN_OK = 2, CERT = 4, ADDR = 8, ANON = 16 };

static const char *const all[] = {"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "DIGEST-MD5", "PLAIN", "EXTERNAL",
	"ANONYMOUS", NULL};
static const char *const strong[] = {"SCRAM-SHA-512", NULL};
static const char *const outside[] = {"EXTERNAL", NULL};
static const char *const weak[] = {"PLAIN", "ANONYMOUS", NULL};
static const char *const none[] = {NULL};

#define FIRST_SCRAM STR("n,,n=juliet,r=abcdefghijkl")
#define FIRST_PLAIN STR("\0juliet\0wrong")

static const struct row {
	const char *mechanism;
	struct str initial;
	const char *const *allowed; /* by the operator */
	unsigned given;
	bool offered;
	enum play_event event; /* what its <auth/> leads to; NOTHING: a password is looked at */
	enum sasl_condition condition;
} rows[] = {
	{"SCRAM-SHA-256", FIRST_SCRAM, all, TLS, true, PLAY_CHALLENGE, 0},
	{"SCRAM-SHA-256", FIRST_SCRAM, all, 0, true, PLAY_CHALLENGE, 0},
	{"SCRAM-SHA-256", FIRST_SCRAM, strong, TLS, false, PLAY_FAILURE, SASL_FAIL_MECHANISM_TOO_WEAK},
	{"SCRAM-SHA-512", FIRST_SCRAM, strong, TLS, true, PLAY_CHALLENGE, 0},
	{"SCRAM-SHA-512", FIRST_SCRAM, weak, TLS, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"SCRAM-SHA-512-PLUS", FIRST_SCRAM, all, TLS, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM}, /* nothing to bind to */
	{"SCRAM-SHA-1-PLUS", FIRST_SCRAM, strong, TLS, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"DIGEST-MD5", STR_NONE, all, TLS, true, PLAY_CHALLENGE, 0},
	{"DIGEST-MD5", STR_NONE, strong, TLS, false, PLAY_FAILURE, SASL_FAIL_MECHANISM_TOO_WEAK},
	{"DIGEST-MD5", STR_NONE, none, TLS, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"PLAIN", FIRST_PLAIN, all, TLS, true, PLAY_NOTHING, 0},
	{"PLAIN", FIRST_PLAIN, all, 0, false, PLAY_FAILURE, SASL_FAIL_ENCRYPTION_REQUIRED},
	{"PLAIN", FIRST_PLAIN, all, PLAIN_OK, true, PLAY_NOTHING, 0},
	{"PLAIN", FIRST_PLAIN, strong, TLS, false, PLAY_FAILURE, SASL_FAIL_MECHANISM_TOO_WEAK},
	{"PLAIN", FIRST_PLAIN, strong, 0, false, PLAY_FAILURE, SASL_FAIL_MECHANISM_TOO_WEAK},
	{"PLAIN", FIRST_PLAIN, outside, TLS | CERT | ADDR, false, PLAY_FAILURE, SASL_FAIL_MECHANISM_TOO_WEAK},
	{"PLAIN", FIRST_PLAIN, outside, TLS, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"EXTERNAL", STR(""), all, TLS | CERT | ADDR, true, PLAY_SUCCESS, 0},
	{"EXTERNAL", STR(""), all, TLS | CERT, false, PLAY_FAILURE, SASL_FAIL_NOT_AUTHORIZED},
	{"EXTERNAL", STR(""), all, TLS, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"EXTERNAL", STR(""), all, CERT | ADDR, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"EXTERNAL", STR(""), strong, TLS | CERT | ADDR, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"EXTERNAL", STR(""), strong, TLS | CERT, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"ANONYMOUS", STR_NONE, all, TLS | ANON, true, PLAY_SUCCESS, 0},
	{"ANONYMOUS", STR_NONE, weak, ANON, true, PLAY_SUCCESS, 0},
	{"ANONYMOUS", STR_NONE, all, TLS, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"ANONYMOUS", STR_NONE, strong, TLS | ANON, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"ANONYMOUS", STR_NONE, none, TLS | ANON, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"CRAM-MD5", STR_NONE, all, TLS | ANON, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
	{"", STR_NONE, all, TLS, false, PLAY_FAILURE, SASL_FAIL_INVALID_MECHANISM},
};

static void
open_row(struct play *p, const struct row *row)
{
	p->opts.mechanisms = row->allowed;
	p->opts.tls = row->given & TLS;
	p->opts.allow_plain_without_tls = row->given & PLAIN_OK;
	p->opts.certificate = row->given & CERT;
	p->opts.external_users = row->given & ADDR ? STR("juliet") : STR_NONE;
	p->opts.anonymous = row->given & ANON;
	play_open(p);
}

static bool
is_offered(struct play *p, const char *mechanism)
{
	const char *names[16];
	size_t n = sasl_server_mechanisms(p->server, names, ARRAY_LEN(names));

	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], mechanism) == 0)
			return true;
	return false;
}

static void
each_row(void **state)
{
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];

		open_row(p, row);
		if (is_offered(p, row->mechanism) != row->offered)
			fail_msg("row %zu: %s %s", i, row->mechanism, row->offered ? "is not offered" : "is offered");
		play_start(p, row->mechanism, row->initial);
		if (p->event != row->event || (row->event == PLAY_FAILURE && p->condition != row->condition))
			fail_msg("row %zu: %s gives %d %s", i, row->mechanism, p->event, p->text);
		p->event = PLAY_NOTHING;
	}
}

/* What is not taken costs nobody's credentials. */
static void
refusals_want_nothing(void **state)
{
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].event != PLAY_FAILURE)
			continue;
		open_row(p, &rows[i]);
		play_start(p, rows[i].mechanism, rows[i].initial);
		assert_false(sasl_server_busy(p->server));
		p->event = PLAY_NOTHING;
	}
	assert_int_equal(p->wants, 0);
}

/* ---- EXTERNAL ---- */

static void
external(struct play *p, const char *users, struct str message)
{
	p->opts.certificate = true;
	p->opts.external_users = str_z(users);
	play_open(p);
	play_start(p, "EXTERNAL", message);
}

/* XEP-0178 2, 11.2: several addresses; the client names one, and it must be one of them. */
static void
several_addresses(void **state)
{
	static const struct {
		struct str authzid;
		enum sasl_condition condition;
	} said[] = {
		{STR("juliet@example.org"), SASL_FAIL_NONE},
		{STR("JULIET@Example.Org"), SASL_FAIL_NONE},
		{STR(""), SASL_FAIL_INVALID_AUTHZID},
		{STR("nurse@example.org"), SASL_FAIL_INVALID_AUTHZID},
		{STR("juliet@example.com"), SASL_FAIL_INVALID_AUTHZID},
		{STR("juliet@example.org/balcony"), SASL_FAIL_INVALID_AUTHZID},
		{STR("example.org"), SASL_FAIL_INVALID_AUTHZID},
		{STR("juliet"), SASL_FAIL_INVALID_AUTHZID},
		{STR("jul@iet@example.org"), SASL_FAIL_INVALID_AUTHZID},
		{STR("romeo\njuliet@example.org"), SASL_FAIL_INVALID_AUTHZID},
		{STR("\xff@example.org"), SASL_FAIL_INVALID_AUTHZID},
		{STR("juliet@example.org\0"), SASL_FAIL_MALFORMED_REQUEST},
	};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		external(p, "romeo\njuliet\ntybalt", said[i].authzid);
		if (said[i].condition == SASL_FAIL_NONE) {
			assert_success(p);
			assert_string_equal(p->user, "juliet");
		} else {
			play_assert(p, PLAY_FAILURE, said[i].condition, __FILE__, __LINE__);
		}
	}
}

/* As one may log in as, but another one: the authzid decides in each direction. */
static void
authzid_decides(void **state)
{
	struct play *p = *state;

	p->late = true;
	external(p, "romeo\njuliet", STR("romeo@example.org"));
	assert_nothing(p);
	assert_string_equal(p->wanted, "romeo");
	external(p, "juliet", STR("romeo@example.org"));
	assert_failure(p, INVALID_AUTHZID);
	external(p, "juliet", STR(""));
	assert_string_equal(p->wanted, "juliet");
}

/* ---- ANONYMOUS ---- */

static void
anonymous(struct play *p, struct str trace)
{
	p->opts.anonymous = true;
	p->opts.mechanisms = all;
	play_open(p);
	play_start(p, "ANONYMOUS", trace);
}

/* RFC 4122 4.4 in small letters, which nodeprep leaves alone. */
static bool
is_uuid(const char *s)
{
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : !strchr("0123456789abcdef", s[i]) || s[i] == '\0')
			return false;
	}
	return s[36] == '\0' && s[14] == '4' && strchr("89ab", s[19]);
}

static void
names_are_made_up(void **state)
{
	struct play *p = *state;
	char names[64][64];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		anonymous(p, STR_NONE);
		assert_false(p->has_data);
		assert_string_equal(p->mechanism, "ANONYMOUS");
		assert_success(p);
		assert_true(is_uuid(p->user));
		memcpy(names[i], p->user, sizeof(names[i]));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(names[i], names[j]);
	}
	assert_int_equal(p->wants, 0); /* nobody is asked about anybody */
}

static void
trace_information(void **state)
{
	struct play *p = *state;
	struct buf b = {0};

	anonymous(p, STR(""));
	assert_success(p);
	anonymous(p, STR("juliet@example.org"));
	assert_success(p);
	assert_true(is_uuid(p->user));
	for (int i = 0; i < 255; i++)
		buf_addl(&b, "\xc3\xbc");
	anonymous(p, buf_str(&b));
	assert_success(p);
	buf_addc(&b, 'x');
	anonymous(p, buf_str(&b));
	assert_failure(p, MALFORMED_REQUEST);
	anonymous(p, STR("\xff"));
	assert_failure(p, MALFORMED_REQUEST);
	anonymous(p, STR("a\nb"));
	assert_failure(p, MALFORMED_REQUEST);
	anonymous(p, STR("a\0b"));
	assert_failure(p, MALFORMED_REQUEST);
	buf_done(&b);
}

static void
anonymous_once(void **state)
{
	struct play *p = *state;

	anonymous(p, STR_NONE);
	assert_success(p);
	play_start(p, "ANONYMOUS", STR_NONE);
	assert_failure(p, NOT_AUTHORIZED);
	play_start(p, "PLAIN", STR("\0juliet\0" PLAY_PASSWORD));
	assert_failure(p, NOT_AUTHORIZED);
	play_step(p, STR(""));
	assert_failure(p, NOT_AUTHORIZED);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(each_row),
		T(refusals_want_nothing),
		T(several_addresses),
		T(authzid_decides),
		T(names_are_made_up),
		T(trace_information),
		T(anonymous_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
