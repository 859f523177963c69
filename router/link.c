/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One component's link: accepted, watched, read frame by frame, ended. What is
 * said before the frames is auth.c; where they go is route.c.
 */
#include "router/router.h"

#include "common/metric.h"

#include <stdarg.h>
#include <stdlib.h>

enum {
	WATCH_MS = 5000, /* how often we look */
	PING_MS = 10000, /* without input (doc/protocol.md section 2) */
	DEAD_MS = 30000,
	CLOSE_MS = 1000,
	IN_MAX = FRAME_HEAD_MAX + FRAME_PAYLOAD_MAX + 4096,
};

static struct metric unknown_frames = {
	.name = "xmpp_unknown_frames_total",
	.help = "Frames of a kind that this program does not know, from a newer one.",
	.kind = METRIC_COUNTER,
};

/* Until SASL has said who it is (users.md's rule for strangers: 16 KiB). */
static const struct xml_limits fresh_limits = {
	.bytes = 16 * 1024,
	.depth = 16,
	.attrs = 32,
	.elements = 64,
	.name = 256,
};

const char *
link_role_name(enum link_role role)
{
	static const char *const names[ROLE_COUNT] = {
		[ROLE_C2S] = "c2s", [ROLE_S2S] = "s2s", [ROLE_SM] = "sm",
		[ROLE_MUC] = "muc", [ROLE_CTL] = "ctl", [ROLE_EXTERNAL] = "external",
	};

	return names[role];
}

static void
link_print(const struct log_ctx *ctx, struct buf *out)
{
	const struct link *l = container_of(ctx, struct link, log);

	buf_addf(out, "link=%llu", (unsigned long long)l->number);
	if (l->name)
		buf_addf(out, " name=%s", l->name);
	if (l->port.io) {
		buf_addl(out, " address=");
		addr_print(out, io_peer(l->port.io));
	}
}

static struct list *
list_of(struct router *r, enum link_state state)
{
	switch (state) {
	case LINK_NEGOTIATING:
	case LINK_AUTHED:
		return &r->fresh;
	case LINK_BOUND:
		return &r->bound;
	case LINK_CLOSING:
		break;
	}
	return &r->closing;
}

static void
on_setup_deadline(struct timer *t)
{
	struct link *l = container_of(t, struct link, timer);

	limit_hit(LIMIT_SETUP_TIMEOUT);
	link_fail(l, STREAM_CONNECTION_TIMEOUT, "not set up within %llu s",
		  (unsigned long long)l->port.r->limits.setup_ms / 1000);
}

/*
 * A link that we do not read from cannot show that it lives, and must not take us for dead. And nobody is
 * dead who was not asked: it may be us who slept.
 */
static void
on_watch(struct timer *t)
{
	struct link *l = container_of(t, struct link, timer);
	uint64_t now = loop_now(l->port.r->loop), silent = now - l->last_in;
	bool paused = port_paused(&l->port);

	if (paused)
		l->last_in = now;
	if (!paused && silent >= DEAD_MS && l->pinged) {
		link_fail(l, STREAM_CONNECTION_TIMEOUT, "silent for %d s", DEAD_MS / 1000);
		return;
	}
	if (paused || silent >= PING_MS) {
		link_write(l, &(struct frame){.kind = FRAME_PING, .id = STR("1")});
		l->pinged = true;
	}
	timer_start(l->port.r->loop, &l->timer, WATCH_MS, on_watch);
}

void
link_state_set(struct link *l, enum link_state state)
{
	struct router *r = l->port.r;

	list_remove(list_of(r, l->state), &l->node);
	l->state = state;
	list_append(list_of(r, state), &l->node);
	switch (state) {
	case LINK_NEGOTIATING: /* one deadline for all of the set-up */
		timer_start(r->loop, &l->timer, r->limits.setup_ms, on_setup_deadline);
		break;
	case LINK_AUTHED:
		break;
	case LINK_BOUND:
		timer_start(r->loop, &l->timer, WATCH_MS, on_watch);
		break;
	case LINK_CLOSING:
		timer_stop(&l->timer);
		break;
	}
}

static void
link_release(void *p)
{
	struct link *l = p;

	stream_free(&l->stream);
	sasl_server_free(&l->sasl);
	free(l->domains);
	free(l->name);
	free(l->boot);
	free(l);
}

