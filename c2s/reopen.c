/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding an owner (doc/protocol.md section 4, Open and Re-open): the first
 * time for a new session, and again for all sessions whose sm died, moved or
 * never answered. Thousands may want it at once: they take turns.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"

#include <stdio.h>

enum {
	TICK_MS = 100,
	ASKS_A_TICK = 400,
	NAMES_A_TICK = 100000, /* of messages that clients have: 2 MB */
	ANSWER_MS = 10000,  /* for an answer to <open/>, before it is asked again */
	GIVE_UP_MS = 10000, /* for a new session: then the client hears that there is none to be had */
	LINGER_MS = 60000,  /* a bond without client, before it is closed with what it still has */
};

/* --- asking --- */

static void
write_open(struct bond *bond, struct buf *out)
{
	struct word_open w = {
		.user = bond->jid.node,
		.host = bond->jid.domain,
		.resource = bond->jid.resource.p ? bond->jid.resource : STR(""),
		.address = str_z(bond->address),
		.secure = bond->secure ? STR("tls") : STR("no"),
		.mechanism = str_z(bond->mechanism),
		.born = bond->born,
		.at = (uint64_t)loop_wall_us(bond->c2s->loop),
		.resume = bond->known,
		.jid = bond->jid.full,
		.in = bond->acked,
		.out = bond->received,
		.interested = bond->interested,
		.presence = bond->presence ? chunk_str(bond->presence) : STR_NONE,
		.keep = bond->keep ? chunk_str(bond->keep) : STR_NONE,
	};
	struct buf had = {0};

	if (bond->managed)
		w.manage = manage_word(bond);
	if (bond_resumable(bond))
		names_tell(&bond->names, loop_now(bond->c2s->loop), bond->managed->count, &had);
	w.had = buf_str(&had);
	word_write_open(out, &w);
	buf_done(&had);
}

void
reopen_ask(struct bond *bond)
{
	struct c2s *s = bond->c2s;
	char rid[48];
	struct frame f = {
		.kind = FRAME_ROUTE,
		.host = bond->jid.domain,
		.key = bond->jid.bare,
		.sid = str_n(bond->sid, SID_LEN),
	};

	if (!s->online) {
		reopen_schedule(s);
		return;
	}
	snprintf(rid, sizeof(rid), "%llu.%llu", (unsigned long long)++bond->asks, (unsigned long long)bond->accepted);
	f.rid = str_z(rid);
	if (bond->resume)
		resume_write(bond, component_begin(s->bus, &f));
	else
		write_open(bond, component_begin(s->bus, &f));
	component_end(s->bus);
	bond_set_state(bond, BOND_ASKED);
}

