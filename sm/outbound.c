/* SPDX-License-Identifier: Apache-2.0 */
/* The list of what a client has not acknowledged (sm/outbound.h). */
#include "sm/outbound.h"

#include "common/metric.h"
#include "sm/away.h"
#include "sm/event.h"
#include "sm/had.h"
#include "sm/keep.h"
#include "sm/limits.h"
#include "sm/manage.h"
#include "sm/offline.h"
#include "sm/resend.h"
#include "sm/sm.h"

#include <stdlib.h>

enum {
	PROBE_MS = 5000,
	PACED_STANZAS = 200, /* on their way at once, of what can be paced: c2s acknowledges each 64; */
	PACED_BYTES = 256 * 1024, /* and it queues only so much for a slow client */
};

static struct metric repeated = {
	.name = "xmpp_session_repeats_total", .help = "Stanzas sent to c2s again.", .kind = METRIC_COUNTER};

static struct metric depth = {
	.name = "xmpp_queue_depth", .labels = "queue=\"unacked\"", .kind = METRIC_GAUGE,
	.help = "Stanzas that wait. unacked: for the other end of a session to have dealt with them.",
};

struct sent { /* a stanza that c2s has not acknowledged */
	struct list_node node;
	uint64_t seq;
	uint64_t at;         /* as which stanza the client counts it; 0: none of those that it counts */
	bool had;            /* that was at a former owner */
	struct chunk *bytes;
	struct entry *entry; /* of the log; may be null */
};

static void
sent_transmit(struct sm_session *s, const struct sent *t)
{
	struct frame f = {
		.kind = FRAME_ROUTE,
		.to = str_z(s->c2s),
		.sid = str_z(s->sid),
		.seq = t->seq,
		.ack = s->in.done,
		.rid = t->entry && t->entry->rid[0] ? str_z(t->entry->rid) : STR_NONE,
		.payload = chunk_str(t->bytes),
	};

	if (session_away(s))
		return;
	session_ack_told(s);
	component_send(s->sm->bus, &f);
}

static size_t
sent_size(const struct sent *t)
{
	return sizeof(*t) + sizeof(*t->bytes) + t->bytes->n;
}

static void
on_probe(struct timer *t)
{
	struct sm_session *s = container_of(t, struct sm_session, probe);

	if (!s->unacked.len)
		return;
	metric_add(&repeated, 1);
	sent_transmit(s, list_entry(s->unacked.last, struct sent, node));
	timer_start(s->sm->loop, &s->probe, PROBE_MS, on_probe);
}

static void
probe_start(struct sm_session *s)
{
	if (s->unacked.len && !timer_running(&s->probe) && !session_away(s))
		timer_start(s->sm->loop, &s->probe, PROBE_MS, on_probe);
}

/* As which stanza the client counts what it is sent now. */
static void
count_in(struct sm_session *s, struct sent *t)
{
	t->had = had_find(s, t->entry, &t->at);
	if (!t->had)
		t->at = s->manage ? ++s->manage->count : 0;
}

static struct sent *
sent_new(struct sm_session *s, struct chunk *c, struct entry *entry)
{
	struct sent *t = xcalloc(1, sizeof(*t));

	t->seq = ++s->out_seq;
	t->bytes = chunk_ref(c);
	t->entry = entry;
	if (entry)
		s->given = MAX(s->given, entry->id);
	if (entry && session_away(s))
		entry_park(entry);
	list_append(&s->unacked, &t->node);
	metric_add(&depth, 1);
	s->unacked_bytes += sent_size(t);
	return t;
}

void
outbound_restore(struct sm_session *s, uint64_t at, struct chunk *c, struct entry *entry)
{
	if (entry)
		entry_sent(entry);
	sent_new(s, c, entry)->at = at;
}

/* The client has acknowledged it at a former owner, or has come back with it. */
static bool
is_the_clients(const struct sm_session *s, const struct entry *entry)
{
	uint64_t place;

	return had_find(s, entry, &place) && place <= s->manage->acked;
}

/* The log hears of it later: whoever sends may be in the middle of its entries. */
static void
take_for_delivered(struct sm_session *s, struct entry *entry)
{
	s->given = MAX(s->given, entry->id);
	entry_delivered(entry);
	away_added(s);
	mailbox_settle_soon(s->user);
}

