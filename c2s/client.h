/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct client: one connection from a client, from accept to close: socket,
 * stream, login. Created by a listener; owned by itself: it ends by
 * client_fail, by the peer, or by a timeout, and is freed at the end of that
 * turn of the loop.
 *
 * What needs more than the struct during login stands in struct login, which
 * is gone once the session is bound. A bound, idle client owns nothing but
 * its struct, its bond, its io and its stream (without parser).
 */
#pragma once

#include "common/io.h"
#include "common/limit.h"
#include "common/log.h"
#include "common/loop.h"
#include "xmpp/sasl.h"
#include "xmpp/stream.h"

struct c2s;
struct bond;
struct address;

enum client_state {
	CLIENT_PLAIN,         /* connected without TLS: header, STARTTLS, and login where TLS is not required */
	CLIENT_HANDSHAKE,     /* the TLS handshake is under way */
	CLIENT_SECURE,        /* TLS is there: header, login */
	CLIENT_AUTH,          /* a SASL exchange is under way */
	CLIENT_AUTHENTICATED, /* who it is has been decided: header, resource binding */
	CLIENT_BINDING,       /* its sm has been asked for a session */
	CLIENT_BOUND,         /* stanzas */
	CLIENT_CLOSING,       /* our last words are on their way out */
	CLIENT_STATE_COUNT
};
const char *client_state_name(enum client_state state);

/* Why nothing is read from the client just now; a set. */
enum client_pause {
	PAUSE_LOGIN = 1, /* credentials, a password check or its turn for one: what follows waits */
	PAUSE_BIND = 2,  /* the sm's answer to <open/> */
	PAUSE_RING = 4,  /* its sm has too much of it that it has not dealt with */
	PAUSE_RATE = 8,  /* it sent more than its rate */
	PAUSE_BUS = 16,  /* the bus is full */
	/* For these the stanzas that were read already have to wait, too. */
	PAUSE_HOLDS = PAUSE_LOGIN | PAUSE_BIND | PAUSE_RING,
};

struct login {
	struct client *client;
	struct arena arena;           /* all text below */
	const char *host;             /* the domain that it came for; null before the header */
	struct str from;              /* what the header's `from` says, prepared; absent */
	struct str user;              /* the identity, once decided; absent before */
	const char *mechanism;        /* by which */
	struct str tried;             /* name in the exchange under way, for the log */
	const char *trying;           /* its mechanism */
	struct sasl_server *sasl;
	unsigned tries, failures;     /* guesses that were wrong; attempts that failed for any reason */
	const char *last;             /* mechanism of the last attempt, */
	unsigned row;                 /* which so many in a row have failed with */
	uint64_t deadline;
	bool plain;                   /* holds one of the places for PLAIN */
	bool plain_waits;             /* stands in c2s->plain_waiting with `initial` */
	struct str initial;           /* p null: none; in the arena */
	struct list_node plain_node;
	uint64_t ask_id, ask_since;   /* credentials on their way; 0: none */
	struct list_node ask_node;
	struct str bind_id;           /* of the <iq/> that binds */
	unsigned binds;               /* requests so far */
};

struct client {
	struct log_ctx log;
	struct c2s *c2s;
	struct list_node state_node;
	enum client_state state;
	uint8_t pauses;               /* enum client_pause */
	uint8_t todo;                 /* for `task` */
	bool pinged;                  /* a ping of ours is out, since ping_at */
	bool rested;                  /* not in c2s->active: no parser */
	uint64_t number;
	uint64_t since, heard, ping_at; /* ms: connected, last input */
	uint64_t bytes_in;
	struct io *io;
	struct stream *stream;
	struct login *login;          /* null once bound */
	struct bond *bond;            /* from binding on */
	struct address *address;      /* who it counts for; null for Unix sockets */
	struct timer timer;           /* of the state */
	struct timer pace;            /* ends PAUSE_RATE */
	struct task task;             /* what must not happen inside a callback of stream or sasl */
	struct limit rate, stanza_rate;
	struct list_node active_node, paused_node;
};

