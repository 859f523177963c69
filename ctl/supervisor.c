/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Child processes: started, watched, started again, stopped in order. Output
 * of the children goes to our own standard error; each of their lines has
 * their name in it.
 */
#include "ctl/supervisor.h"

#include "common/core.h"
#include "ctl/keys.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	RESTART_FIRST = 100,
	PROVEN_AFTER = 5000,
	SETTLED_AFTER = 1000, /* a new process has its signal handlers by then */
	ROLE_MAX = 16,
	MARGIN = 5000, /* for our own end */
};

enum child_state {
	CHILD_WAITING,  /* for its (re)start */
	CHILD_RUNNING,  /* process.pid 0: it has ended and its handle is being closed */
	CHILD_STOPPING, /* has got SIGTERM */
	CHILD_KILLED,   /* has got SIGKILL */
};

struct child {
	struct list_node node;
	struct supervisor *supervisor;
	struct log_ctx log;
	char role[ROLE_MAX], name[ROLE_MAX + 12];
	unsigned rank; /* place in the order of starting */
	enum child_state state;
	bool wanted; /* false: forget it once it has ended */
	uv_process_t process;
	bool held; /* libuv has the handle */
	struct timer timer; /* by state: the restart, a reload that must wait, the deadline of a stop */
	uint64_t started;
	uint64_t pause;
	bool left; /* the last process ended by itself, with status 0 */
};

struct supervisor {
	struct daemon *daemon;
	struct list children; /* in the order of starting */
	char *config, *programs;
	uint64_t stop_timeout, restart_max;
	uint64_t shed_time; /* what a c2s takes to send its clients away, beside that */
	bool leaving;
};

/* The order of starting; stopping goes the other way round. */
static const char *const roles[] = {"router", "sm", "c2s"};

static void child_start(struct child *c);
static void stop_next_rank(struct supervisor *s);

static void
child_log_print(const struct log_ctx *ctx, struct buf *out)
{
	const struct child *c = container_of(ctx, struct child, log);

	buf_addf(out, "daemon=%s", c->name);
}

static int
rank_of(const char *role)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (strcmp(roles[i], role) == 0)
			return (int)i;
	return -1;
}

int
supervisor_parse(const char *item, char role[16], unsigned *count_r, struct buf *why)
{
	struct str count, name = str_trim(str_split(str_z(item), '=', &count));
	uint64_t n;

	if (name.n == 0 || name.n >= ROLE_MAX || str_to_u64(str_trim(count), &n) < 0 || n > 64) {
		buf_addf(why, "daemons: \"%s\" is not role=number; right would be \"c2s=2\" (at most 64)", item);
		return -1;
	}
	memcpy(role, name.p, name.n);
	role[name.n] = '\0';
	if (rank_of(role) < 0) {
		buf_addf(why, "daemons: there is no daemon \"%s\"; there are router, sm, c2s", role);
		return -1;
	}
	*count_r = (unsigned)n;
	return 0;
}

static struct loop *
loop_of(const struct child *c)
{
	return daemon_loop(c->supervisor->daemon);
}

static void
release_child(void *p)
{
	free(p);
}

static void
child_forget(struct child *c)
{
	struct supervisor *s = c->supervisor;

	timer_stop(&c->timer);
	list_remove(&s->children, &c->node);
	loop_park(loop_of(c), c, release_child);
	if (!s->leaving)
		return;
	if (s->children.len == 0)
		daemon_drained(s->daemon);
	else
		stop_next_rank(s);
}

static void
on_restart(struct timer *t)
{
	child_start(container_of(t, struct child, timer));
}

static void
plan_restart(struct child *c)
{
	uint64_t limit = c->supervisor->restart_max;
	uint64_t lived = loop_now(loop_of(c)) - c->started;

	/* One that has left in good order was told to (carillonctl drain, SIGTERM): that is no failure. */
	if (lived >= PROVEN_AFTER || (c->left && lived >= SETTLED_AFTER))
		c->pause = 0;
	c->pause = c->pause ? MIN(c->pause * 2, limit) : RESTART_FIRST;
	c->state = CHILD_WAITING;
	timer_start(loop_of(c), &c->timer, c->pause, on_restart);
}

static void
on_closed(uv_handle_t *handle)
{
	struct child *c = handle->data;

	c->held = false;
	if (!c->supervisor) {
		free(c);
		return;
	}
	timer_stop(&c->timer);
	if (!c->wanted)
		child_forget(c);
	else
		plan_restart(c);
}

