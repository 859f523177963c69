/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of xmpp/session.c: each word there and back, and what is refused. */
#include "xmpp/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena arena;
static struct buf out;

static int
setup(void **state)
{
	(void)state;
	buf_clear(&out);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	buf_done(&out);
	return 0;
}

static struct stanza
view(struct str xml)
{
	struct stanza st;
	const char *why = NULL;

	if (stanza_parse(&st, &arena, arena_str(&arena, xml), &why) < 0)
		fail_msg("%s in " STR_FMT, why ? why : "?", STR_ARG(xml));
	return st;
}

static struct stanza
written(void)
{
	return view(buf_str(&out));
}

static void
assert_str(struct str s, const char *z)
{
	if (!s.p || !str_is(s, z))
		fail_msg("'" STR_FMT "' is not '%s'", STR_ARG(s), z);
}

#define W " xmlns='urn:carillon:session:1'"

static void
test_credentials_get(void **state)
{
	struct word_credentials w = {.id = 17, .user = STR("juliet"), .host = STR("example.org")}, r;
	struct stanza st;

	(void)state;
	word_write_credentials_get(&out, &w);
	assert_string_equal(buf_z(&out), "<credentials" W " id='17' user='juliet' host='example.org'/>");
	st = written();
	assert_int_equal(word_of(&st), WORD_CREDENTIALS);
	assert_int_equal(word_read_credentials_get(&st, &r), 0);
	assert_int_equal(r.id, 17);
	assert_str(r.user, "juliet");
	assert_str(r.host, "example.org");
	assert_int_equal(word_read_credentials(&st, &r), -1); /* it is no answer */
}

static void
test_credentials(void **state)
{
	struct word_credentials w = {.id = UINT64_MAX, .stored = {.result = SASL_USER_DISABLED}}, r;
	struct stanza st;

	(void)state;
	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		scram_fake(&w.stored.scram[h], (enum scram_hash)h, 4096, STR("s"), STR("u"));
		w.stored.has_scram[h] = true;
	}
	memcpy(w.stored.digest_md5, "0123456789abcdef0123456789abcdef", 33);
	word_write_credentials(&out, &w);
	st = written();
	assert_int_equal(word_read_credentials(&st, &r), 0);
	assert_int_equal(r.id, UINT64_MAX);
	assert_memory_equal(&r.stored, &w.stored, sizeof(w.stored));
	assert_int_equal(word_read_credentials_get(&st, &r), -1); /* it is no request */
}

static void
test_credentials_without_keys(void **state)
{
	static const enum sasl_result_code results[] = {SASL_USER_OK, SASL_USER_UNKNOWN, SASL_USER_TEMPORARY};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		struct word_credentials w = {.id = 1, .stored = {.result = results[i]}}, r;
		struct stanza st;

		buf_clear(&out);
		word_write_credentials(&out, &w);
		st = written();
		assert_int_equal(word_read_credentials(&st, &r), 0);
		assert_int_equal(r.stored.result, results[i]);
		assert_false(r.stored.has_scram[SCRAM_SHA_256]);
		assert_string_equal(r.stored.digest_md5, "");
	}
}

#define KEYS "SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE="

static void
test_credentials_that_are_wrong(void **state)
{
	static const char *const xml[] = {
		"<credentials" W " result='ok'/>",
		"<credentials" W " id='' result='ok'/>",
		"<credentials" W " id='-1' result='ok'/>",
		"<credentials" W " id='18446744073709551616' result='ok'/>",
		"<credentials" W " id='1' result='maybe'/>",
		"<credentials" W " id='1' result=''/>",
		"<credentials" W " id='1' result='ok'><scram>SCRAM-SHA-1$1:a$b:c</scram></credentials>",
		"<credentials" W " id='1' result='ok'><scram/></credentials>",
		"<credentials" W " id='1' result='ok'><scram>" KEYS "</scram><scram>" KEYS "</scram></credentials>",
		"<credentials" W " id='1' result='ok'><digest-md5>0123</digest-md5></credentials>",
		"<credentials" W " id='1' result='ok'><digest-md5>0123456789abcdef0123456789abcdeg</digest-md5></credentials>",
		"<credentials xmlns='urn:other' id='1' result='ok'/>",
		"<opened" W " id='1' result='ok'/>",
	};
	struct word_credentials r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(xml); i++) {
		struct stanza st = view(str_z(xml[i]));

		assert_int_equal(word_read_credentials(&st, &r), -1);
	}
}

