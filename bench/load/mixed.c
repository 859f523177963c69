/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a day is made of, by a timetable of --rate steps a second: most are
 * messages from one of --pairs senders to its receiver; some are changes of
 * presence and pings; and now and then a receiver goes, stays away for a
 * while, so that messages are kept for it, and logs in again. Nothing may be
 * lost, doubled or out of order on that account.
 */
#include "bench/load/scenario.h"

#include <stdlib.h>

enum { RATE = 500 };
static const uint64_t AWAY_NS = 500000000;

enum step { MESSAGE, PRESENCE, PING, GO };

/* One in twenty goes. */
static const enum step steps[] = {
	MESSAGE, MESSAGE, MESSAGE, PRESENCE, MESSAGE, PING, MESSAGE, MESSAGE, MESSAGE, PRESENCE,
	MESSAGE, MESSAGE, PING, MESSAGE, MESSAGE, GO, MESSAGE, PRESENCE, MESSAGE, PING,
};

struct mixed_pair {
	struct actor *receiver;
	struct alarm back;
	uint64_t came; /* ns; when the receiver was here again */
};

struct mixed {
	struct crew *crew;
	struct outcome *o;
	struct line *lines;
	struct mixed_pair *pairs;
	size_t count;
	struct alarm tick;
	uint64_t timetable, done, rate;
	uint64_t under_way; /* messages, logins */
	bool measuring, sending;
};

static void
count(struct mixed *m)
{
	if (m->measuring)
		m->o->operations++;
}

/* Of what is under way, one has come. */
static void
one_less(struct mixed *m)
{
	m->under_way -= MIN(m->under_way, 1);
	if (!m->sending && !m->under_way)
		reactor_stop(&m->crew->reactor);
}

static struct mixed_pair *
pair_of(struct mixed *m, const struct actor *receiver)
{
	return receiver->number >= m->count ? &m->pairs[receiver->number - m->count] : NULL;
}

static void
on_stanza(struct actor *a, struct element e)
{
	struct mixed *m = a->crew->scenario;
	struct mixed_pair *p = pair_of(m, a);
	struct letter letter;
	bool first;

	if (!element_is(e, "message"))
		return;
	if (str_is(element_attr(e, "type"), "error")) {
		scenario_refused(m->o, a, e);
		one_less(m);
	} else if (p && lines_receive(m->lines, m->count, m->o, element_text(e, "body"), &letter, &first) && first) {
		count(m);
		if (m->measuring && letter.sent > p->came)
			histogram_add(&m->o->latency, now_ns() - letter.sent);
		one_less(m);
	}
}

static void
on_synced(struct actor *a)
{
	count(a->crew->scenario);
}

/* --- those who come and go --- */

static void
come_back(struct alarm *alarm)
{
	actor_start(container_of(alarm, struct mixed_pair, back)->receiver);
}

static void
on_gone(struct actor *a, const char *why)
{
	struct mixed *m = a->crew->scenario;
	struct mixed_pair *p = pair_of(m, a);

	if (why)
		crew_broken(a, why);
	if (p)
		alarm_set(&a->crew->reactor, &p->back, now_ns() + AWAY_NS, come_back);
}

static void
on_ready(struct actor *a)
{
	struct mixed *m = a->crew->scenario;
	struct mixed_pair *p = pair_of(m, a);

	crew_presence(a->crew, a->number, a->number + 1);
	if (!p)
		return;
	p->came = now_ns();
	count(m);
	one_less(m);
}

static void
go(struct mixed *m, struct mixed_pair *p)
{
	if (p->receiver->state != ACTOR_READY)
		return;
	p->came = UINT64_MAX; /* what is on its way now may have to wait */
	m->under_way++;
	actor_leave(p->receiver);
}

/* --- the timetable --- */

static void
presence(struct mixed *m, struct actor *a)
{
	if (a->state != ACTOR_READY)
		return;
	buf_addf(actor_out(a), "<presence><show>%s</show></presence>", m->done % 2 ? "away" : "chat");
	actor_wrote(a);
	count(m);
}

static void
take_step(struct mixed *m, uint64_t due)
{
	size_t i = m->done % m->count;
	struct mixed_pair *p = &m->pairs[i];
	struct actor *sender = &m->crew->actors[i];

	switch (steps[(m->done / m->count + m->done) % ARRAY_LEN(steps)]) {
	case MESSAGE:
		m->under_way += line_send(&m->lines[i], i, sender, p->receiver->account->jid, due);
		break;
	case PRESENCE:
		presence(m, sender);
		break;
	case PING:
		if (sender->state == ACTOR_READY)
			actor_sync(sender);
		break;
	case GO:
		go(m, p);
		break;
	}
}

static void
on_tick(struct alarm *alarm)
{
	struct mixed *m = container_of(alarm, struct mixed, tick);
	uint64_t now = now_ns(), due;

	while ((due = m->timetable + m->done * SECOND_NS / m->rate) <= now) {
		take_step(m, due);
		m->done++;
	}
	if (m->sending)
		alarm_set(&m->crew->reactor, alarm, due, on_tick);
}

static void
run(struct mixed *m)
{
	struct crew *c = m->crew;
	const struct plan *p = c->plan;

	c->on_stanza = on_stanza;
	c->on_synced = on_synced;
	c->on_ready = on_ready;
	c->on_gone = on_gone;
	m->sending = true;
	m->timetable = now_ns();
	on_tick(&m->tick);
	reactor_run(&c->reactor, seconds_ns(p->warmup));
	m->measuring = true;
	meter_begin(&m->o->meter);
	reactor_run(&c->reactor, seconds_ns(p->duration));
	m->measuring = m->sending = false;
	meter_end(&m->o->meter);
	alarm_clear(&c->reactor, &m->tick);
	if (m->under_way)
		reactor_run(&c->reactor, seconds_ns(p->timeout));
	for (size_t i = 0; i < m->count; i++)
		alarm_clear(&c->reactor, &m->pairs[i].back);
}

static void
describe(struct mixed *m)
{
	const struct plan *p = m->crew->plan;

	m->o = scenario_outcome(m->crew, "mixed", "steps");
	m->o->latency_of = "from sending to arrival of messages to those who are here";
	outcome_number(m->o, "pairs", p->pairs);
	outcome_number(m->o, "rate", m->rate);
	outcome_number(m->o, "size", p->size);
}

void
scenario_mixed(struct crew *c, struct report *r)
{
	const struct plan *p = c->plan;
	size_t all = 2 * p->pairs;
	struct mixed m = {.crew = c, .count = p->pairs, .rate = p->rate ? p->rate : RATE};

	crew_enlist(c, all, all);
	crew_login(c, 0, all);
	describe(&m);
	m.lines = xcalloc(m.count, sizeof(*m.lines));
	m.pairs = xcalloc(m.count, sizeof(*m.pairs));
	for (size_t i = 0; i < m.count; i++)
		m.pairs[i] = (struct mixed_pair){.receiver = &c->actors[m.count + i]};
	c->scenario = &m;
	crew_presence(c, 0, all);
	crew_sync(c, 0, all);
	run(&m);
	lines_close(m.lines, m.count, m.o);
	crew_leave(c, 0, all);
	report_add(r, c, &m.o);
	free(m.lines);
	free(m.pairs);
}
