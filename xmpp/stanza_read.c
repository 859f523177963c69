/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of canonical XML (xmpp/out.h): one pass over the bytes, nodes in
 * the arena, no recursion, no copies. Anything that our writer would not have
 * written is refused. Not for XML from outside: that is xml.c's.
 */
#include "xmpp/stanza_read.h"

#include "common/utf8.h"
#include "xmpp/out.h"

struct reader {
	const char *p, *end;
	struct arena *a;
	const char *why;
	unsigned depth;
	struct node *last[OUT_DEPTH_MAX]; /* the youngest child of each open element */
};

enum { NAME_START = 1, NAME = 2, TEXT = 4, VALUE = 8 };

/* What a byte may be part of. Bytes of longer characters may be anything: whole UTF-8 is checked apart. */
#define PLAIN (TEXT | VALUE)
static const unsigned char class_of[256] = {
	['\t'] = TEXT,
	['\n'] = TEXT,
	[' ' ... '!'] = PLAIN,
	['"'] = TEXT,
	['#' ... '%'] = PLAIN,
	/* & is markup */
	['\''] = TEXT,
	['(' ... ','] = PLAIN,
	['-' ... '.'] = PLAIN | NAME,
	['/'] = PLAIN,
	['0' ... '9'] = PLAIN | NAME,
	[':' ... ';'] = PLAIN,
	/* < is markup */
	['='] = PLAIN,
	/* > is always escaped */
	['?' ... '@'] = PLAIN,
	['A' ... 'Z'] = PLAIN | NAME | NAME_START,
	['[' ... '^'] = PLAIN,
	['_'] = PLAIN | NAME | NAME_START,
	['`'] = PLAIN,
	['a' ... 'z'] = PLAIN | NAME | NAME_START,
	['{' ... 0x7F] = PLAIN,
	[0x80 ... 0xFF] = PLAIN | NAME | NAME_START,
};

static inline bool
is(char c, unsigned char class)
{
	return class_of[(unsigned char)c] & class;
}

static bool
refuse(struct reader *r, const char *why)
{
	r->why = why;
	return false;
}

/* A reference that the writer writes; returns what is behind it, or null. */
static const char *
skip_reference(const char *p, const char *end, char *c_r)
{
	static const struct {
		struct str name;
		char c;
	} refs[] = {
		{{"&amp;", 5}, '&'},  {{"&lt;", 4}, '<'},   {{"&gt;", 4}, '>'},   {{"&apos;", 6}, '\''},
		{{"&quot;", 6}, '"'}, {{"&#xA;", 5}, '\n'}, {{"&#xD;", 5}, '\r'}, {{"&#x9;", 5}, '\t'},
	};

	for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
		if (!str_starts(str_n(p, (size_t)(end - p)), refs[i].name))
			continue;
		*c_r = refs[i].c;
		return p + refs[i].name.n;
	}
	return NULL;
}

/* Bytes of the class and references, up to the first other byte. */
static inline bool
skip_data(struct reader *r, unsigned char class)
{
	char c;

	for (;;) {
		while (r->p < r->end && is(*r->p, class))
			r->p++;
		if (r->p == r->end || *r->p != '&')
			return true;
		r->p = skip_reference(r->p, r->end, &c);
		if (!r->p)
			return refuse(r, "reference that is not canonical");
	}
}

static inline bool
read_name(struct reader *r, struct str *name_r)
{
	const char *from = r->p;

	if (r->p == r->end || !is(*r->p, NAME_START))
		return refuse(r, "name expected");
	do
		r->p++;
	while (r->p < r->end && is(*r->p, NAME));
	*name_r = str_n(from, (size_t)(r->p - from));
	return true;
}

static inline bool
expect(struct reader *r, char c)
{
	if (r->p == r->end || *r->p != c)
		return refuse(r, "malformed tag");
	r->p++;
	return true;
}

/* name or prefix:local */
static inline bool
read_attr_name(struct reader *r, struct str *prefix_r, struct str *name_r)
{
	*prefix_r = STR_NONE;
	if (!read_name(r, name_r))
		return false;
	if (r->p == r->end || *r->p != ':')
		return true;
	r->p++;
	*prefix_r = *name_r;
	return read_name(r, name_r);
}

static inline bool
read_value(struct reader *r, struct str *value_r)
{
	const char *from;

	if (!expect(r, '=') || !expect(r, '\''))
		return false;
	from = r->p;
	if (!skip_data(r, VALUE))
		return false;
	*value_r = str_n(from, (size_t)(r->p - from));
	return expect(r, '\'');
}

/* XML-NAMES 3: these two are bound for good and to nothing else. */
static bool
is_reserved(struct str ns)
{
	return str_eq(ns, STR(NS_XML)) || str_eq(ns, STR(NS_XMLNS));
}

/*
 * A prefix is xml: or the one that the attribute just before has declared; a
 * declaration is followed by its use. *pending is the prefix declared last.
 */
static bool
check_prefix(struct reader *r, struct str prefix, struct str name, struct str value, struct str *pending)
{
	struct str declared = *pending;

	*pending = STR_NONE;
	if (declared.p)
		return (prefix.p && str_eq(prefix, declared)) || refuse(r, "prefix declared and not used");
	if (!prefix.p || str_eq(prefix, STR("xml")))
		return true;
	if (!str_eq(prefix, STR("xmlns")))
		return refuse(r, "prefix not declared");
	if (value.n == 0 || str_starts(name, STR("xml")) || is_reserved(value))
		return refuse(r, "declaration of a prefix that cannot be");
	*pending = name;
	return true;
}

