/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stanzas for other owners (sm/peer.h). A lane holds what is under way to one
 * account, in order; a parcel is one stanza in it. A lane is blocked while
 * nobody can take it: then everything for the account queues up behind.
 */
#include "sm/peer.h"

#include "common/chunk.h"
#include "common/metric.h"
#include "common/siphash.h"
#include "sm/bus.h"
#include "sm/duty.h"
#include "sm/local.h"
#include "sm/mailbox.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/sm.h"
#include "xmpp/slot.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PARCELS_MAX = 10000,
	PARCELS_BYTES_MAX = 16 * 1024 * 1024,
	TICK_MS = 250,
	UNBLOCK_MS = 200,     /* after a bounce: the map is changing */
	SILENCE_MS = 5000,    /* without <done/> */
	OWNERLESS_MS = 60000, /* doc/protocol.md section 5 */
};

static struct metric kept = {
	.name = "xmpp_peer_stanzas", .help = "Stanzas that wait for another owner.", .kind = METRIC_GAUGE};
static struct metric repeats = {
	.name = "xmpp_peer_repeats_total", .help = "Stanzas sent to owners again.", .kind = METRIC_COUNTER};
static struct metric given_up = {
	.name = "xmpp_peer_given_up_total", .help = "Stanzas that found no owner in time or had no room.", .kind = METRIC_COUNTER};

struct lane {
	struct list parcels;
	bool out;            /* to another domain, not to an account of ours */
	bool blocked;
	uint64_t since;      /* blocked, or last sent */
	uint64_t ownerless;  /* since when nobody could take it; 0: somebody can */
	unsigned slot;
	char owner[72];      /* to whom it was sent */
	struct str host, key;
	char bytes[];
};

struct parcel {
	struct list_node node;
	struct lane *lane;
	struct chunk *stanza;
	struct duty *duty;
	struct duties joined; /* of sessions that repeated it meanwhile */
	uint64_t sender;     /* a hash of the account that says it */
	char rid[];          /* "": not kept once it is sent */
};

struct peers {
	struct sm *sm;
	struct map lanes;    /* key -> struct lane */
	struct map by_rid;   /* rid -> struct parcel */
	size_t count, bytes;
	uint64_t last_rid;
	struct timer tick;
};

static void on_tick(struct timer *t);

void
peers_new(struct sm *sm)
{
	sm->peers = xcalloc(1, sizeof(*sm->peers));
	sm->peers->sm = sm;
}

size_t
peers_waiting(const struct sm *sm)
{
	return sm->peers->count;
}

struct str
peer_new_rid(struct sm *sm, char *buf)
{
	snprintf(buf, RID_MAX, "%s.%s.%llu", sm->name, sm->boot, (unsigned long long)++sm->peers->last_rid);
	return str_z(buf);
}

/* ---- lanes and parcels ---- */

static struct lane *
lane_get(struct sm *sm, const struct jid *to, bool out)
{
	struct lane *l = map_find(&sm->peers->lanes, to->bare);

	if (l)
		return l;
	l = xcalloc(1, sizeof(*l) + to->bare.n);
	memcpy(l->bytes, to->bare.p, to->bare.n);
	l->key = str_n(l->bytes, to->bare.n);
	l->host = str_n(l->bytes + (to->domain.p - to->bare.p), to->domain.n);
	l->slot = slot_of(l->key);
	l->out = out;
	map_put(&sm->peers->lanes, l->key, l);
	return l;
}

static void
lane_maybe_free(struct sm *sm, struct lane *l)
{
	if (l->parcels.len)
		return;
	map_take(&sm->peers->lanes, l->key);
	free(l);
}

/* Its lane stays, for the caller to go on with. */
static void
parcel_free(struct sm *sm, struct parcel *p)
{
	list_remove(&p->lane->parcels, &p->node);
	if (p->rid[0])
		map_take(&sm->peers->by_rid, str_z(p->rid));
	sm->peers->count--;
	sm->peers->bytes -= p->stanza->n;
	metric_add(&kept, -1);
	chunk_unref(&p->stanza);
	duty_unref(&p->duty);
	duties_let_go(&p->joined);
	free(p);
}

/* Order is promised between two accounts, and kept by whoever passes it on. */
static uint64_t
sender_of(struct str bare)
{
	static const struct siphash_key key = {UINT64_C(0x6e6f6c6c69726163), UINT64_C(0x312d7265646e6573)};

	return bare.n ? siphash(&key, bare) : 0;
}

