/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 6121 appendix A through a whole sm, seen from outside: every state is
 * reached by what people say, and looked at by logging in and asking for the
 * roster. Pairs of accounts on one host, on two hosts, with two owners; and
 * each of them with somebody on another server.
 */
#include "sm/sm.h"
#include "tests/unit/rfc6121_states.h"
#include "tests/unit/sm_rig.h"
#include "xmpp/slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* ---- the two sides ---- */

struct side {
	char bare[48], sid[24];
	bool foreign; /* on another server: s2s-1 speaks for it and hears what goes to it */
};

struct pair {
	struct stage *st;
	struct side user, contact;
};

static unsigned serial;

/* resource: four letters */
static void
new_sid(char *sid, const char *resource)
{
	snprintf(sid, 24, "%018u%.4s", ++serial, resource);
}

static void
add_account(struct stage *st, const char *bare)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) VALUES "
		 "('%s', '%s', '', '', 0, 1, 0)",
		 bare, strchr(bare, '@') + 1);
	stage_sql(st, sql);
}

/* A fresh account of the host, at the sm when one is named. */
static void
find_account(char *bare, const char *host, int owner)
{
	const struct str names[2] = {STR("sm-1"), STR("sm-2")};

	do {
		snprintf(bare, 48, "user%u@%s", ++serial, host);
	} while (owner >= 0 && slot_owner(slot_of(str_z(bare)), names, 2) != owner);
}

static void
side_new(struct stage *st, struct side *side, const char *host, int owner)
{
	find_account(side->bare, host, owner);
	add_account(st, side->bare);
	new_sid(side->sid, "room");
	stage_open(st, side->sid, side->bare, "room");
	stage_available(st, side->sid, 0);
}

static void
side_foreign(struct side *side)
{
	*side = (struct side){.foreign = true};
	snprintf(side->bare, sizeof(side->bare), "user%u@verona.example", ++serial);
}

/* Everything that was said so far has had its effect on both sides. */
static void
settle(struct pair *p)
{
	/* A ping waits as long as its user is held, and the bus keeps the order: there, and back. */
	for (int i = 0; i < 2; i++) {
		stage_settle(p->st, p->user.sid);
		if (!p->contact.foreign)
			stage_settle(p->st, p->contact.sid);
	}
}

static void
say(struct pair *p, const struct side *from, const struct side *to, const char *type, const char *id)
{
	char stanza[256];

	if (from->foreign) {
		snprintf(stanza, sizeof(stanza), "<presence from='%s' to='%s' type='%s' id='%s'/>", from->bare, to->bare, type, id);
		stage_to_owner(p->st, "s2s-1", to->bare, NULL, stanza);
	} else {
		snprintf(stanza, sizeof(stanza), "<presence to='%s' type='%s' id='%s'/>", to->bare, type, id);
		stage_say(p->st, from->sid, stanza);
	}
	settle(p);
}

/* ---- states ---- */

/* How the user gets there: '<' the contact says it. */
static const struct {
	const char *name, *way[4];
} ways[RFC_STATES] = {
	{"None", {NULL}},
	{"None+PO", {"subscribe"}},
	{"None+PI", {"<subscribe"}},
	{"None+PO+PI", {"subscribe", "<subscribe"}},
	{"To", {"subscribe", "<subscribed"}},
	{"To+PI", {"subscribe", "<subscribed", "<subscribe"}},
	{"From", {"<subscribe", "subscribed"}},
	{"From+PO", {"<subscribe", "subscribed", "subscribe"}},
	{"Both", {"<subscribe", "subscribed", "subscribe", "<subscribed"}},
};

static size_t
index_of(const char *name)
{
	for (size_t i = 0; i < RFC_STATES; i++)
		if (strcmp(ways[i].name, name) == 0)
			return i;
	fail_msg("no state %s", name);
	return 0;
}

static void
reach(struct pair *p, const char *name)
{
	const char *const *way = ways[index_of(name)].way;

	for (int i = 0; i < 4 && way[i]; i++) {
		if (*way[i] == '<')
			say(p, &p->contact, &p->user, way[i] + 1, "way");
		else
			say(p, &p->user, &p->contact, way[i], "way");
	}
}

