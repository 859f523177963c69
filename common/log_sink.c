/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors for log lines. Standard error is shared with other processes, so
 * O_NONBLOCK on it would surprise them: pipes and terminals are opened anew,
 * which gives a description of our own. Not for what lines look like (log.c).
 */
#include "common/log_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- opening ---- */

void
log_sink_stderr(struct log_sink *s)
{
	struct stat st;
	int fd;

	*s = (struct log_sink){.fd = STDERR_FILENO, .way = LOG_WAY_WRITE};
	if (fstat(STDERR_FILENO, &st) < 0 || S_ISREG(st.st_mode))
		return;
	if (S_ISSOCK(st.st_mode)) {
		s->way = LOG_WAY_SEND;
		return;
	}
	fd = open("/proc/self/fd/2", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) { /* it belongs to somebody else, or there is no /proc */
		s->way = LOG_WAY_POLL;
		return;
	}
	s->fd = fd;
	s->owned = true;
}

int
log_sink_file(struct log_sink *s, const char *path)
{
	/* O_NONBLOCK is for named pipes; files know no waiting. */
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);

	if (fd < 0)
		return -1;
	*s = (struct log_sink){.fd = fd, .way = LOG_WAY_WRITE, .owned = true};
	return 0;
}

static int
syslog_connect(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&at, sizeof(at)) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void
log_sink_syslog(struct log_sink *s)
{
	*s = (struct log_sink){.fd = syslog_connect(), .way = LOG_WAY_SEND, .owned = true, .syslog = true};
}

void
log_sink_done(struct log_sink *s)
{
	if (s->owned && s->fd >= 0)
		close(s->fd);
	buf_done(&s->rest);
	s->fd = -1;
	s->owned = false;
}

/* ---- writing ---- */

static bool
has_room(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT);
}

static ssize_t
put_once(const struct log_sink *s, struct str bytes)
{
	if (s->way == LOG_WAY_SEND)
		return send(s->fd, bytes.p, bytes.n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (s->way == LOG_WAY_POLL && !has_room(s->fd))
		return 0;
	return write(s->fd, bytes.p, bytes.n);
}

/* How much was taken. */
static size_t
put_some(const struct log_sink *s, struct str bytes)
{
	size_t done = 0;

	while (done < bytes.n) {
		ssize_t n = put_once(s, str_from(bytes, done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

/* It was started again, or was not there when we were. */
static bool
syslog_came_back(struct log_sink *s)
{
	int fd;

	if (!s->syslog || (s->fd >= 0 && errno != ECONNREFUSED && errno != ENOTCONN && errno != ECONNRESET))
		return false;
	fd = syslog_connect();
	if (fd < 0)
		return false;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = fd;
	return true;
}

bool
log_sink_put(struct log_sink *s, struct str line)
{
	size_t n;

	if (s->rest.n) {
		buf_consume(&s->rest, put_some(s, buf_str(&s->rest)));
		if (s->rest.n)
			return false;
	}
	n = put_some(s, line);
	if (n == 0 && line.n && syslog_came_back(s))
		n = put_some(s, line);
	if (n > 0 && n < line.n)
		buf_add(&s->rest, str_from(line, n));
	return n > 0 || line.n == 0;
}
