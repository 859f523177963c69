/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks over a configuration file before libConfuse reads it. libConfuse stops
 * at the first unknown name, takes an unset ${VARIABLE} for an empty text and
 * an open section at the end for a closed one. So this pass knows the shape of
 * a file (names, braces, quotes), tells all of that with its line, and blanks
 * foreign sections and unknown keys; what remains is for libConfuse. It reads
 * no values.
 */
#include "common/conf_impl.h"

#include "common/utf8.h"

#include <stdlib.h>

/* The text without its quotes; names and titles have no escapes. */
static struct str
unquoted(struct str text)
{
	if (text.n >= 2 && (text.p[0] == '"' || text.p[0] == '\''))
		return str_n(text.p + 1, text.n - 2);
	return text;
}

static bool
is_variable_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (i && c >= '0' && c <= '9')))
			return false;
	}
	return name.n > 0;
}

static void
check_variable(struct conf_text *s, struct str inside)
{
	ssize_t colon = str_find(inside, STR(":-"));
	struct str name = colon < 0 ? inside : str_n(inside.p, (size_t)colon);
	char *z;

	if (!is_variable_name(name)) {
		conf_problem(s->load, s->token_line,
			     "'${" STR_FMT "}' names no variable; write ${NAME}, ${NAME:-default}, or \\$ for a dollar sign",
			     STR_ARG(utf8_cut(inside, 40)));
		return;
	}
	z = str_dup(name);
	if (colon < 0 && !getenv(z))
		conf_problem(s->load, s->token_line,
			     "the environment variable %s is not set; set it, or write ${%s:-default}", z, z);
	free(z);
}

/* Looks for ${...} in the text just read; single quotes keep it as it stands. */
static void
check_variables(struct conf_text *s)
{
	struct str text = s->text;

	if (text.p[0] == '\'')
		return;
	while (text.n) {
		size_t length = conf_variable_length(text);

		if (length) {
			check_variable(s, str_n(text.p + 2, length - 3));
			text = str_from(text, length);
		} else {
			text = str_from(text, MIN(text.n, (size_t)(text.p[0] == '\\' ? 2 : 1)));
		}
	}
}

/* Reads on until the bracket that was just read is closed. */
static int
skip_brackets(struct conf_text *s, const char *what)
{
	int line = s->token_line, open = s->token, close = open == '{' ? '}' : ')';

	for (unsigned depth = 1; depth;) {
		int token = conf_text_next(s);

		if (token == TOKEN_BAD)
			return -1;
		if (token == TOKEN_END) {
			return conf_text_fail(s, line, "%s is not closed; '%c' is missing", what, close);
		}
		depth += token == open;
		depth -= token == close;
	}
	return 0;
}

/* The rest of a list, behind its '{'; a comma may stand behind the last text. */
static int
scan_list(struct conf_text *s, bool own)
{
	int line = s->token_line;

	while (conf_text_next(s) == TOKEN_TEXT) {
		if (own)
			check_variables(s);
		if (conf_text_next(s) != ',')
			break;
	}
	if (s->token == '}')
		return 0;
	if (s->token == TOKEN_END)
		return conf_text_fail(s, line, "this list is not closed; '}' is missing");
	return conf_text_unexpected(s, "',' or '}' in a list of texts");
}

/* A value behind '='. `own`: it is ours, so its variables must exist. */
static int
scan_value(struct conf_text *s, bool own)
{
	if (conf_text_next(s) == '{')
		return scan_list(s, own);
	if (s->token != TOKEN_TEXT)
		return conf_text_unexpected(s, "a value (a text, or a list in braces)");
	if (own)
		check_variables(s);
	return 0;
}

static const char *
key_name(const void *section, size_t i)
{
	return ((const struct conf_section *)section)->keys[i].name;
}

static void
unknown_key(struct conf_text *s, const struct conf_section *in, const char *label, struct str name, int line)
{
	struct buf hint = {0};

	conf_suggest(&hint, name, key_name, in);
	conf_problem(s->load, line, "%s: key '" STR_FMT "': unknown; %s", label, STR_ARG(utf8_cut(name, 40)),
		     buf_z(&hint));
	buf_done(&hint);
}

