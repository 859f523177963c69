/* SPDX-License-Identifier: Apache-2.0 */
/* Stanzas that arrive at accounts of ours: RFC 6121 section 8.5, as a table and what its words mean (sm/deliver.h). */
#include "sm/deliver.h"

#include "common/metric.h"
#include "sm/anonymous.h"
#include "sm/duty.h"
#include "sm/event.h"
#include "sm/iq.h"
#include "sm/limits.h"
#include "sm/local.h"
#include "sm/manage.h"
#include "sm/offline.h"
#include "sm/outbound.h"
#include "sm/presence.h"
#include "sm/privacy.h"
#include "sm/session.h"
#include "sm/sm.h"

static struct metric messages = {.name = "xmpp_stanzas_total", .labels = "dir=\"in\",type=\"message\"", .kind = METRIC_COUNTER};
static struct metric presences = {
	.name = "xmpp_stanzas_total", .labels = "dir=\"in\",type=\"presence\"", .kind = METRIC_COUNTER};
static struct metric iqs = {.name = "xmpp_stanzas_total", .labels = "dir=\"in\",type=\"iq\"", .kind = METRIC_COUNTER};
static struct metric offline = {
	.name = "xmpp_offline_messages_total", .help = "Messages stored for users who were away.", .kind = METRIC_COUNTER};
static struct metric ignored = {
	.name = "xmpp_stanzas_dropped_total", .labels = "reason=\"not-deliverable\"", .kind = METRIC_COUNTER};

static struct metric recalled = {
	.name = "xmpp_stanzas_dropped_total", .labels = "reason=\"in-the-log\"", .kind = METRIC_COUNTER};
static struct metric forged = {.name = "xmpp_stanzas_forged_total", .labels = "what=\"push\"", .kind = METRIC_COUNTER};

/* ---- the table ---- */

enum row { ROW_NORMAL, ROW_CHAT, ROW_GROUPCHAT, ROW_HEADLINE, ROW_ERROR, ROW_COUNT };

/* RFC 6121 8.5.2.1.1, 8.5.2.2.1, 8.5.3.1, 8.5.3.2.1 and the summary in 8.5.4. [address][reachable][row] */
static const enum deliver_action actions[ADDRESS_COUNT][2][ROW_COUNT] = {
	[ADDRESS_BARE] = {
		{DELIVER_LATER, DELIVER_LATER, DELIVER_REFUSE, DELIVER_DROP, DELIVER_DROP},
		{DELIVER_ALL, DELIVER_ALL, DELIVER_REFUSE, DELIVER_ALL, DELIVER_DROP},
	},
	[ADDRESS_MATCH] = {
		{DELIVER_ONE, DELIVER_ONE, DELIVER_ONE, DELIVER_ONE, DELIVER_ONE},
		{DELIVER_ONE, DELIVER_ONE, DELIVER_ONE, DELIVER_ONE, DELIVER_ONE},
	},
	[ADDRESS_NO_MATCH] = {
		{DELIVER_REFUSE, DELIVER_LATER, DELIVER_REFUSE, DELIVER_DROP, DELIVER_DROP},
		{DELIVER_REFUSE, DELIVER_ALL, DELIVER_REFUSE, DELIVER_DROP, DELIVER_DROP},
	},
};

static enum row
row_of(enum stanza_type type)
{
	switch (type) {
	case TYPE_CHAT:
		return ROW_CHAT;
	case TYPE_GROUPCHAT:
		return ROW_GROUPCHAT;
	case TYPE_HEADLINE:
		return ROW_HEADLINE;
	case TYPE_ERROR:
		return ROW_ERROR;
	default:
		return ROW_NORMAL; /* RFC 6121 5.2.2: unknown and missing types are "normal" */
	}
}

enum deliver_action
deliver_action(enum deliver_address address, enum stanza_type type, bool reachable)
{
	return actions[address][reachable][row_of(type)];
}

/* RFC 6121 8.5.1 leaves the choice; whoever wrote to a misspelt address wants to know. */
enum deliver_action
deliver_action_absent(enum stanza_type type)
{
	return type == TYPE_ERROR || type == TYPE_HEADLINE ? DELIVER_DROP : DELIVER_REFUSE;
}

bool
deliver_worth_storing(const struct stanza *st)
{
	bool content = false;

	if (node_child(st->root, "no-store", NS_HINTS)) /* <no-permanent-store/> is for archives: until it is delivered it may wait */
		return false;
	if (node_child(st->root, "store", NS_HINTS))
		return true;
	for (const struct node *n = st->root->child; n; n = n->next) {
		if (str_is(n->ns, NS_CHATSTATES) || str_is(n->ns, NS_HINTS) || str_is(n->ns, NS_STANZA_ID) ||
		    str_is(n->ns, NS_DELAY) || node_is(n, "thread", NS_CLIENT))
			continue;
		content = true;
	}
	return content;
}

