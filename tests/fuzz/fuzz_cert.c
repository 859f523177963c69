/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of strangers: the input is a certificate (DER), or what stands
 * in the subjectAltName of one. Whatever it is, the addresses that are read
 * out of it are text without line ends, and the channel binding of a server's
 * certificate is a hash or nothing. Linked with --wrap, so that no handshake is
 * needed to show a certificate.
 */
#include "tests/fuzz/fuzz.h"

#include "common/tls.h"
#include "common/utf8.h"
#include "xmpp/jid.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

static X509 *shown;

X509 *__wrap_SSL_get0_peer_certificate(const SSL *ssl);
long __wrap_SSL_get_verify_result(const SSL *ssl);
int __wrap_SSL_is_init_finished(const SSL *ssl);

X509 *
__wrap_SSL_get0_peer_certificate(const SSL *ssl)
{
	(void)ssl;
	return shown;
}

long
__wrap_SSL_get_verify_result(const SSL *ssl)
{
	(void)ssl;
	return X509_V_OK;
}

int
__wrap_SSL_is_init_finished(const SSL *ssl)
{
	(void)ssl;
	return 1;
}

static void
check_addrs(struct str rest)
{
	while (rest.n) {
		struct str addr = str_split(rest, '\n', &rest);
		struct arena a = {0};
		struct jid jid;

		bug_if(addr.n == 0 || !utf8_valid(addr) || str_chr(addr, '\0') >= 0);
		if (jid_prep(&a, addr, &jid, NULL) == 0)
			bug_if(!jid.domain.n);
		arena_done(&a);
	}
}

static void
try_certificate(SSL *ssl, X509 *cert)
{
	struct buf b = {0};

	shown = cert;
	if (tls_peer_xmpp_addrs(ssl, &b) == 0)
		check_addrs(buf_str(&b));
	else
		bug_if(b.n);
	buf_clear(&b);
	if (tls_bind_server_end_point(ssl, &b) == 0)
		bug_if(b.n < 20 || b.n > EVP_MAX_MD_SIZE);
	buf_done(&b);
	shown = NULL;
	ERR_clear_error();
}

/* A certificate of which nothing is set but this extension. */
static X509 *
certificate_with(const uint8_t *san, size_t n)
{
	ASN1_OCTET_STRING *bytes = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext;
	X509 *cert = X509_new();

	ASN1_OCTET_STRING_set(bytes, san, (int)n);
	ext = X509_EXTENSION_create_by_NID(NULL, NID_subject_alt_name, 0, bytes);
	bug_if(!ext || X509_add_ext(cert, ext, -1) != 1);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(bytes);
	return cert;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static SSL_CTX *ctx;
	SSL *ssl;
	const unsigned char *at = data;
	X509 *cert;

	if (size > 65536)
		return 0;
	if (!ctx)
		ctx = SSL_CTX_new(TLS_client_method());
	ssl = SSL_new(ctx);
	cert = certificate_with(data, size);
	try_certificate(ssl, cert);
	X509_free(cert);
	cert = d2i_X509(NULL, &at, (long)size);
	if (cert)
		try_certificate(ssl, cert);
	X509_free(cert);
	SSL_free(ssl);
	ERR_clear_error();
	return 0;
}