static struct parcel *
parcel_new(struct sm *sm, struct lane *l, struct str from, struct str stanza, struct str rid, struct duty *duty)
{
	struct parcel *p = xcalloc(1, sizeof(*p) + rid.n + 1);

	if (rid.n)
		memcpy(p->rid, rid.p, rid.n);
	p->lane = l;
	p->stanza = chunk_new(stanza);
	p->sender = sender_of(from);
	p->duty = duty_ref(duty);
	list_append(&l->parcels, &p->node);
	if (rid.n)
		map_put(&sm->peers->by_rid, str_z(p->rid), p);
	sm->peers->count++;
	sm->peers->bytes += stanza.n;
	metric_add(&kept, 1);
	if (!timer_running(&sm->peers->tick))
		timer_start(sm->loop, &sm->peers->tick, TICK_MS, on_tick);
	return p;
}

static void
refuse_bytes(struct sm *sm, struct str stanza, struct duty *duty, enum stanza_condition c)
{
	struct arena *a = sm_arena(sm);
	struct stanza st;

	metric_add(&given_up, 1);
	if (stanza_parse(&st, a, stanza, NULL) == 0 && (st.kind != STANZA_PRESENCE || stanza_durable(&st)))
		reply_error(sm, &st, c, NULL);
	duty_refuse(duty, c);
	sm_arena_end(sm);
}

/* ---- sending ---- */

/* Who can take it now: an instance's name, "" for the way out; null: nobody. */
static const char *
lane_target(const struct sm *sm, const struct lane *l, char *buf, size_t n)
{
	const struct member *m;

	if (!component_online(sm->bus))
		return NULL;
	if (l->out)
		return "";
	m = component_slot_owner(sm->bus, l->slot);
	if (!m || str_is(m->name, sm->name) || m->name.n >= n)
		return NULL; /* ours, but not claimed yet: peers_update comes */
	memcpy(buf, m->name.p, m->name.n);
	buf[m->name.n] = '\0';
	return buf;
}

static void
lane_block(struct sm *sm, struct lane *l)
{
	l->blocked = true;
	l->since = loop_now(sm->loop);
	if (!l->ownerless)
		l->ownerless = l->since;
}

/* Who has repeated it waits on, for what is made of it here. */
static void
parcel_home(struct sm *sm, const struct parcel *p, const struct stanza *st)
{
	account_arrive(sm, st, str_z(p->rid), STR_NONE, p->duty);
	for (size_t i = 0; i < p->joined.count; i++)
		account_arrive(sm, st, str_z(p->rid), STR_NONE, p->joined.all[i]);
}

/* Its account is ours now: handled here, in order. */
static void
lane_home(struct sm *sm, struct lane *l)
{
	while (l->parcels.len) {
		struct parcel *p = list_entry(l->parcels.first, struct parcel, node);
		struct arena *a = sm_arena(sm);
		struct stanza st;

		if (stanza_parse(&st, a, chunk_str(p->stanza), NULL) == 0)
			parcel_home(sm, p, &st);
		parcel_free(sm, p);
		sm_arena_end(sm);
	}
	lane_maybe_free(sm, l);
}

/* The one before it of the same sender whose <done/> has not come. Absent: none, or there is no order in it for others. */
static struct str
predecessor(const struct parcel *p)
{
	for (const struct list_node *n = p->node.prev; n && !p->lane->out; n = n->prev) {
		const struct parcel *before = container_of(n, const struct parcel, node);

		if (before->rid[0] && before->sender == p->sender)
			return str_z(before->rid);
	}
	return STR_NONE;
}

/* What was sent to an owner that has died, and what goes to the next one: no later one may be there before the first. */
static void
parcel_send(struct sm *sm, struct parcel *p)
{
	struct str rid = p->rid[0] ? str_z(p->rid) : STR_NONE;

	bus_send_stanza(sm, p->lane->host, p->lane->key, rid, rid.n ? predecessor(p) : STR_NONE, chunk_str(p->stanza));
}

/* Everything in it, in order. What has no name is not kept. Frees an empty lane. */
static void
lane_send(struct sm *sm, struct lane *l)
{
	char name[sizeof(l->owner)];
	const char *target;

	if (!l->out && slot_ours(sm, l->slot)) {
		lane_home(sm, l);
		return;
	}
	target = lane_target(sm, l, name, sizeof(name));
	if (!target) {
		lane_block(sm, l);
		return;
	}
	snprintf(l->owner, sizeof(l->owner), "%s", target);
	l->blocked = false;
	l->since = loop_now(sm->loop);
	list_each(&l->parcels, struct parcel, p, node) {
		parcel_send(sm, p);
		if (!p->rid[0])
			parcel_free(sm, p);
	}
	lane_maybe_free(sm, l);
}

