/* SPDX-License-Identifier: Apache-2.0 */
/* c2s, played; see chaos_c2s.h. */
#include "tests/unit/chaos_c2s.h"

#include "common/rand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum {
	ASK_AGAIN_MS = 20,
	PROBE_MS = 300,
	SLOW_MS = 80,
};
#define HAD (UINT64_C(1) << 63)

struct slow { /* a question under way for long */
	struct list_node node;
	char sid[SID_LEN + 1], bare[32], rid[48], from[8];
	uint64_t due;
	char *word;
};

struct list c2s_bonds;
unsigned c2s_duplicates;

static struct {
	struct stage *st;
	unsigned (*below)(unsigned n);
	struct list slow;
	bool offline;
	bool up[C2S_COUNT];
	struct arena texts; /* of what is said */
} c2s;

static uint64_t
now(void)
{
	return loop_now(stage_loop(c2s.st));
}

static struct str
name_of(unsigned number)
{
	static const char *const names[C2S_COUNT] = {"c2s-1", "c2s-2", "c2s-3"};

	return str_z(names[number]);
}

static void
post(const struct frame *f)
{
	stage_send(c2s.st, f);
}

static void
bond_free(struct bond *b)
{
	list_remove(&c2s_bonds, &b->node);
	free(b);
}

/* ---- to the owner ---- */

static void
tell(const struct bond *b, uint64_t seq, struct str rid, struct str payload)
{
	post(&(struct frame){.kind = FRAME_ROUTE, .from = name_of(b->c2s), .to = str_z(b->owner),
					   .sid = str_z(b->sid), .seq = seq, .ack = b->told, .rid = rid, .payload = payload});
}

void
bond_say(struct bond *b, const char *payload)
{
	assert_true(b->sent < SAID_MAX);
	b->said[++b->sent] = payload;
	if (strncmp(payload, "<presence", 9) == 0)
		b->presence = true;
	if (b->open && !c2s.offline)
		tell(b, b->sent, STR_NONE, str_z(payload));
}

void
bond_tell_ack(struct bond *b)
{
	if (!b->open || c2s.offline)
		return;
	if (!b->managed.on)
		b->flushed = b->received;
	b->told = b->flushed;
	tell(b, 0, STR_NONE, STR("<ack xmlns='" NS_WORDS "'/>"));
}

static void
send_ask(const char *from, const char *bare, const char *sid, const char *rid, const char *word)
{
	post(&(struct frame){.kind = FRAME_ROUTE, .from = str_z(from), .host = STR("example.org"), .key = str_z(bare),
					   .sid = str_z(sid), .rid = str_z(rid), .payload = str_z(word)});
}

static void
write_resume(const struct bond *b, struct buf *out)
{
	struct str host, user = str_split(str_z(b->bare), '@', &host);
	struct word_resume w = {.user = user, .host = host, .address = STR("192.0.2.1"), .secure = STR("tls"),
				.mechanism = STR("PLAIN"), .previd = str_z(b->previd), .h = b->resume_h, .born = b->born};

	word_write_resume(out, &w);
}

/* All that it knows; c2s has them of the last minutes. */
static void
tell_names(const struct bond *b, struct buf *out)
{
	struct name_told told[NAMES];
	size_t count = 0;

	for (unsigned i = 0; i < NAMES; i++)
		if (b->names[i].is)
			told[count++] = (struct name_told){b->names[i].hash, name_back(b->managed.count, b->names[i].place)};
	names_told_print(out, told, count);
}

static void
write_open(const struct bond *b, struct buf *out)
{
	struct str host, user = str_split(str_z(b->bare), '@', &host);
	char presence[128];
	struct word_open w = {.user = user, .host = host, .resource = str_z(b->resource), .address = STR("192.0.2.1"),
			      .secure = STR("tls"), .mechanism = STR("PLAIN"), .born = b->born, .at = (uint64_t)loop_wall_us(stage_loop(c2s.st)),
			      .resume = b->known, .jid = str_z(b->jid), .in = b->acked, .out = b->received};
	struct buf had = {0};

	if (b->managed.on)
		tell_names(b, &had);
	w.had = buf_str(&had);
	if (b->managed.on)
		w.manage = (struct word_manage){.id = str_z(b->managed.id), .in_base = b->managed.in_base,
						.count = b->managed.count, .max = b->managed.max, .gen = b->managed.gen,
						.acked = b->managed.h};
	if (b->presence) {
		snprintf(presence, sizeof(presence), "<presence from='%s'/>", b->jid);
		w.presence = str_z(presence);
	}
	word_write_open(out, &w);
	buf_done(&had);
}

