/* SPDX-License-Identifier: Apache-2.0 */
/* Stream management (XEP-0198) at the sm: sessions that are away, what waits for them, and how they are resumed. */
#include "sm/mailbox.h"
#include "sm/manage.h"
#include "sm/session.h"
#include "sm/user.h"
#include "tests/unit/sm_rig.h"
#include "xmpp/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* The last four letters are the resource. */
#define ROMEO "aaaaaaaaaaaaaaaaaaroad"
#define TOMB "ddddddddddddddddddtomb"
#define HALL "bbbbbbbbbbbbbbbbbbhall"
#define ROOF "ccccccccccccccccccroof"
#define ASK1 "111111111111111111asks"
#define ASK2 "222222222222222222asks"
#define SMID "smidsmidsmidsmidsmid01"
#define SMID2 "smidsmidsmidsmidsmid02"

static int
setup(void **state)
{
	struct stage *st = stage_new("sm { away_sessions = 2 }");

	stage_sm(st, "sm-1");
	stage_join(st, "c2s-2", "c2s");
	*state = st;
	return 0;
}

static int
teardown(void **state)
{
	struct stage *st = *state;

	stage_free(&st);
	return 0;
}

static void
come(struct stage *st, const char *sid, const char *bare)
{
	stage_open(st, sid, bare, sid + 18);
	stage_available(st, sid, 0);
	while (stage_count(st, sid, "<presence"))
		stage_expect(st, sid, "<presence");
}

/* From here on stanzas are counted; max: seconds. */
static void
enable(struct stage *st, const char *sid, const char *id, unsigned out, unsigned max)
{
	char word[160];

	snprintf(word, sizeof(word), "<enable xmlns='" NS_WORDS "' id='%s' out='%u' max='%u'/>", id, out, max);
	stage_say(st, sid, word);
	stage_acked(st, sid, stage_said(st, sid));
}

/* Highest number that it was sent so far. */
static unsigned
heard(struct stage *st, const char *sid)
{
	return (unsigned)session_find(stage_owner(st, "romeo@example.org"), str_z(sid))->out_seq;
}

static void
come_managed(struct stage *st, const char *sid, const char *bare, const char *id, unsigned max)
{
	come(st, sid, bare);
	stage_ack(st, sid, 0);
	enable(st, sid, id, heard(st, sid), max);
}

static void
word_from(struct stage *st, const char *c2s, const char *sid, uint64_t ack, const char *rid, const char *word)
{
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = str_z(c2s), .to = STR("sm-1"), .sid = str_z(sid), .ack = ack,
				       .rid = str_z(rid), .payload = str_z(word)});
}

static void
close_lost(struct stage *st, const char *c2s, const char *sid)
{
	word_from(st, c2s, sid, 0, NULL, "<close xmlns='" NS_WORDS "' reason='lost'/>");
}

static struct sm_session *
session(struct stage *st, const char *sid)
{
	return session_find(stage_owner(st, "romeo@example.org"), str_z(sid));
}

struct wanted {
	struct stage *st;
	const char *sid;
};

static bool
is_away(void *arg)
{
	struct wanted *w = arg;
	struct sm_session *s = session(w->st, w->sid);

	return s && session_away(s);
}

static bool
is_gone(void *arg)
{
	struct wanted *w = arg;

	return !session(w->st, w->sid);
}

static bool
has_dealt_with_2(void *arg)
{
	struct wanted *w = arg;

	return session(w->st, w->sid)->in.done == 2;
}

static void
go_away(struct stage *st, const char *c2s, const char *sid)
{
	close_lost(st, c2s, sid);
	stage_until(st, is_away, &(struct wanted){st, sid});
}

static void
say_to(struct stage *st, const char *sid, const char *to, const char *body)
{
	char message[256];

	snprintf(message, sizeof(message), "<message to='%s' type='chat'><body>%s</body></message>", to, body);
	stage_say(st, sid, message);
}

static void
ask_as(struct stage *st, const char *c2s, const char *asker, const char *user, const char *previd, uint64_t h, const char *rid)
{
	char word[300], key[64];

	snprintf(key, sizeof(key), "%s@example.org", user);
	snprintf(word, sizeof(word),
		 "<resume xmlns='" NS_WORDS "' user='%s' host='example.org' address='192.0.2.7' secure='tls' mechanism='PLAIN' "
		 "previd='%s' h='%llu'/>",
		 user, previd, (unsigned long long)h);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = str_z(c2s), .host = STR("example.org"), .key = str_z(key),
				       .sid = str_z(asker), .rid = str_z(rid), .payload = str_z(word)});
}

static struct got *
resume(struct stage *st, const char *c2s, const char *asker, const char *sid, uint64_t h)
{
	ask_as(st, c2s, asker, "romeo", SMID, h, "1.0");
	return stage_expect(st, sid, "<resumed");
}

static void
refused(struct stage *st, const char *asker, const char *condition)
{
	struct got *g = stage_expect(st, asker, "<refused");

	if (!strstr(g->payload, condition))
		fail_msg("refused with %s", g->payload);
}

static uint64_t
number_in(const struct got *g, const char *name)
{
	char want[32];
	const char *at;

	snprintf(want, sizeof(want), " %s='", name);
	at = strstr(g->payload, want);
	assert_non_null(at);
	return strtoull(at + strlen(want), NULL, 10);
}

struct log_wanted {
	struct stage *st;
	long count;
};

static bool
is_in_log(void *arg)
{
	struct log_wanted *w = arg;

	return stage_sql(w->st, "SELECT count(*) FROM log") == w->count;
}

static void
until_log(struct stage *st, long count)
{
	stage_until(st, is_in_log, &(struct log_wanted){st, count});
}

/* ---- away and back ---- */

