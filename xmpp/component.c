/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct component: its life, sending, and what comes back to ourselves. The
 * links are component_link.c, the members component_members.c.
 */
#include "xmpp/component_impl.h"

#include <stdlib.h>

enum { LEAVE_MS = 1000 };

static char *
hosts_join(const char *const *hosts)
{
	struct buf b = {0};

	for (; hosts && *hosts; hosts++) {
		if (b.n)
			buf_addc(&b, ' ');
		buf_addz(&b, *hosts);
	}
	return buf_take(&b);
}

static void
links_make(struct component *c, const char *const *routers)
{
	size_t n = 0;

	while (routers[n])
		n++;
	bug_if(n > COMPONENT_ROUTERS_MAX);
	c->links = xcalloc(n + 1, sizeof(*c->links));
	c->link_count = n;
	for (size_t i = 0; i < n; i++)
		uplink_init(&c->links[i], c, routers[i], (unsigned)i);
}

static void
sasl_ready(struct component *c)
{
	struct buf why = {0};

	c->has_sasl = sasl_setup(&why) == 0;
	if (!c->has_sasl)
		log_error(c->log, "%s", buf_z(&why));
	buf_done(&why);
}

struct component *
component_new(const struct component_opts *opts, const struct component_events *events, void *owner)
{
	struct component *c = xcalloc(1, sizeof(*c));

	bug_if(!instance_name_ok(str_z(opts->name)));
	c->loop = opts->loop;
	c->born = loop_now(c->loop);
	c->log = opts->log;
	c->events = events;
	c->owner = owner;
	c->name = xstrdup(opts->name);
	c->role = xstrdup(opts->role);
	c->boot = xstrdup(opts->boot);
	c->secret = xstrdup(opts->secret);
	c->hosts = hosts_join(opts->hosts);
	c->versions = bus_versions_or_own(opts->versions);
	sasl_ready(c);
	links_make(c, opts->routers);
	if (!c->has_sasl || uplink_tls_make(c, opts) < 0)
		return c; /* said as an error; never online */
	for (size_t i = 0; i < c->link_count; i++)
		uplink_start(&c->links[i]);
	return c;
}

static void
held_free_all(struct list *held)
{
	struct list_node *n;

	while ((n = list_shift(held)))
		free(list_entry(n, struct held, node));
}

static void
component_release(void *p)
{
	struct component *c = p;

	members_done(c);
	held_free_all(&c->held);
	for (size_t i = 0; i < c->link_count; i++) {
		free(c->links[i].address);
		free(c->links[i].trouble);
	}
	free(c->links);
	tls_client_free(&c->tls);
	if (c->has_sasl)
		sasl_teardown();
	buf_done(&c->scratch);
	free(c->name);
	free(c->role);
	free(c->boot);
	explicit_bzero(c->secret, strlen(c->secret));
	free(c->secret);
	free(c->hosts);
	free(c);
}

void
component_free(struct component **cp)
{
	struct component *c = *cp;

	*cp = NULL;
	if (!c)
		return;
	c->gone = true;
	for (size_t i = 0; i < c->link_count; i++)
		uplink_done(&c->links[i]);
	timer_stop(&c->settle);
	timer_stop(&c->leave);
	task_cancel(&c->held_task);
	task_cancel(&c->pressure_task);
	task_cancel(&c->leave_task);
	loop_park(c->loop, c, component_release); /* we may be in one of its events */
}

void *
component_owner(const struct component *c)
{
	return c->owner;
}

bool
component_complete(const struct component *c)
{
	return (size_t)__builtin_popcountll(c->synced) == c->link_count;
}

const char *
component_trouble(const struct component *c)
{
	for (size_t i = 0; i < c->link_count; i++)
		if (c->links[i].trouble)
			return c->links[i].trouble;
	return NULL;
}

struct str
component_router(const struct component *c, size_t i)
{
	return i < c->link_count && (c->synced & c->links[i].bit) ? str_z(c->links[i].router) : STR_NONE;
}

bool
component_online(const struct component *c)
{
	return c->online;
}

/* ---- leaving ---- */

static void
leave_finish(struct component *c)
{
	void (*left)(struct component *) = c->left;

	timer_stop(&c->leave);
	for (size_t i = 0; i < c->link_count; i++)
		uplink_done(&c->links[i]);
	left(c);
}

static void
on_leave_timeout(struct timer *t)
{
	leave_finish(container_of(t, struct component, leave));
}

void
component_left(struct component *c)
{
	for (size_t i = 0; i < c->link_count; i++)
		if (c->links[i].state != UPLINK_STOPPED)
			return;
	/* from a fresh stack */
	timer_start(c->loop, &c->leave, 0, on_leave_timeout);
}

static void
on_leave_task(struct task *t)
{
	struct component *c = container_of(t, struct component, leave_task);

	timer_start(c->loop, &c->leave, LEAVE_MS, on_leave_timeout);
	for (size_t i = 0; i < c->link_count && !c->gone; i++)
		uplink_leave(&c->links[i]);
	if (!c->gone)
		component_left(c);
}

void
component_leave(struct component *c, void (*left)(struct component *c))
{
	if (c->left)
		return;
	c->left = left;
	loop_defer(c->loop, &c->leave_task, on_leave_task);
}

/* ---- telling the routers ---- */

static void
tell_routers(struct component *c, const struct frame *word)
{
	for (size_t i = 0; i < c->link_count; i++)
		uplink_write(&c->links[i], word);
}

