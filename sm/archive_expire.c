/* SPDX-License-Identifier: Apache-2.0 */
/* struct expiry: a walk through the accounts, deleting old rows (sm/archive_expire.h). */
#include "sm/archive_expire.h"

#include "common/metric.h"
#include "sm/archive.h"
#include "sm/slots.h"
#include "sm/sm.h"
#include "xmpp/slot.h"

#include <stdlib.h>

enum {
	ACCOUNTS = 50,        /* read at once */
	ROWS = 200,           /* deleted at once, */
	PACE_MS = 100,        /* and so long before the next few, */
	SOON_MS = 10 * 1000,  /* when something has failed, */
	REST_MS = 60 * 60 * 1000, /* when all have been seen, or a tenth of what they are kept if that is less, */
	REST_MIN_MS = 1000,
};

static struct metric expired = {
	.name = "xmpp_archive_expired_total", .help = "Messages deleted from the archive because of their age.", .kind = METRIC_COUNTER};

struct expiry {
	struct sm *sm;
	const struct archive *archive;
	struct timer timer;
	size_t host;         /* whose accounts are walked through */
	char *after;         /* the last account of those that have been read */
	struct list names;   /* of accounts that are still to do */
	bool more;           /* this host has more accounts */
};

struct name {
	struct list_node node;
	char text[];
};

static void expiry_step(struct expiry *e);

static void
names_free(struct expiry *e)
{
	while (e->names.len)
		free(list_entry(list_shift(&e->names), struct name, node));
}

static void
on_timer(struct timer *t)
{
	expiry_step(container_of(t, struct expiry, timer));
}

static void
go_on_after(struct expiry *e, uint64_t ms)
{
	timer_start(e->sm->loop, &e->timer, ms, on_timer);
}

/* ---- one account ---- */

static void
on_expired(void *arg, enum storage_result r, int64_t count)
{
	struct expiry *e = arg;

	metric_add(&expired, count);
	if (r == STORAGE_OK && count < ROWS)
		free(list_entry(list_shift(&e->names), struct name, node));
	go_on_after(e, r == STORAGE_OK ? PACE_MS : SOON_MS);
}

static void
expire_first(struct expiry *e)
{
	const struct name *n = list_entry(e->names.first, struct name, node);
	int64_t horizon = loop_wall_us(e->sm->loop) - (int64_t)e->archive->keep_ms * 1000;

	storage_log_expire(e->sm->storage, str_z(n->text), horizon, ROWS, on_expired, e);
}

/* ---- the next ones ---- */

static void
add_name(struct expiry *e, struct str owner)
{
	struct name *n;

	if (!slot_ours(e->sm, slot_of(owner)))
		return;
	n = xcalloc(1, sizeof(*n) + owner.n + 1);
	memcpy(n->text, owner.p, owner.n);
	list_append(&e->names, &n->node);
}

static void
set_after(struct expiry *e, struct str owner)
{
	free(e->after);
	e->after = str_dup(owner);
}

static void
on_accounts(void *arg, enum storage_result r, const struct account *rows, size_t count)
{
	struct expiry *e = arg;

	if (r != STORAGE_OK) {
		go_on_after(e, SOON_MS);
		return;
	}
	for (size_t i = 0; i < count; i++)
		add_name(e, rows[i].owner);
	e->more = count == ACCOUNTS;
	set_after(e, count ? rows[count - 1].owner : STR(""));
	if (!e->more) {
		e->host++;
		set_after(e, STR(""));
	}
	go_on_after(e, PACE_MS);
}

static void
read_accounts(struct expiry *e)
{
	storage_account_list(e->sm->storage, e->sm->hosts[e->host], str_z(e->after), ACCOUNTS, on_accounts, e);
}

/* ---- */

static uint64_t
rest_ms(const struct expiry *e)
{
	uint64_t tenth = e->archive->keep_ms / 10;

	return e->archive->keep_ms ? MAX(MIN(tenth, (uint64_t)REST_MS), (uint64_t)REST_MIN_MS) : REST_MS;
}

static void
expiry_step(struct expiry *e)
{
	if (!e->sm->storage_usable) {
		go_on_after(e, SOON_MS);
	} else if (e->names.len) {
		expire_first(e);
	} else if (e->host < e->sm->host_count) {
		read_accounts(e);
	} else {
		e->host = 0;
		go_on_after(e, rest_ms(e));
	}
}

struct expiry *
expiry_new(struct sm *sm, const struct archive *archive)
{
	struct expiry *e = xcalloc(1, sizeof(*e));

	e->sm = sm;
	e->archive = archive;
	e->after = xstrdup("");
	go_on_after(e, PACE_MS);
	return e;
}

void
expiry_hurry(struct expiry *e)
{
	if (timer_running(&e->timer)) /* otherwise it waits for storage, and goes on then */
		go_on_after(e, PACE_MS);
}

void
expiry_free(struct expiry **ep)
{
	struct expiry *e = *ep;

	*ep = NULL;
	if (!e)
		return;
	timer_stop(&e->timer);
	names_free(e);
	free(e->after);
	free(e);
}