/* Others see nothing of it; what was under way and what comes meanwhile waits, and comes once, in order, under new numbers. */
static void
away_and_back(void **state)
{
	struct stage *st = *state;
	struct got *g, *next;
	uint64_t out;

	come(st, HALL, "juliet@example.org");
	come(st, TOMB, "romeo@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	while (stage_count(st, TOMB, "<presence"))
		stage_expect(st, TOMB, "<presence");
	for (unsigned i = 1; i <= 3; i++)
		say_to(st, HALL, "romeo@example.org/road", i == 1 ? "one" : i == 2 ? "two" : "three");
	stage_expect(st, ROMEO, ">three<");
	out = heard(st, ROMEO);
	stage_expect_away(0);
	go_away(st, "c2s-1", ROMEO);
	stage_expect_away(1);
	say_to(st, HALL, "romeo@example.org/road", "four");
	stage_say(st, HALL, "<iq type='get' id='q' to='romeo@example.org/road'><x xmlns='urn:x'/></iq>");
	stage_settle(st, HALL);
	stage_quiet(st, TOMB);
	assert_int_equal(stage_count(st, HALL, ""), 0);
	until_log(st, 4); /* so that nothing is lost when it does not come back */
	while (stage_count(st, ROMEO, ""))
		stage_expect(st, ROMEO, "");
	g = resume(st, "c2s-2", ASK1, ROMEO, 2); /* it has got one and two */
	assert_string_equal(g->to, "c2s-2");
	stage_expect_away(0);
	assert_string_equal(g->rid, "1");
	assert_non_null(strstr(g->payload, " asked='111111111111111111asks' jid='romeo@example.org/road'"));
	assert_int_equal(number_in(g, "count"), 2);
	assert_int_equal(number_in(g, "max"), 600);
	assert_true(number_in(g, "gen") > 0);
	assert_true(number_in(g, "out") >= out);
	assert_int_equal(number_in(g, "in"), g->ack);
	assert_non_null(strstr(g->payload, "<presence"));
	next = stage_expect(st, ROMEO, ">three<");
	assert_int_equal(next->seq, number_in(g, "out") + 1);
	assert_true(next->rid[0] != '\0');
	next = stage_expect(st, ROMEO, ">four<");
	assert_int_equal(next->seq, number_in(g, "out") + 2);
	next = stage_expect(st, ROMEO, "urn:x");
	assert_int_equal(next->seq, number_in(g, "out") + 3);
	assert_int_equal(stage_count(st, ROMEO, ""), 0);
	assert_false(session_away(session(st, ROMEO)));
	word_from(st, "c2s-2", ROMEO, next->seq, NULL, "<ack xmlns='" NS_WORDS "'/>");
	until_log(st, 0);
	stage_quiet(st, TOMB);
}

static void
time_is_over(void **state)
{
	struct stage *st = *state;

	come(st, HALL, "juliet@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 1);
	say_to(st, HALL, "romeo@example.org", "before");
	stage_expect(st, ROMEO, ">before<");
	go_away(st, "c2s-1", ROMEO);
	say_to(st, HALL, "romeo@example.org", "meanwhile");
	stage_say(st, HALL, "<iq type='get' id='q1' to='romeo@example.org/road'><x xmlns='urn:x'/></iq>");
	come(st, TOMB, "romeo@example.org"); /* gets what nobody has */
	stage_expect(st, TOMB, ">before<");
	stage_expect(st, TOMB, ">meanwhile<");
	say_to(st, HALL, "romeo@example.org/road", "only there");
	stage_settle(st, HALL);
	assert_int_equal(stage_count(st, HALL, "q1"), 0);
	stage_expect(st, TOMB, "type='unavailable'"); /* its time is over */
	stage_until(st, is_gone, &(struct wanted){st, ROMEO});
	stage_expect(st, HALL, "id='q1'");                 /* an error in its place */
	stage_expect(st, TOMB, ">only there<");            /* messages are for whoever is there */
	stage_ack(st, TOMB, 0);
	until_log(st, 0);
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, 0, "1.0");
	refused(st, ASK1, "item-not-found");
	stage_quiet(st, TOMB);
}

static void
a_client_of_no_time(void **state)
{
	struct stage *st = *state;

	come(st, TOMB, "romeo@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 0);
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, 0, "1.0");
	refused(st, ASK1, "item-not-found");
	close_lost(st, "c2s-1", ROMEO);
	stage_expect(st, TOMB, "type='unavailable'");
}

static void
its_c2s_dies(void **state)
{
	struct stage *st = *state;

	stage_join(st, "c2s-3", "c2s");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	(void)resume(st, "c2s-2", ASK1, ROMEO, 0);
	stage_expect(st, "c2s-1", "<end"); /* where it was until now */
	stage_leave(st, "c2s-2");
	stage_until(st, is_away, &(struct wanted){st, ROMEO});
	assert_string_equal(resume(st, "c2s-3", ASK2, ROMEO, 0)->to, "c2s-3");
	assert_int_equal(stage_count(st, "c2s-2", "<end"), 0); /* nobody is there to be told */
}

static void
too_many_are_away(void **state)
{
	static const char *const sids[] = {ROMEO, ROOF, TOMB};
	char id[SID_LEN + 1] = SMID;
	struct stage *st = *state;

	for (size_t i = 0; i < ARRAY_LEN(sids); i++) {
		id[SID_LEN - 1] = (char)('1' + i);
		come_managed(st, sids[i], "romeo@example.org", id, 600);
	}
	go_away(st, "c2s-1", sids[0]);
	stage_run(st, 5);
	go_away(st, "c2s-1", sids[1]);
	assert_non_null(session(st, sids[0]));
	close_lost(st, "c2s-1", sids[2]);
	stage_until(st, is_gone, &(struct wanted){st, sids[0]}); /* the one that has been away for longest */
	assert_true(session_away(session(st, sids[1])));
	assert_true(session_away(session(st, sids[2])));
}

/* A new session of the same name stands above one that is away. */
static void
replaced(void **state)
{
	struct stage *st = *state;

	come(st, HALL, "juliet@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	say_to(st, HALL, "romeo@example.org", "one");
	stage_expect(st, ROMEO, ">one<");
	go_away(st, "c2s-1", ROMEO);
	stage_open(st, ROOF, "romeo@example.org", "road");
	assert_null(session(st, ROMEO));
	assert_int_equal(stage_count(st, ROMEO, "<end"), 0);
	stage_say(st, ROOF, "<presence from='romeo@example.org/road'/>");
	stage_expect(st, ROOF, ">one<");
}

/* ---- who may resume what ---- */

static void
not_to_be_had(void **state)
{
	struct stage *st = *state;

	come(st, HALL, "juliet@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	ask_as(st, "c2s-2", ASK1, "juliet", SMID, 0, "1.0"); /* of somebody else */
	refused(st, ASK1, "item-not-found");
	ask_as(st, "c2s-2", ASK1, "nobody", SMID, 0, "2.0");
	refused(st, ASK1, "item-not-found");
	ask_as(st, "c2s-2", ASK1, "romeo", SMID2, 0, "3.0");
	refused(st, ASK1, "item-not-found");
	ask_as(st, "c2s-2", ASK1, "romeo", ROMEO, 0, "4.0"); /* the sid is no SM-ID */
	refused(st, ASK1, "item-not-found");
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, 1, "5.0"); /* more than it was sent */
	refused(st, ASK1, "undefined-condition");
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, UINT32_MAX, "6.0");
	refused(st, ASK1, "undefined-condition");
	stage_say(st, ROMEO, "<presence/>"); /* it is where it was */
	stage_settle(st, ROMEO);
	assert_int_equal(stage_count(st, ROMEO, "<end"), 0);
}

/* The former stream ends; what its c2s still says is of no account, and it cannot have the session again. */
static void
the_former_stream(void **state)
{
	char open[600];
	struct stage *st = *state;

	come(st, HALL, "juliet@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	(void)resume(st, "c2s-2", ASK1, ROMEO, 0);
	assert_non_null(strstr(stage_expect(st, "c2s-1", "<end")->payload, "condition='conflict'"));
	say_to(st, ROMEO, "juliet@example.org", "from the grave");
	close_lost(st, "c2s-1", ROMEO);
	snprintf(open, sizeof(open),
		 "<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='road' resume='1' "
		 "jid='romeo@example.org/road' in='2' out='1' manage='" SMID "' in-base='2' count='0' max='600' gen='0'/>");
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = STR(ROMEO), .rid = STR("7.0"), .payload = str_z(open)});
	refused(st, ROMEO, "conflict");
	assert_false(session_away(session(st, ROMEO)));
	assert_string_equal(session(st, ROMEO)->c2s, "c2s-2");
	stage_quiet(st, HALL);
}

