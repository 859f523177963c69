/* SPDX-License-Identifier: Apache-2.0 */
/* The storage under test; see storage_rig.h. */
#include "tests/unit/storage_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000 };

/* The test programs run side by side, and each of them wipes this database, or kills it. */
static void
wait_for_turn(void)
{
	const char *ctl = getenv("CARILLON_TEST_PG_CTL");
	int fd = open(ctl ? ctl : "/tmp/carillon-test-pg.lock", O_RDONLY | O_CLOEXEC | (ctl ? 0 : O_CREAT), 0600);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		die(1, "cannot lock the test database: %s", strerror(errno));
	/* held until this process ends */
}

bool
rig_has_pg(void)
{
	const char *pg = getenv("CARILLON_TEST_PG");
	static bool mine;

	if (!pg || !*pg)
		return false;
	if (!mine)
		wait_for_turn();
	mine = true;
	return true;
}

bool
rig_has_pg_ctl(void)
{
	return rig_has_pg() && getenv("CARILLON_TEST_PG_CTL");
}

/* --- the database from outside --- */

static const char *
keep(const char *text)
{
	static char kept[4096];

	snprintf(kept, sizeof(kept), "%s", text ? text : "");
	return kept;
}

static const char *
pg_sql(const char *sql)
{
	char *conninfo = xasprintf("%s options='-c client_min_messages=warning -c default_transaction_read_only=off'",
				   getenv("CARILLON_TEST_PG"));
	PGconn *pq = PQconnectdb(conninfo);
	PGresult *res = PQexec(pq, sql);
	ExecStatusType status = PQresultStatus(res);
	const char *text;

	free(conninfo);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(pq));
	text = keep(PQntuples(res) > 0 ? PQgetvalue(res, 0, 0) : "");
	PQclear(res);
	PQfinish(pq);
	return text;
}

static int
first_value(void *arg, int n, char **values, char **names)
{
	(void)names;
	if (n > 0 && !*(const char **)arg)
		*(const char **)arg = keep(values[0]);
	return 0;
}

static const char *
lite_sql(const struct rig *rig, const char *sql)
{
	char path[128], *error = NULL;
	const char *text = NULL;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/db", rig->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, sql, first_value, &text, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	sqlite3_close(db);
	return text ? text : "";
}

const char *
rig_sql(struct rig *rig, const char *sql)
{
	return rig->engine == RIG_PGSQL ? pg_sql(sql) : lite_sql(rig, sql);
}

static pid_t
run_ctl(const char *verb)
{
	const char *ctl = getenv("CARILLON_TEST_PG_CTL");
	pid_t pid = fork();

	assert_non_null(ctl);
	assert_true(pid >= 0);
	if (pid == 0) {
		execl(ctl, ctl, verb, (char *)NULL);
		_exit(127);
	}
	return pid;
}

void
rig_pg(const char *verb)
{
	int status;

	assert_true(waitpid(run_ctl(verb), &status, 0) > 0);
	assert_int_equal(status, 0);
}

/* --- the loop --- */

static void
on_late(struct timer *t)
{
	struct rig *rig = container_of(t, struct rig, deadline);

	rig->late = true;
	loop_stop(rig->loop);
}

void
rig_poke(struct rig *rig)
{
	loop_stop(rig->loop);
}

void
rig_until(struct rig *rig, bool (*cond)(void *arg), void *arg)
{
	timer_start(rig->loop, &rig->deadline, PATIENCE_MS, on_late);
	while (!cond(arg) && !rig->late)
		loop_run(rig->loop);
	timer_stop(&rig->deadline);
	if (rig->late)
		fail_msg("it did not happen in time; storage says: %s", rig->why);
}

static void
on_usable(void *owner, bool usable, const char *why)
{
	struct rig *rig = owner;

	rig->usable = usable;
	rig->usable_calls++;
	snprintf(rig->why, sizeof(rig->why), "%s", why);
	rig_poke(rig);
}

static bool
is_usable(void *arg)
{
	return ((struct rig *)arg)->usable;
}

static bool
is_not_usable(void *arg)
{
	return !((struct rig *)arg)->usable && ((struct rig *)arg)->usable_calls > 0;
}

void
rig_wait_usable(struct rig *rig, bool usable)
{
	rig_until(rig, usable ? is_usable : is_not_usable, rig);
}

/* --- life --- */

