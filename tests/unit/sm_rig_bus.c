/* SPDX-License-Identifier: Apache-2.0 */
/* A bus in one process, in place of xmpp/component.c; see sm_rig.h. And storage that misbehaves when told to (--wrap). */
#include "tests/unit/sm_rig_bus.h"
#include "tests/unit/sm_rig.h"

#include "xmpp/slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { MEMBERS_MAX = 12, HOSTS = 2, DELAY_MAX_MS = 8 };

struct component {
	struct bus *bus;
	const struct component_events *events;
	void *owner;
	char *name;
	bool freed;
	struct buf begun;
	size_t mark;
	struct task online_task;
	void (*left)(struct component *c);
	struct task left_task;
	struct list unsendable;
};

struct place {
	char name[32], role[16], boot[40];
	struct member m;
	struct component *c; /* null: outside */
};

struct mail {
	struct list_node node;
	uint64_t due; /* ms */
	struct buf bytes;
};

struct bus {
	struct loop *loop;
	void (*outside)(void *arg, const struct frame *f, bool bounce);
	void *arg;
	struct place places[MEMBERS_MAX];
	struct list mail; /* by due */
	struct task task;
	struct timer timer;
	unsigned (*below)(unsigned n); /* null: a frame is there at the end of the turn */
	bool offline;
};

static struct bus *opening;
static const struct str hosts[HOSTS] = {STR("example.org"), STR("example.net")};

static const struct str external_hosts[1] = {STR("chat.example.org")};

static struct place *
place_find(struct bus *b, struct str name)
{
	for (size_t i = 0; i < MEMBERS_MAX; i++)
		if (b->places[i].m.up && str_is(name, b->places[i].name))
			return &b->places[i];
	return NULL;
}

struct str
bus_slot_owner(struct bus *b, unsigned slot)
{
	struct str names[MEMBERS_MAX];
	size_t n = 0;
	ssize_t won;

	for (size_t i = 0; i < MEMBERS_MAX; i++)
		if (b->places[i].m.up && !b->places[i].m.draining && strcmp(b->places[i].role, "sm") == 0)
			names[n++] = str_z(b->places[i].name);
	won = slot_owner(slot, names, n);
	return won < 0 ? STR_NONE : names[won];
}

/* ---- frames ---- */

static void on_mail(struct task *t);

static void
mail_read(const struct mail *m, struct frame *f)
{
	const char *why;
	size_t used;

	assert_int_equal(frame_read(buf_str(&m->bytes), f, &used, &why), FRAME_OK);
}

/* Order is kept between two parties (doc/protocol.md section 2, "Several routers"). */
static bool
same_way(const struct frame *a, const struct frame *b)
{
	if (!str_eq(a->from, b->from) || a->sid.n != b->sid.n)
		return false;
	if (a->sid.n)
		return str_eq(a->sid, b->sid);
	return a->to.n == b->to.n && str_eq(a->to, b->to) && str_eq(a->key, b->key);
}

static uint64_t
due_behind_others(const struct bus *b, const struct frame *f, uint64_t due)
{
	for (const struct list_node *n = b->mail.last; n; n = n->prev) {
		const struct mail *m = list_entry(n, struct mail, node);
		struct frame other;

		if (m->due <= due)
			break;
		mail_read(m, &other);
		if (same_way(f, &other))
			return m->due;
	}
	return due;
}

static void
on_timer(struct timer *t)
{
	on_mail(&container_of(t, struct bus, timer)->task);
}

static void
post(struct bus *b, const struct frame *f)
{
	struct mail *m = xcalloc(1, sizeof(*m));
	struct list_node *before = b->mail.last;

	m->due = loop_now(b->loop);
	if (b->below)
		m->due = due_behind_others(b, f, m->due + (b->below(3) ? b->below(2) : b->below(DELAY_MAX_MS)));
	frame_write(&m->bytes, f);
	while (before && list_entry(before, struct mail, node)->due > m->due)
		before = before->prev;
	list_insert_after(&b->mail, before, &m->node);
	loop_defer(b->loop, &b->task, on_mail);
}

static bool
is_ours(struct str host)
{
	return str_eq(host, hosts[0]) || str_eq(host, hosts[1]);
}

static void
bounce(struct bus *b, const struct frame *f, const char *reason)
{
	struct frame back = *f;

	back.kind = FRAME_BOUNCE;
	back.target = f->to;
	back.to = f->from;
	back.from = STR("router-1");
	back.reason = str_z(reason);
	post(b, &back);
}

