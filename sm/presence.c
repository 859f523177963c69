/* SPDX-License-Identifier: Apache-2.0 */
/* Presence: availability, broadcast, directed presence, probes. */
#include "sm/presence.h"

#include "sm/deliver.h"
#include "sm/event.h"
#include "sm/session.h"

#include <stdlib.h>

enum { DIRECTED_MAX = 1000 }; /* entities one session may have sent directed presence to */

struct directed { /* whom directed presence went to, as it was addressed (RFC 6121 4.6) */
	struct map to; /* JID -> struct directed_jid */
};

struct directed_jid {
	struct str jid;
	char bytes[];
};

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
		if (s->available)
			send_known(s, to);
}

void
presence_hide_from(struct sm_user *user, struct str to)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (s->available)
			send_plain(user->sm, s->jid.full, to, "unavailable");
}

/* ---- directed presence ---- */

static void
directed_free(struct sm_session *s)
{
	size_t it = 0;
	void *p;

	if (!s->directed)
		return;
	while ((p = map_next(&s->directed->to, &it)))
		free(p);
	map_done(&s->directed->to);
	free(s->directed);
	s->directed = NULL;
}

static bool
directed_add(struct sm_session *s, struct str to)
{
	struct directed_jid *d;

	if (!s->directed)
		s->directed = xcalloc(1, sizeof(*s->directed));
	if (map_find(&s->directed->to, to))
		return true;
	if (s->directed->to.len >= DIRECTED_MAX)
		return false;
	d = xmalloc(sizeof(*d) + to.n);
	memcpy(d->bytes, to.p, to.n);
	d->jid = str_n(d->bytes, to.n);
	map_put(&s->directed->to, d->jid, d);
	return true;
}

static void
directed_del(struct sm_session *s, struct str to)
{
	if (s->directed)
		free(map_take(&s->directed->to, to));
}

