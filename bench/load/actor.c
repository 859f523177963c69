/* SPDX-License-Identifier: Apache-2.0 */
/* The way of an actor from the socket to the bound session, and what it answers there. */
#include "bench/load/actor.h"

#include "bench/load/crew.h"
#include "common/base64.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct wire_events wire_events;

struct buf *
actor_out(struct actor *a)
{
	return wire_out(&a->wire);
}

void
actor_wrote(struct actor *a)
{
	wire_wrote(&a->wire);
}

static void
say(struct actor *a, const char *text)
{
	buf_addz(actor_out(a), text);
	actor_wrote(a);
}

void
actor_drop(struct actor *a)
{
	wire_close(&a->wire);
	scram_login_done(&a->scram);
	free(a->jid);
	*a = (struct actor){.wire = a->wire, .crew = a->crew, .account = a->account, .number = a->number};
}

/* why null: as we asked. It may point into the wire's buffers. */
static void
over(struct actor *a, const char *why)
{
	char *text = why ? xstrdup(why) : NULL;

	actor_drop(a);
	a->crew->on_gone(a, text);
	free(text);
}

static PRINTF_LIKE(2, 3) void
fail(struct actor *a, const char *fmt, ...)
{
	struct buf why = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_addvf(&why, fmt, ap);
	va_end(ap);
	over(a, buf_z(&why));
	buf_done(&why);
}

/* The name of the first child, for reasons: the condition of a failure or an error. */
static struct str
condition(struct element e)
{
	static const char *const wrappers[] = {"failure", "error", "stream:error", "iq"};
	struct str rest = e.raw;
	ssize_t at;

	while ((at = str_chr(rest, '<')) >= 0) {
		size_t n = 0;
		bool wrapper = false;

		rest = str_from(rest, (size_t)at + 1);
		while (n < rest.n && !strchr(" />\t\r\n", rest.p[n]))
			n++;
		for (size_t i = 0; i < ARRAY_LEN(wrappers); i++)
			wrapper |= str_is(str_n(rest.p, n), wrappers[i]);
		if (n && !wrapper)
			return str_n(rest.p, n);
	}
	return STR("no reason");
}

static void
send_header(struct actor *a)
{
	a->split = (struct splitter){0};
	a->state = ACTOR_FEATURES;
	buf_addf(actor_out(a),
		 "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
		 "xmlns:stream='http://etherx.jabber.org/streams' to='%s' version='1.0'>",
		 a->crew->plan->domain);
	actor_wrote(a);
}

static bool
offers_mechanism(struct element e, const char *mechanism)
{
	struct buf wanted = {0};
	bool found;

	buf_addf(&wanted, ">%s<", mechanism);
	found = element_has(e, buf_z(&wanted));
	buf_done(&wanted);
	return found;
}

static void
start_sasl(struct actor *a, struct element e)
{
	const char *mechanism = a->crew->plan->mechanism;
	struct buf first = {0};

	if (!offers_mechanism(e, mechanism)) {
		fail(a, "the server does not offer %s%s", mechanism, a->wire.ssl ? "" : " without TLS");
		return;
	}
	if (scram_known(mechanism)) {
		scram_first(&a->scram, mechanism, a->account->user, &first);
	} else { /* RFC 4616 */
		buf_addc(&first, '\0');
		buf_addz(&first, a->account->user);
		buf_addc(&first, '\0');
		buf_addz(&first, a->crew->password);
	}
	buf_addf(actor_out(a), "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='%s'>", mechanism);
	base64_print(actor_out(a), buf_str(&first));
	say(a, "</auth>");
	buf_done(&first);
	a->state = ACTOR_SASL;
}

static void
start_bind(struct actor *a, struct element e)
{
	if (!element_has(e, "urn:ietf:params:xml:ns:xmpp-bind")) {
		fail(a, "the server does not offer resource binding");
		return;
	}
	a->session_needed = element_has(e, "<session") && !element_has(e, "<optional");
	buf_addf(actor_out(a),
		 "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
		 "<resource>load-%u</resource></bind></iq>",
		 a->number);
	actor_wrote(a);
	a->state = ACTOR_BINDING;
}

