/* SPDX-License-Identifier: Apache-2.0 */
/* Several sm on one bus and one database: owners, what goes between them, and what happens when one comes or dies. */
#include "sm/mailbox.h"
#include "sm/peer.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/user.h"
#include "tests/unit/sm_play.h"
#include "xmpp/slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define JULIET "bbbbbbbbbbbbbbbbbbhall"
#define NURSE "ddddddddddddddddddyard"

static char on_one[40], on_two[40]; /* accounts that sm-1 and sm-2 own when both are there */

static void
find_accounts(struct stage *st)
{
	const struct str names[2] = {STR("sm-1"), STR("sm-2")};
	char bare[40], sql[200];

	on_one[0] = on_two[0] = '\0';
	for (int i = 0; !on_one[0] || !on_two[0]; i++) {
		char *to;

		snprintf(bare, sizeof(bare), "user%d@example.org", i);
		to = slot_owner(slot_of(str_z(bare)), names, 2) == 0 ? on_one : on_two;
		if (to[0])
			continue;
		strcpy(to, bare);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) VALUES "
			 "('%s', 'example.org', '', '', 0, 1, 0)",
			 bare);
		stage_sql(st, sql);
	}
}

static int
setup(void **state)
{
	struct stage *st = stage_new(NULL);

	find_accounts(st);
	stage_sm(st, "sm-1");
	stage_sm(st, "sm-2");
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

static void
reopen(struct stage *st, const char *sid, const char *bare, uint64_t in, uint64_t out, bool available)
{
	char word[700], presence[200] = "";
	const char *at = strchr(bare, '@');

	if (available)
		snprintf(presence, sizeof(presence), "<presence xmlns='jabber:client' from='%s/%s'/>", bare, sid + 18);
	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='%.*s' host='%s' resource='%s' address='192.0.2.1' secure='tls' mechanism='PLAIN' "
		 "resume='1' jid='%s/%s' in='%llu' out='%llu'%s%s%s",
		 (int)(at - bare), bare, at + 1, sid + 18, bare, sid + 18, (unsigned long long)in, (unsigned long long)out,
		 available ? ">" : "/>", presence, available ? "</open>" : "");
	stage_to_owner(st, "c2s-1", bare, sid, word);
	stage_expect(st, sid, "<opened");
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

static bool
nothing_waits(void *arg)
{
	return peers_waiting(arg) == 0;
}

static bool
both_wait(void *arg)
{
	return peers_waiting(arg) == 2;
}

/* ---- */

static void
between_owners(void **state)
{
	struct stage *st = *state;
	struct got *g;
	char to[160];

	assert_ptr_not_equal(stage_owner(st, on_one), stage_owner(st, on_two));
	play_come(st, ROMEO, on_one);
	play_come(st, JULIET, on_two);
	play_say_to(st, ROMEO, on_two, "across");
	g = stage_expect(st, JULIET, "across");
	assert_string_equal(g->rid, ROMEO ".3");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	until_number(st, "SELECT count(*) FROM log", 1);
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log", 0);
	assert_int_equal(peers_waiting(stage_owner(st, on_one)), 0);
	/* Errors and requests come back over the same bridge. */
	snprintf(to, sizeof(to), "%s/nowhere", on_two);
	stage_say(st, ROMEO, "<message to='nobody@example.org'><body>a</body></message>");
	stage_expect(st, ROMEO, "service-unavailable");
	snprintf(to, sizeof(to), "<iq type='get' id='far' to='%s/hall'><query xmlns='urn:x'/></iq>", on_two);
	stage_say(st, ROMEO, to);
	stage_expect(st, JULIET, "id='far'");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
}

/* The owner of the recipient takes its time: so does the acknowledgement. */
static void
done_is_durable(void **state)
{
	struct stage *st = *state;
	uint64_t number;

	play_come(st, ROMEO, on_one);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	number = stage_said(st, ROMEO);
	stage_trouble_append(TROUBLE_LATE);
	play_say_to(st, ROMEO, on_two, "slow");
	stage_settle(st, ROMEO);
	stage_settle(st, ROMEO);
	assert_int_equal(stage_ack_of(st, ROMEO), number);
	assert_int_equal(peers_waiting(stage_owner(st, on_one)), 1);
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 1);
}

static void
repeated_names_are_handled_once(void **state)
{
	struct stage *st = *state;
	char message[200];

	play_come(st, JULIET, on_two);
	snprintf(message, sizeof(message), "<message from='r@x.example/a' to='%s' type='chat'><body>once</body></message>", on_two);
	for (int i = 0; i < 3; i++) {
		struct frame f = {.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"), .key = str_z(on_two),
				  .rid = STR("name.1"), .payload = str_z(message)};

		stage_send(st, &f);
	}
	stage_expect(st, JULIET, "once");
	stage_expect(st, "c2s-1", "<done");
	stage_quiet(st, JULIET);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = str_z(on_two), .rid = STR("name.1"), .payload = str_z(message)});
	stage_expect(st, "c2s-1", "rid='name.1'");
	stage_quiet(st, JULIET);
}

