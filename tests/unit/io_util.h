/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of connections: an end that writes down what happens to it, and pairs of sockets. */
#pragma once

#include "common/io.h"
#include "tests/unit/loop_util.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct end {
	struct io *io;
	struct buf got;
	size_t want;        /* for end_has_all */
	size_t consume_max; /* per callback; 0: all */
	size_t frame;       /* consume multiples of this only */
	bool keep;          /* `data` consumes nothing */
	unsigned datas, ends, draineds, secureds;
	enum io_end how;
	char text[256];
	/* What to do next time; each once. */
	void (*on_data)(struct end *e);
	void (*on_secured)(struct end *e);
	void (*on_end)(struct end *e);
	void *arg;
};

static inline void
end_once(void (**action)(struct end *e), struct end *e)
{
	void (*now)(struct end * e) = *action;

	*action = NULL;
	if (now)
		now(e);
}

static inline size_t
end_data(struct io *io, const char *p, size_t n)
{
	struct end *e = io_owner(io);
	size_t take = e->keep ? 0 : e->consume_max ? MIN(n, e->consume_max) : e->frame ? n - n % e->frame : n;

	assert_int_equal(e->ends, 0);
	e->datas++;
	buf_addn(&e->got, p, take);
	end_once(&e->on_data, e);
	/* what we were given is still there, whatever was done to the io */
	assert_true(take == 0 || memcmp(e->got.p + e->got.n - take, p, take) == 0);
	return take;
}

static inline void
end_end(struct io *io, enum io_end how, const char *text)
{
	struct end *e = io_owner(io);

	e->ends++;
	e->how = how;
	snprintf(e->text, sizeof(e->text), "%s", text);
	end_once(&e->on_end, e);
}

static inline void
end_drained(struct io *io)
{
	struct end *e = io_owner(io);

	assert_false(io_over(io));
	e->draineds++;
}

static inline void
end_secured(struct io *io)
{
	struct end *e = io_owner(io);

	e->secureds++;
	end_once(&e->on_secured, e);
}

static const struct io_events end_events = {
	.data = end_data, .end = end_end, .drained = end_drained, .secured = end_secured};

static inline void
end_open(struct end *e, struct loop *loop, int fd)
{
	e->io = io_new(loop, fd, &end_events, e);
}

static inline void
end_done(struct end *e)
{
	io_free(&e->io);
	buf_done(&e->got);
	*e = (struct end){0};
}

static inline void
end_free_io(struct end *e)
{
	io_free(&e->io);
}

static inline bool
end_has_all(void *arg)
{
	struct end *e = arg;

	return e->got.n >= e->want;
}

static inline bool
end_ended(void *arg)
{
	return ((struct end *)arg)->ends > 0;
}

static inline bool
end_is_secured(void *arg)
{
	return ((struct end *)arg)->secureds > 0;
}

static inline void
unix_pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

/* Connected over loopback. */
static inline void
tcp_pair(int fds[2])
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);
	int l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(l >= 0);
	assert_int_equal(bind(l, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(listen(l, 1), 0);
	assert_int_equal(getsockname(l, (struct sockaddr *)&in, &len), 0);
	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fds[0], (struct sockaddr *)&in, sizeof(in)), 0);
	fds[1] = accept4(l, NULL, NULL, SOCK_CLOEXEC);
	assert_true(fds[1] >= 0);
	close(l);
}
