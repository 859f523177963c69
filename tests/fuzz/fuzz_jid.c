/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses: what preparation accepts is within its limits, is valid UTF-8, and does not change when prepared
 * again; a domain is the same when it comes back from its A-labels.
 */
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "xmpp/jid.h"

static void
check_part(struct str part)
{
	bug_if(part.p && (part.n == 0 || part.n > JID_PART_MAX || !utf8_xml_valid(part)));
}

static void
check_prepared(struct arena *a, const struct jid *j)
{
	struct jid again;
	struct str ascii;

	check_part(j->node);
	check_part(j->domain);
	check_part(j->resource);
	bug_if(!j->domain.p || !str_starts(j->full, j->bare) || j->full.p != j->bare.p);
	bug_if(jid_prep_domain(a, jid_domain_ascii(a, j->domain), &ascii) < 0 || !str_eq(ascii, j->domain));
	bug_if(jid_prep(a, j->full, &again, NULL) < 0);
	bug_if(!str_eq(again.full, j->full) || !str_eq(again.bare, j->bare));
	jid_split(j->full, &again);
	bug_if(!str_eq(again.node, j->node) || !str_eq(again.domain, j->domain) ||
	       !str_eq(again.resource, j->resource) || (again.node.p == NULL) != (j->node.p == NULL) ||
	       jid_is_bare(&again) != jid_is_bare(j));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_n((const char *)data, size), out;
	struct arena a = {0};
	const char *why = NULL;
	struct jid j;

	if (jid_prep(&a, in, &j, &why) == 0)
		check_prepared(&a, &j);
	else
		bug_if(!why);
	if (saslprep(&a, in, &out) == 0)
		bug_if(!utf8_valid(out));
	arena_done(&a);
	return 0;
}
