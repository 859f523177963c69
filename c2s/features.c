/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <stream:features/> (RFC 6120 4.3.2), what is offered at each point of the
 * way. One feature a function; the order of negotiation is that of XEP-0170:
 * TLS, SASL, resource binding.
 */
#include "c2s/c2s.h"

#include "xmpp/out.h"

#include <stdio.h>

enum { MECHANISMS_MAX = 16, BINDINGS_MAX = 8 };

/* RFC 6120 5.3.1, 5.4.1 */
static void
write_starttls(struct out *o, bool required)
{
	out_openz(o, "starttls", NS_TLS);
	if (required)
		out_leafz(o, "required", NULL, STR(""));
	out_close(o);
}

/* RFC 6120 6.4.1 */
static void
write_mechanisms(struct out *o, struct sasl_server *sasl)
{
	const char *names[MECHANISMS_MAX];
	size_t count = MIN(sasl_server_mechanisms(sasl, names, ARRAY_LEN(names)), ARRAY_LEN(names));

	out_openz(o, "mechanisms", NS_SASL);
	for (size_t i = 0; i < count; i++)
		out_leafz(o, "mechanism", NULL, str_z(names[i]));
	out_close(o);
}

static bool
offers_plus(struct sasl_server *sasl)
{
	const char *names[MECHANISMS_MAX];
	size_t count = MIN(sasl_server_mechanisms(sasl, names, ARRAY_LEN(names)), ARRAY_LEN(names));

	for (size_t i = 0; i < count; i++)
		if (strstr(names[i], "-PLUS"))
			return true;
	return false;
}

/* XEP-0440 section 2: beside the mechanisms that it is for. */
static void
write_bindings(struct out *o, struct sasl_server *sasl)
{
	const char *names[BINDINGS_MAX];
	size_t count = MIN(sasl_server_bindings(sasl, names, ARRAY_LEN(names)), ARRAY_LEN(names));

	if (count == 0 || !offers_plus(sasl))
		return;
	out_openz(o, "sasl-channel-binding", NS_SASL_CB);
	for (size_t i = 0; i < count; i++) {
		out_openz(o, "channel-binding", NULL);
		out_attrz(o, "type", str_z(names[i]));
		out_close(o);
	}
	out_close(o);
}

static void
write_login(struct client *c, struct out *o)
{
	auth_prepare(c);
	write_mechanisms(o, c->login->sasl);
	write_bindings(o, c->login->sasl);
}

/* XEP-0478: they may differ from one offer to the next. */
static void
write_limits(struct out *o, const struct xml_limits *limits, uint64_t idle_ms)
{
	char number[24];

	out_openz(o, "limits", NS_STREAM_LIMITS);
	snprintf(number, sizeof(number), "%zu", limits->bytes);
	out_leafz(o, "max-bytes", NULL, str_z(number));
	if (idle_ms) {
		snprintf(number, sizeof(number), "%llu", (unsigned long long)(idle_ms / 1000));
		out_leafz(o, "idle-seconds", NULL, str_z(number));
	}
	out_close(o);
}

static void
write_session_features(const struct settings *set, struct out *o)
{
	out_leafz(o, "bind", NS_BIND, STR("")); /* RFC 6120 7.4 */
	out_openz(o, "session", NS_SESSION);    /* RFC 3921 3: for clients that wait for it; it does nothing */
	out_leafz(o, "optional", NULL, STR(""));
	out_close(o);
	out_leafz(o, "sm", NS_SM, STR(""));           /* XEP-0198 */
	out_leafz(o, "ver", NS_ROSTERVER, STR(""));    /* RFC 6121 2.6.1 */
	out_leafz(o, "sub", NS_PRE_APPROVAL, STR("")); /* RFC 6121 3.4.1 */
	write_limits(o, &set->bound, set->ping_after);
}

static void
write_plain_features(struct client *c, struct out *o)
{
	const struct settings *set = &c->c2s->set;

	if (set->tls != TLS_POLICY_OFF && hosts_tls_ready(c->c2s->hosts, client_host(c)))
		write_starttls(o, set->tls == TLS_POLICY_REQUIRED);
	if (set->tls == TLS_POLICY_REQUIRED)
		return; /* RFC 6120 5.3.1: nothing else is offered then */
	write_login(c, o);
	write_limits(o, &set->before_auth, 0);
}

static void
write_features(struct client *c, struct buf *b)
{
	struct out o;

	out_init(&o, b, NS_CLIENT);
	if (c->state == CLIENT_AUTHENTICATED) {
		write_session_features(&c->c2s->set, &o);
	} else if (c->state == CLIENT_SECURE) {
		write_login(c, &o);
		write_limits(&o, &c->c2s->set.before_auth, 0);
	} else {
		write_plain_features(c, &o);
	}
	out_done(&o);
}

void
features_write(struct client *c)
{
	const struct c2s *s = c->c2s;
	struct buf b = {0};

	if (c->state == CLIENT_PLAIN && s->set.tls == TLS_POLICY_REQUIRED &&
	    !hosts_tls_ready(s->hosts, client_host(c))) {
		/* RFC 6120 4.9.3.8: a misconfiguration; it stands in the log since the start. */
		client_fail(c, STREAM_INTERNAL_SERVER_ERROR,
			    "TLS is required, and this host has no usable certificate");
		return;
	}
	write_features(c, &b);
	stream_write_features(c->stream, buf_str(&b));
	buf_done(&b);
}
