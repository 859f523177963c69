/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way out of an io: a queue of pieces, flushed at the end of the turn with
 * as few system calls as there can be. Small writes are copied together, long
 * chunks are shared. Pieces and their memory come from a small pool of the
 * process, so that an idle io owns none and a busy one allocates none.
 *
 * Not for: records of TLS (io_tls.c).
 */
#include "common/io_priv.h"
#include "common/metric.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>

enum {
	PIECE_SIZE = 16384, /* a piece of bytes is full at this size */
	SHARE_MIN = 1024,   /* shorter chunks are cheaper copied */
	POOL_MAX = 32,      /* spare pieces */
	POOL_CAP_MAX = 2 * PIECE_SIZE,
	IOV_COUNT = 64,
};

static struct {
	struct io_piece *first;
	unsigned count;
} pool;

static struct metric queued = {
	.name = "xmpp_queue_bytes", .labels = "queue=\"sockets\"", .kind = METRIC_GAUGE,
	.help = "Bytes that wait. sockets: for the other side of a connection to take them.",
};

/* --- pieces --- */

static struct io_piece *
piece_get(void)
{
	struct io_piece *piece = pool.first;

	if (!piece)
		return xcalloc(1, sizeof(*piece));
	pool.first = piece->next;
	pool.count--;
	piece->next = NULL;
	return piece;
}

static void
piece_put_back(struct io_piece *piece)
{
	chunk_unref(&piece->chunk);
	if (pool.count >= POOL_MAX || piece->bytes.cap > POOL_CAP_MAX) {
		buf_done(&piece->bytes);
		free(piece);
		return;
	}
	buf_clear(&piece->bytes);
	piece->at = piece->n = 0;
	piece->next = pool.first;
	pool.first = piece;
	pool.count++;
}

static struct io_piece *
append_piece(struct io *io)
{
	struct io_piece *piece = piece_get();

	if (io->last)
		io->last->next = piece;
	else
		io->first = piece;
	io->last = piece;
	return piece;
}

static struct str
piece_rest(const struct io_piece *piece)
{
	const char *p = piece->chunk ? piece->chunk->p : piece->bytes.p;

	return str_n(p + piece->at, piece->n - piece->at);
}

static void
shift_piece(struct io *io)
{
	struct io_piece *piece = io->first;

	io->first = piece->next;
	if (!io->first)
		io->last = NULL;
	piece_put_back(piece);
}

void
io_advance(struct io *io, size_t n)
{
	io->flushed_total += n;
	metric_add(&queued, -(int64_t)n);
	if (io->tls == IO_TLS_CLEAR)
		io->clear -= n;
	while (io->first) {
		struct io_piece *piece = io->first;
		size_t part = MIN(n, piece->n - piece->at);

		piece->at += part;
		n -= part;
		if (piece->at < piece->n || piece->bytes.n > piece->n)
			break;
		shift_piece(io);
	}
	bug_if(n);
}

void
io_drop_queue(struct io *io)
{
	while (io->first) {
		metric_add(&queued, -(int64_t)(io->first->n - io->first->at));
		shift_piece(io);
	}
}

/* --- queueing --- */

static void
count_queued(struct io *io, size_t n)
{
	io->queued_total += n;
	metric_add(&queued, (int64_t)n);
	if (io_queued(io) > io->high)
		io->over = true;
	io_defer(io);
}

void
io_wrote(struct io *io)
{
	struct io_piece *piece = io->last;
	size_t n;

	if (!piece || piece->chunk)
		return;
	if (!io_takes_output(io)) {
		io_drop_queue(io);
		return;
	}
	n = piece->bytes.n - piece->n;
	piece->n += n;
	if (n)
		count_queued(io, n);
}

/* Several calls in a row are counted by one io_wrote: those in a piece that is full, here. */
struct buf *
io_out(struct io *io)
{
	if (io->last && !io->last->chunk && io->last->bytes.n < PIECE_SIZE)
		return &io->last->bytes;
	io_wrote(io);
	return &append_piece(io)->bytes;
}

