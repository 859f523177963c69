/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SASL EXTERNAL for clients (XEP-0178): whom a client certificate proves. The
 * certificate has been verified against client_ca_file by TLS; here its
 * id-on-xmppAddr (RFC 6120 13.7.1.4) are compared with the host that the
 * client came for.
 */
#include "c2s/c2s.h"

struct found {
	struct str user;
	unsigned count;  /* different users at this host */
	bool claimed;    /* `user` is the one in the stream header's `from` */
};

static void
look_at(struct client *c, struct str text, struct found *f)
{
	struct jid jid;

	if (jid_prep(&c->login->arena, text, &jid, NULL) < 0 || !jid.node.p || !jid_is_bare(&jid))
		return;
	if (!str_is(jid.domain, c->login->host) || str_eq(jid.node, f->user))
		return;
	f->count++;
	if (f->claimed)
		return;
	f->claimed = str_eq(jid.bare, c->login->from);
	if (f->claimed || f->count == 1)
		f->user = jid.node;
}

struct str
external_user(struct client *c)
{
	struct found f = {0};
	struct buf addrs = {0};
	struct str rest;

	if (client_secure(c) && tls_peer_xmpp_addrs(io_ssl(c->io), &addrs) == 0) {
		rest = buf_str(&addrs);
		while (rest.p)
			look_at(c, str_split(rest, '\n', &rest), &f);
	}
	buf_done(&addrs);
	/* XEP-0178 section 2: of several addresses the client has to name one; we take it from its header. */
	return f.count == 1 || f.claimed ? f.user : STR_NONE;
}
