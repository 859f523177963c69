/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First-level elements: who handles which, in which state. One table; what is
 * not in it is an error of the stream, and which one depends on how far the
 * client has come.
 */
#include "c2s/c2s.h"

#define IN(state) (1u << CLIENT_##state)

static const struct row {
	unsigned states;
	const char *ns, *name;
	void (*handle)(struct client *c, const struct stanza *st);
	const char *handler; /* its name, for tests and debugging */
} rows[] = {
#define ROW(states, ns, name, handle) {states, ns, name, handle, #handle}
	ROW(IN(PLAIN), NS_TLS, "starttls", starttls_on_request),
	ROW(IN(SECURE) | IN(AUTH) | IN(AUTHENTICATED) | IN(BOUND), NS_TLS, "starttls", starttls_on_late_request),
	ROW(IN(PLAIN) | IN(SECURE), NS_SASL, "auth", auth_on_auth),
	ROW(IN(AUTH), NS_SASL, "auth", auth_on_second_auth),
	ROW(IN(AUTH), NS_SASL, "response", auth_on_response),
	ROW(IN(AUTH), NS_SASL, "abort", auth_on_abort),
	ROW(IN(PLAIN) | IN(SECURE), NS_SASL, "response", auth_on_stray),
	ROW(IN(PLAIN) | IN(SECURE), NS_SASL, "abort", auth_on_stray),
	ROW(IN(AUTHENTICATED), NS_CLIENT, "iq", bind_on_iq),
	ROW(IN(AUTHENTICATED), NS_SM, "resume", manage_on_resume),
	ROW(IN(BOUND), NS_SM, "resume", manage_on_untimely),
	ROW(IN(AUTHENTICATED), NS_SM, "enable", manage_on_untimely),
	ROW(IN(BOUND), NS_SM, "enable", manage_on_enable),
	ROW(IN(BOUND), NS_SM, "r", manage_on_r),
	ROW(IN(BOUND), NS_SM, "a", manage_on_a),
	ROW(IN(BOUND), NS_CLIENT, "message", forward_stanza),
	ROW(IN(BOUND), NS_CLIENT, "presence", forward_stanza),
	ROW(IN(BOUND), NS_CLIENT, "iq", forward_stanza),
#undef ROW
};

static const struct row *
find_row(enum client_state state, struct str ns, struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((rows[i].states & 1u << state) && str_is(name, rows[i].name) && str_is(ns, rows[i].ns))
			return &rows[i];
	return NULL;
}

const char *
element_handler_name(enum client_state state, struct str ns, struct str name)
{
	const struct row *row = find_row(state, ns, name);

	return row ? row->handler : NULL;
}

static void
refuse(struct client *c, const struct stanza *st)
{
	if (c->state == CLIENT_BOUND) /* RFC 6120 4.9.3.24 */
		client_fail(c, STREAM_UNSUPPORTED_STANZA_TYPE, "neither a stanza nor anything that was offered");
	else if (c->state >= CLIENT_AUTHENTICATED) /* RFC 6120 7.1 */
		client_fail(c, STREAM_NOT_AUTHORIZED, "resource binding comes first");
	else if (st->kind != STANZA_OTHER) /* RFC 6120 4.9.3.12 */
		client_fail(c, STREAM_NOT_AUTHORIZED, "login comes first");
	else
		client_fail(c, STREAM_UNSUPPORTED_STANZA_TYPE, "not an element of the login");
}

void
client_on_element(struct client *c, const struct stanza *st)
{
	const struct row *row;

	if (client_over(c))
		return;
	row = find_row(c->state, st->root->ns, st->root->name);
	if (row)
		row->handle(c, st);
	else
		refuse(c, st);
}
