/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every file starts from: attributes, arithmetic on arrays and members,
 * memory that is never null, and the two words for ending a process.
 *
 * Not for: anything that has a subject of its own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define MUST_CHECK __attribute__((warn_unused_result))
#define NO_RETURN __attribute__((noreturn))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* The object of which `ptr` is the member `member`. */
#define container_of(ptr, type, member) ((type *)((uintptr_t)(ptr)-offsetof(type, member)))

/*
 * Memory. Never returns null: a daemon that cannot get memory ends, and its
 * supervisor starts it again. Limits on input are what makes this safe.
 */
void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size); /* zeroed; overflow of count * size is a bug */
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);

/*
 * A broken invariant of ours: print where, abort. Kept in production builds.
 * Peers, input and environment never get here.
 */
#define bug_if(cond)                                              \
	do {                                                      \
		if (__builtin_expect(!!(cond), 0))                \
			bug_found(__FILE__, __LINE__, __func__, #cond); \
	} while (0)
NO_RETURN void bug_found(const char *file, int line, const char *func, const char *what);

/*
 * Cannot start: print what is wrong and what would be right, exit with `code`.
 * For start-up only; EXIT_CONFIG (2) for configuration, 1 for the rest.
 */
#define EXIT_CONFIG 2
NO_RETURN void die(int code, const char *fmt, ...) PRINTF_LIKE(2, 3);
