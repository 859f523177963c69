/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 6121 section 8.5 through a real sm, cell by cell: Table 1 of 8.5.4 for messages, the words of 8.5.1 to 8.5.3 for
 * presence and iq; with the recipient on the sender's sm and on another one. The table alone, without sessions and a
 * database, stands in test_sm_tables.c.
 */
#include "tests/unit/sm_rig.h"
#include "xmpp/slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* The last four letters are the resource. */
#define ROMEO "aaaaaaaaaaaaaaaaaaroad"
#define HALL "bbbbbbbbbbbbbbbbbbhall"
#define ROOF "ccccccccccccccccccroof"

enum situation { NO_ACCOUNT, NO_SESSION, CONNECTED, NEGATIVE, ONE, EQUAL, DIFFERENT, MIXED, SITUATION_COUNT };

enum { UNBOUND = 1000, SILENT = 1001 }; /* in place of a priority: no session; one that has sent no presence */

static const struct {
	int hall, roof;
} resources[SITUATION_COUNT] = {
	[NO_ACCOUNT] = {UNBOUND, UNBOUND}, [NO_SESSION] = {UNBOUND, UNBOUND}, [CONNECTED] = {SILENT, UNBOUND},
	[NEGATIVE] = {-1, UNBOUND},        [ONE] = {0, UNBOUND},              [EQUAL] = {0, 0},
	[DIFFERENT] = {5, 1},              [MIXED] = {5, -1},
};

enum address { BARE, FULL_HALL, FULL_ROOF, FULL_OTHER };

static const char *const suffixes[] = {[BARE] = "", [FULL_HALL] = "/hall", [FULL_ROOF] = "/roof", [FULL_OTHER] = "/tomb"};

/*
 * What becomes of it: the letters of who gets it, h and r for the two resources; o: it waits in the log; e: the sender
 * gets service-unavailable; b: bad-request; -: nothing at all.
 */
struct row {
	enum situation situation;
	enum address address;
	const char *cells[5];
};

/* normal, chat, groupchat, headline, error. Where Table 1 leaves a choice: errors for S but headlines, all for M. */
static const struct row message_rows[] = {
	/* 8.5.1 */
	{NO_ACCOUNT, BARE, {"e", "e", "e", "-", "-"}},
	{NO_ACCOUNT, FULL_OTHER, {"e", "e", "e", "-", "-"}},
	/* 8.5.2.2.1, 8.5.3.2.1: nobody is there */
	{NO_SESSION, BARE, {"o", "o", "e", "-", "-"}},
	{NO_SESSION, FULL_OTHER, {"e", "o", "e", "-", "-"}},
	{CONNECTED, BARE, {"o", "o", "e", "-", "-"}},
	{CONNECTED, FULL_HALL, {"h", "h", "h", "h", "h"}},
	{CONNECTED, FULL_OTHER, {"e", "o", "e", "-", "-"}},
	/* negative priorities only: as if nobody were there, but for the full JID */
	{NEGATIVE, BARE, {"o", "o", "e", "-", "-"}},
	{NEGATIVE, FULL_HALL, {"h", "h", "h", "h", "h"}},
	{NEGATIVE, FULL_OTHER, {"e", "o", "e", "-", "-"}},
	/* 8.5.2.1.1, 8.5.3.1: one resource */
	{ONE, BARE, {"h", "h", "e", "h", "-"}},
	{ONE, FULL_HALL, {"h", "h", "h", "h", "h"}},
	{ONE, FULL_OTHER, {"e", "h", "e", "-", "-"}},
	/* several */
	{EQUAL, BARE, {"hr", "hr", "e", "hr", "-"}},
	{EQUAL, FULL_HALL, {"h", "h", "h", "h", "h"}},
	{EQUAL, FULL_ROOF, {"r", "r", "r", "r", "r"}},
	{EQUAL, FULL_OTHER, {"e", "hr", "e", "-", "-"}},
	{DIFFERENT, BARE, {"hr", "hr", "e", "hr", "-"}},
	{DIFFERENT, FULL_HALL, {"h", "h", "h", "h", "h"}},
	{DIFFERENT, FULL_ROOF, {"r", "r", "r", "r", "r"}},
	{DIFFERENT, FULL_OTHER, {"e", "hr", "e", "-", "-"}},
	{MIXED, BARE, {"h", "h", "e", "h", "-"}},
	{MIXED, FULL_HALL, {"h", "h", "h", "h", "h"}},
	{MIXED, FULL_ROOF, {"r", "r", "r", "r", "r"}},
	{MIXED, FULL_OTHER, {"e", "h", "e", "-", "-"}},
};

