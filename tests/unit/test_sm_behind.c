/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions that are away while more comes than they may keep, or before they
 * have got all that waited: what other devices take meanwhile they find in the
 * log when they are back, each message once and in order.
 */
#include "sm/manage.h"
#include "sm/session.h"
#include "tests/unit/sm_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { KEPT = 50, MANY = 140 }; /* half of unacked_stanzas; more than is kept or read at once */

static int
setup(void **state)
{
	struct stage *st = play_begin("mod_archive { keep = 30d } sm { unacked_stanzas = 100 offline_messages = 200 }");

	play_come(st, HALL, "juliet@example.org");
	*state = st;
	return 0;
}

/* ---- numbered messages ---- */

static void
say_numbers_to(struct stage *st, const char *to, unsigned from, unsigned upto)
{
	char body[16];

	for (unsigned i = from; i < upto; i++) {
		snprintf(body, sizeof(body), "n%u", i);
		play_say_to(st, HALL, to, body);
	}
	stage_acked(st, HALL, stage_said(st, HALL));
}

static void
say_numbers(struct stage *st, unsigned from, unsigned to)
{
	say_numbers_to(st, "romeo@example.org", from, to);
}

static unsigned
number_of(const struct got *g)
{
	const char *at = strstr(g->payload, "<body>n");

	assert_non_null(at);
	return (unsigned)strtoul(at + strlen("<body>n"), NULL, 10);
}

/* Each of them, in order, and its c2s takes it. */
static void
take_numbers(struct stage *st, const char *c2s, const char *sid, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		struct got *g = stage_expect(st, sid, "<message");

		if (number_of(g) != i)
			fail_msg("%u comes in place of %u", number_of(g), i);
		play_ack(st, c2s, sid, g->seq);
	}
}

static void
forget_all(struct stage *st, const char *sid)
{
	stage_settle(st, HALL);
	while (stage_count(st, sid, ""))
		stage_expect(st, sid, "");
}

/* ---- */

/* A session that can be resumed gets what has waited, and has taken so many of them. */
static void
come_and_take(struct stage *st, unsigned max, unsigned count)
{
	stage_open(st, ROMEO, "romeo@example.org", "road");
	play_enable(st, ROMEO, SMID, 0, max);
	stage_say(st, ROMEO, "<presence/>");
	take_numbers(st, "c2s-1", ROMEO, 0, count);
}

/* What waited is on its way to one device when its connection breaks; another one takes the rest. */
static void
others_take_what_waited(void **state)
{
	struct stage *st = *state;

	say_numbers(st, 0, MANY);
	come_and_take(st, 600, 20);
	play_away(st, "c2s-1", ROMEO);
	stage_open(st, TOMB, "romeo@example.org", "tomb");
	stage_say(st, TOMB, "<presence/>");
	take_numbers(st, "c2s-1", TOMB, 20, MANY);
	say_numbers(st, MANY, MANY + 10);
	take_numbers(st, "c2s-1", TOMB, MANY, MANY + 10);
	forget_all(st, ROMEO);
	play_resume(st, "c2s-2", ASK1, ROMEO, 1 + 20); /* its own presence, and those */
	take_numbers(st, "c2s-2", ROMEO, 20, MANY + 10);
	say_numbers(st, MANY + 10, MANY + 11);
	take_numbers(st, "c2s-2", ROMEO, MANY + 10, MANY + 11);
	take_numbers(st, "c2s-1", TOMB, MANY + 10, MANY + 11);
}

static void
fill(struct stage *st)
{
	stage_expect(st, TOMB, "<presence");
	play_away(st, "c2s-1", ROMEO);
	for (unsigned i = 0; i < MANY; i += 20) {
		say_numbers(st, i, i + 20);
		take_numbers(st, "c2s-1", TOMB, i, i + 20);
	}
	assert_true(play_session(st, ROMEO)->manage->behind);
	assert_int_equal(play_session(st, ROMEO)->unacked.len, KEPT);
	forget_all(st, ROMEO);
}

