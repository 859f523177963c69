/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's life: start, reload, drain, stop. */
#include "c2s/c2s.h"

#include "c2s/listener.h"
#include "c2s/metrics.h"
#include "common/rand.h"
#include "xmpp/cluster.h"

#include <stdlib.h>

enum { STRANGER_LINES = 20, STRANGER_LINES_BURST = 500 }; /* a second, at once; in the log */

size_t
c2s_client_count(const struct c2s *s)
{
	size_t count = 0;

	for (unsigned i = 0; i < CLIENT_STATE_COUNT; i++)
		count += s->clients[i].len;
	return count;
}

/* --- the parts that need no socket --- */

/*
 * The same in the whole cluster: a made-up salt must not change from one c2s to the next. Without a secret there is
 * no bus either.
 */
static void
read_fake_secret(struct c2s *s)
{
	struct buf why = {0};
	const char *secret = cluster_secret(s->conf, &why);
	char token[33];

	if (!secret) {
		rand_token(token, sizeof(token) - 1);
		secret = token;
	}
	buf_clear(&s->fake_secret);
	buf_addz(&s->fake_secret, secret);
	buf_done(&why);
}

void
c2s_init(struct c2s *s, struct loop *loop, const struct log_ctx *log, const struct conf *conf)
{
	s->loop = loop;
	s->log = log;
	s->conf = conf;
	settings_read(&s->set, conf);
	read_fake_secret(s);
	limit_init(&s->stranger_lines, STRANGER_LINES, STRANGER_LINES_BURST, loop_now(loop));
	/* An answer to the process of our name that was here before us must not be taken for one to us. */
	s->asks_made = rand_u64() >> 1;
	metrics_setup(s);
	sweep_start(s);
}

static void
drop_clients(struct c2s *s)
{
	for (unsigned state = 0; state < CLIENT_STATE_COUNT; state++)
		while (s->clients[state].first)
			client_drop(list_entry(s->clients[state].first, struct client, state_node),
				    "shutdown", NULL);
}

static void
drop_bonds(struct c2s *s)
{
	for (unsigned state = 0; state < BOND_STATE_COUNT; state++)
		while (s->bonds[state].first)
			bond_free(list_entry(s->bonds[state].first, struct bond, state_node));
}

void
c2s_done(struct c2s *s)
{
	listeners_close(s);
	drop_clients(s);
	drop_bonds(s);
	timer_stop(&s->sweep);
	timer_stop(&s->ack_timer);
	timer_stop(&s->reopen_timer);
	timer_stop(&s->drain_timer);
	task_cancel(&s->ack_task);
	task_cancel(&s->plain_task);
	limits_done(&s->limits);
	map_done(&s->sids);
	map_done(&s->owners);
	buf_done(&s->scratch);
	if (s->fake_secret.n)
		explicit_bzero(s->fake_secret.p, s->fake_secret.n);
	buf_done(&s->fake_secret);
	hosts_free(&s->hosts);
	metrics_teardown();
}

/* --- the daemon --- */

static int
join_bus(struct c2s *s, struct buf *why)
{
	struct component_opts opts = {
		.loop = s->loop,
		.log = s->log,
		.name = daemon_name(s->daemon),
		.role = "c2s",
		.boot = daemon_boot(s->daemon),
	};

	if (component_opts_from_conf(&opts, s->conf, why) < 0)
		return -1;
	s->bus = component_new(&opts, &bus_events, s);
	return 0;
}

static int
start_parts(struct c2s *s, struct buf *why)
{
	if (sasl_setup(why) < 0)
		return -1;
	s->sasl = true;
	s->hosts = hosts_new(s->conf, s->log, why);
	if (!s->hosts)
		return -1;
	metrics_hosts(s);
	if (join_bus(s, why) < 0)
		return -1;
	return listeners_open(s, why);
}

int
c2s_start(struct daemon *d, void **state_r, struct buf *why)
{
	struct c2s *s = xcalloc(1, sizeof(*s));

	s->daemon = d;
	c2s_init(s, daemon_loop(d), daemon_log(d), daemon_conf(d));
	if (start_parts(s, why) < 0) {
		c2s_stop(d, s);
		return -1;
	}
	*state_r = s;
	return 0;
}

/* A host that is not served any more says goodbye to its clients (RFC 6120 4.9.3.5). */
static void
drop_gone_hosts(struct c2s *s)
{
	for (unsigned state = 0; state < CLIENT_CLOSING; state++) {
		list_each(&s->clients[state], struct client, c, state_node) {
			struct str host = client_host(c);

			if (host.p && !hosts_find(s->hosts, host))
				client_fail(c, STREAM_HOST_GONE, "this host is not served here any more");
		}
	}
}

/*
 * RFC 6120 4.9.3.16: who is here in clear when TLS becomes required comes again. While the switch stands where it
 * stood, nobody is in clear but who has not come to TLS yet.
 */
static void
reset_plain(struct c2s *s, enum tls_policy before)
{
	if (s->set.tls != TLS_POLICY_REQUIRED || before == TLS_POLICY_REQUIRED)
		return;
	for (unsigned state = 0; state < CLIENT_CLOSING; state++)
		list_each(&s->clients[state], struct client, c, state_node)
			if (!client_secure(c))
				client_fail(c, STREAM_RESET, "TLS is required from now on");
}

void
c2s_reload(struct daemon *d, void *state)
{
	struct c2s *s = state;
	enum tls_policy tls = s->set.tls;

	s->conf = daemon_conf(d);
	settings_read(&s->set, s->conf);
	hosts_reload(s->hosts, s->conf, s->log);
	metrics_hosts(s);
	drop_gone_hosts(s);
	reset_plain(s, tls);
}

void
c2s_drain(struct daemon *d, void *state)
{
	daemon_drain_takes(d, drain_start(state));
}

void
c2s_stop(struct daemon *d, void *state)
{
	struct c2s *s = state;

	(void)d;
	if (!s)
		return;
	c2s_done(s);
	component_free(&s->bus);
	if (s->sasl)
		sasl_teardown();
	free(s);
}

bool
c2s_ready(struct daemon *d, void *state, struct buf *why)
{
	const struct c2s *s = state;

	(void)d;
	if (s->draining)
		buf_addl(why, "draining");
	else if (!s->online)
		buf_addl(why, "no router");
	return !s->draining && s->online;
}