/* Something in a section that is no assignment: a section or a call. The name has been read, `s` is at what follows. */
static int
scan_misplaced(struct conf_text *s, const char *label, struct str name, int line)
{
	if (s->token == TOKEN_TEXT && conf_text_next(s) != '{')
		return conf_text_unexpected(s, "'=' between a key and its value");
	if (s->token == '(')
		conf_problem(s->load, line, "%s: " STR_FMT "(): sections hold keys only; include files outside of sections",
			     label, STR_ARG(utf8_cut(name, 40)));
	else if (s->token == '{')
		conf_problem(s->load, line, "%s: '" STR_FMT "': no sections in sections; for a list write " STR_FMT " = {...}",
			     label, STR_ARG(utf8_cut(name, 40)), STR_ARG(utf8_cut(name, 40)));
	else
		return conf_text_unexpected(s, "'=' behind a key");
	return skip_brackets(s, "this");
}

/* One thing in a section, whose name has just been read. */
static int
scan_key(struct conf_text *s, const struct conf_section *in, const char *label)
{
	size_t from = (size_t)(s->text.p - s->p);
	struct str name = unquoted(s->text);
	int line = s->token_line, token;
	bool known = conf_find_key(in, name) != NULL;

	token = conf_text_next(s);
	if (token == TOKEN_EQUALS || token == TOKEN_APPEND) {
		if (!known)
			unknown_key(s, in, label, name, line);
		if (scan_value(s, known) < 0)
			return -1;
		if (known)
			return 0;
	} else if (scan_misplaced(s, label, name, line) < 0) {
		return -1;
	}
	conf_text_blank(s, from, s->at);
	return 0;
}

/* The keys of a section of ours, behind its '{'. */
static int
scan_body(struct conf_text *s, const struct conf_section *in, const char *label)
{
	int line = s->token_line;

	for (;;) {
		switch (conf_text_next(s)) {
		case '}':
			return 0;
		case TOKEN_TEXT:
			if (scan_key(s, in, label) < 0)
				return -1;
			break;
		case TOKEN_END:
			return conf_text_fail(s, line, "%s: the section is not closed; '}' is missing", label);
		default:
			return conf_text_unexpected(s, "a key or '}'");
		}
	}
}

/* A name that ends in '*' stands for all that begin so, unless one of our own tables does: then we know them all. */
static bool
is_foreign(const struct conf_text *s, struct str name)
{
	const struct conf *c = s->load->conf;

	for (const char *const *f = s->load->foreign; f && *f; f++) {
		struct str known = str_z(*f);
		bool ours = false;

		if (str_eq(known, name))
			return true;
		if (known.n == 0 || known.p[known.n - 1] != '*')
			continue;
		known.n--;
		for (size_t i = 0; c->sections[i]; i++)
			ours |= str_starts(str_z(c->sections[i]->name), known);
		if (!ours && str_starts(name, known))
			return true;
	}
	return false;
}

/* Names of sections for a hint: ours, then the foreign ones that are not patterns. */
static const char *
section_name(const void *arg, size_t i)
{
	const struct conf_text *s = arg;
	const struct conf *c = s->load->conf;

	for (size_t k = 0; c->sections[k]; k++)
		if (i-- == 0)
			return c->sections[k]->name;
	for (const char *const *f = s->load->foreign; f && *f; f++)
		if (!conf_find_section(c, str_z(*f)) && !strchr(*f, '*') && i-- == 0)
			return *f;
	return NULL;
}

static void
unknown_section(struct conf_text *s, struct str name, int line)
{
	struct buf hint = {0};

	conf_suggest(&hint, name, section_name, s);
	conf_problem(s->load, line, "section '" STR_FMT "': unknown; %s", STR_ARG(utf8_cut(name, 40)), buf_z(&hint));
	buf_done(&hint);
}

/* Whether the section has a title just as its table wants it. */
static bool
title_fits(struct conf_text *s, const struct conf_section *in, bool titled, int line)
{
	if (in->titled && !titled)
		conf_problem(s->load, line, "section '%s': has no title; write %s \"name\" { ... }", in->name, in->name);
	if (!in->titled && titled)
		conf_problem(s->load, line, "section '%s': takes no title; write %s { ... }", in->name, in->name);
	return in->titled == titled;
}

static void
add_heading(struct conf_headings *h, int line)
{
	h->lines = xrealloc(h->lines, (h->count + 1) * sizeof(*h->lines));
	h->lines[h->count++] = line;
}

