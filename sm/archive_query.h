/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers from the archive: read from the log in small pages, sent as fast as
 * the client takes them. A session's questions are answered one after the
 * other; so neither a large page nor many questions cost memory.
 *
 * Owner: the session, until it ends; then whoever waits for storage.
 */
#pragma once

#include "sm/archive_form.h"
#include "sm/session.h"

enum { QUERIES_MAX = 32 }; /* of one session, that wait */

struct queries { /* of a session */
	struct list waiting; /* struct query; the first is being answered */
};

/* The iq is kept, and answered when all results have been sent. */
void query_start(struct sm_session *s, struct queries *all, const struct iq *iq, const struct ask *ask);
/* The client has taken something. */
void queries_go_on(struct queries *all);
/* The session ends. */
void queries_drop(struct queries *all);
