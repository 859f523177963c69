/* SPDX-License-Identifier: Apache-2.0 */
/* carillonctl status, slots, wait, reload, drain: the daemons themselves. */
#include "ctl/ctl.h"
#include "ctl/supervisor.h"
#include "xmpp/slot.h"

#include <stdio.h>
#include <stdlib.h>

/* What an overview shows as text; about one daemon, and in JSON, there is all of it. */
static const char *const overview[] = {"name", "role", "state", "version", "uptime", "pid", "cpu-ms", "rss", "sessions", NULL};

/* A router tells of its links too; in an overview each daemon speaks for itself. */
static void
keep_routers_and_externals(struct table *t, const struct list_node *before)
{
	struct list_node *node = before ? before->next : t->rows.first, *next;

	for (; node; node = next) {
		struct str role = table_get(list_entry(node, struct table_row, node), "role");

		next = node->next;
		if (!str_is(role, "router") && !str_is(role, "external"))
			list_remove(&t->rows, node);
	}
}

/* Asks every router, then every member that answers such questions. Sets *failed_r to how many did not. */
static void
ask_all(struct ctl *ctl, const char *what, unsigned *failed_r)
{
	const char *const *routers;
	size_t count = conf_list(ctl->conf, "cluster", NULL, "routers", &routers);
	struct arena memory = {0};
	struct reply reply;

	*failed_r = 0;
	for (size_t i = 0; i < count; i++) {
		const struct list_node *last = ctl->table.rows.last;
		enum ctl_exit code = ctl_ask_router(ctl, routers[i], &(struct request){.what = what}, &reply);

		keep_routers_and_externals(&ctl->table, last);
		if (code != CTL_OK) {
			ctl_fail(ctl, CTL_UNREACHABLE, "router at %s: %s", routers[i], reply.text);
			++*failed_r;
		}
	}
	for (const struct str *name = ctl_members(ctl, &memory, NULL); name->p; name++) {
		if (ctl_ask(ctl, &(struct request){.what = what, .to = *name}, &reply) != CTL_OK) {
			ctl_fail(ctl, CTL_UNREACHABLE, STR_FMT ": %s %s", STR_ARG(*name), reply.result, reply.text);
			++*failed_r;
		}
	}
	arena_done(&memory);
}

/* One daemon by name. A router is found by asking each. */
static enum ctl_exit
ask_named(struct ctl *ctl, const char *what, const char *name)
{
	const char *const *routers;
	size_t count = conf_list(ctl->conf, "cluster", NULL, "routers", &routers);
	struct reply reply = {0};
	enum ctl_exit code = CTL_UNREACHABLE;

	if (strncmp(name, "router-", 7) != 0)
		code = ctl_ask(ctl, &(struct request){.what = what, .to = str_z(name)}, &reply);
	else
		for (size_t i = 0; i < count && code != CTL_OK; i++)
			code = ctl_ask_router(ctl, routers[i], &(struct request){.what = what, .to = str_z(name)}, &reply);
	if (code != CTL_OK)
		ctl_refused(ctl, code, &reply, name);
	return code;
}

static enum ctl_exit
one_or_all(struct ctl *ctl, const char *what)
{
	unsigned failed;
	enum ctl_exit code = ctl_bus(ctl);

	if (code != CTL_OK)
		return code;
	if (ctl->count)
		return ask_named(ctl, what, ctl->args[0]);
	ctl->table.only = overview;
	ask_all(ctl, what, &failed);
	return failed ? CTL_FAILED : CTL_OK;
}

enum ctl_exit
cmd_status(struct ctl *ctl)
{
	return one_or_all(ctl, "status");
}

enum ctl_exit
cmd_reload(struct ctl *ctl)
{
	return one_or_all(ctl, "reload");
}

enum ctl_exit
cmd_drain(struct ctl *ctl)
{
	return one_or_all(ctl, "drain");
}

