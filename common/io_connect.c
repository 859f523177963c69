/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connecting out: a name is resolved on a worker thread (getaddrinfo has no
 * other form), then one address after the other is tried, each for the given
 * time. Everything is told through `done`, never from within io_connect().
 *
 * Not for: SRV records (common/dns.h), trying again (the caller's policy).
 */
#include "common/io.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	ADDRS_MAX = 16,
	UNIX_RETRY_MS = 20, /* a Unix listener whose queue is full says EAGAIN and no more */
};

/* A getaddrinfo on its thread. It outlives the connect that gave up on it. */
struct resolve {
	struct io_connect *c; /* null: nobody waits any more */
	char *host, *port;
	int rc, err;
	struct addr addrs[ADDRS_MAX];
	size_t count;
};

/* One socket that is connecting; lives until libuv lets go of the handle. */
struct attempt {
	uv_poll_t poll;
	struct io_connect *c;
	int fd;
};

struct io_connect {
	struct loop *loop;
	void (*done)(void *owner, int fd, const char *why);
	void *owner;
	uint64_t timeout_ms, give_up; /* of the address being tried */
	char *address;
	struct resolve *resolve;
	struct addr addrs[ADDRS_MAX];
	size_t count, at;
	struct attempt *attempt;
	struct timer timer;
	struct buf why;
	bool over;
};

/* --- the end --- */

static void
release(void *p)
{
	struct io_connect *c = p;

	free(c->address);
	buf_done(&c->why);
	free(c);
}

static void
on_attempt_closed(uv_handle_t *h)
{
	free(container_of((uv_poll_t *)(void *)h, struct attempt, poll));
}

/* Takes the socket out of the attempt and lets the handle go. */
static int
end_attempt(struct io_connect *c)
{
	struct attempt *a = c->attempt;
	int fd = a->fd;

	c->attempt = NULL;
	uv_close((uv_handle_t *)&a->poll, on_attempt_closed);
	return fd;
}

static void
wind_up(struct io_connect *c)
{
	c->over = true;
	timer_stop(&c->timer);
	if (c->resolve)
		c->resolve->c = NULL;
	c->resolve = NULL;
	if (c->attempt)
		close(end_attempt(c));
	loop_park(c->loop, c, release);
}

static void
succeed(struct io_connect *c, int fd)
{
	wind_up(c);
	c->done(c->owner, fd, NULL);
}

static void
fail(struct io_connect *c)
{
	wind_up(c);
	c->done(c->owner, -1, buf_z(&c->why));
}

static void
note(struct io_connect *c, const struct addr *at, const char *what)
{
	struct buf printed = {0};

	if (c->why.n)
		buf_addl(&c->why, "; ");
	buf_addf(&c->why, "%s: ", c->address);
	if (at) {
		addr_print(&printed, at);
		if (!str_is(buf_str(&printed), c->address))
			buf_addf(&c->why, "%s: ", buf_z(&printed));
		buf_done(&printed);
	}
	buf_addz(&c->why, what);
}

/* --- trying addresses --- */

static void try_next(struct io_connect *c);

static void
address_failed(struct io_connect *c, const char *what)
{
	timer_stop(&c->timer);
	note(c, &c->addrs[c->at], what);
	c->at++;
	try_next(c);
}

static void
on_attempt_timeout(struct timer *t)
{
	struct io_connect *c = container_of(t, struct io_connect, timer);

	close(end_attempt(c));
	address_failed(c, "no answer in time");
}

static void
on_connected(uv_poll_t *h, int status, int events)
{
	struct attempt *a = container_of(h, struct attempt, poll);
	struct io_connect *c = a->c;
	int err = 0, fd;
	socklen_t len = sizeof(err);

	(void)status; /* an error is asked for more precisely */
	(void)events;
	loop_woke(c->loop);
	fd = end_attempt(c);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		err = errno;
	if (!err) {
		succeed(c, fd);
		return;
	}
	close(fd);
	address_failed(c, strerror(err));
}

static void
wait_connected(struct io_connect *c, int fd)
{
	struct attempt *a = xcalloc(1, sizeof(*a));
	int rc = uv_poll_init(loop_uv(c->loop), &a->poll, fd);

	if (rc < 0) {
		free(a);
		close(fd);
		address_failed(c, uv_strerror(rc));
		return;
	}
	a->c = c;
	a->fd = fd;
	c->attempt = a;
	bug_if(uv_poll_start(&a->poll, UV_WRITABLE, on_connected) < 0);
	timer_start(c->loop, &c->timer, c->give_up - MIN(c->give_up, loop_now(c->loop)), on_attempt_timeout);
}