void
session_send_chunk(struct sm_session *s, struct chunk *c, struct entry *entry)
{
	struct sent *t;

	if (s->ending) {
		if (entry)
			entry_returned(entry);
		return;
	}
	if (is_the_clients(s, entry)) {
		take_for_delivered(s, entry);
		return;
	}
	t = sent_new(s, c, entry);
	count_in(s, t);
	sent_transmit(s, t);
	probe_start(s);
	away_added(s);
	if (s->unacked.len <= s->sm->set.unacked_stanzas && s->unacked_bytes <= s->sm->set.unacked_bytes)
		return;
	sm_limit_hit(SM_LIMIT_UNACKED);
	session_end(s, STREAM_RESOURCE_CONSTRAINT, "Too much is waiting for the client");
}

void
session_send(struct sm_session *session, struct str canonical)
{
	struct chunk *c = chunk_new(canonical);

	session_send_chunk(session, c, NULL);
	chunk_unref(&c);
}

void
session_send_in_order(struct sm_session *s, struct str canonical)
{
	struct chunk *c = chunk_new(canonical);

	if (flush_holds(s) && !s->ending)
		flush_wait(s, c, NULL);
	else
		session_send_chunk(s, c, NULL);
	chunk_unref(&c);
}

bool
session_has_room(const struct sm_session *s)
{
	const struct settings *set = &s->sm->set;

	return s->unacked.len < MIN(set->unacked_stanzas / 2, (size_t)PACED_STANZAS) &&
	       s->unacked_bytes < MIN(set->unacked_bytes / 2, (size_t)PACED_BYTES);
}

void
session_repeat(struct sm_session *s)
{
	metric_add(&repeated, (int64_t)s->unacked.len);
	keep_tell(s);
	list_each(&s->unacked, struct sent, t, node)
		sent_transmit(s, t);
	probe_start(s);
}

void
session_renumber(struct sm_session *s, uint64_t in, uint64_t out)
{
	s->serial = ++s->sm->serial; /* what is at work for the old numbers finds nobody */
	ack_start(&s->in, in);
	s->ack_sent = in;
	s->gap = false;
	s->out_seq = out;
	list_each(&s->unacked, struct sent, t, node) {
		t->seq = ++s->out_seq;
		count_in(s, t);
	}
}

static struct sent *
unacked_shift(struct sm_session *s)
{
	struct sent *t = list_entry(list_shift(&s->unacked), struct sent, node);

	s->unacked_bytes -= sent_size(t);
	return t;
}

static void
sent_free(struct sent *t)
{
	metric_add(&depth, -1);
	chunk_unref(&t->bytes);
	free(t);
}

void
session_acked(struct sm_session *s, uint64_t number)
{
	bool any = false;

	if (number > s->out_seq) {
		log_warning(&s->log, "c2s acknowledges what was not sent ack=%llu sent=%llu", (unsigned long long)number,
			    (unsigned long long)s->out_seq);
		return;
	}
	while (s->unacked.len && list_entry(s->unacked.first, struct sent, node)->seq <= number) {
		struct sent *t = unacked_shift(s);

		had_add(s, t->entry, t->at);
		if (t->entry)
			entry_delivered(t->entry);
		sent_free(t);
		any = true;
	}
	if (!any)
		return;
	if (s->unacked.len)
		timer_start(s->sm->loop, &s->probe, PROBE_MS, on_probe);
	else
		timer_stop(&s->probe);
	mailbox_settle_soon(s->user);
	flush_go_on(s);
	event_tell(session_room, s->sm, (&(struct ev_session){s}));
}

/* ---- the client's own count (XEP-0198) ---- */

void
outbound_count(struct sm_session *s, uint64_t out)
{
	uint64_t acked = s->out_seq - s->unacked.len; /* <enable/> may have been lost, and what was said behind it not */

	s->manage->count = MAX(acked, out) - out;
	list_each(&s->unacked, struct sent, t, node)
		t->at = t->seq <= out ? 0 : ++s->manage->count;
}

