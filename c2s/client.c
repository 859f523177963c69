/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a client: made, moved through its states, ended. The events of
 * its io and its stream come in here and are handed on; what they mean is for
 * header.c, element.c and the files behind it.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"

#include <stdlib.h>

enum {
	SOON_RESTART = 1,
	SOON_GO = 2,
	FINISH_MS = 5000, /* for our last words to get out */
};

const char *
client_state_name(enum client_state state)
{
	static const char *const names[CLIENT_STATE_COUNT] = {
		[CLIENT_PLAIN] = "plain",
		[CLIENT_HANDSHAKE] = "handshake",
		[CLIENT_SECURE] = "secure",
		[CLIENT_AUTH] = "auth",
		[CLIENT_AUTHENTICATED] = "authenticated",
		[CLIENT_BINDING] = "binding",
		[CLIENT_BOUND] = "bound",
		[CLIENT_CLOSING] = "closing",
	};

	return names[state];
}

static void
print_context(const struct log_ctx *ctx, struct buf *out)
{
	const struct client *c = container_of(ctx, const struct client, log);

	buf_addf(out, "client=%llu address=", (unsigned long long)c->number);
	if (c->io)
		addr_print_host(out, io_peer(c->io));
	if (c->bond && c->bond->jid.full.p)
		buf_addf(out, " jid=%s", log_quote(c->bond->jid.full));
	else if (c->login && c->login->user.p)
		buf_addf(out, " jid=%s@%s", log_quote(c->login->user), c->login->host);
}

bool
client_over(const struct client *c)
{
	return c->state == CLIENT_CLOSING;
}

bool
client_secure(const struct client *c)
{
	return io_ssl(c->io) != NULL;
}

struct str
client_host(const struct client *c)
{
	if (c->login)
		return str_z(c->login->host);
	return c->bond ? c->bond->jid.domain : STR_NONE;
}

/* --- states --- */

static void
on_timer(struct timer *t)
{
	struct client *c = container_of(t, struct client, timer);

	switch (c->state) {
	case CLIENT_BOUND:
		idle_check(c);
		return;
	case CLIENT_HANDSHAKE:
		metric_add(&metric_limit_handshake, 1);
		client_drop(c, "error", "the TLS handshake took too long");
		return;
	default:
		metric_add(&metric_limit_time, 1);
		client_fail(c, STREAM_CONNECTION_TIMEOUT, "login took too long"); /* RFC 6120 4.9.3.4 */
	}
}

static void
arm_timer(struct client *c)
{
	const struct settings *set = &c->c2s->set;
	uint64_t now = loop_now(c->c2s->loop);
	uint64_t left;

	if (c->state == CLIENT_CLOSING) {
		timer_stop(&c->timer); /* io_finish has its own */
		return;
	}
	if (c->state == CLIENT_BOUND) {
		timer_start(c->c2s->loop, &c->timer, set->ping_after, on_timer);
		return;
	}
	/* One deadline for the login as a whole: reading drop by drop gains nothing. */
	left = c->login->deadline > now ? c->login->deadline - now : 0;
	if (c->state == CLIENT_HANDSHAKE)
		left = MIN(left, set->handshake_timeout);
	timer_start(c->c2s->loop, &c->timer, left, on_timer);
}

static bool
is_stranger(enum client_state state)
{
	return state < CLIENT_AUTHENTICATED;
}

void
client_set_state(struct client *c, enum client_state state)
{
	struct c2s *s = c->c2s;

	bug_if(c->state == CLIENT_CLOSING);
	log_debug(&c->log, "%s -> %s", client_state_name(c->state), client_state_name(state));
	if (is_stranger(c->state) && !is_stranger(state))
		limits_authenticated(&s->limits, c->address); /* or it closes, and uses up no more than a place */
	list_remove(&s->clients[c->state], &c->state_node);
	c->state = state;
	list_append(&s->clients[state], &c->state_node);
	arm_timer(c);
}

/* --- the end --- */

static void
release(void *p)
{
	struct client *c = p;

	stream_free(&c->stream);
	if (c->login)
		arena_done(&c->login->arena);
	free(c->login);
	free(c);
}

/* Out of all lists, and no event comes any more; the memory goes when no callback can be on the stack. */
static void
client_free(struct client *c)
{
	struct c2s *s = c->c2s;

	list_remove(&s->clients[c->state], &c->state_node);
	timer_stop(&c->timer);
	timer_stop(&c->pace);
	task_cancel(&c->task);
	if (list_linked(&s->active, &c->active_node))
		list_remove(&s->active, &c->active_node);
	if (list_linked(&s->paused, &c->paused_node))
		list_remove(&s->paused, &c->paused_node);
	limits_leave(&s->limits, c->address, true, loop_now(s->loop));
	io_free(&c->io);
	loop_park(s->loop, c, release);
}

