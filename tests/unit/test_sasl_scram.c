/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of SCRAM, server against our own client and against a small one that
 * can do wrong: proofs, channel bindings over a real TLS connection,
 * downgrades, users that are not there.
 */
#include "tests/unit/sasl_play.h"

#include "common/base64.h"
#include "common/tls.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

static struct play play;
static SSL_CTX *server_ctx, *client_ctx;
static SSL *server_ssl, *client_ssl; /* null unless a test has called tls_up */

static const char *const names[SCRAM_HASH_COUNT] = {"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"};
static const char *const plus_names[SCRAM_HASH_COUNT] = {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS",
	"SCRAM-SHA-512-PLUS"};

/*
 * A TLS connection with itself.
 */

static void
self_signed(SSL_CTX *ctx)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();

	assert_non_null(key);
	assert_non_null(cert);
	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)"example.org",
	    -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	X509_set_pubkey(cert, key);
	assert_true(X509_sign(cert, key, EVP_sha256()));
	assert_int_equal(SSL_CTX_use_certificate(ctx, cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx, key), 1);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static void
tls_up(int version)
{
	BIO *a, *b;

	SSL_CTX_set_max_proto_version(server_ctx, version);
	server_ssl = SSL_new(server_ctx);
	client_ssl = SSL_new(client_ctx);
	assert_int_equal(BIO_new_bio_pair(&a, 0, &b, 0), 1);
	SSL_set_bio(server_ssl, a, a);
	SSL_set_bio(client_ssl, b, b);
	SSL_set_accept_state(server_ssl);
	SSL_set_connect_state(client_ssl);
	for (int i = 0; i < 10; i++) {
		SSL_do_handshake(client_ssl);
		SSL_do_handshake(server_ssl);
	}
	assert_true(SSL_is_init_finished(server_ssl) && SSL_is_init_finished(client_ssl));
	play.opts.ssl = server_ssl;
	play_open(&play);
}

static int
setup(void **state)
{
	*state = &play;
	play_setup(&play);
	return 0;
}

static int
teardown(void **state)
{
	play_teardown(*state);
	SSL_free(server_ssl);
	SSL_free(client_ssl);
	server_ssl = client_ssl = NULL;
	return 0;
}

static int
group_setup(void **state)
{
	(void)state;
	server_ctx = SSL_CTX_new(TLS_server_method());
	client_ctx = SSL_CTX_new(TLS_client_method());
	self_signed(server_ctx);
	return 0;
}

static int
group_teardown(void **state)
{
	(void)state;
	SSL_CTX_free(server_ctx);
	SSL_CTX_free(client_ctx);
	return 0;
}

/*
 * The small client.
 */

/* Runs the exchange up to the client's final message. */
static void
run_scram(struct play *p, struct scram_play *c, const char *mechanism, const char *user)
{
	struct buf out = {0};

	play_start(p, mechanism, scram_play_first(c, &out, user));
	if (p->event == PLAY_CHALLENGE) {
		assert_challenge(p);
		play_step(p, scram_play_final(c, &out, buf_str(&p->bytes)));
	}
	buf_done(&out);
}

static void
check_signature(struct play *p, struct scram_play *c)
{
	assert_true(p->has_data);
	assert_true(str_eq(buf_str(&p->bytes), buf_str(&c->signature)));
}

static void
each_hash(void **state)
{
	struct play *p = *state;

	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		struct scram_play c = {.hash = (enum scram_hash)h, .password = PLAY_PASSWORD, .gs2 = "n,,"};

		play_open(p);
		run_scram(p, &c, names[h], "juliet");
		assert_success(p);
		assert_string_equal(p->user, "juliet");
		assert_string_equal(p->mechanism, names[h]);
		check_signature(p, &c);
		scram_play_done(&c);
	}
}

