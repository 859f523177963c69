/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resource binding (RFC 6120 section 7): the request, prepared, becomes an
 * <open/> to the owner of the account; its answer becomes the result. And the
 * old session request (RFC 3921 section 3), which does nothing any more.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"
#include "xmpp/out.h"

enum { BINDS_MAX = 10 }; /* requests on one stream: each costs the sm something */

static void
answer_error(struct client *c, const struct stanza *st, enum stanza_condition condition, const char *text)
{
	struct stanza_fault fault = {.condition = condition, .text = text};
	struct buf b = {0};

	stanza_write_error(&b, st, &fault);
	client_write(c, buf_str(&b));
	buf_done(&b);
}

static struct node *
bind_child(const struct stanza *st)
{
	return st->type == TYPE_SET ? node_child(st->root, "bind", NS_BIND) : NULL;
}

static struct node *
session_child(const struct stanza *st)
{
	return st->type == TYPE_SET ? node_child(st->root, "session", NS_SESSION) : NULL;
}

void
bind_on_iq(struct client *c, const struct stanza *st)
{
	const struct node *bind = bind_child(st);
	struct login *l = c->login;
	struct str wanted, resource = STR("");

	if (!bind) { /* RFC 6120 7.1 */
		client_fail(c, STREAM_NOT_AUTHORIZED, "resource binding comes first");
		return;
	}
	if (++l->binds > BINDS_MAX) {
		client_fail(c, STREAM_POLICY_VIOLATION, "too many attempts to bind a resource");
		return;
	}
	wanted = node_child_text(st->arena, bind, "resource", NS_BIND);
	if (!st->id.p) { /* RFC 6120 8.1.3 */
		answer_error(c, st, STANZA_ERR_BAD_REQUEST, "an iq needs an id");
		return;
	}
	if (wanted.n > 0 && jid_prep_resource(&l->arena, wanted, &resource) < 0) { /* RFC 6120 7.7.2.1 */
		answer_error(c, st, STANZA_ERR_BAD_REQUEST, "the resource cannot be part of an address");
		return;
	}
	l->bind_id = arena_str(&l->arena, st->id);
	client_pause(c, PAUSE_BIND); /* a client may send on at once; it waits here */
	client_set_state(c, CLIENT_BINDING);
	bond_new(c, l->user, str_z(l->host), resource, l->mechanism);
}

static void
write_bound(struct client *c, struct str id)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "iq", NULL);
	out_attrz(&o, "type", STR("result"));
	out_attrz(&o, "id", id);
	out_openz(&o, "bind", NS_BIND);
	out_leafz(&o, "jid", NULL, c->bond->jid.full);
	out_done(&o);
	client_write(c, buf_str(&b));
	buf_done(&b);
}

void
bind_opened(struct client *c)
{
	write_bound(c, c->login->bind_id);
	stream_set_limits(c->stream, &c->c2s->set.bound);
	client_login_done(c);
	client_set_state(c, CLIENT_BOUND);
	metric_add(&metric_sessions_bound, 1);
	log_info(&c->log, "session bound resource=%s", log_quote(c->bond->jid.resource));
	client_resume(c, PAUSE_BIND);
}

/* The client may try again, until its time is up (RFC 6120 7.7.2). */
void
bind_refused(struct client *c, enum stanza_condition condition, const char *text)
{
	struct buf b = {0};
	struct out o;

	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "iq", NULL);
	out_attrz(&o, "type", STR("error"));
	out_attrz(&o, "id", c->login->bind_id);
	out_openz(&o, "error", NULL);
	out_attrz(&o, "type", str_z(stanza_condition_type(condition)));
	out_leafz(&o, stanza_condition_name(condition), NS_STANZA_ERRORS, STR(""));
	if (text)
		out_leafz(&o, "text", NS_STANZA_ERRORS, str_z(text));
	out_done(&o);
	client_write(c, buf_str(&b));
	buf_done(&b);
	log_info(&c->log, "session refused reason=%s why=%s", stanza_condition_name(condition),
		 log_quote(str_z(text)));
	client_set_state(c, CLIENT_AUTHENTICATED);
	client_resume(c, PAUSE_BIND);
}

bool
bind_on_late_iq(struct client *c, const struct stanza *st)
{
	struct buf b = {0};

	if (bind_child(st)) { /* one resource a stream; more were RFC 3920's idea */
		if (stanza_may_answer(st))
			answer_error(c, st, STANZA_ERR_NOT_ALLOWED, "a resource is bound already");
		return true;
	}
	if (!session_child(st) || (st->to.full.p && !str_eq(st->to.full, c->bond->jid.domain)))
		return false;
	stanza_write_result(&b, st, STR(""));
	client_write(c, buf_str(&b));
	buf_done(&b);
	return true;
}
