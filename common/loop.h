/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop of a daemon: thin over libuv. Time, timers, work at the end
 * of a turn, and work on other threads. Descriptors are common/io.h's matter.
 *
 * Units: milliseconds, of a clock that never goes back.
 *
 * Timers and deferred tasks are this file's own (a heap over one uv_timer), so
 * that an idle timer costs an object 40 bytes and a test can run them under a
 * clock of its own (loop_new_fake).
 */
#pragma once

#include "common/list.h"

#include <uv.h>

struct loop;

struct loop *loop_new(void); /* ignores SIGPIPE in this process */
/* All timers are stopped and all handles closed by now (that is checked); waits for work that is still with a thread. */
void loop_free(struct loop **loop);
void loop_run(struct loop *loop);  /* until loop_stop */
void loop_stop(struct loop *loop); /* after this turn */
uv_loop_t *loop_uv(struct loop *loop);

/* Monotonic milliseconds, taken once per turn. */
uint64_t loop_now(const struct loop *loop);
/* Wall clock, microseconds since 1970, taken now. */
int64_t loop_wall_us(const struct loop *loop);

/*
 * A loop without descriptors whose clock stands still until told: for unit
 * tests and simulation. loop_fake_advance runs what falls due in order, and
 * the deferred tasks after each callback.
 */
struct loop *loop_new_fake(void);
void loop_fake_advance(struct loop *loop, uint64_t ms);
/* From now on the work of a loop_work takes as many ms as `delay` says, and its `done` comes as many again as it says then. */
void loop_fake_delay(struct loop *loop, uint64_t (*delay)(void *arg), void *arg);

/* A timer. Embed it zeroed; one shot; start again to move it. Owned by its object, which stops it before it goes. */
struct timer {
	void (*cb)(struct timer *t);
	uint64_t due;
	size_t at; /* place in the heap + 1; 0: not running */
	struct loop *loop;
};

void timer_start(struct loop *loop, struct timer *t, uint64_t after_ms, void (*cb)(struct timer *t));
void timer_stop(struct timer *t);
static inline bool
timer_running(const struct timer *t)
{
	return t->at != 0;
}

/*
 * Work for the end of this turn of the loop (before it sleeps), once. Tasks
 * run in the order they were deferred; what they defer runs in the same turn.
 */
struct task {
	struct list_node node;
	void (*cb)(struct task *t);
	struct loop *loop; /* null: not queued */
};

void loop_defer(struct loop *loop, struct task *t, void (*cb)(struct task *t)); /* no-op if it is queued already */
void task_cancel(struct task *t);

/* Calls release(p) after all callbacks of this turn: for objects that may be freed while on the stack. */
void loop_park(struct loop *loop, void *p, void (*release)(void *p));

/*
 * Runs work(arg) on a worker thread and then done(arg) on the loop. The work
 * touches nothing that the loop owns; arg belongs to it until done.
 */
void loop_work(struct loop *loop, void (*work)(void *arg), void (*done)(void *arg), void *arg);

/*
 * For callbacks of handles that somebody put on loop_uv himself: to be called
 * first, so that the turn is measured from here (common/io.h and this file do).
 */
void loop_woke(struct loop *loop);
/* The same number all through a turn, and another one in the next: for what is shared out by the turn. */
uint64_t loop_turn(const struct loop *loop);
/* The longest turn since the last call, microseconds (for the watchdog's metric). */
uint64_t loop_longest_turn_us(struct loop *loop);
/* Tells how long each turn was, at its end; one listener, null for none. */
void loop_on_turn(struct loop *loop, void (*cb)(void *owner, uint64_t us), void *owner);
