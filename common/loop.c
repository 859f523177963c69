/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns of the event loop: what wakes it is libuv's matter; our timers, the
 * tasks for the end of a turn and the objects parked until then are this
 * file's. A turn lasts from a wake-up to the next sleep, and its end is the
 * prepare hook, which libuv calls right before it polls: whatever ran since
 * the last sleep, nothing that it deferred is left behind.
 *
 * Not for: descriptors (common/io.h).
 */
#include "common/loop.h"

#include "common/core.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FAKE_START_MS = 1000 };
static const int64_t FAKE_START_WALL_US = INT64_C(1767225600000000); /* 2026-01-01T00:00:00Z */

struct parked {
	void *p;
	void (*release)(void *p);
};

struct loop_job {
	uv_work_t req;
	struct loop *loop;
	void (*work)(void *arg);
	void (*done)(void *arg);
	void *arg;
	/* fake loops only */
	struct list_node node;
	struct timer timer;
	bool worked;
};

struct loop {
	uv_loop_t uv;
	uv_timer_t wake; /* for heap[0] */
	uv_prepare_t end;
	uv_check_t begin;
	uint64_t woke_ns; /* begin of this turn; 0 while asleep */
	uint64_t longest_us;
	void (*on_turn)(void *owner, uint64_t us);
	void *on_turn_owner;
	struct timer **heap; /* binary, by due */
	size_t heap_n, heap_cap;
	struct list tasks;
	struct parked *parked;
	size_t parked_n, parked_cap;
	bool fake;
	uint64_t fake_now;
	struct list fake_jobs;
	uint64_t (*fake_delay)(void *arg); /* null: jobs take no time */
	void *fake_delay_arg;
};

/* --- timers: a heap --- */

static void
heap_put(struct loop *loop, size_t i, struct timer *t)
{
	loop->heap[i] = t;
	t->at = i + 1;
}

static void
heap_up(struct loop *loop, size_t i, struct timer *t)
{
	while (i > 0) {
		size_t parent = (i - 1) / 2;

		if (loop->heap[parent]->due <= t->due)
			break;
		heap_put(loop, i, loop->heap[parent]);
		i = parent;
	}
	heap_put(loop, i, t);
}

static void
heap_down(struct loop *loop, size_t i, struct timer *t)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= loop->heap_n)
			break;
		if (child + 1 < loop->heap_n && loop->heap[child + 1]->due < loop->heap[child]->due)
			child++;
		if (t->due <= loop->heap[child]->due)
			break;
		heap_put(loop, i, loop->heap[child]);
		i = child;
	}
	heap_put(loop, i, t);
}

/* Puts t where it belongs, from place i, whose old content is gone or is t. */
static void
heap_settle(struct loop *loop, size_t i, struct timer *t)
{
	if (i > 0 && t->due < loop->heap[(i - 1) / 2]->due)
		heap_up(loop, i, t);
	else
		heap_down(loop, i, t);
}

static size_t
heap_grow(struct loop *loop)
{
	if (loop->heap_n == loop->heap_cap) {
		loop->heap_cap = loop->heap_cap ? loop->heap_cap * 2 : 64;
		loop->heap = xrealloc(loop->heap, loop->heap_cap * sizeof(*loop->heap));
	}
	return loop->heap_n++;
}

void
timer_start(struct loop *loop, struct timer *t, uint64_t after_ms, void (*cb)(struct timer *t))
{
	uint64_t now = loop_now(loop);

	bug_if(t->at && t->loop != loop);
	t->cb = cb;
	t->loop = loop;
	t->due = after_ms > UINT64_MAX - now ? UINT64_MAX : now + after_ms;
	if (t->at)
		heap_settle(loop, t->at - 1, t);
	else
		heap_up(loop, heap_grow(loop), t);
}

void
timer_stop(struct timer *t)
{
	struct loop *loop = t->loop;
	struct timer *last;
	size_t i;

	if (!t->at)
		return;
	i = t->at - 1;
	t->at = 0;
	last = loop->heap[--loop->heap_n];
	if (last != t)
		heap_settle(loop, i, last);
}

/* Takes the first timer if it is due. */
static struct timer *
heap_take_due(struct loop *loop, uint64_t now)
{
	struct timer *t = loop->heap_n ? loop->heap[0] : NULL;

	if (!t || t->due > now)
		return NULL;
	timer_stop(t);
	return t;
}

/*
 * As many at most as were running at the beginning: one that starts itself
 * again with 0 ms waits for the next turn and starves nobody.
 */
static void
run_timers(struct loop *loop)
{
	struct timer *t;

	for (size_t left = loop->heap_n; left && (t = heap_take_due(loop, loop_now(loop))); left--)
		t->cb(t);
}

/* --- the end of a turn --- */

void
loop_defer(struct loop *loop, struct task *t, void (*cb)(struct task *t))
{
	if (t->loop)
		return;
	t->loop = loop;
	t->cb = cb;
	list_append(&loop->tasks, &t->node);
}

