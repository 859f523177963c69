/* SPDX-License-Identifier: Apache-2.0 */
/* What c2s counts, for /metrics (common/metric.h). */
#pragma once

#include "common/metric.h"
#include "xmpp/error.h"
#include "xmpp/stanza.h"
#include "xmpp/xml.h"

struct c2s;
struct client;

extern struct metric metric_connects, metric_logins, metric_sessions_bound, metric_sessions_resumed;
extern struct metric metric_limit_time, metric_limit_tries, metric_limit_failures, metric_limit_out_queue,
	metric_limit_ring, metric_limit_rate, metric_limit_rate_stanzas, metric_limit_handshake, metric_limit_plain;
extern struct metric metric_reopens, metric_duplicates, metric_stale, metric_bounced, metric_unknown_words;
extern struct metric metric_tls_failures;

void metrics_setup(struct c2s *s); /* gauges that look into s */
void metrics_hosts(const struct c2s *s); /* there may be new hosts */
void metrics_teardown(void);
void metric_limit(const char *limit);            /* by its key: of limits_admit, and those of xml */
void metric_xml_limit(const struct client *c, enum xml_limit limit); /* that the parser has found */
void metric_auth_failure(const char *mechanism, enum sasl_condition condition); /* mechanism may be null: unknown */
void metric_stanza_in(enum stanza_kind kind, size_t bytes); /* from clients */
void metric_stanza_time(uint64_t us);            /* from a client until its sm has dealt with it */
void metric_stanza_out(struct str canonical);    /* to clients */
void metric_stream_error(enum stream_condition condition);
