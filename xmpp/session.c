/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words between c2s and sm as XML: one writer and one reader for each.
 * Readers refuse what lacks something or does not parse, and ignore what they
 * do not know (doc/protocol.md section 7). What the words make either side do
 * is not known here.
 */
#include "xmpp/session.h"

#include "common/base64.h"
#include "xmpp/out.h"

static const struct {
	const char *name;
	enum word word;
} words[] = {
	{"credentials", WORD_CREDENTIALS}, {"open", WORD_OPEN},   {"opened", WORD_OPENED},
	{"refused", WORD_REFUSED},         {"ack", WORD_ACK},     {"close", WORD_CLOSE},
	{"end", WORD_END},                 {"unknown", WORD_GONE}, {"done", WORD_DONE},
	{"closing", WORD_CLOSING},
	{"enable", WORD_ENABLE},           {"echo", WORD_ECHO},   {"had", WORD_HAD},
	{"resume", WORD_RESUME},           {"resumed", WORD_RESUMED},
	{"keep", WORD_KEEP},
};

static const char *const results[] = {
	[SASL_USER_OK] = "ok",
	[SASL_USER_UNKNOWN] = "unknown",
	[SASL_USER_DISABLED] = "disabled",
	[SASL_USER_TEMPORARY] = "temporary",
};

enum word
word_of(const struct stanza *payload)
{
	const struct node *root = payload->root;

	if (!str_is(root->ns, NS_WORDS))
		return WORD_NONE;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_is(root->name, words[i].name))
			return words[i].word;
	return WORD_UNKNOWN;
}

/* Payloads stand in a stream whose content namespace is jabber:client. */
static void
begin(struct out *o, struct buf *out, const char *name)
{
	out_init(o, out, NS_CLIENT);
	out_openz(o, name, NS_WORDS);
}

static struct str
attr(const struct stanza *p, const char *name)
{
	return node_attr(p->arena, p->root, name);
}

/* An attribute that must be there and not be empty. */
static int
read_text(const struct stanza *p, const char *name, struct str *r)
{
	*r = attr(p, name);
	return r->n > 0 ? 0 : -1;
}

static int
read_number(const struct stanza *p, const char *name, uint64_t *r)
{
	return str_to_u64(attr(p, name), r);
}

/* 0 when it is missing. */
static int
read_optional(const struct stanza *p, const char *name, uint64_t *r)
{
	*r = 0;
	return attr(p, name).p ? read_number(p, name, r) : 0;
}

/* '1' or '0'; false when it is missing. */
static int
read_flag(const struct stanza *p, const char *name, bool *r)
{
	struct str value = attr(p, name);

	*r = str_is(value, "1");
	return !value.p || *r || str_is(value, "0") ? 0 : -1;
}

/*
 * Credentials.
 */

void
word_write_credentials_get(struct buf *out, const struct word_credentials *w)
{
	struct out o;

	begin(&o, out, "credentials");
	out_attru(&o, "id", w->id);
	out_attrz(&o, "user", w->user);
	out_attrz(&o, "host", w->host);
	out_done(&o);
}

int
word_read_credentials_get(const struct stanza *p, struct word_credentials *w_r)
{
	*w_r = (struct word_credentials){0};
	if (word_of(p) != WORD_CREDENTIALS || attr(p, "result").p)
		return -1;
	if (read_number(p, "id", &w_r->id) < 0)
		return -1;
	return read_text(p, "user", &w_r->user) == 0 && read_text(p, "host", &w_r->host) == 0 ? 0 : -1;
}

void
word_write_credentials(struct buf *out, const struct word_credentials *w)
{
	struct out o;
	struct buf line = {0};

	bug_if((unsigned)w->stored.result >= ARRAY_LEN(results));
	begin(&o, out, "credentials");
	out_attru(&o, "id", w->id);
	out_attrz(&o, "result", str_z(results[w->stored.result]));
	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		if (!w->stored.has_scram[h])
			continue;
		buf_clear(&line);
		scram_print(&line, &w->stored.scram[h]);
		out_leafz(&o, "scram", NULL, buf_str(&line));
	}
	if (w->stored.digest_md5[0])
		out_leafz(&o, "digest-md5", NULL, str_z(w->stored.digest_md5));
	out_done(&o);
	buf_done(&line);
}

