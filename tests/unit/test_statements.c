/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL, in the planners' eyes: every row is found by a key or an index, and nothing is sorted that could grow. */
#include "storage/sql.h"
#include "tests/unit/storage_rig.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static int
tear_down(void **state)
{
	struct rig *rig = *state;

	rig_free(&rig);
	return 0;
}

static struct rig *
make_rig(void **state, enum rig_engine engine)
{
	struct rig *rig = rig_new(engine, NULL);

	*state = rig;
	rig_migrate(rig);
	return rig;
}

/* One row a slot, a thousand in all: these may read them all, or sort sixteen. */
static bool
is_of_slots(enum sql_id id)
{
	return id == SQL_SLOT_LIST || id == SQL_LOG_FENCE;
}

static void
check_plan(enum sql_id id, const char *plan)
{
	static const char *const bad[] = {"SCAN ", "TEMP B-TREE", "Seq Scan", "Sort"};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (strstr(plan, bad[i]) && !strstr(plan, "SCAN CONSTANT ROW") && !strstr(plan, "SCAN few") && !is_of_slots(id))
			fail_msg("%s:\n%s", sql_stmts[id].name, plan);
}

static void
letters_match(void **state)
{
	(void)state;
	for (enum sql_id id = 0; id < SQL_COUNT; id++) {
		const struct sql_stmt *stmt = &sql_stmts[id];
		char last[24], next[24];

		assert_non_null(stmt->name);
		assert_int_equal(strspn(stmt->args, "ti"), strlen(stmt->args));
		assert_int_equal(strspn(stmt->cols, "ti"), strlen(stmt->cols));
		snprintf(last, sizeof(last), "$%zu", strlen(stmt->args));
		snprintf(next, sizeof(next), "$%zu", strlen(stmt->args) + 1);
		assert_true(*stmt->args == '\0' || strstr(stmt->text, last));
		assert_null(strstr(stmt->text, next));
		assert_true(!stmt->many || (strstr(stmt->many, last) && !strstr(stmt->many, next)));
		for (enum sql_id other = 0; other < id; other++)
			assert_string_not_equal(stmt->name, sql_stmts[other].name);
	}
}

static void
sqlite_plans(void **state)
{
	struct rig *rig = make_rig(state, RIG_SQLITE);
	struct buf text = {0}, plan = {0};
	char path[128];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/db", rig->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (enum sql_id id = 0; id < SQL_COUNT; id++) {
		sqlite3_stmt *st = NULL;

		buf_clear(&text);
		buf_clear(&plan);
		buf_addl(&text, "EXPLAIN QUERY PLAN ");
		sql_expand(&text, &sql_sqlite, str_z(sql_stmts[id].text));
		assert_int_equal(sqlite3_prepare_v2(db, buf_z(&text), -1, &st, NULL), SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW)
			buf_addf(&plan, "%s\n", (const char *)sqlite3_column_text(st, 3));
		sqlite3_finalize(st);
		check_plan(id, buf_z(&plan));
	}
	sqlite3_close(db);
	buf_done(&text);
	buf_done(&plan);
}

static PGresult *
query(PGconn *pq, const char *sql)
{
	PGresult *res = PQexec(pq, sql);

	if (PQresultStatus(res) != PGRES_COMMAND_OK && PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(pq));
	return res;
}

/* many: with an array for each argument */
static void
pg_plan(PGconn *pq, enum sql_id id, const char *sql, bool many)
{
	const struct sql_stmt *stmt = &sql_stmts[id];
	const char *suffix = many ? "_many" : "", *array = many ? "[]" : "";
	struct buf text = {0}, plan = {0};
	PGresult *res;

	buf_addf(&text, "PREPARE %s%s%s", stmt->name, suffix, *stmt->args ? " (" : "");
	for (size_t i = 0; stmt->args[i]; i++)
		buf_addf(&text, "%s%s%s", stmt->args[i] == 't' ? "TEXT" : "BIGINT", array, stmt->args[i + 1] ? ", " : ") ");
	buf_addl(&text, " AS ");
	sql_expand(&text, &sql_pgsql, str_z(sql));
	PQclear(query(pq, buf_z(&text)));
	buf_clear(&text);
	buf_addf(&text, "EXPLAIN EXECUTE %s%s%s", stmt->name, suffix, *stmt->args ? " (" : "");
	for (size_t i = 0; stmt->args[i]; i++) {
		const char *value = stmt->args[i] == 't' ? "'x'" : "1";

		buf_addf(&text, many ? "ARRAY[%s, %s]%s" : "%s%.0s%s", value, value, stmt->args[i + 1] ? ", " : ")");
	}
	res = query(pq, buf_z(&text));
	for (int i = 0; i < PQntuples(res); i++)
		buf_addf(&plan, "%s\n", PQgetvalue(res, i, 0));
	PQclear(res);
	check_plan(id, buf_z(&plan));
	buf_done(&text);
	buf_done(&plan);
}

static void
pg_plans(void **state)
{
	PGconn *pq = PQconnectdb(getenv("CARILLON_TEST_PG"));

	make_rig(state, RIG_PGSQL);
	/* Small tables tempt to other ways: what is left when it must not take them? */
	PQclear(query(pq, "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; "
			  "SET enable_hashjoin = off; SET enable_mergejoin = off"));
	PQclear(query(pq, "SET plan_cache_mode = force_generic_plan"));
	for (enum sql_id id = 0; id < SQL_COUNT; id++) {
		pg_plan(pq, id, sql_stmts[id].text, false);
		if (sql_stmts[id].many)
			pg_plan(pq, id, sql_stmts[id].many, true);
	}
	PQfinish(pq);
}

int
main(void)
{
	const struct CMUnitTest sqlite[] = {
		cmocka_unit_test(letters_match),
		cmocka_unit_test_teardown(sqlite_plans, tear_down),
	};
	const struct CMUnitTest pgsql[] = {cmocka_unit_test_teardown(pg_plans, tear_down)};
	int failed = cmocka_run_group_tests_name("statements on SQLite", sqlite, NULL, NULL);

	if (rig_has_pg())
		failed += cmocka_run_group_tests_name("statements on PostgreSQL", pgsql, NULL, NULL);
	return failed;
}
