/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user's roster in memory: items and the subscription requests that wait for
 * an answer. The database is the record; this is its copy while the user is
 * loaded, changed only after the change is committed.
 *
 * Items are immutable and replaced as a whole; a pointer to one is good until
 * the item changes. Removed items stay as tombstones for roster versions
 * (RFC 6121 2.6) as long as a client may ask for what came since.
 *
 * Versions count changes: one more each, from the time of the first. A client
 * that is more than ROSTER_HISTORY changes behind gets the whole roster, so
 * tombstones older than that can go.
 */
#pragma once

#include "common/map.h"
#include "sm/subscription.h"
#include "storage/storage.h"

enum { ROSTER_HISTORY = 500 };
enum { ROSTER_GROUP_SEPARATOR = 0x1f }; /* no XML can hold it */

struct roster_item {
	struct str jid;    /* bare, prepared */
	struct str name;   /* empty: none */
	struct str groups; /* joined by ROSTER_GROUP_SEPARATOR */
	unsigned sub;      /* enum sub_bits */
	bool removed;
	int64_t version;
	size_t size;       /* roster_item_size */
};

struct roster {
	struct map items;    /* jid -> struct roster_item */
	struct map requests; /* jid -> struct roster_request (opaque) */
	int64_t version;
	size_t live;         /* items that are not tombstones */
	size_t size;         /* of these, as they are written, at most */
};

void roster_load(struct roster *r, const struct user_rows *rows); /* r: zeroed */
void roster_done(struct roster *r);

/* The live item; null when there is none or only a tombstone. */
const struct roster_item *roster_get(const struct roster *r, struct str jid);
/* Iterates over items, tombstones included: uint64_t it = 0. */
const struct roster_item *roster_next(const struct roster *r, uint64_t *it);
/* Puts a row (a tombstone if row->removed); forgets tombstones that are older than the history. Returns the item. */
const struct roster_item *roster_apply(struct roster *r, const struct roster_row *row);

/* The stored request of a contact, as canonical stanza; absent when there is none. */
struct str roster_request(const struct roster *r, struct str jid);
void roster_request_put(struct roster *r, struct str jid, struct str stanza);
void roster_request_del(struct roster *r, struct str jid);
size_t roster_requests(const struct roster *r);
/* Iterates; absent at the end. */
struct str roster_next_request(const struct roster *r, uint64_t *it);

enum subscription roster_subscription(const struct roster *r, struct str jid);
/* What an item takes as it is written, at most. */
size_t roster_item_size(struct str jid, struct str name, struct str groups);
/* <item/> as it stands in results and pushes (RFC 6121 2.1.2). */
struct out;
void roster_item_write(struct out *o, const struct roster_item *item);
