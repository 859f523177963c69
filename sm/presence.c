/* SPDX-License-Identifier: Apache-2.0 */
/* Presence: availability, broadcast, directed presence, probes. */
#include "sm/presence.h"

#include "sm/deliver.h"
#include "sm/directed.h"
#include "sm/event.h"
#include "sm/limits.h"
#include "sm/offline.h"
#include "sm/privacy.h"
#include "sm/session.h"

#include <stdlib.h>

/* ---- writing ---- */

/* `st` with another `to`, to wherever that is. */
static void
send_copy(struct sm *sm, const struct stanza *st, struct str to)
{
	struct buf b = {0};

	stanza_write(&b, st, &(struct stanza_edit){.to = to});
	sm_route(sm, buf_str(&b));
	buf_done(&b);
}

/* To a session of the same user: at once, so that it comes before what the presence brings about (offline messages). */
static void
send_own(struct sm_session *to, const struct stanza *st)
{
	struct buf b = {0};

	stanza_write(&b, st, &(struct stanza_edit){.to = to->jid.full});
	session_send(to, buf_str(&b));
	buf_done(&b);
}

static void
send_plain(struct sm *sm, struct str from, struct str to, const char *type)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "presence", NULL);
	out_attrz(&o, "from", from);
	out_attrz(&o, "to", to);
	out_attrz(&o, "type", str_z(type));
	out_done(&o);
	sm_route(sm, buf_str(&b));
	buf_done(&b);
}

/* The presence that a session last broadcast, to `to`. */
static void
send_known(struct sm_session *s, struct str to)
{
	struct arena memory = {0};
	struct stanza st;

	bug_if(stanza_parse(&st, &memory, chunk_str(s->presence), NULL) < 0);
	send_copy(s->sm, &st, to);
	arena_done(&memory);
}

void
presence_show_to(struct sm_user *user, struct str to)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (s->shown && privacy_lets_to(s, to, PRIVACY_PRESENCE_OUT))
			send_known(s, to);
}

void
presence_hide_from(struct sm_user *user, struct str to)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (s->shown && privacy_lets_to(s, to, PRIVACY_PRESENCE_OUT))
			send_plain(user->sm, s->jid.full, to, "unavailable");
}

void
presence_show_session(struct sm_session *s, struct str to)
{
	send_known(s, to);
}

void
presence_hide_session(struct sm_session *s, struct str to)
{
	send_plain(s->sm, s->jid.full, to, "unavailable");
}

void
presence_seems_gone(struct sm_session *s, struct str contact)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "presence", NULL);
	out_attrz(&o, "from", contact);
	out_attrz(&o, "to", s->jid.full);
	out_attrz(&o, "type", STR("unavailable"));
	out_done(&o);
	session_send_in_order(s, buf_str(&b));
	buf_done(&b);
}

/* ---- directed presence ---- */

/* RFC 6121 4.6.3 */
static enum verdict
out_directed(struct sm *sm, struct sm_session *s, const struct stanza *st, struct ev_out *ev)
{
	if (st->type == TYPE_NONE) {
		/* Contacts that see the broadcast are told of the end by it, unless this comes before it (4.6.3). */
		if (!(s->shown && roster_sees_us(s->user, st->to.bare)) && !directed_add(s, st->to.full)) {
			ev->fault = (struct stanza_fault){.condition = STANZA_ERR_RESOURCE_CONSTRAINT,
							  .text = "too many entities have your directed presence"};
			return REFUSE;
		}
	} else if (st->type == TYPE_UNAVAILABLE) {
		directed_del(s, st->to.full);
	}
	sm_route(sm, st->bytes);
	return TAKEN;
}

/* ---- broadcast ---- */

/* To everybody who may see it: contacts with from or both, and the user's own available resources. */
static void
broadcast(struct sm_session *s, const struct stanza *st)
{
	struct sm_user *user = s->user;
	const struct roster_item *item;
	uint64_t it = 0;

	list_each(&user->sessions, struct sm_session, other, in_user)
		if (other->available)
			send_own(other, st);
	while ((item = roster_next(&user->roster, &it)))
		if (!item->removed && (item->sub & SUB_FROM) && privacy_lets_to(s, item->jid, PRIVACY_PRESENCE_OUT))
			send_copy(s->sm, st, item->jid);
}

static void
directed_tell_gone(struct sm_session *s, const struct stanza *st)
{
	struct str jid;
	struct jid to;
	uint64_t it = 0;

	while ((jid = directed_next(s, &it)).p) {
		jid_split(jid, &to);
		/* A contact that the broadcast reaches has been told, unless the session never broadcast anything. */
		if (!(s->shown && roster_sees_us(s->user, to.bare)))
			send_copy(s->sm, st, jid);
	}
	directed_end(s);
}

