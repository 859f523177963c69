/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the log is an archive (XEP-0313): which messages stay in it, what a
 * user has said about that (XEP-0441), and the id that a message has in all
 * views (XEP-0359). For the core; the protocol is sm/mod_archive.c's.
 *
 * While sm->archive is null, nothing stays: entries are LOG_TRANSIENT.
 */
#pragma once

#include "sm/user.h"

#define ARCHIVE_KEY "archive" /* of storage_kv: this module, */
#define ARCHIVE_PREFS "prefs" /* and the user's preferences */

struct archive { /* of an sm, for all users; sm/mod_archive.c owns it */
	uint64_t keep_ms;
	unsigned page;
};

enum archive_default { ARCHIVE_ALWAYS, ARCHIVE_NEVER, ARCHIVE_ROSTER, ARCHIVE_DEFAULTS };
extern const char *const archive_defaults[ARCHIVE_DEFAULTS + 1]; /* as XEP-0441 writes them */

struct prefs { /* of a user; null: everything is kept */
	enum archive_default otherwise;
	struct arena memory;
	struct str *always, *never; /* JIDs, prepared */
	size_t always_count, never_count;
};

struct prefs *prefs_parse(struct str text); /* as prefs_print has made it */
void prefs_print(struct buf *out, const struct prefs *p);
void prefs_free(struct prefs **p); /* accepts null */

/* Whether it stays in the user's archive; other: who said it, or to whom. */
bool archive_wants(const struct sm_user *user, const struct stanza *st, const struct jid *other);
/* <stanza-id/> (XEP-0359 3), canonical, behind what is in `append`. */
void archive_stamp(struct buf *append, const struct sm_user *user, int64_t id);
