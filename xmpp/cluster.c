/* SPDX-License-Identifier: Apache-2.0 */
/* The cluster's secret, and a component's options from the configuration. */
#include "xmpp/cluster.h"
#include "xmpp/component.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static char secret[CLUSTER_SECRET_MAX + 1];

/* Reads at most max bytes. -1 with errno. */
static ssize_t
file_read(const char *path, char *p, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	int saved;

	if (fd < 0)
		return -1;
	do
		n = read(fd, p, max);
	while (n < 0 && errno == EINTR);
	saved = errno;
	close(fd);
	errno = saved;
	return n;
}

static const char *
secret_keep(struct str text, const char *where, struct buf *why)
{
	text = str_trim(text);
	if (text.n < CLUSTER_SECRET_MIN || text.n > CLUSTER_SECRET_MAX) {
		buf_addf(why,
			 "%s has %zu characters; the cluster's secret needs %d to %d (openssl rand -base64 "
			 "24 makes one)",
			 where, text.n, CLUSTER_SECRET_MIN, CLUSTER_SECRET_MAX);
		return NULL;
	}
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] > 0x7e) {
			buf_addf(why, "%s holds a character that is not printable ASCII", where);
			return NULL;
		}
	}
	memmove(secret, text.p, text.n);
	secret[text.n] = '\0';
	return secret;
}

const char *
cluster_secret(const struct conf *conf, struct buf *why)
{
	const char *text = conf_str(conf, "cluster", NULL, "secret");
	const char *path = conf_str(conf, "cluster", NULL, "secret_file");
	char bytes[2 * CLUSTER_SECRET_MAX];
	ssize_t n;

	if (text)
		return secret_keep(str_z(text), "cluster: secret", why);
	if (!path) {
		buf_addz(why, "cluster: neither secret nor secret_file is set; the daemons of a cluster need "
			      "one that they share");
		return NULL;
	}
	n = file_read(path, bytes, sizeof(bytes));
	if (n < 0) {
		buf_addf(why, "cluster: secret_file %s: %s", path, strerror(errno));
		return NULL;
	}
	return secret_keep(str_n(bytes, (size_t)n), path, why);
}

int
component_opts_from_conf(struct component_opts *o, const struct conf *conf, struct buf *why)
{
	size_t n = conf_list(conf, "cluster", NULL, "routers", &o->routers);

	if (n == 0 || n > COMPONENT_ROUTERS_MAX) {
		buf_addf(why, "cluster: routers has %zu addresses; 1 to %d are needed", n,
			 COMPONENT_ROUTERS_MAX);
		return -1;
	}
	o->secret = cluster_secret(conf, why);
	o->ca_file = conf_str(conf, "cluster", NULL, "ca_file");
	o->cert_file = conf_str(conf, "cluster", NULL, "certificate");
	o->key_file = conf_str(conf, "cluster", NULL, "key");
	return o->secret ? 0 : -1;
}
