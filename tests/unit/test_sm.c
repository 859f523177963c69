/* SPDX-License-Identifier: Apache-2.0 */
/* One sm between a bus and a database: sessions, messages, the log, acknowledgements (doc/protocol.md sections 3, 4, 6). */
#include "sm/mailbox.h"
#include "sm/session.h"
#include "sm/user.h"
#include "tests/unit/sm_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* The last four letters are the resource. */
#define ROMEO "aaaaaaaaaaaaaaaaaaroad"
#define JULIET "bbbbbbbbbbbbbbbbbbhall"
#define JULIET2 "ccccccccccccccccccroof"
#define NURSE "ddddddddddddddddddyard"
#define TYBALT "eeeeeeeeeeeeeeeeeeinns"

static const char *
resource_of(const char *sid)
{
	return sid + 18;
}

static int
setup(void **state)
{
	struct stage *st = stage_new("sm { idle = 1s\n offline_messages = 5\n user_sessions = 3 }");

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

static void
come(struct stage *st, const char *sid, const char *bare, int priority)
{
	stage_open(st, sid, bare, resource_of(sid));
	stage_available(st, sid, priority);
	while (stage_count(st, sid, "<presence"))
		stage_expect(st, sid, "<presence");
}

static void
come_silently(struct stage *st, const char *sid, const char *bare)
{
	stage_open(st, sid, bare, resource_of(sid));
}

static void
say_to(struct stage *st, const char *sid, const char *to, const char *body)
{
	char message[256];

	snprintf(message, sizeof(message), "<message to='%s' type='chat'><body>%s</body></message>", to, body);
	stage_say(st, sid, message);
}

/* ---- sessions ---- */

static void
open_answers(void **state)
{
	struct stage *st = *state;
	struct got *g;

	stage_to_owner(st, "c2s-1", "romeo@example.org", ROMEO,
		       "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='road' "
		       "address='192.0.2.1' secure='tls' mechanism='PLAIN'/>");
	g = stage_expect(st, ROMEO, "<opened");
	assert_non_null(strstr(g->payload, "jid='romeo@example.org/road'"));
	assert_string_equal(g->to, "c2s-1");
	stage_to_owner(st, "c2s-1", "romeo@example.org", JULIET,
		       "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='' "
		       "address='192.0.2.1' secure='tls' mechanism='PLAIN'/>");
	g = stage_expect(st, JULIET, "<opened");
	assert_non_null(strstr(g->payload, "jid='romeo@example.org/"));
	/* Asked again, it is the same session. */
	stage_to_owner(st, "c2s-1", "romeo@example.org", ROMEO,
		       "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='road' "
		       "address='192.0.2.1' secure='tls' mechanism='PLAIN'/>");
	stage_expect(st, ROMEO, "<opened");
}

static void
expect_refused(struct stage *st, const char *sid, const char *bare, const char *condition)
{
	char word[256];
	const char *at = strchr(bare, '@');
	struct got *g;

	snprintf(word, sizeof(word),
		 "<open xmlns='urn:carillon:session:1' user='%.*s' host='%s' resource='' address='' secure='' mechanism=''/>",
		 (int)(at - bare), bare, at + 1);
	stage_to_owner(st, "c2s-1", bare, sid, word);
	g = stage_expect(st, sid, "<refused");
	assert_non_null(strstr(g->payload, condition));
}

static void
open_refused(void **state)
{
	struct stage *st = *state;

	expect_refused(st, NURSE, "nobody@example.org", "not-allowed");
	expect_refused(st, NURSE, "locked@example.org", "not-allowed");
	come(st, ROMEO, "romeo@example.org", 0);
	come_silently(st, JULIET, "romeo@example.org");
	come_silently(st, JULIET2, "romeo@example.org");
	expect_refused(st, NURSE, "romeo@example.org", "resource-constraint");
	stage_trouble_load(TROUBLE_TEMPORARY);
	expect_refused(st, NURSE, "nurse@example.org", "resource-constraint");
	stage_trouble_load(TROUBLE_NONE);
}

static void
conflict_newcomer_wins(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, JULIET, "juliet@example.org", 0);
	come(st, ROMEO, "romeo@example.org", 0);
	stage_open(st, NURSE, "romeo@example.org", "road");
	g = stage_expect(st, ROMEO, "<end");
	assert_non_null(strstr(g->payload, "conflict"));
	/* Words for the old session are nobody's now. */
	say_to(st, ROMEO, "juliet@example.org", "too late");
	stage_expect(st, ROMEO, "<unknown");
	stage_quiet(st, JULIET);
}

/* The other policies (RFC 6120 7.7.2.2). */
static void
conflict_newcomer_is_refused(void **state)
{
	struct stage *st = stage_new("sm { resource_conflict = refuse }");
	const char *open = "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='road' address='' "
			   "secure='' mechanism=''/>";

	(void)state;
	stage_sm(st, "sm-1");
	come(st, ROMEO, "romeo@example.org", 0);
	stage_to_owner(st, "c2s-1", "romeo@example.org", NURSE, open);
	assert_non_null(strstr(stage_expect(st, NURSE, "<refused")->payload, "condition='conflict'"));
	stage_quiet(st, ROMEO);
	/* The same client asks once more: that is no conflict. */
	stage_to_owner(st, "c2s-1", "romeo@example.org", ROMEO, open);
	stage_expect(st, ROMEO, "<opened");
	/* A free resource, and then the old one when it is free. */
	stage_open(st, JULIET, "romeo@example.org", "hall");
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(ROMEO),
				       .payload = STR("<close xmlns='urn:carillon:session:1' reason='closed'/>")});
	stage_to_owner(st, "c2s-1", "romeo@example.org", NURSE, open);
	stage_expect(st, NURSE, "<opened");
	/* One that comes from another owner has its resource already, and keeps it. */
	stage_to_owner(st, "c2s-1", "romeo@example.org", TYBALT,
		       "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='road' address='' secure='' "
		       "mechanism='' resume='1' jid='romeo@example.org/road' in='0' out='0'/>");
	stage_expect(st, TYBALT, "<opened");
	stage_expect(st, NURSE, "<end");
	stage_free(&st);
}

