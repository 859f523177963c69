/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of RFC 6121 appendix A, written down a second time in the RFC's own words. */
#include "sm/subscription.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const char *const names[SUBS_COUNT] = {
	"None", "None+PO", "None+PI", "None+PO+PI", "To", "To+PI", "From", "From+PO", "Both",
};

struct row {
	const char *before;
	const char *must; /* "MUST" or "MUST NOT": route (outbound), deliver (inbound) */
	const char *after;
};

#define SAME "no state change"

static const struct row out_subscribe[] = { /* A.2.1 */
	{"None", "MUST", "None+PO"}, {"None+PO", "MUST", SAME}, {"None+PI", "MUST", "None+PO+PI"},
	{"None+PO+PI", "MUST", SAME}, {"To", "MUST", SAME}, {"To+PI", "MUST", SAME},
	{"From", "MUST", "From+PO"}, {"From+PO", "MUST", SAME}, {"Both", "MUST", SAME},
};
static const struct row out_unsubscribe[] = { /* A.2.2 */
	{"None", "MUST", SAME}, {"None+PO", "MUST", "None"}, {"None+PI", "MUST", SAME},
	{"None+PO+PI", "MUST", "None+PI"}, {"To", "MUST", "None"}, {"To+PI", "MUST", "None+PI"},
	{"From", "MUST", SAME}, {"From+PO", "MUST", "From"}, {"Both", "MUST", "From"},
};
static const struct row out_subscribed[] = { /* A.2.3 */
	{"None", "MUST NOT", SAME}, {"None+PO", "MUST NOT", SAME}, {"None+PI", "MUST", "From"},
	{"None+PO+PI", "MUST", "From+PO"}, {"To", "MUST NOT", SAME}, {"To+PI", "MUST", "Both"},
	{"From", "MUST NOT", SAME}, {"From+PO", "MUST NOT", SAME}, {"Both", "MUST NOT", SAME},
};
static const struct row out_unsubscribed[] = { /* A.2.4 */
	{"None", "MUST NOT", SAME}, {"None+PO", "MUST NOT", SAME}, {"None+PI", "MUST", "None"},
	{"None+PO+PI", "MUST", "None+PO"}, {"To", "MUST NOT", SAME}, {"To+PI", "MUST", "To"},
	{"From", "MUST", "None"}, {"From+PO", "MUST", "None+PO"}, {"Both", "MUST", "To"},
};
static const struct row in_subscribe[] = { /* A.3.1 */
	{"None", "MUST", "None+PI"}, {"None+PO", "MUST", "None+PO+PI"}, {"None+PI", "MUST NOT", SAME},
	{"None+PO+PI", "MUST NOT", SAME}, {"To", "MUST", "To+PI"}, {"To+PI", "MUST NOT", SAME},
	{"From", "MUST NOT", SAME}, {"From+PO", "MUST NOT", SAME}, {"Both", "MUST NOT", SAME},
};
static const struct row in_unsubscribe[] = { /* A.3.2 */
	{"None", "MUST NOT", SAME}, {"None+PO", "MUST NOT", SAME}, {"None+PI", "MUST", "None"},
	{"None+PO+PI", "MUST", "None+PO"}, {"To", "MUST NOT", SAME}, {"To+PI", "MUST", "To"},
	{"From", "MUST", "None"}, {"From+PO", "MUST", "None+PO"}, {"Both", "MUST", "To"},
};
static const struct row in_subscribed[] = { /* A.3.3 */
	{"None", "MUST NOT", SAME}, {"None+PO", "MUST", "To"}, {"None+PI", "MUST NOT", SAME},
	{"None+PO+PI", "MUST", "To+PI"}, {"To", "MUST NOT", SAME}, {"To+PI", "MUST NOT", SAME},
	{"From", "MUST NOT", SAME}, {"From+PO", "MUST", "Both"}, {"Both", "MUST NOT", SAME},
};
static const struct row in_unsubscribed[] = { /* A.3.4 */
	{"None", "MUST NOT", SAME}, {"None+PO", "MUST", "None"}, {"None+PI", "MUST NOT", SAME},
	{"None+PO+PI", "MUST", "None+PI"}, {"To", "MUST", "None"}, {"To+PI", "MUST", "None+PI"},
	{"From", "MUST NOT", SAME}, {"From+PO", "MUST", "From"}, {"Both", "MUST", "From"},
};

