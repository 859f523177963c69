/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One view: the archive over the log, copies for other sessions, and ids, through real sm: what stays, what is marked, what is
 * deleted; that acknowledgements wait for the sender's own row; that nothing is written twice when an sm dies.
 */
#include "sm/session.h"
#include "sm/user.h"
#include "tests/unit/sm_rig.h"
#include "xmpp/slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define ROMEO "aaaaaaaaaaaaaaaaaaroad"
#define ROMEO_TOO "aaaaaaaaaaaaaaaaaahome"
#define JULIET "bbbbbbbbbbbbbbbbbbhall"
#define JULIET_TOO "bbbbbbbbbbbbbbbbbbroof"

static char on_one[40], on_two[40]; /* accounts that sm-1 and sm-2 own when both are there */

static void
find_accounts(struct stage *st)
{
	const struct str names[2] = {STR("sm-1"), STR("sm-2")};
	char bare[40], sql[200];

	on_one[0] = on_two[0] = '\0';
	for (int i = 0; !on_one[0] || !on_two[0]; i++) {
		char *to;

		snprintf(bare, sizeof(bare), "user%d@example.org", i);
		to = slot_owner(slot_of(str_z(bare)), names, 2) == 0 ? on_one : on_two;
		if (to[0])
			continue;
		strcpy(to, bare);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) VALUES "
			 "('%s', 'example.org', '', '', 0, 1, 0)",
			 bare);
		stage_sql(st, sql);
	}
}

static int
setup(void **state)
{
	struct stage *st = stage_new("mod_archive { keep = 30d }");

	find_accounts(st);
	stage_sm(st, "sm-1");
	stage_sm(st, "sm-2");
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
come(struct stage *st, const char *sid, const char *bare, int priority)
{
	stage_open(st, sid, bare, sid + 18);
	stage_available(st, sid, priority);
	while (stage_count(st, sid, "<presence"))
		stage_expect(st, sid, "<presence");
}

static void
forget_presence(struct stage *st, const char *sid)
{
	stage_settle(st, sid);
	while (stage_count(st, sid, "<presence"))
		stage_expect(st, sid, "<presence");
}

static void
say_to(struct stage *st, const char *sid, const char *to, const char *body)
{
	char message[256];

	snprintf(message, sizeof(message), "<message to='%s' type='chat' id='%s'><body>%s</body></message>", to, body, body);
	stage_say(st, sid, message);
}

static void
want_copies(struct stage *st, const char *sid)
{
	stage_say(st, sid, "<iq type='set' id='c'><enable xmlns='" NS_CARBONS "'/></iq>");
	stage_expect(st, sid, "<item name='carbons'");
	stage_expect(st, sid, "id='c'");
}

/* copies: with what c2s has kept of a session that wants them. */
static void
reopen(struct stage *st, const char *sid, const char *bare, uint64_t in, uint64_t out, bool copies)
{
	char word[900];
	const char *at = strchr(bare, '@');

	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='%.*s' host='%s' resource='%s' address='192.0.2.1' secure='tls' mechanism='PLAIN' "
		 "resume='1' jid='%s/%s' in='%llu' out='%llu'>%s<presence xmlns='jabber:client' from='%s/%s'/></open>",
		 (int)(at - bare), bare, at + 1, sid + 18, bare, sid + 18, (unsigned long long)in, (unsigned long long)out,
		 copies ? "<keep><item name='carbons' v='1'>on</item></keep>" : "", bare, sid + 18);
	stage_to_owner(st, "c2s-1", bare, sid, word);
	stage_expect(st, sid, "<opened");
}

struct number_is {
	struct stage *st;
	const char *sql;
	long number;
};

static bool
number_is(void *arg)
{
	const struct number_is *w = arg;

	return stage_sql(w->st, w->sql) == w->number;
}

static void
until_number(struct stage *st, const char *sql, long number)
{
	stage_until(st, number_is, &(struct number_is){st, sql, number});
}

static long
count_of(struct stage *st, const char *owner, unsigned flags)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM log WHERE owner = '%s' AND flags = %u", owner, flags);
	return stage_sql(st, sql);
}

/* ---- what becomes of rows ---- */

