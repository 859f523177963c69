/* SPDX-License-Identifier: Apache-2.0 */
/* Listening and connecting, with all that can be in the way. */
#include "tests/unit/io_util.h"

#include "common/log.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct doorman {
	struct loop *loop;
	struct io_listener *l;
	int fds[64];
	size_t count, want;
	char peer[64];
	bool free_at_accept;
};

static void
on_accept(struct io_listener *l, int fd, const struct addr *peer)
{
	struct doorman *d = io_listener_owner(l);
	struct buf b = {0};

	assert_true(d->count < ARRAY_LEN(d->fds));
	d->fds[d->count++] = fd;
	addr_print_host(&b, peer);
	snprintf(d->peer, sizeof(d->peer), "%s", buf_z(&b));
	buf_done(&b);
	if (d->free_at_accept)
		io_listener_free(&d->l);
}

static bool
has_guests(void *arg)
{
	struct doorman *d = arg;

	return d->count >= d->want;
}

static struct addr
address(const char *text)
{
	struct addr a;
	const char *why;

	assert_int_equal(addr_parse(&a, str_z(text), &why), 0);
	return a;
}

static struct io_listener *
open_at(struct doorman *d, const char *text, const struct io_listener_opts *opts, struct buf *why)
{
	struct addr at = address(text);

	return io_listen(d->loop, &at, opts, on_accept, d, why);
}

static void
doorman_done(struct doorman *d)
{
	io_listener_free(&d->l);
	for (size_t i = 0; i < d->count; i++)
		close(d->fds[i]);
	loop_free(&d->loop);
}

/* Where l listens, as io_connect wants it. */
static char *
where(const struct io_listener *l)
{
	struct buf b = {0};

	addr_print(&b, io_listener_addr(l));
	return buf_take(&b);
}

struct caller {
	int fd;
	bool called;
	char why[512];
	struct io_connect *c;
};

static void
on_done(void *owner, int fd, const char *why)
{
	struct caller *c = owner;

	assert_false(c->called);
	c->called = true;
	c->fd = fd;
	assert_true((fd < 0) == (why != NULL));
	snprintf(c->why, sizeof(c->why), "%s", why ? why : "");
	io_connect_cancel(&c->c); /* allowed, and nothing happens */
}

static bool
was_called(void *arg)
{
	return ((struct caller *)arg)->called;
}

static void
call(struct caller *c, struct loop *loop, const char *to, uint64_t timeout)
{
	c->c = io_connect(loop, str_z(to), timeout, on_done, c);
	assert_false(c->called);
	assert_true(loop_until(loop, was_called, c));
}

/* --- connecting --- */

static void
connects_to_port_zero(void **state)
{
	struct doorman d = {.loop = loop_new(), .want = 1};
	struct caller c = {0};
	struct buf why = {0};
	char *to;

	(void)state;
	d.l = open_at(&d, "127.0.0.1:0", NULL, &why);
	assert_non_null(d.l);
	to = where(d.l);
	assert_string_not_equal(to, "127.0.0.1:0");
	call(&c, d.loop, to, 5000);
	assert_true(c.fd >= 0);
	assert_true(loop_until(d.loop, has_guests, &d));
	assert_string_equal(d.peer, "127.0.0.1");
	assert_true(fcntl(d.fds[0], F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(d.fds[0], F_GETFL) & O_NONBLOCK);
	close(c.fd);
	free(to);
	doorman_done(&d);
}

static void
resolves_names(void **state)
{
	struct doorman d = {.loop = loop_new(), .want = 1};
	struct caller c = {0};
	struct buf why = {0}, to = {0};
	char *at;

	(void)state;
	d.l = open_at(&d, "127.0.0.1:0", NULL, &why);
	at = where(d.l);
	buf_addf(&to, "localhost%s", strchr(at, ':'));
	call(&c, d.loop, buf_z(&to), 5000);
	assert_true(c.fd >= 0);
	assert_true(loop_until(d.loop, has_guests, &d));
	close(c.fd);
	free(at);
	buf_done(&to);
	doorman_done(&d);
}

static void
says_why_it_failed(void **state)
{
	static const struct {
		const char *to, *says;
	} cases[] = {
	    {"127.0.0.1:1", "Connection refused"},
	    {"unix:/nonexistent/x.sock", "No such file"},
	    {"unix:relative", "absolute path"},
	    {"no-port", "name:port"},
	    {":5222", "name:port"},
	    {"host:0", "name:port"},
	    {"host:99999", "name:port"},
	    {"[::1]", "brackets"},
	    {"does-not-exist.invalid:5222", "does-not-exist.invalid:5222: "},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct loop *loop = loop_new();
		struct caller c = {0};

		call(&c, loop, cases[i].to, 5000);
		assert_int_equal(c.fd, -1);
		if (!strstr(c.why, cases[i].says))
			fail_msg("%s: %s", cases[i].to, c.why);
		loop_free(&loop);
	}
}

static void
cancelled_means_never_called(void **state)
{
	static const char *const to[] = {"127.0.0.1:1", "localhost:1", "unix:/nonexistent", "nonsense"};
	struct loop *loop = loop_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(to); i++) {
		struct caller c = {0};

		c.c = io_connect(loop, str_z(to[i]), 1000, on_done, &c);
		io_connect_cancel(&c.c);
		assert_null(c.c);
		io_connect_cancel(&c.c);
		loop_for(loop, 5);
		assert_false(c.called);
	}
	loop_free(&loop);
}

