/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bus (doc/protocol.md sections 1 to 3): who is connected, under which
 * name, and who gets a frame. Knows nothing of what frames carry, except for
 * external components (XEP-0114), for which it is the edge.
 *
 *   router.c    start, listeners, draining, end
 *   link.c      one component's link: its life, its frames
 *   auth.c      what is said on a link before frames: TLS, SASL, bind
 *   members.c   names, domains, slots; telling everybody
 *   route.c     from frame to target; bounces
 *   port.c      ways out: writing to them, pausing who fills them
 *   external.c  XEP-0114: one connection
 *   edge.c      XEP-0114: what passes between the connection and the bus
 *   status.c    answers to carillonctl
 *   stranger.c  limits; connections that have not shown who they are
 */
#pragma once

#include "common/io.h"
#include "common/limit.h"
#include "common/log.h"
#include "common/map.h"
#include "xmpp/bus_version.h"
#include "xmpp/envelope.h"
#include "xmpp/sasl.h"
#include "xmpp/slot.h"
#include "xmpp/stream.h"

struct daemon;
struct router;

/* ---- for main and for tests ---- */

struct router_external { /* what an external component must know */
	const char *domain, *secret;
};

struct router_opts { /* borrowed while router_new runs */
	struct loop *loop;
	const struct log_ctx *log;
	const char *name, *boot;
	const char *const *listen, *const *external_listen;
	size_t listen_count, external_listen_count;
	const char *secret;
	const char *ca_file, *cert_file, *key_file; /* TLS for links over TCP; null ca_file: none */
	const struct router_external *externals;
	size_t external_count;
	const char *const *hosts; /* domains of the configuration: not to be taken for foreign ones */
	size_t host_count;
	struct bus_versions versions; /* zero: those of this program */
	struct daemon *daemon; /* for `status` and its like; null: they are refused */
};

struct router_limits { /* keys of section router */
	size_t setup_max; /* connections being set up: links, and externals */
	uint64_t setup_ms;
	size_t external_stanza; /* bytes */
	uint64_t external_rate, external_burst; /* bytes a second, bytes; 0: no limit */
	uint64_t external_stall_ms; /* how long an external may hold up those that write to it */
};

extern const struct router_limits router_limits_default;

/* Null with the reason in `why`. sasl_setup has been called. The limits are the default ones. */
struct router *router_new(const struct router_opts *opts, struct buf *why);
void router_free(struct router **r);
void router_set_limits(struct router *r, const struct router_limits *limits);
/* Another set of external components; who is no longer in it, or has another secret, is sent away. */
void router_set_externals(struct router *r, const struct router_external *externals, size_t count,
			  struct buf *why);
/* Other domains of the configuration: see hosts in the options. */
void router_set_hosts(struct router *r, const char *const *hosts, size_t count);
/* Reads the files again (they were renewed). 0, or -1: the old one stays, `why` says what is wrong. */
int router_load_certificate(struct router *r, const char *cert_file, const char *key_file,
			    struct buf *why) MUST_CHECK;
/* Lets everybody leave and calls drained(arg), after 2 s at the latest. */
void router_drain(struct router *r, void (*drained)(void *arg), void *arg);
size_t router_link_count(const struct router *r);
/* Where it listens: those of `listen`, then those of `external_listen`; for tests that ask for port 0. */
const struct addr *router_addr(const struct router *r, size_t i);

/* ---- ports ---- */

enum { PORT_LOW = 256 * 1024, PORT_HIGH = 1024 * 1024 };

struct port { /* what frames go out to and come in from: a link or an external component */
	struct router *r;
	struct io *io;       /* null when it has ended */
	struct list waiters; /* struct wait by at_target: sources that are paused until this has drained */
	struct list waits;   /* struct wait by at_source: what this source is paused for */
	bool external;
	bool paced; /* it sent more than its rate, and is not read from for a while */
};

void port_drained(struct port *p);
/* Pauses the source when the target is over its mark. */
void port_press(struct port *source, struct port *target);
bool port_paused(const struct port *p);
void port_done(struct port *p); /* nobody waits for it any more, and it for nobody; closes the io */

/* ---- links ---- */

enum link_state {
	LINK_NEGOTIATING, /* header, TLS, SASL */
	LINK_AUTHED,      /* for <bind/> */
	LINK_BOUND,       /* frames */
	LINK_CLOSING,     /* our last words are on their way out */
};

enum link_role { ROLE_C2S, ROLE_S2S, ROLE_SM, ROLE_MUC, ROLE_CTL, ROLE_EXTERNAL, ROLE_COUNT };

struct link {
	struct port port;
	struct list_node node; /* in router.fresh, .bound or .closing, by state */
	struct log_ctx log;
	uint64_t number;
	enum link_state state;
	struct stream *stream;
	struct sasl_server *sasl;
	bool secured, wants_tls;
	struct timer timer; /* deadline of the set-up, or watch */
	uint64_t last_in;
	bool pinged; /* since then */

	/* once bound */
	char *name, *boot;
	enum link_role role;
	bool draining;
	bool left; /* it has closed its side while we drain */
	unsigned version; /* of the bus, once bound */
	struct domain **domains;
	size_t domain_count;
};

const char *link_role_name(enum link_role role);
void link_accept(struct router *r, int fd, const struct addr *peer);
/* The one exit for a bad peer: a stream error, one line in the log, the end. */
void link_fail(struct link *l, enum stream_condition condition, const char *fmt, ...) PRINTF_LIKE(3, 4);
void link_close(struct link *l); /* in good order */
void link_free(struct link *l);
void link_write(struct link *l, const struct frame *word);
void link_state_set(struct link *l, enum link_state state);

