/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts the stream of a server into top-level elements and looks things up in
 * them. It takes what any server may send (RFC 6120 11), but it checks
 * nothing: for a measuring instrument, not for a daemon. Character references
 * in values are not decoded; none of the names here has any.
 */
#pragma once

#include "common/str.h"

enum split_kind {
	SPLIT_MORE,    /* nothing complete yet */
	SPLIT_HEADER,  /* <stream:stream ...> */
	SPLIT_ELEMENT,
	SPLIT_END,     /* </stream:stream> */
};

struct splitter { /* zeroed: at the beginning of an element */
	size_t at;
	int depth;
};

struct element {
	struct str raw;  /* all of it */
	struct str name; /* as written, prefix included */
};

/*
 * `bytes` starts where the last call's *used_r ended. With MORE, come again
 * with the rest and more.
 */
enum split_kind split_next(struct splitter *s, struct str bytes, size_t *used_r, struct element *e_r);
struct str element_attr(struct element e, const char *name); /* absent when it has none */
bool element_is(struct element e, const char *name);
bool element_has(struct element e, const char *text); /* anywhere in it: "<starttls", "urn:..." */
struct str element_own_text(struct element e); /* up to its first child; absent when it is empty */
/* Text of the first descendant of that name, absent when there is none; markup in it as it stands. */
struct str element_text(struct element e, const char *name);
