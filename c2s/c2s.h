/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon as a whole: what there is one of. A client (c2s/client.h) is a
 * socket and a stream; a bond (c2s/bond.h) is what stands for it on the bus.
 */
#pragma once

#include "c2s/client.h"
#include "c2s/hosts.h"
#include "c2s/keys.h"
#include "c2s/limits.h"
#include "c2s/manage.h"
#include "c2s/bond.h"
#include "common/daemon.h"
#include "common/io.h"
#include "common/map.h"
#include "xmpp/component.h"

struct c2s {
	struct loop *loop;
	const struct log_ctx *log;
	struct daemon *daemon;       /* null in tests of parts */
	const struct conf *conf;
	struct component *bus;
	bool online;                 /* a router is there */
	bool pressed;                /* the bus takes nothing more for now */
	bool draining;
	bool sasl;                   /* sasl_setup is to be undone */
	struct settings set;
	struct hosts *hosts;
	struct limits limits;
	struct list listeners;       /* struct listener */

	uint64_t clients_made;       /* numbers for the log */
	struct limit stranger_lines; /* in the log, about connections that never logged in */
	uint64_t stranger_lines_held;
	struct list clients[CLIENT_STATE_COUNT];
	struct list active;          /* clients with input lately, oldest first (idle.c) */
	struct list paused;          /* clients that wait for the bus (flow.c) */
	struct list plain_waiting;   /* logins that wait for CPU (auth.c) */
	size_t plain_now;            /* ... that have it */
	struct task plain_task;

	struct list bonds[BOND_STATE_COUNT];
	struct map sids;             /* bonds by session id */
	struct map owners;           /* struct owner by name */
	struct list acks;            /* bonds that owe their sm an acknowledgement */
	struct list leaving;         /* bonds whose client has gone, oldest first */
	struct buf *begun;           /* between bond_begin and bond_end: where */
	struct buf scratch;          /* a stanza for a bond without owner */
	struct list unacked;         /* bonds whose sm owes one, least recent progress first */

	struct buf fake_secret;      /* for the salts of accounts that do not exist (auth.c) */
	uint64_t asks_made;          /* ids of credential requests (ask.c): from a random number on */
	struct list asks;            /* logins that wait for credentials, oldest first */

	struct timer sweep;          /* each second: idle.c */
	struct timer ack_timer;      /* ack.c */
	uint64_t ack_delay;          /* ms */
	struct task ack_task;
	struct list manage_due;      /* struct managed that have something to say at the end of the turn */
	struct task manage_task;
	struct timer reopen_timer;   /* reopen.c */
	struct timer drain_timer;    /* drain.c */
	uint64_t drain_deadline;
	uint64_t drain_due; /* what of a client is due, in parts */
};

/* The whole life, as daemon_desc wants it. */
int c2s_start(struct daemon *d, void **state_r, struct buf *why) MUST_CHECK;
void c2s_reload(struct daemon *d, void *state);
void c2s_drain(struct daemon *d, void *state);
void c2s_stop(struct daemon *d, void *state);
bool c2s_ready(struct daemon *d, void *state, struct buf *why);

/* The same without daemon, bus and listeners, for c2s_start and for tests: gives loop and conf to a zeroed c2s. */
void c2s_init(struct c2s *s, struct loop *loop, const struct log_ctx *log, const struct conf *conf);
void c2s_done(struct c2s *s);
size_t c2s_client_count(const struct c2s *s);

/* bus.c: what the bus says. */
extern const struct component_events bus_events;

/* ask.c: credentials from the owner of a name. */
void ask_credentials(struct client *c, struct str user);
void ask_forget(struct client *c);
void ask_on_credentials(struct c2s *s, const struct stanza *payload);
void ask_on_bounce(struct c2s *s, const struct stanza *payload);
void ask_sweep(struct c2s *s);

/* idle.c: silence and the sweep. */
#define IDLE_PING_ID "c2s-ping" /* of our own pings; what answers them goes no further */
/* Parsers that clients keep while they are quiet: to begin anew costs 5 us, to have one 10 KiB. */
enum { IDLE_PARSERS_MAX = 128 };
void idle_heard(struct client *c);
void idle_check(struct client *c); /* the client's timer while it is bound */
void sweep_start(struct c2s *s);

/* drain.c */
uint64_t drain_start(struct c2s *s); /* how long it takes at most, ms */

/* admin.c: an administration word; false when it was none. */
bool admin_on_frame(struct c2s *s, const struct frame *f, const struct stanza *payload);
