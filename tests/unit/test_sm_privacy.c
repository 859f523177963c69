/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Privacy lists in a running sm: what is kept when the sm dies, what happens
 * while the database does not answer, and the bounds. The rules themselves are
 * in the dialogues xep-0016-* and xep-0191-*, and in test_privacy.
 */
#include "sm/session.h"
#include "sm/user.h"
#include "tests/unit/sm_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define ROMEO "aaaaaaaaaaaaaaaaaaroad"
#define ROMEO_HOME "aaaaaaaaaaaaaaaaaahome"
#define JULIET "bbbbbbbbbbbbbbbbbbhall"

static int
setup(void **state)
{
	struct stage *st = stage_new("sm { privacy_items = 3 privacy_lists = 2 presence_burst = 50 presence_rate = 1 roster_name_bytes = 16 }");

	stage_sm(st, "sm-1");
	*state = st;
	return 0;
}

static int
teardown(void **state)
{
	struct stage *st = *state;

	stage_trouble_privacy(TROUBLE_NONE);
	stage_free(&st);
	return 0;
}

static void
come(struct stage *st, const char *sid, const char *bare)
{
	stage_open(st, sid, bare, sid + 18);
	stage_available(st, sid, 0);
	while (stage_count(st, sid, "<presence"))
		stage_expect(st, sid, "<presence");
}

static void
set(struct stage *st, const char *sid, const char *id, const char *child)
{
	char iq[1024];

	snprintf(iq, sizeof(iq), "<iq type='set' id='%s'>%s</iq>", id, child);
	stage_say(st, sid, iq);
}

#define QUERY(x) "<query xmlns='jabber:iq:privacy'>" x "</query>"
#define LIST(name, items) QUERY("<list name='" name "'>" items "</list>")
#define DENY(jid, order) "<item type='jid' value='" jid "' action='deny' order='" order "'/>"
#define BLOCK(jid) "<block xmlns='urn:xmpp:blocking'><item jid='" jid "'/></block>"

static void
result(struct stage *st, const char *sid, const char *id)
{
	char text[64];

	snprintf(text, sizeof(text), "<iq type='result' id='%s'", id);
	stage_expect(st, sid, text);
}

static void
refused(struct stage *st, const char *sid, const char *id, const char *condition)
{
	char text[64];
	struct got *g;

	snprintf(text, sizeof(text), "<iq type='error' id='%s'", id);
	g = stage_expect(st, sid, text);
	assert_non_null(strstr(g->payload, condition));
}

/* c2s knows this much and opens the session at whoever is there. keep: items, or null. */
static void
reopen(struct stage *st, const char *sid, const char *bare, const char *keep, bool available)
{
	char word[900], presence[200] = "", kept[300] = "";
	const char *at = strchr(bare, '@');

	if (available)
		snprintf(presence, sizeof(presence), "<presence xmlns='jabber:client' from='%s/%s'/>", bare, sid + 18);
	if (keep)
		snprintf(kept, sizeof(kept), "<keep>%s</keep>", keep);
	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='%.*s' host='%s' resource='%s' address='192.0.2.1' secure='tls' mechanism='PLAIN' "
		 "resume='1' jid='%s/%s' in='%llu' out='0'%s%s%s%s",
		 (int)(at - bare), bare, at + 1, sid + 18, bare, sid + 18, (unsigned long long)stage_said(st, sid),
		 keep || available ? ">" : "/>", kept, presence, keep || available ? "</open>" : "");
	stage_to_owner(st, "c2s-1", bare, sid, word);
	stage_expect(st, sid, "<opened");
}

/* What stands between <keep xmlns=...> and </keep>. */
static const char *
last_keep(struct stage *st, const char *sid)
{
	static char items[300];
	struct got *g = NULL;
	const char *from, *to;

	while (!g || stage_count(st, sid, "<keep"))
		g = stage_expect(st, sid, "<keep");
	from = strchr(g->payload, '>') + 1;
	to = strstr(g->payload, "</keep>");
	assert_non_null(to);
	assert_int_equal(g->seq, 0);
	snprintf(items, sizeof(items), "%.*s", (int)(to - from), from);
	return items;
}

