/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords for carillonctl: from the terminal without echo (asked twice), or
 * the first line of standard input; never from arguments, where every user of
 * the machine could read them. And the keys that are stored instead of them.
 */
#pragma once

#include "common/buf.h"
#include "xmpp/jid.h"

/* 0, or -1 with why. The buf holds the password without its line end; wipe it with password_wipe. */
int password_read(struct buf *password, const char *what, struct buf *why) MUST_CHECK;
void password_wipe(struct buf *password);
/*
 * Appends the canonical children of user-add and user-passwd: <scram/> for each hash and, when asked for,
 * <digest-md5/> of user:host:password. 0, or -1 with why (forbidden characters).
 */
int password_write_keys(struct buf *out, struct str password, const struct jid *user, unsigned iterations, bool digest_md5,
			struct buf *why) MUST_CHECK;
