/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of messages that a client has (sm/had.h): those from a former owner sorted by the first hash, and looked for in halves;
 * those that it has acknowledged here in a ring.
 */
#include "sm/had.h"

#include "common/metric.h"
#include "sm/mailbox.h"
#include "sm/manage.h"
#include "sm/sm.h"
#include "xmpp/name.h"

#include <stdlib.h>

enum {
	HAD_MS = 60000,
	RING_FIRST_CAP = 16, /* and doubles, up to NAMES_TOLD_MAX */
};

static struct metric told = {
	.name = "xmpp_session_had_total", .help = "Messages that clients have got from a former owner, as their c2s told.",
	.kind = METRIC_COUNTER};

struct known { /* from a former owner */
	struct name_hash name;
	uint64_t place;
};

struct acked { /* from this one */
	uint64_t said; /* struct name_hash */
	uint64_t rest : 56;
	uint64_t period : 8;
	uint64_t place;
};

struct had {
	struct sm_session *session;
	struct siphash_key key;
	struct known *names; /* sorted */
	size_t count;
	struct acked *ring;
	unsigned head, len, cap;
	struct timer over; /* each HAD_MS */
};

static int
compare(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return (x->name.said > y->name.said) - (x->name.said < y->name.said);
}

static uint8_t
period(const struct had *h)
{
	return (uint8_t)(loop_now(h->session->sm->loop) / HAD_MS);
}

static struct acked *
ring_at(const struct had *h, unsigned i)
{
	return &h->ring[(h->head + i) & (h->cap - 1)];
}

static void
ring_shift(struct had *h)
{
	h->head = (h->head + 1) & (h->cap - 1);
	h->len--;
}

static void
ring_grow(struct had *h)
{
	unsigned cap = h->cap ? 2 * h->cap : RING_FIRST_CAP;
	struct acked *bigger = xcalloc(cap, sizeof(*bigger));

	for (unsigned i = 0; i < h->len; i++)
		bigger[i] = *ring_at(h, i);
	free(h->ring);
	h->ring = bigger;
	h->cap = cap;
	h->head = 0;
}

static void
ring_add(struct had *h, const struct acked *a)
{
	if (h->len == h->cap && h->cap < NAMES_TOLD_MAX)
		ring_grow(h);
	if (h->len == h->cap)
		ring_shift(h);
	*ring_at(h, h->len++) = *a;
}

static void
forget_told(struct had *h)
{
	free(h->names);
	h->names = NULL;
	h->count = 0;
}

/* What is told is older than a period by now; what has been acknowledged in this one and the last one stays. */
static void
on_over(struct timer *t)
{
	struct had *h = container_of(t, struct had, over);

	forget_told(h);
	while (h->len && (uint8_t)(period(h) - ring_at(h, 0)->period) > 1)
		ring_shift(h);
	if (h->len)
		timer_start(t->loop, t, HAD_MS, on_over);
	else
		had_free(&h->session->manage->had);
}

static struct had *
had_new(struct sm_session *s)
{
	struct had *h = xcalloc(1, sizeof(*h));

	h->session = s;
	h->key = name_key(str_z(s->sid));
	timer_start(s->sm->loop, &h->over, HAD_MS, on_over);
	return h;
}

static void
take_names(struct had *h, const struct name_told *names, size_t count)
{
	h->names = xcalloc(count, sizeof(*h->names));
	h->count = count;
	for (size_t i = 0; i < count; i++)
		h->names[i] = (struct known){names[i].name, name_place(h->session->manage->count, names[i].back)};
	qsort(h->names, count, sizeof(*h->names), compare);
	metric_add(&told, (int64_t)count);
}

void
had_take(struct sm_session *s, struct str text)
{
	size_t count = 0;
	struct name_told *names = text.p ? names_told_parse(text, &count) : NULL;

	had_free(&s->manage->had);
	if (text.p && !names)
		log_warning(&s->log, "what the client has got cannot be read");
	if (names && s->manage->max) {
		s->manage->had = had_new(s);
		take_names(s->manage->had, names, count);
	}
	free(names);
}

/* The newest first: there may be too many. */
static size_t
list_names(const struct had *h, uint64_t count, struct name_told *names)
{
	size_t n = 0;

	for (unsigned i = h->len; i-- > 0 && n < NAMES_TOLD_MAX;) {
		const struct acked *a = ring_at(h, i);

		names[n++] = (struct name_told){{a->said, a->rest}, name_back(count, MIN(a->place, count))};
	}
	for (size_t i = 0; i < h->count && n < NAMES_TOLD_MAX; i++)
		if (h->names[i].place <= count)
			names[n++] = (struct name_told){h->names[i].name, name_back(count, h->names[i].place)};
	return n;
}

void
had_tell(const struct sm_session *s, uint64_t count, struct buf *out)
{
	const struct had *h = s->manage->had;
	struct name_told *names;

	if (!h)
		return;
	names = xcalloc(MIN(h->len + h->count, (size_t)NAMES_TOLD_MAX), sizeof(*names));
	names_told_print(out, names, list_names(h, count, names));
	free(names);
}

void
had_free(struct had **h)
{
	if (!*h)
		return;
	timer_stop(&(*h)->over);
	free((*h)->names);
	free((*h)->ring);
	free(*h);
	*h = NULL;
}

void
had_cut(struct manage *m, uint64_t count)
{
	struct had *h = m->had;
	size_t kept = 0;

	if (!h)
		return;
	for (size_t i = 0; i < h->count; i++)
		if (h->names[i].place <= count)
			h->names[kept++] = h->names[i];
	h->count = kept;
}

/* The first one that is not smaller, or the end. */
static size_t
lower_bound(const struct had *h, uint64_t said)
{
	size_t low = 0, high = h->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (h->names[middle].name.said < said)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
had_add(struct sm_session *s, const struct entry *e, uint64_t place)
{
	struct manage *m = s->manage;
	struct name_hash name;
	uint64_t known;

	if (!m || !m->max || !e || !e->rid[0] || had_find(s, e, &known))
		return;
	if (!m->had)
		m->had = had_new(s);
	(void)name_hash(&m->had->key, str_z(e->rid), &name);
	ring_add(m->had, &(struct acked){.said = name.said, .rest = name.rest, .period = period(m->had), .place = place});
}

bool
had_find(const struct sm_session *s, const struct entry *e, uint64_t *place_r)
{
	const struct had *h = s->manage ? s->manage->had : NULL;
	struct name_hash name;
	bool unsure;

	if (!h || !h->count || !e || !e->rid[0])
		return false;
	unsure = name_hash(&h->key, str_z(e->rid), &name);
	for (size_t i = lower_bound(h, name.said); i < h->count && h->names[i].name.said == name.said; i++) {
		if (!unsure && h->names[i].name.rest != name.rest)
			continue;
		*place_r = h->names[i].place;
		return true;
	}
	return false;
}
