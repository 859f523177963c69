/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that are away when their owner dies or leaves: what the next one finds in the database, and makes of it. */
#include "sm/manage.h"
#include "sm/session.h"
#include "sm/subscription.h"
#include "sm/user.h"
#include "tests/unit/sm_play.h"
#include "xmpp/name.h"
#include "xmpp/slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* The last four letters are the resource. */
#define NURSE "ddddddddddddddddddyard"
#define JULIET "bbbbbbbbbbbbbbbbbbhall"
#define OTHER "ccccccccccccccccccroof"
#define ROWS "SELECT count(*) FROM kv WHERE module = 'away'"
#define AWAY "SELECT count(*) FROM kv WHERE module = 'away-since'"

static char on_one[40], on_two[40]; /* accounts that sm-1 and sm-2 own when both are there; each sees the other */

static void
add_account(struct stage *st, const char *bare)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) VALUES "
		 "('%s', 'example.org', '', '', 0, 1, 0)",
		 bare);
	stage_sql(st, sql);
}

static void
add_contact(struct stage *st, const char *bare, const char *contact)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO roster (owner, jid, name, grps, subscription, removed, version) VALUES ('%s', '%s', '', '', %d, 0, 1)", bare,
		 contact, SUB_TO | SUB_FROM);
	stage_sql(st, sql);
}

static void
add_accounts(struct stage *st)
{
	const struct str names[2] = {STR("sm-1"), STR("sm-2")};
	char bare[40];

	on_one[0] = on_two[0] = '\0';
	for (int i = 0; !on_one[0] || !on_two[0]; i++) {
		char *to;

		snprintf(bare, sizeof(bare), "user%d@example.org", i);
		to = slot_owner(slot_of(str_z(bare)), names, 2) == 0 ? on_one : on_two;
		if (!to[0])
			strcpy(to, bare);
	}
	add_account(st, on_one);
	add_account(st, on_two);
	add_contact(st, on_one, on_two);
	add_contact(st, on_two, on_one);
}

static int
setup(void **state)
{
	struct stage *st = stage_new(NULL);

	add_accounts(st);
	stage_sm(st, "sm-1");
	stage_sm(st, "sm-2");
	stage_join(st, "c2s-2", "c2s");
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

/* ---- what c2s says ---- */

static struct sm_session *
session(struct stage *st, const char *sid)
{
	return session_find(stage_owner(st, on_two), str_z(sid));
}

static void
come_managed(struct stage *st, unsigned max)
{
	char word[160];

	play_come(st, JULIET, on_two);
	stage_ack(st, JULIET, 0);
	snprintf(word, sizeof(word), "<enable xmlns='" NS_WORDS "' id='" SMID "' out='%u' max='%u'/>",
		 (unsigned)session(st, JULIET)->out_seq, max);
	stage_say(st, JULIET, word);
	stage_acked(st, JULIET, stage_said(st, JULIET));
}

static void
word_from(struct stage *st, const char *c2s, const char *sid, const char *word)
{
	struct sm *owner = stage_owner(st, on_two);

	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = str_z(c2s), .to = str_z(owner->name), .sid = str_z(sid),
				       .payload = str_z(word)});
}

static void
ask(struct stage *st, const char *c2s, const char *sid, const char *rid, const char *word)
{
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = str_z(c2s), .host = STR("example.org"), .key = str_z(on_two),
				       .sid = str_z(sid), .rid = str_z(rid), .payload = str_z(word)});
}

static void
ask_resume(struct stage *st, const char *c2s, const char *asker, unsigned h, const char *rid)
{
	char word[300];

	snprintf(word, sizeof(word),
		 "<resume xmlns='" NS_WORDS "' user='%.*s' host='example.org' address='192.0.2.7' secure='tls' mechanism='PLAIN' "
		 "previd='" SMID "' h='%u'/>",
		 (int)strcspn(on_two, "@"), on_two, h);
	ask(st, c2s, asker, rid, word);
}

