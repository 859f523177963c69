/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Back-pressure: who sends to a full port is not read from until that port has
 * drained (doc/protocol.md section 2, queues). So a queue holds its mark and at most
 * one batch of reads from each source.
 */
#include "router/router.h"

#include "common/metric.h"

#include <stdlib.h>

struct wait { /* a source is paused for a target */
	struct list_node at_target, at_source;
	struct port *source, *target;
};

static struct metric paused_total = {
	.name = "xmpp_router_pauses_total",
	.help = "How often a link was not read from because it filled another one.",
	.kind = METRIC_COUNTER,
};

static void
wait_free(struct wait *w)
{
	struct port *source = w->source;

	list_remove(&w->target->waiters, &w->at_target);
	list_remove(&source->waits, &w->at_source);
	free(w);
	if (source->waits.len == 0 && source->io && !source->paced)
		io_resume(source->io);
}

bool
port_paused(const struct port *p)
{
	return p->waits.len > 0;
}

static bool
waits_for(const struct port *source, const struct port *target)
{
	list_each(&source->waits, struct wait, w, at_source)
		if (w->target == target)
			return true;
	return false;
}

void
port_press(struct port *source, struct port *target)
{
	struct wait *w;

	if (!io_over(target->io) || waits_for(source, target))
		return;
	w = xcalloc(1, sizeof(*w));
	w->source = source;
	w->target = target;
	list_append(&target->waiters, &w->at_target);
	list_append(&source->waits, &w->at_source);
	if (source->waits.len == 1) {
		io_pause(source->io);
		metric_add(&paused_total, 1);
	}
}

void
port_drained(struct port *p)
{
	while (p->waiters.first)
		wait_free(list_entry(p->waiters.first, struct wait, at_target));
}

void
port_done(struct port *p)
{
	io_free(&p->io);
	port_drained(p);
	while (p->waits.first)
		wait_free(list_entry(p->waits.first, struct wait, at_source));
}
