/* SPDX-License-Identifier: Apache-2.0 */
/* What strangers, slow clients and impatient c2s can make an sm do: as much as the bounds allow, and no more. */
#include "sm/session.h"
#include "sm/user.h"
#include "tests/unit/sm_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define ROMEO "aaaaaaaaaaaaaaaaaaroad"
#define JULIET "bbbbbbbbbbbbbbbbbbhall"

static int
setup(void **state)
{
	struct stage *st = stage_new("sm { offline_messages = 1000 }");

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
come(struct stage *st, const char *sid, const char *bare)
{
	stage_open(st, sid, bare, sid + 18);
	stage_available(st, sid, 0);
	while (stage_count(st, sid, "<presence"))
		stage_expect(st, sid, "<presence");
}

/* ---- probes from elsewhere (RFC 6121 4.3.2) ---- */

static void
probe(struct stage *st, const char *from, const char *to)
{
	char presence[200];

	snprintf(presence, sizeof(presence), "<presence from='%s' to='%s' type='probe'/>", from, to);
	stage_to_owner(st, "s2s-1", to, NULL, presence);
}

static void
expect_answer(struct stage *st, const char *from, const char *to, const char *type)
{
	char presence[200];

	snprintf(presence, sizeof(presence), "<presence from='%s' to='%s' type='%s'/>", from, to, type);
	assert_string_equal(stage_expect(st, NULL, "<presence")->payload, presence);
}

/* In memory or not, there or not: who may not know learns nothing. */
static void
a_stranger_probes(void **state)
{
	struct stage *st = *state;

	stage_join(st, "s2s-1", "s2s");
	probe(st, "tybalt@capulet.example", "juliet@example.org");
	expect_answer(st, "juliet@example.org", "tybalt@capulet.example", "unsubscribed");
	probe(st, "tybalt@capulet.example/inns", "nobody@example.org");
	expect_answer(st, "nobody@example.org", "tybalt@capulet.example", "unsubscribed");
	come(st, JULIET, "juliet@example.org");
	probe(st, "tybalt@capulet.example", "juliet@example.org");
	expect_answer(st, "juliet@example.org", "tybalt@capulet.example", "unsubscribed");
	stage_quiet(st, JULIET);
}

static void
a_contact_probes(void **state)
{
	struct stage *st = *state;

	stage_join(st, "s2s-1", "s2s");
	come(st, JULIET, "juliet@example.org");
	stage_to_owner(st, "s2s-1", "juliet@example.org", NULL,
		       "<presence from='paris@verona.example' to='juliet@example.org' type='subscribe'/>");
	stage_expect(st, JULIET, "type='subscribe'");
	stage_say(st, JULIET, "<presence to='paris@verona.example' type='subscribed'/>");
	stage_expect(st, NULL, "type='subscribed'");
	stage_expect(st, NULL, "from='juliet@example.org/hall' to='paris@verona.example'");
	probe(st, "paris@verona.example/square", "juliet@example.org");
	stage_expect(st, NULL, "from='juliet@example.org/hall' to='paris@verona.example/square'");
	/* away, and not in memory any more */
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	probe(st, "paris@verona.example", "juliet@example.org");
	expect_answer(st, "juliet@example.org", "paris@verona.example", "unavailable");
}

/* Who has directed presence may ask for it, until it ends (RFC 6121 4.6). */
static void
a_probe_of_directed_presence(void **state)
{
	struct stage *st = *state;

	stage_join(st, "s2s-1", "s2s");
	come(st, JULIET, "juliet@example.org");
	stage_say(st, JULIET, "<presence to='paris@verona.example/square'/>");
	stage_expect(st, NULL, "to='paris@verona.example/square'");
	probe(st, "paris@verona.example/square", "juliet@example.org");
	stage_expect(st, NULL, "<presence from='juliet@example.org/hall' to='paris@verona.example/square'><priority>0");
	stage_say(st, JULIET, "<presence to='paris@verona.example/square' type='unavailable'/>");
	stage_expect(st, NULL, "type='unavailable'");
	probe(st, "paris@verona.example/square", "juliet@example.org");
	expect_answer(st, "juliet@example.org", "paris@verona.example", "unsubscribed");
	stage_settle(st, JULIET);
	assert_int_equal(stage_count(st, JULIET, "<presence"), 0); /* she hears nothing of it */
}

/* Among our own, silence says the same. */
static void
a_probe_from_here_wakes_nobody(void **state)
{
	struct stage *st = *state;
	struct sm *sm = stage_owner(st, "nurse@example.org");

	come(st, ROMEO, "romeo@example.org");
	probe(st, "romeo@example.org", "nurse@example.org");
	stage_quiet(st, ROMEO);
	assert_null(user_find(sm, STR("nurse@example.org")));
}

/* ---- slow clients ---- */

enum { LARGE = 200 * 1024, LARGE_COUNT = 30 };

static void
say_large(struct stage *st, int number)
{
	struct buf b = {0};

	buf_addf(&b, "<message to='juliet@example.org' type='chat' id='large-%d'><body>", number);
	for (int i = 0; i < LARGE; i++)
		buf_addc(&b, 'x');
	buf_addl(&b, "</body></message>");
	stage_say(st, ROMEO, buf_z(&b));
	buf_done(&b);
}

/* They come as the client takes them: all at once would be more than anybody queues for it. */
static void
large_offline_messages(void **state)
{
	struct stage *st = *state;
	char id[32];

	come(st, ROMEO, "romeo@example.org");
	for (int i = 0; i < LARGE_COUNT; i++) {
		say_large(st, i);
		stage_acked(st, ROMEO, stage_said(st, ROMEO));
	}
	stage_open(st, JULIET, "juliet@example.org", "hall");
	stage_say(st, JULIET, "<presence/>");
	for (int i = 0; i < LARGE_COUNT; i++) {
		struct got *g = stage_expect(st, JULIET, "<message");

		snprintf(id, sizeof(id), "id='large-%d'", i);
		assert_non_null(strstr(g->payload, id));
		stage_settle(st, ROMEO);
		assert_true(stage_count(st, JULIET, "<message") <= 1); /* and the one that is taken: two */
		stage_ack(st, JULIET, g->seq);
	}
	stage_settle(st, JULIET);
	assert_int_equal(stage_count(st, JULIET, "<message"), 0);
	assert_int_equal(stage_count(st, JULIET, "<end"), 0);
}

/* A full roster coming online at once is no reason to end a session. */
static void
many_presences_at_once(void **state)
{
	struct stage *st = *state;

	come(st, JULIET, "juliet@example.org");
	for (int i = 0; i < 4000; i++)
		stage_to_owner(st, "s2s-1", "juliet@example.org", NULL,
			       "<presence from='paris@verona.example/square' to='juliet@example.org'>"
			       "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://client.example' "
			       "ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>");
	stage_settle(st, JULIET);
	assert_int_equal(stage_count(st, JULIET, "<end"), 0);
	assert_int_equal(stage_count(st, JULIET, "paris@verona.example/square"), 4000);
}

/* ---- presence that becomes many ---- */

static struct stage *
stage_with(const char *conf)
{
	struct stage *st = stage_new(conf);

	stage_sm(st, "sm-1");
	return st;
}

/* What is shown last of all that a session says in a hurry. */
static void
restless_presence(void **state)
{
	struct stage *st = stage_with("sm { presence_rate = 20\npresence_burst = 5 }");
	char text[80];

	(void)state;
	stage_open(st, JULIET, "juliet@example.org", "hall");
	stage_open(st, "cccccccccccccccccchome", "juliet@example.org", "home");
	stage_available(st, JULIET, 0);
	stage_available(st, "cccccccccccccccccchome", 0);
	while (stage_count(st, JULIET, "<presence"))
		stage_expect(st, JULIET, "<presence");
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "<presence><status>%d</status></presence>", i);
		stage_say(st, "cccccccccccccccccchome", text);
	}
	stage_settle(st, "cccccccccccccccccchome");
	assert_in_range(stage_count(st, JULIET, "<status>"), 1, 8);
	stage_expect(st, JULIET, "<status>99</status>");
	/* To come and go costs as much; what nobody has seen come needs not go. */
	while (stage_count(st, JULIET, "<presence"))
		stage_expect(st, JULIET, "<presence");
	for (int i = 0; i < 100; i++) {
		stage_say(st, "cccccccccccccccccchome", "<presence type='unavailable'/>");
		stage_say(st, "cccccccccccccccccchome", "<presence/>");
	}
	stage_say(st, "cccccccccccccccccchome", "<presence type='unavailable'/>");
	stage_settle(st, "cccccccccccccccccchome");
	assert_in_range(stage_count(st, JULIET, "<presence"), 1, 16);
	stage_run(st, 200);
	while (stage_count(st, JULIET, "<presence")) {
		struct got *g = stage_expect(st, JULIET, "<presence");

		if (!stage_count(st, JULIET, "<presence"))
			assert_non_null(strstr(g->payload, "type='unavailable'"));
	}
	stage_free(&st);
}

