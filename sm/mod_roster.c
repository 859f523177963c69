/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roster as clients see it (RFC 6121 section 2): get with versions, set,
 * remove. A core module: it changes rosters through sm/roster_change.h, and
 * cannot be switched off.
 */
#include "sm/presence.h"
#include "sm/roster_change.h"
#include "sm/session.h"

#include <stdlib.h>

enum { NAME_MAX_BYTES = 1023, GROUPS_MAX = 64 };

/* ---- get (RFC 6121 2.1.3, 2.6) ---- */

/* The version that the client has, or -1 when it wants the whole roster. */
static int64_t
client_version(const struct sm_user *user, const struct iq *iq)
{
	struct str ver = node_attr(iq->stanza->arena, iq->child, "ver");
	int64_t version;

	if (!ver.n || str_to_i64(ver, &version) < 0 || version > user->roster.version)
		return -1;
	return user->roster.version - version > ROSTER_HISTORY ? -1 : version;
}

static void
answer_whole(struct sm *sm, const struct iq *iq)
{
	const struct roster *roster = &iq->user->roster;
	const struct roster_item *item;
	struct buf b = {0};
	struct out o;
	size_t it = 0;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "query", NS_ROSTER);
	if (node_attr(iq->stanza->arena, iq->child, "ver").p)
		out_attrf(&o, "ver", "%lld", (long long)roster->version);
	while ((item = roster_next(roster, &it)))
		if (!item->removed)
			roster_item_write(&o, item);
	out_done(&o);
	iq_result(sm, iq, buf_str(&b));
	buf_done(&b);
}

static int
by_version(const void *a, const void *b)
{
	const struct roster_item *x = *(const struct roster_item *const *)a, *y = *(const struct roster_item *const *)b;

	return x->version < y->version ? -1 : x->version > y->version;
}

/* 2.6.3: an empty result, then what has changed since, as pushes, oldest first. */
static void
answer_changes(struct sm *sm, const struct iq *iq, int64_t since)
{
	const struct roster *roster = &iq->user->roster;
	const struct roster_item **changed, *item;
	size_t it = 0, count = 0;

	iq_result(sm, iq, STR(""));
	changed = arena_alloc(iq->stanza->arena, roster->items.len * sizeof(struct roster_item *));
	while ((item = roster_next(roster, &it)))
		if (item->version > since)
			changed[count++] = item;
	qsort(changed, count, sizeof(struct roster_item *), by_version);
	for (size_t i = 0; i < count; i++)
		roster_push(iq->session, changed[i], changed[i]->version);
}

static void
handle_get(struct sm *sm, const struct iq *iq)
{
	int64_t since;

	if (!iq->session || iq->child->child) { /* a get has no items (2.1.3) */
		iq_error(sm, iq, STANZA_ERR_BAD_REQUEST, NULL);
		return;
	}
	iq->session->interested = true;
	since = client_version(iq->user, iq);
	if (since < 0)
		answer_whole(sm, iq);
	else
		answer_changes(sm, iq, since);
}

/* ---- set (RFC 6121 2.1.5, 2.3, 2.4, 2.5) ---- */

struct pending_set { /* the request, and for a removal what the contact is owed */
	struct iq_kept *kept;
	char *contact;
	bool remove, pending_in;
	unsigned sub;
};

static void
on_set_done(struct sm_user *user, void *arg, enum storage_result r)
{
	struct pending_set *p = arg;

	if (r != STORAGE_OK) {
		kept_storage_error(&p->kept, r);
	} else {
		kept_result(&p->kept, STR(""));
		if (p->remove)
			subscribe_cancel(user, str_z(p->contact), p->sub, p->pending_in);
	}
	free(p->contact);
	free(p);
}

static struct pending_set *
pending_new(struct sm *sm, const struct iq *iq, const struct roster_update *u)
{
	struct pending_set *p = xcalloc(1, sizeof(*p));

	p->kept = iq_keep(sm, iq);
	p->contact = str_dup(u->jid);
	p->sub = u->sub;
	p->pending_in = roster_request(&iq->user->roster, u->jid).p != NULL;
	return p;
}

static void
remove_item(struct sm *sm, const struct iq *iq, struct str contact)
{
	struct roster_update u;
	struct pending_set *p;

	if (!roster_get(&iq->user->roster, contact)) { /* 2.5.3 */
		iq_error(sm, iq, STANZA_ERR_ITEM_NOT_FOUND, NULL);
		return;
	}
	roster_update_init(&u, iq->user, contact);
	p = pending_new(sm, iq, &u);
	p->remove = true;
	u.write = u.remove = true;
	if (p->pending_in)
		u.request = REQUEST_DEL;
	roster_commit(iq->user, &u, on_set_done, p);
}