static void
say_named(struct stage *st, const char *name, const char *after)
{
	char message[200];

	snprintf(message, sizeof(message), "<message from='r@x.example/a' to='%s' type='chat'><body>%s</body></message>", on_two, name);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"), .key = str_z(on_two),
				       .rid = str_z(name), .after = str_z(after), .payload = str_z(message)});
}

/* The first one went to an owner that died, the next ones come here: not before the first has come again. */
static void
nothing_overtakes_what_was_lost(void **state)
{
	struct stage *st = *state;

	play_come(st, JULIET, on_two);
	say_named(st, "name.2", "name.1");
	say_named(st, "name.3", "name.2");
	assert_string_equal(stage_expect(st, "c2s-1", "name.2")->reason, "gap");
	assert_string_equal(stage_expect(st, "c2s-1", "name.3")->reason, "gap");
	stage_quiet(st, JULIET);
	say_named(st, "name.1", NULL);
	say_named(st, "name.2", "name.1");
	say_named(st, "name.3", "name.2");
	assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, "name.1"));
	assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, "name.2"));
	assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, "name.3"));
}

/* The owner of the recipient dies with the message in its hands: the next one gets it, under its name. */
static void
owner_dies_before_the_commit(void **state)
{
	struct stage *st = *state;
	struct got *g;

	play_come(st, ROMEO, on_one);
	play_come(st, JULIET, on_two);
	stage_ack(st, JULIET, 0);
	stage_settle(st, JULIET);
	stage_trouble_append(TROUBLE_LATE);
	play_say_to(st, ROMEO, on_two, "survive");
	play_say_to(st, ROMEO, on_two, "me too");
	stage_expect(st, JULIET, "survive");
	stage_expect(st, JULIET, "me too");
	stage_kill(st, "sm-2");
	stage_trouble_append(TROUBLE_NONE);
	reopen(st, JULIET, on_two, 2, 3, true);
	g = stage_expect(st, JULIET, "<message");
	assert_non_null(strstr(g->payload, "survive"));
	assert_string_equal(g->rid, ROMEO ".3");
	g = stage_expect(st, JULIET, "<message");
	assert_non_null(strstr(g->payload, "me too"));
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_ack(st, JULIET, g->seq);
	until_number(st, "SELECT count(*) FROM log", 0);
}

/* Nobody is there for a while: order is kept, nothing is lost. */
static void
owner_is_missed(void **state)
{
	struct stage *st = *state;
	char text[32];

	play_come(st, ROMEO, on_one);
	stage_kill(st, "sm-2");
	stage_sm_unclaimed(st, "sm-2");
	for (int i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "word %d.", i);
		play_say_to(st, ROMEO, on_two, text);
	}
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 10);
	stage_open(st, JULIET, on_two, "hall");
	stage_say(st, JULIET, "<presence/>");
	for (int i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "word %d.", i);
		assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, text));
	}
}

/* A newcomer takes slots: sessions there are told to look for it, and go on. */
static void
a_newcomer_takes_over(void **state)
{
	struct stage *st = stage_new(NULL);
	struct sm *one;
	struct got *g;

	(void)state;
	find_accounts(st);
	one = stage_sm(st, "sm-1");
	play_come(st, ROMEO, on_one);
	play_come(st, JULIET, on_two);
	stage_acked(st, JULIET, 2);
	play_say_to(st, ROMEO, on_two, "before");
	g = stage_expect(st, JULIET, "before");
	stage_acked(st, ROMEO, 3);
	assert_int_equal(one->sessions.len, 2);
	stage_sm(st, "sm-2");
	g = stage_expect(st, JULIET, "<unknown");
	assert_int_equal(g->ack, 2);
	assert_int_equal(one->sessions.len, 1);
	assert_int_equal(stage_count(st, ROMEO, "unavailable"), 0);
	reopen(st, JULIET, on_two, 2, 3, true);
	assert_ptr_not_equal(stage_owner(st, on_two), one);
	g = stage_expect(st, JULIET, "before"); /* not acknowledged: again, under its name */
	assert_string_equal(g->rid, ROMEO ".3");
	play_say_to(st, ROMEO, on_two, "after");
	stage_expect(st, JULIET, "after");
	stage_acked(st, ROMEO, 4);
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log", 0);
	stage_free(&st);
}

