/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct names: the last 256 names of messages that a client has been given
 * (doc/protocol.md section 4, "Names of messages"), as keyed hashes. It grows
 * with what it is told; an empty one owns no memory.
 */
#pragma once

#include "common/str.h"

enum { NAMES_MAX = 256 };

struct names {
	uint64_t *hashes;
	uint16_t cap, at; /* at: the oldest, once there are NAMES_MAX */
	uint16_t count;
};

void names_done(struct names *n);
/* Whether it has been here before; it has from now on. */
bool names_seen(struct names *n, struct str name);
