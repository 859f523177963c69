/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the configuration says to everybody who is on the bus: the secret that
 * components and routers share, the user that they log in as, and the domains
 * that are served.
 */
#pragma once

#include "common/arena.h"
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

/*
 * The domains of the `host` sections, prepared, in the order of the file; array and names are in the arena. 0, or -1
 * with `why` (appended): there is none, one is no domain, or two are the same (as an A-label and its U-label are).
 */
int cluster_hosts(struct arena *a, const struct conf *conf, struct str **hosts_r, size_t *count_r, struct buf *why) MUST_CHECK;
