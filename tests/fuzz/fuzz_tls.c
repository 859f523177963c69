/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first bytes of TLS: what our side makes of server name and ALPN in a
 * ClientHello (common/tls_server.c). The handshake never ends well, the peer
 * hears a ServerHello or an alert, and whose certificate was chosen is one of
 * ours.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/tls_util.h"

#include "common/tls.h"

#include <openssl/err.h>

enum { HOSTS = 3 };

static const char *const hosts[HOSTS] = {"example.org", "xn--bcher-kva.example", "im.example.net"};
static struct test_ca ca;
static struct tls_server *server;

static void
teardown(void)
{
	tls_server_free(&server);
	test_ca_done(&ca);
}

static void
setup(void)
{
	const struct tls_server_opts opts = {.alpn = "xmpp-client", .ca_file = NULL};
	struct tls_cert certs[HOSTS];
	struct buf why = {0};

	test_ca_make(&ca);
	for (size_t i = 0; i < HOSTS; i++) {
		struct test_cert want = {.name = hosts[i]};

		if (i == 2)
			want.san = "DNS:*.example.net,DNS:im.example.net";
		test_cert_make(&ca, &want);
		certs[i] = (struct tls_cert){.host = str_z(hosts[i])};
		certs[i].chain_file = xasprintf("%s/%s.pem", ca.dir, hosts[i]);
		certs[i].key_file = certs[i].chain_file;
	}
	server = tls_server_new(&opts);
	if (tls_server_load(server, certs, HOSTS, &why) < 0)
		die(1, "%s", buf_z(&why));
	for (size_t i = 0; i < HOSTS; i++)
		free((void *)(uintptr_t)certs[i].chain_file);
	buf_done(&why);
	atexit(teardown);
}

static void
play(struct str in, struct str host)
{
	SSL *ssl = tls_server_ssl(server, host);
	BIO *to = BIO_new(BIO_s_mem()), *from = BIO_new(BIO_s_mem());
	struct buf binding = {0};

	bug_if(!ssl);
	BIO_write(to, in.p, (int)in.n);
	SSL_set_bio(ssl, to, from);
	for (int i = 0; i < 4; i++)
		if (SSL_do_handshake(ssl) == 1)
			bug_found(__FILE__, __LINE__, __func__, "a handshake with a peer that never listens");
	bug_if(tls_bind_exporter(ssl, &binding) == 0 || tls_bind_server_end_point(ssl, &binding) == 0);
	bug_if(tls_peer_xmpp_addrs(ssl, &binding) == 0);
	bug_if(!SSL_get_certificate(ssl));
	SSL_free(ssl);
	ERR_clear_error();
	buf_done(&binding);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 65536)
		return 0;
	if (!server)
		setup();
	play(str_n((const char *)data, size), STR_NONE);
	play(str_n((const char *)data, size), STR("EXAMPLE.org"));
	return 0;
}
