/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct out: the only XML writer. What it writes is canonical XML, the form
 * that everything inside the server has (doc/stanza-journey.md):
 *
 * - elements without prefix; xmlns written where it differs from the parent's;
 *   the element at depth 0 inherits the namespace given to out_init (for
 *   stanzas NS_CLIENT, which stands for "the stream's content namespace" and
 *   is therefore not written)
 * - attributes in single quotes; of prefixed ones only xml: keeps its prefix,
 *   others get `a1:`, `a2:`... declared on the element itself
 * - & < > ' " as the five entities in attributes, & < > in text; TAB, LF in
 *   attributes and CR everywhere as &#x9; &#xA; &#xD;
 * - empty elements as <x/>; no CDATA, comments, processing instructions, DTD
 *
 * Output that was escaped by construction is the rule that keeps stanzas from
 * being smuggled: never paste text into XML by hand.
 */
#pragma once

#include "common/buf.h"

enum { OUT_DEPTH_MAX = 128 };

struct out {
	struct buf *b;
	bool tag_open; /* a start tag lacks its '>' */
	unsigned depth;
	unsigned prefixes; /* of attributes, in the open start tag */
	struct str inherited; /* the namespace around depth 0 */
	struct {
		struct str name, ns; /* borrowed: literals, or bytes that outlive the writer */
	} open[OUT_DEPTH_MAX];
};

void out_init(struct out *o, struct buf *b, const char *inherited_ns);
/* name and ns are borrowed until the element is closed. ns absent: the parent's. */
void out_open(struct out *o, struct str name, struct str ns);
void out_attr(struct out *o, struct str name, struct str value);       /* only while the start tag is open */
void out_attr_ns(struct out *o, struct str ns, struct str name, struct str value); /* NS_XML or a foreign one */
void out_attrf(struct out *o, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
void out_attru(struct out *o, const char *name, uint64_t v);
void out_text(struct out *o, struct str text);
void out_raw(struct out *o, struct str canonical); /* canonical XML, written for the same surrounding namespace */
void out_close(struct out *o);
/* Closes what is open; depth is 0 afterwards. */
void out_done(struct out *o);

/* Shorthands with z-strings: out_openz(o, "query", NS_ROSTER); ns may be null. */
void out_openz(struct out *o, const char *name, const char *ns);
void out_attrz(struct out *o, const char *name, struct str value); /* an absent value writes nothing */
void out_leafz(struct out *o, const char *name, const char *ns, struct str text); /* open, text, close */

/* Escaping alone, for the few who write bytes that are not a tree (the stream header). */
void out_escape_text(struct buf *b, struct str text);
void out_escape_attr(struct buf *b, struct str value);
