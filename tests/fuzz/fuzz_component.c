/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Being on the bus (xmpp/component.h), with routers that say anything: whatever
 * they do, the component goes on trying, tells its owner of each member, of
 * being online and of its end in turn, and never takes a router that does not
 * know the secret. One line of input is one event, its first letter says which:
 *
 *	1 2	bytes from the first router, the second, on the present connection; ! @: with a line end
 *	l m	the first, the second lets the component in, binds it, and is synced
 *	k	the first does the same up to <bound/>
 *	f g	a frame from the first, the second, with `to` of ours: the line is the payload
 *	e E	the first, the second hangs up
 *	o	the owner sends: a host and key, to everybody up
 *	r	the first reads no more (or again)
 *	s S	time passes: tenths of a second as the line is long, seconds
 *	d	the component is draining; h: serves other hosts; z: leaves
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/ground.h"
#include "tests/fuzz/wire.h"

#include "common/base64.h"
#include "xmpp/cluster.h"
#include "xmpp/component.h"
#include "xmpp/ns.h"
#include "xmpp/sasl.h"

#include <stdlib.h>

enum { LINES_MAX = 128, AWAY_S = 100, ROUTERS = 2 };

#define SECRET "correct horse battery staple"

struct fake_router {
	struct wire *wire;
	struct buf heard;
	struct sasl_server *sasl;
	struct buf answer; /* of SASL */
	bool in, frames, deaf;
};

static struct ground {
	struct loop *loop;
	struct log_ctx log;
	struct component *c;
	struct fake_router router[ROUTERS];
	struct sasl_credentials keys;
	bool online, left, let_in;
} g;

/* ---- the owner ---- */

static void
on_frame(struct component *c, const struct frame *f)
{
	bug_if(c != g.c || f->kind != FRAME_ROUTE || !g.let_in);
	bug_if(!frame_values_ok(f));
}

static void
on_bounced(struct component *c, const struct frame *f)
{
	bug_if(c != g.c || !f->reason.n);
}

static void
on_member(struct component *c, const struct member *m)
{
	bug_if(c != g.c || !instance_name_ok(m->name) || !g.let_in);
	bug_if(m->draining && !m->up);
}

static void
on_online(struct component *c, bool online)
{
	bug_if(c != g.c || online == g.online || (online && !g.let_in));
	g.online = online;
	bug_if(component_online(c) != online);
}

static void
on_pressure(struct component *c, bool high)
{
	(void)c;
	(void)high;
}

static void
on_lost(struct component *c, const struct member *m)
{
	(void)c;
	(void)m;
}

static void
on_left(struct component *c)
{
	bug_if(c != g.c || g.left);
	g.left = true;
}

static void
owner_sends(struct str payload)
{
	static const struct str hosts[] = {{"example.org", 11}, {"gateway.example.org", 19}};
	uint64_t it = 0;
	const struct member *m;

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		component_send(g.c, &(struct frame){.host = hosts[i], .key = STR("juliet@example.org"), .payload = payload});
	while ((m = component_next_member(g.c, &it)))
		buf_add(component_begin(g.c, &(struct frame){.to = m->name, .sid = STR("s"), .seq = 1}), payload), component_end(g.c);
	(void)component_slot_owner(g.c, 17);
}

/* ---- routers ---- */

static void
on_connect(void *arg, struct str address, struct wire *w)
{
	struct fake_router *r = &g.router[str_is(address, "unix:/fuzz/router-2") ? 1 : 0];

	(void)arg;
	wire_free(&r->wire);
	buf_clear(&r->heard);
	r->in = r->frames = r->deaf = false;
	r->wire = w;
}

static void
listen_to(struct fake_router *r)
{
	if (!r->wire)
		return;
	if (wire_heard(r->wire)->n)
		ground_trace(r == g.router ? "first" : "second", buf_str(wire_heard(r->wire)));
	buf_add(&r->heard, buf_str(wire_heard(r->wire)));
	buf_clear(wire_heard(r->wire));
}

/* What the component says is XML, and frames once it is bound. */
static void
check_heard(struct fake_router *r)
{
	struct str heard = buf_str(&r->heard);
	const char *why = "";
	struct frame f;
	size_t used;

	if (!r->frames) {
		ground_check_stream(heard);
		return;
	}
	for (; heard.n; heard = str_from(heard, used)) {
		enum frame_result res = frame_read(heard, &f, &used, &why);

		if (res == FRAME_BAD)
			die(1, "a bad frame from the component: %s: " STR_FMT, why, STR_ARG(heard));
		if (res == FRAME_MORE)
			break;
		bug_if(f.kind == FRAME_ROUTE && !str_is(f.from, "c2s-1"));
	}
}

