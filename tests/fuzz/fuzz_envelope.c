/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames: what the reader accepts lies within the input, means the same when it
 * is written and read again, needs all of its bytes, and can be bounced.
 */
#include "tests/fuzz/fuzz.h"
#include "xmpp/envelope.h"

#include <stdlib.h>

static bool
same(struct str a, struct str b)
{
	return (a.p == NULL) == (b.p == NULL) && str_eq(a, b);
}

static void
check_inside(struct str part, struct str whole)
{
	bug_if(part.p && (part.p < whole.p || part.p + part.n > whole.p + whole.n));
}

static void
check_same(const struct frame *f, const struct frame *g)
{
	bug_if(f->kind != g->kind || f->seq != g->seq || f->ack != g->ack);
	bug_if(!same(f->to, g->to) || !same(f->from, g->from) || !same(f->host, g->host) ||
	       !same(f->key, g->key));
	bug_if(!same(f->sid, g->sid) || !same(f->rid, g->rid) || !same(f->reason, g->reason));
	bug_if(!same(f->target, g->target) || !same(f->payload, g->payload));
}

/* Written and read again; f has no member's attributes, which a route may carry and nobody writes. */
static void
check_round_trip(const struct frame *f)
{
	struct frame again;
	struct buf b = {0};
	const char *why = NULL;
	size_t used;

	frame_write(&b, f);
	bug_if(frame_read(buf_str(&b), &again, &used, &why) != FRAME_OK || used != b.n);
	check_same(f, &again);
	if (f->kind == FRAME_ROUTE) {
		buf_clear(&b);
		frame_write_bounce(&b, f, "router-1", "no-instance");
		bug_if(frame_read(buf_str(&b), &again, &used, &why) != FRAME_OK || used != b.n);
		bug_if(!str_eq(again.to, f->from) || !same(again.target, f->to) ||
		       !str_eq(again.payload, f->payload));
	}
	buf_done(&b);
}

/* Every byte of a frame is needed. In memory of just that size, for the sanitizer. */
static void
check_prefix(struct str whole)
{
	size_t n = whole.n - 1, used;
	char *p = xmalloc(n + 1);
	const char *why = NULL;
	struct frame f;

	memcpy(p, whole.p, n);
	bug_if(frame_read(str_n(p, n), &f, &used, &why) == FRAME_OK && used > n);
	free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_n((const char *)data, size);

	while (in.n > 0) {
		struct frame f;
		const char *why = NULL;
		size_t used;
		enum frame_result res = frame_read(in, &f, &used, &why);

		bug_if(used > in.n);
		if (res != FRAME_OK) {
			bug_if(res == FRAME_BAD && !why);
			break;
		}
		check_inside(f.raw, in);
		check_inside(f.payload, in);
		check_inside(f.to, in);
		check_prefix(f.raw);
		if (f.kind == FRAME_ROUTE || f.kind == FRAME_BOUNCE)
			check_round_trip(&f);
		in = str_from(in, used);
	}
	return 0;
}