int
conf_next_heading(struct conf_load *l)
{
	bug_if(l->headings.at >= l->headings.count);
	return l->headings.lines[l->headings.at++];
}

/* A section, whose name and perhaps title have been read; at its '{'. */
static int
scan_section(struct conf_text *s, size_t from, struct str name, struct str title, int line)
{
	const struct conf_section *in = conf_find_section(s->load->conf, name);
	struct buf label = {0};
	char *title_z;
	int rc;

	if (!in || !title_fits(s, in, title.p, line)) {
		if (!in && !is_foreign(s, name))
			unknown_section(s, name, line);
		buf_addf(&label, "section '" STR_FMT "'", STR_ARG(utf8_cut(name, 40)));
		rc = skip_brackets(s, buf_z(&label));
		conf_text_blank(s, from, s->at);
	} else {
		add_heading(&s->load->headings, line);
		title_z = title.p ? str_dup(title) : NULL;
		conf_block_name(&label, in, title_z);
		rc = scan_body(s, in, buf_z(&label));
		free(title_z);
	}
	buf_done(&label);
	return rc;
}

static int
scan_call(struct conf_text *s, size_t from, struct str name, int line)
{
	if (str_is(name, "include")) {
		if (conf_text_next(s) != TOKEN_TEXT)
			return conf_text_unexpected(s, "a file name or pattern in quotes");
		check_variables(s);
		return conf_text_next(s) == ')' ? 0 : conf_text_unexpected(s, "')'; include takes one file name or pattern");
	}
	conf_problem(s->load, line, "'" STR_FMT "()': unknown; include(\"file\") is the only call", STR_ARG(utf8_cut(name, 40)));
	if (skip_brackets(s, "this call") < 0)
		return -1;
	conf_text_blank(s, from, s->at);
	return 0;
}

static int
scan_stray_key(struct conf_text *s, size_t from, struct str name, int line)
{
	conf_problem(s->load, line, "key '" STR_FMT "': stands outside of all sections; write name { " STR_FMT " = ... }",
		     STR_ARG(utf8_cut(name, 40)), STR_ARG(utf8_cut(name, 40)));
	if (scan_value(s, false) < 0)
		return -1;
	conf_text_blank(s, from, s->at);
	return 0;
}

/* One thing at top level, whose name has just been read. */
static int
scan_item(struct conf_text *s)
{
	size_t from = (size_t)(s->text.p - s->p);
	struct str name = unquoted(s->text), title = STR_NONE;
	int line = s->token_line;

	switch (conf_text_next(s)) {
	case '(':
		return scan_call(s, from, name, line);
	case TOKEN_EQUALS:
	case TOKEN_APPEND:
		return scan_stray_key(s, from, name, line);
	case TOKEN_TEXT:
		check_variables(s);
		title = unquoted(s->text);
		if (conf_text_next(s) != '{')
			return conf_text_unexpected(s, "'{' behind the title of a section");
		break;
	case '{':
		break;
	default:
		return conf_text_unexpected(s, "'{' behind the name of a section");
	}
	return scan_section(s, from, name, title, line);
}

/* NUL would end a text early; what is not UTF-8 could not be told or compared. */
static int
check_bytes(struct conf_text *s)
{
	struct str rest = str_n(s->p, s->n), line;

	for (int number = 1; rest.p; number++) {
		line = str_split(rest, '\n', &rest);
		if (str_chr(line, '\0') >= 0)
			return conf_text_fail(s, number, "a NUL byte; this must be a text file");
		if (!utf8_valid(line))
			return conf_text_fail(s, number, "this line is not valid UTF-8; save the file as UTF-8");
	}
	return 0;
}

int
conf_scan(struct conf_load *l, char *text, size_t n)
{
	struct conf_text s = {.load = l, .p = text, .n = n, .line = 1, .token = TOKEN_END};

	if (check_bytes(&s) < 0)
		return -1;
	if (str_starts(str_n(text, n), STR("\xef\xbb\xbf"))) { /* the mark that some editors put in front of UTF-8 */
		conf_text_blank(&s, 0, 3);
		s.at = 3;
	}
	for (;;) {
		switch (conf_text_next(&s)) {
		case TOKEN_END:
			return 0;
		case TOKEN_TEXT:
			if (scan_item(&s) < 0)
				return -1;
			break;
		default:
			return conf_text_unexpected(&s, "the name of a section, or include(\"file\")");
		}
	}
}
