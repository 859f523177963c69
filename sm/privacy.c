/* SPDX-License-Identifier: Apache-2.0 */
/* A user's privacy lists: loaded, chosen, asked (sm/privacy.h). */
#include "sm/privacy.h"

#include "common/metric.h"
#include "sm/keep.h"
#include "sm/sm.h"

#include <stdlib.h>

#define KEEP_NAME "privacy"
enum { KEEP_VERSION = 1 };

static struct metric blocked_in = {
	.name = "xmpp_stanzas_blocked_total", .labels = "dir=\"in\"",
	.help = "Stanzas that a user's privacy lists did not let pass, by direction as the user sees it.",
	.kind = METRIC_COUNTER};
static struct metric blocked_out = {.name = "xmpp_stanzas_blocked_total", .labels = "dir=\"out\"", .kind = METRIC_COUNTER};

/* ---- loading ---- */

/* How many rows from `first` on are of the same list. */
static size_t
run_length(const struct user_rows *rows, size_t first)
{
	size_t n = 1;

	while (first + n < rows->privacy_count && str_eq(rows->privacy[first + n].list, rows->privacy[first].list))
		n++;
	return n;
}

void
privacy_load(struct sm_user *user, const struct user_rows *rows)
{
	struct privacy *p;

	if (rows->privacy_count == 0)
		return;
	p = user->privacy = xcalloc(1, sizeof(*p));
	for (size_t i = 0, n; i < rows->privacy_count; i += n) {
		n = run_length(rows, i);
		p->lists = xrealloc(p->lists, (p->count + 1) * sizeof(struct privacy_list *));
		p->lists[p->count++] = privacy_list_new(rows->privacy[i].list, &rows->privacy[i], n);
	}
	p->standard = privacy_find(user, rows->privacy_default);
}

void
privacy_free(struct sm_user *user)
{
	struct privacy *p = user->privacy;

	user->privacy = NULL;
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++)
		privacy_list_free(&p->lists[i]);
	free(p->lists);
	free(p);
}

struct privacy_list *
privacy_find(const struct sm_user *user, struct str name)
{
	const struct privacy *p = user->privacy;

	for (size_t i = 0; p && i < p->count; i++)
		if (str_eq(p->lists[i]->name, name))
			return p->lists[i];
	return NULL;
}

/* ---- which list ---- */

const struct privacy_list *
privacy_standard(const struct sm_user *user)
{
	return user->privacy ? user->privacy->standard : NULL;
}

/* XEP-0016 2.2, 1: the active list only; there is no layering. */
const struct privacy_list *
privacy_effective(const struct sm_session *s)
{
	return s->active ? s->active : privacy_standard(s->user);
}

bool
privacy_applies_elsewhere(const struct sm_session *self, const struct privacy_list *l)
{
	list_each(&self->user->sessions, struct sm_session, s, in_user)
		if (s != self && !s->ending && privacy_effective(s) == l)
			return true;
	return false;
}

/* ---- what c2s keeps of it: the letters of its wishes, a blank, the name of its active list ---- */

void
privacy_remember(struct sm_session *s)
{
	struct buf b = {0};

	if (s->wishes & PRIVACY_WANTS_BLOCKS)
		buf_addc(&b, 'b');
	if (s->wishes & PRIVACY_WANTS_LISTS)
		buf_addc(&b, 'l');
	if (s->active) {
		buf_addc(&b, ' ');
		buf_add(&b, s->active->name);
	}
	keep_put(s, KEEP_NAME, KEEP_VERSION, buf_str(&b));
	buf_done(&b);
}

void
privacy_want(struct sm_session *s, enum privacy_wish wish)
{
	if (s->wishes & (unsigned)wish)
		return;
	s->wishes |= (unsigned)wish;
	privacy_remember(s);
}

void
privacy_activate(struct sm_session *s, struct privacy_list *l)
{
	if (s->active == l)
		return;
	s->active = l;
	privacy_remember(s);
}

