/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The section `c2s` of the configuration, as a table (common/conf.h), and the
 * same as values: struct settings, read anew at each reload.
 */
#pragma once

#include "common/conf.h"
#include "xmpp/xml.h"

extern const struct conf_section conf_c2s;

enum tls_policy { TLS_POLICY_REQUIRED, TLS_POLICY_OPTIONAL, TLS_POLICY_OFF }; /* in the order of the key's choices */

struct settings { /* plain values; text is asked of the conf where it is needed */
	enum tls_policy tls;
	struct xml_limits before_tls, before_auth, bound;
	uint64_t auth_timeout, handshake_timeout;         /* ms */
	unsigned auth_tries;
	size_t plain_at_once;
	unsigned scram_iterations;
	size_t unauthenticated_max, unauthenticated_per_address, connections_per_address;
	uint64_t failures_per_address;                    /* a minute */
	uint64_t rate, rate_burst;                        /* bytes a second, bytes */
	uint64_t rate_stanzas, rate_stanzas_burst;        /* the same in stanzas */
	size_t out_queue_max;
	size_t unacked_max, unacked_bytes;
	uint64_t ping_after, ping_timeout;                /* ms */
	uint64_t resume_time;                             /* ms */
	uint64_t drain_time;                              /* ms */
};

void settings_read(struct settings *s, const struct conf *conf);
