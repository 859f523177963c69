/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a session begins: <open/> at resource binding (RFC 6120 section 7), and
 * its second form, with which c2s brings a session to its new owner or goes on
 * with it at the old one (doc/protocol.md section 4).
 */
#include "common/intern.h"
#include "common/metric.h"
#include "common/rand.h"
#include "sm/anonymous.h"
#include "sm/away_text.h"
#include "sm/bus.h"
#include "sm/deliver.h"
#include "sm/event.h"
#include "sm/keep.h"
#include "sm/limits.h"
#include "sm/manage.h"
#include "sm/modules.h"
#include "sm/offline.h"
#include "sm/outbound.h"
#include "sm/presence.h"
#include "sm/privacy.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/sm.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	RESOURCE_LEN = 12,   /* of one that we make */
	FRESH_US = 5000,     /* c2s and we hear of a death within so many, */
	FRESH_MS = 3000,     /* and within so many c2s has brought what it has, */
	LATE_US = 60000000,  /* and none is so long on its way */
};

static struct metric opened = {
	.name = "xmpp_sessions_opened_total", .help = "Sessions opened here, by clients that log in.", .kind = METRIC_COUNTER};
static struct metric resumed = {
	.name = "xmpp_sessions_reopened_total", .help = "Sessions brought here by c2s.", .kind = METRIC_COUNTER};
static struct metric refused = {
	.name = "xmpp_sessions_refused_total", .help = "Sessions refused.", .kind = METRIC_COUNTER};

struct opening { /* one <open/> at work */
	struct sm *sm;
	struct sm_user *user;
	const struct input *in; /* from where, and its number */
	struct word_open w;
};

/* ---- numbers of <open/>s, and answers to them ---- */

struct str
ask_number(struct str rid)
{
	struct str rest;

	return rid.n ? str_split(rid, '.', &rest) : STR_NONE;
}

/* "number.accepted"; both 0 when it is not that. */
static void
read_numbers(struct input *in, struct str rid)
{
	struct str rest = STR_NONE, first = rid.n ? str_split(rid, '.', &rest) : STR("");

	if (str_to_u64(first, &in->number) < 0 || !rest.p || str_to_u64(rest, &in->accepted) < 0)
		in->number = in->accepted = 0;
}

void
session_answer(struct sm *sm, const char *c2s, const char *sid, uint64_t number, uint64_t ack, struct str word)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	bus_send_answer(sm, str_z(c2s), str_z(sid), number ? str_z(text) : STR_NONE, ack, word);
}

void
session_refuse(struct sm *sm, const struct input *in, enum stanza_condition condition, const char *text)
{
	struct buf b = {0};

	word_write_refused(&b, condition, text);
	session_answer(sm, in->from, in->sid, in->number, 0, buf_str(&b));
	buf_done(&b);
}

static void
refuse_input(struct sm *sm, const struct input *in, enum stanza_condition condition, const char *text)
{
	metric_add(&refused, 1);
	session_refuse(sm, in, condition, text);
}

static void
refuse(const struct opening *o, enum stanza_condition condition, const char *text)
{
	refuse_input(o->sm, o->in, condition, text);
}

static void
tell_opened(struct sm_session *s, bool anew)
{
	struct buf b = {0};

	word_write_opened(&b, s->jid.full, anew);
	session_ack_told(s);
	session_answer(s->sm, s->c2s, s->sid, s->asked, s->in.done, buf_str(&b));
	buf_done(&b);
}

/* ---- a session that is here already ---- */

/* The answer was lost, or frames were: go on where both sides agree. */
static void
open_again(const struct opening *o, struct sm_session *s)
{
	session_back(s, o->in->from);
	s->gap = false;
	s->asked = MAX(s->asked, o->in->number);
	tell_opened(s, false);
	if (o->w.resume && !o->w.manage.id.p) /* with XEP-0198 the client has acknowledged less */
		session_acked(s, MIN(o->w.out, s->out_seq));
	session_repeat(s);
	catch_up_missed(s); /* it may have been away */
	deliver_offline(s);
	offline_go_on(s->user);
	metric_add(&resumed, 1);
	log_info(&s->log, "session goes on c2s=%s", s->c2s);
}

static void
reopened_as_kept(const struct opening *o, struct sm_session *s)
{
	keep_load(s, o->w.keep);
	privacy_reopened(s);
	event_tell(session_kept, o->sm, (&(struct ev_session){s}));
}

