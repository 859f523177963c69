/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The generator's event loop: epoll, alarms with the resolution of the clock,
 * and the list of wires with something to send, flushed at the end of a turn.
 * It is not common/loop, so that a fault or a cost of the code under test is
 * not in the instrument as well.
 *
 * Times are nanoseconds of a clock that never goes back.
 */
#pragma once

#include "common/list.h"

struct wire;

struct alarm { /* embed it zeroed; one shot */
	struct list_node node;
	uint64_t due;
	void (*cb)(struct alarm *a);
};

struct reactor {
	int epoll_fd, timer_fd;
	uint64_t turn; /* counts the returns of epoll */
	uint64_t armed; /* what timer_fd is set to; 0: nothing */
	bool stopped;
	struct list alarms;
	struct list dirty; /* wires with output */
};

static const uint64_t SECOND_NS = 1000000000;

uint64_t now_ns(void);
void reactor_init(struct reactor *r); /* dies when the system has no descriptors */
void reactor_done(struct reactor *r);
/* Runs until reactor_stop (true) or until `ns` have passed (false). */
bool reactor_run(struct reactor *r, uint64_t ns);
void reactor_stop(struct reactor *r);
void alarm_set(struct reactor *r, struct alarm *a, uint64_t due, void (*cb)(struct alarm *a)); /* moves one that is set */
void alarm_clear(struct reactor *r, struct alarm *a);
