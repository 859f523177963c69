/* SPDX-License-Identifier: Apache-2.0 */
/* carillon: starts and supervises the daemons of one machine. The policy is in ctl/supervisor.c. */
#include "ctl/keys.h"
#include "ctl/supervisor.h"

static int
start(struct daemon *d, void **state_r, struct buf *why)
{
	struct supervisor *s = NULL;
	int result = supervisor_start(&s, d, daemon_conf_path(d), why);

	*state_r = s;
	if (result == 0)
		daemon_ready(d);
	return result;
}

static void
reload(struct daemon *d, void *state)
{
	(void)d;
	supervisor_reload(state);
}

static void
drain(struct daemon *d, void *state)
{
	(void)d;
	supervisor_drain(state);
}

static void
stop(struct daemon *d, void *state)
{
	struct supervisor *s = state;

	(void)d;
	supervisor_free(&s);
}

static bool
ready(struct daemon *d, void *state, struct buf *why)
{
	(void)d;
	return supervisor_all_running(state, why);
}

int
main(int argc, char **argv)
{
	const struct daemon_desc desc = {
		.role = "supervisor",
		.summary = "start and supervise the daemons of one machine",
		.sections = ctl_sections_own(), /* all of them: a mistake anywhere in the file is found here */
		.check = daemon_check_all,
		.start = start,
		.reload = reload,
		.drain = drain,
		.stop = stop,
		.ready = ready,
	};

	return daemon_main(argc, argv, &desc);
}
