/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole router, between two links and an external component (XEP-0114) that
 * say anything. Nobody is on the bus who does not know the secret; what links
 * hear are frames, from nobody but who is there; a component speaks for its
 * own domain only; what it hears is well-formed. One line of input is one
 * event, its first letter says which:
 *
 *	1 2 3	connect: a link that binds as sm-1 (example.org), as c2s-1, a component that has said its handshake
 *	4 5 6	connect, and say nothing yet
 *	p q x	bytes from the first link, the second, the component; P Q X: with a line end behind them
 *	f g	a frame from the first link, the second: attributes as in `to=c2s-1,sid=abc`, a blank, the payload
 *	b	a bounce from the first link, in the same way
 *	e E h	the first link, the second, the component hangs up
 *	r R	the first link, the component reads no more (or again)
 *	s S	time passes: tenths of a second as the line is long, seconds
 *	z	the router drains
 *
 * $ID in a line is the id of the component's stream, $HANDSHAKE what it must say.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/ground.h"
#include "tests/fuzz/wire.h"

#include "common/base64.h"
#include "router/router.h"
#include "xmpp/cluster.h"
#include "xmpp/ns.h"
#include "xmpp/stanza.h"

#include <openssl/sha.h>
#include <stdlib.h>

enum { LINES_MAX = 128, AWAY_S = 100 };
enum { FIRST, SECOND, COMPONENT, PEERS };

#define BUS "unix:/fuzz/bus"
#define DOOR "unix:/fuzz/door"
#define DOMAIN "gateway.example.org"
#define SECRET "correct horse battery staple"
#define BUS_HEADER                                                                                                     \
	"<stream:stream xmlns='jabber:client' xmlns:stream='" NS_STREAM "' xmlns:c='" NS_BUS "' to='router' "          \
	"version='1.0'>"
#define DOOR_HEADER "<stream:stream xmlns='jabber:component:accept' xmlns:stream='" NS_STREAM "' to='" DOMAIN "'>"

static struct ground {
	struct loop *loop;
	struct log_ctx log;
	struct daemon daemon;
	struct router *router;
	struct wire *wire[PEERS];
	struct buf heard[PEERS];
	bool bound[PEERS], deaf[PEERS];
	bool left, raw;
} g;

/* ---- what they hear ---- */

static bool
is_stanza(const struct stanza *st)
{
	return stanza_is(st, "message", NS_CLIENT) || stanza_is(st, "presence", NS_CLIENT) ||
	       stanza_is(st, "iq", NS_CLIENT);
}

/* What comes from the router itself and is a stanza is from its component, and says so (XEP-0114 3). */
static void
check_payload(const struct frame *f)
{
	struct arena a = {0};
	struct stanza st;
	struct jid from;

	if (!str_is(f->from, "router-1") || stanza_parse(&st, &a, f->payload, NULL) < 0 || !is_stanza(&st)) {
		arena_done(&a);
		return;
	}
	bug_if(jid_prep(&a, node_attr(&a, st.root, "from"), &from, NULL) < 0);
	bug_if(!str_is(from.domain, DOMAIN));
	arena_done(&a);
}

static void
check_frame(const struct frame *f)
{
	switch (f->kind) {
	case FRAME_ROUTE:
		bug_if(!str_is(f->from, "sm-1") && !str_is(f->from, "c2s-1") && !str_is(f->from, "router-1"));
		check_payload(f);
		break;
	case FRAME_BOUNCE:
		bug_if(!f->reason.n || !f->from.n);
		break;
	default:
		break;
	}
}

/* Frames, whole but for the last. */
static void
check_frames(struct str heard)
{
	const char *why = "";
	struct frame f;
	size_t used;

	for (; heard.n; heard = str_from(heard, used)) {
		enum frame_result res = frame_read(heard, &f, &used, &why);

		if (res == FRAME_BAD)
			die(1, "a bad frame from the router: %s: " STR_FMT, why, STR_ARG(heard));
		if (res == FRAME_MORE)
			break;
		check_frame(&f);
	}
}

static void
listen_to(size_t i)
{
	static const char *const who[] = {"first", "second", "component"};
	struct buf *in;

	if (!g.wire[i])
		return;
	in = wire_heard(g.wire[i]);
	if (in->n)
		ground_trace(who[i], buf_str(in));
	buf_add(&g.heard[i], buf_str(in));
	buf_clear(in);
}

static void
leave(size_t i)
{
	listen_to(i);
	if (g.bound[i] && i != COMPONENT)
		check_frames(buf_str(&g.heard[i]));
	else if (i != COMPONENT || !g.raw)
		ground_check_stream(buf_str(&g.heard[i]));
	buf_clear(&g.heard[i]);
	g.bound[i] = g.deaf[i] = false;
	wire_free(&g.wire[i]);
	loop_fake_advance(g.loop, 0);
}

