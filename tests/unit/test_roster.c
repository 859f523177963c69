/* SPDX-License-Identifier: Apache-2.0 */
/* The roster in memory: items, tombstones, requests, and how items are written. */
#include "sm/roster.h"

#include "xmpp/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

static struct roster_row
row(const char *jid, int sub, bool removed, int64_t version)
{
	return (struct roster_row){str_z(jid), STR("Nurse"), STR("Servants\x1f" "Friends & co"), sub, removed, version};
}

static void
loads_what_is_stored(void **state)
{
	struct roster_row rows[] = {row("nurse@example.com", SUB_TO, false, 3), row("gone@example.com", 0, true, 4)};
	struct request_row requests[] = {{STR("romeo@example.net"), STR("<presence/>")}};
	struct user_rows user = {.roster_version = 4, .roster = rows, .roster_count = 2, .requests = requests,
				 .request_count = 1};
	struct roster r = {0};

	(void)state;
	roster_load(&r, &user);
	assert_int_equal(r.version, 4);
	assert_int_equal(r.live, 1);
	assert_non_null(roster_get(&r, STR("nurse@example.com")));
	assert_null(roster_get(&r, STR("gone@example.com")));
	assert_true(str_is(roster_request(&r, STR("romeo@example.net")), "<presence/>"));
	assert_int_equal(roster_subscription(&r, STR("romeo@example.net")), SUBS_NONE_IN);
	assert_int_equal(roster_subscription(&r, STR("nurse@example.com")), SUBS_TO);
	assert_int_equal(roster_subscription(&r, STR("stranger@example.com")), SUBS_NONE);
	roster_done(&r);
}

static void
replacing_and_removing_keeps_count(void **state)
{
	struct roster r = {0};
	struct roster_row a = row("a@example.com", 0, false, 1), gone = row("a@example.com", 0, true, 2),
			  back = row("a@example.com", SUB_FROM, false, 3);

	(void)state;
	roster_apply(&r, &a);
	assert_int_equal(r.live, 1);
	roster_apply(&r, &gone);
	assert_int_equal(r.live, 0);
	assert_null(roster_get(&r, STR("a@example.com")));
	roster_apply(&r, &back);
	assert_int_equal(r.live, 1);
	assert_int_equal(r.version, 3);
	assert_int_equal(roster_get(&r, STR("a@example.com"))->sub, SUB_FROM);
	roster_done(&r);
}

static void
old_tombstones_are_forgotten(void **state)
{
	struct roster r = {0};
	uint64_t it = 0;
	size_t count = 0;

	(void)state;
	for (int i = 1; i <= 3 * ROSTER_HISTORY; i++) {
		char jid[40];
		struct roster_row gone;

		snprintf(jid, sizeof(jid), "c%d@example.com", i);
		gone = row(jid, 0, true, i);
		roster_apply(&r, &gone);
	}
	while (roster_next(&r, &it))
		count++;
	assert_int_equal(count, ROSTER_HISTORY + 1);
	roster_done(&r);
}

static void
requests_come_and_go(void **state)
{
	struct roster r = {0};
	uint64_t it = 0;

	(void)state;
	roster_request_put(&r, STR("a@example.com"), STR("<presence id='1'/>"));
	roster_request_put(&r, STR("a@example.com"), STR("<presence id='2'/>"));
	assert_int_equal(roster_requests(&r), 1);
	assert_true(str_is(roster_next_request(&r, &it), "<presence id='2'/>"));
	assert_null(roster_next_request(&r, &it).p);
	roster_request_del(&r, STR("a@example.com"));
	roster_request_del(&r, STR("a@example.com"));
	assert_int_equal(roster_requests(&r), 0);
	roster_done(&r);
}

static void
assert_written(const struct roster_item *item, const char *expected)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_ROSTER);
	roster_item_write(&o, item);
	out_done(&o);
	assert_string_equal(buf_z(&b), expected);
	buf_done(&b);
}

static void
items_are_written_as_the_rfc_has_them(void **state)
{
	struct roster_item item = {.jid = STR("nurse@example.com"), .name = STR("Nurse"),
				   .groups = STR("Servants\x1f" "Friends & co"), .sub = SUB_FROM | SUB_ASK | SUB_APPROVED};
	struct roster_item gone = {.jid = STR("nurse@example.com"), .removed = true};
	struct roster_item plain = {.jid = STR("nurse@example.com"), .sub = SUB_TO | SUB_FROM};

	(void)state;
	assert_written(&item, "<item jid='nurse@example.com' name='Nurse' subscription='from' ask='subscribe' "
			      "approved='true'><group>Servants</group><group>Friends &amp; co</group></item>");
	assert_written(&gone, "<item jid='nurse@example.com' subscription='remove'/>");
	assert_written(&plain, "<item jid='nurse@example.com' subscription='both'/>");
}

/* The size that limits count with is never less than what is written, and goes when the item goes. */
static void
sizes_are_upper_bounds(void **state)
{
	static const char *const words[] = {"", "Nurse", "<&>'\"", "a\tb", "\xc3\xa9t\xc3\xa9", "Servants\x1f'&'\x1fx"};
	struct roster r = {0};
	struct roster_row gone = {.jid = STR("c@example.com"), .name = STR(""), .groups = STR(""), .removed = true, .version = 1000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		for (size_t k = 0; k < ARRAY_LEN(words); k++) {
			struct roster_row put = {STR("c@example.com"), str_z(k + 1 < ARRAY_LEN(words) ? words[k] : "x"), str_z(words[i]),
						 SUB_FROM | SUB_ASK | SUB_APPROVED, false, (int64_t)(i * 10 + k + 1)};
			const struct roster_item *item = roster_apply(&r, &put);
			struct buf b = {0};
			struct out o;

			out_init(&o, &b, NS_ROSTER);
			roster_item_write(&o, item);
			out_done(&o);
			assert_true(b.n <= r.size && r.size < b.n + 100 + 6 * put.groups.n);
			buf_done(&b);
		}
	roster_apply(&r, &gone);
	assert_int_equal(r.size, 0);
	assert_int_equal(r.live, 0);
	roster_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_what_is_stored),
		cmocka_unit_test(replacing_and_removing_keeps_count),
		cmocka_unit_test(old_tombstones_are_forgotten),
		cmocka_unit_test(requests_come_and_go),
		cmocka_unit_test(items_are_written_as_the_rfc_has_them),
		cmocka_unit_test(sizes_are_upper_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
