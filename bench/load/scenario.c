/* SPDX-License-Identifier: Apache-2.0 */
/* Bookkeeping that several scenarios share. */
#include "bench/load/scenario.h"

#include <stdlib.h>

enum { COMPLAINTS_MAX = 5 };

struct outcome *
scenario_outcome(struct crew *c, const char *name, const char *operation)
{
	struct outcome *o = outcome_new(name, operation);
	const struct plan *p = c->plan;

	if (*p->label)
		outcome_text(o, "label", p->label);
	outcome_text(o, "tls", c->tls_name);
	meter_init(&o->meter, p->pids_command);
	return o;
}

void
report_add(struct report *r, struct crew *c, struct outcome **o)
{
	(*o)->broken += c->broken;
	c->broken = 0;
	outcome_print(*o, r->table);
	if (r->count++)
		buf_addl(&r->json, ",\n");
	outcome_json(*o, &r->json);
	r->good &= outcome_is_good(*o);
	outcome_free(o);
}

bool
line_send(struct line *l, uint64_t number, struct actor *sender, const char *to, uint64_t due)
{
	struct letter letter = {.line = number, .number = l->sent, .sent = due};

	if (sender->state != ACTOR_READY)
		return false;
	l->sent++;
	letter_message(actor_out(sender), to, &letter, (size_t)sender->crew->plan->size);
	actor_wrote(sender);
	return true;
}

struct line *
lines_receive(struct line *lines, size_t count, struct outcome *o, struct str text, struct letter *l_r, bool *first_r)
{
	struct line *line;

	if (!text.p)
		return NULL;
	if (!letter_parse(text, l_r) || l_r->line >= count) {
		o->stale++;
		return NULL;
	}
	line = &lines[l_r->line];
	*first_r = tally_receive(&line->tally, l_r->number);
	return line;
}

void
scenario_refused(struct outcome *o, const struct actor *a, struct element e)
{
	ssize_t at = str_find(e.raw, STR("<error"));

	if (o->refused++ < COMPLAINTS_MAX)
		fprintf(stderr, "%s: a message came back: " STR_FMT "\n", a->account->jid,
			STR_ARG(at < 0 ? e.raw : str_from(e.raw, (size_t)at)));
}

void
lines_close(struct line *lines, size_t count, struct outcome *o)
{
	for (size_t i = 0; i < count; i++) {
		struct line *l = &lines[i];

		o->lost += tally_lost(&l->tally, l->sent);
		o->doubled += l->tally.doubled;
		o->reordered += l->tally.reordered;
		tally_done(&l->tally);
	}
	/* what came back is known about, not lost */
	o->lost -= MIN(o->lost, o->refused);
}
