/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carillonctl check: what an operator would find out the hard way. The
 * configuration has been read when this runs (mistakes in it end with status
 * 2); here come certificates, DNS records and the database.
 */
#include "common/tls.h"
#include "ctl/ctl.h"
#include "storage/storage.h"
#include "xmpp/cluster.h"
#include "xmpp/jid.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>

enum { DAY = 24 * 3600, EXPIRY_WARNING_DAYS = 14 };

struct check {
	struct ctl *ctl;
	unsigned errors;
};

static void
report(struct check *c, const char *what, const char *state, const char *fmt, ...) PRINTF_LIKE(4, 5);

static void
report(struct check *c, const char *what, const char *state, const char *fmt, ...)
{
	struct table_row *row = table_add(&c->ctl->table);
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_addvf(&text, fmt, ap);
	va_end(ap);
	table_cell(&c->ctl->table, row, STR("what"), str_z(what));
	table_cell(&c->ctl->table, row, STR("state"), str_z(state));
	table_cell(&c->ctl->table, row, STR("text"), buf_str(&text));
	c->errors += strcmp(state, "error") == 0;
	buf_done(&text);
}

/* ---- certificates ---- */

static void
check_certificate(struct check *c, const char *host)
{
	const char *chain = conf_str(c->ctl->conf, "host", host, "certificate");
	const char *key = conf_str(c->ctl->conf, "host", host, "key");
	struct tls_cert cert = {.host = str_z(host), .chain_file = chain, .key_file = key ? key : chain};
	struct tls_server *server;
	struct buf why = {0};
	char *what = xasprintf("certificate of %s", host);

	if (!chain) {
		report(c, what, "warning", "none: clients cannot use TLS, and without TLS they cannot log in");
		free(what);
		return;
	}
	server = tls_server_new(&(struct tls_server_opts){0});
	if (tls_server_load(server, &cert, 1, &why) < 0) {
		report(c, what, "error", "%s", buf_z(&why));
	} else {
		long long days = (long long)tls_server_expires_in(server, str_z(host)) / DAY;

		if (days < 0)
			report(c, what, "error", "expired %lld days ago", -days);
		else
			report(c, what, days < EXPIRY_WARNING_DAYS ? "warning" : "ok", "expires in %lld days", days);
	}
	tls_server_free(&server);
	buf_done(&why);
	free(what);
}

/* ---- DNS (RFC 6120 3.2.1, XEP-0368) ---- */

/* How many SRV records the name has; -1: no answer from DNS. */
static int
count_srv(const char *name)
{
	unsigned char answer[NS_PACKETSZ * 8];
	struct __res_state state = {0};
	ns_msg message;
	int n, count = 0;

	if (res_ninit(&state) < 0)
		return -1;
	n = res_nquery(&state, name, ns_c_in, ns_t_srv, answer, sizeof(answer));
	if (n < 0)
		count = state.res_h_errno == HOST_NOT_FOUND || state.res_h_errno == NO_DATA ? 0 : -1;
	else if (ns_initparse(answer, MIN(n, (int)sizeof(answer)), &message) == 0)
		count = ns_msg_count(message, ns_s_an);
	res_nclose(&state);
	return count;
}

static void
check_srv(struct check *c, const char *host, const char *service)
{
	char *name = xasprintf("%s.%s", service, host), *what = xasprintf("DNS SRV %s", name);
	int count = count_srv(name);

	if (count > 0)
		report(c, what, "ok", "%d record%s", count, count == 1 ? "" : "s");
	else if (count == 0)
		report(c, what, "warning", "no record: clients then try the address of %s and the standard port", host);
	else
		report(c, what, "warning", "DNS does not answer");
	free(what);
	free(name);
}

/* host: with a NUL behind it */
static void
check_dns(struct check *c, struct str host)
{
	if (str_chr(host, '.') < 0)
		return; /* such a name is in no DNS: localhost */
	check_srv(c, host.p, "_xmpp-client._tcp");
	check_srv(c, host.p, "_xmpps-client._tcp");
}

/* ---- hosts ---- */

static void
check_hosts(struct check *c)
{
	const char *const *titles;
	struct arena memory = {0};
	struct buf why = {0};
	struct str *hosts;
	size_t count;

	if (cluster_hosts(&memory, c->ctl->conf, &hosts, &count, &why) < 0) {
		report(c, "hosts", "error", "%s", buf_z(&why));
		count = 0;
	}
	conf_titles(c->ctl->conf, "host", &titles);
	for (size_t i = 0; i < count; i++) {
		check_certificate(c, titles[i]);
		check_dns(c, jid_domain_ascii(&memory, hosts[i]));
	}
	buf_done(&why);
	arena_done(&memory);
}

/* ---- database ---- */

static void
check_database(struct check *c)
{
	struct storage_schema s;
	struct buf why = {0};

	if (storage_schema_status(c->ctl->conf, &s, &why) < 0)
		report(c, "database", "error", "%s", buf_z(&why));
	else if (s.have < s.want)
		report(c, "database", "error", "schema %d, needed is %d: run carillonctl db migrate", s.have, s.want);
	else if (!s.usable)
		report(c, "database", "error", "schema %d is newer than this program (%d): upgrade Carillon", s.have, s.want);
	else
		report(c, "database", "ok", "schema %d", s.have);
	buf_done(&why);
}

enum ctl_exit
cmd_check(struct ctl *ctl)
{
	struct check c = {.ctl = ctl};

	report(&c, "configuration", "ok", "%s", ctl->config);
	check_hosts(&c);
	check_database(&c);
	return c.errors ? CTL_FAILED : CTL_OK;
}
