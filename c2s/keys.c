/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of c2s: what it is called, what it means, what it is when nobody says. */
#include "c2s/keys.h"

#include "common/daemon.h"
#include "common/tls.h"
#include "xmpp/cluster.h"
#include "xmpp/envelope.h"
#include "xmpp/sasl.h"

static const char *const tls_choices[] = {"required", "optional", "off", NULL};
static const char *const tls_min_choices[] = {"1.2", "1.3", NULL};

/* Canonical form can be larger than what came; it must still fit into a frame in all but contrived cases. */
enum { STANZA_MAX_MAX = FRAME_PAYLOAD_MAX / 2 };

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static const struct conf_key keys[] = {
	{.name = "listen", .type = CONF_ADDRS, .def = "0.0.0.0:5222, [::]:5222",
	 .help = "Where clients connect in clear and start TLS (RFC 6120). Several c2s on one host may share these. "
		 "A change needs a restart."},
	{.name = "listen_tls", .type = CONF_ADDRS, .def = "0.0.0.0:5223, [::]:5223",
	 .help = "Where clients connect with TLS from the first byte (XEP-0368). An empty list: nowhere. A change needs a "
		 "restart."},
	{.name = "tls", .type = CONF_CHOICE, .def = "required", .choices = tls_choices, .flags = CONF_RELOAD,
	 .help = "Whether clients must use TLS, may, or cannot start it. Anything but required lets passwords be stolen. "
		 "Whoever is here without TLS when it becomes required is sent away (stream error reset)."},
	{.name = "tls_min", .type = CONF_CHOICE, .def = "1.2", .choices = tls_min_choices,
	 .help = "The lowest version of TLS that is spoken. A change needs a restart."},
	{.name = "ciphers", .type = CONF_STR,
	 .help = "Cipher list for TLS 1.2, as OpenSSL writes it. Without it: those with forward secrecy and AEAD "
		 "(RFC 9325 4.2). A change needs a restart."},
	{.name = "client_ca_file", .type = CONF_PATH,
	 .help = "Certificates (PEM) of who may issue client certificates. With it clients can log in with SASL EXTERNAL. "
		 "A change of the name needs a restart; the file is read anew at each reload."},
	{.name = "mechanisms", .type = CONF_LIST,
	 .def = "SCRAM-SHA-512-PLUS, SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-512, SCRAM-SHA-256, "
		"SCRAM-SHA-1, PLAIN, EXTERNAL, ANONYMOUS",
	 .flags = CONF_RELOAD,
	 .help = "SASL mechanisms that clients may use, as far as they are possible on a connection: EXTERNAL with a "
		 "certificate of client_ca_file, ANONYMOUS where the host says so. DIGEST-MD5 is known too, and obsolete "
		 "(RFC 6331); it needs accounts made with carillonctl user add --digest-md5."},
	{.name = "stanza_max", .type = CONF_SIZE, .def = "256K", .min = 10000, .max = STANZA_MAX_MAX, .flags = CONF_RELOAD,
	 .help = "The largest stanza that is taken from a client (RFC 6120 13.12: never under 10000 bytes)."},
	{.name = "stanza_max_before_auth", .type = CONF_SIZE, .def = "16K", .min = 2048, .max = STANZA_MAX_MAX,
	 .flags = CONF_RELOAD, .help = "The same before login."},
	{.name = "stanza_max_before_tls", .type = CONF_SIZE, .def = "4K", .min = 1024, .max = STANZA_MAX_MAX,
	 .flags = CONF_RELOAD, .help = "The same before TLS, where it is required."},
	{.name = "depth_max", .type = CONF_INT, .def = "100", .min = 10, .max = 120, .flags = CONF_RELOAD,
	 .help = "How deep elements in a stanza may be nested."},
	{.name = "attributes_max", .type = CONF_INT, .def = "64", .min = 16, .max = 1024, .flags = CONF_RELOAD,
	 .help = "How many attributes and namespace declarations one element may have."},
	{.name = "elements_max", .type = CONF_INT, .def = "4096", .min = 64, .max = 65536, .flags = CONF_RELOAD,
	 .help = "How many elements one stanza may hold."},
	{.name = "name_max", .type = CONF_INT, .def = "1024", .min = 256, .max = 65536, .flags = CONF_RELOAD,
	 .help = "The longest name of an element or attribute, in bytes with its namespace."},
	{.name = "auth_timeout", .type = CONF_DURATION, .def = "30s", .min = SECOND, .max = HOUR, .flags = CONF_RELOAD,
	 .help = "How long it may take from connecting to the bound session."},
	{.name = "handshake_timeout", .type = CONF_DURATION, .def = "10s", .min = SECOND, .max = HOUR, .flags = CONF_RELOAD,
	 .help = "How long the TLS handshake may take."},
	{.name = "auth_tries", .type = CONF_INT, .def = "3", .min = 2, .max = 5, .flags = CONF_RELOAD,
	 .help = "Failed logins on one connection before it is closed (RFC 6120 6.4.5: 2 to 5)."},
	{.name = "plain_at_once", .type = CONF_INT, .def = "16", .min = 1, .max = 1024, .flags = CONF_RELOAD,
	 .help = "Logins with PLAIN, which cost CPU here, that are worked on at once. Others wait for their turn."},
	{.name = "unauthenticated_max", .type = CONF_INT, .def = "2000", .min = 1, .max = 1000000, .flags = CONF_RELOAD,
	 .help = "Connections that have not logged in yet, in all."},
	{.name = "unauthenticated_per_address", .type = CONF_INT, .def = "20", .min = 1, .max = 1000000,
	 .flags = CONF_RELOAD, .help = "The same from one address (IPv4) or one /64 network (IPv6)."},
	{.name = "connections_per_address", .type = CONF_INT, .def = "100", .min = 1, .max = 1000000, .flags = CONF_RELOAD,
	 .help = "Connections from one address or /64 network."},
	{.name = "auth_failures_per_address", .type = CONF_INT, .def = "60", .min = 0, .max = 1000000, .flags = CONF_RELOAD,
	 .help = "Failed logins a minute from one address or /64 network; after that it has to wait. 0: no limit."},
	{.name = "rate", .type = CONF_SIZE, .def = "100K", .min = 0, .max = INT64_C(1) << 30, .flags = CONF_RELOAD,
	 .help = "Bytes a second that are read from one client in the long run. More makes it wait, not fail. 0: no limit."},
	{.name = "rate_burst", .type = CONF_SIZE, .def = "1M", .min = 1024, .max = INT64_C(1) << 30, .flags = CONF_RELOAD,
	 .help = "Bytes that a client may send at once."},
	{.name = "rate_stanzas", .type = CONF_INT, .def = "500", .min = 0, .max = 1000000, .flags = CONF_RELOAD,
	 .help = "Stanzas a second that are read from one client in the long run, whatever their size. 0: no limit."},
	{.name = "rate_stanzas_burst", .type = CONF_INT, .def = "5000", .min = 1, .max = 10000000, .flags = CONF_RELOAD,
	 .help = "Stanzas that a client may send at once."},
	{.name = "out_queue_max", .type = CONF_SIZE, .def = "2M", .min = 65536, .max = INT64_C(1) << 30, .flags = CONF_RELOAD,
	 .help = "Bytes that may wait for a client which does not read. Over it, the connection is closed; its "
		 "messages are kept."},
	{.name = "unacked_max", .type = CONF_INT, .def = "256", .min = 1, .max = 65536, .flags = CONF_RELOAD,
	 .help = "Stanzas of one client that its sm has not dealt with yet. Over it, nothing more is read from the client."},
	{.name = "unacked_bytes", .type = CONF_SIZE, .def = "1M", .min = 65536, .max = INT64_C(1) << 30, .flags = CONF_RELOAD,
	 .help = "The same in bytes."},
	{.name = "ping_after", .type = CONF_DURATION, .def = "5m", .min = 10 * SECOND, .max = 24 * (int64_t)HOUR,
	 .flags = CONF_RELOAD, .help = "After how much silence a client is pinged (XEP-0199; with stream management it is asked for an "
		 "acknowledgement)."},
	{.name = "ping_timeout", .type = CONF_DURATION, .def = "60s", .min = SECOND, .max = HOUR, .flags = CONF_RELOAD,
	 .help = "How long it may then stay silent before the connection is taken for dead (stream error "
		 "connection-timeout)."},
	{.name = "resume_time", .type = CONF_DURATION, .def = "10m", .min = 0, .max = 24 * (int64_t)HOUR, .flags = CONF_RELOAD,
	 .help = "How long a client whose connection broke may come back to its session (XEP-0198). 0: not at all."},
	{.name = "resume_location", .type = CONF_STR, .def = "", .flags = CONF_RELOAD,
	 .help = "Where it should connect to for that, as host:port. Any c2s of the cluster will do; leave it empty unless this "
		 "one is better for the client."},
	{.name = "drain_time", .type = CONF_DURATION, .def = "3s", .min = 0, .max = HOUR, .flags = CONF_RELOAD,
	 .help = "Over what time the connections are closed when the daemon leaves."},
	{.name = NULL},
};

