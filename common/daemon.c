/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a daemon: read the command line and the configuration, open the
 * log, start, turn the loop, reload, drain, end. What the daemon is for comes
 * from its struct daemon_desc; nothing here knows a role by name.
 */
#include "common/daemon_impl.h"

#include "common/rand.h"

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- what the daemon asks --- */

struct loop *
daemon_loop(struct daemon *d)
{
	return d->loop;
}

const struct conf *
daemon_conf(struct daemon *d)
{
	return d->conf;
}

const char *
daemon_conf_path(const struct daemon *d)
{
	return d->conf_path;
}

const char *
daemon_name(const struct daemon *d)
{
	return d->name;
}

unsigned
daemon_number(const struct daemon *d)
{
	return d->number;
}

const char *
daemon_boot(const struct daemon *d)
{
	return d->boot;
}

const struct log_ctx *
daemon_log(const struct daemon *d)
{
	return &d->log;
}

bool
daemon_draining(const struct daemon *d)
{
	return d->draining;
}

void
daemon_ready(struct daemon *d)
{
	if (d->ready || d->draining)
		return;
	d->ready = true;
	log_info(&d->log, "ready");
	daemon_notify("READY=1");
}

/* --- configuration --- */

/* The sections that all read, and the daemon's own. */
static void
collect_sections(struct daemon *d)
{
	static const struct conf_section *const common[] = {&conf_cluster, &conf_host, &conf_log, &conf_http};
	size_t own = 0;

	while (d->desc->sections && d->desc->sections[own])
		own++;
	d->sections = xcalloc(ARRAY_LEN(common) + own + 1, sizeof(*d->sections));
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		d->sections[i] = common[i];
	for (size_t i = 0; i < own; i++)
		d->sections[ARRAY_LEN(common) + i] = d->desc->sections[i];
}

int
daemon_load_conf(const struct daemon *d, struct conf **conf_r, struct buf *problems)
{
	return conf_load(conf_r, d->conf_path, d->sections, conf_all_section_names, d->name, problems);
}

static enum log_level
wanted_level(const struct daemon *d)
{
	return d->debug ? LOG_LEVEL_DEBUG : (enum log_level)conf_int(d->conf, "log", NULL, "level");
}

static void
log_lines(struct daemon *d, enum log_level level, const char *what, struct str lines)
{
	while (lines.p) {
		struct str line = str_split(lines, '\n', &lines);

		if (line.n)
			log_write(level, &d->log, "%s: " STR_FMT, what, STR_ARG(line));
	}
}

/* The old one is freed when the daemon has taken what it wants from the new one. */
static void
use_conf(struct daemon *d, struct conf *conf)
{
	struct conf *old = d->conf;
	struct buf changed = {0};

	conf_keep_restart_keys(conf, old, &changed);
	log_lines(d, LOG_LEVEL_WARNING, "changed, but takes effect at a restart only", buf_str(&changed));
	buf_done(&changed);
	d->conf = conf;
	log_set_level(wanted_level(d));
	if (d->desc->reload)
		d->desc->reload(d, d->state);
	conf_free(&old);
}

void
daemon_reload(struct daemon *d)
{
	struct buf problems = {0};
	struct conf *conf;

	if (!d->started || d->draining)
		return;
	daemon_notify_reloading();
	if (daemon_load_conf(d, &conf, &problems) < 0) {
		log_lines(d, LOG_LEVEL_ERROR, "reload", buf_str(&problems));
		log_error(&d->log, "reload: the configuration has errors, the old one stays");
	} else {
		use_conf(d, conf);
		log_info(&d->log, "reloaded");
	}
	buf_done(&problems);
	daemon_notify("READY=1");
}

/* --- the end --- */

void
daemon_drained(struct daemon *d)
{
	if (d->drained)
		return;
	d->drained = true;
	loop_stop(d->loop);
}

void
daemon_drain(struct daemon *d)
{
	if (d->draining)
		return;
	d->draining = true;
	daemon_notify("STOPPING=1");
	if (d->desc->drain)
		d->desc->drain(d, d->state);
	else
		daemon_drained(d);
}