static void
ask_open(struct stage *st, const char *c2s, const char *sid, const char *rid, const char *more)
{
	char word[600];

	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='%.*s' host='example.org' resource='hall' address='192.0.2.7' secure='tls' "
		 "mechanism='PLAIN' resume='1' jid='%s/hall' %s><presence xmlns='jabber:client' from='%s/hall'/></open>",
		 (int)strcspn(on_two, "@"), on_two, on_two, more, on_two);
	ask(st, c2s, sid, rid, word);
}

static void
ask_first(struct stage *st, const char *sid, const char *rid, unsigned born)
{
	char word[300];

	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='%.*s' host='example.org' resource='hall' born='%u' address='192.0.2.7' secure='tls' "
		 "mechanism='PLAIN'/>",
		 (int)strcspn(on_two, "@"), on_two, born);
	ask(st, "c2s-1", sid, rid, word);
}

struct number_is {
	struct stage *st;
	const char *sql;
	long number;
};

static bool
number_is(void *arg)
{
	struct number_is *n = arg;

	return stage_sql(n->st, n->sql) == n->number;
}

static void
until_number(struct stage *st, const char *sql, long number)
{
	stage_until(st, number_is, &(struct number_is){st, sql, number});
}

static uint64_t
number_in(const struct got *g, const char *name)
{
	char want[32];
	const char *at;

	snprintf(want, sizeof(want), " %s='", name);
	at = strstr(g->payload, want);
	assert_non_null(at);
	return strtoull(at + strlen(want), NULL, 10);
}

static void
go_away(struct stage *st)
{
	word_from(st, "c2s-1", JULIET, "<close xmlns='" NS_WORDS "' reason='lost'/>");
	until_number(st, AWAY, 1);
}

static void
forget_heard(struct stage *st, const char *sid)
{
	while (stage_count(st, sid, ""))
		stage_expect(st, sid, "");
}

static bool
is_restored(void *arg)
{
	struct sm_session *s = session(arg, JULIET);

	return s && session_away(s);
}

/* ---- */

/* Two messages and a presence that it has not acknowledged, and one message that came as the owner died. */
static void
its_owner_dies(void **state)
{
	struct stage *st = *state;
	struct got *g, *next;
	uint64_t in;

	play_come(st, NURSE, on_one);
	come_managed(st, 600);
	stage_expect(st, NURSE, "<presence");
	for (unsigned i = 0; i < 3; i++)
		play_say_to(st, NURSE, on_two, i == 0 ? "one" : i == 1 ? "two" : "three");
	stage_expect(st, JULIET, ">three<");
	in = session(st, JULIET)->in.done;
	go_away(st);
	stage_say(st, NURSE, "<presence><status>worried</status></presence>");
	until_number(st, "SELECT count(*) FROM kv WHERE module = 'away' AND value LIKE '%worried%'", 1);
	play_say_to(st, NURSE, on_two, "four");
	until_number(st, "SELECT count(*) FROM log", 4);
	forget_heard(st, NURSE);
	forget_heard(st, JULIET);
	stage_kill(st, "sm-2");
	stage_until(st, is_restored, st); /* though nobody has asked for it */
	stage_expect_away(1);
	ask_resume(st, "c2s-2", ASK1, 1, "1.0");
	g = stage_expect(st, JULIET, "<resumed");
	stage_expect_away(0);
	assert_int_equal(number_in(g, "count"), 1);
	assert_int_equal(number_in(g, "in"), in);
	assert_non_null(strstr(g->payload, "<presence"));
	next = stage_expect(st, JULIET, "");
	assert_non_null(strstr(next->payload, ">two<"));
	assert_int_equal(next->seq, number_in(g, "out") + 1);
	assert_non_null(strstr(stage_expect(st, JULIET, "")->payload, ">three<"));
	assert_non_null(strstr(stage_expect(st, JULIET, "")->payload, "worried"));
	next = stage_expect(st, JULIET, "");
	assert_non_null(strstr(next->payload, ">four<"));
	assert_int_equal(next->seq, number_in(g, "out") + 4);
	assert_int_equal(stage_count(st, NURSE, "unavailable"), 0);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-2"), .to = STR("sm-1"), .sid = STR(JULIET),
				       .ack = session(st, JULIET)->out_seq, .payload = STR("<ack xmlns='" NS_WORDS "'/>")});
	until_number(st, "SELECT count(*) FROM log", 0);
	until_number(st, AWAY, 0); /* somebody has it; that much stays */
	until_number(st, ROWS, 1);
	word_from(st, "c2s-2", JULIET, "<close xmlns='" NS_WORDS "' reason='closed'/>");
	until_number(st, ROWS, 0);
	stage_expect(st, NURSE, "unavailable");
}

