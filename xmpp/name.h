/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of messages as keyed hashes (doc/protocol.md section 4, "Names of
 * messages" and "Stream management"): as c2s remembers them, and as who has a
 * session is told which ones its client has. What names are made of is sm/resend.h's.
 */
#pragma once

#include "common/buf.h"
#include "common/siphash.h"

enum { NAMES_TOLD_MAX = 1024 };

struct name_hash {
	uint64_t said; /* of what is said (sm/resend.h: before the first '.'), or of all when that is not told */
	uint64_t rest; /* of the rest, 56 bits; 0: there is none */
};

/* Of a session: from its sid, which nobody outside knows. */
struct siphash_key name_key(struct str sid);
/* True: the name has the mark '?': it is enough that `said` is the same. */
bool name_hash(const struct siphash_key *key, struct str name, struct name_hash *r);

struct name_told {
	struct name_hash name;
	uint32_t back; /* so many before `count` the client got it, or more when it is UINT32_MAX */
};

/* As text of <had/>; nothing when there are none. */
void names_told_print(struct buf *out, const struct name_told *names, size_t count);
/* Allocated, at least one; null: it cannot be read, or there are none or too many. */
struct name_told *names_told_parse(struct str text, size_t *count_r);
uint32_t name_back(uint64_t count, uint64_t place);
uint64_t name_place(uint64_t count, uint32_t back);
