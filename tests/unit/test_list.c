/* SPDX-License-Identifier: Apache-2.0 */
/* Intrusive lists. */
#include "common/list.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct item {
	int n;
	struct list_node node;
};

/* Whether the list holds just these numbers, forwards and backwards. */
static void
expect(const struct list *l, const int *numbers, size_t count)
{
	size_t i = 0;

	assert_int_equal(l->len, count);
	list_each (l, struct item, it, node)
		assert_int_equal(it->n, numbers[i++]);
	assert_int_equal(i, count);
	for (struct list_node *n = l->last; n; n = n->prev)
		assert_int_equal(list_entry(n, struct item, node)->n, numbers[--i]);
	assert_int_equal(i, 0);
}

static void
test_order(void **state)
{
	struct item a = {.n = 1}, b = {.n = 2}, c = {.n = 3};
	struct list l = {0};

	(void)state;
	expect(&l, NULL, 0);
	list_append(&l, &b.node);
	list_append(&l, &c.node);
	list_prepend(&l, &a.node);
	expect(&l, (int[]){1, 2, 3}, 3);
	list_remove(&l, &b.node);
	expect(&l, (int[]){1, 3}, 2);
	list_append(&l, &b.node);
	expect(&l, (int[]){1, 3, 2}, 3);
	list_remove(&l, &a.node);
	list_remove(&l, &b.node);
	expect(&l, (int[]){3}, 1);
	list_remove(&l, &c.node);
	expect(&l, NULL, 0);
	assert_null(l.first);
	assert_null(l.last);
}

static void
test_linked(void **state)
{
	struct item a = {.n = 1}, b = {.n = 2};
	struct list l = {0};

	(void)state;
	assert_false(list_linked(&l, &a.node));
	list_append(&l, &a.node);
	assert_true(list_linked(&l, &a.node)); /* alone: both neighbours are null */
	list_append(&l, &b.node);
	assert_true(list_linked(&l, &a.node));
	assert_true(list_linked(&l, &b.node));
	list_remove(&l, &a.node);
	assert_false(list_linked(&l, &a.node));
}

static void
test_shift(void **state)
{
	struct item items[3] = {{.n = 1}, {.n = 2}, {.n = 3}};
	struct list l = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		list_prepend(&l, &items[i].node);
	for (int n = 3; n > 0; n--)
		assert_int_equal(list_entry(list_shift(&l), struct item, node)->n, n);
	assert_null(list_shift(&l));
	assert_int_equal(l.len, 0);
}

/* Removing the current one while iterating is safe, and break leaves both loops. */
static void
test_iteration(void **state)
{
	struct item items[6];
	struct list l = {0}, odd = {0};
	int visited = 0;

	(void)state;
	for (int i = 0; i < 6; i++) {
		items[i] = (struct item){.n = i};
		list_append(&l, &items[i].node);
	}
	list_each (&l, struct item, it, node) {
		if (it->n % 2) {
			list_remove(&l, &it->node);
			list_append(&odd, &it->node);
		}
	}
	expect(&l, (int[]){0, 2, 4}, 3);
	expect(&odd, (int[]){1, 3, 5}, 3);
	list_each (&l, struct item, it, node) {
		visited++;
		if (it->n == 2)
			break;
	}
	assert_int_equal(visited, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_linked),
		cmocka_unit_test(test_shift),
		cmocka_unit_test(test_iteration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
