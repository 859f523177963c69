/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests on a real loop: run it until something has happened, with a
 * deadline that fails the test. No test sleeps.
 */
#pragma once

#include "common/loop.h"

/* cmocka wants these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { DEADLINE_MS = 20000 }; /* generous: sanitizers, valgrind and busy machines */

struct until {
	uv_prepare_t turn;
	struct timer deadline;
	struct loop *loop;
	bool (*happened)(void *arg);
	void *arg;
};

static inline void
until_deadline(struct timer *t)
{
	loop_stop(container_of(t, struct until, deadline)->loop);
}

static inline void
until_look(void *p)
{
	struct until *u = p;

	if (u->happened(u->arg))
		loop_stop(u->loop);
}

/* libuv calls the hook that came last first, so this is before the end of the turn; what is parked is after
 * all tasks. */
static inline void
until_turn(uv_prepare_t *h)
{
	struct until *u = container_of(h, struct until, turn);

	loop_park(u->loop, u, until_look);
}

static inline void
until_closed(uv_handle_t *h)
{
	free(container_of((uv_prepare_t *)(void *)h, struct until, turn));
}

/* Whether it happened before the deadline. It is looked at after every turn. */
static inline bool
loop_until(struct loop *loop, bool (*happened)(void *arg), void *arg)
{
	struct until *u = xcalloc(1, sizeof(*u)); /* libuv looks at it after we have returned */
	bool yes;

	u->loop = loop;
	u->happened = happened;
	u->arg = arg;
	uv_prepare_init(loop_uv(loop), &u->turn);
	uv_prepare_start(&u->turn, until_turn);
	uv_update_time(loop_uv(loop)); /* it stood still since the last turn */
	timer_start(loop, &u->deadline, DEADLINE_MS, until_deadline);
	while (!(yes = happened(arg)) && timer_running(&u->deadline))
		loop_run(loop);
	timer_stop(&u->deadline);
	uv_close((uv_handle_t *)&u->turn, until_closed);
	return yes;
}

/* For loop_until: a flag. */
static inline bool
is_set(void *flag)
{
	return *(bool *)flag;
}

/* Runs the loop for a while, for what must not happen in it. */
static inline void
loop_for(struct loop *loop, uint64_t ms)
{
	struct until u = {.loop = loop};

	uv_update_time(loop_uv(loop));
	timer_start(loop, &u.deadline, ms, until_deadline);
	while (timer_running(&u.deadline))
		loop_run(loop);
}