/* STAGE_TRACE=1 shows what arrives. */
static void
trace(const struct bus *b, const struct frame *f, struct str name)
{
	if (getenv("STAGE_TRACE"))
		print_message("%llu " STR_FMT " -> " STR_FMT "%s key=" STR_FMT " sid=" STR_FMT " seq=%llu ack=%llu rid=" STR_FMT " " STR_FMT "\n",
			      (unsigned long long)loop_now(b->loop), STR_ARG(f->from), STR_ARG(name),
			      f->kind == FRAME_BOUNCE ? " bounced" : "", STR_ARG(f->key), STR_ARG(f->sid),
			      (unsigned long long)f->seq, (unsigned long long)f->ack, STR_ARG(f->rid), STR_ARG(f->payload));
}

static void
deliver(struct bus *b, const struct frame *f)
{
	struct str name = f->to.n ? f->to
			: is_ours(f->host) ? bus_slot_owner(b, slot_of(f->key))
			: str_eq(f->host, external_hosts[0]) ? STR("external-1") : STR("s2s-1");
	struct place *p = place_find(b, name);

	trace(b, f, name);
	if (!p) {
		if (f->kind == FRAME_ROUTE)
			bounce(b, f, f->to.n ? "no-instance" : "no-host");
	} else if (!p->c) {
		b->outside(b->arg, f, f->kind == FRAME_BOUNCE);
	} else if (f->kind == FRAME_BOUNCE) {
		p->c->events->bounced(p->c, f);
	} else {
		p->c->events->frame(p->c, f);
	}
}

static void
mail_deliver(struct bus *b, struct mail *m)
{
	struct frame f;

	mail_read(m, &f);
	deliver(b, &f);
	buf_done(&m->bytes);
	free(m);
}

static void
on_mail(struct task *t)
{
	struct bus *b = container_of(t, struct bus, task);

	while (b->mail.first) {
		struct mail *m = list_entry(b->mail.first, struct mail, node);
		uint64_t now = loop_now(b->loop);

		if (m->due > now) {
			timer_start(b->loop, &b->timer, m->due - now, on_timer);
			return;
		}
		list_remove(&b->mail, &m->node);
		mail_deliver(b, m);
	}
}

void
bus_say(struct bus *b, const struct frame *f)
{
	post(b, f);
}

static bool
mail_is_from(const struct mail *m, const char *from)
{
	struct frame f;

	mail_read(m, &f);
	return !from || str_is(f.from, from);
}

void
bus_lose(struct bus *b, const char *from, unsigned keep)
{
	list_each(&b->mail, struct mail, m, node) {
		if (!mail_is_from(m, from))
			continue;
		if (keep) {
			keep--;
			continue;
		}
		list_remove(&b->mail, &m->node);
		buf_done(&m->bytes);
		free(m);
	}
}

void
bus_hurry(struct bus *b, const char *from)
{
	struct list last = {0};
	struct list_node *n;

	list_each(&b->mail, struct mail, m, node)
		if (mail_is_from(m, from)) {
			list_remove(&b->mail, &m->node);
			list_append(&last, &m->node);
		}
	while ((n = list_shift(&last)))
		mail_deliver(b, list_entry(n, struct mail, node));
}

/* ---- members ---- */

static void
tell_member(struct bus *b, const struct member *m)
{
	for (size_t i = 0; i < MEMBERS_MAX; i++) {
		struct component *c = b->places[i].c;

		if (c && b->places[i].m.up && c->events->member)
			c->events->member(c, m);
	}
}

static struct place *
place_take(struct bus *b, const char *name, const char *role, const char *boot)
{
	struct place *p = NULL;

	for (size_t i = 0; i < MEMBERS_MAX && !p; i++)
		if (!b->places[i].m.up)
			p = &b->places[i];
	assert_non_null(p);
	*p = (struct place){.m = {.up = true}};
	strcpy(p->name, name);
	strcpy(p->role, role);
	strcpy(p->boot, boot);
	p->m.name = str_z(p->name);
	p->m.role = str_z(p->role);
	p->m.boot = str_z(p->boot);
	p->m.hosts = strcmp(role, "external") == 0 ? external_hosts : hosts;
	p->m.host_count = strcmp(role, "sm") == 0 ? HOSTS : strcmp(role, "external") == 0;
	return p;
}

void
bus_member_up(struct bus *b, const char *name, const char *role)
{
	struct place *p = place_take(b, name, role, "boot");

	tell_member(b, &p->m);
}

void
bus_member_gone(struct bus *b, const char *name)
{
	struct place *p = place_find(b, str_z(name));

	if (!p)
		return;
	p->m.up = false;
	p->c = NULL;
	tell_member(b, &p->m);
}

