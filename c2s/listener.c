/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets, and the first question to who connects: is there a place for you? */
#include "c2s/listener.h"

#include "c2s/c2s.h"
#include "c2s/metrics.h"

#include <stdlib.h>
#include <unistd.h>

enum { REFUSED_LOG_MS = 10000 };

struct listener {
	struct list_node node;
	struct c2s *c2s;
	struct io_listener *io;
	bool direct_tls;
	uint64_t refused, refused_at; /* since the last line about it */
};

/* A flood must not become a flood of log lines. */
static void
log_refused(struct listener *l, const char *limit, const struct addr *peer)
{
	uint64_t now = loop_now(l->c2s->loop);
	struct buf address = {0};

	l->refused++;
	if (l->refused_at != 0 && now - l->refused_at < REFUSED_LOG_MS)
		return;
	addr_print_host(&address, peer);
	log_warning(l->c2s->log, "connections refused limit=%s address=%s count=%llu", limit, buf_z(&address),
		    (unsigned long long)l->refused);
	buf_done(&address);
	l->refused = 0;
	l->refused_at = now;
}

static void
on_accept(struct io_listener *io, int fd, const struct addr *peer)
{
	struct listener *l = io_listener_owner(io);
	struct c2s *s = l->c2s;
	struct address *address;
	const char *limit = limits_admit(&s->limits, &s->set, peer, loop_now(s->loop), &address);

	if (limit) {
		metric_limit(limit);
		log_refused(l, limit, peer);
		close(fd);
		return;
	}
	metric_add(&metric_connects, 1);
	client_new(s, fd, peer, address, l->direct_tls);
}

static int
open_one(struct c2s *s, const char *text, bool direct_tls, struct buf *why)
{
	struct io_listener_opts opts = {.reuse_port = true, .unix_mode = 0666};
	struct listener *l;
	struct addr at;
	const char *bad;

	if (addr_parse(&at, str_z(text), &bad) < 0) {
		buf_addf(why, "c2s: \"%s\": %s\n", text, bad);
		return -1;
	}
	l = xcalloc(1, sizeof(*l));
	l->c2s = s;
	l->direct_tls = direct_tls;
	l->io = io_listen(s->loop, &at, &opts, on_accept, l, why);
	if (!l->io) {
		buf_addc(why, '\n');
		free(l);
		return -1;
	}
	list_append(&s->listeners, &l->node);
	log_info(s->log, "listening address=%s%s", text, direct_tls ? " tls=direct" : "");
	return 0;
}

/*
 * What somebody has written must work. Of the default addresses one family may
 * be missing, as on machines without IPv6.
 */
static int
open_key(struct c2s *s, const char *key, bool direct_tls, struct buf *why)
{
	bool given = conf_given(s->conf, conf_c2s.name, NULL, key);
	struct buf problems = {0};
	const char *const *items;
	size_t count = conf_list(s->conf, conf_c2s.name, NULL, key, &items), opened = 0;

	for (size_t i = 0; i < count; i++)
		if (open_one(s, items[i], direct_tls, &problems) == 0)
			opened++;
	if (opened < count && (given || opened == 0)) {
		buf_add(why, buf_str(&problems));
		buf_done(&problems);
		return -1;
	}
	if (problems.n > 0)
		log_warning(s->log, "not listening everywhere: %s", log_quote(str_trim(buf_str(&problems))));
	buf_done(&problems);
	return 0;
}

int
listeners_open(struct c2s *s, struct buf *why)
{
	if (open_key(s, "listen", false, why) < 0 || open_key(s, "listen_tls", true, why) < 0)
		return -1;
	return 0;
}

void
listeners_close(struct c2s *s)
{
	struct list_node *n;

	while ((n = list_shift(&s->listeners))) {
		struct listener *l = list_entry(n, struct listener, node);

		io_listener_last_call(l->io);
		io_listener_free(&l->io);
		free(l);
	}
}
