/* SPDX-License-Identifier: Apache-2.0 */
/* What `carillon`, the supervisor of one machine, takes from the configuration. */
#include "ctl/keys.h"

#include "ctl/supervisor.h"

static const struct conf_key keys[] = {
	{.name = "daemons", .type = CONF_LIST, .def = "router=1, sm=1, c2s=1", .flags = CONF_RELOAD,
	 .help = "What to run on this machine and how many of each, as role=number. At a reload missing ones are "
	 "started and superfluous ones drained. Roles: router, sm, c2s."},
	{.name = "programs", .type = CONF_PATH,
	 .help = "The folder that holds the daemons' programs (carillon-router and the others, or a build tree). "
	 "Default: where make install has put them."},
	{.name = "share_core", .type = CONF_BOOL, .def = "true",
	 .help = "While the daemons have little to do, they share one core of the machine: to wake another one costs more than "
	 "a message does. As soon as one has work for a good part of a core, it goes wherever there is room."},
	{.name = "stop_timeout", .type = CONF_DURATION, .def = "30s", .min = 100, .max = 3600 * 1000,
	 .flags = CONF_RELOAD,
	 .help = "How long a daemon may take to drain before it is killed; a c2s has its drain_time besides."},
	{.name = "restart_max", .type = CONF_DURATION, .def = "10s", .min = 100, .max = 3600 * 1000,
	 .flags = CONF_RELOAD,
	 .help = "The longest pause before a daemon that keeps failing is started again. The first restart comes after "
	 "0.1 s; the pause doubles each time until the daemon has lived for 5 s."},
	{.name = NULL},
};

static void
check(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	const char *const *items;
	size_t count = conf_list(c, s->name, title, "daemons", &items);
	char role[16];
	unsigned number;

	for (size_t i = 0; i < count; i++)
		if (supervisor_parse(items[i], role, &number, problems) < 0)
			buf_addc(problems, '\n');
}

const struct conf_section conf_supervisor = {
	.name = "supervisor",
	.keys = keys,
	.help = "The supervisor of one machine (carillon): starts the daemons, restarts those that end, stops all "
		"of them. In production systemd may do that instead, with the units carillon-router@, carillon-sm@ "
		"and carillon-c2s@.",
	.check = check,
};
