/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carillonctl's place on the bus: an instance of role ctl that asks one thing
 * at a time and runs the loop until the answer is there.
 */
#include "common/log.h"
#include "common/rand.h"
#include "common/utf8.h"
#include "ctl/ctl.h"
#include "xmpp/stanza.h"

#include <stdio.h>
#include <stdlib.h>

enum { CONNECT_MS = 5000, COMPLETE_MS = 2000, TURN_MS = 50, ANSWER_MS = 15000, LEAVE_MS = 2000, PAGE = 500 };

struct bus {
	struct loop *loop;
	struct component *component;
	struct timer deadline;
	struct ctl *ctl;
	char name[24], boot[17];
	bool waiting_online;
	/* the question under way */
	char id[13];
	struct reply *reply;
	bool answered;
};

static const struct log_ctx *const silent = NULL;

static void
wake(struct bus *bus)
{
	loop_stop(bus->loop);
}

static void
on_deadline(struct timer *t)
{
	wake(container_of(t, struct bus, deadline));
}

static void
run(struct bus *bus, uint64_t ms)
{
	timer_start(bus->loop, &bus->deadline, ms, on_deadline);
	loop_run(bus->loop);
	timer_stop(&bus->deadline);
}

void
ctl_bus_run(struct ctl *ctl, uint64_t ms)
{
	run(ctl->bus, ms);
}

/* ---- answers ---- */

/* Each attribute of a <row/> is a cell; canonical XML, so ` name='value'` again and again. */
static void
add_row(struct ctl *ctl, struct arena *a, const struct node *row)
{
	struct table_row *to = table_add(&ctl->table);
	struct str rest = row->attrs;

	while ((rest = str_trim(rest)).n) {
		ssize_t eq = str_chr(rest, '=');
		ssize_t end = eq < 0 ? -1 : str_chr(str_from(rest, (size_t)eq + 2), '\'');
		char *name;

		if (end < 0)
			return;
		name = str_dup(str_n(rest.p, (size_t)eq));
		if (strcmp(name, "xmlns") != 0)
			table_cell(&ctl->table, to, str_z(name), node_attr(a, row, name));
		free(name);
		rest = str_from(rest, (size_t)(eq + 2 + end + 1));
	}
}

static void
copy_text(char *to, size_t size, struct str text)
{
	snprintf(to, size, STR_FMT, STR_ARG(utf8_cut(text, size - 1)));
}

static void
take_answer(struct bus *bus, struct arena *a, const struct stanza *st)
{
	struct reply *reply = bus->reply;

	for (struct node *row = node_child(st->root, "row", NULL); row; row = node_next(row, "row", NULL)) {
		add_row(bus->ctl, a, row);
		reply->rows++;
	}
	if (str_is(node_attr(a, st->root, "more"), "1"))
		return;
	copy_text(reply->result, sizeof(reply->result), node_attr(a, st->root, "result"));
	copy_text(reply->text, sizeof(reply->text), node_attr(a, st->root, "text"));
	bus->answered = true;
	wake(bus);
}

/* Whether the frame has to do with the question under way, and not with one that was given up. */
static bool
is_about(const struct bus *bus, const struct frame *f, const char *word, struct arena *a, struct stanza *st)
{
	return bus->reply && stanza_parse(st, a, f->payload, NULL) == 0 && stanza_is(st, word, NS_ADMIN) &&
	       str_is(node_attr(a, st->root, "id"), bus->id);
}

static void
on_frame(struct component *c, const struct frame *f)
{
	struct bus *bus = component_owner(c);
	struct arena memory = {0};
	struct stanza st;

	if (is_about(bus, f, "done", &memory, &st))
		take_answer(bus, &memory, &st);
	arena_done(&memory);
}

static void
on_bounced(struct component *c, const struct frame *f)
{
	struct bus *bus = component_owner(c);
	struct arena memory = {0};
	struct stanza st;

	if (is_about(bus, f, "do", &memory, &st)) {
		copy_text(bus->reply->result, sizeof(bus->reply->result), STR("unreachable"));
		copy_text(bus->reply->text, sizeof(bus->reply->text), f->reason);
		bus->answered = true;
		wake(bus);
	}
	arena_done(&memory);
}

static void
on_member(struct component *c, const struct member *m)
{
	(void)m;
	wake(component_owner(c)); /* somebody waits for members */
}

static void
on_online(struct component *c, bool online)
{
	struct bus *bus = component_owner(c);

	if (online && bus->waiting_online)
		wake(bus);
}

static const struct component_events events = {
	.frame = on_frame, .bounced = on_bounced, .member = on_member, .online = on_online};

/* ---- being there ---- */

static void
on_left(struct component *c)
{
	wake(component_owner(c));
}

