/* SPDX-License-Identifier: Apache-2.0 */
/* struct sm_user: loading, the queue of what waits, holds, and being forgotten (sm/user.h). */
#include "sm/user.h"

#include "common/metric.h"
#include "sm/archive.h"
#include "sm/away.h"
#include "sm/limits.h"
#include "sm/duty.h"
#include "sm/event.h"
#include "sm/manage.h"
#include "sm/modules.h"
#include "sm/offline.h"
#include "sm/privacy.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/sm.h"
#include "xmpp/slot.h"

#include <stdlib.h>

enum {
	LOAD_RETRY_MS = 1000,
	TAKEOVER_MS = 10000, /* c2s opens its sessions at a new owner within so many */
};

static struct metric in_memory = {
	.name = "xmpp_users_in_memory", .help = "Accounts loaded in this process.", .kind = METRIC_GAUGE};

static void user_settle(struct sm_user *user);

/* ---- input ---- */

struct input *
input_new(struct str bytes, struct duty *duty)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->duty = duty_ref(duty);
	if (bytes.p)
		in->bytes = chunk_new(bytes);
	return in;
}

void
input_free(struct input **inp)
{
	struct input *in = *inp;

	*inp = NULL;
	if (!in)
		return;
	duty_unref(&in->duty);
	chunk_unref(&in->bytes);
	free(in->own);
	free(in);
}

static size_t
input_size(const struct input *in)
{
	return sizeof(*in) + (in->bytes ? in->bytes->n : 0);
}

static void
queue_remove(struct sm_user *user, struct input *in)
{
	list_remove(&user->queue, &in->node);
	if (!in->session) {
		user->queue_foreign--;
		user->queue_bytes -= input_size(in);
	}
}

static struct input *
queue_shift(struct sm_user *user)
{
	struct input *in = list_entry(user->queue.first, struct input, node);

	queue_remove(user, in);
	return in;
}

static void
queue_add(struct sm_user *user, struct input *in)
{
	if (!in->session) {
		user->queue_foreign++;
		user->queue_bytes += input_size(in);
	}
	list_append(&user->queue, &in->node);
}

static bool
queue_full(const struct sm_user *user, const struct input *in)
{
	if (in->session || in->patient ||
	    (user->queue_foreign < user->sm->set.queue_stanzas && user->queue_bytes < user->sm->set.queue_bytes))
		return false;
	sm_limit_hit(SM_LIMIT_QUEUE);
	return true;
}

/* Runs it with its duty as the one of the stanza that is being handled. */
static void
input_run(struct sm_user *user, struct input *in)
{
	struct sm *sm = user->sm;
	struct duty *before = sm->duty;

	sm->duty = in->duty;
	in->run(user, in);
	sm->duty = before;
}

static void
queue_refuse(struct sm_user *user, enum storage_result r, bool patient_too)
{
	struct list keep = {0};

	while (user->queue.len) {
		struct input *in = queue_shift(user);

		if (in->patient && !patient_too)
			list_append(&keep, &in->node);
		else
			in->refuse(user, in, r);
	}
	for (struct list_node *n; (n = list_shift(&keep));)
		queue_add(user, list_entry(n, struct input, node));
}

bool
user_open(const struct sm_user *user)
{
	return user->state == USER_READY && user->holds == 0 && user->queue.len == 0;
}

void
user_input(struct sm_user *user, struct input *in)
{
	if (user_open(user))
		input_run(user, in);
	else if (user->state == USER_GONE)
		in->refuse(user, in, STORAGE_FENCED);
	else if (queue_full(user, in))
		in->refuse(user, in, STORAGE_TEMPORARY);
	else
		queue_add(user, in);
}

bool
user_supersede(struct sm_user *user, const struct input *other)
{
	list_each(&user->queue, struct input, in, node) {
		if (in->run != other->run || strcmp(in->sid, other->sid) != 0)
			continue;
		if (in->number > other->number)
			return false;
		queue_remove(user, in);
		input_free(&in);
	}
	return true;
}

/* ---- its memory ---- */

static void
user_release_memory(void *p)
{
	struct sm_user *user = p;

	free(user->modules);
	free(user->duties.all);
	free(user->bare);
	free(user);
}

