/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leaving in good order: nobody new is taken, and the clients are told to go
 * elsewhere, a few at a time, so that they do not all come to the next c2s in
 * the same moment. Then the bonds finish, and the bus is left.
 */
#include "c2s/c2s.h"

#include "c2s/listener.h"

enum { TICK_MS = 50, LAST_WORDS_MS = 8000, GOODBYE_MS = 2000, DUE_ONE = 65536 };

static void
on_left(struct component *bus)
{
	struct c2s *s = component_owner(bus);

	if (s->daemon)
		daemon_drained(s->daemon);
}

static void
close_some(struct c2s *s, size_t count)
{
	for (unsigned state = 0; state < CLIENT_CLOSING; state++) {
		list_each(&s->clients[state], struct client, c, state_node) {
			if (count-- == 0)
				return;
			if (c->bond && bond_resumable(c->bond))
				client_let_go(c);
			else
				client_fail(c, STREAM_SYSTEM_SHUTDOWN, "this server is being restarted"); /* RFC 6120 4.9.3.20 */
		}
	}
}

/* How many go in this tick, so that the last goes when drain_time is over; few clients are not one a tick, but one now and then. */
static size_t
share(struct c2s *s)
{
	uint64_t now = loop_now(s->loop);
	uint64_t left = s->drain_deadline > now ? s->drain_deadline - now : 0;
	size_t open = c2s_client_count(s) - s->clients[CLIENT_CLOSING].len, whole;

	if (left <= TICK_MS)
		return open;
	s->drain_due += (uint64_t)open * TICK_MS * DUE_ONE / left;
	whole = (size_t)(s->drain_due / DUE_ONE);
	s->drain_due %= DUE_ONE;
	return whole;
}

static bool
is_empty(const struct c2s *s)
{
	return c2s_client_count(s) == 0 && s->sids.len == 0;
}

static void
on_tick(struct timer *t)
{
	struct c2s *s = container_of(t, struct c2s, drain_timer);

	close_some(s, share(s));
	if (!is_empty(s) && loop_now(s->loop) < s->drain_deadline + LAST_WORDS_MS) {
		timer_start(s->loop, &s->drain_timer, TICK_MS, on_tick);
		return;
	}
	log_info(s->log, "drained clients=%zu sessions=%zu", c2s_client_count(s), s->sids.len);
	component_leave(s->bus, on_left);
}

uint64_t
drain_start(struct c2s *s)
{
	uint64_t all = s->set.drain_time + LAST_WORDS_MS + GOODBYE_MS;

	if (s->draining)
		return all;
	s->draining = true;
	log_info(s->log, "draining clients=%zu", c2s_client_count(s));
	listeners_close(s);
	component_draining(s->bus);
	s->drain_deadline = loop_now(s->loop) + s->set.drain_time;
	timer_start(s->loop, &s->drain_timer, 0, on_tick);
	return all;
}
