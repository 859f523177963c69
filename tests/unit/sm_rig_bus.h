/* SPDX-License-Identifier: Apache-2.0 */
/* The bus of the stage: stands in for xmpp/component.c. */
#pragma once

#include "common/loop.h"
#include "xmpp/component.h"

struct bus;

/* outside: frames to, and bounces for, instances that are not in this process. */
struct bus *bus_new(struct loop *loop, void (*outside)(void *arg, const struct frame *f, bool bounce), void *arg);
void bus_free(struct bus **b);
void bus_set_slow(struct bus *b, unsigned (*below)(unsigned n)); /* frames take time, as much as the dice say */
void bus_opening(struct bus *b); /* the next component_new is for this bus */
void bus_say(struct bus *b, const struct frame *f); /* from an instance outside */
void bus_member_up(struct bus *b, const char *name, const char *role);
void bus_member_gone(struct bus *b, const char *name);
void bus_member_draining(struct bus *b, const char *name);
void bus_set_offline(struct bus *b, bool offline);
void bus_tell_lost(struct bus *b, const char *name);
struct str bus_slot_owner(struct bus *b, unsigned slot);
void bus_forget_late(void); /* commits that are kept never happen: their sm has died */
/* What this instance has sent arrives now: who has died is gone only behind its last words. */
void bus_hurry(struct bus *b, const char *from);
/* Frames from this instance (null: all) that are under way are lost, but for the first `keep`. */
void bus_lose(struct bus *b, const char *from, unsigned keep);
