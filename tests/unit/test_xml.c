/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of a stream: what it tells, what it refuses and with which
 * condition, and that the cuts in its input make no difference.
 */
#include "tests/fuzz/trace.h"
#include "tests/unit/test.h"
#include "xmpp/ns.h"

#define STREAMS "http://etherx.jabber.org/streams"
#define HEADER "<stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS "'>"
#define SERVER "<stream:stream xmlns='jabber:server' xmlns:stream='" STREAMS "'>"
#define HEADER_LINE(content) "header name=[stream] ns=[" STREAMS "] prefix=[stream] content=[" content "]\n"
#define CLIENT_LINE HEADER_LINE("jabber:client")

static enum stream_condition
feed_all(struct trace *t, struct str in)
{
	return trace_feed(t, in);
}

/* A parser that is given back whenever it may be. */
static enum stream_condition
feed_bytes(struct trace *t, struct str in)
{
	enum stream_condition c = STREAM_OK;

	for (size_t i = 0; i < in.n && !c; i++) {
		c = trace_feed(t, str_n(in.p + i, 1));
		xml_rest(t->x);
	}
	return c;
}

static enum stream_condition
feed_random(struct trace *t, struct str in)
{
	enum stream_condition c = STREAM_OK;
	size_t n;

	while (in.n && !c) {
		n = 1 + (size_t)random() % 40;
		n = MIN(n, in.n);
		c = trace_feed(t, str_n(in.p, n));
		in = str_from(in, n);
		if (random() % 2)
			xml_rest(t->x);
	}
	return c;
}

static void
check(struct str in, const char *log, unsigned hold_every, enum stream_condition (*feed)(struct trace *, struct str))
{
	struct trace t;

	trace_init(&t, NULL);
	t.hold_every = hold_every;
	feed(&t, in);
	assert_str(buf_str(&t.log), log);
	trace_done(&t);
}

/* The same story however it is cut. */
static void
assert_log(struct str in, const char *log)
{
	check(in, log, 0, feed_all);
	check(in, log, 1, feed_all);
	check(in, log, 0, feed_bytes);
	check(in, log, 1, feed_bytes);
	for (unsigned i = 0; i < 20; i++)
		check(in, log, i % 3, feed_random);
}

#define assert_told(in, log) assert_log(STR(in), log)

/* After HEADER, these bytes are refused with this condition and before that nothing but `log` is told. */
#define assert_refused(in, log, condition) assert_told(HEADER in, CLIENT_LINE log "error " condition "\n")

static void
test_header(void **state)
{
	(void)state;
	/* RFC 6120 9.1.1 */
	assert_told("<?xml version='1.0'?>\n<stream:stream from='juliet@im.example.com' to='im.example.com' version='1.0'"
	            " xml:lang='en' xmlns='jabber:client' xmlns:stream='" STREAMS "'>",
	            "header name=[stream] ns=[" STREAMS "] prefix=[stream] content=[jabber:client] to=[im.example.com] "
	            "from=[juliet@im.example.com] version=[1.0] lang=[en]\n");
	assert_told("<s:stream xmlns:s='" STREAMS "' id=\"&lt;1&gt;\" lang='no' s:to='no' />", "error bad-format\n");
	assert_told(" \n <s:stream xmlns:s='" STREAMS "' id=\"&lt;1&gt;\" lang='no' s:to='no'>",
	            "header name=[stream] ns=[" STREAMS "] prefix=[s] id=[<1>]\n");
	assert_told("<?xml version=\"1.0\" encoding=\"utf-8\" standalone='yes' ?><a>",
	            "header name=[a] ns=[] prefix=[]\n");
}

static void
test_elements(void **state)
{
	(void)state;
	assert_told(HEADER "<presence/> <iq type=\"get\" id='1' ><query  xmlns='jabber:iq:roster' ></query\n></iq>"
	                   "\n\n<message><body>hi</body></message></stream:stream>",
	            CLIENT_LINE
	            "element 11 <presence/>\nspace\n"
	            "element 71 <iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>\nspace\n"
	            "element 34 <message><body>hi</body></message>\nclose\n");
}

