/* SPDX-License-Identifier: Apache-2.0 */
/* See wire.h. The order of events is that of common/io.c: nothing is called back inside an io_* call. */
#include "tests/fuzz/wire.h"

#include <stdlib.h>

enum {
	FD_BASE = 1 << 24, /* none of the kernel's */
	ENDS_MAX = 64,     /* not yet claimed by io_new */
	LOW_MARK = 65536,
	HIGH_MARK = 262144,
	IN_MAX = 65536,
	LINGER_MS = 2000,
};

enum life { OPEN, FINISHING, ENDED, FREED };

struct wire { /* one end; the far one of a struct io, or of another that a struct io has */
	struct wire *other; /* null: gone */
	struct io *io;      /* null: the target's */
	struct buf in;      /* for this end, not taken yet */
	bool eof;           /* nothing comes behind it */
	enum io_end end;    /* how */
	bool deaf;          /* takes nothing */
	bool tls;
};

struct io {
	struct loop *loop;
	const struct io_events *events;
	void *owner;
	struct wire *wire;
	SSL *ssl;
	struct addr peer;
	struct buf out;
	size_t counted; /* of out */
	uint64_t queued_total, flushed_total;
	size_t low, high, in_max;
	struct task task;
	struct timer timer;
	enum life life;
	bool paused, over, securing, in_data;
};

struct io_listener {
	struct list_node node;
	struct loop *loop;
	struct addr addr;
	void (*accept)(struct io_listener *l, int fd, const struct addr *peer);
	void *owner;
};

struct io_connect {
	struct loop *loop;
	struct task task;
	char *address;
	void (*done)(void *owner, int fd, const char *why);
	void *owner;
};

static struct wire *ends[ENDS_MAX]; /* by descriptor */
static struct list listeners;
static void (*on_connect)(void *arg, struct str address, struct wire *w);
static void *on_connect_arg;

/* ---- wires ---- */

static void
end_free(struct wire *e)
{
	if (e->other)
		e->other->other = NULL;
	buf_done(&e->in);
	free(e);
}

/* Of a pair: the near end's descriptor; the far end is returned. */
static struct wire *
pair_new(int *fd_r)
{
	struct wire *near = xcalloc(1, sizeof(*near)), *far = xcalloc(1, sizeof(*far));
	int i = 0;

	near->other = far;
	far->other = near;
	while (ends[i])
		bug_if(++i == ENDS_MAX);
	ends[i] = near;
	*fd_r = FD_BASE + i;
	return far;
}

static struct wire *
claim(int fd)
{
	struct wire *e;

	bug_if(fd < FD_BASE || fd >= FD_BASE + ENDS_MAX || !ends[fd - FD_BASE]);
	e = ends[fd - FD_BASE];
	ends[fd - FD_BASE] = NULL;
	return e;
}

/* A descriptor that was closed in place of being given to io_new. */
static void
drop_unclaimed(int fd)
{
	struct wire *e = ends[fd - FD_BASE];

	if (!e)
		return;
	ends[fd - FD_BASE] = NULL;
	end_free(e);
}

/* ---- an io's turn ---- */

static void on_task(struct task *t);

static void
defer(struct io *io)
{
	if (io->life < ENDED)
		loop_defer(io->loop, &io->task, on_task);
}

static void
io_ends(struct io *io, enum io_end end, const char *text)
{
	if (io->life >= ENDED)
		return;
	io->life = ENDED;
	timer_stop(&io->timer);
	task_cancel(&io->task);
	io->events->end(io, end, text);
}

static void
free_later(void *p)
{
	free(p);
}

/* In memory of exactly this size, for the sanitizer, and good to the end of the turn. */
static void
deliver(struct io *io)
{
	struct wire *e = io->wire;
	size_t n = e->in.n, used;
	char *exact = xmalloc(n);
	bool securing = io->securing;

	memcpy(exact, e->in.p, n);
	loop_park(io->loop, exact, free_later);
	io->in_data = true;
	used = io->events->data(io, exact, n);
	bug_if(used > n);
	if (io->life >= ENDED)
		return;
	io->in_data = false;
	buf_consume(&e->in, io->securing != securing ? n : used);
	if (used < n && e->in.n > io->in_max && !io->paused)
		io_ends(io, IO_END_OVERFLOW, "the peer sent more than may wait");
}

static void
take_input(struct io *io)
{
	struct wire *e = io->wire;

	if (io->life != OPEN || io->paused || io->securing)
		return;
	if (e->in.n)
		deliver(io);
	if (io->life == OPEN && !io->paused && !io->securing && e->eof)
		io_ends(io, e->end, "the peer closed the connection");
}

static void
flush(struct io *io)
{
	struct wire *far = io->wire->other;

	if (far && (far->deaf || (far->io && far->io->paused && far->in.n > HIGH_MARK)))
		return;
	if (!far && io->counted) {
		io_ends(io, IO_END_RESET, "write: Broken pipe");
		return;
	}
	io->flushed_total += io->counted;
	if (io->counted)
		buf_addn(&far->in, io->out.p, io->counted);
	if (io->counted && far->io)
		defer(far->io);
	buf_consume(&io->out, io->counted);
	io->counted = 0;
	if (io->life >= ENDED || !io->over || io_queued(io) > io->low)
		return;
	io->over = false;
	if (io->events->drained)
		io->events->drained(io);
}

