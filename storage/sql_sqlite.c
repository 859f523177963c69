/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite on worker threads: one writer and one reader, each with a connection
 * of its own and at most one piece of work under way. What is submitted
 * meanwhile makes the next piece, so that under load many jobs share a commit.
 * Several processes may use one file.
 *
 * Reads go to the reader, unless something of the same owner is with the writer:
 * then they follow it there, and see it. A write waits for the reads of its
 * owner that came before it.
 *
 * A file that turns out bad is closed and opened again, with back-off, for ever.
 */
#include "storage/sql_sqlite.h"

#include <stdlib.h>

enum { STABLE_MS = 10000 }; /* up for so long, the file's troubles are forgotten */

struct lite_work { /* belongs to the worker while it runs */
	struct sql *engine; /* null: nobody waits any more */
	enum lite_role role;
	struct lite_db *db;
	struct list jobs;
	bool good;
	struct buf why;
};

struct lite_opening { /* the same */
	struct sql *engine;
	char *path;
	bool full;
	uint64_t timeout;
	struct lite_db *close[LITE_ROLES]; /* the old ones, which must go first */
	struct lite_db *db[LITE_ROLES];
	struct buf why;
};

struct sql {
	const struct sql_host *host;
	bool up;
	uint64_t up_ms;
	unsigned tries;
	struct timer timer; /* to the next try */
	struct task start;
	struct lite_opening *opening;
	struct lite_db *db[LITE_ROLES];
	struct list queue[LITE_ROLES];
	struct lite_work *work[LITE_ROLES];
};

static void start_soon(struct sql *e);
static void on_timer(struct timer *t);

/* --- opening --- */

static void
open_work(void *arg)
{
	struct lite_opening *o = arg;

	for (int role = 0; role < LITE_ROLES; role++)
		lite_close(&o->close[role]);
	for (int role = 0; role < LITE_ROLES && !o->why.n; role++)
		o->db[role] = lite_open(o->path, (enum lite_role)role, o->full, o->timeout, &o->why);
}

static void
opening_free(struct lite_opening *o)
{
	for (int role = 0; role < LITE_ROLES; role++)
		lite_close(&o->db[role]);
	buf_done(&o->why);
	free(o->path);
	free(o);
}

static void
come_up(struct sql *e, struct lite_opening *o)
{
	for (int role = 0; role < LITE_ROLES; role++) {
		e->db[role] = o->db[role];
		o->db[role] = NULL;
	}
	e->up = true;
	e->up_ms = loop_now(e->host->loop);
	for (int lane = 0; lane < SQL_LANES; lane++)
		e->host->lane(e->host, (enum sql_lane)lane, true, "");
}

static void
try_later(struct sql *e)
{
	timer_start(e->host->loop, &e->timer, sql_backoff(e->tries++), on_timer);
}

static void
tell_down(struct sql *e, const char *why)
{
	for (int lane = 0; lane < SQL_LANES; lane++)
		e->host->lane(e->host, (enum sql_lane)lane, false, why);
}

static void
open_done(void *arg)
{
	struct lite_opening *o = arg;
	struct sql *e = o->engine;

	if (e) {
		e->opening = NULL;
		if (o->why.n) {
			tell_down(e, buf_z(&o->why));
			try_later(e);
		} else {
			come_up(e, o);
		}
	}
	opening_free(o);
}

static void
on_timer(struct timer *t)
{
	struct sql *e = container_of(t, struct sql, timer);
	struct lite_opening *o = xcalloc(1, sizeof(*o));

	o->engine = e;
	o->path = xstrdup(e->host->settings->sqlite_path);
	o->full = e->host->settings->sqlite_full;
	o->timeout = e->host->settings->timeout;
	for (int role = 0; role < LITE_ROLES; role++) {
		o->close[role] = e->db[role];
		e->db[role] = NULL;
	}
	e->opening = o;
	loop_work(e->host->loop, open_work, open_done, o);
}

/* --- work --- */

static void
give_back(struct sql *e, struct list *jobs)
{
	while (jobs->len)
		e->host->done(e->host, list_entry(list_shift(jobs), struct sql_job, node));
}

/* The other connection may be at work still: the file is opened anew when that has ended. */
static void
go_down(struct sql *e, const char *why)
{
	for (int role = 0; role < LITE_ROLES; role++) {
		list_each(&e->queue[role], struct sql_job, job, node)
			sql_job_fail(job, SQL_AWAY, why);
		give_back(e, &e->queue[role]);
	}
	if (e->up) {
		e->up = false;
		if (loop_now(e->host->loop) - e->up_ms >= STABLE_MS)
			e->tries = 0;
		tell_down(e, why);
	}
	if (!e->work[LITE_WRITER] && !e->work[LITE_READER])
		try_later(e);
}

