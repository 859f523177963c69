/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets and TLS of the generator. Reading goes through one buffer that all
 * wires share; only what the owner leaves is kept.
 *
 * Not for: anything of XMPP.
 */
#include "bench/load/wire.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { READ_SIZE = 65536, OUT_KEEP = 4096 };

static char shared[READ_SIZE];

static void
watch(struct wire *w, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.ptr = w};
	int op = w->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (events == w->watched)
		return;
	w->watched = events;
	if (epoll_ctl(w->reactor->epoll_fd, op, w->fd, &e) < 0)
		die(1, "epoll_ctl: %s", strerror(errno));
}

void
wire_close(struct wire *w)
{
	if (w->state == WIRE_CLOSED)
		return;
	if (w->dirty)
		list_remove(&w->reactor->dirty, &w->dirty_node);
	SSL_free(w->ssl);
	close(w->fd);
	buf_done(&w->in);
	buf_done(&w->out);
	*w = (struct wire){.reactor = w->reactor, .events = w->events, .fd = -1, .generation = w->generation + 1};
}

static void
fail(struct wire *w, const char *doing, const char *why)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: %s", doing, why);
	wire_close(w);
	w->events->ended(w, text);
}

void
wire_open(struct wire *w, struct reactor *r, const struct sockaddr_storage *sa, socklen_t len,
	  const struct wire_events *events)
{
	int one = 1;

	bug_if(w->state != WIRE_CLOSED);
	w->reactor = r;
	w->events = events;
	w->fd = socket(sa->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (w->fd < 0)
		die(1, "socket: %s; each session needs a descriptor (ulimit -n)", strerror(errno));
	setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(w->fd, (const struct sockaddr *)sa, len) < 0 && errno != EINPROGRESS)
		die(1, "connect: %s", strerror(errno));
	w->state = WIRE_CONNECTING;
	w->opened_turn = r->turn;
	watch(w, EPOLLOUT);
}

void
wire_start_tls(struct wire *w, SSL_CTX *ctx, const char *name, bool direct)
{
	static const unsigned char alpn[] = "\x0bxmpp-client"; /* XEP-0368 */

	bug_if(w->state != WIRE_OPEN);
	w->ssl = SSL_new(ctx);
	/* as SSL_set_tlsext_host_name, whose cast drops the const */
	if (!w->ssl || !SSL_set_fd(w->ssl, w->fd) || !SSL_set1_host(w->ssl, name) ||
	    !SSL_ctrl(w->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, (void *)(uintptr_t)name))
		die(1, "TLS: no connection can be made for %s", name);
	if (direct)
		SSL_set_alpn_protos(w->ssl, alpn, sizeof(alpn) - 1);
	SSL_set_connect_state(w->ssl);
	w->state = WIRE_HANDSHAKE;
	watch(w, EPOLLIN | EPOLLOUT);
}

static const char *
tls_reason(const struct wire *w, int error)
{
	long verified = SSL_get_verify_result(w->ssl);
	const char *reason;

	if (verified != X509_V_OK)
		return X509_verify_cert_error_string(verified);
	reason = ERR_reason_error_string(ERR_peek_error());
	if (reason)
		return reason;
	return error == SSL_ERROR_SYSCALL && errno ? strerror(errno) : "connection closed";
}

static void
handshake(struct wire *w)
{
	int rc, error;

	ERR_clear_error();
	errno = 0;
	rc = SSL_do_handshake(w->ssl);
	error = SSL_get_error(w->ssl, rc);
	if (rc == 1) {
		w->state = WIRE_OPEN;
		watch(w, EPOLLIN);
		w->events->secured(w);
	} else if (error == SSL_ERROR_WANT_READ) {
		watch(w, EPOLLIN);
	} else if (error == SSL_ERROR_WANT_WRITE) {
		watch(w, EPOLLIN | EPOLLOUT);
	} else {
		fail(w, "TLS handshake", tls_reason(w, error));
	}
}

static void
connected(struct wire *w)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		err = errno;
	if (err) {
		fail(w, "connect", strerror(err));
		return;
	}
	w->state = WIRE_OPEN;
	watch(w, EPOLLIN);
	w->events->connected(w);
}

