/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct arena: memory for one stanza or one negotiation, given back at once.
 * Nothing in it is freed alone and nothing in it is destructed. A zeroed arena
 * is an empty one. `arena_reset` keeps one block for the next user.
 */
#pragma once

#include "common/str.h"

struct arena_block;

struct arena {
	struct arena_block *head;
	char *at, *end;
};

void arena_done(struct arena *a);
void arena_reset(struct arena *a);
void *arena_alloc(struct arena *a, size_t n);  /* aligned for any type, not zeroed */
void *arena_zalloc(struct arena *a, size_t n); /* zeroed */
/* A copy; the bytes have a NUL behind them, so .p is also a z-string. Absent stays absent. */
struct str arena_str(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
