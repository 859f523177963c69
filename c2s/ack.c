/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Acknowledgements, both ways (doc/protocol.md section 4). To the sm: what the
 * client's socket has taken, on the next frame or, when there is none, in a
 * frame of its own after at most 10 ms or 64 stanzas: soon enough for most
 * messages never to be written to the log. One timer for all, which turns more
 * slowly while only clients that do not read are left. From the sm: what it has
 * dealt with need not be kept any more.
 *
 * How far the socket has come is known in bytes. One mark at a time is enough:
 * when the bytes up to it are out, its number is flushed, and the next mark
 * stands behind the last stanza that was written until then.
 */
#include "c2s/c2s.h"
#include "c2s/metrics.h"

enum { ACK_MS = 10, ACK_MS_MAX = 200, ACK_STANZAS = 64, ANSWER_MS = 5000 };

/* --- to the sm --- */

static void
set_mark(struct bond *bond)
{
	bond->mark = bond->received;
	bond->mark_bytes = bond->received_bytes;
}

uint64_t
ack_value(struct bond *bond)
{
	uint64_t out;

	if (bond->managed || !bond->client || !bond->client->io) /* XEP-0198: only what the client acknowledges counts */
		return bond->flushed;
	out = io_flushed_total(bond->client->io);
	if (out >= bond->mark_bytes)
		bond->flushed = bond->mark;
	if (bond->flushed == bond->mark && bond->received > bond->mark) {
		set_mark(bond);
		if (out >= bond->mark_bytes)
			bond->flushed = bond->mark;
	}
	return bond->flushed;
}

static void
send_ack(struct bond *bond)
{
	struct frame f = bond_frame(bond);

	word_write_ack(component_begin(bond->c2s->bus, &f));
	component_end(bond->c2s->bus);
}

static void on_timer(struct timer *t);

static void
schedule(struct c2s *s)
{
	if (s->acks.len > 0 && !timer_running(&s->ack_timer))
		timer_start(s->loop, &s->ack_timer, s->ack_delay, on_timer);
}

/* Who does not read yet stays in the list, and is looked at again. */
static void
pass(struct c2s *s)
{
	s->ack_delay = MIN(2 * s->ack_delay, (uint64_t)ACK_MS_MAX);
	list_each(&s->acks, struct bond, bond, ack_node) {
		if (ack_value(bond) > bond->told) {
			send_ack(bond);
			s->ack_delay = ACK_MS;
		}
		if (bond->told == bond->received || bond->managed) /* manage.c says when there is more */
			list_remove(&s->acks, &bond->ack_node);
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
ack_owe(struct bond *bond)
{
	struct c2s *s = bond->c2s;

	if (!bond->managed && bond->flushed == bond->mark && bond->received > bond->mark)
		set_mark(bond);
	if (!list_linked(&s->acks, &bond->ack_node)) {
		list_append(&s->acks, &bond->ack_node);
		if (s->ack_delay > ACK_MS)
			timer_stop(&s->ack_timer);
		s->ack_delay = ACK_MS;
	}
	if (bond->received - bond->told >= ACK_STANZAS)
		loop_defer(s->loop, &s->ack_task, on_task);
	schedule(s);
}

void
ack_written(struct bond *bond)
{
	bond->received_bytes = io_queued_total(bond->client->io);
	ack_owe(bond);
}

void
ack_now(struct bond *bond)
{
	send_ack(bond);
}

void
ack_again(struct bond *bond)
{
	bond->told = 0;
	ack_owe(bond);
}

void
ack_forget(struct bond *bond)
{
	if (list_linked(&bond->c2s->acks, &bond->ack_node))
		list_remove(&bond->c2s->acks, &bond->ack_node);
}

/* --- from the sm --- */

static void
progress(struct bond *bond)
{
	struct c2s *s = bond->c2s;

	bond->at = loop_now(s->loop);
	bond->delay = 0; /* it is really there */
	list_remove(&s->unacked, &bond->unacked_node);
	if (bond->ring.count > 0)
		list_append(&s->unacked, &bond->unacked_node);
}

/* Half empty is soon enough: the client should not start and stop for each stanza. */
static void
let_client_go_on(struct bond *bond)
{
	const struct settings *set = &bond->c2s->set;

	if (bond->client && bond->ring.count <= set->unacked_max / 2 &&
	    bond->ring.bytes <= set->unacked_bytes / 2)
		client_resume(bond->client, PAUSE_RING);
}

void
ack_take(struct bond *bond, uint64_t ack)
{
	if (ack > bond->sent) {
		log_warning(bond->c2s->log,
			    "sm acknowledges what it was never sent name=%s ack=%llu sent=%llu",
			    bond->owner->name, (unsigned long long)ack, (unsigned long long)bond->sent);
		ack = bond->sent;
	}
	if (ack <= bond->acked || bond->ring.count == 0)
		return;
	ring_drop(&bond->ring, (unsigned)(ack - bond->acked));
	bond->acked = ack;
	if (bond->timed && bond->timed <= ack) {
		metric_stanza_time((uv_hrtime() - bond->timed_ns) / 1000);
		bond->timed = 0;
	}
	progress(bond);
	if (bond->managed)
		manage_progress(bond);
	let_client_go_on(bond);
}

/* Each second. The last frame of all may be the one that was lost: repeating it is a question. */
void
ack_sweep(struct c2s *s)
{
	uint64_t now = loop_now(s->loop);

	list_each(&s->unacked, struct bond, bond, unacked_node) {
		if (bond->state != BOND_OPEN)
			continue;
		if (now - bond->at < ANSWER_MS)
			return; /* those behind it have waited less long */
		bond_repeat_last(bond);
		bond->at = now;
		list_remove(&s->unacked, &bond->unacked_node);
		list_append(&s->unacked, &bond->unacked_node);
	}
}
