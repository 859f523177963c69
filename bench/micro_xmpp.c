/* SPDX-License-Identifier: Apache-2.0 */
/* What a message costs at the edge and in sm: parsing, reading, writing, addresses. */
#include "bench/micro.h"
#include "xmpp/out.h"
#include "xmpp/stanza.h"
#include "xmpp/stream.h"

#define HEADER "<stream:stream to='example.com' version='1.0' xmlns='jabber:client' xmlns:stream='" NS_STREAM "'>"

/* 320 bytes, as a client sends it. */
static const char MESSAGE[] =
	"<message xmlns=\"jabber:client\" to=\"romeo@montague.example/orchard\" id=\"b4a1c6f8-91c3-4a1d-9f7c-5d3f6a0e2b77\" "
	"type=\"chat\"><body>Wherefore art thou, Romeo? Deny thy father &amp; refuse thy name</body>"
	"<active xmlns=\"http://jabber.org/protocol/chatstates\"/><request xmlns=\"urn:xmpp:receipts\"/>"
	"<thread>e0ffe42b28561960</thread></message>";
static const char CANONICAL[] =
	"<message from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard' "
	"id='b4a1c6f8-91c3-4a1d-9f7c-5d3f6a0e2b77' type='chat'><body>Wherefore art thou, Romeo? Deny thy father &amp; "
	"refuse thy name</body><active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/>"
	"<thread>e0ffe42b28561960</thread></message>";

static void
ignore_header(void *owner, const struct xml_header *h)
{
	(void)owner, (void)h;
}

static void
ignore_element(void *owner, struct str canonical, size_t raw)
{
	(void)raw;
	*(size_t *)owner += canonical.n;
}

static void
ignore_close(void *owner)
{
	(void)owner;
}

static const struct xml_events events = {ignore_header, ignore_element, NULL, ignore_close};

static void
feed(struct xml *x, const char *z, size_t n)
{
	enum stream_condition c = xml_feed(x, str_n(z, n), NULL);

	bug_if(c != STREAM_OK);
}

static void
run_xml_feed(size_t n)
{
	size_t bytes = 0;
	struct xml *x = xml_new(NULL, &events, &bytes);

	feed(x, HEADER, sizeof(HEADER) - 1);
	while (n--)
		feed(x, MESSAGE, sizeof(MESSAGE) - 1);
	xml_free(&x);
}

static void
run_xml_feed_rested(size_t n)
{
	size_t bytes = 0;
	struct xml *x = xml_new(NULL, &events, &bytes);

	feed(x, HEADER, sizeof(HEADER) - 1);
	while (n--) {
		feed(x, MESSAGE, sizeof(MESSAGE) - 1);
		xml_rest(x);
	}
	xml_free(&x);
}

static void
run_xml_feed_halves(size_t n)
{
	size_t bytes = 0, half = sizeof(MESSAGE) / 3;
	struct xml *x = xml_new(NULL, &events, &bytes);

	feed(x, HEADER, sizeof(HEADER) - 1);
	while (n--) {
		feed(x, MESSAGE, half);
		feed(x, MESSAGE + half, sizeof(MESSAGE) - 1 - half);
	}
	xml_free(&x);
}

static void
parse(struct stanza *st, struct arena *a)
{
	int rc = stanza_parse(st, a, str_n(CANONICAL, sizeof(CANONICAL) - 1), NULL);

	bug_if(rc < 0);
}

static void
run_stanza_parse(size_t n)
{
	struct arena a = {0};
	struct stanza st;

	for (; n--; arena_reset(&a))
		parse(&st, &a);
	arena_done(&a);
}

static void
run_stanza_write(size_t n)
{
	struct stanza_edit edit = {.from = STR("juliet@capulet.example/balcony"),
	                           .append = STR("<stanza-id xmlns='urn:xmpp:sid:0' id='1' by='capulet.example'/>")};
	struct arena a = {0};
	struct buf b = {0};
	struct stanza st;

	parse(&st, &a);
	for (; n--; buf_clear(&b))
		stanza_write(&b, &st, &edit);
	buf_done(&b);
	arena_done(&a);
}

static void
run_out(size_t n)
{
	struct buf b = {0};
	struct out o;

	for (; n--; buf_clear(&b)) {
		out_init(&o, &b, NS_CLIENT);
		out_openz(&o, "iq", NULL);
		out_attrz(&o, "type", STR("result"));
		out_attrz(&o, "id", STR("b4a1c6f8-91c3"));
		out_attrz(&o, "to", STR("juliet@capulet.example/balcony"));
		out_openz(&o, "query", NS_ROSTER);
		for (int i = 0; i < 3; i++) {
			out_openz(&o, "item", NULL);
			out_attrz(&o, "jid", STR("romeo@montague.example"));
			out_attrz(&o, "subscription", STR("both"));
			out_leafz(&o, "group", NULL, STR("Friends & family"));
			out_close(&o);
		}
		out_done(&o);
	}
	buf_done(&b);
}

static void
prep(size_t n, struct str text)
{
	struct arena a = {0};
	struct jid j;
	int rc;

	for (; n--; arena_reset(&a)) {
		rc = jid_prep(&a, text, &j, NULL);
		bug_if(rc < 0);
	}
	arena_done(&a);
}

static void
run_jid_prep(size_t n)
{
	prep(n, STR("romeo@montague.example/orchard"));
}

static void
run_jid_prep_unicode(size_t n)
{
	prep(n, STR("rom\xC3\xA9o@b\xC3\xBC" "cher.example/obstgarten"));
}

static void
run_jid_split(size_t n)
{
	struct jid j;
	size_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		jid_split(STR("romeo@montague.example/orchard"), &j);
		sum += j.domain.n;
	}
	bug_if(sum != n * strlen("montague.example"));
}

const struct micro micro_xmpp[] = {
	{"xml_feed", run_xml_feed},
	{"xml_feed in two reads", run_xml_feed_halves},
	{"xml_feed after xml_rest", run_xml_feed_rested},
	{"stanza_parse", run_stanza_parse},
	{"stanza_write", run_stanza_write},
	{"out, roster of three", run_out},
	{"jid_prep", run_jid_prep},
	{"jid_prep, Unicode", run_jid_prep_unicode},
	{"jid_split", run_jid_split},
	{0},
};
