/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the subjects and the engines. A subject makes a job (storage/job.h):
 * one or more statements that are one transaction. The core keeps jobs in
 * order, bounded and in time; an engine runs them and says how each ended.
 * Engines know no subject and decide nothing about repeating.
 *
 * An engine has two lanes, each with its own connection, so that a slow query
 * does not hold up the commits of the log. A lane runs jobs in the order in
 * which they are submitted, as far as anybody can tell: a job sees what earlier
 * jobs of the lane for the same owner have written, and when one is given back
 * undone, no later one of the same owner has been run.
 *
 * All of this lives on the loop; an engine may run a job elsewhere, and then
 * the job and its arena belong to the worker until the job is done.
 */
#pragma once

#include "common/arena.h"
#include "common/log.h"
#include "common/loop.h"
#include "storage/statements.h"

struct conf;
struct sql; /* an open engine; its own matter */
struct sql_engine;

enum sql_lane { SQL_MAIN, SQL_LOG, SQL_LANES };

enum sql_kind {
	SQL_READ,  /* changes nothing: may run anywhere in its order, and twice */
	SQL_WRITE, /* one transaction */
};

enum sql_outcome {
	SQL_DONE,
	SQL_AWAY,    /* the database went or took too long; a write that was `sent` may or may not be in it */
	SQL_UNDONE,  /* rolled back because of another job in the same transaction; nothing has happened */
	SQL_BUSY,    /* rolled back for a passing reason: a deadlock, a full disk; nothing has happened */
	SQL_REFUSED, /* rolled back: the data or the statement is not acceptable; nothing has happened */
};

struct sql_value { /* by the statement's letter: text (t) or num (i); a NULL from the database is empty or 0 */
	struct str text;
	int64_t num;
};

struct sql_step {
	struct sql_step *next;
	enum sql_id id;
	struct sql_value *args;
	/* Set by the engine; all in the job's arena. */
	struct sql_value *rows; /* count rows of as many values as the statement has columns */
	size_t count, cap;
	int64_t changed; /* rows written or deleted */
};

struct sql_job {
	struct list_node node; /* of whoever has it: core or engine */
	enum sql_kind kind;
	enum sql_lane lane;
	struct str owner; /* whose rows; empty: of nobody or of many */
	struct arena arena;
	struct sql_step *first, *last;
	bool alone; /* must not share a transaction with other jobs, as an engine may let them */
	/* Set by the engine. */
	enum sql_outcome outcome;
	bool sent;        /* the database may have seen it */
	bool ends_group;  /* its own matter */
	struct str error; /* the database's own words, in the arena */
};

struct sql_settings { /* what every engine needs to know, from the section `storage`; owns its strings */
	char *sqlite_path;
	bool sqlite_full; /* synchronous=full */
	char *conninfo;
	uint64_t timeout; /* milliseconds */
};

/* 0 and the engine, or -1 with why. */
int sql_settings_read(struct sql_settings *settings, const struct sql_engine **engine_r, const struct conf *conf,
		      struct buf *why) MUST_CHECK;
void sql_settings_done(struct sql_settings *settings);

/* The core, as an engine sees it. Both may be called from any callback of the loop, never from within sql_engine's calls. */
struct sql_host {
	struct loop *loop;
	const struct log_ctx *log;
	const struct sql_settings *settings;
	/* The job goes back with its outcome. When a lane goes down, all its jobs are given back first. */
	void (*done)(const struct sql_host *host, struct sql_job *job);
	/* A lane came up, went down, or has another reason for being down. Both are down at first. */
	void (*lane)(const struct sql_host *host, enum sql_lane lane, bool up, const char *why);
};

/*
 * A connection for the schema's work (storage/schema.c), which is synchronous.
 * exec runs one or more statements; state is all zero for a database without our
 * tables. All append what went wrong, and what would be right, to `why`.
 */
struct sql_admin;

struct schema_state { /* of a database */
	int version;    /* 0: it has no tables of ours */
	int compatible; /* the oldest version whose programs can work with it; 0: it does not say, and only its own can */
};

struct sql_engine {
	const char *name;
	const char *text;  /* for @text@ */
	const char *share; /* for @share@ */
	const char *begin; /* a transaction in which no other process can migrate */

	/* Starts to open both lanes, for ever. `host` stays where it is until free. */
	struct sql *(*new)(const struct sql_host *host);
	/* Only while the lane is up. */
	void (*submit)(struct sql *e, struct sql_job *job);
	/*
	 * Jobs still inside end as they may, unheard, and are freed with
	 * sql_job_free; writes that were sent are seen through, within 2 s.
	 */
	void (*free)(struct sql **e);

	struct sql_admin *(*admin_open)(const struct sql_settings *settings, bool create, struct buf *why);
	int (*admin_state)(struct sql_admin *a, struct schema_state *state_r, struct buf *why);
	int (*admin_exec)(struct sql_admin *a, const char *sql, struct buf *why);
	void (*admin_close)(struct sql_admin **a);
};

extern const struct sql_engine sql_sqlite, sql_pgsql;

/* For engines: */

/* Room for one more row in the step; its values are zero. */
struct sql_value *sql_step_row(struct sql_job *job, struct sql_step *step);
void sql_job_fail(struct sql_job *job, enum sql_outcome outcome, const char *error);
void sql_job_free(struct sql_job **job); /* runs what the core hangs on a job, too */
/* `text` with the engine's tokens replaced. */
void sql_expand(struct buf *out, const struct sql_engine *engine, struct str text);
/* The rows of `meta` that make a schema_state: key and value, as many as there are. */
#define SQL_SCHEMA_STATE "SELECT key, value FROM meta WHERE key IN ('schema_version', 'schema_compatible')"
void sql_schema_row(struct schema_state *state, const char *key, int value);
/* Whether a database is good for this program; if not: why, and what would be right. */
bool sql_schema_good(const struct schema_state *have, struct buf *why);
/* Milliseconds before the try number `tries` (from 0): 100 ms doubling to 5 s, and some chance in it. */
uint64_t sql_backoff(unsigned tries);
