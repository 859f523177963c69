/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resource binding (RFC 6120 section 7): the request, prepared, becomes an
 * <open/> to the owner of the account; its answer becomes the result. And the
 * old session request (RFC 3921 section 3), which does nothing any more.
 */
#include "c2s/c2s.h"

#include "c2s/metrics.h"
#include "xmpp/out.h"

static void
answer_error(struct client *c, const struct stanza *st, enum stanza_condition condition, const char *text)
{
	struct stanza_fault fault = {.condition = condition, .text = text};
	struct buf b = {0};

	stanza_write_error(&b, st, &fault);
	client_answer(c, buf_str(&b));
	buf_done(&b);
}

/* RFC 6120 7.1: of the server or of the account, which is what nobody addressed means, too. */
static bool
is_for_us(const struct stanza *st, struct str user, struct str host)
{
	struct str to = node_attr(st->arena, st->root, "to");
	struct jid prepared;

	if (!to.p)
		return true;
	if (jid_prep(st->arena, to, &prepared, NULL) < 0 || prepared.resource.p)
		return false;
	return str_eq(prepared.domain, host) && (!prepared.node.p || str_eq(prepared.node, user));
}

/* What is wrong with the request; null: nothing. RFC 6120 8.1.3, 8.2.3. */
static const char *
ill_made(const struct stanza *st)
{
	if (!st->id.p)
		return "an iq needs an id";
	return st->root->child->next ? "an iq of type set has exactly one child" : NULL;
}

void
bind_on_iq(struct client *c, const struct stanza *st)
{
	const struct node *bind = st->type == TYPE_SET ? node_child(st->root, "bind", NS_BIND) : NULL;
	struct login *l = c->login;
	struct str wanted, resource = STR("");
	const char *why;

	if (!bind || !is_for_us(st, l->user, str_z(l->host))) { /* RFC 6120 7.1 */
		client_fail(c, STREAM_NOT_AUTHORIZED, "resource binding comes first");
		return;
	}
	if (++l->binds > BINDS_MAX) {
		client_fail(c, STREAM_POLICY_VIOLATION, "too many attempts to bind a resource");
		return;
	}
	why = ill_made(st);
	if (why) {
		answer_error(c, st, STANZA_ERR_BAD_REQUEST, why);
		return;
	}
	wanted = node_child_text(st->arena, bind, "resource", NS_BIND);
	if (wanted.n > 0 && jid_prep_resource(&l->arena, wanted, &resource) < 0) { /* RFC 6120 7.7.2.1 */
		answer_error(c, st, STANZA_ERR_BAD_REQUEST, "the resource cannot be part of an address");
		return;
	}
	l->bind_id = arena_str(&l->arena, st->id);
	client_pause(c, PAUSE_BIND); /* a client may send on at once; it waits here */
	client_set_state(c, CLIENT_BINDING);
	bond_new(c, l->user, str_z(l->host), resource, l->mechanism, NULL);
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
bind_done(struct client *c)
{
	stream_set_limits(c->stream, &c->c2s->set.bound);
	client_login_done(c);
	client_set_state(c, CLIENT_BOUND);
	client_resume(c, PAUSE_BIND);
}

void
bind_opened(struct client *c)
{
	write_bound(c, c->login->bind_id);
	bind_done(c);
	metric_add(&metric_sessions_bound, 1);
	log_info(&c->log, "session bound resource=%s", log_quote(c->bond->jid.resource));
}

static void
write_refused(struct client *c, enum stanza_condition condition, const char *text)
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
	if (text) {
		out_openz(&o, "text", NS_STANZA_ERRORS);
		out_attr_ns(&o, STR(NS_XML), STR("lang"), STR("en"));
		out_text(&o, str_z(text));
	}
	out_done(&o);
	client_write(c, buf_str(&b));
	buf_done(&b);
}

/* The client may try again, until its time is up (RFC 6120 7.7.2; XEP-0198 "Resumption"). */
void
bind_refused(struct client *c, enum stanza_condition condition, const char *text)
{
	if (c->login->bind_id.p)
		write_refused(c, condition, text);
	else
		resume_refused(c, condition);
	c->login->bind_id = STR_NONE;
	log_info(&c->log, "session refused reason=%s why=%s", stanza_condition_name(condition),
		 log_quote(str_z(text)));
	client_set_state(c, CLIENT_AUTHENTICATED);
	client_resume(c, PAUSE_BIND);
}

bool
bind_on_late_iq(struct client *c, const struct stanza *st)
{
	const struct node *child = st->root->child;
	const struct jid *own = &c->bond->jid;
	struct stanza stamped = *st; /* as it would have gone on */
	struct buf b = {0};

	if (st->type != TYPE_SET || !child || !(node_is(child, "bind", NS_BIND) || node_is(child, "session", NS_SESSION)))
		return false;
	if (ill_made(st) || !is_for_us(st, own->node, own->domain))
		return false; /* the sm's business, or somebody else's */
	stamped.from = *own;
	if (node_is(child, "bind", NS_BIND)) { /* one resource a stream; more were RFC 3920's idea */
		answer_error(c, &stamped, STANZA_ERR_NOT_ALLOWED, "a resource is bound already");
		return true;
	}
	stanza_write_result(&b, &stamped, STR(""));
	client_answer(c, buf_str(&b));
	buf_done(&b);
	return true;
}
