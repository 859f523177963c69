/* SPDX-License-Identifier: Apache-2.0 */
/* Shared immutable bytes. */
#include "common/chunk.h"

#include <stdlib.h>

struct chunk *
chunk_new(struct str bytes)
{
	struct chunk *c = xmalloc(sizeof(*c) + bytes.n);

	c->refs = 1;
	c->n = bytes.n;
	if (bytes.n)
		memcpy(c->p, bytes.p, bytes.n);
	return c;
}

struct chunk *
chunk_ref(struct chunk *c)
{
	c->refs++;
	return c;
}

void
chunk_unref(struct chunk **c)
{
	struct chunk *old = *c;

	*c = NULL;
	if (!old)
		return;
	bug_if(old->refs == 0);
	if (--old->refs == 0)
		free(old);
}
