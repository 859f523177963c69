/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and times as XEP-0082 writes them. Times are microseconds since 1970, UTC. */
#pragma once

#include "common/buf.h"

void datetime_print(struct buf *out, int64_t us); /* 2026-11-24T05:47:54.123456Z; fraction only when not 0 */
void datetime_print_seconds(struct buf *out, int64_t us); /* without fraction */
int datetime_parse(struct str text, int64_t *us_r) MUST_CHECK; /* with Z or offset, any fraction */