static void
say(struct fake_router *r, struct str bytes)
{
	if (!r->wire)
		return;
	wire_say(r->wire, bytes);
	listen_to(r);
}

static void
sasl_says(struct fake_router *r, const char *name, struct str bytes)
{
	buf_clear(&r->answer);
	buf_addf(&r->answer, "<%s xmlns='" NS_SASL "'>", name);
	base64_print(&r->answer, bytes);
	buf_addf(&r->answer, "</%s>", name);
}

static void
on_challenge(void *owner, struct str bytes)
{
	sasl_says(owner, "challenge", bytes);
}

static void
on_success(void *owner, struct str user, const char *mechanism, struct str data)
{
	struct fake_router *r = owner;

	(void)user;
	(void)mechanism;
	r->in = true;
	sasl_says(r, "success", data);
}

static void
on_failure(void *owner, enum sasl_condition condition, const char *text)
{
	struct fake_router *r = owner;

	(void)condition;
	(void)text;
	buf_clear(&r->answer);
	buf_addl(&r->answer, "<failure xmlns='" NS_SASL "'><not-authorized/></failure>");
}

static void
on_want(void *owner, struct str user)
{
	struct fake_router *r = owner;

	(void)user;
	sasl_server_credentials(r->sasl, &g.keys);
}

static const struct sasl_server_events sasl_events = {on_challenge, on_success, on_failure, on_want};

/* The text of the first of these elements that was heard, decoded. */
static bool
hear_data(struct fake_router *r, const char *before, const char *after, struct buf *data)
{
	buf_clear(data);
	return base64_parse(data, ground_between(buf_str(&r->heard), before, after)) == 0;
}

static void
authenticate(struct fake_router *r)
{
	static const char *const mechanisms[] = {"SCRAM-SHA-256", NULL};
	const struct sasl_server_opts opts = {.service = "xmpp", .host = CLUSTER_HOST, .mechanisms = mechanisms,
					      .fake_secret = STR("x"), .fake_iterations = SCRAM_ITERATIONS_MIN, .loop = g.loop};
	struct buf data = {0};

	r->sasl = sasl_server_new(&opts, &sasl_events, r);
	if (hear_data(r, "mechanism='SCRAM-SHA-256'>", "</auth>", &data)) {
		sasl_server_start(r->sasl, STR("SCRAM-SHA-256"), buf_str(&data));
		loop_fake_advance(g.loop, 0);
		say(r, buf_str(&r->answer));
	}
	if (hear_data(r, "<response xmlns='" NS_SASL "'>", "</response>", &data) && sasl_server_busy(r->sasl)) {
		sasl_server_step(r->sasl, buf_str(&data));
		loop_fake_advance(g.loop, 0);
		if (r->in)
			g.let_in = true;
		say(r, buf_str(&r->answer));
	}
	sasl_server_free(&r->sasl);
	buf_done(&data);
}

#define HEADER                                                                                                         \
	"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" NS_STREAM "' xmlns:c='" NS_BUS "' " \
	"id='x' from='router' version='1.0'>"
#define MEMBERS "<c:member name='sm-1' role='sm' boot='b' state='up' hosts='example.org'/>"

/* The whole way, on a fresh connection; as far as the component goes along. */
static void
let_in(struct fake_router *r, bool synced)
{
	struct str name = r == g.router ? STR("router-1") : STR("router-2");
	struct buf b = {0};

	say(r, STR(HEADER "<stream:features><mechanisms xmlns='" NS_SASL "'><mechanism>SCRAM-SHA-256</mechanism>"
			  "</mechanisms></stream:features>"));
	authenticate(r);
	if (!r->in || r->frames)
		return;
	say(r, STR(HEADER "<stream:features><bind xmlns='" NS_BUS "' versions='2'/></stream:features>"));
	if (str_find(buf_str(&r->heard), STR("<bind ")) < 0)
		return;
	check_heard(r);
	buf_clear(&r->heard);
	r->frames = true;
	buf_addf(&b, "<bound xmlns='" NS_BUS "' router='" STR_FMT "' boot='rb' version='2'/>", STR_ARG(name));
	if (synced)
		buf_addl(&b, MEMBERS "<c:synced/>");
	say(r, buf_str(&b));
	buf_done(&b);
}