/* Strangers come as fast as they like; their lines do not. */
static bool
may_log(struct client *c, uint64_t *held_r)
{
	struct c2s *s = c->c2s;

	*held_r = 0;
	if (!is_stranger(c->state))
		return true;
	if (!limit_take(&s->stranger_lines, 1, loop_now(s->loop))) {
		s->stranger_lines_held++;
		return false;
	}
	*held_r = s->stranger_lines_held;
	s->stranger_lines_held = 0;
	return true;
}

static void
log_closed(struct client *c, const char *reason, const char *why)
{
	uint64_t ms = loop_now(c->c2s->loop) - c->since, held;

	if (!may_log(c, &held))
		return;
	if (held)
		log_info(c->c2s->log, "more strangers were closed than lines are written for count=%llu",
			 (unsigned long long)held);
	log_info(&c->log, "closed reason=%s%s%s bytes-in=%llu bytes-out=%llu seconds=%llu.%llu", reason,
		 why ? " why=" : "", why ? log_quote(str_z(why)) : "", (unsigned long long)c->bytes_in,
		 (unsigned long long)io_flushed_total(c->io), (unsigned long long)(ms / 1000),
		 (unsigned long long)(ms % 1000 / 100));
}

/* Everything that is not the socket: nothing more is taken from it or written for it. */
static void
wind_up(struct client *c, const char *reason, const char *why)
{
	log_closed(c, reason, why);
	auth_gone(c);
	client_set_state(c, CLIENT_CLOSING);
	timer_stop(&c->pace);
	task_cancel(&c->task);
	if (c->bond)
		bond_leave(c->bond, reason);
}

void
client_drop(struct client *c, const char *reason, const char *why)
{
	if (!client_over(c))
		wind_up(c, reason, why);
	client_free(c);
}

/* While TLS comes up nothing can be said: RFC 6120 5.4.3.2. */
static void
fail(struct client *c, enum stream_condition condition, const char *why, struct str content, struct str app)
{
	if (client_over(c))
		return;
	if (c->state == CLIENT_HANDSHAKE) {
		client_drop(c, "error", why);
		return;
	}
	stream_fail_app(c->stream, condition, why, content, app); /* on_over follows */
}

void
client_fail_app(struct client *c, enum stream_condition condition, const char *why, struct str app)
{
	fail(c, condition, why, STR_NONE, app);
}

void
client_fail(struct client *c, enum stream_condition condition, const char *why)
{
	client_fail_app(c, condition, why, STR_NONE);
}

void
client_see_other(struct client *c, struct str where)
{
	fail(c, STREAM_SEE_OTHER_HOST, NULL, where, STR_NONE);
}

void
client_close(struct client *c, const char *why)
{
	if (client_over(c))
		return;
	stream_close(c->stream);
	wind_up(c, "error", why);
	io_finish(c->io, FINISH_MS);
}

void
client_let_go(struct client *c)
{
	if (client_over(c))
		return;
	wind_up(c, "shutdown", NULL);
	io_finish(c->io, FINISH_MS);
}

/* --- what the stream says --- */

static void
on_header(struct stream *stream, const struct xml_header *h)
{
	client_on_header(stream_owner(stream), h);
}

static void
on_element(struct stream *stream, const struct stanza *st, size_t raw_bytes)
{
	struct client *c = stream_owner(stream);

	(void)raw_bytes;
	flow_charge(c, &c->stanza_rate, 1, &metric_limit_rate_stanzas);
	client_on_element(c, st);
	flow_check_out(c); /* who asks must read the answers */
}

static const char *
reason_of(enum stream_condition condition, bool peer)
{
	if (condition == STREAM_OK)
		return "closed";
	if (condition == STREAM_CONNECTION_TIMEOUT && !peer)
		return "lost";
	return condition == STREAM_SYSTEM_SHUTDOWN && !peer ? "shutdown" : "error";
}

static void
on_over(struct stream *stream, enum stream_condition condition, const char *text, bool peer)
{
	struct client *c = stream_owner(stream);
	struct buf why = {0};

	if (client_over(c))
		return;
	if (condition == STREAM_OK) {
		wind_up(c, "closed", NULL);
	} else {
		if (!peer)
			metric_stream_error(condition);
		if (!peer && condition == STREAM_POLICY_VIOLATION)
			metric_xml_limit(c, stream_limit_hit(stream));
		buf_addf(&why, "%s%s%s%s", peer ? "the client says " : "", stream_condition_name(condition),
			 text && *text ? ": " : "", text ? text : "");
		wind_up(c, reason_of(condition, peer), buf_z(&why));
		buf_done(&why);
	}
	io_finish(c->io, FINISH_MS);
}

