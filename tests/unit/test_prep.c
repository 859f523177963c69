/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internationalised addresses and passwords, by the documents' own tables and
 * examples: RFC 3454, 3490 to 3492, 4013, 6122, and 7622 where the older ones
 * say the same. Each character alone is compared with another implementation
 * (prep_vectors.py).
 */
#include "common/buf.h"
#include "tests/unit/test.h"
#include "xmpp/jid.h"

#include "tests/unit/prep_vectors.h"

#include <openssl/evp.h>

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

/* ---- every character ---- */

static size_t
put_utf8(char *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (char)(0xC0 | c >> 6);
		p[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (char)(0xE0 | c >> 12);
		p[1] = (char)(0x80 | (c >> 6 & 0x3F));
		p[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	p[0] = (char)(0xF0 | c >> 18);
	p[1] = (char)(0x80 | (c >> 12 & 0x3F));
	p[2] = (char)(0x80 | (c >> 6 & 0x3F));
	p[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

typedef int (*prep_fn)(struct arena *a, struct str text, struct str *r);

static void
digest_block(struct buf *out, prep_fn prep, const char *refused, uint32_t begin, uint32_t end)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct arena a = {0};
	struct str r;

	assert_int_equal(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL), 1);
	for (uint32_t c = begin; c < end; c++) {
		char bytes[4];

		if (c == 0 || (c >= 0xD800 && c <= 0xDFFF))
			continue;
		if (prep(&a, str_n(bytes, put_utf8(bytes, c)), &r) < 0)
			r = str_z(refused);
		EVP_DigestUpdate(ctx, r.p, r.n);
		EVP_DigestUpdate(ctx, "\n", 1);
		arena_reset(&a);
	}
	EVP_DigestFinal_ex(ctx, digest, NULL);
	EVP_MD_CTX_free(ctx);
	arena_done(&a);
	buf_clear(out);
	for (size_t i = 0; i < 8; i++)
		buf_addf(out, "%02x", digest[i]);
}

static void
test_characters(void **state)
{
	struct buf got = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
		const struct {
			const char *name;
			prep_fn prep;
			const char *refused, *want;
		} rows[] = {
			{"nodeprep", jid_prep_node, "-", blocks[i].node},
			{"nameprep", jid_prep_domain, "-", blocks[i].domain},
			{"resourceprep", jid_prep_resource, "-", blocks[i].resource},
			{"SASLprep", saslprep, "\x01", blocks[i].password},
		};

		for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
			digest_block(&got, rows[k].prep, rows[k].refused, blocks[i].begin, blocks[i].end);
			if (!str_is(buf_str(&got), rows[k].want))
				fail_msg("%s differs in U+%04X to U+%04X", rows[k].name, blocks[i].begin, blocks[i].end - 1);
		}
	}
	buf_done(&got);
}

/* ---- examples ---- */

static const char *
prep(struct arena *a, const char *in)
{
	struct jid j;

	return jid_prep(a, str_z(in), &j, NULL) == 0 ? j.full.p : "refused";
}

