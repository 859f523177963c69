/* SPDX-License-Identifier: Apache-2.0 */
/* TLS: certificates and their errors, handshakes and bytes over io, channel bindings, names in certificates.
 */
#include "tests/unit/io_util.h"
#include "tests/unit/tls_util.h"

#include "common/log.h"
#include "common/rand.h"

#include <openssl/err.h>
#include <sys/stat.h>

static struct test_ca ca;

static int
make_certificates(void **state)
{
	static const struct test_cert certs[] = {
	    {.name = "example.org"},
	    {.name = "example.net"},
	    {.name = "wild.example", .san = "DNS:wild.example,DNS:*.wild.example,DNS:xn--bcher-kva.example"},
	    {.name = "old.example", .days = -1},
	    {.name = "ed.example", .ed25519 = true},
	    {.name = "sha384.example", .md = NULL},
	    {.name = "address.example", .san = "IP:127.0.0.1"},
	    {.name = "juliet", .san = "DNS:x", .xmpp_addr = "juliet@example.org"},
	    {.name = "nul", .san = "DNS:x", .xmpp_addr = "a@example.org\0.evil", .xmpp_addr_n = 19},
	    {.name = "newline", .san = "DNS:x", .xmpp_addr = "a@example.org\nb@example.org"},
	    {.name = "invalid", .san = "DNS:x", .xmpp_addr = "\xc3@example.org"},
	};

	(void)state;
	test_ca_make(&ca);
	for (size_t i = 0; i < ARRAY_LEN(certs); i++) {
		struct test_cert cert = certs[i];

		if (!strcmp(cert.name, "sha384.example"))
			cert.md = EVP_sha384();
		test_cert_make(&ca, &cert);
	}
	return 0;
}

static int
remove_certificates(void **state)
{
	(void)state;
	test_ca_done(&ca);
	return 0;
}

static struct tls_cert
cert_for(const char *host, const char *file)
{
	const char *path = test_path(&ca, file);

	return (struct tls_cert){str_z(host), path, path};
}

/* --- two ends --- */

struct tls_pair {
	struct loop *loop;
	struct tls_server *server;
	struct tls_client *client;
	struct end c, s;
	SSL *cssl, *sssl; /* owned by the ios */
};

static struct tls_server *
server_with(const struct tls_server_opts *opts, const struct tls_cert *certs, size_t count)
{
	struct tls_server *s = tls_server_new(opts);
	struct buf why = {0};

	if (tls_server_load(s, certs, count, &why) < 0)
		fail_msg("%s", buf_z(&why));
	buf_done(&why);
	return s;
}

static struct tls_client *
client_with(const char *cert)
{
	struct buf why = {0};
	const char *path = cert ? test_path(&ca, cert) : NULL;
	struct tls_client *c = tls_client_new(ca.file, path, path, &why);

	if (!c)
		fail_msg("%s", buf_z(&why));
	buf_done(&why);
	return c;
}

static void
pair_open(struct tls_pair *p, const struct tls_server_opts *opts, const char *client_cert)
{
	const struct tls_cert certs[] = {
	    cert_for("", "example.org.pem"), cert_for("example.org", "example.org.pem"),
	    cert_for("example.net", "example.net.pem"), cert_for("wild.example", "wild.example.pem"),
	    cert_for("sha384.example", "sha384.example.pem")};
	int fds[2];

	p->loop = loop_new();
	p->server = server_with(opts, certs, ARRAY_LEN(certs));
	p->client = client_with(client_cert);
	tcp_pair(fds);
	end_open(&p->c, p->loop, fds[0]);
	end_open(&p->s, p->loop, fds[1]);
}

static void
pair_start(struct tls_pair *p, const char *client_name, const char *server_host)
{
	p->cssl = tls_client_ssl(p->client, client_name ? str_z(client_name) : STR_NONE);
	p->sssl = tls_server_ssl(p->server, server_host ? str_z(server_host) : STR_NONE);
	assert_non_null(p->sssl);
}

static void
pair_shake(struct tls_pair *p)
{
	io_start_tls(p->s.io, p->sssl);
	io_start_tls(p->c.io, p->cssl);
}

static void
pair_secure(struct tls_pair *p)
{
	pair_shake(p);
	if (!loop_until(p->loop, end_is_secured, &p->c) || !loop_until(p->loop, end_is_secured, &p->s))
		fail_msg("client: %s, server: %s", p->c.text, p->s.text);
}

static void
pair_close(struct tls_pair *p)
{
	end_done(&p->c);
	end_done(&p->s);
	tls_server_free(&p->server);
	tls_client_free(&p->client);
	loop_free(&p->loop);
}

static void
peer_name_is(SSL *ssl, const char *cn)
{
	char got[100] = "";

	X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(ssl)), NID_commonName, got,
				  sizeof(got));
	assert_string_equal(got, cn);
}

static const struct tls_server_opts plain_opts;
static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

static void
set_version(struct tls_pair *p, int version)
{
	SSL_set_min_proto_version(p->cssl, version);
	SSL_set_max_proto_version(p->cssl, version);
}

