/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes from the bus, and to whom it goes: a frame with a session to its
 * bond, an answer to who has asked, an administration word to admin.c.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"

/* A session that is not here: whoever believes in it must stop (but not be told so for each of its last words). */
static void
on_stray(struct c2s *s, const struct frame *f, const struct stanza *payload)
{
	struct frame reply = {.kind = FRAME_ROUTE, .to = f->from, .sid = f->sid};

	metric_add(&metric_stale, 1);
	if (f->seq == 0 && (!payload || word_of(payload) != WORD_OPENED))
		return;
	word_write_close(component_begin(s->bus, &reply), "lost");
	component_end(s->bus);
}

static void
on_word(struct c2s *s, const struct frame *f, const struct stanza *payload)
{
	if (word_of(payload) == WORD_RESUMED)
		resume_on_resumed(s, f, payload);
	else if (f->sid.p)
		on_stray(s, f, payload);
	else if (word_of(payload) == WORD_CREDENTIALS)
		ask_on_credentials(s, payload);
	else if (!admin_on_frame(s, f, payload))
		metric_add(&metric_unknown_words, 1);
}

static void
with_payload(struct c2s *s, const struct frame *f,
	     void (*handle)(struct c2s *s, const struct frame *f, const struct stanza *payload))
{
	struct arena arena = {0};
	struct stanza payload;

	if (stanza_parse(&payload, &arena, f->payload, NULL) == 0)
		handle(s, f, &payload);
	else
		metric_add(&metric_unknown_words, 1);
	arena_done(&arena);
}

static void
on_frame(struct component *bus, const struct frame *f)
{
	struct c2s *s = component_owner(bus);
	struct bond *bond = f->sid.p ? map_find(&s->sids, f->sid) : NULL;

	if (bond)
		bond_on_frame(bond, f);
	else if (f->sid.p && f->seq > 0)
		on_stray(s, f, NULL);
	else
		with_payload(s, f, on_word);
}

static void
on_bounced_word(struct c2s *s, const struct frame *f, const struct stanza *payload)
{
	(void)f;
	if (word_of(payload) == WORD_CREDENTIALS)
		ask_on_bounce(s, payload);
	/* Anything else without a session was an answer; who wanted it has gone. */
}

static void
on_bounced(struct component *bus, const struct frame *f)
{
	struct c2s *s = component_owner(bus);
	struct bond *bond = f->sid.p ? map_find(&s->sids, f->sid) : NULL;

	metric_add(&metric_bounced, 1);
	if (bond)
		bond_on_bounce(bond, f);
	else if (!f->sid.p)
		with_payload(s, f, on_bounced_word);
}

static void
on_member(struct component *bus, const struct member *m)
{
	reopen_on_member(component_owner(bus), m);
}

static void
on_online(struct component *bus, bool online)
{
	struct c2s *s = component_owner(bus);

	s->online = online;
	if (online)
		log_info(s->log, "on the bus");
	else if (!s->draining)
		log_warning(s->log, "off the bus: no router is left; clients stay, logins have to wait");
	reopen_on_online(s, online);
	if (online && s->daemon)
		daemon_ready(s->daemon);
}

static void
on_pressure(struct component *bus, bool high)
{
	flow_pressure(component_owner(bus), high);
}

static void
on_lost(struct component *bus, const struct member *m)
{
	reopen_on_lost(component_owner(bus), m);
}

const struct component_events bus_events = {
	.frame = on_frame,
	.bounced = on_bounced,
	.member = on_member,
	.online = on_online,
	.pressure = on_pressure,
	.lost = on_lost,
};
