/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Acknowledgements, both ways (doc/protocol.md section 4). To the sm: what the
 * client's socket has taken, on the next frame or, when there is none, in a
 * frame of its own after at most 100 ms or 64 stanzas; one timer for all. From
 * the sm: what it has dealt with need not be kept any more.
 *
 * How far the socket has come is known in bytes. One mark at a time is enough:
 * when the bytes up to it are out, its number is flushed, and the next mark
 * stands behind everything written until then.
 */
#include "c2s/c2s.h"

enum { ACK_MS = 100, ACK_STANZAS = 64, ANSWER_MS = 5000 };

/* --- to the sm --- */

static void
set_mark(struct bond *l)
{
	l->mark = l->received;
	l->mark_bytes = io_queued_total(l->client->io);
}

uint64_t
ack_value(struct bond *l)
{
	uint64_t out;

	if (!l->client || !l->client->io)
		return l->flushed;
	out = io_flushed_total(l->client->io);
	if (out >= l->mark_bytes)
		l->flushed = l->mark;
	if (l->flushed == l->mark && l->received > l->mark) {
		set_mark(l);
		if (out >= l->mark_bytes)
			l->flushed = l->mark;
	}
	return l->flushed;
}

static void
send_ack(struct bond *l)
{
	struct frame f = bond_frame(l);

	word_write_ack(component_begin(l->c2s->bus, &f));
	component_end(l->c2s->bus);
}

static void on_timer(struct timer *t);

static void
schedule(struct c2s *s)
{
	if (s->acks.len > 0 && !timer_running(&s->ack_timer))
		timer_start(s->loop, &s->ack_timer, ACK_MS, on_timer);
}

/* Who does not read yet stays in the list, and is looked at again. */
static void
pass(struct c2s *s)
{
	list_each(&s->acks, struct bond, l, ack_node) {
		if (ack_value(l) > l->told)
			send_ack(l);
		if (l->told == l->received)
			list_remove(&s->acks, &l->ack_node);
	}
	schedule(s);
}

static void
on_timer(struct timer *t)
{
	pass(container_of(t, struct c2s, ack_timer));
}

/* At the end of a turn the sockets have been written to. */
static void
on_task(struct task *t)
{
	pass(container_of(t, struct c2s, ack_task));
}

void
ack_owe(struct bond *l)
{
	struct c2s *s = l->c2s;

	if (l->flushed == l->mark && l->received > l->mark)
		set_mark(l);
	if (!list_linked(&s->acks, &l->ack_node))
		list_append(&s->acks, &l->ack_node);
	if (l->received - l->told >= ACK_STANZAS)
		loop_defer(s->loop, &s->ack_task, on_task);
	schedule(s);
}

void
ack_again(struct bond *l)
{
	l->told = 0;
	ack_owe(l);
}

void
ack_forget(struct bond *l)
{
	if (list_linked(&l->c2s->acks, &l->ack_node))
		list_remove(&l->c2s->acks, &l->ack_node);
}

/* --- from the sm --- */

static void
progress(struct bond *l)
{
	struct c2s *s = l->c2s;

	l->at = loop_now(s->loop);
	l->delay = 0; /* it is really there */
	list_remove(&s->unacked, &l->unacked_node);
	if (l->ring.count > 0)
		list_append(&s->unacked, &l->unacked_node);
}

/* Half empty is soon enough: the client should not start and stop for each stanza. */
static void
let_client_go_on(struct bond *l)
{
	const struct settings *set = &l->c2s->set;

	if (l->client && l->ring.count <= set->unacked_max / 2 && l->ring.bytes <= set->unacked_bytes / 2)
		client_resume(l->client, PAUSE_RING);
}

void
ack_take(struct bond *l, uint64_t ack)
{
	if (ack > l->sent) {
		log_warning(l->c2s->log, "sm acknowledges what it was never sent name=%s ack=%llu sent=%llu", l->owner->name,
			    (unsigned long long)ack, (unsigned long long)l->sent);
		ack = l->sent;
	}
	if (ack <= l->acked || l->ring.count == 0)
		return;
	ring_drop(&l->ring, (unsigned)(ack - l->acked));
	l->acked = ack;
	progress(l);
	let_client_go_on(l);
}

/* Each second. The last frame of all may be the one that was lost: repeating it is a question. */
void
ack_sweep(struct c2s *s)
{
	uint64_t now = loop_now(s->loop);

	list_each(&s->unacked, struct bond, l, unacked_node) {
		if (l->state != BOND_OPEN)
			continue;
		if (now - l->at < ANSWER_MS)
			return; /* those behind it have waited less long */
		bond_repeat_last(l);
		l->at = now;
		list_remove(&s->unacked, &l->unacked_node);
		list_append(&s->unacked, &l->unacked_node);
	}
}