static bool
has_left(void *arg)
{
	return !stage_up(arg, "sm-2");
}

static void
on_gone(const char *name)
{
	assert_string_equal(name, "sm-2");
}

static void
its_owner_leaves(void **state)
{
	struct stage *st = *state;

	play_come(st, NURSE, on_one);
	come_managed(st, 600);
	play_say_to(st, NURSE, on_two, "one");
	stage_expect(st, JULIET, ">one<");
	go_away(st);
	stage_say(st, NURSE, "<presence><status>worried</status></presence>"); /* waits a moment to be written */
	stage_settle(st, NURSE);
	forget_heard(st, NURSE);
	forget_heard(st, JULIET);
	stage_drain(st, "sm-2", on_gone);
	stage_until(st, has_left, st);
	stage_until(st, is_restored, st);
	ask_resume(st, "c2s-2", ASK1, 0, "1.0");
	stage_expect(st, JULIET, "<resumed");
	assert_non_null(strstr(stage_expect(st, JULIET, "")->payload, ">one<"));
	assert_non_null(strstr(stage_expect(st, JULIET, "")->payload, "worried"));
	assert_int_equal(stage_count(st, NURSE, "unavailable"), 0);
}

/* Its time goes on, and then its contacts hear so. */
static void
its_time_is_over(void **state)
{
	struct stage *st = *state;

	play_come(st, NURSE, on_one);
	come_managed(st, 1);
	stage_expect(st, NURSE, "<presence");
	go_away(st);
	stage_kill(st, "sm-2");
	stage_expect(st, NURSE, "unavailable");
	until_number(st, ROWS, 0);
	ask_resume(st, "c2s-2", ASK1, 0, "1.0");
	/* It may be that a c2s opens it in a moment: the slot has come from somebody else. */
	stage_expect(st, ASK1, "<unknown");
}

/* What another device has taken meanwhile is the other one's no less. */
static void
another_device_has_it(void **state)
{
	struct stage *st = *state;
	struct got *g;

	play_come(st, NURSE, on_one);
	come_managed(st, 600);
	go_away(st);
	play_come(st, OTHER, on_two);
	play_say_to(st, NURSE, on_two, "to both");
	g = stage_expect(st, OTHER, ">to both<");
	stage_ack(st, OTHER, g->seq);
	until_number(st, "SELECT count(*) FROM kv WHERE module = 'away' AND value LIKE '%to both%'", 1);
	stage_settle(st, OTHER);
	stage_kill(st, "sm-2");
	stage_until(st, is_restored, st);
	ask_resume(st, "c2s-2", ASK1, 0, "1.0");
	stage_expect(st, JULIET, "<resumed");
	stage_expect(st, JULIET, ">to both<");
	assert_int_equal(stage_count(st, JULIET, ">to both<"), 0);
}