/*
 * Said when the former owner had gone, as far as clocks can be trusted: that one has answered no later question. Otherwise
 * c2s, which answers at once, has to confirm it before anybody may resume it.
 */
static bool
is_fresh(const struct opening *o)
{
	struct sm *sm = o->sm;
	unsigned slot = o->user->slot;

	return o->w.at && slot_age(sm, slot) < FRESH_MS && (int64_t)o->w.at + FRESH_US >= slot_wanted_at(sm, slot);
}

/*
 * c2s has never taken the answer to an earlier <open/>, or has been with another owner since: what it says of numbers is not
 * about ours. It goes on as with a new owner; nothing that waits for it is lost.
 */
static void
open_anew(const struct opening *o, struct sm_session *s)
{
	bool back = s->manage && s->manage->restored; /* it was thought to be away: what c2s says of it is newer */
	int64_t oldest;

	if (back) {
		oldest = outbound_drop_restored(s, s->manage->behind);
		s->manage->upto = MIN(s->manage->upto, MIN(oldest - 1, mailbox_since(&s->user->mail)));
		s->caught_up = s->available = s->shown = false;
	}
	session_back(s, o->in->from);
	manage_reopened(s, &o->w);
	s->unsure = o->w.resume && s->manage && !is_fresh(o);
	session_renumber(s, o->w.resume ? o->w.in : 0, o->w.resume ? o->w.out : 0);
	s->asked = s->lineage = o->in->number;
	s->interested = s->interested || (o->w.resume && o->w.interested);
	reopened_as_kept(o, s);
	tell_opened(s, true);
	session_repeat(s);
	catch_up_missed(s);
	if (o->w.resume)
		presence_resumed(s, o->w.presence);
	if (back)
		offline_elsewhere(s->user);
	metric_add(&resumed, 1);
	log_info(&s->log, "session begins anew c2s=%s", s->c2s);
}

static void
open_here(const struct opening *o, struct sm_session *s)
{
	if (manage_is_later(s, &o->w.manage)) { /* its numbers are those of another bond */
		manage_put_out(s, s->c2s, o->in->from);
		open_anew(o, s);
		return;
	}
	if (o->in->number && o->in->number <= s->asked)
		return; /* it was long on its way; a later one has been answered */
	if (!o->in->number || (o->in->accepted >= s->lineage && o->in->accepted <= s->asked))
		open_again(o, s);
	else
		open_anew(o, s);
}

/* ---- a new one ---- */

static void
log_session(const struct log_ctx *ctx, struct buf *out)
{
	const struct sm_session *s = container_of(ctx, struct sm_session, log);

	buf_addf(out, "jid=%s sid=%s", log_quote(s->jid.full), s->sid);
}

static char *
full_jid(const struct sm_user *user, struct str resource)
{
	struct buf b = {0};
	char made[RESOURCE_LEN + 1];

	if (!resource.n) {
		rand_token(made, RESOURCE_LEN);
		resource = str_z(made);
	}
	buf_add(&b, user->jid.bare);
	buf_addc(&b, '/');
	buf_add(&b, resource);
	return buf_take(&b);
}

static struct sm_session *
session_new(const struct opening *o)
{
	struct sm *sm = o->sm;
	struct sm_session *s = xcalloc(1, sizeof(*s));

	s->sm = sm;
	s->serial = ++sm->serial;
	s->user = o->user;
	memcpy(s->sid, o->in->sid, SID_LEN);
	s->c2s = intern(str_z(o->in->from));
	s->full = full_jid(o->user, o->w.resource);
	jid_split(str_z(s->full), &s->jid);
	s->address = str_dup(o->w.address);
	s->secure = intern(o->w.secure);
	s->mechanism = intern(o->w.mechanism);
	s->since = loop_wall_us(sm->loop);
	s->born = o->w.born;
	s->asked = s->lineage = o->in->number;
	s->log = (struct log_ctx){&sm->log, log_session};
	s->modules = modules_session_memory(sm);
	map_put(&sm->sessions, str_z(s->sid), s);
	list_append(&o->user->sessions, &s->in_user);
	user_maybe_idle(o->user);
	return s;
}

