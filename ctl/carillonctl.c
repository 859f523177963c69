/* SPDX-License-Identifier: Apache-2.0 */
/* carillonctl: the operator's hand. Options, the table of commands, help, output. */
#include "config.h"

#include "common/log.h"
#include "ctl/ctl.h"
#include "ctl/keys.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_CONFIG SYSCONFDIR "/carillon/carillon.conf"

struct command {
	const char *words; /* "user add" */
	enum ctl_exit (*run)(struct ctl *ctl);
	int min, max;       /* how many arguments, without options */
	const char *option; /* the one that it knows; null: none */
	bool valued;        /* and whether a value follows */
	const char *args, *help;
};

static const struct command commands[] = {
	{"user add", cmd_user_add, 1, 1, "--digest-md5", false, " USER@HOST [--digest-md5]",
	 "make an account; the password is asked for, or read from stdin"},
	{"user del", cmd_user_del, 1, 1, NULL, false, " USER@HOST", "delete an account with everything that is its own"},
	{"user passwd", cmd_user_passwd, 1, 1, "--digest-md5", false, " USER@HOST [--digest-md5]", "set another password"},
	{"user disable", cmd_user_disable, 1, 1, NULL, false, " USER@HOST", "end its sessions and let nobody log in to it"},
	{"user enable", cmd_user_enable, 1, 1, NULL, false, " USER@HOST", "undo that"},
	{"user list", cmd_user_list, 0, 1, NULL, false, " [HOST]", "accounts"},
	{"user show", cmd_user_show, 1, 1, NULL, false, " USER@HOST", "one account"},
	{"session list", cmd_session_list, 0, 1, NULL, false, " [USER@HOST]", "who is logged in, from where"},
	{"session kick", cmd_session_kick, 1, 1, "--reason", true, " USER@HOST[/RESOURCE] [--reason TEXT]",
	 "end one session, or all of an account"},
	{"status", cmd_status, 0, 1, NULL, false, " [DAEMON]",
	 "the daemons: state, uptime, CPU time, memory; of one, or with --json, all counters"},
	{"slots", cmd_slots, 0, 0, NULL, false, "", "how many of the 1024 slots each sm owns"},
	{"wait", cmd_wait, 0, 0, "--timeout", true, " [--timeout SECONDS]",
	 "until all configured daemons are ready (default 30 s)"},
	{"check", cmd_check, 0, 0, NULL, false, "", "configuration, certificates, DNS records, database"},
	{"reload", cmd_reload, 0, 1, NULL, false, " [DAEMON]", "read the configuration again, as SIGHUP does"},
	{"drain", cmd_drain, 1, 1, NULL, false, " DAEMON", "let a daemon hand over its work and leave"},
	{"db status", cmd_db_status, 0, 0, NULL, false, "", "the version of the database's schema"},
	{"db migrate", cmd_db_migrate, 0, 0, NULL, false, "", "create or upgrade the schema"},
};

static void
help_command(FILE *to, const struct command *c)
{
	fprintf(to, "  %s%s\n        %s\n", c->words, c->args, c->help);
}

/* Those that begin with this word; how many. */
static unsigned
help_family(FILE *to, const char *first)
{
	unsigned count = 0;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		struct str rest, word = str_split(str_z(commands[i].words), ' ', &rest);

		if (!str_is(word, first))
			continue;
		help_command(to, &commands[i]);
		count++;
	}
	return count;
}

static void
help(FILE *to)
{
	fputs("usage: carillonctl [-c FILE] [--json] COMMAND [ARGUMENTS]\n\n", to);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		help_command(to, &commands[i]);
	fputs("\n  -c FILE   configuration (default " DEFAULT_CONFIG ")\n"
	      "  --json    print JSON\n"
	      "  -V, -h    version, help\n"
	      "\nexamples:\n"
	      "  carillonctl user add juliet@example.org\n"
	      "  pwgen 16 1 | carillonctl user passwd juliet@example.org\n"
	      "  carillonctl --json session list | jq length\n"
	      "  carillonctl drain c2s-2\n"
	      "\nexit status: 0 done, 1 it did not work, 2 usage or configuration, 3 server or database not reachable\n",
	      to);
}

