/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the sm to the client: numbers are checked, bytes are written as they
 * stand. Nothing is parsed here: what is inside the server is canonical XML.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"

/* It has this message from a former sm, or from this one before it lost its memory. */
static bool
has_it(struct bond *bond, struct str name, uint64_t *place)
{
	uint64_t keep = bond->managed ? bond->managed->count - bond->managed->h + NAMES_MAX : 0;

	if (!name.p || !names_seen_at(&bond->names, name, loop_now(bond->c2s->loop), place, keep))
		return false;
	metric_add(&metric_duplicates, 1);
	return true;
}

static void
write_to_client(struct bond *bond, struct str payload)
{
	struct client *c = bond->client;

	client_write(c, payload);
	metric_stanza_out(payload);
	if (bond->managed)
		manage_sent(bond);
	else
		ack_written(bond);
	flow_check_out(c); /* bond may be gone now */
}

static void
deliver_nothing(struct bond *bond, uint64_t place)
{
	if (bond->managed)
		manage_had(bond, place);
	else
		ack_written(bond);
}

void
deliver_stanza(struct bond *bond, const struct frame *f)
{
	uint64_t place = bond->managed ? bond->managed->count + 1 : 0;

	if (!bond->client || client_over(bond->client)) /* not acknowledged: the sm will do what is right for it */
		return;
	if (f->seq <= bond->received) {
		metric_add(&metric_duplicates, 1);
		if (bond->managed)
			manage_came_again(bond, f->seq);
		ack_again(bond);
		return;
	}
	if (f->seq > bond->received + 1) {
		log_warning(&bond->client->log,
			    "stanzas are missing owner=%s from=%llu to=%llu: asked for again",
			    bond->owner->name, (unsigned long long)bond->received + 1,
			    (unsigned long long)f->seq - 1);
		bond_lost(bond, "a number is missing");
		return;
	}
	bond->received = f->seq;
	if (has_it(bond, f->rid, &place))
		deliver_nothing(bond, place);
	else
		write_to_client(bond, f->payload);
}
