/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's certificates: one SSL_CTX per host, chosen by the stream's `to`
 * and then by SNI. A set of them is built aside and swapped in as a whole;
 * connections hold the context they were made from.
 *
 * Not for: reading files (tls_load.c).
 */
#include "common/log.h"
#include "common/map.h"
#include "common/rand.h"
#include "common/tls_priv.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

enum {
	NAMES_SENT_MAX =
	    16, /* CAs named in the certificate request: a public bundle would be 15 KB of them */
	TICKET_KEYS_SIZE = 80,
	TICKET_KEYS_AGE = 24 * 3600, /* s; a ticket itself is good for two hours */
	SNI_MAX = 255,
};

struct host_tls {
	char *host; /* lower case; "": the default */
	SSL_CTX *ctx;
};

struct tls_server {
	char *ca_file, *ciphers, *alpn;
	int min_version;
	struct host_tls *hosts;
	size_t count;
	struct map by_name;
	int64_t tickets_since; /* s, monotonic */
};

/* --- choosing --- */

static const struct host_tls *
find_host(const struct tls_server *s, struct str name)
{
	char lower[SNI_MAX + 1];

	if (!name.p || name.n > SNI_MAX)
		return NULL;
	for (size_t i = 0; i < name.n; i++)
		lower[i] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] - 'A' + 'a' : name.p[i]);
	return map_find(&s->by_name, str_n(lower, name.n));
}

/*
 * By the names in the certificates: for wildcards, and for international
 * names, which SNI writes in their A-label form and the configuration may not.
 */
static const struct host_tls *
find_covering(const struct tls_server *s, struct str name)
{
	for (size_t i = 0; name.n && i < s->count; i++)
		if (X509_check_host(SSL_CTX_get0_certificate(s->hosts[i].ctx), name.p, name.n, 0, NULL) == 1)
			return &s->hosts[i];
	return NULL;
}

static int
on_sni(SSL *ssl, int *alert, void *arg)
{
	const struct tls_server *s = arg;
	struct str name = str_z(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
	const struct host_tls *h;

	(void)alert;
	if (!name.n)
		return SSL_TLSEXT_ERR_NOACK;
	h = find_host(s, name);
	if (!h)
		h = find_covering(s, name);
	if (!h) /* the one for the stream's `to`, or the default; RFC 6066 3 leaves it to the client to object
		 */
		return SSL_TLSEXT_ERR_NOACK;
	SSL_set_SSL_CTX(ssl, h->ctx);
	return SSL_TLSEXT_ERR_OK;
}

/* RFC 7301 3.2: a client that offers protocols, but not ours, is refused (and protects against ALPACA). */
static int
on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n, const unsigned char *in, unsigned in_n,
	void *arg)
{
	const struct tls_server *s = arg;
	struct str want = str_z(s->alpn);

	(void)ssl;
	for (unsigned at = 0; at < in_n && in[at] < in_n - at; at += 1U + in[at]) {
		if (!str_eq(str_n((const char *)in + at + 1, in[at]), want))
			continue;
		*out = in + at + 1;
		*out_n = in[at];
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* The handshake goes on in any case; SASL EXTERNAL asks SSL_get_verify_result later. */
static int
on_verify(int ok, X509_STORE_CTX *store)
{
	(void)ok;
	(void)store;
	return 1;
}

/* --- building --- */

static int
set_ciphers(const struct tls_server *s, SSL_CTX *ctx, struct buf *why)
{
	const char *list = s->ciphers ? s->ciphers : "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK";

	if (SSL_CTX_set_cipher_list(ctx, list) == 1)
		return 0;
	buf_addf(why,
		 "ciphers: \"%s\" names no cipher that OpenSSL knows (openssl ciphers shows them): ", list);
	tls_errors(why);
	return -1;
}

/*
 * Purpose "any": the certificates of other servers and of many clients are made
 * for servers only, the public CAs issue no others.
 */
static void
ask_for_client_cert(SSL_CTX *ctx, X509_STORE *trust, const STACK_OF(X509_NAME) * names)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);

	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, on_verify);
	SSL_CTX_set1_verify_cert_store(ctx, trust);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY);
	if (sk_X509_NAME_num(names) <= NAMES_SENT_MAX)
		SSL_CTX_set_client_CA_list(ctx, SSL_dup_CA_list(names));
}

static SSL_CTX *
build_ctx(struct tls_server *s, const struct tls_cert *cert, struct buf *why)
{
	static const unsigned char sid[] = "carillon";
	SSL_CTX *ctx = tls_ctx_new(TLS_server_method(), why);

	if (!ctx)
		return NULL;
	if (s->min_version)
		SSL_CTX_set_min_proto_version(ctx, MAX(s->min_version, TLS1_2_VERSION));
	if (set_ciphers(s, ctx, why) < 0 ||
	    tls_load_identity(ctx, cert->chain_file, cert->key_file, cert->host, why) < 0) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	/* Sessions are in tickets, at the client: nothing is kept here. One is enough for one connection. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 1);
	SSL_CTX_set_session_id_context(ctx, sid, sizeof(sid) - 1);
	SSL_CTX_set_tlsext_servername_callback(ctx, on_sni);
	SSL_CTX_set_tlsext_servername_arg(ctx, s);
	if (s->alpn)
		SSL_CTX_set_alpn_select_cb(ctx, on_alpn, s);
	return ctx;
}

/* A set being built: what tls_server holds, before it holds it. */
struct tls_set {
	struct host_tls *hosts;
	size_t count;
	X509_STORE *trust;
	STACK_OF(X509_NAME) * names;
	unsigned char
	    ticket_keys[TICKET_KEYS_SIZE]; /* one for all: a ticket is good whatever context read the hello */
};

static void
free_hosts(struct host_tls *hosts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(hosts[i].host);
		SSL_CTX_free(hosts[i].ctx);
	}
	free(hosts);
}

