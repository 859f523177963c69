/* SPDX-License-Identifier: Apache-2.0 */
/* Where clients connect: the sockets of `listen` and `listen_tls`. */
#pragma once

#include "common/buf.h"

struct c2s;

/* Opens all of the configuration. 0, or -1 with what is wrong and what would be right. */
int listeners_open(struct c2s *s, struct buf *why) MUST_CHECK;
void listeners_close(struct c2s *s); /* clients stay */