/* RFC 7622 3.5, tables 1 and 2. By stringprep some have another form, and of the bad ones some are good. */
static void
test_rfc7622_examples(void **state)
{
	static const char *const rows[][2] = {
		{"juliet@example.com", "juliet@example.com"},
		{"juliet@example.com/foo", "juliet@example.com/foo"},
		{"juliet@example.com/foo bar", "juliet@example.com/foo bar"},
		{"juliet@example.com/foo@bar", "juliet@example.com/foo@bar"},
		{"foo\\20bar@example.com", "foo\\20bar@example.com"}, /* XEP-0106 */
		{"fussball@example.com", "fussball@example.com"},
		{"fu\u00DFball@example.com", "fussball@example.com"}, /* B.2: one with the one before */
		{"\u03C0@example.com", "\u03C0@example.com"},
		{"\u03A3@example.com/foo", "\u03C3@example.com/foo"},
		{"\u03C3@example.com/foo", "\u03C3@example.com/foo"},
		{"\u03C2@example.com/foo", "\u03C3@example.com/foo"}, /* B.2: final sigma as well */
		{"king@example.com/\u265A", "king@example.com/\u265A"},
		{"example.com", "example.com"},
		{"example.com/foobar", "example.com/foobar"},
		{"a.example.com/b@example.net", "a.example.com/b@example.net"},
		{"\"juliet\"@example.com", "refused"},
		{"foo bar@example.com", "refused"},
		{"juliet@example.com/ foo", "juliet@example.com/ foo"}, /* a blank is good in resourceprep */
		{"@example.com", "refused"},
		{"user@example.com/", "refused"},
		{"henry\u2163@example.com", "henryiv@example.com"}, /* NFKC */
		{"\u265A@example.com", "\u265A@example.com"},       /* a symbol is good in nodeprep */
		{"juliet@", "refused"},
		{"/foobar", "refused"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(prep(*state, rows[i][0]), rows[i][1]);
}

/* RFC 3491's and 3454's rules in places where they meet. */
static void
test_mapping(void **state)
{
	static const char *const rows[][2] = {
		{"\u0130@a", "i\u0307@a"},                       /* dotted capital I */
		{"\u01F0@a", "\u01F0@a"},                       /* folded to two, composed again */
		{"\u212B\u00C5@a", "\u00E5\u00E5@a"},           /* ANGSTROM SIGN */
		{"e\u0301@a", "\u00E9@a"},                      /* composed */
		{"\u00E9@a", "\u00E9@a"},
		{"a\u200Bb@a", "ab@a"},                         /* zero width space: nothing (B.1) */
		{"a\uFE0Fb@a", "ab@a"},                         /* a variation selector: nothing */
		{"\uFEFFa@a", "a@a"},                           /* byte order mark: nothing */
		{"a@a/\u200Dx", "a@a/x"},
		{"a@a/\uFB01", "a@a/fi"},                       /* NFKC of a resource, its case kept */
		{"a@a/\u00C4", "a@a/\u00C4"},
		{"a@a/A\u0308", "a@a/\u00C4"},
		{"\u2025@a", "..@a"},
		{"a@a/\u2100", "a@a/a/c"},                      /* a sign that becomes a separator of no meaning there */
		{"\u2100@a", "refused"},                        /* but is forbidden here */
		{"a\uFF20b", "refused"},
		{"\uFF41@\uFF42\uFF0E\uFF43", "a@b.c"},
		{"a\u0340@a", "\u00E0@a"},                      /* C.8, but normalised before it is looked for */
		{"a\u200E@a", "refused"},                       /* C.8 */
		{"a\uE000@a", "refused"},                       /* C.3 */
		{"a\uFFFD@a", "refused"},                       /* C.6 */
		{"a\u2FF0@a", "refused"},                       /* C.7 */
		{"a@a/\u2028", "refused"},                      /* C.2.2 */
		{"a@a/\u3000", "a@a/ "},                        /* C.1.2 is mapped by NFKC, before it is looked for */
		{"a@a/\u1680", "refused"},                      /* C.1.2 */
		{"a\u0221@a", "refused"},                       /* A.1: unassigned in 3.2, and an account is stored */
		{"a@\u0221", "refused"},
		{"a@a/\u0221", "a@a/\u0221"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(prep(*state, rows[i][0]), rows[i][1]);
}

/* RFC 3454 section 6 */
static void
test_directions(void **state)
{
	static const char *const rows[][2] = {
		{"\u05D0\u05D1@a", "\u05D0\u05D1@a"},
		{"\u05D01\u05D1@a", "\u05D01\u05D1@a"}, /* a number between */
		{"\u05D01@a", "refused"},               /* ends with what is not right-to-left */
		{"1\u05D0@a", "refused"},
		{"\u05D0a\u05D1@a", "refused"},         /* left-to-right in between */
		{"\u0627\u0644@a/\u0627", "\u0627\u0644@a/\u0627"},
		{"a@a/\u0627 \u0627", "a@a/\u0627 \u0627"},
		{"a@a/\u0627 a", "refused"},
		{"a@a/\u200Fa", "refused"},             /* C.8 */
		{"a@\u05D0\u05D1.example", "a@\u05D0\u05D1.example"}, /* of each label by itself */
		{"a@\u05D0b.example", "refused"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(prep(*state, rows[i][0]), rows[i][1]);
}

/* RFC 3492 7.1: the U-label, and what its A-label has behind xn--. Both, in any case, are one domain. */
static void
test_idna(void **state)
{
	static const char *const rows[][2] = {
		{"ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"},
		{"他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"},
		{"他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"},
		{"Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"},
		{"למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"},
		{"यहलोगहिन्दीक्योंनहींबोलसकतेहैं", "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd"},
		{"なぜみんな日本語を話してくれないのか", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"},
		{"почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"},
		{"PorquénopuedensimplementehablarenEspañol", "PorqunopuedensimplementehablarenEspaol-fmd56a"},
		{"TạisaohọkhôngthểchỉnóitiếngViệt", "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g"},
		{"3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"},
		{"Hello-Another-Way-それぞれの場所", "Hello-Another-Way--fc4qua05auwb3674vfr0b"},
		{"ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"},
		{"MajiでKoiする5秒前", "MajiKoi5-783gue6qz075azm5e"},
		{"パフィーdeルンバ", "de-jg4avhby1noc0d"},
		{"そのスピードで", "d9juau41awczczp"},
		{"bücher", "bcher-kva"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str u, a, shout, ascii;
		struct buf ace = {0};

		buf_addf(&ace, "xn--%s.Example.", rows[i][1]);
		assert_int_equal(jid_prep_domain(*state, buf_str(&ace), &a), 0);
		for (size_t k = 0; k < ace.n; k++)
			if (ace.p[k] >= 'a' && ace.p[k] <= 'z')
				ace.p[k] = (char)(ace.p[k] - 'a' + 'A');
		assert_int_equal(jid_prep_domain(*state, buf_str(&ace), &shout), 0);
		buf_clear(&ace);
		buf_addf(&ace, "%s\u3002example", rows[i][0]); /* with an ideographic full stop */
		assert_int_equal(jid_prep_domain(*state, buf_str(&ace), &u), 0);
		if (!str_eq(u, a) || !str_eq(u, shout))
			fail_msg("%s: " STR_FMT ", " STR_FMT, rows[i][0], STR_ARG(u), STR_ARG(a));
		ascii = jid_domain_ascii(*state, u);
		assert_true(str_starts(ascii, STR("xn--")));
		assert_int_equal(jid_prep_domain(*state, ascii, &a), 0);
		assert_true(str_eq(u, a));
		buf_done(&ace);
	}
	assert_str(jid_domain_ascii(*state, STR("example.org")), "example.org");
}

static void
test_domains(void **state)
{
	static const char *const rows[][2] = {
		{"EXAMPLE.Org", "example.org"},
		{"example.org.", "example.org"},
		{"example.org..", "refused"},
		{".example.org", "refused"},
		{".", "refused"},
		{"\u3002", "refused"},
		{"b\u00FCcher.example\u3002", "b\u00FCcher.example"},
		{"b\u00FCcher.example\uFF61", "b\u00FCcher.example"},
		{"b\u00FCcher.example\uFF61.", "refused"},
		{"stra\u00DFe.example", "strasse.example"}, /* IDNA as RFC 3490 has it */
		{"xn--strae-oqa.example", "refused"},      /* ... to which this A-label means nothing */
		{"xn--", "refused"},
		{"xn--\u00FC.example", "refused"},
		{"example.xn--a", "refused"},
		{"under_score.example", "refused"},        /* STD 3 */
		{"b\u00FC_cher.example", "refused"},
		{"-b\u00FCcher.example", "refused"},
		{"b\u00FCcher-.example", "refused"},
		{"127.0.0.1", "127.0.0.1"},
		{"[::1]", "[::1]"},
		{"[0:0:0:0:0:0:0:1]", "[::1]"},
		{"[2001:DB8::A]/r", "[2001:db8::a]/r"},
		{"[::1].", "refused"},
		{"[::1%lo]", "refused"},
		{"[fe80::1%25eth0]", "refused"},
		{"[127.0.0.1]", "refused"},
		{"[::1", "refused"},
		{"::1", "refused"},
		{"example.org:5222", "refused"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(prep(*state, rows[i][0]), rows[i][1]);
}

static void
test_separators(void **state)
{
	struct jid j;

	assert_int_equal(jid_prep(*state, STR("a@b/c@d/e@f"), &j, NULL), 0);
	assert_str(j.node, "a");
	assert_str(j.domain, "b");
	assert_str(j.resource, "c@d/e@f");
	assert_int_equal(jid_prep(*state, STR("b/c@d"), &j, NULL), 0);
	assert_absent(j.node);
	assert_str(j.resource, "c@d");
	assert_int_equal(jid_prep(*state, STR("b//"), &j, NULL), 0);
	assert_str(j.resource, "/");
	assert_string_equal(prep(*state, "a@b@c"), "refused");
	assert_string_equal(prep(*state, "a@/r"), "refused");
	assert_string_equal(prep(*state, "@/"), "refused");
	assert_string_equal(prep(*state, "@b/r"), "refused");
	assert_string_equal(prep(*state, "a@b/"), "refused");
}

/* ---- lengths: RFC 6122 2.1, each part at most 1023 bytes, as it comes and as it is kept ---- */

static void
repeat(struct buf *b, const char *text, size_t times)
{
	while (times--)
		buf_addz(b, text);
}

/* 16 labels of 63 letters, and the dots between: 1023 bytes. */
static void
longest_domain(struct buf *b)
{
	for (int i = 0; i < 16; i++) {
		if (i)
			buf_addc(b, '.');
		repeat(b, "d", 63);
	}
}

static void
test_full_length(void **state)
{
	struct buf text = {0};
	struct jid j;

	repeat(&text, "\u00E4", 511);
	buf_addl(&text, "n@");
	longest_domain(&text);
	buf_addc(&text, '/');
	repeat(&text, "\xF0\x9F\x98\x80", 255);
	buf_addl(&text, "rrr");
	assert_int_equal(text.n, JID_MAX);
	assert_int_equal(jid_prep(*state, buf_str(&text), &j, NULL), 0);
	assert_true(str_eq(j.full, buf_str(&text)));
	assert_int_equal(j.node.n, JID_PART_MAX);
	assert_int_equal(j.domain.n, JID_PART_MAX);
	assert_int_equal(j.resource.n, JID_PART_MAX);
	buf_addc(&text, 'r');
	assert_int_equal(jid_prep(*state, buf_str(&text), &j, NULL), -1);
	buf_done(&text);
}

static void
test_part_lengths(void **state)
{
	struct buf b = {0};
	struct str r;

	longest_domain(&b);
	assert_int_equal(jid_prep_domain(*state, buf_str(&b), &r), 0);
	buf_addc(&b, '.'); /* is none of it */
	assert_int_equal(jid_prep_domain(*state, buf_str(&b), &r), 0);
	assert_int_equal(r.n, JID_PART_MAX);
	buf_addc(&b, 'd');
	assert_int_equal(jid_prep_domain(*state, buf_str(&b), &r), -1);

	buf_clear(&b);
	repeat(&b, "\u00E4", 511);
	buf_addl(&b, "n");
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), 0);
	buf_addl(&b, "n");
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), -1);
	b.p[1022] = '\xC3'; /* the 1023rd byte begins a character, and the part ends in it */
	b.n = 1023;
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), -1);
	buf_done(&b);
}

/* What is short enough when it comes, and too long when it is prepared; and the other way round. */
static void
test_growing(void **state)
{
	struct buf b = {0};
	struct str r;

	repeat(&b, "\u0390", 170); /* 2 bytes; folded to three characters, and composed again to one */
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), 0);
	buf_clear(&b);
	repeat(&b, "\u1E9E", 1); /* unassigned in 3.2 */
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), -1);
	buf_clear(&b);
	repeat(&b, "\uFB03", 341); /* the ligature ffi: 3 bytes, 3 letters */
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), 0);
	assert_int_equal(r.n, JID_PART_MAX);
	buf_clear(&b);
	repeat(&b, "\u1FB7", 204); /* 3 bytes; folded to two characters of 5 */
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), 0);
	assert_int_equal(r.n, 1020);
	repeat(&b, "\u1FB7", 1);
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), -1);
	buf_clear(&b);
	repeat(&b, "\uFDFA", 30); /* 3 bytes become 33 */
	assert_int_equal(jid_prep_resource(*state, buf_str(&b), &r), 0);
	assert_int_equal(r.n, 990);
	repeat(&b, "\U0001D6C3", 1);
	repeat(&b, "\uFDFA", 1);
	assert_int_equal(jid_prep_resource(*state, buf_str(&b), &r), -1);
	buf_clear(&b);
	repeat(&b, "\u200B", 341); /* 1023 bytes that become nothing */
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), -1);
	b.n -= 3;
	buf_addc(&b, 'a');
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), 0);
	assert_str(r, "a");
	repeat(&b, "\u200B", 1); /* 1024: measured as it comes, too */
	assert_int_equal(jid_prep_node(*state, buf_str(&b), &r), -1);
	buf_done(&b);
}

