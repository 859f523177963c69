/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocking Command (XEP-0191 1.3): the block list is that part of the default
 * privacy list that denies a JID everything (section 5). A core module: it
 * changes lists through sm/privacy_change.h. What being blocked means is
 * sm/privacy.h's, and stays so when this module is switched off.
 */
#include "sm/limits.h"
#include "sm/privacy_change.h"
#include "sm/sm.h"

#define LIST_NAME "blocklist" /* of a default list that is made here */

/* ---- get (3.2) ---- */

static void
handle_get(struct sm *sm, const struct iq *iq)
{
	const struct privacy_list *l = privacy_standard(iq->user);
	struct buf b = {0};
	struct out o;

	if (!iq->session) {
		iq_error(sm, iq, STANZA_ERR_FORBIDDEN, NULL);
		return;
	}
	privacy_want(iq->session, PRIVACY_WANTS_BLOCKS);
	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "blocklist", NS_BLOCKING);
	for (size_t i = 0; l && i < l->count; i++) {
		if (!privacy_item_blocks(&l->items[i]))
			continue;
		out_openz(&o, "item", NULL);
		out_attrz(&o, "jid", l->items[i].value);
		out_close(&o);
	}
	out_done(&o);
	iq_result(sm, iq, buf_str(&b));
	buf_done(&b);
}

/* ---- block, unblock (3.3 to 3.5) ---- */

/* The JIDs of the items, prepared, each once. STANZA_OK or what is wrong with them. */
static enum stanza_condition
read_items(const struct iq *iq, struct str **jids_r, size_t *count_r)
{
	struct arena *a = iq->stanza->arena;
	struct map seen = {0};
	enum stanza_condition bad = STANZA_OK;
	size_t n = 0;

	for (const struct node *i = node_child(iq->child, "item", NS_BLOCKING); i; i = node_next(i, "item", NS_BLOCKING))
		n++;
	*jids_r = arena_alloc(a, (n + 1) * sizeof(struct str));
	*count_r = 0;
	for (const struct node *i = node_child(iq->child, "item", NS_BLOCKING); i && !bad; i = node_next(i, "item", NS_BLOCKING)) {
		struct str text = node_attr(a, i, "jid");
		struct jid jid;

		if (!text.p)
			bad = STANZA_ERR_BAD_REQUEST;
		else if (jid_prep(a, text, &jid, NULL) < 0)
			bad = STANZA_ERR_JID_MALFORMED;
		else if (!map_put(&seen, jid.full, *jids_r))
			(*jids_r)[(*count_r)++] = jid.full;
	}
	map_done(&seen);
	return bad;
}

/* One that is not there yet: a list of the user's own by that name is not to become the default list unasked. */
static struct str
free_name(const struct sm_user *user, struct arena *a)
{
	struct str name = STR(LIST_NAME);

	for (unsigned n = 2; privacy_find(user, name); n++)
		name = arena_printf(a, LIST_NAME "-%u", n);
	return name;
}

static void
commit(struct sm *sm, const struct iq *iq, const char *element, struct privacy_rows rows, const struct str *jids, size_t count)
{
	const struct privacy_list *standard = privacy_standard(iq->user);
	struct privacy_update u = {
		.session = iq->session,
		.edit = true,
		.list = standard ? standard->name : free_name(iq->user, iq->stanza->arena),
		.rows = rows,
		.set_standard = true,
		.push = element,
		.jids = jids,
		.jid_count = count,
	};

	u.standard = rows.count ? u.list : STR("");
	privacy_commit(iq->user, &u, iq_keep(sm, iq));
}

/* What may be said to any request for a change. */
static bool
refused(struct sm *sm, const struct iq *iq, enum stanza_condition bad)
{
	if (!iq->session)
		bad = STANZA_ERR_FORBIDDEN;
	if (!bad && privacy_too_often(iq->session))
		iq_error(sm, iq, STANZA_ERR_RESOURCE_CONSTRAINT, "too many changes at once; try again later");
	else if (bad)
		iq_error(sm, iq, bad, NULL);
	else
		return false;
	return true;
}

static void
handle_block(struct sm *sm, const struct iq *iq)
{
	const struct privacy_list *l = privacy_standard(iq->user);
	struct privacy_rows rows;
	struct str *jids;
	size_t count;
	enum stanza_condition bad = read_items(iq, &jids, &count);

	if (!bad && count == 0) /* 3.3: at least one */
		bad = STANZA_ERR_BAD_REQUEST;
	if (refused(sm, iq, bad))
		return;
	rows = privacy_list_block(iq->stanza->arena, l, jids, count);
	if (rows.count > sm->set.privacy_items && rows.count > (l ? l->count : 0)) {
		sm_limit_hit(SM_LIMIT_PRIVACY);
		iq_error(sm, iq, STANZA_ERR_RESOURCE_CONSTRAINT, "the list is full");
		return;
	}
	commit(sm, iq, "block", rows, jids, count);
}

static void
handle_unblock(struct sm *sm, const struct iq *iq)
{
	struct str *jids;
	size_t count;
	enum stanza_condition bad = read_items(iq, &jids, &count);

	if (!bad && count == 0 && iq->child->child) /* 3.5: all of them is asked for with nothing in it */
		bad = STANZA_ERR_BAD_REQUEST;
	if (!refused(sm, iq, bad))
		commit(sm, iq, "unblock", privacy_list_unblock(iq->stanza->arena, privacy_standard(iq->user), jids, count), jids,
		       count);
}

static const struct iq_route iqs[] = {
	{TYPE_GET, NS_BLOCKING, "blocklist", TO_ACCOUNT, handle_get},
	{TYPE_SET, NS_BLOCKING, "block", TO_ACCOUNT, handle_block},
	{TYPE_SET, NS_BLOCKING, "unblock", TO_ACCOUNT, handle_unblock},
	{0},
};

static const char *const host_features[] = {NS_BLOCKING, NULL};

extern const struct module module_blocking;
const struct module module_blocking = {
	.name = "blocking",
	.xep = "XEP-0191 1.3",
	.host_features = host_features,
	.iqs = iqs,
};