static void
test_credentials_ignores_the_unknown(void **state)
{
	struct stanza st = view(STR("<credentials" W " id='1' result='ok' colour='red'><scram>SCRAM-SHA3-512$x</scram>"
				    "<scram>" KEYS "</scram><key/></credentials>"));
	struct word_credentials r;

	(void)state;
	assert_int_equal(word_read_credentials(&st, &r), 0);
	assert_true(r.stored.has_scram[SCRAM_SHA_1]);
	assert_false(r.stored.has_scram[SCRAM_SHA_512]);
}

static void
test_credentials_get_that_are_wrong(void **state)
{
	static const char *const xml[] = {
		"<credentials" W " user='juliet' host='example.org'/>",
		"<credentials" W " id='x' user='juliet' host='example.org'/>",
		"<credentials" W " id='1' host='example.org'/>",
		"<credentials" W " id='1' user='' host='example.org'/>",
		"<credentials" W " id='1' user='juliet'/>",
		"<credentials" W " id='1' user='juliet' host=''/>",
		"<open" W " id='1' user='juliet' host='example.org'/>",
	};
	struct word_credentials r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(xml); i++) {
		struct stanza st = view(str_z(xml[i]));

		assert_int_equal(word_read_credentials_get(&st, &r), -1);
	}
}

static void
test_open(void **state)
{
	struct word_open w = {
		.user = STR("juliet"),
		.host = STR("example.org"),
		.resource = STR("bal'c<o>ny & co"),
		.address = STR("203.0.113.5"),
		.secure = STR("tls"),
		.mechanism = STR("SCRAM-SHA-256"),
	}, r;
	struct stanza st;

	(void)state;
	word_write_open(&out, &w);
	st = written();
	assert_int_equal(word_of(&st), WORD_OPEN);
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_str(r.user, "juliet");
	assert_str(r.host, "example.org");
	assert_str(r.resource, "bal'c<o>ny & co");
	assert_str(r.address, "203.0.113.5");
	assert_str(r.secure, "tls");
	assert_str(r.mechanism, "SCRAM-SHA-256");
	assert_false(r.resume);
	assert_null(r.presence.p);
}

static void
test_open_without_resource(void **state)
{
	struct word_open w = {.user = STR("u"), .host = STR("h"), .resource = STR("")}, r;
	struct stanza st;

	(void)state;
	word_write_open(&out, &w);
	st = written();
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_str(r.resource, "");
	assert_null(r.address.p);
}

static void
check_resume(struct str presence)
{
	struct word_open w = {
		.user = STR("juliet"),
		.host = STR("example.org"),
		.resource = STR("balcony"),
		.resume = true,
		.jid = STR("juliet@example.org/balcony"),
		.in = 41,
		.out = 12,
		.interested = true,
		.presence = presence,
	}, r;
	struct stanza st;

	buf_clear(&out);
	word_write_open(&out, &w);
	st = written();
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_true(r.resume);
	assert_true(r.interested);
	assert_str(r.jid, "juliet@example.org/balcony");
	assert_int_equal(r.in, 41);
	assert_int_equal(r.out, 12);
	assert_int_equal(r.presence.p != NULL, presence.p != NULL);
	assert_true(str_eq(r.presence, presence));
}

/* What an sm gave to c2s comes back as it was, byte for byte, whatever c2s knows of it; nothing is not the same as empty. */
static void
test_keep(void **state)
{
	static const char *const items[] = {"", "<item name='a' v='1'>&lt;x&gt; y</item>", "<item/><item name='b'><x xmlns='urn:x'/></item>"};
	struct word_open w = {.user = STR("u"), .host = STR("h"), .resume = true, .jid = STR("u@h/r")}, r;
	struct word_resumed resumed = {.asked = STR("s"), .jid = STR("u@h/r"), .manage = {.id = STR("i")}}, resumed_r;
	struct stanza st;
	struct str kept;

	(void)state;
	buf_clear(&out);
	word_write_open(&out, &w);
	st = written();
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_null(r.keep.p);
	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		w.keep = str_z(items[i]);
		buf_clear(&out);
		word_write_open(&out, &w);
		st = written();
		assert_int_equal(word_read_open(&st, &r), 0);
		assert_non_null(r.keep.p);
		assert_str(r.keep, items[i]);
		buf_clear(&out);
		word_write_keep(&out, w.keep);
		st = written();
		assert_int_equal(word_read_keep(&st, &kept), 0);
		assert_str(kept, items[i]);
		resumed.keep = w.keep;
		buf_clear(&out);
		word_write_resumed(&out, &resumed);
		st = written();
		assert_int_equal(word_read_resumed(&st, &resumed_r), 0);
		assert_str(resumed_r.keep, items[i]);
	}
	st = view(STR("<kept" W "/>"));
	assert_int_equal(word_read_keep(&st, &kept), -1);
}

