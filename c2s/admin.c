/* SPDX-License-Identifier: Apache-2.0 */
/* What carillonctl may ask a c2s (doc/protocol.md section 6): status, reload, drain. */
#include "c2s/c2s.h"

#include "xmpp/admin.h"

#include <stdio.h>

/* One number an attribute: how many clients are where, how many sessions wait for an sm. */
static void
status(struct c2s *s, struct admin_answer *a)
{
	char numbers[CLIENT_STATE_COUNT][24], sessions[24], waiting[24];

	for (unsigned i = 0; i < CLIENT_STATE_COUNT; i++)
		snprintf(numbers[i], sizeof(numbers[i]), "%zu", s->clients[i].len);
	snprintf(sessions, sizeof(sessions), "%zu", s->sids.len);
	snprintf(waiting, sizeof(waiting), "%zu", s->bonds[BOND_WAITING].len + s->bonds[BOND_ASKED].len);
	admin_row_status_and(a, s->daemon, "c2s", "sessions", str_z(sessions), "waiting", str_z(waiting),
			     "plain", str_z(numbers[CLIENT_PLAIN]), "handshake", str_z(numbers[CLIENT_HANDSHAKE]),
			     "secure", str_z(numbers[CLIENT_SECURE]), "auth", str_z(numbers[CLIENT_AUTH]),
			     "authenticated", str_z(numbers[CLIENT_AUTHENTICATED]),
			     "binding", str_z(numbers[CLIENT_BINDING]), "bound", str_z(numbers[CLIENT_BOUND]),
			     "closing", str_z(numbers[CLIENT_CLOSING]), NULL);
}

bool
admin_on_frame(struct c2s *s, const struct frame *f, const struct stanza *payload)
{
	struct admin_request r;
	struct admin_answer a;

	if (!admin_read(f, payload, &r))
		return false;
	admin_answer_init(&a, s->bus, &r);
	if (str_is(r.what, "status")) {
		status(s, &a);
		admin_answer_send(&a, "ok", NULL);
	} else if (!admin_control(&a, s->daemon, &r)) {
		admin_answer_send(&a, "unsupported", "a c2s knows status, reload and drain");
	}
	return true;
}
