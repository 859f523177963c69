/* SPDX-License-Identifier: Apache-2.0 */
/* The section `storage` of the configuration, and what is made of it. */
#include "storage/impl.h"

#include <libpq-fe.h>
#include <stdlib.h>

static const char *const engines[] = {"sqlite", "postgresql", NULL};
static const char *const synchronous[] = {"normal", "full", NULL};

static const struct conf_key keys[] = {
	{.name = "engine", .type = CONF_CHOICE, .def = "sqlite", .choices = engines,
	 .help = "Where accounts, rosters and messages are kept. sqlite is one file, for all daemons on one machine. "
		 "postgresql is for more than one machine, and for sites that have one running."},
	{.name = "sqlite_path", .type = CONF_PATH, .def = LOCALSTATEDIR "/lib/carillon/carillon.db",
	 .help = "The database file. Made by `carillonctl db migrate`; its directory must exist and be "
		 "writable by the daemons."},
	{.name = "sqlite_synchronous", .type = CONF_CHOICE, .def = "full", .choices = synchronous,
	 .help = "How a commit reaches the disk. full waits for the disk, so that acknowledged messages survive a "
		 "power failure. normal does not: it is enough for a daemon that crashes or is killed, but "
		 "the last moments before a power failure may be lost."},
	{.name = "postgresql", .type = CONF_SECRET,
	 .help = "How to reach PostgreSQL: a libpq connection string (`host=db1,db2 dbname=carillon user=carillon`) or "
		 "URI. With several hosts, the one that can be written to is taken, and found again after "
		 "a fail-over. Give the password as ${NAME} from the environment, or in ~/.pgpass."},
	{.name = "commit_delay", .type = CONF_DURATION, .def = "30ms", .min = 0, .max = 1000,
	 .help = "How long a message waits for others to share its commit. A message that is delivered and "
		 "need not be archived within this time is never written."},
	{.name = "commit_max", .type = CONF_INT, .def = "2000", .min = 1, .max = 10000,
	 .help = "Messages in one commit at most."},
	{.name = "timeout", .type = CONF_DURATION, .def = "10s", .min = 100, .max = 600000,
	 .help = "A database that does not answer for so long is taken for gone: the connection is made anew and what "
		 "was asked is answered with a temporary error."},
	{.name = "queue_max", .type = CONF_INT, .def = "20000", .min = 10, .max = 10000000,
	 .help = "Operations that may wait for the database, and, counted apart, messages that may wait for their "
		 "commit. What comes beyond is answered with a temporary error at once."},
	{.name = "queue_bytes", .type = CONF_SIZE, .def = "64M", .min = 65536, .max = INT64_C(1) << 40,
	 .help = "The same bound in bytes."},
	{.name = NULL},
};

static void
check_conninfo(const char *conninfo, struct buf *problems)
{
	char *error = NULL;
	PQconninfoOption *options = PQconninfoParse(conninfo, &error);

	if (!options) {
		struct str text = str_trim(str_z(error ? error : "out of memory"));

		buf_addf(problems, "postgresql is no connection string: " STR_FMT
				   "; right would be, for example, \"host=/run/postgresql dbname=carillon\"\n",
			 STR_ARG(text));
	}
	PQconninfoFree(options);
	PQfreemem(error);
}

static void
check(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	const char *conninfo = conf_str(c, s->name, title, "postgresql");
	const char *path = conf_str(c, s->name, title, "sqlite_path");

	if (conf_int(c, s->name, title, "engine") == 1 && (!conninfo || !*conninfo))
		buf_addz(problems, "engine is postgresql, but the key `postgresql` does not say where it is; right would "
				   "be, for example, postgresql = \"host=/run/postgresql dbname=carillon\"\n");
	if (conf_int(c, s->name, title, "engine") == 0 && (!path || !*path))
		buf_addz(problems, "engine is sqlite, but sqlite_path is empty; leave it out for the default\n");
	if (conninfo && *conninfo)
		check_conninfo(conninfo, problems);
}

const struct conf_section conf_storage = {
	.name = "storage",
	.keys = keys,
	.help = "The database of record. Changes take effect at restart.",
	.check = check,
};

int
sql_settings_read(struct sql_settings *settings, const struct sql_engine **engine_r, const struct conf *conf,
		  struct buf *why)
{
	const char *path = conf_str(conf, "storage", NULL, "sqlite_path");
	const char *conninfo = conf_str(conf, "storage", NULL, "postgresql");
	size_t had = why->n;

	check(conf, &conf_storage, NULL, why);
	if (why->n != had)
		return -1;
	*engine_r = conf_int(conf, "storage", NULL, "engine") == 1 ? &sql_pgsql : &sql_sqlite;
	*settings = (struct sql_settings){
		.sqlite_path = xstrdup(path ? path : ""),
		.sqlite_full = conf_int(conf, "storage", NULL, "sqlite_synchronous") == 1,
		.conninfo = xstrdup(conninfo ? conninfo : ""),
		.timeout = (uint64_t)conf_int(conf, "storage", NULL, "timeout"),
	};
	return 0;
}

void
sql_settings_done(struct sql_settings *settings)
{
	free(settings->sqlite_path);
	free(settings->conninfo);
	*settings = (struct sql_settings){0};
}

int
storage_configure(struct storage *s, const struct conf *conf, struct buf *why)
{
	if (sql_settings_read(&s->settings, &s->engine, conf, why) < 0)
		return -1;
	s->commit_delay = (uint64_t)conf_int(conf, "storage", NULL, "commit_delay");
	s->commit_max = (size_t)conf_int(conf, "storage", NULL, "commit_max");
	s->queue_max = (size_t)conf_int(conf, "storage", NULL, "queue_max");
	s->queue_bytes = (size_t)conf_int(conf, "storage", NULL, "queue_bytes");
	return 0;
}
