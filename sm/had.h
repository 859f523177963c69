/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct had: names of messages that a client has, for the c2s on which it resumes and for
 * the next owner (doc/protocol.md section 4, "Stream management"), so that it does not
 * get them again when they come again.
 *
 * There are two kinds. Those that it has got from a former owner, and as which
 * stanza: c2s tells so when it opens the session here, and the client has them though that
 * c2s may die before it has said <had/> of each. They are looked for, for a
 * minute: until then whoever repeats them has done so. And those that it has
 * acknowledged here in the last one to two minutes: the log may not have heard
 * of it yet, or may be unable to pass them, and comes with them again when this owner dies.
 *
 * In struct manage; nothing for a session that cannot resume.
 */
#pragma once

#include "sm/session.h"

struct entry;
struct had;
struct manage;

/*
 * What is told with a session that comes from a former owner, in place of what was known before; absent: nothing. Its count is
 * told already.
 */
void had_take(struct sm_session *s, struct str told);
/* The same, for whoever has the session next. count: as it will be told to it. */
void had_tell(const struct sm_session *s, uint64_t count, struct buf *out);
void had_free(struct had **h);
/* The client has resumed: it has got the first `count` of its stanzas, and not what came behind. */
void had_cut(struct manage *m, uint64_t count);
/* It has acknowledged this one here, as which stanza; entry may be null. */
void had_add(struct sm_session *s, const struct entry *e, uint64_t place);
/* As which stanza the client has got this one from a former owner; entry may be null. False: not, as far as is known. */
bool had_find(const struct sm_session *s, const struct entry *e, uint64_t *place_r);