/* At a new owner the former c2s is first; who knows of a later resumption takes the session over, whatever its number. */
static void
the_former_stream_comes_first(void **state)
{
	static const char *const word =
		"<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='road' resume='1' "
		"jid='romeo@example.org/road' in='%u' out='%u' manage='" SMID "' in-base='2' count='%u' max='600' gen='%u'/>";
	struct stage *st = *state;
	struct frame f = {.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"), .key = STR("romeo@example.org"),
			  .sid = STR(ROMEO), .rid = STR("9.4")};
	char open[600];

	snprintf(open, sizeof(open), word, 2, 3, 3, 1000);
	f.payload = str_z(open);
	stage_send(st, &f);
	stage_expect(st, "c2s-1", "<opened");
	snprintf(open, sizeof(open), word, 5, 9, 8, 2000);
	f.from = STR("c2s-2");
	f.rid = STR("2.1");
	stage_send(st, &f);
	stage_expect(st, "c2s-2", " anew='1'");
	assert_non_null(strstr(stage_expect(st, "c2s-1", "<end")->payload, "conflict"));
	assert_int_equal(session(st, ROMEO)->in.done, 5);
	assert_int_equal(session(st, ROMEO)->out_seq, 9);
	assert_int_equal(session(st, ROMEO)->manage->count, 8);
	assert_int_equal(session(st, ROMEO)->manage->gen, 2000);
}

static void
ask_born(struct stage *st, const char *asker, const char *rid, unsigned born)
{
	char word[300];

	snprintf(word, sizeof(word),
		 "<resume xmlns='" NS_WORDS "' user='romeo' host='example.org' born='%u' address='192.0.2.7' secure='tls' "
		 "mechanism='PLAIN' previd='" SMID "' h='0'/>", born);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-2"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = str_z(asker), .rid = str_z(rid), .payload = str_z(word)});
}

/* A client has given up one connection and resumed on the next one; then the question of the first one comes, again or late. */
static void
asked_by_an_older_connection(void **state)
{
	struct stage *st = *state;

	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	ask_born(st, ASK2, "1.0", 2000);
	stage_expect(st, ROMEO, "<resumed");
	ask_born(st, ASK1, "7.0", 1000);
	refused(st, ASK1, "conflict");
	assert_false(session_away(session(st, ROMEO)));
	ask_born(st, ASK1, "8.0", 2500);
	stage_expect(st, ROMEO, "<resumed");
}

/* A question that was long on its way finds that a later one has been answered; one that is asked again is answered again. */
static void
asked_twice(void **state)
{
	struct stage *st = *state;
	struct got *first, *second;
	uint64_t gen;

	come(st, HALL, "juliet@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	say_to(st, HALL, "romeo@example.org", "one");
	stage_expect(st, ROMEO, ">one<");
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, 0, "2.0");
	first = stage_expect(st, ROMEO, "<resumed");
	gen = number_in(first, "gen");
	assert_int_equal(stage_expect(st, "c2s-2", ">one<")->seq, number_in(first, "out") + 1);
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, 0, "1.0"); /* late */
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, 0, "3.0"); /* it has heard nothing */
	second = stage_expect(st, ROMEO, "<resumed");
	assert_string_equal(second->rid, "3");
	assert_string_equal(second->payload, first->payload);
	assert_int_equal(stage_expect(st, "c2s-2", ">one<")->seq, number_in(first, "out") + 1);
	assert_int_equal(session(st, ROMEO)->manage->gen, gen);
	assert_int_equal(stage_count(st, ROMEO, "<resumed"), 0);
}

