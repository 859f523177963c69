/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XEP-0114, the accepting side: one connection of an external component, from
 * its header and handshake to its end. What it sends and gets as stanzas is
 * edge.c.
 */
#include "router/router.h"

#include "common/base64.h"
#include "xmpp/ns.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	KEEPALIVE_MS = 30000,
	DEAD_MS = 60000,  /* the kernel gives up on unacknowledged bytes */
	CLOSE_MS = 1000,
	IN_MAX = 64 * 1024,
};

static const struct xml_limits fresh_limits = {
	.bytes = 16 * 1024,
	.depth = 8,
	.attrs = 32,
	.elements = 16,
	.name = 256,
};

static void
external_print(const struct log_ctx *ctx, struct buf *out)
{
	const struct external *e = container_of(ctx, struct external, log);

	buf_addl(out, "external=");
	buf_addz(out, e->conf ? e->conf->domain : "?");
	if (e->port.io) {
		buf_addl(out, " address=");
		addr_print(out, io_peer(e->port.io));
	}
}

struct external_conf *
external_find(struct router *r, struct str domain)
{
	return map_find(&r->external_domains, domain);
}

/* XEP-0114 has no sign of life of its own: a blank, and the kernel's patience (external_accept). */
static void
on_keepalive(struct timer *t)
{
	struct external *e = container_of(t, struct external, timer);

	io_write(e->port.io, STR(" "));
	timer_start(e->port.r->loop, t, KEEPALIVE_MS, on_keepalive);
}

static void
on_deadline(struct timer *t)
{
	struct external *e = container_of(t, struct external, timer);

	limit_hit(LIMIT_SETUP_TIMEOUT);
	external_fail(e, STREAM_CONNECTION_TIMEOUT, "no handshake within %llu s",
		      (unsigned long long)e->port.r->limits.setup_ms / 1000);
}

static void
timers_stop(struct external *e)
{
	timer_stop(&e->timer);
	timer_stop(&e->stall);
	timer_stop(&e->pace);
}

static struct list *
list_of(struct router *r, enum external_state state)
{
	return state == EXTERNAL_HEADER || state == EXTERNAL_HANDSHAKE ? &r->fresh_externals : &r->externals;
}

static void
state_set(struct external *e, enum external_state state)
{
	struct router *r = e->port.r;

	list_remove(list_of(r, e->state), &e->node);
	e->state = state;
	list_append(list_of(r, state), &e->node);
	if (state == EXTERNAL_READY)
		timer_start(r->loop, &e->timer, KEEPALIVE_MS, on_keepalive);
	else if (state == EXTERNAL_CLOSING)
		timers_stop(e);
}

static void
on_stalled(struct timer *t)
{
	struct external *e = container_of(t, struct external, stall);

	limit_hit(LIMIT_EXTERNAL_STALL);
	external_fail(e, STREAM_RESOURCE_CONSTRAINT, "it does not read: %zu bytes wait for it", io_queued(e->port.io));
}

void
external_watch(struct external *e)
{
	if (e->state == EXTERNAL_READY && io_over(e->port.io) && !timer_running(&e->stall))
		timer_start(e->port.r->loop, &e->stall, e->port.r->limits.external_stall_ms, on_stalled);
}

/* Off the bus; the connection may still have something to say. */
static void
wind_up(struct external *e)
{
	bool was_ready = e->state == EXTERNAL_READY;

	state_set(e, EXTERNAL_CLOSING);
	if (!was_ready)
		return;
	e->conf->now = NULL;
	log_info(&e->log, "external component gone in=%llu out=%llu", (unsigned long long)e->stanzas_in,
		 (unsigned long long)e->stanzas_out);
	members_tell_external(e->port.r, e->conf->name, e->conf->domain, false);
}

static void
external_release(void *p)
{
	struct external *e = p;

	stream_free(&e->stream);
	free(e);
}

void
external_free(struct external *e)
{
	struct router *r = e->port.r;

	if (e->state != EXTERNAL_CLOSING)
		wind_up(e);
	list_remove(list_of(r, e->state), &e->node);
	port_done(&e->port);
	loop_park(r->loop, e, external_release); /* we may be in one of its callbacks */
	router_drain_check(r);
}