static void
on_features(struct actor *a, struct element e)
{
	if (!element_is(e, "stream:features")) {
		fail(a, "instead of features came <" STR_FMT "/>: " STR_FMT, STR_ARG(e.name), STR_ARG(condition(e)));
	} else if (a->authenticated) {
		start_bind(a, e);
	} else if (plan_tls(a->crew->plan) == PLAN_STARTTLS && !a->wire.ssl) {
		if (!element_has(e, "urn:ietf:params:xml:ns:xmpp-tls")) {
			fail(a, "the server does not offer STARTTLS");
			return;
		}
		say(a, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
		a->state = ACTOR_STARTTLS;
	} else {
		start_sasl(a, e);
	}
}

static void
on_starttls(struct actor *a, struct element e)
{
	if (!element_is(e, "proceed")) {
		fail(a, "STARTTLS was refused");
		return;
	}
	a->state = ACTOR_HANDSHAKE;
	wire_start_tls(&a->wire, a->crew->tls, a->crew->plan->domain, false);
}

static void
answer_challenge(struct actor *a, struct str challenge)
{
	struct buf answer = {0};
	const char *why = scram_answer(&a->scram, &a->account->keys, a->crew->password, challenge, &answer);

	if (why) {
		fail(a, "%s", why);
	} else {
		say(a, "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>");
		base64_print(actor_out(a), buf_str(&answer));
		say(a, "</response>");
	}
	buf_done(&answer);
}

/* The server's last word may come in a challenge or with the success (RFC 6120 6.3.10). */
static void
on_challenge(struct actor *a, struct str data)
{
	if (!str_starts(data, STR("v="))) {
		answer_challenge(a, data);
	} else if (scram_verify(&a->scram, data)) {
		a->proof_seen = true;
		say(a, "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
	} else {
		fail(a, "the server does not know the password");
	}
}

static void
on_success(struct actor *a, struct str data)
{
	bool scram = scram_known(a->crew->plan->mechanism);

	if (scram && !a->proof_seen && !scram_verify(&a->scram, data)) {
		fail(a, "the server does not know the password");
		return;
	}
	scram_login_done(&a->scram);
	a->authenticated = true;
	send_header(a);
}

static void
on_sasl(struct actor *a, struct element e)
{
	struct str text = str_trim(element_own_text(e));
	struct buf data = {0};

	if (!element_is(e, "challenge") && !element_is(e, "success"))
		fail(a, "login as %s: " STR_FMT, a->account->user, STR_ARG(condition(e)));
	else if (text.n && !str_is(text, "=") && base64_parse(&data, text) < 0)
		fail(a, "SASL: what came is not base64");
	else if (element_is(e, "success"))
		on_success(a, buf_str(&data));
	else
		on_challenge(a, buf_str(&data));
	buf_done(&data);
}

static void
ready(struct actor *a)
{
	a->state = ACTOR_READY;
	a->crew->on_ready(a);
}

static void
on_binding(struct actor *a, struct element e)
{
	struct str jid = element_text(e, "jid");

	if (!str_is(element_attr(e, "type"), "result") || !jid.n) {
		fail(a, "binding a resource: " STR_FMT, STR_ARG(condition(e)));
		return;
	}
	a->jid = str_dup(jid);
	if (!a->session_needed) {
		ready(a);
		return;
	}
	say(a, "<iq type='set' id='session'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>");
	a->state = ACTOR_SESSION;
}

static void
on_session(struct actor *a, struct element e)
{
	if (str_is(element_attr(e, "type"), "result"))
		ready(a);
	else
		fail(a, "the session was refused: " STR_FMT, STR_ARG(condition(e)));
}

/* RFC 6120 8.2.3: every request gets an answer. */
static void
answer_request(struct actor *a, struct element e)
{
	struct str id = element_attr(e, "id"), from = element_attr(e, "from");
	bool ping = element_has(e, "urn:xmpp:ping"), push = element_has(e, "jabber:iq:roster");
	struct buf *out = actor_out(a);

	buf_addf(out, "<iq type='%s' id='" STR_FMT "'", ping || push ? "result" : "error", STR_ARG(id));
	if (from.p)
		buf_addf(out, " to='" STR_FMT "'", STR_ARG(from));
	say(a, ping || push ? "/>"
			    : "><error type='cancel'><service-unavailable "
			      "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
}

static void
on_ready_stanza(struct actor *a, struct element e)
{
	struct str type = element_attr(e, "type");

	if (element_is(e, "stream:error"))
		fail(a, "stream error " STR_FMT, STR_ARG(condition(e)));
	else if (!element_is(e, "iq"))
		a->crew->on_stanza(a, e);
	else if (str_is(type, "get") || str_is(type, "set"))
		answer_request(a, e);
	else if (str_is(element_attr(e, "id"), "sync"))
		a->crew->on_synced(a);
	else
		a->crew->on_stanza(a, e);
}

/* It has said goodbye, but what the server had sent before has arrived. */
static void
on_last_stanza(struct actor *a, struct element e)
{
	if (element_is(e, "message") || element_is(e, "presence"))
		a->crew->on_stanza(a, e);
}

static void
on_element(struct actor *a, struct element e)
{
	static void (*const table[])(struct actor *a, struct element e) = {
		[ACTOR_FEATURES] = on_features, [ACTOR_STARTTLS] = on_starttls, [ACTOR_SASL] = on_sasl,
		[ACTOR_BINDING] = on_binding,   [ACTOR_SESSION] = on_session,   [ACTOR_READY] = on_ready_stanza,
		[ACTOR_LEAVING] = on_last_stanza,
	};

	if (a->state < ARRAY_LEN(table) && table[a->state])
		table[a->state](a, e);
}

static size_t
on_data(struct wire *w, struct str bytes)
{
	struct actor *a = container_of(w, struct actor, wire);
	unsigned generation = w->generation;
	size_t used = 0;

	for (;;) {
		struct element e;
		size_t n;
		enum split_kind kind = split_next(&a->split, str_from(bytes, used), &n, &e);

		used += n;
		if (kind == SPLIT_MORE)
			return used;
		if (kind == SPLIT_ELEMENT)
			on_element(a, e);
		else if (kind == SPLIT_END)
			over(a, a->state == ACTOR_LEAVING ? NULL : "the server ended the stream");
		if (w->generation != generation || w->state != WIRE_OPEN)
			return bytes.n;
	}
}

static void
on_connected(struct wire *w)
{
	struct actor *a = container_of(w, struct actor, wire);

	if (plan_tls(a->crew->plan) != PLAN_TLS_DIRECT) {
		send_header(a);
		return;
	}
	a->state = ACTOR_HANDSHAKE;
	wire_start_tls(w, a->crew->tls, a->crew->plan->domain, true);
}

static void
on_secured(struct wire *w)
{
	struct actor *a = container_of(w, struct actor, wire);

	crew_note_tls(a->crew, w->ssl);
	send_header(a);
}

static void
on_ended(struct wire *w, const char *why)
{
	struct actor *a = container_of(w, struct actor, wire);

	over(a, a->state == ACTOR_LEAVING ? NULL : why);
}

static const struct wire_events wire_events = {
	.connected = on_connected,
	.secured = on_secured,
	.data = on_data,
	.ended = on_ended,
};

void
actor_start(struct actor *a)
{
	bug_if(a->state != ACTOR_OFF);
	a->state = ACTOR_CONNECTING;
	a->started = now_ns();
	wire_open(&a->wire, &a->crew->reactor, &a->crew->address, a->crew->address_len, &wire_events);
}

void
actor_leave(struct actor *a)
{
	bug_if(a->state != ACTOR_READY);
	say(a, "</stream:stream>");
	a->state = ACTOR_LEAVING;
}

void
actor_sync(struct actor *a)
{
	buf_addf(actor_out(a), "<iq type='get' id='sync' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>", a->crew->plan->domain);
	actor_wrote(a);
}
