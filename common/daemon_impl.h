/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How common/daemon*.c divide the work, for them alone:
 *
 *   daemon.c         from main to the end
 *   daemon_opts.c    the command line
 *   daemon_signal.c  signals: reload, drain, leave
 *   daemon_notify.c  the service manager
 *   daemon_turn.c    whether the loop turns as it should
 *   daemon_web.c     metrics and health
 *   daemon_keys.c    sections that every daemon reads
 */
#pragma once

#include "common/daemon.h"
#include "common/http.h"

enum { DAEMON_SIGNALS = 4 };

struct daemon {
	const struct daemon_desc *desc;
	void *state;
	const char *conf_path;
	char *name;
	unsigned number;
	char boot[17];
	bool debug;      /* -d */
	bool check_only; /* -t */
	const struct conf_section **sections; /* the common ones and desc's */
	struct conf *conf;
	struct loop *loop;
	struct log_ctx log;
	bool started, ready, draining, drained;
	uv_signal_t signals[DAEMON_SIGNALS];
	struct http_server *http;
	struct timer watchdog;
	uint64_t watchdog_ms;
	uint64_t longest_us; /* turn of the loop, since the last look at the metrics */
	struct log_pace long_turns;
};

/* daemon_opts.c: -1 to go on, or the exit status. */
int daemon_options(struct daemon *d, int argc, char **argv);

/* daemon.c */
int daemon_load_conf(const struct daemon *d, struct conf **conf_r, struct buf *problems) MUST_CHECK;

/* daemon_signal.c */
void daemon_signals_start(struct daemon *d);
void daemon_signals_stop(struct daemon *d);

/* daemon_notify.c: tells systemd (sd_notify(3)) when there is one. */
void daemon_notify(const char *text);
void daemon_notify_reloading(void);
void daemon_watchdog_start(struct daemon *d);

/* daemon_turn.c */
void daemon_turns_start(struct daemon *d);

/* daemon_web.c */
int daemon_web_start(struct daemon *d, struct buf *why) MUST_CHECK;
void daemon_web_stop(struct daemon *d);
/* The port of an instance, 0 for none: see the section http. */
unsigned daemon_web_port(unsigned base, const char *role, unsigned number);
/* The answer to one request; apart from the server for tests. */
void daemon_web_answer(struct daemon *d, struct str path, struct http_reply *reply);
