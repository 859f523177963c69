/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the SQLite engine, for each other:
 *
 *   sql_sqlite.c        the engine: queues, and work for the worker threads
 *   sql_sqlite_db.c     one open file: opening, running jobs; on a worker thread
 *   sql_sqlite_admin.c  the synchronous connection for the schema
 */
#pragma once

#include "storage/sql.h"

#include <sqlite3.h>

enum lite_role { LITE_WRITER, LITE_READER, LITE_ROLES };

struct lite_db; /* used by one thread at a time */

/* Null with why. Does not make the file. */
struct lite_db *lite_open(const char *path, enum lite_role role, bool full, uint64_t timeout, struct buf *why);
void lite_close(struct lite_db **db);
/*
 * Runs the jobs, each a transaction of its own to those who look, and sets their
 * outcomes. Those of the writer share one commit. False when the file is no
 * good any more and must be opened anew; why says so.
 */
bool lite_run(struct lite_db *db, struct list *jobs, struct buf *why);

/* A file that is not there, or cannot be made: what is missing, and what would be right. */
void lite_explain_path(struct buf *out, const char *path, int error);
/* What the database says, and what would be right if we know. */
void lite_explain(struct buf *out, sqlite3 *db, const char *path);
/* The schema's version in *version_r; an SQLite result code. */
int lite_schema(sqlite3 *db, struct schema_state *state_r);

/* ---- admin, as in struct sql_engine ---- */
struct sql_admin *lite_admin_open(const struct sql_settings *settings, bool create, struct buf *why);
int lite_admin_state(struct sql_admin *a, struct schema_state *state_r, struct buf *why);
int lite_admin_exec(struct sql_admin *a, const char *sql, struct buf *why);
void lite_admin_close(struct sql_admin **a);
