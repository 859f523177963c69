/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of the supervisor, and the tables of the whole product for those who check the whole file. */
#pragma once

#include "common/conf.h"

extern const struct conf_section conf_supervisor;

/* Every section of every daemon, null-terminated: ctl/sections.c. */
const struct conf_section *const *ctl_sections(void);
/* The same without those that daemon_main reads by itself (cluster, host, log, http). */
const struct conf_section *const *ctl_sections_own(void);
