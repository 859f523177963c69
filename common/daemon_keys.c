/* SPDX-License-Identifier: Apache-2.0 */
/* The sections of the configuration that every daemon reads, and the names of all that there are. */
#include "common/addr.h"
#include "common/daemon.h"
#include "common/utf8.h"

const char *const conf_all_section_names[] = {
	"cluster", "host", "log", "http", "router", "component", "c2s", "s2s", "sm", "muc", "storage", "supervisor", "mod_*",
	NULL,
};

/* --- cluster --- */

enum { SECRET_MIN_BYTES = 16 };

static const struct conf_key cluster_keys[] = {
	{.name = "routers", .type = CONF_LIST, .flags = CONF_REQUIRED,
	 .example = "unix:/run/carillon/router-1.sock",
	 .help = "Where the routers listen for the other daemons: \"unix:/path\", \"192.0.2.1:5348\" or \"name:5348\". "
		 "Every daemon connects to all of them and goes on while one is left. The same list on every node."},
	{.name = "secret", .type = CONF_SECRET,
	 .help = "The secret that the daemons of one cluster share, 16 characters or more. Who has it may do everything. "
		 "This or secret_file is needed."},
	{.name = "secret_file", .type = CONF_PATH, .flags = CONF_SHOWN, .example = "/etc/carillon/cluster.secret",
	 .help = "The file that holds the secret, readable by the daemons alone. Blanks and line ends around it do not "
		 "count. Make one with: openssl rand -base64 24"},
	{.name = "ca_file", .type = CONF_PATH, .example = "/etc/carillon/cluster-ca.pem",
	 .help = "Certificates (PEM) of the authority that has issued those of the cluster's nodes. Links between hosts "
		 "are checked against it, in both directions."},
	{.name = "certificate", .type = CONF_PATH, .example = "/etc/carillon/node.pem",
	 .help = "This node's certificate (PEM, with its chain) for links between hosts. Without it there is no TLS on "
		 "them; links over Unix sockets need none."},
	{.name = "key", .type = CONF_PATH, .example = "/etc/carillon/node.key",
	 .help = "The certificate's private key (PEM). Without it, the key is in the certificate's file."},
	{.name = "scram_iterations", .type = CONF_INT, .def = "10000", .min = 4096, .max = 1000000, .flags = CONF_RELOAD,
	 .help = "Iterations for the SCRAM keys of new passwords, and what is shown for accounts that do not exist. More "
		 "make stolen keys harder to break and logins with PLAIN slower. Accounts keep the number of their last "
		 "password change; while most have another than this, a stranger can tell who exists."},
	{.name = NULL},
};

/* "unix:/path", or anything that ends in ":port"; names are resolved when connecting. */
static void
check_router_address(struct str text, struct buf *problems)
{
	ssize_t colon = str_rchr(text, ':');
	uint64_t port;

	if (str_starts(text, STR("unix:"))) {
		if (text.n > 5 && text.p[5] == '/')
			return;
	} else if (colon > 0 && str_to_u64(str_from(text, (size_t)colon + 1), &port) == 0 && port && port <= 65535) {
		return;
	}
	buf_addf(problems,
		 "key 'routers': \"" STR_FMT "\" is no address; write \"unix:/path\", \"192.0.2.1:5348\" or \"name:5348\"\n",
		 STR_ARG(text));
}

static void
check_secret(const char *secret, const char *file, struct buf *problems)
{
	if (!secret && !file)
		buf_addl(problems, "key 'secret': is missing; write secret or secret_file "
				   "(openssl rand -base64 24 makes a good one)\n");
	if (secret && file)
		buf_addl(problems, "keys 'secret' and 'secret_file': exclude each other; write one of them\n");
	if (secret && strlen(secret) < SECRET_MIN_BYTES)
		buf_addf(problems, "key 'secret': is too short; wanted are %d characters or more "
				   "(openssl rand -base64 24 makes a good one)\n", SECRET_MIN_BYTES);
}

