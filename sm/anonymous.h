/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guests: accounts of who has logged in with SASL ANONYMOUS (RFC 4505,
 * XEP-0175). c2s makes the name, one that nobody else has; the account is a
 * struct sm_user without a row in the database, made when its session is
 * opened (sm/user.h, user_get_anonymous) and forgotten when that ends. Nothing
 * about it is stored: no roster, no subscriptions, no messages for later. What
 * it may do, and who may reach it, stands here.
 */
#pragma once

#include "sm/module.h"
#include "xmpp/session.h"

struct duty;

/* Whether the session that c2s wants opened is a guest's. */
bool anonymous_open(const struct word_open *w);
/* What a guest sends: false when it may not, and why. */
bool anonymous_may_send(const struct sm_session *s, const struct stanza *st, struct stanza_fault *fault_r);
/* What arrives for a guest: false when it has been answered or dropped. */
bool anonymous_may_get(struct sm_user *user, const struct stanza *st, struct duty *duty);
