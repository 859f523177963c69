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
	*n = (struct names){0};
}

static bool
find(const struct names *n, uint64_t hash)
{
	for (unsigned i = 0; i < n->count; i++)
		if (n->hashes[i] == hash)
			return true;
	return false;
}

static void
add(struct names *n, uint64_t hash)
{
	if (n->count == NAMES_MAX) {
		n->hashes[n->at] = hash;
		n->at = (uint16_t)((n->at + 1) % NAMES_MAX);
		return;
	}
	if (n->count == n->cap) {
		n->cap = n->cap ? (uint16_t)(n->cap * 2) : (uint16_t)NAMES_FIRST_CAP;
		n->hashes = xrealloc(n->hashes, n->cap * sizeof(*n->hashes));
	}
	n->hashes[n->count++] = hash;
}

bool
names_seen(struct names *n, struct str name)
{
	uint64_t hash = hash_of(name);

	if (find(n, hash))
		return true;
	add(n, hash);
	return false;
}
