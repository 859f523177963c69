/* SPDX-License-Identifier: Apache-2.0 */
/* carillonctl user ...: accounts, through the sm that owns them. */
#include "ctl/ctl.h"
#include "ctl/password.h"

#include <stdlib.h>

enum { PAGE = 500 };

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
	return ctl_fail(ctl, CTL_USAGE, "%s: there is no host \"" STR_FMT "\" in %s", text, STR_ARG(jid_r->domain),
			ctl->config);
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
	enum ctl_exit code;

	if (ctl->count != 1)
		return ctl_fail(ctl, CTL_USAGE, "one account is needed: user@host");
	code = ctl_user(ctl, a, ctl->args[0], jid);
	return code == CTL_OK ? ctl_bus(ctl) : code;
}

static enum ctl_exit
set_password(struct ctl *ctl, const char *what)
{
	struct arena memory = {0};
	struct jid jid;
	struct buf password = {0}, keys = {0}, why = {0};
	bool digest_md5 = ctl_flag(ctl, "--digest-md5");
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
cmd_user_show(struct ctl *ctl)
{
	return about_one(ctl, "user-show");
}

/* Any sm can list a host's accounts: they are in the database. */
static const struct member *
any_sm(struct ctl *ctl)
{
	const struct member *m;
	size_t it = 0;

	while ((m = component_next_member(ctl_component(ctl), &it)))
		if (m->up && str_is(m->role, "sm"))
			return m;
	return NULL;
}

static enum ctl_exit
list_host(struct ctl *ctl, const struct member *sm, struct str host)
{
	struct str after = STR("");
	struct reply reply;
	enum ctl_exit code;

	do {
		struct request r = {.what = "user-list", .to = sm->name,
				    .attrs = {{"host", host}, {"after", after}, {"max", STR("500")}}};
		const struct table_row *last;

		code = ctl_ask(ctl, &r, &reply);
		if (code != CTL_OK)
			return ctl_refused(ctl, code, &reply, "user list");
		last = ctl->table.rows.last ? list_entry(ctl->table.rows.last, struct table_row, node) : NULL;
		after = last ? table_get(last, "jid") : STR("");
	} while (reply.rows == PAGE);
	return CTL_OK;
}

enum ctl_exit
cmd_user_list(struct ctl *ctl)
{
	const char *const *hosts;
	size_t count = conf_titles(ctl->conf, "host", &hosts);
	const struct member *sm;
	enum ctl_exit code = ctl_bus(ctl);

	if (code != CTL_OK)
		return code;
	sm = any_sm(ctl);
	if (!sm)
		return ctl_fail(ctl, CTL_UNREACHABLE, "no sm is on the bus: is carillon-sm running?");
	for (size_t i = 0; code == CTL_OK && i < count; i++)
		if (ctl->count == 0 || strcmp(ctl->args[0], hosts[i]) == 0)
			code = list_host(ctl, sm, str_z(hosts[i]));
	return code;
}
