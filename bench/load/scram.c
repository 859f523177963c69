/* SPDX-License-Identifier: Apache-2.0 */
/* SCRAM for the generator's actors; without channel binding ("n,,"). */
#include "bench/load/scram.h"

#include "common/base64.h"
#include "common/rand.h"

#include <openssl/hmac.h>

enum { NONCE_LEN = 22 };

static const char *
hash_of(const char *mechanism)
{
	if (strcmp(mechanism, "SCRAM-SHA-1") == 0)
		return "SHA1";
	if (strcmp(mechanism, "SCRAM-SHA-256") == 0)
		return "SHA256";
	if (strcmp(mechanism, "SCRAM-SHA-512") == 0)
		return "SHA512";
	return NULL;
}

bool
scram_known(const char *mechanism)
{
	return hash_of(mechanism) != NULL;
}

void
scram_first(struct scram_login *s, const char *mechanism, const char *user, struct buf *out)
{
	char nonce[NONCE_LEN + 1];

	s->md = EVP_get_digestbyname(hash_of(mechanism));
	rand_token(nonce, NONCE_LEN);
	buf_clear(&s->first_bare);
	buf_addf(&s->first_bare, "n=%s,r=%s", user, nonce);
	buf_addl(out, "n,,");
	buf_add(out, buf_str(&s->first_bare));
}

static void
hmac(const EVP_MD *md, const unsigned char *key, struct str text, unsigned char *out)
{
	unsigned n = (unsigned)EVP_MD_get_size(md);

	if (!HMAC(md, key, (int)n, (const unsigned char *)text.p, text.n, out, &n))
		die(1, "HMAC failed");
}

/* RFC 5802 section 3 */
static void
make_keys(const EVP_MD *md, struct salted_keys *k, const char *password)
{
	unsigned char salted[EVP_MAX_MD_SIZE];
	int n = EVP_MD_get_size(md);

	if (!PKCS5_PBKDF2_HMAC(password, (int)strlen(password), (const unsigned char *)k->salt, (int)k->salt_len,
			       (int)k->iterations, md, n, salted))
		die(1, "PBKDF2 failed");
	hmac(md, salted, STR("Client Key"), k->client);
	hmac(md, salted, STR("Server Key"), k->server);
	if (!EVP_Digest(k->client, (size_t)n, k->stored, NULL, md, NULL))
		die(1, "hashing failed");
}

static const char *
keys_for(struct scram_login *s, struct salted_keys *k, const char *password, struct str salt64, uint64_t iterations)
{
	const char *hash = EVP_MD_get0_name(s->md), *why = NULL;
	struct buf salt = {0};

	if (base64_parse(&salt, salt64) < 0 || !salt.n || salt.n > sizeof(k->salt))
		why = "the challenge's salt is not understood";
	else if (strlen(hash) >= sizeof(k->hash))
		why = "the hash has a long name";
	else if (strcmp(k->hash, hash) != 0 || k->iterations != iterations || k->salt_len != salt.n ||
		 memcmp(k->salt, salt.p, salt.n) != 0) {
		*k = (struct salted_keys){.salt_len = salt.n, .iterations = (unsigned)iterations};
		memcpy(k->hash, hash, strlen(hash) + 1);
		memcpy(k->salt, salt.p, salt.n);
		make_keys(s->md, k, password);
	}
	buf_done(&salt);
	return why;
}

static void
add_proof(const struct scram_login *s, const struct salted_keys *k, struct str auth_message, struct buf *out)
{
	unsigned char proof[EVP_MAX_MD_SIZE];
	size_t n = (size_t)EVP_MD_get_size(s->md);

	hmac(s->md, k->stored, auth_message, proof);
	for (size_t i = 0; i < n; i++)
		proof[i] ^= k->client[i];
	buf_addl(out, ",p=");
	base64_print(out, str_n((const char *)proof, n));
}

const char *
scram_answer(struct scram_login *s, struct salted_keys *keys, const char *password, struct str challenge, struct buf *out)
{
	struct str rest = challenge, nonce = str_split(rest, ',', &rest), salt = str_split(rest, ',', &rest);
	struct str count = str_split(rest, ',', &rest);
	struct buf message = {0};
	uint64_t iterations;
	const char *why;

	if (!str_starts(nonce, STR("r=")) || !str_starts(salt, STR("s=")) || !str_starts(count, STR("i=")) ||
	    str_to_u64(str_from(count, 2), &iterations) < 0 || !iterations || iterations > 10000000)
		return "the challenge is not understood";
	why = keys_for(s, keys, password, str_from(salt, 2), iterations);
	if (why)
		return why;
	buf_addl(out, "c=biws,");
	buf_add(out, nonce);
	buf_add(&message, buf_str(&s->first_bare));
	buf_addc(&message, ',');
	buf_add(&message, challenge);
	buf_addc(&message, ',');
	buf_add(&message, buf_str(out));
	add_proof(s, keys, buf_str(&message), out);
	hmac(s->md, keys->server, buf_str(&message), s->signature);
	buf_done(&message);
	return NULL;
}

bool
scram_verify(const struct scram_login *s, struct str final)
{
	struct buf wanted = {0};
	bool good;

	buf_addl(&wanted, "v=");
	base64_print(&wanted, str_n((const char *)s->signature, (size_t)EVP_MD_get_size(s->md)));
	good = str_eq(buf_str(&wanted), final);
	buf_done(&wanted);
	return good;
}

void
scram_login_done(struct scram_login *s)
{
	buf_done(&s->first_bare);
}
