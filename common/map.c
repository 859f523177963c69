/* SPDX-License-Identifier: Apache-2.0 */
/* A hash table with linear probing. */
#include "common/map.h"

#include "common/rand.h"
#include "common/siphash.h"

#include <stdlib.h>

struct map_entry {
	struct str key; /* p == NULL: never used; p == &tombstone: taken */
	uint64_t hash;
	void *value;
};

static const char tombstone;

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

static bool
is_live(const struct map_entry *e)
{
	return e->key.p && e->key.p != &tombstone;
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
		if (e->hash == hash && is_live(e) && str_eq(e->key, key))
			return e;
	}
}

static void
insert_new(struct map *m, struct str key, uint64_t hash, void *value)
{
	size_t i = hash & (m->cap - 1);

	while (is_live(&m->entries[i]))
		i = (i + 1) & (m->cap - 1);
	if (!m->entries[i].key.p)
		m->used++;
	m->entries[i] = (struct map_entry){key, hash, value};
	m->len++;
}

static void
rehash(struct map *m, size_t cap)
{
	struct map old = *m;

	*m = (struct map){.entries = xcalloc(cap, sizeof(*m->entries)), .cap = cap};
	for (size_t i = 0; i < old.cap; i++)
		if (is_live(&old.entries[i]))
			insert_new(m, old.entries[i].key, old.entries[i].hash, old.entries[i].value);
	free(old.entries);
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
	if ((m->used + 1) * 4 > m->cap * 3)
		rehash(m, MAX((size_t)8, m->len * 4 > m->cap ? m->cap * 2 : m->cap));
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
	e->key = str_n(&tombstone, 0);
	e->value = NULL;
	if (--m->len == 0)
		map_done(m);
	return value;
}

void *
map_next(const struct map *m, size_t *it)
{
	while (*it < m->cap) {
		const struct map_entry *e = &m->entries[(*it)++];

		if (is_live(e))
			return e->value;
	}
	return NULL;
}