static void
check_cluster(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	const char *const *routers;
	size_t count = conf_list(c, s->name, title, "routers", &routers);

	if (count == 0)
		buf_addl(problems, "key 'routers': is empty; write the address of each router\n");
	for (size_t i = 0; i < count; i++)
		check_router_address(str_z(routers[i]), problems);
	check_secret(conf_str(c, s->name, title, "secret"), conf_str(c, s->name, title, "secret_file"), problems);
	if (conf_str(c, s->name, title, "key") && !conf_str(c, s->name, title, "certificate"))
		buf_addl(problems, "key 'key': is of no use without certificate; write both, or none\n");
	if (conf_str(c, s->name, title, "certificate") && !conf_str(c, s->name, title, "ca_file"))
		buf_addl(problems, "key 'certificate': needs ca_file; without it the other side cannot be checked\n");
}

const struct conf_section conf_cluster = {
	.name = "cluster",
	.keys = cluster_keys,
	.help = "What makes the daemons one server: where the routers are, and the secret by which they know each "
		"other. The same on every node.",
	.check = check_cluster,
};

/* --- host --- */

static const char *const anonymous_choices[] = {"off", "local", "anywhere", NULL}; /* enum host_anonymous */

static const char *const when_choices[] = {"login", "tls", NULL}; /* enum host_redirect_when */

static const struct conf_key host_keys[] = {
	{.name = "certificate", .type = CONF_PATH, .flags = CONF_RELOAD, .example = "/etc/carillon/example.org.pem",
	 .help = "The certificate (PEM) for this domain, followed by its chain. Clients and servers check the domain's "
		 "name in it. Renewed files are taken at a reload, and nobody is dropped; a bad file keeps the old one."},
	{.name = "key", .type = CONF_PATH, .flags = CONF_RELOAD, .example = "/etc/carillon/example.org.key",
	 .help = "The certificate's private key (PEM). Without it, the key is in the certificate's file."},
	{.name = "anonymous", .type = CONF_CHOICE, .def = "off", .choices = anonymous_choices, .flags = CONF_RELOAD,
	 .help = "Whether anybody may log in without an account (SASL ANONYMOUS, XEP-0175), under a name that is made up and "
		 "gone with the session; nothing of such guests is stored. local: they reach the domains and components "
		 "of this installation; anywhere: other servers, too."},
	{.name = "see_other_host", .type = CONF_STR, .flags = CONF_RELOAD, .example = "xmpp.example.net:5222",
	 .help = "Where clients that come new for this domain are sent, instead of being served here: \"name\", "
		 "\"name:port\", \"192.0.2.1:5222\" or \"[2001:db8::1]:5222\" (RFC 6120 4.9.3.19). Sessions that there are "
		 "stay. The c2s over there must not send them back."},
	{.name = "see_other_host_when", .type = CONF_CHOICE, .def = "login", .choices = when_choices, .flags = CONF_RELOAD,
	 .help = "When they are told: after login, or as soon as TLS is there. In clear they are told only where there is "
		 "no TLS."},
	{.name = NULL},
};

static bool
is_label_byte(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 0x80 || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9') || u == '-' ||
	       u == '_';
}

/* The shape of a domain name. Its preparation (RFC 7622 3.2) is for xmpp. */
static bool
is_domain(struct str name)
{
	struct str label;

	if (name.n == 0 || name.n > 1023 || !utf8_valid(name))
		return false;
	while (name.p) {
		label = str_split(name, '.', &name);
		if (label.n == 0 || label.n > 63 * 4)
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!is_label_byte(label.p[i]))
				return false;
	}
	return true;
}

/* RFC 6120 4.9.3.19: a name or an address, IPv6 in brackets, and perhaps a port. */
static bool
is_place(struct str text)
{
	struct buf full = {0};
	struct addr a;
	struct str name, port;
	const char *why;
	uint64_t number;
	bool good;

	if (str_starts(text, STR("["))) {
		buf_addf(&full, STR_FMT "%s", STR_ARG(text), text.p[text.n - 1] == ']' ? ":1" : "");
		good = addr_parse(&a, buf_str(&full), &why) == 0;
		buf_done(&full);
		return good;
	}
	name = str_split(text, ':', &port);
	if (port.p && (str_to_u64(port, &number) < 0 || number == 0 || number > 65535))
		return false;
	return is_domain(name);
}

static void
check_see_other(const char *to, struct buf *problems)
{
	if (to && !is_place(str_z(to)))
		buf_addf(problems,
			 "key 'see_other_host': \"%s\" is no place; write \"name\", \"name:port\", \"192.0.2.1:5222\" or "
			 "\"[2001:db8::1]:5222\"\n",
			 to);
}

/*
 * The title that stands before this one and is the same domain: names of domains know no case. That an A-label and
 * its U-label are one is found at start (xmpp/cluster.h).
 */
