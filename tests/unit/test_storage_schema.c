/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions of the schema, with three of this test's own in place of the real
 * ones: what is told about a database that is missing, empty, old, new or no
 * good, and that migrations are whole, repeatable and safe to run at once.
 */
#include "storage/schema.h"
#include "tests/unit/storage_rig.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* In place of schema_files.c. */
const struct schema_file schema_files[] = {
	{"001-a", 1, "CREATE TABLE a (x @text@ NOT NULL, y BIGINT); -- user@example.net\n"},
	{"002-b", 1, "CREATE TABLE b (x BIGINT);\nINSERT INTO b VALUES (7);\n"},
	{"003-c", 2, "DELETE FROM b;\nCREATE TABLE c (x BIGINT);\n"},
};
const size_t schema_file_count = 3;

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
	return rig;
}

static void
collect(void *owner, const char *step)
{
	buf_addf(owner, "%s\n", step);
}

static void
expect_status(struct rig *rig, int rc, int have, const char *part)
{
	struct storage_schema schema;
	struct buf why = {0};

	assert_int_equal(storage_schema_status(rig->conf, &schema, &why), rc);
	assert_int_equal(schema.want, 3);
	assert_int_equal(schema.have, have);
	assert_int_equal(schema.usable, rc == 0 && have == 3);
	if (!strstr(buf_z(&why), part))
		fail_msg("%s", buf_z(&why));
	buf_done(&why);
}

static void
expect_migrate(struct rig *rig, int rc, const char *steps, const char *part)
{
	struct buf why = {0}, told = {0};

	assert_int_equal(storage_migrate(rig->conf, collect, &told, &why), rc);
	assert_string_equal(buf_z(&told), steps);
	if (!strstr(buf_z(&why), part))
		fail_msg("%s", buf_z(&why));
	buf_done(&why);
	buf_done(&told);
}

static void
expect_not_usable(struct rig *rig, const char *part)
{
	rig_open(rig);
	rig_wait_usable(rig, false);
	if (!strstr(rig->why, part))
		fail_msg("%s", rig->why);
	rig_close(rig);
	rig->usable_calls = 0;
}

static void
steps(struct rig *rig)
{
	if (rig->engine == RIG_SQLITE)
		expect_status(rig, -1, -1, "does not exist: run carillonctl db migrate");
	else
		expect_status(rig, 0, 0, "");
	expect_migrate(rig, 0,
		       "applied 001-a\napplied 002-b\napplied 003-c\n"
		       "the database has schema 3, which is what this program needs\n", "");
	expect_status(rig, 0, 3, "");
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM b"), "0");
	expect_migrate(rig, 0, "the database has schema 3, which is what this program needs\n", "");
}

static void
old_and_new(struct rig *rig)
{
	rig_migrate(rig);
	rig_sql(rig, "DROP TABLE c");
	assert_string_equal(rig_sql(rig, "SELECT value FROM meta WHERE key = 'schema_compatible'"), "2");
	rig_sql(rig, "UPDATE meta SET value = '2' WHERE key = 'schema_version'");
	expect_status(rig, 0, 2, "");
	expect_not_usable(rig, "the database has schema 2, this program needs 3: run carillonctl db migrate");
	expect_migrate(rig, 0, "applied 003-c\nthe database has schema 3, which is what this program needs\n", "");
	rig_sql(rig, "UPDATE meta SET value = '4'");
	expect_status(rig, 0, 4, "");
	expect_not_usable(rig, "the database has schema 4, for programs of schema 4 and newer, and this one is of 3: upgrade Carillon");
	expect_migrate(rig, -1, "", "upgrade Carillon");
	rig_sql(rig, "DELETE FROM meta WHERE key = 'schema_compatible'"); /* it does not say: only its own */
	expect_not_usable(rig, "for programs of schema 4 and newer");
	rig_sql(rig, "DELETE FROM meta");
	expect_not_usable(rig, "the database has no Carillon tables: run carillonctl db migrate");
	rig_sql(rig, "UPDATE meta SET value = 'x'");
	expect_status(rig, 0, 0, "");
}

