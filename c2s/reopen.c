/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding an owner (doc/protocol.md section 4, Open and Re-open): the first
 * time for a new session, and again for all sessions whose sm died, moved or
 * never answered. Thousands may want it at once: they take turns.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"

enum {
	TICK_MS = 100,
	ASKS_A_TICK = 400,
	ANSWER_MS = 10000,  /* for an answer to <open/>, before it is asked again */
	GIVE_UP_MS = 10000, /* for a new session: then the client hears that there is none to be had */
	LINGER_MS = 60000,  /* a bond without client, before it is closed with what it still has */
};

/* --- asking --- */

static void
write_open(struct bond *l, struct buf *out)
{
	struct word_open w = {
		.user = l->jid.node,
		.host = l->jid.domain,
		.resource = l->jid.resource.p ? l->jid.resource : STR(""),
		.address = str_z(l->address),
		.secure = l->secure ? STR("tls") : STR("no"),
		.mechanism = str_z(l->mechanism),
		.resume = l->known,
		.jid = l->jid.full,
		.in = l->acked,
		.out = l->received,
		.interested = l->interested,
		.presence = l->presence ? chunk_str(l->presence) : STR_NONE,
	};

	word_write_open(out, &w);
}

void
reopen_ask(struct bond *l)
{
	struct c2s *s = l->c2s;
	struct frame f = {
		.kind = FRAME_ROUTE,
		.host = l->jid.domain,
		.key = l->jid.bare,
		.sid = str_n(l->sid, SID_LEN),
	};

	if (!s->online) {
		reopen_schedule(s);
		return;
	}
	write_open(l, component_begin(s->bus, &f));
	component_end(s->bus);
	bond_set_state(l, BOND_ASKED);
}

static void
on_tick(struct timer *t)
{
	struct c2s *s = container_of(t, struct c2s, reopen_timer);
	uint64_t now = loop_now(s->loop);
	unsigned asked = 0;

	if (!s->online || s->pressed) {
		reopen_schedule(s);
		return;
	}
	list_each(&s->bonds[BOND_WAITING], struct bond, l, state_node) {
		if (l->at > now)
			continue;
		if (asked++ == ASKS_A_TICK)
			break;
		reopen_ask(l);
	}
	reopen_schedule(s);
}

/* Without a router nothing ticks; reopen_on_online starts it again. */
void
reopen_schedule(struct c2s *s)
{
	if (s->online && s->bonds[BOND_WAITING].len > 0 && !timer_running(&s->reopen_timer))
		timer_start(s->loop, &s->reopen_timer, TICK_MS, on_tick);
}

/* --- answers --- */

/* Somebody opened what belongs to another by now, or to nobody: it must not keep it. */
static void
close_stray(struct c2s *s, const struct frame *f)
{
	struct frame reply = {.kind = FRAME_ROUTE, .to = f->from, .sid = f->sid};

	word_write_close(component_begin(s->bus, &reply), "lost");
	component_end(s->bus);
}

static void
take_owner(struct bond *l, const struct frame *f)
{
	bond_set_owner(l, f->from);
	bond_set_state(l, BOND_OPEN);
	l->told = 0; /* this owner knows what <open/> said of numbers received, nothing of the client's socket */
	ack_take(l, f->ack);
	if (l->client && l->received > 0)
		ack_owe(l);
}

static void
opened_again(struct bond *l)
{
	log_debug(l->client ? &l->client->log : l->c2s->log, "session found again owner=%s repeats=%u", l->owner->name,
		  l->ring.count);
	bond_repeat(l);
	bond_close_if_done(l);
}

static void
opened_first(struct bond *l, struct str jid)
{
	l->known = true;
	bond_set_jid(l, jid);
	if (l->client)
		bind_opened(l->client);
	else
		bond_close_if_done(l);
}

void
reopen_on_opened(struct bond *l, const struct frame *f, const struct stanza *payload)
{
	struct str jid;

	if (l->state != BOND_ASKED) {
		metric_add(&metric_stale, 1);
		if (l->state == BOND_OPEN && !bond_owned_by(l, f->from))
			close_stray(l->c2s, f);
		return;
	}
	if (word_read_opened(payload, &jid) < 0) {
		log_warning(l->c2s->log, "an <opened/> that cannot be read came from=%s", log_quote(f->from));
		return;
	}
	take_owner(l, f);
	if (l->known)
		opened_again(l);
	else
		opened_first(l, jid);
}

