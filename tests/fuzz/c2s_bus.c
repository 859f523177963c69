/* SPDX-License-Identifier: Apache-2.0 */
/* See c2s_bus.h. */
#include "tests/fuzz/c2s_bus.h"

#include "tests/fuzz/ground.h"

#include <stdlib.h>

enum { WORDS_MAX = 4096 };

/* ---- the bus ---- */

struct component *
component_new(const struct component_opts *opts, const struct component_events *events, void *owner)
{
	(void)opts;
	(void)events;
	return owner; /* never called: fuzz_c2s.c is the daemon's start */
}

void
component_free(struct component **c)
{
	*c = NULL;
}

void
component_leave(struct component *c, void (*left)(struct component *c))
{
	left(c);
}

void *
component_owner(const struct component *c)
{
	return c->c2s;
}

void
component_draining(struct component *c)
{
	(void)c;
}

void
component_set_hosts(struct component *c, const char *const *hosts)
{
	(void)c;
	(void)hosts;
}

bool
component_online(const struct component *c)
{
	return c->c2s->online;
}

void
component_send(struct component *c, const struct frame *f)
{
	struct frame copy = *f;

	bug_if(c->begun);
	copy.from = STR("c2s-1");
	bug_if(!frame_values_ok(&copy));
	frame_write(&c->said, &copy);
}

struct buf *
component_begin(struct component *c, const struct frame *f)
{
	bug_if(c->begun);
	c->begun = true;
	c->f = *f;
	buf_clear(&c->payload);
	return &c->payload;
}

void
component_end(struct component *c)
{
	struct frame f = c->f;

	bug_if(!c->begun);
	c->begun = false;
	f.payload = buf_str(&c->payload);
	if (f.payload.n <= FRAME_PAYLOAD_MAX)
		component_send(c, &f);
}

void
bus_tell(struct component *b, const struct frame *f)
{
	if (b->c2s->online)
		bus_events.frame(b, f);
	loop_fake_advance(b->loop, 0);
}

/* ---- the sm ---- */

static struct bus_session *
session_of(struct component *b, struct str sid)
{
	for (size_t i = 0; i < b->sessions; i++)
		if (str_is(sid, b->session[i].sid))
			return &b->session[i];
	return NULL;
}

static struct bus_session *
session_add(struct component *b, struct str sid)
{
	struct bus_session *s;

	if (b->sessions == BUS_SESSIONS) {
		free(b->session[0].jid);
		memmove(&b->session[0], &b->session[1], sizeof(b->session[0]) * (BUS_SESSIONS - 1));
		b->sessions--;
	}
	s = &b->session[b->sessions++];
	*s = (struct bus_session){0};
	bug_if(sid.n != SID_LEN);
	memcpy(s->sid, sid.p, SID_LEN);
	return s;
}

struct bus_session *
bus_newest(struct component *b)
{
	return b->sessions ? &b->session[b->sessions - 1] : NULL;
}

static void
answer(struct component *b, const struct frame *to, uint64_t ack, const char *rid, struct buf *word)
{
	bus_tell(b, &(struct frame){.from = STR("sm-1"), .to = STR("c2s-1"), .sid = to->sid, .ack = ack, .rid = str_z(rid),
			     .payload = buf_str(word)});
	buf_done(word);
}

static void
answer_credentials(struct component *b, const struct frame *f, const struct stanza *p)
{
	struct word_credentials w;
	struct buf word = {0};

	bug_if(word_read_credentials_get(p, &w) < 0);
	b->asked = w.id;
	if (b->quiet)
		return;
	if (str_is(w.user, "juliet") || str_is(w.user, "romeo"))
		w.stored = b->known;
	else if (str_is(w.user, "nurse"))
		w.stored = b->unknown; /* of whom nobody knows the password */
	else
		w.stored.result = str_is(w.user, "broken") ? SASL_USER_TEMPORARY : SASL_USER_UNKNOWN;
	word_write_credentials(&word, &w);
	answer(b, f, 0, NULL, &word);
}

static void
answer_open(struct component *b, const struct frame *f, const struct stanza *p)
{
	struct bus_session *s = session_of(b, f->sid);
	struct str number, rest;
	struct word_open w;
	struct buf word = {0}, rid = {0}, jid = {0};

	bug_if(word_read_open(p, &w) < 0 || !str_is(w.host, BUS_HOST));
	bug_if(!str_is(w.user, "juliet") && !str_is(w.user, "romeo"));
	if (!s)
		s = session_add(b, f->sid);
	if (b->quiet)
		return;
	if (w.resume) {
		s->in = w.in;
		s->out = w.out;
	}
	buf_addf(&jid, STR_FMT "@" BUS_HOST "/" STR_FMT, STR_ARG(w.user), STR_ARG(w.resource.n ? w.resource : STR("made")));
	if (!s->jid)
		s->jid = str_dup(buf_str(&jid));
	number = str_split(f->rid, '.', &rest);
	buf_add(&rid, number);
	word_write_opened(&word, str_z(s->jid), false);
	answer(b, f, s->in, buf_z(&rid), &word);
	buf_done(&rid);
	buf_done(&jid);
}

static struct bus_session *
managed_session(struct component *b, struct str id)
{
	for (size_t i = 0; i < b->sessions; i++)
		if (b->session[i].managed[0] && str_is(id, b->session[i].managed))
			return &b->session[i];
	return NULL;
}