static void
without_initial_response(void **state)
{
	struct play *p = *state;
	struct scram_play c = {.hash = SCRAM_SHA_256, .password = PLAY_PASSWORD, .gs2 = "n,,"};
	struct buf out = {0};

	play_start(p, "SCRAM-SHA-256", STR_NONE);
	assert_int_equal(p->bytes.n, 0);
	assert_challenge(p);
	play_step(p, scram_play_first(&c, &out, "juliet"));
	assert_challenge(p);
	play_step(p, scram_play_final(&c, &out, buf_str(&p->bytes)));
	assert_success(p);
	check_signature(p, &c);
	buf_done(&out);
	scram_play_done(&c);
}

static void
authzid_and_preparation(void **state)
{
	static const char *const gs2[] = {"n,a=juliet@example.org,", "n,a=JULIET@example.org,", "y,,"};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(gs2); i++) {
		struct scram_play c = {.hash = SCRAM_SHA_256, .password = PLAY_PASSWORD, .gs2 = gs2[i]};

		play_open(p);
		run_scram(p, &c, "SCRAM-SHA-256", "Juliet");
		assert_success(p);
		assert_string_equal(p->user, "juliet");
		scram_play_done(&c);
	}
}

/* saslname: =2C is a comma and =3D an equals sign. */
static void
escaped_name(void **state)
{
	struct play *p = *state;

	p->late = true;
	play_start(p, "SCRAM-SHA-256", STR("n,,n=A=2CB=3DC,r=abcdef"));
	assert_nothing(p);
	assert_string_equal(p->wanted, "a,b=c");
	sasl_server_credentials(p->server, &p->stored); /* Cyrus reads the same name */
	assert_challenge(p);
}

static void
wrong_password(void **state)
{
	struct play *p = *state;

	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		struct scram_play c = {.hash = (enum scram_hash)h, .password = "wrong", .gs2 = "n,,"};

		run_scram(p, &c, names[h], "juliet");
		assert_failure(p, NOT_AUTHORIZED);
		scram_play_done(&c);
	}
}

/* A user who is not there gets a challenge like any other, the same one each time. */
static void
unknown_user(void **state)
{
	struct play *p = *state;
	struct scram_play c = {.hash = SCRAM_SHA_256, .password = PLAY_PASSWORD, .gs2 = "n,,"};
	char salts[2][64];
	struct buf out = {0};

	for (int i = 0; i < 2; i++) {
		const char *s;

		play_start(p, "SCRAM-SHA-256", scram_play_first(&c, &out, "nobody"));
		assert_challenge(p);
		s = strstr(buf_z(&p->bytes), ",s=");
		assert_non_null(s);
		assert_int_equal(strlen(s), strlen(",s=") + 24 + strlen(",i=4096")); /* as a real one */
		memcpy(salts[i], s, strlen(s) + 1);
		play_step(p, scram_play_final(&c, &out, buf_str(&p->bytes)));
		assert_failure(p, NOT_AUTHORIZED);
	}
	assert_string_equal(salts[0], salts[1]);
	play_start(p, "SCRAM-SHA-256", scram_play_first(&c, &out, "nobody2"));
	assert_challenge(p);
	assert_null(strstr(buf_z(&p->bytes), salts[0]));
	sasl_server_abort(p->server);
	assert_failure(p, ABORTED);
	buf_done(&out);
	scram_play_done(&c);
}

/* A user who has keys, but none for this hash. */
static void
missing_hash(void **state)
{
	struct play *p = *state;
	struct scram_play c = {.hash = SCRAM_SHA_1, .password = PLAY_PASSWORD, .gs2 = "n,,"};

	p->stored.has_scram[SCRAM_SHA_1] = false;
	run_scram(p, &c, "SCRAM-SHA-1", "juliet");
	assert_failure(p, NOT_AUTHORIZED);
	scram_play_done(&c);
}

static void
disabled(void **state)
{
	struct play *p = *state;
	struct scram_play c = {.hash = SCRAM_SHA_256, .password = "wrong", .gs2 = "n,,"};

	p->stored.result = SASL_USER_DISABLED;
	run_scram(p, &c, "SCRAM-SHA-256", "juliet");
	assert_failure(p, NOT_AUTHORIZED);
	c.password = PLAY_PASSWORD;
	run_scram(p, &c, "SCRAM-SHA-256", "juliet");
	assert_failure(p, ACCOUNT_DISABLED);
	scram_play_done(&c);
}