/* A session that was open is refused now: the account has gone, or was locked, or there are too many. */
static enum stream_condition
stream_condition_for(enum stanza_condition condition)
{
	switch (condition) {
	case STANZA_ERR_CONFLICT:
		return STREAM_CONFLICT;
	case STANZA_ERR_RESOURCE_CONSTRAINT:
		return STREAM_RESOURCE_CONSTRAINT;
	case STANZA_ERR_POLICY_VIOLATION:
		return STREAM_POLICY_VIOLATION;
	default:
		return STREAM_NOT_AUTHORIZED;
	}
}

void
reopen_on_refused(struct bond *l, const struct stanza *payload)
{
	enum stanza_condition condition;
	struct client *c = l->client;
	struct str text;
	bool known = l->known;

	if (l->state != BOND_ASKED) {
		metric_add(&metric_stale, 1);
		return;
	}
	if (word_read_refused(payload, &condition, &text) < 0) {
		condition = STANZA_ERR_INTERNAL_SERVER_ERROR;
		text = STR_NONE;
	}
	text = arena_str(payload->arena, text);
	l->ended = true;
	if (c && known) {
		client_fail(c, stream_condition_for(condition), text.p);
		return;
	}
	bond_free(l);
	if (c)
		bind_refused(c, condition, text.p);
}

/* --- what happens to owners --- */

static void
lose_all(struct c2s *s, enum bond_state state, const char *why)
{
	list_each(&s->bonds[state], struct bond, l, state_node)
		bond_lost(l, why);
}

static void
lose_owner(struct c2s *s, struct owner *p)
{
	log_warning(s->log, "sm gone name=%s sessions=%zu: they look for another", p->name, p->bonds.len);
	while (p->bonds.len > 1) /* the last one takes the peer with it */
		bond_lost(list_entry(p->bonds.first, struct bond, owner_node), "its sm is gone");
	bond_lost(list_entry(p->bonds.first, struct bond, owner_node), "its sm is gone");
}

/* Somebody new may be the one that they wait for. */
static void
hurry(struct c2s *s)
{
	uint64_t now = loop_now(s->loop);

	list_each(&s->bonds[BOND_WAITING], struct bond, l, state_node) {
		l->at = MIN(l->at, now);
		l->delay = 0;
	}
	reopen_schedule(s);
}

void
reopen_on_member(struct c2s *s, const struct member *m)
{
	struct owner *p = map_find(&s->owners, m->name);

	if (!str_is(m->role, "sm"))
		return;
	if (m->up && !m->draining)
		hurry(s);
	else if (!m->up && p)
		lose_owner(s, p);
}

void
reopen_on_online(struct c2s *s, bool online)
{
	if (online) {
		hurry(s);
		return;
	}
	/* doc/protocol.md section 4: what was under way is lost, and with it the order of things. */
	lose_all(s, BOND_OPEN, "no router is left");
	lose_all(s, BOND_ASKED, "no router is left");
}

void
reopen_on_lost(struct c2s *s, const struct member *m)
{
	struct owner *p = m ? map_find(&s->owners, m->name) : NULL;

	list_each(&s->unacked, struct bond, l, unacked_node)
		if (l->state == BOND_OPEN && (!m || l->owner == p))
			bond_repeat(l);
	lose_all(s, BOND_ASKED, "the question may be lost");
}

/* --- each second --- */

static void
give_up(struct bond *l)
{
	struct client *c = l->client;

	bond_free(l); /* an answer that comes still is sent back by bus.c */
	bind_refused(c, STANZA_ERR_RESOURCE_CONSTRAINT, "no session can be had at the moment");
}

static void
sweep_state(struct c2s *s, enum bond_state state)
{
	uint64_t now = loop_now(s->loop);

	list_each(&s->bonds[state], struct bond, l, state_node) {
		if (!l->known && l->client && now - l->since >= GIVE_UP_MS)
			give_up(l);
		else if (state == BOND_ASKED && now - l->at >= ANSWER_MS)
			bond_lost(l, "no answer");
	}
}

/* Its client went a minute ago and the sm has still not dealt with all: it does without the rest. */
static void
sweep_leaving(struct c2s *s)
{
	while (s->leaving.first) {
		struct bond *l = list_entry(s->leaving.first, struct bond, leave_node);

		if (loop_now(s->loop) - l->since < LINGER_MS)
			return;
		if (l->ring.count > 0)
			log_warning(s->log, "session closed jid=%s: its sm has not dealt with the last stanzas=%u",
				    log_quote(l->jid.full), l->ring.count);
		ring_done(&l->ring);
		if (l->state == BOND_OPEN)
			bond_close_if_done(l);
		else
			bond_free(l);
	}
}

void
reopen_sweep(struct c2s *s)
{
	sweep_state(s, BOND_ASKED);
	sweep_state(s, BOND_WAITING);
	sweep_leaving(s);
}
