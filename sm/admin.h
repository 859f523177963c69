/* SPDX-License-Identifier: Apache-2.0 */
/* What carillonctl may ask an sm (doc/protocol.md section 6). */
#pragma once

#include "sm/module.h"
#include "xmpp/component.h"

/* Whether the payload is an administration word; then it has been or will be answered. */
bool admin_frame(struct sm *sm, const struct frame *f, const struct stanza *p);