/* Who has it is known to the next owner before he comes: nobody from before, and no second one, gets it. */
static void
resumed_once(void **state)
{
	struct stage *st = *state;
	struct got *g;
	char more[300];

	come_managed(st, 600);
	go_away(st);
	ask_resume(st, "c2s-2", ASK1, 0, "1.0");
	g = stage_expect(st, JULIET, "<resumed");
	word_from(st, "c2s-2", JULIET, "<ack xmlns='" NS_WORDS "'/>");
	until_number(st, AWAY, 0);
	stage_kill(st, "sm-2");
	ask_open(st, "c2s-1", JULIET, "7.6", "in='3' out='9' manage='" SMID "' in-base='2' count='1' max='600' gen='0'");
	assert_non_null(strstr(stage_expect(st, "c2s-1", "<refused")->payload, "conflict"));
	ask_resume(st, "c2s-1", ASK2, 0, "1.0");
	stage_expect(st, ASK2, "<unknown");
	snprintf(more, sizeof(more), "in='3' out='9' manage='" SMID "' in-base='2' count='1' max='600' gen='%llu'",
		 (unsigned long long)number_in(g, "gen"));
	ask_open(st, "c2s-2", JULIET, "2.1", more);
	stage_expect(st, "c2s-2", "<opened");
	ask_resume(st, "c2s-1", ASK2, 0, "2.0"); /* the <open/> may have been long on its way */
	stage_expect(st, ASK2, "<unknown");
	word_from(st, "c2s-2", JULIET, "<ack xmlns='" NS_WORDS "'/>");
	ask_resume(st, "c2s-1", ASK2, 1, "3.0");
	stage_expect(st, JULIET, "<resumed");
}

/* It was answered, and c2s had not said so yet: the next owner gives it to nobody else, and what has been said since counts. */
static void
resumed_and_not_confirmed(void **state)
{
	struct stage *st = *state;
	struct got *g;
	char more[300];

	play_come(st, NURSE, on_one);
	come_managed(st, 600);
	play_say_to(st, NURSE, on_two, "one");
	stage_expect(st, JULIET, ">one<");
	until_number(st, "SELECT count(*) FROM log", 1);
	go_away(st);
	ask_resume(st, "c2s-2", ASK1, 0, "1.0");
	g = stage_expect(st, JULIET, "<resumed");
	stage_kill(st, "sm-2");
	stage_until(st, is_restored, st);
	forget_heard(st, JULIET);
	snprintf(more, sizeof(more), "in='9' out='30' manage='" SMID "' in-base='2' count='12' max='600' gen='%llu'",
		 (unsigned long long)number_in(g, "gen"));
	ask_open(st, "c2s-2", JULIET, "2.1", more);
	stage_expect(st, JULIET, " anew='1'");
	assert_int_equal(session(st, JULIET)->in.done, 9);
	assert_int_equal(stage_expect(st, JULIET, ">one<")->seq, 31); /* c2s knows by its name that the client has it */
	assert_int_equal(session(st, JULIET)->manage->count, 13);
	assert_int_equal(session(st, JULIET)->unacked.len, 1);
}

/* It goes away while it is being given what it lacks from a former owner, and this one dies before all of that is written. */
static void
away_while_it_catches_up(void **state)
{
	struct stage *st = *state;
	char more[200];

	play_come(st, NURSE, on_one);
	play_say_to(st, NURSE, on_two, "one");
	play_say_to(st, NURSE, on_two, "two");
	until_number(st, "SELECT count(*) FROM log", 2);
	snprintf(more, sizeof(more), "in='3' out='9' manage='" SMID "' in-base='2' count='1' max='600' gen='0'");
	ask_open(st, "c2s-1", JULIET, "5.4", more);
	word_from(st, "c2s-1", JULIET, "<ack xmlns='" NS_WORDS "'/>");
	word_from(st, "c2s-1", JULIET, "<close xmlns='" NS_WORDS "' reason='lost'/>");
	until_number(st, AWAY, 1);
	stage_kill(st, "sm-2");
	stage_until(st, is_restored, st);
	play_say_to(st, NURSE, on_two, "three");
	until_number(st, "SELECT count(*) FROM log", 3);
	forget_heard(st, JULIET);
	ask_resume(st, "c2s-2", ASK1, 1, "1.0");
	stage_expect(st, JULIET, "<resumed");
	assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, ">one<"));
	assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, ">two<"));
	assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, ">three<"));
}

