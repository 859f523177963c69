/* SPDX-License-Identifier: Apache-2.0 */
/* Keyed hashes of names of messages, and how they are told (xmpp/name.h). */
#include "xmpp/name.h"

#include "common/base64.h"

#include <endian.h>
#include <stdlib.h>

enum {
	SAID_LEN = 16, /* sm/resend.h: RESEND_HASH_LEN */
	TOLD_BYTES = 20,
};

static uint64_t
get64(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static void
add64(struct buf *bytes, uint64_t v)
{
	v = htole64(v);
	buf_add(bytes, str_n((const char *)&v, sizeof(v)));
}

struct siphash_key
name_key(struct str sid)
{
	bug_if(sid.n < sizeof(struct siphash_key));
	return (struct siphash_key){get64(sid.p), get64(sid.p + 8)};
}

bool
name_hash(const struct siphash_key *key, struct str name, struct name_hash *r)
{
	bool unsure = name.n > 0 && name.p[name.n - 1] == '?';
	struct str rest, first;

	name.n -= unsure;
	first = str_split(name, '.', &rest);
	if (first.n != SAID_LEN || !rest.p) {
		*r = (struct name_hash){.said = siphash(key, name)};
		return false;
	}
	*r = (struct name_hash){.said = siphash(key, first), .rest = siphash(key, rest) >> 8};
	return unsure;
}

uint32_t
name_back(uint64_t count, uint64_t place)
{
	return (uint32_t)MIN(count - place, (uint64_t)UINT32_MAX);
}

uint64_t
name_place(uint64_t count, uint32_t back)
{
	return count - MIN((uint64_t)back, count);
}

void
names_told_print(struct buf *out, const struct name_told *names, size_t count)
{
	struct buf bytes = {0};

	for (size_t i = 0; i < count; i++) {
		uint32_t back = htole32(names[i].back);

		add64(&bytes, names[i].name.said);
		add64(&bytes, names[i].name.rest);
		buf_add(&bytes, str_n((const char *)&back, sizeof(back)));
	}
	if (count)
		base64_print(out, buf_str(&bytes));
	buf_done(&bytes);
}

static struct name_told *
read_names(struct str bytes, size_t *count_r)
{
	size_t count = bytes.n / TOLD_BYTES;
	struct name_told *names;

	if (!count || bytes.n % TOLD_BYTES || count > NAMES_TOLD_MAX)
		return NULL;
	names = xcalloc(count, sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		const char *at = bytes.p + i * TOLD_BYTES;
		uint32_t back;

		memcpy(&back, at + 16, sizeof(back));
		names[i] = (struct name_told){{.said = get64(at), .rest = get64(at + 8)}, .back = le32toh(back)};
	}
	*count_r = count;
	return names;
}

struct name_told *
names_told_parse(struct str text, size_t *count_r)
{
	struct buf bytes = {0};
	struct name_told *names = base64_parse(&bytes, text) == 0 ? read_names(buf_str(&bytes), count_r) : NULL;

	buf_done(&bytes);
	return names;
}
