/* SPDX-License-Identifier: Apache-2.0 */
/* What a user's sessions have sent lately, and the names of it (sm/resend.h). */
#include "sm/resend.h"

#include "common/siphash.h"
#include "sm/duty.h"
#include "sm/mailbox.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/sm.h"

#include <stdlib.h>

enum {
	CAP_FIRST = 16,
	CAP_MAX = 256,
	REMEMBER_MS = 10 * 60 * 1000,
};

struct resend {
	uint64_t at;      /* ms */
	uint64_t serial;  /* of the session that said it last */
	uint64_t seq;     /* of its name, */
	char sid[SID_LEN + 1];
	bool unsure;      /* it may have been said to a former owner */
	bool closed;      /* the session was closed in good order */
};

/* Fixed, so that every sm finds the same name. A sender who finds a collision deceives nobody but himself: he is part of it. */
static const struct siphash_key key = {UINT64_C(0x6e6f6c6c69726163), UINT64_C(0x312d7365696d616e)};

static void
add_part(struct buf *b, struct str part)
{
	if (part.n)
		buf_add(b, part);
	buf_addc(b, '\0');
}

/* XEP-0359 3: the sender's own, whatever id the stanza has this time. */
static struct str
own_id(const struct stanza *st)
{
	const struct node *origin = node_child(st->root, "origin-id", NS_STANZA_ID);
	struct str id = origin ? node_attr(st->arena, origin, "id") : STR_NONE;

	return id.n ? id : st->id;
}

/* All that says what it is. A <delay/> that a careful client adds when it repeats is not part of it. */
static void
gather(struct buf *b, const struct sm_session *s, const struct stanza *st)
{
	add_part(b, s->user->jid.bare);
	add_part(b, st->to.full);
	add_part(b, node_attr(st->arena, st->root, "type"));
	add_part(b, own_id(st));
	for (const struct node *n = st->root->child; n; n = n->next)
		if (!node_is(n, "delay", NS_DELAY))
			add_part(b, n->raw);
}

static uint64_t
hash_of(const struct sm_session *s, const struct stanza *st)
{
	struct buf b = {0};
	uint64_t hash;

	gather(&b, s, st);
	hash = siphash(&key, buf_str(&b));
	buf_done(&b);
	return hash;
}

/* ---- the ring ---- */

static struct resend *
ring_at(const struct resends *r, unsigned i)
{
	return &r->ring[(r->head + i) & (r->cap - 1)];
}

/* Of the same places in the ring; null when there is none. They lie together, because all are looked through for each message. */
static uint64_t *
ring_hashes(const struct resends *r)
{
	return r->ring ? (uint64_t *)(void *)(r->ring + r->cap) : NULL;
}

static void
ring_shift(struct resends *r)
{
	r->head = (r->head + 1) & (r->cap - 1);
	if (--r->len == 0)
		resends_done(r);
}

static void
ring_grow(struct resends *r)
{
	struct resends bigger = {.cap = r->cap ? 2 * r->cap : CAP_FIRST, .len = r->len};

	bigger.ring = xcalloc(bigger.cap, sizeof(*bigger.ring) + sizeof(uint64_t));
	for (unsigned i = 0; i < r->len; i++) {
		bigger.ring[i] = *ring_at(r, i);
		ring_hashes(&bigger)[i] = ring_hashes(r)[(r->head + i) & (r->cap - 1)];
	}
	free(r->ring);
	*r = bigger;
}

void
resends_done(struct resends *r)
{
	free(r->ring);
	*r = (struct resends){0};
}

void
resends_expire(struct sm_user *user)
{
	struct resends *r = &user->resends;
	uint64_t now = loop_now(user->sm->loop);

	while (r->len && now - ring_at(r, 0)->at >= REMEMBER_MS)
		ring_shift(r);
}