static void
test_content_namespace(void **state)
{
	(void)state;
	/* any way of saying jabber:server is the stream's own namespace */
	assert_told(SERVER "<message><body>1</body><x:body xmlns:x='jabber:server'/></message>"
	                   "<y:iq xmlns:y='jabber:server'><y:z/></y:iq>",
	            HEADER_LINE("jabber:server") "element 66 <message><body>1</body><body/></message>\n"
	                                         "element 43 <iq><z/></iq>\n");
	assert_told(SERVER "<db:result xmlns:db='jabber:server:dialback' to='a'>1</db:result>",
	            HEADER_LINE("jabber:server") "element 65 <result xmlns='jabber:server:dialback' to='a'>1</result>\n");
	/* XEP-0297: what is forwarded says its namespace */
	assert_told(SERVER "<message><f xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/></f></message>",
	            HEADER_LINE("jabber:server") "element 85 <message><f xmlns='urn:xmpp:forward:0'>"
	                                         "<message xmlns='jabber:client'/></f></message>\n");
	assert_told(SERVER "<message xmlns='jabber:client'/>",
	            HEADER_LINE("jabber:server") "error unsupported-stanza-type\n");
	/* RFC 6120 4.8.2, each element with its own */
	assert_told("<stream xmlns='" STREAMS "'><message xmlns='jabber:client'><body/></message><features/></stream>",
	            "header name=[stream] ns=[" STREAMS "] prefix=[] content=[" STREAMS "]\n"
	            "element 48 <message><body/></message>\nelement 11 <features xmlns='" STREAMS "'/>\nclose\n");
}

static void
test_namespaces(void **state)
{
	(void)state;
	assert_told(HEADER "<iq><query xmlns=''><x y='1'/></query></iq>",
	            CLIENT_LINE "element 43 <iq><query xmlns=''><x y='1'/></query></iq>\n");
	assert_told(HEADER "<iq xmlns:z='urn:z' z:a='1' a='2' xml:lang='de'><z:b z:c=''><c xmlns='urn:z'/></z:b></iq>",
	            CLIENT_LINE "element 89 <iq xmlns:a1='urn:z' a1:a='1' a='2' xml:lang='de'>"
	                        "<b xmlns='urn:z' xmlns:a1='urn:z' a1:c=''><c/></b></iq>\n");
	assert_told(HEADER "<a xmlns='&lt;&apos;'><b xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:x='1'/></a>",
	            CLIENT_LINE "element 89 <a xmlns='&lt;&apos;'><b xml:x='1'/></a>\n");
	assert_refused("<a><x:b/></a>", "", "not-well-formed");
	assert_refused("<a x:b='1'/>", "", "not-well-formed");
	assert_refused("<a><xml:b/></a>", "", "bad-namespace-prefix");
	assert_refused("<a xmlns:x='urn:x' xmlns:y='urn:x' x:b='1' y:b='1'/>", "", "not-well-formed");
	assert_refused("<a xmlns:xmlns='urn:x'/>", "", "not-well-formed");
	assert_refused("<a xmlns='http://www.w3.org/2000/xmlns/'/>", "", "not-well-formed");
	assert_refused("<a xmlns:b=''/>", "", "not-well-formed");
}

static void
test_text(void **state)
{
	(void)state;
	assert_told(HEADER "<a>&#65;&#x42;&#13;&lt;&gt;&amp;&apos;&quot;\r\n>]]</a>",
	            CLIENT_LINE "element 53 <a>AB&#xD;&lt;&gt;&amp;'\"\n&gt;]]</a>\n");
	assert_told(HEADER "<a v='&#65;&#13;&#10;&#9; \r\n\t&quot;\">'/>",
	            CLIENT_LINE "element 40 <a v='A&#xD;&#xA;&#x9;   &quot;&quot;&gt;'/>\n");
	assert_told(HEADER "<a><![CDATA[<b>&x;]]]]><![CDATA[>]]><![CDATA[]]></a>",
	            CLIENT_LINE "element 52 <a>&lt;b&gt;&amp;x;]]&gt;</a>\n");
	assert_told(HEADER "<a>\xE2\x9D\xA4\xF0\x90\x8D\x88</a>", CLIENT_LINE "element 14 <a>\xE2\x9D\xA4\xF0\x90\x8D\x88</a>\n");
}

