/* SPDX-License-Identifier: Apache-2.0 */
/* Administration of accounts. */
#pragma once

#include "xmpp/admin.h"

struct sm;

/* Whether it is a request about accounts; then it is answered, now or later. */
bool admin_user_request(struct sm *sm, const struct admin_request *r, struct arena *a);
unsigned admin_max(struct str text); /* sm/admin.c */
