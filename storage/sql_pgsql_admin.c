/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL for the schema's work: one connection, used synchronously. */
#include "storage/sql_pgsql.h"

#include <stdlib.h>

struct sql_admin {
	PGconn *pq;
};

static struct sql_admin *
connect_now(const struct pg_where *w, const struct sql_settings *settings, struct buf *why)
{
	PGconn *pq = pg_where_connect(w, settings->timeout);
	struct sql_admin *a;

	if (!pq || PQstatus(pq) != CONNECTION_OK) {
		pg_explain(why, pq ? PQerrorMessage(pq) : "out of memory");
		PQfinish(pq);
		return NULL;
	}
	if (pg_check_encoding(pq, why) < 0) {
		PQfinish(pq);
		return NULL;
	}
	a = xcalloc(1, sizeof(*a));
	a->pq = pq;
	return a;
}

/* A database is not made here: its encoding, owner and place are the operator's choice. */
struct sql_admin *
pg_admin_open(const struct sql_settings *settings, bool create, struct buf *why)
{
	struct sql_admin *a = NULL;
	struct pg_where w;

	(void)create;
	if (pg_where_init(&w, settings->conninfo, why) == 0)
		a = connect_now(&w, settings, why);
	pg_where_done(&w);
	return a;
}

static PGresult *
query(struct sql_admin *a, const char *sql, struct buf *why)
{
	PGresult *res = PQexec(a->pq, sql);
	ExecStatusType status = PQresultStatus(res);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return res;
	pg_explain(why, res ? PQresultErrorMessage(res) : PQerrorMessage(a->pq));
	PQclear(res);
	return NULL;
}

int
pg_admin_state(struct sql_admin *a, struct schema_state *state_r, struct buf *why)
{
	PGresult *res = query(a, "SELECT to_regclass('meta') IS NOT NULL", why);
	bool there = res && *PQgetvalue(res, 0, 0) == 't';

	*state_r = (struct schema_state){0};
	if (!res)
		return -1;
	PQclear(res);
	if (!there)
		return 0;
	res = query(a, SQL_SCHEMA_STATE, why);
	if (!res)
		return -1;
	for (int i = 0; i < PQntuples(res); i++)
		sql_schema_row(state_r, PQgetvalue(res, i, 0), atoi(PQgetvalue(res, i, 1)));
	PQclear(res);
	return 0;
}

int
pg_admin_exec(struct sql_admin *a, const char *sql, struct buf *why)
{
	PGresult *res = query(a, sql, why);

	PQclear(res);
	return res ? 0 : -1;
}

void
pg_admin_close(struct sql_admin **a)
{
	if (*a)
		PQfinish((*a)->pq);
	free(*a);
	*a = NULL;
}
