/* SPDX-License-Identifier: Apache-2.0 */
/* The stage for sm; see sm_rig.h. */
#include "tests/unit/sm_rig.h"

#include "common/metric.h"
#include "sm/keys.h"
#include "sm/slots.h"
#include "sm/user.h"
#include "tests/unit/sm_rig_bus.h"
#include "xmpp/slot.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

enum { PATIENCE_MS = 20000, REST_MS = 5000, NODES_MAX = 4, SIDS_MAX = 640, LOOKS = 64, STORAGE_MAX_MS = 15 };

struct client { /* what c2s knows of one session */
	char sid[SID_LEN + 1], bare[64], owner[32];
	uint64_t said, heard, acked;
};

struct stage {
	struct loop *loop;
	struct conf *conf;
	char dir[64];
	struct bus *bus;
	struct sm *sm[NODES_MAX];
	struct drain {
		struct stage *st;
		char name[8];
		void (*gone)(const char *name);
		struct task task;
	} drains[NODES_MAX];
	struct client clients[SIDS_MAX];
	struct list inbox, taken;
	bool late;
	struct timer deadline;
	bool (*cond)(void *arg);
	void *cond_arg;
	uv_prepare_t prepare;
	unsigned (*below)(unsigned n); /* null: real time */
	struct task look;
	unsigned looks;
	void (*hear)(void *arg, const struct frame *f, bool bounce); /* null: the inbox */
	void *hear_arg;
};

static const struct log_ctx no_log;

/* ---- the loop ---- */

static void
on_late(struct timer *t)
{
	struct stage *st = container_of(t, struct stage, deadline);

	st->late = true;
	loop_stop(st->loop);
}

/* Is it so now? Asked in each turn behind everything that was deferred, and what that deferred, as far as one can see. */
static void
on_look(struct task *t)
{
	struct stage *st = container_of(t, struct stage, look);

	if (st->cond(st->cond_arg))
		loop_stop(st->loop);
	else if (++st->looks < LOOKS)
		loop_defer(st->loop, &st->look, on_look);
}

static void
on_prepare(uv_prepare_t *p)
{
	struct stage *st = p->data;

	st->looks = 0;
	loop_defer(st->loop, &st->look, on_look);
}

static bool
play_for(struct stage *st, bool (*cond)(void *arg), void *arg, unsigned ms)
{
	loop_fake_advance(st->loop, 0);
	while (!cond(arg)) {
		if (ms-- == 0)
			return false;
		loop_fake_advance(st->loop, 1);
	}
	return true;
}

/* False: not in time. */
static bool
run_for(struct stage *st, bool (*cond)(void *arg), void *arg, unsigned ms)
{
	if (st->below)
		return play_for(st, cond, arg, ms);
	st->cond = cond;
	st->cond_arg = arg;
	st->late = false;
	uv_prepare_start(&st->prepare, on_prepare);
	timer_start(st->loop, &st->deadline, ms, on_late);
	while (!st->late && !cond(arg))
		loop_run(st->loop);
	timer_stop(&st->deadline);
	task_cancel(&st->look);
	uv_prepare_stop(&st->prepare);
	return !st->late;
}

static bool
run_until(struct stage *st, bool (*cond)(void *arg), void *arg)
{
	return run_for(st, cond, arg, PATIENCE_MS);
}

void
stage_until(struct stage *st, bool (*cond)(void *arg), void *arg)
{
	if (!run_until(st, cond, arg))
		fail_msg("it did not happen in time");
}

void
stage_until_or(struct stage *st, bool (*cond)(void *arg), void *arg, void (*late)(void *arg), void *late_arg)
{
	if (run_until(st, cond, arg))
		return;
	late(late_arg);
	fail_msg("it did not happen in time");
}

/* ---- what instances hear ---- */

static struct client *
client_find(struct stage *st, const char *sid)
{
	for (size_t i = 0; i < SIDS_MAX; i++)
		if (st->clients[i].sid[0] && strcmp(st->clients[i].sid, sid) == 0)
			return &st->clients[i];
	return NULL;
}

