/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message Carbons (XEP-0280 1.0.1): each device of a user that wants it sees
 * both sides of all conversations. A session gets a message once: as it stands
 * when it is for it, otherwise as a copy. A copy has the log entry of its
 * message: what a client has not acknowledged comes again, in its place, after
 * a resumption and at the next owner.
 *
 * A core module: it sends through sm/deliver.h. Copies that others have forged are sm/mod_guard.c's. urn:xmpp:carbons:rules:0 is
 * not promised: of an error nobody can tell to what it was the answer, if it
 * does not bring that along.
 */
#include "common/chunk.h"
#include "common/metric.h"
#include "sm/archive.h"
#include "sm/deliver.h"
#include "sm/keep.h"
#include "sm/local.h"
#include "sm/privacy.h"
#include "xmpp/forward.h"

enum { KEEP_VERSION = 1 };
#define KEEP_NAME "carbons"

extern const struct module module_carbons;

static struct metric copies = {
	.name = "xmpp_carbons_total", .help = "Copies of messages for other sessions of a user.", .kind = METRIC_COUNTER};

struct state { /* of a session */
	bool on;
};

static struct state *
state_of(struct sm_session *s)
{
	return module_session_state(s, &module_carbons);
}

/* ---- on and off (sections 4 and 5) ---- */

static void
set(struct sm *sm, const struct iq *iq, bool on)
{
	struct state *state;

	if (!iq->session) {
		iq_error(sm, iq, STANZA_ERR_NOT_ALLOWED, NULL);
		return;
	}
	state = state_of(iq->session);
	if (state->on != on)
		keep_put(iq->session, KEEP_NAME, KEEP_VERSION, on ? STR("on") : STR("off"));
	state->on = on;
	iq_result(sm, iq, STR(""));
}

static void
enable(struct sm *sm, const struct iq *iq)
{
	set(sm, iq, true);
}

static void
disable(struct sm *sm, const struct iq *iq)
{
	set(sm, iq, false);
}

static enum verdict
kept(struct sm *sm, struct ev_session *ev)
{
	struct arena memory = {0};

	(void)sm;
	state_of(ev->session)->on = str_is(keep_get(ev->session, &memory, KEEP_NAME, KEEP_VERSION), "on");
	arena_done(&memory);
	return PASS;
}

/* ---- what is copied (section 6.1) ---- */

static bool
is_invitation(const struct stanza *st)
{
	const struct node *x = node_child(st->root, "x", NS_MUC_USER);

	return node_child(st->root, "x", NS_CONFERENCE) || (x && node_child(x, "invite", NS_MUC_USER));
}

static bool
is_instant_messaging(const struct stanza *st)
{
	static const char *const payloads[] = {NS_RECEIPTS, NS_CHATSTATES, NS_MARKERS};

	if (node_child(st->root, "body", NS_CLIENT) || is_invitation(st))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(payloads); i++)
		if (node_child(st->root, NULL, payloads[i]))
			return true;
	return false;
}

/* Section 9: neither by the sender's server nor by the recipient's. */
static bool
is_private(const struct stanza *st)
{
	return node_child(st->root, "private", NS_CARBONS) || node_child(st->root, "no-copy", NS_HINTS);
}

/* Something that a room sends to each of the user's sessions in it. An error comes to the one alone that has said something. */
static bool
is_from_occupant(const struct stanza *st)
{
	return st->type != TYPE_ERROR && st->from.resource.p && node_child(st->root, "x", NS_MUC_USER) && !is_invitation(st);
}

static bool
is_eligible(const struct stanza *st)
{
	if (st->type == TYPE_GROUPCHAT || st->type == TYPE_HEADLINE || is_private(st))
		return false;
	return st->type == TYPE_CHAT || is_instant_messaging(st);
}

static bool
is_eligible_in(const struct stanza *st)
{
	return is_eligible(st) && !is_from_occupant(st);
}

/* ---- copies (sections 7 and 8) ---- */

static void
write_copy(struct buf *b, const struct sm_session *s, const char *direction, const struct forward *f)
{
	struct out o;

	out_init(&o, b, NS_CLIENT);
	out_openz(&o, "message", NULL);
	out_attrz(&o, "from", session_jid(s)->bare);
	out_attrz(&o, "to", session_jid(s)->full);
	out_attrz(&o, "type", node_attr(f->stanza->arena, f->stanza->root, "type"));
	out_openz(&o, direction, NS_CARBONS);
	forward_write(&o, f);
	out_done(&o);
}

static void
send_copy(struct sm_session *s, const char *direction, const struct stanza *st, struct entry *entry)
{
	struct forward f = {.stanza = st};
	struct buf b = {0}, id = {0};
	struct chunk *c;

	if (entry && entry_archived(entry)) /* XEP-0313 3.5 */
		archive_stamp(&id, session_user(s), entry->id);
	f.append = buf_str(&id);
	write_copy(&b, s, direction, &f);
	c = chunk_new(buf_str(&b));
	deliver_bytes(s, c, entry);
	chunk_unref(&c);
	buf_done(&id);
	buf_done(&b);
	metric_add(&copies, 1);
}