void
daemon_drain_takes(const struct daemon *d, uint64_t ms)
{
	char *text = xasprintf("EXTEND_TIMEOUT_USEC=%llu", (unsigned long long)ms * 1000);

	bug_if(!d->draining);
	daemon_notify(text);
	free(text);
}

static void
daemon_done(struct daemon *d)
{
	if (d->loop) {
		timer_stop(&d->watchdog);
		daemon_web_stop(d);
		daemon_signals_stop(d);
		loop_free(&d->loop);
		uv_library_shutdown(); /* ends the worker threads, and with them what OpenSSL keeps for each */
	}
	conf_free(&d->conf);
	free(d->sections);
	free(d->name);
}

/* --- the beginning --- */

/* A server's limit is what its administrator has set as the hard one; the soft one is for programs that use select(2). */
static void
raise_fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		log_warning(NULL, "the limit of open files cannot be raised");
}

/* -t, when each key by itself is good. */
static int
check_more(const struct daemon *d, struct buf *problems)
{
	struct buf more = {0};
	struct str lines;

	if (!d->desc->check || d->desc->check(d->conf, &more) == 0) {
		buf_done(&more);
		return 0;
	}
	lines = str_trim(buf_str(&more));
	while (lines.p) {
		struct str line = str_split(lines, '\n', &lines);

		buf_addf(problems, "%s: " STR_FMT "\n", d->conf_path, STR_ARG(line));
	}
	buf_done(&more);
	return -1;
}

/* Exit status for -t, or -1 to go on with a good configuration. */
static int
first_conf(struct daemon *d)
{
	struct buf problems = {0};
	int exit_code = -1;

	collect_sections(d);
	if (daemon_load_conf(d, &d->conf, &problems) < 0 || (d->check_only && check_more(d, &problems) < 0)) {
		fwrite(problems.p, 1, problems.n, stderr);
		exit_code = EXIT_CONFIG;
	} else if (d->check_only) {
		printf("%s: ok\n", d->conf_path);
		exit_code = 0;
	}
	buf_done(&problems);
	return exit_code;
}

static void
open_log(struct daemon *d)
{
	const char *target = conf_str(d->conf, "log", NULL, "target"), *why;

	if (log_open(d->name, target, wanted_level(d), &why) < 0)
		die(1, "%s: cannot open the log %s: %s", d->name, target, why);
}

/* Told where somebody looks: on stderr, and in the log where that is somewhere else. */
NO_RETURN static void
cannot_start(struct daemon *d, struct buf *why)
{
	if (strcmp(conf_str(d->conf, "log", NULL, "target"), "stderr") != 0)
		log_lines(d, LOG_LEVEL_ERROR, "cannot start", buf_str(why));
	die(1, "%s: cannot start: " STR_FMT, d->name, STR_ARG(str_trim(buf_str(why))));
}

static void
start(struct daemon *d)
{
	struct buf why = {0};

	d->loop = loop_new();
	daemon_signals_start(d);
	if (daemon_web_start(d, &why) < 0 || d->desc->start(d, &d->state, &why) < 0)
		cannot_start(d, &why);
	buf_done(&why);
	d->started = true;
	daemon_watchdog_start(d);
	log_info(&d->log, "started version=%s pid=%d", PACKAGE_VERSION, (int)getpid());
}

int
daemon_main(int argc, char **argv, const struct daemon_desc *desc)
{
	struct daemon d = {.desc = desc};
	int exit_code = daemon_options(&d, argc, argv);

	if (exit_code < 0)
		exit_code = first_conf(&d);
	if (exit_code < 0) {
		umask(027);
		open_log(&d);
		raise_fd_limit();
		rand_token(d.boot, sizeof(d.boot) - 1);
		start(&d);
		loop_run(d.loop);
		desc->stop(&d, d.state);
		log_info(&d.log, "ended");
		exit_code = 0;
	}
	daemon_done(&d);
	return exit_code;
}
