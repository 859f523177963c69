/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients with and without XEP-0198 do on a stage for sm
 * (tests/unit/sm_rig.h), as their c2s tells it: the steps that several tests
 * share. Words of c2s go to sm-1, and sessions that are looked for are romeo's.
 * The last four letters of a sid are the resource.
 */
#pragma once

#include "sm/manage.h"
#include "sm/session.h"
#include "tests/unit/sm_rig.h"

#define ROMEO "aaaaaaaaaaaaaaaaaaroad"
#define TOMB "ddddddddddddddddddtomb"
#define HALL "bbbbbbbbbbbbbbbbbbhall"
#define ROOF "ccccccccccccccccccroof"
#define ASK1 "111111111111111111asks"
#define ASK2 "222222222222222222asks"
#define SMID "smidsmidsmidsmidsmid01"
#define SMID2 "smidsmidsmidsmidsmid02"

/* A stage with sm-1, c2s-1 and c2s-2, for the setup of a test; play_end is its teardown. */
struct stage *play_begin(const char *conf);
int play_end(void **state);

/* A session with initial presence; that of others is taken from the inbox. */
void play_come(struct stage *st, const char *sid, const char *bare);
void play_come_managed(struct stage *st, const char *sid, const char *bare, const char *id, unsigned max);
void play_enable(struct stage *st, const char *sid, const char *id, unsigned out, unsigned max); /* max: seconds */
void play_say_to(struct stage *st, const char *sid, const char *to, const char *body);
/* A word of c2s that has no number. */
void play_word(struct stage *st, const char *c2s, const char *sid, uint64_t ack, const char *rid, const char *word);
void play_ack(struct stage *st, const char *c2s, const char *sid, uint64_t number);
void play_close_lost(struct stage *st, const char *c2s, const char *sid);
void play_away(struct stage *st, const char *c2s, const char *sid); /* the same, and it is away */
/* <resume/> of a former session; play_resume waits for the answer. */
void play_ask(struct stage *st, const char *c2s, const char *asker, const char *user, const char *previd, uint64_t h, const char *rid);
struct got *play_resume(struct stage *st, const char *c2s, const char *asker, const char *sid, uint64_t h);
void play_refused(struct stage *st, const char *asker, const char *condition);

uint64_t play_number(const struct got *g, const char *name); /* an attribute of a word */
unsigned play_heard(struct stage *st, const char *sid);      /* highest number that it was sent */
struct sm_session *play_session(struct stage *st, const char *sid);
void play_until_log(struct stage *st, long count);           /* rows */

struct play_wanted { /* for stage_until */
	struct stage *st;
	const char *sid;
};
bool play_is_away(void *arg);
bool play_is_gone(void *arg);