static bool
no_room(const struct sm *sm, struct str stanza)
{
	return sm->peers->count >= PARCELS_MAX || sm->peers->bytes + stanza.n > PARCELS_BYTES_MAX;
}

/* On its way already, under the same name: who has repeated it waits for the same answer. */
static void
parcel_join(struct parcel *p, struct duty *duty)
{
	if (duty != p->duty)
		duties_add(&p->joined, duty);
}

static void
peer_put(struct sm *sm, const struct stanza *st, bool out, struct str rid, struct duty *duty)
{
	const struct jid *to = &st->to;
	struct str stanza = st->bytes;
	struct lane *l = map_find(&sm->peers->lanes, to->bare);
	struct parcel *same = rid.n ? map_find(&sm->peers->by_rid, rid) : NULL;
	char name[sizeof(l->owner)];
	struct lane probe = {.out = out, .slot = slot_of(to->bare)};
	struct parcel *p;

	if (!rid.n && !(l && l->blocked) && lane_target(sm, &probe, name, sizeof(name))) {
		bus_send_stanza(sm, to->domain, to->bare, STR_NONE, STR_NONE, stanza); /* the common way: nothing to remember */
		return;
	}
	if (same) {
		parcel_join(same, duty);
		return;
	}
	if (no_room(sm, stanza)) {
		refuse_bytes(sm, stanza, duty, STANZA_ERR_RESOURCE_CONSTRAINT);
		return;
	}
	l = lane_get(sm, to, out);
	p = parcel_new(sm, l, st->from.bare, stanza, rid, duty);
	if (l->blocked)
		return;
	if (l->parcels.len == 1) {
		lane_send(sm, l);
	} else {
		l->since = loop_now(sm->loop);
		parcel_send(sm, p);
	}
}

void
peer_send(struct sm *sm, const struct stanza *st, struct str rid, struct duty *duty)
{
	peer_put(sm, st, false, rid, duty);
}

bool
peer_is_attached(struct sm *sm, struct str host)
{
	const struct member *m;
	uint64_t it = 0;

	while ((m = component_next_member(sm->bus, &it)))
		for (size_t i = 0; str_is(m->role, "external") && i < m->host_count; i++)
			if (str_eq(m->hosts[i], host))
				return true;
	return false;
}

void
peer_send_out(struct sm *sm, const struct stanza *st, struct str rid, struct duty *duty)
{
	char made[RID_MAX];

	/* An external component's router says <done/> when the stanza is on its way to it. */
	if (st->kind != STANZA_MESSAGE || st->type == TYPE_ERROR || !peer_is_attached(sm, st->to.domain))
		peer_put(sm, st, true, STR_NONE, NULL);
	else
		peer_put(sm, st, true, rid.n ? rid : peer_new_rid(sm, made), duty);
}

/* ---- what comes back ---- */

void
peer_done(struct sm *sm, struct str rid, enum stanza_condition condition)
{
	struct parcel *p = map_find(&sm->peers->by_rid, rid);
	struct lane *l;

	if (!p)
		return; /* it was said twice */
	l = p->lane;
	l->ownerless = 0;
	if (condition != STANZA_OK)
		duty_refuse(p->duty, condition);
	parcel_free(sm, p);
	lane_maybe_free(sm, l);
}

static enum stanza_condition
final_condition(const struct frame *f, bool out)
{
	if (str_is(f->reason, "overload"))
		return STANZA_ERR_RESOURCE_CONSTRAINT;
	if (str_is(f->reason, "too-big"))
		return STANZA_ERR_POLICY_VIOLATION;
	if (str_is(f->reason, "bad-address"))
		return STANZA_ERR_JID_MALFORMED;
	if (str_is(f->reason, "no-host") && out)
		return STANZA_ERR_REMOTE_SERVER_NOT_FOUND;
	return STANZA_OK; /* not final */
}

static void
bounced_finally(struct sm *sm, const struct frame *f, enum stanza_condition c)
{
	struct parcel *p = f->rid.n ? map_find(&sm->peers->by_rid, f->rid) : NULL;
	struct lane *l;

	refuse_bytes(sm, f->payload, p ? p->duty : NULL, c);
	if (!p)
		return;
	l = p->lane;
	parcel_free(sm, p);
	lane_maybe_free(sm, l);
}

