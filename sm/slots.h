/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which slots this sm serves (doc/protocol.md section 3): its own by
 * membership, claimed in the database. Frames for a slot whose claim is under
 * way are held, others go back.
 */
#pragma once

#include "sm/module.h"
#include "xmpp/component.h"

void slots_new(struct sm *sm);
void slots_free(struct sm *sm);
/* The membership has changed, or storage is usable again. */
void slots_update(struct sm *sm);

/* Whether it is claimed: what concerns it is handled here. */
uint64_t slot_age(const struct sm *sm, unsigned slot); /* ms since it has been ours */
int64_t slot_wanted_at(const struct sm *sm, unsigned slot); /* us since 1970: since then it should be ours */
bool slot_ours(const struct sm *sm, unsigned slot);
int64_t slot_epoch(const struct sm *sm, unsigned slot);
size_t slots_owned(const struct sm *sm);
/* A frame for (host, key): true when it is to be handled now, otherwise it has been held or sent back. */
bool slots_gate(struct sm *sm, const struct frame *f, const struct stanza *payload);

/* The database says that somebody else has the slot: its users are given up. */
void slot_fenced(struct sm *sm, unsigned slot);
/* The same as callback of a write whose result matters no further; arg: slot_arg(). */
storage_cb slot_written;
void *slot_arg(struct sm *sm, unsigned slot);
