/* SPDX-License-Identifier: Apache-2.0 */
/* Words that are kept once. */
#include "common/intern.h"

#include "common/map.h"

const char *
intern(struct str word)
{
	static struct map words;
	char *z = map_find(&words, word);

	if (!z) {
		z = str_dup(word);
		map_put(&words, str_n(z, word.n), z);
	}
	return z;
}
