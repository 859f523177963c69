/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a frame's head to the one who gets it, and back to its sender when
 * nobody does (doc/protocol.md section 2). The bytes are copied once, from
 * the input to the target's way out.
 */
#include "router/router.h"

#include "common/metric.h"

static struct metric frames_total = {
	.name = "xmpp_router_frames_total",
	.help = "Frames taken from components.",
	.kind = METRIC_COUNTER,
};
static struct metric bounced_no_instance = {
	.name = "xmpp_bounced_total",
	.labels = "reason=\"no-instance\"",
	.help = "Frames sent back to their sender.",
	.kind = METRIC_COUNTER,
};
static struct metric bounced_no_host = {
	.name = "xmpp_bounced_total",
	.labels = "reason=\"no-host\"",
	.kind = METRIC_COUNTER,
};
static struct metric dropped_total = {
	.name = "xmpp_router_dropped_total",
	.labels = "reason=\"no-sender\"",
	.help = "Bounces whose addressee was gone.",
	.kind = METRIC_COUNTER,
};

uint64_t
route_frames(void)
{
	return (uint64_t)frames_total.value;
}

uint64_t
route_bounced(void)
{
	return (uint64_t)(bounced_no_instance.value + bounced_no_host.value);
}

uint64_t
route_dropped(void)
{
	return (uint64_t)dropped_total.value;
}

static const char NO_INSTANCE[] = "no-instance", NO_HOST[] = "no-host";

static struct port *
port_of_link(struct link *l)
{
	return l ? &l->port : NULL;
}

static struct port *
port_of_host(struct router *r, const struct frame *f)
{
	const struct domain *d = map_find(&r->domains, f->host);
	const struct external_conf *conf;

	if (d)
		return port_of_link(members_owner(r, d, f->key));
	conf = map_find(&r->external_domains, f->host);
	if (conf)
		return conf->now ? &conf->now->port : NULL;
	if (router_has_host(r, f->host))
		return NULL; /* ours, and no sm is up */
	return port_of_link(members_s2s(r, f->key));
}

static void
link_deliver(struct port *target, const struct frame *f)
{
	struct buf *out = io_out(target->io);

	if (f->raw.p)
		buf_add(out, f->raw);
	else
		frame_write(out, f);
	io_wrote(target->io);
}

const char *
route(struct router *r, struct port *source, const struct frame *f)
{
	struct port *target = f->to.p ? port_of_link(map_find(&r->names, f->to)) : port_of_host(r, f);

	if (!target)
		return f->to.p ? NO_INSTANCE : NO_HOST;
	if (!target->external)
		link_deliver(target, f);
	else if (!edge_deliver(r, container_of(target, struct external, port), f))
		return NO_HOST;
	if (target->external)
		external_watch(container_of(target, struct external, port));
	if (source)
		port_press(source, target);
	return NULL;
}

void
route_own(struct router *r, const struct frame *f)
{
	struct frame own = *f;

	own.from = str_z(r->name);
	own.raw = STR_NONE;
	if (route(r, NULL, &own))
		metric_add(&dropped_total, 1);
}

static void
bounce(struct link *l, const struct frame *f, const char *reason)
{
	struct router *r = l->port.r;

	if (f->kind != FRAME_ROUTE) {
		metric_add(&dropped_total, 1);
		return;
	}
	metric_add(reason == NO_INSTANCE ? &bounced_no_instance : &bounced_no_host, 1);
	frame_write_bounce(io_out(l->port.io), f, r->name, reason);
	io_wrote(l->port.io);
	port_press(&l->port, &l->port);
}

/* To the router itself: a question of carillonctl, or a frame of an external component that comes back. */
static void
route_to_self(struct link *l, const struct frame *f)
{
	struct router *r = l->port.r;

	if (f->kind == FRAME_BOUNCE) {
		edge_bounced(r, f);
	} else {
		status_answer(r, f);
		port_press(&l->port, &l->port); /* who asks must read */
	}
}

void
route_from_link(struct link *l, const struct frame *f)
{
	struct router *r = l->port.r;
	const char *reason;

	metric_add(&frames_total, 1);
	if (!str_is(f->from, l->name)) {
		link_fail(l, STREAM_INVALID_FROM, "a frame from %s", log_quote(f->from));
		return;
	}
	if (f->to.p && str_is(f->to, r->name)) {
		route_to_self(l, f);
		return;
	}
	reason = route(r, &l->port, f);
	if (reason)
		bounce(l, f, reason);
}