void
privacy_reopened(struct sm_session *s)
{
	struct arena memory = {0};
	struct str rest = STR_NONE, kept = keep_get(s, &memory, KEEP_NAME, KEEP_VERSION), wishes;

	s->wishes = 0;
	s->active = NULL;
	if (kept.p) {
		wishes = str_split(kept, ' ', &rest);
		s->wishes |= str_chr(wishes, 'b') >= 0 ? PRIVACY_WANTS_BLOCKS : 0;
		s->wishes |= str_chr(wishes, 'l') >= 0 ? PRIVACY_WANTS_LISTS : 0;
	}
	if (rest.p) {
		s->active = privacy_find(s->user, rest);
		if (!s->active) /* another resource removed it before this one was back */
			log_info(&s->log, "the active privacy list is gone");
	}
	arena_done(&memory);
}

/* ---- may it pass? ---- */

/* The note in XEP-0016 2.1; and who denies everybody everything must still be able to take it back. */
static bool
is_exempt(const struct sm_user *user, const struct jid *other)
{
	if (!other->full.p || str_eq(other->bare, user->jid.full))
		return true;
	return !other->node.p && str_eq(other->domain, user->jid.domain);
}

static const struct privacy_item *
decider(const struct privacy_list *l, const struct sm_user *user, const struct jid *other, enum privacy_kind kind)
{
	struct privacy_party party = {.jid = other};
	const struct roster_item *item = l && l->wants_roster ? roster_get(&user->roster, other->bare) : NULL;

	if (!l || is_exempt(user, other))
		return NULL;
	if (item) {
		party.sub = item->sub;
		party.groups = item->groups;
	}
	return privacy_list_match(l, &party, kind);
}

bool
privacy_list_lets(const struct privacy_list *l, const struct sm_user *user, const struct jid *other, enum privacy_kind kind)
{
	const struct privacy_item *item = decider(l, user, other, kind);

	return !item || !item->deny;
}

bool
privacy_asks(const struct sm_session *s, const struct jid *other, enum privacy_kind kind)
{
	return privacy_list_lets(privacy_effective(s), s->user, other, kind);
}

bool
privacy_lets_account(const struct sm_user *user, const struct jid *other, enum privacy_kind kind)
{
	return privacy_list_lets(privacy_standard(user), user, other, kind);
}

enum privacy_kind
privacy_kind_in(const struct stanza *st)
{
	switch (st->kind) {
	case STANZA_MESSAGE:
		return PRIVACY_MESSAGE;
	case STANZA_IQ:
		return PRIVACY_IQ;
	default:
		return st->type == TYPE_NONE || st->type == TYPE_UNAVAILABLE ? PRIVACY_PRESENCE_IN : PRIVACY_OTHER;
	}
}

/*
 * XEP-0016 2.2, 2: the list of the session that is addressed. Without one it is for all that may get it, so one that lets
 * it pass is enough; and when there are none, for the user as a whole.
 */
bool
privacy_admits(const struct sm_user *user, const struct stanza *st)
{
	enum privacy_kind kind = privacy_kind_in(st);
	struct sm_session *target = st->to.resource.p ? user_session(user, st->to.resource) : NULL;
	bool any = false, admitted = false;

	if (target && !target->ending) {
		admitted = privacy_lets(target, &st->from, kind);
	} else {
		list_each(&user->sessions, struct sm_session, s, in_user) {
			if (s->ending || (kind == PRIVACY_MESSAGE && (!s->available || s->priority < 0)))
				continue;
			any = true;
			admitted = admitted || privacy_lets(s, &st->from, kind);
		}
		if (!any)
			admitted = privacy_lets_account(user, &st->from, kind);
	}
	if (!admitted)
		metric_add(&blocked_in, 1);
	return admitted;
}

bool
privacy_permits(const struct sm_session *s, const struct stanza *st, struct stanza_fault *fault_r)
{
	bool notice = st->kind == STANZA_PRESENCE && (st->type == TYPE_NONE || st->type == TYPE_UNAVAILABLE);
	const struct privacy_item *item =
		decider(privacy_effective(s), s->user, &st->to, notice ? PRIVACY_PRESENCE_OUT : PRIVACY_OTHER);

	if (!item || !item->deny)
		return true;
	metric_add(&blocked_out, 1);
	/* XEP-0191 3.3, XEP-0016 2.14; both have the type cancel. */
	*fault_r = (struct stanza_fault){.condition = STANZA_ERR_NOT_ACCEPTABLE, .type = "cancel"};
	if (privacy_item_blocks(item))
		fault_r->app = STR("<blocked xmlns='" NS_BLOCKING_ERRORS "'/>");
	return false;
}