/* ---- */

/* The active list and the wish for pushes outlive the sm; what another sm once put there comes along. */
static void
an_sm_dies(void **state)
{
	struct stage *st = *state;
	char kept[300];

	come(st, ROMEO, "romeo@example.org");
	come(st, JULIET, "juliet@example.org");
	set(st, ROMEO, "1", LIST("l l", DENY("juliet@example.org", "1")));
	result(st, ROMEO, "1");
	stage_expect(st, ROMEO, "<list name='l l'/>");
	stage_say(st, ROMEO, "<iq type='get' id='2'><blocklist xmlns='urn:xmpp:blocking'/></iq>");
	result(st, ROMEO, "2");
	assert_string_equal(last_keep(st, ROMEO), "<item name='privacy' v='1'>b</item>");
	set(st, ROMEO, "3", QUERY("<active name='l l'/>"));
	result(st, ROMEO, "3");
	snprintf(kept, sizeof(kept), "<item name='later' v='7'>&lt;x</item>%s", last_keep(st, ROMEO));
	assert_non_null(strstr(kept, "<item name='privacy' v='1'>b l l</item>"));

	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	reopen(st, ROMEO, "romeo@example.org", kept, true);
	reopen(st, JULIET, "juliet@example.org", NULL, true);
	stage_say(st, JULIET, "<message to='romeo@example.org/road' id='m1'><body/></message>");
	stage_expect(st, JULIET, "<service-unavailable");
	stage_say(st, ROMEO, "<message to='juliet@example.org' id='m2'><body/></message>");
	stage_expect(st, ROMEO, "<blocked xmlns='urn:xmpp:blocking:errors'/>");
	set(st, ROMEO, "4", BLOCK("paris@example.org"));
	result(st, ROMEO, "4");
	stage_expect(st, ROMEO, "<block xmlns='urn:xmpp:blocking'><item jid='paris@example.org'/></block>");
	assert_int_equal(stage_count(st, ROMEO, NS_PRIVACY), 0); /* it never asked for these */

	set(st, ROMEO, "5", QUERY("<active/>"));
	result(st, ROMEO, "5");
	assert_string_equal(last_keep(st, ROMEO), "<item name='later' v='7'>&lt;x</item><item name='privacy' v='1'>b</item>");
	stage_say(st, ROMEO, "<message to='juliet@example.org' id='m3'><body/></message>");
	stage_expect(st, JULIET, "id='m3'");
	stage_quiet(st, ROMEO);
}

/* The list is gone when the session is back; what c2s hands over may be of no use; neither does harm. */
static void
kept_for_nothing(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org");
	come(st, JULIET, "juliet@example.org");
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	reopen(st, ROMEO, "romeo@example.org", "<item name='privacy' v='1'>b gone</item>", true);
	reopen(st, JULIET, "juliet@example.org", "<item name='privacy' v='2'>b l</item><item/><other xmlns='x'/>", true);
	stage_say(st, JULIET, "<message to='romeo@example.org/road' id='m1'><body/></message>");
	stage_expect(st, ROMEO, "id='m1'");
	set(st, ROMEO, "1", BLOCK("paris@example.org"));
	result(st, ROMEO, "1");
	stage_expect(st, ROMEO, "<block ");
	set(st, JULIET, "1", BLOCK("paris@example.org"));
	result(st, JULIET, "1");
	assert_int_equal(stage_count(st, JULIET, "<block "), 0); /* a version of which nothing is known */
}

