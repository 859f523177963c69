/* SPDX-License-Identifier: Apache-2.0 */
/* What a user's sessions have sent lately, and the names of it (sm/resend.h). */
#include "sm/resend.h"

#include "common/base64.h"
#include "common/siphash.h"
#include "sm/duty.h"
#include "sm/mailbox.h"
#include "sm/session.h"
#include "sm/sm.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	CAP_FIRST = 16,
	CAP_MAX = 256,
	REMEMBER_MS = 10 * 60 * 1000,
};

struct resend {
	uint64_t hash[2];
	uint64_t at;      /* ms */
	uint64_t serial;  /* the session's */
	uint32_t times;   /* how often it has been said anew */
	bool closed;      /* the session was closed in good order */
};

/* Fixed, so that every sm finds the same name. A sender who finds a collision deceives nobody but himself: he is part of it. */
static const struct siphash_key keys[2] = {
	{UINT64_C(0x6e6f6c6c69726163), UINT64_C(0x312d7365696d616e)},
	{UINT64_C(0x6e6f6c6c69726163), UINT64_C(0x322d7365696d616e)},
};

static void
add_part(struct buf *b, struct str part)
{
	if (part.n)
		buf_add(b, part);
	buf_addc(b, '\0');
}

/* All that says what it is. A <delay/> that a careful client adds when it repeats is not part of it. */
static void
gather(struct buf *b, const struct sm_session *s, const struct stanza *st)
{
	add_part(b, s->user->jid.bare);
	add_part(b, st->to.full);
	add_part(b, node_attr(st->arena, st->root, "type"));
	add_part(b, st->id);
	for (const struct node *n = st->root->child; n; n = n->next)
		if (!node_is(n, "delay", NS_DELAY))
			add_part(b, n->raw);
}

static void
hash_of(const struct sm_session *s, const struct stanza *st, uint64_t hash[2])
{
	struct buf b = {0};

	gather(&b, s, st);
	hash[0] = siphash(&keys[0], buf_str(&b));
	hash[1] = siphash(&keys[1], buf_str(&b));
	buf_done(&b);
}

/* ---- the ring ---- */

static struct resend *
ring_at(const struct resends *r, unsigned i)
{
	return &r->ring[(r->head + i) & (r->cap - 1)];
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

	bigger.ring = xcalloc(bigger.cap, sizeof(*bigger.ring));
	for (unsigned i = 0; i < r->len; i++)
		bigger.ring[i] = *ring_at(r, i);
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

static struct resend *
ring_find(const struct resends *r, const uint64_t hash[2])
{
	for (unsigned i = r->len; i > 0; i--) {
		struct resend *e = ring_at(r, i - 1);

		if (e->hash[0] == hash[0] && e->hash[1] == hash[1])
			return e;
	}
	return NULL;
}

static struct resend *
ring_add(struct sm_session *s, const uint64_t hash[2])
{
	struct resends *r = &s->user->resends;
	struct resend *e;

	if (r->len == CAP_MAX)
		ring_shift(r);
	if (r->len == r->cap)
		ring_grow(r);
	e = ring_at(r, r->len++);
	*e = (struct resend){.hash = {hash[0], hash[1]}, .at = loop_now(s->sm->loop), .serial = s->serial, .closed = s->closed};
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

static struct resend *
remember(struct sm_session *s, const uint64_t hash[2])
{
	struct resend *e;

	resends_expire(s->user);
	e = ring_find(&s->user->resends, hash);
	if (!e)
		return ring_add(s, hash);
	if (e->serial == s->serial || e->closed) { /* said anew */
		e->times++;
		e->closed = false;
	}
	e->serial = s->serial;
	return e;
}

struct str
resend_name(struct sm_session *s, const struct stanza *st, const struct duty *duty, char *buf)
{
	struct buf text = {0};
	uint64_t hash[2];
	struct resend *e;

	if (!st->id.n && !node_child(st->root, "origin-id", NS_STANZA_ID))
		return duty_rid(duty, buf);
	hash_of(s, st, hash);
	e = remember(s, hash);
	hex_print(&text, str_n((const char *)hash, sizeof(hash)));
	snprintf(buf, RID_MAX, "%s.%u", buf_z(&text), e->times);
	buf_done(&text);
	return str_z(buf);
}
