/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration files: whatever stands in one, it is either good or has
 * problems that are told with the file's name, one a line; a good one gives all
 * of its values out. Durations and sizes are read back as they are printed.
 */
#include "common/conf_impl.h"
#include "common/daemon.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const choices[] = {"red", "blue", NULL};

/* One key of each type. */
static const struct conf_key keys[] = {
	{.name = "s", .type = CONF_STR},
	{.name = "i", .type = CONF_INT, .def = "5", .min = -3, .max = 1000},
	{.name = "b", .type = CONF_BOOL, .def = "no"},
	{.name = "d", .type = CONF_DURATION, .def = "1s"},
	{.name = "z", .type = CONF_SIZE, .def = "1K", .min = 1, .max = INT64_MAX},
	{.name = "c", .type = CONF_CHOICE, .def = "red", .choices = choices},
	{.name = "l", .type = CONF_LIST, .def = "a, b"},
	{.name = "a", .type = CONF_ADDRS},
	{.name = "p", .type = CONF_PATH, .def = "/%n"},
	{.name = "x", .type = CONF_SECRET},
	{.name = NULL},
};
static const struct conf_section all_types = {.name = "t", .keys = keys};
static const struct conf_section *const sections[] = {&all_types, &conf_cluster, &conf_host, &conf_log, &conf_http, NULL};

static char dir[] = "/tmp/fuzz_conf.XXXXXX";

static void
remove_dir(void)
{
	rmdir(dir);
}

static const char *
scratch_file(void)
{
	static char *path;

	if (!path) {
		if (!mkdtemp(dir))
			die(1, "cannot make a directory in /tmp");
		path = xasprintf("%s/conf", dir);
		atexit(remove_dir);
	}
	return path;
}

static void
write_scratch(const char *path, struct str text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n || close(fd) < 0)
		die(1, "cannot write %s", path);
}

static void
check_problems(const char *path, const struct buf *problems)
{
	struct str rest = buf_str(problems);

	bug_if(problems->n == 0 || !utf8_valid(rest));
	while (rest.n) {
		bug_if(!str_starts(str_split(rest, '\n', &rest), str_z(path)));
		bug_if(!rest.p); /* every line is ended */
	}
}

static void
check_value(const struct conf_key *k, const struct conf_value *v)
{
	bug_if(v->key != k || (v->count > 1 && !conf_type_is_list(k->type)));
	bug_if((k->type == CONF_INT || k->type == CONF_SIZE) && (v->num < k->min || v->num > k->max));
	for (size_t i = 0; i < v->count; i++)
		bug_if(!v->items[i]);
}

static void
check_values(const struct conf *c)
{
	const char *const *titles;
	size_t hosts = conf_titles(c, "host", &titles);

	for (size_t i = 0; i < hosts; i++) {
		const char *certificate = conf_str(c, "host", titles[i], "certificate");

		bug_if(certificate && !*certificate);
	}
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; c->blocks[i]->section->keys[k].name; k++)
			check_value(&c->blocks[i]->section->keys[k], &c->blocks[i]->values[k]);
}

/* Only what stands in the scratch directory is included: other files would make findings depend on the machine. */
static bool
leaves_directory(struct str text)
{
	return str_find(text, STR("include")) >= 0 && (str_chr(text, '/') >= 0 || str_chr(text, '\\') >= 0);
}

static void
try_file(struct str text)
{
	static const char *const foreign[] = {"c2s", "mod_*", NULL};
	const char *path = scratch_file();
	struct buf problems = {0};
	struct conf *c = NULL;

	write_scratch(path, text);
	if (conf_load(&c, path, sections, foreign, "fuzz-1", &problems) == 0) {
		bug_if(problems.n || !c);
		check_values(c);
	} else {
		bug_if(c);
		check_problems(path, &problems);
	}
	conf_free(&c);
	buf_done(&problems);
	unlink(path);
}

static void
try_units(struct str text)
{
	struct buf out = {0};
	int64_t v, again;

	if (conf_parse_duration(text, &v) == 0) {
		conf_print_duration(&out, v);
		bug_if(conf_parse_duration(buf_str(&out), &again) < 0 || again != v);
	}
	buf_clear(&out);
	if (conf_parse_size(text, &v) == 0) {
		conf_print_size(&out, v);
		bug_if(conf_parse_size(buf_str(&out), &again) < 0 || again != v);
	}
	buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_n((const char *)data, size);

	try_units(text);
	if (!leaves_directory(text))
		try_file(text);
	return 0;
}
