/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One open SQLite file. The writer runs all jobs that it is given in one
 * transaction, each inside a savepoint, so that many share one commit and
 * still each of them happens whole or not at all. The reader runs each in a
 * transaction of its own, beside the writer (WAL).
 *
 * Everything here blocks, and runs on a worker thread.
 */
#include "storage/sql_sqlite.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARGS_MAX = 16 };

struct lite_stmt {
	sqlite3_stmt *st;
	int place[ARGS_MAX]; /* SQLite numbers $1, $2, ... as it meets them */
};

struct lite_db {
	sqlite3 *db;
	char *path;
	enum lite_role role;
	dev_t dev; /* of the file that was opened */
	ino_t ino;
	struct lite_stmt stmts[SQL_COUNT];
};

/* --- words --- */

void
lite_explain_path(struct buf *out, const char *path, int error)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash && slash != path ? str_dup(str_n(path, (size_t)(slash - path))) : xstrdup(slash ? "/" : ".");

	if (error == ENOENT && access(dir, F_OK) < 0)
		buf_addf(out, "the directory %s does not exist: make it, owned by the user that runs Carillon", dir);
	else if (error == ENOENT)
		buf_addf(out, "the database %s does not exist: run carillonctl db migrate", path);
	else if (error == EACCES || error == EPERM || error == EROFS)
		buf_addf(out, "%s: %s: the user with id %lu must be able to read and write the file and its directory",
			 path, strerror(error), (unsigned long)geteuid());
	else
		buf_addf(out, "%s: %s", path, strerror(error));
	free(dir);
}

void
lite_explain(struct buf *out, sqlite3 *db, const char *path)
{
	int rc = db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;

	buf_addf(out, "%s: %s", path, db ? sqlite3_errmsg(db) : "out of memory");
	switch (rc) {
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		buf_addf(out, ": the user with id %lu must be able to read and write the file and its directory",
			 (unsigned long)geteuid());
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		buf_addf(out, ": stop Carillon, keep a copy of the file, and restore a backup; "
			      "sqlite3 %s .recover may save what can be read", path);
		break;
	case SQLITE_FULL:
		buf_addz(out, ": make room on the disk");
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		buf_addz(out, ": another process holds it for too long");
		break;
	default:
		break;
	}
}

/* --- opening --- */

static int
exec(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

int
lite_schema(sqlite3 *db, struct schema_state *state_r)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'", -1, &st,
				    NULL);

	*state_r = (struct schema_state){0};
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	sqlite3_finalize(st);
	if (rc != SQLITE_ROW)
		return rc == SQLITE_DONE ? SQLITE_OK : rc;
	rc = sqlite3_prepare_v2(db, SQL_SCHEMA_STATE, -1, &st, NULL);
	if (rc == SQLITE_OK)
		while ((rc = sqlite3_step(st)) == SQLITE_ROW)
			sql_schema_row(state_r, (const char *)sqlite3_column_text(st, 0), sqlite3_column_int(st, 1));
	sqlite3_finalize(st);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int
prepare(struct lite_db *d, int id)
{
	struct lite_stmt *stmt = &d->stmts[id];
	struct buf text = {0};
	int rc;

	sql_expand(&text, &sql_sqlite, str_z(sql_stmts[id].text));
	rc = sqlite3_prepare_v3(d->db, buf_z(&text), -1, SQLITE_PREPARE_PERSISTENT, &stmt->st, NULL);
	for (int i = 0; rc == SQLITE_OK && sql_stmts[id].args[i]; i++) {
		char name[8] = "$";

		bug_if(i == ARGS_MAX);
		name[1] = (char)(i < 9 ? '1' + i : '1');
		if (i >= 9)
			name[2] = (char)('0' + (i - 9));
		stmt->place[i] = sqlite3_bind_parameter_index(stmt->st, name);
	}
	buf_done(&text);
	return rc;
}

