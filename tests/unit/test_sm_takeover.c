/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that get what waits in the log: in pages, also when they go away meanwhile, and those that come from a former owner. */
#include "sm/mailbox.h"
#include "sm/user.h"
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

enum { BACKLOG = 260 }; /* more than goes at once */

/* Numbered messages of juliet's, which romeo has not got. */
static void
many_wait(struct stage *st)
{
	char body[16];

	play_come(st, HALL, "juliet@example.org");
	for (unsigned i = 0; i < BACKLOG; i++) {
		snprintf(body, sizeof(body), "%u", i);
		play_say_to(st, HALL, "romeo@example.org", body);
	}
	play_until_log(st, BACKLOG);
}

/* ---- the log ---- */

/* romeo comes for them, and goes away in the middle. */
static void
away_in_the_middle(struct stage *st)
{
	many_wait(st);
	stage_open(st, ROMEO, "romeo@example.org", "road");
	play_enable(st, ROMEO, SMID, 0, 600);
	stage_say(st, ROMEO, "<presence/>");
	stage_expect(st, ROMEO, ">150<");
	play_away(st, "c2s-1", ROMEO);
}

/* More waits than goes at once. It goes away in the middle; then what is new must not overtake what is old. */
static void
away_while_the_log_is_read(void **state)
{
	struct stage *st = *state;
	uint64_t out;
	char want[24];
	struct got *g;

	away_in_the_middle(st);
	play_say_to(st, HALL, "romeo@example.org", "260");
	stage_settle(st, HALL);
	while (stage_count(st, ROMEO, ""))
		stage_expect(st, ROMEO, "");
	out = play_number(play_resume(st, "c2s-2", ASK1, ROMEO, 1), "out"); /* 1: its own presence */
	for (unsigned i = 0; i <= BACKLOG; i++) {
		snprintf(want, sizeof(want), "<body>%u<", i);
		g = stage_expect(st, "c2s-2", "<message");
		if (!strstr(g->payload, want))
			fail_msg("%s comes in place of %u", g->payload, i);
		assert_int_equal(g->seq, ++out);
		play_ack(st, "c2s-2", ROMEO, out);
	}
	play_until_log(st, 0);
}

/* What is no stanza, for whatever reason, stands in nobody's way. */
static void
unreadable(void **state)
{
	struct stage *st = *state;

	stage_sql(st, "INSERT INTO log (owner, id, peer, origin, flags, stanza) VALUES "
		      "('romeo@example.org', 1, 'juliet@example.org', '', 0, '<message')");
	play_come(st, HALL, "juliet@example.org");
	play_say_to(st, HALL, "romeo@example.org", "one");
	play_until_log(st, 2);
	play_come(st, ROMEO, "romeo@example.org");
	play_ack(st, "c2s-1", ROMEO, stage_expect(st, ROMEO, ">one<")->seq);
	play_until_log(st, 0);
}

/* Another session of the user need not wait until one that is away has taken the rest of the log. */
static void
the_log_is_for_others(void **state)
{
	struct stage *st = *state;

	away_in_the_middle(st);
	stage_open(st, TOMB, "romeo@example.org", "tomb");
	stage_say(st, TOMB, "<presence/>");
	for (unsigned i = 0; i < BACKLOG; i++) {
		struct got *g = stage_expect(st, TOMB, "<message");

		assert_int_equal(strtoul(strstr(g->payload, "<body>") + 6, NULL, 10), i);
		stage_ack(st, TOMB, g->seq);
	}
}

