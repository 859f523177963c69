/* SPDX-License-Identifier: Apache-2.0 */
/* A router from its listeners to its end. */
#include "router/router.h"

#include "xmpp/cluster.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	DRAIN_MS = 1000, /* for all to leave; then what is left is cut off */
	DRAIN_CLOSE_MS = 1000,
};

/* ---- external components of the configuration ---- */

static void
external_conf_free(struct router *r, struct external_conf *c)
{
	list_remove(&r->external_confs, &c->node);
	map_take(&r->external_domains, str_z(c->domain));
	explicit_bzero(c->secret, strlen(c->secret));
	free(c->secret);
	free(c->domain);
	free(c);
}

/* Connections, authenticated or not, that stand on what is no longer in the configuration. */
static void
external_conf_revoke(struct router *r, struct external_conf *c)
{
	list_each(&r->fresh_externals, struct external, e, node)
		if (e->conf == c)
			external_fail(e, STREAM_HOST_GONE, "no longer in the configuration");
	if (c->now)
		external_fail(c->now, STREAM_HOST_GONE, "no longer in the configuration");
	list_each(&r->externals, struct external, e, node)
		if (e->conf == c)
			e->conf = NULL; /* closing */
	external_conf_free(r, c);
}

static struct external_conf *
external_conf_add(struct router *r, struct str domain, const char *secret)
{
	struct external_conf *c = xcalloc(1, sizeof(*c));

	c->domain = str_dup(domain);
	c->secret = xstrdup(secret);
	/* the same in all routers, so that their members merge */
	snprintf(c->name, sizeof(c->name), "external-%016llx",
		 (unsigned long long)rendezvous_weight(domain, STR("external")));
	map_put(&r->external_domains, str_z(c->domain), c);
	list_append(&r->external_confs, &c->node);
	return c;
}

static bool
is_wanted(const struct external_conf *c, const struct router_external *externals, const struct str *domains,
	  size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(domains[i], c->domain) && strcmp(externals[i].secret, c->secret) == 0)
			return true;
	return false;
}

static void
externals_set(struct router *r, const struct router_external *externals, const struct str *domains,
	      size_t count)
{
	list_each(&r->external_confs, struct external_conf, c, node)
		if (!is_wanted(c, externals, domains, count))
			external_conf_revoke(r, c);
	for (size_t i = 0; i < count; i++)
		if (!external_find(r, domains[i]))
			external_conf_add(r, domains[i], externals[i].secret);
}

void
router_set_externals(struct router *r, const struct router_external *externals, size_t count, struct buf *why)
{
	struct arena a = {0};
	struct str *domains = arena_alloc(&a, (count + 1) * sizeof(*domains));
	struct router_external *good = arena_alloc(&a, (count + 1) * sizeof(*good));
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (jid_prep_domain(&a, str_z(externals[i].domain), &domains[n]) < 0 ||
		    !frame_value_ok(domains[n]))
			buf_addf(why, "component \"%s\": is no domain\n", externals[i].domain);
		else if (router_has_host(r, domains[n]))
			buf_addf(why, "component \"%s\": is a host of this server already\n",
				 externals[i].domain);
		else
			good[n++] = externals[i];
	}
	externals_set(r, good, domains, n);
	arena_done(&a);
}

bool
router_has_host(const struct router *r, struct str domain)
{
	for (size_t i = 0; i < r->host_count; i++)
		if (str_is(domain, r->hosts[i]))
			return true;
	return false;
}

/* ---- start ---- */

static void
on_accept(struct io_listener *l, int fd, const struct addr *peer)
{
	link_accept(io_listener_owner(l), fd, peer);
}

static void
on_accept_external(struct io_listener *l, int fd, const struct addr *peer)
{
	external_accept(io_listener_owner(l), fd, peer);
}

static bool
listen_on(struct router *r, const char *address, bool shared,
	  void (*accept)(struct io_listener *l, int fd, const struct addr *peer), struct buf *why)
{
	/* the group may connect: the daemons may run as different users of one group */
	const struct io_listener_opts opts = {.unix_mode = 0660, .reuse_port = shared};
	struct io_listener *l;
	struct addr at;
	const char *wrong;

	if (addr_parse(&at, str_z(address), &wrong) < 0) {
		buf_addf(why, "%s: %s", address, wrong);
		return false;
	}
	l = io_listen(r->loop, &at, &opts, accept, r, why);
	if (l)
		r->listeners[r->listener_count++] = l;
	return l != NULL;
}

