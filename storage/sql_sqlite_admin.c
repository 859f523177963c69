/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite for the schema's work: makes the file, and one connection, used synchronously. */
#include "storage/sql_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct sql_admin {
	sqlite3 *db;
	char *path;
};

/* The file belongs to whoever has the directory: root may migrate, but must not lock the daemons out. */
static int
give_to_owner_of_dir(int fd, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash && slash != path ? str_dup(str_n(path, (size_t)(slash - path))) : xstrdup(slash ? "/" : ".");
	struct stat st;
	int rc = stat(dir, &st);

	free(dir);
	if (rc < 0 || geteuid() != 0)
		return rc;
	return fchown(fd, st.st_uid, st.st_gid);
}

/* SQLite would take what it finds there for the last writes of the new file. */
static int
check_leftovers(const char *path, struct buf *why)
{
	char *wal = xasprintf("%s-wal", path);
	struct stat st;
	bool left = stat(wal, &st) == 0 && st.st_size > 0;

	if (left)
		buf_addf(why, "%s is there, but %s is not: it may hold the last writes of a database that was moved away. "
			      "Move it to the same place, or remove it", wal, path);
	free(wal);
	return left ? -1 : 0;
}

static int
make_file(const char *path, struct buf *why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int rc = fd < 0 ? -1 : give_to_owner_of_dir(fd, path);

	if (rc < 0 && errno != EEXIST)
		lite_explain_path(why, path, errno);
	else
		rc = 0;
	if (fd >= 0)
		close(fd);
	return rc;
}

static int
open_file(struct sql_admin *a, uint64_t timeout, struct buf *why)
{
	int rc = sqlite3_open_v2(a->path, &a->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(a->db, (int)timeout);
		rc = sqlite3_exec(a->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK)
		return 0;
	lite_explain(why, a->db, a->path);
	return -1;
}

struct sql_admin *
lite_admin_open(const struct sql_settings *settings, bool create, struct buf *why)
{
	struct sql_admin *a;
	struct stat st;

	if (stat(settings->sqlite_path, &st) < 0) {
		if (!create || errno != ENOENT) {
			lite_explain_path(why, settings->sqlite_path, errno);
			return NULL;
		}
		if (check_leftovers(settings->sqlite_path, why) < 0 || make_file(settings->sqlite_path, why) < 0)
			return NULL;
	}
	a = xcalloc(1, sizeof(*a));
	a->path = xstrdup(settings->sqlite_path);
	if (open_file(a, settings->timeout, why) < 0)
		lite_admin_close(&a);
	return a;
}

int
lite_admin_state(struct sql_admin *a, struct schema_state *state_r, struct buf *why)
{
	if (lite_schema(a->db, state_r) == SQLITE_OK)
		return 0;
	lite_explain(why, a->db, a->path);
	return -1;
}

int
lite_admin_exec(struct sql_admin *a, const char *sql, struct buf *why)
{
	if (sqlite3_exec(a->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	lite_explain(why, a->db, a->path);
	return -1;
}

void
lite_admin_close(struct sql_admin **a)
{
	if (*a) {
		sqlite3_close((*a)->db);
		free((*a)->path);
	}
	free(*a);
	*a = NULL;
}
