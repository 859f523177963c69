/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct str: a slice of bytes that somebody else owns. Passed by value, not
 * terminated by NUL. The null slice (p == NULL) means "absent"; a slice with
 * n == 0 and p != NULL is "present and empty".
 */
#pragma once

#include "common/base.h"

#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
/* printf("%" of a slice: printf(STR_FMT, STR_ARG(s)). */
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str
str_z(const char *z)
{
	return (struct str){z, z ? strlen(z) : 0};
}

static inline struct str
str_n(const char *p, size_t n)
{
	return (struct str){p, n};
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* str_is(s, "literal or variable z-string") */
static inline bool
str_is(struct str a, const char *z)
{
	return str_eq(a, str_z(z));
}

static inline bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

static inline struct str
str_from(struct str s, size_t at)
{
	return (struct str){at ? s.p + at : s.p, s.n - at};
}

/* ASCII case only. */
bool str_ieq(struct str a, struct str b);
/* Offset of the first `c`, or -1. */
ssize_t str_chr(struct str s, char c);
ssize_t str_rchr(struct str s, char c);
/* Offset of the first occurrence of `needle`, or -1. */
ssize_t str_find(struct str s, struct str needle);
struct str str_trim(struct str s); /* without blanks, tabs and line ends on both sides */
/* <0, 0, >0 as memcmp, shorter first. */
int str_cmp(struct str a, struct str b);
/* The part before the first `sep` (all of it if there is none); `*rest_r` starts behind it (null at the end). */
struct str str_split(struct str s, char sep, struct str *rest_r);
/* Heap copy with a NUL behind it; of an absent slice: "". */
char *str_dup(struct str s);
/* For several texts behind one struct: copies s to *at, which moves behind it. Returns the copy; the caller has made room. */
struct str str_put(char **at, struct str s);
void str_put_u64(char **at, uint64_t v); /* decimal, 20 characters at most */
/* Decimal, whole slice, no sign, no blanks. 0, or -1 when it is not that or does not fit. */
int str_to_u64(struct str s, uint64_t *v_r) MUST_CHECK;
int str_to_i64(struct str s, int64_t *v_r) MUST_CHECK; /* with an optional leading '-' */
/* Whether two secrets are equal, in time that depends on the lengths only. */
bool str_eq_secret(struct str a, struct str b);
