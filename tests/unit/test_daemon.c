/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The skeleton of a daemon, from outside: this program runs itself as a small
 * daemon, sends it signals, and listens to what it tells the service manager.
 */
#include "common/daemon_impl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* --- the daemon --- */

static const struct conf_key echo_keys[] = {
	{.name = "word", .type = CONF_STR, .def = "hello", .flags = CONF_RELOAD},
	{.name = "depth", .type = CONF_INT, .def = "1", .min = 0, .max = 9},
	{.name = "fail", .type = CONF_BOOL, .def = "no"},
	{.name = "hang", .type = CONF_BOOL, .def = "no"},
	{.name = NULL},
};
static const struct conf_section echo_section = {.name = "muc", .keys = echo_keys};
static const struct conf_section *const echo_sections[] = {&echo_section, NULL};

static void
say(struct daemon *d, const char *what)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	log_info(daemon_log(d), "%s word=%s depth=%d number=%u boot=%zu limit=%d", what,
		 conf_str(daemon_conf(d), "muc", NULL, "word"), (int)conf_int(daemon_conf(d), "muc", NULL, "depth"),
		 daemon_number(d), strlen(daemon_boot(d)), limit.rlim_cur == limit.rlim_max);
}

static int
echo_start(struct daemon *d, void **state_r, struct buf *why)
{
	if (conf_bool(daemon_conf(d), "muc", NULL, "fail")) {
		buf_addl(why, "it was told to fail; set fail = no");
		return -1;
	}
	*state_r = xstrdup("state");
	say(d, "start");
	daemon_ready(d);
	return 0;
}

static void
echo_reload(struct daemon *d, void *state)
{
	assert_string_equal(state, "state");
	say(d, "reload");
}

static void
echo_drain(struct daemon *d, void *state)
{
	(void)state;
	if (conf_bool(daemon_conf(d), "muc", NULL, "hang")) {
		daemon_drain_takes(d, 90000);
		return;
	}
	say(d, "drain");
	daemon_drained(d);
}

static void
echo_stop(struct daemon *d, void *state)
{
	say(d, "stop");
	free(state);
}

static const struct daemon_desc echo = {
	.role = "muc",
	.summary = "A daemon for tests.",
	.sections = echo_sections,
	.start = echo_start,
	.reload = echo_reload,
	.drain = echo_drain,
	.stop = echo_stop,
};

/* --- running it --- */

static char dir[] = "/tmp/test_daemon.XXXXXX";
static char *conf_path, *out_path, *notify_path;
static int notify_fd;
static uint16_t http_base;

static void
write_conf(const char *muc_keys)
{
	FILE *f = fopen(conf_path, "w");

	assert_non_null(f);
	fprintf(f,
		"cluster { routers = {\"unix:/run/r.sock\"} secret = \"0123456789abcdef\" }\n"
		"http { port = %u }\n"
		"c2s { whatever = 1 }\n"
		"muc {\n%s\n}\n",
		http_base, muc_keys);
	assert_int_equal(fclose(f), 0);
}

static pid_t
launch(char *const *args)
{
	pid_t pid = fork();
	int fd;

	assert_true(pid >= 0);
	if (pid)
		return pid;
	fd = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	setenv("NOTIFY_SOCKET", notify_path, 1);
	setenv("TEST_DAEMON", "1", 1);
	execv("/proc/self/exe", args);
	_exit(99);
}

static int
wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Its output so far. */
static char *
output(void)
{
	struct buf b = {0};
	int fd = open(out_path, O_RDONLY);
	ssize_t n;

	while ((n = read(fd, buf_reserve(&b, 65536), 65536)) > 0)
		b.n += (size_t)n;
	close(fd);
	return buf_take(&b);
}

static void
expect_output(const char *part)
{
	char *text = output();

	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%s", part, text);
	free(text);
}

#define ARGS(...) ((char *[]){(char[]){"muc"}, __VA_ARGS__, NULL})
#define ARG(text) ((char[]){text})

static int
run(char *const *args)
{
	return wait_for(launch(args));
}

static pid_t
start(void)
{
	return launch(ARGS(ARG("-c"), conf_path, ARG("-n"), ARG("muc-3")));
}

static void
expect_notice(const char *start_of_it)
{
	char text[256] = "";

	if (recv(notify_fd, text, sizeof(text) - 1, 0) < 0)
		fail_msg("nothing told, wanted was %s", start_of_it);
	assert_int_equal(strncmp(text, start_of_it, strlen(start_of_it)), 0);
}

/* --- tests --- */

