/* SPDX-License-Identifier: Apache-2.0 */
/* External components: XEP-0114's own examples over a raw socket, and what the edge refuses. */
#include "tests/unit/bus.h"

#include "common/base64.h"
#include "xmpp/ns.h"

#include <openssl/sha.h>

static const char *const hosts[] = {"example.org", "example.net", NULL};

#define HEADER(to)                                                                                           \
	"<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' "    \
	"to='" to "'>"

/* The stream id of the router's header. */
static struct str
id_of(const struct raw *c)
{
	struct str all = buf_str(&c->in), rest;
	ssize_t at = str_find(all, STR(" id='"));

	assert_true(at >= 0);
	return str_split(str_from(all, (size_t)at + 5), '\'', &rest);
}

static void
handshake(struct raw *c, const char *secret)
{
	unsigned char digest[SHA_DIGEST_LENGTH];
	struct buf b = {0}, say = {0};

	buf_add(&b, id_of(c));
	buf_addz(&b, secret);
	SHA1((const unsigned char *)b.p, b.n, digest);
	buf_addl(&say, "<handshake>");
	hex_print(&say, str_n((const char *)digest, sizeof(digest)));
	buf_addl(&say, "</handshake>");
	raw_send(c, buf_z(&say));
	buf_done(&b);
	buf_done(&say);
}

static void
login(struct raw *c, struct bus *b, size_t router)
{
	raw_connect(c, b, b->external_paths[router]);
	raw_send(c, HEADER("plays.shakespeare.lit"));
	WAIT(b, raw_got(c, " id='"));
	handshake(c, "test");
	WAIT(b, raw_got(c, "<handshake/>"));
	buf_clear(&c->in);
}

static void
logs_in(void **state)
{
	struct bus b;
	struct raw c;
	struct actor *sm;

	(void)state;
	bus_start(&b, 1);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	raw_connect(&c, &b, b.external_paths[0]);
	raw_send(&c, HEADER("plays.shakespeare.lit"));
	WAIT(&b, raw_got(&c, " id='"));
	assert_true(raw_got(&c, "xmlns='jabber:component:accept'"));
	assert_true(raw_got(&c, "from='plays.shakespeare.lit'"));
	assert_false(raw_got(&c, "features"));
	handshake(&c, "test");
	WAIT(&b, raw_got(&c, "<handshake/>"));
	WAIT(&b, node_heard(sm, " role=external boot=external up hosts=1"));
	raw_send(&c, "</stream:stream>");
	WAIT(&b, c.ended && raw_got(&c, "</stream:stream>"));
	WAIT(&b, node_heard(sm, " role=external boot=external gone"));
	raw_close(&c);
	bus_stop(&b);
}

static void
strangers_are_refused(void **state)
{
	static const struct {
		const char *header, *secret, *answer;
	} bad[] = {
		{HEADER("nobody.example"), NULL, "host-unknown"},
		{HEADER("example.org"), NULL, "host-unknown"},
		{HEADER("@@"), NULL, "host-unknown"},
		{HEADER("plays.shakespeare.lit"), "wrong", "not-authorized"},
		{HEADER("plays.shakespeare.lit"), "", "not-authorized"},
		{"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
		 "to='plays.shakespeare.lit'>",
		 NULL, "invalid-namespace"},
		{HEADER("plays.shakespeare.lit") "<message from='a@plays.shakespeare.lit' "
						 "to='b@example.org'/>",
		 NULL, "not-authorized"},
		{"GET / HTTP/1.0\r\n\r\n", NULL, "not-well-formed"},
	};
	struct bus b;

	(void)state;
	bus_start(&b, 1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct raw c;

		raw_connect(&c, &b, b.external_paths[0]);
		raw_send(&c, bad[i].header);
		if (bad[i].secret) {
			WAIT(&b, raw_got(&c, " id='"));
			handshake(&c, bad[i].secret);
		}
		WAIT(&b, c.ended);
		if (!raw_got(&c, bad[i].answer))
			fail_msg("to %s: " STR_FMT, bad[i].header, STR_ARG(buf_str(&c.in)));
		assert_true(raw_got(&c, "<stream:stream") && raw_got(&c, "</stream:stream>"));
		raw_close(&c);
	}
	bus_stop(&b);
}

