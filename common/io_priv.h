/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of io share: io.c (life, events, reading), io_out.c (the
 * queue and its flushing), io_tls.c (OpenSSL). Not for anybody else.
 */
#pragma once

#include "common/io.h"

/* A part of the out queue: bytes of its own, or a chunk shared with other ios. */
struct io_piece {
	struct io_piece *next;
	struct chunk *chunk; /* null: bytes */
	struct buf bytes;
	size_t at; /* accepted by the kernel up to here */
	size_t n;  /* counted as queued up to here; `bytes` may hold more, between io_out and io_wrote */
};

enum io_life {
	IO_OPEN,
	IO_FINISHING, /* io_finish: input no longer wanted, output on its way */
	IO_LINGERING, /* all sent and our side shut: waiting for the peer's end */
	IO_ENDED,     /* `end` was called */
	IO_FREED,     /* waiting for libuv to let go of the handle */
};

enum io_tls_state {
	IO_TLS_NONE,
	IO_TLS_CLEAR, /* io_start_tls came, but `clear` bytes of the queue go out before */
	IO_TLS_HANDSHAKE,
	IO_TLS_READY,
};

struct io {
	uv_poll_t poll;
	struct loop *loop;
	const struct io_events *events;
	void *owner;
	SSL *ssl;
	struct addr *peer; /* the first bytes of one, as many as this address takes; null: a Unix socket */
	struct io_piece *first, *last; /* out queue */
	size_t clear;                  /* bytes at its head that go out in clear */
	uint64_t queued_total, flushed_total;
	struct buf in;      /* unconsumed input */
	struct task task;   /* end of turn: replay, flush */
	struct timer timer; /* open: read on in the next turn; later: the deadline */
	uint32_t low, high, in_max;
	int fd;
	enum io_life life : 8;
	enum io_tls_state tls : 8;
	uint8_t armed; /* events that libuv watches for us */
	bool paused : 1;
	bool over : 1;             /* over the high mark, not yet drained */
	bool replay : 1;           /* io_resume: give `in` again */
	bool in_data : 1;          /* `data` is on the stack, with a pointer into the input */
	bool blocked : 1;          /* output waits for the socket */
	bool write_wants_read : 1; /* TLS: it waits for input */
	bool read_wants_write : 1;
	bool watched : 1; /* `poll` is initialised */
};

/* How a read ended. */
enum io_fill {
	IO_FILL_MORE,  /* there may be more */
	IO_FILL_EMPTY, /* not now */
	IO_FILL_EOF,
	IO_FILL_BROKEN, /* the connection; io_end_text says how */
	IO_FILL_BAD,    /* a TLS record; io_end_text says what */
};

enum { IO_END_TEXT_MAX = 256 };
extern char io_end_text[IO_END_TEXT_MAX];

/* io.c */
void io_defer(struct io *io);
void io_end(struct io *io, enum io_end end, const char *text);
static inline bool
io_is_over(const struct io *io)
{
	return io->life >= IO_ENDED;
}

/* Output is still taken. */
static inline bool
io_takes_output(const struct io *io)
{
	return io->life < IO_LINGERING;
}

/* io_out.c */
void io_flush(struct io *io);
void io_drop_queue(struct io *io);
void io_advance(struct io *io, size_t n); /* n bytes at the head of the queue are out */

/* io_tls.c */
void io_tls_handshake(struct io *io);
enum io_fill io_tls_fill(struct io *io, char *p, size_t room, size_t *n_r);
bool io_tls_pending(const struct io *io); /* bytes that no event of the socket will announce */
void io_tls_write(struct io *io);
void io_tls_answer_shutdown(struct io *io); /* to a close_notify, if there was one; as far as it goes */
bool io_tls_shutdown(struct io *io); /* false: again, when the socket is writable */
