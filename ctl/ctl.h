/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carillonctl: one command, one answer, exit. What the commands share: the
 * options, the configuration, the bus, the answer.
 */
#pragma once

#include "common/conf.h"
#include "ctl/table.h"
#include "xmpp/component.h"
#include "xmpp/jid.h"
#include "xmpp/out.h"

enum ctl_exit {
	CTL_OK = 0,
	CTL_FAILED = 1,      /* it was tried and did not work: no such user, exists already, a check found errors */
	CTL_USAGE = 2,       /* wrong arguments or configuration */
	CTL_UNREACHABLE = 3, /* no router, no daemon, no database: try again when they run */
};

struct bus; /* ctl/bus.h */

struct ctl {
	const char *config;
	struct conf *conf;
	bool json;
	char **args; /* of the command, behind its name */
	int count;
	struct table table; /* printed when the command returns CTL_OK and has rows */
	struct bus *bus;    /* null until ctl_bus */
};

/* Reads the configuration; prints problems. CTL_OK or CTL_USAGE. */
enum ctl_exit ctl_conf(struct ctl *ctl);
/* Prints "carillonctl: ..." to standard error and returns `code`. */
enum ctl_exit ctl_fail(const struct ctl *ctl, enum ctl_exit code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* --name VALUE among the arguments: taken out and returned; null when missing. */
const char *ctl_option(struct ctl *ctl, const char *name);
bool ctl_flag(struct ctl *ctl, const char *name);
/* A bare JID of a host of ours from an argument. CTL_OK or CTL_USAGE, printed. */
enum ctl_exit ctl_user(struct ctl *ctl, struct arena *a, const char *text, struct jid *jid_r);

/* ---- the bus ---- */

/* Connects to the routers and waits until one is there. CTL_OK or CTL_UNREACHABLE, printed. */
enum ctl_exit ctl_bus(struct ctl *ctl);
enum ctl_exit ctl_bus_patient(struct ctl *ctl, uint64_t ms); /* the same, waiting so long */
void ctl_bus_done(struct ctl *ctl);
struct component *ctl_component(struct ctl *ctl);
/*
 * The instances that are up and answer questions, of one role or of all (null), sorted, null-terminated. Names of their
 * own in `a`: members come and go while one of them is asked.
 */
struct str *ctl_members(struct ctl *ctl, struct arena *a, const char *role);

struct request { /* one <do/> */
	const char *what;
	struct str to;        /* an instance, or */
	struct str host, key; /* the owner of a key */
	struct {
		const char *name;
		struct str value; /* absent: left out */
	} attrs[6];
	struct str children;  /* canonical */
};

struct reply {
	char result[24]; /* "ok", "not-found", ...; "unreachable" when nobody answered */
	char text[256];
	size_t rows;     /* that were added */
};

/* Asks and waits; rows are appended to ctl->table. CTL_OK when the result is ok, else the exit code that fits it. */
enum ctl_exit ctl_ask(struct ctl *ctl, const struct request *r, struct reply *reply);
/* A list that comes in pages, from one instance; `name` and `value` say of what. CTL_OK, or a refusal, printed. */
enum ctl_exit ctl_list(struct ctl *ctl, const char *what, struct str to, const char *name, struct str value);
/*
 * The same for the router at one address of the configuration (it is asked on a link of its own). Unreachable, too,
 * when the request is to a router of another name.
 */
enum ctl_exit ctl_ask_router(struct ctl *ctl, const char *address, const struct request *r, struct reply *reply);
/* Prints why a request has failed and returns its code. */
enum ctl_exit ctl_refused(const struct ctl *ctl, enum ctl_exit code, const struct reply *reply, const char *subject);
/* Runs the loop for at most `ms`, or until a member of the bus appears or changes. */
void ctl_bus_run(struct ctl *ctl, uint64_t ms);

/* ---- commands, one file each family ---- */
enum ctl_exit cmd_user_add(struct ctl *ctl);
enum ctl_exit cmd_user_del(struct ctl *ctl);
enum ctl_exit cmd_user_passwd(struct ctl *ctl);
enum ctl_exit cmd_user_disable(struct ctl *ctl);
enum ctl_exit cmd_user_enable(struct ctl *ctl);
enum ctl_exit cmd_user_list(struct ctl *ctl);
enum ctl_exit cmd_user_show(struct ctl *ctl);
enum ctl_exit cmd_session_list(struct ctl *ctl);
enum ctl_exit cmd_session_kick(struct ctl *ctl);
enum ctl_exit cmd_status(struct ctl *ctl);
enum ctl_exit cmd_slots(struct ctl *ctl);
enum ctl_exit cmd_wait(struct ctl *ctl);
enum ctl_exit cmd_reload(struct ctl *ctl);
enum ctl_exit cmd_drain(struct ctl *ctl);
enum ctl_exit cmd_check(struct ctl *ctl);
enum ctl_exit cmd_db_status(struct ctl *ctl);
enum ctl_exit cmd_db_migrate(struct ctl *ctl);