static void
second_connection_is_a_conflict(void **state)
{
	struct bus b;
	struct raw c, second;

	(void)state;
	bus_start(&b, 1);
	login(&c, &b, 0);
	raw_connect(&second, &b, b.external_paths[0]);
	raw_send(&second, HEADER("plays.shakespeare.lit"));
	WAIT(&b, second.ended);
	assert_true(raw_got(&second, "<conflict "));
	raw_send(&c, " ");
	assert_false(c.ended);
	raw_close(&second);
	raw_close(&c);
	bus_stop(&b);
}

static void
stanzas_pass_both_ways(void **state)
{
	struct bus b;
	struct raw c;
	struct actor *sm;

	(void)state;
	bus_start(&b, 1);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	login(&c, &b, 0);
	/* prepared, stamped, canonical */
	raw_send(&c, "<message to=\"Juliet@EXAMPLE.org/balcony\" from='Romeo@plays.shakespeare.lit'><body>a "
		     "&gt; b</body></message>");
	WAIT(&b, sm->frames == 1);
	assert_true(node_heard(
		sm, "frame from=router-1 reason= target= host=example.org key=juliet@example.org"));
	assert_true(node_heard(sm,
			       "<message to='juliet@example.org/balcony' from='romeo@plays.shakespeare.lit'>"
			       "<body>a &gt; b</body></message>"));
	/* without from: from the component itself */
	raw_send(&c, "<iq to='example.org' type='get' id='1'><query xmlns='jabber:iq:version'/></iq>");
	WAIT(&b, sm->frames == 2);
	assert_true(node_heard(sm, "from='plays.shakespeare.lit'"));
	node_send_key(sm, "plays.shakespeare.lit", "romeo@plays.shakespeare.lit",
		      "<message from='juliet@example.org' "
		      "to='romeo@plays.shakespeare.lit'><body>O</body></message>");
	WAIT(&b, raw_got(&c, "<message from='juliet@example.org' "
			     "to='romeo@plays.shakespeare.lit'><body>O</body></message>"));
	raw_close(&c);
	WAIT(&b, !node_sees(sm, "nobody") && node_heard(sm, "gone"));
	node_send_key(sm, "plays.shakespeare.lit", "romeo@plays.shakespeare.lit", "<message/>");
	WAIT(&b, node_heard(sm, "bounced from=router-1 reason=no-host target= host=plays.shakespeare.lit"));
	bus_stop(&b);
}

/* doc/protocol.md section 5: who asks for it hears that the stanza was handed on. */
static void
rid_is_confirmed_and_words_stay_inside(void **state)
{
	struct bus b;
	struct raw c;
	struct actor *sm;

	(void)state;
	bus_start(&b, 1);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	login(&c, &b, 0);
	component_send(sm->c, &(struct frame){
				      .host = STR("plays.shakespeare.lit"),
				      .key = STR("romeo@plays.shakespeare.lit"),
				      .rid = STR("R17"),
				      .payload = STR("<message to='romeo@plays.shakespeare.lit'/>"),
			      });
	WAIT(&b, sm->frames == 1 && raw_got(&c, "<message "));
	assert_true(node_heard(sm, "rid='R17'"));
	assert_true(node_heard(sm, "<done xmlns='" NS_WORDS "'"));
	buf_clear(&c.in);
	node_send_key(sm, "plays.shakespeare.lit", "plays.shakespeare.lit",
		      "<do xmlns='" NS_ADMIN "' what='x'/>");
	node_send_key(sm, "plays.shakespeare.lit", "plays.shakespeare.lit", "<messages/>");
	WAIT(&b, sm->bounces == 2);
	assert_int_equal(c.in.n, 0);
	raw_close(&c);
	bus_stop(&b);
}

static void
bad_stanzas_end_the_stream(void **state)
{
	static const struct {
		const char *say, *answer;
	} bad[] = {
		{"<message from='a@example.org' to='b@example.net'/>", "invalid-from"},
		{"<message from='a@sub.plays.shakespeare.lit' to='b@example.net'/>", "invalid-from"},
		{"<message from='a@plays.shakespeare.lit'/>", "improper-addressing"},
		{"<handshake/>", "unsupported-stanza-type"},
		{"<c:route xmlns:c='urn:carillon:bus:1' to='sm-1' from='router-1' len='0'></c:route>",
		 "unsupported-stanza-type"},
		{"<message to='b@example.org'></iq>", "not-well-formed"},
		{"<?php ?>", "restricted-xml"},
	};
	struct bus b;
	struct actor *sm;

	(void)state;
	bus_start(&b, 1);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct raw c;

		login(&c, &b, 0);
		raw_send(&c, bad[i].say);
		WAIT(&b, c.ended);
		if (!raw_got(&c, bad[i].answer))
			fail_msg("to %s: " STR_FMT, bad[i].say, STR_ARG(buf_str(&c.in)));
		raw_close(&c);
	}
	assert_int_equal(sm->frames, 0);
	bus_stop(&b);
}

