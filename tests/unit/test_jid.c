/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: RFC 6122 and what has gone wrong elsewhere. */
#include "common/buf.h"
#include "tests/unit/test.h"
#include "xmpp/jid.h"

static int
setup(void **state)
{
	*state = xcalloc(1, sizeof(struct arena));
	return 0;
}

static int
teardown(void **state)
{
	arena_done(*state);
	free(*state);
	return 0;
}

static void
assert_prepared(struct arena *a, const char *in, const char *full)
{
	struct jid j;
	const char *why = "";

	if (jid_prep(a, str_z(in), &j, &why) < 0)
		fail_msg("refused: %s: %s", in, why);
	assert_str(j.full, full);
	assert_string_equal(j.full.p, full); /* with a NUL behind it */
}

static void
assert_refused(struct arena *a, struct str in)
{
	struct jid j;
	const char *why = NULL;

	if (jid_prep(a, in, &j, &why) == 0)
		fail_msg("accepted: " STR_FMT, STR_ARG(in));
	assert_non_null(why);
}

static void
test_parts(void **state)
{
	struct jid j;

	assert_int_equal(jid_prep(*state, STR("Juliet@Example.COM/Balcony@x/y"), &j, NULL), 0);
	assert_str(j.full, "juliet@example.com/Balcony@x/y");
	assert_str(j.bare, "juliet@example.com");
	assert_str(j.node, "juliet");
	assert_str(j.domain, "example.com");
	assert_str(j.resource, "Balcony@x/y");
	assert_false(jid_is_bare(&j));
	assert_int_equal(jid_prep(*state, STR("example.com/at@sign"), &j, NULL), 0);
	assert_absent(j.node);
	assert_str(j.domain, "example.com");
	assert_str(j.resource, "at@sign");
	assert_int_equal(jid_prep(*state, STR("a@b"), &j, NULL), 0);
	assert_true(jid_is_bare(&j));
	assert_str(j.bare, "a@b");
}

static void
test_good(void **state)
{
	static const char *const rows[][2] = {
		{"example.org.", "example.org"},
		{"a@127.0.0.1", "a@127.0.0.1"},
		{"a@[2001:DB8:0:0::1]/r", "a@[2001:db8::1]/r"},
		{"a@[::FFFF:192.0.2.1]", "a@[::ffff:192.0.2.1]"},
		{"JÜRGEN@BÜCHER.example/Ä", "jürgen@bücher.example/Ä"},
		{"a@xn--bcher-kva.example", "a@bücher.example"},
		{"a@XN--BCHER-KVA.example", "a@bücher.example"},
		{"a@例え。テスト", "a@例え.テスト"},
		{"ａｂ@c", "ab@c"},                             /* full-width: NFKC */
		{"a\xC2\xAD" "b@c", "ab@c"},                        /* soft hyphen: mapped to nothing (B.1) */
		{"a@b/foo bar", "a@b/foo bar"},
		{"a@b/\xC2\xBA", "a@b/o"},                          /* NFKC, case kept in resources */
		{"room@muc.example/\xF0\x9F\x98\x80", "room@muc.example/\xF0\x9F\x98\x80"},
		{"a!#$%()*+,-.;=?[\\]^_`{|}~@b", "a!#$%()*+,-.;=?[\\]^_`{|}~@b"},
		{"ΧΑΟΣ@παράδειγμα.δοκιμή", "χαοσ@παράδειγμα.δοκιμή"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_prepared(*state, rows[i][0], rows[i][1]);
}

static void
test_bad(void **state)
{
	static const struct str rows[] = {
		STR(""), STR("@b"), STR("a@"), STR("a@b/"), STR("/r"), STR("@"), STR("a b@c"), STR("a\"b@c"),
		STR("a&b@c"), STR("a'b@c"), STR("a:b@c"), STR("a<b@c"), STR("a>b@c"), STR("a@b@c"), STR("a\x7f@c"),
		STR("a\0@c"), STR("a@b\0c"), STR("a@b/\0"), STR("a@b/\n"), STR("a@b c"), STR("a@-b"), STR("a@b-.c"),
		STR("a@b..c"), STR("a@.b"), STR("a@."), STR("a@b_c"), STR("a@b.c.."), STR("a@[::1"), STR("a@[]"),
		STR("a@[127.0.0.1]"), STR("a@[::1]x"), STR("a@b:5222"),
		STR("a\xC0\xAF@b"),             /* overlong */
		STR("a\xED\xA0\x80@b"),         /* surrogate */
		STR("a\xF4\x90\x80\x80@b"),     /* above U+10FFFF */
		STR("a\xC3@b"),                 /* cut short (CVE-2015-2058) */
		STR("a@b\xC3/r"), STR("a@b/\xC3"),
		STR("a\xEF\xBC\xA0" "b@c"),     /* full-width @ */
		STR("a@b\xEF\xBC\x8F" "c"),     /* full-width / */
		STR("\xF0\x9F\x98\x80@c"),      /* unassigned in an account's name */
		STR("a@\xF0\x9F\x98\x80"),
		STR("\xC2\xAD@b"),              /* nothing left */
		STR("a@xn--a.example"),         /* no A-label */
		STR("a\xE2\x80\x8E@b"),         /* left-to-right mark */
		STR("\xD7\x90" "1a@b"),         /* mixed directions */
		STR("a\xE2\x80\x83@b"),         /* em space */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_refused(*state, rows[i]);
}

static void
test_lengths(void **state)
{
	struct buf b = {0};
	struct str r;

	for (int i = 0; i < JID_PART_MAX; i++)
		buf_addc(&b, 'A');
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), 0);
	assert_int_equal(r.n, JID_PART_MAX);
	assert_int_equal(jid_prep_resource(*state, buf_str(&b), &r), 0);
	assert_int_equal(jid_prep_domain(*state, buf_str(&b), &r), -1); /* a label has 63 at most */
	buf_addc(&b, 'A');
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), -1);
	assert_int_equal(jid_prep_resource(*state, buf_str(&b), &r), -1);
	buf_clear(&b);
	for (int i = 0; i < 63; i++)
		buf_addc(&b, 'a');
	assert_int_equal(jid_prep_domain(*state, buf_str(&b), &r), 0);
	buf_addc(&b, 'a');
	assert_int_equal(jid_prep_domain(*state, buf_str(&b), &r), -1);
	/* U+FDFA is 3 bytes and becomes 33: the result counts as well */
	buf_clear(&b);
	for (int i = 0; i < 300; i++)
		buf_addz(&b, "\xEF\xB7\xBA");
	assert_int_equal(jid_prep_resource(*state, buf_str(&b), &r), -1);
	buf_done(&b);
}

