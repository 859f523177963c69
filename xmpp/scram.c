/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stored keys of SCRAM: derived from a password, compared with one,
 * printed and parsed in the one-line form that the database, the bus and Cyrus
 * share. The exchange itself is Cyrus SASL's (xmpp/sasl.h).
 */
#include "xmpp/scram.h"

#include "common/base64.h"
#include "common/rand.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { SALT_LEN = 16 }; /* of the salts that are made here */

static const struct {
	const char *name; /* as in the mechanism's name, RFC 5802 section 4 */
	size_t len;
	const EVP_MD *(*md)(void);
} hashes[SCRAM_HASH_COUNT] = {
	[SCRAM_SHA_1] = {"SHA-1", 20, EVP_sha1},
	[SCRAM_SHA_256] = {"SHA-256", 32, EVP_sha256},
	[SCRAM_SHA_512] = {"SHA-512", 64, EVP_sha512},
};

const char *
scram_hash_name(enum scram_hash h)
{
	bug_if((unsigned)h >= SCRAM_HASH_COUNT);
	return hashes[h].name;
}

int
scram_hash_find(struct str name, enum scram_hash *h_r)
{
	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		if (str_ieq(name, str_z(hashes[h].name))) {
			*h_r = (enum scram_hash)h;
			return 0;
		}
	}
	return -1;
}

size_t
scram_key_len(enum scram_hash h)
{
	bug_if((unsigned)h >= SCRAM_HASH_COUNT);
	return hashes[h].len;
}

void
scram_hmac(enum scram_hash h, struct str key, struct str text, unsigned char r[SCRAM_KEY_MAX])
{
	unsigned len = 0;

	bug_if((unsigned)h >= SCRAM_HASH_COUNT || key.n > INT32_MAX);
	bug_if(!HMAC(hashes[h].md(), key.n ? key.p : "", (int)key.n, (const unsigned char *)text.p, text.n, r, &len));
	bug_if(len != hashes[h].len);
}

/* RFC 5802 section 3 */
void
scram_derive(struct scram_keys *k, struct str password, unsigned char client_key_r[SCRAM_KEY_MAX])
{
	const EVP_MD *md = hashes[k->hash].md();
	size_t len = hashes[k->hash].len;
	unsigned char bytes[SCRAM_KEY_MAX];
	struct str salted = str_n((const char *)bytes, len);

	bug_if(password.n > INT32_MAX);
	bug_if(!PKCS5_PBKDF2_HMAC(password.n ? password.p : "", (int)password.n, k->salt, (int)k->salt_len,
	    (int)k->iterations, md, (int)len, bytes));
	scram_hmac(k->hash, salted, STR("Client Key"), client_key_r);
	bug_if(!EVP_Digest(client_key_r, len, k->stored_key, NULL, md, NULL));
	scram_hmac(k->hash, salted, STR("Server Key"), k->server_key);
	OPENSSL_cleanse(bytes, sizeof(bytes));
}

/* The same for who does not need ClientKey. */
static void
derive(struct scram_keys *k, struct str password)
{
	unsigned char client_key[SCRAM_KEY_MAX];

	scram_derive(k, password, client_key);
	OPENSSL_cleanse(client_key, sizeof(client_key));
}

void
scram_make(struct scram_keys *k, enum scram_hash h, unsigned iterations, struct str password)
{
	bug_if((unsigned)h >= SCRAM_HASH_COUNT);
	bug_if(iterations < SCRAM_ITERATIONS_MIN || iterations > SCRAM_ITERATIONS_MAX);
	*k = (struct scram_keys){.hash = h, .iterations = iterations, .salt_len = SALT_LEN};
	rand_bytes(k->salt, k->salt_len);
	derive(k, password);
}

bool
scram_check(const struct scram_keys *k, struct str password)
{
	struct scram_keys made = *k;
	bool same;

	derive(&made, password);
	same = CRYPTO_memcmp(made.stored_key, k->stored_key, hashes[k->hash].len) == 0;
	OPENSSL_cleanse(&made, sizeof(made));
	return same;
}

