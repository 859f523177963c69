/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a question to the archive (sm/archive_form.h). */
#include "sm/archive_form.h"

#include "xmpp/datetime.h"

#include <stdlib.h>

struct reading {
	struct ask *ask;
	struct arena *a;
	const char **text_r;
	bool *seen; /* of `fields` */
};

static enum stanza_condition
wrong(const struct reading *r, enum stanza_condition c, const char *text)
{
	*r->text_r = text;
	return c;
}

/* ---- ids ---- */

static bool
read_id(struct str text, int64_t *id_r)
{
	uint64_t n;

	if (str_to_u64(text, &n) < 0 || n == 0 || n >= INT64_MAX)
		return false;
	*id_r = (int64_t)n;
	return true;
}

/* One that must be there. Ours are numbers, so anything else is not. */
static enum stanza_condition
read_known(const struct reading *r, struct str text, int64_t *id_r)
{
	struct ask *ask = r->ask;

	if (!read_id(text, id_r) || ask->known_count == ASK_KNOWN_MAX)
		return STANZA_ERR_ITEM_NOT_FOUND;
	ask->known[ask->known_count++] = *id_r;
	return STANZA_OK;
}

static enum stanza_condition
go_behind(const struct reading *r, struct str text)
{
	int64_t id = 0;
	enum stanza_condition bad = read_known(r, text, &id);

	r->ask->after = MAX(r->ask->after, id);
	return bad;
}

static enum stanza_condition
stay_before(const struct reading *r, struct str text)
{
	int64_t id = INT64_MAX;
	enum stanza_condition bad = read_known(r, text, &id);

	r->ask->before = MIN(r->ask->before, id);
	return bad;
}

/* ---- fields (4.1) ---- */

static struct str
value_of(const struct reading *r, const struct node *field)
{
	struct str text = node_child_text(r->a, field, "value", NS_DATA);

	return text.p ? str_trim(text) : STR("");
}

static enum stanza_condition
field_with(const struct reading *r, const struct node *field)
{
	struct jid jid;

	if (jid_prep(r->a, value_of(r, field), &jid, NULL) < 0)
		return wrong(r, STANZA_ERR_JID_MALFORMED, "'with' is not an address");
	r->ask->with = jid.bare;
	r->ask->full = jid.resource.p ? jid.full : STR_NONE;
	return STANZA_OK;
}

static enum stanza_condition
field_start(const struct reading *r, const struct node *field)
{
	int64_t us;

	if (datetime_parse(value_of(r, field), &us) < 0)
		return wrong(r, STANZA_ERR_BAD_REQUEST, "'start' is not a date and time (XEP-0082)");
	r->ask->after = MAX(r->ask->after, us - 1);
	return STANZA_OK;
}

static enum stanza_condition
field_end(const struct reading *r, const struct node *field)
{
	int64_t us;

	if (datetime_parse(value_of(r, field), &us) < 0)
		return wrong(r, STANZA_ERR_BAD_REQUEST, "'end' is not a date and time (XEP-0082)");
	r->ask->before = MIN(r->ask->before, us + 1);
	return STANZA_OK;
}

static enum stanza_condition
field_after_id(const struct reading *r, const struct node *field)
{
	return go_behind(r, value_of(r, field));
}

static enum stanza_condition
field_before_id(const struct reading *r, const struct node *field)
{
	return stay_before(r, value_of(r, field));
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
sort_ids(struct ask *ask)
{
	size_t kept = 0;

	qsort(ask->ids, ask->id_count, sizeof(*ask->ids), by_number);
	for (size_t i = 0; i < ask->id_count; i++)
		if (kept == 0 || ask->ids[kept - 1] != ask->ids[i])
			ask->ids[kept++] = ask->ids[i];
	ask->id_count = kept;
}

static enum stanza_condition
field_ids(const struct reading *r, const struct node *field)
{
	struct ask *ask = r->ask;

	ask->ids = arena_alloc(r->a, ASK_IDS_MAX * sizeof(*ask->ids));
	ask->id_count = 0;
	for (const struct node *n = node_child(field, "value", NS_DATA); n; n = node_next(n, "value", NS_DATA)) {
		if (ask->id_count == ASK_IDS_MAX)
			return wrong(r, STANZA_ERR_POLICY_VIOLATION, "too many ids at once");
		if (!read_id(str_trim(node_text(r->a, n)), &ask->ids[ask->id_count++]))
			return STANZA_ERR_ITEM_NOT_FOUND;
	}
	sort_ids(ask);
	return STANZA_OK;
}

/* There is none in the archive of a user, wanted or not. */
static enum stanza_condition
field_groupchat(const struct reading *r, const struct node *field)
{
	static const char *const booleans[] = {"true", "false", "1", "0"};
	struct str value = value_of(r, field);

	for (size_t i = 0; i < ARRAY_LEN(booleans); i++)
		if (str_is(value, booleans[i]))
			return STANZA_OK;
	return wrong(r, STANZA_ERR_BAD_REQUEST, "'include-groupchat' is neither true nor false");
}

static enum stanza_condition
field_type(const struct reading *r, const struct node *field)
{
	if (str_is(value_of(r, field), NS_MAM))
		return STANZA_OK;
	return wrong(r, STANZA_ERR_BAD_REQUEST, "a form of another type");
}

enum { FORM_TYPE }; /* the first of them */

static const struct {
	const char *var, *type;
	enum stanza_condition (*read)(const struct reading *r, const struct node *field);
} fields[] = {
	[FORM_TYPE] = {"FORM_TYPE", "hidden", field_type},
	{"with", "jid-single", field_with},
	{"start", "text-single", field_start},
	{"end", "text-single", field_end},
	{"before-id", "text-single", field_before_id},
	{"after-id", "text-single", field_after_id},
	{"ids", "list-multi", field_ids},
	{"include-groupchat", "boolean", field_groupchat},
};

static enum stanza_condition
read_field(const struct reading *r, const struct node *field)
{
	struct str var = node_attr(r->a, field, "var");

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (!str_is(var, fields[i].var))
			continue;
		if (r->seen[i])
			return wrong(r, STANZA_ERR_BAD_REQUEST, "a field stands there twice");
		r->seen[i] = true;
		return fields[i].read(r, field);
	}
	return wrong(r, STANZA_ERR_FEATURE_NOT_IMPLEMENTED, "a field that is not known here"); /* 4.1.5 */
}

