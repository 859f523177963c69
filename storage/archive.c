/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log read as an archive: ranges of ids, always by a key, in either
 * direction; and what is too old taken out of it. Each reads what was asked to
 * be appended before, so that a view is whole.
 */
#include "storage/impl.h"

void
storage_log_page(struct storage *s, struct str owner, const struct log_range *range, storage_log_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_READ, owner, job_finish_log, (union storage_fn){.log = cb}, arg);
	int64_t max = range->max;

	if (range->peer.n)
		job_add(job, range->down ? SQL_LOG_PEER_DOWN : SQL_LOG_PEER_UP, owner, range->peer, range->after, range->before,
			max);
	else
		job_add(job, range->down ? SQL_LOG_DOWN : SQL_LOG_UP, owner, range->after, range->before, max);
	job_run_after_log(job);
}

void
storage_log_get(struct storage *s, struct str owner, int64_t id, storage_log_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_READ, owner, job_finish_log, (union storage_fn){.log = cb}, arg);

	job_add(job, SQL_LOG_GET, owner, id);
	job_run_after_log(job);
}

static void
counted(struct job *job)
{
	const struct sql_step *step = job->sql.first;
	bool good = job->result == STORAGE_OK && step->count;

	job->fn.tally(job->arg, job->result, good ? step->rows[0].num : 0, good ? step->rows[1].num : 0);
}

void
storage_log_count(struct storage *s, struct str owner, const struct log_range *range, storage_tally_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_READ, owner, counted, (union storage_fn){.tally = cb}, arg);
	int64_t max = range->max;

	if (range->peer.n)
		job_add(job, SQL_LOG_PEER_COUNT, owner, range->peer, range->after, range->before, max);
	else
		job_add(job, SQL_LOG_COUNT, owner, range->after, range->before, max);
	job_run_after_log(job);
}

static void
expired(struct job *job)
{
	job->fn.count(job->arg, job->result, job->result == STORAGE_OK ? job_step(job, 0)->changed : 0);
}

void
storage_log_expire(struct storage *s, struct str owner, int64_t before, unsigned max, storage_count_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_WRITE, owner, expired, (union storage_fn){.count = cb}, arg);

	job_add(job, SQL_LOG_EXPIRE, owner, before, (int64_t)max);
	job_run(job);
}

void
storage_load_archive(struct storage *s, int64_t age)
{
	s->names_age = age;
}
