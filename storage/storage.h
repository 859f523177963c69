/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of record, for its users (sm, muc, carillonctl). Typed operations
 * per subject, all asynchronous: the callback runs on the loop, never before
 * the call returns, exactly once, unless the storage is freed first. No XML
 * here: a stanza is text.
 *
 * Owner: the bare JID whose data it is; the first column of every key, so that
 * the schema can be sharded as it stands. Slices given in are copied before
 * the call returns; slices in results are valid in the callback only. Text is
 * UTF-8 without NUL: anything else is STORAGE_REFUSED.
 *
 * Order: what is asked for one owner is done in the order of asking, and reads
 * see what was asked for before, log entries that wait for their commit included.
 *
 * While the database is away, operations wait for it as long as `timeout` says
 * and are then STORAGE_TEMPORARY; those of the log wait until it is back. Beyond
 * the bounds of the queues both are STORAGE_TEMPORARY at once.
 *
 * Engines (storage/sql.h): PostgreSQL and SQLite, the same SQL on both.
 */
#pragma once

#include "common/conf.h"
#include "common/log.h"
#include "common/loop.h"

struct storage;

extern const struct conf_section conf_storage;

enum storage_result {
	STORAGE_OK,
	STORAGE_NOT_FOUND, /* no such row */
	STORAGE_EXISTS,    /* there is one already */
	STORAGE_TEMPORARY, /* the database is away, or the statement could not be finished in time: nothing is known to have happened */
	STORAGE_FENCED,    /* the slot belongs to somebody else now: nothing was written */
	STORAGE_REFUSED,   /* the database refused the statement: a bug of ours or of the schema; logged as error */
};
const char *storage_result_name(enum storage_result r);

/*
 * Opens by the `storage` section. Connects in the background and for ever;
 * `usable` (may be null) tells when the database is there with the right schema, and when it
 * is lost. Null with the reason in `why` only for what cannot get better by itself (bad configuration).
 */
struct storage *storage_new(struct loop *loop, const struct conf *conf, const struct log_ctx *log,
			    void (*usable)(void *owner, bool usable, const char *why), void *owner, struct buf *why);
void storage_free(struct storage **s); /* pending callbacks are dropped; commits under way are finished */
bool storage_usable(const struct storage *s, const char **why_r); /* why_r may be null */
/* Calls done when all that was asked before is finished (for draining); while the database is away, the log is not. */
void storage_flush(struct storage *s, void (*done)(void *owner), void *owner);

/* ---- schema (synchronous: carillonctl and start-up) ---- */
struct storage_schema {
	int have;    /* 0: an empty database, -1: not reachable */
	int want;    /* by this program */
	bool usable; /* a newer one may be, too: during an upgrade (doc/upgrade.md) */
};
/* 0 or -1 with why. */
int storage_schema_status(const struct conf *conf, struct storage_schema *schema_r, struct buf *why) MUST_CHECK;
/* For start-up: -1 with why when the database can be looked at and has a schema that is no good; one that is away is no reason. */
int storage_schema_check(const struct conf *conf, struct buf *why) MUST_CHECK;
/* Applies what is missing, each version in one transaction; tells each step. 0 or -1 with why. */
int storage_migrate(const struct conf *conf, void (*tell)(void *owner, const char *step), void *owner, struct buf *why) MUST_CHECK;

/* ---- accounts ---- */
struct account {
	struct str owner;
	struct str scram;      /* lines of scram_print form, newline-separated */
	struct str digest_md5; /* hex or empty */
	bool disabled;
	int64_t created, last_login; /* microseconds since 1970; last_login 0: never */
};
typedef void storage_cb(void *arg, enum storage_result r);
typedef void storage_account_cb(void *arg, enum storage_result r, const struct account *a);

void storage_account_get(struct storage *s, struct str owner, storage_account_cb *cb, void *arg);
void storage_account_add(struct storage *s, const struct account *a, storage_cb *cb, void *arg); /* EXISTS */
void storage_account_set_keys(struct storage *s, struct str owner, struct str scram, struct str digest_md5, storage_cb *cb, void *arg); /* NOT_FOUND */
void storage_account_set_disabled(struct storage *s, struct str owner, bool disabled, storage_cb *cb, void *arg); /* NOT_FOUND */
void storage_account_del(struct storage *s, struct str owner, storage_cb *cb, void *arg); /* with every row of the owner, all tables */
void storage_account_login(struct storage *s, struct str owner, int64_t at, storage_cb *cb, void *arg); /* cb may be null */
/* Accounts of a host (the part of owner behind '@'), names above `after`, at most max, in order. */
typedef void storage_accounts_cb(void *arg, enum storage_result r, const struct account *rows, size_t count);
void storage_account_list(struct storage *s, struct str host, struct str after, unsigned max, storage_accounts_cb *cb, void *arg);