static void
set_done(struct tls_set *set)
{
	free_hosts(set->hosts, set->count);
	X509_STORE_free(set->trust);
	sk_X509_NAME_pop_free(set->names, X509_NAME_free);
	OPENSSL_cleanse(set->ticket_keys, sizeof(set->ticket_keys));
}

static int
load_client_trust(const struct tls_server *s, struct tls_set *set, struct buf *why)
{
	if (!s->ca_file)
		return 0;
	set->trust = X509_STORE_new();
	bug_if(!set->trust);
	if (tls_load_trust(set->trust, s->ca_file, why) < 0)
		return -1;
	set->names = SSL_load_client_CA_file(s->ca_file);
	if (set->names)
		return 0;
	buf_addf(why, "%s: ", s->ca_file);
	tls_errors(why);
	return -1;
}

static int
add_host(struct tls_server *s, struct tls_set *set, const struct tls_cert *cert, struct buf *why)
{
	SSL_CTX *ctx = build_ctx(s, cert, why);
	char *host;

	if (!ctx)
		return -1;
	SSL_CTX_set_tlsext_ticket_keys(ctx, set->ticket_keys, sizeof(set->ticket_keys));
	if (set->trust)
		ask_for_client_cert(ctx, set->trust, set->names);
	host = str_dup(cert->host);
	for (char *p = host; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
	set->hosts[set->count++] = (struct host_tls){host, ctx};
	return 0;
}

static int64_t
now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void
swap_in(struct tls_server *s, struct tls_set *set)
{
	map_done(&s->by_name);
	free_hosts(s->hosts, s->count);
	s->hosts = set->hosts;
	s->count = set->count;
	set->hosts = NULL;
	set->count = 0;
	s->tickets_since = now_seconds();
	for (size_t i = 0; i < s->count; i++)
		map_put(&s->by_name, str_z(s->hosts[i].host), &s->hosts[i]);
}

int
tls_server_load(struct tls_server *s, const struct tls_cert *certs, size_t count, struct buf *why)
{
	struct tls_set set = {.hosts = xcalloc(count, sizeof(*set.hosts))};
	int rc;

	rand_bytes(set.ticket_keys, sizeof(set.ticket_keys));
	rc = load_client_trust(s, &set, why);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = add_host(s, &set, &certs[i], why);
	if (rc == 0)
		swap_in(s, &set);
	set_done(&set);
	return rc;
}

/* --- using --- */

struct tls_server *
tls_server_new(const struct tls_server_opts *opts)
{
	struct tls_server *s = xcalloc(1, sizeof(*s));

	s->ca_file = opts->ca_file ? xstrdup(opts->ca_file) : NULL;
	s->ciphers = opts->ciphers ? xstrdup(opts->ciphers) : NULL;
	s->alpn = opts->alpn ? xstrdup(opts->alpn) : NULL;
	s->min_version = opts->min_version;
	return s;
}

void
tls_server_free(struct tls_server **sp)
{
	struct tls_server *s = *sp;

	*sp = NULL;
	if (!s)
		return;
	map_done(&s->by_name);
	free_hosts(s->hosts, s->count);
	free(s->ca_file);
	free(s->ciphers);
	free(s->alpn);
	free(s);
}

int
tls_server_check(const struct tls_server_opts *opts, struct buf *why)
{
	struct tls_server *s = tls_server_new(opts);
	struct tls_set set = {0};
	SSL_CTX *ctx = tls_ctx_new(TLS_server_method(), why);
	int rc = ctx && set_ciphers(s, ctx, why) == 0 ? load_client_trust(s, &set, why) : -1;

	SSL_CTX_free(ctx);
	set_done(&set);
	tls_server_free(&s);
	return rc;
}

/* The host's own, or the default. */
static const struct host_tls *
host_or_default(const struct tls_server *s, struct str host)
{
	const struct host_tls *h = host.n ? find_host(s, host) : NULL;

	return h ? h : find_host(s, STR(""));
}

bool
tls_server_ready(const struct tls_server *s, struct str host)
{
	return host_or_default(s, host) != NULL;
}

/* Who finds out a key can read what was said with it in TLS 1.2, so no key grows old. RFC 9325 3.4 */
void
tls_server_renew_tickets(struct tls_server *s)
{
	unsigned char keys[TICKET_KEYS_SIZE];

	rand_bytes(keys, sizeof(keys));
	for (size_t i = 0; i < s->count; i++)
		SSL_CTX_set_tlsext_ticket_keys(s->hosts[i].ctx, keys, sizeof(keys));
	OPENSSL_cleanse(keys, sizeof(keys));
	s->tickets_since = now_seconds();
}

SSL *
tls_server_ssl(struct tls_server *s, struct str host)
{
	const struct host_tls *h = host_or_default(s, host);
	SSL *ssl;

	if (!h && s->count)
		h = &s->hosts[0]; /* SNI may still name another */
	if (!h)
		return NULL;
	if (now_seconds() - s->tickets_since >= TICKET_KEYS_AGE)
		tls_server_renew_tickets(s);
	ssl = SSL_new(h->ctx);
	bug_if(!ssl);
	SSL_set_accept_state(ssl);
	return ssl;
}

int64_t
tls_server_expires_in(const struct tls_server *s, struct str host)
{
	const struct host_tls *h = host_or_default(s, host);
	int days, seconds;

	if (!h ||
	    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(SSL_CTX_get0_certificate(h->ctx))) != 1)
		return INT64_MIN;
	return (int64_t)days * 86400 + seconds;
}
