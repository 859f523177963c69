/* SPDX-License-Identifier: Apache-2.0 */
/* What a user wants in the archive (XEP-0441): asked for and changed by clients. What it means is sm/archive.h's. */
#pragma once

#include "sm/module.h"

void prefs_handle_get(struct sm *sm, const struct iq *iq);
void prefs_handle_set(struct sm *sm, const struct iq *iq);
