/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of storage.h: the same tests over both engines. */
#include "tests/unit/storage_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define JULIET STR("juliet@example.net")
#define ROMEO STR("romeo@example.net")

static int
set_up(void **state, enum rig_engine engine)
{
	struct rig *rig = rig_new(engine, NULL);

	rig_start(rig);
	*state = rig;
	return 0;
}

static int
set_up_sqlite(void **state)
{
	return set_up(state, RIG_SQLITE);
}

static int
set_up_pgsql(void **state)
{
	return set_up(state, RIG_PGSQL);
}

static int
tear_down(void **state)
{
	struct rig *rig = *state;

	rig_free(&rig);
	return 0;
}

static void
expect(struct answer *a, enum storage_result r, const char *text)
{
	answer_wait(a);
	assert_int_equal(a->calls, 1);
	assert_string_equal(storage_result_name(a->r), storage_result_name(r));
	assert_string_equal(buf_z(&a->text), text);
	answer_reset(a);
}

static void
add_account(struct rig *rig, struct str owner, int64_t created)
{
	struct answer a = {.rig = rig};
	struct account acc = {.owner = owner, .scram = STR("SCRAM-SHA-1$1\nSCRAM-SHA-256$2"), .created = created};

	storage_account_add(rig->s, &acc, on_done, &a);
	expect(&a, STORAGE_OK, "");
}

static void
append(struct rig *rig, struct str owner, int64_t id, unsigned flags, struct answer *a)
{
	char stanza[32];
	struct log_entry e = {.owner = owner, .id = id, .peer = ROMEO, .origin = STR("o"), .flags = flags};

	snprintf(stanza, sizeof(stanza), "<m n='%lld'/>", (long long)id);
	e.stanza = str_z(stanza);
	assert_true(storage_log_append(rig->s, &e, on_done, a) != 0);
}

/* --- accounts --- */