static void
conflict_newcomer_is_renamed(void **state)
{
	struct stage *st = stage_new("sm { resource_conflict = rename }");
	struct got *g;

	(void)state;
	stage_sm(st, "sm-1");
	come(st, ROMEO, "romeo@example.org", 0);
	stage_to_owner(st, "c2s-1", "romeo@example.org", NURSE,
		       "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='road' address='' secure='' "
		       "mechanism=''/>");
	g = stage_expect(st, NURSE, "<opened");
	assert_non_null(strstr(g->payload, "jid='romeo@example.org/"));
	assert_null(strstr(g->payload, "jid='romeo@example.org/road'"));
	stage_quiet(st, ROMEO);
	stage_free(&st);
}

/* From a c2s of the next release (doc/protocol.md section 7): what has a number counts as dealt with, nothing is lost. */
static void
words_of_a_later_release(void **state)
{
	struct stage *st = *state;

	come(st, JULIET, "juliet@example.org", 0);
	come_silently(st, ROMEO, "romeo@example.org");
	stage_to_owner(st, "c2s-1", "romeo@example.org", ROMEO, /* once more */
		       "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='road' address='' secure='' "
		       "mechanism='' later='1'><later/></open>");
	stage_expect(st, ROMEO, "<opened");
	stage_say_seq(st, ROMEO, 1, 0, "<message to='juliet@example.org'><body>one</body></message>");
	stage_say_seq(st, ROMEO, 2, 0, "<later xmlns='urn:carillon:session:1' a='b'><c/></later>");
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(ROMEO),
				       .payload = STR("<later xmlns='urn:carillon:session:1'/>")});
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"),
				       .payload = STR("<later xmlns='urn:carillon:session:1'/>")});
	stage_to_owner(st, "c2s-1", "romeo@example.org", ROMEO, "<later xmlns='urn:carillon:session:1'/>");
	stage_say_seq(st, ROMEO, 3, 0, "<message to='juliet@example.org'><body>three</body></message>");
	assert_non_null(strstr(stage_expect(st, JULIET, "<body>")->payload, "one"));
	assert_non_null(strstr(stage_expect(st, JULIET, "<body>")->payload, "three"));
	stage_acked(st, ROMEO, 3);
	stage_quiet(st, JULIET);
	assert_int_equal(stage_count(st, ROMEO, "<unknown"), 0);
}

static void
numbers(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, JULIET, "juliet@example.org", 0);
	come_silently(st, ROMEO, "romeo@example.org");
	stage_say_seq(st, ROMEO, 1, 0, "<message to='juliet@example.org'><body>one</body></message>");
	stage_say_seq(st, ROMEO, 1, 0, "<message to='juliet@example.org'><body>one</body></message>");
	stage_say_seq(st, ROMEO, 2, 0, "<message to='juliet@example.org'><body>two</body></message>");
	stage_say_seq(st, ROMEO, 4, 0, "<message to='juliet@example.org'><body>four</body></message>");
	stage_say_seq(st, ROMEO, 5, 0, "<message to='juliet@example.org'><body>five</body></message>");
	g = stage_expect(st, JULIET, "<body>");
	assert_non_null(strstr(g->payload, "one"));
	g = stage_expect(st, JULIET, "<body>");
	assert_non_null(strstr(g->payload, "two"));
	stage_expect(st, ROMEO, "<unknown"); /* three is missing; said once */
	stage_quiet(st, JULIET);
	assert_int_equal(stage_count(st, ROMEO, "<unknown"), 0);
	/* c2s re-opens and repeats from there. */
	stage_to_owner(st, "c2s-1", "romeo@example.org", ROMEO,
		       "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='road' address='' secure='' "
		       "mechanism='' resume='1' jid='romeo@example.org/road' in='2' out='0'/>");
	stage_expect(st, ROMEO, "<opened");
	stage_say_seq(st, ROMEO, 2, 0, "<message to='juliet@example.org'><body>two</body></message>");
	stage_say_seq(st, ROMEO, 3, 0, "<message to='juliet@example.org'><body>three</body></message>");
	stage_say_seq(st, ROMEO, 4, 0, "<message to='juliet@example.org'><body>four</body></message>");
	g = stage_expect(st, JULIET, "<body>");
	assert_non_null(strstr(g->payload, "three"));
	g = stage_expect(st, JULIET, "<body>");
	assert_non_null(strstr(g->payload, "four"));
	stage_acked(st, ROMEO, 4);
}

static void
close_ends_it(void **state)
{
	struct stage *st = *state;

	come(st, JULIET, "juliet@example.org", 0);
	come(st, JULIET2, "juliet@example.org", 0);
	stage_expect(st, JULIET, "juliet@example.org/roof");
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(JULIET2),
				       .payload = STR("<close xmlns='urn:carillon:session:1' reason='closed'/>")});
	assert_non_null(strstr(stage_expect(st, JULIET, "juliet@example.org/roof")->payload, "unavailable"));
	stage_quiet(st, JULIET);
}

static bool
no_sessions(void *arg)
{
	const struct sm *sm = arg;

	return sm->sessions.len == 0;
}

static void
c2s_gone_ends_its_sessions(void **state)
{
	struct stage *st = *state;
	struct sm *sm = stage_owner(st, "romeo@example.org");

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	assert_int_equal(sm->sessions.len, 2);
	stage_leave(st, "c2s-1");
	stage_until(st, no_sessions, sm);
}

/* Its client has gone without a word and may resume; then another sm takes over, to which nobody will bring this session. */
static void
away_and_given_up(void **state)
{
	struct stage *st = *state;

	stage_join(st, "s2s-1", "s2s");
	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	stage_say(st, ROMEO, "<presence to='paris@verona.example/square'/>");
	stage_expect(st, NULL, "to='paris@verona.example/square'");
	stage_say(st, ROMEO, "<enable xmlns='urn:carillon:session:1' id='ABCDEFGHIJKLMNOPQRSTUV' out='1' max='600'/>");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(ROMEO),
				       .payload = STR("<close xmlns='urn:carillon:session:1' reason='lost'/>")});
	stage_sql(st, "UPDATE slots SET epoch = epoch + 1");
	say_to(st, JULIET, "romeo@example.org", "who owns thee");
	stage_expect(st, NULL, "type='unavailable'");
}

/* Without sessions it is forgotten after a while. */
static bool
no_users(void *arg)
{
	const struct sm *sm = arg;

	return sm->users.len == 0;
}

