/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648 section 4) and hexadecimal, strict in what they read. */
#pragma once

#include "common/buf.h"

void base64_print(struct buf *out, struct str bytes); /* appends */
/*
 * Appends the decoded bytes. 0, or -1 (nothing appended) for anything that is
 * not canonical base64: foreign letters, blanks, wrong or missing padding,
 * bits behind the end (RFC 6120 6.4.2 asks for <incorrect-encoding/> then).
 */
int base64_parse(struct buf *out, struct str text) MUST_CHECK;
void hex_print(struct buf *out, struct str bytes); /* lower case */
int hex_parse(struct buf *out, struct str text) MUST_CHECK; /* either case */
