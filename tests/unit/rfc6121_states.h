/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of RFC 6121 appendix A in its own words: what is routed (A.2) or
 * delivered (A.3) and which state follows. For tests; written from the
 * document, not from the program. "PO" and "PI" are its "Pending Out" and
 * "Pending In".
 */
#pragma once

#include <stddef.h>
#include <string.h>

enum { RFC_STATES = 9 };

struct rfc_row {
	const char *before;
	const char *must; /* "MUST" or "MUST NOT": route (outbound), deliver (inbound) */
	const char *after;
};

struct rfc_table {
	const char *type;
	struct rfc_row rows[RFC_STATES];
};

#define SAME "no state change"

static const struct rfc_table rfc_outbound[] = {
	{"subscribe", { /* A.2.1 */
		{"None", "MUST", "None+PO"}, {"None+PO", "MUST", SAME}, {"None+PI", "MUST", "None+PO+PI"},
		{"None+PO+PI", "MUST", SAME}, {"To", "MUST", SAME}, {"To+PI", "MUST", SAME},
		{"From", "MUST", "From+PO"}, {"From+PO", "MUST", SAME}, {"Both", "MUST", SAME},
	}},
	{"unsubscribe", { /* A.2.2 */
		{"None", "MUST", SAME}, {"None+PO", "MUST", "None"}, {"None+PI", "MUST", SAME},
		{"None+PO+PI", "MUST", "None+PI"}, {"To", "MUST", "None"}, {"To+PI", "MUST", "None+PI"},
		{"From", "MUST", SAME}, {"From+PO", "MUST", "From"}, {"Both", "MUST", "From"},
	}},
	{"subscribed", { /* A.2.3 */
		{"None", "MUST NOT", SAME}, {"None+PO", "MUST NOT", SAME}, {"None+PI", "MUST", "From"},
		{"None+PO+PI", "MUST", "From+PO"}, {"To", "MUST NOT", SAME}, {"To+PI", "MUST", "Both"},
		{"From", "MUST NOT", SAME}, {"From+PO", "MUST NOT", SAME}, {"Both", "MUST NOT", SAME},
	}},
	{"unsubscribed", { /* A.2.4 */
		{"None", "MUST NOT", SAME}, {"None+PO", "MUST NOT", SAME}, {"None+PI", "MUST", "None"},
		{"None+PO+PI", "MUST", "None+PO"}, {"To", "MUST NOT", SAME}, {"To+PI", "MUST", "To"},
		{"From", "MUST", "None"}, {"From+PO", "MUST", "None+PO"}, {"Both", "MUST", "To"},
	}},
};

static const struct rfc_table rfc_inbound[] = {
	{"subscribe", { /* A.3.1 */
		{"None", "MUST", "None+PI"}, {"None+PO", "MUST", "None+PO+PI"}, {"None+PI", "MUST NOT", SAME},
		{"None+PO+PI", "MUST NOT", SAME}, {"To", "MUST", "To+PI"}, {"To+PI", "MUST NOT", SAME},
		{"From", "MUST NOT", SAME}, {"From+PO", "MUST NOT", SAME}, {"Both", "MUST NOT", SAME},
	}},
	{"unsubscribe", { /* A.3.2 */
		{"None", "MUST NOT", SAME}, {"None+PO", "MUST NOT", SAME}, {"None+PI", "MUST", "None"},
		{"None+PO+PI", "MUST", "None+PO"}, {"To", "MUST NOT", SAME}, {"To+PI", "MUST", "To"},
		{"From", "MUST", "None"}, {"From+PO", "MUST", "None+PO"}, {"Both", "MUST", "To"},
	}},
	{"subscribed", { /* A.3.3 */
		{"None", "MUST NOT", SAME}, {"None+PO", "MUST", "To"}, {"None+PI", "MUST NOT", SAME},
		{"None+PO+PI", "MUST", "To+PI"}, {"To", "MUST NOT", SAME}, {"To+PI", "MUST NOT", SAME},
		{"From", "MUST NOT", SAME}, {"From+PO", "MUST", "Both"}, {"Both", "MUST NOT", SAME},
	}},
	{"unsubscribed", { /* A.3.4 */
		{"None", "MUST NOT", SAME}, {"None+PO", "MUST", "None"}, {"None+PI", "MUST NOT", SAME},
		{"None+PO+PI", "MUST", "None+PI"}, {"To", "MUST", "None"}, {"To+PI", "MUST", "None+PI"},
		{"From", "MUST NOT", SAME}, {"From+PO", "MUST", "From"}, {"Both", "MUST", "From"},
	}},
};

static inline const char *
rfc_after(const struct rfc_row *row)
{
	return strcmp(row->after, SAME) == 0 ? row->before : row->after;
}
