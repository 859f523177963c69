/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a session has asked its sm for and must not lose when that sm dies: a
 * few short texts, each with a name and a version of its own, that c2s keeps
 * without looking into them and hands to the next owner with <open/>
 * (doc/protocol.md section 4, "Keep"). For settings of a session that nobody
 * else knows; not for anything that grows, nor for what the database has.
 *
 * A text of a name that this program does not know stays as it is, so that a
 * newer sm gets back what it gave.
 */
#pragma once

#include "sm/module.h"

/* From now on; c2s hears it before anything that is sent behind it. */
void keep_put(struct sm_session *s, const char *name, unsigned version, struct str text);
/* Absent when there is none, or one of another version. In the arena. */
struct str keep_get(const struct sm_session *s, struct arena *a, const char *name, unsigned version);
/* As <open/> has it; absent: nothing. */
void keep_load(struct sm_session *s, struct str items);
/* Tells c2s all of it again: frames may have been lost. */
void keep_tell(const struct sm_session *s);
