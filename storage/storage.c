/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core: opens by the configuration, knows whether the database is usable,
 * and moves jobs: from the one who asks through the queue to the engine and
 * back to the callback, in order, within bounds of number and bytes, and each
 * of them in time. Not for: SQL (the subjects), connections (the engines), the
 * group commits of the log (commit.c).
 *
 * A job that waits for the database does so for `timeout` and no longer; when
 * the database has been away for longer than that, nobody waits at all. What
 * was with the engine when a connection was lost:
 *   - a read, and what was not sent yet, is run once more on the next connection;
 *   - a write that was sent may have happened or not: STORAGE_TEMPORARY says so.
 * What the database has rolled back for a passing reason is run once more, too.
 *
 * Callbacks run in a task at the end of the turn, nowhere else, so that one of
 * them may free the storage.
 */
#include "storage/impl.h"

#include "common/metric.h"
#include "common/rand.h"

#include <stdlib.h>

enum {
	DEPTH = 256, /* jobs with the engine at a time; the others wait here, where they cost nothing to refuse */
};

struct flush {
	struct list_node node;
	uint64_t seq;
	void (*done)(void *owner);
	void *owner;
};

static struct metric_histogram queries = {
	.name = "xmpp_db_query_seconds",
	.help = "Time from handing a transaction to the database until it is finished.",
	.bounds = metric_times, .bound_count = METRIC_TIMES, .unit = 1000000,
};
static struct metric queue_gauge = {
	.name = "xmpp_db_queue",
	.help = "Operations asked for and not finished, log entries included.",
	.kind = METRIC_GAUGE,
};

static struct metric reconnects = {
	.name = "xmpp_db_reconnects_total",
	.help = "Times that a connection to the database was lost and made again.",
	.kind = METRIC_COUNTER,
};

const char *
storage_result_name(enum storage_result r)
{
	static const char *const names[] = {
		[STORAGE_OK] = "ok",
		[STORAGE_NOT_FOUND] = "not-found",
		[STORAGE_EXISTS] = "exists",
		[STORAGE_TEMPORARY] = "temporary",
		[STORAGE_FENCED] = "fenced",
		[STORAGE_REFUSED] = "refused",
	};

	return (size_t)r < ARRAY_LEN(names) ? names[r] : "?";
}

uint64_t
sql_backoff(unsigned tries)
{
	uint64_t ms = tries < 6 ? UINT64_C(100) << tries : 5000;

	ms = MIN(ms, (uint64_t)5000);
	return ms / 2 + rand_below(ms / 2 + 1);
}

void
storage_count_queue(int by)
{
	metric_add(&queue_gauge, by);
}

static void
count_query(const struct job *job)
{
	metric_observe(&queries, (int64_t)(uv_hrtime() / 1000 - job->sent_us));
}

/* --- whether it is usable --- */

static enum sql_lane
other_lane(enum sql_lane lane)
{
	return lane == SQL_MAIN ? SQL_LOG : SQL_MAIN;
}

bool
storage_usable(const struct storage *s, const char **why_r)
{
	if (why_r)
		*why_r = s->usable ? "" : s->why[s->up[s->said] ? other_lane(s->said) : s->said];
	return s->usable;
}

static void
note_usable(struct storage *s)
{
	bool usable = s->up[SQL_MAIN] && s->up[SQL_LOG];
	const char *why;

	if (usable == s->usable)
		return;
	s->usable = usable;
	storage_usable(s, &why);
	if (usable)
		log_info(&s->log, "database is usable engine=%s", s->engine->name);
	else
		log_warning(&s->log, "database is not usable: %s", why);
	storage_wake(s);
}

/* A reason for being down is logged when it is a new one, not at each of many tries. */
static void
note_why(struct storage *s, enum sql_lane lane, const char *why)
{
	const char *other = s->why[other_lane(lane)];

	s->said = lane;
	if (strcmp(s->why[lane], why) == 0)
		return;
	free(s->why[lane]);
	s->why[lane] = xstrdup(why);
	if (!s->usable && strcmp(other, why) != 0)
		log_warning(&s->log, "database is not usable: %s", why);
	if (!s->usable)
		s->told = true; /* so that the user hears the new reason, too */
	storage_wake(s);
}

