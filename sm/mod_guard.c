/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only a user's own server may say, taken out of what others send to him:
 * carbons (XEP-0280 11: a wrapped message that looks as if it came from
 * another device of his) and ids of the archive (XEP-0359 3: <stanza-id/> by
 * us). Clients should check who says such things; not all do.
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

static enum verdict
check(struct sm *sm, struct ev_message_in *ev)
{
	const struct stanza *st = ev->stanza;
	struct ev_edit *e = ev->edit;
	size_t kept = 0, found = 0;

	for (const struct node *n = st->root->child; n; n = n->next) {
		if (!is_carbon(n) && !is_our_stanza_id(sm, ev->user, st, n)) {
			kept++;
			continue;
		}
		found++;
		if (e->drop_count < EV_DROP_MAX)
			e->drop[e->drop_count++] = n;
	}
	if (found == 0)
		return PASS;
	metric_add(&forged, 1);
	if (found > EV_DROP_MAX) {
		ev->fault = (struct stanza_fault){.condition = STANZA_ERR_NOT_ACCEPTABLE};
		return REFUSE;
	}
	return kept ? PASS : TAKEN; /* nothing but a forgery: nobody misses it */
}

static const struct hook hooks[] = {
	HOOK(message_in, PHASE_CHECK, check),
	HOOKS_END,
};

extern const struct module module_guard;
const struct module module_guard = {
	.name = "guard",
	.hooks = hooks,
};