/* available, unavailable, error, unknown, probe of somebody whose presence is not seen (4.3.2; XEP-0318 2) */
static const struct row presence_rows[] = {
	{NO_ACCOUNT, BARE, {"-", "-", "-", "b", "-"}},
	{NO_ACCOUNT, FULL_OTHER, {"-", "-", "-", "b", "-"}},
	{NO_SESSION, BARE, {"-", "-", "-", "b", "-"}},
	{NO_SESSION, FULL_OTHER, {"-", "-", "-", "b", "-"}},
	{CONNECTED, BARE, {"-", "-", "-", "b", "-"}},
	{CONNECTED, FULL_HALL, {"h", "h", "h", "b", "-"}},
	/* 8.5.2.1.2: all available resources, whatever their priority */
	{NEGATIVE, BARE, {"h", "h", "h", "b", "-"}},
	{NEGATIVE, FULL_OTHER, {"-", "-", "-", "b", "-"}},
	{ONE, BARE, {"h", "h", "h", "b", "-"}},
	{ONE, FULL_HALL, {"h", "h", "h", "b", "-"}},
	{ONE, FULL_OTHER, {"-", "-", "-", "b", "-"}},
	{DIFFERENT, BARE, {"hr", "hr", "hr", "b", "-"}},
	{DIFFERENT, FULL_ROOF, {"r", "r", "r", "b", "-"}},
	{MIXED, BARE, {"hr", "hr", "hr", "b", "-"}},
	{MIXED, FULL_ROOF, {"r", "r", "r", "b", "-"}},
	{MIXED, FULL_OTHER, {"-", "-", "-", "b", "-"}},
};

/* get, set, result, error, unknown */
static const struct row iq_rows[] = {
	{NO_ACCOUNT, BARE, {"e", "e", "-", "-", "b"}},
	{NO_ACCOUNT, FULL_OTHER, {"e", "e", "-", "-", "b"}},
	{NO_SESSION, BARE, {"e", "e", "-", "-", "b"}},
	{NO_SESSION, FULL_OTHER, {"e", "e", "-", "-", "b"}},
	{CONNECTED, BARE, {"e", "e", "-", "-", "b"}},
	{CONNECTED, FULL_HALL, {"h", "h", "h", "h", "b"}},
	{NEGATIVE, BARE, {"e", "e", "-", "-", "b"}},
	{NEGATIVE, FULL_HALL, {"h", "h", "h", "h", "b"}},
	{ONE, BARE, {"e", "e", "-", "-", "b"}},
	{ONE, FULL_HALL, {"h", "h", "h", "h", "b"}},
	{ONE, FULL_OTHER, {"e", "e", "-", "-", "b"}},
	{MIXED, BARE, {"e", "e", "-", "-", "b"}},
	{MIXED, FULL_ROOF, {"r", "r", "r", "r", "b"}},
	{MIXED, FULL_OTHER, {"e", "e", "-", "-", "b"}},
};

struct kind {
	const char *name, *children;
	const char *types[5]; /* "" is no type */
	const struct row *rows;
	size_t count;
};

static const struct kind kinds[] = {
	{"message", "<body>x</body>", {"normal", "chat", "groupchat", "headline", "error"}, message_rows, ARRAY_LEN(message_rows)},
	/* RFC 6121 5.2.2: no type, and one that nobody knows, are normal. */
	{"message", "<body>x</body>", {"", NULL, NULL, NULL, NULL}, message_rows, ARRAY_LEN(message_rows)},
	{"message", "<body>x</body>", {"whisper", NULL, NULL, NULL, NULL}, message_rows, ARRAY_LEN(message_rows)},
	{"presence", "<status>x</status>", {"", "unavailable", "error", "whisper", "probe"}, presence_rows, ARRAY_LEN(presence_rows)},
	{"iq", "<query xmlns='urn:example:unknown'/>", {"get", "set", "result", "error", "whisper"}, iq_rows, ARRAY_LEN(iq_rows)},
};

struct scene {
	struct stage *st;
	char sender[40], recipient[40];
	enum situation situation;
	long stored; /* that wait */
};

/* ---- the scene ---- */

