/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages from --pairs senders, each to a receiver of its own. Closed loop:
 * every pair keeps --window messages under way, and the rate is what the
 * server makes of it. Open loop (--rate): messages leave on a timetable, and
 * latency counts from the time in the table, so that a server that stalls is
 * charged for all that had to wait.
 */
#include "bench/load/scenario.h"

#include <stdlib.h>

struct chat {
	struct crew *crew;
	struct outcome *o;
	struct line *lines;
	size_t pairs;
	uint64_t under_way;
	bool measuring, sending;
	struct alarm tick; /* open loop */
	uint64_t timetable, departed;
};

static void
send_one(struct chat *ch, size_t pair, uint64_t due)
{
	struct actor *sender = &ch->crew->actors[pair], *receiver = &ch->crew->actors[ch->pairs + pair];
	const char *to = plan_to_full(ch->crew->plan) ? receiver->jid : receiver->account->jid;

	if (to && line_send(&ch->lines[pair], pair, sender, to, due))
		ch->under_way++;
}

/* A message has arrived, or is known not to. */
static void
arrived(struct chat *ch, size_t pair)
{
	ch->under_way -= MIN(ch->under_way, 1);
	if (ch->sending && !ch->crew->plan->rate)
		send_one(ch, pair, now_ns());
	else if (!ch->sending && !ch->under_way)
		reactor_stop(&ch->crew->reactor);
}

static void
on_stanza(struct actor *a, struct element e)
{
	struct chat *ch = a->crew->scenario;
	struct letter letter;
	struct line *line;
	bool first;

	if (!element_is(e, "message"))
		return;
	if (str_is(element_attr(e, "type"), "error")) {
		scenario_refused(ch->o, a, e);
		arrived(ch, a->number % ch->pairs);
		return;
	}
	line = lines_receive(ch->lines, ch->pairs, ch->o, element_text(e, "body"), &letter, &first);
	if (!line || !first)
		return;
	if (ch->measuring) {
		ch->o->operations++;
		histogram_add(&ch->o->latency, now_ns() - letter.sent);
	}
	arrived(ch, letter.line);
}

static void
on_tick(struct alarm *alarm)
{
	struct chat *ch = container_of(alarm, struct chat, tick);
	uint64_t now = now_ns(), rate = ch->crew->plan->rate, due;

	while ((due = ch->timetable + ch->departed * SECOND_NS / rate) <= now) {
		send_one(ch, ch->departed % ch->pairs, due);
		ch->departed++;
	}
	if (ch->sending)
		alarm_set(&ch->crew->reactor, alarm, due, on_tick);
}

static void
start_sending(struct chat *ch)
{
	const struct plan *p = ch->crew->plan;

	ch->sending = true;
	if (p->rate) {
		ch->timetable = now_ns();
		on_tick(&ch->tick);
		return;
	}
	for (uint64_t k = 0; k < p->window; k++)
		for (size_t i = 0; i < ch->pairs; i++)
			send_one(ch, i, now_ns());
}

static void
run(struct chat *ch)
{
	struct crew *c = ch->crew;
	const struct plan *p = c->plan;

	start_sending(ch);
	reactor_run(&c->reactor, seconds_ns(p->warmup));
	ch->measuring = true;
	meter_begin(&ch->o->meter);
	reactor_run(&c->reactor, seconds_ns(p->duration));
	ch->measuring = ch->sending = false;
	meter_end(&ch->o->meter);
	alarm_clear(&c->reactor, &ch->tick);
	if (ch->under_way)
		reactor_run(&c->reactor, seconds_ns(p->timeout));
}

static struct outcome *
describe(struct crew *c)
{
	const struct plan *p = c->plan;
	struct outcome *o = scenario_outcome(c, p->rate ? "chat-rate" : "chat", "messages");

	o->latency_of = "from sending to arrival";
	outcome_number(o, "pairs", p->pairs);
	if (p->rate)
		outcome_number(o, "rate", p->rate);
	else
		outcome_number(o, "window", p->window);
	outcome_text(o, "to", p->to);
	outcome_number(o, "size", p->size);
	return o;
}

void
scenario_chat(struct crew *c, struct report *r)
{
	size_t pairs = c->plan->pairs, all = 2 * pairs;
	struct chat ch = {.crew = c, .pairs = pairs};

	crew_enlist(c, all, all);
	crew_login(c, 0, all);
	ch.o = describe(c);
	ch.lines = xcalloc(pairs, sizeof(*ch.lines));
	c->scenario = &ch;
	c->on_stanza = on_stanza;
	crew_presence(c, 0, all);
	crew_sync(c, 0, all);
	run(&ch);
	lines_close(ch.lines, pairs, ch.o);
	crew_leave(c, 0, all);
	report_add(r, c, &ch.o);
	free(ch.lines);
}
