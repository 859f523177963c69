/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract between sm and its modules: one file, one `const struct module`,
 * listed in sm/modules.def. A module includes this, xmpp/, common/ and
 * storage/storage.h, and never another module.
 *
 * IQs are found by (type, namespace, element, addressee) in one hash; what
 * nobody claims is answered service-unavailable or, in a namespace that has routes for
 * that addressee, feature-not-implemented by the core. Events are typed:
 * HOOK(message_in, PHASE_CHECK, fn) compiles only when fn takes the payload of
 * message_in. Order lives here: phases first, then the order of modules.def.
 */
#pragma once

#include "common/conf.h"
#include "storage/storage.h"
#include "xmpp/out.h"
#include "xmpp/stanza.h"

struct entry;
struct sm;
struct sm_user;
struct sm_session;

/* ---- events ---- */

enum phase {
	PHASE_CHECK,    /* may it pass at all */
	PHASE_STAMP,    /* add to it (ev->append), take out of it (ev->drop) */
	PHASE_HANDLE,   /* it is for the server itself, not for anybody else */
	PHASE_DELIVER,  /* where it goes */
	PHASE_AFTER,    /* it has gone; copies, notifications */
	PHASE_FALLBACK, /* nobody took it */
	PHASE_COUNT
};

enum verdict {
	PASS,   /* go on with the next handler */
	TAKEN,  /* it is mine; nobody else needs to see it */
	REFUSE, /* ev->fault says why; the core answers the sender where the RFC allows an answer */
};

enum { EV_DROP_MAX = 8 };

struct ev_edit { /* what handlers want changed in the stanza; see stanza_edit */
	struct buf append;                    /* canonical children; write with out_init(&o, &edit->append, NS_CLIENT) */
	const struct node *drop[EV_DROP_MAX]; /* children of the root to leave out */
	size_t drop_count;
};

struct ev_out {
	struct sm_session *session;
	const struct stanza *stanza; /* to.full absent: addressed to nobody, i.e. the account (RFC 6120 8.1.1.1) */
	struct ev_edit *edit;
	bool archive;                /* a message: handlers may say that it goes into the user's own log, */
	bool copies;                 /* and that sessions of his get copies of it */
	struct entry *entry;         /* AFTER: it in that log; null: it is not there */
	bool again;                  /* AFTER, a message: the client has said it before, and repeats it in a new session (sm/resend.h) */
	struct stanza_fault fault;
};

struct ev_message_in {
	struct sm_user *user;
	const struct stanza *stanza;
	struct ev_edit *edit;
	bool store;          /* goes into the log (RFC 6121 8.5.2.2.1: chat and normal with content); handlers may change it */
	bool archive;        /* and stays there when it is delivered; handlers may say so */
	struct stanza_fault fault;
	/* AFTER only, with the stanza as edited: */
	bool sent;                 /* sessions have been sent it: */
	struct sm_session *sole;   /* this one alone; null: all that are available with a non-negative priority */
	struct entry *entry;       /* it in the log (sm/mailbox.h); null: it is not there */
};

struct ev_deliver {
	struct sm_session *session;
	const struct stanza *stanza;
	int64_t id;          /* in the log, 0 when it is not stored */
	bool archived;       /* where it stays */
	bool outgoing;       /* the user has sent it: for other sessions of his */
	struct ev_edit *edit;
	bool again;          /* the session has come from a former owner, and gets what lay behind the cursor (sm/offline.h) */
	struct str instead;  /* canonical, in the stanza's arena: this in its place; absent: the stanza with its edits */
};

struct ev_presence_in {
	struct sm_user *user;
	const struct stanza *stanza;
	struct ev_edit *edit;
	struct stanza_fault fault;
};

struct ev_session {
	struct sm_session *session;
};

struct ev_user {
	struct sm_user *user;
};

struct roster_item;
struct ev_roster {
	struct sm_user *user;
	const struct roster_item *item; /* sm/roster.h */
	bool removed;
};

enum event {
#define EVENT(name, payload) EVENT_##name,
#include "sm/events.def"
#undef EVENT
	EVENT_COUNT
};

struct hook {
	enum event event;
	enum phase phase;
	union {
#define EVENT(name, payload) enum verdict (*name)(struct sm * sm, struct payload *ev);
#include "sm/events.def"
#undef EVENT
		void (*any)(void);
	} fn;
};
#define HOOK(name, at, function) {.event = EVENT_##name, .phase = (at), .fn.name = (function)}
#define HOOKS_END {.event = EVENT_COUNT}

/* ---- IQ ---- */

enum addressee {
	TO_ACCOUNT = 1, /* no `to`, or the sender's own bare JID (RFC 6120 8.1.1.1, 10.3.3); from any of ours or from outside see below */
	TO_CONTACT = 2, /* the bare JID of an account of ours, from somebody else (10.5.3.2 ff.: the server answers for the user) */
	TO_HOST = 4,    /* the domain itself */
};

