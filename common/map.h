/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct map: a hash table from bytes to pointers (open addressing, SipHash
 * under a key of this process). The key's bytes belong to the caller and must
 * stay where they are while the entry is in the map: keep them in the value.
 * A zeroed map is an empty one and owns no memory.
 */
#pragma once

#include "common/str.h"

struct map_entry;

struct map {
	struct map_entry *entries;
	size_t cap; /* a power of two, or 0; below 2^31 */
	size_t len;
};

void map_done(struct map *m); /* forgets the entries, not the values */
void *map_find(const struct map *m, struct str key); /* may be null */
/* Adds or replaces; returns the value that was there, or null. */
void *map_put(struct map *m, struct str key, void *value);
/* Takes it out; returns the value that was there, or null. */
void *map_take(struct map *m, struct str key);
/*
 * Iterates in no particular order: uint64_t it = 0; while ((v = map_next(m, &it))).
 * Taking the entry just returned is safe; putting is not.
 */
void *map_next(const struct map *m, uint64_t *it);
