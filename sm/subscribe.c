/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subscriptions (RFC 6121 section 3): what subscribe, subscribed, unsubscribe
 * and unsubscribed do to the two rosters, by the tables of sm/subscription.c.
 * Each change is committed before anybody is told of it.
 */
#include "common/rand.h"
#include "sm/limits.h"
#include "sm/presence.h"
#include "sm/privacy.h"
#include "sm/roster_change.h"
#include "sm/session.h"

#include <stdlib.h>

struct step { /* one subscription stanza, waiting for its commit */
	struct arena memory;
	struct stanza st;         /* a copy */
	struct str contact;       /* bare */
	bool outbound;
	bool pass;                /* route it, or deliver it */
	bool had_from;            /* the contact saw the user's presence before */
	bool grants;              /* the user answers "subscribed" by itself (pre-approval, 3.4.2) */
};

static const char *
type_name(enum stanza_type type)
{
	switch (type) {
	case TYPE_SUBSCRIBE:
		return "subscribe";
	case TYPE_SUBSCRIBED:
		return "subscribed";
	case TYPE_UNSUBSCRIBE:
		return "unsubscribe";
	default:
		return "unsubscribed";
	}
}

static void
send_type(struct sm_user *user, struct str contact, const char *type)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "presence", NULL);
	out_attrz(&o, "from", user->jid.full);
	out_attrz(&o, "to", contact);
	out_attrz(&o, "type", str_z(type));
	out_done(&o);
	sm_route(user->sm, buf_str(&b));
	buf_done(&b);
}

void
subscribe_ask_again(struct sm_user *user, struct str contact)
{
	char id[13];
	struct buf b = {0};
	struct out o;

	rand_token(id, 12);
	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "presence", NULL);
	out_attrz(&o, "from", user->jid.full);
	out_attrz(&o, "to", contact);
	out_attrz(&o, "type", STR("subscribe"));
	out_attrz(&o, "id", str_z(id));
	out_done(&o);
	sm_route(user->sm, buf_str(&b));
	buf_done(&b);
}

static struct step *
step_new(const struct stanza *st, struct str contact, bool outbound)
{
	struct step *step = xcalloc(1, sizeof(*step));
	struct str bytes = arena_str(&step->memory, st->bytes);

	bug_if(stanza_parse(&step->st, &step->memory, bytes, NULL) < 0);
	step->contact = arena_str(&step->memory, contact);
	step->outbound = outbound;
	return step;
}

static void
step_free(struct step *step)
{
	arena_done(&step->memory);
	free(step);
}

/* From bare JID to bare JID, as subscription stanzas travel (3.1.2). */
static void
write_bare(struct buf *out, const struct stanza *st, struct str from, struct str to)
{
	stanza_write(out, st, &(struct stanza_edit){.from = from, .to = to});
}

/* ---- after the commit ---- */

static void
after_out(struct sm_user *user, const struct step *step)
{
	struct buf b = {0};

	if (!step->pass)
		return;
	if (step->st.type == TYPE_UNSUBSCRIBED && step->had_from)
		presence_hide_from(user, step->contact); /* 3.2.2: while the contact is still subscribed */
	write_bare(&b, &step->st, user->jid.full, step->contact);
	sm_route(user->sm, buf_str(&b));
	buf_done(&b);
	if (step->st.type == TYPE_SUBSCRIBED)
		presence_show_to(user, step->contact); /* 3.1.5 */
}

/*
 * 3.1.3: a request to the available resources; 3.1.6, 3.2.3, 3.3.3: the rest to the interested ones too, before the
 * roster push, so that clients know what it is about.
 */
static void
deliver(struct sm_user *user, const struct step *step)
{
	bool request = step->st.type == TYPE_SUBSCRIBE;
	struct buf b = {0};

	write_bare(&b, &step->st, step->contact, user->jid.full);
	list_each(&user->sessions, struct sm_session, s, in_user)
		if ((s->available || (s->interested && !request)) && privacy_lets_to(s, step->contact, PRIVACY_OTHER))
			session_send(s, buf_str(&b));
	buf_done(&b);
}

