/* SPDX-License-Identifier: Apache-2.0 */
/* Results: collecting them, and the table for people. JSON is outcome_json.c's. */
#include "bench/load/outcome.h"

#include <inttypes.h>
#include <stdlib.h>

struct outcome *
outcome_new(const char *name, const char *operation)
{
	struct outcome *o = xcalloc(1, sizeof(*o));

	o->name = name;
	o->operation = operation;
	return o;
}

void
outcome_free(struct outcome **o)
{
	if (!*o)
		return;
	meter_done(&(*o)->meter);
	free(*o);
	*o = NULL;
}

void
outcome_text(struct outcome *o, const char *name, const char *text)
{
	struct outcome_param *p = &o->params[o->param_count];

	bug_if(o->param_count == OUTCOME_PARAMS_MAX);
	o->param_count++;
	p->name = name;
	snprintf(p->text, sizeof(p->text), "%s", text);
}

void
outcome_number(struct outcome *o, const char *name, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, v);
	outcome_text(o, name, text);
	o->params[o->param_count - 1].number = true;
}

static double
seconds_of(const struct outcome *o)
{
	return o->seconds > 0 ? o->seconds : o->meter.seconds;
}

double
outcome_rate(const struct outcome *o)
{
	return (double)o->operations / seconds_of(o);
}

bool
outcome_is_good(const struct outcome *o)
{
	return !o->lost && !o->doubled && !o->reordered && !o->refused && !o->broken;
}

static double
ms(uint64_t ns)
{
	return (double)ns / 1e6;
}

static void
print_latency(const struct outcome *o, FILE *f)
{
	const struct histogram *h = &o->latency;

	if (!h->count)
		return;
	fprintf(f, "  latency (ms)      mean %.3f  p50 %.3f  p90 %.3f  p99 %.3f  p99.9 %.3f  max %.3f%s%s\n",
		ms(histogram_mean(h)), ms(histogram_at(h, 0.5)), ms(histogram_at(h, 0.9)), ms(histogram_at(h, 0.99)),
		ms(histogram_at(h, 0.999)), ms(h->max), o->latency_of ? ", " : "", o->latency_of ? o->latency_of : "");
}

static void
print_cpu(const struct outcome *o, FILE *f)
{
	const struct meter *m = &o->meter;
	double all = 0, per = o->operations ? (double)o->operations : m->seconds;

	if (!m->command)
		return;
	for (size_t i = 0; i < m->role_count; i++)
		if (!meter_is_database(&m->roles[i]))
			all += (double)m->roles[i].cpu_us;
	fprintf(f, "  %-17s %.1f:", o->operations ? "CPU (us/operation)" : "CPU (us/second)", all / per);
	for (size_t i = 0; i < m->role_count; i++)
		fprintf(f, " %s%s %.1f", i ? "  " : "", m->roles[i].name, (double)m->roles[i].cpu_us / per);
	fprintf(f, "%s\n", m->changed ? " (processes came or went: too low)" : "");
}

static void
print_memory(const struct outcome *o, FILE *f)
{
	const struct meter *m = &o->meter;
	double all = 0, n = (double)o->memory_sessions;

	if (!m->command || !o->memory_sessions)
		return;
	for (size_t i = 0; i < m->role_count; i++)
		if (!meter_is_database(&m->roles[i]))
			all += (double)m->roles[i].pss_grown;
	fprintf(f, "  PSS (KiB/session) %.1f:", all / 1024 / n);
	for (size_t i = 0; i < m->role_count; i++)
		fprintf(f, " %s%s %.1f", i ? "  " : "", m->roles[i].name, (double)m->roles[i].pss_grown / 1024 / n);
	fprintf(f, "\n  PSS in all (MiB) ");
	for (size_t i = 0; i < m->role_count; i++)
		fprintf(f, " %s%s %.1f", i ? "  " : "", m->roles[i].name, (double)m->roles[i].pss / 1048576);
	fputc('\n', f);
}

static void
print_faults(const struct outcome *o, FILE *f)
{
	if (outcome_is_good(o))
		fprintf(f, "  nothing lost, doubled, reordered, refused or broken off");
	else
		fprintf(f, "  FAULTS            lost %" PRIu64 "  doubled %" PRIu64 "  reordered %" PRIu64 "  refused %" PRIu64
			   "  broken off %" PRIu64,
			o->lost, o->doubled, o->reordered, o->refused, o->broken);
	if (o->stale)
		fprintf(f, " (%" PRIu64 " of earlier runs ignored)", o->stale);
	fputc('\n', f);
}

void
outcome_print(const struct outcome *o, FILE *f)
{
	const struct meter *m = &o->meter;

	fprintf(f, "%s:", o->name);
	for (size_t i = 0; i < o->param_count; i++)
		fprintf(f, "%s %s %s", i ? "," : "", o->params[i].name, o->params[i].text);
	fputc('\n', f);
	if (o->operations)
		fprintf(f, "  rate              %.0f %s/s (%" PRIu64 " in %.2f s)\n", outcome_rate(o), o->operation,
			o->operations, seconds_of(o));
	print_latency(o, f);
	print_cpu(o, f);
	print_memory(o, f);
	fprintf(f, "  generator         %.0f %% of a core\n", (double)m->own_us / 1e4 / m->seconds);
	print_faults(o, f);
	fflush(f);
}
