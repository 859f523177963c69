/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints what is made from the tables of configuration keys, in the order of
 * ctl/sections.c: `gendoc example` is etc/carillon.conf, `gendoc mdoc` is
 * man/carillon.conf.5. Both are kept in the repository; tools/check-docs tells
 * when they are stale, and says how to make them anew.
 */
#include "common/daemon.h"
#include "ctl/keys.h"

#include <stdio.h>

static const char mdoc_head[] =
	".\\\" SPDX-License-Identifier: Apache-2.0\n"
	".\\\" Made by tools/gendoc from the tables in the source. Change those, not this.\n"
	".Dd November 24, 2026\n"
	".Dt CARILLON.CONF 5\n"
	".Os\n"
	".Sh NAME\n"
	".Nm carillon.conf\n"
	".Nd configuration of the Carillon XMPP server\n"
	".Sh DESCRIPTION\n"
	"All daemons of Carillon read the same file, which can be the same on every\n"
	"node of a cluster.\n"
	"It consists of sections, which hold keys with values:\n"
	".Bd -literal -offset indent\n"
	"# a comment\n"
	"log {\n"
	"\tlevel = \"info\"\n"
	"}\n"
	"host \"example.org\" {\n"
	"\tcertificate = \"/etc/carillon/example.org.pem\"\n"
	"}\n"
	"c2s {\n"
	"\tlisten = {\"0.0.0.0:5222\", \"[::]:5222\"}\n"
	"}\n"
	".Ed\n"
	".Pp\n"
	"A section may be written several times; what comes later wins, key by key.\n"
	"Keys that are not written have the defaults below.\n"
	"A daemon checks the sections that it uses, and wants the names of the others\n"
	"to be known;\n"
	".Cm check\n"
	"of\n"
	".Xr carillonctl 1\n"
	"checks all of them.\n"
	"An unknown name, a value of the wrong type or out of range is an error:\n"
	"at start the daemon tells all of them and ends, at a reload it tells them and\n"
	"keeps what it had.\n"
	".Ss Values\n"
	"Text that is one word needs no quotes.\n"
	"In double quotes a backslash takes the special meaning from the next character;\n"
	"in single quotes nothing but the backslash and the quote itself is special.\n"
	"Lists stand in braces with commas between their members; a list of one may do\n"
	"without braces.\n"
	".Pp\n"
	"These stand for something else:\n"
	".Bl -tag -width Ds\n"
	".It Li ${NAME}\n"
	"the environment variable, which must be set; except in single quotes.\n"
	".It Li ${NAME:-default}\n"
	"the same, or the default when it is not set.\n"
	".It Li %n\n"
	"the name of the instance, such as\n"
	".Li c2s-2 .\n"
	".It Li %i\n"
	"its number, such as\n"
	".Li 2 .\n"
	".It Li %%\n"
	"a percent sign.\n"
	"In secrets a percent sign stands for itself.\n"
	".El\n"
	".Ss Types\n"
	".Bl -tag -width Ds\n"
	".It duration\n"
	"a number with a unit:\n"
	".Li 500ms , 30s , 5m , 2h , 7d .\n"
	".It size\n"
	"bytes, or a number with a unit of 1024 and its powers:\n"
	".Li 16K , 2M , 1G , 1T .\n"
	".It true or false\n"
	"also\n"
	".Li yes , no , on , off .\n"
	".It address\n"
	"an IP address and a port,\n"
	".Li 192.0.2.1:5222\n"
	"or\n"
	".Li \"[2001:db8::1]:5222\" ,\n"
	"or a Unix socket,\n"
	".Li unix:/run/carillon/router-1.sock .\n"
	".El\n"
	".Ss Several files\n"
	".Bd -literal -offset indent\n"
	"include(\"secrets.conf\")\n"
	"include(\"hosts/*.conf\")\n"
	".Ed\n"
	".Pp\n"
	"outside of sections take in other files, in alphabetical order where there are\n"
	"several.\n"
	"Relative names start from the directory of the file in which they stand.\n"
	"A pattern may match nothing.\n"
	".Ss Reload\n"
	"At\n"
	".Dv SIGHUP ,\n"
	"or\n"
	".Cm reload\n"
	"of\n"
	".Xr carillonctl 1 ,\n"
	"a daemon reads the file anew.\n"
	"Of a key that takes effect at a restart only it keeps the value that it has,\n"
	"and warns when the file has another.\n"
	".Sh SECTIONS\n";

