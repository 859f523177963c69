/* SPDX-License-Identifier: Apache-2.0 */
/* XEP-0082, its examples and the calendar against the C library. */
#include "tests/unit/test.h"
#include "xmpp/datetime.h"

#include <time.h>

static int64_t
parsed(const char *z)
{
	int64_t us;

	assert_int_equal(datetime_parse(str_z(z), &us), 0);
	return us;
}

static void
assert_refused(const char *z)
{
	int64_t us;

	if (datetime_parse(str_z(z), &us) == 0)
		fail_msg("accepted: %s", z);
}

static void
test_examples(void **state)
{
	(void)state;
	/* XEP-0082 3.2: the same moment, twice */
	assert_int_equal(parsed("1969-07-21T02:56:15Z"), parsed("1969-07-20T21:56:15-05:00"));
	assert_int_equal(parsed("1970-01-01T00:00:00Z"), 0);
	assert_int_equal(parsed("1970-01-01T00:00:00.000001Z"), 1);
	assert_int_equal(parsed("1969-12-31T23:59:59.5Z"), -500000);
	assert_int_equal(parsed("2026-11-24T05:47:54.1234567Z"), parsed("2026-11-24T05:47:54.123456Z"));
	assert_int_equal(parsed("2026-11-24T05:47:54+05:30"), parsed("2026-11-24T00:17:54Z"));
	assert_int_equal(parsed("2026-12-31T24:00:00Z"), parsed("2027-01-01T00:00:00Z"));
	assert_int_equal(parsed("2016-12-31T23:59:60Z"), parsed("2017-01-01T00:00:00Z"));
	assert_int_equal(parsed("2024-02-29T00:00:00Z") - parsed("2024-02-28T00:00:00Z"), INT64_C(86400000000));
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
		"", "2026", "2026-11-24", "2026-11-24T05:47:54", "2026-11-24 05:47:54Z", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-11-31T00:00:00Z",
		"2026-11-24T25:00:00Z", "2026-11-24T24:00:01Z", "2026-11-24T05:60:00Z", "2026-11-24T05:47:61Z",
		"2026-11-24T05:47:54.Z", "2026-11-24T05:47:54ZZ", "2026-11-24T05:47:54+5:30", "2026-11-24T05:47:54+15:00",
		"20261124T05:47:54Z", "-026-11-24T05:47:54Z", "2026-11-24T05:47:5", "0000-01-01T00:00:00Z",
		"2026-11-24T05:47:54+05:3x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_refused(bad[i]);
}

static void
assert_printed(int64_t us, const char *full, const char *seconds)
{
	struct buf b = {0};

	datetime_print(&b, us);
	assert_str(buf_str(&b), full);
	buf_clear(&b);
	datetime_print_seconds(&b, us);
	assert_str(buf_str(&b), seconds);
	buf_done(&b);
}

static void
test_print(void **state)
{
	(void)state;
	assert_printed(0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z");
	assert_printed(-1, "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59Z");
	assert_printed(parsed("2026-11-24T05:47:54.123456Z"), "2026-11-24T05:47:54.123456Z", "2026-11-24T05:47:54Z");
	assert_printed(parsed("2026-11-24T05:47:54.100Z"), "2026-11-24T05:47:54.100000Z", "2026-11-24T05:47:54Z");
}

/* Every 1000003rd second over some centuries. */
static void
test_calendar(void **state)
{
	struct buf b = {0};
	char expected[32];
	struct tm tm;

	(void)state;
	for (time_t t = -INT64_C(10000000000); t < INT64_C(30000000000); t += 1000003) {
		gmtime_r(&t, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &tm);
		buf_clear(&b);
		datetime_print(&b, (int64_t)t * 1000000);
		assert_str(buf_str(&b), expected);
		assert_int_equal(parsed(expected), (int64_t)t * 1000000);
	}
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_calendar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
