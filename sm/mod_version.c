/* SPDX-License-Identifier: Apache-2.0 */
/* Software Version (XEP-0092 1.1): of the host. The operating system is told only when the operator wants it. */
#include "sm/module.h"

#include "config.h"

#include <sys/utsname.h>

static void
version(struct sm *sm, const struct iq *iq)
{
	struct buf b = {0};
	struct utsname os;
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "query", NS_VERSION);
	out_leafz(&o, "name", NULL, STR("Carillon"));
	out_leafz(&o, "version", NULL, str_z(PACKAGE_VERSION));
	if (conf_bool(sm_conf(sm), "mod_version", NULL, "os") && uname(&os) == 0)
		out_leafz(&o, "os", NULL, str_z(os.sysname));
	out_done(&o);
	iq_result(sm, iq, buf_str(&b));
	buf_done(&b);
}

static const char *const features[] = {NS_VERSION, NULL};
static const struct iq_route routes[] = {
	{TYPE_GET, NS_VERSION, "query", TO_HOST, version},
	{0},
};
static const struct conf_key keys[] = {
	{.name = "os", .type = CONF_BOOL, .def = "no", .flags = CONF_RELOAD,
	 .help = "Whether the name of the operating system is told to whoever asks."},
	{0},
};

extern const struct module module_version;
const struct module module_version = {
	.name = "version",
	.xep = "XEP-0092 1.1",
	.host_features = features,
	.iqs = routes,
	.keys = keys,
};