static int
listen_all(struct router *r, const struct router_opts *o, struct buf *why)
{
	r->listeners = xcalloc(o->listen_count + o->external_listen_count + 1, sizeof(*r->listeners));
	for (size_t i = 0; i < o->listen_count; i++)
		if (!listen_on(r, o->listen[i], false, on_accept, why))
			return -1;
	for (size_t i = 0; i < o->external_listen_count; i++)
		if (!listen_on(r, o->external_listen[i], true, on_accept_external, why))
			return -1;
	return 0;
}

int
router_load_certificate(struct router *r, const char *cert_file, const char *key_file, struct buf *why)
{
	const struct tls_cert cert = {.host = STR(""), .chain_file = cert_file, .key_file = key_file};

	return r->tls ? tls_server_load(r->tls, &cert, 1, why) : 0;
}

static int
tls_make(struct router *r, const struct router_opts *o, struct buf *why)
{
	const struct tls_server_opts opts = {.ca_file = o->ca_file};

	if (!o->ca_file)
		return 0;
	if (!o->cert_file) {
		buf_addz(
			why,
			"cluster: ca_file is set and certificate is not; the router needs both to offer TLS");
		return -1;
	}
	r->tls = tls_server_new(&opts);
	return router_load_certificate(r, o->cert_file, o->key_file, why);
}

static void
credentials_make(struct router *r, const char *secret)
{
	r->secret = xstrdup(secret);
	r->credentials.result = SASL_USER_OK;
	r->credentials.has_scram[SCRAM_SHA_256] = true;
	scram_make(&r->credentials.scram[SCRAM_SHA_256], SCRAM_SHA_256, SCRAM_ITERATIONS_MIN, str_z(secret));
}

static void
hosts_forget(struct router *r)
{
	for (size_t i = 0; i < r->host_count; i++)
		free(r->hosts[i]);
	free(r->hosts);
	r->hosts = NULL;
	r->host_count = 0;
}

void
router_set_hosts(struct router *r, const char *const *hosts, size_t count)
{
	struct arena a = {0};

	hosts_forget(r);
	r->hosts = xcalloc(count + 1, sizeof(*r->hosts));
	for (size_t i = 0; i < count; i++) {
		struct str host;

		if (jid_prep_domain(&a, str_z(hosts[i]), &host) == 0)
			r->hosts[r->host_count++] = str_dup(host);
	}
	arena_done(&a);
}

struct router *
router_new(const struct router_opts *o, struct buf *why)
{
	struct router *r = xcalloc(1, sizeof(*r));
	size_t problems = why->n;

	r->loop = o->loop;
	r->log = o->log;
	r->name = xstrdup(o->name);
	r->boot = xstrdup(o->boot);
	r->daemon = o->daemon;
	r->versions = bus_versions_or_own(o->versions);
	r->limits = router_limits_default;
	credentials_make(r, o->secret);
	router_set_hosts(r, o->hosts, o->host_count);
	router_set_externals(r, o->externals, o->external_count, why);
	if (why->n == problems && tls_make(r, o, why) == 0 && listen_all(r, o, why) == 0)
		return r;
	router_free(&r);
	return NULL;
}

void
router_set_limits(struct router *r, const struct router_limits *limits)
{
	r->limits = *limits;
	list_each(&r->externals, struct external, e, node)
		external_limits(e);
}

/* ---- the end ---- */

static void
listeners_close(struct router *r)
{
	for (size_t i = 0; i < r->listener_count; i++)
		io_listener_free(&r->listeners[i]);
	r->listener_count = 0;
}

static void
links_free(struct list *links)
{
	while (links->first)
		link_free(list_entry(links->first, struct link, node));
}

static void
externals_free(struct list *externals)
{
	while (externals->first)
		external_free(list_entry(externals->first, struct external, node));
}