void
component_set_hosts(struct component *c, const char *const *hosts)
{
	free(c->hosts);
	c->hosts = hosts_join(hosts);
	tell_routers(c, &(struct frame){
				.kind = FRAME_STATE,
				.state = c->draining ? STR("draining") : STR("up"),
				.hosts = str_z(c->hosts),
			});
}

void
component_draining(struct component *c)
{
	c->draining = true;
	tell_routers(c, &(struct frame){.kind = FRAME_STATE, .state = STR("draining")});
}

/* ---- what comes back to ourselves ---- */

static struct str
copy_text(char **at, struct str s)
{
	struct str copy = {*at, s.n};

	if (!s.p)
		return s;
	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

static void
on_held(struct task *t)
{
	struct component *c = container_of(t, struct component, held_task);
	struct list held = c->held;
	struct list_node *n;

	c->held = (struct list){0};
	while (!c->gone && (n = list_shift(&held))) {
		struct held *h = list_entry(n, struct held, node);

		c->events->bounced(c, &h->f);
		free(h);
	}
	held_free_all(&held);
}

static void
hold_back(struct component *c, const struct frame *f, struct str payload, const char *reason)
{
	size_t n = f->to.n + f->host.n + f->key.n + f->sid.n + f->rid.n + payload.n;
	struct held *h;
	char *at;

	if (f->kind != FRAME_ROUTE)
		return; /* a bounce of a bounce: nobody wants it */
	h = xmalloc(sizeof(*h) + n);
	at = h->bytes;
	h->node = (struct list_node){0};
	h->f = (struct frame){
		.kind = FRAME_BOUNCE,
		.to = str_z(c->name),
		.target = copy_text(&at, f->to),
		.host = copy_text(&at, f->host),
		.key = copy_text(&at, f->key),
		.sid = copy_text(&at, f->sid),
		.rid = copy_text(&at, f->rid),
		.seq = f->seq,
		.ack = f->ack,
		.reason = str_z(reason),
		.payload = copy_text(&at, payload),
	};
	list_append(&c->held, &h->node);
	loop_defer(c->loop, &c->held_task, on_held);
}

/* ---- pressure ---- */

static void
on_pressure(struct task *t)
{
	struct component *c = container_of(t, struct component, pressure_task);
	bool high = false;

	for (size_t i = 0; i < c->link_count; i++)
		high = high || (c->links[i].io && io_over(c->links[i].io));
	if (high == c->high)
		return;
	c->high = high;
	if (c->events->pressure)
		c->events->pressure(c, high);
}

void
component_check_pressure(struct component *c)
{
	loop_defer(c->loop, &c->pressure_task, on_pressure);
}

/* ---- sending ---- */

/* What decides between routers: everything of one session, or to one user, goes one way (doc/protocol.md
 * section 2). */
static struct str
way_key(const struct frame *f)
{
	return f->sid.p ? f->sid : f->to.p ? f->to : f->key;
}

/* The link for a frame; null when there is none. */
static struct uplink *
link_for(struct component *c, const struct frame *f)
{
	struct str names[COMPONENT_ROUTERS_MAX];
	struct uplink *links[COMPONENT_ROUTERS_MAX];
	uint64_t usable = c->synced;
	size_t n = 0;

	if (usable & (usable - 1)) /* a choice */
		usable = members_links_for(c, f);
	for (size_t i = 0; i < c->link_count; i++) {
		if (usable & c->links[i].bit) {
			links[n] = &c->links[i];
			names[n++] = str_z(c->links[i].router);
		}
	}
	if (n <= 1)
		return n ? links[0] : NULL;
	return links[rendezvous(way_key(f), names, n)];
}

struct buf *
component_begin(struct component *c, const struct frame *f)
{
	bug_if(c->is_begun);
	c->is_begun = true;
	c->begun = *f;
	c->begun.from = str_z(c->name);
	c->begun_link = NULL;
	if (!frame_values_ok(f)) {
		c->begun_reason = "bad-address";
	} else {
		c->begun_reason = "no-router";
		c->begun_link = link_for(c, f);
	}
	if (!c->begun_link) {
		buf_clear(&c->scratch);
		return &c->scratch;
	}
	c->begun_out = io_out(c->begun_link->io);
	c->begun_mark = frame_begin(c->begun_out, &c->begun);
	return c->begun_out;
}

void
component_end(struct component *c)
{
	struct uplink *l = c->begun_link;
	struct str payload;

	bug_if(!c->is_begun);
	c->is_begun = false;
	if (!l) {
		hold_back(c, &c->begun, buf_str(&c->scratch), c->begun_reason);
		return;
	}
	payload = frame_begun_payload(c->begun_out, c->begun_mark);
	if (!frame_end(c->begun_out, c->begun_mark))
		hold_back(c, &c->begun, payload, "too-big"); /* the bytes are still there, behind the end */
	io_wrote(l->io);
	if (io_over(l->io) && !c->high)
		component_check_pressure(c);
}

void
component_send(struct component *c, const struct frame *f)
{
	buf_add(component_begin(c, f), f->payload);
	component_end(c);
}

void
component_bounce(struct component *c, const struct frame *f, const char *reason)
{
	struct frame b = *f;

	b.kind = FRAME_BOUNCE;
	b.to = f->from;
	b.target = f->to;
	b.reason = str_z(reason);
	component_send(c, &b);
}