static bool
is_only_one_shown(const struct sm_session *s)
{
	list_each(&s->user->sessions, struct sm_session, other, in_user)
		if (other != s && other->shown)
			return false;
	return true;
}

/* Among ourselves from the full JID, so that the answer goes to this session only; to others by 4.3.1. */
static void
probe_contact(struct sm_session *s, struct str jid, bool ours)
{
	send_plain(s->sm, ours ? s->jid.full : s->user->jid.full, jid, "probe");
}

void
presence_probe_for(struct sm_session *s, struct str contact)
{
	struct jid jid;

	jid_split(contact, &jid);
	probe_contact(s, contact, sm_serves(s->sm, jid.domain));
}

/* XEP-0016 2.14: nothing goes to who is blocked, and what would not be let in need not be asked for. */
static bool
may_probe(const struct sm_session *s, const struct jid *contact)
{
	return privacy_lets(s, contact, PRIVACY_OTHER) && privacy_lets(s, contact, PRIVACY_PRESENCE_IN);
}

/* RFC 6121 4.3, once for each session that becomes available. */
static void
probe_contacts(struct sm_session *s)
{
	const struct roster_item *item;
	bool first = is_only_one_shown(s);
	struct jid contact;
	uint64_t it = 0;

	while ((item = roster_next(&s->user->roster, &it))) {
		bool ours;

		if (item->removed || !(item->sub & (SUB_TO | SUB_ASK)))
			continue;
		jid_split(item->jid, &contact);
		if (!may_probe(s, &contact))
			continue;
		ours = sm_serves(s->sm, contact.domain);
		if (item->sub & SUB_TO)
			probe_contact(s, item->jid, ours);
		else if (first && !ours)
			subscribe_ask_again(s->user, item->jid);
	}
}

static void
show_own_resources(struct sm_session *s)
{
	list_each(&s->user->sessions, struct sm_session, other, in_user)
		if (other != s && other->shown)
			send_known(other, s->jid.full);
}

/*
 * One stanza becomes as many as there are contacts, so a session has a budget of them. Over it the last presence
 * is told when there is budget again, and those before it never: people want to see how it is, not how it was.
 * Until then the session is not shown, and an end of what nobody has seen is not told either.
 */
static void on_presence_timer(struct timer *t);

void
presence_charge(struct sm_session *s, uint64_t contacts)
{
	struct sm *sm = s->sm;
	uint64_t now = loop_now(sm->loop), wait;

	if (s->presence_rate.rate != sm->set.presence_rate || s->presence_rate.burst != sm->set.presence_burst)
		limit_init(&s->presence_rate, sm->set.presence_rate, sm->set.presence_burst, now);
	wait = limit_charge(&s->presence_rate, contacts, now);
	if (wait == 0)
		return;
	sm_limit_hit(SM_LIMIT_PRESENCE_RATE);
	timer_start(sm->loop, &s->presence_timer, wait, on_presence_timer);
}

/* A large one costs as much as several. */
static uint64_t
broadcast_cost(const struct sm_session *s, const struct stanza *st)
{
	return (1 + s->user->roster.live) * (1 + st->bytes.n / 1024);
}

static void
show(struct sm_session *s, const struct stanza *st)
{
	s->shown = true;
	broadcast(s, st);
	presence_charge(s, broadcast_cost(s, st));
}

static void
probe(struct sm_session *s)
{
	s->probes_due = false;
	probe_contacts(s);
	presence_charge(s, s->user->roster.live);
}

static void
on_presence_timer(struct timer *t)
{
	struct sm_session *s = container_of(t, struct sm_session, presence_timer);
	struct arena memory = {0};
	struct stanza st;

	if (!s->presence_due)
		return;
	s->presence_due = false;
	bug_if(stanza_parse(&st, &memory, chunk_str(s->presence), NULL) < 0);
	show(s, &st);
	if (s->probes_due)
		probe(s);
	arena_done(&memory);
}

static void
forget_due(struct sm_session *s)
{
	s->presence_due = s->probes_due = false;
}

/* RFC 6121 4.2.2 */
static void
became_available(struct sm *sm, struct sm_session *s)
{
	show_own_resources(s);
	if (s->presence_due)
		s->probes_due = true;
	else
		probe(s);
	subscribe_deliver_requests(s);
	event_tell(session_available, sm, (&(struct ev_session){s}));
}

static void
out_available(struct sm *sm, struct sm_session *s, const struct stanza *st)
{
	bool first = !s->available, was_deaf = first || s->priority < 0;

	chunk_unref(&s->presence);
	s->presence = chunk_new(st->bytes);
	s->priority = (int8_t)stanza_priority(st);
	s->available = true;
	if (timer_running(&s->presence_timer))
		s->presence_due = true;
	else
		show(s, st);
	if (first)
		became_available(sm, s);
	if (was_deaf && s->priority >= 0)
		deliver_offline(s);
}