/* c2s was elsewhere meanwhile: what it brings is newer than what is here, and it is told so again. */
static void
a_session_begins_anew(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, "romeo@example.org");
	set(st, ROMEO, "1", LIST("l", DENY("juliet@example.org", "1")));
	result(st, ROMEO, "1");
	set(st, ROMEO, "2", QUERY("<active name='l'/>"));
	result(st, ROMEO, "2");
	while (stage_count(st, ROMEO, ""))
		stage_next(st, ROMEO);
	stage_send(st, &(struct frame){
		.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"), .key = STR("romeo@example.org"),
		.sid = STR(ROMEO), .rid = STR("9.8"),
		.payload = STR("<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='road' resume='1' "
			       "jid='romeo@example.org/road' in='5' out='3'><keep><item name='privacy' v='1'>l</item></keep></open>")});
	stage_expect(st, ROMEO, "<opened");
	g = stage_expect(st, ROMEO, "<keep");
	assert_non_null(strstr(g->payload, "<keep xmlns='" NS_WORDS "'><item name='privacy' v='1'>l</item></keep>"));
	assert_null(session_find(stage_owner(st, "romeo@example.org"), STR(ROMEO))->active);
}

/* Frames to c2s may be lost: it hears again what it keeps, like everything else. */
static void
told_again(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org");
	stage_say(st, ROMEO, "<iq type='get' id='2'><blocklist xmlns='urn:xmpp:blocking'/></iq>");
	result(st, ROMEO, "2");
	last_keep(st, ROMEO);
	stage_lost(st, "c2s-1");
	assert_string_equal(last_keep(st, ROMEO), "<item name='privacy' v='1'>b</item>");
}

/* ---- storage ---- */

static void
the_database_is_away(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org");
	come(st, JULIET, "juliet@example.org");
	stage_trouble_privacy(TROUBLE_TEMPORARY);
	set(st, ROMEO, "1", BLOCK("juliet@example.org"));
	refused(st, ROMEO, "1", "<resource-constraint");
	set(st, ROMEO, "2", LIST("l", DENY("juliet@example.org", "1")));
	refused(st, ROMEO, "2", "<resource-constraint");
	stage_trouble_privacy(TROUBLE_NONE);
	stage_say(st, ROMEO, "<message to='juliet@example.org' id='m1'><body/></message>");
	stage_expect(st, JULIET, "id='m1'"); /* nothing has changed */
	set(st, ROMEO, "3", QUERY("<active name='l'/>"));
	refused(st, ROMEO, "3", "<item-not-found");
	assert_int_equal(stage_sql(st, "SELECT COUNT(*) FROM privacy"), 0);
	stage_quiet(st, ROMEO);
}

/* Another sm has the slot: nothing is answered here, so that the next owner gets the request. */
static void
fenced(void **state)
{
	struct stage *st = *state;
	uint64_t before;

	come(st, ROMEO, "romeo@example.org");
	stage_settle(st, ROMEO);
	before = stage_said(st, ROMEO);
	stage_sql(st, "UPDATE slots SET epoch = epoch + 1");
	set(st, ROMEO, "1", BLOCK("juliet@example.org"));
	stage_expect(st, ROMEO, "<unknown");
	assert_int_equal(stage_count(st, ROMEO, "id='1'"), 0);
	assert_true(stage_ack_of(st, ROMEO) <= before);
	assert_int_equal(stage_sql(st, "SELECT COUNT(*) FROM privacy"), 0);
	/* it has claimed the slots again meanwhile, and gets the session and the request once more */
	reopen(st, ROMEO, "romeo@example.org", NULL, false);
	set(st, ROMEO, "1", BLOCK("juliet@example.org"));
	result(st, ROMEO, "1");
	assert_int_equal(stage_sql(st, "SELECT COUNT(*) FROM privacy"), 1);
}

/* What comes behind a change waits for it, also when it comes from others. */
static void
in_order(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org");
	come(st, JULIET, "juliet@example.org");
	set(st, ROMEO, "1", BLOCK("juliet@example.org"));
	stage_say(st, JULIET, "<message to='romeo@example.org' id='m1'><body/></message>");
	stage_say(st, ROMEO, "<message to='juliet@example.org' id='m2'><body/></message>");
	stage_expect(st, JULIET, "<service-unavailable");
	stage_expect(st, ROMEO, "<not-acceptable");
	stage_quiet(st, JULIET);
}

