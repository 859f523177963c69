/* SPDX-License-Identifier: Apache-2.0 */
/* A user's roster in memory. */
#include "sm/roster.h"

#include "xmpp/out.h"

#include <stdlib.h>

struct roster_request {
	struct str jid, stanza;
	char bytes[];
};

static struct roster_item *
item_new(const struct roster_row *row)
{
	struct roster_item *item = xmalloc(sizeof(*item) + row->jid.n + row->name.n + row->groups.n);
	char *at = (char *)(item + 1);

	item->jid = str_put(&at, row->jid);
	item->name = str_put(&at, row->name);
	item->groups = str_put(&at, row->groups);
	item->sub = (unsigned)row->subscription & (SUB_STATE | SUB_APPROVED);
	item->removed = row->removed;
	item->version = row->version;
	item->size = roster_item_size(row->jid, row->name, row->groups);
	return item;
}

static const struct roster_item *
item_put(struct roster *r, const struct roster_row *row)
{
	struct roster_item *item = item_new(row);
	struct roster_item *old = map_put(&r->items, item->jid, item);

	if (!item->removed) {
		r->live++;
		r->size += item->size;
	}
	if (old && !old->removed) {
		r->live--;
		r->size -= old->size;
	}
	free(old);
	return item;
}

void
roster_load(struct roster *r, const struct user_rows *rows)
{
	for (size_t i = 0; i < rows->roster_count; i++)
		item_put(r, &rows->roster[i]);
	for (size_t i = 0; i < rows->request_count; i++)
		roster_request_put(r, rows->requests[i].jid, rows->requests[i].stanza);
	r->version = rows->roster_version;
}

void
roster_done(struct roster *r)
{
	uint64_t it = 0;
	void *p;

	while ((p = map_next(&r->items, &it)))
		free(p);
	it = 0;
	while ((p = map_next(&r->requests, &it)))
		free(p);
	map_done(&r->items);
	map_done(&r->requests);
	*r = (struct roster){0};
}

const struct roster_item *
roster_get(const struct roster *r, struct str jid)
{
	const struct roster_item *item = map_find(&r->items, jid);

	return item && !item->removed ? item : NULL;
}

const struct roster_item *
roster_next(const struct roster *r, uint64_t *it)
{
	return map_next(&r->items, it);
}

static void
forget_old_tombstones(struct roster *r)
{
	const struct roster_item *item;
	uint64_t it = 0;

	if (r->items.len == r->live)
		return;
	while ((item = roster_next(r, &it)))
		if (item->removed && item->version < r->version - ROSTER_HISTORY)
			free(map_take(&r->items, item->jid));
}

const struct roster_item *
roster_apply(struct roster *r, const struct roster_row *row)
{
	const struct roster_item *item = item_put(r, row);

	r->version = MAX(r->version, row->version);
	if (row->removed)
		forget_old_tombstones(r);
	return item;
}

struct str
roster_request(const struct roster *r, struct str jid)
{
	const struct roster_request *request = map_find(&r->requests, jid);

	return request ? request->stanza : STR_NONE;
}

void
roster_request_put(struct roster *r, struct str jid, struct str stanza)
{
	struct roster_request *request = xmalloc(sizeof(*request) + jid.n + stanza.n);
	char *at = request->bytes;

	request->jid = str_put(&at, jid);
	request->stanza = str_put(&at, stanza);
	free(map_put(&r->requests, request->jid, request));
}

void
roster_request_del(struct roster *r, struct str jid)
{
	free(map_take(&r->requests, jid));
}

size_t
roster_requests(const struct roster *r)
{
	return r->requests.len;
}

struct str
roster_next_request(const struct roster *r, uint64_t *it)
{
	const struct roster_request *request = map_next(&r->requests, it);

	return request ? request->stanza : STR_NONE;
}

enum subscription
roster_subscription(const struct roster *r, struct str jid)
{
	const struct roster_item *item = roster_get(r, jid);

	return subscription_of(item ? item->sub : 0, map_find(&r->requests, jid) != NULL);
}

static size_t
escaped_size(struct str s)
{
	size_t n = s.n;

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || strchr("&<>'\"", s.p[i]))
			n += 5;
	return n;
}

size_t
roster_item_size(struct str jid, struct str name, struct str groups)
{
	const size_t around = sizeof("<item jid='' name='' subscription='none' ask='subscribe' approved='true'></item>");
	size_t n = around + escaped_size(jid) + escaped_size(name) + escaped_size(groups);

	for (size_t i = 0; i <= groups.n; i++)
		if (i == groups.n || groups.p[i] == ROSTER_GROUP_SEPARATOR)
			n += sizeof("<group></group>");
	return n;
}

static void
write_groups(struct out *o, struct str groups)
{
	struct str rest = groups;

	while (rest.n) {
		struct str group = str_split(rest, ROSTER_GROUP_SEPARATOR, &rest);

		out_leafz(o, "group", NULL, group);
	}
}

void
roster_item_write(struct out *o, const struct roster_item *item)
{
	out_openz(o, "item", NULL);
	out_attrz(o, "jid", item->jid);
	if (item->removed) {
		out_attrz(o, "subscription", STR("remove"));
		out_close(o);
		return;
	}
	if (item->name.n)
		out_attrz(o, "name", item->name);
	out_attrz(o, "subscription", str_z(subscription_name(item->sub)));
	if (item->sub & SUB_ASK)
		out_attrz(o, "ask", STR("subscribe"));
	if (item->sub & SUB_APPROVED)
		out_attrz(o, "approved", STR("true"));
	write_groups(o, item->groups);
	out_close(o);
}
