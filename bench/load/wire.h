/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct wire: one TCP connection of the generator, plain or TLS. Embedded in
 * its owner, zeroed; opened and closed any number of times. An idle wire owns
 * no buffer.
 *
 * Callbacks run from the reactor only, never inside a wire_* call.
 */
#pragma once

#include "bench/load/reactor.h"
#include "common/buf.h"

#include <openssl/ssl.h>
#include <sys/socket.h>

struct wire;

struct wire_events {
	void (*connected)(struct wire *w);
	void (*secured)(struct wire *w);
	size_t (*data)(struct wire *w, struct str bytes);   /* returns how many were consumed */
	void (*ended)(struct wire *w, const char *why);     /* closed already; may be opened again */
};

enum wire_state { WIRE_CLOSED, WIRE_CONNECTING, WIRE_HANDSHAKE, WIRE_OPEN };

struct wire {
	struct reactor *reactor;
	const struct wire_events *events;
	enum wire_state state;
	int fd;
	SSL *ssl;
	unsigned generation; /* counts the closings */
	uint64_t opened_turn;
	uint32_t watched; /* what epoll looks for */
	struct buf in, out;
	size_t out_at;
	struct list_node dirty_node;
	bool dirty;
};

void wire_open(struct wire *w, struct reactor *r, const struct sockaddr_storage *sa, socklen_t len,
	       const struct wire_events *events);
void wire_close(struct wire *w); /* at once, without a callback; also when it is closed */
/* The handshake, as a client; `secured` or `ended` follows. */
void wire_start_tls(struct wire *w, SSL_CTX *ctx, const char *name, bool direct);
/* Append to it, then wire_wrote. */
struct buf *wire_out(struct wire *w);
void wire_wrote(struct wire *w);

/* For the reactor. */
void wire_ready(struct wire *w, uint32_t events);
void wire_flush(struct wire *w);
