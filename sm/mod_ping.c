/* SPDX-License-Identifier: Apache-2.0 */
/* XMPP Ping (XEP-0199 2.0.1): the host answers, and an account answers its own user. */
#include "sm/module.h"

static void
ping(struct sm *sm, const struct iq *iq)
{
	iq_result(sm, iq, STR_NONE);
}

static const char *const features[] = {NS_PING, NULL};
static const struct iq_route routes[] = {
	{TYPE_GET, NS_PING, "ping", TO_HOST | TO_ACCOUNT, ping},
	{0},
};

extern const struct module module_ping;
const struct module module_ping = {
	.name = "ping",
	.xep = "XEP-0199 2.0.1",
	.host_features = features,
	.account_features = features,
	.iqs = routes,
};