static void
log_end(const struct child *c, int64_t status, int sig)
{
	if (status == 0 && !sig)
		log_info(&c->log, "ended");
	else if (sig)
		log_warning(&c->log, "ended by signal %d (%s)", sig, strsignal(sig));
	else
		log_warning(&c->log, "ended by itself with status %d; its last lines in the log say why", (int)status);
}

static void
on_exit_child(uv_process_t *process, int64_t status, int sig)
{
	struct child *c = process->data;

	log_end(c, status, sig);
	c->left = status == 0 && sig == 0;
	c->process.pid = 0;
	if (c->supervisor->leaving)
		c->wanted = false;
	uv_close((uv_handle_t *)process, on_closed);
}

/* The program of a role: in `programs` as installed or as in a build tree. */
static char *
program_of(const struct supervisor *s, const char *role)
{
	char *path = xasprintf("%s/carillon-%s", s->programs, role);

	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return xasprintf("%s/%s/carillon-%s", s->programs, role, role);
}

static void
child_start(struct child *c)
{
	struct supervisor *s = c->supervisor;
	char *program = program_of(s, c->role);
	char *args[] = {program, xstrdup("-c"), s->config, xstrdup("-n"), c->name, NULL};
	uv_stdio_container_t stdio[3] = {
		{.flags = UV_IGNORE},
		{.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
		{.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
	};
	uv_process_options_t options = {
		.file = program,
		.args = args,
		.exit_cb = on_exit_child,
		.stdio = stdio,
		.stdio_count = 3,
		.flags = UV_PROCESS_DETACHED, /* a Ctrl-C in our terminal is ours to pass on */
	};
	int error;

	c->process.data = c;
	c->started = loop_now(loop_of(c));
	c->left = false;
	c->state = CHILD_RUNNING;
	c->held = true; /* also when it fails */
	error = uv_spawn(loop_uv(loop_of(c)), &c->process, &options);
	if (error) {
		log_error(&c->log, "cannot start %s: %s; set supervisor.programs to the folder of the daemons", program,
			  uv_strerror(error));
		c->process.pid = 0;
		uv_close((uv_handle_t *)&c->process, on_closed); /* which plans the next try */
	} else {
		log_info(&c->log, "started pid=%d", c->process.pid);
	}
	free(args[1]);
	free(args[3]);
	free(program);
}

static uint64_t
stop_time(const struct child *c)
{
	const struct supervisor *s = c->supervisor;

	return s->stop_timeout + (strcmp(c->role, "c2s") == 0 ? s->shed_time : 0);
}

static void
on_stop_deadline(struct timer *t)
{
	struct child *c = container_of(t, struct child, timer);

	log_warning(&c->log, "did not end in %llu ms after SIGTERM: killed (supervisor.stop_timeout)",
		    (unsigned long long)stop_time(c));
	c->state = CHILD_KILLED;
	if (c->process.pid)
		uv_process_kill(&c->process, SIGKILL);
}

static void
child_stop(struct child *c)
{
	c->wanted = false;
	if (c->state == CHILD_WAITING) {
		child_forget(c);
		return;
	}
	if (c->state != CHILD_RUNNING)
		return;
	c->state = CHILD_STOPPING;
	if (c->process.pid)
		uv_process_kill(&c->process, SIGTERM);
	timer_start(loop_of(c), &c->timer, stop_time(c), on_stop_deadline);
}

static struct child *
child_find(const struct supervisor *s, const char *name)
{
	list_each(&s->children, struct child, c, node)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static void
child_add(struct supervisor *s, const char *role, unsigned number)
{
	struct child *c = xcalloc(1, sizeof(*c));

	c->supervisor = s;
	c->log = (struct log_ctx){daemon_log(s->daemon), child_log_print};
	snprintf(c->role, sizeof(c->role), "%s", role);
	snprintf(c->name, sizeof(c->name), "%s-%u", role, number);
	c->rank = (unsigned)rank_of(role);
	c->wanted = true;
	list_append(&s->children, &c->node);
	child_start(c);
}

/* Children 1..count of the role exist; those above are on their way out. */
static void
adjust_role(struct supervisor *s, const char *role, unsigned count)
{
	for (unsigned i = 1; i <= count; i++) {
		char name[ROLE_MAX + 12];
		struct child *c;

		snprintf(name, sizeof(name), "%s-%u", role, i);
		c = child_find(s, name);
		if (c)
			c->wanted = true; /* one that is just leaving comes back */
		else
			child_add(s, role, i);
	}
	list_each(&s->children, struct child, other, node) {
		unsigned number = (unsigned)strtoul(strrchr(other->name, '-') + 1, NULL, 10);

		if (strcmp(other->role, role) == 0 && number > count)
			child_stop(other);
	}
}

static int
apply_conf(struct supervisor *s, struct buf *why)
{
	const struct conf *conf = daemon_conf(s->daemon);
	unsigned counts[ARRAY_LEN(roles)] = {0}, all = 0;
	const char *const *items;
	size_t n = conf_list(conf, "supervisor", NULL, "daemons", &items);

	for (size_t i = 0; i < n; i++) {
		char role[ROLE_MAX];
		unsigned count;

		if (supervisor_parse(items[i], role, &count, why) < 0)
			return -1;
		all += count - counts[rank_of(role)];
		counts[rank_of(role)] = count;
	}
	s->stop_timeout = (uint64_t)conf_int(conf, "supervisor", NULL, "stop_timeout");
	s->restart_max = (uint64_t)conf_int(conf, "supervisor", NULL, "restart_max");
	s->shed_time = (uint64_t)conf_int(conf, "c2s", NULL, "drain_time");
	core_offer(conf_bool(conf, "supervisor", NULL, "share_core") ? all : 0);
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		adjust_role(s, roles[i], counts[i]);
	return 0;
}

int
supervisor_start(struct supervisor **s_r, struct daemon *d, const char *config, struct buf *why)
{
	const char *programs = conf_str(daemon_conf(d), "supervisor", NULL, "programs");
	struct supervisor *s = xcalloc(1, sizeof(*s));

	s->daemon = d;
	s->config = realpath(config, NULL);
	s->programs = xstrdup(programs ? programs : SBINDIR);
	*s_r = s;
	if (!s->config) {
		buf_addf(why, "%s: %s", config, strerror(errno));
		return -1;
	}
	return apply_conf(s, why);
}

static void
child_reload(struct child *c)
{
	if (c->state == CHILD_RUNNING && c->process.pid)
		uv_process_kill(&c->process, SIGHUP);
}

static void
on_settled(struct timer *t)
{
	child_reload(container_of(t, struct child, timer));
}

/* SIGHUP kills a process that has no handler for it yet. */
static void
plan_reload(struct child *c)
{
	uint64_t age = loop_now(loop_of(c)) - c->started;

	if (age >= SETTLED_AFTER)
		child_reload(c);
	else if (c->state == CHILD_RUNNING)
		timer_start(loop_of(c), &c->timer, SETTLED_AFTER - age, on_settled);
}

void
supervisor_reload(struct supervisor *s)
{
	struct buf why = {0};

	if (s->leaving)
		return;
	if (apply_conf(s, &why) < 0)
		log_error(daemon_log(s->daemon), "%s; the daemons stay as they are", buf_z(&why));
	buf_done(&why);
	list_each(&s->children, struct child, c, node)
		plan_reload(c);
}

/* Asks the last rank that still has children to end; the next one follows when all of it has. */
static void
stop_next_rank(struct supervisor *s)
{
	unsigned last = 0;

	list_each(&s->children, struct child, c, node)
		last = MAX(last, c->rank);
	list_each(&s->children, struct child, d, node)
		if (d->rank == last && d->wanted)
			child_stop(d);
}

void
supervisor_drain(struct supervisor *s)
{
	s->leaving = true;
	daemon_drain_takes(s->daemon, ARRAY_LEN(roles) * s->stop_timeout + s->shed_time + MARGIN);
	if (s->children.len == 0)
		daemon_drained(s->daemon);
	else
		stop_next_rank(s);
}

/* The supervisor is gone before it: the last of it goes when libuv has let go of the handle. */
static void
child_leave(struct child *c)
{
	c->supervisor = NULL;
	if (!c->held)
		free(c);
	else if (!uv_is_closing((uv_handle_t *)&c->process))
		uv_close((uv_handle_t *)&c->process, on_closed);
}

void
supervisor_free(struct supervisor **sp)
{
	struct supervisor *s = *sp;

	*sp = NULL;
	if (!s)
		return;
	/* Left without a drain (a second signal): nobody stays behind. */
	list_each(&s->children, struct child, c, node) {
		timer_stop(&c->timer);
		if (c->process.pid)
			uv_process_kill(&c->process, SIGKILL);
	}
	list_each(&s->children, struct child, d, node)
		child_leave(d);
	free(s->config);
	free(s->programs);
	free(s);
}

bool
supervisor_all_running(const struct supervisor *s, struct buf *why)
{
	list_each(&s->children, struct child, c, node) {
		if (c->state != CHILD_RUNNING) {
			buf_addf(why, "%s is not running", c->name);
			return false;
		}
	}
	return true;
}
