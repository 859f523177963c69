/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roster as clients see it (RFC 6121 section 2): get with versions, set,
 * remove. A core module: it changes rosters through sm/roster_change.h, and
 * cannot be switched off.
 */
#include "sm/limits.h"
#include "sm/presence.h"
#include "sm/roster_change.h"
#include "sm/session.h"
#include "xmpp/envelope.h"

#include <stdlib.h>

enum {
	PUSHES_ALWAYS = 10, /* so few changes are always told one by one */
	IQ_AROUND = 16384,  /* two addresses and an id, escaped */
};

/* ---- get (RFC 6121 2.1.3, 2.6) ---- */

/* The version that the client has, or -1 when it wants the whole roster, or has a version that we know nothing of. */
static int64_t
client_version(const struct sm_user *user, const struct iq *iq)
{
	struct str ver = node_attr(iq->stanza->arena, iq->child, "ver");
	int64_t version;

	if (!ver.n || str_to_i64(ver, &version) < 0 || version < 0 || version > user->roster.version)
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
	uint64_t it = 0;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "query", NS_ROSTER);
	if (node_attr(iq->stanza->arena, iq->child, "ver").p)
		out_attrf(&o, "ver", "%lld", (long long)roster->version);
	while ((item = roster_next(roster, &it)))
		if (!item->removed)
			roster_item_write(&o, item);
	out_done(&o);
	if (b.n <= FRAME_PAYLOAD_MAX - IQ_AROUND)
		iq_result(sm, iq, buf_str(&b));
	else /* it came into the database by another way */
		iq_error(sm, iq, STANZA_ERR_RESOURCE_CONSTRAINT, "the roster does not fit into one stanza");
	buf_done(&b);
}

static int
by_version(const void *a, const void *b)
{
	const struct roster_item *x = *(const struct roster_item *const *)a, *y = *(const struct roster_item *const *)b;

	return x->version < y->version ? -1 : x->version > y->version;
}

/* What has changed since, oldest first; in the stanza's arena. */
static const struct roster_item **
changes_since(const struct iq *iq, int64_t since, size_t *count_r)
{
	const struct roster *roster = &iq->user->roster;
	const struct roster_item **changed, *item;
	uint64_t it = 0;
	size_t count = 0;

	changed = arena_alloc(iq->stanza->arena, (roster->items.len + 1) * sizeof(struct roster_item *));
	while ((item = roster_next(roster, &it)))
		if (item->version > since)
			changed[count++] = item;
	qsort(changed, count, sizeof(struct roster_item *), by_version);
	*count_r = count;
	return changed;
}

/* 2.6.3: an empty result, then the changes as pushes; or the whole roster where that is less. */
static void
answer_changes(struct sm *sm, const struct iq *iq, int64_t since)
{
	size_t count;
	const struct roster_item **changed = changes_since(iq, since, &count);

	if (count > PUSHES_ALWAYS && count > iq->user->roster.live) {
		answer_whole(sm, iq);
		return;
	}
	iq_result(sm, iq, STR(""));
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

static enum stanza_condition
too_much(void)
{
	sm_limit_hit(SM_LIMIT_ROSTER_ITEM);
	return STANZA_ERR_NOT_ACCEPTABLE;
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
	const struct settings *set = &iq->user->sm->set;
	unsigned count = 0;

	for (struct node *g = node_child(item, "group", NS_ROSTER); g; g = node_next(g, "group", NS_ROSTER)) {
		struct str name = node_text(iq->stanza->arena, g);

		if (name.n == 0)
			return STANZA_ERR_NOT_ACCEPTABLE;
		if (name.n > set->roster_name_bytes || ++count > set->roster_groups)
			return too_much();
		if (has_group(buf_str(groups), name))
			return STANZA_ERR_BAD_REQUEST;
		if (groups->n)
			buf_addc(groups, ROSTER_GROUP_SEPARATOR);
		buf_add(groups, name);
	}
	return STANZA_OK;
}

/* subscription, ask and approved are the server's: what the client says of them is ignored (2.1.2). */
static enum stanza_condition
plan_set(const struct iq *iq, const struct node *item, struct roster_update *u, struct buf *groups)
{
	enum stanza_condition bad = read_groups(iq, item, groups);

	u->write = true;
	u->name = node_attr(iq->stanza->arena, item, "name");
	u->groups = buf_str(groups);
	if (bad)
		return bad;
	if (u->name.n > iq->user->sm->set.roster_name_bytes)
		return too_much();
	return roster_has_room(iq->user, u->jid) && roster_fits(iq->user, u) ? STANZA_OK : STANZA_ERR_RESOURCE_CONSTRAINT;
}

static void
set_item(struct sm *sm, const struct iq *iq, const struct node *item, struct str contact)
{
	struct buf groups = {0};
	struct roster_update u;
	enum stanza_condition bad;

	roster_update_init(&u, iq->user, contact);
	bad = plan_set(iq, item, &u, &groups);
	if (bad)
		iq_error(sm, iq, bad, bad == STANZA_ERR_RESOURCE_CONSTRAINT ? "the roster is full" : NULL);
	else
		roster_commit(iq->user, &u, on_set_done, pending_new(sm, iq, &u));
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

/*
 * 2.3.3: only the account itself may change its roster. Who wants to look at it gets service-unavailable, as with an
 * account that is not there.
 */
static void
handle_foreign_set(struct sm *sm, const struct iq *iq)
{
	iq_error(sm, iq, STANZA_ERR_FORBIDDEN, NULL);
}

static const struct iq_route iqs[] = {
	{TYPE_GET, NS_ROSTER, "query", TO_ACCOUNT, handle_get},
	{TYPE_SET, NS_ROSTER, "query", TO_ACCOUNT, handle_set},
	{TYPE_SET, NS_ROSTER, "query", TO_CONTACT, handle_foreign_set},
	{0},
};

static const char *const account_features[] = {NS_ROSTER, NULL};

const struct module module_roster = {
	.name = "roster",
	.iqs = iqs,
	.account_features = account_features,
};