/* <had/> with the next message of the nurse, as so many before the last; ask_open closes the tag. */
static void
print_had(struct stage *st, uint32_t back, struct buf *out)
{
	struct siphash_key key = name_key(STR(JULIET));
	struct name_told told = {.back = back};
	char name[60];

	snprintf(name, sizeof(name), "%s.%u", NURSE, (unsigned)stage_said(st, NURSE) + 1);
	(void)name_hash(&key, str_z(name), &told.name);
	buf_addf(out, "<had>");
	names_told_print(out, &told, 1);
	buf_addf(out, "</had");
}

/* What its client had got from a former owner is known to the next one but one, too. */
static void
what_it_had(void **state)
{
	struct stage *st = *state;
	struct buf more = {0};
	struct got *g;

	play_come(st, NURSE, on_one);
	buf_addf(&more, "in='3' out='9' manage='" SMID "' in-base='2' count='3' max='600' gen='0' acked='1'>");
	print_had(st, 1, &more);
	ask_open(st, "c2s-1", JULIET, "5.4", buf_z(&more));
	stage_expect(st, JULIET, " anew='1'");
	word_from(st, "c2s-1", JULIET, "<ack xmlns='" NS_WORDS "'/>");
	go_away(st);
	stage_kill(st, "sm-2");
	stage_until(st, is_restored, st);
	play_say_to(st, NURSE, on_two, "one"); /* so it had said, and heard nothing of it */
	play_say_to(st, NURSE, on_two, "two");
	until_number(st, "SELECT count(*) FROM log", 2);
	forget_heard(st, JULIET);
	ask_resume(st, "c2s-2", ASK1, 2, "1.0");
	g = stage_expect(st, JULIET, "<resumed");
	assert_int_equal(number_in(g, "count"), 2);
	assert_non_null(strstr(g->payload, "<had>"));
	assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, ">two<"));
	assert_int_equal(stage_count(st, JULIET, "<message"), 0);
	buf_done(&more);
}

/* A session that was replaced by one of the same resource does not come back for it, whoever is at the next owner first. */
static void
an_older_one_comes_late(void **state)
{
	struct stage *st = *state;

	ask_open(st, "c2s-1", JULIET, "5.4", "in='0' out='0' born='2000'");
	stage_expect(st, JULIET, "<opened");
	ask_open(st, "c2s-2", OTHER, "5.4", "in='0' out='0' born='1000'");
	assert_non_null(strstr(stage_expect(st, OTHER, "<refused")->payload, "conflict"));
	ask_open(st, "c2s-2", OTHER, "6.4", "in='0' out='0' born='3000'");
	stage_expect(st, OTHER, "<opened");
	assert_non_null(strstr(stage_expect(st, JULIET, "<end")->payload, "conflict"));
	ask_first(st, JULIET, "1.0", 2500);
	assert_non_null(strstr(stage_expect(st, JULIET, "<refused")->payload, "conflict"));
	ask_first(st, JULIET, "2.0", 3500);
	stage_expect(st, JULIET, "<opened");
}

/* c2s dies before it can confirm what it has opened; but it has said just now that it has it: its client may resume. */
static void
opened_just_now(void **state)
{
	struct stage *st = *state;
	char more[300];

	snprintf(more, sizeof(more), "in='3' out='9' manage='" SMID "' in-base='2' count='1' max='600' gen='0' at='%lld'",
		 (long long)loop_wall_us(stage_loop(st)));
	ask_open(st, "c2s-1", JULIET, "5.4", more);
	stage_expect(st, JULIET, "<opened");
	go_away(st);
	ask_resume(st, "c2s-2", ASK1, 1, "1.0");
	stage_expect(st, JULIET, "<resumed");
}