static const char *
same_domain_before(const struct conf *c, const struct conf_section *s, const char *title)
{
	const char *const *titles;
	size_t count = conf_titles(c, s->name, &titles);

	for (size_t i = 0; i < count && titles[i] != title; i++)
		if (str_ieq(str_z(titles[i]), str_z(title)))
			return titles[i];
	return NULL;
}

static void
check_host(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	const char *same = same_domain_before(c, s, title);

	if (!is_domain(str_z(title)))
		buf_addl(problems, "the title is no domain name; write host \"example.org\" { ... }\n");
	else if (same)
		buf_addf(problems, "is the same domain as host \"%s\"; write one section for it\n", same);
	if (conf_str(c, s->name, title, "key") && !conf_str(c, s->name, title, "certificate"))
		buf_addl(problems, "key 'key': is of no use without certificate; write both, or none\n");
	check_see_other(conf_str(c, s->name, title, "see_other_host"), problems);
}

const struct conf_section conf_host = {
	.name = "host",
	.titled = true,
	.keys = host_keys,
	.help = "A domain that is served here: users of host \"example.org\" are user@example.org. One section for each "
		"domain.",
	.check = check_host,
};

/* --- log --- */

static const char *const level_choices[] = {"error", "warning", "info", "debug", NULL};

static const struct conf_key log_keys[] = {
	{.name = "target", .type = CONF_STR, .def = "stderr",
	 .help = "Where log lines go: \"stderr\" (under systemd: the journal), \"syslog\", or the name of a file. A file "
		 "is opened anew at SIGUSR1, for rotation. With \"/var/log/carillon/%n.log\" each daemon has its own."},
	{.name = "level", .type = CONF_CHOICE, .def = "info", .choices = level_choices, .flags = CONF_RELOAD,
	 .help = "How much is told. error: the operator must act. warning: something was lost or refused. info: one line "
		 "for each event of a session. debug: one for each stanza, never its contents."},
	{.name = NULL},
};

static void
check_log(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	const char *target = conf_str(c, s->name, title, "target");

	if (strcmp(target, "stderr") != 0 && strcmp(target, "syslog") != 0 && target[0] != '/')
		buf_addl(problems, "key 'target': wanted is \"stderr\", \"syslog\" or a file name that begins with \"/\"\n");
}

const struct conf_section conf_log = {
	.name = "log",
	.keys = log_keys,
	.help = "What is told to the operator, and where.",
	.check = check_log,
};

/* --- http --- */

static const struct conf_key http_keys[] = {
	{.name = "address", .type = CONF_STR, .def = "127.0.0.1",
	 .help = "The IP address on which each daemon answers /metrics (for Prometheus), /livez and /readyz over HTTP. "
		 "There are no passwords: keep it local, or in a network that only monitoring can reach."},
	{.name = "port", .type = CONF_INT, .def = "0", .min = 0, .max = 65000, .example = "9500",
	 .help = "The first of a hundred ports, or 0 for none. Instance N of a role has port + offset + N - 1; the offset "
		 "is 0 for router, 20 for c2s, 40 for sm, 60 for s2s, 80 for muc and 99 for the supervisor. With 9500, "
		 "router-1 has 9500, c2s-2 has 9521 and sm-1 has 9540."},
	{.name = "connections", .type = CONF_INT, .def = "64", .min = 4, .max = 10000,
	 .help = "Connections to each daemon's port at a time. For one more, the oldest has to go."},
	{.name = "timeout", .type = CONF_DURATION, .def = "5s", .min = 1000, .max = 600000,
	 .help = "How long a request may take to arrive, and its answer to be taken."},
	{.name = NULL},
};

static void
check_http(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	const char *address = conf_str(c, s->name, title, "address"), *why;
	struct buf full = {0};
	struct addr a;

	buf_addf(&full, strchr(address, ':') ? "[%s]:1" : "%s:1", address);
	if (addr_parse(&a, buf_str(&full), &why) < 0)
		buf_addf(problems, "key 'address': \"%s\" is no IP address; write one such as \"127.0.0.1\" or \"::1\"\n",
			 address);
	buf_done(&full);
}

const struct conf_section conf_http = {
	.name = "http",
	.keys = http_keys,
	.help = "Metrics and health of each daemon, for monitoring and load balancers.",
	.check = check_http,
};