/* A session that is away while its messages lie in memory: it gets each once when it is back, however others come and go. */
static void
others_come_and_go(void **state)
{
	struct stage *st = *state;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	play_say_to(st, HALL, "romeo@example.org", "one");
	stage_expect(st, ROMEO, ">one<");
	play_away(st, "c2s-1", ROMEO);
	play_say_to(st, HALL, "romeo@example.org", "two");
	play_come(st, TOMB, "romeo@example.org");
	stage_expect(st, TOMB, ">one<");
	stage_expect(st, TOMB, ">two<");
	play_word(st, "c2s-1", TOMB, 0, NULL, "<close xmlns='" NS_WORDS "' reason='closed'/>"); /* without having taken them */
	stage_until(st, play_is_gone, &(struct play_wanted){st, TOMB});
	stage_settle(st, HALL);
	assert_int_equal(play_session(st, ROMEO)->unacked.len, 4); /* the two, and that the other was there and is gone */
	(void)play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	stage_expect(st, "c2s-2", ">one<");
	stage_expect(st, "c2s-2", ">two<");
	assert_int_equal(stage_count(st, "c2s-2", "<message"), 0);
}

/* ---- a takeover ---- */

static void
reopen(struct stage *st, const char *sid, uint64_t out)
{
	char word[700];

	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='%s' resume='1' jid='romeo@example.org/%s' in='9' "
		 "out='%llu' manage='smidsmidsmidsmids%s1' in-base='2' count='3' max='600' gen='0'>"
		 "<presence xmlns='jabber:client' from='romeo@example.org/%s'/></open>",
		 sid + 18, sid + 18, (unsigned long long)out, sid + 18, sid + 18);
	stage_to_owner(st, "c2s-1", "romeo@example.org", sid, word);
	stage_expect(st, sid, "<opened");
}

static bool
took_all(void *arg)
{
	const struct play_wanted *w = arg;

	return stage_count(w->st, w->sid, "<message") >= 50;
}

/* Each gets all that lies behind the cursor, whatever the other one has taken of it. */
static void
two_devices_after_a_takeover(void **state)
{
	struct stage *st = *state;

	play_come(st, HALL, "juliet@example.org");
	play_say_to(st, HALL, "romeo@example.org", "one");
	play_say_to(st, HALL, "romeo@example.org", "two");
	play_until_log(st, 2);
	reopen(st, ROMEO, 5);
	assert_int_equal(stage_expect(st, ROMEO, ">one<")->seq, 6);
	assert_int_equal(stage_expect(st, ROMEO, ">two<")->seq, 7);
	play_ack(st, "c2s-1", ROMEO, 7);
	play_say_to(st, HALL, "romeo@example.org", "three");
	stage_expect(st, ROMEO, ">three<");
	reopen(st, ROOF, 50);
	assert_int_equal(stage_expect(st, ROOF, ">one<")->seq, 51);
	assert_int_equal(stage_expect(st, ROOF, ">two<")->seq, 52);
	assert_int_equal(stage_expect(st, ROOF, ">three<")->seq, 53);
	assert_int_equal(stage_count(st, ROMEO, "<message"), 0);
	assert_int_equal(stage_count(st, ROOF, "<message"), 0);
	play_ack(st, "c2s-1", ROMEO, 8);
	play_ack(st, "c2s-1", ROOF, 53);
	play_until_log(st, 0);
}

static unsigned
no_dice(unsigned n)
{
	(void)n;
	return 0;
}

static size_t
texts_of_romeo(struct stage *st)
{
	struct sm_user *user = user_find(stage_owner(st, "romeo@example.org"), STR("romeo@example.org"));
	size_t bytes = 0;

	list_each(&user->mail.entries, struct entry, e, node)
		bytes += e->stanza ? e->stanza->n : 0;
	return bytes;
}

static void
take_big(struct stage *st, const char *sid, unsigned from, unsigned to)
{
	char number[16];

	for (unsigned i = from; i < to; i++) {
		struct got *g = stage_expect(st, sid, "<message");

		snprintf(number, sizeof(number), ">%u.", i);
		assert_non_null(strstr(g->payload, number));
		if (i % 5 == 4)
			play_ack(st, "c2s-1", sid, g->seq);
	}
}