/* Whoever believes that it has a session that is away opens it again; a stream that ends has nothing to believe. */
static void
who_believes_that_it_has_it(void **state)
{
	struct stage *st = *state;

	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	go_away(st, "c2s-1", ROMEO);
	close_lost(st, "c2s-1", ROMEO);
	stage_ack(st, ROMEO, 0);
	stage_expect(st, ROMEO, "<unknown");
	stage_say(st, ROMEO, "<presence/>");
	stage_expect(st, ROMEO, "<unknown");
	assert_int_equal(stage_count(st, ROMEO, "<unknown"), 0);
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

	come(st, HALL, "juliet@example.org");
	say_to(st, HALL, "romeo@example.org", "a");
	say_to(st, HALL, "romeo@example.org", "b");
	say_to(st, HALL, "romeo@example.org", "c");
	until_log(st, 3);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = STR(ROMEO), .rid = STR("3.1"), .payload = str_z(open)});
	stage_expect(st, ROMEO, " anew='1'");
	assert_int_equal(stage_expect(st, ROMEO, ">a<")->seq, 8);
	assert_int_equal(stage_expect(st, ROMEO, ">b<")->seq, 9);
	assert_int_equal(stage_expect(st, ROMEO, ">c<")->seq, 10);
	word_from(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='9' count='2'/>"); /* a is its 6th, c its 7th */
	word_from(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='9' count='2'/>"); /* said again */
	word_from(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='77' count='1'/>"); /* it was never sent */
	go_away(st, "c2s-1", ROMEO);
	assert_int_equal(session(st, ROMEO)->manage->count, 7);
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, 8, "1.0");
	refused(st, ASK1, "undefined-condition");
	g = resume(st, "c2s-2", ASK2, ROMEO, 6);
	assert_int_equal(number_in(g, "count"), 6);
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

	come(st, HALL, "juliet@example.org");
	for (unsigned i = 0; i < 3; i++)
		told[i].seq += (unsigned)stage_said(st, HALL) + 1;
	for (unsigned i = 0; i < 4; i++)
		say_to(st, HALL, "romeo@example.org", i == 0 ? "a" : i == 1 ? "b" : i == 2 ? "c" : "d");
	until_log(st, 4);
	open_with_had(st, &w, told, ARRAY_LEN(told));
	stage_expect(st, ROMEO, " anew='1'");
	assert_int_equal(stage_expect(st, ROMEO, ">b<")->seq, 8); /* a had even been acknowledged */
	assert_int_equal(stage_expect(st, ROMEO, ">c<")->seq, 9);
	assert_int_equal(stage_expect(st, ROMEO, ">d<")->seq, 10);
	say_to(st, HALL, "romeo@example.org", "e");
	assert_int_equal(stage_expect(st, ROMEO, ">e<")->seq, 11);
	assert_int_equal(session(st, ROMEO)->manage->count, 7); /* d is its 6th */
	word_from(st, "c2s-1", ROMEO, 7, NULL, "<ack xmlns='" NS_WORDS "'/>");
	stage_settle(st, HALL);
	go_away(st, "c2s-1", ROMEO);
	g = resume(st, "c2s-2", ASK1, ROMEO, 4);
	assert_int_equal(number_in(g, "count"), 4);
	assert_int_equal(names_in(g), 3); /* for the new c2s: a, b, and one that is in no log */
	out = number_in(g, "out");
	assert_int_equal(stage_expect(st, "c2s-2", ">c<")->seq, out + 1);
	assert_int_equal(stage_expect(st, "c2s-2", ">d<")->seq, out + 2);
	assert_int_equal(stage_expect(st, "c2s-2", ">e<")->seq, out + 3);
	assert_int_equal(session(st, ROMEO)->manage->count, 7);
	word_from(st, "c2s-2", ROMEO, out + 3, NULL, "<ack xmlns='" NS_WORDS "'/>");
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
	assert_int_equal(session(st, ROMEO)->manage->count, 8);
	assert_int_equal(stage_count(st, "c2s-2", "<message"), 0);
	word_from(st, "c2s-2", ROMEO, out + 4, NULL, "<ack xmlns='" NS_WORDS "'/>");
	until_log(st, 0);
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

	come(st, HALL, "juliet@example.org");
	open_with_had(st, &w, told, ARRAY_LEN(told));
	stage_expect(st, ROMEO, " anew='1'");
	word_from(st, "c2s-1", ROMEO, 7, NULL, "<ack xmlns='" NS_WORDS "'/>");
	go_away(st, "c2s-1", ROMEO);
	g = resume(st, "c2s-2", ASK1, ROMEO, 4);
	assert_int_equal(names_in(g), 1);
	out = number_in(g, "out");
	say_to(st, HALL, "romeo@example.org", "a");
	say_to(st, HALL, "romeo@example.org", "b");
	stage_expect(st, "c2s-2", ">a<");
	stage_expect(st, "c2s-2", ">b<");
	word_from(st, "c2s-2", ROMEO, out + 1, NULL, "<ack xmlns='" NS_WORDS "'/>");
	go_away(st, "c2s-2", ROMEO);
	g = resume(st, "c2s-1", ASK2, ROMEO, 5);
	assert_int_equal(number_in(g, "count"), 5);
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

	come(st, HALL, "juliet@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	out = heard(st, ROMEO);
	for (unsigned i = 0; i < 40; i++)
		say_to(st, HALL, "romeo@example.org", i == 39 ? "last" : "more");
	stage_expect(st, ROMEO, ">last<");
	word_from(st, "c2s-1", ROMEO, out + 30, NULL, "<ack xmlns='" NS_WORDS "'/>");
	go_away(st, "c2s-1", ROMEO);
	g = resume(st, "c2s-2", ASK1, ROMEO, 39);
	assert_int_equal(number_in(g, "count"), 39);
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
	word_from(st, "c2s-1", ROMEO, 7, NULL, "<ack xmlns='" NS_WORDS "'/>");
	go_away(st, "c2s-1", ROMEO);
	word_write_resume(&b, &r);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = STR(ASK1), .rid = STR("1.0"), .payload = buf_str(&b)});
	refused(st, ASK1, "conflict");
	resume(st, "c2s-2", ASK2, ROMEO, 4);
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

	come(st, HALL, "juliet@example.org");
	told.seq = (unsigned)stage_said(st, HALL) + 1;
	say_to(st, HALL, "romeo@example.org", "a");
	say_to(st, HALL, "romeo@example.org", "b");
	until_log(st, 2);
	open_with_had(st, &w, &told, 1);
	stage_expect(st, ROMEO, " anew='1'");
	stage_expect(st, ROMEO, ">b<");
	word_from(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='8' count='4'/>");
	word_from(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='9' count='3'/>"); /* and one that was not told */
	word_from(st, "c2s-1", ROMEO, 7, NULL, "<had xmlns='" NS_WORDS "' seq='9' count='3'/>");
	go_away(st, "c2s-1", ROMEO);
	assert_int_equal(session(st, ROMEO)->manage->count, 5);
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, 1, "1.0"); /* less than it had acknowledged */
	refused(st, ASK1, "undefined-condition");
	assert_int_equal(number_in(resume(st, "c2s-2", ASK2, ROMEO, 2), "count"), 2);
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

	come(st, HALL, "juliet@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	s = session(st, ROMEO);
	s->manage->count = UINT64_C(0x1fffffffe);
	for (unsigned i = 0; i < 4; i++)
		say_to(st, HALL, "romeo@example.org", i == 0 ? "a" : i == 1 ? "b" : i == 2 ? "c" : "d");
	stage_expect(st, ROMEO, ">d<");
	assert_int_equal(s->manage->count, UINT64_C(0x200000002));
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, 3, "1.0");
	refused(st, ASK1, "undefined-condition");
	g = resume(st, "c2s-2", ASK2, ROMEO, 1); /* a, b and c */
	assert_true(number_in(g, "count") == UINT64_C(0x200000001));
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

	come(st, HALL, "juliet@example.org");
	come(st, ROMEO, "romeo@example.org");
	stage_ack(st, ROMEO, 0);
	stage_settle(st, ROMEO);
	stage_ack(st, ROMEO, 0);
	in = (unsigned)stage_said(st, ROMEO);
	out = heard(st, ROMEO);
	say_to(st, HALL, "romeo@example.org", "a"); /* behind the <enable/> that is lost, number in + 1 */
	say_to(st, HALL, "romeo@example.org", "b");
	say_to(st, HALL, "romeo@example.org", "c");
	stage_expect(st, ROMEO, ">c<");
	stage_ack(st, ROMEO, out + 1); /* the client has acknowledged the first */
	snprintf(text, sizeof(text), open, in, out + 3, in + 1);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
				       .key = STR("romeo@example.org"), .sid = STR(ROMEO), .rid = STR("1.0"), .payload = str_z(text)});
	stage_expect(st, ROMEO, "<opened");
	stage_expect(st, ROMEO, ">b<");
	stage_expect(st, ROMEO, ">c<");
	assert_int_equal(session(st, ROMEO)->unacked.len, 2);
	enable(st, ROMEO, SMID, out, 600);
	assert_int_equal(session(st, ROMEO)->manage->count, 3);
	go_away(st, "c2s-1", ROMEO);
	g = resume(st, "c2s-2", ASK1, ROMEO, 2);
	assert_int_equal(number_in(g, "count"), 2);
	stage_expect(st, "c2s-2", ">c<");
	assert_int_equal(stage_count(st, "c2s-2", "<message"), 0);
}

