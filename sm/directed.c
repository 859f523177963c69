/* SPDX-License-Identifier: Apache-2.0 */
/* The list of those who got directed presence (sm/directed.h). */
#include "sm/directed.h"

#include "common/map.h"
#include "sm/keep.h"
#include "sm/limits.h"
#include "sm/session.h"
#include "sm/sm.h"

#include <stdlib.h>

#define KEEP_NAME "directed"
#define KEEP_SEPARATOR '\n' /* no JID can hold it */
enum { KEEP_VERSION = 1, KEEP_BYTES_MAX = 8192, KEEP_DELAY_MS = 200 };

struct directed {
	struct map to; /* JID -> struct directed_jid */
	struct sm_session *session;
	struct timer remember; /* runs when c2s does not know the list as it is */
	uint64_t told;         /* when it was told last; 0: never */
	bool kept;             /* c2s has something */
};

struct directed_jid {
	struct str jid;
	char bytes[];
};

/* ---- what c2s keeps ---- */

static void
on_remember(struct timer *t)
{
	struct directed *d = container_of(t, struct directed, remember);
	struct buf b = {0};
	struct str jid;
	uint64_t it = 0;

	while ((jid = directed_next(d->session, &it)).p) {
		if (b.n + 1 + jid.n > KEEP_BYTES_MAX)
			continue;
		if (b.n)
			buf_addc(&b, KEEP_SEPARATOR);
		buf_add(&b, jid);
	}
	d->kept = b.n > 0;
	d->told = loop_now(d->session->sm->loop);
	keep_put(d->session, KEEP_NAME, KEEP_VERSION, buf_str(&b));
	buf_done(&b);
}

static void
remember(struct directed *d)
{
	struct loop *loop = d->session->sm->loop;
	uint64_t passed = loop_now(loop) - d->told;

	if (!timer_running(&d->remember))
		timer_start(loop, &d->remember, !d->told || passed >= KEEP_DELAY_MS ? 0 : KEEP_DELAY_MS - passed, on_remember);
}

/* ---- the list ---- */

static struct directed *
directed_get(struct sm_session *s)
{
	if (!s->directed) {
		s->directed = xcalloc(1, sizeof(*s->directed));
		s->directed->session = s;
	}
	return s->directed;
}

static void
put(struct directed *d, struct str to)
{
	struct directed_jid *jid = xmalloc(sizeof(*jid) + to.n);

	memcpy(jid->bytes, to.p, to.n);
	jid->jid = str_n(jid->bytes, to.n);
	free(map_put(&d->to, jid->jid, jid));
}

bool
directed_add(struct sm_session *s, struct str to)
{
	struct directed *d = directed_get(s);

	if (map_find(&d->to, to))
		return true;
	if (d->to.len >= s->sm->set.directed_presence) {
		sm_limit_hit(SM_LIMIT_DIRECTED);
		return false;
	}
	put(d, to);
	remember(d);
	return true;
}

void
directed_del(struct sm_session *s, struct str to)
{
	struct directed_jid *jid = s->directed ? map_take(&s->directed->to, to) : NULL;

	if (jid)
		remember(s->directed);
	free(jid);
}

bool
directed_to(const struct sm_session *s, const struct jid *entity)
{
	return s->directed && (map_find(&s->directed->to, entity->full) || map_find(&s->directed->to, entity->bare));
}

struct str
directed_next(const struct sm_session *s, uint64_t *it)
{
	const struct directed_jid *d = s->directed ? map_next(&s->directed->to, it) : NULL;

	return d ? d->jid : STR_NONE;
}

void
directed_free(struct sm_session *s)
{
	uint64_t it = 0;
	void *p;

	if (!s->directed)
		return;
	while ((p = map_next(&s->directed->to, &it)))
		free(p);
	map_done(&s->directed->to);
	timer_stop(&s->directed->remember);
	free(s->directed);
	s->directed = NULL;
}

void
directed_end(struct sm_session *s)
{
	bool kept = s->directed && s->directed->kept;

	directed_free(s);
	if (kept && !s->ending)
		keep_put(s, KEEP_NAME, KEEP_VERSION, STR(""));
}

void
directed_reopened(struct sm_session *s)
{
	struct arena memory = {0};
	struct str rest = keep_get(s, &memory, KEEP_NAME, KEEP_VERSION);

	while (rest.n) {
		struct str jid = str_split(rest, KEEP_SEPARATOR, &rest);

		if (jid.n) {
			directed_get(s)->kept = true;
			put(s->directed, jid);
		}
	}
	arena_done(&memory);
}