void
peer_bounced(struct sm *sm, const struct frame *f)
{
	bool out = !sm_serves(sm, f->host);
	enum stanza_condition c = final_condition(f, out);
	struct parcel *p = f->rid.n ? map_find(&sm->peers->by_rid, f->rid) : NULL;
	char rid[RID_MAX];
	struct jid to;

	if (c != STANZA_OK) {
		bounced_finally(sm, f, c);
		return;
	}
	if (!p && f->rid.n)
		return; /* done meanwhile */
	if (!p) {
		if (no_room(sm, f->payload)) {
			bounced_finally(sm, f, STANZA_ERR_RESOURCE_CONSTRAINT);
			return;
		}
		jid_split(f->key, &to);
		/* With a name now, so that it cannot come back for ever; there is nobody outside who would say <done/>. */
		p = parcel_new(sm, lane_get(sm, &to, out), STR_NONE, f->payload, out ? STR_NONE : peer_new_rid(sm, rid), NULL);
	}
	lane_block(sm, p->lane);
}

/* ---- time, and changes of owners ---- */

static void
lane_give_up(struct sm *sm, struct lane *l)
{
	while (l->parcels.len) {
		struct parcel *p = list_entry(l->parcels.first, struct parcel, node);

		refuse_bytes(sm, chunk_str(p->stanza), p->duty,
			     l->out ? STANZA_ERR_REMOTE_SERVER_TIMEOUT : STANZA_ERR_RESOURCE_CONSTRAINT);
		parcel_free(sm, p);
	}
	lane_maybe_free(sm, l);
}

static void
lane_check(struct sm *sm, struct lane *l)
{
	uint64_t now = loop_now(sm->loop);

	if (l->ownerless && now - l->ownerless >= OWNERLESS_MS) {
		lane_give_up(sm, l);
	} else if (l->blocked && now - l->since >= UNBLOCK_MS) {
		lane_send(sm, l);
	} else if (!l->blocked && now - l->since >= SILENCE_MS) {
		metric_add(&repeats, (int64_t)l->parcels.len);
		l->ownerless = 0; /* nothing came back: somebody has it and takes long */
		lane_send(sm, l);
	}
}

/* Calls `each` for all lanes; it may free its own, and stanzas that it sends may make new ones. */
static void
lanes_each(struct sm *sm, void (*each)(struct sm *sm, struct lane *l))
{
	size_t count = sm->peers->lanes.len, n = 0;
	uint64_t it = 0;
	struct str *keys = xcalloc(count, sizeof(*keys));
	struct arena memory = {0};
	struct lane *l;

	while (n < count && (l = map_next(&sm->peers->lanes, &it)))
		keys[n++] = arena_str(&memory, l->key);
	for (size_t i = 0; i < n; i++) {
		l = map_find(&sm->peers->lanes, keys[i]);
		if (l)
			each(sm, l);
	}
	arena_done(&memory);
	free(keys);
}

static void
on_tick(struct timer *t)
{
	struct peers *peers = container_of(t, struct peers, tick);
	struct sm *sm = peers->sm;

	lanes_each(sm, lane_check);
	if (peers->count)
		timer_start(sm->loop, &peers->tick, TICK_MS, on_tick);
}

static void
lane_update(struct sm *sm, struct lane *l)
{
	char name[sizeof(l->owner)];
	const char *target = lane_target(sm, l, name, sizeof(name));

	if ((!l->out && slot_ours(sm, l->slot)) || (target && (l->blocked || strcmp(target, l->owner) != 0)))
		lane_send(sm, l);
	else if (!target && !l->blocked)
		lane_block(sm, l);
}

void
peers_update(struct sm *sm)
{
	if (sm->peers->count)
		lanes_each(sm, lane_update);
}

void
peers_repeat(struct sm *sm, struct str name)
{
	uint64_t it = 0;
	struct lane *l;

	/* Sent again at the next tick: who was lost may be about to be replaced. */
	while ((l = map_next(&sm->peers->lanes, &it)))
		if (!l->blocked && (!name.p || str_is(name, l->owner)))
			lane_block(sm, l);
}

void
peers_free(struct sm *sm)
{
	struct peers *t = sm->peers;
	struct lane *l;
	uint64_t it = 0;

	if (!t)
		return;
	timer_stop(&t->tick);
	while ((l = map_next(&t->lanes, &it))) {
		while (l->parcels.len)
			parcel_free(sm, list_entry(l->parcels.first, struct parcel, node));
		lane_maybe_free(sm, l);
	}
	map_done(&t->lanes);
	map_done(&t->by_rid);
	free(t);
	sm->peers = NULL;
}
