/* SPDX-License-Identifier: Apache-2.0 */
/* Writing frames. Reading is envelope.c. */
#include "xmpp/envelope.h"

enum { LEN_DIGITS = 7 }; /* of FRAME_PAYLOAD_MAX */

static const struct str kind_word[] = {
	[FRAME_ROUTE] = {"route", 5},   [FRAME_BOUNCE] = {"bounce", 6}, [FRAME_MEMBER] = {"member", 6},
	[FRAME_SYNCED] = {"synced", 6}, [FRAME_STATE] = {"state", 5},   [FRAME_PING] = {"ping", 4},
	[FRAME_PONG] = {"pong", 4},
};

static struct str
word_of_kind(enum frame_kind kind)
{
	bug_if(kind >= ARRAY_LEN(kind_word));
	return kind_word[kind];
}

/* name: with the blank, the `=` and the quote, " to='" */
static void
attr_add(struct buf *out, struct str name, struct str value)
{
	char *p;

	if (!value.p)
		return;
	bug_if(!frame_value_ok(value));
	p = buf_reserve(out, name.n + value.n + 1);
	memcpy(p, name.p, name.n);
	if (value.n > 0)
		memcpy(p + name.n, value.p, value.n);
	p[name.n + value.n] = '\'';
	out->n += name.n + value.n + 1;
}

static void
number_add(struct buf *out, struct str name, uint64_t value)
{
	if (value == 0)
		return;
	buf_add(out, name);
	buf_addu(out, value);
	buf_addc(out, '\'');
}

static void
routing_add(struct buf *out, const struct frame *f)
{
	attr_add(out, STR(" to='"), f->to);
	attr_add(out, STR(" from='"), f->from);
	attr_add(out, STR(" host='"), f->host);
	attr_add(out, STR(" key='"), f->key);
	attr_add(out, STR(" sid='"), f->sid);
	number_add(out, STR(" seq='"), f->seq);
	number_add(out, STR(" ack='"), f->ack);
	attr_add(out, STR(" rid='"), f->rid);
	attr_add(out, STR(" after='"), f->after);
	attr_add(out, STR(" reason='"), f->reason);
	attr_add(out, STR(" target='"), f->target);
}

static void
word_add(struct buf *out, const struct frame *f)
{
	buf_addl(out, "<c:");
	buf_add(out, word_of_kind(f->kind));
	attr_add(out, STR(" name='"), f->name);
	attr_add(out, STR(" role='"), f->role);
	attr_add(out, f->kind == FRAME_STATE ? STR(" is='") : STR(" state='"), f->state);
	attr_add(out, STR(" boot='"), f->boot);
	attr_add(out, STR(" hosts='"), f->hosts);
	attr_add(out, STR(" id='"), f->id);
	buf_addl(out, "/>");
}

/* Where the digits of `len` stand: it is the first attribute, so that its place is known. */
static size_t
digits_at(const struct buf *out, size_t mark)
{
	return mark + (out->p[mark + 3] == 'r' ? sizeof("<c:route len='") : sizeof("<c:bounce len='")) - 1;
}

/* The word of the frame that starts at `mark`. */
static struct str
begun_word(const struct buf *out, size_t mark)
{
	return word_of_kind(out->p[mark + 3] == 'r' ? FRAME_ROUTE : FRAME_BOUNCE);
}

size_t
frame_begin(struct buf *out, const struct frame *f)
{
	size_t mark = out->n;

	bug_if(f->kind != FRAME_ROUTE && f->kind != FRAME_BOUNCE);
	buf_addl(out, "<c:");
	buf_add(out, word_of_kind(f->kind));
	buf_addl(out, " len='0000000'");
	routing_add(out, f);
	buf_addc(out, '>');
	return mark;
}

struct str
frame_begun_payload(const struct buf *out, size_t mark)
{
	/* no value holds a '>' */
	const char *head_end = memchr(out->p + mark, '>', out->n - mark);

	bug_if(!head_end);
	return str_n(head_end + 1, out->n - (size_t)(head_end + 1 - out->p));
}

bool
frame_end(struct buf *out, size_t mark)
{
	size_t len = frame_begun_payload(out, mark).n;
	char *digit;

	if (len > FRAME_PAYLOAD_MAX) {
		out->n = mark;
		return false;
	}
	digit = out->p + digits_at(out, mark) + LEN_DIGITS;
	for (; len; len /= 10)
		*--digit = (char)('0' + len % 10);
	buf_addl(out, "</c:");
	buf_add(out, begun_word(out, mark));
	buf_addc(out, '>');
	return true;
}

void
frame_write(struct buf *out, const struct frame *f)
{
	size_t mark;

	if (f->kind != FRAME_ROUTE && f->kind != FRAME_BOUNCE) {
		word_add(out, f);
		return;
	}
	bug_if(f->payload.n > FRAME_PAYLOAD_MAX);
	buf_reserve(out, f->payload.n + 512);
	mark = frame_begin(out, f);
	buf_add(out, f->payload);
	bug_if(!frame_end(out, mark));
}

void
frame_write_bounce(struct buf *out, const struct frame *f, const char *router, const char *reason)
{
	struct frame b = *f;

	b.kind = FRAME_BOUNCE;
	b.to = f->from;
	b.from = str_z(router);
	b.reason = str_z(reason);
	b.target = f->to;
	frame_write(out, &b);
}
