/* SPDX-License-Identifier: Apache-2.0 */
/* struct sm: start, reload, drain, stop; hosts and settings (sm/sm.h). */
#include "sm/sm.h"

#include "common/metric.h"
#include "sm/bus.h"
#include "sm/event.h"
#include "sm/iq.h"
#include "sm/keys.h"
#include "sm/mailbox.h"
#include "sm/manage.h"
#include "sm/modules.h"
#include "sm/peer.h"
#include "sm/seen.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/user.h"
#include "xmpp/cluster.h"

#include <stdlib.h>

enum { DRAIN_MAX_MS = 10000 };

/* ---- memory for stanzas ---- */

struct arena *
sm_arena(struct sm *sm)
{
	bug_if(sm->arena_depth == SM_ARENA_DEPTH);
	return &sm->arenas[sm->arena_depth++];
}

void
sm_arena_end(struct sm *sm)
{
	bug_if(sm->arena_depth == 0);
	arena_reset(&sm->arenas[--sm->arena_depth]);
}

void
sm_loose(struct sm *sm, struct loose *l, void (*drop)(struct loose *l))
{
	l->drop = drop;
	list_append(&sm->loose, &l->node);
}

void
sm_found(struct sm *sm, struct loose *l)
{
	list_remove(&sm->loose, &l->node);
}

/* ---- configuration ---- */

static void
settings_read(struct sm *sm)
{
	const struct conf *c = sm->conf;

	sm->set = (struct settings){
		.conflict = (enum conflict_policy)conf_int(c, "sm", NULL, "resource_conflict"),
		.user_sessions = (unsigned)conf_int(c, "sm", NULL, "user_sessions"),
		.away_sessions = (unsigned)conf_int(c, "sm", NULL, "away_sessions"),
		.unacked_stanzas = (size_t)conf_int(c, "sm", NULL, "unacked_stanzas"),
		.unacked_bytes = (size_t)conf_int(c, "sm", NULL, "unacked_bytes"),
		.offline_messages = (unsigned)conf_int(c, "sm", NULL, "offline_messages"),
		.roster_items = (unsigned)conf_int(c, "sm", NULL, "roster_items"),
		.roster_groups = (unsigned)conf_int(c, "sm", NULL, "roster_groups"),
		.roster_name_bytes = (size_t)conf_int(c, "sm", NULL, "roster_name_bytes"),
		.subscription_requests = (size_t)conf_int(c, "sm", NULL, "subscription_requests"),
		.subscription_request_bytes = (size_t)conf_int(c, "sm", NULL, "subscription_request_bytes"),
		.privacy_lists = (unsigned)conf_int(c, "sm", NULL, "privacy_lists"),
		.privacy_items = (unsigned)conf_int(c, "sm", NULL, "privacy_items"),
		.queue_stanzas = (size_t)conf_int(c, "sm", NULL, "queue_stanzas"),
		.queue_bytes = (size_t)conf_int(c, "sm", NULL, "queue_bytes"),
		.directed_presence = (size_t)conf_int(c, "sm", NULL, "directed_presence"),
		.presence_rate = (uint64_t)conf_int(c, "sm", NULL, "presence_rate"),
		.presence_burst = (uint64_t)conf_int(c, "sm", NULL, "presence_burst"),
		.presence_bytes = (size_t)conf_int(c, "sm", NULL, "presence_bytes"),
		.unknown_silent = conf_int(c, "sm", NULL, "unknown_account") == 1,
		.idle_ms = (uint64_t)conf_int(c, "sm", NULL, "idle"),
	};
}

static unsigned char *
read_anonymous(struct arena *a, const struct conf *conf, size_t count)
{
	const char *const *titles;
	unsigned char *policies = arena_alloc(a, count);

	bug_if(conf_titles(conf, "host", &titles) != count);
	for (size_t i = 0; i < count; i++)
		policies[i] = (unsigned char)conf_int(conf, "host", titles[i], "anonymous");
	return policies;
}

