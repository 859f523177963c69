/* SPDX-License-Identifier: Apache-2.0 */
/* Stream management (XEP-0198) at the sm: sessions that are away, what waits for them, and how they are resumed. */
#include "tests/unit/sm_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static int
setup(void **state)
{
	*state = play_begin("sm { away_sessions = 2 }");
	return 0;
}

/* ---- away and back ---- */

/* Others see nothing of it; what was under way and what comes meanwhile waits, and comes once, in order, under new numbers. */
static void
away_and_back(void **state)
{
	struct stage *st = *state;
	struct got *g, *next;
	uint64_t out;

	play_come(st, HALL, "juliet@example.org");
	play_come(st, TOMB, "romeo@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	while (stage_count(st, TOMB, "<presence"))
		stage_expect(st, TOMB, "<presence");
	for (unsigned i = 1; i <= 3; i++)
		play_say_to(st, HALL, "romeo@example.org/road", i == 1 ? "one" : i == 2 ? "two" : "three");
	stage_expect(st, ROMEO, ">three<");
	out = play_heard(st, ROMEO);
	stage_expect_away(0);
	play_away(st, "c2s-1", ROMEO);
	stage_expect_away(1);
	play_say_to(st, HALL, "romeo@example.org/road", "four");
	stage_say(st, HALL, "<iq type='get' id='q' to='romeo@example.org/road'><x xmlns='urn:x'/></iq>");
	stage_settle(st, HALL);
	stage_quiet(st, TOMB);
	assert_int_equal(stage_count(st, HALL, ""), 0);
	play_until_log(st, 4); /* so that nothing is lost when it does not come back */
	while (stage_count(st, ROMEO, ""))
		stage_expect(st, ROMEO, "");
	g = play_resume(st, "c2s-2", ASK1, ROMEO, 2); /* it has got one and two */
	assert_string_equal(g->to, "c2s-2");
	stage_expect_away(0);
	assert_string_equal(g->rid, "1");
	assert_non_null(strstr(g->payload, " asked='111111111111111111asks' jid='romeo@example.org/road'"));
	assert_int_equal(play_number(g, "count"), 2);
	assert_int_equal(play_number(g, "max"), 600);
	assert_true(play_number(g, "gen") > 0);
	assert_true(play_number(g, "out") >= out);
	assert_int_equal(play_number(g, "in"), g->ack);
	assert_non_null(strstr(g->payload, "<presence"));
	next = stage_expect(st, ROMEO, ">three<");
	assert_int_equal(next->seq, play_number(g, "out") + 1);
	assert_true(next->rid[0] != '\0');
	next = stage_expect(st, ROMEO, ">four<");
	assert_int_equal(next->seq, play_number(g, "out") + 2);
	next = stage_expect(st, ROMEO, "urn:x");
	assert_int_equal(next->seq, play_number(g, "out") + 3);
	assert_int_equal(stage_count(st, ROMEO, ""), 0);
	assert_false(session_away(play_session(st, ROMEO)));
	play_ack(st, "c2s-2", ROMEO, next->seq);
	play_until_log(st, 0);
	stage_quiet(st, TOMB);
}

static void
time_is_over(void **state)
{
	struct stage *st = *state;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 1);
	play_say_to(st, HALL, "romeo@example.org", "before");
	stage_expect(st, ROMEO, ">before<");
	play_away(st, "c2s-1", ROMEO);
	play_say_to(st, HALL, "romeo@example.org", "meanwhile");
	stage_say(st, HALL, "<iq type='get' id='q1' to='romeo@example.org/road'><x xmlns='urn:x'/></iq>");
	play_come(st, TOMB, "romeo@example.org"); /* gets what nobody has */
	stage_expect(st, TOMB, ">before<");
	stage_expect(st, TOMB, ">meanwhile<");
	play_say_to(st, HALL, "romeo@example.org/road", "only there");
	stage_settle(st, HALL);
	assert_int_equal(stage_count(st, HALL, "q1"), 0);
	stage_expect(st, TOMB, "type='unavailable'"); /* its time is over */
	stage_until(st, play_is_gone, &(struct play_wanted){st, ROMEO});
	stage_expect(st, HALL, "id='q1'");                 /* an error in its place */
	stage_expect(st, TOMB, ">only there<");            /* messages are for whoever is there */
	stage_ack(st, TOMB, 0);
	play_until_log(st, 0);
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 0, "1.0");
	play_refused(st, ASK1, "item-not-found");
	stage_quiet(st, TOMB);
}

static void
a_client_of_no_time(void **state)
{
	struct stage *st = *state;

	play_come(st, TOMB, "romeo@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 0);
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 0, "1.0");
	play_refused(st, ASK1, "item-not-found");
	play_close_lost(st, "c2s-1", ROMEO);
	stage_expect(st, TOMB, "type='unavailable'");
}