/* What the other side's state is then. */
static const char *
mirrored(const char *name)
{
	static const char *const of[][2] = {
		{"None", "None"}, {"None+PO", "None+PI"}, {"None+PI", "None+PO"}, {"None+PO+PI", "None+PO+PI"}, {"To", "From"},
		{"To+PI", "From+PO"}, {"From", "To"}, {"From+PO", "To+PI"}, {"Both", "Both"},
	};

	for (size_t i = 0; i < RFC_STATES; i++)
		if (strcmp(of[i][0], name) == 0)
			return of[i][1];
	fail_msg("no state %s", name);
	return NULL;
}

/* The state as a client sees it: what the roster says, and whether a request comes at login. */
static void
look(struct stage *st, const struct side *side, const struct side *other, char *name)
{
	char sid[24], text[160], sub[8] = "none";
	const char *item, *rest;

	new_sid(sid, "look");
	stage_open(st, sid, side->bare, "look");
	stage_say(st, sid, "<iq type='get' id='look'><query xmlns='jabber:iq:roster'/></iq>");
	snprintf(text, sizeof(text), "<item jid='%s' subscription='", other->bare);
	item = strstr(stage_expect(st, sid, "id='look'")->payload, text);
	rest = item ? item + strlen(text) : "";
	if (item)
		snprintf(sub, sizeof(sub), "%.*s", (int)strcspn(rest, "'"), rest);
	rest += strcspn(rest, "/>");
	sub[0] = (char)(sub[0] - 'a' + 'A');
	stage_available(st, sid, -1);
	snprintf(text, sizeof(text), "<presence from='%s' to='%s' type='subscribe'", other->bare, side->bare);
	sprintf(name, "%s%s%s", sub, item && strstr(item, " ask='subscribe'") && strstr(item, " ask='subscribe'") < rest ? "+PO" : "",
		stage_count(st, sid, text) ? "+PI" : "");
}

static void
assert_state(struct pair *p, const struct side *side, const struct side *other, const char *what, const char *expected)
{
	char name[24];

	look(p->st, side, other, name);
	if (strcmp(name, expected) != 0)
		fail_msg("%s: state is %s and not %s", what, name, expected);
}

/* ---- two accounts of ours ---- */

static const struct rfc_row *
row_of(const struct rfc_table *table, const char *before)
{
	for (size_t i = 0; i < RFC_STATES; i++)
		if (strcmp(table->rows[i].before, before) == 0)
			return &table->rows[i];
	fail_msg("no row %s", before);
	return NULL;
}

static bool
must(const struct rfc_row *row)
{
	return strcmp(row->must, "MUST") == 0;
}

/* One row of A.2 and the row of A.3 that it meets on the other side. */
static void
play(struct pair *p, const struct rfc_table *out, const struct rfc_table *in, size_t i)
{
	const struct rfc_row *here = &out->rows[i];
	const struct rfc_row *there = row_of(in, mirrored(here->before));
	bool delivered = must(here) && must(there);
	char what[64];

	snprintf(what, sizeof(what), "%s in %s", out->type, here->before);
	reach(p, here->before);
	assert_state(p, &p->user, &p->contact, what, here->before);
	assert_state(p, &p->contact, &p->user, what, there->before);
	say(p, &p->user, &p->contact, out->type, "act");
	if (stage_count(p->st, p->contact.sid, "id='act'") != delivered)
		fail_msg("%s: delivered %zu times", what, stage_count(p->st, p->contact.sid, "id='act'"));
	assert_state(p, &p->user, &p->contact, what, rfc_after(here));
	assert_state(p, &p->contact, &p->user, what, must(here) ? rfc_after(there) : there->before);
}

static void
play_all(struct stage *st, const char *host, int owner, const char *other_host, int other_owner)
{
	for (size_t t = 0; t < ARRAY_LEN(rfc_outbound); t++)
		for (size_t i = 0; i < RFC_STATES; i++) {
			struct pair p = {.st = st};

			side_new(st, &p.user, host, owner);
			side_new(st, &p.contact, other_host, other_owner);
			play(&p, &rfc_outbound[t], &rfc_inbound[t], i);
		}
}

