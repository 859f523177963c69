/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only a user's own server may say, taken out of what others send to him:
 * carbons (XEP-0280 11: a wrapped message that looks as if it came from
 * another device of his) and ids of the archive (XEP-0359 3: <stanza-id/> by
 * us). Clients should check who says such things; not all do. Such ids are also taken out of what he sends
 * himself: it goes into his archive and to his other devices under an id of its own.
 *
 * Not for pushes, which are no messages: sm/deliver.c refuses them.
 */
#include "common/metric.h"
#include "sm/module.h"

static struct metric forged = {
	.name = "xmpp_stanzas_forged_total", .labels = "what=\"message\"",
	.help = "Stanzas that held what only the server may say.", .kind = METRIC_COUNTER};

static bool
is_carbon(const struct node *n)
{
	return node_is(n, "sent", NS_CARBONS) || node_is(n, "received", NS_CARBONS);
}

static bool
is_our_stanza_id(struct sm *sm, const struct sm_user *user, const struct stanza *st, const struct node *n)
{
	struct str by = STR_NONE;
	struct jid jid;

	if (!node_is(n, "stanza-id", NS_STANZA_ID))
		return false;
	by = node_attr(st->arena, n, "by");
	if (!by.p || jid_prep(st->arena, by, &jid, NULL) < 0)
		return true; /* nobody's, so nobody may be taken in by it */
	return str_eq(jid.bare, user_jid(user)->full) || (!jid.node.n && sm_serves(sm, jid.domain));
}

/* False: there are too many. */
static bool
drop(struct ev_edit *e, const struct node *n)
{
	if (e->drop_count == EV_DROP_MAX)
		return false;
	e->drop[e->drop_count++] = n;
	return true;
}

static enum verdict
refuse(struct stanza_fault *fault)
{
	*fault = (struct stanza_fault){.condition = STANZA_ERR_NOT_ACCEPTABLE};
	return REFUSE;
}

static enum verdict
check_in(struct sm *sm, struct ev_message_in *ev)
{
	const struct stanza *st = ev->stanza;
	size_t kept = 0, found = 0;
	bool all = true;

	for (const struct node *n = st->root->child; n; n = n->next) {
		if (!is_carbon(n) && !is_our_stanza_id(sm, ev->user, st, n)) {
			kept++;
			continue;
		}
		found++;
		all = all && drop(ev->edit, n);
	}
	if (found == 0)
		return PASS;
	metric_add(&forged, 1);
	if (!all)
		return refuse(&ev->fault);
	return kept ? PASS : TAKEN; /* nothing but a forgery: nobody misses it */
}

/* Those by others go out as they are: they may be the others' own. */
static bool
is_own_stanza_id(const struct sm_user *user, const struct stanza *st, const struct node *n)
{
	struct str by = STR_NONE;
	struct jid jid;

	if (!node_is(n, "stanza-id", NS_STANZA_ID))
		return false;
	by = node_attr(st->arena, n, "by");
	return by.p && jid_prep(st->arena, by, &jid, NULL) == 0 && str_eq(jid.bare, user_jid(user)->full);
}

static enum verdict
check_out(struct sm *sm, struct ev_out *ev)
{
	(void)sm;
	for (const struct node *n = ev->stanza->root->child; n; n = n->next)
		if (is_own_stanza_id(session_user(ev->session), ev->stanza, n) && !drop(ev->edit, n))
			return refuse(&ev->fault);
	return PASS;
}

static const struct hook hooks[] = {
	HOOK(message_in, PHASE_CHECK, check_in),
	HOOK(message_out, PHASE_CHECK, check_out),
	HOOKS_END,
};

extern const struct module module_guard;
const struct module module_guard = {
	.name = "guard",
	.hooks = hooks,
};
