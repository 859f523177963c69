/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions whose clients are away, as far as the next owner must know them:
 * texts of sm, among the small things of modules. A session has a head, pieces
 * that are added one by one, and, while its client is away, the id of the log
 * up to which it is up to date. Written under the epoch of the owner's slot.
 *
 * Not for: what is in the texts (sm/away.h).
 */
#include "storage/impl.h"

#include <stdio.h>

#define HEADS STR("away")        /* key: sid, or sid.piece */
#define SINCE STR("away-since")  /* key: sid */

enum { NO_SLOT = -1, KEY_MAX = 96 };

static void
add_fence(struct job *job, unsigned slot)
{
	int64_t none = NO_SLOT;

	job_add(job, SQL_LOG_FENCE, (int64_t)slot, none, none, none, none, none, none, none, none, none, none, none,
		none, none, none, none);
	job->sql.alone = true;
}

static bool
is_fenced(const struct job *job)
{
	const struct sql_step *first = job->sql.first;
	const int64_t *epoch = job->extra;

	return first->count == 0 || first->rows[1].num != *epoch;
}

static void
changed(struct job *job)
{
	if (job->result == STORAGE_OK && is_fenced(job))
		job->result = STORAGE_FENCED;
	job_finish_plain(job);
}

static struct str
key_of(struct job *job, struct str sid, const char *rest)
{
	char key[KEY_MAX];

	snprintf(key, sizeof(key), STR_FMT "%s", STR_ARG(sid), rest);
	return arena_str(&job->sql.arena, str_z(key));
}

static void
put(struct job *job, const struct away_change *c, struct str module, struct str key, struct str value)
{
	job_add(job, SQL_AWAY_PUT, job->sql.owner, module, key, value, (int64_t)c->slot, c->epoch);
}

/* '/' is what follows '.' */
static void
del(struct job *job, const struct away_change *c, struct str module, const char *from)
{
	job_add(job, SQL_AWAY_DEL, job->sql.owner, module, key_of(job, c->sid, from), key_of(job, c->sid, "/"), (int64_t)c->slot,
		c->epoch);
}

static void
put_all(struct job *job, const struct away_change *c)
{
	char text[24];

	put(job, c, HEADS, c->sid, c->head);
	if (c->away) {
		snprintf(text, sizeof(text), "%lld", (long long)c->since);
		put(job, c, SINCE, c->sid, str_z(text));
	} else {
		del(job, c, SINCE, "");
	}
	if (c->piece.n) {
		snprintf(text, sizeof(text), ".%010u", c->number);
		put(job, c, HEADS, key_of(job, c->sid, text), c->piece);
	}
}

void
storage_away_change(struct storage *s, struct str owner, const struct away_change *c, storage_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_WRITE, owner, changed, (union storage_fn){.done = cb}, arg);
	int64_t *epoch = arena_alloc(&job->sql.arena, sizeof(*epoch));

	bug_if(c->sid.n > KEY_MAX / 2);
	*epoch = c->epoch;
	job->extra = epoch;
	add_fence(job, c->slot);
	if (!c->head.n) {
		del(job, c, HEADS, "");
		del(job, c, SINCE, "");
	} else {
		if (c->anew)
			del(job, c, HEADS, ".");
		put_all(job, c);
	}
	job_run(job);
}

static void
listed(struct job *job)
{
	const struct sql_step *step = job->sql.first;
	struct str *owners;

	if (job->result != STORAGE_OK) {
		job->fn.owners(job->arg, job->result, NULL, 0);
		return;
	}
	owners = arena_alloc(&job->sql.arena, (step->count + 1) * sizeof(*owners));
	for (size_t i = 0; i < step->count; i++)
		owners[i] = step->rows[i].text;
	job->fn.owners(job->arg, STORAGE_OK, owners, step->count);
}

void
storage_away_owners(struct storage *s, struct str after, unsigned max, storage_owners_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_READ, STR(""), listed, (union storage_fn){.owners = cb}, arg);

	job_add(job, SQL_AWAY_OWNERS, after, (int64_t)max);
	job_run(job);
}
