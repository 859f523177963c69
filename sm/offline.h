/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that waited are on their way to one session: read from the log in
 * pages, as fast as the client takes them, oldest first. Live messages for
 * the same session queue up behind, and so does what comes after them. What
 * nobody has got goes to the first session that comes (deliver_offline in
 * sm/module.h); what follows is for sessions which lack what others may have.
 */
#pragma once

#include "sm/module.h"

struct chunk;
struct entry;
struct flush;

/* A stanza for a session whose flush is under way: it waits for its turn. entry (may be null): entry_sent has been called. */
void flush_wait(struct sm_session *s, struct chunk *c, struct entry *entry);
/* The session is away, and more waits behind the flush than it may keep: it falls behind. */
void flush_shed(struct sm_session *s);
bool flush_holds(const struct sm_session *s); /* something waits behind it */
/* False: none is under way. Else it has been given what it was to get up to *id_r of the log, and nothing of what is behind that. */
bool flush_upto(const struct sm_session *s, int64_t *id_r);
/* The client has taken something: go on if it was that we waited for. */
void flush_go_on(struct sm_session *s);
/* The session ends. answer: requests that waited are answered in the place of its client. */
void flush_abort(struct sm_session *s, bool answer);
/*
 * The session goes away (sm/manage.h): nobody waits for it. Messages are for whoever takes them, and for itself when it is
 * back; what else waited is kept for it. One that comes from a former owner goes on to get what it lacks, as far as it may keep it.
 */
void flush_park(struct sm_session *s);

/*
 * A session has come from a former owner: it gets all that lies behind the cursor, whoever else does. c2s knows what its client
 * has already (doc/protocol.md section 4, "Names of messages").
 */
void catch_up(struct sm_session *s);
/*
 * A session that was away, and fell behind, is back (manage_fall_behind): it gets all that has come since, whoever else has it, as far
 * as the log has it: what is archived, and what nobody has taken. No-op for others.
 */
void catch_up_missed(struct sm_session *s);
bool catching_up_missed(const struct sm_session *s); /* and has not got all of that yet */
/* A message that a session which was away at a former owner may lack, whoever else has it. */
void offline_missed(struct sm_session *s, struct entry *e, struct str bytes);

/* Messages came back from a session that ended: to another session of the user, if it has one. */
void offline_elsewhere(struct sm_user *user);
/* The same for sessions which have not passed them over. */
void offline_go_on(struct sm_user *user);
