/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions that do nothing once they are there: what one costs in memory, and
 * all together in CPU at rest.
 */
#include "bench/load/scenario.h"

#include <string.h>

/* The memory is that from before the logins to the end; the CPU that of the quiet time. */
static void
take_memory(struct meter *quiet, const struct meter *whole)
{
	for (size_t i = 0; i < quiet->role_count && i < whole->role_count; i++)
		if (strcmp(quiet->roles[i].name, whole->roles[i].name) == 0)
			quiet->roles[i].pss_grown = whole->roles[i].pss_grown;
	quiet->changed |= whole->changed;
}

void
scenario_idle(struct crew *c, struct report *r)
{
	const struct plan *p = c->plan;
	struct outcome *o;
	struct meter whole;

	crew_enlist(c, p->accounts ? p->accounts : p->sessions, p->sessions);
	meter_init(&whole, p->pids_command);
	meter_begin(&whole);
	crew_login(c, 0, p->sessions);
	crew_presence(c, 0, p->sessions);
	crew_sync(c, 0, p->sessions);
	o = scenario_outcome(c, "idle", "sessions");
	outcome_number(o, "sessions", p->sessions);
	outcome_number(o, "accounts", c->account_count);
	o->memory_sessions = p->sessions;
	reactor_run(&c->reactor, seconds_ns(p->warmup));
	meter_begin(&o->meter);
	reactor_run(&c->reactor, seconds_ns(p->duration));
	meter_end(&o->meter);
	meter_end(&whole);
	take_memory(&o->meter, &whole);
	meter_done(&whole);
	crew_leave(c, 0, p->sessions);
	report_add(r, c, &o);
}
