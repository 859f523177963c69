/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct uplink: one component's link to one router, from the first attempt to
 * the next one: connecting, back-off, frames in, the watch over a silent peer,
 * leaving in good order. What is said before the frames is component_auth.c.
 *
 * The hand-over from stream to frames (doc/protocol.md section 1): the only
 * thing that a router says in answer to <bind/> is <bound/> or a stream error. So once
 * <bind/> is sent, bytes go to bound_read instead of the stream's parser; it takes
 * <bound/> and leaves what follows to the frame reader.
 */
#include "xmpp/component_impl.h"

#include "common/metric.h"
#include "common/rand.h"

#include <stdarg.h>
#include <stdlib.h>

enum {
	CONNECT_MS = 2000, /* it is near; and one that was off hears nothing of attempts from before */
	SETUP_MS = 10000,
	START_GRACE_MS = 5000,
	BACKOFF_MIN_MS = 100,
	BACKOFF_AWAY_MS = 700, /* nobody listens: that costs nothing, and all wait for it, */
	BACKOFF_MAX_MS = 5000, /* somebody does, and it came to nothing */
	WATCH_MS = 5000, /* how often we look */
	PING_MS = 10000, /* without input */
	DEAD_MS = 30000,
	LEAVE_MS = 5000,
	OUT_LOW = 256 * 1024,
	OUT_HIGH = 1024 * 1024,
	BOUND_MAX = 4096,
	IN_MAX = FRAME_HEAD_MAX + FRAME_PAYLOAD_MAX + 4096,
};

static struct metric unknown_frames = {
	.name = "xmpp_unknown_frames_total",
	.help = "Frames of a kind that this program does not know, from a newer one.",
	.kind = METRIC_COUNTER,
};

static void
uplink_print(const struct log_ctx *ctx, struct buf *out)
{
	const struct uplink *l = container_of(ctx, struct uplink, log);

	buf_addf(out, "router=%s", l->address);
}

static void
stream_release(void *p)
{
	struct stream *s = p;

	stream_free(&s);
}

/* Everything of the present connection. */
static void
connection_drop(struct uplink *l)
{
	io_connect_cancel(&l->connect);
	if (l->stream)
		loop_park(l->c->loop, l->stream, stream_release); /* we may be in one of its events */
	l->stream = NULL;
	sasl_client_free(&l->sasl);
	io_free(&l->io);
	l->authed = false;
	timer_stop(&l->timer);
}

static void
on_attempt(struct timer *t)
{
	uplink_start(container_of(t, struct uplink, timer));
}

static void
attempt_later(struct uplink *l, uint64_t most)
{
	uint64_t backoff = MIN(l->backoff, most);
	/* 75% to 125%, so that components do not come in step */
	uint64_t ms = backoff * 3 / 4 + rand_below(backoff / 2 + 1);

	uplink_state_set(l, UPLINK_WAITING);
	timer_start(l->c->loop, &l->timer, ms, on_attempt);
	l->backoff = MIN(backoff * 2, most);
}

static void
on_setup_deadline(struct timer *t)
{
	uplink_fail(container_of(t, struct uplink, timer), "not set up within %d s", SETUP_MS / 1000);
}

static void
on_leave_deadline(struct timer *t)
{
	uplink_fail(container_of(t, struct uplink, timer), "did not close within %d s", LEAVE_MS / 1000);
}

/*
 * Sends a sign of life to a silent router, ends the link of a dead one (doc/protocol.md section 2). Not
 * without having asked: it may be us who slept.
 */
static void
on_watch(struct timer *t)
{
	struct uplink *l = container_of(t, struct uplink, timer);
	uint64_t silent = loop_now(l->c->loop) - l->last_in;

	if (silent >= DEAD_MS && l->pinged) {
		uplink_fail(l, "silent for %d s", DEAD_MS / 1000);
		return;
	}
	if (silent >= PING_MS) {
		uplink_write(l, &(struct frame){.kind = FRAME_PING, .id = STR("1")});
		l->pinged = true;
	}
	timer_start(l->c->loop, &l->timer, WATCH_MS, on_watch);
}

