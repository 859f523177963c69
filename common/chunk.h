/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct chunk: bytes on their way out, written once and shared by reference
 * count (one message to many sockets is one chunk). Immutable after creation.
 */
#pragma once

#include "common/str.h"

struct chunk {
	unsigned refs;
	size_t n;
	char p[];
};

struct chunk *chunk_new(struct str bytes);      /* a copy, one reference */
struct chunk *chunk_ref(struct chunk *c);       /* returns c */
void chunk_unref(struct chunk **c);             /* accepts null, nulls it */

static inline struct str
chunk_str(const struct chunk *c)
{
	return str_n(c->p, c->n);
}
