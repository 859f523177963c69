/* SPDX-License-Identifier: Apache-2.0 */
/* The gate in front of expat: a state machine over bytes. Not for well-formedness, names or namespaces. */
#include "xmpp/xml_scan.h"

enum scan_state {
	AT_START,    /* not a byte yet: only here may an XML declaration begin */
	AT_START_LT, /* ...and its '<' has come */
	IN_DECL,
	IN_PROLOG,   /* before the root */
	BETWEEN,     /* inside the root, outside of first-level elements */
	IN_TEXT,
	IN_REF,      /* &... */
	AT_LT,       /* < */
	IN_TAG,      /* a start tag, or one of an empty element */
	AT_SLASH,    /* the / in it */
	IN_APOS,
	IN_QUOT,
	IN_END_TAG,
	AT_BANG,     /* <!... */
	IN_CDATA,
	AT_BRACKET,  /* ] in CDATA */
	AT_BRACKETS, /* ]] in CDATA */
};

static const char DECL[] = "<?xml", CDATA[] = "<![CDATA[";
enum { DECL_BODY = sizeof(DECL), DECL_MARK }; /* matched: behind "<?xml ", behind a ? in it */

struct run {
	struct xml_scan *s;
	const struct xml_limits *limits;
	const char *p, *end;
	const char *safe; /* the parser may have what is before it */
	struct scan_piece *piece;
	enum scan_result result;
	bool done;
};

static inline bool
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void
finish(struct run *r, enum scan_result result)
{
	r->result = result;
	r->done = true;
}

static void
refuse(struct run *r, enum stream_condition condition, const char *why)
{
	r->piece->condition = condition;
	r->piece->why = why;
	finish(r, SCAN_BAD);
}

static void
in_prolog(struct run *r)
{
	const char *from = r->p;

	while (r->p < r->end && is_space(*r->p))
		r->p++;
	if (r->p > from) {
		r->s->state = IN_PROLOG;
		finish(r, SCAN_SPACE);
	} else if (*r->p == '<') {
		r->s->state = r->s->state == AT_START ? AT_START_LT : AT_LT;
		r->p++;
	} else if (*r->p == '\0' || (unsigned char)*r->p >= 0xFE) {
		refuse(r, STREAM_UNSUPPORTED_ENCODING, "not UTF-8"); /* UTF-16 begins so; RFC 6120 11.6 */
	} else {
		/* A byte order mark, too, is text here: RFC 6120 11.6. */
		refuse(r, STREAM_NOT_WELL_FORMED, "text before the stream header");
	}
}

/* <?xml, white space, anything without angle brackets, ?>. */
static void
in_decl(struct run *r)
{
	struct xml_scan *s = r->s;
	char c = *r->p;

	if (s->matched < sizeof(DECL) - 1 ? c != DECL[s->matched] : s->matched == sizeof(DECL) - 1 && !is_space(c)) {
		refuse(r, STREAM_RESTRICTED_XML, "processing instruction");
		return;
	}
	if (c == '>' && s->matched == DECL_MARK) {
		s->state = IN_PROLOG;
		r->safe = ++r->p;
		finish(r, SCAN_MORE); /* white space behind it is a piece of its own */
		return;
	}
	if ((c == '<' || c == '>') && s->matched >= sizeof(DECL) - 1) {
		refuse(r, STREAM_NOT_WELL_FORMED, "XML declaration without an end");
		return;
	}
	if (s->matched < DECL_BODY)
		s->matched++;
	else
		s->matched = c == '?' ? DECL_MARK : DECL_BODY;
	r->p++;
}

static void
between(struct run *r)
{
	const char *from = r->p;

	while (r->p < r->end && is_space(*r->p))
		r->p++;
	if (r->p > from) {
		finish(r, SCAN_SPACE);
	} else if (*r->p == '<') {
		r->s->state = AT_LT;
		r->s->elements = 0;
		r->p++;
	} else if (*r->p > 0 && *r->p < ' ') {
		refuse(r, STREAM_NOT_WELL_FORMED, "control character between stanzas");
	} else {
		/* Only white space may stand there (RFC 6120 4.6.1); no more specific condition fits (4.9.3.1). */
		refuse(r, STREAM_BAD_FORMAT, "text between stanzas");
	}
}

