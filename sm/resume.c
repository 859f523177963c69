/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <resume/>: a client that has logged in on some c2s asks for its session
 * (XEP-0198 "Resumption"; doc/protocol.md section 4, "Stream management").
 * Whoever had it is out: a stream that is still there ends with a conflict.
 */
#include "common/metric.h"
#include "sm/bus.h"
#include "sm/deliver.h"
#include "sm/event.h"
#include "sm/manage.h"
#include "sm/offline.h"
#include "sm/outbound.h"
#include "sm/sm.h"

#include <stdlib.h>

static struct metric resumed = {
	.name = "xmpp_resumes_total", .labels = "result=\"ok\"", .help = "Attempts to resume a stream.", .kind = METRIC_COUNTER};
static struct metric failed = {.name = "xmpp_resumes_total", .labels = "result=\"failed\"", .kind = METRIC_COUNTER};

static struct sm_session *
find_by_id(const struct sm_user *user, struct str id)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (s->manage && s->manage->max && !s->ending && str_is(id, s->manage->id))
			return s;
	return NULL;
}

static void
refuse(struct sm *sm, const struct input *in, enum stanza_condition condition, const char *text)
{
	metric_add(&failed, 1);
	session_refuse(sm, in, condition, text);
}

static void
tell(struct sm_session *s, const struct input *in, uint64_t out, uint64_t count)
{
	struct word_resumed w = {
		.asked = str_z(in->sid),
		.jid = s->jid.full,
		.in = MAX(s->in.done, s->manage->in_base), /* what came before <enable/> is in our hands */
		.out = out,
		.interested = s->interested,
		.presence = s->presence ? chunk_str(s->presence) : STR_NONE,
		.manage = manage_word(s),
		.keep = s->keep ? chunk_str(s->keep) : STR_NONE,
	};
	struct buf b = {0};

	w.manage.count = count;
	word_write_resumed(&b, &w);
	session_ack_told(s);
	session_answer(s->sm, s->c2s, s->sid, in->number, s->in.done, buf_str(&b));
	buf_done(&b);
}

/* c2s has not heard the answer to its question, and asks the same again: all is as it was told then. */
static void
tell_again(struct sm_session *s, const struct input *in)
{
	session_back(s, in->from);
	s->asked = s->lineage = in->number;
	s->gap = false;
	tell(s, in, s->out_seq - s->unacked.len, s->manage->count - s->unacked.len);
	session_repeat(s);
	deliver_offline(s);
}

static void
set_text(char **text, struct str value)
{
	free(*text);
	*text = str_dup(value);
}

static void
go_on(struct sm_session *s, const struct input *in, const struct word_resume *w)
{
	struct sm_user *user = s->user;
	uint64_t out = s->out_seq;

	if (!outbound_covers(s, w->h)) { /* XEP-0198 "Error Handling" */
		refuse(s->sm, in, STANZA_ERR_UNDEFINED_CONDITION, "You acknowledged more stanzas than you were sent");
		return;
	}
	manage_put_out(s, in->from);
	session_back(s, in->from);
	outbound_resume(s, w->h);
	s->manage->gen = MAX(s->manage->gen + 1, (uint64_t)loop_wall_us(s->sm->loop) / 1000);
	memcpy(s->manage->asker, in->sid, sizeof(s->manage->asker));
	s->asked = s->lineage = in->number;
	s->gap = false;
	set_text(&s->address, w->address);
	set_text(&s->secure, w->secure);
	set_text(&s->mechanism, w->mechanism);
	tell(s, in, out, s->manage->count - s->unacked.len);
	session_repeat(s);
	metric_add(&resumed, 1);
	log_info(&s->log, "session resumed c2s=%s address=%s repeats=%zu", s->c2s, log_quote(w->address), s->unacked.len);
	mailbox_settle(user);
	flush_go_on(s);
	deliver_offline(s); /* what others have left while it was away */
	event_tell(session_room, s->sm, (&(struct ev_session){s}));
}

static void
input_resume(struct sm_user *user, struct input *in)
{
	struct sm *sm = user->sm;
	struct arena *a = sm_arena(sm);
	struct sm_session *s;
	struct word_resume w;
	struct stanza p;

	if (stanza_parse(&p, a, chunk_str(in->bytes), NULL) < 0 || word_read_resume(&p, &w) < 0)
		refuse(sm, in, STANZA_ERR_BAD_REQUEST, NULL);
	else if (user->state != USER_READY || user->disabled || !(s = find_by_id(user, w.previd)))
		refuse(sm, in, STANZA_ERR_ITEM_NOT_FOUND, "There is no such session");
	else if (strcmp(s->manage->asker, in->sid) != 0)
		go_on(s, in, &w);
	else if (in->number > s->asked) /* or it was long on its way, and a later one has been answered */
		tell_again(s, in);
	sm_arena_end(sm);
	input_free(&in);
}

void
session_resume_word(struct sm *sm, const struct frame *f, const struct stanza *p)
{
	struct word_resume w;

	if (word_read_resume(p, &w) < 0)
		log_warning(&sm->log, "bad <resume/> from=%s", log_quote(f->from));
	else
		session_ask_input(sm, f, p, w.user, w.host, input_resume);
}
