/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a user's privacy lists, and what follows: the commit, fenced by the
 * epoch of the user's slot; presence to those who may see the user no longer,
 * or again; what the user's own resources are told. The user is held while a
 * change is on its way, so whatever comes next sees it done.
 *
 * When a peer dies it is as with rosters (sm/roster_change.h): the database
 * away answers TEMPORARY and nothing has changed; this process killed before
 * the commit: nothing has changed, and c2s repeats the request to the next
 * owner; killed after it: the next owner loads the new lists, and the request
 * that c2s repeats finds that there is nothing left to do.
 */
#pragma once

#include "sm/privacy.h"

struct privacy_update {
	struct sm_session *session;  /* whose request it is */
	bool edit;                   /* the list `list` becomes `rows`; without any it is gone */
	struct str list;
	struct privacy_rows rows;    /* rising by place */
	bool set_standard;           /* the list of this name becomes the default list; absent or empty: none is */
	struct str standard;
	bool quiet;                  /* XEP-0191: who knows of no privacy lists is not told of them */
};

/*
 * Commits; `done` runs when it is in force, before anybody is told. All of `u` is copied. The user is READY. What changes
 * nothing needs no commit; `done` runs before this returns then.
 */
typedef void privacy_done_cb(struct sm_user *user, void *arg, enum storage_result r);
void privacy_commit(struct sm_user *user, const struct privacy_update *u, privacy_done_cb *done, void *arg);

/* The session chooses another active list (null: none). */
void privacy_choose(struct sm_session *s, struct privacy_list *l);

/*
 * One stanza may become as many as there are contacts, as with presence: a session that has used up its budget for that
 * (the setting presence_rate) has to wait.
 */
bool privacy_too_often(const struct sm_session *s);

/* XEP-0191's pushes: <block/> or <unblock/> with the JIDs, to the resources that have asked for the list. */
void privacy_push_blocks(struct sm_user *user, const char *element, const struct str *jids, size_t count);
