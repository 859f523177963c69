/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast storage is: `bench/bench-storage sqlite FILE` or `bench/bench-storage
 * postgresql CONNINFO`, on a database made for it (it is filled with rubbish).
 * For PostgreSQL: CARILLON_TEST_PG_FSYNC=on tests/pg-temp sh -c
 * 'bench/bench-storage postgresql "$CARILLON_TEST_PG"'.
 *
 * One line a measurement: what, how many a second, and the time of one when it
 * is alone or the mean under that load.
 */
#include "storage/storage.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STANZA = 320, USERS = 1000, SLOTS = 1024 };

struct bench {
	struct loop *loop;
	struct storage *s;
	unsigned want, sent, done, ahead; /* of operations */
	void (*ask)(struct bench *b, unsigned i);
	uint64_t begin;
	int64_t id;
	char stanza[STANZA];
	char owners[USERS][32];
	int64_t epochs[SLOTS];
};

static void
more(struct bench *b)
{
	while (b->sent < b->want && b->sent - b->done < b->ahead)
		b->ask(b, b->sent++);
}

static void
one_done(struct bench *b, enum storage_result r)
{
	if (r != STORAGE_OK)
		die(1, "an operation failed: %s", storage_result_name(r));
	if (++b->done == b->want)
		loop_stop(b->loop);
	else
		more(b);
}

static void
on_done(void *arg, enum storage_result r)
{
	one_done(arg, r);
}

static void
on_user(void *arg, enum storage_result r, const struct user_rows *u)
{
	(void)u;
	one_done(arg, r);
}

static void
on_value(void *arg, enum storage_result r, struct str value)
{
	(void)value;
	one_done(arg, r);
}

static struct str
owner(struct bench *b, unsigned i)
{
	return str_z(b->owners[i % USERS]);
}

static void
ask_account(struct bench *b, unsigned i)
{
	struct account a = {.owner = owner(b, i), .scram = str_n(b->stanza, 200), .created = 1};

	storage_account_add(b->s, &a, on_done, b);
}

static void
append(struct bench *b, unsigned i, storage_cb *cb)
{
	struct log_entry e = {
		.owner = owner(b, i),
		.id = ++b->id,
		.peer = owner(b, i + 1),
		.origin = STR("0123456789abcdef"),
		.stanza = str_n(b->stanza, STANZA),
		.slot = i % SLOTS,
		.epoch = b->epochs[i % SLOTS],
	};

	storage_log_append(b->s, &e, cb, b);
}

static void
ask_append(struct bench *b, unsigned i)
{
	append(b, i, on_done);
}

static void
nothing(void *arg, enum storage_result r)
{
	(void)arg;
	(void)r;
}

/* Stored, delivered, forgotten: a message to somebody who was away for a moment. */
static void
ask_append_and_move(struct bench *b, unsigned i)
{
	append(b, i, nothing);
	storage_log_cursor(b->s, owner(b, i), b->id, false, i % SLOTS, b->epochs[i % SLOTS], on_done, b);
}

static void
ask_user(struct bench *b, unsigned i)
{
	storage_user_load(b->s, owner(b, i), on_user, b);
}

static void
ask_put(struct bench *b, unsigned i)
{
	storage_kv_put(b->s, owner(b, i), STR("bench"), STR("key"), str_n(b->stanza, STANZA), on_done, b);
}

static void
ask_get(struct bench *b, unsigned i)
{
	storage_kv_get(b->s, owner(b, i), STR("bench"), STR("key"), on_value, b);
}

static void
measure(struct bench *b, const char *what, unsigned want, unsigned ahead, void (*ask)(struct bench *b, unsigned i))
{
	double seconds;

	b->want = want;
	b->ahead = ahead;
	b->sent = b->done = 0;
	b->ask = ask;
	b->begin = uv_hrtime();
	more(b);
	loop_run(b->loop);
	seconds = (double)(uv_hrtime() - b->begin) / 1e9;
	printf("%-34s %4u at a time %10.0f /s %9.3f ms\n", what, ahead, want / seconds, seconds * 1e3 * ahead / want);
	fflush(stdout);
}

static void
on_claimed(void *arg, enum storage_result r, const struct slot_claim *claims, size_t count)
{
	struct bench *b = arg;

	if (r != STORAGE_OK)
		die(1, "the slots cannot be claimed: %s", storage_result_name(r));
	for (size_t i = 0; i < count; i++)
		b->epochs[claims[i].slot] = claims[i].epoch;
	loop_stop(b->loop);
}

static void
on_usable(void *arg, bool usable, const char *why)
{
	struct bench *b = arg;

	if (usable)
		loop_stop(b->loop);
	else
		die(1, "%s", why);
}

static struct conf *
make_conf(const char *engine, const char *where, struct buf *why)
{
	static const struct conf_section *const sections[] = {&conf_storage, NULL};
	char path[] = "/tmp/carillon-bench.XXXXXX";
	struct conf *conf = NULL;
	FILE *f;
	int rc, fd = mkstemp(path);

	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		die(1, "no temporary file can be made in /tmp");
	fprintf(f, "storage {\nengine = \"%s\"\n%s = \"%s\"\n}\n", engine,
		strcmp(engine, "sqlite") == 0 ? "sqlite_path" : "postgresql", where);
	fclose(f);
	rc = conf_load(&conf, path, sections, NULL, "bench-1", why);
	unlink(path);
	return rc < 0 ? NULL : conf;
}

static void
start(struct bench *b, const struct conf *conf, struct buf *why)
{
	unsigned slots[SLOTS];

	for (unsigned i = 0; i < USERS; i++)
		snprintf(b->owners[i], sizeof(b->owners[i]), "user%u@bench.example", i);
	memset(b->stanza, 'x', sizeof(b->stanza));
	b->loop = loop_new();
	b->id = loop_wall_us(b->loop);
	if (storage_migrate(conf, NULL, NULL, why) < 0)
		die(1, "%s", buf_z(why));
	b->s = storage_new(b->loop, conf, NULL, on_usable, b, why);
	if (!b->s)
		die(1, "%s", buf_z(why));
	loop_run(b->loop);
	for (unsigned i = 0; i < SLOTS; i++)
		slots[i] = i;
	storage_slots_claim(b->s, STR("bench-1"), STR("boot"), slots, SLOTS, on_claimed, b);
	loop_run(b->loop);
}

int
main(int argc, char **argv)
{
	struct bench *b = xcalloc(1, sizeof(*b));
	struct buf why = {0};
	struct conf *conf;

	if (argc != 3)
		die(2, "usage: %s sqlite FILE | postgresql CONNINFO", argv[0]);
	conf = make_conf(argv[1], argv[2], &why);
	if (!conf)
		die(2, "%s", buf_z(&why));
	start(b, conf, &why);
	measure(b, "account_add", USERS, 64, ask_account);
	measure(b, "log_append", 200, 1, ask_append);
	measure(b, "log_append", 20000, 20, ask_append);
	measure(b, "log_append", 100000, 2000, ask_append);
	measure(b, "log_append, log_cursor (no archive)", 50000, 2000, ask_append_and_move);
	measure(b, "user_load", 200, 1, ask_user);
	measure(b, "user_load", 20000, 64, ask_user);
	measure(b, "kv_put", 200, 1, ask_put);
	measure(b, "kv_put", 10000, 64, ask_put);
	measure(b, "kv_get", 50000, 64, ask_get);
	storage_free(&b->s);
	loop_free(&b->loop);
	conf_free(&conf);
	buf_done(&why);
	free(b);
	return 0;
}
