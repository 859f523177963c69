/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to the archive: any canonical iq with one child. What is accepted is within its bounds and consistent;
 * what is refused says so with a condition that can be sent.
 */
#include "sm/archive_form.h"
#include "tests/fuzz/fuzz.h"
#include "xmpp/jid.h"

enum { PAGE = 100 };

static bool
is_wanted(const struct stanza *st)
{
	return st->kind == STANZA_IQ && st->root->child && !node_next(st->root->child, NULL, NULL);
}

static void
check_with(struct arena *a, const struct ask *ask)
{
	struct jid jid;

	bug_if(ask->full.p && !ask->with.p);
	if (!ask->with.p)
		return;
	bug_if(jid_prep(a, ask->with, &jid, NULL) < 0 || jid.resource.p || !str_eq(jid.full, ask->with));
	if (ask->full.p)
		bug_if(jid_prep(a, ask->full, &jid, NULL) < 0 || !jid.resource.p || !str_eq(jid.bare, ask->with));
}

static void
check_ids(const struct ask *ask)
{
	bug_if(ask->id_count > ASK_IDS_MAX || (ask->id_count && !ask->ids));
	for (size_t i = 0; i < ask->id_count; i++)
		bug_if(ask->ids[i] <= (i ? ask->ids[i - 1] : 0));
	bug_if(ask->known_count > ASK_KNOWN_MAX);
	for (size_t i = 0; i < ask->known_count; i++)
		bug_if(ask->known[i] <= 0);
}

static void
check_ask(struct arena *a, const struct ask *ask)
{
	bug_if(ask->max > PAGE);
	bug_if(ask->after < 0 || ask->after < ask->all_after || ask->before > ask->all_before);
	check_with(a, ask);
	check_ids(ask);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	enum stanza_condition bad;
	const char *text = "";
	struct stanza st;
	struct ask ask;

	if (stanza_parse(&st, &a, str_n((const char *)data, size), NULL) == 0 && is_wanted(&st)) {
		bad = ask_read(&ask, &st, PAGE, &text);
		if (bad)
			bug_if(!stanza_condition_name(bad));
		else
			check_ask(&a, &ask);
	}
	arena_done(&a);
	return 0;
}