static void
expect_start(struct rig *rig, const char *part)
{
	struct buf why = {0};

	assert_int_equal(storage_schema_check(rig->conf, &why), part ? -1 : 0);
	if (part && !strstr(buf_z(&why), part))
		fail_msg("%s", buf_z(&why));
	buf_done(&why);
}

/* What a daemon sees at its start: a database that is away may come back, one with the wrong schema will not change by itself. */
static void
check_at_start(struct rig *rig)
{
	if (rig->engine == RIG_SQLITE)
		expect_start(rig, NULL); /* no file, not even empty */
	else
		expect_start(rig, "no Carillon tables: run carillonctl db migrate");
	rig_migrate(rig);
	expect_start(rig, NULL);
	rig_sql(rig, "UPDATE meta SET value = '2' WHERE key = 'schema_version'");
	expect_start(rig, "the database has schema 2, this program needs 3: run carillonctl db migrate");
	rig_sql(rig, "UPDATE meta SET value = '5' WHERE key = 'schema_version'");
	expect_start(rig, NULL); /* compatible back to 2 */
	rig_sql(rig, "UPDATE meta SET value = '4' WHERE key = 'schema_compatible'");
	expect_start(rig, "for programs of schema 4 and newer");
}

/* Migrated for the next release already: this one goes on, also after it was taken back and is started anew. */
static void
newer_and_good(struct rig *rig)
{
	struct storage_schema schema;
	struct buf why = {0};

	rig_migrate(rig);
	rig_sql(rig, "UPDATE meta SET value = '4' WHERE key = 'schema_version'");
	rig_sql(rig, "UPDATE meta SET value = '3' WHERE key = 'schema_compatible'");
	assert_int_equal(storage_schema_status(rig->conf, &schema, &why), 0);
	assert_int_equal(schema.have, 4);
	assert_true(schema.usable);
	expect_migrate(rig, 0, "the database has schema 4, which is newer than this program and good for it\n", "");
	expect_not_usable(rig, "the tables are not those of schema 4"); /* the version does not stop it */
	buf_done(&why);
}

/* The number is right, but the tables are not: somebody changed them. */
static void
tables_differ(struct rig *rig)
{
	rig_migrate(rig);
	expect_not_usable(rig, "the tables are not those of schema 3");
}

static void
failed_version_leaves_nothing(struct rig *rig)
{
	rig_sql(rig, "CREATE TABLE b (in_the_way BIGINT)");
	expect_migrate(rig, -1, "applied 001-a\n", "already exists");
	expect_status(rig, 0, 1, "");
	rig_sql(rig, "DROP TABLE b");
	rig_sql(rig, "CREATE TABLE c (in_the_way BIGINT)");
	expect_migrate(rig, -1, "applied 002-b\n", "already exists");
	expect_status(rig, 0, 2, "");
	assert_string_equal(rig_sql(rig, "SELECT x FROM b"), "7"); /* 003's DELETE is undone */
	rig_sql(rig, "DROP TABLE c");
	expect_migrate(rig, 0, "applied 003-c\nthe database has schema 3, which is what this program needs\n", "");
}

static atomic_int applied, finished;

static void
count_applied(void *owner, const char *step)
{
	(void)owner;
	if (str_starts(str_z(step), STR("applied")))
		atomic_fetch_add(&applied, 1);
}

static void *
migrate_thread(void *arg)
{
	struct rig *rig = arg;
	struct buf why = {0};

	if (storage_migrate(rig->conf, count_applied, NULL, &why) == 0)
		atomic_fetch_add(&finished, 1);
	else
		fprintf(stderr, "%s\n", buf_z(&why));
	buf_done(&why);
	return NULL;
}

static void
at_once(struct rig *rig)
{
	pthread_t threads[6];

	applied = finished = 0;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, migrate_thread, rig), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(finished, 6);
	assert_int_equal(applied, 3);
	expect_status(rig, 0, 3, "");
}

