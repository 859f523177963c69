/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening sockets. When descriptors run out, a reserved one is given up for
 * a moment to take the waiting connections and close them, so that they are
 * refused instead of left waiting and the loop does not spin over them.
 *
 * Not for: limits per address (the daemons count in `accept`).
 */
#include "common/io.h"
#include "common/log.h"
#include "common/metric.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ACCEPTS_A_TURN = 32,
	LAST_TURNS = 64, /* more than a queue holds */
	PAUSE_MS = 100,
	COMPLAIN_MS = 60000,
};

struct io_listener {
	uv_poll_t poll;
	struct loop *loop;
	void (*accept)(struct io_listener *l, int fd, const struct addr *peer);
	void *owner;
	struct addr addr;
	int fd, spare;
	dev_t dev; /* of a Unix socket's file */
	ino_t ino;
	struct timer pause;
	unsigned accepted;
	uint64_t refused;       /* since the last complaint */
	uint64_t complain_next; /* not before */
	bool closed;
};

static struct metric refused_total = {
	.name = "xmpp_limits_hit_total", .labels = "limit=\"descriptors\"", .help = "Times that a limit was hit.",
	.kind = METRIC_COUNTER,
};

/* --- accepting --- */

static void on_poll(uv_poll_t *h, int status, int events);

static void
watch(struct io_listener *l)
{
	bug_if(uv_poll_start(&l->poll, UV_READABLE, on_poll) < 0);
}

static void
on_pause_over(struct timer *t)
{
	watch(container_of(t, struct io_listener, pause));
}

static void
pause_accepting(struct io_listener *l)
{
	uv_poll_stop(&l->poll);
	timer_start(l->loop, &l->pause, PAUSE_MS, on_pause_over);
}

static void
complain(struct io_listener *l, int err)
{
	struct buf at = {0};
	uint64_t now = loop_now(l->loop);

	if (now < l->complain_next)
		return;
	l->complain_next = now + COMPLAIN_MS;
	addr_print(&at, &l->addr);
	log_error(NULL,
		  "cannot accept connections on %s: %s, %llu refused: raise the limit of open files "
		  "(LimitNOFILE, ulimit -n) or lower the number of connections",
		  buf_z(&at), strerror(err), (unsigned long long)l->refused);
	l->refused = 0;
	buf_done(&at);
}

static void
reserve_descriptor(struct io_listener *l)
{
	l->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
refuse_waiting(struct io_listener *l, int err)
{
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd;

		if (l->spare >= 0)
			close(l->spare);
		fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			close(fd);
			l->refused++;
			metric_add(&refused_total, 1);
		}
		reserve_descriptor(l);
		if (fd < 0)
			break;
	}
	complain(l, err);
	pause_accepting(l);
}

/* Whether to go on. accept(2) also reports errors that belong to the connection, not to the listener. */
static bool
accept_failed(struct io_listener *l, int err)
{
	switch (err) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
		refuse_waiting(l, err);
		return false;
	case ENOBUFS:
	case ENOMEM:
		complain(l, err);
		pause_accepting(l);
		return false;
	default:
		bug_if(err == EBADF || err == EINVAL || err == ENOTSOCK || err == EFAULT);
		return true;
	}
}

static void
on_poll(uv_poll_t *h, int status, int events)
{
	struct io_listener *l = container_of(h, struct io_listener, poll);

	(void)events;
	loop_woke(l->loop);
	for (int i = 0; i < ACCEPTS_A_TURN && !l->closed; i++) {
		struct addr peer = {.len = sizeof(peer.sa)};
		int fd = accept4(l->fd, (struct sockaddr *)&peer.sa, &peer.len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			l->accepted++;
			l->accept(l, fd, &peer);
		} else if (!accept_failed(l, errno)) {
			break;
		}
	}
	if (status < 0 && !l->closed) /* libuv has stopped to watch */
		pause_accepting(l);
}

void
io_listener_last_call(struct io_listener *l)
{
	unsigned before, turns = 0;

	do {
		before = l->accepted;
		on_poll(&l->poll, 0, UV_READABLE);
	} while (!l->closed && l->accepted - before == ACCEPTS_A_TURN && ++turns < LAST_TURNS);
}

/* --- making one --- */

static const char *
hint(int err)
{
	switch (err) {
	case EADDRINUSE:
		return ": another program listens there (ss -ltnpx shows it), stop it or choose another "
		       "address";
	case EACCES:
		return ": ports below 1024 need CAP_NET_BIND_SERVICE, a Unix socket a directory that we may "
		       "write";
	case EADDRNOTAVAIL:
		return ": this machine has no such address (ip addr shows them), [::] and 0.0.0.0 mean all "
		       "of them";
	case EAFNOSUPPORT:
		return ": this machine has IPv6 switched off, take the address out of the configuration";
	case ENOENT:
		return ": the directory does not exist, create it";
	case EMFILE:
		return ": raise the limit of open files (LimitNOFILE, ulimit -n)";
	default:
		return "";
	}
}