static inline void
in_text(struct run *r)
{
	while (r->p < r->end && *r->p != '<' && *r->p != '&')
		r->p++;
	r->safe = r->p;
	if (r->p == r->end)
		return;
	r->s->state = *r->p == '<' ? AT_LT : IN_REF;
	r->p++;
}

static void
in_ref(struct run *r)
{
	while (r->p < r->end && *r->p != ';' && *r->p != '<' && *r->p != '&')
		r->p++;
	if (r->p == r->end)
		return;
	if (*r->p != ';') {
		refuse(r, STREAM_NOT_WELL_FORMED, "reference without an end");
		return;
	}
	r->safe = ++r->p;
	r->s->state = IN_TEXT;
}

static void
refuse_limit(struct run *r, enum xml_limit limit, const char *why)
{
	r->piece->limit = limit;
	refuse(r, STREAM_POLICY_VIOLATION, why);
}

/* The name of a start tag begins: is there room for one more element? */
static inline void
start_tag(struct run *r)
{
	struct xml_scan *s = r->s;

	s->state = IN_TAG;
	s->attrs = 0;
	if (s->depth < 2)
		return;
	if (s->depth - 1u > r->limits->depth)
		refuse_limit(r, XML_LIMIT_DEPTH, "elements nested too deep");
	else if (++s->elements > r->limits->elements)
		refuse_limit(r, XML_LIMIT_ELEMENTS, "too many elements in a stanza");
}

static inline bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || (unsigned char)c >= 0x80;
}

static inline void
at_lt(struct run *r)
{
	struct xml_scan *s = r->s;
	bool first = s->state == AT_START_LT;
	char c = *r->p;

	if (is_name_start(c)) {
		start_tag(r);
	} else if (c == '/' && s->depth) {
		s->state = IN_END_TAG;
	} else if (c == '!' && s->depth >= 2) {
		s->state = AT_BANG;
		s->matched = 2;
	} else if (c == '?' && first) {
		s->state = IN_DECL;
		s->matched = 2;
	} else if (c == '\0' && !s->depth) {
		refuse(r, STREAM_UNSUPPORTED_ENCODING, "not UTF-8"); /* half of a character in UTF-16 */
	} else if (c == '!' || c == '?') {
		/* RFC 6120 11.1 */
		refuse(r, STREAM_RESTRICTED_XML, "comment, DTD or processing instruction");
	} else {
		refuse(r, STREAM_NOT_WELL_FORMED, "no name behind <");
	}
	if (!r->done)
		r->p++;
}

/* A start tag has its '>'. */
static void
opened(struct run *r)
{
	struct xml_scan *s = r->s;

	if (++s->depth == 1) {
		s->state = BETWEEN;
		finish(r, SCAN_HEADER);
		return;
	}
	s->state = IN_TEXT;
	r->safe = r->p;
}

/* An element has its end. */
static void
closed(struct run *r)
{
	struct xml_scan *s = r->s;

	if (s->depth == 0) {
		refuse(r, STREAM_BAD_FORMAT, "stream header is an empty element");
	} else if (s->depth == 1) {
		s->state = BETWEEN;
		finish(r, SCAN_ELEMENT);
	} else {
		s->state = IN_TEXT;
		r->safe = r->p;
	}
}

static inline void
in_tag(struct run *r)
{
	while (r->p < r->end && *r->p != '>' && *r->p != '\'' && *r->p != '"' && *r->p != '/' && *r->p != '<')
		r->p++;
	if (r->p == r->end)
		return;
	switch (*r->p++) {
	case '>':
		opened(r);
		return;
	case '/':
		r->s->state = AT_SLASH;
		return;
	case '<':
		refuse(r, STREAM_NOT_WELL_FORMED, "< in a tag");
		return;
	default:
		r->s->state = r->p[-1] == '"' ? IN_QUOT : IN_APOS;
		if (++r->s->attrs > r->limits->attrs)
			refuse_limit(r, XML_LIMIT_ATTRS, "too many attributes");
	}
}

static void
at_slash(struct run *r)
{
	if (*r->p != '>') {
		refuse(r, STREAM_NOT_WELL_FORMED, "/ in a tag");
		return;
	}
	r->p++;
	closed(r);
}

