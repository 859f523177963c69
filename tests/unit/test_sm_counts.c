/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As which stanza a client counts what it gets and says (XEP-0198), over changes of owner and c2s; and names, by which is known what
 * comes again.
 */
#include "tests/unit/sm_play.h"
#include "xmpp/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static int
setup(void **state)
{
	*state = play_begin("sm { away_sessions = 2 }");
	return 0;
}

static bool
has_dealt_with_2(void *arg)
{
	struct play_wanted *w = arg;

	return play_session(w->st, w->sid)->in.done == 2;
}

/* ---- counts ---- */

/* The number is a message that the client got as its second stanza: it is not one more. */
static void
what_it_had(void **state)
{
	static const char *const open =
		"<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='road' resume='1' "
		"jid='romeo@example.org/road' in='2' out='7' manage='" SMID "' in-base='2' count='5' max='600' gen='0'>"
		"<presence xmlns='jabber:client' from='romeo@example.org/road'/></open>";
	struct stage *st = *state;
	struct got *g;

	play_come(st, HALL, "juliet@example.org");
	play_say_to(st, HALL, "romeo@example.org", "a");
	play_say_to(st, HALL, "romeo@example.org", "b");
	play_say_to(st, HALL, "romeo@example.org", "c");
	play_until_log(st, 3);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = STR(ROMEO), .rid = STR("3.1"), .payload = str_z(open)});
	stage_expect(st, ROMEO, " anew='1'");
	assert_int_equal(stage_expect(st, ROMEO, ">a<")->seq, 8);
	assert_int_equal(stage_expect(st, ROMEO, ">b<")->seq, 9);
	assert_int_equal(stage_expect(st, ROMEO, ">c<")->seq, 10);
	play_word(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='9' count='2'/>"); /* a is its 6th, c its 7th */
	play_word(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='9' count='2'/>"); /* said again */
	play_word(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='77' count='1'/>"); /* it was never sent */
	play_away(st, "c2s-1", ROMEO);
	assert_int_equal(play_session(st, ROMEO)->manage->count, 7);
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 8, "1.0");
	play_refused(st, ASK1, "undefined-condition");
	g = play_resume(st, "c2s-2", ASK2, ROMEO, 6);
	assert_int_equal(play_number(g, "count"), 6);
	stage_expect(st, "c2s-2", ">c<");
	assert_int_equal(stage_count(st, "c2s-2", "<message"), 0);
}

struct told { /* as which stanza the client has which message of Juliet's, by its number */
	unsigned seq, place;
};

static void
open_with_had(struct stage *st, struct word_open *w, const struct told *told, size_t count)
{
	struct siphash_key key = name_key(STR(ROMEO));
	struct name_told names[8];
	struct buf had = {0}, b = {0};
	char name[60];

	for (size_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s.%u", HALL, told[i].seq);
		(void)name_hash(&key, str_z(name), &names[i].name);
		names[i].back = name_back(w->manage.count, told[i].place);
	}
	names_told_print(&had, names, count);
	w->had = buf_str(&had);
	word_write_open(&b, w);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = STR(ROMEO), .rid = STR("3.1"), .payload = buf_str(&b)});
	buf_done(&had);
	buf_done(&b);
}

static size_t
names_in(const struct got *g)
{
	const char *at = strstr(g->payload, "<had>");
	struct name_told *told;
	size_t count = 0;

	assert_non_null(at);
	told = names_told_parse(str_n(at + 5, (size_t)(strstr(at, "</had>") - at - 5)), &count);
	assert_non_null(told);
	free(told);
	return count;
}

/*
 * A client has got from a former owner what the log has still, and c2s dies without a word about it: the client gets what it
 * lacks, once and in order, and counts go on as they should.
 */
