/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct buf: bytes that grow at the end. A zeroed buf is an empty one and
 * owns no memory; `buf_done` gives the memory back and empties it.
 */
#pragma once

#include "common/str.h"

#include <stdarg.h>

struct buf {
	char *p;
	size_t n;   /* bytes in use */
	size_t cap; /* bytes owned */
};

void buf_done(struct buf *b);
/* Room for `more` bytes behind the end; returns where they go (add to b->n yourself). */
char *buf_reserve(struct buf *b, size_t more);
void buf_addn(struct buf *b, const void *p, size_t n);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_addvf(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
void buf_addu(struct buf *b, uint64_t v); /* decimal */
/* Drops the first `n` bytes. */
void buf_consume(struct buf *b, size_t n);
/* A NUL behind the end that does not count in n; the z-string, valid until the next change. */
const char *buf_z(struct buf *b);
/* Memory handed to the caller as a z-string (free it); the buf is empty afterwards. */
char *buf_take(struct buf *b);

static inline void
buf_add(struct buf *b, struct str s)
{
	buf_addn(b, s.p, s.n);
}

#define buf_addl(b, literal) buf_addn((b), "" literal, sizeof(literal) - 1)

static inline void
buf_addz(struct buf *b, const char *z)
{
	buf_addn(b, z, strlen(z));
}

static inline void
buf_clear(struct buf *b)
{
	b->n = 0;
}

static inline struct str
buf_str(const struct buf *b)
{
	return str_n(b->p ? b->p : "", b->n);
}