/* Takes the descriptor. address: from limits_admit. direct_tls: the handshake comes first. */
void client_new(struct c2s *s, int fd, const struct addr *peer, struct address *address, bool direct_tls);
/* The one setter: logs, moves the client between lists, arms the state's timer. */
void client_set_state(struct client *c, enum client_state state);
/* The one exit: stream error, one log line, close. `why` goes to the client as text, too. */
void client_fail(struct client *c, enum stream_condition condition, const char *why);
/* The same with an application-specific condition (RFC 6120 4.9.4), canonical. */
void client_fail_app(struct client *c, enum stream_condition condition, const char *why, struct str app);
/* The stream error see-other-host (RFC 6120 4.9.3.19). */
void client_see_other(struct client *c, struct str where);
/* </stream:stream> without a stream error, where the RFC wants it so; `why` for the log. */
void client_close(struct client *c, const char *why);
/* Without a word, where none can be said: the connection is broken, or TLS is half done. `why` for the log. */
void client_drop(struct client *c, const char *reason, const char *why);
void client_write(struct client *c, struct str canonical);
void client_let_go(struct client *c); /* what was written goes out, no </stream:stream>: it resumes elsewhere (XEP-0198) */
bool client_over(const struct client *c); /* closing: nothing more is taken from it */
bool client_secure(const struct client *c);
struct str client_host(const struct client *c);
void client_login_done(struct client *c); /* bound: forget the negotiation */
void client_restart(struct client *c);    /* soon: a new stream (after SASL) */

/* flow.c: reading from it or not. */
void client_pause(struct client *c, enum client_pause why);
void client_resume(struct client *c, enum client_pause why);
void client_go(struct client *c);          /* from a fresh stack: what was held goes on */
void flow_pressure(struct c2s *s, bool high);
struct metric;
void flow_charge(struct client *c, struct limit *limit, uint64_t units, struct metric *metric); /* over it, it waits */
void flow_check_ring(struct client *c);    /* after bond_end: it waits while its sm has too much of it */
void flow_check_out(struct client *c);     /* after a write: too much that it does not read ends it */

/* element.c: the table of (state, namespace, name, handler). */
void client_on_element(struct client *c, const struct stanza *st);
/* Which table row it would be: null for none. For tests. */
const char *element_handler_name(enum client_state state, struct str ns, struct str name);

/* header.c, features.c */
void client_on_header(struct client *c, const struct xml_header *h);
void features_write(struct client *c);

/* redirect.c: whether it is to be told now, behind our header, that it is served elsewhere; and telling it. */
bool redirect_due(const struct client *c);
void redirect_send(struct client *c);

/* starttls.c */
void starttls_on_request(struct client *c, const struct stanza *st);
void starttls_on_late_request(struct client *c, const struct stanza *st);
void starttls_on_secured(struct client *c);

/* auth.c */
void auth_prepare(struct client *c); /* makes login->sasl if there is none */
void auth_on_auth(struct client *c, const struct stanza *st);
void auth_on_second_auth(struct client *c, const struct stanza *st);
void auth_on_response(struct client *c, const struct stanza *st);
void auth_on_abort(struct client *c, const struct stanza *st);
void auth_on_stray(struct client *c, const struct stanza *st);
void auth_gone(struct client *c);    /* the client ends, or is through: gives back what the login holds */

/*
 * external.c: the localparts at `host` that its certificate proves, one a line; absent when none (XEP-0178). shown: it
 * has a certificate that is good, whatever it proves.
 */
struct str external_users(struct client *c, bool *shown_r);

/* bind.c */
enum { BINDS_MAX = 10 }; /* requests on one stream, to bind or to resume: each costs the sm something */
void bind_on_iq(struct client *c, const struct stanza *st);
bool bind_on_late_iq(struct client *c, const struct stanza *st); /* bind or session of the server while bound; true: answered */
void bind_opened(struct client *c);
void bind_done(struct client *c); /* it has its session: no login any more */
void bind_refused(struct client *c, enum stanza_condition condition, const char *text);

/* forward.c */
void forward_stanza(struct client *c, const struct stanza *st);