static void
test_resume(void **state)
{
	(void)state;
	check_resume(STR_NONE);
	check_resume(STR("<presence/>"));
	check_resume(STR("<presence from='juliet@example.org/balcony'><show>away</show>"
			 "<x xmlns='urn:x'><y xmlns='jabber:client'/></x></presence>"));
}

/* What is written is XML to any parser: the presence keeps its namespace inside the word. */
static void
test_resume_keeps_namespace(void **state)
{
	struct stanza st = view(STR("<open" W " user='u' host='h' resume='1' jid='u@h/r' in='0' out='0'><presence/></open>"));
	struct word_open r;

	(void)state;
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_null(r.presence.p); /* a presence in NS_WORDS is none */
	assert_false(r.interested);
}

static void
test_open_that_is_wrong(void **state)
{
	static const char *const xml[] = {
		"<open" W " host='h'/>",
		"<open" W " user='u'/>",
		"<open" W " user='' host='h'/>",
		"<open" W " user='u' host='h' resume='yes'/>",
		"<open" W " user='u' host='h' resume='1'/>",
		"<open" W " user='u' host='h' resume='1' jid='u@h/r' in='1'/>",
		"<open" W " user='u' host='h' resume='1' jid='u@h/r' out='1'/>",
		"<open" W " user='u' host='h' resume='1' jid='u@h/r' in='1' out='x'/>",
		"<open" W " user='u' host='h' resume='1' in='1' out='1'/>",
		"<open" W " user='u' host='h' resume='1' jid='u@h/r' in='1' out='1' interested='2'/>",
		"<opened" W " user='u' host='h'/>",
		"<open user='u' host='h'/>",
	};
	struct word_open r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(xml); i++) {
		struct stanza st = view(str_z(xml[i]));

		assert_int_equal(word_read_open(&st, &r), -1);
	}
}

static void
test_opened(void **state)
{
	struct stanza st;
	struct str jid;
	bool anew;

	(void)state;
	word_write_opened(&out, STR("juliet@example.org/b'x"), false);
	st = written();
	assert_int_equal(word_of(&st), WORD_OPENED);
	assert_int_equal(word_read_opened(&st, &jid, &anew), 0);
	assert_str(jid, "juliet@example.org/b'x");
	st = view(STR("<opened" W "/>"));
	assert_int_equal(word_read_opened(&st, &jid, &anew), -1);
	st = view(STR("<open" W " jid='a@b/c'/>"));
	assert_int_equal(word_read_opened(&st, &jid, &anew), -1);
}

static void
test_refused(void **state)
{
	enum stanza_condition c;
	struct stanza st;
	struct str text;

	(void)state;
	for (int i = STANZA_OK + 1; i < STANZA_CONDITION_COUNT; i++) {
		buf_clear(&out);
		word_write_refused(&out, (enum stanza_condition)i, i % 2 ? "too <many>" : NULL);
		st = written();
		assert_int_equal(word_of(&st), WORD_REFUSED);
		assert_int_equal(word_read_refused(&st, &c, &text), 0);
		assert_int_equal(c, i);
		if (i % 2)
			assert_str(text, "too <many>");
		else
			assert_null(text.p);
	}
	st = view(STR("<refused" W "/>"));
	assert_int_equal(word_read_refused(&st, &c, &text), -1);
	st = view(STR("<refused" W " condition='no-such'/>"));
	assert_int_equal(word_read_refused(&st, &c, &text), -1);
	st = view(STR("<end" W " condition='conflict'/>"));
	assert_int_equal(word_read_refused(&st, &c, &text), -1);
}

