/* SPDX-License-Identifier: Apache-2.0 */
/* Gives out the values of a configuration, and keeps those that a reload must not change. */
#include "common/conf_impl.h"

#include <stdlib.h>

const struct conf_key *
conf_find_key(const struct conf_section *s, struct str name)
{
	for (const struct conf_key *k = s->keys; k->name; k++)
		if (str_is(name, k->name))
			return k;
	return NULL;
}

const struct conf_section *
conf_find_section(const struct conf *c, struct str name)
{
	for (size_t i = 0; c->sections[i]; i++)
		if (str_is(name, c->sections[i]->name))
			return c->sections[i];
	return NULL;
}

struct conf_block *
conf_find_block(const struct conf *c, const char *section, const char *title)
{
	for (size_t i = 0; i < c->count; i++) {
		struct conf_block *b = c->blocks[i];

		if (strcmp(b->section->name, section) != 0)
			continue;
		if (!b->title || (title && strcmp(b->title, title) == 0))
			return b;
	}
	return NULL;
}

struct conf *
conf_new(const struct conf_section *const *sections)
{
	struct conf *c = xcalloc(1, sizeof(*c));
	size_t count = 0;

	while (sections[count])
		count++;
	c->sections = sections;
	c->titles = xcalloc(count, sizeof(*c->titles));
	return c;
}

static struct conf_titles *
titles_of(const struct conf *c, const struct conf_section *s)
{
	size_t i = 0;

	while (c->sections[i] != s)
		i++;
	return &c->titles[i];
}

static void
add_title(struct conf_titles *titles, const char *title)
{
	titles->items = xrealloc(titles->items, (titles->count + 1) * sizeof(*titles->items));
	titles->items[titles->count++] = title;
}

struct conf_block *
conf_add_block(struct conf *c, const struct conf_section *s, const char *title)
{
	struct conf_block *b = xcalloc(1, sizeof(*b));
	size_t keys = 0;

	while (s->keys[keys].name)
		keys++;
	b->section = s;
	b->title = title ? xstrdup(title) : NULL;
	b->values = xcalloc(keys, sizeof(*b->values));
	for (size_t k = 0; k < keys; k++)
		b->values[k].key = &s->keys[k];
	c->blocks = xrealloc(c->blocks, (c->count + 1) * sizeof(*c->blocks));
	c->blocks[c->count++] = b;
	if (title)
		add_title(titles_of(c, s), b->title);
	return b;
}

struct conf_value *
conf_block_value(struct conf_block *b, const char *key)
{
	const struct conf_key *k = conf_find_key(b->section, str_z(key));

	bug_if(!k);
	return &b->values[k - b->section->keys];
}

static void
block_free(struct conf_block *b)
{
	for (size_t k = 0; b->section->keys[k].name; k++)
		conf_value_clear(&b->values[k]);
	free(b->values);
	free(b->title);
	free(b->file);
	free(b);
}

void
conf_free(struct conf **c)
{
	struct conf *old = *c;

	*c = NULL;
	if (!old)
		return;
	for (size_t i = 0; i < old->count; i++)
		block_free(old->blocks[i]);
	for (size_t i = 0; old->sections[i]; i++)
		free(old->titles[i].items);
	free(old->blocks);
	free(old->titles);
	free(old);
}

static struct conf_value *
value_of(const struct conf *c, const char *section, const char *title, const char *key)
{
	struct conf_block *b = conf_find_block(c, section, title);

	bug_if(!b);
	return conf_block_value(b, key);
}

const char *
conf_str(const struct conf *c, const char *section, const char *title, const char *key)
{
	const struct conf_value *v = value_of(c, section, title, key);

	bug_if(v->key->type != CONF_STR && v->key->type != CONF_PATH && v->key->type != CONF_SECRET &&
	       v->key->type != CONF_CHOICE);
	return v->count ? v->items[0] : NULL;
}

int64_t
conf_int(const struct conf *c, const char *section, const char *title, const char *key)
{
	const struct conf_value *v = value_of(c, section, title, key);

	bug_if(v->key->type != CONF_INT && v->key->type != CONF_DURATION && v->key->type != CONF_SIZE &&
	       v->key->type != CONF_CHOICE);
	return v->num;
}

bool
conf_bool(const struct conf *c, const char *section, const char *title, const char *key)
{
	const struct conf_value *v = value_of(c, section, title, key);

	bug_if(v->key->type != CONF_BOOL);
	return v->num != 0;
}

size_t
conf_list(const struct conf *c, const char *section, const char *title, const char *key, const char *const **items_r)
{
	const struct conf_value *v = value_of(c, section, title, key);

	bug_if(!conf_type_is_list(v->key->type));
	*items_r = (const char *const *)v->items;
	return v->count;
}

size_t
conf_titles(const struct conf *c, const char *section, const char *const **titles_r)
{
	const struct conf_section *s = conf_find_section(c, str_z(section));
	const struct conf_titles *titles;

	bug_if(!s || !s->titled);
	titles = titles_of(c, s);
	*titles_r = titles->items;
	return titles->count;
}

bool
conf_given(const struct conf *c, const char *section, const char *title, const char *key)
{
	return value_of(c, section, title, key)->given;
}

static bool
same_value(const struct conf_value *a, const struct conf_value *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

static void
keep_block(struct conf_block *now, struct conf_block *before, struct buf *changed)
{
	for (size_t k = 0; now->section->keys[k].name; k++) {
		struct conf_value spare = now->values[k];

		if (now->section->keys[k].flags & CONF_RELOAD)
			continue;
		if (!same_value(&now->values[k], &before->values[k])) {
			conf_block_name(changed, now->section, now->title);
			buf_addf(changed, ": %s\n", now->section->keys[k].name);
		}
		now->values[k] = before->values[k];
		before->values[k] = spare;
	}
}

void
conf_keep_restart_keys(struct conf *now, struct conf *before, struct buf *changed)
{
	for (size_t i = 0; i < now->count; i++) {
		struct conf_block *b = now->blocks[i], *old = conf_find_block(before, b->section->name, b->title);

		if (old)
			keep_block(b, old, changed);
	}
}