void
bus_member_draining(struct bus *b, const char *name)
{
	struct place *p = place_find(b, str_z(name));

	p->m.draining = true;
	tell_member(b, &p->m);
}

void
bus_set_offline(struct bus *b, bool offline)
{
	b->offline = offline;
	for (size_t i = 0; i < MEMBERS_MAX; i++) {
		struct component *c = b->places[i].c;

		if (c && b->places[i].m.up)
			c->events->online(c, !offline);
	}
}

void
bus_tell_lost(struct bus *b, const char *name)
{
	struct place *p = name ? place_find(b, str_z(name)) : NULL;

	for (size_t i = 0; i < MEMBERS_MAX; i++) {
		struct component *c = b->places[i].c;

		if (c && b->places[i].m.up)
			c->events->lost(c, p ? &p->m : NULL);
	}
}

struct bus *
bus_new(struct loop *loop, void (*outside)(void *arg, const struct frame *f, bool bounce), void *arg)
{
	struct bus *b = xcalloc(1, sizeof(*b));

	b->loop = loop;
	b->outside = outside;
	b->arg = arg;
	return b;
}

void
bus_free(struct bus **bp)
{
	struct bus *b = *bp;
	struct list_node *n;

	*bp = NULL;
	task_cancel(&b->task);
	timer_stop(&b->timer);
	while ((n = list_shift(&b->mail))) {
		struct mail *m = list_entry(n, struct mail, node);

		buf_done(&m->bytes);
		free(m);
	}
	free(b);
}

void
bus_set_slow(struct bus *b, unsigned (*below)(unsigned n))
{
	b->below = below;
}

void
bus_opening(struct bus *b)
{
	opening = b;
}

/* ---- xmpp/component.h ---- */

int
component_opts_from_conf(struct component_opts *o, const struct conf *conf, struct buf *why)
{
	(void)o;
	(void)conf;
	(void)why;
	return 0;
}

static void
on_online(struct task *t)
{
	struct component *c = container_of(t, struct component, online_task);

	c->events->online(c, !c->bus->offline);
}

struct component *
component_new(const struct component_opts *opts, const struct component_events *events, void *owner)
{
	struct component *c = xcalloc(1, sizeof(*c));
	struct place *p = place_take(opening, opts->name, opts->role, opts->boot);

	c->bus = opening;
	c->events = events;
	c->owner = owner;
	c->name = xstrdup(opts->name);
	p->c = c;
	loop_defer(c->bus->loop, &c->online_task, on_online);
	p->c = NULL; /* it is not told about itself before component_new returns */
	tell_member(c->bus, &p->m);
	p->c = c;
	return c;
}

static void unsendable_drop(struct component *c);

void
component_free(struct component **cp)
{
	struct component *c = *cp;
	struct place *p;

	*cp = NULL;
	if (!c)
		return;
	p = place_find(c->bus, str_z(c->name));
	if (p && p->c == c)
		p->c = NULL;
	task_cancel(&c->online_task);
	task_cancel(&c->left_task);
	while (c->unsendable.len)
		unsendable_drop(c);
	buf_done(&c->begun);
	free(c->name);
	free(c);
}

static void
on_left(struct task *t)
{
	struct component *c = container_of(t, struct component, left_task);

	c->left(c);
}

void
component_leave(struct component *c, void (*left)(struct component *c))
{
	c->left = left;
	loop_defer(c->bus->loop, &c->left_task, on_left);
}

void *
component_owner(const struct component *c)
{
	return c->owner;
}

bool
component_online(const struct component *c)
{
	return !c->bus->offline;
}

bool
component_complete(const struct component *c)
{
	return !c->bus->offline;
}

void
component_set_hosts(struct component *c, const char *const *names)
{
	(void)c;
	(void)names;
}

void
component_draining(struct component *c)
{
	bus_member_draining(c->bus, c->name);
}

/* A frame that no head can hold comes back at the end of the turn. */
struct unsendable {
	struct task task;
	struct list_node node;
	struct component *c;
	struct arena memory;
	struct frame f;
};

static void
unsendable_free(struct unsendable *u)
{
	list_remove(&u->c->unsendable, &u->node);
	arena_done(&u->memory);
	free(u);
}

static void
unsendable_drop(struct component *c)
{
	struct unsendable *u = list_entry(c->unsendable.first, struct unsendable, node);

	task_cancel(&u->task);
	unsendable_free(u);
}

