/* SPDX-License-Identifier: Apache-2.0 */
/* See c2s_stage.h. */
#include "tests/unit/c2s_stage.h"

#include "common/base64.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ITERATIONS = 4096 };

/* ---- the sm ---- */

static void
answer_credentials(struct stage_sm *m, const struct frame *f, const struct stanza *p)
{
	struct word_credentials w;
	struct buf b = {0};

	assert_int_equal(word_read_credentials_get(p, &w), 0);
	if (str_is(w.user, "juliet") || str_is(w.user, "romeo"))
		w.stored = m->stage->juliet;
	else if (str_is(w.user, "locked"))
		w.stored = m->stage->juliet, w.stored.result = SASL_USER_DISABLED;
	else if (str_is(w.user, "broken"))
		w.stored.result = SASL_USER_TEMPORARY;
	else if (str_is(w.user, "mute"))
		return;
	else
		w.stored.result = SASL_USER_UNKNOWN;
	word_write_credentials(&b, &w);
	component_send(m->actor->c, &(struct frame){.to = f->from, .payload = buf_str(&b)});
	buf_done(&b);
}

static void
reply(struct stage_sm *m, const struct frame *f, uint64_t ack, struct buf *b)
{
	component_send(m->actor->c, &(struct frame){.to = f->from, .sid = f->sid, .ack = ack, .payload = buf_str(b)});
	buf_done(b);
}

static void
answer_open(struct stage_sm *m, const struct frame *f, const struct stanza *p)
{
	struct word_open w;
	struct buf b = {0}, jid = {0};

	assert_int_equal(word_read_open(p, &w), 0);
	m->opens++;
	if (m->refuse != STANZA_OK) {
		word_write_refused(&b, m->refuse, "not today");
		reply(m, f, 0, &b);
		return;
	}
	if (w.resume) {
		m->resumes++;
		m->in = w.in;
		m->out = w.out;
		snprintf(m->keep, sizeof(m->keep), STR_FMT, STR_ARG(w.keep));
		buf_add(&jid, w.jid);
	} else {
		m->in = m->out = 0;
		buf_addf(&jid, STR_FMT "@" STR_FMT "/" STR_FMT, STR_ARG(w.user), STR_ARG(w.host),
			 STR_ARG(w.resource.n ? w.resource : STR("made")));
	}
	m->heard_ack = 0;
	memcpy(m->sid, f->sid.p, SID_LEN);
	word_write_opened(&b, buf_str(&jid), false);
	reply(m, f, m->in, &b);
	buf_done(&jid);
}

static void
on_numbered(struct stage_sm *m, const struct frame *f)
{
	struct buf b = {0};

	m->in = MAX(m->in, f->seq);
	if (m->lazy)
		return;
	word_write_ack(&b);
	reply(m, f, m->in, &b);
}

static void
on_sm_frame(struct actor *n, const struct frame *f)
{
	struct stage *s = container_of(n->bus, struct stage, bus);
	struct stage_sm *m = s->sm[0].actor == n ? &s->sm[0] : &s->sm[1];
	struct arena a = {0};
	struct stanza p;

	m->heard_ack = MAX(m->heard_ack, f->ack);
	if (f->seq == 0 && f->host.p)
		snprintf(m->asked, sizeof(m->asked), STR_FMT, STR_ARG(f->payload));
	if (!m->deaf && f->seq > 0)
		on_numbered(m, f);
	if (!m->deaf && f->seq == 0 && stanza_parse(&p, &a, f->payload, NULL) == 0) {
		if (word_of(&p) == WORD_CREDENTIALS)
			answer_credentials(m, f, &p);
		else if (word_of(&p) == WORD_OPEN)
			answer_open(m, f, &p);
	}
	arena_done(&a);
}

void
stage_sm_join(struct stage *s, size_t i, const char *boot)
{
	static const char *const hosts[] = {STAGE_HOST, NULL};
	char name[] = {'s', 'm', '-', (char)('1' + i), '\0'};
	struct stage_sm *m = &s->sm[i];

	*m = (struct stage_sm){.stage = s};
	m->actor = bus_join_as(&s->bus, name, "sm", boot, BUS_SECRET, hosts);
	m->actor->on_frame = on_sm_frame;
	WAIT(&s->bus, component_online(m->actor->c));
	WAIT(&s->bus, component_member(s->c2s.bus, str_z(name)));
}

