/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a component says before the frames (doc/protocol.md section 1): the
 * stream's header, STARTTLS, SASL, <bind/>. Elements are dispatched by the
 * state of the link.
 */
#include "xmpp/component_impl.h"

#include "common/base64.h"
#include "xmpp/cluster.h"

#include <stdlib.h>

void
uplink_send_header(struct uplink *l)
{
	uplink_state_set(l, UPLINK_FEATURES);
	stream_send_header(l->stream, STR_NONE, STR(CLUSTER_HOST), " xmlns:c='" NS_BUS "'");
}

static void
write_element(struct uplink *l, const char *name, const char *ns, const char *attr, struct str value,
	      struct str text)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, name, ns);
	if (attr)
		out_attrz(&o, attr, value);
	if (text.p)
		out_text(&o, text);
	out_done(&o);
	stream_write(l->stream, buf_str(&b));
	buf_done(&b);
}

/* SASL bytes as the content of an element; "=" when they are there and empty (RFC 6120 6.4.2). */
static void
write_sasl(struct uplink *l, const char *name, const char *mechanism, struct str bytes)
{
	struct buf b = {0};

	if (bytes.p && bytes.n == 0)
		buf_addc(&b, '=');
	else if (bytes.p)
		base64_print(&b, bytes);
	write_element(l, name, NS_SASL, mechanism ? "mechanism" : NULL, str_z(mechanism),
		      bytes.p ? buf_str(&b) : STR_NONE);
	buf_done(&b);
}

/* The content of a SASL element, decoded. Absent when it has none. -1: not base64. */
static int
sasl_content(struct arena *a, const struct node *n, struct str *bytes_r)
{
	struct str text = node_text(a, n);
	struct buf b = {0};

	*bytes_r = STR_NONE;
	if (text.n == 0)
		return 0;
	if (!str_is(text, "=") && base64_parse(&b, text) < 0) {
		buf_done(&b);
		return -1;
	}
	*bytes_r = arena_str(a, buf_str(&b));
	buf_done(&b);
	return 0;
}

/* Names with blanks between, as sasl_client_start wants them. */
static void
mechanisms_join(struct arena *a, const struct node *features, struct buf *out)
{
	const struct node *list = node_child(features, "mechanisms", NS_SASL);
	const struct node *m = list ? node_child(list, "mechanism", NS_SASL) : NULL;

	for (; m; m = node_next(m, "mechanism", NS_SASL)) {
		if (out->n)
			buf_addc(out, ' ');
		buf_add(out, node_text(a, m));
	}
}

static void
begin_sasl(struct uplink *l, const struct stanza *st)
{
	struct component *c = l->c;
	struct buf offered = {0};
	const char *mechanism, *why = NULL;
	struct str initial;

	mechanisms_join(st->arena, st->root, &offered);
	uplink_state_set(l, UPLINK_AUTH);
	if (io_ssl(l->io) && c->has_cert && str_find(buf_str(&offered), STR("EXTERNAL")) >= 0) {
		write_sasl(l, "auth", "EXTERNAL", STR("")); /* our certificate says it all */
		goto out;
	}
	l->sasl = sasl_client_new("xmpp", CLUSTER_HOST, CLUSTER_USER, c->secret, io_ssl(l->io));
	if (sasl_client_start(l->sasl, buf_z(&offered), &mechanism, &initial, &why) < 0) {
		uplink_fail(l, "no way to authenticate (offered: %s): %s", log_quote(buf_str(&offered)), why);
		goto out;
	}
	write_sasl(l, "auth", mechanism, initial);
out:
	buf_done(&offered);
}

static void
send_bind(struct uplink *l, unsigned version)
{
	struct component *c = l->c;
	struct buf b = {0};
	struct out o;
	struct str rest = str_z(c->hosts);

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "bind", NS_BUS);
	out_attru(&o, "version", version);
	out_attrz(&o, "name", str_z(c->name));
	out_attrz(&o, "role", str_z(c->role));
	out_attrz(&o, "boot", str_z(c->boot));
	while (rest.p) {
		struct str host = str_split(rest, ' ', &rest);

		if (host.n == 0)
			continue;
		out_openz(&o, "host", NULL);
		out_attrz(&o, "name", host);
		out_close(&o);
	}
	out_done(&o);
	stream_write(l->stream, buf_str(&b));
	buf_done(&b);
	uplink_state_set(l, UPLINK_BINDING);
}

