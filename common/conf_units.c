/* SPDX-License-Identifier: Apache-2.0 */
/* Durations and sizes with their units, read and written. */
#include "common/conf_impl.h"

struct unit {
	const char *name;
	int64_t factor;
};

/* Largest first. */
static const struct unit durations[] = {
	{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1},
};

static const struct unit sizes[] = {
	{"T", INT64_C(1) << 40}, {"G", 1 << 30}, {"M", 1 << 20}, {"K", 1 << 10}, {"", 1},
};

static int
parse_unit(struct str text, const struct unit *units, size_t count, int64_t *v_r)
{
	size_t digits = 0;
	struct str rest;
	uint64_t v;

	while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	if (str_to_u64(str_n(text.p, digits), &v) < 0)
		return -1;
	rest = str_from(text, digits);
	for (size_t i = 0; i < count; i++) {
		if (!str_ieq(rest, str_z(units[i].name)))
			continue;
		if (v > (uint64_t)(INT64_MAX / units[i].factor))
			return -1;
		*v_r = (int64_t)v * units[i].factor;
		return 0;
	}
	return -1;
}

int
conf_parse_duration(struct str text, int64_t *ms_r)
{
	if (str_is(text, "0")) { /* nothing is nothing in every unit */
		*ms_r = 0;
		return 0;
	}
	return parse_unit(text, durations, ARRAY_LEN(durations), ms_r);
}

int
conf_parse_size(struct str text, int64_t *bytes_r)
{
	return parse_unit(text, sizes, ARRAY_LEN(sizes), bytes_r);
}

static void
print_unit(struct buf *out, int64_t v, const struct unit *units, size_t count)
{
	size_t i = 0;

	while (i + 1 < count && v % units[i].factor)
		i++;
	buf_addf(out, "%jd%s", (intmax_t)(v / units[i].factor), units[i].name);
}

void
conf_print_duration(struct buf *out, int64_t ms)
{
	if (ms == 0)
		buf_addc(out, '0');
	else
		print_unit(out, ms, durations, ARRAY_LEN(durations));
}

void
conf_print_size(struct buf *out, int64_t bytes)
{
	if (bytes == 0)
		buf_addc(out, '0');
	else
		print_unit(out, bytes, sizes, ARRAY_LEN(sizes));
}
