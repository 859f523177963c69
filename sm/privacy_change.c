/* SPDX-License-Identifier: Apache-2.0 */
/* Privacy lists change: commit, apply, and tell (sm/privacy_change.h). */
#include "sm/privacy_change.h"

#include "common/rand.h"
#include "sm/deliver.h"
#include "sm/directed.h"
#include "sm/duty.h"
#include "sm/presence.h"
#include "sm/slots.h"
#include "sm/sm.h"

#include <stdlib.h>

struct change { /* under way; the user is held */
	struct loose loose;
	struct sm_user *user;
	struct arena memory;
	struct privacy_update u; /* without its session, */
	char sid[SID_LEN + 1];   /* which may go meanwhile */
	uint64_t serial;
	struct duty *duty;       /* of the stanza that wants it; may be null */
	struct iq_kept *request;
};

/* ---- what follows for presence ---- */

/* One session, for which another list applies now; either may be null. */
struct turn {
	struct sm_session *s;
	const struct privacy_list *before, *now;
	uint64_t told;
};

enum turned { AS_BEFORE, BLOCKED, UNBLOCKED };

static enum turned
turned(const struct turn *t, const struct jid *other, enum privacy_kind kind)
{
	bool before = privacy_list_lets(t->before, t->s->user, other, kind);
	bool now = privacy_list_lets(t->now, t->s->user, other, kind);

	return before == now ? AS_BEFORE : now ? UNBLOCKED : BLOCKED;
}

/* XEP-0191 3.3, 3.4; XEP-0016 2.11: whoever sees the session sees it go, or come. */
static void
turn_out(struct turn *t, const struct jid *other)
{
	enum turned change = turned(t, other, PRIVACY_PRESENCE_OUT);

	if (change == AS_BEFORE)
		return;
	t->told++;
	if (change == BLOCKED)
		presence_hide_session(t->s, other->full);
	else
		presence_show_session(t->s, other->full);
}

/* XEP-0016 2.10: the user sees the contact go; and is told how he is when he may see him again. */
static void
turn_in(struct turn *t, const struct jid *contact)
{
	enum turned change = turned(t, contact, PRIVACY_PRESENCE_IN);

	if (change == AS_BEFORE)
		return;
	t->told++;
	if (change == BLOCKED)
		presence_seems_gone(t->s, contact->full);
	else if (privacy_list_lets(t->now, t->s->user, contact, PRIVACY_OTHER))
		presence_probe_for(t->s, contact->full);
}

static void
turn_contacts(struct turn *t)
{
	const struct roster *roster = &t->s->user->roster;
	const struct roster_item *item;
	struct jid contact;
	uint64_t it = 0;

	while ((item = roster_next(roster, &it))) {
		if (item->removed)
			continue;
		jid_split(item->jid, &contact);
		if ((item->sub & SUB_FROM) && t->s->shown)
			turn_out(t, &contact);
		if ((item->sub & SUB_TO) && t->s->available)
			turn_in(t, &contact);
	}
}

static bool
names_first(const struct privacy_list *l, const struct privacy_item *item)
{
	return item->what == PRIVACY_JID && map_find(&l->jids, item->value) == item;
}

static bool
sees_both(const struct turn *t, const struct jid *contact)
{
	return turned(t, contact, PRIVACY_PRESENCE_OUT) == AS_BEFORE &&
	       privacy_list_lets(t->now, t->s->user, contact, PRIVACY_PRESENCE_OUT);
}

/* Resources of contacts that the lists name: what is broadcast goes to the contact as a whole, this does not. */
static void
turn_resources(struct turn *t, const struct privacy_list *l)
{
	struct jid other, contact;

	for (size_t i = 0; l && t->s->shown && i < l->count; i++) {
		if (!names_first(l, &l->items[i]) || (l != t->now && t->now && map_find(&t->now->jids, l->items[i].value)))
			continue; /* the same again */
		jid_split(l->items[i].value, &other);
		if (!other.resource.p || !roster_sees_us(t->s->user, other.bare))
			continue;
		jid_split(other.bare, &contact);
		if (sees_both(t, &contact))
			turn_out(t, &other);
	}
}