void
uplink_state_set(struct uplink *l, enum uplink_state state)
{
	l->state = state;
	switch (state) {
	case UPLINK_FEATURES:
		if (!l->authed && !io_ssl(l->io))
			timer_start(l->c->loop, &l->timer, SETUP_MS, on_setup_deadline);
		break;
	case UPLINK_BOUND:
		timer_start(l->c->loop, &l->timer, WATCH_MS, on_watch);
		break;
	case UPLINK_SYNCED:
		l->backoff = BACKOFF_MIN_MS;
		l->complained = false;
		free(l->trouble);
		l->trouble = NULL;
		log_info(&l->log, "on the bus name=%s router=%s", l->c->name, l->router);
		break;
	case UPLINK_LEAVING:
		timer_start(l->c->loop, &l->timer, LEAVE_MS, on_leave_deadline);
		break;
	case UPLINK_WAITING:
	case UPLINK_CONNECTING:
	case UPLINK_TLS:
	case UPLINK_AUTH:
	case UPLINK_BINDING:
	case UPLINK_STOPPED:
		break;
	}
}

/* The end of a connection: of use or not, wanted or not. */
static void
uplink_end(struct uplink *l, bool clean)
{
	struct component *c = l->c;
	bool told = l->state == UPLINK_BOUND || l->state == UPLINK_SYNCED,
	     leaving = l->state == UPLINK_LEAVING;
	uint64_t most = l->state == UPLINK_CONNECTING ? BACKOFF_AWAY_MS : BACKOFF_MAX_MS;

	if (l->state == UPLINK_STOPPED)
		return;
	connection_drop(l);
	uplink_state_set(l, UPLINK_STOPPED);
	if (told)
		members_link_down(l, clean);
	else if (leaving && !clean && !c->left && c->events->lost)
		c->events->lost(c, NULL);
	if (c->gone || l->state != UPLINK_STOPPED)
		return;
	if (c->left)
		component_left(c);
	else
		attempt_later(l, most);
}

/* Daemons start in any order: a router that is not there yet in the first seconds is nothing to worry about.
 */
static bool
just_started(const struct uplink *l)
{
	return !l->router[0] && loop_now(l->c->loop) - l->c->born < START_GRACE_MS;
}

void
uplink_fail(struct uplink *l, const char *fmt, ...)
{
	struct buf why = {0};
	bool quiet = l->complained || l->c->left || just_started(l);
	va_list ap;

	va_start(ap, fmt);
	buf_addvf(&why, fmt, ap);
	va_end(ap);
	/* one line an outage; the rest is repetition */
	log_write(quiet ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING, &l->log, "router is away: %s", buf_z(&why));
	l->complained = l->complained || !quiet;
	free(l->trouble);
	l->trouble = buf_take(&why);
	uplink_end(l, false);
}

void
uplink_write(struct uplink *l, const struct frame *word)
{
	if (l->state != UPLINK_BOUND && l->state != UPLINK_SYNCED)
		return;
	frame_write(io_out(l->io), word);
	io_wrote(l->io);
}

/* What a router's stream error means for the next attempt. */
static void
on_error_frame(struct uplink *l, const struct frame *f)
{
	if (str_find(f->payload, STR("<conflict ")) >= 0) {
		/* two processes with one name would throw each other out for ever: be slow */
		l->backoff = BACKOFF_MAX_MS;
		l->complained = false;
		uplink_fail(l, "another process is on the bus as %s", l->c->name);
		return;
	}
	uplink_fail(l, "stream error %s", log_quote(f->payload));
}

static void
on_state_frame(struct uplink *l, const struct frame *f)
{
	if (str_is(f->state, "draining"))
		uplink_leave(l); /* the router itself leaves: nothing new its way, then goodbye */
}

