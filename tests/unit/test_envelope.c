/* SPDX-License-Identifier: Apache-2.0 */
/* Frames: what is read, what is refused, byte by byte and written back. */
#include "xmpp/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct frame frame;
static size_t used;
static const char *why;

static enum frame_result
rd(const char *z)
{
	why = NULL;
	return frame_read(str_z(z), &frame, &used, &why);
}

#define assert_str(s, z) assert_true(str_is((s), (z)))

static void
route_is_read(void **state)
{
	const char *z = " \n<c:route to='c2s-1' from='sm-1' sid='Xf3' seq='12' ack='7' rid='r' after='q' new='x' "
			"len='004'><a/></c:route><c:";

	(void)state;
	assert_int_equal(rd(z), FRAME_OK);
	assert_int_equal(frame.kind, FRAME_ROUTE);
	assert_str(frame.to, "c2s-1");
	assert_str(frame.from, "sm-1");
	assert_str(frame.sid, "Xf3");
	assert_str(frame.rid, "r");
	assert_str(frame.after, "q");
	assert_int_equal(frame.seq, 12);
	assert_int_equal(frame.ack, 7);
	assert_str(frame.payload, "<a/>");
	assert_null(frame.host.p);
	assert_null(frame.key.p);
	assert_int_equal(used, strlen(z) - 3);
	assert_int_equal(frame.raw.n, used - 2);
	assert_int_equal(frame.raw.p[0], '<');
}

static void
every_kind_is_read(void **state)
{
	(void)state;
	assert_int_equal(rd("<c:bounce to='sm-1' from='router-1' reason='no-instance' target='c2s-1' "
			    "len='1'>x</c:bounce>"),
			 FRAME_OK);
	assert_int_equal(frame.kind, FRAME_BOUNCE);
	assert_str(frame.reason, "no-instance");
	assert_str(frame.target, "c2s-1");
	assert_int_equal(
	    rd("<c:member name='sm-2' role='sm' state='up' boot='b' hosts='a.example b.example'/>"),
	    FRAME_OK);
	assert_int_equal(frame.kind, FRAME_MEMBER);
	assert_str(frame.hosts, "a.example b.example");
	assert_str(frame.name, "sm-2");
	assert_str(frame.role, "sm");
	assert_str(frame.state, "up");
	assert_str(frame.boot, "b");
	assert_int_equal(rd("<c:synced/>"), FRAME_OK);
	assert_int_equal(frame.kind, FRAME_SYNCED);
	assert_int_equal(rd("<c:state is='draining' />"), FRAME_OK);
	assert_int_equal(frame.kind, FRAME_STATE);
	assert_str(frame.state, "draining");
	assert_int_equal(rd("<c:ping id='7'/>"), FRAME_OK);
	assert_int_equal(frame.kind, FRAME_PING);
	assert_int_equal(rd("<c:pong id='7'/>"), FRAME_OK);
	assert_int_equal(frame.kind, FRAME_PONG);
	assert_str(frame.id, "7");
	assert_int_equal(rd("<c:later is='x'/>"), FRAME_OK);
	assert_int_equal(frame.kind, FRAME_UNKNOWN);
	assert_int_equal(rd("<c:later len='3'>abc</c:later>"), FRAME_OK);
	assert_int_equal(frame.kind, FRAME_UNKNOWN);
	assert_int_equal(rd("<stream:error><conflict "
			    "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"),
			 FRAME_OK);
	assert_int_equal(frame.kind, FRAME_ERROR);
	assert_str(frame.payload, "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>");
	assert_int_equal(rd("</stream:stream>"), FRAME_OK);
	assert_int_equal(frame.kind, FRAME_CLOSE);
}

static void
bad_is_refused(void **state)
{
	static const char *const bad[] = {
	    "x",
	    "<message/>",
	    "<d:route to='a' from='b' len='0'></d:route>",
	    "<c: to='a'/>",
	    "<c:route to='a' from='b'/>",
	    "<c:route to='a' from='b' >",
	    "<c:route to='a' len='0'></c:route>",
	    "<c:route from='b' len='0'></c:route>",
	    "<c:route from='b' host='h' len='0'></c:route>",
	    "<c:route from='b' key='k' len='0'></c:route>",
	    "<c:route to='a' host='h' key='k' from='b' len='0'></c:route>",
	    "<c:route to='a' to='a' from='b' len='0'></c:route>",
	    "<c:route to='a'from='b' len='0'></c:route>",
	    "<c:route to=\"a\" from='b' len='0'></c:route>",
	    "<c:route to='a&amp;' from='b' len='0'></c:route>",
	    "<c:route to='a<' from='b' len='0'></c:route>",
	    "<c:route to='a>' from='b' len='0'></c:route>",
	    "<c:route to='a\n' from='b' len='0'></c:route>",
	    "<c:route to='a\"' from='b' len='0'></c:route>",
	    "<c:route to='a' from='b' len=''></c:route>",
	    "<c:route to='a' from='b' len='-1'></c:route>",
	    "<c:route to='a' from='b' len='1x'></c:route>",
	    "<c:route to='a' from='b' len='18446744073709551616'></c:route>",
	    "<c:route to='a' from='b' len='18446744073709551615'>",
	    "<c:route to='a' from='b' len='1048577'>",
	    "<c:route to='a' from='b' len='1'>xy</c:route>",
	    "<c:route to='a' from='b' len='1'>x</c:roude>",
	    "<c:route to='a' from='b' seq='x' len='0'></c:route>",
	    "<c:bounce to='a' from='b' len='0'></c:bounce>",
	    "<c:member name='a' role='sm'/>",
	    "<c:member name='a' role='sm' state='up' len='1'>x</c:member>",
	    "<c:state/>",
	    "<c:ping/>",
	    "<c:synced len='0'></c:synced>",
	    "<c:synced/ >",
	    "<c:later>abc</c:later>",
	    "<stream:features/>",
	    "</stream:strean>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (rd(bad[i]) != FRAME_BAD)
			fail_msg("taken: %s", bad[i]);
		assert_non_null(why);
	}
}

