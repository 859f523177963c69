/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes values of the texts of a configuration: expands %n and %i, checks types
 * and ranges, fills in defaults, and asks for what is missing. Everything that
 * is wrong is told; nothing is repaired.
 */
#include "common/conf_impl.h"

#include "common/addr.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <strings.h>

bool
conf_type_is_list(enum conf_type type)
{
	return type == CONF_LIST || type == CONF_ADDRS;
}

void
conf_block_name(struct buf *out, const struct conf_section *s, const char *title)
{
	buf_addz(out, s->name);
	if (title)
		buf_addf(out, " \"%s\"", title);
}

void
conf_value_problem(struct conf_load *l, const struct conf_block *b, const struct conf_key *k, int line, const char *what)
{
	struct buf label = {0};

	conf_block_name(&label, b->section, b->title);
	conf_problem(l, line, "%s: key '%s': %s", buf_z(&label), k->name, what);
	buf_done(&label);
}

/* "%n", "%i", "%%"; 0, or -1 with *wrong_r at what stands behind another '%'. */
static int
expand(struct buf *out, const char *text, struct str instance, const char **wrong_r)
{
	ssize_t dash = str_rchr(instance, '-');

	for (; *text; text++) {
		if (*text != '%') {
			buf_addc(out, *text);
			continue;
		}
		switch (*++text) {
		case 'n':
			buf_add(out, instance);
			break;
		case 'i':
			if (dash >= 0)
				buf_add(out, str_from(instance, (size_t)dash + 1));
			break;
		case '%':
			buf_addc(out, '%');
			break;
		default:
			*wrong_r = text;
			return -1;
		}
	}
	return 0;
}

static void
add_range(struct buf *why, const struct conf_key *k, void (*print)(struct buf *out, int64_t v))
{
	buf_addl(why, "is out of range; from ");
	print(why, k->min);
	if (k->max == INT64_MAX) {
		buf_addl(why, " on");
		return;
	}
	buf_addl(why, " to ");
	print(why, k->max);
}

static void
print_int(struct buf *out, int64_t v)
{
	buf_addf(out, "%jd", (intmax_t)v);
}

static int
parse_number(const struct conf_key *k, const char *text, int64_t *v_r, struct buf *why)
{
	static const struct {
		int (*parse)(struct str text, int64_t *v_r);
		void (*print)(struct buf *out, int64_t v);
		const char *wanted;
	} kinds[] = {
		[CONF_INT] = {str_to_i64, print_int, "a whole number such as 5"},
		[CONF_DURATION] = {conf_parse_duration, conf_print_duration,
				   "a number with a unit: 500ms, 30s, 5m, 2h or 7d"},
		[CONF_SIZE] = {conf_parse_size, conf_print_size, "bytes, or a number with K, M, G or T"},
	};

	if (kinds[k->type].parse(str_z(text), v_r) < 0) {
		buf_addf(why, "wanted is %s", kinds[k->type].wanted);
		return -1;
	}
	if ((k->min || k->max) && (*v_r < k->min || *v_r > k->max)) {
		add_range(why, k, kinds[k->type].print);
		return -1;
	}
	return 0;
}

static int
parse_bool(const char *text, int64_t *v_r, struct buf *why)
{
	static const char *const yes[] = {"true", "yes", "on"}, *const no[] = {"false", "no", "off"};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
			*v_r = strcasecmp(text, yes[i]) == 0;
			return 0;
		}
	}
	buf_addl(why, "wanted is true or false (yes, no, on, off)");
	return -1;
}

static int
parse_choice(const struct conf_key *k, const char *text, int64_t *v_r, struct buf *why)
{
	buf_addl(why, "wanted is one of");
	for (size_t i = 0; k->choices[i]; i++) {
		if (strcmp(k->choices[i], text) == 0) {
			*v_r = (int64_t)i;
			return 0;
		}
		buf_addf(why, "%s %s", i ? "," : "", k->choices[i]);
	}
	return -1;
}

static int
parse_address(const char *text, struct buf *why)
{
	const char *wrong;
	struct addr a;

	if (addr_parse(&a, str_z(text), &wrong) == 0)
		return 0;
	buf_addz(why, wrong);
	return -1;
}

static int
parse_nonempty(const char *text, const char *what, struct buf *why)
{
	if (*text)
		return 0;
	buf_addf(why, "is empty; wanted is %s", what);
	return -1;
}

/* Checks the text against the key's type; 0 with the number that it stands for, or -1 and why. */
static int
parse(const struct conf_key *k, const char *text, int64_t *v_r, struct buf *why)
{
	switch (k->type) {
	case CONF_INT:
	case CONF_DURATION:
	case CONF_SIZE:
		return parse_number(k, text, v_r, why);
	case CONF_BOOL:
		return parse_bool(text, v_r, why);
	case CONF_CHOICE:
		return parse_choice(k, text, v_r, why);
	case CONF_ADDRS:
		return parse_address(text, why);
	case CONF_PATH:
		return parse_nonempty(text, "a file name", why);
	case CONF_SECRET:
		return parse_nonempty(text, "a secret", why);
	case CONF_STR:
	case CONF_LIST:
		break;
	}
	return 0;
}

