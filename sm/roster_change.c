/* SPDX-License-Identifier: Apache-2.0 */
/* Roster changes: commit, apply, tell, push. And what modules may ask a roster. */
#include "sm/roster_change.h"

#include "common/metric.h"
#include "common/rand.h"
#include "sm/duty.h"
#include "sm/event.h"
#include "sm/limits.h"
#include "sm/session.h"

#include <stdlib.h>

static struct metric pushes = {
	.name = "xmpp_roster_pushes_total", .help = "Roster changes told to clients.", .kind = METRIC_COUNTER};

struct change { /* under way; the user is held */
	struct sm_user *user;
	struct arena memory;
	struct roster_update u;
	struct roster_row row;
	struct duty *duty; /* of the stanza that wants it; may be null */
	roster_done_cb *done;
	void *arg;
};

void
roster_update_init(struct roster_update *u, const struct sm_user *user, struct str contact)
{
	const struct roster_item *item = roster_get(&user->roster, contact);

	*u = (struct roster_update){.jid = contact, .request = REQUEST_KEEP};
	if (item) {
		u->sub = item->sub;
		u->name = item->name;
		u->groups = item->groups;
	}
}

bool
roster_update_empty(const struct roster_update *u)
{
	return !u->write && u->request == REQUEST_KEEP;
}

bool
roster_has_room(const struct sm_user *user, struct str contact)
{
	if (roster_get(&user->roster, contact))
		return true;
	if (user->roster.live < user->sm->set.roster_items &&
	    user->roster.size + roster_item_size(contact, STR(""), STR("")) <= ROSTER_SIZE_MAX)
		return true;
	sm_limit_hit(SM_LIMIT_ROSTER_ITEMS);
	return false;
}

bool
roster_fits(const struct sm_user *user, const struct roster_update *u)
{
	const struct roster_item *item = roster_get(&user->roster, u->jid);
	size_t before = item ? item->size : 0, after = roster_item_size(u->jid, u->name, u->groups);

	if (after <= before || user->roster.size - before + after <= ROSTER_SIZE_MAX)
		return true;
	sm_limit_hit(SM_LIMIT_ROSTER_ITEMS);
	return false;
}

void
roster_push(struct sm_session *session, const struct roster_item *item, int64_t version)
{
	char id[13];
	struct buf b = {0};
	struct out o;

	rand_token(id, 12); /* unguessable, so that nobody answers in the client's place */
	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "iq", NULL);
	out_attrz(&o, "to", session->jid.full);
	out_attrz(&o, "type", STR("set"));
	out_attrz(&o, "id", str_z(id));
	out_openz(&o, "query", NS_ROSTER);
	out_attrf(&o, "ver", "%lld", (long long)version);
	roster_item_write(&o, item);
	out_done(&o);
	session_send(session, buf_str(&b));
	buf_done(&b);
	metric_add(&pushes, 1);
}

static void
push_to_interested(struct sm_user *user, const struct roster_item *item)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (s->interested)
			roster_push(s, item, item->version);
}

/* The item as it is now; null when only requests have changed. */
static const struct roster_item *
apply(struct change *c)
{
	struct sm_user *user = c->user;
	const struct roster_item *item;

	if (c->u.request == REQUEST_PUT)
		roster_request_put(&user->roster, c->u.jid, c->u.stanza);
	else if (c->u.request == REQUEST_DEL)
		roster_request_del(&user->roster, c->u.jid);
	if (!c->u.write)
		return NULL;
	item = roster_apply(&user->roster, &c->row);
	event_tell(roster_changed, user->sm, (&(struct ev_roster){user, item, c->u.remove}));
	return item;
}

static void
finish(struct change *c, enum storage_result r)
{
	struct sm_user *user = c->user;
	const struct roster_item *item = NULL;

	if (r == STORAGE_OK && user->state == USER_READY)
		item = apply(c);
	if (item && !c->u.push_last)
		push_to_interested(user, item);
	c->done(user, c->arg, r);
	if (item && c->u.push_last)
		push_to_interested(user, item);
}

static void
on_committed(void *arg, enum storage_result r)
{
	struct change *c = arg;
	struct sm_user *user = c->user;
	struct sm *sm = user->sm;
	struct duty *before = sm->duty;

	sm->duty = c->duty;
	finish(c, r);
	sm->duty = before;
	duty_unref(&c->duty);
	arena_done(&c->memory);
	free(c);
	user_release(user);
}

/*
 * The next one; the first of all is the time, so that an account that is deleted and made anew does not come to versions that
 * clients remember of the old one.
 */
static int64_t
next_version(const struct sm_user *user)
{
	return user->roster.version ? user->roster.version + 1 : loop_wall_us(user->sm->loop) / 1000;
}

static void
copy_update(struct change *c, const struct roster_update *u)
{
	c->u = *u;
	c->u.jid = arena_str(&c->memory, u->jid);
	c->u.name = arena_str(&c->memory, u->name);
	c->u.groups = arena_str(&c->memory, u->groups);
	c->u.stanza = arena_str(&c->memory, u->stanza);
}

void
roster_commit(struct sm_user *user, const struct roster_update *u, roster_done_cb *done, void *arg)
{
	struct change *c = xcalloc(1, sizeof(*c));
	struct roster_change change = {.request = u->request};

	bug_if(user->state != USER_READY);
	c->user = user;
	c->duty = duty_ref(user->sm->duty);
	c->done = done;
	c->arg = arg;
	copy_update(c, u);
	change.request_row = (struct request_row){c->u.jid, c->u.stanza};
	if (u->write) {
		c->row = (struct roster_row){
			.jid = c->u.jid,
			.name = u->remove || !c->u.name.p ? STR("") : c->u.name,
			.groups = u->remove || !c->u.groups.p ? STR("") : c->u.groups,
			.subscription = u->remove ? 0 : (int)u->sub,
			.removed = u->remove,
			.version = next_version(user),
		};
		change.row = &c->row;
		change.version = c->row.version;
		change.forget_before = MAX((int64_t)0, c->row.version - ROSTER_HISTORY);
	}
	user_hold(user);
	storage_roster_change(user->sm->storage, user->jid.full, &change, on_committed, c);
}

/* ---- for modules (sm/module.h) ---- */

const struct roster_item *
roster_find(const struct sm_user *user, struct str contact_bare)
{
	return roster_get(&user->roster, contact_bare);
}

bool
roster_sees_us(const struct sm_user *user, struct str contact_bare)
{
	const struct roster_item *item = roster_get(&user->roster, contact_bare);

	return (item && (item->sub & SUB_FROM)) || str_eq(user->jid.full, contact_bare);
}

bool
roster_we_see(const struct sm_user *user, struct str contact_bare)
{
	const struct roster_item *item = roster_get(&user->roster, contact_bare);

	return (item && (item->sub & SUB_TO)) || str_eq(user->jid.full, contact_bare);
}
