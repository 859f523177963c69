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
	const char *push;            /* XEP-0191's <block/> or <unblock/>: who asked for the block list hears it, with these JIDs, and */
	const struct str *jids;      /* who knows of no privacy lists is not told of them; static. Null: the change is one of XEP-0016 */
	size_t jid_count;
};

/* Commits; the request is answered when it is in force, before anybody is told. All of `u` is copied. The user is READY. */
void privacy_commit(struct sm_user *user, const struct privacy_update *u, struct iq_kept *request);

/* The session chooses another active list (null: none). */
void privacy_choose(struct sm_session *s, struct privacy_list *l);

/*
 * One stanza may become as many as there are contacts, as with presence: a session that has used up its budget for that
 * (the setting presence_rate) has to wait.
 */
bool privacy_too_often(const struct sm_session *s);
