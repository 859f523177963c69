/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is on the bus: names, the domains that they serve, who owns which slot,
 * and the news about it to everybody (doc/protocol.md section 3). What routing
 * looks up is made here once for each change.
 */
#include "router/router.h"

#include "common/metric.h"

#include <stdlib.h>

static struct metric up_gauges[ROLE_COUNT] = {
	[ROLE_C2S] = {"xmpp_component_up", "role=\"c2s\"", "Instances on the bus.", METRIC_GAUGE},
	[ROLE_S2S] = {"xmpp_component_up", "role=\"s2s\"", NULL, METRIC_GAUGE},
	[ROLE_SM] = {"xmpp_component_up", "role=\"sm\"", NULL, METRIC_GAUGE},
	[ROLE_MUC] = {"xmpp_component_up", "role=\"muc\"", NULL, METRIC_GAUGE},
	[ROLE_CTL] = {"xmpp_component_up", "role=\"ctl\"", NULL, METRIC_GAUGE},
	[ROLE_EXTERNAL] = {"xmpp_component_up", "role=\"external\"", NULL, METRIC_GAUGE},
};

/* ---- what routing looks up ---- */

static bool
counts(const struct link *l, enum link_role role)
{
	return l->role == role && !l->draining;
}

static bool
serves(const struct link *l, const struct domain *d)
{
	for (size_t i = 0; i < l->domain_count; i++)
		if (l->domains[i] == d)
			return true;
	return false;
}

/* Links of the role that are up, and their names, into arrays with room for all. */
static size_t
collect(struct router *r, enum link_role role, struct link **links, struct str *names)
{
	size_t n = 0;

	list_each(&r->bound, struct link, l, node) {
		if (counts(l, role)) {
			links[n] = l;
			names[n++] = str_z(l->name);
		}
	}
	return n;
}

static void
owners_make(struct router *r, struct owners *o, enum link_role role)
{
	struct link **links = xcalloc(r->bound.len + 1, sizeof(*links));
	struct str *names = xcalloc(r->bound.len + 1, sizeof(*names));

	o->up = collect(r, role, links, names);
	for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
		o->slot[slot] = o->up ? links[slot_owner(slot, names, o->up)] : NULL;
	free(names);
	free(links);
}

static void
domain_count(struct domain *d)
{
	d->role = ROLE_MUC;
	for (size_t i = 0; i < d->count; i++)
		if (d->links[i]->role == ROLE_SM)
			d->role = ROLE_SM;
	d->up = 0;
	for (size_t i = 0; i < d->count; i++)
		d->up += counts(d->links[i], d->role);
}

static void
s2s_make(struct router *r)
{
	free(r->s2s);
	free(r->s2s_names);
	r->s2s = xcalloc(r->bound.len + 1, sizeof(*r->s2s));
	r->s2s_names = xcalloc(r->bound.len + 1, sizeof(*r->s2s_names));
	r->s2s_count = collect(r, ROLE_S2S, r->s2s, r->s2s_names);
}

/* After any change of links, their roles, their domains or their draining. */
static void
lookups_make(struct router *r, enum link_role changed)
{
	struct domain *d;
	uint64_t it = 0;

	if (changed == ROLE_SM)
		owners_make(r, &r->sm, ROLE_SM);
	else if (changed == ROLE_MUC)
		owners_make(r, &r->muc, ROLE_MUC);
	else if (changed == ROLE_S2S)
		s2s_make(r);
	while ((d = map_next(&r->domains, &it)))
		domain_count(d);
}

/* The owner among those that serve the domain, when not all of the role do: while a new host is rolled out.
 */
static struct link *
owner_by_search(const struct domain *d, unsigned slot)
{
	struct link *best = NULL;
	uint64_t best_weight = 0;

	for (size_t i = 0; i < d->count; i++) {
		struct link *l = d->links[i];
		uint64_t w;

		if (!counts(l, d->role))
			continue;
		w = slot_weight(slot, str_z(l->name));
		if (!best || w > best_weight ||
		    (w == best_weight && str_cmp(str_z(l->name), str_z(best->name)) < 0)) {
			best = l;
			best_weight = w;
		}
	}
	return best;
}

struct link *
members_owner(struct router *r, const struct domain *d, struct str key)
{
	const struct owners *o = d->role == ROLE_SM ? &r->sm : &r->muc;
	unsigned slot = slot_of(key);
	struct link *l = o->slot[slot];

	if (l && (d->up == o->up || serves(l, d)))
		return l;
	return owner_by_search(d, slot);
}

struct link *
members_s2s(struct router *r, struct str key)
{
	ssize_t won = rendezvous(key, r->s2s_names, r->s2s_count);

	return won < 0 ? NULL : r->s2s[won];
}

/* ---- domains ---- */

static struct domain *
domain_get(struct router *r, struct str name)
{
	struct domain *d = map_find(&r->domains, name);

	if (d)
		return d;
	d = xcalloc(1, sizeof(*d));
	d->name = str_dup(name);
	map_put(&r->domains, str_z(d->name), d);
	return d;
}

static void
domain_add(struct domain *d, struct link *l)
{
	d->links = xrealloc(d->links, (d->count + 1) * sizeof(*d->links));
	d->links[d->count++] = l;
}

static void
domain_remove(struct router *r, struct domain *d, const struct link *l)
{
	size_t at = 0;

	while (d->links[at] != l)
		at++;
	d->links[at] = d->links[--d->count];
	if (d->count)
		return;
	map_take(&r->domains, str_z(d->name));
	free(d->links);
	free(d->name);
	free(d);
}

