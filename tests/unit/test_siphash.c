/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SipHash-2-4 against its authors' numbers: the worked example of the paper's
 * appendix A, and the first of the published vectors (key 00..0f, message
 * 00, 01, .. of each length).
 */
#include "common/siphash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The key bytes 00 01 .. 0f as two little-endian halves. */
static const struct siphash_key key = {0x0706050403020100ull, 0x0f0e0d0c0b0a0908ull};

/* Each as the eight bytes that the authors print. */
static const unsigned char vectors[][8] = {
	{0x31, 0x0e, 0x0e, 0xdd, 0x47, 0xdb, 0x6f, 0x72}, {0xfd, 0x67, 0xdc, 0x93, 0xc5, 0x39, 0xf8, 0x74},
	{0x5a, 0x4f, 0xa9, 0xd9, 0x09, 0x80, 0x6c, 0x0d}, {0x2d, 0x7e, 0xfb, 0xd7, 0x96, 0x66, 0x67, 0x85},
	{0xb7, 0x87, 0x71, 0x27, 0xe0, 0x94, 0x27, 0xcf}, {0x8d, 0xa6, 0x99, 0xcd, 0x64, 0x55, 0x76, 0x18},
	{0xce, 0xe3, 0xfe, 0x58, 0x6e, 0x46, 0xc9, 0xcb}, {0x37, 0xd1, 0x01, 0x8b, 0xf5, 0x00, 0x02, 0xab},
	{0x62, 0x24, 0x93, 0x9a, 0x79, 0xf5, 0xf5, 0x93}, {0xb0, 0xe4, 0xa9, 0x0b, 0xdf, 0x82, 0x00, 0x9e},
	{0xf3, 0xb9, 0xdd, 0x94, 0xc5, 0xbb, 0x5d, 0x7a}, {0xa7, 0xad, 0x6b, 0x22, 0x46, 0x2f, 0xb3, 0xf4},
	{0xfb, 0xe5, 0x0e, 0x86, 0xbc, 0x8f, 0x1e, 0x75}, {0x90, 0x3d, 0x84, 0xc0, 0x27, 0x56, 0xea, 0x14},
	{0xee, 0xf2, 0x7a, 0x8e, 0x90, 0xca, 0x23, 0xf7}, {0xe5, 0x45, 0xbe, 0x49, 0x61, 0xca, 0x29, 0xa1},
};

static void
test_paper(void **state)
{
	(void)state;
	assert_true(siphash(&key, STR("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e")) ==
		    0xa129ca6149be45e5ull);
}

static void
test_vectors(void **state)
{
	char message[ARRAY_LEN(vectors)];

	(void)state;
	for (size_t n = 0; n < ARRAY_LEN(vectors); n++) {
		uint64_t expected = 0;

		for (size_t i = 0; i < 8; i++)
			expected |= (uint64_t)vectors[n][i] << (8 * i);
		assert_true(siphash(&key, str_n(message, n)) == expected);
		message[n] = (char)n;
	}
}

/* Where the bytes stand in memory makes no difference, nor whether there are any. */
static void
test_placement(void **state)
{
	char room[64];
	uint64_t there = siphash(&key, STR("wherefore art thou"));

	(void)state;
	for (size_t at = 0; at < 16; at++) {
		memcpy(room + at, "wherefore art thou", 18);
		assert_true(siphash(&key, str_n(room + at, 18)) == there);
	}
	assert_true(siphash(&key, STR_NONE) == siphash(&key, STR("")));
	assert_false(siphash(&(struct siphash_key){key.k0, key.k1 ^ 1}, STR("wherefore art thou")) == there);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paper),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_placement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