static int
read_result(const struct stanza *p, enum sasl_result_code *r)
{
	struct str name = attr(p, "result");

	for (unsigned i = 0; i < ARRAY_LEN(results); i++) {
		if (str_is(name, results[i])) {
			*r = (enum sasl_result_code)i;
			return 0;
		}
	}
	return -1;
}

/* SCRAM-<hash>$...: a hash that this version does not know is none of its business. */
static bool
is_known_hash(struct str line)
{
	struct str rest, name = str_split(line, '$', &rest);
	enum scram_hash h;

	return !str_starts(name, STR("SCRAM-")) || scram_hash_find(str_from(name, strlen("SCRAM-")), &h) == 0;
}

static int
read_scram(struct str line, struct sasl_credentials *c)
{
	struct scram_keys k;

	if (!is_known_hash(line))
		return 0;
	if (scram_parse(line, &k) < 0 || c->has_scram[k.hash])
		return -1;
	c->scram[k.hash] = k;
	c->has_scram[k.hash] = true;
	return 0;
}

static int
read_digest(struct str hex, struct sasl_credentials *c)
{
	struct buf bytes = {0}, lower = {0};
	int result = -1;

	if (hex_parse(&bytes, hex) == 0 && bytes.n == 16 && !c->digest_md5[0]) {
		hex_print(&lower, buf_str(&bytes));
		memcpy(c->digest_md5, buf_z(&lower), sizeof(c->digest_md5));
		result = 0;
	}
	buf_done(&bytes);
	buf_done(&lower);
	return result;
}

int
word_read_credentials(const struct stanza *p, struct word_credentials *w_r)
{
	const struct node *n;

	*w_r = (struct word_credentials){0};
	if (word_of(p) != WORD_CREDENTIALS)
		return -1;
	if (read_number(p, "id", &w_r->id) < 0 || read_result(p, &w_r->stored.result) < 0)
		return -1;
	for (n = node_child(p->root, "scram", NS_WORDS); n; n = node_next(n, "scram", NS_WORDS))
		if (read_scram(node_text(p->arena, n), &w_r->stored) < 0)
			return -1;
	for (n = node_child(p->root, "digest-md5", NS_WORDS); n; n = node_next(n, "digest-md5", NS_WORDS))
		if (read_digest(node_text(p->arena, n), &w_r->stored) < 0)
			return -1;
	return 0;
}

/*
 * Opening.
 */

#define PRESENCE_TAG "<presence"
#define PRESENCE_NS " xmlns='" NS_CLIENT "'"

/* The stanza stood at the top of a stream of jabber:client; in a word it must name its namespace. */
static void
write_presence(struct out *o, struct str presence)
{
	bug_if(!str_starts(presence, STR(PRESENCE_TAG)));
	out_raw(o, STR(PRESENCE_TAG PRESENCE_NS));
	out_raw(o, str_from(presence, strlen(PRESENCE_TAG)));
}

/* And back. The xmlns is found by its bytes: a quote inside a value would be escaped. */
static int
read_presence(const struct stanza *p, struct str *r)
{
	const struct node *n = node_child(p->root, "presence", NS_CLIENT);
	ssize_t at;

	*r = STR_NONE;
	if (!n)
		return 0;
	at = str_find(n->raw, STR(PRESENCE_NS));
	if (at < 0)
		return -1;
	*r = arena_printf(p->arena, STR_FMT STR_FMT, (int)at, n->raw.p,
	    STR_ARG(str_from(n->raw, (size_t)at + strlen(PRESENCE_NS))));
	return 0;
}

static void
write_manage(struct out *o, const struct word_manage *m)
{
	if (!m->id.p)
		return;
	out_attrz(o, "manage", m->id);
	out_attru(o, "in-base", m->in_base);
	out_attru(o, "count", m->count);
	out_attru(o, "max", m->max);
	out_attru(o, "gen", m->gen);
	out_attru(o, "acked", m->acked);
}