/* Bytes, 0 for the end, -1 with `why_r` set for an error and null for "not now". */
static ssize_t
read_some(struct wire *w, const char **why_r)
{
	ssize_t n;
	size_t got = 0;
	int rc, error;

	*why_r = NULL;
	if (!w->ssl) {
		n = recv(w->fd, shared, sizeof(shared), 0);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			*why_r = strerror(errno);
		return n;
	}
	ERR_clear_error();
	errno = 0;
	while (got < sizeof(shared)) {
		rc = SSL_read(w->ssl, shared + got, (int)(sizeof(shared) - got));
		if (rc <= 0)
			break;
		got += (size_t)rc;
		if (!SSL_has_pending(w->ssl))
			return (ssize_t)got;
	}
	if (got)
		return (ssize_t)got;
	error = SSL_get_error(w->ssl, rc);
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return -1;
	if (error == SSL_ERROR_ZERO_RETURN || (error == SSL_ERROR_SYSCALL && !errno))
		return 0;
	*why_r = tls_reason(w, error);
	return -1;
}

/* What is not consumed waits in w->in, in front of what comes next. */
static void
hand_over(struct wire *w, struct str bytes)
{
	unsigned generation = w->generation;
	size_t used;

	if (w->in.n) {
		buf_add(&w->in, bytes);
		used = w->events->data(w, buf_str(&w->in));
		if (w->generation != generation)
			return;
		buf_consume(&w->in, used);
		if (!w->in.n)
			buf_done(&w->in);
		return;
	}
	used = w->events->data(w, bytes);
	if (w->generation == generation && used < bytes.n)
		buf_add(&w->in, str_from(bytes, used));
}

static void
read_all(struct wire *w)
{
	unsigned generation = w->generation;

	for (;;) {
		const char *why;
		ssize_t n = read_some(w, &why);

		if (n < 0 && !why)
			return;
		if (n <= 0) {
			fail(w, "read", why ? why : "the server closed the connection");
			return;
		}
		hand_over(w, str_n(shared, (size_t)n));
		/* epoll tells of what is left in the socket, but not of what OpenSSL holds */
		if (w->generation != generation || !w->ssl || w->state != WIRE_OPEN || !SSL_has_pending(w->ssl))
			return;
	}
}

void
wire_ready(struct wire *w, uint32_t events)
{
	/* an event of the same turn for the descriptor's former owner */
	if (w->state == WIRE_CLOSED || w->opened_turn == w->reactor->turn)
		return;
	if (w->state == WIRE_CONNECTING) {
		connected(w);
	} else if (w->state == WIRE_HANDSHAKE) {
		handshake(w);
	} else {
		if (events & EPOLLOUT) {
			unsigned generation = w->generation;

			wire_flush(w);
			if (w->generation != generation)
				return;
		}
		if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
			read_all(w);
	}
}

struct buf *
wire_out(struct wire *w)
{
	return &w->out;
}

void
wire_wrote(struct wire *w)
{
	if (w->dirty || w->state == WIRE_CLOSED)
		return;
	w->dirty = true;
	list_append(&w->reactor->dirty, &w->dirty_node);
}

static ssize_t
write_some(struct wire *w, struct str rest, const char **why_r)
{
	ssize_t n;
	size_t written;
	int rc, error;

	*why_r = NULL;
	if (!w->ssl) {
		n = send(w->fd, rest.p, rest.n, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			*why_r = strerror(errno);
		return n;
	}
	ERR_clear_error();
	errno = 0;
	rc = SSL_write_ex(w->ssl, rest.p, rest.n, &written);
	if (rc == 1)
		return (ssize_t)written;
	error = SSL_get_error(w->ssl, rc);
	if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
		*why_r = tls_reason(w, error);
	return -1;
}

static void
emptied(struct wire *w)
{
	w->out_at = 0;
	if (w->out.cap > OUT_KEEP)
		buf_done(&w->out);
	buf_clear(&w->out);
}

void
wire_flush(struct wire *w)
{
	if (w->dirty && list_linked(&w->reactor->dirty, &w->dirty_node))
		list_remove(&w->reactor->dirty, &w->dirty_node);
	w->dirty = false;
	if (w->state != WIRE_OPEN)
		return;
	while (w->out_at < w->out.n) {
		const char *why;
		ssize_t n = write_some(w, str_from(buf_str(&w->out), w->out_at), &why);

		if (n < 0 && why) {
			fail(w, "write", why);
			return;
		}
		if (n < 0) {
			watch(w, EPOLLIN | EPOLLOUT);
			return;
		}
		w->out_at += (size_t)n;
	}
	emptied(w);
	watch(w, EPOLLIN);
}
