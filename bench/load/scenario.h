/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scenario is, and what those that send letters share: lines from one
 * actor to another, their bookkeeping, the report.
 *
 * A new scenario is one file with a `scenario_run` function and one row in the
 * table of load.c.
 */
#pragma once

#include "bench/load/crew.h"
#include "bench/load/letter.h"
#include "bench/load/outcome.h"
#include "bench/load/tally.h"

struct report {
	FILE *table; /* where people read */
	struct buf json;
	size_t count;
	bool good;
};

struct line { /* letters from one actor to one other */
	uint64_t sent;
	struct tally tally;
};

void scenario_login(struct crew *c, struct report *r);
void scenario_idle(struct crew *c, struct report *r);
void scenario_chat(struct crew *c, struct report *r);
void scenario_offline(struct crew *c, struct report *r);
void scenario_presence(struct crew *c, struct report *r);
void scenario_archive(struct crew *c, struct report *r);
void scenario_mixed(struct crew *c, struct report *r);

/* An outcome with the parameters that all have; asks who the server's processes are. */
struct outcome *scenario_outcome(struct crew *c, const char *name, const char *operation);
/* Prints and frees it. */
void report_add(struct report *r, struct crew *c, struct outcome **o);

/*
 * A letter from `sender` on the line. `due` is when it is sent, or should have been; `to` a JID.
 * Nothing is sent, and false returned, when the sender is not there.
 */
bool line_send(struct line *l, uint64_t number, struct actor *sender, const char *to, uint64_t due);
/*
 * What an actor got. A letter of this run for one of `count` lines: counted, returned; *first_r: for the first
 * time. Null for anything else, refusals (counted in o) included.
 */
struct line *lines_receive(struct line *lines, size_t count, struct outcome *o, struct str text, struct letter *l_r,
			   bool *first_r);
/* A message of type error: counted, the first ones told. */
void scenario_refused(struct outcome *o, const struct actor *a, struct element e);
/* Adds what is wrong with the lines to o, and frees what they hold. */
void lines_close(struct line *lines, size_t count, struct outcome *o);
static inline uint64_t
seconds_ns(double s)
{
	return (uint64_t)(s * (double)SECOND_NS);
}
