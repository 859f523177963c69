/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is on its way to a client: numbered, sent to its c2s, and kept until
 * c2s acknowledges it: the client's socket has it, or with XEP-0198 the client
 * itself has said so. Then the client's own count (sm/manage.h) stands beside
 * each, so that it can resume on another c2s.
 *
 * The list is the session's (sm_session.unacked).
 */
#pragma once

#include "sm/session.h"

/* Stanza management begins: what has a higher number than `out` is counted. */
void outbound_count(struct sm_session *s, uint64_t out);
/* The number is a message that the client got as its count-th stanza: it is not one more. */
void outbound_had(struct sm_session *s, uint64_t seq, uint64_t count);
/* A client resumes and says h, its count modulo 2^32. False: it has not been sent so many. */
bool outbound_covers(const struct sm_session *s, uint64_t h);
/* What it has got goes, and what is left begins behind it. */
void outbound_resume(struct sm_session *s, uint64_t h);
/* It goes away, or comes back: the log does not wait for it, or does. */
void outbound_park(struct sm_session *s, bool away);
/* From what the database has of it: sent before, in this order, and not acknowledged. Takes a reference; entry may be null. */
void outbound_restore(struct sm_session *s, uint64_t at, struct chunk *c, struct entry *entry);
/*
 * What waits for a session that was restored and whose client has been back already: others are sent it by catch_up, what is no
 * message c2s has had. What is left is what others have had long ago; all: nothing is left. Returns the lowest id in the log of what is
 * dropped, INT64_MAX when there is none.
 */
int64_t outbound_drop_restored(struct sm_session *s, bool all);
/*
 * Whether this message waits already for a session that is away; perhaps as a former owner had it, under another id of the log, or on its
 * way there: then it is this entry that waits from now on.
 */
bool outbound_has(struct sm_session *s, struct entry *entry);
/* All with a higher number than `after`, in order. */
void outbound_each(const struct sm_session *s, uint64_t after,
		   void (*each)(void *arg, uint64_t at, struct str stanza, const struct entry *entry), void *arg);
/* The session ends: messages go back to the log. answer: requests are answered in the client's place. */
void outbound_return(struct sm_session *s, bool answer);
