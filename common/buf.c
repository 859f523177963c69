/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that grow at the end. */
#include "common/buf.h"

#include <stdio.h>
#include <stdlib.h>

void
buf_done(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

char *
buf_reserve(struct buf *b, size_t more)
{
	size_t want = b->n + more;

	bug_if(want < more);
	if (want > b->cap || !b->p) {
		size_t cap = b->cap ? b->cap : 64;

		while (cap < want)
			cap *= 2;
		b->p = xrealloc(b->p, cap);
		b->cap = cap;
	}
	return b->p + b->n;
}

void
buf_addn(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	memcpy(buf_reserve(b, n), p, n);
	b->n += n;
}

void
buf_addc(struct buf *b, char c)
{
	*buf_reserve(b, 1) = c;
	b->n++;
}

void
buf_addvf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	bug_if(n < 0);
	buf_reserve(b, (size_t)n + 1);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	b->n += (size_t)n;
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_addvf(b, fmt, ap);
	va_end(ap);
}

void
buf_addu(struct buf *b, uint64_t v)
{
	char digits[20], *end = digits;

	str_put_u64(&end, v);
	buf_addn(b, digits, (size_t)(end - digits));
}

void
buf_consume(struct buf *b, size_t n)
{
	bug_if(n > b->n);
	if (n == 0)
		return;
	b->n -= n;
	memmove(b->p, b->p + n, b->n);
}

const char *
buf_z(struct buf *b)
{
	*buf_reserve(b, 1) = '\0';
	return b->p;
}

char *
buf_take(struct buf *b)
{
	char *z;

	buf_z(b);
	z = xrealloc(b->p, b->n + 1); /* who takes it means to keep it */
	*b = (struct buf){0};
	return z;
}
