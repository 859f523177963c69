/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS contexts over OpenSSL: certificates for a server (one per host, chosen by
 * SNI), trust for a client. TLS 1.2 and 1.3 only, no renegotiation, no
 * compression (RFC 7590, RFC 9325). The connection itself is io's.
 *
 * Reload: tls_server_load builds a new set and swaps it in only when all of it
 * is good; connections keep the set they started with (reference counted by
 * OpenSSL).
 */
#pragma once

#include "common/buf.h"

#include <openssl/ssl.h>

struct tls_cert { /* what to load for one host */
	struct str host;         /* "" is the default when SNI names none of the others */
	const char *chain_file;  /* PEM: certificate, then its chain */
	const char *key_file;    /* PEM; may equal chain_file */
};

struct tls_server;

struct tls_server_opts {
	const char *ca_file;      /* trust for client certificates (SASL EXTERNAL); null: none is asked for */
	const char *ciphers;      /* TLS 1.2 list; null: OpenSSL's with ECDHE and AEAD only */
	const char *alpn;         /* accepted when the client offers ALPN, "xmpp-client" (XEP-0368); null: none */
	int min_version;          /* 0 or TLS1_2_VERSION or TLS1_3_VERSION */
};

struct tls_server *tls_server_new(const struct tls_server_opts *opts); /* copies opts */
/* Whether a server with these could load certificates: ciphers, trust. 0, or -1 with why, as tls_server_load says it. */
int tls_server_check(const struct tls_server_opts *opts, struct buf *why) MUST_CHECK;
void tls_server_free(struct tls_server **s); /* no handshake of its connections is going on any more */
/* Replaces all certificates. 0, or -1: nothing changed, `why` (appended) names file, what is wrong and what would be right. */
int tls_server_load(struct tls_server *s, const struct tls_cert *certs, size_t count, struct buf *why) MUST_CHECK;
/* New keys for session tickets (RFC 9325 3.4); happens by itself once a day. Tickets of before are good no more. */
void tls_server_renew_tickets(struct tls_server *s);
bool tls_server_ready(const struct tls_server *s, struct str host); /* has a certificate for the host (or a default) */
/*
 * A connection, in accept state. The certificate is the one of the name that
 * the client sends in SNI (a configured host, or else a name that one of the
 * certificates covers); without a match that of `host` (the stream's `to`; may
 * be absent); then the default; then the first. Null when there is none at all.
 * With ca_file the client is asked for a certificate, but neither a missing nor
 * a bad one ends the handshake: ask SSL_get_verify_result.
 */
SSL *tls_server_ssl(struct tls_server *s, struct str host);
/* Seconds until the certificate for `host` expires; INT64_MIN if there is none. */
int64_t tls_server_expires_in(const struct tls_server *s, struct str host);

struct tls_client;
/* ca_file null: the system's trust. cert_file null: no certificate of our own; key_file null: it is in cert_file. */
struct tls_client *tls_client_new(const char *ca_file, const char *cert_file, const char *key_file, struct buf *why);
void tls_client_free(struct tls_client **c);
/*
 * Connect state; server_name (in its A-label form, or an IP address) is sent in
 * SNI and must be in the certificate, or the handshake fails; absent: only the
 * chain is checked. Who wants to go on with a bad certificate (s2s) calls
 * SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL) and reads SSL_get_verify_result.
 */
SSL *tls_client_ssl(struct tls_client *c, struct str server_name);

/* Channel bindings: whether this connection has it, which costs next to nothing; */
bool tls_has_exporter(SSL *ssl);
bool tls_has_server_end_point(SSL *ssl);
bool tls_has_unique(SSL *ssl);
/* and what it is (appends the raw bytes). 0, or -1 when there is none. */
int tls_bind_exporter(SSL *ssl, struct buf *out) MUST_CHECK;            /* RFC 9266 tls-exporter */
int tls_bind_server_end_point(SSL *ssl, struct buf *out) MUST_CHECK;    /* RFC 5929 section 4 */
int tls_bind_unique(SSL *ssl, struct buf *out) MUST_CHECK;              /* RFC 5929 section 3 tls-unique, TLS 1.2 only */
/*
 * The names in a verified peer certificate: each id-on-xmppAddr (RFC 6120
 * 13.7.1.4), newline-separated, appended (none: nothing). Unprepared, but valid
 * UTF-8 without control characters. 0, or -1: no certificate, not verified, or
 * a name that is malformed.
 */
int tls_peer_xmpp_addrs(SSL *ssl, struct buf *out) MUST_CHECK;
bool tls_peer_expired(SSL *ssl); /* it has shown a certificate, which has run out since */
/* OpenSSL's queued errors as text, appended, queue cleared. */
void tls_errors(struct buf *out);
