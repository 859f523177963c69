/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user's privacy lists (XEP-0016, XEP-0191) in memory: which list applies
 * where, and whether it lets a stanza pass. doc/decisions/006-blocking.md says
 * how it all hangs together; changes are sm/privacy_change.h's.
 *
 * Owner: the user. One without lists has none of this, and a question about
 * him costs one comparison. A session has a list of its own when it has chosen
 * one (the active list); that choice, and what it wants to hear of changes, c2s
 * keeps for the next owner (sm/keep.h).
 */
#pragma once

#include "sm/privacy_list.h"
#include "sm/session.h"

struct privacy {
	struct privacy_list **lists; /* by name */
	size_t count;                /* never 0 */
	struct privacy_list *standard; /* XEP-0016's default list; null: none */
};

void privacy_load(struct sm_user *user, const struct user_rows *rows);
void privacy_free(struct sm_user *user);
struct privacy_list *privacy_find(const struct sm_user *user, struct str name); /* may be null */
const struct privacy_list *privacy_standard(const struct sm_user *user);        /* may be null */
/* The list that applies to the session; null: none does. */
const struct privacy_list *privacy_effective(const struct sm_session *s);
/* Whether the list applies to a session other than this one (XEP-0016 2.2, 11). */
bool privacy_applies_elsewhere(const struct sm_session *self, const struct privacy_list *l);

/* ---- what sessions want to hear, beside their active list ---- */

enum privacy_wish { PRIVACY_WANTS_BLOCKS = 1, PRIVACY_WANTS_LISTS = 2 };
void privacy_want(struct sm_session *s, enum privacy_wish wish);
void privacy_activate(struct sm_session *s, struct privacy_list *l); /* null: declines */
void privacy_remember(struct sm_session *s); /* s->active or s->wishes have changed */
/* Re-opened here: what sm/keep.h has of it. */
void privacy_reopened(struct sm_session *s);

/* ---- may it pass? ---- */

/*
 * What a list says; null allows everything. Always allowed: the user's own resources (XEP-0016 2.1, note), and the server
 * itself, with which he changes his lists.
 */
bool privacy_list_lets(const struct privacy_list *l, const struct sm_user *user, const struct jid *other, enum privacy_kind kind);
bool privacy_asks(const struct sm_session *s, const struct jid *other, enum privacy_kind kind);
enum privacy_kind privacy_kind_in(const struct stanza *st);

/* To or from this session. */
static inline bool
privacy_lets(const struct sm_session *s, const struct jid *other, enum privacy_kind kind)
{
	return !s->user->privacy || privacy_asks(s, other, kind);
}

/* The same when only the address is there, prepared. */
static inline bool
privacy_lets_to(const struct sm_session *s, struct str other, enum privacy_kind kind)
{
	struct jid jid;

	if (!s->user->privacy)
		return true;
	jid_split(other, &jid);
	return privacy_asks(s, &jid, kind);
}

/* The user as a whole, whatever his sessions have chosen (XEP-0016 2.2, 2). */
bool privacy_lets_account(const struct sm_user *user, const struct jid *other, enum privacy_kind kind);

/* Something that has come for the account: whether anybody there may have it. */
bool privacy_admits(const struct sm_user *user, const struct stanza *st);
/* Something that the session sends; false: *fault_r says what it is told. Not for what it sends to its own account or to nobody. */
bool privacy_permits(const struct sm_session *s, const struct stanza *st, struct stanza_fault *fault_r);
