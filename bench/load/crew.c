/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that all scenarios have in common: log in, be available, wait for the server, leave. */
#include "bench/load/crew.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { COMPLAINTS_MAX = 5, LOGIN_FAILURES_MAX = 50 };

static void
ignore_actor(struct actor *a)
{
	(void)a;
}

static void
ignore_stanza(struct actor *a, struct element e)
{
	(void)a;
	(void)e;
}

void
crew_broken(struct actor *a, const char *why)
{
	if (a->crew->broken++ < COMPLAINTS_MAX)
		fprintf(stderr, "%s: %s\n", a->account->jid, why ? why : "left");
}

/* --- set-up --- */

static void
resolve(struct crew *c)
{
	struct str server = str_z(c->plan->server);
	ssize_t colon = str_rchr(server, ':');
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
	char *host;
	int rc;

	if (colon <= 0)
		die(EXIT_CONFIG, "--server is HOST:PORT, not %s", c->plan->server);
	if (server.p[0] == '[' && server.p[colon - 1] == ']')
		host = str_dup(str_n(server.p + 1, (size_t)colon - 2));
	else
		host = str_dup(str_n(server.p, (size_t)colon));
	rc = getaddrinfo(host, server.p + colon + 1, &hints, &found);
	if (rc)
		die(EXIT_CONFIG, "--server %s: %s", c->plan->server, gai_strerror(rc));
	memcpy(&c->address, found->ai_addr, found->ai_addrlen);
	c->address_len = found->ai_addrlen;
	freeaddrinfo(found);
	free(host);
}

