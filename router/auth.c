/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a component and the router say before frames (doc/protocol.md section
 * 1): features, STARTTLS, SASL, <bind/>. One attempt at SASL is enough for a
 * peer that knows the secret.
 */
#include "router/router.h"

#include "common/base64.h"
#include "xmpp/cluster.h"

#include <stdlib.h>

/* Authenticated: room for a <bind/> with all hosts. */
static const struct xml_limits bind_limits = {
	.bytes = 256 * 1024,
	.depth = 16,
	.attrs = 32,
	.elements = 4096,
	.name = 1024,
};

static void
write_element(struct link *l, const char *name, const char *ns, struct str text)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_leafz(&o, name, ns, text);
	out_done(&o);
	stream_write(l->stream, buf_str(&b));
	buf_done(&b);
}

/* ---- SASL ---- */

static void
write_sasl(struct link *l, const char *name, struct str bytes)
{
	struct buf b = {0};

	if (bytes.p && bytes.n == 0)
		buf_addc(&b, '='); /* RFC 6120 6.4.2 */
	else if (bytes.p)
		base64_print(&b, bytes);
	write_element(l, name, NS_SASL, buf_str(&b));
	buf_done(&b);
}

static void
on_challenge(void *owner, struct str bytes)
{
	write_sasl(owner, "challenge", bytes.p ? bytes : STR(""));
}

static void
on_success(void *owner, struct str user, const char *mechanism, struct str data)
{
	struct link *l = owner;

	(void)user; /* there is one only */
	log_debug(&l->log, "authenticated mechanism=%s", mechanism);
	write_sasl(l, "success", data);
	link_state_set(l, LINK_AUTHED);
	stream_set_limits(l->stream, &bind_limits);
	stream_restart(l->stream);
}

static void
on_failure(void *owner, enum sasl_condition condition, const char *text)
{
	struct link *l = owner;
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "failure", NS_SASL);
	out_leafz(&o, sasl_condition_name(condition), NULL, STR(""));
	out_done(&o);
	stream_write(l->stream, buf_str(&b));
	buf_done(&b);
	link_fail(l, STREAM_NOT_AUTHORIZED,
		  "authentication failed (%s): is the cluster's secret the same on both sides?",
		  text ? text : sasl_condition_name(condition));
}

static void
on_want(void *owner, struct str user)
{
	static const struct sasl_credentials unknown = {.result = SASL_USER_UNKNOWN};
	struct link *l = owner;

	sasl_server_credentials(l->sasl, str_is(user, CLUSTER_USER) ? &l->port.r->credentials : &unknown);
}

static const struct sasl_server_events sasl_events = {
	.challenge = on_challenge,
	.success = on_success,
	.failure = on_failure,
	.want = on_want,
};

/* Whether the peer has shown a certificate of the cluster's CA. The only CA that this context trusts is that
 * one. */
static bool
has_cluster_certificate(const struct link *l)
{
	SSL *ssl = io_ssl(l->port.io);

	return ssl && SSL_get0_peer_certificate(ssl) && SSL_get_verify_result(ssl) == X509_V_OK;
}

static void
sasl_begin(struct link *l)
{
	static const char *const mechanisms[] = {"SCRAM-SHA-256", "EXTERNAL", NULL};
	struct router *r = l->port.r;
	const struct sasl_server_opts opts = {
		.service = "xmpp",
		.host = CLUSTER_HOST,
		.tls = l->secured,
		.ssl = io_ssl(l->port.io),
		.mechanisms = mechanisms,
		.external_users = has_cluster_certificate(l) ? STR(CLUSTER_USER) : STR_NONE,
		.fake_secret = str_z(r->secret),
		.fake_iterations = SCRAM_ITERATIONS_MIN,
		.loop = r->loop,
	};

	sasl_server_free(&l->sasl);
	l->sasl = sasl_server_new(&opts, &sasl_events, l);
}

/* The bytes in <auth/> or <response/>. -1: not base64. */
static int
sasl_content(const struct stanza *st, struct str *bytes_r)
{
	struct str text = node_text(st->arena, st->root);
	struct buf b = {0};
	int rc = 0;

	*bytes_r = STR_NONE;
	if (text.n == 0)
		return 0;
	if (!str_is(text, "="))
		rc = base64_parse(&b, text);
	*bytes_r = arena_str(st->arena, buf_str(&b));
	buf_done(&b);
	return rc;
}