void
stage_sm_kill(struct stage *s, size_t i)
{
	node_leave(s->sm[i].actor);
}

static void
send_numbered(struct stage_sm *m, uint64_t seq, const char *rid, const char *stanza)
{
	component_send(m->actor->c, &(struct frame){.to = STR("c2s-1"), .sid = str_z(m->sid), .seq = seq, .ack = m->in,
						    .rid = str_z(rid), .payload = str_z(stanza)});
}

void
sm_send(struct stage_sm *m, const char *stanza)
{
	send_numbered(m, ++m->out, NULL, stanza);
}

void
sm_send_named(struct stage_sm *m, uint64_t seq, const char *rid, const char *stanza)
{
	send_numbered(m, seq, rid, stanza);
}

void
sm_word(struct stage_sm *m, uint64_t ack, const char *word)
{
	component_send(m->actor->c,
		       &(struct frame){.to = STR("c2s-1"), .sid = str_z(m->sid), .ack = ack, .payload = str_z(word)});
}

bool
sm_heard(const struct stage_sm *m, const char *text)
{
	return node_heard(m->actor, text);
}

void
sm_forget(struct stage_sm *m)
{
	node_forget(m->actor);
}

/* ---- the whole ---- */

const char *stage_host_keys;

static void
load_conf(struct stage *s, const char *config, const char *certificate)
{
	static const struct conf_section *const sections[] = {&conf_cluster, &conf_host, &conf_log,
							      &conf_http,    &conf_c2s,  NULL};
	struct buf problems = {0};
	FILE *f;

	strcpy(s->conf_path, "/tmp/c2s-conf-XXXXXX");
	close(mkstemp(s->conf_path));
	f = fopen(s->conf_path, "w");
	assert_non_null(f);
	fprintf(f, "cluster { routers = {\"%s\"} secret = \"" BUS_SECRET "\" }\nhost \"" STAGE_HOST "\" { ",
		s->bus.routers[0]);
	if (certificate)
		fprintf(f, "certificate = \"%s\" ", certificate);
	fprintf(f, "%s}\nc2s {\n%s\n}\n", stage_host_keys ? stage_host_keys : "", config);
	fclose(f);
	if (conf_load(&s->conf, s->conf_path, sections, conf_all_section_names, "c2s-1", &problems) < 0)
		fail_msg("%s", buf_z(&problems));
	buf_done(&problems);
	unlink(s->conf_path);
}

void
stage_start_with(struct stage *s, const char *config, const char *certificate, size_t routers)
{
	struct component_opts opts = {.name = "c2s-1", .role = "c2s", .boot = "c2sboot", .secret = BUS_SECRET};
	struct buf why = {0};

	memset(s, 0, sizeof(*s));
	bus_start(&s->bus, routers);
	load_conf(s, config, certificate);
	c2s_init(&s->c2s, s->bus.loop, &s->bus.log, s->conf);
	s->c2s.hosts = hosts_new(s->conf, &s->bus.log, &why);
	assert_non_null(s->c2s.hosts);
	opts.loop = s->bus.loop;
	opts.log = &s->bus.log;
	opts.routers = s->bus.routers;
	s->c2s.bus = component_new(&opts, &bus_events, &s->c2s);
	WAIT(&s->bus, s->c2s.online);
	s->juliet.result = SASL_USER_OK;
	scram_make(&s->juliet.scram[SCRAM_SHA_256], SCRAM_SHA_256, ITERATIONS, STR(STAGE_PASSWORD));
	s->juliet.has_scram[SCRAM_SHA_256] = true;
	stage_sm_join(s, 0, "smboot");
	buf_done(&why);
}

void
stage_start(struct stage *s, const char *config, const char *certificate)
{
	stage_start_with(s, config, certificate, 1);
}

void
stage_stop(struct stage *s)
{
	c2s_done(&s->c2s);
	component_free(&s->c2s.bus);
	bus_stop(&s->bus);
	conf_free(&s->conf);
}

/* ---- clients ---- */

static size_t
on_data(struct io *io, const char *p, size_t n)
{
	struct raw *c = io_owner(io);

	if (c->deaf)
		return 0;
	buf_addn(&c->in, p, n);
	return n;
}