/* Every prefix of a good frame asks for more, in memory of just that size (for the sanitizer). */
static void
prefixes_ask_for_more(void **state)
{
	static const char *const good[] = {
	    "<c:route to='c2s-1' from='sm-1' sid='Xf3' seq='12' ack='7' len='4'><a/></c:route>",
	    "<c:route len='0000000' from='sm-1' host='example.org' key='a@example.org'></c:route>",
	    "<c:member name='sm-2' role='sm' state='up' boot='b' hosts='a.example'/>",
	    "<c:later len='3'>abc</c:later>",
	    "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
	    "</stream:stream>",
	    "<c:synced/>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		for (size_t n = 1; n < strlen(good[i]); n++) {
			char *p = xmalloc(n);

			memcpy(p, good[i], n);
			if (frame_read(str_n(p, n), &frame, &used, &why) != FRAME_MORE)
				fail_msg("%zu bytes of %s", n, good[i]);
			assert_int_equal(used, 0);
			free(p);
		}
		assert_int_equal(rd(good[i]), FRAME_OK);
	}
	assert_int_equal(rd(" \r\n\t"), FRAME_MORE);
	assert_int_equal(used, 4);
}

static void
endless_head_is_refused(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_addl(&b, "<c:route to='");
	while (b.n < FRAME_HEAD_MAX)
		buf_addc(&b, 'a');
	assert_int_equal(frame_read(buf_str(&b), &frame, &used, &why), FRAME_BAD);
	b.n = 0;
	buf_addl(&b, "<c:route");
	while (b.n < FRAME_HEAD_MAX)
		buf_addc(&b, ' ');
	assert_int_equal(frame_read(buf_str(&b), &frame, &used, &why), FRAME_BAD);
	b.n = 0;
	buf_addl(&b, "<c:");
	while (b.n < FRAME_HEAD_MAX)
		buf_addc(&b, 'a');
	assert_int_equal(frame_read(buf_str(&b), &frame, &used, &why), FRAME_BAD);
	b.n = 0;
	buf_addl(&b, "<stream:error>");
	while (b.n < FRAME_HEAD_MAX)
		buf_addc(&b, 'a');
	assert_int_equal(frame_read(buf_str(&b), &frame, &used, &why), FRAME_BAD);
	buf_done(&b);
}

static void
written_is_read_back(void **state)
{
	const struct frame f = {
	    .kind = FRAME_ROUTE,
	    .from = STR("c2s-1"),
	    .host = STR("b\xc3\xbc\x63her.example"),
	    .key = STR("j\xc3\xbclia@example.org"),
	    .sid = STR("s"),
	    .rid = STR("r"),
	    .after = STR("q"),
	    .seq = UINT64_MAX,
	    .ack = 1,
	    .payload = STR("<message>'\">&lt;</message>"),
	};
	struct buf b = {0};
	size_t mark;

	(void)state;
	buf_addl(&b, "before");
	frame_write(&b, &f);
	mark = frame_begin(&b, &f);
	buf_add(&b, f.payload);
	assert_true(str_eq(frame_begun_payload(&b, mark), f.payload));
	assert_true(frame_end(&b, mark));
	assert_true(str_eq(str_n(b.p + 6, mark - 6), str_n(b.p + mark, b.n - mark)));
	assert_int_equal(frame_read(str_from(buf_str(&b), 6), &frame, &used, &why), FRAME_OK);
	assert_int_equal(used, mark - 6);
	assert_true(str_eq(frame.from, f.from) && str_eq(frame.host, f.host) && str_eq(frame.key, f.key));
	assert_true(str_eq(frame.sid, f.sid) && str_eq(frame.rid, f.rid) && str_eq(frame.payload, f.payload));
	assert_true(str_eq(frame.after, f.after));
	assert_true(frame.seq == f.seq && frame.ack == f.ack && !frame.to.p);
	buf_done(&b);
}