static void
what_it_had_is_told(void **state)
{
	struct told told[] = {{0, 2}, {1, 4}, {2, 5}, {90, 3}, {91, 5}};
	struct word_open w = {.user = STR("romeo"), .host = STR("example.org"), .resource = STR("road"), .resume = true,
			      .jid = STR("romeo@example.org/road"), .in = 2, .out = 7,
			      .presence = STR("<presence from='romeo@example.org/road'/>"),
			      .manage = {.id = STR(SMID), .in_base = 2, .count = 5, .max = 600, .acked = 2}};
	struct stage *st = *state;
	struct got *g;
	uint64_t out;

	play_come(st, HALL, "juliet@example.org");
	for (unsigned i = 0; i < 3; i++)
		told[i].seq += (unsigned)stage_said(st, HALL) + 1;
	for (unsigned i = 0; i < 4; i++)
		play_say_to(st, HALL, "romeo@example.org", i == 0 ? "a" : i == 1 ? "b" : i == 2 ? "c" : "d");
	play_until_log(st, 4);
	open_with_had(st, &w, told, ARRAY_LEN(told));
	stage_expect(st, ROMEO, " anew='1'");
	assert_int_equal(stage_expect(st, ROMEO, ">b<")->seq, 8); /* a had even been acknowledged */
	assert_int_equal(stage_expect(st, ROMEO, ">c<")->seq, 9);
	assert_int_equal(stage_expect(st, ROMEO, ">d<")->seq, 10);
	play_say_to(st, HALL, "romeo@example.org", "e");
	assert_int_equal(stage_expect(st, ROMEO, ">e<")->seq, 11);
	assert_int_equal(play_session(st, ROMEO)->manage->count, 7); /* d is its 6th */
	play_ack(st, "c2s-1", ROMEO, 7);
	stage_settle(st, HALL);
	play_away(st, "c2s-1", ROMEO);
	g = play_resume(st, "c2s-2", ASK1, ROMEO, 4);
	assert_int_equal(play_number(g, "count"), 4);
	assert_int_equal(names_in(g), 3); /* for the new c2s: a, b, and one that is in no log */
	out = play_number(g, "out");
	assert_int_equal(stage_expect(st, "c2s-2", ">c<")->seq, out + 1);
	assert_int_equal(stage_expect(st, "c2s-2", ">d<")->seq, out + 2);
	assert_int_equal(stage_expect(st, "c2s-2", ">e<")->seq, out + 3);
	assert_int_equal(play_session(st, ROMEO)->manage->count, 7);
	play_ack(st, "c2s-2", ROMEO, out + 3);
	/* two that their sender repeats only now: the client has the first */
	for (unsigned i = 90; i <= 91; i++)
		stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-2"), .host = STR("example.org"),
					       .key = STR("romeo@example.org"), .rid = i == 90 ? STR(HALL ".90") : STR(HALL ".91"),
					       .payload = i == 90 ? STR("<message from='juliet@example.org/hall' to='romeo@example.org' "
									"type='chat'><body>90</body></message>")
								  : STR("<message from='juliet@example.org/hall' to='romeo@example.org' "
									"type='chat'><body>91</body></message>")});
	stage_expect(st, "c2s-2", "<done");
	assert_int_equal(stage_expect(st, "c2s-2", ">91<")->seq, out + 4);
	assert_int_equal(play_session(st, ROMEO)->manage->count, 8);
	assert_int_equal(stage_count(st, "c2s-2", "<message"), 0);
	play_ack(st, "c2s-2", ROMEO, out + 4);
	play_until_log(st, 0);
}

/* Names behind the h of a resumption go: it has not got these. What it acknowledges from then on is told to the c2s after that. */
static void
what_it_has_since(void **state)
{
	struct told told[] = {{90, 3}, {91, 5}};
	struct word_open w = {.user = STR("romeo"), .host = STR("example.org"), .resource = STR("road"), .resume = true,
			      .jid = STR("romeo@example.org/road"), .in = 2, .out = 7,
			      .presence = STR("<presence from='romeo@example.org/road'/>"),
			      .manage = {.id = STR(SMID), .in_base = 2, .count = 5, .max = 600, .acked = 2}};
	struct stage *st = *state;
	struct got *g;
	uint64_t out;

	play_come(st, HALL, "juliet@example.org");
	open_with_had(st, &w, told, ARRAY_LEN(told));
	stage_expect(st, ROMEO, " anew='1'");
	play_ack(st, "c2s-1", ROMEO, 7);
	play_away(st, "c2s-1", ROMEO);
	g = play_resume(st, "c2s-2", ASK1, ROMEO, 4);
	assert_int_equal(names_in(g), 1);
	out = play_number(g, "out");
	play_say_to(st, HALL, "romeo@example.org", "a");
	play_say_to(st, HALL, "romeo@example.org", "b");
	stage_expect(st, "c2s-2", ">a<");
	stage_expect(st, "c2s-2", ">b<");
	play_ack(st, "c2s-2", ROMEO, out + 1);
	play_away(st, "c2s-2", ROMEO);
	g = play_resume(st, "c2s-1", ASK2, ROMEO, 5);
	assert_int_equal(play_number(g, "count"), 5);
	assert_int_equal(names_in(g), 2);
	stage_expect(st, ROMEO, ">b<");
	assert_int_equal(stage_count(st, ROMEO, ">a<"), 0);
}

