/* SPDX-License-Identifier: Apache-2.0 */
/* The counters, and gauges that are lengths of lists. */
#include "c2s/metrics.h"

#include "c2s/c2s.h"

#include <stdio.h>

#define COUNTER(id, n, l, h) struct metric id = {.name = (n), .labels = (l), .help = (h), .kind = METRIC_COUNTER}

COUNTER(metric_connects, "xmpp_c2s_connects_total", NULL, "Connections accepted from clients.");
COUNTER(metric_logins, "xmpp_logins_total", NULL, "Successful authentications.");
COUNTER(metric_sessions_bound, "xmpp_sessions_bound_total", NULL, "Sessions bound.");
COUNTER(metric_sessions_resumed, "xmpp_sessions_resumed_total", NULL, "Sessions that a client came back to (XEP-0198).");
COUNTER(metric_reopens, "xmpp_c2s_reopens_total", NULL, "Sessions that had to find another sm.");
COUNTER(metric_duplicates, "xmpp_c2s_duplicates_total", NULL, "Stanzas from an sm that the client had already.");
COUNTER(metric_stale, "xmpp_c2s_stale_frames_total", NULL,
	"Frames for sessions that are not here or from who does not own them.");
COUNTER(metric_bounced, "xmpp_bounced_total", NULL, "Frames that came back undelivered.");
COUNTER(metric_unknown_words, "xmpp_unknown_words_total", NULL, "Words from the bus that mean nothing to us.");
COUNTER(metric_tls_failures, "xmpp_tls_failures_total", NULL, "TLS handshakes that did not come to an end.");

#define LIMIT_HELP "Times that a limit was hit."
#define LIMIT_INIT(l)                                                                              \
	{                                                                                          \
		.name = "xmpp_limits_hit_total", .labels = "limit=\"" l "\"", .help = LIMIT_HELP, \
		.kind = METRIC_COUNTER,                                                            \
	}
#define LIMIT(id, l) struct metric id = LIMIT_INIT(l)

LIMIT(metric_limit_time, "auth_timeout");
LIMIT(metric_limit_tries, "auth_tries");
LIMIT(metric_limit_failures, "auth_failures_per_address");
LIMIT(metric_limit_out_queue, "out_queue_max");
LIMIT(metric_limit_ring, "unacked_max");
LIMIT(metric_limit_rate, "rate");
LIMIT(metric_limit_rate_stanzas, "rate_stanzas");
LIMIT(metric_limit_handshake, "handshake_timeout");
LIMIT(metric_limit_plain, "plain_at_once");

/* Limits that are known by the names of their keys. */
void
metric_limit(const char *limit)
{
#define ROW(name) {name, LIMIT_INIT(name)}
	static struct {
		const char *name;
		struct metric metric;
	} rows[] = {
		ROW("unauthenticated_max"), ROW("unauthenticated_per_address"), ROW("connections_per_address"),
		ROW("stanza_max"), ROW("stanza_max_before_auth"), ROW("stanza_max_before_tls"),
		ROW("depth_max"), ROW("attributes_max"), ROW("elements_max"), ROW("name_max"),
	};
#undef ROW

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].name, limit) == 0) {
			metric_add(&rows[i].metric, 1);
			return;
		}
	}
	bug_if("an unknown limit");
}

static const char *
bytes_key(const struct client *c)
{
	if (c->state >= CLIENT_BOUND)
		return "stanza_max";
	return c->state == CLIENT_PLAIN && c->c2s->set.tls == TLS_POLICY_REQUIRED ? "stanza_max_before_tls"
										    : "stanza_max_before_auth";
}