/* No hash is there twice, but one may have been left behind in a place that is free. */
static struct resend *
ring_find(const struct resends *r, uint64_t hash)
{
	const uint64_t *hashes = ring_hashes(r);

	for (unsigned i = 0; i < r->cap; i++)
		if (hashes[i] == hash && ((i - r->head) & (r->cap - 1)) < r->len)
			return &r->ring[i];
	return NULL;
}

static struct resend *
ring_add(struct sm_session *s, uint64_t hash)
{
	struct resends *r = &s->user->resends;
	struct resend *e;

	if (r->len == CAP_MAX)
		ring_shift(r);
	if (r->len == r->cap)
		ring_grow(r);
	e = ring_at(r, r->len++);
	ring_hashes(r)[e - r->ring] = hash;
	*e = (struct resend){
		.at = loop_now(s->sm->loop),
		.serial = s->serial,
		.unsure = slot_age(s->sm, s->user->slot) < REMEMBER_MS,
		.closed = s->closed,
	};
	return e;
}

void
resend_closed(struct sm_session *s)
{
	struct resends *r = &s->user->resends;

	s->closed = true;
	for (unsigned i = 0; i < r->len; i++)
		if (ring_at(r, i)->serial == s->serial)
			ring_at(r, i)->closed = true;
}

/* ---- names ---- */

static void
name_set(struct resend *e, const struct duty *duty)
{
	memcpy(e->sid, duty->sid, sizeof(e->sid));
	e->seq = duty->seq;
}

/* HASH.SID.NUMBER, and the mark. */
static struct str
name_print(const struct resend *e, uint64_t hash, char *buf)
{
	char *at = buf;

	for (int shift = 60; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[hash >> shift & 15];
	*at++ = '.';
	str_put(&at, str_z(e->sid));
	*at++ = '.';
	str_put_u64(&at, e->seq);
	if (e->unsure)
		*at++ = '?';
	*at = '\0';
	return str_n(buf, (size_t)(at - buf));
}

static struct resend *
remember(struct sm_session *s, uint64_t hash, const struct duty *duty, bool *again_r)
{
	struct resend *e;

	resends_expire(s->user);
	e = ring_find(&s->user->resends, hash);
	if (!e) {
		e = ring_add(s, hash);
		name_set(e, duty);
	} else if (e->serial == s->serial || e->closed) { /* said anew */
		name_set(e, duty);
		e->unsure = false;
		e->closed = s->closed;
	} else {
		*again_r = true;
	}
	e->serial = s->serial;
	return e;
}

struct str
resend_name(struct sm_session *s, const struct stanza *st, const struct duty *duty, char *buf, bool *again_r)
{
	uint64_t hash;
	struct resend *e;

	*again_r = false;
	if (!duty || !duty->serial || (!st->id.n && !node_child(st->root, "origin-id", NS_STANZA_ID)))
		return duty_rid(duty, buf);
	hash = hash_of(s, st);
	e = remember(s, hash, duty, again_r);
	return name_print(e, hash, buf);
}

struct str
resend_hash(struct str name)
{
	if (name.n < RESEND_HASH_LEN + 2 || name.p[RESEND_HASH_LEN] != '.')
		return STR_NONE;
	for (size_t i = 0; i < RESEND_HASH_LEN; i++) {
		char c = name.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return STR_NONE;
	}
	return str_n(name.p, RESEND_HASH_LEN);
}

bool
resend_unsure(struct str name)
{
	return name.n > 0 && name.p[name.n - 1] == '?';
}

struct str
resend_plain(struct str name)
{
	return str_n(name.p, name.n - resend_unsure(name));
}

bool
resend_same(struct str a, struct str b)
{
	struct str hash = resend_hash(a);

	if (!a.n || !b.n)
		return false;
	if (str_eq(resend_plain(a), resend_plain(b)))
		return true;
	return (resend_unsure(a) || resend_unsure(b)) && hash.p && str_eq(hash, resend_hash(b));
}
