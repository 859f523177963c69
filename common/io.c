/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an io: its events, its input and its end. Descriptors are
 * watched by a uv_poll_t and read by ourselves, many stanzas at a time, into
 * one buffer for all ios of the process (its loop runs on one thread).
 *
 * Not for: the out queue (io_out.c), OpenSSL (io_tls.c).
 */
#include "common/io_priv.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	READ_SIZE = 65536,
	READS_A_TURN = 2,  /* then the others' turn */
	CARRY_MAX = 16384, /* unconsumed input up to this goes through the shared buffer */
	LOW_MARK = 65536,
	HIGH_MARK = 262144,
	IN_MAX = 65536,
	LINGER_MS = 2000,      /* wait for the peer's end this long */
	UNSENT_MAX = 131072,   /* bytes that the kernel may hold back */
	HANDSHAKES_NS = 2000000, /* of a turn may go into handshakes */
	LINGER_BYTES = 262144, /* and throw away this much a wake-up */
};

static char read_buffer[READ_SIZE];
char io_end_text[IO_END_TEXT_MAX];

/* --- what to watch --- */

static int
wanted_events(const struct io *io)
{
	int events = 0;

	switch (io->life) {
	case IO_ENDED:
	case IO_FREED:
		return 0;
	case IO_LINGERING:
		return UV_READABLE;
	case IO_OPEN:
	case IO_FINISHING:
		break;
	}
	if (io->tls == IO_TLS_HANDSHAKE)
		return io->read_wants_write ? UV_WRITABLE : UV_READABLE;
	if (io->blocked)
		events |= io->write_wants_read ? UV_READABLE : UV_WRITABLE;
	if (io->life == IO_OPEN && !io->paused && io->tls != IO_TLS_CLEAR)
		events |= io->read_wants_write ? UV_WRITABLE : UV_READABLE;
	return events;
}

static void on_poll(uv_poll_t *h, int status, int events);

/*
 * A change costs two system calls, so readability is watched on after a pause
 * until it really comes (`unwanted`): most pauses are over before that.
 */
static void
arm(struct io *io, bool unwanted)
{
	int events = wanted_events(io);

	if (!io->watched || io->life == IO_FREED)
		return;
	if (!unwanted && !io_is_over(io))
		events |= io->armed & UV_READABLE;
	if (events == io->armed)
		return;
	io->armed = (uint8_t)events;
	bug_if(uv_poll_start(&io->poll, events, on_poll) < 0);
}

/* --- the end --- */

void
io_end(struct io *io, enum io_end end, const char *text)
{
	if (io_is_over(io))
		return;
	io->life = IO_ENDED;
	timer_stop(&io->timer);
	task_cancel(&io->task);
	arm(io, true);
	io_drop_queue(io);
	io->events->end(io, end, text);
}

static void
end_errno(struct io *io, const char *doing, int err)
{
	snprintf(io_end_text, sizeof(io_end_text), "%s: %s", doing, strerror(err));
	io_end(io, IO_END_RESET, io_end_text);
}

static void
release(void *p)
{
	struct io *io = p;

	buf_done(&io->in);
	free(io->peer);
	SSL_free(io->ssl);
	free(io);
}

static void
on_closed(uv_handle_t *h)
{
	release(container_of((uv_poll_t *)(void *)h, struct io, poll));
}

/* The memory, and with it the input that a caller up the stack may be looking at, stays to the end of the
 * turn. */
void
io_free(struct io **iop)
{
	struct io *io = *iop;

	*iop = NULL;
	if (!io)
		return;
	bug_if(io->life == IO_FREED);
	io->life = IO_FREED;
	timer_stop(&io->timer);
	task_cancel(&io->task);
	io_drop_queue(io);
	if (io->watched)
		uv_close((uv_handle_t *)&io->poll, on_closed);
	else
		loop_park(io->loop, io, release);
	close(io->fd); /* safe right after uv_close: libuv has forgotten it */
}

