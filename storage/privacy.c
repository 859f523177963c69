/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One change of a user's privacy lists: items written, items deleted, the
 * default list, together or not at all, and only under the epoch that the
 * owner's slot has. Loading them is user.c's; what they mean is sm's.
 */
#include "storage/impl.h"

enum { NO_SLOT = -1 };

/* The one slot of the owner, in a statement that has room for many. The lock comes before all others, as in commit_job.c. */
static void
add_fence(struct job *job, unsigned slot)
{
	int64_t none = NO_SLOT;

	job_add(job, SQL_LOG_FENCE, (int64_t)slot, none, none, none, none, none, none, none, none, none, none, none,
		none, none, none, none);
	job->sql.alone = true;
}

static bool
is_fenced(struct job *job)
{
	const struct sql_step *first = job->sql.first;
	const int64_t *epoch = job->extra;

	if (!epoch)
		return false;
	return first->count == 0 || first->rows[1].num != *epoch;
}

static void
changed(struct job *job)
{
	if (job->result == STORAGE_OK && is_fenced(job))
		job->result = STORAGE_FENCED;
	job_finish_plain(job);
}

static void
add_items(struct job *job, struct str owner, const struct privacy_change *c)
{
	int64_t slot = c->slot;

	for (size_t i = 0; i < c->gone_count; i++)
		job_add(job, SQL_PRIVACY_DEL, owner, c->list, c->gone[i], slot, c->epoch);
	for (size_t i = 0; i < c->row_count; i++) {
		const struct privacy_row *row = &c->rows[i];

		job_add(job, SQL_PRIVACY_PUT, owner, c->list, row->place, (int64_t)row->what, row->value,
			(int64_t)row->deny, (int64_t)row->kinds, slot, c->epoch);
	}
	if (c->set_default)
		job_add(job, SQL_PRIVACY_DEFAULT, owner, c->default_list, slot, c->epoch);
}

void
storage_privacy_change(struct storage *s, struct str owner, const struct privacy_change *c, storage_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_WRITE, owner, changed, (union storage_fn){.done = cb}, arg);

	if (c->epoch) {
		int64_t *epoch = arena_alloc(&job->sql.arena, sizeof(*epoch));

		*epoch = c->epoch;
		job->extra = epoch;
		add_fence(job, c->slot);
	}
	add_items(job, owner, c);
	job_run(job);
}