static int
read_manage(const struct stanza *p, struct word_manage *m)
{
	m->id = attr(p, "manage");
	if (!m->id.p)
		return 0;
	if (read_number(p, "in-base", &m->in_base) < 0 || read_number(p, "count", &m->count) < 0)
		return -1;
	if (read_number(p, "max", &m->max) < 0 || read_number(p, "gen", &m->gen) < 0 || read_optional(p, "acked", &m->acked) < 0)
		return -1;
	m->acked = attr(p, "acked").p ? MIN(m->acked, m->count) : m->count;
	return 0;
}

static void
write_had(struct out *o, struct str had)
{
	if (had.n)
		out_leafz(o, "had", NULL, had);
}

/* Whether it makes sense is found out later: it is no reason to refuse a session. */
static struct str
read_had(const struct stanza *p)
{
	const struct node *n = node_child(p->root, "had", NS_WORDS);

	return n ? node_text(p->arena, n) : STR_NONE;
}

static void
write_keep(struct out *o, struct str items)
{
	if (!items.p)
		return;
	out_openz(o, "keep", NULL);
	out_raw(o, items);
	out_close(o);
}

static struct str
read_keep(const struct stanza *p)
{
	const struct node *n = node_child(p->root, "keep", NS_WORDS);

	return n ? n->inner : STR_NONE;
}

static void
write_reopen(struct out *o, const struct word_open *w)
{
	out_attrz(o, "resume", STR("1"));
	out_attrz(o, "jid", w->jid);
	out_attru(o, "in", w->in);
	out_attru(o, "out", w->out);
	if (w->interested)
		out_attrz(o, "interested", STR("1"));
	write_manage(o, &w->manage);
	write_had(o, w->had);
	write_keep(o, w->keep);
	if (w->presence.p)
		write_presence(o, w->presence);
}

void
word_write_open(struct buf *out, const struct word_open *w)
{
	struct out o;

	begin(&o, out, "open");
	out_attrz(&o, "user", w->user);
	out_attrz(&o, "host", w->host);
	out_attrz(&o, "resource", w->resource);
	if (w->born)
		out_attru(&o, "born", w->born);
	if (w->at)
		out_attru(&o, "at", w->at);
	out_attrz(&o, "address", w->address);
	out_attrz(&o, "secure", w->secure);
	out_attrz(&o, "mechanism", w->mechanism);
	if (w->resume)
		write_reopen(&o, w);
	out_done(&o);
}

static int
read_reopen(const struct stanza *p, struct word_open *w)
{
	if (read_text(p, "jid", &w->jid) < 0)
		return -1;
	if (read_number(p, "in", &w->in) < 0 || read_number(p, "out", &w->out) < 0)
		return -1;
	if (read_flag(p, "interested", &w->interested) < 0 || read_manage(p, &w->manage) < 0)
		return -1;
	w->keep = read_keep(p);
	w->had = read_had(p);
	return read_presence(p, &w->presence);
}

int
word_read_open(const struct stanza *p, struct word_open *w_r)
{
	*w_r = (struct word_open){0};
	if (word_of(p) != WORD_OPEN)
		return -1;
	if (read_text(p, "user", &w_r->user) < 0 || read_text(p, "host", &w_r->host) < 0)
		return -1;
	w_r->resource = attr(p, "resource");
	if (!w_r->resource.p)
		w_r->resource = STR("");
	w_r->address = attr(p, "address");
	w_r->secure = attr(p, "secure");
	w_r->mechanism = attr(p, "mechanism");
	if (read_flag(p, "resume", &w_r->resume) < 0 || read_optional(p, "born", &w_r->born) < 0 ||
	    read_optional(p, "at", &w_r->at) < 0)
		return -1;
	return w_r->resume ? read_reopen(p, w_r) : 0;
}

void
word_write_opened(struct buf *out, struct str jid, bool anew)
{
	struct out o;

	begin(&o, out, "opened");
	out_attrz(&o, "jid", jid);
	if (anew)
		out_attrz(&o, "anew", STR("1"));
	out_done(&o);
}