static void
test_split(void **state)
{
	struct jid j;

	(void)state;
	jid_split(STR("a@b/c/d"), &j);
	assert_str(j.full, "a@b/c/d");
	assert_str(j.bare, "a@b");
	assert_str(j.resource, "c/d");
	jid_split(STR("b"), &j);
	assert_absent(j.node);
	assert_absent(j.resource);
	assert_str(j.domain, "b");
	jid_split(STR(""), &j);
	assert_absent(j.full);
	jid_split(STR_NONE, &j);
	assert_absent(j.full);
	assert_absent(j.domain);
}

static void
test_join(void **state)
{
	struct jid j;

	jid_join(*state, STR("a"), STR("b"), STR("c"), &j);
	assert_str(j.full, "a@b/c");
	assert_str(j.bare, "a@b");
	assert_str(j.node, "a");
	assert_str(j.domain, "b");
	assert_str(j.resource, "c");
	jid_join(*state, STR_NONE, STR("b"), STR_NONE, &j);
	assert_str(j.full, "b");
	assert_absent(j.node);
	assert_absent(j.resource);
}

static void
test_saslprep(void **state)
{
	struct str r;

	/* RFC 4013 section 3 */
	assert_int_equal(saslprep(*state, STR("I\xC2\xADX"), &r), 0);
	assert_str(r, "IX");
	assert_int_equal(saslprep(*state, STR("user"), &r), 0);
	assert_str(r, "user");
	assert_int_equal(saslprep(*state, STR("USER"), &r), 0);
	assert_str(r, "USER");
	assert_int_equal(saslprep(*state, STR("\xC2\xAA"), &r), 0);
	assert_str(r, "a");
	assert_int_equal(saslprep(*state, STR("\xE2\x85\xA8"), &r), 0);
	assert_str(r, "IX");
	assert_int_equal(saslprep(*state, STR("\x07"), &r), -1);
	assert_int_equal(saslprep(*state, STR("\xD8\xA7\x31"), &r), -1);
	assert_int_equal(saslprep(*state, STR("a\xC3"), &r), -1);
	assert_int_equal(saslprep(*state, STR("a\0b"), &r), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_good, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_split, setup, teardown),
		cmocka_unit_test_setup_teardown(test_join, setup, teardown),
		cmocka_unit_test_setup_teardown(test_saslprep, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
