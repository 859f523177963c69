/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking what is too old out of the archive, bit by bit: one account after the
 * other, of those whose slots are ours, round and round, and a few rows at a
 * time, so that nobody notices.
 */
#pragma once

#include "sm/module.h"

struct archive;
struct expiry;

/* It borrows the archive, also while that keeps nothing: then all that has been kept before is too old. */
struct expiry *expiry_new(struct sm *sm, const struct archive *archive);
/* What is too old has changed: now, not after the rest between two rounds. */
void expiry_hurry(struct expiry *e);
void expiry_free(struct expiry **e); /* at the end of the process, when storage does not call back any more */
