/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes to the reader of canonical XML: it refuses or it sees what expat
 * sees; what is written from the view can be read again.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

static void
reread(struct arena *a, struct buf *b, struct stanza *st)
{
	const char *why = NULL;

	if (stanza_parse(st, a, buf_str(b), &why) < 0)
		die(1, "not canonical: %s: " STR_FMT, why, STR_ARG(buf_str(b)));
}

static bool
has_high_byte(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return true;
	return false;
}

/* Of names in other scripts, and of two prefixes for one namespace, the reader leaves the judgement to the edge. */
static bool
expat_may_refuse(struct str bytes)
{
	return has_high_byte(bytes) || str_find(bytes, STR(" xmlns:")) >= 0;
}

static void
check_tree(struct arena *a, const struct stanza *st)
{
	struct buf ours = {0}, theirs = {0};

	tree_of_node(&ours, a, st->root);
	if (tree_of_canonical(&theirs, st->bytes) == 0)
		bug_if(!str_eq(buf_str(&ours), buf_str(&theirs)));
	else
		bug_if(!expat_may_refuse(st->bytes));
	buf_done(&ours);
	buf_done(&theirs);
}

static void
check_edit(struct arena *a, const struct stanza *st)
{
	const struct node *drop[] = {st->root->child};
	struct stanza_edit edit = {
		.from = STR("a'&<b@example.org"),
		.to = STR(""),
		.id = STR("\"1\""),
		.lang_default = STR("de"),
		.drop = drop,
		.drop_count = drop[0] != NULL,
		.append = STR("<x xmlns='urn:x'/>"),
	};
	struct buf b = {0};
	struct stanza again;

	stanza_write(&b, st, &edit);
	reread(a, &b, &again);
	bug_if(!str_eq(again.from.full, edit.from) || again.to.full.p || !str_eq(again.id, edit.id));
	bug_if(again.type != st->type || !again.lang.p || !node_child(again.root, "x", "urn:x"));
	buf_done(&b);
}

static void
check_error(struct arena *a, const struct stanza *st)
{
	struct stanza_fault fault = {.condition = STANZA_ERR_BAD_REQUEST, .text = "<no>", .by = STR("example.org")};
	struct buf b = {0};
	struct stanza again;

	if (!stanza_may_answer(st))
		return;
	stanza_write_error(&b, st, &fault);
	reread(a, &b, &again);
	bug_if(again.type != TYPE_ERROR || again.kind != st->kind || stanza_may_answer(&again));
	bug_if(!str_eq(again.to.full, st->from.full) || !str_eq(again.id, st->id));
	bug_if(!node_child(again.root, "error", NS_CLIENT));
	buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct stanza st;
	const char *why = NULL;

	if (stanza_parse(&st, &a, str_n((const char *)data, size), &why) < 0) {
		bug_if(!why);
	} else {
		check_tree(&a, &st);
		check_edit(&a, &st);
		check_error(&a, &st);
		node_text(&a, st.root);
		stanza_priority(&st);
	}
	arena_done(&a);
	return 0;
}
