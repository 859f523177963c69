/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line asks for. */
#pragma once

#include "common/base.h"

struct plan {
	const char *scenario;
	/* the server and the accounts on it */
	const char *server, *domain, *ca_file, *tls, *mechanism, *user, *password_file;
	uint64_t insecure, first;
	/* measuring */
	const char *pids_command, *json_file, *label;
	double warmup, duration, timeout;
	/* the scenarios */
	const char *to;
	uint64_t parallel, sessions, accounts, pairs, window, size, rate, messages, receivers, groups, contacts, page;
};

enum plan_tls { PLAN_TLS_OFF, PLAN_STARTTLS, PLAN_TLS_DIRECT };

/* Exits with 2 and an explanation for anything that is not understood, with 0 after --help. */
void plan_read(struct plan *p, int argc, char **argv);
enum plan_tls plan_tls(const struct plan *p);
bool plan_to_full(const struct plan *p);
