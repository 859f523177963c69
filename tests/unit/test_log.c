/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines: their form, their targets, and untrusted text in them. */
#include "common/log.h"
#include "common/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_log.XXXXXX";
static char *path, *rotated;

/* --- contexts --- */

struct client {
	struct log_ctx log;
	int number;
	const char *jid;
};

static void
print_client(const struct log_ctx *ctx, struct buf *out)
{
	const struct client *c = container_of(ctx, struct client, log);

	buf_addf(out, "client=%d", c->number);
	if (c->jid)
		buf_addf(out, " jid=%s", log_quote(str_z(c->jid)));
}

static void
print_nothing(const struct log_ctx *ctx, struct buf *out)
{
	(void)ctx;
	(void)out;
}

static void
print_link(const struct log_ctx *ctx, struct buf *out)
{
	(void)ctx;
	buf_addl(out, "router=router-1");
}

static const struct log_ctx root = {0};
static const struct log_ctx silent = {.parent = &root, .print = print_nothing};
static const struct log_ctx link_ctx = {.parent = &silent, .print = print_link};
static const struct client romeo = {.log = {.parent = &link_ctx, .print = print_client}, .number = 42,
				    .jid = "romeo@example.net"};

/* --- helpers --- */

static char *
read_file(const char *name)
{
	struct buf b = {0};
	int fd = open(name, O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	while ((n = read(fd, buf_reserve(&b, 4096), 4096)) > 0)
		b.n += (size_t)n;
	close(fd);
	return buf_take(&b);
}

static void
open_to_file(enum log_level level)
{
	const char *why = NULL;

	unlink(path);
	assert_int_equal(log_open("c2s-1", path, level, &why), 0);
}

/* The file's text with the time cut off each line, after a check of its form. */
static char *
read_lines(void)
{
	char *text = read_file(path);
	struct buf out = {0};
	struct str rest = str_z(text);

	while (rest.n) {
		struct str line = str_split(rest, '\n', &rest);
		static const char form[] = "0000-00-00T00:00:00.000Z ";

		assert_non_null(rest.p); /* every line is ended */
		assert_true(line.n > sizeof(form));
		for (size_t i = 0; i < sizeof(form) - 1; i++)
			assert_true(form[i] == '0' ? line.p[i] >= '0' && line.p[i] <= '9' : line.p[i] == form[i]);
		buf_add(&out, str_from(line, sizeof(form) - 1));
		buf_addc(&out, '\n');
	}
	free(text);
	return buf_take(&out);
}

static void
expect_lines(const char *expected)
{
	char *lines = read_lines();

	assert_string_equal(lines, expected);
	free(lines);
}

/* --- lines --- */

static void
test_form(void **state)
{
	(void)state;
	open_to_file(LOG_LEVEL_DEBUG);
	log_info(&romeo.log, "session bound resource=%s", "orchard");
	log_error(NULL, "no context");
	log_warning(&silent, "nothing to tell of itself");
	log_debug(&link_ctx, "up");
	expect_lines("info c2s-1 router=router-1 client=42 jid=romeo@example.net: session bound resource=orchard\n"
		     "error c2s-1: no context\n"
		     "warning c2s-1: nothing to tell of itself\n"
		     "debug c2s-1 router=router-1: up\n");
}

static int evaluated;

static int
costly(void)
{
	return ++evaluated;
}

static void
test_levels(void **state)
{
	uint64_t errors = log_count(LOG_LEVEL_ERROR), infos = log_count(LOG_LEVEL_INFO);
	enum log_level level = LOG_LEVEL_INFO;

	(void)state;
	open_to_file(LOG_LEVEL_WARNING);
	log_info(NULL, "not written");
	log_debug(NULL, "not even made %d", costly());
	log_error(NULL, "written");
	log_set_level(LOG_LEVEL_INFO);
	log_info(NULL, "now it is");
	expect_lines("error c2s-1: written\ninfo c2s-1: now it is\n");
	assert_int_equal(evaluated, 0);
	assert_int_equal(log_count(LOG_LEVEL_ERROR), errors + 1);
	assert_int_equal(log_count(LOG_LEVEL_INFO), infos + 2);
	assert_true(log_on(LOG_LEVEL_INFO));
	assert_false(log_on(LOG_LEVEL_DEBUG));
	assert_int_equal(log_level_parse("debug", &level), 0);
	assert_int_equal(level, LOG_LEVEL_DEBUG);
	assert_int_equal(log_level_parse("Debug", &level), -1);
	assert_int_equal(log_level_parse("", &level), -1);
}

/* An event is one line, whatever gets into it, and errno survives. */
static void
test_one_line(void **state)
{
	char *lines;

	(void)state;
	open_to_file(LOG_LEVEL_INFO);
	errno = ENOTTY;
	log_info(NULL, "two\nlines\r\x1b[31m %s", "\x7f");
	assert_int_equal(errno, ENOTTY);
	expect_lines("info c2s-1: two lines  [31m  \n");
	open_to_file(LOG_LEVEL_INFO);
	log_info(NULL, "%s%06000d", "\xc3\xa4", 1);
	lines = read_lines();
	assert_in_range(strlen(lines), 3900, 4096);
	assert_string_equal(lines + strlen(lines) - 5, "0...\n");
	free(lines);
}

/* --- targets --- */

static void
test_bad_targets(void **state)
{
	const char *why = NULL;

	(void)state;
	open_to_file(LOG_LEVEL_INFO);
	assert_int_equal(log_open("c2s-1", "somewhere", LOG_LEVEL_INFO, &why), -1);
	assert_non_null(why);
	why = NULL;
	assert_int_equal(log_open("c2s-1", "/nonexistent/dir/log", LOG_LEVEL_INFO, &why), -1);
	assert_string_equal(why, strerror(ENOENT));
	log_info(NULL, "the old target stays");
	expect_lines("info c2s-1: the old target stays\n");
}

static void
test_reopen(void **state)
{
	struct stat st;
	char *old;

	(void)state;
	open_to_file(LOG_LEVEL_INFO);
	log_info(NULL, "before");
	assert_int_equal(rename(path, rotated), 0);
	log_info(NULL, "between");
	log_reopen();
	log_info(NULL, "after");
	expect_lines("info c2s-1: after\n");
	old = read_file(rotated);
	assert_non_null(strstr(old, "before\n"));
	assert_non_null(strstr(old, "between\n"));
	free(old);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777 & ~0640, 0); /* not for everybody */
}

