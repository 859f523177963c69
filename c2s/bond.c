/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a bond: made, given to an owner, lost and left; and what it
 * sends. When it asks for an owner is reopen.c's; what comes for the client is
 * deliver.c's; acknowledgements are ack.c's.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"
#include "common/intern.h"
#include "common/rand.h"

#include <stdlib.h>

enum { DELAY_FIRST_MS = 200, DELAY_MAX_MS = 5000, DELAY_OVERLOAD_MS = 1000 };

/* --- making, states --- */

void
bond_set_jid(struct bond *bond, struct str jid)
{
	free(bond->text);
	bond->text = str_dup(jid);
	jid_split(str_n(bond->text, jid.n), &bond->jid);
}

static void
set_wanted_jid(struct bond *bond, struct str user, struct str host, struct str resource)
{
	struct buf b = {0};

	buf_add(&b, user);
	buf_addc(&b, '@');
	buf_add(&b, host);
	if (resource.n > 0) {
		buf_addc(&b, '/');
		buf_add(&b, resource);
	}
	bond_set_jid(bond, buf_str(&b));
	buf_done(&b);
}

void
bond_new(struct client *c, struct str user, struct str host, struct str resource, const char *mechanism,
	 struct resume *resume)
{
	struct c2s *s = c->c2s;
	struct bond *bond = xcalloc(1, sizeof(*bond));
	struct buf address = {0};

	bond->c2s = s;
	bond->client = c;
	bond->resume = resume;
	c->bond = bond;
	rand_token(bond->sid, SID_LEN);
	bond->names.key = name_key(str_n(bond->sid, SID_LEN));
	set_wanted_jid(bond, user, host, resource);
	addr_print_host(&address, io_peer(c->io));
	bond->address = buf_take(&address);
	bond->mechanism = intern(str_z(mechanism));
	bond->secure = client_secure(c);
	bond->since = bond->at = loop_now(s->loop);
	bond->born = (uint64_t)loop_wall_us(s->loop);
	bond->state = BOND_WAITING;
	list_append(&s->bonds[BOND_WAITING], &bond->state_node);
	map_put(&s->sids, str_n(bond->sid, SID_LEN), bond);
	reopen_ask(bond);
}

void
bond_set_state(struct bond *bond, enum bond_state state)
{
	list_remove(&bond->c2s->bonds[bond->state], &bond->state_node);
	bond->state = state;
	bond->at = loop_now(bond->c2s->loop);
	list_append(&bond->c2s->bonds[state], &bond->state_node);
}

