/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of sm/subscription.c are those of RFC 6121 appendix A. */
#include "sm/subscription.h"
#include "tests/unit/rfc6121_states.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const char *const names[SUBS_COUNT] = {
	"None", "None+PO", "None+PI", "None+PO+PI", "To", "To+PI", "From", "From+PO", "Both",
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

static enum stanza_type
type_named(const char *name)
{
	if (strcmp(name, "subscribe") == 0)
		return TYPE_SUBSCRIBE;
	if (strcmp(name, "unsubscribe") == 0)
		return TYPE_UNSUBSCRIBE;
	return strcmp(name, "subscribed") == 0 ? TYPE_SUBSCRIBED : TYPE_UNSUBSCRIBED;
}

static void
check(const struct rfc_table *table, struct transition (*step)(enum stanza_type, enum subscription))
{
	for (int i = 0; i < RFC_STATES; i++) {
		const struct rfc_row *row = &table->rows[i];
		struct transition t = step(type_named(table->type), named(row->before));

		assert_int_equal(t.pass, strcmp(row->must, "MUST") == 0);
		assert_string_equal(names[t.next], rfc_after(row));
	}
}

static void
outbound_follows_a2(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rfc_outbound); i++)
		check(&rfc_outbound[i], subscription_out);
}

static void
inbound_follows_a3(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rfc_inbound); i++)
		check(&rfc_inbound[i], subscription_in);
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
