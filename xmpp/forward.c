/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <forwarded/> (xmpp/forward.h). A stanza stands in the stream's content
 * namespace, which canonical XML does not write; inside of another element it
 * has to say so. Only its start tag changes.
 */
#include "xmpp/forward.h"

#include "xmpp/datetime.h"

static void
write_delay(struct out *o, int64_t stamp)
{
	struct buf b = {0};

	datetime_print(&b, stamp);
	out_openz(o, "delay", NS_DELAY);
	out_attrz(o, "stamp", buf_str(&b));
	out_close(o);
	buf_done(&b);
}

static void
write_stanza(struct out *o, const struct forward *f)
{
	struct stanza_edit edit = {.drop = f->drop, .drop_count = f->drop_count, .append = f->append};
	size_t name = 1 + f->stanza->root->name.n; /* "<message" */
	struct buf plain = {0}, b = {0};

	stanza_write(&plain, f->stanza, &edit);
	buf_add(&b, str_n(plain.p, name));
	buf_addl(&b, " xmlns='" NS_CLIENT "'");
	buf_add(&b, str_from(buf_str(&plain), name));
	out_raw(o, buf_str(&b));
	buf_done(&plain);
	buf_done(&b);
}

void
forward_write(struct out *o, const struct forward *f)
{
	out_openz(o, "forwarded", NS_FORWARD);
	if (f->stamp)
		write_delay(o, f->stamp);
	write_stanza(o, f);
	out_close(o);
}