static void
test_end(void **state)
{
	enum stream_condition c;
	struct stanza st;
	struct str text;

	(void)state;
	for (int i = STREAM_OK + 1; i < STREAM_CONDITION_COUNT; i++) {
		buf_clear(&out);
		word_write_end(&out, (enum stream_condition)i, "Replaced by new connection");
		st = written();
		assert_int_equal(word_of(&st), WORD_END);
		assert_int_equal(word_read_end(&st, &c, &text), 0);
		assert_int_equal(c, i);
		assert_str(text, "Replaced by new connection");
	}
	st = view(STR("<end" W "/>"));
	assert_int_equal(word_read_end(&st, &c, &text), -1);
	st = view(STR("<end" W " condition='bad-request'/>"));
	assert_int_equal(word_read_end(&st, &c, &text), -1);
	st = view(STR("<refused" W " condition='conflict'/>"));
	assert_int_equal(word_read_end(&st, &c, &text), -1);
}

static void
test_done(void **state)
{
	enum stanza_condition c;
	struct stanza st;
	struct str rid;

	(void)state;
	word_write_done(&out, STR("r7"), STANZA_OK);
	assert_string_equal(buf_z(&out), "<done" W " rid='r7'/>");
	st = written();
	assert_int_equal(word_of(&st), WORD_DONE);
	assert_int_equal(word_read_done(&st, &rid, &c), 0);
	assert_str(rid, "r7");
	assert_int_equal(c, STANZA_OK);
	buf_clear(&out);
	word_write_done(&out, STR("r8"), STANZA_ERR_SERVICE_UNAVAILABLE);
	st = written();
	assert_int_equal(word_read_done(&st, &rid, &c), 0);
	assert_int_equal(c, STANZA_ERR_SERVICE_UNAVAILABLE);
	st = view(STR("<done" W "/>"));
	assert_int_equal(word_read_done(&st, &rid, &c), -1);
	st = view(STR("<done" W " rid=''/>"));
	assert_int_equal(word_read_done(&st, &rid, &c), -1);
	st = view(STR("<done" W " rid='r' condition='x'/>"));
	assert_int_equal(word_read_done(&st, &rid, &c), -1);
	st = view(STR("<ack" W " rid='r'/>"));
	assert_int_equal(word_read_done(&st, &rid, &c), -1);
}

static void
test_small_words(void **state)
{
	struct stanza st;
	struct str reason;

	(void)state;
	word_write_ack(&out);
	st = written();
	assert_int_equal(word_of(&st), WORD_ACK);
	buf_clear(&out);
	word_write_unknown(&out);
	assert_string_equal(buf_z(&out), "<unknown" W "/>");
	st = written();
	assert_int_equal(word_of(&st), WORD_GONE);
	buf_clear(&out);
	word_write_close(&out, "lost");
	st = written();
	assert_int_equal(word_of(&st), WORD_CLOSE);
	assert_int_equal(word_read_close(&st, &reason), 0);
	assert_str(reason, "lost");
	st = view(STR("<close" W "/>"));
	assert_int_equal(word_read_close(&st, &reason), -1);
	st = view(STR("<end" W " reason='lost'/>"));
	assert_int_equal(word_read_close(&st, &reason), -1);
}

/* --- stream management (XEP-0198) --- */

#define MANAGE_ID "ABCDEFGHIJKLMNOPQRSTUV"

static const struct word_manage managed = {
	.id = STR(MANAGE_ID), .in_base = 8, .count = UINT64_C(4294967297), .max = 600, .gen = 3, .acked = 9};

static void
assert_manage(const struct word_manage *r)
{
	assert_str(r->id, MANAGE_ID);
	assert_int_equal(r->in_base, managed.in_base);
	assert_int_equal(r->count, managed.count); /* not modulo 2^32: that is for the client alone */
	assert_int_equal(r->max, managed.max);
	assert_int_equal(r->gen, managed.gen);
	assert_int_equal(r->acked, managed.acked);
}

