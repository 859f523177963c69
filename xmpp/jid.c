/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: taken apart, checked through jid_prep.c, put together. */
#include "xmpp/jid.h"

#include "xmpp/jid_prep.h"

static struct str
none_or(bool present, const char *p, size_t n)
{
	return present ? str_n(p, n) : STR_NONE;
}

/*
 * The first '/' begins the resource, then the first '@' before it the domain (RFC 6122 2.1; the order is said
 * in RFC 7622 3.2).
 */
static void
split(struct str text, struct jid *j)
{
	ssize_t slash = str_chr(text, '/'), at;

	j->full = text;
	j->bare = slash < 0 ? text : str_n(text.p, (size_t)slash);
	j->resource = slash < 0 ? STR_NONE : str_from(text, (size_t)slash + 1);
	at = str_chr(j->bare, '@');
	j->node = at < 0 ? STR_NONE : str_n(text.p, (size_t)at);
	j->domain = at < 0 ? j->bare : str_from(j->bare, (size_t)at + 1);
}

void
jid_split(struct str prepared, struct jid *jid_r)
{
	if (prepared.n == 0)
		*jid_r = (struct jid){0};
	else
		split(prepared, jid_r);
}

void
jid_join(struct arena *a, struct str node, struct str domain, struct str resource, struct jid *jid_r)
{
	size_t before = node.p ? node.n + 1 : 0, after = resource.p ? resource.n + 1 : 0;
	char *p = arena_alloc(a, before + domain.n + after + 1);

	if (node.p) {
		memcpy(p, node.p, node.n);
		p[node.n] = '@';
	}
	memcpy(p + before, domain.p, domain.n);
	if (resource.p) {
		p[before + domain.n] = '/';
		memcpy(p + before + domain.n + 1, resource.p, resource.n);
	}
	p[before + domain.n + after] = '\0';
	jid_r->full = str_n(p, before + domain.n + after);
	jid_r->bare = str_n(p, before + domain.n);
	jid_r->node = none_or(node.p, p, node.n);
	jid_r->domain = str_n(p + before, domain.n);
	jid_r->resource = none_or(resource.p, p + before + domain.n + 1, resource.n);
}

static int
refuse(const char **why_r, const char *why)
{
	if (why_r)
		*why_r = why;
	return -1;
}

int
jid_prep(struct arena *a, struct str text, struct jid *jid_r, const char **why_r)
{
	struct jid_part node, domain, resource;
	struct jid raw;

	if (text.n == 0)
		return refuse(why_r, "address is empty");
	if (text.n > JID_MAX)
		return refuse(why_r, "address is too long");
	node.n = resource.n = 0;
	split(text, &raw);
	if (raw.node.p && jid_part_node(raw.node, &node) < 0)
		return refuse(why_r, "localpart of the address is malformed");
	if (jid_part_domain(raw.domain, &domain) < 0)
		return refuse(why_r, "domainpart of the address is malformed");
	if (raw.resource.p && jid_part_resource(raw.resource, &resource) < 0)
		return refuse(why_r, "resourcepart of the address is malformed");
	jid_join(a, none_or(raw.node.p, node.p, node.n), str_n(domain.p, domain.n),
	         none_or(raw.resource.p, resource.p, resource.n), jid_r);
	return 0;
}

static int
prep_one(struct arena *a, struct str text, int (*prep)(struct str, struct jid_part *), struct str *r)
{
	struct jid_part part;

	if (prep(text, &part) < 0)
		return -1;
	*r = arena_str(a, str_n(part.p, part.n));
	return 0;
}

int
jid_prep_node(struct arena *a, struct str text, struct str *r)
{
	return prep_one(a, text, jid_part_node, r);
}

int
jid_prep_domain(struct arena *a, struct str text, struct str *r)
{
	return prep_one(a, text, jid_part_domain, r);
}

int
jid_prep_resource(struct arena *a, struct str text, struct str *r)
{
	return prep_one(a, text, jid_part_resource, r);
}