/* More than is read into memory: each session gets it from the log, at its own pace, and what comes meanwhile behind it. */
static void
much_after_a_takeover(void **state)
{
	enum { MANY = 100, SIZE = 30000 };
	struct stage *st = stage_new_played("sm { }", no_dice);
	struct buf body = {0};

	(void)state;
	stage_sm(st, "sm-1");
	play_come(st, HALL, "juliet@example.org");
	for (unsigned i = 0; i < MANY; i++) {
		buf_clear(&body);
		buf_addf(&body, "<message to='romeo@example.org' type='chat'><body>%u.", i);
		for (unsigned k = 0; k < SIZE; k++)
			buf_addc(&body, 'x');
		buf_addl(&body, "</body></message>");
		stage_say(st, HALL, buf_z(&body));
	}
	play_until_log(st, MANY);
	reopen(st, ROMEO, 5);
	take_big(st, ROMEO, 0, 40);
	assert_true(texts_of_romeo(st) < 1500000);
	reopen(st, ROOF, 50);
	play_say_to(st, HALL, "romeo@example.org", "100.");
	take_big(st, ROOF, 0, MANY);
	take_big(st, ROMEO, 40, MANY + 1);
	take_big(st, ROOF, MANY, MANY + 1);
	stage_ack(st, HALL, 0);
	play_ack(st, "c2s-1", ROMEO, 5 + MANY + 1);
	play_ack(st, "c2s-1", ROOF, 50 + MANY + 1);
	stage_settle(st, HALL);
	assert_int_equal(texts_of_romeo(st), 0);
	stage_run(st, 11000); /* nobody else comes back */
	play_until_log(st, 0);
	assert_int_equal(user_find(stage_owner(st, "romeo@example.org"), STR("romeo@example.org"))->mail.entries.len, 0);
	buf_done(&body);
	stage_free(&st);
}

/* One that is slow to catch up finds in the log what it lacks, also when this owner dies and the other device has it all. */
static void
slow_after_a_takeover(void **state)
{
	enum { MANY = 60, AT_ONCE = 50 };
	struct stage *st = stage_new("sm { unacked_stanzas = 100 }");
	uint64_t seq = 0;

	(void)state;
	stage_sm(st, "sm-1");
	play_come(st, HALL, "juliet@example.org");
	for (int i = 0; i < MANY; i++)
		play_say_to(st, HALL, "romeo@example.org", "old");
	play_until_log(st, MANY);
	reopen(st, ROMEO, 5);
	stage_until(st, took_all, &(struct play_wanted){st, ROMEO});
	assert_int_equal(stage_count(st, ROMEO, "<message"), AT_ONCE);
	reopen(st, ROOF, 50);
	for (int i = 0; i < MANY; i++) {
		seq = stage_expect(st, ROOF, "<message")->seq;
		play_ack(st, "c2s-1", ROOF, seq);
	}
	for (int i = 0; i < AT_ONCE; i++)
		seq = stage_expect(st, ROMEO, "<message")->seq;
	play_ack(st, "c2s-1", ROMEO, seq);
	play_say_to(st, HALL, "nurse@example.org", "what was asked of the log before this is done then");
	stage_acked(st, HALL, stage_said(st, HALL));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log WHERE owner = 'romeo@example.org'"), MANY - AT_ONCE);
	for (int i = AT_ONCE; i < MANY; i++)
		seq = stage_expect(st, ROMEO, "<message")->seq;
	play_ack(st, "c2s-1", ROMEO, seq);
	play_until_log(st, 1); /* the nurse's */
	stage_free(&st);
}

/*
 * Who comes back from the former owner last lacks nothing, though somebody who logs in before has taken what waited, and what came
 * then.
 */
