/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct recall: names of messages that were in a user's log when it was
 * loaded, of the last minutes. What comes under one of them has come before,
 * to an sm that is no more; both that one's memory (sm/seen.h) and the
 * sender's (sm/resend.h) may be gone with it.
 *
 * Its user's; owns no memory while there is nothing in it.
 */
#pragma once

#include "storage/storage.h"

enum { RECALL_MS = 10 * 60 * 1000 };

struct recall {
	uint64_t *hashes;  /* of names, and of what they say of the message (resend_hash); in their order, */
	size_t count;
	uint64_t loaded; /* ms */
};

void recall_load(struct recall *r, const struct user_rows *rows, uint64_t now);
void recall_done(struct recall *r);
/* outgoing: the user's own. An absent name is never there; one with the mark of sm/resend.h is when one of the same message is. */
bool recall_has(struct recall *r, struct str name, bool outgoing, uint64_t now);
