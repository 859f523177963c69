/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instruments of bench/carillon-load: what it would overlook here, no
 * measurement could show.
 */
#include "bench/load/histogram.h"
#include "bench/load/letter.h"
#include "bench/load/scram.h"
#include "bench/load/split.h"
#include "bench/load/tally.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* --- tally --- */

static void
test_tally_in_order(void **state)
{
	struct tally t = {0};

	(void)state;
	for (uint64_t i = 0; i < 5; i++)
		assert_true(tally_receive(&t, i));
	assert_int_equal(tally_lost(&t, 5), 0);
	assert_int_equal(tally_lost(&t, 7), 2);
	assert_int_equal(t.reordered, 0);
	assert_int_equal(t.doubled, 0);
	tally_done(&t);
}

static void
test_tally_reordered(void **state)
{
	static const uint64_t order[] = {0, 4, 2, 1, 5};
	struct tally t = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		assert_true(tally_receive(&t, order[i]));
	assert_int_equal(t.reordered, 2);
	assert_int_equal(tally_lost(&t, 6), 1); /* 3 */
	assert_true(tally_receive(&t, 3));
	assert_int_equal(tally_lost(&t, 6), 0);
	assert_int_equal(t.gap_count, 0);
	tally_done(&t);
}

static void
test_tally_doubled(void **state)
{
	struct tally t = {0};

	(void)state;
	assert_true(tally_receive(&t, 0));
	assert_true(tally_receive(&t, 3));
	assert_true(tally_receive(&t, 1));
	assert_false(tally_receive(&t, 3));
	assert_false(tally_receive(&t, 1));
	assert_false(tally_receive(&t, 0));
	assert_int_equal(t.doubled, 3);
	assert_int_equal(tally_lost(&t, 4), 1); /* a double does not make up for what is lost */
	tally_done(&t);
}

/* --- histogram --- */

static void
test_histogram(void **state)
{
	static struct histogram h;

	(void)state;
	assert_int_equal(histogram_at(&h, 0.5), 0);
	for (uint64_t i = 1; i <= 1000; i++)
		histogram_add(&h, i * 1000);
	assert_in_range(histogram_at(&h, 0.5), 500000, 500000 * 102 / 100);
	assert_in_range(histogram_at(&h, 0.99), 990000, 1000000);
	assert_int_equal(histogram_at(&h, 1), 1000000);
	assert_int_equal(histogram_mean(&h), 500500);
	histogram_add(&h, UINT64_MAX / 4);
	assert_int_equal(histogram_at(&h, 1), UINT64_MAX / 4);
}

/* --- letters --- */

static void
test_letter(void **state)
{
	struct letter l = {.line = 7, .number = 123456, .sent = 99}, got;
	struct buf b = {0};

	(void)state;
	letter_init();
	letter_print(&b, &l, 200);
	assert_int_equal(b.n, 200);
	assert_true(letter_parse(buf_str(&b), &got));
	assert_int_equal(got.line, 7);
	assert_int_equal(got.number, 123456);
	assert_int_equal(got.sent, 99);
	buf_clear(&b);
	letter_print(&b, &l, 0);
	assert_true(letter_parse(buf_str(&b), &got));
	letter_init(); /* another run */
	assert_false(letter_parse(buf_str(&b), &got));
	assert_false(letter_parse(STR("load"), &got));
	assert_false(letter_parse(STR(""), &got));
	buf_done(&b);
}

/* --- splitter --- */

static const char stream[] = "<?xml version='1.0'?><stream:stream id='a>b' from=\"x\"> "
			     "<stream:features><a/><b>t</b></stream:features>\n"
			     "<message from='r@x/y'  type=\"chat\" ><body>5 &lt; 6</body><![CDATA[</message>]]></message>"
			     "<iq type='result' id='1'/></stream:stream>";

static enum split_kind
next(struct splitter *s, struct str *rest, struct element *e)
{
	size_t used;
	enum split_kind kind = split_next(s, *rest, &used, e);

	*rest = str_from(*rest, used);
	return kind;
}

