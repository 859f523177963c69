/* SPDX-License-Identifier: Apache-2.0 */
/* The view of canonical XML, and what is written from it. */
#include "tests/unit/test.h"
#include "xmpp/out.h"
#include "xmpp/stanza.h"

static struct arena arena;
static struct buf out;

static int
teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	buf_done(&out);
	return 0;
}

static struct stanza
parse(const char *z)
{
	struct stanza st;
	const char *why = "";

	if (stanza_parse(&st, &arena, str_z(z), &why) < 0)
		fail_msg("refused: %s: %s", z, why);
	return st;
}

static const char MESSAGE[] =
	"<message from='juliet@im.example.com/balcony' id='ju2ba41c' to='romeo@example.net' type='chat' xml:lang='en'>"
	"<body>Art thou not Romeo, &amp; a Montague?</body><thread>e0ffe42b</thread></message>";

static void
test_message(void **state)
{
	struct stanza st = parse(MESSAGE);

	(void)state;
	assert_int_equal(st.kind, STANZA_MESSAGE);
	assert_int_equal(st.type, TYPE_CHAT);
	assert_str(st.from.bare, "juliet@im.example.com");
	assert_str(st.from.resource, "balcony");
	assert_str(st.to.full, "romeo@example.net");
	assert_str(st.id, "ju2ba41c");
	assert_str(st.lang, "en");
	assert_str(node_child_text(&arena, st.root, "body", NS_CLIENT), "Art thou not Romeo, & a Montague?");
	assert_str(node_child(st.root, "thread", NULL)->inner, "e0ffe42b");
	assert_str(node_child(st.root, "thread", NULL)->raw, "<thread>e0ffe42b</thread>");
	assert_absent(node_child_text(&arena, st.root, "subject", NS_CLIENT));
	assert_str(node_attr(&arena, st.root, "xml:lang"), "en");
	assert_absent(node_attr(&arena, st.root, "lang"));
	assert_null(node_child(st.root, "body", NS_ROSTER));
}

static void
test_absent_things(void **state)
{
	struct stanza st = parse("<presence/>");

	(void)state;
	assert_int_equal(st.kind, STANZA_PRESENCE);
	assert_int_equal(st.type, TYPE_NONE);
	assert_absent(st.to.full);
	assert_absent(st.id);
	assert_absent(st.lang);
	assert_null(st.root->child);
	assert_str(node_text(&arena, st.root), "");
	assert_str(st.root->inner, "");
}

static void
test_kinds_and_types(void **state)
{
	(void)state;
	assert_int_equal(parse("<iq type='get'/>").type, TYPE_GET);
	assert_int_equal(parse("<iq type='chat'/>").type, TYPE_UNKNOWN);
	assert_int_equal(parse("<message type='get'/>").type, TYPE_UNKNOWN);
	assert_int_equal(parse("<message type=''/>").type, TYPE_UNKNOWN);
	assert_int_equal(parse("<presence type='unsubscribed'/>").type, TYPE_UNSUBSCRIBED);
	assert_int_equal(parse("<message type='error'/>").type, TYPE_ERROR);
	assert_int_equal(parse("<iq xmlns='urn:x' type='get'/>").kind, STANZA_OTHER);
	assert_int_equal(parse("<messages/>").kind, STANZA_OTHER);
	assert_int_equal(parse("<message xmlns='jabber:client'/>").kind, STANZA_MESSAGE);
}

static void
test_namespaces(void **state)
{
	struct stanza st = parse("<iq type='set'><query xmlns='jabber:iq:roster'><item><group>x</group></item></query>"
	                         "<y xmlns=''><z/></y><w/></iq>");
	struct node *query = node_child(st.root, "query", NS_ROSTER), *y, *w;

	(void)state;
	assert_non_null(query);
	assert_true(query->parent == st.root);
	assert_true(node_is(query->child, "item", NS_ROSTER));
	assert_true(node_is(query->child->child, "group", NS_ROSTER));
	y = node_next(query, NULL, NULL);
	assert_true(node_is(y, "y", ""));
	assert_true(node_is(y->child, "z", ""));
	w = node_next(query, "w", NULL);
	assert_true(node_is(w, "w", NS_CLIENT));
	assert_null(node_next(w, NULL, NULL));
	assert_null(node_next(query, "query", NULL));
}

static void
test_text_among_children(void **state)
{
	struct stanza st = parse("<a>1&lt;<b>no</b>2<c/>&amp;3\n</a>");

	(void)state;
	assert_str(node_text(&arena, st.root), "1<2&3\n");
	assert_str(node_text(&arena, parse("<a><b/></a>").root), "");
}

