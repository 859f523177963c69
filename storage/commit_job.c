/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transaction of a group commit.
 *
 * The fence: every slot named in a commit is read and locked until the commit
 * ends, and each row is written only if its slot still has the epoch of the
 * row. So a claim (slot.c) comes either before the whole commit, whose rows
 * are then left out, or after all of it.
 *
 * Not for: when to commit, and what to do when it fails (commit.c).
 */
#include "storage/commit.h"

#include <stdlib.h>

static int
by_slot(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The slots of the items, rising, each once. Returns their number. */
static size_t
collect_slots(const struct list *items, int64_t *slots)
{
	size_t n = 0, kept = 0;

	list_each(items, struct log_item, item, node)
		if (item->e.epoch)
			slots[n++] = item->e.slot;
	qsort(slots, n, sizeof(*slots), by_slot);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || slots[kept - 1] != slots[i])
			slots[kept++] = slots[i];
	return kept;
}

static void
add_fences(struct job *job, const struct list *items)
{
	int64_t *slots = arena_alloc(&job->sql.arena, (items->len + 1) * sizeof(*slots));
	size_t n = collect_slots(items, slots);

	for (size_t i = 0; i < n; i += SQL_FENCE_WIDTH) {
		int64_t w[SQL_FENCE_WIDTH];

		for (size_t k = 0; k < SQL_FENCE_WIDTH; k++)
			w[k] = i + k < n ? slots[i + k] : -1;
		job_add(job, SQL_LOG_FENCE, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10],
			w[11], w[12], w[13], w[14], w[15]);
	}
}

static void
add_append(struct job *job, const struct log_item *item)
{
	const struct log_entry *e = &item->e;

	job_add(job, item->tried ? SQL_LOG_ADD_AGAIN : SQL_LOG_ADD, e->owner, e->id, e->peer, e->origin, e->stanza,
		(int64_t)e->flags, (int64_t)e->slot, e->epoch);
}

/* A cursor move in this commit that later ones of the same user may join. */
struct move {
	struct move *next;
	const struct log_item *item;
	int64_t cursor;
};

struct moves {
	struct map by_owner; /* the last one of each */
	struct move *first, **end;
};

static bool
joins(const struct move *m, const struct log_item *item)
{
	return m->item->archive == item->archive && m->item->e.slot == item->e.slot &&
	       m->item->e.epoch == item->e.epoch;
}

static void
collect_move(struct job *job, struct moves *moves, const struct log_item *item)
{
	struct move *m = map_find(&moves->by_owner, item->e.owner);

	if (m && joins(m, item)) {
		m->cursor = MAX(m->cursor, item->e.id);
		return;
	}
	m = arena_zalloc(&job->sql.arena, sizeof(*m));
	m->item = item;
	m->cursor = item->e.id;
	*moves->end = m;
	moves->end = &m->next;
	map_put(&moves->by_owner, item->e.owner, m);
}

/* Those of one statement in a row, for an engine that makes one of them. */
static void
add_moves(struct job *job, const struct list *items)
{
	struct moves moves = {.end = &moves.first};

	list_each(items, struct log_item, item, node)
		if (item->kind == ITEM_CURSOR)
			collect_move(job, &moves, item);
	for (const struct move *m = moves.first; m; m = m->next)
		job_add(job, SQL_LOG_TRIM, m->item->e.owner, m->cursor, (int64_t)m->item->e.slot, m->item->e.epoch,
			m->item->archive ? (int64_t)LOG_TRANSIENT : (int64_t)0);
	for (const struct move *m = moves.first; m; m = m->next)
		job_add(job, SQL_LOG_CURSOR, m->item->e.owner, m->cursor, (int64_t)m->item->e.slot, m->item->e.epoch);
	map_done(&moves.by_owner);
}

/* Appends first: a cursor may pass over entries of its own commit. Cursors last: what they pass is there to be deleted. */
static void
add_items(struct job *job, const struct list *items)
{
	list_each(items, struct log_item, item, node)
		if (item->kind == ITEM_APPEND)
			add_append(job, item);
	list_each(items, struct log_item, item, node) {
		if (item->kind == ITEM_DELETE)
			item->step = job_add(job, SQL_LOG_DEL, item->e.owner, item->e.id);
		else if (item->kind == ITEM_KEEP)
			job_add(job, SQL_LOG_KEEP, item->e.owner, item->e.id);
	}
	add_moves(job, items);
}

void
commit_add(struct job *job, const struct list *items)
{
	add_fences(job, items);
	add_items(job, items);
}

static const struct sql_value *
fence_of(const struct job *job, const struct log_item *item)
{
	for (const struct sql_step *step = job->sql.first; step && step->id == SQL_LOG_FENCE; step = step->next) {
		int64_t highest = step->args[SQL_FENCE_WIDTH - 1].num; /* -1: less than full, the last one */

		if (step->args[0].num > item->e.slot)
			break;
		if (highest >= 0 && highest < item->e.slot)
			continue;
		for (size_t i = 0; i < step->count; i++)
			if (step->rows[2 * i].num == item->e.slot)
				return &step->rows[2 * i];
	}
	return NULL;
}

static bool
is_fenced(const struct job *job, const struct log_item *item)
{
	const struct sql_value *row;

	if (item->e.epoch == 0)
		return false;
	row = fence_of(job, item);
	return !row || row[1].num != item->e.epoch;
}

enum storage_result
commit_result(const struct job *job, const struct log_item *item)
{
	if (is_fenced(job, item))
		return STORAGE_FENCED;
	if (item->kind == ITEM_DELETE && !item->tried && item->step->changed == 0)
		return STORAGE_NOT_FOUND;
	return STORAGE_OK;
}
