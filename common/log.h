/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines: one per event, `context: message key=value`. An object that logs
 * embeds a struct log_ctx; its parents' contexts are printed in front of its
 * own, so a line tells the whole story:
 *
 *   2026-11-24T05:47:54.123Z info c2s-1 client=42 jid=romeo@example.net: session bound resource=orchard
 *
 * error: the operator must act; warning: something was lost or refused;
 * info: one line per session event; debug: per stanza, never bodies.
 *
 * Values that come from outside are printed with log_quote(), which escapes
 * control characters, quotes and invalid UTF-8 and cuts what is long.
 */
#pragma once

#include "common/buf.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log_ctx {
	const struct log_ctx *parent; /* may be null */
	/* Appends `key=value key=value`, nothing in front or behind. Called for each line that is written. */
	void (*print)(const struct log_ctx *ctx, struct buf *out);
};

/*
 * Where lines go: "stderr", "syslog", or the path of a file (opened for append;
 * log_reopen opens it anew after rotation). `name` is the daemon's instance
 * name, in every line. Before log_open, lines go to stderr at level info.
 * 0, or -1 with the reason in *why (static or errno text; old target stays).
 */
int log_open(const char *name, const char *target, enum log_level level, const char **why_r) MUST_CHECK;
void log_reopen(void);
void log_set_level(enum log_level level);
bool log_on(enum log_level level); /* to skip costly preparations */
int log_level_parse(const char *word, enum log_level *level_r) MUST_CHECK;

/* ctx may be null. errors and warnings are counted (for tests and metrics). */
void log_write(enum log_level level, const struct log_ctx *ctx, const char *fmt, ...) PRINTF_LIKE(3, 4);
uint64_t log_count(enum log_level level);
/* Lines that could not be written: nobody waits for a reader, a disk or a syslog that takes none. */
uint64_t log_lost(void);

#define log_error(ctx, ...) log_write(LOG_LEVEL_ERROR, (ctx), __VA_ARGS__)
#define log_warning(ctx, ...) log_write(LOG_LEVEL_WARNING, (ctx), __VA_ARGS__)
#define log_info(ctx, ...) log_write(LOG_LEVEL_INFO, (ctx), __VA_ARGS__)
#define log_debug(ctx, ...)                                                \
	do {                                                               \
		if (log_on(LOG_LEVEL_DEBUG))                               \
			log_write(LOG_LEVEL_DEBUG, (ctx), __VA_ARGS__);    \
	} while (0)

/* For lines that strangers can provoke as often as they like: one in ten seconds of each kind. Zeroed to begin with. */
enum { LOG_PACE_MS = 10000 };
struct log_pace {
	uint64_t next, held;
};
/* Whether a line may be written now; then *held_r is how many were not since the last one. */
bool log_pace(struct log_pace *p, uint64_t now_ms, uint64_t *held_r);

/*
 * Untrusted bytes for a log line: escaped, at most ~200 bytes, "..." when cut;
 * in double quotes when there is a blank. The result lives in one of a few
 * static buffers and is good until the call after the next seven.
 */
const char *log_quote(struct str untrusted);