static void
client_hears(struct stage *st, const struct frame *f)
{
	char *sid = str_dup(f->sid);
	struct client *c = client_find(st, sid);

	free(sid);
	if (!c)
		return;
	if (!c->owner[0] || str_find(f->payload, STR("<opened")) >= 0) {
		memcpy(c->owner, f->from.p, f->from.n);
		c->owner[f->from.n] = '\0';
	}
	c->heard = MAX(c->heard, f->seq);
	c->acked = MAX(c->acked, f->ack);
}

static void
on_outside(void *arg, const struct frame *f, bool bounce)
{
	struct stage *st = arg;
	struct got *g;

	if (st->hear) {
		st->hear(st->hear_arg, f, bounce);
		return;
	}
	if (!bounce)
		client_hears(st, f);
	if (str_starts(f->payload, STR("<ack")))
		return;
	g = xcalloc(1, sizeof(*g));
	g->to = str_dup(f->to);
	g->sid = str_dup(f->sid);
	g->rid = str_dup(f->rid);
	g->payload = str_dup(f->payload);
	g->reason = str_dup(f->reason);
	g->seq = f->seq;
	g->ack = f->ack;
	g->bounce = bounce;
	list_append(&st->inbox, &g->node);
}

struct wanted {
	struct stage *st;
	const char *who, *text;
	struct got *found;
};

static bool
is_for(const struct got *g, const char *who)
{
	return !who || strcmp(g->to, who) == 0 || strcmp(g->sid, who) == 0;
}

static bool
find_wanted(void *arg)
{
	struct wanted *w = arg;

	list_each(&w->st->inbox, struct got, g, node)
		if (!w->found && is_for(g, w->who) && strstr(g->payload, w->text))
			w->found = g;
	return w->found != NULL;
}

static void
dump(struct stage *st, const char *who)
{
	list_each(&st->inbox, struct got, g, node)
		if (is_for(g, who))
			print_error("  waits: to=%s sid=%s seq=%llu %s%s\n", g->to, g->sid, (unsigned long long)g->seq,
				    g->bounce ? "bounced " : "", g->payload);
}

struct got *
stage_expect(struct stage *st, const char *who, const char *text)
{
	struct wanted w = {.st = st, .who = who, .text = text};

	if (!run_until(st, find_wanted, &w)) {
		dump(st, NULL);
		fail_msg("%s did not hear: %s", who ? who : "anybody", text);
	}
	list_remove(&st->inbox, &w.found->node);
	list_append(&st->taken, &w.found->node);
	return w.found;
}

struct got *
stage_next(struct stage *st, const char *sid)
{
	return stage_expect(st, sid, "");
}

size_t
stage_count(struct stage *st, const char *sid, const char *text)
{
	size_t n = 0;

	list_each(&st->inbox, struct got, g, node)
		n += is_for(g, sid) && strstr(g->payload, text);
	return n;
}

void
stage_expect_away(unsigned count)
{
	struct buf all = {0};
	char line[40];

	snprintf(line, sizeof(line), "\nxmpp_sessions_away %u\n", count);
	metrics_print(&all);
	if (!strstr(buf_z(&all), line))
		fail_msg("%s", strstr(buf_z(&all), "xmpp_sessions_away"));
	buf_done(&all);
}

void
stage_settle(struct stage *st, const char *sid)
{
	static unsigned serial;
	char iq[160], id[32];

	snprintf(id, sizeof(id), "id='settle%u'", ++serial);
	snprintf(iq, sizeof(iq), "<iq type='get' %s to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>", id);
	stage_say(st, sid, iq);
	stage_expect(st, sid, id);
}

void
stage_quiet(struct stage *st, const char *sid)
{
	stage_settle(st, sid);
	if (stage_count(st, sid, "")) {
		dump(st, sid);
		fail_msg("%s heard what it should not", sid);
	}
}

struct ack_wanted {
	struct client *c;
	uint64_t number;
};

