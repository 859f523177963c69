/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct stream: the state of one XML stream (RFC 6120 section 4), without a
 * socket: headers both ways, restarts, errors, the closing handshake. Its
 * owner gives it bytes and gets elements; what it has to say it appends to the
 * owner's output through `write`.
 *
 * Both sides: a receiving stream (c2s, router) and an initiating one
 * (components, s2s). What the elements mean (STARTTLS, SASL, bind) is for the
 * owner, which dispatches them by a table of its own state.
 */
#pragma once

#include "xmpp/out.h"
#include "xmpp/stanza.h"
#include "xmpp/xml.h"

enum stream_state {
	STREAM_HEADER,  /* waiting for the peer's header */
	STREAM_OPEN,
	STREAM_CLOSING, /* we have sent </stream:stream>, the peer has not */
	STREAM_CLOSED,  /* both have, or an error ended it */
};

struct stream;

struct stream_events {
	/*
	 * The peer's header is good XML in the right namespaces. A receiving owner checks `to` and answers
	 * with stream_send_header or stream_fail; an initiating one waits for features.
	 */
	void (*header)(struct stream *s, const struct xml_header *h);
	/* An element at the first level (a stanza, a negotiation element); the view lives in the stream's arena until the callback returns. */
	void (*element)(struct stream *s, const struct stanza *st, size_t raw_bytes);
	void (*space)(struct stream *s);  /* white-space keep-alive; may be null */
	/* It is over: by the peer's </stream:stream> (condition 0; ours has been sent), by a stream error from the
	 * peer (peer true) or by one that stream_fail or the parser wrote. Called once. */
	void (*over)(struct stream *s, enum stream_condition condition, const char *text, bool peer);
	/* Append bytes to the way out. */
	void (*write)(struct stream *s, struct str bytes);
};

struct stream_opts {
	const char *content_ns;      /* NS_CLIENT, NS_SERVER, NS_COMPONENT, or the bus's */
	bool initiating;
	const struct xml_limits *limits; /* null: the default */
};

struct stream *stream_new(const struct stream_opts *opts, const struct stream_events *events, void *owner);
void stream_free(struct stream **s); /* not inside an event; the owner parks it */
void *stream_owner(const struct stream *s);
enum stream_state stream_state(const struct stream *s);
const char *stream_id(const struct stream *s); /* ours (receiving: made anew for each header) or the peer's; "" before */
struct str stream_lang(const struct stream *s); /* the peer's xml:lang; absent when none, or no language tag */
bool stream_is_10(const struct stream *s); /* the peer's header had version 1.0 or more (RFC 6120 4.7.5) */

void stream_feed(struct stream *s, struct str bytes); /* all is consumed; events run inside */
void stream_hold(struct stream *s);    /* in an event: keep later bytes (bounded by limits.bytes) until stream_go */
void stream_go(struct stream *s);      /* deliver what was held; events run inside: call it from a fresh stack */
void stream_restart(struct stream *s); /* after TLS or SASL: forget everything, expect a header */
void stream_set_limits(struct stream *s, const struct xml_limits *limits);
void stream_rest(struct stream *s);    /* idle: give the parser back */

/*
 * Our header. Receiving: from = the host, to = the peer if known; a new id is made. Initiating: from, to as they are.
 * extra: more namespace declarations, written as they are, so with a blank in front (may be null).
 */
void stream_send_header(struct stream *s, struct str from, struct str to, const char *extra);
/* The name to answer with when an error comes before a header of ours (RFC 6120 4.9.1.2); else the last `from`, or none. */
void stream_set_host(struct stream *s, struct str host);
enum xml_limit stream_limit_hit(const struct stream *s); /* in `over`: the parser's limit that ended it */
void stream_write(struct stream *s, struct str canonical); /* nothing after our </stream:stream> */
/* <stream:features> with the prefix that old clients look for; its children in canonical form. */
void stream_write_features(struct stream *s, struct str children);
/* Writes <stream:error> (with our header in front if it was not sent yet: 4.9.1.2) and </stream:stream>; `over` follows. */
void stream_fail(struct stream *s, enum stream_condition condition, const char *text);
/* The same with an application element or, for see-other-host, the host as content. */
void stream_fail_app(struct stream *s, enum stream_condition condition, const char *text, struct str content, struct str app);
void stream_close(struct stream *s); /* </stream:stream>; `over` comes with the peer's, or the owner times out */
