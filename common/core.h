/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One core for all daemons of a machine while they have little to do. A
 * message goes through three processes; when it travels alone, each of them
 * sleeps, and waking one on another core, which sleeps too, costs more than all
 * of its work. So a thread that is calm stays on the core that all of them
 * share, and goes wherever it likes as soon as it has work for a part of a core,
 * or somebody else has: then it has had to wait for it.
 *
 * The supervisor says which core, and how much is little, in the environment:
 * CARILLON_CORE=CPU/PERCENT. Without that nothing happens.
 */
#pragma once

#include "common/base.h"

/* When to share and when not: looks at how long the turns of the loop are. Zeroed at first: not sharing. */
struct core_pace {
	uint64_t from_us; /* begin of the window that is being measured */
	uint64_t busy_us; /* of it, in turns */
	uint64_t calm_us; /* since when all windows were calm; 0: the last one was not */
	uint64_t waited_us; /* for a core, until the window began */
	bool sharing;
};

/*
 * At the end of a turn of busy_us. percent: of a core, from which on there is no sharing. waited: tells how long the thread has waited
 * for a core in its life (microseconds); asked once in a window. True: `sharing` has changed.
 */
bool core_pace_turn(struct core_pace *p, uint64_t now_us, uint64_t busy_us, unsigned percent, uint64_t (*waited)(void));

/* For the supervisor: chooses a core, and tells `daemons` children that inherit this environment. 0: they do not share. */
void core_offer(unsigned daemons);
/* For a daemon: takes what is offered; then at the end of each turn, in the thread of the loop. */
void core_start(void);
void core_turn(uint64_t busy_us);
/* For other threads, before they work: they never share, though they may have inherited it from the one that made them. */
void core_worker(void);