static void
test_references(void **state)
{
	struct stanza st = parse("<a v='&amp;&lt;&gt;&apos;&quot;&#x9;&#xA;&#xD;' to='x&amp;y@z/&lt;'>&#xD;&gt;</a>");

	(void)state;
	assert_str(node_attr(&arena, st.root, "v"), "&<>'\"\t\n\r");
	assert_str(st.to.full, "x&y@z/<");
	assert_str(st.to.resource, "<");
	assert_str(node_text(&arena, st.root), "\r>");
}

static void
test_prefixed_attributes(void **state)
{
	struct stanza st = parse("<a xmlns:a1='urn:x' a1:v='1' v='2' xmlns:a2='urn:y' a2:v='3'/>");

	(void)state;
	assert_str(node_attr(&arena, st.root, "v"), "2");
	assert_str(node_attr(&arena, st.root, "a1:v"), "1");
}

static void
test_not_canonical(void **state)
{
	static const struct str bad[] = {
		STR(""), STR("x"), STR("<"), STR("<a"), STR("<a>"), STR("<a/"), STR("< a/>"), STR("<a />"), STR("<a></a>"),
		STR("<a/> "), STR(" <a/>"), STR("<a/><b/>"), STR("<a>x</b>"), STR("<a>x</a "), STR("<a>x</a >"),
		STR("<a>x</aa>"), STR("<aa>x</a>"), STR("<a  b='1'/>"), STR("<a b=\"1\"/>"), STR("<a b='1' b='2'/>"),
		STR("<a b/>"), STR("<a b='/>"), STR("<a b='<'/>"), STR("<a b='>'/>"), STR("<a b='\"'/>"), STR("<a b='\n'/>"),
		STR("<a b='&x;'/>"), STR("<a>&#10;</a>"), STR("<a>&amp</a>"), STR("<a>></a>"), STR("<a>\r</a>"),
		STR("<a>\x01</a>"), STR("<a>\0</a>"), STR("<a><!-- --></a>"), STR("<a><?x?></a>"), STR("<a><![CDATA[]]></a>"),
		STR("<x:a/>"), STR("<a x:b='1'/>"), STR("<a xmlns:x='urn:x'/>"), STR("<a xmlns:x='urn:x' b='1'/>"),
		STR("<a xmlns:x='urn:x' y:b='1'/>"), STR("<a xmlns:x='' x:b='1'/>"), STR("<a xmlns:xml='urn:x' xml:b='1'/>"),
		STR("<a xmlns='http://www.w3.org/XML/1998/namespace'/>"), STR("<a xmlns='a' xmlns='b'/>"), STR("<1/>"),
		STR("<-a/>"), STR("<a>\xC0\xBC</a>"), STR("<a b='\xED\xA0\x80'/>"), STR("<a>\xEF\xBF\xBF</a>"), STR("</a>"),
		STR("<a><b>x</a></b>"), STR("<a b='1'c='2'/>"), STR("<a/>\0"), STR("<a:/>"), STR("<a b:='1'/>"),
	};
	struct stanza st;
	const char *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		why = NULL;
		if (stanza_parse(&st, &arena, bad[i], &why) == 0)
			fail_msg("accepted: " STR_FMT, STR_ARG(bad[i]));
		assert_non_null(why);
		assert_int_equal(stanza_parse(&st, &arena, bad[i], NULL), -1);
	}
}

/* Every prefix of a stanza is refused, without a look behind its end (AddressSanitizer sees one). */
static void
test_cut_short(void **state)
{
	struct stanza st;
	char *exact;

	(void)state;
	for (size_t n = 1; n < sizeof(MESSAGE) - 1; n++) {
		exact = xmalloc(n);
		memcpy(exact, MESSAGE, n);
		assert_int_equal(stanza_parse(&st, &arena, str_n(exact, n), NULL), -1);
		free(exact);
	}
}

static int
parse_nested(int depth)
{
	struct buf b = {0};
	struct stanza st;
	int rc;

	for (int i = 0; i < depth; i++)
		buf_addl(&b, "<a>");
	buf_addc(&b, 'x');
	for (int i = 0; i < depth; i++)
		buf_addl(&b, "</a>");
	rc = stanza_parse(&st, &arena, buf_str(&b), NULL);
	buf_done(&b);
	return rc;
}

