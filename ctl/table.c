/* SPDX-License-Identifier: Apache-2.0 */
/* Rows for people and for programs. */
#include "ctl/table.h"

#include "common/buf.h"
#include <stdlib.h>

enum { COLUMNS_MAX = 64 };

struct columns {
	struct str names[COLUMNS_MAX];
	size_t width[COLUMNS_MAX];
	bool number[COLUMNS_MAX];
	size_t count;
};

/* Columns whose values are text even when they look like numbers. */
static const char *const text_columns[] = {"jid", "name", "role", "host", "resource", "boot", "version", "address",
					   "show", "text", "problem", "what", "c2s", "owner"};

void
table_done(struct table *t)
{
	arena_done(&t->memory);
	*t = (struct table){0};
}

struct table_row *
table_add(struct table *t)
{
	struct table_row *row = arena_zalloc(&t->memory, sizeof(*row));

	row->end = &row->cells;
	list_append(&t->rows, &row->node);
	return row;
}

void
table_cell(struct table *t, struct table_row *row, struct str name, struct str value)
{
	struct table_cell *cell = arena_zalloc(&t->memory, sizeof(*cell));

	cell->name = arena_str(&t->memory, name);
	cell->value = arena_str(&t->memory, value.p ? value : STR(""));
	*row->end = cell;
	row->end = &cell->next;
}

struct str
table_get(const struct table_row *row, const char *name)
{
	for (const struct table_cell *c = row->cells; c; c = c->next)
		if (str_is(c->name, name))
			return c->value;
	return STR_NONE;
}

static bool
is_integer(struct str s)
{
	int64_t v;

	return str_to_i64(s, &v) == 0 && v > -(1ll << 53) && v < 1ll << 53 && !(s.n > 1 && s.p[0] == '0');
}

static bool
is_text_column(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(text_columns); i++)
		if (str_is(name, text_columns[i]))
			return true;
	return false;
}

static size_t
column_of(struct columns *c, struct str name)
{
	for (size_t i = 0; i < c->count; i++)
		if (str_eq(c->names[i], name))
			return i;
	if (c->count == COLUMNS_MAX)
		return COLUMNS_MAX;
	c->names[c->count] = name;
	c->width[c->count] = name.n;
	c->number[c->count] = !is_text_column(name);
	return c->count++;
}

/* Characters, as far as a terminal's cells are that. */
static size_t
width_of(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static bool
is_shown(const struct table *t, struct str name)
{
	if (!t->only)
		return true;
	for (size_t i = 0; t->only[i]; i++)
		if (str_is(name, t->only[i]))
			return true;
	return false;
}

static void
collect(const struct table *t, struct columns *c)
{
	*c = (struct columns){0};
	list_each(&t->rows, struct table_row, row, node) {
		for (const struct table_cell *cell = row->cells; cell; cell = cell->next) {
			size_t at = is_shown(t, cell->name) ? column_of(c, cell->name) : COLUMNS_MAX;

			if (at == COLUMNS_MAX)
				continue;
			c->width[at] = MAX(c->width[at], width_of(cell->value));
			c->number[at] = c->number[at] && (cell->value.n == 0 || is_integer(cell->value));
		}
	}
}

static void
pad(struct buf *out, size_t n)
{
	while (n--)
		buf_addc(out, ' ');
}

static void
print_cell(struct buf *out, const struct columns *c, size_t at, struct str value)
{
	size_t fill = c->width[at] - width_of(value);

	if (c->number[at])
		pad(out, fill);
	buf_add(out, value);
	if (!c->number[at] && at + 1 < c->count)
		pad(out, fill);
	buf_add(out, at + 1 < c->count ? STR("  ") : STR("\n"));
}

void
table_print_text(const struct table *t, struct buf *out)
{
	struct columns c;

	collect(t, &c);
	for (size_t i = 0; i < c.count; i++)
		print_cell(out, &c, i, c.names[i]);
	list_each(&t->rows, struct table_row, row, node) {
		for (size_t i = 0; i < c.count; i++) {
			char *z = str_dup(c.names[i]);
			struct str value = table_get(row, z);

			print_cell(out, &c, i, value.n ? value : STR("-"));
			free(z);
		}
	}
}

void
json_string(struct buf *out, struct str s)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];

		if (ch == '"' || ch == '\\')
			buf_addf(out, "\\%c", ch);
		else if (ch < 0x20 || ch == 0x7f)
			buf_addf(out, "\\u%04x", ch);
		else
			buf_addc(out, (char)ch);
	}
	buf_addc(out, '"');
}

static void
print_json_row(struct buf *out, const struct table_row *row)
{
	buf_addc(out, '{');
	for (const struct table_cell *c = row->cells; c; c = c->next) {
		json_string(out, c->name);
		buf_addl(out, ": ");
		if (!is_text_column(c->name) && is_integer(c->value))
			buf_add(out, c->value);
		else
			json_string(out, c->value);
		if (c->next)
			buf_addl(out, ", ");
	}
	buf_addc(out, '}');
}

void
table_print_json(const struct table *t, struct buf *out)
{
	bool first = true;

	buf_addc(out, '[');
	list_each(&t->rows, struct table_row, row, node) {
		buf_add(out, first ? STR("\n  ") : STR(",\n  "));
		print_json_row(out, row);
		first = false;
	}
	buf_add(out, first ? STR("]\n") : STR("\n]\n"));
}
