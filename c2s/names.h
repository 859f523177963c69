/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct names: the last names of messages that a client has been given
 * (doc/protocol.md section 4, "Names of messages"), as keyed hashes: NAMES_MAX, and up to
 * NAMES_LIMIT of the last minutes, because the database may have been away so long, and
 * none of them be in the log. It grows with what it is told; an empty one owns no memory. With
 * stream management it also knows as which stanza the client got each, and remembers
 * more while the client has not acknowledged them.
 */
#pragma once

#include "xmpp/name.h"

enum { NAMES_MAX = 256, NAMES_LIMIT = 16384 };

struct name { /* keyed hashes: two that are not the same do not meet, however many there are */
	uint64_t said; /* xmpp/name.h */
	uint64_t rest : 56;
	uint64_t minute : 8;
};

struct names {
	struct siphash_key key; /* of the session; until there is any name it may change */
	struct name *names;
	uint64_t *places; /* null until a place is told */
	uint16_t *chains; /* an index of them: the first in each of `cap` buckets, then the next of each; numbers from 1, 0 ends */
	uint16_t cap, at; /* at: the oldest, when it has come round; else 0 */
	uint16_t count;
};

void names_done(struct names *n);
/*
 * Whether it has been here before; it has from now on. Of one that ends with '?' (sm/resend.h) it is enough that
 * the part before the first '.' has, in the last ten minutes. now: ms.
 */
bool names_seen(struct names *n, struct str text, uint64_t now);
/*
 * The same. place (never 0): as which stanza the client gets it, if it is new; otherwise the place becomes that of the first
 * time, 0 when that is not known. The last `keep` names are kept, up to NAMES_LIMIT.
 */
bool names_seen_at(struct names *n, struct str text, uint64_t now, uint64_t *place, uint64_t keep);
/* How many are of the last one to two minutes; NAMES_TOLD_MAX at most. */
size_t names_recent(const struct names *n, uint64_t now);
/* These, as <open/> tells them to the next owner, when so many stanzas have been sent to the client. */
void names_tell(const struct names *n, uint64_t now, uint64_t count, struct buf *out);
/* What the owner has told so, in any order, of a client that has got `count` stanzas. Those of now, as far as is known. */
void names_take(struct names *n, struct str told, uint64_t now, uint64_t count);