static void
malformed_first_message(void **state)
{
	static const struct str messages[] = {
		STR(""), STR("n"), STR("n,"), STR("n,,"), STR("n,,n=juliet"), STR("n,,n=juliet,"), STR("n,,n=juliet,r="),
		STR("n,,n=,r=abcdef"), STR("n,,r=abcdef,n=juliet"), STR("n,,m=x,n=juliet,r=abcdef"),
		STR("x,,n=juliet,r=abcdef"), STR("nn,,n=juliet,r=abcdef"), STR("p,,n=juliet,r=abcdef"),
		STR("p=,,n=juliet,r=abcdef"), STR("p=tls_x,,n=juliet,r=abcdef"), STR("n,b=x,n=juliet,r=abcdef"),
		STR("n,a=,n=juliet,r=abcdef"), STR("n,a=x=2c,n=juliet,r=abcdef"), STR("n,,n=jul=iet,r=abcdef"),
		STR("n,,n=juliet=,r=abcdef"), STR("n,,n=juliet=2,r=abcdef"), STR("n,,n=juliet,r=ab cdef"),
		STR("n,,n=juliet,r=ab\x7f"), STR("n,,n=juliet,r=abcdef\0"), STR("n,,n=jul\0iet,r=abcdef"),
	};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		play_start(p, "SCRAM-SHA-256", messages[i]);
		assert_failure(p, MALFORMED_REQUEST);
	}
	assert_int_equal(p->wants, 0);
}

static void
malformed_final_message(void **state)
{
	static const struct str messages[] = {
		STR(""), STR("c=biws"), STR("c=biws,r=x"), STR("c=biws,r=x,p=AAAA"), STR("r=x,c=biws,p=AAAA"),
		STR("c=!,r=x,p=AAAA"), STR("c=,r=,p="), STR("\0\0\0\0"),
	};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		play_start(p, "SCRAM-SHA-256", STR("n,,n=juliet,r=abcdefghijkl"));
		assert_challenge(p);
		play_step(p, messages[i]);
		assert_failure(p, NOT_AUTHORIZED);
	}
}

/* An attacker who sees the salt and sends a proof of his own invention. */
static void
another_gs2_in_the_proof(void **state)
{
	struct play *p = *state;
	struct scram_play c = {.hash = SCRAM_SHA_256, .password = PLAY_PASSWORD, .gs2 = "y,,", .gs2_proven = "n,,"};

	run_scram(p, &c, "SCRAM-SHA-256", "juliet");
	assert_failure(p, NOT_AUTHORIZED);
	scram_play_done(&c);
}

/*
 * Channel binding.
 */

typedef int binding_fn(SSL *ssl, struct buf *out);

static void
check_plus(struct play *p, const char *gs2, binding_fn *bind)
{
	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		struct scram_play c = {.hash = (enum scram_hash)h, .password = PLAY_PASSWORD, .gs2 = gs2};
		struct buf bytes = {0};

		assert_int_equal(bind(client_ssl, &bytes), 0);
		c.binding = buf_str(&bytes);
		play_open(p);
		run_scram(p, &c, plus_names[h], "juliet");
		assert_success(p);
		assert_string_equal(p->mechanism, plus_names[h]);
		check_signature(p, &c);
		bytes.p[0] ^= 1; /* somebody in between: another connection's binding */
		play_open(p);
		run_scram(p, &c, plus_names[h], "juliet");
		assert_failure(p, NOT_AUTHORIZED);
		c.binding = STR_NONE;
		run_scram(p, &c, plus_names[h], "juliet");
		assert_failure(p, NOT_AUTHORIZED);
		buf_done(&bytes);
		scram_play_done(&c);
	}
}

static void
plus_is_offered(void **state)
{
	struct play *p = *state;
	const char *list[16];

	tls_up(TLS1_3_VERSION);
	assert_int_equal(sasl_server_mechanisms(p->server, list, 16), 8);
	assert_string_equal(list[0], "SCRAM-SHA-512-PLUS");
	assert_string_equal(list[1], "SCRAM-SHA-256-PLUS");
	assert_string_equal(list[2], "SCRAM-SHA-1-PLUS");
	assert_string_equal(list[3], "SCRAM-SHA-512");
	assert_int_equal(sasl_server_bindings(p->server, list, 16), 2);
	assert_string_equal(list[0], "tls-exporter");
	assert_string_equal(list[1], "tls-server-end-point");
}

