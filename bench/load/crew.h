/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct crew: all actors of a run, their accounts, and what they share: the
 * loop, the address, the TLS context. The functions here run the loop
 * themselves, so that a scenario reads like a script; one that does not come
 * to its end dies and says why.
 */
#pragma once

#include "bench/load/actor.h"
#include "bench/load/plan.h"

struct crew {
	struct reactor reactor;
	const struct plan *plan;
	SSL_CTX *tls;
	char tls_name[64]; /* what was negotiated */
	struct sockaddr_storage address;
	socklen_t address_len;
	char *password;

	struct load_account *accounts;
	size_t account_count;
	struct actor *actors;
	size_t actor_count;

	/* What happens to actors: of the scenario, or of the step that runs. */
	void (*on_ready)(struct actor *a);
	void (*on_stanza)(struct actor *a, struct element e);
	void (*on_synced)(struct actor *a);
	void (*on_gone)(struct actor *a, const char *why); /* why null: it left */
	void *scenario;

	/* of the step that runs */
	size_t next, last, waiting;
	unsigned failed_logins; /* in crew_login */
	uint64_t broken; /* actors that were lost in the middle of a scenario */
};

void crew_init(struct crew *c, const struct plan *plan);
/* Actors 0 to actors-1; actor i uses account i % accounts, numbered from --first. Once. */
void crew_enlist(struct crew *c, size_t accounts, size_t actors);
void crew_done(struct crew *c);
void crew_note_tls(struct crew *c, SSL *ssl);

/* Logs the actors [from, to) in, --parallel at a time. Who is refused tries again, a few times in all. */
void crew_login(struct crew *c, size_t from, size_t to);
/* Each of them says that it is available. */
void crew_presence(struct crew *c, size_t from, size_t to);
/* Returns when the server has answered each of them once more. */
void crew_sync(struct crew *c, size_t from, size_t to);
void crew_leave(struct crew *c, size_t from, size_t to);
/* on_gone of a scenario in which nobody should go: says it, counts it. */
void crew_broken(struct actor *a, const char *why);
