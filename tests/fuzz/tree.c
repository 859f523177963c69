/* SPDX-License-Identifier: Apache-2.0 */
/* Trees in one notation, for comparing readers. */
#include "tests/fuzz/tree.h"

#include "xmpp/out.h"
#include "xmpp/stanza_read.h"

#include <expat.h>

/* Everything with its length in front, so that no content can look like structure. */
static void
add_string(struct buf *out, char kind, struct str s)
{
	buf_addf(out, "%c%zu:", kind, s.n);
	buf_add(out, s);
	buf_addc(out, '\n');
}

/* An attribute of a node with its namespace; false for declarations. `declared` is the last one. */
static bool
read_attr(struct arena *a, const struct attr *at, struct str *declared, struct str *ns_r, struct str *local_r)
{
	ssize_t colon = str_chr(at->name, ':');

	*ns_r = STR("");
	*local_r = at->name;
	if (str_eq(at->name, STR("xmlns")))
		return false;
	if (colon < 0)
		return true;
	*local_r = str_from(at->name, (size_t)colon + 1);
	if (str_starts(at->name, STR("xmlns:"))) {
		*declared = stanza_decode(a, at->value);
		return false;
	}
	*ns_r = str_starts(at->name, STR("xml:")) ? STR(NS_XML) : *declared;
	return true;
}

static void
add_attrs(struct buf *out, struct arena *a, const struct node *n)
{
	struct str attrs = n->attrs, declared = STR(""), ns, local;
	struct attr at;

	while (attr_next(&attrs, &at)) {
		if (!read_attr(a, &at, &declared, &ns, &local))
			continue;
		add_string(out, 'n', ns);
		add_string(out, 'a', local);
		add_string(out, 'v', stanza_decode(a, at.value));
	}
}

static void
add_text(struct buf *out, struct arena *a, const char *from, const char *to)
{
	struct str text = stanza_decode(a, str_n(from, (size_t)(to - from)));

	if (text.n)
		add_string(out, 't', text);
}

void
tree_of_node(struct buf *out, struct arena *a, const struct node *n)
{
	const char *at = n->inner.p;

	add_string(out, 'N', stanza_decode(a, n->ns));
	add_string(out, 'E', n->name);
	add_attrs(out, a, n);
	for (const struct node *c = n->child; c; c = c->next) {
		bug_if(c->parent != n);
		add_text(out, a, at, c->raw.p);
		tree_of_node(out, a, c);
		at = c->raw.p + c->raw.n;
	}
	add_text(out, a, at, n->inner.p + n->inner.n);
	buf_addl(out, ".\n");
}

struct walk {
	struct buf *out;
	struct buf text;
	struct str content;
	unsigned depth;
};

static void
flush_text(struct walk *w)
{
	if (w->text.n)
		add_string(w->out, 't', buf_str(&w->text));
	buf_clear(&w->text);
}

static void
split_name(const XML_Char *z, struct str *ns_r, struct str *local_r)
{
	struct str all = str_z(z);
	ssize_t at = str_rchr(all, '\x01');

	*ns_r = at < 0 ? STR("") : str_n(z, (size_t)at);
	*local_r = str_from(all, (size_t)(at + 1));
}

static void
on_start(void *owner, const XML_Char *name, const XML_Char **atts)
{
	struct walk *w = owner;
	struct str ns, local;

	if (w->depth++ == 0)
		return;
	flush_text(w);
	split_name(name, &ns, &local);
	add_string(w->out, 'N', str_eq(ns, w->content) ? STR(NS_CLIENT) : ns);
	add_string(w->out, 'E', local);
	for (; *atts; atts += 2) {
		split_name(atts[0], &ns, &local);
		add_string(w->out, 'n', ns);
		add_string(w->out, 'a', local);
		add_string(w->out, 'v', str_z(atts[1]));
	}
}

static void
on_end(void *owner, const XML_Char *name)
{
	struct walk *w = owner;

	(void)name;
	if (--w->depth == 0)
		return;
	flush_text(w);
	buf_addl(w->out, ".\n");
}

static void
on_text(void *owner, const XML_Char *text, int n)
{
	struct walk *w = owner;

	if (w->depth > 1)
		buf_addn(&w->text, text, (size_t)n);
}

static int
walk(struct buf *out, struct str document, const char *content_ns)
{
	XML_Parser p = XML_ParserCreateNS("UTF-8", '\x01');
	struct walk w = {.out = out, .content = str_z(content_ns)};
	enum XML_Status status;

	XML_SetUserData(p, &w);
	XML_SetElementHandler(p, on_start, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	status = XML_Parse(p, document.p, (int)document.n, 0);
	XML_ParserFree(p);
	buf_done(&w.text);
	return status == XML_STATUS_OK ? 0 : -1;
}

int
tree_of_canonical(struct buf *out, struct str element)
{
	struct buf document = {0};
	int rc;

	buf_addl(&document, "<wrap xmlns='" NS_CLIENT "'>");
	buf_add(&document, element);
	buf_addl(&document, "</wrap>");
	rc = walk(out, buf_str(&document), NS_CLIENT);
	buf_done(&document);
	return rc;
}

int
tree_of_stream(struct buf *out, struct str raw, const char *content_ns)
{
	return walk(out, raw, content_ns);
}

static void
write_attrs(struct out *o, struct arena *a, const struct node *n)
{
	struct str attrs = n->attrs, declared = STR(""), ns, local;
	struct attr at;

	while (attr_next(&attrs, &at))
		if (read_attr(a, &at, &declared, &ns, &local))
			out_attr_ns(o, ns, local, stanza_decode(a, at.value));
}

static void
write_node(struct out *o, struct arena *a, const struct node *n)
{
	const char *at = n->inner.p;

	out_open(o, n->name, stanza_decode(a, n->ns));
	write_attrs(o, a, n);
	for (const struct node *c = n->child; c; c = c->next) {
		out_text(o, stanza_decode(a, str_n(at, (size_t)(c->raw.p - at))));
		write_node(o, a, c);
		at = c->raw.p + c->raw.n;
	}
	out_text(o, stanza_decode(a, str_n(at, (size_t)(n->inner.p + n->inner.n - at))));
	out_close(o);
}

void
tree_write(struct buf *out, struct arena *a, const struct node *n)
{
	struct out o;

	out_init(&o, out, NS_CLIENT);
	write_node(&o, a, n);
}
