/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of the bus as one component sees them: what each router tells,
 * merged. A member is up when a synced router says so, or when it was up before
 * an outage of all routers and none has had the time to tell us about it
 * (component.h). Also: who owns a slot, and which routers can reach whom.
 */
#include "xmpp/component_impl.h"

#include <stdlib.h>

enum { SETTLE_MS = 2000 };

static void
texts_free(struct peer *p)
{
	free(p->role);
	free(p->boot);
	free(p->hosts_text);
	free(p->hosts);
}

static void
externals_forget(struct component *c, const struct peer *p)
{
	for (size_t i = 0; i < p->m.host_count; i++)
		if (map_find(&c->externals, p->hosts[i]) == p)
			map_take(&c->externals, p->hosts[i]);
}

static void
peer_free(struct component *c, struct peer *p)
{
	map_take(&c->peers, p->m.name);
	externals_forget(c, p);
	texts_free(p);
	free(p->name);
	free(p);
}

void
members_done(struct component *c)
{
	struct peer *p;
	uint64_t it = 0;

	while ((p = map_next(&c->peers, &it)))
		peer_free(c, p);
	map_done(&c->peers);
	map_done(&c->externals);
}

static void
tell(struct component *c, struct peer *p)
{
	c->owners_good = false;
	if (c->events->member)
		c->events->member(c, &p->m);
}

static void
tell_lost(struct component *c, const struct member *m)
{
	if (c->events->lost)
		c->events->lost(c, m);
}

static size_t
count_words(struct str s)
{
	size_t n = 0;

	while (s.p)
		n += str_split(s, ' ', &s).n > 0;
	return n;
}

static void
hosts_set(struct component *c, struct peer *p, struct str text)
{
	struct str rest;
	size_t n = 0;

	externals_forget(c, p);
	free(p->hosts_text);
	free(p->hosts);
	p->hosts_text = str_dup(text);
	rest = str_z(p->hosts_text);
	p->hosts = xcalloc(count_words(rest) + 1, sizeof(*p->hosts));
	while (rest.p) {
		struct str host = str_split(rest, ' ', &rest);

		if (host.n > 0)
			p->hosts[n++] = host;
	}
	p->m.hosts = p->hosts;
	p->m.host_count = n;
	for (size_t i = 0; i < n && str_is(p->m.role, "external"); i++)
		map_put(&c->externals, p->hosts[i], p);
}

/* New texts of a member. True when hosts or boot changed. */
static bool
texts_set(struct component *c, struct peer *p, const struct frame *f)
{
	struct str hosts = f->hosts.p ? f->hosts : STR("");
	bool boot = !p->boot || !str_eq(p->m.boot, f->boot),
	     other = !p->hosts_text || !str_is(hosts, p->hosts_text);

	if (!p->role) {
		p->role = str_dup(f->role);
		p->m.role = str_z(p->role);
	}
	if (boot) {
		free(p->boot);
		p->boot = str_dup(f->boot);
		p->m.boot = str_z(p->boot);
	}
	if (other)
		hosts_set(c, p, hosts);
	return boot || other;
}

static struct peer *
peer_new(struct component *c, struct str name)
{
	struct peer *p = xcalloc(1, sizeof(*p));

	p->name = str_dup(name);
	p->m.name = str_z(p->name);
	map_put(&c->peers, p->m.name, p);
	return p;
}

static void
unkeep(struct component *c, struct peer *p)
{
	if (p->kept)
		c->kept--;
	p->kept = false;
}

/* Derives the member's state; tells the owner when it is another, or `changed`; frees the peer when it is
 * gone. */
static void
peer_update(struct component *c, struct peer *p, bool changed)
{
	bool up, draining;

	if (p->up_on & c->synced)
		unkeep(c, p);
	up = (p->up_on & c->synced) != 0 || p->kept;
	draining = up && (p->draining_on & p->up_on) != 0;
	if (p->m.up != up || (up && (p->m.draining != draining || changed))) {
		p->m.up = up;
		p->m.draining = draining;
		tell(c, p);
	}
	if (!c->gone && !up && !p->up_on)
		peer_free(c, p);
}

static void
online_check(struct component *c)
{
	bool online = c->synced != 0 && c->kept == 0;

	if (c->gone || online == c->online)
		return;
	if (online)
		timer_stop(&c->settle);
	c->online = online;
	if (c->events->online)
		c->events->online(c, online);
}

/* The routers have had their time: who was not told again is gone. */
static void
on_settled(struct timer *t)
{
	struct component *c = container_of(t, struct component, settle);
	struct peer *p;
	uint64_t it = 0;

	while (!c->gone && (p = map_next(&c->peers, &it))) {
		unkeep(c, p);
		peer_update(c, p, false);
	}
	if (!c->gone)
		online_check(c);
}

static void
told_gone(struct uplink *l, struct peer *p)
{
	struct component *c = l->c;
	bool was = (p->up_on & l->bit) != 0;

	p->up_on &= ~l->bit;
	p->draining_on &= ~l->bit;
	unkeep(c, p);
	if (was && p->m.up && (p->up_on & c->synced))
		tell_lost(c, &p->m);
	if (!c->gone)
		peer_update(c, p, false);
}