static void
after_in(struct sm_user *user, const struct step *step)
{
	if (step->grants) {
		send_type(user, step->contact, "subscribed");
		presence_show_to(user, step->contact);
		return;
	}
	if (step->pass)
		deliver(user, step);
	if (step->st.type == TYPE_UNSUBSCRIBE && step->had_from)
		presence_hide_from(user, step->contact); /* 3.3.3 */
}

static void
refuse_temporarily(struct sm_user *user, const struct step *step)
{
	struct buf b = {0};

	stanza_write_error(&b, &step->st,
			   &(struct stanza_fault){.condition = STANZA_ERR_RESOURCE_CONSTRAINT,
						  .text = "not possible at the moment; try again later"});
	sm_route(user->sm, buf_str(&b));
	buf_done(&b);
}

static void
on_step_done(struct sm_user *user, void *arg, enum storage_result r)
{
	struct step *step = arg;

	if (r != STORAGE_OK)
		refuse_temporarily(user, step);
	else if (step->outbound)
		after_out(user, step);
	else
		after_in(user, step);
	step_free(step);
}

static void
take_step(struct sm_user *user, struct step *step, const struct roster_update *u)
{
	if (roster_update_empty(u))
		on_step_done(user, step, STORAGE_OK);
	else
		roster_commit(user, u, on_step_done, step);
}

/* ---- the next state of the contact's item ---- */

static void
plan(struct roster_update *u, enum subscription now, enum subscription next, unsigned approved)
{
	unsigned sub = subscription_bits(next) | approved;

	u->write = sub != u->sub;
	u->sub = sub;
	if (subscription_pending_in(now) && !subscription_pending_in(next))
		u->request = REQUEST_DEL;
}

/* 3.4: "subscribed" without a request approves one that may come; "unsubscribed" takes that back. */
static unsigned
approval_after(enum stanza_type type, enum subscription now, const struct roster_update *u, bool pass)
{
	bool sees = subscription_bits(now) & SUB_FROM;

	if (type == TYPE_SUBSCRIBED && !pass && !sees)
		return SUB_APPROVED;
	if (type == TYPE_UNSUBSCRIBED)
		return 0;
	return u->sub & SUB_APPROVED;
}

enum verdict
subscribe_out(struct sm_session *s, const struct stanza *st, struct ev_out *ev)
{
	struct sm_user *user = s->user;
	struct str contact = st->to.bare;
	struct roster_update u;
	struct transition t;
	enum subscription now;
	struct step *step;

	if (!st->to.full.p) {
		ev->fault = (struct stanza_fault){.condition = STANZA_ERR_BAD_REQUEST,
						  .text = "a subscription stanza needs a 'to'"};
		return REFUSE;
	}
	if (str_eq(contact, user->jid.full))
		return TAKEN; /* everybody is subscribed to himself */
	roster_update_init(&u, user, contact);
	now = roster_subscription(&user->roster, contact);
	t = subscription_out(st->type, now);
	plan(&u, now, t.next, approval_after(st->type, now, &u, t.pass));
	if (u.write && !roster_has_room(user, contact)) {
		ev->fault = (struct stanza_fault){.condition = STANZA_ERR_RESOURCE_CONSTRAINT,
						  .text = "the roster is full"};
		return REFUSE;
	}
	step = step_new(st, contact, true);
	step->pass = t.pass;
	step->had_from = subscription_bits(now) & SUB_FROM;
	take_step(user, step, &u);
	return TAKEN;
}

/* ---- arriving ---- */

/* What is kept of a request until it is answered: the stanza, or without its payload when that is large. */
static struct str
request_stanza(struct arena *a, const struct sm_user *user, const struct step *step)
{
	struct buf b = {0};
	struct str kept;

	if (step->st.bytes.n <= user->sm->set.subscription_request_bytes) {
		write_bare(&b, &step->st, step->contact, user->jid.full);
	} else {
		struct out o;

		out_init(&o, &b, NS_CLIENT);
		out_openz(&o, "presence", NULL);
		out_attrz(&o, "from", step->contact);
		out_attrz(&o, "to", user->jid.full);
		out_attrz(&o, "type", STR("subscribe"));
		out_done(&o);
	}
	kept = arena_str(a, buf_str(&b));
	buf_done(&b);
	return kept;
}

