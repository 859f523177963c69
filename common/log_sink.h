/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct log_sink: where lines end up, without ever waiting. A reader that has
 * gone to sleep behind a pipe, a full disk or a stopped syslog costs lines, not
 * the service. For log.c alone; owned by it.
 */
#pragma once

#include "common/buf.h"

enum log_way {
	LOG_WAY_WRITE, /* a file, or a descriptor of ours that does not block */
	LOG_WAY_POLL,  /* somebody else's description: asked before each write whether there is room */
	LOG_WAY_SEND,  /* a socket */
};

struct log_sink {
	int fd;
	enum log_way way;
	bool owned;      /* fd is closed with the sink */
	bool syslog;
	struct buf rest; /* of a line that was taken in part */
};

/* Standard error, whatever it is. */
void log_sink_stderr(struct log_sink *s);
/* -1 with errno set. */
int log_sink_file(struct log_sink *s, const char *path) MUST_CHECK;
/* The local syslog, a datagram a line. It may be missing, and come later. */
void log_sink_syslog(struct log_sink *s);
/* False: nobody took the line, it is lost. What begins to go out goes out whole. */
bool log_sink_put(struct log_sink *s, struct str line) MUST_CHECK;
void log_sink_done(struct log_sink *s);