static void
open_first(const struct opening *o)
{
	struct sm_session *s = session_new(o);
	struct sm *sm = o->sm;

	if (!o->user->anonymous)
		storage_account_login(sm->storage, o->user->jid.bare, s->since, NULL, NULL);
	event_tell(session_bound, sm, (&(struct ev_session){s}));
	tell_opened(s, false);
	metric_add(&opened, 1);
	log_info(&s->log, "session bound c2s=%s address=%s mechanism=%s", s->c2s, log_quote(o->w.address),
		 log_quote(o->w.mechanism));
}

static void
open_resumed(const struct opening *o)
{
	struct sm_session *s = session_new(o);
	struct sm *sm = o->sm;

	ack_start(&s->in, o->w.in);
	s->out_seq = o->w.out;
	s->interested = o->w.interested;
	s->resumed = true;
	reopened_as_kept(o, s);
	manage_reopened(s, &o->w);
	s->unsure = s->manage && !is_fresh(o);
	away_take_fence(s);
	event_tell(session_bound, sm, (&(struct ev_session){s}));
	tell_opened(s, true);
	presence_resumed(s, o->w.presence);
	event_tell(session_resumed, sm, (&(struct ev_session){s}));
	metric_add(&resumed, 1);
	log_info(&s->log, "session re-opened c2s=%s in=%llu out=%llu", s->c2s, (unsigned long long)o->w.in,
		 (unsigned long long)o->w.out);
}

struct sm_session *
session_restore(struct sm_user *user, struct str sid, const struct away_head *h)
{
	const struct word_resumed *w = &h->w;
	struct input in = {.number = h->asked};
	struct opening o = {.sm = user->sm, .user = user, .in = &in,
			    .w = {.address = h->address, .secure = h->secure, .mechanism = h->mechanism, .born = h->born, .keep = w->keep}};
	struct sm_session *s;
	struct jid jid;

	jid_split(w->jid, &jid);
	o.w.resource = jid.resource;
	memcpy(in.sid, sid.p, SID_LEN);
	s = session_new(&o);
	s->lineage = UINT64_MAX; /* of what c2s has opened since nothing is known here */
	ack_start(&s->in, w->in);
	s->out_seq = w->out;
	s->interested = w->interested;
	s->resumed = s->caught_up = true;
	manage_restore(s, h);
	reopened_as_kept(&o, s);
	event_tell(session_bound, user->sm, (&(struct ev_session){s}));
	presence_restored(s, w->presence);
	event_tell(session_resumed, user->sm, (&(struct ev_session){s}));
	log_info(&s->log, "session restored in=%llu out=%llu", (unsigned long long)w->in, (unsigned long long)w->out);
	return s;
}

/* Its question has been long on its way: the other one was bound later, and stays. By more than that only a wrong clock is behind. */
static bool
came_before(const struct opening *o, const struct sm_session *old)
{
	if (!o->w.born || o->w.born >= old->born)
		return false;
	if (o->w.resume)
		return true;
	return o->sm->set.conflict == CONFLICT_REPLACE && !session_away(old) && old->born - o->w.born < LATE_US;
}

/*
 * RFC 6120 7.7.2.2. A session that comes from another owner keeps its name, and one whose client is away stands in nobody's
 * way. False: the newcomer has been refused.
 */
static bool
settle_conflict(struct opening *o)
{
	struct sm_session *old = o->w.resource.n ? user_session(o->user, o->w.resource) : NULL;
	enum conflict_policy policy = o->sm->set.conflict;

	if (!old)
		return true;
	if (came_before(o, old)) {
		refuse(o, STANZA_ERR_CONFLICT, "Replaced by new connection");
		return false;
	}
	if (o->w.resume || session_away(old))
		policy = CONFLICT_REPLACE;
	switch (policy) {
	case CONFLICT_REPLACE:
		session_end_now(old, STREAM_CONFLICT, "Replaced by new connection");
		break;
	case CONFLICT_REFUSE:
		refuse(o, STANZA_ERR_CONFLICT, "Another session has this resource");
		return false;
	case CONFLICT_RENAME:
		o->w.resource = STR("");
		break;
	}
	return true;
}