/* Now and then a question takes a slow way, and comes when another one has been answered. */
static void
ask_somehow(struct bond *b, const char *rid, const char *word)
{
	struct slow *w;

	if (c2s.below(3)) {
		send_ask(name_of(b->c2s).p, b->bare, b->sid, rid, word);
		return;
	}
	w = xcalloc(1, sizeof(*w));
	strcpy(w->sid, b->sid);
	strcpy(w->bare, b->bare);
	strcpy(w->rid, rid);
	strcpy(w->from, name_of(b->c2s).p);
	w->due = now() + c2s.below(SLOW_MS);
	w->word = xstrdup(word);
	list_append(&c2s.slow, &w->node);
}

static void
ask(struct bond *b)
{
	struct buf word = {0};
	char rid[48];

	b->open = false;
	b->asked = now();
	if (c2s.offline)
		return;
	snprintf(rid, sizeof(rid), "%llu.%llu", (unsigned long long)++b->asks, (unsigned long long)b->accepted);
	if (b->previd[0])
		write_resume(b, &word);
	else
		write_open(b, &word);
	ask_somehow(b, rid, buf_z(&word));
	buf_done(&word);
}

static void
send_slow(bool all)
{
	list_each(&c2s.slow, struct slow, w, node) {
		unsigned from = (unsigned)(w->from[4] - '1');

		if (!all && w->due > now())
			continue;
		if (c2s.up[from] && !c2s.offline)
			send_ask(w->from, w->bare, w->sid, w->rid, w->word);
		list_remove(&c2s.slow, &w->node);
		free(w->word);
		free(w);
	}
}

void
c2s_send_slow(void)
{
	send_slow(true);
}

/* ---- XEP-0198 ---- */

static void
needs_push(struct managed *m, uint64_t need)
{
	assert_true(m->len < NEEDS);
	m->needs[(m->head + m->len++) % NEEDS] = need;
}

static void
needs_flush(struct bond *b)
{
	struct managed *m = &b->managed;
	uint64_t before = b->flushed;

	while (m->len && (m->needs[m->head] & ~HAD) <= m->h) {
		m->head = (m->head + 1) % NEEDS;
		m->len--;
		b->flushed++;
	}
	if (b->flushed > before && c2s.below(2))
		bond_tell_ack(b); /* soon enough, or with something else */
}

void
bond_client_acks(struct bond *b, uint64_t h)
{
	if (b->stalled || !b->managed.on)
		return;
	assert_true(h <= b->managed.count);
	b->managed.h = MAX(b->managed.h, h);
	needs_flush(b);
}

static void
enable(struct bond *b)
{
	struct managed *m = &b->managed;
	struct buf word = {0};

	m->on = true;
	rand_token(m->id, SID_LEN);
	m->max = 1;
	for (uint64_t n = b->flushed; n < b->received; n++)
		needs_push(m, 0);
	word_write_enable(&word, &(struct word_enable){.id = str_z(m->id), .out = b->received, .max = m->max});
	bond_say(b, arena_str(&c2s.texts, buf_str(&word)).p);
	m->in_base = b->sent;
	buf_done(&word);
}

static void
say_had(struct bond *b, uint64_t number, uint64_t place)
{
	struct buf word = {0};

	word_write_had(&word, number, place);
	tell(b, 0, STR_NONE, buf_str(&word));
	buf_done(&word);
}

static void
came_again(struct bond *b, uint64_t number)
{
	const struct managed *m = &b->managed;
	uint64_t need = number > b->flushed && number - b->flushed <= m->len ?
				m->needs[(m->head + number - b->flushed - 1) % NEEDS] : 0;

	if (need & HAD)
		say_had(b, number, need & ~HAD);
}

/* ---- from the owner: answers ---- */

static void
take_ack(struct bond *b, uint64_t ack)
{
	if (ack > b->sent) { /* the client will say it again, and has been told less */
		assert_true(b->managed.gen > 0);
		ack = b->sent;
	}
	if (ack <= b->acked)
		return;
	b->acked = ack;
	if (b->managed.on && b->person && !b->stalled && ack >= b->managed.in_base)
		client_is_told(b->person, ack - b->managed.in_base);
}

