/* SPDX-License-Identifier: Apache-2.0 */
/* Events: the hooks of all modules, sorted by event and phase at start, and one typed function for each event
 * to ask them. */
#include "sm/event.h"

#include "sm/sm.h"

#include <stdlib.h>

struct events {
	struct hook *hooks; /* sorted by event, phase, order of registration */
	size_t count;
	size_t first[EVENT_COUNT + 1]; /* where each event's begin */
};

void
events_new(struct sm *sm)
{
	sm->events = xcalloc(1, sizeof(*sm->events));
}

void
events_free(struct sm *sm)
{
	if (!sm->events)
		return;
	free(sm->events->hooks);
	free(sm->events);
	sm->events = NULL;
}

static bool
hook_before(const struct hook *a, const struct hook *b)
{
	if (a->event != b->event)
		return a->event < b->event;
	return a->phase < b->phase;
}

/* Insertion keeps the order of registration within a phase; there are a few dozen at most. */
static void
hook_insert(struct events *e, const struct hook *h)
{
	size_t at = e->count;

	e->hooks = xrealloc(e->hooks, (e->count + 1) * sizeof(*e->hooks));
	while (at > 0 && hook_before(h, &e->hooks[at - 1])) {
		e->hooks[at] = e->hooks[at - 1];
		at--;
	}
	e->hooks[at] = *h;
	e->count++;
}

void
events_add(struct sm *sm, const struct hook *hooks)
{
	for (const struct hook *h = hooks; h && h->event != EVENT_COUNT; h++)
		hook_insert(sm->events, h);
}

void
events_sort(struct sm *sm)
{
	struct events *e = sm->events;
	size_t at = 0;

	for (size_t ev = 0; ev <= EVENT_COUNT; ev++) {
		while (at < e->count && e->hooks[at].event < ev)
			at++;
		e->first[ev] = at;
	}
}

#define EVENT(name, payload)                                                                                 \
	enum verdict event_##name(struct sm *sm, enum phase first, enum phase last, struct payload *ev)      \
	{                                                                                                    \
		const struct events *e = sm->events;                                                         \
		enum verdict v = PASS;                                                                       \
                                                                                                             \
		for (size_t i = e->first[EVENT_##name]; i < e->first[EVENT_##name + 1] && v == PASS; i++)    \
			if (e->hooks[i].phase >= first && e->hooks[i].phase <= last)                         \
				v = e->hooks[i].fn.name(sm, ev);                                             \
		return v;                                                                                    \
	}
#include "sm/events.def"
#undef EVENT

void
ev_edit_done(struct ev_edit *e)
{
	buf_done(&e->append);
}

bool
ev_edit_empty(const struct ev_edit *e)
{
	return e->append.n == 0 && e->drop_count == 0;
}

void
ev_edit_write(struct buf *out, const struct stanza *st, const struct ev_edit *e)
{
	struct stanza_edit edit = {
		.drop = e->drop,
		.drop_count = e->drop_count,
		.append = buf_str(&e->append),
	};

	stanza_write(out, st, &edit);
}
