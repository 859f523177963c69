/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads configuration files: the text goes through conf_scan.c and then through
 * libConfuse, which unquotes, expands ${VARIABLES} and calls back for each text
 * of a value; conf_value.c takes it from there. For libConfuse every key is a
 * list of strings, so that it never stops at a value and all problems are told.
 */
#include "common/conf_impl.h"

#include <confuse.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX_BYTES = 16 << 20, INCLUDE_DEPTH = 10, INCLUDE_FILES = 1000 };

/* libConfuse's callbacks have no argument of ours, and its lexer is one for the process anyway. */
static struct conf_load *loading;

static void
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	struct buf text = {0};

	buf_addvf(&text, fmt, ap);
	conf_problem(loading, cfg->line, "%s", buf_z(&text));
	buf_done(&text);
}

/* The block of the section that libConfuse is in. */
static struct conf_block *
current_block(cfg_t *cfg)
{
	struct conf *c = loading->conf;
	struct conf_block *b = conf_find_block(c, cfg_name(cfg), cfg_title(cfg));

	if (!b)
		b = conf_add_block(c, conf_find_section(c, str_z(cfg_name(cfg))), cfg_title(cfg));
	return b;
}

static int
on_value(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
	struct conf_block *b = current_block(cfg);

	/* libConfuse has made room for this text: when it is the only one, '=' has begun the list anew. */
	conf_value_add(loading, b, conf_block_value(b, opt->name), text, cfg_opt_size(opt) == 1, cfg->line);
	loading->open = b;
	*(const char **)result = text;
	return 0;
}

/* A list that was emptied calls no on_value; libConfuse's flag tells that it was written. */
static void
take_empty_lists(cfg_t *cfg, struct conf_block *b, int line)
{
	for (const struct conf_key *k = b->section->keys; k->name; k++) {
		cfg_opt_t *opt = cfg_getopt(cfg, k->name);
		struct conf_value *v = conf_block_value(b, k->name);

		if (cfg_opt_size(opt) || !(opt->flags & CFGF_MODIFIED))
			continue;
		conf_value_clear(v);
		v->given = true;
		if (!conf_type_is_list(k->type))
			conf_value_problem(loading, b, k, line, "takes one value, not a list; write one");
	}
}

/*
 * A section has been closed; opt holds all of its name. libConfuse does not
 * say which one it was: the one that had values, or one that is new and empty.
 */
static int
on_section(cfg_t *cfg, cfg_opt_t *opt)
{
	struct conf_load *l = loading;
	int line = conf_next_heading(l);

	(void)cfg;
	for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
		cfg_t *section = cfg_opt_getnsec(opt, i);
		struct conf_block *b = current_block(section);

		if (b != l->open && b->file)
			continue;
		take_empty_lists(section, b, line);
		free(b->file);
		b->file = xstrdup(l->files[l->file]);
		b->line = line;
	}
	l->open = NULL;
	return 0;
}

static int
read_all(const char *path, struct buf *text)
{
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return -1;
	do {
		n = fread(buf_reserve(text, 65536), 1, 65536, f);
		text->n += n;
	} while (n && text->n <= FILE_MAX_BYTES);
	if (text->n > FILE_MAX_BYTES) {
		errno = EFBIG;
		n = 1;
	}
	if (ferror(f) || n) {
		fclose(f);
		return -1;
	}
	fclose(f);
	return 0;
}

/* Parses the text of the file that l->file names. */
static void
parse_text(cfg_t *cfg, char *text, size_t n)
{
	struct conf_load *l = loading;
	/* libConfuse keeps the place of the text that it reads in cfg, and this text may stand in another. */
	char *filename = cfg->filename;
	size_t problems = l->problem_count;
	int line = cfg->line;

	if (conf_scan(l, text, n) < 0) {
		l->broken = true;
		return;
	}
	cfg->filename = NULL;
	if (cfg_parse_buf(cfg, text) != CFG_SUCCESS) {
		l->broken = true;
		if (l->problem_count == problems)
			conf_problem(l, cfg->line, "cannot be understood");
	}
	free(cfg->filename);
	cfg->filename = filename;
	cfg->line = line;
}

/* Reads and parses a file, perhaps in the middle of another, where `line` is. */
static void
load_file(cfg_t *cfg, const char *path, int line)
{
	struct conf_load *l = loading;
	struct conf_headings outer_headings = l->headings;
	size_t outer = l->file;
	struct buf text = {0};

	if (read_all(path, &text) < 0) {
		conf_problem(l, line, "cannot read %s: %s", path, strerror(errno));
		l->broken = true;
	} else {
		l->file = conf_add_file(l, path);
		l->headings = (struct conf_headings){0};
		buf_z(&text);
		parse_text(cfg, text.p, text.n);
		free(l->headings.lines);
		l->headings = outer_headings;
		l->file = outer;
	}
	buf_done(&text);
}