static void
test_managed_open(void **state)
{
	struct word_open w = {.user = STR("u"), .host = STR("h"), .resume = true, .jid = STR("u@h/r"), .in = 9, .out = 12}, r;
	struct stanza st;

	(void)state;
	word_write_open(&out, &w);
	assert_null(strstr(buf_z(&out), "manage"));
	st = written();
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_null(r.manage.id.p);
	assert_int_equal(r.manage.count, 0);
	w.manage = managed;
	buf_clear(&out);
	word_write_open(&out, &w);
	st = written();
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_manage(&r.manage);
	assert_null(r.had.p);
	w.had = STR("YWJj");
	buf_clear(&out);
	word_write_open(&out, &w);
	st = written();
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_str(r.had, "YWJj");
	/* who does not know of it means that all is acknowledged; and more than all is never */
	st = view(STR("<open" W " user='u' host='h' resume='1' jid='u@h/r' in='1' out='2' manage='x' in-base='1' count='7' max='1' gen='0'/>"));
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_int_equal(r.manage.acked, 7);
	st = view(STR("<open" W " user='u' host='h' resume='1' jid='u@h/r' in='1' out='2' manage='x' in-base='1' count='7' max='1' gen='0' acked='8'/>"));
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_int_equal(r.manage.acked, 7);
	/* a first open has nothing of it, whatever it says */
	st = view(STR("<open" W " user='u' host='h' manage='x' in-base='1' count='1' max='1' gen='0'/>"));
	assert_int_equal(word_read_open(&st, &r), 0);
	assert_null(r.manage.id.p);
}

/* Attributes that must all be there, and be numbers. */
static void
refused_without(const char *before, const char *const *attrs, const char *after, int (*read)(const struct stanza *p))
{
	static const char *const bad[] = {"", "x", "-1", "1 ", "0x1", "18446744073709551616"};
	struct stanza st;

	for (size_t miss = 0; attrs[miss]; miss++) {
		for (size_t b = 0; b <= ARRAY_LEN(bad); b++) {
			struct buf xml = {0};

			buf_addz(&xml, before);
			for (size_t i = 0; attrs[i]; i++) {
				if (i != miss)
					buf_addf(&xml, " %s='7'", attrs[i]);
				else if (b < ARRAY_LEN(bad))
					buf_addf(&xml, " %s='%s'", attrs[i], bad[b]);
			}
			buf_addz(&xml, after);
			st = view(buf_str(&xml));
			if (read(&st) == 0)
				fail_msg("%s is read", buf_z(&xml));
			buf_done(&xml);
		}
	}
}

static int
read_open(const struct stanza *p)
{
	struct word_open w;

	return word_read_open(p, &w);
}

static int
read_resumed(const struct stanza *p)
{
	struct word_resumed w;

	return word_read_resumed(p, &w);
}

static int
read_enable(const struct stanza *p)
{
	struct word_enable w;

	return word_read_enable(p, &w);
}

static int
read_had(const struct stanza *p)
{
	uint64_t seq, count;

	return word_read_had(p, &seq, &count);
}

static int
read_resume(const struct stanza *p)
{
	struct word_resume w;

	return word_read_resume(p, &w);
}

static void
test_numbers_are_needed(void **state)
{
	static const char *const manage[] = {"in-base", "count", "max", "gen", NULL};
	static const char *const resumed[] = {"in", "out", "in-base", "count", "max", "gen", NULL};
	static const char *const enable[] = {"out", "max", NULL};
	static const char *const had[] = {"seq", "count", NULL};
	static const char *const resume[] = {"h", NULL};

	(void)state;
	refused_without("<open" W " user='u' host='h' resume='1' jid='u@h/r' in='1' out='1' manage='i'", manage, "/>", read_open);
	refused_without("<resumed" W " asked='s' jid='u@h/r' manage='i'", resumed, "/>", read_resumed);
	refused_without("<enable" W " id='i'", enable, "/>", read_enable);
	refused_without("<had" W, had, "/>", read_had);
	refused_without("<resume" W " user='u' host='h' previd='i'", resume, "/>", read_resume);
}