static struct conf *
make_conf(const struct rig *rig, const char *more)
{
	static const struct conf_section *const sections[] = {&conf_storage, NULL};
	struct buf problems = {0};
	struct conf *conf = NULL;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/conf", rig->dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "storage {\nengine = \"%s\"\nsqlite_path = \"%s/db\"\nsqlite_synchronous = \"normal\"\n",
		rig->engine == RIG_PGSQL ? "postgresql" : "sqlite", rig->dir);
	if (rig->engine == RIG_PGSQL)
		fprintf(f, "postgresql = \"%s\"\n", getenv("CARILLON_TEST_PG"));
	fprintf(f, "%s\n}\n", more ? more : "");
	fclose(f);
	if (conf_load(&conf, path, sections, NULL, "sm-1", &problems) < 0)
		fail_msg("%s", buf_z(&problems));
	buf_done(&problems);
	return conf;
}

struct rig *
rig_new(enum rig_engine engine, const char *more)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));

	rig->engine = engine;
	snprintf(rig->dir, sizeof(rig->dir), "/tmp/carillon-test.XXXXXX");
	assert_non_null(mkdtemp(rig->dir));
	rig->loop = loop_new();
	rig->conf = make_conf(rig, more);
	if (engine == RIG_PGSQL)
		pg_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	return rig;
}

void
rig_migrate(struct rig *rig)
{
	struct buf why = {0};

	if (storage_migrate(rig->conf, NULL, NULL, &why) < 0)
		fail_msg("%s", buf_z(&why));
	buf_done(&why);
}

struct storage *
rig_another(struct rig *rig)
{
	struct buf why = {0};
	struct storage *s = storage_new(rig->loop, rig->conf, NULL, NULL, NULL, &why);

	if (!s)
		fail_msg("%s", buf_z(&why));
	return s;
}

void
rig_open(struct rig *rig)
{
	struct buf why = {0};

	rig->s = storage_new(rig->loop, rig->conf, NULL, on_usable, rig, &why);
	if (!rig->s)
		fail_msg("%s", buf_z(&why));
}

void
rig_start(struct rig *rig)
{
	rig_migrate(rig);
	rig_open(rig);
	rig_wait_usable(rig, true);
}

void
rig_close(struct rig *rig)
{
	storage_free(&rig->s);
}

static void
remove_file(const struct rig *rig, const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", rig->dir, name);
	unlink(path);
}

void
rig_free(struct rig **rig)
{
	static const char *const files[] = {"conf", "db", "db-wal", "db-shm"};
	struct rig *r = *rig;

	rig_close(r);
	loop_free(&r->loop);
	conf_free(&r->conf);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		remove_file(r, files[i]);
	rmdir(r->dir);
	free(r);
	*rig = NULL;
}

/* --- answers --- */

void
answer_reset(struct answer *a)
{
	struct rig *rig = a->rig;

	buf_done(&a->text);
	*a = (struct answer){.rig = rig};
}

static bool
answered(void *arg)
{
	return ((struct answer *)arg)->calls > 0;
}

void
answer_wait(struct answer *a)
{
	rig_until(a->rig, answered, a);
}

static void
note(struct answer *a, enum storage_result r, size_t count)
{
	a->calls++;
	a->r = r;
	a->count = count;
	buf_clear(&a->text);
	rig_poke(a->rig);
}

void
on_done(void *arg, enum storage_result r)
{
	note(arg, r, 0);
}

static void
add_account(struct answer *a, const struct account *acc)
{
	buf_addf(&a->text, STR_FMT "|" STR_FMT "|" STR_FMT "|%d|%lld|%lld\n", STR_ARG(acc->owner), STR_ARG(acc->scram),
		 STR_ARG(acc->digest_md5), acc->disabled, (long long)acc->created, (long long)acc->last_login);
}

void
on_account(void *arg, enum storage_result r, const struct account *acc)
{
	note(arg, r, acc != NULL);
	assert_int_equal(r == STORAGE_OK, acc != NULL);
	if (acc)
		add_account(arg, acc);
}

void
on_accounts(void *arg, enum storage_result r, const struct account *rows, size_t count)
{
	note(arg, r, count);
	for (size_t i = 0; i < count; i++)
		add_account(arg, &rows[i]);
}

