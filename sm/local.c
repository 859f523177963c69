/* SPDX-License-Identifier: Apache-2.0 */
/* Where a stanza goes by its `to` (sm/local.h), and error replies. */
#include "sm/local.h"

#include "common/metric.h"
#include "sm/bus.h"
#include "sm/deliver.h"
#include "sm/duty.h"
#include "sm/event.h"
#include "sm/iq.h"
#include "sm/mailbox.h"
#include "sm/peer.h"
#include "sm/seen.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/sm.h"
#include "xmpp/slot.h"

static struct metric errors = {
	.name = "xmpp_errors_sent_total", .help = "Error stanzas that this process made.", .kind = METRIC_COUNTER};
static struct metric strays = {
	.name = "xmpp_stanzas_dropped_total", .labels = "reason=\"no-address\"",
	.help = "Stanzas dropped on purpose, by reason.", .kind = METRIC_COUNTER};
static struct metric absent_dropped = {
	.name = "xmpp_stanzas_dropped_total", .labels = "reason=\"nobody-there\"", .kind = METRIC_COUNTER};

/* ---- replies ---- */

/* RFC 6120 8.3.2 "by": about a stanza for another domain it is we who say so, not the one whose address stands in `from`. */
static struct str
found_by(struct sm *sm, const struct stanza *st)
{
	bool foreign = st->to.domain.n && !sm_serves(sm, st->to.domain);

	return foreign && sm_serves(sm, st->from.domain) ? st->from.domain : STR_NONE;
}

void
reply_fault(struct sm *sm, const struct stanza *st, const struct stanza_fault *fault)
{
	struct stanza_fault told = *fault;
	struct buf b = {0};

	if (!stanza_may_answer(st) || !st->from.full.p)
		return;
	if (!told.by.p)
		told.by = found_by(sm, st);
	metric_add(&errors, 1);
	stanza_write_error(&b, st, &told);
	sm_route(sm, buf_str(&b));
	buf_done(&b);
}

void
reply_error(struct sm *sm, const struct stanza *st, enum stanza_condition condition, const char *text)
{
	reply_fault(sm, st, &(struct stanza_fault){.condition = condition, .text = text});
}

const struct stanza *
stanza_edited(struct arena *a, const struct stanza *st, struct str from, struct str to, const struct ev_edit *e)
{
	struct stanza_edit edit = {.from = from, .to = to};
	struct stanza *edited;
	struct buf b = {0};

	if (!from.p && !to.p && (!e || ev_edit_empty(e)))
		return st;
	if (e) {
		edit.drop = e->drop;
		edit.drop_count = e->drop_count;
		edit.append = buf_str(&e->append);
	}
	stanza_write(&b, st, &edit);
	edited = arena_zalloc(a, sizeof(*edited));
	bug_if(stanza_parse(edited, a, arena_str(a, buf_str(&b)), NULL) < 0);
	buf_done(&b);
	return edited;
}

/* ---- by address ---- */

static bool
is_subscription(const struct stanza *st)
{
	return st->kind == STANZA_PRESENCE && (st->type == TYPE_SUBSCRIBE || st->type == TYPE_SUBSCRIBED ||
					       st->type == TYPE_UNSUBSCRIBE || st->type == TYPE_UNSUBSCRIBED);
}

static bool
is_request(const struct stanza *st)
{
	return st->type == TYPE_GET || st->type == TYPE_SET;
}

bool
stanza_durable(const struct stanza *st)
{
	if (st->kind == STANZA_MESSAGE)
		return st->type == TYPE_NONE || st->type == TYPE_NORMAL || st->type == TYPE_CHAT || st->type == TYPE_UNKNOWN;
	return is_subscription(st);
}

/*
 * For an account that is not in memory: whether it is worth loading. Nobody there has a session, so presence and what is for a
 * session of it need no look at the database (RFC 6121 8.5). Another server's probe does: whether the account is there,
 * away or unknown to the one who asks, it gets an answer (RFC 6121 4.3.2). Between users here silence is one.
 */
static bool
worth_loading(struct sm *sm, const struct stanza *st)
{
	switch (st->kind) {
	case STANZA_MESSAGE:
		return stanza_durable(st);
	case STANZA_PRESENCE:
		return stanza_durable(st) || (st->type == TYPE_PROBE && !sm_serves(sm, st->from.domain));
	case STANZA_IQ:
		return is_request(st) && jid_is_bare(&st->to);
	case STANZA_OTHER:
		break;
	}
	return false;
}

static void
input_account(struct sm_user *user, struct input *in)
{
	struct arena *a = sm_arena(user->sm);
	struct stanza st;

	if (stanza_parse(&st, a, chunk_str(in->bytes), NULL) == 0)
		deliver_stanza(user, &st, in->duty);
	sm_arena_end(user->sm);
	input_free(&in);
}