static void
away_and_full(struct stage *st)
{
	play_come(st, TOMB, "romeo@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	fill(st);
}

/* More comes for it than it may keep, and its other device has it all: no reason to end it. */
static void
more_than_it_may_keep(void **state)
{
	struct stage *st = *state;

	away_and_full(st);
	play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	take_numbers(st, "c2s-2", ROMEO, 0, MANY);
	assert_int_equal(stage_count(st, ROMEO, "<message"), 0);
	assert_false(play_session(st, ROMEO)->manage->behind);
}

/* What comes while it catches up comes behind that; and it may go away again in the middle. */
static void
away_again(void **state)
{
	struct stage *st = *state;

	away_and_full(st);
	play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	take_numbers(st, "c2s-2", ROMEO, 0, KEPT + 10);
	say_numbers(st, MANY, MANY + 1);
	take_numbers(st, "c2s-1", TOMB, MANY, MANY + 1);
	play_away(st, "c2s-2", ROMEO);
	say_numbers(st, MANY + 1, MANY + 2);
	take_numbers(st, "c2s-1", TOMB, MANY + 1, MANY + 2);
	forget_all(st, ROMEO);
	play_resume(st, "c2s-1", ASK2, ROMEO, KEPT + 10);
	take_numbers(st, "c2s-1", ROMEO, KEPT + 10, MANY + 2);
}

static bool
is_in_database(void *arg)
{
	return stage_sql(arg, "SELECT count(*) FROM kv WHERE module = 'away' AND value LIKE '%n1%'") == 1;
}

static bool
nothing_waits(void *arg)
{
	return stage_sql(arg, "SELECT count(*) FROM log WHERE owner = 'romeo@example.org' AND (flags & 2) = 0 AND "
			      "id > COALESCE((SELECT delivered FROM users WHERE users.owner = log.owner), 0)") == 0;
}

static void
reopen_hall(struct stage *st, uint64_t in)
{
	char word[300];

	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='juliet' host='example.org' resource='hall' resume='1' "
		 "jid='juliet@example.org/hall' in='%llu' out='9'/>", (unsigned long long)in);
	stage_to_owner(st, "c2s-1", "juliet@example.org", HALL, word);
	stage_expect(st, HALL, "<opened");
}

/* What waited behind the log is sent and taken in part, when it goes away again: it goes on from there. */
static void
away_again_behind_the_log(void **state)
{
	struct stage *st = *state;

	away_and_full(st);
	play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	for (unsigned i = MANY; i < MANY + 90; i += 10) {
		say_numbers(st, i, i + 10);
		take_numbers(st, "c2s-1", TOMB, i, i + 10);
	}
	take_numbers(st, "c2s-2", ROMEO, 0, MANY + 20);
	stage_settle(st, HALL);
	play_away(st, "c2s-2", ROMEO);
	forget_all(st, ROMEO);
	play_resume(st, "c2s-1", ASK2, ROMEO, MANY + 20);
	take_numbers(st, "c2s-1", ROMEO, MANY + 20, MANY + 90);
}

/* It does not take messages, and had copies of them (XEP-0280). */
static void
copies(void **state)
{
	struct stage *st = *state;

	play_come(st, TOMB, "romeo@example.org");
	stage_open(st, ROMEO, "romeo@example.org", "road");
	stage_available(st, ROMEO, -1);
	stage_say(st, ROMEO, "<iq type='set' id='c'><enable xmlns='" NS_CARBONS "'/></iq>");
	stage_expect(st, ROMEO, "id='c'");
	forget_all(st, ROMEO);
	stage_ack(st, ROMEO, 0);
	play_enable(st, ROMEO, SMID, play_heard(st, ROMEO), 600);
	fill(st);
	play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	take_numbers(st, "c2s-2", ROMEO, 0, MANY);
}

/* RFC 6121 8.5.3.2.1: to a resource that is not there is to all. What is for another one is not for it. */
static void
to_whom(void **state)
{
	struct stage *st = *state;

	away_and_full(st);
	say_numbers_to(st, "romeo@example.org/tomb", 900, 901);
	say_numbers_to(st, "romeo@example.org/gone", MANY, MANY + 5);
	take_numbers(st, "c2s-1", TOMB, 900, 901);
	take_numbers(st, "c2s-1", TOMB, MANY, MANY + 5);
	forget_all(st, ROMEO);
	play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	take_numbers(st, "c2s-2", ROMEO, 0, MANY + 5);
	stage_settle(st, HALL);
	assert_int_equal(stage_count(st, ROMEO, "<message"), 0);
}

