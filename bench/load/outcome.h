/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct outcome: what one measurement has shown. Filled in by a scenario,
 * printed as a table for people and as JSON for programs.
 */
#pragma once

#include "bench/load/histogram.h"
#include "bench/load/meter.h"
#include "common/buf.h"

#include <stdio.h>

enum { OUTCOME_PARAMS_MAX = 12 };

struct outcome_param {
	const char *name;
	char text[64];
	bool number;
};

struct outcome {
	const char *name;      /* "chat" */
	const char *operation; /* what is counted: "messages" */
	struct outcome_param params[OUTCOME_PARAMS_MAX];
	size_t param_count;
	uint64_t operations; /* in the measured time; 0: there is no rate to tell */
	double seconds;      /* they took; 0: as long as the meter ran */
	struct histogram latency;
	const char *latency_of; /* "from sending to arrival" */
	uint64_t memory_sessions; /* by which the grown memory is divided; 0: memory is not measured */
	struct meter meter;
	/* what should not be */
	uint64_t lost, doubled, reordered, refused, broken;
	uint64_t stale; /* left behind by earlier runs, not counted otherwise */
};

struct outcome *outcome_new(const char *name, const char *operation); /* heap */
void outcome_free(struct outcome **o);
void outcome_number(struct outcome *o, const char *name, uint64_t v);
void outcome_text(struct outcome *o, const char *name, const char *text);
double outcome_rate(const struct outcome *o); /* operations a second */
bool outcome_is_good(const struct outcome *o);
void outcome_print(const struct outcome *o, FILE *f);
void outcome_json(const struct outcome *o, struct buf *out); /* one object */
