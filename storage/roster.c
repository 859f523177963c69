/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One change of a roster: the contact, the version, the waiting request,
 * together or not at all. Loading it is user.c's; its rules are sm's.
 */
#include "storage/impl.h"

static void
add_row(struct job *job, struct str owner, const struct roster_change *c)
{
	const struct roster_row *row = c->row;

	job_add(job, SQL_ROSTER_PUT, owner, row->jid, row->name, row->groups, (int64_t)row->subscription,
		(int64_t)row->removed, row->version);
	job_add(job, SQL_ROSTER_VERSION, owner, c->version);
}

void
storage_roster_change(struct storage *s, struct str owner, const struct roster_change *c, storage_cb *cb, void *arg)
{
	struct job *job = job_new(s, SQL_WRITE, owner, job_finish_plain, (union storage_fn){.done = cb}, arg);

	if (c->row)
		add_row(job, owner, c);
	if (c->forget_before)
		job_add(job, SQL_ROSTER_FORGET, owner, c->forget_before);
	if (c->request == REQUEST_PUT)
		job_add(job, SQL_REQUEST_PUT, owner, c->request_row.jid, c->request_row.stanza);
	else if (c->request == REQUEST_DEL)
		job_add(job, SQL_REQUEST_DEL, owner, c->request_row.jid);
	job_run(job);
}
