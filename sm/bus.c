/* SPDX-License-Identifier: Apache-2.0 */
/* Frames in: to whom each belongs. Frames out. The component's callbacks only dispatch (sm/bus.h). */
#include "sm/bus.h"

#include "common/metric.h"
#include "sm/account.h"
#include "sm/admin.h"
#include "sm/local.h"
#include "sm/mailbox.h"
#include "sm/manage.h"
#include "sm/peer.h"
#include "sm/seen.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/sm.h"

#include <stdlib.h>

static struct metric bad = {
	.name = "xmpp_frames_bad_total", .help = "Frames that could not be understood.", .kind = METRIC_COUNTER};
static struct metric early = {
	.name = "xmpp_frames_early_total", .help = "Stanzas of other sm that came before one that must come first.", .kind = METRIC_COUNTER};
static struct metric lost_words = {
	.name = "xmpp_frames_lost_total", .help = "Frames of ours that came back and were dropped.", .kind = METRIC_COUNTER};

/* ---- in ---- */

static void
frame_done(struct sm *sm, const struct stanza *p)
{
	enum stanza_condition condition;
	struct str rid;

	if (word_read_done(p, &rid, &condition) == 0)
		peer_done(sm, rid, condition);
	else
		metric_add(&bad, 1);
}

/* A stanza of another owner, of another domain, of a component. */
static void
frame_stanza(struct sm *sm, const struct frame *f, const struct stanza *st)
{
	if (!st->to.domain.n || !sm_serves(sm, st->to.domain)) {
		metric_add(&bad, 1);
		log_debug(&sm->log, "stanza that is not for us from=%s", log_quote(f->from));
	} else if (!st->to.node.n) {
		host_arrive(sm, st);
		if (f->rid.n)
			bus_send_done(sm, f->from, f->rid, STANZA_OK);
	} else if (f->after.n && !seen_knows(sm, f->after)) { /* what comes before it went to a former owner, and was lost */
		metric_add(&early, 1);
		component_bounce(sm->bus, f, "gap");
	} else {
		account_arrive(sm, st, f->rid.n < RID_MAX ? f->rid : STR_NONE, f->from, NULL);
	}
}

/* Payloads towards (host, key): only the owner of the slot handles them. */
static void
frame_for_owner(struct sm *sm, const struct frame *f, const struct stanza *p, enum word word)
{
	if (!f->key.n || !slots_gate(sm, f, p))
		return;
	if (word == WORD_CREDENTIALS)
		account_credentials(sm, f, p);
	else if (word == WORD_OPEN)
		session_open_word(sm, f, p);
	else if (word == WORD_RESUME)
		session_resume_word(sm, f, p);
	else if (word == WORD_NONE && p->kind != STANZA_OTHER)
		frame_stanza(sm, f, p);
	else if (!admin_frame(sm, f, p))
		metric_add(&bad, 1);
}

static void
frame_parsed(struct sm *sm, const struct frame *f, const struct stanza *p)
{
	enum word word = word_of(p);

	if (word == WORD_DONE)
		frame_done(sm, p);
	else if (f->host.n)
		frame_for_owner(sm, f, p, word);
	else if (f->sid.n)
		session_frame(sm, f, p);
	else if (!admin_frame(sm, f, p))
		metric_add(&bad, 1);
}

void
bus_frame(struct sm *sm, const struct frame *f)
{
	struct arena *a = sm_arena(sm);
	const char *why = "";
	struct stanza p;

	if (stanza_parse(&p, a, f->payload, &why) == 0) {
		frame_parsed(sm, f, &p);
	} else {
		metric_add(&bad, 1);
		log_warning(&sm->log, "payload is not canonical XML: %s from=%s", why, log_quote(f->from));
	}
	sm_arena_end(sm);
}

static void
on_frame(struct component *c, const struct frame *f)
{
	bus_frame(component_owner(c), f);
}

/* ---- what comes back ---- */

