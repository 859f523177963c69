/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The promise of the design, tried at random: sm and routers die, come and
 * drain while users talk; every message reaches its recipient exactly once and
 * in order, nobody is told of an error, and everything is acknowledged. c2s is
 * played here as doc/protocol.md section 4 has it. Seeds are fixed; give one
 * as argument to look closer.
 */
#include "sm/mailbox.h"
#include "sm/session.h"
#include "sm/user.h"
#include "tests/unit/sm_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum {
	USERS = 6,
	LATE = 2,      /* of them come only at the end: until then they are offline */
	STEPS = 250,
	NAMES = 256,   /* that c2s remembers of a session */
	SAID_MAX = 2000,
	ASK_AGAIN_MS = 20,
	TICK_MS = 10,
	SLOW_MS = 80,
};

struct client {
	char sid[SID_LEN + 1], bare[32], owner[32];
	bool here;      /* has a session */
	bool open;      /* the owner has answered */
	bool known;     /* was open before */
	uint64_t asked; /* when */
	unsigned asks, accepted; /* numbers of <open/>s */
	uint64_t sent, acked;   /* numbers of what the client says */
	char *said[SAID_MAX + 1];
	uint64_t received, told;
	uint64_t acked_at_sm;
	char names[NAMES][RID_MAX];
	unsigned name_at;
	unsigned next[USERS];   /* next number to say to each */
	unsigned heard[USERS];  /* next number to hear from each */
};

struct slow { /* an <open/> under way for long */
	struct list_node node;
	struct client *c;
	uint64_t due;
	char rid[32];
	char *word;
};

static struct {
	struct stage *st;
	struct list slow;
	struct client c[USERS];
	uint64_t seed, random;
	unsigned delivered, dropped, kills;
	bool offline;
	struct timer tick;
} play;

static unsigned
below(unsigned n)
{
	play.random ^= play.random << 13;
	play.random ^= play.random >> 7;
	play.random ^= play.random << 17;
	return (unsigned)(play.random % n);
}

/* ---- c2s: to the owner ---- */

static void
say_frame(struct client *c, uint64_t number)
{
	stage_send(play.st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = str_z(c->owner), .sid = str_z(c->sid),
					    .seq = number, .ack = c->told, .payload = str_z(c->said[number])});
}

static void
say(struct client *c, const char *payload)
{
	assert_true(c->sent < SAID_MAX);
	c->said[++c->sent] = xstrdup(payload);
	if (c->open && !play.offline)
		say_frame(c, c->sent);
}

static void
send_open(struct client *c, const char *rid, const char *word)
{
	stage_send(play.st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .host = STR("example.org"),
					    .key = str_z(c->bare), .sid = str_z(c->sid), .rid = str_z(rid), .payload = str_z(word)});
}

/* Now and then a question takes a slow way, and comes when another one has been answered. */
static void
send_ask(struct client *c, const char *word)
{
	struct slow *w;
	char rid[32];

	snprintf(rid, sizeof(rid), "%u.%u", ++c->asks, c->accepted);
	if (below(3)) {
		send_open(c, rid, word);
		return;
	}
	w = xcalloc(1, sizeof(*w));
	w->c = c;
	memcpy(w->rid, rid, sizeof(rid));
	w->due = loop_now(stage_loop(play.st)) + below(SLOW_MS);
	w->word = xstrdup(word);
	list_append(&play.slow, &w->node);
}

static void
send_slow(bool all)
{
	list_each(&play.slow, struct slow, w, node) {
		if (!all && w->due > loop_now(stage_loop(play.st)))
			continue;
		send_open(w->c, w->rid, w->word);
		list_remove(&play.slow, &w->node);
		free(w->word);
		free(w);
	}
}

static void
ask(struct client *c)
{
	char word[600], more[300] = "/>", name[16];

	c->open = false;
	c->asked = loop_now(stage_loop(play.st));
	if (play.offline)
		return;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(c->bare, "@"), c->bare);
	if (c->known)
		snprintf(more, sizeof(more),
			 " resume='1' jid='%s/r' in='%llu' out='%llu'><presence xmlns='jabber:client' from='%s/r'/></open>", c->bare,
			 (unsigned long long)c->acked, (unsigned long long)c->received, c->bare);
	snprintf(word, sizeof(word),
		 "<open xmlns='" NS_WORDS "' user='%s' host='example.org' resource='r' address='192.0.2.1' secure='tls' "
		 "mechanism='PLAIN'%s",
		 name, more);
	send_ask(c, word);
}

static void
tell_ack(struct client *c)
{
	if (!c->open || play.offline)
		return;
	c->told = c->received;
	stage_send(play.st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = str_z(c->owner), .sid = str_z(c->sid),
					    .ack = c->told, .payload = STR("<ack xmlns='" NS_WORDS "'/>")});
}

static void
take_ack(struct client *c, uint64_t ack)
{
	assert_true(ack <= c->sent);
	c->acked = MAX(c->acked, ack);
}

static bool
is_answer(const struct client *c, const struct frame *f)
{
	uint64_t number;

	return str_to_u64(f->rid, &number) == 0 && number == c->asks;
}