/* What it has acknowledged here the log may still come with, when this owner dies: the next c2s knows it, for a minute or two. */
static void
what_it_acknowledged(void **state)
{
	struct stage *st = *state;
	struct got *g;
	unsigned out;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	out = play_heard(st, ROMEO);
	for (unsigned i = 0; i < 40; i++)
		play_say_to(st, HALL, "romeo@example.org", i == 39 ? "last" : "more");
	stage_expect(st, ROMEO, ">last<");
	play_ack(st, "c2s-1", ROMEO, out + 30);
	play_away(st, "c2s-1", ROMEO);
	g = play_resume(st, "c2s-2", ASK1, ROMEO, 39);
	assert_int_equal(play_number(g, "count"), 39);
	assert_int_equal(names_in(g), 39);
	stage_expect(st, "c2s-2", ">last<");
}

/* The connection that opened it here had asked for it before: a question that comes late says less than the client has got since. */
static void
asked_late(void **state)
{
	struct word_open w = {.user = STR("romeo"), .host = STR("example.org"), .resource = STR("road"), .resume = true,
			      .jid = STR("romeo@example.org/road"), .in = 2, .out = 7, .born = 5000,
			      .manage = {.id = STR(SMID), .in_base = 2, .count = 5, .max = 600, .acked = 2}};
	struct word_resume r = {.user = w.user, .host = w.host, .previd = STR(SMID), .h = 2, .born = 5000};
	struct stage *st = *state;
	struct buf b = {0};

	open_with_had(st, &w, NULL, 0);
	stage_expect(st, ROMEO, " anew='1'");
	play_ack(st, "c2s-1", ROMEO, 7);
	play_away(st, "c2s-1", ROMEO);
	word_write_resume(&b, &r);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = STR(ASK1), .rid = STR("1.0"), .payload = buf_str(&b)});
	play_refused(st, ASK1, "conflict");
	play_resume(st, "c2s-2", ASK2, ROMEO, 4);
	buf_done(&b);
}

/* c2s says it of each all the same; and h may lie before all that is known by name. */
static void
what_it_had_is_told_twice(void **state)
{
	struct told told = {0, 4};
	struct word_open w = {.user = STR("romeo"), .host = STR("example.org"), .resource = STR("road"), .resume = true,
			      .jid = STR("romeo@example.org/road"), .in = 2, .out = 7,
			      .presence = STR("<presence from='romeo@example.org/road'/>"),
			      .manage = {.id = STR(SMID), .in_base = 2, .count = 5, .max = 600, .acked = 2}};
	struct stage *st = *state;

	play_come(st, HALL, "juliet@example.org");
	told.seq = (unsigned)stage_said(st, HALL) + 1;
	play_say_to(st, HALL, "romeo@example.org", "a");
	play_say_to(st, HALL, "romeo@example.org", "b");
	play_until_log(st, 2);
	open_with_had(st, &w, &told, 1);
	stage_expect(st, ROMEO, " anew='1'");
	stage_expect(st, ROMEO, ">b<");
	play_word(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='8' count='4'/>");
	play_word(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='9' count='3'/>"); /* and one that was not told */
	play_word(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='9' count='3'/>");
	play_away(st, "c2s-1", ROMEO);
	assert_int_equal(play_session(st, ROMEO)->manage->count, 5);
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 1, "1.0"); /* less than it had acknowledged */
	play_refused(st, ASK1, "undefined-condition");
	assert_int_equal(play_number(play_resume(st, "c2s-2", ASK2, ROMEO, 2), "count"), 2);
	stage_expect(st, "c2s-2", ">a<");
	stage_expect(st, "c2s-2", ">b<");
	assert_int_equal(stage_count(st, "c2s-2", "<message"), 0);
}

/* Of those that it had even before it counted, and of some that it has not acknowledged for long, across 2^32. */
static void
h_of_32_bits(void **state)
{
	struct stage *st = *state;
	struct sm_session *s;
	struct got *g;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	s = play_session(st, ROMEO);
	s->manage->count = UINT64_C(0x1fffffffe);
	for (unsigned i = 0; i < 4; i++)
		play_say_to(st, HALL, "romeo@example.org", i == 0 ? "a" : i == 1 ? "b" : i == 2 ? "c" : "d");
	stage_expect(st, ROMEO, ">d<");
	assert_int_equal(s->manage->count, UINT64_C(0x200000002));
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 3, "1.0");
	play_refused(st, ASK1, "undefined-condition");
	g = play_resume(st, "c2s-2", ASK2, ROMEO, 1); /* a, b and c */
	assert_true(play_number(g, "count") == UINT64_C(0x200000001));
	stage_expect(st, "c2s-2", ">d<");
	assert_int_equal(stage_count(st, "c2s-2", "<message"), 0);
}

/* An <enable/> that was lost comes again when c2s opens again: till then nothing that the client lacks may be forgotten. */
static void
enabled_late(void **state)
{
	static const char *const open =
		"<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='road' resume='1' "
		"jid='romeo@example.org/road' in='%u' out='%u' manage='" SMID "' in-base='%u' count='3' max='600' gen='0'/>";
	struct stage *st = *state;
	unsigned in, out;
	char text[600];
	struct got *g;

	play_come(st, HALL, "juliet@example.org");
	play_come(st, ROMEO, "romeo@example.org");
	stage_ack(st, ROMEO, 0);
	stage_settle(st, ROMEO);
	stage_ack(st, ROMEO, 0);
	in = (unsigned)stage_said(st, ROMEO);
	out = play_heard(st, ROMEO);
	play_say_to(st, HALL, "romeo@example.org", "a"); /* behind the <enable/> that is lost, number in + 1 */
	play_say_to(st, HALL, "romeo@example.org", "b");
	play_say_to(st, HALL, "romeo@example.org", "c");
	stage_expect(st, ROMEO, ">c<");
	stage_ack(st, ROMEO, out + 1); /* the client has acknowledged the first */
	snprintf(text, sizeof(text), open, in, out + 3, in + 1);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = STR(ROMEO), .rid = STR("1.0"), .payload = str_z(text)});
	stage_expect(st, ROMEO, "<opened");
	stage_expect(st, ROMEO, ">b<");
	stage_expect(st, ROMEO, ">c<");
	assert_int_equal(play_session(st, ROMEO)->unacked.len, 2);
	play_enable(st, ROMEO, SMID, out, 600);
	assert_int_equal(play_session(st, ROMEO)->manage->count, 3);
	play_away(st, "c2s-1", ROMEO);
	g = play_resume(st, "c2s-2", ASK1, ROMEO, 2);
	assert_int_equal(play_number(g, "count"), 2);
	stage_expect(st, "c2s-2", ">c<");
	assert_int_equal(stage_count(st, "c2s-2", "<message"), 0);
}

