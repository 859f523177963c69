/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct query: one question on its way through the log (sm/archive_query.h).
 * First the ids that must be there are looked for. Then the page is walked
 * through in the direction in which it is counted; when results are wanted in
 * the other order, that finds only where it begins and ends, and a second walk
 * sends it. No more is in memory than a few rows.
 */
#include "sm/archive_query.h"

#include "common/metric.h"
#include "sm/sm.h"
#include "xmpp/forward.h"

#include <stdlib.h>

enum { ROWS = 25, COUNTED = 5000 /* at once: others want to read, too */ };

static struct metric results = {
	.name = "xmpp_archive_results_total", .help = "Messages sent to clients from the archive.", .kind = METRIC_COUNTER};

struct query {
	struct loose loose;
	struct list_node node;      /* queries->waiting */
	struct queries *all;
	struct sm *sm;
	struct sm_session *session; /* null: it has ended */
	struct iq_kept *kept;
	struct arena memory;
	struct str owner;
	struct ask ask;             /* in memory */
	size_t checked;             /* of the ids that must be there */
	size_t at, end;             /* of ask.ids: the page */
	bool begun;
	bool reading;               /* storage is asked */
	bool down, sending;         /* this walk */
	int64_t low, high;          /* exclusive; what is left of this walk */
	unsigned found;
	int64_t first, last;        /* of the page; 0: nothing yet */
	int64_t count;              /* so far */
	bool more;                  /* there is something beyond it */
};

static void query_step(struct query *q);

static void
query_free(struct query *q)
{
	sm_found(q->sm, &q->loose);
	arena_done(&q->memory);
	free(q);
}

static void
drop(struct loose *l)
{
	struct query *q = container_of(l, struct query, loose);

	arena_done(&q->memory);
	free(q);
}

/* It has been answered: the next one. */
static void
query_end(struct query *q)
{
	struct queries *all = q->all;

	list_remove(&all->waiting, &q->node);
	query_free(q);
	queries_go_on(all);
}

/* ---- what is sent ---- */

static void
write_number(struct out *o, const char *name, int64_t number)
{
	struct buf b = {0};

	buf_addu(&b, (uint64_t)number);
	out_leafz(o, name, NULL, buf_str(&b));
	buf_done(&b);
}

static void
write_first(struct out *o, const struct query *q, bool at_zero)
{
	struct buf b = {0};

	buf_addu(&b, (uint64_t)q->first);
	out_openz(o, "first", NULL);
	if (at_zero)
		out_attrz(o, "index", STR("0"));
	out_text(o, buf_str(&b));
	out_close(o);
	buf_done(&b);
}

/* XEP-0059 2.2: how many there are and which is the first, where that is known without counting them off. */
static void
write_set(struct out *o, const struct query *q, bool complete, int64_t count)
{
	bool from_start = q->ask.after == q->ask.all_after, to_end = q->ask.before == q->ask.all_before;

	if (q->ask.max && complete && from_start && to_end)
		count = q->found;
	out_openz(o, "set", NS_RSM);
	if (q->first) {
		write_first(o, q, from_start && (complete || !q->ask.backward));
		write_number(o, "last", q->last);
	}
	if (count >= 0)
		write_number(o, "count", count);
	out_close(o);
}

/* count: of all that match; -1: it has not been counted. */
static void
finish(struct query *q, bool complete, int64_t count)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "fin", NS_MAM);
	if (complete)
		out_attrz(&o, "complete", STR("true"));
	out_attrz(&o, "stable", STR("true")); /* ids rise, and are committed in their order */
	write_set(&o, q, complete, count);
	out_done(&o);
	kept_result(&q->kept, buf_str(&b));
	buf_done(&b);
	query_end(q);
}

static void
fail(struct query *q, enum storage_result r)
{
	kept_storage_error(&q->kept, r);
	query_end(q);
}

static void
send_result(struct query *q, const struct log_entry *row, const struct stanza *st)
{
	const struct forward f = {.stanza = st, .stamp = row->id};
	struct sm_session *s = q->session;
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "message", NULL);
	out_attrz(&o, "from", s->jid.bare);
	out_attrz(&o, "to", s->jid.full);
	out_openz(&o, "result", NS_MAM);
	out_attrz(&o, "queryid", q->ask.queryid);
	out_attru(&o, "id", (uint64_t)row->id);
	forward_write(&o, &f);
	out_done(&o);
	session_send(s, buf_str(&b));
	buf_done(&b);
	metric_add(&results, 1);
}

