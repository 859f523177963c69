/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of storage, for its own files: the core (storage.c), jobs
 * (job.c), the group commits of the log (commit.c) and the subjects. Not for
 * engines, which see sql.h only.
 */
#pragma once

#include "common/map.h"
#include "storage/sql.h"
#include "storage/storage.h"

/* A callback of a user; a job remembers one until it is finished. */
union storage_fn {
	storage_cb *done;
	storage_account_cb *account;
	storage_accounts_cb *accounts;
	storage_user_cb *user;
	storage_log_cb *log;
	storage_count_cb *count;
	storage_tally_cb *tally;
	storage_kv_cb *value;
	storage_kvs_cb *values;
	storage_owners_cb *owners;
	storage_claims_cb *claims;
	storage_slots_cb *slots;
};

/*
 * An operation that is asked for. Lives from job_new until its `finish` has
 * run; on one of the core's lists or with the engine.
 */
struct job {
	struct sql_job sql;
	struct storage *storage;
	struct list_node order; /* of all that is asked for and not finished */
	uint64_t seq;           /* rising */
	uint64_t after_log;     /* waits until the log is committed up to this ticket; 0: need not */
	uint64_t asked_ms;
	uint64_t sent_us;       /* when the engine got it */
	size_t size;            /* of its texts */
	bool repeated;
	enum storage_result result;
	void (*finish)(struct job *job); /* calls the user's callback */
	union storage_fn fn;
	void *arg;
	void *extra; /* of the subject, in the arena */
};

struct commits { /* storage/commit.c */
	struct list queued;  /* of struct log_item, in order of their tickets */
	struct list running; /* those of the job that is under way */
	struct list finished; /* wait for their callback */
	struct log_item **window; /* the queued ones that may be withdrawn, each at its ticket modulo window_size */
	size_t window_size;       /* a power of two */
	struct job *job;
	size_t bytes;
	size_t limit;   /* of items in one commit; smaller while a refused item is being singled out */
	bool urgent;    /* somebody waits */
	unsigned fails; /* in a row */
	struct timer timer;
	struct task task;
	char *error;    /* the last one that was logged */
};

struct storage {
	struct loop *loop;
	struct log_ctx log;
	struct sql_settings settings;
	uint64_t commit_delay;
	size_t commit_max, queue_max, queue_bytes;
	const struct sql_engine *engine;
	struct sql_host host;
	struct sql *sql;

	bool up[SQL_LANES], was_up[SQL_LANES];
	char *why[SQL_LANES]; /* of the last time it was down */
	enum sql_lane said;   /* whose reason is the latest */
	uint64_t down_ms[SQL_LANES];
	bool usable, told;    /* what is, and what the user has heard */
	void (*on_usable)(void *owner, bool usable, const char *why);
	void *owner;

	uint64_t seq; /* of jobs, log items and flushes */
	struct list order;    /* all jobs of the user's, by seq */
	struct list barred;   /* wait for the log */
	struct list waiting;  /* wait for the lane */
	size_t running;       /* are with the engine, of SQL_MAIN */
	struct list finished; /* wait for their callback */
	size_t bytes;         /* of all jobs */
	struct timer deadline;
	struct task finish;
	struct list flushes;

	struct commits commits;
	int64_t names_age; /* of names that a user is loaded with; 0: nothing of the archive is */
	bool freed;
};

/* ---- job.c: making jobs ---- */
struct job *job_new(struct storage *s, enum sql_kind kind, struct str owner, void (*finish)(struct job *job),
		    union storage_fn fn, void *arg);
/* A statement; its arguments follow, each as the statement's letters say: struct str or int64_t. Text is copied. */
struct sql_step *job_add(struct job *job, enum sql_id id, ...);
struct sql_step *job_step(struct job *job, size_t index);
/* Gives it to the core. It is refused here when its text is none that a database can hold. */
void job_run(struct job *job);
/* As job_run, but not before what the owner has in the queue of the log is committed. */
void job_run_after_log(struct job *job);
/* A `finish` for operations that only tell their result. */
void job_finish_plain(struct job *job);
/* For writes of one row by key: NOT_FOUND when nothing was there. */
void job_finish_changed(struct job *job);
/* Rows of its columns id, peer, origin, flags, stanza. In the job's arena. */
const struct log_entry *log_rows(struct job *job, const struct sql_step *step);
/* For reads of the log: rows of its columns id, peer, origin, flags, stanza. */
void job_finish_log(struct job *job);
/* Whether a database can hold it as text: UTF-8, no NUL. */
bool storage_text_good(struct str text);

/* ---- storage.c: moving jobs ---- */
void storage_enqueue(struct storage *s, struct job *job);
void storage_finish(struct storage *s, struct job *job, enum storage_result r); /* the callback comes at the end of the turn */
void storage_send(struct storage *s, struct job *job); /* straight to the engine */
void storage_wake(struct storage *s); /* runs the finish task at the end of the turn */
void storage_count_queue(int by); /* the metric */
void storage_log_moved(struct storage *s); /* from commit.c: some of the log is committed */

/* ---- commit.c ---- */
void commits_init(struct storage *s);
void commits_done(struct storage *s);
void commits_lane(struct storage *s, bool up);
void commits_job_done(struct storage *s, struct job *job);
void commits_run_callbacks(struct storage *s);
uint64_t commits_oldest(const struct storage *s); /* ticket of the oldest item that is not in the database; UINT64_MAX: none */
uint64_t commits_last_of(const struct storage *s, struct str owner); /* its youngest item; 0: none */
void commits_hurry(struct storage *s);

/* ---- conf.c ---- */
int storage_configure(struct storage *s, const struct conf *conf, struct buf *why) MUST_CHECK;
