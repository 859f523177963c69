/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the archive (XEP-0313 4, with XEP-0059), read from its XML and checked. Not for answering it. */
#pragma once

#include "sm/module.h"

enum { ASK_IDS_MAX = 100, ASK_KNOWN_MAX = 4 };

struct ask { /* in the stanza's arena */
	struct str queryid;     /* absent: none */
	struct str with, full;  /* bare JID; the full one when it is asked for. Absent: any */
	int64_t after, before;  /* ids, both exclusive: of what may be on the page, */
	int64_t all_after, all_before; /* and of all that matches */
	bool backward, flip;
	unsigned max;           /* 0: the number only */
	int64_t *ids;           /* these only, rising, each once; null: any */
	size_t id_count;
	int64_t known[ASK_KNOWN_MAX]; /* ids that must be there, */
	size_t known_count;
};

/* STANZA_OK, or what is wrong, with a static text. page: the largest max. */
enum stanza_condition ask_read(struct ask *ask, const struct stanza *st, unsigned page, const char **text_r);
/* The form with all fields, as a canonical child of an iq (4.1.5). */
void ask_write_form(struct buf *out);