/* RFC 6120 11.1 */
static void
test_restricted(void **state)
{
	(void)state;
	assert_told("<!DOCTYPE a [<!ENTITY lol 'lol'><!ENTITY lol2 '&lol;&lol;'>]><a>&lol2;", "error restricted-xml\n");
	assert_told("<?xml version='1.0'?> <!DOCTYPE a><a>", "error restricted-xml\n");
	assert_told("<!-- --><a>", "error restricted-xml\n");
	assert_told("<?xml-stylesheet href='x'?><a>", "error restricted-xml\n");
	assert_told(" <?xml version='1.0'?><a>", "error restricted-xml\n");
	assert_told("<?xml version='1.0'?><?x ?><a>", "error restricted-xml\n");
	assert_refused("<presence/><!-- -->", "element 11 <presence/>\n", "restricted-xml");
	assert_refused("<?x ?>", "", "restricted-xml");
	assert_refused("<![CDATA[x]]>", "", "restricted-xml");
	assert_refused("<a><!-- --></a>", "", "restricted-xml");
	assert_refused("<a><!DOCTYPE a></a>", "", "restricted-xml");
	assert_refused("<a><![IGNORE[", "", "restricted-xml");
	assert_refused("<a><?x ?></a>", "", "restricted-xml");
	assert_refused("<a>&nbsp;</a>", "", "restricted-xml");
	assert_refused("<a b='&nbsp;'/>", "", "restricted-xml");
	/* an error that stands before it comes first */
	assert_refused("<a></b><!-- -->", "", "not-well-formed");
}

static void
test_not_well_formed(void **state)
{
	static const char *const bad[] = {
		"<a></b>", "<a><b></a>", "</b>", "<a b='1' b='2'/>", "<a b=1/>", "<a b/>", "<a b='1'c='2'/>", "<a b='<'/>",
		"<a <b/>", "<a/ >", "<a / b='1'/>", "< a/>", "<1/>", "<>", "<a>]]></a>", "<a>&</a>", "<a>& b</a>", "<a>&#0;</a>",
		"<a>&#x1F;</a>", "<a>&#xD800;</a>", "<a>&#xFFFE;</a>", "<a>&#x110000;</a>", "<a>&amp</a>", "<a>&amp<b/></a>",
		"<a>\x01</a>", "<a b='\x01'/>", "<a>\xEF\xBF\xBE</a>", "<a\x01/>", "<a:/>", "<:a/>", "<a:b:c/>", "\x01",
		"<a b='1'\"/>", "<a'/>",
	};
	struct buf in = {0}, log = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		buf_clear(&in);
		buf_clear(&log);
		buf_addf(&in, "%s%s<presence/>", HEADER, bad[i]);
		buf_addf(&log, "%serror not-well-formed\n", CLIENT_LINE);
		/* a quote that opens by mistake is only understood when it closes */
		buf_addz(&in, strpbrk(bad[i], "'\"") ? "' \" >" : "");
		assert_log(buf_str(&in), buf_z(&log));
	}
	buf_done(&in);
	buf_done(&log);
	assert_refused("<a>\0</a>", "", "not-well-formed");
	assert_told("x", "error not-well-formed\n");
	assert_told("</a>", "error not-well-formed\n");
	assert_told("<?xml version='1.1'?><a>", "error not-well-formed\n");
	assert_told("<?xml version='1.0'><a>", "error not-well-formed\n");
}

