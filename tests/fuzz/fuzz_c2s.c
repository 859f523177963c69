/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole c2s, between two clients that say anything and a bus on which an sm
 * answers as it should, or anything at all. Nobody gets a session who has not
 * shown the password; stanzas carry the session's own address; what goes on
 * the bus is canonical; what goes to a client is well-formed. One line of
 * input is one event, its first letter says which:
 *
 *	o T	the first, the second client connects anew, without or with direct TLS: o O, t T
 *	a b	bytes from the first, the second client; A B: with a line end behind them
 *	l m	the first, the second client logs in as juliet, as romeo, and binds; L: the first without the latter
 *	e r d	the first client hangs up, breaks, reads no more (or again)
 *	n N	a stanza from the sm to the newest session, to the oldest; a number is left out before it: g
 *	w W	a word, or anything, in the newest session, in the oldest; f: without session; i: number in front
 *	k K	a frame of the newest session comes back; a credentials request comes back
 *	q	the sm answers nothing (or again)
 *	x X	the newest session's owner is gone, frames may be lost
 *	u p	no router (or again); the bus is full (or again)
 *	s	time passes: as many tenths of a second as the line has bytes, behind S seconds
 *	z	c2s drains
 *
 * $SID in a line is the id of the newest session, $SM the one of its stream management (XEP-0198), $ID the one of the last
 * request for credentials.
 */
#include "tests/fuzz/c2s_bus.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/ground.h"
#include "tests/fuzz/wire.h"

#include "common/base64.h"
#include "tests/unit/tls_util.h"
#include "xmpp/ns.h"
#include "xmpp/out.h"

#include <stdlib.h>

enum { LINES_MAX = 128 };

#define HEADER                                                                                                         \
	"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='" BUS_HOST "' "      \
	"version='1.0'>"

static struct ground {
	struct loop *loop;
	struct daemon daemon;
	struct c2s c2s;
	struct hosts *hosts; /* kept: certificates take time to load */
	struct conf *conf;
	struct log_ctx log;
	struct component bus;
	struct wire *client[2];
	struct buf heard[2];
	bool deaf, pressed, raw; /* raw: the sm has said what no sm says to a client */
} g;

/* ---- clients ---- */

static void
listen_to(size_t i)
{
	if (!g.client[i])
		return;
	if (wire_heard(g.client[i])->n)
		ground_trace(i ? "second client" : "first client", buf_str(wire_heard(g.client[i])));
	buf_add(&g.heard[i], buf_str(wire_heard(g.client[i])));
	buf_clear(wire_heard(g.client[i]));
}

static void
leave(size_t i)
{
	listen_to(i);
	if (!g.raw)
		ground_check_stream(buf_str(&g.heard[i]));
	buf_clear(&g.heard[i]);
	wire_free(&g.client[i]);
	bus_settle(&g.bus);
}

static void
come(size_t i, bool direct_tls)
{
	const struct addr peer = {.sa = {.ss_family = AF_UNIX}, .len = sizeof(sa_family_t)};
	struct address *address;
	int fd;

	leave(i);
	g.client[i] = wire_new(&fd);
	bug_if(limits_admit(&g.c2s.limits, &g.c2s.set, &peer, loop_now(g.loop), &address) != NULL);
	client_new(&g.c2s, fd, &peer, address, direct_tls);
	bus_settle(&g.bus);
}

