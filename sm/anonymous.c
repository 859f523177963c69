/* SPDX-License-Identifier: Apache-2.0 */
/* What guests may do, and who may reach them (sm/anonymous.h). */
#include "sm/anonymous.h"

#include "common/metric.h"
#include "sm/duty.h"
#include "sm/local.h"
#include "sm/peer.h"
#include "sm/session.h"
#include "sm/sm.h"

static struct metric refused_out = {.name = "xmpp_anonymous_refused_total", .labels = "dir=\"out\"",
				    .help = "Stanzas from and to guests that policy does not allow.",
				    .kind = METRIC_COUNTER};
static struct metric refused_in = {
	.name = "xmpp_anonymous_refused_total", .labels = "dir=\"in\"", .kind = METRIC_COUNTER};

bool
anonymous_open(const struct word_open *w)
{
	return str_is(w->mechanism, "ANONYMOUS");
}

/* XEP-0175 3, 2: whether a guest of this host and that domain may speak with each other. */
static bool
is_within_reach(struct sm *sm, const struct sm_user *user, struct str domain)
{
	return !domain.n || sm_anonymous(sm, user->jid.domain) == ANONYMOUS_ANYWHERE || sm_serves(sm, domain) ||
	       peer_is_attached(sm, domain);
}

static bool
is_subscription(const struct stanza *st)
{
	return st->kind == STANZA_PRESENCE && (st->type == TYPE_SUBSCRIBE || st->type == TYPE_SUBSCRIBED ||
					       st->type == TYPE_UNSUBSCRIBE || st->type == TYPE_UNSUBSCRIBED);
}

/* `forbidden` is of type auth: with an account it could be done. */
bool
anonymous_may_send(const struct sm_session *s, const struct stanza *st, struct stanza_fault *fault_r)
{
	*fault_r = (struct stanza_fault){.condition = STANZA_ERR_FORBIDDEN};
	if (is_subscription(st))
		fault_r->text = "Guests have no roster.";
	else if (!is_within_reach(s->sm, s->user, st->to.domain))
		fault_r->text = "Guests cannot reach other servers.";
	else
		return true;
	metric_add(&refused_out, 1);
	return false;
}

/* A request is declined at once, so that it does not wait in the asker's roster for somebody who will be gone. */
static void
decline(struct sm_user *user, const struct stanza *st)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "presence", NULL);
	out_attrz(&o, "from", user->jid.bare);
	out_attrz(&o, "to", st->from.bare);
	out_attrz(&o, "type", STR("unsubscribed"));
	out_done(&o);
	sm_route(user->sm, buf_str(&b));
	buf_done(&b);
}

bool
anonymous_may_get(struct sm_user *user, const struct stanza *st, struct duty *duty)
{
	struct sm *sm = user->sm;

	if (is_subscription(st)) {
		if (st->type == TYPE_SUBSCRIBE && st->from.full.p)
			decline(user, st);
	} else if (is_within_reach(sm, user, st->from.domain)) {
		return true;
	} else if (st->kind != STANZA_PRESENCE) {
		reply_error(sm, st, STANZA_ERR_SERVICE_UNAVAILABLE, NULL); /* as if nobody were there */
		duty_refuse(duty, STANZA_ERR_SERVICE_UNAVAILABLE);
	}
	metric_add(&refused_in, 1);
	return false;
}
