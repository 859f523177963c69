/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of one stream: bytes go through the gate (xml_scan.c), expat
 * checks them and they are written as canonical XML (xml_read.c), and complete
 * pieces are delivered. Nothing is delivered from inside expat's callbacks: the
 * gate knows where a piece ends, so expat has returned by then, and the owner
 * may restart, hold or stop as it likes. Not for what elements mean (stream.c).
 */
#include "xmpp/xml_impl.h"

#include <stdlib.h>

enum { PIECE_MAX = 64 * 1024 * 1024 }; /* expat counts in int */

const struct xml_limits xml_limits_default = {
	.bytes = 256 * 1024, .depth = 100, .attrs = 64, .elements = 4096, .name = 1024};

/* Headers as nearly everybody sends them cost no memory at rest. */
static const char *const usual_headers[] = {
	"<stream:stream xmlns='" NS_CLIENT "' xmlns:stream='" NS_STREAM "'>",
	"<stream:stream xmlns='" NS_SERVER "' xmlns:stream='" NS_STREAM "'>",
	"<stream:stream xmlns='" NS_COMPONENT "' xmlns:stream='" NS_STREAM "'>",
};
static const char *const usual_namespaces[] = {NS_CLIENT, NS_SERVER, NS_COMPONENT};

/* Limits are of the process's own configuration; the writer has a last word on depth, expat on sizes. */
void
xml_set_limits(struct xml *x, const struct xml_limits *limits)
{
	x->limits = limits ? *limits : xml_limits_default;
	x->limits.depth = MIN(x->limits.depth, OUT_DEPTH_MAX - 1u);
	x->limits.bytes = MIN(x->limits.bytes, (size_t)PIECE_MAX);
}

struct xml *
xml_new(const struct xml_limits *limits, const struct xml_events *events, void *owner)
{
	struct xml *x = xcalloc(1, sizeof(*x));

	x->events = events;
	x->owner = owner;
	xml_set_limits(x, limits);
	return x;
}

static void
give_parser(struct xml *x)
{
	xml_parser_give(&x->parser, x->eaten > EATEN_KEEP);
}

/* Another stream may follow, or nothing. */
static void
forget(struct xml *x)
{
	give_parser(x);
	xml_work_give(&x->work);
	buf_done(&x->held);
	free(x->owned_header);
	x->owned_header = NULL;
	x->header_z = NULL;
	x->scan = (struct xml_scan){0};
	x->level = 0;
	x->holding = false;
	x->cut = true;
	x->error = STREAM_OK;
}

void
xml_free(struct xml **xp)
{
	struct xml *x = *xp;

	*xp = NULL;
	if (!x)
		return;
	bug_if(x->feeding);
	forget(x);
	free(x->owned_content);
	free(x);
}

void
xml_restart(struct xml *x)
{
	forget(x);
	x->over = false;
	x->limit = XML_LIMIT_NONE;
}

void
xml_stop(struct xml *x)
{
	forget(x);
	x->over = true;
}

void
xml_hold(struct xml *x)
{
	x->holding = true;
}

void
xml_rest(struct xml *x)
{
	if (x->work || !xml_scan_between(&x->scan))
		return;
	give_parser(x);
}

bool
xml_too_big(const struct xml *x)
{
	return x->limit == XML_LIMIT_BYTES;
}

enum xml_limit
xml_limit_hit(const struct xml *x)
{
	return x->limit;
}

size_t
xml_pending(const struct xml *x)
{
	return xml_scan_between(&x->scan) ? 0 : x->scan.bytes;
}

void
xml_set_content_ns(struct xml *x, const char *ns)
{
	x->content_fixed = true;
	x->content = str_z(ns);
}

/* The unit goes on: what ends in a tag waits. */
static enum stream_condition
parse_some(struct xml *x, struct str bytes, size_t safe, const char **why_r)
{
	enum stream_condition c;

	if (safe) {
		c = xml_parse(x, str_n(bytes.p, safe), why_r);
		if (c)
			return c;
	}
	buf_add(&x->work->tag, str_from(bytes, safe));
	return STREAM_OK;
}

/* The root's name as the peer wrote it: its end tag will have the same. */
static struct str
raw_root_name(struct str unit)
{
	ssize_t lt = str_rchr(unit, '<');
	struct str name = str_from(unit, (size_t)lt + 1);
	size_t n = 0;

	while (n < name.n && !strchr(" \t\r\n/>", name.p[n]))
		n++;
	return str_n(name.p, n);
}

static const char *
usual(const char *const *table, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(s, table[i]))
			return table[i];
	return NULL;
}

/* Keeps what another parser must be told to stand behind this header. */
static void
keep_header(struct xml *x, struct str qname, struct xml_work *w)
{
	struct buf b = {0};

	buf_addc(&b, '<');
	buf_add(&b, qname);
	if (w->header.content_ns.n) {
		buf_addl(&b, " xmlns='");
		out_escape_attr(&b, w->header.content_ns);
		buf_addc(&b, '\'');
	}
	buf_add(&b, buf_str(&w->decls));
	buf_addc(&b, '>');
	x->header_z = usual(usual_headers, ARRAY_LEN(usual_headers), buf_str(&b));
	if (!x->header_z)
		x->header_z = x->owned_header = str_dup(buf_str(&b));
	buf_done(&b);
}