enum ctl_exit
ctl_fail(const struct ctl *ctl, enum ctl_exit code, const char *fmt, ...)
{
	va_list ap;

	(void)ctl;
	fputs("carillonctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return code;
}

static void
drop_args(struct ctl *ctl, int at, int count)
{
	for (int i = at; i + count < ctl->count; i++)
		ctl->args[i] = ctl->args[i + count];
	ctl->count -= count;
}

const char *
ctl_option(struct ctl *ctl, const char *name)
{
	for (int i = 0; i + 1 < ctl->count; i++) {
		if (strcmp(ctl->args[i], name) == 0) {
			const char *value = ctl->args[i + 1];

			drop_args(ctl, i, 2);
			return value;
		}
	}
	return NULL;
}

bool
ctl_flag(struct ctl *ctl, const char *name)
{
	for (int i = 0; i < ctl->count; i++) {
		if (strcmp(ctl->args[i], name) == 0) {
			drop_args(ctl, i, 1);
			return true;
		}
	}
	return false;
}

enum ctl_exit
ctl_conf(struct ctl *ctl)
{
	struct buf problems = {0};
	enum ctl_exit code = CTL_OK;

	if (conf_load(&ctl->conf, ctl->config, ctl_sections(), NULL, "ctl-1", &problems) < 0) {
		fputs(buf_z(&problems), stderr);
		code = CTL_USAGE;
	}
	buf_done(&problems);
	return code;
}

/* The command whose words the arguments begin with; takes them off. */
static const struct command *
find_command(struct ctl *ctl)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		struct str second, first = str_split(str_z(commands[i].words), ' ', &second);
		int words = second.p ? 2 : 1;

		if (ctl->count < words || !str_is(first, ctl->args[0]) || (second.p && !str_is(second, ctl->args[1])))
			continue;
		drop_args(ctl, 0, words);
		return &commands[i];
	}
	return NULL;
}

static void
print_table(struct ctl *ctl)
{
	struct buf out = {0};

	if (ctl->json)
		table_print_json(&ctl->table, &out);
	else if (ctl->table.rows.len)
		table_print_text(&ctl->table, &out);
	fwrite(out.p ? out.p : "", 1, out.n, stdout);
	buf_done(&out);
}

/* Options in front of the command; exit status, or -1 to go on. */
static int
read_options(struct ctl *ctl, int argc, char **argv)
{
	static const struct option longs[] = {
		{"config", required_argument, NULL, 'c'}, {"json", no_argument, NULL, 'j'},
		{"version", no_argument, NULL, 'V'},      {"help", no_argument, NULL, 'h'}, {0}};
	int c;

	while ((c = getopt_long(argc, argv, "+c:jVh", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			ctl->config = optarg;
			break;
		case 'j':
			ctl->json = true;
			break;
		case 'V':
			puts("carillonctl " PACKAGE_VERSION);
			return CTL_OK;
		case 'h':
			help(stdout);
			return CTL_OK;
		default:
			help(stderr);
			return CTL_USAGE;
		}
	}
	ctl->args = argv + optind;
	ctl->count = argc - optind;
	ctl->json = ctl_flag(ctl, "--json") || ctl->json;
	return -1;
}

static enum ctl_exit
unknown_command(const struct ctl *ctl)
{
	if (ctl->count == 0) {
		help(stderr);
		return CTL_USAGE;
	}
	ctl_fail(ctl, CTL_USAGE, "there is no command \"%s%s%s\"; carillonctl -h lists all", ctl->args[0],
		 ctl->count > 1 ? " " : "", ctl->count > 1 ? ctl->args[1] : "");
	help_family(stderr, ctl->args[0]);
	return CTL_USAGE;
}

static enum ctl_exit
bad_arguments(const struct ctl *ctl, const struct command *command)
{
	return ctl_fail(ctl, CTL_USAGE, "usage: carillonctl %s%s", command->words, command->args);
}

/* Nothing that was typed is overlooked. CTL_OK or CTL_USAGE, printed. */
static enum ctl_exit
check_arguments(const struct ctl *ctl, const struct command *command)
{
	int count = 0;

	for (int i = 0; i < ctl->count; i++) {
		bool known = command->option && strcmp(ctl->args[i], command->option) == 0;

		if (strncmp(ctl->args[i], "--", 2) == 0 && !known)
			return bad_arguments(ctl, command);
		if (known && command->valued && ++i == ctl->count)
			return bad_arguments(ctl, command);
		count += !known;
	}
	return count < command->min || count > command->max ? bad_arguments(ctl, command) : CTL_OK;
}

static enum ctl_exit
run(struct ctl *ctl, const struct command *command)
{
	enum ctl_exit code = ctl_conf(ctl);

	if (code != CTL_OK)
		return code;
	code = command->run(ctl);
	if (code == CTL_OK || ctl->table.rows.len)
		print_table(ctl);
	return code;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = {.config = DEFAULT_CONFIG};
	const struct command *command;
	int code = read_options(&ctl, argc, argv);

	if (code >= 0)
		return code;
	command = find_command(&ctl);
	if (!command)
		return unknown_command(&ctl);
	if (ctl_flag(&ctl, "--help") || ctl_flag(&ctl, "-h")) {
		help_command(stdout, command);
		return CTL_OK;
	}
	code = (int)check_arguments(&ctl, command);
	if (code == CTL_OK)
		code = (int)run(&ctl, command);
	ctl_bus_done(&ctl);
	table_done(&ctl.table);
	conf_free(&ctl.conf);
	return code;
}
