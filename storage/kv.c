/* SPDX-License-Identifier: Apache-2.0 */
/* Small things of modules: texts by owner, module and key. */
#include "storage/impl.h"

static void
got(struct job *job)
{
	const struct sql_step *step = job->sql.first;

	if (job->result == STORAGE_OK && step->count == 0)
		job->result = STORAGE_NOT_FOUND;
	job->fn.value(job->arg, job->result, job->result == STORAGE_OK ? step->rows[0].text : STR_NONE);
}

void
storage_kv_get(struct storage *s, struct str owner, struct str module, struct str key, storage_kv_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_READ, owner, got, (union storage_fn){.value = cb}, arg);

	job_add(job, SQL_KV_GET, owner, module, key);
	job_run(job);
}

void
storage_kv_put(struct storage *s, struct str owner, struct str module, struct str key, struct str value,
	       storage_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_WRITE, owner, job_finish_plain, (union storage_fn){.done = cb}, arg);

	job_add(job, SQL_KV_PUT, owner, module, key, value);
	job_run(job);
}

void
storage_kv_del(struct storage *s, struct str owner, struct str module, struct str key, storage_cb *cb, void *arg)
{
	struct job *job =
		job_new(s, SQL_WRITE, owner, job_finish_changed, (union storage_fn){.done = cb}, arg);

	job_add(job, SQL_KV_DEL, owner, module, key);
	job_run(job);
}

static void
listed(struct job *job)
{
	const struct sql_step *step = job->sql.first;
	struct kv_row *rows;

	if (job->result != STORAGE_OK) {
		job->fn.values(job->arg, job->result, NULL, 0);
		return;
	}
	rows = arena_alloc(&job->sql.arena, (step->count + 1) * sizeof(*rows));
	for (size_t i = 0; i < step->count; i++)
		rows[i] = (struct kv_row){step->rows[2 * i].text, step->rows[2 * i + 1].text};
	job->fn.values(job->arg, STORAGE_OK, rows, step->count);
}

void
storage_kv_list(struct storage *s, struct str owner, struct str module, storage_kvs_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_READ, owner, listed, (union storage_fn){.values = cb}, arg);

	job_add(job, SQL_KV_LIST, owner, module);
	job_run(job);
}
