/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the sm to the client: numbers are checked, bytes are written as they
 * stand. Nothing is parsed here: what is inside the server is canonical XML.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"

/* It has this message from a former sm, or from this one before it lost its memory. */
static bool
has_it(struct bond *bond, struct str name)
{
	if (!name.p || !names_seen(&bond->names, name))
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
	ack_written(bond);
	if (io_queued(c->io) <= c->c2s->set.out_queue_max)
		return;
	/* RFC 6120 4.9.3.17: there is no room for what it does not take. The sm keeps what it did not acknowledge. */
	metric_add(&metric_limit_out_queue, 1);
	client_fail(c, STREAM_RESOURCE_CONSTRAINT, "the client does not read what it is sent"); /* bond may be gone now */
}

void
deliver_stanza(struct bond *bond, const struct frame *f)
{
	if (!bond->client || client_over(bond->client)) /* not acknowledged: the sm will do what is right for it */
		return;
	if (f->seq <= bond->received) {
		metric_add(&metric_duplicates, 1);
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
	if (has_it(bond, f->rid))
		ack_written(bond);
	else
		write_to_client(bond, f->payload);
}
