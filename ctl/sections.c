/* SPDX-License-Identifier: Apache-2.0 */
/* Every section of the configuration, for the programs that check the whole file. */
#include "c2s/keys.h"
#include "common/daemon.h"
#include "ctl/keys.h"
#include "router/keys.h"
#include "sm/keys.h"
#include "storage/storage.h"

enum { SECTIONS_MAX = 64 };

static const struct conf_section *const own[] = { /* what daemon_main does not read by itself */
	&conf_router, &conf_component, &conf_c2s, &conf_sm, &conf_storage, &conf_supervisor,
};
static const struct conf_section *const common[] = {&conf_cluster, &conf_host, &conf_log, &conf_http};

static void
append(const struct conf_section **to, size_t *n, const struct conf_section *const *from, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bug_if(*n == SECTIONS_MAX);
		to[(*n)++] = from[i];
	}
}

static void
append_own(const struct conf_section **to, size_t *n)
{
	const struct conf_section *const *modules = sm_module_sections();
	size_t count = 0;

	while (modules[count])
		count++;
	append(to, n, own, ARRAY_LEN(own));
	append(to, n, modules, count);
}

const struct conf_section *const *
ctl_sections(void)
{
	static const struct conf_section *all[SECTIONS_MAX + 1];
	size_t n = 0;

	append(all, &n, common, ARRAY_LEN(common));
	append_own(all, &n);
	return all;
}

const struct conf_section *const *
ctl_sections_own(void)
{
	static const struct conf_section *all[SECTIONS_MAX + 1];
	size_t n = 0;

	append_own(all, &n);
	return all;
}