static void
test_depth(void **state)
{
	(void)state;
	assert_int_equal(parse_nested(OUT_DEPTH_MAX), 0);
	assert_int_equal(parse_nested(OUT_DEPTH_MAX + 1), -1);
	assert_int_equal(parse_nested(100000), -1);
}

static void
assert_written(const struct stanza *st, const struct stanza_edit *edit, const char *expected)
{
	struct stanza again;

	buf_clear(&out);
	stanza_write(&out, st, edit);
	assert_str(buf_str(&out), expected);
	assert_int_equal(stanza_parse(&again, &arena, buf_str(&out), NULL), 0);
}

static void
test_write_the_same(void **state)
{
	struct stanza st = parse(MESSAGE);
	struct stanza_edit none = {0};

	(void)state;
	assert_written(&st, &none, MESSAGE);
}

static void
test_write_another_start_tag(void **state)
{
	struct stanza st = parse("<message from='a@b' id='1' x='&apos;' to='c@d'><body>hi</body></message>");
	struct stanza_edit edit = {.from = STR("a@b/<r>"), .id = STR(""), .type = STR("chat"), .lang_default = STR("de")};

	(void)state;
	assert_written(&st, &edit, "<message from='a@b/&lt;r&gt;' x='&apos;' to='c@d' type='chat' xml:lang='de'>"
	                           "<body>hi</body></message>");
	st = parse("<message xml:lang='en'/>");
	edit = (struct stanza_edit){.lang_default = STR("de"), .to = STR("c@d"), .from = STR("")};
	assert_written(&st, &edit, "<message xml:lang='en' to='c@d'/>");
}

static void
test_write_other_children(void **state)
{
	struct stanza st = parse("<message>1<a/>2<b>x</b>3<c/></message>");
	const struct node *drop[] = {node_child(st.root, "c", NULL), node_child(st.root, "a", NULL)};
	struct stanza_edit edit = {.drop = drop, .drop_count = 2, .append = STR("<d/>")};

	(void)state;
	assert_written(&st, &edit, "<message>12<b>x</b>3<d/></message>");
	st = parse("<message><a/></message>");
	drop[0] = st.root->child;
	edit = (struct stanza_edit){.drop = drop, .drop_count = 1};
	assert_written(&st, &edit, "<message/>");
	st = parse("<presence/>");
	edit = (struct stanza_edit){.append = STR("<d/>")};
	assert_written(&st, &edit, "<presence><d/></presence>");
}

static void
test_result(void **state)
{
	struct stanza st = parse("<iq type='get' id='&lt;1' from='a@b/c' to='b' xml:lang='de'><ping xmlns='urn:xmpp:ping'/></iq>");

	(void)state;
	stanza_write_result(&out, &st, STR_NONE);
	assert_str(buf_str(&out), "<iq type='result' id='&lt;1' from='b' to='a@b/c'/>");
	buf_clear(&out);
	st = parse("<iq type='set' id='1'/>");
	stanza_write_result(&out, &st, STR("<x xmlns='urn:x'/>"));
	assert_str(buf_str(&out), "<iq type='result' id='1'><x xmlns='urn:x'/></iq>");
}

static void
assert_error(const struct stanza *st, const struct stanza_fault *fault, const char *expected)
{
	buf_clear(&out);
	stanza_write_error(&out, st, fault);
	assert_str(buf_str(&out), expected);
	parse(buf_z(&out));
}

static void
test_error(void **state)
{
	struct stanza st = parse("<message type='chat' from='a@b/c' to='d@e' id='1' xml:lang='de'><body>hi</body></message>");
	struct stanza_fault fault = {.condition = STANZA_ERR_SERVICE_UNAVAILABLE};

	(void)state;
	assert_error(&st, &fault, "<message type='error' id='1' from='d@e' to='a@b/c' xml:lang='de'><body>hi</body>"
	                          "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
	                          "</error></message>");
	st = parse("<iq type='set' id='2'/>");
	fault = (struct stanza_fault){.condition = STANZA_ERR_NOT_ALLOWED,
	                              .type = "auth",
	                              .text = "No <way>",
	                              .app = STR("<x xmlns='urn:x'/>"),
	                              .by = STR("e")};
	assert_error(&st, &fault,
	             "<iq type='error' id='2'><error type='auth' by='e'>"
	             "<not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
	             "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>No &lt;way&gt;</text>"
	             "<x xmlns='urn:x'/></error></iq>");
}

