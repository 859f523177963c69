/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where PostgreSQL is. libpq's connection strings are taken apart for three
 * things that libpq does not do for a program that must not block: looking up
 * names elsewhere, beginning with another host at each try (libpq's own walk
 * through the hosts has no time limit for each when it is driven from outside),
 * and insisting on a server that can be written to.
 *
 * Hosts that come from a service file or from PGHOST are left to libpq.
 */
#include "storage/sql_pgsql.h"

#include <netdb.h>
#include <stdlib.h>

enum { PARAMS_MAX = 80 };

static const char *
option(const struct pg_where *w, const char *keyword)
{
	for (const PQconninfoOption *o = w->options; o && o->keyword; o++)
		if (strcmp(o->keyword, keyword) == 0)
			return o->val && *o->val ? o->val : NULL;
	return NULL;
}

static bool
known(const struct pg_where *w, const char *keyword)
{
	for (const PQconninfoOption *o = w->options; o && o->keyword; o++)
		if (strcmp(o->keyword, keyword) == 0)
			return true;
	return false;
}

static void
add_place(struct pg_where *w, char *host, char *addr, char *port)
{
	w->places = xrealloc(w->places, (w->count + 1) * sizeof(*w->places));
	w->places[w->count++] = (struct pg_place){host, addr, port};
}

/* The next item of a comma-separated list; "" when there are no more. */
static char *
next_item(struct str *rest)
{
	return str_dup(rest->p ? str_split(*rest, ',', rest) : STR(""));
}

static void
split_places(struct pg_where *w)
{
	struct str hosts = str_z(option(w, "host")), addrs = str_z(option(w, "hostaddr"));
	struct str ports = str_z(option(w, "port")), one_port = str_chr(ports, ',') < 0 ? ports : STR_NONE;

	while (hosts.p || addrs.p) {
		char *host = next_item(&hosts), *addr = next_item(&addrs);

		add_place(w, host, addr, one_port.p ? str_dup(one_port) : next_item(&ports));
	}
}

int
pg_where_init(struct pg_where *w, const char *conninfo, struct buf *why)
{
	char *error = NULL;

	*w = (struct pg_where){.options = PQconninfoParse(conninfo, &error)};
	if (w->options)
		split_places(w);
	else
		buf_add(why, str_trim(str_z(error ? error : "out of memory")));
	PQfreemem(error);
	return w->options ? 0 : -1;
}

static void
free_places(struct pg_place *places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(places[i].host);
		free(places[i].addr);
		free(places[i].port);
	}
	free(places);
}

void
pg_where_done(struct pg_where *w)
{
	free_places(w->places, w->count);
	PQconninfoFree(w->options);
	*w = (struct pg_where){0};
}

/* --- names --- */

static bool
is_name(const struct pg_place *p)
{
	return *p->host && *p->host != '/' && *p->host != '@' && !*p->addr;
}

static void
add_resolved(struct pg_where *w, const struct pg_place *from, struct buf *why)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *list = NULL;
	int rc = getaddrinfo(from->host, NULL, &hints, &list);
	char text[NI_MAXHOST];

	if (rc != 0) /* a machine whose only address is the loopback's has nothing "configured" */
		rc = getaddrinfo(from->host, NULL, &(struct addrinfo){.ai_socktype = SOCK_STREAM}, &list);
	if (rc != 0) {
		buf_addf(why, "%scannot find the address of %s: %s", why->n ? "; " : "", from->host, gai_strerror(rc));
		return;
	}
	for (const struct addrinfo *a = list; a; a = a->ai_next)
		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) == 0)
			add_place(w, xstrdup(from->host), xstrdup(text), xstrdup(from->port));
	freeaddrinfo(list);
}

int
pg_where_resolve(struct pg_where *w, struct buf *why)
{
	struct pg_place *from = w->places;
	size_t count = w->count, had = why->n;

	w->places = NULL;
	w->count = 0;
	for (size_t i = 0; i < count; i++) {
		if (is_name(&from[i]))
			add_resolved(w, &from[i], why);
		else
			add_place(w, xstrdup(from[i].host), xstrdup(from[i].addr), xstrdup(from[i].port));
	}
	free_places(from, count);
	if (count && !w->count)
		return -1;
	why->n = had; /* those that are left will do */
	return 0;
}

/* --- connecting --- */

struct params {
	const char *keys[PARAMS_MAX + 1];
	const char *values[PARAMS_MAX + 1];
	size_t n;
	struct arena arena;
};

static void
set(struct params *p, const char *key, const char *value)
{
	bug_if(p->n == PARAMS_MAX);
	p->keys[p->n] = key;
	p->values[p->n++] = value;
}

static void
set_default(struct params *p, const struct pg_where *w, const char *key, const char *value)
{
	if (known(w, key) && !option(w, key))
		set(p, key, value);
}

static bool
is_place_key(const char *key)
{
	return strcmp(key, "host") == 0 || strcmp(key, "hostaddr") == 0 || strcmp(key, "port") == 0;
}

