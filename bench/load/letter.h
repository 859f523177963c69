/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text by which the generator knows its own messages and presences again:
 * "load RUN LINE NUMBER TIME" and words up to the size asked for. RUN tells
 * what an earlier run has left behind, LINE is the pair or group.
 */
#pragma once

#include "common/buf.h"

struct letter {
	uint64_t line, number;
	uint64_t sent; /* ns; when it was, or should have been, sent */
};

extern char letter_run[9]; /* set once at the start */

void letter_init(void);
void letter_print(struct buf *out, const struct letter *l, size_t size); /* appends */
/* False for anything else, letters of other runs included. */
bool letter_parse(struct str text, struct letter *l_r) MUST_CHECK;
/* A message as a client sends it: id, type, body, chat state (XEP-0085). */
void letter_message(struct buf *out, const char *to, const struct letter *l, size_t size);