static bool
takes_messages(const struct sm_session *s)
{
	return session_available(s) && session_priority(s) >= 0;
}

/* Whether it has been sent the message itself. */
static bool
has_it(const struct sm_session *s, const struct ev_message_in *ev)
{
	if (ev->sole)
		return s == ev->sole;
	return takes_messages(s);
}

/* One that the user has sent to himself: the session that did knows it. */
static bool
has_sent_it(const struct sm_session *s, const struct stanza *st)
{
	return str_eq(session_jid(s)->full, st->from.full);
}

static enum verdict
copy_received(struct sm *sm, struct ev_message_in *ev)
{
	(void)sm;
	if (!ev->sent || !is_eligible_in(ev->stanza))
		return PASS;
	for (struct sm_session *s = user_next_session(ev->user, NULL); s; s = user_next_session(ev->user, s))
		if (state_of(s)->on && !has_it(s, ev) && !has_sent_it(s, ev->stanza) &&
		    privacy_lets(s, &ev->stanza->from, PRIVACY_MESSAGE))
			send_copy(s, "received", ev->stanza, ev->entry);
	return PASS;
}

/* What one sends to oneself arrives there, and is copied as what arrives. */
static bool
is_to_self(const struct sm_user *user, const struct stanza *st)
{
	return !st->to.full.p || str_eq(st->to.bare, user_jid(user)->bare);
}

static bool
wants_sent(struct sm_session *s, const struct ev_out *ev)
{
	return state_of(s)->on && s != ev->session;
}

static enum verdict
will_copy_sent(struct sm *sm, struct ev_out *ev)
{
	struct sm_user *user = session_user(ev->session);

	(void)sm;
	if (is_to_self(user, ev->stanza) || !is_eligible(ev->stanza))
		return PASS;
	for (struct sm_session *s = user_next_session(user, NULL); s && !ev->copies; s = user_next_session(user, s))
		ev->copies = wants_sent(s, ev);
	return PASS;
}

static enum verdict
copy_sent(struct sm *sm, struct ev_out *ev)
{
	struct sm_user *user = session_user(ev->session);

	(void)sm;
	if (!ev->copies || ev->again)
		return PASS;
	for (struct sm_session *s = user_next_session(user, NULL); s; s = user_next_session(user, s))
		if (wants_sent(s, ev))
			send_copy(s, "sent", ev->stanza, ev->entry);
	return PASS;
}

static bool
is_for_another(const struct sm_session *s, const struct ev_deliver *ev)
{
	const struct stanza *st = ev->stanza;

	if (ev->outgoing)
		return is_eligible(st) && !has_sent_it(s, st);
	if (!st->to.resource.p)
		return !takes_messages(s) && is_eligible_in(st) && !has_sent_it(s, st);
	return !str_eq(st->to.resource, session_jid(s)->resource) && is_eligible_in(st);
}

/*
 * A session that has come from a former owner gets what lay in the log; what was for another one it had, or gets, as a copy. When it
 * was said stands where clients look (XEP-0297 3), too.
 */
static enum verdict
copy_late(struct sm *sm, struct ev_deliver *ev)
{
	struct forward f = {.stanza = ev->stanza, .append = buf_str(&ev->edit->append), .stamp = ev->id};
	struct buf b = {0};

	(void)sm;
	if (!ev->again || !state_of(ev->session)->on || !is_for_another(ev->session, ev))
		return PASS;
	write_copy(&b, ev->session, ev->outgoing ? "sent" : "received", &f);
	ev->instead = arena_str(ev->stanza->arena, buf_str(&b));
	buf_done(&b);
	return PASS;
}

static const char *const features[] = {NS_CARBONS, NULL};

static const struct iq_route iqs[] = {
	{TYPE_SET, NS_CARBONS, "enable", TO_ACCOUNT, enable, .guests = true},
	{TYPE_SET, NS_CARBONS, "disable", TO_ACCOUNT, disable, .guests = true},
	{0},
};

static const struct hook hooks[] = {
	HOOK(session_kept, PHASE_HANDLE, kept),
	HOOK(message_in, PHASE_AFTER, copy_received),
	HOOK(message_out, PHASE_DELIVER, will_copy_sent),
	HOOK(message_out, PHASE_AFTER, copy_sent),
	HOOK(message_deliver, PHASE_DELIVER, copy_late),
	HOOKS_END,
};

const struct module module_carbons = {
	.name = "carbons",
	.xep = "XEP-0280 1.0.1",
	.host_features = features,
	.iqs = iqs,
	.hooks = hooks,
	.session_size = sizeof(struct state),
};