/* ---- messages ---- */

struct arrival { /* a message on its way into an account */
	struct sm *sm;
	struct sm_user *user;
	const struct stanza *st;
	struct duty *duty;
	struct sm_session *match;
	bool store, archive;
	struct chunk *bytes;
	struct entry *entry;
};

static bool
session_reachable(const struct sm_session *s)
{
	return s->available && s->priority >= 0 && !s->ending;
}

static bool
user_reachable(const struct sm_user *user)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (session_reachable(s))
			return true;
	return false;
}

static void
refuse_fault(struct sm *sm, const struct stanza *st, struct duty *duty, const struct stanza_fault *fault)
{
	reply_fault(sm, st, fault);
	duty_refuse(duty, fault->condition);
}

static void
refuse(struct sm *sm, const struct stanza *st, struct duty *duty, enum stanza_condition condition)
{
	refuse_fault(sm, st, duty, &(struct stanza_fault){.condition = condition});
}

static void
log_append(struct arrival *in)
{
	char rid[RID_MAX];

	in->entry = mailbox_append(in->user, in->bytes, in->st->from.bare, duty_rid(in->duty, rid), in->archive ? 0 : LOG_TRANSIENT,
				   in->duty);
}

/* One that is away, and may not keep more, gets it from the log when it is back, and what comes behind it, too. False: it may. */
static bool
leave_to_the_log(struct sm_session *s, const struct entry *entry)
{
	if (!session_away(s))
		return false;
	flush_shed(s);
	if (!s->manage->behind && !s->flush && !manage_has_room(s))
		manage_fall_behind(s, entry->id - 1);
	return manage_is_behind(s);
}

/* It was restored with a message that its sender, who has heard nothing of it, now says again. */
static bool
is_waiting_already(struct sm_session *s, struct entry *entry)
{
	return session_away(s) && s->manage->restored && outbound_has(s, entry);
}

void
deliver_bytes(struct sm_session *s, struct chunk *bytes, struct entry *entry)
{
	if (entry && (is_waiting_already(s, entry) || leave_to_the_log(s, entry)))
		return;
	if (entry)
		entry_sent(entry);
	if (s->flush && !s->ending)
		flush_wait(s, bytes, entry);
	else
		session_send_chunk(s, bytes, entry);
}

static void
deliver_copy(struct arrival *in, struct sm_session *s)
{
	struct ev_edit edit = {0};
	struct ev_deliver ev = {.session = s, .stanza = in->st, .edit = &edit};
	struct chunk *own;
	struct buf b = {0};

	if (in->entry) {
		ev.id = in->entry->id;
		ev.archived = entry_archived(in->entry);
	}
	if (event_message_deliver(in->sm, PHASE_CHECK, PHASE_FALLBACK, &ev) == PASS) {
		if (ev_edit_empty(&edit)) {
			deliver_bytes(s, in->bytes, in->entry);
		} else {
			ev_edit_write(&b, in->st, &edit);
			own = chunk_new(buf_str(&b));
			deliver_bytes(s, own, in->entry);
			chunk_unref(&own);
			buf_done(&b);
		}
	}
	ev_edit_done(&edit);
}

static void
deliver_all(struct arrival *in)
{
	list_each(&in->user->sessions, struct sm_session, s, in_user)
		if (session_reachable(s) && privacy_lets(s, &in->st->from, PRIVACY_MESSAGE))
			deliver_copy(in, s);
}

static bool
is_full(const struct arrival *in)
{
	return mailbox_waiting(&in->user->mail) >= in->sm->set.offline_messages;
}

/* Nobody can get it now. */
static void
deliver_later(struct arrival *in)
{
	if (!in->store) {
		metric_add(&ignored, 1);
	} else if (in->user->anonymous) {
		refuse(in->sm, in->st, in->duty, STANZA_ERR_SERVICE_UNAVAILABLE); /* there is no later for a guest */
	} else if (is_full(in)) {
		sm_limit_hit(SM_LIMIT_OFFLINE_MESSAGES);
		refuse(in->sm, in->st, in->duty, STANZA_ERR_SERVICE_UNAVAILABLE); /* XEP-0160 2 */
	} else {
		log_append(in);
		metric_add(&offline, 1);
	}
}

