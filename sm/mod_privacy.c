/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Privacy Lists (XEP-0016 1.7): what clients say about them. A core module: it
 * changes lists through sm/privacy_change.h. What a list means is
 * sm/privacy.h's, and stays so when this module is switched off.
 */
#include "sm/limits.h"
#include "sm/privacy_change.h"
#include "sm/sm.h"

#include <stdlib.h>

/* ---- get (2.3) ---- */

static void
write_name(struct out *o, const char *element, const struct privacy_list *l)
{
	if (!l)
		return;
	out_openz(o, element, NULL);
	out_attrz(o, "name", l->name);
	out_close(o);
}

static const struct {
	const char *name;
	enum privacy_kind kind;
} kinds[] = { /* in the order of the schema */
	{"iq", PRIVACY_IQ},
	{"message", PRIVACY_MESSAGE},
	{"presence-in", PRIVACY_PRESENCE_IN},
	{"presence-out", PRIVACY_PRESENCE_OUT},
};

static const char *const whats[] = {
	[PRIVACY_JID] = "jid", [PRIVACY_GROUP] = "group", [PRIVACY_SUBSCRIPTION] = "subscription"};

static void
write_item(struct out *o, const struct privacy_item *item)
{
	out_openz(o, "item", NULL);
	if (item->what != PRIVACY_ANYBODY) {
		out_attrz(o, "type", str_z(whats[item->what]));
		out_attrz(o, "value", item->value);
	}
	out_attrz(o, "action", item->deny ? STR("deny") : STR("allow"));
	out_attru(o, "order", item->place);
	for (size_t i = 0; i < ARRAY_LEN(kinds) && item->kinds != PRIVACY_ALL; i++)
		if (item->kinds & (unsigned)kinds[i].kind)
			out_leafz(o, kinds[i].name, NULL, STR(""));
	out_close(o);
}

static void
write_list(struct out *o, const struct privacy_list *l)
{
	out_openz(o, "list", NULL);
	out_attrz(o, "name", l->name);
	for (size_t i = 0; i < l->count; i++)
		write_item(o, &l->items[i]);
	out_close(o);
}

static void
write_names(struct out *o, const struct sm_session *s)
{
	const struct privacy *p = s->user->privacy;

	write_name(o, "active", s->active);
	write_name(o, "default", privacy_standard(s->user));
	for (size_t i = 0; p && i < p->count; i++)
		write_name(o, "list", p->lists[i]);
}

/* `list` null: the names of all. */
static void
answer(struct sm *sm, const struct iq *iq, const struct privacy_list *list)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "query", NS_PRIVACY);
	if (list)
		write_list(&o, list);
	else
		write_names(&o, iq->session);
	out_done(&o);
	iq_result(sm, iq, buf_str(&b));
	buf_done(&b);
}

static void
handle_get(struct sm *sm, const struct iq *iq)
{
	const struct node *which = iq->child->child;
	const struct privacy_list *list = NULL;
	struct str name = which ? node_attr(iq->stanza->arena, which, "name") : STR_NONE;
	enum stanza_condition bad = STANZA_OK;

	if (!iq->session)
		bad = STANZA_ERR_FORBIDDEN;
	else if (which && (which->next || !node_is(which, "list", NS_PRIVACY) || !name.p)) /* one at a time */
		bad = STANZA_ERR_BAD_REQUEST;
	else if (which && !(list = privacy_find(iq->user, name)))
		bad = STANZA_ERR_ITEM_NOT_FOUND;
	if (bad) {
		iq_error(sm, iq, bad, NULL);
		return;
	}
	privacy_want(iq->session, PRIVACY_WANTS_LISTS);
	answer(sm, iq, list);
}

/* ---- active (2.4) ---- */

/* The list that an <active/> or <default/> names, null when it names none. */
static enum stanza_condition
read_choice(const struct iq *iq, const struct node *n, struct privacy_list **list_r)
{
	struct str name = node_attr(iq->stanza->arena, n, "name");

	*list_r = NULL;
	if (n->child)
		return STANZA_ERR_BAD_REQUEST;
	if (!name.p)
		return STANZA_OK;
	*list_r = privacy_find(iq->user, name);
	return *list_r ? STANZA_OK : STANZA_ERR_ITEM_NOT_FOUND;
}

static enum stanza_condition
set_active(struct sm *sm, const struct iq *iq, const struct node *n)
{
	struct privacy_list *l;
	enum stanza_condition bad = read_choice(iq, n, &l);

	if (bad)
		return bad;
	privacy_choose(iq->session, l);
	iq_result(sm, iq, STR(""));
	return STANZA_OK;
}

/* ---- default (2.5) ---- */

