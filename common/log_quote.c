/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Untrusted text in log lines. Nobody outside shall be able to write a line of
 * his own, colour a terminal, turn its writing direction, or fill the disk.
 */
#include "common/log.h"
#include "common/utf8.h"

enum { QUOTE_BUFFERS = 8, QUOTE_MAX = 200 };

/* Characters that are invisible or move others about: C0, C1, line separators, direction marks. */
static bool
is_harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static void
add_hex(struct buf *out, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		buf_addf(out, "\\x%02x", (unsigned char)bytes.p[i]);
}

static void
add_char(struct buf *out, struct str bytes, uint32_t c)
{
	if (c == '"' || c == '\\') {
		buf_addc(out, '\\');
		buf_addc(out, (char)c);
	} else if (c == '\n') {
		buf_addl(out, "\\n");
	} else if (c == '\r') {
		buf_addl(out, "\\r");
	} else if (c == '\t') {
		buf_addl(out, "\\t");
	} else if (is_harmful(c)) {
		add_hex(out, bytes);
	} else {
		buf_add(out, bytes);
	}
}

/* Appends the escaped text, cut between characters. */
static void
add_escaped(struct buf *out, struct str rest)
{
	while (rest.n) {
		size_t before = out->n, n;
		uint32_t c = 0;

		n = utf8_next(rest, &c);
		if (n == 0)
			add_hex(out, str_n(rest.p, 1));
		else
			add_char(out, str_n(rest.p, n), c);
		if (out->n > QUOTE_MAX) {
			out->n = before;
			buf_addl(out, "...");
			return;
		}
		rest = str_from(rest, n ? n : 1);
	}
}

const char *
log_quote(struct str untrusted)
{
	static struct buf buffers[QUOTE_BUFFERS];
	static unsigned turn;
	struct buf *out = &buffers[turn++ % QUOTE_BUFFERS];

	buf_clear(out);
	buf_addc(out, '"');
	add_escaped(out, untrusted);
	if (out->n > 1 && str_chr(buf_str(out), ' ') < 0)
		return buf_z(out) + 1;
	buf_addc(out, '"');
	return buf_z(out);
}
