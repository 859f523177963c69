/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expat, and what it tells: the root's attributes and namespaces into a
 * header, elements into canonical XML. Its callbacks write and count, and call
 * nobody outside. Not for cutting the stream into pieces (xml_scan.c) nor for
 * delivering them (xml.c).
 */
#include "xmpp/xml_impl.h"

#include "common/utf8.h"

enum { WRITTEN_FACTOR = 3 }; /* an element may be so much longer in canonical form */

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

/* Expat says "namespace SEPARATOR local", or "local" without a namespace (which is then present and empty). */
static bool
split_name(struct xml *x, const XML_Char *z, struct str *ns_r, struct str *local_r)
{
	struct str all = str_z(z);
	ssize_t at = str_chr(all, XML_NS_SEPARATOR);

	if (all.n > x->limits.name) {
		x->limit = XML_LIMIT_NAME;
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

/*
 * Canonical form can be much longer than what came: a long namespace behind a short prefix stands at each
 * element. Nobody needs that, and everybody behind us has limits of their own.
 */
static void
check_written(struct xml *x)
{
	if (x->work->bytes.n / WRITTEN_FACTOR <= x->limits.bytes || x->error)
		return;
	x->limit = XML_LIMIT_BYTES;
	refuse(x, STREAM_POLICY_VIOLATION, "stanza is too big when written out");
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
	check_written(x);
}

static void
on_end(void *owner, const XML_Char *name)
{
	struct xml *x = owner;

	(void)name;
	if (x->error)
		return;
	x->unit_done = --x->level <= 1;
	if (x->level == 0)
		return;
	out_close(&x->work->out);
	check_written(x);
}

static void
on_text(void *owner, const XML_Char *text, int n)
{
	struct xml *x = owner;

	if (x->error || x->level < 2)
		return;
	out_text(&x->work->out, str_n(text, (size_t)n));
	check_written(x);
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

void
xml_expect_elements(struct xml *x)
{
	XML_SetStartNamespaceDeclHandler(x->parser, NULL);
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
	x->unit_done = true;
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
	x->eaten = 0;
	if (!x->header_z) {
		set_root_handlers(x);
		return;
	}
	status = XML_Parse(x->parser, x->header_z, (int)strlen(x->header_z), 0);
	bug_if(status != XML_STATUS_OK); /* it was made from what expat has accepted */
	xml_expect_elements(x);
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

enum stream_condition
xml_parse(struct xml *x, struct str bytes, const char **why_r)
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
	x->eaten += (uint32_t)bytes.n;
	buf_clear(tag);
	return status == XML_STATUS_OK && !x->error ? STREAM_OK : condition_of(x, why_r);
}

enum stream_condition
xml_parse_end(struct xml *x, struct str bytes, const char **why_r)
{
	enum stream_condition c;

	x->unit_done = false;
	c = xml_parse(x, bytes, why_r);
	if (c || x->unit_done)
		return c;
	/* Expat waits for more: the first byte of a character promised bytes that the gate has seen as markup. */
	*why_r = "not UTF-8";
	return STREAM_UNSUPPORTED_ENCODING;
}
