/* SPDX-License-Identifier: Apache-2.0 */
/* What c2s keeps for a session, as the items of a <keep/> (sm/keep.h). */
#include "sm/keep.h"

#include "sm/bus.h"
#include "sm/session.h"

static struct str
kept_items(const struct sm_session *s)
{
	return s->keep ? chunk_str(s->keep) : STR_NONE;
}

void
keep_load(struct sm_session *s, struct str items)
{
	chunk_unref(&s->keep);
	if (items.p)
		s->keep = chunk_new(items);
}

void
keep_tell(const struct sm_session *s)
{
	struct buf b = {0};

	if (!s->keep || !s->c2s[0])
		return;
	word_write_keep(&b, kept_items(s));
	bus_send_word(s->sm, str_z(s->c2s), str_z(s->sid), 0, buf_str(&b));
	buf_done(&b);
}

/* The items as a tree. Null when there are none, or c2s has given back what is no XML. */
static const struct node *
read_items(const struct sm_session *s, struct arena *a)
{
	struct buf b = {0};
	struct stanza st;
	int rc;

	if (!s->keep)
		return NULL;
	word_write_keep(&b, kept_items(s));
	rc = stanza_parse(&st, a, arena_str(a, buf_str(&b)), NULL);
	buf_done(&b);
	return rc == 0 ? st.root->child : NULL;
}

static void
write_item(struct out *o, const char *name, unsigned version, struct str text)
{
	out_openz(o, "item", NULL);
	out_attrz(o, "name", str_z(name));
	out_attru(o, "v", version);
	out_text(o, text);
	out_close(o);
}

void
keep_put(struct sm_session *s, const char *name, unsigned version, struct str text)
{
	struct arena memory = {0};
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_WORDS);
	for (const struct node *n = read_items(s, &memory); n; n = n->next)
		if (!str_is(node_attr(&memory, n, "name"), name))
			out_raw(&o, n->raw);
	write_item(&o, name, version, text);
	keep_load(s, buf_str(&b));
	keep_tell(s);
	buf_done(&b);
	arena_done(&memory);
}

struct str
keep_get(const struct sm_session *s, struct arena *a, const char *name, unsigned version)
{
	uint64_t v;

	for (const struct node *n = read_items(s, a); n; n = n->next)
		if (str_is(node_attr(a, n, "name"), name) && str_to_u64(node_attr(a, n, "v"), &v) == 0 && v == version)
			return node_text(a, n);
	return STR_NONE;
}