static void try_address(struct io_connect *c);

static void
on_unix_retry(struct timer *t)
{
	try_address(container_of(t, struct io_connect, timer));
}

static void
try_address(struct io_connect *c)
{
	const struct addr *at = &c->addrs[c->at];
	int fd = socket(at->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), err;

	if (fd < 0) {
		address_failed(c, strerror(errno));
		return;
	}
	if (connect(fd, (const struct sockaddr *)&at->sa, at->len) == 0) {
		succeed(c, fd);
		return;
	}
	err = errno;
	if (err == EINPROGRESS) {
		wait_connected(c, fd);
		return;
	}
	close(fd);
	if (err == EAGAIN && at->sa.ss_family == AF_UNIX && loop_now(c->loop) < c->give_up)
		timer_start(c->loop, &c->timer, UNIX_RETRY_MS, on_unix_retry);
	else
		address_failed(c, strerror(err));
}

static void
try_next(struct io_connect *c)
{
	if (c->at == c->count) {
		fail(c);
		return;
	}
	c->give_up = loop_now(c->loop) + c->timeout_ms;
	try_address(c);
}

static void
on_begin(struct timer *t)
{
	try_next(container_of(t, struct io_connect, timer));
}

/* --- resolving --- */

static void
resolve_work(void *arg)
{
	struct resolve *r = arg;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *list = NULL;

	r->rc = getaddrinfo(r->host, r->port, &hints, &list);
	r->err = errno;
	if (r->rc != 0)
		return;
	for (const struct addrinfo *ai = list; ai && r->count < ADDRS_MAX; ai = ai->ai_next) {
		struct addr *a = &r->addrs[r->count++];

		memcpy(&a->sa, ai->ai_addr, ai->ai_addrlen);
		a->len = ai->ai_addrlen;
	}
	freeaddrinfo(list);
}

static void
use_resolved(struct io_connect *c, const struct resolve *r)
{
	c->resolve = NULL;
	timer_stop(&c->timer);
	if (r->rc != 0) {
		note(c, NULL, r->rc == EAI_SYSTEM ? strerror(r->err) : gai_strerror(r->rc));
	} else {
		memcpy(c->addrs, r->addrs, sizeof(c->addrs));
		c->count = r->count;
	}
	try_next(c);
}

static void
resolve_done(void *arg)
{
	struct resolve *r = arg;

	if (r->c)
		use_resolved(r->c, r);
	free(r->host);
	free(r->port);
	free(r);
}

static void
on_resolve_timeout(struct timer *t)
{
	struct io_connect *c = container_of(t, struct io_connect, timer);

	note(c, NULL, "the name was not resolved in time");
	fail(c);
}

static void
fail_with(struct io_connect *c, const char *what)
{
	note(c, NULL, what);
	timer_start(c->loop, &c->timer, 0, on_begin); /* no addresses: fails */
}

static void
resolve(struct io_connect *c, struct str address)
{
	ssize_t colon = str_rchr(address, ':');
	uint64_t port;
	struct resolve *r;

	if (colon <= 0 || str_to_u64(str_from(address, (size_t)colon + 1), &port) < 0 || !port ||
	    port > 65535) {
		fail_with(
		    c, "not an address: write name:port, 192.0.2.1:port, [2001:db8::1]:port or unix:/path");
		return;
	}
	r = xcalloc(1, sizeof(*r));
	r->c = c;
	r->host = str_dup(str_n(address.p, (size_t)colon));
	r->port = str_dup(str_from(address, (size_t)colon + 1));
	c->resolve = r;
	timer_start(c->loop, &c->timer, c->timeout_ms, on_resolve_timeout);
	loop_work(c->loop, resolve_work, resolve_done, r);
}

struct io_connect *
io_connect(struct loop *loop, struct str address, uint64_t timeout_ms,
	   void (*done)(void *owner, int fd, const char *why), void *owner)
{
	struct io_connect *c = xcalloc(1, sizeof(*c));
	const char *why = NULL;

	c->loop = loop;
	c->done = done;
	c->owner = owner;
	c->timeout_ms = timeout_ms;
	c->address = str_dup(address);
	if (addr_parse(&c->addrs[0], address, &why) == 0) {
		c->count = 1;
		timer_start(loop, &c->timer, 0, on_begin);
	} else if (str_starts(address, STR("unix:")) || str_starts(address, STR("["))) {
		fail_with(c, why);
	} else {
		resolve(c, address);
	}
	return c;
}

void
io_connect_cancel(struct io_connect **cp)
{
	struct io_connect *c = *cp;

	*cp = NULL;
	if (c && !c->over)
		wind_up(c);
}
