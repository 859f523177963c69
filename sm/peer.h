/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stanzas for accounts of ours that another sm owns (doc/protocol.md section
 * 5). What has a name (rid) is kept until the owner says <done/>, repeated when
 * the owner changes or says nothing, and keeps its order among those for the
 * same account.
 *
 * Also for what waits because nobody owns the account at the moment, and for
 * stanzas to other domains while no router is there.
 */
#pragma once

#include "sm/module.h"
#include "xmpp/component.h"

struct duty;

void peers_new(struct sm *sm);
void peers_free(struct sm *sm);

/*
 * Towards the owner of the account in `to`. rid absent: not kept once sent, unless nobody can take it now. The duty (may be
 * null) is referenced until it is done.
 */
void peer_send(struct sm *sm, const struct stanza *st, struct str rid, struct duty *duty);
/* A new name for a stanza that came without. Into buf of RID_MAX. */
struct str peer_new_rid(struct sm *sm, char *buf);
/* To a domain that is not ours. What nobody there would confirm is not kept. rid and duty may be absent. */
void peer_send_out(struct sm *sm, const struct stanza *st, struct str rid, struct duty *duty);

bool peer_is_attached(struct sm *sm, struct str host); /* it is the domain of an external component of ours */

void peer_done(struct sm *sm, struct str rid, enum stanza_condition condition);
void peer_bounced(struct sm *sm, const struct frame *f); /* a stanza without sid */
/* The owners may have changed. */
void peers_update(struct sm *sm);
/* Frames to this instance (empty: to other domains; absent: to any) may be lost: repeats. */
void peers_repeat(struct sm *sm, struct str name);
size_t peers_waiting(const struct sm *sm);
