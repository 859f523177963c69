/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading frames: one pass over the head, no allocation, no copy; payloads are
 * stepped over by their `len`. Written by hand because the router does nothing
 * else all day. Writing is envelope_write.c.
 */
#include "xmpp/envelope.h"

enum attr_id {
	ATTR_OTHER, /* unknown: ignored (doc/protocol.md section 7) */
	ATTR_TO,
	ATTR_FROM,
	ATTR_HOST,
	ATTR_KEY,
	ATTR_SID,
	ATTR_RID,
	ATTR_AFTER,
	ATTR_REASON,
	ATTR_TARGET,
	ATTR_NAME,
	ATTR_ROLE,
	ATTR_STATE,
	ATTR_BOOT,
	ATTR_HOSTS,
	ATTR_ID,
	ATTR_SEQ,
	ATTR_ACK,
	ATTR_LEN,
	ATTR_COUNT,
};

/* Where text goes; ATTR_SEQ and what follows are numbers. */
static const size_t text_at[ATTR_SEQ] = {
	[ATTR_TO] = offsetof(struct frame, to),         [ATTR_FROM] = offsetof(struct frame, from),
	[ATTR_HOST] = offsetof(struct frame, host),     [ATTR_KEY] = offsetof(struct frame, key),
	[ATTR_SID] = offsetof(struct frame, sid),       [ATTR_RID] = offsetof(struct frame, rid),
	[ATTR_AFTER] = offsetof(struct frame, after),
	[ATTR_REASON] = offsetof(struct frame, reason), [ATTR_TARGET] = offsetof(struct frame, target),
	[ATTR_NAME] = offsetof(struct frame, name),     [ATTR_ROLE] = offsetof(struct frame, role),
	[ATTR_STATE] = offsetof(struct frame, state),   [ATTR_BOOT] = offsetof(struct frame, boot),
	[ATTR_HOSTS] = offsetof(struct frame, hosts),   [ATTR_ID] = offsetof(struct frame, id),
};

/* A head being read. */
struct head {
	const char *at, *end;
	struct frame *f;
	struct str word; /* "route" */
	uint32_t seen;   /* bits of enum attr_id */
	uint64_t len;
	bool empty; /* ended with "/>" */
	const char *why;
};

static enum frame_result
bad(struct head *h, const char *why)
{
	h->why = why;
	return FRAME_BAD;
}