static void
on_linger(struct timer *t)
{
	struct io *io = container_of(t, struct io, timer);

	io_ends(io, io_queued(io) ? IO_END_TIMEOUT : IO_END_FINISHED, "closed");
}

static void
tell_eof(struct wire *far, enum io_end end)
{
	if (!far || far->eof)
		return;
	far->eof = true;
	far->end = end;
	if (far->io)
		defer(far->io);
}

static void
finish(struct io *io)
{
	tell_eof(io->wire->other, IO_END_EOF);
	if (!io->wire->other || io->wire->eof)
		io_ends(io, IO_END_FINISHED, "closed");
	else
		timer_start(io->loop, &io->timer, LINGER_MS, on_linger);
}

static void
on_task(struct task *t)
{
	struct io *io = container_of(t, struct io, task);

	flush(io);
	if (io->life == FINISHING && !io_queued(io)) {
		finish(io);
		return;
	}
	if (io->life == OPEN && io->securing && !io_queued(io)) {
		io->securing = false;
		if (io->events->secured)
			io->events->secured(io);
	}
	if (io->life < ENDED)
		take_input(io);
}

/* ---- common/io.h ---- */

struct io *
io_new(struct loop *loop, int fd, const struct io_events *events, void *owner)
{
	struct io *io = xcalloc(1, sizeof(*io));

	io->loop = loop;
	io->events = events;
	io->owner = owner;
	io->wire = claim(fd);
	io->wire->io = io;
	io->peer = (struct addr){.sa = {.ss_family = AF_UNIX}, .len = sizeof(sa_family_t)};
	io->low = LOW_MARK;
	io->high = HIGH_MARK;
	io->in_max = IN_MAX;
	defer(io);
	return io;
}

static void
release(void *p)
{
	struct io *io = p;

	SSL_free(io->ssl);
	buf_done(&io->out);
	free(io);
}

void
io_free(struct io **iop)
{
	struct io *io = *iop;

	*iop = NULL;
	if (!io)
		return;
	bug_if(io->life == FREED);
	io->life = FREED;
	timer_stop(&io->timer);
	task_cancel(&io->task);
	tell_eof(io->wire->other, IO_END_RESET);
	end_free(io->wire);
	loop_park(io->loop, io, release);
}

void *
io_owner(const struct io *io)
{
	return io->owner;
}

void
io_set_owner(struct io *io, const struct io_events *events, void *owner)
{
	io->events = events;
	io->owner = owner;
}

const struct addr *
io_peer(const struct io *io)
{
	return &io->peer;
}

void
io_set_peer(struct io *io, const struct addr *a)
{
	io->peer = *a;
}

static bool
takes_output(const struct io *io)
{
	return io->life < ENDED;
}

struct buf *
io_out(struct io *io)
{
	return &io->out;
}

void
io_wrote(struct io *io)
{
	size_t n = io->out.n - io->counted;

	if (!takes_output(io)) {
		buf_clear(&io->out);
		io->counted = 0;
		return;
	}
	if (!n)
		return;
	io->counted = io->out.n;
	io->queued_total += n;
	if (io_queued(io) > io->high)
		io->over = true;
	defer(io);
}

void
io_write(struct io *io, struct str bytes)
{
	if (!bytes.n || !takes_output(io))
		return;
	buf_add(&io->out, bytes);
	io_wrote(io);
}

void
io_write_chunk(struct io *io, struct chunk *c)
{
	io_write(io, chunk_str(c));
}

size_t
io_queued(const struct io *io)
{
	return (size_t)(io->queued_total - io->flushed_total);
}

uint64_t
io_flushed_total(const struct io *io)
{
	return io->flushed_total;
}

uint64_t
io_queued_total(const struct io *io)
{
	return io->queued_total;
}

void
io_set_marks(struct io *io, size_t low, size_t high)
{
	bug_if(low > high);
	io->low = low;
	io->high = high;
}

bool
io_over(const struct io *io)
{
	return io->over;
}

void
io_set_in_max(struct io *io, size_t bytes)
{
	io->in_max = bytes;
}

void
io_pause(struct io *io)
{
	io->paused = true;
}

void
io_resume(struct io *io)
{
	if (!io->paused || io->life >= ENDED)
		return;
	io->paused = false;
	if (io->wire->other && io->wire->other->io)
		defer(io->wire->other->io);
	defer(io);
}

void
io_finish(struct io *io, uint64_t timeout_ms)
{
	if (io->life != OPEN)
		return;
	io->life = FINISHING;
	timer_start(io->loop, &io->timer, timeout_ms, on_linger);
	defer(io);
}

void
io_start_tls(struct io *io, SSL *ssl)
{
	bug_if(io->ssl || !ssl);
	io->ssl = ssl;
	io->securing = true;
	io->wire->tls = true;
	if (!io->in_data)
		buf_clear(&io->wire->in);
	defer(io);
}