static bool
is_acked(void *arg)
{
	struct ack_wanted *w = arg;

	return w->c->acked >= w->number;
}

void
stage_acked(struct stage *st, const char *sid, uint64_t number)
{
	stage_until(st, is_acked, &(struct ack_wanted){client_find(st, sid), number});
}

uint64_t
stage_ack_of(struct stage *st, const char *sid)
{
	return client_find(st, sid)->acked;
}

uint64_t
stage_said(struct stage *st, const char *sid)
{
	return client_find(st, sid)->said;
}

/* ---- what instances say ---- */

void
stage_send(struct stage *st, const struct frame *f)
{
	bus_say(st->bus, f);
}

void
stage_to_owner(struct stage *st, const char *from, const char *bare, const char *sid, const char *payload)
{
	struct frame f = {.kind = FRAME_ROUTE, .from = str_z(from), .key = str_z(bare), .sid = str_z(sid),
			  .payload = str_z(payload)};

	f.host = str_from(f.key, (size_t)str_chr(f.key, '@') + 1);
	stage_send(st, &f);
}

static struct client *
client_new(struct stage *st, const char *sid, const char *bare)
{
	for (size_t i = 0; i < SIDS_MAX; i++)
		if (!st->clients[i].sid[0]) {
			snprintf(st->clients[i].sid, sizeof(st->clients[i].sid), "%s", sid);
			snprintf(st->clients[i].bare, sizeof(st->clients[i].bare), "%s", bare);
			return &st->clients[i];
		}
	fail_msg("too many clients");
	return NULL;
}

static void
open_by(struct stage *st, const char *sid, const char *bare, const char *resource, const char *mechanism)
{
	char word[512];
	const char *at = strchr(bare, '@');

	assert_int_equal(strlen(sid), SID_LEN);
	if (!client_find(st, sid))
		client_new(st, sid, bare);
	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='%.*s' host='%s' resource='%s' address='192.0.2.1' secure='tls' "
		 "mechanism='%s'/>",
		 (int)(at - bare), bare, at + 1, resource, mechanism);
	stage_to_owner(st, "c2s-1", bare, sid, word);
	stage_expect(st, sid, "<opened");
}

void
stage_open(struct stage *st, const char *sid, const char *bare, const char *resource)
{
	open_by(st, sid, bare, resource, "SCRAM-SHA-256");
}

void
stage_open_guest(struct stage *st, const char *sid, const char *bare, const char *resource)
{
	open_by(st, sid, bare, resource, "ANONYMOUS");
}

/* Stamps `from` as c2s does, unless it stands there. */
static void
stamp(struct stage *st, struct client *c, const char *payload, struct buf *out)
{
	size_t head = strcspn(payload, " />");

	(void)st;
	buf_addn(out, payload, head);
	if (!strstr(payload, " from="))
		buf_addf(out, " from='%s/%s'", c->bare, c->sid + 18);
	buf_addz(out, payload + head);
}

void
stage_say_seq(struct stage *st, const char *sid, uint64_t seq, uint64_t ack, const char *payload)
{
	struct client *c = client_find(st, sid);
	struct buf b = {0};

	bug_if(!c);
	stamp(st, c, payload, &b);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = str_z(c->owner), .sid = str_z(sid),
				       .seq = seq, .ack = ack, .payload = buf_str(&b)});
	c->said = MAX(c->said, seq);
	buf_done(&b);
}

void
stage_say(struct stage *st, const char *sid, const char *payload)
{
	stage_say_seq(st, sid, client_find(st, sid)->said + 1, 0, payload);
}

void
stage_ack(struct stage *st, const char *sid, uint64_t ack)
{
	const struct client *c = client_find(st, sid);

	bug_if(!c);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = str_z(c->owner), .sid = str_z(sid),
				       .ack = ack ? ack : c->heard, .payload = STR("<ack xmlns='" NS_WORDS "'/>")});
}