static void
on_unsendable(struct task *t)
{
	struct unsendable *u = container_of(t, struct unsendable, task);

	u->c->events->bounced(u->c, &u->f);
	unsendable_free(u);
}

static void
send_back(struct component *c, const struct frame *f)
{
	struct unsendable *u = xcalloc(1, sizeof(*u));

	u->c = c;
	u->f = (struct frame){.kind = FRAME_BOUNCE, .reason = STR("bad-address"), .seq = f->seq};
	u->f.host = arena_str(&u->memory, f->host);
	u->f.key = arena_str(&u->memory, f->key);
	u->f.sid = arena_str(&u->memory, f->sid);
	u->f.rid = arena_str(&u->memory, f->rid);
	u->f.target = arena_str(&u->memory, f->to);
	u->f.payload = arena_str(&u->memory, f->payload);
	list_append(&c->unsendable, &u->node);
	loop_defer(c->bus->loop, &u->task, on_unsendable);
}

void
component_send(struct component *c, const struct frame *f)
{
	struct frame mine = *f;

	if (!frame_values_ok(f)) {
		send_back(c, f);
		return;
	}
	mine.from = str_z(c->name);
	if (!c->bus->offline) {
		post(c->bus, &mine);
		return;
	}
	mine.kind = FRAME_BOUNCE;
	mine.target = mine.to;
	mine.to = mine.from;
	mine.from = STR("router-1");
	mine.reason = STR("no-router");
	post(c->bus, &mine);
}

struct buf *
component_begin(struct component *c, const struct frame *f)
{
	struct frame mine = *f;

	mine.from = str_z(c->name);
	buf_clear(&c->begun);
	c->mark = frame_begin(&c->begun, &mine);
	return &c->begun;
}

void
component_end(struct component *c)
{
	struct frame f;
	const char *why;
	size_t used;

	assert_true(frame_end(&c->begun, c->mark));
	assert_int_equal(frame_read(buf_str(&c->begun), &f, &used, &why), FRAME_OK);
	component_send(c, &f);
}

void
component_bounce(struct component *c, const struct frame *f, const char *reason)
{
	bounce(c->bus, f, reason);
}

const struct member *
component_member(const struct component *c, struct str name)
{
	struct place *p = place_find(c->bus, name);

	return p ? &p->m : NULL;
}

const struct member *
component_next_member(const struct component *c, uint64_t *it)
{
	while (*it < MEMBERS_MAX) {
		const struct place *p = &c->bus->places[(*it)++];

		if (p->m.up)
			return &p->m;
	}
	return NULL;
}

const struct member *
component_slot_owner(const struct component *c, unsigned slot)
{
	struct str name = bus_slot_owner(c->bus, slot);

	return name.n ? component_member(c, name) : NULL;
}

/* ---- storage in trouble ---- */

static enum trouble append_trouble, load_trouble, roster_trouble, privacy_trouble;

struct late { /* a call that is kept */
	struct late *next;
	struct storage *s;
	storage_cb *cb;
	void *arg;
	enum storage_result r;
	struct task task;
	struct buf owner, peer, origin, stanza;
	struct log_entry e;
	uint64_t ticket;
};

static struct late *late_first, **late_end = &late_first;
static uint64_t late_ticket = UINT64_MAX / 2;

uint64_t __real_storage_log_append(struct storage *s, const struct log_entry *e, storage_cb *cb, void *arg);
bool __real_storage_log_withdraw(struct storage *s, uint64_t ticket);
void __real_storage_user_load(struct storage *s, struct str owner, storage_user_cb *cb, void *arg);
void __real_storage_roster_change(struct storage *s, struct str owner, const struct roster_change *c, storage_cb *cb,
				  void *arg);
uint64_t __wrap_storage_log_append(struct storage *s, const struct log_entry *e, storage_cb *cb, void *arg);
bool __wrap_storage_log_withdraw(struct storage *s, uint64_t ticket);
void __wrap_storage_user_load(struct storage *s, struct str owner, storage_user_cb *cb, void *arg);
void __wrap_storage_roster_change(struct storage *s, struct str owner, const struct roster_change *c, storage_cb *cb,
				  void *arg);
void __real_storage_privacy_change(struct storage *s, struct str owner, const struct privacy_change *c, storage_cb *cb,
				   void *arg);
void __wrap_storage_privacy_change(struct storage *s, struct str owner, const struct privacy_change *c, storage_cb *cb,
				   void *arg);

static void
late_free(struct late *l)
{
	buf_done(&l->owner);
	buf_done(&l->peer);
	buf_done(&l->origin);
	buf_done(&l->stanza);
	free(l);
}