static void
act(struct arrival *in, enum deliver_action action)
{
	if (in->store && !in->user->anonymous && (action == DELIVER_ONE || action == DELIVER_ALL))
		log_append(in);
	switch (action) {
	case DELIVER_ONE:
		deliver_copy(in, in->match);
		break;
	case DELIVER_ALL:
		deliver_all(in);
		break;
	case DELIVER_LATER:
		deliver_later(in);
		break;
	case DELIVER_REFUSE:
		refuse(in->sm, in->st, in->duty, STANZA_ERR_SERVICE_UNAVAILABLE);
		break;
	case DELIVER_DROP:
		metric_add(&ignored, 1);
		break;
	}
}

static enum deliver_action
action_for(struct arrival *in)
{
	const struct jid *to = &in->st->to;
	enum deliver_address address = ADDRESS_BARE;

	in->match = to->resource.p ? user_session(in->user, to->resource) : NULL;
	if (in->match && in->match->ending)
		in->match = NULL;
	if (to->resource.p)
		address = in->match ? ADDRESS_MATCH : ADDRESS_NO_MATCH;
	return deliver_action(address, in->st->type, user_reachable(in->user));
}

static bool
is_target(const struct arrival *in, enum deliver_action action, const struct sm_session *s)
{
	return action == DELIVER_ONE ? s == in->match : session_reachable(s);
}

/* Whoever it is for is away and behind; others may get copies at once (XEP-0280), but who waits is bounded. */
static bool
only_waits(const struct arrival *in, enum deliver_action action)
{
	bool copies = false;

	if (!in->store || (action != DELIVER_ONE && action != DELIVER_ALL))
		return false;
	list_each(&in->user->sessions, struct sm_session, s, in_user) {
		if (manage_is_behind(s))
			continue;
		if (is_target(in, action, s))
			return false;
		copies = true;
	}
	return !copies || is_full(in);
}

/* The stanza as it is now, and where it went, for those who come after. */
static void
message_gone(struct arrival *in, struct ev_message_in *ev, enum deliver_action action)
{
	ev->stanza = in->st;
	ev->sent = action == DELIVER_ONE || action == DELIVER_ALL;
	ev->sole = action == DELIVER_ONE ? in->match : NULL;
	ev->entry = in->entry;
	(void)event_message_in(in->sm, PHASE_AFTER, PHASE_FALLBACK, ev);
}

static void
message_edited(struct arrival *in, struct ev_message_in *ev, enum deliver_action action)
{
	struct arena *a = sm_arena(in->sm);

	in->st = stanza_edited(a, in->st, STR_NONE, STR_NONE, ev->edit);
	in->store = ev->store;
	in->archive = ev->archive && ev->store;
	if (only_waits(in, action))
		action = DELIVER_LATER;
	in->bytes = chunk_new(in->st->bytes);
	act(in, action);
	message_gone(in, ev, action);
	chunk_unref(&in->bytes);
	sm_arena_end(in->sm);
}

static void
in_message(struct sm_user *user, const struct stanza *st, struct duty *duty)
{
	struct arrival in = {.sm = user->sm, .user = user, .st = st, .duty = duty};
	struct ev_edit edit = {0};
	struct ev_message_in ev = {.user = user, .stanza = st, .edit = &edit};
	enum row row = row_of(st->type);
	char rid[RID_MAX];

	metric_add(&messages, 1);
	if (recall_has(&user->recall, duty_rid(duty, rid), false, loop_now(user->sm->loop))) {
		metric_add(&recalled, 1);
		return;
	}
	ev.store = (row == ROW_NORMAL || row == ROW_CHAT) && deliver_worth_storing(st);
	switch (event_message_in(user->sm, PHASE_CHECK, PHASE_DELIVER, &ev)) {
	case PASS:
		message_edited(&in, &ev, action_for(&in));
		break;
	case TAKEN:
		break;
	case REFUSE:
		refuse_fault(user->sm, st, duty, &ev.fault);
		break;
	}
	ev_edit_done(&edit);
}

/* ---- presence, iq ---- */

static void
in_presence(struct sm_user *user, const struct stanza *st, struct duty *duty)
{
	struct sm *sm = user->sm;
	struct arena *a = sm_arena(sm);
	struct ev_edit edit = {0};
	struct ev_presence_in ev = {.user = user, .stanza = st, .edit = &edit};

	metric_add(&presences, 1);
	switch (event_presence_in(sm, PHASE_CHECK, PHASE_DELIVER, &ev)) {
	case PASS:
		presence_in(sm, user, stanza_edited(a, st, STR_NONE, STR_NONE, &edit));
		(void)event_presence_in(sm, PHASE_AFTER, PHASE_FALLBACK, &ev);
		break;
	case TAKEN:
		break;
	case REFUSE:
		refuse_fault(sm, st, duty, &ev.fault);
		break;
	}
	ev_edit_done(&edit);
	sm_arena_end(sm);
}

