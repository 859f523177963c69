/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guests (SASL ANONYMOUS, XEP-0175) on the side of sm: accounts that exist as
 * long as their session, of which nothing is stored, and which reach no
 * farther than the operator wants.
 */
#include "sm/session.h"
#include "sm/user.h"
#include "tests/unit/sm_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define ALICE "aaaaaaaaaaaaaaaaaalice"
#define BOB   "bbbbbbbbbbbbbbbbbbbobb"
#define JULIET "jjjjjjjjjjjjjjjjjjhall"
#define ALICE_JID "guest-a@example.org"
#define BOB_JID   "guest-b@example.org"

static int
setup(void **state)
{
	struct stage *st = stage_new(NULL);

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
be_available(struct stage *st, const char *sid)
{
	stage_available(st, sid, 0);
	while (stage_count(st, sid, "<presence"))
		stage_expect(st, sid, "<presence");
}

static void
come(struct stage *st, const char *sid, const char *bare)
{
	stage_open_guest(st, sid, bare, sid + 18);
	be_available(st, sid);
}

static void
close_session(struct stage *st, const char *sid, const char *bare)
{
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = str_z(stage_owner(st, bare)->name),
				       .sid = str_z(sid), .payload = STR("<close xmlns='" NS_WORDS "' reason='closed'/>")});
}

/* ---- nothing stays ---- */

static long
rows(struct stage *st)
{
	static const char *const tables[] = {"accounts", "users", "roster", "requests", "log", "kv", "privacy"};
	char sql[160];
	long count = 0;

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s WHERE owner LIKE 'guest-%%'", tables[i]);
		count += stage_sql(st, sql);
	}
	return count;
}

struct who {
	struct sm *sm;
	const char *bare;
};

static bool
is_forgotten(void *arg)
{
	const struct who *w = arg;

	return !user_find(w->sm, str_z(w->bare));
}

static void
until_forgotten(struct stage *st, const char *bare)
{
	stage_until(st, is_forgotten, &(struct who){stage_owner(st, bare), bare});
}

static void
guests_speak(void **state)
{
	struct stage *st = *state;

	come(st, ALICE, ALICE_JID);
	come(st, BOB, BOB_JID);
	stage_say(st, ALICE, "<message to='" BOB_JID "' type='chat' id='1'><body>Hi</body></message>");
	stage_expect(st, BOB, "from='" ALICE_JID "/lice'");
	stage_acked(st, ALICE, stage_said(st, ALICE)); /* it is dealt with although no database has it */
	stage_say(st, BOB, "<message to='" ALICE_JID "/lice' type='chat' id='2'><body>Who?</body></message>");
	stage_expect(st, ALICE, "<body>Who?</body>");
	assert_int_equal(rows(st), 0);
}

/* What its client has not got when the session ends is gone with it, and its sender hears so; the account goes at once. */
static void
gone_with_the_session(void **state)
{
	struct stage *st = *state;

	come(st, ALICE, ALICE_JID);
	come(st, BOB, BOB_JID);
	stage_say(st, ALICE, "<message to='" BOB_JID "' type='chat' id='1'><body>Hi</body></message>");
	stage_expect(st, BOB, "<body>Hi</body>");
	close_session(st, BOB, BOB_JID);
	stage_expect(st, ALICE, "<body>Hi</body><error type='cancel'><service-unavailable ");
	until_forgotten(st, BOB_JID);
	stage_say(st, ALICE, "<message to='" BOB_JID "' type='chat' id='3'><body>Still there?</body></message>");
	stage_expect(st, ALICE, "<service-unavailable ");
	assert_int_equal(rows(st), 0);
	assert_int_equal(stage_sql(st, "SELECT COUNT(*) FROM log"), 0);
}

