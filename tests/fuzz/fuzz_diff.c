/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a stanza, held against expat alone: what xml.c writes is read by
 * stanza.c, both trees are the one that expat sees in the raw bytes, and
 * struct out writes the same bytes again.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"
#include "xmpp/xml.h"

struct diff {
	struct buf tree; /* of all elements, as the daemons see them */
	struct buf content;
	bool closed;
};

static void
on_header(void *owner, const struct xml_header *h)
{
	struct diff *d = owner;
	bool plain = h->content_ns.n == 0 || str_eq(h->content_ns, STR(NS_STREAM));

	buf_add(&d->content, plain ? STR(NS_CLIENT) : h->content_ns);
}

static void
check_rewrite(struct arena *a, const struct stanza *st)
{
	const struct stanza_edit none = {0};
	struct buf again = {0};

	tree_write(&again, a, st->root);
	bug_if(!str_eq(buf_str(&again), st->bytes));
	buf_clear(&again);
	stanza_write(&again, st, &none);
	bug_if(!str_eq(buf_str(&again), st->bytes));
	buf_done(&again);
}

static void
on_element(void *owner, struct str canonical, size_t raw)
{
	struct diff *d = owner;
	struct arena a = {0};
	struct buf ours = {0}, theirs = {0};
	struct stanza st;

	(void)raw;
	bug_if(stanza_parse(&st, &a, canonical, NULL) < 0);
	tree_of_node(&ours, &a, st.root);
	bug_if(tree_of_canonical(&theirs, canonical) < 0);
	bug_if(!str_eq(buf_str(&ours), buf_str(&theirs)));
	buf_add(&d->tree, buf_str(&ours));
	check_rewrite(&a, &st);
	buf_done(&ours);
	buf_done(&theirs);
	arena_done(&a);
}

static void
on_close(void *owner)
{
	struct diff *d = owner;

	d->closed = true;
}

static const struct xml_events events = {on_header, on_element, NULL, on_close};

/* What expat sees in the raw stream is what we have seen. */
static void
check_raw(struct diff *d, struct str in)
{
	struct buf raw = {0};

	bug_if(tree_of_stream(&raw, in, buf_z(&d->content)) < 0);
	bug_if(!str_eq(buf_str(&raw), buf_str(&d->tree)));
	buf_done(&raw);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_n((const char *)data, size);
	struct diff d = {0};
	struct xml *x = xml_new(NULL, &events, &d);
	enum stream_condition c = xml_feed(x, in, NULL);

	/*
	 * Behind the end of the stream the bytes are nobody's, a broken stream ends early, white space
	 * before the XML declaration is more than expat likes, and half an element may be no good.
	 */
	if (!c && !d.closed && d.content.n && data[0] == '<')
		check_raw(&d, str_n(in.p, in.n - xml_pending(x)));
	xml_free(&x);
	buf_done(&d.tree);
	buf_done(&d.content);
	return 0;
}