/* 0, or -1 with why: nothing has changed then. */
static int
hosts_read(struct sm *sm, struct buf *why)
{
	struct arena memory = {0};
	struct str *hosts;
	size_t count;

	if (cluster_hosts(&memory, sm->conf, &hosts, &count, why) < 0) {
		arena_done(&memory);
		return -1;
	}
	sm->host_anonymous = read_anonymous(&memory, sm->conf, count);
	arena_done(&sm->host_memory);
	sm->host_memory = memory;
	sm->hosts = hosts;
	sm->host_count = count;
	return 0;
}

enum host_anonymous
sm_anonymous(struct sm *sm, struct str host)
{
	for (size_t i = 0; i < sm->host_count; i++)
		if (str_eq(sm->hosts[i], host))
			return (enum host_anonymous)sm->host_anonymous[i];
	return ANONYMOUS_OFF;
}

bool
sm_serves(struct sm *sm, struct str host)
{
	for (size_t i = 0; i < sm->host_count; i++)
		if (str_eq(sm->hosts[i], host))
			return true;
	return false;
}

size_t
sm_hosts(struct sm *sm, const struct str **hosts_r)
{
	*hosts_r = sm->hosts;
	return sm->host_count;
}

struct loop *
sm_loop(struct sm *sm)
{
	return sm->loop;
}

struct storage *
sm_storage(struct sm *sm)
{
	return sm->storage;
}

const struct log_ctx *
sm_log(struct sm *sm)
{
	return &sm->log;
}

const struct conf *
sm_conf(struct sm *sm)
{
	return sm->conf;
}

/* ---- metrics that are looked up ---- */

static int64_t
count_sessions(void *arg)
{
	return arg ? (int64_t)((struct sm *)arg)->sessions.len : 0;
}

static int64_t
count_usable(void *arg)
{
	return arg && ((struct sm *)arg)->storage_usable;
}

static struct metric sessions = {
	.name = "xmpp_sessions", .help = "Sessions bound here.", .kind = METRIC_GAUGE, .read = count_sessions};
static struct metric usable = {
	.name = "xmpp_storage_usable", .help = "Whether the database is there.", .kind = METRIC_GAUGE, .read = count_usable};

static void
metrics_point_to(struct sm *sm)
{
	sessions.arg = usable.arg = sm;
	metric_register(&sessions);
	metric_register(&usable);
}

/* ---- start and stop ---- */

static void
on_usable(void *owner, bool is_usable, const char *why)
{
	struct sm *sm = owner;

	(void)why; /* storage has said it in the log */
	sm->storage_usable = is_usable;
	sm->storage_away = !is_usable;
	if (!is_usable || !sm->bus)
		return;
	slots_update(sm);
}

static int
sm_start_parts(struct sm *sm, struct buf *why)
{
	settings_read(sm);
	if (hosts_read(sm, why) < 0)
		return -1;
	slots_new(sm);
	seens_new(sm);
	peers_new(sm);
	events_new(sm);
	iqs_new(sm);
	sm->storage = storage_new(sm->loop, sm->conf, &sm->log, on_usable, sm, why);
	if (!sm->storage || modules_start(sm, why) < 0)
		return -1;
	return bus_start(sm, why);
}

struct sm *
sm_new(const struct sm_opts *opts, struct buf *why)
{
	struct sm *sm = xcalloc(1, sizeof(*sm));

	sm->loop = opts->loop;
	sm->conf = opts->conf;
	sm->log = *opts->log;
	sm->name = xstrdup(opts->name);
	sm->boot = xstrdup(opts->boot);
	sm->daemon = opts->daemon;
	sm->drained = opts->drained;
	if (sm_start_parts(sm, why) < 0) {
		sm_free(&sm);
		return NULL;
	}
	sm->storage_usable = storage_usable(sm->storage, NULL);
	metrics_point_to(sm);
	return sm;
}