static void
echo(void **state)
{
	struct stage *st = *state;

	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	stage_say(st, ROMEO, "<echo xmlns='" NS_WORDS "'>&lt;iq type='error' id='e'/&gt;</echo>");
	assert_string_equal(stage_expect(st, ROMEO, "id='e'")->payload, "<iq type='error' id='e'/>");
	stage_say(st, ROMEO, "<echo xmlns='" NS_WORDS "'/>"); /* nothing goes back, but it is dealt with */
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(session(st, ROMEO)->manage->count, 1);
	stage_quiet(st, ROMEO);
}

/* A client need not say again what lies behind h: what it says next must not be taken for that. */
static void
answered_when_dealt_with(void **state)
{
	struct stage *st = *state;
	struct got *g;
	uint64_t in;

	come(st, HALL, "juliet@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	stage_trouble_append(TROUBLE_LATE);
	say_to(st, ROMEO, "nurse@example.org", "one");
	in = stage_said(st, ROMEO);
	go_away(st, "c2s-1", ROMEO);
	ask_as(st, "c2s-2", ASK1, "romeo", SMID, 0, "1.0");
	stage_settle(st, HALL);
	assert_int_equal(stage_count(st, ROMEO, "<resumed"), 0);
	stage_trouble_append(TROUBLE_NONE);
	g = stage_expect(st, ROMEO, "<resumed");
	assert_int_equal(number_in(g, "in"), in);
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

	come(st, HALL, "juliet@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	stage_trouble_append(TROUBLE_LATE); /* not dealt with */
	say_to(st, ROMEO, "nurse@example.org", "one");
	say_to(st, ROMEO, "nurse@example.org", "two");
	stage_say(st, ROMEO, "<presence to='juliet@example.org'/>");
	stage_expect(st, HALL, "<presence");
	g = resume(st, "c2s-2", ASK1, ROMEO, 0);
	in = number_in(g, "in");
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

/* ---- the log ---- */

/* More waits than goes at once. It goes away in the middle; then what is new must not overtake what is old. */
static void
away_while_the_log_is_read(void **state)
{
	enum { MANY = 260 };
	struct stage *st = *state;
	uint64_t out;
	char body[16], want[24];
	struct got *g;

	come(st, HALL, "juliet@example.org");
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(body, sizeof(body), "%u", i);
		say_to(st, HALL, "romeo@example.org", body);
	}
	until_log(st, MANY);
	stage_open(st, ROMEO, "romeo@example.org", "road");
	enable(st, ROMEO, SMID, 0, 600);
	stage_say(st, ROMEO, "<presence/>");
	stage_expect(st, ROMEO, ">150<");
	go_away(st, "c2s-1", ROMEO);
	say_to(st, HALL, "romeo@example.org", "260");
	stage_settle(st, HALL);
	while (stage_count(st, ROMEO, ""))
		stage_expect(st, ROMEO, "");
	out = number_in(resume(st, "c2s-2", ASK1, ROMEO, 1), "out"); /* 1: its own presence */
	for (unsigned i = 0; i <= MANY; i++) {
		snprintf(want, sizeof(want), "<body>%u<", i);
		g = stage_expect(st, "c2s-2", "<message");
		if (!strstr(g->payload, want))
			fail_msg("%s comes in place of %u", g->payload, i);
		assert_int_equal(g->seq, ++out);
		word_from(st, "c2s-2", ROMEO, out, NULL, "<ack xmlns='" NS_WORDS "'/>");
	}
	until_log(st, 0);
}

/* Another session of the user need not wait until one that is away has taken the rest of the log. */
static void
the_log_is_for_others(void **state)
{
	enum { MANY = 260 };
	struct stage *st = *state;
	unsigned number = 0;
	char body[16];

	come(st, HALL, "juliet@example.org");
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(body, sizeof(body), "%u", i);
		say_to(st, HALL, "romeo@example.org", body);
	}
	until_log(st, MANY);
	stage_open(st, ROMEO, "romeo@example.org", "road");
	enable(st, ROMEO, SMID, 0, 600);
	stage_say(st, ROMEO, "<presence/>");
	stage_expect(st, ROMEO, ">150<");
	go_away(st, "c2s-1", ROMEO);
	stage_open(st, TOMB, "romeo@example.org", "tomb");
	stage_say(st, TOMB, "<presence/>");
	while (number < MANY) {
		struct got *g = stage_expect(st, TOMB, "<message");

		number = (unsigned)strtoul(strstr(g->payload, "<body>") + 6, NULL, 10) + 1;
		stage_ack(st, TOMB, g->seq);
	}
}

/* A session that is away while its messages lie in memory: it gets each once when it is back, however others come and go. */
static void
others_come_and_go(void **state)
{
	struct stage *st = *state;

	come(st, HALL, "juliet@example.org");
	come_managed(st, ROMEO, "romeo@example.org", SMID, 600);
	say_to(st, HALL, "romeo@example.org", "one");
	stage_expect(st, ROMEO, ">one<");
	go_away(st, "c2s-1", ROMEO);
	say_to(st, HALL, "romeo@example.org", "two");
	come(st, TOMB, "romeo@example.org");
	stage_expect(st, TOMB, ">one<");
	stage_expect(st, TOMB, ">two<");
	word_from(st, "c2s-1", TOMB, 0, NULL, "<close xmlns='" NS_WORDS "' reason='closed'/>"); /* without having taken them */
	stage_until(st, is_gone, &(struct wanted){st, TOMB});
	stage_settle(st, HALL);
	assert_int_equal(session(st, ROMEO)->unacked.len, 4); /* the two, and that the other was there and is gone */
	(void)resume(st, "c2s-2", ASK1, ROMEO, 0);
	stage_expect(st, "c2s-2", ">one<");
	stage_expect(st, "c2s-2", ">two<");
	assert_int_equal(stage_count(st, "c2s-2", "<message"), 0);
}

/* ---- a takeover ---- */

static void
reopen(struct stage *st, const char *sid, uint64_t out)
{
	char word[700];

	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='%s' resume='1' jid='romeo@example.org/%s' in='9' "
		 "out='%llu' manage='smidsmidsmidsmids%s1' in-base='2' count='3' max='600' gen='0'>"
		 "<presence xmlns='jabber:client' from='romeo@example.org/%s'/></open>",
		 sid + 18, sid + 18, (unsigned long long)out, sid + 18, sid + 18);
	stage_to_owner(st, "c2s-1", "romeo@example.org", sid, word);
	stage_expect(st, sid, "<opened");
}

