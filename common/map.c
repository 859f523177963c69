/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash table with linear probing. What is taken leaves no mark behind: the entries that follow move up, so a table
 * through which much passes stays as quick as a new one.
 */
#include "common/map.h"

#include "common/rand.h"
#include "common/siphash.h"

#include <stdlib.h>

struct map_entry {
	struct str key; /* p == NULL: free */
	uint64_t hash;
	void *value;
};

static uint64_t
hash_of(struct str key)
{
	static struct siphash_key process_key;
	static bool ready;

	if (!ready) {
		rand_bytes(&process_key, sizeof(process_key));
		ready = true;
	}
	return siphash(&process_key, key);
}

void
map_done(struct map *m)
{
	free(m->entries);
	*m = (struct map){0};
}

/* The entry of the key, or null. */
static struct map_entry *
locate(const struct map *m, struct str key, uint64_t hash)
{
	if (m->cap == 0)
		return NULL;
	for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
		struct map_entry *e = &m->entries[i];

		if (!e->key.p)
			return NULL;
		if (e->hash == hash && str_eq(e->key, key))
			return e;
	}
}

static void
insert_new(struct map *m, struct str key, uint64_t hash, void *value)
{
	size_t i = hash & (m->cap - 1);

	while (m->entries[i].key.p)
		i = (i + 1) & (m->cap - 1);
	m->entries[i] = (struct map_entry){key, hash, value};
	m->len++;
}

static void
grow(struct map *m)
{
	struct map old = *m;

	*m = (struct map){.cap = MAX((size_t)8, old.cap * 2)};
	m->entries = xcalloc(m->cap, sizeof(*m->entries));
	for (size_t i = 0; i < old.cap; i++)
		if (old.entries[i].key.p)
			insert_new(m, old.entries[i].key, old.entries[i].hash, old.entries[i].value);
	free(old.entries);
}

/* Each entry behind the gap that would not be found across it moves into it. */
static void
close_gap(struct map *m, size_t gap)
{
	size_t mask = m->cap - 1;

	for (size_t i = (gap + 1) & mask; m->entries[i].key.p; i = (i + 1) & mask) {
		size_t way = (i - m->entries[i].hash) & mask; /* from where it should be */

		if (way < ((i - gap) & mask))
			continue;
		m->entries[gap] = m->entries[i];
		gap = i;
	}
	m->entries[gap] = (struct map_entry){0};
}

void *
map_find(const struct map *m, struct str key)
{
	struct map_entry *e = m->len ? locate(m, key, hash_of(key)) : NULL;

	return e ? e->value : NULL;
}

void *
map_put(struct map *m, struct str key, void *value)
{
	uint64_t hash = hash_of(key);
	struct map_entry *e = locate(m, key, hash);

	bug_if(!key.p || !value);
	if (e) {
		void *old = e->value;

		e->key = key;
		e->value = value;
		return old;
	}
	if ((m->len + 1) * 4 > m->cap * 3)
		grow(m);
	insert_new(m, key, hash, value);
	return NULL;
}

void *
map_take(struct map *m, struct str key)
{
	struct map_entry *e = m->len ? locate(m, key, hash_of(key)) : NULL;
	void *value;

	if (!e)
		return NULL;
	value = e->value;
	if (m->len == 1) {
		map_done(m);
	} else {
		close_gap(m, (size_t)(e - m->entries));
		m->len--;
	}
	return value;
}

/*
 * Downwards from a free place: whatever moves up when an entry is taken has been visited. The place, plus one, is in
 * the upper half of the iterator, the number of steps in the lower.
 */
void *
map_next(const struct map *m, uint64_t *it)
{
	size_t mask = m->cap - 1;

	if (!m->len)
		return NULL;
	if (*it == 0) {
		size_t from = 0;

		while (m->entries[from].key.p)
			from++;
		*it = (uint64_t)(from + 1) << 32;
	}
	while ((uint32_t)*it < mask) {
		const struct map_entry *e;

		++*it;
		e = &m->entries[((*it >> 32) - 1 - (uint32_t)*it) & mask];
		if (e->key.p)
			return e->value;
	}
	return NULL;
}
