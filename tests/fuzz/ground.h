/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ground that a daemon's target stands on: a struct daemon without a
 * process, random numbers that are the same in each run (in place of
 * common/rand.c), a memory for PBKDF2 so that a login costs microseconds
 * (linked with --wrap=PKCS5_PBKDF2_HMAC), and small helpers.
 */
#pragma once

#include "common/daemon.h"

struct daemon { /* in place of common/daemon.c */
	struct loop *loop;
	const struct conf *conf;
	const struct log_ctx *log;
	const char *name;
	unsigned reloads, drains;
	bool drained;
};

/* At the start of each input. */
void ground_reset(void);
/* Once: no log, Cyrus SASL set up. */
void ground_setup(void);
/* To stderr, when FUZZ_TRACE is set in the environment: what an input does. */
void ground_trace(const char *what, struct str text);
/* A configuration from text. */
struct conf *ground_conf(const char *text, const struct conf_section *const *sections, const char *name);

/*
 * The first element in the bytes as the edge would write it (xmpp/xml.h), appended; false when there is none. A
 * stream of content namespace jabber:client.
 */
bool ground_canonical(struct buf *out, struct str bytes);
/* What somebody has sent on a stream, headers and all, is well-formed as far as it goes. Aborts when it is not. */
void ground_check_stream(struct str sent);
/* Appends, with each occurrence of `name` replaced. */
void ground_expand(struct buf *out, struct str text, const char *name, struct str value);
/* The bytes between two marks, the first time; absent when they are not there. */
struct str ground_between(struct str text, const char *before, const char *after);
