/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes log lines and puts them where they belong: stderr (with priorities for
 * the journal when it listens there), a file, or syslog. One write(2) a line,
 * so that lines of several processes never mix. Not for quoting what comes
 * from outside: common/log_quote.c.
 */
#include "common/log.h"

#include "common/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum log_kind { LOG_TO_STDERR, LOG_TO_JOURNAL, LOG_TO_FILE, LOG_TO_SYSLOG };

/* Longest line: within PIPE_BUF, so that a pipe takes it whole too. */
enum { LINE_MAX_BYTES = 4000 };

static const struct {
	const char *word;
	int priority; /* of syslog(3) */
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", LOG_ERR},
	[LOG_LEVEL_WARNING] = {"warning", LOG_WARNING},
	[LOG_LEVEL_INFO] = {"info", LOG_INFO},
	[LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

static struct {
	char *name; /* null until log_open */
	char *path; /* of LOG_TO_FILE */
	enum log_kind kind;
	enum log_level level;
	int fd;
	uint64_t counts[ARRAY_LEN(levels)];
	struct buf line; /* kept, so that a line costs no allocation */
} out = {.level = LOG_LEVEL_INFO, .fd = STDERR_FILENO};

int
log_level_parse(const char *word, enum log_level *level_r)
{
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		if (strcmp(levels[i].word, word) == 0) {
			*level_r = (enum log_level)i;
			return 0;
		}
	}
	return -1;
}

void
log_set_level(enum log_level level)
{
	out.level = level;
}

bool
log_on(enum log_level level)
{
	return level <= out.level;
}

uint64_t
log_count(enum log_level level)
{
	return out.counts[level];
}

/* systemd tells in $JOURNAL_STREAM which device and inode is the journal's socket; see systemd.exec(5). */
static bool
stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char *mine;
	bool same;

	if (!stream || fstat(STDERR_FILENO, &st) < 0)
		return false;
	mine = xasprintf("%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	same = strcmp(mine, stream) == 0;
	free(mine);
	return same;
}

static int
open_file(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

static void
close_target(void)
{
	if (out.kind == LOG_TO_FILE)
		close(out.fd);
	if (out.kind == LOG_TO_SYSLOG)
		closelog();
	free(out.path);
	out.path = NULL;
	out.fd = STDERR_FILENO;
}

int
log_open(const char *name, const char *target, enum log_level level, const char **why_r)
{
	enum log_kind kind = LOG_TO_FILE;
	int fd = STDERR_FILENO;
	char *copy;

	if (strcmp(target, "stderr") == 0) {
		kind = stderr_is_journal() ? LOG_TO_JOURNAL : LOG_TO_STDERR;
	} else if (strcmp(target, "syslog") == 0) {
		kind = LOG_TO_SYSLOG;
	} else if (target[0] != '/') {
		*why_r = "not a log target: \"stderr\", \"syslog\" or a file name that begins with \"/\"";
		return -1;
	} else if ((fd = open_file(target)) < 0) {
		*why_r = strerror(errno);
		return -1;
	}
	copy = xstrdup(name);
	close_target();
	free(out.name);
	out.name = copy; /* openlog(3) keeps the pointer */
	out.kind = kind;
	out.fd = fd;
	out.level = level;
	if (kind == LOG_TO_FILE)
		out.path = xstrdup(target);
	if (kind == LOG_TO_SYSLOG)
		openlog(out.name, LOG_PID | LOG_NDELAY, LOG_DAEMON);
	return 0;
}

void
log_reopen(void)
{
	int fd;

	if (out.kind != LOG_TO_FILE)
		return;
	fd = open_file(out.path);
	if (fd < 0) {
		log_error(NULL, "cannot open the log file anew, the old one is kept path=%s error=\"%s\"",
			  log_quote(str_z(out.path)), strerror(errno));
		return;
	}
	close(out.fd);
	out.fd = fd;
}

static void
add_time(struct buf *line)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	buf_addf(line, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		 tm.tm_hour, tm.tm_min, tm.tm_sec, now.tv_nsec / 1000000);
}

/* What stands in front of the context depends on who adds the time and the level. */
static void
add_head(struct buf *line, enum log_level level)
{
	switch (out.kind) {
	case LOG_TO_JOURNAL:
		buf_addf(line, "<%d>", levels[level].priority);
		break;
	case LOG_TO_STDERR:
	case LOG_TO_FILE:
		add_time(line);
		buf_addf(line, "%s ", levels[level].word);
		break;
	case LOG_TO_SYSLOG: /* adds the name as well */
		return;
	}
	buf_addz(line, out.name ? out.name : "carillon");
}

static void
add_context(struct buf *line, const struct log_ctx *ctx)
{
	size_t before, start;

	if (!ctx)
		return;
	add_context(line, ctx->parent);
	if (!ctx->print)
		return;
	before = line->n;
	if (before)
		buf_addc(line, ' ');
	start = line->n;
	ctx->print(ctx, line);
	if (line->n == start)
		line->n = before;
}

/* Whatever somebody put into a message: an event is one line, and not an endless one. */
static void
tame(struct buf *line)
{
	if (line->n > LINE_MAX_BYTES) {
		line->n = utf8_cut(buf_str(line), LINE_MAX_BYTES).n;
		buf_addl(line, "...");
	}
	for (size_t i = 0; i < line->n; i++)
		if ((unsigned char)line->p[i] < ' ' || line->p[i] == 0x7f)
			line->p[i] = ' ';
}

/* A log that cannot be written (disk full, reader gone) must not stop the service: the line is lost. */
static void
put_line(const struct buf *line)
{
	size_t done = 0;

	while (done < line->n) {
		ssize_t n = write(out.fd, line->p + done, line->n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

void
log_write(enum log_level level, const struct log_ctx *ctx, const char *fmt, ...)
{
	struct buf *line = &out.line;
	int saved = errno;
	va_list ap;

	out.counts[level]++;
	if (!log_on(level))
		return;
	buf_clear(line);
	add_head(line, level);
	add_context(line, ctx);
	if (line->n)
		buf_addl(line, ": ");
	va_start(ap, fmt);
	buf_addvf(line, fmt, ap);
	va_end(ap);
	tame(line);
	if (out.kind == LOG_TO_SYSLOG) {
		syslog(levels[level].priority, "%s", buf_z(line));
	} else {
		buf_addc(line, '\n');
		put_line(line);
	}
	errno = saved;
}
