/* SPDX-License-Identifier: Apache-2.0 */
/* One privacy list: which item decides, as a table; and what blocking and unblocking make of it (XEP-0016 2.1, XEP-0191 5, 6). */
#include "sm/privacy_list.h"
#include "sm/subscription.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define JID(order, jid, is_deny, k) {.place = (order), .what = PRIVACY_JID, .value = {jid, sizeof(jid) - 1}, .deny = (is_deny), .kinds = (k)}
#define GROUP(order, name, is_deny, k) {.place = (order), .what = PRIVACY_GROUP, .value = {name, sizeof(name) - 1}, .deny = (is_deny), .kinds = (k)}
#define SUBS(order, name, is_deny, k) {.place = (order), .what = PRIVACY_SUBSCRIPTION, .value = {name, sizeof(name) - 1}, .deny = (is_deny), .kinds = (k)}
#define ANYBODY(order, is_deny, k) {.place = (order), .what = PRIVACY_ANYBODY, .value = {"", 0}, .deny = (is_deny), .kinds = (k)}

static int64_t
decider(const struct privacy_list *l, const char *who, unsigned sub, const char *groups, enum privacy_kind kind)
{
	struct jid jid;
	struct privacy_party party = {.jid = &jid, .sub = sub, .groups = groups ? str_z(groups) : STR_NONE};
	const struct privacy_item *item;

	jid_split(str_z(who), &jid);
	item = privacy_list_match(l, &party, kind);
	return item ? (int64_t)item->place : -1;
}

/* ---- who it is about ---- */

static void
jids(void **state)
{
	static const struct privacy_row rows[] = {
		JID(1, "a@h/r", true, PRIVACY_ALL), JID(2, "a@h", true, PRIVACY_ALL), JID(3, "h/r", true, PRIVACY_ALL),
		JID(4, "h", true, PRIVACY_ALL),     JID(5, "s.h", true, PRIVACY_ALL),
	};
	static const struct {
		const char *who;
		int64_t item;
	} table[] = {
		{"a@h/r", 1}, {"a@h/other", 2}, {"a@h", 2}, {"b@h/r", 4}, {"b@h", 4}, {"h/r", 3}, {"h/other", 4}, {"h", 4},
		{"a@s.h/r", 5}, {"s.h", 5}, {"a@t.h", -1}, {"t.s.h", -1}, {"a", -1}, {"a@h2", -1},
	};
	struct privacy_list *l = privacy_list_new(STR("l"), rows, ARRAY_LEN(rows));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (decider(l, table[i].who, 0, NULL, PRIVACY_MESSAGE) != table[i].item)
			fail_msg("%s", table[i].who);
		assert_int_equal(decider(NULL, table[i].who, 0, NULL, PRIVACY_MESSAGE), -1);
	}
	privacy_list_free(&l);
	assert_null(l);
	privacy_list_free(&l);
}

/* The order of the list decides, not how exact an item is. */
static void
first_one_decides(void **state)
{
	static const struct privacy_row rows[] = {
		JID(10, "h", false, PRIVACY_ALL), JID(20, "a@h", true, PRIVACY_ALL), ANYBODY(30, true, PRIVACY_ALL)};
	static const struct privacy_row other[] = {ANYBODY(0, true, PRIVACY_ALL), JID(1, "a@h", false, PRIVACY_ALL)};
	struct privacy_list *l = privacy_list_new(STR("l"), rows, ARRAY_LEN(rows));

	(void)state;
	assert_int_equal(decider(l, "a@h/r", 0, NULL, PRIVACY_IQ), 10);
	assert_int_equal(decider(l, "a@g", 0, NULL, PRIVACY_IQ), 30);
	privacy_list_free(&l);
	l = privacy_list_new(STR("l"), other, ARRAY_LEN(other));
	assert_int_equal(decider(l, "a@h", 0, NULL, PRIVACY_IQ), 0);
	privacy_list_free(&l);
}

