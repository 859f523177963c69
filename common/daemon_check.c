/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What -t looks at behind the tables: the certificates that the configuration
 * names. A daemon that finds a bad one when it starts may have good reasons to
 * go on with the others; who asks before it starts wants to know.
 */
#include "common/daemon.h"
#include "common/tls.h"

/* The certificate, with its key, of a section; without one there is nothing to check. */
static int
check_certificate(const struct conf *conf, const char *section, const char *title, struct buf *problems)
{
	const char *chain = conf_str(conf, section, title, "certificate"), *key = conf_str(conf, section, title, "key");
	struct tls_cert cert = {.host = str_z(title ? title : ""), .chain_file = chain, .key_file = key ? key : chain};
	struct tls_server *probe;
	struct buf why = {0};
	int result;

	if (!chain)
		return 0;
	probe = tls_server_new(&(struct tls_server_opts){0});
	result = tls_server_load(probe, &cert, 1, &why);
	if (result < 0)
		buf_addf(problems, "%s%s%s%s: key 'certificate': %s\n", section, title ? " \"" : "", title ? title : "",
			 title ? "\"" : "", buf_z(&why));
	tls_server_free(&probe);
	buf_done(&why);
	return result;
}

int
daemon_check_node(const struct conf *conf, struct buf *problems)
{
	const struct tls_server_opts opts = {.ca_file = conf_str(conf, conf_cluster.name, NULL, "ca_file")};
	int result = check_certificate(conf, conf_cluster.name, NULL, problems);
	struct buf why = {0};

	if (tls_server_check(&opts, &why) < 0) {
		buf_addf(problems, "%s: key 'ca_file': %s\n", conf_cluster.name, buf_z(&why));
		result = -1;
	}
	buf_done(&why);
	return result;
}

int
daemon_check_all(const struct conf *conf, struct buf *problems)
{
	const char *const *titles;
	size_t count = conf_titles(conf, conf_host.name, &titles);
	int result = daemon_check_node(conf, problems);

	for (size_t i = 0; i < count; i++)
		if (check_certificate(conf, conf_host.name, titles[i], problems) < 0)
			result = -1;
	return result;
}
