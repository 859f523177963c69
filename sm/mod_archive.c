/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The message archive (XEP-0313 1.1.3) with its preferences (XEP-0441 0.2) and
 * ids (XEP-0359 0.7): what stays in the log (sm/archive.h), and what clients
 * may ask of it (sm/archive_query.h). A user's own archive only; groupchat is
 * the rooms' business.
 *
 * Off, or with `keep` 0, the log holds what is undelivered and nothing else, and clients are not told of an archive. With 0 what was
 * kept before is deleted; switched off, it stays as it is.
 */
#include "sm/archive.h"
#include "sm/archive_expire.h"
#include "sm/archive_prefs.h"
#include "sm/archive_query.h"
#include "sm/sm.h"
#include "xmpp/datetime.h"

#include <stdlib.h>

extern const struct module module_archive;

struct own { /* of the module */
	struct archive archive;
	struct expiry *expiry;
};

struct state { /* of a session */
	struct queries queries;
};

static struct queries *
queries_of(struct sm_session *s)
{
	struct state *state = module_session_state(s, &module_archive);

	return &state->queries;
}

/* ---- what stays, and its id ---- */

static enum verdict
decide_in(struct sm *sm, struct ev_message_in *ev)
{
	(void)sm;
	ev->archive = archive_wants(ev->user, ev->stanza, &ev->stanza->from);
	return PASS;
}

/* XEP-0313 6.1.1: once; what one sends to oneself is there as what arrives. */
static enum verdict
decide_out(struct sm *sm, struct ev_out *ev)
{
	const struct sm_user *user = session_user(ev->session);
	const struct stanza *st = ev->stanza;

	(void)sm;
	if (st->to.full.p && !str_eq(st->to.bare, user->jid.bare))
		ev->archive = archive_wants(user, st, &st->to);
	return PASS;
}

static enum verdict
stamp(struct sm *sm, struct ev_deliver *ev)
{
	(void)sm;
	if (ev->archived)
		archive_stamp(&ev->edit->append, session_user(ev->session), ev->id);
	return PASS;
}

/* ---- questions ---- */

static bool
is_idle(struct sm *sm)
{
	return !sm->archive;
}

/*
 * XEP-0313 8.1: only the user's own sessions. Others get service-unavailable from the core, as they do for an account that does
 * not exist.
 */
static bool
is_refused(struct sm *sm, const struct iq *iq)
{
	if (iq->session && sm->archive)
		return false;
	iq_error(sm, iq, iq->session ? STANZA_ERR_SERVICE_UNAVAILABLE : STANZA_ERR_FORBIDDEN, NULL);
	return true;
}

static void
handle_query(struct sm *sm, const struct iq *iq)
{
	const struct own *own = module_state(sm, &module_archive);
	enum stanza_condition bad;
	const char *text;
	struct ask ask;

	if (is_refused(sm, iq))
		return;
	bad = ask_read(&ask, iq->stanza, own->archive.page, &text);
	if (bad)
		iq_error(sm, iq, bad, text);
	else
		query_start(iq->session, queries_of(iq->session), iq, &ask);
}

static void
handle_form(struct sm *sm, const struct iq *iq)
{
	struct buf b = {0};

	if (is_refused(sm, iq))
		return;
	ask_write_form(&b);
	iq_result(sm, iq, buf_str(&b));
	buf_done(&b);
}

static enum verdict
go_on(struct sm *sm, struct ev_session *ev)
{
	(void)sm;
	queries_go_on(queries_of(ev->session));
	return PASS;
}

static enum verdict
gone(struct sm *sm, struct ev_session *ev)
{
	(void)sm;
	queries_drop(queries_of(ev->session));
	return PASS;
}

static void
handle_prefs_get(struct sm *sm, const struct iq *iq)
{
	if (!is_refused(sm, iq))
		prefs_handle_get(sm, iq);
}

static void
handle_prefs_set(struct sm *sm, const struct iq *iq)
{
	if (!is_refused(sm, iq))
		prefs_handle_set(sm, iq);
}

/* ---- metadata (section 5) ---- */

struct metadata { /* a question under way */
	struct loose loose;
	struct sm *sm;
	struct iq_kept *kept;
	struct arena memory;
	struct str owner;
	int64_t first;
};

static void
metadata_drop(struct loose *l)
{
	struct metadata *m = container_of(l, struct metadata, loose);

	arena_done(&m->memory);
	free(m);
}

static void
write_end(struct out *o, const char *name, int64_t id)
{
	struct buf b = {0};

	datetime_print(&b, id);
	out_openz(o, name, NULL);
	out_attru(o, "id", (uint64_t)id);
	out_attrz(o, "timestamp", buf_str(&b));
	out_close(o);
	buf_done(&b);
}