static void
plus_tls_1_3(void **state)
{
	tls_up(TLS1_3_VERSION);
	check_plus(*state, "p=tls-exporter,,", tls_bind_exporter);
	check_plus(*state, "p=tls-server-end-point,,", tls_bind_server_end_point);
	check_plus(*state, "p=tls-exporter,a=juliet@example.org,", tls_bind_exporter);
}

static void
plus_tls_1_2(void **state)
{
	tls_up(TLS1_2_VERSION);
	check_plus(*state, "p=tls-server-end-point,,", tls_bind_server_end_point);
	check_plus(*state, "p=tls-exporter,,", tls_bind_exporter);
	check_plus(*state, "p=tls-unique,,", tls_bind_unique); /* what the client has sent, not what the server has */
}

/* RFC 7627: without it two connections can be made to have the same. Then neither of the two that depend on it is there. */
static void
plus_without_extended_master_secret(void **state)
{
	struct play *p = *state;
	const char *list[16];

	SSL_CTX_set_options(client_ctx, SSL_OP_NO_EXTENDED_MASTER_SECRET);
	tls_up(TLS1_2_VERSION);
	SSL_CTX_clear_options(client_ctx, SSL_OP_NO_EXTENDED_MASTER_SECRET);
	assert_int_equal(sasl_server_bindings(p->server, list, 16), 1);
	assert_string_equal(list[0], "tls-server-end-point");
	play_start(p, "SCRAM-SHA-256-PLUS", STR("p=tls-unique,,n=juliet,r=abcdef"));
	assert_failure(p, NOT_AUTHORIZED);
	play_start(p, "SCRAM-SHA-256-PLUS", STR("p=tls-exporter,,n=juliet,r=abcdef"));
	assert_failure(p, NOT_AUTHORIZED);
	assert_int_equal(p->wants, 0);
}

/*
 * A client that knows tls-unique alone, in TLS 1.2 and 1.3: it gets its -PLUS in the former. In the latter there is none
 * (RFC 8446 C.5), and its 'y' is a lie that cannot be told from an attack (RFC 5802 6): what is left is 'n'.
 */
static void
old_client(void **state)
{
	struct play *p = *state;
	const char *list[16];

	tls_up(TLS1_2_VERSION);
	assert_int_equal(sasl_server_bindings(p->server, list, 16), 3);
	assert_string_equal(list[2], "tls-unique");
	SSL_free(server_ssl);
	SSL_free(client_ssl);
	tls_up(TLS1_3_VERSION);
	assert_int_equal(sasl_server_bindings(p->server, list, 16), 2);
	play_start(p, "SCRAM-SHA-256-PLUS", STR("p=tls-unique,,n=juliet,r=abcdef"));
	assert_failure(p, NOT_AUTHORIZED);
	play_start(p, "SCRAM-SHA-256", STR("y,,n=juliet,r=abcdef"));
	assert_failure(p, NOT_AUTHORIZED);
	assert_int_equal(p->wants, 0);
	play_start(p, "SCRAM-SHA-256", STR("n,,n=juliet,r=abcdef"));
	assert_challenge(p);
}

static void
plus_with_a_wrong_flag(void **state)
{
	static const struct {
		const char *mechanism, *message;
	} wrong[] = {
		{"SCRAM-SHA-256-PLUS", "n,,n=juliet,r=abcdef"},
		{"SCRAM-SHA-256-PLUS", "y,,n=juliet,r=abcdef"},
		{"SCRAM-SHA-256", "p=tls-exporter,,n=juliet,r=abcdef"},
		{"SCRAM-SHA-256-PLUS", "p=tls-unique,,n=juliet,r=abcdef"},
		{"SCRAM-SHA-256-PLUS", "p=tls-export,,n=juliet,r=abcdef"},
		{"SCRAM-SHA-256-PLUS", "p=TLS-EXPORTER,,n=juliet,r=abcdef"},
	};
	struct play *p = *state;

	tls_up(TLS1_3_VERSION);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		play_start(p, wrong[i].mechanism, str_z(wrong[i].message));
		assert_failure(p, NOT_AUTHORIZED);
	}
	assert_int_equal(p->wants, 0);
}

