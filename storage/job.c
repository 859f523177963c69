/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs: an operation of a subject as statements with their arguments, and who
 * wants to hear of it. Not for: when a job runs (storage.c).
 */
#include "storage/impl.h"

#include "common/utf8.h"

#include <stdarg.h>
#include <stdlib.h>

struct job *
job_new(struct storage *s, enum sql_kind kind, struct str owner, void (*finish)(struct job *job),
	union storage_fn fn, void *arg)
{
	struct job *job = xcalloc(1, sizeof(*job));

	job->storage = s;
	job->sql.kind = kind;
	job->sql.lane = SQL_MAIN;
	job->sql.owner = arena_str(&job->sql.arena, owner);
	job->finish = finish;
	job->fn = fn;
	job->arg = arg;
	return job;
}

bool
storage_text_good(struct str text)
{
	return text.n == 0 || (!memchr(text.p, '\0', text.n) && utf8_valid(text));
}

static struct sql_value
text_value(struct job *job, struct str text)
{
	if (!storage_text_good(text)) {
		job->result = STORAGE_REFUSED;
		text = STR("");
	}
	job->size += text.n;
	return (struct sql_value){.text = text.n ? arena_str(&job->sql.arena, text) : STR("")};
}

static void
append_step(struct job *job, struct sql_step *step)
{
	if (job->sql.last)
		job->sql.last->next = step;
	else
		job->sql.first = step;
	job->sql.last = step;
}

struct sql_step *
job_add(struct job *job, enum sql_id id, ...)
{
	const char *letters = sql_stmts[id].args;
	struct sql_step *step = arena_zalloc(&job->sql.arena, sizeof(*step));
	va_list ap;

	step->id = id;
	step->args = arena_zalloc(&job->sql.arena, (strlen(letters) + 1) * sizeof(*step->args));
	va_start(ap, id);
	for (size_t i = 0; letters[i]; i++) {
		if (letters[i] == 't')
			step->args[i] = text_value(job, va_arg(ap, struct str));
		else
			step->args[i].num = va_arg(ap, int64_t);
	}
	va_end(ap);
	append_step(job, step);
	return step;
}

struct sql_step *
job_step(struct job *job, size_t index)
{
	struct sql_step *step = job->sql.first;

	while (step && index--)
		step = step->next;
	bug_if(!step);
	return step;
}

static bool
refused_already(struct job *job)
{
	if (job->result != STORAGE_REFUSED)
		return false;
	log_error(&job->storage->log, "refused text that is not UTF-8 or has a NUL in it operation=%s owner=%s",
		  job->sql.first ? sql_stmts[job->sql.first->id].name : "", log_quote(job->sql.owner));
	return true;
}

void
job_run(struct job *job)
{
	if (refused_already(job))
		job->sql.first = NULL;
	storage_enqueue(job->storage, job);
}

void
job_run_after_log(struct job *job)
{
	job->after_log = commits_last_of(job->storage, job->sql.owner);
	if (job->after_log)
		commits_hurry(job->storage);
	job_run(job);
}

void
job_finish_plain(struct job *job)
{
	if (job->fn.done)
		job->fn.done(job->arg, job->result);
}

void
job_finish_changed(struct job *job)
{
	if (job->result == STORAGE_OK && job_step(job, 0)->changed == 0)
		job->result = STORAGE_NOT_FOUND;
	job_finish_plain(job);
}

struct sql_value *
sql_step_row(struct sql_job *job, struct sql_step *step)
{
	size_t cols = strlen(sql_stmts[step->id].cols);

	if (step->count == step->cap) {
		size_t cap = step->cap ? step->cap * 2 : 4;
		struct sql_value *rows = arena_zalloc(&job->arena, cap * cols * sizeof(*rows));

		if (step->count)
			memcpy(rows, step->rows, step->count * cols * sizeof(*rows));
		step->rows = rows;
		step->cap = cap;
	}
	return step->rows + step->count++ * cols;
}

void
sql_job_fail(struct sql_job *job, enum sql_outcome outcome, const char *error)
{
	job->outcome = outcome;
	job->error = arena_str(&job->arena, str_trim(str_z(error ? error : "")));
}

void
sql_job_free(struct sql_job **job)
{
	struct job *j = *job ? container_of(*job, struct job, sql) : NULL;

	*job = NULL;
	if (!j)
		return;
	arena_done(&j->sql.arena);
	free(j);
}
