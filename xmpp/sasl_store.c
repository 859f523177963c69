/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The auxprop plugin "carillon": how Cyrus gets at the keys of the user who is
 * authenticating. It answers from the exchange on whose behalf Cyrus asks and
 * looks nothing up itself: the keys have come before Cyrus is called.
 */
#include "xmpp/sasl_cyrus.h"
#include "xmpp/sasl_exchange.h"

/* The names that Cyrus's mechanisms ask for. '*': belongs to the authentication identity. */
#define PROP_SCRAM  "*authPassword"            /* RFC 5803's form */
#define PROP_DIGEST "*cmusaslsecretDIGEST-MD5" /* 16 bytes: MD5(user:realm:password) */

static void
set_scram(sasl_server_params_t *params, const struct sasl_exchange *x)
{
	struct buf line = {0};

	if (sasl_exchange_scram_line(x, &line))
		params->utils->prop_set(params->propctx, PROP_SCRAM, line.p, (int)line.n);
	buf_done(&line);
}

static void
set_digest(sasl_server_params_t *params, const struct sasl_exchange *x)
{
	unsigned char digest[16];

	if (sasl_exchange_digest(x, digest))
		params->utils->prop_set(params->propctx, PROP_DIGEST, (const char *)digest, sizeof(digest));
}

static int
on_lookup(void *context, sasl_server_params_t *params, unsigned flags, const char *user, unsigned user_len)
{
	const struct sasl_exchange *x = sasl_exchange_of(params->utils, params->utils->conn);
	const struct propval *wanted = params->utils->prop_get(params->propctx);

	(void)context;
	if (!x || !wanted || !sasl_exchange_is_user(x, str_n(user, user_len)))
		return SASL_NOUSER;
	if (flags & SASL_AUXPROP_AUTHZID) /* nothing is stored for whom one acts */
		return SASL_OK;
	for (; wanted->name; wanted++) {
		if (wanted->values)
			continue;
		if (strcmp(wanted->name, PROP_SCRAM) == 0)
			set_scram(params, x);
		else if (strcmp(wanted->name, PROP_DIGEST) == 0)
			set_digest(params, x);
	}
	return SASL_OK;
}

static sasl_auxprop_plug_t plugin = {.auxprop_lookup = on_lookup};

static int
on_plugin_init(const sasl_utils_t *utils, int max_version, int *version_r, sasl_auxprop_plug_t **plugin_r,
	       const char *name)
{
	static char plugin_name[] = "carillon"; /* Cyrus's type is not const */

	(void)utils;
	(void)name;
	if (max_version < SASL_AUXPROP_PLUG_VERSION)
		return SASL_BADVERS;
	plugin.name = plugin_name;
	*version_r = SASL_AUXPROP_PLUG_VERSION;
	*plugin_r = &plugin;
	return SASL_OK;
}

int
sasl_store_register(void)
{
	return sasl_auxprop_add_plugin("carillon", on_plugin_init);
}
