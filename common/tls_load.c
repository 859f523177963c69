/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates, keys and trust from PEM files, with errors that an operator
 * can act on: which file, what is wrong with it, who owns it and who we are.
 *
 * Not for: choosing among them (tls_server.c).
 */
#include "common/log.h"
#include "common/tls_priv.h"

#include <errno.h>
#include <grp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- files --- */

static void
add_user(struct buf *out, uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	if (pw)
		buf_addz(out, pw->pw_name);
	else
		buf_addf(out, "uid %u", (unsigned)uid);
}

static void
add_group(struct buf *out, gid_t gid)
{
	const struct group *gr = getgrgid(gid);

	if (gr)
		buf_addz(out, gr->gr_name);
	else
		buf_addf(out, "gid %u", (unsigned)gid);
}

static void
explain_denied(const char *file, struct buf *why)
{
	struct stat st;

	if (stat(file, &st) == 0) {
		buf_addl(why, ": it belongs to ");
		add_user(why, st.st_uid);
		buf_addc(why, ':');
		add_group(why, st.st_gid);
		buf_addf(why, " with mode %04o", (unsigned)st.st_mode & 07777);
	} else {
		buf_addl(why, ": a directory on the way to it is closed to us");
	}
	buf_addl(why, ", and this process runs as ");
	add_user(why, geteuid());
	buf_addc(why, ':');
	add_group(why, getegid());
	buf_addl(why, ": give it to that user or group");
}

static BIO *
open_file(const char *file, const char *what, struct buf *why)
{
	BIO *bio;
	int err;

	errno = 0;
	bio = BIO_new_file(file, "r");
	err = errno;
	ERR_clear_error();
	if (bio)
		return bio;
	buf_addf(why, "%s: cannot read the %s: %s", file, what, strerror(err));
	if (err == EACCES || err == EPERM)
		explain_denied(file, why);
	else if (err == ENOENT)
		buf_addl(why, ": create it, or correct the path");
	return NULL;
}

static int
no_passphrase(char *buf, int size, int rwflag, void *asked)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	*(bool *)asked = true;
	return -1;
}

/* --- certificates --- */

static bool
is_end_of_file(void)
{
	return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

static int
add_chain(SSL_CTX *ctx, BIO *bio, const char *file, struct buf *why)
{
	X509 *ca;

	while ((ca = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		if (SSL_CTX_add0_chain_cert(ctx, ca) != 1) {
			X509_free(ca);
			break;
		}
	}
	if (is_end_of_file()) {
		ERR_clear_error();
		return 0;
	}
	buf_addf(why, "%s: a certificate of the chain behind the first one is broken: ", file);
	tls_errors(why);
	return -1;
}

static void
add_time(struct buf *out, const ASN1_TIME *t)
{
	BIO *mem = BIO_new(BIO_s_mem());
	char *p;
	long n;

	bug_if(!mem);
	ASN1_TIME_print(mem, t);
	n = BIO_get_mem_data(mem, &p);
	if (n > 0)
		buf_addn(out, p, (size_t)n);
	BIO_free(mem);
}

/* Not good, but not ours to refuse: an old certificate is better than none. */
static void
warn_about(const X509 *cert, const char *file, struct str host)
{
	struct buf text = {0};
	bool ascii = true;

	for (size_t i = 0; i < host.n; i++)
		ascii = ascii && (unsigned char)host.p[i] < 0x80;
	if (X509_cmp_current_time(X509_get0_notAfter(cert)) < 0) {
		buf_addl(&text, "has expired on ");
		add_time(&text, X509_get0_notAfter(cert));
		buf_addl(&text, ", peers will refuse it: renew it and reload");
	} else if (X509_cmp_current_time(X509_get0_notBefore(cert)) > 0) {
		buf_addl(&text, "is not valid before ");
		add_time(&text, X509_get0_notBefore(cert));
		buf_addl(&text, ": is the clock right?");
	} else if (host.n && ascii &&
		   X509_check_host((X509 *)(uintptr_t)cert, host.p, host.n, 0, NULL) != 1) {
		buf_addf(&text, "is not for the host " STR_FMT ": peers will refuse it", STR_ARG(host));
	}
	if (text.n)
		log_warning(NULL, "%s: the certificate %s", file, buf_z(&text));
	buf_done(&text);
}

static int
load_chain(SSL_CTX *ctx, const char *file, struct str host, struct buf *why)
{
	BIO *bio = open_file(file, "certificate", why);
	X509 *cert = NULL;
	int rc = -1;

	if (!bio)
		return -1;
	cert = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
	if (!cert) {
		buf_addf(why, "%s: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----): ", file);
		tls_errors(why);
	} else if (SSL_CTX_use_certificate(ctx, cert) != 1) {
		buf_addf(why, "%s: the certificate cannot be used: ", file);
		tls_errors(why);
	} else {
		rc = add_chain(ctx, bio, file, why);
	}
	if (rc == 0)
		warn_about(cert, file, host);
	X509_free(cert);
	BIO_free(bio);
	return rc;
}

/* --- keys --- */

static EVP_PKEY *
read_key(const char *file, struct buf *why)
{
	BIO *bio = open_file(file, "private key", why);
	bool encrypted = false;
	EVP_PKEY *key;

	if (!bio)
		return NULL;
	key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &encrypted);
	BIO_free(bio);
	if (key)
		return key;
	if (encrypted) {
		ERR_clear_error();
		buf_addf(
		    why,
		    "%s: the private key is locked with a passphrase: a daemon cannot ask for one, unlock it "
		    "with openssl pkey",
		    file);
	} else {
		buf_addf(why, "%s: holds no private key in PEM form (-----BEGIN PRIVATE KEY-----): ", file);
		tls_errors(why);
	}
	return NULL;
}

static int
load_key(SSL_CTX *ctx, const char *key_file, const char *chain_file, struct buf *why)
{
	EVP_PKEY *key = read_key(key_file, why);
	int rc = -1;

	if (!key)
		return -1;
	if (X509_check_private_key(SSL_CTX_get0_certificate(ctx), key) != 1) {
		ERR_clear_error();
		buf_addf(
		    why,
		    "%s: the private key does not belong to the certificate in %s: take the pair that was "
		    "made together",
		    key_file, chain_file);
	} else if (SSL_CTX_use_PrivateKey(ctx, key) != 1) {
		buf_addf(why, "%s: the private key cannot be used: ", key_file);
		tls_errors(why);
	} else {
		rc = 0;
	}
	EVP_PKEY_free(key);
	return rc;
}

int
tls_load_identity(SSL_CTX *ctx, const char *chain_file, const char *key_file, struct str host,
		  struct buf *why)
{
	if (load_chain(ctx, chain_file, host, why) < 0)
		return -1;
	return load_key(ctx, key_file, chain_file, why);
}

/* --- trust --- */

int
tls_load_trust(X509_STORE *store, const char *ca_file, struct buf *why)
{
	BIO *bio = open_file(ca_file, "trusted certificates", why);

	if (!bio)
		return -1;
	BIO_free(bio);
	if (X509_STORE_load_file(store, ca_file) == 1)
		return 0;
	buf_addf(why, "%s: holds no trusted certificates in PEM form: ", ca_file);
	tls_errors(why);
	return -1;
}
