/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of sm, and the sections of its modules: `enabled` and what each brings along (sm/keys.h). */
#include "sm/keys.h"

#include "common/daemon.h"
#include "sm/modules.h"

#include <stdlib.h>

enum { MODULES_MAX = 128, MODULE_KEYS_MAX = 31, NAME_MAX_LEN = 40 };

static const struct conf_key sm_keys[] = {
	{.name = "user_sessions", .type = CONF_INT, .def = "20", .min = 1, .max = 1000, .flags = CONF_RELOAD,
	 .help = "Sessions that one user may have at the same time. One more is refused with resource-constraint."},
	{.name = "roster_items", .type = CONF_INT, .def = "2000", .min = 1, .max = 100000, .flags = CONF_RELOAD,
	 .help = "Contacts in one roster."},
	{.name = "offline_messages", .type = CONF_INT, .def = "1000", .min = 0, .max = 1000000, .flags = CONF_RELOAD,
	 .help = "Messages that may wait for a user who is away. The sender of one more gets service-unavailable "
		 "(XEP-0160)."},
	{.name = "unacked_stanzas", .type = CONF_INT, .def = "10000", .min = 100, .max = 100000, .flags = CONF_RELOAD,
	 .help = "Stanzas that may wait for one client to take them. Over it the session ends with resource-constraint, and "
		 "its messages wait in the log."},
	{.name = "unacked_bytes", .type = CONF_SIZE, .def = "4M", .min = 1048576, .max = 1073741824, .flags = CONF_RELOAD,
	 .help = "The same in bytes."},
	{.name = "queue_stanzas", .type = CONF_INT, .def = "1000", .min = 10, .max = 100000, .flags = CONF_RELOAD,
	 .help = "Stanzas from others that may wait for one account while it is loaded or its roster is written. The sender "
		 "of one more gets resource-constraint."},
	{.name = "queue_bytes", .type = CONF_SIZE, .def = "4M", .min = 65536, .max = 1073741824, .flags = CONF_RELOAD,
	 .help = "The same in bytes."},
	{.name = "idle", .type = CONF_DURATION, .def = "60s", .min = 1000, .max = 86400000, .flags = CONF_RELOAD,
	 .help = "How long an account without sessions stays in memory."},
	{0},
};

static void
check_sm(const struct conf *c, const struct conf_section *s, const char *title, struct buf *problems)
{
	const char *const *titles;

	(void)s, (void)title;
	if (conf_titles(c, conf_host.name, &titles) == 0)
		buf_addl(problems, "no host is configured; write host \"example.org\" { } with your domain\n");
}

const struct conf_section conf_sm = {
	.name = "sm",
	.keys = sm_keys,
	.check = check_sm,
	.help = "Session managers: accounts, sessions, rosters, presence and messages.",
};

struct module_section {
	struct conf_section section;
	struct conf_key keys[MODULE_KEYS_MAX + 2];
	char name[NAME_MAX_LEN], help[256];
};

static void
section_make(struct module_section *s, const struct module *m)
{
	size_t n = 0;
	struct buf b = {0};

	buf_addf(&b, "mod_%s", m->name);
	bug_if(b.n >= sizeof(s->name));
	memcpy(s->name, buf_z(&b), b.n + 1);
	buf_clear(&b);
	buf_addf(&b, "The module %s%s%s%s.", m->name, m->xep ? " (" : "", m->xep ? m->xep : "", m->xep ? ")" : "");
	bug_if(b.n >= sizeof(s->help));
	memcpy(s->help, buf_z(&b), b.n + 1);
	buf_done(&b);
	s->keys[n++] = (struct conf_key){.name = "enabled", .type = CONF_BOOL, .def = m->off_by_default ? "no" : "yes",
					 .help = "Whether the module is used."};
	for (const struct conf_key *k = m->keys; k && k->name; k++) {
		bug_if(n > MODULE_KEYS_MAX);
		s->keys[n++] = *k;
	}
	s->section = (struct conf_section){.name = s->name, .keys = s->keys, .help = s->help};
}

const struct conf_section *const *
sm_module_sections(void)
{
	static struct module_section made[MODULES_MAX];
	static const struct conf_section *list[MODULES_MAX + 1];

	if (list[0])
		return list;
	for (size_t i = 0; modules_all[i]; i++) {
		bug_if(i >= MODULES_MAX);
		section_make(&made[i], modules_all[i]);
		list[i] = &made[i].section;
	}
	return list;
}

bool
keys_module_enabled(const struct conf *conf, const struct module *m)
{
	const struct conf_section *const *sections = sm_module_sections();

	for (size_t i = 0; modules_all[i]; i++)
		if (modules_all[i] == m)
			return conf_bool(conf, sections[i]->name, NULL, "enabled");
	return false;
}
