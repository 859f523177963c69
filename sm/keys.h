/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration of sm: its own section, and one section for each module. */
#pragma once

#include "sm/module.h"

extern const struct conf_section conf_sm;

/* The sections mod_NAME of all modules; null-terminated. Made once, good for the life of the process. */
const struct conf_section *const *sm_module_sections(void);
bool keys_module_enabled(const struct conf *conf, const struct module *m);
