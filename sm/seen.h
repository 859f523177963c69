/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct seen: the name (rid) of a stanza that has come to an account of ours,
 * remembered so that a repetition is not handled twice (doc/protocol.md
 * section 5). While the first one is being worked on, a repetition joins it;
 * afterwards it is answered like the first.
 *
 * The window is bounded, in number and in time: the oldest finished names are forgotten. What is
 * repeated later than that is handled again; c2s knows its name if the client has it (c2s/names.h).
 */
#pragma once

#include "common/list.h"
#include "sm/duty.h"
#include "xmpp/error.h"

struct sm;

enum { SEEN_MAX = 16384, SEEN_MS = 11 * 60 * 1000 };

struct seen {
	struct list_node node;           /* finished ones, oldest first, */
	uint64_t at;                     /* since when (ms) */
	bool pending;
	enum stanza_condition condition; /* of a finished one */
	char asker[72];                  /* the instance that waits for <done/>, "": none; */
	bool asker_unsure;               /* its name for it has the mark of sm/resend.h */
	struct duties joined;            /* of sessions here that repeated it */
	bool unsure;                     /* its own name has it, */
	char rid[];                      /* here without */
};

void seens_new(struct sm *sm);
void seens_free(struct sm *sm);

/*
 * The first time: a new pending entry. Later: null, and the asker (an instance
 * that waits for <done/>, or a duty; each may be absent) is answered now or when the first is finished.
 */
struct seen *seen_enter(struct sm *sm, struct str rid, struct str asker, struct duty *duty);
/* Whether it has come, or is being worked on. */
bool seen_knows(const struct sm *sm, struct str rid);
/* By duty: it is finished. */
void seen_finish(struct sm *sm, struct seen *e, enum stanza_condition condition);
