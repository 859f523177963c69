/* SPDX-License-Identifier: Apache-2.0 */
/* Shared bytes. The leak checker sees to it that the last one frees them. */
#include "common/chunk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_sharing(void **state)
{
	char text[] = "a message to many";
	struct chunk *c = chunk_new(str_z(text)), *other = chunk_ref(c);

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_ptr_equal(other, c);
	assert_int_equal(c->refs, 2);
	chunk_unref(&c);
	assert_null(c);
	assert_int_equal(other->refs, 1);
	assert_true(str_is(chunk_str(other), "a message to many"));
	chunk_unref(&other);
	chunk_unref(&other);
	assert_null(other);
}

static void
test_empty(void **state)
{
	struct chunk *c = chunk_new(STR_NONE);

	(void)state;
	assert_int_equal(chunk_str(c).n, 0);
	chunk_unref(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sharing),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
