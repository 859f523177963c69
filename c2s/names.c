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

static uint64_t
hash_of(struct str bytes)
{
	static struct siphash_key key;

	if (key.k0 == 0 && key.k1 == 0)
		rand_bytes(&key, sizeof(key));
	return siphash(&key, bytes);
}

/* unsure_r: it ends with the mark. */
static struct name
name_of(struct str text, uint64_t now, bool *unsure_r)
{
	struct name name = {.minute = (uint8_t)(now / MINUTE_MS)};
	struct str rest, first;

	*unsure_r = text.n > 0 && text.p[text.n - 1] == '?';
	text.n -= *unsure_r;
	first = str_split(text, '.', &rest);
	if (first.n == SAID_LEN && rest.p) {
		name.said = hash_of(first);
		name.rest = hash_of(rest) >> 8;
	} else {
		name.said = hash_of(text);
		*unsure_r = false;
	}
	return name;
}

void
names_done(struct names *n)
{
	free(n->names);
	free(n->places);
	*n = (struct names){0};
}

static bool
is_it(const struct name *a, const struct name *b, bool unsure)
{
	if (a->said != b->said)
		return false;
	return a->rest == b->rest || (unsure && (uint8_t)(b->minute - a->minute) <= UNSURE_MINUTES);
}

/* Its index, or count. */
static unsigned
find(const struct names *n, const struct name *name, bool unsure)
{
	unsigned i;

	for (i = 0; i < n->count && !is_it(&n->names[i], name, unsure); i++)
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
	rotate(n->names, sizeof(*n->names), n);
	if (n->places)
		rotate(n->places, sizeof(*n->places), n);
	n->at = 0;
}

static void
grow(struct names *n)
{
	n->cap = n->cap ? (uint16_t)(n->cap * 2) : (uint16_t)NAMES_FIRST_CAP;
	n->names = xrealloc(n->names, n->cap * sizeof(*n->names));
	if (n->places)
		n->places = xrealloc(n->places, n->cap * sizeof(*n->places));
}

static void
set(struct names *n, unsigned i, const struct name *name, uint64_t place)
{
	n->names[i] = *name;
	if (place && !n->places)
		n->places = xcalloc(n->cap, sizeof(*n->places));
	if (n->places)
		n->places[i] = place;
}

static void
add(struct names *n, const struct name *name, uint64_t place, uint64_t keep)
{
	unsigned most = (unsigned)MIN(MAX(keep, (uint64_t)NAMES_MAX), (uint64_t)NAMES_LIMIT);

	if (n->count >= most) {
		set(n, n->at, name, place);
		n->at = (uint16_t)((n->at + 1u) % n->count);
		return;
	}
	if (n->at)
		straighten(n);
	if (n->count == n->cap)
		grow(n);
	set(n, n->count++, name, place);
}

bool
names_seen(struct names *n, struct str text, uint64_t now)
{
	uint64_t place = 0;

	return names_seen_at(n, text, now, &place, 0);
}

bool
names_seen_at(struct names *n, struct str text, uint64_t now, uint64_t *place, uint64_t keep)
{
	bool unsure;
	struct name name = name_of(text, now, &unsure);
	unsigned i = find(n, &name, unsure);

	if (i < n->count) {
		*place = n->places ? n->places[i] : 0;
		return true;
	}
	add(n, &name, *place, keep);
	return false;
}
