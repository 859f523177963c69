/* SPDX-License-Identifier: Apache-2.0 */
/* Administration of accounts: made, changed, shown, listed, deleted in the database of record (sm/admin_user.h). */
#include "sm/admin_user.h"

#include "sm/presence.h"
#include "sm/session.h"
#include "sm/sm.h"
#include "sm/user.h"
#include "xmpp/datetime.h"
#include "xmpp/scram.h"

#include <stdio.h>
#include <stdlib.h>

enum { DIGEST_LEN = 32 };

struct work { /* a request while storage works on it */
	struct loose loose;
	struct sm *sm;
	struct admin_answer answer;
	struct sm_user *user;  /* held; may be null */
	size_t sessions, waiting, roster; /* user-show */
	char bare[];
};

/* ---- answers ---- */

static void
work_drop(struct loose *l)
{
	struct work *w = container_of(l, struct work, loose);

	admin_answer_done(&w->answer);
	free(w);
}

static struct work *
work_new(struct sm *sm, const struct admin_request *r, struct str bare)
{
	struct work *w = xcalloc(1, sizeof(*w) + bare.n + 1);

	w->sm = sm;
	admin_answer_init(&w->answer, sm->bus, r);
	if (bare.n)
		memcpy(w->bare, bare.p, bare.n);
	sm_loose(sm, &w->loose, work_drop);
	return w;
}

static void
work_end(struct work *w, const char *result, const char *text)
{
	admin_answer_send(&w->answer, result, text);
	sm_found(w->sm, &w->loose);
	free(w);
}

static void
work_end_by(struct work *w, enum storage_result r)
{
	switch (r) {
	case STORAGE_OK:
		work_end(w, "ok", NULL);
		break;
	case STORAGE_NOT_FOUND:
		work_end(w, "not-found", "there is no such account");
		break;
	case STORAGE_EXISTS:
		work_end(w, "exists", "there is such an account already");
		break;
	case STORAGE_TEMPORARY:
	case STORAGE_FENCED:
		work_end(w, "temporary", "the database cannot be reached at the moment");
		break;
	case STORAGE_REFUSED:
		work_end(w, "temporary", "the database refused; see the log of this sm");
		break;
	}
}

static void
on_written(void *arg, enum storage_result r)
{
	work_end_by(arg, r);
}

/* ---- keys in a request ---- */

struct keys {
	struct buf scram; /* lines */
	struct str digest_md5;
};

/* The <scram/> and <digest-md5/> children. 0 or -1. */
static int
keys_read(struct keys *k, const struct admin_request *r, struct arena *a)
{
	for (const struct node *n = r->node->child; n; n = n->next) {
		struct str text = node_text(a, n);
		struct scram_keys parsed;

		if (str_is(n->name, "digest-md5") && text.n == DIGEST_LEN) {
			k->digest_md5 = text;
		} else if (str_is(n->name, "scram") && scram_parse(text, &parsed) == 0) {
			if (k->scram.n)
				buf_addc(&k->scram, '\n');
			buf_add(&k->scram, text);
		} else {
			return -1;
		}
	}
	if (!k->digest_md5.p)
		k->digest_md5 = STR("");
	return k->scram.n ? 0 : -1;
}

static void
write_keys(struct work *w, const struct admin_request *r, struct arena *a, bool add)
{
	struct account account = {.owner = str_z(w->bare), .created = loop_wall_us(w->sm->loop)};
	struct keys k = {0};

	if (keys_read(&k, r, a) < 0) {
		work_end(w, "invalid", "the keys are missing or cannot be read");
	} else if (add) {
		account.scram = buf_str(&k.scram);
		account.digest_md5 = k.digest_md5;
		storage_account_add(w->sm->storage, &account, on_written, w);
	} else {
		storage_account_set_keys(w->sm->storage, account.owner, buf_str(&k.scram), k.digest_md5, on_written, w);
	}
	buf_done(&k.scram);
}

