/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a roster: one item, one waiting request, or both, in one commit.
 * The user is held while the change is on its way, so whatever comes next sees
 * it done. Only what is committed is applied to memory, told to modules and
 * pushed to the interested resources (RFC 6121 2.1.6).
 *
 * When a peer dies: the database away answers TEMPORARY and nothing has
 * changed; this process killed before the commit: nothing has changed, and
 * c2s repeats the stanza to the next owner; killed after it: the next owner
 * loads the new roster, and clients learn of it through roster versions.
 */
#pragma once

#include "sm/sm.h"
#include "sm/user.h"

struct roster_update {
	struct str jid;      /* the contact, bare */
	bool write;          /* the item below is written */
	bool remove;         /* as a tombstone */
	unsigned sub;        /* enum sub_bits */
	struct str name, groups;
	enum request_change request;
	struct str stanza;   /* for REQUEST_PUT */
	bool push_last;      /* `done` runs between the change and its pushes, not behind them */
};

/* An update that changes nothing yet: the contact's item as it stands. */
void roster_update_init(struct roster_update *u, const struct sm_user *user, struct str contact);
bool roster_update_empty(const struct roster_update *u);
/* Whether the item is there, or one more fits (the setting roster_items, and ROSTER_SIZE_MAX). */
bool roster_has_room(const struct sm_user *user, struct str contact);
/* Whether the roster is still one that can be sent with this update, as one stanza through the bus. */
enum { ROSTER_SIZE_MAX = 900 * 1024 };
bool roster_fits(const struct sm_user *user, const struct roster_update *u);

/*
 * Commits; `done` runs when it is applied and pushed, or has failed. The slices of `u` are copied. The user is READY.
 * What `done` sends belongs to the stanza that is being handled now: that one is dealt with when all of it is.
 */
typedef void roster_done_cb(struct sm_user *user, void *arg, enum storage_result r);
void roster_commit(struct sm_user *user, const struct roster_update *u, roster_done_cb *done, void *arg);

/* One push to one session. */
void roster_push(struct sm_session *session, const struct roster_item *item, int64_t version);
