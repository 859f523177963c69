/* SPDX-License-Identifier: Apache-2.0 */
/* struct duty: who waits to hear that a stanza is dealt with (sm/duty.h). */
#include "sm/duty.h"

#include "sm/mailbox.h"
#include "sm/seen.h"
#include "sm/session.h"
#include "sm/sm.h"

#include <stdlib.h>

static struct duty *
duty_new(struct sm *sm)
{
	struct duty *d = xcalloc(1, sizeof(*d));

	d->refs = 1;
	d->sm = sm;
	return d;
}

struct duty *
duty_new_session(struct sm_session *s, uint64_t seq)
{
	struct duty *d = duty_new(s->sm);

	memcpy(d->sid, s->sid, sizeof(d->sid));
	d->serial = s->serial;
	d->seq = seq;
	return d;
}

struct duty *
duty_new_seen(struct sm *sm, struct seen *seen)
{
	struct duty *d = duty_new(sm);

	d->seen = seen;
	return d;
}

struct duty *
duty_new_child(struct sm *sm, struct duty *parent)
{
	struct duty *d = duty_new(sm);

	d->parent = duty_ref(parent);
	return d;
}

struct duty *
duty_ref(struct duty *d)
{
	if (d)
		d->refs++;
	return d;
}

/* Nobody works on the stanza any more: tell who waits. */
static void
duty_end(struct duty *d)
{
	struct sm_session *s;

	if (d->seen)
		seen_finish(d->sm, d->seen, d->condition);
	if (!d->serial)
		return;
	s = session_find_serial(d->sm, str_z(d->sid), d->serial);
	if (s)
		session_dealt(s, d->seq);
}

void
duty_unref(struct duty **dp)
{
	struct duty *d = *dp;

	*dp = NULL;
	if (!d || --d->refs)
		return;
	if (!d->sm->stopping)
		duty_end(d);
	duty_unref(&d->parent);
	free(d);
}

void
duties_add(struct duties *w, struct duty *d)
{
	if (!d)
		return;
	for (size_t i = w->count; i > 0; i--)
		if (w->all[i - 1] == d)
			return;
	w->all = xrealloc(w->all, (w->count + 1) * sizeof(struct duty *));
	w->all[w->count++] = duty_ref(d);
}

void
duties_let_go(struct duties *w)
{
	struct duties all = *w;

	*w = (struct duties){0};
	for (size_t i = 0; i < all.count; i++)
		duty_unref(&all.all[i]);
	free(all.all);
}

void
duty_refuse(struct duty *d, enum stanza_condition condition)
{
	if (d)
		d->condition = condition;
}

struct str
duty_rid(const struct duty *d, char *buf)
{
	char *at = buf;

	if (d && d->seen) {
		str_put(&at, str_n(d->seen->rid, MIN(strlen(d->seen->rid), (size_t)RID_MAX - 2)));
		if (d->seen->unsure)
			*at++ = '?';
	} else if (d && d->serial) {
		str_put(&at, str_z(d->sid));
		*at++ = '.';
		str_put_u64(&at, d->seq);
	} else {
		return STR_NONE;
	}
	*at = '\0';
	return str_n(buf, (size_t)(at - buf));
}
