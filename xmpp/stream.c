/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One XML stream between its parser and its owner: headers, errors, the
 * closing handshake, and each word of ours at most once. Not for sockets, TLS,
 * SASL or what elements mean.
 */
#include "xmpp/stream.h"

#include "common/rand.h"

#include <stdlib.h>

enum { ID_LEN = 22, ARENAS_MAX = 16, LANG_MAX = 64, SUBTAG_MAX = 8 };

struct stream {
	const struct stream_events *events;
	void *owner;
	struct xml *xml;
	const char *content_ns;
	enum stream_state state;
	bool initiating;
	bool header_sent; /* ours */
	bool header_seen; /* the peer's, or at least something that says it is one */
	bool versioned;   /* the peer's has a version, which is... */
	uint64_t major, minor;
	bool end_sent;          /* our </stream:stream> */
	char *id, *lang, *host; /* owned, null when there is none */
};

/* Arenas between two elements, of all streams: an idle stream has none. */
static struct arena arenas[ARENAS_MAX];
static unsigned arenas_len;

static struct arena
arena_take(void)
{
	return arenas_len ? arenas[--arenas_len] : (struct arena){0};
}

static void
arena_give(struct arena *a)
{
	if (arenas_len == ARENAS_MAX) {
		arena_done(a);
		return;
	}
	arena_reset(a);
	arenas[arenas_len++] = *a;
}

static void
set_string(char **z, struct str s)
{
	char *old = *z; /* `s` may be a part of it */

	*z = s.p ? str_dup(s) : NULL;
	free(old);
}

/* The last word, once. */
static void
finish(struct stream *s, enum stream_condition condition, const char *text, bool peer)
{
	s->state = STREAM_CLOSED;
	xml_stop(s->xml);
	s->events->over(s, condition, text, peer);
}

static void
send_end(struct stream *s)
{
	if (s->end_sent || !s->header_sent)
		return;
	s->end_sent = true;
	s->events->write(s, STR("</stream:stream>"));
}

/* RFC 6120 4.7.5: two numbers and a dot. No version means 0.9. */
static int
read_version(struct stream *s, struct str version)
{
	struct str rest;

	s->versioned = false;
	if (!version.p)
		return 0;
	if (str_to_u64(str_split(version, '.', &rest), &s->major) < 0 || str_to_u64(rest, &s->minor) < 0)
		return -1;
	s->versioned = true;
	return 0;
}

static bool
is_subtag(struct str tag)
{
	for (size_t i = 0; i < tag.n; i++)
		if (!((tag.p[i] >= 'a' && tag.p[i] <= 'z') || (tag.p[i] >= 'A' && tag.p[i] <= 'Z') ||
		      (tag.p[i] >= '0' && tag.p[i] <= '9')))
			return false;
	return tag.n > 0 && tag.n <= SUBTAG_MAX;
}

/*
 * RFC 6120 4.7.4: a language tag (RFC 5646 2.1), else it is as if there were none. What stands here goes into
 * each stanza (8.1.5), so it must not be as long as it likes.
 */
static struct str
language(struct str lang)
{
	struct str rest = lang;

	if (lang.n > LANG_MAX)
		return STR_NONE;
	while (rest.p)
		if (!is_subtag(str_split(rest, '-', &rest)))
			return STR_NONE;
	return lang;
}

static enum stream_condition
check_header(struct stream *s, const struct xml_header *h, const char **why_r)
{
	if (!str_eq(h->ns, STR(NS_STREAM))) { /* RFC 6120 4.9.3.10 */
		*why_r = "root element is not in the streams namespace";
		return STREAM_INVALID_NAMESPACE;
	}
	if (!str_eq(h->name, STR("stream"))) {
		*why_r = "root element is not <stream/>";
		return STREAM_BAD_FORMAT;
	}
	/* RFC 6120 4.8.2: the contents' namespace as the default, or none there and each element says its
	 * own. */
	if (h->content_ns.n && !str_is(h->content_ns, s->content_ns) &&
	    !str_eq(h->content_ns, STR(NS_STREAM))) {
		*why_r = "content namespace is not the one of this kind of stream";
		return STREAM_INVALID_NAMESPACE;
	}
	if (read_version(s, h->version) < 0) { /* RFC 6120 4.9.3.25 */
		*why_r = "version is not a version number";
		return STREAM_UNSUPPORTED_VERSION;
	}
	return STREAM_OK;
}