static void
what_cannot_be_delivered_comes_back_as_an_error(void **state)
{
	struct bus b;
	struct raw c;

	(void)state;
	bus_start(&b, 1);
	login(&c, &b, 0);
	raw_send(&c, "<message id='1' from='a@plays.shakespeare.lit' to='@example.org'/>");
	WAIT(&b, raw_got(&c, "<jid-malformed "));
	assert_true(raw_got(&c, "type='error'") && raw_got(&c, "id='1'"));
	raw_send(&c, "<message id='2' from='a@plays.shakespeare.lit' to='b@remote.example'/>");
	WAIT(&b, raw_got(&c, "<remote-server-not-found "));
	assert_true(raw_got(&c, "to='a@plays.shakespeare.lit'"));
	raw_send(&c, "<message id='3' from='a@plays.shakespeare.lit' to='b@example.org'/>"); /* ours, no sm is
												up */
	WAIT(&b, raw_got(&c, "<remote-server-timeout "));
	buf_clear(&c.in);
	/* never an error for an error */
	raw_send(&c, "<message type='error' from='a@plays.shakespeare.lit' to='b@remote.example'/>"
		     "<message id='4' from='a@plays.shakespeare.lit' to='b@remote.example'/>");
	WAIT(&b, raw_got(&c, "id='4'"));
	assert_int_equal(str_find(str_from(buf_str(&c.in), 1), STR("<message")), -1);
	raw_close(&c);
	bus_stop(&b);
}

static unsigned refusals;

static void
refuse_thrice(struct actor *n, const struct frame *f)
{
	if (refusals-- > 0)
		component_bounce(n->c, f, "not-owner");
	else
		n->on_frame = NULL;
}

static void
refuse(struct actor *n, const struct frame *f)
{
	component_bounce(n->c, f, "overload");
}

/* While slots move, the router tries again for the component; an overload it hears of. With two routers,
 * through the right one. */
static void
bounces_find_their_way(void **state)
{
	struct bus b;
	struct raw c;
	struct actor *sm;

	(void)state;
	bus_start(&b, 2);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, router_link_count(b.router[0]) == 1 && router_link_count(b.router[1]) == 1);
	login(&c, &b, 1);
	refusals = 3;
	sm->on_frame = refuse_thrice;
	raw_send(&c, "<message id='1' from='a@plays.shakespeare.lit' to='b@example.org'/>");
	WAIT(&b, sm->frames == 4);
	assert_int_equal(c.in.n, 0);
	sm->on_frame = refuse;
	raw_send(&c, "<message id='2' from='a@plays.shakespeare.lit' to='b@example.org'/>");
	WAIT(&b, raw_got(&c, "<resource-constraint "));
	raw_close(&c);
	bus_stop(&b);
}

/* It is on one router only: everybody finds it there. */
static void
found_on_its_router(void **state)
{
	struct bus b;
	struct raw c;
	struct actor *sm;

	(void)state;
	bus_start(&b, 2);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, router_link_count(b.router[0]) == 1 && router_link_count(b.router[1]) == 1);
	login(&c, &b, 1);
	WAIT(&b, node_heard(sm, "role=external"));
	for (unsigned i = 0; i < 20; i++) {
		char key[] = "a@plays.shakespeare.lit";

		key[0] = (char)('a' + i);
		node_send_key(sm, "plays.shakespeare.lit", key, "<message/>");
	}
	WAIT(&b, c.in.n == 20 * strlen("<message/>"));
	assert_int_equal(sm->bounces, 0);
	raw_close(&c);
	bus_stop(&b);
}

enum { FLOOD = 8 * 1024 };

static char flood_stanza[1024];

