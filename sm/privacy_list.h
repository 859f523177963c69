/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct privacy_list: one privacy list (XEP-0016), made once from its rows
 * and never changed; and the one function that evaluates it. Nothing here
 * knows users or sessions: who the other side is, is told.
 *
 * A question costs a few lookups by hash, however long the list is: items
 * about JIDs and groups are found by what they are about, and of those that
 * apply the one with the lowest order decides.
 */
#pragma once

#include "common/map.h"
#include "storage/storage.h"
#include "xmpp/jid.h"

/* Kinds of stanzas, as a set; kept as they stand in privacy_row.kinds. */
enum privacy_kind {
	PRIVACY_MESSAGE = 1,      /* a message for the user */
	PRIVACY_IQ = 2,           /* an iq for the user */
	PRIVACY_PRESENCE_IN = 4,  /* availability of others, for the user (XEP-0016 2.1: no type, and unavailable) */
	PRIVACY_PRESENCE_OUT = 8, /* the user's availability, for others */
	PRIVACY_OTHER = 16,       /* the rest, which only an item without children is about: what the user sends, subscriptions */
	PRIVACY_ALL = 31,         /* an item without children */
};

enum { PRIVACY_PLACE_MAX = UINT32_MAX }; /* order is an unsignedInt */

struct privacy_item {
	struct privacy_item *next; /* about the same, behind it, and not covered by it */
	struct str value;
	uint32_t place;
	enum privacy_what what;
	unsigned kinds;
	bool deny;
};

struct privacy_list {
	struct str name;
	size_t count;
	bool wants_roster;        /* has items about groups or subscriptions */
	struct map jids, groups;  /* value -> the first struct privacy_item about it */
	struct privacy_item *subscriptions[4]; /* by SUB_TO | SUB_FROM */
	struct privacy_item *anybody;
	struct privacy_item items[]; /* in their order */
};

/* Rows in rising order of places, of which no two are the same. The list owns copies. */
struct privacy_list *privacy_list_new(struct str name, const struct privacy_row *rows, size_t count);
void privacy_list_free(struct privacy_list **l); /* accepts null, nulls it */

struct privacy_party { /* the other side */
	const struct jid *jid;
	unsigned sub;      /* of its roster item; 0: it has none */
	struct str groups; /* likewise */
};
/* The item that decides about one kind of stanza; null: none does, which allows it. l may be null. */
const struct privacy_item *privacy_list_match(const struct privacy_list *l, const struct privacy_party *p, enum privacy_kind kind);

/* XEP-0191 5: whether the item is one of the block list: a JID, denied everything. */
static inline bool
privacy_item_blocks(const struct privacy_item *item)
{
	return item->what == PRIVACY_JID && item->deny && item->kinds == PRIVACY_ALL;
}

/* "none", "to", "from", "both" as bits of a roster item; -1: none of these. */
int privacy_subscription(struct str value, unsigned *sub_r) MUST_CHECK;

/* ---- the block list's view of it: rows of what it is to be, in the arena; list may be null ---- */

struct privacy_rows {
	struct privacy_row *rows;
	size_t count;
};
struct privacy_rows privacy_list_rows(struct arena *a, const struct privacy_list *l);
/*
 * With these JIDs denied everything, in front of all other items (XEP-0191 5). Orders of other items change only
 * where there is no room before them.
 */
struct privacy_rows privacy_list_block(struct arena *a, const struct privacy_list *l, const struct str *jids, size_t count);
/* Without them; count 0: without any. */
struct privacy_rows privacy_list_unblock(struct arena *a, const struct privacy_list *l, const struct str *jids, size_t count);