/* There, but not to be reached: others would find their messages waiting. */
static void
nothing_for_later(void **state)
{
	struct stage *st = *state;

	stage_open_guest(st, ALICE, ALICE_JID, "lice");
	come(st, BOB, BOB_JID);
	stage_say(st, BOB, "<message to='" ALICE_JID "' type='chat' id='1'><body>Hi</body></message>");
	stage_expect(st, BOB, "<service-unavailable ");
	stage_say(st, BOB, "<message to='" ALICE_JID "' type='chat' id='2'>"
				"<active xmlns='http://jabber.org/protocol/chatstates'/></message>");
	stage_quiet(st, BOB);
	be_available(st, ALICE);
	stage_quiet(st, ALICE);
	assert_int_equal(rows(st), 0);
}

static void
no_roster(void **state)
{
	struct stage *st = *state;

	come(st, ALICE, ALICE_JID);
	stage_open(st, JULIET, "juliet@example.org", "hall");
	be_available(st, JULIET);
	stage_say(st, ALICE, "<iq type='set' id='r'><query xmlns='jabber:iq:roster'>"
				"<item jid='juliet@example.org'/></query></iq>");
	stage_expect(st, ALICE, "<forbidden ");
	stage_say(st, ALICE, "<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'>"
				"<item jid='juliet@example.org'/></block></iq>");
	stage_expect(st, ALICE, "id='b'");
	stage_say(st, ALICE, "<iq type='get' id='g'><query xmlns='jabber:iq:roster'/></iq>");
	stage_expect(st, ALICE, "<query xmlns='jabber:iq:roster'/>");
	stage_say(st, ALICE, "<presence to='juliet@example.org' type='subscribe'/>");
	stage_expect(st, ALICE, "<forbidden ");
	stage_quiet(st, JULIET);
	stage_say(st, JULIET, "<presence to='" ALICE_JID "' type='subscribe'/>");
	stage_expect(st, JULIET, "type='unsubscribed'");
	stage_say(st, JULIET, "<presence to='" ALICE_JID "' type='subscribed'/>");
	stage_quiet(st, ALICE);
	assert_int_equal(rows(st), 0);
}

