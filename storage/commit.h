/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for a group commit of the log, for commit.c, which owns it, and commit_job.c. */
#pragma once

#include "storage/impl.h"

enum item_kind { ITEM_APPEND, ITEM_CURSOR, ITEM_DELETE, ITEM_KEEP };

struct log_item {
	struct list_node node;
	uint64_t ticket;
	enum item_kind kind;
	bool archive; /* cursor: keep what is delivered */
	bool tried;   /* not for the first time: may be in the database already */
	struct log_entry e; /* for others than appends: owner, id, slot, epoch */
	const struct sql_step *step; /* of a deletion, while its commit is under way */
	size_t size;
	uint64_t asked_ms;
	enum storage_result result;
	storage_cb *cb;
	void *arg;
	char text[];
};

/* Makes the transaction of the items: the fence first, then what each of them wants. */
void commit_add(struct job *job, const struct list *items);
/* What has become of an item when the job has been done. */
enum storage_result commit_result(const struct job *job, const struct log_item *item);
