/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 and hexadecimal. OpenSSL's decoder forgives blanks and stray bits, which SASL must not. */
#include "common/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_print(struct buf *out, struct str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	char *to = buf_reserve(out, (bytes.n + 2) / 3 * 4);
	size_t left = bytes.n;

	out->n += (bytes.n + 2) / 3 * 4;
	for (; left >= 3; left -= 3, p += 3) {
		*to++ = letters[p[0] >> 2];
		*to++ = letters[(p[0] & 3) << 4 | p[1] >> 4];
		*to++ = letters[(p[1] & 15) << 2 | p[2] >> 6];
		*to++ = letters[p[2] & 63];
	}
	if (left == 0)
		return;
	*to++ = letters[p[0] >> 2];
	*to++ = letters[(p[0] & 3) << 4 | (left == 2 ? p[1] >> 4 : 0)];
	*to++ = left == 2 ? letters[(p[1] & 15) << 2] : '=';
	*to = '=';
}

static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

static int
parse_letters(struct buf *out, struct str text)
{
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < text.n; i++) {
		int v = value_of(text.p[i]);

		if (v < 0)
			return -1;
		bits = bits << 6 | (unsigned)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_addc(out, (char)(bits >> have & 0xff));
		}
	}
	return bits & ((1u << have) - 1) ? -1 : 0;
}

int
base64_parse(struct buf *out, struct str text)
{
	size_t before = out->n, pad = 0;

	if (text.n % 4)
		return -1;
	while (pad < 2 && text.n && text.p[text.n - 1] == '=') {
		text.n--;
		pad++;
	}
	if (parse_letters(out, text) < 0) {
		out->n = before;
		return -1;
	}
	return 0;
}

void
hex_print(struct buf *out, struct str bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.n; i++) {
		buf_addc(out, digits[(unsigned char)bytes.p[i] >> 4]);
		buf_addc(out, digits[bytes.p[i] & 15]);
	}
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
hex_parse(struct buf *out, struct str text)
{
	size_t before = out->n;

	if (text.n % 2)
		return -1;
	for (size_t i = 0; i < text.n; i += 2) {
		int high = hex_value(text.p[i]), low = hex_value(text.p[i + 1]);

		if (high < 0 || low < 0) {
			out->n = before;
			return -1;
		}
		buf_addc(out, (char)(high << 4 | low));
	}
	return 0;
}