static bool
took_all(void *arg)
{
	const struct wanted *w = arg;

	return stage_count(w->st, w->sid, "<message") >= 50;
}

/* Each gets all that lies behind the cursor, whatever the other one has taken of it. */
static void
two_devices_after_a_takeover(void **state)
{
	struct stage *st = *state;

	come(st, HALL, "juliet@example.org");
	say_to(st, HALL, "romeo@example.org", "one");
	say_to(st, HALL, "romeo@example.org", "two");
	until_log(st, 2);
	reopen(st, ROMEO, 5);
	assert_int_equal(stage_expect(st, ROMEO, ">one<")->seq, 6);
	assert_int_equal(stage_expect(st, ROMEO, ">two<")->seq, 7);
	word_from(st, "c2s-1", ROMEO, 7, NULL, "<ack xmlns='" NS_WORDS "'/>");
	say_to(st, HALL, "romeo@example.org", "three");
	stage_expect(st, ROMEO, ">three<");
	reopen(st, ROOF, 50);
	assert_int_equal(stage_expect(st, ROOF, ">one<")->seq, 51);
	assert_int_equal(stage_expect(st, ROOF, ">two<")->seq, 52);
	assert_int_equal(stage_expect(st, ROOF, ">three<")->seq, 53);
	assert_int_equal(stage_count(st, ROMEO, "<message"), 0);
	assert_int_equal(stage_count(st, ROOF, "<message"), 0);
	word_from(st, "c2s-1", ROMEO, 8, NULL, "<ack xmlns='" NS_WORDS "'/>");
	word_from(st, "c2s-1", ROOF, 53, NULL, "<ack xmlns='" NS_WORDS "'/>");
	until_log(st, 0);
}

