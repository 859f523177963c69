/* SPDX-License-Identifier: Apache-2.0 */
/* Rosters through a whole sm: limits (RFC 6121 2.3.3), versions over restarts (2.6), who gets pushes; directed presence. */
#include "sm/roster.h"
#include "sm/sm.h"
#include "tests/unit/sm_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define ROMEO "aaaaaaaaaaaaaaaaaaroad"
#define JULIET "bbbbbbbbbbbbbbbbbbhall"
#define JULIET2 "ccccccccccccccccccroof"

static int
setup(void **state)
{
	struct stage *st = stage_new("sm { roster_items = 12\n roster_groups = 2\n roster_name_bytes = 16\n directed_presence = 10 }");

	stage_sm(st, "sm-1");
	*state = st;
	return 0;
}

static int
teardown(void **state)
{
	struct stage *st = *state;

	stage_free(&st);
	return 0;
}

/* ---- talking about rosters ---- */

static unsigned serial;

/* The answer to a set of this item. Pushes are left where they are. */
static const char *
set(struct stage *st, const char *sid, const char *item)
{
	char id[24];
	struct buf b = {0};
	const char *answer;

	snprintf(id, sizeof(id), "id='set%u'", ++serial);
	buf_addf(&b, "<iq type='set' %s><query xmlns='jabber:iq:roster'>%s</query></iq>", id, item);
	stage_say(st, sid, buf_z(&b));
	answer = stage_expect(st, sid, id)->payload;
	buf_done(&b);
	return answer;
}

static void
assert_set(struct stage *st, const char *sid, const char *item)
{
	assert_non_null(strstr(set(st, sid, item), "type='result'"));
}

static void
assert_refused(struct stage *st, const char *sid, const char *item, const char *condition)
{
	const char *answer = set(st, sid, item);

	if (!strstr(answer, condition))
		fail_msg("not %s: %s", condition, answer);
}

/* The answer to a get; ver null: without one. */
static const char *
get(struct stage *st, const char *sid, const char *ver)
{
	char id[24], iq[200];

	snprintf(id, sizeof(id), "id='get%u'", ++serial);
	snprintf(iq, sizeof(iq), "<iq type='get' %s><query xmlns='jabber:iq:roster'%s%s%s/></iq>", id, ver ? " ver='" : "",
		 ver ? ver : "", ver ? "'" : "");
	stage_say(st, sid, iq);
	return stage_expect(st, sid, id)->payload;
}

/* The version in it; good until the next one. */
static const char *
version(const char *answer)
{
	static char ver[32];
	const char *at = strstr(answer, " ver='");

	assert_non_null(at);
	snprintf(ver, sizeof(ver), "%.*s", (int)strcspn(at + 6, "'"), at + 6);
	return ver;
}

static unsigned
items_in(const char *answer)
{
	unsigned n = 0;

	for (const char *at = answer; (at = strstr(at, "<item ")); at++)
		n++;
	return n;
}

/* ---- limits ---- */

static void
names_are_bounded(void **state)
{
	struct stage *st = *state;

	stage_open(st, JULIET, "juliet@example.org", "hall");
	assert_set(st, JULIET, "<item jid='nurse@example.com' name='1234567890123456'><group>1234567890123456</group></item>");
	assert_refused(st, JULIET, "<item jid='nurse@example.com' name='12345678901234567'/>", "<not-acceptable");
	assert_refused(st, JULIET, "<item jid='nurse@example.com'><group>12345678901234567</group></item>", "<not-acceptable");
	assert_refused(st, JULIET, "<item jid='nurse@example.com'><group/></item>", "<not-acceptable");
	assert_set(st, JULIET, "<item jid='nurse@example.com'><group>a</group><group>b</group></item>");
	assert_refused(st, JULIET, "<item jid='nurse@example.com'><group>a</group><group>b</group><group>c</group></item>",
		       "<not-acceptable");
	/* what was refused has changed nothing */
	assert_non_null(strstr(get(st, JULIET, NULL), "<item jid='nurse@example.com' subscription='none'><group>a</group>"
						      "<group>b</group></item>"));
}

