/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: text, and the keys that limits count by. */
#include "common/addr.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
same(const char *in, const char *out, const char *host)
{
	struct addr a;
	struct buf b = {0};
	const char *why = NULL;

	assert_int_equal(addr_parse(&a, str_z(in), &why), 0);
	addr_print(&b, &a);
	assert_string_equal(buf_z(&b), out);
	buf_clear(&b);
	addr_print_host(&b, &a);
	assert_string_equal(buf_z(&b), host);
	buf_done(&b);
}

static void
parses_and_prints(void **state)
{
	(void)state;
	same("127.0.0.1:5222", "127.0.0.1:5222", "127.0.0.1");
	same("0.0.0.0:0", "0.0.0.0:0", "0.0.0.0");
	same("[::]:65535", "[::]:65535", "::");
	same("[2001:DB8:0::1]:5269", "[2001:db8::1]:5269", "2001:db8::1");
	same("[::ffff:192.0.2.7]:1", "192.0.2.7:1", "192.0.2.7");
	same("unix:/run/x.sock", "unix:/run/x.sock", "unix");
}

static void
refuses(void **state)
{
	static const char *const bad[] = {
	    "",         ":5222",       "127.0.0.1",     "127.0.0.1:",     "127.0.0.1:65536",
	    "1.2.3:5",  "::1:5222",    "[::1]",         "[::1]5222",      "[::1:5222",
	    "[]:5",     "localhost:5", "unix:relative", "127.0.0.1:-1",   "127.0.0.1: 80",
	    "127.1:80", "unix:",       "[::1]:",        "[1.2.3.4]:5222", "256.0.0.1:80"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct addr a;
		const char *why = NULL;

		assert_int_equal(addr_parse(&a, str_z(bad[i]), &why), -1);
		assert_non_null(why);
		assert_true(strlen(why) > 10);
	}
}

static void
unix_paths_have_a_limit(void **state)
{
	char text[200] = "unix:/";
	struct addr a;
	const char *why = NULL;

	(void)state;
	memset(text + 6, 'x', 106);
	text[5 + 107] = '\0';
	assert_int_equal(addr_parse(&a, str_z(text), &why), 0);
	text[5 + 107] = 'x';
	text[5 + 108] = '\0';
	assert_int_equal(addr_parse(&a, str_z(text), &why), -1);
	assert_int_equal(addr_parse(&a, str_n("unix:/a\0b", 9), &why), -1);
}

static bool
same_key(const char *x, const char *y)
{
	struct addr a, b;
	struct buf ka = {0}, kb = {0};
	const char *why;
	bool same_keys;

	assert_int_equal(addr_parse(&a, str_z(x), &why), 0);
	assert_int_equal(addr_parse(&b, str_z(y), &why), 0);
	addr_limit_key(&ka, &a);
	addr_limit_key(&kb, &b);
	same_keys = str_eq(buf_str(&ka), buf_str(&kb));
	buf_done(&ka);
	buf_done(&kb);
	return same_keys;
}

static void
limit_keys(void **state)
{
	(void)state;
	assert_true(same_key("192.0.2.1:1", "192.0.2.1:2"));
	assert_false(same_key("192.0.2.1:1", "192.0.2.2:1"));
	assert_true(same_key("[2001:db8:1:2::1]:1", "[2001:db8:1:2:ffff::9]:2")); /* one /64 */
	assert_false(same_key("[2001:db8:1:2::1]:1", "[2001:db8:1:3::1]:1"));
	assert_true(same_key("[::ffff:192.0.2.1]:1", "192.0.2.1:5"));
	assert_true(same_key("unix:/a", "unix:/b"));
	assert_false(same_key("unix:/a", "192.0.2.1:5"));
}

static void
prints_what_the_kernel_gives(void **state)
{
	struct addr unnamed = {.sa = {.ss_family = AF_UNIX}, .len = sizeof(sa_family_t)}, none = {0};
	struct buf b = {0};

	(void)state;
	addr_print(&b, &unnamed);
	assert_string_equal(buf_z(&b), "unix:");
	buf_clear(&b);
	addr_print(&b, &none);
	assert_string_equal(buf_z(&b), "unknown");
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parses_and_prints),
	    cmocka_unit_test(refuses),
	    cmocka_unit_test(unix_paths_have_a_limit),
	    cmocka_unit_test(limit_keys),
	    cmocka_unit_test(prints_what_the_kernel_gives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