static void
on_one_host(void **state)
{
	struct stage *st = stage_new(NULL);

	(void)state;
	stage_sm(st, "sm-1");
	play_all(st, "example.org", -1, "example.org", -1);
	stage_free(&st);
}

static void
on_two_hosts(void **state)
{
	struct stage *st = stage_new(NULL);

	(void)state;
	stage_sm(st, "sm-1");
	play_all(st, "example.org", -1, "example.net", -1);
	stage_free(&st);
}

static void
at_two_sm(void **state)
{
	struct stage *st = stage_new(NULL);

	(void)state;
	stage_sm(st, "sm-1");
	stage_sm(st, "sm-2");
	play_all(st, "example.org", 0, "example.org", 1);
	stage_free(&st);
}

static void
at_two_sm_and_hosts(void **state)
{
	struct stage *st = stage_new(NULL);

	(void)state;
	stage_sm(st, "sm-1");
	stage_sm(st, "sm-2");
	play_all(st, "example.net", 1, "example.org", 0);
	stage_free(&st);
}

/* ---- with another server, which may say what it likes in any state ---- */

static struct stage *
stage_with_s2s(void)
{
	struct stage *st = stage_new(NULL);

	stage_join(st, "s2s-1", "s2s");
	stage_sm(st, "sm-1");
	return st;
}

static void
each_row(void (*play_row)(struct pair *p, const struct rfc_table *table, const struct rfc_row *row),
	 const struct rfc_table *tables, size_t count)
{
	struct stage *st = stage_with_s2s();

	for (size_t t = 0; t < count; t++)
		for (size_t i = 0; i < RFC_STATES; i++) {
			struct pair p = {.st = st};

			side_new(st, &p.user, "example.org", -1);
			side_foreign(&p.contact);
			reach(&p, tables[t].rows[i].before);
			play_row(&p, &tables[t], &tables[t].rows[i]);
		}
	stage_free(&st);
}

static void
play_outbound(struct pair *p, const struct rfc_table *table, const struct rfc_row *row)
{
	char what[64], text[160];

	snprintf(what, sizeof(what), "%s out in %s", table->type, row->before);
	say(p, &p->user, &p->contact, table->type, "act");
	snprintf(text, sizeof(text), "<presence from='%s' to='%s' type='%s' id='act'/>", p->user.bare, p->contact.bare, table->type);
	if (stage_count(p->st, NULL, text) != must(row))
		fail_msg("%s: routed %zu times", what, stage_count(p->st, NULL, text));
	assert_state(p, &p->user, &p->contact, what, rfc_after(row));
}

/* A.3.1, the note on the states "from": the server answers. */
static bool
is_answered(const struct rfc_table *table, const struct rfc_row *row)
{
	return strcmp(table->type, "subscribe") == 0 && (strncmp(row->before, "From", 4) == 0 || strcmp(row->before, "Both") == 0);
}

static void
play_inbound(struct pair *p, const struct rfc_table *table, const struct rfc_row *row)
{
	char what[64], text[160];
	size_t answers;

	snprintf(what, sizeof(what), "%s in in %s", table->type, row->before);
	snprintf(text, sizeof(text), "<presence from='%s' to='%s' type='subscribed'/>", p->user.bare, p->contact.bare);
	answers = stage_count(p->st, NULL, text);
	say(p, &p->contact, &p->user, table->type, "act");
	if (stage_count(p->st, p->user.sid, "id='act'") != must(row))
		fail_msg("%s: delivered %zu times", what, stage_count(p->st, p->user.sid, "id='act'"));
	if (stage_count(p->st, NULL, text) - answers != is_answered(table, row))
		fail_msg("%s: answered %zu times", what, stage_count(p->st, NULL, text) - answers);
	assert_state(p, &p->user, &p->contact, what, rfc_after(row));
}

static void
outbound_rows(void **state)
{
	(void)state;
	each_row(play_outbound, rfc_outbound, ARRAY_LEN(rfc_outbound));
}

static void
inbound_rows(void **state)
{
	(void)state;
	each_row(play_inbound, rfc_inbound, ARRAY_LEN(rfc_inbound));
}

/* ---- 3.4: pre-approval ---- */

