/* SPDX-License-Identifier: Apache-2.0 */
/* A bound session: stanzas both ways, their numbers, what happens when sm, router or client go, and limits. */
#include "tests/unit/c2s_stage.h"

#include <stdio.h>
#include <stdlib.h>

#define ERROR(condition) "<stream:error><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"

static struct stage s;
static struct raw c;
static struct stage_sm *sm;

static void
begin(const char *config)
{
	char text[256];

	snprintf(text, sizeof(text), "tls = optional\n%s", config);
	stage_start(&s, text, NULL);
	sm = &s.sm[0];
	stage_enter(&s, &c, "juliet", "balcony");
	sm_forget(sm);
}

static int
setup(void **state)
{
	(void)state;
	begin("");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
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

static void
sm_hears(const char *text)
{
	WAIT(&s.bus, sm_heard(sm, text));
}

/* --- to the sm --- */

static void
test_stamping(void **state)
{
	static const struct {
		const char *says, *arrives;
	} rows[] = {
		{"<presence/>", "<presence from='juliet@example.org/balcony'/>"},
		{"<message from='juliet@example.org/balcony' to='romeo@example.org'/>",
		 "<message from='juliet@example.org/balcony' to='romeo@example.org'/>"},
		{"<message from='juliet@example.org' to='ROMEO@Example.org/Orchard'/>",
		 "<message from='juliet@example.org/balcony' to='romeo@example.org/Orchard'/>"},
		{"<message from='Juliet@EXAMPLE.org/balcony'/>", "<message from='juliet@example.org/balcony'/>"},
		{"<message to='romeo@example.org' xml:lang='it'/>",
		 "<message to='romeo@example.org' xml:lang='it' from='juliet@example.org/balcony'/>"},
		{"<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>",
		 "<iq type='get' id='1' from='juliet@example.org/balcony'><query xmlns='jabber:iq:roster'/></iq>"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char want[300];

		stage_say(&c, rows[i].says);
		snprintf(want, sizeof(want), "seq=%zu rid= payload=%s\n", i + 1, rows[i].arrives);
		sm_hears(want);
	}
	WAIT(&s.bus, bond()->acked == ARRAY_LEN(rows));
	assert_null(bond()->ring.slots); /* acknowledged: nothing is kept */
	assert_true(bond()->interested);
	assert_true(str_is(chunk_str(bond()->presence), rows[0].arrives));
	stage_say(&c, "<presence type='unavailable'/>");
	WAIT(&s.bus, bond()->presence == NULL);
}

/* What a re-open would tell: only presence that the sm takes, and that the client has asked for its own roster. */
static void
test_noticed_in_passing(void **state)
{
	(void)state;
	stage_say(&c, "<presence><priority>1</priority></presence>");
	stage_say(&c, "<presence><priority>1000</priority></presence>");
	stage_say(&c, "<presence><show>xa</show><show>dnd</show></presence>");
	stage_say(&c, "<presence to='romeo@example.org'><show>away</show></presence>");
	stage_say(&c, "<iq type='get' id='r1' to='romeo@example.org'><query xmlns='jabber:iq:roster'/></iq>");
	WAIT(&s.bus, bond()->acked == 5);
	assert_true(str_is(chunk_str(bond()->presence),
			   "<presence from='juliet@example.org/balcony'><priority>1</priority></presence>"));
	assert_false(bond()->interested);
	stage_say(&c, "<iq type='get' id='r2' to='JULIET@example.org'><query xmlns='jabber:iq:roster'/></iq>");
	WAIT(&s.bus, bond()->acked == 6);
	assert_true(bond()->interested);
}

static void
test_stream_language(void **state)
{
	(void)state;
	raw_close(&c);
	stage_connect(&s, &c, false);
	stage_login(&c, "juliet");
	stage_bind(&c, "hall");
	sm_forget(sm);
	stage_say(&c, "<presence/>"); /* no language in the header: none is added */
	sm_hears("<presence from='juliet@example.org/hall'/>");
}

static void
test_forged_from(void **state)
{
	(void)state;
	stage_say(&c, "<message from='romeo@example.org' to='juliet@example.org'><body>x</body></message>");
	stage_hear(&c, ERROR("invalid-from"));
	stage_hear_end(&c);
	sm_hears("payload=<close xmlns='urn:carillon:session:1' reason='error'/>");
	assert_false(sm_heard(sm, "<message"));
	assert_int_equal(s.c2s.sids.len, 0);
}

static void
test_malformed_to(void **state)
{
	(void)state;
	stage_say(&c, "<iq type='error' id='no' to='@example.org'/>"); /* answered by nobody */
	stage_say(&c, "<message id='m1' to='ro meo@example.org'><body>x</body></message>");
	stage_hear(&c, "<message ");
	stage_hear(&c, "<error type='modify' by='example.org'><jid-malformed ");
	stage_say(&c, "<message id='m2' to=''/>");
	stage_hear(&c, "id='m2'");
	stage_hear(&c, "<jid-malformed ");
	stage_say(&c, "<presence/>");
	sm_hears("seq=1 rid= payload=<presence ");
	assert_false(sm_heard(sm, "<message"));
	assert_false(sm_heard(sm, "<iq"));
	assert_false(raw_got(&c, "id='no'"));
}

static void
test_words_of_the_bus(void **state)
{
	(void)state;
	stage_say(&c, "<close xmlns='urn:carillon:session:1' reason='closed'/>");
	stage_hear(&c, ERROR("unsupported-stanza-type"));
	stage_hear_end(&c);
}

static void
test_too_much_unacknowledged(void **state)
{
	(void)state;
	s.c2s.set.unacked_max = 4;
	sm->lazy = true;
	for (unsigned i = 0; i < 20; i++)
		stage_say(&c, "<presence/>");
	sm_hears("seq=4 ");
	WAIT(&s.bus, bound()->pauses & PAUSE_RING);
	assert_int_equal(bond()->sent, 4);
	sm_word(sm, 1, "<ack xmlns='urn:carillon:session:1'/>");
	WAIT(&s.bus, bond()->acked == 1);
	assert_int_equal(bond()->sent, 4); /* not before it is half empty */
	sm_word(sm, 2, "<ack xmlns='urn:carillon:session:1'/>");
	sm_hears("seq=6 ");
	assert_int_equal(bond()->sent, 6);
	sm->lazy = false;
	sm_word(sm, 6, "<ack xmlns='urn:carillon:session:1'/>");
	WAIT(&s.bus, bond()->acked == 20);
	assert_int_equal(bound()->pauses, 0);
}

static void
test_pressure(void **state)
{
	(void)state;
	flow_pressure(&s.c2s, true);
	stage_say(&c, "<presence/>");
	WAIT(&s.bus, bound()->pauses & PAUSE_BUS);
	assert_int_equal(bond()->sent, 0);
	flow_pressure(&s.c2s, false);
	sm_hears("seq=1 ");
	assert_int_equal(s.c2s.paused.len, 0);
}

static void
test_rate(void **state)
{
	char *body = xmalloc(40001);

	(void)state;
	memset(body, 'a', 40000);
	body[40000] = '\0';
	limit_init(&bound()->rate, 200000, 10000, loop_now(s.bus.loop));
	stage_say(&c, "<message to='romeo@example.org'><body>");
	stage_say(&c, body);
	stage_say(&c, "</body></message>");
	WAIT(&s.bus, bound()->pauses & PAUSE_RATE);
	sm_hears("seq=1 "); /* slower, not refused */
	stage_say(&c, "<presence/>");
	sm_hears("seq=2 ");
	free(body);
}

/* --- to the client --- */

static void
test_order_and_acknowledgement(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		char text[64];

		snprintf(text, sizeof(text), "<message><body>%u</body></message>", i);
		sm_send(sm, text);
	}
	for (unsigned i = 0; i < 100; i++) {
		char text[64];

		snprintf(text, sizeof(text), "<message><body>%u</body></message>", i);
		stage_hear(&c, text);
	}
	WAIT(&s.bus, sm->heard_ack == 100);
	assert_int_equal(s.c2s.acks.len, 0);
}

static void
test_acknowledgement_rides_along(void **state)
{
	(void)state;
	sm_send(sm, "<message/>");
	stage_hear(&c, "<message/>");
	stage_say(&c, "<presence/>");
	sm_hears("seq=1 ");
	WAIT(&s.bus, sm->heard_ack == 1);
}

static void
test_duplicates(void **state)
{
	(void)state;
	sm_send(sm, "<message id='1'/>");
	sm_send(sm, "<message id='2'/>");
	stage_hear(&c, "<message id='2'/>");
	WAIT(&s.bus, sm->heard_ack == 2);
	sm->heard_ack = 0;
	sm_send_named(sm, 2, NULL, "<message id='2'/>"); /* a question: acknowledged again */
	WAIT(&s.bus, sm->heard_ack == 2);
	sm_send(sm, "<message id='3'/>");
	stage_hear(&c, "<message id='3'/>");
	assert_false(raw_got(&c, "id='2'"));
}

static void
test_names(void **state)
{
	(void)state;
	sm_send_named(sm, ++sm->out, "romeo.1", "<message id='1'/>");
	stage_hear(&c, "<message id='1'/>");
	sm_send_named(sm, ++sm->out, "romeo.1", "<message id='again'/>"); /* another number, the same message */
	sm_send_named(sm, ++sm->out, "romeo.2", "<message id='2'/>");
	sm_send_named(sm, ++sm->out, NULL, "<message id='3'/>");
	stage_hear(&c, "<message id='2'/><message id='3'/>");
	WAIT(&s.bus, sm->heard_ack == 4);
}

static void
test_missing_number(void **state)
{
	(void)state;
	sm_send(sm, "<message id='1'/>");
	sm_send_named(sm, 3, NULL, "<message id='3'/>");
	WAIT(&s.bus, sm->resumes == 1);
	assert_int_equal(sm->out, 1);
	sm_send(sm, "<message id='2'/>");
	stage_hear(&c, "<message id='1'/><message id='2'/>");
}

static void
test_frames_of_others(void **state)
{
	(void)state;
	stage_sm_join(&s, 1, "boot2");
	memcpy(s.sm[1].sid, sm->sid, sizeof(sm->sid));
	sm_send(&s.sm[1], "<message id='forged'/>");
	sm_word(&s.sm[1], 0, "<end xmlns='urn:carillon:session:1' condition='conflict'/>");
	node_send(s.sm[1].actor, "c2s-1", "<nonsense/>"); /* behind them on the same way */
	sm_send(sm, "<message id='1'/>");
	stage_hear(&c, "<message id='1'/>");
	assert_false(raw_got(&c, "forged"));
	assert_int_equal(s.c2s.clients[CLIENT_BOUND].len, 1);
}

static void
test_client_that_does_not_read(void **state)
{
	char *text = xmalloc(60001);

	(void)state;
	s.c2s.set.out_queue_max = 100000;
	memset(text, ' ', 60000);
	memcpy(text, "<message>", 9);
	memcpy(text + 60000 - 10, "</message>", 11);
	c.deaf = true;
	io_pause(c.io);
	while (s.c2s.clients[CLIENT_BOUND].len > 0) {
		sm_send(sm, text);
		bus_turn(&s.bus);
	}
	sm_hears("reason='error'");
	assert_true(sm->heard_ack < sm->out); /* what it did not take is not acknowledged */
	free(text);
}

/* Nothing comes of looking at him every 10 ms; others do not wait for that. */
static void
test_acknowledgements_of_who_does_not_read(void **state)
{
	char *text = xmalloc(60001);
	struct bond *deaf = bond();

	(void)state;
	memset(text, ' ', 60000);
	memcpy(text, "<message>", 9);
	memcpy(text + 60000 - 10, "</message>", 11);
	s.c2s.set.out_queue_max = 100000000;
	c.deaf = true;
	io_pause(c.io);
	while (io_queued(bound()->io) < 100000) {
		sm_send(sm, text);
		bus_turn(&s.bus);
	}
	WAIT(&s.bus, deaf->received == sm->out);
	WAIT(&s.bus, s.c2s.ack_delay >= 100);
	ack_forget(deaf);
	ack_owe(deaf); /* as for another's: soon */
	assert_true(s.c2s.ack_timer.due <= loop_now(s.bus.loop) + 10);
	c.deaf = false;
	io_resume(c.io);
	WAIT(&s.bus, sm->heard_ack == sm->out);
	assert_int_equal(s.c2s.acks.len, 0);
	free(text);
}

/* --- sm and routers come and go --- */

static void
test_reopen_at_another(void **state)
{
	struct stage_sm *next = &s.sm[1];

	(void)state;
	stage_say(&c, "<presence><show>away</show></presence><iq type='get' id='r'><query "
		      "xmlns='jabber:iq:roster'/></iq>");
	sm_hears("seq=2 ");
	sm_send(sm, "<message id='1'/>");
	stage_hear(&c, "<message id='1'/>");
	WAIT(&s.bus, bond()->acked == 2);
	sm->lazy = true;
	stage_say(&c, "<message to='romeo@example.org' id='m3'/>");
	sm_hears("seq=3 ");
	stage_sm_kill(&s, 0);
	WAIT(&s.bus, bond()->state == BOND_WAITING);
	stage_say(&c, "<message to='romeo@example.org' id='m4'/>"); /* while nobody is there */
	WAIT(&s.bus, bond()->sent == 4);
	stage_sm_join(&s, 1, "boot2");
	WAIT(&s.bus, sm_heard(next, "seq=4 "));
	assert_int_equal(next->resumes, 1);
	assert_true(sm_heard(
	    next,
	    "<open xmlns='urn:carillon:session:1' user='juliet' host='example.org' resource='balcony'"));
	assert_true(node_heard(next->actor, "resume='1' jid='juliet@example.org/balcony'"));
	assert_true(node_heard(next->actor, "seq=3 rid= payload=<message to='romeo@example.org' id='m3'"));
	assert_false(node_heard(next->actor, "seq=2 "));
	WAIT(&s.bus, bond()->acked == 4);
	sm_send(next, "<message id='2'/>");
	stage_hear(&c, "<message id='2'/>");
	assert_string_equal(next->sid, sm->sid);
}

static void
test_reopen_tells_what_it_knows(void **state)
{
	struct buf b = {0};
	struct word_open w = {.user = STR("juliet"),
			      .host = STR("example.org"),
			      .resource = STR("balcony"),
			      .address = STR("unix"),
			      .secure = STR("no"),
			      .mechanism = STR("SCRAM-SHA-256"),
			      .resume = true,
			      .jid = STR("juliet@example.org/balcony"),
			      .in = 2,
			      .out = 1,
			      .interested = true,
			      .presence = STR("<presence from='juliet@example.org/balcony'/>")};

	(void)state;
	stage_say(&c, "<presence/><iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
	sm_send(sm, "<message/>");
	stage_hear(&c, "<message/>");
	WAIT(&s.bus, bond()->acked == 2);
	sm_word(sm, 0, "<keep xmlns='urn:carillon:session:1'/>");
	sm_word(sm, 0, "<keep xmlns='urn:carillon:session:1'><item name='privacy' v='1'>l &lt;x</item></keep>"); /* the last one counts */
	word_write_open(&b, &w);
	sm->actor->quiet = false;
	sm_word(sm, 0, "<unknown xmlns='urn:carillon:session:1'/>");
	WAIT(&s.bus, sm->resumes == 1);
	/* stories are cut at 200 bytes a frame: the beginning is enough, the rest came through the reader */
	assert_true(sm_heard(sm, "mechanism='SCRAM-SHA-256' resume='1'"));
	assert_int_equal(sm->in, 2);
	assert_int_equal(sm->out, 1);
	assert_string_equal(sm->keep, "<item name='privacy' v='1'>l &lt;x</item>");
	buf_done(&b);
}

/* From an sm of the next release (doc/protocol.md section 7). */
static void
test_words_of_a_later_release(void **state)
{
	(void)state;
	sm_word(sm, 0, "<later xmlns='urn:carillon:session:1' a='b'><c/></later>");
	sm_word(sm, 0, "<keep xmlns='urn:carillon:session:1' later='1'><item name='later' v='1' w='2'/></keep>");
	component_send(sm->actor->c, &(struct frame){.to = STR("c2s-1"), .payload = STR("<later xmlns='urn:carillon:session:1'/>")});
	sm_send(sm, "<message/>");
	stage_hear(&c, "<message/>");
	stage_say(&c, "<presence/>");
	WAIT(&s.bus, bond()->acked == 1);
	assert_int_equal(bond()->state, BOND_OPEN);
	assert_int_equal(sm->resumes, 0);
	assert_true(str_is(chunk_str(bond()->keep), "<item name='later' v='1' w='2'/>"));
}

static void
test_unknown_again_and_again(void **state)
{
	(void)state;
	sm_word(sm, 0, "<unknown xmlns='urn:carillon:session:1'/>");
	WAIT(&s.bus, sm->resumes == 1);
	WAIT(&s.bus, bond()->state == BOND_OPEN);
	assert_int_equal(bond()->delay, 200); /* the first time at once, then with back-off */
	sm_word(sm, 0, "<unknown xmlns='urn:carillon:session:1'/>");
	WAIT(&s.bus, bond()->state == BOND_WAITING);
	assert_true(bond()->at > loop_now(s.bus.loop));
	WAIT(&s.bus, sm->resumes == 2);
	stage_say(&c, "<presence/>");
	WAIT(&s.bus, bond()->acked == 1);
	assert_int_equal(bond()->delay, 0);
}

static void
test_refused_at_reopen(void **state)
{
	(void)state;
	sm->refuse = STANZA_ERR_ITEM_NOT_FOUND;
	sm_word(sm, 0, "<unknown xmlns='urn:carillon:session:1'/>");
	stage_hear(&c, ERROR("not-authorized"));
	stage_hear_end(&c);
	assert_int_equal(s.c2s.sids.len, 0);
}

static void
test_router_comes_back(void **state)
{
	(void)state;
	bus_router_kill(&s.bus, 0);
	WAIT(&s.bus, !s.c2s.online);
	stage_say(&c, "<presence/>");
	WAIT(&s.bus, bond()->sent == 1);
	bus_router_start(&s.bus, 0);
	sm_hears("seq=1 ");
	assert_int_equal(sm->resumes, 1);
	WAIT(&s.bus, bond()->acked == 1);
	sm_send(sm, "<message/>");
	stage_hear(&c, "<message/>");
}

static void
test_one_router_of_two(void **state)
{
	(void)state;
	raw_close(&c);
	stage_stop(&s);
	stage_start_with(&s, "tls = optional", NULL, 2);
	sm = &s.sm[0];
	stage_enter(&s, &c, "juliet", "balcony");
	sm->lazy = true;
	stage_say(&c, "<message id='m1'/>");
	sm_hears("seq=1 ");
	sm_forget(sm);
	bus_router_kill(&s.bus, 0);
	bus_router_start(&s.bus, 0);
	bus_router_kill(&s.bus, 1);
	sm_hears("seq=1 "); /* it may have been lost: repeated, by whichever way it went */
	sm->lazy = false;
	stage_say(&c, "<message id='m2'/>");
	WAIT(&s.bus, bond()->acked == 2);
	assert_int_equal(s.c2s.clients[CLIENT_BOUND].len, 1);
}

static void
test_question_after_silence(void **state)
{
	(void)state;
	sm->lazy = true;
	stage_say(&c, "<presence/><presence/>");
	sm_hears("seq=2 ");
	sm_forget(sm);
	bond()->at -= 6000; /* it has been waiting */
	ack_sweep(&s.c2s);
	sm_hears("seq=2 ");
	assert_false(sm_heard(sm, "seq=1 "));
	sm_forget(sm);
	ack_sweep(&s.c2s); /* not each time */
	sm_word(sm, 2, "<ack xmlns='urn:carillon:session:1'/>");
	WAIT(&s.bus, bond()->acked == 2);
	assert_false(sm_heard(sm, "seq="));
}

static void
test_end(void **state)
{
	(void)state;
	sm_word(sm, 0, "<end xmlns='urn:carillon:session:1' condition='conflict' text='Replaced by new connection'/>");
	stage_hear(&c, ERROR("conflict") "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' "
					 "xml:lang='en'>Replaced by new connection</text>");
	stage_hear_end(&c);
	assert_int_equal(s.c2s.sids.len, 0);
	assert_false(sm_heard(sm, "<close"));
}

static void
test_stray_session(void **state)
{
	(void)state;
	component_send(sm->actor->c, &(struct frame){.to = STR("c2s-1"), .sid = STR("nobodyknowsthissession"), .seq = 1,
						     .payload = STR("<message/>")});
	sm_hears("sid=nobodyknowsthissession seq=0 rid= payload=<close xmlns='urn:carillon:session:1' reason='lost'/>");
}

/* --- the client goes --- */

static void
test_client_closes(void **state)
{
	(void)state;
	stage_say(&c, "<presence type='unavailable'/></stream:stream>");
	stage_hear(&c, "</stream:stream>");
	stage_hear_end(&c);
	sm_hears("payload=<close xmlns='urn:carillon:session:1' reason='closed'/>");
	assert_int_equal(s.c2s.sids.len, 0);
}

static void
test_client_is_lost(void **state)
{
	(void)state;
	io_free(&c.io);
	sm_hears("payload=<close xmlns='urn:carillon:session:1' reason='lost'/>");
	assert_int_equal(c2s_client_count(&s.c2s), 0);
}

/* What the socket took before the end counts, though the client is gone before its acknowledgement was due. */
static void
test_close_acknowledges(void **state)
{
	(void)state;
	sm_send(sm, "<message id='1'/>");
	sm_send(sm, "<message id='2'/>");
	stage_hear(&c, "<message id='2'/>");
	stage_say(&c, "</stream:stream>");
	sm_hears("payload=<close xmlns='urn:carillon:session:1' reason='closed'/>");
	assert_int_equal(sm->heard_ack, 2);
}

static void
test_last_words_outlive_client_and_sm(void **state)
{
	struct stage_sm *next = &s.sm[1];

	(void)state;
	sm->lazy = true;
	stage_say(&c, "<message id='last'/></stream:stream>");
	sm_hears("seq=1 ");
	stage_hear_end(&c);
	WAIT(&s.bus, s.c2s.leaving.len == 1);
	assert_false(sm_heard(sm, "<close"));
	stage_sm_kill(&s, 0);
	stage_sm_join(&s, 1, "boot2");
	WAIT(&s.bus, sm_heard(next, "id='last'"));
	WAIT(&s.bus, sm_heard(next, "<close xmlns='urn:carillon:session:1' reason='closed'/>"));
	assert_int_equal(s.c2s.sids.len, 0);
}

static void
test_what_a_gone_client_gets(void **state)
{
	(void)state;
	sm->lazy = true;
	stage_say(&c, "<message id='last'/></stream:stream>");
	WAIT(&s.bus, s.c2s.leaving.len == 1);
	sm_hears("seq=1 ");
	sm_send(sm, "<message/>"); /* too late: not acknowledged, so that it is kept */
	sm_word(sm, 1, "<ack xmlns='urn:carillon:session:1'/>");
	sm_hears("<close");
	assert_int_equal(sm->heard_ack, 0);
}

/* --- silence, and the end of the daemon --- */

static void
test_ping(void **state)
{
	(void)state;
	raw_close(&c);
	s.c2s.set.ping_after = 20;
	s.c2s.set.ping_timeout = 2000;
	stage_connect(&s, &c, false);
	stage_login(&c, "romeo");
	stage_bind(&c, "orchard");
	sm_forget(sm);
	stage_hear(&c, "<iq type='get' id='c2s-ping' from='example.org' to='romeo@example.org/orchard'><ping "
		       "xmlns='urn:xmpp:ping'/></iq>");
	stage_say(&c, "<iq type='result' id='c2s-ping' to='example.org'/>");
	s.c2s.set.ping_timeout = 20;
	stage_hear(&c, "<ping "); /* another, some time later; then it says nothing */
	stage_hear(&c, ERROR("connection-timeout"));
	stage_hear_end(&c);
	assert_false(sm_heard(sm, "c2s-ping")); /* that was between the two of us */
}

static void
test_rest(void **state)
{
	(void)state;
	assert_int_equal(s.c2s.active.len, 1);
	WAIT(&s.bus, bound()->rested);
	assert_int_equal(s.c2s.active.len, 0);
	stage_say(&c, "<presence/>");
	sm_hears("seq=1 ");
	assert_false(bound()->rested);
}

/* Not all that have spoken in the last two seconds keep a parser; who gave his back may speak again. */
static void
test_rest_in_a_crowd(void **state)
{
	static struct raw crowd[IDLE_PARSERS_MAX + 8];
	size_t most = 0;
	bool rested;

	(void)state;
	s.c2s.set.unauthenticated_per_address = ARRAY_LEN(crowd);
	for (size_t i = 0; i < ARRAY_LEN(crowd); i++) {
		stage_connect(&s, &crowd[i], false);
		stage_open_stream(&crowd[i]);
		most = MAX(most, s.c2s.active.len);
	}
	rested = bound()->rested;
	for (size_t i = 0; i < ARRAY_LEN(crowd); i++)
		raw_close(&crowd[i]);
	assert_true(most <= IDLE_PARSERS_MAX);
	assert_true(rested);
	stage_say(&c, "<presence/>");
	sm_hears("seq=1 ");
	assert_false(bound()->rested);
}

static void
test_drain(void **state)
{
	struct raw other;

	(void)state;
	stage_connect(&s, &other, false);
	stage_open_stream(&other);
	s.c2s.set.drain_time = 100;
	drain_start(&s.c2s);
	stage_hear(&c, ERROR("system-shutdown"));
	stage_hear(&other, ERROR("system-shutdown"));
	sm_hears("reason='shutdown'");
	stage_hear_end(&c);
	stage_hear_end(&other);
	WAIT(&s.bus, !node_sees(sm->actor, "c2s-1"));
	raw_close(&other);
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_stamping),
		T(test_noticed_in_passing),
		T(test_stream_language),
		T(test_forged_from),
		T(test_malformed_to),
		T(test_words_of_the_bus),
		T(test_too_much_unacknowledged),
		T(test_pressure),
		T(test_rate),
		T(test_order_and_acknowledgement),
		T(test_acknowledgement_rides_along),
		T(test_duplicates),
		T(test_names),
		T(test_missing_number),
		T(test_frames_of_others),
		T(test_client_that_does_not_read),
		T(test_acknowledgements_of_who_does_not_read),
		T(test_reopen_at_another),
		T(test_reopen_tells_what_it_knows),
		T(test_words_of_a_later_release),
		T(test_unknown_again_and_again),
		T(test_refused_at_reopen),
		T(test_router_comes_back),
		T(test_one_router_of_two),
		T(test_question_after_silence),
		T(test_end),
		T(test_stray_session),
		T(test_client_closes),
		T(test_client_is_lost),
		T(test_close_acknowledges),
		T(test_last_words_outlive_client_and_sm),
		T(test_what_a_gone_client_gets),
		T(test_ping),
		T(test_rest),
		T(test_rest_in_a_crowd),
		T(test_drain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