static void
log_failure(struct external *e, enum stream_condition condition, const char *why)
{
	if (condition == STREAM_SYSTEM_SHUTDOWN)
		log_info(&e->log, "external component closed: %s", why);
	else if (e->state == EXTERNAL_READY)
		log_warning(&e->log, "external component closed: %s", why);
	else
		stranger_log(e->port.r, &e->log, why);
}

void
external_fail(struct external *e, enum stream_condition condition, const char *fmt, ...)
{
	struct buf why = {0};
	va_list ap;

	if (e->state == EXTERNAL_CLOSING)
		return;
	va_start(ap, fmt);
	buf_addvf(&why, fmt, ap);
	va_end(ap);
	log_failure(e, condition, buf_z(&why));
	wind_up(e);
	stream_fail(e->stream, condition, buf_z(&why));
	io_finish(e->port.io, CLOSE_MS);
	buf_done(&why);
}

/* ---- header and handshake ---- */

static void
on_header(struct stream *s, const struct xml_header *h)
{
	struct external *e = stream_owner(s);
	struct arena a = {0};
	struct str domain = STR_NONE;
	struct external_conf *conf = NULL;

	if (h->to.p && jid_prep_domain(&a, h->to, &domain) == 0)
		conf = external_find(e->port.r, domain);
	if (!conf) {
		external_fail(e, STREAM_HOST_UNKNOWN, "no component \"%s\" in the configuration",
			      log_quote(h->to));
	} else if (conf->now) {
		external_fail(e, STREAM_CONFLICT, "%s is connected already", conf->domain);
	} else {
		e->conf = conf;
		state_set(e, EXTERNAL_HANDSHAKE);
		stream_send_header(s, str_z(conf->domain), STR_NONE, NULL);
	}
	arena_done(&a);
}

/* SHA-1(stream id, secret) in lower-case hexadecimal (XEP-0114, protocol flow). */
static bool
handshake_ok(const struct external *e, struct str given)
{
	unsigned char digest[SHA_DIGEST_LENGTH];
	struct buf b = {0}, hex = {0};
	bool ok;

	buf_addz(&b, stream_id(e->stream));
	buf_addz(&b, e->conf->secret);
	SHA1((const unsigned char *)b.p, b.n, digest);
	hex_print(&hex, str_n((const char *)digest, sizeof(digest)));
	ok = str_eq_secret(buf_str(&hex), str_trim(given));
	explicit_bzero(b.p, b.n);
	buf_done(&b);
	buf_done(&hex);
	return ok;
}

void
external_limits(struct external *e)
{
	const struct router_limits *l = &e->port.r->limits;
	struct xml_limits full = xml_limits_default;

	full.bytes = l->external_stanza;
	stream_set_limits(e->stream, &full);
	limit_init(&e->rate, l->external_rate, l->external_burst, loop_now(e->port.r->loop));
}

static void
on_handshake(struct external *e, const struct stanza *st)
{
	if (!stanza_is(st, "handshake", NS_CLIENT)) { /* i.e. the stream's content namespace (xmpp/out.h) */
		external_fail(e, STREAM_NOT_AUTHORIZED, "<%s/> before the handshake",
			      log_quote(st->root->name));
		return;
	}
	if (!handshake_ok(e, node_text(st->arena, st->root))) {
		external_fail(e, STREAM_NOT_AUTHORIZED,
			      "wrong handshake: is the secret the same on both sides?");
		return;
	}
	if (e->conf->now) { /* while this one was thinking */
		external_fail(e, STREAM_CONFLICT, "%s is connected already", e->conf->domain);
		return;
	}
	e->conf->now = e;
	state_set(e, EXTERNAL_READY);
	external_limits(e);
	stream_write(e->stream, STR("<handshake/>"));
	log_info(&e->log, "external component connected");
	members_tell_external(e->port.r, e->conf->name, e->conf->domain, true);
}

static void
on_element(struct stream *s, const struct stanza *st, size_t raw_bytes)
{
	struct external *e = stream_owner(s);

	(void)raw_bytes;
	if (e->state == EXTERNAL_HANDSHAKE)
		on_handshake(e, st);
	else if (e->state == EXTERNAL_READY)
		edge_stanza(e, st);
}