int
word_read_opened(const struct stanza *p, struct str *jid_r, bool *anew_r)
{
	*jid_r = STR_NONE;
	*anew_r = false;
	if (word_of(p) != WORD_OPENED || read_text(p, "jid", jid_r) < 0)
		return -1;
	return read_flag(p, "anew", anew_r);
}

/*
 * Stream management (XEP-0198).
 */

void
word_write_enable(struct buf *out, const struct word_enable *w)
{
	struct out o;

	begin(&o, out, "enable");
	out_attrz(&o, "id", w->id);
	out_attru(&o, "out", w->out);
	out_attru(&o, "max", w->max);
	out_done(&o);
}

int
word_read_enable(const struct stanza *p, struct word_enable *w_r)
{
	*w_r = (struct word_enable){0};
	if (word_of(p) != WORD_ENABLE || read_text(p, "id", &w_r->id) < 0)
		return -1;
	return read_number(p, "out", &w_r->out) < 0 || read_number(p, "max", &w_r->max) < 0 ? -1 : 0;
}

void
word_write_echo(struct buf *out, struct str stanza)
{
	struct out o;

	begin(&o, out, "echo");
	out_text(&o, stanza);
	out_done(&o);
}

int
word_read_echo(const struct stanza *p, struct str *stanza_r)
{
	*stanza_r = STR_NONE;
	if (word_of(p) != WORD_ECHO)
		return -1;
	*stanza_r = node_text(p->arena, p->root);
	return 0;
}

void
word_write_had(struct buf *out, uint64_t seq, uint64_t count)
{
	struct out o;

	begin(&o, out, "had");
	out_attru(&o, "seq", seq);
	out_attru(&o, "count", count);
	out_done(&o);
}

int
word_read_had(const struct stanza *p, uint64_t *seq_r, uint64_t *count_r)
{
	if (word_of(p) != WORD_HAD)
		return -1;
	return read_number(p, "seq", seq_r) < 0 || read_number(p, "count", count_r) < 0 ? -1 : 0;
}

void
word_write_resume(struct buf *out, const struct word_resume *w)
{
	struct out o;

	begin(&o, out, "resume");
	out_attrz(&o, "user", w->user);
	out_attrz(&o, "host", w->host);
	if (w->born)
		out_attru(&o, "born", w->born);
	out_attrz(&o, "address", w->address);
	out_attrz(&o, "secure", w->secure);
	out_attrz(&o, "mechanism", w->mechanism);
	out_attrz(&o, "previd", w->previd);
	out_attru(&o, "h", w->h);
	out_done(&o);
}

int
word_read_resume(const struct stanza *p, struct word_resume *w_r)
{
	*w_r = (struct word_resume){.address = attr(p, "address"), .secure = attr(p, "secure"), .mechanism = attr(p, "mechanism")};
	if (word_of(p) != WORD_RESUME || read_text(p, "previd", &w_r->previd) < 0 || read_number(p, "h", &w_r->h) < 0)
		return -1;
	if (read_optional(p, "born", &w_r->born) < 0)
		return -1;
	return read_text(p, "user", &w_r->user) < 0 || read_text(p, "host", &w_r->host) < 0 ? -1 : 0;
}

void
word_write_resumed(struct buf *out, const struct word_resumed *w)
{
	struct out o;

	begin(&o, out, "resumed");
	out_attrz(&o, "asked", w->asked);
	out_attrz(&o, "jid", w->jid);
	out_attru(&o, "in", w->in);
	out_attru(&o, "out", w->out);
	if (w->interested)
		out_attrz(&o, "interested", STR("1"));
	write_manage(&o, &w->manage);
	write_had(&o, w->had);
	write_keep(&o, w->keep);
	if (w->presence.p)
		write_presence(&o, w->presence);
	out_done(&o);
}

