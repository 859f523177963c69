/* SPDX-License-Identifier: Apache-2.0 */
/* Stream management (XEP-0198) at the c2s: what it counts, says to the client and to the sm, and how streams are resumed. */
#include "tests/unit/c2s_stage.h"
#include "xmpp/name.h"

#include <stdio.h>
#include <stdlib.h>

#define ERROR(condition) "<stream:error><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
#define SM " xmlns='urn:xmpp:sm:3'"
#define W " xmlns='urn:carillon:session:1'"

static struct stage s;
static struct raw c, other;
static struct stage_sm *sm;

static int
setup(void **state)
{
	(void)state;
	other = (struct raw){0};
	stage_start(&s, "tls = optional\n", NULL);
	sm = &s.sm[0];
	stage_enter(&s, &c, "juliet", "balcony");
	sm_forget(sm);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	if (other.bus)
		raw_close(&other);
	raw_close(&c);
	stage_stop(&s);
	return 0;
}

static struct client *
bound(void)
{
	assert_int_equal(s.c2s.clients[CLIENT_BOUND].len, 1);
	return list_entry(s.c2s.clients[CLIENT_BOUND].first, struct client, state_node);
}

static struct bond *
bond(void)
{
	return bound()->bond;
}

static struct managed *
managed(void)
{
	assert_non_null(bond()->managed);
	return bond()->managed;
}

static void
sm_hears(const char *text)
{
	WAIT(&s.bus, sm_heard(sm, text));
}

/* The answer without the SM-ID, which is nobody's business here. */
static void
enable(const char *attrs)
{
	char text[120];

	snprintf(text, sizeof(text), "<enable" SM "%s/>", attrs);
	stage_say(&c, text);
	stage_hear(&c, "<enabled" SM);
	stage_hear(&c, ">");
	sm_hears("payload=<enable" W " id='");
}

/* The client has nothing else to hear: the answer to this comes next. */
static void
hears_nothing_but(const char *h)
{
	char text[64];

	stage_say(&c, "<r" SM "/>");
	snprintf(text, sizeof(text), "<a" SM " h='%s'/>", h);
	WAIT(&s.bus, raw_got(&c, text));
	assert_int_equal(str_find(buf_str(&c.in), str_z(text)), 0);
	stage_forget(&c);
}

/* ---- enabling ---- */

