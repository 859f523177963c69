/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with a configuration: collected in whatever order it is found,
 * told in the order of the file. And the name that somebody probably meant.
 */
#include "common/conf_impl.h"

#include "common/utf8.h"

#include <stdlib.h>

/* A problem is one line of text, whatever of the file it quotes. */
static void
tame(char *text)
{
	bool valid = utf8_valid(str_z(text));

	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f || (!valid && (unsigned char)*text >= 0x80))
			*text = '?';
}

static void
add(struct conf_load *l, size_t file, int line, char *text)
{
	tame(text);
	l->problems = xrealloc(l->problems, (l->problem_count + 1) * sizeof(*l->problems));
	l->problems[l->problem_count++] = (struct conf_problem){file, line, text};
}

size_t
conf_add_file(struct conf_load *l, const char *path)
{
	for (size_t i = 0; i < l->file_count; i++)
		if (strcmp(l->files[i], path) == 0)
			return i;
	l->files = xrealloc(l->files, (l->file_count + 1) * sizeof(*l->files));
	l->files[l->file_count] = xstrdup(path);
	return l->file_count++;
}

void
conf_problem(struct conf_load *l, int line, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_addvf(&text, fmt, ap);
	va_end(ap);
	add(l, l->file, line, buf_take(&text));
}

void
conf_problem_at(struct conf_load *l, const char *file, int line, const char *fmt, ...)
{
	struct buf text = {0};
	size_t at = 0;
	va_list ap;

	while (at + 1 < l->file_count && strcmp(l->files[at], file) != 0)
		at++;
	va_start(ap, fmt);
	buf_addvf(&text, fmt, ap);
	va_end(ap);
	add(l, at, line, buf_take(&text));
}

/* Stable: problems are few, and those of one line shall stay in the order in which they were found. */
static void
sort(struct conf_problem *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct conf_problem one = p[i];
		size_t at = i;

		for (; at && (p[at - 1].file > one.file || (p[at - 1].file == one.file && p[at - 1].line > one.line)); at--)
			p[at] = p[at - 1];
		p[at] = one;
	}
}

void
conf_problems_print(struct conf_load *l, struct buf *out)
{
	sort(l->problems, l->problem_count);
	for (size_t i = 0; i < l->problem_count; i++) {
		const struct conf_problem *p = &l->problems[i];

		buf_addz(out, l->files[p->file]);
		if (p->line)
			buf_addf(out, ":%d", p->line);
		buf_addf(out, ": %s\n", p->text);
		free(p->text);
	}
	for (size_t i = 0; i < l->file_count; i++)
		free(l->files[i]);
	free(l->problems);
	free(l->files);
	l->problems = NULL;
	l->files = NULL;
	l->problem_count = l->file_count = 0;
}

enum { NAME_MAX_BYTES = 40 };

/* Edits (insert, drop, change, exchange neighbours) between two short names. */
static unsigned
distance(struct str a, struct str b)
{
	unsigned row[3][NAME_MAX_BYTES + 1], *two = row[0], *one = row[1], *now = row[2], *spare;

	if (a.n > NAME_MAX_BYTES || b.n > NAME_MAX_BYTES)
		return UINT32_MAX;
	for (size_t j = 0; j <= b.n; j++) {
		two[j] = 0;
		one[j] = (unsigned)j;
	}
	for (size_t i = 1; i <= a.n; i++) {
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			now[j] = MIN(MIN(one[j], now[j - 1]) + 1, one[j - 1] + (a.p[i - 1] != b.p[j - 1]));
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				now[j] = MIN(now[j], two[j - 2] + 1);
		}
		spare = two;
		two = one;
		one = now;
		now = spare;
	}
	return one[b.n];
}

void
conf_suggest(struct buf *out, struct str wrong, const char *(*next)(const void *arg, size_t i), const void *arg)
{
	const char *best = NULL, *name;
	unsigned least = UINT32_MAX;

	for (size_t i = 0; (name = next(arg, i)); i++) {
		unsigned d = distance(wrong, str_z(name));

		if (d < least) {
			least = d;
			best = name;
		}
	}
	if (best && least <= MAX(2u, (unsigned)wrong.n / 3) && least < strlen(best)) {
		buf_addf(out, "did you mean '%s'?", best);
		return;
	}
	buf_addl(out, "known are");
	for (size_t i = 0; (name = next(arg, i)); i++)
		buf_addf(out, "%s %s", i ? "," : "", name);
}