static void
set_places(struct params *p, const struct pg_where *w, size_t first)
{
	struct buf hosts = {0}, addrs = {0}, ports = {0};

	for (size_t i = 0; i < w->count; i++) {
		const struct pg_place *place = &w->places[(first + i) % w->count];

		buf_addf(&hosts, "%s%s", i ? "," : "", place->host);
		buf_addf(&addrs, "%s%s", i ? "," : "", place->addr);
		buf_addf(&ports, "%s%s", i ? "," : "", place->port);
	}
	if (w->count) {
		set(p, "host", arena_str(&p->arena, buf_str(&hosts)).p);
		set(p, "hostaddr", arena_str(&p->arena, buf_str(&addrs)).p);
		set(p, "port", arena_str(&p->arena, buf_str(&ports)).p);
	}
	buf_done(&hosts);
	buf_done(&addrs);
	buf_done(&ports);
}

static void
make_params(struct params *p, const struct pg_where *w, size_t first, uint64_t timeout)
{
	for (const PQconninfoOption *o = w->options; o->keyword; o++)
		if (o->val && *o->val && !is_place_key(o->keyword))
			set(p, o->keyword, o->val);
	set_places(p, w, first);
	set(p, "client_encoding", "UTF8");
	set_default(p, w, "fallback_application_name", "carillon");
	set_default(p, w, "target_session_attrs", "read-write");
	set_default(p, w, "keepalives_idle", "30");
	set_default(p, w, "keepalives_interval", "10");
	set_default(p, w, "keepalives_count", "3");
	set_default(p, w, "tcp_user_timeout", arena_printf(&p->arena, "%llu", (unsigned long long)timeout).p);
	set_default(p, w, "connect_timeout",
		    arena_printf(&p->arena, "%llu", (unsigned long long)(timeout + 999) / 1000).p);
}

static void
on_notice(void *arg, const char *message)
{
	(void)arg;
	log_debug(NULL, "postgresql: %s", log_quote(str_trim(str_z(message))));
}

PGconn *
pg_where_start(const struct pg_where *w, size_t first, uint64_t timeout)
{
	struct params p = {.n = 0};
	PGconn *pq;

	make_params(&p, w, first, timeout);
	pq = PQconnectStartParams(p.keys, p.values, 0);
	arena_done(&p.arena);
	if (pq)
		PQsetNoticeProcessor(pq, on_notice, NULL);
	return pq;
}

PGconn *
pg_where_connect(const struct pg_where *w, uint64_t timeout)
{
	struct params p = {.n = 0};
	PGconn *pq;

	make_params(&p, w, 0, timeout);
	pq = PQconnectdbParams(p.keys, p.values, 0);
	arena_done(&p.arena);
	if (pq)
		PQsetNoticeProcessor(pq, on_notice, NULL);
	return pq;
}

/* --- words --- */

/* One line, for logs; without libpq's own hints, which are on lines that begin with a tab. */
static void
add_lines(struct buf *out, struct str text)
{
	const char *sep = "";

	while (text.p) {
		struct str line = str_split(text, '\n', &text);

		if (line.n == 0 || line.p[0] == '\t')
			continue;
		buf_addz(out, sep);
		buf_add(out, str_trim(line));
		sep = "; ";
	}
}

void
pg_explain(struct buf *out, const char *message)
{
	static const struct {
		const char *sign, *advice;
	} known_errors[] = {
		{"database \"", "create it: createdb --encoding=UTF8 --template=template0 NAME, then carillonctl db migrate"},
		{"role \"", "create it: createuser NAME"},
		{"authentication failed", "check user and password in `postgresql` of the configuration (or .pgpass), and "
					  "pg_hba.conf on the server"},
		{"no password supplied", "give one in `postgresql` of the configuration, best as ${NAME}, or in .pgpass"},
		{"no pg_hba.conf entry", "allow this host, user and database in pg_hba.conf on the server"},
		{"session is read-only", "none of the hosts is a primary now"},
		{"Connection refused", "is PostgreSQL running there, and listening on that address?"},
		{"No such file or directory", "is PostgreSQL running there, with its socket in that directory?"},
		{"permission denied for", "the tables belong to another role: grant access, or migrate as this one"},
	};
	struct str text = str_trim(str_z(message));

	add_lines(out, text);
	for (size_t i = 0; i < ARRAY_LEN(known_errors); i++) {
		if (str_find(text, str_z(known_errors[i].sign)) >= 0) {
			buf_addf(out, ": %s", known_errors[i].advice);
			break;
		}
	}
}

int
pg_check_encoding(PGconn *pq, struct buf *why)
{
	const char *encoding = PQparameterStatus(pq, "server_encoding");

	if (encoding && strcmp(encoding, "UTF8") == 0)
		return 0;
	buf_addf(why, "the database has the encoding %s, not UTF8: make another one with createdb --encoding=UTF8 "
		      "--template=template0 NAME", encoding ? encoding : "?");
	return -1;
}