static void
on_auth(struct link *l, const struct stanza *st)
{
	struct str initial;

	if (l->wants_tls && !l->secured)
		on_failure(l, SASL_FAIL_ENCRYPTION_REQUIRED, "TLS comes first");
	else if (sasl_content(st, &initial) < 0)
		on_failure(l, SASL_FAIL_INCORRECT_ENCODING, NULL);
	else
		sasl_server_start(l->sasl, node_attr(st->arena, st->root, "mechanism"), initial);
}

static void
on_response(struct link *l, const struct stanza *st)
{
	struct str response;

	if (!sasl_server_busy(l->sasl))
		on_failure(l, SASL_FAIL_MALFORMED_REQUEST, "a response without a challenge");
	else if (sasl_content(st, &response) < 0)
		on_failure(l, SASL_FAIL_INCORRECT_ENCODING, NULL);
	else
		sasl_server_step(l->sasl, response.p ? response : STR(""));
}

static void
on_abort(struct link *l, const struct stanza *st)
{
	(void)st;
	sasl_server_abort(l->sasl);
}

/* ---- TLS ---- */

static void
on_starttls(struct link *l, const struct stanza *st)
{
	(void)st;
	if (!l->wants_tls || l->secured) {
		link_fail(l, STREAM_POLICY_VIOLATION, "TLS was not offered");
		return;
	}
	write_element(l, "proceed", NS_TLS, STR(""));
	stream_restart(l->stream);
	io_start_tls(l->port.io, tls_server_ssl(l->port.r->tls, STR_NONE));
}

/* ---- binding ---- */

static int
role_find(struct str name, enum link_role *role_r)
{
	for (enum link_role role = 0; role < ROLE_EXTERNAL; role++) {
		if (str_is(name, link_role_name(role))) {
			*role_r = role;
			return 0;
		}
	}
	return -1;
}

static bool
boot_ok(struct str boot)
{
	for (size_t i = 0; i < boot.n; i++) {
		char c = boot.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_'))
			return false;
	}
	return boot.n >= 1 && boot.n <= 64;
}

/* The domains in <host/>, prepared. -1 when one is bad or all are too many for a <c:member/>. */
static ssize_t
hosts_of(const struct stanza *st, struct str **hosts_r)
{
	const struct node *n;
	size_t count = 0, bytes = 0;

	for (n = node_child(st->root, "host", NS_BUS); n; n = node_next(n, "host", NS_BUS))
		count++;
	*hosts_r = arena_alloc(st->arena, (count + 1) * sizeof(struct str));
	count = 0;
	for (n = node_child(st->root, "host", NS_BUS); n; n = node_next(n, "host", NS_BUS)) {
		struct str host = node_attr(st->arena, n, "name");

		if (!host.p || jid_prep_domain(st->arena, host, &host) < 0 || !frame_value_ok(host))
			return -1;
		bytes += host.n + 1;
		(*hosts_r)[count++] = host;
	}
	return bytes + 1024 < FRAME_HEAD_MAX ? (ssize_t)count : -1;
}

static void
write_bound(struct link *l)
{
	struct router *r = l->port.r;
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "bound", NS_BUS);
	out_attrz(&o, "router", str_z(r->name));
	out_attrz(&o, "boot", str_z(r->boot));
	out_attru(&o, "version", l->version);
	out_done(&o);
	stream_write(l->stream, buf_str(&b));
	buf_done(&b);
}

static void
bind_link(struct link *l, struct str name, struct str boot, unsigned version, const struct str *hosts, size_t count)
{
	l->name = str_dup(name);
	l->boot = str_dup(boot);
	l->version = version;
	write_bound(l);
	sasl_server_free(&l->sasl);
	members_bind(l, hosts, count);
	stream_rest(l->stream); /* kept for its last words */
}