void
task_cancel(struct task *t)
{
	if (!t->loop)
		return;
	list_remove(&t->loop->tasks, &t->node);
	t->loop = NULL;
}

static bool
run_tasks(struct loop *loop)
{
	struct list_node *n;
	bool any = false;

	while ((n = list_shift(&loop->tasks))) {
		struct task *t = list_entry(n, struct task, node);

		t->loop = NULL;
		t->cb(t);
		any = true;
	}
	return any;
}

void
loop_park(struct loop *loop, void *p, void (*release)(void *p))
{
	if (loop->parked_n == loop->parked_cap) {
		loop->parked_cap = loop->parked_cap ? loop->parked_cap * 2 : 16;
		loop->parked = xrealloc(loop->parked, loop->parked_cap * sizeof(*loop->parked));
	}
	loop->parked[loop->parked_n++] = (struct parked){p, release};
}

static bool
release_parked(struct loop *loop)
{
	bool any = loop->parked_n > 0;

	for (size_t i = 0; i < loop->parked_n; i++) { /* releasing may park more */
		struct parked k = loop->parked[i];

		k.release(k.p);
	}
	loop->parked_n = 0;
	return any;
}

static bool
run_fake_jobs(struct loop *loop)
{
	struct list_node *n;
	bool any = false;

	if (loop->fake_delay)
		return false;
	while ((n = list_shift(&loop->fake_jobs))) {
		struct loop_job *job = list_entry(n, struct loop_job, node);

		job->work(job->arg);
		job->done(job->arg);
		free(job);
		any = true;
	}
	return any;
}

static void on_fake_job(struct timer *t);

/* One of the two steps of a job is over: the work itself, or the way back. */
static void
fake_job_step(struct loop_job *job)
{
	if (!job->worked) {
		job->worked = true;
		job->work(job->arg);
		timer_start(job->loop, &job->timer, job->loop->fake_delay(job->loop->fake_delay_arg), on_fake_job);
		return;
	}
	list_remove(&job->loop->fake_jobs, &job->node);
	job->done(job->arg);
	free(job);
}

static void
on_fake_job(struct timer *t)
{
	fake_job_step(container_of(t, struct loop_job, timer));
}

/* At the end: no time passes any more. */
static void
finish_fake_jobs(struct loop *loop)
{
	while (loop->fake_delay && loop->fake_jobs.len) {
		struct loop_job *job = list_entry(loop->fake_jobs.first, struct loop_job, node);

		timer_stop(&job->timer);
		fake_job_step(job);
	}
	loop->fake_delay = NULL;
}

static void
end_turn(struct loop *loop)
{
	while (run_tasks(loop) || run_fake_jobs(loop) || release_parked(loop))
		;
}

/* --- libuv --- */

void
loop_woke(struct loop *loop)
{
	if (!loop->woke_ns)
		loop->woke_ns = uv_hrtime();
}

uint64_t
loop_turn(const struct loop *loop)
{
	return loop->woke_ns;
}

/*
 * After the descriptors' callbacks. If none of them said loop_woke, something
 * foreign may have run: then the time that libuv took when it woke up counts.
 */
static void
on_begin(uv_check_t *h)
{
	struct loop *loop = container_of(h, struct loop, begin);
	uint64_t ns = uv_hrtime(), woke_ms = uv_now(&loop->uv);

	if (loop->woke_ns)
		return;
	loop->woke_ns = ns / 1000000 > woke_ms + 1 ? woke_ms * 1000000 : ns;
}

static void
on_wake(uv_timer_t *h)
{
	struct loop *loop = container_of(h, struct loop, wake);

	loop_woke(loop);
	run_timers(loop);
}

static void
measure_turn(struct loop *loop)
{
	uint64_t us;

	if (!loop->woke_ns)
		return;
	us = (uv_hrtime() - loop->woke_ns) / 1000;
	loop->longest_us = MAX(loop->longest_us, us);
	loop->woke_ns = 0;
	if (loop->on_turn)
		loop->on_turn(loop->on_turn_owner, us);
}

/* libuv counts the sleep from its own idea of now: renewed, or a long turn would make timers late. */
static void
set_alarm(struct loop *loop)
{
	uint64_t now, due;

	if (!loop->heap_n) {
		uv_timer_stop(&loop->wake);
		return;
	}
	uv_update_time(&loop->uv);
	now = uv_now(&loop->uv);
	due = loop->heap[0]->due;
	uv_timer_start(&loop->wake, on_wake, due > now ? due - now : 0, 0);
}

static void
on_end(uv_prepare_t *h)
{
	struct loop *loop = container_of(h, struct loop, end);

	end_turn(loop);
	measure_turn(loop);
	set_alarm(loop);
}

