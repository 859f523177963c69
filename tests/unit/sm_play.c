/* SPDX-License-Identifier: Apache-2.0 */
/* What clients do on a stage for sm, as their c2s tells it (tests/unit/sm_play.h). */
#include "tests/unit/sm_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct stage *
play_begin(const char *conf)
{
	struct stage *st = stage_new(conf);

	stage_sm(st, "sm-1");
	stage_join(st, "c2s-2", "c2s");
	return st;
}

int
play_end(void **state)
{
	struct stage *st = *state;

	stage_free(&st);
	return 0;
}

void
play_come(struct stage *st, const char *sid, const char *bare)
{
	stage_open(st, sid, bare, sid + 18);
	stage_available(st, sid, 0);
	while (stage_count(st, sid, "<presence"))
		stage_expect(st, sid, "<presence");
}

void
play_enable(struct stage *st, const char *sid, const char *id, unsigned out, unsigned max)
{
	char word[160];

	snprintf(word, sizeof(word), "<enable xmlns='" NS_WORDS "' id='%s' out='%u' max='%u'/>", id, out, max);
	stage_say(st, sid, word);
	stage_acked(st, sid, stage_said(st, sid));
}

unsigned
play_heard(struct stage *st, const char *sid)
{
	return (unsigned)session_find(stage_owner(st, "romeo@example.org"), str_z(sid))->out_seq;
}

void
play_come_managed(struct stage *st, const char *sid, const char *bare, const char *id, unsigned max)
{
	play_come(st, sid, bare);
	stage_ack(st, sid, 0);
	play_enable(st, sid, id, play_heard(st, sid), max);
}

void
play_word(struct stage *st, const char *c2s, const char *sid, uint64_t ack, const char *rid, const char *word)
{
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = str_z(c2s), .to = STR("sm-1"), .sid = str_z(sid), .ack = ack,
				       .rid = str_z(rid), .payload = str_z(word)});
}

void
play_ack(struct stage *st, const char *c2s, const char *sid, uint64_t number)
{
	play_word(st, c2s, sid, number, NULL, "<ack xmlns='" NS_WORDS "'/>");
}

void
play_close_lost(struct stage *st, const char *c2s, const char *sid)
{
	play_word(st, c2s, sid, 0, NULL, "<close xmlns='" NS_WORDS "' reason='lost'/>");
}

struct sm_session *
play_session(struct stage *st, const char *sid)
{
	return session_find(stage_owner(st, "romeo@example.org"), str_z(sid));
}

bool
play_is_away(void *arg)
{
	struct play_wanted *w = arg;
	struct sm_session *s = play_session(w->st, w->sid);

	return s && session_away(s);
}

bool
play_is_gone(void *arg)
{
	struct play_wanted *w = arg;

	return !play_session(w->st, w->sid);
}

void
play_away(struct stage *st, const char *c2s, const char *sid)
{
	play_close_lost(st, c2s, sid);
	stage_until(st, play_is_away, &(struct play_wanted){st, sid});
}

void
play_say_to(struct stage *st, const char *sid, const char *to, const char *body)
{
	char message[256];

	snprintf(message, sizeof(message), "<message to='%s' type='chat'><body>%s</body></message>", to, body);
	stage_say(st, sid, message);
}

void
play_ask(struct stage *st, const char *c2s, const char *asker, const char *user, const char *previd, uint64_t h, const char *rid)
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

struct got *
play_resume(struct stage *st, const char *c2s, const char *asker, const char *sid, uint64_t h)
{
	play_ask(st, c2s, asker, "romeo", SMID, h, "1.0");
	return stage_expect(st, sid, "<resumed");
}

void
play_refused(struct stage *st, const char *asker, const char *condition)
{
	struct got *g = stage_expect(st, asker, "<refused");

	if (!strstr(g->payload, condition))
		fail_msg("refused with %s", g->payload);
}

uint64_t
play_number(const struct got *g, const char *name)
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

void
play_until_log(struct stage *st, long count)
{
	stage_until(st, is_in_log, &(struct log_wanted){st, count});
}
