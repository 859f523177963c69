/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SipHash-2-4 (Aumasson, Bernstein 2012): a keyed hash of short strings.
 * With the process's random key it makes hash tables that nobody outside can
 * fill with collisions; with a key that all nodes share it spreads names.
 */
#pragma once

#include "common/str.h"

struct siphash_key {
	uint64_t k0, k1;
};

uint64_t siphash(const struct siphash_key *key, struct str bytes);
