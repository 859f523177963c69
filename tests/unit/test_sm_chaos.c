/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The promise of the design, tried at random: sm, c2s and routers die, leave and
 * come while users talk, and clients with XEP-0198 lose their connections; every
 * message reaches its recipient exactly once and in order, nobody is told of
 * an error, everything is acknowledged, and nobody sees one leave who goes on.
 * In one play of three there is an archive: it has every message once. A client with XEP-0198 may get a
 * message again when its connection was lost and its account has another owner
 * since it got it (what knows its name is gone), or in a new session; and
 * what waited for an old session comes when that one's time is over, so that
 * there is no order then.
 *
 * Seeds are fixed. Give one, or the first and the last of many, as arguments
 * or in CHAOS_SEEDS; CHAOS_STEPS makes plays shorter or longer.
 */
#include "sm/mailbox.h"
#include "sm/session.h"
#include "sm/subscription.h"
#include "sm/user.h"
#include "tests/unit/chaos_c2s.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum {
	USERS = 8,
	MANAGED = 3,   /* the first ones have XEP-0198, */
	WATCHER = 3,   /* and this one sees their presence */
	LATE = 2,      /* the last ones come only at the end: until then they are offline */
	STEPS = 250,
	TICK_MS = 10,
	MOVE_MS = 1000, /* within so many slots have moved to those that are up */
	AWAY_MS = 300, /* a client that has lost its connection comes back after so many at most */
};

struct known { /* a message that somebody has heard */
	bool heard;
	unsigned session, connection; /* in which, */
	uint64_t at;                  /* and when (ms) */
};

struct person {
	char bare[32];
	unsigned number;
	bool managed, in;       /* in: it has a session, and may talk */
	struct bond *bond;      /* its connection; null: none */
	uint64_t due;           /* ms: when it comes again; 0: it does not */
	char id[SID_LEN + 1];   /* SM-ID; "": it has no session to resume */
	bool seen_gone;         /* who watches has been told that this session has ended */
	unsigned sessions;      /* that it began */
	/* What it said in this session, by its own count; and how much of it the server has. */
	const char *typed[SAID_MAX + 1];
	uint64_t typed_count, told;
	uint64_t got;           /* stanzas in this session */
	unsigned next[USERS];   /* next number to say to each */
	unsigned heard[USERS];  /* how many numbers of each it has heard, */
	struct known known[USERS][SAID_MAX]; /* and which */
	unsigned connections;
};