/* ---- bounds ---- */

static void
bounds(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org");
	set(st, ROMEO, "1", LIST("a", DENY("a@h", "1") DENY("b@h", "2") DENY("c@h", "3") DENY("d@h", "4")));
	refused(st, ROMEO, "1", "<resource-constraint");
	set(st, ROMEO, "2", LIST("a", DENY("a@h", "1") DENY("b@h", "2") DENY("c@h", "3")));
	result(st, ROMEO, "2");
	set(st, ROMEO, "3", LIST("a name of seventeen", DENY("a@h", "1")));
	refused(st, ROMEO, "3", "<not-acceptable");
	set(st, ROMEO, "4", LIST("b", DENY("a@h", "1")));
	result(st, ROMEO, "4");
	set(st, ROMEO, "5", LIST("c", DENY("a@h", "1")));
	refused(st, ROMEO, "5", "<resource-constraint");
	set(st, ROMEO, "6", QUERY("<default name='a'/>"));
	result(st, ROMEO, "6");
	set(st, ROMEO, "7", BLOCK("d@h"));
	refused(st, ROMEO, "7", "<resource-constraint");
	set(st, ROMEO, "8", BLOCK("c@h")); /* it is there */
	result(st, ROMEO, "8");
	assert_int_equal(stage_sql(st, "SELECT COUNT(*) FROM privacy"), 4);
}

/* One request makes as many stanzas as there are contacts: who does that all the time has to wait. */
static void
not_all_the_time(void **state)
{
	struct stage *st = *state;
	char iq[200];

	come(st, ROMEO, "romeo@example.org");
	for (int i = 0; i < 40; i++) {
		snprintf(iq, sizeof(iq), "<presence from='c%d@verona.example' to='romeo@example.org' type='subscribe'/>", i);
		stage_to_owner(st, "s2s-1", "romeo@example.org", NULL, iq);
		snprintf(iq, sizeof(iq), "<presence to='c%d@verona.example' type='subscribed'/>", i);
		stage_expect(st, ROMEO, "type='subscribe'");
		stage_say(st, ROMEO, iq);
	}
	stage_settle(st, ROMEO);
	set(st, ROMEO, "1", BLOCK("verona.example"));
	result(st, ROMEO, "1");
	set(st, ROMEO, "2", "<unblock xmlns='urn:xmpp:blocking'/>");
	result(st, ROMEO, "2");
	set(st, ROMEO, "3", BLOCK("verona.example"));
	refused(st, ROMEO, "3", "<resource-constraint");
	set(st, ROMEO, "4", QUERY("<active/>"));
	refused(st, ROMEO, "4", "<resource-constraint");
}

/* Nobody without lists has any of this in memory, nor who has given them up. */
static void
nothing_for_nobody(void **state)
{
	struct stage *st = *state;
	struct sm_user *user;

	come(st, ROMEO, "romeo@example.org");
	user = user_find(stage_owner(st, "romeo@example.org"), STR("romeo@example.org"));
	assert_null(user->privacy);
	set(st, ROMEO, "1", BLOCK("juliet@example.org"));
	result(st, ROMEO, "1");
	assert_non_null(user->privacy);
	set(st, ROMEO, "2", "<unblock xmlns='urn:xmpp:blocking'/>");
	result(st, ROMEO, "2");
	assert_null(user->privacy);
	assert_int_equal(stage_sql(st, "SELECT COUNT(*) FROM privacy"), 0);
}

/* The process ends while a change is on its way. */
static void
the_end_comes_first(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org");
	set(st, ROMEO, "1", BLOCK("juliet@example.org"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_sm_dies),     TEST(kept_for_nothing), TEST(a_session_begins_anew), TEST(told_again), TEST(the_database_is_away),
		TEST(fenced),         TEST(in_order),         TEST(bounds),                TEST(not_all_the_time),
		TEST(nothing_for_nobody), TEST(the_end_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
