/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Databases of earlier versions, with something in them, brought up to date by
 * storage_migrate: nothing is lost, and what is new is usable at once. (How
 * migrations are done is test_storage_schema's.)
 */
#include "storage/schema.h"
#include "storage/sql.h"
#include "tests/unit/storage_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define JULIET STR("juliet@example.net")

static int
tear_down(void **state)
{
	struct rig *rig = *state;

	rig_free(&rig);
	return 0;
}

/* The first `version` files, as that release had applied them. */
static void
make_version(struct rig *rig, int version)
{
	const struct sql_engine *engine;
	struct sql_settings settings;
	struct buf why = {0}, sql = {0};
	struct sql_admin *admin;

	assert_int_equal(sql_settings_read(&settings, &engine, rig->conf, &why), 0);
	sql_expand(&sql, engine, STR("CREATE TABLE meta (key @text@ NOT NULL PRIMARY KEY, value @text@ NOT NULL);\n"));
	for (int i = 0; i < version; i++)
		sql_expand(&sql, engine, str_z(schema_files[i].sql));
	buf_addf(&sql, "INSERT INTO meta (key, value) VALUES ('schema_version', '%d');\n", version);
	admin = engine->admin_open(&settings, true, &why);
	assert_non_null(admin);
	if (engine->admin_exec(admin, buf_z(&sql), &why) < 0)
		fail_msg("%s", buf_z(&why));
	engine->admin_close(&admin);
	sql_settings_done(&settings);
	buf_done(&sql);
	buf_done(&why);
}

static void
collect(void *owner, const char *step)
{
	buf_addf(owner, "%s\n", step);
}

static void
expect_user(struct rig *rig, const char *text)
{
	struct answer a = {.rig = rig};

	storage_user_load(rig->s, JULIET, on_user, &a);
	answer_wait(&a);
	assert_string_equal(storage_result_name(a.r), "ok");
	assert_int_equal(a.num[0], 7);
	assert_int_equal(a.num[1], 40);
	assert_string_equal(buf_z(&a.text), text);
	answer_reset(&a);
}

/* 002: privacy lists. A user with a row in `users` has no default list, like one without. */
static void
from_1(struct rig *rig)
{
	struct answer a = {.rig = rig};
	struct buf told = {0}, why = {0};
	struct privacy_row item = {.place = 1, .what = PRIVACY_JID, .value = STR("paris@example.net"), .deny = true};
	struct privacy_change c = {.list = STR("l"), .rows = &item, .row_count = 1, .set_default = true, .default_list = STR("l")};

	make_version(rig, 1);
	rig_sql(rig, "INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) "
		     "VALUES ('juliet@example.net', 'example.net', 'K', '', 0, 1, 0)");
	rig_sql(rig, "INSERT INTO users (owner, roster_version, delivered) VALUES ('juliet@example.net', 7, 40)");
	rig_sql(rig, "INSERT INTO roster (owner, jid, name, grps, subscription, removed, version) "
		     "VALUES ('juliet@example.net', 'romeo@example.net', 'R', '', 3, 0, 7)");
	if (storage_migrate(rig->conf, collect, &told, &why) < 0)
		fail_msg("%s", buf_z(&why));
	if (!str_starts(buf_str(&told), STR("applied 002-privacy\napplied 003-archive\n")))
		fail_msg("%s", buf_z(&told));
	rig_open(rig);
	rig_wait_usable(rig, true);
	expect_user(rig, "juliet@example.net\nromeo@example.net|R||3|0|7\n");
	storage_privacy_change(rig->s, JULIET, &c, on_done, &a);
	answer_wait(&a);
	assert_int_equal(a.r, STORAGE_OK);
	answer_reset(&a);
	expect_user(rig, "juliet@example.net\nromeo@example.net|R||3|0|7\ndefault l\nl 1|1|paris@example.net|1|0\n");
	buf_done(&told);
	buf_done(&why);
}

/* 003: an index over the log. What is there is an archive from now on, as far as it is not deleted when it is delivered. */
static void
from_2(struct rig *rig)
{
	struct log_range range = {.peer = STR("romeo@example.net"), .before = INT64_MAX, .max = 9};
	struct buf told = {0}, why = {0};
	struct answer a = {.rig = rig};

	make_version(rig, 2);
	rig_sql(rig, "INSERT INTO log (owner, id, peer, origin, flags, stanza) "
		     "VALUES ('juliet@example.net', 5, 'romeo@example.net', '', 0, 'a'), ('juliet@example.net', 6, 'n@x', '', 0, 'b')");
	if (storage_migrate(rig->conf, collect, &told, &why) < 0)
		fail_msg("%s", buf_z(&why));
	if (!str_starts(buf_str(&told), STR("applied 003-archive\n")))
		fail_msg("%s", buf_z(&told));
	rig_open(rig);
	rig_wait_usable(rig, true);
	storage_log_page(rig->s, JULIET, &range, on_log, &a);
	answer_wait(&a);
	assert_string_equal(buf_z(&a.text), "5|romeo@example.net||0|a\n");
	answer_reset(&a);
	buf_done(&told);
	buf_done(&why);
}

/* ---- the next release migrates while this one runs (doc/upgrade.md) ---- */

static int64_t ids;

static void
write_and_read(struct rig *rig, const char *keys, const char *stanza, const char *log)
{
	struct log_entry e = {.owner = JULIET, .peer = STR("romeo@example.org"), .stanza = str_z(stanza)};
	struct log_range range = {.peer = STR("romeo@example.org"), .before = INT64_MAX, .max = 9};
	struct answer a = {.rig = rig};

	storage_account_set_keys(rig->s, JULIET, str_z(keys), STR(""), on_done, &a);
	answer_wait(&a);
	assert_string_equal(storage_result_name(a.r), "ok");
	answer_reset(&a);
	e.id = ++ids;
	assert_true(storage_log_append(rig->s, &e, on_done, &a) != 0);
	answer_wait(&a);
	assert_string_equal(storage_result_name(a.r), "ok");
	answer_reset(&a);
	storage_log_page(rig->s, JULIET, &range, on_log, &a);
	answer_wait(&a);
	assert_string_equal(buf_z(&a.text), log);
	answer_reset(&a);
}

/* What an additive file does: a table, a column with a default, an index; and who may go on. */
static void
migrate_to_next(struct rig *rig, int compatible)
{
	char text[100];

	rig_sql(rig, "ALTER TABLE accounts ADD COLUMN later BIGINT NOT NULL DEFAULT 0");
	rig_sql(rig, "ALTER TABLE log ADD COLUMN later BIGINT NOT NULL DEFAULT 0");
	rig_sql(rig, "CREATE TABLE later (owner BIGINT)");
	rig_sql(rig, "CREATE INDEX later_log ON log (owner, later)");
	snprintf(text, sizeof(text), "UPDATE meta SET value = '%d' WHERE key = 'schema_version'", (int)schema_file_count + 1);
	rig_sql(rig, text);
	snprintf(text, sizeof(text), "UPDATE meta SET value = '%d' WHERE key = 'schema_compatible'", compatible);
	rig_sql(rig, text);
}

static void
while_running(struct rig *rig, int compatible)
{
	ids = 0;
	rig_migrate(rig);
	rig_sql(rig, "INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) "
		     "VALUES ('juliet@example.net', 'example.net', 'K', '', 0, 1, 0)");
	rig_open(rig);
	rig_wait_usable(rig, true);
	write_and_read(rig, "A", "a", "1|romeo@example.org||0|a\n");
	migrate_to_next(rig, compatible);
	write_and_read(rig, "B", "b", "1|romeo@example.org||0|a\n2|romeo@example.org||0|b\n");
	rig_close(rig);
	rig->usable_calls = 0;
}

static void
goes_on_and_comes_back(struct rig *rig)
{
	while_running(rig, (int)schema_file_count);
	rig_open(rig);
	rig_wait_usable(rig, true);
	write_and_read(rig, "C", "c", "1|romeo@example.org||0|a\n2|romeo@example.org||0|b\n3|romeo@example.org||0|c\n");
}

/* Not additive: who runs goes on as long as its connections last; nobody of this release starts any more. */
static void
does_not_come_back(struct rig *rig)
{
	while_running(rig, (int)schema_file_count + 1);
	rig_open(rig);
	rig_wait_usable(rig, false);
	assert_non_null(strstr(rig->why, "upgrade Carillon"));
}

static void
goes_on_sqlite(void **state)
{
	*state = rig_new(RIG_SQLITE, NULL);
	goes_on_and_comes_back(*state);
}

static void
goes_on_pgsql(void **state)
{
	*state = rig_new(RIG_PGSQL, NULL);
	goes_on_and_comes_back(*state);
}

static void
too_new_sqlite(void **state)
{
	*state = rig_new(RIG_SQLITE, NULL);
	does_not_come_back(*state);
}

static void
too_new_pgsql(void **state)
{
	*state = rig_new(RIG_PGSQL, NULL);
	does_not_come_back(*state);
}

static void
from_2_sqlite(void **state)
{
	*state = rig_new(RIG_SQLITE, NULL);
	from_2(*state);
}

static void
from_2_pgsql(void **state)
{
	*state = rig_new(RIG_PGSQL, NULL);
	from_2(*state);
}

static void
from_1_sqlite(void **state)
{
	*state = rig_new(RIG_SQLITE, NULL);
	from_1(*state);
}

static void
from_1_pgsql(void **state)
{
	*state = rig_new(RIG_PGSQL, NULL);
	from_1(*state);
}

int
main(void)
{
	const struct CMUnitTest sqlite[] = {cmocka_unit_test_teardown(from_1_sqlite, tear_down),
					    cmocka_unit_test_teardown(from_2_sqlite, tear_down),
					    cmocka_unit_test_teardown(goes_on_sqlite, tear_down),
					    cmocka_unit_test_teardown(too_new_sqlite, tear_down)};
	const struct CMUnitTest pgsql[] = {cmocka_unit_test_teardown(from_1_pgsql, tear_down),
					   cmocka_unit_test_teardown(from_2_pgsql, tear_down),
					   cmocka_unit_test_teardown(goes_on_pgsql, tear_down),
					   cmocka_unit_test_teardown(too_new_pgsql, tear_down)};
	int failed = cmocka_run_group_tests_name("upgrades on SQLite", sqlite, NULL, NULL);

	if (rig_has_pg())
		failed += cmocka_run_group_tests_name("upgrades on PostgreSQL", pgsql, NULL, NULL);
	return failed;
}