/* ---- rows ---- */

static bool
is_with(const struct query *q, const struct stanza *st)
{
	if (q->ask.full.p)
		return str_eq(q->ask.full, st->from.full) || str_eq(q->ask.full, st->to.full);
	return !q->ask.with.p || str_eq(q->ask.with, st->from.bare) || str_eq(q->ask.with, st->to.bare);
}

static void
note_row(struct query *q, int64_t id)
{
	q->found++;
	q->first = q->first ? MIN(q->first, id) : id;
	q->last = MAX(q->last, id);
}

/* False: the page is full. */
static bool
take_row(struct query *q, const struct log_entry *row)
{
	struct arena *a = sm_arena(q->sm);
	struct stanza st;
	bool more = true;

	if (stanza_parse(&st, a, row->stanza, NULL) == 0 && is_with(q, &st)) {
		more = q->found < q->ask.max;
		if (more)
			note_row(q, row->id);
		if (more && q->sending)
			send_result(q, row, &st);
	}
	sm_arena_end(q->sm);
	return more;
}

/* The session is gone, or storage failed: then there is nothing more to do. */
static bool
has_failed(struct query *q, enum storage_result r)
{
	q->reading = false;
	if (!q->session)
		query_free(q);
	else if (r != STORAGE_OK)
		fail(q, r);
	else
		return false;
	return true;
}

/* ---- a walk over a range ---- */

/* Where the page is and what is in it is known: the other way round, to send it. */
static void
turn_round(struct query *q)
{
	q->sending = true;
	q->down = !q->down;
	q->low = q->first - 1;
	q->high = q->last + 1;
	q->found = 0;
	query_step(q);
}

static void
walk_ended(struct query *q, bool full)
{
	q->more = q->more || full;
	if (!q->sending && q->first)
		turn_round(q);
	else
		finish(q, !q->more, -1);
}

static void
on_rows(void *arg, enum storage_result r, const struct log_entry *rows, size_t count)
{
	struct query *q = arg;

	if (has_failed(q, r))
		return;
	for (size_t i = 0; i < count; i++) {
		if (!take_row(q, &rows[i])) {
			walk_ended(q, true);
			return;
		}
		if (q->down)
			q->high = rows[i].id;
		else
			q->low = rows[i].id;
	}
	if (count < ROWS)
		walk_ended(q, false);
	else
		query_step(q);
}

static void
read_rows(struct query *q)
{
	struct log_range range = {.peer = q->ask.with, .after = q->low, .before = q->high, .max = ROWS, .down = q->down};

	q->reading = true;
	storage_log_page(q->sm->storage, q->owner, &range, on_rows, q);
}

/* ---- ids one by one ---- */

static void
on_row(void *arg, enum storage_result r, const struct log_entry *rows, size_t count)
{
	struct query *q = arg;

	if (has_failed(q, r))
		return;
	if (count)
		(void)take_row(q, rows);
	if (q->ask.flip)
		q->end--;
	else
		q->at++;
	query_step(q);
}

static void
read_id(struct query *q)
{
	q->reading = true;
	storage_log_get(q->sm->storage, q->owner, q->ask.ids[q->ask.flip ? q->end - 1 : q->at], on_row, q);
}

static void
begin_ids(struct query *q)
{
	size_t n = q->ask.id_count;

	while (q->at < n && q->ask.ids[q->at] <= q->ask.after)
		q->at++;
	q->end = q->at;
	while (q->end < n && q->ask.ids[q->end] < q->ask.before)
		q->end++;
	q->more = q->end - q->at > q->ask.max;
	if (q->more && q->ask.backward)
		q->at = q->end - q->ask.max;
	else if (q->more)
		q->end = q->at + q->ask.max;
}

/* ---- ids that must be there ---- */

static int64_t
next_known(const struct query *q)
{
	size_t i = q->checked;

	return i < q->ask.known_count ? q->ask.known[i] : q->ask.ids[i - q->ask.known_count];
}