/* RFC 6121 4.6: those that got directed presence; they are told now what they would have been told at the end. */
static void
turn_directed(struct turn *t)
{
	struct str jid;
	struct jid other;
	uint64_t it = 0;

	while ((jid = directed_next(t->s, &it)).p) {
		jid_split(jid, &other);
		if (turned(t, &other, PRIVACY_PRESENCE_OUT) != BLOCKED)
			continue;
		t->told++;
		if (!(t->s->shown && roster_sees_us(t->s->user, other.bare))) /* else it has been told as a contact */
			presence_hide_session(t->s, jid);
		directed_del(t->s, jid);
	}
}

static uint64_t
turn_session(struct sm_session *s, const struct privacy_list *before, const struct privacy_list *now)
{
	struct turn t = {.s = s, .before = before, .now = now};

	if (before == now || s->ending)
		return 0;
	turn_contacts(&t);
	turn_resources(&t, now);
	turn_resources(&t, before);
	turn_directed(&t);
	if (s->passed_over) { /* messages that it was not to have before */
		s->passed_over = 0;
		deliver_offline(s);
	}
	return t.told;
}

bool
privacy_too_often(const struct sm_session *s)
{
	return timer_running(&s->presence_timer);
}

void
privacy_choose(struct sm_session *s, struct privacy_list *l)
{
	const struct privacy_list *before = privacy_effective(s);

	privacy_activate(s, l);
	presence_charge(s, turn_session(s, before, privacy_effective(s)));
}

/* ---- what the user's own resources are told ---- */

static void
push_open(struct out *o, struct buf *b, const struct sm_session *s)
{
	char id[13];

	rand_token(id, 12); /* unguessable, so that nobody answers in the client's place */
	out_init(o, b, NS_CLIENT);
	out_openz(o, "iq", NULL);
	out_attrz(o, "to", s->jid.full);
	out_attrz(o, "type", STR("set"));
	out_attrz(o, "id", str_z(id));
}

static void
push_blocks(struct sm_user *user, const char *element, const struct str *jids, size_t count)
{
	struct buf b = {0};
	struct out o;

	list_each(&user->sessions, struct sm_session, s, in_user) {
		if (!(s->wishes & PRIVACY_WANTS_BLOCKS))
			continue;
		buf_clear(&b);
		push_open(&o, &b, s);
		out_openz(&o, element, NS_BLOCKING);
		for (size_t i = 0; i < count; i++) {
			out_openz(&o, "item", NULL);
			out_attrz(&o, "jid", jids[i]);
			out_close(&o);
		}
		out_done(&o);
		session_send(s, buf_str(&b));
	}
	buf_done(&b);
}

/* XEP-0016 2.2, 10: the name only, to all connected resources. */
static void
push_list(struct sm_user *user, const struct privacy_update *u)
{
	struct buf b = {0};
	struct out o;

	list_each(&user->sessions, struct sm_session, s, in_user) {
		if (u->push && !(s->wishes & PRIVACY_WANTS_LISTS))
			continue;
		buf_clear(&b);
		push_open(&o, &b, s);
		out_openz(&o, "query", NS_PRIVACY);
		out_openz(&o, "list", NULL);
		out_attrz(&o, "name", u->list);
		out_done(&o);
		session_send(s, buf_str(&b));
	}
	buf_done(&b);
}

/* JIDs that l blocks and `but` does not. */
static size_t
blocked_by(const struct privacy_list *l, const struct privacy_list *but, struct arena *a, struct str **jids_r)
{
	struct map others = {0};
	size_t n = 0;

	*jids_r = arena_alloc(a, ((l ? l->count : 0) + 1) * sizeof(struct str));
	for (size_t i = 0; but && i < but->count; i++)
		if (privacy_item_blocks(&but->items[i]))
			map_put(&others, but->items[i].value, *jids_r);
	for (size_t i = 0; l && i < l->count; i++)
		if (privacy_item_blocks(&l->items[i]) && !map_find(&others, l->items[i].value))
			(*jids_r)[n++] = l->items[i].value;
	map_done(&others);
	return n;
}

/* XEP-0191 5, 2 and 4: the default list is the block list, whoever changes it. Its own changes tell themselves. */
static void
push_difference(struct sm_user *user, const struct privacy_list *before, const struct privacy_list *now)
{
	struct arena memory = {0};
	struct str *jids;
	size_t n;

	if (before == now)
		return;
	n = blocked_by(now, before, &memory, &jids);
	if (n)
		push_blocks(user, "block", jids, n);
	n = blocked_by(before, now, &memory, &jids);
	if (n)
		push_blocks(user, "unblock", jids, n);
	arena_done(&memory);
}