static void
echo(void **state)
{
	struct stage *st = *state;

	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	stage_say(st, ROMEO, "<echo xmlns='" NS_WORDS "'>&lt;iq type='error' id='e'/&gt;</echo>");
	assert_string_equal(stage_expect(st, ROMEO, "id='e'")->payload, "<iq type='error' id='e'/>");
	stage_say(st, ROMEO, "<echo xmlns='" NS_WORDS "'/>"); /* nothing goes back, but it is dealt with */
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(play_session(st, ROMEO)->manage->count, 1);
	stage_quiet(st, ROMEO);
}

/* A client need not say again what lies behind h: what it says next must not be taken for that. */
static void
answered_when_dealt_with(void **state)
{
	struct stage *st = *state;
	struct got *g;
	uint64_t in;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	stage_trouble_append(TROUBLE_LATE);
	play_say_to(st, ROMEO, "nurse@example.org", "one");
	in = stage_said(st, ROMEO);
	play_away(st, "c2s-1", ROMEO);
	play_ask(st, "c2s-2", ASK1, "romeo", SMID, 0, "1.0");
	stage_settle(st, HALL);
	assert_int_equal(stage_count(st, ROMEO, "<resumed"), 0);
	stage_trouble_append(TROUBLE_NONE);
	g = stage_expect(st, ROMEO, "<resumed");
	assert_int_equal(play_number(g, "in"), in);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-2"), .to = STR("sm-1"), .sid = STR(ROMEO), .seq = in + 1,
				       .payload = STR("<presence to='juliet@example.org'/>")});
	stage_expect(st, HALL, "<presence");
}

/*
 * When that takes long the client is answered all the same, and what it says again because it had heard nothing of it has the
 * numbers that it had.
 */
