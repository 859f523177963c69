/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct xml_scan: the gate in front of expat. It knows just enough XML to
 * cut the bytes of a stream into units (the header, first-level elements, the
 * end), to see what is forbidden and what is too much before anything is
 * stored, and to say how far the bytes may go to the parser: never in the
 * middle of a tag, so that input in small drips costs no repeated parsing
 * (CVE-2023-52425). What is well-formed expat decides; for anything that expat
 * accepts, both see the same tags.
 *
 * Used by xml.c only. Owns nothing.
 */
#pragma once

#include "common/str.h"
#include "xmpp/error.h"
#include "xmpp/xml.h"

struct xml_scan {
	uint8_t state;
	uint8_t matched;   /* bytes of <?xml or <![CDATA[ */
	uint16_t depth;    /* open elements, the root included */
	uint32_t attrs;    /* of the open tag */
	uint32_t elements; /* inside the first-level element */
	size_t bytes;      /* of the unit */
};

enum scan_result {
	SCAN_MORE,    /* the unit goes on behind these bytes */
	SCAN_SPACE,   /* white space between units, nothing for the parser */
	SCAN_HEADER,  /* the root's start tag is complete */
	SCAN_ELEMENT, /* a first-level element is complete */
	SCAN_CLOSE,   /* the root's end tag is complete */
	SCAN_BAD,     /* refused: condition and why */
};

struct scan_piece {
	size_t used; /* bytes that belong to it */
	size_t safe; /* MORE, BAD: how many of them the parser may have now */
	enum stream_condition condition;
	enum xml_limit limit; /* BAD: the one that was hit */
	const char *why;
};

/* A zeroed xml_scan stands before the header. `bytes` is not empty. */
enum scan_result xml_scan(struct xml_scan *s, const struct xml_limits *limits, struct str bytes,
			  struct scan_piece *piece_r);
/* Behind the header, and nothing is half-read. */
bool xml_scan_between(const struct xml_scan *s);