/* What comes out on stderr while `say` runs. */
static char *
catch_stderr(const char *target, bool journal)
{
	int fds[2], saved = dup(STDERR_FILENO);
	const char *why = NULL;
	struct buf b = {0};
	struct stat st;
	ssize_t n;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(dup2(fds[1], STDERR_FILENO), STDERR_FILENO);
	close(fds[1]);
	if (journal) {
		char stream[64];

		assert_int_equal(fstat(STDERR_FILENO, &st), 0);
		snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
		setenv("JOURNAL_STREAM", stream, 1);
	} else {
		setenv("JOURNAL_STREAM", "1:1", 1);
	}
	assert_int_equal(log_open("sm-2", target, LOG_LEVEL_DEBUG, &why), 0);
	log_error(NULL, "e");
	log_warning(NULL, "w");
	log_info(&romeo.log, "i");
	log_debug(NULL, "d");
	unsetenv("JOURNAL_STREAM");
	dup2(saved, STDERR_FILENO);
	close(saved);
	open_to_file(LOG_LEVEL_INFO); /* which closes what it had of the pipe */
	while ((n = read(fds[0], buf_reserve(&b, 4096), 4096)) > 0)
		b.n += (size_t)n;
	close(fds[0]);
	return buf_take(&b);
}

static void
test_journal(void **state)
{
	char *text = catch_stderr("stderr", true);

	(void)state;
	assert_string_equal(text, "<3>sm-2: e\n<4>sm-2: w\n"
				  "<6>sm-2 router=router-1 client=42 jid=romeo@example.net: i\n<7>sm-2: d\n");
	free(text);
}

static void
test_stderr(void **state)
{
	char *text = catch_stderr("stderr", false);

	(void)state;
	assert_non_null(strstr(text, "Z error sm-2: e\n"));
	assert_non_null(strstr(text, "Z debug sm-2: d\n"));
	assert_null(strstr(text, "<3>"));
	free(text);
}

/* There may be no syslog where tests run; it must not come out elsewhere. */
static void
test_syslog(void **state)
{
	char *text = catch_stderr("syslog", false);

	(void)state;
	assert_string_equal(text, "");
	free(text);
}

/* --- nobody reads --- */

static char *
read_pipe(int fd)
{
	struct buf b = {0};
	ssize_t n;

	while ((n = read(fd, buf_reserve(&b, 4096), 4096)) > 0)
		b.n += (size_t)n;
	return buf_take(&b);
}

static unsigned
count_of(const char *text, const char *word)
{
	unsigned n = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		n++;
	}
	return n;
}

static uint64_t
sum_of(const char *text, const char *key)
{
	uint64_t sum = 0;

	while ((text = strstr(text, key))) {
		text += strlen(key);
		sum += strtoull(text, NULL, 10);
	}
	return sum;
}

