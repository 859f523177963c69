/* SPDX-License-Identifier: Apache-2.0 */
/* The system's random generator (through OpenSSL, which reseeds after fork). */
#include "common/rand.h"

#include <openssl/rand.h>

void
rand_bytes(void *p, size_t n)
{
	bug_if(n > INT32_MAX);
	bug_if(RAND_bytes(p, (int)n) != 1);
}

uint64_t
rand_u64(void)
{
	uint64_t v;

	rand_bytes(&v, sizeof(v));
	return v;
}

uint64_t
rand_below(uint64_t bound)
{
	uint64_t limit, v;

	bug_if(bound == 0);
	limit = UINT64_MAX - UINT64_MAX % bound;
	do {
		v = rand_u64();
	} while (v >= limit);
	return v % bound;
}

void
rand_token(char *out, size_t chars)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t at = 0;

	while (at < chars) {
		unsigned char raw[32];

		rand_bytes(raw, sizeof(raw));
		for (size_t i = 0; i < sizeof(raw) && at < chars; i++)
			if (raw[i] < 248) /* 4 * 62: no letter more likely than another */
				out[at++] = alphabet[raw[i] % 62];
	}
	out[chars] = '\0';
}
