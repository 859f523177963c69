/* SPDX-License-Identifier: Apache-2.0 */
/* Counting strangers. Not here: the pace of bytes (flow.c), places for PLAIN (auth.c). */
#include "c2s/limits.h"

#include "c2s/keys.h"

#include <stdlib.h>

/* An address without connections is remembered this long: longer than its bucket of failures takes to fill up. */
enum { ADDRESS_IDLE_MS = 120 * 1000 };
/* The bucket counts in sixtieths of a failure, so that a number a minute is the same number a second. */
enum { FAILURE = 60 };

static struct str
key_of(const struct address *a)
{
	return str_n((const char *)a->key, a->key_len);
}

static void
forget(struct limits *l, struct address *a)
{
	map_take(&l->addresses, key_of(a));
	if (list_linked(&l->idle, &a->idle_node))
		list_remove(&l->idle, &a->idle_node);
	free(a);
}

void
limits_done(struct limits *l)
{
	struct address *a;
	uint64_t it = 0;

	while ((a = map_next(&l->addresses, &it)))
		forget(l, a);
	map_done(&l->addresses);
}

static struct address *
address_get(struct limits *l, const struct settings *set, const struct addr *peer, uint64_t now)
{
	struct buf key = {0};
	struct address *a;

	addr_limit_key(&key, peer);
	bug_if(key.n > ADDRESS_KEY_MAX);
	a = map_find(&l->addresses, buf_str(&key));
	if (!a) {
		a = xcalloc(1, sizeof(*a));
		memcpy(a->key, key.p, key.n);
		a->key_len = key.n;
		limit_init(&a->failures, set->failures_per_address, set->failures_per_address * FAILURE, now);
		map_put(&l->addresses, key_of(a), a);
	}
	buf_done(&key);
	return a;
}

static const char *
address_over(const struct address *a, const struct settings *set)
{
	if (a->connections >= set->connections_per_address)
		return "connections_per_address";
	if (a->unauthenticated >= set->unauthenticated_per_address)
		return "unauthenticated_per_address";
	return NULL;
}

/* Nothing keeps it: no connection, and nothing in its bucket worth remembering. */
static bool
is_blank(const struct address *a)
{
	return a->connections == 0 && (a->failures.rate == 0 || a->failures.milli >= a->failures.burst * 1000);
}

const char *
limits_admit(struct limits *l, const struct settings *set, const struct addr *peer, uint64_t now,
	     struct address **address_r)
{
	struct address *a = NULL;
	const char *over;

	*address_r = NULL;
	if (l->unauthenticated >= set->unauthenticated_max)
		return "unauthenticated_max";
	if (peer->sa.ss_family != AF_UNIX) {
		a = address_get(l, set, peer, now);
		over = address_over(a, set);
		if (over)
			return over;
		if (list_linked(&l->idle, &a->idle_node))
			list_remove(&l->idle, &a->idle_node);
		a->connections++;
		a->unauthenticated++;
	}
	l->unauthenticated++;
	*address_r = a;
	return NULL;
}

void
limits_authenticated(struct limits *l, struct address *a)
{
	bug_if(l->unauthenticated == 0);
	l->unauthenticated--;
	if (a)
		a->unauthenticated--;
}

void
limits_leave(struct limits *l, struct address *a, bool authenticated, uint64_t now)
{
	if (!authenticated)
		limits_authenticated(l, a);
	if (!a)
		return;
	bug_if(a->connections == 0);
	if (--a->connections > 0)
		return;
	if (is_blank(a)) {
		forget(l, a);
		return;
	}
	/* An attacker with many addresses must not make us remember all of them. */
	if (l->idle.len >= ADDRESS_IDLE_MAX)
		forget(l, list_entry(l->idle.first, struct address, idle_node));
	a->idle_since = now;
	list_append(&l->idle, &a->idle_node);
}

/* After a reload the bucket follows the new numbers. */
static void
adjust(const struct settings *set, struct address *a, uint64_t now)
{
	if (a->failures.rate != set->failures_per_address)
		limit_init(&a->failures, set->failures_per_address, set->failures_per_address * FAILURE, now);
}

bool
limits_may_try(const struct settings *set, struct address *a, uint64_t now)
{
	if (!a || set->failures_per_address == 0)
		return true;
	adjust(set, a, now);
	if (!limit_take(&a->failures, FAILURE, now))
		return false;
	a->failures.milli += FAILURE * 1000; /* only asked; what fails is charged */
	return true;
}

void
limits_failed(const struct settings *set, struct address *a, uint64_t now)
{
	if (!a || set->failures_per_address == 0)
		return;
	adjust(set, a, now);
	(void)limit_take(&a->failures, FAILURE, now);
}

void
limits_sweep(struct limits *l, uint64_t now)
{
	while (l->idle.first) {
		struct address *a = list_entry(l->idle.first, struct address, idle_node);

		if (now - a->idle_since < ADDRESS_IDLE_MS)
			return;
		forget(l, a);
	}
}