static void
do_add(struct work *w, const struct admin_request *r, struct arena *a)
{
	write_keys(w, r, a, true);
}

static void
do_passwd(struct work *w, const struct admin_request *r, struct arena *a)
{
	write_keys(w, r, a, false);
}

/* ---- with the user in memory ---- */

static struct work *
input_work(struct input *in)
{
	struct work *w = *(struct work **)in->own;

	input_free(&in);
	return w;
}

static void
input_refuse(struct sm_user *user, struct input *in, enum storage_result r)
{
	(void)user;
	work_end_by(input_work(in), r);
}

static void
with_user(struct work *w, void (*run)(struct sm_user *user, struct input *in))
{
	struct input *in = input_new(STR_NONE, NULL);

	in->own = xmalloc(sizeof(struct work *));
	*(struct work **)in->own = w;
	in->run = run;
	in->refuse = input_refuse;
	user_input(user_get(w->sm, str_z(w->bare)), in);
}

/* ---- user-show ---- */

static struct str
time_text(struct buf *b, int64_t us)
{
	buf_clear(b);
	if (us)
		datetime_print_seconds(b, us);
	return buf_str(b);
}

static void
on_shown(void *arg, enum storage_result r, const struct account *account)
{
	struct work *w = arg;
	struct buf created = {0}, login = {0};
	char sessions[24], waiting[24], roster[24];

	if (r == STORAGE_OK) {
		snprintf(sessions, sizeof(sessions), "%zu", w->sessions);
		snprintf(waiting, sizeof(waiting), "%zu", w->waiting);
		snprintf(roster, sizeof(roster), "%zu", w->roster);
		admin_row(&w->answer, "jid", str_z(w->bare), "created", time_text(&created, account->created), "last-login",
			  time_text(&login, account->last_login), "sessions", str_z(sessions), "offline", str_z(waiting),
			  "roster", str_z(roster), "disabled", account->disabled ? STR("yes") : STR("no"), NULL);
	}
	work_end_by(w, r);
	buf_done(&created);
	buf_done(&login);
}

static void
run_show(struct sm_user *user, struct input *in)
{
	struct work *w = input_work(in);

	if (user->state != USER_READY) {
		work_end_by(w, STORAGE_NOT_FOUND);
		return;
	}
	w->sessions = user->sessions.len;
	w->waiting = mailbox_waiting(&user->mail);
	w->roster = user->roster.live;
	storage_account_get(w->sm->storage, user->jid.bare, on_shown, w);
}

static void
do_show(struct work *w, const struct admin_request *r, struct arena *a)
{
	(void)r;
	(void)a;
	with_user(w, run_show);
}

/* ---- user-del ---- */

static void
on_deleted(void *arg, enum storage_result r)
{
	struct work *w = arg;
	struct sm_user *user = w->user;

	if (r == STORAGE_OK && user->state == USER_READY) {
		presence_user_deleted(user);
		user_delete(user);
	}
	user_release(user);
	work_end_by(w, r);
}

/* Nobody can come in meanwhile: the user is held. Contacts are told when it is true. */
static void
run_del(struct sm_user *user, struct input *in)
{
	struct work *w = input_work(in);

	if (user->state != USER_READY) {
		work_end_by(w, STORAGE_NOT_FOUND);
		return;
	}
	list_each(&user->sessions, struct sm_session, s, in_user)
		session_end_now(s, STREAM_NOT_AUTHORIZED, "The account has been deleted");
	w->user = user;
	user_hold(user);
	storage_account_del(w->sm->storage, user->jid.bare, on_deleted, w);
}

static void
do_del(struct work *w, const struct admin_request *r, struct arena *a)
{
	(void)r;
	(void)a;
	with_user(w, run_del);
}

/* ---- user-disable, user-enable ---- */

