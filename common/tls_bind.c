/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What SASL wants to know of a TLS connection: channel bindings, and the
 * addresses in the peer's certificate.
 *
 * Not for: deciding what to believe (the daemons).
 */
#include "common/tls_priv.h"
#include "common/utf8.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { EXPORTER_SIZE = 32 };

/* RFC 9266 4.2: on TLS 1.2 it is unique only with the extended master secret and without renegotiation. */
bool
tls_has_exporter(SSL *ssl)
{
	return SSL_is_init_finished(ssl) && (SSL_version(ssl) >= TLS1_3_VERSION || SSL_get_extms_support(ssl) == 1);
}

/* RFC 9266 2: label, zero-length context, 32 bytes. */
int
tls_bind_exporter(SSL *ssl, struct buf *out)
{
	static const char label[] = "EXPORTER-Channel-Binding";
	unsigned char value[EXPORTER_SIZE];

	if (!tls_has_exporter(ssl))
		return -1;
	if (SSL_export_keying_material(ssl, value, sizeof(value), label, sizeof(label) - 1,
				       (const unsigned char *)"", 0, 1) != 1) {
		ERR_clear_error();
		return -1;
	}
	buf_addn(out, value, sizeof(value));
	return 0;
}

/* RFC 5929 4.1: the hash of the certificate's signature, SHA-256 in place of MD5 and SHA-1; no single hash,
 * no binding. */
static const EVP_MD *
end_point_hash(const X509 *cert)
{
	int nid = NID_undef;

	if (X509_get_signature_info((X509 *)(uintptr_t)cert, &nid, NULL, NULL, NULL) != 1 ||
	    nid == NID_undef) {
		ERR_clear_error();
		return NULL;
	}
	if (nid == NID_md5 || nid == NID_sha1)
		return EVP_sha256();
	return EVP_get_digestbynid(nid);
}

static const X509 *
end_point(SSL *ssl)
{
	return SSL_is_server(ssl) ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl);
}

bool
tls_has_server_end_point(SSL *ssl)
{
	const X509 *cert = end_point(ssl);

	return cert && SSL_is_init_finished(ssl) && end_point_hash(cert);
}

int
tls_bind_server_end_point(SSL *ssl, struct buf *out)
{
	const X509 *cert = end_point(ssl);
	const EVP_MD *md = cert ? end_point_hash(cert) : NULL;
	unsigned char value[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (!md || !SSL_is_init_finished(ssl))
		return -1;
	if (X509_digest(cert, md, value, &n) != 1) {
		ERR_clear_error();
		return -1;
	}
	buf_addn(out, value, n);
	return 0;
}

/*
 * There is none for TLS 1.3 (RFC 8446 C.5), and without the extended master secret somebody in between can bring about the
 * same one on two connections (RFC 7627 1).
 */
bool
tls_has_unique(SSL *ssl)
{
	return SSL_is_init_finished(ssl) && SSL_version(ssl) == TLS1_2_VERSION && SSL_get_extms_support(ssl) == 1;
}

/* RFC 5929 3: the first Finished message of the handshake: the client's, or in a resumed session the server's. */
int
tls_bind_unique(SSL *ssl, struct buf *out)
{
	unsigned char value[EVP_MAX_MD_SIZE];
	bool ours = (SSL_is_server(ssl) == 1) == (SSL_session_reused(ssl) == 1);
	size_t n;

	if (!tls_has_unique(ssl))
		return -1;
	if (ours)
		n = SSL_get_finished(ssl, value, sizeof(value));
	else
		n = SSL_get_peer_finished(ssl, value, sizeof(value));
	if (n == 0 || n > sizeof(value))
		return -1;
	buf_addn(out, value, n);
	return 0;
}

bool
tls_peer_expired(SSL *ssl)
{
	const X509 *cert = SSL_get0_peer_certificate(ssl);

	return cert && X509_cmp_current_time(X509_get0_notAfter(cert)) < 0;
}

/*
 * The bytes of an id-on-xmppAddr (RFC 6120 13.7.1.4); an absent slice when the
 * name is another. 0, or -1 when it is not what its type says or holds what no
 * address does: a NUL would make two readers see two addresses, a line end
 * would make two of one.
 */
static int
xmpp_addr(const GENERAL_NAME *name, struct str *addr_r)
{
	const ASN1_TYPE *value;

	*addr_r = STR_NONE;
	if (name->type != GEN_OTHERNAME || OBJ_obj2nid(name->d.otherName->type_id) != NID_XmppAddr)
		return 0;
	value = name->d.otherName->value;
	if (!value || value->type != V_ASN1_UTF8STRING)
		return -1;
	*addr_r = str_n((const char *)ASN1_STRING_get0_data(value->value.utf8string),
			(size_t)ASN1_STRING_length(value->value.utf8string));
	if (!addr_r->n || !utf8_valid(*addr_r))
		return -1;
	for (size_t i = 0; i < addr_r->n; i++)
		if ((unsigned char)addr_r->p[i] < 0x20 || addr_r->p[i] == 0x7f)
			return -1;
	return 0;
}

int
tls_peer_xmpp_addrs(SSL *ssl, struct buf *out)
{
	const X509 *cert = SSL_get0_peer_certificate(ssl);
	size_t before = out->n;
	GENERAL_NAMES *names;
	int rc = 0;

	if (!cert || SSL_get_verify_result(ssl) != X509_V_OK)
		return -1;
	names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; rc == 0 && i < sk_GENERAL_NAME_num(names); i++) {
		struct str addr;

		rc = xmpp_addr(sk_GENERAL_NAME_value(names, i), &addr);
		if (rc < 0 || !addr.p)
			continue;
		if (out->n > before)
			buf_addc(out, '\n');
		buf_add(out, addr);
	}
	GENERAL_NAMES_free(names);
	if (rc < 0)
		out->n = before;
	return rc;
}