/* RFC 6121 4.6.3 */
static enum verdict
out_directed(struct sm *sm, struct sm_session *s, const struct stanza *st, struct ev_out *ev)
{
	if (st->type == TYPE_NONE) {
		/* Contacts that see the broadcast are told of the end by it, unless this comes before it (4.6.3). */
		if (!(s->available && roster_sees_us(s->user, st->to.bare)) && !directed_add(s, st->to.full)) {
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
	size_t it = 0;

	list_each(&user->sessions, struct sm_session, other, in_user)
		if (other->available)
			send_own(other, st);
	while ((item = roster_next(&user->roster, &it)))
		if (!item->removed && (item->sub & SUB_FROM))
			send_copy(s->sm, st, item->jid);
}

static void
directed_tell_gone(struct sm_session *s, const struct stanza *st)
{
	struct directed_jid *d;
	struct jid to;
	size_t it = 0;

	while (s->directed && (d = map_next(&s->directed->to, &it))) {
		jid_split(d->jid, &to);
		/* A contact that the broadcast reaches has been told, unless the session never broadcast anything. */
		if (!(s->available && roster_sees_us(s->user, to.bare)))
			send_copy(s->sm, st, d->jid);
	}
	directed_free(s);
}

/* RFC 6121 4.3: what the contacts show; once for each session that becomes available. */
static void
probe_contacts(struct sm_session *s)
{
	struct sm_user *user = s->user;
	const struct roster_item *item;
	struct jid contact;
	size_t it = 0;

	while ((item = roster_next(&user->roster, &it))) {
		if (item->removed || !(item->sub & SUB_TO))
			continue;
		jid_split(item->jid, &contact);
		/* Among ourselves from the full JID, so that the answer goes to this session only; 4.3.1 to others. */
		send_plain(s->sm, sm_serves(s->sm, contact.domain) ? s->jid.full : user->jid.full, item->jid, "probe");
	}
}

static void
show_own_resources(struct sm_session *s)
{
	list_each(&s->user->sessions, struct sm_session, other, in_user)
		if (other != s && other->available)
			send_known(other, s->jid.full);
}

/* RFC 6121 4.2.2 */
static void
became_available(struct sm *sm, struct sm_session *s)
{
	show_own_resources(s);
	probe_contacts(s);
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
	broadcast(s, st);
	if (first)
		became_available(sm, s);
	if (was_deaf && s->priority >= 0)
		deliver_offline(s);
}

/* RFC 6121 4.5.2 */
static void
out_unavailable(struct sm *sm, struct sm_session *s, const struct stanza *st)
{
	if (s->available) {
		broadcast(s, st);
		event_tell(session_unavailable, sm, (&(struct ev_session){s}));
	}
	directed_tell_gone(s, st);
	s->available = false;
	s->priority = 0;
	chunk_unref(&s->presence);
}

/* The stanza as the modules want it, without `to`, parsed again when it had to be changed. */
static enum verdict
out_broadcast(struct sm *sm, struct sm_session *s, const struct stanza *st)
{
	struct buf clean = {0};
	struct arena memory = {0};
	struct stanza view;

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

static enum verdict
out_by_type(struct sm *sm, struct sm_session *s, const struct stanza *st, struct ev_out *ev)
{
	switch (st->type) {
	case TYPE_NONE:
	case TYPE_UNAVAILABLE:
		return st->to.full.p ? out_directed(sm, s, st, ev) : out_broadcast(sm, s, st);
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
to_available(struct sm_user *user, struct str canonical)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (s->available)
			session_send(s, canonical);
}

/* RFC 6121 8.5.2.1.2, 8.5.3.1: to the bare JID all available resources, to a full one that one or nobody. */
static void
in_notification(struct sm_user *user, const struct stanza *st)
{
	struct sm_session *s;

	if (jid_is_bare(&st->to)) {
		to_available(user, st->bytes);
		return;
	}
	s = user_session(user, st->to.resource);
	if (s)
		session_send(s, st->bytes);
}

/* Whether `from` has this session's directed presence, under its full or bare JID. */
static bool
directed_to(const struct sm_session *s, const struct jid *from)
{
	return s->directed && (map_find(&s->directed->to, from->full) || map_find(&s->directed->to, from->bare));
}

void
presence_probe_refuse(struct sm *sm, const struct stanza *st)
{
	send_plain(sm, st->to.bare, st->from.bare, "unsubscribed");
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
				send_known(s, st->from.full);
				shown = true;
			}
		}
		if (!shown)
			presence_probe_refuse(sm, st);
		return;
	}
	list_each(&user->sessions, struct sm_session, t, in_user) {
		if (t->available) {
			send_known(t, st->from.full);
			shown = true;
		}
	}
	if (!shown)
		send_plain(sm, user->jid.full, st->from.full, "unavailable");
}

/* An entity that got directed presence says it is gone, or cannot be reached: it needs no unavailable any more. */
static void
forget_directed(struct sm_user *user, const struct jid *from)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		directed_del(s, from->full);
}

void
presence_in(struct sm *sm, struct sm_user *user, const struct stanza *st)
{
	switch (st->type) {
	case TYPE_ERROR:
		if (st->from.full.p)
			forget_directed(user, &st->from);
		in_notification(user, st);
		return;
	case TYPE_NONE:
	case TYPE_UNAVAILABLE:
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

void
presence_session_gone(struct sm *sm, struct sm_session *s)
{
	struct buf b = {0};
	struct arena memory = {0};
	struct stanza st;
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "presence", NULL);
	out_attrz(&o, "from", s->jid.full);
	out_attrz(&o, "type", STR("unavailable"));
	out_done(&o);
	bug_if(stanza_parse(&st, &memory, buf_str(&b), NULL) < 0);
	out_unavailable(sm, s, &st);
	arena_done(&memory);
	buf_done(&b);
}

void
presence_session_forget(struct sm_session *s)
{
	directed_free(s);
}

void
presence_resumed(struct sm_session *s, struct str presence)
{
	struct arena memory = {0};
	struct stanza st;

	if (presence.p && stanza_parse(&st, &memory, presence, NULL) == 0 && st.kind == STANZA_PRESENCE &&
	    st.type == TYPE_NONE) {
		chunk_unref(&s->presence);
		s->presence = chunk_new(presence);
		s->priority = (int8_t)stanza_priority(&st);
		s->available = true;
		if (s->priority >= 0)
			deliver_offline(s);
	}
	arena_done(&memory);
}
