/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct sm: the session manager of one process: its place on the bus, its
 * storage, the hosts it serves, the users in memory and their sessions. This
 * is the core's own view; modules see sm/module.h only.
 *
 * Not for: what happens to a stanza (sm/dispatch.h, sm/deliver.h, sm/local.h),
 * to a session (sm/session.h), to a user (sm/user.h).
 */
#pragma once

#include "common/daemon.h"
#include "common/map.h"
#include "sm/module.h"
#include "xmpp/component.h"

enum { SM_ARENA_DEPTH = 32 };

struct archive;
struct away_search;
struct modules;
struct duty;
struct slots;
struct seens;
struct peers;
struct iqs;
struct events;

/* An object that waits for storage's answer and that nobody else knows: freed by `drop` when the process ends before. */
struct loose {
	struct list_node node;
	void (*drop)(struct loose *l);
};

enum conflict_policy { CONFLICT_REPLACE, CONFLICT_REFUSE, CONFLICT_RENAME }; /* in the order of sm/keys.c */

struct settings { /* of the configuration, read at start and at reload */
	unsigned user_sessions;    /* sessions of one user */
	enum conflict_policy conflict; /* a resource that is taken */
	unsigned away_sessions;    /* of one user, that may be resumed */
	size_t unacked_stanzas;    /* that a client has not taken */
	size_t unacked_bytes;
	unsigned offline_messages; /* of one user */
	unsigned roster_items;     /* of one user */
	unsigned roster_groups;    /* of one item */
	size_t roster_name_bytes;  /* of a contact or a group */
	size_t subscription_requests; /* that wait for one user's answer */
	size_t subscription_request_bytes; /* of one that is kept as it came */
	unsigned privacy_lists;    /* of one user */
	unsigned privacy_items;    /* in one list */
	size_t queue_stanzas;      /* that wait for one user to be loaded or released */
	size_t queue_bytes;
	size_t directed_presence;  /* entities, of one session */
	uint64_t presence_rate, presence_burst; /* contacts a second, contacts; of one session */
	size_t presence_bytes;     /* of one that is broadcast */
	bool unknown_silent;       /* who writes to nobody hears nothing */
	uint64_t idle_ms;          /* before a user without sessions is forgotten */
};

struct sm {
	struct loop *loop;
	const struct conf *conf;
	struct log_ctx log;
	struct daemon *daemon;     /* null in tests */
	char *name, *boot;
	struct settings set;
	struct component *bus;     /* owned */
	struct storage *storage;   /* owned */
	bool storage_usable;
	bool storage_away;         /* known not to be usable; at start it is not known yet */
	bool draining, stopping;
	bool left;                 /* has said goodbye to the bus */
	bool drain_told;           /* others know that it drains */
	struct timer drain_timer;
	void (*drained)(struct sm *sm);

	struct arena host_memory;  /* of `hosts` */
	struct str *hosts;         /* prepared */
	unsigned char *host_anonymous; /* enum host_anonymous of each */
	size_t host_count;

	struct map users;          /* bare JID -> struct sm_user */
	struct map sessions;       /* sid -> struct sm_session */
	uint64_t serial;           /* of the last session */
	struct list leaving;       /* users that are forgotten while somebody holds a pointer to them */

	struct slots *slots;       /* sm/slots.h */
	struct away_search *away_search; /* sm/away.h; null until slots are claimed */
	struct peers *peers;       /* sm/peer.h */
	struct seens *seens;       /* sm/seen.h */
	struct iqs *iqs;           /* sm/iq.h */
	struct events *events;     /* sm/event.h */
	struct modules *modules;   /* sm/module.c */
	const struct archive *archive; /* sm/archive.h; null: off */

	struct list acks_due;      /* sessions that owe c2s an <ack/> */
	struct timer ack_timer;

	struct list loose;         /* struct loose */
	struct list uncommitted;   /* entries of all mailboxes that wait for their commit (sm/mailbox.h), */
	struct list untaken;       /* and those for which storage has had no room yet */
	struct timer untaken_timer;
	struct sm_user **unsettled; /* whose mailboxes are to be settled at the end of the turn, null where one has gone */
	size_t unsettled_n, unsettled_cap;
	struct task settle;
	struct duty *duty;         /* of the stanza that is being handled; null otherwise (sm/duty.h) */
	struct arena arenas[SM_ARENA_DEPTH]; /* one for each stanza on the stack; see sm_arena */
	unsigned arena_depth;
};

/*
 * Memory for one stanza: from sm_arena to sm_arena_end, which come in pairs on the stack. A stanza that gives rise to
 * another one (an error, a presence) nests; peers cannot make that deep.
 */
struct arena *sm_arena(struct sm *sm);
void sm_arena_end(struct sm *sm);

void sm_loose(struct sm *sm, struct loose *l, void (*drop)(struct loose *l));
void sm_found(struct sm *sm, struct loose *l);

struct sm_opts {
	struct loop *loop;
	const struct conf *conf;    /* borrowed; sm_reload gives the next */
	const struct log_ctx *log;
	const char *name, *boot;
	struct daemon *daemon;      /* null: administration's status, reload, drain are unsupported */
	void (*drained)(struct sm *sm);
};

/* Null with the reason in `why`. */
struct sm *sm_new(const struct sm_opts *opts, struct buf *why);
void sm_free(struct sm **sm);
void sm_reload(struct sm *sm, const struct conf *conf);
void sm_drain(struct sm *sm); /* opts->drained is called when nothing is owed any more */
enum host_anonymous sm_anonymous(struct sm *sm, struct str host); /* of one of ours */
bool sm_ready(const struct sm *sm, struct buf *why);
