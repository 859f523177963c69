/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stored keys of SCRAM (RFC 5802 section 3) for SHA-1, SHA-256 (RFC 7677)
 * and SHA-512: made from a password, checked against one. CPU-heavy on
 * purpose (PBKDF2): daemons run these on worker threads.
 */
#pragma once

#include "common/buf.h"

enum scram_hash { SCRAM_SHA_1, SCRAM_SHA_256, SCRAM_SHA_512, SCRAM_HASH_COUNT };
enum { SCRAM_KEY_MAX = 64, SCRAM_SALT_MAX = 64, SCRAM_ITERATIONS_MIN = 4096, SCRAM_ITERATIONS_MAX = 1000000 };

struct scram_keys {
	enum scram_hash hash;
	unsigned iterations;
	size_t salt_len;
	unsigned char salt[SCRAM_SALT_MAX];
	unsigned char stored_key[SCRAM_KEY_MAX], server_key[SCRAM_KEY_MAX]; /* scram_key_len(hash) bytes */
};

const char *scram_hash_name(enum scram_hash h);              /* "SHA-256" */
int scram_hash_find(struct str name, enum scram_hash *h_r) MUST_CHECK; /* ASCII case ignored */
size_t scram_key_len(enum scram_hash h);
/* password: after saslprep. A fresh salt of 16 bytes. */
void scram_make(struct scram_keys *k, enum scram_hash h, unsigned iterations, struct str password);
bool scram_check(const struct scram_keys *k, struct str password); /* constant time in the comparison */
/* What the one who knows the password needs: fills in stored_key and server_key for the salt and count in `k`, and ClientKey. */
void scram_derive(struct scram_keys *k, struct str password, unsigned char client_key_r[SCRAM_KEY_MAX]);
/* HMAC with the hash; scram_key_len(h) bytes. */
void scram_hmac(enum scram_hash h, struct str key, struct str text, unsigned char r[SCRAM_KEY_MAX]);
/* One line, the form in which Cyrus, the database and the bus carry it: SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>, base64. */
void scram_print(struct buf *out, const struct scram_keys *k);
int scram_parse(struct str text, struct scram_keys *k_r) MUST_CHECK;
/*
 * What an unknown user gets, so that nobody learns who exists: a salt made from
 * secret and name (HMAC), the same each time, and keys that no password fits.
 */
void scram_fake(struct scram_keys *k, enum scram_hash h, unsigned iterations, struct str secret, struct str user);