static void
say_line(struct fake_router *r, struct str text, bool line_end)
{
	struct buf b = {0};

	buf_add(&b, text);
	if (line_end)
		buf_addc(&b, '\n');
	say(r, buf_str(&b));
	buf_done(&b);
}

static void
say_frame(struct fake_router *r, struct str payload)
{
	struct buf b = {0};

	frame_write(&b, &(struct frame){.from = STR("sm-1"), .to = STR("c2s-1"), .sid = STR("s"), .seq = 1, .payload = payload});
	say(r, buf_str(&b));
	buf_done(&b);
}

/* ---- lines ---- */

static void
own_line(char kind, struct str text)
{
	static const char *const hosts[] = {"example.org", "example.net", NULL};

	switch (kind) {
	case 'o':
		owner_sends(text);
		break;
	case 's':
		loop_fake_advance(g.loop, 100 * (text.n + 1));
		break;
	case 'S':
		loop_fake_advance(g.loop, 1000 * MIN(text.n + 1, (size_t)AWAY_S));
		break;
	case 'd':
		component_draining(g.c);
		break;
	case 'h':
		component_set_hosts(g.c, hosts);
		break;
	case 'z':
		component_leave(g.c, on_left);
		break;
	default:
		break;
	}
}

static void
play_line(char kind, struct str text)
{
	struct fake_router *first = &g.router[0], *second = &g.router[1];

	switch (kind) {
	case '1':
	case '2':
		say_line(kind == '1' ? first : second, text, false);
		break;
	case '!':
	case '@':
		say_line(kind == '!' ? first : second, text, true);
		break;
	case 'l':
	case 'm':
		let_in(kind == 'l' ? first : second, true);
		break;
	case 'k':
		let_in(first, false);
		break;
	case 'f':
	case 'g':
		say_frame(kind == 'f' ? first : second, text);
		break;
	case 'e':
	case 'E':
		if ((kind == 'e' ? first : second)->wire)
			wire_hang_up((kind == 'e' ? first : second)->wire, IO_END_EOF);
		break;
	case 'r':
		first->deaf = !first->deaf;
		if (first->wire)
			wire_read(first->wire, !first->deaf);
		break;
	default:
		own_line(kind, text);
		break;
	}
	loop_fake_advance(g.loop, 0);
	listen_to(first);
	listen_to(second);
}

/* ---- the whole ---- */

static void
teardown(void)
{
	loop_free(&g.loop);
	for (size_t i = 0; i < ROUTERS; i++) {
		buf_done(&g.router[i].heard);
		buf_done(&g.router[i].answer);
	}
}

static void
setup(void)
{
	ground_setup();
	g.loop = loop_new_fake();
	wire_on_connect(on_connect, NULL);
	ground_reset();
	scram_make(&g.keys.scram[SCRAM_SHA_256], SCRAM_SHA_256, SCRAM_ITERATIONS_MIN, STR(SECRET));
	g.keys.has_scram[SCRAM_SHA_256] = true;
	atexit(teardown);
}

static void
begin(void)
{
	static const struct component_events events = {on_frame, on_bounced, on_member, on_online, on_pressure, on_lost};
	static const char *const routers[] = {"unix:/fuzz/router-1", "unix:/fuzz/router-2", NULL};
	const struct component_opts opts = {.loop = g.loop, .log = &g.log, .name = "c2s-1", .role = "c2s", .boot = "cb",
					    .routers = routers, .secret = SECRET};

	ground_reset();
	g.online = g.left = g.let_in = false;
	g.c = component_new(&opts, &events, NULL);
	loop_fake_advance(g.loop, 0);
	for (size_t i = 0; i < ROUTERS; i++)
		listen_to(&g.router[i]);
}

static void
end(void)
{
	component_free(&g.c);
	loop_fake_advance(g.loop, 0);
	for (size_t i = 0; i < ROUTERS; i++) {
		listen_to(&g.router[i]);
		check_heard(&g.router[i]);
		wire_free(&g.router[i].wire);
		buf_clear(&g.router[i].heard);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_n((const char *)data, size);
	unsigned lines = 0;

	if (!g.loop)
		setup();
	begin();
	while (rest.p && rest.n && lines++ < LINES_MAX && !g.left) {
		struct str line = str_split(rest, '\n', &rest);

		if (line.n)
			play_line(line.p[0], str_from(line, 1));
	}
	end();
	return 0;
}
