/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading from a client, or not. Each reason to wait is a bit; it is read from
 * again when none is left. Some reasons concern only what is still in the
 * kernel, others also the stanzas that were read with the one that gave the
 * reason: then the stream holds them (PAUSE_HOLDS).
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"

void
client_pause(struct client *c, enum client_pause why)
{
	if (client_over(c))
		return;
	if ((why & PAUSE_HOLDS) && !(c->pauses & PAUSE_HOLDS))
		stream_hold(c->stream);
	if (why == PAUSE_BUS && !(c->pauses & PAUSE_BUS))
		list_append(&c->c2s->paused, &c->paused_node);
	c->pauses |= why;
	io_pause(c->io);
}

void
client_resume(struct client *c, enum client_pause why)
{
	if (client_over(c) || !(c->pauses & why))
		return;
	c->pauses &= (uint8_t)~why;
	if ((why & PAUSE_HOLDS) && !(c->pauses & PAUSE_HOLDS))
		client_go(c); /* and then reads on */
	else if (!c->pauses)
		io_resume(c->io);
}

static void
on_pace(struct timer *t)
{
	client_resume(container_of(t, struct client, pace), PAUSE_RATE);
}

/* What has been read is handled, whatever it costs; nothing more is read before the debt is paid. */
void
flow_charge(struct client *c, struct limit *limit, uint64_t units, struct metric *metric)
{
	uint64_t now = loop_now(c->c2s->loop), wait = limit_charge(limit, units, now);

	if (wait == 0 || client_over(c))
		return;
	metric_add(metric, 1);
	if ((c->pauses & PAUSE_RATE) && c->pace.due >= now + wait)
		return; /* it waits that long already, for another reason */
	client_pause(c, PAUSE_RATE);
	timer_start(c->c2s->loop, &c->pace, wait, on_pace);
}

void
flow_check_ring(struct client *c)
{
	if (!bond_full(c->bond))
		return;
	metric_add(&metric_limit_ring, 1);
	client_pause(c, PAUSE_RING);
}

void
flow_check_out(struct client *c)
{
	if (client_over(c) || io_queued(c->io) <= c->c2s->set.out_queue_max)
		return;
	/* RFC 6120 4.9.3.17: there is no room for what it does not take. The sm keeps what it did not acknowledge. */
	metric_add(&metric_limit_out_queue, 1);
	client_fail(c, STREAM_RESOURCE_CONSTRAINT, "the client does not read what it is sent"); /* its bond may be gone now */
}

/*
 * The bus takes no more, or does again. Only who sends something finds out: a
 * client is paused when its next bytes come (client.c), so that the many idle
 * ones cost nothing.
 */
void
flow_pressure(struct c2s *s, bool high)
{
	struct list_node *n;

	s->pressed = high;
	if (high)
		return;
	while ((n = list_shift(&s->paused)))
		client_resume(list_entry(n, struct client, paused_node), PAUSE_BUS);
}
