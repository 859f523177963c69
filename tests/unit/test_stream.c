/* SPDX-License-Identifier: Apache-2.0 */
/* Streams without sockets: headers, errors and endings of both sides, RFC 6120 section 4. */
#include "tests/unit/test.h"
#include "xmpp/stream.h"

#define STREAMS "http://etherx.jabber.org/streams"
#define HEADER "<stream:stream to='im.example.com' version='1.0' xmlns='jabber:client' xmlns:stream='" STREAMS "'>"
#define ERROR_NS " xmlns='urn:ietf:params:xml:ns:xmpp-streams'"

struct side {
	struct stream *s;
	struct buf told; /* what the owner was told, a line each */
	struct buf sent;
	bool answer;        /* the header with one of ours */
	bool hold, restart; /* in the next element */
	enum stream_condition fail;
};

static void
on_header(struct stream *s, const struct xml_header *h)
{
	struct side *side = stream_owner(s);

	buf_addf(&side->told, "header to=" STR_FMT " id=" STR_FMT "\n", STR_ARG(h->to), STR_ARG(h->id));
	if (side->answer)
		stream_send_header(s, STR("im.example.com"), h->from, NULL);
}

static void
on_element(struct stream *s, const struct stanza *st, size_t raw_bytes)
{
	struct side *side = stream_owner(s);

	buf_addf(&side->told, "element %zu " STR_FMT " " STR_FMT "\n", raw_bytes, STR_ARG(st->root->name),
	         STR_ARG(st->root->ns));
	if (side->hold)
		stream_hold(s);
	if (side->restart)
		stream_restart(s);
	if (side->fail)
		stream_fail(s, side->fail, NULL);
	side->hold = side->restart = false;
}

static void
on_space(struct stream *s)
{
	struct side *side = stream_owner(s);

	buf_addl(&side->told, "space\n");
}

static void
on_over(struct stream *s, enum stream_condition condition, const char *text, bool peer)
{
	struct side *side = stream_owner(s);

	buf_addf(&side->told, "over %s%s %s\n", peer ? "peer " : "", stream_condition_name(condition), text ? text : "-");
	assert_int_equal(stream_state(s), STREAM_CLOSED);
}

static void
on_write(struct stream *s, struct str bytes)
{
	struct side *side = stream_owner(s);

	buf_add(&side->sent, bytes);
}

static const struct stream_events events = {on_header, on_element, on_space, on_over, on_write};

static struct side *
new_side(void **state, const char *content_ns, bool initiating)
{
	struct stream_opts opts = {.content_ns = content_ns, .initiating = initiating};
	struct side *side = xcalloc(1, sizeof(*side));

	side->answer = !initiating;
	side->s = stream_new(&opts, &events, side);
	*state = side;
	return side;
}

static int
setup(void **state)
{
	new_side(state, NS_CLIENT, false);
	return 0;
}

static int
setup_initiating(void **state)
{
	new_side(state, NS_CLIENT, true);
	return 0;
}

static int
setup_server(void **state)
{
	new_side(state, NS_SERVER, false);
	return 0;
}

static int
teardown(void **state)
{
	struct side *side = *state;

	stream_free(&side->s);
	assert_null(side->s);
	stream_free(&side->s);
	buf_done(&side->told);
	buf_done(&side->sent);
	free(side);
	return 0;
}

static void
feed(struct side *side, const char *z)
{
	stream_feed(side->s, str_z(z));
}

static void
assert_told(struct side *side, const char *z)
{
	assert_str(buf_str(&side->told), z);
	buf_clear(&side->told);
}

static void
assert_sent(struct side *side, const char *z)
{
	assert_str(buf_str(&side->sent), z);
	buf_clear(&side->sent);
}

static void
open_stream(struct side *side)
{
	feed(side, HEADER);
	assert_int_equal(stream_state(side->s), STREAM_OPEN);
	buf_clear(&side->told);
	buf_clear(&side->sent);
}