static void
router_release(void *p)
{
	free(p);
}

void
router_free(struct router **rp)
{
	struct router *r = *rp;

	*rp = NULL;
	if (!r)
		return;
	r->drained = NULL;
	timer_stop(&r->drain_timer);
	listeners_close(r);
	free(r->listeners);
	externals_free(&r->fresh_externals);
	externals_free(&r->externals);
	links_free(&r->fresh);
	links_free(&r->bound);
	links_free(&r->closing);
	edge_done(r);
	while (r->external_confs.first)
		external_conf_free(r, list_entry(r->external_confs.first, struct external_conf, node));
	map_done(&r->names);
	map_done(&r->domains);
	map_done(&r->external_domains);
	free(r->s2s);
	free(r->s2s_names);
	hosts_forget(r);
	tls_server_free(&r->tls);
	explicit_bzero(&r->credentials, sizeof(r->credentials));
	explicit_bzero(r->secret, strlen(r->secret));
	free(r->secret);
	free(r->boot);
	free(r->name);
	loop_park(r->loop, r, router_release);
}

static void
drain_done(struct router *r)
{
	void (*drained)(void *) = r->drained;

	timer_stop(&r->drain_timer);
	r->drained = NULL;
	if (drained)
		drained(r->drained_arg);
}

static void
on_drain_closed(struct timer *t)
{
	drain_done(container_of(t, struct router, drain_timer));
}

/*
 * The second phase: whatever was sent to us is on its way out; now say goodbye. Who has not left may have
 * sent more: an error tells it so.
 */
static void
drain_close(struct router *r)
{
	r->drain_closing = true;
	timer_start(r->loop, &r->drain_timer, DRAIN_CLOSE_MS, on_drain_closed);
	while (r->bound.first) {
		struct link *l = list_entry(r->bound.first, struct link, node);

		if (l->left)
			link_close(l);
		else
			link_fail(l, STREAM_SYSTEM_SHUTDOWN,
				  "the router leaves, and this link did not in time");
	}
	list_each(&r->externals, struct external, e, node)
		external_fail(e, STREAM_SYSTEM_SHUTDOWN, "the router leaves");
	router_drain_check(r);
}

static void
on_drain_late(struct timer *t)
{
	drain_close(container_of(t, struct router, drain_timer));
}

static bool
all_left(const struct router *r)
{
	list_each(&r->bound, struct link, l, node)
		if (!l->left)
			return false;
	return true;
}

static void
on_drain_checked(struct timer *t)
{
	struct router *r = container_of(t, struct router, drain_timer);

	if (r->drain_closing)
		drain_done(r);
	else
		drain_close(r);
}

/* Decides from a fresh stack: this is called in the middle of things. */
void
router_drain_check(struct router *r)
{
	bool gone = r->bound.len + r->closing.len + r->externals.len == 0;

	if (r->drained && (r->drain_closing ? gone : all_left(r)))
		timer_start(r->loop, &r->drain_timer, 0, on_drain_checked);
}

void
router_drain(struct router *r, void (*drained)(void *arg), void *arg)
{
	if (r->draining)
		return;
	r->draining = true;
	r->drained = drained;
	r->drained_arg = arg;
	listeners_close(r);
	timer_start(r->loop, &r->drain_timer, DRAIN_MS, on_drain_late);
	list_each(&r->fresh, struct link, l, node)
		link_fail(l, STREAM_SYSTEM_SHUTDOWN, "the router leaves");
	list_each(&r->fresh_externals, struct external, e, node)
		external_fail(e, STREAM_SYSTEM_SHUTDOWN, "the router leaves");
	list_each(&r->externals, struct external, e, node)
		if (e->port.io)
			io_pause(e->port.io);
	list_each(&r->bound, struct link, l, node)
		link_write(l, &(struct frame){.kind = FRAME_STATE, .state = STR("draining")});
	router_drain_check(r);
}

size_t
router_link_count(const struct router *r)
{
	return r->bound.len;
}

const struct addr *
router_addr(const struct router *r, size_t i)
{
	bug_if(i >= r->listener_count);
	return io_listener_addr(r->listeners[i]);
}