/* The database says that somebody else has the slot: the message goes there. */
static void
fenced(void **state)
{
	struct stage *st = *state;

	play_come(st, ROMEO, on_one);
	play_come(st, JULIET, on_two);
	stage_trouble_append(TROUBLE_FENCED);
	play_say_to(st, ROMEO, on_two, "stolen");
	stage_expect(st, JULIET, "stolen");
	stage_expect(st, JULIET, "<unknown"); /* its sm has lost the slot */
	stage_trouble_append(TROUBLE_NONE);
	/* It claims the slot again, since by membership it is its own; meanwhile frames are held. */
	reopen(st, JULIET, on_two, 2, 2, true);
	stage_expect(st, JULIET, "stolen");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
}

/* Really fenced: somebody raised the epoch behind our back. */
static void
fenced_by_the_database(void **state)
{
	struct stage *st = *state;

	play_come(st, ROMEO, on_one);
	play_come(st, JULIET, on_two);
	stage_sql(st, "UPDATE slots SET epoch = epoch + 1");
	play_say_to(st, ROMEO, on_two, "who owns me");
	stage_expect(st, JULIET, "<unknown");
	reopen(st, JULIET, on_two, 2, 2, true);
	stage_expect(st, JULIET, "who owns me");
}

static void
drained_away(void **state)
{
	struct stage *st = *state;
	struct sm *two = stage_owner(st, on_two);

	play_come(st, ROMEO, on_one);
	play_come(st, JULIET, on_two);
	stage_acked(st, JULIET, 2);
	assert_string_equal(two->name, "sm-2");
	sm_drain(two);
	stage_expect(st, JULIET, "<unknown");
	reopen(st, JULIET, on_two, 2, 2, true);
	assert_string_equal(stage_owner(st, on_two)->name, "sm-1");
	play_say_to(st, ROMEO, on_two, "still here");
	stage_expect(st, JULIET, "still here");
	stage_acked(st, ROMEO, 3);
	assert_int_equal(stage_count(st, ROMEO, "<unknown"), 0);
}

/* No router: nothing is answered with an error, everything comes when one is back. */
static void
without_a_router(void **state)
{
	struct stage *st = *state;
	struct sm *one = stage_owner(st, on_one);
	char iq[160];

	play_come(st, ROMEO, on_one);
	play_come(st, JULIET, on_two);
	stage_offline(st, true);
	play_say_to(st, ROMEO, on_two, "patience");
	snprintf(iq, sizeof(iq), "<iq type='get' id='q' to='%s/hall'><query xmlns='urn:x'/></iq>", on_two);
	stage_say(st, ROMEO, iq);
	stage_until(st, both_wait, one);
	assert_int_equal(stage_count(st, ROMEO, "error"), 0);
	stage_offline(st, false);
	stage_expect(st, JULIET, "patience");
	stage_expect(st, JULIET, "id='q'");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_until(st, nothing_waits, one);
}

/* Subscriptions between accounts of different owners. */
static void
subscription_across(void **state)
{
	struct stage *st = *state;
	char stanza[200];

	play_come(st, ROMEO, on_one);
	play_come(st, JULIET, on_two);
	snprintf(stanza, sizeof(stanza), "<presence type='subscribe' to='%s' id='s'/>", on_two);
	stage_say(st, ROMEO, stanza);
	stage_expect(st, JULIET, "type='subscribe'");
	snprintf(stanza, sizeof(stanza), "<presence type='subscribed' to='%s'/>", on_one);
	stage_say(st, JULIET, stanza);
	stage_expect(st, ROMEO, "type='subscribed'");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_acked(st, JULIET, stage_said(st, JULIET));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM roster"), 2);
}

static bool
one_waits(void *arg)
{
	return peers_waiting(arg) == 1;
}

/* A subscription is dealt with when the other side has it, too, not when one roster has. */
static void
subscription_is_durable_on_both_sides(void **state)
{
	struct stage *st = *state;
	struct sm *one = stage_owner(st, on_one);
	char stanza[200];

	play_come(st, ROMEO, on_one);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_offline(st, true);
	snprintf(stanza, sizeof(stanza), "<presence type='subscribe' to='%s'/>", on_two);
	stage_say(st, ROMEO, stanza);
	stage_until(st, one_waits, one);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM roster"), 1);
	assert_int_equal(session_find(one, STR(ROMEO))->in.done, 2);
	stage_offline(st, false);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM requests"), 1);
}

