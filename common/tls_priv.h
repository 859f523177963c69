/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of tls share: tls.c (settings common to both sides), tls_load.c
 * (certificates and keys from files), tls_server.c, tls_client.c, tls_bind.c.
 */
#pragma once

#include "common/tls.h"

/* tls.c: a context with what holds on both sides; null with the reason. */
SSL_CTX *tls_ctx_new(const SSL_METHOD *method, struct buf *why);

/*
 * tls_load.c: 0, or -1 with the reason appended. `host` (may be empty) is what
 * the certificate should be for; if it is not, or is out of date, that is a
 * warning in the log.
 */
int tls_load_identity(SSL_CTX *ctx, const char *chain_file, const char *key_file, struct str host,
		      struct buf *why) MUST_CHECK;
int tls_load_trust(X509_STORE *store, const char *ca_file, struct buf *why) MUST_CHECK;
