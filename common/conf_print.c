/* SPDX-License-Identifier: Apache-2.0 */
/* What the printers of the example file and of the manual share: words wrapped, types and defaults in words. */
#include "common/conf_impl.h"

void
conf_print_words(struct buf *out, struct str text, const char *prefix, size_t width)
{
	size_t column = 0;

	while (text.p) {
		struct str word = str_split(text, ' ', &text);

		if (word.n == 0)
			continue;
		if (column && column + 1 + word.n > width) {
			buf_addc(out, '\n');
			column = 0;
		}
		if (column == 0)
			buf_addz(out, prefix);
		else
			buf_addc(out, ' ');
		column += (column ? 1 : strlen(prefix)) + word.n;
		buf_add(out, word);
	}
	if (column)
		buf_addc(out, '\n');
}

static void
print_number(struct buf *out, enum conf_type type, int64_t v)
{
	if (type == CONF_DURATION)
		conf_print_duration(out, v);
	else if (type == CONF_SIZE)
		conf_print_size(out, v);
	else
		buf_addf(out, "%jd", (intmax_t)v);
}

static void
print_range(struct buf *out, const struct conf_key *k)
{
	if (!k->min && !k->max)
		return;
	buf_addl(out, ", ");
	print_number(out, k->type, k->min);
	if (k->max == INT64_MAX) {
		buf_addl(out, " or more");
		return;
	}
	buf_addl(out, " to ");
	print_number(out, k->type, k->max);
}

static void
print_choices(struct buf *out, const struct conf_key *k)
{
	buf_addl(out, "one of");
	for (size_t i = 0; k->choices[i]; i++)
		buf_addf(out, "%s %s", i ? "," : "", k->choices[i]);
}

void
conf_print_type(struct buf *out, const struct conf_key *k)
{
	static const char *const words[] = {
		[CONF_STR] = "text",
		[CONF_INT] = "number",
		[CONF_BOOL] = "true or false",
		[CONF_DURATION] = "duration",
		[CONF_SIZE] = "size",
		[CONF_LIST] = "list of texts",
		[CONF_ADDRS] = "list of addresses",
		[CONF_PATH] = "file name",
		[CONF_SECRET] = "secret text",
	};

	if (k->type == CONF_CHOICE) {
		print_choices(out, k);
		return;
	}
	buf_addz(out, words[k->type]);
	print_range(out, k);
}

static void
print_quoted(struct buf *out, struct str text)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, text.p[i]);
	}
	buf_addc(out, '"');
}

static void
print_list(struct buf *out, struct str items)
{
	const char *between = "";

	buf_addc(out, '{');
	while (items.p) {
		struct str item = str_trim(str_split(items, ',', &items));

		if (item.n == 0)
			continue;
		buf_addz(out, between);
		print_quoted(out, item);
		between = ", ";
	}
	buf_addc(out, '}');
}

/* What to show for a key that has no default. */
static const char *
sample(const struct conf_key *k)
{
	static const char *const texts[] = {
		[CONF_STR] = "...",
		[CONF_DURATION] = "30s",
		[CONF_SIZE] = "64K",
		[CONF_LIST] = "...",
		[CONF_ADDRS] = "127.0.0.1:5222",
		[CONF_PATH] = "/path/of/it",
		[CONF_SECRET] = "...",
		[CONF_INT] = "0",
		[CONF_BOOL] = "false",
	};

	if (k->example)
		return k->example;
	return k->type == CONF_CHOICE ? k->choices[0] : texts[k->type];
}

void
conf_print_default(struct buf *out, const struct conf_key *k)
{
	const char *text = k->def ? k->def : sample(k);

	if (conf_type_is_list(k->type))
		print_list(out, str_z(text));
	else if (k->type == CONF_INT || k->type == CONF_BOOL)
		buf_addz(out, text);
	else
		print_quoted(out, str_z(text));
}