static bool
has_group(struct str groups, struct str name)
{
	struct str rest = groups;

	while (rest.n)
		if (str_eq(str_split(rest, ROSTER_GROUP_SEPARATOR, &rest), name))
			return true;
	return false;
}

/* The groups of an <item/>, joined. STANZA_OK or the condition of 2.3.3. */
static enum stanza_condition
read_groups(const struct iq *iq, const struct node *item, struct buf *groups)
{
	unsigned count = 0;

	for (struct node *g = node_child(item, "group", NS_ROSTER); g; g = node_next(g, "group", NS_ROSTER)) {
		struct str name = node_text(iq->stanza->arena, g);

		if (name.n == 0 || name.n > NAME_MAX_BYTES || ++count > GROUPS_MAX)
			return STANZA_ERR_NOT_ACCEPTABLE;
		if (has_group(buf_str(groups), name))
			return STANZA_ERR_BAD_REQUEST;
		if (groups->n)
			buf_addc(groups, ROSTER_GROUP_SEPARATOR);
		buf_add(groups, name);
	}
	return STANZA_OK;
}

static void
set_item(struct sm *sm, const struct iq *iq, const struct node *item, struct str contact)
{
	struct str name = node_attr(iq->stanza->arena, item, "name");
	struct buf groups = {0};
	struct roster_update u;
	enum stanza_condition bad = read_groups(iq, item, &groups);

	if (!bad && name.n > NAME_MAX_BYTES)
		bad = STANZA_ERR_NOT_ACCEPTABLE;
	if (!bad && !roster_has_room(iq->user, contact))
		bad = STANZA_ERR_RESOURCE_CONSTRAINT;
	if (bad) {
		iq_error(sm, iq, bad, bad == STANZA_ERR_RESOURCE_CONSTRAINT ? "the roster is full" : NULL);
	} else {
		/* subscription, ask and approved are the server's: what the client says of them is ignored (2.1.2). */
		roster_update_init(&u, iq->user, contact);
		u.write = true;
		u.name = name;
		u.groups = buf_str(&groups);
		roster_commit(iq->user, &u, on_set_done, pending_new(sm, iq, &u));
	}
	buf_done(&groups);
}

/* 2.3.3: exactly one item, with a bare JID that is not the user's own. */
static enum stanza_condition
read_contact(const struct iq *iq, const struct node **item_r, struct jid *contact_r)
{
	struct arena *a = iq->stanza->arena;
	const struct node *item = node_child(iq->child, NULL, NULL);
	struct str jid;

	if (!item || !node_is(item, "item", NS_ROSTER) || item->next)
		return STANZA_ERR_BAD_REQUEST;
	jid = node_attr(a, item, "jid");
	if (!jid.p)
		return STANZA_ERR_BAD_REQUEST;
	if (jid_prep(a, jid, contact_r, NULL) < 0)
		return STANZA_ERR_JID_MALFORMED;
	if (!jid_is_bare(contact_r))
		return STANZA_ERR_BAD_REQUEST;
	if (str_eq(contact_r->full, iq->user->jid.full))
		return STANZA_ERR_NOT_ALLOWED;
	*item_r = item;
	return STANZA_OK;
}

static void
handle_set(struct sm *sm, const struct iq *iq)
{
	const struct node *item = NULL;
	struct jid contact;
	enum stanza_condition bad = iq->session ? read_contact(iq, &item, &contact) : STANZA_ERR_FORBIDDEN;

	if (bad)
		iq_error(sm, iq, bad, NULL);
	else if (str_is(node_attr(iq->stanza->arena, item, "subscription"), "remove"))
		remove_item(sm, iq, contact.full);
	else
		set_item(sm, iq, item, contact.full);
}

static const struct iq_route iqs[] = {
	{TYPE_GET, NS_ROSTER, "query", TO_ACCOUNT, handle_get},
	{TYPE_SET, NS_ROSTER, "query", TO_ACCOUNT, handle_set},
	{0},
};

static const char *const account_features[] = {NS_ROSTER, NULL};

const struct module module_roster = {
	.name = "roster",
	.iqs = iqs,
	.account_features = account_features,
};
