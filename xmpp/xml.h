/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct xml: the parser of one stream from outside: libexpat on a leash. It
 * turns bytes into a stream header, then complete first-level elements in
 * canonical form (xmpp/out.h), then the end.
 *
 * The leash (RFC 6120 11.1, users.md 4.4): no DTD, comments, processing
 * instructions; only the five entities; strict UTF-8; limits on bytes, depth,
 * attributes, children, name length per first-level element. A byte-level
 * check refuses <! and <? (other than the XML declaration, and CDATA sections)
 * before expat sees them. Re-parse deferral is off: drip-fed input is answered
 * at once.
 *
 * An xml between two elements holds no parser after xml_rest(): the parser
 * goes to a pool and a later xml_feed replays the header's namespaces.
 */
#pragma once

#include "common/arena.h"
#include "xmpp/error.h"

struct xml;

struct xml_limits {
	size_t bytes;      /* of one first-level element or of the header, raw */
	unsigned depth;    /* elements inside a first-level element; <= OUT_DEPTH_MAX - 1 */
	unsigned attrs;    /* of one element, namespace declarations included */
	unsigned elements; /* inside one first-level element, all levels */
	size_t name;       /* bytes of a name, its namespace included */
};

enum xml_limit { /* which of them a POLICY_VIOLATION was for */
	XML_LIMIT_NONE,
	XML_LIMIT_HEADER, /* bytes, of the stream header */
	XML_LIMIT_BYTES,  /* of a first-level element, as it came or as it would be written */
	XML_LIMIT_DEPTH,
	XML_LIMIT_ATTRS,
	XML_LIMIT_ELEMENTS,
	XML_LIMIT_NAME,
	XML_LIMIT_AHEAD, /* bytes behind xml_hold */
	XML_LIMIT_COUNT
};

extern const struct xml_limits xml_limits_default; /* 256 KiB, 100, 64, 4096, 1024 */

struct xml_header { /* of <stream:stream>; slices valid in the callback only */
	struct str name, ns;      /* of the root element; checked by the stream, not here */
	struct str prefix;        /* that the root element used */
	struct str content_ns;    /* the default namespace declared */
	struct str to, from, id, version, lang; /* absent when missing */
};

struct xml_events {
	void (*header)(void *owner, const struct xml_header *h);
	/*
	 * One first-level element, canonical, complete; bytes valid in the callback only. Elements in
	 * `content_ns` are written without xmlns (as out_init(NS_CLIENT) does). `raw` is its size as it came.
	 */
	void (*element)(void *owner, struct str canonical, size_t raw);
	/* Character data between first-level elements that is only white space: keep-alive. May be null. */
	void (*space)(void *owner);
	void (*close)(void *owner); /* </stream:stream> */
};

struct xml *xml_new(const struct xml_limits *limits, const struct xml_events *events, void *owner);
void xml_free(struct xml **x);
/*
 * The content namespace that the owner expects (borrowed: a literal), for peers that qualify each element
 * instead of declaring it as the default (RFC 6120 4.8.2). Without it, the header's default namespace.
 */
void xml_set_content_ns(struct xml *x, const char *ns);
/*
 * Feeds bytes; events run inside. 0, or the condition for the stream error,
 * with a text for the log in *why_r (static, may be null):
 *
 *   NOT_WELL_FORMED         against XML or its namespaces
 *   RESTRICTED_XML          DTD, comment, processing instruction, entity
 *   UNSUPPORTED_ENCODING    anything but UTF-8, bad UTF-8 included
 *   POLICY_VIOLATION        a limit; also an element that grows to more than three times limits.bytes when
 *                           it is written in canonical form, and too many bytes behind xml_hold
 *   BAD_FORMAT              text between first-level elements
 *   BAD_NAMESPACE_PREFIX    an element with the prefix xml
 *   UNSUPPORTED_STANZA_TYPE a first-level element in NS_CLIENT that is not the content namespace: it would
 *                           look like one that is
 *
 * After an error, after xml_stop and after `close` further bytes are ignored. Which condition it is, and which
 * events come before it, does not depend on how the bytes are cut.
 */
enum stream_condition xml_feed(struct xml *x, struct str bytes, const char **why_r);
enum xml_limit xml_limit_hit(const struct xml *x); /* until xml_restart */
bool xml_too_big(const struct xml *x); /* that it was the size of a stanza (XEP-0205) */
/* Feeding ends here; inside an event, the rest of the bytes is dropped. xml_free is not allowed in events. */
void xml_stop(struct xml *x);
/*
 * In an event: stop feeding and keep the rest, and up to limits.bytes of what is fed later;
 * xml_feed(x, STR_NONE) goes on with it. For authentication that waits.
 */
void xml_hold(struct xml *x);
/* Expects a new header (after TLS, after SASL). Bytes held, and inside an event the rest of the bytes, are dropped. */
void xml_restart(struct xml *x);
void xml_set_limits(struct xml *x, const struct xml_limits *limits);
void xml_rest(struct xml *x); /* idle: give the parser back if nothing is half-read */
size_t xml_pending(const struct xml *x); /* raw bytes of the element that is half-read */
