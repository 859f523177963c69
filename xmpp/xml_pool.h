/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a struct xml borrows while it has something to read, kept for the next
 * one when it is given back: expat's parsers and the buffers of a half-read
 * element. One pool per process, for its one thread; bounded.
 */
#pragma once

#include "common/arena.h"
#include "xmpp/out.h"
#include "xmpp/xml.h"

#include <expat.h>

/* Between name and namespace in what expat tells. No XML character, so it is in neither. */
enum { XML_NS_SEPARATOR = 0x01 };

XML_Parser xml_parser_take(void); /* set up (salt, no deferral), without handlers */
void xml_parser_give(XML_Parser *p, bool grown); /* accepts null, nulls it; grown: not to be kept */

struct xml_work {
	struct xml_work *next;
	struct buf tag;           /* raw bytes of a tag that is not complete */
	struct buf bytes;         /* the element, canonical */
	struct arena names;       /* of open elements; parts of the header */
	struct xml_header header; /* being read */
	struct buf decls;         /* its namespace declarations, as they will be replayed */
	struct out out;
};

struct xml_work *xml_work_take(void);
void xml_work_give(struct xml_work **w); /* accepts null, nulls it */
