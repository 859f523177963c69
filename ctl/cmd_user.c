/* SPDX-License-Identifier: Apache-2.0 */
/* carillonctl user ...: accounts, through the sm that owns them. */
#include "ctl/ctl.h"
#include "ctl/password.h"

#include <stdlib.h>

static enum ctl_exit
no_such_host(const struct ctl *ctl, const char *text, struct str host)
{
	return ctl_fail(ctl, CTL_USAGE, "%s: there is no host \"" STR_FMT "\" in %s", text, STR_ARG(host), ctl->config);
}

enum ctl_exit
ctl_user(struct ctl *ctl, struct arena *a, const char *text, struct jid *jid_r)
{
	const char *const *hosts;
	size_t count = conf_titles(ctl->conf, "host", &hosts);
	const char *why = "";

	if (jid_prep(a, str_z(text), jid_r, &why) < 0)
		return ctl_fail(ctl, CTL_USAGE, "%s: not a valid address: %s", text, why);
	if (!jid_r->node.p || !jid_is_bare(jid_r))
		return ctl_fail(ctl, CTL_USAGE, "%s: an account is written as user@host", text);
	for (size_t i = 0; i < count; i++) {
		struct str host;

		if (jid_prep_domain(a, str_z(hosts[i]), &host) == 0 && str_eq(host, jid_r->domain))
			return CTL_OK;
	}
	return no_such_host(ctl, text, jid_r->domain);
}

/* Asks the owner of `jid`; prints a refusal. */
static enum ctl_exit
ask_owner(struct ctl *ctl, const char *what, const struct jid *jid, struct str children)
{
	struct request r = {.what = what, .host = jid->domain, .key = jid->bare, .attrs = {{"jid", jid->bare}},
			    .children = children};
	struct reply reply;
	char *subject;
	enum ctl_exit code = ctl_ask(ctl, &r, &reply);

	if (code == CTL_OK)
		return CTL_OK;
	subject = str_dup(jid->bare);
	ctl_refused(ctl, code, &reply, subject);
	free(subject);
	return code;
}

/* The accounts' one argument, and the bus. */
static enum ctl_exit
begin(struct ctl *ctl, struct arena *a, struct jid *jid)
{
	enum ctl_exit code = ctl_user(ctl, a, ctl->args[0], jid);

	return code == CTL_OK ? ctl_bus(ctl) : code;
}

static enum ctl_exit
set_password(struct ctl *ctl, const char *what)
{
	struct arena memory = {0};
	struct jid jid;
	struct buf password = {0}, keys = {0}, why = {0};
	bool digest_md5 = ctl_flag(ctl, "--digest-md5"); /* before the arguments are looked at */
	enum ctl_exit code = begin(ctl, &memory, &jid);

	if (code == CTL_OK) {
		unsigned iterations = (unsigned)conf_int(ctl->conf, "cluster", NULL, "scram_iterations");

		if (password_read(&password, ctl->args[0], &why) < 0 ||
		    password_write_keys(&keys, buf_str(&password), &jid, iterations, digest_md5, &why) < 0)
			code = ctl_fail(ctl, CTL_USAGE, "%s", buf_z(&why));
		else
			code = ask_owner(ctl, what, &jid, buf_str(&keys));
	}
	password_wipe(&password);
	password_wipe(&keys);
	buf_done(&why);
	arena_done(&memory);
	return code;
}

enum ctl_exit
cmd_user_add(struct ctl *ctl)
{
	return set_password(ctl, "user-add");
}

enum ctl_exit
cmd_user_passwd(struct ctl *ctl)
{
	return set_password(ctl, "user-passwd");
}

static enum ctl_exit
about_one(struct ctl *ctl, const char *what)
{
	struct arena memory = {0};
	struct jid jid;
	enum ctl_exit code = begin(ctl, &memory, &jid);

	if (code == CTL_OK)
		code = ask_owner(ctl, what, &jid, STR_NONE);
	arena_done(&memory);
	return code;
}

enum ctl_exit
cmd_user_del(struct ctl *ctl)
{
	return about_one(ctl, "user-del");
}

enum ctl_exit
cmd_user_disable(struct ctl *ctl)
{
	return about_one(ctl, "user-disable");
}

enum ctl_exit
cmd_user_enable(struct ctl *ctl)
{
	return about_one(ctl, "user-enable");
}

enum ctl_exit
cmd_user_show(struct ctl *ctl)
{
	return about_one(ctl, "user-show");
}

/* Accounts of the one host that is `wanted`, or of all when that is null. */
static enum ctl_exit
list_hosts(struct ctl *ctl, struct arena *a, struct str sm, struct str wanted)
{
	const char *const *hosts;
	size_t count = conf_titles(ctl->conf, "host", &hosts), found = 0;
	enum ctl_exit code = CTL_OK;

	for (size_t i = 0; code == CTL_OK && i < count; i++) {
		struct str host;

		if (jid_prep_domain(a, str_z(hosts[i]), &host) < 0 || (wanted.p && !str_eq(wanted, host)))
			continue;
		found++;
		code = ctl_list(ctl, "user-list", sm, "host", host);
	}
	return wanted.p && !found ? no_such_host(ctl, "user list", wanted) : code;
}

enum ctl_exit
cmd_user_list(struct ctl *ctl)
{
	struct arena memory = {0};
	struct str sm, wanted = STR_NONE;
	enum ctl_exit code = CTL_OK;

	if (ctl->count && jid_prep_domain(&memory, str_z(ctl->args[0]), &wanted) < 0)
		code = ctl_fail(ctl, CTL_USAGE, "%s: not a domain", ctl->args[0]);
	if (code == CTL_OK)
		code = ctl_bus(ctl);
	if (code == CTL_OK) {
		sm = ctl_members(ctl, &memory, "sm")[0]; /* any: accounts are in the database */
		code = sm.p ? list_hosts(ctl, &memory, sm, wanted)
			    : ctl_fail(ctl, CTL_UNREACHABLE, "no sm is on the bus: is carillon-sm running?");
	}
	arena_done(&memory);
	return code;
}
