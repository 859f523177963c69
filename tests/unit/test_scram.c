/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of xmpp/scram.c: the RFCs' own examples, the one-line form, keys for those who are not there. */
#include "common/base64.h"
#include "xmpp/scram.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char sha1_line[] =
	"SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=";
static const char sha256_line[] = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
				  "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
				  "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

/* RFC 5802 section 5 */
static const char sha1_auth[] =
	"n=user,r=fyko+d2lbbFgONRv9qkxdawL,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
	"s=QSXCR+Q6sek8bf92,i=4096,c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j";
static const char sha1_proof[] = "v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=";
static const char sha1_signature[] = "rmF9pqV8S7suAoZWja4dJRkFsKQ=";
/* RFC 7677 section 3 */
static const char sha256_auth[] =
	"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	"s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
	"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
static const char sha256_proof[] = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
static const char sha256_signature[] = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

static struct scram_keys
parsed(const char *line)
{
	struct scram_keys k;

	assert_int_equal(scram_parse(str_z(line), &k), 0);
	return k;
}

static void
decode(const char *base64, unsigned char *r, size_t n)
{
	struct buf b = {0};

	assert_int_equal(base64_parse(&b, str_z(base64)), 0);
	assert_int_equal(b.n, n);
	memcpy(r, b.p, n);
	buf_done(&b);
}

/* The example's proof opens our StoredKey, and our ServerKey makes the example's signature. */
static void
check_example(const char *line, const EVP_MD *md, const char *auth, const char *proof, const char *signature)
{
	struct scram_keys k = parsed(line);
	size_t n = scram_key_len(k.hash);
	unsigned char sig[SCRAM_KEY_MAX], key[SCRAM_KEY_MAX], stored[SCRAM_KEY_MAX], expected[SCRAM_KEY_MAX];
	unsigned len;

	assert_non_null(HMAC(md, k.stored_key, (int)n, (const unsigned char *)auth, strlen(auth), sig, &len));
	decode(proof, key, n);
	for (size_t i = 0; i < n; i++)
		key[i] ^= sig[i];
	assert_true(EVP_Digest(key, n, stored, NULL, md, NULL));
	assert_memory_equal(stored, k.stored_key, n);
	assert_non_null(HMAC(md, k.server_key, (int)n, (const unsigned char *)auth, strlen(auth), sig, &len));
	decode(signature, expected, n);
	assert_memory_equal(sig, expected, n);
}

static void
test_examples(void **state)
{
	(void)state;
	check_example(sha1_line, EVP_sha1(), sha1_auth, sha1_proof, sha1_signature);
	check_example(sha256_line, EVP_sha256(), sha256_auth, sha256_proof, sha256_signature);
}

static void
test_password_of_the_examples(void **state)
{
	struct scram_keys one = parsed(sha1_line), two = parsed(sha256_line);

	(void)state;
	assert_true(scram_check(&one, STR("pencil")));
	assert_true(scram_check(&two, STR("pencil")));
	assert_false(scram_check(&one, STR("pencil ")));
	assert_false(scram_check(&two, STR("Pencil")));
	assert_false(scram_check(&two, STR("")));
}

static void
test_make_and_check(void **state)
{
	(void)state;
	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		struct scram_keys k, again;

		scram_make(&k, (enum scram_hash)h, 4096, STR("wherefore"));
		assert_int_equal(k.hash, h);
		assert_int_equal(k.iterations, 4096);
		assert_int_equal(k.salt_len, 16);
		assert_true(scram_check(&k, STR("wherefore")));
		assert_false(scram_check(&k, STR("therefore")));
		scram_make(&again, (enum scram_hash)h, 4096, STR("wherefore"));
		assert_memory_not_equal(k.salt, again.salt, k.salt_len);
	}
}

static void
test_print_and_parse(void **state)
{
	struct buf b = {0};

	(void)state;
	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		struct scram_keys k, back;

		scram_make(&k, (enum scram_hash)h, 5000, STR("x"));
		buf_clear(&b);
		scram_print(&b, &k);
		assert_int_equal(scram_parse(buf_str(&b), &back), 0);
		assert_memory_equal(&k, &back, sizeof(k));
	}
	buf_clear(&b);
	struct scram_keys k = parsed(sha256_line);
	scram_print(&b, &k);
	assert_string_equal(buf_z(&b), sha256_line);
	buf_done(&b);
}

static void
test_malformed_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"SCRAM-SHA-1",
		"SCRAM-SHA-1$",
		"SCRAM-SHA-1$4096",
		"SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92",
		"SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=",
		"SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:",
		"SCRAM-SHA-1$4096:$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
		"SCRAM-SHA-1$4095:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
		"SCRAM-SHA-1$1000001:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/"
		"fTE=",
		"SCRAM-SHA-1$-4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/"
		"fTE=",
		"SCRAM-SHA-1$4096:QSXCR+Q6sek8bf9$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
		"SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/"
		"fTE= ",
		"SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/"
		"fTE=:",
		"SCRAM-SHA-256$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/"
		"fTE=",
		"SCRAM-MD5$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
		"SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
	};
	struct buf long_salt = {0};
	struct scram_keys k;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_int_equal(scram_parse(str_z(lines[i]), &k), -1);
	buf_addz(&long_salt, "SCRAM-SHA-1$4096:");
	for (size_t i = 0; i < 88; i++) /* 66 bytes */
		buf_addc(&long_salt, 'A');
	buf_addz(&long_salt, "$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=");
	assert_int_equal(scram_parse(buf_str(&long_salt), &k), -1);
	buf_done(&long_salt);
}

static void
test_fake(void **state)
{
	struct scram_keys a, b;

	(void)state;
	scram_fake(&a, SCRAM_SHA_256, 4096, STR("secret"), STR("nobody"));
	scram_fake(&b, SCRAM_SHA_256, 4096, STR("secret"), STR("nobody"));
	assert_memory_equal(&a, &b, sizeof(a));
	assert_int_equal(a.salt_len, 16); /* as scram_make's */
	assert_false(scram_check(&a, STR("")));
	scram_fake(&b, SCRAM_SHA_256, 4096, STR("secret"), STR("nobody2"));
	assert_memory_not_equal(a.salt, b.salt, a.salt_len);
	scram_fake(&b, SCRAM_SHA_256, 4096, STR("another"), STR("nobody"));
	assert_memory_not_equal(a.salt, b.salt, a.salt_len);
	scram_fake(&b, SCRAM_SHA_1, 4096, STR("secret"), STR("nobody"));
	assert_memory_not_equal(a.salt, b.salt, a.salt_len);
	scram_fake(&b, SCRAM_SHA_512, 4096, STR_NONE, STR("nobody"));
	assert_memory_not_equal(b.stored_key, b.server_key, 64);
}

static void
test_names(void **state)
{
	enum scram_hash h;

	(void)state;
	assert_int_equal(scram_hash_find(STR("sha-512"), &h), 0);
	assert_int_equal(h, SCRAM_SHA_512);
	assert_int_equal(scram_hash_find(STR("SHA-224"), &h), -1);
	assert_string_equal(scram_hash_name(SCRAM_SHA_1), "SHA-1");
	assert_int_equal(scram_key_len(SCRAM_SHA_512), 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),        cmocka_unit_test(test_password_of_the_examples),
		cmocka_unit_test(test_make_and_check),  cmocka_unit_test(test_print_and_parse),
		cmocka_unit_test(test_malformed_lines), cmocka_unit_test(test_fake),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