enum ctl_exit
cmd_slots(struct ctl *ctl)
{
	const struct member *m;
	uint64_t it = 0;
	enum ctl_exit code = ctl_bus(ctl);

	if (code != CTL_OK)
		return code;
	while ((m = component_next_member(ctl_component(ctl), &it))) {
		struct table_row *row;
		unsigned owned = 0;
		char count[12];

		if (!str_is(m->role, "sm"))
			continue;
		for (unsigned slot = 0; slot < SLOT_COUNT; slot++) {
			const struct member *owner = component_slot_owner(ctl_component(ctl), slot);

			owned += owner && str_eq(owner->name, m->name);
		}
		snprintf(count, sizeof(count), "%u", owned);
		row = table_add(&ctl->table);
		table_cell(&ctl->table, row, STR("owner"), m->name);
		table_cell(&ctl->table, row, STR("state"), m->draining ? STR("draining") : m->up ? STR("up") : STR("gone"));
		table_cell(&ctl->table, row, STR("slots"), str_z(count));
	}
	return code;
}

/* ---- wait: until what the configuration says runs, is ready, and is on every router ---- */

/* Rows of the role in that state: "ready" is what a daemon says of itself, "up" what a router says of its link. */
static unsigned
count_rows(const struct ctl *ctl, const char *role, const char *state)
{
	unsigned count = 0;

	list_each(&ctl->table.rows, struct table_row, row, node)
		if (str_is(table_get(row, "role"), role) && str_is(table_get(row, "state"), state))
			count++;
	return count;
}

static void
check_role(struct ctl *ctl, const char *role, unsigned wanted, struct buf *missing)
{
	const char *const *items;
	size_t routers = conf_list(ctl->conf, "cluster", NULL, "routers", &items);
	unsigned ready = count_rows(ctl, role, "ready"), linked = count_rows(ctl, role, "up");

	if (ready < wanted)
		buf_addf(missing, "%s%u of %u %s ready", missing->n ? ", " : "", ready, wanted, role);
	else if (strcmp(role, "router") != 0 && linked < wanted * routers)
		buf_addf(missing, "%s%u of %zu links of %s to routers", missing->n ? ", " : "", linked, wanted * routers, role);
}

static bool
all_ready(struct ctl *ctl, struct buf *missing)
{
	const char *const *items;
	size_t count = conf_list(ctl->conf, "supervisor", NULL, "daemons", &items);

	for (size_t i = 0; i < count; i++) {
		struct buf why = {0};
		char role[16];
		unsigned wanted;

		if (supervisor_parse(items[i], role, &wanted, &why) == 0)
			check_role(ctl, role, wanted, missing);
		buf_done(&why);
	}
	return missing->n == 0;
}

/* Status of all without complaints: while the server starts, silence is normal. */
static bool
look(struct ctl *ctl, struct buf *missing)
{
	const char *const *routers;
	size_t count = conf_list(ctl->conf, "cluster", NULL, "routers", &routers);
	struct request r = {.what = "status"};
	struct arena memory = {0};
	struct reply reply;

	table_done(&ctl->table);
	for (size_t i = 0; i < count; i++) {
		if (ctl_ask_router(ctl, routers[i], &r, &reply) == CTL_OK)
			continue;
		buf_addf(missing, "%s", reply.text);
		break;
	}
	for (const struct str *name = ctl_members(ctl, &memory, NULL); name->p; name++)
		(void)ctl_ask(ctl, &(struct request){.what = "status", .to = *name}, &reply);
	arena_done(&memory);
	return all_ready(ctl, missing);
}

enum ctl_exit
cmd_wait(struct ctl *ctl)
{
	const char *text = ctl_option(ctl, "--timeout");
	uint64_t seconds = 30, until;
	struct buf missing = {0};
	enum ctl_exit code = CTL_UNREACHABLE;

	if (text && str_to_u64(str_z(text), &seconds) < 0)
		return ctl_fail(ctl, CTL_USAGE, "--timeout takes seconds, not \"%s\"", text);
	until = uv_hrtime() / 1000000 + seconds * 1000;
	if (ctl_bus_patient(ctl, seconds * 1000) != CTL_OK)
		return CTL_UNREACHABLE;
	do {
		buf_clear(&missing);
		if (look(ctl, &missing)) {
			code = CTL_OK;
			break;
		}
		ctl_bus_run(ctl, 200); /* or until a member appears */
	} while (uv_hrtime() / 1000000 < until);
	table_done(&ctl->table); /* the answer is the exit status */
	if (code != CTL_OK)
		ctl_fail(ctl, code, "not ready after %llu s: %s", (unsigned long long)seconds, buf_z(&missing));
	buf_done(&missing);
	return code;
}
