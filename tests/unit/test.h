/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka with what it needs before it, and an assertion on slices that shows both. */
#pragma once

#include "common/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* The slice is exactly this z-string; "(absent)" stands for the null slice. */
#define assert_str(s, z)                                              \
	do {                                                          \
		struct str got_ = (s);                                \
		char *z_ = got_.p ? str_dup(got_) : xstrdup("(absent)"); \
		assert_string_equal(z_, z);                           \
		free(z_);                                             \
	} while (0)
#define assert_absent(s) assert_null((s).p)
