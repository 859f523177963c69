/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storage while its database is away, frozen, slow, locked, moved or full of
 * refusals. What must hold: every callback once; nothing of the log lost or
 * doubled; nobody waits longer than configured.
 */
#include "tests/unit/storage_rig.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define JULIET STR("juliet@example.net")
#define ROMEO STR("romeo@example.net")

static const char *self; /* path of this program */

static int
tear_down(void **state)
{
	struct rig *rig = *state;

	rig_free(&rig);
	return 0;
}

static struct rig *
start_rig(void **state, enum rig_engine engine, const char *more)
{
	struct rig *rig = rig_new(engine, more);

	*state = rig;
	rig_start(rig);
	return rig;
}

static void
expect(struct answer *a, enum storage_result r, const char *text)
{
	answer_wait(a);
	assert_int_equal(a->calls, 1);
	assert_string_equal(storage_result_name(a->r), storage_result_name(r));
	assert_string_equal(buf_z(&a->text), text);
	answer_reset(a);
}

static void
put(struct rig *rig, const char *value, struct answer *a)
{
	storage_kv_put(rig->s, JULIET, STR("m"), STR("k"), str_z(value), on_done, a);
}

/* --- a stream of appends, each of which must be answered once --- */

enum { STREAM = 3000, AHEAD = 40 };

struct stream {
	struct rig *rig;
	struct storage *s;
	int64_t base;
	unsigned sent, done, ok, want;
	unsigned char calls[STREAM];
	unsigned reads, reads_done;
};

struct sent {
	struct stream *stream;
	unsigned i;
};

static void stream_more(struct stream *st);

static void
on_appended(void *arg, enum storage_result r)
{
	struct sent *sent = arg;
	struct stream *st = sent->stream;

	st->calls[sent->i]++;
	st->done++;
	st->ok += r == STORAGE_OK;
	free(sent);
	stream_more(st);
	if (st->done >= st->want)
		rig_poke(st->rig);
}

static void
on_read(void *arg, enum storage_result r, struct str value)
{
	struct stream *st = arg;

	(void)value;
	assert_true(r == STORAGE_NOT_FOUND || r == STORAGE_TEMPORARY);
	st->reads_done++;
	rig_poke(st->rig);
}

static void
stream_more(struct stream *st)
{
	char owner[32], text[32];

	while (st->sent < STREAM && st->sent - st->done < AHEAD) {
		struct sent *sent = xmalloc(sizeof(*sent));
		struct log_entry e = {.peer = ROMEO, .id = st->base + st->sent};

		*sent = (struct sent){st, st->sent++};
		snprintf(owner, sizeof(owner), "u%u@example.net", sent->i % 7);
		snprintf(text, sizeof(text), "<m n='%u'/>", sent->i);
		e.owner = str_z(owner);
		e.stanza = str_z(text);
		storage_log_append(st->s, &e, on_appended, sent);
		if (st->sent % 50 == 0) {
			st->reads++;
			storage_kv_get(st->s, e.owner, STR("m"), STR("k"), on_read, st);
		}
	}
}

static bool
stream_reached(void *arg)
{
	struct stream *st = arg;

	return st->done >= st->want && (st->want < STREAM || st->reads_done == st->reads);
}

static void
stream_until(struct stream *st, unsigned want)
{
	st->want = want;
	rig_until(st->rig, stream_reached, st);
}

static void
stream_check(struct stream *st)
{
	stream_until(st, STREAM);
	assert_int_equal(st->ok, STREAM);
	for (unsigned i = 0; i < STREAM; i++)
		assert_int_equal(st->calls[i], 1);
}

