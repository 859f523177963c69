/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Group commits of the log. Appends, cursor moves and deletions are collected
 * and written many in one transaction. One commit is under way at a time; the
 * next one collects meanwhile.
 *
 * An item is never answered STORAGE_TEMPORARY because the database went away:
 * the acknowledgement to the sender waits for the database, and so does the
 * item, until it is in, or withdrawn. Only the bound of the queue answers so, at
 * once. When a connection is lost under a commit nobody knows its fate; it is
 * repeated as it is, which is safe: (owner, id) is unique and a second insert
 * does nothing, a cursor moves forward only, what is deleted stays so. Such items
 * cannot be withdrawn any more, and for them STORAGE_FENCED means "not written
 * this time".
 *
 * An item that the database refuses must not take the others with it: the
 * commit is repeated with half as many, until the one is alone, and was tried
 * before.
 *
 * Not for: what is in the transaction (commit_job.c).
 */
#include "storage/commit.h"

#include "common/metric.h"

#include <stdlib.h>

enum {
	COMMIT_BYTES = 4 << 20, /* of text in one commit */
};

static int64_t read_lag(void *arg);

static struct metric lag = {
	.name = "xmpp_log_lag_seconds", .kind = METRIC_GAUGE, .unit = 1000, .read = read_lag,
	.help = "How long the oldest entry of the log has been waiting for its commit.",
};
static struct metric_histogram stored = {
	.name = "xmpp_stanza_seconds", .labels = "stage=\"store\"", .bounds = metric_times, .bound_count = METRIC_TIMES,
	.unit = 1000000, .help = "Time of a stanza in a stage. store: from the sm until it is committed to the log.",
};
static const int64_t sizes[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
static struct metric_histogram entries = {
	.name = "xmpp_log_commit_entries", .bounds = sizes, .bound_count = ARRAY_LEN(sizes),
	.help = "Entries, cursors and deletions in one commit of the log.",
};

/* --- items --- */

static struct log_item *
item_new(const struct log_entry *e, storage_cb *cb, void *arg)
{
	size_t size = e->owner.n + e->peer.n + e->origin.n + e->stanza.n;
	struct log_item *item = xmalloc(sizeof(*item) + size);
	char *at = item->text;

	*item = (struct log_item){.e = *e, .size = size, .cb = cb, .arg = arg};
	item->e.owner = str_put(&at, e->owner);
	item->e.peer = str_put(&at, e->peer);
	item->e.origin = str_put(&at, e->origin);
	item->e.stanza = str_put(&at, e->stanza);
	return item;
}

static struct log_item *
first_of(const struct list *l)
{
	return l->first ? list_entry(l->first, struct log_item, node) : NULL;
}

static bool
entry_good(const struct log_entry *e)
{
	return storage_text_good(e->owner) && storage_text_good(e->peer) && storage_text_good(e->origin) &&
	       storage_text_good(e->stanza);
}

static size_t
pending(const struct commits *c)
{
	return c->queued.len + c->running.len + c->finished.len;
}

static void
item_finish(struct storage *s, struct log_item *item, enum storage_result r)
{
	item->result = r;
	list_append(&s->commits.finished, &item->node);
	storage_wake(s);
}

/* --- what may be withdrawn: tickets rise, so those of a queue are neighbours in a window, and need no hash --- */

static struct log_item **
window_place(const struct commits *c, uint64_t ticket)
{
	return &c->window[ticket & (c->window_size - 1)];
}

static void
window_grow(struct commits *c)
{
	struct commits old = *c;

	c->window_size = MAX((size_t)64, old.window_size * 2);
	c->window = xcalloc(c->window_size, sizeof(struct log_item *));
	for (size_t i = 0; i < old.window_size; i++)
		if (old.window[i])
			*window_place(c, old.window[i]->ticket) = old.window[i];
	free(old.window);
}

static void
window_put(struct commits *c, struct log_item *item)
{
	while (!c->window_size || *window_place(c, item->ticket))
		window_grow(c);
	*window_place(c, item->ticket) = item;
}

/* Null when it is not there. */
static struct log_item *
window_take(struct commits *c, uint64_t ticket)
{
	struct log_item **place = c->window_size ? window_place(c, ticket) : NULL, *item = place ? *place : NULL;

	if (!item || item->ticket != ticket)
		return NULL;
	*place = NULL;
	return item;
}

/* --- when to commit --- */

static void commit_start(struct storage *s);
static void on_timer(struct timer *t);

/* In a hurry, or with more than one commit may have, age does not count. */
static bool
is_full(const struct commits *c)
{
	return c->urgent || c->queued.len >= c->limit || c->bytes >= COMMIT_BYTES;
}

static uint64_t
delay_left(const struct storage *s)
{
	const struct commits *c = &s->commits;
	uint64_t age = loop_now(s->loop) - first_of(&c->queued)->asked_ms;

	if (is_full(c) || age >= s->commit_delay)
		return 0;
	return s->commit_delay - age;
}

static void
commit_check(struct storage *s)
{
	struct commits *c = &s->commits;
	uint64_t left;

	if (c->job || !c->queued.len || !s->up[SQL_LOG])
		return;
	if (c->fails && timer_running(&c->timer))
		return; /* backing off */
	left = delay_left(s);
	if (left == 0)
		commit_start(s);
	else if (!timer_running(&c->timer))
		timer_start(s->loop, &c->timer, left, on_timer);
}

static void
on_timer(struct timer *t)
{
	commit_check(container_of(t, struct storage, commits.timer));
}

static void
on_task(struct task *t)
{
	commit_check(container_of(t, struct storage, commits.task));
}

/* At the end of the turn, so that all that this turn appends shares the commit. */
static void
commit_soon(struct storage *s)
{
	loop_defer(s->loop, &s->commits.task, on_task);
}

void
commits_hurry(struct storage *s)
{
	if (!s->commits.queued.len)
		return;
	s->commits.urgent = true;
	commit_soon(s);
}

void
commits_lane(struct storage *s, bool up)
{
	timer_stop(&s->commits.timer);
	s->commits.fails = 0;
	if (up)
		commit_soon(s);
}

/* --- one commit --- */

/* Leaves out what has waited for less than half of the delay: it may still be withdrawn, and is for the next commit. */
static void
take_items(struct storage *s)
{
	struct commits *c = &s->commits;
	uint64_t youngest = is_full(c) ? UINT64_MAX : loop_now(s->loop) - s->commit_delay / 2;
	size_t bytes = 0;

	while (c->queued.len && c->running.len < c->limit && bytes < COMMIT_BYTES) {
		struct log_item *item = first_of(&c->queued);

		if (item->asked_ms > youngest)
			return;
		list_remove(&c->queued, &item->node);
		(void)window_take(c, item->ticket);
		list_append(&c->running, &item->node);
		bytes += item->size;
	}
}

static void
commit_start(struct storage *s)
{
	struct commits *c = &s->commits;

	timer_stop(&c->timer);
	take_items(s);
	c->urgent = c->urgent && c->queued.len;
	c->job = job_new(s, SQL_WRITE, STR(""), NULL, (union storage_fn){0}, NULL);
	c->job->sql.lane = SQL_LOG;
	commit_add(c->job, &c->running);
	storage_send(s, c->job);
}

/* --- its end --- */

static void
commit_succeeded(struct storage *s, struct job *job)
{
	struct commits *c = &s->commits;
	uint64_t now = loop_now(s->loop);

	metric_observe(&entries, (int64_t)c->running.len);
	while (c->running.len) {
		struct log_item *item = list_entry(list_shift(&c->running), struct log_item, node);

		if (item->kind == ITEM_APPEND)
			metric_observe(&stored, (int64_t)(now - item->asked_ms) * 1000);
		item_finish(s, item, commit_result(job, item));
	}
	if (c->error)
		log_info(&s->log, "commits of the log work again");
	free(c->error);
	c->error = NULL;
	c->fails = 0;
	c->limit = MIN(c->limit * 2, s->commit_max);
}

/* Back to the front of the queue, in order. */
static void
put_back(struct commits *c, bool tried)
{
	while (c->running.len) {
		struct log_item *item = list_entry(c->running.last, struct log_item, node);

		list_remove(&c->running, &item->node);
		list_prepend(&c->queued, &item->node);
		item->tried = item->tried || tried;
		if (item->kind == ITEM_APPEND && !item->tried)
			window_put(c, item);
	}
}

/* Also when a row is there already, which nobody expects of a first try: the second one does not mind. */
static void
commit_refused(struct storage *s, const struct job *job)
{
	struct commits *c = &s->commits;
	struct log_item *item = first_of(&c->running);

	if (c->running.len > 1 || !item->tried) {
		c->limit = MAX(c->running.len / 2, (size_t)1);
		c->urgent = true;
		put_back(c, true);
		return;
	}
	list_shift(&c->running);
	log_error(&s->log, "the database refused a log entry owner=%s id=%lld error=%s", log_quote(item->e.owner),
		  (long long)item->e.id, log_quote(job->sql.error));
	item_finish(s, item, STORAGE_REFUSED);
}

static void
commit_failed(struct storage *s, const struct job *job)
{
	struct commits *c = &s->commits;
	char *error = str_dup(job->sql.error);

	if (!c->error || strcmp(c->error, error) != 0)
		log_warning(&s->log, "a commit of the log will be repeated entries=%zu error=%s", c->running.len,
			    log_quote(job->sql.error));
	free(c->error);
	c->error = error;
	put_back(c, job->sql.outcome == SQL_AWAY && job->sql.sent);
	timer_start(s->loop, &c->timer, sql_backoff(c->fails++), on_timer);
}

void
commits_job_done(struct storage *s, struct job *job)
{
	struct commits *c = &s->commits;

	bug_if(job != c->job);
	c->job = NULL;
	if (job->sql.outcome == SQL_DONE)
		commit_succeeded(s, job);
	else if (job->sql.outcome == SQL_REFUSED)
		commit_refused(s, job);
	else
		commit_failed(s, job);
	sql_job_free(&(struct sql_job *){&job->sql});
	commit_soon(s);
	storage_log_moved(s);
}

static void
item_callback(struct storage *s, struct log_item *item)
{
	s->commits.bytes -= item->size;
	storage_count_queue(-1);
	if (item->cb)
		item->cb(item->arg, item->result);
	free(item);
}

void
commits_run_callbacks(struct storage *s)
{
	struct commits *c = &s->commits;

	while (!s->freed && c->finished.len)
		item_callback(s, list_entry(list_shift(&c->finished), struct log_item, node));
}

/* --- asking --- */

static uint64_t
enqueue(struct storage *s, struct log_item *item)
{
	struct commits *c = &s->commits;
	bool room = pending(c) < s->queue_max && c->bytes < s->queue_bytes;

	item->ticket = ++s->seq;
	item->asked_ms = loop_now(s->loop);
	c->bytes += item->size;
	storage_count_queue(1);
	if (!entry_good(&item->e)) {
		log_error(&s->log, "refused a log entry with text that is not UTF-8 or has a NUL in it owner=%s",
			  log_quote(item->e.owner));
		item_finish(s, item, STORAGE_REFUSED);
	} else if (!room) {
		item_finish(s, item, STORAGE_TEMPORARY);
	} else {
		list_append(&c->queued, &item->node);
		if (item->kind == ITEM_APPEND)
			window_put(c, item);
		commit_soon(s);
	}
	return item->ticket;
}

uint64_t
storage_log_append(struct storage *s, const struct log_entry *e, storage_cb *cb, void *arg)
{
	return enqueue(s, item_new(e, cb, arg));
}

void
storage_log_cursor(struct storage *s, struct str owner, int64_t cursor, bool archive, unsigned slot, int64_t epoch,
		   storage_cb *cb, void *arg)
{
	struct log_entry e = {.owner = owner, .id = cursor, .slot = slot, .epoch = epoch};
	struct log_item *item = item_new(&e, cb, arg);

	item->kind = ITEM_CURSOR;
	item->archive = archive;
	enqueue(s, item);
}

static void
enqueue_single(struct storage *s, enum item_kind kind, struct str owner, int64_t id, storage_cb *cb, void *arg)
{
	struct log_entry e = {.owner = owner, .id = id};
	struct log_item *item = item_new(&e, cb, arg);

	item->kind = kind;
	enqueue(s, item);
}

void
storage_log_delete(struct storage *s, struct str owner, int64_t id, storage_cb *cb, void *arg)
{
	enqueue_single(s, ITEM_DELETE, owner, id, cb, arg);
}

void
storage_log_keep(struct storage *s, struct str owner, int64_t id, storage_cb *cb, void *arg)
{
	enqueue_single(s, ITEM_KEEP, owner, id, cb, arg);
}

bool
storage_log_withdraw(struct storage *s, uint64_t ticket)
{
	struct commits *c = &s->commits;
	struct log_item *item = window_take(c, ticket);

	if (!item)
		return false;
	list_remove(&c->queued, &item->node);
	c->bytes -= item->size;
	storage_count_queue(-1);
	free(item);
	storage_log_moved(s);
	return true;
}

/* --- for the core --- */

uint64_t
commits_oldest(const struct storage *s)
{
	const struct log_item *item = first_of(s->commits.running.len ? &s->commits.running : &s->commits.queued);

	return item ? item->ticket : UINT64_MAX;
}

static uint64_t
last_of(const struct list *l, struct str owner)
{
	for (const struct list_node *n = l->last; n; n = n->prev) {
		const struct log_item *item = container_of(n, const struct log_item, node);

		if (str_eq(item->e.owner, owner))
			return item->ticket;
	}
	return 0;
}

uint64_t
commits_last_of(const struct storage *s, struct str owner)
{
	uint64_t queued = last_of(&s->commits.queued, owner);

	return queued ? queued : last_of(&s->commits.running, owner);
}

static int64_t
read_lag(void *arg)
{
	const struct storage *s = arg;
	const struct log_item *item;

	if (!s)
		return 0;
	item = first_of(s->commits.running.len ? &s->commits.running : &s->commits.queued);
	return item ? (int64_t)(loop_now(s->loop) - item->asked_ms) : 0;
}

void
commits_init(struct storage *s)
{
	s->commits.limit = s->commit_max;
	lag.arg = s;
	metric_register(&lag);
	metric_histogram_register(&stored);
	metric_histogram_register(&entries);
}

static void
drop_items(struct list *l)
{
	while (l->len) {
		free(list_entry(list_shift(l), struct log_item, node));
		storage_count_queue(-1);
	}
}

void
commits_done(struct storage *s)
{
	struct commits *c = &s->commits;

	if (lag.arg == s)
		lag.arg = NULL;
	timer_stop(&c->timer);
	task_cancel(&c->task);
	free(c->window);
	drop_items(&c->queued);
	drop_items(&c->running);
	drop_items(&c->finished);
	free(c->error);
}
