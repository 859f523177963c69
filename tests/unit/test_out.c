/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: canonical form, and nothing that gets out of its place. */
#include "tests/unit/test.h"
#include "xmpp/ns.h"
#include "xmpp/out.h"

struct writer {
	struct buf b;
	struct out o;
};

static int
setup(void **state)
{
	struct writer *w = xcalloc(1, sizeof(*w));

	out_init(&w->o, &w->b, NS_CLIENT);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct writer *w = *state;

	buf_done(&w->b);
	free(w);
	return 0;
}

static void
test_namespaces_where_they_change(void **state)
{
	struct writer *w = *state;

	out_openz(&w->o, "iq", NULL);
	out_attrz(&w->o, "type", STR("get"));
	out_attrz(&w->o, "id", STR_NONE);
	out_openz(&w->o, "query", NS_ROSTER);
	out_leafz(&w->o, "item", NULL, STR_NONE);
	out_leafz(&w->o, "x", "", STR("1"));
	out_leafz(&w->o, "body", NS_CLIENT, STR("2"));
	out_done(&w->o);
	assert_str(buf_str(&w->b), "<iq type='get'><query xmlns='jabber:iq:roster'><item/><x xmlns=''>1</x>"
	                           "<body xmlns='jabber:client'>2</body></query></iq>");
	assert_int_equal(w->o.depth, 0);
}

static void
test_text_is_escaped(void **state)
{
	struct writer *w = *state;

	out_leafz(&w->o, "a", NULL, STR("<b c='d'>&amp;\r\n\t\"]]>"));
	assert_str(buf_str(&w->b), "<a>&lt;b c='d'&gt;&amp;amp;&#xD;\n\t\"]]&gt;</a>");
}

static void
test_values_are_escaped(void **state)
{
	struct writer *w = *state;

	out_openz(&w->o, "a", NULL);
	out_attr(&w->o, STR("v"), STR("'\"<>&\t\r\n x"));
	out_attrf(&w->o, "f", "%d'%s", 7, "<");
	out_attru(&w->o, "u", 18446744073709551615u);
	out_close(&w->o);
	assert_str(buf_str(&w->b), "<a v='&apos;&quot;&lt;&gt;&amp;&#x9;&#xD;&#xA; x' f='7&apos;&lt;' "
	                           "u='18446744073709551615'/>");
}

/* XML cannot say them at all: they must not make the output unreadable. */
static void
test_control_characters_are_replaced(void **state)
{
	struct writer *w = *state;

	out_leafz(&w->o, "a", NULL, STR("x\0y\x1b"));
	assert_str(buf_str(&w->b), "<a>x\xEF\xBF\xBDy\xEF\xBF\xBD</a>");
}

static void
test_prefixed_attributes(void **state)
{
	struct writer *w = *state;

	out_openz(&w->o, "a", NULL);
	out_attr_ns(&w->o, STR(NS_XML), STR("lang"), STR("en"));
	out_attr_ns(&w->o, STR("urn:x"), STR("n"), STR("1"));
	out_attr_ns(&w->o, STR("urn:'y"), STR("n"), STR("2"));
	out_attr_ns(&w->o, STR(""), STR("n"), STR("3"));
	out_openz(&w->o, "b", NULL);
	out_attr_ns(&w->o, STR("urn:x"), STR("n"), STR("4"));
	out_done(&w->o);
	assert_str(buf_str(&w->b), "<a xml:lang='en' xmlns:a1='urn:x' a1:n='1' xmlns:a2='urn:&apos;y' a2:n='2' n='3'>"
	                           "<b xmlns:a1='urn:x' a1:n='4'/></a>");
}

static void
test_nothing_in_an_element_leaves_it_empty(void **state)
{
	struct writer *w = *state;

	out_openz(&w->o, "a", NULL);
	out_text(&w->o, STR(""));
	out_raw(&w->o, STR_NONE);
	out_close(&w->o);
	out_openz(&w->o, "b", NULL);
	out_raw(&w->o, STR("<c/>"));
	out_close(&w->o);
	assert_str(buf_str(&w->b), "<a/><b><c/></b>");
}

static void
test_root_in_another_namespace(void **state)
{
	struct writer *w = *state;

	out_leafz(&w->o, "bound", NS_BUS, STR_NONE);
	out_leafz(&w->o, "presence", NS_CLIENT, STR_NONE);
	assert_str(buf_str(&w->b), "<bound xmlns='urn:carillon:bus:1'/><presence/>");
}

static void
test_depth_to_the_limit(void **state)
{
	struct writer *w = *state;
	size_t n = 0;

	for (int i = 0; i < OUT_DEPTH_MAX; i++)
		out_openz(&w->o, "a", NULL);
	out_done(&w->o);
	for (size_t i = 0; i < w->b.n; i++)
		n += w->b.p[i] == '<';
	assert_int_equal(n, 2 * OUT_DEPTH_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_namespaces_where_they_change, setup, teardown),
		cmocka_unit_test_setup_teardown(test_text_is_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values_are_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_control_characters_are_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(test_prefixed_attributes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_in_an_element_leaves_it_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_root_in_another_namespace, setup, teardown),
		cmocka_unit_test_setup_teardown(test_depth_to_the_limit, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
