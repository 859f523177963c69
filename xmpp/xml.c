/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of one stream: bytes go through the gate (xml_scan.c), expat
 * checks them, its events are written as canonical XML, and complete pieces
 * are delivered. Nothing is delivered from inside expat's callbacks: the gate
 * knows where a piece ends, so expat has returned by then, and the owner may
 * restart, hold or stop as it likes. Not for what elements mean (stream.c).
 */
#include "xmpp/xml.h"

#include "common/utf8.h"
#include "xmpp/ns.h"
#include "xmpp/xml_pool.h"
#include "xmpp/xml_scan.h"

#include <stdlib.h>

enum {
	PIECE_MAX = 64 * 1024 * 1024, /* expat counts in int */
	GROWN_BYTES = 32 * 1024,      /* a parser that had such an element is not worth keeping */
};

const struct xml_limits xml_limits_default = {
	.bytes = 256 * 1024, .depth = 100, .attrs = 64, .elements = 4096, .name = 1024};

/* Headers as nearly everybody sends them cost no memory at rest. */
static const char *const usual_headers[] = {
	"<stream:stream xmlns='" NS_CLIENT "' xmlns:stream='" NS_STREAM "'>",
	"<stream:stream xmlns='" NS_SERVER "' xmlns:stream='" NS_STREAM "'>",
	"<stream:stream xmlns='" NS_COMPONENT "' xmlns:stream='" NS_STREAM "'>",
};
static const char *const usual_namespaces[] = {NS_CLIENT, NS_SERVER, NS_COMPONENT};

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
	uint16_t level;          /* open elements in expat's view */
	bool content_fixed;      /* by the owner, not by the header */
	bool grown;              /* the parser had a big element */
	bool holding, over;
	bool feeding, cut;       /* cut: the rest of what is being fed is not wanted */
	enum stream_condition error; /* found inside expat's callbacks */
	const char *why;
};

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

