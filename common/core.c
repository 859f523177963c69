/* SPDX-License-Identifier: Apache-2.0 */
/* Which cores the loop's thread runs on (common/core.h). Not for: real-time or NUMA placement, which are the operator's. */
#include "common/core.h"

#include "common/metric.h"
#include "common/str.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

enum {
	WINDOW_US = 50000,
	CALM_US = 1000000, /* so long, before it shares (again) */
	PERCENT_ALL = 80,  /* of the core, for all daemons together */
	PERCENT_WAITED = 20, /* of the time: the core is somebody else's */
	CPUS = 1024,
};

static const char variable[] = "CARILLON_CORE";

static struct {
	bool on;
	unsigned percent;
	cpu_set_t own, shared; /* what it was started with, and the one core */
	struct core_pace pace;
} core;

static int64_t
read_sharing(void *arg)
{
	return ((const struct core_pace *)arg)->sharing;
}

static struct metric sharing = {
	.name = "carillon_core_shared", .kind = METRIC_GAUGE, .read = read_sharing, .arg = &core.pace,
	.help = "1 while this daemon has little to do and stays on the core that all daemons of the machine share.",
};

/* --- when --- */

bool
core_pace_turn(struct core_pace *p, uint64_t now_us, uint64_t busy_us, unsigned percent, uint64_t (*waited)(void))
{
	uint64_t passed = now_us - p->from_us, waited_us;
	bool calm, was = p->sharing;

	p->busy_us += busy_us;
	if (passed < WINDOW_US)
		return false;
	waited_us = waited();
	calm = p->busy_us * 100 < passed * percent && (waited_us - p->waited_us) * 100 < passed * PERCENT_WAITED;
	p->waited_us = waited_us;
	if (!calm)
		p->calm_us = 0;
	else if (!p->calm_us)
		p->calm_us = now_us;
	p->sharing = calm && (was || now_us - p->calm_us >= CALM_US);
	p->from_us = now_us;
	p->busy_us = 0;
	return p->sharing != was;
}

/* --- the supervisor --- */

void
core_offer(unsigned daemons)
{
	static int cpu = -1; /* the same for all that are started later */
	char text[32];
	cpu_set_t set;

	if (cpu < 0)
		cpu = sched_getcpu();
	unsetenv(variable);
	if (daemons == 0 || cpu < 0 || sched_getaffinity(0, sizeof(set), &set) < 0 || CPU_COUNT(&set) < 2)
		return;
	snprintf(text, sizeof(text), "%d/%u", cpu, MAX(PERCENT_ALL / daemons, 1u));
	setenv(variable, text, 1);
}

/* --- a daemon --- */

/* proc(5): time on a core, time in the queue for one, in ns. Some kernels keep none: then it never waited. */
static uint64_t
read_waited(void)
{
	int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
	char text[80];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	struct str rest;
	uint64_t ns;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	(void)str_split(str_n(text, (size_t)n), ' ', &rest);
	return rest.p && str_to_u64(str_split(rest, ' ', &rest), &ns) == 0 ? ns / 1000 : 0;
}

void
core_start(void)
{
	const char *text = getenv(variable);
	struct str percent, cpu = str_split(str_z(text ? text : ""), '/', &percent);
	uint64_t n, share;

	if (str_to_u64(cpu, &n) < 0 || n >= CPUS || str_to_u64(percent, &share) < 0 || share > 100 ||
	    sched_getaffinity(0, sizeof(core.own), &core.own) < 0 || !CPU_ISSET(n, &core.own))
		return;
	CPU_ZERO(&core.shared);
	CPU_SET(n, &core.shared);
	core.percent = (unsigned)share;
	core.pace = (struct core_pace){.from_us = uv_hrtime() / 1000, .waited_us = read_waited()};
	core.on = true;
	metric_register(&sharing);
}

void
core_turn(uint64_t busy_us)
{
	if (!core.on || !core_pace_turn(&core.pace, uv_hrtime() / 1000, busy_us, core.percent, read_waited))
		return;
	/* The kernel may refuse, when the machine's cores have changed: then it runs where it may. */
	(void)sched_setaffinity(0, sizeof(core.own), core.pace.sharing ? &core.shared : &core.own);
}

void
core_worker(void)
{
	static _Thread_local bool done;

	if (core.on && !done)
		(void)sched_setaffinity(0, sizeof(core.own), &core.own);
	done = true;
}
