/* SPDX-License-Identifier: Apache-2.0 */
/* What a client has got from a former owner (sm/had.h): sorted by the first hash, and looked for in halves. */
#include "sm/had.h"

#include "common/metric.h"
#include "sm/mailbox.h"
#include "sm/manage.h"
#include "sm/sm.h"
#include "xmpp/name.h"

#include <stdlib.h>

enum {
	HAD_MS = 60000,
	FIRST_CAP = 16,
};

static struct metric told = {
	.name = "xmpp_session_had_total", .help = "Messages that clients have got from a former owner, as their c2s told.",
	.kind = METRIC_COUNTER};

struct known {
	struct name_hash name;
	uint64_t place;
};

struct had {
	struct sm_session *session;
	struct siphash_key key;
	struct known *names; /* sorted */
	size_t count, cap;
	struct timer over;
};

static int
compare(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return (x->name.said > y->name.said) - (x->name.said < y->name.said);
}

static void
on_over(struct timer *t)
{
	struct had *h = container_of(t, struct had, over);

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
	h->count = h->cap = count;
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
	if (!s->manage->max)
		return; /* it cannot resume: nobody comes after this c2s */
	s->manage->had = had_new(s);
	if (names)
		take_names(s->manage->had, names, count);
	else if (text.p)
		log_warning(&s->log, "what the client has got cannot be read c2s=%s", s->c2s);
	free(names);
}

void
had_tell(const struct sm_session *s, uint64_t count, struct buf *out)
{
	const struct had *h = s->manage->had;
	struct name_told *names;
	size_t n = 0;

	if (!h || !h->count)
		return;
	names = xcalloc(h->count, sizeof(*names));
	for (size_t i = 0; i < h->count; i++)
		if (h->names[i].place <= count)
			names[n++] = (struct name_told){h->names[i].name, name_back(count, h->names[i].place)};
	names_told_print(out, names, n);
	free(names);
}

void
had_free(struct had **h)
{
	if (!*h)
		return;
	timer_stop(&(*h)->over);
	free((*h)->names);
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

static void
insert(struct had *h, const struct known *k)
{
	size_t at = lower_bound(h, k->name.said);

	if (h->count == h->cap) {
		h->cap = h->cap ? MIN(2 * h->cap, (size_t)NAMES_TOLD_MAX) : FIRST_CAP;
		h->names = xrealloc(h->names, h->cap * sizeof(*h->names));
	}
	memmove(h->names + at + 1, h->names + at, (h->count - at) * sizeof(*h->names));
	h->names[at] = *k;
	h->count++;
}

void
had_add(struct sm_session *s, const struct entry *e, uint64_t place)
{
	struct had *h = s->manage ? s->manage->had : NULL;
	struct known k = {.place = place};
	uint64_t known;

	if (!h || !e || !e->rid[0] || h->count == NAMES_TOLD_MAX || had_find(s, e, &known))
		return;
	(void)name_hash(&h->key, str_z(e->rid), &k.name);
	insert(h, &k);
}

bool
had_find(const struct sm_session *s, const struct entry *e, uint64_t *place_r)
{
	const struct had *h = s->manage ? s->manage->had : NULL;
	struct name_hash name;
	bool unsure;

	if (!h || !e || !e->rid[0])
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
