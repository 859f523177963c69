/* SPDX-License-Identifier: Apache-2.0 */
/* What can be configured about a router, and about external components. */
#include "router/keys.h"

enum { SECRET_MIN = 8 };

static const struct conf_key router_keys[] = {
	{.name = "listen",
	 .type = CONF_ADDRS,
	 .def = "unix:/run/carillon/%n.sock",
	 .help = "Where the other daemons connect. They find it in the routers of section cluster. A TCP "
		 "address needs ca_file and certificate there, or everything passes in clear."},
	{.name = "external_listen",
	 .type = CONF_ADDRS,
	 .example = "127.0.0.1:5347",
	 .help = "Where external components (XEP-0114: gateways, bots) connect. None by default. Several "
		 "routers of one machine may share the port. That protocol has no TLS: keep it local."},
	{.name = NULL},
};

const struct conf_section conf_router = {
	.name = "router",
	.keys = router_keys,
	.help = "The bus between the daemons.",
};

static const struct conf_key component_keys[] = {
	{.name = "secret",
	 .type = CONF_SECRET,
	 .flags = CONF_REQUIRED | CONF_RELOAD,
	 .example = "made by: openssl rand -hex 16",
	 .help = "What the component must know to connect. There is no default."},
	{.name = NULL},
};

static void
check_component(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	const char *secret = conf_str(c, s->name, title, "secret");

	if (secret && strlen(secret) < SECRET_MIN)
		buf_addf(problems, "key 'secret': is too short; wanted are %d characters or more\n",
			 SECRET_MIN);
}

const struct conf_section conf_component = {
	.name = "component",
	.titled = true,
	.example = "gateway.example.org",
	.keys = component_keys,
	.help = "An external component (XEP-0114) that may connect to the routers and then is the domain of "
		"the title: component \"gateway.example.org\" { ... }. One section for each.",
	.check = check_component,
};
