/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a daemon answers over HTTP: /metrics for Prometheus, /livez (the loop
 * turns), /readyz (it does its work: give it clients). Draining and a database
 * that is away change /readyz only, so that nobody restarts what is well.
 */
#include "common/daemon_impl.h"

#include "common/metric.h"

unsigned
daemon_web_port(unsigned base, const char *role, unsigned number)
{
	static const struct {
		const char *role;
		unsigned offset;
	} roles[] = {{"router", 0}, {"c2s", 20}, {"sm", 40}, {"s2s", 60}, {"muc", 80}, {"supervisor", 99}};
	unsigned offset = 100; /* roles that have none in the manual come behind the hundred */

	if (base == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (strcmp(roles[i].role, role) == 0)
			offset = roles[i].offset;
	return base + offset + number - 1;
}

static void
answer_metrics(struct daemon *d, struct http_reply *reply)
{
	d->longest_us = loop_longest_turn_us(d->loop);
	reply->status = 200;
	reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_print(&reply->body);
}

bool
daemon_is_ready(struct daemon *d, struct buf *why)
{
	if (d->draining) {
		buf_addl(why, "draining");
		return false;
	}
	if (!d->ready) {
		buf_addl(why, "starting");
		return false;
	}
	return !d->desc->ready || d->desc->ready(d, d->state, why);
}

static void
answer_ready(struct daemon *d, struct http_reply *reply)
{
	if (daemon_is_ready(d, &reply->body)) {
		buf_clear(&reply->body);
		buf_addl(&reply->body, "ready");
		reply->status = 200;
	} else {
		reply->status = 503;
	}
	buf_addc(&reply->body, '\n');
}

void
daemon_web_answer(struct daemon *d, struct str path, struct http_reply *reply)
{
	if (str_is(path, "/metrics")) {
		answer_metrics(d, reply);
	} else if (str_is(path, "/readyz")) {
		answer_ready(d, reply);
	} else if (str_is(path, "/livez")) {
		reply->status = 200;
		buf_addl(&reply->body, "alive\n");
	} else {
		reply->status = 404;
		buf_addl(&reply->body, "there are /metrics, /livez and /readyz\n");
	}
}

static void
on_request(void *owner, struct str path, struct http_reply *reply)
{
	daemon_web_answer(owner, path, reply);
}

static int64_t
read_log_count(void *arg)
{
	return (int64_t)log_count((enum log_level)(intptr_t)arg);
}

static int64_t
read_log_lost(void *arg)
{
	(void)arg;
	return (int64_t)log_lost();
}

static struct metric log_errors = {
	.name = "xmpp_log_lines_total", .labels = "level=\"error\"", .help = "Log lines.", .kind = METRIC_COUNTER,
	.read = read_log_count, .arg = (void *)(intptr_t)LOG_LEVEL_ERROR,
};
static struct metric log_warnings = {
	.name = "xmpp_log_lines_total", .labels = "level=\"warning\"", .kind = METRIC_COUNTER,
	.read = read_log_count, .arg = (void *)(intptr_t)LOG_LEVEL_WARNING,
};
static struct metric log_lines_lost = {
	.name = "xmpp_log_lines_lost_total", .help = "Log lines that nobody took: the reader sleeps, or the disk is full.",
	.kind = METRIC_COUNTER, .read = read_log_lost,
};
static void
register_metrics(void)
{
	metric_register(&log_errors);
	metric_register(&log_warnings);
	metric_register(&log_lines_lost);
}

static void
set_limits(struct daemon *d)
{
	const struct http_limits limits = {
		.connections = (size_t)conf_int(d->conf, "http", NULL, "connections"),
		.timeout_ms = (uint64_t)conf_int(d->conf, "http", NULL, "timeout"),
	};

	http_server_set_limits(d->http, &limits);
}

int
daemon_web_start(struct daemon *d, struct buf *why)
{
	const char *address = conf_str(d->conf, "http", NULL, "address"), *wrong;
	unsigned port = daemon_web_port((unsigned)conf_int(d->conf, "http", NULL, "port"), d->desc->role, d->number);
	struct buf full = {0};
	struct addr at;

	register_metrics();
	daemon_turns_start(d);
	if (port == 0)
		return 0;
	buf_addf(&full, strchr(address, ':') ? "[%s]:%u" : "%s:%u", address, port);
	if (addr_parse(&at, buf_str(&full), &wrong) < 0)
		buf_addf(why, "section http: %s: %s", buf_z(&full), wrong);
	else
		d->http = http_server_new(d->loop, &at, on_request, d, why);
	if (d->http)
		set_limits(d);
	buf_done(&full);
	return d->http ? 0 : -1;
}

void
daemon_web_stop(struct daemon *d)
{
	http_server_free(&d->http);
}
