/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Micro-benchmarks: a row does one thing `n` times. A subject has a file
 * micro_SUBJECT.c with a table of rows that ends with a null name; micro.c
 * lists the tables.
 */
#pragma once

#include <stddef.h>

struct micro {
	const char *name;
	void (*run)(size_t n); /* sets up what it needs, which is small beside n */
};

extern const struct micro micro_xmpp[], micro_bus[], micro_log[];