/* --- reading --- */

static enum io_fill
plain_fill(struct io *io, char *p, size_t room, size_t *n_r)
{
	ssize_t n;

	do {
		n = recv(io->fd, p, room, 0);
	} while (n < 0 && errno == EINTR);
	*n_r = n > 0 ? (size_t)n : 0;
	if (n > 0)
		return (size_t)n == room ? IO_FILL_MORE : IO_FILL_EMPTY;
	if (n == 0)
		return IO_FILL_EOF;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return IO_FILL_EMPTY;
	snprintf(io_end_text, sizeof(io_end_text), "read: %s", strerror(errno));
	return IO_FILL_BROKEN;
}

static enum io_fill
fill(struct io *io, char *p, size_t room, size_t *n_r)
{
	if (io->tls == IO_TLS_READY)
		return io_tls_fill(io, p, room, n_r);
	return plain_fill(io, p, room, n_r);
}

/* Keeps what `data` left of the n bytes at p, which lie in io->in or in the shared buffer. */
static void
keep_rest(struct io *io, const char *p, size_t n, size_t used)
{
	if (p == io->in.p) {
		buf_consume(&io->in, used);
	} else {
		buf_clear(&io->in);
		buf_addn(&io->in, p + used, n - used);
	}
	if (!io->in.n)
		buf_done(&io->in);
	else if (io->in.n > io->in_max && !io->paused)
		io_end(io, IO_END_OVERFLOW, "the peer sent more than may wait");
}

static void
deliver(struct io *io, const char *p, size_t n)
{
	enum io_tls_state tls = io->tls;
	size_t used;

	io->in_data = true;
	used = io->events->data(io, p, n);
	io->in_data = false;
	bug_if(used > n);
	if (io_is_over(io))
		return;
	if (io->tls != tls) /* io_start_tls: the rest is plaintext from before, RFC 6120 5.4.3.3 */
		buf_done(&io->in);
	else
		keep_rest(io, p, n, used);
}

static bool
may_read(const struct io *io)
{
	return io->life == IO_OPEN && !io->paused && (io->tls == IO_TLS_NONE || io->tls == IO_TLS_READY);
}

/* One fill: behind the unconsumed bytes, in the shared buffer while they are few, else in io->in itself. */
static enum io_fill
read_once(struct io *io)
{
	size_t kept = io->in.n, n = 0;
	bool shared = kept <= CARRY_MAX;
	enum io_fill how;
	char *p;

	if (shared) {
		if (kept)
			memcpy(read_buffer, io->in.p, kept);
		p = read_buffer + kept;
	} else {
		p = buf_reserve(&io->in, READ_SIZE);
	}
	how = fill(io, p, shared ? READ_SIZE - kept : READ_SIZE, &n);
	if (!n)
		return how;
	if (!shared)
		io->in.n += n;
	deliver(io, shared ? read_buffer : io->in.p, kept + n);
	return how;
}

/* The peer will say no more. TLS wants his goodbye answered, if nothing of ours stands in the way (RFC 5246 7.2.1). */
static void
end_of_input(struct io *io)
{
	if (io->tls == IO_TLS_READY && !io_queued(io))
		io_tls_answer_shutdown(io);
	io_end(io, IO_END_EOF, "the peer closed the connection");
}

static void on_timer(struct timer *t);

static void
read_input(struct io *io)
{
	for (int i = 0; may_read(io); i++) {
		enum io_fill how;

		if (i == READS_A_TURN) {
			if (io_tls_pending(io))
				timer_start(io->loop, &io->timer, 0, on_timer);
			return;
		}
		how = read_once(io);
		if (io_is_over(io) || how == IO_FILL_EMPTY)
			return;
		if (how == IO_FILL_BROKEN || how == IO_FILL_BAD)
			io_end(io, how == IO_FILL_BAD ? IO_END_TLS : IO_END_RESET, io_end_text);
		else if (how == IO_FILL_EOF && may_read(io))
			end_of_input(io);
	}
}