static void
free_jobs(struct list *jobs)
{
	while (jobs->len) {
		struct sql_job *job = list_entry(list_shift(jobs), struct sql_job, node);

		sql_job_free(&job);
	}
}

static void
work_run(void *arg)
{
	struct lite_work *w = arg;

	w->good = lite_run(w->db, &w->jobs, &w->why);
}

static void
work_done(void *arg)
{
	struct lite_work *w = arg;
	struct sql *e = w->engine;

	if (e) {
		e->work[w->role] = NULL;
		give_back(e, &w->jobs);
		if (!w->good || !e->up)
			go_down(e, buf_z(&w->why));
		else
			start_soon(e);
	} else {
		free_jobs(&w->jobs);
		lite_close(&w->db);
	}
	buf_done(&w->why);
	free(w);
}

/* --- order --- */

static bool
same_owner(const struct sql_job *a, const struct sql_job *b)
{
	return a->owner.n == 0 || b->owner.n == 0 || str_eq(a->owner, b->owner);
}

/* Commits of the log are kept apart by the core. */
static bool
meets(const struct list *jobs, const struct sql_job *job)
{
	list_each(jobs, struct sql_job, other, node)
		if (other->lane == SQL_MAIN && same_owner(other, job))
			return true;
	return false;
}

static bool
is_with(const struct sql *e, enum lite_role role, const struct sql_job *job)
{
	return meets(&e->queue[role], job) || (e->work[role] && meets(&e->work[role]->jobs, job));
}

static void
take_jobs(struct sql *e, enum lite_role role, struct list *jobs)
{
	while (e->queue[role].len) {
		struct sql_job *job = list_entry(e->queue[role].first, struct sql_job, node);

		if (role == LITE_WRITER && job->lane == SQL_MAIN && is_with(e, LITE_READER, job))
			break;
		list_remove(&e->queue[role], &job->node);
		list_append(jobs, &job->node);
	}
}

static void
start(struct sql *e, enum lite_role role)
{
	struct list jobs = {0};
	struct lite_work *w;

	if (!e->up || e->work[role])
		return;
	take_jobs(e, role, &jobs);
	if (!jobs.len)
		return;
	w = xcalloc(1, sizeof(*w));
	w->engine = e;
	w->role = role;
	w->db = e->db[role];
	w->jobs = jobs;
	e->work[role] = w;
	loop_work(e->host->loop, work_run, work_done, w);
}

static void
on_start(struct task *t)
{
	struct sql *e = container_of(t, struct sql, start);

	start(e, LITE_WRITER);
	start(e, LITE_READER);
}

/* At the end of the turn, so that all that this turn submits goes together. */
static void
start_soon(struct sql *e)
{
	loop_defer(e->host->loop, &e->start, on_start);
}

static void
submit(struct sql *e, struct sql_job *job)
{
	bool reader = job->kind == SQL_READ && job->lane == SQL_MAIN && !is_with(e, LITE_WRITER, job);

	job->outcome = SQL_DONE;
	list_append(&e->queue[reader ? LITE_READER : LITE_WRITER], &job->node);
	start_soon(e);
}

/* --- life --- */

static struct sql *
sqlite_new(const struct sql_host *host)
{
	struct sql *e = xcalloc(1, sizeof(*e));

	e->host = host;
	timer_start(host->loop, &e->timer, 0, on_timer);
	return e;
}

/* What a worker has in hand ends there, and cleans up after itself. */
static void
sqlite_free(struct sql **engine)
{
	struct sql *e = *engine;

	*engine = NULL;
	if (!e)
		return;
	timer_stop(&e->timer);
	task_cancel(&e->start);
	if (e->opening)
		e->opening->engine = NULL;
	for (int role = 0; role < LITE_ROLES; role++) {
		free_jobs(&e->queue[role]);
		if (e->work[role])
			e->work[role]->engine = NULL;
		else
			lite_close(&e->db[role]);
	}
	free(e);
}

const struct sql_engine sql_sqlite = {
	.name = "sqlite",
	.text = "TEXT",
	.share = "",
	.begin = "BEGIN EXCLUSIVE",
	.new = sqlite_new,
	.submit = submit,
	.free = sqlite_free,
	.admin_open = lite_admin_open,
	.admin_state = lite_admin_state,
	.admin_exec = lite_admin_exec,
	.admin_close = lite_admin_close,
};
