/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages a client has: 64 bits of SipHash each, under a key that nobody outside knows. */
#include "c2s/names.h"

#include "common/rand.h"
#include "common/siphash.h"

#include <stdlib.h>

enum { NAMES_FIRST_CAP = 16 };

static uint64_t
hash_of(struct str name)
{
	static struct siphash_key key;

	if (key.k0 == 0 && key.k1 == 0)
		rand_bytes(&key, sizeof(key));
	return siphash(&key, name);
}

void
names_done(struct names *n)
{
	free(n->hashes);
	free(n->places);
	*n = (struct names){0};
}

/* Its index, or count. */
static unsigned
find(const struct names *n, uint64_t hash)
{
	unsigned i;

	for (i = 0; i < n->count && n->hashes[i] != hash; i++)
		;
	return i;
}

static void
rotate(uint64_t *array, unsigned count, unsigned at)
{
	uint64_t *copy = xmalloc(count * sizeof(*copy));

	for (unsigned i = 0; i < count; i++)
		copy[i] = array[(at + i) % count];
	memcpy(array, copy, count * sizeof(*copy));
	free(copy);
}

/* Room for one more; the oldest comes first then. */
static void
grow(struct names *n)
{
	if (n->at) {
		rotate(n->hashes, n->count, n->at);
		if (n->places)
			rotate(n->places, n->count, n->at);
		n->at = 0;
	}
	n->cap = n->cap ? (uint16_t)(n->cap * 2) : (uint16_t)NAMES_FIRST_CAP;
	n->hashes = xrealloc(n->hashes, n->cap * sizeof(*n->hashes));
	if (n->places)
		n->places = xrealloc(n->places, n->cap * sizeof(*n->places));
}

static void
set(struct names *n, unsigned i, uint64_t hash, uint64_t place)
{
	n->hashes[i] = hash;
	if (place && !n->places)
		n->places = xcalloc(n->cap, sizeof(*n->places));
	if (n->places)
		n->places[i] = place;
}

static void
add(struct names *n, uint64_t hash, uint64_t place, uint64_t keep)
{
	unsigned most = (unsigned)MIN(MAX(keep, (uint64_t)NAMES_MAX), (uint64_t)NAMES_LIMIT);

	if (n->count >= most) {
		set(n, n->at, hash, place);
		n->at = (uint16_t)((n->at + 1u) % n->count);
		return;
	}
	if (n->count == n->cap || n->at)
		grow(n);
	set(n, n->count++, hash, place);
}

bool
names_seen(struct names *n, struct str name)
{
	uint64_t place = 0;

	return names_seen_at(n, name, &place, 0);
}

bool
names_seen_at(struct names *n, struct str name, uint64_t *place, uint64_t keep)
{
	uint64_t hash = hash_of(name);
	unsigned i = find(n, hash);

	if (i < n->count) {
		*place = n->places ? n->places[i] : 0;
		return true;
	}
	add(n, hash, *place, keep);
	return false;
}
