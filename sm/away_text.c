/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that are away, written and read (sm/away_text.h). */
#include "sm/away_text.h"

#include "sm/had.h"
#include "sm/mailbox.h"
#include "sm/manage.h"
#include "sm/outbound.h"
#include "sm/session.h"
#include "sm/sm.h"
#include "xmpp/out.h"

/* ---- writing ---- */

static void
write_word(struct out *o, const struct sm_session *s)
{
	const struct manage *m = s->manage;
	struct word_resumed w = {
		.asked = str_z(m->asker[0] ? m->asker : s->sid),
		.jid = s->jid.full,
		.in = s->in.done,
		.out = s->out_seq - s->unacked.len,
		.interested = s->interested,
		.presence = s->presence ? chunk_str(s->presence) : STR_NONE,
		.manage = manage_word(s),
		.keep = s->keep ? chunk_str(s->keep) : STR_NONE,
	};
	struct buf b = {0}, had = {0};

	if (!m->stored.live)
		had_tell(s, m->count, &had);
	w.had = buf_str(&had);
	word_write_resumed(&b, &w);
	out_raw(o, buf_str(&b));
	buf_done(&b);
	buf_done(&had);
}

static int64_t
until(const struct sm_session *s)
{
	uint64_t now = loop_now(s->sm->loop), over = s->manage->since + s->manage->max * 1000;

	return loop_wall_us(s->sm->loop) + (over > now ? (int64_t)(over - now) * 1000 : 0);
}

void
away_print_head(struct buf *out, const struct sm_session *s, int64_t since)
{
	const struct manage *m = s->manage;
	struct out o;

	out_init(&o, out, NS_CLIENT);
	out_openz(&o, "away", NS_WORDS);
	if (m->stored.live)
		out_attrz(&o, "live", STR("1"));
	if (m->resuming.waits || m->given)
		out_attrz(&o, "given", STR("1"));
	out_attru(&o, "until", (uint64_t)until(s));
	out_attru(&o, "since", (uint64_t)since);
	out_attru(&o, "asked", s->asked);
	out_attru(&o, "born", s->born);
	out_attrz(&o, "address", str_z(s->address));
	out_attrz(&o, "secure", str_z(s->secure));
	out_attrz(&o, "mechanism", str_z(s->mechanism));
	write_word(&o, s);
	out_done(&o);
}

struct printing {
	struct out o;
	bool any;
	struct buf *out;
};

static void
print_item(void *arg, uint64_t at, struct str stanza, const struct entry *e)
{
	struct printing *p = arg;

	if (!p->any) {
		out_init(&p->o, p->out, NS_CLIENT);
		out_openz(&p->o, "away", NS_WORDS);
		p->any = true;
	}
	out_openz(&p->o, "item", NULL);
	out_attru(&p->o, "at", at);
	if (e) {
		out_attru(&p->o, "id", (uint64_t)e->id);
		out_attru(&p->o, "flags", e->flags);
		if (e->rid[0])
			out_attrz(&p->o, "rid", str_z(e->rid));
	}
	out_text(&p->o, stanza);
	out_close(&p->o);
}

uint64_t
away_print_piece(struct buf *out, const struct sm_session *s, uint64_t after)
{
	struct printing p = {.out = out};

	outbound_each(s, after, print_item, &p);
	if (p.any)
		out_done(&p.o);
	return s->out_seq;
}

/* ---- reading ---- */

static int
read_away(struct arena *a, struct str text, struct stanza *p)
{
	return stanza_parse(p, a, text, NULL) == 0 && node_is(p->root, "away", NS_WORDS) ? 0 : -1;
}

static uint64_t
number(const struct stanza *p, const struct node *n, const char *name)
{
	uint64_t v;

	return str_to_u64(node_attr(p->arena, n, name), &v) == 0 ? v : 0;
}

static bool
flag(const struct stanza *p, const char *name)
{
	return str_is(node_attr(p->arena, p->root, name), "1");
}

int
away_read_head(struct arena *a, struct str text, struct away_head *h_r)
{
	struct stanza p, word;

	*h_r = (struct away_head){0};
	if (read_away(a, text, &p) < 0)
		return -1;
	word = p;
	word.root = node_child(p.root, "resumed", NS_WORDS);
	if (!word.root || word_read_resumed(&word, &h_r->w) < 0 || h_r->w.manage.id.n != SID_LEN)
		return -1;
	h_r->live = flag(&p, "live");
	h_r->given = flag(&p, "given");
	h_r->until = (int64_t)number(&p, p.root, "until");
	h_r->since = (int64_t)number(&p, p.root, "since");
	h_r->asked = number(&p, p.root, "asked");
	h_r->born = number(&p, p.root, "born");
	h_r->address = node_attr(a, p.root, "address");
	h_r->secure = node_attr(a, p.root, "secure");
	h_r->mechanism = node_attr(a, p.root, "mechanism");
	return 0;
}

int
away_read_piece(struct arena *a, struct str text, void (*each)(void *arg, const struct away_item *item), void *arg)
{
	struct stanza p;

	if (read_away(a, text, &p) < 0)
		return -1;
	for (const struct node *n = p.root->child; n; n = n->next) {
		struct away_item item = {
			.at = number(&p, n, "at"),
			.id = (int64_t)number(&p, n, "id"),
			.flags = (unsigned)number(&p, n, "flags"),
			.rid = node_attr(a, n, "rid"),
			.stanza = node_text(a, n),
		};

		each(arg, &item);
	}
	return 0;
}
