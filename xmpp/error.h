/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The error conditions of streams (RFC 6120 4.9.3), SASL (6.5) and stanzas
 * (8.3.3), as enums with the documents' names, each stanza condition with its
 * default type and RFC 3920's legacy code (XEP-0086 habits of old clients are
 * not served: no code is written).
 */
#pragma once

#include "common/str.h"

/* X(identifier, "name") */
#define STREAM_CONDITIONS(X)                                   \
	X(BAD_FORMAT, "bad-format")                            \
	X(BAD_NAMESPACE_PREFIX, "bad-namespace-prefix")        \
	X(CONFLICT, "conflict")                                \
	X(CONNECTION_TIMEOUT, "connection-timeout")            \
	X(HOST_GONE, "host-gone")                              \
	X(HOST_UNKNOWN, "host-unknown")                        \
	X(IMPROPER_ADDRESSING, "improper-addressing")          \
	X(INTERNAL_SERVER_ERROR, "internal-server-error")      \
	X(INVALID_FROM, "invalid-from")                        \
	X(INVALID_NAMESPACE, "invalid-namespace")              \
	X(INVALID_XML, "invalid-xml")                          \
	X(NOT_AUTHORIZED, "not-authorized")                    \
	X(NOT_WELL_FORMED, "not-well-formed")                  \
	X(POLICY_VIOLATION, "policy-violation")                \
	X(REMOTE_CONNECTION_FAILED, "remote-connection-failed") \
	X(RESET, "reset")                                      \
	X(RESOURCE_CONSTRAINT, "resource-constraint")          \
	X(RESTRICTED_XML, "restricted-xml")                    \
	X(SEE_OTHER_HOST, "see-other-host")                    \
	X(SYSTEM_SHUTDOWN, "system-shutdown")                  \
	X(UNDEFINED_CONDITION, "undefined-condition")          \
	X(UNSUPPORTED_ENCODING, "unsupported-encoding")        \
	X(UNSUPPORTED_FEATURE, "unsupported-feature")          \
	X(UNSUPPORTED_STANZA_TYPE, "unsupported-stanza-type")  \
	X(UNSUPPORTED_VERSION, "unsupported-version")

#define SASL_CONDITIONS(X)                                     \
	X(ABORTED, "aborted")                                  \
	X(ACCOUNT_DISABLED, "account-disabled")                \
	X(CREDENTIALS_EXPIRED, "credentials-expired")          \
	X(ENCRYPTION_REQUIRED, "encryption-required")          \
	X(INCORRECT_ENCODING, "incorrect-encoding")            \
	X(INVALID_AUTHZID, "invalid-authzid")                  \
	X(INVALID_MECHANISM, "invalid-mechanism")              \
	X(MALFORMED_REQUEST, "malformed-request")              \
	X(MECHANISM_TOO_WEAK, "mechanism-too-weak")            \
	X(NOT_AUTHORIZED, "not-authorized")                    \
	X(TEMPORARY_AUTH_FAILURE, "temporary-auth-failure")

/* X(identifier, "name", default type) */
#define STANZA_CONDITIONS(X)                                             \
	X(BAD_REQUEST, "bad-request", "modify")                          \
	X(CONFLICT, "conflict", "cancel")                                \
	X(FEATURE_NOT_IMPLEMENTED, "feature-not-implemented", "cancel")  \
	X(FORBIDDEN, "forbidden", "auth")                                \
	X(GONE, "gone", "cancel")                                        \
	X(INTERNAL_SERVER_ERROR, "internal-server-error", "cancel")      \
	X(ITEM_NOT_FOUND, "item-not-found", "cancel")                    \
	X(JID_MALFORMED, "jid-malformed", "modify")                      \
	X(NOT_ACCEPTABLE, "not-acceptable", "modify")                    \
	X(NOT_ALLOWED, "not-allowed", "cancel")                          \
	X(NOT_AUTHORIZED, "not-authorized", "auth")                      \
	X(POLICY_VIOLATION, "policy-violation", "modify")                \
	X(RECIPIENT_UNAVAILABLE, "recipient-unavailable", "wait")        \
	X(REDIRECT, "redirect", "modify")                                \
	X(REGISTRATION_REQUIRED, "registration-required", "auth")        \
	X(REMOTE_SERVER_NOT_FOUND, "remote-server-not-found", "cancel")  \
	X(REMOTE_SERVER_TIMEOUT, "remote-server-timeout", "wait")        \
	X(RESOURCE_CONSTRAINT, "resource-constraint", "wait")            \
	X(SERVICE_UNAVAILABLE, "service-unavailable", "cancel")          \
	X(SUBSCRIPTION_REQUIRED, "subscription-required", "auth")        \
	X(UNDEFINED_CONDITION, "undefined-condition", "modify")          \
	X(UNEXPECTED_REQUEST, "unexpected-request", "wait")

#define X(id, name) STREAM_##id,
enum stream_condition { STREAM_OK, STREAM_CONDITIONS(X) STREAM_CONDITION_COUNT };
#undef X
#define X(id, name) SASL_FAIL_##id,
enum sasl_condition { SASL_FAIL_NONE, SASL_CONDITIONS(X) SASL_CONDITION_COUNT };
#undef X
#define X(id, name, type) STANZA_ERR_##id,
enum stanza_condition { STANZA_OK, STANZA_CONDITIONS(X) STANZA_CONDITION_COUNT };
#undef X

const char *stream_condition_name(enum stream_condition c);
const char *sasl_condition_name(enum sasl_condition c);
const char *stanza_condition_name(enum stanza_condition c);
const char *stanza_condition_type(enum stanza_condition c);
enum stanza_condition stanza_condition_find(struct str name); /* STANZA_OK when unknown */
enum stream_condition stream_condition_find(struct str name); /* STREAM_OK when unknown */

/* Application-specific conditions (RFC 6120 4.9.4, 8.3.4), canonical; for who includes xmpp/ns.h. */
#define ERROR_STANZA_TOO_BIG "<stanza-too-big xmlns='" NS_ERRORS "'/>" /* XEP-0205 3 */