static void
opened(struct client *c, const struct frame *f)
{
	if (c->open && !str_is(f->from, c->owner))
		stage_send(play.st, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = f->from, .sid = f->sid,
						    .rid = f->rid,
						    .payload = STR("<close xmlns='" NS_WORDS "' reason='stray'/>")});
	if (c->open || !is_answer(c, f))
		return;
	c->accepted = c->asks;
	memcpy(c->owner, f->from.p, f->from.n);
	c->owner[f->from.n] = '\0';
	c->open = true;
	c->told = 0;
	take_ack(c, f->ack);
	if (!c->known) {
		c->known = true;
		say(c, "<presence from='x'/>");
		return;
	}
	for (uint64_t n = c->acked + 1; n <= c->sent; n++)
		say_frame(c, n);
}

/* ---- c2s: from the owner ---- */

static bool
name_seen(struct client *c, struct str rid)
{
	for (unsigned i = 0; i < NAMES; i++)
		if (c->names[i][0] && str_is(rid, c->names[i]))
			return true;
	snprintf(c->names[c->name_at++ % NAMES], RID_MAX, STR_FMT, STR_ARG(rid));
	return false;
}

static void
hear_message(struct client *c, const struct frame *f)
{
	char *text = str_dup(f->payload), *body = strstr(text, "<body>");
	unsigned from, number;

	if (strstr(text, "type='error'"))
		fail_msg("seed %llu: %s is told of an error: %s", (unsigned long long)play.seed, c->bare, text);
	if (body) {
		assert_int_equal(sscanf(body, "<body>%u %u</body>", &from, &number), 2);
		if (number != c->heard[from])
			fail_msg("seed %llu: %s hears %u from %u and waits for %u", (unsigned long long)play.seed, c->bare, number,
				 from, c->heard[from]);
		c->heard[from]++;
		play.delivered++;
	}
	free(text);
}

static void
hear_stanza(struct client *c, const struct frame *f)
{
	if (!c->open || !str_is(f->from, c->owner) || f->seq <= c->received)
		return;
	if (f->seq > c->received + 1) {
		ask(c);
		return;
	}
	c->received = f->seq;
	if (f->rid.n && name_seen(c, f->rid))
		play.dropped++;
	else
		hear_message(c, f);
}

static struct client *
client_of(struct str sid)
{
	for (unsigned i = 0; i < USERS; i++)
		if (str_is(sid, play.c[i].sid))
			return &play.c[i];
	return NULL;
}

static void
hear(void *arg, const struct frame *f, bool bounce)
{
	struct client *c = client_of(f->sid);

	(void)arg;
	if (!c || !c->here)
		return;
	if (bounce) {
		if (c->open && str_is(f->target, c->owner))
			ask(c);
		return;
	}
	if (c->open && str_is(f->from, c->owner) && f->ack)
		take_ack(c, f->ack);
	if (str_starts(f->payload, STR("<opened")))
		opened(c, f);
	else if (str_starts(f->payload, STR("<unknown")) && (c->open ? str_is(f->from, c->owner) : is_answer(c, f)))
		ask(c);
	else if (str_starts(f->payload, STR("<unknown")))
		return;
	else if (str_starts(f->payload, STR("<end")) || str_starts(f->payload, STR("<refused")))
		fail_msg("%s hears %.*s", c->bare, STR_ARG(f->payload));
	else if (f->seq)
		hear_stanza(c, f);
}

/* ---- what happens ---- */

static void
come(struct client *c)
{
	c->here = true;
	ask(c);
}

static void
talk(void)
{
	struct client *c = &play.c[below(USERS - LATE)];
	unsigned from = (unsigned)(c - play.c), to = below(USERS), count = 1 + below(5);
	char message[200];

	while (count--) {
		snprintf(message, sizeof(message), "<message from='%s/r' to='%s' type='chat'><body>%u %u</body></message>", c->bare,
			 play.c[to].bare, from, c->next[to]++);
		say(c, message);
	}
}

static void
member_gone(const char *name)
{
	for (unsigned i = 0; i < USERS; i++)
		if (play.c[i].here && play.c[i].open && strcmp(play.c[i].owner, name) == 0)
			ask(&play.c[i]);
}

static void
kill_one(void)
{
	char name[8];

	snprintf(name, sizeof(name), "sm-%u", 1 + below(3));
	if (!stage_up(play.st, name))
		return;
	play.kills++;
	stage_kill_losing(play.st, name, below(8));
	member_gone(name);
}

static void
start_one(void)
{
	char name[8];

	snprintf(name, sizeof(name), "sm-%u", 1 + below(3));
	if (!stage_up(play.st, name) && !play.offline)
		stage_sm_unclaimed(play.st, name);
}

static void
router_back(void)
{
	play.offline = false;
	stage_offline(play.st, false);
	for (unsigned i = 0; i < USERS; i++)
		if (play.c[i].here)
			ask(&play.c[i]);
}

static void
router_dies(void)
{
	if (play.offline)
		return;
	play.offline = true;
	stage_router_dies(play.st);
	for (unsigned i = 0; i < USERS; i++)
		play.c[i].open = false;
	stage_run(play.st, below(5));
	router_back();
}