static void
test_encoding(void **state)
{
	(void)state;
	assert_told("<?xml version='1.0' encoding='ISO-8859-1'?><a>", "error unsupported-encoding\n");
	assert_told("<?xml version='1.0' encoding='UTF-16'?><a>", "error unsupported-encoding\n");
	assert_told("\xFF\xFE<\0", "error unsupported-encoding\n");
	assert_told("\xFE\xFF\0<", "error unsupported-encoding\n");
	assert_told("\0<", "error unsupported-encoding\n");
	assert_told("<\0s\0", "error unsupported-encoding\n");
	assert_told("\xEF\xBB\xBF<a>", "error not-well-formed\n"); /* RFC 6120 11.6: not a byte order mark */
	assert_refused("<a>\xC0\xBC</a>", "", "unsupported-encoding");
	assert_refused("<a>\xE0\x80\xBC</a>", "", "unsupported-encoding");
	assert_refused("<a>\xED\xA0\x80</a>", "", "unsupported-encoding");
	assert_refused("<a>\xF4\x90\x80\x80</a>", "", "unsupported-encoding");
	assert_refused("<a>\xFF</a>", "", "unsupported-encoding");
	assert_refused("<a>\xC3(</a>", "", "unsupported-encoding");
	assert_refused("<a b='\xC3('/>", "", "unsupported-encoding");
	assert_refused("<a>x</a\xEE><b/>", "", "unsupported-encoding");
	assert_refused("<a\xEE><b/>", "", "unsupported-encoding");
	assert_refused("<a\xF3/><b/>", "", "unsupported-encoding");
	assert_refused("</stream:stream\xEE><b/>", "", "unsupported-encoding");
	assert_told("<stream:stream\xEE><b/>", "error unsupported-encoding\n");
}

static void
test_text_between(void **state)
{
	(void)state;
	assert_refused("<a/>x<a/>", "element 4 <a/>\n", "bad-format");
	assert_refused("&amp;", "", "bad-format");
	assert_refused(" \xC2\xA0", "space\n", "bad-format");
}

static void
test_nothing_behind_the_end(void **state)
{
	(void)state;
	assert_told(HEADER "</stream:stream ><!-- <presence/>", CLIENT_LINE "close\n");
	assert_refused("</stream:streams>", "", "not-well-formed");
	assert_refused("</a>", "", "not-well-formed");
}

static const struct xml_limits small = {.bytes = 100, .depth = 2, .attrs = 2, .elements = 3, .name = 20};

static void
assert_limited(const char *in, const char *log)
{
	enum stream_condition (*const feeds[])(struct trace *, struct str) = {feed_all, feed_bytes, feed_random};
	struct trace t;

	for (size_t i = 0; i < ARRAY_LEN(feeds); i++) {
		trace_init(&t, &small);
		feeds[i](&t, STR("<s xmlns='j'>"));
		feeds[i](&t, str_z(in));
		assert_str(buf_str(&t.log), log);
		trace_done(&t);
	}
}

