/* SPDX-License-Identifier: Apache-2.0 */
/* Stanzas from clients: checks, the events of what goes out, and where it goes (sm/dispatch.h). */
#include "sm/dispatch.h"

#include "common/metric.h"
#include "sm/duty.h"
#include "sm/event.h"
#include "sm/iq.h"
#include "sm/local.h"
#include "sm/presence.h"
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

/* ---- messages ---- */

static void
out_message(struct sm_session *s, const struct stanza *st, struct duty *duty)
{
	struct sm *sm = s->sm;
	struct arena *a = sm_arena(sm);
	struct ev_edit edit = {0};
	struct ev_out ev = {.session = s, .stanza = st, .edit = &edit};
	char rid[RID_MAX];

	metric_add(&messages, 1);
	switch (event_message_out(sm, PHASE_CHECK, PHASE_DELIVER, &ev)) {
	case PASS:
		/* RFC 6120 10.3.1: nobody addressed is the sender's own account. */
		ev.stanza = stanza_edited(a, st, STR_NONE, st->to.full.p ? STR_NONE : s->user->jid.bare, &edit);
		route(sm, ev.stanza, stanza_durable(ev.stanza) ? duty_rid(duty, rid) : STR_NONE, duty);
		(void)event_message_out(sm, PHASE_AFTER, PHASE_FALLBACK, &ev);
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
iq_elsewhere(struct sm_session *s, const struct stanza *st, struct duty *duty)
{
	struct sm *sm = s->sm;
	struct arena *a = sm_arena(sm);
	struct ev_edit edit = {0};
	struct ev_out ev = {.session = s, .stanza = st, .edit = &edit};

	switch (event_iq_out(sm, PHASE_CHECK, PHASE_DELIVER, &ev)) {
	case PASS:
		route(sm, stanza_edited(a, st, STR_NONE, STR_NONE, &edit), STR_NONE, NULL);
		(void)event_iq_out(sm, PHASE_AFTER, PHASE_FALLBACK, &ev);
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
out_iq(struct sm_session *s, const struct stanza *st, struct duty *duty)
{
	enum stanza_condition bad = iq_check(st);

	metric_add(&iqs, 1);
	if (bad != STANZA_OK)
		refuse(s->sm, st, duty, &(struct stanza_fault){.condition = bad});
	else if (!to_own_account(s, st))
		iq_elsewhere(s, st, duty);
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

void
dispatch_stanza(struct sm_session *s, const struct stanza *st, struct duty *duty)
{
	struct sm *sm = s->sm;
	struct arena *a = sm_arena(sm);
	struct duty *before = sm->duty;

	sm->duty = duty;
	if (!from_is_ours(s, st))
		st = stanza_edited(a, st, s->jid.full, STR_NONE, NULL);
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
	sm->duty = before;
	sm_arena_end(sm);
}