void
metric_xml_limit(const struct client *c, enum xml_limit limit)
{
	switch (limit) {
	case XML_LIMIT_HEADER:
	case XML_LIMIT_BYTES:
	case XML_LIMIT_AHEAD:
		metric_limit(bytes_key(c));
		return;
	case XML_LIMIT_DEPTH:
		metric_limit("depth_max");
		return;
	case XML_LIMIT_ATTRS:
		metric_limit("attributes_max");
		return;
	case XML_LIMIT_ELEMENTS:
		metric_limit("elements_max");
		return;
	case XML_LIMIT_NAME:
		metric_limit("name_max");
		return;
	case XML_LIMIT_NONE:
	case XML_LIMIT_COUNT:
		return;
	}
}

/* --- failures, by mechanism and reason --- */

/* The mechanisms that c2s knows by name; a stranger's text never becomes a label. */
static const char *const mechanisms[] = {
	"other", "SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-256",
	"SCRAM-SHA-1", "PLAIN", "EXTERNAL", "DIGEST-MD5", "ANONYMOUS",
};

static struct metric failures[ARRAY_LEN(mechanisms)][SASL_CONDITION_COUNT];
static char failure_labels[ARRAY_LEN(mechanisms)][SASL_CONDITION_COUNT][64];

static size_t
mechanism_index(const char *name)
{
	for (size_t i = 1; name && i < ARRAY_LEN(mechanisms); i++)
		if (strcmp(mechanisms[i], name) == 0)
			return i;
	return 0;
}

void
metric_auth_failure(const char *mechanism, enum sasl_condition condition)
{
	size_t i = mechanism_index(mechanism);
	struct metric *m = &failures[i][condition];

	if (!m->name) {
		char *labels = failure_labels[i][condition];

		snprintf(labels, sizeof(failure_labels[0][0]), "mech=\"%s\",reason=\"%s\"", mechanisms[i],
			 sasl_condition_name(condition));
		*m = (struct metric){.name = "xmpp_auth_failures_total", .labels = labels, .help = "Failed authentications.",
				     .kind = METRIC_COUNTER};
	}
	metric_add(m, 1);
}

/* --- stream errors --- */

static struct metric stream_errors[STREAM_CONDITION_COUNT];
static char stream_error_labels[STREAM_CONDITION_COUNT][64];

void
metric_stream_error(enum stream_condition condition)
{
	struct metric *m = &stream_errors[condition];

	if (!m->name) {
		snprintf(stream_error_labels[condition], sizeof(stream_error_labels[0]), "condition=\"%s\"",
			 stream_condition_name(condition));
		*m = (struct metric){.name = "xmpp_c2s_stream_errors_total", .labels = stream_error_labels[condition],
				     .help = "Streams that we closed with an error.", .kind = METRIC_COUNTER};
	}
	metric_add(m, 1);
}

/* --- stanzas --- */

#define STANZAS(dir, type)                                                                                   \
	{.name = "xmpp_stanzas_total", .labels = "dir=\"" dir "\",type=\"" type "\",conn=\"c2s\"",             \
	 .help = "Stanzas from (in) and to (out) clients.", .kind = METRIC_COUNTER}

static struct metric stanzas_in[] = {
	[STANZA_OTHER] = STANZAS("in", "other"),
	[STANZA_MESSAGE] = STANZAS("in", "message"),
	[STANZA_PRESENCE] = STANZAS("in", "presence"),
	[STANZA_IQ] = STANZAS("in", "iq"),
};
static struct metric stanzas_out[] = {
	[STANZA_OTHER] = STANZAS("out", "other"),
	[STANZA_MESSAGE] = STANZAS("out", "message"),
	[STANZA_PRESENCE] = STANZAS("out", "presence"),
	[STANZA_IQ] = STANZAS("out", "iq"),
};

static const int64_t sizes[] = {100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000};
static struct metric_histogram bytes_in = {
	.name = "xmpp_stanza_bytes", .labels = "dir=\"in\",conn=\"c2s\"", .bounds = sizes, .bound_count = ARRAY_LEN(sizes),
	.help = "Size of stanzas from clients, as they are passed on.",
};
static struct metric_histogram times = {
	.name = "xmpp_stanza_seconds", .labels = "stage=\"c2s\"", .bounds = metric_times, .bound_count = METRIC_TIMES,
	.unit = 1000000,
	.help = "Time of a stanza in a stage. c2s: from the client until its sm has dealt with it, commit included; of each "
		"session one stanza at a time.",
};

