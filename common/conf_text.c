/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a configuration file, token by token, by the rules of libConfuse's
 * lexer. Comments are blanked on the way: libConfuse loses count of lines in
 * them. What the tokens mean is for conf_scan.c.
 */
#include "common/conf_impl.h"

#include "common/utf8.h"

#include <stdio.h>

static struct str
rest_of(const struct conf_text *s)
{
	return str_n(s->p + s->at, s->n - s->at);
}

void
conf_text_blank(struct conf_text *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (s->p[i] != '\n')
			s->p[i] = ' ';
}

static void
advance(struct conf_text *s, size_t to)
{
	for (; s->at < to; s->at++)
		s->line += s->p[s->at] == '\n';
}

int
conf_text_fail(struct conf_text *s, int line, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_addvf(&text, fmt, ap);
	va_end(ap);
	conf_problem(s->load, line, "%s", buf_z(&text));
	buf_done(&text);
	s->token = TOKEN_BAD;
	return -1;
}

/* Blanks a comment that begins here. 1: there was one, 0: none, -1: it has no end. */
static int
skip_comment(struct conf_text *s)
{
	struct str rest = rest_of(s);
	size_t from = s->at;
	ssize_t end;

	if (rest.p[0] == '#' || str_starts(rest, STR("//"))) {
		end = str_chr(rest, '\n');
	} else if (str_starts(rest, STR("/*"))) {
		end = str_find(str_from(rest, 2), STR("*/"));
		if (end < 0)
			return conf_text_fail(s, s->line, "this comment has no end; close it with */");
		end += 4;
	} else {
		return 0;
	}
	advance(s, end < 0 ? s->n : from + (size_t)end);
	conf_text_blank(s, from, s->at);
	return 1;
}

size_t
conf_variable_length(struct str text)
{
	ssize_t end = str_starts(text, STR("${")) ? str_chr(text, '}') : -1;

	return end < 0 ? 0 : (size_t)end + 1;
}

static size_t
quoted_length(struct str text)
{
	char quote = text.p[0];
	size_t at = 1;

	while (at < text.n && text.p[at] != quote) {
		size_t skip = quote == '"' ? conf_variable_length(str_from(text, at)) : 0;

		if (skip == 0)
			skip = text.p[at] == '\\' ? 2 : 1;
		at += skip;
	}
	return at < text.n ? at + 1 : 0;
}

static bool
in_set(char c, const char *set)
{
	return c && strchr(set, c);
}

static size_t
word_length(struct str text)
{
	size_t n = conf_variable_length(text);

	if (n)
		return n;
	while (n < text.n && !in_set(text.p[n], " #\"'\t\n\r={}()+,*"))
		n++;
	return n;
}

static void
take_text(struct conf_text *s, size_t length)
{
	s->token = TOKEN_TEXT;
	s->text = str_n(s->p + s->at, length);
	advance(s, s->at + length);
}

/* Reads the token that begins at a character that is no blank and no comment. */
static int
read_token(struct conf_text *s)
{
	struct str rest = rest_of(s);
	char c = rest.p[0];
	size_t length;

	s->token_line = s->line;
	if (str_starts(rest, STR("+="))) {
		s->token = TOKEN_APPEND;
		s->at += 2;
	} else if (in_set(c, "{}()=,")) {
		s->token = c;
		s->at++;
	} else if (c == '"' || c == '\'') {
		length = quoted_length(rest);
		if (length == 0)
			return conf_text_fail(s, s->line, "this text in quotes has no end; close it with the same quote");
		take_text(s, length);
	} else {
		length = word_length(rest);
		if (length == 0)
			return conf_text_fail(s, s->line, "a stray '+' or '*'; put text that holds one in quotes");
		take_text(s, length);
	}
	return s->token;
}

int
conf_text_next(struct conf_text *s)
{
	if (s->token == TOKEN_BAD)
		return TOKEN_BAD;
	while (s->at < s->n) {
		int comment;

		if (in_set(s->p[s->at], " \t\r\n")) {
			advance(s, s->at + 1);
			continue;
		}
		comment = skip_comment(s);
		if (comment < 0)
			return TOKEN_BAD;
		if (comment == 0)
			return read_token(s) < 0 ? TOKEN_BAD : s->token;
	}
	s->token_line = s->line;
	return s->token = TOKEN_END;
}

int
conf_text_unexpected(struct conf_text *s, const char *wanted)
{
	char found[32];

	if (s->token == TOKEN_BAD)
		return -1;
	if (s->token == TOKEN_END)
		snprintf(found, sizeof(found), "the end of the file");
	else if (s->token == TOKEN_TEXT)
		snprintf(found, sizeof(found), "'" STR_FMT "'", STR_ARG(utf8_cut(s->text, 24)));
	else if (s->token == TOKEN_APPEND)
		snprintf(found, sizeof(found), "'+='");
	else
		snprintf(found, sizeof(found), "'%c'", s->token);
	return conf_text_fail(s, s->token_line, "%s stands here, wanted is %s", found, wanted);
}
