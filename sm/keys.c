/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of sm, and the sections of its modules: `enabled` and what each brings along (sm/keys.h). */
#include "sm/keys.h"

#include "common/daemon.h"
#include "sm/modules.h"

#include <stdlib.h>

enum { MODULES_MAX = 128, MODULE_KEYS_MAX = 31, NAME_MAX_LEN = 40 };

static const char *const unknown_choices[] = {"refuse", "silent", NULL};

static const char *const conflict_choices[] = {"replace", "refuse", "rename", NULL}; /* enum conflict_policy */

static const struct conf_key sm_keys[] = {
	{.name = "user_sessions", .type = CONF_INT, .def = "20", .min = 1, .max = 1000, .flags = CONF_RELOAD,
	 .help = "Sessions that one user may have at the same time. One more is refused with resource-constraint."},
	{.name = "resource_conflict", .type = CONF_CHOICE, .def = "replace", .choices = conflict_choices, .flags = CONF_RELOAD,
	 .help = "What happens when a client asks for a resource that another session of its user has (RFC 6120 7.7.2.2). "
		 "replace: it gets it, and the old session ends with conflict. refuse: it is refused with conflict, and may "
		 "ask for another; a client whose connection broke then has to wait until its old session has ended. rename: "
		 "it gets a resource of the server's making."},
	{.name = "away_sessions", .type = CONF_INT, .def = "5", .min = 0, .max = 1000, .flags = CONF_RELOAD,
	 .help = "Sessions of one user that wait for their client to come back (XEP-0198). Over it the oldest ends, and its "
		 "messages wait in the log."},
	{.name = "roster_items", .type = CONF_INT, .def = "2000", .min = 1, .max = 100000, .flags = CONF_RELOAD,
	 .help = "Contacts in one roster. One more is refused with resource-constraint. So is what makes the whole roster, as "
		 "XML, longer than 900 KiB."},
	{.name = "roster_groups", .type = CONF_INT, .def = "64", .min = 1, .max = 10000, .flags = CONF_RELOAD,
	 .help = "Groups that one contact may be in. More are refused with not-acceptable (RFC 6121 2.3.3)."},
	{.name = "roster_name_bytes", .type = CONF_SIZE, .def = "1023", .min = 16, .max = 65536, .flags = CONF_RELOAD,
	 .help = "How long the name of a contact or of a group may be. A longer one is refused with not-acceptable "
		 "(RFC 6121 2.3.3)."},
	{.name = "subscription_requests", .type = CONF_INT, .def = "1000", .min = 1, .max = 100000, .flags = CONF_RELOAD,
	 .help = "Requests to see one user's presence that may wait for an answer. The sender of one more gets "
		 "resource-constraint."},
	{.name = "subscription_request_bytes", .type = CONF_SIZE, .def = "4K", .min = 512, .max = 262144, .flags = CONF_RELOAD,
	 .help = "How large a request may be to be kept as it came until it is answered. Of a larger one only the addresses "
		 "are kept."},
	{.name = "privacy_lists", .type = CONF_INT, .def = "50", .min = 1, .max = 1000, .flags = CONF_RELOAD,
	 .help = "Privacy lists (XEP-0016) that one user may have. One more is refused with resource-constraint."},
	{.name = "privacy_items", .type = CONF_INT, .def = "1000", .min = 1, .max = 10000, .flags = CONF_RELOAD,
	 .help = "Items in one privacy list, and so also addresses that one user may block (XEP-0191). A list with more is "
		 "refused with resource-constraint."},
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
	{.name = "directed_presence", .type = CONF_INT, .def = "1000", .min = 10, .max = 1000000, .flags = CONF_RELOAD,
	 .help = "Entities outside of the roster that one session may be present to at a time. One more is refused with "
		 "resource-constraint."},
	{.name = "presence_rate", .type = CONF_INT, .def = "2000", .min = 0, .max = 10000000, .flags = CONF_RELOAD,
	 .help = "Contacts a second to whom presence of one session is told in the long run. Over it, contacts get the last of "
		 "several changes and not those before. A presence of more than 1 KiB counts as several. 0: no limit."},
	{.name = "presence_burst", .type = CONF_INT, .def = "20000", .min = 1, .max = 100000000, .flags = CONF_RELOAD,
	 .help = "Contacts to whom it may be told at once."},
	{.name = "presence_bytes", .type = CONF_SIZE, .def = "16K", .min = 1024, .max = 262144, .flags = CONF_RELOAD,
	 .help = "How large a presence may be that is told to all contacts. A larger one is refused with policy-violation."},
	{.name = "unknown_account", .type = CONF_CHOICE, .def = "refuse", .choices = unknown_choices, .flags = CONF_RELOAD,
	 .help = "What the sender of a message to an account that does not exist gets: an error (service-unavailable), or "
		 "silence. The error helps who has mistyped an address, and those who collect addresses (RFC 6121 8.5.1 "
		 "allows both)."},
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
