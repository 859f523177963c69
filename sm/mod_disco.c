/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Service Discovery (XEP-0030 2.5.0): what the host and accounts are and can,
 * told by their modules. About an account only its user and those who see its
 * presence are told; to all others it looks like one that does not exist
 * (XEP-0030 8). A guest says to everybody that it is one (XEP-0175 5). Neither host nor accounts have items or nodes of their own.
 */
#include "sm/module.h"

static void
identity(struct out *o, const char *category, const char *type, const char *name)
{
	out_openz(o, "identity", NULL);
	out_attrz(o, "category", str_z(category));
	out_attrz(o, "type", str_z(type));
	out_attrz(o, "name", str_z(name));
	out_close(o);
}

static void
feature(void *arg, const char *name)
{
	struct out *o = arg;

	out_openz(o, "feature", NULL);
	out_attrz(o, "var", str_z(name));
	out_close(o);
}

/* False: it has been answered with an error. */
static bool
may_ask(struct sm *sm, const struct iq *iq)
{
	struct str node = node_attr(iq->stanza->arena, iq->child, "node");

	if (iq->addressee == TO_CONTACT && !user_anonymous(iq->user) && !roster_sees_us(iq->user, iq->stanza->from.bare))
		iq_error(sm, iq, STANZA_ERR_SERVICE_UNAVAILABLE, NULL);
	else if (node.n)
		iq_error(sm, iq, STANZA_ERR_ITEM_NOT_FOUND, NULL);
	else
		return true;
	return false;
}

static void
info(struct sm *sm, const struct iq *iq)
{
	struct buf b = {0};
	struct out o;

	if (!may_ask(sm, iq))
		return;
	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "query", NS_DISCO_INFO);
	if (iq->addressee == TO_HOST)
		identity(&o, "server", "im", "Carillon");
	else
		identity(&o, "account", user_anonymous(iq->user) ? "anonymous" : "registered", NULL); /* XEP-0175 5 */
	sm_each_feature(sm, iq->addressee == TO_HOST ? TO_HOST : TO_ACCOUNT, feature, &o);
	out_done(&o);
	iq_result(sm, iq, buf_str(&b));
	buf_done(&b);
}

static void
items(struct sm *sm, const struct iq *iq)
{
	struct buf b = {0};
	struct out o;

	if (!may_ask(sm, iq))
		return;
	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "query", NS_DISCO_ITEMS);
	out_done(&o);
	iq_result(sm, iq, buf_str(&b));
	buf_done(&b);
}

/* msgoffline: XEP-0160 4; the core does it, and somebody has to say so. */
static const char *const host_features[] = {NS_DISCO_INFO, NS_DISCO_ITEMS, NS_OFFLINE_FEATURE, NULL};
static const char *const account_features[] = {NS_DISCO_INFO, NS_DISCO_ITEMS, NULL};
static const struct iq_route routes[] = {
	{TYPE_GET, NS_DISCO_INFO, "query", TO_HOST | TO_ACCOUNT | TO_CONTACT, info},
	{TYPE_GET, NS_DISCO_ITEMS, "query", TO_HOST | TO_ACCOUNT | TO_CONTACT, items},
	{0},
};

extern const struct module module_disco;
const struct module module_disco = {
	.name = "disco",
	.xep = "XEP-0030 2.5.0",
	.host_features = host_features,
	.account_features = account_features,
	.iqs = routes,
};