static void
idle_users_are_forgotten(void **state)
{
	struct stage *st = *state;
	struct sm *sm = stage_owner(st, "romeo@example.org");

	come(st, ROMEO, "romeo@example.org", 0);
	say_to(st, ROMEO, "juliet@example.org", "later");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(sm->users.len, 2);
	stage_leave(st, "c2s-1");
	stage_until(st, no_users, sm);
	assert_int_equal(sm->leaving.len, 0);
}

/* ---- messages ---- */

static void
two_chat(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	say_to(st, ROMEO, "juliet@example.org", "she speaks");
	g = stage_expect(st, JULIET, "she speaks");
	assert_non_null(strstr(g->payload, "from='romeo@example.org/road'"));
	assert_non_null(strstr(g->payload, "to='juliet@example.org'"));
	assert_true(g->rid[0] != '\0');
	say_to(st, JULIET, "romeo@example.org/road", "o romeo");
	stage_expect(st, ROMEO, "o romeo");
	/* Acknowledged when it is durable, although Juliet's c2s has said nothing. */
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log WHERE owner = 'juliet@example.org'"), 1);
	stage_ack(st, JULIET, 0);
	stage_ack(st, ROMEO, 0);
	stage_quiet(st, JULIET);
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

static void
delivered_leaves_the_log(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	for (int i = 0; i < 3; i++)
		say_to(st, ROMEO, "juliet@example.org", "x");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	until_number(st, "SELECT count(*) FROM log", 3);
	stage_settle(st, JULIET);
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log", 0);
}

/* Delivered before the commit: nothing is written, and the sender is acknowledged. */
static void
withdrawn(void **state)
{
	struct stage *st = *state;
	uint64_t number;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	stage_trouble_append(TROUBLE_LATE);
	say_to(st, ROMEO, "juliet@example.org", "quick");
	number = stage_said(st, ROMEO);
	stage_expect(st, JULIET, "quick");
	stage_settle(st, ROMEO);
	assert_true(stage_ack_of(st, ROMEO) < number);
	stage_ack(st, JULIET, 0);
	stage_acked(st, ROMEO, number);
	stage_trouble_append(TROUBLE_NONE);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 0);
}

/* The acknowledgement is cumulative: one that is not durable holds back those behind it. */
static void
acknowledged_means_durable(void **state)
{
	struct stage *st = *state;
	uint64_t number;

	come(st, ROMEO, "romeo@example.org", 0);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	number = stage_said(st, ROMEO);
	stage_trouble_append(TROUBLE_LATE);
	say_to(st, ROMEO, "juliet@example.org", "wait for it");
	stage_settle(st, ROMEO);
	stage_settle(st, ROMEO);
	assert_int_equal(stage_ack_of(st, ROMEO), number);
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO, number + 3);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 1);
}

static void
storage_takes_nothing(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	stage_trouble_append(TROUBLE_TEMPORARY);
	say_to(st, ROMEO, "juliet@example.org", "lost");
	g = stage_expect(st, ROMEO, "type='error'");
	assert_non_null(strstr(g->payload, "resource-constraint"));
	assert_non_null(strstr(g->payload, "from='juliet@example.org'"));
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	/* To somebody who is there it still goes, and is good when it has arrived. */
	come(st, JULIET, "juliet@example.org", 0);
	say_to(st, ROMEO, "juliet@example.org", "live");
	stage_expect(st, JULIET, "live");
	stage_ack(st, JULIET, 0);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_quiet(st, ROMEO);
	stage_trouble_append(TROUBLE_NONE);
}

static void
nobody_there(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	say_to(st, ROMEO, "rosaline@example.org", "hello");
	assert_non_null(strstr(stage_expect(st, ROMEO, "type='error'")->payload, "service-unavailable"));
	stage_say(st, ROMEO, "<message type='headline' to='rosaline@example.org'><body>a</body></message>");
	stage_say(st, ROMEO, "<message type='groupchat' to='rosaline@example.org'><body>a</body></message>");
	assert_non_null(strstr(stage_expect(st, ROMEO, "type='error'")->payload, "service-unavailable"));
	stage_say(st, ROMEO, "<message type='groupchat' to='juliet@example.org'><body>a</body></message>");
	assert_non_null(strstr(stage_expect(st, ROMEO, "type='error'")->payload, "service-unavailable"));
	stage_say(st, ROMEO, "<message to='juliet@example.org/nowhere'><body>a</body></message>");
	assert_non_null(strstr(stage_expect(st, ROMEO, "type='error'")->payload, "service-unavailable"));
	stage_say(st, ROMEO, "<message to='elsewhere.example'><body>a</body></message>");
	assert_non_null(strstr(stage_expect(st, ROMEO, "type='error'")->payload, "remote-server-not-found"));
	stage_say(st, ROMEO, "<message to='example.org'><body>a</body></message>");
	assert_non_null(strstr(stage_expect(st, ROMEO, "type='error'")->payload, "service-unavailable"));
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_quiet(st, ROMEO);
}

static void
resources(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 5);
	come(st, JULIET2, "juliet@example.org", -1);
	stage_expect(st, JULIET, "roof");
	say_to(st, ROMEO, "juliet@example.org", "first");
	stage_expect(st, JULIET, "first");
	say_to(st, ROMEO, "juliet@example.org/roof", "second"); /* RFC 6121 8.5.3.1: even with a negative priority */
	stage_expect(st, JULIET2, "second");
	say_to(st, ROMEO, "juliet@example.org/nowhere", "third"); /* chat: as to the bare JID */
	stage_expect(st, JULIET, "third");
	stage_say(st, ROMEO, "<message type='headline' to='juliet@example.org'><body>news</body></message>");
	stage_expect(st, JULIET, "news");
	stage_quiet(st, JULIET);
	stage_quiet(st, JULIET2);
	stage_available(st, JULIET2, 0);
	stage_expect(st, JULIET, "roof");
	stage_expect(st, JULIET2, "<presence"); /* its own broadcast */
	say_to(st, ROMEO, "juliet@example.org", "both");
	stage_expect(st, JULIET, "both");
	stage_expect(st, JULIET2, "both");
}

static void
to_nobody_is_to_oneself(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	stage_say(st, ROMEO, "<message type='chat'><body>note</body></message>");
	g = stage_expect(st, ROMEO, "note");
	assert_non_null(strstr(g->payload, "to='romeo@example.org'"));
}

