/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STARTTLS (RFC 6120 section 5), and the end of every handshake, direct ones
 * included (XEP-0368). The bytes themselves are io's.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"

/* It is empty (RFC 6120 5.4.2.1, and the schema in A.3); white space in it is nobody's harm. */
static bool
is_well_made(const struct stanza *st)
{
	return !st->root->child && !str_trim(node_text(st->arena, st->root)).n;
}

/* RFC 6120 5.4.2.2: <failure/>, then the stream and the connection are closed. */
static void
refuse(struct client *c, const char *why)
{
	log_info(&c->log, "STARTTLS refused why=%s", log_quote(str_z(why)));
	metric_add(&metric_tls_failures, 1);
	client_write(c, STR("<failure xmlns='" NS_TLS "'/>"));
	client_close(c, why);
}

void
starttls_on_request(struct client *c, const struct stanza *st)
{
	SSL *ssl;

	if (!is_well_made(st)) {
		refuse(c, "the request is not an empty element");
		return;
	}
	if (c->c2s->set.tls == TLS_POLICY_OFF) {
		refuse(c, "TLS is switched off");
		return;
	}
	ssl = hosts_ssl(c->c2s->hosts, client_host(c));
	if (!ssl) {
		refuse(c, "the host has no usable certificate");
		return;
	}
	/*
	 * RFC 6120 5.4.3.3: what came in clear behind the request, in the same segment perhaps, was said by
	 * nobody knows whom. io forgets what it has, the stream holds the rest until it is restarted.
	 */
	stream_hold(c->stream);
	client_write(c, STR("<proceed xmlns='" NS_TLS "'/>"));
	client_set_state(c, CLIENT_HANDSHAKE);
	io_start_tls(c->io, ssl);
}

/* A second one, or one where it was not offered (RFC 6120 5.4.2.2; login comes behind TLS, 5.3.4). */
void
starttls_on_late_request(struct client *c, const struct stanza *st)
{
	(void)st;
	refuse(c, client_secure(c) ? "TLS is there already" : "TLS comes before login");
}

/* RFC 6120 5.4.3.3: everything that was learned before is forgotten. */
void
starttls_on_secured(struct client *c)
{
	if (client_over(c))
		return;
	sasl_server_free(&c->login->sasl);
	c->login->host = NULL;
	c->login->from = STR_NONE;
	c->login->last = NULL;
	arena_reset(&c->login->arena);
	stream_restart(c->stream);
	stream_set_host(c->stream, str_z(hosts_first(c->c2s->hosts)));
	stream_set_limits(c->stream, &c->c2s->set.before_auth);
	client_set_state(c, CLIENT_SECURE);
}
