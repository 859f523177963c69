/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Appending to the log of messages, in a new SQLite file: the CPU of both
 * threads. The waiting for the disk is not in it; bench/bench-storage has that.
 */
#include "bench/micro.h"
#include "storage/storage.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { AHEAD = 500 };

static struct log_bench {
	struct loop *loop;
	struct storage *storage;
	char dir[64], conf[96], file[96];
	size_t want, sent, done;
	int64_t id, epoch;
	char stanza[320];
} bench;

static void more(void);

static void
on_appended(void *arg, enum storage_result r)
{
	(void)arg;
	bug_if(r != STORAGE_OK);
	if (++bench.done == bench.want)
		loop_stop(bench.loop);
	else
		more();
}

static void
more(void)
{
	struct log_entry e = {.owner = STR("romeo@montague.example"), .peer = STR("juliet@capulet.example"),
			      .origin = STR("0123456789abcdef"), .stanza = str_n(bench.stanza, sizeof(bench.stanza)), .epoch = bench.epoch};

	while (bench.sent < bench.want && bench.sent - bench.done < AHEAD) {
		bench.sent++;
		e.id = ++bench.id;
		storage_log_append(bench.storage, &e, on_appended, NULL);
	}
}

static void
on_claimed(void *arg, enum storage_result r, const struct slot_claim *claims, size_t count)
{
	(void)arg;
	bug_if(r != STORAGE_OK || count != 1);
	bench.epoch = claims[0].epoch;
	loop_stop(bench.loop);
}

static void
on_usable(void *arg, bool usable, const char *why)
{
	(void)arg;
	if (!usable)
		die(1, "%s", why);
	loop_stop(bench.loop);
}

static void
leave(void)
{
	static const char *const ends[] = {"", "-wal", "-shm"};

	storage_free(&bench.storage);
	loop_free(&bench.loop);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s%s", bench.file, ends[i]);
		unlink(name);
	}
	unlink(bench.conf);
	rmdir(bench.dir);
}

static void
write_conf(void)
{
	FILE *f;

	snprintf(bench.dir, sizeof(bench.dir), "/tmp/carillon-micro.XXXXXX");
	if (!mkdtemp(bench.dir))
		die(1, "no folder can be made in /tmp");
	snprintf(bench.conf, sizeof(bench.conf), "%s/conf", bench.dir);
	snprintf(bench.file, sizeof(bench.file), "%s/db", bench.dir);
	f = fopen(bench.conf, "w");
	if (!f)
		die(1, "%s cannot be written", bench.conf);
	fprintf(f, "storage {\nengine = \"sqlite\"\nsqlite_path = \"%s\"\n}\n", bench.file);
	fclose(f);
}

static void
start(void)
{
	static const struct conf_section *const sections[] = {&conf_storage, NULL};
	struct conf *conf = NULL;
	struct buf why = {0};
	unsigned slot = 0;

	memset(bench.stanza, 'x', sizeof(bench.stanza));
	log_set_level(LOG_LEVEL_WARNING);
	write_conf();
	bench.loop = loop_new();
	if (conf_load(&conf, bench.conf, sections, NULL, "micro-1", &why) < 0 || storage_migrate(conf, NULL, NULL, &why) < 0)
		die(1, "%s", buf_z(&why));
	bench.storage = storage_new(bench.loop, conf, NULL, on_usable, NULL, &why);
	if (!bench.storage)
		die(1, "%s", buf_z(&why));
	loop_run(bench.loop);
	storage_slots_claim(bench.storage, STR("micro-1"), STR("boot"), &slot, 1, on_claimed, NULL);
	loop_run(bench.loop);
	conf_free(&conf);
	buf_done(&why);
	atexit(leave);
}

static void
run_append(size_t n)
{
	if (!bench.loop)
		start();
	bench.want = n;
	bench.sent = bench.done = 0;
	more();
	loop_run(bench.loop);
}

const struct micro micro_log[] = {
	{"log_append, SQLite", run_append},
	{0},
};
