/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1 for a scraper and a health check: one request, one answer, closed.
 *
 * Not for: bodies of requests, keep-alive, anything that faces the network.
 */
#include "common/http.h"

#include "common/metric.h"

#include <stdlib.h>

enum {
	HEAD_MAX = 4096,
	TIMEOUT_MS = 5000,
	CONNS_MAX = 64,
	ANSWER_MAX = 64 * 1024 * 1024, /* marks: an answer is queued whole */
};

#define LIMIT(id, l)                                                                              \
	static struct metric id = {.name = "xmpp_limits_hit_total", .labels = "limit=\"" l "\"", \
				   .help = "Times that a limit was hit.", .kind = METRIC_COUNTER}
LIMIT(hit_connections, "http_connections");
LIMIT(hit_timeout, "http_timeout");
LIMIT(hit_head, "http_head");

struct http_server {
	struct loop *loop;
	struct http_limits limits;
	struct io_listener *listener;
	void (*handle)(void *owner, struct str path, struct http_reply *reply);
	void *owner;
	struct list conns;
};

struct http_conn {
	struct list_node node;
	struct http_server *server;
	struct io *io;
	struct timer timer;
	bool answered;
};

static void
conn_free(struct http_conn *c)
{
	list_remove(&c->server->conns, &c->node);
	timer_stop(&c->timer);
	io_free(&c->io);
	free(c);
}

/* --- answers --- */

static const char *
reason_of(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 431:
		return "Request Header Fields Too Large";
	case 503:
		return "Service Unavailable";
	case 505:
		return "HTTP Version Not Supported";
	default:
		return "Other";
	}
}

static void
answer(struct http_conn *c, const struct http_reply *reply, bool with_body)
{
	struct buf *out = io_out(c->io);

	c->answered = true;
	buf_addf(out, "HTTP/1.1 %d %s\r\n", reply->status, reason_of(reply->status));
	buf_addf(out, "Content-Type: %s\r\n",
		 reply->content_type ? reply->content_type : "text/plain; charset=utf-8");
	buf_addf(out, "Content-Length: %zu\r\n", reply->body.n);
	if (reply->status == 405)
		buf_addl(out, "Allow: GET, HEAD\r\n");
	buf_addl(out,
		 "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n");
	if (with_body)
		buf_add(out, buf_str(&reply->body));
	io_wrote(c->io);
	timer_stop(&c->timer);
	io_finish(c->io, c->server->limits.timeout_ms);
}

static void
answer_error(struct http_conn *c, int status)
{
	struct http_reply reply = {.status = status};

	buf_addf(&reply.body, "%s\n", reason_of(status));
	answer(c, &reply, true);
	buf_done(&reply.body);
}

/* --- requests --- */

/* A path of printable ASCII, without its query; a null slice when it is not one. */
static struct str
path_of(struct str target)
{
	struct str rest;

	if (!target.n || target.p[0] != '/')
		return STR_NONE;
	for (size_t i = 0; i < target.n; i++)
		if (target.p[i] <= 0x20 || target.p[i] >= 0x7f)
			return STR_NONE;
	return str_split(target, '?', &rest);
}

/* RFC 9112 3: method SP target SP version. */
static void
request(struct http_conn *c, struct str line)
{
	struct str target, version, extra;
	struct str method = str_split(line, ' ', &target);
	bool head = str_is(method, "HEAD");
	struct http_reply reply = {.status = 200};

	target = str_split(target, ' ', &version);
	version = str_split(version, ' ', &extra);
	target = path_of(target);
	if (!method.n || !target.p || extra.p || !str_starts(version, STR("HTTP/"))) {
		answer_error(c, 400);
	} else if (!str_is(version, "HTTP/1.1") && !str_is(version, "HTTP/1.0")) {
		answer_error(c, 505);
	} else if (!head && !str_is(method, "GET")) {
		answer_error(c, 405);
	} else {
		c->server->handle(c->server->owner, target, &reply);
		answer(c, &reply, !head);
		buf_done(&reply.body);
	}
}

/* Nothing is done before the head is complete; what it says beyond its first line does not matter to us. */
static size_t
on_data(struct io *io, const char *p, size_t n)
{
	struct http_conn *c = io_owner(io);
	struct str in = str_n(p, n);
	ssize_t end = str_find(in, STR("\r\n\r\n"));

	if (c->answered)
		return n;
	if (end > HEAD_MAX - 4 || (end < 0 && n >= HEAD_MAX)) {
		metric_add(&hit_head, 1);
		answer_error(c, 431);
		return n;
	}
	if (end < 0)
		return 0;
	request(c, str_n(p, (size_t)str_find(in, STR("\r\n"))));
	return n;
}

static void
on_end(struct io *io, enum io_end end, const char *text)
{
	(void)end;
	(void)text;
	conn_free(io_owner(io));
}

static void
on_timeout(struct timer *t)
{
	metric_add(&hit_timeout, 1);
	conn_free(container_of(t, struct http_conn, timer));
}

static void
on_accept(struct io_listener *l, int fd, const struct addr *peer)
{
	static const struct io_events events = {.data = on_data, .end = on_end};
	struct http_server *s = io_listener_owner(l);
	struct http_conn *c = xcalloc(1, sizeof(*c));

	(void)peer;
	if (s->conns.len >= s->limits.connections) { /* the oldest has had its chance */
		metric_add(&hit_connections, 1);
		conn_free(list_entry(s->conns.first, struct http_conn, node));
	}
	c->server = s;
	c->io = io_new(s->loop, fd, &events, c);
	io_set_marks(c->io, 0, ANSWER_MAX);
	list_append(&s->conns, &c->node);
	timer_start(s->loop, &c->timer, s->limits.timeout_ms, on_timeout);
}

struct http_server *
http_server_new(struct loop *loop, const struct addr *at,
		void (*handle)(void *owner, struct str path, struct http_reply *reply), void *owner,
		struct buf *why)
{
	static const struct io_listener_opts opts = {.backlog = 64};
	struct http_server *s = xcalloc(1, sizeof(*s));

	s->loop = loop;
	s->limits = (struct http_limits){.connections = CONNS_MAX, .timeout_ms = TIMEOUT_MS};
	s->handle = handle;
	s->owner = owner;
	s->listener = io_listen(loop, at, &opts, on_accept, s, why);
	if (!s->listener) {
		free(s);
		return NULL;
	}
	return s;
}

void
http_server_set_limits(struct http_server *s, const struct http_limits *limits)
{
	s->limits = *limits;
}

void
http_server_free(struct http_server **sp)
{
	struct http_server *s = *sp;

	*sp = NULL;
	if (!s)
		return;
	while (s->conns.first)
		conn_free(list_entry(s->conns.first, struct http_conn, node));
	io_listener_free(&s->listener);
	free(s);
}