/* --- bytes over TLS --- */

static void
bytes_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct tls_pair p = {0};

		pair_open(&p, &plain_opts, NULL);
		pair_start(&p, "example.org", NULL);
		set_version(&p, versions[i]);
		io_write(p.c.io, STR("")); /* nothing */
		pair_shake(&p);
		io_write(p.c.io, STR("queued before the handshake is done"));
		p.s.want = 35;
		assert_true(loop_until(p.loop, end_has_all, &p.s));
		assert_int_equal(SSL_version(p.cssl), versions[i]);
		assert_string_equal(buf_z(&p.s.got), "queued before the handshake is done");
		io_write(p.s.io, STR("one"));
		io_write(p.s.io, STR("two"));
		p.c.want = 6;
		assert_true(loop_until(p.loop, end_has_all, &p.c));
		assert_string_equal(buf_z(&p.c.got), "onetwo");
		assert_int_equal(io_flushed_total(p.s.io), 6);
		assert_ptr_equal(io_ssl(p.c.io), p.cssl);
		pair_close(&p);
	}
}

struct flood {
	struct timer timer;
	struct loop *loop;
	struct end *to;
	struct buf sent;
	size_t left;
	unsigned seed;
};

static void
flood_on(struct timer *t)
{
	struct flood *fl = container_of(t, struct flood, timer);
	static char noise[40000];

	for (int i = 0; i < 30 && fl->left && !io_over(fl->to->io); i++) {
		size_t n = 1 + (size_t)rand_r(&fl->seed) % (fl->seed % 8 ? 400 : sizeof(noise));
		struct chunk *c;

		n = MIN(n, fl->left);
		rand_bytes(noise, n);
		c = chunk_new(str_n(noise, n));
		io_write_chunk(fl->to->io, c);
		chunk_unref(&c);
		buf_addn(&fl->sent, noise, n);
		fl->left -= n;
	}
	if (fl->left)
		timer_start(fl->loop, t, 0, flood_on);
}

