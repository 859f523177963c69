/* SPDX-License-Identifier: Apache-2.0 */
/*
 * micro [WORD]: nanoseconds of CPU an operation, for the rows whose name has
 * WORD in it. The best of some runs counts, since what disturbs a run only
 * makes it longer.
 */
#include "bench/micro.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { RUNS = 7 };
static const double ENOUGH_NS = 5e7;

static const struct micro *const tables[] = {micro_xmpp, micro_bus, micro_log};

static double
timed(const struct micro *row, size_t n)
{
	struct timespec from, to;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	row->run(n);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	return (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
}

static void
measure(const struct micro *row)
{
	size_t n = 100;
	double ns, best;

	while ((best = timed(row, n)) < ENOUGH_NS)
		n *= 2;
	for (int i = 1; i < RUNS; i++) {
		ns = timed(row, n);
		if (ns < best)
			best = ns;
	}
	printf("%-28s %10.1f ns\n", row->name, best / (double)n);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct micro *row = tables[t]; row->name; row++)
			if (argc < 2 || strstr(row->name, argv[1]))
				measure(row);
	return 0;
}
