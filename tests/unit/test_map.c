/* SPDX-License-Identifier: Apache-2.0 */
/* The hash table, against a model that is too simple to be wrong. */
#include "common/map.h"

#include "common/intern.h"
#include "common/rand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { KEYS = 700, STEPS = 60000 };

struct item {
	char key[16];
	int tag;
};

static struct item items[KEYS], others[KEYS];

static struct str
key_of(const struct item *i)
{
	return str_z(i->key);
}

/* The model: which object stands under the key, if any. */
static struct item *model[KEYS];

static size_t
model_len(void)
{
	size_t n = 0;

	for (size_t i = 0; i < KEYS; i++)
		n += model[i] != NULL;
	return n;
}

/* Everything in the map is in the model, once; nothing is missing. */
static void
compare_all(const struct map *m)
{
	bool seen[KEYS] = {false};
	uint64_t it = 0;
	size_t count = 0;
	struct item *found;

	while ((found = map_next(m, &it))) {
		assert_false(seen[found->tag]);
		assert_ptr_equal(model[found->tag], found);
		seen[found->tag] = true;
		count++;
	}
	assert_int_equal(count, model_len());
	assert_int_equal(m->len, count);
	for (size_t i = 0; i < KEYS; i++)
		assert_ptr_equal(map_find(m, key_of(&items[i])), model[i]);
}

static void
random_step(struct map *m, unsigned bias)
{
	size_t i = (size_t)rand_below(KEYS);
	struct item *value = rand_below(2) ? &items[i] : &others[i];

	if (rand_below(100) < bias) {
		assert_ptr_equal(map_put(m, key_of(value), value), model[i]);
		model[i] = value;
	} else {
		assert_ptr_equal(map_take(m, key_of(&items[i])), model[i]);
		model[i] = NULL;
	}
}

static void
test_against_model(void **state)
{
	struct map m = {0};

	(void)state;
	for (int i = 0; i < KEYS; i++) {
		items[i].tag = others[i].tag = i;
		snprintf(items[i].key, sizeof(items[i].key), "key-%d", i);
		memcpy(others[i].key, items[i].key, sizeof(items[i].key));
	}
	/* Growing, shrinking, churning. */
	for (unsigned step = 0; step < STEPS; step++) {
		static const unsigned biases[] = {80, 50, 20, 5, 50};

		random_step(&m, biases[step / (STEPS / ARRAY_LEN(biases)) % ARRAY_LEN(biases)]);
		if (step % 997 == 0)
			compare_all(&m);
		bug_if(m.len > m.cap);
	}
	compare_all(&m);
	map_done(&m);
	assert_int_equal(m.len, 0);
}

/* Taking what the iteration has just returned is allowed. */
static void
test_take_while_iterating(void **state)
{
	struct map m = {0};
	struct item *v;
	uint64_t it = 0;
	size_t left = 0, taken = 0;

	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		assert_null(map_put(&m, key_of(&items[i]), &items[i]));
	while ((v = map_next(&m, &it))) {
		if (v->tag % 3 == 0) {
			assert_ptr_equal(map_take(&m, key_of(v)), v);
			taken++;
		}
	}
	for (it = 0; map_next(&m, &it);)
		left++;
	assert_int_equal(taken, (KEYS + 2) / 3);
	assert_int_equal(left + taken, KEYS);
	/* All of them: the last one gives the memory back under the iteration. */
	for (it = 0; (v = map_next(&m, &it));)
		assert_ptr_equal(map_take(&m, key_of(v)), v);
	assert_int_equal(m.len, 0);
	assert_null(m.entries);
}

static void
test_odd_keys(void **state)
{
	struct map m = {0};
	char zeroes[4] = {0};
	int values[5];

	(void)state;
	for (size_t i = 0; i <= 4; i++)
		assert_null(map_put(&m, str_n(zeroes, i), &values[i]));
	for (size_t i = 0; i <= 4; i++)
		assert_ptr_equal(map_find(&m, str_n(zeroes, i)), &values[i]);
	assert_null(map_find(&m, STR("0")));
	map_done(&m);
}

static void
test_empty(void **state)
{
	struct map m = {0};
	uint64_t it = 0;

	(void)state;
	assert_null(map_find(&m, STR("x")));
	assert_null(map_take(&m, STR("x")));
	assert_null(map_next(&m, &it));
	map_done(&m);
}

/* Many entries that come and go leave a small map small. */
static void
test_churn_does_not_grow(void **state)
{
	struct map m = {0};

	(void)state;
	map_put(&m, STR("stays"), &m);
	for (int i = 0; i < 20000; i++) {
		struct item *v = &items[i % KEYS];

		assert_null(map_put(&m, key_of(v), v));
		assert_ptr_equal(map_take(&m, key_of(v)), v);
	}
	assert_int_equal(m.len, 1);
	assert_true(m.cap <= 16);
	map_done(&m);
}

/* Words that are kept once (common/intern.h) stand in a map. */
static void
test_intern(void **state)
{
	char text[] = "SCRAM-SHA-256";
	const char *word = intern(str_z(text));

	(void)state;
	assert_string_equal(word, text);
	assert_ptr_not_equal(word, text);
	assert_ptr_equal(intern(STR("SCRAM-SHA-256")), word);
	assert_ptr_not_equal(intern(str_n(text, 5)), word);
	assert_string_equal(intern(str_n(text, 5)), "SCRAM");
	assert_string_equal(intern(STR("")), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_take_while_iterating),
		cmocka_unit_test(test_odd_keys),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_churn_does_not_grow),
		cmocka_unit_test(test_intern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