/* RFC 6121 4.5.2 */
static void
out_unavailable(struct sm *sm, struct sm_session *s, const struct stanza *st)
{
	forget_due(s);
	if (s->shown) {
		broadcast(s, st);
		presence_charge(s, broadcast_cost(s, st));
	}
	if (s->available)
		event_tell(session_unavailable, sm, (&(struct ev_session){s}));
	directed_tell_gone(s, st);
	s->available = s->shown = false;
	s->priority = 0;
	chunk_unref(&s->presence);
}

/* The stanza as the modules want it, without `to`, parsed again when it had to be changed. */
static enum verdict
out_broadcast(struct sm *sm, struct sm_session *s, const struct stanza *st, struct ev_out *ev)
{
	struct buf clean = {0};
	struct arena memory = {0};
	struct stanza view;

	if (st->bytes.n > sm->set.presence_bytes) {
		sm_limit_hit(SM_LIMIT_PRESENCE_BYTES);
		ev->fault = (struct stanza_fault){.condition = STANZA_ERR_POLICY_VIOLATION,
						  .text = "this is too much to be told to everybody"};
		return REFUSE;
	}
	stanza_write(&clean, st, &(struct stanza_edit){.to = STR("")});
	bug_if(stanza_parse(&view, &memory, buf_str(&clean), NULL) < 0);
	if (st->type == TYPE_NONE)
		out_available(sm, s, &view);
	else
		out_unavailable(sm, s, &view);
	arena_done(&memory);
	buf_done(&clean);
	return TAKEN;
}

static enum verdict
out_probe(struct sm *sm, struct sm_session *s, const struct stanza *st)
{
	/* XEP-0318: of those whose presence the user gets anyway; about anybody else it must not tell who exists. */
	if (st->to.full.p && roster_we_see(s->user, st->to.bare))
		sm_route(sm, st->bytes);
	return TAKEN;
}

/* RFC 6121 4.7.2 */
static enum verdict
out_checked(struct sm *sm, struct sm_session *s, const struct stanza *st, struct ev_out *ev)
{
	const char *flaw = stanza_presence_flaw(st);

	if (flaw) {
		ev->fault = (struct stanza_fault){.condition = STANZA_ERR_BAD_REQUEST, .text = flaw};
		return REFUSE;
	}
	return st->to.full.p ? out_directed(sm, s, st, ev) : out_broadcast(sm, s, st, ev);
}

static enum verdict
out_by_type(struct sm *sm, struct sm_session *s, const struct stanza *st, struct ev_out *ev)
{
	switch (st->type) {
	case TYPE_NONE:
		return out_checked(sm, s, st, ev);
	case TYPE_UNAVAILABLE:
		return st->to.full.p ? out_directed(sm, s, st, ev) : out_broadcast(sm, s, st, ev);
	case TYPE_SUBSCRIBE:
	case TYPE_SUBSCRIBED:
	case TYPE_UNSUBSCRIBE:
	case TYPE_UNSUBSCRIBED:
		return subscribe_out(s, st, ev);
	case TYPE_PROBE:
		return out_probe(sm, s, st);
	case TYPE_ERROR:
		if (st->to.full.p)
			sm_route(sm, st->bytes);
		return TAKEN;
	default:
		ev->fault = (struct stanza_fault){.condition = STANZA_ERR_BAD_REQUEST,
						  .text = "there is no such type of presence (RFC 6121 4.7.1)"};
		return REFUSE;
	}
}

enum verdict
presence_out(struct sm *sm, struct sm_session *s, const struct stanza *st, struct ev_out *ev)
{
	struct buf edited = {0};
	struct arena memory = {0};
	struct stanza view = *st;
	enum verdict verdict;

	if (!ev_edit_empty(ev->edit)) {
		ev_edit_write(&edited, st, ev->edit);
		bug_if(stanza_parse(&view, &memory, buf_str(&edited), NULL) < 0);
	}
	verdict = out_by_type(sm, s, &view, ev);
	arena_done(&memory);
	buf_done(&edited);
	return verdict;
}

/* ---- arriving ---- */

static void
to_available(struct sm_user *user, const struct stanza *st)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (s->available && privacy_lets(s, &st->from, privacy_kind_in(st)))
			session_send_in_order(s, st->bytes);
}

/* RFC 6121 8.5.2.1.2, 8.5.3.1: to the bare JID all available resources, to a full one that one or nobody. */
static void
in_notification(struct sm_user *user, const struct stanza *st)
{
	struct sm_session *s;

	if (jid_is_bare(&st->to)) {
		to_available(user, st);
		return;
	}
	s = user_session(user, st->to.resource);
	if (s)
		session_send_in_order(s, st->bytes);
}