void
stage_available(struct stage *st, const char *sid, int priority)
{
	char presence[128];

	snprintf(presence, sizeof(presence), "<presence><priority>%d</priority></presence>", priority);
	stage_say(st, sid, presence);
	stage_settle(st, sid);
}

void
stage_forget_numbers(struct stage *st, const char *sid)
{
	struct client *c = client_find(st, sid);

	c->said = c->heard = c->acked = 0;
}

/* ---- instances ---- */

static struct sm **
node_place(struct stage *st, const char *name)
{
	size_t i = (size_t)(name[strlen(name) - 1] - '1');

	assert_true(strncmp(name, "sm-", 3) == 0 && i < NODES_MAX);
	return &st->sm[i];
}

static void
on_drain_end(struct task *t)
{
	struct drain *d = container_of(t, struct drain, task);
	struct sm **place = node_place(d->st, d->name);

	sm_free(place);
	bus_hurry(d->st->bus, d->name);
	bus_member_gone(d->st->bus, d->name);
	d->gone(d->name);
}

static struct stage *staged; /* the one that plays */

static void
on_drained(struct sm *sm)
{
	struct drain *d = &staged->drains[sm->name[3] - '1'];

	if (d->gone)
		loop_defer(staged->loop, &d->task, on_drain_end);
}

void
stage_drain(struct stage *st, const char *name, void (*gone)(const char *name))
{
	struct drain *d = &st->drains[name[3] - '1'];

	d->st = staged = st;
	d->gone = gone;
	snprintf(d->name, sizeof(d->name), "%s", name);
	sm_drain(*node_place(st, name));
}

struct sm *
stage_sm_unclaimed(struct stage *st, const char *name)
{
	static unsigned boots;
	char boot[24];
	struct buf why = {0};
	struct sm_opts opts = {.loop = st->loop, .conf = st->conf, .log = &no_log, .name = name, .boot = boot, .drained = on_drained};
	struct sm **place = node_place(st, name);

	snprintf(boot, sizeof(boot), "boot%012u", ++boots);
	staged = st;
	task_cancel(&st->drains[name[3] - '1'].task);
	st->drains[name[3] - '1'].gone = NULL;
	bus_opening(st->bus);
	*place = sm_new(&opts, &why);
	if (!*place)
		fail_msg("sm: %s", buf_z(&why));
	buf_done(&why);
	return *place;
}

static bool
all_claimed(void *arg)
{
	struct stage *st = arg;

	for (unsigned slot = 0; slot < SLOT_COUNT; slot++) {
		struct str name = bus_slot_owner(st->bus, slot);
		bool found = false;

		for (size_t i = 0; i < NODES_MAX; i++)
			if (st->sm[i] && str_is(name, st->sm[i]->name))
				found = slot_ours(st->sm[i], slot);
		if (!found)
			return false;
	}
	return true;
}

struct sm *
stage_sm(struct stage *st, const char *name)
{
	struct sm *sm = stage_sm_unclaimed(st, name);

	stage_until(st, all_claimed, st);
	return sm;
}

void
stage_kill(struct stage *st, const char *name)
{
	struct sm **place = node_place(st, name);

	bus_forget_late();
	sm_free(place);
	bus_member_gone(st->bus, name);
}

void
stage_join(struct stage *st, const char *name, const char *role)
{
	bus_member_up(st->bus, name, role);
}

void
stage_come(struct stage *st, const char *name, const char *role)
{
	bus_member_up(st->bus, name, role);
}

void
stage_leave(struct stage *st, const char *name)
{
	bus_member_gone(st->bus, name);
}

void
stage_draining(struct stage *st, const char *name)
{
	bus_member_draining(st->bus, name);
}

void
stage_offline(struct stage *st, bool offline)
{
	bus_set_offline(st->bus, offline);
}

void
stage_lost(struct stage *st, const char *name)
{
	bus_tell_lost(st->bus, name);
}

