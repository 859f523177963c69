/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The edge between the bus and external components (XEP-0114): their stanzas
 * are checked, stamped and made into frames; frames for them become stanzas
 * on their stream; what comes back becomes an error stanza.
 *
 * A frame of theirs has no sid; its `seq` counts how often it has been tried,
 * because a bounce brings all attributes back.
 */
#include "router/router.h"

#include "xmpp/session.h"

#include <stdlib.h>

enum {
	TRIES_MAX = 20,
	POSTPONE_MS = 250,
	POSTPONED_MAX = 1024 * 1024, /* bytes, of all */
};

struct postponed { /* came back because the map of slots is changing */
	struct list_node node;
	struct frame f;
	size_t size;
	char bytes[];
};

/* ---- from the component ---- */

static void
refuse(struct external *e, const struct stanza *st, enum stanza_condition condition, const char *text)
{
	const struct stanza_fault fault = {.condition = condition, .text = text};
	struct buf *out;

	if (!stanza_may_answer(st) || !e->port.io)
		return;
	out = io_out(e->port.io);
	stanza_write_error(out, st, &fault);
	io_wrote(e->port.io);
}

/* A domain that is configured and away is not one that does not exist. */
static enum stanza_condition
condition_of(struct router *r, struct str reason, struct str host)
{
	if (str_is(reason, "no-host") || str_is(reason, "no-instance"))
		return router_has_host(r, host) || external_find(r, host)
			       ? STANZA_ERR_REMOTE_SERVER_TIMEOUT
			       : STANZA_ERR_REMOTE_SERVER_NOT_FOUND;
	if (str_is(reason, "overload"))
		return STANZA_ERR_RESOURCE_CONSTRAINT;
	if (str_is(reason, "too-big"))
		return STANZA_ERR_POLICY_VIOLATION;
	if (str_is(reason, "not-owner"))
		return STANZA_ERR_REMOTE_SERVER_TIMEOUT;
	return STANZA_ERR_SERVICE_UNAVAILABLE;
}

static void
send_on(struct external *e, const struct stanza *st, const struct jid *to, struct str payload)
{
	struct router *r = e->port.r;
	const struct frame f = {
		.kind = FRAME_ROUTE,
		.from = str_z(r->name),
		.host = to->domain,
		.key = to->bare,
		.seq = 1,
		.payload = payload,
	};
	const char *reason;

	if (payload.n > FRAME_PAYLOAD_MAX) {
		refuse(e, st, STANZA_ERR_POLICY_VIOLATION, "too big");
		return;
	}
	if (!frame_values_ok(&f)) {
		refuse(e, st, STANZA_ERR_JID_MALFORMED, NULL);
		return;
	}
	e->stanzas_in++;
	reason = route(r, &e->port, &f);
	if (reason)
		refuse(e, st, condition_of(r, str_z(reason), to->domain), NULL);
}

/* XEP-0114: both addresses are required, and `from` is of the component's own domain. A missing `from` is the
 * domain itself. */
void
edge_stanza(struct external *e, const struct stanza *st)
{
	struct jid to, from;
	struct str from_text = st->from.full.p ? st->from.full : str_z(e->conf->domain);
	struct buf payload = {0};

	if (st->kind == STANZA_OTHER) {
		external_fail(e, STREAM_UNSUPPORTED_STANZA_TYPE, "<%s/> is no stanza",
			      log_quote(st->root->name));
	} else if (!st->to.full.p) {
		external_fail(e, STREAM_IMPROPER_ADDRESSING, "a stanza without to");
	} else if (jid_prep(st->arena, from_text, &from, NULL) < 0 ||
		   jid_prep(st->arena, st->to.full, &to, NULL) < 0) {
		refuse(e, st, STANZA_ERR_JID_MALFORMED, NULL);
	} else if (!str_is(from.domain, e->conf->domain)) {
		external_fail(e, STREAM_INVALID_FROM, "a stanza from %s", log_quote(from.full));
	} else {
		stanza_write(&payload, st, &(struct stanza_edit){.from = from.full, .to = to.full});
		send_on(e, st, &to, buf_str(&payload));
		buf_done(&payload);
	}
}

/* ---- to the component ---- */

static bool
is_stanza(struct str payload)
{
	static const struct str starts[] = {{"<message", 8}, {"<presence", 9}, {"<iq", 3}};

	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (str_starts(payload, starts[i]) && payload.n > starts[i].n &&
		    memchr(" />", payload.p[starts[i].n], 3))
			return true;
	return false;
}

/* doc/protocol.md section 5: handed on. Nothing acknowledges in XEP-0114, so more cannot be known. */
static void
confirm(struct router *r, const struct frame *f)
{
	struct buf b = {0};

	word_write_done(&b, f->rid, STANZA_OK);
	route_own(r, &(struct frame){.to = f->from, .payload = buf_str(&b)});
	buf_done(&b);
}

bool
edge_deliver(struct router *r, struct external *e, const struct frame *f)
{
	if (!is_stanza(f->payload))
		return false; /* words of the bus stay on the bus */
	io_write(e->port.io, f->payload);
	e->stanzas_out++;
	if (f->rid.p)
		confirm(r, f);
	return true;
}

/* ---- what comes back ---- */

/* The error stanza for a frame of an external component, to that component if it is still there. */
static void
give_back(struct router *r, const struct frame *f, struct str reason)
{
	struct arena a = {0};
	struct stanza st;
	const char *why;
	struct external_conf *conf;

	if (stanza_parse(&st, &a, f->payload, &why) == 0) {
		conf = external_find(r, st.from.domain.p ? st.from.domain : STR(""));
		if (conf && conf->now)
			refuse(conf->now, &st, condition_of(r, reason, f->host), NULL);
	}
	arena_done(&a);
}

static struct str
copy_text(char **at, struct str s)
{
	struct str copy = {*at, s.n};

	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

static void
on_postponed(struct timer *t)
{
	struct router *r = container_of(t, struct router, postpone_timer);
	struct list all = r->postponed;
	struct list_node *n;

	r->postponed = (struct list){0};
	r->postponed_bytes = 0;
	while ((n = list_shift(&all))) {
		struct postponed *p = list_entry(n, struct postponed, node);
		const char *reason = route(r, NULL, &p->f);

		if (reason)
			give_back(r, &p->f, str_z(reason));
		free(p);
	}
}

static void
postpone(struct router *r, const struct frame *f)
{
	size_t n = f->host.n + f->key.n + f->payload.n;
	struct postponed *p = xcalloc(1, sizeof(*p) + n);
	char *at = p->bytes;

	p->f = (struct frame){
		.kind = FRAME_ROUTE,
		.from = str_z(r->name),
		.host = copy_text(&at, f->host),
		.key = copy_text(&at, f->key),
		.seq = f->seq + 1,
		.payload = copy_text(&at, f->payload),
	};
	r->postponed_bytes += n;
	list_append(&r->postponed, &p->node);
	if (!timer_running(&r->postpone_timer))
		timer_start(r->loop, &r->postpone_timer, POSTPONE_MS, on_postponed);
}

void
edge_bounced(struct router *r, const struct frame *f)
{
	if (str_is(f->reason, "not-owner") && f->host.p && f->key.p && f->seq < TRIES_MAX &&
	    r->postponed_bytes + f->payload.n <= POSTPONED_MAX)
		postpone(r, f);
	else
		give_back(r, f, f->reason);
}

void
edge_done(struct router *r)
{
	struct list_node *n;

	timer_stop(&r->postpone_timer);
	while ((n = list_shift(&r->postponed)))
		free(list_entry(n, struct postponed, node));
}