static void
open_new(struct opening *o)
{
	bool guest = anonymous_open(&o->w);

	if (guest && o->user->state == USER_ABSENT)
		user_become_anonymous(o->user);
	if (o->user->state != USER_READY || o->user->disabled || o->user->anonymous != guest) {
		refuse(o, STANZA_ERR_NOT_ALLOWED, "There is no such account");
		return;
	}
	if (o->sm->draining) { /* and nobody else is there yet */
		session_ask_again(o->sm, o->in->from, o->in->sid, o->in->number);
		return;
	}
	if (!settle_conflict(o))
		return;
	if (!o->w.resume && o->user->sessions.len >= o->sm->set.user_sessions) {
		sm_limit_hit(SM_LIMIT_USER_SESSIONS);
		refuse(o, STANZA_ERR_RESOURCE_CONSTRAINT, "Too many sessions");
	} else if (o->w.resume) {
		open_resumed(o);
	} else {
		open_first(o);
	}
}

static int
read_open(struct opening *o, const struct stanza *p)
{
	struct jid jid;

	if (word_read_open(p, &o->w) < 0)
		return -1;
	if (!o->w.resume || !o->w.jid.p)
		return 0;
	jid_split(o->w.jid, &jid);
	o->w.resource = jid.resource.p ? jid.resource : o->w.resource;
	return 0;
}

static void
input_open(struct sm_user *user, struct input *in)
{
	struct opening o = {.sm = user->sm, .user = user, .in = in};
	struct sm_session *here = session_find(user->sm, str_z(in->sid));
	struct arena *a = sm_arena(user->sm);
	struct stanza p;

	if (stanza_parse(&p, a, chunk_str(in->bytes), NULL) < 0 || read_open(&o, &p) < 0)
		refuse(&o, STANZA_ERR_BAD_REQUEST, NULL);
	else if (here && here->user == user && !here->ending && !manage_is_former(here, &o.w.manage))
		open_here(&o, here);
	else if (here || away_is_former(user, str_z(in->sid), &o.w.manage))
		refuse(&o, STANZA_ERR_CONFLICT, NULL);
	else
		open_new(&o);
	sm_arena_end(user->sm);
	input_free(&in);
}

void
session_ask_again(struct sm *sm, const char *c2s, const char *sid, uint64_t number)
{
	struct buf b = {0};

	word_write_unknown(&b);
	session_answer(sm, c2s, sid, number, 0, buf_str(&b));
	buf_done(&b);
}

static void
input_open_refuse(struct sm_user *user, struct input *in, enum storage_result r)
{
	struct sm *sm = user->sm;

	if (r == STORAGE_FENCED) /* another sm owns the user now: c2s finds it by opening again */
		session_ask_again(sm, in->from, in->sid, in->number);
	else if (r == STORAGE_NOT_FOUND)
		refuse_input(sm, in, STANZA_ERR_NOT_ALLOWED, "There is no such account");
	else
		refuse_input(sm, in, STANZA_ERR_RESOURCE_CONSTRAINT, "The account cannot be loaded at the moment");
	input_free(&in);
}

static bool
is_resume(const struct stanza *p)
{
	struct word_open w;

	return word_read_open(p, &w) == 0 && w.resume;
}

static bool
is_guest(const struct stanza *p)
{
	struct word_open w;

	return word_read_open(p, &w) == 0 && anonymous_open(&w);
}

void
session_ask_input(struct sm *sm, const struct frame *f, const struct stanza *p, struct str user, struct str host,
		  void (*run)(struct sm_user *user, struct input *in))
{
	struct sm_user *owner;
	struct input *in;
	struct jid jid;

	if (f->sid.n != SID_LEN || f->from.n >= sizeof(in->from) || !sm_serves(sm, host)) {
		log_warning(&sm->log, "bad question from=%s", log_quote(f->from));
		return;
	}
	jid_join(p->arena, user, host, STR_NONE, &jid);
	in = input_new(p->bytes, NULL);
	in->run = run;
	in->refuse = input_open_refuse;
	in->patient = is_resume(p);
	memcpy(in->sid, f->sid.p, f->sid.n);
	memcpy(in->from, f->from.p, f->from.n);
	read_numbers(in, f->rid);
	owner = is_guest(p) ? user_get_anonymous(sm, jid.bare) : user_get(sm, jid.bare);
	if (user_supersede(owner, in))
		user_input(owner, in);
	else
		input_free(&in);
}

void
session_open_word(struct sm *sm, const struct frame *f, const struct stanza *p)
{
	struct word_open w;

	if (word_read_open(p, &w) < 0)
		log_warning(&sm->log, "bad <open/> from=%s", log_quote(f->from));
	else
		session_ask_input(sm, f, p, w.user, w.host, input_open);
}
