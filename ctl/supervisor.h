/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor of one machine: keeps a set of child processes running.
 * Policy only; knows nothing of XMPP. Each child is one instance (role-number)
 * in one of the states below; a child that ends is started again after a pause
 * that doubles while it keeps failing.
 */
#pragma once

#include "common/daemon.h"

struct supervisor;

/* "sm=2" -> role and number. 0, or -1 with what is wrong and what would be right in `why`. */
int supervisor_parse(const char *item, char role[16], unsigned *count_r, struct buf *why) MUST_CHECK;

/* Starts what the configuration says. 0, or -1 with why. */
int supervisor_start(struct supervisor **s_r, struct daemon *d, const char *config, struct buf *why) MUST_CHECK;
void supervisor_reload(struct supervisor *s); /* new numbers; SIGHUP to all children */
void supervisor_drain(struct supervisor *s);  /* stops c2s, then sm, then routers; then daemon_drained */
void supervisor_free(struct supervisor **s);
bool supervisor_all_running(const struct supervisor *s, struct buf *why);
