/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rendezvous hashing (highest random weight; Thaler, Ravishankar 1998) for
 * slots and for free keys. The numbers here are part of the protocol: a test
 * holds them fast.
 */
#include "xmpp/slot.h"

#include "common/siphash.h"

#include <endian.h>

/* The little-endian halves of "carillon-slots-1" (doc/protocol.md section 3). */
static const struct siphash_key slots_key = {
	.k0 = 0x6e6f6c6c69726163ull, /* "carillon" */
	.k1 = 0x312d73746f6c732dull, /* "-slots-1" */
};

enum { NAME_MAX_LEN = 256 }; /* longer ones than any instance name */

unsigned
slot_of(struct str key)
{
	return (unsigned)(siphash(&slots_key, key) % SLOT_COUNT);
}

/* Hash of prefix, "/", name. */
static uint64_t
weigh(const char *prefix, size_t n, struct str name)
{
	char text[NAME_MAX_LEN + 32];

	bug_if(name.n > NAME_MAX_LEN || n > 31);
	memcpy(text, prefix, n);
	text[n] = '/';
	memcpy(text + n + 1, name.p, name.n);
	return siphash(&slots_key, str_n(text, n + 1 + name.n));
}

uint64_t
slot_weight(unsigned slot, struct str name)
{
	char digits[12];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + slot % 10);
		slot /= 10;
	} while (slot);
	return weigh(digits + at, sizeof(digits) - at, name);
}

/* The key is hashed first, so that a long one is read once for all names. */
static uint64_t
weigh_hashed(uint64_t hash, struct str name)
{
	uint64_t le = htole64(hash);

	return weigh((const char *)&le, sizeof(le), name);
}

uint64_t
rendezvous_weight(struct str key, struct str name)
{
	return weigh_hashed(siphash(&slots_key, key), name);
}

/* Whether a candidate beats the best so far; ties go to the smaller name, so that all agree. */
static bool
beats(uint64_t weight, struct str name, uint64_t best, struct str best_name)
{
	return weight > best || (weight == best && str_cmp(name, best_name) < 0);
}

ssize_t
slot_owner(unsigned slot, const struct str *names, size_t count)
{
	ssize_t winner = -1;
	uint64_t best = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t w = slot_weight(slot, names[i]);

		if (winner < 0 || beats(w, names[i], best, names[winner])) {
			winner = (ssize_t)i;
			best = w;
		}
	}
	return winner;
}

ssize_t
rendezvous(struct str key, const struct str *names, size_t count)
{
	uint64_t hash, best = 0;
	ssize_t winner = -1;

	if (count <= 1)
		return (ssize_t)count - 1;
	hash = siphash(&slots_key, key);
	for (size_t i = 0; i < count; i++) {
		uint64_t w = weigh_hashed(hash, names[i]);

		if (winner < 0 || beats(w, names[i], best, names[winner])) {
			winner = (ssize_t)i;
			best = w;
		}
	}
	return winner;
}