int
word_read_resumed(const struct stanza *p, struct word_resumed *w_r)
{
	*w_r = (struct word_resumed){0};
	if (word_of(p) != WORD_RESUMED || read_text(p, "asked", &w_r->asked) < 0 || read_text(p, "jid", &w_r->jid) < 0)
		return -1;
	if (read_number(p, "in", &w_r->in) < 0 || read_number(p, "out", &w_r->out) < 0)
		return -1;
	if (read_flag(p, "interested", &w_r->interested) < 0 || read_manage(p, &w_r->manage) < 0 || !w_r->manage.id.p)
		return -1;
	w_r->keep = read_keep(p);
	w_r->had = read_had(p);
	return read_presence(p, &w_r->presence);
}

void
word_write_keep(struct buf *out, struct str items)
{
	struct out o;

	begin(&o, out, "keep");
	out_raw(&o, items);
	out_done(&o);
}

int
word_read_keep(const struct stanza *p, struct str *items_r)
{
	*items_r = STR_NONE;
	if (word_of(p) != WORD_KEEP)
		return -1;
	*items_r = p->root->inner;
	return 0;
}

/*
 * Words that carry a condition.
 */

static void
write_condition(struct buf *out, const char *word, const char *condition, const char *text)
{
	struct out o;

	begin(&o, out, word);
	out_attrz(&o, "condition", str_z(condition));
	out_attrz(&o, "text", str_z(text));
	out_done(&o);
}

void
word_write_refused(struct buf *out, enum stanza_condition condition, const char *text)
{
	write_condition(out, "refused", stanza_condition_name(condition), text);
}

int
word_read_refused(const struct stanza *p, enum stanza_condition *c_r, struct str *text_r)
{
	*c_r = STANZA_OK;
	*text_r = STR_NONE;
	if (word_of(p) != WORD_REFUSED)
		return -1;
	*c_r = stanza_condition_find(attr(p, "condition"));
	*text_r = attr(p, "text");
	return *c_r == STANZA_OK ? -1 : 0;
}

void
word_write_end(struct buf *out, enum stream_condition condition, const char *text)
{
	write_condition(out, "end", stream_condition_name(condition), text);
}

int
word_read_end(const struct stanza *p, enum stream_condition *c_r, struct str *text_r)
{
	*c_r = STREAM_OK;
	*text_r = STR_NONE;
	if (word_of(p) != WORD_END)
		return -1;
	*c_r = stream_condition_find(attr(p, "condition"));
	*text_r = attr(p, "text");
	return *c_r == STREAM_OK ? -1 : 0;
}

void
word_write_done(struct buf *out, struct str rid, enum stanza_condition condition)
{
	struct out o;

	begin(&o, out, "done");
	out_attrz(&o, "rid", rid);
	if (condition != STANZA_OK)
		out_attrz(&o, "condition", str_z(stanza_condition_name(condition)));
	out_done(&o);
}

int
word_read_done(const struct stanza *p, struct str *rid_r, enum stanza_condition *c_r)
{
	struct str name;

	*rid_r = STR_NONE;
	*c_r = STANZA_OK;
	if (word_of(p) != WORD_DONE || read_text(p, "rid", rid_r) < 0)
		return -1;
	name = attr(p, "condition");
	if (!name.p)
		return 0;
	*c_r = stanza_condition_find(name);
	return *c_r == STANZA_OK ? -1 : 0;
}

/*
 * Words with little in them.
 */

static void
write_bare(struct buf *out, const char *word)
{
	struct out o;

	begin(&o, out, word);
	out_done(&o);
}

void
word_write_ack(struct buf *out)
{
	write_bare(out, "ack");
}

void
word_write_unknown(struct buf *out)
{
	write_bare(out, "unknown");
}

void
word_write_closing(struct buf *out)
{
	write_bare(out, "closing");
}

void
word_write_close(struct buf *out, const char *reason)
{
	struct out o;

	begin(&o, out, "close");
	out_attrz(&o, "reason", str_z(reason));
	out_done(&o);
}

int
word_read_close(const struct stanza *p, struct str *reason_r)
{
	*reason_r = STR_NONE;
	return word_of(p) == WORD_CLOSE ? read_text(p, "reason", reason_r) : -1;
}