static void
test_texts_are_needed(void **state)
{
	static const struct {
		const char *xml;
		int (*read)(const struct stanza *p);
	} rows[] = {
		{"<enable" W " out='1' max='1'/>", read_enable},
		{"<enable" W " id='' out='1' max='1'/>", read_enable},
		{"<enabled" W " id='i' out='1' max='1'/>", read_enable},
		{"<enable xmlns='urn:xmpp:sm:3' id='i' out='1' max='1'/>", read_enable},
		{"<has" W " seq='1' count='1'/>", read_had},
		{"<resume" W " host='h' previd='i' h='1'/>", read_resume},
		{"<resume" W " user='u' previd='i' h='1'/>", read_resume},
		{"<resume" W " user='' host='h' previd='i' h='1'/>", read_resume},
		{"<resume" W " user='u' host='h' h='1'/>", read_resume},
		{"<resume" W " user='u' host='h' previd='' h='1'/>", read_resume},
		{"<resumed" W " user='u' host='h' previd='i' h='1'/>", read_resume},
		{"<resumed" W " jid='j' in='1' out='1' manage='i' in-base='1' count='1' max='1' gen='1'/>", read_resumed},
		{"<resumed" W " asked='s' in='1' out='1' manage='i' in-base='1' count='1' max='1' gen='1'/>", read_resumed},
		{"<resumed" W " asked='s' jid='j' in='1' out='1' in-base='1' count='1' max='1' gen='1'/>", read_resumed},
		{"<resumed" W " asked='s' jid='j' in='1' out='1' interested='y' manage='i' in-base='1' count='1' max='1' gen='1'/>",
		 read_resumed},
		{"<resume" W " asked='s' jid='j' in='1' out='1' manage='i' in-base='1' count='1' max='1' gen='1'/>", read_resumed},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct stanza st = view(str_z(rows[i].xml));

		if (rows[i].read(&st) == 0)
			fail_msg("%s is read", rows[i].xml);
	}
}

static void
test_enable(void **state)
{
	struct word_enable w = {.id = STR(MANAGE_ID), .out = UINT64_MAX, .max = 600}, r;
	struct stanza st;

	(void)state;
	word_write_enable(&out, &w);
	assert_string_equal(buf_z(&out), "<enable" W " id='" MANAGE_ID "' out='18446744073709551615' max='600'/>");
	st = written();
	assert_int_equal(word_of(&st), WORD_ENABLE);
	assert_int_equal(word_read_enable(&st, &r), 0);
	assert_str(r.id, MANAGE_ID);
	assert_int_equal(r.out, UINT64_MAX);
	assert_int_equal(r.max, 600);
}

/* The stanza comes back byte for byte, whatever is in it; and nothing is something else than a stanza. */
static void
test_echo(void **state)
{
	static const char *const stanzas[] = {
		"",
		"<message/>",
		"<message to='a&apos;b'><body>&lt;&amp;&gt; \"'</body></message>",
		"<iq type='error' id='&#xA;&#9;'><x xmlns='urn:x'>]]&gt;</x></iq>",
		"<message><body>\xf0\x9f\x94\x94 \xc3\xa9\xe2\x80\xa8 a  b\n\tc</body></message>",
	};
	struct stanza st;
	struct str back;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(stanzas); i++) {
		buf_clear(&out);
		word_write_echo(&out, str_z(stanzas[i]));
		st = written();
		assert_int_equal(word_of(&st), WORD_ECHO);
		assert_int_equal(st.root->child == NULL, 1); /* text, not elements: its namespaces are its own */
		assert_int_equal(word_read_echo(&st, &back), 0);
		assert_str(back, stanzas[i]);
	}
	st = view(STR("<ech0" W ">x</ech0>"));
	assert_int_equal(word_read_echo(&st, &back), -1);
	assert_null(back.p);
}

static void
test_had(void **state)
{
	struct stanza st;
	uint64_t seq, count;

	(void)state;
	word_write_had(&out, 57, 31);
	assert_string_equal(buf_z(&out), "<had" W " seq='57' count='31'/>");
	st = written();
	assert_int_equal(word_of(&st), WORD_HAD);
	assert_int_equal(word_read_had(&st, &seq, &count), 0);
	assert_int_equal(seq, 57);
	assert_int_equal(count, 31);
}