/* A reader that is asleep costs lines, not the service; when it wakes up it is told so. */
static void
test_nobody_reads(void **state)
{
	enum { LINES = 2000 };
	int fds[2], saved = dup(STDERR_FILENO);
	uint64_t before, lost, told;
	const char *why = NULL;
	char *text;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(dup2(fds[1], STDERR_FILENO), STDERR_FILENO);
	close(fds[1]);
	assert_int_equal(log_open("sm-2", "stderr", LOG_LEVEL_INFO, &why), 0);
	log_info(NULL, "first"); /* what earlier tests lost is told in front of it */
	before = log_lost();
	free(read_pipe(fds[0]));
	for (int i = 0; i < LINES; i++)
		log_info(NULL, "a line of some length, so that the pipe is full soon number=%d", i);
	lost = log_lost() - before;
	assert_in_range(lost, 1, LINES - 1);
	assert_int_equal(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0); /* others share it */
	text = read_pipe(fds[0]);
	assert_int_equal(count_of(text, "a line of some length"), LINES - lost);
	told = sum_of(text, "nobody took them count=");
	free(text);
	log_info(NULL, "awake");
	text = read_pipe(fds[0]);
	assert_int_equal(told + sum_of(text, "nobody took them count="), lost);
	assert_non_null(strstr(text, "awake\n"));
	free(text);
	dup2(saved, STDERR_FILENO);
	close(saved);
	open_to_file(LOG_LEVEL_INFO);
	close(fds[0]);
}

/* --- quoting --- */

static void
test_quote(void **state)
{
	static const struct {
		struct str text;
		const char *quoted;
	} cases[] = {
		{{"plain", 5}, "plain"},
		{{"romeo@example.net/orchard", 25}, "romeo@example.net/orchard"},
		{{"", 0}, "\"\""},
		{{NULL, 0}, "\"\""},
		{{"two words", 9}, "\"two words\""},
		{{"a\"b\\c", 5}, "a\\\"b\\\\c"},
		{{"a\nb\r\t\0z", 7}, "a\\nb\\r\\t\\x00z"},
		{{"\x1b[2J\x7f", 5}, "\\x1b[2J\\x7f"},
		{{"\xc3\xa4\xe2\x82\xac", 5}, "\xc3\xa4\xe2\x82\xac"},
		{{"\xff\xc3(", 3}, "\\xff\\xc3("},
		{{"\xc2\x9b" "1m", 4}, "\\xc2\\x9b1m"},            /* C1: a terminal takes it for ESC [ */
		{{"\xe2\x80\xae" "evil", 7}, "\\xe2\\x80\\xae" "evil"}, /* right-to-left override */
		{{"\xe2\x80\xa8", 3}, "\\xe2\\x80\\xa8"},          /* line separator */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(log_quote(cases[i].text), cases[i].quoted);
}

static void
test_quote_cuts(void **state)
{
	char text[1000];
	const char *q;

	(void)state;
	memset(text, 'x', sizeof(text));
	q = log_quote(str_n(text, sizeof(text)));
	assert_in_range(strlen(q), 190, 210);
	assert_string_equal(q + strlen(q) - 4, "x...");
	for (size_t i = 0; i + 2 < sizeof(text); i += 3)
		memcpy(text + i, "\xe2\x82\xac", 3);
	q = log_quote(str_n(text, 999));
	assert_in_range(strlen(q), 190, 210);
	assert_true(utf8_valid(str_z(q))); /* not cut in the middle of a character */
	memset(text, '\n', sizeof(text));
	q = log_quote(str_n(text, sizeof(text)));
	assert_in_range(strlen(q), 190, 210);
	assert_string_equal(q + strlen(q) - 5, "\\n...");
}

/* Eight results live at once. */
static void
test_quote_buffers(void **state)
{
	const char *q[8];
	char text[24];

	(void)state;
	for (int i = 0; i < 8; i++) {
		snprintf(text, sizeof(text), "text-%d", i);
		q[i] = log_quote(str_z(text));
	}
	for (int i = 0; i < 8; i++) {
		snprintf(text, sizeof(text), "text-%d", i);
		assert_string_equal(q[i], text);
	}
}

static int
set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	path = xasprintf("%s/log", dir);
	rotated = xasprintf("%s/log.1", dir);
	return 0;
}

static int
tear_down(void **state)
{
	const char *why;

	(void)state;
	unlink(path);
	unlink(rotated);
	free(path);
	free(rotated);
	return log_open("test", "stderr", LOG_LEVEL_INFO, &why) < 0 || rmdir(dir) < 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_bad_targets),
		cmocka_unit_test(test_reopen),
		cmocka_unit_test(test_journal),
		cmocka_unit_test(test_stderr),
		cmocka_unit_test(test_syslog),
		cmocka_unit_test(test_nobody_reads),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_quote_cuts),
		cmocka_unit_test(test_quote_buffers),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
