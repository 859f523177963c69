/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domains that we serve and their certificates: the `host` sections of the
 * configuration. A host without a usable certificate is served without TLS,
 * and loudly: one mistake in one file does not take the others off the air.
 */
#pragma once

#include "common/conf.h"
#include "common/log.h"
#include "common/tls.h"

struct hosts;

/* From the configuration; bad certificates are logged as errors. Null only when nothing could be served at all, with why. */
struct hosts *hosts_new(const struct conf *conf, const struct log_ctx *log, struct buf *why) MUST_CHECK;
void hosts_free(struct hosts **h);
/*
 * After a reload. A certificate that is bad now keeps the ones of before, all of them, and is logged. Hosts that are
 * no longer configured are not found any more.
 */
void hosts_reload(struct hosts *h, const struct conf *conf, const struct log_ctx *log);

const char *hosts_find(const struct hosts *h, struct str prepared); /* the host as we write it; null: not ours */
const char *hosts_first(const struct hosts *h);                     /* one of ours; never null */
size_t hosts_count(const struct hosts *h);
const char *hosts_name(const struct hosts *h, size_t i);
struct redirect {     /* where new clients are served in our stead (RFC 6120 4.9.3.19) */
	struct str to;    /* absent: nowhere */
	bool after_login; /* or as soon as TLS is there */
};
struct redirect hosts_redirect(const struct hosts *h, struct str host);
bool hosts_anonymous(const struct hosts *h, struct str host);         /* ANONYMOUS is welcome there */
bool hosts_tls_ready(const struct hosts *h, struct str host);
int64_t hosts_expires_in(const struct hosts *h, struct str host);     /* seconds; INT64_MIN: no certificate */
/*
 * A connection in accept state, for a host, or (absent) for whom SNI names, else the first that has a
 * certificate. May be null.
 */
SSL *hosts_ssl(struct hosts *h, struct str host);