struct sm *
stage_owner(struct stage *st, const char *bare)
{
	struct str name = bus_slot_owner(st->bus, slot_of(str_z(bare)));

	for (size_t i = 0; i < NODES_MAX; i++)
		if (st->sm[i] && str_is(name, st->sm[i]->name))
			return st->sm[i];
	return NULL;
}

void
stage_listen(struct stage *st, void (*hear)(void *arg, const struct frame *f, bool bounce), void *arg)
{
	st->hear = hear;
	st->hear_arg = arg;
}

static void
on_pause(struct timer *t)
{
	loop_stop(t->loop);
}

void
stage_run(struct stage *st, unsigned ms)
{
	struct timer pause = {0};

	if (st->below) {
		loop_fake_advance(st->loop, ms);
		return;
	}
	timer_start(st->loop, &pause, ms, on_pause);
	loop_run(st->loop);
	timer_stop(&pause);
}

void
stage_router_dies(struct stage *st)
{
	bus_lose(st->bus, NULL, 0);
	bus_tell_lost(st->bus, NULL);
	bus_set_offline(st->bus, true);
}

void
stage_kill_losing(struct stage *st, const char *name, unsigned keep)
{
	struct sm **place = node_place(st, name);

	bus_forget_late();
	bus_lose(st->bus, name, keep);
	task_cancel(&st->drains[name[3] - '1'].task);
	sm_free(place);
	bus_hurry(st->bus, name);
	bus_member_gone(st->bus, name);
}

bool
stage_up(struct stage *st, const char *name)
{
	return *node_place(st, name) != NULL;
}

/* ---- the stage itself ---- */

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
load_conf(struct stage *st, const char *more)
{
	static const struct conf_section *sections[64];
	const struct conf_section *const *modules = sm_module_sections();
	char path[80];
	struct buf text = {0}, problems = {0};
	size_t n = 0;

	sections[n++] = &conf_host;
	sections[n++] = &conf_sm;
	sections[n++] = &conf_storage;
	for (size_t i = 0; modules[i]; i++)
		sections[n++] = modules[i];
	sections[n] = NULL;
	snprintf(path, sizeof(path), "%s/conf", st->dir);
	buf_addf(&text, "host \"example.org\" { }\nhost \"example.net\" { }\nstorage { sqlite_path = \"%s/db\"\n"
			"sqlite_synchronous = normal }\n%s\n%s\n",
		 st->dir, more && strstr(more, "mod_archive") ? "" : "mod_archive { enabled = no }", more ? more : "");
	write_file(path, buf_z(&text));
	if (conf_load(&st->conf, path, sections, conf_all_section_names, "sm-1", &problems) < 0)
		fail_msg("%s", buf_z(&problems));
	buf_done(&text);
	buf_done(&problems);
}

static void
no_step(void *owner, const char *step)
{
	(void)owner;
	(void)step;
}

static int
first_number(void *arg, int n, char **values, char **names)
{
	(void)names;
	if (n > 0 && values[0])
		*(long *)arg = strtol(values[0], NULL, 10);
	return 0;
}

long
stage_sql(struct stage *st, const char *sql)
{
	char path[80], *error = NULL;
	long number = -1;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/db", st->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, sql, first_number, &number, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	sqlite3_close(db);
	return number;
}

static void
add_accounts(struct stage *st)
{
	stage_sql(st, "INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) VALUES "
		      "('romeo@example.org', 'example.org', '', '', 0, 1000000, 0), "
		      "('juliet@example.org', 'example.org', '', '', 0, 1000000, 0), "
		      "('nurse@example.org', 'example.org', '', '', 0, 1000000, 0), "
		      "('locked@example.org', 'example.org', '', '', 1, 1000000, 0), "
		      "('tybalt@example.net', 'example.net', '', '', 0, 1000000, 0)");
}

/* STAGE_LOG=debug shows what happens. */
static enum log_level
log_level_wanted(void)
{
	const char *word = getenv("STAGE_LOG");
	enum log_level level;

	return word && log_level_parse(word, &level) == 0 ? level : LOG_LEVEL_ERROR;
}