/* ---- what no single key can tell ---- */

static void
check_mechanisms(const struct conf *c, const struct conf_section *s, struct buf *problems)
{
	const char *const *names;
	size_t count = conf_list(c, s->name, NULL, "mechanisms", &names);

	if (count == 0)
		buf_addl(problems, "mechanisms is empty: nobody could log in; leave it out for the default\n");
	for (size_t i = 0; i < count; i++)
		if (!sasl_mechanism_known(str_z(names[i])))
			buf_addf(problems, "mechanisms: \"%s\" is no mechanism that is known here; for example SCRAM-SHA-256\n",
				 names[i]);
}

static bool
lists_anonymous(const struct conf *c, const struct conf_section *s)
{
	const char *const *names;
	size_t count = conf_list(c, s->name, NULL, "mechanisms", &names);

	for (size_t i = 0; i < count; i++)
		if (str_ieq(str_z(names[i]), STR("ANONYMOUS")))
			return true;
	return false;
}

static void
check_anonymous(const struct conf *c, const struct conf_section *s, struct buf *problems)
{
	const char *const *titles;
	size_t count = conf_titles(c, conf_host.name, &titles);

	for (size_t i = 0; i < count; i++)
		if (conf_int(c, conf_host.name, titles[i], "anonymous") != ANONYMOUS_OFF && !lists_anonymous(c, s))
			buf_addf(problems, "host \"%s\" has anonymous on, but ANONYMOUS is not among the mechanisms; add it\n",
				 titles[i]);
}

