/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bus as c2s sees it in fuzz_c2s, in place of xmpp/component.c: what c2s
 * says is canonical, and goes to one sm, which answers as it should unless it
 * is told to be quiet. It knows juliet and romeo (BUS_PASSWORD), nurse, whose
 * password nobody knows, and broken, whose record cannot be had.
 */
#pragma once

#include "c2s/c2s.h"

#define BUS_HOST "example.org"
#define BUS_PASSWORD "wherefore art thou"

enum { BUS_SESSIONS = 4, BUS_AWAY_S = 300 };

struct bus_session { /* as the sm knows it */
	char sid[SID_LEN + 1], *jid;
	uint64_t in, out;
	char managed[SID_LEN + 1]; /* "": no stream management */
	uint64_t in_base, out_base, gen;
};

struct component {
	struct c2s *c2s;
	struct loop *loop;
	struct frame f; /* between component_begin and component_end */
	bool begun;
	struct buf payload, said;
	struct bus_session session[BUS_SESSIONS];
	size_t sessions;
	struct sasl_credentials known, unknown;
	uint64_t asked; /* id of the last request for credentials */
	bool quiet;
	unsigned words; /* said so far */
};

void bus_setup(struct component *b);
void bus_done(struct component *b);
void bus_begin(struct component *b, struct c2s *s, struct loop *loop); /* for each input; online */
void bus_end(struct component *b);
void bus_settle(struct component *b); /* what c2s has said so far is heard, and what that leads to */
void bus_tell(struct component *b, const struct frame *f); /* c2s hears it, while it is online */
struct bus_session *bus_newest(struct component *b); /* null: there is none */
struct bus_session *bus_oldest(struct component *b);
