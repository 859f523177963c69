/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's stream header (RFC 6120 4.7): which host it wants, whether it
 * speaks version 1.0, and our answer. What we offer then is features.c's.
 */
#include "c2s/c2s.h"

static const char *
find_host(struct client *c, const struct xml_header *h)
{
	struct str host;

	if (h->to.p == NULL || jid_prep_domain(&c->login->arena, h->to, &host) < 0)
		return NULL;
	return hosts_find(c->c2s->hosts, host);
}

/*
 * `from` is a claim until login, and decides nothing. We remember it to give it back as `to` (RFC 6120 4.7.2: who has
 * sent none gets none).
 */
static void
remember_from(struct client *c, const struct xml_header *h)
{
	struct jid from;

	c->login->from = STR_NONE;
	if (h->from.p && jid_prep(&c->login->arena, h->from, &from, NULL) == 0)
		c->login->from = from.bare;
}

/* After login a `from`, if there is one, is the address that login has shown. RFC 6120 4.9.3.9 */
static bool
is_from_good(struct client *c, const struct xml_header *h)
{
	const struct login *l = c->login;
	struct str own;

	if (!l->user.p || h->from.n == 0)
		return true;
	own = arena_printf(&c->login->arena, STR_FMT "@%s", STR_ARG(l->user), l->host);
	return str_eq(l->from, own);
}

/* What is wrong with it, and why; STREAM_OK: nothing. */
static enum stream_condition
check_header(struct client *c, const struct xml_header *h, const char *host, const char **why_r)
{
	if (!host) { /* RFC 6120 4.9.3.6; a missing `to` is one we do not serve either */
		*why_r = h->to.p ? "this host is not served here" : "the stream header has no 'to'";
		return STREAM_HOST_UNKNOWN;
	}
	if (!stream_is_10(c->stream)) { /* RFC 6120 4.7.5, 4.9.3.25: nothing that came before 1.0 is spoken here */
		*why_r = "XMPP 1.0 is spoken here";
		return STREAM_UNSUPPORTED_VERSION;
	}
	if (c->login->user.p && strcmp(host, c->login->host) != 0) { /* who you are, you are at that host */
		*why_r = "login was for another host";
		return STREAM_HOST_UNKNOWN;
	}
	if (!is_from_good(c, h)) {
		*why_r = "'from' is not who has logged in";
		return STREAM_INVALID_FROM;
	}
	return STREAM_OK;
}

void
client_on_header(struct client *c, const struct xml_header *h)
{
	const char *host = find_host(c, h), *why;
	enum stream_condition fault;

	remember_from(c, h);
	fault = check_header(c, h, host, &why);
	/* RFC 6120 4.9.1.2, 4.9.1.3: an error, too, stands behind a header of somebody who is here. */
	stream_send_header(c->stream, str_z(host ? host : hosts_first(c->c2s->hosts)), c->login->from, NULL);
	if (fault) {
		client_fail(c, fault, why);
		return;
	}
	c->login->host = arena_str(&c->login->arena, str_z(host)).p;
	if (redirect_due(c))
		redirect_send(c);
	else
		features_write(c);
}