/* The first name of its kind in the slots of sm `owner` of two. */
static void
find_name(char *out, const char *kind, int owner)
{
	const struct str names[2] = {STR("sm-1"), STR("sm-2")};

	for (int i = 0;; i++) {
		snprintf(out, 40, "%s%d@example.org", kind, i);
		if ((int)slot_owner(slot_of(str_z(out)), names, 2) == owner)
			return;
	}
}

static void
add_account(struct stage *st, const char *bare)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) VALUES "
		 "('%s', 'example.org', '', '', 0, 1, 0)",
		 bare);
	stage_sql(st, sql);
}

static bool
is_here(int resource)
{
	return resource != UNBOUND;
}

static void
come(struct scene *s, const char *sid, int resource)
{
	if (!is_here(resource))
		return;
	stage_open(s->st, sid, s->recipient, sid + 18);
	if (resource != SILENT)
		stage_available(s->st, sid, resource);
}

static void
forget(struct scene *s, const char *sid, const char *text)
{
	while (stage_count(s->st, sid, text))
		stage_expect(s->st, sid, text);
}

static void
scene_new(struct scene *s, enum situation situation, bool far)
{
	s->st = stage_new(NULL);
	s->situation = situation;
	s->stored = 0;
	find_name(s->sender, "sender", 0);
	find_name(s->recipient, "recipient", far ? 1 : 0);
	add_account(s->st, s->sender);
	if (situation != NO_ACCOUNT)
		add_account(s->st, s->recipient);
	stage_sm(s->st, "sm-1");
	stage_sm(s->st, "sm-2");
	assert_int_equal(stage_owner(s->st, s->sender) != stage_owner(s->st, s->recipient), far);
	stage_open(s->st, ROMEO, s->sender, "road");
	come(s, HALL, resources[situation].hall);
	come(s, ROOF, resources[situation].roof);
	forget(s, HALL, "<presence");
	forget(s, ROOF, "<presence");
}

/* ---- one cell ---- */

/* Everything before has arrived wherever it goes: a question that takes the same way has come back. */
static void
settle(struct scene *s)
{
	static unsigned serial;
	char iq[200], id[32];

	snprintf(id, sizeof(id), "id='sync%u'", ++serial);
	snprintf(iq, sizeof(iq), "<iq type='get' %s to='%s'><query xmlns='urn:example:sync'/></iq>", id, s->recipient);
	stage_say(s->st, ROMEO, iq);
	stage_expect(s->st, ROMEO, id);
	forget(s, ROMEO, "<keep "); /* what its c2s is to remember of it */
}

static bool
is_stored(void *arg)
{
	struct scene *s = arg;

	return stage_sql(s->st, "SELECT count(*) FROM log") == s->stored;
}

/* What was delivered may stand in the log for a moment: it comes and goes while the commit is under way. */
static void
until_stored(struct scene *s)
{
	stage_until(s->st, is_stored, s);
}

static void
arrives(struct scene *s, const char *sid, bool wanted, const char *text, const char *cell)
{
	size_t count = stage_count(s->st, sid, text);

	if (count != wanted)
		fail_msg("%s: %s got it %zu times", cell, sid, count);
	if (wanted)
		stage_expect(s->st, sid, text);
	if (stage_count(s->st, sid, ""))
		fail_msg("%s: %s got something else: %s", cell, sid, stage_next(s->st, sid)->payload);
}

static void
sender_hears(struct scene *s, const char *outcome, const char *id, const char *cell)
{
	bool refused = strchr(outcome, 'e') || strchr(outcome, 'b');
	size_t count = stage_count(s->st, ROMEO, id);
	struct got *g;

	if (count != refused)
		fail_msg("%s: the sender got %zu answers", cell, count);
	if (refused) {
		g = stage_expect(s->st, ROMEO, id);
		assert_non_null(strstr(g->payload, " type='error'"));
		if (!strstr(g->payload, outcome[0] == 'e' ? "<service-unavailable " : "<bad-request "))
			fail_msg("%s: answered %s", cell, g->payload);
	}
	if (stage_count(s->st, ROMEO, ""))
		fail_msg("%s: the sender got something else: %s", cell, stage_next(s->st, ROMEO)->payload);
}

/* The clients have what was sent to them: it leaves the log. */
static void
take_all(struct scene *s)
{
	stage_ack(s->st, ROMEO, 0);
	if (is_here(resources[s->situation].hall))
		stage_ack(s->st, HALL, 0);
	if (is_here(resources[s->situation].roof))
		stage_ack(s->st, ROOF, 0);
}

