/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas: alignment, growth, reuse. */
#include "common/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_alignment(void **state)
{
	struct arena a = {0};

	(void)state;
	for (size_t n = 0; n < 300; n++) {
		char *p = arena_alloc(&a, n);

		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		memset(p, (int)n, n);
	}
	arena_done(&a);
	assert_null(a.head);
}

/* Pieces never overlap, in one block or over several, and large ones get a block of their own. */
static void
test_pieces_are_apart(void **state)
{
	static const size_t sizes[] = {1, 100, 4000, 5, 70000, 4096, 17, 1000, 1000, 1000, 1000, 1000};
	unsigned char *pieces[ARRAY_LEN(sizes)];
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		pieces[i] = arena_alloc(&a, sizes[i]);
		memset(pieces[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(pieces[i][k], i + 1);
	arena_done(&a);
}

static void
test_zalloc(void **state)
{
	struct arena a = {0};
	unsigned char *p;

	(void)state;
	memset(arena_alloc(&a, 2000), 0xff, 2000);
	arena_reset(&a);
	p = arena_zalloc(&a, 2000);
	for (size_t i = 0; i < 2000; i++)
		assert_int_equal(p[i], 0);
	arena_done(&a);
}

/* After a reset the same memory serves again: an idle stanza path allocates nothing. */
static void
test_reset_keeps_a_block(void **state)
{
	struct arena a = {0};
	void *first = arena_alloc(&a, 10);

	(void)state;
	for (int i = 0; i < 10; i++) {
		arena_alloc(&a, 100000);
		arena_reset(&a);
		assert_ptr_equal(arena_alloc(&a, 10), first);
	}
	arena_done(&a);
	arena_done(&a);
	arena_reset(&a);
	assert_null(a.head);
}

/* Nothing but a large block: there is none to keep. */
static void
test_reset_drops_large(void **state)
{
	struct arena a = {0};

	(void)state;
	arena_alloc(&a, 100000);
	arena_reset(&a);
	assert_null(a.head);
	assert_non_null(arena_alloc(&a, 1));
	arena_done(&a);
}

static void
test_str(void **state)
{
	struct arena a = {0};
	struct str s = arena_str(&a, STR("juliet"));

	(void)state;
	assert_int_equal(s.n, 6);
	assert_string_equal(s.p, "juliet");
	assert_null(arena_str(&a, STR_NONE).p);
	s = arena_str(&a, STR(""));
	assert_non_null(s.p);
	assert_int_equal(s.n, 0);
	s = arena_printf(&a, "%s/%d", "balcony", 42);
	assert_true(str_is(s, "balcony/42"));
	assert_int_equal(s.p[s.n], '\0');
	s = arena_printf(&a, "%05000d", 7);
	assert_int_equal(s.n, 5000);
	assert_int_equal(s.p[4999], '7');
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_pieces_are_apart),
		cmocka_unit_test(test_zalloc),
		cmocka_unit_test(test_reset_keeps_a_block),
		cmocka_unit_test(test_reset_drops_large),
		cmocka_unit_test(test_str),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