/* Without TLS a flag 'p' must not reach Cyrus, which has nothing to compare with. */
static void
binding_where_there_is_none(void **state)
{
	struct play *p = *state;

	play_start(p, "SCRAM-SHA-256", STR("p=tls-exporter,,n=juliet,r=abcdef"));
	assert_failure(p, NOT_AUTHORIZED);
	play_start(p, "SCRAM-SHA-256-PLUS", STR("p=tls-exporter,,n=juliet,r=abcdef"));
	assert_failure(p, INVALID_MECHANISM);
}

/* RFC 5802 section 6: 'y' says that no -PLUS was offered. It was. */
static void
downgrade(void **state)
{
	struct play *p = *state;
	struct scram_play c = {.hash = SCRAM_SHA_256, .password = PLAY_PASSWORD, .gs2 = "y,,"};

	tls_up(TLS1_3_VERSION);
	run_scram(p, &c, "SCRAM-SHA-256", "juliet");
	assert_failure(p, NOT_AUTHORIZED);
	assert_int_equal(p->wants, 0);
	c.gs2 = "n,,"; /* a client that knows no binding is welcome */
	run_scram(p, &c, "SCRAM-SHA-256", "juliet");
	assert_success(p);
	scram_play_done(&c);
}

/*
 * Our own client.
 */

static struct buf offered;

static const char *
offer(struct play *p)
{
	const char *list[16];
	size_t n = sasl_server_mechanisms(p->server, list, 16);

	buf_clear(&offered);
	for (size_t i = 0; i < n; i++)
		buf_addf(&offered, "%s%s", i ? " " : "", list[i]);
	return buf_z(&offered);
}

/* The whole exchange, with the mechanism that the client picks from the offer. */
static const char *
talk(struct play *p, struct sasl_client *c, const char *mechanisms)
{
	const char *mechanism = NULL, *why = NULL;
	struct str message;

	if (sasl_client_start(c, mechanisms, &mechanism, &message, &why) < 0)
		fail_msg("%s", why);
	play_start(p, mechanism, message);
	assert_challenge(p);
	if (sasl_client_step(c, buf_str(&p->bytes), &message, &why) < 0)
		fail_msg("%s", why);
	play_step(p, message);
	return mechanism;
}

static void
finish(struct play *p, struct sasl_client *c)
{
	const char *why = NULL;

	assert_success(p);
	if (sasl_client_finish(c, p->has_data ? buf_str(&p->bytes) : STR_NONE, &why) < 0)
		fail_msg("%s", why);
}

static void
client_each_hash(void **state)
{
	struct play *p = *state;

	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		struct sasl_client *c = sasl_client_new("xmpp", "example.org", "juliet", PLAY_PASSWORD, NULL);

		play_open(p);
		assert_string_equal(talk(p, c, names[h]), names[h]);
		finish(p, c);
		assert_string_equal(p->user, "juliet");
		sasl_client_free(&c);
		assert_null(c);
	}
}

static void
client_takes_the_strongest(void **state)
{
	struct play *p = *state;
	struct sasl_client *c = sasl_client_new("xmpp", "example.org", "juliet", PLAY_PASSWORD, NULL);

	assert_string_equal(talk(p, c, offer(p)), "SCRAM-SHA-512");
	finish(p, c);
	sasl_client_free(&c);
}

static void
client_with_binding(void **state)
{
	static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct sasl_client *c;

		SSL_free(server_ssl);
		SSL_free(client_ssl);
		tls_up(versions[i]);
		c = sasl_client_new("xmpp", "example.org", "juliet", PLAY_PASSWORD, client_ssl);
		assert_string_equal(talk(p, c, offer(p)), "SCRAM-SHA-512-PLUS");
		finish(p, c);
		sasl_client_free(&c);
	}
}