static void
in_subscribe(struct sm_user *user, struct step *step, struct roster_update *u, enum subscription now,
	     struct transition t)
{
	if (subscription_bits(now) & SUB_FROM) { /* A.3.1: already granted */
		send_type(user, step->contact, "subscribed");
		step->pass = false;
	} else if (u->sub & SUB_APPROVED) { /* 3.4.2 */
		step->grants = true;
		plan(u, now, subscription_out(TYPE_SUBSCRIBED, t.next).next, SUB_APPROVED);
	} else if (t.pass && roster_requests(&user->roster) >= user->sm->set.subscription_requests) {
		sm_limit_hit(SM_LIMIT_REQUESTS);
		refuse_temporarily(user, step);
		step->pass = false;
	} else if (t.pass) {
		u->request = REQUEST_PUT;
		u->stanza = request_stanza(&step->memory, user, step);
	}
	take_step(user, step, u);
}

void
subscribe_in(struct sm_user *user, const struct stanza *st)
{
	struct str contact = st->from.bare;
	struct roster_update u;
	struct transition t;
	enum subscription now;
	struct step *step;

	if (!st->from.full.p || str_eq(contact, user->jid.full))
		return;
	roster_update_init(&u, user, contact);
	now = roster_subscription(&user->roster, contact);
	t = subscription_in(st->type, now);
	step = step_new(st, contact, false);
	step->pass = t.pass;
	step->had_from = subscription_bits(now) & SUB_FROM;
	if (st->type == TYPE_SUBSCRIBE) {
		in_subscribe(user, step, &u, now, t);
		return;
	}
	if (t.pass)
		plan(&u, now, t.next, u.sub & SUB_APPROVED);
	u.push_last = true;
	take_step(user, step, &u);
}

/* A request that was kept before its sender was blocked is not shown as long as he is (XEP-0191 3.3). */
static bool
is_from_welcome(const struct sm_session *s, struct str request)
{
	struct arena memory = {0};
	struct stanza st;
	bool welcome = stanza_parse(&st, &memory, request, NULL) == 0 && privacy_lets(s, &st.from, PRIVACY_OTHER);

	arena_done(&memory);
	return welcome;
}

void
subscribe_deliver_requests(struct sm_session *s)
{
	struct str stanza;
	uint64_t it = 0;

	while ((stanza = roster_next_request(&s->user->roster, &it)).p)
		if (!s->user->privacy || is_from_welcome(s, stanza))
			session_send(s, stanza);
}

void
subscribe_cancel(struct sm_user *user, struct str contact, unsigned sub, bool pending_in)
{
	if (sub & (SUB_TO | SUB_ASK))
		send_type(user, contact, type_name(TYPE_UNSUBSCRIBE));
	if (sub & SUB_FROM)
		presence_hide_from(user, contact); /* 3.2.2: while the contact is still subscribed */
	if ((sub & SUB_FROM) || pending_in)
		send_type(user, contact, type_name(TYPE_UNSUBSCRIBED));
}

void
presence_user_deleted(struct sm_user *user)
{
	const struct roster_item *item;
	struct str request;
	uint64_t it = 0;

	while ((item = roster_next(&user->roster, &it)))
		if (!item->removed)
			subscribe_cancel(user, item->jid, item->sub, roster_request(&user->roster, item->jid).p != NULL);
	it = 0;
	while ((request = roster_next_request(&user->roster, &it)).p) {
		struct arena memory = {0};
		struct stanza st;

		if (stanza_parse(&st, &memory, request, NULL) == 0 && st.from.full.p &&
		    !roster_get(&user->roster, st.from.bare))
			send_type(user, st.from.bare, "unsubscribed");
		arena_done(&memory);
	}
}
