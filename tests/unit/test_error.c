/* SPDX-License-Identifier: Apache-2.0 */
/* Error conditions have the documents' names both ways. */
#include "tests/unit/test.h"
#include "xmpp/error.h"

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(stream_condition_name(STREAM_BAD_FORMAT), "bad-format");
	assert_string_equal(stream_condition_name(STREAM_UNSUPPORTED_VERSION), "unsupported-version");
	assert_string_equal(sasl_condition_name(SASL_FAIL_TEMPORARY_AUTH_FAILURE), "temporary-auth-failure");
	assert_string_equal(stanza_condition_name(STANZA_ERR_JID_MALFORMED), "jid-malformed");
}

/* RFC 6120 8.3.3: all of them, and where it allows several types the one that asks for least. */
static void
test_types(void **state)
{
	static const char *const rows[][2] = {
		{"bad-request", "modify"},
		{"conflict", "cancel"},
		{"feature-not-implemented", "cancel"},
		{"forbidden", "auth"},
		{"gone", "cancel"},
		{"internal-server-error", "cancel"},
		{"item-not-found", "cancel"},
		{"jid-malformed", "modify"},
		{"not-acceptable", "modify"},
		{"not-allowed", "cancel"},
		{"not-authorized", "auth"},
		{"policy-violation", "modify"},
		{"recipient-unavailable", "wait"},
		{"redirect", "modify"},
		{"registration-required", "auth"},
		{"remote-server-not-found", "cancel"},
		{"remote-server-timeout", "wait"},
		{"resource-constraint", "wait"},
		{"service-unavailable", "cancel"},
		{"subscription-required", "auth"},
		{"undefined-condition", "modify"},
		{"unexpected-request", "wait"},
	};

	(void)state;
	assert_int_equal(ARRAY_LEN(rows), STANZA_CONDITION_COUNT - 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum stanza_condition c = stanza_condition_find(str_z(rows[i][0]));

		assert_int_not_equal(c, STANZA_OK);
		assert_string_equal(stanza_condition_type(c), rows[i][1]);
	}
}

static void
test_find_is_the_way_back(void **state)
{
	(void)state;
	for (int c = STANZA_OK + 1; c < STANZA_CONDITION_COUNT; c++)
		assert_int_equal(stanza_condition_find(str_z(stanza_condition_name((enum stanza_condition)c))), c);
	for (int c = STREAM_OK + 1; c < STREAM_CONDITION_COUNT; c++)
		assert_int_equal(stream_condition_find(str_z(stream_condition_name((enum stream_condition)c))), c);
	assert_int_equal(stanza_condition_find(STR("no-such-thing")), STANZA_OK);
	assert_int_equal(stanza_condition_find(STR("ok")), STANZA_OK);
	assert_int_equal(stream_condition_find(STR("bad-forma")), STREAM_OK);
	assert_int_equal(stream_condition_find(STR_NONE), STREAM_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_find_is_the_way_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
