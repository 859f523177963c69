/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct had: which messages a client has got from a former owner, and as which
 * stanza (doc/protocol.md section 4, "Stream management"). Its c2s tells so when it opens the
 * session here, so that the client does not get them again when that c2s dies
 * before it has said <had/> of each.
 *
 * For a minute: until then whoever repeats them has done so. In struct manage.
 */
#pragma once

#include "sm/session.h"

struct entry;
struct had;
struct manage;

/*
 * What is told with a session that comes from a former owner, in place of what it was before; absent: nothing. Its count is told
 * already. No-op for one that cannot resume.
 */
void had_take(struct sm_session *s, struct str told);
/* The same, for whoever has the session next. count: as it will be told to it. */
void had_tell(const struct sm_session *s, uint64_t count, struct buf *out);
void had_free(struct had **h);
/* The client has resumed: it has got the first `count` of its stanzas, and not what came behind. */
void had_cut(struct manage *m, uint64_t count);
/* It has acknowledged this one here, as which stanza; entry may be null. No-op when nobody was there before. */
void had_add(struct sm_session *s, const struct entry *e, uint64_t place);
/* As which stanza the client has got this one; entry may be null. False: not, as far as is known. */
bool had_find(const struct sm_session *s, const struct entry *e, uint64_t *place_r);