/* auth.c */
void auth_header(struct link *l, const struct xml_header *h);
void auth_element(struct link *l, const struct stanza *st);

/* ---- members ---- */

struct domain { /* that links serve */
	char *name;
	struct link **links;
	size_t count;
	enum link_role role; /* of those that count: sm, or muc when no sm serves it */
	size_t up;           /* how many of that role are up and not draining */
};

struct owners { /* of the slots, among the links of one role */
	struct link *slot[SLOT_COUNT];
	size_t up;
};

/* Binds a link whose name, role and boot are set; throws an older one of the name out. */
void members_bind(struct link *l, const struct str *hosts, size_t count);
void members_unbind(struct link *l);
void members_set_hosts(struct link *l, struct str hosts);
void members_set_draining(struct link *l, bool draining);
/* An external component came or went. */
void members_tell_external(struct router *r, const char *name, const char *domain, bool up);
struct link *members_owner(struct router *r, const struct domain *d, struct str key); /* may be null */
struct link *members_s2s(struct router *r, struct str key);                           /* may be null */

/* ---- routing ---- */

/* Sends the frame on. Null, or the reason why it cannot be delivered. The source is paused if need be. */
const char *route(struct router *r, struct port *source, const struct frame *f);
/* A frame from a link, to its end: sent on, or bounced. */
void route_from_link(struct link *l, const struct frame *f);
/* A frame from the router itself to an instance; lost (and counted) when it is not there. */
void route_own(struct router *r, const struct frame *f);
/* Counters of this process: taken from links, sent back, bounces that nobody was there to take. */
uint64_t route_frames(void);
uint64_t route_bounced(void);
uint64_t route_dropped(void);

/* ---- external components ---- */

struct external;

struct external_conf { /* one that may connect */
	char *domain, *secret;
	char name[32];        /* on the bus */
	struct external *now; /* connected and authenticated; may be null */
	struct list_node node;
};

enum external_state { EXTERNAL_HEADER, EXTERNAL_HANDSHAKE, EXTERNAL_READY, EXTERNAL_CLOSING };

struct external { /* a connection */
	struct port port;
	struct list_node node; /* in router.fresh_externals or .externals */
	struct log_ctx log;
	enum external_state state;
	struct stream *stream;
	struct external_conf *conf; /* null until its header is good */
	struct timer timer;
	struct timer stall; /* runs while it is over its mark: it does not read */
	struct timer pace;  /* ends port.paced */
	struct limit rate;
	uint64_t stanzas_in, stanzas_out;
};

void external_accept(struct router *r, int fd, const struct addr *peer);
void external_fail(struct external *e, enum stream_condition condition, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
void external_free(struct external *e);
void external_limits(struct external *e); /* the router's have changed */
/* After something was queued for it: it may hold up the daemons that write to it, but not for long. */
void external_watch(struct external *e);
struct external_conf *external_find(struct router *r, struct str domain); /* may be null */

/* edge.c */
void edge_stanza(struct external *e, const struct stanza *st);
/* Gives a frame to an external component. False when it is nothing that may leave. */
bool edge_deliver(struct router *r, struct external *e, const struct frame *f);
/* A frame of an external component has come back. */
void edge_bounced(struct router *r, const struct frame *f);
void edge_done(struct router *r);

/* ---- strangers and limits ---- */

enum router_limit {
	LIMIT_SETUP_MAX,
	LIMIT_SETUP_TIMEOUT,
	LIMIT_EXTERNAL_STANZA,
	LIMIT_EXTERNAL_RATE,
	LIMIT_EXTERNAL_STALL,
};

void limit_hit(enum router_limit which); /* counts */
/* Counts one that ended without having shown who it is, and writes a line about it, if there was none for a while. */
void stranger_log(struct router *r, const struct log_ctx *ctx, const char *why);
/* The same for who knows the secret and speaks another version. */
void stranger_version(struct router *r, const struct log_ctx *ctx, const char *why);
/* The same at level info, for who has hung up by himself. */
void stranger_left(struct router *r, const struct log_ctx *ctx, const char *why);

/* ---- the router ---- */

struct router {
	struct loop *loop;
	const struct log_ctx *log;
	char *name, *boot;
	struct daemon *daemon;
	struct bus_versions versions;
	struct io_listener **listeners;
	size_t listener_count;
	struct tls_server *tls;
	struct sasl_credentials credentials; /* of the one user, CLUSTER_USER */
	char *secret;
	uint64_t next_number;

	struct list fresh, bound, closing; /* links */
	struct map names;                  /* bound ones */
	struct map domains;
	struct owners sm, muc;
	struct link **s2s; /* up and not draining */
	struct str *s2s_names;
	size_t s2s_count;

	struct list external_confs;
	struct map external_domains; /* to struct external_conf */
	struct list fresh_externals, externals;
	struct list postponed; /* stanzas of externals that wait for the map of slots to settle */
	size_t postponed_bytes;
	struct timer postpone_timer;
	struct router_limits limits;
	struct log_pace stranger_pace, version_pace;
	char **hosts;
	size_t host_count;

	bool draining;
	struct timer drain_timer;
	bool drain_closing; /* its second phase */
	void (*drained)(void *arg);
	void *drained_arg;
};

bool router_has_host(const struct router *r, struct str domain);
void router_drain_check(struct router *r); /* after a link or an external has gone or left */
/* status.c */
void status_answer(struct router *r, const struct frame *f);
