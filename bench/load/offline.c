/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages to accounts that are away, and their delivery when the accounts
 * come back: first how fast they are taken, then how fast they are handed out.
 * A sender that has --window messages out asks the server for an answer before
 * it goes on. That the messages have been taken is not yet that they are on
 * disk, so the CPU is counted for --warmup seconds more. In the end everybody
 * comes once more: nothing may come again.
 */
#include "bench/load/scenario.h"

#include <stdlib.h>

struct offline {
	struct crew *crew;
	struct outcome *o;
	struct line *lines;
	size_t pairs;
	uint64_t each;   /* messages of a pair */
	uint64_t waiting; /* store: senders; flush: messages */
	uint64_t came;   /* ns; when the receivers became available */
};

static void
send_window(struct offline *of, size_t pair)
{
	struct actor *sender = &of->crew->actors[pair];
	const char *to = of->crew->actors[of->pairs + pair].account->jid;
	struct line *line = &of->lines[pair];

	for (uint64_t i = 0; i < of->crew->plan->window && line->sent < of->each; i++)
		if (!line_send(line, pair, sender, to, now_ns()))
			return;
	actor_sync(sender);
}

static void
on_synced(struct actor *a)
{
	struct offline *of = a->crew->scenario;

	if (of->lines[a->number].sent < of->each)
		send_window(of, a->number);
	else if (--of->waiting == 0)
		reactor_stop(&a->crew->reactor);
}

static void
on_stanza(struct actor *a, struct element e)
{
	struct offline *of = a->crew->scenario;
	struct letter letter;
	struct line *line;
	bool first;

	if (!element_is(e, "message"))
		return;
	if (str_is(element_attr(e, "type"), "error")) {
		scenario_refused(of->o, a, e);
		return;
	}
	line = lines_receive(of->lines, of->pairs, of->o, element_text(e, "body"), &letter, &first);
	if (!line || !first)
		return;
	of->o->operations++;
	histogram_add(&of->o->latency, now_ns() - of->came);
	if (--of->waiting == 0)
		reactor_stop(&a->crew->reactor);
}

static struct outcome *
describe(struct offline *of, const char *name)
{
	struct outcome *o = scenario_outcome(of->crew, name, "messages");

	outcome_number(o, "messages", of->each * of->pairs);
	outcome_number(o, "receivers", of->pairs);
	outcome_number(o, "size", of->crew->plan->size);
	return o;
}

/* What earlier runs have left goes away. */
static void
clear(struct crew *c, size_t pairs)
{
	crew_login(c, pairs, 2 * pairs);
	crew_presence(c, pairs, 2 * pairs);
	crew_sync(c, pairs, 2 * pairs);
	crew_leave(c, pairs, 2 * pairs);
}

static void
store(struct offline *of)
{
	struct crew *c = of->crew;
	uint64_t begun;

	of->o = describe(of, "offline-store");
	outcome_number(of->o, "window", c->plan->window);
	c->on_synced = on_synced;
	of->waiting = of->pairs;
	meter_begin(&of->o->meter);
	begun = now_ns();
	for (size_t i = 0; i < of->pairs; i++)
		send_window(of, i);
	if (!reactor_run(&c->reactor, seconds_ns(c->plan->timeout)))
		fprintf(stderr, "%llu senders still wait for the server\n", (unsigned long long)of->waiting);
	of->o->seconds = (double)(now_ns() - begun) / (double)SECOND_NS;
	reactor_run(&c->reactor, seconds_ns(c->plan->warmup));
	meter_end(&of->o->meter);
	for (size_t i = 0; i < of->pairs; i++)
		of->o->operations += of->lines[i].sent;
}

static void
flush(struct offline *of)
{
	struct crew *c = of->crew;

	crew_login(c, of->pairs, 2 * of->pairs);
	of->o = describe(of, "offline-flush");
	of->o->latency_of = "from presence to arrival";
	of->waiting = of->each * of->pairs;
	meter_begin(&of->o->meter);
	of->came = now_ns();
	crew_presence(c, of->pairs, 2 * of->pairs);
	reactor_run(&c->reactor, seconds_ns(c->plan->timeout));
	of->o->seconds = (double)(now_ns() - of->came) / (double)SECOND_NS;
	reactor_run(&c->reactor, seconds_ns(c->plan->warmup));
	meter_end(&of->o->meter);
}

/* They come again: what has been delivered must not. */
static void
come_again(struct offline *of)
{
	struct crew *c = of->crew;
	size_t from = of->pairs, to = 2 * of->pairs;

	crew_leave(c, from, to);
	crew_login(c, from, to);
	crew_presence(c, from, to);
	crew_sync(c, from, to);
	crew_leave(c, from, to);
}

void
scenario_offline(struct crew *c, struct report *r)
{
	const struct plan *p = c->plan;
	struct offline of = {.crew = c, .pairs = p->receivers, .each = p->messages / p->receivers};
	uint64_t refused;

	if (!of.each)
		die(EXIT_CONFIG, "--messages needs as many as --receivers at least");
	crew_enlist(c, 2 * of.pairs, 2 * of.pairs);
	crew_login(c, 0, of.pairs);
	clear(c, of.pairs);
	of.lines = xcalloc(of.pairs, sizeof(*of.lines));
	c->scenario = &of;
	c->on_stanza = on_stanza;
	store(&of);
	refused = of.o->refused;
	report_add(r, c, &of.o);
	flush(&of);
	come_again(&of);
	of.o->refused += refused;
	lines_close(of.lines, of.pairs, of.o);
	crew_leave(c, 0, of.pairs);
	report_add(r, c, &of.o);
	free(of.lines);
}
