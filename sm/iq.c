/* SPDX-License-Identifier: Apache-2.0 */
/* IQ requests for the server: routes by (type, namespace, element, addressee), and exactly one answer each (sm/iq.h). */
#include "sm/iq.h"

#include "sm/duty.h"
#include "sm/session.h"
#include "sm/sm.h"
#include "sm/user.h"

#include <stdlib.h>

struct route_node { /* routes with the same key, by addressee */
	struct route_node *next;
	const struct iq_route *route;
	char key[]; /* only the first one's is in the map */
};

struct space { /* a namespace that there are routes for */
	unsigned addressees;
	char ns[];
};

struct iqs {
	struct map routes; /* "get urn:xmpp:ping ping" -> struct route_node */
	struct map spaces; /* "urn:xmpp:ping" -> struct space */
	struct list kept;  /* struct iq_kept */
};

struct call { /* a request that is being handled */
	struct iq pub;
	bool answered;
};

struct iq_kept {
	struct list_node node;
	struct sm *sm;
	struct arena arena;
	struct stanza stanza;
	struct duty *duty;
	char sid[SID_LEN + 1]; /* the requester's session when it is one of this sm's */
	uint64_t serial;
};

/* ---- routes ---- */

static void
key_write(struct buf *b, enum stanza_type type, struct str ns, struct str element)
{
	buf_addz(b, type == TYPE_GET ? "get " : "set ");
	buf_add(b, ns);
	buf_addc(b, ' ');
	buf_add(b, element);
}

void
iqs_new(struct sm *sm)
{
	sm->iqs = xcalloc(1, sizeof(*sm->iqs));
}

static void
space_add(struct sm *sm, const struct iq_route *route)
{
	struct space *space = map_find(&sm->iqs->spaces, str_z(route->ns));
	size_t n = strlen(route->ns);

	if (!space) {
		space = xcalloc(1, sizeof(*space) + n + 1);
		memcpy(space->ns, route->ns, n);
		map_put(&sm->iqs->spaces, str_z(space->ns), space);
	}
	space->addressees |= route->addressees;
}

static void
route_add(struct sm *sm, const struct iq_route *route)
{
	struct buf key = {0};
	struct route_node *first, *n;

	key_write(&key, route->type, str_z(route->ns), str_z(route->element));
	n = xcalloc(1, sizeof(*n) + key.n + 1);
	memcpy(n->key, key.p, key.n);
	n->route = route;
	first = map_find(&sm->iqs->routes, buf_str(&key));
	if (first) {
		n->next = first->next;
		first->next = n;
	} else {
		map_put(&sm->iqs->routes, str_z(n->key), n);
	}
	buf_done(&key);
}

void
iqs_add(struct sm *sm, const struct iq_route *routes)
{
	for (const struct iq_route *r = routes; r && r->ns; r++) {
		route_add(sm, r);
		space_add(sm, r);
	}
}

static const struct iq_route *
route_find(struct sm *sm, const struct iq *iq)
{
	const struct route_node *n;
	struct buf key = {0};

	key_write(&key, iq->stanza->type, iq->child->ns, iq->child->name);
	n = map_find(&sm->iqs->routes, buf_str(&key));
	buf_done(&key);
	while (n && !(n->route->addressees & iq->addressee))
		n = n->next;
	return n ? n->route : NULL;
}

/*
 * RFC 6120 8.3.3.3, 8.4: a namespace that we know, and in it something that we do not; or a namespace that we know
 * nothing of. About the accounts of others there is one answer only, as there is for those that do not exist.
 */
static enum stanza_condition
unclaimed(struct sm *sm, const struct iq *iq)
{
	const struct space *space = map_find(&sm->iqs->spaces, iq->child->ns);

	if (space && iq->addressee != TO_CONTACT && (space->addressees & iq->addressee))
		return STANZA_ERR_FEATURE_NOT_IMPLEMENTED;
	return STANZA_ERR_SERVICE_UNAVAILABLE;
}

enum stanza_condition
iq_check(const struct stanza *st)
{
	const struct node *child = st->root->child;

	switch (st->type) {
	case TYPE_GET:
	case TYPE_SET:
		return st->id.p && child && !child->next ? STANZA_OK : STANZA_ERR_BAD_REQUEST;
	case TYPE_RESULT:
	case TYPE_ERROR:
		return STANZA_OK; /* nobody answers an answer */
	default:
		return STANZA_ERR_BAD_REQUEST;
	}
}

/* ---- answers ---- */

static void
reply_send(struct sm *sm, struct sm_session *session, const struct buf *b)
{
	if (session)
		session_send(session, buf_str(b));
	else
		sm_route(sm, buf_str(b));
}

static void
call_answer(struct sm *sm, const struct iq *iq, const struct buf *b)
{
	struct call *call = (struct call *)container_of(iq, struct call, pub);

	bug_if(call->answered);
	call->answered = true;
	reply_send(sm, iq->session, b);
}

