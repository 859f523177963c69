/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole bus in one process and on one loop, for tests: real routers on Unix
 * sockets in a directory of its own, real components, and raw clients that may
 * say anything.
 */
#pragma once

#include "router/router.h"
#include "xmpp/component.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { BUS_ROUTERS = 3, BUS_NODES = 8 };

#define BUS_SECRET "correct horse battery staple"

struct actor { /* a component that writes down what happens to it */
	struct bus *bus;
	struct component *c;
	struct buf story; /* a line for each event, see bus.c */
	unsigned frames, bounces, onlines, offlines, losts;
	bool high;
	bool quiet;                                               /* count only */
	void (*on_frame)(struct actor *n, const struct frame *f); /* may be null */
};

struct raw { /* a client without manners */
	struct bus *bus;
	struct io *io;
	struct buf in;
	bool ended;
	bool deaf; /* reads nothing */
};

struct bus {
	struct loop *loop;
	struct log_ctx log;
	char dir[32];
	char paths[BUS_ROUTERS][64];
	char external_paths[BUS_ROUTERS][64];
	const char *routers[BUS_ROUTERS + 1]; /* addresses for components */
	struct router *router[BUS_ROUTERS];
	struct actor node[BUS_NODES];
	size_t node_count;
	struct bus_versions versions; /* of routers and components that start from now on; zero: the program's own */
	struct timer guard;
	bool late;
	bool done; /* for the test */
};

void bus_start(struct bus *b, size_t routers);
void bus_stop(struct bus *b);
void bus_router_start(struct bus *b, size_t i);
void bus_router_kill(struct bus *b, size_t i);
/* hosts: null-terminated, may be null. */
struct actor *bus_join(struct bus *b, const char *name, const char *role, const char *const *hosts);
struct actor *bus_join_as(struct bus *b, const char *name, const char *role, const char *boot,
			  const char *secret, const char *const *hosts);
void node_leave(struct actor *n); /* at once, as if it had died */
bool node_sees(const struct actor *n, const char *name);
bool node_heard(const struct actor *n, const char *text); /* in its story */
void node_forget(struct actor *n);
void node_send(struct actor *n, const char *to, const char *payload);
void node_send_key(struct actor *n, const char *host, const char *key, const char *payload);

void raw_connect(struct raw *c, struct bus *b, const char *path);
void raw_send(struct raw *c, const char *text);
bool raw_got(const struct raw *c, const char *text);
void raw_close(struct raw *c);

void bus_turn(struct bus *b);
void bus_guard(struct bus *b);

/* Turns the loop until it is true; a test that waits too long fails. */
#define WAIT(b, condition)                                                                                   \
	do {                                                                                                 \
		bus_guard(b);                                                                                \
		while (!(condition)) {                                                                       \
			if ((b)->late)                                                                       \
				fail_msg("%s:%d: not within 10 s: %s", __FILE__, __LINE__, #condition);      \
			bus_turn(b);                                                                         \
		}                                                                                            \
		timer_stop(&(b)->guard);                                                                     \
	} while (0)
