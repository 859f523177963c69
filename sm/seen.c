/* SPDX-License-Identifier: Apache-2.0 */
/* struct seen: the window of names of stanzas that have come to our accounts (sm/seen.h). */
#include "sm/seen.h"

#include "sm/bus.h"
#include "sm/resend.h"
#include "sm/sm.h"

#include <stdlib.h>

struct seens {
	struct map by_rid;
	struct map by_hash; /* the last one of each (sm/resend.h) */
	struct list finished;
};

void
seens_new(struct sm *sm)
{
	sm->seens = xcalloc(1, sizeof(*sm->seens));
}

void
seens_free(struct sm *sm)
{
	struct seen *e;
	uint64_t it = 0;

	if (!sm->seens)
		return;
	while ((e = map_next(&sm->seens->by_rid, &it))) {
		duties_let_go(&e->joined);
		free(e);
	}
	map_done(&sm->seens->by_rid);
	map_done(&sm->seens->by_hash);
	free(sm->seens);
	sm->seens = NULL;
}

static void
seen_drop(struct sm *sm, struct seen *e)
{
	struct str hash = resend_hash(str_z(e->rid));

	map_take(&sm->seens->by_rid, str_z(e->rid));
	if (hash.n && map_find(&sm->seens->by_hash, hash) == e)
		map_take(&sm->seens->by_hash, hash);
	if (!e->pending)
		list_remove(&sm->seens->finished, &e->node);
	duties_let_go(&e->joined);
	free(e);
}

static void
asker_set(struct seen *e, struct str rid, struct str asker)
{
	e->asker_unsure = resend_unsure(rid);
	if (asker.n && asker.n < sizeof(e->asker)) {
		memcpy(e->asker, asker.p, asker.n);
		e->asker[asker.n] = '\0';
	}
}

static void
seen_again(struct sm *sm, struct seen *e, struct str rid, struct str asker, struct duty *duty)
{
	if (!e->pending) {
		if (asker.n)
			bus_send_done(sm, asker, rid, e->condition);
		return; /* a duty here is done with when its holder lets it go */
	}
	asker_set(e, rid, asker);
	duties_add(&e->joined, duty);
}

static void
forget_old(struct sm *sm)
{
	uint64_t now = loop_now(sm->loop);

	while (sm->seens->finished.len) {
		struct seen *e = list_entry(sm->seens->finished.first, struct seen, node);

		if (sm->seens->finished.len <= SEEN_MAX && now - e->at < SEEN_MS)
			return;
		seen_drop(sm, e);
	}
}

static struct seen *
find(const struct seens *s, struct str rid)
{
	struct seen *e = map_find(&s->by_rid, resend_plain(rid));

	return !e && resend_unsure(rid) ? map_find(&s->by_hash, resend_hash(rid)) : e;
}

bool
seen_knows(const struct sm *sm, struct str rid)
{
	return find(sm->seens, rid) != NULL;
}

struct seen *
seen_enter(struct sm *sm, struct str rid, struct str asker, struct duty *duty)
{
	struct seen *e;
	struct str plain = resend_plain(rid), hash;

	forget_old(sm);
	e = find(sm->seens, rid);
	if (e) {
		seen_again(sm, e, rid, asker, duty);
		return NULL;
	}
	e = xcalloc(1, sizeof(*e) + plain.n + 1);
	memcpy(e->rid, plain.p, plain.n);
	e->unsure = resend_unsure(rid);
	e->pending = true;
	asker_set(e, rid, asker);
	map_put(&sm->seens->by_rid, str_z(e->rid), e);
	hash = resend_hash(str_z(e->rid));
	if (hash.n)
		map_put(&sm->seens->by_hash, hash, e);
	return e;
}

static void
tell_asker(struct sm *sm, const struct seen *e)
{
	struct buf rid = {0};

	buf_addz(&rid, e->rid);
	if (e->asker_unsure)
		buf_addc(&rid, '?');
	bus_send_done(sm, str_z(e->asker), buf_str(&rid), e->condition);
	buf_done(&rid);
}

void
seen_finish(struct sm *sm, struct seen *e, enum stanza_condition condition)
{
	e->pending = false;
	e->condition = condition;
	if (e->asker[0] && !sm->stopping)
		tell_asker(sm, e);
	e->at = loop_now(sm->loop);
	list_append(&sm->seens->finished, &e->node);
	duties_let_go(&e->joined);
	forget_old(sm);
}
