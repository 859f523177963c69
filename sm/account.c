/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials for c2s: the stored keys of an account, and nothing else of it (sm/account.h). */
#include "sm/account.h"

#include "common/metric.h"
#include "sm/bus.h"
#include "sm/session.h"
#include "sm/sm.h"

#include <stdlib.h>

static struct metric asked = {
	.name = "xmpp_credentials_requests_total", .help = "Requests of c2s for credentials.", .kind = METRIC_COUNTER};

struct asking {
	struct loose loose;
	struct sm *sm;
	uint64_t id;
	char from[72];
};

static void
answer(struct sm *sm, struct str to, uint64_t id, const struct sasl_credentials *stored)
{
	struct word_credentials w = {.id = id, .stored = *stored};
	struct buf b = {0};

	word_write_credentials(&b, &w);
	bus_send_word(sm, to, STR_NONE, 0, buf_str(&b));
	buf_done(&b);
}

static void
answer_code(struct sm *sm, struct str to, uint64_t id, enum sasl_result_code result)
{
	answer(sm, to, id, &(struct sasl_credentials){.result = result});
}

static void
read_scram(struct sasl_credentials *c, struct str lines)
{
	while (lines.p && lines.n) {
		struct str line = str_split(lines, '\n', &lines);
		struct scram_keys keys;

		if (scram_parse(line, &keys) < 0)
			continue;
		c->scram[keys.hash] = keys;
		c->has_scram[keys.hash] = true;
	}
}

static void
read_stored(struct sasl_credentials *c, const struct account *a)
{
	*c = (struct sasl_credentials){.result = a->disabled ? SASL_USER_DISABLED : SASL_USER_OK};
	read_scram(c, a->scram);
	if (a->digest_md5.n == sizeof(c->digest_md5) - 1)
		memcpy(c->digest_md5, a->digest_md5.p, a->digest_md5.n);
}

static void
asking_drop(struct loose *l)
{
	free(container_of(l, struct asking, loose));
}

static void
on_account(void *arg, enum storage_result r, const struct account *a)
{
	struct asking *q = arg;
	struct sasl_credentials c;

	if (r == STORAGE_OK)
		read_stored(&c, a);
	else
		c = (struct sasl_credentials){.result = r == STORAGE_NOT_FOUND ? SASL_USER_UNKNOWN : SASL_USER_TEMPORARY};
	answer(q->sm, str_z(q->from), q->id, &c);
	sm_found(q->sm, &q->loose);
	free(q);
}

void
account_credentials(struct sm *sm, const struct frame *f, const struct stanza *p)
{
	struct word_credentials w;
	struct asking *q;
	struct jid jid;

	if (word_read_credentials_get(p, &w) < 0 || f->from.n >= sizeof(q->from)) {
		log_warning(&sm->log, "bad <credentials/> from=%s", log_quote(f->from));
		return;
	}
	metric_add(&asked, 1);
	if (!sm_serves(sm, w.host) || !w.user.n) {
		answer_code(sm, f->from, w.id, SASL_USER_UNKNOWN);
		return;
	}
	q = xcalloc(1, sizeof(*q));
	q->sm = sm;
	q->id = w.id;
	memcpy(q->from, f->from.p, f->from.n);
	sm_loose(sm, &q->loose, asking_drop);
	jid_join(p->arena, w.user, w.host, STR_NONE, &jid);
	storage_account_get(sm->storage, jid.bare, on_account, q);
}

bool
account_answer_unusable(struct sm *sm, const struct frame *f, const struct stanza *p)
{
	struct word_credentials c;
	struct word_open o;
	struct buf b = {0};

	switch (word_of(p)) {
	case WORD_CREDENTIALS:
		if (word_read_credentials_get(p, &c) == 0)
			answer_code(sm, f->from, c.id, SASL_USER_TEMPORARY);
		return true;
	case WORD_OPEN:
		if (word_read_open(p, &o) == 0 && o.resume)
			return false;
		word_write_refused(&b, STANZA_ERR_RESOURCE_CONSTRAINT, "The database is away");
		bus_send_answer(sm, f->from, f->sid, ask_number(f->rid), 0, buf_str(&b));
		buf_done(&b);
		return true;
	default:
		return false;
	}
}
