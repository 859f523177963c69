/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and their certificates: good ones, bad ones, and what a reload does. */
#include "c2s/hosts.h"

#include "c2s/keys.h"
#include "common/daemon.h"
#include "tests/unit/tls_util.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct test_ca ca;
static struct conf *conf;

static int
try_load(const char *hosts, struct buf *problems)
{
	static const struct conf_section *const sections[] = {&conf_cluster, &conf_host, &conf_log,
							      &conf_http,    &conf_c2s,  NULL};
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/conf", ca.dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "cluster { routers = {\"unix:/tmp/x\"} secret = \"0123456789abcdef\" }\n%s\n", hosts);
	fclose(f);
	conf_free(&conf);
	return conf_load(&conf, path, sections, conf_all_section_names, "c2s-1", problems);
}

static void
load(const char *hosts)
{
	struct buf problems = {0};

	if (try_load(hosts, &problems) < 0)
		fail_msg("%s", buf_z(&problems));
	buf_done(&problems);
}

static const char *
hosts_text(const char *org, const char *net)
{
	static char text[1024];

	snprintf(text, sizeof(text),
		 "host \"Example.ORG\" { certificate = \"%s/%s\" }\nhost \"example.net\" { certificate = "
		 "\"%s/%s\" }",
		 ca.dir, org, ca.dir, net);
	return text;
}

static int
setup(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	test_ca_make(&ca);
	test_cert_make(&ca, &(struct test_cert){.name = "example.org"});
	test_cert_make(&ca, &(struct test_cert){.name = "example.net"});
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	conf_free(&conf);
	test_ca_done(&ca);
	return 0;
}

static struct hosts *
hosts_make(void)
{
	struct buf why = {0};
	struct hosts *h = hosts_new(conf, NULL, &why);

	if (!h)
		fail_msg("%s", buf_z(&why));
	buf_done(&why);
	return h;
}

static void
test_good(void **state)
{
	struct hosts *h;
	SSL *ssl;

	(void)state;
	load(hosts_text("example.org.pem", "example.net.pem"));
	h = hosts_make();
	assert_int_equal(hosts_count(h), 2);
	assert_string_equal(hosts_first(h), "example.org"); /* prepared */
	assert_string_equal(hosts_find(h, STR("example.net")), "example.net");
	assert_null(hosts_find(h, STR("example.com")));
	assert_true(hosts_tls_ready(h, STR("example.org")));
	assert_false(hosts_tls_ready(h, STR("example.com")));
	ssl = hosts_ssl(h, STR_NONE);
	assert_non_null(ssl);
	SSL_free(ssl);
	assert_null(hosts_ssl(h, STR("example.com")));
	hosts_free(&h);
}

static void
test_one_is_bad(void **state)
{
	uint64_t errors = log_count(LOG_LEVEL_ERROR);
	struct hosts *h;

	(void)state;
	load(hosts_text("missing.pem", "example.net.pem"));
	h = hosts_make();
	assert_int_equal(log_count(LOG_LEVEL_ERROR), errors + 1);
	assert_string_equal(hosts_find(h, STR("example.org")), "example.org"); /* served, without TLS */
	assert_false(hosts_tls_ready(h, STR("example.org")));
	assert_true(hosts_tls_ready(h, STR("example.net")));
	hosts_free(&h);
}

static void
test_reload(void **state)
{
	uint64_t errors = log_count(LOG_LEVEL_ERROR);
	struct hosts *h;
	char text[512];

	(void)state;
	load(hosts_text("example.org.pem", "example.net.pem"));
	h = hosts_make();
	load(hosts_text("example.org.pem", "missing.pem"));
	hosts_reload(h, conf, NULL);
	assert_int_equal(log_count(LOG_LEVEL_ERROR), errors + 1);
	assert_true(hosts_tls_ready(h, STR("example.org"))); /* the old ones go on */
	assert_true(hosts_tls_ready(h, STR("example.net")));
	snprintf(text, sizeof(text), "host \"example.net\" { certificate = \"%s/example.net.pem\" }", ca.dir);
	load(text);
	hosts_reload(h, conf, NULL);
	assert_null(hosts_find(h, STR("example.org")));
	assert_int_equal(hosts_count(h), 1);
	assert_string_equal(hosts_name(h, 0), "example.net");
	assert_true(hosts_expires_in(h, STR("example.net")) > 0);
	assert_false(hosts_tls_ready(h, STR("example.org")));
	assert_true(hosts_tls_ready(h, STR("example.net")));
	hosts_free(&h);
}

static void
test_without(void **state)
{
	struct hosts *h;

	(void)state;
	load("host \"example.org\" { }");
	h = hosts_make();
	assert_true(hosts_expires_in(h, STR("example.org")) == INT64_MIN);
	assert_false(hosts_tls_ready(h, STR("example.org")));
	assert_null(hosts_ssl(h, STR_NONE));
	hosts_free(&h);
}

/* What -t accepts must start. */
static void
test_refused_before_the_start(void **state)
{
	static const struct {
		const char *text, *problem;
	} rows[] = {
		{"", "no host is configured"},
		{"host \"b\xC3\xBC" "cher.example\" { }\nhost \"XN--bcher-kva.Example\" { }",
		 "host \"b\xC3\xBC" "cher.example\" and host \"XN--bcher-kva.Example\" are the same domain"},
		{"host \"a.example\" { }\nhost \"xn--a.example\" { }", "host \"xn--a.example\" is no domain name"},
		{"host \"a.example\" { }\nc2s { listen = {}\n listen_tls = {} }", "nobody could connect"},
		{"host \"a.example\" { }\nc2s { mechanisms = {\"SCRAM-SHA-256\", \"ROT13\"} }", "\"ROT13\" is no mechanism"},
		{"host \"a.example\" { }\nc2s { mechanisms = {} }", "mechanisms is empty"},
		{"host \"a.example\" { }\nc2s { ciphers = \"ROT13\" }", "names no cipher"},
		{"host \"a.example\" { }\nc2s { client_ca_file = \"/nonexistent\" }", "cannot read the trusted certificates"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf problems = {0};

		assert_int_equal(try_load(rows[i].text, &problems), -1);
		assert_non_null(strstr(buf_z(&problems), rows[i].problem));
		buf_done(&problems);
	}
	load("host \"a.example\" { }\nc2s { mechanisms = {\"scram-sha-256\"}\n ciphers = \"ECDHE+AESGCM\" }");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_is_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload, setup, teardown),
		cmocka_unit_test_setup_teardown(test_without, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_before_the_start, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