static void
rows_stay(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, on_one, 0);
	come(st, JULIET, on_two, 0);
	say_to(st, ROMEO, on_two, "stay");
	g = stage_expect(st, JULIET, "<message");
	assert_non_null(strstr(g->payload, "<stanza-id xmlns='urn:xmpp:sid:0' by='"));
	stage_ack(st, JULIET, 0);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	until_number(st, "SELECT count(*) FROM log l JOIN users u ON u.owner = l.owner AND u.delivered = l.id", 1);
	assert_int_equal(count_of(st, on_two, 0), 1);
	assert_int_equal(count_of(st, on_one, LOG_OUTGOING | LOG_STORE_ONLY), 1);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 2);
}

/* What is not for the archive goes as it does without one. */
static void
transient_goes(void **state)
{
	struct stage *st = *state;
	char message[200];

	come(st, ROMEO, on_one, 0);
	come(st, JULIET, on_two, 0);
	snprintf(message, sizeof(message), "<message to='%s' type='chat' id='t'><received xmlns='" NS_RECEIPTS "' id='x'/></message>",
		 on_two);
	stage_say(st, ROMEO, message);
	stage_expect(st, JULIET, "<received");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(count_of(st, on_two, LOG_TRANSIENT), 1);
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log", 0);
}

/* Storage has no room: what is delivered waits for it, and so does who has sent it; for himself, too. */
static void
no_room_in_storage(void **state)
{
	struct stage *st = *state;
	uint64_t number;

	come(st, ROMEO, on_one, 0);
	come(st, JULIET, on_two, 0);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	number = stage_said(st, ROMEO);
	stage_trouble_append(TROUBLE_TEMPORARY);
	say_to(st, ROMEO, on_two, "wait");
	stage_expect(st, JULIET, "wait");
	stage_ack(st, JULIET, 0);
	stage_run(st, 600);
	stage_settle(st, JULIET);
	assert_int_equal(stage_ack_of(st, ROMEO), number);
	assert_int_equal(stage_count(st, ROMEO, "error"), 0);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 0);
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(count_of(st, on_two, 0), 1);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 2);
	assert_int_equal(stage_count(st, JULIET, "wait"), 0);
}

/* The same, and its owner leaves meanwhile: the next one has it in the archive, once. */
static void
no_room_and_another_owner(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, on_one, 0);
	come(st, JULIET, on_two, 0);
	stage_trouble_append(TROUBLE_TEMPORARY);
	say_to(st, ROMEO, on_two, "wait");
	stage_expect(st, JULIET, "wait");
	stage_ack(st, JULIET, 0);
	stage_settle(st, JULIET);
	stage_draining(st, "sm-2");
	stage_expect(st, JULIET, "<unknown");
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 2);
}

/* Delivered at once, but acknowledged only when it is in both archives. */
static void
acknowledged_means_archived(void **state)
{
	struct stage *st = *state;
	uint64_t number;

	come(st, ROMEO, on_one, 0);
	come(st, JULIET, on_two, 0);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	number = stage_said(st, ROMEO);
	stage_trouble_append(TROUBLE_LATE);
	say_to(st, ROMEO, on_two, "wait");
	stage_expect(st, JULIET, "wait");
	stage_ack(st, JULIET, 0);
	stage_settle(st, JULIET);
	stage_settle(st, ROMEO);
	assert_int_equal(stage_ack_of(st, ROMEO), number);
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 2);
}

#define UNDELIVERED \
	"SELECT count(*) FROM log WHERE (flags & 2) = 0 AND id > COALESCE((SELECT delivered FROM users WHERE users.owner = log.owner), 0)"

/* The cursor moves as far as it may, over what its user has sent and over what he has got, when both are committed at once. */
static void
much_in_one_commit(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, on_one, 0);
	come(st, JULIET, on_two, 0);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_trouble_append(TROUBLE_LATE);
	for (int i = 0; i < 70; i++)
		say_to(st, ROMEO, on_two, "out");
	stage_settle(st, ROMEO);
	say_to(st, JULIET, on_one, "in");
	stage_expect(st, ROMEO, ">in<");
	stage_ack(st, ROMEO, 0);
	stage_ack(st, JULIET, 0);
	stage_settle(st, ROMEO);
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_acked(st, JULIET, stage_said(st, JULIET));
	until_number(st, "SELECT count(*) FROM log", 142);
	until_number(st, UNDELIVERED, 0);
}

