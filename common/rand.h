/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes from the system's generator, for anything that a stranger must
 * not guess: stream ids, session ids, salts, nonces. Never fails.
 */
#pragma once

#include "common/str.h"

void rand_bytes(void *p, size_t n);
uint64_t rand_u64(void);
uint64_t rand_below(uint64_t bound); /* uniform in 0 .. bound-1; bound > 0 */
/*
 * `chars` letters and digits and a NUL, about 5.9 bits a letter: 22 of them
 * are a 128-bit token. `out` has room for chars + 1 bytes.
 */
void rand_token(char *out, size_t chars);