static void
on_answer(struct task *t)
{
	struct late *l = container_of(t, struct late, task);

	l->cb(l->arg, l->r);
	late_free(l);
}

static struct late *
answer_soon(storage_cb *cb, void *arg, enum storage_result r)
{
	struct late *l = xcalloc(1, sizeof(*l));

	l->cb = cb;
	l->arg = arg;
	l->r = r;
	loop_defer(opening->loop, &l->task, on_answer);
	return l;
}

static struct late *
keep(struct storage *s, const struct log_entry *e, storage_cb *cb, void *arg)
{
	struct late *l = xcalloc(1, sizeof(*l));

	l->s = s;
	l->cb = cb;
	l->arg = arg;
	l->e = *e;
	buf_add(&l->owner, e->owner);
	buf_add(&l->peer, e->peer);
	buf_add(&l->origin, e->origin);
	buf_add(&l->stanza, e->stanza);
	l->ticket = ++late_ticket;
	*late_end = l;
	late_end = &l->next;
	return l;
}

uint64_t
__wrap_storage_log_append(struct storage *s, const struct log_entry *e, storage_cb *cb, void *arg)
{
	switch (append_trouble) {
	case TROUBLE_LATE:
		return keep(s, e, cb, arg)->ticket;
	case TROUBLE_TEMPORARY:
		answer_soon(cb, arg, STORAGE_TEMPORARY);
		return ++late_ticket;
	case TROUBLE_FENCED:
		answer_soon(cb, arg, STORAGE_FENCED);
		return ++late_ticket;
	case TROUBLE_NONE:
		break;
	}
	return __real_storage_log_append(s, e, cb, arg);
}

bool
__wrap_storage_log_withdraw(struct storage *s, uint64_t ticket)
{
	for (struct late **l = &late_first; *l; l = &(*l)->next)
		if ((*l)->ticket == ticket) {
			struct late *gone = *l;

			*l = gone->next;
			if (!*l)
				late_end = l;
			late_free(gone);
			return true;
		}
	return ticket < UINT64_MAX / 2 && __real_storage_log_withdraw(s, ticket);
}

void
stage_trouble_append(enum trouble t)
{
	append_trouble = t;
	while (t == TROUBLE_NONE && late_first) {
		struct late *l = late_first;

		late_first = l->next;
		l->e.owner = buf_str(&l->owner);
		l->e.peer = buf_str(&l->peer);
		l->e.origin = buf_str(&l->origin);
		l->e.stanza = buf_str(&l->stanza);
		(void)__real_storage_log_append(l->s, &l->e, l->cb, l->arg);
		late_free(l);
	}
	if (!late_first)
		late_end = &late_first;
}

void
bus_forget_late(void)
{
	while (late_first) {
		struct late *l = late_first;

		late_first = l->next;
		late_free(l);
	}
	late_end = &late_first;
}

struct late_load {
	struct task task;
	storage_user_cb *cb;
	void *arg;
};

static void
on_load_answer(struct task *t)
{
	struct late_load *l = container_of(t, struct late_load, task);

	l->cb(l->arg, STORAGE_TEMPORARY, NULL);
	free(l);
}

void
__wrap_storage_user_load(struct storage *s, struct str owner, storage_user_cb *cb, void *arg)
{
	struct late_load *l;

	if (load_trouble == TROUBLE_NONE) {
		__real_storage_user_load(s, owner, cb, arg);
		return;
	}
	l = xcalloc(1, sizeof(*l));
	l->cb = cb;
	l->arg = arg;
	loop_defer(opening->loop, &l->task, on_load_answer);
}

void
stage_trouble_load(enum trouble t)
{
	load_trouble = t;
}

void
__wrap_storage_roster_change(struct storage *s, struct str owner, const struct roster_change *c, storage_cb *cb, void *arg)
{
	if (roster_trouble == TROUBLE_NONE)
		__real_storage_roster_change(s, owner, c, cb, arg);
	else
		answer_soon(cb, arg, STORAGE_TEMPORARY);
}

void
stage_trouble_roster(enum trouble t)
{
	roster_trouble = t;
}

void
__wrap_storage_privacy_change(struct storage *s, struct str owner, const struct privacy_change *c, storage_cb *cb, void *arg)
{
	if (privacy_trouble == TROUBLE_NONE)
		__real_storage_privacy_change(s, owner, c, cb, arg);
	else
		answer_soon(cb, arg, STORAGE_TEMPORARY);
}

void
stage_trouble_privacy(enum trouble t)
{
	privacy_trouble = t;
}