static void
test_resume_word(void **state)
{
	struct word_resume w = {.user = STR("juliet"), .host = STR("example.org"), .address = STR("203.0.113.5"), .secure = STR("tls"),
				.mechanism = STR("PLAIN"), .previd = STR("what a <client> 'says'"), .h = UINT32_MAX}, r;
	struct stanza st;

	(void)state;
	word_write_resume(&out, &w);
	st = written();
	assert_int_equal(word_of(&st), WORD_RESUME);
	assert_int_equal(word_read_resume(&st, &r), 0);
	assert_str(r.user, "juliet");
	assert_str(r.host, "example.org");
	assert_str(r.address, "203.0.113.5");
	assert_str(r.secure, "tls");
	assert_str(r.mechanism, "PLAIN");
	assert_str(r.previd, "what a <client> 'says'");
	assert_int_equal(r.h, UINT32_MAX);
	st = view(STR("<resume" W " user='u' host='h' previd='i' h='0'/>")); /* the rest is for the log */
	assert_int_equal(word_read_resume(&st, &r), 0);
	assert_null(r.address.p);
}

static void
check_resumed(struct str presence, bool interested)
{
	struct word_resumed w = {.asked = STR("askedaskedaskedaskedas"), .jid = STR("juliet@example.org/b'x"), .in = 41, .out = 12,
				 .interested = interested, .presence = presence, .manage = managed}, r;
	struct stanza st;

	buf_clear(&out);
	word_write_resumed(&out, &w);
	st = written();
	assert_int_equal(word_of(&st), WORD_RESUMED);
	assert_int_equal(word_read_resumed(&st, &r), 0);
	assert_str(r.asked, "askedaskedaskedaskedas");
	assert_str(r.jid, "juliet@example.org/b'x");
	assert_int_equal(r.in, 41);
	assert_int_equal(r.out, 12);
	assert_int_equal(r.interested, interested);
	assert_int_equal(r.presence.p != NULL, presence.p != NULL);
	assert_true(str_eq(r.presence, presence));
	assert_manage(&r.manage);
}

static void
test_resumed(void **state)
{
	(void)state;
	check_resumed(STR_NONE, false);
	check_resumed(STR("<presence from='juliet@example.org/b'><x xmlns='urn:x'><y xmlns='jabber:client'/></x></presence>"), true);
}

static void
test_opened_anew(void **state)
{
	struct stanza st;
	struct str jid;
	bool anew = true;

	(void)state;
	word_write_opened(&out, STR("a@b/c"), false);
	assert_string_equal(buf_z(&out), "<opened" W " jid='a@b/c'/>");
	st = written();
	assert_int_equal(word_read_opened(&st, &jid, &anew), 0);
	assert_false(anew);
	buf_clear(&out);
	word_write_opened(&out, STR("a@b/c"), true);
	st = written();
	assert_int_equal(word_read_opened(&st, &jid, &anew), 0);
	assert_true(anew);
	st = view(STR("<opened" W " jid='a@b/c' anew='true'/>"));
	assert_int_equal(word_read_opened(&st, &jid, &anew), -1);
}

static void
test_closing(void **state)
{
	struct stanza st;
	struct str reason;

	(void)state;
	word_write_closing(&out);
	assert_string_equal(buf_z(&out), "<closing" W "/>");
	st = written();
	assert_int_equal(word_of(&st), WORD_CLOSING);
	assert_int_equal(word_read_close(&st, &reason), -1); /* that one comes later */
}

static void
test_what_is_no_word(void **state)
{
	struct stanza st = view(STR("<message to='a@b'><body>x</body></message>"));

	(void)state;
	assert_int_equal(word_of(&st), WORD_NONE);
	st = view(STR("<close/>"));
	assert_int_equal(word_of(&st), WORD_NONE);
	st = view(STR("<sing" W "/>"));
	assert_int_equal(word_of(&st), WORD_UNKNOWN);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_credentials_get),
		T(test_credentials),
		T(test_credentials_without_keys),
		T(test_credentials_that_are_wrong),
		T(test_credentials_ignores_the_unknown),
		T(test_credentials_get_that_are_wrong),
		T(test_open),
		T(test_open_without_resource),
		T(test_resume),
		T(test_keep),
		T(test_resume_keeps_namespace),
		T(test_open_that_is_wrong),
		T(test_opened),
		T(test_refused),
		T(test_end),
		T(test_done),
		T(test_small_words),
		T(test_managed_open),
		T(test_numbers_are_needed),
		T(test_texts_are_needed),
		T(test_enable),
		T(test_echo),
		T(test_had),
		T(test_resume_word),
		T(test_resumed),
		T(test_opened_anew),
		T(test_closing),
		T(test_what_is_no_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