static void
on_write(struct stream *stream, struct str bytes)
{
	struct client *c = stream_owner(stream);

	io_write(c->io, bytes);
}

static const struct stream_events stream_events = {
	.header = on_header,
	.element = on_element,
	.over = on_over,
	.write = on_write,
};

void
client_write(struct client *c, struct str canonical)
{
	if (!client_over(c))
		stream_write(c->stream, canonical);
}

/* --- what the socket says --- */

static size_t
on_data(struct io *io, const char *p, size_t n)
{
	struct client *c = io_owner(io);
	struct c2s *s = c->c2s;

	if (client_over(c))
		return n;
	if (s->pressed && c->bond)
		client_pause(c, PAUSE_BUS);
	if (c->pauses)
		return 0;
	idle_heard(c);
	c->bytes_in += n;
	flow_charge(c, &c->rate, n, &metric_limit_rate);
	stream_feed(c->stream, str_n(p, n));
	return n;
}

static void
on_end(struct io *io, enum io_end end, const char *text)
{
	struct client *c = io_owner(io);

	(void)end;
	if (c->state == CLIENT_HANDSHAKE)
		metric_add(&metric_tls_failures, 1);
	client_drop(c, "lost", text);
}

static void
on_secured(struct io *io)
{
	starttls_on_secured(io_owner(io));
}

static const struct io_events io_events = {
	.data = on_data,
	.end = on_end,
	.secured = on_secured,
};

/* --- on a fresh stack --- */

static void
on_task(struct task *t)
{
	struct client *c = container_of(t, struct client, task);
	uint8_t todo = c->todo;

	c->todo = 0;
	if (client_over(c))
		return;
	if (todo & SOON_RESTART) {
		stream_restart(c->stream); /* what was held is from before, and dropped */
	} else if ((todo & SOON_GO) && !(c->pauses & PAUSE_HOLDS)) {
		stream_go(c->stream);
	}
	if (!client_over(c) && !c->pauses)
		io_resume(c->io);
}

static void
do_soon(struct client *c, uint8_t what)
{
	c->todo |= what;
	loop_defer(c->c2s->loop, &c->task, on_task);
}

void
client_restart(struct client *c)
{
	do_soon(c, SOON_RESTART);
}

void
client_go(struct client *c)
{
	do_soon(c, SOON_GO);
}

/* --- making --- */

void
client_login_done(struct client *c)
{
	auth_gone(c);
	arena_done(&c->login->arena);
	free(c->login);
	c->login = NULL;
}

static void
start_login(struct client *c)
{
	c->login = xcalloc(1, sizeof(*c->login));
	c->login->client = c;
	c->login->deadline = c->since + c->c2s->set.auth_timeout;
}

static void
start_stream(struct client *c, bool direct_tls)
{
	const struct settings *set = &c->c2s->set;
	bool plain_login = set->tls != TLS_POLICY_REQUIRED && !direct_tls;
	struct stream_opts opts = {
		.content_ns = NS_CLIENT,
		.limits = direct_tls || plain_login ? &set->before_auth : &set->before_tls,
	};

	c->stream = stream_new(&opts, &stream_events, c);
	stream_set_host(c->stream, str_z(hosts_first(c->c2s->hosts))); /* RFC 6120 4.9.1.2: errors come from somewhere */
}

/* TLS comes first (XEP-0368). False when it cannot: then the client is gone. */
static bool
start_direct_tls(struct client *c)
{
	SSL *ssl = hosts_ssl(c->c2s->hosts, STR_NONE);

	if (!ssl) {
		client_drop(c, "error", "no host has a certificate");
		return false;
	}
	client_set_state(c, CLIENT_HANDSHAKE);
	io_start_tls(c->io, ssl);
	return true;
}

void
client_new(struct c2s *s, int fd, const struct addr *peer, struct address *address, bool direct_tls)
{
	struct client *c = xcalloc(1, sizeof(*c));

	c->c2s = s;
	c->log = (struct log_ctx){.parent = s->log, .print = print_context};
	c->number = ++s->clients_made;
	c->since = c->heard = loop_now(s->loop);
	c->rested = true;
	c->address = address;
	limit_init(&c->rate, s->set.rate, s->set.rate_burst, c->since);
	limit_init(&c->stanza_rate, s->set.rate_stanzas, s->set.rate_stanzas_burst, c->since);
	c->io = io_new(s->loop, fd, &io_events, c);
	io_set_peer(c->io, peer);
	start_login(c);
	start_stream(c, direct_tls);
	c->state = CLIENT_PLAIN;
	list_append(&s->clients[CLIENT_PLAIN], &c->state_node);
	arm_timer(c);
	log_debug(&c->log, "connected%s", direct_tls ? " tls=direct" : "");
	if (direct_tls)
		(void)start_direct_tls(c);
}
