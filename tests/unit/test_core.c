/* SPDX-License-Identifier: Apache-2.0 */
/* When a daemon shares the core with the others, and when it has one for itself (common/core.h). */
#include "common/core.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <uv.h>
#include <cmocka.h>

enum { PERCENT = 25, TURN_US = 1000 };

static uint64_t waited_us;

static uint64_t
waited(void)
{
	return waited_us;
}

/* Turns of a millisecond, of which `busy` microseconds are work, for `ms`. How often it has changed its mind. */
static unsigned
run(struct core_pace *p, uint64_t *now, unsigned ms, unsigned busy)
{
	unsigned changes = 0;

	while (ms--) {
		*now += TURN_US;
		changes += core_pace_turn(p, *now, busy, PERCENT, waited);
	}
	return changes;
}

static void
calm_ones_share(void **state)
{
	uint64_t now = 7000000;
	struct core_pace p = {.from_us = now};

	(void)state;
	assert_int_equal(run(&p, &now, 1000, 200), 0); /* not at once */
	assert_false(p.sharing);
	assert_int_equal(run(&p, &now, 200, 200), 1);
	assert_true(p.sharing);
	assert_int_equal(run(&p, &now, 5000, 240), 0);
	assert_true(p.sharing);
}

static void
busy_ones_leave_at_once(void **state)
{
	uint64_t now = 7000000;
	struct core_pace p = {.from_us = now};

	(void)state;
	run(&p, &now, 1200, 10);
	assert_true(p.sharing);
	assert_int_equal(run(&p, &now, 100, 300), 1);
	assert_false(p.sharing);
	assert_int_equal(run(&p, &now, 900, 10), 0); /* and stay away for a while */
	assert_int_equal(run(&p, &now, 100, 300), 0);
	assert_int_equal(run(&p, &now, 1000, 10), 0);
	assert_int_equal(run(&p, &now, 200, 10), 1);
	assert_true(p.sharing);
}

/* Somebody else wants that core. */
static void
a_core_that_is_taken(void **state)
{
	uint64_t now = 7000000;
	struct core_pace p = {.from_us = now};

	(void)state;
	run(&p, &now, 1200, 10);
	assert_true(p.sharing);
	waited_us += 5000;
	assert_int_equal(run(&p, &now, 60, 10), 0);
	waited_us += 20000;
	assert_int_equal(run(&p, &now, 60, 10), 1);
	assert_false(p.sharing);
	assert_int_equal(run(&p, &now, 1200, 10), 1);
	assert_true(p.sharing);
}

/* One turn, and a long one. */
static void
a_long_turn_counts(void **state)
{
	uint64_t now = 7000000;
	struct core_pace p = {.from_us = now};

	(void)state;
	run(&p, &now, 1200, 10);
	now += 60000;
	assert_true(core_pace_turn(&p, now, 60000, PERCENT, waited));
	assert_false(p.sharing);
	now += UINT64_C(3600) * 1000000; /* nothing at all for an hour */
	assert_false(core_pace_turn(&p, now, 100, PERCENT, waited));
	assert_int_equal(run(&p, &now, 1200, 10), 1);
}

static unsigned
cores(void)
{
	cpu_set_t set;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	return (unsigned)CPU_COUNT(&set);
}

static void
thread_is_moved(void **state)
{
	unsigned all = cores();

	(void)state;
	core_turn(0); /* nothing was offered */
	core_offer(3);
	if (all < 2) {
		assert_null(getenv("CARILLON_CORE"));
		skip();
	}
	core_start();
	for (unsigned i = 0; i < 150 && cores() > 1; i++) {
		uv_sleep(10);
		core_turn(0);
	}
	assert_int_equal(cores(), 1);
	uv_sleep(60);
	core_turn(60000);
	assert_int_equal(cores(), all);
	core_offer(0);
	assert_null(getenv("CARILLON_CORE"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calm_ones_share),
		cmocka_unit_test(busy_ones_leave_at_once),
		cmocka_unit_test(a_long_turn_counts),
		cmocka_unit_test(a_core_that_is_taken),
		cmocka_unit_test(thread_is_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