static void
pg_restarts_under_appends(void **state)
{
	struct rig *rig = start_rig(state, RIG_PGSQL, "commit_delay = \"1ms\"");
	struct stream st = {.rig = rig, .s = rig->s, .base = 1};

	stream_more(&st);
	stream_until(&st, 500);
	rig_pg("kill");
	rig_wait_usable(rig, false);
	rig_pg("start");
	stream_until(&st, 1200);
	rig_pg("stop");
	rig_wait_usable(rig, false);
	rig_pg("start");
	stream_until(&st, 1600);
	rig_sql(rig, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'carillon'");
	stream_check(&st);
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log"), "3000");
}

static void
pg_freezes(void **state)
{
	struct rig *rig = start_rig(state, RIG_PGSQL, "timeout = \"400ms\"");
	struct answer a = {.rig = rig}, b = {.rig = rig}, read = {.rig = rig};
	struct log_entry e = {.owner = JULIET, .id = 5, .peer = ROMEO, .stanza = STR("s")};

	rig_pg("freeze");
	storage_log_append(rig->s, &e, on_done, &a);
	put(rig, "v", &b);
	storage_kv_get(rig->s, ROMEO, STR("m"), STR("k"), on_value, &read);
	expect(&b, STORAGE_TEMPORARY, "");
	expect(&read, STORAGE_TEMPORARY, "");
	rig_wait_usable(rig, false);
	assert_int_equal(a.calls, 0); /* it waits */
	assert_false(storage_log_withdraw(rig->s, 1));
	rig_pg("thaw");
	expect(&a, STORAGE_OK, "");
	rig_wait_usable(rig, true);
	put(rig, "w", &b);
	expect(&b, STORAGE_OK, "");
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log"), "1");
}

/* A table that somebody has locked: that query ends in time, and commits of the log do not wait for it. */
static void
pg_slow_query_does_not_delay_commits(void **state)
{
	struct rig *rig = start_rig(state, RIG_PGSQL, "timeout = \"1s\"");
	PGconn *pq = PQconnectdb(getenv("CARILLON_TEST_PG"));
	struct answer a = {.rig = rig}, b = {.rig = rig};
	struct log_entry e = {.owner = ROMEO, .id = 5, .peer = JULIET, .stanza = STR("s")};

	PQclear(PQexec(pq, "BEGIN; LOCK TABLE kv IN ACCESS EXCLUSIVE MODE"));
	put(rig, "v", &b);
	for (int i = 0; i < 5; i++) {
		e.id++;
		storage_log_append(rig->s, &e, on_done, &a);
		expect(&a, STORAGE_OK, "");
	}
	assert_int_equal(b.calls, 0);
	expect(&b, STORAGE_TEMPORARY, "");
	PQclear(PQexec(pq, "COMMIT"));
	PQfinish(pq);
	rig_wait_usable(rig, true);
	put(rig, "v", &b);
	expect(&b, STORAGE_OK, "");
}

static void
pg_becomes_read_only(void **state)
{
	struct rig *rig = start_rig(state, RIG_PGSQL, NULL);
	struct answer a = {.rig = rig};

	rig_sql(rig, "ALTER DATABASE carillon SET default_transaction_read_only = on");
	rig_sql(rig, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'carillon'");
	rig_wait_usable(rig, false);
	while (!strstr(rig->why, "read-only")) {
		rig->usable_calls = 0;
		rig_wait_usable(rig, false);
	}
	rig_sql(rig, "ALTER DATABASE carillon RESET default_transaction_read_only");
	rig_wait_usable(rig, true);
	put(rig, "v", &a);
	expect(&a, STORAGE_OK, "");
}

/* --- both engines --- */

static void
database_comes_late(void **state, enum rig_engine engine)
{
	struct rig *rig = rig_new(engine, "queue_max = 10\ntimeout = \"500ms\"");
	struct answer waiting[10], full = {.rig = rig}, put_a = {.rig = rig};
	struct log_entry e = {.owner = JULIET, .peer = ROMEO, .stanza = STR("s")};
	const char *why;

	*state = rig;
	rig_open(rig);
	assert_false(storage_usable(rig->s, &why));
	assert_string_equal(why, "connecting");
	for (int i = 0; i < 10; i++) {
		waiting[i] = (struct answer){.rig = rig};
		e.id = i + 1;
		storage_log_append(rig->s, &e, on_done, &waiting[i]);
	}
	e.id = 11;
	storage_log_append(rig->s, &e, on_done, &full);
	assert_int_equal(full.calls, 0);
	put(rig, "v", &put_a);
	expect(&full, STORAGE_TEMPORARY, "");
	expect(&put_a, STORAGE_TEMPORARY, ""); /* after half a second */
	assert_int_equal(waiting[0].calls, 0);
	put(rig, "v", &put_a); /* and now at once, but not before the call returns */
	assert_int_equal(put_a.calls, 0);
	expect(&put_a, STORAGE_TEMPORARY, "");
	rig_wait_usable(rig, false);
	assert_non_null(strstr(rig->why, "run carillonctl db migrate"));
	rig_migrate(rig);
	rig_wait_usable(rig, true);
	for (int i = 0; i < 10; i++)
		expect(&waiting[i], STORAGE_OK, "");
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log"), "10");
}

static void
sqlite_comes_late(void **state)
{
	database_comes_late(state, RIG_SQLITE);
}

static void
pg_comes_late(void **state)
{
	database_comes_late(state, RIG_PGSQL);
}

static void
on_flushed(void *owner)
{
	struct answer *a = owner;

	a->calls++;
	rig_poke(a->rig);
}

/* What the database refuses does not take its neighbours with it. */
static void
one_is_refused(struct rig *rig)
{
	struct answer good = {.rig = rig}, bad = {.rig = rig}, flushed = {.rig = rig};
	struct log_entry e = {.owner = JULIET, .peer = ROMEO};

	for (int i = 1; i <= 100; i++) {
		e.id = i;
		e.stanza = i == 37 || i == 38 || i == 90 ? STR("poison") : STR("good");
		storage_log_append(rig->s, &e, on_done, str_is(e.stanza, "poison") ? &bad : &good);
	}
	storage_flush(rig->s, on_flushed, &flushed);
	answer_wait(&flushed);
	assert_int_equal(good.calls, 97);
	assert_int_equal(bad.calls, 3);
	assert_int_equal(good.r, STORAGE_OK);
	assert_int_equal(bad.r, STORAGE_REFUSED);
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log"), "97");
	answer_reset(&good);
	answer_reset(&bad);
}

static void
sqlite_refuses_one(void **state)
{
	struct rig *rig = start_rig(state, RIG_SQLITE, NULL);

	rig_sql(rig, "CREATE TRIGGER no BEFORE INSERT ON log WHEN new.stanza = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END");
	one_is_refused(rig);
}

static void
pg_refuses_one(void **state)
{
	struct rig *rig = start_rig(state, RIG_PGSQL, NULL);

	rig_sql(rig, "ALTER TABLE log ADD CONSTRAINT no CHECK (stanza <> 'poison')");
	one_is_refused(rig);
}

/* A job that is refused undoes itself, and not those that share its commit. */
static void
half_a_change(struct rig *rig)
{
	struct answer a = {.rig = rig}, b = {.rig = rig};
	struct roster_row row = {.jid = ROMEO, .version = 1};
	struct roster_change c = {.row = &row, .version = 1, .request = REQUEST_PUT, .request_row = {ROMEO, STR("poison")}};
	struct account acc = {.owner = JULIET};

	storage_account_add(rig->s, &acc, on_done, &a);
	storage_roster_change(rig->s, JULIET, &c, on_done, &b);
	expect(&a, STORAGE_OK, "");
	expect(&b, STORAGE_REFUSED, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\n");
}

static void
sqlite_refuses_half(void **state)
{
	struct rig *rig = start_rig(state, RIG_SQLITE, NULL);

	rig_sql(rig, "CREATE TRIGGER no BEFORE INSERT ON requests WHEN new.stanza = 'poison' "
		     "BEGIN SELECT RAISE(ABORT, 'no'); END");
	half_a_change(rig);
}

static void
pg_refuses_half(void **state)
{
	struct rig *rig = start_rig(state, RIG_PGSQL, NULL);

	rig_sql(rig, "ALTER TABLE requests ADD CONSTRAINT no CHECK (stanza <> 'poison')");
	half_a_change(rig);
}

/*
 * A refused operation must not make the others of its owner, or of a
 * neighbour, overtake each other when they are run again.
 */
static void
order_after_a_refusal(struct rig *rig)
{
	enum { N = 200 };
	struct answer a = {.rig = rig}, bad = {.rig = rig}, last = {.rig = rig};
	char text[32];

	for (int i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "%d", i);
		put(rig, text, &a);
		snprintf(text, sizeof(text), "u%d@example.net", i);
		storage_kv_put(rig->s, str_z(text), STR("m"), STR("k"), STR("v"), on_done, &a);
		if (i == 1 || i == 40 || i == N - 2)
			storage_kv_put(rig->s, ROMEO, STR("m"), STR("k"), STR("poison"), on_done, &bad);
		if (i == 100)
			storage_kv_get(rig->s, JULIET, STR("m"), STR("k"), on_value, &last);
	}
	expect(&last, STORAGE_OK, "100");
	storage_kv_get(rig->s, JULIET, STR("m"), STR("k"), on_value, &last);
	expect(&last, STORAGE_OK, "199");
	assert_int_equal(bad.calls, 3);
	assert_int_equal(bad.r, STORAGE_REFUSED);
	assert_int_equal(a.calls, 2 * N);
	assert_int_equal(a.r, STORAGE_OK);
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM kv"), "201");
}

static void
sqlite_order_after_a_refusal(void **state)
{
	struct rig *rig = start_rig(state, RIG_SQLITE, NULL);

	rig_sql(rig, "CREATE TRIGGER no BEFORE INSERT ON kv WHEN new.value = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END");
	order_after_a_refusal(rig);
}

static void
pg_order_after_a_refusal(void **state)
{
	struct rig *rig = start_rig(state, RIG_PGSQL, NULL);

	rig_sql(rig, "ALTER TABLE kv ADD CONSTRAINT no CHECK (value <> 'poison')");
	order_after_a_refusal(rig);
}

/* A table that goes away is no reason to refuse entries: they wait. */
static void
table_goes_away(struct rig *rig)
{
	struct answer a = {.rig = rig};
	struct log_entry e = {.owner = JULIET, .id = 1, .peer = ROMEO, .stanza = STR("s")};

	rig_sql(rig, "ALTER TABLE log RENAME TO gone");
	storage_log_append(rig->s, &e, on_done, &a);
	rig_wait_usable(rig, false);
	while (!strstr(rig->why, "the tables are not those of schema")) {
		rig->usable_calls = 0;
		rig_wait_usable(rig, false);
	}
	assert_int_equal(a.calls, 0);
	rig_sql(rig, "ALTER TABLE gone RENAME TO log");
	rig_wait_usable(rig, true);
	expect(&a, STORAGE_OK, "");
}

static void
sqlite_table_goes_away(void **state)
{
	table_goes_away(start_rig(state, RIG_SQLITE, NULL));
}

static void
pg_table_goes_away(void **state)
{
	table_goes_away(start_rig(state, RIG_PGSQL, NULL));
}

/* --- SQLite --- */

static void
sqlite_is_locked(void **state)
{
	struct rig *rig = start_rig(state, RIG_SQLITE, "timeout = \"200ms\"");
	struct answer a = {.rig = rig}, b = {.rig = rig};
	struct log_entry e = {.owner = JULIET, .id = 1, .peer = ROMEO, .stanza = STR("s")};
	char path[128];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/db", rig->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	storage_log_append(rig->s, &e, on_done, &a);
	put(rig, "v", &b);
	expect(&b, STORAGE_TEMPORARY, "");
	storage_kv_get(rig->s, ROMEO, STR("m"), STR("k"), on_value, &b); /* reading goes on */
	expect(&b, STORAGE_NOT_FOUND, "");
	assert_int_equal(a.calls, 0);
	assert_true(rig->usable);
	assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	expect(&a, STORAGE_OK, "");
	put(rig, "v", &b);
	expect(&b, STORAGE_OK, "");
}

static void
sqlite_file_is_deleted(void **state)
{
	struct rig *rig = start_rig(state, RIG_SQLITE, NULL);
	struct answer a = {.rig = rig};
	struct log_entry e = {.owner = JULIET, .id = 1, .peer = ROMEO, .stanza = STR("s")};
	char path[128];

	snprintf(path, sizeof(path), "%s/db", rig->dir);
	assert_int_equal(unlink(path), 0);
	storage_log_append(rig->s, &e, on_done, &a);
	rig_wait_usable(rig, false);
	assert_int_equal(a.calls, 0);
	while (!strstr(rig->why, "does not exist: run carillonctl db migrate")) {
		rig->usable_calls = 0;
		rig_wait_usable(rig, false);
	}
	rig_migrate(rig);
	rig_wait_usable(rig, true);
	expect(&a, STORAGE_OK, "");
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log"), "1");
}

static void
sqlite_file_is_garbage(void **state)
{
	struct rig *rig = rig_new(RIG_SQLITE, NULL);
	char path[128];
	FILE *f;

	*state = rig;
	snprintf(path, sizeof(path), "%s/db", rig->dir);
	f = fopen(path, "w");
	assert_non_null(f);
	for (int i = 0; i < 10000; i++)
		fputs("this is no database ", f);
	fclose(f);
	rig_open(rig);
	rig_wait_usable(rig, false);
	assert_non_null(strstr(rig->why, "restore a backup"));
}

/* This program again, as another process that writes into the same file: see main. */
static pid_t
other_writer(const struct rig *rig)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		execl(self, self, rig->dir, (char *)NULL);
		_exit(127);
	}
	return pid;
}