static void
check_listen(const struct conf *c, const struct conf_section *s, struct buf *problems)
{
	const char *const *items;

	if (conf_list(c, s->name, NULL, "listen", &items) + conf_list(c, s->name, NULL, "listen_tls", &items) == 0)
		buf_addl(problems, "listen and listen_tls are both empty: nobody could connect\n");
}

static void
check_tls(const struct conf *c, const struct conf_section *s, struct buf *problems)
{
	const struct tls_server_opts opts = {
		.ca_file = conf_str(c, s->name, NULL, "client_ca_file"),
		.ciphers = conf_str(c, s->name, NULL, "ciphers"),
	};

	if (tls_server_check(&opts, problems) < 0)
		buf_addc(problems, '\n');
}

static void
check_hosts(const struct conf *c, struct buf *problems)
{
	struct arena memory = {0};
	struct str *hosts;
	size_t count;

	if (cluster_hosts(&memory, c, &hosts, &count, problems) < 0)
		buf_addc(problems, '\n');
	arena_done(&memory);
}

static void
check_c2s(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	check_hosts(c, problems);
	check_listen(c, s, problems);
	check_mechanisms(c, s, problems);
	check_anonymous(c, s, problems);
	check_tls(c, s, problems);
	if (conf_int(c, s->name, title, "handshake_timeout") > conf_int(c, s->name, title, "auth_timeout"))
		buf_addl(problems, "handshake_timeout is longer than auth_timeout, which is for the login as a whole\n");
}

const struct conf_section conf_c2s = {
	.name = "c2s",
	.keys = keys,
	.help = "Clients: where they connect, how they log in, what they may use up.",
	.check = check_c2s,
};

static int64_t
get(const struct conf *conf, const char *key)
{
	return conf_int(conf, conf_c2s.name, NULL, key);
}

static struct xml_limits
limits_of(const struct conf *conf, const char *bytes_key)
{
	struct xml_limits l = xml_limits_default;

	l.bytes = (size_t)get(conf, bytes_key);
	l.depth = (unsigned)get(conf, "depth_max");
	l.attrs = (unsigned)get(conf, "attributes_max");
	l.elements = (unsigned)get(conf, "elements_max");
	l.name = (size_t)get(conf, "name_max");
	return l;
}

void
settings_read(struct settings *s, const struct conf *conf)
{
	*s = (struct settings){
		.tls = (enum tls_policy)get(conf, "tls"),
		.before_tls = limits_of(conf, "stanza_max_before_tls"),
		.before_auth = limits_of(conf, "stanza_max_before_auth"),
		.bound = limits_of(conf, "stanza_max"),
		.auth_timeout = (uint64_t)get(conf, "auth_timeout"),
		.handshake_timeout = (uint64_t)get(conf, "handshake_timeout"),
		.auth_tries = (unsigned)get(conf, "auth_tries"),
		.scram_iterations = (unsigned)conf_int(conf, "cluster", NULL, "scram_iterations"),
		.plain_at_once = (size_t)get(conf, "plain_at_once"),
		.unauthenticated_max = (size_t)get(conf, "unauthenticated_max"),
		.unauthenticated_per_address = (size_t)get(conf, "unauthenticated_per_address"),
		.connections_per_address = (size_t)get(conf, "connections_per_address"),
		.failures_per_address = (uint64_t)get(conf, "auth_failures_per_address"),
		.rate = (uint64_t)get(conf, "rate"),
		.rate_burst = (uint64_t)get(conf, "rate_burst"),
		.rate_stanzas = (uint64_t)get(conf, "rate_stanzas"),
		.rate_stanzas_burst = (uint64_t)get(conf, "rate_stanzas_burst"),
		.out_queue_max = (size_t)get(conf, "out_queue_max"),
		.unacked_max = (size_t)get(conf, "unacked_max"),
		.unacked_bytes = (size_t)get(conf, "unacked_bytes"),
		.ping_after = (uint64_t)get(conf, "ping_after"),
		.ping_timeout = (uint64_t)get(conf, "ping_timeout"),
		.resume_time = (uint64_t)get(conf, "resume_time"),
		.drain_time = (uint64_t)get(conf, "drain_time"),
	};
}