void
link_free(struct link *l)
{
	struct router *r = l->port.r;

	if (l->state == LINK_BOUND)
		members_unbind(l);
	timer_stop(&l->timer);
	list_remove(list_of(r, l->state), &l->node);
	port_done(&l->port);
	loop_park(r->loop, l, link_release); /* we may be in one of its callbacks */
	router_drain_check(r);
}

/* No more frames either way; `end` of the io frees the link. */
static void
wind_up(struct link *l)
{
	if (l->state == LINK_BOUND)
		members_unbind(l);
	link_state_set(l, LINK_CLOSING);
}

/* A leaving router is no news for those who have just come. */
static void
log_failure(struct link *l, enum stream_condition condition, const char *why)
{
	if (condition == STREAM_SYSTEM_SHUTDOWN && l->state != LINK_BOUND)
		log_info(&l->log, "link closed: %s", why);
	else if (condition == STREAM_UNSUPPORTED_VERSION && l->state == LINK_AUTHED)
		stranger_version(l->port.r, &l->log, why);
	else if (l->state == LINK_BOUND || l->state == LINK_AUTHED)
		log_warning(&l->log, "link closed: %s", why);
	else
		stranger_log(l->port.r, &l->log, why);
}

void
link_fail(struct link *l, enum stream_condition condition, const char *fmt, ...)
{
	struct buf why = {0};
	va_list ap;

	if (l->state == LINK_CLOSING)
		return;
	va_start(ap, fmt);
	buf_addvf(&why, fmt, ap);
	va_end(ap);
	log_failure(l, condition, buf_z(&why));
	wind_up(l);
	stream_fail(l->stream, condition, buf_z(&why));
	io_finish(l->port.io, CLOSE_MS);
	buf_done(&why);
}

void
link_close(struct link *l)
{
	if (l->state == LINK_CLOSING)
		return;
	wind_up(l);
	stream_close(l->stream);
	io_finish(l->port.io, CLOSE_MS);
}

void
link_write(struct link *l, const struct frame *word)
{
	frame_write(io_out(l->port.io), word);
	io_wrote(l->port.io);
}

static void
on_state_frame(struct link *l, const struct frame *f)
{
	if (f->hosts.p)
		members_set_hosts(l, f->hosts);
	members_set_draining(l, str_is(f->state, "draining"));
}

/* It leaves. While we drain, its link stays a way out until all have sent what they had (router.c). */
static void
on_close_frame(struct link *l)
{
	if (l->port.r->draining) {
		l->left = true;
		router_drain_check(l->port.r);
		return;
	}
	log_info(&l->log, "left");
	link_close(l);
}

static void
on_frame(struct link *l, const struct frame *f)
{
	switch (f->kind) {
	case FRAME_ROUTE:
	case FRAME_BOUNCE:
		route_from_link(l, f);
		break;
	case FRAME_STATE:
		on_state_frame(l, f);
		break;
	case FRAME_PING:
		link_write(l, &(struct frame){.kind = FRAME_PONG, .id = f->id});
		port_press(&l->port, &l->port);
		break;
	case FRAME_PONG:
		break;
	case FRAME_UNKNOWN: /* doc/protocol.md section 7 */
		metric_add(&unknown_frames, 1);
		break;
	case FRAME_MEMBER:
	case FRAME_SYNCED:
		link_fail(l, STREAM_POLICY_VIOLATION, "a component does not say that");
		break;
	case FRAME_ERROR:
		log_warning(&l->log, "stream error from the component: %s", log_quote(f->payload));
		link_close(l);
		break;
	case FRAME_CLOSE:
		on_close_frame(l);
		break;
	}
}

static size_t
frames_read(struct link *l, struct str bytes)
{
	size_t at = 0;

	while (l->state == LINK_BOUND && !l->left && at < bytes.n) {
		struct frame f;
		size_t used;
		const char *why = NULL;
		enum frame_result res = frame_read(str_from(bytes, at), &f, &used, &why);

		at += used;
		if (res == FRAME_MORE)
			return at;
		if (res == FRAME_OK)
			on_frame(l, &f);
		else
			link_fail(l, STREAM_NOT_WELL_FORMED, "bad frame: %s", why);
	}
	return l->state == LINK_BOUND && !l->left ? at : bytes.n;
}

