/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mechanisms that we know, and which of them one connection offers. Inside
 * xmpp/ only.
 */
#pragma once

#include "xmpp/sasl.h"

enum sasl_mech_kind {
	SASL_KIND_EXTERNAL,
	SASL_KIND_SCRAM,
	SASL_KIND_DIGEST_MD5,
	SASL_KIND_PLAIN,
	SASL_KIND_ANONYMOUS,
};

struct sasl_mech {
	const char *name;
	enum sasl_mech_kind kind;
	enum scram_hash hash; /* of SCRAM */
	bool plus;            /* with channel binding */
};

enum { SASL_MECH_COUNT = 10 };
extern const struct sasl_mech sasl_mechs[SASL_MECH_COUNT]; /* strongest first */

const struct sasl_mech *sasl_mech_find(struct str name); /* null: not known here */
bool sasl_mech_loaded(const struct sasl_mech *m);        /* whether this machine's Cyrus has it (sasl_setup looks) */

struct sasl_offer { /* what one connection can take */
	unsigned allowed; /* by the operator: bit i is sasl_mechs[i] */
	bool tls, allow_plain_without_tls, external, certificate, anonymous;
	SSL *ssl;
};

void sasl_offer_init(struct sasl_offer *o, const struct sasl_server_opts *opts);
bool sasl_offer_has(const struct sasl_offer *o, const struct sasl_mech *m);
bool sasl_offer_has_plus(const struct sasl_offer *o); /* any -PLUS */
/* RFC 6120 6.5: why a mechanism that is not offered is not taken; m may be null. *why_r (static) for the log. */
enum sasl_condition sasl_offer_refusal(const struct sasl_offer *o, const struct sasl_mech *m, const char **why_r);
size_t sasl_offer_bindings(const struct sasl_offer *o, const char *names_r[], size_t max);

/* Appends the channel binding of this type ("tls-exporter"). 0, or -1: not known, or this connection has none. */
int sasl_bind(SSL *ssl, struct str type, struct buf *out) MUST_CHECK;