static void
on_header(void *owner, const struct xml_header *h)
{
	struct stream *s = owner;
	const char *why;
	enum stream_condition c;

	s->header_seen = str_eq(h->ns, STR(NS_STREAM)) && str_eq(h->name, STR("stream"));
	c = check_header(s, h, &why);
	if (c) {
		stream_fail(s, c, why);
		return;
	}
	set_string(&s->lang, language(h->lang));
	if (s->initiating)
		set_string(&s->id, h->id);
	if (s->state != STREAM_HEADER) /* closed from our side before the peer said anything */
		return;
	s->state = STREAM_OPEN;
	s->events->header(s, h);
}

/* The condition is the child that is not <text/> (RFC 6120 4.9.2). */
static enum stream_condition
peer_condition(const struct node *error)
{
	enum stream_condition c = STREAM_OK;

	for (const struct node *n = node_child(error, NULL, NS_STREAM_ERRORS); n && !c;
	     n = node_next(n, NULL, NS_STREAM_ERRORS))
		c = stream_condition_find(n->name);
	return c ? c : STREAM_UNDEFINED_CONDITION;
}

static void
on_peer_error(struct stream *s, const struct stanza *st)
{
	struct str text = node_child_text(st->arena, st->root, "text", NS_STREAM_ERRORS);

	text = arena_str(st->arena, text);
	send_end(s); /* RFC 6120 4.9.1.1 */
	finish(s, peer_condition(st->root), text.p, true);
}

static void
dispatch(struct stream *s, struct arena *a, struct str canonical, size_t raw)
{
	struct stanza st;
	const char *why;

	if (stanza_parse(&st, a, canonical, &why) < 0)
		stream_fail(s, STREAM_INTERNAL_SERVER_ERROR, why);
	else if (stanza_is(&st, "error", NS_STREAM))
		on_peer_error(s, &st);
	else
		s->events->element(s, &st, raw);
}

static void
on_element(void *owner, struct str canonical, size_t raw)
{
	struct arena a = arena_take();

	dispatch(owner, &a, canonical, raw);
	arena_give(&a);
}

static void
on_space(void *owner)
{
	struct stream *s = owner;

	if (s->events->space)
		s->events->space(s);
}

static void
on_close(void *owner)
{
	struct stream *s = owner;

	send_end(s); /* RFC 6120 4.4 */
	finish(s, STREAM_OK, NULL, false);
}

static const struct xml_events xml_events = {on_header, on_element, on_space, on_close};

struct stream *
stream_new(const struct stream_opts *opts, const struct stream_events *events, void *owner)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->events = events;
	s->owner = owner;
	s->content_ns = opts->content_ns;
	s->initiating = opts->initiating;
	s->xml = xml_new(opts->limits, &xml_events, s);
	xml_set_content_ns(s->xml, opts->content_ns);
	return s;
}

void
stream_free(struct stream **sp)
{
	struct stream *s = *sp;

	*sp = NULL;
	if (!s)
		return;
	xml_free(&s->xml);
	free(s->id);
	free(s->lang);
	free(s->host);
	free(s);
}

void *
stream_owner(const struct stream *s)
{
	return s->owner;
}

enum stream_state
stream_state(const struct stream *s)
{
	return s->state;
}

const char *
stream_id(const struct stream *s)
{
	return s->id ? s->id : "";
}

struct str
stream_lang(const struct stream *s)
{
	return str_z(s->lang);
}

bool
stream_is_10(const struct stream *s)
{
	return s->versioned && s->major >= 1;
}

static void
feed(struct stream *s, struct str bytes)
{
	const char *why = NULL;
	enum stream_condition c;

	if (s->state == STREAM_CLOSED)
		return;
	c = xml_feed(s->xml, bytes, &why);
	if (c)
		stream_fail_app(s, c, why, STR_NONE,
				xml_too_big(s->xml) ? STR(ERROR_STANZA_TOO_BIG) : STR_NONE);
}

void
stream_feed(struct stream *s, struct str bytes)
{
	if (bytes.n)
		feed(s, bytes);
}

void
stream_hold(struct stream *s)
{
	xml_hold(s->xml);
}

void
stream_go(struct stream *s)
{
	feed(s, STR_NONE);
}

void
stream_restart(struct stream *s)
{
	if (s->state == STREAM_CLOSED)
		return;
	xml_restart(s->xml);
	s->state = STREAM_HEADER;
	s->header_sent = s->header_seen = s->versioned = s->end_sent = false;
	set_string(&s->id, STR_NONE);
	set_string(&s->lang, STR_NONE);
}

