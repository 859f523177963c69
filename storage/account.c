/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts: who may log in, with which keys. Not for: checking a password (c2s). */
#include "storage/impl.h"

static struct str
host_of(struct str owner)
{
	ssize_t at = str_rchr(owner, '@');

	return at < 0 ? owner : str_from(owner, (size_t)at + 1);
}

/* A row of ACCOUNT_COLUMNS. */
static struct account
account_of(const struct sql_value *row)
{
	return (struct account){
		.owner = row[0].text,
		.scram = row[1].text,
		.digest_md5 = row[2].text,
		.disabled = row[3].num != 0,
		.created = row[4].num,
		.last_login = row[5].num,
	};
}

static void
got(struct job *job)
{
	const struct sql_step *step = job->sql.first;
	struct account a;

	if (job->result == STORAGE_OK && step->count == 0)
		job->result = STORAGE_NOT_FOUND;
	if (job->result != STORAGE_OK) {
		job->fn.account(job->arg, job->result, NULL);
		return;
	}
	a = account_of(step->rows);
	job->fn.account(job->arg, STORAGE_OK, &a);
}

void
storage_account_get(struct storage *s, struct str owner, storage_account_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_READ, owner, got, (union storage_fn){.account = cb}, arg);

	job_add(job, SQL_ACCOUNT_GET, owner);
	job_run(job);
}

static void
added(struct job *job)
{
	if (job->result == STORAGE_OK && job_step(job, 0)->changed == 0)
		job->result = STORAGE_EXISTS;
	job_finish_plain(job);
}

void
storage_account_add(struct storage *s, const struct account *a, storage_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_WRITE, a->owner, added, (union storage_fn){.done = cb}, arg);

	job_add(job, SQL_ACCOUNT_ADD, a->owner, host_of(a->owner), a->scram, a->digest_md5, (int64_t)a->disabled,
		a->created, a->last_login);
	job_run(job);
}

void
storage_account_set_keys(struct storage *s, struct str owner, struct str scram, struct str digest_md5,
			 storage_cb *cb, void *arg)
{
	struct job *job =
		job_new(s, SQL_WRITE, owner, job_finish_changed, (union storage_fn){.done = cb}, arg);

	job_add(job, SQL_ACCOUNT_SET_KEYS, owner, scram, digest_md5);
	job_run(job);
}

void
storage_account_set_disabled(struct storage *s, struct str owner, bool disabled, storage_cb *cb, void *arg)
{
	struct job *job =
		job_new(s, SQL_WRITE, owner, job_finish_changed, (union storage_fn){.done = cb}, arg);

	job_add(job, SQL_ACCOUNT_SET_DISABLED, owner, (int64_t)disabled);
	job_run(job);
}

void
storage_account_login(struct storage *s, struct str owner, int64_t at, storage_cb *cb, void *arg)
{
	struct job *job =
		job_new(s, SQL_WRITE, owner, job_finish_changed, (union storage_fn){.done = cb}, arg);

	job_add(job, SQL_ACCOUNT_LOGIN, owner, at);
	job_run(job);
}

/* What is in the queue of the log comes first, or it would outlive the account. */
void
storage_account_del(struct storage *s, struct str owner, storage_cb *cb, void *arg)
{
	static const enum sql_id rest[] = {SQL_USER_DEL, SQL_ROSTER_CLEAR, SQL_REQUESTS_CLEAR, SQL_PRIVACY_CLEAR,
					   SQL_LOG_CLEAR, SQL_KV_CLEAR};
	struct job *job =
		job_new(s, SQL_WRITE, owner, job_finish_changed, (union storage_fn){.done = cb}, arg);

	job_add(job, SQL_ACCOUNT_DEL, owner);
	for (size_t i = 0; i < ARRAY_LEN(rest); i++)
		job_add(job, rest[i], owner);
	job_run_after_log(job);
}

static void
listed(struct job *job)
{
	const struct sql_step *step = job->sql.first;
	struct account *rows;

	if (job->result != STORAGE_OK) {
		job->fn.accounts(job->arg, job->result, NULL, 0);
		return;
	}
	rows = arena_alloc(&job->sql.arena, (step->count + 1) * sizeof(*rows));
	for (size_t i = 0; i < step->count; i++)
		rows[i] = account_of(step->rows + 6 * i);
	job->fn.accounts(job->arg, STORAGE_OK, rows, step->count);
}

/* `after` may be a name or a whole bare JID. */
void
storage_account_list(struct storage *s, struct str host, struct str after, unsigned max, storage_accounts_cb *cb,
		     void *arg)
{
	struct job *job = job_new(s, SQL_READ, STR(""), listed, (union storage_fn){.accounts = cb}, arg);
	struct str above = after;

	if (after.n && str_chr(after, '@') < 0)
		above = arena_printf(&job->sql.arena, STR_FMT "@" STR_FMT, STR_ARG(after), STR_ARG(host));
	job_add(job, SQL_ACCOUNT_LIST, host, above, (int64_t)max);
	job_run(job);
}
