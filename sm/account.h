/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials for c2s (doc/protocol.md section 4): before anybody is logged in. */
#pragma once

#include "sm/module.h"
#include "xmpp/component.h"

/* A <credentials/> request for an account whose slot is served here. */
void account_credentials(struct sm *sm, const struct frame *f, const struct stanza *p);
/* The database is away: answers what should not wait for it (credentials, first opens). False: it is something else. */
bool account_answer_unusable(struct sm *sm, const struct frame *f, const struct stanza *p);
