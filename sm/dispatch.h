/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stanzas that a client sends: the sender's side (RFC 6120 8 and 10.3, RFC
 * 6121 sections 4, 5.2 and 8.1). What is for the server itself is handled,
 * everything else is routed by its `to`.
 */
#pragma once

#include "sm/module.h"

struct duty;

/* The user is open. The duty is referenced as long as the stanza takes. */
void dispatch_stanza(struct sm_session *s, const struct stanza *st, struct duty *duty);
