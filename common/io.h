/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct io: a connected byte stream (TCP or Unix, plain or TLS) on the loop,
 * with back-pressure. And struct io_listener, struct io_connect to get one.
 *
 * Reading: bytes are read into one buffer that the loop's ios share and handed
 * to `data`; what `data` does not consume is kept by this io and comes again
 * in front of the next bytes. An idle io owns no buffer.
 *
 * Writing: io_write and io_write_chunk queue; queues are flushed at the end of
 * the loop turn (one writev or SSL_write for many stanzas).
 *
 * Callbacks: never run inside io_* calls. After io_free none runs. All may call
 * any io_* function on the io, io_free included; the bytes that `data` was
 * given stay readable until the end of the turn even then.
 */
#pragma once

#include "common/addr.h"
#include "common/chunk.h"
#include "common/loop.h"
#include "common/tls.h"

struct io;

enum io_end {
	IO_END_EOF,      /* the peer closed its side, orderly */
	IO_END_RESET,    /* the connection broke; errno-like reason in text */
	IO_END_TLS,      /* the handshake or a record failed */
	IO_END_FINISHED, /* io_finish has flushed and closed */
	IO_END_TIMEOUT,  /* io_finish could not flush in time */
	IO_END_OVERFLOW, /* unconsumed input grew over the limit */
};

struct io_events {
	/* Bytes arrived (decrypted). Returns how many were consumed (<= n); the rest waits for more bytes or for io_resume. */
	size_t (*data)(struct io *io, const char *p, size_t n);
	/*
	 * The stream is over; the owner calls io_free, here or later. `text` is for the log. Called once; after it,
	 * output is ignored and nothing else is called.
	 */
	void (*end)(struct io *io, enum io_end end, const char *text);
	/* The out queue fell under the low-water mark after it had been over the high one. May be null. */
	void (*drained)(struct io *io);
	/* The TLS handshake is complete. May be null. */
	void (*secured)(struct io *io);
};

/* Takes the descriptor (connected, any mode; set non-blocking, TCP_NODELAY). events: static. */
struct io *io_new(struct loop *loop, int fd, const struct io_events *events, void *owner);
void io_free(struct io **io); /* closes at once; accepts null, nulls it */
void *io_owner(const struct io *io);
void io_set_owner(struct io *io, const struct io_events *events, void *owner);
const struct addr *io_peer(const struct io *io); /* to look at, not to copy. See also io_set_peer: PROXY protocol */
void io_set_peer(struct io *io, const struct addr *a);

void io_write(struct io *io, struct str bytes);            /* copied */
void io_write_chunk(struct io *io, struct chunk *c);       /* takes a reference of its own */
struct buf *io_out(struct io *io); /* append here directly, then io_wrote(io): the copy-free way for small pieces */
void io_wrote(struct io *io);
size_t io_queued(const struct io *io);                     /* bytes not yet accepted by the kernel */
/* Bytes written since creation that the kernel has accepted (for "delivered" bookkeeping). */
uint64_t io_flushed_total(const struct io *io);
uint64_t io_queued_total(const struct io *io);             /* bytes given to io_write* since creation */
void io_set_marks(struct io *io, size_t low, size_t high); /* default 64 KiB, 256 KiB */
bool io_over(const struct io *io);                         /* over the high mark and not yet drained */
void io_set_in_max(struct io *io, size_t bytes);           /* unconsumed input; default 64 KiB */

/* Stop and start reading (nestable by the owner's own counting; these are not counted). */
void io_pause(struct io *io);
void io_resume(struct io *io);
/*
 * No more input is wanted; flush what is queued, send TLS close_notify, shut
 * our side; `end` follows. Input is thrown away until the peer has closed his
 * side too, for 2 s at most, so that no reset overtakes our last words. What
 * is written after io_finish, but before the flush is over, still goes out.
 */
void io_finish(struct io *io, uint64_t timeout_ms);

/*
 * Starts TLS on a plain stream: takes `ssl` (in accept or connect state),
 * forgets all unconsumed plaintext (RFC 6120 5.4.3.3), in `data` also the rest
 * of what it was given, whatever it returns. Output queued before goes out
 * first, in clear; what is queued after goes out encrypted.
 */
void io_start_tls(struct io *io, SSL *ssl);
SSL *io_ssl(const struct io *io); /* null when plain */

/* Listening. `accept` gets the descriptor (to keep: io_new). */
struct io_listener;
struct io_listener_opts {
	bool reuse_port; /* several processes share the port */
	int backlog;     /* 0: 1024 */
	mode_t unix_mode; /* of a Unix socket's file; 0: 0600 */
};
/*
 * Null with the reason appended to `why` (address, error, hint). opts may be
 * null. IPv6 listeners take IPv6 only. A Unix socket's file that nobody answers
 * on is replaced, and removed by io_listener_free. A descriptor
 * shortage never spins: a reserved descriptor is used to refuse, accept pauses
 * a moment, one log line (users.md 11).
 */
struct io_listener *io_listen(struct loop *loop, const struct addr *at, const struct io_listener_opts *opts,
			      void (*accept)(struct io_listener *l, int fd, const struct addr *peer), void *owner, struct buf *why);
void io_listener_free(struct io_listener **l);
/*
 * Accepts all that wait already, before the end: with SO_REUSEPORT the others who listen there get the new ones, but those in this
 * listener's queue would be reset.
 */
void io_listener_last_call(struct io_listener *l);
void *io_listener_owner(const struct io_listener *l);
const struct addr *io_listener_addr(const struct io_listener *l); /* the real one, when port 0 was asked for */

/*
 * Connecting, without blocking: resolves "name:port" on a worker thread, tries
 * each address in turn, each (and the resolving) for timeout_ms. `done` is
 * called once, never from within io_connect; the io_connect is gone after it.
 */
struct io_connect;
struct io_connect *io_connect(struct loop *loop, struct str address, uint64_t timeout_ms,
			      void (*done)(void *owner, int fd, const char *why), void *owner); /* fd < 0: failed, why */
void io_connect_cancel(struct io_connect **c); /* done is not called */