static void
test_options(void **state)
{
	(void)state;
	write_conf("");
	assert_int_equal(run(ARGS(ARG("-V"))), 0);
	expect_output("carillon muc ");
	assert_int_equal(run(ARGS(ARG("-h"))), 0);
	expect_output("A daemon for tests.");
	assert_int_equal(run(ARGS(ARG("-x"))), EXIT_CONFIG);
	assert_int_equal(run(ARGS(ARG("stray"))), EXIT_CONFIG);
	expect_output("'stray' is no option");
	assert_int_equal(run(ARGS(ARG("-c"), conf_path, ARG("-t"), ARG("-n"), ARG("muc-9999"))), 0);
	assert_int_equal(run(ARGS(ARG("-t"), ARG("-n"), ARG("c2s-1"))), EXIT_CONFIG);
	assert_int_equal(run(ARGS(ARG("-t"), ARG("-n"), ARG("muc-0"))), EXIT_CONFIG);
	assert_int_equal(run(ARGS(ARG("-t"), ARG("-n"), ARG("muc-01"))), EXIT_CONFIG);
	assert_int_equal(run(ARGS(ARG("-t"), ARG("-n"), ARG("muc"))), EXIT_CONFIG);
	assert_int_equal(run(ARGS(ARG("-t"), ARG("-n"), ARG("muc-"))), EXIT_CONFIG);
	assert_int_equal(run(ARGS(ARG("-t"), ARG("-n"), ARG("muc-1x"))), EXIT_CONFIG);
	expect_output("-n muc-1x: no name of an instance; wanted is muc-NUMBER");
}

static void
test_check(void **state)
{
	char *ok = xasprintf("%s: ok\n", conf_path);

	(void)state;
	write_conf("word = x");
	assert_int_equal(run(ARGS(ARG("-c"), conf_path, ARG("-t"))), 0);
	expect_output(ok);
	write_conf("wrod = x\ndepth = 10");
	assert_int_equal(run(ARGS(ARG("-c"), conf_path, ARG("-t"))), EXIT_CONFIG);
	expect_output(":5: muc: key 'wrod': unknown; did you mean 'word'?\n");
	expect_output(":6: muc: key 'depth': \"10\": is out of range; from 0 to 9\n");
	assert_int_equal(run(ARGS(ARG("-c"), conf_path)), EXIT_CONFIG);
	free(ok);
}

static void
test_cannot_start(void **state)
{
	(void)state;
	write_conf("fail = yes");
	assert_int_equal(run(ARGS(ARG("-c"), conf_path)), 1);
	expect_output("muc-1: cannot start: it was told to fail; set fail = no\n");
}

static void
test_life(void **state)
{
	pid_t pid;

	(void)state;
	write_conf("word = first\ndepth = 2");
	pid = start();
	expect_notice("READY=1");
	/* Reload: a good file, with a key that must wait for a restart. */
	write_conf("word = second\ndepth = 3");
	assert_int_equal(kill(pid, SIGHUP), 0);
	expect_notice("RELOADING=1\nMONOTONIC_USEC=");
	expect_notice("READY=1");
	/* A bad file: everything stays. */
	write_conf("word = third\ndepth = 33");
	assert_int_equal(kill(pid, SIGHUP), 0);
	expect_notice("RELOADING=1\n");
	expect_notice("READY=1");
	assert_int_equal(kill(pid, SIGTERM), 0);
	expect_notice("STOPPING=1");
	assert_int_equal(wait_for(pid), 0);
	expect_output(" info muc-3: start word=first depth=2 number=3 boot=16 limit=1\n");
	expect_output(" info muc-3: ready\n");
	expect_output(" info muc-3: started version=");
	expect_output(" warning muc-3: changed, but takes effect at a restart only: muc: depth\n");
	expect_output(" info muc-3: reload word=second depth=2 ");
	expect_output(": muc: key 'depth': \"33\": is out of range; from 0 to 9\n");
	expect_output(" error muc-3: reload: the configuration has errors, the old one stays\n");
	expect_output(" info muc-3: leaving signal=TERM\n");
	expect_output(" info muc-3: drain word=second ");
	expect_output(" info muc-3: stop word=second ");
	expect_output(" info muc-3: ended\n");
}

static void
test_second_signal(void **state)
{
	pid_t pid;

	(void)state;
	write_conf("hang = yes");
	pid = start();
	expect_notice("READY=1");
	assert_int_equal(kill(pid, SIGINT), 0);
	expect_notice("STOPPING=1");
	expect_notice("EXTEND_TIMEOUT_USEC=90000000");
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0); /* drains, and does not come to an end */
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(wait_for(pid), 0);
	expect_output(" warning muc-3: a second signal: leaving at once signal=TERM\n");
	expect_output(" info muc-3: stop ");
}