static void
other_host(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, TYBALT, "tybalt@example.net", 0);
	say_to(st, TYBALT, "romeo@example.org", "thou art a villain");
	stage_expect(st, ROMEO, "villain");
	stage_say(st, TYBALT, "<iq type='get' id='d' to='example.org'><query xmlns='" NS_DISCO_INFO "'/></iq>");
	stage_expect(st, TYBALT, "category='server'");
}

/* ---- offline ---- */

static void
offline_in_order(void **state)
{
	struct stage *st = *state;
	static const char *const words[] = {"one", "two", "three"};
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		say_to(st, ROMEO, "juliet@example.org", words[i]);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 3);
	stage_open(st, JULIET, "juliet@example.org", "hall");
	stage_say(st, JULIET, "<presence/>");
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		g = stage_expect(st, JULIET, "<message");
		assert_non_null(strstr(g->payload, words[i]));
		assert_non_null(strstr(g->payload, "<delay xmlns='urn:xmpp:delay' from='example.org' stamp='"));
		assert_true(g->rid[0] != '\0');
	}
	stage_expect(st, JULIET, "<presence");
	stage_quiet(st, JULIET);
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log", 0);
	/* And never again. */
	stage_available(st, JULIET, 1);
	stage_expect(st, JULIET, "<presence");
	stage_quiet(st, JULIET);
}

/* Live messages during the flush come behind what is older. */
static void
offline_before_live(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	say_to(st, ROMEO, "juliet@example.org", "old");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_open(st, JULIET, "juliet@example.org", "hall");
	stage_say(st, JULIET, "<presence/>");
	say_to(st, ROMEO, "juliet@example.org", "new");
	assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, "old"));
	assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, "new"));
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log", 0);
}

/* Not committed yet when she comes: it is in memory only, and reaches her once. */
static void
offline_uncommitted(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	stage_trouble_append(TROUBLE_LATE);
	say_to(st, ROMEO, "juliet@example.org", "in the air");
	stage_settle(st, ROMEO);
	come_silently(st, JULIET, "juliet@example.org");
	stage_say(st, JULIET, "<presence/>");
	stage_expect(st, JULIET, "in the air");
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_expect(st, JULIET, "<presence");
	stage_quiet(st, JULIET);
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log", 0);
}

static void
offline_is_bounded(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	for (int i = 0; i < 5; i++)
		say_to(st, ROMEO, "juliet@example.org", "x");
	stage_quiet(st, ROMEO);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	say_to(st, ROMEO, "juliet@example.org", "one too many");
	g = stage_expect(st, ROMEO, "type='error'");
	assert_non_null(strstr(g->payload, "service-unavailable"));
	assert_non_null(strstr(g->payload, "one too many"));
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 5);
}

static void
not_worth_storing(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	stage_say(st, ROMEO, "<message type='chat' to='juliet@example.org'>"
			     "<composing xmlns='http://jabber.org/protocol/chatstates'/></message>");
	stage_say(st, ROMEO, "<message type='chat' to='juliet@example.org'><body>a</body><no-store xmlns='urn:xmpp:hints'/></message>");
	stage_say(st, ROMEO, "<message type='headline' to='juliet@example.org'><body>a</body></message>");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_quiet(st, ROMEO);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 0);
}

/* Sent to a session that ended without taking it: to the next one. */
static void
not_taken_goes_on(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	say_to(st, ROMEO, "juliet@example.org", "catch");
	stage_expect(st, JULIET, "catch");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(JULIET),
				       .payload = STR("<close xmlns='urn:carillon:session:1' reason='lost'/>")});
	come_silently(st, JULIET2, "juliet@example.org");
	stage_say(st, JULIET2, "<presence/>");
	g = stage_expect(st, JULIET2, "catch");
	assert_non_null(strstr(g->payload, "<delay"));
	stage_ack(st, JULIET2, 0);
	until_number(st, "SELECT count(*) FROM log", 0);
}

/* Two sessions, addressed was the one that dies: the other gets it at once. */
static void
not_taken_goes_to_the_other(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	come(st, JULIET2, "juliet@example.org", 0);
	say_to(st, ROMEO, "juliet@example.org/hall", "for the hall");
	stage_expect(st, JULIET, "for the hall");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(JULIET),
				       .payload = STR("<close xmlns='urn:carillon:session:1' reason='lost'/>")});
	stage_expect(st, JULIET2, "for the hall");
}

/* An old message stays behind the cursor while newer ones are delivered to a session that takes no offline messages. */
static void
cursor_does_not_jump(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	say_to(st, ROMEO, "juliet@example.org", "old");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	come(st, JULIET, "juliet@example.org", -1);
	say_to(st, ROMEO, "juliet@example.org/hall", "new");
	stage_expect(st, JULIET, "new");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log", 1);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log WHERE stanza LIKE '%old%'"), 1);
	stage_say(st, JULIET, "<presence/>");
	stage_expect(st, JULIET, "old");
}

static void
many_offline(void **state)
{
	struct stage *st = stage_new("sm { offline_messages = 1000\n unacked_stanzas = 100 }");
	char text[32];

	(void)state;
	stage_sm(st, "sm-1");
	come(st, ROMEO, "romeo@example.org", 0);
	for (int i = 0; i < 230; i++) {
		snprintf(text, sizeof(text), "number %d.", i);
		say_to(st, ROMEO, "juliet@example.org", text);
		if (i % 100 == 99)
			stage_acked(st, ROMEO, stage_said(st, ROMEO));
	}
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_open(st, JULIET, "juliet@example.org", "hall");
	stage_say(st, JULIET, "<presence/>");
	for (int i = 0; i < 230; i++) {
		struct got *g = stage_expect(st, JULIET, "<message");

		snprintf(text, sizeof(text), "number %d.", i);
		assert_non_null(strstr(g->payload, text));
		if (i % 10 == 9) /* it is paced: without this it would stop */
			stage_ack(st, JULIET, g->seq);
	}
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log", 0);
	stage_free(&st);
}