/* An old message stays behind the cursor; a newer one that is delivered is marked instead. */
static void
out_of_order_is_marked(void **state)
{
	struct stage *st = *state;
	char full[64];

	come(st, ROMEO, on_one, 0);
	say_to(st, ROMEO, on_two, "old");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	come(st, JULIET, on_two, -1);
	snprintf(full, sizeof(full), "%s/hall", on_two);
	say_to(st, ROMEO, full, "new");
	stage_expect(st, JULIET, "new");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(count_of(st, on_two, 0), 2);
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log WHERE flags = 2", 1);
	stage_available(st, JULIET, 0);
	stage_expect(st, JULIET, "old");
	stage_ack(st, JULIET, 0);
	until_number(st, "SELECT count(*) FROM log l JOIN users u ON u.owner = l.owner AND u.delivered >= l.id", 1);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 4);
}

/* ---- copies ---- */

/* The row waits for the other session; then the cursor moves over it. */
static void
copies_share_the_entry(void **state)
{
	struct stage *st = *state;
	struct got *g;
	char rid[RID_MAX];

	come(st, JULIET, on_two, 0);
	come(st, ROMEO, on_one, 0);
	come(st, ROMEO_TOO, on_one, 0);
	want_copies(st, ROMEO_TOO);
	forget_presence(st, ROMEO);
	say_to(st, ROMEO, on_two, "copied");
	g = stage_expect(st, JULIET, "copied");
	snprintf(rid, sizeof(rid), "%s", g->rid);
	g = stage_expect(st, ROMEO_TOO, "<sent");
	assert_non_null(strstr(g->payload, "<stanza-id"));
	assert_string_equal(g->rid, rid);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(count_of(st, on_one, LOG_OUTGOING), 1);
	stage_ack(st, ROMEO_TOO, 0);
	until_number(st, "SELECT count(*) FROM log l JOIN users u ON u.owner = l.owner AND u.delivered = l.id", 1);
}

/* The owner dies while a copy is on its way: it comes again from the next one, as a copy; the sender is not told. */
static void
copies_survive(void **state)
{
	struct stage *st = *state;
	uint64_t heard;
	struct got *g;
	char full[64];

	come(st, JULIET, on_two, 0);
	come(st, ROMEO, on_one, 0);
	come(st, ROMEO_TOO, on_one, 0);
	want_copies(st, ROMEO_TOO);
	forget_presence(st, ROMEO);
	stage_ack(st, ROMEO, 0);
	stage_ack(st, ROMEO_TOO, 0);
	stage_settle(st, ROMEO_TOO);
	stage_ack(st, ROMEO_TOO, 0);
	say_to(st, ROMEO, on_two, "theirs");
	heard = stage_expect(st, ROMEO_TOO, "<sent")->seq - 1;
	snprintf(full, sizeof(full), "%s/road", on_one);
	say_to(st, JULIET, full, "ours");
	stage_expect(st, ROMEO, "ours");
	stage_expect(st, ROMEO_TOO, "<received");
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	stage_acked(st, JULIET, stage_said(st, JULIET));
	stage_kill(st, "sm-1");
	reopen(st, ROMEO_TOO, on_one, stage_said(st, ROMEO_TOO), heard, true);
	g = stage_expect(st, ROMEO_TOO, "theirs");
	assert_non_null(strstr(g->payload, "<sent"));
	assert_non_null(strstr(g->payload, "<stanza-id"));
	g = stage_expect(st, ROMEO_TOO, "ours");
	assert_non_null(strstr(g->payload, "<received"));
	reopen(st, ROMEO, on_one, stage_said(st, ROMEO), 3, false);
	stage_expect(st, ROMEO, "ours");
	assert_int_equal(stage_count(st, ROMEO, "theirs"), 0);
	/* and it wants copies still */
	say_to(st, JULIET, full, "later");
	g = stage_expect(st, ROMEO_TOO, "later");
	assert_non_null(strstr(g->payload, "<received"));
}

/* What is not for the archive is for the other devices all the same. */
static void
copies_of_what_does_not_stay(struct stage *st)
{
	char message[300];
	uint64_t heard;
	struct got *g;

	come(st, JULIET, on_two, 0);
	come(st, ROMEO, on_one, 0);
	come(st, ROMEO_TOO, on_one, 0);
	want_copies(st, ROMEO_TOO);
	forget_presence(st, ROMEO);
	stage_ack(st, ROMEO_TOO, 0);
	snprintf(message, sizeof(message),
		 "<message to='%s' type='chat' id='p'><body>off the record</body><no-permanent-store xmlns='" NS_HINTS "'/></message>", on_two);
	stage_say(st, ROMEO, message);
	heard = stage_expect(st, ROMEO_TOO, "<sent")->seq - 1;
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(count_of(st, on_one, LOG_OUTGOING | LOG_TRANSIENT), 1);
	stage_kill(st, "sm-1");
	if (!stage_up(st, "sm-2"))
		stage_sm(st, "sm-2");
	reopen(st, ROMEO_TOO, on_one, stage_said(st, ROMEO_TOO), heard, true);
	g = stage_expect(st, ROMEO_TOO, "off the record");
	assert_non_null(strstr(g->payload, "<sent"));
	assert_non_null(strstr(g->payload, "<forwarded xmlns='urn:xmpp:forward:0'><delay "));
	assert_null(strstr(g->payload, "<stanza-id"));
	stage_ack(st, ROMEO_TOO, 0);
	until_number(st, "SELECT count(*) FROM log WHERE flags & 1 = 1", 0);
}