static void
last_after_a_takeover(void **state)
{
	struct stage *st = *state;

	play_come(st, HALL, "juliet@example.org");
	play_say_to(st, HALL, "romeo@example.org", "one");
	play_until_log(st, 1);
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-1");
	stage_to_owner(st, "c2s-1", "juliet@example.org", HALL,
		       "<open xmlns='" NS_WORDS "' user='juliet' host='example.org' resource='hall' resume='1' "
		       "jid='juliet@example.org/hall' in='9' out='9'/>");
	stage_expect(st, HALL, "<opened");
	play_come(st, TOMB, "romeo@example.org");
	play_ack(st, "c2s-1", TOMB, stage_expect(st, TOMB, ">one<")->seq);
	stage_say_seq(st, HALL, 10, 0, "<message to='romeo@example.org' type='chat'><body>two</body></message>");
	play_ack(st, "c2s-1", TOMB, stage_expect(st, TOMB, ">two<")->seq);
	play_until_log(st, 0);
	reopen(st, ROMEO, 5);
	stage_expect(st, ROMEO, ">one<");
	stage_expect(st, ROMEO, ">two<");
}

/* One that goes away while it catches up lacks nothing when it is back, though the other device has taken all, and what came then. */
static void
away_after_a_takeover(void **state)
{
	struct stage *st = *state;
	char want[24];
	uint64_t seq = 0;

	many_wait(st);
	reopen(st, ROMEO, 5);
	reopen(st, ROOF, 50);
	stage_expect(st, ROMEO, ">150<");
	play_ack(st, "c2s-1", ROMEO, 5); /* it has meant to open it */
	play_say_to(st, HALL, "romeo@example.org", "260");
	for (unsigned i = 0; i < BACKLOG / 2; i++) {
		seq = stage_expect(st, ROOF, "<message")->seq;
		play_ack(st, "c2s-1", ROOF, seq);
	}
	play_away(st, "c2s-1", ROMEO);
	play_say_to(st, HALL, "romeo@example.org", "261");
	while (!strstr(stage_expect(st, ROOF, "<message")->payload, ">261<"))
		play_ack(st, "c2s-1", ROOF, ++seq);
	play_ack(st, "c2s-1", ROOF, ++seq);
	stage_settle(st, HALL);
	play_ask(st, "c2s-2", ASK1, "romeo", "smidsmidsmidsmidsroad1", 3, "1.0");
	stage_expect(st, "c2s-2", "<resumed");
	for (unsigned i = 0; i <= 261; i++) {
		struct got *g = stage_expect(st, "c2s-2", "<message");

		snprintf(want, sizeof(want), "<body>%u<", i);
		if (!strstr(g->payload, want))
			fail_msg("%s comes in place of %u", g->payload, i);
		play_ack(st, "c2s-2", ROMEO, g->seq);
	}
	play_until_log(st, 0);
}

/* Messages that a session returns while others may still come back from the former owner are neither lost nor turned over and over. */
static void
returned_in_the_grace(void **state)
{
	struct stage *st = *state;

	play_come(st, HALL, "juliet@example.org");
	play_say_to(st, HALL, "romeo@example.org", "one");
	play_until_log(st, 1);
	play_come(st, TOMB, "romeo@example.org"); /* new here: gets it from the database */
	stage_expect(st, TOMB, ">one<");
	reopen(st, ROMEO, 5);
	play_word(st, "c2s-1", TOMB, 0, NULL, "<close xmlns='" NS_WORDS "' reason='closed'/>");
	stage_until(st, play_is_gone, &(struct play_wanted){st, TOMB});
	stage_settle(st, HALL);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 1);
	play_word(st, "c2s-1", ROMEO, stage_expect(st, ROMEO, ">one<")->seq, NULL, /* at the end of the grace at the latest */
		  "<ack xmlns='" NS_WORDS "'/>");
	play_until_log(st, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, play_end)
	const struct CMUnitTest tests[] = {
		TEST(away_while_the_log_is_read),
		TEST(unreadable),
		TEST(the_log_is_for_others),
		TEST(others_come_and_go),
		TEST(two_devices_after_a_takeover),
		cmocka_unit_test(slow_after_a_takeover),
		cmocka_unit_test(much_after_a_takeover),
		TEST(last_after_a_takeover),
		TEST(away_after_a_takeover),
		TEST(returned_in_the_grace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
