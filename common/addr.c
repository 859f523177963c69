/* SPDX-License-Identifier: Apache-2.0 */
/* Socket addresses from text and to text. Not for: names (io_connect resolves them). */
#include "common/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static int
wrong(const char **why_r, const char *why)
{
	*why_r = why;
	return -1;
}

static int
parse_unix(struct addr *a, struct str path, const char **why_r)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	if (!path.n || path.p[0] != '/')
		return wrong(why_r, "a Unix socket needs an absolute path: unix:/run/carillon/name.sock");
	if (path.n >= sizeof(un.sun_path))
		return wrong(why_r, "the path of a Unix socket has at most 107 bytes");
	if (str_chr(path, '\0') >= 0)
		return wrong(why_r, "the path of a Unix socket holds no NUL");
	memcpy(un.sun_path, path.p, path.n);
	memcpy(&a->sa, &un, sizeof(un));
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.n + 1);
	return 0;
}

static int
parse_port(struct str text, in_port_t *port_r, const char **why_r)
{
	uint64_t port;

	if (str_to_u64(text, &port) < 0 || port > 65535)
		return wrong(why_r, "the port is a number from 0 to 65535, as in 127.0.0.1:5222");
	*port_r = htons((uint16_t)port);
	return 0;
}

/* inet_pton with a slice. */
static bool
parse_ip(int family, struct str text, void *ip_r)
{
	char z[INET6_ADDRSTRLEN];

	if (text.n >= sizeof(z) || str_chr(text, '\0') >= 0)
		return false;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	return inet_pton(family, z, ip_r) == 1;
}

static int
parse_ip6(struct addr *a, struct str text, const char **why_r)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	ssize_t end = str_chr(text, ']');

	if (end < 0 || (size_t)end + 1 >= text.n || text.p[end + 1] != ':')
		return wrong(why_r, "an IPv6 address is written in brackets with a port: [::1]:5222");
	if (!parse_ip(AF_INET6, str_n(text.p + 1, (size_t)end - 1), &in6.sin6_addr))
		return wrong(why_r, "between the brackets stands an IPv6 address: [::1]:5222");
	if (parse_port(str_from(text, (size_t)end + 2), &in6.sin6_port, why_r) < 0)
		return -1;
	memcpy(&a->sa, &in6, sizeof(in6));
	a->len = sizeof(in6);
	return 0;
}

static int
parse_ip4(struct addr *a, struct str text, const char **why_r)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	ssize_t colon = str_rchr(text, ':');

	if (colon < 0)
		return wrong(why_r, "a port is missing: 127.0.0.1:5222 or [::1]:5222");
	if (str_chr(text, ':') != colon)
		return wrong(why_r, "an IPv6 address is written in brackets with a port: [::1]:5222");
	if (!parse_ip(AF_INET, str_n(text.p, (size_t)colon), &in.sin_addr))
		return wrong(why_r, "a numeric address is needed: 127.0.0.1:5222, [::1]:5222 or unix:/path");
	if (parse_port(str_from(text, (size_t)colon + 1), &in.sin_port, why_r) < 0)
		return -1;
	memcpy(&a->sa, &in, sizeof(in));
	a->len = sizeof(in);
	return 0;
}

int
addr_parse(struct addr *a, struct str text, const char **why_r)
{
	*a = (struct addr){0};
	if (str_starts(text, STR("unix:")))
		return parse_unix(a, str_from(text, 5), why_r);
	if (text.n && text.p[0] == '[')
		return parse_ip6(a, text, why_r);
	return parse_ip4(a, text, why_r);
}

/* The IPv4 address, also of one that comes in IPv6's clothes (::ffff:192.0.2.1); null when there is none. */
static const unsigned char *
ip4_of(const struct addr *a)
{
	if (a->sa.ss_family == AF_INET)
		return (const unsigned char *)&((const struct sockaddr_in *)&a->sa)->sin_addr;
	if (a->sa.ss_family == AF_INET6) {
		const struct in6_addr *ip = &((const struct sockaddr_in6 *)&a->sa)->sin6_addr;

		return IN6_IS_ADDR_V4MAPPED(ip) ? ip->s6_addr + 12 : NULL;
	}
	return NULL;
}

void
addr_print_host(struct buf *out, const struct addr *a)
{
	char z[INET6_ADDRSTRLEN];
	const unsigned char *ip4 = ip4_of(a);

	if (ip4)
		buf_addz(out, inet_ntop(AF_INET, ip4, z, sizeof(z)));
	else if (a->sa.ss_family == AF_INET6)
		buf_addz(out, inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)&a->sa)->sin6_addr, z,
					sizeof(z)));
	else
		buf_addz(out, a->sa.ss_family == AF_UNIX ? "unix" : "unknown");
}

static void
print_unix(struct buf *out, const struct addr *a)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&a->sa;
	size_t head = offsetof(struct sockaddr_un, sun_path);

	buf_addl(out, "unix:");
	if (a->len > head)
		buf_addn(out, un->sun_path, strnlen(un->sun_path, a->len - head));
}

void
addr_print(struct buf *out, const struct addr *a)
{
	bool ip6 = a->sa.ss_family == AF_INET6 && !ip4_of(a);

	if (a->sa.ss_family == AF_UNIX) {
		print_unix(out, a);
		return;
	}
	if (ip6)
		buf_addc(out, '[');
	addr_print_host(out, a);
	if (ip6)
		buf_addc(out, ']');
	if (a->sa.ss_family == AF_INET)
		buf_addf(out, ":%u", ntohs(((const struct sockaddr_in *)&a->sa)->sin_port));
	else if (a->sa.ss_family == AF_INET6)
		buf_addf(out, ":%u", ntohs(((const struct sockaddr_in6 *)&a->sa)->sin6_port));
}

void
addr_limit_key(struct buf *out, const struct addr *a)
{
	const unsigned char *ip4 = ip4_of(a);

	if (ip4) {
		buf_addc(out, '4');
		buf_addn(out, ip4, 4);
	} else if (a->sa.ss_family == AF_INET6) {
		buf_addc(out, '6');
		buf_addn(out, &((const struct sockaddr_in6 *)&a->sa)->sin6_addr, 8);
	} else {
		buf_addc(out, 'u');
	}
}