static enum stanza_condition
set_default(struct sm *sm, const struct iq *iq, const struct node *n)
{
	const struct privacy_list *now = privacy_standard(iq->user);
	struct privacy_update u = {.session = iq->session, .set_standard = true};
	struct privacy_list *l;
	enum stanza_condition bad = read_choice(iq, n, &l);

	if (bad)
		return bad;
	if (now && l != now && privacy_applies_elsewhere(iq->session, now)) /* 2.2, 11 */
		return STANZA_ERR_CONFLICT;
	u.standard = l ? l->name : STR("");
	privacy_commit(iq->user, &u, iq_keep(sm, iq));
	return STANZA_OK;
}

/* ---- list (2.6 to 2.8) ---- */

static int
by_place(const void *a, const void *b)
{
	const struct privacy_row *x = a, *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

/* The children of an <item/>: without any, all there is. */
static enum stanza_condition
read_kinds(const struct node *item, struct privacy_row *row)
{
	row->kinds = item->child ? 0 : PRIVACY_ALL;
	for (const struct node *n = item->child; n; n = n->next) {
		size_t i = 0;

		while (i < ARRAY_LEN(kinds) && !node_is(n, kinds[i].name, NS_PRIVACY))
			i++;
		if (i == ARRAY_LEN(kinds))
			return STANZA_ERR_BAD_REQUEST; /* what it was to restrict is not known, so it would do more than was wanted */
		row->kinds |= (unsigned)kinds[i].kind;
	}
	return STANZA_OK;
}

struct reading { /* a <list/> that is being read */
	const struct iq *iq;
	const struct privacy_list *old; /* what it replaces; may be null */
	struct map groups;              /* those of the roster; made when the first is asked for */
};

static void
gather_groups(struct reading *r)
{
	const struct roster_item *item;
	uint64_t it = 0;

	while ((item = roster_next(&r->iq->user->roster, &it))) {
		struct str rest = item->removed ? STR("") : item->groups;

		while (rest.n)
			map_put(&r->groups, str_split(rest, ROSTER_GROUP_SEPARATOR, &rest), r);
	}
}

/* The group of an item that is in the list already may have left the roster since. */
static bool
is_known_group(struct reading *r, struct str name)
{
	if (r->old && map_find(&r->old->groups, name))
		return true;
	if (!r->groups.len)
		gather_groups(r);
	return map_find(&r->groups, name);
}

static enum stanza_condition
read_value(struct reading *r, struct privacy_row *row, struct str value)
{
	struct jid jid;
	unsigned sub;

	switch (row->what) {
	case PRIVACY_ANYBODY:
		row->value = STR("");
		return value.p ? STANZA_ERR_BAD_REQUEST : STANZA_OK; /* of which type? */
	case PRIVACY_JID:
		if (!value.p)
			return STANZA_ERR_BAD_REQUEST;
		if (jid_prep(r->iq->stanza->arena, value, &jid, NULL) < 0)
			return STANZA_ERR_JID_MALFORMED;
		row->value = jid.full;
		return STANZA_OK;
	case PRIVACY_GROUP:
		row->value = value;
		if (!value.n)
			return STANZA_ERR_BAD_REQUEST;
		return is_known_group(r, value) ? STANZA_OK : STANZA_ERR_ITEM_NOT_FOUND;
	case PRIVACY_SUBSCRIPTION:
		row->value = value;
		return privacy_subscription(value, &sub) < 0 ? STANZA_ERR_BAD_REQUEST : STANZA_OK;
	}
	return STANZA_ERR_BAD_REQUEST;
}

static int
read_type(struct str type, enum privacy_what *what_r)
{
	*what_r = PRIVACY_ANYBODY;
	for (size_t i = PRIVACY_JID; type.p && i < ARRAY_LEN(whats); i++)
		if (str_is(type, whats[i]))
			*what_r = (enum privacy_what)i;
	return type.p && *what_r == PRIVACY_ANYBODY ? -1 : 0;
}

/* 2.1 */
static enum stanza_condition
read_item(struct reading *r, const struct node *n, struct privacy_row *row)
{
	struct arena *a = r->iq->stanza->arena;
	struct str action = node_attr(a, n, "action");
	enum stanza_condition bad;
	uint64_t order;

	if (!node_is(n, "item", NS_PRIVACY) || read_type(node_attr(a, n, "type"), &row->what) < 0)
		return STANZA_ERR_BAD_REQUEST;
	if (str_to_u64(node_attr(a, n, "order"), &order) < 0 || order > PRIVACY_PLACE_MAX)
		return STANZA_ERR_BAD_REQUEST;
	if (!str_is(action, "allow") && !str_is(action, "deny"))
		return STANZA_ERR_BAD_REQUEST;
	row->place = (int64_t)order;
	row->deny = str_is(action, "deny");
	bad = read_kinds(n, row);
	return bad ? bad : read_value(r, row, node_attr(a, n, "value"));
}

static enum stanza_condition
read_rows(const struct iq *iq, const struct privacy_list *old, const struct node *list, struct privacy_rows *r)
{
	struct reading reading = {.iq = iq, .old = old};
	enum stanza_condition bad = STANZA_OK;
	size_t count = 0;

	for (const struct node *n = list->child; n; n = n->next)
		count++;
	if (count > iq->user->sm->set.privacy_items) {
		sm_limit_hit(SM_LIMIT_PRIVACY);
		return STANZA_ERR_RESOURCE_CONSTRAINT;
	}
	r->rows = arena_zalloc(iq->stanza->arena, (count + 1) * sizeof(*r->rows));
	for (const struct node *n = list->child; n && !bad; n = n->next)
		bad = read_item(&reading, n, &r->rows[r->count++]);
	map_done(&reading.groups);
	qsort(r->rows, r->count, sizeof(*r->rows), by_place);
	for (size_t i = 1; i < r->count && !bad; i++)
		if (r->rows[i].place == r->rows[i - 1].place)
			bad = STANZA_ERR_BAD_REQUEST;
	return bad;
}

/* A new one must fit, and have a name that fits. */
static enum stanza_condition
check_new(const struct iq *iq, struct str name)
{
	const struct settings *set = &iq->user->sm->set;

	if (name.n <= set->roster_name_bytes && (!iq->user->privacy || iq->user->privacy->count < set->privacy_lists))
		return STANZA_OK;
	sm_limit_hit(SM_LIMIT_PRIVACY);
	return name.n > set->roster_name_bytes ? STANZA_ERR_NOT_ACCEPTABLE : STANZA_ERR_RESOURCE_CONSTRAINT;
}

static enum stanza_condition
set_list(struct sm *sm, const struct iq *iq, const struct node *n)
{
	struct str name = node_attr(iq->stanza->arena, n, "name");
	const struct privacy_list *old = privacy_find(iq->user, name);
	struct privacy_update u = {.session = iq->session, .edit = true, .list = name};
	enum stanza_condition bad;

	if (!name.n)
		return STANZA_ERR_BAD_REQUEST;
	bad = read_rows(iq, old, n, &u.rows);
	if (!bad && u.rows.count == 0 && !old)
		bad = STANZA_ERR_ITEM_NOT_FOUND;
	else if (!bad && u.rows.count == 0 && privacy_applies_elsewhere(iq->session, old)) /* 2.8 */
		bad = STANZA_ERR_CONFLICT;
	else if (!bad && !old)
		bad = check_new(iq, name);
	if (bad)
		return bad;
	if (u.rows.count == 0 && old == privacy_standard(iq->user))
		u.set_standard = true; /* none, from now on */
	privacy_commit(iq->user, &u, iq_keep(sm, iq));
	return STANZA_OK;
}

/* ---- set ---- */

static const struct {
	const char *element;
	enum stanza_condition (*set)(struct sm *sm, const struct iq *iq, const struct node *n); /* answers when it is STANZA_OK */
} sets[] = {
	{"active", set_active},
	{"default", set_default},
	{"list", set_list},
};

static void
handle_set(struct sm *sm, const struct iq *iq)
{
	const struct node *n = iq->child->child;
	enum stanza_condition bad = STANZA_ERR_BAD_REQUEST; /* 2.1: one of them, and no more */

	if (!iq->session) {
		bad = STANZA_ERR_FORBIDDEN;
	} else if (n && !n->next && privacy_too_often(iq->session)) {
		bad = STANZA_ERR_RESOURCE_CONSTRAINT;
	} else if (n && !n->next) {
		for (size_t i = 0; i < ARRAY_LEN(sets); i++)
			if (node_is(n, sets[i].element, NS_PRIVACY))
				bad = sets[i].set(sm, iq, n);
	}
	if (bad)
		iq_error(sm, iq, bad, NULL);
}

static const struct iq_route iqs[] = {
	{TYPE_GET, NS_PRIVACY, "query", TO_ACCOUNT, handle_get},
	{TYPE_SET, NS_PRIVACY, "query", TO_ACCOUNT, handle_set},
	{0},
};

static const char *const host_features[] = {NS_PRIVACY, NULL};

extern const struct module module_privacy;
const struct module module_privacy = {
	.name = "privacy",
	.xep = "XEP-0016 1.7",
	.host_features = host_features,
	.iqs = iqs,
};