void
stream_set_limits(struct stream *s, const struct xml_limits *limits)
{
	xml_set_limits(s->xml, limits);
}

void
stream_rest(struct stream *s)
{
	xml_rest(s->xml);
}

void
stream_set_host(struct stream *s, struct str host)
{
	set_string(&s->host, host);
}

static void
add_attr(struct buf *b, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_addf(b, " %s='", name);
	out_escape_attr(b, value);
	buf_addc(b, '\'');
}

static void
new_id(struct stream *s)
{
	char token[ID_LEN + 1];

	rand_token(token, ID_LEN); /* RFC 6120 4.7.3: unpredictable */
	set_string(&s->id, str_z(token));
}

/* RFC 6120 4.7.5: the lower of the peer's and ours; none for a peer that has not sent one. */
static void
add_version(const struct stream *s, struct buf *b)
{
	if (s->initiating || !s->header_seen || (s->versioned && s->major >= 1))
		buf_addl(b, " version='1.0'");
	else if (s->versioned)
		buf_addf(b, " version='%llu.%llu'", (unsigned long long)s->major, (unsigned long long)s->minor);
}

void
stream_send_header(struct stream *s, struct str from, struct str to, const char *extra)
{
	struct buf b = {0};

	if (s->header_sent || s->state == STREAM_CLOSED)
		return;
	s->header_sent = true;
	if (from.n) {
		stream_set_host(s, from);
		from = str_z(s->host); /* `from` may have been the old one */
	}
	if (!s->initiating)
		new_id(s);
	buf_addf(&b, "<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:stream='" NS_STREAM "'",
		 s->content_ns);
	add_attr(&b, "id", s->initiating ? STR_NONE : str_z(s->id));
	add_attr(&b, "from", from);
	add_attr(&b, "to", to);
	add_version(s, &b);
	add_attr(&b, "xml:lang", STR("en"));
	buf_addz(&b, extra ? extra : "");
	buf_addc(&b, '>');
	s->events->write(s, buf_str(&b));
	buf_done(&b);
}

void
stream_write(struct stream *s, struct str canonical)
{
	if (!s->end_sent && s->state != STREAM_CLOSED)
		s->events->write(s, canonical);
}

void
stream_write_features(struct stream *s, struct str children)
{
	struct buf b = {0};

	if (children.n) {
		buf_addl(&b, "<stream:features>");
		buf_add(&b, children);
		buf_addl(&b, "</stream:features>");
	} else {
		buf_addl(&b, "<stream:features/>");
	}
	stream_write(s, buf_str(&b));
	buf_done(&b);
}

/* RFC 6120 4.9.2 */
static void
write_error(struct stream *s, enum stream_condition condition, const char *text, struct str content,
	    struct str app)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, s->content_ns);
	buf_addl(&b, "<stream:error>");
	out_leafz(&o, stream_condition_name(condition), NS_STREAM_ERRORS, content);
	if (text) {
		out_openz(&o, "text", NS_STREAM_ERRORS);
		out_attr_ns(&o, STR(NS_XML), STR("lang"), STR("en"));
		out_text(&o, str_z(text));
		out_close(&o);
	}
	out_raw(&o, app);
	buf_addl(&b, "</stream:error>");
	s->events->write(s, buf_str(&b));
	buf_done(&b);
}

void
stream_fail_app(struct stream *s, enum stream_condition condition, const char *text, struct str content,
		struct str app)
{
	if (s->state == STREAM_CLOSED)
		return;
	/* An error needs a stream to stand in (RFC 6120 4.9.1.2). */
	if (!s->header_sent && !s->initiating)
		stream_send_header(s, str_z(s->host), STR_NONE, NULL);
	if (s->header_sent && !s->end_sent)
		write_error(s, condition, text, content, app);
	send_end(s);
	finish(s, condition, text, false);
}

void
stream_fail(struct stream *s, enum stream_condition condition, const char *text)
{
	stream_fail_app(s, condition, text, STR_NONE, STR_NONE);
}

void
stream_close(struct stream *s)
{
	if (s->state == STREAM_CLOSED || s->state == STREAM_CLOSING)
		return;
	send_end(s);
	s->state = STREAM_CLOSING;
}

enum xml_limit
stream_limit_hit(const struct stream *s)
{
	return xml_limit_hit(s->xml);
}
