/* SPDX-License-Identifier: Apache-2.0 */
/* Administration of this process and of sessions (sm/admin.h); of accounts: sm/admin_user.c. */
#include "sm/admin.h"

#include "sm/admin_user.h"
#include "sm/peer.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/sm.h"
#include "xmpp/admin.h"
#include "xmpp/datetime.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROWS_MAX = 1000 };

struct request { /* one <do/> */
	struct sm *sm;
	struct admin_request r;
	struct arena *arena;
	struct admin_answer answer;
};

static struct str
arg(const struct request *q, const char *name)
{
	return node_attr(q->arena, q->r.node, name);
}

unsigned
admin_max(struct str text)
{
	uint64_t max;

	return text.p && str_to_u64(text, &max) == 0 && max > 0 ? (unsigned)MIN(max, ROWS_MAX) : ROWS_MAX;
}

/* ---- this process ---- */

static void
do_status(struct request *q)
{
	struct sm *sm = q->sm;
	char sessions[24], users[24], slots[24], waiting[24];

	snprintf(sessions, sizeof(sessions), "%zu", sm->sessions.len);
	snprintf(users, sizeof(users), "%zu", sm->users.len);
	snprintf(slots, sizeof(slots), "%zu", slots_owned(sm));
	snprintf(waiting, sizeof(waiting), "%zu", peers_waiting(sm));
	admin_row_status_and(&q->answer, sm->daemon, "sm", "sessions", str_z(sessions), "users", str_z(users),
			     "slots", str_z(slots), "peer-waiting", str_z(waiting), "storage",
			     sm->storage_usable ? STR("usable") : STR("away"), NULL);
	admin_answer_send(&q->answer, "ok", NULL);
}

/* ---- sessions ---- */

static int
by_jid(const void *a, const void *b)
{
	const struct sm_session *const *x = a, *const *y = b;

	return str_cmp((*x)->jid.full, (*y)->jid.full);
}

static size_t
sessions_sorted(struct request *q, const struct jid *jid, struct str after, struct sm_session ***list_r)
{
	struct sm_session **list = arena_alloc(q->arena, (q->sm->sessions.len + 1) * sizeof(struct sm_session *));
	struct sm_session *s;
	uint64_t it = 0;
	size_t n = 0;

	while ((s = map_next(&q->sm->sessions, &it)))
		if ((!jid->bare.n || str_eq(s->jid.bare, jid->bare)) && str_cmp(s->jid.full, after) > 0)
			list[n++] = s;
	qsort(list, n, sizeof(struct sm_session *), by_jid);
	*list_r = list;
	return n;
}

/* The text of the last presence's <show/> (RFC 6121 4.7.2.1), "" without one. */
static struct str
show_of(struct request *q, const struct sm_session *s)
{
	struct stanza st;
	struct str show;

	if (!s->presence || stanza_parse(&st, q->arena, chunk_str(s->presence), NULL) < 0)
		return STR("");
	show = node_child_text(q->arena, st.root, "show", NS_CLIENT);
	return show.p ? show : STR("");
}

static void
session_row(struct request *q, const struct sm_session *s)
{
	char priority[12];
	struct buf since = {0};

	snprintf(priority, sizeof(priority), "%d", s->priority);
	datetime_print_seconds(&since, s->since);
	admin_row(&q->answer, "jid", s->jid.full, "address", str_z(s->address), "secure", str_z(s->secure), "mechanism",
		  str_z(s->mechanism), "since", buf_str(&since), "show", show_of(q, s), "priority",
		  s->available ? str_z(priority) : STR(""), "c2s", str_z(s->c2s), NULL);
	buf_done(&since);
}

static void
do_session_list(struct request *q)
{
	struct sm_session **list;
	struct jid jid = {0};
	struct str after = arg(q, "after");
	size_t n;

	jid_split(arg(q, "jid"), &jid);
	n = MIN(sessions_sorted(q, &jid, after.p ? after : STR(""), &list), admin_max(arg(q, "max")));
	for (size_t i = 0; i < n; i++)
		session_row(q, list[i]);
	admin_answer_send(&q->answer, "ok", NULL);
}

static void
do_session_kick(struct request *q)
{
	struct sm_user *user;
	struct jid jid;
	char *reason = str_dup(arg(q, "reason"));
	size_t kicked = 0;

	jid_split(arg(q, "jid"), &jid);
	user = jid.bare.n ? user_find(q->sm, jid.bare) : NULL;
	if (user)
		list_each(&user->sessions, struct sm_session, s, in_user) {
			if (s->ending || (jid.resource.p && !str_eq(jid.resource, s->jid.resource)))
				continue;
			admin_row(&q->answer, "jid", s->jid.full, NULL);
			session_end(s, STREAM_POLICY_VIOLATION, reason[0] ? reason : NULL);
			kicked++;
		}
	free(reason);
	admin_answer_send(&q->answer, kicked ? "ok" : "not-found", NULL);
}

/* ---- dispatch ---- */

static const struct {
	const char *what;
	void (*handle)(struct request *q);
} requests[] = {
	{"status", do_status},
	{"session-list", do_session_list},
	{"session-kick", do_session_kick},
};

bool
admin_frame(struct sm *sm, const struct frame *f, const struct stanza *p)
{
	struct request q = {.sm = sm, .arena = p->arena};

	if (!admin_read(f, p, &q.r))
		return false;
	if (admin_user_request(sm, &q.r, q.arena))
		return true;
	admin_answer_init(&q.answer, sm->bus, &q.r);
	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		if (str_is(q.r.what, requests[i].what) && (sm->daemon || requests[i].handle != do_status)) {
			requests[i].handle(&q);
			return true;
		}
	if (!sm->daemon || !admin_control(&q.answer, sm->daemon, &q.r))
		admin_answer_send(&q.answer, "unsupported", "an sm does not know this request");
	return true;
}
