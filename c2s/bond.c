/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a bond: made, given to an owner, lost and left; and what it
 * sends. When it asks for an owner is reopen.c's; what comes for the client is
 * deliver.c's; acknowledgements are ack.c's.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"
#include "common/rand.h"

#include <stdlib.h>

enum { DELAY_FIRST_MS = 200, DELAY_MAX_MS = 5000, DELAY_OVERLOAD_MS = 1000 };

/* --- making, states --- */

void
bond_set_jid(struct bond *l, struct str jid)
{
	free(l->text);
	l->text = str_dup(jid);
	jid_split(str_n(l->text, jid.n), &l->jid);
}

static void
set_wanted_jid(struct bond *l, struct str user, struct str host, struct str resource)
{
	struct buf b = {0};

	buf_add(&b, user);
	buf_addc(&b, '@');
	buf_add(&b, host);
	if (resource.n > 0) {
		buf_addc(&b, '/');
		buf_add(&b, resource);
	}
	bond_set_jid(l, buf_str(&b));
	buf_done(&b);
}

void
bond_new(struct client *c, struct str user, struct str host, struct str resource, const char *mechanism)
{
	struct c2s *s = c->c2s;
	struct bond *l = xcalloc(1, sizeof(*l));
	struct buf address = {0};

	l->c2s = s;
	l->client = c;
	c->bond = l;
	rand_token(l->sid, SID_LEN);
	set_wanted_jid(l, user, host, resource);
	addr_print_host(&address, io_peer(c->io));
	l->address = buf_take(&address);
	l->mechanism = xstrdup(mechanism);
	l->secure = client_secure(c);
	l->since = l->at = loop_now(s->loop);
	l->state = BOND_WAITING;
	list_append(&s->bonds[BOND_WAITING], &l->state_node);
	map_put(&s->sids, str_n(l->sid, SID_LEN), l);
	reopen_ask(l);
}

void
bond_set_state(struct bond *l, enum bond_state state)
{
	list_remove(&l->c2s->bonds[l->state], &l->state_node);
	l->state = state;
	l->at = loop_now(l->c2s->loop);
	list_append(&l->c2s->bonds[state], &l->state_node);
}

void
bond_free(struct bond *l)
{
	struct c2s *s = l->c2s;

	if (l->client)
		l->client->bond = NULL;
	bond_set_owner(l, STR_NONE);
	ack_forget(l);
	if (list_linked(&s->unacked, &l->unacked_node))
		list_remove(&s->unacked, &l->unacked_node);
	if (list_linked(&s->leaving, &l->leave_node))
		list_remove(&s->leaving, &l->leave_node);
	list_remove(&s->bonds[l->state], &l->state_node);
	map_take(&s->sids, str_n(l->sid, SID_LEN));
	ring_done(&l->ring);
	names_done(&l->names);
	chunk_unref(&l->presence);
	free(l->text);
	free(l->address);
	free(l->mechanism);
	free(l);
}

/* --- owners --- */

static struct owner *
owner_get(struct c2s *s, struct str name)
{
	struct owner *p = map_find(&s->owners, name);

	if (!p) {
		p = xcalloc(1, sizeof(*p));
		p->name = str_dup(name);
		map_put(&s->owners, str_z(p->name), p);
	}
	return p;
}

static void
owner_drop_if_idle(struct c2s *s, struct owner *p)
{
	if (p->bonds.len > 0)
		return;
	map_take(&s->owners, str_z(p->name));
	free(p->name);
	free(p);
}

void
bond_set_owner(struct bond *l, struct str name)
{
	struct owner *before = l->owner;

	l->owner = name.p ? owner_get(l->c2s, name) : NULL;
	if (before)
		list_remove(&before->bonds, &l->owner_node);
	if (l->owner)
		list_append(&l->owner->bonds, &l->owner_node);
	if (before)
		owner_drop_if_idle(l->c2s, before);
}

bool
bond_owned_by(const struct bond *l, struct str name)
{
	return l->state == BOND_OPEN && str_is(name, l->owner->name);
}

static void
back_off(struct bond *l)
{
	l->at = loop_now(l->c2s->loop) + l->delay + rand_below(l->delay / 4 + 1);
	l->delay = l->delay ? MIN(l->delay * 2, (uint64_t)DELAY_MAX_MS) : (uint64_t)DELAY_FIRST_MS;
}

void
bond_lost(struct bond *l, const char *why)
{
	if (l->state == BOND_WAITING)
		return;
	if (!l->known && !l->client) { /* nobody waits for it any more */
		bond_free(l);
		return;
	}
	if (l->state == BOND_OPEN) {
		log_debug(l->client ? &l->client->log : l->c2s->log, "session lost owner=%s why=%s", l->owner->name, why);
		metric_add(&metric_reopens, 1);
	}
	bond_set_owner(l, STR_NONE);
	ack_forget(l); /* the next <open/> tells */
	bond_set_state(l, BOND_WAITING);
	back_off(l);
	reopen_schedule(l->c2s);
}

/* --- sending --- */

struct frame
bond_frame(struct bond *l)
{
	bug_if(l->state != BOND_OPEN);
	l->told = ack_value(l);
	return (struct frame){
		.kind = FRAME_ROUTE,
		.to = str_z(l->owner->name),
		.sid = str_n(l->sid, SID_LEN),
		.ack = l->told,
	};
}

