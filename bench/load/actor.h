/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct actor: one simulated client. It connects, starts TLS, logs in and
 * binds a resource like any client (RFC 6120), answers what a client must
 * answer, and hands messages and presences to the scenario.
 *
 * Not for: what is said and why; that is the scenario's.
 */
#pragma once

#include "bench/load/scram.h"
#include "bench/load/split.h"
#include "bench/load/wire.h"

struct crew;

struct load_account {
	char *user, *jid; /* the bare one */
	struct salted_keys keys;
};

enum actor_state {
	ACTOR_OFF,
	ACTOR_CONNECTING,
	ACTOR_FEATURES, /* a stream header is sent */
	ACTOR_STARTTLS,
	ACTOR_HANDSHAKE,
	ACTOR_SASL,
	ACTOR_BINDING,
	ACTOR_SESSION, /* RFC 3921 3, where a server insists */
	ACTOR_READY,
	ACTOR_LEAVING,
};

struct actor { /* zeroed but for crew, account and number: off */
	struct wire wire;
	struct crew *crew;
	struct load_account *account;
	unsigned number;
	enum actor_state state;
	struct splitter split;
	struct scram_login scram;
	bool authenticated, session_needed, proof_seen;
	uint64_t started; /* ns; when it began to connect */
	char *jid;        /* the full one, once bound */
};

void actor_start(struct actor *a); /* from ACTOR_OFF; the crew's ready or gone follows */
void actor_leave(struct actor *a); /* says goodbye; gone follows, without a reason */
void actor_drop(struct actor *a);  /* closes at once, no callback */
/* Appends to its output; then actor_wrote. Only when it is ready. */
struct buf *actor_out(struct actor *a);
void actor_wrote(struct actor *a);
/* Asks the server for an answer (XEP-0199): what was sent before has been taken when `synced` comes. */
void actor_sync(struct actor *a);
