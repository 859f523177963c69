/* SPDX-License-Identifier: Apache-2.0 */
/* A scanner over the server's stream: finds where elements end, by counting tags. */
#include "bench/load/split.h"

enum { TAG_OPEN, TAG_CLOSE, TAG_EMPTY, TAG_NONE };

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Offset behind the '>' of the tag that starts at `at`, attribute values skipped; 0 when it is not all there. */
static size_t
tag_end(struct str b, size_t at)
{
	char quote = 0;

	for (size_t i = at; i < b.n; i++) {
		char c = b.p[i];

		if (quote) {
			if (c == quote)
				quote = 0;
		} else if (c == '>') {
			return i + 1;
		} else if (c == '"' || c == '\'') {
			quote = c;
		}
	}
	return 0;
}

static size_t
behind(struct str b, size_t at, struct str what)
{
	ssize_t found = str_find(str_from(b, at), what);

	return found < 0 ? 0 : at + (size_t)found + what.n;
}

/* Reads the markup at `at` (a '<'). Returns what it is and where it ends (0: not all there). */
static int
read_tag(struct str b, size_t at, size_t *end_r)
{
	struct str rest = str_from(b, at);

	*end_r = 0;
	if (rest.n < 2)
		return TAG_NONE;
	if (str_starts(rest, STR("<![CDATA["))) {
		*end_r = behind(b, at, STR("]]>"));
		return TAG_NONE;
	}
	if (rest.p[1] == '!' && rest.n < 9)
		return TAG_NONE;
	if (rest.p[1] == '?') {
		*end_r = behind(b, at, STR("?>"));
		return TAG_NONE;
	}
	*end_r = tag_end(b, at);
	if (!*end_r)
		return TAG_NONE;
	if (rest.p[1] == '/')
		return TAG_CLOSE;
	return b.p[*end_r - 2] == '/' ? TAG_EMPTY : TAG_OPEN;
}

static struct str
tag_name(struct str raw)
{
	size_t n = 1;

	while (n < raw.n && !is_blank(raw.p[n]) && raw.p[n] != '>' && raw.p[n] != '/')
		n++;
	return str_n(raw.p + 1, n - 1);
}

static enum split_kind
complete(struct splitter *s, struct str bytes, size_t end, size_t *used_r, struct element *e_r)
{
	size_t start = 0;

	while (bytes.p[start] != '<')
		start++;
	e_r->raw = str_n(bytes.p + start, end - start);
	e_r->name = tag_name(e_r->raw);
	*used_r = end;
	*s = (struct splitter){0};
	return SPLIT_ELEMENT;
}

/* Between elements: white space, the XML declaration, the stream's own tags. */
static enum split_kind
between(struct splitter *s, struct str bytes, size_t end, int tag, size_t *used_r, struct element *e_r)
{
	struct str rest = str_from(bytes, s->at);

	if (tag == TAG_CLOSE) {
		complete(s, bytes, end, used_r, e_r);
		return SPLIT_END;
	}
	if (tag == TAG_OPEN && str_starts(rest, STR("<stream:stream"))) {
		struct str header = str_from(bytes, s->at);

		header.n = end - s->at;
		complete(s, header, header.n, used_r, e_r);
		*used_r = end;
		return SPLIT_HEADER;
	}
	return SPLIT_MORE;
}

enum split_kind
split_next(struct splitter *s, struct str bytes, size_t *used_r, struct element *e_r)
{
	*used_r = 0;
	while (s->at < bytes.n) {
		const char *lt = memchr(bytes.p + s->at, '<', bytes.n - s->at);
		size_t end;
		int tag;

		if (!lt) {
			s->at = bytes.n;
			break;
		}
		s->at = (size_t)(lt - bytes.p);
		tag = read_tag(bytes, s->at, &end);
		if (!end)
			break;
		if (s->depth == 0) {
			enum split_kind kind = between(s, bytes, end, tag, used_r, e_r);

			if (kind != SPLIT_MORE)
				return kind;
		}
		s->at = end;
		s->depth += tag == TAG_OPEN ? 1 : tag == TAG_CLOSE ? -1 : 0;
		if (tag != TAG_NONE && s->depth == 0)
			return complete(s, bytes, end, used_r, e_r);
	}
	if (s->depth == 0 && !str_trim(bytes).n) { /* a server's keep-alive */
		*used_r = bytes.n;
		*s = (struct splitter){0};
	}
	return SPLIT_MORE;
}

/* The value of `name` in a start tag. */
static struct str
attr_in(struct str tag, const char *name)
{
	size_t n = strlen(name), i = 0;

	while (i < tag.n && !is_blank(tag.p[i]))
		i++;
	while (i < tag.n) {
		size_t start, eq, close;
		const char *q;

		while (i < tag.n && is_blank(tag.p[i]))
			i++;
		start = i;
		while (i < tag.n && tag.p[i] != '=')
			i++;
		eq = i++;
		while (i < tag.n && is_blank(tag.p[i]))
			i++;
		if (i >= tag.n || !(q = memchr(tag.p + i + 1, tag.p[i], tag.n - i - 1)))
			break;
		close = (size_t)(q - tag.p);
		while (eq > start && is_blank(tag.p[eq - 1]))
			eq--;
		if (eq - start == n && memcmp(tag.p + start, name, n) == 0)
			return str_n(tag.p + i + 1, close - i - 1);
		i = close + 1;
	}
	return STR_NONE;
}

struct str
element_attr(struct element e, const char *name)
{
	return attr_in(str_n(e.raw.p, tag_end(e.raw, 0) - 1), name);
}

bool
element_is(struct element e, const char *name)
{
	return str_is(e.name, name);
}

bool
element_has(struct element e, const char *text)
{
	return str_find(e.raw, str_z(text)) >= 0;
}

/* What stands between the tag at the start of `rest` and the next one; absent for an empty element. */
static struct str
text_behind_tag(struct str rest)
{
	size_t end = tag_end(rest, 0);
	ssize_t next;

	if (!end || rest.p[end - 2] == '/')
		return STR_NONE;
	rest = str_from(rest, end);
	next = str_chr(rest, '<');
	return next < 0 ? STR_NONE : str_n(rest.p, (size_t)next);
}

struct str
element_own_text(struct element e)
{
	return text_behind_tag(e.raw);
}

struct str
element_text(struct element e, const char *name)
{
	struct str rest = e.raw, wanted = str_z(name);
	ssize_t at;

	while ((at = str_chr(str_from(rest, 1), '<')) >= 0) {
		rest = str_from(rest, (size_t)at + 1);
		if (str_eq(tag_name(rest), wanted))
			return text_behind_tag(rest);
	}
	return STR_NONE;
}