static void
on_lane(const struct sql_host *host, enum sql_lane lane, bool up, const char *why)
{
	struct storage *s = container_of(host, struct storage, host);
	bool was = s->up[lane];

	s->up[lane] = up;
	if (was && !up)
		s->down_ms[lane] = loop_now(s->loop);
	if (up && s->was_up[lane])
		metric_add(&reconnects, 1);
	s->was_up[lane] = s->was_up[lane] || up;
	if (!up)
		note_why(s, lane, why);
	note_usable(s);
	if (lane == SQL_LOG)
		commits_lane(s, up);
	storage_wake(s);
}

static void
tell_usable(struct storage *s)
{
	const char *why;

	if (s->told == s->usable)
		return;
	s->told = s->usable;
	storage_usable(s, &why);
	if (s->on_usable)
		s->on_usable(s->owner, s->usable, why);
}

/* --- jobs on their way --- */

static void
insert_by_seq(struct list *l, struct job *job)
{
	struct list_node *before = NULL, *n = &job->sql.node;

	list_each(l, struct job, other, sql.node) {
		if (other->seq > job->seq) {
			before = &other->sql.node;
			break;
		}
	}
	if (!before) {
		list_append(l, n);
	} else if (before == l->first) {
		list_prepend(l, n);
	} else {
		n->prev = before->prev;
		n->next = before;
		before->prev->next = n;
		before->prev = n;
		l->len++;
	}
}

void
storage_send(struct storage *s, struct job *job)
{
	job->sent_us = uv_hrtime() / 1000;
	job->sql.sent = false;
	s->engine->submit(s->sql, &job->sql);
}

static void
pump(struct storage *s)
{
	while (s->up[SQL_MAIN] && s->running < DEPTH && s->waiting.len) {
		struct job *job = list_entry(list_shift(&s->waiting), struct job, sql.node);

		s->running++;
		storage_send(s, job);
	}
}

void
storage_finish(struct storage *s, struct job *job, enum storage_result r)
{
	job->result = r;
	list_append(&s->finished, &job->sql.node);
	storage_wake(s);
}

/* The engine's results of an earlier run are forgotten. */
static void
run_again(struct storage *s, struct job *job)
{
	for (struct sql_step *step = job->sql.first; step; step = step->next) {
		step->rows = NULL;
		step->count = step->cap = 0;
		step->changed = 0;
	}
	job->sql.outcome = SQL_DONE;
	insert_by_seq(&s->waiting, job);
	storage_wake(s);
}

/* Not when so much time has gone that the second run would end too late. */
static bool
may_run_again(const struct storage *s, const struct job *job)
{
	bool early = loop_now(s->loop) - job->asked_ms < s->settings.timeout / 2;

	switch (job->sql.outcome) {
	case SQL_UNDONE:
		return true;
	case SQL_AWAY:
		return !job->sql.sent || (job->sql.kind == SQL_READ && !job->repeated && early);
	case SQL_BUSY:
		return !job->repeated && early;
	default:
		return false;
	}
}

static void
main_job_done(struct storage *s, struct job *job)
{
	s->running--;
	if (job->sql.outcome == SQL_DONE) {
		storage_finish(s, job, STORAGE_OK);
	} else if (may_run_again(s, job)) {
		if (job->sql.outcome == SQL_UNDONE)
			job->sql.alone = true; /* no fault of its own, and it will not happen again */
		else
			job->repeated = job->repeated || job->sql.sent || job->sql.outcome == SQL_BUSY;
		run_again(s, job);
	} else if (job->sql.outcome == SQL_REFUSED) {
		log_error(&s->log, "the database refused an operation operation=%s owner=%s error=%s",
			  sql_stmts[job->sql.first->id].name, log_quote(job->sql.owner),
			  log_quote(job->sql.error));
		storage_finish(s, job, STORAGE_REFUSED);
	} else {
		log_warning(&s->log, "an operation failed operation=%s error=%s",
			    sql_stmts[job->sql.first->id].name, log_quote(job->sql.error));
		storage_finish(s, job, STORAGE_TEMPORARY);
	}
}