static void
come(size_t i)
{
	leave(i);
	g.wire[i] = wire_dial(g.loop, i == COMPONENT ? DOOR : BUS); /* null when the router has left */
}

/* ---- what they say ---- */

static void
say(size_t i, struct str bytes)
{
	if (!g.wire[i])
		return;
	wire_say(g.wire[i], bytes);
	listen_to(i);
}

static void
say_data(size_t i, const char *before, struct str data, const char *after)
{
	struct buf b = {0};

	buf_addz(&b, before);
	base64_print(&b, data);
	buf_addz(&b, after);
	say(i, buf_str(&b));
	buf_done(&b);
}

static bool
hear_data(size_t i, const char *before, const char *after, struct buf *data)
{
	buf_clear(data);
	return base64_parse(data, ground_between(buf_str(&g.heard[i]), before, after)) == 0;
}

static bool
authenticate(size_t i)
{
	struct sasl_client *sasl = sasl_client_new("xmpp", CLUSTER_HOST, CLUSTER_USER, SECRET, NULL);
	const char *mechanism, *why;
	struct buf data = {0};
	struct str message;
	bool in = false;

	bug_if(sasl_client_start(sasl, "SCRAM-SHA-256", &mechanism, &message, &why) < 0);
	say_data(i, "<auth xmlns='" NS_SASL "' mechanism='SCRAM-SHA-256'>", message, "</auth>");
	if (hear_data(i, "<challenge xmlns='" NS_SASL "'>", "</challenge>", &data) &&
	    sasl_client_step(sasl, buf_str(&data), &message, &why) == 0) {
		say_data(i, "<response xmlns='" NS_SASL "'>", message, "</response>");
		in = hear_data(i, "<success xmlns='" NS_SASL "'>", "</success>", &data);
		bug_if(in && sasl_client_finish(sasl, buf_str(&data), &why) < 0);
	}
	sasl_client_free(&sasl);
	buf_done(&data);
	return in;
}

/* From here on, what it hears are frames. */
static void
begin_frames(size_t i)
{
	struct str bound = ground_between(buf_str(&g.heard[i]), "<bound ", "/>");

	if (!bound.p)
		return;
	g.bound[i] = true;
	buf_consume(&g.heard[i], (size_t)(bound.p - g.heard[i].p) + bound.n + 2);
}

static void
bind_link(size_t i)
{
	come(i);
	say(i, STR(BUS_HEADER));
	if (!g.wire[i] || !authenticate(i))
		return;
	say(i, STR(BUS_HEADER));
	say(i, i == FIRST ? STR("<bind xmlns='" NS_BUS "' version='2' name='sm-1' role='sm' boot='b1'>"
				"<host name='example.org'/></bind>")
			  : STR("<bind xmlns='" NS_BUS "' version='2' name='c2s-1' role='c2s' boot='b2'/>"));
	begin_frames(i);
}

static struct str
stream_id_of(size_t i)
{
	struct str id = ground_between(buf_str(&g.heard[i]), " id='", "'");

	return id.p ? id : STR("");
}

/* XEP-0114: SHA-1 of the stream's id and the secret. */
static void
handshake(struct buf *out)
{
	unsigned char digest[SHA_DIGEST_LENGTH];
	struct buf b = {0};

	buf_add(&b, stream_id_of(COMPONENT));
	buf_addl(&b, SECRET);
	SHA1((const unsigned char *)b.p, b.n, digest);
	hex_print(out, str_n((const char *)digest, sizeof(digest)));
	buf_done(&b);
}

static void
component_comes(void)
{
	struct buf b = {0};

	come(COMPONENT);
	say(COMPONENT, STR(DOOR_HEADER));
	buf_addl(&b, "<handshake>");
	handshake(&b);
	buf_addl(&b, "</handshake>");
	say(COMPONENT, buf_str(&b));
	buf_done(&b);
}

static void
expand(struct buf *out, struct str text)
{
	struct buf hash = {0}, half = {0};

	buf_clear(out);
	handshake(&hash);
	ground_expand(&half, text, "$ID", stream_id_of(COMPONENT));
	ground_expand(out, buf_str(&half), "$HANDSHAKE", buf_str(&hash));
	buf_done(&hash);
	buf_done(&half);
}

static void
set_number(uint64_t *r, struct str text)
{
	if (str_to_u64(text, r) < 0)
		*r = 0;
}

static void
set_attribute(struct frame *f, struct str name, struct str value)
{
	const struct {
		const char *name;
		struct str *value;
	} texts[] = {
		{"to", &f->to},   {"host", &f->host}, {"key", &f->key},	      {"sid", &f->sid},
		{"rid", &f->rid}, {"from", &f->from}, {"reason", &f->reason}, {"target", &f->target},
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_is(name, texts[i].name))
			*texts[i].value = value;
	if (str_is(name, "seq"))
		set_number(&f->seq, value);
	else if (str_is(name, "ack"))
		set_number(&f->ack, value);
}

