/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the log of messages, once the owner's entries that were asked for
 * before are in it. Writing is group commits (commit.c).
 */
#include "storage/impl.h"

const struct log_entry *
log_rows(struct job *job, const struct sql_step *step)
{
	struct log_entry *rows = arena_alloc(&job->sql.arena, (step->count + 1) * sizeof(*rows));
	for (size_t i = 0; i < step->count; i++) {
		const struct sql_value *v = step->rows + 5 * i;

		rows[i] = (struct log_entry){
			.owner = job->sql.owner,
			.id = v[0].num,
			.peer = v[1].text,
			.origin = v[2].text,
			.flags = (unsigned)v[3].num,
			.stanza = v[4].text,
		};
	}
	return rows;
}

void
job_finish_log(struct job *job)
{
	const struct sql_step *step = job->sql.first;

	if (job->result == STORAGE_OK)
		job->fn.log(job->arg, STORAGE_OK, log_rows(job, step), step->count);
	else
		job->fn.log(job->arg, job->result, NULL, 0);
}

static void
read_log(struct storage *s, enum sql_id sql, struct str owner, int64_t after, unsigned max, storage_log_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_READ, owner, job_finish_log, (union storage_fn){.log = cb}, arg);

	job_add(job, sql, owner, after, (int64_t)max);
	job_run_after_log(job);
}

void
storage_log_undelivered(struct storage *s, struct str owner, int64_t after, unsigned max, storage_log_cb *cb, void *arg)
{
	read_log(s, SQL_LOG_UNDELIVERED, owner, after, max, cb, arg);
}

void
storage_log_after(struct storage *s, struct str owner, int64_t after, unsigned max, storage_log_cb *cb, void *arg)
{
	read_log(s, SQL_LOG_AFTER, owner, after, max, cb, arg);
}
