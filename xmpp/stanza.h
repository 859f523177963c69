/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct stanza: a read-only view of one element in canonical form
 * (xmpp/out.h): slices into bytes that somebody else owns, nodes in an arena.
 * Any first-level element can be viewed (a starttls, an auth, a bus word), not
 * just the three stanzas.
 *
 * The reader knows canonical XML only and checks that it is that: it is for
 * bytes that our own writer made. Bytes from outside go through xmpp/xml.h
 * first. (A differential fuzz test holds it against expat.)
 *
 * Editing never rebuilds: stanza_write copies the bytes with another start tag,
 * without some children, with others appended.
 */
#pragma once

#include "common/arena.h"
#include "common/buf.h"
#include "xmpp/error.h"
#include "xmpp/jid.h"
#include "xmpp/ns.h"

struct node {
	struct str name;     /* local name */
	struct str ns;       /* namespace; raw (escaped) bytes, namespaces hold no special characters in practice */
	struct str raw;      /* the whole element as it stands */
	struct str attrs;    /* the attributes as they stand in the start tag, xmlns included */
	struct str inner;    /* between start and end tag; empty for <x/> */
	struct node *parent, *child, *next; /* null at the ends; elements only */
};

enum stanza_kind { STANZA_OTHER, STANZA_MESSAGE, STANZA_PRESENCE, STANZA_IQ };

enum stanza_type {
	TYPE_NONE,    /* no type attribute */
	TYPE_UNKNOWN, /* one that the RFC does not know */
	TYPE_ERROR,
	TYPE_CHAT, TYPE_GROUPCHAT, TYPE_HEADLINE, TYPE_NORMAL,                        /* RFC 6121 5.2.2 */
	TYPE_UNAVAILABLE, TYPE_SUBSCRIBE, TYPE_SUBSCRIBED, TYPE_UNSUBSCRIBE, TYPE_UNSUBSCRIBED, TYPE_PROBE, /* 4.7.1 */
	TYPE_GET, TYPE_SET, TYPE_RESULT,                                              /* RFC 6120 8.2.3 */
};

struct stanza {
	struct arena *arena; /* nodes and decoded values; lives at least as long as the view */
	struct str bytes;
	struct node *root;
	enum stanza_kind kind;
	enum stanza_type type;
	struct jid to, from; /* as they stand, split (full.p == NULL when absent); prepared if the edge did its work */
	struct str id;       /* decoded; absent when missing */
	struct str lang;     /* xml:lang */
};

/* 0, or -1 when the bytes are not one canonical element (*why_r static, may be null). */
int stanza_parse(struct stanza *st, struct arena *a, struct str canonical, const char **why_r) MUST_CHECK;

bool node_is(const struct node *n, const char *name, const char *ns);
/* The first child with the name and namespace; ns null: any namespace; name null: any name. May be null. */
struct node *node_child(const struct node *n, const char *name, const char *ns);
/* The next sibling that matches likewise. */
struct node *node_next(const struct node *n, const char *name, const char *ns);
/* Value of an attribute without prefix (or "xml:lang"), decoded into the arena if it has references; absent when missing. */
struct str node_attr(struct arena *a, const struct node *n, const char *name);
/* All character data directly in it, decoded. Present and empty when there is none. */
struct str node_text(struct arena *a, const struct node *n);
/* The text of a child; absent when there is no such child. */
struct str node_child_text(struct arena *a, const struct node *n, const char *name, const char *ns);

static inline bool
stanza_is(const struct stanza *st, const char *name, const char *ns)
{
	return node_is(st->root, name, ns);
}

/*
 * What to write instead of what stands. For from, to, id, type: absent (p ==
 * NULL) keeps, STR("") removes, anything else replaces or adds.
 */
struct stanza_edit {
	struct str from, to, id, type;
	struct str lang_default;        /* added as xml:lang when the stanza has none (RFC 6120 8.1.5) */
	const struct node *const *drop; /* children of the root to leave out */
	size_t drop_count;
	struct str append;              /* canonical children, behind the last */
};

void stanza_write(struct buf *out, const struct stanza *st, const struct stanza_edit *edit);

/* IQ replies, written whole. `st` is the request; from and to are swapped. child: canonical bytes or empty. */
void stanza_write_result(struct buf *out, const struct stanza *st, struct str child);
/*
 * The error reply to any stanza (RFC 6120 8.3.1): type='error', from and to swapped, the
 * original payload included when it is at most 4 KiB, the condition with its default type, an
 * optional text, an optional canonical application element, an optional `by`.
 * Never for a stanza of type error (nor an iq result): that is a bug (8.3.1, 8.2.3).
 */
struct stanza_fault {
	enum stanza_condition condition;
	const char *type;   /* null: the condition's default */
	const char *text;   /* null: none; English */
	struct str app;     /* canonical, absent: none */
	struct str by;      /* JID of who found the error, absent: none */
};
void stanza_write_error(struct buf *out, const struct stanza *st, const struct stanza_fault *fault);
bool stanza_may_answer(const struct stanza *st); /* whether an error may be sent for it at all */

/* Presence (RFC 6121 4.7.2): priority -128..127, 0 when missing or wrong. */
int stanza_priority(const struct stanza *st);
/*
 * What of available presence no server should pass on as it stands: several shows or priorities, a priority that is none. Null
 * when there is nothing; otherwise a static text for <bad-request/>. What another show than the four of 4.7.2.1 means is left to
 * who reads it.
 */
const char *stanza_presence_flaw(const struct stanza *st);