struct iq {
	const struct stanza *stanza;
	const struct node *child;    /* the one child element */
	enum addressee addressee;
	struct sm_user *user;        /* the account addressed; null for TO_HOST */
	struct sm_session *session;  /* the sender's session when it is one of this sm's; null when it came over the bus */
};

/*
 * Answers at once with one of the iq_ functions, or keeps the request with iq_keep and answers later.
 * Exactly one answer per request. Returning without having done either is a bug (checked).
 */
struct iq_route {
	enum stanza_type type; /* TYPE_GET or TYPE_SET */
	const char *ns, *element;
	unsigned addressees;   /* TO_... */
	void (*handle)(struct sm *sm, const struct iq *iq);
	bool guests; /* TYPE_SET to one's own account: it stores nothing, so guests may have it, too (sm/anonymous.h) */
};

void iq_result(struct sm *sm, const struct iq *iq, struct str canonical_child); /* child may be empty */
void iq_error(struct sm *sm, const struct iq *iq, enum stanza_condition condition, const char *text);
void iq_fault(struct sm *sm, const struct iq *iq, const struct stanza_fault *fault);

/* A request that waits for its answer: a copy of the stanza; ends by kept_result or kept_error. The user may be gone by then. */
struct iq_kept;
struct iq_kept *iq_keep(struct sm *sm, const struct iq *iq);
void kept_result(struct iq_kept **k, struct str canonical_child);
void kept_error(struct iq_kept **k, enum stanza_condition condition, const char *text);
/* STORAGE_OK is a bug; TEMPORARY, FENCED: resource-constraint/wait; NOT_FOUND: item-not-found; REFUSED: internal-server-error. */
void kept_storage_error(struct iq_kept **k, enum storage_result r);

/* ---- the module ---- */

struct module {
	const char *name;                    /* "ping"; its section in the configuration is mod_ping */
	const char *xep;                     /* "XEP-0199 2.0.1"; null for the RFC's own */
	const char *const *host_features;    /* for disco#info of the domain, null-terminated; may be null */
	const char *const *account_features; /* of a bare JID */
	bool (*idle)(struct sm *sm);         /* it has nothing to offer now: no features; may be null */
	const char *const *stream_features;  /* canonical children of <stream:features/> after login; for c2s through doc/protocol.md later */
	const struct iq_route *iqs;          /* ends with a null ns */
	const struct hook *hooks;            /* ends with HOOKS_END */
	const struct conf_key *keys;         /* beside `enabled`, which the core adds; ends with a null name; may be null */
	/* *state_r is the module's; 0 or -1 with why. May be null. Called at start and, when all keys are reloadable, at reload with the old state. */
	int (*start)(struct sm *sm, const struct conf *conf, void **state_r, struct buf *why);
	void (*stop)(struct sm *sm, void *state);
	size_t user_size, session_size;      /* zeroed state in each user and session; see module_user_state */
	bool off_by_default;
};

void *module_state(struct sm *sm, const struct module *m);
void *module_user_state(struct sm_user *user, const struct module *m);
void *module_session_state(struct sm_session *session, const struct module *m);

/* ---- what modules may ask the core for ---- */

struct loop *sm_loop(struct sm *sm);
struct storage *sm_storage(struct sm *sm);
const struct log_ctx *sm_log(struct sm *sm);
const struct conf *sm_conf(struct sm *sm);
bool sm_serves(struct sm *sm, struct str host);
size_t sm_hosts(struct sm *sm, const struct str **hosts_r);

const struct jid *user_jid(const struct sm_user *user);       /* bare */
bool user_anonymous(const struct sm_user *user);              /* a guest, without an account in the database */
const struct jid *session_jid(const struct sm_session *session); /* full */
struct sm_user *session_user(const struct sm_session *session);
bool session_available(const struct sm_session *session);     /* has sent presence and not unavailable */
int session_priority(const struct sm_session *session);
struct str session_presence(const struct sm_session *session); /* last broadcast presence, canonical with from; absent */
struct sm_session *user_next_session(const struct sm_user *user, const struct sm_session *after); /* after null: the first */
/* The user when it is in memory and loaded on this sm; null otherwise. */
struct sm_user *sm_user_find(struct sm *sm, struct str bare);

/* Whether the contact may see the user's presence / the user the contact's (subscription from or both / to or both). */
bool roster_sees_us(const struct sm_user *user, struct str contact_bare);
bool roster_we_see(const struct sm_user *user, struct str contact_bare);
const struct roster_item *roster_find(const struct sm_user *user, struct str contact_bare); /* may be null */

/* A stanza of the server's own, canonical with from and to, to wherever `to` is: session, account here, elsewhere. */
void sm_route(struct sm *sm, struct str canonical);
/* To this session's client, as it stands. */
void session_send(struct sm_session *session, struct str canonical);

/* For disco: walks the features of enabled modules. which: TO_HOST or TO_ACCOUNT. */
void sm_each_feature(struct sm *sm, enum addressee which, void (*each)(void *arg, const char *feature), void *arg);
