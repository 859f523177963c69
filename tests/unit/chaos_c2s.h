/* SPDX-License-Identifier: Apache-2.0 */
/*
 * c2s as doc/protocol.md section 4 has it, played for test_sm_chaos.c: bonds on
 * several instances, with and without XEP-0198. What c2s says and hears is
 * exact; sockets, logins and limits are not here. Clients are the test's:
 * it defines the client_ functions.
 */
#pragma once

#include "sm/mailbox.h"
#include "tests/unit/sm_rig.h"
#include "xmpp/name.h"

enum {
	NAMES = 1024,   /* that c2s remembers of a session; more than are ever unacknowledged here */
	SAID_MAX = 2000,
	NEEDS = 2048,   /* a power of two */
	C2S_COUNT = 3,  /* c2s-1 to c2s-3 */
};

struct person;

struct known_name {
	bool is;
	struct name_hash hash;
	uint64_t place;
};

struct managed { /* see c2s/manage.h */
	bool on;
	char id[SID_LEN + 1], asker[SID_LEN + 1];
	uint64_t in_base, count, h, max, gen;
	uint64_t needs[NEEDS];  /* see c2s/manage.c */
	unsigned head, len;
};

struct bond {
	struct list_node node;
	struct person *person;   /* null: the client has gone, whether c2s knows it or not */
	bool leaving;            /* it knows */
	bool stalled;            /* nothing passes between it and the client any more; it will break */
	unsigned c2s;            /* number of its instance */
	char sid[SID_LEN + 1], bare[32], jid[80], resource[16], owner[32];
	bool open, known, presence;
	bool wants_managed;      /* the client enables XEP-0198 as soon as it is bound */
	char previd[SID_LEN + 1]; /* asks for that session; "": for a new one, or has it */
	uint64_t resume_h;
	uint64_t asked, notice;  /* ms: last question, of whatever kind; when it notices that the client has gone (0: never) */
	uint64_t asks, accepted, born;
	uint64_t sent, acked, received, told, flushed;
	const char *said[SAID_MAX + 1]; /* by number */
	struct known_name names[NAMES];
	unsigned name_at;
	struct managed managed;
};

/* What its client does. */
void client_bound(struct person *p);                             /* it may talk */
void client_resumed(struct person *p, uint64_t h);
void client_resume_refused(struct person *p);
void client_hears(struct person *p, struct str stanza);
void client_is_told(struct person *p, uint64_t h);               /* <a/> */
void client_put_out(struct person *p, struct str why);           /* a stream error */

void c2s_start(struct stage *st, unsigned (*below)(unsigned n));
void c2s_stop(void);
void c2s_hear(const struct frame *f, bool bounce);
void c2s_tick(void);                       /* questions again, what is due */
void c2s_send_slow(void);                  /* questions that are under way still */
void c2s_router(bool there);
void c2s_owner_gone(const char *name);
/* The instance is gone, with all that it had; or there again. */
void c2s_die(unsigned c2s);
void c2s_come(unsigned c2s);
bool c2s_up(unsigned c2s);

/* A client on an instance. previd: it wants that session back; null: a new one with this resource. */
struct bond *bond_new(struct person *p, unsigned c2s, const char *bare, const char *resource, bool managed,
		      const char *previd, uint64_t h);
void bond_say(struct bond *b, const char *payload); /* as long as the play */
void bond_client_acks(struct bond *b, uint64_t h);
void bond_tell_ack(struct bond *b);
/* The connection is broken; c2s notices so many ms later. */
void bond_break(struct bond *b, unsigned after);
size_t bonds_left(void);
extern struct list c2s_bonds;
extern unsigned c2s_duplicates; /* known by their names */
