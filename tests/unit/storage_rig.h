/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A storage for tests: a configuration, a fresh database with the schema, a
 * loop that runs until something has happened. PostgreSQL takes part when
 * CARILLON_TEST_PG is set (tests/pg-temp sets it); its tables are wiped.
 */
#pragma once

#include "storage/storage.h"

enum rig_engine { RIG_SQLITE, RIG_PGSQL };

struct rig {
	enum rig_engine engine;
	struct loop *loop;
	struct conf *conf;
	struct storage *s;
	char dir[64]; /* temporary, with the SQLite file and the configuration */
	bool usable;
	char why[512];
	unsigned usable_calls;
	bool late;
	struct timer deadline;
};

/* Whether PostgreSQL takes part. The first call waits until no other test program uses it. */
bool rig_has_pg(void);
bool rig_has_pg_ctl(void); /* and may be stopped and killed */
/* A configuration and an empty database (no tables). `more`: further lines of the section, or null. */
struct rig *rig_new(enum rig_engine engine, const char *more);
void rig_migrate(struct rig *rig);
/* Opens the storage; rig_start waits until it is usable, too. */
void rig_open(struct rig *rig);
void rig_start(struct rig *rig);
void rig_close(struct rig *rig); /* the storage only */
void rig_free(struct rig **rig);
/* A second storage on the same database and loop. */
struct storage *rig_another(struct rig *rig);

/* Runs the loop until the condition holds; fails the test after 30 s. Callbacks that may change it call rig_poke. */
void rig_until(struct rig *rig, bool (*cond)(void *arg), void *arg);
void rig_poke(struct rig *rig);
void rig_wait_usable(struct rig *rig, bool usable);

/* SQL straight at the database, synchronously, behind the storage's back. Returns the first value or "" (static). */
const char *rig_sql(struct rig *rig, const char *sql);
/* tests/pg-temp's control program: start, stop, kill, freeze, thaw. */
void rig_pg(const char *verb);

/* ---- what callbacks bring, copied ---- */
struct answer {
	struct rig *rig;
	unsigned calls;
	enum storage_result r;
	size_t count;
	struct buf text; /* rows as lines, fields separated by | */
	int64_t num[8];
};

void answer_reset(struct answer *a);
void answer_wait(struct answer *a);
void on_done(void *arg, enum storage_result r);
void on_account(void *arg, enum storage_result r, const struct account *acc);
void on_accounts(void *arg, enum storage_result r, const struct account *rows, size_t count);
void on_user(void *arg, enum storage_result r, const struct user_rows *u);
void on_log(void *arg, enum storage_result r, const struct log_entry *rows, size_t count);
void on_count(void *arg, enum storage_result r, int64_t count);
void on_tally(void *arg, enum storage_result r, int64_t count, int64_t last);
void on_value(void *arg, enum storage_result r, struct str value);
void on_values(void *arg, enum storage_result r, const struct kv_row *rows, size_t count);
void on_claims(void *arg, enum storage_result r, const struct slot_claim *claims, size_t count);
void on_owners(void *arg, enum storage_result r, const struct str *owners, size_t count);
void on_slots(void *arg, enum storage_result r, const struct slot_row *rows, size_t count);
