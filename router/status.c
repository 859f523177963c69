/* SPDX-License-Identifier: Apache-2.0 */
/* What the router tells carillonctl: itself, and a row for each link (doc/protocol.md section 6). */
#include "router/router.h"

#include "common/daemon.h"
#include "xmpp/admin.h"

static void
send_answer(void *arg, const struct frame *f)
{
	route_own(arg, f);
}

static struct str
number(struct arena *a, uint64_t v)
{
	return arena_printf(a, "%llu", (unsigned long long)v);
}

static void
row_link(struct admin_answer *answer, struct arena *a, const struct link *l)
{
	struct buf address = {0};

	addr_print(&address, io_peer(l->port.io));
	admin_row(answer, "name", str_z(l->name), "role", str_z(link_role_name(l->role)), "state",
		  l->draining ? STR("draining") : STR("up"), "boot", str_z(l->boot), "address",
		  buf_str(&address), "hosts", number(a, l->domain_count), "queued",
		  number(a, io_queued(l->port.io)), "paused", port_paused(&l->port) ? STR("1") : STR_NONE,
		  NULL);
	buf_done(&address);
}

static void
row_external(struct admin_answer *answer, struct arena *a, const struct external *e)
{
	struct buf address = {0};

	addr_print(&address, io_peer(e->port.io));
	admin_row(answer, "name", str_z(e->conf->domain), "role", STR("external"), "state", STR("up"),
		  "address", buf_str(&address), "queued", number(a, io_queued(e->port.io)), "in",
		  number(a, e->stanzas_in), "out", number(a, e->stanzas_out), NULL);
	buf_done(&address);
}

static void
answer_status(struct router *r, struct arena *a, struct admin_answer *answer)
{
	admin_row_status_and(answer, r->daemon, "router", "links", number(a, r->bound.len), "externals",
			     number(a, r->externals.len), "frames", number(a, route_frames()), "bounced",
			     number(a, route_bounced()), "dropped", number(a, route_dropped()), NULL);
	list_each(&r->bound, struct link, l, node)
		row_link(answer, a, l);
	list_each(&r->externals, struct external, e, node)
		if (e->state == EXTERNAL_READY)
			row_external(answer, a, e);
	admin_answer_send(answer, "ok", NULL);
}

static void
answer(struct router *r, struct arena *a, const struct admin_request *request)
{
	struct admin_answer reply;

	admin_answer_init_with(&reply, send_answer, r, request);
	if (!r->daemon)
		admin_answer_send(&reply, "unsupported", NULL);
	else if (str_is(request->what, "status"))
		answer_status(r, a, &reply);
	else if (!admin_control(&reply, r->daemon, request))
		admin_answer_send(&reply, "unsupported", "a router knows status, reload and drain");
}

void
status_answer(struct router *r, const struct frame *f)
{
	struct admin_request request;
	struct arena a = {0};
	struct stanza st;
	const char *why;

	if (stanza_parse(&st, &a, f->payload, &why) == 0 && admin_read(f, &st, &request))
		answer(r, &a, &request);
	else
		log_debug(r->log, "a frame for this router that is no question from=%s", log_quote(f->from));
	arena_done(&a);
}