#define UNSURE "in='3' out='9' manage='" SMID "' in-base='2' count='1' max='600' gen='0'"

static bool
is_away(void *arg)
{
	return session_away(session(arg, JULIET));
}

/* Juliet's session is opened by a question that may have been long on its way, and then c2s does not know it. */
static void
open_and_lose(struct stage *st)
{
	play_come(st, NURSE, on_one);
	ask_open(st, "c2s-1", JULIET, "5.4", UNSURE);
	stage_expect(st, JULIET, "<opened");
	word_from(st, "c2s-1", JULIET, "<close xmlns='" NS_WORDS "' reason='lost'/>");
	stage_until(st, is_away, st);
	assert_int_equal(stage_sql(st, ROWS), 0);
}

/* Nobody gets it, and when nobody has opened it for a while, it ends. */
static void
a_ghost(void **state)
{
	struct stage *st = *state;

	open_and_lose(st);
	ask_resume(st, "c2s-2", ASK1, 1, "1.0");
	stage_expect(st, ASK1, "<unknown");
	stage_expect(st, NURSE, "unavailable");
	stage_settle(st, NURSE);
	assert_null(session(st, JULIET));
}

/* The question behind that one brings it: contacts have not seen it go. */
static void
opened_by_the_next_question(void **state)
{
	struct stage *st = *state;
	char more[300];

	open_and_lose(st);
	snprintf(more, sizeof(more), UNSURE " at='%lld'", (long long)loop_wall_us(stage_loop(st)));
	ask_open(st, "c2s-1", JULIET, "6.4", more);
	stage_expect(st, JULIET, "<opened");
	go_away(st);
	ask_resume(st, "c2s-2", ASK1, 1, "1.0");
	stage_expect(st, JULIET, "<resumed");
	assert_int_equal(stage_count(st, NURSE, "unavailable"), 0);
}

/* The slot is another's before it is written: contacts hear of its end, nobody can give it back. */
static void
not_written_in_time(void **state)
{
	struct stage *st = *state;

	play_come(st, NURSE, on_one);
	come_managed(st, 600);
	stage_expect(st, NURSE, "<presence");
	stage_sql(st, "UPDATE slots SET epoch = epoch + 1");
	word_from(st, "c2s-1", JULIET, "<close xmlns='" NS_WORDS "' reason='lost'/>");
	stage_expect(st, NURSE, "unavailable");
	assert_int_equal(stage_sql(st, ROWS), 0);
}

/* The same while a connection that has the session still is about to lose it to another one: it goes on with it elsewhere. */
static void
resumed_in_vain(void **state)
{
	struct stage *st = *state;

	play_come(st, NURSE, on_one);
	come_managed(st, 600);
	stage_expect(st, NURSE, "<presence");
	stage_sql(st, "UPDATE slots SET epoch = epoch + 1");
	ask_resume(st, "c2s-2", ASK1, 0, "1.0");
	stage_expect(st, "c2s-1", "<unknown");
	stage_expect(st, ASK1, "<unknown");
	stage_settle(st, NURSE);
	assert_int_equal(stage_count(st, NURSE, "unavailable"), 0);
	assert_int_equal(stage_count(st, "c2s-1", "<end"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(its_owner_dies),
		TEST(its_owner_leaves),
		TEST(its_time_is_over),
		TEST(another_device_has_it),
		TEST(resumed_once),
		TEST(resumed_and_not_confirmed),
		TEST(away_while_it_catches_up),
		TEST(what_it_had),
		TEST(an_older_one_comes_late),
		TEST(opened_just_now),
		TEST(a_ghost),
		TEST(opened_by_the_next_question),
		TEST(not_written_in_time),
		TEST(resumed_in_vain),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