/* What c2s repeats, and is on its way to another owner still, is not dealt with yet. */
static void
repeated_while_under_way(void **state)
{
	struct stage *st = *state;
	struct sm *one = stage_owner(st, on_one);
	char message[200];

	play_come(st, ROMEO, on_one);
	stage_trouble_append(TROUBLE_LATE);
	play_say_to(st, ROMEO, on_two, "once");
	stage_until(st, one_waits, one);
	stage_leave(st, "c2s-1"); /* its sessions end */
	stage_join(st, "c2s-1", "c2s");
	reopen(st, ROMEO, on_one, 2, 2, true);
	snprintf(message, sizeof(message), "<message to='%s' type='chat'><body>once</body></message>", on_two);
	stage_say_seq(st, ROMEO, 3, 0, message);
	stage_settle(st, ROMEO);
	assert_int_equal(peers_waiting(one), 1);
	assert_int_equal(session_find(one, STR(ROMEO))->in.done, 2);
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
}

/* To an external component: kept until its router has said that it is on its way, or that nobody is there. */
static void
external_component(void **state)
{
	struct stage *st = *state;
	struct got *g;
	uint64_t number;
	char done[160];

	stage_come(st, "external-1", "external");
	play_come(st, ROMEO, on_one);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	number = stage_said(st, ROMEO) + 1;
	stage_say(st, ROMEO, "<message to='room@chat.example.org' type='groupchat'><body>hello</body></message>");
	g = stage_expect(st, NULL, "hello");
	stage_settle(st, ROMEO);
	assert_true(stage_ack_of(st, ROMEO) < number);
	stage_lost(st, NULL);
	g = stage_expect(st, NULL, "hello"); /* again */
	snprintf(done, sizeof(done), "<done xmlns='" NS_WORDS "' rid='%s'/>", g->rid);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("router-1"), .to = str_z(stage_owner(st, on_one)->name),
				       .payload = str_z(done)});
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_leave(st, "external-1");
	stage_say(st, ROMEO, "<message to='room@chat.example.org' type='groupchat'><body>anybody</body></message>");
	stage_expect(st, ROMEO, "remote-server-not-found");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
}

/* The sm of the sender, which knows what he has said, dies with his session: in the next one he says it again, to another sm. */
static void
repeated_to_another_owner(void **state)
{
	struct stage *st = *state;
	char text[200];

	snprintf(text, sizeof(text), "<message to='%s' type='chat' id='m1'><body>once</body></message>", on_two);
	play_come(st, ROMEO, on_one);
	play_come(st, JULIET, on_two);
	stage_say(st, ROMEO, text);
	stage_ack(st, JULIET, stage_expect(st, JULIET, ">once<")->seq);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_kill(st, "sm-1");
	play_come(st, NURSE, on_one);
	stage_say(st, NURSE, text);
	stage_acked(st, NURSE, stage_said(st, NURSE));
	stage_quiet(st, JULIET);
	stage_say(st, NURSE, text); /* the same session says it again: it is said anew */
	stage_expect(st, JULIET, ">once<");
}

static bool
has_entry(void *arg)
{
	struct stage *st = arg;
	struct sm_user *user = user_find(stage_owner(st, on_two), str_z(on_two));

	return user && user->mail.entries.len == 1;
}

/*
 * A message is under way to another owner when its sender's connection breaks, and he says it again: both wait for the same.
 * Then the account becomes ours: whoever waits waits on, until the message is in the log here.
 */
static void
repeated_and_come_home(void **state)
{
	static const char message[] = "<message to='%s' type='chat' id='m1'><body>home</body></message>";
	struct stage *st = *state;
	char text[200];

	snprintf(text, sizeof(text), message, on_two);
	play_come(st, ROMEO, on_one);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_trouble_append(TROUBLE_LATE);
	stage_say(st, ROMEO, text);
	stage_settle(st, ROMEO);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(ROMEO),
				       .payload = STR("<close xmlns='" NS_WORDS "' reason='lost'/>")});
	play_come(st, NURSE, on_one);
	stage_acked(st, NURSE, stage_said(st, NURSE));
	stage_say(st, NURSE, text);
	stage_settle(st, NURSE);
	stage_kill(st, "sm-2");
	stage_until(st, has_entry, st);
	stage_run(st, 500);
	assert_true(stage_ack_of(st, NURSE) < stage_said(st, NURSE));
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, NURSE, stage_said(st, NURSE));
	until_number(st, "SELECT count(*) FROM log", 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(between_owners),
		TEST(done_is_durable),
		TEST(repeated_names_are_handled_once),
		TEST(nothing_overtakes_what_was_lost),
		TEST(owner_dies_before_the_commit),
		TEST(owner_is_missed),
		cmocka_unit_test(a_newcomer_takes_over),
		TEST(fenced),
		TEST(fenced_by_the_database),
		TEST(drained_away),
		TEST(without_a_router),
		TEST(subscription_across),
		TEST(external_component),
		TEST(subscription_is_durable_on_both_sides),
		TEST(repeated_while_under_way),
		TEST(repeated_to_another_owner),
		TEST(repeated_and_come_home),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
