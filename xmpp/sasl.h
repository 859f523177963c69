/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SASL (RFC 4422; RFC 6120 section 6): over Cyrus for servers (c2s for
 * clients, router for components), and the client side of a link.
 *
 * A server exchange is decided once, by one state machine; nothing after the
 * decision changes the identity. Stored keys come from outside through
 * `want`: Cyrus asks synchronously, so the user's name is read out of the
 * client's message before Cyrus sees it, and the exchange waits. PLAIN's
 * PBKDF2 runs on a worker thread. Unknown and wrong look alike and take alike.
 *
 * Mechanisms: SCRAM-SHA-512, -256, -1, each with its -PLUS, DIGEST-MD5, PLAIN,
 * EXTERNAL, and ANONYMOUS, which needs no Cyrus: nothing is proven. A
 * connection holds Cyrus's state during an exchange only.
 */
#pragma once

#include "common/loop.h"
#include "xmpp/error.h"
#include "xmpp/scram.h"

#include <openssl/ssl.h>

/*
 * Cyrus has functions of these names too, and the linker would take ours in
 * their place. A file that calls Cyrus's includes xmpp/sasl_cyrus.h instead.
 */
#define sasl_server_new   xmpp_sasl_server_new
#define sasl_server_start xmpp_sasl_server_start
#define sasl_server_step  xmpp_sasl_server_step
#define sasl_client_new   xmpp_sasl_client_new
#define sasl_client_start xmpp_sasl_client_start
#define sasl_client_step  xmpp_sasl_client_step

/* Before the first sasl_server_new (calls nest). 0, or -1 with the reason in `why` (a missing libsasl2-modules, for example). */
int sasl_setup(struct buf *why) MUST_CHECK;
void sasl_teardown(void);

enum sasl_result_code { SASL_USER_OK, SASL_USER_UNKNOWN, SASL_USER_DISABLED, SASL_USER_TEMPORARY };

struct sasl_credentials { /* what is stored for one user */
	enum sasl_result_code result;
	struct scram_keys scram[SCRAM_HASH_COUNT];
	bool has_scram[SCRAM_HASH_COUNT];
	char digest_md5[33]; /* hex of MD5(user:realm:password); "" when there is none */
};

struct sasl_server; /* one connection's authentication: several attempts, one identity */

/*
 * One of these is the last thing that a call of sasl_server_* does, so each may free the server, and
 * `want` may answer at once. Slices are good until the callback returns.
 */
struct sasl_server_events {
	void (*challenge)(void *owner, struct str bytes);        /* raw bytes, not base64; may be empty */
	/*
	 * data: additional data with success; p == NULL for none (RFC 6120 6.3.10). user: prepared localpart; of
	 * ANONYMOUS one that nobody had or will have.
	 */
	void (*success)(void *owner, struct str user, const char *mechanism, struct str data);
	/* text for the log (not for the peer); it may hold the client's bytes: log_quote it. */
	void (*failure)(void *owner, enum sasl_condition condition, const char *text);
	/*
	 * Give the credentials of this user (prepared localpart) with sasl_server_credentials, at once or
	 * later. After `failure` nobody waits for them any more: an answer that was still on its way must
	 * not be given to the next `want` (match it by a number of your own).
	 */
	void (*want)(void *owner, struct str user);
};

struct sasl_server_opts { /* copied, but for ssl and loop, which must outlive the server */
	const char *service;     /* "xmpp" */
	const char *host;        /* the stream's domain: realm, digest-uri, authzid */
	bool tls;                /* PLAIN and EXTERNAL need it */
	SSL *ssl;                /* for channel bindings and EXTERNAL; may be null */
	bool allow_plain_without_tls;
	const char *const *mechanisms; /* those that the operator allows, null-terminated; a SCRAM brings its -PLUS */
	/*
	 * Localparts proven by a client certificate, prepared, one a line; of several the client has to name one.
	 * Absent: EXTERNAL is not offered.
	 */
	struct str external_users;
	bool certificate;          /* the client has shown one that is good, whoever it proves: for the right failure */
	bool anonymous;            /* ANONYMOUS is welcome (it must be among `mechanisms`, too) */
	struct str fake_secret;    /* for scram_fake; the same in the whole cluster */
	unsigned fake_iterations;  /* what accounts are made with, or unknown users stand out */
	struct loop *loop;         /* for PBKDF2 off the loop */
};

bool sasl_mechanism_known(struct str name); /* any of ours, whether or not Cyrus has it here; letters of any case */
struct sasl_server *sasl_server_new(const struct sasl_server_opts *opts, const struct sasl_server_events *events, void *owner);
void sasl_server_free(struct sasl_server **s); /* also while it waits: nothing is called back afterwards */
/* Names of the mechanisms to offer, strongest first; how many there are (at most `max` are written). */
size_t sasl_server_mechanisms(struct sasl_server *s, const char *names_r[], size_t max);
/* Channel binding types for XEP-0440, static names; none without TLS. Returns as sasl_server_mechanisms. */
size_t sasl_server_bindings(struct sasl_server *s, const char *names_r[], size_t max);
/*
 * initial: decoded; p == NULL when <auth/> was empty, n == 0 for "=" (RFC 6120 6.4.2). Only offered mechanisms are taken.
 * A start while an exchange is under way, and anything after success, is a `failure`; the latter changes nothing.
 */
void sasl_server_start(struct sasl_server *s, struct str mechanism, struct str initial);
void sasl_server_step(struct sasl_server *s, struct str response);
void sasl_server_abort(struct sasl_server *s); /* `failure` with ABORTED */
void sasl_server_credentials(struct sasl_server *s, const struct sasl_credentials *c);
bool sasl_server_busy(const struct sasl_server *s); /* an exchange is under way */

/*
 * The links inside the cluster: SCRAM and nothing else, with channel binding where both sides have one, so the
 * secret is never shown to a server that does not know it. Needs no sasl_setup. Synchronous: one PBKDF2 on the
 * caller's thread. password: as scram_make got it. Slices are good until the next call, texts are static.
 */
struct sasl_client;
struct sasl_client *sasl_client_new(const char *service, const char *host, const char *user, const char *password, SSL *ssl);
void sasl_client_free(struct sasl_client **c);
/* Picks from the space-separated offer. 0 and mechanism, initial response (p == NULL: none), or -1 with why. */
int sasl_client_start(struct sasl_client *c, const char *offered, const char **mechanism_r, struct str *initial_r, const char **why_r) MUST_CHECK;
int sasl_client_step(struct sasl_client *c, struct str challenge, struct str *response_r, const char **why_r) MUST_CHECK;
/* After <success/>: whether the server has proven itself too. */
int sasl_client_finish(struct sasl_client *c, struct str data, const char **why_r) MUST_CHECK;