static void
items_are_bounded(void **state)
{
	struct stage *st = *state;
	char item[80];

	stage_open(st, JULIET, "juliet@example.org", "hall");
	for (int i = 0; i < 12; i++) {
		snprintf(item, sizeof(item), "<item jid='c%d@example.com'/>", i);
		assert_set(st, JULIET, item);
	}
	assert_refused(st, JULIET, "<item jid='more@example.com'/>", "<resource-constraint");
	assert_set(st, JULIET, "<item jid='c3@example.com' name='changed'/>");
	/* a subscription that would need an item is refused, too; one that does not is not */
	stage_say(st, JULIET, "<presence to='more@example.com' type='subscribe' id='full'/>");
	assert_non_null(strstr(stage_expect(st, JULIET, "id='full'")->payload, "<resource-constraint"));
	stage_say(st, JULIET, "<presence to='c3@example.org' type='unsubscribe' id='fine'/>");
	stage_settle(st, JULIET);
	assert_int_equal(stage_count(st, JULIET, "id='fine'"), 0);
	assert_set(st, JULIET, "<item jid='c3@example.com' subscription='remove'/>");
	assert_set(st, JULIET, "<item jid='more@example.com'/>");
	assert_int_equal(items_in(get(st, JULIET, NULL)), 12);
}

/* A roster is sent as one stanza, and has to fit into one. */
static void
sizes_are_bounded(void **state)
{
	struct stage *st = stage_new("sm { roster_name_bytes = 64K }");
	char name[60001];
	struct buf item = {0};
	int count = 0;

	(void)state;
	stage_sm(st, "sm-1");
	stage_open(st, JULIET, "juliet@example.org", "hall");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (;; count++) {
		buf_clear(&item);
		buf_addf(&item, "<item jid='c%d@example.com' name='%s'/>", count, name);
		if (strstr(set(st, JULIET, buf_z(&item)), "<resource-constraint"))
			break;
		assert_true(count < 20);
	}
	assert_int_equal(count, 15); /* 900 KiB */
	/* smaller is always possible; then there is room again */
	assert_set(st, JULIET, "<item jid='c3@example.com' name='small'/>");
	assert_set(st, JULIET, buf_z(&item));
	assert_int_equal(items_in(get(st, JULIET, NULL)), 16);
	buf_done(&item);
	stage_free(&st);
}

static void
reopen(struct stage *st, const char *sid, const char *bare, const char *more, const char *children)
{
	struct buf b = {0};
	const char *at = strchr(bare, '@');

	buf_addf(&b,
		 "<open xmlns='" NS_WORDS "' user='%.*s' host='%s' resource='%s' address='' secure='' mechanism='' resume='1' "
		 "jid='%s/%s' in='0' out='0'%s%s%s%s",
		 (int)(at - bare), bare, at + 1, sid + 18, bare, sid + 18, more, *children ? ">" : "/>", children,
		 *children ? "</open>" : "");
	stage_forget_numbers(st, sid);
	stage_to_owner(st, "c2s-1", bare, sid, buf_z(&b));
	stage_expect(st, sid, "<opened");
	buf_done(&b);
}

static const char *
large_presence(struct buf *b, const char *attrs)
{
	buf_clear(b);
	buf_addf(b, "<presence %s><status>", attrs);
	for (int i = 0; i < 17000; i++)
		buf_addc(b, 'x');
	buf_addl(b, "</status></presence>");
	return buf_z(b);
}

/* One presence that is told to everybody must not be as large as a message may be. */
static void
presence_is_bounded(void **state)
{
	struct stage *st = *state;
	struct buf b = {0};

	stage_open(st, JULIET, "juliet@example.org", "hall");
	stage_say(st, JULIET, large_presence(&b, "id='large'"));
	assert_non_null(strstr(stage_expect(st, JULIET, "id='large'")->payload, "<policy-violation"));
	stage_quiet(st, JULIET);
	/* c2s has not seen that, and tells it to the next owner: there the session shows itself, and nothing of it */
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	reopen(st, JULIET, "juliet@example.org", "", large_presence(&b, "xmlns='jabber:client' from='juliet@example.org/hall'"));
	stage_open(st, JULIET2, "juliet@example.org", "roof");
	stage_available(st, JULIET2, 0);
	stage_expect(st, JULIET2, "<presence from='juliet@example.org/hall' to='juliet@example.org/roof'/>");
	buf_done(&b);
}

