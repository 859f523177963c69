/* SPDX-License-Identifier: Apache-2.0 */
/* Options: one table for reading them and for the help. */
#include "bench/load/plan.h"

#include "common/str.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT, NUMBER, FLAG, SECONDS, OPTION_BASE = 256 };

struct plan_option {
	const char *name;
	int type;
	size_t offset;
	const char *def;
	const char *help;
};

#define AT(member) offsetof(struct plan, member)

static const struct plan_option options[] = {
	{"server", TEXT, AT(server), "127.0.0.1:5222", "where it listens, HOST:PORT"},
	{"domain", TEXT, AT(domain), "localhost", "the XMPP domain"},
	{"tls", TEXT, AT(tls), "starttls", "starttls, direct or off"},
	{"ca", TEXT, AT(ca_file), NULL, "who may sign the server's certificate (PEM); else the system's authorities"},
	{"insecure", FLAG, AT(insecure), NULL, "do not check the server's certificate"},
	{"mechanism", TEXT, AT(mechanism), "SCRAM-SHA-256", "SCRAM-SHA-1, -256, -512 or PLAIN"},
	{"user", TEXT, AT(user), "load", "accounts are USER0, USER1, ..."},
	{"first", NUMBER, AT(first), "0", "number of the first account"},
	{"password-file", TEXT, AT(password_file), NULL, "its first line is the password of all accounts (required)"},
	{"pids-cmd", TEXT, AT(pids_command), NULL,
	 "prints a line \"ROLE PID\" for each process of the server, \"database\" being apart"},
	{"json", TEXT, AT(json_file), NULL, "write the results there, too; - for standard output"},
	{"label", TEXT, AT(label), "", "a word that stands in the results"},
	{"warmup", SECONDS, AT(warmup), "1", "seconds before measuring"},
	{"duration", SECONDS, AT(duration), "5", "seconds of measuring"},
	{"timeout", SECONDS, AT(timeout), "30", "seconds to wait for what must come"},
	{"parallel", NUMBER, AT(parallel), "20", "logins at a time (all scenarios); archive: questions"},
	{"accounts", NUMBER, AT(accounts), "0", "login, idle: accounts to use; 0: one for each session"},
	{"sessions", NUMBER, AT(sessions), "100", "login: accounts in turn; idle, archive: sessions"},
	{"pairs", NUMBER, AT(pairs), "50", "chat, mixed: senders, each with a receiver of its own"},
	{"window", NUMBER, AT(window), "10", "chat, offline: messages of a pair under way at a time"},
	{"rate", NUMBER, AT(rate), "0", "chat: messages a second of all pairs, however fast they arrive; 0: closed loop. "
	 "mixed: steps a second (0: 500)"},
	{"to", TEXT, AT(to), "bare", "chat: address the bare or the full JID"},
	{"size", NUMBER, AT(size), "80", "bytes of text in a message"},
	{"messages", NUMBER, AT(messages), "1000", "offline: messages in all"},
	{"receivers", NUMBER, AT(receivers), "10", "offline: accounts that are away"},
	{"groups", NUMBER, AT(groups), "5", "presence: senders"},
	{"page", NUMBER, AT(page), "50", "archive: messages of one answer"},
	{"contacts", NUMBER, AT(contacts), "20", "presence: contacts of each sender"},
};

static void
usage(void)
{
	printf("usage: carillon-load [options] SCENARIO\n\n"
	       "Does the work of many clients on an XMPP server and measures. Scenarios:\n"
	       "  login      logins one after the other, from connecting to the bound resource\n"
	       "  idle       sessions that do nothing: memory, CPU at rest\n"
	       "  chat       messages from pairs\n"
	       "  offline    messages to accounts that are away, and their delivery\n"
	       "  presence   presence changes to many contacts\n"
	       "  archive    the last messages of an archive (XEP-0313), again and again\n"
	       "  mixed      chat, presence, pings, and receivers that come and go, by a timetable\n\n");
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		printf("  --%-14s %s", options[i].name, options[i].help);
		if (options[i].def && *options[i].def)
			printf(" (%s)", options[i].def);
		putchar('\n');
	}
	printf("\nExit status: 0 when nothing was lost, doubled, reordered, refused or broken off; 1 otherwise.\n");
}