static void
on_over(struct stream *s, enum stream_condition condition, const char *text, bool peer)
{
	struct external *e = stream_owner(s);
	struct buf why = {0};

	if (e->state == EXTERNAL_CLOSING)
		return;
	if (!peer && stream_limit_hit(s) == XML_LIMIT_BYTES)
		limit_hit(LIMIT_EXTERNAL_STANZA);
	buf_addf(&why, "%s%s%s%s", peer && condition ? "it says " : "",
		 condition ? stream_condition_name(condition) : "end of stream", text ? ": " : "",
		 text ? log_quote(str_z(text)) : "");
	if (condition || e->state != EXTERNAL_READY)
		log_failure(e, condition, buf_z(&why));
	else
		log_info(&e->log, "external component ended: %s", buf_z(&why));
	buf_done(&why);
	wind_up(e);
	io_finish(e->port.io, CLOSE_MS);
}

static void
on_write(struct stream *s, struct str bytes)
{
	struct external *e = stream_owner(s);

	io_write(e->port.io, bytes);
}

static const struct stream_events stream_events = {
	.header = on_header,
	.element = on_element,
	.over = on_over,
	.write = on_write,
};

/* ---- the socket ---- */

static void
on_pace(struct timer *t)
{
	struct external *e = container_of(t, struct external, pace);

	e->port.paced = false;
	if (!port_paused(&e->port) && !e->port.r->draining)
		io_resume(e->port.io);
}

/* More than its rate: it waits, nothing is lost. */
static void
charge(struct external *e, size_t n)
{
	uint64_t wait = limit_charge(&e->rate, n, loop_now(e->port.r->loop));

	if (wait == 0)
		return;
	limit_hit(LIMIT_EXTERNAL_RATE);
	e->port.paced = true;
	io_pause(e->port.io);
	timer_start(e->port.r->loop, &e->pace, wait, on_pace);
}

static size_t
on_data(struct io *io, const char *p, size_t n)
{
	struct external *e = io_owner(io);

	if (e->state == EXTERNAL_CLOSING)
		return n;
	if (e->state == EXTERNAL_READY)
		charge(e, n);
	stream_feed(e->stream, str_n(p, n));
	return n;
}

static void
on_end(struct io *io, enum io_end end, const char *text)
{
	struct external *e = io_owner(io);

	(void)end;
	if (e->state == EXTERNAL_READY)
		log_info(&e->log, "connection ended: %s", text ? text : "closed");
	else if (e->state != EXTERNAL_CLOSING)
		stranger_left(e->port.r, &e->log, text ? text : "closed");
	external_free(e);
}

static void
on_drained(struct io *io)
{
	struct external *e = io_owner(io);

	timer_stop(&e->stall);
	port_drained(&e->port);
}

static const struct io_events io_events = {
	.data = on_data,
	.end = on_end,
	.drained = on_drained,
};

static void
make_room(struct router *r)
{
	struct external *oldest = list_entry(r->fresh_externals.first, struct external, node);

	limit_hit(LIMIT_SETUP_MAX);
	stranger_log(r, &oldest->log, "too many connections are being set up, and this one is the oldest");
	external_free(oldest);
}

void
external_accept(struct router *r, int fd, const struct addr *peer)
{
	static const struct stream_opts opts = {.content_ns = NS_COMPONENT, .limits = &fresh_limits};
	struct external *e = xcalloc(1, sizeof(*e));
	unsigned patience = DEAD_MS;

	if (peer->sa.ss_family != AF_UNIX) /* fails only when the peer is gone, which reading will tell */
		setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof(patience));
	e->port.r = r;
	e->port.external = true;
	e->port.io = io_new(r->loop, fd, &io_events, e);
	e->log = (struct log_ctx){r->log, external_print};
	e->stream = stream_new(&opts, &stream_events, e);
	io_set_in_max(e->port.io, IN_MAX);
	io_set_marks(e->port.io, PORT_LOW, PORT_HIGH);
	timer_start(r->loop, &e->timer, r->limits.setup_ms, on_deadline);
	list_append(&r->fresh_externals, &e->node);
	if (r->fresh_externals.len > r->limits.setup_max)
		make_room(r);
}