static void
sqlite_two_processes(void **state)
{
	struct rig *rig = start_rig(state, RIG_SQLITE, "commit_delay = \"1ms\"");
	struct storage *other = rig_another(rig);
	struct stream st = {.rig = rig, .s = rig->s, .base = 1}, st2 = {.rig = rig, .s = other, .base = 100000};
	pid_t pid = other_writer(rig);
	int status;

	stream_more(&st);
	stream_more(&st2);
	stream_check(&st);
	stream_check(&st2);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log"), "9000");
	storage_free(&other);
}

/* The other process. */
static void
writer_process(void **state)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));
	struct stream st = {.rig = rig, .base = 200000};
	static const struct conf_section *const sections[] = {&conf_storage, NULL};
	struct buf why = {0};
	char path[160];

	(void)state;
	rig->loop = loop_new();
	snprintf(path, sizeof(path), "%s/conf", getenv("WRITER_DIR"));
	assert_int_equal(conf_load(&rig->conf, path, sections, NULL, "sm-2", &why), 0);
	rig->s = st.s = rig_another(rig);
	stream_more(&st);
	stream_check(&st);
	storage_free(&rig->s);
	loop_free(&rig->loop);
	conf_free(&rig->conf);
	free(rig);
}

#define TEST(f) cmocka_unit_test_teardown(f, tear_down)

