/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes to the HTTP server of a daemon: at most one answer, complete, and
 * the same however the bytes come in; the handler gets paths and nothing else;
 * a connection is never left open.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/wire.h"

#include "common/http.h"

#define PLACE "unix:/fuzz/http"

enum { AGES_MS = 20000 };

static unsigned asked;

static void
handle(void *owner, struct str path, struct http_reply *reply)
{
	(void)owner;
	asked++;
	bug_if(path.n == 0 || path.p[0] != '/' || str_chr(path, '?') >= 0);
	for (size_t i = 0; i < path.n; i++)
		bug_if(path.p[i] <= ' ' || path.p[i] >= 0x7f);
	if (str_is(path, "/404"))
		reply->status = 404;
	buf_add(&reply->body, path);
}

/* A status line, header fields, and a body as long as they say; of HEAD no body. */
static void
check_answer(struct str a)
{
	ssize_t end = str_find(a, STR("\r\n\r\n")), at = str_find(a, STR("Content-Length: "));
	struct str number, rest;
	uint64_t length;

	bug_if(!str_starts(a, STR("HTTP/1.1 ")) || end < 0 || at < 0 || at > end);
	number = str_split(str_from(a, (size_t)at + strlen("Content-Length: ")), '\r', &rest);
	bug_if(str_to_u64(number, &length) < 0);
	bug_if(a.n != (size_t)end + 4 && a.n != (size_t)end + 4 + length);
	bug_if(str_find(str_n(a.p, (size_t)end), STR("Connection: close")) < 0);
}

/* In pieces of this size, and the peer may close behind the last or not. */
static void
play(struct buf *answer, struct str in, size_t piece, bool closes)
{
	const struct addr at = {.sa = {.ss_family = AF_UNIX}, .len = sizeof(struct sockaddr_un)};
	struct addr named = at;
	struct loop *loop = loop_new_fake();
	struct buf why = {0};
	struct http_server *server;
	const char *bad;
	struct wire *w;

	bug_if(addr_parse(&named, STR(PLACE), &bad) < 0);
	server = http_server_new(loop, &named, handle, NULL, &why);
	w = wire_dial(loop, PLACE);
	asked = 0;
	for (size_t n; in.n; in = str_from(in, n)) {
		n = MIN(piece, in.n);
		wire_say(w, str_n(in.p, n));
	}
	if (closes)
		wire_hang_up(w, IO_END_EOF);
	loop_fake_advance(loop, AGES_MS);
	bug_if(!wire_ended(w) || asked > 1);
	buf_add(answer, buf_str(wire_heard(w)));
	if (answer->n)
		check_answer(buf_str(answer));
	bug_if(asked && !answer->n);
	wire_free(&w);
	http_server_free(&server);
	loop_free(&loop);
	buf_done(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_n((const char *)data, size);
	struct buf whole = {0}, drops = {0}, closed = {0};

	play(&whole, in, SIZE_MAX, false);
	if (size <= 8192) {
		play(&drops, in, 1, false);
		bug_if(!str_eq(buf_str(&whole), buf_str(&drops)));
	}
	play(&closed, in, 7, true);
	buf_done(&whole);
	buf_done(&drops);
	buf_done(&closed);
	return 0;
}