/* ---- a user as a whole: what a login needs, one round trip ---- */
struct roster_row {
	struct str jid, name;
	struct str groups;      /* separated by U+001F, which no XML can hold */
	int subscription;       /* meaning is sm's (sm/subscription.h) */
	bool removed;           /* a tombstone for roster versions */
	int64_t version;
};
struct request_row { /* a subscription request waiting for an answer (RFC 6121 3.1.3) */
	struct str jid;
	struct str stanza;
};
enum privacy_what { /* what an item of a privacy list is about (XEP-0016 2.1); kept as a number */
	PRIVACY_ANYBODY,
	PRIVACY_JID,
	PRIVACY_GROUP,
	PRIVACY_SUBSCRIPTION,
};
struct privacy_row { /* an item of a privacy list; its list is that of its name */
	struct str list;
	int64_t place; /* the item's order, one of a kind in its list */
	enum privacy_what what;
	struct str value;
	bool deny;
	unsigned kinds; /* meaning is sm's (sm/privacy_list.h) */
};
struct name_row { /* the name of a message that is in the log (log_entry.origin) */
	struct str name;
	bool outgoing;
};
struct kv_row {
	struct str key, value;
};
enum { AWAY_LOG_MAX = 500 };
struct log_entry;
struct user_rows {
	struct str owner;
	bool disabled;
	int64_t roster_version;
	int64_t cursor;   /* log ids up to this one are delivered */
	int64_t last_id;  /* highest id in the log; 0: empty */
	size_t undelivered; /* entries behind the cursor */
	const struct roster_row *roster;
	size_t roster_count;
	const struct request_row *requests;
	size_t request_count;
	struct str privacy_default; /* name of a list; empty: none */
	const struct privacy_row *privacy; /* by list and place */
	size_t privacy_count;
	const struct kv_row *away;  /* heads (key: sid) and pieces (sid.number) of sessions, in order of their keys */
	size_t away_count;
	const struct log_entry *since; /* what may be missing in those that are away, the oldest AWAY_LOG_MAX of it */
	size_t since_count;
	/* After storage_load_archive: */
	const struct name_row *names; /* of the last minutes, the youngest first, not all of them when they are many */
	size_t name_count;
	struct str archive_prefs;     /* storage_kv_get of "archive", "prefs"; empty: none */
};
typedef void storage_user_cb(void *arg, enum storage_result r, const struct user_rows *u);
void storage_user_load(struct storage *s, struct str owner, storage_user_cb *cb, void *arg); /* NOT_FOUND: no account */

/* ---- roster: one change, one transaction ---- */
enum request_change { REQUEST_KEEP, REQUEST_PUT, REQUEST_DEL };
struct roster_change {
	const struct roster_row *row;   /* written (insert or replace); null: the roster stays as it is */
	int64_t version;                /* the new roster version of the owner, when row is set */
	int64_t forget_before;          /* tombstones with a smaller version are deleted; 0: none */
	enum request_change request;
	struct request_row request_row; /* jid for DEL */
};
void storage_roster_change(struct storage *s, struct str owner, const struct roster_change *c, storage_cb *cb, void *arg);

/* ---- privacy lists: one change, one transaction, fenced ---- */
struct privacy_change {
	struct str list;                /* whose items change */
	const struct privacy_row *rows; /* written (insert or replace); their own `list` does not count */
	size_t row_count;
	const int64_t *gone;            /* places of items that are deleted */
	size_t gone_count;
	bool set_default;
	struct str default_list;        /* empty: none from now on */
	unsigned slot;                  /* of the owner, with the epoch under which it is written; epoch 0: any */
	int64_t epoch;
};
void storage_privacy_change(struct storage *s, struct str owner, const struct privacy_change *c, storage_cb *cb, void *arg); /* FENCED */

/* ---- the log of messages ---- */
enum log_flags {
	LOG_OUTGOING = 1,   /* the owner sent it; undelivered only as far as other sessions of the owner want copies */
	LOG_STORE_ONLY = 2, /* for the archive; never behind the cursor as undelivered */
	LOG_TRANSIENT = 4,  /* not for the archive: gone when it is delivered */
};
struct log_entry {
	struct str owner;
	int64_t id;         /* made by sm, rising per owner; microseconds since 1970 in essence */
	struct str peer;    /* bare JID of the other side */
	struct str origin;  /* what identifies a resend: may be empty */
	unsigned flags;
	struct str stanza;
	unsigned slot;      /* of the owner, with the epoch under which it is written */
	int64_t epoch;
};
/*
 * Queues for the next group commit. The commit starts when none is under way, at the latest after
 * `commit_delay` of the configuration, so that entries that are withdrawn in time cost nothing.
 * Returns a ticket, never 0. An entry with (owner, id) of one that is there already changes nothing and is OK.
 *
 * TEMPORARY only for a full queue. When a connection is lost under a commit, the commit is repeated
 * until its fate is known; FENCED then means that the last try wrote nothing.
 */