static enum subscription
named(const char *name)
{
	for (int s = 0; s < SUBS_COUNT; s++)
		if (strcmp(names[s], name) == 0)
			return (enum subscription)s;
	fail_msg("no state %s", name);
	return SUBS_NONE;
}

static void
check(const struct row *rows, struct transition (*step)(enum stanza_type, enum subscription), enum stanza_type type)
{
	for (int i = 0; i < SUBS_COUNT; i++) {
		enum subscription before = named(rows[i].before);
		struct transition t = step(type, before);

		assert_int_equal(t.pass, strcmp(rows[i].must, "MUST") == 0);
		assert_string_equal(names[t.next], strcmp(rows[i].after, SAME) == 0 ? rows[i].before : rows[i].after);
	}
}

static void
outbound_follows_a2(void **state)
{
	(void)state;
	check(out_subscribe, subscription_out, TYPE_SUBSCRIBE);
	check(out_unsubscribe, subscription_out, TYPE_UNSUBSCRIBE);
	check(out_subscribed, subscription_out, TYPE_SUBSCRIBED);
	check(out_unsubscribed, subscription_out, TYPE_UNSUBSCRIBED);
}

static void
inbound_follows_a3(void **state)
{
	(void)state;
	check(in_subscribe, subscription_in, TYPE_SUBSCRIBE);
	check(in_unsubscribe, subscription_in, TYPE_UNSUBSCRIBE);
	check(in_subscribed, subscription_in, TYPE_SUBSCRIBED);
	check(in_unsubscribed, subscription_in, TYPE_UNSUBSCRIBED);
}

static void
states_survive_being_kept(void **state)
{
	(void)state;
	for (int s = 0; s < SUBS_COUNT; s++) {
		unsigned bits = subscription_bits((enum subscription)s) | SUB_APPROVED;

		assert_int_equal(subscription_of(bits, subscription_pending_in((enum subscription)s)), s);
	}
}

static void
damaged_rows_show_no_more_than_they_say(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 16; bits++) {
		for (int pending = 0; pending < 2; pending++) {
			unsigned kept = subscription_bits(subscription_of(bits, pending));

			assert_int_equal(kept & (SUB_TO | SUB_FROM), bits & (SUB_TO | SUB_FROM));
		}
	}
}

/* Two rosters that start empty agree after any exchange: who has "to" is seen "from". */
static void
two_sides_agree(void **state)
{
	static const enum stanza_type types[] = {TYPE_SUBSCRIBE, TYPE_SUBSCRIBED, TYPE_UNSUBSCRIBE, TYPE_UNSUBSCRIBED};
	enum subscription side[2] = {SUBS_NONE, SUBS_NONE};
	unsigned random = 1;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		int from;
		enum stanza_type type;
		struct transition t;

		random = random * 1103515245u + 12345u;
		from = random >> 16 & 1;
		type = types[random >> 17 & 3];
		t = subscription_out(type, side[from]);
		side[from] = t.next;
		if (t.pass)
			side[!from] = subscription_in(type, side[!from]).next;
		for (int s = 0; s < 2; s++)
			assert_int_equal(!!(subscription_bits(side[s]) & SUB_TO),
					 !!(subscription_bits(side[!s]) & SUB_FROM));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outbound_follows_a2),
		cmocka_unit_test(inbound_follows_a3),
		cmocka_unit_test(states_survive_being_kept),
		cmocka_unit_test(damaged_rows_show_no_more_than_they_say),
		cmocka_unit_test(two_sides_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
