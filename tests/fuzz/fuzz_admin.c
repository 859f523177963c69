/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Administration words: what is asked is read, and answered with what was in
 * the question: rows of its attributes, its id, to whom it came from. Every
 * part of the answer is canonical and says id and addressee whole.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/ground.h"

#include "xmpp/admin.h"

enum { ROWS = 3 };

struct answer {
	struct str id, from;
	unsigned parts, rows;
	bool last;
};

static void
on_send(void *arg, const struct frame *f)
{
	struct answer *want = arg;
	struct arena a = {0};
	struct stanza st;

	bug_if(want->last || !str_eq(f->to, want->from));
	bug_if(stanza_parse(&st, &a, f->payload, NULL) < 0 || !stanza_is(&st, "done", NS_ADMIN));
	bug_if(!str_eq(node_attr(&a, st.root, "id"), want->id));
	want->last = !str_is(node_attr(&a, st.root, "more"), "1");
	want->parts++;
	for (const struct node *n = node_child(st.root, "row", NS_ADMIN); n; n = node_next(n, "row", NS_ADMIN))
		want->rows++;
	arena_done(&a);
}

static void
answer_it(const struct admin_request *r, struct arena *a, size_t rows)
{
	struct daemon d = {.name = "sm-1"};
	struct answer want = {.id = r->id, .from = r->from};
	struct admin_answer answer;
	struct str jid = node_attr(a, r->node, "jid"), text = node_text(a, r->node);
	struct buf why = {0};

	admin_answer_init_with(&answer, on_send, &want, r);
	if (admin_control(&answer, &d, r)) {
		bug_if(d.reloads + d.drains != 1);
	} else {
		for (size_t i = 0; i < rows; i++)
			admin_row(&answer, "jid", jid, "text", text, "what", r->what, NULL);
		admin_row_status_and(&answer, &d, "sm", "jid", jid, NULL);
		buf_add(&why, text);
		admin_answer_send(&answer, "ok", str_chr(text, '\0') < 0 ? buf_z(&why) : NULL);
		bug_if(want.rows != rows + 1);
	}
	bug_if(!want.last);
	buf_done(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct frame f = {.from = STR("ctl-1-with-the-longest-name-that-an-instance-can-have-0123456789")};
	struct arena a = {0};
	struct admin_request r;
	struct stanza p;

	if (stanza_parse(&p, &a, str_n((const char *)data, size), NULL) == 0 && admin_read(&f, &p, &r)) {
		answer_it(&r, &a, ROWS);
		if (size > 2000) /* so long that it takes more than one part */
			answer_it(&r, &a, 100);
	}
	arena_done(&a);
	return 0;
}