static size_t
on_data(struct io *io, const char *p, size_t n)
{
	struct link *l = io_owner(io);

	l->last_in = loop_now(l->port.r->loop);
	l->pinged = false;
	if (l->state == LINK_BOUND)
		return frames_read(l, str_n(p, n));
	if (l->state != LINK_CLOSING)
		stream_feed(l->stream, str_n(p, n));
	return n;
}

/* Perhaps because of the versions that it was offered. */
static void
left_early(struct link *l, const char *text)
{
	struct buf why = {0};

	buf_addz(&why, text);
	if (l->state == LINK_AUTHED) {
		buf_addl(&why, " offered=");
		bus_versions_print(&why, l->port.r->versions);
	}
	stranger_left(l->port.r, &l->log, buf_z(&why));
	buf_done(&why);
}

static void
on_end(struct io *io, enum io_end end, const char *text)
{
	struct link *l = io_owner(io);

	(void)end;
	if (l->state == LINK_BOUND && !l->left)
		log_write(l->role == ROLE_CTL ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, &l->log,
			  "link lost: %s unsent=%zu", text ? text : "closed", io_queued(io));
	else if (l->state != LINK_CLOSING)
		left_early(l, text ? text : "closed");
	link_free(l);
}

static void
on_drained(struct io *io)
{
	struct link *l = io_owner(io);

	port_drained(&l->port);
}

static void
on_secured(struct io *io)
{
	struct link *l = io_owner(io);

	l->secured = true;
}

static const struct io_events io_events = {
	.data = on_data,
	.end = on_end,
	.drained = on_drained,
	.secured = on_secured,
};

static void
on_header(struct stream *s, const struct xml_header *h)
{
	auth_header(stream_owner(s), h);
}

static void
on_element(struct stream *s, const struct stanza *st, size_t raw_bytes)
{
	struct link *l = stream_owner(s);

	(void)raw_bytes;
	if (l->state != LINK_CLOSING)
		auth_element(l, st);
}

/* The end of a link that was never bound; later the stream sees no bytes. */
static void
on_over(struct stream *s, enum stream_condition condition, const char *text, bool peer)
{
	struct link *l = stream_owner(s);
	struct buf why = {0};

	if (l->state == LINK_CLOSING || l->state == LINK_BOUND)
		return;
	buf_addf(&why, "%s%s%s%s", peer ? "the peer says " : "",
		 condition ? stream_condition_name(condition) : "end of stream", text ? ": " : "",
		 text ? log_quote(str_z(text)) : "");
	log_failure(l, STREAM_OK, buf_z(&why));
	buf_done(&why);
	wind_up(l);
	io_finish(l->port.io, CLOSE_MS);
}

static void
on_write(struct stream *s, struct str bytes)
{
	struct link *l = stream_owner(s);

	io_write(l->port.io, bytes);
}

static const struct stream_events stream_events = {
	.header = on_header,
	.element = on_element,
	.over = on_over,
	.write = on_write,
};

/* Who has shown the cluster's secret and is about to bind is no stranger, and goes only when there is nobody else. */
static struct link *
oldest_stranger(const struct router *r)
{
	list_each(&r->fresh, struct link, l, node)
		if (l->state != LINK_AUTHED)
			return l;
	return list_entry(r->fresh.first, struct link, node);
}

/* Without a word: who has been silent for longest would not hear it, and must not go on holding a descriptor. */
static void
make_room(struct router *r)
{
	struct link *oldest = oldest_stranger(r);

	limit_hit(LIMIT_SETUP_MAX);
	stranger_log(r, &oldest->log, "too many connections are being set up, and this one is the oldest");
	link_free(oldest);
}

void
link_accept(struct router *r, int fd, const struct addr *peer)
{
	static const struct stream_opts opts = {.content_ns = NS_CLIENT, .limits = &fresh_limits};
	struct link *l = xcalloc(1, sizeof(*l));

	l->port.r = r;
	l->port.io = io_new(r->loop, fd, &io_events, l);
	l->log = (struct log_ctx){r->log, link_print};
	l->number = ++r->next_number;
	l->last_in = loop_now(r->loop);
	l->wants_tls = r->tls && peer->sa.ss_family != AF_UNIX;
	l->stream = stream_new(&opts, &stream_events, l);
	io_set_in_max(l->port.io, IN_MAX);
	io_set_marks(l->port.io, PORT_LOW, PORT_HIGH);
	list_append(&r->fresh, &l->node);
	link_state_set(l, LINK_NEGOTIATING);
	if (r->fresh.len > r->limits.setup_max)
		make_room(r);
}
