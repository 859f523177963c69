/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL through libpq's pipeline mode: two connections, one for the
 * commits of the log and one for everything else. A job's statements go out
 * followed by one Sync, which makes them one transaction (the protocol's
 * implicit one: committed at the Sync, undone by the first error). Results come
 * back in the order of sending; a job is finished when its Sync comes back.
 *
 * Not for: connecting (sql_pgsql_conn.c), repeating (storage.c, commit.c).
 */
#include "storage/sql_pgsql.h"

#include <endian.h>
#include <stdlib.h>

enum { ARGS_MAX = 16, OID_INT8 = 20, OID_TEXT = 25 };

struct sql {
	struct pg_conn conns[SQL_LANES];
};

/* --- out --- */

int
pg_prepare_all(struct pg_conn *c)
{
	bool good = true;

	for (int id = 0; good && id < SQL_COUNT; id++) {
		const struct sql_stmt *stmt = &sql_stmts[id];
		Oid types[ARGS_MAX];
		size_t n = strlen(stmt->args);
		struct buf text = {0};

		bug_if(n > ARGS_MAX);
		for (size_t i = 0; i < n; i++)
			types[i] = stmt->args[i] == 't' ? OID_TEXT : OID_INT8;
		sql_expand(&text, &sql_pgsql, str_z(stmt->text));
		good = PQsendPrepare(c->pq, stmt->name, buf_z(&text), (int)n, types);
		buf_done(&text);
	}
	return good && PQpipelineSync(c->pq) ? 0 : -1;
}

static bool
send_step(struct pg_conn *c, const struct sql_step *step)
{
	const struct sql_stmt *stmt = &sql_stmts[step->id];
	const char *values[ARGS_MAX];
	int lengths[ARGS_MAX], formats[ARGS_MAX];
	uint64_t numbers[ARGS_MAX];
	int n = 0;

	for (; stmt->args[n]; n++) {
		const struct sql_value *arg = &step->args[n];

		formats[n] = 1; /* binary: 64 bits in network order; text as it is */
		if (stmt->args[n] == 't') {
			values[n] = arg->text.p;
			lengths[n] = (int)arg->text.n;
		} else {
			numbers[n] = htobe64((uint64_t)arg->num);
			values[n] = (const char *)&numbers[n];
			lengths[n] = (int)sizeof(numbers[n]);
		}
	}
	return PQsendQueryPrepared(c->pq, stmt->name, n, values, lengths, formats, 0);
}

static void
submit(struct sql *e, struct sql_job *job)
{
	struct pg_conn *c = &e->conns[job->lane];
	bool good = !c->broken.n;

	if (!c->sent.len) {
		pg_conn_expect(c);
		c->step = job->first;
		c->failed = false;
	}
	list_append(&c->sent, &job->node);
	job->outcome = SQL_DONE;
	job->sent = true;
	for (const struct sql_step *step = job->first; good && step; step = step->next)
		good = send_step(c, step);
	if ((!good || !PQpipelineSync(c->pq)) && !c->broken.n)
		buf_addz(&c->broken, PQerrorMessage(c->pq));
	pg_conn_flush_soon(c);
}

/* --- in --- */

static void
give_back(struct pg_conn *c, struct sql_job *job)
{
	if (c->closing)
		sql_job_free(&job);
	else
		c->host->done(c->host, job);
}

static void
store_rows(struct sql_job *job, struct sql_step *step, const PGresult *res)
{
	const char *cols = sql_stmts[step->id].cols;
	int rows = PQntuples(res), width = MIN(PQnfields(res), (int)strlen(cols));

	for (int r = 0; r < rows; r++) {
		struct sql_value *v = sql_step_row(job, step);

		for (int i = 0; i < width; i++) {
			struct str text = str_n(PQgetvalue(res, r, i), (size_t)PQgetlength(res, r, i));

			v[i].text = STR("");
			if (cols[i] == 't')
				v[i].text = arena_str(&job->arena, text);
			else if (str_to_i64(text, &v[i].num) < 0)
				v[i].num = 0;
		}
	}
}

static int64_t
rows_changed(PGresult *res)
{
	int64_t n;

	return str_to_i64(str_z(PQcmdTuples(res)), &n) < 0 ? 0 : n;
}

static bool
in_class(const char *state, const char *const *classes)
{
	for (; *classes; classes++)
		if (strncmp(state, *classes, strlen(*classes)) == 0)
			return true;
	return false;
}

