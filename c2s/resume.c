/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resuming a session (XEP-0198): the client has logged in, here or on any other
 * c2s before, and asks for its session by its SM-ID. The owner of the account
 * has it; with its answer the bond takes over the session's id and numbers, and
 * whoever had them before is out (doc/protocol.md section 4, "Stream management").
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"
#include "xmpp/out.h"

#include <stdlib.h>

enum { PREVID_MAX = 200 };

void
resume_free(struct resume **r)
{
	if (!*r)
		return;
	free((*r)->previd);
	free(*r);
	*r = NULL;
}

bool
bond_resumable(const struct bond *bond)
{
	return bond->managed && bond->managed->max > 0;
}

/* --- the question --- */

void
manage_on_resume(struct client *c, const struct stanza *st)
{
	struct str previd = node_attr(st->arena, st->root, "previd");
	struct login *l = c->login;
	struct resume *r;
	uint64_t h;

	if (++l->binds > BINDS_MAX) {
		client_fail(c, STREAM_POLICY_VIOLATION, "too many attempts to resume a session");
		return;
	}
	if (str_to_u64(node_attr(st->arena, st->root, "h"), &h) < 0 || h > UINT32_MAX || previd.n == 0) {
		resume_refused(c, STANZA_ERR_BAD_REQUEST);
		return;
	}
	if (previd.n > PREVID_MAX) { /* not one of ours */
		resume_refused(c, STANZA_ERR_ITEM_NOT_FOUND);
		return;
	}
	r = xcalloc(1, sizeof(*r));
	r->previd = str_dup(previd);
	r->h = h;
	client_pause(c, PAUSE_BIND);
	client_set_state(c, CLIENT_BINDING);
	bond_new(c, l->user, str_z(l->host), STR(""), l->mechanism, r);
}

void
resume_write(const struct bond *bond, struct buf *out)
{
	struct word_resume w = {
		.user = bond->jid.node,
		.host = bond->jid.domain,
		.address = str_z(bond->address),
		.secure = bond->secure ? STR("tls") : STR("no"),
		.mechanism = str_z(bond->mechanism),
		.previd = str_z(bond->resume->previd),
		.h = bond->resume->h,
		.born = bond->born,
	};

	word_write_resume(out, &w);
}

/* --- the answer --- */

/* Who had the session until now, if it was here. */
static void
put_out(struct c2s *s, struct str sid)
{
	struct bond *old = map_find(&s->sids, sid);

	if (!old)
		return;
	old->ended = true;
	if (old->client)
		client_fail(old->client, STREAM_CONFLICT, "the session has been resumed on another connection");
	else
		bond_free(old);
}

static void
take_sid(struct bond *bond, struct str sid)
{
	struct c2s *s = bond->c2s;

	map_take(&s->sids, str_n(bond->sid, SID_LEN));
	memcpy(bond->sid, sid.p, SID_LEN);
	map_put(&s->sids, str_n(bond->sid, SID_LEN), bond);
}

static void
take_numbers(struct bond *bond, const struct word_resumed *w)
{
	struct managed *m = xcalloc(1, sizeof(*m));

	bond_set_jid(bond, w->jid);
	bond->sent = bond->acked = w->in;
	bond->received = bond->flushed = bond->told = w->out;
	bond->interested = w->interested;
	bond->presence = w->presence.p ? chunk_new(w->presence) : NULL;
	bond->keep = w->keep.p ? chunk_new(w->keep) : NULL;
	bond->known = true;
	m->bond = bond;
	memcpy(m->id, w->manage.id.p, SID_LEN);
	m->in_base = w->manage.in_base;
	m->count = m->h = w->manage.count;
	m->max = w->manage.max;
	m->gen = w->manage.gen;
	bond->managed = m;
	memcpy(m->asker, w->asked.p, SID_LEN);
	resume_free(&bond->resume);
}

static void
tell_resumed(struct client *c)
{
	const struct managed *m = c->bond->managed;
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "resumed", NS_SM);
	out_attrz(&o, "previd", str_z(m->id));
	out_attru(&o, "h", (uint32_t)manage_handled(c->bond));
	out_done(&o);
	client_write(c, buf_str(&b));
	buf_done(&b);
}

/* The sm believes that the session is here, and its client has gone meanwhile: it may come again. */
static void
give_back(struct c2s *s, const struct frame *f)
{
	struct frame reply = {.kind = FRAME_ROUTE, .to = f->from, .sid = f->sid, .rid = f->rid};

	word_write_close(component_begin(s->bus, &reply), "lost");
	component_end(s->bus);
}

/* The same question had been answered: the sm numbers anew what we have taken already. It hears that we go on. */
static bool
is_answer_again(struct bond *bond, const struct word_resumed *w)
{
	if (!bond || !bond->managed || !str_is(w->asked, bond->managed->asker) || w->in > bond->sent)
		return false; /* in > sent: another client of ours had it meanwhile */
	if (w->in > bond->acked)
		ack_take(bond, w->in);
	bond->managed->gen = MAX(bond->managed->gen, w->manage.gen);
	bond_lost(bond, "its resumption has been answered twice");
	return true;
}

void
resume_on_resumed(struct c2s *s, const struct frame *f, const struct stanza *payload)
{
	struct word_resumed w;
	struct bond *bond;

	if (word_read_resumed(payload, &w) < 0 || w.manage.id.n != SID_LEN || f->sid.n != SID_LEN || w.asked.n != SID_LEN ||
	    w.in < w.manage.in_base) {
		log_warning(s->log, "a <resumed/> that cannot be read came from=%s", log_quote(f->from));
		return;
	}
	if (is_answer_again(map_find(&s->sids, f->sid), &w)) {
		metric_add(&metric_stale, 1);
		return;
	}
	bond = map_find(&s->sids, w.asked);
	if (bond && !bond->resume)
		return; /* it was never a question */
	put_out(s, f->sid);
	if (!bond || !bond->client || !reopen_is_answer(bond, f)) {
		metric_add(&metric_stale, 1);
		give_back(s, f);
		if (bond && !bond->client)
			bond_free(bond);
		return;
	}
	take_sid(bond, f->sid);
	take_numbers(bond, &w);
	bond->names.key = name_key(f->sid);
	if (w.had.n)
		names_take(&bond->names, w.had, loop_now(s->loop), w.manage.count);
	reopen_take_owner(bond, f);
	ack_now(bond);
	tell_resumed(bond->client);
	bind_done(bond->client);
	metric_add(&metric_sessions_resumed, 1);
	log_info(&bond->client->log, "session resumed");
}