/* Out of the map; its memory goes when nobody who was given the pointer may come back with it. */
static void
user_leave(struct sm_user *user, enum mailbox_end end)
{
	user->state = USER_GONE;
	map_take(&user->sm->users, str_z(user->bare));
	timer_stop(&user->timer);
	task_cancel(&user->drain);
	mailbox_done(&user->mail, end);
	away_forget(user);
	resends_done(&user->resends);
	recall_done(&user->recall);
	prefs_free(&user->prefs);
	roster_done(&user->roster);
	privacy_free(user);
	metric_add(&in_memory, -1);
	list_append(&user->sm->leaving, &user->in_leaving);
}

static void
user_maybe_free(struct sm_user *user)
{
	if (user->state != USER_GONE || user->holds || user->loading)
		return;
	list_remove(&user->sm->leaving, &user->in_leaving);
	loop_park(user->sm->loop, user, user_release_memory);
}

static void
log_user(const struct log_ctx *ctx, struct buf *out)
{
	const struct sm_user *user = container_of(ctx, struct sm_user, log);

	buf_addl(out, "user=");
	buf_addz(out, log_quote(user->jid.bare));
}

static struct sm_user *
user_new(struct sm *sm, struct str bare)
{
	struct sm_user *user = xcalloc(1, sizeof(*user));

	user->sm = sm;
	user->bare = str_dup(bare);
	jid_split(str_z(user->bare), &user->jid);
	user->slot = slot_of(bare);
	user->log = (struct log_ctx){&sm->log, log_user};
	user->mail.backlog_low = INT64_MAX;
	user->modules = modules_user_memory(sm);
	map_put(&sm->users, str_z(user->bare), user);
	metric_add(&in_memory, 1);
	return user;
}

/* ---- loading ---- */

static void user_load(struct sm_user *user);

static void
on_retry(struct timer *t)
{
	user_load(container_of(t, struct sm_user, timer));
}

static void
load_failed(struct sm_user *user, enum storage_result r)
{
	queue_refuse(user, r, r != STORAGE_TEMPORARY);
	if (user->queue.len) {
		timer_start(user->sm->loop, &user->timer, LOAD_RETRY_MS, on_retry);
		return;
	}
	user_leave(user, MAILBOX_FORGET);
	user_maybe_free(user);
}

/* Its former owner may have had sessions of it, and c2s is about to bring them. */
static bool
is_taken_over(const struct sm_user *user)
{
	return slot_epoch(user->sm, user->slot) > 1 && slot_age(user->sm, user->slot) < TAKEOVER_MS;
}

static void
user_take(struct sm_user *user, const struct user_rows *rows)
{
	mailbox_load(&user->mail, rows, loop_now(user->sm->loop));
	if (is_taken_over(user))
		mailbox_reopened(user);
	roster_load(&user->roster, rows);
	privacy_load(user, rows);
	recall_load(&user->recall, rows, loop_now(user->sm->loop));
	if (rows->archive_prefs.n)
		user->prefs = prefs_parse(rows->archive_prefs);
	user->disabled = rows->disabled;
	user->state = USER_READY;
	event_tell(user_loaded, user->sm, (&(struct ev_user){user}));
	away_load(user, rows);
}

static void
on_loaded(void *arg, enum storage_result r, const struct user_rows *rows)
{
	struct sm_user *user = arg;

	user->loading = false;
	if (user->state == USER_GONE) {
		user_maybe_free(user);
		return;
	}
	if (r == STORAGE_OK) {
		user_take(user, rows);
	} else if (r == STORAGE_NOT_FOUND) {
		user->state = USER_ABSENT;
	} else {
		load_failed(user, r);
		return;
	}
	user_settle(user);
}

static void
user_load(struct sm_user *user)
{
	user->loading = true;
	storage_user_load(user->sm->storage, user->jid.bare, on_loaded, user);
}

struct sm_user *
user_find(const struct sm *sm, struct str bare)
{
	return map_find(&sm->users, bare);
}

struct sm_user *
user_get(struct sm *sm, struct str bare)
{
	struct sm_user *user = user_find(sm, bare);

	if (!user) {
		user = user_new(sm, bare);
		user_load(user);
	}
	return user;
}

void
user_become_anonymous(struct sm_user *user)
{
	bug_if(user->state != USER_ABSENT);
	user->anonymous = true;
	user_take(user, &(struct user_rows){.owner = user->jid.bare});
}

struct sm_user *
user_get_anonymous(struct sm *sm, struct str bare)
{
	struct sm_user *user = user_find(sm, bare);

	if (user)
		return user;
	user = user_new(sm, bare);
	user->state = USER_ABSENT;
	user_become_anonymous(user);
	user_settle(user); /* forgotten at the end of the turn unless its session comes */
	return user;
}