/* "subscribed" where A.2.3 does not route it, then a request: what follows in each state. */
static const struct {
	const char *before, *after;
	bool approves;
} approvals[] = {
	{"None", "From", true}, {"None+PO", "From+PO", true}, {"To", "Both", true},
	{"From", "From", false}, {"From+PO", "From+PO", false}, {"Both", "Both", false},
};

static void
approve(struct pair *p, size_t i)
{
	char text[160], what[64];

	snprintf(what, sizeof(what), "approval in %s", approvals[i].before);
	reach(p, approvals[i].before);
	say(p, &p->user, &p->contact, "subscribed", "early");
	assert_int_equal(stage_count(p->st, NULL, "id='early'"), 0);
	say(p, &p->contact, &p->user, "subscribe", "act");
	assert_int_equal(stage_count(p->st, p->user.sid, "id='act'"), 0);
	snprintf(text, sizeof(text), "<presence from='%s' to='%s' type='subscribed'/>", p->user.bare, p->contact.bare);
	if (stage_count(p->st, NULL, text) != 1)
		fail_msg("%s: answered %zu times", what, stage_count(p->st, NULL, text));
	snprintf(text, sizeof(text), "<presence from='%s/room' to='%s'><priority>0</priority></presence>", p->user.bare,
		 p->contact.bare);
	if (approvals[i].approves && stage_count(p->st, NULL, text) != 1)
		fail_msg("%s: shown %zu times", what, stage_count(p->st, NULL, text));
	assert_state(p, &p->user, &p->contact, what, approvals[i].after);
}

static void
pre_approval(void **state)
{
	struct stage *st = stage_with_s2s();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(approvals); i++) {
		struct pair p = {.st = st};

		side_new(st, &p.user, "example.org", -1);
		side_foreign(&p.contact);
		approve(&p, i);
	}
	stage_free(&st);
}

/* Taken back: the request is asked for as ever. */
static void
approval_taken_back(void **state)
{
	struct stage *st = stage_with_s2s();
	struct pair p = {.st = st};

	(void)state;
	side_new(st, &p.user, "example.org", -1);
	side_foreign(&p.contact);
	say(&p, &p.user, &p.contact, "subscribed", "early");
	say(&p, &p.user, &p.contact, "unsubscribed", "late");
	say(&p, &p.contact, &p.user, "subscribe", "act");
	assert_int_equal(stage_count(st, NULL, "id='late'"), 0);
	assert_int_equal(stage_count(st, p.user.sid, "id='act'"), 1);
	assert_state(&p, &p.user, &p.contact, "taken back", "None+PI");
	stage_free(&st);
}

/* ---- requests that wait ---- */

/* 3.1.2: a request to another server is sent again when the user comes, once. */
static void
asked_again(void **state)
{
	struct stage *st = stage_with_s2s();
	struct pair p = {.st = st};
	char sid[24];

	(void)state;
	side_new(st, &p.user, "example.org", -1);
	side_foreign(&p.contact);
	say(&p, &p.user, &p.contact, "subscribe", "first");
	stage_expect(st, NULL, "id='first'");
	/* a second resource of who is there already asks nothing */
	new_sid(sid, "hall");
	stage_open(st, sid, p.user.bare, "hall");
	stage_available(st, sid, 0);
	assert_int_equal(stage_count(st, NULL, "type='subscribe'"), 0);
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	new_sid(sid, "hall");
	stage_open(st, sid, p.user.bare, "hall");
	stage_available(st, sid, 0);
	assert_int_equal(stage_count(st, NULL, "type='subscribe' id='"), 1);
	stage_free(&st);
}

static void
offer(struct stage *st, const char *from, const char *to, const char *child)
{
	struct buf b = {0};

	buf_addf(&b, "<presence from='%s' to='%s' type='subscribe'><nick xmlns='http://jabber.org/protocol/nick'>%s</nick></presence>",
		 from, to, child);
	stage_to_owner(st, "s2s-1", to, NULL, buf_z(&b));
	buf_done(&b);
}