static void
big_transfer_both_ways(void **state)
{
	enum { SIZE = 4 * 1024 * 1024 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct tls_pair p = {0};
		struct flood up = {.left = SIZE, .seed = 1}, down = {.left = SIZE, .seed = 2};
		int small = 8000;

		pair_open(&p, &plain_opts, NULL);
		pair_start(&p, "example.org", NULL);
		set_version(&p, versions[i]);
		pair_secure(&p);
		setsockopt(SSL_get_fd(p.cssl), SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
		setsockopt(SSL_get_fd(p.sssl), SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
		up.loop = down.loop = p.loop;
		up.to = &p.c;
		down.to = &p.s;
		p.s.frame = 4096;
		p.s.want = p.c.want = SIZE;
		timer_start(p.loop, &up.timer, 0, flood_on);
		timer_start(p.loop, &down.timer, 0, flood_on);
		assert_true(loop_until(p.loop, end_has_all, &p.s));
		assert_true(loop_until(p.loop, end_has_all, &p.c));
		assert_true(str_eq(buf_str(&p.s.got), buf_str(&up.sent)));
		assert_true(str_eq(buf_str(&p.c.got), buf_str(&down.sent)));
		buf_done(&up.sent);
		buf_done(&down.sent);
		pair_close(&p);
	}
}

static void
pause_at_first_data(struct end *e)
{
	io_pause(e->io);
}

/* Decrypted bytes that OpenSSL holds come after io_resume, though the socket says nothing. */
static void
pause_with_records_pending(void **state)
{
	struct tls_pair p = {0};
	static char block[60000];

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	pair_secure(&p);
	p.s.on_data = pause_at_first_data;
	p.s.consume_max = 10;
	io_write(p.c.io, str_n(block, sizeof(block)));
	loop_for(p.loop, 20);
	assert_int_equal(p.s.got.n, 10);
	p.s.consume_max = 0;
	p.s.want = sizeof(block);
	io_resume(p.s.io);
	assert_true(loop_until(p.loop, end_has_all, &p.s));
	pair_close(&p);
}

/* The end waits behind the bytes, also when both are in OpenSSL already. */
static void
end_waits_while_paused(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	pair_secure(&p);
	io_pause(p.s.io);
	io_write(p.c.io, STR("one"));
	loop_for(p.loop, 5);
	io_write(p.c.io, STR("two"));
	io_finish(p.c.io, 5000);
	loop_for(p.loop, 20);
	assert_int_equal(p.s.datas + p.s.ends, 0);
	p.s.on_data = pause_at_first_data;
	p.s.want = 6;
	io_resume(p.s.io);
	assert_true(loop_until(p.loop, end_has_all, &p.s));
	loop_for(p.loop, 10);
	assert_int_equal(p.s.ends, 0);
	io_resume(p.s.io);
	assert_true(loop_until(p.loop, end_ended, &p.s));
	assert_int_equal(p.s.how, IO_END_EOF);
	assert_string_equal(buf_z(&p.s.got), "onetwo");
	pair_close(&p);
}

/* The peer's bytes come one by one, each in a segment of its own. */
struct drip {
	struct timer timer;
	struct loop *loop;
	int from, to;
};

static void
drip_on(struct timer *t)
{
	struct drip *d = container_of(t, struct drip, timer);
	char byte;

	for (int i = 0; i < 50; i++)
		if (recv(d->from, &byte, 1, MSG_DONTWAIT) == 1)
			assert_int_equal(send(d->to, &byte, 1, MSG_NOSIGNAL), 1);
	timer_start(d->loop, t, 0, drip_on);
}

static void
drip_fed_records(void **state)
{
	struct tls_pair p = {0};
	struct drip up, down;
	int c[2], s[2];

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	end_done(&p.c);
	end_done(&p.s);
	tcp_pair(c);
	tcp_pair(s);
	end_open(&p.c, p.loop, c[0]);
	end_open(&p.s, p.loop, s[0]);
	up = (struct drip){.loop = p.loop, .from = c[1], .to = s[1]};
	down = (struct drip){.loop = p.loop, .from = s[1], .to = c[1]};
	timer_start(p.loop, &up.timer, 0, drip_on);
	timer_start(p.loop, &down.timer, 0, drip_on);
	pair_start(&p, "example.org", NULL);
	pair_secure(&p);
	io_write(p.c.io, STR("<message/>"));
	p.s.want = 10;
	assert_true(loop_until(p.loop, end_has_all, &p.s));
	timer_stop(&up.timer);
	timer_stop(&down.timer);
	close(c[1]);
	close(s[1]);
	pair_close(&p);
}

/* --- ends --- */

static void
finish_says_goodbye(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	pair_secure(&p);
	p.c.on_end = end_free_io;
	io_write(p.s.io, STR("</stream:stream>"));
	io_finish(p.s.io, 5000);
	assert_true(loop_until(p.loop, end_ended, &p.s));
	assert_int_equal(p.s.how, IO_END_FINISHED);
	assert_int_equal(p.c.how, IO_END_EOF);
	assert_string_equal(buf_z(&p.c.got), "</stream:stream>");
	pair_close(&p);
}

static void
bare_close_is_an_end_too(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	pair_secure(&p);
	loop_for(p.loop, 5);
	io_free(&p.c.io);
	assert_true(loop_until(p.loop, end_ended, &p.s));
	assert_int_equal(p.s.how, IO_END_EOF);
	pair_close(&p);
}

static void
reset_is_told(void **state)
{
	struct linger hard = {1, 0};
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	pair_secure(&p);
	loop_for(p.loop, 5);
	setsockopt(SSL_get_fd(p.cssl), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	io_free(&p.c.io);
	assert_true(loop_until(p.loop, end_ended, &p.s));
	assert_int_equal(p.s.how, IO_END_RESET);
	pair_close(&p);
}

/* RFC 5246 7.2.1: a goodbye is answered before the connection closes. */
static void
goodbye_is_answered(void **state)
{
	struct tls_pair p = {0};
	char byte;

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	pair_secure(&p);
	loop_for(p.loop, 5); /* tickets have come */
	io_pause(p.c.io);    /* what comes now this test reads itself */
	p.s.on_end = end_free_io;
	assert_int_equal(SSL_shutdown(p.cssl), 0);
	assert_true(loop_until(p.loop, end_ended, &p.s));
	assert_int_equal(p.s.how, IO_END_EOF);
	assert_int_equal(SSL_read(p.cssl, &byte, 1), 0);
	assert_int_equal(SSL_get_error(p.cssl, 0), SSL_ERROR_ZERO_RETURN);
	pair_close(&p);
}

/* A record that was changed on its way. */
static void
bad_record_is_told(void **state)
{
	static const char record[] = "\x17\x03\x03\x00\x20"
				     "0123456789abcdef0123456789abcdef";
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	pair_secure(&p);
	loop_for(p.loop, 5);
	assert_int_equal(send(SSL_get_fd(p.cssl), record, sizeof(record) - 1, 0), sizeof(record) - 1);
	assert_true(loop_until(p.loop, end_ended, &p.s));
	assert_int_equal(p.s.how, IO_END_TLS);
	assert_non_null(strstr(p.s.text, "TLS read: "));
	pair_close(&p);
}

static void
garbage_ends_with_a_reason(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	SSL_free(p.cssl);
	io_start_tls(p.s.io, p.sssl);
	io_write(p.c.io, STR("<stream:stream to='example.org'>"));
	assert_true(loop_until(p.loop, end_ended, &p.s));
	assert_int_equal(p.s.how, IO_END_TLS);
	assert_int_equal(p.s.secureds, 0);
	assert_non_null(strstr(p.s.text, "TLS handshake: "));
	pair_close(&p);
}

static void
close_in_the_handshake(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	SSL_free(p.cssl);
	io_start_tls(p.s.io, p.sssl);
	io_free(&p.c.io);
	assert_true(loop_until(p.loop, end_ended, &p.s));
	assert_int_equal(p.s.how, IO_END_TLS);
	pair_close(&p);
}

static void
free_when_secured(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	p.s.on_secured = end_free_io;
	pair_shake(&p);
	assert_true(loop_until(p.loop, end_ended, &p.c));
	assert_null(p.s.io);
	assert_int_equal(p.s.ends, 0);
	pair_close(&p);
}

/* --- STARTTLS --- */

static void
start_tls_now(struct end *e)
{
	struct tls_pair *p = e->arg;

	io_write(e->io, STR("<proceed/>"));
	io_start_tls(e->io, p->sssl);
	io_write(e->io, STR("after")); /* this goes out encrypted */
}

static void
client_start_tls(struct end *e)
{
	struct tls_pair *p = e->arg;

	io_start_tls(e->io, p->cssl);
}

/* RFC 6120 5.4.3.3, and the STARTTLS injection of old: plaintext behind <starttls/> is gone. */
static void
pipelined_plaintext_is_discarded(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	p.c.arg = p.s.arg = &p;
	p.s.on_data = start_tls_now;
	p.s.consume_max = 11; /* "<starttls/>" */
	p.c.on_data = client_start_tls;
	io_write(p.c.io, STR("<starttls/><message>injected</message>"));
	p.c.want = strlen("<proceed/>after");
	if (!loop_until(p.loop, end_has_all, &p.c))
		fail_msg("%s, %s", p.c.text, p.s.text);
	assert_string_equal(buf_z(&p.c.got), "<proceed/>after");
	assert_string_equal(buf_z(&p.s.got), "<starttls/>");
	p.s.consume_max = 0;
	io_write(p.c.io, STR("<secret/>"));
	p.s.want = strlen("<starttls/><secret/>");
	assert_true(loop_until(p.loop, end_has_all, &p.s));
	assert_string_equal(buf_z(&p.s.got), "<starttls/><secret/>");
	pair_close(&p);
}

/* The same when the bytes have been waiting, unconsumed, and TLS is started later. */
static void
waiting_plaintext_is_discarded(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	p.s.on_data = pause_at_first_data;
	p.s.consume_max = 11;
	io_write(p.c.io, STR("<starttls/><injected/>"));
	p.s.want = 11;
	assert_true(loop_until(p.loop, end_has_all, &p.s));
	p.s.consume_max = 0;
	io_resume(p.s.io);
	pair_secure(&p);
	io_write(p.c.io, STR("ok"));
	p.s.want = 13;
	assert_true(loop_until(p.loop, end_has_all, &p.s));
	assert_string_equal(buf_z(&p.s.got), "<starttls/>ok");
	pair_close(&p);
}

/* Plaintext that arrives later, where the handshake should be, breaks it. */
static void
late_plaintext_breaks_the_handshake(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	SSL_free(p.cssl);
	p.s.arg = &p;
	p.s.on_data = start_tls_now;
	io_write(p.c.io, STR("<starttls/>"));
	p.c.want = strlen("<proceed/>");
	assert_true(loop_until(p.loop, end_has_all, &p.c));
	io_write(p.c.io, STR("<message>injected</message>"));
	assert_true(loop_until(p.loop, end_ended, &p.s));
	assert_int_equal(p.s.how, IO_END_TLS);
	assert_string_equal(buf_z(&p.s.got), "<starttls/>");
	pair_close(&p);
}

/* --- which certificate --- */

static void
certificate_is(const char *sni, const char *to, const char *cn)
{
	struct tls_pair p = {0};

	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, NULL, to);
	if (sni)
		SSL_set_tlsext_host_name(p.cssl, (char *)(uintptr_t)sni); /* the macro casts const away */
	pair_secure(&p);
	peer_name_is(p.cssl, cn);
	pair_close(&p);
}

static void
certificate_by_sni_and_to(void **state)
{
	(void)state;
	certificate_is(NULL, NULL, "example.org");
	certificate_is("example.net", NULL, "example.net");
	certificate_is("EXAMPLE.net", NULL, "example.net");
	certificate_is("example.net", "example.org", "example.net");
	certificate_is(NULL, "example.net", "example.net");
	certificate_is("nobody.example", NULL, "example.org");
	certificate_is("nobody.example", "example.net", "example.net");
	certificate_is("a.wild.example", NULL, "wild.example");
	certificate_is("xn--bcher-kva.example", NULL, "wild.example");
}

static void
client_checks_the_name(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "nobody.example", NULL);
	pair_shake(&p);
	assert_true(loop_until(p.loop, end_ended, &p.c));
	assert_int_equal(p.c.how, IO_END_TLS);
	assert_non_null(strstr(p.c.text, "hostname mismatch"));
	assert_true(loop_until(p.loop, end_ended, &p.s));
	pair_close(&p);
}

static void
client_checks_addresses_too(void **state)
{
	struct tls_pair p = {0};
	struct tls_cert cert = cert_for("", "address.example.pem");
	struct buf why = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	assert_int_equal(tls_server_load(p.server, &cert, 1, &why), 0);
	pair_start(&p, "127.0.0.1", NULL);
	pair_secure(&p);
	pair_close(&p);
}

static void
ready_and_expiry(void **state)
{
	const struct tls_cert certs[] = {cert_for("example.org", "example.org.pem"),
					 cert_for("old.example", "old.example.pem")};
	struct tls_server *s = tls_server_new(&plain_opts);
	struct buf why = {0};
	uint64_t warned = log_count(LOG_LEVEL_WARNING);

	(void)state;
	assert_false(tls_server_ready(s, STR("example.org")));
	assert_null(tls_server_ssl(s, STR("example.org")));
	assert_int_equal(tls_server_load(s, certs, ARRAY_LEN(certs), &why), 0);
	assert_int_equal(log_count(LOG_LEVEL_WARNING), warned + 1); /* the expired one */
	assert_true(tls_server_ready(s, STR("example.org")));
	assert_true(tls_server_ready(s, STR("Example.Org")));
	assert_false(tls_server_ready(s, STR("example.net")));
	assert_in_range(tls_server_expires_in(s, STR("example.org")), 86400 * 9, 86400 * 10);
	assert_true(tls_server_expires_in(s, STR("old.example")) < 0);
	assert_true(tls_server_expires_in(s, STR("old.example")) > INT64_MIN);
	assert_true(tls_server_expires_in(s, STR("example.net")) == INT64_MIN);
	tls_server_free(&s);
}

/* --- loading --- */

static void
cannot_load(struct tls_server *s, const struct tls_cert *cert, const char *says)
{
	struct buf why = {0};

	assert_int_equal(tls_server_load(s, cert, 1, &why), -1);
	if (!strstr(buf_z(&why), says))
		fail_msg("no \"%s\" in: %s", says, buf_z(&why));
	assert_non_null(strstr(buf_z(&why), ca.dir)); /* names the file */
	assert_int_equal(ERR_peek_error(), 0);
	buf_done(&why);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
loading_errors_are_precise(void **state)
{
	const struct tls_cert good = cert_for("example.org", "example.org.pem");
	struct tls_server *s = server_with(&plain_opts, &good, 1);
	struct tls_cert bad = good;

	(void)state;
	bad.chain_file = test_path(&ca, "missing.pem");
	cannot_load(s, &bad, "No such file or directory: create it, or correct the path");
	bad.chain_file = test_path(&ca, "example.org.key");
	cannot_load(s, &bad, "holds no certificate in PEM form");
	bad.chain_file = good.chain_file;
	bad.key_file = test_path(&ca, "example.org.crt");
	cannot_load(s, &bad, "holds no private key in PEM form");
	bad.key_file = test_path(&ca, "example.net.key");
	cannot_load(s, &bad, "does not belong to the certificate in");
	bad.key_file = test_path(&ca, "empty.key");
	write_file(bad.key_file, "");
	cannot_load(s, &bad, "holds no private key in PEM form");
	/* nothing of it has changed what was there */
	assert_true(tls_server_ready(s, STR("example.org")));
	tls_server_free(&s);
}

static void
locked_key_is_named(void **state)
{
	const char *path = test_path(&ca, "locked.key");
	struct tls_cert cert = cert_for("example.org", "example.org.pem");
	struct tls_server *s = tls_server_new(&plain_opts);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	FILE *f = fopen(path, "w");

	(void)state;
	assert_int_equal(
	    PEM_write_PrivateKey(f, key, EVP_aes_128_cbc(), (const unsigned char *)"pass", 4, NULL, NULL), 1);
	fclose(f);
	EVP_PKEY_free(key);
	cert.key_file = path;
	cannot_load(s, &cert, "locked with a passphrase");
	tls_server_free(&s);
}

static void
unreadable_file_says_who_and_whose(void **state)
{
	struct tls_cert cert = cert_for("example.org", "example.org.pem");
	struct tls_server *s = tls_server_new(&plain_opts);

	(void)state;
	cert.key_file = test_path(&ca, "closed.key");
	write_file(cert.key_file, "x");
	assert_int_equal(chmod(cert.key_file, 0), 0);
	if (access(cert.key_file, R_OK) < 0) { /* root reads everything */
		cannot_load(s, &cert, "with mode 0000");
		cannot_load(s, &cert, "this process runs as");
	}
	tls_server_free(&s);
}

static void
wrong_ciphers_and_ca(void **state)
{
	const struct tls_cert cert = cert_for("example.org", "example.org.pem");
	struct tls_server_opts opts = {.ciphers = "NO-SUCH-CIPHER"};
	struct tls_server *s = tls_server_new(&opts);
	struct buf why = {0};

	(void)state;
	assert_int_equal(tls_server_load(s, &cert, 1, &why), -1);
	assert_non_null(strstr(buf_z(&why), "NO-SUCH-CIPHER"));
	tls_server_free(&s);
	opts = (struct tls_server_opts){.ca_file = test_path(&ca, "example.org.key")};
	s = tls_server_new(&opts);
	cannot_load(s, &cert, "holds no trusted certificates");
	tls_server_free(&s);
	buf_clear(&why);
	assert_null(tls_client_new(test_path(&ca, "missing.pem"), NULL, NULL, &why));
	assert_non_null(strstr(buf_z(&why), "missing.pem"));
	buf_done(&why);
}

/* A connection made before a reload, and one in the midst of its handshake, go on. */
static void
reload_drops_nobody(void **state)
{
	struct tls_cert other = cert_for("", "example.net.pem");
	struct tls_pair p = {0};
	struct buf why = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, NULL, NULL);
	assert_int_equal(tls_server_load(p.server, &other, 1, &why), 0);
	pair_secure(&p);
	peer_name_is(p.cssl, "example.org");
	assert_int_equal(tls_server_load(p.server, &other, 1, &why), 0);
	io_write(p.c.io, STR("x"));
	p.s.want = 1;
	assert_true(loop_until(p.loop, end_has_all, &p.s));
	pair_close(&p);
}

/* --- ALPN, versions, sessions --- */

static void
alpn_result(const char *offer, size_t n, const char *selected)
{
	const struct tls_server_opts opts = {.alpn = "xmpp-client"};
	struct tls_pair p = {0};
	const unsigned char *got;
	unsigned got_n;

	pair_open(&p, &opts, NULL);
	pair_start(&p, "example.org", NULL);
	if (offer)
		assert_int_equal(SSL_set_alpn_protos(p.cssl, (const unsigned char *)offer, (unsigned)n), 0);
	if (!selected) {
		pair_shake(&p);
		assert_true(loop_until(p.loop, end_ended, &p.s));
		assert_true(loop_until(p.loop, end_ended, &p.c));
		assert_non_null(strstr(p.c.text, "no application protocol"));
	} else {
		pair_secure(&p);
		SSL_get0_alpn_selected(p.cssl, &got, &got_n);
		assert_true(str_is(str_n((const char *)got, got_n), selected));
	}
	pair_close(&p);
}

static void
alpn(void **state)
{
	(void)state;
	alpn_result(NULL, 0, "");
	alpn_result("\x0bxmpp-client", 12, "xmpp-client");
	alpn_result("\x08http/1.1\x0bxmpp-client", 21, "xmpp-client");
	alpn_result("\x08http/1.1", 9, NULL);
	alpn_result("\x0bxmpp-server\x02h2", 15, NULL);
}

static void
old_versions_are_refused(void **state)
{
	struct tls_pair p = {0};
	const struct tls_server_opts only13 = {.min_version = TLS1_3_VERSION};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	SSL_set_security_level(p.cssl, 0);
	set_version(&p, TLS1_1_VERSION);
	pair_shake(&p);
	assert_true(loop_until(p.loop, end_ended, &p.s));
	assert_int_equal(p.s.how, IO_END_TLS);
	pair_close(&p);
	p = (struct tls_pair){0};
	pair_open(&p, &only13, NULL);
	pair_start(&p, "example.org", NULL);
	set_version(&p, TLS1_2_VERSION);
	pair_shake(&p);
	assert_true(loop_until(p.loop, end_ended, &p.s));
	pair_close(&p);
}

/* TLS 1.2 with ECDHE and AEAD only. */
static void
weak_ciphers_are_refused(void **state)
{
	static const char *const lists[] = {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct tls_pair p = {0};

		pair_open(&p, &plain_opts, NULL);
		pair_start(&p, "example.org", NULL);
		set_version(&p, TLS1_2_VERSION);
		assert_int_equal(SSL_set_cipher_list(p.cssl, lists[i]), 1);
		pair_shake(&p);
		assert_true(loop_until(p.loop, end_ended, &p.s));
		assert_non_null(strstr(p.s.text, "no shared cipher"));
		pair_close(&p);
	}
}

static void
renegotiation_is_refused(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	set_version(&p, TLS1_2_VERSION);
	SSL_clear_options(p.cssl, SSL_OP_NO_RENEGOTIATION);
	pair_secure(&p);
	assert_int_equal(SSL_renegotiate(p.cssl), 1);
	io_write(p.c.io, STR("x")); /* pushes the ClientHello out */
	loop_for(p.loop, 50);
	assert_true(SSL_in_init(p.cssl) || p.c.ends); /* no answer, or a refusal */
	assert_int_equal(p.s.secureds, 1);
	pair_close(&p);
}

static void
key_update_is_fine(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	set_version(&p, TLS1_3_VERSION);
	pair_secure(&p);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(SSL_key_update(p.cssl, SSL_KEY_UPDATE_REQUESTED), 1);
		io_write(p.c.io, STR("up"));
		io_write(p.s.io, STR("down"));
		p.s.want = 2U * (unsigned)i;
		p.c.want = 4U * (unsigned)i;
		assert_true(loop_until(p.loop, end_has_all, &p.s));
		assert_true(loop_until(p.loop, end_has_all, &p.c));
	}
	pair_close(&p);
}