struct sm_user *
sm_user_find(struct sm *sm, struct str bare)
{
	struct sm_user *user = user_find(sm, bare);

	return user && user->state == USER_READY ? user : NULL;
}

/* ---- holds, and the queue ---- */

void
user_hold(struct sm_user *user)
{
	user->holds++;
	timer_stop(&user->timer);
	duties_add(&user->duties, user->sm->duty);
}

static void
on_drain(struct task *t)
{
	struct sm_user *user = container_of(t, struct sm_user, drain);

	while (user->queue.len && !user->holds && user->state != USER_GONE)
		input_run(user, queue_shift(user));
	if (user->state == USER_ABSENT && !user->queue.len && !user->holds) {
		user_leave(user, MAILBOX_FORGET);
		user_maybe_free(user);
	} else if (user->state == USER_READY) {
		user_maybe_idle(user);
	}
}

static void
user_settle(struct sm_user *user)
{
	loop_defer(user->sm->loop, &user->drain, on_drain);
}

void
user_release(struct sm_user *user)
{
	bug_if(user->holds == 0);
	if (--user->holds)
		return;
	duties_let_go(&user->duties);
	if (user->state == USER_GONE)
		user_maybe_free(user);
	else
		user_settle(user);
}

/* ---- being forgotten ---- */

static bool
user_idle(const struct sm_user *user)
{
	return user->state == USER_READY && !user->sessions.len && !user->holds && !user->queue.len &&
	       !mailbox_busy(&user->mail);
}

static void
user_forget(struct sm_user *user)
{
	event_tell(user_unload, user->sm, (&(struct ev_user){user}));
	user_leave(user, MAILBOX_FORGET);
	user_maybe_free(user);
}

static void
on_idle(struct timer *t)
{
	struct sm_user *user = container_of(t, struct sm_user, timer);

	if (!user_idle(user))
		return;
	resends_expire(user);
	if (user->resends.len && !user->anonymous) /* what its sessions have said lately must be known while they may repeat it */
		timer_start(user->sm->loop, &user->timer, user->sm->set.idle_ms, on_idle);
	else
		user_forget(user);
}

void
user_maybe_idle(struct sm_user *user)
{
	if (user_idle(user))
		timer_start(user->sm->loop, &user->timer, user->anonymous ? 0 : user->sm->set.idle_ms, on_idle);
	else if (user->state == USER_READY)
		timer_stop(&user->timer);
}

void
user_give_up(struct sm_user *user)
{
	struct sm *sm = user->sm;

	if (user->state == USER_GONE)
		return;
	list_each(&user->sessions, struct sm_session, s, in_user) {
		const char *c2s = manage_c2s(s);

		if (!c2s)
			continue;
		session_unknown(sm, str_z(c2s), str_z(s->sid), s->in.done);
		session_finish(s, true);
	}
	list_each(&user->sessions, struct sm_session, s, in_user)
		session_finish(s, away_is_kept(s)); /* the next owner has it, or contacts must hear of its end from us */
	if (user->state == USER_READY)
		event_tell(user_unload, sm, (&(struct ev_user){user}));
	user_leave(user, MAILBOX_PASS_ON);
	queue_refuse(user, STORAGE_FENCED, true);
	user_maybe_free(user);
}

void
user_delete(struct sm_user *user)
{
	event_tell(user_deleted, user->sm, (&(struct ev_user){user}));
	user_leave(user, MAILBOX_REFUSE);
	queue_refuse(user, STORAGE_NOT_FOUND, true);
	user_maybe_free(user);
}

void
users_free(struct sm *sm)
{
	struct sm_user *user;
	uint64_t it = 0;

	while ((user = map_next(&sm->users, &it))) {
		list_each(&user->sessions, struct sm_session, s, in_user)
			session_finish(s, true);
		user_leave(user, MAILBOX_FORGET);
	}
	list_each(&sm->leaving, struct sm_user, u, in_leaving) {
		list_remove(&sm->leaving, &u->in_leaving);
		while (u->queue.len) {
			struct input *in = queue_shift(u);

			input_free(&in);
		}
		duties_let_go(&u->duties);
		user_release_memory(u);
	}
	map_done(&sm->users);
}

struct sm_session *
user_session(const struct sm_user *user, struct str resource)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (str_eq(s->jid.resource, resource))
			return s;
	return NULL;
}
