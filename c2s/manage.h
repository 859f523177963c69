/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct managed: stream management (XEP-0198) of one bond, from <enable/> on.
 * It counts what the client counts, and turns it into the numbers that c2s and
 * sm use with each other (doc/protocol.md section 4, "Stream management"). The
 * stanzas that the client has not acknowledged are not here: sm has them.
 *
 * For the counts to agree, every stanza of such a client gets a number, also
 * those that c2s answers itself (client_answer), and every stanza to it comes
 * from its sm.
 *
 * Owned by its bond.
 */
#pragma once

#include "common/list.h"
#include "xmpp/session.h"

struct bond;
struct c2s;
struct client;

struct managed {
	struct bond *bond;
	char id[SID_LEN + 1];     /* SM-ID */
	uint64_t in_base;         /* the client's n-th stanza has the number in_base + n */
	uint64_t count, h;        /* stanzas sent to it, and acknowledged by it */
	uint64_t max;             /* seconds that it may be away; 0: it cannot resume */
	uint64_t gen;             /* when it was resumed last (ms since 1970; 0: never), */
	char asker[SID_LEN + 1];  /* here under this sid; "": on another c2s, or never */
	uint64_t *needs;          /* for each number behind bond->flushed: which h says that the client has it (manage.c); circular */
	unsigned cap, head, len;
	bool asked;               /* an <r/> is out */
	bool tell, ask;           /* at the end of the turn: an <a/>, an <r/> */
	struct list_node due_node;
};

struct resume { /* a client asks for its session; until it is answered */
	char *previd;
	uint64_t h;
};

/* What the client says. */
void manage_on_enable(struct client *c, const struct stanza *st);
void manage_on_r(struct client *c, const struct stanza *st);
void manage_on_a(struct client *c, const struct stanza *st);
void manage_on_resume(struct client *c, const struct stanza *st);
void manage_on_untimely(struct client *c, const struct stanza *st);

/* Number bond->received has been written to the client / is what it had got as its count-th. */
void manage_sent(struct bond *bond);
void manage_had(struct bond *bond, uint64_t count);
/* A number that had come before came again: if it was such a one, the sm may not have heard so. */
void manage_came_again(struct bond *bond, uint64_t number);
/* The sm has dealt with more: the client hears so at the end of the turn. */
void manage_progress(struct bond *bond);
/* Is anybody there? For a client that has been silent. */
void manage_ask(struct bond *bond);
/* The owner is new, and numbers what it sends behind bond->received. */
void manage_anew(struct bond *bond);
uint64_t manage_handled(const struct bond *bond); /* h, as the client hears it, but of 64 bits */
/* As <open/> says it. */
struct word_manage manage_word(const struct bond *bond);
void manage_forget(struct bond *bond); /* the client has gone: nothing more is said to it */
void managed_free(struct bond *bond);

/* A stanza that answers one of the client's which goes no further; empty: nothing answers it. */
void client_answer(struct client *c, struct str canonical);

/* resume.c */
void resume_write(const struct bond *bond, struct buf *out);  /* the question */
void resume_on_resumed(struct c2s *s, const struct frame *f, const struct stanza *payload);
void resume_refused(struct client *c, enum stanza_condition condition);
void resume_free(struct resume **r);
bool bond_resumable(const struct bond *bond);