static void
metadata_finish(struct metadata *m, enum storage_result r, int64_t last)
{
	struct buf b = {0};
	struct out o;

	if (r != STORAGE_OK) {
		kept_storage_error(&m->kept, r);
	} else {
		out_init(&o, &b, NS_CLIENT);
		out_openz(&o, "metadata", NS_MAM);
		if (last) {
			write_end(&o, "start", m->first);
			write_end(&o, "end", last);
		}
		out_done(&o);
		kept_result(&m->kept, buf_str(&b));
		buf_done(&b);
	}
	sm_found(m->sm, &m->loose);
	metadata_drop(&m->loose);
}

static void
on_last(void *arg, enum storage_result r, const struct log_entry *rows, size_t count)
{
	metadata_finish(arg, r, r == STORAGE_OK && count ? rows[0].id : 0);
}

static void
on_first(void *arg, enum storage_result r, const struct log_entry *rows, size_t count)
{
	struct metadata *m = arg;

	if (r != STORAGE_OK || !count) {
		metadata_finish(m, r, 0);
		return;
	}
	m->first = rows[0].id;
	storage_log_page(m->sm->storage, m->owner, &(struct log_range){.before = INT64_MAX, .max = 1, .down = true}, on_last, m);
}

static void
handle_metadata(struct sm *sm, const struct iq *iq)
{
	struct metadata *m;

	if (is_refused(sm, iq))
		return;
	m = xcalloc(1, sizeof(*m));
	m->sm = sm;
	m->owner = arena_str(&m->memory, iq->user->jid.bare);
	m->kept = iq_keep(sm, iq);
	sm_loose(sm, &m->loose, metadata_drop);
	storage_log_page(sm->storage, m->owner, &(struct log_range){.before = INT64_MAX, .max = 1}, on_first, m);
}

/* ---- settings ---- */

static const struct conf_key keys[] = {
	{.name = "keep", .type = CONF_DURATION, .def = "365d", .min = 0, .max = INT64_C(3153600000000), .flags = CONF_RELOAD,
	 .help = "How long messages stay in the archive; older ones are deleted bit by bit. 0: there is no archive, messages stay only until "
		 "they are delivered, and what was kept before is deleted, too."},
	{.name = "page", .type = CONF_INT, .def = "100", .min = 1, .max = 10000, .flags = CONF_RELOAD,
	 .help = "Messages that a client gets for one question at most. It asks again for the next ones (XEP-0059)."},
	{0},
};

static int
start(struct sm *sm, const struct conf *conf, void **state_r, struct buf *why)
{
	struct own *own = *state_r ? *state_r : xcalloc(1, sizeof(*own));

	(void)why;
	own->archive.keep_ms = (uint64_t)conf_int(conf, "mod_archive", NULL, "keep");
	own->archive.page = (unsigned)conf_int(conf, "mod_archive", NULL, "page");
	sm->archive = own->archive.keep_ms ? &own->archive : NULL;
	storage_load_archive(sm->storage, sm->archive ? (int64_t)RECALL_MS * 1000 : 1); /* preferences in any case: `keep` may change */
	if (own->expiry)
		expiry_hurry(own->expiry);
	else
		own->expiry = expiry_new(sm, &own->archive);
	*state_r = own;
	return 0;
}

static void
stop(struct sm *sm, void *state)
{
	struct own *own = state;

	sm->archive = NULL;
	if (own)
		expiry_free(&own->expiry);
	free(own);
}

static const char *const account_features[] = {NS_MAM, NS_MAM_EXTENDED, NS_MAM_GROUPCHAT, NS_STANZA_ID, NULL};
/* Section 7 has it for the account alone; clients that ask nobody but the host (Profanity 0.13) find it there. */
static const char *const host_features[] = {NS_MAM, NS_STANZA_ID, NULL};

static const struct iq_route iqs[] = {
	{TYPE_SET, NS_MAM, "query", TO_ACCOUNT, handle_query},
	{TYPE_GET, NS_MAM, "query", TO_ACCOUNT, handle_form},
	{TYPE_GET, NS_MAM, "prefs", TO_ACCOUNT, handle_prefs_get},
	{TYPE_SET, NS_MAM, "prefs", TO_ACCOUNT, handle_prefs_set},
	{TYPE_GET, NS_MAM, "metadata", TO_ACCOUNT, handle_metadata},
	{0},
};

static const struct hook hooks[] = {
	HOOK(message_in, PHASE_HANDLE, decide_in),
	HOOK(message_out, PHASE_HANDLE, decide_out),
	HOOK(message_deliver, PHASE_STAMP, stamp),
	HOOK(session_room, PHASE_AFTER, go_on),
	HOOK(session_gone, PHASE_AFTER, gone),
	HOOKS_END,
};

const struct module module_archive = {
	.name = "archive",
	.xep = "XEP-0313 1.1.3",
	.host_features = host_features,
	.account_features = account_features,
	.idle = is_idle,
	.iqs = iqs,
	.hooks = hooks,
	.keys = keys,
	.start = start,
	.stop = stop,
	.session_size = sizeof(struct state),
};
