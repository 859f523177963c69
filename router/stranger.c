/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that have not shown who they are: how many there may be, and how
 * much may be written about them. Whoever knows the secret needs a place for
 * some milliseconds only, so the one who has stood there longest goes first.
 */
#include "router/router.h"

#include "common/metric.h"

#define LIMIT(id, l)                                                                                                   \
	static struct metric id = {.name = "xmpp_limits_hit_total", .labels = "limit=\"" l "\"",                       \
				   .help = "Times that a limit was hit.", .kind = METRIC_COUNTER}

LIMIT(hit_setup_max, "setup_max");
LIMIT(hit_setup_timeout, "setup_timeout");
LIMIT(hit_external_stanza, "external_stanza_max");
LIMIT(hit_external_rate, "external_rate");
LIMIT(hit_external_stall, "external_stall");
static struct metric refused = {
	.name = "xmpp_router_strangers_total",
	.help = "Connections that ended before they had shown that they know the secret.",
	.kind = METRIC_COUNTER,
};

const struct router_limits router_limits_default = {
	.setup_max = 64,
	.setup_ms = 10000,
	.external_stanza = 256 * 1024,
	.external_rate = 4 * 1024 * 1024,
	.external_burst = 16 * 1024 * 1024,
	.external_stall_ms = 10000,
};

void
limit_hit(enum router_limit which)
{
	static struct metric *const metrics[] = {
		[LIMIT_SETUP_MAX] = &hit_setup_max,
		[LIMIT_SETUP_TIMEOUT] = &hit_setup_timeout,
		[LIMIT_EXTERNAL_STANZA] = &hit_external_stanza,
		[LIMIT_EXTERNAL_RATE] = &hit_external_rate,
		[LIMIT_EXTERNAL_STALL] = &hit_external_stall,
	};

	metric_add(metrics[which], 1);
}

static void
paced_line(struct router *r, struct log_pace *pace, const struct log_ctx *ctx, enum log_level level, const char *what, const char *why)
{
	uint64_t held;

	metric_add(&refused, 1);
	if (!log_pace(pace, loop_now(r->loop), &held))
		return;
	if (held)
		log_write(level, ctx, "%s: %s others=%llu", what, why, (unsigned long long)held);
	else
		log_write(level, ctx, "%s: %s", what, why);
}

void
stranger_log(struct router *r, const struct log_ctx *ctx, const char *why)
{
	paced_line(r, &r->stranger_pace, ctx, LOG_LEVEL_WARNING, "refused", why);
}

/* It comes back every few seconds until it has been upgraded. */
void
stranger_version(struct router *r, const struct log_ctx *ctx, const char *why)
{
	paced_line(r, &r->version_pace, ctx, LOG_LEVEL_WARNING, "refused", why);
}

/* carillonctl leaves so, when it has its answer from another router. */
void
stranger_left(struct router *r, const struct log_ctx *ctx, const char *why)
{
	paced_line(r, &r->stranger_pace, ctx, LOG_LEVEL_INFO, "left before it was set up", why);
}
