/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Socket addresses as configuration writes them: "127.0.0.1:5222",
 * "[::]:5222", "unix:/run/carillon/router-1.sock", and for connecting also
 * "name:port" (resolved by io_connect).
 */
#pragma once

#include "common/buf.h"

#include <sys/socket.h>
#include <sys/un.h>

struct addr {
	socklen_t len;
	struct sockaddr_storage sa;
};

/* Numeric addresses and Unix paths. 0, or -1 with what is wrong and what would be right in *why_r (static). */
int addr_parse(struct addr *a, struct str text, const char **why_r) MUST_CHECK;
/* "203.0.113.5:4711", "[2001:db8::1]:4711", "unix:/path"; appends. */
void addr_print(struct buf *out, const struct addr *a);
void addr_print_host(struct buf *out, const struct addr *a); /* without the port; "unix" for a Unix socket */
/* The part that limits count by: IPv4 whole, IPv6 by its /64; Unix sockets all alike. Appends binary bytes. */
void addr_limit_key(struct buf *out, const struct addr *a);