/* One HTTP request; the whole answer. */
static char *
http_get(const char *path, unsigned port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct buf b = {0};
	ssize_t n;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		fail_msg("port %u: %s", port, strerror(errno));
	buf_addf(&b, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
	assert_int_equal(write(fd, b.p, b.n), b.n);
	buf_clear(&b);
	while ((n = read(fd, buf_reserve(&b, 65536), 65536)) > 0)
		b.n += (size_t)n;
	close(fd);
	return buf_take(&b);
}

static void
expect_answer(const char *path, const char *status, const char *part)
{
	char *text = http_get(path, daemon_web_port(http_base, "muc", 3));

	if (strncmp(text, status, strlen(status)) != 0 || !strstr(text, part))
		fail_msg("%s: no %s, %s in:\n%s", path, status, part, text);
	free(text);
}

static void
test_web(void **state)
{
	pid_t pid;

	(void)state;
	write_conf("hang = yes");
	pid = start();
	expect_notice("READY=1");
	expect_answer("/livez", "HTTP/1.1 200", "alive\n");
	expect_answer("/readyz", "HTTP/1.1 200", "ready\n");
	expect_answer("/metrics", "HTTP/1.1 200", "\nxmpp_loop_longest_turn_seconds ");
	expect_answer("/metrics", "HTTP/1.1 200", "\ncarillon_loop_turn_seconds_count ");
	expect_answer("/metrics", "HTTP/1.1 200", "\nxmpp_log_lines_total{level=\"error\"} 0\n");
	expect_answer("/metrics", "HTTP/1.1 200", "version=0.0.4");
	expect_answer("/nothing", "HTTP/1.1 404", "there are /metrics");
	assert_int_equal(kill(pid, SIGTERM), 0);
	expect_notice("STOPPING=1");
	expect_notice("EXTEND_TIMEOUT_USEC=");
	expect_answer("/readyz", "HTTP/1.1 503", "draining\n");
	expect_answer("/livez", "HTTP/1.1 200", "alive\n");
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(wait_for(pid), 0);
}

static void
test_web_port_is_taken(void **state)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	write_conf("");
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)), 0);
	sa.sin_port = htons((uint16_t)daemon_web_port(http_base, "muc", 3));
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(wait_for(start()), 1);
	expect_output("muc-3: cannot start: ");
	expect_output("ddress already in use");
	close(fd);
}

static void
test_web_ports(void **state)
{
	(void)state;
	assert_int_equal(daemon_web_port(0, "c2s", 2), 0);
	assert_int_equal(daemon_web_port(9500, "router", 1), 9500);
	assert_int_equal(daemon_web_port(9500, "c2s", 2), 9521);
	assert_int_equal(daemon_web_port(9500, "sm", 1), 9540);
	assert_int_equal(daemon_web_port(9500, "s2s", 20), 9579);
	assert_int_equal(daemon_web_port(9500, "muc", 1), 9580);
	assert_int_equal(daemon_web_port(9500, "supervisor", 1), 9599);
}

/* systemd kills and restarts what does not say WATCHDOG=1 in time. */
static void
test_watchdog(void **state)
{
	pid_t pid;

	(void)state;
	write_conf("");
	setenv("WATCHDOG_USEC", "20000", 1);
	unsetenv("WATCHDOG_PID");
	pid = start();
	unsetenv("WATCHDOG_USEC");
	expect_notice("READY=1");
	expect_notice("WATCHDOG=1");
	expect_notice("WATCHDOG=1");
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(wait_for(pid), 0);
	/* More may have come before it left. */
	while (recv(notify_fd, (char[64]){0}, 64, MSG_DONTWAIT) > 0)
		;
}

/* A port from which on a hundred are probably free: where the kernel gives none by itself, if it can be. */
static uint16_t
find_base(void)
{
	for (uint16_t base = (uint16_t)(20000 + getpid() % 100 * 100);; base = (uint16_t)(base + 100)) {
		struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(base + 82))};
		int fd = socket(AF_INET, SOCK_STREAM, 0), rc;

		sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		rc = bind(fd, (struct sockaddr *)&sa, sizeof(sa));
		close(fd);
		if (rc == 0)
			return base;
	}
}

static int
set_up(void **state)
{
	struct timeval patience = {.tv_sec = 30};
	struct sockaddr_un sa = {.sun_family = AF_UNIX};

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	conf_path = xasprintf("%s/conf", dir);
	out_path = xasprintf("%s/out", dir);
	notify_path = xasprintf("%s/notify", dir);
	http_base = find_base();
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", notify_path);
	notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setsockopt(notify_fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return bind(notify_fd, (struct sockaddr *)&sa, sizeof(sa));
}

static int
tear_down(void **state)
{
	(void)state;
	close(notify_fd);
	unlink(conf_path);
	unlink(out_path);
	unlink(notify_path);
	free(conf_path);
	free(out_path);
	free(notify_path);
	return rmdir(dir);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_cannot_start),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_second_signal),
		cmocka_unit_test(test_web),
		cmocka_unit_test(test_web_port_is_taken),
		cmocka_unit_test(test_web_ports),
		cmocka_unit_test(test_watchdog),
	};

	if (getenv("TEST_DAEMON"))
		return daemon_main(argc, argv, &echo);
	unsetenv("JOURNAL_STREAM");
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
