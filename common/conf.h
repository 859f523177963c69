/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration: one file for all daemons (libConfuse syntax), described by
 * const tables from which the parser, the checker, etc/carillon.conf and
 * carillon.conf(5) are made.
 *
 *   c2s {
 *       listen = {"0.0.0.0:5222", "[::]:5222"}
 *   }
 *   host "example.org" {
 *       certificate = "/etc/carillon/example.org.pem"
 *   }
 *
 * A daemon gives the tables of the sections that it uses and the bare names of
 * all others (known, content ignored); carillonctl gives
 * all tables, so it checks every key. An unknown section, an unknown key in a
 * known one, a value of the wrong type or out of range: an error with file,
 * line, what is wrong and what would be right; all of them, not just the first.
 *
 * In values `${NAME}` is the environment's (it must be set; or
 * `${NAME:-default}`), except in single quotes. `%n` is the instance name
 * ("c2s-2") and `%i` its number ("2"); `%%` is a percent sign. Secrets
 * (CONF_SECRET) take a percent sign as it is.
 * include("file") and include("host-*.conf") work at top level (relative to the
 * file that they stand in, in alphabetical order), later values win.
 *
 * A foreign name that ends in '*' ("mod_*") stands for all that begin so,
 * unless a table of our own begins so: who knows one module knows them all.
 */
#pragma once

#include "common/buf.h"

enum conf_type {
	CONF_STR,      /* text */
	CONF_INT,      /* min..max */
	CONF_BOOL,     /* true, false, yes, no, on, off */
	CONF_DURATION, /* "500ms", "30s", "5m", "2h", "7d": milliseconds */
	CONF_SIZE,     /* "64", "16K", "2M", "1G": bytes */
	CONF_CHOICE,   /* one of choices */
	CONF_LIST,     /* list of text */
	CONF_ADDRS,    /* list of addresses to listen on, common/addr.h, checked */
	CONF_PATH,     /* file name */
	CONF_SECRET,   /* text that is never printed */
};

enum conf_flags {
	CONF_RELOAD = 1,   /* takes effect at reload (SIGHUP); the others at restart */
	CONF_REQUIRED = 2, /* no default */
	CONF_SHOWN = 4,    /* has no default, but stands live in the example file, with its example */
};

struct conf;

struct conf_key {
	const char *name;
	enum conf_type type;
	const char *def;            /* as it would be written; lists: "a, b"; null: absent */
	int64_t min, max;           /* INT, DURATION (ms), SIZE; both 0: any */
	const char *const *choices; /* CHOICE: null-terminated */
	unsigned flags;
	const char *help;           /* sentences; the first is the summary. Wrapped by the printers. */
	const char *example;        /* what the example file and the manual show when there is no default; lists: "a, b" */
};

struct conf_section {
	const char *name;
	bool titled; /* host "example.org" { ... }: any number of them */
	const struct conf_key *keys; /* ends with a null name */
	const char *help;
	/*
	 * Optional check over the finished section (title null when untitled), once
	 * each key by itself is good: read values with conf_str(c, s->name, title, ...).
	 * Appends problems, one a line, without file, line and section name.
	 */
	void (*check)(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems);
	/* Titled ones: a title for the example file, where the section is in comment then. Null: example.org, live. */
	const char *example;
};

/*
 * Reads `path`. sections and foreign end with null. 0 and *conf_r, or -1 with
 * one problem per line appended to `problems` as "file:line: ...".
 */
int conf_load(struct conf **conf_r, const char *path, const struct conf_section *const *sections,
	      const char *const *foreign, const char *instance, struct buf *problems) MUST_CHECK;
void conf_free(struct conf **c);

/*
 * Values, by section and key; asking for what no table has is a bug. Borrowed
 * from the conf. `title` is null for untitled sections.
 */
const char *conf_str(const struct conf *c, const char *section, const char *title, const char *key); /* may be null */
int64_t conf_int(const struct conf *c, const char *section, const char *title, const char *key); /* INT, DURATION, SIZE, CHOICE (its index) */
bool conf_bool(const struct conf *c, const char *section, const char *title, const char *key);
size_t conf_list(const struct conf *c, const char *section, const char *title, const char *key, const char *const **items_r);
size_t conf_titles(const struct conf *c, const char *section, const char *const **titles_r); /* in file order */
bool conf_given(const struct conf *c, const char *section, const char *title, const char *key); /* written in the file */

/*
 * For a reload: the keys that need a restart keep in `now` the values (the same
 * memory) that they have in `before`; "section: key" of each that would have
 * changed is appended to `changed`, one a line. Both confs stand on the same
 * tables.
 */
void conf_keep_restart_keys(struct conf *now, struct conf *before, struct buf *changed);

/* The commented example file and the mdoc body, from the tables. */
void conf_print_example(struct buf *out, const struct conf_section *const *sections);
void conf_print_mdoc(struct buf *out, const struct conf_section *const *sections);

/* Units, also for other readers: 0 or -1. */
int conf_parse_duration(struct str text, int64_t *ms_r) MUST_CHECK;
int conf_parse_size(struct str text, int64_t *bytes_r) MUST_CHECK;