void
on_user(void *arg, enum storage_result r, const struct user_rows *u)
{
	struct answer *a = arg;

	note(a, r, u != NULL);
	assert_int_equal(r == STORAGE_OK, u != NULL);
	if (!u)
		return;
	a->num[0] = u->roster_version;
	a->num[1] = u->cursor;
	a->num[2] = u->last_id;
	a->num[3] = (int64_t)u->undelivered;
	a->num[4] = u->disabled;
	buf_addf(&a->text, STR_FMT "\n", STR_ARG(u->owner));
	for (size_t i = 0; i < u->roster_count; i++) {
		const struct roster_row *row = &u->roster[i];

		buf_addf(&a->text, STR_FMT "|" STR_FMT "|" STR_FMT "|%d|%d|%lld\n", STR_ARG(row->jid),
			 STR_ARG(row->name), STR_ARG(row->groups), row->subscription, row->removed,
			 (long long)row->version);
	}
	for (size_t i = 0; i < u->request_count; i++)
		buf_addf(&a->text, "?" STR_FMT "|" STR_FMT "\n", STR_ARG(u->requests[i].jid),
			 STR_ARG(u->requests[i].stanza));
	if (u->privacy_default.n)
		buf_addf(&a->text, "default " STR_FMT "\n", STR_ARG(u->privacy_default));
	for (size_t i = 0; i < u->privacy_count; i++) {
		const struct privacy_row *row = &u->privacy[i];

		buf_addf(&a->text, STR_FMT " %lld|%d|" STR_FMT "|%d|%u\n", STR_ARG(row->list), (long long)row->place,
			 (int)row->what, STR_ARG(row->value), row->deny, row->kinds);
	}
	for (size_t i = 0; i < u->name_count; i++)
		buf_addf(&a->text, "name " STR_FMT " %d\n", STR_ARG(u->names[i].name), u->names[i].outgoing);
	if (u->archive_prefs.n)
		buf_addf(&a->text, "prefs " STR_FMT "\n", STR_ARG(u->archive_prefs));
	for (size_t i = 0; i < u->away_count; i++)
		buf_addf(&a->text, "away " STR_FMT " " STR_FMT "\n", STR_ARG(u->away[i].key), STR_ARG(u->away[i].value));
	for (size_t i = 0; i < u->since_count; i++)
		buf_addf(&a->text, "since %lld " STR_FMT "\n", (long long)u->since[i].id, STR_ARG(u->since[i].stanza));
}

void
on_count(void *arg, enum storage_result r, int64_t count)
{
	struct answer *a = arg;

	note(a, r, 0);
	buf_addf(&a->text, "%lld", (long long)count);
}

void
on_tally(void *arg, enum storage_result r, int64_t count, int64_t last)
{
	struct answer *a = arg;

	note(a, r, 0);
	buf_addf(&a->text, "%lld until %lld", (long long)count, (long long)last);
}

void
on_log(void *arg, enum storage_result r, const struct log_entry *rows, size_t count)
{
	struct answer *a = arg;

	note(a, r, count);
	for (size_t i = 0; i < count; i++)
		buf_addf(&a->text, "%lld|" STR_FMT "|" STR_FMT "|%u|" STR_FMT "\n", (long long)rows[i].id,
			 STR_ARG(rows[i].peer), STR_ARG(rows[i].origin), rows[i].flags, STR_ARG(rows[i].stanza));
}

void
on_value(void *arg, enum storage_result r, struct str value)
{
	struct answer *a = arg;

	note(a, r, r == STORAGE_OK);
	buf_add(&a->text, value);
}

void
on_values(void *arg, enum storage_result r, const struct kv_row *rows, size_t count)
{
	struct answer *a = arg;

	note(a, r, count);
	for (size_t i = 0; i < count; i++)
		buf_addf(&a->text, STR_FMT "=" STR_FMT "\n", STR_ARG(rows[i].key), STR_ARG(rows[i].value));
}

void
on_claims(void *arg, enum storage_result r, const struct slot_claim *claims, size_t count)
{
	struct answer *a = arg;

	note(a, r, count);
	for (size_t i = 0; i < count; i++) {
		buf_addf(&a->text, "%u:%lld ", claims[i].slot, (long long)claims[i].epoch);
		if (i < ARRAY_LEN(a->num))
			a->num[i] = claims[i].epoch;
	}
}

void
on_owners(void *arg, enum storage_result r, const struct str *owners, size_t count)
{
	struct answer *a = arg;

	note(a, r, count);
	for (size_t i = 0; i < count; i++)
		buf_addf(&a->text, STR_FMT "\n", STR_ARG(owners[i]));
}

void
on_slots(void *arg, enum storage_result r, const struct slot_row *rows, size_t count)
{
	struct answer *a = arg;

	note(a, r, count);
	for (size_t i = 0; i < count; i++)
		buf_addf(&a->text, "%u|" STR_FMT "|" STR_FMT "|%lld\n", rows[i].slot, STR_ARG(rows[i].name),
			 STR_ARG(rows[i].boot), (long long)rows[i].epoch);
}
