/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the operator's programs that need no server: tables, passwords, what the supervisor is to run. */
#include "ctl/password.h"
#include "ctl/supervisor.h"
#include "ctl/table.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <unistd.h>
#include <cmocka.h>

/* --- tables --- */

static void
add(struct table *t, const char *name, const char *uptime, const char *text)
{
	struct table_row *row = table_add(t);

	table_cell(t, row, STR("name"), str_z(name));
	table_cell(t, row, STR("uptime"), str_z(uptime));
	if (text)
		table_cell(t, row, STR("text"), str_z(text));
}

static void
fill(struct table *t)
{
	add(t, "sm-1", "7", NULL);
	add(t, "router-1", "1234", "a \"quoted\" \\ line\n\x01");
}

static void
text_is_aligned(void **state)
{
	struct table t = {0};
	struct buf out = {0};

	(void)state;
	add(&t, "sm-1", "7", NULL);
	add(&t, "j\xc3\xbcrgen", "1234", "x");
	table_print_text(&t, &out);
	assert_string_equal(buf_z(&out), "name    uptime  text\n"
					 "sm-1         7  -\n"
					 "j\xc3\xbcrgen    1234  x\n");
	buf_done(&out);
	table_done(&t);
}

static void
text_can_have_some_columns_only(void **state)
{
	static const char *const only[] = {"name", NULL};
	struct table t = {0};
	struct buf out = {0};

	(void)state;
	fill(&t);
	t.only = only;
	table_print_text(&t, &out);
	assert_string_equal(buf_z(&out), "name\nsm-1\nrouter-1\n");
	buf_clear(&out);
	table_print_json(&t, &out);
	assert_true(str_find(buf_str(&out), STR("\"uptime\": 7")) > 0);
	buf_done(&out);
	table_done(&t);
}

static void
json_is_escaped_and_typed(void **state)
{
	struct table t = {0};
	struct buf out = {0};

	(void)state;
	table_print_json(&t, &out);
	assert_string_equal(buf_z(&out), "[]\n");
	buf_clear(&out);
	fill(&t);
	table_print_json(&t, &out);
	assert_string_equal(buf_z(&out),
			    "[\n  {\"name\": \"sm-1\", \"uptime\": 7},\n"
			    "  {\"name\": \"router-1\", \"uptime\": 1234, "
			    "\"text\": \"a \\\"quoted\\\" \\\\ line\\u000a\\u0001\"}\n]\n");
	buf_done(&out);
	table_done(&t);
}

/* --- what to run --- */

static void
daemons_are_parsed(void **state)
{
	static const struct {
		const char *item, *role, *why;
		unsigned count;
	} cases[] = {
		{"sm=2", "sm", NULL, 2},
		{" router = 1 ", "router", NULL, 1},
		{"c2s=0", "c2s", NULL, 0},
		{"c2s", NULL, "c2s=2", 0},
		{"c2s=many", NULL, "c2s=2", 0},
		{"c2s=65", NULL, "at most 64", 0},
		{"=2", NULL, "c2s=2", 0},
		{"muck=1", NULL, "there are router, sm, c2s", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf why = {0};
		char role[16];
		unsigned count = 99;
		int rc = supervisor_parse(cases[i].item, role, &count, &why);

		assert_int_equal(rc, cases[i].role ? 0 : -1);
		if (cases[i].role) {
			assert_string_equal(role, cases[i].role);
			assert_int_equal(count, cases[i].count);
		} else {
			assert_true(str_find(buf_str(&why), str_z(cases[i].why)) >= 0);
		}
		buf_done(&why);
	}
}

/* --- passwords --- */

/* Reads a password from what stands in a pipe. */
static int
read_from(struct str input, struct buf *password, struct buf *why)
{
	int saved = dup(STDIN_FILENO), fds[2], rc;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], input.p, input.n), (int)input.n);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	rc = password_read(password, "juliet@example.org", why);
	dup2(saved, STDIN_FILENO);
	close(saved);
	return rc;
}

static void
password_is_the_first_line(void **state)
{
	static const struct {
		const char *input, *password;
	} cases[] = {{"secret\nmore\n", "secret"}, {"secret", "secret"}, {" a b \n", " a b "}, {"\n", NULL}, {"", NULL}};
	struct buf large = {0};

	(void)state;
	for (size_t i = 0; i <= ARRAY_LEN(cases); i++) {
		bool last = i == ARRAY_LEN(cases);
		const char *wanted = last ? NULL : cases[i].password;
		struct buf password = {0}, why = {0};
		int rc;

		while (last && large.n < 2000)
			buf_addc(&large, 'x');
		rc = read_from(last ? buf_str(&large) : str_z(cases[i].input), &password, &why);
		assert_int_equal(rc, wanted ? 0 : -1);
		assert_true(wanted ? str_is(buf_str(&password), wanted) : why.n > 0);
		password_wipe(&password);
		assert_null(password.p);
		buf_done(&why);
	}
	buf_done(&large);
}

static void
keys_are_made(void **state)
{
	const struct jid user = {.node = STR("juliet"), .domain = STR("example.org")};
	struct buf out = {0}, why = {0};

	(void)state;
	assert_int_equal(password_write_keys(&out, STR("secret"), &user, 4096, false, &why), 0);
	assert_true(str_starts(buf_str(&out), STR("<scram>SCRAM-SHA-1$4096:")));
	assert_true(str_find(buf_str(&out), STR("<scram>SCRAM-SHA-256$4096:")) > 0);
	assert_true(str_find(buf_str(&out), STR("<scram>SCRAM-SHA-512$4096:")) > 0);
	assert_int_equal(str_find(buf_str(&out), STR("digest-md5")), -1);
	assert_int_equal(str_find(buf_str(&out), STR("secret")), -1);
	buf_clear(&out);
	assert_int_equal(password_write_keys(&out, STR("secret"), &user, 4096, true, &why), 0);
	/* printf juliet:example.org:secret | md5sum */
	assert_true(str_find(buf_str(&out), STR("<digest-md5>06da548ef37367ebfd7ebe88c4367127</digest-md5>")) > 0);
	assert_int_equal(password_write_keys(&out, STR("bell\a"), &user, 4096, false, &why), -1);
	assert_true(why.n > 0);
	buf_done(&out);
	buf_done(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_aligned),
		cmocka_unit_test(text_can_have_some_columns_only),
		cmocka_unit_test(json_is_escaped_and_typed),
		cmocka_unit_test(daemons_are_parsed),
		cmocka_unit_test(password_is_the_first_line),
		cmocka_unit_test(keys_are_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