static void
told_up(struct uplink *l, struct peer *p, const struct frame *f)
{
	struct component *c = l->c;
	bool changed;

	if (p->m.up && !str_eq(p->m.boot, f->boot)) {
		/* another process under the name: what was sent to the old one is lost */
		unkeep(c, p);
		p->up_on = p->draining_on = 0;
		p->m.up = p->m.draining = false;
		tell(c, p);
		if (c->gone)
			return;
	}
	p->up_on |= l->bit;
	if (str_is(f->state, "draining"))
		p->draining_on |= l->bit;
	else
		p->draining_on &= ~l->bit;
	changed = texts_set(c, p, f);
	peer_update(c, p, changed);
}

void
members_told(struct uplink *l, const struct frame *f)
{
	struct component *c = l->c;
	struct peer *p = map_find(&c->peers, f->name);

	if (!instance_name_ok(f->name)) {
		uplink_fail(l, "a member without a proper name: %s", log_quote(f->name));
		return;
	}
	if (str_is(f->state, "gone")) {
		if (p)
			told_gone(l, p);
	} else {
		told_up(l, p ? p : peer_new(c, f->name), f);
	}
	if (!c->gone)
		online_check(c);
}

void
members_synced(struct uplink *l)
{
	struct component *c = l->c;
	struct peer *p;
	uint64_t it = 0;

	if (!c->synced && c->kept)
		timer_start(c->loop, &c->settle, SETTLE_MS, on_settled);
	c->synced |= l->bit;
	while (!c->gone && (p = map_next(&c->peers, &it)))
		peer_update(c, p, false);
	if (!c->gone)
		online_check(c);
}

/* After an outage of all routers: who is up stays so for the time being. */
static void
keep_all(struct component *c)
{
	struct peer *p;
	uint64_t it = 0;

	timer_stop(&c->settle);
	while ((p = map_next(&c->peers, &it))) {
		if (p->m.up && !p->kept) {
			p->kept = true;
			c->kept++;
		}
	}
}

void
members_link_down(struct uplink *l, bool clean)
{
	struct component *c = l->c;
	bool used = (c->synced & l->bit) != 0;
	struct peer *p;
	uint64_t it = 0;

	c->synced &= ~l->bit;
	if (used && !c->synced)
		keep_all(c);
	if (used && !clean)
		tell_lost(c, NULL);
	while (!c->gone && (p = map_next(&c->peers, &it))) {
		p->up_on &= ~l->bit;
		p->draining_on &= ~l->bit;
		peer_update(c, p, false);
	}
	if (!c->gone)
		online_check(c);
}

/* Whether the member serves the host. */
static bool
serves(const struct peer *p, struct str host)
{
	for (size_t i = 0; i < p->m.host_count; i++)
		if (str_eq(p->hosts[i], host))
			return true;
	return false;
}

/* Who gets the frame, as far as we can tell; null for other servers. */
static const struct peer *
target_of(struct component *c, const struct frame *f)
{
	const struct member *owner;
	const struct peer *p;

	if (f->to.p)
		return map_find(&c->peers, f->to);
	p = map_find(&c->externals, f->host);
	if (p)
		return p;
	owner = component_slot_owner(c, slot_of(f->key));
	p = owner ? container_of(owner, const struct peer, m) : NULL;
	return p && serves(p, f->host) ? p : NULL;
}

uint64_t
members_links_for(struct component *c, const struct frame *f)
{
	const struct peer *p;

	if (f->to.p) /* a router itself */
		for (size_t i = 0; i < c->link_count; i++)
			if ((c->synced & c->links[i].bit) && str_is(f->to, c->links[i].router))
				return c->links[i].bit;
	p = target_of(c, f);
	return p && (p->up_on & c->synced) ? p->up_on & c->synced : c->synced;
}

const struct member *
component_member(const struct component *c, struct str name)
{
	const struct peer *p = map_find(&c->peers, name);

	return p && p->m.up ? &p->m : NULL;
}

const struct member *
component_next_member(const struct component *c, uint64_t *it)
{
	const struct peer *p;

	while ((p = map_next(&c->peers, it)))
		if (p->m.up)
			return &p->m;
	return NULL;
}

static void
owners_make(struct component *c)
{
	const struct peer **sms = xcalloc(c->peers.len + 1, sizeof(const struct peer *));
	struct str *names = xcalloc(c->peers.len + 1, sizeof(*names));
	const struct peer *p;
	uint64_t it = 0;
	size_t n = 0;

	while ((p = map_next(&c->peers, &it))) {
		if (p->m.up && !p->m.draining && str_is(p->m.role, "sm")) {
			sms[n] = p;
			names[n++] = p->m.name;
		}
	}
	for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
		c->owners[slot] = n ? sms[slot_owner(slot, names, n)] : NULL;
	c->owners_good = true;
	free(names);
	free(sms);
}

const struct member *
component_slot_owner(const struct component *c, unsigned slot)
{
	struct component *cache = (struct component *)(uintptr_t)c; /* the owners are a cache */

	bug_if(slot >= SLOT_COUNT);
	if (!c->owners_good)
		owners_make(cache);
	return c->owners[slot] ? &c->owners[slot]->m : NULL;
}
