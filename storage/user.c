/* SPDX-License-Identifier: Apache-2.0 */
/* A user as a whole: all that a login needs, a few statements in one round trip. */
#include "storage/impl.h"

enum step { USER, LAST_ID, UNDELIVERED, ROSTER, REQUESTS, PRIVACY, AWAY, SINCE, NAMES, PREFS };

enum { NAMES_MAX = 4096 }; /* half a minute of a user who gets or sends a hundred a second; reading them delays a takeover */

static const struct roster_row *
roster_of(struct job *job, const struct sql_step *step)
{
	struct roster_row *rows = arena_alloc(&job->sql.arena, (step->count + 1) * sizeof(*rows));

	for (size_t i = 0; i < step->count; i++) {
		const struct sql_value *v = step->rows + 6 * i;

		rows[i] = (struct roster_row){
			.jid = v[0].text,
			.name = v[1].text,
			.groups = v[2].text,
			.subscription = (int)v[3].num,
			.removed = v[4].num != 0,
			.version = v[5].num,
		};
	}
	return rows;
}

static const struct request_row *
requests_of(struct job *job, const struct sql_step *step)
{
	struct request_row *rows = arena_alloc(&job->sql.arena, (step->count + 1) * sizeof(*rows));

	for (size_t i = 0; i < step->count; i++)
		rows[i] = (struct request_row){step->rows[2 * i].text, step->rows[2 * i + 1].text};
	return rows;
}

static const struct privacy_row *
privacy_of(struct job *job, const struct sql_step *step)
{
	struct privacy_row *rows = arena_alloc(&job->sql.arena, (step->count + 1) * sizeof(*rows));

	for (size_t i = 0; i < step->count; i++) {
		const struct sql_value *v = step->rows + 6 * i;

		rows[i] = (struct privacy_row){
			.list = v[0].text,
			.place = v[1].num,
			.what = (enum privacy_what)v[2].num,
			.value = v[3].text,
			.deny = v[4].num != 0,
			.kinds = (unsigned)v[5].num,
		};
	}
	return rows;
}

static void
add_archive(struct job *job, struct user_rows *u)
{
	const struct sql_step *step = job_step(job, NAMES), *prefs = job_step(job, PREFS);
	struct name_row *names = arena_alloc(&job->sql.arena, (step->count + 1) * sizeof(*names));

	for (size_t i = 0; i < step->count; i++)
		names[i] = (struct name_row){step->rows[2 * i].text, step->rows[2 * i + 1].num & LOG_OUTGOING};
	u->names = names;
	u->name_count = step->count;
	if (prefs->count)
		u->archive_prefs = prefs->rows[0].text;
}

static void
add_away(struct job *job, struct user_rows *u)
{
	const struct sql_step *away = job_step(job, AWAY), *since = job_step(job, SINCE);
	struct kv_row *rows = arena_alloc(&job->sql.arena, (away->count + 1) * sizeof(*rows));

	for (size_t i = 0; i < away->count; i++)
		rows[i] = (struct kv_row){away->rows[2 * i].text, away->rows[2 * i + 1].text};
	u->away = rows;
	u->away_count = away->count;
	u->since = log_rows(job, since);
	u->since_count = since->count;
}

static int64_t
number_of(const struct sql_step *step)
{
	return step->count ? step->rows[0].num : 0;
}

static void
loaded(struct job *job)
{
	const struct sql_step *user = job->sql.first;
	struct user_rows u;

	if (job->result == STORAGE_OK && user->count == 0)
		job->result = STORAGE_NOT_FOUND;
	if (job->result != STORAGE_OK) {
		job->fn.user(job->arg, job->result, NULL);
		return;
	}
	u = (struct user_rows){
		.owner = job->sql.owner,
		.disabled = user->rows[0].num != 0,
		.roster_version = user->rows[1].num,
		.cursor = user->rows[2].num,
		.last_id = number_of(job_step(job, LAST_ID)),
		.undelivered = (size_t)number_of(job_step(job, UNDELIVERED)),
		.roster = roster_of(job, job_step(job, ROSTER)),
		.roster_count = job_step(job, ROSTER)->count,
		.requests = requests_of(job, job_step(job, REQUESTS)),
		.request_count = job_step(job, REQUESTS)->count,
		.privacy_default = user->rows[3].text,
		.privacy = privacy_of(job, job_step(job, PRIVACY)),
		.privacy_count = job_step(job, PRIVACY)->count,
	};
	add_away(job, &u);
	if (job->extra)
		add_archive(job, &u);
	job->fn.user(job->arg, STORAGE_OK, &u);
}

void
storage_user_load(struct storage *s, struct str owner, storage_user_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_READ, owner, loaded, (union storage_fn){.user = cb}, arg);

	job_add(job, SQL_USER_GET, owner);
	job_add(job, SQL_USER_LAST_ID, owner);
	job_add(job, SQL_USER_UNDELIVERED, owner);
	job_add(job, SQL_USER_ROSTER, owner);
	job_add(job, SQL_USER_REQUESTS, owner);
	job_add(job, SQL_USER_PRIVACY, owner);
	job_add(job, SQL_KV_LIST, owner, STR("away"));
	job_add(job, SQL_AWAY_LOG, owner, (int64_t)AWAY_LOG_MAX);
	if (s->names_age) {
		job_add(job, SQL_USER_NAMES, owner, loop_wall_us(s->loop) - s->names_age, (int64_t)NAMES_MAX);
		job_add(job, SQL_KV_GET, owner, STR("archive"), STR("prefs"));
		job->extra = s;
	}
	job_run_after_log(job);
}