/* The session goes on under its own id; what the client lacks would follow. */
static void
write_resumed(struct buf *out, struct bus_session *s, const struct word_resume *w, struct str asked)
{
	const struct word_resumed r = {
		.asked = asked,
		.jid = str_z(s->jid),
		.in = s->in,
		.out = s->out,
		.manage = {.id = str_z(s->managed), .in_base = s->in_base, .count = w->h, .max = BUS_AWAY_S, .gen = ++s->gen},
	};

	word_write_resumed(out, &r);
}

static void
answer_resume(struct component *b, const struct frame *f, const struct stanza *p)
{
	struct word_resume w;
	struct bus_session *s;
	struct str rest, sid = f->sid;
	struct buf word = {0}, rid = {0};

	bug_if(word_read_resume(p, &w) < 0);
	bug_if(!str_is(w.user, "juliet") && !str_is(w.user, "romeo"));
	if (b->quiet)
		return;
	s = managed_session(b, w.previd);
	if (s && s->jid && str_starts(str_z(s->jid), w.user) && w.h <= s->out - s->out_base) {
		write_resumed(&word, s, &w, f->sid);
		sid = str_z(s->sid);
	} else {
		word_write_refused(&word, STANZA_ERR_ITEM_NOT_FOUND, NULL);
	}
	buf_add(&rid, str_split(f->rid, '.', &rest));
	answer(b, &(struct frame){.sid = sid}, s ? s->in : 0, buf_z(&rid), &word);
	buf_done(&rid);
}

/* RFC 6120 8.1.2.1: what a client says is from the client, whatever it says. */
static void
check_from(const struct bus_session *s, const struct stanza *p)
{
	struct str from = node_attr(p->arena, p->root, "from"), full = str_z(s->jid), rest;
	struct str bare = str_split(full, '/', &rest);

	bug_if(!s->jid || !(str_eq(from, full) || str_eq(from, bare)));
}

static void
on_enable(struct bus_session *s, uint64_t seq, const struct stanza *p)
{
	struct word_enable w;

	bug_if(word_read_enable(p, &w) < 0 || w.id.n != SID_LEN);
	memcpy(s->managed, w.id.p, SID_LEN);
	s->in_base = seq;
	s->out_base = w.out;
}

static void
on_numbered(struct component *b, const struct frame *f, const struct stanza *p)
{
	struct bus_session *s = session_of(b, f->sid);
	struct str stanza;
	struct buf word = {0};

	if (!s)
		return;
	if (word_of(p) == WORD_NONE)
		check_from(s, p);
	else if (word_of(p) == WORD_ENABLE)
		on_enable(s, f->seq, p);
	s->in = MAX(s->in, f->seq);
	if (b->quiet)
		return;
	if (word_of(p) == WORD_ECHO && word_read_echo(p, &stanza) == 0 && stanza.n)
		bus_tell(b, &(struct frame){.from = STR("sm-1"), .to = STR("c2s-1"), .sid = f->sid, .ack = s->in,
				     .seq = ++s->out, .payload = stanza});
	word_write_ack(&word);
	answer(b, f, s->in, NULL, &word);
}

static void
sm_hears(struct component *b, const struct frame *f)
{
	struct arena a = {0};
	struct stanza p;

	ground_trace("sm", f->raw);
	bug_if(stanza_parse(&p, &a, f->payload, NULL) < 0); /* canonical, always */
	if (f->seq)
		on_numbered(b, f, &p);
	else if (word_of(&p) == WORD_CREDENTIALS)
		answer_credentials(b, f, &p);
	else if (word_of(&p) == WORD_OPEN)
		answer_open(b, f, &p);
	else if (word_of(&p) == WORD_RESUME)
		answer_resume(b, f, &p);
	arena_done(&a);
}

/* What c2s has said so far, and what that leads to. */
void
bus_settle(struct component *b)
{
	loop_fake_advance(b->loop, 0);
	while (b->said.n && b->words++ < WORDS_MAX) {
		struct buf taken = b->said;
		struct str rest = buf_str(&taken);
		const char *why;
		struct frame f;
		size_t used;

		b->said = (struct buf){0};
		for (; rest.n; rest = str_from(rest, used)) {
			bug_if(frame_read(rest, &f, &used, &why) != FRAME_OK);
			sm_hears(b, &f);
		}
		buf_done(&taken);
		loop_fake_advance(b->loop, 0);
	}
}

/* ---- the whole ---- */

struct bus_session *
bus_oldest(struct component *b)
{
	return b->sessions ? &b->session[0] : NULL;
}

void
bus_setup(struct component *b)
{
	struct scram_keys *k = &b->known.scram[SCRAM_SHA_256];

	b->known.result = SASL_USER_OK;
	scram_make(k, SCRAM_SHA_256, SCRAM_ITERATIONS_MIN, STR(BUS_PASSWORD));
	b->known.has_scram[SCRAM_SHA_256] = true;
	b->unknown = b->known;
	memset(b->unknown.scram[SCRAM_SHA_256].stored_key, 0x5a, SCRAM_KEY_MAX);
}

void
bus_done(struct component *b)
{
	buf_done(&b->payload);
	buf_done(&b->said);
}

void
bus_begin(struct component *b, struct c2s *s, struct loop *loop)
{
	b->c2s = s;
	b->loop = loop;
	b->quiet = false;
	b->words = 0;
	bus_events.online(b, true);
}

void
bus_end(struct component *b)
{
	buf_clear(&b->said);
	for (size_t i = 0; i < b->sessions; i++)
		free(b->session[i].jid);
	b->sessions = 0;
}