static bool
is_answer(const struct bond *b, const struct frame *f)
{
	uint64_t number;

	return !b->open && str_to_u64(f->rid, &number) == 0 && number == b->asks;
}

static void
close_with(const struct frame *f, struct str rid, const char *reason)
{
	struct buf word = {0};

	word_write_close(&word, reason);
	post(&(struct frame){.kind = FRAME_ROUTE, .from = f->to, .to = f->from, .sid = f->sid, .rid = rid,
					   .payload = buf_str(&word)});
	buf_done(&word);
}

static void
take_owner(struct bond *b, const struct frame *f)
{
	b->accepted = b->asks;
	snprintf(b->owner, sizeof(b->owner), STR_FMT, STR_ARG(f->from));
	b->open = true;
	b->told = 0;
	take_ack(b, f->ack);
}

static void
close_lost(struct bond *b)
{
	b->told = b->flushed;
	tell(b, 0, STR_NONE, STR("<close xmlns='" NS_WORDS "' reason='lost'/>"));
	bond_free(b);
}

static void
opened_first(struct bond *b, struct str jid)
{
	b->known = true;
	snprintf(b->jid, sizeof(b->jid), STR_FMT, STR_ARG(jid));
	if (b->wants_managed)
		enable(b);
	if (b->person)
		client_bound(b->person);
}

static void
opened_again(struct bond *b)
{
	if (b->managed.on)
		bond_tell_ack(b);
	for (uint64_t n = b->acked + 1; n <= b->sent; n++)
		tell(b, n, STR_NONE, str_z(b->said[n]));
	if (b->leaving)
		close_lost(b);
}

static void
on_opened(struct bond *b, const struct frame *f, const struct stanza *p)
{
	struct str jid;
	bool anew;

	if (b->open && !str_is(f->from, b->owner))
		close_with(f, f->rid, "stray");
	if (!is_answer(b, f))
		return;
	assert_int_equal(word_read_opened(p, &jid, &anew), 0);
	if (anew && b->managed.on) {
		b->managed.head = b->managed.len = 0;
		b->flushed = b->received;
	}
	take_owner(b, f);
	if (b->known)
		opened_again(b);
	else
		opened_first(b, jid);
}

static struct bond *
bond_find(struct str instance, struct str sid)
{
	list_each(&c2s_bonds, struct bond, b, node)
		if (str_is(sid, b->sid) && str_eq(instance, name_of(b->c2s)))
			return b;
	return NULL;
}

/* Whoever had the session on this instance. */
static void
put_out(struct bond *b, struct str why)
{
	struct person *p = b->person;
	bool stalled = b->stalled;

	bond_free(b);
	if (p && stalled)
		client_put_out(p, STR("broken"));
	else if (p)
		client_put_out(p, why);
}

/* c2s/names.h: what ends with '?' may have come under another name with the same hash. */
static struct known_name *
name_find(struct bond *b, const struct name_hash *hash, bool unsure)
{
	for (unsigned i = 0; i < NAMES; i++)
		if (b->names[i].is && b->names[i].hash.said == hash->said && (unsure || b->names[i].hash.rest == hash->rest))
			return &b->names[i];
	return NULL;
}

static void
name_add(struct bond *b, const struct name_hash *hash, uint64_t place)
{
	b->names[b->name_at++ % NAMES] = (struct known_name){true, *hash, place};
}

/* Whether it has it; then place is where it got it. */
static bool
name_seen(struct bond *b, struct str rid, uint64_t *place)
{
	struct siphash_key key = name_key(str_z(b->sid));
	const struct known_name *known;
	struct name_hash hash;
	bool unsure = name_hash(&key, rid, &hash);

	known = name_find(b, &hash, unsure);
	if (known)
		*place = known->place;
	else
		name_add(b, &hash, *place);
	return known;
}

static void
take_names(struct bond *b, const struct word_resumed *w)
{
	size_t count = 0;
	struct name_told *told = w->had.p ? names_told_parse(w->had, &count) : NULL;

	assert_true(!w->had.p || told);
	for (size_t i = 0; i < count; i++)
		name_add(b, &told[i].name, name_place(w->manage.count, told[i].back));
	free(told);
}