void
scram_print(struct buf *out, const struct scram_keys *k)
{
	size_t len = scram_key_len(k->hash);

	buf_addf(out, "SCRAM-%s$%u:", hashes[k->hash].name, k->iterations);
	base64_print(out, str_n((const char *)k->salt, k->salt_len));
	buf_addc(out, '$');
	base64_print(out, str_n((const char *)k->stored_key, len));
	buf_addc(out, ':');
	base64_print(out, str_n((const char *)k->server_key, len));
}

/* Decodes base64 of min to max bytes into `bytes_r`; the length, or -1. */
static ssize_t
parse_bytes(struct str text, unsigned char *bytes_r, size_t min, size_t max)
{
	struct buf b = {0};
	ssize_t n = -1;

	if (text.n > (max + 2) / 3 * 4 || base64_parse(&b, text) < 0)
		goto out;
	if (b.n < min || b.n > max)
		goto out;
	if (b.n)
		memcpy(bytes_r, b.p, b.n);
	n = (ssize_t)b.n;
out:
	if (b.p)
		OPENSSL_cleanse(b.p, b.n);
	buf_done(&b);
	return n;
}

static int
parse_iterations(struct str text, unsigned *r)
{
	uint64_t v;

	if (str_to_u64(text, &v) < 0 || v < SCRAM_ITERATIONS_MIN || v > SCRAM_ITERATIONS_MAX)
		return -1;
	*r = (unsigned)v;
	return 0;
}

int
scram_parse(struct str text, struct scram_keys *k_r)
{
	struct scram_keys k = {0};
	struct str rest, name, iterations, salt, stored;
	size_t len;
	ssize_t salt_len;

	name = str_split(text, '$', &rest);
	iterations = str_split(rest, ':', &rest);
	salt = str_split(rest, '$', &rest);
	stored = str_split(rest, ':', &rest); /* the rest is ServerKey */
	if (!rest.p || !str_starts(name, STR("SCRAM-")))
		return -1;
	if (scram_hash_find(str_from(name, strlen("SCRAM-")), &k.hash) < 0)
		return -1;
	if (parse_iterations(iterations, &k.iterations) < 0)
		return -1;
	salt_len = parse_bytes(salt, k.salt, 1, SCRAM_SALT_MAX);
	if (salt_len < 0)
		return -1;
	k.salt_len = (size_t)salt_len;
	len = hashes[k.hash].len;
	if (parse_bytes(stored, k.stored_key, len, len) < 0 || parse_bytes(rest, k.server_key, len, len) < 0)
		return -1;
	*k_r = k;
	return 0;
}

/* HMAC(secret, purpose hash NUL user): each purpose and each hash has bytes of its own. */
static void
fake_bytes(unsigned char *r, enum scram_hash h, const char *purpose, struct str secret, struct str user)
{
	struct buf text = {0};

	buf_addf(&text, "carillon %s %s", purpose, hashes[h].name);
	buf_addc(&text, '\0');
	buf_add(&text, user);
	scram_hmac(h, secret, buf_str(&text), r);
	buf_done(&text);
}

void
scram_fake(struct scram_keys *k, enum scram_hash h, unsigned iterations, struct str secret, struct str user)
{
	unsigned char salt[SCRAM_KEY_MAX];

	bug_if((unsigned)h >= SCRAM_HASH_COUNT);
	*k = (struct scram_keys){.hash = h, .iterations = iterations, .salt_len = SALT_LEN};
	fake_bytes(salt, h, "salt", secret, user);
	memcpy(k->salt, salt, SALT_LEN);
	/* StoredKey is a hash's output: nobody has a ClientKey for these bytes, not even who knows the secret. */
	fake_bytes(k->stored_key, h, "stored", secret, user);
	fake_bytes(k->server_key, h, "server", secret, user);
}