static struct {
	struct stage *st;
	struct person p[USERS];
	struct arena texts;
	uint64_t seed, random;
	uint64_t changed;       /* ms: when an sm came or died last; 0: never */
	unsigned delivered, again, doubled, kills, both, drains, breaks, resumes, anew, said;
	bool offline, ending, archive;
	bool one_resource;      /* a new session has the name of the old one, and takes its place */
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

static uint64_t
now(void)
{
	return loop_now(stage_loop(play.st));
}

/* In place of OpenSSL's: what names and sids are made of is the same whenever a seed is played. */
static uint64_t dice_for_tokens = 1;

int __wrap_RAND_bytes(unsigned char *bytes, int n);

int
__wrap_RAND_bytes(unsigned char *bytes, int n)
{
	while (n-- > 0) {
		dice_for_tokens = dice_for_tokens * 6364136223846793005u + 1442695040888963407u;
		bytes[n] = (unsigned char)(dice_for_tokens >> 56);
	}
	return 1;
}

/* The key of maps is drawn once in a process: before any seed has been played. */
static void
draw_process_keys(void)
{
	struct map m = {0};

	map_put(&m, STR("a"), &m);
	map_done(&m);
}

#define FAIL(fmt, ...) fail_msg("seed %llu: " fmt, (unsigned long long)play.seed, __VA_ARGS__)

/* STAGE_TRACE=1 shows the play. */
#define trace(fmt, ...) \
	(getenv("STAGE_TRACE") ? print_message("%llu ==== " fmt "\n", (unsigned long long)now(), __VA_ARGS__) : (void)0)

/* ---- the client: what it says ---- */

static void
say(struct person *p, const char *text)
{
	assert_true(p->typed_count < SAID_MAX);
	p->typed[++p->typed_count] = text;
	if (p->in && !p->bond->stalled)
		bond_say(p->bond, text);
}

static void
say_again(struct person *p, uint64_t after)
{
	for (uint64_t n = after + 1; n <= p->typed_count; n++)
		bond_say(p->bond, p->typed[n]);
}

static void
connect_person(struct person *p)
{
	unsigned c2s = p->managed ? below(C2S_COUNT) : 0;
	char resource[16] = "r";

	p->due = 0;
	if (!c2s_up(c2s)) {
		p->due = now() + TICK_MS;
		return;
	}
	if (!play.one_resource)
		snprintf(resource, sizeof(resource), "r%u", p->sessions + 1);
	p->connections++;
	p->bond = bond_new(p, c2s, p->bare, resource, p->managed, p->id[0] ? p->id : NULL, p->got);
}

static void
come_again(struct person *p)
{
	p->bond = NULL;
	p->in = false;
	p->due = now() + 1 + (play.ending ? 0 : below(AWAY_MS));
}

/* A session that is not to be had any more: what the server may not have is said again in the next one, but presence. */
static void
begin_anew(struct person *p)
{
	uint64_t kept = 0;

	for (uint64_t n = p->told + 1; n <= p->typed_count; n++)
		if (strncmp(p->typed[n], "<message", 8) == 0)
			p->typed[++kept] = p->typed[n];
	p->typed_count = kept;
	p->told = p->got = 0;
	p->id[0] = '\0';
	play.anew++;
}

void
client_bound(struct person *p)
{
	uint64_t waiting = p->typed_count;

	p->in = true;
	p->sessions++;
	p->seen_gone = false;
	if (p->managed)
		memcpy(p->id, p->bond->managed.id, sizeof(p->id));
	assert_true(waiting < SAID_MAX);
	memmove(&p->typed[2], &p->typed[1], waiting * sizeof(p->typed[0]));
	p->typed[1] = "<presence from='x'/>";
	p->typed_count++;
	say_again(p, 0);
}

void
client_resumed(struct person *p, uint64_t h)
{
	if (h < p->told || h > p->typed_count)
		FAIL("%s resumes with h=%llu, knows %llu, said %llu", p->bare, (unsigned long long)h, (unsigned long long)p->told,
		     (unsigned long long)p->typed_count);
	if (p->seen_gone)
		FAIL("%s resumes what others have seen end", p->bare);
	play.resumes++;
	p->in = true;
	p->told = h;
	say_again(p, h);
}

void
client_resume_refused(struct person *p)
{
	p->bond = NULL;
	begin_anew(p);
	connect_person(p);
}

void
client_is_told(struct person *p, uint64_t h)
{
	if (h < p->told || h > p->typed_count)
		FAIL("%s hears h=%llu, knows %llu, said %llu", p->bare, (unsigned long long)h, (unsigned long long)p->told,
		     (unsigned long long)p->typed_count);
	p->told = h;
}

void
client_put_out(struct person *p, struct str why)
{
	if (!p->managed)
		FAIL("%s is sent away: " STR_FMT, p->bare, STR_ARG(why));
	come_again(p);
}

/* ---- the client: what it hears ---- */

/* Who had to begin anew may have an old session somewhere for a while: what that one does not get comes later. */
static bool
in_order(const struct person *p)
{
	return p->sessions <= 1;
}

/* Whether it may come again. */
static bool
may_repeat(const struct person *p, const struct known *k)
{
	return k->session != p->sessions || (k->connection != p->connections && play.changed && k->at < play.changed + MOVE_MS);
}

static void
hear_message(struct person *p, unsigned from, unsigned number)
{
	struct known *k = &p->known[from][number];

	if (k->heard ? !may_repeat(p, k) : (in_order(p) && number != p->heard[from]))
		FAIL("%s hears %u from %u, has %u, begun anew %u, last heard in session %u connection %u of %u",
		     p->bare, number, from, p->heard[from], p->sessions - 1, k->session, k->connection, p->connections);
	if (k->heard) {
		trace("%s hears %u from %u again, connection %u after %u", p->bare, number, from, p->connections, k->connection);
		play.again++;
		play.doubled += k->session == p->sessions;
	} else {
		play.delivered++;
		p->heard[from]++;
	}
	*k = (struct known){true, p->sessions, p->connections, now()};
}

/* With names of their own for all sessions one can tell which one it is about. */
static void
see_gone(const char *text)
{
	unsigned number, session;

	if (!play.one_resource && sscanf(text, "<presence from='user%u@example.org/r%u'", &number, &session) == 2 &&
	    number < MANAGED && session == play.p[number].sessions)
		play.p[number].seen_gone = true;
}

void
client_hears(struct person *p, struct str stanza)
{
	char *text = str_dup(stanza), *body = strstr(text, "<body>");
	unsigned from, number;

	p->got++;
	if (strstr(text, "type='error'"))
		FAIL("%s is told of an error: %s", p->bare, text);
	if (p->number == WATCHER && strstr(text, "type='unavailable'"))
		see_gone(text);
	if (body) {
		assert_int_equal(sscanf(body, "<body>%u %u</body>", &from, &number), 2);
		hear_message(p, from, number);
	}
	free(text);
}

static void
hear(void *arg, const struct frame *f, bool bounce)
{
	(void)arg;
	c2s_hear(f, bounce);
}

/* ---- what happens ---- */

static void
talk(void)
{
	struct person *p = &play.p[below(USERS - LATE)];
	unsigned to = below(USERS), count = 1 + below(5);

	while (count--) {
		unsigned number = p->next[to]++;

		play.said++;
		say(p, arena_printf(&play.texts, "<message from='x' to='%s' type='chat' id='%u.%u'><body>%u %u</body></message>",
				    play.p[to].bare, to, number, p->number, number).p);
	}
}

static void
acknowledge(struct person *p)
{
	if (!p->in)
		return;
	if (p->managed)
		bond_client_acks(p->bond, p->got);
	bond_tell_ack(p->bond);
}

static void
break_connection(struct person *p)
{
	struct bond *b = p->bond;

	if (!b)
		return;
	if (p->in && !b->stalled && below(2)) {
		b->stalled = true; /* it breaks next time */
		return;
	}
	play.breaks++;
	come_again(p);
	bond_break(b, below(3) ? below(2 * AWAY_MS) : 0);
}

static void
kill_one(void)
{
	char name[8];

	snprintf(name, sizeof(name), "sm-%u", 1 + below(3));
	if (!stage_up(play.st, name))
		return;
	play.kills++;
	play.changed = now();
	trace("%s dies", name);
	stage_kill_losing(play.st, name, below(8));
	c2s_owner_gone(name);
}

static void
on_gone(const char *name)
{
	trace("%s has left", name);
	play.changed = now();
	c2s_owner_gone(name);
}

static void
drain_one(void)
{
	char name[8];

	snprintf(name, sizeof(name), "sm-%u", 1 + below(3));
	if (!stage_up(play.st, name))
		return;
	play.drains++;
	play.changed = now();
	trace("%s leaves", name);
	stage_drain(play.st, name, on_gone);
}

static void
start_one(void)
{
	char name[8];

	snprintf(name, sizeof(name), "sm-%u", 1 + below(3));
	if (stage_up(play.st, name) || play.offline)
		return;
	play.changed = now();
	trace("%s comes", name);
	stage_sm_unclaimed(play.st, name);
}

/* One of those that have only clients with XEP-0198; or it comes back. */
static void
c2s_turn(unsigned c2s)
{
	trace("c2s-%u dies or comes", c2s + 1);
	if (c2s_up(c2s))
		c2s_die(c2s);
	else
		c2s_come(c2s);
}

/* A c2s follows, while the next owner is about to hear what its clients have. */
static void
kill_both(void)
{
	unsigned c2s = 1 + below(C2S_COUNT - 1);

	kill_one();
	stage_run(play.st, below(2) ? below(20) : below(200));
	if (!c2s_up(c2s))
		return;
	play.both++;
	c2s_turn(c2s);
}

static void
c2s_comes(void)
{
	for (unsigned i = 1; i < C2S_COUNT; i++)
		if (!c2s_up(i))
			c2s_turn(i);
}

static void
router_dies(void)
{
	trace("%s dies", "router");
	play.offline = true;
	stage_router_dies(play.st);
	c2s_router(false);
	stage_run(play.st, below(5));
	play.offline = false;
	stage_offline(play.st, false);
	c2s_router(true);
}

static void
on_tick(struct timer *t)
{
	c2s_tick();
	for (unsigned i = 0; i < USERS; i++)
		if (play.p[i].due && play.p[i].due <= now())
			connect_person(&play.p[i]);
	timer_start(t->loop, t, TICK_MS, on_tick);
}

static void
step(void)
{
	unsigned what = below(100);

	if (what < 52)
		talk();
	else if (what < 70)
		acknowledge(&play.p[below(USERS)]);
	else if (what < 78)
		break_connection(&play.p[below(MANAGED)]);
	else if (what < 81)
		kill_one();
	else if (what < 84)
		kill_both();
	else if (what < 86)
		drain_one();
	else if (what < 92)
		start_one();
	else if (what < 94)
		c2s_turn(1 + below(C2S_COUNT - 1));
	else if (what < 97)
		c2s_comes();
	else
		router_dies();
	stage_run(play.st, below(12));
}

/* ---- the end ---- */

static bool
all_dealt_with(const struct person *p)
{
	return p->in && (p->managed ? p->told == p->typed_count : p->bond->acked == p->bond->sent);
}

static bool
all_heard(void *arg)
{
	bool all = true;

	(void)arg;
	for (unsigned i = 0; i < USERS; i++) {
		struct person *p = &play.p[i];

		if (p->in && (p->bond->told < p->bond->received || !p->bond->told))
			acknowledge(p);
		all &= all_dealt_with(p);
		for (unsigned k = 0; k < USERS; k++)
			all &= p->next[k] == play.p[k].heard[i];
	}
	return all;
}

static void
print_owner(const struct person *p)
{
	struct sm *sm = stage_owner(play.st, p->bare);
	struct sm_user *user = sm ? user_find(sm, str_z(p->bare)) : NULL;
	char sql[260];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM log WHERE owner = '%s'", p->bare);
	print_error("  in the log %ld", stage_sql(play.st, sql));
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM log WHERE owner = '%s' AND (flags & 2) = 0 AND "
		 "id > COALESCE((SELECT delivered FROM users WHERE users.owner = log.owner), 0)", p->bare);
	print_error(", of which nobody has %ld", stage_sql(play.st, sql));
	if (user)
		print_error(", at %s: state %d holds %u queue %zu entries %zu backlog %zu from %lld flush %d catchups %u", sm->name,
			    user->state, user->holds, user->queue.len, user->mail.entries.len, user->mail.backlog,
			    (long long)user->mail.backlog_low, user->mail.flush != NULL, user->mail.catchups);
	if (user)
		list_each(&user->sessions, struct sm_session, s, in_user)
			print_error("\n    session %s c2s '%s' in %llu done %llu sent %llu unacked %zu flush %d available %d", s->full, s->c2s,
				    (unsigned long long)s->in.seen, (unsigned long long)s->in.done, (unsigned long long)s->out_seq,
				    s->unacked.len, s->flush != NULL, s->available);
	print_error("\n");
}