uint64_t storage_log_append(struct storage *s, const struct log_entry *e, storage_cb *cb, void *arg);
/* True: it was still queued and is gone, cb is not called. False: too late, the commit is on its way (or done), cb is called. */
bool storage_log_withdraw(struct storage *s, uint64_t ticket);
typedef void storage_log_cb(void *arg, enum storage_result r, const struct log_entry *rows, size_t count);
/* Undelivered entries with id > after, in order, at most max. */
void storage_log_undelivered(struct storage *s, struct str owner, int64_t after, unsigned max, storage_log_cb *cb, void *arg);
/* The same of all entries, delivered or not. */
void storage_log_after(struct storage *s, struct str owner, int64_t after, unsigned max, storage_log_cb *cb, void *arg);
/*
 * Moves the cursor forward (never back) in the next group commit. The entries that it passes are deleted; when `archive` is true
 * only those that are LOG_TRANSIENT. cb may be null.
 */
void storage_log_cursor(struct storage *s, struct str owner, int64_t cursor, bool archive, unsigned slot, int64_t epoch, storage_cb *cb, void *arg);
/* Deletes single undelivered entries (expired, refused after all, delivered before older ones) in the next group commit. NOT_FOUND. cb may be null. */
void storage_log_delete(struct storage *s, struct str owner, int64_t id, storage_cb *cb, void *arg);

/* A single undelivered entry is delivered before older ones: LOG_STORE_ONLY from the next group commit on. cb may be null. */
void storage_log_keep(struct storage *s, struct str owner, int64_t id, storage_cb *cb, void *arg);

/* ---- the log as an archive: all entries but LOG_TRANSIENT ones ---- */
struct log_range {
	struct str peer;       /* of this one only; empty: of all */
	int64_t after, before; /* ids between these, both exclusive */
	unsigned max;
	bool down;             /* from the highest id downwards */
};
void storage_log_page(struct storage *s, struct str owner, const struct log_range *range, storage_log_cb *cb, void *arg);
void storage_log_get(struct storage *s, struct str owner, int64_t id, storage_log_cb *cb, void *arg); /* no row: not there */
/* How many there are, up to max and always upwards, and the last one's id: fewer than max are all. */
typedef void storage_tally_cb(void *arg, enum storage_result r, int64_t count, int64_t last);
void storage_log_count(struct storage *s, struct str owner, const struct log_range *range, storage_tally_cb *cb, void *arg);
typedef void storage_count_cb(void *arg, enum storage_result r, int64_t count);
/* Deletes the oldest entries with id < before that are not undelivered, at most max; tells how many. */
void storage_log_expire(struct storage *s, struct str owner, int64_t before, unsigned max, storage_count_cb *cb, void *arg);
/* From now on storage_user_load brings what concerns the archive, too: names of entries that are younger than `age` (microseconds). */
void storage_load_archive(struct storage *s, int64_t age);

/* ---- small things of modules: one key-value shape per owner and module ---- */
typedef void storage_kv_cb(void *arg, enum storage_result r, struct str value);
void storage_kv_get(struct storage *s, struct str owner, struct str module, struct str key, storage_kv_cb *cb, void *arg);
void storage_kv_put(struct storage *s, struct str owner, struct str module, struct str key, struct str value, storage_cb *cb, void *arg);
void storage_kv_del(struct storage *s, struct str owner, struct str module, struct str key, storage_cb *cb, void *arg);
typedef void storage_kvs_cb(void *arg, enum storage_result r, const struct kv_row *rows, size_t count);
void storage_kv_list(struct storage *s, struct str owner, struct str module, storage_kvs_cb *cb, void *arg);

/*
 * ---- sessions whose clients are away ---- texts of sm about a session, in the same shape, but fenced. storage_user_load
 * brings all of a user.
 */
struct away_change {
	struct str sid;
	struct str head;      /* in place of the one before; empty: all of it is deleted */
	bool anew;            /* pieces of before are deleted, */
	struct str piece;     /* and this one is added, unless it is empty, */
	unsigned number;      /* as this one */
	bool away;            /* since: what has a higher id in the log may be missing in it */
	int64_t since;
	unsigned slot;        /* of the owner, with the epoch under which it is written */
	int64_t epoch;
};
void storage_away_change(struct storage *s, struct str owner, const struct away_change *c, storage_cb *cb, void *arg); /* FENCED */
/* Who has sessions that are away, in order, above `after`, at most max; one with several may come several times. */
typedef void storage_owners_cb(void *arg, enum storage_result r, const struct str *owners, size_t count);
void storage_away_owners(struct storage *s, struct str after, unsigned max, storage_owners_cb *cb, void *arg);

/* ---- slots: who may write for whom ---- */
struct slot_claim {
	unsigned slot;
	int64_t epoch; /* result */
};
/* Takes the slots for (name, boot): epoch + 1 each. One transaction. The result array has the same order. */
typedef void storage_claims_cb(void *arg, enum storage_result r, const struct slot_claim *claims, size_t count);
void storage_slots_claim(struct storage *s, struct str name, struct str boot, const unsigned *slots, size_t count, storage_claims_cb *cb, void *arg);
struct slot_row {
	unsigned slot;
	struct str name, boot;
	int64_t epoch;
};
typedef void storage_slots_cb(void *arg, enum storage_result r, const struct slot_row *rows, size_t count);
void storage_slots_list(struct storage *s, storage_slots_cb *cb, void *arg);