/* More than fits anywhere on the way, for a component that does not read. */
static void
flood(struct actor *sm)
{
	struct str payload = str_n(flood_stanza, sizeof(flood_stanza));

	memset(flood_stanza, ' ', sizeof(flood_stanza));
	memcpy(flood_stanza, "<message>", 9);
	memcpy(flood_stanza + sizeof(flood_stanza) - 10, "</message>", 10);
	for (unsigned i = 0; i < FLOOD; i++)
		component_send(sm->c, &(struct frame){
					      .host = STR("plays.shakespeare.lit"),
					      .key = STR("a@plays.shakespeare.lit"),
					      .payload = payload,
				      });
}

static void
slow_one_stops_its_source(void **state)
{
	struct bus b;
	struct raw c;
	struct actor *sm;

	(void)state;
	bus_start(&b, 1);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	login(&c, &b, 0);
	io_pause(c.io);
	flood(sm);
	WAIT(&b, sm->high);
	io_resume(c.io);
	WAIT(&b, c.in.n == sizeof(flood_stanza) * FLOOD && !sm->high);
	assert_int_equal(sm->bounces, 0);
	raw_close(&c);
	bus_stop(&b);
}

/* One that never reads again is sent away, so that the daemons do not wait for it for ever. */
static void
hanging_one_is_sent_away(void **state)
{
	struct bus b;
	struct raw c;
	struct router_limits limits = router_limits_default;
	struct actor *sm;

	(void)state;
	bus_start(&b, 1);
	limits.external_stall_ms = 20;
	router_set_limits(b.router[0], &limits);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	login(&c, &b, 0);
	WAIT(&b, node_heard(sm, "role=external boot=external up"));
	io_pause(c.io);
	flood(sm);
	WAIT(&b, node_heard(sm, "role=external boot=external gone"));
	WAIT(&b, !sm->high && sm->bounces > 0); /* what came after that comes back */
	raw_close(&c);
	bus_stop(&b);
}

static void
set_is_changed(void **state)
{
	static const struct router_external others[] = {{"gateway.example.org", "gateway secret"},
							{"new.example.org", "new secret"},
							{"example.org", "not ours to give"}};
	struct bus b;
	struct raw c, fresh, n;
	struct buf why = {0};

	(void)state;
	bus_start(&b, 1);
	login(&c, &b, 0);
	raw_connect(&fresh, &b, b.external_paths[0]);
	raw_send(&fresh, HEADER("gateway.example.org"));
	WAIT(&b, raw_got(&fresh, " id='"));
	router_set_externals(b.router[0], others, ARRAY_LEN(others), &why);
	assert_true(str_find(buf_str(&why), STR("example.org")) >= 0);
	WAIT(&b, c.ended && raw_got(&c, "<host-gone "));
	handshake(&fresh, "gateway secret");
	WAIT(&b, raw_got(&fresh, "<handshake/>"));
	raw_connect(&n, &b, b.external_paths[0]);
	raw_send(&n, HEADER("new.example.org"));
	WAIT(&b, raw_got(&n, " id='"));
	handshake(&n, "new secret");
	WAIT(&b, raw_got(&n, "<handshake/>"));
	raw_close(&c);
	raw_close(&fresh);
	raw_close(&n);
	buf_done(&why);
	bus_stop(&b);
}

static void
on_drained(void *arg)
{
	struct bus *b = arg;

	b->done = true;
	loop_stop(b->loop);
}

static void
router_says_goodbye(void **state)
{
	struct bus b;
	struct raw c;

	(void)state;
	bus_start(&b, 1);
	login(&c, &b, 0);
	router_drain(b.router[0], on_drained, &b);
	WAIT(&b, b.done && raw_got(&c, "<system-shutdown ") && c.ended);
	raw_close(&c);
	bus_stop(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_in),
		cmocka_unit_test(strangers_are_refused),
		cmocka_unit_test(second_connection_is_a_conflict),
		cmocka_unit_test(stanzas_pass_both_ways),
		cmocka_unit_test(rid_is_confirmed_and_words_stay_inside),
		cmocka_unit_test(bad_stanzas_end_the_stream),
		cmocka_unit_test(what_cannot_be_delivered_comes_back_as_an_error),
		cmocka_unit_test(bounces_find_their_way),
		cmocka_unit_test(found_on_its_router),
		cmocka_unit_test(slow_one_stops_its_source),
		cmocka_unit_test(hanging_one_is_sent_away),
		cmocka_unit_test(set_is_changed),
		cmocka_unit_test(router_says_goodbye),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
