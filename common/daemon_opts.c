/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of a daemon. */
#include "common/daemon_impl.h"

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
print_help(const struct daemon_desc *desc, FILE *to)
{
	fprintf(to,
		"Usage: %s [-c FILE] [-n NAME] [-d] [-t]\n"
		"%s\n"
		"\n"
		"  -c FILE  configuration (default " SYSCONFDIR "/carillon/carillon.conf)\n"
		"  -n NAME  name of this instance, %s-NUMBER (default %s-1)\n"
		"  -t       check the configuration and exit: 0 good, 2 bad\n"
		"  -d       log at level debug\n"
		"  -V       print the version and exit\n"
		"  -h       print this and exit\n",
		desc->role, desc->summary, desc->role, desc->role);
}

/* ROLE-NUMBER, number from 1, without leading zeroes: one instance has one name. */
static int
parse_name(const char *name, const char *role, unsigned *number_r)
{
	struct str all = str_z(name), prefix = str_z(role), digits;
	uint64_t number;

	if (!str_starts(all, prefix) || all.n < prefix.n + 2 || all.p[prefix.n] != '-')
		return -1;
	digits = str_from(all, prefix.n + 1);
	if (digits.p[0] == '0' || str_to_u64(digits, &number) < 0 || number > 9999)
		return -1;
	*number_r = (unsigned)number;
	return 0;
}

static int
set_name(struct daemon *d, const char *name)
{
	const char *role = d->desc->role;

	if (parse_name(name, role, &d->number) < 0) {
		fprintf(stderr, "%s: -n %s: no name of an instance; wanted is %s-NUMBER, from %s-1 to %s-9999\n", role, name,
			role, role, role);
		return -1;
	}
	free(d->name);
	d->name = xstrdup(name);
	return 0;
}

static int
bad_usage(const struct daemon_desc *desc)
{
	print_help(desc, stderr);
	return EXIT_CONFIG;
}

static int
take_option(struct daemon *d, int option)
{
	switch (option) {
	case 'c':
		d->conf_path = optarg;
		return -1;
	case 'n':
		return set_name(d, optarg) < 0 ? EXIT_CONFIG : -1;
	case 't':
		d->check_only = true;
		return -1;
	case 'd':
		d->debug = true;
		return -1;
	case 'V':
		printf("carillon %s %s\n", d->desc->role, PACKAGE_VERSION);
		return 0;
	case 'h':
		print_help(d->desc, stdout);
		return 0;
	default:
		return bad_usage(d->desc);
	}
}

int
daemon_options(struct daemon *d, int argc, char **argv)
{
	char *first = xasprintf("%s-1", d->desc->role);
	int option, exit_code = set_name(d, first) < 0 ? EXIT_CONFIG : -1;

	free(first);
	d->conf_path = SYSCONFDIR "/carillon/carillon.conf";
	optind = 1;
	while (exit_code < 0 && (option = getopt(argc, argv, "c:n:tdVh")) != -1)
		exit_code = take_option(d, option);
	if (exit_code < 0 && optind < argc) {
		fprintf(stderr, "%s: '%s' is no option\n", d->desc->role, argv[optind]);
		return bad_usage(d->desc);
	}
	return exit_code;
}