/* io_resume: first what is here already. */
static void
replay(struct io *io)
{
	io->replay = false;
	if (may_read(io) && io->in.n)
		deliver(io, io->in.p, io->in.n);
	if (may_read(io) && io_tls_pending(io))
		read_input(io);
}

/* --- finishing --- */

/*
 * Our side is shut. Closing now, with input unread, would make the kernel send
 * a reset, which may destroy our last words before the peer has read them.
 */
static void
linger(struct io *io)
{
	size_t thrown = 0;
	ssize_t n;

	do {
		n = recv(io->fd, read_buffer, READ_SIZE, 0);
		if (n > 0)
			thrown += (size_t)n;
	} while ((n > 0 && thrown < LINGER_BYTES) || (n < 0 && errno == EINTR));
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
		io_end(io, IO_END_FINISHED, "closed");
}

static void
finish(struct io *io)
{
	if (io->tls == IO_TLS_READY && !io_tls_shutdown(io))
		return;
	shutdown(io->fd, SHUT_WR);
	io->life = IO_LINGERING;
	if (io->timer.due > loop_now(io->loop) + LINGER_MS)
		timer_start(io->loop, &io->timer, LINGER_MS, on_timer);
	linger(io);
}

void
io_finish(struct io *io, uint64_t timeout_ms)
{
	if (io->life != IO_OPEN)
		return;
	io->life = IO_FINISHING;
	timer_start(io->loop, &io->timer, timeout_ms, on_timer);
	io_defer(io);
}

/* --- events --- */

static void
flush(struct io *io)
{
	if (io_is_over(io) || io->life == IO_LINGERING)
		return;
	io_flush(io);
	if (io->life == IO_FINISHING && io_queued(io) == 0 && !io->blocked)
		finish(io);
}

static void
on_timer(struct timer *t)
{
	struct io *io = container_of(t, struct io, timer);

	switch (io->life) {
	case IO_OPEN:
		read_input(io);
		arm(io, false);
		break;
	case IO_FINISHING:
		io_end(io, IO_END_TIMEOUT, "the peer did not take what was left to send in time");
		break;
	case IO_LINGERING:
		io_end(io, IO_END_FINISHED, "closed");
		break;
	case IO_ENDED:
	case IO_FREED:
		break;
	}
}

static void
on_task(struct task *t)
{
	struct io *io = container_of(t, struct io, task);

	if (!io->watched) {
		end_errno(io, "watching the connection", ENOSPC);
		return;
	}
	if (io->replay)
		replay(io);
	flush(io);
	arm(io, false);
}

void
io_defer(struct io *io)
{
	loop_defer(io->loop, &io->task, on_task);
}

/*
 * A handshake costs more than a hundred stanzas. When everybody reconnects at once, each turn has time for some of
 * them only, and those who are there are served in between. The others' sockets stay readable: they are asked again.
 */
static void
handshake(struct io *io)
{
	static uint64_t turn, spent_ns;
	uint64_t begun;

	if (turn != loop_turn(io->loop)) {
		turn = loop_turn(io->loop);
		spent_ns = 0;
	}
	if (spent_ns >= HANDSHAKES_NS)
		return;
	begun = uv_hrtime();
	io_tls_handshake(io);
	spent_ns += uv_hrtime() - begun;
}

static void
dispatch(struct io *io, int events)
{
	bool readable = events & (io->read_wants_write ? UV_WRITABLE : UV_READABLE);
	bool writable = events & (io->write_wants_read ? UV_READABLE : UV_WRITABLE);

	if (io->life == IO_LINGERING) {
		linger(io);
		return;
	}
	if (io->tls == IO_TLS_HANDSHAKE)
		handshake(io);
	else if (readable && may_read(io))
		read_input(io);
	if (writable && io->blocked) {
		io->blocked = false;
		flush(io);
	}
}