/* Said here and, as the stream error, there: whoever reads either log must know what to do. */
static void
refuse_version(struct link *l, struct str name, struct str version)
{
	struct buf ours = {0};

	bus_versions_print(&ours, l->port.r->versions);
	link_fail(l, STREAM_UNSUPPORTED_VERSION, "%s speaks version %s of the bus, this router %s: upgrade one release at a time",
		  log_quote(name), version.n ? log_quote(version) : "0", buf_z(&ours));
	buf_done(&ours);
}

static void
on_bind(struct link *l, const struct stanza *st)
{
	struct arena *a = st->arena;
	struct str name = node_attr(a, st->root, "name"), boot = node_attr(a, st->root, "boot");
	struct str *hosts = NULL;
	ssize_t count = hosts_of(st, &hosts);
	struct str version_text = node_attr(a, st->root, "version");
	uint64_t version;

	if (str_to_u64(version_text, &version) < 0 || !bus_versions_has(l->port.r->versions, version))
		refuse_version(l, name, version_text);
	else if (!instance_name_ok(name) || str_is(name, l->port.r->name))
		link_fail(l, STREAM_POLICY_VIOLATION, "not a name for an instance: %s", log_quote(name));
	else if (role_find(node_attr(a, st->root, "role"), &l->role) < 0)
		link_fail(l, STREAM_POLICY_VIOLATION, "unknown role");
	else if (!boot_ok(boot))
		link_fail(l, STREAM_POLICY_VIOLATION, "bad boot");
	else if (count < 0)
		link_fail(l, STREAM_POLICY_VIOLATION, "a host is no domain, or they are too many");
	else
		bind_link(l, name, boot, (unsigned)version, hosts, (size_t)count);
}

/* ---- the stream ---- */

static void
add_mechanisms(struct link *l, struct out *o)
{
	const char *names[8];
	size_t n;

	sasl_begin(l);
	n = MIN(sasl_server_mechanisms(l->sasl, names, ARRAY_LEN(names)), ARRAY_LEN(names));
	out_openz(o, "mechanisms", NS_SASL);
	for (size_t i = 0; i < n; i++)
		out_leafz(o, "mechanism", NULL, str_z(names[i]));
	out_close(o);
}

static void
offer_bind(struct link *l, struct out *o)
{
	struct buf versions = {0};

	bus_versions_print(&versions, l->port.r->versions);
	out_openz(o, "bind", NS_BUS);
	out_attrz(o, "versions", buf_str(&versions));
	out_close(o);
	buf_done(&versions);
}

static void
add_features(struct link *l, struct out *o)
{
	if (l->state == LINK_AUTHED) {
		offer_bind(l, o);
	} else if (l->wants_tls && !l->secured) {
		out_openz(o, "starttls", NS_TLS);
		out_leafz(o, "required", NULL, STR(""));
		out_close(o);
	} else {
		add_mechanisms(l, o);
	}
}

void
auth_header(struct link *l, const struct xml_header *h)
{
	struct buf b = {0};
	struct out o;

	(void)h; /* `to` is 'router', whatever this router's name is */
	stream_send_header(l->stream, str_z(l->port.r->name), STR_NONE, " xmlns:c='" NS_BUS "'");
	buf_addl(&b, "<stream:features>");
	out_init(&o, &b, NS_CLIENT);
	add_features(l, &o);
	out_done(&o);
	buf_addl(&b, "</stream:features>");
	stream_write(l->stream, buf_str(&b));
	buf_done(&b);
}

static const struct {
	enum link_state state;
	const char *name, *ns;
	void (*handle)(struct link *l, const struct stanza *st);
} elements[] = {
	{LINK_NEGOTIATING, "starttls", NS_TLS, on_starttls},
	{LINK_NEGOTIATING, "auth", NS_SASL, on_auth},
	{LINK_NEGOTIATING, "response", NS_SASL, on_response},
	{LINK_NEGOTIATING, "abort", NS_SASL, on_abort},
	{LINK_AUTHED, "bind", NS_BUS, on_bind},
};

void
auth_element(struct link *l, const struct stanza *st)
{
	for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
		if (elements[i].state == l->state && stanza_is(st, elements[i].name, elements[i].ns)) {
			elements[i].handle(l, st);
			return;
		}
	}
	link_fail(l, STREAM_NOT_AUTHORIZED, "unexpected <%s/>", log_quote(st->root->name));
}
