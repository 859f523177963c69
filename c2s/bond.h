/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct bond: a session as the bus sees it (doc/protocol.md section 4): its
 * id, the sm that owns it, the numbers of what went each way, and what that sm
 * has not dealt with yet.
 *
 * Made at resource binding and owned by c2s->sids. It outlives its client
 * when the sm has not dealt with all that the client said: only then goes
 * <close/>. It outlives its sm always: lost, it waits its turn and asks the
 * next owner, and the client notices nothing.
 */
#pragma once

#include "c2s/names.h"
#include "c2s/ring.h"
#include "common/list.h"
#include "xmpp/envelope.h"
#include "xmpp/session.h"

struct c2s;
struct client;
struct component;
struct managed;
struct member;
struct resume;

enum bond_state {
	BOND_WAITING, /* has no owner; asks when its turn has come */
	BOND_ASKED,   /* <open/> is out */
	BOND_OPEN,
	BOND_STATE_COUNT
};

struct owner { /* an sm that owns bonds of ours */
	char *name;
	struct list bonds;
};

struct bond {
	struct c2s *c2s;
	struct client *client;      /* null: has gone */
	enum bond_state state;
	struct list_node state_node, owner_node, ack_node, unacked_node, leave_node;
	char sid[SID_LEN + 1];
	bool known;                 /* has been open: a re-open from now on */
	bool interested;            /* the roster was asked for (RFC 6121 2.2) */
	bool ended;                 /* the sm has said <end/>: there is nothing to close */
	const char *leaving;        /* reason for <close/>; null while the client is there */
	uint64_t born;              /* us since 1970: made */
	uint64_t since;             /* ms: made; once leaving: the client went */
	char *text;                 /* jid.full: what was asked for, then what sm made of it */
	struct jid jid;
	char *address;              /* for sm's session-list, */
	const char *mechanism;      /* interned, */
	bool secure;                /* and whether there is TLS */
	struct owner *owner;         /* while open */
	struct names names;         /* of messages that the client has (doc/protocol.md section 4) */
	struct ring ring;           /* what the sm has not acknowledged */
	uint64_t sent, acked;       /* to the sm: highest number given, acknowledged */
	uint64_t timed, timed_ns;   /* of those, the one whose way is being timed, and since when; 0: none */
	uint64_t received;          /* from the sm: highest number */
	uint64_t received_bytes;    /* where the client's output stood behind it */
	uint64_t flushed;           /* ... that the client has (ack.c) */
	uint64_t told;              /* ... that the sm knows of */
	size_t begun;               /* bond_begin: where the payload starts */
	uint64_t mark, mark_bytes;  /* when the socket has taken mark_bytes, `mark` is flushed */
	struct chunk *presence;     /* last broadcast, stamped; null */
	struct chunk *keep;         /* what the sm gave us to keep for the next one; null: nothing */
	uint64_t at;                /* WAITING: when to ask; ASKED: when it asked; OPEN: last progress of acked */
	uint64_t delay;             /* back-off */
	struct managed *managed;    /* stream management (c2s/manage.h); null: off */
	struct resume *resume;      /* asks for a session that there is; null: for a new one, or has it */
	uint64_t asks, accepted;    /* number of the last <open/>, and of the one whose answer was taken last */
};

/*
 * Asks the owner of user@host for a session; bind_opened, bind_refused or resume_on_resumed follow. user, host, resource are
 * prepared. resume: taken; null for a new session.
 */
void bond_new(struct client *c, struct str user, struct str host, struct str resource, const char *mechanism,
	      struct resume *resume);
/* The client goes: <close reason=/> when all it said is dealt with. `reason` is static. */
void bond_leave(struct bond *bond, const char *reason);

void bond_set_state(struct bond *bond, enum bond_state state);
/*
 * The owner is gone, or does not know it: ask again, at once the first time, with back-off when it does not help.
 * A bond that was never open, and whose client has gone, is freed.
 */
void bond_lost(struct bond *bond, const char *why);
void bond_set_owner(struct bond *bond, struct str name); /* absent: none */
bool bond_owned_by(const struct bond *bond, struct str name);
void bond_set_jid(struct bond *bond, struct str jid);
bool bond_full(const struct bond *bond);
void bond_close_if_done(struct bond *bond); /* may free it */
void bond_free(struct bond *bond);          /* says nothing to anybody */

/* A frame to the owner, with the acknowledgement that is due on it. OPEN only. */
struct frame bond_frame(struct bond *bond);
/*
 * A stanza to the owner, checked and stamped: written to the buffer between the two, which give it its number, keep
 * it until it is acknowledged, and send it if there is an owner now. bond_end returns what is kept (borrowed).
 */
struct buf *bond_begin(struct bond *bond);
struct chunk *bond_end(struct bond *bond);
void bond_repeat(struct bond *bond);        /* all that is not acknowledged */
void bond_repeat_last(struct bond *bond);   /* a question: what have you got? */

/* Frames for this session. */
void bond_on_frame(struct bond *bond, const struct frame *f);
void bond_on_bounce(struct bond *bond, const struct frame *f);

/* reopen.c: whose turn it is. */
void reopen_schedule(struct c2s *s);
void reopen_ask(struct bond *bond);
void reopen_on_opened(struct bond *bond, const struct frame *f, const struct stanza *payload);
void reopen_on_refused(struct bond *bond, const struct frame *f, const struct stanza *payload);
bool reopen_is_answer(const struct bond *bond, const struct frame *f); /* to the last <open/> */
void reopen_take_owner(struct bond *bond, const struct frame *f);
void reopen_on_member(struct c2s *s, const struct member *m);
void reopen_on_online(struct c2s *s, bool online);
void reopen_on_lost(struct c2s *s, const struct member *m); /* frames may be lost, of m or (null) of anybody */
void reopen_sweep(struct c2s *s);

/* deliver.c */
void deliver_stanza(struct bond *bond, const struct frame *f);

/* ack.c */
void ack_take(struct bond *bond, uint64_t ack);  /* the sm's: forget what it covers */
void ack_written(struct bond *bond);             /* the last stanza received has been written to the client */
void ack_owe(struct bond *bond);                 /* the sm is to hear soon how far the client is */
uint64_t ack_value(struct bond *bond);           /* the highest number that the client has, for the frame about to go */
void ack_now(struct bond *bond);                 /* whether there is something new or not: we have it */
void ack_again(struct bond *bond);               /* say it again */
void ack_forget(struct bond *bond);              /* it owes nothing any more */
void ack_sweep(struct c2s *s);                /* sm that owe us one for long are asked */