void
outbound_had(struct sm_session *s, uint64_t seq, uint64_t count)
{
	bool behind = false;

	if (!s->manage)
		return;
	list_each(&s->unacked, struct sent, t, node) {
		if (behind && t->at && !t->had)
			t->at--;
		if (t->seq != seq)
			continue;
		behind = !t->had; /* or it has been said before, in <open/> or so */
		t->at = count;
		t->had = true;
	}
	if (behind)
		s->manage->count--;
}

/* Lowest count of which the client can be: it has said so, or has it from before. */
static uint64_t
known_count(const struct sm_session *s)
{
	uint64_t known = MIN(s->manage->count, s->manage->acked);

	list_each(&s->unacked, struct sent, t, node)
		if (t->at)
			known = MIN(known, t->at - 1);
	return known;
}

void
outbound_park(struct sm_session *s, bool away)
{
	list_each(&s->unacked, struct sent, t, node) {
		if (t->entry && away)
			entry_park(t->entry);
		else if (t->entry)
			entry_unpark(t->entry);
	}
}

static void
client_has(struct sm_session *s, struct sent *t)
{
	list_remove(&s->unacked, &t->node);
	s->unacked_bytes -= sent_size(t);
	had_add(s, t->entry, t->at);
	if (t->entry && session_away(s))
		entry_unpark(t->entry);
	if (t->entry)
		entry_delivered(t->entry);
	sent_free(t);
}

static uint64_t
full_count(const struct sm_session *s, uint64_t h)
{
	uint64_t known = known_count(s);

	return known + (uint32_t)((uint32_t)h - (uint32_t)known);
}

bool
outbound_covers(const struct sm_session *s, uint64_t h)
{
	return full_count(s, h) <= s->manage->count;
}

void
outbound_resume(struct sm_session *s, uint64_t h)
{
	struct manage *m = s->manage;
	uint64_t count = full_count(s, h);

	m->lacks |= count < m->brought;
	m->brought = 0;
	had_cut(m, count);
	list_each(&s->unacked, struct sent, t, node)
		if (t->at <= count)
			client_has(s, t);
	m->count = count;
	m->acked = UINT64_MAX;
	list_each(&s->unacked, struct sent, t, node) {
		t->seq = ++s->out_seq;
		t->at = ++m->count;
		t->had = false;
	}
}

int64_t
outbound_drop_restored(struct sm_session *s, bool all)
{
	int64_t oldest = INT64_MAX;

	list_each(&s->unacked, struct sent, t, node) {
		if (t->entry && t->entry->old && !all)
			continue;
		if (t->entry)
			oldest = MIN(oldest, t->entry->id);
		list_remove(&s->unacked, &t->node);
		s->unacked_bytes -= sent_size(t);
		if (t->entry) {
			entry_unpark(t->entry);
			entry_returned(t->entry);
		}
		sent_free(t);
	}
	return oldest;
}

static void
stand_in(struct sent *t, struct entry *entry)
{
	entry_unpark(t->entry);
	entry_delivered(t->entry);
	t->entry = entry;
	entry_sent(entry);
	entry_park(entry);
}

bool
outbound_has(struct sm_session *s, struct entry *entry)
{
	list_each(&s->unacked, struct sent, t, node) {
		if (t->entry == entry)
			return true;
		if (t->entry && resend_same(str_z(t->entry->rid), str_z(entry->rid))) {
			stand_in(t, entry);
			return true;
		}
	}
	return false;
}

void
outbound_each(const struct sm_session *s, uint64_t after,
	      void (*each)(void *arg, uint64_t at, struct str stanza, const struct entry *entry), void *arg)
{
	list_each(&s->unacked, struct sent, t, node)
		if (t->seq > after)
			each(arg, t->at, chunk_str(t->bytes), t->entry);
}

void
outbound_return(struct sm_session *s, bool answer)
{
	if (session_away(s))
		outbound_park(s, false);
	while (s->unacked.len) {
		struct sent *t = unacked_shift(s);

		if (t->entry)
			entry_returned(t->entry);
		else if (answer)
			session_missed(s->sm, chunk_str(t->bytes));
		sent_free(t);
	}
}
