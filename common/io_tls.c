/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL under an io: the handshake, reading and writing of records, the
 * goodbye. OpenSSL sits on the socket itself (SSL_set_fd); every call may want
 * the socket readable or writable, whichever way our bytes go.
 *
 * Not for: contexts and certificates (tls.c).
 */
#include "common/io_priv.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>

enum { RECORD_MAX = 16384 };

/* Why the last call failed, in io_end_text. */
static void
explain(const struct io *io, const char *doing, int error, int saved_errno)
{
	struct buf b = {0};
	long verified = SSL_get_verify_result(io->ssl);

	if (error == SSL_ERROR_SYSCALL && !ERR_peek_error())
		buf_addz(&b, saved_errno ? strerror(saved_errno) : "the peer closed the connection");
	else
		tls_errors(&b);
	if (verified != X509_V_OK)
		buf_addf(&b, ", certificate: %s", X509_verify_cert_error_string(verified));
	snprintf(io_end_text, sizeof(io_end_text), "%s: %s", doing, b.n ? buf_z(&b) : "failed");
	buf_done(&b);
	ERR_clear_error();
}

/* A close of the connection where a close_notify should have been; many do it. */
static bool
is_bare_eof(int error, int saved_errno)
{
	if (error == SSL_ERROR_SSL)
		return ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
	return error == SSL_ERROR_SYSCALL && !ERR_peek_error() && !saved_errno;
}

void
io_tls_handshake(struct io *io)
{
	int rc, error, saved;

	ERR_clear_error();
	errno = 0;
	rc = SSL_do_handshake(io->ssl);
	saved = errno;
	error = rc == 1 ? SSL_ERROR_NONE : SSL_get_error(io->ssl, rc);
	io->read_wants_write = error == SSL_ERROR_WANT_WRITE;
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return;
	if (error != SSL_ERROR_NONE) {
		explain(io, "TLS handshake", error, saved);
		io_end(io, IO_END_TLS, io_end_text);
		return;
	}
	io->tls = IO_TLS_READY;
	io->replay = true; /* what the peer sent right behind its Finished */
	io_defer(io);
	if (io->events->secured)
		io->events->secured(io);
}

bool
io_tls_pending(const struct io *io)
{
	return io->tls == IO_TLS_READY && SSL_has_pending(io->ssl);
}

static enum io_fill
fill_stopped(struct io *io, int rc, int saved_errno)
{
	int error = SSL_get_error(io->ssl, rc);

	switch (error) {
	case SSL_ERROR_WANT_WRITE:
		io->read_wants_write = true;
		return IO_FILL_EMPTY;
	case SSL_ERROR_WANT_READ:
		return IO_FILL_EMPTY;
	case SSL_ERROR_ZERO_RETURN:
		return IO_FILL_EOF;
	default:
		if (is_bare_eof(error, saved_errno)) {
			ERR_clear_error();
			return IO_FILL_EOF;
		}
		explain(io, "TLS read", error, saved_errno);
		return error == SSL_ERROR_SYSCALL ? IO_FILL_BROKEN : IO_FILL_BAD;
	}
}

/*
 * As many records as are here and fit. Stops without asking the socket once
 * more when OpenSSL holds nothing: the socket will announce what comes.
 */
enum io_fill
io_tls_fill(struct io *io, char *p, size_t room, size_t *n_r)
{
	size_t got = 0;

	io->read_wants_write = false;
	*n_r = 0;
	while (*n_r < room) {
		int rc;

		ERR_clear_error();
		errno = 0;
		rc = SSL_read_ex(io->ssl, p + *n_r, room - *n_r, &got);
		if (rc != 1) {
			enum io_fill how = fill_stopped(io, rc, errno);

			/* an end comes again when it is read again, after these bytes */
			return how == IO_FILL_EOF && *n_r ? IO_FILL_MORE : how;
		}
		*n_r += got;
		if (!SSL_has_pending(io->ssl))
			return IO_FILL_EMPTY;
	}
	return IO_FILL_MORE;
}

/*
 * The head of the queue as one record: from where it lies when the first piece
 * fills it, else copied together. A call that OpenSSL wants repeated starts
 * with the same bytes and has at least as many, since queues only grow behind.
 */
static struct str
gather_record(const struct io *io)
{
	static char record[RECORD_MAX];
	size_t n = 0;

	for (const struct io_piece *piece = io->first; piece && n < RECORD_MAX; piece = piece->next) {
		const char *p = piece->chunk ? piece->chunk->p : piece->bytes.p;
		size_t part = MIN(piece->n - piece->at, RECORD_MAX - n);

		if (!part)
			continue;
		if (!n && (part == RECORD_MAX || !piece->next))
			return str_n(p + piece->at, part);
		memcpy(record + n, p + piece->at, part);
		n += part;
	}
	return str_n(record, n);
}

static void
write_stopped(struct io *io, int rc, int saved_errno)
{
	int error = SSL_get_error(io->ssl, rc);

	io->write_wants_read = error == SSL_ERROR_WANT_READ;
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
		io->blocked = true;
		return;
	}
	explain(io, "TLS write", error, saved_errno);
	io_end(io, error == SSL_ERROR_SYSCALL ? IO_END_RESET : IO_END_TLS, io_end_text);
}

void
io_tls_write(struct io *io)
{
	struct str record;

	io->write_wants_read = false;
	while ((record = gather_record(io)).n) {
		size_t n = 0;
		int rc;

		ERR_clear_error();
		errno = 0;
		rc = SSL_write_ex(io->ssl, record.p, record.n, &n);
		if (rc != 1) {
			write_stopped(io, rc, errno);
			return;
		}
		io_advance(io, n);
	}
}

void
io_tls_answer_shutdown(struct io *io)
{
	if (!(SSL_get_shutdown(io->ssl) & SSL_RECEIVED_SHUTDOWN))
		return; /* a bare close: nobody is there to hear it */
	ERR_clear_error();
	(void)SSL_shutdown(io->ssl); /* the connection ends in any case */
	ERR_clear_error();
}

bool
io_tls_shutdown(struct io *io)
{
	int rc;

	ERR_clear_error();
	rc = SSL_shutdown(io->ssl);
	if (rc < 0 && SSL_get_error(io->ssl, rc) == SSL_ERROR_WANT_WRITE) {
		io->blocked = true;
		return false;
	}
	ERR_clear_error(); /* a peer that is gone needs no goodbye */
	return true;
}