static void
make_tls(struct crew *c)
{
	const struct plan *p = c->plan;

	c->tls = SSL_CTX_new(TLS_client_method());
	if (!c->tls || !SSL_CTX_set_min_proto_version(c->tls, TLS1_2_VERSION))
		die(1, "TLS: no context");
	SSL_CTX_set_mode(c->tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
					 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (p->insecure)
		return;
	SSL_CTX_set_verify(c->tls, SSL_VERIFY_PEER, NULL);
	if (p->ca_file ? !SSL_CTX_load_verify_locations(c->tls, p->ca_file, NULL) : !SSL_CTX_set_default_verify_paths(c->tls))
		die(EXIT_CONFIG, "--ca %s: no certificates could be read from it", p->ca_file ? p->ca_file : "(the system's)");
}

static void
read_password(struct crew *c)
{
	const char *name = c->plan->password_file;
	FILE *f = fopen(name, "r");
	char line[1024];

	if (!f || !fgets(line, sizeof(line), f))
		die(EXIT_CONFIG, "--password-file %s: %s", name, f ? "it is empty" : strerror(errno));
	fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	c->password = xstrdup(line);
}

static void
raise_descriptors(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

void
crew_init(struct crew *c, const struct plan *plan)
{
	*c = (struct crew){.plan = plan, .tls_name = "none", .on_ready = ignore_actor, .on_synced = ignore_actor,
			   .on_stanza = ignore_stanza, .on_gone = crew_broken};
	raise_descriptors();
	resolve(c);
	make_tls(c);
	read_password(c);
	reactor_init(&c->reactor);
}

void
crew_enlist(struct crew *c, size_t accounts, size_t actors)
{
	bug_if(c->accounts || !accounts || !actors);
	c->account_count = accounts;
	c->accounts = xcalloc(accounts, sizeof(*c->accounts));
	for (size_t i = 0; i < accounts; i++) {
		struct load_account *a = &c->accounts[i];

		a->user = xasprintf("%s%zu", c->plan->user, (size_t)c->plan->first + i);
		a->jid = xasprintf("%s@%s", a->user, c->plan->domain);
	}
	c->actor_count = actors;
	c->actors = xcalloc(actors, sizeof(*c->actors));
	for (size_t i = 0; i < actors; i++) {
		c->actors[i].crew = c;
		c->actors[i].account = &c->accounts[i % accounts];
		c->actors[i].number = (unsigned)i;
	}
}

void
crew_done(struct crew *c)
{
	for (size_t i = 0; i < c->actor_count; i++)
		actor_drop(&c->actors[i]);
	for (size_t i = 0; i < c->account_count; i++) {
		free(c->accounts[i].user);
		free(c->accounts[i].jid);
	}
	free(c->actors);
	free(c->accounts);
	free(c->password);
	SSL_CTX_free(c->tls);
	reactor_done(&c->reactor);
}

void
crew_note_tls(struct crew *c, SSL *ssl)
{
	snprintf(c->tls_name, sizeof(c->tls_name), "%s %s", SSL_get_version(ssl), SSL_get_cipher_name(ssl));
}

/* --- steps --- */

/* Runs until everybody who is waited for has been heard of; dies when nobody has for --timeout. */
static void
finish_step(struct crew *c, const char *what)
{
	size_t before;

	while ((before = c->waiting) > 0)
		if (!reactor_run(&c->reactor, (uint64_t)(c->plan->timeout * (double)SECOND_NS)) && c->waiting == before)
			die(1, "%s: %zu clients still wait after %g s", what, c->waiting, c->plan->timeout);
}

static void
one_less(struct crew *c)
{
	if (--c->waiting == 0)
		reactor_stop(&c->reactor);
}

static void
login_next(struct crew *c)
{
	if (c->next < c->last)
		actor_start(&c->actors[c->next++]);
}

static void
login_ready(struct actor *a)
{
	login_next(a->crew);
	one_less(a->crew);
}

/* It tries again, so that a server with a weakness there can be measured elsewhere. That it was needed is a fault. */
static void
login_failed(struct actor *a, const char *why)
{
	if (++a->crew->failed_logins > LOGIN_FAILURES_MAX)
		die(1, "%s cannot log in: %s", a->account->jid, why ? why : "left");
	crew_broken(a, why);
	actor_start(a);
}

void
crew_login(struct crew *c, size_t from, size_t to)
{
	void (*on_ready)(struct actor *a) = c->on_ready;
	void (*on_gone)(struct actor *a, const char *why) = c->on_gone;

	c->on_ready = login_ready;
	c->on_gone = login_failed;
	c->next = from;
	c->last = to;
	c->waiting = to - from;
	for (uint64_t i = 0; i < c->plan->parallel; i++)
		login_next(c);
	finish_step(c, "login");
	c->on_ready = on_ready;
	c->on_gone = on_gone;
}

void
crew_presence(struct crew *c, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct actor *a = &c->actors[i];

		if (a->state != ACTOR_READY)
			continue;
		buf_addl(actor_out(a), "<presence/>");
		actor_wrote(a);
	}
}

static void
sync_answered(struct actor *a)
{
	one_less(a->crew);
}

void
crew_sync(struct crew *c, size_t from, size_t to)
{
	void (*on_synced)(struct actor *a) = c->on_synced;

	c->on_synced = sync_answered;
	c->waiting = 0;
	for (size_t i = from; i < to; i++)
		if (c->actors[i].state == ACTOR_READY) {
			c->waiting++;
			actor_sync(&c->actors[i]);
		}
	finish_step(c, "waiting for the server");
	c->on_synced = on_synced;
}

static void
left(struct actor *a, const char *why)
{
	(void)why; /* it is leaving; how the server takes it does not matter */
	one_less(a->crew);
}

void
crew_leave(struct crew *c, size_t from, size_t to)
{
	void (*on_gone)(struct actor *a, const char *why) = c->on_gone;

	c->on_gone = left;
	c->waiting = 0;
	for (size_t i = from; i < to; i++)
		if (c->actors[i].state == ACTOR_READY) {
			c->waiting++;
			actor_leave(&c->actors[i]);
		}
	finish_step(c, "leaving");
	c->on_gone = on_gone;
}
