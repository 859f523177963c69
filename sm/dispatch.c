/* SPDX-License-Identifier: Apache-2.0 */
/* Stanzas from clients: checks, the events of what goes out, and where it goes (sm/dispatch.h). */
#include "sm/dispatch.h"

#include "common/metric.h"
#include "sm/anonymous.h"
#include "sm/deliver.h"
#include "sm/duty.h"
#include "sm/event.h"
#include "sm/iq.h"
#include "sm/local.h"
#include "sm/presence.h"
#include "sm/privacy.h"
#include "sm/resend.h"
#include "sm/session.h"
#include "sm/sm.h"

static struct metric messages = {.name = "xmpp_stanzas_total", .labels = "dir=\"out\",type=\"message\"",
				 .help = "Stanzas, by direction as the account sees it and kind.", .kind = METRIC_COUNTER};
static struct metric presences = {
	.name = "xmpp_stanzas_total", .labels = "dir=\"out\",type=\"presence\"", .kind = METRIC_COUNTER};
static struct metric iqs = {.name = "xmpp_stanzas_total", .labels = "dir=\"out\",type=\"iq\"", .kind = METRIC_COUNTER};

static void
refuse(struct sm *sm, const struct stanza *st, struct duty *duty, const struct stanza_fault *fault)
{
	reply_fault(sm, st, fault);
	duty_refuse(duty, fault->condition);
}

/* RFC 6120 10.3: without `to`, or to the account itself. */
static bool
to_own_account(const struct sm_session *s, const struct stanza *st)
{
	return !st->to.full.p || str_eq(st->to.full, s->user->jid.bare);
}

/* ---- messages and iqs for somebody ---- */

typedef enum verdict event_out_fn(struct sm *sm, enum phase first, enum phase last, struct ev_out *ev);

static struct str
name_of(struct sm_session *s, struct ev_out *ev, const struct duty *duty, char *rid)
{
	if (!stanza_durable(ev->stanza))
		return STR_NONE;
	return ev->stanza->kind == STANZA_MESSAGE ? resend_name(s, ev->stanza, duty, rid, &ev->again) : duty_rid(duty, rid);
}

/* For the archive, and for sessions that are to get copies, whatever dies meanwhile. */
static bool
is_for_own_log(const struct sm_session *s, const struct ev_out *ev)
{
	return ev->archive || (ev->copies && !s->user->anonymous && stanza_durable(ev->stanza) && deliver_worth_storing(ev->stanza));
}

static unsigned
flags_of(const struct ev_out *ev)
{
	return LOG_OUTGOING | (ev->archive ? 0 : LOG_TRANSIENT) | (ev->copies ? 0 : LOG_STORE_ONLY);
}

/* Into the user's own log. One that is there already, or on its way there, is not written twice. */
static void
log_sent(struct sm_session *s, struct ev_out *ev, struct str name, struct duty *duty)
{
	struct sm_user *user = s->user;
	struct chunk *c;

	if (recall_has(&user->recall, name, true, loop_now(s->sm->loop)))
		ev->again = true;
	if (ev->again) {
		mailbox_join(user, name, duty);
		return;
	}
	c = chunk_new(ev->stanza->bytes);
	ev->entry = mailbox_append(user, c, ev->stanza->to.bare, name, flags_of(ev), duty);
	chunk_unref(&c);
}

static void
send_on(struct sm_session *s, struct ev_out *ev, struct duty *duty)
{
	char rid[RID_MAX];
	struct str name = name_of(s, ev, duty, rid);

	if (is_for_own_log(s, ev))
		log_sent(s, ev, name, duty);
	route(s->sm, ev->stanza, name, duty);
}

/* to: where it goes when it does not say so; absent when it does. */
static void
send_out(struct sm_session *s, const struct stanza *st, struct str to, event_out_fn *event, struct duty *duty)
{
	struct sm *sm = s->sm;
	struct arena *a = sm_arena(sm);
	struct ev_edit edit = {0};
	struct ev_out ev = {.session = s, .stanza = st, .edit = &edit};

	switch (event(sm, PHASE_CHECK, PHASE_DELIVER, &ev)) {
	case PASS:
		ev.stanza = stanza_edited(a, st, STR_NONE, to, &edit);
		send_on(s, &ev, duty);
		(void)event(sm, PHASE_AFTER, PHASE_FALLBACK, &ev);
		break;
	case TAKEN:
		break;
	case REFUSE:
		refuse(sm, st, duty, &ev.fault);
		break;
	}
	ev_edit_done(&edit);
	sm_arena_end(sm);
}