static SSL_SESSION *saved_session;

static int
save_session(SSL *ssl, SSL_SESSION *session)
{
	(void)ssl;
	SSL_SESSION_free(saved_session);
	saved_session = session;
	return 1;
}

static bool
has_session(void *arg)
{
	(void)arg;
	return saved_session != NULL;
}

static void
sessions_resume(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct tls_pair p = {0};
		int fds[2];

		pair_open(&p, &plain_opts, NULL);
		pair_start(&p, "example.net", NULL);
		set_version(&p, versions[i]);
		SSL_CTX_set_session_cache_mode(SSL_get_SSL_CTX(p.cssl), SSL_SESS_CACHE_CLIENT);
		SSL_CTX_sess_set_new_cb(SSL_get_SSL_CTX(p.cssl), save_session);
		pair_secure(&p);
		io_write(p.s.io, STR("x"));
		assert_true(loop_until(p.loop, has_session, NULL));
		end_done(&p.c);
		end_done(&p.s);
		tcp_pair(fds);
		end_open(&p.c, p.loop, fds[0]);
		end_open(&p.s, p.loop, fds[1]);
		pair_start(&p, "example.net",
			   "example.net"); /* another context at first: the ticket is good there too */
		set_version(&p, versions[i]);
		SSL_set_session(p.cssl, saved_session);
		pair_secure(&p);
		assert_true(SSL_session_reused(p.cssl));
		SSL_SESSION_free(saved_session);
		saved_session = NULL;
		pair_close(&p);
	}
}

