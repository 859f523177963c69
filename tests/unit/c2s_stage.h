/* SPDX-License-Identifier: Apache-2.0 */
/*
 * c2s in this process, on a real bus (bus.h), between an sm that the test plays
 * and clients that may say anything. One loop turns all of them.
 */
#pragma once

#include "tests/unit/bus.h"

#include "c2s/c2s.h"

#define STAGE_HOST "example.org"
#define STAGE_PASSWORD "wherefore art thou"

/*
 * The sm. It knows juliet and romeo (STAGE_PASSWORD), the disabled "locked" and "broken", whose record cannot
 * be had; "mute" is never answered.
 */
struct stage_sm {
	struct stage *stage;
	struct actor *actor;
	bool deaf;            /* answers nothing */
	bool lazy;            /* does not acknowledge */
	enum stanza_condition refuse; /* what <open/> is answered with; STANZA_OK: opened */
	unsigned opens, resumes;
	char sid[SID_LEN + 1];
	uint64_t in, out;     /* of the last session: highest seq seen, highest seq sent */
	uint64_t heard_ack;   /* highest ack that came */
	char keep[200];       /* of the last re-open */
	char asked[1000];     /* the last <open/> or <resume/>, answered or not */
};

struct stage {
	struct bus bus;
	struct c2s c2s;
	struct conf *conf;
	char conf_path[64];
	struct stage_sm sm[2];
	struct sasl_credentials juliet;
	SSL *tls;             /* of the last stage_secure, borrowed */
};

/* config: more text for the section c2s (may be ""); certificate: of the host, null: none. sm-1 is there. */
void stage_start(struct stage *s, const char *config, const char *certificate);
void stage_start_with(struct stage *s, const char *config, const char *certificate, size_t routers);
extern const char *stage_host_keys; /* more text for the section host; null: none */
void stage_stop(struct stage *s);
void stage_sm_join(struct stage *s, size_t i, const char *boot);
void stage_sm_kill(struct stage *s, size_t i);

void stage_connect(struct stage *s, struct raw *c, bool direct_tls);
/* The client: says it, then waits for the answer and forgets what came up to it. */
void stage_say(struct raw *c, const char *text);
void stage_hear(struct raw *c, const char *text);
void stage_hear_end(struct raw *c); /* the connection is closed */
void stage_forget(struct raw *c);
void stage_open_stream(struct raw *c); /* header out, features heard */
void stage_authenticate(struct raw *c, const char *user); /* to <success/>; the new stream is the caller's */
void stage_login(struct raw *c, const char *user); /* to the new stream's features, which can be heard still */
void stage_bind(struct raw *c, const char *resource);
void stage_enter(struct stage *s, struct raw *c, const char *user, const char *resource); /* all of it */
/* Starts TLS on the client's side (after <proceed/>, or at once). */
void stage_secure(struct raw *c, struct tls_client *tls);

/* The sm sends: a numbered stanza, or a word, to the last session. */
void sm_send(struct stage_sm *m, const char *stanza);
void sm_send_named(struct stage_sm *m, uint64_t seq, const char *rid, const char *stanza);
void sm_word(struct stage_sm *m, uint64_t ack, const char *word);
bool sm_heard(const struct stage_sm *m, const char *text);
void sm_forget(struct stage_sm *m);

#define HEADER "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='" STAGE_HOST "' version='1.0'>"
