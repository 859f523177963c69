/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, against a slow encoder over all of Unicode and against known traps. */
#include "common/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* RFC 3629 section 3, in bits; also for what must not be encoded. */
static size_t
encode(char *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (char)(0xc0 | c >> 6);
		p[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (char)(0xe0 | c >> 12);
		p[1] = (char)(0x80 | (c >> 6 & 0x3f));
		p[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	p[0] = (char)(0xf0 | c >> 18);
	p[1] = (char)(0x80 | (c >> 12 & 0x3f));
	p[2] = (char)(0x80 | (c >> 6 & 0x3f));
	p[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static bool
is_unicode(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

static bool
is_xml(uint32_t c)
{
	return is_unicode(c) && (c >= 0x20 || c == 9 || c == 10 || c == 13) && c != 0xfffe && c != 0xffff;
}

static void
test_every_character(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x1fffff; c += c < 0x11000 || c > 0x10fff0 ? 1 : 7) {
		char p[4];
		size_t n = encode(p, c);
		uint32_t back = 0;

		if (utf8_next(str_n(p, n), &back) != (is_unicode(c) ? n : 0) || (is_unicode(c) && back != c))
			fail_msg("U+%04X", c);
		if (utf8_valid(str_n(p, n)) != is_unicode(c) || utf8_xml_valid(str_n(p, n)) != is_xml(c))
			fail_msg("U+%04X", c);
		for (size_t k = 1; is_unicode(c) && k < n; k++) /* cut short */
			if (utf8_valid(str_n(p, k)) || utf8_next(str_n(p, k), &back) != 0)
				fail_msg("U+%04X cut at %zu", c, k);
	}
}

static void
test_traps(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xbf", "a\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "\xfe", "\xff", "\xc3", "\xc3(", "\xe2\x82", "\xe2(\xa1",
		"\xe2\x82(", "\xf0(\x8c\xbc", "\xf0\x90(\xbc", "\xf0\x9f\x98(", "\xc3\xa4\xa4",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(utf8_valid(str_z(bad[i])));
		assert_false(utf8_xml_valid(str_z(bad[i])));
	}
	assert_true(utf8_valid(STR_NONE));
	assert_true(utf8_valid(STR("")));
	assert_true(utf8_valid(STR("a\0b")));
	assert_false(utf8_xml_valid(STR("a\0b")));
}

/* The quick way over eight bytes of ASCII must stop for everything that is something else. */
static void
test_every_place(void **state)
{
	static const struct {
		const char *bytes;
		bool utf8, xml;
	} cases[] = {{"\t", true, true}, {"\x7f", true, true}, {"\x1f", true, false}, {"\x01", true, false},
		     {"\x80", false, false}, {"\xff", false, false}, {"\xc3\xa4", true, true}, {"\xef\xbf\xbf", true, false},
		     {"\xf0\x9f\x98\x80", true, true}, {"\xed\xa0\x80", false, false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t at = 0; at < 24; at++) {
			char text[32];
			size_t n = strlen(cases[i].bytes);

			memset(text, ' ', sizeof(text));
			memcpy(text + at, cases[i].bytes, n);
			assert_int_equal(utf8_valid(str_n(text, 28)), cases[i].utf8);
			assert_int_equal(utf8_xml_valid(str_n(text, 28)), cases[i].xml);
		}
	}
}

static void
test_cut(void **state)
{
	struct str s = STR("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z"); /* 1, 2, 3, 4, 1 bytes */
	static const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

	(void)state;
	for (size_t max = 0; max < ARRAY_LEN(expected); max++) {
		struct str cut = utf8_cut(s, max);

		assert_int_equal(cut.n, expected[max]);
		assert_true(utf8_valid(cut));
	}
	assert_null(utf8_cut(STR_NONE, 5).p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_traps),
		cmocka_unit_test(test_every_place),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
