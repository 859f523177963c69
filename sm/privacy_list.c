/* SPDX-License-Identifier: Apache-2.0 */
/* One privacy list: made, evaluated, and seen as a block list (sm/privacy_list.h). */
#include "sm/privacy_list.h"

#include "sm/roster.h"

#include <stdlib.h>

enum { RENUMBER_GAP = 1000 }; /* room for more blocked JIDs in front of what else there is */

/* ---- making one ---- */

int
privacy_subscription(struct str value, unsigned *sub_r)
{
	for (unsigned sub = 0; sub <= (SUB_TO | SUB_FROM); sub++) {
		if (str_is(value, subscription_name(sub))) {
			*sub_r = sub;
			return 0;
		}
	}
	return -1;
}

/*
 * Behind those about the same; not at all where these leave nothing to decide. So a chain has no more links than there are
 * kinds.
 */
static struct privacy_item *
chain_add(struct privacy_item *first, struct privacy_item *item)
{
	struct privacy_item *last = first;
	unsigned covered;

	if (!first)
		return item;
	for (covered = first->kinds; last->next; covered |= last->kinds)
		last = last->next;
	if (item->kinds & ~covered)
		last->next = item;
	return first;
}

static void
map_add(struct map *m, struct privacy_item *item)
{
	struct privacy_item *first = chain_add(map_find(m, item->value), item);

	if (first == item)
		map_put(m, item->value, item);
}

static void
item_link(struct privacy_list *l, struct privacy_item *item)
{
	unsigned sub;

	switch (item->what) {
	case PRIVACY_ANYBODY:
		l->anybody = chain_add(l->anybody, item);
		break;
	case PRIVACY_JID:
		map_add(&l->jids, item);
		break;
	case PRIVACY_GROUP:
		map_add(&l->groups, item);
		l->wants_roster = true;
		break;
	case PRIVACY_SUBSCRIPTION:
		if (privacy_subscription(item->value, &sub) == 0)
			l->subscriptions[sub] = chain_add(l->subscriptions[sub], item);
		l->wants_roster = true;
		break;
	}
}

struct privacy_list *
privacy_list_new(struct str name, const struct privacy_row *rows, size_t count)
{
	size_t texts = name.n;
	struct privacy_list *l;
	char *at;

	for (size_t i = 0; i < count; i++)
		texts += rows[i].value.n;
	l = xcalloc(1, sizeof(*l) + count * sizeof(l->items[0]) + texts + 1);
	at = (char *)(l->items + count);
	l->name = str_put(&at, name);
	l->count = count;
	for (size_t i = 0; i < count; i++) {
		struct privacy_item *item = &l->items[i];

		bug_if(i > 0 && rows[i].place <= rows[i - 1].place);
		item->value = str_put(&at, rows[i].value);
		item->place = (uint32_t)rows[i].place;
		item->what = rows[i].what;
		item->deny = rows[i].deny;
		item->kinds = rows[i].kinds & PRIVACY_ALL;
		item_link(l, item);
	}
	return l;
}

void
privacy_list_free(struct privacy_list **lp)
{
	struct privacy_list *l = *lp;

	*lp = NULL;
	if (!l)
		return;
	map_done(&l->jids);
	map_done(&l->groups);
	free(l);
}

/* ---- evaluating it ---- */

/* The first of the chain that is about the kind, if it comes before `best`. */
static const struct privacy_item *
earlier(const struct privacy_item *best, const struct privacy_item *chain, enum privacy_kind kind)
{
	while (chain && !(chain->kinds & (unsigned)kind))
		chain = chain->next;
	return chain && (!best || chain->place < best->place) ? chain : best;
}

/* XEP-0016 2.1: user@domain/resource, user@domain, domain/resource, domain. */
static const struct privacy_item *
match_jid(const struct privacy_list *l, const struct jid *j, enum privacy_kind kind)
{
	const struct privacy_item *best = earlier(NULL, map_find(&l->jids, j->full), kind);

	if (j->resource.p)
		best = earlier(best, map_find(&l->jids, j->bare), kind);
	if (j->node.p)
		best = earlier(best, map_find(&l->jids, j->domain), kind);
	return best;
}

static const struct privacy_item *
match_groups(const struct privacy_list *l, struct str groups, const struct privacy_item *best, enum privacy_kind kind)
{
	struct str rest = groups;

	while (rest.n)
		best = earlier(best, map_find(&l->groups, str_split(rest, ROSTER_GROUP_SEPARATOR, &rest)), kind);
	return best;
}