/* RFC 6120 10.1: what comes from somebody does not overtake his messages, which wait behind offline ones. */
static void
nothing_overtakes_what_waits(void **state)
{
	enum { OFFLINE = 60 }; /* more than are sent at once with this limit */
	struct stage *st = stage_new("sm { unacked_stanzas = 100 }");
	struct got *g;
	char id[24];

	(void)state;
	stage_sm(st, "sm-1");
	come(st, ROMEO, "romeo@example.org", 0);
	for (int i = 0; i < OFFLINE; i++)
		say_to(st, ROMEO, "juliet@example.org", "early");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_open(st, JULIET, "juliet@example.org", "hall");
	stage_say(st, ROMEO, "<iq type='get' id='ahead' to='juliet@example.org/hall'><query xmlns='urn:x'/></iq>");
	stage_expect(st, JULIET, "id='ahead'");
	stage_available(st, JULIET, 0);
	say_to(st, ROMEO, "juliet@example.org", "live");
	stage_say(st, ROMEO, "<iq type='get' id='behind1' to='juliet@example.org/hall'><query xmlns='urn:x'/></iq>");
	stage_say(st, ROMEO, "<presence id='behind2' to='juliet@example.org/hall'/>");
	stage_say(st, ROMEO, "<iq type='set' id='behind3' to='juliet@example.org/hall'><query xmlns='urn:x'/></iq>");
	stage_settle(st, ROMEO);
	stage_settle(st, JULIET); /* what the server itself answers does not wait */
	assert_true(stage_count(st, JULIET, "early") < OFFLINE);
	assert_int_equal(stage_count(st, JULIET, "behind"), 0);
	for (int i = 0; i < OFFLINE; i++) {
		g = stage_expect(st, JULIET, "<message");
		assert_non_null(strstr(g->payload, "early"));
		if (i % 10 == 9)
			stage_ack(st, JULIET, 0);
	}
	assert_non_null(strstr(stage_expect(st, JULIET, "<message")->payload, "live"));
	for (int i = 1; i <= 3; i++) {
		snprintf(id, sizeof(id), "id='behind%d'", i);
		assert_non_null(strstr(stage_expect(st, JULIET, "behind")->payload, id));
	}
	stage_expect(st, ROMEO, "<keep "); /* whom its presence went to */
	stage_quiet(st, ROMEO);
	stage_free(&st);
}

/* The same, and its client goes before they were sent: requests are answered (RFC 6121 8.5.3.2.3), messages kept. */
static void
what_waits_for_one_who_goes(void **state)
{
	struct stage *st = stage_new("sm { unacked_stanzas = 100 }");

	(void)state;
	stage_sm(st, "sm-1");
	come(st, ROMEO, "romeo@example.org", 0);
	for (int i = 0; i < 60; i++)
		say_to(st, ROMEO, "juliet@example.org", "early");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_open(st, JULIET, "juliet@example.org", "hall");
	stage_available(st, JULIET, 0);
	say_to(st, ROMEO, "juliet@example.org", "live");
	stage_say(st, ROMEO, "<iq type='get' id='asked' to='juliet@example.org/hall'><query xmlns='urn:x'/></iq>");
	stage_say(st, ROMEO, "<iq type='result' id='told' to='juliet@example.org/hall'/>");
	stage_settle(st, ROMEO);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(JULIET),
				       .payload = STR("<close xmlns='urn:carillon:session:1' reason='lost'/>")});
	assert_non_null(strstr(stage_expect(st, ROMEO, "id='asked'")->payload, "service-unavailable"));
	stage_quiet(st, ROMEO);
	until_number(st, "SELECT count(*) FROM log", 61);
	stage_free(&st);
}

/* ---- iq ---- */