static void
accounts(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig};
	struct account acc = {.owner = JULIET, .scram = STR("S"), .digest_md5 = STR("0f"), .disabled = true, .created = 5};

	storage_account_get(rig->s, JULIET, on_account, &a);
	assert_int_equal(a.calls, 0); /* never before the call returns */
	expect(&a, STORAGE_NOT_FOUND, "");
	storage_account_add(rig->s, &acc, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_account_add(rig->s, &acc, on_done, &a);
	expect(&a, STORAGE_EXISTS, "");
	storage_account_get(rig->s, JULIET, on_account, &a);
	expect(&a, STORAGE_OK, "juliet@example.net|S|0f|1|5|0\n");
	storage_account_set_keys(rig->s, JULIET, STR("A\nB"), STR(""), on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_account_set_keys(rig->s, ROMEO, STR("A"), STR(""), on_done, &a);
	expect(&a, STORAGE_NOT_FOUND, "");
	storage_account_set_disabled(rig->s, JULIET, false, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_account_set_disabled(rig->s, ROMEO, false, on_done, &a);
	expect(&a, STORAGE_NOT_FOUND, "");
	storage_account_login(rig->s, JULIET, INT64_C(1790000000000000), NULL, NULL);
	storage_account_get(rig->s, JULIET, on_account, &a);
	expect(&a, STORAGE_OK, "juliet@example.net|A\nB||0|5|1790000000000000\n");
	storage_account_login(rig->s, ROMEO, 1, on_done, &a);
	expect(&a, STORAGE_NOT_FOUND, "");
}

/* Bytewise, whatever the database thinks of letters; only of the host; page by page. */
static void
account_list(void **state)
{
	static const char *const owners[] = {"b@h", "B@h", "a@h", "\xc3\xa4@h", "a@other", "a-b@h", "ab@h"};
	struct rig *rig = *state;
	struct answer a = {.rig = rig};

	for (size_t i = 0; i < ARRAY_LEN(owners); i++)
		add_account(rig, str_z(owners[i]), 1);
	storage_account_list(rig->s, STR("h"), STR(""), 100, on_accounts, &a);
	answer_wait(&a);
	assert_int_equal(a.count, 6);
	assert_true(str_starts(buf_str(&a.text), STR("B@h|")));
	answer_reset(&a);
	storage_account_list(rig->s, STR("h"), STR("B"), 2, on_accounts, &a);
	expect(&a, STORAGE_OK,
	       "a-b@h|SCRAM-SHA-1$1\nSCRAM-SHA-256$2||0|1|0\na@h|SCRAM-SHA-1$1\nSCRAM-SHA-256$2||0|1|0\n");
	storage_account_list(rig->s, STR("h"), STR("b@h"), 2, on_accounts, &a);
	expect(&a, STORAGE_OK, "\xc3\xa4@h|SCRAM-SHA-1$1\nSCRAM-SHA-256$2||0|1|0\n");
	storage_account_list(rig->s, STR("nowhere"), STR(""), 2, on_accounts, &a);
	expect(&a, STORAGE_OK, "");
}

static void
account_del_takes_everything(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, kept = {.rig = rig};
	struct roster_row row = {.jid = ROMEO, .subscription = 3, .version = 1};
	struct roster_change c = {.row = &row, .version = 1, .request = REQUEST_PUT, .request_row = {STR("x@y"), STR("<p/>")}};
	struct privacy_row item = {.place = 1, .what = PRIVACY_JID, .value = ROMEO, .deny = true};
	struct privacy_change lists = {.list = STR("l"), .rows = &item, .row_count = 1, .set_default = true, .default_list = STR("l")};

	add_account(rig, JULIET, 1);
	add_account(rig, ROMEO, 1);
	storage_roster_change(rig->s, JULIET, &c, on_done, &kept);
	storage_privacy_change(rig->s, JULIET, &lists, on_done, &kept);
	storage_kv_put(rig->s, JULIET, STR("m"), STR("k"), STR("v"), on_done, &kept);
	append(rig, JULIET, 10, 0, &kept);
	append(rig, ROMEO, 10, 0, &kept);
	storage_log_cursor(rig->s, JULIET, 4, true, 0, 0, on_done, &kept);
	storage_account_del(rig->s, JULIET, on_done, &a); /* behind all of these */
	expect(&a, STORAGE_OK, "");
	assert_int_equal(kept.calls, 6);
	assert_string_equal(rig_sql(rig, "SELECT (SELECT COUNT(*) FROM accounts) || ',' || (SELECT COUNT(*) FROM users) "
					 "|| ',' || (SELECT COUNT(*) FROM roster) || ',' || (SELECT COUNT(*) FROM "
					 "requests) || ',' || (SELECT COUNT(*) FROM log) || ',' || (SELECT COUNT(*) FROM kv) "
					 "|| ',' || (SELECT COUNT(*) FROM privacy)"),
			    "1,0,0,0,1,0,0");
	storage_account_del(rig->s, JULIET, on_done, &a);
	expect(&a, STORAGE_NOT_FOUND, "");
	answer_reset(&kept);
}

/* --- users and rosters --- */

static void
user_and_roster(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig};
	struct roster_row row = {ROMEO, STR("Romeo \"R\" 'x' \xe2\x98\x95"), STR("Friends\x1fVerona"), 3, false, 7};
	struct roster_row mercutio = {STR("mercutio@example.net"), STR(""), STR(""), 0, false, 8};
	struct roster_change c = {.row = &row, .version = 7};

	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_NOT_FOUND, "");
	add_account(rig, JULIET, 1);
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\n");
	storage_roster_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c = (struct roster_change){.row = &mercutio, .version = 8, .request = REQUEST_PUT,
				   .request_row = {STR("tybalt@example.net"), STR("<presence type='subscribe'/>")}};
	storage_roster_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	answer_wait(&a);
	assert_int_equal(a.num[0], 8);
	expect(&a, STORAGE_OK,
	       "juliet@example.net\nmercutio@example.net|||0|0|8\n"
	       "romeo@example.net|Romeo \"R\" 'x' \xe2\x98\x95|Friends\x1fVerona|3|0|7\n"
	       "?tybalt@example.net|<presence type='subscribe'/>\n");
	row = (struct roster_row){ROMEO, STR(""), STR(""), 0, true, 9};
	c = (struct roster_change){.row = &row, .version = 9, .request = REQUEST_DEL,
				   .request_row = {.jid = STR("tybalt@example.net")}};
	storage_roster_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c = (struct roster_change){.request = REQUEST_PUT, .request_row = {ROMEO, STR("<p/>")}};
	storage_roster_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c = (struct roster_change){.forget_before = 9}; /* no tombstone is that old, and contacts are none */
	storage_roster_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c = (struct roster_change){.request = REQUEST_KEEP}; /* nothing at all */
	storage_roster_change(rig->s, JULIET, &c, on_done, &a);
	assert_int_equal(a.calls, 0);
	expect(&a, STORAGE_OK, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	answer_wait(&a);
	assert_int_equal(a.num[0], 9);
	expect(&a, STORAGE_OK,
	       "juliet@example.net\nmercutio@example.net|||0|0|8\nromeo@example.net|||0|1|9\n?romeo@example.net|<p/>\n");
	c = (struct roster_change){.forget_before = 10};
	storage_roster_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\nmercutio@example.net|||0|0|8\n?romeo@example.net|<p/>\n");
}

/* Items are written, replaced and deleted one by one; a list is its items; the default is a name. */
static void
privacy(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig};
	struct privacy_row rows[] = {
		{.place = 5, .what = PRIVACY_JID, .value = ROMEO, .deny = true, .kinds = 3},
		{.place = 4294967295, .what = PRIVACY_ANYBODY, .value = STR("")},
	};
	struct privacy_row other = {.place = 1, .what = PRIVACY_GROUP, .value = STR("Verona"), .deny = true};
	struct privacy_change c = {.list = STR("public"), .rows = rows, .row_count = 2};
	int64_t gone[] = {5, 6};

	add_account(rig, JULIET, 1);
	storage_privacy_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c = (struct privacy_change){.list = STR("B"), .rows = &other, .row_count = 1, .set_default = true, .default_list = STR("public")};
	storage_privacy_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK,
	       "juliet@example.net\ndefault public\nB 1|2|Verona|1|0\n"
	       "public 5|1|romeo@example.net|1|3\npublic 4294967295|0||0|0\n");
	rows[1].deny = true;
	c = (struct privacy_change){.list = STR("public"), .rows = rows + 1, .row_count = 1, .gone = gone, .gone_count = 2};
	storage_privacy_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c = (struct privacy_change){.list = STR("B"), .gone = &other.place, .gone_count = 1, .set_default = true, .default_list = STR("")};
	storage_privacy_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c = (struct privacy_change){.list = STR("B")}; /* nothing at all */
	storage_privacy_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\npublic 4294967295|0||1|0\n");
}