/* RFC 9325 3.4: with new keys the tickets of before are worth nothing, and a full handshake takes place. */
static void
old_tickets_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct tls_pair p = {0};
		int fds[2];

		pair_open(&p, &plain_opts, NULL);
		pair_start(&p, "example.net", NULL);
		set_version(&p, versions[i]);
		SSL_CTX_set_session_cache_mode(SSL_get_SSL_CTX(p.cssl), SSL_SESS_CACHE_CLIENT);
		SSL_CTX_sess_set_new_cb(SSL_get_SSL_CTX(p.cssl), save_session);
		pair_secure(&p);
		io_write(p.s.io, STR("x"));
		assert_true(loop_until(p.loop, has_session, NULL));
		end_done(&p.c);
		end_done(&p.s);
		tls_server_renew_tickets(p.server);
		tcp_pair(fds);
		end_open(&p.c, p.loop, fds[0]);
		end_open(&p.s, p.loop, fds[1]);
		pair_start(&p, "example.net", NULL);
		set_version(&p, versions[i]);
		SSL_set_session(p.cssl, saved_session);
		pair_secure(&p);
		assert_false(SSL_session_reused(p.cssl));
		SSL_SESSION_free(saved_session);
		saved_session = NULL;
		pair_close(&p);
	}
}