static void
say(size_t i, struct str bytes)
{
	wire_say(g.client[i], bytes);
	bus_settle(&g.bus);
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

/* The last text between the marks, decoded. */
static bool
hear_data(size_t i, const char *before, const char *after, struct buf *data)
{
	buf_clear(data);
	return base64_parse(data, ground_between(buf_str(&g.heard[i]), before, after)) == 0;
}

/* From a fresh connection to the features behind SASL; left where the world does not go along. */
static bool
authenticate(size_t i, const char *user)
{
	struct sasl_client *sasl = sasl_client_new("xmpp", BUS_HOST, user, BUS_PASSWORD, NULL);
	const char *mechanism, *why;
	struct buf data = {0};
	struct str message;
	bool in = false;

	come(i, false);
	say(i, STR(HEADER));
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
	if (in)
		say(i, STR(HEADER));
	return in;
}

static void
log_in(size_t i, const char *user)
{
	if (authenticate(i, user))
		say(i, STR("<iq type='set' id='b'><bind xmlns='" NS_BIND "'><resource>here</resource></bind></iq>"));
}

static void
client_line(size_t i, struct str text, bool line_end)
{
	struct buf b = {0};

	if (!g.client[i])
		come(i, false);
	buf_add(&b, text);
	if (line_end)
		buf_addc(&b, '\n');
	say(i, buf_str(&b));
	buf_done(&b);
}

/* ---- lines ---- */

static void
sm_stanza(struct bus_session *s, struct str text)
{
	struct buf b = {0};

	if (s && ground_canonical(&b, text))
		bus_tell(&g.bus, &(struct frame){.from = STR("sm-1"), .to = STR("c2s-1"), .sid = str_z(s->sid), .seq = ++s->out,
				     .ack = s->in, .payload = buf_str(&b)});
	buf_done(&b);
}

static void
sm_word(struct bus_session *s, struct str text, bool numbered)
{
	if (!s)
		return;
	g.raw = true;
	bus_tell(&g.bus, &(struct frame){.from = STR("sm-1"), .to = STR("c2s-1"), .sid = str_z(s->sid), .seq = numbered ? ++s->out : 0,
			     .ack = numbered ? s->in : 0, .payload = text});
}

static void
bounce(struct bus_session *s)
{
	struct frame f = {.kind = FRAME_BOUNCE, .from = STR("router-1"), .to = STR("c2s-1"), .reason = STR("no-instance"),
			  .target = STR("sm-1"), .payload = STR("<ack xmlns='" NS_WORDS "'/>")};

	if (!s)
		return;
	f.sid = str_z(s->sid);
	bus_events.bounced(&g.bus, &f);
}

static void
bounce_credentials(void)
{
	struct word_credentials w = {.id = g.bus.asked, .user = STR("juliet"), .host = STR(BUS_HOST)};
	struct frame f = {.kind = FRAME_BOUNCE, .from = STR("router-1"), .to = STR("c2s-1"), .reason = STR("no-host")};
	struct buf b = {0};

	word_write_credentials_get(&b, &w);
	f.payload = buf_str(&b);
	bus_events.bounced(&g.bus, &f);
	buf_done(&b);
}

static void
member_gone(bool only_lost)
{
	static const struct str hosts[] = {{BUS_HOST, sizeof(BUS_HOST) - 1}};
	struct member m = {.name = STR("sm-1"), .role = STR("sm"), .boot = STR("b"), .hosts = hosts, .host_count = 1};

	m.up = true;
	if (only_lost) {
		bus_events.lost(&g.bus, &m);
		return;
	}
	m.up = false;
	bus_events.member(&g.bus, &m);
	m.up = true;
	bus_events.member(&g.bus, &m);
}

static void
world_line(char kind, struct str text)
{
	switch (kind) {
	case 'n':
		sm_stanza(bus_newest(&g.bus), text);
		break;
	case 'N':
		sm_stanza(bus_oldest(&g.bus), text);
		break;
	case 'g':
		if (bus_newest(&g.bus))
			bus_newest(&g.bus)->out++;
		sm_stanza(bus_newest(&g.bus), text);
		break;
	case 'w':
		sm_word(bus_newest(&g.bus), text, false);
		break;
	case 'W':
		sm_word(bus_oldest(&g.bus), text, false);
		break;
	case 'i':
		sm_word(bus_newest(&g.bus), text, true);
		break;
	case 'f':
		bus_tell(&g.bus, &(struct frame){.from = STR("sm-1"), .to = STR("c2s-1"), .payload = text});
		break;
	case 'k':
		bounce(bus_newest(&g.bus));
		break;
	case 'K':
		bounce_credentials();
		break;
	case 'q':
		g.bus.quiet = !g.bus.quiet;
		break;
	case 'x':
	case 'X':
		member_gone(kind == 'X');
		break;
	case 'u':
		bus_events.online(&g.bus, !g.c2s.online);
		break;
	case 'p':
		g.pressed = !g.pressed;
		bus_events.pressure(&g.bus, g.pressed);
		break;
	case 's':
		loop_fake_advance(g.loop, 100 * (text.n + 1));
		break;
	case 'S':
		loop_fake_advance(g.loop, 1000 * MIN(text.n + 1, (size_t)BUS_AWAY_S));
		break;
	case 'z':
		c2s_drain(&g.daemon, &g.c2s);
		break;
	default:
		break;
	}
}

static void
first_client_line(char kind)
{
	if (!g.client[0])
		return;
	if (kind == 'd') {
		g.deaf = !g.deaf;
		wire_read(g.client[0], !g.deaf);
	} else {
		wire_hang_up(g.client[0], kind == 'e' ? IO_END_EOF : IO_END_RESET);
	}
}

static void
play_line(char kind, struct str text)
{
	switch (kind) {
	case 'o':
	case 't':
		come(0, kind == 't');
		break;
	case 'O':
	case 'T':
		come(1, kind == 'T');
		break;
	case 'l':
		log_in(0, "juliet");
		break;
	case 'm':
		log_in(1, "romeo");
		break;
	case 'L':
		authenticate(0, "juliet");
		break;
	case 'a':
	case 'A':
		client_line(0, text, kind == 'A');
		break;
	case 'b':
	case 'B':
		client_line(1, text, kind == 'B');
		break;
	case 'e':
	case 'r':
	case 'd':
		first_client_line(kind);
		break;
	default:
		world_line(kind, text);
		break;
	}
	bus_settle(&g.bus);
}

/* ---- the whole ---- */

static struct test_ca ca;

static void
teardown(void)
{
	hosts_free(&g.hosts);
	conf_free(&g.conf);
	loop_free(&g.loop);
	bus_done(&g.bus);
	for (size_t i = 0; i < ARRAY_LEN(g.heard); i++)
		buf_done(&g.heard[i]);
	test_ca_done(&ca);
}

static void
setup(void)
{
	static const struct conf_section *const sections[] = {&conf_cluster, &conf_host, &conf_log, &conf_http, &conf_c2s, NULL};
	struct buf text = {0}, why = {0};

	ground_setup();
	test_ca_make(&ca);
	test_cert_make(&ca, &(struct test_cert){.name = BUS_HOST});
	buf_addf(&text,
		 "cluster { routers = {\"unix:/none\"} secret = \"correct horse battery staple\" }\n"
		 "host \"" BUS_HOST "\" { certificate = \"%s\" }\nc2s { tls = optional }\n",
		 test_path(&ca, BUS_HOST ".pem"));
	g.conf = ground_conf(buf_z(&text), sections, "c2s-1");
	g.hosts = hosts_new(g.conf, &g.log, &why);
	if (!g.hosts)
		die(1, "%s", buf_z(&why));
	g.loop = loop_new_fake();
	bus_setup(&g.bus);
	buf_done(&text);
	buf_done(&why);
	atexit(teardown);
}

static void
begin(void)
{
	ground_reset();
	memset(&g.c2s, 0, sizeof(g.c2s));
	g.daemon = (struct daemon){.loop = g.loop, .conf = g.conf, .log = &g.log, .name = "c2s-1"};
	c2s_init(&g.c2s, g.loop, &g.log, g.conf);
	g.c2s.daemon = &g.daemon;
	g.c2s.hosts = g.hosts;
	g.c2s.bus = &g.bus;
	g.deaf = g.pressed = g.raw = false;
	bus_begin(&g.bus, &g.c2s, g.loop);
}

static void
end(void)
{
	for (size_t i = 0; i < ARRAY_LEN(g.client); i++)
		leave(i);
	g.c2s.hosts = NULL;
	c2s_done(&g.c2s);
	loop_fake_advance(g.loop, 0);
	bus_end(&g.bus);
}

static void
expand(struct buf *out, struct str text)
{
	struct buf id = {0}, part = {0}, more = {0};

	buf_clear(out);
	buf_addu(&id, g.bus.asked);
	ground_expand(&part, text, "$SID", bus_newest(&g.bus) ? str_z(bus_newest(&g.bus)->sid) : STR(""));
	ground_expand(&more, buf_str(&part), "$SM", bus_newest(&g.bus) ? str_z(bus_newest(&g.bus)->managed) : STR(""));
	ground_expand(out, buf_str(&more), "$ID", buf_str(&id));
	buf_done(&id);
	buf_done(&part);
	buf_done(&more);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_n((const char *)data, size);
	struct buf text = {0};
	unsigned lines = 0;

	if (!g.loop)
		setup();
	begin();
	while (rest.p && rest.n && lines++ < LINES_MAX) {
		struct str line = str_split(rest, '\n', &rest);

		if (line.n == 0)
			continue;
		expand(&text, str_from(line, 1));
		play_line(line.p[0], buf_str(&text));
	}
	end();
	buf_done(&text);
	return 0;
}
