/* SPDX-License-Identifier: Apache-2.0 */
/* The view of one element: what kind it is, its addresses, its nodes, attributes and text. Not for changing it. */
#include "xmpp/stanza.h"

#include "xmpp/stanza_read.h"

struct type_row {
	const char *name;
	enum stanza_type type;
};

static const struct type_row message_types[] = {
	/* RFC 6121 5.2.2 */
	{"chat", TYPE_CHAT},     {"groupchat", TYPE_GROUPCHAT}, {"error", TYPE_ERROR},
	{"normal", TYPE_NORMAL}, {"headline", TYPE_HEADLINE},   {0},
};
static const struct type_row presence_types[] = {
	/* RFC 6121 4.7.1 */
	{"unavailable", TYPE_UNAVAILABLE},
	{"subscribe", TYPE_SUBSCRIBE},
	{"subscribed", TYPE_SUBSCRIBED},
	{"unsubscribe", TYPE_UNSUBSCRIBE},
	{"unsubscribed", TYPE_UNSUBSCRIBED},
	{"probe", TYPE_PROBE},
	{"error", TYPE_ERROR},
	{0},
};
static const struct type_row iq_types[] = {
	/* RFC 6120 8.2.3 */
	{"get", TYPE_GET}, {"set", TYPE_SET}, {"result", TYPE_RESULT}, {"error", TYPE_ERROR}, {0},
};
static const struct type_row no_types[] = {{0}};

static const struct kind_row {
	struct str name;
	const struct type_row *types;
} kinds[] = {
	[STANZA_OTHER] = {{"", 0}, no_types},
	[STANZA_MESSAGE] = {{"message", 7}, message_types},
	[STANZA_PRESENCE] = {{"presence", 8}, presence_types},
	[STANZA_IQ] = {{"iq", 2}, iq_types},
};

static enum stanza_kind
kind_of(const struct node *root)
{
	if (!str_eq(root->ns, STR(NS_CLIENT)))
		return STANZA_OTHER;
	for (int k = STANZA_MESSAGE; k <= STANZA_IQ; k++)
		if (str_eq(root->name, kinds[k].name))
			return (enum stanza_kind)k;
	return STANZA_OTHER;
}

static enum stanza_type
type_of(enum stanza_kind kind, struct str type)
{
	if (!type.p)
		return TYPE_NONE;
	for (const struct type_row *row = kinds[kind].types; row->name; row++)
		if (str_is(type, row->name))
			return row->type;
	return TYPE_UNKNOWN;
}

/* One walk over the root's attributes for all that every reader of a stanza wants. */
static void
read_root(struct stanza *st)
{
	struct str attrs = st->root->attrs, type = STR_NONE;
	struct attr at;

	while (attr_next(&attrs, &at)) {
		if (str_eq(at.name, STR("to")))
			jid_split(stanza_decode(st->arena, at.value), &st->to);
		else if (str_eq(at.name, STR("from")))
			jid_split(stanza_decode(st->arena, at.value), &st->from);
		else if (str_eq(at.name, STR("id")))
			st->id = stanza_decode(st->arena, at.value);
		else if (str_eq(at.name, STR("type")))
			type = stanza_decode(st->arena, at.value);
		else if (str_eq(at.name, STR("xml:lang")))
			st->lang = stanza_decode(st->arena, at.value);
	}
	st->type = type_of(st->kind, type);
}

int
stanza_parse(struct stanza *st, struct arena *a, struct str canonical, const char **why_r)
{
	const char *why;

	*st = (struct stanza){.arena = a, .bytes = canonical};
	st->root = stanza_read(a, canonical, &why);
	if (!st->root) {
		if (why_r)
			*why_r = why;
		return -1;
	}
	st->kind = kind_of(st->root);
	read_root(st);
	return 0;
}

bool
node_is(const struct node *n, const char *name, const char *ns)
{
	return (!name || str_is(n->name, name)) && (!ns || str_is(n->ns, ns));
}

static struct node *
first_match(struct node *n, const char *name, const char *ns)
{
	while (n && !node_is(n, name, ns))
		n = n->next;
	return n;
}

struct node *
node_child(const struct node *n, const char *name, const char *ns)
{
	return first_match(n->child, name, ns);
}

struct node *
node_next(const struct node *n, const char *name, const char *ns)
{
	return first_match(n->next, name, ns);
}

struct str
node_attr(struct arena *a, const struct node *n, const char *name)
{
	struct str attrs = n->attrs, wanted = str_z(name);
	struct attr at;

	while (attr_next(&attrs, &at))
		if (str_eq(at.name, wanted))
			return stanza_decode(a, at.value);
	return STR_NONE;
}

static size_t
copy_text(struct arena *a, char *to, const char *from, const char *end)
{
	struct str piece = stanza_decode(a, str_n(from, (size_t)(end - from)));

	memcpy(to, piece.p, piece.n);
	return piece.n;
}

struct str
node_text(struct arena *a, const struct node *n)
{
	const char *at = n->inner.p, *end = at + n->inner.n;
	char *text;
	size_t len = 0;

	if (!n->child)
		return stanza_decode(a, n->inner);
	text = arena_alloc(a, n->inner.n);
	for (const struct node *c = n->child; c; c = c->next) {
		len += copy_text(a, text + len, at, c->raw.p);
		at = c->raw.p + c->raw.n;
	}
	len += copy_text(a, text + len, at, end);
	return str_n(text, len);
}

struct str
node_child_text(struct arena *a, const struct node *n, const char *name, const char *ns)
{
	const struct node *child = node_child(n, name, ns);

	return child ? node_text(a, child) : STR_NONE;
}

/* xs:byte, which allows a '+'. */
static bool
read_priority(struct str text, int64_t *v_r)
{
	text = str_trim(text);
	if (text.n > 1 && text.p[0] == '+' && text.p[1] != '-')
		text = str_from(text, 1);
	return str_to_i64(text, v_r) == 0 && *v_r >= -128 && *v_r <= 127;
}

int
stanza_priority(const struct stanza *st)
{
	int64_t v;

	return read_priority(node_child_text(st->arena, st->root, "priority", NS_CLIENT), &v) ? (int)v : 0;
}

const char *
stanza_presence_flaw(const struct stanza *st)
{
	const struct node *show = node_child(st->root, "show", NS_CLIENT);
	const struct node *priority = node_child(st->root, "priority", NS_CLIENT);
	struct str text;
	int64_t v;

	if (show && node_next(show, "show", NS_CLIENT))
		return "more than one <show/>";
	if (!priority)
		return NULL;
	if (node_next(priority, "priority", NS_CLIENT))
		return "more than one <priority/>";
	text = node_text(st->arena, priority);
	return str_trim(text).n == 0 || read_priority(text, &v) ? NULL : "the priority is not a number from -128 to 127";
}