static void
say_frame(size_t i, enum frame_kind kind, struct str line)
{
	struct frame f = {.kind = kind, .from = i == FIRST ? STR("sm-1") : STR("c2s-1")};
	struct str head = str_split(line, ' ', &f.payload), value;
	struct buf b = {0}, payload = {0};

	while (head.p) {
		struct str name = str_split(str_split(head, ',', &head), '=', &value);

		set_attribute(&f, name, value);
	}
	if (!f.payload.p)
		f.payload = STR("");
	if (kind == FRAME_BOUNCE && !f.reason.n)
		f.reason = STR("no-instance");
	if (frame_values_ok(&f) && ground_canonical(&payload, f.payload)) {
		f.payload = buf_str(&payload);
		frame_write(&b, &f);
		say(i, buf_str(&b));
	}
	buf_done(&b);
	buf_done(&payload);
}

static void
say_line(size_t i, struct str text, bool line_end)
{
	struct buf b = {0};

	if (!g.wire[i])
		come(i);
	g.raw |= g.bound[i]; /* links are believed: what they send is passed on as it is */
	expand(&b, text);
	if (line_end)
		buf_addc(&b, '\n');
	say(i, buf_str(&b));
	buf_done(&b);
}

static void
toggle_reading(size_t i)
{
	if (!g.wire[i])
		return;
	g.deaf[i] = !g.deaf[i];
	wire_read(g.wire[i], !g.deaf[i]);
}

static void
hang_up(size_t i)
{
	if (g.wire[i])
		wire_hang_up(g.wire[i], IO_END_EOF);
}

static void
on_drained(void *arg)
{
	(void)arg;
	g.left = true;
}

static void
play_line(char kind, struct str text)
{
	static const char says[] = "pqxPQX";
	const char *at = kind ? strchr(says, kind) : NULL;

	if (at) {
		say_line((size_t)(at - says) % PEERS, text, at - says >= PEERS);
		return;
	}
	switch (kind) {
	case '1':
	case '2':
		bind_link(kind == '1' ? FIRST : SECOND);
		break;
	case '3':
		component_comes();
		break;
	case '4':
	case '5':
	case '6':
		come((size_t)(kind - '4'));
		break;
	case 'f':
	case 'g':
		say_frame(kind == 'f' ? FIRST : SECOND, FRAME_ROUTE, text);
		break;
	case 'b':
		say_frame(FIRST, FRAME_BOUNCE, text);
		break;
	case 'e':
	case 'E':
		hang_up(kind == 'e' ? FIRST : SECOND);
		break;
	case 'h':
		hang_up(COMPONENT);
		break;
	case 'r':
	case 'R':
		toggle_reading(kind == 'r' ? FIRST : COMPONENT);
		break;
	case 's':
		loop_fake_advance(g.loop, 100 * (text.n + 1));
		break;
	case 'S':
		loop_fake_advance(g.loop, 1000 * MIN(text.n + 1, (size_t)AWAY_S));
		break;
	case 'z':
		router_drain(g.router, on_drained, NULL);
		break;
	default:
		break;
	}
}

/* ---- the whole ---- */

static void
teardown(void)
{
	loop_free(&g.loop);
	for (size_t i = 0; i < PEERS; i++)
		buf_done(&g.heard[i]);
}

static void
begin(void)
{
	static const char *const bus[] = {BUS}, *const door[] = {DOOR}, *const hosts[] = {"example.org"};
	static const struct router_external external = {DOMAIN, SECRET};
	const struct router_opts opts = {
		.loop = g.loop,
		.log = &g.log,
		.name = "router-1",
		.boot = "rboot",
		.listen = bus,
		.listen_count = 1,
		.external_listen = door,
		.external_listen_count = 1,
		.secret = SECRET,
		.externals = &external,
		.external_count = 1,
		.hosts = hosts,
		.host_count = 1,
		.daemon = &g.daemon,
	};
	struct buf why = {0};

	ground_reset();
	g.left = g.raw = false;
	g.daemon = (struct daemon){.loop = g.loop, .log = &g.log, .name = "router-1"};
	g.router = router_new(&opts, &why);
	if (!g.router)
		die(1, "%s", buf_z(&why));
	buf_done(&why);
}

static void
end(void)
{
	for (size_t i = 0; i < PEERS; i++)
		leave(i);
	router_free(&g.router);
	loop_fake_advance(g.loop, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_n((const char *)data, size);
	unsigned lines = 0;

	if (!g.loop) {
		ground_setup();
		g.loop = loop_new_fake();
		atexit(teardown);
	}
	begin();
	while (rest.p && rest.n && lines++ < LINES_MAX && !g.left) {
		struct str line = str_split(rest, '\n', &rest);

		if (line.n) {
			play_line(line.p[0], str_from(line, 1));
			for (size_t i = 0; i < PEERS; i++)
				listen_to(i);
		}
	}
	end();
	return 0;
}
