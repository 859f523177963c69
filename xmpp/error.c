/* SPDX-License-Identifier: Apache-2.0 */
/* Names and default types of error conditions; not for writing errors (stream.c, stanza_write.c, sasl.c). */
#include "xmpp/error.h"

#define X(id, name) [STREAM_##id] = name,
static const char *const stream_names[STREAM_CONDITION_COUNT] = {[STREAM_OK] = "ok", STREAM_CONDITIONS(X)};
#undef X
#define X(id, name) [SASL_FAIL_##id] = name,
static const char *const sasl_names[SASL_CONDITION_COUNT] = {[SASL_FAIL_NONE] = "ok", SASL_CONDITIONS(X)};
#undef X
#define X(id, name, type) [STANZA_ERR_##id] = {name, type},
static const struct {
	const char *name, *type;
} stanza_rows[STANZA_CONDITION_COUNT] = {[STANZA_OK] = {"ok", "continue"}, STANZA_CONDITIONS(X)};
#undef X

const char *
stream_condition_name(enum stream_condition c)
{
	bug_if(c >= STREAM_CONDITION_COUNT);
	return stream_names[c];
}

const char *
sasl_condition_name(enum sasl_condition c)
{
	bug_if(c >= SASL_CONDITION_COUNT);
	return sasl_names[c];
}

const char *
stanza_condition_name(enum stanza_condition c)
{
	bug_if(c >= STANZA_CONDITION_COUNT);
	return stanza_rows[c].name;
}

const char *
stanza_condition_type(enum stanza_condition c)
{
	bug_if(c >= STANZA_CONDITION_COUNT);
	return stanza_rows[c].type;
}

enum stanza_condition
stanza_condition_find(struct str name)
{
	for (int c = STANZA_OK + 1; c < STANZA_CONDITION_COUNT; c++)
		if (str_is(name, stanza_rows[c].name))
			return (enum stanza_condition)c;
	return STANZA_OK;
}

enum stream_condition
stream_condition_find(struct str name)
{
	for (int c = STREAM_OK + 1; c < STREAM_CONDITION_COUNT; c++)
		if (str_is(name, stream_names[c]))
			return (enum stream_condition)c;
	return STREAM_OK;
}
