/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the client to its sm: the addresses of a stanza are checked, prepared
 * and stamped, and it is written once, straight into the link to the router.
 * What it means is the sm's business; only what a re-open must tell a new sm
 * (the last presence, whether the roster was asked for) is noticed in passing.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"
#include "xmpp/out.h"

/* RFC 6120 8.1.2.1: the client's own address, full or bare, or none. Another way of writing it is fine. */
static bool
is_own_address(const struct client *c, const struct stanza *st)
{
	const struct jid *own = &c->bond->jid;
	struct str from = node_attr(st->arena, st->root, "from");
	struct jid prepared;

	if (!from.p || str_eq(from, own->full) || str_eq(from, own->bare))
		return true;
	if (jid_prep(st->arena, from, &prepared, NULL) < 0)
		return false;
	return str_eq(prepared.full, own->full) || str_eq(prepared.full, own->bare);
}

static void
answer_fault(struct client *c, const struct stanza *st, const struct stanza_fault *fault)
{
	struct stanza stamped = *st; /* as it would have gone on */
	struct buf b = {0};

	if (!stanza_may_answer(st))
		return;
	stamped.from = c->bond->jid;
	stanza_write_error(&b, &stamped, fault);
	client_answer(c, buf_str(&b));
	buf_done(&b);
}

/* RFC 6120 8.1.1, 8.3.3.8: `to`, as it goes on: absent when it may stay as it is. -1: it is no address. */
static int
prepare_to(const struct stanza *st, struct str *to_r)
{
	struct str to = node_attr(st->arena, st->root, "to");
	struct jid prepared;

	*to_r = STR_NONE;
	if (!to.p)
		return 0;
	if (jid_prep(st->arena, to, &prepared, NULL) < 0)
		return -1;
	if (!str_eq(prepared.full, to))
		*to_r = prepared.full;
	return 0;
}

/* The answer to a ping of ours (idle.c) is nobody else's. */
static bool
is_pong(struct client *c, const struct stanza *st)
{
	if (!c->pinged || st->kind != STANZA_IQ || !str_is(st->id, IDLE_PING_ID))
		return false;
	if (st->to.full.p && !str_eq(st->to.full, c->bond->jid.domain))
		return false;
	return st->type == TYPE_RESULT || st->type == TYPE_ERROR;
}

/* What has been broadcast last: only presence without `to` is (RFC 6121 4.2, 4.4, 4.5). */
static void
notice_presence(struct bond *bond, const struct stanza *st, struct chunk *sent)
{
	if (st->to.full.p || (st->type != TYPE_NONE && st->type != TYPE_UNAVAILABLE))
		return;
	if (st->type == TYPE_NONE && stanza_presence_flaw(st))
		return; /* the sm refuses it */
	chunk_unref(&bond->presence);
	if (st->type == TYPE_NONE)
		bond->presence = chunk_ref(sent);
}

/* RFC 6121 2.1.3: to nobody, or to the account itself. */
static bool
is_roster_get(const struct bond *bond, const struct stanza *st, struct str to)
{
	return st->kind == STANZA_IQ && st->type == TYPE_GET && node_child(st->root, "query", NS_ROSTER) &&
	       (!to.p || str_eq(to, bond->jid.bare));
}

static void
notice(struct bond *bond, const struct stanza *st, struct str to, struct chunk *sent)
{
	if (st->kind == STANZA_PRESENCE)
		notice_presence(bond, st, sent);
	else if (is_roster_get(bond, st, to))
		bond->interested = true;
}

/* Upper bound of what stanza_write makes of it: escaping an address can make a letter six. */
static bool
fits(const struct client *c, const struct stanza *st, struct str to)
{
	size_t more = 6 * (c->bond->jid.full.n + to.n + stream_lang(c->stream).n) + 64;

	return st->bytes.n + more <= FRAME_PAYLOAD_MAX;
}

static void
send_on(struct client *c, const struct stanza *st, struct str to)
{
	struct stanza_edit edit = {
		.from = c->bond->jid.full,
		.to = to,
		.lang_default = stream_lang(c->stream), /* RFC 6120 8.1.5 */
	};

	stanza_write(bond_begin(c->bond), st, &edit);
	notice(c->bond, st, to.p ? to : st->to.full, bond_end(c->bond));
	flow_check_ring(c);
}

void
forward_stanza(struct client *c, const struct stanza *st)
{
	struct stanza_fault malformed = {.condition = STANZA_ERR_JID_MALFORMED, .by = c->bond->jid.domain};
	struct stanza_fault too_big = {
		.condition = STANZA_ERR_POLICY_VIOLATION,
		.text = "the stanza is too large to be passed on",
		.app = STR(ERROR_STANZA_TOO_BIG),
		.by = c->bond->jid.domain,
	};
	struct str to;

	metric_stanza_in(st->kind, st->bytes.n);
	if (!is_own_address(c, st)) {
		client_fail(c, STREAM_INVALID_FROM, "'from' is not the address of this session"); /* RFC 6120 4.9.3.9 */
		return;
	}
	if (is_pong(c, st)) {
		client_answer(c, STR(""));
		return;
	}
	if (st->kind == STANZA_IQ && bind_on_late_iq(c, st))
		return;
	if (prepare_to(st, &to) < 0)
		answer_fault(c, st, &malformed);
	else if (!fits(c, st, to))
		answer_fault(c, st, &too_big);
	else
		send_on(c, st, to);
}
