/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials (doc/protocol.md section 4): asked of the owner of the name,
 * matched by id, given to the exchange that waits for them. No answer in time,
 * or none at all, is `temporary`: never a wrong password.
 */
#include "c2s/c2s.h"

enum { ASK_TIMEOUT_MS = 10000 };

static void
temporary(struct login *l)
{
	const struct sasl_credentials none = {.result = SASL_USER_TEMPORARY};

	sasl_server_credentials(l->sasl, &none);
}

static void
send_request(struct c2s *s, struct login *l, struct str user)
{
	struct word_credentials w = {.id = l->ask_id, .user = user, .host = str_z(l->host)};
	struct frame f = {
		.kind = FRAME_ROUTE,
		.host = w.host,
		.key = arena_printf(&l->arena, STR_FMT "@%s", STR_ARG(user), l->host),
	};

	word_write_credentials_get(component_begin(s->bus, &f), &w);
	component_end(s->bus);
}

void
ask_credentials(struct client *c, struct str user)
{
	struct c2s *s = c->c2s;
	struct login *l = c->login;

	if (!s->online) {
		temporary(l);
		return;
	}
	l->ask_id = ++s->asks_made;
	l->ask_since = loop_now(s->loop);
	list_append(&s->asks, &l->ask_node);
	send_request(s, l, user);
}

void
ask_forget(struct client *c)
{
	struct login *l = c->login;

	if (l->ask_id == 0)
		return;
	l->ask_id = 0;
	list_remove(&c->c2s->asks, &l->ask_node);
}

/* Few wait at a time, and most answers are for the oldest: a walk is cheaper than a table. */
static struct login *
take(struct c2s *s, uint64_t id)
{
	list_each(&s->asks, struct login, l, ask_node) {
		if (l->ask_id == id) {
			ask_forget(l->client);
			return l;
		}
	}
	return NULL;
}

void
ask_on_credentials(struct c2s *s, const struct stanza *payload)
{
	struct word_credentials w;
	struct login *l;

	if (word_read_credentials(payload, &w) < 0) {
		log_warning(s->log, "credentials that cannot be read came over the bus");
		return;
	}
	l = take(s, w.id);
	if (l)
		sasl_server_credentials(l->sasl, &w.stored);
	explicit_bzero(&w, sizeof(w));
}

void
ask_on_bounce(struct c2s *s, const struct stanza *payload)
{
	struct word_credentials w;
	struct login *l;

	if (word_read_credentials_get(payload, &w) < 0)
		return;
	l = take(s, w.id);
	if (l)
		temporary(l);
}

/* Each second. All wait equally long, so the first is the oldest. */
void
ask_sweep(struct c2s *s)
{
	while (s->asks.first) {
		struct login *l = list_entry(s->asks.first, struct login, ask_node);

		if (loop_now(s->loop) - l->ask_since < ASK_TIMEOUT_MS)
			return;
		ask_forget(l->client);
		temporary(l);
	}
}
