/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct ack: which stanzas of one direction of a session are dealt with.
 * Numbers come in order, are finished in any order, and are acknowledged
 * cumulatively: `done` is the highest number below which nothing is open.
 *
 * Plain bookkeeping: no session, no timer. A zeroed ack starts at number 1.
 */
#pragma once

#include "common/base.h"

enum { ACK_OPEN_MAX = 4096 };

enum ack_verdict {
	ACK_NEXT, /* the number that was expected; it is open now */
	ACK_SEEN, /* seen before: drop it */
	ACK_GAP,  /* one before it is missing */
	ACK_FULL, /* too many are open: the sender does not keep to its bound */
};

struct ack {
	uint64_t seen;  /* highest number taken */
	uint64_t done;  /* highest number that is dealt with, with all before it */
	uint8_t *open;  /* ring: whether number n (done < n <= seen) is open, at n % cap */
	size_t cap;     /* a power of two, or 0 */
};

void ack_start(struct ack *a, uint64_t done); /* goes on from a number; forgets what is open */
enum ack_verdict ack_take(struct ack *a, uint64_t number);
/* The number is dealt with. True when `done` moved. Numbers that are not open are ignored. */
bool ack_finish(struct ack *a, uint64_t number);
void ack_done(struct ack *a); /* frees */
