/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL through libpq's pipeline mode: two connections, one for the
 * commits of the log and one for everything else. Statements go out followed by
 * a Sync, which makes them one transaction (the protocol's implicit one:
 * committed at the Sync, undone by the first error).
 *
 * All jobs of one turn of the loop share a Sync, and so one flush of the disk:
 * they are a group. Results come back in the order of sending; a group is
 * finished when its Sync comes back. When one of its jobs fails, the others are
 * given back as undone, to be run again alone. So that they are not overtaken
 * by then, a job waits while one of the same owner is in an earlier group.
 *
 * A row of steps of the same statement goes out as one, with arrays, where
 * there is a statement for that.
 *
 * Not for: connecting (sql_pgsql_conn.c), repeating (storage.c, commit.c).
 */
#include "storage/sql_pgsql.h"

#include <endian.h>
#include <stdlib.h>

enum { ARGS_MAX = 16, GROUP_MAX = 64, OID_INT8 = 20, OID_TEXT = 25, OID_TEXT_ARRAY = 1009, OID_INT8_ARRAY = 1016 };

static const char MANY[] = "_many"; /* behind the name of a statement */

struct sql {
	struct pg_conn conns[SQL_LANES];
};

/* --- out --- */

static bool
prepare(struct pg_conn *c, const struct sql_stmt *stmt, const char *sql, bool many)
{
	Oid types[ARGS_MAX];
	size_t n = strlen(stmt->args);
	struct buf name = {0}, text = {0};
	bool good;

	bug_if(n > ARGS_MAX);
	for (size_t i = 0; i < n; i++) {
		if (stmt->args[i] == 't')
			types[i] = many ? OID_TEXT_ARRAY : OID_TEXT;
		else
			types[i] = many ? OID_INT8_ARRAY : OID_INT8;
	}
	buf_addf(&name, "%s%s", stmt->name, many ? MANY : "");
	sql_expand(&text, &sql_pgsql, str_z(sql));
	good = PQsendPrepare(c->pq, buf_z(&name), buf_z(&text), (int)n, types);
	buf_done(&name);
	buf_done(&text);
	return good;
}

int
pg_prepare_all(struct pg_conn *c)
{
	bool good = true;

	for (int id = 0; good && id < SQL_COUNT; id++) {
		const struct sql_stmt *stmt = &sql_stmts[id];

		good = prepare(c, stmt, stmt->text, false) && (!stmt->many || prepare(c, stmt, stmt->many, true));
	}
	return good && PQpipelineSync(c->pq) ? 0 : -1;
}