static void
said_again(void **state)
{
	struct stage *st = *state;
	struct got *g;
	uint64_t in;

	play_come(st, HALL, "juliet@example.org");
	play_come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	stage_trouble_append(TROUBLE_LATE); /* not dealt with */
	play_say_to(st, ROMEO, "nurse@example.org", "one");
	play_say_to(st, ROMEO, "nurse@example.org", "two");
	stage_say(st, ROMEO, "<presence to='juliet@example.org'/>");
	stage_expect(st, HALL, "<presence");
	g = play_resume(st, "c2s-2", ASK1, ROMEO, 0);
	in = play_number(g, "in");
	assert_int_equal(in, stage_said(st, ROMEO) - 3);
	for (unsigned i = 1; i <= 3; i++)
		stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-2"), .to = STR("sm-1"), .sid = STR(ROMEO),
					       .seq = in + i,
					       .payload = i == 3 ? STR("<presence to='juliet@example.org'/>")
								 : STR("<message to='nurse@example.org' type='chat'><body>x</body></message>")});
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO, in + 3);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 2);
	stage_quiet(st, HALL);
}

/* ---- names ---- */

static void
say_with_id(struct stage *st, const char *sid, const char *id, const char *more)
{
	char message[400];

	snprintf(message, sizeof(message), "<message to='nurse@example.org' type='chat' id='%s'>%s</message>", id, more);
	stage_say(st, sid, message);
	stage_acked(st, sid, stage_said(st, sid));
}

#define DELAY "<delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>"

static void
repeated_in_a_new_session(void **state)
{
	struct stage *st = *state;

	play_come(st, ROMEO, "romeo@example.org");
	say_with_id(st, ROMEO, "1", "<body>x</body>");
	play_until_log(st, 1);
	play_close_lost(st, "c2s-1", ROMEO); /* it cannot resume */
	stage_until(st, play_is_gone, &(struct play_wanted){st, ROMEO});
	play_come(st, ROOF, "romeo@example.org");
	say_with_id(st, ROOF, "1", "<body>x</body>");
	say_with_id(st, ROOF, "2", "<body>x</body>");
	say_with_id(st, ROOF, "1", "<body>y</body>");
	play_until_log(st, 3); /* the first of these was known */
	play_close_lost(st, "c2s-1", ROOF);
	stage_until(st, play_is_gone, &(struct play_wanted){st, ROOF});
	play_come(st, TOMB, "romeo@example.org");
	say_with_id(st, TOMB, "2", "<body>x</body>" DELAY); /* a careful client says when it was said first */
	play_until_log(st, 3);
	say_with_id(st, TOMB, "2", "<body>x</body>"); /* the same session says it again: another one */
	play_until_log(st, 4);
}

/* A new owner has not got the <enable/> yet when c2s dies with it: what the client says next is what comes next. */
static void
lost_with_the_enable(void **state)
{
	struct stage *st = *state;

	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = STR(ROMEO), .rid = STR("2.1"),
				       .payload = STR("<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='road' "
						      "resume='1' jid='romeo@example.org/road' in='0' out='0' manage='" SMID
						      "' in-base='1' count='0' max='600' gen='0'/>")});
	stage_expect(st, ROMEO, "<opened");
	play_ack(st, "c2s-1", ROMEO, 0);
	play_away(st, "c2s-1", ROMEO);
	assert_int_equal(play_number(play_resume(st, "c2s-2", ASK1, ROMEO, 0), "in"), 1);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-2"), .to = STR("sm-1"), .sid = STR(ROMEO), .seq = 2,
				       .payload = STR("<presence/>")});
	stage_until(st, has_dealt_with_2, &(struct play_wanted){st, ROMEO});
}

static void
said_anew_in_a_new_session(void **state)
{
	struct stage *st = *state;

	play_come(st, ROMEO, "romeo@example.org");
	say_with_id(st, ROMEO, "1", "<body>x</body>");
	play_word(st, "c2s-1", ROMEO, 0, NULL, "<close xmlns='" NS_WORDS "' reason='closed'/>");
	stage_until(st, play_is_gone, &(struct play_wanted){st, ROMEO});
	play_come(st, ROOF, "romeo@example.org");
	say_with_id(st, ROOF, "1", "<body>x</body>"); /* there was no reason to repeat anything */
	play_until_log(st, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, play_end)
	const struct CMUnitTest tests[] = {
		TEST(what_it_had),
		TEST(what_it_had_is_told),
		TEST(what_it_had_is_told_twice),
		TEST(what_it_has_since),
		TEST(what_it_acknowledged),
		TEST(asked_late),
		TEST(h_of_32_bits),
		TEST(enabled_late),
		TEST(lost_with_the_enable),
		TEST(echo),
		TEST(answered_when_dealt_with),
		TEST(said_again),
		TEST(repeated_in_a_new_session),
		TEST(said_anew_in_a_new_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