static void
copies_of_hinted_survive(void **state)
{
	copies_of_what_does_not_stay(*state);
}

/* ---- the cursor ---- */

/* Whoever only sends has not all of it behind his cursor, to be looked through each time he comes. */
static void
cursor_follows_what_is_sent(void **state)
{
	struct stage *st = *state;
	char body[20], sql[200];

	come(st, ROMEO, on_one, 0);
	for (int i = 0; i < 100; i++) {
		snprintf(body, sizeof(body), "alert %d", i);
		say_to(st, ROMEO, on_two, body);
	}
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	snprintf(sql, sizeof(sql), "SELECT count(*) < 64 FROM log l JOIN users u ON u.owner = l.owner WHERE u.owner = '%s' AND l.id > u.delivered",
		 on_one);
	until_number(st, sql, 1);
	/* one more, when nobody knows how many there were */
	stage_kill(st, "sm-1");
	come(st, ROMEO_TOO, on_one, 0);
	say_to(st, ROMEO_TOO, on_two, "once more");
	stage_acked(st, ROMEO_TOO, stage_said(st, ROMEO_TOO));
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM log l JOIN users u ON u.owner = l.owner WHERE u.owner = '%s' AND l.id > u.delivered",
		 on_one);
	until_number(st, sql, 0);
}

/* ... but never over what waits for the user. */
static void
cursor_stays_before_what_waits(void **state)
{
	struct stage *st = *state;
	char body[20];

	come(st, ROMEO, on_one, 0);
	come(st, JULIET, on_two, -1);
	say_to(st, ROMEO, on_two, "waits");
	for (int i = 0; i < 100; i++) {
		snprintf(body, sizeof(body), "answer %d", i);
		say_to(st, JULIET, on_one, body);
		stage_expect(st, ROMEO, body);
	}
	stage_ack(st, ROMEO, 0);
	stage_acked(st, JULIET, stage_said(st, JULIET));
	stage_kill(st, "sm-2");
	come(st, JULIET_TOO, on_two, 0);
	stage_expect(st, JULIET_TOO, "waits");
	stage_quiet(st, JULIET_TOO);
}

/* ---- once ---- */

/* Said again in a new session: in no archive twice, and copied once. */
static void
resent_is_once(void **state)
{
	struct stage *st = *state;

	come(st, JULIET, on_two, 0);
	come(st, ROMEO, on_one, 0);
	say_to(st, ROMEO, on_two, "again");
	stage_expect(st, JULIET, "again");
	come(st, ROMEO_TOO, on_one, 0);
	say_to(st, ROMEO_TOO, on_two, "again");
	stage_acked(st, ROMEO_TOO, stage_said(st, ROMEO_TOO));
	stage_quiet(st, JULIET);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 2);
}

/* The sender's own id says so, whatever else the client calls it. */
static void
resent_by_origin_id(void **state)
{
	struct stage *st = *state;
	char message[300];

	come(st, JULIET, on_two, 0);
	come(st, ROMEO, on_one, 0);
	for (int i = 0; i < 2; i++) {
		snprintf(message, sizeof(message),
			 "<message to='%s' type='chat' id='%d'><body>origin</body><origin-id xmlns='" NS_STANZA_ID "' id='o1'/></message>",
			 on_two, i);
		stage_say(st, i ? ROMEO_TOO : ROMEO, message);
		if (i == 0)
			come(st, ROMEO_TOO, on_one, 0);
	}
	stage_acked(st, ROMEO_TOO, stage_said(st, ROMEO_TOO));
	stage_expect(st, JULIET, "origin");
	stage_quiet(st, JULIET);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 2);
}

