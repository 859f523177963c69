/* SPDX-License-Identifier: Apache-2.0 */
/* The modules of sm as the core sees them: which are enabled, their state, their memory in users and sessions. */
#pragma once

#include "sm/module.h"

/* All that are compiled in, in the order of modules.def; null-terminated. */
extern const struct module *const modules_all[];

/* Starts the enabled ones. 0 or -1 with why. */
int modules_start(struct sm *sm, struct buf *why) MUST_CHECK;
void modules_reload(struct sm *sm);
void modules_stop(struct sm *sm);
char *modules_user_memory(struct sm *sm);    /* zeroed; null when none wants any */
char *modules_session_memory(struct sm *sm);