/* Mostly at once, now and then it thinks. */
static uint64_t
storage_delay(void *arg)
{
	struct stage *st = arg;

	return st->below(4) ? st->below(2) : st->below(STORAGE_MAX_MS);
}

static void
loop_make(struct stage *st)
{
	if (st->below) {
		st->loop = loop_new_fake();
		loop_fake_delay(st->loop, storage_delay, st);
		return;
	}
	st->loop = loop_new();
	uv_prepare_init(loop_uv(st->loop), &st->prepare);
	st->prepare.data = st;
}

struct stage *
stage_new(const char *more)
{
	return stage_new_played(more, NULL);
}

struct stage *
stage_new_played(const char *more, unsigned (*below)(unsigned n))
{
	struct stage *st = xcalloc(1, sizeof(*st));
	struct buf why = {0};
	const char *reason;

	assert_int_equal(log_open("test", "stderr", log_level_wanted(), &reason), 0);
	st->below = below;
	loop_make(st);
	snprintf(st->dir, sizeof(st->dir), "/tmp/sm-test-XXXXXX");
	assert_non_null(mkdtemp(st->dir));
	load_conf(st, more);
	if (storage_migrate(st->conf, no_step, NULL, &why) < 0)
		fail_msg("%s", buf_z(&why));
	buf_done(&why);
	add_accounts(st);
	st->bus = bus_new(st->loop, on_outside, st);
	bus_member_up(st->bus, "c2s-1", "c2s");
	bus_member_up(st->bus, "ctl-1", "ctl");
	bus_set_slow(st->bus, below);
	stage_trouble_append(TROUBLE_NONE);
	stage_trouble_load(TROUBLE_NONE);
	stage_trouble_roster(TROUBLE_NONE);
	return st;
}

static void
got_free_all(struct list *l)
{
	struct list_node *n;

	while ((n = list_shift(l))) {
		struct got *g = list_entry(n, struct got, node);

		free(g->to);
		free(g->sid);
		free(g->rid);
		free(g->payload);
		free(g->reason);
		free(g);
	}
}

static void
remove_dir(const char *dir)
{
	static const char *const names[] = {"conf", "db", "db-wal", "db-shm", "db-journal"};
	char path[96];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

static bool
is_at_rest(void *arg)
{
	struct sm *sm = arg;
	struct sm_user *user;
	uint64_t it = 0;

	while ((user = map_next(&sm->users, &it)))
		if (user->loading || user->holds || user->queue.len || user->mail.flush)
			return false;
	return sm->loose.len == 0 && sm->uncommitted.len == 0;
}

static void
on_flushed(void *owner)
{
	*(bool *)owner = true;
}

static bool
is_true(void *arg)
{
	return *(bool *)arg;
}

/* In good order: whoever waits for storage gets its answer first. After a failed test it may be that nothing comes to rest. */
static void
sm_end(struct stage *st, struct sm **sm)
{
	bool flushed = false;

	if (!*sm)
		return;
	run_for(st, is_at_rest, *sm, REST_MS);
	storage_flush((*sm)->storage, on_flushed, &flushed);
	run_for(st, is_true, &flushed, REST_MS);
	sm_free(sm);
}

void
stage_free(struct stage **sp)
{
	struct stage *st = *sp;

	*sp = NULL;
	bus_forget_late();
	stage_trouble_append(TROUBLE_NONE);
	stage_trouble_load(TROUBLE_NONE);
	stage_trouble_roster(TROUBLE_NONE);
	for (size_t i = 0; i < NODES_MAX; i++) {
		task_cancel(&st->drains[i].task);
		sm_end(st, &st->sm[i]);
	}
	bus_free(&st->bus);
	got_free_all(&st->inbox);
	got_free_all(&st->taken);
	if (!st->below)
		uv_close((uv_handle_t *)&st->prepare, NULL);
	loop_free(&st->loop);
	conf_free(&st->conf);
	remove_dir(st->dir);
	free(st);
}

struct loop *
stage_loop(struct stage *st)
{
	return st->loop;
}