void
io_write(struct io *io, struct str bytes)
{
	if (!bytes.n || !io_takes_output(io))
		return;
	buf_add(io_out(io), bytes);
	io_wrote(io);
}

void
io_write_chunk(struct io *io, struct chunk *c)
{
	struct io_piece *piece;

	if (c->n < SHARE_MIN) {
		io_write(io, chunk_str(c));
		return;
	}
	if (!io_takes_output(io))
		return;
	io_wrote(io);
	piece = append_piece(io);
	piece->chunk = chunk_ref(c);
	piece->n = c->n;
	count_queued(io, c->n);
}

size_t
io_queued(const struct io *io)
{
	return (size_t)(io->queued_total - io->flushed_total);
}

uint64_t
io_flushed_total(const struct io *io)
{
	return io->flushed_total;
}

uint64_t
io_queued_total(const struct io *io)
{
	return io->queued_total;
}

void
io_set_marks(struct io *io, size_t low, size_t high)
{
	bug_if(low > high);
	io->low = (uint32_t)MIN(low, (size_t)UINT32_MAX);
	io->high = (uint32_t)MIN(high, (size_t)UINT32_MAX);
}

bool
io_over(const struct io *io)
{
	return io->over;
}

/* --- flushing --- */

/* The head of the queue, `max` bytes at most. */
static size_t
gather(const struct io *io, struct iovec *iov, size_t max, size_t *bytes_r)
{
	size_t count = 0, bytes = 0;

	for (struct io_piece *p = io->first; p && count < IOV_COUNT && bytes < max; p = p->next) {
		struct str rest = piece_rest(p);

		rest.n = MIN(rest.n, max - bytes);
		if (!rest.n)
			continue;
		/* iovec serves reading too, hence not const */
		iov[count].iov_base = (void *)(uintptr_t)rest.p;
		iov[count++].iov_len = rest.n;
		bytes += rest.n;
	}
	*bytes_r = bytes;
	return count;
}

static void
write_failed(struct io *io, int err)
{
	if (err == EAGAIN || err == EWOULDBLOCK) {
		io->blocked = true;
		return;
	}
	snprintf(io_end_text, sizeof(io_end_text), "write: %s", strerror(err));
	io_end(io, IO_END_RESET, io_end_text);
}

/* Writes `max` bytes at most, in clear. A short write says that the socket is full. */
static void
write_plain(struct io *io, size_t max)
{
	struct iovec iov[IOV_COUNT];
	size_t bytes;

	while (max && !io->blocked) {
		struct msghdr msg = {.msg_iov = iov};
		ssize_t n;

		msg.msg_iovlen = gather(io, iov, max, &bytes);
		if (!bytes)
			return;
		n = sendmsg(io->fd, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			write_failed(io, errno);
			return;
		}
		io_advance(io, (size_t)n);
		max -= (size_t)n;
		io->blocked = (size_t)n < bytes;
	}
}

static void
write_by_state(struct io *io)
{
	switch (io->tls) {
	case IO_TLS_NONE:
		write_plain(io, SIZE_MAX);
		break;
	case IO_TLS_CLEAR:
		write_plain(io, io->clear);
		if (!io_is_over(io) && !io->clear) {
			io->tls = IO_TLS_HANDSHAKE;
			if (!SSL_is_server(io->ssl)) /* a server waits, and has its time for handshakes (io.c) */
				io_tls_handshake(io);
		}
		break;
	case IO_TLS_HANDSHAKE:
		break;
	case IO_TLS_READY:
		io_tls_write(io);
		break;
	}
}

void
io_flush(struct io *io)
{
	if (!io->blocked)
		write_by_state(io);
	if (io_is_over(io) || !io->over || io_queued(io) > io->low)
		return;
	io->over = false;
	if (io->events->drained)
		io->events->drained(io);
}
