/* SPDX-License-Identifier: Apache-2.0 */
/* Links between hosts: TLS with the cluster's CA in both directions, SCRAM with channel binding, EXTERNAL. */
#include "tests/unit/bus.h"
#include "tests/unit/tls_util.h"

static struct test_ca ca, other_ca;

static int
make_certs(void **state)
{
	(void)state;
	test_ca_make(&ca);
	test_ca_make(&other_ca);
	test_cert_make(&ca, &(struct test_cert){.name = "router", .san = "DNS:localhost,IP:127.0.0.1"});
	test_cert_make(&ca, &(struct test_cert){.name = "node", .eku = "clientAuth,serverAuth"});
	test_cert_make(&ca, &(struct test_cert){.name = "elsewhere", .san = "DNS:elsewhere.example"});
	test_cert_make(&other_ca, &(struct test_cert){.name = "stranger", .eku = "clientAuth"});
	return 0;
}

static int
drop_certs(void **state)
{
	(void)state;
	test_ca_done(&ca);
	test_ca_done(&other_ca);
	return 0;
}

/* A router with TLS on TCP; its address for components. */
static void
tls_router(struct bus *b, const char *cert, struct buf *address)
{
	const char *listen = "127.0.0.1:0";
	const struct router_opts o = {
	    .loop = b->loop,
	    .log = &b->log,
	    .name = "router-1",
	    .boot = "b",
	    .listen = &listen,
	    .listen_count = 1,
	    .secret = BUS_SECRET,
	    .ca_file = ca.file,
	    .cert_file = cert,
	    .key_file = cert,
	};
	struct buf why = {0};

	b->router[0] = router_new(&o, &why);
	if (!b->router[0])
		fail_msg("router: %s", buf_z(&why));
	addr_print(address, router_addr(b->router[0], 0));
	buf_z(address);
	buf_done(&why);
}

static void
no_event(struct component *c, const struct frame *f)
{
	(void)c;
	(void)f;
}

static void
on_online(struct component *c, bool online)
{
	struct bus *b = component_owner(c);

	b->done = online;
	loop_stop(b->loop);
}

static const struct component_events events = {.frame = no_event, .bounced = no_event, .online = on_online};

static struct component *
join(struct bus *b, struct buf *address, const char *secret, const char *ca_file, const char *cert)
{
	const char *const routers[] = {buf_z(address), NULL};
	const struct component_opts o = {
	    .loop = b->loop,
	    .log = &b->log,
	    .name = "c2s-1",
	    .role = "c2s",
	    .boot = "b1",
	    .routers = routers,
	    .secret = secret,
	    .ca_file = ca_file,
	    .cert_file = cert,
	    .key_file = cert,
	};

	b->done = false;
	return component_new(&o, &events, b);
}

/* What a case is made of, and whether it comes on the bus. */
static void
play(const char *router_cert, const char *secret, const char *ca_file, const char *cert, bool good)
{
	struct bus b;
	struct buf address = {0};
	struct component *c;
	uint64_t warnings = log_count(LOG_LEVEL_WARNING);

	bus_start(&b, 0);
	tls_router(&b, router_cert, &address);
	c = join(&b, &address, secret, ca_file, cert);
	if (good)
		WAIT(&b, b.done);
	else
		WAIT(&b, log_count(LOG_LEVEL_WARNING) > warnings);
	assert_true(component_online(c) == good);
	component_free(&c);
	bus_router_kill(&b, 0);
	buf_done(&address);
	bus_stop(&b);
}

static void
scram_with_channel_binding(void **state)
{
	(void)state;
	play(test_path(&ca, "router.pem"), BUS_SECRET, ca.file, NULL, true);
}

static void
certificate_of_the_cluster(void **state)
{
	(void)state;
	/* EXTERNAL: the secret is not looked at */
	play(test_path(&ca, "router.pem"), "another secret altogether", ca.file, test_path(&ca, "node.pem"),
	     true);
}

static void
certificate_of_a_stranger(void **state)
{
	(void)state;
	/* proves nothing: what counts is the secret */
	play(test_path(&ca, "router.pem"), "another secret altogether", ca.file,
	     test_path(&other_ca, "stranger.pem"), false);
	play(test_path(&ca, "router.pem"), BUS_SECRET, ca.file, test_path(&other_ca, "stranger.pem"), true);
}

static void
wrong_secret(void **state)
{
	(void)state;
	play(test_path(&ca, "router.pem"), "another secret altogether", ca.file, NULL, false);
}

static void
router_of_another_name(void **state)
{
	(void)state;
	play(test_path(&ca, "elsewhere.pem"), BUS_SECRET, ca.file, NULL, false);
}

static void
router_of_another_ca(void **state)
{
	(void)state;
	play(test_path(&ca, "router.pem"), BUS_SECRET, other_ca.file, NULL, false);
}

static void
component_without_tls(void **state)
{
	(void)state;
	play(test_path(&ca, "router.pem"), BUS_SECRET, NULL, NULL, false);
}

static void
router_without_tls(void **state)
{
	struct bus b;
	struct buf address = {0}, why = {0};
	const char *listen = "127.0.0.1:0";
	struct component *c;
	uint64_t warnings = log_count(LOG_LEVEL_WARNING);

	(void)state;
	bus_start(&b, 0);
	b.router[0] = router_new(
	    &(struct router_opts){
		.loop = b.loop,
		.log = &b.log,
		.name = "router-1",
		.boot = "b",
		.listen = &listen,
		.listen_count = 1,
		.secret = BUS_SECRET,
	    },
	    &why);
	assert_non_null(b.router[0]);
	addr_print(&address, router_addr(b.router[0], 0));
	c = join(&b, &address, BUS_SECRET, ca.file, NULL);
	WAIT(&b, log_count(LOG_LEVEL_WARNING) > warnings);
	assert_false(component_online(c));
	component_free(&c);
	c = join(&b, &address, BUS_SECRET, NULL, NULL); /* both in clear: the operator's wish */
	WAIT(&b, b.done);
	component_free(&c);
	buf_done(&address);
	buf_done(&why);
	bus_stop(&b);
}

static void
half_a_configuration_is_refused(void **state)
{
	struct bus b;
	struct buf why = {0};
	struct router_opts o = {
	    .log = &b.log, .name = "router-1", .boot = "b", .secret = BUS_SECRET, .ca_file = ca.file};

	(void)state;
	bus_start(&b, 0);
	o.loop = b.loop;
	assert_null(router_new(&o, &why));
	assert_true(str_find(buf_str(&why), STR("certificate")) >= 0);
	buf_done(&why);
	bus_stop(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(scram_with_channel_binding),      cmocka_unit_test(certificate_of_the_cluster),
	    cmocka_unit_test(certificate_of_a_stranger),       cmocka_unit_test(wrong_secret),
	    cmocka_unit_test(router_of_another_name),          cmocka_unit_test(router_of_another_ca),
	    cmocka_unit_test(component_without_tls),           cmocka_unit_test(router_without_tls),
	    cmocka_unit_test(half_a_configuration_is_refused),
	};

	return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