static void
test_split(void **state)
{
	struct splitter s = {0};
	struct str rest = str_z(stream);
	struct element e;

	(void)state;
	assert_int_equal(next(&s, &rest, &e), SPLIT_HEADER);
	assert_true(str_is(element_attr(e, "id"), "a>b"));
	assert_true(str_is(element_attr(e, "from"), "x"));
	assert_int_equal(next(&s, &rest, &e), SPLIT_ELEMENT);
	assert_true(element_is(e, "stream:features"));
	assert_true(str_is(element_text(e, "b"), "t"));
	assert_null(element_text(e, "a").p);
	assert_int_equal(next(&s, &rest, &e), SPLIT_ELEMENT);
	assert_true(element_is(e, "message"));
	assert_true(str_is(element_attr(e, "type"), "chat"));
	assert_null(element_attr(e, "typ").p);
	assert_true(str_is(element_text(e, "body"), "5 &lt; 6"));
	assert_true(element_has(e, "CDATA"));
	assert_int_equal(next(&s, &rest, &e), SPLIT_ELEMENT);
	assert_true(str_is(element_attr(e, "id"), "1"));
	assert_int_equal(next(&s, &rest, &e), SPLIT_END);
	assert_int_equal(rest.n, 0);
}

/* Every way to cut the stream in two gives the same pieces. */
static void
test_split_anywhere(void **state)
{
	static const enum split_kind wanted[] = {SPLIT_HEADER, SPLIT_ELEMENT, SPLIT_ELEMENT, SPLIT_ELEMENT, SPLIT_END};

	(void)state;
	for (size_t cut = 0; cut < sizeof(stream); cut++) {
		struct splitter s = {0};
		size_t at = 0, found = 0;

		for (size_t end = cut;; end = sizeof(stream) - 1) {
			struct str rest = str_n(stream + at, end - at);
			struct element e;
			enum split_kind kind;

			while ((kind = next(&s, &rest, &e)) != SPLIT_MORE) {
				assert_true(found < ARRAY_LEN(wanted));
				assert_int_equal(kind, wanted[found++]);
			}
			at = (size_t)(rest.p - stream);
			if (end == sizeof(stream) - 1)
				break;
		}
		assert_int_equal(found, ARRAY_LEN(wanted));
	}
}

static void
test_split_keepalive(void **state)
{
	struct splitter s = {0};
	struct element e;
	size_t used;

	(void)state;
	assert_int_equal(split_next(&s, STR(" \n"), &used, &e), SPLIT_MORE);
	assert_int_equal(used, 2); /* an idle connection keeps nothing */
	assert_int_equal(split_next(&s, STR("<a/>"), &used, &e), SPLIT_ELEMENT);
}

/* --- SCRAM --- */

/* RFC 7677 section 3, with the client's nonce put in. */
static void
test_scram(void **state)
{
	struct scram_login s = {.md = EVP_sha256()};
	struct salted_keys keys = {0};
	struct buf out = {0};

	(void)state;
	buf_addl(&s.first_bare, "n=user,r=rOprNGfwEbeRWgbNEkqO");
	for (int i = 0; i < 2; i++) { /* the second time with the keys that are kept */
		buf_clear(&out);
		assert_null(scram_answer(&s, &keys, "pencil",
					 STR("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
					     "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
					 &out));
		assert_true(str_is(buf_str(&out), "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
						  "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
		assert_true(scram_verify(&s, STR("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")));
		assert_false(scram_verify(&s, STR("v=AAAA")));
	}
	assert_non_null(scram_answer(&s, &keys, "pencil", STR("e=other-error"), &out));
	scram_login_done(&s);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tally_in_order), cmocka_unit_test(test_tally_reordered),
		cmocka_unit_test(test_tally_doubled),  cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_letter),         cmocka_unit_test(test_split),
		cmocka_unit_test(test_split_anywhere), cmocka_unit_test(test_split_keepalive),
		cmocka_unit_test(test_scram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
