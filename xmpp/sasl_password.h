/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking a clear password against SCRAM keys on a worker thread (PLAIN).
 * Inside xmpp/ only.
 */
#pragma once

#include "common/loop.h"
#include "xmpp/scram.h"

struct sasl_password; /* owned by the worker; gone when it has answered */

/* password: after saslprep; copied. done(owner, ok) runs on the loop, later. */
struct sasl_password *sasl_password_check(struct loop *loop, const struct scram_keys *keys,
					  struct str password, void (*done)(void *owner, bool ok),
					  void *owner);
/* Nobody waits for the answer any more: done will not be called. */
void sasl_password_forget(struct sasl_password **p);