static void
test_open_and_close(void **state)
{
	struct side *side = *state;
	struct buf expected = {0};

	assert_int_equal(stream_state(side->s), STREAM_HEADER);
	assert_string_equal(stream_id(side->s), "");
	feed(side, "<?xml version='1.0'?><stream:stream from='juliet@im.example.com' to='im.example.com' version='1.0' "
	           "xml:lang='de' xmlns='jabber:client' xmlns:stream='" STREAMS "'>");
	assert_told(side, "header to=im.example.com id=\n");
	assert_int_equal(strlen(stream_id(side->s)), 22);
	assert_str(stream_lang(side->s), "de");
	assert_true(stream_is_10(side->s));
	buf_addf(&expected, "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS "' id='%s' "
	                    "from='im.example.com' to='juliet@im.example.com' version='1.0' xml:lang='en'>",
	         stream_id(side->s));
	assert_sent(side, buf_z(&expected));
	feed(side, "<presence/> ");
	assert_told(side, "element 11 presence jabber:client\nspace\n");
	stream_write_features(side->s, STR("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"));
	stream_write_features(side->s, STR(""));
	stream_write(side->s, STR("<iq/>"));
	assert_sent(side, "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>"
	                  "<stream:features/><iq/>");
	feed(side, "</stream:stream>");
	assert_told(side, "over ok -\n");
	assert_sent(side, "</stream:stream>");
	feed(side, "<presence/>");
	stream_write(side->s, STR("<iq/>"));
	stream_close(side->s);
	stream_fail(side->s, STREAM_CONFLICT, NULL);
	assert_told(side, "");
	assert_sent(side, "");
	buf_done(&expected);
}

/* RFC 6120 4.4: who closes goes on reading until the other has closed. */
static void
test_close_from_our_side(void **state)
{
	struct side *side = *state;

	open_stream(side);
	stream_close(side->s);
	stream_close(side->s);
	assert_int_equal(stream_state(side->s), STREAM_CLOSING);
	assert_sent(side, "</stream:stream>");
	feed(side, "<presence/></stream:stream>");
	assert_told(side, "element 11 presence jabber:client\nover ok -\n");
	assert_sent(side, "");
}

static void
test_close_before_any_header(void **state)
{
	struct side *side = *state;

	stream_close(side->s);
	assert_sent(side, "");
	feed(side, HEADER "<presence/></stream:stream>");
	assert_sent(side, "");
	assert_told(side, "element 11 presence jabber:client\nover ok -\n");
}

static void
test_fail(void **state)
{
	struct side *side = *state;

	open_stream(side);
	stream_fail_app(side->s, STREAM_SEE_OTHER_HOST, "over <there>", STR("b.example:9222"), STR("<x xmlns='urn:x'/>"));
	assert_sent(side, "<stream:error><see-other-host" ERROR_NS ">b.example:9222</see-other-host>"
	                  "<text" ERROR_NS " xml:lang='en'>over &lt;there&gt;</text><x xmlns='urn:x'/></stream:error>"
	                  "</stream:stream>");
	assert_told(side, "over see-other-host over <there>\n");
	stream_fail(side->s, STREAM_CONFLICT, NULL);
	feed(side, "<presence/>");
	assert_told(side, "");
	assert_sent(side, "");
}

static void
test_fail_in_an_element(void **state)
{
	struct side *side = *state;

	open_stream(side);
	side->fail = STREAM_NOT_AUTHORIZED;
	feed(side, "<presence/><presence/>");
	assert_told(side, "element 11 presence jabber:client\nover not-authorized -\n");
	assert_sent(side, "<stream:error><not-authorized" ERROR_NS "/></stream:error></stream:stream>");
}

static void
test_parser_errors(void **state)
{
	struct side *side = *state;

	open_stream(side);
	feed(side, "<message><body>No closing tag!</message>");
	assert_told(side, "over not-well-formed mismatched tag\n");
	assert_sent(side, "<stream:error><not-well-formed" ERROR_NS "/><text" ERROR_NS
	                  " xml:lang='en'>mismatched tag</text></stream:error></stream:stream>");
}

/* XEP-0205 3: a limit that a client can learn from. */
static void
test_too_big(void **state)
{
	struct side *side = *state;
	struct xml_limits limits = xml_limits_default;

	limits.bytes = 100;
	open_stream(side);
	stream_set_limits(side->s, &limits);
	for (int i = 0; i < 12; i++)
		feed(side, i ? "0123456789" : "<message>");
	assert_told(side, "over policy-violation stanza or stream header is too big\n");
	assert_sent(side, "<stream:error><policy-violation" ERROR_NS "/><text" ERROR_NS
	                  " xml:lang='en'>stanza or stream header is too big</text>"
	                  "<stanza-too-big xmlns='urn:xmpp:errors'/></stream:error></stream:stream>");
}