static void
test_enable(void **state)
{
	(void)state;
	s.c2s.set.resume_time = 600000;
	sm_send(sm, "<message id='before'/>");
	stage_hear(&c, "<message id='before'/>");
	stage_say(&c, "<presence/>");
	sm_hears("seq=1 ");
	enable(" resume='true'");
	sm_hears("seq=2 rid= payload=<enable" W " id='");
	assert_true(sm_heard(sm, "' out='1' max='600'/>"));
	assert_int_equal(managed()->in_base, 2);
	assert_int_equal(managed()->count, 0);
	assert_true(bond_resumable(bond()));
	stage_say(&c, "<enable" SM "/>"); /* twice */
	stage_hear(&c, "<failed" SM "><unexpected-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
	stage_say(&c, "<resume" SM " previd='x' h='0'/>"); /* too late */
	stage_hear(&c, "<failed" SM "><unexpected-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
	hears_nothing_but("0");
}

static void
test_time_away(void **state)
{
	static const struct {
		const char *attrs;
		uint64_t allowed, max;
	} rows[] = {
		{"", 600, 0},
		{" resume='false'", 600, 0},
		{" resume='1'", 600, 600},
		{" resume='true' max='60'", 600, 60},
		{" resume='true' max='6000'", 600, 600},
		{" resume='true' max='0'", 600, 600},
		{" resume='true' max='soon'", 600, 600},
		{" resume='true' max='60'", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		s.c2s.set.resume_time = rows[i].allowed * 1000;
		enable(rows[i].attrs);
		assert_int_equal(managed()->max, rows[i].max);
		assert_int_equal(bond_resumable(bond()), rows[i].max > 0);
		raw_close(&c);
		WAIT(&s.bus, s.c2s.sids.len == 0);
		stage_enter(&s, &c, "juliet", "balcony");
		sm_forget(sm);
	}
}

static void
test_before_it_is_on(void **state)
{
	(void)state;
	stage_say(&c, "<r" SM "/>");
	stage_hear(&c, "<failed" SM "><unexpected-request ");
	stage_say(&c, "<a" SM " h='0'/>");
	stage_hear(&c, "<failed" SM "><unexpected-request ");
	raw_close(&c);
	stage_connect(&s, &c, false);
	stage_login(&c, "juliet");
	stage_hear(&c, "<sm" SM "/>"); /* offered */
	stage_say(&c, "<enable" SM "/>"); /* but not before there is a resource */
	stage_hear(&c, "<failed" SM "><unexpected-request ");
	stage_bind(&c, "balcony");
}

/* What is on its way to the socket came before <enabled/>: the client's first word about stanzas tells that it has it. */
static void
test_what_came_before(void **state)
{
	(void)state;
	sm_send(sm, "<message id='1'/>");
	sm_send(sm, "<message id='2'/>");
	WAIT(&s.bus, bond()->received == 2);
	enable("");
	sm_send(sm, "<message id='3'/>");
	stage_hear(&c, "<message id='3'/>");
	stage_say(&c, "<a" SM " h='0'/>");
	WAIT(&s.bus, sm->heard_ack == 2);
	stage_say(&c, "<a" SM " h='1'/>");
	WAIT(&s.bus, sm->heard_ack == 3);
}

/* ---- counting what comes from the client ---- */

static void
test_acknowledgements_come_by_themselves(void **state)
{
	(void)state;
	sm->lazy = true;
	enable("");
	stage_say(&c, "<presence/><message to='romeo@example.org' id='m1'/><message to='romeo@example.org' id='m2'/>");
	sm_hears("seq=4 ");
	hears_nothing_but("0"); /* nothing is dealt with, not even <enable/> */
	sm_word(sm, 1, "<ack" W "/>");
	WAIT(&s.bus, bond()->acked == 1);
	sm_word(sm, 3, "<ack" W "/>");
	stage_hear(&c, "<a" SM " h='2'/>");
	sm_word(sm, 3, "<ack" W "/>"); /* nothing new */
	sm_word(sm, 4, "<ack" W "/>");
	WAIT(&s.bus, raw_got(&c, "<a" SM " h='3'/>"));
	assert_false(raw_got(&c, "h='2'"));
	stage_forget(&c);
	hears_nothing_but("3");
}

/* What c2s answers itself is a stanza like the others: the sm sends the answer back, so that both counts stay right. */
static void
test_echo(void **state)
{
	(void)state;
	enable("");
	stage_say(&c, "<message to='a@b@c' id='e1'/>");
	sm_hears("seq=2 rid= payload=<echo" W ">&lt;message ");
	assert_false(raw_got(&c, "jid-malformed"));
	sm_forget(sm);
	stage_say(&c, "<iq type='set' id='e2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
	sm_hears("seq=3 rid= payload=<echo" W ">&lt;iq ");
	stage_say(&c, "<iq type='error' id='e3' to='@'/>"); /* answered by nobody; it counts all the same */
	stage_say(&c, "<presence/>");
	sm_hears("payload=<presence");
	stage_hear(&c, "<a" SM " h='");
	WAIT(&s.bus, bond()->acked == bond()->sent);
	assert_int_equal(manage_handled(bond()), bond()->sent - managed()->in_base);
}

/* Many of them fill the ring like any other stanzas. */
/* Escaped twice on its way to the sm and back it may outgrow a frame: nothing is sent that would only come back. */
static void
test_echo_too_large(void **state)
{
	char *text = xmalloc(120001);

	(void)state;
	memset(text, '"', 120000);
	text[120000] = '\0';
	enable("");
	sm_forget(sm);
	raw_send(&c, "<message to='a@b@c' id='");
	raw_send(&c, text);
	stage_say(&c, "'/>");
	stage_hear(&c, "<policy-violation ");
	stage_hear_end(&c);
	WAIT(&s.bus, s.c2s.sids.len == 0); /* nor does anything wait to be sent again */
	free(text);
}

static void
test_echoes_are_bounded(void **state)
{
	(void)state;
	sm->lazy = true;
	s.c2s.set.unacked_max = 4;
	enable("");
	for (unsigned i = 0; i < 30; i++)
		stage_say(&c, "<message to='a@b@c' id='e'/>");
	WAIT(&s.bus, bound()->pauses & PAUSE_RING);
	assert_true(bond()->ring.count <= 5);
	sm->lazy = false;
	sm_word(sm, bond()->sent, "<ack" W "/>");
	WAIT(&s.bus, bond()->acked == 31);
}

/* ---- counting what goes to the client ---- */

static void
test_only_what_the_client_acknowledged(void **state)
{
	(void)state;
	enable("");
	for (unsigned i = 1; i <= 5; i++)
		sm_send(sm, "<message/>");
	stage_hear(&c, "<message/><message/><message/><message/><message/>");
	stage_hear(&c, "<r" SM "/>");
	sm->heard_ack = 0;
	stage_say(&c, "<a" SM " h='3'/>");
	stage_hear(&c, "<r" SM "/>"); /* as long as it does not know all */
	WAIT(&s.bus, sm->heard_ack == 3);
	sm_send_named(sm, 5, NULL, "<message/>"); /* a question of the sm: no more than before */
	stage_say(&c, "<presence/>");
	sm_hears("payload=<presence");
	assert_int_equal(sm->heard_ack, 3);
	stage_say(&c, "<a" SM " h='2'/>"); /* an old one */
	stage_say(&c, "<a" SM " h='5'/>");
	WAIT(&s.bus, sm->heard_ack == 5);
	WAIT(&s.bus, managed()->needs == NULL);
	assert_false(raw_got(&c, "<r"));
}

static void
test_h_wraps(void **state)
{
	(void)state;
	enable("");
	managed()->count = managed()->h = UINT64_C(0xfffffffe);
	bond()->acked = bond()->sent = UINT64_C(0x100000000); /* so has the other direction */
	managed()->in_base = 1;
	hears_nothing_but("4294967295");
	bond()->acked = bond()->sent = UINT64_C(0x100000003);
	hears_nothing_but("2");
	for (unsigned i = 0; i < 4; i++)
		sm_send(sm, "<message/>");
	stage_hear(&c, "<message/><message/><message/><message/>");
	stage_say(&c, "<a" SM " h='4294967295'/>");
	WAIT(&s.bus, managed()->h == UINT64_C(0xffffffff));
	stage_say(&c, "<a" SM " h='1'/>");
	WAIT(&s.bus, managed()->h == UINT64_C(0x100000001));
	stage_say(&c, "<a" SM " h='4294967295'/>"); /* of before the turn */
	stage_say(&c, "<a" SM " h='2'/>");
	WAIT(&s.bus, managed()->h == UINT64_C(0x100000002));
	assert_int_equal(bond()->flushed, 4);
}

static void
test_h_too_high(void **state)
{
	(void)state;
	enable("");
	sm_send(sm, "<message/>");
	stage_hear(&c, "<message/>");
	stage_say(&c, "<a" SM " h='2'/>");
	stage_hear(&c, ERROR("undefined-condition"));
	stage_hear(&c, "<handled-count-too-high" SM " h='2' send-count='1'/>");
	stage_hear_end(&c);
	sm_hears("<close" W " reason='error'/>"); /* such a stream is not to be resumed */
	assert_int_equal(s.c2s.sids.len, 0);
}

static void
test_h_that_is_none(void **state)
{
	static const char *const bad[] = {"<a" SM "/>", "<a" SM " h=''/>", "<a" SM " h='-1'/>", "<a" SM " h='4294967296'/>",
					  "<a" SM " h='1x'/>"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		enable("");
		stage_say(&c, bad[i]);
		stage_hear(&c, ERROR("policy-violation"));
		stage_hear_end(&c);
		raw_close(&c);
		stage_enter(&s, &c, "juliet", "balcony");
		sm_forget(sm);
	}
}

/* A silent client is asked what it has to answer anyway. */
static void
test_silence(void **state)
{
	(void)state;
	raw_close(&c);
	s.c2s.set.ping_after = 20;
	s.c2s.set.ping_timeout = 2000;
	stage_enter(&s, &c, "romeo", "orchard");
	sm_forget(sm);
	s.c2s.set.resume_time = 60000;
	enable(" resume='true'");
	stage_hear(&c, "<r" SM "/>");
	assert_false(raw_got(&c, "<ping"));
	stage_say(&c, "<a" SM " h='0'/>");
	s.c2s.set.ping_timeout = 20;
	stage_hear(&c, "<r" SM "/>");
	stage_hear(&c, ERROR("connection-timeout"));
	stage_hear_end(&c);
	sm_hears("<close" W " reason='lost'/>"); /* it may come back */
}

/* ---- a new owner ---- */

static void
word_to(struct stage_sm *m, uint64_t ack, const char *rid, const char *word)
{
	component_send(m->actor->c, &(struct frame){.to = STR("c2s-1"), .sid = str_z(m->sid), .ack = ack, .rid = str_z(rid),
						    .payload = str_z(word)});
}

/* The sm lets go of the session, and the answer to the question that follows is the test's. */
static void
lose_owner(void)
{
	sm->deaf = true;
	sm_word(sm, 0, "<unknown" W "/>");
	sm_hears(" resume='1'");
}

/* <open/> says that the client has it, and so many places before the last. */
static void
assert_told(const char *name, uint32_t back)
{
	struct siphash_key key = name_key(str_z(sm->sid));
	const char *at = strstr(sm->asked, "<had>");
	struct name_told *told;
	struct name_hash hash;
	size_t count = 0, i;

	assert_non_null(at);
	told = names_told_parse(str_n(at + 5, (size_t)(strstr(at, "</had>") - at - 5)), &count);
	assert_non_null(told);
	(void)name_hash(&key, str_z(name), &hash);
	for (i = 0; i < count && told[i].name.said != hash.said; i++)
		;
	assert_true(i < count);
	assert_int_equal(told[i].back, back);
	free(told);
}

static void
test_reopen(void **state)
{
	const char *opened = "<opened" W " jid='juliet@example.org/balcony' anew='1'/>";

	(void)state;
	s.c2s.set.resume_time = 600000;
	sm_send(sm, "<message id='0'/>");
	stage_hear(&c, "<message id='0'/>");
	stage_say(&c, "<presence/>");
	WAIT(&s.bus, bond()->acked == 1);
	enable(" resume='true'");
	sm_send_named(sm, ++sm->out, "romeo.1", "<message id='1'/>");
	sm_send_named(sm, ++sm->out, "romeo.2", "<message id='2'/>");
	stage_hear(&c, "<message id='2'/>");
	stage_say(&c, "<a" SM " h='1'/>");
	WAIT(&s.bus, sm->heard_ack == 2);
	sm_forget(sm);
	lose_owner();
	assert_int_equal(managed()->count, 2);
	assert_non_null(strstr(sm->asked, " in='2' out='3' manage='"));
	assert_non_null(strstr(sm->asked, "' in-base='2' count='2' max='600' gen='0' acked='1'"));
	assert_told("romeo.2", 0);
	assert_told("romeo.1", 1);
	assert_int_equal(bond()->flushed, 2);
	word_to(sm, 2, NULL, opened);
	WAIT(&s.bus, bond()->state == BOND_OPEN);
	assert_int_equal(bond()->flushed, 3); /* the former owner's numbers are of no account */
	sm_forget(sm);
	/* messages come from the log: one that the client has, one that is new, one more that it has */
	sm_send_named(sm, 4, "romeo.2", "<message id='2'/>");
	sm_send_named(sm, 5, "romeo.3", "<message id='3'/>");
	sm_send_named(sm, 6, "romeo.1", "<message id='1'/>");
	sm_send_named(sm, 7, NULL, "<iq type='get' id='4'/>");
	stage_hear(&c, "<message id='3'/><iq type='get' id='4'/>");
	sm_hears("payload=<had" W " seq='4' count='2'/>");
	sm_hears("payload=<had" W " seq='6' count='1'/>");
	sm_forget(sm);
	sm_send_named(sm, 4, "romeo.2", "<message id='2'/>"); /* it has not heard that, and repeats them */
	sm_send_named(sm, 5, "romeo.3", "<message id='3'/>");
	sm_send_named(sm, 6, "romeo.1", "<message id='1'/>");
	sm_hears("payload=<had" W " seq='4' count='2'/>");
	sm_hears("payload=<had" W " seq='6' count='1'/>");
	assert_false(sm_heard(sm, "seq='5'"));
	assert_int_equal(managed()->count, 4);
	assert_int_equal(bond()->flushed, 3); /* it has said that it has one, and the next number is its second */
	stage_say(&c, "<a" SM " h='2'/>");
	WAIT(&s.bus, bond()->flushed == 4);
	stage_say(&c, "<a" SM " h='3'/>");
	WAIT(&s.bus, bond()->flushed == 6);
	stage_say(&c, "<a" SM " h='4'/>");
	WAIT(&s.bus, sm->heard_ack == 7);
}

/* The same owner goes on: its numbers count as before. */
static void
test_reopen_at_the_same(void **state)
{
	(void)state;
	enable("");
	for (unsigned i = 0; i < 3; i++)
		sm_send(sm, "<message/>");
	stage_hear(&c, "<message/><message/><message/>");
	stage_say(&c, "<a" SM " h='1'/>");
	WAIT(&s.bus, sm->heard_ack == 1);
	lose_owner();
	assert_null(strstr(sm->asked, "<had")); /* it cannot resume */
	stage_say(&c, "<a" SM " h='2'/>"); /* while there is nobody to be told */
	WAIT(&s.bus, bond()->flushed == 2);
	sm->heard_ack = 0;
	word_to(sm, 1, NULL, "<opened" W " jid='juliet@example.org/balcony'/>");
	WAIT(&s.bus, sm->heard_ack == 2);
	sm_send_named(sm, 3, NULL, "<message/>"); /* repeated: it is not given to the client again */
	stage_say(&c, "<a" SM " h='3'/>");
	WAIT(&s.bus, sm->heard_ack == 3);
	assert_int_equal(managed()->count, 3);
}

/* ---- the client goes ---- */

/* It repeats itself what has not been dealt with: the sm hears at once that it may come back, and nothing is kept here. */
static void
test_lost(void **state)
{
	(void)state;
	s.c2s.set.resume_time = 60000;
	enable(" resume='true'");
	sm->lazy = true;
	sm_send(sm, "<message id='1'/>");
	sm_send(sm, "<message id='2'/>");
	stage_hear(&c, "<message id='2'/>");
	stage_say(&c, "<a" SM " h='1'/><message to='romeo@example.org' id='last'/>");
	sm_hears("id='last'");
	raw_close(&c);
	sm_hears("<close" W " reason='lost'/>");
	assert_int_equal(sm->heard_ack, 1);
	assert_int_equal(s.c2s.sids.len, 0);
}

/* One that cannot resume is like any other: its last words are dealt with first. */
static void
test_lost_for_good(void **state)
{
	(void)state;
	enable("");
	sm->lazy = true;
	stage_say(&c, "<message to='romeo@example.org' id='last'/>");
	sm_hears("id='last'");
	raw_close(&c);
	WAIT(&s.bus, s.c2s.leaving.len == 1);
	assert_false(sm_heard(sm, "<close"));
	sm_word(sm, 2, "<ack" W "/>");
	sm_hears("<close" W " reason='lost'/>");
}

static void
test_closed(void **state)
{
	(void)state;
	s.c2s.set.resume_time = 60000;
	enable(" resume='true'");
	sm->lazy = true;
	stage_say(&c, "<message to='romeo@example.org' id='last'/></stream:stream>");
	sm_hears("<closing" W "/>"); /* it does not come back, but is not through yet */
	assert_false(sm_heard(sm, "<close" W));
	sm_word(sm, 2, "<ack" W "/>");
	sm_hears("<close" W " reason='closed'/>");
}

/* Without a stream error, and without </stream:stream>: that would end its session. */
static void
test_drain(void **state)
{
	(void)state;
	s.c2s.set.resume_time = 60000;
	s.c2s.set.drain_time = 50;
	enable(" resume='true'");
	sm_send(sm, "<message id='1'/>");
	WAIT(&s.bus, bond()->received == 1);
	drain_start(&s.c2s);
	sm_hears("<close" W " reason='shutdown'/>");
	stage_hear_end(&c);
	assert_true(raw_got(&c, "<message id='1'/>"));
	assert_false(raw_got(&c, "stream:error"));
	assert_false(raw_got(&c, "</stream:stream>"));
}

static void
test_lost_while_nobody_is_there(void **state)
{
	(void)state;
	s.c2s.set.resume_time = 60000;
	enable(" resume='true'");
	lose_owner();
	raw_close(&c);
	WAIT(&s.bus, s.c2s.leaving.len == 1);
	sm_forget(sm);
	word_to(sm, 1, NULL, "<opened" W " jid='juliet@example.org/balcony' anew='1'/>");
	sm_hears("<close" W " reason='lost'/>");
	assert_int_equal(s.c2s.sids.len, 0);
}

/* ---- resuming ---- */

#define PREVID "previousprevioussmid00"
#define SID "formerformerformersid1"

/* A client logs in, and asks for a session; the sm is the test's. asked: the sid of the question. */
static void
ask(struct raw *r, char *asked)
{
	struct list *waiting = &s.c2s.clients[CLIENT_BINDING];

	stage_connect(&s, r, false);
	stage_login(r, "juliet");
	stage_forget(r);
	sm_forget(sm);
	stage_say(r, "<resume" SM " previd='" PREVID "' h='30'/>");
	sm_hears("payload=<resume" W " user='juliet' host='example.org'");
	assert_true(sm_heard(sm, " previd='" PREVID "' h='30'/>"));
	assert_int_equal(waiting->len, 1);
	memcpy(asked, list_entry(waiting->first, struct client, state_node)->bond->sid, SID_LEN + 1);
}

static void
answer(const char *sid, const char *asked, const char *rid)
{
	struct word_resumed w = {.asked = str_z(asked), .jid = STR("juliet@example.org/balcony"), .in = 41, .out = 57, .interested = true,
				 .presence = STR("<presence from='juliet@example.org/balcony'/>"),
				 .manage = {.id = STR(PREVID), .in_base = 11, .count = 30, .max = 600, .gen = 5}};
	struct siphash_key key = name_key(str_z(sid));
	struct name_told told = {.back = 4};
	struct buf b = {0}, had = {0};

	(void)name_hash(&key, STR("romeo.7"), &told.name); /* it had got that as its 26th */
	names_told_print(&had, &told, 1);
	w.had = buf_str(&had);
	word_write_resumed(&b, &w);
	component_send(sm->actor->c, &(struct frame){.to = STR("c2s-1"), .sid = str_z(sid), .ack = 41, .rid = str_z(rid),
						     .payload = buf_str(&b)});
	memcpy(sm->sid, sid, SID_LEN);
	sm->in = 41;
	sm->out = 57;
	buf_done(&b);
	buf_done(&had);
}

static void
refuse(const char *asked, const char *rid, enum stanza_condition condition)
{
	struct buf b = {0};

	word_write_refused(&b, condition, NULL);
	component_send(sm->actor->c, &(struct frame){.to = STR("c2s-1"), .sid = str_z(asked), .rid = str_z(rid), .payload = buf_str(&b)});
	buf_done(&b);
}

static void
test_resumed(void **state)
{
	char asked[SID_LEN + 1];

	(void)state;
	raw_close(&c);
	WAIT(&s.bus, s.c2s.sids.len == 0);
	ask(&c, asked);
	stage_say(&c, "<message to='romeo@example.org' id='m31'/>"); /* it need not wait */
	answer(SID, asked, "1");
	stage_hear(&c, "<resumed" SM " previd='" PREVID "' h='30'/>");
	sm_hears("payload=<ack"); /* it has been taken */
	sm_hears("seq=42 rid= payload=<message ");
	stage_hear(&c, "<a" SM " h='31'/>");
	assert_string_equal(bond()->sid, SID);
	assert_ptr_equal(map_find(&s.c2s.sids, STR(SID)), bond());
	assert_null(map_find(&s.c2s.sids, str_z(asked)));
	assert_true(bond()->interested);
	assert_non_null(bond()->presence);
	assert_int_equal(managed()->gen, 5);
	assert_null(bound()->login);
	/* what it lacks */
	sm_send_named(sm, ++sm->out, "romeo.8", "<message id='8'/>");
	stage_hear(&c, "<message id='8'/>");
	stage_hear(&c, "<r" SM "/>");
	sm->heard_ack = 0;
	stage_say(&c, "<a" SM " h='31'/>");
	WAIT(&s.bus, sm->heard_ack == 58);
	/* and it is a session like any other */
	sm_forget(sm);
	lose_owner();
	assert_non_null(strstr(sm->asked, " in='42' out='58' interested='1' manage='" PREVID
					  "' in-base='11' count='31' max='600' gen='5' acked='31'"));
	assert_told("romeo.8", 0);
	assert_told("romeo.7", 5); /* what the c2s before has given it */
	word_to(sm, 42, NULL, "<opened" W " jid='juliet@example.org/balcony' anew='1'/>");
	sm_send_named(sm, 59, "romeo.7", "<message id='7'/>");
	sm_hears("payload=<had" W " seq='59' count='26'/>");
}

static void
test_refused(void **state)
{
	char asked[SID_LEN + 1];

	(void)state;
	raw_close(&c);
	WAIT(&s.bus, s.c2s.sids.len == 0);
	ask(&c, asked);
	refuse(asked, "1", STANZA_ERR_ITEM_NOT_FOUND);
	stage_hear(&c, "<failed" SM "><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
	assert_int_equal(s.c2s.sids.len, 0);
	stage_bind(&c, "balcony"); /* it goes on in its stream */
	enable("");
}

static void
test_questions_that_are_none(void **state)
{
	static const char *const bad[] = {"<resume" SM "/>", "<resume" SM " previd='x'/>", "<resume" SM " h='1'/>",
					  "<resume" SM " previd='' h='1'/>", "<resume" SM " previd='x' h='4294967296'/>",
					  "<resume" SM " previd='x' h='-1'/>"};
	char text[300];

	(void)state;
	raw_close(&c);
	WAIT(&s.bus, s.c2s.sids.len == 0);
	stage_connect(&s, &c, false);
	stage_login(&c, "juliet");
	sm_forget(sm);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		stage_say(&c, bad[i]);
		stage_hear(&c, "<failed" SM "><bad-request ");
	}
	snprintf(text, sizeof(text), "<resume" SM " h='1' previd='%0201d'/>", 0);
	stage_say(&c, text);
	stage_hear(&c, "<failed" SM "><item-not-found ");
	assert_false(sm_heard(sm, "<resume"));
}

/* Each costs the sm something: so many on a stream, with those to bind. */
static void
test_too_many_questions(void **state)
{
	char asked[SID_LEN + 1];

	(void)state;
	raw_close(&c);
	WAIT(&s.bus, s.c2s.sids.len == 0);
	ask(&c, asked);
	for (unsigned i = 1; i < BINDS_MAX; i++) {
		refuse(asked, "1", STANZA_ERR_ITEM_NOT_FOUND);
		stage_hear(&c, "<item-not-found ");
		sm_forget(sm);
		stage_say(&c, "<resume" SM " previd='" PREVID "' h='1'/>");
		sm_hears("payload=<resume");
		memcpy(asked, list_entry(s.c2s.clients[CLIENT_BINDING].first, struct client, state_node)->bond->sid, SID_LEN + 1);
	}
	refuse(asked, "1", STANZA_ERR_ITEM_NOT_FOUND);
	stage_hear(&c, "<item-not-found ");
	sm_forget(sm);
	stage_say(&c, "<resume" SM " previd='" PREVID "' h='1'/>");
	stage_hear(&c, "<policy-violation "); /* as for one request to bind too many */
	stage_hear_end(&c);
	assert_false(sm_heard(sm, "<resume"));
}

/* The client's old stream is here still: it ends, and says nothing to the sm. */
static void
test_old_stream_is_here(void **state)
{
	char sid[SID_LEN + 1], asked[SID_LEN + 1];

	(void)state;
	s.c2s.set.resume_time = 60000;
	enable(" resume='true'");
	memcpy(sid, bond()->sid, sizeof(sid));
	ask(&other, asked);
	answer(sid, asked, "1");
	stage_hear(&c, ERROR("conflict"));
	stage_hear_end(&c);
	stage_hear(&other, "<resumed" SM " previd='" PREVID "' h='30'/>");
	assert_string_equal(bond()->sid, sid);
	stage_say(&other, "<presence/>");
	sm_hears("seq=42 rid= payload=<presence");
	assert_false(sm_heard(sm, "<close"));
}

/* Its sm has given the session to another c2s, and that one to a third; a late question of this one is refused. */
static void
test_former_stream_reopens(void **state)
{
	(void)state;
	s.c2s.set.resume_time = 60000;
	enable(" resume='true'");
	lose_owner();
	refuse(sm->sid, NULL, STANZA_ERR_CONFLICT);
	stage_hear(&c, ERROR("conflict"));
	stage_hear_end(&c);
	assert_int_equal(s.c2s.sids.len, 0);
	assert_false(sm_heard(sm, "<close"));
}

/* The client is gone when the answer comes: the sm hears that it may come again. */
static void
test_gone_before_the_answer(void **state)
{
	char asked[SID_LEN + 1];

	(void)state;
	raw_close(&c);
	WAIT(&s.bus, s.c2s.sids.len == 0);
	ask(&c, asked);
	client_drop(list_entry(s.c2s.clients[CLIENT_BINDING].first, struct client, state_node), "lost", NULL);
	sm_forget(sm);
	answer(SID, asked, "1");
	sm_hears("sid=" SID " seq=0 rid=1 payload=<close" W " reason='lost'/>");
	assert_null(map_find(&s.c2s.sids, STR(SID)));
}

/* An answer to a question that was asked again since: only the last one counts. */
static void
test_late_answer(void **state)
{
	char asked[SID_LEN + 1];

	(void)state;
	raw_close(&c);
	WAIT(&s.bus, s.c2s.sids.len == 0);
	ask(&c, asked);
	word_to(&(struct stage_sm){.actor = sm->actor, .sid = ""}, 0, NULL, "<nonsense/>");
	component_send(sm->actor->c, &(struct frame){.to = STR("c2s-1"), .sid = str_z(asked), .rid = STR("1"),
						     .payload = STR("<unknown" W "/>")}); /* not its owner: ask again */
	sm_hears("rid=2.0 payload=<resume");
	sm_forget(sm);
	answer(SID, asked, "1");
	sm_hears("sid=" SID " seq=0 rid=1 payload=<close" W " reason='lost'/>");
	assert_int_equal(s.c2s.clients[CLIENT_BINDING].len, 1);
	answer(SID, asked, "2");
	stage_hear(&c, "<resumed");
	assert_string_equal(bond()->sid, SID);
}

/* The same question is answered twice: the client keeps what it has, and the sm hears with which numbers it goes on. */
static void
test_answered_twice(void **state)
{
	char asked[SID_LEN + 1];

	(void)state;
	raw_close(&c);
	WAIT(&s.bus, s.c2s.sids.len == 0);
	ask(&c, asked);
	answer(SID, asked, "1");
	stage_hear(&c, "<resumed");
	sm_forget(sm);
	sm->deaf = true;
	answer(SID, asked, "1");
	sm_hears(" resume='1'");
	assert_int_equal(s.c2s.clients[CLIENT_BOUND].len, 1);
	assert_string_equal(bond()->sid, SID);
	assert_false(raw_got(&c, "stream:error"));
	assert_false(sm_heard(sm, "<close"));
}

static void
test_answer_that_cannot_be_read(void **state)
{
	char asked[SID_LEN + 1];
	static const char *const bad[] = {
		"<resumed" W "/>",
		"<resumed" W " asked='x' jid='j' in='1' out='1' manage='" PREVID "' in-base='1' count='1' max='1' gen='1'/>",
		"<resumed" W " asked='" SID "' jid='j' in='1' out='1' manage='short' in-base='1' count='1' max='1' gen='1'/>",
		"<resumed" W " asked='" SID "' jid='j' in='1' out='1' manage='" PREVID "' in-base='2' count='1' max='1' gen='1'/>",
	};

	(void)state;
	raw_close(&c);
	WAIT(&s.bus, s.c2s.sids.len == 0);
	ask(&c, asked);
	memcpy(sm->sid, SID, SID_LEN);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		sm_word(sm, 0, bad[i]);
	answer(SID, asked, "1");
	stage_hear(&c, "<resumed");
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_enable),
		T(test_time_away),
		T(test_before_it_is_on),
		T(test_what_came_before),
		T(test_acknowledgements_come_by_themselves),
		T(test_echo),
		T(test_echo_too_large),
		T(test_echoes_are_bounded),
		T(test_only_what_the_client_acknowledged),
		T(test_h_wraps),
		T(test_h_too_high),
		T(test_h_that_is_none),
		T(test_silence),
		T(test_reopen),
		T(test_reopen_at_the_same),
		T(test_lost),
		T(test_lost_for_good),
		T(test_closed),
		T(test_drain),
		T(test_lost_while_nobody_is_there),
		T(test_resumed),
		T(test_refused),
		T(test_questions_that_are_none),
		T(test_too_many_questions),
		T(test_old_stream_is_here),
		T(test_former_stream_reopens),
		T(test_gone_before_the_answer),
		T(test_late_answer),
		T(test_answered_twice),
		T(test_answer_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
