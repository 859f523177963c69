/* SPDX-License-Identifier: Apache-2.0 */
/* Names of messages that were in the log already (sm/recall.h). */
#include "sm/recall.h"

#include "common/siphash.h"

#include <stdlib.h>

/* One for each direction: who writes to himself uses a name twice. */
static const struct siphash_key keys[2] = {
	{UINT64_C(0x6e6f6c6c69726163), UINT64_C(0x316c6c616365722d)},
	{UINT64_C(0x6e6f6c6c69726163), UINT64_C(0x326c6c616365722d)},
};

void
recall_load(struct recall *r, const struct user_rows *rows, uint64_t now)
{
	*r = (struct recall){.loaded = now};
	if (!rows->name_count)
		return;
	r->hashes = xcalloc(rows->name_count, sizeof(*r->hashes));
	for (size_t i = 0; i < rows->name_count; i++)
		r->hashes[r->count++] = siphash(&keys[rows->names[i].outgoing], rows->names[i].name);
}

void
recall_done(struct recall *r)
{
	free(r->hashes);
	*r = (struct recall){0};
}

bool
recall_has(struct recall *r, struct str name, bool outgoing, uint64_t now)
{
	uint64_t hash;

	if (!r->count || !name.n)
		return false;
	if (now - r->loaded >= RECALL_MS) {
		recall_done(r);
		return false;
	}
	hash = siphash(&keys[outgoing], name);
	for (size_t i = 0; i < r->count; i++)
		if (r->hashes[i] == hash)
			return true;
	return false;
}
