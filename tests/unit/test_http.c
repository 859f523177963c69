/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server for metrics and health. */
#include "tests/unit/io_util.h"

#include "common/http.h"

#include <arpa/inet.h>

static unsigned handled;
static char last_path[200];
static size_t body_size;

static void
handle(void *owner, struct str path, struct http_reply *reply)
{
	assert_non_null(owner);
	handled++;
	snprintf(last_path, sizeof(last_path), STR_FMT, STR_ARG(path));
	if (str_is(path, "/metrics")) {
		reply->content_type = "text/plain; version=0.0.4";
		buf_addl(&reply->body, "up 1\n");
	} else if (str_is(path, "/big")) {
		for (size_t i = 0; i < body_size; i++)
			buf_addc(&reply->body, (char)('a' + i % 26));
	} else {
		reply->status = str_is(path, "/readyz") ? 503 : 404;
	}
}

struct fixture {
	struct loop *loop;
	struct http_server *server;
	struct sockaddr_in in;
	struct end c;
};

/* A port that is free now. The server does not tell its own, there is one user: the configuration. */
static in_port_t
free_port(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	close(fd);
	return in.sin_port;
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct addr at = {0};
	struct buf why = {0};

	f->loop = loop_new();
	for (int i = 0; i < 20 && !f->server; i++) {
		f->in = (struct sockaddr_in){.sin_family = AF_INET,
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
					     .sin_port = free_port()};
		memcpy(&at.sa, &f->in, sizeof(f->in));
		at.len = sizeof(f->in);
		buf_clear(&why);
		f->server = http_server_new(f->loop, &at, handle, f, &why);
	}
	if (!f->server)
		fail_msg("%s", buf_z(&why));
	buf_done(&why);
	handled = 0;
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	end_done(&f->c);
	http_server_free(&f->server);
	loop_free(&f->loop);
	free(f);
	return 0;
}

static void
dial(struct fixture *f)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	end_done(&f->c);
	assert_int_equal(connect(fd, (struct sockaddr *)&f->in, sizeof(f->in)), 0);
	end_open(&f->c, f->loop, fd);
}

/* What comes back until the server closes. */
static const char *
ask(struct fixture *f, const char *request)
{
	dial(f);
	io_write(f->c.io, str_z(request));
	assert_true(loop_until(f->loop, end_ended, &f->c));
	assert_int_equal(f->c.how, IO_END_EOF);
	return buf_z(&f->c.got);
}

static bool
starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void
get_and_head(void **state)
{
	struct fixture *f = *state;
	const char *r = ask(f, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");

	assert_true(starts(r, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(r, "\r\nContent-Type: text/plain; version=0.0.4\r\n"));
	assert_non_null(strstr(r, "\r\nContent-Length: 5\r\n"));
	assert_non_null(strstr(r, "\r\nConnection: close\r\n"));
	assert_non_null(strstr(r, "\r\n\r\nup 1\n"));
	r = ask(f, "HEAD /metrics HTTP/1.0\r\n\r\n");
	assert_true(starts(r, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(r, "\r\nContent-Length: 5\r\n"));
	assert_null(strstr(r, "up 1"));
	r = ask(f, "GET /readyz?verbose=1 HTTP/1.1\r\n\r\n");
	assert_true(starts(r, "HTTP/1.1 503 Service Unavailable\r\n"));
	assert_string_equal(last_path, "/readyz");
	assert_true(starts(ask(f, "GET /else HTTP/1.1\r\n\r\n"), "HTTP/1.1 404 Not Found\r\n"));
	assert_int_equal(handled, 4);
}

static void
nonsense_is_refused(void **state)
{
	static const struct {
		const char *request, *answer;
	} cases[] = {
	    {"GET /x\r\n\r\n", "HTTP/1.1 400 "},
	    {"GET\r\n\r\n", "HTTP/1.1 400 "},
	    {"\r\n\r\n", "HTTP/1.1 400 "},
	    {"GET x HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
	    {"GET http://x/ HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
	    {"GET /a b HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
	    {"GET /\x01 HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
	    {"GET /\xc3\xa4 HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
	    {"GET / HTTP/2.0\r\n\r\n", "HTTP/1.1 505 "},
	    {"GET / HTTP/1.1x\r\n\r\n", "HTTP/1.1 505 "},
	    {"POST / HTTP/1.1\r\n\r\n", "HTTP/1.1 405 "},
	    {"get / HTTP/1.1\r\n\r\n", "HTTP/1.1 405 "},
	    {"<stream:stream xmlns='jabber:client'>\r\n\r\n", "HTTP/1.1 400 "},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *r = ask(f, cases[i].request);

		if (!starts(r, cases[i].answer))
			fail_msg("%s: %s", cases[i].request, r);
	}
	assert_int_equal(handled, 0);
}

static void
long_requests_are_refused(void **state)
{
	struct fixture *f = *state;
	char request[6000] = "GET / HTTP/1.1\r\nX: ";

	memset(request + strlen(request), 'x', 5000);
	assert_true(starts(ask(f, request), "HTTP/1.1 431 "));
	strcat(request, "\r\n\r\n");
	assert_true(starts(ask(f, request), "HTTP/1.1 431 "));
	assert_int_equal(handled, 0);
}

static void
drip_feeding_works(void **state)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
	struct fixture *f = *state;

	dial(f);
	for (size_t i = 0; i < sizeof(request) - 1; i++) {
		io_write(f->c.io, str_n(request + i, 1));
		loop_for(f->loop, 0);
	}
	assert_true(loop_until(f->loop, end_ended, &f->c));
	assert_true(starts(buf_z(&f->c.got), "HTTP/1.1 200 OK\r\n"));
	assert_int_equal(handled, 1);
}

static void
big_answers_arrive_whole(void **state)
{
	struct fixture *f = *state;
	const char *r, *body;

	body_size = 3000000;
	r = ask(f, "GET /big HTTP/1.1\r\n\r\n");
	body = strstr(r, "\r\n\r\n");
	assert_non_null(body);
	assert_int_equal(strlen(body + 4), body_size);
}

static void
only_one_answer(void **state)
{
	struct fixture *f = *state;
	const char *r = ask(f, "GET /metrics HTTP/1.1\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n");

	assert_int_equal(handled, 1);
	assert_null(strstr(r + 1, "HTTP/1.1 200"));
}

static void
silent_connections_do_not_pile_up(void **state)
{
	struct fixture *f = *state;
	int fds[100];

	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		/* the listener's queue is shorter than that, so let it work in between */
		assert_int_equal(connect(fds[i], (struct sockaddr *)&f->in, sizeof(f->in)), 0);
		loop_for(f->loop, 1);
	}
	assert_true(starts(ask(f, "GET /metrics HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 OK\r\n"));
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		close(fds[i]);
}

#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(get_and_head),
	    T(nonsense_is_refused),
	    T(long_requests_are_refused),
	    T(drip_feeding_works),
	    T(big_answers_arrive_whole),
	    T(only_one_answer),
	    T(silent_connections_do_not_pile_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