/*
 * libuv reports an error state of the socket as a bad status and stops to
 * watch. There may be input in front of the error: reading and writing will
 * come upon it, when they are wanted.
 */
static void
on_poll(uv_poll_t *h, int status, int events)
{
	struct io *io = container_of(h, struct io, poll);
	bool unwanted = (events & UV_READABLE) && !(wanted_events(io) & UV_READABLE);

	loop_woke(io->loop);
	if (status < 0) {
		io->armed = 0;
		events = UV_READABLE | UV_WRITABLE;
	}
	dispatch(io, events);
	arm(io, unwanted);
}

void
io_pause(struct io *io)
{
	io->paused = true;
}

void
io_resume(struct io *io)
{
	if (!io->paused || io_is_over(io))
		return;
	io->paused = false;
	io->replay = true;
	io_defer(io);
}

/* --- TLS --- */

void
io_start_tls(struct io *io, SSL *ssl)
{
	bug_if(io->ssl || io->tls != IO_TLS_NONE);
	io->ssl = ssl;
	io->clear = io_queued(io);
	io->tls = IO_TLS_CLEAR;
	if (!io->in_data)
		buf_done(&io->in);
	bug_if(SSL_set_fd(ssl, io->fd) != 1);
	SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
			      SSL_MODE_RELEASE_BUFFERS);
	SSL_set_read_ahead(ssl, 1); /* one read for many records */
	if (!io_is_over(io))
		io_defer(io);
}

SSL *
io_ssl(const struct io *io)
{
	return io->ssl;
}

/* --- making one, and its attributes --- */

/*
 * The kernel would take megabytes for a peer that does not read. What it holds counts as written, is bounded by
 * none of our limits and lost with the connection, so it gets only what keeps the line busy.
 */
static void
look_at_peer(struct io *io)
{
	int one = 1, unsent = UNSENT_MAX;
	struct addr peer = {.len = sizeof(peer.sa)};

	if (getpeername(io->fd, (struct sockaddr *)&peer.sa, &peer.len) < 0)
		return; /* gone already; reading will tell */
	if (peer.sa.ss_family == AF_UNIX)
		return;
	io_set_peer(io, &peer);
	/* these fail only when the peer is gone */
	setsockopt(io->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(io->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent));
}

struct io *
io_new(struct loop *loop, int fd, const struct io_events *events, void *owner)
{
	struct io *io = xcalloc(1, sizeof(*io));
	int rc;

	io->loop = loop;
	io->fd = fd;
	io->events = events;
	io->owner = owner;
	io->low = LOW_MARK;
	io->high = HIGH_MARK;
	io->in_max = IN_MAX;
	look_at_peer(io);
	rc = uv_poll_init(loop_uv(loop), &io->poll, fd);
	bug_if(rc < 0 && rc != UV_ENOSPC && rc != UV_ENOMEM); /* not a socket, or watched already */
	io->watched = rc == 0; /* else the kernel's limit of watches is reached: on_task ends it */
	io_defer(io);
	return io;
}

void *
io_owner(const struct io *io)
{
	return io->owner;
}

void
io_set_owner(struct io *io, const struct io_events *events, void *owner)
{
	io->events = events;
	io->owner = owner;
}

const struct addr *
io_peer(const struct io *io)
{
	static const struct addr unix_peer = {.sa = {.ss_family = AF_UNIX}, .len = sizeof(sa_family_t)};

	return io->peer ? io->peer : &unix_peer;
}

void
io_set_peer(struct io *io, const struct addr *a)
{
	size_t n = offsetof(struct addr, sa) + a->len;

	bug_if(n > sizeof(*a));
	io->peer = xrealloc(io->peer, n);
	memcpy(io->peer, a, n);
}

void
io_set_in_max(struct io *io, size_t bytes)
{
	io->in_max = (uint32_t)MIN(bytes, (size_t)UINT32_MAX);
}
