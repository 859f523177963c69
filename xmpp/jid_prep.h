/* SPDX-License-Identifier: Apache-2.0 */
/* Between jid.c and jid_prep.c only: one part of a JID while it is prepared, with a NUL behind it. */
#pragma once

#include "xmpp/jid.h"

struct jid_part {
	char p[JID_PART_MAX + 1];
	size_t n;
};

/* Each: 0, or -1 when the text is not such a part. */
int jid_part_node(struct str text, struct jid_part *r) MUST_CHECK;
int jid_part_domain(struct str text, struct jid_part *r) MUST_CHECK;
int jid_part_resource(struct str text, struct jid_part *r) MUST_CHECK;