/* ---- in memory ---- */

static struct privacy *
privacy_get(struct sm_user *user)
{
	if (!user->privacy)
		user->privacy = xcalloc(1, sizeof(*user->privacy));
	return user->privacy;
}

static void
list_insert(struct privacy *p, struct privacy_list *l)
{
	size_t at = p->count;

	p->lists = xrealloc(p->lists, (p->count + 1) * sizeof(struct privacy_list *));
	while (at > 0 && str_cmp(p->lists[at - 1]->name, l->name) > 0) {
		p->lists[at] = p->lists[at - 1];
		at--;
	}
	p->lists[at] = l;
	p->count++;
}

static void
list_take(struct privacy *p, const struct privacy_list *l)
{
	size_t at = 0;

	while (p->lists[at] != l)
		at++;
	p->count--;
	memmove(&p->lists[at], &p->lists[at + 1], (p->count - at) * sizeof(struct privacy_list *));
}

/* Everybody who had the old one has the new one. */
static void
list_replace(struct sm_user *user, const struct privacy_list *old, struct privacy_list *l)
{
	struct privacy *p = privacy_get(user);

	if (old)
		list_take(p, old);
	if (l)
		list_insert(p, l);
	if (!old)
		return;
	if (p->standard == old)
		p->standard = l;
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (s->active == old && l)
			s->active = l; /* by the same name */
		else if (s->active == old)
			privacy_activate(s, NULL);
}

/* Returns the list that is no longer one; it is the caller's now. */
static struct privacy_list *
apply(struct sm_user *user, const struct privacy_update *u)
{
	struct privacy_list *old = NULL;

	if (u->edit) {
		old = privacy_find(user, u->list);
		list_replace(user, old, u->rows.count ? privacy_list_new(u->list, u->rows.rows, u->rows.count) : NULL);
	}
	if (u->set_standard)
		privacy_get(user)->standard = u->standard.n ? privacy_find(user, u->standard) : NULL;
	return old;
}

/* ---- all of it ---- */

struct effect { /* what applied to whom before */
	struct sm_session *s;
	const struct privacy_list *list;
};

static struct effect *
effects_of(struct sm_user *user, struct arena *a, size_t *count_r)
{
	struct effect *e = arena_alloc(a, (user->sessions.len + 1) * sizeof(*e));
	size_t n = 0;

	list_each(&user->sessions, struct sm_session, s, in_user)
		e[n++] = (struct effect){s, privacy_effective(s)};
	*count_r = n;
	return e;
}

/* The request's session pays for what all of them tell, too. */
static void
follow(const struct change *c, const struct effect *e, size_t count)
{
	struct sm_session *self = session_find_serial(c->user->sm, str_z(c->sid), c->serial);
	uint64_t told = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t n = turn_session(e[i].s, e[i].list, privacy_effective(e[i].s));

		told += n;
		if (e[i].s != self)
			presence_charge(e[i].s, n);
	}
	if (self)
		presence_charge(self, told);
}

static void
take_effect(struct change *c)
{
	struct sm_user *user = c->user;
	const struct privacy_list *before = privacy_standard(user);
	struct privacy_list *old;
	struct effect *e;
	size_t count;

	e = effects_of(user, &c->memory, &count);
	old = apply(user, &c->u);
	kept_result(&c->request, STR(""));
	if (c->u.push)
		push_blocks(user, c->u.push, c->u.jids, c->u.jid_count);
	else
		push_difference(user, before, privacy_standard(user));
	if (c->u.edit)
		push_list(user, &c->u);
	follow(c, e, count);
	privacy_list_free(&old);
	if (user->privacy && user->privacy->count == 0)
		privacy_free(user);
}

static void
change_free(struct change *c)
{
	duty_unref(&c->duty);
	arena_done(&c->memory);
	free(c);
}

static void
change_drop(struct loose *l)
{
	change_free(container_of(l, struct change, loose));
}

