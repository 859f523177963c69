/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archive pages (XEP-0313): each of --sessions accounts gets as many messages
 * as make a page; then --parallel of them at a time ask for the last --page
 * messages, in turn. Every answer must have them all.
 */
#include "bench/load/scenario.h"

#include <stdlib.h>

struct archive {
	struct crew *crew;
	struct outcome *o;
	struct line *lines; /* actor i writes to actor i + 1 */
	uint64_t *came, *asked; /* by actor: messages of the answer; when it was asked for */
	size_t size, next;
	uint64_t under_way;
	bool measuring, asking;
};

static void
ask(struct archive *ar)
{
	struct actor *a = &ar->crew->actors[ar->next++ % ar->size];

	if (a->state != ACTOR_READY)
		return;
	ar->came[a->number] = 0;
	ar->asked[a->number] = now_ns();
	ar->under_way++;
	buf_addf(actor_out(a),
		 "<iq type='set' id='page'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>"
		 "<max>%llu</max><before/></set></query></iq>",
		 (unsigned long long)ar->crew->plan->page);
	actor_wrote(a);
}

static void
on_answer(struct archive *ar, struct actor *a, struct element e)
{
	uint64_t page = ar->crew->plan->page, came = ar->came[a->number];

	ar->under_way--;
	if (!str_is(element_attr(e, "type"), "result"))
		scenario_refused(ar->o, a, e);
	else if (came < page)
		ar->o->lost += page - came;
	else if (came > page)
		ar->o->doubled += came - page;
	if (ar->measuring) {
		ar->o->operations++;
		histogram_add(&ar->o->latency, now_ns() - ar->asked[a->number]);
	}
	if (ar->asking)
		ask(ar);
	else if (!ar->under_way)
		reactor_stop(&ar->crew->reactor);
}

static void
on_page_stanza(struct actor *a, struct element e)
{
	struct archive *ar = a->crew->scenario;

	if (element_is(e, "iq") && str_is(element_attr(e, "id"), "page"))
		on_answer(ar, a, e);
	else if (element_is(e, "message") && element_has(e, "urn:xmpp:mam:2"))
		ar->came[a->number]++;
}

/* --- set-up: a page in each archive --- */

static void
on_fill_stanza(struct actor *a, struct element e)
{
	struct archive *ar = a->crew->scenario;
	struct letter letter;
	bool first;

	if (!element_is(e, "message"))
		return;
	if (str_is(element_attr(e, "type"), "error"))
		scenario_refused(ar->o, a, e);
	else if (!lines_receive(ar->lines, ar->size, ar->o, element_text(e, "body"), &letter, &first) || !first)
		return;
	if (--ar->under_way == 0)
		reactor_stop(&a->crew->reactor);
}

static void
fill(struct archive *ar)
{
	struct crew *c = ar->crew;

	c->on_stanza = on_fill_stanza;
	for (uint64_t k = 0; k < c->plan->page; k++)
		for (size_t i = 0; i < ar->size; i++)
			ar->under_way += line_send(&ar->lines[i], i, &c->actors[i],
						   c->actors[(i + 1) % ar->size].account->jid, now_ns());
	if (ar->under_way)
		reactor_run(&c->reactor, seconds_ns(c->plan->timeout));
	crew_sync(c, 0, ar->size);
	reactor_run(&c->reactor, seconds_ns(c->plan->warmup)); /* what is archived behind the delivery */
	ar->under_way = 0;
}

static void
run(struct archive *ar)
{
	struct crew *c = ar->crew;
	const struct plan *p = c->plan;

	c->on_stanza = on_page_stanza;
	ar->asking = true;
	for (uint64_t i = 0; i < p->parallel; i++)
		ask(ar);
	reactor_run(&c->reactor, seconds_ns(p->warmup));
	ar->measuring = true;
	meter_begin(&ar->o->meter);
	reactor_run(&c->reactor, seconds_ns(p->duration));
	ar->measuring = ar->asking = false;
	meter_end(&ar->o->meter);
	if (ar->under_way && !reactor_run(&c->reactor, seconds_ns(p->timeout)))
		ar->o->lost += ar->under_way;
}

void
scenario_archive(struct crew *c, struct report *r)
{
	const struct plan *p = c->plan;
	struct archive ar = {.crew = c, .size = p->sessions};

	if (p->parallel > p->sessions)
		die(EXIT_CONFIG, "--parallel needs as many --sessions at least");
	crew_enlist(c, ar.size, ar.size);
	crew_login(c, 0, ar.size);
	ar.o = scenario_outcome(c, "archive", "pages");
	ar.o->latency_of = "from the question to the end of the answer";
	outcome_number(ar.o, "sessions", p->sessions);
	outcome_number(ar.o, "parallel", p->parallel);
	outcome_number(ar.o, "page", p->page);
	ar.lines = xcalloc(ar.size, sizeof(*ar.lines));
	ar.came = xcalloc(ar.size, sizeof(*ar.came));
	ar.asked = xcalloc(ar.size, sizeof(*ar.asked));
	c->scenario = &ar;
	crew_presence(c, 0, ar.size);
	crew_sync(c, 0, ar.size);
	fill(&ar);
	run(&ar);
	lines_close(ar.lines, ar.size, ar.o);
	crew_leave(c, 0, ar.size);
	report_add(r, c, &ar.o);
	free(ar.lines);
	free(ar.came);
	free(ar.asked);
}
