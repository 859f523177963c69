/* SPDX-License-Identifier: Apache-2.0 */
/* Counts and acknowledgements of XEP-0198 on one client's stream (c2s/manage.h). Resuming is resume.c's. */
#include "c2s/c2s.h"

#include "c2s/metrics.h"
#include "common/rand.h"
#include "xmpp/out.h"

#include <stdlib.h>

enum { NEEDS_FIRST_CAP = 16 };
#define HAD (UINT64_C(1) << 63) /* in a need: the client had got it as that one before */

/* --- what the client has --- */

static void
needs_push(struct managed *m, uint64_t need)
{
	if (m->len == m->cap) {
		unsigned cap = m->cap ? 2 * m->cap : NEEDS_FIRST_CAP;
		uint64_t *bigger = xcalloc(cap, sizeof(*bigger));

		for (unsigned i = 0; i < m->len; i++)
			bigger[i] = m->needs[(m->head + i) & (m->cap - 1)];
		free(m->needs);
		m->needs = bigger;
		m->cap = cap;
		m->head = 0;
	}
	m->needs[(m->head + m->len++) & (m->cap - 1)] = need;
}

static void
needs_clear(struct managed *m)
{
	free(m->needs);
	m->needs = NULL;
	m->cap = m->head = m->len = 0;
}

/* Numbers up to the first one that the client may not have. */
static void
flush_needs(struct bond *bond)
{
	struct managed *m = bond->managed;
	uint64_t before = bond->flushed;

	while (m->len > 0 && (m->needs[m->head] & ~HAD) <= m->h) {
		m->head = (m->head + 1) & (m->cap - 1);
		m->len--;
		bond->flushed++;
	}
	if (m->len == 0)
		needs_clear(m);
	if (bond->flushed > before && bond->state == BOND_OPEN)
		ack_owe(bond);
}

/* --- at the end of the turn --- */

/* What its sm has dealt with; before that has come to <enable/> itself there is nothing to count. */
uint64_t
manage_handled(const struct bond *bond)
{
	return MAX(bond->acked, bond->managed->in_base) - bond->managed->in_base;
}

static void
write_a(struct client *c)
{
	struct bond *bond = c->bond;
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "a", NS_SM);
	out_attru(&o, "h", (uint32_t)manage_handled(bond));
	out_done(&o);
	client_write(c, buf_str(&b));
	buf_done(&b);
	bond->managed->tell = false;
}

static void
write_r(struct client *c)
{
	client_write(c, STR("<r xmlns='" NS_SM "'/>"));
	c->bond->managed->ask = false;
	c->bond->managed->asked = true;
}

static void
on_task(struct task *t)
{
	struct c2s *s = container_of(t, struct c2s, manage_task);

	while (s->manage_due.first) {
		struct managed *m = list_entry(list_shift(&s->manage_due), struct managed, due_node);
		struct client *c = m->bond->client;

		if (m->tell)
			write_a(c);
		if (m->ask)
			write_r(c);
	}
}

static void
due(struct managed *m)
{
	struct c2s *s = m->bond->c2s;

	if (!list_linked(&s->manage_due, &m->due_node))
		list_append(&s->manage_due, &m->due_node);
	loop_defer(s->loop, &s->manage_task, on_task);
}

static void
ask_soon(struct managed *m)
{
	if (m->asked)
		return; /* when the answer is here */
	m->ask = true;
	due(m);
}

void
manage_progress(struct bond *bond)
{
	if (!bond->client || bond->acked <= bond->managed->in_base)
		return;
	bond->managed->tell = true;
	due(bond->managed);
}

void
manage_sent(struct bond *bond)
{
	struct managed *m = bond->managed;

	needs_push(m, ++m->count);
	ask_soon(m);
}

static void
say_had(struct bond *bond, uint64_t number, uint64_t count)
{
	struct frame f = bond_frame(bond);

	word_write_had(component_begin(bond->c2s->bus, &f), number, count);
	component_end(bond->c2s->bus);
}

void
manage_had(struct bond *bond, uint64_t count)
{
	needs_push(bond->managed, count | HAD);
	say_had(bond, bond->received, count);
	flush_needs(bond);
}

void
manage_came_again(struct bond *bond, uint64_t number)
{
	const struct managed *m = bond->managed;
	uint64_t need;

	if (number <= bond->flushed || number - bond->flushed > m->len)
		return;
	need = m->needs[(m->head + number - bond->flushed - 1) & (m->cap - 1)];
	if (need & HAD)
		say_had(bond, number, need & ~HAD);
}

void
manage_ask(struct bond *bond)
{
	bond->managed->asked = false;
	ask_soon(bond->managed);
}

void
manage_anew(struct bond *bond)
{
	needs_clear(bond->managed);
	bond->flushed = bond->received;
}

struct word_manage
manage_word(const struct bond *bond)
{
	const struct managed *m = bond->managed;

	return (struct word_manage){
		.id = str_z(m->id), .in_base = m->in_base, .count = m->count, .max = m->max, .gen = m->gen, .acked = m->h};
}

void
manage_forget(struct bond *bond)
{
	if (bond->managed && list_linked(&bond->c2s->manage_due, &bond->managed->due_node))
		list_remove(&bond->c2s->manage_due, &bond->managed->due_node);
}

void
managed_free(struct bond *bond)
{
	struct managed *m = bond->managed;

	if (!m)
		return;
	manage_forget(bond);
	needs_clear(m);
	free(m);
	bond->managed = NULL;
}

