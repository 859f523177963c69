/* SPDX-License-Identifier: Apache-2.0 */
/* The domains that are served, prepared and without doubles. */
#include "xmpp/cluster.h"
#include "xmpp/jid.h"

/*
 * A title before titles[i] that is the same domain; null when there is none. Of those that differ in case alone the
 * section's own check has spoken.
 */
static const char *
same_domain(const char *const *titles, const struct str *hosts, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(hosts[k], hosts[i]) && !str_ieq(str_z(titles[k]), str_z(titles[i])))
			return titles[k];
	return NULL;
}

int
cluster_hosts(struct arena *a, const struct conf *conf, struct str **hosts_r, size_t *count_r, struct buf *why)
{
	const char *const *titles;
	size_t count = conf_titles(conf, "host", &titles);
	struct str *hosts = arena_alloc(a, (count + 1) * sizeof(*hosts));

	if (count == 0) {
		buf_addl(why, "no host is configured; write host \"example.org\" { } with your domain");
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		const char *same;

		if (jid_prep_domain(a, str_z(titles[i]), &hosts[i]) < 0) {
			buf_addf(why, "host \"%s\" is no domain name", titles[i]);
			return -1;
		}
		same = same_domain(titles, hosts, i);
		if (same) {
			buf_addf(why, "host \"%s\" and host \"%s\" are the same domain; write one section for it", same,
				 titles[i]);
			return -1;
		}
	}
	*hosts_r = hosts;
	*count_r = count;
	return 0;
}