static void
take_session(struct bond *b, const struct frame *f, const struct word_resumed *w)
{
	struct managed *m = &b->managed;

	strcpy(m->asker, b->sid);
	snprintf(b->sid, sizeof(b->sid), STR_FMT, STR_ARG(f->sid));
	snprintf(b->jid, sizeof(b->jid), STR_FMT, STR_ARG(w->jid));
	b->sent = b->acked = w->in;
	b->received = b->flushed = b->told = w->out;
	b->presence = w->presence.p;
	b->known = true;
	b->previd[0] = '\0';
	m->on = true;
	snprintf(m->id, sizeof(m->id), STR_FMT, STR_ARG(w->manage.id));
	m->in_base = w->manage.in_base;
	m->count = m->h = w->manage.count;
	m->max = w->manage.max;
	m->gen = w->manage.gen;
	take_names(b, w);
}

static void
on_resumed(const struct frame *f, const struct stanza *p)
{
	struct word_resumed w;
	struct bond *b, *old;

	assert_int_equal(word_read_resumed(p, &w), 0);
	assert_true(w.in >= w.manage.in_base);
	b = bond_find(f->to, w.asked);
	old = bond_find(f->to, f->sid);
	if (old && old->managed.on && str_is(w.asked, old->managed.asker) && w.in <= old->sent) {
		take_ack(old, w.in);
		old->managed.gen = MAX(old->managed.gen, w.manage.gen);
		ask(old);
		return;
	}
	if (old)
		put_out(old, STR("resumed"));
	if (!b || b->leaving || !is_answer(b, f)) {
		close_with(f, f->rid, "lost");
		return;
	}
	take_session(b, f, &w);
	take_owner(b, f);
	bond_tell_ack(b);
	if (b->person)
		client_resumed(b->person, w.in - w.manage.in_base);
}

static void
on_refused(struct bond *b, const struct frame *f, const struct stanza *payload)
{
	enum stanza_condition condition;
	struct person *p = b->person;
	bool resuming = b->previd[0];
	struct str text;

	if (!is_answer(b, f))
		return;
	assert_int_equal(word_read_refused(payload, &condition, &text), 0);
	bond_free(b);
	if (p && resuming)
		client_resume_refused(p);
	else if (p)
		client_put_out(p, str_z(stanza_condition_name(condition)));
}

static void
on_word(struct bond *b, const struct frame *f, const struct stanza *p)
{
	enum word word = word_of(p);

	if (word == WORD_OPENED) {
		on_opened(b, f, p);
	} else if (word == WORD_REFUSED) {
		on_refused(b, f, p);
	} else if (word == WORD_GONE && f->rid.n && is_answer(b, f)) {
		b->asked = now(); /* it asks again in a moment */
	} else if (b->open && str_is(f->from, b->owner)) {
		take_ack(b, f->ack);
		if (word == WORD_GONE)
			ask(b);
		else if (word == WORD_END)
			put_out(b, f->payload);
	} else if (word == WORD_END && b->managed.on && !b->open) {
		put_out(b, f->payload);
	}
}

/* ---- from the owner: stanzas ---- */

static void
to_client(struct bond *b, struct str stanza)
{
	if (b->managed.on)
		needs_push(&b->managed, ++b->managed.count);
	if (b->person && !b->stalled)
		client_hears(b->person, stanza);
}

static void
on_numbered(struct bond *b, const struct frame *f)
{
	uint64_t place = b->managed.on ? b->managed.count + 1 : 0;

	if (!b->open || !str_is(f->from, b->owner))
		return;
	take_ack(b, f->ack);
	if (b->leaving)
		return;
	if (f->seq <= b->received) {
		if (b->managed.on)
			came_again(b, f->seq);
		bond_tell_ack(b);
		return;
	}
	if (f->seq > b->received + 1) {
		ask(b);
		return;
	}
	b->received = f->seq;
	if (!f->rid.n || !name_seen(b, f->rid, &place)) {
		to_client(b, f->payload);
		return;
	}
	c2s_duplicates++;
	if (!b->managed.on)
		return;
	needs_push(&b->managed, place | HAD);
	say_had(b, b->received, place);
	needs_flush(b);
}

static void
with_payload(struct bond *b, const struct frame *f)
{
	struct arena memory = {0};
	struct stanza p;

	assert_int_equal(stanza_parse(&p, &memory, f->payload, NULL), 0);
	if (word_of(&p) == WORD_RESUMED)
		on_resumed(f, &p);
	else if (b)
		on_word(b, f, &p);
	else if (word_of(&p) == WORD_OPENED)
		close_with(f, STR_NONE, "lost");
	arena_done(&memory);
}

