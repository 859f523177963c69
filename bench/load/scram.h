/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's side of SCRAM (RFC 5802, RFC 7677), with the expensive part
 * kept per account: salted once, an account logs in again for the price of a
 * few hashes, as clients that cache it do (RFC 5802 5.1), and the generator's
 * own CPU does not stand in the way.
 *
 * It is not xmpp/'s SASL client: that is Cyrus', which salts at every login.
 */
#pragma once

#include "common/buf.h"

#include <openssl/evp.h>

struct salted_keys { /* zeroed: not known yet */
	char hash[16];
	char salt[64];
	size_t salt_len;
	unsigned iterations;
	unsigned char client[EVP_MAX_MD_SIZE], stored[EVP_MAX_MD_SIZE], server[EVP_MAX_MD_SIZE];
};

struct scram_login {
	const EVP_MD *md;
	struct buf first_bare; /* n=user,r=nonce */
	unsigned char signature[EVP_MAX_MD_SIZE]; /* what the server must show */
};

bool scram_known(const char *mechanism); /* SCRAM-SHA-1, -256, -512 */
/* Appends the first message. The user's name needs no escaping here. */
void scram_first(struct scram_login *s, const char *mechanism, const char *user, struct buf *out);
/* Appends the answer to the challenge; null, or what is wrong with it. */
const char *scram_answer(struct scram_login *s, struct salted_keys *keys, const char *password, struct str challenge,
			 struct buf *out) MUST_CHECK;
bool scram_verify(const struct scram_login *s, struct str final); /* v=... */
void scram_login_done(struct scram_login *s);
