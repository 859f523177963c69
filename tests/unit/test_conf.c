/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: what is read, and what is told about what is wrong. */
#include "common/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_conf.XXXXXX";

/* --- tables --- */

static const char *const colours[] = {"red", "green", "blue", NULL};

static const struct conf_key door_keys[] = {
	{.name = "listen", .type = CONF_ADDRS, .def = "0.0.0.0:5222, [::]:5222"},
	{.name = "names", .type = CONF_LIST},
	{.name = "motd", .type = CONF_STR},
	{.name = "count", .type = CONF_INT, .def = "5", .min = 1, .max = 10, .flags = CONF_RELOAD},
	{.name = "open", .type = CONF_BOOL, .def = "yes"},
	{.name = "wait", .type = CONF_DURATION, .def = "30s", .min = 1000, .max = 60000},
	{.name = "room", .type = CONF_SIZE, .def = "64K", .min = 1024, .max = INT64_MAX},
	{.name = "colour", .type = CONF_CHOICE, .def = "green", .choices = colours},
	{.name = "file", .type = CONF_PATH, .def = "/var/lib/%n/%i"},
	{.name = "secret", .type = CONF_SECRET, .flags = CONF_RELOAD},
	{.name = NULL},
};

static void
check_door(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	const char *motd = conf_str(c, s->name, title, "motd");

	if (motd && strcmp(motd, "bad") == 0)
		buf_addl(problems, "key 'motd': is bad\nsecond problem\n");
}

static const struct conf_section door = {.name = "door", .keys = door_keys, .check = check_door};

static const struct conf_key host_keys[] = {
	{.name = "certificate", .type = CONF_PATH, .flags = CONF_REQUIRED, .example = "/etc/x.pem"},
	{.name = "aliases", .type = CONF_LIST, .def = "www, mail", .flags = CONF_RELOAD},
	{.name = NULL},
};

static const struct conf_section host = {.name = "host", .titled = true, .keys = host_keys};

static const struct conf_section *const tables[] = {&door, &host, NULL};
static const char *const foreign[] = {"c2s", "sm", "storage", "mod_*", NULL};

/* --- helpers --- */