static void
disco_says_so(void **state)
{
	struct stage *st = *state;

	come(st, ALICE, ALICE_JID);
	come(st, BOB, BOB_JID);
	stage_say(st, BOB, "<iq type='get' id='1' to='" ALICE_JID "'>"
				"<query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
	stage_expect(st, BOB, "<identity category='account' type='anonymous'/>");
	stage_say(st, ALICE, "<iq type='get' id='2'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
	stage_expect(st, ALICE, "<identity category='account' type='anonymous'/>");
}

/* ---- how far they reach ---- */

static bool
is_kept_for_tybalt(void *arg)
{
	return stage_sql(arg, "SELECT COUNT(*) FROM log WHERE owner = 'tybalt@example.net'") == 1;
}

static void
within_the_installation(void **state)
{
	struct stage *st = *state;

	stage_join(st, "s2s-1", "s2s");
	stage_come(st, "external-1", "external"); /* chat.example.org */
	come(st, ALICE, ALICE_JID);
	stage_say(st, ALICE, "<message to='far@elsewhere.example' type='chat' id='1'><body>Hi</body></message>");
	stage_expect(st, ALICE, "<forbidden ");
	stage_say(st, ALICE, "<presence to='far@elsewhere.example'/>");
	stage_expect(st, ALICE, "<forbidden ");
	stage_say(st, ALICE, "<message to='tybalt@example.net' type='chat' id='2'><body>Hi</body></message>");
	stage_until(st, is_kept_for_tybalt, st); /* he has an account, and is away */
	stage_say(st, ALICE, "<message to='room@chat.example.org' type='groupchat' id='3'><body>Hi</body></message>");
	stage_expect(st, NULL, "to='room@chat.example.org'");
	/* nor are they reached */
	stage_to_owner(st, "s2s-1", ALICE_JID, NULL,
		       "<message from='far@elsewhere.example' to='" ALICE_JID "' type='chat' id='4'><body>Hi</body></message>");
	stage_expect(st, NULL, "<service-unavailable ");
	stage_to_owner(st, "s2s-1", ALICE_JID, NULL, "<presence from='far@elsewhere.example' to='" ALICE_JID "'/>");
	stage_quiet(st, ALICE);
}

static void
anywhere(void **state)
{
	struct stage *st = *state;

	stage_join(st, "s2s-1", "s2s");
	stage_owner(st, ALICE_JID)->host_anonymous[0] = ANONYMOUS_ANYWHERE;
	come(st, ALICE, ALICE_JID);
	stage_say(st, ALICE, "<message to='far@elsewhere.example' type='chat' id='1'><body>Hi</body></message>");
	stage_expect(st, NULL, "to='far@elsewhere.example'");
	stage_to_owner(st, "s2s-1", ALICE_JID, NULL,
		       "<message from='far@elsewhere.example' to='" ALICE_JID "' type='chat' id='2'><body>Hi</body></message>");
	stage_expect(st, ALICE, "from='far@elsewhere.example'");
}

/* ---- owners come and go ---- */

static void
reopen(struct stage *st, const char *sid, const char *bare, const char *mechanism)
{
	char word[700];
	const char *at = strchr(bare, '@');

	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='%.*s' host='%s' resource='%s' address='192.0.2.1' secure='tls' mechanism='%s' "
		 "resume='1' jid='%s/%s' in='0' out='0'><presence xmlns='jabber:client' from='%s/%s'/></open>",
		 (int)(at - bare), bare, at + 1, sid + 18, mechanism, bare, sid + 18, bare, sid + 18);
	stage_to_owner(st, "c2s-1", bare, sid, word);
}

static void
goes_to_another_sm(void **state)
{
	struct stage *st = *state;

	come(st, ALICE, ALICE_JID);
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	/* somebody looks for it before its session is here: the database knows nothing of it */
	come(st, BOB, BOB_JID);
	stage_say(st, BOB, "<message to='" ALICE_JID "' type='chat' id='1'><body>Hi</body></message>");
	reopen(st, ALICE, ALICE_JID, "ANONYMOUS");
	stage_expect(st, ALICE, "<opened");
	stage_forget_numbers(st, ALICE);
	stage_expect(st, BOB, "<service-unavailable ");
	stage_say(st, BOB, "<message to='" ALICE_JID "' type='chat' id='2'><body>Again</body></message>");
	stage_expect(st, ALICE, "<body>Again</body>");
	assert_int_equal(rows(st), 0);
}

/* What is no guest's is none, and the other way round. */
static void
no_mixing(void **state)
{
	struct stage *st = *state;

	stage_open(st, JULIET, "juliet@example.org", "hall");
	reopen(st, ALICE, "juliet@example.org", "ANONYMOUS");
	stage_expect(st, ALICE, "condition='not-allowed'");
	come(st, BOB, BOB_JID);
	reopen(st, ALICE, BOB_JID, "SCRAM-SHA-256");
	stage_expect(st, ALICE, "condition='not-allowed'");
	reopen(st, ALICE, "guest-d@example.org", "SCRAM-SHA-256");
	stage_expect(st, ALICE, "condition='not-allowed'");
}

/* They need no database. */
static void
without_storage(void **state)
{
	struct stage *st = *state;

	stage_trouble_load(TROUBLE_TEMPORARY);
	stage_trouble_append(TROUBLE_TEMPORARY);
	come(st, ALICE, ALICE_JID);
	come(st, BOB, BOB_JID);
	stage_say(st, ALICE, "<message to='" BOB_JID "' type='chat' id='1'><body>Hi</body></message>");
	stage_expect(st, BOB, "<body>Hi</body>");
	stage_trouble_load(TROUBLE_NONE);
	stage_trouble_append(TROUBLE_NONE);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(guests_speak),
		T(gone_with_the_session),
		T(nothing_for_later),
		T(no_roster),
		T(disco_says_so),
		T(within_the_installation),
		T(anywhere),
		T(goes_to_another_sm),
		T(no_mixing),
		T(without_storage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
