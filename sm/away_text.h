/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions that are away, as text in the database (sm/away.h): a head with
 * what is true of the session, and pieces with what its client has not
 * acknowledged. Written and read in one place; not for when, nor for what
 * becomes of it.
 */
#pragma once

#include "common/arena.h"
#include "xmpp/session.h"

struct sm_session;

struct away_head {
	bool live;            /* a c2s has it: of the session nothing but its id, `manage` and the JID is meant */
	bool given;           /* it was about to be given to who had asked last (w.asked): nobody else may have it */
	int64_t until;        /* us since 1970: its time is over then */
	int64_t since;        /* id of the log up to which it is up to date */
	uint64_t asked;       /* number of the last question that was answered */
	uint64_t born;
	struct str address, secure, mechanism;
	struct word_resumed w; /* out: the number before those in the pieces; count: with all of them */
};

struct away_item { /* a stanza that the client has not acknowledged */
	uint64_t at;          /* sm/outbound.h */
	int64_t id;           /* in the log; 0: never there */
	unsigned flags;       /* enum log_flags */
	struct str rid;       /* absent: none */
	struct str stanza;
};

void away_print_head(struct buf *out, const struct sm_session *s, int64_t since);
/* Those with a higher number than `after`; empty: there are none. Returns the highest number. */
uint64_t away_print_piece(struct buf *out, const struct sm_session *s, uint64_t after);

/* 0, or -1: it is none. Slices into the arena. */
int away_read_head(struct arena *a, struct str text, struct away_head *h_r) MUST_CHECK;
/* Calls `each` for all of a piece, in order. 0 or -1. */
int away_read_piece(struct arena *a, struct str text, void (*each)(void *arg, const struct away_item *item), void *arg) MUST_CHECK;
