/* SPDX-License-Identifier: Apache-2.0 */
/* carillon-sm: the session manager as a daemon. */
#include "sm/keys.h"
#include "sm/sm.h"
#include "storage/storage.h"

enum { SECTIONS_MAX = 160 };

static struct daemon *self; /* sm_opts.drained has no other way back */

static void
on_drained(struct sm *sm)
{
	(void)sm;
	daemon_drained(self);
}

static int
start(struct daemon *d, void **state_r, struct buf *why)
{
	struct sm_opts opts = {
		.loop = daemon_loop(d),
		.conf = daemon_conf(d),
		.log = daemon_log(d),
		.name = daemon_name(d),
		.boot = daemon_boot(d),
		.daemon = d,
		.drained = on_drained,
	};

	self = d;
	/* On the bus it would own slots that it cannot serve, which the other sm can. */
	if (storage_schema_check(opts.conf, why) < 0)
		return -1;
	*state_r = sm_new(&opts, why);
	if (!*state_r)
		return -1;
	daemon_ready(d);
	return 0;
}

static void
reload(struct daemon *d, void *state)
{
	sm_reload(state, daemon_conf(d));
}

static void
drain(struct daemon *d, void *state)
{
	(void)d;
	sm_drain(state);
}

static void
stop(struct daemon *d, void *state)
{
	struct sm *sm = state;

	(void)d;
	sm_free(&sm);
}

static bool
ready(struct daemon *d, void *state, struct buf *why)
{
	(void)d;
	return sm_ready(state, why);
}

int
main(int argc, char **argv)
{
	static const struct conf_section *sections[SECTIONS_MAX + 1];
	static struct daemon_desc desc = {
		.role = "sm",
		.summary = "session manager: accounts, sessions, rosters, presence, messages",
		.sections = sections,
		.check = daemon_check_node,
		.start = start,
		.reload = reload,
		.drain = drain,
		.stop = stop,
		.ready = ready,
	};
	const struct conf_section *const *modules = sm_module_sections();
	size_t n = 0;

	sections[n++] = &conf_sm;
	sections[n++] = &conf_storage;
	for (size_t i = 0; modules[i]; i++) {
		bug_if(n == SECTIONS_MAX);
		sections[n++] = modules[i];
	}
	return daemon_main(argc, argv, &desc);
}
