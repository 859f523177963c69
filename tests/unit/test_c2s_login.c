/* SPDX-License-Identifier: Apache-2.0 */
/* From the first byte to the bound session: headers, features, STARTTLS, SASL, binding, and everything that is wrong with them. */
#include "tests/unit/c2s_stage.h"
#include "tests/unit/tls_util.h"

#include "common/base64.h"

#define OPTIONAL "tls = optional"
#define SASL "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
#define TLS "xmlns='urn:ietf:params:xml:ns:xmpp-tls'"
#define FAILURE "<failure " SASL "><"
#define NOT_AUTHORIZED "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"

static struct stage s;
static struct raw c;

static int
setup_optional(void **state)
{
	(void)state;
	stage_start(&s, OPTIONAL, NULL);
	stage_connect(&s, &c, false);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	raw_close(&c);
	stage_stop(&s);
	return 0;
}

/* --- headers --- */

static void
expect_error(const char *says, const char *condition)
{
	stage_say(&c, says);
	stage_hear(&c, "from='example.org'"); /* RFC 6120 4.9.1.2: errors come from somebody */
	stage_hear(&c, condition);
	stage_hear(&c, "</stream:stream>");
	stage_hear_end(&c);
}

static void
test_unknown_host(void **state)
{
	(void)state;
	expect_error("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
		     "to='example.com' version='1.0'>",
		     "<host-unknown ");
}

static void
test_no_host(void **state)
{
	(void)state;
	expect_error("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
		     "version='1.0'>",
		     "<host-unknown ");
}

static void
test_old_version(void **state)
{
	(void)state;
	expect_error("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
		     "to='example.org'>",
		     "<unsupported-version ");
}