static void
begin(struct query *q)
{
	q->begun = true;
	q->down = q->ask.backward;
	q->sending = q->ask.ids || q->down == q->ask.flip;
	q->low = q->ask.after;
	q->high = q->ask.before;
	if (q->ask.ids)
		begin_ids(q);
}

static void
on_known(void *arg, enum storage_result r, const struct log_entry *rows, size_t count)
{
	struct query *q = arg;

	(void)rows;
	if (has_failed(q, r))
		return;
	if (count == 0) { /* 4.1.3, 4.3.2 */
		fail(q, STORAGE_NOT_FOUND);
		return;
	}
	q->checked++;
	query_step(q);
}

static void
check_known(struct query *q)
{
	q->reading = true;
	storage_log_get(q->sm->storage, q->owner, next_known(q), on_known, q);
}

/* ---- the number of items (XEP-0059 2.7) ---- */

static void
on_count(void *arg, enum storage_result r, int64_t count, int64_t last)
{
	struct query *q = arg;

	if (has_failed(q, r))
		return;
	q->count += count;
	q->low = last;
	if (count < COUNTED)
		finish(q, q->count == 0, q->count);
	else
		query_step(q);
}

static void
count_rows(struct query *q)
{
	struct log_range range = {
		.peer = q->ask.with,
		.after = MAX(q->low, q->ask.all_after),
		.before = q->ask.all_before,
		.max = COUNTED,
	};

	if (q->ask.ids) {
		finish(q, q->ask.id_count == 0, (int64_t)q->ask.id_count);
		return;
	}
	q->reading = true;
	storage_log_count(q->sm->storage, q->owner, &range, on_count, q);
}

/* ---- */

/* Does what can be done now; what it waits for calls it again. */
static void
query_step(struct query *q)
{
	if (q->reading || !session_has_room(q->session))
		return;
	if (q->checked < q->ask.known_count + q->ask.id_count) {
		check_known(q);
		return;
	}
	if (q->ask.max == 0) {
		count_rows(q);
		return;
	}
	if (!q->begun)
		begin(q);
	if (!q->ask.ids)
		read_rows(q);
	else if (q->at < q->end)
		read_id(q);
	else
		finish(q, !q->more, -1);
}

static void
copy_ask(struct query *q, const struct ask *ask)
{
	struct arena *a = &q->memory;

	q->ask = *ask;
	q->ask.queryid = ask->queryid.p ? arena_str(a, ask->queryid) : STR_NONE;
	q->ask.with = ask->with.p ? arena_str(a, ask->with) : STR_NONE;
	q->ask.full = ask->full.p ? arena_str(a, ask->full) : STR_NONE;
	if (!ask->ids)
		return;
	q->ask.ids = arena_alloc(a, (ask->id_count + 1) * sizeof(*q->ask.ids));
	for (size_t i = 0; i < ask->id_count; i++)
		q->ask.ids[i] = ask->ids[i];
}

void
query_start(struct sm_session *s, struct queries *all, const struct iq *iq, const struct ask *ask)
{
	struct query *q;

	if (all->waiting.len >= QUERIES_MAX) {
		iq_error(s->sm, iq, STANZA_ERR_RESOURCE_CONSTRAINT, "too many questions at once");
		return;
	}
	q = xcalloc(1, sizeof(*q));
	q->all = all;
	q->sm = s->sm;
	q->session = s;
	q->owner = arena_str(&q->memory, s->jid.bare);
	copy_ask(q, ask);
	if (q->ask.full.p && str_eq(q->ask.with, q->owner))
		q->ask.with = STR_NONE; /* a device of the user's own may stand in any row */
	q->kept = iq_keep(s->sm, iq);
	sm_loose(s->sm, &q->loose, drop);
	list_append(&all->waiting, &q->node);
	queries_go_on(all);
}

void
queries_go_on(struct queries *all)
{
	if (all->waiting.len)
		query_step(list_entry(all->waiting.first, struct query, node));
}

void
queries_drop(struct queries *all)
{
	while (all->waiting.len) {
		struct query *q = list_entry(list_shift(&all->waiting), struct query, node);

		q->session = NULL;
		kept_error(&q->kept, STANZA_ERR_RESOURCE_CONSTRAINT, NULL);
		if (!q->reading)
			query_free(q);
	}
}
