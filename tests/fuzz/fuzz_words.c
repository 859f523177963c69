/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words between c2s and sm: each reader takes what it can use or refuses;
 * what it takes is written again and read again as the same. The input is
 * canonical XML, as the payload of a frame.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/ground.h"

#include "xmpp/name.h"
#include "xmpp/session.h"

#include <stdlib.h>

static bool
same(struct str a, struct str b)
{
	return (a.p == NULL) == (b.p == NULL) && str_eq(a, b);
}

/* Absent and empty are one where the writer leaves out what is empty. */
static bool
alike(struct str a, struct str b)
{
	return str_eq(a, b);
}

static bool
same_manage(const struct word_manage *a, const struct word_manage *b)
{
	if (!same(a->id, b->id))
		return false;
	return !a->id.p || (a->in_base == b->in_base && a->count == b->count && a->max == b->max && a->gen == b->gen &&
			  a->acked == b->acked);
}

/* What was written, as a payload. */
static void
reread(struct stanza *st, struct arena *a, const struct buf *b)
{
	const char *why = NULL;

	if (stanza_parse(st, a, buf_str(b), &why) < 0)
		die(1, "written, but not canonical: %s: " STR_FMT, why, STR_ARG(buf_str(b)));
}

static void
try_credentials(const struct stanza *p, struct arena *a)
{
	struct word_credentials w, again;
	struct buf b = {0};
	struct stanza st;

	if (word_read_credentials_get(p, &w) == 0) {
		word_write_credentials_get(&b, &w);
		reread(&st, a, &b);
		bug_if(word_read_credentials_get(&st, &again) < 0);
		bug_if(again.id != w.id || !same(again.user, w.user) || !same(again.host, w.host));
	}
	buf_clear(&b);
	if (word_read_credentials(p, &w) == 0) {
		word_write_credentials(&b, &w);
		reread(&st, a, &b);
		bug_if(word_read_credentials(&st, &again) < 0);
		bug_if(again.id != w.id || again.stored.result != w.stored.result);
		bug_if(strcmp(again.stored.digest_md5, w.stored.digest_md5) != 0);
		bug_if(memcmp(again.stored.has_scram, w.stored.has_scram, sizeof(w.stored.has_scram)) != 0);
		bug_if(memcmp(again.stored.scram, w.stored.scram, sizeof(w.stored.scram)) != 0);
	}
	buf_done(&b);
}

/* A presence goes back on the bus as the stanza that it was: only what a client's edge writes is put in. */
static bool
is_edge_presence(struct str presence)
{
	struct buf b = {0};
	bool is = !presence.p || (ground_canonical(&b, presence) && str_eq(buf_str(&b), presence) &&
				  str_starts(presence, STR("<presence")));

	buf_done(&b);
	return is;
}

/* What can be read of the names is written as the same. */
static void
try_had(struct str had)
{
	struct buf b = {0};
	size_t count;
	struct name_told *told = had.p ? names_told_parse(had, &count) : NULL;

	if (!told)
		return;
	names_told_print(&b, told, count);
	bug_if(!str_eq(buf_str(&b), had));
	buf_done(&b);
	free(told);
}

static void
try_open(const struct stanza *p, struct arena *a)
{
	struct word_open w, again;
	struct buf b = {0};
	struct stanza st;

	if (word_read_open(p, &w) < 0 || !is_edge_presence(w.presence))
		return;
	word_write_open(&b, &w);
	reread(&st, a, &b);
	bug_if(word_read_open(&st, &again) < 0);
	bug_if(!same(again.user, w.user) || !same(again.host, w.host) || !alike(again.resource, w.resource));
	bug_if(!alike(again.address, w.address) || !alike(again.secure, w.secure) || !alike(again.mechanism, w.mechanism));
	bug_if(again.resume != w.resume || again.interested != w.interested || again.in != w.in || again.out != w.out);
	bug_if(!same(again.jid, w.jid) || !same(again.presence, w.presence) || !same_manage(&again.manage, &w.manage));
	bug_if(!same(again.keep, w.keep) || !alike(again.had, w.had));
	try_had(w.had);
	buf_done(&b);
}

