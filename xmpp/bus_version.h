/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The versions of the internal protocol that this program speaks
 * (doc/protocol.md section 7). A program speaks its own version and the one
 * before, so that a cluster can be upgraded one daemon at a time; HACKING.md
 * says what makes a new version necessary.
 */
#pragma once

#include "common/buf.h"

struct bus_versions { /* a range; all zero: those of this program */
	unsigned oldest, newest;
};

/*
 * 2: opens are numbered, words for XEP-0198, keep and closing. 1 was never released, and meant more than one
 * thing: it is not spoken any more.
 */
#define BUS_VERSIONS ((struct bus_versions){.oldest = 2, .newest = 2})

struct bus_versions bus_versions_or_own(struct bus_versions v);
/* "2", or "2 3": as features offer them, and for people. */
void bus_versions_print(struct buf *out, struct bus_versions v);
bool bus_versions_has(struct bus_versions v, uint64_t version);
/* The highest of ours in a blank-separated list; 0 when there is none. */
unsigned bus_versions_common(struct bus_versions ours, struct str offered);
