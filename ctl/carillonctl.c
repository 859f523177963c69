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
	const char *args, *help;
};

static const struct command commands[] = {
	{"user add", cmd_user_add, "USER@HOST [--digest-md5]", "make an account; the password is asked for, or read from stdin"},
	{"user del", cmd_user_del, "USER@HOST", "delete an account with everything that is its own"},
	{"user passwd", cmd_user_passwd, "USER@HOST [--digest-md5]", "set another password"},
	{"user list", cmd_user_list, "[HOST]", "accounts"},
	{"user show", cmd_user_show, "USER@HOST", "one account"},
	{"session list", cmd_session_list, "[USER@HOST]", "who is logged in, from where"},
	{"session kick", cmd_session_kick, "USER@HOST[/RESOURCE] [--reason TEXT]", "end sessions"},
	{"status", cmd_status, "[DAEMON]", "the daemons: state, uptime, CPU time, memory, counters"},
	{"slots", cmd_slots, "", "how many of the 1024 slots each sm owns"},
	{"wait", cmd_wait, "[--timeout SECONDS]", "until all configured daemons are ready (default 30 s)"},
	{"check", cmd_check, "", "configuration, certificates, DNS records, database"},
	{"reload", cmd_reload, "[DAEMON]", "read the configuration again, as SIGHUP does"},
	{"drain", cmd_drain, "DAEMON", "let a daemon hand over its work and leave"},
	{"db status", cmd_db_status, "", "the version of the database's schema"},
	{"db migrate", cmd_db_migrate, "", "create or upgrade the schema"},
};

static void
help(FILE *to)
{
	fputs("usage: carillonctl [-c FILE] [--json] COMMAND [ARGUMENTS]\n\n", to);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  %s %s\n        %s\n", commands[i].words, commands[i].args, commands[i].help);
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

int
main(int argc, char **argv)
{
	struct ctl ctl = {.config = DEFAULT_CONFIG};
	const struct command *command;
	int code = read_options(&ctl, argc, argv);

	if (code >= 0)
		return code;
	command = find_command(&ctl);
	if (!command) {
		if (ctl.count)
			ctl_fail(&ctl, CTL_USAGE, "there is no command \"%s%s%s\"", ctl.args[0], ctl.count > 1 ? " " : "",
				 ctl.count > 1 ? ctl.args[1] : "");
		help(stderr);
		return CTL_USAGE;
	}
	code = (int)ctl_conf(&ctl);
	if (code == CTL_OK) {
		code = (int)command->run(&ctl);
		if (code == CTL_OK || ctl.table.rows.len)
			print_table(&ctl);
	}
	ctl_bus_done(&ctl);
	table_done(&ctl.table);
	conf_free(&ctl.conf);
	return code;
}
