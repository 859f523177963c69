/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words that c2s and sm use with each other (doc/protocol.md section 4),
 * written and read in one place. Both sides include this and never each
 * other's headers.
 */
#pragma once

#include "xmpp/envelope.h"
#include "xmpp/sasl.h"
#include "xmpp/stanza.h"

enum { SID_LEN = 22 };

enum word { /* what a payload in NS_WORDS is */
	WORD_NONE, /* not in NS_WORDS: a stanza */
	WORD_UNKNOWN,
	WORD_CREDENTIALS,
	WORD_OPEN,
	WORD_OPENED,
	WORD_REFUSED,
	WORD_ACK,
	WORD_CLOSE,
	WORD_END,
	WORD_GONE, /* <unknown/>: no such session here */
	WORD_DONE,
};

enum word word_of(const struct stanza *payload);

struct word_credentials {
	uint64_t id;
	struct str user, host;           /* request */
	struct sasl_credentials stored;  /* answer */
};
void word_write_credentials_get(struct buf *out, const struct word_credentials *w);
void word_write_credentials(struct buf *out, const struct word_credentials *w);
int word_read_credentials_get(const struct stanza *p, struct word_credentials *w_r) MUST_CHECK;
int word_read_credentials(const struct stanza *p, struct word_credentials *w_r) MUST_CHECK;

struct word_open {
	struct str user, host, resource;       /* resource: prepared; empty: sm makes one */
	struct str address, secure, mechanism; /* for the log and for session-list */
	bool resume;                           /* a re-open: the rest is set */
	struct str jid;
	uint64_t in, out;
	bool interested;
	struct str presence;                   /* canonical, absent when none was broadcast */
};
void word_write_open(struct buf *out, const struct word_open *w);
int word_read_open(const struct stanza *p, struct word_open *w_r) MUST_CHECK;

void word_write_opened(struct buf *out, struct str jid);
int word_read_opened(const struct stanza *p, struct str *jid_r) MUST_CHECK;

void word_write_refused(struct buf *out, enum stanza_condition condition, const char *text);
int word_read_refused(const struct stanza *p, enum stanza_condition *c_r, struct str *text_r) MUST_CHECK;

void word_write_ack(struct buf *out);
void word_write_close(struct buf *out, const char *reason);
int word_read_close(const struct stanza *p, struct str *reason_r) MUST_CHECK;
void word_write_end(struct buf *out, enum stream_condition condition, const char *text);
int word_read_end(const struct stanza *p, enum stream_condition *c_r, struct str *text_r) MUST_CHECK;
void word_write_unknown(struct buf *out);

/* condition STANZA_OK: durable. */
void word_write_done(struct buf *out, struct str rid, enum stanza_condition condition);
int word_read_done(const struct stanza *p, struct str *rid_r, enum stanza_condition *c_r) MUST_CHECK;
