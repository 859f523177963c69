/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to PostgreSQL: made without blocking, checked, watched, and
 * made again for ever. Names are looked up on a worker thread, the rest is
 * libpq's non-blocking interface under the loop's poll. Every statement is
 * prepared before the lane is up, which also proves that tables and columns are
 * what this program expects, whatever the version number says.
 *
 * One timer: every try has the configured timeout to come up, and while
 * something is sent there must be an answer within it, or the connection is
 * taken for dead (a frozen server, a firewall that forgot us). The server itself
 * is told to give up somewhat earlier, so that one slow statement need not cost
 * the connection.
 *
 * Not for: what jobs mean (sql_pgsql.c).
 */
#include "storage/sql_pgsql.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { STABLE_MS = 10000 }; /* up for so long, a connection's troubles are forgotten */

struct pg_attempt { /* on a worker thread; outlives the connection if need be */
	struct pg_conn *conn; /* null: nobody waits any more */
	struct pg_where where;
	struct buf why;
	int rc;
};

static void on_timer(struct timer *t);
static void on_flush(struct task *t);
static void on_poll(uv_poll_t *poll, int status, int events);

/* --- the socket under the loop's poll --- */

static void
free_handle(uv_handle_t *h)
{
	free(h);
}

static void
unwatch(struct pg_conn *c)
{
	if (!c->poll)
		return;
	uv_poll_stop(c->poll);
	uv_close((uv_handle_t *)c->poll, free_handle);
	c->poll = NULL;
	c->events = 0;
}

static int
watch(struct pg_conn *c, int events)
{
	if (!c->poll) {
		uv_poll_t *poll = xcalloc(1, sizeof(*poll));

		if (uv_poll_init(loop_uv(c->host->loop), poll, PQsocket(c->pq)) < 0) {
			free(poll);
			return -1;
		}
		poll->data = c;
		c->poll = poll;
	}
	if (events == c->events) /* libuv would take the socket out of epoll and put it in again */
		return 0;
	c->events = events;
	return uv_poll_start(c->poll, events, on_poll);
}

/* --- the end of a connection --- */

static void
drop(struct pg_conn *c)
{
	if (c->attempt)
		c->attempt->conn = NULL;
	c->attempt = NULL;
	unwatch(c);
	timer_stop(&c->timer);
	task_cancel(&c->flush);
	buf_clear(&c->broken);
	PQfinish(c->pq);
	c->pq = NULL;
	c->state = PG_OFF;
}

static void
lost(struct pg_conn *c, const char *message)
{
	struct buf why = {0};

	pg_explain(&why, message);
	if (c->state == PG_UP && loop_now(c->host->loop) - c->up_ms >= STABLE_MS)
		c->tries = 0;
	drop(c);
	pg_jobs_lost(c, buf_z(&why));
	c->host->lane(c->host, c->lane, false, buf_z(&why));
	timer_start(c->host->loop, &c->timer, sql_backoff(c->tries++), on_timer);
	buf_done(&why);
}

/* libpq's own words, which are about to go with the connection. */
static void
lost_pq(struct pg_conn *c)
{
	char *message = xstrdup(PQerrorMessage(c->pq));

	lost(c, *message ? message : "the server closed the connection");
	free(message);
}

/* --- up --- */

void
pg_conn_expect(struct pg_conn *c)
{
	c->progress_ms = loop_now(c->host->loop);
	if (!timer_running(&c->timer))
		timer_start(c->host->loop, &c->timer, c->host->settings->timeout, on_timer);
}

static void
come_up(struct pg_conn *c)
{
	c->state = PG_UP;
	c->up_ms = loop_now(c->host->loop);
	timer_stop(&c->timer);
	c->host->lane(c->host, c->lane, true, "");
}

/* --- checking and preparing --- */

/*
 * Every statement of ours that matters goes along a key, in its order, and stops at a limit. The planner does not know
 * the limit when it plans for all times, and may have planned while the table was empty: it then reads all that an
 * owner has, or all there is, and sorts it. So what is not a walk along an index is made to look dear; and a join is a
 * walk for each of a few rows.
 */
static const char session_settings[] = "SELECT set_config('statement_timeout', $1, false), "
				       "set_config('enable_bitmapscan', 'off', false), set_config('enable_seqscan', 'off', false), "
				       "set_config('enable_hashjoin', 'off', false), set_config('enable_mergejoin', 'off', false)";

