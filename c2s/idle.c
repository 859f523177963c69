/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Silence. A client that says nothing for long is pinged (XEP-0199; RFC 6120
 * 4.6.4), and is taken for dead when neither an answer nor anything else comes;
 * one that has been silent for two seconds, or for longer than
 * IDLE_PARSERS_MAX others, gives back its parser. And the sweep: once a second,
 * over lists in which the oldest stand in front, whatever waits too long.
 */
#include "c2s/c2s.h"

#include "xmpp/out.h"

enum { SWEEP_MS = 1000, REST_MS = 2000 };

static void
rest(struct client *c)
{
	list_remove(&c->c2s->active, &c->active_node);
	c->rested = true;
	stream_rest(c->stream);
}

void
idle_heard(struct client *c)
{
	struct c2s *s = c->c2s;
	uint64_t now = loop_now(s->loop);

	if (!c->rested && c->heard == now)
		return;
	c->heard = now;
	if (!c->rested)
		list_remove(&s->active, &c->active_node);
	c->rested = false;
	list_append(&s->active, &c->active_node);
	if (s->active.len > IDLE_PARSERS_MAX) /* a broadcast that all answer would leave memory behind that nobody gets back */
		rest(list_entry(s->active.first, struct client, active_node));
}

/* --- pings --- */

static void
write_ping(struct client *c)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "iq", NULL);
	out_attrz(&o, "type", STR("get"));
	out_attrz(&o, "id", STR(IDLE_PING_ID));
	out_attrz(&o, "from", c->bond->jid.domain);
	out_attrz(&o, "to", c->bond->jid.full);
	out_leafz(&o, "ping", NS_PING, STR(""));
	out_done(&o);
	client_write(c, buf_str(&b));
	buf_done(&b);
}

static void
send_ping(struct client *c)
{
	if (c->bond->managed)
		manage_ask(c->bond); /* XEP-0198: it has to answer that, too, and it is no stanza */
	else
		write_ping(c);
	c->pinged = true;
	c->ping_at = loop_now(c->c2s->loop);
}

/* RFC 6120 13.7.2.3: who has shown a certificate is who it says, while it is good. */
static bool
is_outdated(const struct client *c)
{
	return strcmp(c->bond->mechanism, "EXTERNAL") == 0 && client_secure(c) && tls_peer_expired(io_ssl(c->io));
}

static void
look_again(struct client *c, uint64_t after)
{
	timer_start(c->c2s->loop, &c->timer, after, c->timer.cb);
}

/* The timer is not moved with each byte that comes: it looks how long ago that was, and goes on for the rest. */
void
idle_check(struct client *c)
{
	const struct settings *set = &c->c2s->set;
	uint64_t now = loop_now(c->c2s->loop);

	if (c->pauses) /* we do not listen: how could it be heard? */
		c->heard = now;
	if (c->pinged && c->heard >= c->ping_at)
		c->pinged = false;
	if (is_outdated(c)) {
		client_fail(c, STREAM_RESET, "the client's certificate has expired"); /* RFC 6120 4.9.3.16 */
	} else if (c->pinged) {
		client_fail(c, STREAM_CONNECTION_TIMEOUT, "no answer to a ping"); /* RFC 6120 4.9.3.4 */
	} else if (now - c->heard >= set->ping_after) {
		send_ping(c);
		look_again(c, set->ping_timeout);
	} else {
		look_again(c, set->ping_after - (now - c->heard));
	}
}

/* --- the sweep --- */

static void
rest_idle(struct c2s *s)
{
	uint64_t now = loop_now(s->loop);

	while (s->active.first) {
		struct client *c = list_entry(s->active.first, struct client, active_node);

		if (now - c->heard < REST_MS)
			return;
		rest(c);
	}
}

static void
on_sweep(struct timer *t)
{
	struct c2s *s = container_of(t, struct c2s, sweep);

	timer_start(s->loop, &s->sweep, SWEEP_MS, on_sweep);
	rest_idle(s);
	ask_sweep(s);
	ack_sweep(s);
	reopen_sweep(s);
	limits_sweep(&s->limits, loop_now(s->loop));
}

void
sweep_start(struct c2s *s)
{
	timer_start(s->loop, &s->sweep, SWEEP_MS, on_sweep);
}