#define SMALL_LINE "header name=[s] ns=[j] prefix=[] content=[j]\n"
#define X80 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void
test_limits(void **state)
{
	(void)state;
	assert_limited("<a>" X80 "1234567890123</a>", SMALL_LINE "element 100 <a>" X80 "1234567890123</a>\n");
	assert_limited("<a>" X80 "12345678901234</a>", SMALL_LINE "error policy-violation\n");
	assert_limited("<a>" X80 X80, SMALL_LINE "error policy-violation\n");
	assert_limited("<a b='" X80 X80, SMALL_LINE "error policy-violation\n");
	assert_limited("<a><b><c/></b></a>", SMALL_LINE "element 18 <a><b><c/></b></a>\n");
	assert_limited("<a><b><c><d/></c></b></a>", SMALL_LINE "error policy-violation\n");
	assert_limited("<a b='' c=''/>", SMALL_LINE "element 14 <a b='' c=''/>\n");
	assert_limited("<a b='' c='' d='", SMALL_LINE "error policy-violation\n");
	assert_limited("<a xmlns:b='b' xmlns:c='c' d='1'/>", SMALL_LINE "error policy-violation\n");
	assert_limited("<a><b/><b/><b/></a><a><b/></a>",
	               SMALL_LINE "element 19 <a><b/><b/><b/></a>\nelement 11 <a><b/></a>\n");
	assert_limited("<a><b/><b/><b/><b/></a>", SMALL_LINE "error policy-violation\n");
	assert_limited("<abcdefghijklmnopqr/>", SMALL_LINE "element 21 <abcdefghijklmnopqr/>\n");
	assert_limited("<abcdefghijklmnopqrs/>", SMALL_LINE "error policy-violation\n");
	assert_limited("<a abcdefghijklmnopqrstu='1'/>", SMALL_LINE "error policy-violation\n");
	assert_limited("<a xmlns='abcdefghijklmnopqrstu'/>", SMALL_LINE "error policy-violation\n");
}

/* Which one it was: for the metrics, and for the client (XEP-0205). */
static void
test_limits_have_names(void **state)
{
	static const struct {
		const char *in;
		enum xml_limit limit;
	} rows[] = {
		{"<s xmlns='j'><a>" X80 X80, XML_LIMIT_BYTES},
		{"<s xmlns='j' a='" X80 X80, XML_LIMIT_HEADER},
		{"<s xmlns='j'><a><b><c><d>", XML_LIMIT_DEPTH},
		{"<s xmlns='j'><a b='' c='' d='", XML_LIMIT_ATTRS},
		{"<s xmlns='j'><a><b/><b/><b/><b/>", XML_LIMIT_ELEMENTS},
		{"<s xmlns='j'><a><abcdefghijklmnopqrstu/></a>", XML_LIMIT_NAME},
		{"<s xmlns='j'><a></b>", XML_LIMIT_NONE},
	};
	struct trace t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		trace_init(&t, &small);
		assert_int_not_equal(trace_feed(&t, str_z(rows[i].in)), STREAM_OK);
		assert_int_equal(xml_limit_hit(t.x), rows[i].limit);
		assert_int_equal(xml_too_big(t.x), rows[i].limit == XML_LIMIT_BYTES);
		xml_restart(t.x);
		assert_int_equal(xml_limit_hit(t.x), XML_LIMIT_NONE);
		trace_done(&t);
	}
}

/* White space is no stanza and fills nothing. */
static void
test_keep_alives_have_no_limit(void **state)
{
	struct trace t;

	(void)state;
	trace_init(&t, &small);
	feed_all(&t, STR("<s xmlns='j'>"));
	for (int i = 0; i < 300; i++) {
		assert_int_equal(trace_feed(&t, STR(" \n")), STREAM_OK);
		assert_int_equal(xml_pending(t.x), 0);
	}
	assert_str(buf_str(&t.log), SMALL_LINE "space\n");
	trace_done(&t);
	trace_init(&t, &small);
	for (int i = 0; i < 50; i++)
		assert_int_equal(trace_feed(&t, STR(" \n")), STREAM_OK);
	assert_int_equal(trace_feed(&t, STR(" ")), STREAM_POLICY_VIOLATION);
	trace_done(&t);
}

static void
test_header_too_big(void **state)
{
	struct trace t;

	(void)state;
	trace_init(&t, &small);
	assert_int_equal(trace_feed(&t, STR("<s a='" X80 X80)), STREAM_POLICY_VIOLATION);
	assert_false(xml_too_big(t.x)); /* it is no stanza */
	trace_done(&t);
}

/* A namespace of a kilobyte, said once and used a thousand times, must not become a megabyte. */
static void
test_written_size(void **state)
{
	struct buf in = {0};

	(void)state;
	buf_addl(&in, HEADER "<a xmlns:x='");
	while (in.n < 1000)
		buf_addc(&in, '"');
	buf_addl(&in, "'>");
	for (int i = 0; i < 1000; i++)
		buf_addl(&in, "<x:y/>");
	buf_addl(&in, "</a>");
	assert_log(buf_str(&in), CLIENT_LINE "error policy-violation\n");
	buf_done(&in);
}

