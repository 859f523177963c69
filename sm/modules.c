/* SPDX-License-Identifier: Apache-2.0 */
/* The enabled modules: starting them with their hooks and IQ routes, their state and where it lies in users and sessions. */
#include "sm/modules.h"

#include "sm/event.h"
#include "sm/iq.h"
#include "sm/keys.h"
#include "sm/session.h"
#include "sm/sm.h"
#include "sm/user.h"

#include <stdlib.h>

#define MODULE(name) extern const struct module module_##name;
#include "sm/modules.def"
#undef MODULE

const struct module *const modules_all[] = {
#define MODULE(name) &module_##name,
#include "sm/modules.def"
#undef MODULE
	NULL};

enum { ALIGN = _Alignof(max_align_t) };

struct active { /* at the place of its module in modules_all */
	bool on;
	void *state;
	size_t user_at, session_at;
};

struct modules {
	struct active of[ARRAY_LEN(modules_all)];
	size_t user_size, session_size;
};

static size_t
room_for(size_t *total, size_t size)
{
	size_t at = *total;

	*total += (size + ALIGN - 1) / ALIGN * ALIGN;
	return at;
}

static int
module_start_one(struct sm *sm, size_t i, struct buf *why)
{
	const struct module *m = modules_all[i];
	struct active *a = &sm->modules->of[i];

	if (m->start && m->start(sm, sm->conf, &a->state, why) < 0)
		return -1;
	a->on = true;
	a->user_at = room_for(&sm->modules->user_size, m->user_size);
	a->session_at = room_for(&sm->modules->session_size, m->session_size);
	events_add(sm, m->hooks);
	iqs_add(sm, m->iqs);
	return 0;
}

int
modules_start(struct sm *sm, struct buf *why)
{
	sm->modules = xcalloc(1, sizeof(*sm->modules));
	for (size_t i = 0; modules_all[i]; i++)
		if (keys_module_enabled(sm->conf, modules_all[i]) && module_start_one(sm, i, why) < 0)
			return -1;
	events_sort(sm);
	return 0;
}

static bool
all_reloadable(const struct module *m)
{
	for (const struct conf_key *k = m->keys; k && k->name; k++)
		if (!(k->flags & CONF_RELOAD))
			return false;
	return true;
}

void
modules_reload(struct sm *sm)
{
	struct buf why = {0};

	for (size_t i = 0; modules_all[i]; i++) {
		const struct module *m = modules_all[i];

		if (!sm->modules->of[i].on || !m->start || !all_reloadable(m))
			continue;
		buf_clear(&why);
		if (m->start(sm, sm->conf, &sm->modules->of[i].state, &why) < 0)
			log_error(&sm->log, "module %s keeps its configuration: %s", m->name, buf_z(&why));
	}
	buf_done(&why);
}

void
modules_stop(struct sm *sm)
{
	if (!sm->modules)
		return;
	for (size_t i = 0; modules_all[i]; i++)
		if (sm->modules->of[i].on && modules_all[i]->stop)
			modules_all[i]->stop(sm, sm->modules->of[i].state);
	free(sm->modules);
	sm->modules = NULL;
}

char *
modules_user_memory(struct sm *sm)
{
	return sm->modules->user_size ? xcalloc(1, sm->modules->user_size) : NULL;
}

char *
modules_session_memory(struct sm *sm)
{
	return sm->modules->session_size ? xcalloc(1, sm->modules->session_size) : NULL;
}

static struct active *
active_of(struct sm *sm, const struct module *m)
{
	for (size_t i = 0; modules_all[i]; i++)
		if (modules_all[i] == m)
			return &sm->modules->of[i];
	bug_if("a module that is not in modules.def");
	return NULL;
}

void *
module_state(struct sm *sm, const struct module *m)
{
	return active_of(sm, m)->state;
}

void *
module_user_state(struct sm_user *user, const struct module *m)
{
	return m->user_size ? user->modules + active_of(user->sm, m)->user_at : NULL;
}

void *
module_session_state(struct sm_session *session, const struct module *m)
{
	return m->session_size ? session->modules + active_of(session->sm, m)->session_at : NULL;
}

void
sm_each_feature(struct sm *sm, enum addressee which, void (*each)(void *arg, const char *feature), void *arg)
{
	for (size_t i = 0; modules_all[i]; i++) {
		const struct module *m = modules_all[i];
		const char *const *f = which == TO_HOST ? m->host_features : m->account_features;

		if (!sm->modules->of[i].on || (m->idle && m->idle(sm)))
			continue;
		for (; f && *f; f++)
			each(arg, *f);
	}
}