/* ---- versions ---- */

static void
versions_survive(void **state)
{
	struct stage *st = *state;
	char before[32];
	const char *answer;

	stage_open(st, JULIET, "juliet@example.org", "hall");
	assert_set(st, JULIET, "<item jid='nurse@example.com' name='Nurse'/>");
	assert_set(st, JULIET, "<item jid='bill@example.com'/>");
	snprintf(before, sizeof(before), "%s", version(get(st, JULIET, "")));
	assert_set(st, JULIET, "<item jid='bill@example.com' subscription='remove'/>");
	assert_set(st, JULIET, "<item jid='nurse@example.com' name='Angelica'/>");
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	stage_open(st, JULIET2, "juliet@example.org", "roof");
	answer = get(st, JULIET2, before);
	assert_null(strstr(answer, "<query"));
	answer = stage_expect(st, JULIET2, "type='set'")->payload;
	assert_non_null(strstr(answer, "<item jid='bill@example.com' subscription='remove'/>"));
	answer = stage_expect(st, JULIET2, "type='set'")->payload;
	assert_non_null(strstr(answer, "<item jid='nurse@example.com' name='Angelica' subscription='none'/>"));
	snprintf(before, sizeof(before), "%s", version(answer));
	assert_null(strstr(get(st, JULIET2, before), "<query"));
	stage_quiet(st, JULIET2);
}

/* XEP-0237: where all of it is less than what has changed, and where nobody knows any more what has. */
static void
whole_where_that_is_less(void **state)
{
	struct stage *st = *state;
	char first[32], item[120];
	const char *answer;

	stage_open(st, JULIET, "juliet@example.org", "hall");
	assert_set(st, JULIET, "<item jid='nurse@example.com'/>");
	snprintf(first, sizeof(first), "%s", version(get(st, JULIET, "")));
	for (int i = 0; i < 11; i++) {
		snprintf(item, sizeof(item), "<item jid='c%d@example.com'/>", i);
		assert_set(st, JULIET, item);
	}
	stage_open(st, JULIET2, "juliet@example.org", "roof");
	assert_null(strstr(get(st, JULIET2, first), "<query")); /* 11 of 12 */
	for (int i = 0; i < 11; i++)
		stage_expect(st, JULIET2, "type='set'");
	for (int i = 0; i < 10; i++) {
		snprintf(item, sizeof(item), "<item jid='c%d@example.com' subscription='remove'/>", i);
		assert_set(st, JULIET, item);
	}
	for (int i = 0; i < 10; i++)
		stage_expect(st, JULIET2, "subscription='remove'");
	answer = get(st, JULIET2, first);
	assert_int_equal(items_in(answer), 2);
	stage_quiet(st, JULIET2);
}

static void
too_far_behind(void **state)
{
	struct stage *st = *state;
	char first[32], item[80];

	stage_open(st, JULIET, "juliet@example.org", "hall");
	assert_set(st, JULIET, "<item jid='nurse@example.com'/>");
	assert_set(st, JULIET, "<item jid='gone@example.com'/>");
	snprintf(first, sizeof(first), "%s", version(get(st, JULIET, "")));
	assert_set(st, JULIET, "<item jid='gone@example.com' subscription='remove'/>");
	for (int i = 0; i <= ROSTER_HISTORY; i++) {
		snprintf(item, sizeof(item), "<item jid='nurse@example.com' name='n%d'/>", i);
		assert_set(st, JULIET, item);
	}
	assert_int_equal(items_in(get(st, JULIET, first)), 1);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM roster WHERE removed = 1"), 0);
}

