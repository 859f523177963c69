/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract of common/io.h in memory, for fuzz targets that drive a whole
 * daemon: no descriptor, no kernel, one fake loop (loop_new_fake), so that the
 * same input does the same each time. Linked in place of common/io*.c.
 *
 * A wire has two ends. One belongs to the code under test (a struct io), the
 * other to the target, or to the code under test too (a component and its
 * router). TLS is taken as done: io_start_tls forgets the input, and
 * `secured` follows in the next turn; the bytes stay as they are.
 */
#pragma once

#include "common/io.h"

struct wire; /* the far end: what a peer holds in its hand */

/*
 * Dials an address on which the code under test listens, and is accepted: null when nobody listens there. The
 * wire may be broken already when it comes back.
 */
struct wire *wire_dial(struct loop *loop, const char *address);
/* The same for who calls accept himself: the descriptor that io_new takes. */
struct wire *wire_new(int *fd_r);
/* Who is asked when the code under test connects and nobody listens at the address; null: refused. May be null. */
void wire_on_connect(void (*connected)(void *arg, struct str address, struct wire *w), void *arg);

/* Delivered at once. Nothing comes before what was said before, and nothing after the end. */
void wire_say(struct wire *w, struct str bytes);
void wire_hang_up(struct wire *w, enum io_end end); /* IO_END_EOF, IO_END_RESET, IO_END_TLS */
void wire_read(struct wire *w, bool reads); /* whether the peer reads; at first it does */
struct buf *wire_heard(struct wire *w); /* what came from the code under test; to be consumed */
bool wire_ended(const struct wire *w); /* the code under test has closed */
bool wire_tls(const struct wire *w);
void wire_free(struct wire **w); /* accepts null, nulls it; an end that is not hung up is reset */