/* ---- passwords ---- */

static void
test_passwords(void **state)
{
	static const struct {
		const char *in, *out; /* null: refused */
	} rows[] = {
		/* RFC 4013 section 3 */
		{"I\u00ADX", "IX"}, {"user", "user"}, {"USER", "USER"}, {"\u00AA", "a"}, {"\u2168", "IX"}, {"\x07", NULL},
		{"\u06271", NULL},
		/* and more of the same */
		{"pass\u00A0word", "pass word"}, {"pass\u3000word", "pass word"}, {"pa\u2060ss", "pass"}, {"pa\u200Bss", "pa ss"},
		{"e\u0301", "\u00E9"}, {"\u0627\u0627", "\u0627\u0627"}, {"\u0221", NULL}, {"\u2028", NULL}, {"", ""},
		{"\u00AD", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str r = STR_NONE;
		int rc = saslprep(*state, str_z(rows[i].in), &r);

		if (!rows[i].out) {
			assert_int_equal(rc, -1);
			continue;
		}
		assert_int_equal(rc, 0);
		assert_str(r, rows[i].out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_characters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rfc7622_examples, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mapping, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_idna, setup, teardown),
		cmocka_unit_test_setup_teardown(test_domains, setup, teardown),
		cmocka_unit_test_setup_teardown(test_separators, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_length, setup, teardown),
		cmocka_unit_test_setup_teardown(test_part_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_growing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_passwords, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