/* A listener whose queue is full leaves the next one waiting; TCP on loopback drops the SYN then. */
static void
gives_up_in_time(void **state)
{
	struct loop *loop = loop_new();
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);
	int l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fill[4];
	struct caller c = {0};
	char to[64];

	(void)state;
	assert_int_equal(bind(l, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(listen(l, 0), 0);
	getsockname(l, (struct sockaddr *)&in, &len);
	for (size_t i = 0; i < ARRAY_LEN(fill); i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		(void)connect(fill[i], (struct sockaddr *)&in, sizeof(in));
	}
	snprintf(to, sizeof(to), "127.0.0.1:%u", ntohs(in.sin_port));
	call(&c, loop, to, 50);
	assert_int_equal(c.fd, -1);
	assert_non_null(strstr(c.why, "no answer in time"));
	for (size_t i = 0; i < ARRAY_LEN(fill); i++)
		close(fill[i]);
	close(l);
	loop_free(&loop);
}

/* --- listening --- */

static void
says_why_it_cannot_listen(void **state)
{
	struct doorman d = {.loop = loop_new()};
	struct buf why = {0};
	char *taken;

	(void)state;
	d.l = open_at(&d, "127.0.0.1:0", NULL, &why);
	taken = where(d.l);
	assert_null(open_at(&d, taken, NULL, &why));
	assert_non_null(strstr(buf_z(&why), taken));
	assert_non_null(strstr(buf_z(&why), "another program listens there"));
	buf_clear(&why);
	assert_null(open_at(&d, "198.51.100.1:0", NULL, &why));
	assert_non_null(strstr(buf_z(&why), "no such address"));
	buf_clear(&why);
	assert_null(open_at(&d, "unix:/nonexistent/dir/x.sock", NULL, &why));
	assert_non_null(strstr(buf_z(&why), "does not exist"));
	buf_done(&why);
	free(taken);
	doorman_done(&d);
}

static void
processes_share_a_port(void **state)
{
	const struct io_listener_opts share = {.reuse_port = true};
	struct doorman d = {.loop = loop_new()};
	struct io_listener *second;
	struct buf why = {0};
	char *at;

	(void)state;
	d.l = open_at(&d, "127.0.0.1:0", &share, &why);
	assert_non_null(d.l);
	at = where(d.l);
	second = open_at(&d, at, &share, &why);
	assert_non_null(second);
	io_listener_free(&second);
	free(at);
	doorman_done(&d);
}

/* Who waits when one of them leaves is still let in. */
static void
last_call(void **state)
{
	struct doorman d = {.loop = loop_new(), .want = 40};
	struct buf why = {0};
	int guests[40];
	struct addr at;

	(void)state;
	d.l = open_at(&d, "127.0.0.1:0", NULL, &why);
	assert_non_null(d.l);
	at = *io_listener_addr(d.l);
	for (size_t i = 0; i < ARRAY_LEN(guests); i++) {
		guests[i] = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(connect(guests[i], (struct sockaddr *)&at.sa, at.len), 0);
	}
	assert_int_equal(d.count, 0);
	io_listener_last_call(d.l);
	assert_int_equal(d.count, 40);
	io_listener_free(&d.l);
	for (size_t i = 0; i < ARRAY_LEN(guests); i++) {
		assert_int_equal(write(d.fds[i], "x", 1), 1);
		close(guests[i]);
	}
	doorman_done(&d);
}

static void
freed_at_last_call(void **state)
{
	struct doorman d = {.loop = loop_new(), .free_at_accept = true};
	struct buf why = {0};
	struct addr at;
	int guest = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	d.l = open_at(&d, "127.0.0.1:0", NULL, &why);
	at = *io_listener_addr(d.l);
	assert_int_equal(connect(guest, (struct sockaddr *)&at.sa, at.len), 0);
	io_listener_last_call(d.l);
	assert_int_equal(d.count, 1);
	assert_null(d.l);
	close(guest);
	doorman_done(&d);
}

static void
both_families_on_one_port(void **state)
{
	struct doorman d = {.loop = loop_new()};
	struct buf why = {0}, six = {0};
	struct io_listener *second;
	char *at;

	(void)state;
	d.l = open_at(&d, "0.0.0.0:0", NULL, &why);
	at = where(d.l);
	buf_addf(&six, "[::]%s", strchr(at, ':'));
	second = open_at(&d, buf_z(&six), NULL, &why);
	if (!second && !strstr(buf_z(&why), "IPv6 switched off")) /* a machine may have none */
		fail_msg("%s", buf_z(&why));
	io_listener_free(&second);
	buf_done(&why);
	buf_done(&six);
	free(at);
	doorman_done(&d);
}

static void
freed_in_accept(void **state)
{
	struct doorman d = {.loop = loop_new(), .want = 1, .free_at_accept = true};
	struct caller c = {0}, c2 = {0};
	struct buf why = {0};
	char *to;

	(void)state;
	d.l = open_at(&d, "127.0.0.1:0", NULL, &why);
	to = where(d.l);
	c.c = io_connect(d.loop, str_z(to), 5000, on_done, &c);
	c2.c = io_connect(d.loop, str_z(to), 5000, on_done, &c2);
	assert_true(loop_until(d.loop, has_guests, &d));
	assert_true(loop_until(d.loop, was_called, &c));
	assert_true(loop_until(d.loop, was_called, &c2));
	assert_int_equal(d.count, 1);
	close(c.fd);
	if (c2.fd >= 0)
		close(c2.fd);
	free(to);
	doorman_done(&d);
}

/* --- Unix sockets --- */

struct place {
	char dir[64], path[96], text[128];
};

static void
make_place(struct place *p)
{
	snprintf(p->dir, sizeof(p->dir), "/tmp/test_listen.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/x.sock", p->dir);
	snprintf(p->text, sizeof(p->text), "unix:%s", p->path);
}

static void
unix_socket_comes_and_goes(void **state)
{
	const struct io_listener_opts opts = {.unix_mode = 0660};
	struct doorman d = {.loop = loop_new(), .want = 1};
	struct caller c = {0};
	struct buf why = {0};
	struct place p;
	struct stat st;

	(void)state;
	make_place(&p);
	d.l = open_at(&d, p.text, &opts, &why);
	assert_non_null(d.l);
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	call(&c, d.loop, p.text, 5000);
	assert_true(c.fd >= 0);
	assert_true(loop_until(d.loop, has_guests, &d));
	assert_string_equal(d.peer, "unix");
	close(c.fd);
	doorman_done(&d);
	assert_int_equal(stat(p.path, &st), -1);
	rmdir(p.dir);
}

static void
stale_socket_file_is_replaced(void **state)
{
	struct doorman d = {.loop = loop_new()};
	struct addr at;
	struct buf why = {0};
	struct place p;
	int old;

	(void)state;
	make_place(&p);
	at = address(p.text);
	old = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(old, (struct sockaddr *)&at.sa, at.len), 0);
	assert_int_equal(listen(old, 1), 0);
	assert_null(open_at(&d, p.text, NULL, &why)); /* somebody answers */
	assert_non_null(strstr(buf_z(&why), "another program listens there"));
	close(old);
	d.l = open_at(&d, p.text, NULL, &why); /* nobody does */
	assert_non_null(d.l);
	buf_done(&why);
	doorman_done(&d);
	rmdir(p.dir);
}

