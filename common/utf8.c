/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of UTF-8. All text of XMPP is UTF-8 (RFC 6120 11.6), and what is not
 * must be found before anybody compares, prepares or cuts it.
 */
#include "common/utf8.h"

/* How many bytes at the front are ASCII from blank on, eight at a time: nearly all of what we see. */
static size_t
plain_run(struct str s)
{
	size_t at = 0;

	for (; s.n - at >= 8; at += 8) {
		uint64_t word;

		memcpy(&word, s.p + at, 8);
		/* A byte over 0x7f, or one that borrows when 0x20 is subtracted. */
		if ((word | (word - 0x2020202020202020ull)) & 0x8080808080808080ull)
			break;
	}
	return at;
}

/* Of a lead byte: how many bytes the character has (0: not a lead byte) and the range of the second (RFC 3629 4). */
static size_t
lead(unsigned char c, unsigned char *low_r, unsigned char *high_r)
{
	*low_r = 0x80;
	*high_r = 0xbf;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef) {
		if (c == 0xe0)
			*low_r = 0xa0; /* below is overlong */
		if (c == 0xed)
			*high_r = 0x9f; /* above are surrogates */
		return 3;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		if (c == 0xf0)
			*low_r = 0x90;
		if (c == 0xf4)
			*high_r = 0x8f; /* above is over U+10FFFF */
		return 4;
	}
	return 0;
}

size_t
utf8_next(struct str s, uint32_t *c_r)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned char low, high;
	size_t n;

	if (s.n == 0)
		return 0;
	if (p[0] < 0x80) {
		*c_r = p[0];
		return 1;
	}
	n = lead(p[0], &low, &high);
	if (n == 0 || n > s.n || p[1] < low || p[1] > high)
		return 0;
	*c_r = (p[0] & (0x7fu >> n)) << 6 | (p[1] & 0x3fu);
	for (size_t i = 2; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c_r = *c_r << 6 | (p[i] & 0x3fu);
	}
	return n;
}

static bool
any_char(uint32_t c)
{
	(void)c;
	return true;
}

static bool
xml_char(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return c != 0xfffe && c != 0xffff;
}

static bool
all(struct str s, bool (*good)(uint32_t c))
{
	while (s.n) {
		uint32_t c;
		size_t n = plain_run(s);

		s = n ? str_from(s, n) : s;
		if (s.n == 0)
			break;
		n = utf8_next(s, &c);
		if (n == 0 || !good(c))
			return false;
		s = str_from(s, n);
	}
	return true;
}

bool
utf8_valid(struct str s)
{
	return all(s, any_char);
}

bool
utf8_xml_valid(struct str s)
{
	return all(s, xml_char);
}

struct str
utf8_cut(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	s.n = max;
	while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
		s.n--;
	return s;
}