/* A router that speaks no version of ours is told the newest, so that it knows and can say who is not let in. */
static void
on_features_authed(struct uplink *l, const struct stanza *st)
{
	const struct node *bind = node_child(st->root, "bind", NS_BUS);
	unsigned version;

	if (!bind) {
		uplink_fail(l, "it does not speak the protocol of the bus");
		return;
	}
	version = bus_versions_common(l->c->versions, node_attr(st->arena, bind, "versions"));
	send_bind(l, version ? version : l->c->versions.newest);
}

static void
on_features(struct uplink *l, const struct stanza *st)
{
	if (l->authed) {
		on_features_authed(l, st);
	} else if (!io_ssl(l->io) && !l->local && l->c->tls) {
		if (!node_child(st->root, "starttls", NS_TLS)) {
			uplink_fail(l, "it offers no TLS, and cluster ca_file asks for it");
			return;
		}
		write_element(l, "starttls", NS_TLS, NULL, STR_NONE, STR_NONE);
		uplink_state_set(l, UPLINK_TLS);
	} else if (!node_child(st->root, "mechanisms", NS_SASL)) {
		uplink_fail(l, "it wants TLS: set cluster ca_file here too");
	} else {
		begin_sasl(l, st);
	}
}

/* The host part of "host:port", for the certificate. */
static struct str
address_host(struct str address)
{
	ssize_t colon = str_rchr(address, ':');

	if (colon >= 0)
		address.n = (size_t)colon;
	if (address.n > 1 && address.p[0] == '[')
		address = str_n(address.p + 1, address.n - 2);
	return address;
}

static void
on_proceed(struct uplink *l, const struct stanza *st)
{
	(void)st;
	stream_restart(l->stream);
	io_start_tls(l->io, tls_client_ssl(l->c->tls, address_host(str_z(l->address))));
	/* on_secured goes on */
}

static void
on_challenge(struct uplink *l, const struct stanza *st)
{
	struct str challenge, response;
	const char *why = NULL;

	if (sasl_content(st->arena, st->root, &challenge) < 0 || !l->sasl)
		uplink_fail(l, "bad SASL challenge");
	else if (sasl_client_step(l->sasl, challenge, &response, &why) < 0)
		uplink_fail(l, "SASL: %s", why);
	else
		write_sasl(l, "response", NULL, response);
}

static void
on_success(struct uplink *l, const struct stanza *st)
{
	struct str data;
	const char *why = NULL;

	if (sasl_content(st->arena, st->root, &data) < 0) {
		uplink_fail(l, "bad SASL success");
		return;
	}
	/* SCRAM: a router that does not know the secret itself is not one of ours */
	if (l->sasl && sasl_client_finish(l->sasl, data, &why) < 0) {
		uplink_fail(l, "it does not know the cluster's secret: %s", why);
		return;
	}
	sasl_client_free(&l->sasl);
	l->authed = true;
	stream_restart(l->stream);
	uplink_send_header(l);
}

static void
on_failure(struct uplink *l, const struct stanza *st)
{
	const struct node *condition = node_child(st->root, NULL, NS_SASL);

	uplink_fail(l, "it refuses us (%s): is the cluster's secret the same on both sides?",
		    condition ? log_quote(condition->name) : "no reason");
}

static const struct {
	enum uplink_state state;
	const char *name, *ns;
	void (*handle)(struct uplink *l, const struct stanza *st);
} elements[] = {
	{UPLINK_FEATURES, "features", NS_STREAM, on_features}, {UPLINK_TLS, "proceed", NS_TLS, on_proceed},
	{UPLINK_AUTH, "challenge", NS_SASL, on_challenge},     {UPLINK_AUTH, "success", NS_SASL, on_success},
	{UPLINK_AUTH, "failure", NS_SASL, on_failure},
};

void
uplink_element(struct uplink *l, const struct stanza *st)
{
	for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
		if (elements[i].state == l->state && stanza_is(st, elements[i].name, elements[i].ns)) {
			elements[i].handle(l, st);
			return;
		}
	}
	uplink_fail(l, "unexpected <%s/>", log_quote(st->root->name));
}

int
uplink_tls_make(struct component *c, const struct component_opts *opts)
{
	struct buf why = {0};

	if (!opts->ca_file)
		return 0;
	c->tls = tls_client_new(opts->ca_file, opts->cert_file, opts->key_file, &why);
	c->has_cert = c->tls && opts->cert_file;
	if (!c->tls)
		log_error(c->log, "TLS to the routers: %s", buf_z(&why));
	buf_done(&why);
	return c->tls ? 0 : -1;
}
