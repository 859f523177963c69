/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <prefs/> (XEP-0441). A change is stored first and counts from then on; messages
 * wait meanwhile, so that each is treated by the preferences of its moment.
 */
#include "sm/archive_prefs.h"

#include "sm/archive.h"
#include "sm/sm.h"

#include <stdlib.h>

enum { PREFS_JIDS_MAX = 1000 };

/* ---- as XML ---- */

static void
write_list(struct out *o, const char *name, const struct str *jids, size_t count)
{
	out_openz(o, name, NULL);
	for (size_t i = 0; i < count; i++)
		out_leafz(o, "jid", NULL, jids[i]);
	out_close(o);
}

static void
write_prefs(struct buf *b, const struct prefs *p)
{
	static const struct prefs none;
	struct out o;

	if (!p)
		p = &none;
	out_init(&o, b, NS_CLIENT);
	out_openz(&o, "prefs", NS_MAM);
	out_attrz(&o, "default", str_z(archive_defaults[p->otherwise]));
	write_list(&o, "always", p->always, p->always_count);
	write_list(&o, "never", p->never, p->never_count);
	out_done(&o);
}

static int
read_default(const struct iq *iq, enum archive_default *d_r)
{
	struct str text = node_attr(iq->stanza->arena, iq->child, "default");

	for (unsigned i = 0; i < ARCHIVE_DEFAULTS; i++) {
		if (!str_is(text, archive_defaults[i]))
			continue;
		*d_r = (enum archive_default)i;
		return 0;
	}
	return -1;
}

/* Each once; prepared, so that no line can have an end in it. */
static enum stanza_condition
read_list(const struct iq *iq, const char *name, struct str **jids_r, size_t *count_r)
{
	struct arena *a = iq->stanza->arena;
	const struct node *list = node_child(iq->child, name, NS_MAM), *n = list ? node_child(list, "jid", NS_MAM) : NULL;
	enum stanza_condition bad = STANZA_OK;
	struct map seen = {0};

	*jids_r = arena_alloc(a, PREFS_JIDS_MAX * sizeof(struct str));
	*count_r = 0;
	for (; n && !bad; n = node_next(n, "jid", NS_MAM)) {
		struct jid jid;

		if (*count_r == PREFS_JIDS_MAX)
			bad = STANZA_ERR_RESOURCE_CONSTRAINT;
		else if (jid_prep(a, str_trim(node_text(a, n)), &jid, NULL) < 0)
			bad = STANZA_ERR_JID_MALFORMED;
		else if (!map_put(&seen, jid.full, *jids_r))
			(*jids_r)[(*count_r)++] = jid.full;
	}
	map_done(&seen);
	return bad;
}

static enum stanza_condition
read_prefs(const struct iq *iq, struct prefs *p)
{
	enum stanza_condition bad;

	if (read_default(iq, &p->otherwise) < 0)
		return STANZA_ERR_BAD_REQUEST;
	bad = read_list(iq, "always", &p->always, &p->always_count);
	if (!bad)
		bad = read_list(iq, "never", &p->never, &p->never_count);
	return bad;
}

/* ---- a change ---- */

struct change { /* being stored; the user is held */
	struct loose loose;
	struct sm *sm;
	struct sm_user *user;
	struct iq_kept *kept;
	struct prefs *prefs;
};

static void
change_drop(struct loose *l)
{
	struct change *c = container_of(l, struct change, loose);

	prefs_free(&c->prefs);
	free(c);
}

static void
change_take(struct change *c)
{
	struct buf b = {0};

	write_prefs(&b, c->prefs);
	kept_result(&c->kept, buf_str(&b));
	buf_done(&b);
	if (c->user->state != USER_READY)
		return; /* its next owner loads them */
	prefs_free(&c->user->prefs);
	c->user->prefs = c->prefs;
	c->prefs = NULL;
}

static void
on_stored(void *arg, enum storage_result r)
{
	struct change *c = arg;
	struct sm_user *user = c->user;

	sm_found(c->sm, &c->loose);
	if (r == STORAGE_OK)
		change_take(c);
	else
		kept_storage_error(&c->kept, r);
	change_drop(&c->loose);
	user_release(user);
}

static void
change_start(struct sm *sm, const struct iq *iq, const struct prefs *wanted)
{
	struct change *c = xcalloc(1, sizeof(*c));
	struct buf text = {0};

	prefs_print(&text, wanted);
	c->sm = sm;
	c->user = iq->user;
	c->prefs = prefs_parse(buf_str(&text));
	c->kept = iq_keep(sm, iq);
	sm_loose(sm, &c->loose, change_drop);
	user_hold(iq->user);
	storage_kv_put(sm->storage, iq->user->jid.bare, STR(ARCHIVE_KEY), STR(ARCHIVE_PREFS), buf_str(&text), on_stored, c);
	buf_done(&text);
}

void
prefs_handle_get(struct sm *sm, const struct iq *iq)
{
	struct buf b = {0};

	write_prefs(&b, iq->user->prefs);
	iq_result(sm, iq, buf_str(&b));
	buf_done(&b);
}

void
prefs_handle_set(struct sm *sm, const struct iq *iq)
{
	struct prefs wanted = {0};
	enum stanza_condition bad = read_prefs(iq, &wanted);

	if (bad)
		iq_error(sm, iq, bad, NULL);
	else
		change_start(sm, iq, &wanted);
}