static void
on_close_frame(struct uplink *l)
{
	if (l->state == UPLINK_LEAVING)
		uplink_end(l, true);
	else
		uplink_fail(l, "closed the stream");
}

static void
on_frame(struct uplink *l, const struct frame *f)
{
	struct component *c = l->c;

	switch (f->kind) {
	case FRAME_ROUTE:
		c->events->frame(c, f);
		break;
	case FRAME_BOUNCE:
		c->events->bounced(c, f);
		break;
	case FRAME_MEMBER:
		if (l->state != UPLINK_LEAVING)
			members_told(l, f);
		break;
	case FRAME_SYNCED:
		if (l->state == UPLINK_BOUND) {
			uplink_state_set(l, UPLINK_SYNCED);
			members_synced(l);
		}
		break;
	case FRAME_STATE:
		on_state_frame(l, f);
		break;
	case FRAME_PING:
		uplink_write(l, &(struct frame){.kind = FRAME_PONG, .id = f->id});
		break;
	case FRAME_PONG:
		break;
	case FRAME_UNKNOWN: /* doc/protocol.md section 7 */
		metric_add(&unknown_frames, 1);
		break;
	case FRAME_ERROR:
		on_error_frame(l, f);
		break;
	case FRAME_CLOSE:
		on_close_frame(l);
		break;
	}
}

static size_t
frames_read(struct uplink *l, struct str bytes)
{
	const struct io *io = l->io;
	size_t at = 0;

	while (l->io == io && at < bytes.n) {
		struct frame f;
		size_t used;
		const char *why = NULL;
		enum frame_result res = frame_read(str_from(bytes, at), &f, &used, &why);

		at += used;
		if (res == FRAME_MORE)
			break;
		if (res == FRAME_OK)
			on_frame(l, &f);
		else
			uplink_fail(l, "bad frame: %s", why);
		if (l->c->gone)
			break;
	}
	return at;
}

static void
on_bound(struct uplink *l, struct str canonical)
{
	struct arena a = {0};
	struct stanza st;
	const char *why = NULL;
	struct str router = STR_NONE;

	if (stanza_parse(&st, &a, canonical, &why) < 0) {
		uplink_fail(l, "bad <bound/>: %s", why);
		goto out;
	}
	if (stanza_is(&st, "bound", NS_BUS))
		router = node_attr(&a, st.root, "router");
	if (!router.p || !instance_name_ok(router)) {
		uplink_fail(l, "bad <bound/>");
		goto out;
	}
	memcpy(l->router, router.p, router.n);
	l->router[router.n] = '\0';
	uplink_state_set(l, UPLINK_BOUND);
	stream_rest(l->stream);
	if (l->c->draining)
		uplink_write(l, &(struct frame){.kind = FRAME_STATE, .state = STR("draining")});
out:
	arena_done(&a);
}

/* <bound .../>, and nothing behind it. Anything else is the stream's: an error, an end. */
static size_t
bound_read(struct uplink *l, struct str bytes)
{
	static const struct str start = {"<bound ", 7};
	struct str rest = bytes;
	ssize_t end;

	while (rest.n > 0 && (rest.p[0] == ' ' || rest.p[0] == '\n'))
		rest = str_from(rest, 1);
	if (memcmp(rest.p, start.p, MIN(rest.n, start.n)) != 0) {
		stream_feed(l->stream, bytes);
		return bytes.n;
	}
	end = str_find(rest, STR("/>"));
	if (end < 0) {
		if (rest.n > BOUND_MAX)
			uplink_fail(l, "endless <bound/>");
		return 0;
	}
	on_bound(l, str_n(rest.p, (size_t)end + 2));
	return bytes.n - rest.n + (size_t)end + 2;
}

