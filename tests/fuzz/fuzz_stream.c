/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream without socket, receiving or initiating, whose owner does what the
 * elements are named after: restart, close, fail, hold. It ends once, says
 * nothing after its end, writes well-formed XML, and how the bytes are cut
 * changes nothing. The first byte of the input says which side it is.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/ground.h"

#include "xmpp/ns.h"
#include "xmpp/stream.h"

struct ear {
	struct stream *s;
	struct buf events, said;
	bool over, holds, cut_matters;
};

static void
note(struct ear *e, const char *what, struct str text)
{
	bug_if(e->over);
	buf_addz(&e->events, what);
	buf_add(&e->events, text);
	buf_addc(&e->events, '\n');
}

static void
on_header(struct stream *s, const struct xml_header *h)
{
	struct ear *e = stream_owner(s);

	note(e, "header to=", h->to);
	note(e, "lang=", h->lang);
	bug_if(!str_eq(stream_lang(s), h->lang));
	stream_send_header(s, STR("example.org"), h->from, NULL);
	stream_write_features(s, str_is(h->version, "1.0") ? STR("") : STR("<x xmlns='y'/>"));
}

static void
on_element(struct stream *s, const struct stanza *st, size_t raw)
{
	struct ear *e = stream_owner(s);
	struct str name = st->root->name;

	(void)raw;
	note(e, "element ", st->bytes);
	if (str_is(name, "restart")) {
		e->cut_matters = true; /* what came in one piece with it is dropped */
		stream_restart(s);
	} else if (str_is(name, "close")) {
		stream_close(s);
	} else if (str_is(name, "fail")) {
		stream_fail(s, stream_condition_find(node_attr(st->arena, st->root, "with")) ? STREAM_CONFLICT : STREAM_RESET,
			    NULL);
	} else if (str_is(name, "hold")) {
		e->holds = e->cut_matters = true; /* how much may be held is counted by what comes later */
		stream_hold(s);
	} else {
		stream_write(s, st->bytes);
	}
}

static void
on_space(struct stream *s)
{
	struct ear *e = stream_owner(s);

	bug_if(e->over); /* how often depends on the pieces */
}

static void
on_over(struct stream *s, enum stream_condition condition, const char *text, bool peer)
{
	struct ear *e = stream_owner(s);

	(void)text;
	note(e, peer ? "over, says the peer " : "over ", condition ? str_z(stream_condition_name(condition)) : STR(""));
	e->over = true;
}

static void
on_write(struct stream *s, struct str bytes)
{
	struct ear *e = stream_owner(s);

	bug_if(e->over);
	buf_add(&e->said, bytes);
}

static const struct stream_events events = {on_header, on_element, on_space, on_over, on_write};

static void
play(struct ear *e, struct str in, bool initiating, size_t piece)
{
	static const struct xml_limits limits = {.bytes = 4096, .depth = 16, .attrs = 16, .elements = 64, .name = 128};
	const struct stream_opts opts = {.content_ns = NS_CLIENT, .initiating = initiating, .limits = &limits};

	ground_reset();
	e->s = stream_new(&opts, &events, e);
	if (initiating)
		stream_send_header(e->s, STR_NONE, STR("example.org"), NULL);
	for (size_t n; in.n; in = str_from(in, n)) {
		n = MIN(piece, in.n);
		stream_feed(e->s, str_n(in.p, n));
		if (e->holds) {
			e->holds = false;
			stream_go(e->s);
		}
		stream_rest(e->s);
	}
	bug_if(e->over != (stream_state(e->s) == STREAM_CLOSED));
	stream_fail(e->s, STREAM_SYSTEM_SHUTDOWN, "the end");
	bug_if(!e->over);
	stream_free(&e->s);
	ground_check_stream(buf_str(&e->said));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_n((const char *)data, size);
	struct ear whole = {0}, drops = {0};
	bool initiating;

	if (size == 0 || size > 16384)
		return 0;
	initiating = in.p[0] == 'i';
	in = str_from(in, 1);
	play(&whole, in, initiating, SIZE_MAX);
	play(&drops, in, initiating, 1);
	bug_if(!whole.cut_matters && !str_eq(buf_str(&whole.events), buf_str(&drops.events)));
	bug_if(!whole.cut_matters && !str_eq(buf_str(&whole.said), buf_str(&drops.said)));
	buf_done(&whole.events);
	buf_done(&whole.said);
	buf_done(&drops.events);
	buf_done(&drops.said);
	return 0;
}