void
metric_stanza_in(enum stanza_kind kind, size_t bytes)
{
	metric_add(&stanzas_in[kind], 1);
	metric_observe(&bytes_in, (int64_t)bytes);
}

void
metric_stanza_time(uint64_t us)
{
	metric_observe(&times, (int64_t)us);
}

void
metric_stanza_out(struct str canonical)
{
	enum stanza_kind kind = STANZA_OTHER;

	/* Never parsed on its way out; the first letters tell. */
	if (str_starts(canonical, STR("<m")))
		kind = STANZA_MESSAGE;
	else if (str_starts(canonical, STR("<p")))
		kind = STANZA_PRESENCE;
	else if (str_starts(canonical, STR("<i")))
		kind = STANZA_IQ;
	metric_add(&stanzas_out[kind], 1);
}

/* --- gauges --- */

static const struct c2s *watched; /* null: nothing to look into */

static int64_t
read_state(void *arg)
{
	return watched ? (int64_t)watched->clients[(enum client_state)(uintptr_t)arg].len : 0;
}

static int64_t
read_waiting(void *arg)
{
	(void)arg;
	return watched ? (int64_t)(watched->bonds[BOND_WAITING].len + watched->bonds[BOND_ASKED].len) : 0;
}

/* --- certificates --- */

struct expiry {
	struct metric metric;
	char *host, *labels;
	struct expiry *next;
};

static struct expiry *expiries; /* one for each host that there has been; never freed: the metrics hold them */

static int64_t
read_expiry(void *arg)
{
	const struct expiry *e = arg;

	return watched && watched->hosts && hosts_find(watched->hosts, str_z(e->host)) ? hosts_expires_in(watched->hosts, str_z(e->host))
								     : METRIC_ABSENT;
}

static bool
has_expiry(const char *host)
{
	for (const struct expiry *e = expiries; e; e = e->next)
		if (strcmp(e->host, host) == 0)
			return true;
	return false;
}

void
metrics_hosts(const struct c2s *s)
{
	for (size_t i = 0; i < hosts_count(s->hosts); i++) {
		const char *host = hosts_name(s->hosts, i);
		struct expiry *e;

		if (has_expiry(host))
			continue;
		e = xcalloc(1, sizeof(*e));
		e->host = xstrdup(host);
		e->labels = xasprintf("host=\"%s\"", host);
		e->metric = (struct metric){.name = "xmpp_tls_cert_expiry_seconds", .labels = e->labels, .kind = METRIC_GAUGE,
					    .help = "Until the certificate of a host expires.", .read = read_expiry, .arg = e};
		e->next = expiries;
		expiries = e;
		metric_register(&e->metric);
	}
}

static struct metric states[CLIENT_STATE_COUNT];
static char state_labels[CLIENT_STATE_COUNT][32];
static struct metric waiting = {.name = "xmpp_c2s_sessions_without_sm", .kind = METRIC_GAUGE, .read = read_waiting,
				.help = "Sessions that wait for an sm."};

void
metrics_setup(struct c2s *s)
{
	watched = s;
	for (unsigned i = 0; i < CLIENT_STATE_COUNT; i++) {
		if (states[i].name)
			continue;
		snprintf(state_labels[i], sizeof(state_labels[0]), "state=\"%s\"", client_state_name((enum client_state)i));
		states[i] = (struct metric){.name = "xmpp_c2s_connections", .labels = state_labels[i], .kind = METRIC_GAUGE,
					    .help = "Connections of clients, by state.", .read = read_state,
					    .arg = (void *)(uintptr_t)i};
		metric_register(&states[i]);
	}
	metric_register(&waiting);
}

void
metrics_teardown(void)
{
	watched = NULL;
}