void
c2s_hear(const struct frame *f, bool bounce)
{
	struct bond *b = bond_find(f->to, f->sid);

	if (bounce) {
		if (b && b->open && str_is(f->target, b->owner))
			ask(b);
	} else if (!f->seq) {
		with_payload(b, f);
	} else if (b) {
		on_numbered(b, f);
	} else {
		close_with(f, STR_NONE, "lost");
	}
}

/* ---- what happens to them ---- */

struct bond *
bond_new(struct person *p, unsigned instance, const char *bare, const char *resource, bool managed, const char *previd,
	 uint64_t h)
{
	struct bond *b = xcalloc(1, sizeof(*b));

	b->person = p;
	b->c2s = instance;
	rand_token(b->sid, SID_LEN);
	b->born = (uint64_t)loop_wall_us(stage_loop(c2s.st));
	snprintf(b->bare, sizeof(b->bare), "%s", bare);
	snprintf(b->resource, sizeof(b->resource), "%s", resource);
	b->wants_managed = managed;
	if (previd)
		snprintf(b->previd, sizeof(b->previd), "%s", previd);
	b->resume_h = h;
	list_append(&c2s_bonds, &b->node);
	ask(b);
	return b;
}

static void
leave(struct bond *b)
{
	b->leaving = true;
	b->notice = 0;
	if (!b->known)
		bond_free(b); /* an answer that comes is sent back */
	else if (b->open && !c2s.offline)
		close_lost(b);
}

void
bond_break(struct bond *b, unsigned after)
{
	b->person = NULL;
	b->notice = now() + after;
	if (!after)
		leave(b);
}

/* The last frame of all may be the one that was lost. */
static void
probe(struct bond *b)
{
	b->asked = now();
	if (!c2s.offline)
		tell(b, b->sent, STR_NONE, str_z(b->said[b->sent]));
}

/* c2s asks again when nobody answers. */
void
c2s_tick(void)
{
	send_slow(false);
	list_each(&c2s_bonds, struct bond, b, node) {
		if (!b->open && now() - b->asked >= ASK_AGAIN_MS)
			ask(b);
		if (b->open && b->acked < b->sent && now() - b->asked >= PROBE_MS)
			probe(b);
		if (b->notice && b->notice <= now())
			leave(b);
	}
}

void
c2s_router(bool there)
{
	c2s.offline = !there;
	list_each(&c2s_bonds, struct bond, b, node) {
		b->open = false;
		if (there)
			ask(b);
	}
}

void
c2s_owner_gone(const char *name)
{
	list_each(&c2s_bonds, struct bond, b, node)
		if (b->open && strcmp(b->owner, name) == 0)
			ask(b);
}

/* What it had not sent yet goes with it. */
static void
forget_slow(unsigned number)
{
	list_each(&c2s.slow, struct slow, w, node) {
		if (!str_is(name_of(number), w->from))
			continue;
		list_remove(&c2s.slow, &w->node);
		free(w->word);
		free(w);
	}
}

void
c2s_die(unsigned number)
{
	c2s.up[number] = false;
	forget_slow(number);
	list_each(&c2s_bonds, struct bond, b, node)
		if (b->c2s == number)
			put_out(b, STR("broken"));
	stage_leave(c2s.st, name_of(number).p);
}

void
c2s_come(unsigned number)
{
	c2s.up[number] = true;
	if (number)
		stage_join(c2s.st, name_of(number).p, "c2s"); /* the stage has the first one itself */
}

bool
c2s_up(unsigned number)
{
	return c2s.up[number];
}

size_t
bonds_left(void)
{
	return c2s_bonds.len;
}

void
c2s_start(struct stage *st, unsigned (*below)(unsigned n))
{
	memset(&c2s, 0, sizeof(c2s));
	c2s.st = st;
	c2s.below = below;
	c2s_duplicates = 0;
	for (unsigned i = 0; i < C2S_COUNT; i++)
		c2s_come(i);
}

void
c2s_stop(void)
{
	c2s.offline = true;
	send_slow(true);
	list_each(&c2s_bonds, struct bond, b, node)
		bond_free(b);
	arena_done(&c2s.texts);
}