/* Unless the owner has said so: the default namespace, if it can be one of contents (RFC 6120 4.8.2). */
static void
choose_content(struct xml *x, struct str declared)
{
	const char *z;

	if (x->content_fixed)
		return;
	free(x->owned_content);
	x->owned_content = NULL;
	if (declared.n == 0 || str_eq(declared, STR(NS_STREAM)))
		declared = STR(NS_CLIENT);
	z = usual(usual_namespaces, ARRAY_LEN(usual_namespaces), declared);
	if (!z)
		z = x->owned_content = str_dup(declared);
	x->content = str_z(z);
}

static enum stream_condition
header_done(struct xml *x, struct str unit, const char **why_r)
{
	struct xml_work *w = x->work;
	struct buf *tag = &w->tag;
	struct str qname;
	enum stream_condition c;

	/* xml_parse consumes what was kept back; the name is needed before. */
	buf_add(tag, unit);
	qname = arena_str(&w->names, raw_root_name(buf_str(tag)));
	c = xml_parse_end(x, STR_NONE, why_r);
	if (c)
		return c;
	w->header.prefix = str_chr(qname, ':') < 0 ? STR("") : str_n(qname.p, (size_t)str_chr(qname, ':'));
	keep_header(x, qname, w);
	choose_content(x, w->header.content_ns);
	xml_expect_elements(x);
	x->work = NULL; /* the event may want one of its own: restart, another stream */
	x->events->header(x->owner, &w->header);
	xml_work_give(&w);
	return STREAM_OK;
}

static enum stream_condition
element_done(struct xml *x, struct str unit, const char **why_r)
{
	struct xml_work *w = x->work;
	enum stream_condition c = xml_parse_end(x, unit, why_r);

	if (c)
		return c;
	x->work = NULL;
	x->events->element(x->owner, buf_str(&w->bytes), x->scan.bytes);
	xml_work_give(&w);
	return STREAM_OK;
}

static enum stream_condition
stream_done(struct xml *x, struct str unit, const char **why_r)
{
	enum stream_condition c = xml_parse_end(x, unit, why_r);

	if (c)
		return c;
	xml_stop(x);
	x->events->close(x->owner);
	return STREAM_OK;
}

static void
space(struct xml *x)
{
	if (x->scan.depth && x->events->space)
		x->events->space(x->owner);
}

/* One piece that the gate has cut. */
static enum stream_condition
take_piece(struct xml *x, enum scan_result result, struct str bytes, const struct scan_piece *piece,
	   const char **why_r)
{
	enum stream_condition c;

	if (result == SCAN_SPACE) {
		space(x);
		return STREAM_OK;
	}
	if (!x->work)
		x->work = xml_work_take();
	switch (result) {
	case SCAN_MORE:
		return parse_some(x, bytes, piece->safe, why_r);
	case SCAN_HEADER:
		return header_done(x, bytes, why_r);
	case SCAN_ELEMENT:
		return element_done(x, bytes, why_r);
	case SCAN_CLOSE:
		return stream_done(x, bytes, why_r);
	case SCAN_BAD:
		/* An error that stands before this one comes first, however the bytes were cut on their way.
		 */
		c = piece->safe ? xml_parse(x, str_n(bytes.p, piece->safe), why_r) : STREAM_OK;
		if (c)
			return c;
		x->limit = (uint8_t)piece->limit;
		*why_r = piece->why;
		return piece->condition;
	case SCAN_SPACE:
		break;
	}
	return STREAM_OK;
}

/* Until the bytes are used up or an event wants no more; the rest is returned. */
static enum stream_condition
feed(struct xml *x, struct str *bytes, const char **why_r)
{
	enum stream_condition c = STREAM_OK;
	struct scan_piece piece;
	enum scan_result result;
	struct str taken;

	x->cut = false;
	while (bytes->n && !x->holding && !x->cut && !c) {
		result = xml_scan(&x->scan, &x->limits, *bytes, &piece);
		taken = str_n(bytes->p, piece.used);
		*bytes = str_from(*bytes, piece.used);
		c = take_piece(x, result, taken, &piece, why_r);
		if (x->eaten > EATEN_MAX)
			xml_rest(x);
	}
	return c;
}

/* More bytes while the owner waits for something. */
static enum stream_condition
hold_more(struct xml *x, struct str bytes, const char **why_r)
{
	if (bytes.n > x->limits.bytes - MIN(x->held.n, x->limits.bytes)) {
		x->limit = XML_LIMIT_AHEAD;
		*why_r = "too much sent ahead";
		xml_stop(x);
		return STREAM_POLICY_VIOLATION;
	}
	buf_add(&x->held, bytes);
	return STREAM_OK;
}

enum stream_condition
xml_feed(struct xml *x, struct str bytes, const char **why_r)
{
	struct buf before = {0};
	enum stream_condition c;
	const char *why;

	bug_if(x->feeding);
	if (x->over)
		return STREAM_OK;
	if (x->holding && bytes.n)
		return hold_more(x, bytes, why_r ? why_r : &why);
	if (x->holding) {
		before = x->held;
		x->held = (struct buf){0};
		x->holding = false;
		bytes = buf_str(&before);
	}
	x->feeding = true;
	c = feed(x, &bytes, why_r ? why_r : &why);
	x->feeding = false;
	if (c)
		xml_stop(x);
	else if (x->holding && !x->cut)
		buf_add(&x->held, bytes);
	buf_done(&before);
	return c;
}
