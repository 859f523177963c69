/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The versions of the schema: which one a database has, whether this program
 * can work with it, and bringing it up to date. Synchronous, for carillonctl;
 * daemons only look (their engines do, at each connection) and never change a
 * schema by themselves.
 *
 * Each version is one transaction that no other migration can be inside of,
 * and which looks again at the version it starts from; so any number of
 * migrations may run at once, and one that is killed leaves a whole version.
 */
#include "storage/schema.h"

#include "storage/sql.h"
#include "storage/storage.h"

#include <stdlib.h>

static int
version_wanted(void)
{
	return (int)schema_file_count;
}

void
sql_schema_row(struct schema_state *state, const char *key, int value)
{
	if (strcmp(key, "schema_version") == 0)
		state->version = value;
	else if (strcmp(key, "schema_compatible") == 0)
		state->compatible = value;
}

/* A newer one that says so: the cluster is being upgraded, or taken back. */
static bool
is_usable(const struct schema_state *have)
{
	int want = version_wanted();

	return have->version == want || (have->version > want && have->compatible > 0 && have->compatible <= want);
}

bool
sql_schema_good(const struct schema_state *have, struct buf *why)
{
	int want = version_wanted();

	if (is_usable(have))
		return true;
	if (have->version == 0)
		buf_addz(why, "the database has no Carillon tables: run carillonctl db migrate");
	else if (have->version < want)
		buf_addf(why, "the database has schema %d, this program needs %d: run carillonctl db migrate", have->version, want);
	else
		buf_addf(why, "the database has schema %d, for programs of schema %d and newer, and this one is of %d: upgrade Carillon",
			 have->version, have->compatible ? have->compatible : have->version, want);
	return false;
}

void
sql_expand(struct buf *out, const struct sql_engine *engine, struct str text)
{
	const struct {
		struct str token;
		const char *by;
	} tokens[] = {{STR("@text@"), engine->text}, {STR("@share@"), engine->share}};

	while (text.n) {
		ssize_t at = str_chr(text, '@');
		size_t i = 0;

		if (at < 0)
			at = (ssize_t)text.n;
		buf_addn(out, text.p, (size_t)at);
		text = str_from(text, (size_t)at);
		while (i < ARRAY_LEN(tokens) && !str_starts(text, tokens[i].token))
			i++;
		if (i < ARRAY_LEN(tokens)) {
			buf_addz(out, tokens[i].by);
			text = str_from(text, tokens[i].token.n);
		} else if (text.n) {
			buf_addc(out, '@');
			text = str_from(text, 1);
		}
	}
}

static int
look(const struct conf *conf, struct schema_state *state_r, struct buf *why)
{
	const struct sql_engine *engine;
	struct sql_settings settings;
	struct sql_admin *admin;
	int rc = -1;

	if (sql_settings_read(&settings, &engine, conf, why) < 0)
		return -1;
	admin = engine->admin_open(&settings, false, why);
	if (admin)
		rc = engine->admin_state(admin, state_r, why);
	engine->admin_close(&admin);
	sql_settings_done(&settings);
	return rc;
}

int
storage_schema_status(const struct conf *conf, struct storage_schema *schema_r, struct buf *why)
{
	struct schema_state state;

	*schema_r = (struct storage_schema){.have = -1, .want = version_wanted()};
	if (look(conf, &state, why) < 0)
		return -1;
	schema_r->have = state.version;
	schema_r->usable = is_usable(&state);
	return 0;
}

int
storage_schema_check(const struct conf *conf, struct buf *why)
{
	struct schema_state state;
	struct buf ignored = {0};
	int rc = look(conf, &state, &ignored);

	buf_done(&ignored); /* storage says it, as long as it lasts */
	return rc < 0 || sql_schema_good(&state, why) ? 0 : -1;
}

/* One run of storage_migrate. */
struct migration {
	const struct sql_engine *engine;
	struct sql_admin *admin;
	void (*tell)(void *owner, const char *step);
	void *owner;
	struct buf *why;
};

static void
tell(const struct migration *m, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void
tell(const struct migration *m, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_addvf(&text, fmt, ap);
	va_end(ap);
	if (m->tell)
		m->tell(m->owner, buf_z(&text));
	buf_done(&text);
}

static int
run(const struct migration *m, const char *sql)
{
	return m->engine->admin_exec(m->admin, sql, m->why);
}

/* The statements of one version, its number, and which programs it is good for, inside a transaction. */
static int
apply_file(const struct migration *m, int version)
{
	const struct schema_file *file = &schema_files[version - 1];
	struct buf sql = {0};
	int rc;

	sql_expand(&sql, m->engine, str_z(file->sql));
	buf_addf(&sql,
		 "INSERT INTO meta (key, value) VALUES ('schema_version', '%d'), ('schema_compatible', '%d') "
		 "ON CONFLICT (key) DO UPDATE SET value = excluded.value;\n",
		 version, file->compatible);
	rc = run(m, buf_z(&sql));
	buf_done(&sql);
	return rc;
}

static int
make_meta(const struct migration *m)
{
	struct buf sql = {0};
	int rc;

	sql_expand(&sql, m->engine,
		   STR("CREATE TABLE IF NOT EXISTS meta (key @text@ NOT NULL PRIMARY KEY, value @text@ NOT NULL);\n"));
	rc = run(m, buf_z(&sql));
	buf_done(&sql);
	return rc;
}

/* In a transaction: the next version, if one is missing still. 1: applied, 0: nothing missing, -1. */
static int
step(const struct migration *m, int *version_r)
{
	struct schema_state have;

	if (m->engine->admin_state(m->admin, &have, m->why) < 0)
		return -1;
	*version_r = have.version;
	if (have.version >= version_wanted())
		return sql_schema_good(&have, m->why) ? 0 : -1;
	if ((have.version == 0 && make_meta(m) < 0) || apply_file(m, have.version + 1) < 0)
		return -1;
	*version_r = have.version + 1;
	return 1;
}

static int
run_step(const struct migration *m, int *version_r)
{
	struct buf ignored = {0};
	int rc;

	if (run(m, m->engine->begin) < 0)
		return -1;
	rc = step(m, version_r);
	if (rc >= 0 && run(m, "COMMIT") < 0)
		rc = -1;
	if (rc < 0)
		(void)m->engine->admin_exec(m->admin, "ROLLBACK", &ignored); /* the first error is the one that counts */
	buf_done(&ignored);
	return rc;
}

static int
migrate(const struct migration *m)
{
	int version = 0, rc;

	while ((rc = run_step(m, &version)) == 1)
		tell(m, "applied %s", schema_files[version - 1].name);
	if (rc == 0 && version > version_wanted())
		tell(m, "the database has schema %d, which is newer than this program and good for it", version);
	else if (rc == 0)
		tell(m, "the database has schema %d, which is what this program needs", version);
	return rc;
}

int
storage_migrate(const struct conf *conf, void (*tell_cb)(void *owner, const char *step), void *owner,
		struct buf *why)
{
	struct migration m = {.tell = tell_cb, .owner = owner, .why = why};
	struct sql_settings settings;
	int rc = -1;

	if (sql_settings_read(&settings, &m.engine, conf, why) < 0)
		return -1;
	m.admin = m.engine->admin_open(&settings, true, why);
	if (m.admin)
		rc = migrate(&m);
	m.engine->admin_close(&m.admin);
	sql_settings_done(&settings);
	return rc;
}