/* RFC 6120 4.9.1.2: an error needs a header in front of it; `sent` begins with one from this host. */
static void
assert_failed_header(struct side *side, const char *condition, const char *from)
{
	struct buf part = {0};

	buf_addf(&part, "<stream:error><%s" ERROR_NS "/>", condition);
	assert_true(str_starts(buf_str(&side->sent), STR("<?xml version='1.0'?><stream:stream xmlns=")));
	assert_true(str_find(buf_str(&side->sent), buf_str(&part)) > 0);
	assert_int_equal(str_find(buf_str(&side->sent), STR(" from='")) >= 0, from != NULL);
	if (from)
		assert_true(str_find(buf_str(&side->sent), str_z(from)) > 0);
	assert_true(str_find(buf_str(&side->sent), STR("</stream:error></stream:stream>")) > 0);
	buf_clear(&part);
	buf_addf(&part, "over %s ", condition);
	assert_true(str_starts(buf_str(&side->told), buf_str(&part)));
	buf_done(&part);
}

static void
try_header(const char *header, const char *condition)
{
	void *state;
	struct side *side = new_side(&state, NS_CLIENT, false);

	feed(side, header);
	assert_failed_header(side, condition, NULL);
	teardown(&state);
}

static void
test_bad_headers(void **state)
{
	(void)state;
	try_header("<stream:stream xmlns='jabber:client' xmlns:stream='urn:x'>", "invalid-namespace");
	try_header("<stream xmlns='jabber:client'>", "invalid-namespace");
	try_header("<s:streams xmlns='jabber:client' xmlns:s='" STREAMS "'>", "bad-format");
	try_header("<stream:stream xmlns='jabber:server' xmlns:stream='" STREAMS "'>", "invalid-namespace");
	try_header("<stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS "' version='one'>", "unsupported-version");
	try_header("<stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS "' version='1'>", "unsupported-version");
	try_header("<stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS "' version=''>", "unsupported-version");
	try_header("GET / HTTP/1.1\r\n", "not-well-formed");
	try_header("\x16\x03\x01\x02", "not-well-formed");
}

static void
test_bad_header_after_a_good_one(void **state)
{
	struct side *side = *state;

	open_stream(side);
	stream_restart(side->s);
	feed(side, "<x>");
	assert_failed_header(side, "invalid-namespace", "im.example.com");
}

static void
test_host_for_errors(void **state)
{
	struct side *side = *state;

	stream_set_host(side->s, STR("fallback.example"));
	feed(side, "<x>");
	assert_failed_header(side, "invalid-namespace", "fallback.example");
}

static void
test_versions(void **state)
{
	struct side *side = *state;

	feed(side, "<stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS "'>");
	assert_false(stream_is_10(side->s));
	assert_absent(stream_lang(side->s));
	assert_int_equal(str_find(buf_str(&side->sent), STR("' version='1.0'")), -1); /* RFC 6120 4.7.5 */
	stream_restart(side->s);
	buf_clear(&side->sent);
	feed(side, "<stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS "' version='0.09'>");
	assert_false(stream_is_10(side->s));
	assert_true(str_find(buf_str(&side->sent), STR("' version='0.9' xml:lang")) > 0); /* the lower of the two */
	stream_restart(side->s);
	buf_clear(&side->sent);
	feed(side, "<stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS "' version='11.27'>");
	assert_true(stream_is_10(side->s));
	assert_true(str_find(buf_str(&side->sent), STR("' version='1.0'")) > 0);
}

/* RFC 6120 4.7.4: what is no language tag is none; it would stand in each stanza. */
static void
test_languages(void **state)
{
	static const struct {
		const char *value, *language;
	} rows[] = {
		{"en", "en"},
		{"de-CH-1996", "de-CH-1996"},
		{"x-klingon", "x-klingon"},
		{"", NULL},
		{"-", NULL},
		{"en-", NULL},
		{"en_US", NULL},
		{"en US", NULL},
		{"&lt;/message&gt;", NULL},
		{"internationalised", NULL}, /* a subtag has eight letters at most */
		{"a-1234567-1234567-1234567-1234567-1234567-1234567-1234567-1234567", NULL},
	};
	struct side *side = *state;
	struct buf header = {0};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		stream_restart(side->s);
		buf_clear(&header);
		buf_addf(&header, "<stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS "' version='1.0' xml:lang='%s'>",
		         rows[i].value);
		feed(side, buf_z(&header));
		if (rows[i].language)
			assert_str(stream_lang(side->s), rows[i].language);
		else
			assert_absent(stream_lang(side->s));
	}
	buf_done(&header);
}

static void
test_prefixes(void **state)
{
	struct side *side = *state;

	feed(side, "<stream xmlns='" STREAMS "' xmlns:c='jabber:client' version='1.0'><c:iq/><iq xmlns='jabber:client'/></stream>");
	assert_told(side, "header to= id=\nelement 7 iq jabber:client\nelement 27 iq jabber:client\nover ok -\n");
}

static void
test_server_namespace(void **state)
{
	struct side *side = *state;

	feed(side, "<stream:stream xmlns='jabber:server' xmlns:stream='" STREAMS "' xmlns:db='jabber:server:dialback'>"
	           "<db:verify/><iq/>");
	assert_told(side, "header to= id=\nelement 12 verify jabber:server:dialback\nelement 5 iq jabber:client\n");
	assert_true(str_find(buf_str(&side->sent), STR("<stream:stream xmlns='jabber:server'")) > 0);
}

static void
test_hold_and_go(void **state)
{
	struct side *side = *state;

	open_stream(side);
	side->hold = true;
	feed(side, "<auth/><iq/>");
	feed(side, "<message/>");
	assert_told(side, "element 7 auth jabber:client\n");
	stream_go(side->s);
	assert_told(side, "element 5 iq jabber:client\nelement 10 message jabber:client\n");
	stream_go(side->s);
	assert_told(side, "");
	side->hold = true;
	feed(side, "<auth/><iq/>");
	stream_fail(side->s, STREAM_RESET, NULL);
	stream_go(side->s);
	assert_told(side, "element 7 auth jabber:client\nover reset -\n");
}

static void
test_restart(void **state)
{
	struct side *side = *state;
	char *id;

	open_stream(side);
	id = xstrdup(stream_id(side->s));
	side->restart = true;
	feed(side, "<starttls/><injected/>");
	assert_told(side, "element 11 starttls jabber:client\n");
	assert_int_equal(stream_state(side->s), STREAM_HEADER);
	feed(side, HEADER "<iq/>");
	assert_told(side, "header to=im.example.com id=\nelement 5 iq jabber:client\n");
	assert_string_not_equal(stream_id(side->s), id); /* RFC 6120 4.7.3: a new one for each stream */
	free(id);
}

static void
test_rest(void **state)
{
	struct side *side = *state;

	open_stream(side);
	stream_rest(side->s);
	feed(side, "<iq");
	stream_rest(side->s);
	feed(side, "/>");
	assert_told(side, "element 5 iq jabber:client\n");
}

static void
test_initiating(void **state)
{
	struct side *side = *state;

	stream_send_header(side->s, STR("c2s-1"), STR("router"), " xmlns:c='" NS_BUS "'");
	stream_send_header(side->s, STR("c2s-1"), STR("router"), NULL);
	assert_sent(side, "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS "' from='c2s-1' "
	                  "to='router' version='1.0' xml:lang='en' xmlns:c='urn:carillon:bus:1'>");
	feed(side, "<stream:stream id='&lt;++TR84Sm6A3hnt3Q065SnAbbk3Y=' version='1.0' xmlns='jabber:client' xmlns:stream='"
	           STREAMS "'><stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>");
	assert_told(side, "header to= id=<++TR84Sm6A3hnt3Q065SnAbbk3Y=\n"
	                  "element 83 features http://etherx.jabber.org/streams\n");
	assert_string_equal(stream_id(side->s), "<++TR84Sm6A3hnt3Q065SnAbbk3Y=");
}

static void
test_error_from_the_peer(void **state)
{
	struct side *side = *state;

	stream_send_header(side->s, STR_NONE, STR("router"), NULL);
	buf_clear(&side->sent);
	feed(side, HEADER "<stream:error><conflict" ERROR_NS "/><text" ERROR_NS ">Replaced &amp; gone</text>"
	                  "<x xmlns='urn:x'/></stream:error></stream:stream>");
	assert_told(side, "header to=im.example.com id=\nover peer conflict Replaced & gone\n");
	assert_sent(side, "</stream:stream>");
}

static void
test_unknown_error_from_the_peer(void **state)
{
	struct side *side = *state;

	open_stream(side);
	feed(side, "<stream:error><text" ERROR_NS ">x</text><xml-not-well-formed" ERROR_NS "/></stream:error><iq/>");
	assert_told(side, "over peer undefined-condition x\n");
	assert_sent(side, "</stream:stream>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open_and_close, setup, teardown),
		cmocka_unit_test_setup_teardown(test_close_from_our_side, setup, teardown),
		cmocka_unit_test_setup_teardown(test_close_before_any_header, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fail, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fail_in_an_element, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parser_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_big, setup, teardown),
		cmocka_unit_test(test_bad_headers),
		cmocka_unit_test_setup_teardown(test_bad_header_after_a_good_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_host_for_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_versions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_languages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_prefixes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_server_namespace, setup_server, teardown),
		cmocka_unit_test_setup_teardown(test_hold_and_go, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_initiating, setup_initiating, teardown),
		cmocka_unit_test_setup_teardown(test_error_from_the_peer, setup_initiating, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_error_from_the_peer, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