/* Who has lost the slot changes nothing, and hears so. */
static void
privacy_is_fenced(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig};
	unsigned slot = 7;
	struct privacy_row row = {.place = 1, .what = PRIVACY_JID, .value = ROMEO, .deny = true};
	struct privacy_change c = {.list = STR("l"), .rows = &row, .row_count = 1, .set_default = true, .default_list = STR("l"),
				   .slot = 7, .epoch = 1};
	int64_t gone = 1;

	add_account(rig, JULIET, 1);
	storage_privacy_change(rig->s, JULIET, &c, on_done, &a); /* nobody has claimed it */
	expect(&a, STORAGE_FENCED, "");
	storage_slots_claim(rig->s, STR("sm-1"), STR("A"), &slot, 1, on_claims, &a);
	answer_wait(&a);
	answer_reset(&a);
	storage_privacy_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_slots_claim(rig->s, STR("sm-2"), STR("B"), &slot, 1, on_claims, &a);
	answer_wait(&a);
	answer_reset(&a);
	c = (struct privacy_change){.list = STR("l"), .gone = &gone, .gone_count = 1, .set_default = true,
				    .default_list = STR(""), .slot = 7, .epoch = 1};
	storage_privacy_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_FENCED, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\ndefault l\nl 1|1|romeo@example.net|1|0\n");
	c.epoch = 2;
	storage_privacy_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\n");
}

/* What an owner asks for is done in order, without waiting for answers. */
static void
order(void **state)
{
	enum { N = 300 };
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, last = {.rig = rig};
	char text[16];

	for (int i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "%d", i);
		storage_kv_put(rig->s, JULIET, STR("m"), STR("k"), str_z(text), on_done, &a);
		if (i == N / 2)
			storage_kv_get(rig->s, JULIET, STR("m"), STR("k"), on_value, &last);
	}
	expect(&last, STORAGE_OK, "150");
	storage_kv_get(rig->s, JULIET, STR("m"), STR("k"), on_value, &last);
	storage_kv_del(rig->s, JULIET, STR("m"), STR("k"), on_done, &a);
	expect(&last, STORAGE_OK, "299");
	storage_kv_get(rig->s, JULIET, STR("m"), STR("k"), on_value, &last);
	expect(&last, STORAGE_NOT_FOUND, "");
	assert_int_equal(a.calls, N + 1);
	answer_reset(&a);
}

/* --- sessions that are away --- */