int
main(int argc, char **argv)
{
	const struct CMUnitTest writer[] = {cmocka_unit_test(writer_process)};
	const struct CMUnitTest sqlite[] = {
		TEST(sqlite_comes_late),      TEST(sqlite_refuses_one),     TEST(sqlite_refuses_half),
		TEST(sqlite_table_goes_away), TEST(sqlite_is_locked),       TEST(sqlite_file_is_deleted),
		TEST(sqlite_file_is_garbage), TEST(sqlite_two_processes),   TEST(sqlite_order_after_a_refusal),
	};
	const struct CMUnitTest pgsql[] = {
		TEST(pg_comes_late),      TEST(pg_refuses_one),
		TEST(pg_refuses_half),    TEST(pg_table_goes_away),
		TEST(pg_slow_query_does_not_delay_commits),
		TEST(pg_order_after_a_refusal), TEST(pg_becomes_read_only),
	};
	const struct CMUnitTest server[] = {TEST(pg_freezes), TEST(pg_restarts_under_appends)};
	int failed;

	self = argv[0];
	if (argc > 1) {
		setenv("WRITER_DIR", argv[1], 1);
		return cmocka_run_group_tests_name("another process", writer, NULL, NULL);
	}
	failed = cmocka_run_group_tests_name("faults of SQLite", sqlite, NULL, NULL);
	if (rig_has_pg())
		failed += cmocka_run_group_tests_name("faults of PostgreSQL", pgsql, NULL, NULL);
	if (rig_has_pg_ctl())
		failed += cmocka_run_group_tests_name("faults of its server", server, NULL, NULL);
	return failed;
}