static void
on_tick(struct timer *t)
{
	struct c2s *s = container_of(t, struct c2s, reopen_timer);
	uint64_t now = loop_now(s->loop);
	unsigned asked = 0;
	size_t names = 0;

	if (!s->online || s->pressed) {
		reopen_schedule(s);
		return;
	}
	list_each(&s->bonds[BOND_WAITING], struct bond, bond, state_node) {
		if (bond->at > now)
			continue;
		if (asked++ == ASKS_A_TICK || names >= NAMES_A_TICK)
			break;
		if (bond_resumable(bond))
			names += names_recent(&bond->names, now);
		reopen_ask(bond);
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

/* Somebody opened what belongs to another by now: it must not keep it, and its contacts need not hear of it. */
static void
close_stray(struct c2s *s, const struct frame *f)
{
	struct frame reply = {.kind = FRAME_ROUTE, .to = f->from, .sid = f->sid, .rid = f->rid};

	word_write_close(component_begin(s->bus, &reply), "stray");
	component_end(s->bus);
}

bool
reopen_is_answer(const struct bond *bond, const struct frame *f)
{
	uint64_t number;

	if (bond->state != BOND_ASKED)
		return false;
	return !f->rid.n || (str_to_u64(f->rid, &number) == 0 && number == bond->asks);
}

void
reopen_take_owner(struct bond *bond, const struct frame *f)
{
	bond->accepted = bond->asks;
	bond_set_owner(bond, f->from);
	bond_set_state(bond, BOND_OPEN);
	bond->told = 0; /* this owner knows what <open/> said of numbers received, nothing of the client's socket */
	ack_take(bond, f->ack);
	if (bond->client && bond->received > 0)
		ack_owe(bond);
}

static void
opened_again(struct bond *bond)
{
	log_debug(bond->client ? &bond->client->log : bond->c2s->log,
		  "session found again owner=%s repeats=%u", bond->owner->name, bond->ring.count);
	if (bond->managed)
		ack_now(bond); /* nobody may resume it before its sm knows that this was not said long ago */
	bond_repeat(bond);
	bond_close_if_done(bond);
}

static void
opened_first(struct bond *bond, struct str jid)
{
	bond->known = true;
	bond_set_jid(bond, jid);
	if (bond->client)
		bind_opened(bond->client);
	else
		bond_close_if_done(bond);
}

void
reopen_on_opened(struct bond *bond, const struct frame *f, const struct stanza *payload)
{
	struct str jid;
	bool anew;

	if (!reopen_is_answer(bond, f)) {
		metric_add(&metric_stale, 1);
		if (bond->state == BOND_OPEN && !bond_owned_by(bond, f->from))
			close_stray(bond->c2s, f);
		return;
	}
	if (word_read_opened(payload, &jid, &anew) < 0) {
		log_warning(bond->c2s->log, "an <opened/> that cannot be read came from=%s", log_quote(f->from));
		return;
	}
	if (anew && bond->managed)
		manage_anew(bond);
	reopen_take_owner(bond, f);
	if (bond->known)
		opened_again(bond);
	else
		opened_first(bond, jid);
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
reopen_on_refused(struct bond *bond, const struct frame *f, const struct stanza *payload)
{
	enum stanza_condition condition;
	struct client *c = bond->client;
	struct str text;
	bool known = bond->known;

	if (!reopen_is_answer(bond, f)) {
		metric_add(&metric_stale, 1);
		return;
	}
	if (word_read_refused(payload, &condition, &text) < 0) {
		condition = STANZA_ERR_INTERNAL_SERVER_ERROR;
		text = STR_NONE;
	}
	text = arena_str(payload->arena, text);
	bond->ended = true;
	if (c && known) {
		client_fail(c, stream_condition_for(condition), text.p);
		return;
	}
	bond_free(bond);
	if (c)
		bind_refused(c, condition, text.p);
}

/* --- what happens to owners --- */

static void
lose_all(struct c2s *s, enum bond_state state, const char *why)
{
	list_each(&s->bonds[state], struct bond, bond, state_node)
		bond_lost(bond, why);
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

	list_each(&s->bonds[BOND_WAITING], struct bond, bond, state_node) {
		bond->at = MIN(bond->at, now);
		bond->delay = 0;
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

	list_each(&s->unacked, struct bond, bond, unacked_node)
		if (bond->state == BOND_OPEN && (!m || bond->owner == p))
			bond_repeat(bond);
	lose_all(s, BOND_ASKED, "the question may be lost");
}

/* --- each second --- */

static void
give_up(struct bond *bond)
{
	struct client *c = bond->client;

	bond_free(bond); /* an answer that comes still is sent back by bus.c */
	bind_refused(c, STANZA_ERR_RESOURCE_CONSTRAINT, "no session can be had at the moment");
}

static void
sweep_state(struct c2s *s, enum bond_state state)
{
	uint64_t now = loop_now(s->loop);

	list_each(&s->bonds[state], struct bond, bond, state_node) {
		if (!bond->known && bond->client && now - bond->since >= GIVE_UP_MS)
			give_up(bond);
		else if (state == BOND_ASKED && now - bond->at >= ANSWER_MS)
			bond_lost(bond, "no answer");
	}
}

/* Its client went a minute ago and the sm has still not dealt with all: it does without the rest. */
static void
sweep_leaving(struct c2s *s)
{
	while (s->leaving.first) {
		struct bond *bond = list_entry(s->leaving.first, struct bond, leave_node);

		if (loop_now(s->loop) - bond->since < LINGER_MS)
			return;
		if (bond->ring.count > 0)
			log_warning(s->log,
				    "session closed jid=%s: its sm has not dealt with the last stanzas=%u",
				    log_quote(bond->jid.full), bond->ring.count);
		ring_done(&bond->ring);
		if (bond->state == BOND_OPEN)
			bond_close_if_done(bond);
		else
			bond_free(bond);
	}
}

void
reopen_sweep(struct c2s *s)
{
	sweep_state(s, BOND_ASKED);
	sweep_state(s, BOND_WAITING);
	sweep_leaving(s);
}