/* --- channel bindings --- */

static void
exporter_is_the_same_on_both_sides(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct tls_pair p = {0};
		struct buf c = {0}, s = {0};

		pair_open(&p, &plain_opts, NULL);
		pair_start(&p, "example.org", NULL);
		set_version(&p, versions[i]);
		assert_int_equal(tls_bind_exporter(p.cssl, &c), -1); /* not yet */
		pair_secure(&p);
		assert_int_equal(tls_bind_exporter(p.cssl, &c), 0);
		assert_int_equal(tls_bind_exporter(p.sssl, &s), 0);
		assert_int_equal(c.n, 32);
		assert_true(str_eq(buf_str(&c), buf_str(&s)));
		buf_done(&c);
		buf_done(&s);
		pair_close(&p);
	}
}

static void
no_exporter_without_extended_master_secret(void **state)
{
	struct tls_pair p = {0};
	struct buf c = {0};

	(void)state;
	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, "example.org", NULL);
	set_version(&p, TLS1_2_VERSION);
	SSL_set_options(p.cssl, SSL_OP_NO_EXTENDED_MASTER_SECRET);
	pair_secure(&p);
	assert_int_equal(tls_bind_exporter(p.sssl, &c), -1);
	assert_int_equal(c.n, 0);
	pair_close(&p);
}

