/* SPDX-License-Identifier: Apache-2.0 */
/* Turns of the generator's event loop. What a descriptor is good for is wire.c's matter. */
#include "bench/load/reactor.h"

#include "bench/load/wire.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 512 };

uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

void
reactor_init(struct reactor *r)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};

	*r = (struct reactor){0};
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (r->epoll_fd < 0 || r->timer_fd < 0 || epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, r->timer_fd, &e) < 0)
		die(1, "epoll: %s", strerror(errno));
}

void
reactor_done(struct reactor *r)
{
	close(r->timer_fd);
	close(r->epoll_fd);
}

void
reactor_stop(struct reactor *r)
{
	r->stopped = true;
}

void
alarm_set(struct reactor *r, struct alarm *a, uint64_t due, void (*cb)(struct alarm *a))
{
	alarm_clear(r, a);
	a->due = due;
	a->cb = cb;
	list_append(&r->alarms, &a->node);
}

void
alarm_clear(struct reactor *r, struct alarm *a)
{
	if (list_linked(&r->alarms, &a->node))
		list_remove(&r->alarms, &a->node);
}

/* There are never more than a handful. */
static struct alarm *
next_alarm(struct reactor *r)
{
	struct alarm *next = NULL;

	list_each(&r->alarms, struct alarm, a, node)
		if (!next || a->due < next->due)
			next = a;
	return next;
}

static void
run_alarms(struct reactor *r)
{
	uint64_t now = now_ns();
	struct alarm *a;

	while ((a = next_alarm(r)) && a->due <= now) {
		list_remove(&r->alarms, &a->node);
		a->cb(a);
	}
}

static void
arm(struct reactor *r)
{
	const struct alarm *a = next_alarm(r);
	uint64_t due = a ? a->due : 0;
	struct itimerspec t = {0};

	if (due == r->armed)
		return;
	r->armed = due;
	t.it_value.tv_sec = (time_t)(due / SECOND_NS);
	t.it_value.tv_nsec = (long)(due % SECOND_NS);
	if (timerfd_settime(r->timer_fd, TFD_TIMER_ABSTIME, &t, NULL) < 0)
		die(1, "timerfd: %s", strerror(errno));
}

static void
flush_dirty(struct reactor *r)
{
	struct list_node *n;

	while ((n = list_shift(&r->dirty)))
		wire_flush(list_entry(n, struct wire, dirty_node));
}

static void
wait_turn(struct reactor *r)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(r->epoll_fd, events, EVENTS_MAX, -1);

	if (n < 0 && errno != EINTR)
		die(1, "epoll_wait: %s", strerror(errno));
	r->turn++;
	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr)
			wire_ready(events[i].data.ptr, events[i].events);
		else
			r->armed = 0; /* it has fired; settime forgets that */
	}
}

struct run_end {
	struct alarm alarm;
	struct reactor *r;
	bool passed;
};

static void
time_is_up(struct alarm *a)
{
	struct run_end *end = container_of(a, struct run_end, alarm);

	end->passed = true;
	end->r->stopped = true;
}

bool
reactor_run(struct reactor *r, uint64_t ns)
{
	struct run_end end = {.r = r};

	r->stopped = false;
	alarm_set(r, &end.alarm, now_ns() + ns, time_is_up);
	for (;;) {
		run_alarms(r);
		flush_dirty(r);
		if (r->stopped)
			break;
		arm(r);
		wait_turn(r);
	}
	alarm_clear(r, &end.alarm);
	return !end.passed;
}