void
presence_probe_refuse(struct sm *sm, const struct stanza *st)
{
	send_plain(sm, st->to.bare, st->from.bare, "unsubscribed");
}

/* XEP-0016 2.14: to who is not to see the session, silence is the answer. */
static void
show_to_prober(struct sm_session *s, const struct jid *prober)
{
	if (privacy_lets(s, prober, PRIVACY_OTHER) && privacy_lets(s, prober, PRIVACY_PRESENCE_OUT))
		send_known(s, prober->full);
}

/* RFC 6121 4.3.2 */
static void
in_probe(struct sm *sm, struct sm_user *user, const struct stanza *st)
{
	bool shown = false;

	if (!st->from.full.p)
		return;
	if (!roster_sees_us(user, st->from.bare)) {
		list_each(&user->sessions, struct sm_session, s, in_user) {
			if (s->available && directed_to(s, &st->from)) {
				show_to_prober(s, &st->from);
				shown = true;
			}
		}
		if (!shown)
			presence_probe_refuse(sm, st);
		return;
	}
	list_each(&user->sessions, struct sm_session, t, in_user) {
		if (t->shown) {
			show_to_prober(t, &st->from);
			shown = true;
		}
	}
	if (!shown && privacy_lets_account(user, &st->from, PRIVACY_PRESENCE_OUT))
		send_plain(sm, user->jid.full, st->from.full, "unavailable");
}

/* 4.6.3: an entity that got directed presence says it is gone, or cannot be reached: it needs no unavailable any more. */
static void
forget_directed(struct sm_user *user, const struct stanza *st)
{
	if (!st->from.full.p)
		return;
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (jid_is_bare(&st->to) || str_eq(st->to.resource, s->jid.resource))
			directed_del(s, st->from.full);
}

void
presence_in(struct sm *sm, struct sm_user *user, const struct stanza *st)
{
	switch (st->type) {
	case TYPE_ERROR:
	case TYPE_UNAVAILABLE:
		forget_directed(user, st);
		in_notification(user, st);
		return;
	case TYPE_NONE:
		in_notification(user, st);
		return;
	case TYPE_PROBE:
		in_probe(sm, user, st);
		return;
	case TYPE_SUBSCRIBE:
	case TYPE_SUBSCRIBED:
	case TYPE_UNSUBSCRIBE:
	case TYPE_UNSUBSCRIBED:
		subscribe_in(user, st);
		return;
	default:
		return; /* unknown types from elsewhere: ignored (RFC 6121 4.7.1) */
	}
}

/* ---- sessions that come and go ---- */

/* With nothing in it; type absent: available. */
static void
write_empty(struct buf *b, const struct sm_session *s, struct str type)
{
	struct out o;

	out_init(&o, b, NS_CLIENT);
	out_openz(&o, "presence", NULL);
	out_attrz(&o, "from", s->jid.full);
	out_attrz(&o, "type", type);
	out_done(&o);
}

void
presence_session_gone(struct sm *sm, struct sm_session *s)
{
	struct buf b = {0};
	struct arena memory = {0};
	struct stanza st;

	write_empty(&b, s, STR("unavailable"));
	bug_if(stanza_parse(&st, &memory, buf_str(&b), NULL) < 0);
	out_unavailable(sm, s, &st);
	timer_stop(&s->presence_timer);
	arena_done(&memory);
	buf_done(&b);
}

void
presence_session_forget(struct sm_session *s)
{
	forget_due(s);
	timer_stop(&s->presence_timer);
	directed_free(s);
}

void
presence_restored(struct sm_session *s, struct str presence)
{
	struct arena memory = {0};
	struct buf empty = {0};
	struct stanza st;

	if (presence.p && stanza_parse(&st, &memory, presence, NULL) == 0 && st.kind == STANZA_PRESENCE &&
	    st.type == TYPE_NONE) {
		if (presence.n > s->sm->set.presence_bytes)
			write_empty(&empty, s, STR_NONE); /* it was refused for its size; c2s does not know that */
		chunk_unref(&s->presence);
		s->presence = chunk_new(empty.n ? buf_str(&empty) : presence);
		s->priority = (int8_t)stanza_priority(&st);
		s->available = s->shown = true;
	}
	directed_reopened(s);
	arena_done(&memory);
	buf_done(&empty);
}

void
presence_resumed(struct sm_session *s, struct str presence)
{
	presence_restored(s, presence);
	if (presence.p && s->available && s->priority >= 0)
		catch_up(s);
}

void
presence_refresh(struct sm_session *s)
{
	if (!s->available)
		return;
	show_own_resources(s);
	probe(s);
}
