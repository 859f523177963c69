/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as RFC 3629 has it, and the characters that XML 1.0 allows. */
#pragma once

#include "common/str.h"

/*
 * The first character in *c_r and the number of its bytes; 0 when `s` is empty
 * or does not begin with a valid one.
 */
size_t utf8_next(struct str s, uint32_t *c_r);
/* No overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_valid(struct str s);
/* Valid UTF-8 and every character is a Char of XML 1.0 (2.2): tab, LF, CR, U+0020.. without surrogates, U+FFFE, U+FFFF. */
bool utf8_xml_valid(struct str s);
/* The largest prefix of at most `max` bytes that ends between characters. */
struct str utf8_cut(struct str s, size_t max);