static bool
is_new(struct reader *r, const struct str *seen, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(seen[i], name))
			return refuse(r, "attribute given twice");
	return true;
}

static bool
read_attrs(struct reader *r, struct node *n)
{
	struct str seen[ATTRS_MAX], prefix, name, value, pending = STR_NONE;
	const char *from = r->p, *start;
	size_t count = 0;

	for (; r->p < r->end && *r->p == ' '; count++) {
		if (count == ATTRS_MAX)
			return refuse(r, "too many attributes");
		start = ++r->p;
		if (!read_attr_name(r, &prefix, &name))
			return false;
		seen[count] = str_n(start, (size_t)(r->p - start));
		if (!is_new(r, seen, count, seen[count]) || !read_value(r, &value))
			return false;
		if ((prefix.p || pending.p) && !check_prefix(r, prefix, name, value, &pending))
			return false;
		if (prefix.p || !str_eq(name, STR("xmlns")))
			continue;
		if (is_reserved(value))
			return refuse(r, "reserved namespace");
		n->ns = value;
	}
	n->attrs = str_n(from, (size_t)(r->p - from));
	return !pending.p || refuse(r, "prefix declared and not used");
}

static void
hang(struct reader *r, struct node *n, struct node *parent)
{
	n->parent = parent;
	n->child = n->next = NULL;
	n->ns = parent ? parent->ns : STR(NS_CLIENT);
	if (!parent)
		return;
	if (r->last[r->depth - 1])
		r->last[r->depth - 1]->next = n;
	else
		parent->child = n;
	r->last[r->depth - 1] = n;
}

static void
end_node(struct reader *r, struct node *n)
{
	n->raw.n = (size_t)(r->p - n->raw.p);
}

/* At '<' of a start tag. The new node, or null; *empty_r when it was <x/>. */
static struct node *
read_start(struct reader *r, struct node *parent, bool *empty_r)
{
	struct node *n = arena_alloc(r->a, sizeof(*n));

	hang(r, n, parent);
	n->raw.p = r->p++;
	if (!read_name(r, &n->name) || !read_attrs(r, n))
		return NULL;
	*empty_r = r->p < r->end && *r->p == '/';
	if (*empty_r)
		r->p++;
	if (!expect(r, '>'))
		return NULL;
	n->inner = str_n(r->p, 0);
	if (*empty_r)
		end_node(r, n);
	return n;
}

/* At '</'. */
static bool
read_end(struct reader *r, struct node *n)
{
	size_t left = (size_t)(r->end - r->p), need = n->name.n + 3;

	n->inner.n = (size_t)(r->p - n->inner.p);
	if (n->inner.n == 0)
		return refuse(r, "empty element in two tags");
	if (left < need || memcmp(r->p + 2, n->name.p, n->name.n) != 0 || r->p[need - 1] != '>')
		return refuse(r, "end tag does not match");
	r->p += need;
	end_node(r, n);
	return true;
}

/* Everything behind the root's start tag up to its end tag. */
static bool
read_content(struct reader *r, struct node *root)
{
	struct node *open = root, *n;
	bool empty;

	r->depth = 1;
	r->last[0] = NULL;
	while (open) {
		if (!skip_data(r, TEXT))
			return false;
		if (r->end - r->p < 2 || *r->p != '<')
			return refuse(r, "markup expected");
		if (r->p[1] == '/') {
			if (!read_end(r, open))
				return false;
			open = open->parent;
			r->depth--;
			continue;
		}
		if (r->depth == OUT_DEPTH_MAX)
			return refuse(r, "too deep");
		n = read_start(r, open, &empty);
		if (!n)
			return false;
		if (empty)
			continue;
		r->last[r->depth++] = NULL;
		open = n;
	}
	return true;
}

static bool
has_high_bytes(struct str s)
{
	uint64_t any = 0, word;
	size_t i = 0;

	for (; i + sizeof(word) <= s.n; i += sizeof(word)) {
		memcpy(&word, s.p + i, sizeof(word));
		any |= word;
	}
	for (; i < s.n; i++)
		any |= (unsigned char)s.p[i];
	return any & UINT64_C(0x8080808080808080);
}

struct node *
stanza_read(struct arena *a, struct str bytes, const char **why_r)
{
	struct node *root = NULL;
	bool empty, good = false;
	struct reader r; /* `last` is set as elements open: no need to clear it each time */

	r.p = bytes.p;
	r.end = bytes.p + bytes.n;
	r.a = a;
	r.depth = 0;
	if (bytes.n == 0 || *r.p != '<')
		refuse(&r, "no element");
	else if (has_high_bytes(bytes) && !utf8_xml_valid(bytes))
		refuse(&r, "not UTF-8");
	else if ((root = read_start(&r, NULL, &empty)))
		good = (empty || read_content(&r, root)) && (r.p == r.end || refuse(&r, "bytes behind the element"));
	if (good)
		return root;
	*why_r = r.why;
	return NULL;
}

struct str
stanza_decode(struct arena *a, struct str raw)
{
	const char *p = raw.p, *end = p + raw.n, *amp;
	char *copy, *to;

	if (raw.n == 0 || !memchr(p, '&', raw.n))
		return raw;
	copy = to = arena_alloc(a, raw.n);
	while ((amp = memchr(p, '&', (size_t)(end - p)))) {
		memcpy(to, p, (size_t)(amp - p));
		to += amp - p;
		p = skip_reference(amp, end, to);
		bug_if(!p); /* checked when it was read */
		to++;
	}
	memcpy(to, p, (size_t)(end - p));
	to += end - p;
	return str_n(copy, (size_t)(to - copy));
}
