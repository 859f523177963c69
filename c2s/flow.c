/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading from a client, or not. Each reason to wait is a bit; it is read from
 * again when none is left. Some reasons concern only what is still in the
 * kernel, others also the stanzas that were read with the one that gave the
 * reason: then the stream holds them (PAUSE_HOLDS).
 */
#include "c2s/c2s.h"

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