/* Somebody takes the -PLUS out of the offer: our client says 'y', and the server sees it. */
static void
client_shows_the_downgrade(void **state)
{
	struct play *p = *state;
	struct sasl_client *c;
	const char *mechanism, *why;
	struct str message;

	tls_up(TLS1_3_VERSION);
	c = sasl_client_new("xmpp", "example.org", "juliet", PLAY_PASSWORD, client_ssl);
	assert_int_equal(sasl_client_start(c, "PLAIN SCRAM-SHA-256", &mechanism, &message, &why), 0);
		assert_true(str_starts(message, STR("y,,")));
	play_start(p, mechanism, message);
	assert_failure(p, NOT_AUTHORIZED);
	sasl_client_free(&c);
}

static void
client_with_the_wrong_secret(void **state)
{
	struct play *p = *state;
	struct sasl_client *c = sasl_client_new("xmpp", "example.org", "juliet", "wrong", NULL);

	talk(p, c, "SCRAM-SHA-256");
	assert_failure(p, NOT_AUTHORIZED);
	sasl_client_free(&c);
}

/* The router's use: a user that is no account, on a Unix socket. */
static void
client_and_router(void **state)
{
	static const char *const one[] = {"SCRAM-SHA-256", NULL};
	struct play *p = *state;
	struct sasl_client *c = sasl_client_new("xmpp", "carillon", "carillon", PLAY_PASSWORD, NULL);
	const char *mechanism, *why = NULL;
	struct str message;

	p->opts.mechanisms = one;
	p->opts.host = "carillon";
	p->opts.tls = false;
	p->late = true;
	play_open(p);
	assert_int_equal(sasl_client_start(c, offer(p), &mechanism, &message, &why), 0);
	play_start(p, mechanism, message);
	assert_string_equal(p->wanted, "carillon");
	sasl_server_credentials(p->server, &p->stored);
	assert_challenge(p);
	assert_int_equal(sasl_client_step(c, buf_str(&p->bytes), &message, &why), 0);
	play_step(p, message);
	finish(p, c);
	sasl_client_free(&c);
}

static void
client_refuses_what_is_no_scram(void **state)
{
	static const char *const offers[] = {"", "PLAIN", "PLAIN DIGEST-MD5 EXTERNAL", "SCRAM-SHA-256-PLUS",
		"XSCRAM-SHA-256", "SCRAM-SHA-256X"};
	struct sasl_client *c = sasl_client_new("xmpp", "example.org", "juliet", PLAY_PASSWORD, NULL);
	const char *mechanism, *why = NULL;
	struct str message;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(offers); i++)
		assert_int_equal(sasl_client_start(c, offers[i], &mechanism, &message, &why), -1);
	assert_non_null(why);
	sasl_client_free(&c);
}

/* A server that does not know the secret must not get away with <success/>. */
static void
client_checks_the_server(void **state)
{
	struct play *p = *state;
	const char *why = NULL;
	struct str message;

	for (int i = 0; i < 3; i++) {
		struct sasl_client *c = sasl_client_new("xmpp", "example.org", "juliet", PLAY_PASSWORD, NULL);

		play_open(p);
		talk(p, c, "SCRAM-SHA-256");
		assert_success(p);
		if (i == 0) {
			assert_int_equal(sasl_client_finish(c, STR_NONE, &why), -1);
		} else if (i == 1) {
			p->bytes.p[4] ^= 1;
			assert_int_equal(sasl_client_finish(c, buf_str(&p->bytes), &why), -1);
		} else { /* as a challenge, which RFC 5802 allows as well */
			assert_int_equal(sasl_client_step(c, buf_str(&p->bytes), &message, &why), 0);
			assert_int_equal(message.n, 0);
			assert_int_equal(sasl_client_finish(c, STR_NONE, &why), 0);
			assert_int_equal(sasl_client_step(c, buf_str(&p->bytes), &message, &why), -1);
		}
		sasl_client_free(&c);
	}
}