static void
its_c2s_dies(void **state)
{
	struct stage *st = *state;

	stage_join(st, "c2s-3", "c2s");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	(void)play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	stage_expect(st, "c2s-1", "<end"); /* where it was until now */
	stage_leave(st, "c2s-2");
	stage_until(st, play_is_away, &(struct play_wanted){st, ROMEO});
	assert_string_equal(play_resume(st, "c2s-3", ASK2, ROMEO, 0)->to, "c2s-3");
	assert_int_equal(stage_count(st, "c2s-2", "<end"), 0); /* nobody is there to be told */
}

static void
too_many_are_away(void **state)
{
	static const char *const sids[] = {ROMEO, ROOF, TOMB};
	char id[SID_LEN + 1] = SMID;
	struct stage *st = *state;

	for (size_t i = 0; i < ARRAY_LEN(sids); i++) {
		id[SID_LEN - 1] = (char)('1' + i);
		play_come_managed(st, sids[i], "romeo@example.org", id, 600);
	}
	play_away(st, "c2s-1", sids[0]);
	stage_run(st, 5);
	play_away(st, "c2s-1", sids[1]);
	assert_non_null(play_session(st, sids[0]));
	play_close_lost(st, "c2s-1", sids[2]);
	stage_until(st, play_is_gone, &(struct play_wanted){st, sids[0]}); /* the one that has been away for longest */
	assert_true(session_away(play_session(st, sids[1])));
	assert_true(session_away(play_session(st, sids[2])));
}

/* A new session of the same name stands above one that is away. */
static void
replaced(void **state)
{
	struct stage *st = *state;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	play_say_to(st, HALL, "romeo@example.org", "one");
	stage_expect(st, ROMEO, ">one<");
	play_away(st, "c2s-1", ROMEO);
	stage_open(st, ROOF, "romeo@example.org", "road");
	assert_null(play_session(st, ROMEO));
	assert_int_equal(stage_count(st, ROMEO, "<end"), 0);
	stage_say(st, ROOF, "<presence from='romeo@example.org/road'/>");
	stage_expect(st, ROOF, ">one<");
}

/* ---- who may resume what ---- */

static void
not_to_be_had(void **state)
{
	struct stage *st = *state;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	play_ask(st, "c2s-2", ASK1, "juliet", SMID, 0, "1.0"); /* of somebody else */
	play_refused(st, ASK1, "item-not-found");
	play_ask(st, "c2s-2", ASK1, "nobody", SMID, 0, "2.0");
	play_refused(st, ASK1, "item-not-found");
	play_ask(st, "c2s-2", ASK1, "romeo", SMID2, 0, "3.0");
	play_refused(st, ASK1, "item-not-found");
	play_ask(st, "c2s-2", ASK1, "romeo", ROMEO, 0, "4.0"); /* the sid is no SM-ID */
	play_refused(st, ASK1, "item-not-found");
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 1, "5.0"); /* more than it was sent */
	play_refused(st, ASK1, "undefined-condition");
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, UINT32_MAX, "6.0");
	play_refused(st, ASK1, "undefined-condition");
	stage_say(st, ROMEO, "<presence/>"); /* it is where it was */
	stage_settle(st, ROMEO);
	assert_int_equal(stage_count(st, ROMEO, "<end"), 0);
}

/* Who has been refused because he has more than he was sent is not taken at his word later, when that many have been sent. */
static void
more_than_it_was_sent(void **state)
{
	struct stage *st = *state;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	play_away(st, "c2s-1", ROMEO);
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 1, "1.0");
	play_refused(st, ASK1, "undefined-condition");
	play_say_to(st, HALL, "romeo@example.org", "first");
	stage_settle(st, HALL);
	play_ask(st, "c2s-2", ASK2, "romeo", SMID, 1, "2.0");
	play_refused(st, ASK2, "undefined-condition");
}

/* The former stream ends; what its c2s still says is of no account, and it cannot have the session again. */
static void
the_former_stream(void **state)
{
	char open[600];
	struct stage *st = *state;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	(void)play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	assert_non_null(strstr(stage_expect(st, "c2s-1", "<end")->payload, "condition='conflict'"));
	play_say_to(st, ROMEO, "juliet@example.org", "from the grave");
	play_close_lost(st, "c2s-1", ROMEO);
	snprintf(open, sizeof(open),
		 "<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='road' resume='1' "
		 "jid='romeo@example.org/road' in='2' out='1' manage='" SMID "' in-base='2' count='0' max='600' gen='0'/>");
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = STR(ROMEO), .rid = STR("7.0"), .payload = str_z(open)});
	play_refused(st, ROMEO, "conflict");
	assert_false(session_away(play_session(st, ROMEO)));
	assert_string_equal(play_session(st, ROMEO)->c2s, "c2s-2");
	stage_quiet(st, HALL);
}