/* ---- what only the server says ---- */

static void
forged_pushes_and_carbons(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org");
	come(st, JULIET, "juliet@example.org");
	stage_say(st, ROMEO, "<iq to='juliet@example.org/hall' type='set' id='1'><query xmlns='jabber:iq:roster'/></iq>");
	stage_expect(st, ROMEO, "<service-unavailable");
	stage_say(st, ROMEO, "<message to='juliet@example.org'><body>x</body><sent xmlns='urn:xmpp:carbons:2'/>"
			     "<stanza-id xmlns='urn:xmpp:sid:0' by='juliet@example.org' id='1'/></message>");
	assert_string_equal(stage_expect(st, JULIET, "<message")->payload,
			    "<message from='romeo@example.org/road' to='juliet@example.org'><body>x</body></message>");
	stage_say(st, ROMEO, "<message to='juliet@example.org'><received xmlns='urn:xmpp:carbons:2'/></message>");
	stage_say(st, ROMEO, "<message to='juliet@example.org'><body>" "<sent xmlns='urn:xmpp:carbons:2'/>" "</body></message>");
	stage_expect(st, JULIET, "<body><sent"); /* deep inside it means nothing to anybody */
	stage_quiet(st, JULIET);
}

/* ---- impatient c2s ---- */

static void
reopened_again_and_again(void **state)
{
	struct stage *st = *state;
	struct sm *sm = stage_owner(st, "romeo@example.org");
	struct sm_user *user;

	come(st, JULIET, "juliet@example.org");
	stage_trouble_load(TROUBLE_TEMPORARY);
	for (int i = 0; i < 10; i++)
		stage_to_owner(st, "c2s-1", "romeo@example.org", ROMEO,
			       "<open xmlns='urn:carillon:session:1' user='romeo' host='example.org' resource='road' address='' "
			       "secure='' mechanism='' resume='1' jid='romeo@example.org/road' in='2' out='7'/>");
	stage_settle(st, JULIET);
	user = user_find(sm, STR("romeo@example.org"));
	assert_non_null(user);
	assert_int_equal(user->queue.len, 1);
	assert_int_equal(user->queue_foreign, 1);
	stage_trouble_load(TROUBLE_NONE);
	stage_expect(st, ROMEO, "<opened");
	stage_settle(st, JULIET);
	assert_int_equal(stage_count(st, ROMEO, "<opened"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_stranger_probes),
		TEST(a_contact_probes),
		TEST(a_probe_of_directed_presence),
		TEST(a_probe_from_here_wakes_nobody),
		TEST(large_offline_messages),
		TEST(many_presences_at_once),
		cmocka_unit_test(restless_presence),
		TEST(forged_pushes_and_carbons),
		TEST(reopened_again_and_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
