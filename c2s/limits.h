/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one address, and all strangers together, may use up before they have
 * shown who they are (doc: users of the edge). Counted by IPv4 address and by
 * IPv6 /64 (addr_limit_key). Unix sockets count for nobody.
 */
#pragma once

#include "common/addr.h"
#include "common/limit.h"
#include "common/list.h"
#include "common/map.h"

struct settings;

enum { ADDRESS_KEY_MAX = 20, ADDRESS_IDLE_MAX = 65536 };

struct address { /* exists while it has connections, and a while after failed logins */
	unsigned char key[ADDRESS_KEY_MAX];
	size_t key_len;
	unsigned connections, unauthenticated;
	struct limit failures;
	struct list_node idle_node; /* in limits.idle while it has no connection */
	uint64_t idle_since;
};

struct limits {
	struct map addresses;
	struct list idle;
	size_t unauthenticated; /* in all, Unix sockets included */
};

void limits_done(struct limits *l);
/*
 * A new connection: counted, *address_r set (null for Unix sockets), null returned; or the name of the limit
 * that it hits and nothing counted.
 */
const char *limits_admit(struct limits *l, const struct settings *set, const struct addr *peer, uint64_t now,
			 struct address **address_r) MUST_CHECK;
void limits_authenticated(struct limits *l, struct address *a); /* it is a stranger no more */
/* The connection ends; authenticated: as told by limits_authenticated. */
void limits_leave(struct limits *l, struct address *a, bool authenticated, uint64_t now);
/* Failed logins: whether this address may try now, and one more. */
bool limits_may_try(const struct settings *set, struct address *a, uint64_t now);
void limits_failed(const struct settings *set, struct address *a, uint64_t now);
void limits_sweep(struct limits *l, uint64_t now); /* forget addresses that have been idle for long */
