/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carillon-load: does the work of many clients on any XMPP server, checks that
 * nothing is lost, doubled or reordered, and tells how fast it went and what
 * it cost the server. doc/performance.md says how to use it.
 */
#include "bench/load/scenario.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

static const struct {
	const char *name;
	void (*run)(struct crew *c, struct report *r);
} scenarios[] = {
	{"login", scenario_login}, {"idle", scenario_idle},         {"chat", scenario_chat},
	{"offline", scenario_offline}, {"presence", scenario_presence}, {"archive", scenario_archive},
	{"mixed", scenario_mixed},
};

static void
write_json(const char *name, struct str objects)
{
	FILE *f = strcmp(name, "-") == 0 ? stdout : fopen(name, "w");

	if (!f)
		die(1, "--json %s: %s", name, strerror(errno));
	fprintf(f, "[" STR_FMT "]\n", STR_ARG(objects));
	if (fflush(f) || (f != stdout && fclose(f)))
		die(1, "--json %s: %s", name, strerror(errno));
}

int
main(int argc, char **argv)
{
	struct report report = {.good = true};
	struct plan plan;
	struct crew crew;
	size_t i = 0;

	plan_read(&plan, argc, argv);
	while (i < ARRAY_LEN(scenarios) && strcmp(scenarios[i].name, plan.scenario) != 0)
		i++;
	if (i == ARRAY_LEN(scenarios))
		die(EXIT_CONFIG, "%s is no scenario; carillon-load --help lists them", plan.scenario);
	report.table = plan.json_file && strcmp(plan.json_file, "-") == 0 ? stderr : stdout;
	signal(SIGPIPE, SIG_IGN);
	letter_init();
	crew_init(&crew, &plan);
	scenarios[i].run(&crew, &report);
	crew_done(&crew);
	if (plan.json_file)
		write_json(plan.json_file, buf_str(&report.json));
	buf_done(&report.json);
	return report.good ? 0 : 1;
}