/* A big tag in small drips must not be parsed again with each (CVE-2023-52425): this would take minutes. */
static void
test_drips(void **state)
{
	struct trace t;

	(void)state;
	trace_init(&t, NULL);
	feed_all(&t, STR(HEADER "<a b='"));
	for (int i = 0; i < 250000; i++)
		assert_int_equal(trace_feed(&t, STR("x")), STREAM_OK);
	assert_int_equal(xml_pending(t.x), 250006);
	assert_int_equal(trace_feed(&t, STR("'/>")), STREAM_OK);
	assert_int_equal(t.elements, 1);
	assert_int_equal(xml_pending(t.x), 0);
	trace_done(&t);
}

/* An element is told with its last byte, not with one more. */
static void
test_at_once(void **state)
{
	static const char in[] = HEADER "<a/><b>x</b></stream:stream>";
	struct trace t;

	(void)state;
	trace_init(&t, NULL);
	trace_feed(&t, STR(HEADER "<a/"));
	assert_int_equal(t.elements, 0);
	trace_feed(&t, STR(">"));
	assert_int_equal(t.elements, 1);
	trace_feed(&t, STR("<b>x</b"));
	assert_int_equal(t.elements, 1);
	trace_feed(&t, STR(">"));
	assert_int_equal(t.elements, 2);
	trace_done(&t);
	trace_init(&t, NULL);
	feed_bytes(&t, str_n(in, sizeof(in) - 2));
	assert_int_equal(str_find(buf_str(&t.log), STR("close")), -1);
	trace_done(&t);
}

static void
test_hold(void **state)
{
	struct trace t;

	(void)state;
	trace_init(&t, &small);
	xml_hold(t.x);
	assert_int_equal(xml_feed(t.x, STR("<s xmlns='j'>"), NULL), STREAM_OK);
	assert_int_equal(xml_feed(t.x, STR("<a/>"), NULL), STREAM_OK);
	assert_str(buf_str(&t.log), "");
	assert_int_equal(xml_feed(t.x, STR_NONE, NULL), STREAM_OK);
	assert_str(buf_str(&t.log), SMALL_LINE "element 4 <a/>\n");
	/* nobody waits with more than a stanza */
	xml_hold(t.x);
	assert_int_equal(xml_feed(t.x, STR(X80), NULL), STREAM_OK);
	assert_int_equal(xml_feed(t.x, STR(X80), NULL), STREAM_POLICY_VIOLATION);
	assert_false(xml_too_big(t.x));
	assert_int_equal(xml_feed(t.x, STR_NONE, NULL), STREAM_OK);
	assert_int_equal(t.elements, 1);
	trace_done(&t);
}

static void
test_stop(void **state)
{
	struct trace t;

	(void)state;
	trace_init(&t, NULL);
	t.stop_at = 1;
	assert_int_equal(trace_feed(&t, STR(HEADER "<a/><b/>")), STREAM_OK);
	assert_int_equal(trace_feed(&t, STR("<c/><!-- -->")), STREAM_OK);
	assert_str(buf_str(&t.log), CLIENT_LINE "element 4 <a/>\n");
	trace_done(&t);
}