static void
on_done(const struct sql_host *host, struct sql_job *sql)
{
	struct storage *s = container_of(host, struct storage, host);
	struct job *job = container_of(sql, struct job, sql);

	count_query(job);
	if (sql->lane == SQL_LOG)
		commits_job_done(s, job);
	else
		main_job_done(s, job);
}

/* --- time --- */

static bool
down_too_long(const struct storage *s)
{
	return !s->up[SQL_MAIN] && loop_now(s->loop) - s->down_ms[SQL_MAIN] >= s->settings.timeout;
}

static void
expire(struct storage *s, struct list *l)
{
	while (l->len) {
		struct job *job = list_entry(l->first, struct job, sql.node);

		if (loop_now(s->loop) - job->asked_ms < s->settings.timeout && !down_too_long(s))
			break;
		list_shift(l);
		storage_finish(s, job, STORAGE_TEMPORARY);
	}
}

static uint64_t
time_left(const struct storage *s, const struct list *l)
{
	const struct job *job = l->len ? list_entry(l->first, struct job, sql.node) : NULL;
	uint64_t age = job ? loop_now(s->loop) - job->asked_ms : 0;

	if (!job)
		return UINT64_MAX;
	return age < s->settings.timeout ? s->settings.timeout - age : 0;
}

static void on_deadline(struct timer *t);

static void
set_deadline(struct storage *s)
{
	uint64_t left = MIN(time_left(s, &s->waiting), time_left(s, &s->barred));

	if (left == UINT64_MAX)
		timer_stop(&s->deadline);
	else
		timer_start(s->loop, &s->deadline, left, on_deadline);
}

static void
on_deadline(struct timer *t)
{
	struct storage *s = container_of(t, struct storage, deadline);

	expire(s, &s->waiting);
	expire(s, &s->barred);
	set_deadline(s);
}

/* --- asking --- */

static bool
has_room(const struct storage *s)
{
	return s->order.len < s->queue_max && s->bytes < s->queue_bytes;
}

/*
 * What the same owner asks for stays in order even when something of his
 * waits for the log: then the later ones wait for it, too.
 */
static void
stay_behind_barred(struct storage *s, struct job *job)
{
	if (job->sql.owner.n == 0)
		return;
	list_each(&s->barred, struct job, other, sql.node)
		if (str_eq(other->sql.owner, job->sql.owner))
			job->after_log = MAX(job->after_log, other->after_log);
}

void
storage_enqueue(struct storage *s, struct job *job)
{
	bool room = has_room(s);

	job->seq = ++s->seq;
	job->asked_ms = loop_now(s->loop);
	list_append(&s->order, &job->order);
	s->bytes += job->size;
	storage_count_queue(1);
	stay_behind_barred(s, job);
	if (!job->sql.first) {
		storage_finish(s, job, job->result); /* nothing to do */
	} else if (!room || down_too_long(s)) {
		storage_finish(s, job, STORAGE_TEMPORARY);
	} else if (job->after_log) {
		list_append(&s->barred, &job->sql.node);
		set_deadline(s);
	} else {
		list_append(&s->waiting, &job->sql.node);
		pump(s);
		set_deadline(s);
	}
}

void
storage_log_moved(struct storage *s)
{
	uint64_t oldest = commits_oldest(s);

	list_each(&s->barred, struct job, job, sql.node) {
		if (job->after_log >= oldest)
			continue;
		list_remove(&s->barred, &job->sql.node);
		insert_by_seq(&s->waiting, job);
	}
	storage_wake(s);
}