struct loop *
loop_new(void)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));
	int rc = uv_loop_init(&loop->uv);

	if (rc < 0)
		die(1, "cannot make an event loop: %s: is the limit of open files (ulimit -n) very low?",
		    uv_strerror(rc));
	signal(SIGPIPE, SIG_IGN); /* OpenSSL writes with write(2) */
	uv_timer_init(&loop->uv, &loop->wake);
	uv_prepare_init(&loop->uv, &loop->end);
	uv_check_init(&loop->uv, &loop->begin);
	uv_prepare_start(&loop->end, on_end);
	uv_check_start(&loop->begin, on_begin);
	return loop;
}

void
loop_run(struct loop *loop)
{
	bug_if(loop->fake);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	end_turn(loop); /* a stopped loop does not come to its prepare hook */
}

void
loop_stop(struct loop *loop)
{
	bug_if(loop->fake);
	uv_stop(&loop->uv);
}

uv_loop_t *
loop_uv(struct loop *loop)
{
	bug_if(loop->fake);
	return &loop->uv;
}

/* Whoever put a handle on the loop has closed it by now; an open one would keep loop_free waiting for ever.
 */
static void
check_closing(uv_handle_t *h, void *arg)
{
	(void)arg;
	if (!uv_is_closing(h))
		fprintf(stderr, "loop_free: a %s handle is still open\n", uv_handle_type_name(h->type));
	bug_if(!uv_is_closing(h));
}

static void
close_uv(struct loop *loop)
{
	uv_close((uv_handle_t *)&loop->wake, NULL);
	uv_close((uv_handle_t *)&loop->end, NULL);
	uv_close((uv_handle_t *)&loop->begin, NULL);
	uv_walk(&loop->uv, check_closing, NULL);
	uv_run(&loop->uv, UV_RUN_DEFAULT); /* close callbacks, and jobs that are with the workers */
	end_turn(loop);
	uv_run(&loop->uv, UV_RUN_DEFAULT); /* what that closed */
	bug_if(uv_loop_close(&loop->uv) < 0);
}

void
loop_free(struct loop **loop)
{
	struct loop *l = *loop;

	*loop = NULL;
	if (!l)
		return;
	end_turn(l);
	finish_fake_jobs(l);
	end_turn(l);
	if (!l->fake)
		close_uv(l);
	bug_if(l->heap_n); /* an object went without stopping its timer */
	free(l->heap);
	free(l->parked);
	free(l);
}

uint64_t
loop_now(const struct loop *loop)
{
	return loop->fake ? loop->fake_now : uv_now(&loop->uv);
}

int64_t
loop_wall_us(const struct loop *loop)
{
	struct timespec ts;

	if (loop->fake)
		return FAKE_START_WALL_US + (int64_t)(loop->fake_now - FAKE_START_MS) * 1000;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

uint64_t
loop_longest_turn_us(struct loop *loop)
{
	uint64_t us = loop->longest_us;

	loop->longest_us = 0;
	return us;
}

void
loop_on_turn(struct loop *loop, void (*cb)(void *owner, uint64_t us), void *owner)
{
	loop->on_turn = cb;
	loop->on_turn_owner = owner;
}

/* --- worker threads --- */

static void
job_work(uv_work_t *req)
{
	struct loop_job *job = container_of(req, struct loop_job, req);

	core_worker();
	job->work(job->arg);
}

static void
job_done(uv_work_t *req, int status)
{
	struct loop_job *job = container_of(req, struct loop_job, req);

	(void)status; /* only a cancelled job has another, and nobody cancels */
	loop_woke(job->loop);
	job->done(job->arg);
	free(job);
}

void
loop_work(struct loop *loop, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	struct loop_job *job = xcalloc(1, sizeof(*job));

	job->loop = loop;
	job->work = work;
	job->done = done;
	job->arg = arg;
	if (loop->fake) {
		list_append(&loop->fake_jobs, &job->node);
		if (loop->fake_delay)
			timer_start(loop, &job->timer, loop->fake_delay(loop->fake_delay_arg), on_fake_job);
	} else {
		bug_if(uv_queue_work(&loop->uv, &job->req, job_work, job_done) < 0);
	}
}

/* --- fake loops --- */

struct loop *
loop_new_fake(void)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));

	loop->fake = true;
	loop->fake_now = FAKE_START_MS;
	return loop;
}

void
loop_fake_delay(struct loop *loop, uint64_t (*delay)(void *arg), void *arg)
{
	bug_if(!loop->fake || loop->fake_jobs.len);
	loop->fake_delay = delay;
	loop->fake_delay_arg = arg;
}

void
loop_fake_advance(struct loop *loop, uint64_t ms)
{
	uint64_t until = loop->fake_now + ms;
	struct timer *t;

	bug_if(!loop->fake);
	end_turn(loop);
	while ((t = heap_take_due(loop, until))) {
		loop->fake_now = MAX(loop->fake_now, t->due);
		t->cb(t);
		end_turn(loop);
	}
	loop->fake_now = until;
}
