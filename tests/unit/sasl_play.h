/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sasl_server on a stage, for the tests of xmpp/sasl*.c: its callbacks are
 * written down, the keys of one user are at hand, and what a client would
 * compute is computed here, not with the code under test.
 */
#pragma once

#include "xmpp/sasl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define PLAY_PASSWORD "wherefore art thou"

enum play_event { PLAY_NOTHING, PLAY_CHALLENGE, PLAY_SUCCESS, PLAY_FAILURE };

struct play {
	struct loop *loop; /* a fake one: workers run in play_work */
	struct sasl_server *server;
	struct sasl_server_opts opts;
	/* What `want` answers: `stored` for juliet, UNKNOWN for the others. `late`: nothing yet. */
	struct sasl_credentials stored;
	bool late;
	bool free_in_callback; /* the server, in whichever event comes next */
	/* What happened last, and how often something did. */
	enum play_event event;
	unsigned events, wants;
	char wanted[64], user[64], mechanism[32], text[200];
	enum sasl_condition condition;
	struct buf bytes; /* of the challenge, or with success */
	bool has_data;
};

/* Cyrus is set up for each; teardown looks that nothing is left. The play has TLS without an SSL. */
void play_setup(struct play *p);
void play_teardown(struct play *p);
void play_open(struct play *p); /* a new server with p->opts */

void play_start(struct play *p, const char *mechanism, struct str initial);
void play_step(struct play *p, struct str response);
void play_answer(struct play *p); /* the keys, when `late` */
void play_work(struct play *p);   /* runs what waits for a worker thread */

#define assert_challenge(p) play_assert((p), PLAY_CHALLENGE, SASL_FAIL_NONE, __FILE__, __LINE__)
#define assert_success(p) play_assert((p), PLAY_SUCCESS, SASL_FAIL_NONE, __FILE__, __LINE__)
#define assert_failure(p, c) play_assert((p), PLAY_FAILURE, SASL_FAIL_##c, __FILE__, __LINE__)
#define assert_nothing(p) play_assert((p), PLAY_NOTHING, SASL_FAIL_NONE, __FILE__, __LINE__)
/* Checks the last event and forgets it. */
void play_assert(struct play *p, enum play_event event, enum sasl_condition c, const char *file, int line);

/* A client of SCRAM: first message "n,,n=juliet,r=..." or the like, then the final one. */
struct scram_play {
	enum scram_hash hash;
	const char *password;
	const char *gs2;  /* "n,,": as sent */
	const char *gs2_proven; /* null: the same; as in the c= of the final message */
	struct str binding;
	struct buf bare;  /* client-first-message-bare */
	struct buf signature; /* v=... that the server must send */
};

struct str scram_play_first(struct scram_play *c, struct buf *out, const char *user);
struct str scram_play_final(struct scram_play *c, struct buf *out, struct str challenge);
void scram_play_done(struct scram_play *c);