static const char mdoc_tail[] =
	".Sh FILES\n"
	".Bl -tag -width Ds\n"
	".It Pa /etc/carillon/carillon.conf\n"
	"The default; each daemon takes another with\n"
	".Fl c .\n"
	".It Pa /etc/carillon/carillon.conf.sample\n"
	"All keys with their defaults, in comments.\n"
	".El\n"
	".Sh EXAMPLES\n"
	"One machine:\n"
	".Bd -literal -offset indent\n"
	"cluster {\n"
	"\trouters = {\"unix:/run/carillon/router-1.sock\"}\n"
	"\tsecret_file = \"/etc/carillon/cluster.secret\"\n"
	"}\n"
	"host \"example.org\" {\n"
	"\tcertificate = \"/etc/carillon/example.org.pem\"\n"
	"\tkey = \"/etc/carillon/example.org.key\"\n"
	"}\n"
	".Ed\n"
	".Pp\n"
	"Two nodes, with what differs in their environment:\n"
	".Bd -literal -offset indent\n"
	"cluster {\n"
	"\trouters = {\"10.0.0.1:5347\", \"10.0.0.2:5347\"}\n"
	"\tsecret = \"${CARILLON_SECRET}\"\n"
	"\tca_file = \"/etc/carillon/cluster-ca.pem\"\n"
	"\tcertificate = \"/etc/carillon/${NODE}.pem\"\n"
	"}\n"
	"http {\n"
	"\taddress = \"${NODE_ADDRESS:-127.0.0.1}\"\n"
	"\tport = 9500\n"
	"}\n"
	"include(\"hosts/*.conf\")\n"
	".Ed\n"
	".Sh SEE ALSO\n"
	".Xr carillonctl 1 ,\n"
	".Xr carillon 8\n";

static void
print_mdoc(struct buf *out)
{
	buf_addz(out, mdoc_head);
	conf_print_mdoc(out, ctl_sections());
	buf_addz(out, mdoc_tail);
}

static void
replace_all(struct buf *text, struct str old, struct str new)
{
	struct buf out = {0};
	struct str rest = buf_str(text);
	ssize_t at;

	while ((at = str_find(rest, old)) >= 0) {
		buf_addn(&out, rest.p, (size_t)at);
		buf_add(&out, new);
		rest = str_from(rest, (size_t)at + old.n);
	}
	buf_add(&out, rest);
	buf_done(text);
	*text = out;
}

/* Defaults may hold paths of this build; in the repository stand those of a system's own package. */
static void
neutral_paths(struct buf *text)
{
	replace_all(text, STR("\"" LOCALSTATEDIR "/"), STR("\"/var/"));
	replace_all(text, STR("\\(dq" LOCALSTATEDIR "/"), STR("\\(dq/var/"));
	replace_all(text, STR("\"" SYSCONFDIR "/"), STR("\"/etc/"));
	replace_all(text, STR("\\(dq" SYSCONFDIR "/"), STR("\\(dq/etc/"));
}

static bool
name_is_listed(struct str name)
{
	for (const char *const *listed = conf_all_section_names; *listed; listed++) {
		struct str n = str_z(*listed);

		if (str_eq(n, name) || (n.p[n.n - 1] == '*' && str_starts(name, str_n(n.p, n.n - 1))))
			return true;
	}
	return false;
}

/* A section that the other daemons do not know by name would be an error to them. */
static void
check_names(void)
{
	for (const struct conf_section *const *s = ctl_sections(); *s; s++)
		if (!name_is_listed(str_z((*s)->name)))
			die(1, "gendoc: section %s is missing in conf_all_section_names of common/daemon_keys.c", (*s)->name);
}

int
main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";
	struct buf out = {0};
	bool written;

	check_names();
	if (strcmp(what, "example") == 0)
		conf_print_example(&out, ctl_sections());
	else if (strcmp(what, "mdoc") == 0)
		print_mdoc(&out);
	else
		die(1, "usage: gendoc example | mdoc");
	neutral_paths(&out);
	written = fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0;
	buf_done(&out);
	if (!written)
		die(1, "gendoc: cannot write");
	return 0;
}
