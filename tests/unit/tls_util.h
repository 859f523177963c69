/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of TLS: certificates made on the spot, in a directory of their own. */
#pragma once

#include "common/base.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct test_ca {
	char dir[64];
	char file[128]; /* the CA's certificate */
	X509 *cert;
	EVP_PKEY *key;
};

struct test_cert {
	const char *name;      /* file name stem and common name */
	const char *san;       /* as openssl.cnf has it; null: DNS:name */
	const char *xmpp_addr; /* id-on-xmppAddr, raw */
	size_t xmpp_addr_n;
	int days;         /* of validity; negative: expired. 0: 10 */
	const EVP_MD *md; /* of the signature; null: SHA-256 */
	const char *eku;  /* null: serverAuth */
	bool ed25519;
};

static inline void
test_write_pem(const char *path, X509 *cert, EVP_PKEY *key)
{
	FILE *f = fopen(path, "w");

	bug_if(!f);
	if (cert)
		bug_if(PEM_write_X509(f, cert) != 1);
	if (key)
		bug_if(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) != 1);
	bug_if(fclose(f) != 0);
}

static inline void
test_add_ext(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bug_if(!ext);
	bug_if(X509_add_ext(cert, ext, -1) != 1);
	X509_EXTENSION_free(ext);
}

static inline X509 *
test_new_cert(const char *cn, EVP_PKEY *key, X509_NAME *issuer, int days)
{
	static long serial = 1000;
	X509 *cert = X509_new();
	X509_NAME *name = X509_NAME_new();

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(cert), -86400L * 20);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400L * days);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
	X509_set_subject_name(cert, name);
	X509_set_issuer_name(cert, issuer ? issuer : name);
	X509_set_pubkey(cert, key);
	X509_NAME_free(name);
	return cert;
}

static inline void
test_ca_make(struct test_ca *ca)
{
	snprintf(ca->dir, sizeof(ca->dir), "/tmp/test_tls.XXXXXX");
	bug_if(!mkdtemp(ca->dir));
	snprintf(ca->file, sizeof(ca->file), "%s/ca.pem", ca->dir);
	ca->key = EVP_EC_gen("P-256");
	ca->cert = test_new_cert("Test CA", ca->key, NULL, 100);
	test_add_ext(ca->cert, ca->cert, NID_basic_constraints, "critical,CA:TRUE");
	test_add_ext(ca->cert, ca->cert, NID_key_usage, "critical,keyCertSign");
	bug_if(!X509_sign(ca->cert, ca->key, EVP_sha256()));
	test_write_pem(ca->file, ca->cert, NULL);
}

/* Removes the directory and all in it. */
static inline void
test_ca_done(struct test_ca *ca)
{
	DIR *d = opendir(ca->dir);
	struct dirent *e;
	char path[512];

	bug_if(!d);
	while ((e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", ca->dir, e->d_name);
		if (e->d_name[0] != '.')
			unlink(path);
	}
	closedir(d);
	rmdir(ca->dir);
	X509_free(ca->cert);
	EVP_PKEY_free(ca->key);
}

static inline void
test_add_xmpp_addr(X509 *cert, const char *addr, size_t n)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_TYPE *value = ASN1_TYPE_new();
	ASN1_UTF8STRING *utf8 = ASN1_UTF8STRING_new();

	bug_if(!names);
	ASN1_STRING_set(utf8, addr, (int)n);
	ASN1_TYPE_set(value, V_ASN1_UTF8STRING, utf8);
	GENERAL_NAME_set0_othername(name, OBJ_txt2obj("1.3.6.1.5.5.7.8.5", 1), value);
	sk_GENERAL_NAME_push(names, name);
	bug_if(X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, X509V3_ADD_REPLACE) != 1);
	GENERAL_NAMES_free(names);
}

/* dir/NAME.pem: certificate and key in one file; dir/NAME.crt and dir/NAME.key: apart. */
static inline void
test_cert_make(struct test_ca *ca, const struct test_cert *want)
{
	EVP_PKEY *key = want->ed25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") : EVP_EC_gen("P-256");
	X509 *cert =
	    test_new_cert(want->name, key, X509_get_subject_name(ca->cert), want->days ? want->days : 10);
	char san[256], path[256];

	snprintf(san, sizeof(san), "DNS:%s", want->name);
	test_add_ext(cert, ca->cert, NID_subject_alt_name, want->san ? want->san : san);
	test_add_ext(cert, ca->cert, NID_ext_key_usage, want->eku ? want->eku : "serverAuth");
	if (want->xmpp_addr)
		test_add_xmpp_addr(cert, want->xmpp_addr,
				   want->xmpp_addr_n ? want->xmpp_addr_n : strlen(want->xmpp_addr));
	bug_if(!X509_sign(cert, ca->key, want->md ? want->md : EVP_sha256()));
	snprintf(path, sizeof(path), "%s/%s.pem", ca->dir, want->name);
	test_write_pem(path, cert, key);
	snprintf(path, sizeof(path), "%s/%s.crt", ca->dir, want->name);
	test_write_pem(path, cert, NULL);
	snprintf(path, sizeof(path), "%s/%s.key", ca->dir, want->name);
	test_write_pem(path, NULL, key);
	X509_free(cert);
	EVP_PKEY_free(key);
}

/* dir/name in one of a few static buffers. */
static inline const char *
test_path(const struct test_ca *ca, const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % ARRAY_LEN(paths)];

	snprintf(path, sizeof(paths[0]), "%s/%s", ca->dir, name);
	return path;
}