static int
send_checks(struct pg_conn *c)
{
	char ms[24];
	const char *const values[] = {ms};

	if (pg_check_encoding(c->pq, &c->broken) < 0)
		return -1;
	snprintf(ms, sizeof(ms), "%llu", (unsigned long long)(c->host->settings->timeout * 3 / 4));
	c->syncs = 2;
	c->schema = (struct schema_state){0};
	return PQsendQueryParams(c->pq, session_settings, 1, NULL, values, NULL, NULL, 0) &&
			       PQpipelineSync(c->pq) &&
			       PQsendQueryParams(c->pq, SQL_SCHEMA_STATE, 0, NULL, NULL, NULL, NULL, 0) &&
			       PQpipelineSync(c->pq)
		       ? 0
		       : -1;
}

static void
check_result(struct pg_conn *c, const PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	if (PQresultStatus(res) == PGRES_TUPLES_OK) {
		for (int i = 0; c->syncs == 1 && i < PQntuples(res); i++)
			sql_schema_row(&c->schema, PQgetvalue(res, i, 0), atoi(PQgetvalue(res, i, 1)));
	} else if (c->syncs == 2 || !state || strcmp(state, "42P01") != 0) { /* undefined_table: an empty database */
		pg_error(&c->broken, res);
	}
}

static int
begin_preparing(struct pg_conn *c)
{
	if (!sql_schema_good(&c->schema, &c->broken))
		return -1;
	c->state = PG_PREPARING;
	c->syncs = 1;
	return pg_prepare_all(c);
}

static void
prepare_result(struct pg_conn *c, const PGresult *res)
{
	if (PQresultStatus(res) != PGRES_FATAL_ERROR || c->broken.n)
		return;
	buf_addf(&c->broken, "the tables are not those of schema %d: ", c->schema.version);
	pg_error(&c->broken, res);
}

static void
setup_synced(struct pg_conn *c)
{
	if (--c->syncs > 0 || c->broken.n)
		return;
	if (c->state == PG_PREPARING)
		come_up(c);
	else if (begin_preparing(c) < 0 && !c->broken.n)
		buf_addz(&c->broken, PQerrorMessage(c->pq));
	pg_conn_flush_soon(c);
}

static void
on_result(struct pg_conn *c, const PGresult *res)
{
	if (c->state == PG_UP)
		pg_jobs_result(c, res);
	else if (PQresultStatus(res) == PGRES_PIPELINE_SYNC)
		setup_synced(c);
	else if (c->state == PG_CHECKING)
		check_result(c, res);
	else
		prepare_result(c, res);
}

/* --- traffic --- */

static bool
expects_results(const struct pg_conn *c)
{
	return c->state == PG_UP ? c->sent.len > 0 : c->syncs > 0;
}

static void
read_results(struct pg_conn *c)
{
	unsigned nulls = 0; /* one stands between the statements of a pipeline */

	while (!PQisBusy(c->pq) && expects_results(c) && !c->broken.n) {
		PGresult *res = PQgetResult(c->pq);

		nulls = res ? 0 : nulls + 1;
		if (nulls > 2)
			buf_addz(&c->broken, "the pipeline ended before its answers were complete");
		if (!res)
			continue;
		c->progress_ms = loop_now(c->host->loop);
		on_result(c, res);
		PQclear(res);
	}
}

static void
send_some(struct pg_conn *c)
{
	int rc;

	pg_jobs_sync(c);
	rc = c->broken.n ? 0 : PQflush(c->pq);
	if (c->broken.n)
		lost(c, buf_z(&c->broken));
	else if (rc < 0 || PQstatus(c->pq) == CONNECTION_BAD)
		lost_pq(c);
	else if (watch(c, rc ? UV_READABLE | UV_WRITABLE : UV_READABLE) < 0)
		lost(c, "the connection cannot be watched");
}

static void
on_flush(struct task *t)
{
	send_some(container_of(t, struct pg_conn, flush));
}

void
pg_conn_flush_soon(struct pg_conn *c)
{
	loop_defer(c->host->loop, &c->flush, on_flush);
}

static void
on_traffic(struct pg_conn *c)
{
	if (!PQconsumeInput(c->pq)) {
		read_results(c); /* answers that came before the end */
		lost_pq(c);
		return;
	}
	read_results(c);
	send_some(c);
}

/* --- connecting --- */

static void
connected(struct pg_conn *c)
{
	c->state = PG_CHECKING;
	if (PQsetnonblocking(c->pq, 1) != 0 || !PQenterPipelineMode(c->pq) || send_checks(c) < 0) {
		if (c->broken.n)
			lost(c, buf_z(&c->broken));
		else
			lost_pq(c);
		return;
	}
	send_some(c);
}

