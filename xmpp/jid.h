/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct jid: a checked address (RFC 6122; nodeprep, nameprep with IDNA,
 * resourceprep through libidn). Prepared once at the edge; inside, a jid is a
 * value that needs no more checks. The slices point into one string `full`
 * that somebody else owns (an arena, a stanza, a heap string).
 */
#pragma once

#include "common/arena.h"

enum { JID_PART_MAX = 1023, JID_MAX = 3 * 1023 + 2 }; /* RFC 6122 2.1 */

struct jid {
	struct str full;     /* node@domain/resource */
	struct str bare;     /* node@domain, a prefix of full */
	struct str node;     /* absent when there is none */
	struct str domain;
	struct str resource; /* absent when there is none */
};

/*
 * Splits and prepares text from outside; result in the arena. Lengths and
 * UTF-8 are checked before any preparation (CVE-2015-2058), plain ASCII takes
 * a short way without libidn. 0, or -1 with the reason in *why_r (static, may
 * be null): RFC 6120's answer is <jid-malformed/>.
 */
int jid_prep(struct arena *a, struct str text, struct jid *jid_r, const char **why_r) MUST_CHECK;
/* The same for parts on their own. The result is in the arena. */
int jid_prep_node(struct arena *a, struct str text, struct str *r) MUST_CHECK;
int jid_prep_domain(struct arena *a, struct str text, struct str *r) MUST_CHECK;
int jid_prep_resource(struct arena *a, struct str text, struct str *r) MUST_CHECK;
/* A prepared domain as DNS and certificates write it: A-labels in place of U-labels (RFC 6122 2.2). In the arena. */
struct str jid_domain_ascii(struct arena *a, struct str prepared);
/* SASLprep (RFC 4013) for passwords: 0, or -1 when forbidden characters are in it. */
int saslprep(struct arena *a, struct str text, struct str *r) MUST_CHECK;

/* Splits text that is known to be prepared (from the bus, from the database). No copies. Empty text: all absent. */
void jid_split(struct str prepared, struct jid *jid_r);
/* Puts prepared parts together in the arena. node and resource may be absent. */
void jid_join(struct arena *a, struct str node, struct str domain, struct str resource, struct jid *jid_r);

static inline bool
jid_is_bare(const struct jid *j)
{
	return j->resource.p == NULL;
}