static void
print_person(const struct person *p)
{
	const struct bond *b = p->bond;

	print_error("%s in=%d due=%llu typed=%llu told=%llu got=%llu\n", p->bare, p->in, (unsigned long long)p->due,
		    (unsigned long long)p->typed_count, (unsigned long long)p->told, (unsigned long long)p->got);
	if (b)
		print_error("  c2s=%u open=%d owner=%s sent=%llu acked=%llu received=%llu flushed=%llu count=%llu h=%llu gen=%llu\n",
			    b->c2s, b->open, b->owner, (unsigned long long)b->sent, (unsigned long long)b->acked,
			    (unsigned long long)b->received, (unsigned long long)b->flushed, (unsigned long long)b->managed.count,
			    (unsigned long long)b->managed.h, (unsigned long long)b->managed.gen);
	print_owner(p);
}

static void
print_missing(void *arg)
{
	(void)arg;
	print_error("seed %llu\n", (unsigned long long)play.seed);
	for (unsigned i = 0; i < USERS; i++) {
		print_person(&play.p[i]);
		for (unsigned k = 0; k < USERS; k++)
			if (play.p[i].next[k] != play.p[k].heard[i])
				print_error("  to %s: said %u heard %u\n", play.p[k].bare, play.p[i].next[k], play.p[k].heard[i]);
	}
}

