/* SPDX-License-Identifier: Apache-2.0 */
/* The sections that every daemon reads: what they refuse, and what they make of little. */
#include "common/daemon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define CLUSTER "cluster { routers = {\"unix:/r.sock\"} secret = \"0123456789abcdef\" }\n"

static const struct conf_section *const sections[] = {&conf_cluster, &conf_host, &conf_log, &conf_http, NULL};
static char path[] = "/tmp/test_daemon_keys.XXXXXX";

static int
load(const char *text, struct conf **conf_r, struct buf *problems)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return conf_load(conf_r, path, sections, conf_all_section_names, "c2s-1", problems);
}

static struct conf *
load_good(const char *text)
{
	struct buf problems = {0};
	struct conf *c = NULL;

	if (load(text, &c, &problems) < 0)
		fail_msg("%s", buf_z(&problems));
	buf_done(&problems);
	return c;
}

/* Refused, with this among what is told. */
static void
expect_bad(const char *text, const char *part)
{
	struct buf problems = {0};
	struct conf *c = NULL;

	assert_int_equal(load(text, &c, &problems), -1);
	if (str_find(buf_str(&problems), str_z(part)) < 0)
		fail_msg("no \"%s\" in: %s", part, buf_z(&problems));
	buf_done(&problems);
}

static void
test_smallest(void **state)
{
	struct conf *c = load_good(CLUSTER);

	(void)state;
	assert_string_equal(conf_str(c, "log", NULL, "target"), "stderr");
	assert_int_equal(conf_int(c, "log", NULL, "level"), LOG_LEVEL_INFO);
	assert_int_equal(conf_int(c, "http", NULL, "port"), 0);
	assert_null(conf_str(c, "cluster", NULL, "secret_file"));
	conf_free(&c);
}

static void
test_levels_are_in_order(void **state)
{
	static const char *const words[] = {"error", "warning", "info", "debug"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		char *text = xasprintf(CLUSTER "log { level = %s }", words[i]);
		struct conf *c = load_good(text);
		enum log_level level;

		assert_int_equal(log_level_parse(words[i], &level), 0);
		assert_int_equal(conf_int(c, "log", NULL, "level"), level);
		conf_free(&c);
		free(text);
	}
}

static void
test_cluster(void **state)
{
	static const char *const good[] = {"unix:/run/r", "10.0.0.1:5347", "[::1]:5347", "router.example.org:1"};
	static const char *const bad[] = {"unix:r", "unix:", "10.0.0.1", "10.0.0.1:", "host:0", "host:65536", "host:x", ":5347",
					  ""};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good) + ARRAY_LEN(bad); i++) {
		const char *address = i < ARRAY_LEN(good) ? good[i] : bad[i - ARRAY_LEN(good)];
		char *text = xasprintf("cluster { routers = {\"%s\"} secret_file = /s }", address);

		if (i < ARRAY_LEN(good))
			conf_free(&(struct conf *){load_good(text)});
		else
			expect_bad(text, "is no address; write");
		free(text);
	}
	expect_bad("", ": cluster: key 'routers': is missing; write routers = {\"unix:");
	expect_bad("cluster { routers = {} secret_file = /s }", ":1: cluster: key 'routers': is empty");
	expect_bad("cluster { routers = unix:/r }", "cluster: key 'secret': is missing; write secret or secret_file");
	expect_bad("cluster { routers = unix:/r secret = short }", "key 'secret': is too short; wanted are 16");
	expect_bad("cluster { routers = unix:/r secret = 0123456789abcdef secret_file = /s }", "exclude each other");
	expect_bad("cluster { routers = unix:/r secret_file = /s key = /k }", "key 'key': is of no use without certificate");
	expect_bad("cluster { routers = unix:/r secret_file = /s certificate = /k }", "needs ca_file");
}

static void
test_host(void **state)
{
	static const char *const good[] = {"example.org", "localhost", "a-b.xn--bcher-kva.example", "m\xc3\xbcnster.example",
					   "192.0.2.1"};
	static const char *const bad[] = {"", "a b", "user@example.org", "example.org/x", ".example.org", "example..org",
					  "example.org.", "a:b", "\\xff.example"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good) + ARRAY_LEN(bad); i++) {
		const char *name = i < ARRAY_LEN(good) ? good[i] : bad[i - ARRAY_LEN(good)];
		char *text = xasprintf(CLUSTER "host \"%s\" { certificate = /c }", name);

		if (i < ARRAY_LEN(good))
			conf_free(&(struct conf *){load_good(text)});
		else
			expect_bad(text, "the title is no domain name");
		free(text);
	}
	expect_bad(CLUSTER "host a { key = /k }", ":2: host \"a\": key 'key': is of no use without certificate");
}

/* One line, naming both. */
static void
test_one_host_twice(void **state)
{
	struct buf problems = {0};
	struct conf *c = NULL;

	(void)state;
	assert_int_equal(load(CLUSTER "host \"localhost\" { }\nhost \"example.org\" { }\nhost \"LocalHOST\" { }\n", &c, &problems), -1);
	assert_non_null(strstr(buf_z(&problems), ":4: host \"LocalHOST\": is the same domain as host \"localhost\"; "
						"write one section for it\n"));
	assert_ptr_equal(strchr(buf_z(&problems), '\n') + 1, strchr(buf_z(&problems), '\0'));
	buf_done(&problems);
	/* the same title again goes on with the section, as elsewhere in the file */
	conf_free(&(struct conf *){load_good(CLUSTER "host \"localhost\" { }\nhost \"localhost\" { }\n")});
}

static void
test_log_and_http(void **state)
{
	(void)state;
	expect_bad(CLUSTER "log { target = \"here.log\" }", ":2: log: key 'target': wanted is");
	expect_bad(CLUSTER "log { level = verbose }", "wanted is one of error, warning, info, debug");
	expect_bad(CLUSTER "http { address = localhost }", "\"localhost\" is no IP address");
	expect_bad(CLUSTER "http { address = \"1.2.3.4:80\" }", "is no IP address");
	expect_bad(CLUSTER "http { port = 65001 }", "is out of range; from 0 to 65000");
	conf_free(&(struct conf *){load_good(CLUSTER "http { address = \"::1\" port = 9500 }")});
	conf_free(&(struct conf *){load_good(CLUSTER "log { target = \"/var/log/%n.log\" }")});
}

/* One file for all: what is for others is none of our business, what is for nobody is wrong. */
static void
test_foreign(void **state)
{
	(void)state;
	conf_free(&(struct conf *){load_good(CLUSTER "c2s { x = 1 } sm { } router { y = {1} } mod_ping { } component \"a\" { }")});
	expect_bad(CLUSTER "storge { }", ":2: section 'storge': unknown; did you mean 'storage'?");
}

static int
set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd) < 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smallest),
		cmocka_unit_test(test_levels_are_in_order),
		cmocka_unit_test(test_cluster),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_one_host_twice),
		cmocka_unit_test(test_log_and_http),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
