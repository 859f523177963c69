/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What carillonctl prints: rows of named values, as an aligned table for
 * people or as a JSON array of objects for programs.
 */
#pragma once

#include "common/arena.h"
#include "common/buf.h"
#include "common/list.h"

struct table {
	struct arena memory;
	struct list rows; /* struct table_row */
	const char *const *only; /* the columns that text has, null-terminated; null: all */
};

struct table_cell {
	struct str name, value; /* name: "cpu-ms" */
	struct table_cell *next;
};

struct table_row {
	struct list_node node;
	struct table_cell *cells, **end;
};

void table_done(struct table *t);
struct table_row *table_add(struct table *t);
void table_cell(struct table *t, struct table_row *row, struct str name, struct str value); /* copied */
struct str table_get(const struct table_row *row, const char *name); /* absent when missing */
/* Columns in the order in which names first come. Values that are numbers of a column of numbers are right-aligned. */
void table_print_text(const struct table *t, struct buf *out);
/* Integers as numbers except in the columns that hold text (jid, resource, name and the like). */
void table_print_json(const struct table *t, struct buf *out);
/* One JSON string with its quotes. */
void json_string(struct buf *out, struct str s);