/* What is in no archive is gone when another one has it; the rest comes all the same. */
static void
not_archived(void **state)
{
	struct stage *st = *state;

	away_and_full(st);
	stage_say(st, HALL, "<message to='romeo@example.org' type='chat'><body>n140</body><no-permanent-store xmlns='" NS_HINTS "'/></message>");
	take_numbers(st, "c2s-1", TOMB, MANY, MANY + 1);
	say_numbers(st, MANY + 1, MANY + 2);
	take_numbers(st, "c2s-1", TOMB, MANY + 1, MANY + 2);
	forget_all(st, ROMEO);
	play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	take_numbers(st, "c2s-2", ROMEO, 0, MANY);
	take_numbers(st, "c2s-2", ROMEO, MANY + 1, MANY + 2);
}

/*
 * The database has what waits for it, but not yet in the log, when its owner dies; the sender says it again to the next one. It is there
 * once, wherever the client is.
 */
static void
said_again_to_the_next_owner(void **state)
{
	struct stage *st = *state;
	uint64_t seq;

	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	stage_acked(st, HALL, stage_said(st, HALL));
	seq = stage_said(st, HALL);
	stage_trouble_append(TROUBLE_LATE);
	for (unsigned i = 1; i <= 2; i++)
		stage_say(st, HALL, i == 1 ? "<message to='romeo@example.org' type='chat' id='a'><body>n0</body></message>" :
					     "<message to='romeo@example.org' type='chat' id='b'><body>n1</body></message>");
	stage_expect(st, ROMEO, "<body>n1<");
	play_away(st, "c2s-1", ROMEO);
	stage_until(st, is_in_database, st);
	stage_kill(st, "sm-1");
	stage_trouble_append(TROUBLE_NONE);
	stage_sm(st, "sm-1");
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 0);
	reopen_hall(st, seq);
	stage_say_seq(st, HALL, seq + 1, 0, "<message to='romeo@example.org' type='chat' id='a'><body>n0</body></message>");
	stage_say_seq(st, HALL, seq + 2, 0, "<message to='romeo@example.org' type='chat' id='b'><body>n1</body></message>");
	play_until_log(st, 4); /* in both archives */
	forget_all(st, ROMEO);
	play_resume(st, "c2s-2", ASK1, ROMEO, 1); /* it has the first one */
	take_numbers(st, "c2s-2", ROMEO, 1, 2);
	play_say_to(st, HALL, "romeo@example.org", "n2");
	take_numbers(st, "c2s-2", ROMEO, 2, 3);
	stage_until(st, nothing_waits, st);
}

/* The next owner knows it from the database, */
static void
its_owner_dies(void **state)
{
	struct stage *st = *state;

	away_and_full(st);
	stage_until(st, play_is_away, &(struct play_wanted){st, ROMEO});
	play_say_to(st, HALL, "nurse@example.org", "what was asked of the log before this is done then");
	stage_acked(st, HALL, stage_said(st, HALL));
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-1");
	play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	take_numbers(st, "c2s-2", ROMEO, 0, MANY);
}

/* also when the former one died while the client was catching up. */
static void
its_owner_dies_while_it_catches_up(void **state)
{
	struct stage *st = *state;
	char word[400];
	uint64_t gen, seq;

	away_and_full(st);
	gen = play_number(play_resume(st, "c2s-2", ASK1, ROMEO, 0), "gen");
	for (unsigned i = 0; i < KEPT; i++)
		seq = stage_expect(st, ROMEO, "<message")->seq;
	play_ack(st, "c2s-2", ROMEO, seq);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(number_of(stage_expect(st, ROMEO, "<message")), KEPT + i);
	stage_kill(st, "sm-1");
	while (stage_count(st, ROMEO, ""))
		stage_expect(st, ROMEO, "");
	stage_sm(st, "sm-1");
	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='road' resume='1' jid='romeo@example.org/road' "
		 "in='9' out='900' manage='" SMID "' in-base='2' count='%u' max='600' gen='%llu'>"
		 "<presence xmlns='jabber:client' from='romeo@example.org/road'/></open>",
		 KEPT, (unsigned long long)gen);
	stage_to_owner(st, "c2s-2", "romeo@example.org", ROMEO, word);
	stage_expect(st, ROMEO, "<opened");
	for (unsigned next = 0; next < MANY;) { /* c2s knows by their names which its client has */
		struct got *g = stage_expect(st, ROMEO, "<message");

		assert_true(number_of(g) <= MAX(next, KEPT) && g->rid[0]);
		next = MAX(next, number_of(g) + 1);
		play_ack(st, "c2s-2", ROMEO, g->seq);
	}
}