static char *
path_of(const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

static void
write_bytes(const char *name, struct str text)
{
	char *path = path_of(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static void
write_file(const char *name, const char *text)
{
	write_bytes(name, str_z(text));
}

static int
load_as(const char *name, const char *instance, struct conf **conf_r, struct buf *problems)
{
	char *path = path_of(name);
	int rc = conf_load(conf_r, path, tables, foreign, instance, problems);

	free(path);
	return rc;
}

static struct conf *
load_good(const char *text)
{
	struct buf problems = {0};
	struct conf *c = NULL;

	write_file("main.conf", text);
	if (load_as("main.conf", "c2s-12", &c, &problems) < 0)
		fail_msg("%s", buf_z(&problems));
	assert_int_equal(problems.n, 0);
	buf_done(&problems);
	return c;
}

/* Drops the directory's name, so that expectations are short. */
static void
strip_dir(struct buf *problems)
{
	char *prefix = xasprintf("%s/", dir);
	ssize_t at;

	while ((at = str_find(buf_str(problems), str_z(prefix))) >= 0) {
		size_t n = strlen(prefix);

		memmove(problems->p + at, problems->p + at + n, problems->n - (size_t)at - n);
		problems->n -= n;
	}
	free(prefix);
}

static void
expect_problems(const char *expected)
{
	struct buf problems = {0};
	struct conf *c = NULL;

	assert_int_equal(load_as("main.conf", "c2s-12", &c, &problems), -1);
	assert_null(c);
	strip_dir(&problems);
	assert_string_equal(buf_z(&problems), expected);
	buf_done(&problems);
}

static void
expect_bad(const char *text, const char *expected)
{
	write_file("main.conf", text);
	expect_problems(expected);
}

/* --- values --- */

static void
test_defaults(void **state)
{
	struct conf *c = load_good("");
	const char *const *items;

	(void)state;
	assert_int_equal(conf_list(c, "door", NULL, "listen", &items), 2);
	assert_string_equal(items[0], "0.0.0.0:5222");
	assert_string_equal(items[1], "[::]:5222");
	assert_int_equal(conf_list(c, "door", NULL, "names", &items), 0);
	assert_null(conf_str(c, "door", NULL, "motd"));
	assert_int_equal(conf_int(c, "door", NULL, "count"), 5);
	assert_true(conf_bool(c, "door", NULL, "open"));
	assert_int_equal(conf_int(c, "door", NULL, "wait"), 30000);
	assert_int_equal(conf_int(c, "door", NULL, "room"), 65536);
	assert_int_equal(conf_int(c, "door", NULL, "colour"), 1);
	assert_string_equal(conf_str(c, "door", NULL, "colour"), "green");
	assert_string_equal(conf_str(c, "door", NULL, "file"), "/var/lib/c2s-12/12");
	assert_false(conf_given(c, "door", NULL, "count"));
	assert_int_equal(conf_titles(c, "host", &items), 0);
	conf_free(&c);
	assert_null(c);
	conf_free(&c);
}

static void
test_values(void **state)
{
	struct conf *c = load_good("# a comment\n"
				   "door {\n"
				   "  listen = {\"127.0.0.1:1\", 'unix:/run/%n.sock',}\n"
				   "  names = single\n"
				   "  motd = \"100%% \\\"of\\\" %n\"\n"
				   "  count = 10 // no more\n"
				   "  open = off\n"
				   "  wait = 1m /* one\n minute */\n"
				   "  room = \"1G\"\n"
				   "  colour = blue\n"
				   "  secret = \"50% off\"\n"
				   "}\n");
	const char *const *items;

	(void)state;
	assert_int_equal(conf_list(c, "door", NULL, "listen", &items), 2);
	assert_string_equal(items[0], "127.0.0.1:1");
	assert_string_equal(items[1], "unix:/run/c2s-12.sock");
	assert_int_equal(conf_list(c, "door", NULL, "names", &items), 1);
	assert_string_equal(items[0], "single");
	assert_string_equal(conf_str(c, "door", NULL, "motd"), "100% \"of\" c2s-12");
	assert_int_equal(conf_int(c, "door", NULL, "count"), 10);
	assert_false(conf_bool(c, "door", NULL, "open"));
	assert_int_equal(conf_int(c, "door", NULL, "wait"), 60000);
	assert_int_equal(conf_int(c, "door", NULL, "room"), 1 << 30);
	assert_int_equal(conf_int(c, "door", NULL, "colour"), 2);
	assert_string_equal(conf_str(c, "door", NULL, "secret"), "50% off");
	assert_true(conf_given(c, "door", NULL, "count"));
	conf_free(&c);
}

static void
test_titles(void **state)
{
	struct conf *c = load_good("host \"b.example\" { certificate = \"/b\" }\n"
				   "host 'a.example' { certificate = \"/a\" aliases = {} }\n"
				   "host b.example { aliases = {x, y} }\n");
	const char *const *items;

	(void)state;
	assert_int_equal(conf_titles(c, "host", &items), 2);
	assert_string_equal(items[0], "b.example");
	assert_string_equal(items[1], "a.example");
	assert_string_equal(conf_str(c, "host", "b.example", "certificate"), "/b");
	assert_int_equal(conf_list(c, "host", "b.example", "aliases", &items), 2);
	assert_string_equal(items[1], "y");
	assert_int_equal(conf_list(c, "host", "a.example", "aliases", &items), 0);
	assert_true(conf_given(c, "host", "a.example", "aliases"));
	conf_free(&c);
}

static void
test_later_wins(void **state)
{
	struct conf *c = load_good("door { count = 2 names = {a, b} motd = x }\n"
				   "door { count = 3 names = {c} }\n"
				   "door { names += {d} listen = {} }\n");
	const char *const *items;

	(void)state;
	assert_int_equal(conf_int(c, "door", NULL, "count"), 3);
	assert_string_equal(conf_str(c, "door", NULL, "motd"), "x");
	assert_int_equal(conf_list(c, "door", NULL, "names", &items), 2);
	assert_string_equal(items[0], "c");
	assert_string_equal(items[1], "d");
	assert_int_equal(conf_list(c, "door", NULL, "listen", &items), 0);
	conf_free(&c);
}

static void
test_environment(void **state)
{
	struct conf *c;

	(void)state;
	setenv("TEST_CONF_SET", "from \"outside\"", 1);
	unsetenv("TEST_CONF_UNSET");
	c = load_good("door { motd = \"<${TEST_CONF_SET}>\" secret = ${TEST_CONF_SET} file = \"/${TEST_CONF_UNSET:-def}\" }\n"
		      "host \"${TEST_CONF_UNSET:-h.example}\" { certificate = '${TEST_CONF_UNSET}' }\n"
		      "storage { password = \"${TEST_CONF_UNSET}\" }\n");
	assert_string_equal(conf_str(c, "door", NULL, "motd"), "<from \"outside\">");
	assert_string_equal(conf_str(c, "door", NULL, "secret"), "from \"outside\"");
	assert_string_equal(conf_str(c, "door", NULL, "file"), "/def");
	assert_string_equal(conf_str(c, "host", "h.example", "certificate"), "${TEST_CONF_UNSET}");
	conf_free(&c);
	expect_bad("door {\n motd = \"a ${TEST_CONF_UNSET} b\"\n names = {x,\n ${TEST_CONF_UNSET}}\n file = \"/\\${X}\" }\n",
		   "main.conf:2: the environment variable TEST_CONF_UNSET is not set; set it, or write "
		   "${TEST_CONF_UNSET:-default}\n"
		   "main.conf:4: the environment variable TEST_CONF_UNSET is not set; set it, or write "
		   "${TEST_CONF_UNSET:-default}\n");
	expect_bad("door { motd = \"${not a name}\" }\n",
		   "main.conf:1: '${not a name}' names no variable; write ${NAME}, ${NAME:-default}, or \\$ for a dollar sign\n");
}

static void
test_foreign_is_skipped(void **state)
{
	struct conf *c = load_good("c2s { a = 1 b = {\"}\", '{', x} c += 5 sub \"t\" { d = { 1 } } f(1, \"2\") # }\n }\n"
				   "storage \"title\" { x }\n"
				   "mod_anything { y = \"}\" }\n"
				   "sm{}door{count=4}\n");

	(void)state;
	assert_int_equal(conf_int(c, "door", NULL, "count"), 4);
	conf_free(&c);
}

/* --- include --- */

static void
test_include(void **state)
{
	const char *const *items;
	struct conf *c;
	char *sub = path_of("hosts");

	(void)state;
	assert_int_equal(mkdir(sub, 0700), 0);
	free(sub);
	for (int i = 0; i < 25; i++) { /* more than libConfuse's own include nests */
		char name[32], text[96];

		snprintf(name, sizeof(name), "hosts/%02d.conf", i);
		snprintf(text, sizeof(text), "host \"h%02d\" { certificate = \"/%d\" }\ndoor { names += {%d} }\n", i, i, i);
		write_file(name, text);
	}
	write_file("hosts/other.inc", "door { count = 7 }\ninclude(\"deeper.inc\")\n");
	write_file("hosts/deeper.inc", "door { motd = deep count = 8 }\n");
	c = load_good("door { count = 1 motd = x }\n"
		      "include(\"hosts/*.conf\")\n"
		      "include(\"hosts/other.inc\") include(\"hosts/none-*.conf\")\n"
		      "host last { certificate = \"/l\" }\n");
	assert_int_equal(conf_int(c, "door", NULL, "count"), 8);
	assert_string_equal(conf_str(c, "door", NULL, "motd"), "deep");
	assert_int_equal(conf_titles(c, "host", &items), 26);
	assert_string_equal(items[0], "h00");
	assert_string_equal(items[24], "h24");
	assert_string_equal(items[25], "last");
	assert_string_equal(conf_str(c, "host", "h11", "certificate"), "/11");
	conf_free(&c);
}

static void
test_include_problems(void **state)
{
	(void)state;
	write_file("wrong.inc", "\ndoor { cuont = 1 }\n\nhost x {\n}\n");
	expect_bad("include(\"missing.inc\")\ninclude(\"wrong.inc\")\ndoor {\n count = 99 }\n",
		   "main.conf:1: include(\"missing.inc\"): there is no such file\n"
		   "main.conf:4: door: key 'count': \"99\": is out of range; from 1 to 10\n"
		   "wrong.inc:2: door: key 'cuont': unknown; did you mean 'count'?\n"
		   "wrong.inc:4: host \"x\": key 'certificate': is missing; write certificate = \"/etc/x.pem\"\n");
	write_file("open.inc", "door { motd = \"never closed }\n");
	for (int i = 0; i < 15; i++) /* nothing of a failed reading stays behind */
		expect_bad("\ninclude(\"open.inc\")\n",
			   "open.inc:1: this text in quotes has no end; close it with the same quote\n");
	conf_free(&(struct conf *){load_good("door { count = 2 }")});
	write_file("circle.inc", "include(\"circle.inc\")\n");
	expect_bad("include(\"circle.inc\")\n",
		   "circle.inc:1: include(\"circle.inc\"): files include each other more than 10 deep; break the circle\n");
	expect_bad("door { include(\"circle.inc\") }\ninclude(\"a\", \"b\")\n",
		   "main.conf:1: door: include(): sections hold keys only; include files outside of sections\n"
		   "main.conf:2: ',' stands here, wanted is ')'; include takes one file name or pattern\n");
	expect_bad("include()\n", "main.conf:1: ')' stands here, wanted is a file name or pattern in quotes\n");
	expect_bad("include(\"hosts\")\n", "main.conf:1: cannot read hosts: Is a directory\n");
}

/* --- what is wrong --- */

static void
test_all_problems_are_told(void **state)
{
	(void)state;
	expect_bad("door {\n"
		   "  listen = {\"1.2.3.4:5\", \"1.2.3.4:x\"}\n"
		   "  lisen = {\"a\", \"}\"}\n"
		   "  count = many\n"
		   "  open = perhaps\n"
		   "  wait = 30\n"
		   "  room = 1\n"
		   "  colour = \"grue\"\n"
		   "  motd = {a, b}\n"
		   "  file = \"/%x\"\n"
		   "  zzzzzzzz = 1\n"
		   "  secret = \"\"\n"
		   "  deep { a = 1 }\n"
		   "}\n"
		   "host { certificate = a }\n"
		   "host \"x\" {\n"
		   "}\n"
		   "door \"t\" { }\n"
		   "dor { count = 1 }\n"
		   "stray = 1\n"
		   "call(1)\n",
		   "main.conf:2: door: key 'listen': \"1.2.3.4:x\": the port is a number from 0 to 65535, as in 127.0.0.1:5222\n"
		   "main.conf:3: door: key 'lisen': unknown; did you mean 'listen'?\n"
		   "main.conf:4: door: key 'count': \"many\": wanted is a whole number such as 5\n"
		   "main.conf:5: door: key 'open': \"perhaps\": wanted is true or false (yes, no, on, off)\n"
		   "main.conf:6: door: key 'wait': \"30\": wanted is a number with a unit: 500ms, 30s, 5m, 2h or 7d\n"
		   "main.conf:7: door: key 'room': \"1\": is out of range; from 1K on\n"
		   "main.conf:8: door: key 'colour': \"grue\": wanted is one of red, green, blue\n"
		   "main.conf:9: door: key 'motd': takes one value, not a list; write one\n"
		   "main.conf:10: door: key 'file': '%x' means nothing; %n is the name of the instance, %i its number, %% a "
		   "percent sign\n"
		   "main.conf:11: door: key 'zzzzzzzz': unknown; known are listen, names, motd, count, open, wait, room, colour, "
		   "file, secret\n"
		   "main.conf:12: door: key 'secret': is empty; wanted is a secret\n"
		   "main.conf:13: door: 'deep': no sections in sections; for a list write deep = {...}\n"
		   "main.conf:15: section 'host': has no title; write host \"name\" { ... }\n"
		   "main.conf:16: host \"x\": key 'certificate': is missing; write certificate = \"/etc/x.pem\"\n"
		   "main.conf:18: section 'door': takes no title; write door { ... }\n"
		   "main.conf:19: section 'dor': unknown; did you mean 'door'?\n"
		   "main.conf:20: key 'stray': stands outside of all sections; write name { stray = ... }\n"
		   "main.conf:21: 'call()': unknown; include(\"file\") is the only call\n");
}

static void
test_what_is_told(void **state)
{
	(void)state;
	expect_bad("door { secret = {hush, hush2} }\n",
		   "main.conf:1: door: key 'secret': takes one value, not a list; write one\n");
	expect_bad("door { motd = \"\\xff\" names = {\"50%\", \"%\xc3\xa4\"} }\n",
		   "main.conf:1: door: key 'motd': is not valid UTF-8\n"
		   "main.conf:1: door: key 'names': '%' means nothing; %n is the name of the instance, %i its number, %% a "
		   "percent sign\n"
		   "main.conf:1: door: key 'names': '%\xc3\xa4' means nothing; %n is the name of the instance, %i its "
		   "number, %% a percent sign\n");
	expect_bad("door { \"two\nlines\" = 1 }\n",
		   "main.conf:1: door: key 'two?lines': unknown; known are listen, names, motd, count, open, wait, room, "
		   "colour, file, secret\n");
	expect_bad("door { count = {} }\n", "main.conf:1: door: key 'count': takes one value, not a list; write one\n");
}

static void
test_section_checks(void **state)
{
	(void)state;
	expect_bad("\n\ndoor {\n motd = bad\n}\n", "main.conf:3: door: key 'motd': is bad\nmain.conf:3: door: second problem\n");
	/* Not before each key is good. */
	expect_bad("door {\n motd = bad\n count = 0\n}\n",
		   "main.conf:3: door: key 'count': \"0\": is out of range; from 1 to 10\n");
}

static void
test_shape(void **state)
{
	static const struct {
		const char *text, *problem;
	} cases[] = {
		{"door {\n count = 1\n", "main.conf:1: door: the section is not closed; '}' is missing\n"},
		{"\nc2s { a = {1 }\n", "main.conf:2: section 'c2s' is not closed; '}' is missing\n"},
		{"/* no end\n\n", "main.conf:1: this comment has no end; close it with */\n"},
		{"door { motd = \"no end\n\n }", "main.conf:1: this text in quotes has no end; close it with the same quote\n"},
		{"door { names = {a\n", "main.conf:1: this list is not closed; '}' is missing\n"},
		{"door { names = {,} }", "main.conf:1: ',' stands here, wanted is ',' or '}' in a list of texts\n"},
		{"door { names = {a b} }", "main.conf:1: 'b' stands here, wanted is ',' or '}' in a list of texts\n"},
		{"door { count 5 }", "main.conf:1: '}' stands here, wanted is '=' between a key and its value\n"},
		{"door { count = }", "main.conf:1: '}' stands here, wanted is a value (a text, or a list in braces)\n"},
		{"door { count = 1 + 2 }", "main.conf:1: a stray '+' or '*'; put text that holds one in quotes\n"},
		{"door\n", "main.conf:2: the end of the file stands here, wanted is '{' behind the name of a section\n"},
		{"}\n", "main.conf:1: '}' stands here, wanted is the name of a section, or include(\"file\")\n"},
		{"door { = 1 }", "main.conf:1: '=' stands here, wanted is a key or '}'\n"},
		{"host a b {}", "main.conf:1: 'b' stands here, wanted is '{' behind the title of a section\n"},
		{"door { motd = \"\xff\" }", "main.conf:1: this line is not valid UTF-8; save the file as UTF-8\n"},
		{"=", "main.conf:1: '=' stands here, wanted is the name of a section, or include(\"file\")\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_bad(cases[i].text, cases[i].problem);
	write_bytes("main.conf", STR("door {\n motd = \"a\0b\" }"));
	expect_problems("main.conf:2: a NUL byte; this must be a text file\n");
}

/* libConfuse's lexer must see the text as our look-over has. */
static void
test_lines_stay_right(void **state)
{
	(void)state;
	expect_bad("\xef\xbb\xbf/* a\n * b */ // c\n# d \"\n\ndoor {//x\n motd = \"two\nlines\" count = 0\r\n room = 0 }\n",
		   "main.conf:7: door: key 'count': \"0\": is out of range; from 1 to 10\n"
		   "main.conf:8: door: key 'room': \"0\": is out of range; from 1K on\n");
}

static void
test_missing_file(void **state)
{
	struct buf problems = {0};
	struct conf *c = NULL;

	(void)state;
	assert_int_equal(load_as("not-there.conf", "c2s-1", &c, &problems), -1);
	strip_dir(&problems);
	assert_string_equal(buf_z(&problems), "not-there.conf: cannot read not-there.conf: No such file or directory\n");
	buf_done(&problems);
}

/* Who has a table mod_x knows all modules; the others none. */
static void
test_foreign_pattern(void **state)
{
	static const struct conf_section mod = {.name = "mod_ping", .keys = host_keys + 1};
	static const struct conf_section *const with_mod[] = {&door, &mod, NULL};
	struct buf problems = {0};
	struct conf *c = NULL;
	char *path = path_of("main.conf");

	(void)state;
	write_file("main.conf", "mod_pong { }\n");
	assert_int_equal(conf_load(&c, path, with_mod, foreign, "sm-1", &problems), -1);
	strip_dir(&problems);
	assert_string_equal(buf_z(&problems), "main.conf:1: section 'mod_pong': unknown; did you mean 'mod_ping'?\n");
	buf_clear(&problems);
	assert_int_equal(conf_load(&c, path, with_mod, NULL, NULL, &problems), -1);
	buf_done(&problems);
	free(path);
}

/* --- reload --- */

static void
test_keep_restart_keys(void **state)
{
	struct conf *before = load_good("door { count = 2 motd = old secret = one } host a { certificate = \"/1\" }");
	struct conf *now = load_good("door { count = 3 motd = new secret = two } host a { certificate = \"/2\" } "
				     "host b { certificate = \"/3\" }");
	const char *motd = conf_str(before, "door", NULL, "motd");
	struct buf changed = {0};

	(void)state;
	conf_keep_restart_keys(now, before, &changed);
	assert_string_equal(buf_z(&changed), "door: motd\nhost \"a\": certificate\n");
	conf_free(&before);
	assert_ptr_equal(conf_str(now, "door", NULL, "motd"), motd);
	assert_string_equal(motd, "old");
	assert_int_equal(conf_int(now, "door", NULL, "count"), 3);
	assert_string_equal(conf_str(now, "door", NULL, "secret"), "two");
	assert_string_equal(conf_str(now, "host", "a", "certificate"), "/1");
	assert_string_equal(conf_str(now, "host", "b", "certificate"), "/3");
	conf_free(&now);
	buf_done(&changed);
}

/* --- units --- */

static void
test_units(void **state)
{
	static const struct {
		const char *text;
		int64_t value; /* -1: bad */
	} durations[] = {{"500ms", 500}, {"30s", 30000}, {"5m", 300000}, {"2h", 7200000}, {"7d", 604800000}, {"0", 0},
			 {"0s", 0}, {"1M", 60000}, {"30", -1}, {"", -1}, {"s", -1}, {"-1s", -1}, {"1.5s", -1}, {"1 s", -1},
			 {"99999999999d", 8639999999913600000}, {"999999999999d", -1}, {"99999999999999999999s", -1}},
	  sizes[] = {{"64", 64}, {"16K", 16384}, {"2m", 2097152}, {"1G", 1 << 30}, {"3T", INT64_C(3) << 40}, {"0", 0},
		     {"1KB", -1}, {"K", -1}, {"", -1}, {"9223372036854775807", INT64_MAX}, {"9223372036854775808", -1},
		     {"8388608T", -1}};
	int64_t v;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(durations); i++) {
		assert_int_equal(conf_parse_duration(str_z(durations[i].text), &v), durations[i].value < 0 ? -1 : 0);
		if (durations[i].value >= 0)
			assert_int_equal(v, durations[i].value);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		assert_int_equal(conf_parse_size(str_z(sizes[i].text), &v), sizes[i].value < 0 ? -1 : 0);
		if (sizes[i].value >= 0)
			assert_int_equal(v, sizes[i].value);
	}
}

/* --- printers --- */

/* The example of a table is a configuration that the table takes, with nothing but defaults. */
static void
test_example(void **state)
{
	struct buf out = {0};
	struct conf *c;

	(void)state;
	conf_print_example(&out, tables);
	assert_true(str_find(buf_str(&out), STR("\t#wait = \"30s\"\n")) > 0);
	assert_true(str_find(buf_str(&out), STR("\t#listen = {\"0.0.0.0:5222\", \"[::]:5222\"}\n")) > 0);
	assert_true(str_find(buf_str(&out), STR("\tcertificate = \"/etc/x.pem\"\n")) > 0);
	c = load_good(buf_z(&out));
	assert_int_equal(conf_int(c, "door", NULL, "wait"), 30000);
	assert_string_equal(conf_str(c, "host", "example.org", "certificate"), "/etc/x.pem");
	assert_false(conf_given(c, "door", NULL, "wait"));
	conf_free(&c);
	/* Taken out of comment, the defaults are what they say. */
	for (size_t i = 0; i + 2 < out.n; i++)
		if (out.p[i] == '\t' && out.p[i + 1] == '#' && out.p[i + 2] != ' ')
			out.p[i + 1] = ' ';
	c = load_good(buf_z(&out));
	assert_true(conf_given(c, "door", NULL, "wait"));
	assert_int_equal(conf_int(c, "door", NULL, "wait"), 30000);
	assert_int_equal(conf_int(c, "door", NULL, "room"), 65536);
	conf_free(&c);
	buf_done(&out);
}

static void
test_mdoc(void **state)
{
	static const struct conf_key keys[] = {
		{.name = "odd", .type = CONF_STR, .def = ".\\\"x", .help = ". a dot, a \\ back \"slash\"."}, {.name = NULL}};
	static const struct conf_section odd = {.name = "odd", .keys = keys};
	static const struct conf_section *const list[] = {&odd, NULL};
	struct buf out = {0};

	(void)state;
	conf_print_mdoc(&out, list);
	assert_string_equal(buf_z(&out), ".Ss odd\n"
					 ".Bl -tag -width Ds\n"
					 ".It Ic odd\n"
					 "\\&.\n"
					 "a dot, a \\e back \"slash\".\n"
					 ".br\n"
					 "Type: text.\n"
					 "Takes effect at a restart.\n"
					 "Default:\n"
					 ".Li \"\\(dq.\\e\\e\\e\\(dqx\\(dq\" .\n"
					 ".El\n");
	buf_done(&out);
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int
remove_dir(void **state)
{
	char *command = xasprintf("rm -r '%s'", dir);
	int rc = system(command);

	(void)state;
	free(command);
	return rc;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_later_wins),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_foreign_is_skipped),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_include_problems),
		cmocka_unit_test(test_all_problems_are_told),
		cmocka_unit_test(test_what_is_told),
		cmocka_unit_test(test_section_checks),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_lines_stay_right),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_foreign_pattern),
		cmocka_unit_test(test_keep_restart_keys),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_mdoc),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
