/* SPDX-License-Identifier: Apache-2.0 */
/* What signals mean to a daemon. They come through the loop, so they may do anything. */
#include "common/daemon_impl.h"

#include <signal.h>

static void
on_term(struct daemon *d, int number)
{
	if (d->draining) {
		log_warning(&d->log, "a second signal: leaving at once signal=%s", number == SIGTERM ? "TERM" : "INT");
		loop_stop(d->loop);
		return;
	}
	log_info(&d->log, "leaving signal=%s", number == SIGTERM ? "TERM" : "INT");
	daemon_drain(d);
}

static void
on_signal(uv_signal_t *handle, int number)
{
	struct daemon *d = handle->data;

	loop_woke(d->loop);
	switch (number) {
	case SIGHUP:
		daemon_reload(d);
		break;
	case SIGUSR1:
		log_reopen();
		break;
	default:
		on_term(d, number);
		break;
	}
}

void
daemon_signals_start(struct daemon *d)
{
	static const int numbers[DAEMON_SIGNALS] = {SIGHUP, SIGUSR1, SIGTERM, SIGINT};

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < DAEMON_SIGNALS; i++) {
		bug_if(uv_signal_init(loop_uv(d->loop), &d->signals[i]) < 0);
		d->signals[i].data = d;
		if (uv_signal_start(&d->signals[i], on_signal, numbers[i]) < 0)
			die(1, "%s: cannot handle signals: is the limit of open files (ulimit -n) very low?", d->name);
	}
}

/* The loop's end waits for the handles. */
void
daemon_signals_stop(struct daemon *d)
{
	for (size_t i = 0; i < DAEMON_SIGNALS; i++)
		uv_close((uv_handle_t *)&d->signals[i], NULL);
}