/*
 * RFC 6121 2.1.6, XEP-0191 3.2: pushes come from the user's own server. Nobody else has a reason to send one, and
 * not all clients look who does.
 */
static bool
is_forged_push(const struct stanza *st)
{
	static const char *const pushed[] = {NS_ROSTER, NS_BLOCKING, NS_PRIVACY};

	for (size_t i = 0; st->type == TYPE_SET && i < ARRAY_LEN(pushed); i++)
		if (str_is(st->root->child->ns, pushed[i]))
			return true;
	return false;
}

/* RFC 6121 8.5.2.1.3, 8.5.2.2.3, 8.5.3.1, 8.5.3.2.3 */
static void
in_iq(struct sm_user *user, const struct stanza *st)
{
	struct sm *sm = user->sm;
	bool request = st->type == TYPE_GET || st->type == TYPE_SET;
	bool own = str_eq(st->from.bare, user->jid.bare);
	struct sm_session *s;

	metric_add(&iqs, 1);
	if (jid_is_bare(&st->to)) {
		if (request)
			iq_handle(sm, st, own ? TO_ACCOUNT : TO_CONTACT, user, session_find_jid(sm, &st->from));
		return;
	}
	s = user_session(user, st->to.resource);
	if (is_forged_push(st)) {
		metric_add(&forged, 1);
		s = NULL;
	}
	if (s && !s->ending)
		session_send_in_order(s, st->bytes);
	else if (request)
		reply_error(sm, st, STANZA_ERR_SERVICE_UNAVAILABLE, NULL);
}

/* As an account that is there and does not know the sender would answer; the roster's part in it is RFC 6121 2.3.3. */
static enum stanza_condition
absent_condition(const struct stanza *st)
{
	const struct node *child = st->root->child;
	bool roster_set = st->kind == STANZA_IQ && st->type == TYPE_SET && jid_is_bare(&st->to) && child &&
			  node_is(child, "query", NS_ROSTER);

	return roster_set ? STANZA_ERR_FORBIDDEN : STANZA_ERR_SERVICE_UNAVAILABLE;
}

/* RFC 6121 8.5.1 */
static void
in_absent(struct sm *sm, const struct stanza *st, struct duty *duty)
{
	bool refused = (st->kind == STANZA_MESSAGE && deliver_action_absent(st->type) == DELIVER_REFUSE &&
			(!sm->set.unknown_silent || st->type == TYPE_GROUPCHAT)) ||
		       (st->kind == STANZA_IQ && (st->type == TYPE_GET || st->type == TYPE_SET));

	if (refused)
		refuse(sm, st, duty, absent_condition(st));
	else if (st->kind == STANZA_PRESENCE && st->type == TYPE_PROBE && !sm_serves(sm, st->from.domain))
		presence_probe_refuse(sm, st);
	else
		metric_add(&ignored, 1);
}

/*
 * XEP-0016 2.2, 4: privacy lists come before every other rule. XEP-0191 3.3: an error for a message and a request, silence for
 * all the rest. It is that of an account which is not there, but comes for headlines, too, and whatever `unknown_account` says.
 */
static void
in_blocked(struct sm *sm, const struct stanza *st, struct duty *duty)
{
	if (st->kind == STANZA_MESSAGE || st->type == TYPE_GET || st->type == TYPE_SET)
		refuse(sm, st, duty, STANZA_ERR_SERVICE_UNAVAILABLE);
}

void
deliver_stanza(struct sm_user *user, const struct stanza *st, struct duty *duty)
{
	struct duty *before = user->sm->duty;

	user->sm->duty = duty;
	if (user->state != USER_READY)
		in_absent(user->sm, st, duty);
	else if (user->anonymous && !anonymous_may_get(user, st, duty))
		metric_add(&ignored, 1);
	else if (user->privacy && !privacy_admits(user, st))
		in_blocked(user->sm, st, duty);
	else if (st->kind == STANZA_MESSAGE)
		in_message(user, st, duty);
	else if (st->kind == STANZA_PRESENCE)
		in_presence(user, st, duty);
	else if (st->kind == STANZA_IQ)
		in_iq(user, st);
	user->sm->duty = before;
}