static void
domains_leave(struct link *l)
{
	for (size_t i = 0; i < l->domain_count; i++)
		domain_remove(l->port.r, l->domains[i], l);
	free(l->domains);
	l->domains = NULL;
	l->domain_count = 0;
}

static void
domains_join(struct link *l, const struct str *hosts, size_t count)
{
	l->domains = xcalloc(count + 1, sizeof(*l->domains));
	for (size_t i = 0; i < count; i++) {
		struct domain *d = domain_get(l->port.r, hosts[i]);

		if (serves(l, d))
			continue; /* named twice */
		l->domains[l->domain_count++] = d;
		domain_add(d, l);
	}
}

/* ---- telling ---- */

static void
write_member(struct buf *out, const struct link *l, const char *state)
{
	struct buf hosts = {0};
	struct frame f = {
		.kind = FRAME_MEMBER,
		.name = str_z(l->name),
		.role = str_z(link_role_name(l->role)),
		.state = str_z(state),
		.boot = str_z(l->boot),
	};

	for (size_t i = 0; i < l->domain_count; i++) {
		if (hosts.n)
			buf_addc(&hosts, ' ');
		buf_addz(&hosts, l->domains[i]->name);
	}
	if (hosts.n)
		f.hosts = buf_str(&hosts);
	frame_write(out, &f);
	buf_done(&hosts);
}

static const char *
state_of(const struct link *l)
{
	return l->draining ? "draining" : "up";
}

/* It may be on several routers at once, and must look the same from each. */
static void
write_external(struct buf *out, const char *name, const char *domain, bool up)
{
	frame_write(out, &(struct frame){
				 .kind = FRAME_MEMBER,
				 .name = str_z(name),
				 .role = str_z(link_role_name(ROLE_EXTERNAL)),
				 .state = up ? STR("up") : STR("gone"),
				 .boot = STR("external"),
				 .hosts = str_z(domain),
			 });
}

static void
tell_all(struct router *r, const struct link *but, struct str bytes)
{
	list_each(&r->bound, struct link, l, node)
		if (l != but)
			io_write(l->port.io, bytes);
}

static void
tell_member(struct link *l, const char *state)
{
	struct buf b = {0};

	write_member(&b, l, state);
	tell_all(l->port.r, NULL, buf_str(&b));
	buf_done(&b);
}

void
members_tell_external(struct router *r, const char *name, const char *domain, bool up)
{
	struct buf b = {0};

	metric_add(&up_gauges[ROLE_EXTERNAL], up ? 1 : -1);
	write_external(&b, name, domain, up);
	tell_all(r, NULL, buf_str(&b));
	buf_done(&b);
}

/* Everybody, and that this was everybody. */
static void
tell_newcomer(struct link *l)
{
	struct router *r = l->port.r;
	struct buf *out = io_out(l->port.io);

	list_each(&r->bound, struct link, other, node)
		write_member(out, other, state_of(other));
	list_each(&r->externals, struct external, e, node)
		if (e->state == EXTERNAL_READY)
			write_external(out, e->conf->name, e->conf->domain, true);
	frame_write(out, &(struct frame){.kind = FRAME_SYNCED});
	io_wrote(l->port.io);
}

/* ---- changes ---- */

void
members_bind(struct link *l, const struct str *hosts, size_t count)
{
	struct router *r = l->port.r;
	struct link *old = map_find(&r->names, str_z(l->name));
	struct buf b = {0};

	if (old) /* maybe half-open and dead: it must not keep its successor out */
		link_fail(old, STREAM_CONFLICT, "replaced by a new link of the same name");
	link_state_set(l, LINK_BOUND);
	map_put(&r->names, str_z(l->name), l);
	domains_join(l, hosts, count);
	lookups_make(r, l->role);
	metric_add(&up_gauges[l->role], 1);
	log_info(&l->log, "bound role=%s boot=%s hosts=%zu version=%u", link_role_name(l->role), l->boot,
		 l->domain_count, l->version);
	tell_newcomer(l);
	write_member(&b, l, state_of(l));
	tell_all(r, l, buf_str(&b));
	buf_done(&b);
}

void
members_unbind(struct link *l)
{
	struct router *r = l->port.r;

	/* off the list first: what follows is for the others */
	link_state_set(l, LINK_CLOSING);
	map_take(&r->names, str_z(l->name));
	domains_leave(l);
	lookups_make(r, l->role);
	metric_add(&up_gauges[l->role], -1);
	tell_member(l, "gone");
}

void
members_set_draining(struct link *l, bool draining)
{
	if (l->draining == draining)
		return;
	l->draining = draining;
	log_info(&l->log, "%s", draining ? "draining" : "up again");
	lookups_make(l->port.r, l->role);
	tell_member(l, state_of(l));
}

void
members_set_hosts(struct link *l, struct str text)
{
	struct arena a = {0};
	struct str *hosts = arena_alloc(&a, (text.n / 2 + 1) * sizeof(*hosts));
	size_t count = 0, bytes = 1024; /* of the <c:member/> that tells them */

	while (text.p) {
		struct str host = str_split(text, ' ', &text);

		if (!host.n)
			continue;
		if (jid_prep_domain(&a, host, &hosts[count]) < 0 || !frame_value_ok(hosts[count]) ||
		    bytes + hosts[count].n + 1 >= FRAME_HEAD_MAX) {
			log_warning(&l->log, "host left out: not a domain, or one too many: %s",
				    log_quote(host));
			continue;
		}
		bytes += hosts[count++].n + 1;
	}
	domains_leave(l);
	domains_join(l, hosts, count);
	lookups_make(l->port.r, l->role);
	tell_member(l, state_of(l));
	arena_done(&a);
}
