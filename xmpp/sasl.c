/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cyrus SASL in this process: which of its plugins may load, what its options
 * are, where its log goes. No configuration file and no password database of
 * its own is read. Exchanges are in sasl_server.c.
 */
#include "xmpp/sasl_cyrus.h"
#include "xmpp/sasl_mech.h"

#include "common/log.h"

static unsigned setups; /* how many sasl_setup wait for their sasl_teardown */
static unsigned loaded; /* bit i: Cyrus has sasl_mechs[i] */

/* Every option that Cyrus asks for; what is not here is unset, and no file is looked into. */
static const struct {
	const char *name, *value;
} options[] = {
	{"auxprop_plugin", "carillon"},
	{"pwcheck_method", "auxprop"}, /* comes after our own check has said no, and finds nothing */
	{"auto_transition", "no"},
	{"reauth_timeout", "0"}, /* DIGEST-MD5 keeps nothing between exchanges */
};

static int
on_getopt(void *context, const char *plugin, const char *option, const char **value_r, unsigned *len_r)
{
	(void)context;
	(void)plugin;
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		if (strcmp(option, options[i].name) != 0)
			continue;
		*value_r = options[i].value;
		if (len_r)
			*len_r = (unsigned)strlen(options[i].value);
		return SASL_OK;
	}
	*value_r = NULL;
	if (len_r)
		*len_r = 0;
	return SASL_FAIL;
}

/*
 * Cyrus would write to syslog. Whatever a peer can cause is worth a debug line
 * only: the verdict is logged by who owns the connection. Levels above
 * SASL_LOG_NOTE trace, and may hold passwords.
 */
static int
on_log(void *context, int level, const char *text)
{
	(void)context;
	if (level != SASL_LOG_NONE && level <= SASL_LOG_NOTE)
		log_debug(NULL, "cyrus sasl: %s", log_quote(str_z(text)));
	return SASL_OK;
}

/* The plugins that we have a use for; a password database or Kerberos found on the way stays unloaded. */
static int
on_verify_file(void *context, const char *file, sasl_verify_type_t type)
{
	static const char *const wanted[] = {"libscram.", "libdigestmd5.", "libplain."};
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;

	(void)context;
	if (type != SASL_VRFY_PLUGIN)
		return SASL_CONTINUE;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (strncmp(name, wanted[i], strlen(wanted[i])) == 0)
			return SASL_OK;
	return SASL_CONTINUE; /* leave it out */
}

static const sasl_callback_t callbacks[] = {
	{SASL_CB_GETOPT, SASL_ANY(on_getopt), NULL},
	{SASL_CB_LOG, SASL_ANY(on_log), NULL},
	{SASL_CB_VERIFYFILE, SASL_ANY(on_verify_file), NULL},
	{SASL_CB_LIST_END, NULL, NULL},
};

/* Cyrus lists no -PLUS: each SCRAM of its has one. */
static bool
is_listed(const struct sasl_mech *m, const char *const *names)
{
	size_t n = strlen(m->name) - (m->plus ? strlen("-PLUS") : 0);

	for (; names && *names; names++)
		if (str_eq(str_z(*names), str_n(m->name, n)))
			return true;
	return false;
}

static void
look_what_is_loaded(void)
{
	const char *const *names = sasl_global_listmech();

	loaded = 0;
	for (size_t i = 0; i < SASL_MECH_COUNT; i++)
		if (sasl_mechs[i].kind == SASL_KIND_ANONYMOUS || is_listed(&sasl_mechs[i], names))
			loaded |= 1u << i;
}

bool
sasl_mech_loaded(const struct sasl_mech *m)
{
	return (loaded & 1u << (m - sasl_mechs)) != 0;
}

static int
start_cyrus(struct buf *why)
{
	int code = sasl_store_register();

	if (code == SASL_OK)
		code = sasl_server_init(callbacks, NULL);
	if (code != SASL_OK) {
		buf_addf(why, "Cyrus SASL does not start: %s", sasl_errstring(code, NULL, NULL));
		return -1;
	}
	look_what_is_loaded();
	if (!sasl_mech_loaded(sasl_mech_find(STR("SCRAM-SHA-256")))) {
		buf_addz(why, "Cyrus SASL has no SCRAM-SHA-256: install libsasl2-modules (2.1.28 or later)");
		return -1;
	}
	return 0;
}

int
sasl_setup(struct buf *why)
{
	if (setups == 0 && start_cyrus(why) < 0) {
		sasl_done();
		return -1;
	}
	setups++;
	return 0;
}

void
sasl_teardown(void)
{
	bug_if(setups == 0);
	if (--setups > 0)
		return;
	loaded = 0;
	sasl_done();
}
