/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages a client has: 64 bits of SipHash each, under a key that nobody outside knows. */
#include "c2s/names.h"

#include "common/rand.h"
#include "common/siphash.h"

#include <stdlib.h>

enum {
	NAMES_FIRST_CAP = 16,
	SAID_LEN = 16, /* sm/resend.h: RESEND_HASH_LEN */
	MINUTE_MS = 60000,
	UNSURE_MINUTES = 10,
};

struct key { /* what is remembered of a name */
	uint64_t hash;   /* of all but the mark at its end */
	uint32_t said;   /* 24 bits of what is said (sm/resend.h: before the first '.'); 0: that is not told */
	uint8_t minute;
	bool unsure;
};

static uint64_t
hash_of(struct str bytes)
{
	static struct siphash_key key;

	if (key.k0 == 0 && key.k1 == 0)
		rand_bytes(&key, sizeof(key));
	return siphash(&key, bytes);
}

static struct key
key_of(struct str name, uint64_t now)
{
	struct key k = {.minute = (uint8_t)(now / MINUTE_MS), .unsure = name.n > 0 && name.p[name.n - 1] == '?'};
	struct str rest, first;

	name.n -= k.unsure;
	k.hash = hash_of(name);
	first = str_split(name, '.', &rest);
	if (first.n == SAID_LEN && rest.p)
		k.said = (uint32_t)(hash_of(first) & 0xffffff) | 1;
	return k;
}

void
names_done(struct names *n)
{
	free(n->hashes);
	free(n->marks);
	free(n->places);
	*n = (struct names){0};
}

static bool
is_it(const struct names *n, unsigned i, const struct key *k)
{
	if (n->hashes[i] == k->hash)
		return true;
	return k->unsure && k->said && n->marks[i] >> 8 == k->said &&
	       (uint8_t)(k->minute - (uint8_t)n->marks[i]) <= UNSURE_MINUTES;
}

/* Its index, or count. */
static unsigned
find(const struct names *n, const struct key *k)
{
	unsigned i;

	for (i = 0; i < n->count && !is_it(n, i, k); i++)
		;
	return i;
}

static void
rotate(void *array, size_t size, const struct names *n)
{
	size_t before = n->at * size, behind = (size_t)(n->count - n->at) * size;
	char *bytes = array, *copy = xmalloc(before);

	memcpy(copy, bytes, before);
	memmove(bytes, bytes + before, behind);
	memcpy(bytes + behind, copy, before);
	free(copy);
}

/* The oldest comes first again, so that one more can come last. */
static void
straighten(struct names *n)
{
	rotate(n->hashes, sizeof(*n->hashes), n);
	rotate(n->marks, sizeof(*n->marks), n);
	if (n->places)
		rotate(n->places, sizeof(*n->places), n);
	n->at = 0;
}

static void
grow(struct names *n)
{
	n->cap = n->cap ? (uint16_t)(n->cap * 2) : (uint16_t)NAMES_FIRST_CAP;
	n->hashes = xrealloc(n->hashes, n->cap * sizeof(*n->hashes));
	n->marks = xrealloc(n->marks, n->cap * sizeof(*n->marks));
	if (n->places)
		n->places = xrealloc(n->places, n->cap * sizeof(*n->places));
}

static void
set(struct names *n, unsigned i, const struct key *k, uint64_t place)
{
	n->hashes[i] = k->hash;
	n->marks[i] = k->said << 8 | k->minute;
	if (place && !n->places)
		n->places = xcalloc(n->cap, sizeof(*n->places));
	if (n->places)
		n->places[i] = place;
}

static void
add(struct names *n, const struct key *k, uint64_t place, uint64_t keep)
{
	unsigned most = (unsigned)MIN(MAX(keep, (uint64_t)NAMES_MAX), (uint64_t)NAMES_LIMIT);

	if (n->count >= most) {
		set(n, n->at, k, place);
		n->at = (uint16_t)((n->at + 1u) % n->count);
		return;
	}
	if (n->at)
		straighten(n);
	if (n->count == n->cap)
		grow(n);
	set(n, n->count++, k, place);
}

bool
names_seen(struct names *n, struct str name, uint64_t now)
{
	uint64_t place = 0;

	return names_seen_at(n, name, now, &place, 0);
}

bool
names_seen_at(struct names *n, struct str name, uint64_t now, uint64_t *place, uint64_t keep)
{
	struct key k = key_of(name, now);
	unsigned i = find(n, &k);

	if (i < n->count) {
		*place = n->places ? n->places[i] : 0;
		return true;
	}
	add(n, &k, *place, keep);
	return false;
}
