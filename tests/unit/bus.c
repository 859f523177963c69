/* SPDX-License-Identifier: Apache-2.0 */
/* See bus.h. */
#include "tests/unit/bus.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { GUARD_MS = 10000 };

/* ---- time ---- */

static void
on_guard(struct timer *t)
{
	container_of(t, struct bus, guard)->late = true;
}

void
bus_guard(struct bus *b)
{
	b->late = false;
	timer_start(b->loop, &b->guard, GUARD_MS, on_guard);
}

/* What a test waits for may happen at the end of a turn: then the loop must not go to sleep over it. */
static void
wake(struct bus *b)
{
	loop_stop(b->loop);
}

void
bus_turn(struct bus *b)
{
	uv_run(loop_uv(b->loop), UV_RUN_ONCE);
}

/* ---- routers ---- */

static void
bus_print(const struct log_ctx *ctx, struct buf *out)
{
	(void)ctx;
	buf_addl(out, "test");
}

void
bus_start(struct bus *b, size_t routers)
{
	struct buf why = {0};

	*b = (struct bus){.log = {NULL, bus_print}};
	log_set_level(getenv("BUS_LOG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR);
	assert_int_equal(sasl_setup(&why), 0);
	b->loop = loop_new();
	strcpy(b->dir, "/tmp/bus-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	for (size_t i = 0; i < routers; i++) {
		snprintf(b->paths[i], sizeof(b->paths[i]), "unix:%s/router-%zu", b->dir, i + 1);
		snprintf(b->external_paths[i], sizeof(b->external_paths[i]), "unix:%s/external-%zu", b->dir,
			 i + 1);
		b->routers[i] = b->paths[i];
		bus_router_start(b, i);
	}
	buf_done(&why);
}

void
bus_router_start(struct bus *b, size_t i)
{
	static const struct router_external externals[] = {
		{"plays.shakespeare.lit", "test"},
		{"gateway.example.org", "gateway secret"},
	};
	static const char *const hosts[] = {"example.org", "example.net"};
	const char *listen = b->paths[i], *external_listen = b->external_paths[i];
	char name[16];
	struct buf why = {0};
	struct router_opts o = {
		.loop = b->loop,
		.log = &b->log,
		.name = name,
		.boot = "routerboot",
		.listen = &listen,
		.listen_count = 1,
		.external_listen = &external_listen,
		.external_listen_count = 1,
		.secret = BUS_SECRET,
		.externals = externals,
		.external_count = ARRAY_LEN(externals),
		.hosts = hosts,
		.host_count = ARRAY_LEN(hosts),
		.versions = b->versions,
	};

	snprintf(name, sizeof(name), "router-%zu", i + 1);
	b->router[i] = router_new(&o, &why);
	if (!b->router[i])
		fail_msg("router: %s", buf_z(&why));
	buf_done(&why);
}

void
bus_router_kill(struct bus *b, size_t i)
{
	router_free(&b->router[i]);
}

void
bus_stop(struct bus *b)
{
	for (size_t i = 0; i < b->node_count; i++) {
		node_leave(&b->node[i]);
		buf_done(&b->node[i].story);
	}
	for (size_t i = 0; i < BUS_ROUTERS; i++)
		router_free(&b->router[i]);
	timer_stop(&b->guard);
	loop_free(&b->loop);
	for (size_t i = 0; i < BUS_ROUTERS; i++) {
		unlink(b->paths[i] + strlen("unix:"));
		unlink(b->external_paths[i] + strlen("unix:"));
	}
	assert_int_equal(rmdir(b->dir), 0);
	sasl_teardown();
}

/* ---- components ---- */

static void
tell(struct actor *n, const char *fmt, ...)
{
	va_list ap;

	if (n->quiet)
		return;
	va_start(ap, fmt);
	buf_addvf(&n->story, fmt, ap);
	va_end(ap);
	buf_addc(&n->story, '\n');
}

static void
tell_frame(struct actor *n, const char *what, const struct frame *f)
{
	tell(n,
	     "%s from=" STR_FMT " reason=" STR_FMT " target=" STR_FMT " host=" STR_FMT " key=" STR_FMT
	     " sid=" STR_FMT " seq=%llu rid=" STR_FMT " payload=" STR_FMT,
	     what, STR_ARG(f->from), STR_ARG(f->reason), STR_ARG(f->target), STR_ARG(f->host),
	     STR_ARG(f->key), STR_ARG(f->sid), (unsigned long long)f->seq, STR_ARG(f->rid),
	     (int)MIN(f->payload.n, (size_t)400), f->payload.p);
}

static void
on_frame(struct component *c, const struct frame *f)
{
	struct actor *n = component_owner(c);

	wake(n->bus);
	n->frames++;
	tell_frame(n, "frame", f);
	if (n->on_frame)
		n->on_frame(n, f);
}

static void
on_bounced(struct component *c, const struct frame *f)
{
	struct actor *n = component_owner(c);

	wake(n->bus);
	n->bounces++;
	tell_frame(n, "bounced", f);
}

static void
on_member(struct component *c, const struct member *m)
{
	struct actor *n = component_owner(c);

	wake(n->bus);
	tell(n, "member " STR_FMT " role=" STR_FMT " boot=" STR_FMT " %s hosts=%zu", STR_ARG(m->name),
	     STR_ARG(m->role), STR_ARG(m->boot),
	     !m->up        ? "gone"
	     : m->draining ? "draining"
			   : "up",
	     m->host_count);
}

static void
on_online(struct component *c, bool online)
{
	struct actor *n = component_owner(c);

	wake(n->bus);
	if (online)
		n->onlines++;
	else
		n->offlines++;
	tell(n, "%s", online ? "online" : "offline");
}

static void
on_pressure(struct component *c, bool high)
{
	struct actor *n = component_owner(c);

	wake(n->bus);
	n->high = high;
	tell(n, "pressure %s", high ? "high" : "low");
}

static void
on_lost(struct component *c, const struct member *m)
{
	struct actor *n = component_owner(c);

	wake(n->bus);
	n->losts++;
	tell(n, "lost " STR_FMT, STR_ARG(m ? m->name : STR("all")));
}

static const struct component_events node_events = {
	.frame = on_frame,
	.bounced = on_bounced,
	.member = on_member,
	.online = on_online,
	.pressure = on_pressure,
	.lost = on_lost,
};

struct actor *
bus_join_as(struct bus *b, const char *name, const char *role, const char *boot, const char *secret,
	    const char *const *hosts)
{
	struct actor *n = &b->node[b->node_count++];
	const struct component_opts o = {
		.loop = b->loop,
		.log = &b->log,
		.name = name,
		.role = role,
		.boot = boot,
		.hosts = hosts,
		.routers = b->routers,
		.secret = secret,
		.versions = b->versions,
	};

	bug_if(b->node_count > BUS_NODES);
	n->bus = b;
	n->c = component_new(&o, &node_events, n);
	return n;
}

/* Waits until it is on the bus. */
struct actor *
bus_join(struct bus *b, const char *name, const char *role, const char *const *hosts)
{
	struct actor *n = bus_join_as(b, name, role, "boot1", BUS_SECRET, hosts);

	WAIT(b, component_online(n->c));
	return n;
}

void
node_leave(struct actor *n)
{
	component_free(&n->c);
}

bool
node_sees(const struct actor *n, const char *name)
{
	return component_member(n->c, str_z(name)) != NULL;
}

bool
node_heard(const struct actor *n, const char *text)
{
	return str_find(buf_str(&n->story), str_z(text)) >= 0;
}

void
node_forget(struct actor *n)
{
	buf_clear(&n->story);
	n->frames = n->bounces = n->onlines = n->offlines = n->losts = 0;
}

void
node_send(struct actor *n, const char *to, const char *payload)
{
	component_send(n->c, &(struct frame){.to = str_z(to), .payload = str_z(payload)});
}

void
node_send_key(struct actor *n, const char *host, const char *key, const char *payload)
{
	component_send(n->c,
		       &(struct frame){.host = str_z(host), .key = str_z(key), .payload = str_z(payload)});
}

/* ---- raw clients ---- */

static size_t
on_data(struct io *io, const char *p, size_t n)
{
	struct raw *c = io_owner(io);

	wake(c->bus);
	buf_addn(&c->in, p, n);
	return n;
}

static void
on_end(struct io *io, enum io_end end, const char *text)
{
	struct raw *c = io_owner(io);

	(void)end;
	(void)text;
	wake(c->bus);
	c->ended = true;
}

static const struct io_events raw_events = {.data = on_data, .end = on_end};

static void
on_connected(void *owner, int fd, const char *why)
{
	struct raw *c = owner;

	if (fd < 0)
		fail_msg("connect: %s", why);
	c->io = io_new(c->bus->loop, fd, &raw_events, c);
}

void
raw_connect(struct raw *c, struct bus *b, const char *path)
{
	*c = (struct raw){.bus = b};
	io_connect(b->loop, str_z(path), 5000, on_connected, c);
	WAIT(b, c->io);
}

void
raw_send(struct raw *c, const char *text)
{
	io_write(c->io, str_z(text));
}

bool
raw_got(const struct raw *c, const char *text)
{
	return str_find(buf_str(&c->in), str_z(text)) >= 0;
}

void
raw_close(struct raw *c)
{
	io_free(&c->io);
	buf_done(&c->in);
}