void
client_answer(struct client *c, struct str canonical)
{
	struct buf b = {0};

	if (!c->bond || !c->bond->managed) {
		if (canonical.n)
			client_write(c, canonical);
		return;
	}
	word_write_echo(&b, canonical);
	if (b.n > FRAME_PAYLOAD_MAX) { /* it is escaped once more in there */
		client_fail(c, STREAM_POLICY_VIOLATION, "the answer to a stanza would be too large");
	} else {
		buf_add(bond_begin(c->bond), buf_str(&b));
		(void)bond_end(c->bond);
		flow_check_ring(c);
	}
	buf_done(&b);
}

/* --- what the client says --- */

static void
write_failed(struct client *c, enum stanza_condition condition)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "failed", NS_SM);
	out_leafz(&o, stanza_condition_name(condition), NS_STANZA_ERRORS, STR(""));
	out_done(&o);
	client_write(c, buf_str(&b));
	buf_done(&b);
}

/* Before a resource is bound, without having been enabled, or a second time. */
void
manage_on_untimely(struct client *c, const struct stanza *st)
{
	(void)st;
	write_failed(c, STANZA_ERR_UNEXPECTED_REQUEST);
}

void
resume_refused(struct client *c, enum stanza_condition condition)
{
	write_failed(c, condition);
}

static bool
is_true(struct str value)
{
	return str_is(value, "true") || str_is(value, "1");
}

/* As long as the client wants, and the operator allows. A guest cannot come back: nobody can prove to be that one. */
static uint64_t
time_away(const struct client *c, const struct stanza *st)
{
	uint64_t most = c->c2s->set.resume_time / 1000, wanted;

	if (!is_true(node_attr(st->arena, st->root, "resume")) || strcmp(c->bond->mechanism, "ANONYMOUS") == 0)
		return 0;
	if (str_to_u64(node_attr(st->arena, st->root, "max"), &wanted) < 0 || wanted == 0)
		return most;
	return MIN(wanted, most);
}

static void
write_enabled(struct client *c)
{
	const struct managed *m = c->bond->managed;
	struct str location = str_z(conf_str(c->c2s->conf, conf_c2s.name, NULL, "resume_location"));
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "enabled", NS_SM);
	if (m->max) {
		out_attrz(&o, "id", str_z(m->id));
		out_attrz(&o, "resume", STR("true"));
		out_attru(&o, "max", m->max);
		if (location.n)
			out_attrz(&o, "location", location);
	}
	out_done(&o);
	client_write(c, buf_str(&b));
	buf_done(&b);
}

void
manage_on_enable(struct client *c, const struct stanza *st)
{
	struct bond *bond = c->bond;
	struct managed *m;

	if (bond->managed) {
		manage_on_untimely(c, st);
		return;
	}
	(void)ack_value(bond); /* the last look at how far the socket has come */
	m = bond->managed = xcalloc(1, sizeof(*m));
	m->bond = bond;
	rand_token(m->id, SID_LEN);
	m->max = time_away(c, st);
	/* What is on its way to the socket came before <enabled/>: the client's first word about stanzas tells that it has it. */
	for (uint64_t n = bond->flushed; n < bond->received; n++)
		needs_push(m, 0);
	word_write_enable(bond_begin(bond), &(struct word_enable){.id = str_z(m->id), .out = bond->received, .max = m->max});
	(void)bond_end(bond);
	m->in_base = bond->sent;
	ack_forget(bond);
	write_enabled(c);
	if (m->len > 0)
		ask_soon(m);
	log_debug(&c->log, "stream management enabled max=%llu", (unsigned long long)m->max);
}

/* XEP-0198 "Acks": at once, whatever is the case. */
void
manage_on_r(struct client *c, const struct stanza *st)
{
	if (c->bond->managed)
		write_a(c);
	else
		manage_on_untimely(c, st);
}

/* XEP-0198 "Error Handling" */
static void
fail_too_high(struct client *c, uint64_t h)
{
	const struct managed *m = c->bond->managed;
	struct buf app = {0}, why = {0};
	struct out o;

	out_init(&o, &app, NS_CLIENT);
	out_openz(&o, "handled-count-too-high", NS_SM);
	out_attru(&o, "h", h);
	out_attru(&o, "send-count", (uint32_t)m->count);
	out_done(&o);
	buf_addf(&why, "You acknowledged %llu stanzas, but I only sent you %llu so far.", (unsigned long long)h,
		 (unsigned long long)(uint32_t)m->count);
	client_fail_app(c, STREAM_UNDEFINED_CONDITION, buf_z(&why), buf_str(&app));
	buf_done(&app);
	buf_done(&why);
}

void
manage_on_a(struct client *c, const struct stanza *st)
{
	struct managed *m = c->bond->managed;
	uint64_t h;
	uint32_t more, less;

	if (!m) {
		manage_on_untimely(c, st);
		return;
	}
	if (str_to_u64(node_attr(st->arena, st->root, "h"), &h) < 0 || h > UINT32_MAX) {
		client_fail(c, STREAM_POLICY_VIOLATION, "<a/> needs an h that is a number of 32 bits");
		return;
	}
	more = (uint32_t)h - (uint32_t)m->h; /* it wraps around */
	if (more > m->count - m->h) {
		less = (uint32_t)m->h - (uint32_t)h;
		if (less <= m->h && less <= UINT32_MAX / 2)
			return; /* an old one; it has been said better before */
		fail_too_high(c, h);
		return;
	}
	m->h += more;
	m->asked = false;
	if (m->h < m->count)
		ask_soon(m);
	flush_needs(c->bond);
}
