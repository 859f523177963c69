/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes log lines and puts them where they belong: stderr (with priorities for
 * the journal when it listens there), a file, or syslog. One write(2) a line,
 * so that lines of several processes never mix. Nobody waits for a log
 * (common/log_sink.h): what cannot be written is lost, counted, and said when
 * it is possible again. Not for quoting what comes from outside:
 * common/log_quote.c.
 */
#include "common/log.h"

#include "common/log_sink.h"
#include "common/utf8.h"

#include <errno.h>
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
	struct log_sink sink;
	uint64_t counts[ARRAY_LEN(levels)];
	uint64_t lost, lost_told; /* lines */
	struct buf line; /* kept, so that a line costs no allocation */
} out = {.level = LOG_LEVEL_INFO, .sink = {.fd = STDERR_FILENO, .way = LOG_WAY_POLL}};

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

uint64_t
log_lost(void)
{
	return out.lost;
}

int
log_open(const char *name, const char *target, enum log_level level, const char **why_r)
{
	enum log_kind kind = LOG_TO_FILE;
	struct log_sink sink = {0};
	char *copy;

	if (strcmp(target, "stderr") == 0) {
		kind = stderr_is_journal() ? LOG_TO_JOURNAL : LOG_TO_STDERR;
		log_sink_stderr(&sink);
	} else if (strcmp(target, "syslog") == 0) {
		kind = LOG_TO_SYSLOG;
		log_sink_syslog(&sink);
	} else if (target[0] != '/') {
		*why_r = "not a log target: \"stderr\", \"syslog\" or a file name that begins with \"/\"";
		return -1;
	} else if (log_sink_file(&sink, target) < 0) {
		*why_r = strerror(errno);
		return -1;
	}
	log_sink_done(&out.sink);
	out.sink = sink;
	copy = xstrdup(name); /* may be the old one */
	free(out.name);
	free(out.path);
	out.name = copy;
	out.path = kind == LOG_TO_FILE ? xstrdup(target) : NULL;
	out.kind = kind;
	out.level = level;
	return 0;
}

void
log_reopen(void)
{
	struct log_sink fresh;

	if (out.kind != LOG_TO_FILE)
		return;
	if (log_sink_file(&fresh, out.path) < 0) {
		log_error(NULL, "cannot open the log file anew, the old one is kept path=%s error=\"%s\"",
			  log_quote(str_z(out.path)), strerror(errno));
		return;
	}
	log_sink_done(&out.sink);
	out.sink = fresh;
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

static const char *
own_name(void)
{
	return out.name ? out.name : "carillon";
}

/* RFC 3164 4.1, as syslogs take it on their local socket. */
static void
add_syslog_head(struct buf *line, enum log_level level)
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	buf_addf(line, "<%d>%s %2d %02d:%02d:%02d %s[%d]:", LOG_DAEMON | levels[level].priority, months[tm.tm_mon],
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, own_name(), (int)getpid());
}

/* What stands in front of the context depends on who adds the time and the level. */
static void
add_head(struct buf *line, enum log_level level)
{
	switch (out.kind) {
	case LOG_TO_JOURNAL:
		buf_addf(line, "<%d>%s", levels[level].priority, own_name());
		break;
	case LOG_TO_STDERR:
	case LOG_TO_FILE:
		add_time(line);
		buf_addf(line, "%s %s", levels[level].word, own_name());
		break;
	case LOG_TO_SYSLOG:
		add_syslog_head(line, level);
		break;
	}
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

static bool
put_line(struct buf *line)
{
	tame(line);
	if (out.kind != LOG_TO_SYSLOG)
		buf_addc(line, '\n');
	return log_sink_put(&out.sink, buf_str(line));
}

/* As soon as somebody reads again. */
static bool
tell_lost(void)
{
	struct buf line = {0};
	bool ok;

	if (out.lost == out.lost_told)
		return true;
	add_head(&line, LOG_LEVEL_WARNING);
	buf_addf(&line, ": log lines were lost, nobody took them count=%llu",
		 (unsigned long long)(out.lost - out.lost_told));
	ok = put_line(&line);
	if (ok)
		out.lost_told = out.lost;
	buf_done(&line);
	return ok;
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
	buf_addz(line, line->p[line->n - 1] == ':' ? " " : ": ");
	va_start(ap, fmt);
	buf_addvf(line, fmt, ap);
	va_end(ap);
	if (!tell_lost() || !put_line(line))
		out.lost++;
	errno = saved;
}