static void
try(struct scene *s, const struct kind *k, const char *type, const struct row *row, const char *outcome)
{
	static unsigned serial;
	char stanza[300], id[32], cell[160], attr[32] = "";

	if (*type)
		snprintf(attr, sizeof(attr), " type='%s'", type);
	snprintf(id, sizeof(id), " id='cell%u'", ++serial);
	snprintf(cell, sizeof(cell), "%s type='%s' situation %d address '%s'", k->name, type, (int)row->situation,
		 suffixes[row->address]);
	snprintf(stanza, sizeof(stanza), "<%s to='%s%s'%s%s>%s</%s>", k->name, s->recipient, suffixes[row->address], attr, id,
		 k->children, k->name);
	stage_say(s->st, ROMEO, stanza);
	settle(s);
	if (is_here(resources[s->situation].hall))
		arrives(s, HALL, strchr(outcome, 'h'), id, cell);
	if (is_here(resources[s->situation].roof))
		arrives(s, ROOF, strchr(outcome, 'r'), id, cell);
	sender_hears(s, outcome, id, cell);
	take_all(s);
	s->stored += strchr(outcome, 'o') ? 1 : 0;
	until_stored(s);
}

static void
play(enum situation situation, bool far)
{
	struct scene s;

	scene_new(&s, situation, far);
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
		for (size_t i = 0; i < kinds[k].count; i++)
			for (size_t c = 0; c < ARRAY_LEN(kinds[k].types); c++)
				if (kinds[k].rows[i].situation == situation && kinds[k].types[c])
					try(&s, &kinds[k], kinds[k].types[c], &kinds[k].rows[i], kinds[k].rows[i].cells[c]);
	stage_acked(s.st, ROMEO, stage_said(s.st, ROMEO)); /* nothing is on its way to the log any more, */
	until_stored(&s);                                  /* and what had been delivered has left it */
	stage_free(&s.st);
}

/* ---- order ---- */

/* RFC 6120 10.1: what one client says to one recipient arrives in the order it was said, of whatever kind it is. */
static void
in_order(bool far)
{
	static const char *const lines[] = {
		"<message to='%s%s' type='chat' id='line%d'><body>x</body></message>",
		"<iq to='%s%s' type='get' id='line%d'><query xmlns='urn:example:unknown'/></iq>",
		"<message to='%s%s' type='headline' id='line%d'><body>x</body></message>",
		"<presence to='%s%s' id='line%d'/>",
		"<message to='%s%s' id='line%d'><body>x</body></message>",
		"<iq to='%s%s' type='result' id='line%d'/>",
		"<presence to='%s%s' type='unavailable' id='line%d'/>",
		"<message to='%s%s' type='error' id='line%d'><body>x</body></message>",
	};
	enum { COUNT = 80 };
	struct scene s;

	scene_new(&s, ONE, far);
	for (int i = 0; i < COUNT; i++) {
		char stanza[300];

		snprintf(stanza, sizeof(stanza), lines[(size_t)i % ARRAY_LEN(lines)], s.recipient, "/hall", i);
		stage_say(s.st, ROMEO, stanza);
	}
	for (int i = 0; i < COUNT; i++) {
		char id[32];

		snprintf(id, sizeof(id), " id='line%d'", i);
		if (!strstr(stage_next(s.st, HALL)->payload, id))
			fail_msg("line %d is not where it should be", i);
	}
	stage_free(&s.st);
}

static void
order_near(void **state)
{
	(void)state;
	in_order(false);
}

static void
order_far(void **state)
{
	(void)state;
	in_order(true);
}

#define SITUATION(name)                     \
	static void name##_near(void **state) \
	{                                     \
		(void)state;                  \
		play(name, false);            \
	}                                     \
	static void name##_far(void **state)  \
	{                                     \
		(void)state;                  \
		play(name, true);             \
	}
SITUATION(NO_ACCOUNT)
SITUATION(NO_SESSION)
SITUATION(CONNECTED)
SITUATION(NEGATIVE)
SITUATION(ONE)
SITUATION(EQUAL)
SITUATION(DIFFERENT)
SITUATION(MIXED)

int
main(void)
{
#define BOTH(name) cmocka_unit_test(name##_near), cmocka_unit_test(name##_far)
	const struct CMUnitTest tests[] = {
		BOTH(NO_ACCOUNT), BOTH(NO_SESSION), BOTH(CONNECTED), BOTH(NEGATIVE),
		BOTH(ONE),        BOTH(EQUAL),      BOTH(DIFFERENT), BOTH(MIXED),
		BOTH(order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
