/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct component: being on the bus. Keeps a link to every router of the
 * configuration (connect, TLS, SASL, bind, reconnect for ever), knows the
 * members, sends and receives frames, and holds nothing back when a router is
 * away: what cannot be sent comes back through `bounced` with the reason
 * "no-router".
 *
 * Used by every daemon but the router, and by carillonctl.
 */
#pragma once

#include "common/conf.h"
#include "common/io.h"
#include "common/log.h"
#include "xmpp/envelope.h"

struct component;

struct member { /* one instance on the bus, as the routers tell it */
	struct str name, role, boot;
	bool up, draining; /* draining: up, but gets nothing new */
	const struct str *hosts;
	size_t host_count;
};

struct component_events {
	/* A route frame for us; slices are valid in the callback. */
	void (*frame)(struct component *c, const struct frame *f);
	/* One of our frames came back (or could not be sent). f->reason says why; f->payload, sid, host, key, target are as sent. */
	void (*bounced)(struct component *c, const struct frame *f);
	/* A member appeared, changed or went (up false). May be null. */
	void (*member)(struct component *c, const struct member *m);
	/* At least one router is bound and synced (true), or none is any more (false). */
	void (*online)(struct component *c, bool online);
	/* The way out is over its high-water mark (true) or drained (false): stop or start reading sources. May be null. */
	void (*pressure)(struct component *c, bool high);
};

struct component_opts {
	struct loop *loop;
	const struct log_ctx *log;
	const char *name, *role, *boot;
	const char *const *hosts; /* null-terminated; null: none */
	const char *const *routers; /* addresses: "unix:/path", "host:port"; null-terminated */
	const char *secret;       /* the cluster's; copied */
	const char *ca_file, *cert_file, *key_file; /* TLS on TCP links; null ca_file: no TLS */
};

/* Fills the options from the `cluster` section; strings are borrowed from conf. 0 or -1 with why. */
int component_opts_from_conf(struct component_opts *o, const struct conf *conf, struct buf *why) MUST_CHECK;

struct component *component_new(const struct component_opts *opts, const struct component_events *events, void *owner);
void component_free(struct component **c);
void *component_owner(const struct component *c);
bool component_online(const struct component *c);
void component_set_hosts(struct component *c, const char *const *hosts); /* after a reload: binds again */
void component_draining(struct component *c); /* tells the routers */

/*
 * Sends. f->from is filled in. The payload either stands in f->payload, or is written by the caller:
 * component_begin gives the link's own out buffer behind an open frame, component_end closes it.
 */
void component_send(struct component *c, const struct frame *f);
struct buf *component_begin(struct component *c, const struct frame *f); /* never null: with no router, a scratch that bounces at end */
void component_end(struct component *c);

/* Members. */
const struct member *component_member(const struct component *c, struct str name); /* may be null */
const struct member *component_next_member(const struct component *c, size_t *it);
/* The sm that owns a slot by the current membership (draining ones do not); may be null. */
const struct member *component_slot_owner(const struct component *c, unsigned slot);