/* A name in include(): relative to the file it stands in. */
static char *
resolve(const char *base, const char *name)
{
	const char *slash = strrchr(base, '/');

	if (name[0] == '/' || !slash)
		return xstrdup(name);
	return xasprintf("%.*s/%s", (int)(slash - base), base, name);
}

static void
include_pattern(cfg_t *cfg, const char *pattern)
{
	int line = cfg->line, rc;
	glob_t found;

	rc = glob(pattern, GLOB_ERR, NULL, &found);
	if (rc == GLOB_NOMATCH && !strpbrk(pattern, "*?["))
		conf_problem(loading, line, "include(\"%s\"): there is no such file", pattern);
	else if (rc != 0 && rc != GLOB_NOMATCH)
		conf_problem(loading, line, "include(\"%s\"): cannot read the directory: %s", pattern, strerror(errno));
	for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++)
		load_file(cfg, found.gl_pathv[i], line);
	if (rc == 0)
		globfree(&found);
}

static int
on_include(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	struct conf_load *l = loading;
	char *pattern;

	(void)opt;
	bug_if(argc != 1); /* conf_scan.c has seen to it */
	if (l->depth >= INCLUDE_DEPTH) {
		conf_problem(l, cfg->line, "include(\"%s\"): files include each other more than %d deep; break the circle",
			     argv[0], INCLUDE_DEPTH);
		l->circle = l->broken = true; /* with two ways round, it would be gone round a thousand times */
		return -1;
	}
	if (++l->reads > INCLUDE_FILES) {
		conf_problem(l, cfg->line, "include(\"%s\"): more than %d of them; put files together", argv[0], INCLUDE_FILES);
		l->broken = true;
		return -1;
	}
	l->depth++;
	pattern = resolve(l->files[l->file], argv[0]);
	include_pattern(cfg, pattern);
	free(pattern);
	l->depth--;
	return l->circle ? -1 : 0;
}

static cfg_opt_t *
make_keys(const struct conf_section *s)
{
	cfg_opt_t *opts;
	size_t n = 0;

	while (s->keys[n].name)
		n++;
	opts = xcalloc(n + 1, sizeof(*opts));
	for (size_t i = 0; i < n; i++)
		opts[i] = (cfg_opt_t)CFG_STR_LIST_CB(s->keys[i].name, NULL, CFGF_NODEFAULT, on_value);
	return opts; /* a zeroed one is CFG_END */
}

/* libConfuse copies what it is given, so this is freed at once. */
static cfg_t *
make_parser(const struct conf_section *const *sections)
{
	cfg_opt_t *opts;
	size_t n = 0;
	cfg_t *cfg;

	while (sections[n])
		n++;
	opts = xcalloc(n + 2, sizeof(*opts));
	for (size_t i = 0; i < n; i++) {
		opts[i] = (cfg_opt_t)CFG_SEC(sections[i]->name, make_keys(sections[i]),
					     sections[i]->titled ? CFGF_TITLE | CFGF_MULTI : CFGF_NODEFAULT);
		opts[i].validcb = on_section;
	}
	opts[n] = (cfg_opt_t)CFG_FUNC("include", on_include);
	cfg = cfg_init(opts, CFGF_NONE);
	bug_if(!cfg);
	cfg_set_error_function(cfg, on_error);
	for (size_t i = 0; i < n; i++)
		free(opts[i].subopts);
	free(opts);
	return cfg;
}

/* Sections without a title exist even when nobody wrote them: with their defaults. */
static void
add_unwritten(struct conf *c)
{
	for (size_t i = 0; c->sections[i]; i++)
		if (!c->sections[i]->titled && !conf_find_block(c, c->sections[i]->name, NULL))
			conf_add_block(c, c->sections[i], NULL);
}

static void
load_all(struct conf_load *l, const char *path)
{
	cfg_t *cfg = make_parser(l->conf->sections);

	bug_if(loading);
	loading = l;
	conf_add_file(l, path); /* so that there is something to point at when it cannot be read */
	load_file(cfg, path, 0);
	cfg_free(cfg);
	loading = NULL;
	/* What is missing can be said only of a file that was read to its end. */
	if (l->broken)
		return;
	add_unwritten(l->conf);
	conf_finish(l);
}

int
conf_load(struct conf **conf_r, const char *path, const struct conf_section *const *sections,
	  const char *const *foreign, const char *instance, struct buf *problems)
{
	struct conf_load l = {
		.conf = conf_new(sections),
		.foreign = foreign,
		.instance = str_z(instance ? instance : ""),
	};
	bool good;

	load_all(&l, path);
	good = l.problem_count == 0;
	conf_problems_print(&l, problems);
	if (good)
		*conf_r = l.conf;
	else
		conf_free(&l.conf);
	return good ? 0 : -1;
}
