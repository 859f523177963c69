/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sm's side of the bus: frames come in and are told apart by what they
 * carry (a session's stanza, a word, a stanza for an account, an administration
 * word); frames go out. What came back goes to whoever sent it.
 */
#pragma once

#include "sm/module.h"
#include "xmpp/component.h"

int bus_start(struct sm *sm, struct buf *why) MUST_CHECK;
void bus_set_hosts(struct sm *sm);

/* A frame, new or held until now. */
void bus_frame(struct sm *sm, const struct frame *f);

void bus_send_done(struct sm *sm, struct str to, struct str rid, enum stanza_condition condition);
/* A word to an instance, with the session's sid and an acknowledgement (0: none). */
void bus_send_word(struct sm *sm, struct str to, struct str sid, uint64_t ack, struct str payload);
/* The same as the answer to something that has a number (rid). */
void bus_send_answer(struct sm *sm, struct str to, struct str sid, struct str rid, uint64_t ack, struct str payload);
/* A stanza towards (host, key). rid may be absent. */
/* after: the name of the stanza that must have come before it; may be absent. */
void bus_send_stanza(struct sm *sm, struct str host, struct str key, struct str rid, struct str after, struct str stanza);