/* The last of those that go out as one with this step, the first of them; which may be itself. */
static struct sql_step *
last_of_row(struct sql_step *step)
{
	if (sql_stmts[step->id].many)
		while (step->next && step->next->id == step->id)
			step = step->next;
	return step;
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
add_int32(struct buf *b, uint32_t n)
{
	n = htobe32(n);
	buf_addn(b, &n, sizeof(n));
}

/* Argument i of all steps from first to last, as an array: PostgreSQL's array_send, one dimension that begins at 1. */
static void
add_array(struct buf *b, const struct sql_step *first, const struct sql_step *last, uint32_t count, size_t i)
{
	bool is_text = sql_stmts[first->id].args[i] == 't';

	add_int32(b, 1);
	add_int32(b, 0); /* no NULLs */
	add_int32(b, is_text ? OID_TEXT : OID_INT8);
	add_int32(b, count);
	add_int32(b, 1);
	for (const struct sql_step *step = first; step != last->next; step = step->next) {
		struct str text = step->args[i].text;
		uint64_t num = htobe64((uint64_t)step->args[i].num);

		add_int32(b, is_text ? (uint32_t)text.n : sizeof(num));
		buf_addn(b, is_text ? (const void *)text.p : &num, is_text ? text.n : sizeof(num));
	}
}

static bool
send_row(struct pg_conn *c, const struct sql_step *first, const struct sql_step *last)
{
	const struct sql_stmt *stmt = &sql_stmts[first->id];
	struct buf arrays[ARGS_MAX] = {0}, name = {0};
	const char *values[ARGS_MAX];
	int lengths[ARGS_MAX], formats[ARGS_MAX], n = 0;
	uint32_t count = 1;
	bool good;

	for (const struct sql_step *step = first; step != last; step = step->next)
		count++;
	for (; stmt->args[n]; n++) {
		add_array(&arrays[n], first, last, count, (size_t)n);
		values[n] = arrays[n].p;
		lengths[n] = (int)arrays[n].n;
		formats[n] = 1;
	}
	buf_addf(&name, "%s%s", stmt->name, MANY);
	good = PQsendQueryPrepared(c->pq, buf_z(&name), n, values, lengths, formats, 0);
	while (n--)
		buf_done(&arrays[n]);
	buf_done(&name);
	return good;
}

static bool
send_steps(struct pg_conn *c, struct sql_step *step)
{
	bool good = true;

	while (good && step) {
		struct sql_step *last = last_of_row(step);

		good = last == step ? send_step(c, step) : send_row(c, step, last);
		step = last->next;
	}
	return good;
}

static void
end_group(struct pg_conn *c)
{
	if (c->open)
		list_entry(c->sent.last, struct sql_job, node)->ends_group = true;
	c->open = 0;
}

void
pg_jobs_sync(struct pg_conn *c)
{
	if (!c->open)
		return;
	end_group(c);
	if (!c->broken.n && !PQpipelineSync(c->pq))
		buf_addz(&c->broken, PQerrorMessage(c->pq));
}

/* The results of `job` come next. */
static void
turn_to(struct pg_conn *c, struct sql_job *job)
{
	c->current = job;
	c->step = job ? job->first : NULL;
}

static void
send_job(struct pg_conn *c, struct sql_job *job)
{
	bool good = !c->broken.n;

	if (job->alone)
		pg_jobs_sync(c);
	if (!c->sent.len) {
		pg_conn_expect(c);
		turn_to(c, job);
	}
	list_append(&c->sent, &job->node);
	c->open++;
	job->sent = true;
	job->ends_group = false;
	good = good && send_steps(c, job->first);
	if (!good && !c->broken.n)
		buf_addz(&c->broken, PQerrorMessage(c->pq));
	if (job->alone || c->open == GROUP_MAX)
		pg_jobs_sync(c);
}

static bool
same_owner(const struct sql_job *a, const struct sql_job *b)
{
	return a->owner.n && str_eq(a->owner, b->owner);
}

/* Whether one of the same owner is in a group that is on its way, or waits itself before `job`. */
static bool
must_wait(const struct pg_conn *c, const struct sql_job *job)
{
	size_t closed = c->sent.len - c->open;

	list_each(&c->sent, struct sql_job, other, node) {
		if (closed-- == 0)
			break;
		if (same_owner(other, job))
			return true;
	}
	list_each(&c->held, struct sql_job, other, node) {
		if (other == job)
			break;
		if (same_owner(other, job))
			return true;
	}
	return false;
}

static void
submit(struct sql *e, struct sql_job *job)
{
	struct pg_conn *c = &e->conns[job->lane];

	job->outcome = SQL_DONE;
	if (must_wait(c, job))
		list_append(&c->held, &job->node);
	else
		send_job(c, job);
	pg_conn_flush_soon(c);
}

static void
send_held(struct pg_conn *c)
{
	list_each(&c->held, struct sql_job, job, node) {
		if (must_wait(c, job))
			continue;
		list_remove(&c->held, &job->node);
		send_job(c, job);
	}
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
step_failed(struct pg_conn *c, const PGresult *res)
{
	struct buf error = {0};
	bool reconnect;
	enum sql_outcome outcome = pg_outcome(res, &reconnect);

	if (c->step)
		buf_addf(&error, "%s: ", sql_stmts[c->step->id].name);
	pg_error(&error, res);
	if (!c->culprit) {
		c->culprit = c->current;
		sql_job_fail(c->culprit, outcome, buf_z(&error));
	}
	if (reconnect && !c->broken.n)
		buf_add(&c->broken, buf_str(&error));
	buf_done(&error);
}

/* The next statement, of this job or of the next one of the group; null until the group's Sync when there is none. */
static void
step_done(struct pg_conn *c)
{
	if (!c->step)
		return;
	c->step = last_of_row(c->step)->next;
	if (!c->step && !c->current->ends_group)
		turn_to(c, list_entry(c->current->node.next, struct sql_job, node));
}

/* The first group, with what the others of it get when one has failed. */
static void
group_done(struct pg_conn *c)
{
	struct sql_job *culprit = c->culprit;
	bool last = false;

	c->culprit = NULL;
	while (!last && c->sent.len) {
		struct sql_job *job = list_entry(list_shift(&c->sent), struct sql_job, node);

		last = job->ends_group;
		if (culprit && job != culprit)
			sql_job_fail(job, SQL_UNDONE, "another operation of its transaction failed");
		give_back(c, job);
	}
	turn_to(c, c->sent.len ? list_entry(c->sent.first, struct sql_job, node) : NULL);
}

void
pg_jobs_result(struct pg_conn *c, const PGresult *res)
{
	switch (PQresultStatus(res)) {
	case PGRES_PIPELINE_SYNC:
		group_done(c);
		send_held(c);
		return;
	case PGRES_TUPLES_OK:
		if (c->step)
			store_rows(c->current, c->step, res);
		break;
	case PGRES_COMMAND_OK:
	case PGRES_PIPELINE_ABORTED:
		break;
	default:
		step_failed(c, res);
		break;
	}
	if (c->step)
		c->step->changed = rows_changed((PGresult *)(uintptr_t)res); /* not const in libpq, but only read */
	step_done(c);
}

static void
give_back_all(struct pg_conn *c, struct list *jobs, bool sent, const char *why)
{
	while (jobs->len) {
		struct sql_job *job = list_entry(list_shift(jobs), struct sql_job, node);

		job->sent = sent;
		sql_job_fail(job, SQL_AWAY, why);
		give_back(c, job);
	}
}

void
pg_jobs_lost(struct pg_conn *c, const char *why)
{
	end_group(c);
	if (c->culprit) /* the group that ended the connection was rolled back */
		group_done(c);
	give_back_all(c, &c->sent, true, why);
	give_back_all(c, &c->held, false, why);
	turn_to(c, NULL);
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
	.admin_state = pg_admin_state,
	.admin_exec = pg_admin_exec,
	.admin_close = pg_admin_close,
};