/* STARTTLS: what came with the last element in clear is gone (CVE-2011-0411). */
static void
test_restart(void **state)
{
	struct trace t;

	(void)state;
	trace_init(&t, NULL);
	t.restart_at = 1;
	assert_int_equal(trace_feed(&t, STR(HEADER "<starttls/><injected/>")), STREAM_OK);
	assert_int_equal(trace_feed(&t, STR("<?xml version='1.0'?>" SERVER "<b/>")), STREAM_OK);
	assert_str(buf_str(&t.log), CLIENT_LINE "element 11 <starttls/>\n" HEADER_LINE("jabber:server") "element 4 <b/>\n");
	/* held bytes too, and half an element */
	xml_hold(t.x);
	xml_feed(t.x, STR("<held/>"), NULL);
	xml_restart(t.x);
	trace_feed(&t, STR(HEADER "<half><x>"));
	xml_restart(t.x);
	buf_clear(&t.log);
	trace_feed(&t, STR(HEADER "<c/>"));
	assert_str(buf_str(&t.log), CLIENT_LINE "element 4 <c/>\n");
	/* after an error as well */
	assert_int_equal(trace_feed(&t, STR("<a></b>")), STREAM_NOT_WELL_FORMED);
	assert_int_equal(trace_feed(&t, STR("<a></b>")), STREAM_OK);
	xml_restart(t.x);
	buf_clear(&t.log);
	trace_feed(&t, STR(HEADER "<c/>"));
	assert_str(buf_str(&t.log), CLIENT_LINE "element 4 <c/>\n");
	trace_done(&t);
}

/* The prefixes of the header are known to the parser that comes after a rest. */
static void
test_rest(void **state)
{
	struct trace t;

	(void)state;
	trace_init(&t, NULL);
	trace_feed(&t, STR("<x:stream xmlns:x='" STREAMS "' xmlns:c='jabber:client' xmlns:q=\"it's&lt;\">"));
	xml_rest(t.x);
	buf_clear(&t.log);
	trace_feed(&t, STR("<c:message"));
	xml_rest(t.x);
	trace_feed(&t, STR("><q:y/>"));
	xml_rest(t.x);
	trace_feed(&t, STR("</c:message>"));
	xml_rest(t.x);
	trace_feed(&t, STR(" "));
	trace_feed(&t, STR("</x:stream>"));
	assert_str(buf_str(&t.log), "element 29 <message><y xmlns='it&apos;s&lt;'/></message>\nspace\nclose\n");
	trace_done(&t);
}

static void
test_smaller_limits_apply_at_once(void **state)
{
	struct trace t;

	(void)state;
	trace_init(&t, NULL);
	trace_feed(&t, STR("<s xmlns='j'><a>" X80));
	xml_set_limits(t.x, &small);
	assert_int_equal(trace_feed(&t, STR("12345678901234567890")), STREAM_POLICY_VIOLATION);
	assert_true(xml_too_big(t.x));
	trace_done(&t);
}

/* Many streams at once share the pool. */
static void
test_many(void **state)
{
	enum { N = 200 };
	struct trace t[N];

	(void)state;
	for (int i = 0; i < N; i++) {
		trace_init(&t[i], NULL);
		trace_feed(&t[i], i % 2 ? STR(HEADER) : STR(SERVER));
	}
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < N; i++)
			trace_feed(&t[i], STR("<a><b c='"));
		for (int i = 0; i < N; i++)
			trace_feed(&t[i], STR("1'/></a>"));
		for (int i = 0; i < N; i++)
			xml_rest(t[i].x);
	}
	for (int i = 0; i < N; i++) {
		assert_int_equal(t[i].elements, 3);
		assert_true(str_find(buf_str(&t[i].log), STR("element 17 <a><b c='1'/></a>\n")) > 0);
		trace_done(&t[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_content_namespace),
		cmocka_unit_test(test_namespaces),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_restricted),
		cmocka_unit_test(test_not_well_formed),
		cmocka_unit_test(test_encoding),
		cmocka_unit_test(test_text_between),
		cmocka_unit_test(test_nothing_behind_the_end),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_have_names),
		cmocka_unit_test(test_keep_alives_have_no_limit),
		cmocka_unit_test(test_header_too_big),
		cmocka_unit_test(test_written_size),
		cmocka_unit_test(test_drips),
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_smaller_limits_apply_at_once),
		cmocka_unit_test(test_many),
	};

	srandom(20261124);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
