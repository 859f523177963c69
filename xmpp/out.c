/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only XML writer: elements, attributes and text in canonical form, with
 * whatever could be mistaken for markup escaped. Not for choosing what to say.
 */
#include "xmpp/out.h"

#include "xmpp/ns.h"

/* What is written instead of a byte. */
enum escape { PLAIN, AMP, LT, GT, APOS, QUOT, TAB, LF, CR, BAD };
static const struct str escapes[] = {
	[AMP] = {"&amp;", 5}, [LT] = {"&lt;", 4},   [GT] = {"&gt;", 4},  [APOS] = {"&apos;", 6}, [QUOT] = {"&quot;", 6},
	[TAB] = {"&#x9;", 5}, [LF] = {"&#xA;", 5}, [CR] = {"&#xD;", 5},
	/*
	 * U+FFFD for a control character that XML has no way to write (XML 1.0 2.2), so that the output is
	 * well-formed whatever we are given.
	 */
	[BAD] = {"\xEF\xBF\xBD", 3},
};

static const unsigned char in_text[256] = {
	[0x00 ... 0x08] = BAD, [0x0B ... 0x0C] = BAD, ['\r'] = CR,  [0x0E ... 0x1F] = BAD,
	['&'] = AMP,           ['<'] = LT,            ['>'] = GT,
};
static const unsigned char in_attr[256] = {
	[0x00 ... 0x08] = BAD, ['\t'] = TAB,  ['\n'] = LF,   [0x0B ... 0x0C] = BAD, ['\r'] = CR, [0x0E ... 0x1F] = BAD,
	['&'] = AMP,           ['<'] = LT,    ['>'] = GT,    ['\''] = APOS,         ['"'] = QUOT,
};

static void
escape(struct buf *b, struct str s, const unsigned char table[256])
{
	const char *p = s.p, *end = p + s.n, *run;

	while (p < end) {
		for (run = p; p < end && table[(unsigned char)*p] == PLAIN; p++)
			;
		buf_addn(b, run, (size_t)(p - run));
		if (p == end)
			return;
		buf_add(b, escapes[table[(unsigned char)*p++]]);
	}
}

void
out_escape_text(struct buf *b, struct str text)
{
	escape(b, text, in_text);
}

void
out_escape_attr(struct buf *b, struct str value)
{
	escape(b, value, in_attr);
}

void
out_init(struct out *o, struct buf *b, const char *inherited_ns)
{
	o->b = b;
	o->tag_open = false;
	o->depth = 0;
	o->prefixes = 0;
	o->inherited = str_z(inherited_ns);
}

static inline void
finish_tag(struct out *o)
{
	if (o->tag_open)
		buf_addc(o->b, '>');
	o->tag_open = false;
}

/* An opening mark, a name, a closing mark, in one piece. */
static inline void
add_name(struct buf *b, struct str before, struct str name, struct str after)
{
	char *p = buf_reserve(b, before.n + name.n + after.n);

	memcpy(p, before.p, before.n);
	memcpy(p + before.n, name.p, name.n);
	memcpy(p + before.n + name.n, after.p, after.n);
	b->n += before.n + name.n + after.n;
}

void
out_open(struct out *o, struct str name, struct str ns)
{
	struct str around = o->depth ? o->open[o->depth - 1].ns : o->inherited;

	bug_if(o->depth == OUT_DEPTH_MAX || name.n == 0);
	if (!ns.p)
		ns = around;
	finish_tag(o);
	add_name(o->b, STR("<"), name, STR(""));
	if (ns.p != around.p && !str_eq(ns, around)) {
		buf_addl(o->b, " xmlns='");
		out_escape_attr(o->b, ns);
		buf_addc(o->b, '\'');
	}
	o->open[o->depth].name = name;
	o->open[o->depth].ns = ns;
	o->depth++;
	o->tag_open = true;
	o->prefixes = 0;
}

void
out_attr(struct out *o, struct str name, struct str value)
{
	bug_if(!o->tag_open);
	add_name(o->b, STR(" "), name, STR("='"));
	out_escape_attr(o->b, value);
	buf_addc(o->b, '\'');
}

void
out_attr_ns(struct out *o, struct str ns, struct str name, struct str value)
{
	bug_if(!o->tag_open);
	if (ns.n == 0) {
		out_attr(o, name, value);
		return;
	}
	if (str_eq(ns, STR(NS_XML))) {
		add_name(o->b, STR(" xml:"), name, STR("='"));
	} else {
		o->prefixes++;
		buf_addf(o->b, " xmlns:a%u='", o->prefixes);
		out_escape_attr(o->b, ns);
		buf_addf(o->b, "' a%u:", o->prefixes);
		add_name(o->b, STR(""), name, STR("='"));
	}
	out_escape_attr(o->b, value);
	buf_addc(o->b, '\'');
}

void
out_attrf(struct out *o, const char *name, const char *fmt, ...)
{
	struct buf value = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_addvf(&value, fmt, ap);
	va_end(ap);
	out_attr(o, str_z(name), buf_str(&value));
	buf_done(&value);
}

void
out_attru(struct out *o, const char *name, uint64_t v)
{
	bug_if(!o->tag_open);
	add_name(o->b, STR(" "), str_z(name), STR("='"));
	buf_addu(o->b, v);
	buf_addc(o->b, '\'');
}

void
out_text(struct out *o, struct str text)
{
	if (text.n == 0)
		return; /* an empty element stays <x/> */
	finish_tag(o);
	out_escape_text(o->b, text);
}

void
out_raw(struct out *o, struct str canonical)
{
	if (canonical.n == 0)
		return;
	finish_tag(o);
	buf_add(o->b, canonical);
}

void
out_close(struct out *o)
{
	bug_if(o->depth == 0);
	o->depth--;
	if (o->tag_open)
		buf_addl(o->b, "/>");
	else
		add_name(o->b, STR("</"), o->open[o->depth].name, STR(">"));
	o->tag_open = false;
}

void
out_done(struct out *o)
{
	while (o->depth)
		out_close(o);
}

void
out_openz(struct out *o, const char *name, const char *ns)
{
	out_open(o, str_z(name), str_z(ns));
}

void
out_attrz(struct out *o, const char *name, struct str value)
{
	if (value.p)
		out_attr(o, str_z(name), value);
}

void
out_leafz(struct out *o, const char *name, const char *ns, struct str text)
{
	out_openz(o, name, ns);
	out_text(o, text);
	out_close(o);
}
