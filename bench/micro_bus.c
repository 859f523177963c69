/* SPDX-License-Identifier: Apache-2.0 */
/* What the bus costs: heads of frames, hashes, looking up names. */
#include "bench/micro.h"
#include "common/map.h"
#include "common/siphash.h"
#include "xmpp/envelope.h"
#include "xmpp/slot.h"

#include <stdio.h>

enum { NAMES = 10000 };

/* A message of 170 bytes in its envelope. */
static void
write_route(struct buf *out)
{
	const struct frame f = {
		.kind = FRAME_ROUTE, .to = STR("sm-1"), .from = STR("c2s-1"), .sid = STR("c2s-1/4f9a0c27d1b35e86"),
		.seq = 1234, .ack = 1230,
		.payload = STR("<message from='juliet@capulet.example/balcony' to='romeo@montague.example' "
			       "id='b4a1c6f8-91c3' type='chat'><body>Wherefore art thou, Romeo? Deny thy father</body></message>"),
	};

	frame_write(out, &f);
}

static void
run_frame_write(size_t n)
{
	struct buf b = {0};

	for (; n--; buf_clear(&b))
		write_route(&b);
	buf_done(&b);
}

static void
run_frame_read(size_t n)
{
	struct buf b = {0};
	struct frame f;
	const char *why;
	size_t used;

	write_route(&b);
	while (n--) {
		enum frame_result r = frame_read(buf_str(&b), &f, &used, &why);

		bug_if(r != FRAME_OK);
	}
	buf_done(&b);
}

static void
run_siphash(size_t n)
{
	static const struct siphash_key key = {1, 2};
	uint64_t sum = n; /* so that nothing is left out */

	while (n--)
		sum ^= siphash(&key, STR("romeo@montague.example"));
	bug_if(sum == 0);
}

static void
run_slot(size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum |= slot_of(STR("romeo@montague.example"));
	bug_if(sum >= SLOT_COUNT);
}

static void
run_map_find(size_t n)
{
	static char names[NAMES][32];
	struct map m = {0};

	for (size_t i = 0; i < NAMES; i++) {
		snprintf(names[i], sizeof(names[i]), "user%zu@montague.example", i);
		map_put(&m, str_z(names[i]), names[i]);
	}
	for (size_t i = 0; i < n; i++) {
		char *name = names[i * 7919 % NAMES];

		bug_if(map_find(&m, str_z(name)) != name);
	}
	map_done(&m);
}

const struct micro micro_bus[] = {
	{"frame_write", run_frame_write}, {"frame_read", run_frame_read}, {"siphash, 22 bytes", run_siphash},
	{"slot_of", run_slot},            {"map_find in 10000", run_map_find},
	{0},
};
