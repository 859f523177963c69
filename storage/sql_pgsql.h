/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the PostgreSQL engine, for each other:
 *
 *   sql_pgsql.c        the engine: jobs go out in pipeline mode, results come in
 *   sql_pgsql_conn.c   one connection: made, watched, lost, made again
 *   sql_pgsql_where.c  connection strings, host names, the order of hosts
 *   sql_pgsql_admin.c  the synchronous connection for the schema
 */
#pragma once

#include "storage/sql.h"

#include <libpq-fe.h>

/* ---- where ---- */

struct pg_place {
	char *host, *addr, *port; /* "" where nothing is said */
};

struct pg_where {
	PQconninfoOption *options;
	struct pg_place *places; /* none: libpq's own defaults */
	size_t count;
};

/* 0, or -1 with why. Done is needed in both cases. */
int pg_where_init(struct pg_where *w, const char *conninfo, struct buf *why) MUST_CHECK;
/*
 * Looks up host names, so that libpq need not (it would block); a name with
 * several addresses becomes as many places. Blocks: for a worker thread. What
 * has no address is left out; -1 with why when nothing is left.
 */
int pg_where_resolve(struct pg_where *w, struct buf *why) MUST_CHECK;
/* Begins to connect, the place number `first` (modulo their count) before the others. Null only when memory is short. */
PGconn *pg_where_start(const struct pg_where *w, size_t first, uint64_t timeout);
/* The same, and waits for it. */
PGconn *pg_where_connect(const struct pg_where *w, uint64_t timeout);
int pg_check_encoding(PGconn *pq, struct buf *why) MUST_CHECK;
void pg_where_done(struct pg_where *w);
/* The error of the connection, and what would be right if we know. */
void pg_explain(struct buf *out, const char *message);

/* ---- connection ---- */

enum pg_state {
	PG_OFF,        /* waits for the next try */
	PG_RESOLVING,  /* names are being looked up */
	PG_CONNECTING, /* libpq is at it */
	PG_CHECKING,   /* is it the database we want */
	PG_PREPARING,  /* all statements */
	PG_UP,
};

struct pg_attempt;

struct pg_conn {
	const struct sql_host *host;
	enum sql_lane lane;
	enum pg_state state;
	PGconn *pq;
	uv_poll_t *poll;
	int events; /* that it watches */
	struct timer timer;   /* off: the next try; up: the watch over answers; else: the end of this try */
	struct task flush;
	uint64_t progress_ms; /* when the last answer came, or the first question went */
	uint64_t up_ms; /* when it came up last */
	unsigned tries;
	size_t first; /* place to begin with */
	struct pg_attempt *attempt;
	struct schema_state schema;
	unsigned syncs; /* expected while checking and preparing */
	struct buf broken; /* why the connection must go at the end of this turn */
	bool closing;
	/* The pipeline: */
	struct list sent;
	unsigned open;            /* jobs at the end of `sent` that wait for their Sync */
	struct list held;         /* wait for a job of the same owner */
	struct sql_job *current;  /* one of `sent`, whose result comes next */
	struct sql_step *step;    /* of that job */
	struct sql_job *culprit;  /* has failed, and the others of its group with it */
};

/* The first try begins on the loop. */
void pg_conn_init(struct pg_conn *c, const struct sql_host *host, enum sql_lane lane);
void pg_conn_done(struct pg_conn *c);
/* At the end of the turn: sends what libpq has, or drops the connection if it is broken. */
void pg_conn_flush_soon(struct pg_conn *c);
/* Something was sent while nothing was: the watch over the answer begins. */
void pg_conn_expect(struct pg_conn *c);

void pg_error(struct buf *out, const PGresult *res);

/* ---- jobs, called by the connection ---- */
void pg_jobs_result(struct pg_conn *c, const PGresult *res); /* while up */
void pg_jobs_lost(struct pg_conn *c, const char *why);       /* all that is sent goes back */
int pg_prepare_all(struct pg_conn *c);
void pg_jobs_sync(struct pg_conn *c); /* ends the group, if one is open */
/* Whether the answer means that the statement's data is at fault, a passing trouble, or that the connection is no good. */
enum sql_outcome pg_outcome(const PGresult *res, bool *reconnect_r);

/* ---- admin, as in struct sql_engine ---- */
struct sql_admin *pg_admin_open(const struct sql_settings *settings, bool create, struct buf *why);
int pg_admin_state(struct sql_admin *a, struct schema_state *state_r, struct buf *why);
int pg_admin_exec(struct sql_admin *a, const char *sql, struct buf *why);
void pg_admin_close(struct sql_admin **a);
