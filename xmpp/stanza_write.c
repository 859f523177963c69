/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stanzas written out from a view: with another start tag, fewer or more
 * children, or as the answer to one. Bytes that stay are copied as they are.
 */
#include "xmpp/out.h"
#include "xmpp/stanza_read.h"

enum { ERROR_PAYLOAD_MAX = 4096 };

static void
add_attr(struct buf *out, const char *name, struct str value)
{
	buf_addc(out, ' ');
	buf_addz(out, name);
	buf_addl(out, "='");
	out_escape_attr(out, value);
	buf_addc(out, '\'');
}

struct edit_row {
	const char *name;
	struct str value;
	bool done;
};

static struct edit_row *
find_row(struct edit_row *rows, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}

/* The attributes as they stand, with the edited ones in their place or behind the last. */
static void
write_attrs(struct buf *out, const struct stanza *st, const struct stanza_edit *edit)
{
	struct edit_row rows[] = {{"from", edit->from, false},
	                          {"to", edit->to, false},
	                          {"id", edit->id, false},
	                          {"type", edit->type, false}};
	struct str attrs = st->root->attrs;
	struct edit_row *row;
	struct attr at;

	while (attr_next(&attrs, &at)) {
		row = find_row(rows, ARRAY_LEN(rows), at.name);
		if (!row || !row->value.p) {
			buf_add(out, at.all);
			continue;
		}
		row->done = true;
		if (row->value.n)
			add_attr(out, row->name, row->value);
	}
	for (row = rows; row < rows + ARRAY_LEN(rows); row++)
		if (!row->done && row->value.n)
			add_attr(out, row->name, row->value);
	if (!st->lang.p && edit->lang_default.n)
		add_attr(out, "xml:lang", edit->lang_default);
}

static bool
is_dropped(const struct stanza_edit *edit, const struct node *n)
{
	for (size_t i = 0; i < edit->drop_count; i++)
		if (edit->drop[i] == n)
			return true;
	return false;
}

static void
write_inner(struct buf *out, const struct stanza *st, const struct stanza_edit *edit)
{
	const char *at = st->root->inner.p, *end = at + st->root->inner.n;

	for (const struct node *c = edit->drop_count ? st->root->child : NULL; c; c = c->next) {
		if (!is_dropped(edit, c))
			continue;
		buf_addn(out, at, (size_t)(c->raw.p - at));
		at = c->raw.p + c->raw.n;
	}
	buf_addn(out, at, (size_t)(end - at));
	buf_add(out, edit->append);
}

void
stanza_write(struct buf *out, const struct stanza *st, const struct stanza_edit *edit)
{
	size_t inner;

	buf_reserve(out, st->bytes.n + edit->append.n + 256);
	buf_addc(out, '<');
	buf_add(out, st->root->name);
	write_attrs(out, st, edit);
	buf_addc(out, '>');
	inner = out->n;
	write_inner(out, st, edit);
	if (out->n == inner) { /* canonical: <x/> */
		out->n--;
		buf_addl(out, "/>");
		return;
	}
	buf_addl(out, "</");
	buf_add(out, st->root->name);
	buf_addc(out, '>');
}

/* The start tag of an answer (RFC 6120 8.1.1, 8.1.2, 8.1.3: addresses swapped, the same id). */
static void
open_answer(struct out *o, struct buf *out, const struct stanza *st, const char *type)
{
	out_init(o, out, NS_CLIENT);
	out_open(o, st->root->name, STR_NONE);
	out_attrz(o, "type", str_z(type));
	out_attrz(o, "id", st->id);
	out_attrz(o, "from", st->to.full);
	out_attrz(o, "to", st->from.full);
}

void
stanza_write_result(struct buf *out, const struct stanza *st, struct str child)
{
	struct out o;

	bug_if(st->kind != STANZA_IQ || (st->type != TYPE_GET && st->type != TYPE_SET)); /* RFC 6120 8.2.3 */
	open_answer(&o, out, st, "result");
	out_raw(&o, child);
	out_close(&o);
}

bool
stanza_may_answer(const struct stanza *st)
{
	/* RFC 6120 8.3.1: no error for an error; 8.2.3: none for a result. */
	return st->kind != STANZA_OTHER && st->type != TYPE_ERROR && st->type != TYPE_RESULT;
}

/* RFC 6120 8.3.1: the sender's own XML comes back, unless it is long or would look like a second <error/>. */
static bool
payload_returns(const struct stanza *st)
{
	return st->root->inner.n <= ERROR_PAYLOAD_MAX && !node_child(st->root, "error", NS_CLIENT);
}

void
stanza_write_error(struct buf *out, const struct stanza *st, const struct stanza_fault *fault)
{
	const char *type = fault->type ? fault->type : stanza_condition_type(fault->condition);
	struct out o;

	bug_if(!stanza_may_answer(st) || fault->condition == STANZA_OK);
	open_answer(&o, out, st, "error");
	if (payload_returns(st)) {
		if (st->lang.p && st->root->inner.n)
			out_attr_ns(&o, STR(NS_XML), STR("lang"), st->lang);
		out_raw(&o, st->root->inner);
	}
	out_openz(&o, "error", NULL);
	out_attr(&o, STR("type"), str_z(type));
	out_attrz(&o, "by", fault->by); /* RFC 6120 8.3.1 */
	out_leafz(&o, stanza_condition_name(fault->condition), NS_STANZA_ERRORS, STR_NONE);
	if (fault->text) {
		out_openz(&o, "text", NS_STANZA_ERRORS);
		out_attr_ns(&o, STR(NS_XML), STR("lang"), STR("en"));
		out_text(&o, str_z(fault->text));
		out_close(&o);
	}
	out_raw(&o, fault->app);
	out_done(&o);
}