/* --- flushes --- */

void
storage_flush(struct storage *s, void (*done)(void *owner), void *owner)
{
	struct flush *f = xcalloc(1, sizeof(*f));

	f->seq = s->seq;
	f->done = done;
	f->owner = owner;
	list_append(&s->flushes, &f->node);
	commits_hurry(s);
	storage_wake(s);
}

static uint64_t
oldest_unfinished(const struct storage *s)
{
	uint64_t job = s->order.first ? list_entry(s->order.first, struct job, order)->seq : UINT64_MAX;

	return MIN(job, commits_oldest(s));
}

static void
run_flushes(struct storage *s)
{
	while (!s->freed && s->flushes.len) {
		struct flush *f = list_entry(s->flushes.first, struct flush, node), now = *f;

		if (oldest_unfinished(s) <= f->seq)
			break;
		list_remove(&s->flushes, &f->node);
		free(f);
		now.done(now.owner);
	}
}

/* --- the end of the turn --- */

static void
run_callback(struct storage *s, struct job *job)
{
	list_remove(&s->order, &job->order);
	s->bytes -= job->size;
	storage_count_queue(-1);
	job->finish(job);
	sql_job_free(&(struct sql_job *){&job->sql});
}

static void
on_finish(struct task *t)
{
	struct storage *s = container_of(t, struct storage, finish);

	pump(s);
	set_deadline(s);
	tell_usable(s);
	if (!s->freed)
		commits_run_callbacks(s);
	while (!s->freed && s->finished.len)
		run_callback(s, list_entry(list_shift(&s->finished), struct job, sql.node));
	run_flushes(s);
}

void
storage_wake(struct storage *s)
{
	if (!s->freed)
		loop_defer(s->loop, &s->finish, on_finish);
}

/* --- life --- */

static void
print_log(const struct log_ctx *ctx, struct buf *out)
{
	(void)ctx;
	buf_addl(out, "storage");
}

struct storage *
storage_new(struct loop *loop, const struct conf *conf, const struct log_ctx *log,
	    void (*usable)(void *owner, bool usable, const char *why), void *owner, struct buf *why)
{
	struct storage *s = xcalloc(1, sizeof(*s));

	s->loop = loop;
	s->log = (struct log_ctx){log, print_log};
	s->on_usable = usable;
	s->owner = owner;
	if (storage_configure(s, conf, why) < 0) {
		free(s);
		return NULL;
	}
	for (enum sql_lane lane = 0; lane < SQL_LANES; lane++) {
		s->why[lane] = xstrdup("connecting");
		s->down_ms[lane] = loop_now(loop);
	}
	metric_histogram_register(&queries);
	metric_register(&queue_gauge);
	metric_register(&reconnects);
	commits_init(s);
	s->host = (struct sql_host){loop, &s->log, &s->settings, on_done, on_lane};
	s->sql = s->engine->new(&s->host);
	return s;
}

static void
drop_jobs(struct list *l)
{
	while (l->len) {
		struct job *job = list_entry(list_shift(l), struct job, sql.node);

		sql_job_free(&(struct sql_job *){&job->sql});
	}
}

static void
release(void *p)
{
	struct storage *s = p;

	for (enum sql_lane lane = 0; lane < SQL_LANES; lane++)
		free(s->why[lane]);
	sql_settings_done(&s->settings);
	free(s);
}

void
storage_free(struct storage **storage)
{
	struct storage *s = *storage;

	*storage = NULL;
	if (!s)
		return;
	s->freed = true;
	storage_count_queue(-(int)s->order.len);
	s->engine->free(&s->sql);
	commits_done(s);
	drop_jobs(&s->barred);
	drop_jobs(&s->waiting);
	drop_jobs(&s->finished);
	while (s->flushes.len)
		free(list_entry(list_shift(&s->flushes), struct flush, node));
	timer_stop(&s->deadline);
	task_cancel(&s->finish);
	loop_park(s->loop, s, release);
}
