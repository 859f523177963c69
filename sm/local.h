/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a stanza goes by its `to`: an account of ours here, one at another
 * owner, the host itself, another domain. sm_route (sm/module.h) is the
 * modules' way in.
 */
#pragma once

#include "sm/module.h"

struct duty;

/* st has a `to`. rid: its name when it has one already. The duty (may be null) is referenced as long as it takes. */
void route(struct sm *sm, const struct stanza *st, struct str rid, struct duty *duty);
/* For an account whose slot is served here. asker: the instance that waits for <done/>, may be absent. */
void account_arrive(struct sm *sm, const struct stanza *st, struct str rid, struct str asker, struct duty *duty);
/* For the domain itself. */
void host_arrive(struct sm *sm, const struct stanza *st);

/* The error reply, where an answer is allowed at all (RFC 6120 8.3.1). */
void reply_fault(struct sm *sm, const struct stanza *st, const struct stanza_fault *fault);
void reply_error(struct sm *sm, const struct stanza *st, enum stanza_condition condition, const char *text);
/* Whether its sender is told when it is durable: messages that may be stored, subscriptions. */
bool stanza_durable(const struct stanza *st);
/* The stanza with another `from` or `to` (absent: as it is) and a handler's edits, in the arena; st itself when nothing changes. */
const struct stanza *stanza_edited(struct arena *a, const struct stanza *st, struct str from, struct str to, const struct ev_edit *e);