static void
explain(struct buf *why, const struct addr *at, const char *doing, int err)
{
	buf_addl(why, "cannot listen on ");
	addr_print(why, at);
	buf_addf(why, ": %s: %s%s", doing, strerror(err), hint(err));
}

static const char *
unix_path(const struct addr *at)
{
	return at->sa.ss_family == AF_UNIX ? ((const struct sockaddr_un *)&at->sa)->sun_path : NULL;
}

/* A socket's file that was left behind by a process that is gone: nobody answers on it. */
static bool
is_stale(const struct addr *at)
{
	struct stat st;
	int fd, rc, err;

	if (lstat(unix_path(at), &st) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	rc = connect(fd, (const struct sockaddr *)&at->sa, at->len);
	err = errno;
	close(fd);
	return rc < 0 && err == ECONNREFUSED;
}

static int
bind_unix(int fd, const struct addr *at, mode_t mode)
{
	mode_t old = umask(0177); /* nobody gets in before the chmod */
	int rc = bind(fd, (const struct sockaddr *)&at->sa, at->len);

	if (rc < 0 && errno == EADDRINUSE) {
		if (is_stale(at) && unlink(unix_path(at)) == 0)
			rc = bind(fd, (const struct sockaddr *)&at->sa, at->len);
		else
			errno = EADDRINUSE;
	}
	umask(old);
	return rc < 0 ? -1 : chmod(unix_path(at), mode ? mode : 0600);
}

static int
set_options(int fd, const struct addr *at, const struct io_listener_opts *opts)
{
	int one = 1;

	if (at->sa.ss_family == AF_UNIX)
		return 0;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0)
		return -1;
	if (opts->reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) < 0)
		return -1;
	/* [::] and 0.0.0.0 are two listeners */
	if (at->sa.ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) < 0)
		return -1;
	return 0;
}

static int
bind_and_listen(int fd, const struct addr *at, const struct io_listener_opts *opts, const char **doing_r)
{
	*doing_r = "setsockopt";
	if (set_options(fd, at, opts) < 0)
		return -1;
	*doing_r = "bind";
	if (at->sa.ss_family == AF_UNIX) {
		if (bind_unix(fd, at, opts->unix_mode) < 0)
			return -1;
	} else if (bind(fd, (const struct sockaddr *)&at->sa, at->len) < 0) {
		return -1;
	}
	*doing_r = "listen";
	return listen(fd, opts->backlog ? opts->backlog : 1024);
}

static int
open_socket(const struct addr *at, const struct io_listener_opts *opts, struct buf *why)
{
	const char *doing = "socket";
	int fd = socket(at->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind_and_listen(fd, at, opts, &doing) == 0)
		return fd;
	explain(why, at, doing, errno);
	if (fd >= 0)
		close(fd);
	return -1;
}

static void
remember_file(struct io_listener *l)
{
	struct stat st;

	if (unix_path(&l->addr) && lstat(unix_path(&l->addr), &st) == 0) {
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
}

struct io_listener *
io_listen(struct loop *loop, const struct addr *at, const struct io_listener_opts *opts,
	  void (*accept)(struct io_listener *l, int fd, const struct addr *peer), void *owner,
	  struct buf *why)
{
	static const struct io_listener_opts none;
	int fd = open_socket(at, opts ? opts : &none, why), rc;
	struct io_listener *l;

	if (fd < 0)
		return NULL;
	l = xcalloc(1, sizeof(*l));
	l->loop = loop;
	l->fd = fd;
	l->accept = accept;
	l->owner = owner;
	l->addr = *at;
	if (at->sa.ss_family != AF_UNIX) { /* the port, when it was 0 */
		l->addr.len = sizeof(l->addr.sa);
		bug_if(getsockname(fd, (struct sockaddr *)&l->addr.sa, &l->addr.len) < 0);
	}
	remember_file(l);
	reserve_descriptor(l);
	rc = uv_poll_init(loop_uv(loop), &l->poll, fd);
	if (rc < 0) {
		explain(why, at, "epoll", -rc);
		close(fd);
		close(l->spare);
		free(l);
		return NULL;
	}
	watch(l);
	return l;
}

static void
on_closed(uv_handle_t *h)
{
	free(container_of((uv_poll_t *)(void *)h, struct io_listener, poll));
}

/* The file is removed only while it is ours: a successor may have put his own in its place. */
static void
remove_file(const struct io_listener *l)
{
	const char *path = unix_path(&l->addr);
	struct stat st;

	if (path && lstat(path, &st) == 0 && st.st_dev == l->dev && st.st_ino == l->ino)
		unlink(path);
}

void
io_listener_free(struct io_listener **lp)
{
	struct io_listener *l = *lp;

	*lp = NULL;
	if (!l)
		return;
	l->closed = true;
	timer_stop(&l->pause);
	remove_file(l);
	uv_close((uv_handle_t *)&l->poll, on_closed);
	close(l->fd);
	if (l->spare >= 0)
		close(l->spare);
}

void *
io_listener_owner(const struct io_listener *l)
{
	return l->owner;
}

const struct addr *
io_listener_addr(const struct io_listener *l)
{
	return &l->addr;
}
