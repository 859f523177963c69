/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SASL over Cyrus (RFC 4422; RFC 6120 section 6), for servers (c2s for
 * clients, router for components) and for the client side of a link.
 *
 * A server exchange is decided once, by one state machine; nothing after the
 * decision changes the identity. Stored keys come from outside through
 * `want`: Cyrus asks synchronously, so the user's name is read out of the
 * client's message before Cyrus sees it, and the exchange waits. PLAIN's
 * PBKDF2 runs on a worker thread. Unknown and wrong look alike and take alike.
 */
#pragma once

#include "common/loop.h"
#include "xmpp/error.h"
#include "xmpp/scram.h"

#include <openssl/ssl.h>

/* Once per process. 0, or -1 with the reason in `why` (a missing libsasl2-modules, for example). */
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

struct sasl_server_events {
	void (*challenge)(void *owner, struct str bytes);        /* raw bytes, not base64; may be empty */
	/* data: additional data with success; p == NULL for none (RFC 6120 6.3.10). user: prepared localpart. */
	void (*success)(void *owner, struct str user, const char *mechanism, struct str data);
	/* text for the log (not for the peer). */
	void (*failure)(void *owner, enum sasl_condition condition, const char *text);
	/* Give the credentials of this user (prepared localpart) with sasl_server_credentials, at once or later. */
	void (*want)(void *owner, struct str user);
};

struct sasl_server_opts {
	const char *service;     /* "xmpp" */
	const char *host;        /* the stream's domain: realm, digest-uri, authzid */
	bool tls;                /* PLAIN and EXTERNAL need it */
	SSL *ssl;                /* for channel bindings and EXTERNAL; may be null */
	bool allow_plain_without_tls;
	const char *const *mechanisms; /* those that the operator allows, null-terminated */
	struct str external_user;  /* localpart proven by a client certificate; absent: EXTERNAL is not offered */
	struct str fake_secret;    /* for scram_fake; the same in the whole cluster */
	unsigned fake_iterations;
	struct loop *loop;         /* for PBKDF2 off the loop */
};

struct sasl_server *sasl_server_new(const struct sasl_server_opts *opts, const struct sasl_server_events *events, void *owner);
void sasl_server_free(struct sasl_server **s); /* also while it waits: nothing is called back afterwards */
/* Names of the mechanisms to offer, strongest first; calls each(owner...). */
size_t sasl_server_mechanisms(struct sasl_server *s, const char *names_r[], size_t max);
/* Channel binding types for XEP-0440, null-terminated static names; none without TLS. */
size_t sasl_server_bindings(struct sasl_server *s, const char *names_r[], size_t max);
/* initial: decoded; p == NULL when <auth/> was empty, n == 0 for "=" (RFC 6120 6.4.2). Only offered mechanisms are taken. */
void sasl_server_start(struct sasl_server *s, struct str mechanism, struct str initial);
void sasl_server_step(struct sasl_server *s, struct str response);
void sasl_server_abort(struct sasl_server *s); /* `failure` with ABORTED */
void sasl_server_credentials(struct sasl_server *s, const struct sasl_credentials *c);
bool sasl_server_busy(const struct sasl_server *s); /* an exchange is under way */

struct sasl_client; /* synchronous: the links inside the cluster */
struct sasl_client *sasl_client_new(const char *service, const char *host, const char *user, const char *password, SSL *ssl);
void sasl_client_free(struct sasl_client **c);
/* Picks from the space-separated offer. 0 and mechanism, initial response (p == NULL: none), or -1 with why (static or Cyrus's). */
int sasl_client_start(struct sasl_client *c, const char *offered, const char **mechanism_r, struct str *initial_r, const char **why_r) MUST_CHECK;
int sasl_client_step(struct sasl_client *c, struct str challenge, struct str *response_r, const char **why_r) MUST_CHECK;
/* After <success/>: whether the server has proven itself too. */
int sasl_client_finish(struct sasl_client *c, struct str data, const char **why_r) MUST_CHECK;