bool
bond_full(const struct bond *l)
{
	const struct settings *set = &l->c2s->set;

	return l->ring.count >= set->unacked_max || l->ring.bytes >= set->unacked_bytes;
}

struct buf *
bond_begin(struct bond *l)
{
	struct c2s *s = l->c2s;
	struct buf *b = &s->scratch;

	l->sent++;
	if (l->state == BOND_OPEN) {
		struct frame f = bond_frame(l);

		f.seq = l->sent;
		b = component_begin(s->bus, &f);
	} else {
		buf_clear(b);
	}
	l->begun = b->n;
	s->begun = b;
	return b;
}

struct chunk *
bond_end(struct bond *l)
{
	struct c2s *s = l->c2s;
	struct chunk *kept = chunk_new(str_from(buf_str(s->begun), l->begun));

	if (l->state == BOND_OPEN)
		component_end(s->bus);
	else
		buf_done(&s->scratch);
	if (l->ring.count == 0) {
		list_append(&s->unacked, &l->unacked_node);
		if (l->state == BOND_OPEN)
			l->at = loop_now(s->loop);
	}
	ring_push(&l->ring, kept);
	return kept;
}

static void
repeat(struct bond *l, unsigned i)
{
	struct frame f = bond_frame(l);

	f.seq = l->acked + 1 + i;
	f.payload = chunk_str(ring_at(&l->ring, i));
	component_send(l->c2s->bus, &f);
}

void
bond_repeat(struct bond *l)
{
	for (unsigned i = 0; i < l->ring.count; i++)
		repeat(l, i);
}

void
bond_repeat_last(struct bond *l)
{
	repeat(l, l->ring.count - 1);
}

/* --- the client leaves --- */

static void
send_close(struct bond *l)
{
	struct frame f = bond_frame(l);

	word_write_close(component_begin(l->c2s->bus, &f), l->leaving);
	component_end(l->c2s->bus);
}

/* Whether the sm can be told that the client has gone, because all that it said before has been dealt with. */
void
bond_close_if_done(struct bond *l)
{
	if (!l->leaving || l->state != BOND_OPEN || l->ring.count > 0)
		return;
	send_close(l);
	bond_free(l);
}

void
bond_leave(struct bond *l, const char *reason)
{
	struct c2s *s = l->c2s;

	if (l->state == BOND_OPEN)
		(void)ack_value(l); /* the last look at what the client has got */
	l->client->bond = NULL;
	l->client = NULL;
	l->leaving = reason;
	l->since = loop_now(s->loop);
	list_append(&s->leaving, &l->leave_node);
	ack_forget(l);
	if (l->ended || (!l->known && l->state == BOND_WAITING))
		bond_free(l);
	else
		bond_close_if_done(l);
}

/* --- what comes --- */

static void
on_end(struct bond *l, const struct stanza *payload)
{
	enum stream_condition condition;
	struct str text;

	if (word_read_end(payload, &condition, &text) < 0) {
		condition = STREAM_UNDEFINED_CONDITION;
		text = STR_NONE;
	}
	l->ended = true;
	if (l->client)
		client_fail(l->client, condition, arena_str(payload->arena, text).p);
	else
		bond_free(l);
}

static void
on_word(struct bond *l, const struct frame *f, const struct stanza *payload)
{
	enum word word = word_of(payload);

	if (word == WORD_OPENED) {
		reopen_on_opened(l, f, payload);
		return;
	}
	if (word == WORD_REFUSED) {
		reopen_on_refused(l, payload);
		return;
	}
	if (!bond_owned_by(l, f->from)) {
		metric_add(&metric_stale, 1);
		return;
	}
	ack_take(l, f->ack);
	if (word == WORD_GONE)
		bond_lost(l, "its sm does not know it");
	else if (word == WORD_END)
		on_end(l, payload);
	else if (word == WORD_ACK)
		bond_close_if_done(l);
	else
		metric_add(&metric_unknown_words, 1);
}

static void
on_numbered(struct bond *l, const struct frame *f)
{
	if (!bond_owned_by(l, f->from)) {
		metric_add(&metric_stale, 1);
		return;
	}
	ack_take(l, f->ack);
	deliver_stanza(l, f);
}

void
bond_on_frame(struct bond *l, const struct frame *f)
{
	struct arena arena = {0};
	struct stanza payload;
	const char *why = NULL;

	if (f->seq > 0) {
		on_numbered(l, f);
		return;
	}
	if (stanza_parse(&payload, &arena, f->payload, &why) == 0)
		on_word(l, f, &payload);
	else
		log_warning(l->c2s->log, "a word that is no XML came from=%s why=%s", log_quote(f->from), why ? why : "?");
	arena_done(&arena);
}

/* One of ours came back: doc/protocol.md section 2 says why and what that means. */
void
bond_on_bounce(struct bond *l, const struct frame *f)
{
	bool asked = l->state == BOND_ASKED && f->host.p;

	if (!asked && !bond_owned_by(l, f->target)) {
		metric_add(&metric_stale, 1);
		return;
	}
	if (l->client && (str_is(f->reason, "too-big") || str_is(f->reason, "bad-address"))) {
		client_fail(l->client, STREAM_POLICY_VIOLATION, "a stanza is too large to be passed on");
		return;
	}
	if (str_is(f->reason, "overload"))
		l->delay = MAX(l->delay, (uint64_t)DELAY_OVERLOAD_MS);
	bond_lost(l, "a frame came back");
}
