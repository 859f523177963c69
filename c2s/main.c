/* SPDX-License-Identifier: Apache-2.0 */
/* carillon-c2s: clients' connections. */
#include "c2s/c2s.h"

int
main(int argc, char **argv)
{
	static const struct conf_section *const sections[] = {&conf_c2s, NULL};
	static const struct daemon_desc desc = {
		.role = "c2s",
		.summary = "takes the connections of clients: TLS, login, limits",
		.sections = sections,
		.check = daemon_check_all,
		.start = c2s_start,
		.reload = c2s_reload,
		.drain = c2s_drain,
		.stop = c2s_stop,
		.ready = c2s_ready,
	};

	return daemon_main(argc, argv, &desc);
}
