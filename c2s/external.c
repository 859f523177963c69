/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SASL EXTERNAL for clients (XEP-0178): whom a client certificate proves. The
 * certificate has been verified against client_ca_file by TLS; here its
 * id-on-xmppAddr (RFC 6120 13.7.1.4) are compared with the host that the
 * client came for. Which of several it means is said in SASL (xmpp/sasl.h);
 * what the stream header claims does not count.
 */
#include "c2s/c2s.h"

static bool
is_among(struct str lines, struct str user)
{
	while (lines.p)
		if (str_eq(str_split(lines, '\n', &lines), user))
			return true;
	return false;
}

static void
add_user(struct client *c, struct str addr, struct buf *users)
{
	struct jid jid;

	if (jid_prep(&c->login->arena, addr, &jid, NULL) < 0 || !jid.node.p || !jid_is_bare(&jid))
		return;
	if (!str_is(jid.domain, c->login->host) || (users->n && is_among(buf_str(users), jid.node)))
		return;
	if (users->n)
		buf_addc(users, '\n');
	buf_add(users, jid.node);
}

struct str
external_users(struct client *c, bool *shown_r)
{
	struct buf addrs = {0}, users = {0};
	struct str rest, result = STR_NONE;

	*shown_r = client_secure(c) && tls_peer_xmpp_addrs(io_ssl(c->io), &addrs) == 0;
	if (*shown_r) {
		rest = buf_str(&addrs);
		while (rest.p)
			add_user(c, str_split(rest, '\n', &rest), &users);
	}
	if (users.n)
		result = arena_str(&c->login->arena, buf_str(&users));
	buf_done(&addrs);
	buf_done(&users);
	return result;
}