static unsigned
no_dice(unsigned n)
{
	(void)n;
	return 0;
}

static size_t
texts_of_romeo(struct stage *st)
{
	struct sm_user *user = user_find(stage_owner(st, "romeo@example.org"), STR("romeo@example.org"));
	size_t bytes = 0;

	list_each(&user->mail.entries, struct entry, e, node)
		bytes += e->stanza ? e->stanza->n : 0;
	return bytes;
}

static void
take_big(struct stage *st, const char *sid, unsigned from, unsigned to)
{
	char number[16];

	for (unsigned i = from; i < to; i++) {
		struct got *g = stage_expect(st, sid, "<message");

		snprintf(number, sizeof(number), ">%u.", i);
		assert_non_null(strstr(g->payload, number));
		if (i % 5 == 4)
			word_from(st, "c2s-1", sid, g->seq, NULL, "<ack xmlns='" NS_WORDS "'/>");
	}
}

/* More than is read into memory: each session gets it from the log, at its own pace, and what comes meanwhile behind it. */
static void
much_after_a_takeover(void **state)
{
	enum { MANY = 100, SIZE = 30000 };
	struct stage *st = stage_new_played("sm { }", no_dice);
	struct buf body = {0};

	(void)state;
	stage_sm(st, "sm-1");
	come(st, HALL, "juliet@example.org");
	for (unsigned i = 0; i < MANY; i++) {
		buf_clear(&body);
		buf_addf(&body, "<message to='romeo@example.org' type='chat'><body>%u.", i);
		for (unsigned k = 0; k < SIZE; k++)
			buf_addc(&body, 'x');
		buf_addl(&body, "</body></message>");
		stage_say(st, HALL, buf_z(&body));
	}
	until_log(st, MANY);
	reopen(st, ROMEO, 5);
	take_big(st, ROMEO, 0, 40);
	assert_true(texts_of_romeo(st) < 1500000);
	reopen(st, ROOF, 50);
	say_to(st, HALL, "romeo@example.org", "100.");
	take_big(st, ROOF, 0, MANY);
	take_big(st, ROMEO, 40, MANY + 1);
	take_big(st, ROOF, MANY, MANY + 1);
	stage_ack(st, HALL, 0);
	word_from(st, "c2s-1", ROMEO, 5 + MANY + 1, NULL, "<ack xmlns='" NS_WORDS "'/>");
	word_from(st, "c2s-1", ROOF, 50 + MANY + 1, NULL, "<ack xmlns='" NS_WORDS "'/>");
	stage_settle(st, HALL);
	assert_int_equal(texts_of_romeo(st), 0);
	stage_run(st, 11000); /* nobody else comes back */
	until_log(st, 0);
	assert_int_equal(user_find(stage_owner(st, "romeo@example.org"), STR("romeo@example.org"))->mail.entries.len, 0);
	buf_done(&body);
	stage_free(&st);
}

/* One that is slow to catch up finds in the log what it lacks, also when this owner dies and the other device has it all. */
static void
slow_after_a_takeover(void **state)
{
	enum { MANY = 60, AT_ONCE = 50 };
	struct stage *st = stage_new("sm { unacked_stanzas = 100 }");
	uint64_t seq = 0;

	(void)state;
	stage_sm(st, "sm-1");
	come(st, HALL, "juliet@example.org");
	for (int i = 0; i < MANY; i++)
		say_to(st, HALL, "romeo@example.org", "old");
	until_log(st, MANY);
	reopen(st, ROMEO, 5);
	stage_until(st, took_all, &(struct wanted){st, ROMEO});
	assert_int_equal(stage_count(st, ROMEO, "<message"), AT_ONCE);
	reopen(st, ROOF, 50);
	for (int i = 0; i < MANY; i++) {
		seq = stage_expect(st, ROOF, "<message")->seq;
		word_from(st, "c2s-1", ROOF, seq, NULL, "<ack xmlns='" NS_WORDS "'/>");
	}
	for (int i = 0; i < AT_ONCE; i++)
		seq = stage_expect(st, ROMEO, "<message")->seq;
	word_from(st, "c2s-1", ROMEO, seq, NULL, "<ack xmlns='" NS_WORDS "'/>");
	say_to(st, HALL, "nurse@example.org", "what was asked of the log before this is done then");
	stage_acked(st, HALL, stage_said(st, HALL));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log WHERE owner = 'romeo@example.org'"), MANY - AT_ONCE);
	for (int i = AT_ONCE; i < MANY; i++)
		seq = stage_expect(st, ROMEO, "<message")->seq;
	word_from(st, "c2s-1", ROMEO, seq, NULL, "<ack xmlns='" NS_WORDS "'/>");
	until_log(st, 1); /* the nurse's */
	stage_free(&st);
}

