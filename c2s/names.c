/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages a client has: keyed hashes of their names (xmpp/name.h) in a ring with an index, and where the client counts each. */
#include "c2s/names.h"

#include <stdlib.h>

enum {
	NAMES_FIRST_CAP = 16,
	MINUTE_MS = 60000,
	UNSURE_MINUTES = 10,
	RECENT_MINUTES = 2,
	TOLD_MINUTES = 1,
};

static struct name
name_at(const struct name_hash *hash, uint64_t now)
{
	return (struct name){.said = hash->said, .rest = hash->rest, .minute = (uint8_t)(now / MINUTE_MS)};
}

/* unsure_r: it ends with the mark. */
static struct name
name_of(const struct names *n, struct str text, uint64_t now, bool *unsure_r)
{
	struct name_hash hash;

	*unsure_r = name_hash(&n->key, text, &hash);
	return name_at(&hash, now);
}

void
names_done(struct names *n)
{
	free(n->names);
	free(n->places);
	free(n->chains);
	*n = (struct names){.key = n->key};
}

static bool
is_it(const struct name *a, const struct name *b, bool unsure)
{
	if (a->said != b->said)
		return false;
	return a->rest == b->rest || (unsure && (uint8_t)(b->minute - a->minute) <= UNSURE_MINUTES);
}

/* --- the index --- */

static uint16_t *
bucket_of(const struct names *n, const struct name *name)
{
	return &n->chains[name->said & (n->cap - 1u)];
}

static uint16_t *
next_of(const struct names *n, unsigned i)
{
	return &n->chains[n->cap + i];
}

static void
link_in(struct names *n, unsigned i)
{
	uint16_t *first = bucket_of(n, &n->names[i]);

	*next_of(n, i) = *first;
	*first = (uint16_t)(i + 1);
}

static void
unlink_from(struct names *n, unsigned i)
{
	uint16_t *at = bucket_of(n, &n->names[i]);

	while (*at != i + 1)
		at = next_of(n, *at - 1u);
	*at = *next_of(n, i);
}

static void
index_make(struct names *n)
{
	free(n->chains);
	n->chains = xcalloc(2 * (size_t)n->cap, sizeof(*n->chains));
	for (unsigned i = 0; i < n->count; i++)
		link_in(n, i);
}

/* Its index, or count. */
static unsigned
find(const struct names *n, const struct name *name, bool unsure)
{
	unsigned i;

	if (!n->count)
		return 0;
	for (i = *bucket_of(n, name); i && !is_it(&n->names[i - 1], name, unsure); i = *next_of(n, i - 1))
		;
	return i ? i - 1 : n->count;
}

/* --- the ring --- */

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
set_cap(struct names *n, unsigned cap)
{
	n->cap = (uint16_t)cap;
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
	link_in(n, i);
}

static bool
is_recent(const struct name *old, const struct name *now)
{
	return (uint8_t)(now->minute - old->minute) <= RECENT_MINUTES;
}

/* As many as there must be now that `name` comes. */
static unsigned
most(const struct names *n, const struct name *name, uint64_t keep)
{
	if (n->count && is_recent(&n->names[n->at], name))
		return NAMES_LIMIT;
	return (unsigned)MIN(MAX(keep, (uint64_t)NAMES_MAX), (uint64_t)NAMES_LIMIT);
}

/* After a busy time: the last ones are enough. */
static void
shrink(struct names *n)
{
	unsigned drop = n->count - NAMES_MAX;

	straighten(n);
	memmove(n->names, n->names + drop, NAMES_MAX * sizeof(*n->names));
	if (n->places)
		memmove(n->places, n->places + drop, NAMES_MAX * sizeof(*n->places));
	n->count = NAMES_MAX;
	set_cap(n, NAMES_MAX);
	index_make(n);
}

static void
add(struct names *n, const struct name *name, uint64_t place, uint64_t keep)
{
	unsigned newest = n->at ? n->at - 1u : n->count - 1u;

	if (n->count > NAMES_MAX && keep <= NAMES_MAX && !is_recent(&n->names[newest], name))
		shrink(n);
	if (n->count >= most(n, name, keep)) {
		unlink_from(n, n->at);
		set(n, n->at, name, place);
		n->at = (uint16_t)((n->at + 1u) % n->count);
		return;
	}
	if (n->at || n->count == n->cap) {
		if (n->at)
			straighten(n);
		if (n->count == n->cap)
			set_cap(n, n->cap ? n->cap * 2u : NAMES_FIRST_CAP);
		index_make(n);
	}
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
	struct name name = name_of(n, text, now, &unsure);
	unsigned i = find(n, &name, unsure);

	if (i < n->count) {
		*place = n->places ? n->places[i] : 0;
		return true;
	}
	add(n, &name, *place, keep);
	return false;
}

/* --- for the next owner --- */

static unsigned
newest(const struct names *n, unsigned i)
{
	return (n->at + n->count - 1u - i) % n->count;
}

size_t
names_recent(const struct names *n, uint64_t now)
{
	uint8_t minute = (uint8_t)(now / MINUTE_MS);
	unsigned i = 0;

	while (i < n->count && i < NAMES_TOLD_MAX && (uint8_t)(minute - n->names[newest(n, i)].minute) <= TOLD_MINUTES)
		i++;
	return i;
}

void
names_tell(const struct names *n, uint64_t now, uint64_t count, struct buf *out)
{
	size_t recent = names_recent(n, now);
	struct name_told *told = xcalloc(recent, sizeof(*told));

	for (unsigned i = 0; i < recent; i++) {
		unsigned at = newest(n, i);

		told[i] = (struct name_told){{n->names[at].said, n->names[at].rest},
					     name_back(count, n->places ? n->places[at] : 0)};
	}
	names_told_print(out, told, recent);
	free(told);
}

void
names_take(struct names *n, struct str text, uint64_t now, uint64_t count)
{
	size_t many = 0;
	struct name_told *told = names_told_parse(text, &many);

	while (many-- > 0) {
		struct name name = name_at(&told[many].name, now);

		if (find(n, &name, false) == n->count)
			add(n, &name, name_place(count, told[many].back), 0);
	}
	free(told);
}
