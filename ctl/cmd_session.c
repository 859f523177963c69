/* SPDX-License-Identifier: Apache-2.0 */
/* carillonctl session ...: who is logged in. */
#include "ctl/ctl.h"

enum { PAGE = 500 };

static enum ctl_exit
list_of(struct ctl *ctl, struct str sm, struct str jid)
{
	struct str after = STR("");
	struct reply reply;
	enum ctl_exit code;

	do {
		struct request r = {.what = "session-list", .to = sm,
				    .attrs = {{"jid", jid}, {"after", after}, {"max", STR("500")}}};
		const struct table_row *last;

		code = ctl_ask(ctl, &r, &reply);
		if (code != CTL_OK)
			return ctl_refused(ctl, code, &reply, "session list");
		last = ctl->table.rows.last ? list_entry(ctl->table.rows.last, struct table_row, node) : NULL;
		after = last ? table_get(last, "jid") : STR("");
	} while (reply.rows == PAGE);
	return CTL_OK;
}

enum ctl_exit
cmd_session_list(struct ctl *ctl)
{
	struct arena memory = {0};
	struct jid jid = {0};
	const struct member *m;
	size_t it = 0;
	enum ctl_exit code = ctl->count ? ctl_user(ctl, &memory, ctl->args[0], &jid) : CTL_OK;

	if (code == CTL_OK)
		code = ctl_bus(ctl);
	while (code == CTL_OK && (m = component_next_member(ctl_component(ctl), &it)))
		if (m->up && str_is(m->role, "sm"))
			code = list_of(ctl, arena_str(&memory, m->name), jid.bare);
	arena_done(&memory);
	return code;
}

enum ctl_exit
cmd_session_kick(struct ctl *ctl)
{
	struct arena memory = {0};
	struct jid jid;
	struct reply reply;
	const char *reason = ctl_option(ctl, "--reason"), *bad = "";
	enum ctl_exit code = CTL_OK;

	if (ctl->count != 1)
		code = ctl_fail(ctl, CTL_USAGE, "one address is needed: user@host for all sessions, or user@host/resource");
	else if (jid_prep(&memory, str_z(ctl->args[0]), &jid, &bad) < 0 || !jid.node.p)
		code = ctl_fail(ctl, CTL_USAGE, "%s: not an address of a user: %s", ctl->args[0], bad);
	if (code == CTL_OK)
		code = ctl_bus(ctl);
	if (code == CTL_OK) {
		struct request r = {.what = "session-kick", .host = jid.domain, .key = jid.bare,
				    .attrs = {{"jid", jid.full}, {"reason", str_z(reason)}}};

		code = ctl_ask(ctl, &r, &reply);
		if (code != CTL_OK)
			ctl_refused(ctl, code, &reply, ctl->args[0]);
	}
	arena_done(&memory);
	return code;
}
