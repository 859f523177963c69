/* SPDX-License-Identifier: Apache-2.0 */
/* TLS: what servers and clients have in common, and OpenSSL's errors as text. */
#include "common/tls_priv.h"

#include <openssl/err.h>

void
tls_errors(struct buf *out)
{
	unsigned long code;
	const char *data;
	int flags;
	bool first = true;

	while ((code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags))) {
		const char *reason = ERR_reason_error_string(code);

		if (!first)
			buf_addl(out, ", ");
		first = false;
		if (reason)
			buf_addz(out, reason);
		else if (ERR_SYSTEM_ERROR(code))
			buf_addz(out, strerror(ERR_GET_REASON(code)));
		else
			buf_addf(out, "error %lx", code);
		if ((flags & ERR_TXT_STRING) && data && *data)
			buf_addf(out, " (%s)", data);
	}
}

/* RFC 9325 3.1.1, 3.3, 3.5: TLS 1.2 and newer, no compression, no renegotiation. */
SSL_CTX *
tls_ctx_new(const SSL_METHOD *method, struct buf *why)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (!ctx || SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1) {
		buf_addl(why, "cannot make a TLS context: ");
		tls_errors(why);
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
				     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	return ctx;
}