static void
bus_free(struct bus **bp)
{
	struct bus *bus = *bp;

	*bp = NULL;
	if (!bus)
		return;
	if (bus->component && component_online(bus->component)) {
		component_leave(bus->component, on_left); /* routers report those who just vanish */
		run(bus, LEAVE_MS);
	}
	component_free(&bus->component);
	loop_free(&bus->loop);
	free(bus);
}

/* routers: null for those of the configuration. Null with why. */
static struct bus *
bus_new(struct ctl *ctl, const char *const *routers, struct buf *why)
{
	struct bus *bus = xcalloc(1, sizeof(*bus));
	struct component_opts opts = {0};
	char token[9];

	rand_token(token, 8);
	for (char *p = token; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	snprintf(bus->name, sizeof(bus->name), "ctl-%s", token);
	rand_token(bus->boot, 16);
	bus->ctl = ctl;
	bus->loop = loop_new();
	opts.loop = bus->loop;
	opts.log = silent;
	opts.name = bus->name;
	opts.role = "ctl";
	opts.boot = bus->boot;
	if (component_opts_from_conf(&opts, ctl->conf, why) < 0) {
		bus_free(&bus);
		return NULL;
	}
	if (routers)
		opts.routers = routers;
	bus->component = component_new(&opts, &events, bus);
	return bus;
}

static bool
bus_wait_online(struct bus *bus, uint64_t ms)
{
	uint64_t until = loop_now(bus->loop) + ms;

	bus->waiting_online = true;
	while (!component_online(bus->component) && loop_now(bus->loop) < until)
		run(bus, until - loop_now(bus->loop));
	bus->waiting_online = false;
	return component_online(bus->component);
}

static enum ctl_exit
say_unreachable(const struct ctl *ctl)
{
	const char *const *routers;
	size_t n = conf_list(ctl->conf, "cluster", NULL, "routers", &routers);
	const char *trouble = component_trouble(ctl->bus->component);

	return ctl_fail(ctl, CTL_UNREACHABLE,
			"no router answers at %s%s: is the server running, and is cluster.secret the same?%s%s%s",
			n ? routers[0] : "(none configured)", n > 1 ? " or the others" : "", trouble ? " (" : "",
			trouble ? trouble : "", trouble ? ")" : "");
}

enum ctl_exit
ctl_bus(struct ctl *ctl)
{
	return ctl_bus_patient(ctl, CONNECT_MS);
}

enum ctl_exit
ctl_bus_patient(struct ctl *ctl, uint64_t ms)
{
	struct buf why = {0};
	enum ctl_exit code = CTL_OK;

	if (ctl->bus)
		return CTL_OK;
	log_set_level(LOG_LEVEL_ERROR); /* what matters here is said by the command */
	ctl->bus = bus_new(ctl, NULL, &why);
	if (!ctl->bus)
		code = ctl_fail(ctl, CTL_USAGE, "%s", buf_z(&why));
	else if (!bus_wait_online(ctl->bus, ms))
		code = say_unreachable(ctl);
	buf_done(&why);
	return code;
}

void
ctl_bus_done(struct ctl *ctl)
{
	bus_free(&ctl->bus);
}

struct component *
ctl_component(struct ctl *ctl)
{
	return ctl->bus->component;
}

static bool
answers(const struct member *m, const char *role)
{
	if (!m->up || str_is(m->role, "ctl") || str_is(m->role, "external"))
		return false;
	return !role || str_is(m->role, role);
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct str *
ctl_members(struct ctl *ctl, struct arena *a, const char *role)
{
	const struct component *c = ctl_component(ctl);
	const struct member *m;
	struct str *names;
	uint64_t it = 0;
	size_t count = 0;

	while ((m = component_next_member(c, &it)))
		count += answers(m, role);
	names = arena_zalloc(a, (count + 1) * sizeof(*names));
	it = count = 0;
	while ((m = component_next_member(c, &it)))
		if (answers(m, role))
			names[count++] = arena_str(a, m->name);
	qsort(names, count, sizeof(*names), by_name);
	return names;
}

/* ---- asking ---- */

static void
write_request(struct buf *b, const struct bus *bus, const struct request *r)
{
	struct out o;

	out_init(&o, b, NS_CLIENT);
	out_openz(&o, "do", NS_ADMIN);
	out_attrz(&o, "id", str_z(bus->id));
	out_attrz(&o, "what", str_z(r->what));
	for (size_t i = 0; i < ARRAY_LEN(r->attrs) && r->attrs[i].name; i++)
		out_attrz(&o, r->attrs[i].name, r->attrs[i].value);
	if (r->children.n)
		out_raw(&o, r->children);
	out_done(&o);
}

static enum ctl_exit
code_of(const struct reply *reply)
{
	if (strcmp(reply->result, "ok") == 0)
		return CTL_OK;
	if (strcmp(reply->result, "unreachable") == 0 || strcmp(reply->result, "temporary") == 0)
		return CTL_UNREACHABLE;
	return CTL_FAILED;
}

static enum ctl_exit
bus_ask(struct bus *bus, const struct request *r, struct reply *reply)
{
	struct buf payload = {0};
	struct frame f = {.kind = FRAME_ROUTE, .to = r->to, .host = r->host, .key = r->key};
	uint64_t until = loop_now(bus->loop) + ANSWER_MS;

	rand_token(bus->id, 12);
	*reply = (struct reply){0};
	bus->reply = reply;
	bus->answered = false;
	write_request(&payload, bus, r);
	f.payload = buf_str(&payload);
	component_send(bus->component, &f);
	buf_done(&payload);
	while (!bus->answered && loop_now(bus->loop) < until)
		run(bus, until - loop_now(bus->loop));
	bus->reply = NULL;
	if (!bus->answered) {
		copy_text(reply->result, sizeof(reply->result), STR("unreachable"));
		copy_text(reply->text, sizeof(reply->text), STR("no answer in time"));
	}
	return code_of(reply);
}

/* Whether it came back from a router that knows less than another one that we are not on yet: one has just been restarted. */
static bool
worth_another_try(struct bus *bus, const struct reply *reply)
{
	if (strcmp(reply->text, "no-instance") != 0 || component_complete(bus->component))
		return false;
	for (unsigned ms = 0; ms < COMPLETE_MS && !component_complete(bus->component); ms += TURN_MS)
		run(bus, TURN_MS);
	return true;
}

enum ctl_exit
ctl_ask(struct ctl *ctl, const struct request *r, struct reply *reply)
{
	enum ctl_exit code = bus_ask(ctl->bus, r, reply);

	if (code == CTL_UNREACHABLE && worth_another_try(ctl->bus, reply))
		code = bus_ask(ctl->bus, r, reply);
	return code;
}

enum ctl_exit
ctl_list(struct ctl *ctl, const char *what, struct str to, const char *name, struct str value)
{
	struct str after = STR("");
	struct reply reply;
	enum ctl_exit code;

	do {
		struct request r = {.what = what, .to = to, .attrs = {{name, value}, {"after", after}, {"max", STR("500")}}};
		const struct table_row *last;

		code = ctl_ask(ctl, &r, &reply);
		if (code != CTL_OK)
			return ctl_refused(ctl, code, &reply, what);
		last = ctl->table.rows.last ? list_entry(ctl->table.rows.last, struct table_row, node) : NULL;
		after = last ? table_get(last, "jid") : STR("");
	} while (reply.rows == PAGE);
	return CTL_OK;
}

enum ctl_exit
ctl_ask_router(struct ctl *ctl, const char *address, const struct request *r, struct reply *reply)
{
	const char *routers[] = {address, NULL};
	struct buf why = {0};
	struct bus *bus = bus_new(ctl, routers, &why);
	struct request to_it = *r;
	enum ctl_exit code = CTL_UNREACHABLE;

	*reply = (struct reply){.result = "unreachable"};
	if (!bus) {
		copy_text(reply->text, sizeof(reply->text), buf_str(&why));
	} else if (!bus_wait_online(bus, CONNECT_MS)) {
		snprintf(reply->text, sizeof(reply->text), "no router answers at %s: %s", address,
			 component_trouble(bus->component) ? component_trouble(bus->component) : "silence");
	} else {
		to_it.to = component_router(bus->component, 0);
		if (!r->to.p || str_eq(r->to, to_it.to))
			code = bus_ask(bus, &to_it, reply);
		else
			copy_text(reply->text, sizeof(reply->text), STR("no router in cluster.routers has that name"));
	}
	bus_free(&bus);
	buf_done(&why);
	return code;
}

enum ctl_exit
ctl_refused(const struct ctl *ctl, enum ctl_exit code, const struct reply *reply, const char *subject)
{
	static const struct {
		const char *result, *says;
	} words[] = {
		{"exists", "exists already"},
		{"not-found", "not found"},
		{"invalid", "the server finds the request invalid"},
		{"temporary", "the database is away; try again later"},
		{"unsupported", "that daemon cannot do this"},
		{"unreachable", "nobody answers for it"},
	};
	const char *says = reply->result;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].result, reply->result) == 0)
			says = words[i].says;
	return ctl_fail(ctl, code, "%s: %s%s%s%s", subject, says, reply->text[0] ? " (" : "", reply->text,
			reply->text[0] ? ")" : "");
}