static void
end_switch(struct work *w, enum storage_result r, bool disabled)
{
	struct sm_user *user = w->user;

	if (r == STORAGE_OK && user->state == USER_READY) {
		user->disabled = disabled;
		list_each(&user->sessions, struct sm_session, s, in_user)
			if (disabled)
				session_end_now(s, STREAM_NOT_AUTHORIZED, "The account has been disabled");
	}
	user_release(user);
	work_end_by(w, r);
}

static void
on_disabled(void *arg, enum storage_result r)
{
	end_switch(arg, r, true);
}

static void
on_enabled(void *arg, enum storage_result r)
{
	end_switch(arg, r, false);
}

static void
run_switch(struct sm_user *user, struct input *in, bool disabled)
{
	struct work *w = input_work(in);

	if (user->state != USER_READY) {
		work_end_by(w, STORAGE_NOT_FOUND);
		return;
	}
	w->user = user;
	user_hold(user);
	storage_account_set_disabled(w->sm->storage, user->jid.bare, disabled, disabled ? on_disabled : on_enabled, w);
}

static void
run_disable(struct sm_user *user, struct input *in)
{
	run_switch(user, in, true);
}

static void
run_enable(struct sm_user *user, struct input *in)
{
	run_switch(user, in, false);
}

static void
do_disable(struct work *w, const struct admin_request *r, struct arena *a)
{
	(void)r;
	(void)a;
	with_user(w, run_disable);
}

static void
do_enable(struct work *w, const struct admin_request *r, struct arena *a)
{
	(void)r;
	(void)a;
	with_user(w, run_enable);
}

/* ---- user-list ---- */

static void
on_listed(void *arg, enum storage_result r, const struct account *rows, size_t count)
{
	struct work *w = arg;
	struct buf created = {0};

	for (size_t i = 0; r == STORAGE_OK && i < count; i++)
		admin_row(&w->answer, "jid", rows[i].owner, "created", time_text(&created, rows[i].created), NULL);
	buf_done(&created);
	work_end_by(w, r);
}

static void
do_list(struct sm *sm, const struct admin_request *r, struct arena *a)
{
	struct work *w = work_new(sm, r, STR_NONE);
	struct str host = node_attr(a, r->node, "host"), after = node_attr(a, r->node, "after");
	struct str prepared;

	if (!host.n || jid_prep_domain(a, host, &prepared) < 0)
		work_end(w, "invalid", "host is missing or no domain name");
	else
		storage_account_list(sm->storage, prepared, after.p ? after : STR(""),
				     admin_max(node_attr(a, r->node, "max")), on_listed, w);
}

/* ---- dispatch ---- */

static const struct {
	const char *what;
	void (*handle)(struct work *w, const struct admin_request *r, struct arena *a);
} requests[] = {
	{"user-add", do_add},
	{"user-del", do_del},
	{"user-disable", do_disable},
	{"user-enable", do_enable},
	{"user-passwd", do_passwd},
	{"user-show", do_show},
};

static void
about_one(struct sm *sm, size_t i, const struct admin_request *r, struct arena *a)
{
	struct str text = node_attr(a, r->node, "jid");
	struct jid jid = {0};
	const char *why = "missing";
	bool good = text.n && jid_prep(a, text, &jid, &why) == 0 && jid.node.p && !jid.resource.p;
	struct work *w = work_new(sm, r, good ? jid.bare : STR_NONE);

	if (!good)
		work_end(w, "invalid", "jid is not the address of an account");
	else if (!sm_serves(sm, jid.domain))
		work_end(w, "invalid", "this host is not served here");
	else
		requests[i].handle(w, r, a);
}

bool
admin_user_request(struct sm *sm, const struct admin_request *r, struct arena *a)
{
	if (str_is(r->what, "user-list")) {
		do_list(sm, r, a);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		if (str_is(r->what, requests[i].what)) {
			about_one(sm, i, r, a);
			return true;
		}
	return false;
}