static void
rosters(void **state)
{
	static const struct privacy_row rows[] = {
		GROUP(1, "Enemies", true, PRIVACY_ALL), SUBS(2, "both", false, PRIVACY_ALL), SUBS(3, "to", true, PRIVACY_ALL),
		GROUP(4, "Friends", false, PRIVACY_ALL), SUBS(5, "none", true, PRIVACY_ALL),
	};
	struct privacy_list *l = privacy_list_new(STR("l"), rows, ARRAY_LEN(rows));

	(void)state;
	assert_true(l->wants_roster);
	assert_int_equal(decider(l, "a@h", SUB_TO | SUB_FROM, "Friends\x1f" "Enemies", PRIVACY_IQ), 1);
	assert_int_equal(decider(l, "a@h", SUB_TO | SUB_FROM | SUB_APPROVED, "Friends", PRIVACY_IQ), 2);
	assert_int_equal(decider(l, "a@h", SUB_TO, "Friends", PRIVACY_IQ), 3);
	assert_int_equal(decider(l, "a@h", SUB_FROM | SUB_ASK, "Friends", PRIVACY_IQ), 4);
	assert_int_equal(decider(l, "a@h", SUB_FROM, "friends", PRIVACY_IQ), -1);
	assert_int_equal(decider(l, "a@h", SUB_ASK, NULL, PRIVACY_IQ), 5);
	assert_int_equal(decider(l, "a@h", 0, NULL, PRIVACY_IQ), 5);
	privacy_list_free(&l);
}

/* ---- what it is about ---- */

static void
kinds(void **state)
{
	static const struct privacy_row rows[] = {
		JID(1, "a@h", true, PRIVACY_MESSAGE),
		JID(2, "a@h", false, PRIVACY_MESSAGE | PRIVACY_IQ),
		JID(3, "a@h", true, PRIVACY_IQ), /* never reached */
		ANYBODY(4, true, PRIVACY_PRESENCE_IN | PRIVACY_PRESENCE_OUT),
		JID(5, "a@h", true, PRIVACY_ALL),
		JID(6, "a@h", false, PRIVACY_ALL), /* neither */
	};
	struct privacy_list *l = privacy_list_new(STR("l"), rows, ARRAY_LEN(rows));
	size_t links = 0;

	(void)state;
	assert_int_equal(decider(l, "a@h", 0, NULL, PRIVACY_MESSAGE), 1);
	assert_int_equal(decider(l, "a@h", 0, NULL, PRIVACY_IQ), 2);
	assert_int_equal(decider(l, "a@h", 0, NULL, PRIVACY_PRESENCE_IN), 4);
	assert_int_equal(decider(l, "a@h", 0, NULL, PRIVACY_PRESENCE_OUT), 4);
	assert_int_equal(decider(l, "a@h", 0, NULL, PRIVACY_OTHER), 5);
	assert_int_equal(decider(l, "b@h", 0, NULL, PRIVACY_OTHER), -1);
	for (const struct privacy_item *i = map_find(&l->jids, STR("a@h")); i; i = i->next)
		links++;
	assert_int_equal(links, 3);
	assert_false(l->wants_roster);
	assert_int_equal(l->count, ARRAY_LEN(rows)); /* all are told to who asks for the list */
	privacy_list_free(&l);
}

/* A thousand items about the same cost no more than five. */
static void
chains_are_short(void **state)
{
	struct privacy_row *rows = xcalloc(1000, sizeof(*rows));
	struct privacy_list *l;
	size_t links = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		rows[i] = (struct privacy_row)JID(i, "a@h", i % 2, 1u << (i / 10 % 5));
	l = privacy_list_new(STR("l"), rows, 1000);
	for (const struct privacy_item *i = map_find(&l->jids, STR("a@h")); i; i = i->next)
		links++;
	assert_int_equal(links, 5);
	assert_int_equal(decider(l, "a@h", 0, NULL, PRIVACY_OTHER), 40);
	privacy_list_free(&l);
	free(rows);
}

/* What a damaged row says means nothing, and harms nobody. */
static void
damaged_rows(void **state)
{
	static const struct privacy_row rows[] = {
		SUBS(1, "remove", true, PRIVACY_ALL), JID(2, "a@h", true, 0), JID(3, "b@h", true, 0xffff),
		{.place = 4, .what = (enum privacy_what)99, .value = {"x", 1}, .deny = true, .kinds = PRIVACY_ALL},
	};
	struct privacy_list *l = privacy_list_new(STR(""), rows, ARRAY_LEN(rows));

	(void)state;
	assert_int_equal(decider(l, "a@h", 0, NULL, PRIVACY_IQ), -1);
	assert_int_equal(decider(l, "b@h", 0, NULL, PRIVACY_IQ), 3);
	assert_int_equal(l->items[2].kinds, PRIVACY_ALL);
	privacy_list_free(&l);
}

/* ---- as a block list ---- */

