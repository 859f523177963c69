/* SPDX-License-Identifier: Apache-2.0 */
/* Between xml.c (bytes in, events out) and xml_read.c (expat and what it tells) only. */
#pragma once

#include "xmpp/ns.h"
#include "xmpp/xml.h"
#include "xmpp/xml_pool.h"
#include "xmpp/xml_scan.h"

/*
 * Expat keeps each attribute's name that it has ever seen, ten bytes for each that a hostile peer sends. So
 * a parser is changed between two elements when it has eaten so much, and kept for others only while small.
 */
enum { EATEN_MAX = 128 * 1024, EATEN_KEEP = 32 * 1024 };

struct xml {
	const struct xml_events *events;
	void *owner;
	XML_Parser parser;       /* null at rest */
	struct xml_work *work;   /* null between elements */
	struct str content;      /* the content namespace: the owner's, a usual one, or owned_content */
	const char *header_z;    /* what opens the peer's stream for another parser; usual or owned; null before */
	char *owned_content, *owned_header;
	struct buf held;         /* raw bytes behind xml_hold */
	struct xml_limits limits;
	struct xml_scan scan;
	uint32_t eaten;          /* bytes that this parser has read */
	uint16_t level;          /* open elements in expat's view */
	bool unit_done;          /* expat has seen the end of one */
	bool content_fixed;      /* by the owner, not by the header */
	bool holding, over;
	uint8_t limit;           /* enum xml_limit: why it is over */
	bool feeding, cut;       /* cut: the rest of what is being fed is not wanted */
	enum stream_condition error; /* found inside expat's callbacks */
	const char *why;
};

/*
 * Bytes that do not end inside a tag go to expat, behind those that were kept back in work->tag. What it tells
 * goes to work->header or, as canonical XML, to work->bytes.
 */
enum stream_condition xml_parse(struct xml *x, struct str bytes, const char **why_r);
/* The same for the last bytes of a unit. */
enum stream_condition xml_parse_end(struct xml *x, struct str bytes, const char **why_r);
/* The header is done: what expat tells from here on is elements. */
void xml_expect_elements(struct xml *x);