static enum stanza_condition
read_form(const struct reading *r, const struct node *x)
{
	enum stanza_condition bad = STANZA_OK;

	if (!str_is(node_attr(r->a, x, "type"), "submit"))
		return wrong(r, STANZA_ERR_BAD_REQUEST, "a form that is not submitted");
	for (const struct node *f = node_child(x, "field", NS_DATA); f && !bad; f = node_next(f, "field", NS_DATA))
		bad = read_field(r, f);
	if (!bad && !r->seen[FORM_TYPE])
		return wrong(r, STANZA_ERR_BAD_REQUEST, "a form without FORM_TYPE");
	return bad;
}

/* ---- pages (XEP-0059) ---- */

static enum stanza_condition
read_max(const struct reading *r, struct str text, unsigned page)
{
	uint64_t n;

	if (!text.p)
		return STANZA_OK;
	if (str_to_u64(str_trim(text), &n) < 0)
		return wrong(r, STANZA_ERR_BAD_REQUEST, "<max/> is not a number");
	r->ask->max = (unsigned)MIN(n, (uint64_t)page);
	return STANZA_OK;
}

static enum stanza_condition
read_set(const struct reading *r, const struct node *set, unsigned page)
{
	struct str after = node_child_text(r->a, set, "after", NS_RSM), before = node_child_text(r->a, set, "before", NS_RSM);
	enum stanza_condition bad = read_max(r, node_child_text(r->a, set, "max", NS_RSM), page);

	if (node_child(set, "index", NS_RSM)) /* XEP-0059 2.6: it would have to be counted off */
		return wrong(r, STANZA_ERR_FEATURE_NOT_IMPLEMENTED, "pages by number are not supported");
	if (!bad && after.n)
		bad = go_behind(r, str_trim(after));
	if (!bad && before.n)
		bad = stay_before(r, str_trim(before));
	r->ask->backward = before.p != NULL;
	return bad;
}

/* Profanity 0.13 leaves out <set/>, and asks for the next page even when it has had all; it would show everything twice. */
static enum stanza_condition
read_without_set(const struct reading *r, const struct node *query)
{
	struct str after = node_child_text(r->a, query, "after", NS_MAM);

	return after.n ? go_behind(r, str_trim(after)) : STANZA_OK;
}

enum stanza_condition
ask_read(struct ask *ask, const struct stanza *st, unsigned page, const char **text_r)
{
	bool seen[ARRAY_LEN(fields)] = {false};
	const struct reading r = {ask, st->arena, text_r, seen};
	const struct node *query = st->root->child;
	const struct node *x = node_child(query, "x", NS_DATA), *set = node_child(query, "set", NS_RSM);
	enum stanza_condition bad = STANZA_OK;

	*text_r = NULL;
	*ask = (struct ask){.before = INT64_MAX, .max = page};
	if (node_attr(st->arena, query, "node").n)
		return STANZA_ERR_ITEM_NOT_FOUND;
	ask->queryid = node_attr(st->arena, query, "queryid");
	ask->flip = node_child(query, "flip-page", NS_MAM);
	if (x)
		bad = read_form(&r, x);
	ask->all_after = ask->after;
	ask->all_before = ask->before;
	if (!bad)
		bad = set ? read_set(&r, set, page) : read_without_set(&r, query);
	return bad;
}

/* ---- the form ---- */

static void
write_field(struct out *o, const char *var, const char *type)
{
	out_openz(o, "field", NULL);
	out_attrz(o, "type", str_z(type));
	out_attrz(o, "var", str_z(var));
	if (str_is(str_z(type), "hidden"))
		out_leafz(o, "value", NULL, STR(NS_MAM));
	if (str_is(str_z(type), "list-multi")) { /* XEP-0122: any */
		out_openz(o, "validate", NS_DATA_VALIDATE);
		out_attrz(o, "datatype", STR("xs:string"));
		out_openz(o, "open", NULL);
		out_close(o);
		out_close(o);
	}
	out_close(o);
}

void
ask_write_form(struct buf *out)
{
	struct out o;

	out_init(&o, out, NS_CLIENT);
	out_openz(&o, "query", NS_MAM);
	out_openz(&o, "x", NS_DATA);
	out_attrz(&o, "type", STR("form"));
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		write_field(&o, fields[i].var, fields[i].type);
	out_done(&o);
}
