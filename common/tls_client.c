/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of TLS: whom we trust, who we are, whom we expect. */
#include "common/tls_priv.h"

#include "common/addr.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

struct tls_client {
	SSL_CTX *ctx;
};

static int
load_trust(SSL_CTX *ctx, const char *ca_file, struct buf *why)
{
	if (ca_file)
		return tls_load_trust(SSL_CTX_get_cert_store(ctx), ca_file, why);
	if (SSL_CTX_set_default_verify_paths(ctx) == 1)
		return 0;
	buf_addl(why, "the system's trusted certificates cannot be used (apt install ca-certificates): ");
	tls_errors(why);
	return -1;
}

struct tls_client *
tls_client_new(const char *ca_file, const char *cert_file, const char *key_file, struct buf *why)
{
	SSL_CTX *ctx = tls_ctx_new(TLS_client_method(), why);
	struct tls_client *c;

	if (!ctx)
		return NULL;
	if (load_trust(ctx, ca_file, why) < 0 ||
	    (cert_file &&
	     tls_load_identity(ctx, cert_file, key_file ? key_file : cert_file, STR_NONE, why) < 0)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	c = xcalloc(1, sizeof(*c));
	c->ctx = ctx;
	return c;
}

void
tls_client_free(struct tls_client **cp)
{
	struct tls_client *c = *cp;

	*cp = NULL;
	if (!c)
		return;
	SSL_CTX_free(c->ctx);
	free(c);
}

static bool
is_ip(const char *name)
{
	unsigned char ip[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, name, ip) == 1 || inet_pton(AF_INET6, name, ip) == 1;
}

/* SNI carries names only (RFC 6066 3); a certificate can be for an address. */
static void
expect(SSL *ssl, char *name)
{
	if (is_ip(name)) {
		bug_if(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) != 1);
		return;
	}
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	bug_if(SSL_set1_host(ssl, name) != 1);
	/* A name too long for SNI goes without it, and is verified all the same. */
	SSL_set_tlsext_host_name(ssl, name);
	ERR_clear_error();
}

SSL *
tls_client_ssl(struct tls_client *c, struct str server_name)
{
	SSL *ssl = SSL_new(c->ctx);

	bug_if(!ssl);
	SSL_set_connect_state(ssl);
	if (server_name.n) {
		char *name = str_dup(server_name);

		bug_if(strlen(name) != server_name.n); /* a NUL would make us expect another name */
		expect(ssl, name);
		free(name);
	}
	return ssl;
}