void
iq_result(struct sm *sm, const struct iq *iq, struct str canonical_child)
{
	struct buf b = {0};

	stanza_write_result(&b, iq->stanza, canonical_child);
	call_answer(sm, iq, &b);
	buf_done(&b);
}

void
iq_fault(struct sm *sm, const struct iq *iq, const struct stanza_fault *fault)
{
	struct buf b = {0};

	stanza_write_error(&b, iq->stanza, fault);
	call_answer(sm, iq, &b);
	buf_done(&b);
}

void
iq_error(struct sm *sm, const struct iq *iq, enum stanza_condition condition, const char *text)
{
	iq_fault(sm, iq, &(struct stanza_fault){.condition = condition, .text = text});
}

/* XEP-0175 3, 3 and 4: what a guest stores would have to be taken away again; so it stores nothing. */
static bool
is_closed_to_guests(const struct iq_route *r, const struct iq *iq)
{
	return iq->user && iq->user->anonymous && iq->addressee == TO_ACCOUNT && r->type == TYPE_SET && !r->guests;
}

void
iq_handle(struct sm *sm, const struct stanza *st, enum addressee addressee, struct sm_user *user, struct sm_session *session)
{
	struct call call = {.pub = {
		.stanza = st, .child = st->root->child, .addressee = addressee, .user = user, .session = session}};
	const struct iq_route *r = route_find(sm, &call.pub);

	if (r && is_closed_to_guests(r, &call.pub))
		iq_error(sm, &call.pub, STANZA_ERR_FORBIDDEN, "Nothing is stored for guests.");
	else if (r)
		r->handle(sm, &call.pub);
	else
		iq_error(sm, &call.pub, unclaimed(sm, &call.pub), NULL);
	bug_if(!call.answered);
}

/* ---- requests that wait ---- */

struct iq_kept *
iq_keep(struct sm *sm, const struct iq *iq)
{
	struct call *call = (struct call *)container_of(iq, struct call, pub);
	struct iq_kept *k = xcalloc(1, sizeof(*k));

	bug_if(call->answered);
	call->answered = true;
	k->sm = sm;
	bug_if(stanza_parse(&k->stanza, &k->arena, arena_str(&k->arena, iq->stanza->bytes), NULL) < 0);
	k->duty = duty_ref(sm->duty);
	if (iq->session) {
		memcpy(k->sid, iq->session->sid, sizeof(k->sid));
		k->serial = iq->session->serial;
	}
	list_append(&sm->iqs->kept, &k->node);
	return k;
}

static void
kept_free(struct iq_kept *k)
{
	list_remove(&k->sm->iqs->kept, &k->node);
	duty_unref(&k->duty);
	arena_done(&k->arena);
	free(k);
}

static void
kept_end(struct iq_kept *k, const struct buf *b)
{
	struct sm_session *session = NULL;

	if (k->serial)
		session = session_find_serial(k->sm, str_z(k->sid), k->serial);
	if (session || !k->serial)
		reply_send(k->sm, session, b); /* who has gone needs no answer; c2s repeats the request to the next owner */
	kept_free(k);
}

void
kept_result(struct iq_kept **kp, struct str canonical_child)
{
	struct iq_kept *k = *kp;
	struct buf b = {0};

	*kp = NULL;
	stanza_write_result(&b, &k->stanza, canonical_child);
	kept_end(k, &b);
	buf_done(&b);
}

void
kept_error(struct iq_kept **kp, enum stanza_condition condition, const char *text)
{
	struct iq_kept *k = *kp;
	struct buf b = {0};

	*kp = NULL;
	stanza_write_error(&b, &k->stanza, &(struct stanza_fault){.condition = condition, .text = text});
	kept_end(k, &b);
	buf_done(&b);
}

void
kept_storage_error(struct iq_kept **k, enum storage_result r)
{
	switch (r) {
	case STORAGE_OK:
		bug_if("no error");
		break;
	case STORAGE_NOT_FOUND:
		kept_error(k, STANZA_ERR_ITEM_NOT_FOUND, NULL);
		break;
	case STORAGE_EXISTS:
		kept_error(k, STANZA_ERR_CONFLICT, NULL);
		break;
	case STORAGE_TEMPORARY:
	case STORAGE_FENCED:
		kept_error(k, STANZA_ERR_RESOURCE_CONSTRAINT, NULL);
		break;
	case STORAGE_REFUSED:
		kept_error(k, STANZA_ERR_INTERNAL_SERVER_ERROR, NULL);
		break;
	}
}

void
iqs_free(struct sm *sm)
{
	struct route_node *n;
	struct space *space;
	uint64_t it = 0;

	if (!sm->iqs)
		return;
	list_each(&sm->iqs->kept, struct iq_kept, k, node)
		kept_free(k);
	while ((n = map_next(&sm->iqs->routes, &it)))
		while (n) {
			struct route_node *next = n->next;

			free(n);
			n = next;
		}
	map_done(&sm->iqs->routes);
	it = 0;
	while ((space = map_next(&sm->iqs->spaces, &it)))
		free(space);
	map_done(&sm->iqs->spaces);
	free(sm->iqs);
	sm->iqs = NULL;
}
