/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who owns what: slots and rendezvous hashing (doc/protocol.md section 3). The
 * same on every node and in every version, because all must agree.
 */
#pragma once

#include "common/str.h"

enum { SLOT_COUNT = 1024 };

unsigned slot_of(struct str key);
/* The weight of an instance for a slot; the highest wins, ties go to the smaller name. */
uint64_t slot_weight(unsigned slot, struct str name);
/* Rendezvous of any text over names: weight of `name` for `key` (routers for a sid, s2s for a pair). */
uint64_t rendezvous_weight(struct str key, struct str name);
/* Index of the winner among `count` names, -1 when there is none. */
ssize_t slot_owner(unsigned slot, const struct str *names, size_t count);
ssize_t rendezvous(struct str key, const struct str *names, size_t count);
