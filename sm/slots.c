/* SPDX-License-Identifier: Apache-2.0 */
/* Slots: claiming those that membership gives us, giving up those it takes (sm/slots.h). */
#include "sm/slots.h"

#include "common/metric.h"
#include "sm/account.h"
#include "sm/away.h"
#include "sm/bus.h"
#include "sm/peer.h"
#include "sm/session.h"
#include "sm/sm.h"
#include "sm/user.h"
#include "xmpp/slot.h"

#include <stdlib.h>

enum {
	RETRY_MS = 1000,
	FENCED_MIN_MS = 100, /* before a slot that somebody took from us is claimed again; doubles while it goes on, */
	FENCED_MAX_MS = 5000, /* because both may think that it is theirs */
	FENCED_FORGET_MS = 30000,
	MEMBERS_MS = 2000, /* how long the first claim waits for routers that are away: they may know other sm; */
	MEMBERS_LOOK_MS = 50, /* looked at so often */
	VERIFY_MS = 1000, /* after a change of members: by then everybody has claimed what he thought was his */
	HELD_MAX = 10000,
	HELD_BYTES_MAX = 16 * 1024 * 1024,
};

static struct metric owned = {.name = "xmpp_slots_owned", .help = "Slots claimed by this process.", .kind = METRIC_GAUGE};
static struct metric fenced = {
	.name = "xmpp_slots_fenced_total", .help = "Slots that another owner took while we wrote.", .kind = METRIC_COUNTER};
static struct metric bounced = {
	.name = "xmpp_frames_bounced_total", .help = "Frames sent back, not ours or too many.", .kind = METRIC_COUNTER};

enum slot_state {
	SLOT_AWAY,     /* somebody else's */
	SLOT_WANTED,   /* ours by membership */
	SLOT_CLAIMING, /* storage has been asked */
	SLOT_OURS,
};

struct slot {
	struct sm *sm;
	enum slot_state state;
	int64_t epoch;
	uint64_t since;     /* OURS: ms */
	int64_t wanted_at;  /* us since 1970: when its former owner had gone, as far as we know */
};

struct held {
	struct list_node node;
	unsigned slot;
	struct chunk *raw;
};

struct slots {
	struct slot slot[SLOT_COUNT];
	bool claiming;
	bool fenced;        /* wait before the next claim, */
	uint64_t pause;     /* so long */
	uint64_t fenced_at; /* last */
	struct timer retry;
	bool settled;       /* the members are known well enough to claim */
	uint64_t settle_by;
	struct timer members;
	bool verifying;     /* the database is being asked whose our slots are */
	struct timer verify;
	struct list held;   /* struct held */
	size_t held_bytes;
	struct task update;
};

static void slots_claim(struct sm *sm);

void
slots_new(struct sm *sm)
{
	sm->slots = xcalloc(1, sizeof(*sm->slots));
	for (unsigned i = 0; i < SLOT_COUNT; i++)
		sm->slots->slot[i].sm = sm;
}

static void
held_free(struct held *h)
{
	chunk_unref(&h->raw);
	free(h);
}

void
slots_free(struct sm *sm)
{
	struct slots *t = sm->slots;

	if (!t)
		return;
	timer_stop(&t->retry);
	timer_stop(&t->members);
	timer_stop(&t->verify);
	task_cancel(&t->update);
	list_each(&t->held, struct held, h, node)
		held_free(h);
	free(t);
	sm->slots = NULL;
}

bool
slot_ours(const struct sm *sm, unsigned slot)
{
	return sm->slots->slot[slot].state == SLOT_OURS;
}

int64_t
slot_epoch(const struct sm *sm, unsigned slot)
{
	return sm->slots->slot[slot].epoch;
}

size_t
slots_owned(const struct sm *sm)
{
	size_t n = 0;

	for (unsigned i = 0; i < SLOT_COUNT; i++)
		n += slot_ours(sm, i);
	return n;
}

/* ---- losing ---- */

static void
users_give_up(struct sm *sm)
{
	struct sm_user *user;
	uint64_t it = 0;

	while ((user = map_next(&sm->users, &it)))
		if (!slot_ours(sm, user->slot))
			user_give_up(user);
}

static void
slot_set(struct sm *sm, unsigned i, enum slot_state state)
{
	struct slot *slot = &sm->slots->slot[i];

	metric_add(&owned, (state == SLOT_OURS) - (slot->state == SLOT_OURS));
	if (state == SLOT_OURS && slot->state != SLOT_OURS)
		slot->since = loop_now(sm->loop);
	if (state == SLOT_WANTED && slot->state == SLOT_AWAY)
		slot->wanted_at = loop_wall_us(sm->loop);
	slot->state = state;
}

uint64_t
slot_age(const struct sm *sm, unsigned slot)
{
	return loop_now(sm->loop) - sm->slots->slot[slot].since;
}