/* PostgreSQL's manual, appendix A: error codes. */
enum sql_outcome
pg_outcome(const PGresult *res, bool *reconnect_r)
{
	/* cardinality, data, constraints, limits of the program, raised by a trigger */
	static const char *const data[] = {"21", "22", "23", "54", "P0", NULL};
	/* rolled back for concurrency, out of resources, object in use, cancelled (statement_timeout) */
	static const char *const passing[] = {"40", "53", "55", "57014", NULL};
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	*reconnect_r = false;
	if (state && in_class(state, data))
		return SQL_REFUSED;
	if (state && in_class(state, passing))
		return SQL_BUSY;
	/*
	 * The rest says that this is not, or no more, the server that we took it for: shut down, read-only after a
	 * fail-over, tables or rights changed, prepared statements gone. A new connection checks all of that.
	 */
	*reconnect_r = true;
	return state && strncmp(state, "57", 2) != 0 && strncmp(state, "08", 2) != 0 ? SQL_BUSY : SQL_AWAY;
}

/* The first line only: the details may hold the row, and that is somebody's message. */
void
pg_error(struct buf *out, const PGresult *res)
{
	const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	buf_addf(out, "%s (SQLSTATE %s)", text ? text : "the connection failed", state ? state : "08000");
}

static void
step_failed(struct pg_conn *c, struct sql_job *job, const PGresult *res)
{
	struct buf error = {0};
	bool reconnect;
	enum sql_outcome outcome = pg_outcome(res, &reconnect);

	if (c->step)
		buf_addf(&error, "%s: ", sql_stmts[c->step->id].name);
	pg_error(&error, res);
	if (!c->failed)
		sql_job_fail(job, outcome, buf_z(&error));
	c->failed = true;
	if (reconnect && !c->broken.n)
		buf_add(&c->broken, buf_str(&error));
	buf_done(&error);
}

static void
job_synced(struct pg_conn *c)
{
	struct sql_job *job = list_entry(list_shift(&c->sent), struct sql_job, node);

	c->step = c->sent.len ? list_entry(c->sent.first, struct sql_job, node)->first : NULL;
	c->failed = false;
	give_back(c, job);
}

void
pg_jobs_result(struct pg_conn *c, const PGresult *res)
{
	struct sql_job *job = list_entry(c->sent.first, struct sql_job, node);
	struct sql_step *step = c->step;

	switch (PQresultStatus(res)) {
	case PGRES_PIPELINE_SYNC:
		job_synced(c);
		return;
	case PGRES_TUPLES_OK:
		if (step)
			store_rows(job, step, res);
		break;
	case PGRES_COMMAND_OK:
		break;
	case PGRES_PIPELINE_ABORTED:
		break;
	default:
		step_failed(c, job, res);
		break;
	}
	if (step) {
		step->changed = rows_changed((PGresult *)(uintptr_t)res); /* not const in libpq, but only read */
		c->step = step->next;
	}
}

void
pg_jobs_lost(struct pg_conn *c, const char *why)
{
	struct list lost = c->sent;
	bool failed = c->failed;

	c->sent = (struct list){0};
	c->step = NULL;
	c->failed = false;
	while (lost.len) {
		struct sql_job *job = list_entry(list_shift(&lost), struct sql_job, node);

		if (!failed) /* else it was the first that ended the connection, and has its own error */
			sql_job_fail(job, SQL_AWAY, why);
		failed = false;
		give_back(c, job);
	}
}

/* --- life --- */

static struct sql *
pgsql_new(const struct sql_host *host)
{
	struct sql *e = xcalloc(1, sizeof(*e));

	for (enum sql_lane lane = 0; lane < SQL_LANES; lane++)
		pg_conn_init(&e->conns[lane], host, lane);
	return e;
}

static void
pgsql_free(struct sql **engine)
{
	struct sql *e = *engine;

	*engine = NULL;
	if (!e)
		return;
	for (enum sql_lane lane = 0; lane < SQL_LANES; lane++)
		pg_conn_done(&e->conns[lane]);
	free(e);
}

const struct sql_engine sql_pgsql = {
	.name = "postgresql",
	.text = "TEXT COLLATE \"C\"",
	.share = "FOR SHARE",
	.begin = "BEGIN; SELECT pg_advisory_xact_lock(4847104551211)", /* any number, as long as all use this one */
	.new = pgsql_new,
	.submit = submit,
	.free = pgsql_free,
	.admin_open = pg_admin_open,
	.admin_version = pg_admin_version,
	.admin_exec = pg_admin_exec,
	.admin_close = pg_admin_close,
};
