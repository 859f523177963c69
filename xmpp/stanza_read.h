/* SPDX-License-Identifier: Apache-2.0 */
/* Between stanza_read.c, stanza.c and stanza_write.c only: canonical XML at the level of bytes. */
#pragma once

#include "xmpp/stanza.h"

enum { ATTRS_MAX = 128 }; /* of one element; the edge allows fewer */

/* One element and nothing else into a tree of nodes; null with the reason when the bytes are not canonical. */
struct node *stanza_read(struct arena *a, struct str bytes, const char **why_r);

struct attr {
	struct str name;  /* with its prefix */
	struct str value; /* raw: with references */
	struct str all;   /* " name='value'" */
};

/* Iterates over node.attrs, which stanza_read has checked. */
static inline bool
attr_next(struct str *attrs, struct attr *r)
{
	const char *p = attrs->p, *end = p + attrs->n, *eq, *quote;

	if (p == end)
		return false;
	eq = memchr(p, '=', (size_t)(end - p));
	quote = memchr(eq + 2, '\'', (size_t)(end - eq - 2));
	r->name = str_n(p + 1, (size_t)(eq - p - 1));
	r->value = str_n(eq + 2, (size_t)(quote - eq - 2));
	r->all = str_n(p, (size_t)(quote + 1 - p));
	*attrs = str_from(*attrs, r->all.n);
	return true;
}

/* Canonical text or attribute value without its references: the slice itself, or a copy in the arena. */
struct str stanza_decode(struct arena *a, struct str raw);