const struct privacy_item *
privacy_list_match(const struct privacy_list *l, const struct privacy_party *p, enum privacy_kind kind)
{
	const struct privacy_item *best;

	if (!l)
		return NULL;
	best = match_jid(l, p->jid, kind);
	best = match_groups(l, p->groups, best, kind);
	best = earlier(best, l->subscriptions[p->sub & (SUB_TO | SUB_FROM)], kind);
	return earlier(best, l->anybody, kind);
}

/* ---- as a block list ---- */

static struct privacy_row
row_of(const struct privacy_item *item)
{
	return (struct privacy_row){
		.place = item->place,
		.what = item->what,
		.value = item->value,
		.deny = item->deny,
		.kinds = item->kinds,
	};
}

/* The JIDs as a set; map_done is the caller's. */
static struct map
set_of(const struct str *jids, size_t count)
{
	static char member;
	struct map set = {0};

	for (size_t i = 0; i < count; i++)
		map_put(&set, jids[i], &member);
	return set;
}

static bool
blocks_one_of(const struct privacy_item *item, const struct map *set)
{
	return privacy_item_blocks(item) && map_find(set, item->value);
}

static struct privacy_rows
rows_new(struct arena *a, size_t room)
{
	return (struct privacy_rows){.rows = arena_alloc(a, (room + 1) * sizeof(struct privacy_row))};
}

static void
rows_add(struct privacy_rows *r, struct privacy_row row)
{
	r->rows[r->count++] = row;
}

struct privacy_rows
privacy_list_rows(struct arena *a, const struct privacy_list *l)
{
	struct privacy_rows r = rows_new(a, l ? l->count : 0);

	for (size_t i = 0; l && i < l->count; i++)
		rows_add(&r, row_of(&l->items[i]));
	return r;
}

struct privacy_rows
privacy_list_unblock(struct arena *a, const struct privacy_list *l, const struct str *jids, size_t count)
{
	struct privacy_rows r = rows_new(a, l ? l->count : 0);
	struct map set = set_of(jids, count);

	for (size_t i = 0; l && i < l->count; i++) {
		const struct privacy_item *item = &l->items[i];

		if (count ? !blocks_one_of(item, &set) : !privacy_item_blocks(item))
			rows_add(&r, row_of(item));
	}
	map_done(&set);
	return r;
}

/* Items in front that block somebody: behind the last of them goes what is new. */
static size_t
front_of(const struct privacy_list *l)
{
	size_t n = 0;

	while (l && n < l->count && privacy_item_blocks(&l->items[n]))
		n++;
	return n;
}

/* Of what has a place and comes behind `front` rows; there was no room for more of these. */
static void
renumber(struct privacy_rows *r, size_t front)
{
	uint32_t place = 0;

	for (size_t i = 0; i < r->count; i++) {
		if (i == front)
			place = (place / RENUMBER_GAP + 1) * RENUMBER_GAP;
		r->rows[i].place = ++place;
	}
}

struct privacy_rows
privacy_list_block(struct arena *a, const struct privacy_list *l, const struct str *jids, size_t count)
{
	size_t front = front_of(l), have = l ? l->count : 0, blocked;
	struct privacy_rows r = rows_new(a, have + count);
	struct map set = set_of(jids, count), missing = set_of(jids, count);
	int64_t place = front ? (int64_t)l->items[front - 1].place : 0;

	for (size_t i = 0; i < front; i++) {
		rows_add(&r, row_of(&l->items[i]));
		map_take(&missing, l->items[i].value);
	}
	for (size_t i = 0; i < count; i++)
		if (map_take(&missing, jids[i]))
			rows_add(&r, (struct privacy_row){
				.place = ++place, .what = PRIVACY_JID, .value = jids[i], .deny = true, .kinds = PRIVACY_ALL});
	blocked = r.count;
	for (size_t i = front; i < have; i++)
		if (!blocks_one_of(&l->items[i], &set))
			rows_add(&r, row_of(&l->items[i]));
	if (place > (int64_t)PRIVACY_PLACE_MAX || (blocked < r.count && place >= r.rows[blocked].place))
		renumber(&r, blocked);
	map_done(&set);
	map_done(&missing);
	return r;
}
