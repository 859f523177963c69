/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firing the events of sm/events.def. For each event NAME with payload P there
 * is a function
 *
 *     enum verdict event_NAME(struct sm *sm, enum phase first, enum phase last, struct P *ev);
 *
 * that asks the hooks of the phases first..last in order until one answers
 * TAKEN or REFUSE. Hooks are sorted once, at start.
 */
#pragma once

#include "sm/module.h"

#define EVENT(name, payload) \
	enum verdict event_##name(struct sm *sm, enum phase first, enum phase last, struct payload *ev);
#include "sm/events.def"
#undef EVENT

/* All phases: for events that tell and do not ask. */
#define event_tell(name, sm, ev) ((void)event_##name((sm), PHASE_CHECK, PHASE_FALLBACK, (ev)))

/* Hooks of the enabled modules, in the order of modules.def; then events_sort. */
void events_new(struct sm *sm);
void events_add(struct sm *sm, const struct hook *hooks); /* accepts null */
void events_sort(struct sm *sm);
void events_free(struct sm *sm);

void ev_edit_done(struct ev_edit *e);
bool ev_edit_empty(const struct ev_edit *e);
/* The stanza with the edits applied; appended to `out`. */
void ev_edit_write(struct buf *out, const struct stanza *st, const struct ev_edit *e);
