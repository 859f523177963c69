/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IQ requests for the server: the host, an account itself, an account on
 * behalf of its user. Routes of modules are found in one hash; what nobody
 * claims is answered service-unavailable, or feature-not-implemented where its namespace is known; every request is
 * answered exactly once.
 */
#pragma once

#include "sm/module.h"

void iqs_new(struct sm *sm);
void iqs_add(struct sm *sm, const struct iq_route *routes); /* accepts null */
void iqs_free(struct sm *sm);

/* RFC 6120 8.2.3: whether an iq of whatever type is well made; otherwise the condition to answer with. */
enum stanza_condition iq_check(const struct stanza *st);
/* A get or set for the server, checked. user: the account (null for TO_HOST); session: the sender's when it is here. */
void iq_handle(struct sm *sm, const struct stanza *st, enum addressee addressee, struct sm_user *user, struct sm_session *session);
