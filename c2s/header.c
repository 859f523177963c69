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

/* `from` is a claim until login; we remember it only to tell several identities of one certificate apart. */
static void
remember_from(struct client *c, const struct xml_header *h)
{
	struct jid from;

	c->login->from = STR_NONE;
	if (h->from.p && jid_prep(&c->login->arena, h->from, &from, NULL) == 0)
		c->login->from = from.bare;
}

/* RFC 6120 4.7.2: who sent `from` gets it back as `to`; once logged in it is what we know. */
static struct str
answer_to(struct client *c)
{
	if (c->login->user.p)
		return arena_printf(&c->login->arena, STR_FMT "@%s", STR_ARG(c->login->user), c->login->host);
	return c->login->from;
}

void
client_on_header(struct client *c, const struct xml_header *h)
{
	const char *host = find_host(c, h);

	if (!host) { /* RFC 6120 4.9.3.6; a missing `to` is one we do not serve either */
		client_fail(c, STREAM_HOST_UNKNOWN,
			    h->to.p ? "this host is not served here" : "the stream header has no 'to'");
		return;
	}
	if (!stream_is_10(c->stream)) { /* RFC 6120 4.7.5, 4.9.3.25: nothing that came before 1.0 is spoken here */
		client_fail(c, STREAM_UNSUPPORTED_VERSION, "XMPP 1.0 is spoken here");
		return;
	}
	if (c->login->user.p && strcmp(host, c->login->host) != 0) { /* who you are, you are at that host */
		client_fail(c, STREAM_HOST_UNKNOWN, "login was for another host");
		return;
	}
	c->login->host = arena_str(&c->login->arena, str_z(host)).p;
	remember_from(c, h);
	stream_send_header(c->stream, str_z(host), answer_to(c), NULL);
	features_write(c);
}