static const char *
print(const struct privacy_rows *r)
{
	static char text[512];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < r->count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%lld:" STR_FMT "%s%s", i ? " " : "",
				      (long long)r->rows[i].place, STR_ARG(r->rows[i].value), r->rows[i].deny ? "-" : "+",
				      r->rows[i].kinds == PRIVACY_ALL ? "" : "?");
	return text;
}

static const char *
block(const struct privacy_row *rows, size_t count, const char *const *who)
{
	static struct arena memory;
	struct privacy_list *l = rows ? privacy_list_new(STR("l"), rows, count) : NULL;
	struct str names[8];
	struct privacy_rows r;
	const char *text;
	size_t n = 0;

	for (; who[n]; n++)
		names[n] = str_z(who[n]);
	r = privacy_list_block(&memory, l, names, n);
	text = print(&r);
	privacy_list_free(&l);
	arena_done(&memory);
	return text;
}
#define BLOCK(rows, ...) block(rows, ARRAY_LEN(rows), (const char *const[]){__VA_ARGS__, NULL})

static void
blocking(void **state)
{
	static const struct privacy_row plain[] = {JID(1, "a", true, PRIVACY_ALL), JID(2, "b", true, PRIVACY_ALL)};
	static const struct privacy_row mixed[] = {
		JID(3, "a", true, PRIVACY_ALL), JID(7, "x", false, PRIVACY_ALL), JID(8, "b", true, PRIVACY_ALL),
		JID(9, "c", true, PRIVACY_IQ)};
	static const struct privacy_row high[] = {JID(PRIVACY_PLACE_MAX, "a", true, PRIVACY_ALL)};
	static const struct privacy_row zero[] = {ANYBODY(0, false, PRIVACY_ALL)};

	(void)state;
	assert_string_equal(block(NULL, 0, (const char *const[]){"a", "b", "a", NULL}), "1:a- 2:b-");
	assert_string_equal(BLOCK(plain, "b", "c", "c"), "1:a- 2:b- 3:c-");
	/* in front of all that is no block, one that stands behind included; what is restricted is no block */
	assert_string_equal(BLOCK(mixed, "d"), "3:a- 4:d- 7:x+ 8:b- 9:c-?");
	assert_string_equal(BLOCK(mixed, "b"), "3:a- 4:b- 7:x+ 9:c-?");
	assert_string_equal(BLOCK(mixed, "c"), "3:a- 4:c- 7:x+ 8:b- 9:c-?");
	assert_string_equal(BLOCK(mixed, "d", "e", "f"), "3:a- 4:d- 5:e- 6:f- 7:x+ 8:b- 9:c-?");
	/* no room */
	assert_string_equal(BLOCK(mixed, "d", "e", "f", "g"), "1:a- 2:d- 3:e- 4:f- 5:g- 1001:x+ 1002:b- 1003:c-?");
	assert_string_equal(BLOCK(high, "b"), "1:a- 2:b-");
	assert_string_equal(BLOCK(zero, "b"), "1:b- 1001:+");
}

static void
unblocking(void **state)
{
	static const struct privacy_row rows[] = {
		JID(3, "a", true, PRIVACY_ALL), JID(7, "a", false, PRIVACY_ALL), JID(8, "b", true, PRIVACY_ALL),
		JID(9, "c", true, PRIVACY_IQ), JID(10, "a", true, PRIVACY_ALL)};
	struct privacy_list *l = privacy_list_new(STR("l"), rows, ARRAY_LEN(rows));
	struct str a = STR("a"), c = STR("c");
	struct arena memory = {0};
	struct privacy_rows r;

	(void)state;
	r = privacy_list_unblock(&memory, l, &a, 1);
	assert_string_equal(print(&r), "7:a+ 8:b- 9:c-?");
	r = privacy_list_unblock(&memory, l, &c, 1);
	assert_int_equal(r.count, 5);
	r = privacy_list_unblock(&memory, l, NULL, 0);
	assert_string_equal(print(&r), "7:a+ 9:c-?");
	r = privacy_list_unblock(&memory, NULL, &a, 1);
	assert_int_equal(r.count, 0);
	privacy_list_free(&l);
	arena_done(&memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jids),
		cmocka_unit_test(first_one_decides),
		cmocka_unit_test(rosters),
		cmocka_unit_test(kinds),
		cmocka_unit_test(chains_are_short),
		cmocka_unit_test(damaged_rows),
		cmocka_unit_test(blocking),
		cmocka_unit_test(unblocking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
