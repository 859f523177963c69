/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients that are to be served elsewhere: the stream error see-other-host
 * (RFC 6120 4.9.3.19), by the operator's word, host by host. Sessions that
 * there are stay; what drains says system-shutdown (drain.c).
 */
#include "c2s/c2s.h"

/* It will not get TLS here, whatever it does. */
static bool
stays_plain(const struct client *c)
{
	const struct c2s *s = c->c2s;

	return s->set.tls == TLS_POLICY_OFF ||
	       (s->set.tls == TLS_POLICY_OPTIONAL && !hosts_tls_ready(s->hosts, client_host(c)));
}

/*
 * In clear anybody in between could have said it, so it waits for TLS (RFC 6120 4.9.3.19), and for the login
 * unless the operator says otherwise.
 */
bool
redirect_due(const struct client *c)
{
	struct redirect r = hosts_redirect(c->c2s->hosts, client_host(c));

	if (!r.to.n)
		return false;
	if (c->state == CLIENT_AUTHENTICATED)
		return true;
	return !r.after_login && (client_secure(c) || stays_plain(c));
}

void
redirect_send(struct client *c)
{
	client_see_other(c, hosts_redirect(c->c2s->hosts, client_host(c)).to);
}