static int
set_up(struct lite_db *d, bool full, uint64_t timeout)
{
	int rc = sqlite3_extended_result_codes(d->db, 1);

	sqlite3_busy_timeout(d->db, (int)timeout);
	if (rc == SQLITE_OK)
		rc = exec(d->db, "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; "
				 "PRAGMA journal_size_limit = 67108864");
	if (rc == SQLITE_OK)
		rc = exec(d->db, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
	if (rc == SQLITE_OK && d->role == LITE_READER)
		rc = exec(d->db, "PRAGMA query_only = ON");
	return rc;
}

static int
check_schema(struct lite_db *d, struct buf *why)
{
	struct schema_state schema;
	int rc = lite_schema(d->db, &schema);

	if (rc != SQLITE_OK) {
		lite_explain(why, d->db, d->path);
		return -1;
	}
	if (!sql_schema_good(&schema, why))
		return -1;
	for (int id = 0; id < SQL_COUNT; id++) {
		if (prepare(d, id) == SQLITE_OK)
			continue;
		buf_addf(why, "the tables are not those of schema %d: ", schema.version);
		lite_explain(why, d->db, d->path);
		return -1;
	}
	return 0;
}

static int
open_file(struct lite_db *d, bool full, uint64_t timeout, struct buf *why)
{
	struct stat st;

	if (stat(d->path, &st) < 0) {
		lite_explain_path(why, d->path, errno);
		return -1;
	}
	d->dev = st.st_dev;
	d->ino = st.st_ino;
	if (sqlite3_open_v2(d->path, &d->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    set_up(d, full, timeout) != SQLITE_OK) {
		lite_explain(why, d->db, d->path);
		return -1;
	}
	return check_schema(d, why);
}

struct lite_db *
lite_open(const char *path, enum lite_role role, bool full, uint64_t timeout, struct buf *why)
{
	struct lite_db *d = xcalloc(1, sizeof(*d));

	d->path = xstrdup(path);
	d->role = role;
	if (open_file(d, full, timeout, why) < 0)
		lite_close(&d);
	return d;
}

void
lite_close(struct lite_db **db)
{
	struct lite_db *d = *db;

	*db = NULL;
	if (!d)
		return;
	for (int id = 0; id < SQL_COUNT; id++)
		sqlite3_finalize(d->stmts[id].st);
	sqlite3_close(d->db);
	free(d->path);
	free(d);
}

/* --- statements --- */

static enum sql_outcome
outcome_of(int rc, bool *lost)
{
	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_MISMATCH:
	case SQLITE_RANGE:
		return SQL_REFUSED;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_FULL:
	case SQLITE_NOMEM:
	case SQLITE_INTERRUPT:
		return SQL_BUSY;
	default: /* the file, or what is in it, is not what we opened */
		*lost = true;
		return SQL_BUSY;
	}
}

static void
bind_args(const struct lite_stmt *stmt, const struct sql_step *step)
{
	const char *letters = sql_stmts[step->id].args;

	for (int i = 0; letters[i]; i++) {
		const struct sql_value *arg = &step->args[i];

		if (letters[i] == 't')
			sqlite3_bind_text(stmt->st, stmt->place[i], arg->text.p, (int)arg->text.n, SQLITE_STATIC);
		else
			sqlite3_bind_int64(stmt->st, stmt->place[i], arg->num);
	}
}

static void
store_row(struct sql_job *job, struct sql_step *step, sqlite3_stmt *st)
{
	const char *cols = sql_stmts[step->id].cols;
	struct sql_value *v = sql_step_row(job, step);

	for (int i = 0; cols[i]; i++) {
		v[i].text = STR("");
		if (cols[i] == 't') {
			const char *p = (const char *)sqlite3_column_text(st, i);

			if (p)
				v[i].text = arena_str(&job->arena, str_n(p, (size_t)sqlite3_column_bytes(st, i)));
		} else {
			v[i].num = sqlite3_column_int64(st, i);
		}
	}
}

static int
run_step(struct lite_db *d, struct sql_job *job, struct sql_step *step)
{
	const struct lite_stmt *stmt = &d->stmts[step->id];
	int rc;

	bind_args(stmt, step);
	while ((rc = sqlite3_step(stmt->st)) == SQLITE_ROW)
		store_row(job, step, stmt->st);
	if (rc == SQLITE_DONE && job->kind == SQL_WRITE)
		step->changed = sqlite3_changes(d->db);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static void
fail(struct lite_db *d, struct sql_job *job, const char *what, int rc, bool *lost)
{
	sql_job_fail(job, outcome_of(rc, lost), arena_printf(&job->arena, "%s: %s", what, sqlite3_errmsg(d->db)).p);
}

static int
run_steps(struct lite_db *d, struct sql_job *job, bool *lost)
{
	int rc = SQLITE_OK;

	job->outcome = SQL_DONE;
	for (struct sql_step *step = job->first; rc == SQLITE_OK && step; step = step->next) {
		sqlite3_stmt *st = d->stmts[step->id].st;

		rc = run_step(d, job, step);
		if (rc != SQLITE_OK)
			fail(d, job, sql_stmts[step->id].name, rc, lost);
		sqlite3_reset(st);
		sqlite3_clear_bindings(st);
	}
	return rc;
}

/* --- transactions --- */

/* One statement undoes itself when it fails; several need a savepoint. */
static void
run_inside(struct lite_db *d, struct sql_job *job, bool *lost)
{
	bool several = job->kind == SQL_WRITE && job->first->next;
	int rc = several ? exec(d->db, "SAVEPOINT job") : SQLITE_OK;

	if (rc != SQLITE_OK) {
		fail(d, job, "begin", rc, lost);
		return;
	}
	job->sent = true;
	rc = run_steps(d, job, lost);
	if (several && rc != SQLITE_OK)
		exec(d->db, "ROLLBACK TO job"); /* fails when SQLite has rolled back all of it: see run_together */
	if (several)
		exec(d->db, "RELEASE job");
}

/* None of it has happened. Those that have an error of their own keep it. */
static void
fail_all(struct list *jobs, enum sql_outcome outcome, const char *error)
{
	list_each(jobs, struct sql_job, job, node)
		if (job->outcome == SQL_DONE)
			sql_job_fail(job, outcome, error);
}

static void
commit(struct lite_db *d, struct list *jobs, bool *lost)
{
	enum sql_outcome outcome;
	int rc = exec(d->db, "COMMIT");

	if (rc == SQLITE_OK)
		return;
	/* After an error of the disk nobody can say what is on it. */
	outcome = (rc & 0xff) == SQLITE_IOERR ? SQL_AWAY : SQL_BUSY;
	outcome_of(rc, lost);
	fail_all(jobs, outcome, sqlite3_errmsg(d->db));
	exec(d->db, "ROLLBACK");
}

static void
run_together(struct lite_db *d, struct list *jobs, bool *lost)
{
	int rc = exec(d->db, "BEGIN IMMEDIATE");

	if (rc != SQLITE_OK) {
		outcome_of(rc, lost);
		fail_all(jobs, SQL_BUSY, sqlite3_errmsg(d->db));
		return;
	}
	list_each(jobs, struct sql_job, job, node)
		if (!sqlite3_get_autocommit(d->db))
			run_inside(d, job, lost);
	if (sqlite3_get_autocommit(d->db)) /* an error so bad that SQLite rolled back by itself */
		fail_all(jobs, SQL_BUSY, "the transaction was rolled back");
	else
		commit(d, jobs, lost);
}

static void
run_alone(struct lite_db *d, struct sql_job *job, bool *lost)
{
	int rc = exec(d->db, "BEGIN");

	job->sent = true;
	if (rc != SQLITE_OK)
		fail(d, job, "begin", rc, lost);
	else
		run_steps(d, job, lost);
	exec(d->db, "COMMIT"); /* it has changed nothing */
}

/* SQLite goes on writing into a file that was deleted or replaced, and all of it would be lost. */
static bool
file_moved(const struct lite_db *d)
{
	struct stat st;

	return stat(d->path, &st) < 0 || st.st_ino != d->ino || st.st_dev != d->dev;
}

bool
lite_run(struct lite_db *d, struct list *jobs, struct buf *why)
{
	bool lost = false;

	if (file_moved(d)) {
		buf_addf(why, "%s was deleted or replaced while it was open", d->path);
		fail_all(jobs, SQL_AWAY, buf_z(why));
		return false;
	}
	if (d->role == LITE_WRITER) {
		run_together(d, jobs, &lost);
	} else {
		list_each(jobs, struct sql_job, job, node)
			run_alone(d, job, &lost);
	}
	if (!lost)
		return true;
	list_each(jobs, struct sql_job, job, node)
		if (job->outcome != SQL_DONE && !why->n)
			buf_addf(why, "%s: " STR_FMT, d->path, STR_ARG(job->error));
	return false;
}