/* Who remembers a version of an account that is gone does not take it for one of its successor. */
static void
versions_of_a_new_account(void **state)
{
	struct stage *st = *state;
	char old[32];

	stage_open(st, JULIET, "juliet@example.org", "hall");
	assert_set(st, JULIET, "<item jid='nurse@example.com'/>");
	snprintf(old, sizeof(old), "%s", version(get(st, JULIET, "")));
	stage_to_owner(st, "ctl-1", "juliet@example.org", "",
		       "<do xmlns='urn:carillon:admin:1' id='gone' what='user-del' jid='juliet@example.org'/>");
	stage_expect(st, "ctl-1", "id='gone'");
	stage_run(st, 5);
	stage_to_owner(st, "ctl-1", "juliet@example.org", "",
		       "<do xmlns='urn:carillon:admin:1' id='anew' what='user-add' jid='juliet@example.org'>"
		       "<scram>SCRAM-SHA-1$4096:c2FsdHNhbHRzYWx0c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAA=</scram></do>");
	assert_non_null(strstr(stage_expect(st, "ctl-1", "id='anew'")->payload, "result='ok'"));
	stage_open(st, JULIET2, "juliet@example.org", "roof");
	assert_non_null(strstr(get(st, JULIET2, old), "<query")); /* empty, and not "nothing has changed" */
	assert_set(st, JULIET2, "<item jid='bill@example.com'/>");
	assert_string_not_equal(version(get(st, JULIET2, "")), old);
}

/* ---- pushes ---- */

static const char *
push_id(struct stage *st, const char *sid)
{
	const char *push = stage_expect(st, sid, "type='set'")->payload, *at = strstr(push, " id='");

	assert_null(strstr(push, " from="));
	assert_non_null(at);
	assert_true(strcspn(at + 5, "'") >= 12);
	return at + 5;
}

/* 2.1.6: each with an id of its own that nobody can guess, without `from`. */
static void
push_ids(void **state)
{
	struct stage *st = *state;
	const char *one, *two, *three;

	stage_open(st, JULIET, "juliet@example.org", "hall");
	stage_open(st, JULIET2, "juliet@example.org", "roof");
	get(st, JULIET, NULL);
	get(st, JULIET2, NULL);
	assert_set(st, JULIET, "<item jid='nurse@example.com'/>");
	assert_set(st, JULIET, "<item jid='bill@example.com'/>");
	one = push_id(st, JULIET);
	two = push_id(st, JULIET2);
	three = push_id(st, JULIET);
	assert_true(strncmp(one, two, 12) != 0 && strncmp(one, three, 12) != 0 && strncmp(two, three, 12) != 0);
}

/* A session that moves to another owner is as interested as before. */
static void
interested_after_a_move(void **state)
{
	struct stage *st = *state;

	stage_open(st, JULIET, "juliet@example.org", "hall");
	stage_open(st, JULIET2, "juliet@example.org", "roof");
	get(st, JULIET, NULL);
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	reopen(st, JULIET, "juliet@example.org", " interested='1'", "");
	stage_forget_numbers(st, JULIET2);
	stage_open(st, JULIET2, "juliet@example.org", "roof");
	assert_set(st, JULIET2, "<item jid='nurse@example.com'/>");
	stage_expect(st, JULIET, "<item jid='nurse@example.com'");
	stage_quiet(st, JULIET2);
}

/* ---- directed presence (RFC 6121 4.6.3) ---- */

static void
come(struct stage *st, const char *sid, const char *bare)
{
	stage_open(st, sid, bare, sid + 18);
	stage_available(st, sid, 0);
	while (stage_count(st, sid, "<presence"))
		stage_expect(st, sid, "<presence");
}