SSL *
io_ssl(const struct io *io)
{
	return io->ssl;
}

/* ---- listening and connecting ---- */

struct io_listener *
io_listen(struct loop *loop, const struct addr *at, const struct io_listener_opts *opts,
	  void (*accept)(struct io_listener *l, int fd, const struct addr *peer), void *owner, struct buf *why)
{
	struct io_listener *l = xcalloc(1, sizeof(*l));

	(void)opts;
	(void)why;
	l->loop = loop;
	l->addr = *at;
	l->accept = accept;
	l->owner = owner;
	list_append(&listeners, &l->node);
	return l;
}

void
io_listener_free(struct io_listener **l)
{
	if (*l)
		list_remove(&listeners, &(*l)->node);
	free(*l);
	*l = NULL;
}

/* Nobody waits here. */
void
io_listener_last_call(struct io_listener *l)
{
	(void)l;
}

void *
io_listener_owner(const struct io_listener *l)
{
	return l->owner;
}

const struct addr *
io_listener_addr(const struct io_listener *l)
{
	return &l->addr;
}

static struct io_listener *
listener_at(struct str address)
{
	list_each(&listeners, struct io_listener, l, node) {
		struct buf at = {0};
		bool here;

		addr_print(&at, &l->addr);
		here = str_eq(buf_str(&at), address);
		buf_done(&at);
		if (here)
			return l;
	}
	return NULL;
}

/* The far end; null when nobody listens. */
static struct wire *
dial(struct str address)
{
	struct io_listener *l = listener_at(address);
	struct wire *far;
	int fd;

	if (!l)
		return NULL;
	far = pair_new(&fd);
	l->accept(l, fd, &l->addr);
	drop_unclaimed(fd);
	return far;
}

/* The far end as a descriptor, for a component under test. */
static int
as_descriptor(struct wire *far)
{
	int i = 0;

	while (ends[i])
		bug_if(++i == ENDS_MAX);
	ends[i] = far;
	return FD_BASE + i;
}

static void
on_connect_task(struct task *t)
{
	struct io_connect *c = container_of(t, struct io_connect, task);
	struct str address = str_z(c->address);
	struct wire *far = dial(address), *target = NULL;
	int fd = -1;

	if (far) {
		fd = as_descriptor(far);
	} else if (on_connect) {
		target = pair_new(&fd);
		on_connect(on_connect_arg, address, target);
	}
	c->done(c->owner, fd, fd < 0 ? "connection refused" : NULL);
	free(c->address);
	free(c);
}

struct io_connect *
io_connect(struct loop *loop, struct str address, uint64_t timeout_ms,
	   void (*done)(void *owner, int fd, const char *why), void *owner)
{
	struct io_connect *c = xcalloc(1, sizeof(*c));

	(void)timeout_ms;
	c->loop = loop;
	c->address = str_dup(address);
	c->done = done;
	c->owner = owner;
	loop_defer(loop, &c->task, on_connect_task);
	return c;
}

void
io_connect_cancel(struct io_connect **cp)
{
	struct io_connect *c = *cp;

	*cp = NULL;
	if (!c)
		return;
	task_cancel(&c->task);
	free(c->address);
	free(c);
}

/* ---- the target's hand ---- */

struct wire *
wire_new(int *fd_r)
{
	return pair_new(fd_r);
}

struct wire *
wire_dial(struct loop *loop, const char *address)
{
	struct wire *w = dial(str_z(address));

	loop_fake_advance(loop, 0);
	return w;
}

void
wire_on_connect(void (*connected)(void *arg, struct str address, struct wire *w), void *arg)
{
	on_connect = connected;
	on_connect_arg = arg;
}

static struct io *
near_io(const struct wire *w)
{
	return w->other ? w->other->io : NULL;
}

void
wire_say(struct wire *w, struct str bytes)
{
	struct io *io = near_io(w);

	if (!io || w->other->eof || bytes.n == 0)
		return;
	buf_add(&w->other->in, bytes);
	defer(io);
	loop_fake_advance(io->loop, 0);
}

void
wire_hang_up(struct wire *w, enum io_end end)
{
	struct io *io = near_io(w);

	tell_eof(w->other, end);
	if (io)
		loop_fake_advance(io->loop, 0);
}

void
wire_read(struct wire *w, bool reads)
{
	struct io *io = near_io(w);

	w->deaf = !reads;
	if (reads && io) {
		defer(io);
		loop_fake_advance(io->loop, 0);
	}
}

struct buf *
wire_heard(struct wire *w)
{
	return &w->in;
}

bool
wire_ended(const struct wire *w)
{
	return !w->other || w->eof;
}

bool
wire_tls(const struct wire *w)
{
	return w->other && w->other->tls;
}

void
wire_free(struct wire **wp)
{
	struct wire *w = *wp;

	*wp = NULL;
	if (!w)
		return;
	tell_eof(w->other, IO_END_RESET);
	end_free(w);
}
