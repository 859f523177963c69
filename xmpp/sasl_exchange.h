/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct sasl_exchange: one attempt to authenticate, from the client's first
 * message to the verdict: what the client said, whom it means, what is stored
 * for that user, and Cyrus's connection, which lives as long as this and no
 * longer. Inside xmpp/ only; sasl_server.c owns it and knows in which order
 * things happen.
 */
#pragma once

#include "xmpp/sasl_mech.h"
#include "xmpp/sasl_peek.h"

struct sasl_conn;  /* Cyrus's connection */
struct sasl_utils; /* Cyrus's functions for plugins */
struct sasl_cyrus; /* what one connection of Cyrus needs to stay where it is (sasl_exchange.c) */

struct sasl_exchange {
	const struct sasl_mech *mech;
	struct arena arena;
	struct str message; /* the client's first message, ours */
	struct sasl_peek peek;
	struct str user;    /* prepared localpart; absent until the first message was good */
	struct sasl_credentials stored;
	bool password_ok;   /* PLAIN: the worker's verdict */
	struct buf binding; /* -PLUS: the channel binding of type peek.cb_type; else empty */
	struct sasl_cyrus *cyrus;
};

struct sasl_exchange *sasl_exchange_new(const struct sasl_mech *m);
void sasl_exchange_free(struct sasl_exchange **x); /* what was secret is wiped */

void sasl_wipe(struct str s); /* overwrites bytes that are ours to change: a copy that held a secret */

/* Takes a copy of the first message and peeks. As sasl_peek. */
int sasl_exchange_read(struct sasl_exchange *x, struct str message, const char **why_r) MUST_CHECK;

/* Cyrus's side: open once, then step. host is realm and digest-uri. */
void sasl_exchange_open(struct sasl_exchange *x, const char *service, const char *host);

enum sasl_progress { SASL_GOES_ON, SASL_PROVEN, SASL_REFUSED };
struct sasl_reply {
	enum sasl_progress progress;
	struct str bytes;              /* the challenge, or what goes with success (p == NULL: none) */
	enum sasl_condition condition; /* of REFUSED */
	const char *text;              /* for the log */
};
/* message p == NULL: none. The reply is good until the next step. */
void sasl_exchange_step(struct sasl_exchange *x, struct str message, struct sasl_reply *r);

/* For the auxprop plugin. */
const struct sasl_exchange *sasl_exchange_of(const struct sasl_utils *utils, struct sasl_conn *conn); /* may be null */
bool sasl_exchange_is_user(const struct sasl_exchange *x, struct str user);
bool sasl_exchange_scram_line(const struct sasl_exchange *x, struct buf *out); /* false: no keys for this mechanism */
bool sasl_exchange_digest(const struct sasl_exchange *x, unsigned char digest_r[16]);