/* ... even while the first one is not committed yet: then both are acknowledged later. */
static void
resent_waits_for_the_first(void **state)
{
	struct stage *st = *state;
	uint64_t number;

	come(st, ROMEO, on_one, 0);
	come(st, ROMEO_TOO, on_one, 0);
	forget_presence(st, ROMEO);
	stage_acked(st, ROMEO_TOO, stage_said(st, ROMEO_TOO));
	number = stage_said(st, ROMEO_TOO);
	stage_trouble_append(TROUBLE_LATE);
	say_to(st, ROMEO, on_two, "again");
	say_to(st, ROMEO_TOO, on_two, "again");
	stage_settle(st, ROMEO_TOO);
	stage_settle(st, ROMEO_TOO);
	assert_int_equal(stage_ack_of(st, ROMEO_TOO), number);
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO_TOO, stage_said(st, ROMEO_TOO));
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 2);
}

/* The sm dies when all is written and nothing acknowledged: what c2s repeats is found in the log. */
static void
repeated_after_a_crash(void **state)
{
	struct stage *st = *state;
	uint64_t number;

	come(st, ROMEO, on_one, 0);
	come(st, JULIET, on_one, 0);
	number = stage_said(st, ROMEO) + 1;
	stage_say_seq(st, ROMEO, number, 0, "<message to='juliet@example.org' type='chat'><body>nameless</body></message>");
	until_number(st, "SELECT count(*) FROM log", 2);
	stage_kill(st, "sm-1");
	stage_kill(st, "sm-2");
	stage_sm(st, "sm-3");
	reopen(st, ROMEO, on_one, number - 1, 3, false);
	stage_say_seq(st, ROMEO, number, 0, "<message to='juliet@example.org' type='chat'><body>nameless</body></message>");
	stage_acked(st, ROMEO, number);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 2);
}

/* Delivered, but not committed when the owner changes: the next one has it in the archive, once. */
static void
passed_on_for_the_archive(void **state)
{
	struct stage *st = *state;

	come(st, ROMEO, on_one, 0);
	come(st, JULIET, on_two, 0);
	stage_trouble_append(TROUBLE_LATE);
	say_to(st, ROMEO, on_two, "passed");
	stage_expect(st, JULIET, "passed");
	stage_ack(st, JULIET, 0);
	stage_settle(st, JULIET);
	stage_draining(st, "sm-2");
	stage_trouble_append(TROUBLE_NONE);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	until_number(st, "SELECT count(*) FROM log", 2);
	assert_int_equal(count_of(st, on_two, 0), 1);
}

/* ---- preferences, age ---- */

/* They come with the user, whoever loads him. */
static void
prefs_are_loaded(void **state)
{
	struct stage *st = *state;

	come(st, JULIET, on_two, 0);
	stage_say(st, JULIET, "<iq type='set' id='p'><prefs xmlns='" NS_MAM "' default='never'/></iq>");
	stage_expect(st, JULIET, "default='never'");
	stage_kill(st, "sm-2");
	come(st, JULIET_TOO, on_two, 0);
	stage_say(st, JULIET_TOO, "<iq type='get' id='p'><prefs xmlns='" NS_MAM "'/></iq>");
	stage_expect(st, JULIET_TOO, "default='never'");
	come(st, ROMEO, on_one, 0);
	say_to(st, ROMEO, on_two, "private");
	stage_expect(st, JULIET_TOO, "private");
	stage_ack(st, JULIET_TOO, 0);
	stage_acked(st, ROMEO, stage_said(st, ROMEO));
	until_number(st, "SELECT count(*) FROM log WHERE flags <> 3", 0);
	assert_int_equal(count_of(st, on_one, LOG_OUTGOING | LOG_STORE_ONLY), 1);
}

/* However much has come since: an outage elsewhere can hold the sender's acknowledgement back for a minute. */
static void
repeated_after_much_else(void **state)
{
	struct stage *st = *state;
	char sql[600], message[200];

	snprintf(sql, sizeof(sql),
		 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
		 "INSERT INTO log (owner, id, peer, origin, flags, stanza) "
		 "SELECT '%s', (strftime('%%s', 'now') - 60) * 1000000 + i, 'r@example.org', 'name.' || i, 2, '<message/>' FROM n",
		 on_two);
	stage_sql(st, sql);
	come(st, JULIET, on_two, 0);
	snprintf(message, sizeof(message), "<message from='r@example.org/a' to='%s' type='chat'><body>long ago</body></message>",
		 on_two);
	stage_send(st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"), .key = str_z(on_two),
				       .rid = STR("name.1"), .payload = str_z(message)});
	stage_expect(st, "c2s-1", "<done");
	stage_quiet(st, JULIET);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 2000);
}

