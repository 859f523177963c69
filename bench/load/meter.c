/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU clocks of the processes and /proc/PID/smaps_rollup, before and after. */
#include "bench/load/meter.h"

#include "bench/load/reactor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/*
 * Of all its threads, dead ones included. The clock of another process has the scheduler's resolution; the ticks in
 * /proc/PID/stat would be coarser than a thousand messages.
 */
static bool
read_cpu(pid_t pid, uint64_t *us_r)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) < 0)
		return false;
	*us_r = (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
	return true;
}

/* The proportional set size: shared pages are divided by how many share them. */
static uint64_t
read_pss(pid_t pid)
{
	char name[64], line[256];
	uint64_t kib = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(name, "r");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Pss: %" SCNu64, &kib) == 1)
			break;
	fclose(f);
	return kib * 1024;
}

static uint64_t
own_cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
	       (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static struct meter_process *
list_processes(const char *command, size_t *count_r)
{
	FILE *f = popen(command, "r");
	struct meter_process *list = NULL, p = {0};
	char line[256];
	size_t n = 0;

	if (!f)
		die(1, "--pids-cmd: %s", strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%31s %d", p.role, &p.pid) != 2)
			die(1, "--pids-cmd: each line is \"ROLE PID\", not: %s", line);
		list = xrealloc(list, (n + 1) * sizeof(*list));
		list[n++] = p;
	}
	if (pclose(f) != 0 || !n)
		die(1, "--pids-cmd: %s", n ? "the command failed" : "the command named no process");
	*count_r = n;
	return list;
}

void
meter_init(struct meter *m, const char *command)
{
	*m = (struct meter){.command = command};
	if (command)
		m->processes = list_processes(command, &m->count);
}

void
meter_done(struct meter *m)
{
	free(m->processes);
	*m = (struct meter){0};
}

bool
meter_is_database(const struct meter_role *r)
{
	return strcmp(r->name, "database") == 0;
}

static struct meter_role *
role_of(struct meter *m, const char *name)
{
	for (size_t i = 0; i < m->role_count; i++)
		if (strcmp(m->roles[i].name, name) == 0)
			return &m->roles[i];
	if (m->role_count == METER_ROLES_MAX)
		die(1, "--pids-cmd names more than %d roles", METER_ROLES_MAX);
	memcpy(m->roles[m->role_count].name, name, sizeof(m->roles[0].name));
	return &m->roles[m->role_count++];
}

void
meter_begin(struct meter *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct meter_process *p = &m->processes[i];

		p->pss = read_pss(p->pid);
		m->changed |= !read_cpu(p->pid, &p->cpu_us);
	}
	m->own_begun = own_cpu_us();
	m->begun = now_ns();
}

/* Whether the same processes are there as in the beginning; of the database, at least those. */
static bool
has_changed(const struct meter *m)
{
	size_t count, same = 0, of_server = 0;
	struct meter_process *now = list_processes(m->command, &count);

	for (size_t i = 0; i < count; i++) {
		bool known = false;

		for (size_t j = 0; j < m->count; j++)
			known |= now[i].pid == m->processes[j].pid;
		same += known;
		of_server += !known && strcmp(now[i].role, "database") != 0;
	}
	free(now);
	return of_server || same != m->count;
}

void
meter_end(struct meter *m)
{
	m->seconds = (double)(now_ns() - m->begun) / (double)SECOND_NS;
	m->own_us = own_cpu_us() - m->own_begun;
	for (size_t i = 0; i < m->count; i++) {
		const struct meter_process *p = &m->processes[i];
		struct meter_role *r = role_of(m, p->role);
		uint64_t cpu_us = p->cpu_us;

		m->changed |= !read_cpu(p->pid, &cpu_us);
		r->processes++;
		r->cpu_us += cpu_us - p->cpu_us;
	}
	for (size_t i = 0; i < m->count; i++) {
		struct meter_role *r = role_of(m, m->processes[i].role);
		uint64_t pss = read_pss(m->processes[i].pid);

		r->pss += pss;
		r->pss_grown += (int64_t)pss - (int64_t)m->processes[i].pss;
	}
	if (m->command)
		m->changed |= has_changed(m);
}
