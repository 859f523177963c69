/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 and hexadecimal: the vectors of RFC 4648, and what must be refused. */
#include "common/base64.h"

#include "common/rand.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* RFC 4648 section 10 */
static const struct {
	const char *plain, *base64, *hex;
} vectors[] = {
	{"", "", ""},
	{"f", "Zg==", "66"},
	{"fo", "Zm8=", "666f"},
	{"foo", "Zm9v", "666f6f"},
	{"foob", "Zm9vYg==", "666f6f62"},
	{"fooba", "Zm9vYmE=", "666f6f6261"},
	{"foobar", "Zm9vYmFy", "666f6f626172"},
};

static void
test_vectors(void **state)
{
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		buf_clear(&b);
		base64_print(&b, str_z(vectors[i].plain));
		assert_true(str_is(buf_str(&b), vectors[i].base64));
		buf_clear(&b);
		assert_int_equal(base64_parse(&b, str_z(vectors[i].base64)), 0);
		assert_true(str_is(buf_str(&b), vectors[i].plain));
		buf_clear(&b);
		hex_print(&b, str_z(vectors[i].plain));
		assert_true(str_is(buf_str(&b), vectors[i].hex));
		buf_clear(&b);
		assert_int_equal(hex_parse(&b, str_z(vectors[i].hex)), 0);
		assert_true(str_is(buf_str(&b), vectors[i].plain));
	}
	buf_done(&b);
}

static void
test_strictness(void **state)
{
	static const char *const bad[] = {
		"Z", "Zg", "Zg=", "Zg===", "Zg=g", "=", "==", "===", "====", "Z===",  "Zm9vYg", "Zm9v====", "=Zm9", "Zm=v",
		" Zg==", "Zg== ", "Zg\n==", "Zm 9v", "Zm9v\n", "Zg==Zg==",           /* blanks, two in one */
		"Zh==", "Zm9=", "Zm8/Zm9=", "//9=",                                   /* bits behind the end */
		"Zm9-", "Zm9_", "Zm9*", "Zm9\x80", "Zm\xc3\xa4",                      /* other alphabets */
	};
	struct buf b = {0};

	(void)state;
	buf_addl(&b, "kept");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (base64_parse(&b, str_z(bad[i])) != -1)
			fail_msg("taken: %s", bad[i]);
		assert_true(str_is(buf_str(&b), "kept"));
	}
	assert_int_equal(base64_parse(&b, STR("Zg=\0")), -1);
	assert_int_equal(base64_parse(&b, STR("Zm9v")), 0);
	assert_true(str_is(buf_str(&b), "keptfoo"));
	buf_done(&b);
}

/* What decodes, encodes to the same: there is one spelling for each value. */
static void
test_canonical(void **state)
{
	static const char set[] = "ABYZabyz0189+/==- ";
	struct buf plain = {0}, again = {0};
	size_t good = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[9];
		size_t n = (size_t)rand_below(9);

		for (size_t i = 0; i < n; i++)
			text[i] = set[rand_below(sizeof(set) - 1)];
		buf_clear(&plain);
		buf_clear(&again);
		if (base64_parse(&plain, str_n(text, n)) < 0)
			continue;
		base64_print(&again, buf_str(&plain));
		assert_true(str_eq(buf_str(&again), str_n(text, n)));
		good++;
	}
	assert_true(good > 100);
	buf_done(&plain);
	buf_done(&again);
}

static void
test_round_trip(void **state)
{
	struct buf text = {0}, back = {0};
	char bytes[257];

	(void)state;
	for (size_t n = 0; n < sizeof(bytes); n++) {
		rand_bytes(bytes, n);
		buf_clear(&text);
		buf_clear(&back);
		base64_print(&text, str_n(bytes, n));
		assert_int_equal(base64_parse(&back, buf_str(&text)), 0);
		assert_true(str_eq(buf_str(&back), str_n(bytes, n)));
		buf_clear(&text);
		buf_clear(&back);
		hex_print(&text, str_n(bytes, n));
		assert_int_equal(text.n, 2 * n);
		assert_int_equal(hex_parse(&back, buf_str(&text)), 0);
		assert_true(str_eq(buf_str(&back), str_n(bytes, n)));
	}
	buf_done(&text);
	buf_done(&back);
}

static void
test_hex(void **state)
{
	static const char *const bad[] = {"0", "0g", " 00", "0x", "00 ", "\xff\xff"};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(hex_parse(&b, str_z(bad[i])), -1);
	assert_int_equal(b.n, 0);
	assert_int_equal(hex_parse(&b, STR("fFAb09")), 0);
	assert_true(str_eq(buf_str(&b), STR("\xff\xab\x09")));
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_strictness),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