void
sm_free(struct sm **smp)
{
	struct sm *sm = *smp;

	*smp = NULL;
	if (!sm)
		return;
	sm->stopping = true;
	timer_stop(&sm->ack_timer);
	timer_stop(&sm->drain_timer);
	storage_free(&sm->storage); /* from here on nobody calls back */
	component_free(&sm->bus);
	if (sm->modules)
		users_free(sm);
	mailbox_forget_uncommitted(sm);
	list_each(&sm->loose, struct loose, l, node)
		l->drop(l);
	away_stop(sm);
	peers_free(sm);
	slots_free(sm);
	modules_stop(sm);
	iqs_free(sm);
	events_free(sm);
	seens_free(sm);
	map_done(&sm->users);
	map_done(&sm->sessions);
	arena_done(&sm->host_memory);
	for (size_t i = 0; i < SM_ARENA_DEPTH; i++)
		arena_done(&sm->arenas[i]);
	sessions.arg = usable.arg = NULL;
	free(sm->name);
	free(sm->boot);
	free(sm);
}

static void
end_gone_hosts(struct sm *sm)
{
	struct sm_session *s;
	uint64_t it = 0;

	while ((s = map_next(&sm->sessions, &it)))
		if (!sm_serves(sm, s->jid.domain))
			session_end(s, STREAM_HOST_GONE, NULL);
}

void
sm_reload(struct sm *sm, const struct conf *conf)
{
	struct buf why = {0};

	sm->conf = conf;
	settings_read(sm);
	if (hosts_read(sm, &why) < 0) {
		log_error(&sm->log, "hosts stay as they are: %s", buf_z(&why));
	} else {
		bus_set_hosts(sm);
		end_gone_hosts(sm);
	}
	modules_reload(sm);
	buf_done(&why);
}

/* ---- leaving ---- */

static void
drain_finish(struct sm *sm)
{
	timer_stop(&sm->drain_timer);
	if (sm->drained)
		sm->drained(sm);
}

static void
on_left(struct component *c)
{
	drain_finish(component_owner(c));
}

/* Everything is in the database: c2s look for other owners, and we go. */
static void
drain_leave(struct sm *sm)
{
	struct sm_session *s;
	uint64_t it = 0;

	if (sm->left)
		return;
	sm->left = true;
	while ((s = map_next(&sm->sessions, &it))) {
		const char *c2s = manage_c2s(s);

		if (c2s)
			session_unknown(sm, str_z(c2s), str_z(s->sid), s->in.done);
		else
			session_finish(s, away_is_kept(s));
	}
	component_leave(sm->bus, on_left);
}

/* What is in the database now is what the next owners find. */
static void
on_flushed(void *owner)
{
	struct sm *sm = owner;

	if (sm->left)
		return;
	if (away_hurry(sm))
		storage_flush(sm->storage, on_flushed, sm);
	else
		drain_leave(sm);
}

static void
drain_tell(struct sm *sm)
{
	sm->draining = sm->drain_told = true;
	component_draining(sm->bus);
	storage_flush(sm->storage, on_flushed, sm);
}

/* Sessions that are away are written: others take them over as soon as they hear. */
static void
on_away_flushed(void *owner)
{
	struct sm *sm = owner;

	if (!sm->drain_told && !sm->left)
		drain_tell(sm);
}

static void
on_drain_timeout(struct timer *t)
{
	struct sm *sm = container_of(t, struct sm, drain_timer);

	sm->draining = true;
	log_warning(&sm->log, "leaving although storage has not taken everything: c2s and other sm repeat the rest");
	drain_leave(sm);
}

void
sm_drain(struct sm *sm)
{
	if (timer_running(&sm->drain_timer) || sm->draining)
		return;
	log_info(&sm->log, "draining sessions=%zu", sm->sessions.len);
	timer_start(sm->loop, &sm->drain_timer, DRAIN_MAX_MS, on_drain_timeout);
	if (sm->storage_usable && away_hurry(sm))
		storage_flush(sm->storage, on_away_flushed, sm);
	else
		drain_tell(sm);
}

bool
sm_ready(const struct sm *sm, struct buf *why)
{
	if (!component_online(sm->bus))
		buf_addl(why, "no router");
	else if (!sm->storage_usable)
		buf_addl(why, "the database is away");
	else if (sm->draining)
		buf_addl(why, "draining");
	return why->n == 0;
}
