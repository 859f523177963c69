/* SPDX-License-Identifier: Apache-2.0 */
/* Every section of the configuration, for the programs that check the whole file. */
#include "c2s/keys.h"
#include "common/daemon.h"
#include "ctl/keys.h"
#include "router/keys.h"
#include "sm/keys.h"
#include "storage/storage.h"

enum { SECTIONS_MAX = 64 };

const struct conf_section *const *
ctl_sections(void)
{
	static const struct conf_section *all[SECTIONS_MAX + 1];
	static const struct conf_section *const fixed[] = {
		&conf_cluster, &conf_host, &conf_log, &conf_http, &conf_router, &conf_component,
		&conf_c2s, &conf_sm, &conf_storage, &conf_supervisor,
	};
	const struct conf_section *const *modules = sm_module_sections();
	size_t n = 0;

	if (all[0])
		return all;
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		all[n++] = fixed[i];
	for (size_t i = 0; modules[i]; i++) {
		bug_if(n == SECTIONS_MAX);
		all[n++] = modules[i];
	}
	return all;
}