int64_t
slot_wanted_at(const struct sm *sm, unsigned slot)
{
	return sm->slots->slot[slot].wanted_at;
}

static void
on_retry(struct timer *t)
{
	struct slots *slots = container_of(t, struct slots, retry);

	slots->fenced = false;
	slots_claim(slots->slot[0].sm);
}

static void
retry_later(struct sm *sm)
{
	struct slots *t = sm->slots;

	if (!timer_running(&t->retry))
		timer_start(sm->loop, &t->retry, t->fenced ? t->pause : RETRY_MS, on_retry);
}

/* A slot of ours was claimed by one that did not know us yet: normal while sm start together, else a split bus. */
static void
fenced_again(struct slots *t, uint64_t now)
{
	if (!t->pause || now - t->fenced_at > FENCED_FORGET_MS)
		t->pause = FENCED_MIN_MS;
	else if (!t->fenced)
		t->pause = MIN(t->pause * 2, (uint64_t)FENCED_MAX_MS);
	t->fenced_at = now;
	t->fenced = true;
}

/* ---- whose they are, by the database ---- */

static void
on_listed(void *arg, enum storage_result r, const struct slot_row *rows, size_t count)
{
	struct sm *sm = arg;
	struct slots *t = sm->slots;
	size_t taken = 0;

	t->verifying = false;
	if (r != STORAGE_OK)
		return; /* the next write tells */
	for (size_t i = 0; i < count; i++) {
		const struct slot_row *row = &rows[i];

		if (row->slot >= SLOT_COUNT || !slot_ours(sm, row->slot) || row->epoch == slot_epoch(sm, row->slot))
			continue;
		slot_set(sm, row->slot, SLOT_WANTED);
		taken++;
	}
	if (!taken)
		return;
	log_info(&sm->log, "slots were claimed by another sm, claiming them again count=%zu", taken);
	users_give_up(sm);
	slots_update(sm);
}

/* An sm that came up before it knew us may have claimed what is ours; it does not use it, but its epoch is the newer one. */
static void
slots_verify(struct sm *sm)
{
	if (sm->slots->verifying)
		return;
	sm->slots->verifying = true;
	storage_slots_list(sm->storage, on_listed, sm);
}

static void
on_verify(struct timer *timer)
{
	slots_verify(container_of(timer, struct slots, verify)->slot[0].sm);
}

void
slot_fenced(struct sm *sm, unsigned i)
{
	if (!slot_ours(sm, i))
		return;
	fenced_again(sm->slots, loop_now(sm->loop));
	log_write(sm->slots->pause < FENCED_MAX_MS ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, &sm->log,
		  "slot has another owner slot=%u", i);
	metric_add(&fenced, 1);
	slot_set(sm, i, SLOT_WANTED);
	users_give_up(sm);
	slots_verify(sm);
	slots_update(sm);
	retry_later(sm);
}

void
slot_written(void *arg, enum storage_result r)
{
	struct slot *slot = arg;

	if (r == STORAGE_FENCED)
		slot_fenced(slot->sm, (unsigned)(slot - slot->sm->slots->slot));
}

void *
slot_arg(struct sm *sm, unsigned slot)
{
	return &sm->slots->slot[slot];
}

/* ---- frames that wait ---- */

static void
replay(struct sm *sm, struct list *frames)
{
	struct list_node *n;

	while ((n = list_shift(frames))) {
		struct held *h = list_entry(n, struct held, node);
		struct frame f;
		const char *why;
		size_t used;

		if (frame_read(chunk_str(h->raw), &f, &used, &why) == FRAME_OK)
			bus_frame(sm, &f);
		held_free(h);
	}
}

/* Those of slots that are decided: ours now, or somebody else's (then they bounce). */
static void
held_release(struct sm *sm)
{
	struct slots *t = sm->slots;
	struct list decided = {0};

	list_each(&t->held, struct held, h, node) {
		enum slot_state state = t->slot[h->slot].state;

		if (state == SLOT_WANTED || state == SLOT_CLAIMING)
			continue;
		list_remove(&t->held, &h->node);
		t->held_bytes -= h->raw->n;
		list_append(&decided, &h->node);
	}
	replay(sm, &decided);
}

/* It is known now that storage is away: what does not wait for it is answered, the rest is held again. */
static void
held_try_again(struct sm *sm)
{
	struct slots *t = sm->slots;
	struct list all = t->held;

	t->held = (struct list){0};
	t->held_bytes = 0;
	replay(sm, &all);
}

static bool
hold(struct sm *sm, const struct frame *f, unsigned slot)
{
	struct slots *t = sm->slots;
	struct held *h;

	if (t->held.len >= HELD_MAX || t->held_bytes + f->raw.n > HELD_BYTES_MAX)
		return false;
	h = xcalloc(1, sizeof(*h));
	h->slot = slot;
	h->raw = chunk_new(f->raw);
	t->held_bytes += f->raw.n;
	list_append(&t->held, &h->node);
	return true;
}

