/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domains that we serve: a handful of names and one tls_server. Which
 * domain a client gets is header.c's matter.
 */
#include "c2s/hosts.h"

#include "c2s/keys.h"
#include "common/daemon.h"
#include "xmpp/cluster.h"

#include <stdlib.h>

struct hosts {
	struct arena names;
	const char **name; /* prepared, in the order of the configuration */
	bool *anonymous;
	struct redirect *redirect;
	size_t count;
	struct tls_server *tls;
};

/* --- certificates --- */

static struct tls_server *
tls_make(const struct conf *conf)
{
	struct tls_server_opts opts = {
	    .ca_file = conf_str(conf, conf_c2s.name, NULL, "client_ca_file"),
	    .ciphers = conf_str(conf, conf_c2s.name, NULL, "ciphers"),
	    .alpn = "xmpp-client", /* XEP-0368 */
	    .min_version =
		conf_int(conf, conf_c2s.name, NULL, "tls_min") == 1 ? TLS1_3_VERSION : TLS1_2_VERSION,
	};

	return tls_server_new(&opts);
}

static bool
cert_of(const struct conf *conf, const char *title, const char *name, struct tls_cert *cert_r)
{
	const char *chain = conf_str(conf, conf_host.name, title, "certificate");
	const char *key = conf_str(conf, conf_host.name, title, "key");

	*cert_r = (struct tls_cert){.host = str_z(name), .chain_file = chain, .key_file = key ? key : chain};
	return chain != NULL;
}

static size_t
certs_of(const struct hosts *h, const struct conf *conf, struct tls_cert *certs)
{
	const char *const *titles;
	size_t count = conf_titles(conf, conf_host.name, &titles), n = 0;

	bug_if(count != h->count);
	for (size_t i = 0; i < count; i++)
		if (cert_of(conf, titles[i], h->name[i], &certs[n]))
			n++;
	return n;
}

/* At start: the good ones, each tried alone; the bad ones are named and left out. */
static size_t
keep_good(const struct conf *conf, const struct log_ctx *log, struct tls_cert *certs, size_t count)
{
	struct tls_server *probe = tls_make(conf);
	struct buf why = {0};
	size_t good = 0;

	for (size_t i = 0; i < count; i++) {
		buf_clear(&why);
		if (tls_server_load(probe, &certs[i], 1, &why) == 0)
			certs[good++] = certs[i];
		else
			log_error(log, "host " STR_FMT " is served without TLS: %s", STR_ARG(certs[i].host),
				  buf_z(&why));
	}
	buf_done(&why);
	tls_server_free(&probe);
	return good;
}

static void
warn_without(const struct hosts *h, const struct conf *conf, const struct log_ctx *log)
{
	const char *const *titles;
	size_t count = conf_titles(conf, conf_host.name, &titles);

	for (size_t i = 0; i < count; i++)
		if (!conf_str(conf, conf_host.name, titles[i], "certificate"))
			log_warning(log, "host %s has no certificate: its clients get no TLS", h->name[i]);
}

/* --- names --- */

static void
read_anonymous(struct hosts *h, const struct conf *conf)
{
	const char *const *titles;
	size_t count = conf_titles(conf, conf_host.name, &titles);

	bug_if(count != h->count);
	h->anonymous = xcalloc(count, sizeof(*h->anonymous));
	for (size_t i = 0; i < count; i++)
		h->anonymous[i] = conf_int(conf, conf_host.name, titles[i], "anonymous") != ANONYMOUS_OFF;
}

static void
read_redirects(struct hosts *h, const struct conf *conf)
{
	const char *const *titles;
	size_t count = conf_titles(conf, conf_host.name, &titles);

	bug_if(count != h->count);
	h->redirect = xcalloc(count, sizeof(*h->redirect));
	for (size_t i = 0; i < count; i++) {
		const char *to = conf_str(conf, conf_host.name, titles[i], "see_other_host");

		h->redirect[i] = (struct redirect){
			.to = to ? arena_str(&h->names, str_z(to)) : STR_NONE,
			.after_login = conf_int(conf, conf_host.name, titles[i], "see_other_host_when") == REDIRECT_AFTER_LOGIN,
		};
	}
}