/* One that has newer messages does not get older ones while somebody is away who was to get them, and gets them when he does not come. */
static void
in_order_for_others(void **state)
{
	struct stage *st = *state;

	say_numbers(st, 0, MANY);
	come_and_take(st, 2, 10);
	play_come(st, TOMB, "romeo@example.org");
	say_numbers(st, MANY, MANY + 1);
	take_numbers(st, "c2s-1", TOMB, MANY, MANY + 1);
	play_away(st, "c2s-1", ROMEO);
	say_numbers(st, MANY + 1, MANY + 2); /* in the log later than the others would have been read */
	take_numbers(st, "c2s-1", TOMB, MANY + 1, MANY + 2);
	stage_settle(st, HALL);
	assert_int_equal(stage_count(st, TOMB, "<message"), 0);
	stage_until(st, play_is_gone, &(struct play_wanted){st, ROMEO});
	take_numbers(st, "c2s-1", TOMB, 10, MANY);
}

static bool
one_has_n0(void *arg)
{
	return stage_count(arg, ROMEO, "<body>n0") + stage_count(arg, TOMB, "<body>n0") == 1;
}

/* Who is away and takes no messages keeps nothing from others. */
static void
not_for_a_deaf_one(void **state)
{
	struct stage *st = *state;

	play_come(st, TOMB, "romeo@example.org");
	stage_open(st, ROMEO, "romeo@example.org", "road");
	stage_available(st, ROMEO, -1);
	stage_ack(st, ROMEO, 0);
	play_enable(st, ROMEO, SMID, play_heard(st, ROMEO), 600);
	stage_open(st, ROOF, "romeo@example.org", "roof");
	stage_available(st, ROOF, 0);
	say_numbers_to(st, "romeo@example.org/roof", 0, 1);
	stage_expect(st, ROOF, "<body>n0");
	say_numbers(st, 1, 2);
	take_numbers(st, "c2s-1", TOMB, 1, 2);
	play_away(st, "c2s-1", ROMEO);
	play_close_lost(st, "c2s-1", ROOF); /* it cannot resume, and has acknowledged nothing */
	take_numbers(st, "c2s-1", TOMB, 0, 1);
}

/* What comes back from a session that ends, while another one is away, goes to one of those that are there in the end. */
static void
for_one_of_them(void **state)
{
	struct stage *st = *state;

	play_come(st, TOMB, "romeo@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	stage_expect(st, TOMB, "<presence");
	stage_open(st, ROOF, "romeo@example.org", "roof");
	stage_available(st, ROOF, 0);
	say_numbers_to(st, "romeo@example.org/roof", 0, 1);
	stage_expect(st, ROOF, "<body>n0");
	say_numbers_to(st, "romeo@example.org/road", 1, 2);
	stage_expect(st, ROMEO, "<body>n1");
	say_numbers(st, 2, 3);
	take_numbers(st, "c2s-1", TOMB, 2, 3);
	play_away(st, "c2s-1", ROMEO);
	play_close_lost(st, "c2s-1", ROOF);
	stage_until(st, play_is_gone, &(struct play_wanted){st, ROOF});
	forget_all(st, ROMEO);
	play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	stage_expect(st, ROMEO, "<body>n1");
	stage_expect(st, ROMEO, "<body>n2");
	stage_until(st, one_has_n0, st);
}

/* Nobody else is there: what waits in the log is bounded as always. */
static void
a_full_log(void **state)
{
	struct stage *st = *state;

	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	play_away(st, "c2s-1", ROMEO);
	say_numbers(st, 0, 200);
	assert_int_equal(stage_count(st, HALL, "type='error'"), 0);
	say_numbers(st, 200, 201);
	stage_expect(st, HALL, "<service-unavailable");
	forget_all(st, ROMEO);
	play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	take_numbers(st, "c2s-2", ROMEO, 0, 200);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, play_end)
	const struct CMUnitTest tests[] = {
		TEST(others_take_what_waited),
		TEST(more_than_it_may_keep),
		TEST(away_again),
		TEST(away_again_behind_the_log),
		TEST(copies),
		TEST(to_whom),
		TEST(not_archived),
		TEST(said_again_to_the_next_owner),
		TEST(its_owner_dies),
		TEST(its_owner_dies_while_it_catches_up),
		TEST(in_order_for_others),
		TEST(not_for_a_deaf_one),
		TEST(for_one_of_them),
		TEST(a_full_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