static void
out_message(struct sm_session *s, const struct stanza *st, struct duty *duty)
{
	metric_add(&messages, 1);
	/* RFC 6120 10.3.1: nobody addressed is the sender's own account. */
	send_out(s, st, st->to.full.p ? STR_NONE : s->user->jid.bare, event_message_out, duty);
}

/* ---- presence ---- */

static void
out_presence(struct sm_session *s, const struct stanza *st, struct duty *duty)
{
	struct sm *sm = s->sm;
	struct ev_edit edit = {0};
	struct ev_out ev = {.session = s, .stanza = st, .edit = &edit};
	enum verdict v = event_presence_out(sm, PHASE_CHECK, PHASE_HANDLE, &ev);

	metric_add(&presences, 1);
	if (v == PASS) {
		v = presence_out(sm, s, st, &ev); /* applies the edits */
		if (v != REFUSE)
			(void)event_presence_out(sm, PHASE_DELIVER, PHASE_FALLBACK, &ev);
	}
	if (v == REFUSE)
		refuse(sm, st, duty, &ev.fault);
	ev_edit_done(&edit);
}

/* ---- iq ---- */

static void
out_iq(struct sm_session *s, const struct stanza *st, struct duty *duty)
{
	enum stanza_condition bad = iq_check(st);

	metric_add(&iqs, 1);
	if (bad != STANZA_OK)
		refuse(s->sm, st, duty, &(struct stanza_fault){.condition = bad});
	else if (!to_own_account(s, st))
		send_out(s, st, STR_NONE, event_iq_out, duty);
	else if (st->type == TYPE_GET || st->type == TYPE_SET)
		iq_handle(s->sm, st, TO_ACCOUNT, s->user, s);
	/* A result or error for the server: it has asked nothing (RFC 6120 8.2.3). */
}

/* c2s stamps `from`; what it says must be this session or its account (RFC 6120 8.1.2.1). */
static bool
from_is_ours(const struct sm_session *s, const struct stanza *st)
{
	return str_eq(st->from.full, s->jid.full) || str_eq(st->from.full, s->jid.bare);
}

static void
send_by_kind(struct sm_session *s, const struct stanza *st, struct duty *duty)
{
	switch (st->kind) {
	case STANZA_MESSAGE:
		out_message(s, st, duty);
		break;
	case STANZA_PRESENCE:
		out_presence(s, st, duty);
		break;
	case STANZA_IQ:
		out_iq(s, st, duty);
		break;
	case STANZA_OTHER:
		log_debug(&s->log, "not a stanza"); /* c2s lets none through (RFC 6120 4.9.3.24) */
		break;
	}
}

/* XEP-0191 3.3, XEP-0016 2.14; XEP-0175 3 for guests. */
static bool
may_send(struct sm_session *s, const struct stanza *st, struct stanza_fault *fault_r)
{
	if (s->user->privacy && st->to.full.p && !privacy_permits(s, st, fault_r))
		return false;
	return !s->user->anonymous || anonymous_may_send(s, st, fault_r);
}

/* The answer goes to the session itself: it is from an address from which nothing would get through to the account. */
static void
refuse_here(struct sm_session *s, const struct stanza *st, struct duty *duty, const struct stanza_fault *fault)
{
	struct buf b = {0};

	if (stanza_may_answer(st)) {
		stanza_write_error(&b, st, fault);
		session_send(s, buf_str(&b));
		buf_done(&b);
	}
	duty_refuse(duty, fault->condition);
}

void
dispatch_stanza(struct sm_session *s, const struct stanza *st, struct duty *duty)
{
	struct sm *sm = s->sm;
	struct arena *a = sm_arena(sm);
	struct duty *before = sm->duty;
	struct stanza_fault fault;

	sm->duty = duty;
	if (!from_is_ours(s, st))
		st = stanza_edited(a, st, s->jid.full, STR_NONE, NULL);
	if (may_send(s, st, &fault))
		send_by_kind(s, st, duty);
	else
		refuse_here(s, st, duty, &fault);
	sm->duty = before;
	sm_arena_end(sm);
}
