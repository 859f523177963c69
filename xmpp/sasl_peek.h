/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a client's first message before Cyrus does: who it says to be, whom
 * it wants to act as, what it binds to. Inside xmpp/ only. Nothing is prepared
 * or believed here; Cyrus reads the message again, and is stopped when it finds
 * other names in it (sasl_exchange.c).
 */
#pragma once

#include "common/arena.h"
#include "xmpp/sasl_mech.h"

enum { SASL_MESSAGE_MAX = 4096 }; /* RFC 2831 2.1.2 has this limit; the others need less */

struct sasl_peek {                    /* slices into the message or the arena; absent when missing */
	struct str authcid;           /* decoded; absent for EXTERNAL and ANONYMOUS */
	struct str authzid;           /* decoded; absent or empty: none */
	struct str password;          /* PLAIN */
	char cb_flag;                 /* SCRAM: 'n', 'y', 'p' */
	struct str cb_type;           /* SCRAM with 'p' */
	struct str realm, digest_uri; /* DIGEST-MD5 */
};

/* 0, or -1 when the message does not have the mechanism's form: <malformed-request/>, *why_r (static) for the
 * log. */
int sasl_peek(struct arena *a, const struct sasl_mech *m, struct str message, struct sasl_peek *p_r,
	      const char **why_r) MUST_CHECK;