/* FENCED: another sm has it now. NOT_FOUND: just deleted. Otherwise it could not be loaded, or too much waits. */
static void
input_account_refuse(struct sm_user *user, struct input *in, enum storage_result r)
{
	struct sm *sm = user->sm;
	struct arena *a = sm_arena(sm);
	struct stanza st;
	char rid[RID_MAX];
	enum stanza_condition c = r == STORAGE_NOT_FOUND ? STANZA_ERR_SERVICE_UNAVAILABLE : STANZA_ERR_RESOURCE_CONSTRAINT;

	if (stanza_parse(&st, a, chunk_str(in->bytes), NULL) == 0) {
		if (r == STORAGE_FENCED) {
			peer_send(sm, &st, duty_rid(in->duty, rid), in->duty);
		} else if (st.kind != STANZA_PRESENCE || is_subscription(&st)) {
			reply_error(sm, &st, c, NULL);
			duty_refuse(in->duty, c);
		}
	}
	sm_arena_end(sm);
	input_free(&in);
}

static void
account_input(struct sm *sm, const struct stanza *st, struct duty *duty)
{
	struct sm_user *user = user_find(sm, st->to.bare);
	struct input *in;

	if (user && user_open(user)) {
		deliver_stanza(user, st, duty);
		return;
	}
	if (!user && !worth_loading(sm, st)) {
		metric_add(&absent_dropped, 1);
		if (is_request(st) || st->type == TYPE_GROUPCHAT)
			reply_error(sm, st, STANZA_ERR_SERVICE_UNAVAILABLE, NULL); /* RFC 6121 8.5.3.2.1, 8.5.3.2.3 */
		return;
	}
	in = input_new(st->bytes, duty);
	in->run = input_account;
	in->refuse = input_account_refuse;
	user_input(user_get(sm, st->to.bare), in);
}

/* What is wrong with it whoever it is for, so that the answer does not tell whether there is such an account. */
static enum stanza_condition
check(const struct stanza *st)
{
	if (st->kind == STANZA_IQ)
		return iq_check(st);
	if (st->kind == STANZA_PRESENCE && st->type == TYPE_UNKNOWN) /* RFC 6121 4.7.1 */
		return STANZA_ERR_BAD_REQUEST;
	return STANZA_OK;
}

void
account_arrive(struct sm *sm, const struct stanza *st, struct str rid, struct str asker, struct duty *duty)
{
	enum stanza_condition bad = check(st);
	char made[RID_MAX];
	struct seen *seen;
	struct duty *own = NULL;

	if (bad != STANZA_OK) {
		reply_error(sm, st, bad, NULL);
		duty_refuse(duty, bad);
		if (rid.n && asker.n)
			bus_send_done(sm, asker, rid, bad);
		return;
	}
	if (!rid.n && stanza_durable(st)) {
		rid = peer_new_rid(sm, made); /* from another domain: no name yet, and nobody who waits */
		asker = STR_NONE;
	}
	if (rid.n && !(duty && duty->seen)) {
		seen = seen_enter(sm, rid, asker, duty);
		if (!seen)
			return;
		if (!duty)
			duty = own = duty_new_seen(sm, seen);
		duty->seen = seen;
	}
	account_input(sm, st, duty);
	duty_unref(&own);
}

void
host_arrive(struct sm *sm, const struct stanza *st)
{
	enum stanza_condition bad = check(st);

	if (bad != STANZA_OK) {
		reply_error(sm, st, bad, NULL);
		return;
	}
	switch (st->kind) {
	case STANZA_IQ:
		if (is_request(st) && jid_is_bare(&st->to))
			iq_handle(sm, st, TO_HOST, NULL, session_find_jid(sm, &st->from));
		else if (is_request(st))
			reply_error(sm, st, STANZA_ERR_SERVICE_UNAVAILABLE, NULL);
		break;
	case STANZA_MESSAGE:
		if (st->type != TYPE_HEADLINE)
			reply_error(sm, st, STANZA_ERR_SERVICE_UNAVAILABLE, NULL);
		break;
	case STANZA_PRESENCE:
	case STANZA_OTHER:
		break; /* the host has no presence and takes none */
	}
}

void
route(struct sm *sm, const struct stanza *st, struct str rid, struct duty *duty)
{
	char made[RID_MAX];

	if (!st->to.domain.n) {
		metric_add(&strays, 1);
	} else if (!sm_serves(sm, st->to.domain)) {
		peer_send_out(sm, st, rid, duty);
	} else if (!st->to.node.n) {
		host_arrive(sm, st);
	} else if (slot_ours(sm, slot_of(st->to.bare))) {
		account_arrive(sm, st, rid, STR_NONE, duty);
	} else {
		if (!rid.n && stanza_durable(st))
			rid = peer_new_rid(sm, made);
		peer_send(sm, st, rid, duty);
	}
}

void
sm_route(struct sm *sm, struct str canonical)
{
	struct arena *a = sm_arena(sm);
	struct duty *own = NULL;
	struct stanza st;

	bug_if(stanza_parse(&st, a, canonical, NULL) < 0);
	if (stanza_durable(&st)) /* what gave rise to it is dealt with when it is */
		own = duty_new_child(sm, sm->duty);
	route(sm, &st, STR_NONE, own);
	duty_unref(&own);
	sm_arena_end(sm);
}