static void
finish(struct change *c, enum storage_result r)
{
	if (r != STORAGE_OK)
		kept_storage_error(&c->request, r);
	else if (c->user->state == USER_READY)
		take_effect(c);
	else
		kept_result(&c->request, STR("")); /* the next owner loads it */
	change_free(c);
}

static void
on_committed(void *arg, enum storage_result r)
{
	struct change *c = arg;
	struct sm_user *user = c->user;
	struct sm *sm = user->sm;
	struct duty *before = sm->duty;

	sm_found(sm, &c->loose);
	if (r == STORAGE_FENCED)
		slot_fenced(sm, user->slot); /* the request goes to the next owner with its session */
	sm->duty = c->duty;
	finish(c, r);
	sm->duty = before;
	user_release(user);
}

/* ---- what is different from what there is ---- */

static bool
same_item(const struct privacy_item *item, const struct privacy_row *row)
{
	return item->what == row->what && item->deny == row->deny && item->kinds == row->kinds && str_eq(item->value, row->value);
}

/* Both in the order of places. */
static void
compare(struct arena *a, const struct privacy_list *l, const struct privacy_rows *r, struct privacy_change *change)
{
	size_t have = l ? l->count : 0, i = 0, k = 0;
	struct privacy_row *rows = arena_alloc(a, (r->count + 1) * sizeof(*rows));
	int64_t *gone = arena_alloc(a, (have + 1) * sizeof(*gone));

	while (i < have || k < r->count) {
		if (k == r->count || (i < have && l->items[i].place < r->rows[k].place)) {
			gone[change->gone_count++] = l->items[i++].place;
		} else if (i == have || l->items[i].place > r->rows[k].place) {
			rows[change->row_count++] = r->rows[k++];
		} else {
			if (!same_item(&l->items[i++], &r->rows[k]))
				rows[change->row_count++] = r->rows[k];
			k++;
		}
	}
	change->rows = rows;
	change->gone = gone;
}

static void
copy_update(struct change *c, const struct privacy_update *u)
{
	struct str *jids;

	c->u = *u;
	c->u.session = NULL;
	c->u.list = arena_str(&c->memory, u->list);
	c->u.standard = arena_str(&c->memory, u->standard);
	c->u.rows.rows = arena_alloc(&c->memory, (u->rows.count + 1) * sizeof(*c->u.rows.rows));
	for (size_t i = 0; i < u->rows.count; i++) {
		c->u.rows.rows[i] = u->rows.rows[i];
		c->u.rows.rows[i].value = arena_str(&c->memory, u->rows.rows[i].value);
	}
	jids = arena_alloc(&c->memory, (u->jid_count + 1) * sizeof(*jids));
	for (size_t i = 0; i < u->jid_count; i++)
		jids[i] = arena_str(&c->memory, u->jids[i]);
	c->u.jids = jids;
}

static struct change *
change_new(struct sm_user *user, const struct privacy_update *u, struct iq_kept *request)
{
	struct change *c = xcalloc(1, sizeof(*c));

	c->user = user;
	memcpy(c->sid, u->session->sid, sizeof(c->sid));
	c->serial = u->session->serial;
	c->duty = duty_ref(user->sm->duty);
	c->request = request;
	copy_update(c, u);
	return c;
}

void
privacy_commit(struct sm_user *user, const struct privacy_update *u, struct iq_kept *request)
{
	struct change *c = change_new(user, u, request);
	const struct privacy_list *standard = privacy_standard(user);
	struct privacy_change change = {
		.list = c->u.list,
		.slot = user->slot,
		.epoch = slot_epoch(user->sm, user->slot),
	};

	bug_if(user->state != USER_READY);
	if (u->edit)
		compare(&c->memory, privacy_find(user, u->list), &c->u.rows, &change);
	if (u->set_standard && !str_eq(c->u.standard, standard ? standard->name : STR(""))) {
		change.set_default = true;
		change.default_list = c->u.standard.n ? c->u.standard : STR("");
	}
	if (!change.row_count && !change.gone_count && !change.set_default) {
		c->u.edit = c->u.set_standard = false;
		finish(c, STORAGE_OK);
		return;
	}
	sm_loose(user->sm, &c->loose, change_drop);
	user_hold(user);
	storage_privacy_change(user->sm->storage, user->jid.full, &change, on_committed, c);
}
