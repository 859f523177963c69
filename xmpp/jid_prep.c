/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preparing the parts of a JID: nodeprep, nameprep with IDNA, resourceprep
 * (RFC 6122 2.2 to 2.4, appendices A and B), and SASLprep (RFC 4013). Plain
 * ASCII goes a short way; the rest goes through libidn, after its length and
 * UTF-8 have been checked. Not for splitting a JID or putting it together
 * (jid.c).
 */
#include "xmpp/jid_prep.h"

#include "common/utf8.h"
#include "xmpp/jid.h"

#include <arpa/inet.h>
#include <idna.h>
#include <stdlib.h>
#include <stringprep.h>

enum { PASSWORD_MAX = 4096, LABEL_MAX = 63 };

static bool
is_ascii(struct str s)
{
	unsigned char any = 0;

	for (size_t i = 0; i < s.n; i++)
		any |= (unsigned char)s.p[i];
	return any < 0x80;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static int
keep(struct jid_part *r, const char *z)
{
	size_t n = strlen(z);

	if (n == 0 || n > JID_PART_MAX)
		return -1;
	memcpy(r->p, z, n + 1);
	r->n = n;
	return 0;
}

/*
 * A profile of libidn over the part in place. Its result must be stable: what we store is prepared once more
 * when others send it back.
 */
static int
run_profile(struct jid_part *r, int flags, const Stringprep_profile *profile)
{
	char again[JID_PART_MAX + 1];

	if (stringprep(r->p, sizeof(r->p), flags, profile) != STRINGPREP_OK)
		return -1;
	r->n = strlen(r->p);
	if (r->n == 0)
		return -1;
	memcpy(again, r->p, r->n + 1);
	if (stringprep(again, sizeof(again), flags, profile) != STRINGPREP_OK)
		return -1;
	return strcmp(again, r->p) == 0 ? 0 : -1;
}

/* The checks before any preparation; a copy with a NUL behind it. */
static int
accept_part(struct str text, struct jid_part *r)
{
	if (text.n == 0 || text.n > JID_PART_MAX)
		return -1;
	memcpy(r->p, text.p, text.n);
	r->p[text.n] = '\0';
	r->n = text.n;
	return 0;
}

/* RFC 6122 A.5: space, controls and " & ' / : < > @ */
static bool
node_char_ok(char c)
{
	return c > ' ' && c < 0x7F && !strchr("\"&'/:<>@", c);
}

int
jid_part_node(struct str text, struct jid_part *r)
{
	if (accept_part(text, r) < 0)
		return -1;
	if (!is_ascii(text)) {
		/* An account is an identity: no code point that the profile does not know (RFC 3454 7). */
		return utf8_xml_valid(text) ? run_profile(r, STRINGPREP_NO_UNASSIGNED, stringprep_xmpp_nodeprep) : -1;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (!node_char_ok(r->p[i]))
			return -1;
		r->p[i] = lower(r->p[i]);
	}
	return 0;
}

int
jid_part_resource(struct str text, struct jid_part *r)
{
	if (accept_part(text, r) < 0)
		return -1;
	if (!is_ascii(text)) {
		/*
		 * Unassigned code points pass: resources are also the nicknames of rooms elsewhere, and people's
		 * emoji are younger than Unicode 3.2. The tables are frozen, so the result is stable.
		 */
		return utf8_xml_valid(text) ? run_profile(r, 0, stringprep_xmpp_resourceprep) : -1;
	}
	for (size_t i = 0; i < r->n; i++)
		if (r->p[i] < ' ' || r->p[i] == 0x7F)
			return -1;
	return 0;
}

/* [IPv6] in one spelling, so that one address is one JID. */
static int
prep_ipv6(struct jid_part *r)
{
	struct in6_addr addr;
	char text[INET6_ADDRSTRLEN];

	if (r->n < 4 || r->p[r->n - 1] != ']')
		return -1;
	r->p[r->n - 1] = '\0';
	if (inet_pton(AF_INET6, r->p + 1, &addr) != 1 || !inet_ntop(AF_INET6, &addr, text, sizeof(text)))
		return -1;
	r->n = strlen(text) + 2;
	memcpy(r->p + 1, text, r->n - 2);
	memcpy(r->p + r->n - 1, "]", 2);
	return 0;
}

static bool
label_ok(struct str label)
{
	if (label.n == 0 || label.n > LABEL_MAX || label.p[0] == '-' || label.p[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
			return false;
	}
	return true;
}

/* ASCII labels as STD 3 has them, in lower case (RFC 6122 2.2). */
static int
check_hostname(struct jid_part *r)
{
	struct str rest;

	for (size_t i = 0; i < r->n; i++)
		r->p[i] = lower(r->p[i]);
	rest = str_n(r->p, r->n);
	do {
		if (!label_ok(str_split(rest, '.', &rest)))
			return -1;
	} while (rest.p);
	return 0;
}

static bool
has_ace_label(const struct jid_part *r)
{
	return strncmp(r->p, IDNA_ACE_PREFIX, strlen(IDNA_ACE_PREFIX)) == 0 || strstr(r->p, "." IDNA_ACE_PREFIX);
}

/* ToASCII must succeed for each label; what is kept is its ToUnicode form. */
static int
prep_idn(struct jid_part *r)
{
	char *ascii = NULL, *unicode = NULL;
	int rc = -1;

	if (idna_to_ascii_8z(r->p, &ascii, IDNA_USE_STD3_ASCII_RULES) != IDNA_SUCCESS)
		goto out;
	if (keep(r, ascii) < 0 || check_hostname(r) < 0)
		goto out;
	if (idna_to_unicode_8z8z(r->p, &unicode, IDNA_USE_STD3_ASCII_RULES) != IDNA_SUCCESS)
		goto out;
	/* An A-label that has no Unicode form stands for nothing. */
	rc = keep(r, unicode) < 0 || has_ace_label(r) ? -1 : 0;
out:
	free(ascii);
	free(unicode);
	return rc;
}

/*
 * RFC 6122 2.2: a final dot is no part of the domain, and goes before anything else is done or measured. Dots
 * are what IDNA takes for them (RFC 3490 3.1).
 */
static struct str
without_final_dot(struct str text)
{
	static const struct str dots[] = {
		{".", 1}, {"\xE3\x80\x82", 3}, {"\xEF\xBC\x8E", 3}, {"\xEF\xBD\xA1", 3},
	};

	for (size_t i = 0; i < ARRAY_LEN(dots); i++)
		if (text.n >= dots[i].n && str_eq(str_from(text, text.n - dots[i].n), dots[i]))
			return str_n(text.p, text.n - dots[i].n);
	return text;
}

int
jid_part_domain(struct str text, struct jid_part *r)
{
	bool literal = text.n && text.p[0] == '[';

	if (!literal)
		text = without_final_dot(text);
	if (accept_part(text, r) < 0 || memchr(text.p, '\0', text.n))
		return -1;
	if (literal)
		return prep_ipv6(r);
	if (!is_ascii(text))
		return utf8_xml_valid(text) ? prep_idn(r) : -1;
	if (check_hostname(r) < 0)
		return -1;
	return has_ace_label(r) ? prep_idn(r) : 0;
}

struct str
jid_domain_ascii(struct arena *a, struct str prepared)
{
	char *z = str_dup(prepared), *ascii = NULL;
	struct str r = arena_str(a, prepared);

	if (!is_ascii(prepared) && idna_to_ascii_8z(z, &ascii, IDNA_USE_STD3_ASCII_RULES) == IDNA_SUCCESS)
		r = arena_str(a, str_z(ascii));
	free(z);
	free(ascii);
	return r;
}

int
saslprep(struct arena *a, struct str text, struct str *r)
{
	char *in, *prepared = NULL;
	int rc;

	if (text.n > PASSWORD_MAX || !utf8_xml_valid(text))
		return -1;
	in = str_dup(text);
	rc = stringprep_profile(in, &prepared, "SASLprep", STRINGPREP_NO_UNASSIGNED);
	if (rc == STRINGPREP_OK)
		*r = arena_str(a, str_z(prepared));
	free(in);
	free(prepared);
	return rc == STRINGPREP_OK ? 0 : -1;
}