static void
words_are_read_back(void **state)
{
	const struct frame m = {.kind = FRAME_MEMBER,
				.name = STR("sm-1"),
				.role = STR("sm"),
				.state = STR("gone"),
				.boot = STR("b")};
	struct buf b = {0};

	(void)state;
	frame_write(&b, &m);
	assert_true(str_is(buf_str(&b), "<c:member name='sm-1' role='sm' state='gone' boot='b'/>"));
	b.n = 0;
	frame_write(&b, &(struct frame){.kind = FRAME_STATE, .state = STR("draining")});
	frame_write(&b, &(struct frame){.kind = FRAME_SYNCED});
	frame_write(&b, &(struct frame){.kind = FRAME_PING, .id = STR("1")});
	assert_true(str_is(buf_str(&b), "<c:state is='draining'/><c:synced/><c:ping id='1'/>"));
	buf_done(&b);
}

static void
bounce_keeps_all(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_int_equal(
	    rd("<c:route to='c2s-9' from='sm-1' sid='S' seq='3' ack='2' rid='R' len='4'><a/></c:route>"),
	    FRAME_OK);
	frame_write_bounce(&b, &frame, "router-1", "no-instance");
	assert_int_equal(frame_read(buf_str(&b), &frame, &used, &why), FRAME_OK);
	assert_int_equal(frame.kind, FRAME_BOUNCE);
	assert_str(frame.to, "sm-1");
	assert_str(frame.from, "router-1");
	assert_str(frame.target, "c2s-9");
	assert_str(frame.reason, "no-instance");
	assert_str(frame.sid, "S");
	assert_str(frame.rid, "R");
	assert_int_equal(frame.seq, 3);
	assert_int_equal(frame.ack, 2);
	assert_str(frame.payload, "<a/>");
	b.n = 0;
	assert_int_equal(rd("<c:route host='h' key='k' from='sm-1' len='0'></c:route>"), FRAME_OK);
	frame_write_bounce(&b, &frame, "router-1", "no-host");
	assert_int_equal(frame_read(buf_str(&b), &frame, &used, &why), FRAME_OK);
	assert_str(frame.host, "h");
	assert_str(frame.key, "k");
	assert_null(frame.target.p);
	buf_done(&b);
}

static void
too_big_is_taken_back(void **state)
{
	const struct frame f = {.kind = FRAME_BOUNCE, .to = STR("a"), .from = STR("b"), .reason = STR("r")};
	struct buf b = {0};
	size_t mark;

	(void)state;
	buf_addl(&b, "x");
	mark = frame_begin(&b, &f);
	memset(buf_reserve(&b, FRAME_PAYLOAD_MAX), 'p', FRAME_PAYLOAD_MAX);
	b.n += FRAME_PAYLOAD_MAX;
	assert_true(frame_end(&b, mark));
	assert_int_equal(frame_read(str_from(buf_str(&b), 1), &frame, &used, &why), FRAME_OK);
	assert_int_equal(frame.payload.n, FRAME_PAYLOAD_MAX);
	b.n = 1;
	mark = frame_begin(&b, &f);
	memset(buf_reserve(&b, FRAME_PAYLOAD_MAX + 1), 'p', FRAME_PAYLOAD_MAX + 1);
	b.n += FRAME_PAYLOAD_MAX + 1;
	assert_false(frame_end(&b, mark));
	assert_int_equal(b.n, 1);
	buf_done(&b);
}

static void
values_are_judged(void **state)
{
	struct frame f = {.kind = FRAME_ROUTE, .host = STR("h"), .key = STR("j\xc3\xbclia@h")};
	char *long_key;

	(void)state;
	assert_true(frame_value_ok(STR("")));
	assert_true(frame_value_ok(STR("j\xc3\xbclia@example.org/ x")));
	assert_false(frame_value_ok(STR("a'b")));
	assert_false(frame_value_ok(STR("a\x7f")));
	assert_false(frame_value_ok(str_n("a\0b", 3)));
	assert_true(frame_values_ok(&f));
	f.sid = STR("<");
	assert_false(frame_values_ok(&f));
	f.sid = STR_NONE;
	long_key = xcalloc(1, FRAME_HEAD_MAX);
	memset(long_key, 'k', FRAME_HEAD_MAX);
	f.key = str_n(long_key, FRAME_HEAD_MAX);
	assert_false(frame_values_ok(&f));
	free(long_key);
	assert_true(instance_name_ok(STR("c2s-1")));
	assert_true(instance_name_ok(STR("a")));
	assert_false(instance_name_ok(STR("")));
	assert_false(instance_name_ok(STR("1a")));
	assert_false(instance_name_ok(STR("C2s")));
	assert_false(instance_name_ok(STR("c2s_1")));
	assert_true(
	    instance_name_ok(STR("a123456789012345678901234567890123456789012345678901234567890123")));
	assert_false(
	    instance_name_ok(STR("a1234567890123456789012345678901234567890123456789012345678901234")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(route_is_read),           cmocka_unit_test(every_kind_is_read),
	    cmocka_unit_test(bad_is_refused),          cmocka_unit_test(prefixes_ask_for_more),
	    cmocka_unit_test(endless_head_is_refused), cmocka_unit_test(written_is_read_back),
	    cmocka_unit_test(words_are_read_back),     cmocka_unit_test(bounce_keeps_all),
	    cmocka_unit_test(too_big_is_taken_back),   cmocka_unit_test(values_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