/* Another stream may follow, or nothing. */
static void
forget(struct xml *x)
{
	xml_parser_give(&x->parser, x->grown);
	xml_work_give(&x->work);
	buf_done(&x->held);
	free(x->owned_header);
	x->owned_header = NULL;
	x->header_z = NULL;
	x->scan = (struct xml_scan){0};
	x->level = 0;
	x->grown = x->holding = false;
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
	xml_parser_give(&x->parser, x->grown);
	x->grown = false;
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

/* Inside expat's callbacks: it stops, and xml_feed returns the condition. */
static void
refuse(struct xml *x, enum stream_condition condition, const char *why)
{
	if (x->error)
		return;
	x->error = condition;
	x->why = why;
	XML_StopParser(x->parser, XML_FALSE);
}

/* What expat calls "namespace SEPARATOR local", or "local" without a namespace (which is then present and empty). */
static bool
split_name(struct xml *x, const XML_Char *z, struct str *ns_r, struct str *local_r)
{
	struct str all = str_z(z);
	ssize_t at = str_chr(all, XML_NS_SEPARATOR);

	if (all.n > x->limits.name) {
		refuse(x, STREAM_POLICY_VIOLATION, "name is too long");
		return false;
	}
	*ns_r = at < 0 ? STR("") : str_n(z, (size_t)at);
	*local_r = at < 0 ? all : str_from(all, (size_t)at + 1);
	return true;
}

/* The namespace as it is written: the stream's own stands as NS_CLIENT; bytes live as long as the work. */
static struct str
keep_ns(struct xml *x, struct str ns)
{
	const struct out *o = &x->work->out;

	if (str_eq(ns, x->content))
		return STR(NS_CLIENT);
	if (o->depth && str_eq(ns, o->open[o->depth - 1].ns))
		return o->open[o->depth - 1].ns;
	return arena_str(&x->work->names, ns);
}

/* Whether the element may be written at all. */
static bool
check_ns(struct xml *x, struct str ns)
{
	if (str_eq(ns, STR(NS_XML))) {
		/* It cannot be declared as a default namespace (XML-NAMES 3), which is how elements are written. */
		refuse(x, STREAM_BAD_NAMESPACE_PREFIX, "element with the prefix xml");
		return false;
	}
	if (x->level == 1 && str_eq(ns, STR(NS_CLIENT)) && !str_eq(ns, x->content)) {
		/* It would look like one in the stream's own namespace from here on. RFC 6120 4.9.3.24 */
		refuse(x, STREAM_UNSUPPORTED_STANZA_TYPE, "stanza in the namespace of another kind of stream");
		return false;
	}
	return true;
}

static void
write_attrs(struct xml *x, const XML_Char **atts)
{
	struct str ns, local;

	for (; *atts; atts += 2) {
		if (!split_name(x, atts[0], &ns, &local))
			return;
		if (ns.n)
			out_attr_ns(&x->work->out, ns, local, str_z(atts[1]));
		else
			out_attr(&x->work->out, local, str_z(atts[1]));
	}
}

static void
on_start(void *owner, const XML_Char *name, const XML_Char **atts)
{
	struct xml *x = owner;
	struct xml_work *w = x->work;
	struct str ns, local;

	if (x->error || !split_name(x, name, &ns, &local) || !check_ns(x, ns))
		return;
	if (x->level++ == 1)
		out_init(&w->out, &w->bytes, NS_CLIENT);
	out_open(&w->out, arena_str(&w->names, local), keep_ns(x, ns));
	write_attrs(x, atts);
}

static void
on_end(void *owner, const XML_Char *name)
{
	struct xml *x = owner;

	(void)name;
	if (x->error || --x->level == 0)
		return;
	out_close(&x->work->out);
}

static void
on_text(void *owner, const XML_Char *text, int n)
{
	struct xml *x = owner;

	if (!x->error && x->level > 1)
		out_text(&x->work->out, str_n(text, (size_t)n));
}

/* The gate lets no DTD through; should it ever err, nothing of one is used. */
static void
on_doctype(void *owner, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	(void)name, (void)sysid, (void)pubid, (void)internal;
	refuse(owner, STREAM_RESTRICTED_XML, "DTD");
}

static void
on_decl(void *owner, const XML_Char *version, const XML_Char *encoding, int standalone)
{
	(void)standalone;
	if (version && strcmp(version, "1.0") != 0)
		refuse(owner, STREAM_NOT_WELL_FORMED, "not XML 1.0"); /* RFC 6120 11.5 */
	else if (encoding && !str_ieq(str_z(encoding), STR("UTF-8")))
		refuse(owner, STREAM_UNSUPPORTED_ENCODING, "encoding is not UTF-8"); /* RFC 6120 11.6 */
}

static void
set_handlers(struct xml *x)
{
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
}

/* A namespace declaration of the root's start tag; these come before on_root. */
static void
on_root_ns(void *owner, const XML_Char *prefix, const XML_Char *uri)
{
	struct xml *x = owner;
	struct xml_work *w = x->work;

	if (!prefix) {
		w->header.content_ns = arena_str(&w->names, str_z(uri ? uri : ""));
		return;
	}
	if (strcmp(prefix, "xml") == 0)
		return;
	buf_addf(&w->decls, " xmlns:%s='", prefix);
	out_escape_attr(&w->decls, str_z(uri));
	buf_addc(&w->decls, '\'');
}

static void
root_attr(struct xml_work *w, struct str ns, struct str local, const char *value)
{
	const struct {
		const char *ns, *local;
		struct str *r;
	} rows[] = {
		{"", "to", &w->header.to},
		{"", "from", &w->header.from},
		{"", "id", &w->header.id},
		{"", "version", &w->header.version},
		{NS_XML, "lang", &w->header.lang},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_is(local, rows[i].local) && str_is(ns, rows[i].ns))
			*rows[i].r = arena_str(&w->names, str_z(value));
}

static void
on_root(void *owner, const XML_Char *name, const XML_Char **atts)
{
	struct xml *x = owner;
	struct xml_work *w = x->work;
	struct str ns, local;

	x->level = 1;
	if (x->error || !split_name(x, name, &ns, &local))
		return;
	w->header.ns = arena_str(&w->names, ns);
	w->header.name = arena_str(&w->names, local);
	for (; *atts; atts += 2) {
		if (!split_name(x, atts[0], &ns, &local))
			return;
		root_attr(w, ns, local, atts[1]);
	}
}

static void
set_root_handlers(struct xml *x)
{
	XML_SetUserData(x->parser, x);
	XML_SetXmlDeclHandler(x->parser, on_decl);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	XML_SetStartNamespaceDeclHandler(x->parser, on_root_ns);
	XML_SetElementHandler(x->parser, on_root, NULL);
}

/* A parser that stands where the stream stands: before the header, or behind it with its namespaces. */
static void
take_parser(struct xml *x)
{
	enum XML_Status status;

	x->parser = xml_parser_take();
	if (!x->header_z) {
		set_root_handlers(x);
		return;
	}
	status = XML_Parse(x->parser, x->header_z, (int)strlen(x->header_z), 0);
	bug_if(status != XML_STATUS_OK); /* it was made from what expat has accepted */
	set_handlers(x);
}

/* Bad UTF-8 is an encoding that we do not support (RFC 6120 4.9.3.22), not a matter of XML. */
static bool
at_bad_utf8(XML_Parser p)
{
	int at = 0, n = 0;
	const char *bytes = XML_GetInputContext(p, &at, &n);
	uint32_t c;

	if (!bytes || at < 0 || at >= n || (unsigned char)bytes[at] < 0x80)
		return false;
	return utf8_next(str_n(bytes + at, (size_t)(n - at)), &c) == 0;
}

static enum stream_condition
condition_of(struct xml *x, const char **why_r)
{
	enum XML_Error error = XML_GetErrorCode(x->parser);

	if (x->error) {
		*why_r = x->why;
		return x->error;
	}
	if (error == XML_ERROR_UNDEFINED_ENTITY) {
		*why_r = "entity other than the five"; /* RFC 6120 11.1 */
		return STREAM_RESTRICTED_XML;
	}
	if (error == XML_ERROR_INVALID_TOKEN && at_bad_utf8(x->parser)) {
		*why_r = "not UTF-8";
		return STREAM_UNSUPPORTED_ENCODING;
	}
	*why_r = XML_ErrorString(error);
	return STREAM_NOT_WELL_FORMED; /* RFC 6120 4.9.3.13, namespaces included */
}

/* Bytes that do not end inside a tag go to expat, behind those that were kept back. */
static enum stream_condition
parse(struct xml *x, struct str bytes, const char **why_r)
{
	struct buf *tag = &x->work->tag;
	enum XML_Status status;

	if (tag->n) {
		buf_add(tag, bytes);
		bytes = buf_str(tag);
	}
	if (bytes.n == 0)
		return STREAM_OK;
	if (!x->parser)
		take_parser(x);
	status = XML_Parse(x->parser, bytes.p, (int)bytes.n, 0);
	x->grown = x->grown || x->scan.bytes > GROWN_BYTES;
	buf_clear(tag);
	return status == XML_STATUS_OK && !x->error ? STREAM_OK : condition_of(x, why_r);
}

/* The unit goes on: what ends in a tag waits. */
static enum stream_condition
parse_some(struct xml *x, struct str bytes, size_t safe, const char **why_r)
{
	enum stream_condition c;

	if (safe) {
		c = parse(x, str_n(bytes.p, safe), why_r);
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

	/* parse() consumes what was kept back; the name is needed before. */
	buf_add(tag, unit);
	qname = arena_str(&w->names, raw_root_name(buf_str(tag)));
	c = parse(x, STR_NONE, why_r);
	if (c)
		return c;
	w->header.prefix = str_chr(qname, ':') < 0 ? STR("") : str_n(qname.p, (size_t)str_chr(qname, ':'));
	keep_header(x, qname, w);
	choose_content(x, w->header.content_ns);
	XML_SetStartNamespaceDeclHandler(x->parser, NULL);
	set_handlers(x);
	x->work = NULL; /* the event may want one of its own: restart, another stream */
	x->events->header(x->owner, &w->header);
	xml_work_give(&w);
	return STREAM_OK;
}

static enum stream_condition
element_done(struct xml *x, struct str unit, const char **why_r)
{
	struct xml_work *w = x->work;
	enum stream_condition c = parse(x, unit, why_r);

	if (c)
		return c;
	bug_if(x->level != 1 || w->out.depth != 0); /* gate and expat agree */
	x->work = NULL;
	x->events->element(x->owner, buf_str(&w->bytes), x->scan.bytes);
	xml_work_give(&w);
	return STREAM_OK;
}

static enum stream_condition
stream_done(struct xml *x, struct str unit, const char **why_r)
{
	enum stream_condition c = parse(x, unit, why_r);

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
take_piece(struct xml *x, enum scan_result result, struct str bytes, const struct scan_piece *piece, const char **why_r)
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
		/* An error that stands before this one comes first, however the bytes were cut on their way. */
		c = piece->safe ? parse(x, str_n(bytes.p, piece->safe), why_r) : STREAM_OK;
		if (!c)
			*why_r = piece->why;
		return c ? c : piece->condition;
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
	}
	return c;
}

/* More bytes while the owner waits for something. */
static enum stream_condition
hold_more(struct xml *x, struct str bytes, const char **why_r)
{
	if (bytes.n > x->limits.bytes - MIN(x->held.n, x->limits.bytes)) {
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