static void
try_resume(const struct stanza *p, struct arena *a)
{
	struct word_resume w, again;
	struct word_resumed r, r_again;
	struct buf b = {0};
	struct stanza st;

	if (word_read_resume(p, &w) == 0) {
		word_write_resume(&b, &w);
		reread(&st, a, &b);
		bug_if(word_read_resume(&st, &again) < 0);
		bug_if(!same(again.user, w.user) || !same(again.host, w.host) || !same(again.previd, w.previd) || again.h != w.h);
	}
	buf_clear(&b);
	if (word_read_resumed(p, &r) == 0 && is_edge_presence(r.presence)) {
		word_write_resumed(&b, &r);
		reread(&st, a, &b);
		bug_if(word_read_resumed(&st, &r_again) < 0);
		bug_if(!same(r_again.asked, r.asked) || !same(r_again.jid, r.jid) || r_again.in != r.in || r_again.out != r.out);
		bug_if(!same(r_again.presence, r.presence) || !same_manage(&r_again.manage, &r.manage));
		bug_if(!alike(r_again.had, r.had));
		try_had(r.had);
	}
	buf_done(&b);
}

static void
try_managing(const struct stanza *p, struct arena *a)
{
	struct word_enable e, e_again;
	struct str echo, echo_again;
	uint64_t seq, count, seq_again, count_again;
	struct buf b = {0};
	struct stanza st;

	if (word_read_enable(p, &e) == 0) {
		word_write_enable(&b, &e);
		reread(&st, a, &b);
		bug_if(word_read_enable(&st, &e_again) < 0 || !same(e.id, e_again.id) || e.out != e_again.out || e.max != e_again.max);
	}
	buf_clear(&b);
	if (word_read_echo(p, &echo) == 0) {
		word_write_echo(&b, echo);
		reread(&st, a, &b);
		bug_if(word_read_echo(&st, &echo_again) < 0 || !alike(echo, echo_again));
	}
	buf_clear(&b);
	if (word_read_had(p, &seq, &count) == 0) {
		word_write_had(&b, seq, count);
		reread(&st, a, &b);
		bug_if(word_read_had(&st, &seq_again, &count_again) < 0 || seq != seq_again || count != count_again);
	}
	buf_done(&b);
}

/* Readers of words with a condition: text and rid have no writer that takes any bytes back, so they are read only. */
static void
try_short(const struct stanza *p, struct arena *a)
{
	enum stanza_condition stanza_c, again_c;
	enum stream_condition stream_c;
	struct str text, rid, again;
	struct buf b = {0};
	struct stanza st;
	bool anew, anew_again;

	bug_if(word_read_refused(p, &stanza_c, &text) == 0 && stanza_c == STANZA_OK);
	bug_if(word_read_end(p, &stream_c, &text) == 0 && stream_c == STREAM_OK);
	bug_if(word_read_close(p, &text) == 0 && text.n == 0);
	if (word_read_done(p, &rid, &stanza_c) == 0) {
		word_write_done(&b, rid, stanza_c);
		reread(&st, a, &b);
		bug_if(word_read_done(&st, &again, &again_c) < 0 || !same(again, rid) || again_c != stanza_c);
	}
	buf_clear(&b);
	if (word_read_opened(p, &text, &anew) == 0) {
		word_write_opened(&b, text, anew);
		reread(&st, a, &b);
		bug_if(word_read_opened(&st, &again, &anew_again) < 0 || !same(again, text) || anew != anew_again);
	}
	buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct stanza p;

	if (stanza_parse(&p, &a, str_n((const char *)data, size), NULL) == 0) {
		(void)word_of(&p);
		try_credentials(&p, &a);
		try_open(&p, &a);
		try_resume(&p, &a);
		try_managing(&p, &a);
		try_short(&p, &a);
	}
	arena_done(&a);
	return 0;
}
