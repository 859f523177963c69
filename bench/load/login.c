/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logins in a closed loop: --parallel clients at a time connect, log in, bind
 * and leave, and the next ones follow. Everybody has been there once before
 * measuring starts, so that the generator has the keys of all accounts.
 */
#include "bench/load/scenario.h"

#include <stdlib.h>

enum { FAILURES_MAX = 1000 };

struct login_run {
	struct outcome *o;
	struct actor **free; /* a ring of those who are off */
	size_t first, count, size;
	bool measuring, ending;
};

static void
start_next(struct crew *c)
{
	struct login_run *l = c->scenario;
	struct actor *a = l->free[l->first];

	bug_if(!l->count);
	l->first = (l->first + 1) % l->size;
	l->count--;
	actor_start(a);
}

static void
on_ready(struct actor *a)
{
	struct login_run *l = a->crew->scenario;

	if (l->measuring) {
		l->o->operations++;
		histogram_add(&l->o->latency, now_ns() - a->started);
	}
	actor_leave(a);
}

static void
on_gone(struct actor *a, const char *why)
{
	struct crew *c = a->crew;
	struct login_run *l = c->scenario;

	if (why)
		crew_broken(a, why);
	l->free[(l->first + l->count++) % l->size] = a;
	if (c->broken >= FAILURES_MAX || (l->ending && l->count == l->size))
		reactor_stop(&c->reactor);
	else if (!l->ending)
		start_next(c);
}

static void
run(struct crew *c, struct login_run *l)
{
	const struct plan *p = c->plan;

	for (uint64_t i = 0; i < p->parallel; i++)
		start_next(c);
	if (reactor_run(&c->reactor, seconds_ns(p->warmup)))
		return;
	l->measuring = true;
	meter_begin(&l->o->meter);
	reactor_run(&c->reactor, seconds_ns(p->duration));
	meter_end(&l->o->meter);
	l->measuring = false;
	l->ending = true;
	if (!reactor_run(&c->reactor, seconds_ns(p->timeout)))
		fprintf(stderr, "%zu logins did not end within %g s\n", l->size - l->count, p->timeout);
}

void
scenario_login(struct crew *c, struct report *r)
{
	const struct plan *p = c->plan;
	struct login_run l = {.size = p->sessions, .count = p->sessions};

	if (p->parallel > p->sessions)
		die(EXIT_CONFIG, "--parallel needs as many --sessions at least");
	crew_enlist(c, p->accounts ? p->accounts : p->sessions, p->sessions);
	crew_login(c, 0, p->sessions);
	crew_leave(c, 0, p->sessions);
	l.free = xcalloc(l.size, sizeof(struct actor *));
	for (size_t i = 0; i < l.size; i++)
		l.free[i] = &c->actors[i];
	l.o = scenario_outcome(c, "login", "logins");
	l.o->latency_of = "from connecting to the bound resource";
	outcome_text(l.o, "mechanism", p->mechanism);
	outcome_number(l.o, "parallel", p->parallel);
	outcome_number(l.o, "accounts", c->account_count);
	c->scenario = &l;
	c->on_ready = on_ready;
	c->on_gone = on_gone;
	run(c, &l);
	report_add(r, c, &l.o);
	free(l.free);
}
