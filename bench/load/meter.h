/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server's processes use: CPU time and memory by role, of the
 * processes that a command names ("ROLE PID" lines), and the generator's
 * own CPU.
 */
#pragma once

#include "common/base.h"

enum { METER_ROLES_MAX = 16 };

struct meter_process {
	char role[32];
	pid_t pid;
	uint64_t cpu_us, pss;
};

struct meter_role {
	char name[32];
	unsigned processes;
	uint64_t cpu_us;   /* in the measured time */
	uint64_t pss;      /* bytes, at the end */
	int64_t pss_grown; /* in the measured time */
};

struct meter {
	const char *command; /* null: nothing is measured */
	struct meter_process *processes;
	size_t count;
	uint64_t begun, own_begun; /* ns, us */

	double seconds;
	uint64_t own_us;
	struct meter_role roles[METER_ROLES_MAX];
	size_t role_count;
	bool changed; /* processes came or went meanwhile: the figures are too low */
};

/* Asks the command who the processes are; some time before it matters. */
void meter_init(struct meter *m, const char *command);
void meter_begin(struct meter *m);
void meter_end(struct meter *m);
void meter_done(struct meter *m);
bool meter_is_database(const struct meter_role *r);