static void
test_error_without_payload(void **state)
{
	struct stanza_fault fault = {.condition = STANZA_ERR_BAD_REQUEST};
	struct stanza st, again;
	struct buf b = {0};

	(void)state;
	buf_addl(&b, "<message xml:lang='en'><body>");
	while (b.n < 5000)
		buf_addc(&b, 'x');
	buf_addl(&b, "</body></message>");
	st = parse(buf_z(&b));
	stanza_write_error(&out, &st, &fault);
	again = parse(buf_z(&out));
	assert_null(node_child(again.root, "body", NULL));
	assert_absent(again.lang);
	st = parse("<message><error type='cancel'/><body>x</body></message>");
	assert_error(&st, &fault, "<message type='error'><error type='modify'><bad-request "
	                          "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
	buf_done(&b);
}

static void
test_may_answer(void **state)
{
	struct stanza st;

	(void)state;
	st = parse("<message type='error'/>");
	assert_false(stanza_may_answer(&st));
	st = parse("<iq type='result'/>");
	assert_false(stanza_may_answer(&st));
	st = parse("<iq type='nonsense'/>");
	assert_true(stanza_may_answer(&st));
	st = parse("<presence type='probe'/>");
	assert_true(stanza_may_answer(&st));
	st = parse("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
	assert_false(stanza_may_answer(&st));
}

static void
test_priority(void **state)
{
	static const struct {
		const char *text;
		int priority;
	} rows[] = {{"5", 5}, {"-1", -1}, {" 127\n", 127}, {"-128", -128}, {"128", 0}, {"-129", 0}, {"x", 0}, {"+3", 3}, {"+-3", 0}};
	struct stanza st = parse("<presence/>");

	(void)state;
	assert_int_equal(stanza_priority(&st), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_clear(&out);
		buf_addf(&out, "<presence><priority>%s</priority></presence>", rows[i].text);
		st = parse(buf_z(&out));
		assert_int_equal(stanza_priority(&st), rows[i].priority);
	}
	st = parse("<presence><priority xmlns='urn:x'>5</priority></presence>");
	assert_int_equal(stanza_priority(&st), 0);
}

/* RFC 6121 4.7.2 */
static void
test_presence_flaws(void **state)
{
	static const char *const good[] = {
		"", "<show>away</show>", "<show/>", "<show>gone fishing</show>", "<priority>-128</priority>",
		"<priority>127</priority>", "<priority> +1 </priority>", "<priority/>",
		"<status>a</status><status xml:lang='cs'>b</status>",
		"<show>xa</show><show xmlns='urn:x'>xa</show><priority>0</priority><priority xmlns='urn:x'>x</priority>",
	};
	static const char *const bad[] = {
		"<show>away</show><show>xa</show>", "<priority>1</priority><priority>1</priority>",
		"<priority>128</priority>", "<priority>-129</priority>", "<priority>high</priority>",
		"<priority>1.5</priority>", "<priority>+</priority>", "<priority>99999999999999999999</priority>",
	};
	struct stanza st;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		buf_clear(&out);
		buf_addf(&out, *good[i] ? "<presence>%s</presence>" : "<presence/>%s", good[i]);
		st = parse(buf_z(&out));
		assert_null(stanza_presence_flaw(&st));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		buf_clear(&out);
		buf_addf(&out, "<presence>%s</presence>", bad[i]);
		st = parse(buf_z(&out));
		assert_non_null(stanza_presence_flaw(&st));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_message, teardown),
		cmocka_unit_test_teardown(test_absent_things, teardown),
		cmocka_unit_test_teardown(test_kinds_and_types, teardown),
		cmocka_unit_test_teardown(test_namespaces, teardown),
		cmocka_unit_test_teardown(test_text_among_children, teardown),
		cmocka_unit_test_teardown(test_references, teardown),
		cmocka_unit_test_teardown(test_prefixed_attributes, teardown),
		cmocka_unit_test_teardown(test_not_canonical, teardown),
		cmocka_unit_test_teardown(test_cut_short, teardown),
		cmocka_unit_test_teardown(test_depth, teardown),
		cmocka_unit_test_teardown(test_write_the_same, teardown),
		cmocka_unit_test_teardown(test_write_another_start_tag, teardown),
		cmocka_unit_test_teardown(test_write_other_children, teardown),
		cmocka_unit_test_teardown(test_result, teardown),
		cmocka_unit_test_teardown(test_error, teardown),
		cmocka_unit_test_teardown(test_error_without_payload, teardown),
		cmocka_unit_test_teardown(test_may_answer, teardown),
		cmocka_unit_test_teardown(test_priority, teardown),
		cmocka_unit_test_teardown(test_presence_flaws, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
