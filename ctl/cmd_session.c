/* SPDX-License-Identifier: Apache-2.0 */
/* carillonctl session ...: who is logged in. */
#include "ctl/ctl.h"

enum ctl_exit
cmd_session_list(struct ctl *ctl)
{
	struct arena memory = {0};
	struct jid jid = {0};
	enum ctl_exit code = ctl->count ? ctl_user(ctl, &memory, ctl->args[0], &jid) : CTL_OK;

	if (code == CTL_OK)
		code = ctl_bus(ctl);
	if (code == CTL_OK)
		for (const struct str *sm = ctl_members(ctl, &memory, "sm"); code == CTL_OK && sm->p; sm++)
			code = ctl_list(ctl, "session-list", *sm, "jid", jid.bare);
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

	if (jid_prep(&memory, str_z(ctl->args[0]), &jid, &bad) < 0 || !jid.node.p)
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
