/* SPDX-License-Identifier: Apache-2.0 */
/* Reading <do/>, writing <done/> with its rows, and the answers that are the same in every daemon. */
#include "xmpp/admin.h"

#include "common/daemon.h"

#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { SPLIT_AT = 64 * 1024 };

bool
admin_read(const struct frame *f, const struct stanza *payload, struct admin_request *r_r)
{
	if (!stanza_is(payload, "do", NS_ADMIN))
		return false;
	*r_r = (struct admin_request){
	    .id = node_attr(payload->arena, payload->root, "id"),
	    .what = node_attr(payload->arena, payload->root, "what"),
	    .node = payload->root,
	    .from = f->from,
	};
	return true;
}

void
admin_answer_init_with(struct admin_answer *a, void (*send)(void *arg, const struct frame *f), void *arg,
		       const struct admin_request *r)
{
	*a = (struct admin_answer){.send = send, .arg = arg};
	buf_add(&a->id, r->id);
	buf_add(&a->to, r->from);
}

static void
send_as_component(void *arg, const struct frame *f)
{
	component_send(arg, f);
}

void
admin_answer_init(struct admin_answer *a, struct component *c, const struct admin_request *r)
{
	admin_answer_init_with(a, send_as_component, c, r);
}

void
admin_answer_done(struct admin_answer *a)
{
	buf_done(&a->rows);
	buf_done(&a->id);
	buf_done(&a->to);
}

/* <done> with the rows so far. */
static void
send_done(struct admin_answer *a, const char *result, const char *text, bool more)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "done", NS_ADMIN);
	out_attrz(&o, "id", buf_str(&a->id));
	out_attrz(&o, "result", str_z(result));
	out_attrz(&o, "text", str_z(text));
	if (more)
		out_attrz(&o, "more", STR("1"));
	if (a->rows.n)
		out_raw(&o, buf_str(&a->rows));
	out_done(&o);
	a->send(a->arg, &(struct frame){.to = buf_str(&a->to), .payload = buf_str(&b)});
	buf_done(&b);
	buf_clear(&a->rows);
}

void
admin_answer_send(struct admin_answer *a, const char *result, const char *text)
{
	send_done(a, result, text, false);
	admin_answer_done(a);
}

static void
row_open(struct out *o, struct admin_answer *a)
{
	if (a->rows.n >= SPLIT_AT)
		send_done(a, "ok", NULL, true);
	out_init(o, &a->rows, NS_ADMIN);
	out_openz(o, "row", NULL);
}

static void
row_pairs(struct out *o, va_list ap)
{
	const char *name;

	while ((name = va_arg(ap, const char *))) {
		struct str value = va_arg(ap, struct str);

		out_attrz(o, name, value);
	}
}

void
admin_row(struct admin_answer *a, const char *name, struct str value, ...)
{
	struct out o;
	va_list ap;

	row_open(&o, a);
	out_attrz(&o, name, value);
	va_start(ap, value);
	row_pairs(&o, ap);
	va_end(ap);
	out_done(&o);
}

/* ---- this process ---- */

static uint64_t
cpu_ms(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u) < 0)
		return 0;
	return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 +
	       (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

/* The numbers of a line of /proc, from the field `first` (counting from 0) on. False when it cannot be read.
 */
static bool
proc_number(const char *path, unsigned field, uint64_t *v_r)
{
	char line[1024];
	FILE *f = fopen(path, "re");
	size_t n;
	struct str rest;
	ssize_t paren;

	if (!f)
		return false;
	n = fread(line, 1, sizeof(line), f);
	fclose(f);
	rest = str_n(line, n);
	paren = str_rchr(rest, ')'); /* behind the command's name in stat, which may hold anything */
	if (paren >= 0)
		rest = str_from(rest, MIN((size_t)paren + 2, rest.n));
	for (; field && rest.p; field--)
		str_split(rest, ' ', &rest);
	return rest.p && str_to_u64(str_split(rest, ' ', &rest), v_r) == 0;
}

static uint64_t
rss_bytes(void)
{
	uint64_t pages;

	return proc_number("/proc/self/statm", 1, &pages) ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/* Seconds since this process was started. starttime is field 22 of proc(5)'s stat, and 19th behind the name.
 */
static uint64_t
uptime_s(void)
{
	uint64_t ticks;
	struct timespec now;

	if (!proc_number("/proc/self/stat", 19, &ticks) || clock_gettime(CLOCK_BOOTTIME, &now) < 0)
		return 0;
	return (uint64_t)now.tv_sec - ticks / (uint64_t)sysconf(_SC_CLK_TCK);
}

static void
status_attrs(struct out *o, struct daemon *d, const char *role)
{
	struct buf why = {0};
	bool ready = daemon_is_ready(d, &why);

	out_attrz(o, "name", str_z(daemon_name(d)));
	out_attrz(o, "role", str_z(role));
	out_attrz(o, "state", ready ? STR("ready") : daemon_draining(d) ? STR("draining") : STR("waiting"));
	out_attrz(o, "why", ready ? STR_NONE : buf_str(&why));
	out_attrz(o, "version", str_z(PACKAGE_VERSION));
	out_attrz(o, "boot", str_z(daemon_boot(d)));
	out_attru(o, "uptime", uptime_s());
	out_attru(o, "pid", (uint64_t)getpid());
	out_attru(o, "cpu-ms", cpu_ms());
	out_attru(o, "rss", rss_bytes());
	buf_done(&why);
}

void
admin_row_status(struct admin_answer *a, struct daemon *d, const char *role)
{
	struct out o;

	row_open(&o, a);
	status_attrs(&o, d, role);
	out_done(&o);
}

void
admin_row_status_and(struct admin_answer *a, struct daemon *d, const char *role, const char *name,
		     struct str value, ...)
{
	struct out o;
	va_list ap;

	row_open(&o, a);
	status_attrs(&o, d, role);
	out_attrz(&o, name, value);
	va_start(ap, value);
	row_pairs(&o, ap);
	va_end(ap);
	out_done(&o);
}

bool
admin_control(struct admin_answer *a, struct daemon *d, const struct admin_request *r)
{
	if (str_is(r->what, "reload")) {
		daemon_reload(d);
		admin_answer_send(a, "ok", "the log says what came of it");
		return true;
	}
	if (str_is(r->what, "drain")) {
		admin_answer_send(a, "ok", NULL);
		daemon_drain(d);
		return true;
	}
	return false;
}

bool
admin_common(struct component *c, struct daemon *d, const char *role, const struct admin_request *r)
{
	struct admin_answer a;

	admin_answer_init(&a, c, r);
	if (str_is(r->what, "status")) {
		admin_row_status(&a, d, role);
		admin_answer_send(&a, "ok", NULL);
		return true;
	}
	if (admin_control(&a, d, r))
		return true;
	admin_answer_done(&a);
	return false;
}
