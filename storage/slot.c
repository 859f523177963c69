/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slots: the database as the referee of who may write for whom. A claim raises
 * the epoch; commit.c writes nothing under an older one. Not for: which sm
 * should have a slot (the membership of the bus decides that).
 */
#include "storage/impl.h"

#include <stdlib.h>

/* The steps are in the order of the slots; `claims` are in the caller's. */
struct claim {
	struct sql_step *step;
	unsigned slot;
	size_t at; /* in the caller's array */
};

struct claiming {
	size_t count;
	struct claim *sorted;
};

static int
by_slot(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static void
claimed(struct job *job)
{
	const struct claiming *c = job->extra;
	struct slot_claim *claims;

	if (job->result != STORAGE_OK) {
		job->fn.claims(job->arg, job->result, NULL, 0);
		return;
	}
	claims = arena_alloc(&job->sql.arena, (c->count + 1) * sizeof(*claims));
	for (size_t i = 0; i < c->count; i++) {
		const struct claim *one = &c->sorted[i];

		claims[one->at].slot = one->slot;
		claims[one->at].epoch = one->step->count ? one->step->rows[0].num : 0;
	}
	job->fn.claims(job->arg, STORAGE_OK, claims, c->count);
}

/* In rising order, as the fence locks them, so that nobody waits in a circle. */
void
storage_slots_claim(struct storage *s, struct str name, struct str boot, const unsigned *slots, size_t count,
		    storage_claims_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_WRITE, STR(""), claimed, (union storage_fn){.claims = cb}, arg);
	struct claiming *c = arena_alloc(&job->sql.arena, sizeof(*c));

	c->count = count;
	c->sorted = arena_alloc(&job->sql.arena, (count + 1) * sizeof(*c->sorted));
	for (size_t i = 0; i < count; i++)
		c->sorted[i] = (struct claim){NULL, slots[i], i};
	qsort(c->sorted, count, sizeof(*c->sorted), by_slot);
	for (size_t i = 0; i < count; i++)
		c->sorted[i].step = job_add(job, SQL_SLOT_CLAIM, (int64_t)c->sorted[i].slot, name, boot);
	job->extra = c;
	job_run(job);
}

static void
listed(struct job *job)
{
	const struct sql_step *step = job->sql.first;
	struct slot_row *rows;

	if (job->result != STORAGE_OK) {
		job->fn.slots(job->arg, job->result, NULL, 0);
		return;
	}
	rows = arena_alloc(&job->sql.arena, (step->count + 1) * sizeof(*rows));
	for (size_t i = 0; i < step->count; i++) {
		const struct sql_value *v = step->rows + 4 * i;

		rows[i] = (struct slot_row){(unsigned)v[0].num, v[1].text, v[2].text, v[3].num};
	}
	job->fn.slots(job->arg, STORAGE_OK, rows, step->count);
}

void
storage_slots_list(struct storage *s, storage_slots_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_READ, STR(""), listed, (union storage_fn){.slots = cb}, arg);

	job_add(job, SQL_SLOT_LIST);
	job_run(job);
}