void
conf_value_clear(struct conf_value *v)
{
	for (size_t i = 0; i < v->count; i++)
		free(v->items[i]);
	free(v->items);
	v->items = NULL;
	v->count = 0;
}

static void
keep(struct conf_value *v, char *text, int64_t num)
{
	v->items = xrealloc(v->items, (v->count + 2) * sizeof(*v->items));
	v->items[v->count++] = text;
	v->items[v->count] = NULL; /* lists go where null-terminated ones are wanted, too */
	v->num = num;
}

static struct str
first_char(const char *text)
{
	uint32_t c;

	return str_n(text, utf8_next(str_z(text), &c));
}

/* Secrets are taken as they are, and never told. */
static int
accept_text(const struct conf_key *k, struct conf_value *v, const char *text, struct str instance, struct buf *why)
{
	struct buf expanded = {0}, reason = {0};
	const char *wrong;
	int64_t num = 0;
	int rc = -1;

	if (k->type == CONF_SECRET) {
		buf_addz(&expanded, text);
	} else if (expand(&expanded, text, instance, &wrong) < 0) {
		buf_addf(why, "'%%" STR_FMT "' means nothing; %%n is the name of the instance, %%i its number, "
			      "%%%% a percent sign", STR_ARG(first_char(wrong)));
		goto out;
	} else if (!utf8_valid(buf_str(&expanded))) {
		buf_addl(why, "is not valid UTF-8");
		goto out;
	}
	rc = parse(k, buf_z(&expanded), &num, &reason);
	if (rc == 0) {
		keep(v, buf_take(&expanded), num);
		goto out;
	}
	if (k->type != CONF_SECRET && expanded.n)
		buf_addf(why, "\"" STR_FMT "\": ", STR_ARG(utf8_cut(buf_str(&expanded), 100)));
	buf_add(why, buf_str(&reason));
out:
	buf_done(&expanded);
	buf_done(&reason);
	return rc;
}

void
conf_value_add(struct conf_load *l, struct conf_block *b, struct conf_value *v, const char *text, bool first, int line)
{
	struct buf why = {0};

	if (first)
		conf_value_clear(v);
	v->given = true;
	if (!first && !conf_type_is_list(v->key->type))
		conf_value_problem(l, b, v->key, line, "takes one value, not a list; write one");
	else if (accept_text(v->key, v, text, l->instance, &why) < 0)
		conf_value_problem(l, b, v->key, line, buf_z(&why));
	buf_done(&why);
}

/* Our own tables are right, or it is a bug. */
static void
fill_default(struct conf_value *v, struct str instance)
{
	struct str rest = str_z(v->key->def), item;
	struct buf why = {0};

	while (rest.p) {
		char *text;

		item = rest;
		if (conf_type_is_list(v->key->type))
			item = str_trim(str_split(rest, ',', &rest));
		else
			rest = STR_NONE;
		if (conf_type_is_list(v->key->type) && item.n == 0)
			continue; /* "" is the empty list */
		text = str_dup(item);
		bug_if(accept_text(v->key, v, text, instance, &why) < 0);
		free(text);
	}
	buf_done(&why);
}

/* Where to point at what is not there: the section, or the whole file. */
static void
block_problem(struct conf_load *l, const struct conf_block *b, const char *what)
{
	struct buf label = {0};

	conf_block_name(&label, b->section, b->title);
	conf_problem_at(l, b->file ? b->file : l->files[0], b->file ? b->line : 0, "%s: %s", buf_z(&label), what);
	buf_done(&label);
}

static void
finish_value(struct conf_load *l, const struct conf_block *b, struct conf_value *v)
{
	struct buf what = {0};

	if (v->given)
		return;
	if (!(v->key->flags & CONF_REQUIRED)) {
		fill_default(v, l->instance);
		return;
	}
	buf_addf(&what, "key '%s': is missing; write %s = ", v->key->name, v->key->name);
	conf_print_default(&what, v->key);
	block_problem(l, b, buf_z(&what));
	buf_done(&what);
}

static void
check_block(struct conf_load *l, const struct conf_block *b)
{
	struct buf problems = {0};
	struct str rest, line;

	if (!b->section->check)
		return;
	b->section->check(l->conf, b->section, b->title, &problems);
	for (rest = buf_str(&problems); rest.p;) {
		line = str_split(rest, '\n', &rest);
		if (line.n) {
			char *text = str_dup(line);

			block_problem(l, b, text);
			free(text);
		}
	}
	buf_done(&problems);
}

void
conf_finish(struct conf_load *l)
{
	struct conf *c = l->conf;

	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; c->blocks[i]->section->keys[k].name; k++)
			finish_value(l, c->blocks[i], &c->blocks[i]->values[k]);
	if (l->problem_count)
		return; /* the checks may rely on good values */
	for (size_t i = 0; i < c->count; i++)
		check_block(l, c->blocks[i]);
}
