/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the sm to the client: numbers are checked, bytes are written as they
 * stand. Nothing is parsed here: what is inside the server is canonical XML.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"

/* It has this message from a former sm, or from this one before it lost its memory. */
static bool
has_it(struct bond *l, struct str name)
{
	if (!name.p || !names_seen(&l->names, name))
		return false;
	metric_add(&metric_duplicates, 1);
	return true;
}

static void
write_to_client(struct bond *l, struct str payload)
{
	struct client *c = l->client;

	client_write(c, payload);
	metric_stanza_out(payload);
	ack_owe(l);
	if (io_queued(c->io) <= c->c2s->set.out_queue_max)
		return;
	/* RFC 6120 4.9.3.17: there is no room for what it does not take. The sm keeps what it did not acknowledge. */
	metric_add(&metric_limit_out_queue, 1);
	client_fail(c, STREAM_RESOURCE_CONSTRAINT, "the client does not read what it is sent"); /* l may be gone now */
}

void
deliver_stanza(struct bond *l, const struct frame *f)
{
	if (!l->client || client_over(l->client)) /* not acknowledged: the sm will do what is right for it */
		return;
	if (f->seq <= l->received) {
		metric_add(&metric_duplicates, 1);
		ack_again(l);
		return;
	}
	if (f->seq > l->received + 1) {
		log_warning(&l->client->log, "stanzas are missing owner=%s from=%llu to=%llu: asked for again", l->owner->name,
			    (unsigned long long)l->received + 1, (unsigned long long)f->seq - 1);
		bond_lost(l, "a number is missing");
		return;
	}
	l->received = f->seq;
	if (has_it(l, f->rid))
		ack_owe(l);
	else
		write_to_client(l, f->payload);
}