/* What is delivered is in the log no more, or in the archive for good. */
static bool
log_is_empty(void *arg)
{
	(void)all_heard(arg);
	return stage_sql(play.st, "SELECT count(*) FROM log WHERE (flags & 2) = 0 AND "
				  "id > COALESCE((SELECT delivered FROM users WHERE users.owner = log.owner), 0)") == 0;
}

static void
check_archive(void)
{
	long rows = stage_sql(play.st, "SELECT count(*) FROM log"), sent = stage_sql(play.st, "SELECT count(*) FROM log WHERE flags & 1");

	if (rows - sent != (play.archive ? play.said : 0))
		FAIL("the archives of who got them have %ld messages of %u", rows - sent, play.said);
	if (sent > rows - sent || (play.archive && !sent))
		FAIL("the archives of who said them have %ld messages of %u", sent, play.said);
}

static void
make_users(void)
{
	char sql[256];

	for (unsigned i = 0; i < USERS; i++) {
		struct person *p = &play.p[i];

		p->number = i;
		p->managed = i < MANAGED;
		snprintf(p->bare, sizeof(p->bare), "user%u@example.org", i);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) VALUES "
			 "('%s', 'example.org', '', '', 0, 1, 0)",
			 p->bare);
		stage_sql(play.st, sql);
	}
	for (unsigned i = 0; i < MANAGED; i++)
		for (unsigned both = 0; both < 2; both++) {
			snprintf(sql, sizeof(sql),
				 "INSERT INTO roster (owner, jid, name, grps, subscription, removed, version) VALUES "
				 "('user%u@example.org', 'user%u@example.org', '', '', %d, 0, 1)",
				 both ? i : WATCHER, both ? WATCHER : i, SUB_TO | SUB_FROM);
			stage_sql(play.st, sql);
		}
}