/* One that goes away while it catches up lacks nothing when it is back, though the other device has taken all, and what came then. */
static void
away_after_a_takeover(void **state)
{
	enum { MANY = 260 };
	struct stage *st = *state;
	char body[16], want[24];
	uint64_t seq = 0;

	come(st, HALL, "juliet@example.org");
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(body, sizeof(body), "%u", i);
		say_to(st, HALL, "romeo@example.org", body);
	}
	until_log(st, MANY);
	reopen(st, ROMEO, 5);
	reopen(st, ROOF, 50);
	stage_expect(st, ROMEO, ">150<");
	word_from(st, "c2s-1", ROMEO, 5, NULL, "<ack xmlns='" NS_WORDS "'/>"); /* it has meant to open it */
	say_to(st, HALL, "romeo@example.org", "260");
	for (unsigned i = 0; i < MANY / 2; i++) {
		seq = stage_expect(st, ROOF, "<message")->seq;
		word_from(st, "c2s-1", ROOF, seq, NULL, "<ack xmlns='" NS_WORDS "'/>");
	}
	go_away(st, "c2s-1", ROMEO);
	say_to(st, HALL, "romeo@example.org", "261");
	while (!strstr(stage_expect(st, ROOF, "<message")->payload, ">261<"))
		word_from(st, "c2s-1", ROOF, ++seq, NULL, "<ack xmlns='" NS_WORDS "'/>");
	word_from(st, "c2s-1", ROOF, ++seq, NULL, "<ack xmlns='" NS_WORDS "'/>");
	stage_settle(st, HALL);
	ask_as(st, "c2s-2", ASK1, "romeo", "smidsmidsmidsmidsroad1", 3, "1.0");
	stage_expect(st, "c2s-2", "<resumed");
	for (unsigned i = 0; i <= 261; i++) {
		struct got *g = stage_expect(st, "c2s-2", "<message");

		snprintf(want, sizeof(want), "<body>%u<", i);
		if (!strstr(g->payload, want))
			fail_msg("%s comes in place of %u", g->payload, i);
		word_from(st, "c2s-2", ROMEO, g->seq, NULL, "<ack xmlns='" NS_WORDS "'/>");
	}
	until_log(st, 0);
}

/* Messages that a session returns while others may still come back from the former owner are neither lost nor turned over and over. */
static void
returned_in_the_grace(void **state)
{
	struct stage *st = *state;

	come(st, HALL, "juliet@example.org");
	say_to(st, HALL, "romeo@example.org", "one");
	until_log(st, 1);
	come(st, TOMB, "romeo@example.org"); /* new here: gets it from the database */
	stage_expect(st, TOMB, ">one<");
	reopen(st, ROMEO, 5);
	word_from(st, "c2s-1", TOMB, 0, NULL, "<close xmlns='" NS_WORDS "' reason='closed'/>");
	stage_until(st, is_gone, &(struct wanted){st, TOMB});
	stage_settle(st, HALL);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 1);
	word_from(st, "c2s-1", ROMEO, stage_expect(st, ROMEO, ">one<")->seq, NULL, /* at the end of the grace at the latest */
		  "<ack xmlns='" NS_WORDS "'/>");
	until_log(st, 0);
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

	come(st, ROMEO, "romeo@example.org");
	say_with_id(st, ROMEO, "1", "<body>x</body>");
	until_log(st, 1);
	close_lost(st, "c2s-1", ROMEO); /* it cannot resume */
	stage_until(st, is_gone, &(struct wanted){st, ROMEO});
	come(st, ROOF, "romeo@example.org");
	say_with_id(st, ROOF, "1", "<body>x</body>");
	say_with_id(st, ROOF, "2", "<body>x</body>");
	say_with_id(st, ROOF, "1", "<body>y</body>");
	until_log(st, 3); /* the first of these was known */
	close_lost(st, "c2s-1", ROOF);
	stage_until(st, is_gone, &(struct wanted){st, ROOF});
	come(st, TOMB, "romeo@example.org");
	say_with_id(st, TOMB, "2", "<body>x</body>" DELAY); /* a careful client says when it was said first */
	until_log(st, 3);
	say_with_id(st, TOMB, "2", "<body>x</body>"); /* the same session says it again: another one */
	until_log(st, 4);
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
	word_from(st, "c2s-1", ROMEO, 0, NULL, "<ack xmlns='" NS_WORDS "'/>");
	go_away(st, "c2s-1", ROMEO);
	assert_int_equal(number_in(resume(st, "c2s-2", ASK1, ROMEO, 0), "in"), 1);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-2"), .to = STR("sm-1"), .sid = STR(ROMEO), .seq = 2,
				       .payload = STR("<presence/>")});
	stage_until(st, has_dealt_with_2, &(struct wanted){st, ROMEO});
}

static void
said_anew_in_a_new_session(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, "romeo@example.org");
	say_with_id(st, ROMEO, "1", "<body>x</body>");
	word_from(st, "c2s-1", ROMEO, 0, NULL, "<close xmlns='" NS_WORDS "' reason='closed'/>");
	stage_until(st, is_gone, &(struct wanted){st, ROMEO});
	come(st, ROOF, "romeo@example.org");
	say_with_id(st, ROOF, "1", "<body>x</body>"); /* there was no reason to repeat anything */
	until_log(st, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(away_and_back),
		TEST(time_is_over),
		TEST(a_client_of_no_time),
		TEST(its_c2s_dies),
		TEST(too_many_are_away),
		TEST(replaced),
		TEST(not_to_be_had),
		TEST(the_former_stream),
		TEST(the_former_stream_comes_first),
		TEST(asked_by_an_older_connection),
		TEST(asked_twice),
		TEST(who_believes_that_it_has_it),
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
		TEST(away_while_the_log_is_read),
		TEST(the_log_is_for_others),
		TEST(others_come_and_go),
		TEST(two_devices_after_a_takeover),
		cmocka_unit_test(slow_after_a_takeover),
		cmocka_unit_test(much_after_a_takeover),
		TEST(away_after_a_takeover),
		TEST(returned_in_the_grace),
		TEST(repeated_in_a_new_session),
		TEST(said_anew_in_a_new_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