static void
test_not_xml(void **state)
{
	(void)state;
	expect_error("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "<not-well-formed ");
}

static void
test_host_is_prepared(void **state)
{
	(void)state;
	stage_say(&c, "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
		      "from='Juliet@Example.ORG' to='EXAMPLE.org' version='1.0'>");
	stage_hear(&c, "from='example.org' to='juliet@example.org'");
	stage_hear(&c, "</stream:features>");
}

/* --- features --- */

static void
test_features_in_order(void **state)
{
	(void)state;
	stage_say(&c, HEADER);
	stage_hear(&c, "<stream:features><mechanisms " SASL ">"); /* no certificate, so no STARTTLS */
	stage_hear(&c, "<mechanism>SCRAM-SHA-512</mechanism><mechanism>SCRAM-SHA-256</mechanism>");
	stage_hear(
	    &c, "</mechanisms><limits "
		"xmlns='urn:xmpp:stream-limits:0'><max-bytes>16384</max-bytes></limits></stream:features>");
}

static void
test_features_after_login(void **state)
{
	(void)state;
	stage_login(&c, "juliet");
	stage_hear(&c, "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
		       "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>"
		       "<sm xmlns='urn:xmpp:sm:3'/><ver xmlns='urn:xmpp:features:rosterver'/><sub xmlns='urn:xmpp:features:pre-approval'/>"
		       "<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>262144</max-bytes><idle-seconds>300</idle-seconds></limits>"
		       "</stream:features>");
	stage_say(&c, "<iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
	stage_hear(&c,
		   "<iq type='result' id='b1'><bind "
		   "xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>juliet@example.org/made</jid></bind></iq>");
}

static int
setup_required_without_certificate(void **state)
{
	(void)state;
	stage_start(&s, "", NULL);
	stage_connect(&s, &c, false);
	return 0;
}

static void
test_required_without_certificate(void **state)
{
	(void)state;
	expect_error(HEADER, "<internal-server-error ");
}

/* --- before login --- */

static void
test_stanza_before_login(void **state)
{
	(void)state;
	stage_open_stream(&c);
	stage_say(&c, "<message to='romeo@example.org'><body>hi</body></message>");
	stage_hear(&c, NOT_AUTHORIZED);
	stage_hear_end(&c);
}

static void
test_foreign_element_before_login(void **state)
{
	(void)state;
	stage_open_stream(&c);
	stage_say(&c, "<open xmlns='urn:carillon:session:1' user='juliet' host='example.org'/>");
	stage_hear(&c, "<unsupported-stanza-type ");
	stage_hear_end(&c);
}

static void
test_stanza_before_binding(void **state)
{
	(void)state;
	stage_login(&c, "juliet");
	stage_say(&c, "<message to='romeo@example.org'><body>hi</body></message>");
	stage_hear(&c, NOT_AUTHORIZED);
	stage_hear_end(&c);
}

static void
test_starttls_not_offered(void **state)
{
	(void)state;
	stage_open_stream(&c);
	stage_say(&c, "<starttls " TLS "/>");
	stage_hear(&c, "<failure " TLS "/></stream:stream>");
	stage_hear_end(&c);
}

static void
test_too_large_before_login(void **state)
{
	char *junk = xmalloc(20001);

	(void)state;
	memset(junk, 'a', 20000);
	junk[20000] = '\0';
	stage_open_stream(&c);
	stage_say(&c, "<message><body>");
	stage_say(&c, junk);
	stage_hear(&c, "<policy-violation ");
	stage_hear_end(&c);
	free(junk);
}

/* --- SASL --- */

static void
test_sasl_errors(void **state)
{
	static const struct {
		const char *says, *condition;
	} rows[] = {
		{"<auth " SASL " mechanism='SCRAM-SHA-256'>n o t base64</auth>", "incorrect-encoding"},
		{"<auth " SASL " mechanism='SCRAM-SHA-256'>YQ</auth>", "incorrect-encoding"},
		{"<auth " SASL " mechanism='SCRAM-SHA-256'>YQ==</auth>", "malformed-request"},
		{"<auth " SASL " mechanism='SCRAM-SHA-256'>=</auth>", "malformed-request"},
		{"<auth " SASL " mechanism='KERBEROS_V4'/>", "invalid-mechanism"},
		{"<auth " SASL "/>", "invalid-mechanism"},
		{"<auth " SASL " mechanism='PLAIN'>AGp1bGlldAB4</auth>", "encryption-required"},
		{"<response " SASL "/>", "malformed-request"},
		{"<abort " SASL "/>", "malformed-request"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char want[128];

		stage_open_stream(&c);
		stage_say(&c, rows[i].says);
		snprintf(want, sizeof(want), FAILURE "%s/>", rows[i].condition);
		stage_hear(&c, want);
		stage_hear(&c, "</failure>");
		raw_close(&c);
		stage_connect(&s, &c, false);
	}
}

static void
say_wrong_password(const char *user)
{
	struct sasl_client *sasl = sasl_client_new("xmpp", STAGE_HOST, user, "wrong", NULL);
	const char *mechanism, *why;
	struct str message;
	struct buf b = {0}, data = {0};

	assert_int_equal(sasl_client_start(sasl, "SCRAM-SHA-256", &mechanism, &message, &why), 0);
	buf_addl(&b, "<auth " SASL " mechanism='SCRAM-SHA-256'>");
	base64_print(&b, message);
	buf_addl(&b, "</auth>");
	stage_say(&c, buf_z(&b));
	stage_hear(&c, "<challenge " SASL ">");
	WAIT(c.bus, raw_got(&c, "</challenge>"));
	assert_int_equal(base64_parse(&data, str_n(c.in.p, (size_t)str_find(buf_str(&c.in), STR("</challenge>")))), 0);
	assert_int_equal(sasl_client_step(sasl, buf_str(&data), &message, &why), 0);
	buf_clear(&b);
	buf_addl(&b, "<response " SASL ">");
	base64_print(&b, message);
	buf_addl(&b, "</response>");
	stage_say(&c, buf_z(&b));
	sasl_client_free(&sasl);
	buf_done(&b);
	buf_done(&data);
}

static void
test_wrong_and_unknown_look_alike(void **state)
{
	(void)state;
	stage_open_stream(&c);
	say_wrong_password("juliet");
	stage_hear(
	    &c, FAILURE
	    "not-authorized/><text xml:lang='en'>The user name or the password is wrong.</text></failure>");
	say_wrong_password("nobody");
	stage_hear(
	    &c, FAILURE
	    "not-authorized/><text xml:lang='en'>The user name or the password is wrong.</text></failure>");
	say_wrong_password("juliet"); /* the third is the last: RFC 6120 6.4.5 */
	stage_hear(&c, FAILURE "not-authorized/>");
	stage_hear(&c, "<policy-violation ");
	stage_hear_end(&c);
}

static void
test_retry_after_failure(void **state)
{
	(void)state;
	stage_open_stream(&c);
	say_wrong_password("juliet");
	stage_hear(&c, "</failure>");
	assert_int_equal(s.c2s.clients[CLIENT_PLAIN].len, 1);
	stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'/>"); /* without initial response: an empty challenge */
	stage_hear(&c, "<challenge " SASL "/>");
	stage_say(&c, "<abort " SASL "/>");
	stage_hear(&c, FAILURE "aborted/></failure>");
}

/* RFC 6120 6.3.5: to the byte; some clients count a blank as the answer. */
static void
test_nothing_between(void **state)
{
	(void)state;
	stage_say(&c, HEADER "<auth " SASL " mechanism='SCRAM-SHA-256'/><abort " SASL "/>"
			     "<auth " SASL " mechanism='X-NONE'/>");
	stage_hear(&c, "</stream:features><challenge " SASL "/><failure " SASL "><aborted/></failure>"
		       "<failure " SASL "><invalid-mechanism/></failure>");
}

static void
expect_refusals(unsigned count, const char *mechanism, const char *other)
{
	for (unsigned i = 0; i < count; i++) {
		char text[128];

		snprintf(text, sizeof(text), "<auth " SASL " mechanism='%s'>eA==</auth>", i % 2 ? other : mechanism);
		stage_say(&c, text);
		stage_hear(&c, FAILURE "invalid-mechanism/></failure>");
	}
	stage_hear(&c, "<policy-violation ");
	stage_hear_end(&c);
}

/*
 * Mechanisms that cannot be are not guesses, but there is an end to everything: RFC 6120 6.4.5 has five retries with
 * one mechanism, and then the next.
 */
static void
test_many_refusals(void **state)
{
	(void)state;
	stage_open_stream(&c);
	expect_refusals(5, "SCRAM-SHA-512-PLUS", "SCRAM-SHA-512-PLUS");
	raw_close(&c);
	stage_connect(&s, &c, false);
	stage_open_stream(&c);
	expect_refusals(10, "SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS");
}

static void
test_many_binds(void **state)
{
	(void)state;
	stage_login(&c, "juliet");
	s.sm[0].refuse = STANZA_ERR_CONFLICT;
	for (unsigned i = 0; i < 10; i++) {
		stage_say(&c, "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
		stage_hear(&c, "<conflict ");
	}
	stage_say(&c, "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
	stage_hear(&c, "<policy-violation ");
	stage_hear_end(&c);
}

/* Too many from one address: it has to wait, on other connections too. */
static void
test_failures_of_one_address(void **state)
{
	struct addr peer;
	struct address *address;
	const char *why;

	(void)state;
	assert_int_equal(addr_parse(&peer, STR("192.0.2.7:4711"), &why), 0);
	s.c2s.set.failures_per_address = 1;
	assert_null(limits_admit(&s.c2s.limits, &s.c2s.set, &peer, loop_now(s.bus.loop), &address));
	list_entry(s.c2s.clients[CLIENT_PLAIN].first, struct client, state_node)->address = address;
	limits_leave(&s.c2s.limits, NULL, false, 0); /* the one that it was counted for before */
	stage_open_stream(&c);
	say_wrong_password("juliet");
	stage_hear(&c, "</failure>");
	stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'/>");
	stage_hear(&c, "<policy-violation ");
	stage_hear(&c, "try again later");
	stage_hear_end(&c);
}

#define FIRST_JULIET "<auth " SASL " mechanism='SCRAM-SHA-256'>biwsbj1qdWxpZXQscj1hYmNkZWZnaA==</auth>"
#define FIRST_ROMEO "<auth " SASL " mechanism='SCRAM-SHA-256'>biwsbj1yb21lbyxyPWFiY2RlZmdo</auth>"

/* RFC 6120 6.4.2: the exchange under way is discarded, the new one is processed. */
static void
test_second_auth_in_one_packet(void **state)
{
	(void)state;
	stage_open_stream(&c);
	/* the first waits for credentials; what follows is held meanwhile */
	stage_say(&c, FIRST_JULIET FIRST_ROMEO);
	stage_hear(&c, "</challenge>");
	stage_hear(&c, "</challenge>");
	assert_true(sm_heard(&s.sm[0], "user='juliet'"));
	assert_true(sm_heard(&s.sm[0], "user='romeo'"));
	assert_int_equal(s.c2s.clients[CLIENT_AUTH].len, 1);
	/* one that is nonsense discards it, too, and is refused */
	stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'>?</auth>");
	stage_hear(&c, FAILURE "incorrect-encoding/></failure>");
	stage_say(&c, "<response " SASL ">Yz1iaXdzLHI9eCxwPXg=</response>");
	stage_hear(&c, FAILURE "malformed-request/></failure>");
	assert_int_equal(s.c2s.clients[CLIENT_PLAIN].len, 1);
}

/* Whoever begins anew all the time fails all the time. */
static void
test_second_auth_again_and_again(void **state)
{
	(void)state;
	stage_open_stream(&c);
	for (unsigned i = 0; i < 5; i++) {
		stage_say(&c, FIRST_JULIET);
		stage_hear(&c, "</challenge>");
	}
	stage_say(&c, FIRST_ROMEO);
	stage_hear(&c, "<policy-violation ");
	stage_hear_end(&c);
	assert_false(sm_heard(&s.sm[0], "user='romeo'"));
}

/* The client gets the address of a stranger, who may fail once in a minute. */
static struct address *
with_one_failure_allowed(void)
{
	struct addr peer;
	struct address *address;
	const char *why;

	assert_int_equal(addr_parse(&peer, STR("192.0.2.7:4711"), &why), 0);
	s.c2s.set.failures_per_address = 1;
	assert_null(limits_admit(&s.c2s.limits, &s.c2s.set, &peer, loop_now(s.bus.loop), &address));
	list_entry(s.c2s.clients[CLIENT_PLAIN].first, struct client, state_node)->address = address;
	limits_leave(&s.c2s.limits, NULL, false, 0); /* the one that it was counted for before */
	return address;
}

static bool
may_try(struct address *a)
{
	return limits_may_try(&s.c2s.set, a, loop_now(s.bus.loop));
}

/* Credentials asked for and nothing made of them: it costs the address what a guess costs. */
static void
test_lookups_are_charged(void **state)
{
	struct address *address;

	(void)state;
	stage_open_stream(&c);
	address = with_one_failure_allowed();
	stage_say(&c, FIRST_JULIET);
	stage_hear(&c, "</challenge>");
	assert_true(may_try(address));
	stage_say(&c, "<abort " SASL "/>");
	stage_hear(&c, FAILURE "aborted/></failure>");
	assert_false(may_try(address));
}

static void
test_lookups_of_the_gone_are_charged(void **state)
{
	struct address *address;

	(void)state;
	stage_open_stream(&c);
	address = with_one_failure_allowed();
	address->connections++; /* so that it is not forgotten */
	stage_say(&c, FIRST_JULIET);
	stage_hear(&c, "</challenge>");
	raw_close(&c);
	WAIT(&s.bus, c2s_client_count(&s.c2s) == 0);
	assert_false(may_try(address));
	limits_leave(&s.c2s.limits, address, true, loop_now(s.bus.loop));
	stage_connect(&s, &c, false);
}

/* What is our fault costs nobody anything: neither a try nor the address's patience. */
static void
test_temporary_is_no_guess(void **state)
{
	struct address *address;

	(void)state;
	stage_open_stream(&c);
	address = with_one_failure_allowed();
	for (unsigned i = 0; i < 4; i++) { /* more than auth_tries */
		stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'>biwsbj1icm9rZW4scj1hYmNkZWZnaA==</auth>");
		stage_hear(&c, FAILURE "temporary-auth-failure/>");
	}
	assert_true(may_try(address));
	stage_say(&c, FIRST_JULIET);
	stage_hear(&c, "</challenge>");
}

/* An sm that says nothing: the time is up after ten seconds, and the answer that comes then is nobody's. */
static void
test_no_answer_in_time(void **state)
{
	char answer[128];
	struct login *l;

	(void)state;
	stage_open_stream(&c);
	stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'>biwsbj1tdXRlLHI9YWJjZGVmZ2g=</auth>"); /* mute */
	WAIT(&s.bus, s.c2s.asks.len == 1);
	l = list_entry(s.c2s.asks.first, struct login, ask_node);
	ask_sweep(&s.c2s);
	assert_int_equal(s.c2s.asks.len, 1);
	snprintf(answer, sizeof(answer), "<credentials xmlns='urn:carillon:session:1' id='%llu' result='unknown'/>",
		 (unsigned long long)l->ask_id);
	l->ask_since -= 10000;
	ask_sweep(&s.c2s);
	stage_hear(&c, FAILURE "temporary-auth-failure/>");
	assert_int_equal(s.c2s.asks.len, 0);
	node_send(s.sm[0].actor, "c2s-1", answer);
	stage_say(&c, FIRST_JULIET);
	stage_hear(&c, "</challenge>");
}

/* RFC 6120 A.4: text and nothing else. */
static void
test_elements_in_sasl(void **state)
{
	(void)state;
	stage_open_stream(&c);
	stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'>biws<x/>bj1qdWxpZXQscj1hYmNkZWZnaA==</auth>");
	stage_hear(&c, FAILURE "malformed-request/></failure>");
	stage_say(&c, FIRST_JULIET);
	stage_hear(&c, "</challenge>");
	stage_say(&c, "<response " SASL "><x xmlns='y'/></response>");
	stage_hear(&c, FAILURE "malformed-request/></failure>");
	assert_int_equal(s.c2s.clients[CLIENT_PLAIN].len, 1);
}

/* ANONYMOUS (XEP-0175): offered where the host says so, and the sm is asked for nobody's keys. */
static int
setup_anonymous(void **state)
{
	(void)state;
	stage_host_keys = "anonymous = local\n";
	stage_start(&s, OPTIONAL, NULL);
	stage_host_keys = NULL;
	stage_connect(&s, &c, false);
	return 0;
}

static void
test_anonymous(void **state)
{
	(void)state;
	stage_say(&c, HEADER);
	stage_hear(&c, "<mechanism>ANONYMOUS</mechanism></mechanisms>");
	stage_hear(&c, "</stream:features>");
	stage_say(&c, "<auth " SASL " mechanism='ANONYMOUS'/>");
	stage_hear(&c, "<success " SASL "/>");
	stage_open_stream(&c);
	stage_bind(&c, "balcony");
	assert_true(sm_heard(&s.sm[0], "mechanism='ANONYMOUS'"));
	assert_false(sm_heard(&s.sm[0], "<credentials"));
}

static void
test_anonymous_not_here(void **state)
{
	(void)state;
	stage_say(&c, HEADER);
	WAIT(&s.bus, raw_got(&c, "</stream:features>"));
	assert_false(raw_got(&c, "ANONYMOUS"));
	stage_say(&c, "<auth " SASL " mechanism='ANONYMOUS'/>");
	stage_hear(&c, FAILURE "invalid-mechanism/></failure>");
}

static void
test_temporary(void **state)
{
	(void)state;
	stage_open_stream(&c);
	stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'>biwsbj1icm9rZW4scj1hYmNkZWZnaA==</auth>");
	stage_hear(&c, FAILURE "temporary-auth-failure/>");
	/* no sm at all: the router says so at once */
	stage_sm_kill(&s, 0);
	WAIT(&s.bus, !component_member(s.c2s.bus, STR("sm-1")));
	stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'>biwsbj1qdWxpZXQscj1hYmNkZWZnaA==</auth>");
	stage_hear(&c, FAILURE "temporary-auth-failure/>");
}

static void
test_temporary_without_router(void **state)
{
	(void)state;
	stage_open_stream(&c);
	bus_router_kill(&s.bus, 0);
	WAIT(&s.bus, !s.c2s.online);
	stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'>biwsbj1qdWxpZXQscj1hYmNkZWZnaA==</auth>");
	stage_hear(&c, FAILURE "temporary-auth-failure/>");
}

static void
test_gone_while_asking(void **state)
{
	(void)state;
	stage_open_stream(&c);
	stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'>biwsbj1tdXRlLHI9YWJjZGVmZ2g=</auth>");
	WAIT(&s.bus, sm_heard(&s.sm[0], "user='mute'"));
	assert_int_equal(s.c2s.asks.len, 1);
	raw_close(&c);
	/* it is paused, so that the end shows when it is read again or the time is up; c2s_done must cope */
	stage_connect(&s, &c, false);
}

static void
test_authenticated_cannot_authenticate(void **state)
{
	(void)state;
	stage_login(&c, "juliet");
	stage_say(&c, "<auth " SASL " mechanism='SCRAM-SHA-256'>biwsbj1yb21lbyxyPWFiY2RlZmdo</auth>");
	stage_hear(&c, NOT_AUTHORIZED);
	stage_hear_end(&c);
}

/* --- binding --- */

static void
test_bind_errors(void **state)
{
	(void)state;
	stage_login(&c, "juliet");
	stage_say(&c, "<iq type='set' id='1'><bind "
		      "xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>&#xE000;</resource></bind></iq>");
	stage_hear(&c, "<bad-request ");
	s.sm[0].refuse = STANZA_ERR_RESOURCE_CONSTRAINT;
	stage_say(&c, "<iq type='set' id='2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
	stage_hear(&c, "<iq type='error' id='2'><error type='wait'><resource-constraint "
		       "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text "
		       "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>not today</text></error></iq>");
	assert_int_equal(s.c2s.sids.len, 0);
	s.sm[0].refuse = STANZA_OK;
	stage_bind(&c, "balcony");
	assert_int_equal(s.c2s.sids.len, 1);
	assert_int_equal(s.c2s.clients[CLIENT_BOUND].len, 1);
}

static void
test_bind_pipelined(void **state)
{
	(void)state;
	stage_login(&c, "juliet");
	stage_say(&c, "<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
		      "<iq type='set' id='2'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>"
		      "<presence/>");
	stage_hear(&c, "id='1'");
	stage_hear(&c, "<iq ");
	stage_hear(&c, "id='2'");
	WAIT(&s.bus, sm_heard(&s.sm[0], "seq=1 rid= payload=<presence from='juliet@example.org/made'/>"));
}

static void
test_bind_twice(void **state)
{
	(void)state;
	stage_login(&c, "juliet");
	stage_bind(&c, "balcony");
	stage_say(&c, "<iq type='set' id='2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
	stage_hear(&c, "<not-allowed ");
	stage_say(&c, "</stream:stream>");
	stage_hear(&c, "</stream:stream>");
	stage_hear_end(&c);
}

static void
test_bind_finds_an_sm_that_comes_late(void **state)
{
	(void)state;
	stage_login(&c, "juliet");
	stage_sm_kill(&s, 0);
	WAIT(&s.bus, !component_member(s.c2s.bus, STR("sm-1")));
	stage_say(&c, "<iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
	WAIT(&s.bus, s.c2s.clients[CLIENT_BINDING].len == 1);
	WAIT(&s.bus, s.c2s.bonds[BOND_WAITING].len == 1);
	stage_sm_join(&s, 1, "boot2");
	stage_hear(&c, "</jid></bind></iq>");
}

static void
test_gone_while_binding(void **state)
{
	(void)state;
	stage_login(&c, "juliet");
	s.sm[0].deaf = true;
	stage_say(&c, "<iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
	WAIT(&s.bus, s.c2s.bonds[BOND_ASKED].len == 1);
	raw_close(&c);
	stage_connect(&s, &c, false);
	stage_open_stream(&c);
}

/* --- TLS --- */

static struct test_ca ca;
static struct tls_client *tls;

static void
make_certificates(void)
{
	char path[160];
	struct buf why = {0};

	test_ca_make(&ca);
	test_cert_make(&ca, &(struct test_cert){.name = "example.org"});
	test_cert_make(&ca, &(struct test_cert){.name = "juliet", .san = "DNS:unused", .xmpp_addr = "juliet@example.org",
						.xmpp_addr_n = strlen("juliet@example.org"), .eku = "clientAuth"});
	snprintf(path, sizeof(path), "%s/juliet.pem", ca.dir);
	tls = tls_client_new(ca.file, path, path, &why);
	assert_non_null(tls);
	buf_done(&why);
}

static void
start_with_tls(const char *config)
{
	char path[160], text[512];

	make_certificates();
	snprintf(path, sizeof(path), "%s/example.org.pem", ca.dir);
	snprintf(text, sizeof(text), "client_ca_file = \"%s\"\n%s", ca.file, config);
	stage_start(&s, text, path);
}

static int
setup_tls(void **state)
{
	(void)state;
	start_with_tls("");
	stage_connect(&s, &c, false);
	return 0;
}

static int
teardown_tls(void **state)
{
	teardown(state);
	tls_client_free(&tls);
	test_ca_done(&ca);
	return 0;
}

static void
start_tls(void)
{
	stage_open_stream(&c);
	stage_say(&c, "<starttls " TLS "/>");
	stage_hear(&c, "<proceed " TLS "/>");
	stage_secure(&c, tls);
}

static void
test_tls_required(void **state)
{
	(void)state;
	stage_say(&c, HEADER);
	stage_hear(&c, "<stream:features><starttls " TLS "><required/></starttls></stream:features>");
	stage_say(&c, "<auth " SASL " mechanism='PLAIN'>AGp1bGlldAB4</auth>");
	stage_hear(&c, FAILURE "encryption-required/>");
}

static void
test_tls_plus_and_plain(void **state)
{
	(void)state;
	start_tls();
	stage_say(&c, HEADER);
	stage_hear(&c, "<mechanism>SCRAM-SHA-256-PLUS</mechanism>");
	stage_hear(&c, "<mechanism>PLAIN</mechanism>");
	stage_hear(&c, "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>");
	stage_hear(&c, "<channel-binding type='tls-server-end-point'/>");
	stage_hear(&c, "</stream:features>");
	/* \0juliet\0wherefore art thou */
	stage_say(&c, "<auth " SASL " mechanism='PLAIN'>AGp1bGlldAB3aGVyZWZvcmUgYXJ0IHRob3U=</auth>");
	stage_hear(&c, "<success " SASL "/>");
	stage_open_stream(&c);
	stage_bind(&c, "balcony");
	assert_true(sm_heard(&s.sm[0], "secure='tls' mechanism='PLAIN'"));
}

static void
test_tls_wrong_plain(void **state)
{
	(void)state;
	start_tls();
	stage_open_stream(&c);
	stage_say(&c, "<auth " SASL " mechanism='PLAIN'>AGp1bGlldAB4</auth>");
	stage_hear(&c, FAILURE "not-authorized/>");
	stage_say(&c, "<auth " SASL " mechanism='PLAIN'>AG5vYm9keQB4</auth>");
	stage_hear(&c, FAILURE "not-authorized/>");
	assert_int_equal(s.c2s.plain_now, 0);
}

static void
test_tls_external(void **state)
{
	(void)state;
	start_tls();
	stage_say(&c, HEADER);
	stage_hear(&c, "<mechanism>EXTERNAL</mechanism>");
	stage_hear(&c, "</stream:features>");
	stage_say(&c, "<auth " SASL " mechanism='EXTERNAL'>=</auth>");
	stage_hear(&c, "<success " SASL "/>");
	stage_open_stream(&c);
	stage_bind(&c, "balcony");
	assert_true(sm_heard(&s.sm[0], "user='juliet' host='example.org' resource='balcony'"));
}

/* What came in clear behind the request, in one packet with it, is nobody's word (CVE-2011-0411 and its kin). */
static void
test_tls_injection(void **state)
{
	(void)state;
	stage_open_stream(&c);
	stage_say(&c, "<starttls " TLS "/>"
		      "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='example.org' version='1.0'>"
		      "<auth " SASL " mechanism='PLAIN'>AGp1bGlldAB3aGVyZWZvcmUgYXJ0IHRob3U=</auth>");
	stage_hear(&c, "<proceed " TLS "/>");
	stage_secure(&c, tls);
	WAIT(&s.bus, c.ended || s.c2s.clients[CLIENT_SECURE].len == 1);
	if (c.ended)
		return; /* the kernel had the rest still: then it broke the handshake, which is as good */
	stage_open_stream(&c);
	assert_int_equal(s.c2s.clients[CLIENT_SECURE].len, 1);
	assert_false(raw_got(&c, "success"));
}

static void
test_tls_direct(void **state)
{
	(void)state;
	raw_close(&c);
	stage_connect(&s, &c, true);
	stage_secure(&c, tls);
	stage_open_stream(&c);
	stage_say(&c, "<starttls " TLS "/>");
	stage_hear(&c, "<failure " TLS "/></stream:stream>");
	stage_hear_end(&c);
}

/* Two at once with one place: the second waits for its turn, and gets it. */
static int
setup_plain_queue(void **state)
{
	(void)state;
	start_with_tls("plain_at_once = 1");
	stage_connect(&s, &c, false);
	return 0;
}

static void
test_plain_takes_turns(void **state)
{
	struct raw other;
	char answer[128];

	(void)state;
	start_tls();
	stage_open_stream(&c);
	stage_connect(&s, &other, false);
	stage_open_stream(&other);
	stage_say(&other, "<starttls " TLS "/>");
	stage_hear(&other, "<proceed " TLS "/>");
	stage_secure(&other, tls);
	stage_open_stream(&other);
	stage_say(&other, "<auth " SASL " mechanism='PLAIN'>AG11dGUAeA==</auth>"); /* mute: no answer comes */
	WAIT(&s.bus, s.c2s.plain_now == 1);
	stage_say(&c, "<auth " SASL " mechanism='PLAIN'>AGp1bGlldAB3aGVyZWZvcmUgYXJ0IHRob3U=</auth>");
	WAIT(&s.bus, s.c2s.plain_waiting.len == 1);
	/* the first one's answer comes after all */
	snprintf(answer, sizeof(answer), "<credentials xmlns='urn:carillon:session:1' id='%llu' result='unknown'/>",
		 (unsigned long long)s.c2s.asks_made);
	node_send(s.sm[0].actor, "c2s-1", answer);
	stage_hear(&other, FAILURE "not-authorized/>");
	stage_hear(&c, "<success " SASL "/>");
	assert_int_equal(s.c2s.plain_now, 0);
	raw_close(&other);
}

/* --- elsewhere: RFC 6120 4.9.3.19 --- */

static int
setup_elsewhere(void **state)
{
	(void)state;
	stage_host_keys = "see_other_host = \"[2001:db8::7]:5222\"\n";
	start_with_tls("tls = optional");
	stage_connect(&s, &c, false);
	return 0;
}

static int
setup_elsewhere_soon(void **state)
{
	(void)state;
	stage_host_keys = "see_other_host = \"b.example\"\nsee_other_host_when = tls\n";
	start_with_tls("tls = optional");
	stage_connect(&s, &c, false);
	return 0;
}

static int
setup_elsewhere_in_clear(void **state)
{
	(void)state;
	stage_host_keys = "see_other_host = \"b.example:9222\"\nsee_other_host_when = tls\n";
	stage_start(&s, "tls = off", NULL);
	stage_connect(&s, &c, false);
	return 0;
}

static int
teardown_elsewhere(void **state)
{
	stage_host_keys = NULL;
	return tls ? teardown_tls(state) : teardown(state);
}

static void
hear_elsewhere(const char *where)
{
	char text[256];

	snprintf(text, sizeof(text), "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>%s"
		 "</see-other-host></stream:error></stream:stream>", where);
	stage_hear(&c, text);
	stage_hear_end(&c);
}

/* Nobody who has not logged in is told. */
static void
test_elsewhere_after_login(void **state)
{
	(void)state;
	start_tls();
	stage_open_stream(&c);
	stage_say(&c, "<auth " SASL " mechanism='PLAIN'>AGp1bGlldAB3aGVyZWZvcmUgYXJ0IHRob3U=</auth>");
	stage_hear(&c, "<success " SASL "/>");
	stage_say(&c, HEADER);
	hear_elsewhere("[2001:db8::7]:5222");
}

/* What is said in clear may be somebody else's word. */
static void
test_elsewhere_after_tls(void **state)
{
	(void)state;
	start_tls(); /* in clear there are features */
	stage_say(&c, HEADER);
	hear_elsewhere("b.example");
}

static void
test_elsewhere_after_plain_login(void **state)
{
	(void)state;
	stage_authenticate(&c, "juliet");
	stage_say(&c, HEADER);
	hear_elsewhere("b.example");
}

static void
test_elsewhere_without_tls(void **state)
{
	(void)state;
	stage_say(&c, HEADER);
	hear_elsewhere("b.example:9222");
}

/* --- certificates that run out: RFC 6120 13.7.2.3 --- */

static void
test_certificate_runs_out(void **state)
{
	struct client *client;

	(void)state;
	start_tls();
	stage_open_stream(&c);
	stage_say(&c, "<auth " SASL " mechanism='EXTERNAL'>=</auth>");
	stage_hear(&c, "<success " SASL "/>");
	stage_open_stream(&c);
	stage_bind(&c, "balcony");
	client = list_entry(s.c2s.clients[CLIENT_BOUND].first, struct client, state_node);
	idle_check(client);
	assert_false(client_over(client)); /* all is well so far */
	X509_gmtime_adj(X509_getm_notAfter(SSL_get0_peer_certificate(io_ssl(client->io))), -1);
	idle_check(client);
	stage_hear(&c, "<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>");
	stage_hear_end(&c);
}

int
main(void)
{
#define OPT(test) cmocka_unit_test_setup_teardown(test, setup_optional, teardown)
#define WITH_TLS(test) cmocka_unit_test_setup_teardown(test, setup_tls, teardown_tls)
	const struct CMUnitTest tests[] = {
	    OPT(test_unknown_host),
	    OPT(test_no_host),
	    OPT(test_old_version),
	    OPT(test_not_xml),
	    OPT(test_host_is_prepared),
	    OPT(test_features_in_order),
	    OPT(test_features_after_login),
	    cmocka_unit_test_setup_teardown(test_required_without_certificate,
					    setup_required_without_certificate, teardown),
	    OPT(test_stanza_before_login),
	    OPT(test_foreign_element_before_login),
	    OPT(test_stanza_before_binding),
	    OPT(test_starttls_not_offered),
	    OPT(test_too_large_before_login),
	    OPT(test_sasl_errors),
	    OPT(test_wrong_and_unknown_look_alike),
	    OPT(test_retry_after_failure),
	    OPT(test_nothing_between),
	    OPT(test_many_refusals),
	    OPT(test_many_binds),
	    OPT(test_failures_of_one_address),
	    OPT(test_second_auth_in_one_packet),
	    OPT(test_second_auth_again_and_again),
	    OPT(test_lookups_are_charged),
	    OPT(test_lookups_of_the_gone_are_charged),
	    OPT(test_temporary_is_no_guess),
	    OPT(test_no_answer_in_time),
	    OPT(test_elements_in_sasl),
	    cmocka_unit_test_setup_teardown(test_anonymous, setup_anonymous, teardown),
	    OPT(test_anonymous_not_here),
	    OPT(test_temporary),
	    OPT(test_temporary_without_router),
	    OPT(test_gone_while_asking),
	    OPT(test_authenticated_cannot_authenticate),
	    OPT(test_bind_errors),
	    OPT(test_bind_pipelined),
	    OPT(test_bind_twice),
	    OPT(test_bind_finds_an_sm_that_comes_late),
	    OPT(test_gone_while_binding),
	    WITH_TLS(test_tls_required),
	    WITH_TLS(test_tls_plus_and_plain),
	    WITH_TLS(test_tls_wrong_plain),
	    WITH_TLS(test_tls_external),
	    WITH_TLS(test_tls_injection),
	    WITH_TLS(test_tls_direct),
	    WITH_TLS(test_certificate_runs_out),
	    cmocka_unit_test_setup_teardown(test_elsewhere_after_login, setup_elsewhere, teardown_elsewhere),
	    cmocka_unit_test_setup_teardown(test_elsewhere_after_tls, setup_elsewhere_soon, teardown_elsewhere),
	    cmocka_unit_test_setup_teardown(test_elsewhere_after_plain_login, setup_elsewhere_soon, teardown_elsewhere),
	    cmocka_unit_test_setup_teardown(test_elsewhere_without_tls, setup_elsewhere_in_clear, teardown_elsewhere),
	    cmocka_unit_test_setup_teardown(test_plain_takes_turns, setup_plain_queue, teardown_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
