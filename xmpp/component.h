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
#include "xmpp/bus_version.h"
#include "xmpp/envelope.h"

struct component;

enum { COMPONENT_ROUTERS_MAX = 64 };

/*
 * One instance on the bus, as the routers tell it. Role "external" is an
 * external component (XEP-0114) and its name one that the router made.
 */
struct member {
	struct str name, role, boot;
	bool up, draining; /* draining: up, but gets nothing new */
	const struct str *hosts;
	size_t host_count;
};

struct component_events {
	/* A route frame for us; slices are valid in the callback. */
	void (*frame)(struct component *c, const struct frame *f);
	/*
	 * One of our frames came back or could not be sent (then from is absent). f->reason says why;
	 * payload, sid, seq, host, key, target are as sent. Never runs inside component_send: what could not
	 * be sent comes at the end of the loop turn, so do not send it again from here while
	 * component_online() is false.
	 */
	void (*bounced)(struct component *c, const struct frame *f);
	/*
	 * A member appeared, changed or went (up false; m is gone after the call). One that comes back with
	 * another boot is told as gone first. Losing the last router says nothing about members: they stay
	 * what they were until a router is synced again and has had 2 s to hear of all of them. May be null.
	 */
	void (*member)(struct component *c, const struct member *m);
	/*
	 * At least one router is bound and synced (true), or none is any more (false). After an outage true
	 * comes only when all members of before are there again, or 2 s are over.
	 */
	void (*online)(struct component *c, bool online);
	/*
	 * The way out is over its high-water mark (true) or drained (false): stop or start reading sources.
	 * May be null.
	 */
	void (*pressure)(struct component *c, bool high);
	/*
	 * Frames may have been lost without a bounce: a router broke (m null: to and from anybody), or a
	 * member's link to one of several routers did. Repeat what is not acknowledged. Comes before what
	 * follows from it (member, online). May be null.
	 */
	void (*lost)(struct component *c, const struct member *m);
};

struct component_opts {
	struct loop *loop;
	const struct log_ctx *log;
	const char *name, *role, *boot;
	const char *const *hosts;   /* null-terminated; null: none */
	const char *const *routers; /* addresses: "unix:/path", "host:port"; null-terminated */
	const char *secret;         /* the cluster's; copied */
	const char *ca_file, *cert_file, *key_file; /* TLS on TCP links; null ca_file: no TLS */
	struct bus_versions versions;               /* zero: those of this program */
};

/*
 * Fills the options from the `cluster` section; strings are borrowed from conf, the secret from this process
 * (xmpp/cluster.h). loop, log, name, role, boot and hosts stay as they are. 0 or -1 with why.
 */
int component_opts_from_conf(struct component_opts *o, const struct conf *conf, struct buf *why) MUST_CHECK;

/* Connects at once; never null. Sets Cyrus SASL up if nobody has. */
struct component *component_new(const struct component_opts *opts, const struct component_events *events,
				void *owner);
void component_free(struct component **c); /* also in its events; drops what is not sent yet */
/*
 * Says goodbye: everything sent before goes out, frames still come in, and `left` is called when the last
 * router has closed or after 1 s. Nothing can be sent any more.
 */
void component_leave(struct component *c, void (*left)(struct component *c));
void *component_owner(const struct component *c);
bool component_online(const struct component *c);
bool component_complete(const struct component *c); /* every router of the configuration is bound and synced */
/* Why a router is away, in the words of the log; null when none is, or none has been tried to the end. */
const char *component_trouble(const struct component *c);
/* The name of the router behind link `i` (as the configuration counts them); absent while it is not bound. */
struct str component_router(const struct component *c, size_t i);
/* After a reload: tells the routers. */
void component_set_hosts(struct component *c, const char *const *hosts);
void component_draining(struct component *c); /* tells the routers */

/*
 * Sends a route frame (or, with f->kind, a bounce). f->from is filled in. The payload either stands in
 * f->payload, or is written by the caller: component_begin gives the link's own out buffer behind an open
 * frame, component_end closes it (between the two nothing else is sent, and what f points at stays). A frame
 * that cannot be sent comes back: reason "no-router", "too-big" (payload over FRAME_PAYLOAD_MAX) or
 * "bad-address" (a value that no head can hold).
 */
void component_send(struct component *c, const struct frame *f);
/* Never null: with no router it is a scratch, which bounces at component_end. */
struct buf *component_begin(struct component *c, const struct frame *f);
void component_end(struct component *c);
/* Sends a frame that we got back to its sender ("not-owner", "overload", "too-big"). */
void component_bounce(struct component *c, const struct frame *f, const char *reason);

/* Members. */
const struct member *component_member(const struct component *c, struct str name); /* may be null */
const struct member *component_next_member(const struct component *c, uint64_t *it);
/* The sm that owns a slot by the current membership (draining ones do not); may be null. */
const struct member *component_slot_owner(const struct component *c, unsigned slot);