/* "%s" in `text` is the client's nonce. */
static void
write_challenge(struct buf *b, const char *text, struct str nonce)
{
	const char *at = strstr(text, "%s");

	buf_clear(b);
	buf_addn(b, text, at ? (size_t)(at - text) : strlen(text));
	if (!at)
		return;
	buf_add(b, nonce);
	buf_addz(b, at + 2);
}

static void
client_gets_nonsense(void **state)
{
	static const char *const challenges[] = {
		"",
		"x",
		"e=other-error",
		"r=%s,s=QSXCR+Q6sek8bf92,i=4096", /* nothing of the server's in the nonce */
		"r=abc,s=QSXCR+Q6sek8bf92,i=4096",
		"r=x%s,s=QSXCR+Q6sek8bf92,i=4096",
		"r=%sabc,s=,i=4096",
		"r=%sabc,s=!,i=4096",
		"r=%sabc,s=QSXCR+Q6sek8bf92",
		"r=%sabc,s=QSXCR+Q6sek8bf92,i=",
		"r=%sabc,s=QSXCR+Q6sek8bf92,i=4095", /* RFC 7677 section 4 */
		"r=%sabc,s=QSXCR+Q6sek8bf92,i=1000001",
		"r=%sabc,s=QSXCR+Q6sek8bf92,i=99999999999999999999",
		"r=%sabc,i=4096,s=QSXCR+Q6sek8bf92",
		"m=x,r=%sabc,s=QSXCR+Q6sek8bf92,i=4096",
	};
	const char *mechanism, *why;
	struct buf b = {0};
	struct str message;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(challenges); i++) {
		struct sasl_client *c = sasl_client_new("xmpp", "example.org", "juliet", PLAY_PASSWORD, NULL);

		why = NULL;
		assert_int_equal(sasl_client_start(c, "SCRAM-SHA-256", &mechanism, &message, &why), 0);
		assert_true(str_starts(message, STR("n,,n=juliet,r=")));
		write_challenge(&b, challenges[i], str_from(message, strlen("n,,n=juliet,r=")));
		assert_int_equal(sasl_client_step(c, buf_str(&b), &message, &why), -1);
		assert_non_null(why);
		assert_int_equal(sasl_client_step(c, buf_str(&b), &message, &why), -1); /* and stays so */
		assert_int_equal(sasl_client_finish(c, STR_NONE, &why), -1);
		sasl_client_free(&c);
	}
	buf_done(&b);
}

static void
client_escapes_its_name(void **state)
{
	struct sasl_client *c = sasl_client_new("xmpp", "example.org", "a,b=c", PLAY_PASSWORD, NULL);
	struct play *p = *state;
	const char *mechanism, *why;
	struct str message;

	p->late = true;
	assert_int_equal(sasl_client_start(c, "SCRAM-SHA-256", &mechanism, &message, &why), 0);
	play_start(p, mechanism, message);
	assert_string_equal(p->wanted, "a,b=c");
	assert_int_equal(sasl_client_start(c, "SCRAM-SHA-256", &mechanism, &message, &why), -1); /* once */
	sasl_client_free(&c);
}

static int
last(void **state)
{
	buf_done(&offered);
	return group_teardown(state);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(each_hash),
		T(without_initial_response),
		T(authzid_and_preparation),
		T(escaped_name),
		T(wrong_password),
		T(unknown_user),
		T(missing_hash),
		T(disabled),
		T(malformed_first_message),
		T(malformed_final_message),
		T(another_gs2_in_the_proof),
		T(plus_is_offered),
		T(plus_tls_1_3),
		T(plus_tls_1_2),
		T(plus_without_extended_master_secret),
		T(old_client),
		T(plus_with_a_wrong_flag),
		T(binding_where_there_is_none),
		T(downgrade),
		T(client_each_hash),
		T(client_takes_the_strongest),
		T(client_with_binding),
		T(client_shows_the_downgrade),
		T(client_with_the_wrong_secret),
		T(client_and_router),
		T(client_refuses_what_is_no_scram),
		T(client_checks_the_server),
		T(client_gets_nonsense),
		T(client_escapes_its_name),
	};

	return cmocka_run_group_tests(tests, group_setup, last);
}
