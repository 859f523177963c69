/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside struct component, for component*.c only: one uplink for each router
 * of the configuration, the merged members, and what comes back to ourselves.
 */
#pragma once

#include "common/map.h"
#include "xmpp/component.h"
#include "xmpp/sasl.h"
#include "xmpp/slot.h"
#include "xmpp/stream.h"

enum uplink_state {
	UPLINK_WAITING,    /* for the next attempt */
	UPLINK_CONNECTING, /* for a socket */
	UPLINK_FEATURES,   /* header sent; for the router's features */
	UPLINK_TLS,        /* for <proceed/> and the handshake */
	UPLINK_AUTH,       /* for the end of SASL */
	UPLINK_BINDING,    /* for <bound/> */
	UPLINK_BOUND,      /* for <synced/>; from here on, frames */
	UPLINK_SYNCED,     /* in use */
	UPLINK_LEAVING,    /* we have said </stream:stream>; frames still come in */
	UPLINK_STOPPED,    /* the component is leaving or freed */
};

struct uplink { /* a link to one router; lives as long as its component */
	struct log_ctx log;
	struct component *c;
	char *address;
	uint64_t bit; /* in the masks of struct component and struct peer */
	bool local;   /* a Unix socket: no TLS */
	enum uplink_state state;
	struct io_connect *connect;
	struct io *io;
	struct stream *stream;
	struct sasl_client *sasl;
	bool authed;        /* the features to come are those after SASL */
	struct timer timer; /* attempt, deadline of the set-up, or watch, by state */
	uint64_t backoff;   /* ms to the next attempt, before jitter */
	uint64_t last_in;
	bool pinged;     /* since then */
	bool complained; /* this outage has its line in the log */
	char router[65]; /* the router's name, once bound */
	char *trouble;   /* why it is away; null while it is not */
};

struct peer {            /* a member; freed when it has gone */
	struct member m; /* as the owner knows it */
	uint64_t up_on;  /* the links whose routers say that it is there */
	uint64_t draining_on;
	bool kept; /* from before an outage; no router has told it again yet */
	char *name, *role, *boot, *hosts_text;
	struct str *hosts;
};

struct held { /* one of our frames, coming back at the end of the turn */
	struct list_node node;
	struct frame f;
	char bytes[];
};

struct component {
	struct loop *loop;
	uint64_t born; /* when it began to look for routers */
	const struct log_ctx *log;
	const struct component_events *events;
	void *owner;
	bool gone; /* freed; its memory stays until the turn ends */
	char *name, *role, *boot, *secret;
	char *hosts; /* separated by blanks; null: none */
	struct bus_versions versions;
	bool draining;
	struct tls_client *tls;
	bool has_cert, has_sasl;

	struct uplink *links;
	size_t link_count;
	uint64_t synced; /* links that are in use */
	bool online;     /* what the owner has been told */
	struct timer settle;
	void (*left)(struct component *c);
	struct task leave_task;
	struct timer leave;

	struct map peers;     /* by name */
	struct map externals; /* domain to struct peer */
	size_t kept;          /* peers with kept */
	const struct peer *owners[SLOT_COUNT];
	bool owners_good;

	struct list held;
	struct task held_task, pressure_task;
	bool high;

	struct frame begun; /* between component_begin and component_end */
	bool is_begun;
	struct uplink *begun_link; /* null: bounces */
	const char *begun_reason;
	struct buf *begun_out;
	size_t begun_mark;
	struct buf scratch;
};

/* component_link.c */
void uplink_init(struct uplink *l, struct component *c, const char *address, unsigned index);
void uplink_start(struct uplink *l);
void uplink_leave(struct uplink *l); /* goodbye, in good order */
void uplink_done(struct uplink *l);
void uplink_write(struct uplink *l, const struct frame *word); /* a word, if it is bound */
/* component_auth.c: the stream before the frames */
void uplink_element(struct uplink *l, const struct stanza *st);
void uplink_send_header(struct uplink *l);
int uplink_tls_make(struct component *c, const struct component_opts *opts);
/* Closes, tells the members, and tries again later. why: for the log. */
void uplink_fail(struct uplink *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
void uplink_state_set(struct uplink *l, enum uplink_state state);

/* component_members.c */
void members_told(struct uplink *l, const struct frame *f);
void members_synced(struct uplink *l);
/* A link is out of use. clean: its router left in good order, nothing was lost. */
void members_link_down(struct uplink *l, bool clean);
/* The links whose routers can do something with the frame; a subset of c->synced, which is not empty. */
uint64_t members_links_for(struct component *c, const struct frame *f);
void members_done(struct component *c);
/* component.c */
void component_left(struct component *c); /* one link less to wait for */
void component_check_pressure(struct component *c);
