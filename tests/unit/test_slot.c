/* SPDX-License-Identifier: Apache-2.0 */
/* Slots and rendezvous: the numbers that all nodes must agree on, and how little moves. */
#include "xmpp/slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

/* These are on the wire, so to speak: a change here is a new protocol version. */
static void
numbers_stay(void **state)
{
	(void)state;
	assert_int_equal(slot_of(STR("juliet@example.org")), 689);
	assert_int_equal(slot_of(STR("")), 265);
	assert_true(slot_weight(0, STR("sm-1")) == 0xdadb343d609ce42aull);
	assert_true(slot_weight(1023, STR("sm-2")) == 0x6f817cdf19d941ull);
	assert_true(rendezvous_weight(STR("a"), STR("router-1")) == 0xb4aee3c7508018full);
}

static void
owner_is_the_heaviest(void **state)
{
	const struct str names[] = {STR("sm-1"), STR("sm-2"), STR("sm-3")};

	(void)state;
	for (unsigned slot = 0; slot < SLOT_COUNT; slot++) {
		ssize_t won = slot_owner(slot, names, 3);

		assert_true(won >= 0 && won < 3);
		for (size_t i = 0; i < 3; i++)
			assert_true(slot_weight(slot, names[i]) <= slot_weight(slot, names[won]));
	}
	assert_int_equal(slot_owner(5, names, 0), -1);
	assert_int_equal(rendezvous(STR("k"), names, 0), -1);
	assert_int_equal(rendezvous(STR("k"), names, 1), 0);
}

static void
order_of_names_does_not_matter(void **state)
{
	const struct str ab[] = {STR("sm-1"), STR("sm-2")}, ba[] = {STR("sm-2"), STR("sm-1")};

	(void)state;
	for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
		assert_true(str_eq(ab[slot_owner(slot, ab, 2)], ba[slot_owner(slot, ba, 2)]));
}

static void
few_slots_move(void **state)
{
	const struct str names[] = {STR("sm-1"), STR("sm-2"), STR("sm-3"), STR("sm-4")};
	unsigned count[4] = {0}, moved = 0;

	(void)state;
	for (unsigned slot = 0; slot < SLOT_COUNT; slot++) {
		ssize_t before = slot_owner(slot, names, 3), after = slot_owner(slot, names, 4);

		count[after]++;
		if (before != after) {
			assert_int_equal(after, 3); /* only to the newcomer */
			moved++;
		}
	}
	assert_in_range(moved, SLOT_COUNT / 4 - 64, SLOT_COUNT / 4 + 64);
	for (int i = 0; i < 4; i++)
		assert_in_range(count[i], SLOT_COUNT / 4 - 64, SLOT_COUNT / 4 + 64);
}

static void
rendezvous_spreads(void **state)
{
	const struct str names[] = {STR("router-1"), STR("router-2")};
	unsigned first = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		char key[16];
		int n = snprintf(key, sizeof(key), "key-%u", i);
		ssize_t won = rendezvous(str_n(key, (size_t)n), names, 2);

		assert_true(rendezvous_weight(str_n(key, (size_t)n), names[won]) >=
			    rendezvous_weight(str_n(key, (size_t)n), names[!won]));
		first += won == 0;
	}
	assert_in_range(first, 420, 580);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_stay),
	    cmocka_unit_test(owner_is_the_heaviest),
	    cmocka_unit_test(order_of_names_does_not_matter),
	    cmocka_unit_test(few_slots_move),
	    cmocka_unit_test(rendezvous_spreads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
