/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the files of xmpp/ that call Cyrus SASL, and for nobody else: from here
 * on sasl_server_new and its five sisters are Cyrus's own.
 */
#pragma once

#include "xmpp/sasl.h"

#undef sasl_server_new
#undef sasl_server_start
#undef sasl_server_step
#undef sasl_client_new
#undef sasl_client_start
#undef sasl_client_step

#include <sasl/sasl.h>
#include <sasl/saslplug.h>

/* Cyrus keeps callbacks of all types as one, and casts them back. (void (*)(void) is what gcc takes as "meant so".) */
#define SASL_ANY(callback) ((int (*)(void))(void (*)(void))(callback))

/* The auxprop plugin that gives Cyrus what is stored (sasl_store.c); SASL_OK or Cyrus's code. */
int sasl_store_register(void);