static inline void
in_value(struct run *r, char quote)
{
	while (r->p < r->end && *r->p != quote && *r->p != '<')
		r->p++;
	if (r->p == r->end)
		return;
	if (*r->p == '<') {
		refuse(r, STREAM_NOT_WELL_FORMED, "< in an attribute");
		return;
	}
	r->p++;
	r->s->state = IN_TAG;
}

static inline void
in_end_tag(struct run *r)
{
	while (r->p < r->end && *r->p != '>' && *r->p != '<')
		r->p++;
	if (r->p == r->end)
		return;
	if (*r->p == '<') {
		refuse(r, STREAM_NOT_WELL_FORMED, "< in a tag");
		return;
	}
	r->p++;
	if (--r->s->depth == 0)
		finish(r, SCAN_CLOSE);
	else
		closed(r);
}

static void
at_bang(struct run *r)
{
	if (*r->p != CDATA[r->s->matched]) {
		refuse(r, STREAM_RESTRICTED_XML, "comment or DTD"); /* RFC 6120 11.1 */
		return;
	}
	r->p++;
	if (++r->s->matched < sizeof(CDATA) - 1)
		return;
	r->s->state = IN_CDATA;
	r->safe = r->p;
}

static void
in_cdata(struct run *r)
{
	const char *at = memchr(r->p, ']', (size_t)(r->end - r->p));

	r->p = at ? at + 1 : r->end;
	r->safe = r->p;
	if (at)
		r->s->state = AT_BRACKET;
}

static void
at_bracket(struct run *r)
{
	r->s->state = *r->p == ']' ? AT_BRACKETS : IN_CDATA;
	r->safe = ++r->p;
}

static void
at_brackets(struct run *r)
{
	if (*r->p != ']') /* ]]] may still be followed by > */
		r->s->state = *r->p == '>' ? IN_TEXT : IN_CDATA;
	r->safe = ++r->p;
}

static inline void
step(struct run *r)
{
	switch ((enum scan_state)r->s->state) {
	case AT_START:
	case IN_PROLOG:
		in_prolog(r);
		return;
	case IN_DECL:
		in_decl(r);
		return;
	case BETWEEN:
		between(r);
		return;
	case IN_TEXT:
		in_text(r);
		return;
	case IN_REF:
		in_ref(r);
		return;
	case AT_START_LT:
	case AT_LT:
		at_lt(r);
		return;
	case IN_TAG:
		in_tag(r);
		return;
	case AT_SLASH:
		at_slash(r);
		return;
	case IN_APOS:
		in_value(r, '\'');
		return;
	case IN_QUOT:
		in_value(r, '"');
		return;
	case IN_END_TAG:
		in_end_tag(r);
		return;
	case AT_BANG:
		at_bang(r);
		return;
	case IN_CDATA:
		in_cdata(r);
		return;
	case AT_BRACKET:
		at_bracket(r);
		return;
	case AT_BRACKETS:
		at_brackets(r);
		return;
	}
}

bool
xml_scan_between(const struct xml_scan *s)
{
	return s->state == BETWEEN;
}

enum scan_result
xml_scan(struct xml_scan *s, const struct xml_limits *limits, struct str bytes, struct scan_piece *piece_r)
{
	struct run r = {.s = s, .limits = limits, .p = bytes.p, .safe = bytes.p, .piece = piece_r};
	size_t room;

	/* A new unit begins; white space between stanzas is of no unit and has no limit. */
	if (s->state == BETWEEN)
		s->bytes = 0;
	room = s->state == BETWEEN && is_space(bytes.p[0]) ? bytes.n : limits->bytes - MIN(s->bytes, limits->bytes);
	r.end = bytes.p + MIN(bytes.n, room);
	piece_r->limit = XML_LIMIT_NONE;
	while (!r.done && r.p < r.end)
		step(&r);
	s->bytes += (size_t)(r.p - bytes.p);
	if (!r.done && r.p < bytes.p + bytes.n)
		refuse_limit(&r, s->depth > 0 || s->state == BETWEEN ? XML_LIMIT_BYTES : XML_LIMIT_HEADER,
			     "stanza or stream header is too big");
	piece_r->used = (size_t)(r.p - bytes.p);
	piece_r->safe = (size_t)(r.safe - bytes.p);
	return r.done ? r.result : SCAN_MORE;
}