static void
other_files_are_left_alone(void **state)
{
	struct doorman d = {.loop = loop_new()};
	struct buf why = {0};
	struct place p;
	struct stat st;
	int fd;

	(void)state;
	make_place(&p);
	fd = open(p.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_null(open_at(&d, p.text, NULL, &why));
	assert_int_equal(stat(p.path, &st), 0);
	unlink(p.path);
	d.l = open_at(&d, p.text, NULL, &why);
	assert_non_null(d.l);
	/* a successor takes the place */
	unlink(p.path);
	fd = open(p.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	buf_done(&why);
	doorman_done(&d);
	assert_int_equal(stat(p.path, &st), 0);
	unlink(p.path);
	rmdir(p.dir);
}

/* connect(2) says EAGAIN while a Unix listener's queue is full; it is tried until there is room. */
static void
unix_queue_full_is_waited_for(void **state)
{
	struct loop *loop = loop_new();
	struct addr at;
	struct caller c[4] = {0};
	struct place p;
	int l, fd;

	(void)state;
	make_place(&p);
	at = address(p.text);
	l = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(l, (struct sockaddr *)&at.sa, at.len), 0);
	assert_int_equal(listen(l, 0), 0);
	for (size_t i = 0; i < ARRAY_LEN(c); i++)
		c[i].c = io_connect(loop, str_z(p.text), 10000, on_done, &c[i]);
	loop_for(loop, 30);
	assert_false(c[3].called);
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		fd = accept4(l, NULL, NULL, SOCK_CLOEXEC);
		assert_true(fd >= 0);
		close(fd);
		loop_for(loop, 30);
	}
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		assert_true(loop_until(loop, was_called, &c[i]));
		assert_true(c[i].fd >= 0);
		close(c[i].fd);
	}
	close(l);
	unlink(p.path);
	rmdir(p.dir);
	loop_free(&loop);
}

