/* SPDX-License-Identifier: Apache-2.0 */
/* Results as JSON. Units are in the names. */
#include "bench/load/outcome.h"

static void
add_string(struct buf *out, const char *z)
{
	buf_addc(out, '"');
	for (; *z; z++) {
		unsigned char c = (unsigned char)*z;

		if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", c);
		else if (c < 0x20)
			buf_addf(out, "\\u%04x", c);
		else
			buf_addc(out, *z);
	}
	buf_addc(out, '"');
}

static void
add_params(const struct outcome *o, struct buf *out)
{
	buf_addl(out, ",\n  \"parameters\": {");
	for (size_t i = 0; i < o->param_count; i++) {
		buf_addf(out, "%s\"%s\": ", i ? ", " : "", o->params[i].name);
		if (o->params[i].number)
			buf_addz(out, o->params[i].text);
		else
			add_string(out, o->params[i].text);
	}
	buf_addc(out, '}');
}

static void
add_latency(const struct histogram *h, struct buf *out)
{
	static const struct {
		const char *name;
		double share;
	} points[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}};

	if (!h->count)
		return;
	buf_addf(out, ",\n  \"latency_us\": {\"mean\": %.1f", (double)histogram_mean(h) / 1e3);
	for (size_t i = 0; i < ARRAY_LEN(points); i++)
		buf_addf(out, ", \"%s\": %.1f", points[i].name, (double)histogram_at(h, points[i].share) / 1e3);
	buf_addf(out, ", \"max\": %.1f}", (double)h->max / 1e3);
}

static void
add_roles(const struct outcome *o, struct buf *out)
{
	const struct meter *m = &o->meter;

	if (!m->command)
		return;
	buf_addf(out, ",\n  \"processes_changed\": %s,\n  \"roles\": {", m->changed ? "true" : "false");
	for (size_t i = 0; i < m->role_count; i++) {
		const struct meter_role *r = &m->roles[i];

		buf_addf(out, "%s\n    \"%s\": {\"processes\": %u, \"cpu_us\": %llu", i ? "," : "", r->name, r->processes,
			 (unsigned long long)r->cpu_us);
		if (o->operations)
			buf_addf(out, ", \"cpu_us_per_operation\": %.2f", (double)r->cpu_us / (double)o->operations);
		buf_addf(out, ", \"pss_bytes\": %llu", (unsigned long long)r->pss);
		if (o->memory_sessions)
			buf_addf(out, ", \"pss_bytes_per_session\": %.0f",
				 (double)r->pss_grown / (double)o->memory_sessions);
		buf_addc(out, '}');
	}
	buf_addl(out, "\n  }");
}

void
outcome_json(const struct outcome *o, struct buf *out)
{
	const struct meter *m = &o->meter;

	buf_addl(out, "{\n  \"scenario\": ");
	add_string(out, o->name);
	add_params(o, out);
	buf_addf(out, ",\n  \"seconds\": %.4f", m->seconds);
	if (o->operations) {
		buf_addl(out, ",\n  \"operation\": ");
		add_string(out, o->operation);
		buf_addf(out, ",\n  \"operations\": %llu,\n  \"operations_per_second\": %.1f", (unsigned long long)o->operations,
			 outcome_rate(o));
	}
	add_latency(&o->latency, out);
	add_roles(o, out);
	buf_addf(out, ",\n  \"generator_cpu_percent\": %.1f", (double)m->own_us / 1e4 / m->seconds);
	buf_addf(out,
		 ",\n  \"faults\": {\"lost\": %llu, \"doubled\": %llu, \"reordered\": %llu, \"refused\": %llu, "
		 "\"broken\": %llu},\n  \"good\": %s\n}",
		 (unsigned long long)o->lost, (unsigned long long)o->doubled, (unsigned long long)o->reordered,
		 (unsigned long long)o->refused, (unsigned long long)o->broken, outcome_is_good(o) ? "true" : "false");
}
