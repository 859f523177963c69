/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages stay in the log (sm/archive.h). */
#include "sm/archive.h"

#include "sm/sm.h"

#include <stdlib.h>

const char *const archive_defaults[] = {"always", "never", "roster", NULL};

/* ---- preferences, as text: the default, then a line for each JID, + for always, - for never ---- */

static bool
read_default(struct str line, enum archive_default *d_r)
{
	for (unsigned i = 0; i < ARCHIVE_DEFAULTS; i++) {
		if (!str_is(line, archive_defaults[i]))
			continue;
		*d_r = (enum archive_default)i;
		return true;
	}
	return false;
}

static size_t
count_lines(struct str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

struct prefs *
prefs_parse(struct str text)
{
	struct prefs *p = xcalloc(1, sizeof(*p));
	struct str rest = arena_str(&p->memory, text), line = str_split(rest, '\n', &rest);
	size_t max = count_lines(text);

	if (!read_default(line, &p->otherwise))
		p->otherwise = ARCHIVE_ALWAYS;
	p->always = arena_zalloc(&p->memory, max * sizeof(*p->always));
	p->never = arena_zalloc(&p->memory, max * sizeof(*p->never));
	while (rest.p) {
		line = str_split(rest, '\n', &rest);
		if (str_starts(line, STR("+")))
			p->always[p->always_count++] = str_from(line, 1);
		else if (str_starts(line, STR("-")))
			p->never[p->never_count++] = str_from(line, 1);
	}
	return p;
}

static void
print_list(struct buf *out, char mark, const struct str *jids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_addc(out, '\n');
		buf_addc(out, mark);
		buf_add(out, jids[i]);
	}
}

void
prefs_print(struct buf *out, const struct prefs *p)
{
	buf_addz(out, archive_defaults[p->otherwise]);
	print_list(out, '+', p->always, p->always_count);
	print_list(out, '-', p->never, p->never_count);
}

void
prefs_free(struct prefs **pp)
{
	struct prefs *p = *pp;

	*pp = NULL;
	if (!p)
		return;
	arena_done(&p->memory);
	free(p);
}

/* XEP-0441 "JID matching": with a resource as it is, otherwise whatever the resource. */
static bool
is_listed(const struct str *jids, size_t count, const struct jid *other)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(jids[i], other->full) || str_eq(jids[i], other->bare))
			return true;
	return false;
}

static bool
prefs_allow(const struct sm_user *user, const struct jid *other)
{
	const struct prefs *p = user->prefs;

	if (!p)
		return true;
	if (is_listed(p->never, p->never_count, other))
		return false;
	if (is_listed(p->always, p->always_count, other))
		return true;
	if (p->otherwise == ARCHIVE_ROSTER)
		return roster_find(user, other->bare) != NULL || str_eq(other->bare, user->jid.bare);
	return p->otherwise == ARCHIVE_ALWAYS;
}

/* ---- messages ---- */

/* XEP-0313 6.1.1, XEP-0334 4 */
static bool
is_worth_it(const struct stanza *st)
{
	if (st->type == TYPE_ERROR || st->type == TYPE_GROUPCHAT || st->type == TYPE_HEADLINE)
		return false;
	if (node_child(st->root, "no-store", NS_HINTS) || node_child(st->root, "no-permanent-store", NS_HINTS))
		return false;
	return node_child(st->root, "body", NS_CLIENT) || node_child(st->root, "store", NS_HINTS);
}

bool
archive_wants(const struct sm_user *user, const struct stanza *st, const struct jid *other)
{
	return user->sm->archive && !user->anonymous && is_worth_it(st) && prefs_allow(user, other);
}

void
archive_stamp(struct buf *append, const struct sm_user *user, int64_t id)
{
	struct out o;

	out_init(&o, append, NS_CLIENT);
	out_openz(&o, "stanza-id", NS_STANZA_ID);
	out_attrz(&o, "by", user->jid.bare);
	out_attru(&o, "id", (uint64_t)id);
	out_done(&o);
}
