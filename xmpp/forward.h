/* SPDX-License-Identifier: Apache-2.0 */
/* Stanza Forwarding (XEP-0297): a stanza inside another. Who may do that, and what around it, is for others to say. */
#pragma once

#include "xmpp/out.h"
#include "xmpp/stanza.h"

struct forward {
	const struct stanza *stanza;
	const struct node *const *drop; /* children of it to leave out, */
	size_t drop_count;
	struct str append;              /* canonical ones behind the last; may be absent */
	int64_t stamp;                  /* when it came (microseconds since 1970), as a <delay/>; 0: it does not say */
};

/* <forwarded/> with the stanza in it, in the writer's open element. */
void forward_write(struct out *o, const struct forward *f);
