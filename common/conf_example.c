/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the commented example file, etc/carillon.conf, from the tables. */
#include "common/conf_impl.h"

enum { WIDTH = 96 };

static const char head[] =
	"# Configuration of Carillon, for all its daemons; the same file on every node.\n"
	"# Made from the tables in the source; carillon.conf(5) tells the same at more length.\n"
	"#\n"
	"# What is commented out is the default. Check the file with: carillonctl check\n"
	"# \"reload\" takes effect at a reload (SIGHUP, carillonctl reload), \"restart\" when the daemon starts.\n"
	"#\n"
	"# Durations have a unit: 500ms, 30s, 5m, 2h, 7d. Sizes are bytes, or have one: 16K, 2M, 1G.\n"
	"# In values ${NAME} is from the environment, %n the instance (c2s-2), %i its number (2), %% a percent sign.\n"
	"# include(\"file\") and include(\"host-*.conf\") take in other files; what comes later wins.\n";

static void
print_key(struct buf *out, const struct conf_key *k, const char *mark)
{
	bool required = k->flags & CONF_REQUIRED;

	conf_print_words(out, str_z(k->help), "\t# ", WIDTH);
	buf_addl(out, "\t# (");
	conf_print_type(out, k);
	buf_addf(out, "; %s%s)\n", k->flags & CONF_RELOAD ? "reload" : "restart",
		 required ? "; required" : k->def ? "" : "; no default");
	buf_addf(out, "%s\t%s%s = ", mark, *mark || required || k->flags & CONF_SHOWN ? "" : "#", k->name);
	conf_print_default(out, k);
	buf_addc(out, '\n');
}

/* A section without anything required may stand empty: all its keys have defaults. */
static void
print_section(struct buf *out, const struct conf_section *s)
{
	const char *mark = s->example ? "#" : "";

	buf_addc(out, '\n');
	if (s->help)
		conf_print_words(out, str_z(s->help), "# ", WIDTH);
	buf_addf(out, "%s%s", mark, s->name);
	if (s->titled)
		buf_addf(out, " \"%s\"", s->example ? s->example : "example.org");
	buf_addl(out, " {\n");
	for (const struct conf_key *k = s->keys; k->name; k++) {
		if (k != s->keys)
			buf_addf(out, "%s\n", mark);
		print_key(out, k, mark);
	}
	buf_addf(out, "%s}\n", mark);
}

void
conf_print_example(struct buf *out, const struct conf_section *const *sections)
{
	buf_addz(out, head);
	for (; *sections; sections++)
		print_section(out, *sections);
}