static void
end_point_of(const char *host, const EVP_MD *md)
{
	struct tls_pair p = {0};
	struct buf c = {0}, s = {0};
	unsigned char want[EVP_MAX_MD_SIZE];
	unsigned want_n = 0;

	pair_open(&p, &plain_opts, NULL);
	pair_start(&p, host, NULL); /* chosen by SNI, so not the first context's */
	pair_secure(&p);
	assert_int_equal(tls_bind_server_end_point(p.sssl, &s), 0);
	assert_int_equal(tls_bind_server_end_point(p.cssl, &c), 0);
	assert_int_equal(X509_digest(SSL_get0_peer_certificate(p.cssl), md, want, &want_n), 1);
	assert_true(str_eq(buf_str(&s), str_n((const char *)want, want_n)));
	assert_true(str_eq(buf_str(&c), buf_str(&s)));
	buf_done(&c);
	buf_done(&s);
	pair_close(&p);
}

static void
server_end_point(void **state)
{
	(void)state;
	end_point_of("example.net", EVP_sha256());
	end_point_of("sha384.example", EVP_sha384());
}

/* RFC 5929 4.1: SHA-256 when the signature has SHA-1, which OpenSSL takes at its lowest security level only.
 */
static void
end_point_of_sha1_is_sha256(void **state)
{
	const struct tls_server_opts lax = {.ciphers = "ECDHE+AESGCM:@SECLEVEL=0"};
	struct test_cert weak = {.name = "sha1.example", .md = EVP_sha1()};
	struct tls_cert cert;
	struct tls_pair p = {0};
	struct buf why = {0}, s = {0};
	unsigned char want[EVP_MAX_MD_SIZE];
	unsigned want_n = 0;

	(void)state;
	test_cert_make(&ca, &weak);
	cert = cert_for("", "sha1.example.pem");
	pair_open(&p, &lax, NULL);
	if (tls_server_load(p.server, &cert, 1, &why) < 0)
		fail_msg("%s", buf_z(&why));
	pair_start(&p, NULL, NULL);
	SSL_set_security_level(p.cssl, 0);
	SSL_set_verify(p.cssl, SSL_VERIFY_NONE, NULL);
	pair_secure(&p);
	assert_int_equal(tls_bind_server_end_point(p.sssl, &s), 0);
	assert_int_equal(X509_digest(SSL_get0_peer_certificate(p.cssl), EVP_sha256(), want, &want_n), 1);
	assert_true(str_eq(buf_str(&s), str_n((const char *)want, want_n)));
	buf_done(&s);
	pair_close(&p);
}