static void
iq_rules(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	stage_say(st, ROMEO, "<iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "bad-request"));
	stage_say(st, ROMEO, "<iq type='get' id='1'/>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "bad-request"));
	stage_say(st, ROMEO, "<iq type='set' id='2'><a xmlns='x'/><b xmlns='x'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "bad-request"));
	stage_say(st, ROMEO, "<iq type='do' id='3'><a xmlns='x'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "bad-request"));
	stage_say(st, ROMEO, "<iq type='get' id='4'><query xmlns='urn:unknown'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "service-unavailable"));
	stage_say(st, ROMEO, "<iq type='get' id='5' to='juliet@example.org/nowhere'><query xmlns='urn:x'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "service-unavailable"));
	stage_say(st, ROMEO, "<iq type='get' id='6' to='nobody@example.org'><query xmlns='urn:x'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "service-unavailable"));
	stage_say(st, ROMEO, "<iq type='result' id='7'/>");
	stage_say(st, ROMEO, "<iq type='result' id='8' to='example.org'/>");
	stage_say(st, ROMEO, "<iq type='result' id='9' to='juliet@example.org'/>");
	stage_say(st, ROMEO, "<iq type='get' id='10' to='juliet@example.org/hall'><query xmlns='urn:x'/></iq>");
	assert_non_null(strstr(stage_next(st, JULIET)->payload, "id='10'"));
	stage_say(st, JULIET, "<iq type='result' id='10' to='romeo@example.org/road'/>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "id='10'"));
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_quiet(st, ROMEO);
}

/* A request that its client never took is answered in its place. */
static void
iq_of_the_dead(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	stage_say(st, ROMEO, "<iq type='get' id='10' to='juliet@example.org/hall'><query xmlns='urn:x'/></iq>");
	stage_expect(st, JULIET, "id='10'");
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(JULIET),
				       .payload = STR("<close xmlns='urn:carillon:session:1' reason='lost'/>")});
	g = stage_expect(st, ROMEO, "id='10'");
	assert_non_null(strstr(g->payload, "type='error'"));
}

static void
disco_hides_accounts(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	stage_say(st, ROMEO, "<iq type='get' id='1' to='example.org'><query xmlns='" NS_DISCO_INFO "'/></iq>");
	g = stage_next(st, ROMEO);
	assert_non_null(strstr(g->payload, "<identity category='server' type='im' name='Carillon'/>"));
	assert_non_null(strstr(g->payload, "<feature var='msgoffline'/>"));
	assert_non_null(strstr(g->payload, "<feature var='urn:xmpp:ping'/>"));
	assert_non_null(strstr(g->payload, "<feature var='jabber:iq:version'/>"));
	stage_say(st, ROMEO, "<iq type='get' id='2' to='example.org'><query xmlns='" NS_DISCO_ITEMS "'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "<query xmlns='" NS_DISCO_ITEMS "'/>"));
	stage_say(st, ROMEO, "<iq type='get' id='3'><query xmlns='" NS_DISCO_INFO "'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "category='account'"));
	stage_say(st, ROMEO, "<iq type='get' id='4' to='example.org'><query xmlns='" NS_DISCO_INFO "' node='n'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "item-not-found"));
	/* A stranger cannot tell an account from none (XEP-0030 8). */
	stage_say(st, ROMEO, "<iq type='get' id='5' to='juliet@example.org'><query xmlns='" NS_DISCO_INFO "'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "service-unavailable"));
	stage_say(st, ROMEO, "<iq type='get' id='5' to='nobody@example.org'><query xmlns='" NS_DISCO_INFO "'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "service-unavailable"));
}

static void
small_modules(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	stage_say(st, ROMEO, "<iq type='get' id='1' to='example.org'><query xmlns='jabber:iq:version'/></iq>");
	g = stage_next(st, ROMEO);
	assert_non_null(strstr(g->payload, "<name>Carillon</name>"));
	assert_null(strstr(g->payload, "<os>"));
	stage_say(st, ROMEO, "<iq type='get' id='2' to='example.org'><time xmlns='urn:xmpp:time'/></iq>");
	g = stage_next(st, ROMEO);
	assert_non_null(strstr(g->payload, "<tzo>"));
	assert_non_null(strstr(g->payload, "Z</utc>"));
	stage_say(st, ROMEO, "<iq type='get' id='3'><ping xmlns='urn:xmpp:ping'/></iq>");
	assert_non_null(strstr(stage_next(st, ROMEO)->payload, "type='result'"));
}

/* ---- roster writes hold the user ---- */

static void
a_roster_set_waits_for_its_commit(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	stage_say(st, ROMEO, "<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='juliet@example.org' name='J'/></query></iq>");
	stage_say(st, ROMEO, "<iq type='get' id='after'><ping xmlns='urn:xmpp:ping'/></iq>");
	assert_non_null(strstr(stage_expect(st, ROMEO, "id='r'")->payload, "type='result'"));
	stage_expect(st, ROMEO, "id='after'");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM roster"), 1);
	stage_trouble_roster(TROUBLE_TEMPORARY);
	stage_say(st, ROMEO, "<iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='nurse@example.org'/></query></iq>");
	assert_non_null(strstr(stage_expect(st, ROMEO, "id='s'")->payload, "resource-constraint"));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM roster"), 1);
}

/* ---- repeats ---- */

static void
lost_frames_are_repeated(void **state)
{
	struct stage *st = *state;
	struct got *first, *again;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	stage_ack(st, JULIET, 0);
	say_to(st, ROMEO, "juliet@example.org", "mind the gap");
	first = stage_expect(st, JULIET, "mind the gap");
	stage_lost(st, "c2s-1");
	again = stage_expect(st, JULIET, "mind the gap");
	assert_int_equal(first->seq, again->seq);
	assert_string_equal(first->rid, again->rid);
	stage_offline(st, true);
	say_to(st, JULIET, "juliet@example.org", "in the dark");
	stage_offline(st, false);
	stage_expect(st, JULIET, "mind the gap");
	/* c2s re-opens after an outage: it says how far it got, and gets the rest. */
	stage_to_owner(st, "c2s-1", "juliet@example.org", JULIET,
		       "<open xmlns='urn:carillon:session:1' user='juliet' host='example.org' resource='hall' address='' "
		       "secure='' mechanism='' resume='1' jid='juliet@example.org/hall' in='1' out='1'/>");
	stage_expect(st, JULIET, "<opened");
}

static void
probe_after_silence(void **state)
{
	struct stage *st = *state;
	struct got *first, *again;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	stage_ack(st, JULIET, 0);
	say_to(st, ROMEO, "juliet@example.org", "art thou there");
	first = stage_expect(st, JULIET, "art thou there");
	again = stage_expect(st, JULIET, "art thou there"); /* after 5 s without a word */
	assert_int_equal(first->seq, again->seq);
}

static void
a_client_that_takes_nothing(void **state)
{
	struct stage *st = stage_new("sm { unacked_stanzas = 100 }");

	(void)state;
	stage_sm(st, "sm-1");
	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	for (int i = 0; i < 110; i++)
		say_to(st, ROMEO, "juliet@example.org", "x");
	assert_non_null(strstr(stage_expect(st, JULIET, "<end")->payload, "resource-constraint"));
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	until_number(st, "SELECT count(*) FROM log", 110); /* nothing is lost */
	stage_free(&st);
}

/* ---- after a crash ---- */

static void
reopened_after_a_crash(void **state)
{
	struct stage *st = *state;
	struct got *g, *before;
	char rid[RID_MAX];

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	stage_ack(st, JULIET, 0);
	say_to(st, ROMEO, "juliet@example.org", "before");
	before = stage_expect(st, JULIET, "before");
	snprintf(rid, sizeof(rid), "%s", before->rid);
	stage_acked(st, ROMEO, stage_said(st, ROMEO)); /* it is in the log; Juliet's c2s has acknowledged nothing */
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	stage_to_owner(st, "c2s-1", "juliet@example.org", JULIET,
		       "<open xmlns='urn:carillon:session:1' user='juliet' host='example.org' resource='hall' address='' secure='' "
		       "mechanism='' resume='1' jid='juliet@example.org/hall' in='2' out='7' interested='1'>"
		       "<presence xmlns='jabber:client' from='juliet@example.org/hall'><priority>1</priority></presence></open>");
	g = stage_expect(st, JULIET, "<opened");
	assert_int_equal(g->ack, 2);
	/* What was not acknowledged comes again under the same name; c2s drops what it has by that name. */
	g = stage_expect(st, JULIET, "before");
	assert_string_equal(g->rid, rid);
	assert_int_equal(g->seq, 8);
	/* Romeo's c2s repeats what the dead one had not acknowledged: here it had, and the next number is the next. */
	stage_to_owner(st, "c2s-1", "romeo@example.org", ROMEO,
		       "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='road' address='' secure='' "
		       "mechanism='' resume='1' jid='romeo@example.org/road' in='3' out='2'/>");
	stage_expect(st, ROMEO, "<opened");
	stage_say_seq(st, ROMEO, 4, 0, "<message to='juliet@example.org' type='chat'><body>after</body></message>");
	g = stage_expect(st, JULIET, "after");
	assert_int_equal(g->seq, 9);
	assert_string_equal(g->rid, ROMEO ".4");
	stage_ack(st, JULIET, 9);
	until_number(st, "SELECT count(*) FROM log", 0);
}

static void
numbered_open(struct stage *st, const char *rid, unsigned in, unsigned out)
{
	char word[512];

	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='juliet' host='example.org' resource='hall' address='' secure='' mechanism='' "
		 "resume='1' jid='juliet@example.org/hall' in='%u' out='%u'><presence xmlns='jabber:client' "
		 "from='juliet@example.org/hall'/></open>",
		 in, out);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("juliet@example.org"), .sid = STR(JULIET), .rid = str_z(rid),
				       .payload = str_z(word)});
}

/* Opens have numbers, so that one that comes late does no harm, and numbers of another owner are not taken for ours. */
static void
opens_are_numbered(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	numbered_open(st, "4.0", 0, 0);
	g = stage_expect(st, JULIET, "<opened");
	assert_string_equal(g->rid, "4");
	say_to(st, ROMEO, "juliet@example.org", "catch");
	g = stage_expect(st, JULIET, "catch");
	assert_int_equal(g->seq, 1);
	numbered_open(st, "3.0", 0, 0); /* an old one: nobody heeds it */
	stage_settle(st, ROMEO);
	assert_int_equal(stage_count(st, JULIET, ""), 0);
	numbered_open(st, "6.4", 0, 0); /* of the same line: what it lacks comes again as it was */
	g = stage_expect(st, JULIET, "<opened");
	assert_string_equal(g->rid, "6");
	assert_int_equal(stage_expect(st, JULIET, "catch")->seq, 1);
	/* c2s has taken the answer to its question 7 from somebody else, and has got 50 stanzas there. */
	numbered_open(st, "8.7", 20, 50);
	g = stage_expect(st, JULIET, "<opened");
	assert_int_equal(g->ack, 20);
	g = stage_expect(st, JULIET, "catch");
	assert_int_equal(g->seq, 51);
	assert_true(g->rid[0] != '\0');
	/* A close that is about an older answer is nobody's; one about the last is heeded, and nobody hears of it. */
	for (int i = 0; i < 2; i++)
		stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(JULIET),
					       .rid = i ? STR("8") : STR("6"),
					       .payload = STR("<close xmlns='" NS_WORDS "' reason='stray'/>")});
	stage_settle(st, ROMEO);
	assert_null(session_find(stage_owner(st, "juliet@example.org"), STR(JULIET)));
	come(st, JULIET2, "juliet@example.org", 0);
	stage_expect(st, JULIET2, "catch");
}

static void
reopen_waits_for_storage(void **state)
{
	struct stage *st = *state;

	stage_trouble_load(TROUBLE_TEMPORARY);
	stage_to_owner(st, "c2s-1", "romeo@example.org", ROMEO,
		       "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='road' address='' secure='' "
		       "mechanism='' resume='1' jid='romeo@example.org/road' in='3' out='2'/>");
	expect_refused(st, NURSE, "romeo@example.org", "resource-constraint");
	assert_int_equal(stage_count(st, ROMEO, ""), 0);
	stage_trouble_load(TROUBLE_NONE);
	stage_expect(st, ROMEO, "<opened");
}

/* ---- credentials and administration ---- */

#define KEYS "<scram>SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$" \
	     "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=</scram>"

static struct got *
ask(struct stage *st, const char *what, const char *bare, const char *attrs, const char *children)
{
	static unsigned serial;
	char word[1024], id[24], key[64];

	snprintf(id, sizeof(id), "id='a%u'", ++serial);
	snprintf(word, sizeof(word), "<do xmlns='" NS_ADMIN "' %s what='%s' jid='%s'%s%s%s%s", id, what, bare,
		 *attrs ? " " : "", attrs, *children ? ">" : "/>", children);
	if (*children)
		strcat(word, "</do>");
	snprintf(key, sizeof(key), "%.*s", (int)strcspn(bare, "/"), bare);
	stage_to_owner(st, "ctl-1", key, "", word);
	return stage_expect(st, "ctl-1", id);
}

static void
credentials(void **state)
{
	struct stage *st = *state;
	struct got *g;

	assert_non_null(strstr(ask(st, "user-add", "paris@example.org", "", KEYS)->payload, "result='ok'"));
	stage_to_owner(st, "c2s-1", "paris@example.org", "",
		       "<credentials xmlns='urn:carillon:session:1' id='17' user='paris' host='example.org'/>");
	g = stage_expect(st, "c2s-1", "id='17'");
	assert_non_null(strstr(g->payload, "result='ok'"));
	assert_non_null(strstr(g->payload, "SCRAM-SHA-256$4096:"));
	stage_to_owner(st, "c2s-1", "nobody@example.org", "",
		       "<credentials xmlns='urn:carillon:session:1' id='18' user='nobody' host='example.org'/>");
	assert_non_null(strstr(stage_expect(st, "c2s-1", "id='18'")->payload, "result='unknown'"));
	stage_to_owner(st, "c2s-1", "locked@example.org", "",
		       "<credentials xmlns='urn:carillon:session:1' id='19' user='locked' host='example.org'/>");
	assert_non_null(strstr(stage_expect(st, "c2s-1", "id='19'")->payload, "result='disabled'"));
}

static void
accounts(void **state)
{
	struct stage *st = *state;
	struct got *g;

	assert_non_null(strstr(ask(st, "user-add", "paris@example.org", "", KEYS)->payload, "result='ok'"));
	assert_non_null(strstr(ask(st, "user-add", "paris@example.org", "", KEYS)->payload, "result='exists'"));
	assert_non_null(strstr(ask(st, "user-add", "peter@example.org", "", "")->payload, "result='invalid'"));
	assert_non_null(strstr(ask(st, "user-passwd", "paris@example.org", "", KEYS)->payload, "result='ok'"));
	assert_non_null(strstr(ask(st, "user-passwd", "peter@example.org", "", KEYS)->payload, "result='not-found'"));
	come(st, ROMEO, "romeo@example.org", 0);
	say_to(st, ROMEO, "paris@example.org", "gentle youth");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	g = ask(st, "user-show", "paris@example.org", "", "");
	assert_non_null(strstr(g->payload, "offline='1'"));
	assert_non_null(strstr(g->payload, "sessions='0'"));
	assert_non_null(strstr(ask(st, "user-show", "peter@example.org", "", "")->payload, "result='not-found'"));
	g = ask(st, "user-list", "x@example.org", "host='example.org' after='' max='2'", "");
	assert_non_null(strstr(g->payload, "juliet@example.org"));
	assert_non_null(strstr(g->payload, "locked@example.org"));
	assert_null(strstr(g->payload, "paris@example.org"));
}

static void
deleting_an_account(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	assert_non_null(strstr(ask(st, "user-del", "romeo@example.org", "", "")->payload, "result='ok'"));
	assert_non_null(strstr(stage_expect(st, ROMEO, "<end")->payload, "not-authorized"));
	say_to(st, JULIET, "romeo@example.org", "wherefore art thou");
	assert_non_null(strstr(stage_expect(st, JULIET, "type='error'")->payload, "service-unavailable"));
	expect_refused(st, NURSE, "romeo@example.org", "not-allowed");
	assert_non_null(strstr(ask(st, "user-del", "romeo@example.org", "", "")->payload, "result='not-found'"));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM accounts WHERE owner = 'romeo@example.org'"), 0);
}

static void
sessions_shown_and_kicked(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 3);
	come_silently(st, JULIET, "romeo@example.org");
	g = ask(st, "session-list", "romeo@example.org", "", "");
	assert_non_null(strstr(g->payload, "jid='romeo@example.org/road' address='192.0.2.1' secure='tls' mechanism='SCRAM-SHA-256'"));
	assert_non_null(strstr(g->payload, "priority='3'"));
	assert_non_null(strstr(g->payload, "c2s='c2s-1'"));
	assert_true(strstr(g->payload, "/hall") < strstr(g->payload, "/road"));
	g = ask(st, "session-list", "romeo@example.org", "after='romeo@example.org/hall' max='1'", "");
	assert_null(strstr(g->payload, "/hall"));
	assert_non_null(strstr(ask(st, "session-kick", "romeo@example.org/road", "reason='noise'", "")->payload, "result='ok'"));
	g = stage_expect(st, ROMEO, "<end");
	assert_non_null(strstr(g->payload, "policy-violation"));
	assert_non_null(strstr(g->payload, "noise"));
	assert_non_null(strstr(ask(st, "session-kick", "romeo@example.org/road", "", "")->payload, "result='not-found'"));
	assert_non_null(strstr(ask(st, "frobnicate", "romeo@example.org", "", "")->payload, "result='unsupported'"));
}

/* ---- what must not be believed ---- */

static void
from_is_this_session(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org", 0);
	come(st, JULIET, "juliet@example.org", 0);
	stage_say(st, ROMEO, "<message from='nurse@example.org/yard' to='juliet@example.org'><body>trust me</body></message>");
	g = stage_expect(st, JULIET, "trust me");
	assert_non_null(strstr(g->payload, "from='romeo@example.org/road'"));
	/* Another c2s cannot speak for the session. */
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("ctl-1"), .to = STR("sm-1"), .sid = STR(ROMEO),
				       .seq = stage_said(st, ROMEO) + 1,
				       .payload = STR("<message to='juliet@example.org'><body>forged</body></message>")});
	stage_quiet(st, JULIET);
}

static void
nonsense(void **state)
{
	static const char *const payloads[] = {
		"<a>", "", "text", "<open xmlns='urn:carillon:session:1'/>", "<credentials xmlns='urn:carillon:session:1'/>",
		"<done xmlns='urn:carillon:session:1'/>", "<do xmlns='urn:carillon:admin:1'/>", "<message/>", "<iq/>", "<presence/>",
		"<message to='nobody'/>", "<message to='@example.org'/>", "<iq type='get' id='1' to='example.org'><a xmlns='b'/></iq>",
		"<close xmlns='urn:carillon:session:1'/>", "<what xmlns='urn:carillon:session:1'/>", "<x xmlns='y'/>",
	};
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org", 0);
	for (size_t i = 0; i < ARRAY_LEN(payloads); i++) {
		stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"),
					       .payload = str_z(payloads[i])});
		stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR("short"),
					       .seq = 1, .ack = 9, .payload = str_z(payloads[i])});
		stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
					       .key = STR("romeo@example.org"), .payload = str_z(payloads[i])});
		stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .sid = STR(ROMEO),
					       .ack = 99, .payload = str_z(payloads[i])});
	}
	come(st, JULIET, "juliet@example.org", 0);
	stage_settle(st, JULIET);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(open_answers),
		TEST(open_refused),
		TEST(conflict_newcomer_wins),
		cmocka_unit_test(conflict_newcomer_is_refused),
		cmocka_unit_test(conflict_newcomer_is_renamed),
		TEST(words_of_a_later_release),
		TEST(numbers),
		TEST(close_ends_it),
		TEST(c2s_gone_ends_its_sessions),
		TEST(away_and_given_up),
		TEST(idle_users_are_forgotten),
		TEST(two_chat),
		TEST(delivered_leaves_the_log),
		TEST(withdrawn),
		TEST(acknowledged_means_durable),
		TEST(storage_takes_nothing),
		TEST(nobody_there),
		TEST(resources),
		TEST(to_nobody_is_to_oneself),
		TEST(other_host),
		TEST(offline_in_order),
		TEST(offline_before_live),
		TEST(offline_uncommitted),
		TEST(offline_is_bounded),
		TEST(not_worth_storing),
		TEST(not_taken_goes_on),
		TEST(not_taken_goes_to_the_other),
		TEST(cursor_does_not_jump),
		cmocka_unit_test(many_offline),
		cmocka_unit_test(nothing_overtakes_what_waits),
		cmocka_unit_test(what_waits_for_one_who_goes),
		TEST(iq_rules),
		TEST(iq_of_the_dead),
		TEST(disco_hides_accounts),
		TEST(small_modules),
		TEST(a_roster_set_waits_for_its_commit),
		TEST(lost_frames_are_repeated),
		TEST(probe_after_silence),
		cmocka_unit_test(a_client_that_takes_nothing),
		TEST(reopened_after_a_crash),
		TEST(opens_are_numbered),
		TEST(reopen_waits_for_storage),
		TEST(credentials),
		TEST(accounts),
		TEST(deleting_an_account),
		TEST(sessions_shown_and_kicked),
		TEST(from_is_this_session),
		TEST(nonsense),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