/* What is too old goes; what is undelivered stays, however old it is. */
static void
old_ones_go(void **state)
{
	struct stage *st = *state;

	stage_sql(st, "INSERT INTO log (owner, id, peer, origin, flags, stanza) VALUES "
		      "('romeo@example.org', 1, 'x', '', 2, '<message/>'), ('tybalt@example.net', 1, 'x', '', 3, '<message/>'), "
		      "('juliet@example.org', 1, 'x', '', 0, '<message/>'), ('juliet@example.org', 2, 'x', '', 2, '<message/>')");
	until_number(st, "SELECT count(*) FROM log", 1);
	assert_int_equal(count_of(st, "juliet@example.org", 0), 1);
}

/* ---- keep = 0 ---- */

static int
setup_off(void **state)
{
	struct stage *st = stage_new("mod_archive { keep = 0 }");

	find_accounts(st);
	stage_sm(st, "sm-1");
	*state = st;
	return 0;
}

static void
off_keeps_nothing(void **state)
{
	struct stage *st = *state;
	struct got *g;

	come(st, ROMEO, on_one, 0);
	come(st, JULIET, on_two, 0);
	stage_trouble_append(TROUBLE_LATE);
	say_to(st, ROMEO, on_two, "gone");
	g = stage_expect(st, JULIET, "gone");
	assert_null(strstr(g->payload, "<stanza-id"));
	stage_ack(st, JULIET, 0);
	stage_acked(st, ROMEO, stage_said(st, ROMEO)); /* withdrawn */
	stage_trouble_append(TROUBLE_NONE);
	assert_int_equal(stage_sql(st, "SELECT count(*) FROM log"), 0);
}

static void
off_copies_survive(void **state)
{
	copies_of_what_does_not_stay(*state);
}

/* What was kept before goes; what waits, stays. */
static void
off_empties(void **state)
{
	struct stage *st = *state;

	stage_sql(st, "INSERT INTO log (owner, id, peer, origin, flags, stanza) VALUES "
		      "('romeo@example.org', 1, 'x', '', 2, '<message/>'), ('juliet@example.org', 1, 'x', '', 0, '<message/>')");
	until_number(st, "SELECT count(*) FROM log", 1);
	assert_int_equal(count_of(st, "juliet@example.org", 0), 1);
}

static void
off_says_so(void **state)
{
	static const char *const questions[] = {
		"<iq type='set' id='q'><query xmlns='" NS_MAM "'/></iq>",   "<iq type='get' id='q'><query xmlns='" NS_MAM "'/></iq>",
		"<iq type='get' id='q'><metadata xmlns='" NS_MAM "'/></iq>", "<iq type='get' id='q'><prefs xmlns='" NS_MAM "'/></iq>",
		"<iq type='set' id='q'><prefs xmlns='" NS_MAM "' default='never'/></iq>",
	};
	struct stage *st = *state;

	come(st, ROMEO, on_one, 0);
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		stage_say(st, ROMEO, questions[i]);
		stage_expect(st, ROMEO, "<service-unavailable");
	}
	stage_say(st, ROMEO, "<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
	assert_null(strstr(stage_expect(st, ROMEO, "id='d'")->payload, "urn:xmpp:mam"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_stay),
		TEST(transient_goes),
		TEST(acknowledged_means_archived),
		TEST(much_in_one_commit),
		TEST(no_room_in_storage),
		TEST(no_room_and_another_owner),
		TEST(out_of_order_is_marked),
		TEST(copies_share_the_entry),
		TEST(copies_survive),
		TEST(copies_of_hinted_survive),
		TEST(cursor_follows_what_is_sent),
		TEST(cursor_stays_before_what_waits),
		TEST(resent_is_once),
		TEST(resent_by_origin_id),
		TEST(resent_waits_for_the_first),
		TEST(repeated_after_a_crash),
		TEST(passed_on_for_the_archive),
		TEST(prefs_are_loaded),
		TEST(repeated_after_much_else),
		TEST(old_ones_go),
		cmocka_unit_test_setup_teardown(off_keeps_nothing, setup_off, teardown),
		cmocka_unit_test_setup_teardown(off_copies_survive, setup_off, teardown),
		cmocka_unit_test_setup_teardown(off_empties, setup_off, teardown),
		cmocka_unit_test_setup_teardown(off_says_so, setup_off, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