/* c2s asks again when nobody answers. */
static void
on_tick(struct timer *t)
{
	uint64_t now = loop_now(t->loop);

	send_slow(false);
	for (unsigned i = 0; i < USERS; i++)
		if (play.c[i].here && !play.c[i].open && now - play.c[i].asked >= ASK_AGAIN_MS)
			ask(&play.c[i]);
	timer_start(t->loop, t, TICK_MS, on_tick);
}

static void
step(void)
{
	unsigned what = below(100);

	if (what < 60)
		talk();
	else if (what < 85)
		tell_ack(&play.c[below(USERS)]);
	else if (what < 91)
		kill_one();
	else if (what < 97)
		start_one();
	else
		router_dies();
	stage_run(play.st, below(12));
}

static bool
all_heard(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < USERS; i++) {
		struct client *c = &play.c[i];

		if (c->open && c->told < c->received)
			tell_ack(c);
		if (c->acked != c->sent)
			return false;
		for (unsigned k = 0; k < USERS; k++)
			if (c->next[k] != play.c[k].heard[i])
				return false;
	}
	return true;
}

static void
print_owner(const struct client *c)
{
	struct sm *sm = stage_owner(play.st, c->bare);
	struct sm_user *user = sm ? user_find(sm, str_z(c->bare)) : NULL;
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM log WHERE owner = '%s'", c->bare);
	print_error("  in the log %ld", stage_sql(play.st, sql));
	if (user)
		print_error(", at %s: state %d holds %u queue %zu entries %zu backlog %zu from %lld flush %d", sm->name, user->state,
			    user->holds, user->queue.len, user->mail.entries.len, user->mail.backlog,
			    (long long)user->mail.backlog_low, user->mail.flush != NULL);
	if (user)
		list_each(&user->sessions, struct sm_session, s, in_user)
			print_error(", session sent %llu unacked %zu flush %d available %d", (unsigned long long)s->out_seq,
				    s->unacked.len, s->flush != NULL, s->available);
	print_error("\n");
}

static void
print_missing(void *arg)
{
	(void)arg;
	print_error("seed %llu\n", (unsigned long long)play.seed);
	for (unsigned i = 0; i < USERS; i++) {
		struct client *c = &play.c[i];

		print_error("%s open=%d owner=%s sent=%llu acked=%llu received=%llu\n", c->bare, c->open, c->owner,
			    (unsigned long long)c->sent, (unsigned long long)c->acked, (unsigned long long)c->received);
		print_owner(c);
		for (unsigned k = 0; k < USERS; k++)
			if (c->next[k] != play.c[k].heard[i])
				print_error("  to %s: said %u heard %u\n", play.c[k].bare, c->next[k], play.c[k].heard[i]);
	}
}

static bool
log_is_empty(void *arg)
{
	(void)all_heard(arg);
	return stage_sql(play.st, "SELECT count(*) FROM log") == 0;
}

static void
make_users(void)
{
	char sql[256];

	for (unsigned i = 0; i < USERS; i++) {
		struct client *c = &play.c[i];

		snprintf(c->sid, sizeof(c->sid), "sidsidsidsidsidsidsid%u", i);
		snprintf(c->bare, sizeof(c->bare), "user%u@example.org", i);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) VALUES "
			 "('%s', 'example.org', '', '', 0, 1, 0)",
			 c->bare);
		stage_sql(play.st, sql);
	}
}

static void
one_play(uint64_t seed)
{
	memset(&play, 0, sizeof(play));
	play.seed = seed;
	play.random = seed * 0x9e3779b97f4a7c15u + 1;
	play.st = stage_new("sm { offline_messages = 100000 }");
	stage_listen(play.st, hear, NULL);
	make_users();
	stage_sm(play.st, "sm-1");
	timer_start(stage_loop(play.st), &play.tick, TICK_MS, on_tick);
	for (unsigned i = 0; i < USERS - LATE; i++)
		come(&play.c[i]);
	for (unsigned i = 0; i < STEPS; i++)
		step();
	for (unsigned i = USERS - LATE; i < USERS; i++)
		come(&play.c[i]);
	if (!stage_up(play.st, "sm-2"))
		stage_sm_unclaimed(play.st, "sm-2");
	stage_until_or(play.st, all_heard, NULL, print_missing, NULL);
	stage_until(play.st, log_is_empty, NULL);
	print_message("seed %llu: delivered %u, known by name %u, owners killed %u\n", (unsigned long long)seed, play.delivered,
		      play.dropped, play.kills);
	assert_true(play.delivered > 100);
	timer_stop(&play.tick);
	send_slow(true);
	stage_free(&play.st);
	for (unsigned i = 0; i < USERS; i++)
		for (unsigned k = 0; k <= SAID_MAX; k++)
			free(play.c[i].said[k]);
}

static uint64_t first_seed = 1, last_seed = 6;

static void
plays(void **state)
{
	(void)state;
	for (uint64_t seed = first_seed; seed <= last_seed; seed++)
		one_play(seed);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(plays)};

	if (argc > 1)
		first_seed = last_seed = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		last_seed = strtoull(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