void
bond_free(struct bond *bond)
{
	struct c2s *s = bond->c2s;

	if (bond->client)
		bond->client->bond = NULL;
	bond_set_owner(bond, STR_NONE);
	ack_forget(bond);
	if (list_linked(&s->unacked, &bond->unacked_node))
		list_remove(&s->unacked, &bond->unacked_node);
	if (list_linked(&s->leaving, &bond->leave_node))
		list_remove(&s->leaving, &bond->leave_node);
	list_remove(&s->bonds[bond->state], &bond->state_node);
	map_take(&s->sids, str_n(bond->sid, SID_LEN));
	ring_done(&bond->ring);
	names_done(&bond->names);
	managed_free(bond);
	resume_free(&bond->resume);
	chunk_unref(&bond->presence);
	chunk_unref(&bond->keep);
	free(bond->text);
	free(bond->address);
	free(bond);
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
bond_set_owner(struct bond *bond, struct str name)
{
	struct owner *before = bond->owner;

	bond->owner = name.p ? owner_get(bond->c2s, name) : NULL;
	if (before)
		list_remove(&before->bonds, &bond->owner_node);
	if (bond->owner)
		list_append(&bond->owner->bonds, &bond->owner_node);
	if (before)
		owner_drop_if_idle(bond->c2s, before);
}

bool
bond_owned_by(const struct bond *bond, struct str name)
{
	return bond->state == BOND_OPEN && str_is(name, bond->owner->name);
}

static void
back_off(struct bond *bond)
{
	bond->at = loop_now(bond->c2s->loop) + bond->delay + rand_below(bond->delay / 4 + 1);
	bond->delay = bond->delay ? MIN(bond->delay * 2, (uint64_t)DELAY_MAX_MS) : (uint64_t)DELAY_FIRST_MS;
}

void
bond_lost(struct bond *bond, const char *why)
{
	if (bond->state == BOND_WAITING)
		return;
	if (!bond->known && !bond->client) { /* nobody waits for it any more */
		bond_free(bond);
		return;
	}
	if (bond->state == BOND_OPEN) {
		log_debug(bond->client ? &bond->client->log : bond->c2s->log, "session lost owner=%s why=%s",
			  bond->owner->name, why);
		metric_add(&metric_reopens, 1);
	}
	bond_set_owner(bond, STR_NONE);
	ack_forget(bond); /* the next <open/> tells */
	bond_set_state(bond, BOND_WAITING);
	back_off(bond);
	reopen_schedule(bond->c2s);
}

/* --- sending --- */

struct frame
bond_frame(struct bond *bond)
{
	bug_if(bond->state != BOND_OPEN);
	bond->told = ack_value(bond);
	return (struct frame){
		.kind = FRAME_ROUTE,
		.to = str_z(bond->owner->name),
		.sid = str_n(bond->sid, SID_LEN),
		.ack = bond->told,
	};
}

bool
bond_full(const struct bond *bond)
{
	const struct settings *set = &bond->c2s->set;

	return bond->ring.count >= set->unacked_max || bond->ring.bytes >= set->unacked_bytes;
}

struct buf *
bond_begin(struct bond *bond)
{
	struct c2s *s = bond->c2s;
	struct buf *b = &s->scratch;

	bond->sent++;
	if (bond->state == BOND_OPEN) {
		struct frame f = bond_frame(bond);

		f.seq = bond->sent;
		b = component_begin(s->bus, &f);
	} else {
		buf_clear(b);
	}
	bond->begun = b->n;
	s->begun = b;
	return b;
}

struct chunk *
bond_end(struct bond *bond)
{
	struct c2s *s = bond->c2s;
	struct chunk *kept = chunk_new(str_from(buf_str(s->begun), bond->begun));

	if (bond->state == BOND_OPEN)
		component_end(s->bus);
	else
		buf_done(&s->scratch);
	if (bond->ring.count == 0) {
		list_append(&s->unacked, &bond->unacked_node);
		if (bond->state == BOND_OPEN)
			bond->at = loop_now(s->loop);
		bond->timed = bond->sent;
		bond->timed_ns = uv_hrtime();
	}
	ring_push(&bond->ring, kept);
	return kept;
}

static void
repeat(struct bond *bond, unsigned i)
{
	struct frame f = bond_frame(bond);

	f.seq = bond->acked + 1 + i;
	f.payload = chunk_str(ring_at(&bond->ring, i));
	component_send(bond->c2s->bus, &f);
}

void
bond_repeat(struct bond *bond)
{
	for (unsigned i = 0; i < bond->ring.count; i++)
		repeat(bond, i);
}

void
bond_repeat_last(struct bond *bond)
{
	repeat(bond, bond->ring.count - 1);
}

/* --- the client leaves --- */

static void
send_close(struct bond *bond)
{
	struct frame f = bond_frame(bond);

	word_write_close(component_begin(bond->c2s->bus, &f), bond->leaving);
	component_end(bond->c2s->bus);
}

/* Its last stanzas are still being dealt with, and it may be back before they are. */
static void
send_closing(struct bond *bond)
{
	struct frame f = bond_frame(bond);

	word_write_closing(component_begin(bond->c2s->bus, &f));
	component_end(bond->c2s->bus);
}

/* It repeats itself what has not been dealt with, on whatever c2s it is then. */
static bool
may_come_back(const struct bond *bond)
{
	return bond_resumable(bond) && (strcmp(bond->leaving, "lost") == 0 || strcmp(bond->leaving, "shutdown") == 0);
}

/* Whether the sm can be told that the client has gone, because all that it said before has been dealt with. */
void
bond_close_if_done(struct bond *bond)
{
	if (!bond->leaving || bond->state != BOND_OPEN || (bond->ring.count > 0 && !may_come_back(bond)))
		return;
	send_close(bond);
	bond_free(bond);
}

void
bond_leave(struct bond *bond, const char *reason)
{
	struct c2s *s = bond->c2s;

	if (bond->state == BOND_OPEN)
		(void)ack_value(bond); /* the last look at what the client has got */
	bond->client->bond = NULL;
	bond->client = NULL;
	bond->leaving = reason;
	bond->since = loop_now(s->loop);
	list_append(&s->leaving, &bond->leave_node);
	ack_forget(bond);
	manage_forget(bond);
	if (bond->state == BOND_OPEN && bond->ring.count > 0 && strcmp(reason, "closed") == 0)
		send_closing(bond);
	if (bond->ended || (!bond->known && bond->state == BOND_WAITING))
		bond_free(bond);
	else
		bond_close_if_done(bond);
}

/* --- what comes --- */

static void
on_end(struct bond *bond, const struct stanza *payload)
{
	enum stream_condition condition;
	struct str text;

	if (word_read_end(payload, &condition, &text) < 0) {
		condition = STREAM_UNDEFINED_CONDITION;
		text = STR_NONE;
	}
	bond->ended = true;
	if (bond->client)
		client_fail(bond->client, condition, arena_str(payload->arena, text).p);
	else
		bond_free(bond);
}

static void
on_keep(struct bond *bond, const struct stanza *payload)
{
	struct str items;

	if (word_read_keep(payload, &items) < 0)
		return;
	chunk_unref(&bond->keep);
	bond->keep = chunk_new(items);
}

static void
on_word(struct bond *bond, const struct frame *f, const struct stanza *payload)
{
	enum word word = word_of(payload);

	if (word == WORD_OPENED) {
		reopen_on_opened(bond, f, payload);
		return;
	}
	if (word == WORD_REFUSED) {
		reopen_on_refused(bond, f, payload);
		return;
	}
	if (word == WORD_RESUMED) { /* the session goes to another client of ours */
		resume_on_resumed(bond->c2s, f, payload);
		return;
	}
	if (word == WORD_GONE && f->rid.n && reopen_is_answer(bond, f)) {
		bond_lost(bond, "the sm that was asked is no longer its own");
		return;
	}
	if (word == WORD_END && bond->managed && bond->state != BOND_OPEN) { /* resumed elsewhere, while it looked for its owner */
		on_end(bond, payload);
		return;
	}
	if (!bond_owned_by(bond, f->from)) {
		metric_add(&metric_stale, 1);
		return;
	}
	ack_take(bond, f->ack);
	if (word == WORD_GONE)
		bond_lost(bond, "its sm does not know it");
	else if (word == WORD_END)
		on_end(bond, payload);
	else if (word == WORD_ACK)
		bond_close_if_done(bond);
	else if (word == WORD_KEEP)
		on_keep(bond, payload);
	else
		metric_add(&metric_unknown_words, 1);
}

static void
on_numbered(struct bond *bond, const struct frame *f)
{
	if (!bond_owned_by(bond, f->from)) {
		metric_add(&metric_stale, 1);
		return;
	}
	ack_take(bond, f->ack);
	if (bond->client)
		deliver_stanza(bond, f);
	else
		bond_close_if_done(bond); /* an answer to its last words, perhaps, and the acknowledgement came with it */
}

void
bond_on_frame(struct bond *bond, const struct frame *f)
{
	struct arena arena = {0};
	struct stanza payload;
	const char *why = NULL;

	if (f->seq > 0) {
		on_numbered(bond, f);
		return;
	}
	if (stanza_parse(&payload, &arena, f->payload, &why) == 0)
		on_word(bond, f, &payload);
	else
		log_warning(bond->c2s->log, "a word that is no XML came from=%s why=%s", log_quote(f->from),
			    why ? why : "?");
	arena_done(&arena);
}

/* One of ours came back: doc/protocol.md section 2 says why and what that means. */
void
bond_on_bounce(struct bond *bond, const struct frame *f)
{
	bool asked = bond->state == BOND_ASKED && f->host.p;

	if (!asked && !bond_owned_by(bond, f->target)) {
		metric_add(&metric_stale, 1);
		return;
	}
	if (bond->client && (str_is(f->reason, "too-big") || str_is(f->reason, "bad-address"))) {
		client_fail(bond->client, STREAM_POLICY_VIOLATION, "a stanza is too large to be passed on");
		return;
	}
	if (str_is(f->reason, "overload"))
		bond->delay = MAX(bond->delay, (uint64_t)DELAY_OVERLOAD_MS);
	bond_lost(bond, "a frame came back");
}
