/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Administration words (doc/protocol.md section 6): carillonctl asks, daemons
 * answer. The answer is built row by row.
 */
#pragma once

#include "xmpp/component.h"
#include "xmpp/out.h"
#include "xmpp/stanza.h"

struct admin_request { /* slices into the payload */
	struct str id, what;
	const struct node *node; /* <do>: more attributes and children, read with node_attr */
	struct str from;         /* the ctl instance */
};

/* Whether the payload is a <do/>; then the request. */
bool admin_read(const struct frame *f, const struct stanza *payload, struct admin_request *r_r);

/*
 * An answer under construction; may outlive the request (it copies id and
 * from). Large answers are split by itself. Ends with admin_answer_send, or
 * with admin_answer_done when nothing is to be said.
 */
struct admin_answer {
	void (*send)(void *arg, const struct frame *f); /* f has `to` and `payload` */
	void *arg;
	struct buf rows, id, to;
};
void admin_answer_init(struct admin_answer *a, struct component *c, const struct admin_request *r);
/* The same for who is no component (the router): frames leave through send(arg, ...). */
void admin_answer_init_with(struct admin_answer *a, void (*send)(void *arg, const struct frame *f), void *arg,
			    const struct admin_request *r);
/*
 * One <row name='value' .../>: pairs of (z-string name, struct str value) ended by a null name. Absent values
 * are left out.
 */
void admin_row(struct admin_answer *a, const char *name, struct str value, ...);
/* Sends the last of it and frees it. text may be null. */
void admin_answer_send(struct admin_answer *a, const char *result, const char *text);
void admin_answer_done(struct admin_answer *a);

/*
 * The row that every daemon gives for `status`: name role state version boot uptime pid cpu-ms rss. state is
 * "ready", "draining" or "waiting", with the reason in `why`.
 */
struct daemon;
void admin_row_status(struct admin_answer *a, struct daemon *d, const char *role);
/* The same with attributes of its own behind it, as in admin_row. */
void admin_row_status_and(struct admin_answer *a, struct daemon *d, const char *role, const char *name,
			  struct str value, ...);

/* Handles `status`, `reload` and `drain`, which are the same everywhere. True when it was one of them. */
bool admin_common(struct component *c, struct daemon *d, const char *role, const struct admin_request *r);
/*
 * `reload` and `drain` alone, with an answer that is begun. True when it was one of them, and the answer has
 * gone.
 */
bool admin_control(struct admin_answer *a, struct daemon *d, const struct admin_request *r);