static size_t
on_data(struct io *io, const char *p, size_t n)
{
	struct uplink *l = io_owner(io);
	struct str bytes = str_n(p, n);
	size_t used = 0;

	l->last_in = loop_now(l->c->loop);
	l->pinged = false;
	if (l->state < UPLINK_BINDING) {
		stream_feed(l->stream, bytes);
		return n;
	}
	if (l->state == UPLINK_BINDING)
		used = bound_read(l, bytes);
	if (l->state >= UPLINK_BOUND && l->state < UPLINK_STOPPED && l->io == io)
		used += frames_read(l, str_from(bytes, used));
	return used;
}

static void
on_end(struct io *io, enum io_end end, const char *text)
{
	struct uplink *l = io_owner(io);

	(void)end;
	uplink_fail(l, "connection lost: %s", text ? text : "closed");
}

static void
on_drained(struct io *io)
{
	struct uplink *l = io_owner(io);

	component_check_pressure(l->c);
}

static void
on_secured(struct io *io)
{
	struct uplink *l = io_owner(io);

	uplink_send_header(l);
}

static const struct io_events io_events = {
	.data = on_data,
	.end = on_end,
	.drained = on_drained,
	.secured = on_secured,
};

static void
on_element(struct stream *s, const struct stanza *st, size_t raw_bytes)
{
	(void)raw_bytes;
	uplink_element(stream_owner(s), st);
}

static void
on_header(struct stream *s, const struct xml_header *h)
{
	(void)s; /* the router's name is in <bound/>; its header says nothing that we need */
	(void)h;
}

static void
on_over(struct stream *s, enum stream_condition condition, const char *text, bool peer)
{
	struct uplink *l = stream_owner(s);

	if (l->stream != s || l->state >= UPLINK_BOUND)
		return; /* we have closed it ourselves */
	uplink_fail(l, "%s %s%s%s", peer ? "it ended the stream:" : "we ended the stream:",
		    condition ? stream_condition_name(condition) : "closed", text ? ": " : "",
		    text ? log_quote(str_z(text)) : "");
}

static void
on_write(struct stream *s, struct str bytes)
{
	struct uplink *l = stream_owner(s);

	if (l->io)
		io_write(l->io, bytes);
}

static const struct stream_events stream_events = {
	.header = on_header,
	.element = on_element,
	.over = on_over,
	.write = on_write,
};

static void
on_connected(void *owner, int fd, const char *why)
{
	struct uplink *l = owner;
	static const struct stream_opts opts = {.content_ns = NS_CLIENT, .initiating = true};

	l->connect = NULL;
	if (fd < 0) {
		uplink_fail(l, "%s", why);
		return;
	}
	l->io = io_new(l->c->loop, fd, &io_events, l);
	io_set_marks(l->io, OUT_LOW, OUT_HIGH);
	io_set_in_max(l->io, IN_MAX);
	l->stream = stream_new(&opts, &stream_events, l);
	uplink_send_header(l);
}

void
uplink_start(struct uplink *l)
{
	uplink_state_set(l, UPLINK_CONNECTING);
	l->connect = io_connect(l->c->loop, str_z(l->address), CONNECT_MS, on_connected, l);
}

void
uplink_leave(struct uplink *l)
{
	if (l->state == UPLINK_LEAVING || l->state == UPLINK_STOPPED)
		return;
	if (l->state < UPLINK_BOUND) {
		uplink_end(l, true);
		return;
	}
	uplink_state_set(l, UPLINK_LEAVING);
	stream_close(l->stream);
	members_link_down(l, true);
}

void
uplink_init(struct uplink *l, struct component *c, const char *address, unsigned index)
{
	l->log = (struct log_ctx){c->log, uplink_print};
	l->c = c;
	l->address = xstrdup(address);
	l->bit = 1ull << index;
	l->local = str_starts(str_z(address), STR("unix:"));
	l->backoff = BACKOFF_MIN_MS;
}

void
uplink_done(struct uplink *l)
{
	connection_drop(l);
	l->state = UPLINK_STOPPED;
}
