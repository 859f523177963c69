/* SPDX-License-Identifier: Apache-2.0 */
/* Names of messages that were in the log already (sm/recall.h). */
#include "sm/recall.h"

#include "common/siphash.h"
#include "sm/resend.h"

#include <stdlib.h>

/* One for each direction: who writes to himself uses a name twice. */
static const struct siphash_key keys[2] = {
	{UINT64_C(0x6e6f6c6c69726163), UINT64_C(0x316c6c616365722d)},
	{UINT64_C(0x6e6f6c6c69726163), UINT64_C(0x326c6c616365722d)},
};

static void
add(struct recall *r, struct str part, bool outgoing)
{
	if (part.n)
		r->hashes[r->count++] = siphash(&keys[outgoing], part);
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
is_there(const struct recall *r, struct str part, bool outgoing)
{
	uint64_t hash = siphash(&keys[outgoing], part);

	return bsearch(&hash, r->hashes, r->count, sizeof(hash), compare);
}

void
recall_load(struct recall *r, const struct user_rows *rows, uint64_t now)
{
	*r = (struct recall){.loaded = now};
	if (!rows->name_count)
		return;
	r->hashes = xcalloc(2 * rows->name_count, sizeof(*r->hashes));
	for (size_t i = 0; i < rows->name_count; i++) {
		add(r, resend_plain(rows->names[i].name), rows->names[i].outgoing);
		add(r, resend_hash(rows->names[i].name), rows->names[i].outgoing);
	}
	qsort(r->hashes, r->count, sizeof(*r->hashes), compare);
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
	if (!r->count || !name.n)
		return false;
	if (now - r->loaded >= RECALL_MS) {
		recall_done(r);
		return false;
	}
	return is_there(r, resend_plain(name), outgoing) ||
	       (resend_unsure(name) && resend_hash(name).n && is_there(r, resend_hash(name), outgoing));
}