/* --- client certificates --- */

static int
xmpp_addrs_of(const char *cert, struct buf *out)
{
	const struct tls_server_opts opts = {.ca_file = ca.file};
	struct tls_pair p = {0};
	int rc;

	pair_open(&p, &opts, cert);
	pair_start(&p, "example.org", NULL);
	pair_secure(&p);
	rc = tls_peer_xmpp_addrs(p.sssl, out);
	pair_close(&p);
	return rc;
}

static void
xmpp_addresses(void **state)
{
	struct buf out = {0};

	(void)state;
	/* made for servers only (serverAuth): that must not matter */
	assert_int_equal(xmpp_addrs_of("juliet.pem", &out), 0);
	assert_string_equal(buf_z(&out), "juliet@example.org");
	buf_clear(&out);
	assert_int_equal(xmpp_addrs_of("example.net.pem", &out), 0); /* a certificate without any */
	assert_int_equal(xmpp_addrs_of(NULL, &out), -1);
	assert_int_equal(xmpp_addrs_of("nul.pem", &out), -1);
	assert_int_equal(xmpp_addrs_of("newline.pem", &out), -1);
	assert_int_equal(xmpp_addrs_of("invalid.pem", &out), -1);
	assert_int_equal(out.n, 0);
	buf_done(&out);
}

/* A certificate of a stranger: the handshake goes on, the verdict is kept. */
static void
stranger_gets_in_but_is_not_believed(void **state)
{
	const struct tls_server_opts opts = {.ca_file = ca.file};
	const struct test_cert cert = {.name = "mallory", .xmpp_addr = "juliet@example.org"};
	struct test_ca other;
	struct tls_pair p = {0};
	struct buf out = {0}, why = {0};

	(void)state;
	test_ca_make(&other);
	test_cert_make(&other, &cert);
	pair_open(&p, &opts, NULL);
	tls_client_free(&p.client);
	p.client = tls_client_new(ca.file, test_path(&other, "mallory.pem"), NULL, &why);
	assert_non_null(p.client);
	pair_start(&p, "example.org", NULL);
	pair_secure(&p);
	assert_int_not_equal(SSL_get_verify_result(p.sssl), X509_V_OK);
	assert_non_null(SSL_get0_peer_certificate(p.sssl));
	assert_int_equal(tls_peer_xmpp_addrs(p.sssl, &out), -1);
	pair_close(&p);
	test_ca_done(&other);
}

#define T(test) cmocka_unit_test(test)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(bytes_both_ways),
	    T(big_transfer_both_ways),
	    T(pause_with_records_pending),
	    T(end_waits_while_paused),
	    T(drip_fed_records),
	    T(finish_says_goodbye),
	    T(bare_close_is_an_end_too),
	    T(goodbye_is_answered),
	    T(reset_is_told),
	    T(bad_record_is_told),
	    T(garbage_ends_with_a_reason),
	    T(close_in_the_handshake),
	    T(free_when_secured),
	    T(pipelined_plaintext_is_discarded),
	    T(waiting_plaintext_is_discarded),
	    T(late_plaintext_breaks_the_handshake),
	    T(certificate_by_sni_and_to),
	    T(client_checks_the_name),
	    T(client_checks_addresses_too),
	    T(ready_and_expiry),
	    T(loading_errors_are_precise),
	    T(locked_key_is_named),
	    T(unreadable_file_says_who_and_whose),
	    T(wrong_ciphers_and_ca),
	    T(reload_drops_nobody),
	    T(alpn),
	    T(old_versions_are_refused),
	    T(weak_ciphers_are_refused),
	    T(renegotiation_is_refused),
	    T(key_update_is_fine),
	    T(sessions_resume),
	    T(old_tickets_are_refused),
	    T(exporter_is_the_same_on_both_sides),
	    T(no_exporter_without_extended_master_secret),
	    T(server_end_point),
	    T(end_point_of_sha1_is_sha256),
	    T(xmpp_addresses),
	    T(stranger_gets_in_but_is_not_believed),
	};

	return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