static int
read_names(struct hosts *h, const struct conf *conf, struct buf *why)
{
	struct str *names;

	if (cluster_hosts(&h->names, conf, &names, &h->count, why) < 0)
		return -1;
	h->name = xcalloc(h->count, sizeof(*h->name));
	for (size_t i = 0; i < h->count; i++)
		h->name[i] = names[i].p; /* with a NUL behind it: it is in the arena */
	read_anonymous(h, conf);
	read_redirects(h, conf);
	return 0;
}

static void
forget_names(struct hosts *h)
{
	arena_done(&h->names);
	free(h->name);
	free(h->anonymous);
	free(h->redirect);
	h->name = NULL;
	h->anonymous = NULL;
	h->redirect = NULL;
	h->count = 0;
}

/* --- the whole --- */

struct hosts *
hosts_new(const struct conf *conf, const struct log_ctx *log, struct buf *why)
{
	struct hosts *h = xcalloc(1, sizeof(*h));
	struct tls_cert *certs;
	size_t count;

	if (read_names(h, conf, why) < 0) {
		hosts_free(&h);
		return NULL;
	}
	h->tls = tls_make(conf);
	certs = xcalloc(h->count, sizeof(*certs));
	count = keep_good(conf, log, certs, certs_of(h, conf, certs));
	if (count > 0 && tls_server_load(h->tls, certs, count, why) < 0)
		hosts_free(&h);
	else
		warn_without(h, conf, log);
	free(certs);
	return h;
}

void
hosts_free(struct hosts **h)
{
	if (!*h)
		return;
	forget_names(*h);
	tls_server_free(&(*h)->tls);
	free(*h);
	*h = NULL;
}

void
hosts_reload(struct hosts *h, const struct conf *conf, const struct log_ctx *log)
{
	struct hosts fresh = {0};
	struct tls_cert *certs;
	struct buf why = {0};

	if (read_names(&fresh, conf, &why) < 0) {
		log_error(log, "reload: the hosts stay as they were: %s", buf_z(&why));
		forget_names(&fresh);
		buf_done(&why);
		return;
	}
	forget_names(h);
	h->names = fresh.names;
	h->name = fresh.name;
	h->anonymous = fresh.anonymous;
	h->redirect = fresh.redirect;
	h->count = fresh.count;
	certs = xcalloc(h->count, sizeof(*certs));
	if (tls_server_load(h->tls, certs, certs_of(h, conf, certs), &why) < 0)
		log_error(log, "reload: the certificates stay as they were: %s", buf_z(&why));
	free(certs);
	buf_done(&why);
}

/* Its index, or count. */
static size_t
find(const struct hosts *h, struct str prepared)
{
	size_t i = 0;

	while (i < h->count && !str_is(prepared, h->name[i]))
		i++;
	return i;
}

const char *
hosts_find(const struct hosts *h, struct str prepared)
{
	size_t i = find(h, prepared);

	return i < h->count ? h->name[i] : NULL;
}

bool
hosts_anonymous(const struct hosts *h, struct str host)
{
	size_t i = find(h, host);

	return i < h->count && h->anonymous[i];
}

struct redirect
hosts_redirect(const struct hosts *h, struct str host)
{
	size_t i = find(h, host);

	return i < h->count ? h->redirect[i] : (struct redirect){0};
}

const char *
hosts_first(const struct hosts *h)
{
	return h->name[0];
}

size_t
hosts_count(const struct hosts *h)
{
	return h->count;
}

const char *
hosts_name(const struct hosts *h, size_t i)
{
	bug_if(i >= h->count);
	return h->name[i];
}

int64_t
hosts_expires_in(const struct hosts *h, struct str host)
{
	return tls_server_expires_in(h->tls, host);
}

bool
hosts_tls_ready(const struct hosts *h, struct str host)
{
	return tls_server_ready(h->tls, host);
}

SSL *
hosts_ssl(struct hosts *h, struct str host)
{
	if (host.p)
		return tls_server_ready(h->tls, host) ? tls_server_ssl(h->tls, host) : NULL;
	for (size_t i = 0; i < h->count; i++)
		if (tls_server_ready(h->tls, str_z(h->name[i])))
			return tls_server_ssl(h->tls, str_z(h->name[i]));
	return NULL;
}
