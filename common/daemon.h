/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The skeleton that every daemon's main calls: options, configuration, log,
 * signals, readiness, metrics and health over HTTP, the loop.
 *
 *   -c FILE  configuration (default SYSCONFDIR/carillon/carillon.conf)
 *   -n NAME  instance name, ROLE-NUMBER (default ROLE-1)
 *   -t       check the configuration and exit: 0 good, 2 bad
 *   -d       log at level debug
 *   -V, -h   version, help
 *
 * SIGHUP: reload. SIGTERM, SIGINT: drain, then leave. A second one: leave now.
 * SIGUSR1: reopen the log. sd_notify's READY=1 / STOPPING=1 are sent by hand
 * over $NOTIFY_SOCKET when it is set. SIGPIPE is ignored.
 */
#pragma once

#include "common/conf.h"
#include "common/log.h"
#include "common/loop.h"

struct daemon; /* what the skeleton gives to its daemon */

struct daemon_desc {
	const char *role;    /* "c2s" */
	const char *summary; /* one line for -h */
	const struct conf_section *const *sections; /* the daemon's own; the skeleton adds cluster, host, log, http */
	/*
	 * For -t, behind the tables: what they cannot tell, such as files that the configuration names. 0, or -1 with a
	 * problem a line, appended. May be null.
	 */
	int (*check)(const struct conf *conf, struct buf *problems);
	/* Builds the daemon. 0, or -1 with what is wrong and what would be right in `why`. Returns state in *state_r. */
	int (*start)(struct daemon *d, void **state_r, struct buf *why);
	/* New configuration is in daemon_conf. Problems are logged by the daemon; it keeps what was. May be null. */
	void (*reload)(struct daemon *d, void *state);
	/* Begin to leave; call daemon_drained when done. Null: leave at once. */
	void (*drain)(struct daemon *d, void *state);
	void (*stop)(struct daemon *d, void *state); /* free everything (leak checkers look) */
	/* Whether it does its work now, for /readyz; appends the reason when not. May be null: ready when started. */
	bool (*ready)(struct daemon *d, void *state, struct buf *why);
};

int daemon_main(int argc, char **argv, const struct daemon_desc *desc);

struct loop *daemon_loop(struct daemon *d);
/*
 * Texts borrowed from it stay good: those of keys that need a restart for ever
 * (a reload carries them over, and warns when the file says something else),
 * those of CONF_RELOAD keys until desc->reload of the next reload returns.
 */
const struct conf *daemon_conf(struct daemon *d);
const char *daemon_conf_path(const struct daemon *d);  /* the file it is read from */
const char *daemon_name(const struct daemon *d);       /* "c2s-1" */
unsigned daemon_number(const struct daemon *d);        /* 1 */
const char *daemon_boot(const struct daemon *d);       /* 16 letters, new for each start of the process */
const struct log_ctx *daemon_log(const struct daemon *d);
void daemon_ready(struct daemon *d);                   /* READY=1; start() calls it, or something later does */
void daemon_drained(struct daemon *d);                 /* the loop may end */
void daemon_reload(struct daemon *d);                  /* as SIGHUP */
void daemon_drain(struct daemon *d);                   /* as SIGTERM */
/* From `drain`, if it may take long: tells the service manager, who would kill us else (TimeoutStopSec=). */
void daemon_drain_takes(const struct daemon *d, uint64_t ms);
bool daemon_draining(const struct daemon *d);
bool daemon_is_ready(struct daemon *d, struct buf *why); /* as /readyz has it; appends the reason when it is not */

enum host_redirect_when { REDIRECT_AFTER_LOGIN, REDIRECT_AFTER_TLS }; /* key `see_other_host_when` of a host, in its order */
enum host_anonymous { ANONYMOUS_OFF, ANONYMOUS_LOCAL, ANONYMOUS_ANYWHERE }; /* key `anonymous` of a host, in its order */

/* Sections that every daemon reads; see common/daemon_keys.c. */
extern const struct conf_section conf_cluster, conf_host, conf_log, conf_http;
/* Checks for daemon_desc: the node's certificate and its CA; the same and the certificates of all hosts. */
int daemon_check_node(const struct conf *conf, struct buf *problems);
int daemon_check_all(const struct conf *conf, struct buf *problems);
extern const char *const conf_all_section_names[]; /* of the whole product, null-terminated; for conf_load's foreign */
