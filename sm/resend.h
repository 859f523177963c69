/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of messages that survive their session. A client whose connection
 * broke says again what it has heard nothing of, in a new session when it
 * could not resume the old one, under the same id (XEP-0198 "Acks", XEP-0359
 * 3). So a message with an id is named by what it is: sender, recipient, type,
 * id, origin-id, content. What has been handled under a name is not handled
 * again (sm/seen.h), whichever sm the first one came to.
 *
 * But some clients count their ids from 1 in each session, and say the same
 * twice. So a name also has the session and the number of who said it first.
 * The sender's sm remembers for ten minutes what each session has sent: the
 * same again after another session broke off has the name of the first;
 * otherwise (from the same session, after one that was closed in good order,
 * later) it is a new message with a name of its own.
 *
 * An sm that has had the user for less than ten minutes cannot know: what it
 * does not remember may have been said before, to another sm. It marks the
 * name with '?', and then the recipient's sm, and its c2s, take it for a
 * repetition of whatever has come with the same hash in these ten minutes.
 *
 * struct resends is its user's; it owns no memory while there is nothing to remember.
 */
#pragma once

#include "common/str.h"

struct sm_session;
struct sm_user;
struct stanza;
struct duty;

struct resends {
	struct resend *ring;  /* oldest at `head` */
	unsigned head, len, cap;
};

/*
 * The name for a message that a session sends: into buf of RID_MAX. One without id has that of its number. *again_r: it has been
 * said before, and this is its repetition.
 */
struct str resend_name(struct sm_session *s, const struct stanza *st, const struct duty *duty, char *buf, bool *again_r);
/* HASH.SID.NUMBER, and the mark: */
enum { RESEND_HASH_LEN = 16 };
/* The part of a name that says what it is; absent when it is no name of this kind. */
struct str resend_hash(struct str name);
bool resend_unsure(struct str name);        /* has the mark */
struct str resend_plain(struct str name);   /* without it */
bool resend_same(struct str a, struct str b); /* whether two names, "" when there is none, are of the same message */
/* The client has closed the session itself: it has no reason to repeat anything. */
void resend_closed(struct sm_session *s);
void resends_expire(struct sm_user *user);
void resends_done(struct resends *r);
