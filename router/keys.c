/* SPDX-License-Identifier: Apache-2.0 */
/* What can be configured about a router, and about external components. */
#include "router/keys.h"

#include "router/router.h"
#include "xmpp/jid.h"

enum { SECRET_MIN = 8, SECOND = 1000, MINUTE = 60 * SECOND };

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
	{.name = "setup_max",
	 .type = CONF_INT,
	 .def = "64",
	 .min = 4,
	 .max = 10000,
	 .flags = CONF_RELOAD,
	 .help = "Connections that have not shown yet that they know the secret, of daemons and of external "
		 "components each. For one more the oldest has to go."},
	{.name = "setup_timeout",
	 .type = CONF_DURATION,
	 .def = "10s",
	 .min = SECOND,
	 .max = 10 * MINUTE,
	 .flags = CONF_RELOAD,
	 .help = "How long a connection may take to show it."},
	{.name = "external_stanza_max",
	 .type = CONF_SIZE,
	 .def = "256K",
	 .min = 10000,
	 .max = FRAME_PAYLOAD_MAX / 2,
	 .flags = CONF_RELOAD,
	 .help = "The largest stanza that is taken from an external component."},
	{.name = "external_rate",
	 .type = CONF_SIZE,
	 .def = "4M",
	 .min = 0,
	 .max = INT64_C(1) << 30,
	 .flags = CONF_RELOAD,
	 .help = "Bytes a second that are read from one external component in the long run. More makes it wait. 0: "
		 "no limit."},
	{.name = "external_rate_burst",
	 .type = CONF_SIZE,
	 .def = "16M",
	 .min = 1024,
	 .max = INT64_C(1) << 30,
	 .flags = CONF_RELOAD,
	 .help = "Bytes that it may send at once."},
	{.name = "external_stall",
	 .type = CONF_DURATION,
	 .def = "10s",
	 .min = SECOND,
	 .max = 10 * MINUTE,
	 .flags = CONF_RELOAD,
	 .help = "How long an external component may hold up the daemons that write to it, by not reading. Then it is "
		 "sent away."},
	{.name = NULL},
};

void
router_limits_read(struct router_limits *l, const struct conf *conf)
{
	const char *section = conf_router.name;

	*l = (struct router_limits){
		.setup_max = (size_t)conf_int(conf, section, NULL, "setup_max"),
		.setup_ms = (uint64_t)conf_int(conf, section, NULL, "setup_timeout"),
		.external_stanza = (size_t)conf_int(conf, section, NULL, "external_stanza_max"),
		.external_rate = (uint64_t)conf_int(conf, section, NULL, "external_rate"),
		.external_burst = (uint64_t)conf_int(conf, section, NULL, "external_rate_burst"),
		.external_stall_ms = (uint64_t)conf_int(conf, section, NULL, "external_stall"),
	};
}

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

/* The title of a section `name` that is the same domain, of those before `title` if it is one of them; null: none. */
static const char *
same_domain(struct arena *a, const struct conf *c, const char *name, struct str domain, const char *title)
{
	const char *const *titles;
	size_t count = conf_titles(c, name, &titles);
	struct str other;

	for (size_t i = 0; i < count && titles[i] != title; i++)
		if (jid_prep_domain(a, str_z(titles[i]), &other) == 0 && str_eq(other, domain))
			return titles[i];
	return NULL;
}

static void
check_domain(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	static const char *const names[] = {"host", "component"};
	struct arena memory = {0};
	struct str domain;

	if (jid_prep_domain(&memory, str_z(title), &domain) < 0) {
		buf_addf(problems, "the title is no domain name; write %s \"gateway.example.org\" { ... }\n", s->name);
		arena_done(&memory);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *same = same_domain(&memory, c, names[i], domain, title);

		if (same)
			buf_addf(problems, "is the same domain as %s \"%s\"; a domain is served by one\n", names[i], same);
	}
	arena_done(&memory);
}

static void
check_component(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	const char *secret = conf_str(c, s->name, title, "secret");

	check_domain(c, s, title, problems);

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