static void
bounced_session(struct sm *sm, const struct frame *f)
{
	struct sm_session *s = session_find(sm, f->sid);

	if (!s || str_is(f->reason, "no-router"))
		return; /* repeated when a router is there */
	if (!f->target.n || !str_is(f->target, s->c2s))
		return; /* its client has moved */
	if (str_is(f->reason, "no-instance"))
		session_lost(s);
	else
		session_end(s, STREAM_RESOURCE_CONSTRAINT, "A stanza could not be sent to the client");
}

static void
on_bounced(struct component *c, const struct frame *f)
{
	struct sm *sm = component_owner(c);

	if (f->sid.n)
		bounced_session(sm, f);
	else if (f->host.n && f->key.n)
		peer_bounced(sm, f);
	else
		metric_add(&lost_words, 1); /* <done/>, credentials: whoever waits asks again */
}

/* ---- who is there ---- */

static void
on_member(struct component *c, const struct member *m)
{
	struct sm *sm = component_owner(c);

	if (str_is(m->role, "c2s") && !m->up)
		sessions_end_c2s(sm, m->name);
	if (!str_is(m->role, "sm"))
		return;
	slots_update(sm);
	peers_update(sm);
}

static void
on_online(struct component *c, bool online)
{
	struct sm *sm = component_owner(c);

	log_info(&sm->log, online ? "on the bus" : "no router");
	slots_update(sm);
	peers_update(sm);
	if (online)
		sessions_repeat(sm, STR_NONE);
}

static void
on_lost(struct component *c, const struct member *m)
{
	struct sm *sm = component_owner(c);

	if (!m || str_is(m->role, "c2s"))
		sessions_repeat(sm, m ? m->name : STR_NONE);
	if (!m || str_is(m->role, "sm"))
		peers_repeat(sm, m ? m->name : STR_NONE);
	else if (str_is(m->role, "external"))
		peers_repeat(sm, STR(""));
}

/* No `pressure`: what sm sends is an answer to what it got, and each queue that holds some of it has its own bound. */
static const struct component_events events = {
	.frame = on_frame,
	.bounced = on_bounced,
	.member = on_member,
	.online = on_online,
	.lost = on_lost,
};

static const char **
host_names(struct sm *sm)
{
	const char **names = xcalloc(sm->host_count + 1, sizeof(*names));

	for (size_t i = 0; i < sm->host_count; i++)
		names[i] = sm->hosts[i].p; /* z-strings, from the arena */
	return names;
}

int
bus_start(struct sm *sm, struct buf *why)
{
	struct component_opts opts = {.loop = sm->loop, .log = &sm->log, .name = sm->name, .role = "sm", .boot = sm->boot};
	const char **hosts;

	if (component_opts_from_conf(&opts, sm->conf, why) < 0)
		return -1;
	hosts = host_names(sm);
	opts.hosts = hosts;
	sm->bus = component_new(&opts, &events, sm);
	free(hosts);
	return 0;
}

void
bus_set_hosts(struct sm *sm)
{
	const char **hosts = host_names(sm);

	component_set_hosts(sm->bus, hosts);
	free(hosts);
}

/* ---- out ---- */

void
bus_send_answer(struct sm *sm, struct str to, struct str sid, struct str rid, uint64_t ack, struct str payload)
{
	component_send(sm->bus, &(struct frame){.kind = FRAME_ROUTE, .to = to, .sid = sid, .rid = rid, .ack = ack, .payload = payload});
}

void
bus_send_word(struct sm *sm, struct str to, struct str sid, uint64_t ack, struct str payload)
{
	bus_send_answer(sm, to, sid, STR_NONE, ack, payload);
}

void
bus_send_done(struct sm *sm, struct str to, struct str rid, enum stanza_condition condition)
{
	struct buf b = {0};

	word_write_done(&b, rid, condition);
	bus_send_word(sm, to, STR_NONE, 0, buf_str(&b));
	buf_done(&b);
}

void
bus_send_stanza(struct sm *sm, struct str host, struct str key, struct str rid, struct str after, struct str stanza)
{
	component_send(sm->bus,
		       &(struct frame){.kind = FRAME_ROUTE, .host = host, .key = key, .rid = rid, .after = after, .payload = stanza});
}