/* Nothing breaks any more, and everybody is there. */
static void
come_to_rest(void)
{
	play.ending = true;
	for (unsigned i = 1; i < C2S_COUNT; i++)
		if (!c2s_up(i))
			c2s_come(i);
	for (unsigned i = 0; i < USERS; i++) {
		if (i >= USERS - LATE)
			connect_person(&play.p[i]);
		else if (play.p[i].bond && play.p[i].bond->stalled)
			break_connection(&play.p[i]);
	}
	play.changed = now();
	stage_sm_unclaimed(play.st, "sm-4");
}

static void
play_begin(uint64_t seed)
{
	memset(&play, 0, sizeof(play));
	play.seed = seed;
	play.one_resource = seed % 2 == 0;
	play.random = seed * 0x9e3779b97f4a7c15u + 1;
	dice_for_tokens = seed;
	play.archive = seed % 3 == 0;
	play.st = stage_new_played(play.archive ? "sm { offline_messages = 100000 }\nmod_archive { }" :
					   "sm { offline_messages = 100000 }", below);
	stage_listen(play.st, hear, NULL);
	make_users();
	stage_sm(play.st, "sm-1");
	c2s_start(play.st, below);
	timer_start(stage_loop(play.st), &play.tick, TICK_MS, on_tick);
	for (unsigned i = 0; i < USERS - LATE; i++)
		connect_person(&play.p[i]);
}

static unsigned steps = STEPS;

static void
one_play(uint64_t seed)
{
	play_begin(seed);
	for (unsigned i = 0; i < steps; i++)
		step();
	come_to_rest();
	stage_until_or(play.st, all_heard, NULL, print_missing, NULL);
	stage_until_or(play.st, log_is_empty, NULL, print_missing, NULL);
	check_archive();
	print_message("seed %llu: delivered %u, known by name %u, again %u, in one session %u, owners killed %u, with a c2s %u, left %u, connections broken %u, resumed %u, "
		      "begun anew %u\n", (unsigned long long)seed, play.delivered, c2s_duplicates, play.again, play.doubled, play.kills, play.both, play.drains, play.breaks,
		      play.resumes, play.anew);
	assert_true(play.delivered > steps / 3);
	timer_stop(&play.tick);
	c2s_stop();
	stage_free(&play.st);
	arena_done(&play.texts);
}

static uint64_t first_seed = 1, last_seed = 4;

static void
plays(void **state)
{
	(void)state;
	for (uint64_t seed = first_seed; seed <= last_seed; seed++)
		one_play(seed);
}

/* "7" or "1-1000" */
static void
take_seeds(const char *text)
{
	char *end;

	first_seed = last_seed = strtoull(text, &end, 10);
	if (*end == '-')
		last_seed = strtoull(end + 1, NULL, 10);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(plays)};
	const char *seeds = getenv("CHAOS_SEEDS"), *wanted = getenv("CHAOS_STEPS");

	draw_process_keys();
	if (seeds)
		take_seeds(seeds);
	if (wanted)
		steps = (unsigned)strtoul(wanted, NULL, 10);
	if (argc > 1)
		take_seeds(argv[1]);
	if (argc > 2)
		last_seed = strtoull(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