static void
on_end(struct io *io, enum io_end end, const char *text)
{
	struct raw *c = io_owner(io);

	(void)end;
	(void)text;
	c->ended = true;
}

static const struct io_events client_events = {.data = on_data, .end = on_end};

void
stage_connect(struct stage *s, struct raw *c, bool direct_tls)
{
	const struct addr peer = {.sa = {.ss_family = AF_UNIX}, .len = sizeof(sa_family_t)};
	struct address *address;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	*c = (struct raw){.bus = &s->bus};
	c->io = io_new(s->bus.loop, fds[0], &client_events, c);
	assert_null(limits_admit(&s->c2s.limits, &s->c2s.set, &peer, loop_now(s->bus.loop), &address));
	client_new(&s->c2s, fds[1], &peer, address, direct_tls);
}

void
stage_say(struct raw *c, const char *text)
{
	io_write(c->io, str_z(text));
}

void
stage_hear(struct raw *c, const char *text)
{
	bus_guard(c->bus);
	while (!raw_got(c, text)) {
		if (c->bus->late || c->ended)
			fail_msg("the client waits for: %s\nbut has: %s%s", text, buf_z(&c->in),
				 c->ended ? " (closed)" : "");
		bus_turn(c->bus);
	}
	timer_stop(&c->bus->guard);
	buf_consume(&c->in, (size_t)str_find(buf_str(&c->in), str_z(text)) + strlen(text));
}

void
stage_hear_end(struct raw *c)
{
	WAIT(c->bus, c->ended);
}

void
stage_forget(struct raw *c)
{
	buf_clear(&c->in);
}

void
stage_open_stream(struct raw *c)
{
	stage_say(c, HEADER);
	stage_hear(c, "</stream:features>");
}

static void
say_data(struct raw *c, const char *before, struct str data, const char *after)
{
	struct buf b = {0};

	buf_addz(&b, before);
	base64_print(&b, data);
	buf_addz(&b, after);
	stage_say(c, buf_z(&b));
	buf_done(&b);
}

/* The text between two marks, decoded; what came before it is forgotten. */
static void
hear_data(struct raw *c, const char *start, const char *end, struct buf *data)
{
	stage_hear(c, start);
	WAIT(c->bus, raw_got(c, end));
	assert_int_equal(base64_parse(data, str_n(c->in.p, (size_t)str_find(buf_str(&c->in), str_z(end)))), 0);
}

void
stage_authenticate(struct raw *c, const char *user)
{
	struct sasl_client *sasl = sasl_client_new("xmpp", STAGE_HOST, user, STAGE_PASSWORD, NULL);
	const char *mechanism, *why;
	struct str message;
	struct buf data = {0};

	stage_open_stream(c);
	assert_int_equal(sasl_client_start(sasl, "SCRAM-SHA-256", &mechanism, &message, &why), 0);
	say_data(c, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>", message, "</auth>");
	hear_data(c, "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>", "</challenge>", &data);
	assert_int_equal(sasl_client_step(sasl, buf_str(&data), &message, &why), 0);
	say_data(c, "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>", message, "</response>");
	buf_clear(&data);
	hear_data(c, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>", "</success>", &data);
	assert_int_equal(sasl_client_finish(sasl, buf_str(&data), &why), 0);
	sasl_client_free(&sasl);
	buf_done(&data);
}

void
stage_login(struct raw *c, const char *user)
{
	stage_authenticate(c, user);
	stage_say(c, HEADER);
	WAIT(c->bus, raw_got(c, "</stream:features>"));
}

void
stage_bind(struct raw *c, const char *resource)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "<iq type='set' id='b1'><bind "
		 "xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>%s</resource></bind></iq>",
		 resource);
	stage_say(c, text);
	stage_hear(c, "</jid></bind></iq>");
}

void
stage_enter(struct stage *s, struct raw *c, const char *user, const char *resource)
{
	stage_connect(s, c, false);
	stage_login(c, user);
	stage_bind(c, resource);
}

void
stage_secure(struct raw *c, struct tls_client *tls)
{
	io_start_tls(c->io, tls_client_ssl(tls, STR(STAGE_HOST)));
}