static void
set_number(struct plan *p, const struct plan_option *o, const char *value)
{
	uint64_t n;

	if (str_to_u64(str_z(value), &n) < 0 || n > 100000000)
		die(EXIT_CONFIG, "--%s is a number, not %s", o->name, value);
	memcpy((char *)p + o->offset, &n, sizeof(n));
}

static void
set_seconds(struct plan *p, const struct plan_option *o, const char *value)
{
	char *end;
	double s = strtod(value, &end);

	if (end == value || *end || !isfinite(s) || s < 0 || s > 86400)
		die(EXIT_CONFIG, "--%s is a number of seconds, not %s", o->name, value);
	memcpy((char *)p + o->offset, &s, sizeof(s));
}

static void
set(struct plan *p, const struct plan_option *o, const char *value)
{
	switch (o->type) {
	case TEXT:
		memcpy((char *)p + o->offset, &value, sizeof(value));
		break;
	case NUMBER:
	case FLAG:
		set_number(p, o, o->type == FLAG ? "1" : value);
		break;
	case SECONDS:
		set_seconds(p, o, value);
		break;
	}
}

enum plan_tls
plan_tls(const struct plan *p)
{
	if (strcmp(p->tls, "off") == 0)
		return PLAN_TLS_OFF;
	return strcmp(p->tls, "direct") == 0 ? PLAN_TLS_DIRECT : PLAN_STARTTLS;
}

bool
plan_to_full(const struct plan *p)
{
	return strcmp(p->to, "full") == 0;
}

static void
need_one_of(const char *option, const char *value, const char *const *choices)
{
	for (size_t i = 0; choices[i]; i++)
		if (strcmp(choices[i], value) == 0)
			return;
	die(EXIT_CONFIG, "--%s %s is not known; carillon-load --help tells what is", option, value);
}

static void
check(const struct plan *p)
{
	static const char *const tls[] = {"off", "starttls", "direct", NULL};
	static const char *const mechanisms[] = {"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", NULL};
	static const char *const to[] = {"bare", "full", NULL};

	need_one_of("tls", p->tls, tls);
	need_one_of("mechanism", p->mechanism, mechanisms);
	need_one_of("to", p->to, to);
	if (!p->password_file)
		die(EXIT_CONFIG, "--password-file is needed");
	if (!p->parallel || !p->sessions || !p->pairs || !p->window || !p->messages || !p->receivers || !p->groups ||
	    !p->contacts || !p->page)
		die(EXIT_CONFIG, "only --rate, --size, --accounts and --first may be 0");
	if (p->duration <= 0 || p->timeout <= 0)
		die(EXIT_CONFIG, "--duration and --timeout must be more than 0");
}

void
plan_read(struct plan *p, int argc, char **argv)
{
	struct option longs[ARRAY_LEN(options) + 2] = {{"help", no_argument, NULL, 'h'}};
	int c;

	*p = (struct plan){0};
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		const struct plan_option *o = &options[i];

		longs[i + 1] = (struct option){o->name, o->type == FLAG ? no_argument : required_argument, NULL,
					       OPTION_BASE + (int)i};
		if (o->def)
			set(p, o, o->def);
	}
	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'h') {
			usage();
			exit(0);
		}
		if (c < OPTION_BASE)
			exit(EXIT_CONFIG); /* getopt has said what is wrong */
		set(p, &options[c - OPTION_BASE], optarg);
	}
	if (argc - optind != 1)
		die(EXIT_CONFIG, "one scenario is needed; carillon-load --help lists them");
	p->scenario = argv[optind];
	check(p);
}
