/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct flush: messages that waited are on their way to one session: read
 * from the log in pages, as fast as the client takes them, oldest first. Live
 * messages for the same session queue up behind.
 */
#pragma once

#include "sm/module.h"

struct chunk;
struct entry;
struct flush;

/* A message for a session whose flush is under way: it waits for its turn. entry (may be null): entry_sent has been called. */
void flush_wait(struct sm_session *s, struct chunk *c, struct entry *entry);
/* The client has taken something: go on if it was that we waited for. */
void flush_go_on(struct sm_session *s);
/* The session ends. */
void flush_abort(struct sm_session *s);
/* Messages came back from a session that ended: to another session of the user, if it has one. */
void offline_elsewhere(struct sm_user *user);