/* libpq may close one socket and open another here, so ours is not watched meanwhile. */
static void
connect_some(struct pg_conn *c)
{
	unwatch(c);
	switch (PQconnectPoll(c->pq)) {
	case PGRES_POLLING_READING:
		if (watch(c, UV_READABLE) < 0)
			lost(c, "the connection cannot be watched");
		break;
	case PGRES_POLLING_WRITING:
		if (watch(c, UV_WRITABLE) < 0)
			lost(c, "the connection cannot be watched");
		break;
	case PGRES_POLLING_OK:
		connected(c);
		break;
	default:
		lost_pq(c);
		break;
	}
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct pg_conn *c = poll->data;

	(void)status; /* an error is met again, with words, by libpq's own read */
	(void)events;
	if (c->state == PG_CONNECTING)
		connect_some(c);
	else
		on_traffic(c);
}

static void
resolve_work(void *arg)
{
	struct pg_attempt *a = arg;

	a->rc = pg_where_resolve(&a->where, &a->why);
}

static void
begin_connecting(struct pg_conn *c, const struct pg_attempt *a)
{
	c->state = PG_CONNECTING;
	c->pq = pg_where_start(&a->where, c->first++, c->host->settings->timeout);
	if (!c->pq)
		lost(c, "out of memory");
	else if (PQstatus(c->pq) == CONNECTION_BAD)
		lost_pq(c);
	else if (watch(c, UV_WRITABLE) < 0)
		lost(c, "the connection cannot be watched");
}

static void
resolve_done(void *arg)
{
	struct pg_attempt *a = arg;
	struct pg_conn *c = a->conn;

	if (c) {
		c->attempt = NULL;
		if (a->rc < 0)
			lost(c, buf_z(&a->why));
		else
			begin_connecting(c, a);
	}
	pg_where_done(&a->where);
	buf_done(&a->why);
	free(a);
}

static void
try_now(struct pg_conn *c)
{
	struct pg_attempt *a = xcalloc(1, sizeof(*a));

	if (pg_where_init(&a->where, c->host->settings->conninfo, &a->why) < 0) {
		lost(c, buf_z(&a->why));
		pg_where_done(&a->where);
		buf_done(&a->why);
		free(a);
		return;
	}
	c->state = PG_RESOLVING;
	c->attempt = a;
	a->conn = c;
	timer_start(c->host->loop, &c->timer, c->host->settings->timeout, on_timer);
	loop_work(c->host->loop, resolve_work, resolve_done, a);
}

/* --- time --- */

static void
watch_answers(struct pg_conn *c)
{
	uint64_t timeout = c->host->settings->timeout, silent = loop_now(c->host->loop) - c->progress_ms;
	char why[64];

	if (!c->sent.len)
		return;
	if (silent < timeout) {
		timer_start(c->host->loop, &c->timer, timeout - silent, on_timer);
		return;
	}
	snprintf(why, sizeof(why), "no answer for %llu ms", (unsigned long long)silent);
	lost(c, why);
}

static void
on_timer(struct timer *t)
{
	static const char *const late[] = {
		[PG_RESOLVING] = "looking up the names of its hosts takes too long",
		[PG_CONNECTING] = "the server does not answer to a connection",
		[PG_CHECKING] = "the server accepted a connection, but does not answer",
		[PG_PREPARING] = "the server accepted a connection, but does not answer",
	};
	struct pg_conn *c = container_of(t, struct pg_conn, timer);

	if (c->state == PG_OFF)
		try_now(c);
	else if (c->state == PG_UP)
		watch_answers(c);
	else
		lost(c, late[c->state]);
}

/* --- life --- */

void
pg_conn_init(struct pg_conn *c, const struct sql_host *host, enum sql_lane lane)
{
	*c = (struct pg_conn){.host = host, .lane = lane};
	timer_start(host->loop, &c->timer, 0, on_timer);
}

/* What is sent is sent; what is not yet gets its chance, and writes are seen through. */
static void
see_through(struct pg_conn *c)
{
	uint64_t end = uv_hrtime() / 1000000 + MIN(c->host->settings->timeout, (uint64_t)2000);

	pg_jobs_sync(c);
	while (c->state == PG_UP && c->sent.len && !c->broken.n) {
		int rc = PQflush(c->pq);
		struct pollfd p = {.fd = PQsocket(c->pq), .events = (short)(rc > 0 ? POLLIN | POLLOUT : POLLIN)};
		uint64_t now = uv_hrtime() / 1000000;

		if (rc < 0 || p.fd < 0 || now >= end || poll(&p, 1, (int)(end - now)) <= 0)
			break;
		if (!PQconsumeInput(c->pq))
			break;
		read_results(c);
	}
}

static bool
has_write(const struct pg_conn *c)
{
	list_each(&c->sent, struct sql_job, job, node)
		if (job->kind == SQL_WRITE)
			return true;
	return false;
}

void
pg_conn_done(struct pg_conn *c)
{
	c->closing = true;
	if (c->state == PG_UP && has_write(c))
		see_through(c);
	drop(c);
	pg_jobs_lost(c, "closed");
	buf_done(&c->broken);
}
