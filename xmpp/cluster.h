/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the `cluster` section says to everybody who is on the bus: the secret
 * that components and routers share, and the user that they log in as.
 */
#pragma once

#include "common/conf.h"

#define CLUSTER_USER "carillon" /* doc/protocol.md section 1 */
#define CLUSTER_HOST "router"

enum { CLUSTER_SECRET_MIN = 16, CLUSTER_SECRET_MAX = 1024 };

/*
 * The secret, from `secret` or the file `secret_file` (white space around it removed). Null with `why`
 * (appended) when there is none, or a bad one: there is no default. Kept in this process's
 * memory; good until the next call.
 */
const char *cluster_secret(const struct conf *conf, struct buf *why) MUST_CHECK;