/* What the end of the input means inside a head: more to come, unless it is too long already. */
static enum frame_result
starved(struct head *h, struct str bytes)
{
	return bytes.n >= FRAME_HEAD_MAX ? bad(h, "head too long") : FRAME_MORE;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

enum { NAME = 1, STOP = 2 };

/* NAME: may be in a name. STOP: must not be in a value, the closing quote included. */
static const unsigned char class_of[256] = {
	[0x00 ... 0x1f] = STOP, ['"'] = STOP,         ['&' ... '\''] = STOP, ['-' ... '.'] = NAME,
	['0' ... ':'] = NAME,   ['<'] = STOP,         ['>'] = STOP,          ['A' ... 'Z'] = NAME,
	['_'] = NAME,           ['a' ... 'z'] = NAME, [0x7f] = STOP,
};

static inline bool
is(char c, unsigned char class)
{
	return class_of[(unsigned char)c] & class;
}

bool
frame_value_ok(struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (is(value.p[i], STOP))
			return false;
	return true;
}

bool
frame_values_ok(const struct frame *f)
{
	size_t total = 0;

	for (enum attr_id id = ATTR_TO; id < ATTR_SEQ; id++) {
		const struct str *v = (const struct str *)((const char *)f + text_at[id]);

		if (!frame_value_ok(*v))
			return false;
		total += v->n + sizeof(" target=''");
	}
	return total + 256 < FRAME_HEAD_MAX;
}

bool
instance_name_ok(struct str name)
{
	if (name.n < 1 || name.n > 64 || name.p[0] < 'a' || name.p[0] > 'z')
		return false;
	for (size_t i = 1; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return true;
}

#define IS(name, literal) (memcmp((name).p, literal, sizeof(literal) - 1) == 0)

static enum attr_id
attr_find(struct str name)
{
	switch (name.n) {
	case 2:
		/* is (of <c:state/>) and state (of <c:member/>) mean the same */
		return IS(name, "to")   ? ATTR_TO
		       : IS(name, "id") ? ATTR_ID
		       : IS(name, "is") ? ATTR_STATE
					: ATTR_OTHER;
	case 3:
		return IS(name, "len")   ? ATTR_LEN
		       : IS(name, "sid") ? ATTR_SID
		       : IS(name, "seq") ? ATTR_SEQ
		       : IS(name, "key") ? ATTR_KEY
		       : IS(name, "ack") ? ATTR_ACK
		       : IS(name, "rid") ? ATTR_RID
					 : ATTR_OTHER;
	case 4:
		return IS(name, "from")   ? ATTR_FROM
		       : IS(name, "host") ? ATTR_HOST
		       : IS(name, "name") ? ATTR_NAME
		       : IS(name, "role") ? ATTR_ROLE
		       : IS(name, "boot") ? ATTR_BOOT
					  : ATTR_OTHER;
	case 5:
		return IS(name, "state")   ? ATTR_STATE
		       : IS(name, "hosts") ? ATTR_HOSTS
		       : IS(name, "after") ? ATTR_AFTER
					   : ATTR_OTHER;
	case 6:
		return IS(name, "reason") ? ATTR_REASON : IS(name, "target") ? ATTR_TARGET : ATTR_OTHER;
	default:
		return ATTR_OTHER;
	}
}

static enum frame_kind
kind_find(struct str word)
{
	switch (word.n) {
	case 4:
		return IS(word, "ping") ? FRAME_PING : IS(word, "pong") ? FRAME_PONG : FRAME_UNKNOWN;
	case 5:
		return IS(word, "route") ? FRAME_ROUTE : IS(word, "state") ? FRAME_STATE : FRAME_UNKNOWN;
	case 6:
		return IS(word, "bounce")   ? FRAME_BOUNCE
		       : IS(word, "member") ? FRAME_MEMBER
		       : IS(word, "synced") ? FRAME_SYNCED
					    : FRAME_UNKNOWN;
	default:
		return FRAME_UNKNOWN;
	}
}

static enum frame_result
attr_store(struct head *h, enum attr_id id, struct str value)
{
	uint64_t number;

	if (id == ATTR_OTHER)
		return FRAME_OK;
	if (h->seen & 1u << id)
		return bad(h, "attribute twice");
	h->seen |= 1u << id;
	if (id < ATTR_SEQ) {
		*(struct str *)((char *)h->f + text_at[id]) = value;
		return FRAME_OK;
	}
	if (str_to_u64(value, &number) < 0)
		return bad(h, "not a number");
	if (id == ATTR_SEQ)
		h->f->seq = number;
	else if (id == ATTR_ACK)
		h->f->ack = number;
	else
		h->len = number;
	return FRAME_OK;
}

/* name='value' */
static enum frame_result
attr_read(struct head *h, struct str bytes)
{
	const char *name = h->at, *value;
	struct str n;

	while (h->at < h->end && is(*h->at, NAME))
		h->at++;
	n = str_n(name, (size_t)(h->at - name));
	if (h->end - h->at < 2) {
		/* `=` and the quote are not there yet; what is there must fit */
		if (h->at < h->end && *h->at != '=')
			return bad(h, "bad attribute");
		return starved(h, bytes);
	}
	if (n.n == 0 || h->at[0] != '=' || h->at[1] != '\'')
		return bad(h, "bad attribute");
	value = h->at += 2;
	while (h->at < h->end && !is(*h->at, STOP))
		h->at++;
	if (h->at == h->end)
		return starved(h, bytes);
	if (*h->at != '\'')
		return bad(h, "bad character in a value");
	return attr_store(h, attr_find(n), str_n(value, (size_t)(h->at++ - value)));
}

/* From behind the word to behind the '>'. */
static enum frame_result
attrs_read(struct head *h, struct str bytes)
{
	for (;;) {
		bool space = false;
		enum frame_result res;

		while (h->at < h->end && is_space(*h->at)) {
			h->at++;
			space = true;
		}
		if (h->at == h->end || (*h->at == '/' && h->at + 1 == h->end))
			return starved(h, bytes);
		if (h->at[0] == '>') {
			h->at++;
			return FRAME_OK;
		}
		if (h->at[0] == '/') {
			if (h->at[1] != '>')
				return bad(h, "bad head");
			h->at += 2;
			h->empty = true;
			return FRAME_OK;
		}
		if (!space)
			return bad(h, "bad head");
		res = attr_read(h, bytes);
		if (res != FRAME_OK)
			return res;
	}
}

static bool
has(const struct head *h, enum attr_id id)
{
	return h->seen & 1u << id;
}

/* What must be there, kind by kind (doc/protocol.md section 2). Null, or what is wrong. */
static const char *
head_check(const struct head *h)
{
	bool payload = h->f->kind == FRAME_ROUTE || h->f->kind == FRAME_BOUNCE;

	if (h->empty ? payload : (!payload && h->f->kind != FRAME_UNKNOWN))
		return "payload where none belongs, or none";
	if (!h->empty && !has(h, ATTR_LEN))
		return "no len";
	if (!h->empty && h->len > FRAME_PAYLOAD_MAX)
		return "payload too long";
	switch (h->f->kind) {
	case FRAME_ROUTE:
		if (!has(h, ATTR_FROM))
			return "route without from";
		if (has(h, ATTR_TO) ? has(h, ATTR_HOST) || has(h, ATTR_KEY)
				    : !has(h, ATTR_HOST) || !has(h, ATTR_KEY))
			return "route needs to, or host and key";
		return NULL;
	case FRAME_BOUNCE:
		return has(h, ATTR_TO) && has(h, ATTR_FROM) && has(h, ATTR_REASON)
			       ? NULL
			       : "bounce needs to, from, reason";
	case FRAME_MEMBER:
		return has(h, ATTR_NAME) && has(h, ATTR_ROLE) && has(h, ATTR_STATE)
			       ? NULL
			       : "member needs name, role, state";
	case FRAME_STATE:
		return has(h, ATTR_STATE) ? NULL : "state without is";
	case FRAME_PING:
	case FRAME_PONG:
		return has(h, ATTR_ID) ? NULL : "ping without id";
	case FRAME_SYNCED:
	case FRAME_UNKNOWN:
	case FRAME_ERROR:
	case FRAME_CLOSE:
		break;
	}
	return NULL;
}

/* Payload and end tag, the head being read. */
static enum frame_result
payload_read(struct head *h)
{
	size_t left = (size_t)(h->end - h->at), tail = h->word.n + sizeof("</c:>") - 1;
	const char *p;

	if (left < h->len + tail)
		return FRAME_MORE;
	h->f->payload = str_n(h->at, h->len);
	p = h->at + h->len;
	if (memcmp(p, "</c:", 4) != 0 || memcmp(p + 4, h->word.p, h->word.n) != 0 || p[4 + h->word.n] != '>')
		return bad(h, "len is wrong");
	h->at = p + tail;
	return FRAME_OK;
}

static enum frame_result
word_read(struct head *h, struct str bytes)
{
	const char *word = h->at;

	while (h->at < h->end && is(*h->at, NAME))
		h->at++;
	if (h->at == h->end)
		return starved(h, bytes);
	h->word = str_n(word, (size_t)(h->at - word));
	if (h->word.n == 0)
		return bad(h, "no word");
	h->f->kind = kind_find(h->word);
	return FRAME_OK;
}

static enum frame_result
element_read(struct head *h, struct str bytes)
{
	enum frame_result res;

	h->at += 3; /* "<c:" */
	res = word_read(h, bytes);
	if (res != FRAME_OK)
		return res;
	res = attrs_read(h, bytes);
	if (res != FRAME_OK)
		return res;
	if ((size_t)(h->at - bytes.p) > FRAME_HEAD_MAX)
		return bad(h, "head too long");
	h->why = head_check(h);
	if (h->why)
		return FRAME_BAD;
	return h->empty ? FRAME_OK : payload_read(h);
}

static const struct str frame_start = {"<c:", 3};
static const struct str close_start = {"</stream:stream>", 16};
static const struct str error_start = {"<stream:error>", 14};
static const struct str error_end = {"</stream:error>", 15};

/* Whether `bytes` is the start of `literal` but not yet all of it. */
static bool
is_part_of(struct str bytes, struct str literal)
{
	return bytes.n < literal.n && memcmp(bytes.p, literal.p, bytes.n) == 0;
}

/* The end of the stream: what may follow the frames (RFC 6120 4.4, 4.9). */
static enum frame_result
farewell_read(struct head *h, struct str bytes)
{
	ssize_t end;

	if (str_starts(bytes, close_start)) {
		h->f->kind = FRAME_CLOSE;
		h->at += close_start.n;
		return FRAME_OK;
	}
	if (is_part_of(bytes, frame_start) || is_part_of(bytes, close_start) ||
	    is_part_of(bytes, error_start))
		return FRAME_MORE;
	if (!str_starts(bytes, error_start))
		return bad(h, "not a frame");
	end = str_find(bytes, error_end);
	if (end < 0)
		return starved(h, bytes);
	h->f->kind = FRAME_ERROR;
	h->f->payload = str_n(bytes.p + error_start.n, (size_t)end - error_start.n);
	h->at = bytes.p + end + error_end.n;
	return FRAME_OK;
}

enum frame_result
frame_read(struct str bytes, struct frame *f_r, size_t *used_r, const char **why_r)
{
	size_t blank = 0;
	struct head h = {0};
	enum frame_result res;

	while (blank < bytes.n && is_space(bytes.p[blank]))
		blank++;
	*used_r = blank;
	*f_r = (struct frame){.kind = FRAME_UNKNOWN};
	if (blank == bytes.n)
		return FRAME_MORE;
	bytes = str_from(bytes, blank);
	h = (struct head){.at = bytes.p, .end = bytes.p + bytes.n, .f = f_r};
	res = str_starts(bytes, frame_start) ? element_read(&h, bytes) : farewell_read(&h, bytes);
	if (res == FRAME_OK) {
		f_r->raw = str_n(bytes.p, (size_t)(h.at - bytes.p));
		*used_r += f_r->raw.n;
	} else if (res == FRAME_BAD && why_r) {
		*why_r = h.why;
	}
	return res;
}