#define BOTH(name)                                       \
	static void sqlite_##name(void **state)          \
	{                                                \
		name(make_rig(state, RIG_SQLITE));       \
	}                                                \
	static void pg_##name(void **state)              \
	{                                                \
		name(make_rig(state, RIG_PGSQL));        \
	}
BOTH(steps)
BOTH(old_and_new)
BOTH(check_at_start)
BOTH(newer_and_good)
BOTH(tables_differ)
BOTH(failed_version_leaves_nothing)
BOTH(at_once)

/* --- SQLite's file --- */

static void
file_of_its_own(void **state)
{
	struct rig *rig = make_rig(state, RIG_SQLITE);
	char path[128], wal[160];
	struct stat st;
	FILE *f;

	snprintf(path, sizeof(path), "%s/db", rig->dir);
	snprintf(wal, sizeof(wal), "%s-wal", path);
	f = fopen(wal, "w");
	assert_non_null(f);
	fputs("left over", f);
	fclose(f);
	expect_migrate(rig, -1, "", "db-wal is there");
	assert_int_equal(unlink(wal), 0);
	rig_migrate(rig);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* --- configuration --- */

static struct conf *
load(struct rig *rig, const char *section, struct buf *problems)
{
	static const struct conf_section *const sections[] = {&conf_storage, NULL};
	struct conf *conf = NULL;
	char path[128];
	FILE *f;
	int rc;

	snprintf(path, sizeof(path), "%s/conf", rig->dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "storage {\n%s\n}\n", section);
	fclose(f);
	rc = conf_load(&conf, path, sections, NULL, "sm-1", problems);
	assert_int_equal(rc == 0, conf != NULL);
	return conf;
}

static void
expect_problem(struct rig *rig, const char *section, const char *part)
{
	struct buf problems = {0};
	struct conf *conf = load(rig, section, &problems);

	assert_null(conf);
	if (!strstr(buf_z(&problems), part))
		fail_msg("%s", buf_z(&problems));
	buf_done(&problems);
}

static void
configuration(void **state)
{
	struct rig *rig = make_rig(state, RIG_SQLITE);
	struct buf problems = {0};
	struct conf *conf = load(rig, "", &problems);

	assert_string_equal(conf_str(conf, "storage", NULL, "sqlite_path"), LOCALSTATEDIR "/lib/carillon/carillon.db");
	assert_int_equal(conf_int(conf, "storage", NULL, "commit_delay"), 30);
	conf_free(&conf);
	expect_problem(rig, "engine = \"postgresql\"", "does not say where it is");
	expect_problem(rig, "postgresql = \"hots=there\"", "is no connection string");
	expect_problem(rig, "engine = \"mysql\"", "sqlite");
	expect_problem(rig, "queue_max = 1", "queue_max");
	buf_done(&problems);
}

static void
expect_no_database(struct rig *rig, const char *section, const char *part)
{
	struct buf problems = {0}, why = {0};
	struct storage_schema schema;

	conf_free(&rig->conf);
	rig->conf = load(rig, section, &problems);
	assert_int_equal(storage_schema_check(rig->conf, &why), 0);
	assert_int_equal(storage_schema_status(rig->conf, &schema, &why), -1);
	if (!strstr(buf_z(&why), part))
		fail_msg("%s", buf_z(&why));
	buf_clear(&why);
	assert_int_equal(storage_migrate(rig->conf, NULL, NULL, &why), -1);
	if (!strstr(buf_z(&why), part))
		fail_msg("%s", buf_z(&why));
	expect_not_usable(rig, part);
	buf_done(&problems);
	buf_done(&why);
}

static void
no_database(void **state)
{
	struct rig *rig = make_rig(state, RIG_SQLITE);

	expect_no_database(rig, "sqlite_path = \"/nonexistent/carillon.db\"",
			   "the directory /nonexistent does not exist: make it");
	expect_no_database(rig, "engine = \"postgresql\"\npostgresql = \"host=/nonexistent dbname=x\"",
			   "is PostgreSQL running there, with its socket in that directory?");
	expect_no_database(rig, "engine = \"postgresql\"\npostgresql = \"host=127.0.0.1 port=1 dbname=x\"",
			   "is PostgreSQL running there, and listening on that address?");
	expect_no_database(rig, "engine = \"postgresql\"\npostgresql = \"host=/nonexistent,127.0.0.1 port=1 dbname=x\"",
			   "is PostgreSQL running there");
}

/* Names are looked up before libpq sees them, and each address is a place of its own. */
static void
no_such_host(void **state)
{
	struct rig *rig = make_rig(state, RIG_SQLITE);
	struct buf problems = {0};

	conf_free(&rig->conf);
	rig->conf = load(rig, "engine = \"postgresql\"\npostgresql = \"host=a..b,localhost port=1 dbname=x\"", &problems);
	expect_not_usable(rig, "port 1 failed: Connection refused");
	conf_free(&rig->conf);
	rig->conf = load(rig, "engine = \"postgresql\"\npostgresql = \"host=a..b dbname=x\"", &problems);
	expect_not_usable(rig, "cannot find the address of a..b");
	buf_done(&problems);
}

static void
pg_no_database(void **state)
{
	struct rig *rig = make_rig(state, RIG_PGSQL);
	char section[512];

	snprintf(section, sizeof(section), "engine = \"postgresql\"\npostgresql = \"%s dbname=nosuch\"",
		 getenv("CARILLON_TEST_PG"));
	expect_no_database(rig, section, "create it: createdb");
	snprintf(section, sizeof(section), "engine = \"postgresql\"\npostgresql = \"%s user=nobody_such\"",
		 getenv("CARILLON_TEST_PG"));
	expect_no_database(rig, section, "create it: createuser");
	rig_sql(rig, "DROP DATABASE IF EXISTS ascii");
	rig_sql(rig, "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'");
	snprintf(section, sizeof(section), "engine = \"postgresql\"\npostgresql = \"%s dbname=ascii\"",
		 getenv("CARILLON_TEST_PG"));
	expect_no_database(rig, section, "encoding SQL_ASCII, not UTF8");
	rig_sql(rig, "DROP DATABASE ascii WITH (FORCE)");
}

/* A host that is away does not keep us from the next one. */
static void
pg_several_hosts(void **state)
{
	struct rig *rig = make_rig(state, RIG_PGSQL);
	struct buf problems = {0};
	char section[512];

	rig_migrate(rig);
	assert_true(str_starts(str_z(getenv("CARILLON_TEST_PG")), STR("host=")));
	snprintf(section, sizeof(section),
		 "engine = \"postgresql\"\npostgresql = \"host=/nonexistent,127.0.0.1,%s port=5432,1,5432\"",
		 getenv("CARILLON_TEST_PG") + strlen("host="));
	conf_free(&rig->conf);
	rig->conf = load(rig, section, &problems);
	expect_not_usable(rig, "the tables are not those of schema 3"); /* it is there, then */
	expect_status(rig, 0, 3, "");
	buf_done(&problems);
}

#define TEST(f) cmocka_unit_test_teardown(f, tear_down)
#define TESTS(engine)                                                                              \
	TEST(engine##_steps), TEST(engine##_old_and_new), TEST(engine##_check_at_start),           \
		TEST(engine##_newer_and_good), TEST(engine##_tables_differ),                       \
		TEST(engine##_failed_version_leaves_nothing), TEST(engine##_at_once)

int
main(void)
{
	const struct CMUnitTest sqlite[] = {
		TESTS(sqlite), TEST(file_of_its_own), TEST(configuration), TEST(no_database), TEST(no_such_host),
	};
	const struct CMUnitTest pgsql[] = {TESTS(pg), TEST(pg_no_database), TEST(pg_several_hosts)};
	int failed = cmocka_run_group_tests_name("schema on SQLite", sqlite, NULL, NULL);

	if (rig_has_pg())
		failed += cmocka_run_group_tests_name("schema on PostgreSQL", pgsql, NULL, NULL);
	return failed;
}