/* At a new owner the former c2s is first; who knows of a later resumption takes the session over, whatever its number. */
static void
the_former_stream_comes_first(void **state)
{
	static const char *const word =
		"<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='road' resume='1' "
		"jid='romeo@example.org/road' in='%u' out='%u' manage='" SMID "' in-base='2' count='%u' max='600' gen='%u'/>";
	struct stage *st = *state;
	struct frame f = {.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"), .key = STR("romeo@example.org"),
			  .sid = STR(ROMEO), .rid = STR("9.4")};
	char open[600];

	snprintf(open, sizeof(open), word, 2, 3, 3, 1000);
	f.payload = str_z(open);
	stage_send(st, &f);
	stage_expect(st, "c2s-1", "<opened");
	snprintf(open, sizeof(open), word, 5, 9, 8, 2000);
	f.from = STR("c2s-2");
	f.rid = STR("2.1");
	stage_send(st, &f);
	stage_expect(st, "c2s-2", " anew='1'");
	assert_non_null(strstr(stage_expect(st, "c2s-1", "<end")->payload, "conflict"));
	assert_int_equal(play_session(st, ROMEO)->in.done, 5);
	assert_int_equal(play_session(st, ROMEO)->out_seq, 9);
	assert_int_equal(play_session(st, ROMEO)->manage->count, 8);
	assert_int_equal(play_session(st, ROMEO)->manage->gen, 2000);
}

static void
ask_born(struct stage *st, const char *asker, const char *rid, unsigned born)
{
	char word[300];

	snprintf(word, sizeof(word),
		 "<resume xmlns='" NS_WORDS "' user='romeo' host='example.org' born='%u' address='192.0.2.7' secure='tls' "
		 "mechanism='PLAIN' previd='" SMID "' h='0'/>", born);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-2"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = str_z(asker), .rid = str_z(rid), .payload = str_z(word)});
}

/* A client has given up one connection and resumed on the next one; then the question of the first one comes, again or late. */
static void
asked_by_an_older_connection(void **state)
{
	struct stage *st = *state;

	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	ask_born(st, ASK2, "1.0", 2000);
	stage_expect(st, ROMEO, "<resumed");
	ask_born(st, ASK1, "7.0", 1000);
	play_refused(st, ASK1, "conflict");
	assert_false(session_away(play_session(st, ROMEO)));
	play_away(st, "c2s-2", ROMEO);
	ask_born(st, ASK1, "7.0", 1000);
	play_refused(st, ASK1, "conflict");
	ask_born(st, ASK1, "8.0", 2500);
	stage_expect(st, ROMEO, "<resumed");
}

/* A question that was long on its way finds that a later one has been answered; one that is asked again is answered again. */
static void
asked_twice(void **state)
{
	struct stage *st = *state;
	struct got *first, *second;
	uint64_t gen;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	play_say_to(st, HALL, "romeo@example.org", "one");
	stage_expect(st, ROMEO, ">one<");
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 0, "2.0");
	first = stage_expect(st, ROMEO, "<resumed");
	gen = play_number(first, "gen");
	assert_int_equal(stage_expect(st, "c2s-2", ">one<")->seq, play_number(first, "out") + 1);
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 0, "1.0"); /* late */
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 0, "3.0"); /* it has heard nothing */
	second = stage_expect(st, ROMEO, "<resumed");
	assert_string_equal(second->rid, "3");
	assert_string_equal(second->payload, first->payload);
	assert_int_equal(stage_expect(st, "c2s-2", ">one<")->seq, play_number(first, "out") + 1);
	assert_int_equal(play_session(st, ROMEO)->manage->gen, gen);
	assert_int_equal(stage_count(st, ROMEO, "<resumed"), 0);
}

/* Whoever believes that it has a session that is away opens it again; a stream that ends has nothing to believe. */
static void
who_believes_that_it_has_it(void **state)
{
	struct stage *st = *state;

	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	play_away(st, "c2s-1", ROMEO);
	play_close_lost(st, "c2s-1", ROMEO);
	stage_ack(st, ROMEO, 0);
	stage_expect(st, ROMEO, "<unknown");
	stage_say(st, ROMEO, "<presence/>");
	stage_expect(st, ROMEO, "<unknown");
	assert_int_equal(stage_count(st, ROMEO, "<unknown"), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, play_end)
	const struct CMUnitTest tests[] = {
		TEST(away_and_back),
		TEST(time_is_over),
		TEST(a_client_of_no_time),
		TEST(its_c2s_dies),
		TEST(too_many_are_away),
		TEST(replaced),
		TEST(not_to_be_had),
		TEST(more_than_it_was_sent),
		TEST(the_former_stream),
		TEST(the_former_stream_comes_first),
		TEST(asked_by_an_older_connection),
		TEST(asked_twice),
		TEST(who_believes_that_it_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