/* 3.1.3: whole, over a restart; without what they bring along when that is too much; and no more than so many. */
static void
requests_are_bounded(void **state)
{
	struct stage *st = stage_new("sm { subscription_requests = 2\n subscription_request_bytes = 512 }");
	struct side user;
	char large[1001], sid[24];

	(void)state;
	stage_join(st, "s2s-1", "s2s");
	stage_sm(st, "sm-1");
	side_new(st, &user, "example.org", -1);
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	offer(st, "a@verona.example", user.bare, "Small");
	offer(st, "b@verona.example", user.bare, large);
	offer(st, "a@verona.example", user.bare, "Again");
	stage_settle(st, user.sid);
	assert_int_equal(stage_count(st, NULL, "resource-constraint"), 0);
	offer(st, "c@verona.example", user.bare, "One too many");
	stage_expect(st, NULL, "<presence from='");
	stage_settle(st, user.sid);
	assert_int_equal(stage_count(st, NULL, "resource-constraint"), 1);
	assert_int_equal(stage_count(st, user.sid, "One too many"), 0);
	assert_int_equal(stage_count(st, user.sid, large), 1); /* who is there gets it as it came */
	stage_kill(st, "sm-1");
	stage_sm(st, "sm-2");
	new_sid(sid, "hall");
	stage_open(st, sid, user.bare, "hall");
	stage_available(st, sid, 0);
	assert_int_equal(stage_count(st, sid, "type='subscribe'"), 2);
	assert_int_equal(stage_count(st, sid, "<nick xmlns='http://jabber.org/protocol/nick'>Small</nick>"), 1);
	assert_int_equal(stage_count(st, sid, "xxx"), 0);
	stage_free(&st);
}

/* ---- an account that goes ---- */

static void
delete_account(struct stage *st, const char *bare)
{
	char word[200];

	snprintf(word, sizeof(word), "<do xmlns='urn:carillon:admin:1' id='gone' what='user-del' jid='%s'/>", bare);
	stage_to_owner(st, "ctl-1", bare, "", word);
	assert_non_null(strstr(stage_expect(st, "ctl-1", "id='gone'")->payload, "result='ok'"));
}

/* Whoever had anything to do with it has it in the end as if there had never been anything. */
static void
deleted_accounts_leave_nothing(void **state)
{
	struct stage *st = stage_new(NULL);
	struct pair p;

	(void)state;
	stage_sm(st, "sm-1");
	stage_sm(st, "sm-2");
	for (size_t i = 0; i < RFC_STATES; i++) {
		p = (struct pair){.st = st};
		side_new(st, &p.user, "example.org", (int)(i % 2));
		side_new(st, &p.contact, "example.net", (int)(i / 2 % 2));
		reach(&p, ways[i].name);
		delete_account(st, p.user.bare);
		stage_settle(st, p.contact.sid);
		stage_settle(st, p.contact.sid);
		assert_state(&p, &p.contact, &p.user, ways[i].name, "None");
	}
	stage_free(&st);
}

static void
deleted_accounts_tell_other_servers(void **state)
{
	struct stage *st = stage_with_s2s();
	struct pair p = {.st = st};
	char text[160];

	(void)state;
	side_new(st, &p.user, "example.org", -1);
	side_foreign(&p.contact);
	reach(&p, "Both");
	delete_account(st, p.user.bare);
	snprintf(text, sizeof(text), "<presence from='%s/room' type='unavailable' to='%s'/>", p.user.bare, p.contact.bare);
	stage_expect(st, NULL, text);
	snprintf(text, sizeof(text), "<presence from='%s' to='%s' type='unsubscribe'/>", p.user.bare, p.contact.bare);
	stage_expect(st, NULL, text);
	snprintf(text, sizeof(text), "<presence from='%s' to='%s' type='unsubscribed'/>", p.user.bare, p.contact.bare);
	stage_expect(st, NULL, text);
	stage_free(&st);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_one_host),
		cmocka_unit_test(on_two_hosts),
		cmocka_unit_test(at_two_sm),
		cmocka_unit_test(at_two_sm_and_hosts),
		cmocka_unit_test(outbound_rows),
		cmocka_unit_test(inbound_rows),
		cmocka_unit_test(pre_approval),
		cmocka_unit_test(approval_taken_back),
		cmocka_unit_test(asked_again),
		cmocka_unit_test(requests_are_bounded),
		cmocka_unit_test(deleted_accounts_leave_nothing),
		cmocka_unit_test(deleted_accounts_tell_other_servers),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
