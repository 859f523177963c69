/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How common/conf*.c divide the work, for them alone:
 *
 *   conf.c          reads files, hands their text to libConfuse
 *   conf_text.c     tokens of a file
 *   conf_scan.c     looks over a file first: what libConfuse would not tell
 *   conf_value.c    makes values of what was written, asks for what was not
 *   conf_get.c      gives the values out
 *   conf_problem.c  collects what is wrong
 *   conf_units.c    durations and sizes
 *   conf_print.c, conf_example.c, conf_mdoc.c  print the tables
 */
#pragma once

#include "common/conf.h"

struct conf_value {
	const struct conf_key *key;
	bool given;
	int64_t num;
	char **items; /* texts, after expansion; one for what is no list */
	size_t count;
};

struct conf_block {
	const struct conf_section *section;
	char *title; /* null when untitled */
	char *file;  /* where it was written last; null: nowhere */
	int line;
	struct conf_value *values; /* one for each key of the section, in its order */
};

struct conf_titles {
	const char **items; /* borrowed from the blocks */
	size_t count;
};

struct conf {
	const struct conf_section *const *sections;
	struct conf_titles *titles; /* one for each section, in its order */
	struct conf_block **blocks;
	size_t count;
};

struct conf_problem {
	size_t file; /* place in the order of reading */
	int line; /* 0: of the whole file */
	char *text;
};

/* Lines on which our sections begin in the file being read, in order. */
struct conf_headings {
	int *lines;
	size_t count, at;
};

/* One run of conf_load. */
struct conf_load {
	struct conf *conf;
	const char *const *foreign; /* may be null */
	struct str instance;
	char **files; /* all that were read, in order */
	size_t file_count;
	size_t file; /* the one being read */
	struct conf_headings headings;
	struct conf_block *open; /* the last one that got a value in the section being read */
	unsigned depth, reads; /* of include() */
	bool broken; /* not all could be read */
	bool circle; /* files include each other: reading ends */
	struct conf_problem *problems;
	size_t problem_count;
};

/* conf_problem.c */
void conf_problem(struct conf_load *l, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);
void conf_problem_at(struct conf_load *l, const char *file, int line, const char *fmt, ...) PRINTF_LIKE(4, 5);
size_t conf_add_file(struct conf_load *l, const char *path); /* its place; the same for the same path */
void conf_problems_print(struct conf_load *l, struct buf *out); /* sorted by place, one a line; forgets them and the files */
/* " did you mean ...?" or the list of names; names are given one by one by next(), null at the end. */
void conf_suggest(struct buf *out, struct str wrong, const char *(*next)(const void *arg, size_t i), const void *arg);

/* conf_text.c */
enum conf_token { TOKEN_END, TOKEN_TEXT, TOKEN_BAD, TOKEN_APPEND = '+', TOKEN_EQUALS = '=' };

struct conf_text {
	struct conf_load *load;
	char *p;
	size_t n, at;
	int line;
	/* The token read last: a conf_token, or a mark of punctuation that stands for itself. */
	int token;
	struct str text; /* of a TOKEN_TEXT, with its quotes */
	int token_line;
};

int conf_text_next(struct conf_text *s); /* the token; once it is TOKEN_BAD, for ever */
/* The shape is bad: tells it; the token is TOKEN_BAD from now on. Always -1. */
int conf_text_fail(struct conf_text *s, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);
int conf_text_unexpected(struct conf_text *s, const char *wanted); /* the same: the token is not what is wanted */
void conf_text_blank(struct conf_text *s, size_t from, size_t to);
size_t conf_variable_length(struct str text); /* of the ${...} that it begins with; 0: it does not */

/* conf_scan.c: 0, or -1 when the text's shape is bad. Blanks in `text` what libConfuse need not see. */
int conf_scan(struct conf_load *l, char *text, size_t n);
int conf_next_heading(struct conf_load *l); /* the line on which the next section begins */

/* conf_get.c */
struct conf *conf_new(const struct conf_section *const *sections);
const struct conf_key *conf_find_key(const struct conf_section *s, struct str name); /* may be null */
const struct conf_section *conf_find_section(const struct conf *c, struct str name); /* may be null */
struct conf_block *conf_find_block(const struct conf *c, const char *section, const char *title); /* may be null */
struct conf_block *conf_add_block(struct conf *c, const struct conf_section *s, const char *title);
void conf_block_name(struct buf *out, const struct conf_section *s, const char *title);
struct conf_value *conf_block_value(struct conf_block *b, const char *key); /* a bug if there is none */

/* conf_value.c */
/* One text of a value as written; `first` begins the value anew. */
void conf_value_add(struct conf_load *l, struct conf_block *b, struct conf_value *v, const char *text, bool first, int line);
void conf_value_clear(struct conf_value *v);
void conf_value_problem(struct conf_load *l, const struct conf_block *b, const struct conf_key *k, int line, const char *what);
void conf_finish(struct conf_load *l); /* defaults, what is required, the sections' own checks */
bool conf_type_is_list(enum conf_type type);

/* conf_units.c: as it would be written, in the largest unit that fits. */
void conf_print_duration(struct buf *out, int64_t ms);
void conf_print_size(struct buf *out, int64_t bytes);

/* conf_print.c: what both printers need. */
void conf_print_words(struct buf *out, struct str text, const char *prefix, size_t width);
void conf_print_type(struct buf *out, const struct conf_key *k);
void conf_print_default(struct buf *out, const struct conf_key *k); /* as written in the file; an example when it is required */
