/* SPDX-License-Identifier: Apache-2.0 */
/* An owner of a struct xml that writes down what it is told. */
#include "tests/fuzz/trace.h"

static void
add_field(struct buf *log, const char *name, struct str value)
{
	if (value.p)
		buf_addf(log, " %s=[" STR_FMT "]", name, STR_ARG(value));
}

static void
on_header(void *owner, const struct xml_header *h)
{
	struct trace *t = owner;

	buf_addl(&t->log, "header");
	add_field(&t->log, "name", h->name);
	add_field(&t->log, "ns", h->ns);
	add_field(&t->log, "prefix", h->prefix);
	add_field(&t->log, "content", h->content_ns);
	add_field(&t->log, "to", h->to);
	add_field(&t->log, "from", h->from);
	add_field(&t->log, "id", h->id);
	add_field(&t->log, "version", h->version);
	add_field(&t->log, "lang", h->lang);
	buf_addc(&t->log, '\n');
	if (t->hold_every) {
		t->held = true;
		xml_hold(t->x);
	}
}

static void
on_element(void *owner, struct str canonical, size_t raw)
{
	struct trace *t = owner;

	buf_addf(&t->log, "element %zu ", raw);
	buf_add(&t->log, canonical);
	buf_addc(&t->log, '\n');
	t->elements++;
	if (t->hold_every && t->elements % t->hold_every == 0) {
		t->held = true;
		xml_hold(t->x);
	}
	if (t->elements == t->restart_at)
		xml_restart(t->x);
	if (t->elements == t->stop_at)
		xml_stop(t->x);
}

static void
on_space(void *owner)
{
	struct trace *t = owner;
	struct str line = STR("space\n"), log = buf_str(&t->log);

	if (log.n < line.n || !str_eq(str_from(log, log.n - line.n), line))
		buf_add(&t->log, line);
}

static void
on_close(void *owner)
{
	struct trace *t = owner;

	buf_addl(&t->log, "close\n");
}

static const struct xml_events events = {on_header, on_element, on_space, on_close};

void
trace_init(struct trace *t, const struct xml_limits *limits)
{
	*t = (struct trace){0};
	t->x = xml_new(limits, &events, t);
}

void
trace_done(struct trace *t)
{
	xml_free(&t->x);
	buf_done(&t->log);
}

enum stream_condition
trace_feed(struct trace *t, struct str bytes)
{
	const char *why = NULL;
	enum stream_condition c = xml_feed(t->x, bytes, &why);

	while (!c && t->held) {
		t->held = false;
		c = xml_feed(t->x, STR_NONE, &why);
	}
	if (c) {
		bug_if(!why);
		buf_addf(&t->log, "error %s\n", stream_condition_name(c));
	}
	return c;
}
