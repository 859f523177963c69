/* SPDX-License-Identifier: Apache-2.0 */
/* The files of storage/schema/, in order, as the build puts them into the program (schema_files.c is generated). */
#pragma once

#include "common/base.h"

struct schema_file {
	const char *name; /* "001-initial" */
	int compatible;   /* "Compatible back to": the oldest version whose programs can go on with this one */
	const char *sql;
};

extern const struct schema_file schema_files[]; /* file i makes version i + 1 */
extern const size_t schema_file_count;