static void
directed_is_bounded(void **state)
{
	struct stage *st = *state;
	char presence[100];

	stage_join(st, "s2s-1", "s2s");
	come(st, ROMEO, "romeo@example.org");
	for (int i = 0; i < 11; i++) {
		snprintf(presence, sizeof(presence), "<presence to='room%d@rooms.example/Romeo' id='d%d'/>", i, i);
		stage_say(st, ROMEO, presence);
	}
	assert_non_null(strstr(stage_expect(st, ROMEO, "type='error'")->payload, "<resource-constraint"));
	stage_settle(st, ROMEO);
	assert_int_equal(stage_count(st, NULL, "to='room10@rooms.example/Romeo'"), 0);
	/* one who is there already is no more; who has left makes room */
	stage_say(st, ROMEO, "<presence to='room3@rooms.example/Romeo'/>");
	stage_say(st, ROMEO, "<presence to='room3@rooms.example/Romeo' type='unavailable'/>");
	stage_say(st, ROMEO, "<presence to='room10@rooms.example/Romeo'/>");
	stage_settle(st, ROMEO);
	assert_int_equal(stage_count(st, ROMEO, "type='error'"), 0);
	/* kicked out of one, and not found in another: neither is told of the end */
	stage_to_owner(st, "s2s-1", "romeo@example.org", NULL,
		       "<presence from='room4@rooms.example/Romeo' to='romeo@example.org/road' type='unavailable'/>");
	stage_to_owner(st, "s2s-1", "romeo@example.org", NULL,
		       "<presence from='room5@rooms.example/Romeo' to='romeo@example.org/road' type='error'/>");
	stage_to_owner(st, "s2s-1", "romeo@example.org", NULL,
		       "<presence from='room6@rooms.example/Romeo' to='romeo@example.org/elsewhere' type='unavailable'/>");
	stage_settle(st, ROMEO);
	while (stage_count(st, NULL, "@rooms.example/Romeo'"))
		stage_expect(st, NULL, "@rooms.example/Romeo'");
	stage_leave(st, "c2s-1"); /* it has crashed */
	for (int i = 0; i < 11; i++) {
		if (i == 3 || i == 4 || i == 5)
			continue;
		snprintf(presence, sizeof(presence), "type='unavailable' to='room%d@rooms.example/Romeo'", i);
		stage_expect(st, NULL, presence);
	}
	assert_int_equal(stage_count(st, NULL, "@rooms.example/Romeo'"), 0);
}

/* What an sm takes into its grave is not forgotten: the next owner tells the rooms. */
static void
directed_survives_its_sm(void **state)
{
	struct stage *st = *state;
	struct str keep;
	struct buf children = {0};

	stage_join(st, "s2s-1", "s2s");
	come(st, ROMEO, "romeo@example.org");
	stage_say(st, ROMEO, "<presence to='room1@rooms.example/Romeo'/>");
	stage_expect(st, ROMEO, "<keep");
	stage_say(st, ROMEO, "<presence to='room2@rooms.example/Romeo'/>");
	stage_say(st, ROMEO, "<presence to='room3@rooms.example/Romeo'/>");
	stage_say(st, ROMEO, "<presence to='room3@rooms.example/Romeo' type='unavailable'/>");
	keep = str_z(stage_expect(st, ROMEO, "<keep")->payload);
	assert_true(str_find(keep, STR("room1@rooms.example/Romeo")) >= 0);
	assert_true(str_find(keep, STR("room2@rooms.example/Romeo")) >= 0);
	assert_true(str_find(keep, STR("room3@rooms.example/Romeo")) < 0);
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	while (stage_count(st, NULL, "rooms.example"))
		stage_expect(st, NULL, "rooms.example");
	buf_addf(&children, "%.*s<presence xmlns='jabber:client' from='romeo@example.org/road'/>", (int)keep.n, keep.p);
	reopen(st, ROMEO, "romeo@example.org", "", buf_z(&children));
	buf_done(&children);
	assert_int_equal(stage_count(st, NULL, "rooms.example"), 0);
	stage_say(st, ROMEO, "<presence type='unavailable'/>");
	stage_expect(st, NULL, "type='unavailable' to='room1@rooms.example/Romeo'");
	stage_expect(st, NULL, "type='unavailable' to='room2@rooms.example/Romeo'");
	/* and c2s need not keep it any more */
	assert_null(strstr(stage_expect(st, ROMEO, "<keep")->payload, "rooms.example"));
	assert_int_equal(stage_count(st, NULL, "rooms.example"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(names_are_bounded),
		TEST(items_are_bounded),
		cmocka_unit_test(sizes_are_bounded),
		TEST(presence_is_bounded),
		TEST(versions_survive),
		TEST(whole_where_that_is_less),
		TEST(too_far_behind),
		TEST(versions_of_a_new_account),
		TEST(push_ids),
		TEST(interested_after_a_move),
		TEST(directed_is_bounded),
		TEST(directed_survives_its_sm),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
