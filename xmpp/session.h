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
	WORD_CLOSING, /* <close/> will follow when all is dealt with: the client itself has said so */
	WORD_END,
	WORD_GONE, /* <unknown/>: no such session here */
	WORD_DONE,
	WORD_ENABLE,  /* numbered: the client has stream management from here on */
	WORD_ECHO,    /* numbered: nothing to deal with; what is in it goes back to the client */
	WORD_HAD,     /* a stanza that the client had got under another number */
	WORD_RESUME,
	WORD_RESUMED,
	WORD_KEEP,
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

/*
 * XEP-0198 of a session: what is the same on whatever c2s the client is. The client's n-th stanza has the number in_base + n;
 * `count` stanzas had been sent to it when the last number it got was `out` (in <enable/> and <open/>).
 */
struct word_manage {
	struct str id;                         /* the client's SM-ID; absent: no stream management */
	uint64_t in_base, count;
	uint64_t max;                          /* seconds that it may be away; 0: it cannot resume */
	uint64_t gen;                          /* when it was resumed last, 0: never; who knows of an earlier time is a former c2s */
	uint64_t acked;                        /* of those the client has acknowledged so many, or more; when it is not told: count */
};

struct word_open {
	struct str user, host, resource;       /* resource: prepared; empty: sm makes one */
	struct str address, secure, mechanism; /* for the log and for session-list */
	uint64_t born;                         /* when the client came to c2s (us since 1970); 0: not told */
	uint64_t at;                           /* when c2s says this, likewise */
	bool resume;                           /* a re-open: the rest is set */
	struct str jid;
	uint64_t in, out;
	bool interested;
	struct str presence;                   /* canonical, absent when none was broadcast */
	struct word_manage manage;
	struct str keep;                       /* what the sm gave c2s to keep; absent: nothing */
	struct str had;                        /* messages that the client has, as xmpp/name.h reads it; absent: none are told */
};
void word_write_open(struct buf *out, const struct word_open *w);
int word_read_open(const struct stanza *p, struct word_open *w_r) MUST_CHECK;

/* anew: the numbers of stanzas to the client that c2s has are not this sm's: it goes on behind them. */
void word_write_opened(struct buf *out, struct str jid, bool anew);
int word_read_opened(const struct stanza *p, struct str *jid_r, bool *anew_r) MUST_CHECK;

void word_write_refused(struct buf *out, enum stanza_condition condition, const char *text);
int word_read_refused(const struct stanza *p, enum stanza_condition *c_r, struct str *text_r) MUST_CHECK;

void word_write_ack(struct buf *out);
void word_write_close(struct buf *out, const char *reason);
void word_write_closing(struct buf *out);
int word_read_close(const struct stanza *p, struct str *reason_r) MUST_CHECK;
void word_write_end(struct buf *out, enum stream_condition condition, const char *text);
int word_read_end(const struct stanza *p, enum stream_condition *c_r, struct str *text_r) MUST_CHECK;
void word_write_unknown(struct buf *out);

/* condition STANZA_OK: durable. */
void word_write_done(struct buf *out, struct str rid, enum stanza_condition condition);
int word_read_done(const struct stanza *p, struct str *rid_r, enum stanza_condition *c_r) MUST_CHECK;

/* out: the last number that the client has got as this begins. Its own number is in_base. */
struct word_enable {
	struct str id;
	uint64_t out, max;
};
void word_write_enable(struct buf *out, const struct word_enable *w);
int word_read_enable(const struct stanza *p, struct word_enable *w_r) MUST_CHECK;

/* stanza: canonical; empty: nothing goes back. */
void word_write_echo(struct buf *out, struct str stanza);
int word_read_echo(const struct stanza *p, struct str *stanza_r) MUST_CHECK;

/* Number seq is the message that the client got as its count-th stanza. */
void word_write_had(struct buf *out, uint64_t seq, uint64_t count);
int word_read_had(const struct stanza *p, uint64_t *seq_r, uint64_t *count_r) MUST_CHECK;

/*
 * From the sm: what c2s is to keep for the session's next owner, in place of what it had. Items in NS_WORDS, canonical as they
 * stand inside of an element of that namespace; to c2s just bytes.
 */
void word_write_keep(struct buf *out, struct str items);
int word_read_keep(const struct stanza *p, struct str *items_r) MUST_CHECK;

struct word_resume { /* for a client that has logged in and wants its session back */
	struct str user, host, address, secure, mechanism;
	struct str previd;                     /* SM-ID */
	uint64_t h;                            /* stanzas that it has got, modulo 2^32 */
	uint64_t born;                         /* as in <open/> */
};
void word_write_resume(struct buf *out, const struct word_resume *w);
int word_read_resume(const struct stanza *p, struct word_resume *w_r) MUST_CHECK;

struct word_resumed { /* comes under the sid of the session, which the bond of c2s takes over */
	struct str asked;                      /* the sid under which c2s asked */
	struct str jid;
	uint64_t in, out;                      /* as in <open/>: numbers go on behind them */
	bool interested;
	struct str presence;
	struct word_manage manage;             /* count: what the client has got */
	struct str keep;                       /* as in <open/> */
	struct str had;                        /* as in <open/> */
};
void word_write_resumed(struct buf *out, const struct word_resumed *w);
int word_read_resumed(const struct stanza *p, struct word_resumed *w_r) MUST_CHECK;
