/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers: their shape and range. That nobody can guess them is OpenSSL's matter. */
#include "common/rand.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_below(void **state)
{
	unsigned seen[7] = {0};

	(void)state;
	for (int i = 0; i < 7000; i++) {
		uint64_t v = rand_below(7);

		assert_true(v < 7);
		seen[v]++;
	}
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) /* 1000 expected; 1 in 10^30 is outside */
		assert_in_range(seen[i], 650, 1350);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(rand_below(1), 0);
		assert_true(rand_below(UINT64_MAX) < UINT64_MAX);
	}
}

static bool
is_token_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static void
test_token(void **state)
{
	char a[101], b[101];
	bool seen[256] = {false};
	unsigned letters = 0;

	(void)state;
	for (size_t n = 0; n <= 100; n++) {
		memset(a, '#', sizeof(a));
		rand_token(a, n);
		assert_int_equal(strlen(a), n);
		if (n < 100)
			assert_int_equal(a[n + 1 <= 100 ? n + 1 : 100], '#');
		for (size_t i = 0; i < n; i++) {
			assert_true(is_token_letter(a[i]));
			seen[(unsigned char)a[i]] = true;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(seen); i++)
		letters += seen[i];
	assert_int_equal(letters, 62);
	rand_token(a, 22);
	rand_token(b, 22);
	assert_string_not_equal(a, b);
}

static void
test_bytes(void **state)
{
	unsigned char bytes[4096] = {0};
	unsigned ones = 0;

	(void)state;
	rand_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		ones += (unsigned)__builtin_popcount(bytes[i]);
	assert_in_range(ones, 15000, 17800); /* 16384 expected, deviation 90 */
	rand_bytes(bytes, 0);
	assert_true(rand_u64() != rand_u64());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
