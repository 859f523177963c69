/* SPDX-License-Identifier: Apache-2.0 */
/* Routing: by name, by host and key; every bounce; strangers; back-pressure; leaving. */
#include "tests/unit/bus.h"

#include "common/base64.h"
#include "xmpp/cluster.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const hosts[] = {"example.org", "example.net", NULL};

static void
by_name_with_all_attributes(void **state)
{
	struct bus b;
	struct actor *c2s, *sm;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	component_send(c2s->c, &(struct frame){
				   .to = STR("sm-1"),
				   .sid = STR("S"),
				   .seq = 5,
				   .ack = 4,
				   .rid = STR("R"),
				   .payload = STR("<message/>"),
			       });
	WAIT(&b, sm->frames == 1);
	assert_true(node_heard(
	    sm, "frame from=c2s-1 reason= target= host= key= sid=S seq=5 rid=R payload=<message/>"));
	node_send(sm, "sm-1", "<self/>");
	WAIT(&b, sm->frames == 2);
	bus_stop(&b);
}

static void
by_key_follows_the_slots(void **state)
{
	struct bus b;
	struct actor *c2s, *sm1, *sm2;
	unsigned first = 0;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm1 = bus_join(&b, "sm-1", "sm", hosts);
	sm2 = bus_join(&b, "sm-2", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1") && node_sees(c2s, "sm-2"));
	for (unsigned i = 0; i < 200; i++) {
		char key[32];

		snprintf(key, sizeof(key), "user%u@example.org", i);
		first += str_is(component_slot_owner(c2s->c, slot_of(str_z(key)))->name, "sm-1");
		node_send_key(c2s, "example.org", key, "<a/>");
	}
	WAIT(&b, sm1->frames + sm2->frames == 200);
	assert_int_equal(sm1->frames, first);
	assert_in_range(first, 60, 140);
	component_draining(sm1->c);
	WAIT(&b, component_member(c2s->c, STR("sm-1"))->draining);
	node_forget(sm1);
	node_forget(sm2);
	for (unsigned i = 0; i < 200; i++) {
		char key[32];

		snprintf(key, sizeof(key), "user%u@example.org", i);
		node_send_key(c2s, "example.org", key, "<a/>");
	}
	WAIT(&b, sm2->frames == 200);
	assert_int_equal(sm1->frames, 0);
	bus_stop(&b);
}

/* While a host is rolled out, only those that serve it get its frames. */
static void
by_key_among_those_that_serve(void **state)
{
	static const char *const more[] = {"example.org", "example.net", "example.com", NULL};
	struct bus b;
	struct actor *c2s, *old, *new;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	old = bus_join(&b, "sm-1", "sm", hosts);
	new = bus_join(&b, "sm-2", "sm", more);
	for (unsigned i = 0; i < 100; i++) {
		char key[32];

		snprintf(key, sizeof(key), "user%u@example.com", i);
		node_send_key(c2s, "example.com", key, "<a/>");
	}
	WAIT(&b, new->frames == 100);
	assert_int_equal(old->frames, 0);
	assert_int_equal(c2s->bounces, 0);
	bus_stop(&b);
}

static void
muc_has_slots_of_its_own(void **state)
{
	static const char *const rooms[] = {"rooms.example.org", NULL};
	struct bus b;
	struct actor *sm, *muc;

	(void)state;
	bus_start(&b, 1);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	muc = bus_join(&b, "muc-1", "muc", rooms);
	for (unsigned i = 0; i < 50; i++) {
		char key[32];

		snprintf(key, sizeof(key), "room%u@rooms.example.org", i);
		node_send_key(sm, "rooms.example.org", key, "<a/>");
	}
	WAIT(&b, muc->frames == 50);
	assert_int_equal(sm->frames, 0);
	bus_stop(&b);
}

static void
foreign_domains_go_to_s2s(void **state)
{
	struct bus b;
	struct actor *sm, *s2s1, *s2s2;
	unsigned first;

	(void)state;
	bus_start(&b, 1);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	node_send_key(sm, "remote.example", "a@remote.example", "<a/>");
	WAIT(
	    &b,
	    node_heard(
		sm, "bounced from=router-1 reason=no-host target= host=remote.example key=a@remote.example"));
	s2s1 = bus_join(&b, "s2s-1", "s2s", NULL);
	s2s2 = bus_join(&b, "s2s-2", "s2s", NULL);
	for (unsigned i = 0; i < 100; i++) {
		char key[32];

		snprintf(key, sizeof(key), "user%u@remote.example", i);
		node_send_key(sm, "remote.example", key, "<a/>");
	}
	WAIT(&b, s2s1->frames + s2s2->frames == 100);
	assert_in_range(s2s1->frames, 25, 75);
	first = s2s1->frames;
	for (unsigned i = 0; i < 100; i++) /* the same way each time */
		node_send_key(sm, "remote.example", "user1@remote.example", "<a/>");
	WAIT(&b, s2s1->frames + s2s2->frames == 200);
	assert_true(s2s1->frames == first || s2s1->frames == first + 100);
	bus_stop(&b);
}

static void
bounces_bring_all_back(void **state)
{
	struct bus b;
	struct actor *c2s, *sm;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	component_send(c2s->c, &(struct frame){
				   .to = STR("sm-9"),
				   .sid = STR("S"),
				   .seq = 5,
				   .rid = STR("R"),
				   .payload = STR("<message/>"),
			       });
	WAIT(&b, c2s->bounces == 1);
	assert_true(node_heard(c2s, "bounced from=router-1 reason=no-instance target=sm-9 host= key= sid=S "
				    "seq=5 rid=R payload=<message/>"));
	/* a host of the configuration does not become foreign when its sm is away */
	bus_join(&b, "s2s-1", "s2s", NULL);
	node_send_key(c2s, "example.org", "a@example.org", "<a/>");
	WAIT(&b, c2s->bounces == 2);
	assert_true(node_heard(c2s, "reason=no-host target= host=example.org key=a@example.org"));
	/* from another instance */
	sm = bus_join(&b, "sm-1", "sm", hosts);
	node_send_key(c2s, "example.org", "a@example.org", "<a/>");
	WAIT(&b, sm->frames == 1);
	component_bounce(sm->c,
			 &(struct frame){
			     .kind = FRAME_ROUTE,
			     .from = STR("c2s-1"),
			     .host = STR("example.org"),
			     .key = STR("a@example.org"),
			     .sid = STR("S"),
			     .payload = STR("<a/>"),
			 },
			 "not-owner");
	WAIT(&b, c2s->bounces == 3);
	assert_true(node_heard(
	    c2s, "bounced from=sm-1 reason=not-owner target= host=example.org key=a@example.org sid=S"));
	/* a bounce that nobody takes is the end of it */
	component_bounce(sm->c,
			 &(struct frame){.from = STR("nobody"), .to = STR("sm-1"), .payload = STR("<a/>")},
			 "overload");
	node_send(sm, "sm-1", "<last/>");
	WAIT(&b, node_heard(sm, "<last/>"));
	assert_int_equal(sm->bounces, 0);
	bus_stop(&b);
}

/* ---- strangers ---- */

#define HEADER                                                                                               \
	"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "              \
	"xmlns:c='urn:carillon:bus:1' to='router' version='1.0'>"

static void
features_offer_scram(void **state)
{
	struct bus b;
	struct raw c;

	(void)state;
	bus_start(&b, 1);
	raw_connect(&c, &b, b.paths[0]);
	raw_send(&c, HEADER);
	WAIT(&b, raw_got(&c, "</stream:features>"));
	assert_true(raw_got(&c, "from='router-1'"));
	assert_true(raw_got(&c, "<mechanism>SCRAM-SHA-256</mechanism></mechanisms>"));
	assert_false(raw_got(&c, "EXTERNAL"));
	assert_false(raw_got(&c, "bind"));
	raw_close(&c);
	bus_stop(&b);
}

/* Each is closed with a stream error, and nobody else notices. */
static void
garbage_closes_one_link(void **state)
{
	static const struct {
		const char *say, *answer;
	} bad[] = {
	    {"GET / HTTP/1.1\r\n\r\n", "not-well-formed"},
	    {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "not-well-formed"},
	    {"<!DOCTYPE x>", "restricted-xml"},
	    {"<c:route to='a' from='b' len='0'></c:route>", "<stream:error>"},
	    {HEADER "<c:route to='sm-1' from='sm-1' len='0'></c:route>", "not-authorized"},
	    {HEADER "<bind xmlns='urn:carillon:bus:1' version='2' name='sm-2' role='sm' boot='x'/>",
	     "not-authorized"},
	    {HEADER "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "policy-violation"},
	    {HEADER
	     "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGNhcmlsbG9uAHg=</auth>",
	     "mechanism-too-weak"},
	    {HEADER "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>",
	     "invalid-mechanism"},
	    {HEADER "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>!</auth>",
	     "incorrect-encoding"},
	    {HEADER "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "malformed-request"},
	    {HEADER "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>bix4</auth>",
	     "<failure"},
	};
	struct bus b;
	struct actor *c2s;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct raw c;

		raw_connect(&c, &b, b.paths[0]);
		raw_send(&c, bad[i].say);
		WAIT(&b, c.ended);
		if (!raw_got(&c, bad[i].answer))
			fail_msg("to %s: " STR_FMT, bad[i].say, STR_ARG(buf_str(&c.in)));
		assert_true(raw_got(&c, "</stream:stream>"));
		raw_close(&c);
	}
	assert_true(component_online(c2s->c));
	node_send(c2s, "c2s-1", "<a/>");
	WAIT(&b, c2s->frames == 1);
	assert_int_equal(c2s->losts, 0);
	bus_stop(&b);
}

static void
long_input_of_strangers_is_refused(void **state)
{
	struct bus b;
	struct raw c;

	(void)state;
	bus_start(&b, 1);
	raw_connect(&c, &b, b.paths[0]);
	raw_send(&c, HEADER "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>");
	for (unsigned i = 0; i < 2000; i++)
		raw_send(&c, "AAAAAAAAAA");
	WAIT(&b, c.ended);
	assert_true(raw_got(&c, "policy-violation"));
	raw_close(&c);
	bus_stop(&b);
}

static void
strangers_are_few(void **state)
{
	struct bus b;
	struct router_limits limits = router_limits_default;
	struct raw c[8];

	(void)state;
	bus_start(&b, 1);
	limits.setup_max = ARRAY_LEN(c) - 2;
	router_set_limits(b.router[0], &limits);
	for (size_t i = 0; i < ARRAY_LEN(c); i++)
		raw_connect(&c[i], &b, b.paths[0]);
	/* those who have stood there longest make room for those who may know the secret */
	WAIT(&b, c[0].ended && c[1].ended);
	for (size_t i = 2; i < ARRAY_LEN(c); i++)
		assert_false(c[i].ended);
	for (size_t i = 0; i < ARRAY_LEN(c); i++)
		raw_close(&c[i]);
	bus_stop(&b);
}

/* ---- a raw client that knows the secret ---- */

static struct str
element_text(struct raw *c, const char *start, const char *end)
{
	struct str all = buf_str(&c->in);
	ssize_t at = str_find(all, str_z(start));
	ssize_t stop;

	assert_true(at >= 0);
	all = str_from(all, (size_t)at + strlen(start));
	stop = str_find(all, str_z(end));
	assert_true(stop >= 0);
	return str_n(all.p, (size_t)stop);
}

static void
send_base64(struct raw *c, const char *before, struct str bytes, const char *after)
{
	struct buf b = {0};

	buf_addz(&b, before);
	base64_print(&b, bytes);
	buf_addz(&b, after);
	raw_send(c, buf_z(&b));
	buf_done(&b);
}

static void
raw_login_at(struct raw *c, struct bus *b, size_t router, const char *bind)
{
	struct sasl_client *s = sasl_client_new("xmpp", CLUSTER_HOST, CLUSTER_USER, BUS_SECRET, NULL);
	struct buf challenge = {0};
	const char *mechanism, *why = NULL;
	struct str bytes;

	raw_connect(c, b, b->paths[router]);
	raw_send(c, HEADER);
	WAIT(b, raw_got(c, "</stream:features>"));
	assert_int_equal(sasl_client_start(s, "SCRAM-SHA-256", &mechanism, &bytes, &why), 0);
	send_base64(c, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>", bytes,
		    "</auth>");
	WAIT(b, raw_got(c, "</challenge>"));
	assert_int_equal(
	    base64_parse(&challenge, element_text(c, "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>",
						  "</challenge>")),
	    0);
	assert_int_equal(sasl_client_step(s, buf_str(&challenge), &bytes, &why), 0);
	send_base64(c, "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>", bytes, "</response>");
	WAIT(b, raw_got(c, "</success>"));
	buf_clear(&c->in);
	raw_send(c, HEADER);
	WAIT(b, raw_got(c, "versions='2'"));
	buf_clear(&c->in);
	raw_send(c, bind);
	buf_done(&challenge);
	sasl_client_free(&s);
}

static void
raw_login(struct raw *c, struct bus *b, const char *bind)
{
	raw_login_at(c, b, 0, bind);
}

#define BIND(name, role)                                                                                     \
	"<bind xmlns='urn:carillon:bus:1' version='2' name='" name "' role='" role "' boot='raw'/>"

static void
bad_binds_are_refused(void **state)
{
	static const struct {
		const char *bind, *answer;
	} bad[] = {
	    {BIND("Sm_1", "sm"), "policy-violation"},
	    {BIND("router-1", "sm"), "policy-violation"},
	    {BIND("x-1", "king"), "policy-violation"},
	    {BIND("x-1", "external"), "policy-violation"},
	    {"<bind xmlns='urn:carillon:bus:1' version='1' name='x-1' role='sm' boot='raw'/>",
	     "unsupported-version"},
	    {"<bind xmlns='urn:carillon:bus:1' version='3' name='x-1' role='sm' boot='raw'/>",
	     "unsupported-version"},
	    {"<bind xmlns='urn:carillon:bus:1' name='x-1' role='sm' boot='raw'/>", "unsupported-version"},
	    {"<bind xmlns='urn:carillon:bus:1' version='2' name='x-1' role='sm' boot='&apos;'/>",
	     "policy-violation"},
	    {"<bind xmlns='urn:carillon:bus:1' version='2' name='x-1' role='sm' boot='b'><host/></bind>",
	     "policy-violation"},
	    {"<message/>", "not-authorized"},
	};
	struct bus b;

	(void)state;
	bus_start(&b, 1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct raw c;

		raw_login(&c, &b, bad[i].bind);
		WAIT(&b, c.ended);
		if (!raw_got(&c, bad[i].answer))
			fail_msg("to %s: " STR_FMT, bad[i].bind, STR_ARG(buf_str(&c.in)));
		raw_close(&c);
	}
	assert_int_equal(router_link_count(b.router[0]), 0);
	bus_stop(&b);
}

static void
bad_frames_close_one_link(void **state)
{
	static const struct {
		const char *say, *answer;
	} bad[] = {
	    {"<c:route to='sm-1' from='c2s-1' len='0'></c:route>", "invalid-from"},
	    {"<c:route to='sm-1' from='raw-1' len='1'></c:route>     ", "not-well-formed"},
	    {"<message/>", "not-well-formed"},
	    {"<c:synced/>", "policy-violation"},
	    {"<c:member name='a' role='sm' state='up'/>", "policy-violation"},
	    {"\xff\xfe", "not-well-formed"},
	};
	struct bus b;
	struct actor *c2s;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct raw c;

		raw_login(&c, &b, BIND("raw-1", "ctl"));
		WAIT(&b, raw_got(&c, "<c:synced/>"));
		assert_true(raw_got(
		    &c, "<bound xmlns='urn:carillon:bus:1' router='router-1' boot='routerboot' version='2'/>"
			"<c:member "));
		raw_send(&c, bad[i].say);
		WAIT(&b, c.ended);
		if (!raw_got(&c, bad[i].answer))
			fail_msg("to %s: " STR_FMT, bad[i].say, STR_ARG(buf_str(&c.in)));
		raw_close(&c);
		WAIT(&b, !node_sees(c2s, "raw-1"));
	}
	assert_int_equal(c2s->losts, 0);
	bus_stop(&b);
}

static void
unknown_words_are_ignored_and_pings_answered(void **state)
{
	struct bus b;
	struct raw c;

	(void)state;
	bus_start(&b, 1);
	raw_login(&c, &b, BIND("raw-1", "ctl"));
	WAIT(&b, raw_got(&c, "<c:synced/>"));
	raw_send(&c, "<c:later a='b'/> \n<c:later len='2'>xx</c:later><c:ping id='77'/>");
	WAIT(&b, raw_got(&c, "<c:pong id='77'/>"));
	raw_send(&c, "<c:route from='raw-1' to='router-1' len='0'></c:route></stream:stream>");
	WAIT(&b, c.ended);
	assert_true(raw_got(&c, "</stream:stream>"));
	assert_false(raw_got(&c, "error"));
	raw_close(&c);
	bus_stop(&b);
}

static void
same_boot_replaces_too(void **state)
{
	struct bus b;
	struct raw old, new;

	(void)state;
	bus_start(&b, 1);
	raw_login(&old, &b, BIND("raw-1", "ctl"));
	WAIT(&b, raw_got(&old, "<c:synced/>"));
	raw_login(&new, &b, BIND("raw-1", "ctl"));
	WAIT(&b, raw_got(&new, "<c:synced/>") && old.ended);
	assert_true(raw_got(&old, "<conflict "));
	assert_int_equal(router_link_count(b.router[0]), 1);
	raw_close(&old);
	raw_close(&new);
	bus_stop(&b);
}

/* One of a member's links breaks: it is still there, but what went that way may be lost. */
static void
half_lost_member_is_told(void **state)
{
	struct bus b;
	struct actor *c2s;
	struct raw first, second;

	(void)state;
	bus_start(&b, 2);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	WAIT(&b, router_link_count(b.router[0]) == 1 && router_link_count(b.router[1]) == 1);
	raw_login_at(&first, &b, 0, BIND("raw-1", "sm"));
	raw_login_at(&second, &b, 1, BIND("raw-1", "sm"));
	WAIT(&b,
	     raw_got(&first, "<c:synced/>") && raw_got(&second, "<c:synced/>") && node_sees(c2s, "raw-1"));
	node_send(c2s, "raw-1", "<a/>"); /* both routers have told by the time that this is through */
	WAIT(&b, raw_got(&first, "<a/>") || raw_got(&second, "<a/>"));
	raw_close(&first);
	WAIT(&b, c2s->losts == 1);
	assert_true(node_heard(c2s, "lost raw-1"));
	assert_false(node_heard(c2s, "member raw-1 role=sm boot=raw gone"));
	for (unsigned i = 0; i < 10; i++)
		component_send(c2s->c, &(struct frame){
					   .to = STR("raw-1"),
					   .sid = str_n(&"0123456789"[i], 1),
					   .payload = STR("<b/>"),
				       });
	WAIT(&b, raw_got(&second, "sid='9'"));
	assert_int_equal(c2s->bounces, 0);
	raw_close(&second);
	WAIT(&b, node_heard(c2s, "member raw-1 role=sm boot=raw gone"));
	bus_stop(&b);
}

/* ---- back-pressure ---- */

static void
send_kilobytes(struct actor *n, const char *to, unsigned count)
{
	static char kilobyte[1024];

	memset(kilobyte, 'k', sizeof(kilobyte));
	for (unsigned i = 0; i < count; i++)
		component_send(n->c, &(struct frame){
					 .to = str_z(to),
					 .sid = STR("S"),
					 .seq = i + 1,
					 .payload = str_n(kilobyte, sizeof(kilobyte)),
				     });
}

static struct link *
link_of(struct bus *b, const char *name)
{
	return map_find(&b->router[0]->names, str_z(name));
}

/* A reader that stands still: its source is paused, what waits is bounded, others go on, nothing is lost. */
static void
slow_reader_stops_its_source_only(void **state)
{
	enum { COUNT = 20 * 1024 };
	struct bus b;
	struct actor *fast, *other, *sm;
	struct raw slow;

	(void)state;
	bus_start(&b, 1);
	fast = bus_join(&b, "c2s-1", "c2s", NULL);
	other = bus_join(&b, "c2s-2", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	sm->quiet = true;
	raw_login(&slow, &b, BIND("raw-1", "c2s"));
	WAIT(&b, raw_got(&slow, "<c:synced/>"));
	buf_clear(&slow.in);
	io_pause(slow.io);
	send_kilobytes(fast, "raw-1", COUNT);
	WAIT(&b, fast->high && link_of(&b, "c2s-1") && port_paused(&link_of(&b, "c2s-1")->port));
	assert_true(io_queued(link_of(&b, "raw-1")->port.io) < PORT_HIGH + 512 * 1024);
	send_kilobytes(other, "sm-1", 5000);
	WAIT(&b, sm->frames == 5000);
	assert_true(port_paused(&link_of(&b, "c2s-1")->port));
	assert_false(port_paused(&link_of(&b, "c2s-2")->port));
	assert_true(io_queued(link_of(&b, "raw-1")->port.io) < PORT_HIGH + 512 * 1024);
	io_resume(slow.io);
	WAIT(&b, slow.in.n >= (size_t)COUNT * 1024 && raw_got(&slow, "seq='20480'"));
	WAIT(&b, !fast->high);
	{
		struct str rest = buf_str(&slow.in);
		unsigned seq = 0;

		while (rest.n) {
			struct frame f;
			size_t used;
			const char *why;

			assert_int_equal(frame_read(rest, &f, &used, &why), FRAME_OK);
			rest = str_from(rest, used);
			if (f.kind == FRAME_ROUTE)
				assert_int_equal(f.seq, ++seq);
		}
		assert_int_equal(seq, COUNT);
	}
	raw_close(&slow);
	bus_stop(&b);
}

/* The one that stood still goes away: its source goes on. */
static void
source_goes_on_when_the_reader_dies(void **state)
{
	struct bus b;
	struct actor *fast, *sm;
	struct raw slow;

	(void)state;
	bus_start(&b, 1);
	fast = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	raw_login(&slow, &b, BIND("raw-1", "c2s"));
	WAIT(&b, raw_got(&slow, "<c:synced/>"));
	io_pause(slow.io);
	send_kilobytes(fast, "raw-1", 8 * 1024);
	node_send(fast, "sm-1", "<last/>");
	WAIT(&b, port_paused(&link_of(&b, "c2s-1")->port));
	raw_close(&slow);
	WAIT(&b, sm->frames == 1);
	assert_true(fast->bounces > 0); /* what came too late for it came back */
	bus_stop(&b);
}

/* ---- leaving ---- */

static void
on_drained(void *arg)
{
	struct bus *b = arg;

	b->done = true;
	loop_stop(b->loop);
}

/* With one router, too: flushed and closed, within its time. */
static void
last_router_drains(void **state)
{
	struct bus b;
	struct actor *c2s, *sm;
	struct raw deaf;
	uint64_t began;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1"));
	raw_login(&deaf, &b, BIND("raw-1", "ctl")); /* it does not leave when it is asked */
	WAIT(&b, raw_got(&deaf, "<c:synced/>"));
	for (unsigned i = 0; i < 1000; i++)
		node_send(c2s, "sm-1", "<a/>");
	began = uv_hrtime();
	router_drain(b.router[0], on_drained, &b);
	WAIT(&b, b.done);
	assert_true(uv_hrtime() - began < 3000000000ull);
	assert_int_equal(sm->frames, 1000);
	assert_true(raw_got(&deaf, "<c:state is='draining'/>"));
	WAIT(&b, c2s->offlines == 1);
	raw_close(&deaf);
	bus_router_kill(&b, 0);
	bus_stop(&b);
}

static void
bad_listen_address_is_told(void **state)
{
	struct bus b;
	struct buf why = {0};
	const char *listen = "unix:/nonexistent/router";
	struct router_opts o = {
	    .log = &b.log,
	    .name = "router-9",
	    .boot = "b",
	    .listen = &listen,
	    .listen_count = 1,
	    .secret = BUS_SECRET,
	};

	(void)state;
	bus_start(&b, 0);
	o.loop = b.loop;
	assert_null(router_new(&o, &why));
	assert_true(str_find(buf_str(&why), STR("/nonexistent/router")) >= 0);
	buf_done(&why);
	bus_stop(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(by_name_with_all_attributes),
	    cmocka_unit_test(by_key_follows_the_slots),
	    cmocka_unit_test(by_key_among_those_that_serve),
	    cmocka_unit_test(muc_has_slots_of_its_own),
	    cmocka_unit_test(foreign_domains_go_to_s2s),
	    cmocka_unit_test(bounces_bring_all_back),
	    cmocka_unit_test(features_offer_scram),
	    cmocka_unit_test(garbage_closes_one_link),
	    cmocka_unit_test(long_input_of_strangers_is_refused),
	    cmocka_unit_test(strangers_are_few),
	    cmocka_unit_test(bad_binds_are_refused),
	    cmocka_unit_test(bad_frames_close_one_link),
	    cmocka_unit_test(unknown_words_are_ignored_and_pings_answered),
	    cmocka_unit_test(same_boot_replaces_too),
	    cmocka_unit_test(half_lost_member_is_told),
	    cmocka_unit_test(slow_reader_stops_its_source_only),
	    cmocka_unit_test(source_goes_on_when_the_reader_dies),
	    cmocka_unit_test(last_router_drains),
	    cmocka_unit_test(bad_listen_address_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
