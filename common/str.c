/* SPDX-License-Identifier: Apache-2.0 */
/* Slices of bytes: compare, search, split, convert. */
#include "common/str.h"

#include <openssl/crypto.h>

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
str_ieq(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

ssize_t
str_chr(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? at - s.p : -1;
}

ssize_t
str_rchr(struct str s, char c)
{
	const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;

	return at ? at - s.p : -1;
}

ssize_t
str_find(struct str s, struct str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return at ? at - s.p : -1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str
str_trim(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = MIN(a.n, b.n);
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order)
		return order;
	return a.n < b.n ? -1 : a.n > b.n;
}

struct str
str_split(struct str s, char sep, struct str *rest_r)
{
	ssize_t at = str_chr(s, sep);

	if (at < 0) {
		*rest_r = STR_NONE;
		return s;
	}
	*rest_r = str_from(s, (size_t)at + 1);
	return str_n(s.p, (size_t)at);
}

char *
str_dup(struct str s)
{
	char *z = xmalloc(s.n + 1);

	if (s.n)
		memcpy(z, s.p, s.n);
	z[s.n] = '\0';
	return z;
}

struct str
str_put(char **at, struct str s)
{
	struct str copy = str_n(*at, s.n);

	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

void
str_put_u64(char **at, uint64_t v)
{
	char digits[20];
	size_t first = sizeof(digits);

	do {
		digits[--first] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	str_put(at, str_n(digits + first, sizeof(digits) - first));
}

int
str_to_u64(struct str s, uint64_t *v_r)
{
	uint64_t v = 0;

	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return -1;
		v = v * 10 + digit;
	}
	*v_r = v;
	return 0;
}

int
str_to_i64(struct str s, int64_t *v_r)
{
	bool negative = s.n && s.p[0] == '-';
	uint64_t v;

	if (str_to_u64(negative ? str_from(s, 1) : s, &v) < 0)
		return -1;
	if (v > (uint64_t)INT64_MAX)
		return -1;
	*v_r = negative ? -(int64_t)v : (int64_t)v;
	return 0;
}

bool
str_eq_secret(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}