/* One session, with two pieces, then replaced, then only its head, then nothing; and what another owner of the slot may not do. */
static void
away(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, appended = {.rig = rig};
	unsigned slot = 7;
	struct away_change c = {.sid = STR("sid-1"), .head = STR("h1"), .anew = true, .piece = STR("p1"), .number = 1, .away = true,
				.since = 5, .slot = 7, .epoch = 1};

	add_account(rig, JULIET, 1);
	add_account(rig, ROMEO, 1);
	storage_away_change(rig->s, JULIET, &c, on_done, &a); /* nobody has claimed it */
	expect(&a, STORAGE_FENCED, "");
	storage_slots_claim(rig->s, STR("sm-1"), STR("A"), &slot, 1, on_claims, &a);
	answer_wait(&a);
	answer_reset(&a);
	for (int64_t id = 5; id <= 8; id++)
		append(rig, JULIET, id, id == 7 ? LOG_STORE_ONLY : 0, &appended);
	storage_away_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c.head = STR("h2");
	c.piece = STR("p2");
	c.number = 2;
	c.anew = false;
	c.since = 6;
	storage_away_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_user_load(rig->s, JULIET, on_user, &a); /* what has come since, delivered or not */
	expect(&a, STORAGE_OK, "juliet@example.net\naway sid-1 h2\naway sid-1.0000000001 p1\naway sid-1.0000000002 p2\n"
			       "since 7 <m n='7'/>\nsince 8 <m n='8'/>\n");
	c.sid = STR("sid-10"); /* another one whose name begins alike */
	storage_away_change(rig->s, ROMEO, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_away_owners(rig->s, STR(""), 9, on_owners, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\nromeo@example.net\n");
	storage_away_owners(rig->s, JULIET, 9, on_owners, &a);
	expect(&a, STORAGE_OK, "romeo@example.net\n");
	storage_away_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c = (struct away_change){.sid = STR("sid-1"), .head = STR("h3"), .anew = true, .slot = 7, .epoch = 1};
	storage_away_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c.epoch = 2;
	c.head = STR("h4");
	storage_away_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_FENCED, "");
	c.head = STR("");
	storage_away_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_FENCED, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\naway sid-1 h3\naway sid-10 h2\naway sid-10.0000000002 p2\n"
			       "since 7 <m n='7'/>\nsince 8 <m n='8'/>\n");
	c.epoch = 1;
	storage_away_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	c.sid = STR("sid-10");
	storage_away_change(rig->s, JULIET, &c, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\n");
	answer_reset(&appended);
}

/* --- small things --- */

static void
kv(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig};
	struct buf big = {0};

	for (int i = 0; i < 300000; i++)
		buf_addc(&big, (char)('a' + i % 26));
	storage_kv_get(rig->s, JULIET, STR("vcard"), STR(""), on_value, &a);
	expect(&a, STORAGE_NOT_FOUND, "");
	storage_kv_put(rig->s, JULIET, STR("vcard"), STR(""), buf_str(&big), on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_kv_get(rig->s, JULIET, STR("vcard"), STR(""), on_value, &a);
	expect(&a, STORAGE_OK, buf_z(&big));
	storage_kv_put(rig->s, JULIET, STR("vcard"), STR(""), STR(""), on_done, &a); /* empty is not absent */
	expect(&a, STORAGE_OK, "");
	storage_kv_get(rig->s, JULIET, STR("vcard"), STR(""), on_value, &a);
	expect(&a, STORAGE_OK, "");
	storage_kv_put(rig->s, JULIET, STR("private"), STR("b"), STR("2"), on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_kv_put(rig->s, JULIET, STR("private"), STR("B"), STR("1"), on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_kv_put(rig->s, ROMEO, STR("private"), STR("b"), STR("3"), on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_kv_list(rig->s, JULIET, STR("private"), on_values, &a);
	expect(&a, STORAGE_OK, "B=1\nb=2\n");
	storage_kv_del(rig->s, JULIET, STR("private"), STR("b"), on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_kv_del(rig->s, JULIET, STR("private"), STR("b"), on_done, &a);
	expect(&a, STORAGE_NOT_FOUND, "");
	storage_kv_list(rig->s, JULIET, STR("private"), on_values, &a);
	expect(&a, STORAGE_OK, "B=1\n");
	storage_kv_list(rig->s, JULIET, STR("nothing"), on_values, &a);
	expect(&a, STORAGE_OK, "");
	buf_done(&big);
}

static void
text_is_refused(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig};
	struct log_entry e = {.owner = JULIET, .id = 1, .peer = ROMEO, .stanza = STR("a\0b")};

	storage_kv_put(rig->s, JULIET, STR("m"), STR("k"), STR("\xff\xfe"), on_done, &a);
	assert_int_equal(a.calls, 0);
	expect(&a, STORAGE_REFUSED, "");
	storage_kv_get(rig->s, JULIET, STR("m\0"), STR("k"), on_value, &a);
	expect(&a, STORAGE_REFUSED, "");
	storage_user_load(rig->s, STR("\xc0\x80"), on_user, &a);
	expect(&a, STORAGE_REFUSED, "");
	storage_log_append(rig->s, &e, on_done, &a);
	assert_int_equal(a.calls, 0);
	expect(&a, STORAGE_REFUSED, "");
	e.stanza = STR("good");
	storage_log_append(rig->s, &e, on_done, &a);
	expect(&a, STORAGE_OK, "");
}

/* --- the log --- */

static void
log_and_cursor(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, w = {.rig = rig};

	add_account(rig, JULIET, 1);
	append(rig, JULIET, 100, 0, &w);
	append(rig, JULIET, 101, LOG_OUTGOING | LOG_STORE_ONLY, &w);
	append(rig, JULIET, 102, LOG_STORE_ONLY, &w);
	append(rig, JULIET, 103, 0, &w);
	append(rig, ROMEO, 50, 0, &w);
	storage_log_undelivered(rig->s, JULIET, 0, 10, on_log, &a); /* sees what was asked for before */
	expect(&a, STORAGE_OK, "100|romeo@example.net|o|0|<m n='100'/>\n103|romeo@example.net|o|0|<m n='103'/>\n");
	assert_int_equal(w.calls, 5);
	storage_log_undelivered(rig->s, JULIET, 0, 1, on_log, &a);
	expect(&a, STORAGE_OK, "100|romeo@example.net|o|0|<m n='100'/>\n");
	storage_log_undelivered(rig->s, JULIET, 100, 10, on_log, &a);
	expect(&a, STORAGE_OK, "103|romeo@example.net|o|0|<m n='103'/>\n");
	storage_user_load(rig->s, JULIET, on_user, &a);
	answer_wait(&a);
	assert_int_equal(a.num[1], 0);
	assert_int_equal(a.num[2], 103);
	assert_int_equal(a.num[3], 2);
	answer_reset(&a);

	storage_log_cursor(rig->s, JULIET, 102, true, 0, 0, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_log_cursor(rig->s, JULIET, 90, true, 0, 0, on_done, &a); /* never back */
	expect(&a, STORAGE_OK, "");
	storage_user_load(rig->s, JULIET, on_user, &a);
	answer_wait(&a);
	assert_int_equal(a.num[1], 102);
	assert_int_equal(a.num[3], 1);
	answer_reset(&a);
	storage_log_undelivered(rig->s, JULIET, 0, 10, on_log, &a);
	expect(&a, STORAGE_OK, "103|romeo@example.net|o|0|<m n='103'/>\n");
	storage_log_after(rig->s, JULIET, 101, 10, on_log, &a); /* wherever the cursor is */
	expect(&a, STORAGE_OK, "102|romeo@example.net|o|2|<m n='102'/>\n103|romeo@example.net|o|0|<m n='103'/>\n");
	storage_log_after(rig->s, JULIET, 0, 1, on_log, &a);
	expect(&a, STORAGE_OK, "100|romeo@example.net|o|0|<m n='100'/>\n");
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log WHERE owner = 'juliet@example.net'"), "4");
	answer_reset(&w);
}

static void
cursor_without_archive_deletes(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, w = {.rig = rig};

	add_account(rig, JULIET, 1);
	append(rig, JULIET, 100, 0, &w);
	append(rig, JULIET, 101, 0, &w);
	append(rig, ROMEO, 100, 0, &w);
	storage_log_cursor(rig->s, JULIET, 100, false, 0, 0, NULL, NULL); /* in the same commit, after the appends */
	storage_log_undelivered(rig->s, JULIET, 0, 10, on_log, &a);
	expect(&a, STORAGE_OK, "101|romeo@example.net|o|0|<m n='101'/>\n");
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log WHERE owner = 'juliet@example.net'"), "1");
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log WHERE owner = 'romeo@example.net'"), "1");

	/* Several moves in one commit, of both kinds. */
	append(rig, JULIET, 102, 0, &w);
	append(rig, JULIET, 103, 0, &w);
	append(rig, JULIET, 104, 0, &w);
	storage_log_cursor(rig->s, JULIET, 101, false, 0, 0, on_done, &w);
	storage_log_cursor(rig->s, JULIET, 102, false, 0, 0, on_done, &w);
	storage_log_cursor(rig->s, JULIET, 103, true, 0, 0, on_done, &w);
	storage_log_undelivered(rig->s, JULIET, 0, 10, on_log, &a);
	expect(&a, STORAGE_OK, "104|romeo@example.net|o|0|<m n='104'/>\n");
	assert_int_equal(w.calls, 9);
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log WHERE owner = 'juliet@example.net'"), "2");
	answer_reset(&w);
}

static void
log_delete(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, w = {.rig = rig};

	append(rig, JULIET, 100, 0, &w);
	append(rig, JULIET, 101, 0, &w);
	storage_log_delete(rig->s, JULIET, 100, on_done, &a);
	storage_log_delete(rig->s, JULIET, 100, on_done, &w);
	expect(&a, STORAGE_OK, "");
	storage_log_undelivered(rig->s, JULIET, 0, 10, on_log, &a);
	expect(&a, STORAGE_OK, "101|romeo@example.net|o|0|<m n='101'/>\n");
	assert_int_equal(w.r, STORAGE_NOT_FOUND);
	answer_reset(&w);
}

/* ---- the archive ---- */

static void
expect_page(struct rig *rig, struct log_range range, const char *text)
{
	struct answer a = {.rig = rig};

	storage_log_page(rig->s, JULIET, &range, on_log, &a);
	expect(&a, STORAGE_OK, text);
}

static void
expect_count(struct rig *rig, struct log_range range, const char *count)
{
	struct answer a = {.rig = rig};

	storage_log_count(rig->s, JULIET, &range, on_tally, &a);
	expect(&a, STORAGE_OK, count);
}

static void
archive_pages(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, w = {.rig = rig};
	struct log_entry nurse = {.owner = JULIET, .id = 104, .peer = STR("nurse@example.net"), .stanza = STR("<m n='104'/>")};

	append(rig, JULIET, 100, 0, &w);
	append(rig, JULIET, 101, LOG_OUTGOING | LOG_STORE_ONLY, &w);
	append(rig, JULIET, 102, LOG_TRANSIENT, &w);
	append(rig, JULIET, 103, 0, &w);
	append(rig, ROMEO, 100, 0, &w);
	storage_log_append(rig->s, &nurse, on_done, &w);
	/* sees what was asked for before */
	expect_page(rig, (struct log_range){.before = INT64_MAX, .max = 2},
		    "100|romeo@example.net|o|0|<m n='100'/>\n101|romeo@example.net|o|3|<m n='101'/>\n");
	expect_page(rig, (struct log_range){.after = 101, .before = INT64_MAX, .max = 2},
		    "103|romeo@example.net|o|0|<m n='103'/>\n104|nurse@example.net||0|<m n='104'/>\n");
	expect_page(rig, (struct log_range){.before = 104, .max = 2, .down = true},
		    "103|romeo@example.net|o|0|<m n='103'/>\n101|romeo@example.net|o|3|<m n='101'/>\n");
	expect_page(rig, (struct log_range){.peer = ROMEO, .after = 100, .before = INT64_MAX, .max = 1},
		    "101|romeo@example.net|o|3|<m n='101'/>\n");
	expect_page(rig, (struct log_range){.peer = ROMEO, .before = INT64_MAX, .max = 1, .down = true},
		    "103|romeo@example.net|o|0|<m n='103'/>\n");
	storage_log_get(rig->s, JULIET, 104, on_log, &a);
	expect(&a, STORAGE_OK, "104|nurse@example.net||0|<m n='104'/>\n");
	storage_log_get(rig->s, JULIET, 102, on_log, &a);
	expect(&a, STORAGE_OK, "");
	expect_count(rig, (struct log_range){.before = INT64_MAX, .max = 9}, "4 until 104");
	expect_count(rig, (struct log_range){.after = 100, .before = 104, .max = 9}, "2 until 103");
	expect_count(rig, (struct log_range){.before = INT64_MAX, .max = 3}, "3 until 103");
	expect_count(rig, (struct log_range){.after = 104, .before = INT64_MAX, .max = 3}, "0 until 0");
	expect_count(rig, (struct log_range){.peer = ROMEO, .before = INT64_MAX, .max = 9}, "3 until 103");
	expect_count(rig, (struct log_range){.peer = ROMEO, .before = INT64_MAX, .max = 2}, "2 until 101");
	answer_reset(&w);
}

/* With an archive the cursor deletes what is not for it; one that is delivered before older ones is marked. */
static void
archive_cursor(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, w = {.rig = rig};

	append(rig, JULIET, 100, 0, &w);
	append(rig, JULIET, 101, LOG_TRANSIENT, &w);
	append(rig, JULIET, 102, LOG_OUTGOING, &w);
	append(rig, JULIET, 103, LOG_TRANSIENT, &w);
	append(rig, JULIET, 104, 0, &w);
	storage_log_keep(rig->s, JULIET, 104, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_log_cursor(rig->s, JULIET, 101, true, 0, 0, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_log_undelivered(rig->s, JULIET, 0, 10, on_log, &a);
	expect(&a, STORAGE_OK, "102|romeo@example.net|o|1|<m n='102'/>\n103|romeo@example.net|o|4|<m n='103'/>\n");
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log"), "4");
	answer_reset(&w);
}

static void
archive_expires(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, w = {.rig = rig};

	append(rig, JULIET, 100, 0, &w);
	append(rig, JULIET, 101, 0, &w);
	append(rig, JULIET, 102, 0, &w);
	append(rig, JULIET, 103, LOG_STORE_ONLY, &w);
	append(rig, JULIET, 104, LOG_STORE_ONLY, &w);
	append(rig, ROMEO, 100, LOG_STORE_ONLY, &w);
	storage_log_cursor(rig->s, JULIET, 101, true, 0, 0, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_log_expire(rig->s, JULIET, 104, 2, on_count, &a);
	expect(&a, STORAGE_OK, "2");
	storage_log_expire(rig->s, JULIET, 104, 2, on_count, &a);
	expect(&a, STORAGE_OK, "1");
	expect_page(rig, (struct log_range){.before = INT64_MAX, .max = 9},
		    "102|romeo@example.net|o|0|<m n='102'/>\n104|romeo@example.net|o|2|<m n='104'/>\n");
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log"), "3");
	answer_reset(&w);
}

static void
archive_is_loaded(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, w = {.rig = rig};
	int64_t now = loop_wall_us(rig->loop);

	add_account(rig, JULIET, 1);
	append(rig, JULIET, now - 1000000000, 0, &w);
	append(rig, JULIET, now, LOG_OUTGOING | LOG_STORE_ONLY, &w);
	storage_kv_put(rig->s, JULIET, STR("archive"), STR("prefs"), STR("never"), on_done, &w);
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\n");
	storage_load_archive(rig->s, 600000000);
	storage_user_load(rig->s, JULIET, on_user, &a);
	expect(&a, STORAGE_OK, "juliet@example.net\nname o 1\nprefs never\n");
	answer_reset(&w);
}

static void
append_twice_is_once(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig};
	struct log_entry e = {.owner = JULIET, .id = 100, .peer = ROMEO, .stanza = STR("first")};

	storage_log_append(rig->s, &e, on_done, &a);
	expect(&a, STORAGE_OK, "");
	e.stanza = STR("second");
	storage_log_append(rig->s, &e, on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_log_undelivered(rig->s, JULIET, 0, 10, on_log, &a);
	expect(&a, STORAGE_OK, "100|romeo@example.net||0|first\n");
}

static void
withdraw(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, gone = {.rig = rig};
	struct log_entry e = {.owner = JULIET, .id = 100, .peer = ROMEO, .stanza = STR("never")};
	uint64_t first = storage_log_append(rig->s, &e, on_done, &gone), second;

	e.id = 101;
	e.stanza = STR("kept");
	second = storage_log_append(rig->s, &e, on_done, &a);
	assert_true(storage_log_withdraw(rig->s, first));
	assert_false(storage_log_withdraw(rig->s, first));
	expect(&a, STORAGE_OK, "");
	assert_false(storage_log_withdraw(rig->s, second));
	assert_false(storage_log_withdraw(rig->s, 0));
	storage_log_undelivered(rig->s, JULIET, 0, 10, on_log, &a);
	expect(&a, STORAGE_OK, "101|romeo@example.net||0|kept\n");
	assert_int_equal(gone.calls, 0);

	/* A reader that waits for an entry does not wait for ever when it is withdrawn. */
	e.id = 102;
	first = storage_log_append(rig->s, &e, on_done, &gone);
	storage_log_undelivered(rig->s, JULIET, 101, 10, on_log, &a);
	assert_true(storage_log_withdraw(rig->s, first));
	expect(&a, STORAGE_OK, "");
	assert_int_equal(gone.calls, 0);
}

/* --- slots --- */

static void
slots(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig};
	const unsigned want[] = {7, 3, 1023}, one[] = {3};

	storage_slots_list(rig->s, on_slots, &a);
	expect(&a, STORAGE_OK, "");
	storage_slots_claim(rig->s, STR("sm-1"), STR("bootA"), want, 3, on_claims, &a);
	expect(&a, STORAGE_OK, "7:1 3:1 1023:1 ");
	storage_slots_claim(rig->s, STR("sm-2"), STR("bootB"), one, 1, on_claims, &a);
	expect(&a, STORAGE_OK, "3:2 ");
	storage_slots_claim(rig->s, STR("sm-1"), STR("bootC"), want, 3, on_claims, &a);
	expect(&a, STORAGE_OK, "7:2 3:3 1023:2 ");
	storage_slots_claim(rig->s, STR("sm-1"), STR("bootC"), want, 0, on_claims, &a);
	expect(&a, STORAGE_OK, "");
	storage_slots_list(rig->s, on_slots, &a);
	expect(&a, STORAGE_OK, "3|sm-1|bootC|3\n7|sm-1|bootC|2\n1023|sm-1|bootC|2\n");
}

static void
append_fenced(struct rig *rig, struct storage *s, int64_t id, unsigned slot, int64_t epoch, struct answer *a)
{
	struct log_entry e = {.owner = JULIET, .id = id, .peer = ROMEO, .stanza = STR("s"), .slot = slot, .epoch = epoch};

	(void)rig;
	storage_log_append(s, &e, on_done, a);
}

/* Two instances claim the same slots: what the former one writes is left out, and only that. */
static void
fencing(void **state)
{
	struct rig *rig = *state;
	struct storage *other = rig_another(rig);
	struct answer a = {.rig = rig}, stale = {.rig = rig}, good = {.rig = rig}, none = {.rig = rig};
	unsigned all[40];

	for (unsigned i = 0; i < ARRAY_LEN(all); i++)
		all[i] = 39 - i;
	storage_slots_claim(rig->s, STR("sm-1"), STR("A"), all, 40, on_claims, &a);
	answer_wait(&a);
	answer_reset(&a);
	storage_slots_claim(other, STR("sm-2"), STR("B"), all, 2, on_claims, &a); /* 39 and 38 */
	expect(&a, STORAGE_OK, "39:2 38:2 ");

	for (unsigned slot = 0; slot < 38; slot++)
		append_fenced(rig, rig->s, 100 + slot, slot, 1, &good);
	append_fenced(rig, rig->s, 200, 38, 1, &stale);
	append_fenced(rig, rig->s, 201, 39, 1, &stale);
	append_fenced(rig, rig->s, 202, 500, 1, &stale); /* nobody has claimed it */
	append_fenced(rig, rig->s, 203, 38, 0, &none);   /* no fence asked for */
	storage_log_cursor(rig->s, JULIET, 1000, false, 38, 1, on_done, &stale);
	append_fenced(rig, other, 300, 38, 2, &a);
	storage_log_undelivered(rig->s, JULIET, 199, 100, on_log, &none);
	expect(&a, STORAGE_OK, "");
	storage_log_undelivered(rig->s, JULIET, 199, 100, on_log, &a);
	expect(&a, STORAGE_OK, "203|romeo@example.net||0|s\n300|romeo@example.net||0|s\n");
	assert_int_equal(good.calls, 38);
	assert_int_equal(good.r, STORAGE_OK);
	assert_int_equal(stale.calls, 4);
	assert_int_equal(stale.r, STORAGE_FENCED);
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM log"), "40");
	assert_string_equal(rig_sql(rig, "SELECT COUNT(*) FROM users"), "0");
	answer_reset(&none);
	storage_free(&other);
}

/* --- flush, free --- */

static void
on_flushed(void *owner)
{
	struct answer *a = owner;

	a->calls++;
	rig_poke(a->rig);
}

static void
flush(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig}, w = {.rig = rig}, kept = {.rig = rig};

	storage_flush(rig->s, on_flushed, &a);
	assert_int_equal(a.calls, 0);
	expect(&a, STORAGE_OK, "");
	for (int i = 1; i <= 1200; i++)
		append(rig, JULIET, i, 0, &w);
	for (int i = 0; i < 400; i++)
		storage_kv_put(rig->s, JULIET, STR("m"), STR("k"), STR("v"), on_done, &kept);
	storage_flush(rig->s, on_flushed, &a);
	answer_wait(&a);
	assert_int_equal(w.calls, 1200);
	assert_int_equal(kept.calls, 400);
	answer_reset(&a);
	answer_reset(&w);
	answer_reset(&kept);
}

static void
never(void *arg, enum storage_result r)
{
	(void)arg;
	(void)r;
	fail_msg("called after the storage was freed");
}

static void
free_with_things_pending(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig};
	struct log_entry e = {.owner = JULIET, .peer = ROMEO, .stanza = STR("s")};

	for (int i = 1; i <= 1000; i++) {
		e.id = i;
		storage_log_append(rig->s, &e, never, NULL);
		storage_kv_put(rig->s, JULIET, STR("m"), STR("k"), STR("v"), never, NULL);
	}
	storage_log_undelivered(rig->s, JULIET, 0, 10, (storage_log_cb *)0, NULL);
	storage_flush(rig->s, (void (*)(void *))0, NULL);
	rig_close(rig);
	rig_open(rig);
	rig->usable = false;
	rig_wait_usable(rig, true);
	storage_kv_put(rig->s, JULIET, STR("m"), STR("k"), STR("after"), on_done, &a);
	expect(&a, STORAGE_OK, "");
	storage_kv_get(rig->s, JULIET, STR("m"), STR("k"), on_value, &a);
	expect(&a, STORAGE_OK, "after");
}

static void
on_free_it(void *arg, enum storage_result r)
{
	struct answer *a = arg;

	assert_int_equal(r, STORAGE_OK);
	rig_close(a->rig);
	a->calls++;
	rig_poke(a->rig);
}

static void
free_in_a_callback(void **state)
{
	struct rig *rig = *state;
	struct answer a = {.rig = rig};

	storage_kv_put(rig->s, JULIET, STR("m"), STR("k"), STR("v"), on_free_it, &a);
	storage_kv_put(rig->s, JULIET, STR("m"), STR("k"), STR("v"), never, NULL);
	expect(&a, STORAGE_OK, "");
	rig_open(rig);
	rig->usable = false;
	rig_wait_usable(rig, true);
	append(rig, JULIET, 1, 0, &a);
	expect(&a, STORAGE_OK, "");
	storage_log_append(rig->s, &(struct log_entry){.owner = JULIET, .id = 2, .peer = ROMEO, .stanza = STR("s")},
			   on_free_it, &a);
	storage_log_append(rig->s, &(struct log_entry){.owner = JULIET, .id = 3, .peer = ROMEO, .stanza = STR("s")},
			   never, NULL);
	expect(&a, STORAGE_OK, "");
}

#define TESTS(set_up)                                                                              \
	cmocka_unit_test_setup_teardown(accounts, set_up, tear_down),                              \
		cmocka_unit_test_setup_teardown(account_list, set_up, tear_down),                  \
		cmocka_unit_test_setup_teardown(account_del_takes_everything, set_up, tear_down),  \
		cmocka_unit_test_setup_teardown(user_and_roster, set_up, tear_down),               \
		cmocka_unit_test_setup_teardown(privacy, set_up, tear_down),                       \
		cmocka_unit_test_setup_teardown(privacy_is_fenced, set_up, tear_down),             \
		cmocka_unit_test_setup_teardown(order, set_up, tear_down),                         \
		cmocka_unit_test_setup_teardown(away, set_up, tear_down),                          \
		cmocka_unit_test_setup_teardown(kv, set_up, tear_down),                            \
		cmocka_unit_test_setup_teardown(text_is_refused, set_up, tear_down),               \
		cmocka_unit_test_setup_teardown(log_and_cursor, set_up, tear_down),                \
		cmocka_unit_test_setup_teardown(cursor_without_archive_deletes, set_up, tear_down), \
		cmocka_unit_test_setup_teardown(log_delete, set_up, tear_down),                    \
		cmocka_unit_test_setup_teardown(archive_pages, set_up, tear_down),                 \
		cmocka_unit_test_setup_teardown(archive_cursor, set_up, tear_down),                \
		cmocka_unit_test_setup_teardown(archive_expires, set_up, tear_down),               \
		cmocka_unit_test_setup_teardown(archive_is_loaded, set_up, tear_down),             \
		cmocka_unit_test_setup_teardown(append_twice_is_once, set_up, tear_down),          \
		cmocka_unit_test_setup_teardown(withdraw, set_up, tear_down),                      \
		cmocka_unit_test_setup_teardown(slots, set_up, tear_down),                         \
		cmocka_unit_test_setup_teardown(fencing, set_up, tear_down),                       \
		cmocka_unit_test_setup_teardown(flush, set_up, tear_down),                         \
		cmocka_unit_test_setup_teardown(free_with_things_pending, set_up, tear_down),      \
		cmocka_unit_test_setup_teardown(free_in_a_callback, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest sqlite[] = {TESTS(set_up_sqlite)};
	const struct CMUnitTest pgsql[] = {TESTS(set_up_pgsql)};
	int failed = cmocka_run_group_tests_name("storage over SQLite", sqlite, NULL, NULL);

	if (rig_has_pg())
		failed += cmocka_run_group_tests_name("storage over PostgreSQL", pgsql, NULL, NULL);
	return failed;
}
