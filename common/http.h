/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A very small HTTP/1.1 server for /metrics, /livez and /readyz on a local
 * port: GET and HEAD, one handler, requests of at most 4 KiB, connections
 * closed after the answer or a few seconds. Not for anything else.
 */
#pragma once

#include "common/io.h"

struct http_server;

struct http_reply {
	int status;               /* 200 unless the handler says 404, 503, ... */
	const char *content_type; /* default text/plain; charset=utf-8 */
	struct buf body;
};

/* `path` begins with a slash and is without the query. The reply's body is freed by the server. */
struct http_server *http_server_new(struct loop *loop, const struct addr *at,
				    void (*handle)(void *owner, struct str path, struct http_reply *reply), void *owner,
				    struct buf *why);
struct http_limits {
	size_t connections; /* for one more, the oldest has to go */
	uint64_t timeout_ms; /* for a request to arrive, and for its answer to be taken */
};
void http_server_set_limits(struct http_server *s, const struct http_limits *limits); /* default: 64, 5 s */
void http_server_free(struct http_server **s);
