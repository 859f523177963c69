/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered texts, written and read. */
#include "bench/load/letter.h"

#include "common/rand.h"

char letter_run[9];

static const char words[] = " and the evening bells were heard over the roofs of the town, one after the other,"
			    " until the last of them had said what there was to say;";

void
letter_init(void)
{
	rand_token(letter_run, sizeof(letter_run) - 1);
}

static void
add_words(struct buf *out, size_t n)
{
	while (n) {
		size_t part = MIN(n, sizeof(words) - 1);

		buf_addn(out, words, part);
		n -= part;
	}
}

void
letter_print(struct buf *out, const struct letter *l, size_t size)
{
	size_t start = out->n;

	buf_addl(out, "load ");
	buf_addz(out, letter_run);
	buf_addc(out, ' ');
	buf_addu(out, l->line);
	buf_addc(out, ' ');
	buf_addu(out, l->number);
	buf_addc(out, ' ');
	buf_addu(out, l->sent);
	if (out->n - start < size)
		add_words(out, size - (out->n - start));
}

bool
letter_parse(struct str text, struct letter *l_r)
{
	struct str rest = text;

	if (!str_is(str_split(rest, ' ', &rest), "load") || !str_is(str_split(rest, ' ', &rest), letter_run))
		return false;
	return str_to_u64(str_split(rest, ' ', &rest), &l_r->line) == 0 &&
	       str_to_u64(str_split(rest, ' ', &rest), &l_r->number) == 0 &&
	       str_to_u64(str_split(rest, ' ', &rest), &l_r->sent) == 0;
}

void
letter_message(struct buf *out, const char *to, const struct letter *l, size_t size)
{
	buf_addl(out, "<message to='");
	buf_addz(out, to);
	buf_addl(out, "' type='chat' id='");
	buf_addz(out, letter_run);
	buf_addc(out, '-');
	buf_addu(out, l->line);
	buf_addc(out, '-');
	buf_addu(out, l->number);
	buf_addl(out, "'><body>");
	letter_print(out, l, size);
	buf_addl(out, "</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>");
}
