/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the body of the manual page carillon.conf(5) from the tables, in mdoc(7). */
#include "common/conf_impl.h"

enum { WIDTH = 78 };

static void
add_escaped(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\')
			buf_addl(out, "\\e");
		else if (text.p[i] == '~')
			buf_addl(out, "\\(ti");
		else if (text.p[i] == '^')
			buf_addl(out, "\\(ha");
		else
			buf_addc(out, text.p[i]);
	}
}

/* Up to the end of a sentence, or all; roff wants each on a line of its own. */
static struct str
take_sentence(struct str *text)
{
	struct str all = *text;

	for (size_t i = 0; i + 1 < all.n; i++) {
		if ((all.p[i] == '.' || all.p[i] == '?') && all.p[i + 1] == ' ') {
			*text = str_from(all, i + 1);
			return str_n(all.p, i + 1);
		}
	}
	*text = STR_NONE;
	return all;
}

/* Text, so that roff sees no request and no escape in it. */
static void
print_text(struct buf *out, struct str text)
{
	struct buf escaped = {0}, wrapped = {0};
	struct str rest;

	while (text.p) {
		buf_clear(&escaped);
		add_escaped(&escaped, take_sentence(&text));
		conf_print_words(&wrapped, buf_str(&escaped), "", WIDTH);
	}
	for (rest = buf_str(&wrapped); rest.n;) {
		struct str line = str_split(rest, '\n', &rest);

		if (line.n && (line.p[0] == '.' || line.p[0] == '\''))
			buf_addl(out, "\\&");
		buf_add(out, line);
		buf_addc(out, '\n');
	}
	buf_done(&escaped);
	buf_done(&wrapped);
}

/* An argument of a macro: in quotes, with those inside as their name. */
static void
print_argument(struct buf *out, struct str text)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_addl(out, "\\(dq");
		else if (text.p[i] == '\\')
			buf_addl(out, "\\e");
		else
			buf_addc(out, text.p[i]);
	}
	buf_addc(out, '"');
}

static void
print_default(struct buf *out, const struct conf_key *k)
{
	struct buf value = {0};

	conf_print_default(&value, k);
	if (k->flags & CONF_REQUIRED)
		buf_addl(out, "Required, for example\n.Li ");
	else if (k->def)
		buf_addl(out, "Default:\n.Li ");
	else if (k->example)
		buf_addl(out, "No default; for example\n.Li ");
	else
		buf_addl(out, "No default.\n");
	if (k->def || k->example || k->flags & CONF_REQUIRED) {
		print_argument(out, buf_str(&value));
		buf_addl(out, " .\n");
	}
	buf_done(&value);
}

static void
print_key(struct buf *out, const struct conf_key *k)
{
	struct buf type = {0};

	conf_print_type(&type, k);
	buf_addf(out, ".It Ic %s\n", k->name);
	print_text(out, str_z(k->help));
	buf_addl(out, ".br\n");
	buf_addl(out, "Type: ");
	buf_add(out, buf_str(&type));
	buf_addf(out, ".\n%s\n", k->flags & CONF_RELOAD ? "Takes effect at a reload." : "Takes effect at a restart.");
	print_default(out, k);
	buf_done(&type);
}

static void
print_section(struct buf *out, const struct conf_section *s)
{
	buf_addf(out, ".Ss %s", s->name);
	if (s->titled)
		buf_addf(out, " \\(dq%s\\(dq", s->example ? s->example : "example.org");
	buf_addc(out, '\n');
	if (s->help)
		print_text(out, str_z(s->help));
	if (!s->keys[0].name)
		return;
	buf_addl(out, ".Bl -tag -width Ds\n");
	for (const struct conf_key *k = s->keys; k->name; k++)
		print_key(out, k);
	buf_addl(out, ".El\n");
}

void
conf_print_mdoc(struct buf *out, const struct conf_section *const *sections)
{
	for (; *sections; sections++)
		print_section(out, *sections);
}
