/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is given back all at once. */
#include "common/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BLOCK = 4096, ARENA_ALIGN = alignof(max_align_t) };

struct arena_block {
	struct arena_block *next;
	size_t size;
	alignas(max_align_t) char bytes[];
};

static void
use_block(struct arena *a, struct arena_block *block)
{
	block->next = a->head;
	a->head = block;
	a->at = block->bytes;
	a->end = block->bytes + block->size;
}

static void
grow(struct arena *a, size_t n)
{
	size_t size = MAX(n, (size_t)ARENA_BLOCK - sizeof(struct arena_block));
	struct arena_block *block = xmalloc(sizeof(*block) + size);

	block->size = size;
	use_block(a, block);
}

void
arena_done(struct arena *a)
{
	struct arena_block *block = a->head, *next;

	for (; block; block = next) {
		next = block->next;
		free(block);
	}
	*a = (struct arena){0};
}

void
arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL, *block = a->head, *next;

	for (; block; block = next) {
		next = block->next;
		if (!keep && block->size <= ARENA_BLOCK)
			keep = block;
		else
			free(block);
	}
	*a = (struct arena){0};
	if (keep)
		use_block(a, keep);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	char *p;

	n = (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (!a->at || n > (size_t)(a->end - a->at))
		grow(a, n);
	p = a->at;
	a->at += n;
	return p;
}

void *
arena_zalloc(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p;

	if (!s.p)
		return s;
	p = arena_alloc(a, s.n + 1);
	memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return str_n(p, s.n);
}

struct str
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	bug_if(n < 0);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return str_n(p, (size_t)n);
}
