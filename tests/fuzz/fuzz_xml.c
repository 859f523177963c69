/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes from outside: however they are cut on their way, held, and with the
 * parser given back in between, the parser tells the same.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/trace.h"

enum { LIMIT_SETS = 3 };

static const struct xml_limits limit_sets[LIMIT_SETS] = {
	{256 * 1024, 100, 64, 4096, 1024}, /* the default */
	{512, 5, 4, 8, 64},
	{64, 127, 2, 1000, 40},
};

/* A small generator, so that an input always means the same cuts. */
static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void
run(struct trace *t, struct str in, uint32_t seed, uint32_t longest)
{
	enum stream_condition c = STREAM_OK;
	size_t n;

	while (in.n && !c) {
		n = longest ? 1 + next(&seed) % longest : in.n;
		n = MIN(n, in.n);
		c = trace_feed(t, str_n(in.p, n));
		in = str_from(in, n);
		if (next(&seed) % 3 == 0)
			xml_rest(t->x);
	}
}

/* What the owner does must not depend on the cuts, unless it throws the rest of a piece away. */
static void
compare(struct str in, const struct xml_limits *limits, uint32_t seed, unsigned hold_every)
{
	struct trace whole, cut, bytes;

	trace_init(&whole, limits);
	trace_init(&cut, limits);
	trace_init(&bytes, limits);
	cut.hold_every = hold_every;
	run(&whole, in, seed, 0);
	run(&cut, in, seed, 40);
	run(&bytes, in, seed, 1);
	bug_if(!str_eq(buf_str(&whole.log), buf_str(&cut.log)));
	bug_if(!str_eq(buf_str(&whole.log), buf_str(&bytes.log)));
	trace_done(&whole);
	trace_done(&cut);
	trace_done(&bytes);
}

static void
disturb(struct str in, const struct xml_limits *limits, uint32_t seed)
{
	struct trace t;

	trace_init(&t, limits);
	t.hold_every = seed % 5;
	t.restart_at = seed / 5 % 4;
	t.stop_at = seed / 20 % 4;
	run(&t, in, seed, 30);
	xml_restart(t.x);
	run(&t, in, seed, 7);
	trace_done(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct xml_limits *limits;
	struct str in;

	if (size < 2)
		return 0;
	limits = &limit_sets[data[0] % LIMIT_SETS];
	in = str_n((const char *)data + 2, size - 2);
	compare(in, limits, data[1], data[0] / LIMIT_SETS % 4);
	disturb(in, limits, data[1]);
	return 0;
}
