/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Presence to many contacts: each of --groups senders changes its status when
 * all of its --contacts have seen the last change. The subscriptions are made
 * through the server, once; they stay for later runs. (With other numbers of
 * groups and contacts use other accounts, --first, or some have contacts of
 * both kinds.)
 */
#include "bench/load/scenario.h"

#include <stdlib.h>

struct group {
	uint64_t number;  /* of the next change */
	size_t waiting;   /* contacts that have not seen the last one */
};

struct fanout {
	struct crew *crew;
	struct outcome *o;
	struct group *groups;
	size_t group_count, contacts;
	struct line *lines; /* one for each contact */
	bool *seen;         /* contacts that have seen their sender available */
	size_t waiting;
	bool measuring, sending;
};

/* Actors: the senders, then the contacts group by group. */
static size_t
group_of(const struct fanout *f, const struct actor *contact)
{
	return (contact->number - f->group_count) / f->contacts;
}

static struct actor *
sender_of(struct fanout *f, const struct actor *contact)
{
	return &f->crew->actors[group_of(f, contact)];
}

static void
change(struct fanout *f, size_t g)
{
	struct letter letter = {.line = g, .number = f->groups[g].number++, .sent = now_ns()};
	struct actor *a = &f->crew->actors[g];

	if (a->state != ACTOR_READY)
		return;
	f->groups[g].waiting = f->contacts;
	for (size_t i = 0; i < f->contacts; i++)
		f->lines[g * f->contacts + i].sent++;
	buf_addl(actor_out(a), "<presence><show>away</show><status>");
	letter_print(actor_out(a), &letter, (size_t)f->crew->plan->size);
	buf_addl(actor_out(a), "</status></presence>");
	actor_wrote(a);
}

/* --- set-up --- */

static void
ask(struct actor *contact, const char *type, const char *to)
{
	buf_addf(actor_out(contact), "<presence type='%s' to='%s'/>", type, to);
	actor_wrote(contact);
}

static bool
is_subscribed(struct element roster, const char *jid)
{
	struct str rest = roster.raw;
	ssize_t at;

	while ((at = str_find(rest, STR("<item"))) >= 0) {
		struct element item;
		ssize_t end;

		rest = str_from(rest, (size_t)at);
		end = str_chr(rest, '>');
		if (end < 0)
			return false;
		item.raw = str_n(rest.p, (size_t)end + 1);
		rest = str_from(rest, (size_t)end);
		if (str_is(element_attr(item, "jid"), jid))
			return str_is(element_attr(item, "subscription"), "to") ||
			       str_is(element_attr(item, "subscription"), "both");
	}
	return false;
}

static void
on_setup_stanza(struct actor *a, struct element e)
{
	struct fanout *f = a->crew->scenario;
	struct str type = element_attr(e, "type"), from = element_attr(e, "from");
	size_t i = a->number - f->group_count;

	if (a->number < f->group_count) {
		if (element_is(e, "presence") && str_is(type, "subscribe")) {
			buf_addf(actor_out(a), "<presence type='subscribed' to='" STR_FMT "'/>", STR_ARG(from));
			actor_wrote(a);
		}
	} else if (element_is(e, "iq")) {
		if (!is_subscribed(e, sender_of(f, a)->account->jid))
			ask(a, "subscribe", sender_of(f, a)->account->jid);
	} else if (element_is(e, "presence") && !type.p && !f->seen[i] &&
		   str_starts(from, str_z(sender_of(f, a)->account->jid))) {
		f->seen[i] = true;
		if (--f->waiting == 0)
			reactor_stop(&a->crew->reactor);
	}
}

static void
set_up(struct fanout *f)
{
	struct crew *c = f->crew;
	size_t first = f->group_count, all = c->actor_count;

	c->on_stanza = on_setup_stanza;
	f->waiting = all - first;
	crew_login(c, first, all);
	crew_presence(c, first, all);
	for (size_t i = first; i < all; i++) {
		buf_addl(actor_out(&c->actors[i]), "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
		actor_wrote(&c->actors[i]);
	}
	crew_sync(c, first, all);
	crew_login(c, 0, first);
	for (size_t i = 0; i < first; i++) /* a client is told of requests when it has asked for its roster */
		buf_addl(actor_out(&c->actors[i]), "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
	for (size_t i = 0; i < first; i++)
		actor_wrote(&c->actors[i]);
	crew_presence(c, 0, first);
	if (f->waiting && !reactor_run(&c->reactor, seconds_ns(c->plan->timeout)))
		die(1, "%zu contacts do not see their sender within %g s", f->waiting, c->plan->timeout);
}

/* --- measuring --- */

static void
on_stanza(struct actor *a, struct element e)
{
	struct fanout *f = a->crew->scenario;
	struct letter letter;
	struct line *line;
	struct str status;

	if (a->number < f->group_count || !element_is(e, "presence"))
		return;
	line = &f->lines[a->number - f->group_count];
	status = element_text(e, "status");
	if (!status.p || !letter_parse(status, &letter) || letter.line != group_of(f, a) ||
	    !tally_receive(&line->tally, letter.number))
		return;
	if (f->measuring) {
		f->o->operations++;
		histogram_add(&f->o->latency, now_ns() - letter.sent);
	}
	if (--f->groups[letter.line].waiting)
		return;
	if (f->sending)
		change(f, letter.line);
	else if (--f->waiting == 0)
		reactor_stop(&a->crew->reactor);
}

static void
run(struct fanout *f)
{
	struct crew *c = f->crew;
	const struct plan *p = c->plan;

	c->on_stanza = on_stanza;
	f->sending = true;
	for (size_t g = 0; g < f->group_count; g++)
		change(f, g);
	reactor_run(&c->reactor, seconds_ns(p->warmup));
	f->measuring = true;
	meter_begin(&f->o->meter);
	reactor_run(&c->reactor, seconds_ns(p->duration));
	f->measuring = f->sending = false;
	f->waiting = f->group_count;
	meter_end(&f->o->meter);
	reactor_run(&c->reactor, seconds_ns(p->timeout));
}

void
scenario_presence(struct crew *c, struct report *r)
{
	const struct plan *p = c->plan;
	size_t contacts = p->groups * p->contacts, all = p->groups + contacts;
	struct fanout f = {.crew = c, .group_count = p->groups, .contacts = p->contacts};

	crew_enlist(c, all, all);
	f.groups = xcalloc(p->groups, sizeof(*f.groups));
	f.lines = xcalloc(contacts, sizeof(*f.lines));
	f.seen = xcalloc(contacts, sizeof(*f.seen));
	c->scenario = &f;
	set_up(&f);
	f.o = scenario_outcome(c, "presence", "deliveries");
	f.o->latency_of = "from sending to arrival";
	outcome_number(f.o, "groups", p->groups);
	outcome_number(f.o, "contacts", p->contacts);
	outcome_number(f.o, "size", p->size);
	run(&f);
	lines_close(f.lines, contacts, f.o);
	crew_leave(c, 0, all);
	report_add(r, c, &f.o);
	free(f.groups);
	free(f.lines);
	free(f.seen);
}