/* --- out of descriptors --- */

struct crowd {
	int fds[8];
	struct doorman *d;
};

static bool
all_refused(void *arg)
{
	struct crowd *c = arg;

	for (size_t i = 0; i < ARRAY_LEN(c->fds); i++) {
		char byte;
		ssize_t n = recv(c->fds[i], &byte, 1, MSG_DONTWAIT | MSG_PEEK);

		if (n < 0 && errno == EAGAIN)
			return false;
	}
	return true;
}

/* In a process of its own, since it changes limits; the exit code says where it stood. */
static int
run_out_of_descriptors(void)
{
	struct doorman d = {.loop = loop_new(), .want = 1};
	struct crowd crowd = {.d = &d};
	struct rlimit old, low;
	struct buf why = {0};
	struct addr at;
	int first_free, plug;

	d.l = open_at(&d, "127.0.0.1:0", NULL, &why);
	if (!d.l)
		return 1;
	at = *io_listener_addr(d.l);
	loop_for(d.loop, 1);
	for (size_t i = 0; i < ARRAY_LEN(crowd.fds); i++) {
		crowd.fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(crowd.fds[i], (struct sockaddr *)&at.sa, at.len) < 0)
			return 2;
	}
	first_free = open("/dev/null", O_RDONLY | O_CLOEXEC);
	close(first_free);
	getrlimit(RLIMIT_NOFILE, &old);
	low = (struct rlimit){(rlim_t)first_free, old.rlim_max};
	if (setrlimit(RLIMIT_NOFILE, &low) < 0 || open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
		return 3;
	if (!loop_until(d.loop, all_refused, &crowd))
		return 4;
	if (d.count != 0 || log_count(LOG_LEVEL_ERROR) != 1)
		return 5;
	/* and when there are descriptors again, all is as before */
	setrlimit(RLIMIT_NOFILE, &old);
	plug = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(plug, (struct sockaddr *)&at.sa, at.len) < 0)
		return 6;
	if (!loop_until(d.loop, has_guests, &d))
		return 7;
	close(plug);
	for (size_t i = 0; i < ARRAY_LEN(crowd.fds); i++)
		close(crowd.fds[i]);
	doorman_done(&d);
	return 0;
}

static void
shortage_of_descriptors_is_survived(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(run_out_of_descriptors());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		shortage_of_descriptors_is_survived), /* first: it forks, and there are no threads yet */
	    cmocka_unit_test(connects_to_port_zero),
	    cmocka_unit_test(resolves_names),
	    cmocka_unit_test(says_why_it_failed),
	    cmocka_unit_test(cancelled_means_never_called),
	    cmocka_unit_test(gives_up_in_time),
	    cmocka_unit_test(says_why_it_cannot_listen),
	    cmocka_unit_test(processes_share_a_port),
	    cmocka_unit_test(last_call),
	    cmocka_unit_test(freed_at_last_call),
	    cmocka_unit_test(both_families_on_one_port),
	    cmocka_unit_test(freed_in_accept),
	    cmocka_unit_test(unix_socket_comes_and_goes),
	    cmocka_unit_test(stale_socket_file_is_replaced),
	    cmocka_unit_test(other_files_are_left_alone),
	    cmocka_unit_test(unix_queue_full_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
