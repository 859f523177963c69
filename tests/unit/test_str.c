/* SPDX-License-Identifier: Apache-2.0 */
/* Slices. */
#include "common/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void
test_equality(void **state)
{
	(void)state;
	assert_true(str_eq(STR("a"), STR("a")));
	assert_false(str_eq(STR("a"), STR("A")));
	assert_false(str_eq(STR("a"), STR("ab")));
	assert_true(str_eq(STR_NONE, STR("")));
	assert_true(str_is(STR("x\0y"), "x") == false);
	assert_true(str_is(STR_NONE, ""));
	assert_true(str_ieq(STR("AbC-1"), STR("aBc-1")));
	assert_false(str_ieq(STR("[a"), STR("{a")));
	assert_false(str_ieq(STR("\xc3\xa4"), STR("\xc3\x84"))); /* ASCII only */
	assert_true(str_eq_secret(STR("secret"), STR("secret")));
	assert_false(str_eq_secret(STR("secret"), STR("secreT")));
	assert_false(str_eq_secret(STR("secret"), STR("secre")));
	assert_true(str_eq_secret(STR_NONE, STR("")));
}

static void
test_absent(void **state)
{
	(void)state;
	assert_null(STR_NONE.p);
	assert_non_null(STR("").p);
	assert_null(str_z(NULL).p);
	assert_int_equal(str_chr(STR_NONE, 'x'), -1);
	assert_int_equal(str_rchr(STR_NONE, 'x'), -1);
	assert_int_equal(str_find(STR_NONE, STR("x")), -1);
	assert_int_equal(str_find(STR_NONE, STR("")), 0);
	assert_int_equal(str_trim(STR_NONE).n, 0);
	assert_int_equal(str_cmp(STR_NONE, STR_NONE), 0);
}

static void
test_searching(void **state)
{
	(void)state;
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_true(str_starts(STR("abc"), STR("")));
	assert_false(str_starts(STR("ab"), STR("abc")));
	assert_int_equal(str_chr(STR("a/b/c"), '/'), 1);
	assert_int_equal(str_rchr(STR("a/b/c"), '/'), 3);
	assert_int_equal(str_chr(STR("abc"), '/'), -1);
	assert_int_equal(str_find(STR("aabaab"), STR("aab")), 0);
	assert_int_equal(str_find(STR("abaab"), STR("aab")), 2);
	assert_int_equal(str_find(STR("aa"), STR("aaa")), -1);
}

static void
test_trim(void **state)
{
	(void)state;
	assert_true(str_is(str_trim(STR(" \t\r\n a b \n")), "a b"));
	assert_int_equal(str_trim(STR("  \n")).n, 0);
	assert_true(str_is(str_trim(STR("x")), "x"));
}

static int
sign(int v)
{
	return (v > 0) - (v < 0);
}

static void
test_order(void **state)
{
	static const struct str sorted[] = {{"", 0}, {"a", 1}, {"a\0", 2}, {"aa", 2}, {"b", 1}, {"\xff", 1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sorted); i++)
		for (size_t k = 0; k < ARRAY_LEN(sorted); k++)
			assert_int_equal(sign(str_cmp(sorted[i], sorted[k])), sign((int)i - (int)k));
}

static void
test_split(void **state)
{
	struct str rest = STR("a,,b,"), part;

	(void)state;
	part = str_split(rest, ',', &rest);
	assert_true(str_is(part, "a"));
	part = str_split(rest, ',', &rest);
	assert_true(part.p && part.n == 0);
	part = str_split(rest, ',', &rest);
	assert_true(str_is(part, "b"));
	assert_true(rest.p && rest.n == 0);
	part = str_split(rest, ',', &rest);
	assert_true(part.p && part.n == 0);
	assert_null(rest.p);
}

static void
test_dup(void **state)
{
	char *z = str_dup(str_n("abcdef", 3));

	(void)state;
	assert_string_equal(z, "abc");
	free(z);
	z = str_dup(STR_NONE);
	assert_string_equal(z, "");
	free(z);
}

static void
test_put(void **state)
{
	char room[] = "......", *at = room;

	(void)state;
	assert_true(str_is(str_put(&at, STR("ab")), "ab"));
	assert_int_equal(str_put(&at, STR_NONE).n, 0);
	assert_true(str_is(str_put(&at, STR("cde")), "cde"));
	assert_string_equal(room, "abcde.");
	assert_ptr_equal(at, room + 5);
}

static void
test_numbers(void **state)
{
	static const char *const bad[] = {"", " 1", "1 ", "+1", "0x1", "1.0", "a", "--1", "-", "1-",
					  "99999999999999999999", "18446744073709551616"};
	uint64_t u = 7;
	int64_t i = 7;

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(bad); k++) {
		assert_int_equal(str_to_u64(str_z(bad[k]), &u), -1);
		assert_int_equal(str_to_i64(str_z(bad[k]), &i), -1);
	}
	assert_int_equal(u, 7);
	assert_int_equal(i, 7);
	assert_int_equal(str_to_u64(STR("18446744073709551615"), &u), 0);
	assert_true(u == UINT64_MAX);
	assert_int_equal(str_to_u64(STR("007"), &u), 0);
	assert_int_equal(u, 7);
	assert_int_equal(str_to_u64(STR("-1"), &u), -1);
	assert_int_equal(str_to_u64(STR_NONE, &u), -1);
	assert_int_equal(str_to_i64(STR("-42"), &i), 0);
	assert_int_equal(i, -42);
	assert_int_equal(str_to_i64(STR("9223372036854775807"), &i), 0);
	assert_true(i == INT64_MAX);
	assert_int_equal(str_to_i64(STR("9223372036854775808"), &i), -1);
}

static void
test_format(void **state)
{
	char text[32];

	(void)state;
	snprintf(text, sizeof(text), STR_FMT "|" STR_FMT, STR_ARG(str_n("abcdef", 2)), STR_ARG(STR_NONE));
	assert_string_equal(text, "ab|");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equality),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_searching),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_dup),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
