/* SPDX-License-Identifier: Apache-2.0 */
/* Token buckets. */
#include "common/limit.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
burst_then_rate(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 10, 5, 1000);
	for (int i = 0; i < 5; i++)
		assert_true(limit_take(&l, 1, 1000));
	assert_false(limit_take(&l, 1, 1000));
	assert_false(limit_take(&l, 1, 1099));
	assert_true(limit_take(&l, 1, 1100));
	assert_false(limit_take(&l, 1, 1100));
	assert_false(limit_take(&l, 6, 100000)); /* more than a burst is never there */
	assert_true(limit_take(&l, 5, 100000));
	assert_false(limit_take(&l, 1, 100000));
}

static void
a_failed_take_costs_nothing(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 1, 3, 0);
	assert_false(limit_take(&l, 4, 0));
	assert_true(limit_take(&l, 3, 0));
}

static void
no_rate_no_limit(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 0, 0, 0);
	for (int i = 0; i < 100; i++) {
		assert_true(limit_take(&l, UINT64_MAX, 0));
		assert_int_equal(limit_charge(&l, UINT64_MAX, 0), 0);
	}
}

static void
debt_is_paid_by_waiting(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 1000, 100, 0);
	assert_int_equal(limit_charge(&l, 100, 0), 0);
	assert_int_equal(limit_charge(&l, 50, 0), 50);
	assert_int_equal(limit_charge(&l, 50, 0), 100);
	assert_false(limit_take(&l, 1, 99));
	assert_false(limit_take(&l, 1, 100));
	assert_true(limit_take(&l, 1, 101));
	assert_int_equal(limit_charge(&l, 10, 101), 10);
}

/* Whatever the pattern, what got through is burst + rate * time, to the unit. */
static void
long_run_is_exact(void **state)
{
	struct limit l;
	uint64_t now = 0, sent = 0;

	(void)state;
	limit_init(&l, 333, 50, now);
	while (now < 1000000) {
		uint64_t n = 1 + now % 97;

		sent += n;
		now += limit_charge(&l, n, now);
		now += now % 7 == 0;
	}
	assert_true(sent <= 50 + 333 * now / 1000 + 1);
	assert_true(sent >= 333 * now / 1000 - 100);
}

static void
extremes_do_not_wrap(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, UINT64_MAX, UINT64_MAX, 0);
	assert_true(limit_take(&l, 1000000000, 0));
	assert_true(limit_take(&l, 1000000000, UINT64_MAX));
	limit_init(&l, 1, 1, 0);
	for (int i = 0; i < 10; i++)
		assert_true(limit_charge(&l, UINT64_MAX, 0) > 1000000);
	assert_false(limit_take(&l, 1, 1000000));
	limit_init(&l, 5000, 1, 0); /* a millisecond brings more than the burst holds */
	assert_true(limit_charge(&l, 3, 0) > 0);
	assert_true(limit_take(&l, 1, 10));
	assert_false(limit_take(&l, 1, 10));
	limit_init(&l, 7, 0, 0); /* burst 0: a second's worth */
	assert_true(limit_take(&l, 7, 0));
	assert_false(limit_take(&l, 1, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(burst_then_rate),   cmocka_unit_test(a_failed_take_costs_nothing),
	    cmocka_unit_test(no_rate_no_limit),  cmocka_unit_test(debt_is_paid_by_waiting),
	    cmocka_unit_test(long_run_is_exact), cmocka_unit_test(extremes_do_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
