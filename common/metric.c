/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry of metrics and their text form (Prometheus exposition format
 * 0.0.4), with the facts about the process that every exporter gives. Not for
 * serving it: common/daemon_web.c does that.
 */
#include "common/metric.h"

#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static struct metric *metrics;
static struct metric_histogram *histograms;

const int64_t metric_times[METRIC_TIMES] = {100,    250,    500,    1000,    2500,    5000,    10000,   25000,
					    50000,  100000, 250000, 500000,  1000000, 2500000, 5000000, 10000000};

/* Lines of one name must stand together, so a metric goes behind the last one of its name. */
void
metric_register(struct metric *m)
{
	struct metric **at = &metrics, **end;

	if (m->registered)
		return;
	for (end = at; *end; end = &(*end)->next)
		if (strcmp((*end)->name, m->name) == 0)
			at = &(*end)->next;
	if (at == &metrics)
		at = end;
	m->next = *at;
	*at = m;
	m->registered = true;
}

/* The help of a name may hang on any metric that has it. */
static const char *
help_of(const struct metric *first)
{
	for (const struct metric *m = first; m && strcmp(m->name, first->name) == 0; m = m->next)
		if (m->help)
			return m->help;
	return NULL;
}

static void
print_head(struct buf *out, const char *name, const char *type, const char *help)
{
	if (help) {
		buf_addf(out, "# HELP %s ", name);
		for (; *help; help++) {
			if (*help == '\\')
				buf_addl(out, "\\\\");
			else if (*help == '\n')
				buf_addl(out, "\\n");
			else
				buf_addc(out, *help);
		}
		buf_addc(out, '\n');
	}
	buf_addf(out, "# TYPE %s %s\n", name, type);
}

static void
print_value(struct buf *out, int64_t value, int64_t unit)
{
	uint64_t abs = value < 0 ? -(uint64_t)value : (uint64_t)value, u = (uint64_t)unit, rest;

	if (value < 0)
		buf_addc(out, '-');
	buf_addu(out, unit ? abs / u : abs);
	if (unit <= 1)
		return;
	rest = abs % u;
	if (rest)
		buf_addc(out, '.');
	while (rest) {
		rest *= 10;
		buf_addu(out, rest / u);
		rest %= u;
	}
}

static void
print_metric(struct buf *out, const struct metric *m)
{
	int64_t value = m->read ? m->read(m->arg) : m->value;

	if (m->read && value == METRIC_ABSENT)
		return;
	buf_addz(out, m->name);
	if (m->labels)
		buf_addf(out, "{%s}", m->labels);
	buf_addc(out, ' ');
	print_value(out, value, m->unit);
	buf_addc(out, '\n');
}

/* --- histograms --- */

/* Behind the last one of its name, as metric_register does it. */
void
metric_histogram_register(struct metric_histogram *h)
{
	struct metric_histogram **at = &histograms, **end;

	if (h->registered)
		return;
	bug_if(h->bound_count > METRIC_BOUNDS_MAX);
	for (end = at; *end; end = &(*end)->next)
		if (strcmp((*end)->name, h->name) == 0)
			at = &(*end)->next;
	if (at == &histograms)
		at = end;
	h->next = *at;
	*at = h;
	h->registered = true;
}

void
metric_observe(struct metric_histogram *h, int64_t value)
{
	size_t i = 0;

	if (!h->registered)
		metric_histogram_register(h);
	while (i < h->bound_count && value > h->bounds[i])
		i++;
	h->counts[i]++;
	h->sum += value;
}

static void
print_bucket(struct buf *out, const struct metric_histogram *h, size_t i, uint64_t count)
{
	buf_addf(out, "%s_bucket{%s%sle=\"", h->name, h->labels ? h->labels : "", h->labels ? "," : "");
	if (i < h->bound_count)
		print_value(out, h->bounds[i], h->unit);
	else
		buf_addl(out, "+Inf");
	buf_addl(out, "\"} ");
	buf_addu(out, count);
	buf_addc(out, '\n');
}

static void
print_histogram(struct buf *out, const struct metric_histogram *h)
{
	const char *open = h->labels ? "{" : "", *labels = h->labels ? h->labels : "", *close = h->labels ? "}" : "";
	uint64_t count = 0;

	for (size_t i = 0; i <= h->bound_count; i++) {
		count += h->counts[i];
		print_bucket(out, h, i, count);
	}
	buf_addf(out, "%s_sum%s%s%s ", h->name, open, labels, close);
	print_value(out, h->sum, h->unit);
	buf_addf(out, "\n%s_count%s%s%s ", h->name, open, labels, close);
	buf_addu(out, count);
	buf_addc(out, '\n');
}

static void
print_histograms(struct buf *out)
{
	const char *name = "";

	for (const struct metric_histogram *h = histograms; h; h = h->next) {
		if (strcmp(h->name, name) != 0)
			print_head(out, h->name, "histogram", h->help);
		name = h->name;
		print_histogram(out, h);
	}
}

static void
print_fact(struct buf *out, const char *name, const char *type, const char *help, double value)
{
	print_head(out, name, type, help);
	buf_addf(out, "%s %.17g\n", name, value);
}

static double
cpu_seconds(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) < 0)
		return 0;
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long size, resident = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%lu %lu", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static double
open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	double count = -1; /* the directory's own */

	if (!dir)
		return 0;
	for (struct dirent *e; (e = readdir(dir));)
		if (e->d_name[0] != '.')
			count++;
	closedir(dir);
	return count;
}

static double
max_fds(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? 0 : (double)limit.rlim_cur;
}

/* Seconds since 1970. Start in ticks since boot is field 22 of stat, counted behind the name's ")". */
static double
start_time(void)
{
	FILE *f = fopen("/proc/self/stat", "re");
	struct timespec wall, boot;
	unsigned long long ticks = 0;
	char line[1024];
	const char *behind;

	if (!f)
		return 0;
	behind = fgets(line, sizeof(line), f) ? strrchr(line, ')') : NULL;
	fclose(f);
	if (!behind || sscanf(behind + 1, " %*c%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%llu", &ticks) != 1)
		return 0;
	if (clock_gettime(CLOCK_REALTIME, &wall) < 0 || clock_gettime(CLOCK_BOOTTIME, &boot) < 0)
		return 0;
	return (double)(wall.tv_sec - boot.tv_sec) + (double)(wall.tv_nsec - boot.tv_nsec) / 1e9 +
	       (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

static void
print_process(struct buf *out)
{
	/* The start does not change; computed anew it would tremble in the last digits. */
	static double start;

	if (start <= 0)
		start = start_time();
	print_fact(out, "process_cpu_seconds_total", "counter", "User and system CPU time spent.", cpu_seconds());
	print_fact(out, "process_resident_memory_bytes", "gauge", "Resident memory size.", resident_bytes());
	print_fact(out, "process_open_fds", "gauge", "Open file descriptors.", open_fds());
	print_fact(out, "process_max_fds", "gauge", "Limit on open file descriptors.", max_fds());
	print_fact(out, "process_start_time_seconds", "gauge", "Start of the process, seconds since 1970.", start);
}

void
metrics_print(struct buf *out)
{
	const char *name = "";

	for (const struct metric *m = metrics; m; m = m->next) {
		if (strcmp(m->name, name) != 0)
			print_head(out, m->name, m->kind == METRIC_COUNTER ? "counter" : "gauge", help_of(m));
		name = m->name;
		print_metric(out, m);
	}
	print_histograms(out);
	print_process(out);
	print_head(out, "carillon_build_info", "gauge", "Always 1; the labels tell the build.");
	buf_addl(out, "carillon_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
}
