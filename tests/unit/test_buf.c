/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers: appending, consuming, handing out. */
#include "common/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void
test_empty(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_non_null(buf_str(&b).p);
	assert_int_equal(buf_str(&b).n, 0);
	buf_addn(&b, NULL, 0);
	buf_consume(&b, 0);
	assert_null(b.p);
	assert_string_equal(buf_z(&b), "");
	buf_done(&b);
	buf_done(&b);
}

static void
test_adding(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_add(&b, STR("one"));
	buf_addc(&b, ',');
	buf_addl(&b, "two");
	buf_addz(&b, ",three,");
	buf_addf(&b, "%d-%s,", 4, "four");
	buf_addu(&b, 0);
	buf_addc(&b, ',');
	buf_addu(&b, UINT64_MAX);
	buf_addn(&b, "\0x", 2);
	assert_true(str_eq(buf_str(&b), STR("one,two,three,4-four,0,18446744073709551615\0x")));
	buf_clear(&b);
	assert_int_equal(b.n, 0);
	buf_done(&b);
	assert_null(b.p);
	assert_int_equal(b.cap, 0);
}

static void
test_growth(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, (char)('a' + i % 26));
	assert_int_equal(b.n, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(b.p[i], 'a' + i % 26);
	memcpy(buf_reserve(&b, 300000), "end", 3);
	b.n += 3;
	assert_true(b.cap >= 400000);
	assert_memory_equal(b.p + 100000, "end", 3);
	buf_done(&b);
}

static void
test_long_printf(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_addl(&b, "<");
	buf_addf(&b, "%01000d", 5);
	buf_addl(&b, ">");
	assert_int_equal(b.n, 1002);
	assert_int_equal(b.p[1000], '5');
	assert_int_equal(b.p[1001], '>');
	buf_done(&b);
}

static void
test_consume(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_addl(&b, "abcdef");
	buf_consume(&b, 2);
	assert_true(str_is(buf_str(&b), "cdef"));
	buf_consume(&b, 4);
	assert_int_equal(b.n, 0);
	buf_done(&b);
}

static void
test_z_and_take(void **state)
{
	struct buf b = {0};
	char *z;

	(void)state;
	for (int i = 0; i < 64; i++) /* exactly full: the NUL needs room */
		buf_addc(&b, 'x');
	assert_int_equal(strlen(buf_z(&b)), 64);
	assert_int_equal(b.n, 64);
	z = buf_take(&b);
	assert_int_equal(strlen(z), 64);
	assert_null(b.p);
	assert_int_equal(b.n, 0);
	free(z);
	z = buf_take(&b);
	assert_string_equal(z, "");
	free(z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_adding),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_long_printf),
		cmocka_unit_test(test_consume),
		cmocka_unit_test(test_z_and_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
