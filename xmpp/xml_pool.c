/* SPDX-License-Identifier: Apache-2.0 */
/* Parsers and buffers at rest, for the next stream that has something to read. */
#include "config.h"

#include "xmpp/xml_pool.h"

#include "common/rand.h"

#include <stdlib.h>

enum { PARSERS_MAX = 64, WORKS_MAX = 64, KEEP_BYTES = 64 * 1024 };

static XML_Parser parsers[PARSERS_MAX];
static unsigned parsers_len;
static struct xml_work *works;
static unsigned works_len;

static const XML_Memory_Handling_Suite memory = {xmalloc, xrealloc, free};

/* One secret a process: names chosen to collide in expat's tables need to know it. */
static unsigned long
salt(void)
{
	static unsigned long value;

	while (value == 0)
		value = (unsigned long)rand_u64();
	return value;
}

XML_Parser
xml_parser_take(void)
{
	static const XML_Char separator[] = {XML_NS_SEPARATOR, 0};
	XML_Parser p;

	if (parsers_len) {
		p = parsers[--parsers_len];
		bug_if(!XML_ParserReset(p, "UTF-8"));
	} else {
		p = XML_ParserCreate_MM("UTF-8", &memory, separator);
		bug_if(!p);
	}
	XML_SetHashSalt(p, salt());
#ifdef HAVE_XML_SETREPARSEDEFERRALENABLED
	XML_SetReparseDeferralEnabled(p, XML_FALSE);
#endif
	return p;
}

void
xml_parser_give(XML_Parser *p, bool grown)
{
	if (!*p)
		return;
	if (!grown && parsers_len < PARSERS_MAX)
		parsers[parsers_len++] = *p;
	else
		XML_ParserFree(*p);
	*p = NULL;
}

struct xml_work *
xml_work_take(void)
{
	struct xml_work *w = works;

	if (!w)
		return xcalloc(1, sizeof(*w));
	works = w->next;
	works_len--;
	return w;
}

static void
give_buf(struct buf *b)
{
	if (b->cap > KEEP_BYTES)
		buf_done(b);
	else
		buf_clear(b);
}

static void
free_work(struct xml_work *w)
{
	buf_done(&w->tag);
	buf_done(&w->bytes);
	buf_done(&w->decls);
	arena_done(&w->names);
	free(w);
}

void
xml_work_give(struct xml_work **wp)
{
	struct xml_work *w = *wp;

	*wp = NULL;
	if (!w)
		return;
	if (works_len == WORKS_MAX) {
		free_work(w);
		return;
	}
	give_buf(&w->tag);
	give_buf(&w->bytes);
	give_buf(&w->decls);
	arena_reset(&w->names);
	w->header = (struct xml_header){0};
	w->next = works;
	works = w;
	works_len++;
}
