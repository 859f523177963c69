/* SPDX-License-Identifier: Apache-2.0 */
/* carillon-router: from the configuration to a struct router. */
#include "common/daemon.h"
#include "router/keys.h"
#include "router/router.h"
#include "xmpp/cluster.h"

#include <stdlib.h>

/* The external components of the configuration; the array is the caller's to free. */
static struct router_external *
externals_of(const struct conf *conf, size_t *count_r)
{
	const char *const *titles;
	struct router_external *all;

	*count_r = conf_titles(conf, "component", &titles);
	all = xcalloc(*count_r + 1, sizeof(*all));
	for (size_t i = 0; i < *count_r; i++)
		all[i] =
			(struct router_external){titles[i], conf_str(conf, "component", titles[i], "secret")};
	return all;
}

/* The node's certificate and its key, which may be in the same file. */
static const char *
certificate_of(const struct conf *conf, const char **key_r)
{
	const char *cert = conf_str(conf, "cluster", NULL, "certificate");
	const char *key = conf_str(conf, "cluster", NULL, "key");

	*key_r = key ? key : cert;
	return cert;
}

static void
set_limits(struct router *r, const struct conf *conf)
{
	struct router_limits limits;

	router_limits_read(&limits, conf);
	router_set_limits(r, &limits);
}

static struct router *
router_from_conf(struct daemon *d, struct buf *why)
{
	const struct conf *conf = daemon_conf(d);
	struct router_opts o = {
		.loop = daemon_loop(d),
		.log = daemon_log(d),
		.name = daemon_name(d),
		.boot = daemon_boot(d),
		.daemon = d,
		.secret = cluster_secret(conf, why),
		.ca_file = conf_str(conf, "cluster", NULL, "ca_file"),
	};
	struct router_external *externals = externals_of(conf, &o.external_count);
	struct router *r = NULL;

	o.cert_file = certificate_of(conf, &o.key_file);
	o.externals = externals;
	o.listen_count = conf_list(conf, "router", NULL, "listen", &o.listen);
	o.external_listen_count = conf_list(conf, "router", NULL, "external_listen", &o.external_listen);
	o.host_count = conf_titles(conf, "host", &o.hosts);
	if (o.secret)
		r = router_new(&o, why);
	if (r)
		set_limits(r, conf);
	free(externals);
	return r;
}

static int
start(struct daemon *d, void **state_r, struct buf *why)
{
	if (sasl_setup(why) < 0)
		return -1;
	*state_r = router_from_conf(d, why);
	if (!*state_r)
		return -1;
	daemon_ready(d);
	return 0;
}

static void
reload(struct daemon *d, void *state)
{
	const struct conf *conf = daemon_conf(d);
	struct buf why = {0};
	size_t count, host_count;
	struct router_external *externals = externals_of(conf, &count);
	const char *const *hosts;
	const char *key, *cert = certificate_of(conf, &key);

	host_count = conf_titles(conf, "host", &hosts);
	set_limits(state, conf);
	router_set_hosts(state, hosts, host_count);
	router_set_externals(state, externals, count, &why);
	if (router_load_certificate(state, cert, key, &why) < 0)
		buf_addl(&why, " (the old certificate stays)");
	if (why.n)
		log_error(daemon_log(d), "reload: %s", log_quote(str_trim(buf_str(&why))));
	buf_done(&why);
	free(externals);
}

static void
on_drained(void *arg)
{
	daemon_drained(arg);
}

static void
drain(struct daemon *d, void *state)
{
	router_drain(state, on_drained, d);
}

static void
stop(struct daemon *d, void *state)
{
	struct router *r = state;

	(void)d;
	router_free(&r);
	sasl_teardown();
}

int
main(int argc, char **argv)
{
	static const struct conf_section *const sections[] = {&conf_router, &conf_component, NULL};
	static const struct daemon_desc desc = {
		.role = "router",
		.summary = "the bus of a Carillon XMPP server",
		.sections = sections,
		.check = daemon_check_node,
		.start = start,
		.reload = reload,
		.drain = drain,
		.stop = stop,
	};

	return daemon_main(argc, argv, &desc);
}