bool
slots_gate(struct sm *sm, const struct frame *f, const struct stanza *payload)
{
	unsigned slot = slot_of(f->key);

	switch (sm->slots->slot[slot].state) {
	case SLOT_OURS:
		return true;
	case SLOT_WANTED:
	case SLOT_CLAIMING:
		if (sm->storage_away && account_answer_unusable(sm, f, payload))
			return false;
		if (hold(sm, f, slot))
			return false;
		metric_add(&bounced, 1);
		component_bounce(sm->bus, f, "overload");
		return false;
	case SLOT_AWAY:
		metric_add(&bounced, 1);
		component_bounce(sm->bus, f, "not-owner");
		return false;
	}
	return false;
}

/* ---- claiming ---- */

static void
on_claimed(void *arg, enum storage_result r, const struct slot_claim *claims, size_t count)
{
	struct sm *sm = arg;
	struct slots *t = sm->slots;

	t->claiming = false;
	if (r != STORAGE_OK) {
		log_warning(&sm->log, "slots cannot be claimed result=%s", storage_result_name(r));
		for (unsigned i = 0; i < SLOT_COUNT; i++)
			if (t->slot[i].state == SLOT_CLAIMING)
				slot_set(sm, i, SLOT_WANTED);
		retry_later(sm);
		sm->storage_away = !sm->storage_usable;
		held_try_again(sm);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		t->slot[claims[i].slot].epoch = claims[i].epoch;
		if (t->slot[claims[i].slot].state == SLOT_CLAIMING)
			slot_set(sm, claims[i].slot, SLOT_OURS);
	}
	log_info(&sm->log, "slots claimed count=%zu owned=%zu", count, slots_owned(sm));
	peers_update(sm);
	held_release(sm);
	away_claimed(sm);
	slots_update(sm);
}

static void
on_members(struct timer *timer)
{
	struct slots *t = container_of(timer, struct slots, members);

	slots_claim(t->slot[0].sm);
}

/*
 * The first claim waits until every router has told its members: who claims what another sm serves already makes
 * that one claim again.
 */
static bool
settled(struct sm *sm)
{
	struct slots *t = sm->slots;

	if (t->settled)
		return true;
	if (!t->settle_by)
		t->settle_by = loop_now(sm->loop) + MEMBERS_MS;
	t->settled = component_complete(sm->bus) || loop_now(sm->loop) >= t->settle_by;
	if (!t->settled)
		timer_start(sm->loop, &t->members, MEMBERS_LOOK_MS, on_members);
	return t->settled;
}

static void
slots_claim(struct sm *sm)
{
	struct slots *t = sm->slots;
	unsigned wanted[SLOT_COUNT];
	size_t count = 0;

	if (t->claiming || t->fenced || sm->draining || !settled(sm))
		return;
	for (unsigned i = 0; i < SLOT_COUNT; i++)
		if (t->slot[i].state == SLOT_WANTED) {
			slot_set(sm, i, SLOT_CLAIMING);
			wanted[count++] = i;
		}
	if (!count)
		return;
	t->claiming = true;
	storage_slots_claim(sm->storage, str_z(sm->name), str_z(sm->boot), wanted, count, on_claimed, sm);
}

/* Nobody owns a slot while all sm drain: then who has it serves it to the end. */
static bool
ours_by_membership(struct sm *sm, unsigned i)
{
	const struct member *owner = component_slot_owner(sm->bus, i);

	if (!owner)
		return sm->slots->slot[i].state != SLOT_AWAY;
	return str_is(owner->name, sm->name);
}

static void
on_update(struct task *task)
{
	struct slots *t = container_of(task, struct slots, update);
	struct sm *sm = t->slot[0].sm;
	size_t lost = 0, won = 0;

	for (unsigned i = 0; i < SLOT_COUNT; i++) {
		bool ours = ours_by_membership(sm, i);

		if (ours && t->slot[i].state == SLOT_AWAY) {
			slot_set(sm, i, SLOT_WANTED);
			won++;
		} else if (!ours && t->slot[i].state != SLOT_AWAY) {
			slot_set(sm, i, SLOT_AWAY);
			lost++;
		}
	}
	if (lost) {
		log_info(&sm->log, "slots went to other owners count=%zu", lost);
		users_give_up(sm);
		held_release(sm);
	}
	if (lost || won)
		timer_start(sm->loop, &t->verify, VERIFY_MS, on_verify);
	slots_claim(sm);
}

void
slots_update(struct sm *sm)
{
	loop_defer(sm->loop, &sm->slots->update, on_update);
}
