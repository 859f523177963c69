/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees in one notation, whoever has read them: our reader of canonical XML or
 * plain expat without any of our code. Equal notation, equal tree.
 */
#pragma once

#include "common/buf.h"
#include "xmpp/stanza.h"

/* Of a node and what is in it. */
void tree_of_node(struct buf *out, struct arena *a, const struct node *n);
/* Of one element as expat alone sees it inside an element in NS_CLIENT. 0, or -1 when it is not well-formed. */
int tree_of_canonical(struct buf *out, struct str element) MUST_CHECK;
/* Of each first-level element of a whole raw stream as expat alone sees it; names in `content_ns` as in NS_CLIENT. */
int tree_of_stream(struct buf *out, struct str raw, const char *content_ns) MUST_CHECK;
/* The node again through struct out. */
void tree_write(struct buf *out, struct arena *a, const struct node *n);
