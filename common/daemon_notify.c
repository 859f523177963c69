/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service manager wants to know, in systemd's protocol (sd_notify(3)):
 * a datagram to the socket in $NOTIFY_SOCKET. Spoken by hand, so that nothing
 * of systemd is linked.
 */
#include "common/daemon_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int
notify_address(const char *path, struct sockaddr_un *sa, socklen_t *len_r)
{
	size_t n = strlen(path);

	if ((path[0] != '/' && path[0] != '@') || n < 2 || n > sizeof(sa->sun_path) - 1)
		return -1;
	*sa = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(sa->sun_path, path, n);
	if (path[0] == '@') /* the abstract namespace */
		sa->sun_path[0] = '\0';
	*len_r = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	return 0;
}

void
daemon_notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un sa;
	socklen_t len;
	int fd;

	if (!path)
		return;
	if (notify_address(path, &sa, &len) < 0) {
		log_warning(NULL, "the service manager cannot be told: $NOTIFY_SOCKET is no socket's path value=%s",
			    log_quote(str_z(path)));
		return;
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&sa, len) < 0)
		log_warning(NULL, "the service manager cannot be told error=\"%s\"", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* Type=notify-reload wants the time too, to tell this reload from an earlier one. */
void
daemon_notify_reloading(void)
{
	struct timespec now;
	char *text;

	clock_gettime(CLOCK_MONOTONIC, &now);
	text = xasprintf("RELOADING=1\nMONOTONIC_USEC=%jd", (intmax_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	daemon_notify(text);
	free(text);
}

static void
on_watchdog(struct timer *t)
{
	struct daemon *d = container_of(t, struct daemon, watchdog);

	daemon_notify("WATCHDOG=1");
	timer_start(d->loop, t, d->watchdog_ms, on_watchdog);
}

/* WatchdogSec= of the unit: a loop that hangs is killed and started again. */
void
daemon_watchdog_start(struct daemon *d)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	uint64_t us, for_pid;

	if (!usec || str_to_u64(str_z(usec), &us) < 0 || us < 2000)
		return;
	if (pid && (str_to_u64(str_z(pid), &for_pid) < 0 || for_pid != (uint64_t)getpid()))
		return;
	d->watchdog_ms = us / 2000; /* twice as often as it is asked for */
	timer_start(d->loop, &d->watchdog, d->watchdog_ms, on_watchdog);
}
