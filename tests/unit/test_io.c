/* SPDX-License-Identifier: Apache-2.0 */
/* Plain streams: bytes, back-pressure, ends, and freeing at awkward moments. */
#include "tests/unit/io_util.h"

#include "common/io_priv.h" /* to see that an idle io owns nothing */
#include "common/rand.h"

#include <errno.h>

struct fixture {
	struct loop *loop;
	struct end a, b;
};

static int
set_up_with(void **state, void (*pair)(int fds[2]))
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fds[2];

	f->loop = loop_new();
	pair(fds);
	end_open(&f->a, f->loop, fds[0]);
	end_open(&f->b, f->loop, fds[1]);
	*state = f;
	return 0;
}

static int
set_up_unix(void **state)
{
	return set_up_with(state, unix_pair);
}

static int
set_up_tcp(void **state)
{
	return set_up_with(state, tcp_pair);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	end_done(&f->a);
	end_done(&f->b);
	loop_free(&f->loop);
	free(f);
	return 0;
}

/* --- bytes --- */

static void
bytes_arrive_in_one_piece(void **state)
{
	struct fixture *f = *state;
	struct chunk *c = chunk_new(STR("three "));

	io_write(f->a.io, STR("one "));
	buf_addl(io_out(f->a.io), "two ");
	io_wrote(f->a.io);
	io_write_chunk(f->a.io, c);
	chunk_unref(&c);
	io_write(f->a.io, STR("four"));
	assert_int_equal(io_queued(f->a.io), 18);
	f->b.want = 18;
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_string_equal(buf_z(&f->b.got), "one two three four");
	assert_int_equal(f->b.datas, 1); /* written at the end of the turn, all together */
	assert_int_equal(io_queued(f->a.io), 0);
	assert_int_equal(io_flushed_total(f->a.io), 18);
	assert_int_equal(io_queued_total(f->a.io), 18);
}

static void
chunks_are_shared(void **state)
{
	struct fixture *f = *state;
	char big[5000];
	struct chunk *c;

	memset(big, 'x', sizeof(big));
	c = chunk_new(str_n(big, sizeof(big)));
	io_write_chunk(f->a.io, c);
	io_write_chunk(f->b.io, c);
	assert_int_equal(c->refs, 3);
	f->a.want = f->b.want = sizeof(big);
	assert_true(loop_until(f->loop, end_has_all, &f->a));
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_int_equal(c->refs, 1);
	chunk_unref(&c);
}

/* Sends `left` random bytes in random pieces of all kinds, within the marks, and keeps them for comparison.
 */
struct source {
	struct end *from;
	struct timer timer;
	struct loop *loop;
	size_t left;
	struct buf sent;
	unsigned seed;
};

static void
source_piece(struct source *s)
{
	static char noise[40000];
	size_t most = rand_r(&s->seed) % 8 ? 300 : 40000;
	size_t n = 1 + (size_t)rand_r(&s->seed) % most;
	struct chunk *c;

	n = MIN(n, s->left);
	rand_bytes(noise, n);
	switch (rand_r(&s->seed) % 3) {
	case 0:
		io_write(s->from->io, str_n(noise, n));
		break;
	case 1:
		c = chunk_new(str_n(noise, n));
		io_write_chunk(s->from->io, c);
		chunk_unref(&c);
		break;
	default:
		buf_addn(io_out(s->from->io), noise, n / 2);
		buf_addn(io_out(s->from->io), noise + n / 2, n - n / 2);
		io_wrote(s->from->io);
	}
	buf_addn(&s->sent, noise, n);
	s->left -= n;
}

static void
source_run(struct timer *t)
{
	struct source *s = container_of(t, struct source, timer);

	for (int i = rand_r(&s->seed) % 40; i >= 0 && s->left && !io_over(s->from->io); i--)
		source_piece(s);
	if (s->left)
		timer_start(s->loop, t, 0, source_run);
}

static void
source_start(struct source *s, struct loop *loop, struct end *from, size_t n, unsigned seed)
{
	s->loop = loop;
	s->from = from;
	s->left = n;
	s->seed = seed;
	timer_start(loop, &s->timer, 0, source_run);
}

static void
big_transfer_both_ways(void **state)
{
	enum { SIZE = 6 * 1024 * 1024 };
	struct fixture *f = *state;
	struct source sa = {0}, sb = {0};

	f->a.want = f->b.want = SIZE;
	f->a.frame = 8;
	f->b.frame = 32768; /* leaves much behind */
	source_start(&sa, f->loop, &f->a, SIZE, 1);
	source_start(&sb, f->loop, &f->b, SIZE, 2);
	assert_true(loop_until(f->loop, end_has_all, &f->a));
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_int_equal(f->a.got.n, SIZE);
	assert_true(str_eq(buf_str(&f->a.got), buf_str(&sb.sent)));
	assert_true(str_eq(buf_str(&f->b.got), buf_str(&sa.sent)));
	assert_int_equal(io_flushed_total(f->a.io), SIZE);
	buf_done(&sa.sent);
	buf_done(&sb.sent);
}

static void
unconsumed_bytes_come_again(void **state)
{
	struct fixture *f = *state;

	f->b.consume_max = 3;
	io_write(f->a.io, STR("abcdefg"));
	f->b.want = 3;
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_string_equal(buf_z(&f->b.got), "abc");
	io_write(f->a.io, STR("h"));
	f->b.want = 6;
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	f->b.consume_max = 0;
	io_write(f->a.io, STR("i"));
	f->b.want = 9;
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_string_equal(buf_z(&f->b.got), "abcdefghi");
}

/* --- back-pressure --- */

static bool
is_over(void *arg)
{
	return io_over(arg);
}

static bool
is_drained(void *arg)
{
	return ((struct end *)arg)->draineds > 0;
}

static void
marks_tell_when_to_stop_and_go_on(void **state)
{
	struct fixture *f = *state;
	static char block[50000];

	io_set_marks(f->a.io, 10000, 90000);
	io_pause(f->b.io);
	while (!io_over(f->a.io)) {
		io_write(f->a.io, str_n(block, sizeof(block)));
		loop_for(f->loop, 1);
	}
	assert_true(loop_until(f->loop, is_over, f->a.io));
	assert_true(io_queued(f->a.io) > 90000);
	assert_int_equal(f->a.draineds, 0);
	io_resume(f->b.io);
	assert_true(loop_until(f->loop, is_drained, &f->a));
	assert_true(io_queued(f->a.io) <= 10000);
	f->b.want = (size_t)io_queued_total(f->a.io);
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_int_equal(f->a.draineds, 1);
}

static void
end_pause(struct end *e)
{
	io_pause(e->io);
}

static void
nothing_arrives_while_paused(void **state)
{
	struct fixture *f = *state;

	f->b.on_data = end_pause;
	f->b.consume_max = 2;
	f->b.want = 2;
	io_write(f->a.io, STR("abcd"));
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	io_write(f->a.io, STR("efgh"));
	loop_for(f->loop, 20);
	assert_int_equal(f->b.datas, 1);
	f->b.consume_max = 0;
	io_resume(f->b.io);
	assert_int_equal(f->b.datas, 1); /* not from within io_resume */
	f->b.want = 8;
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_string_equal(buf_z(&f->b.got), "abcdefgh");
}

static void
too_much_unconsumed_is_an_overflow(void **state)
{
	struct fixture *f = *state;
	static char block[3000];

	io_set_in_max(f->b.io, 5000);
	f->b.keep = true;
	io_write(f->a.io, str_n(block, sizeof(block)));
	loop_for(f->loop, 10);
	assert_int_equal(f->b.ends, 0);
	io_write(f->a.io, str_n(block, sizeof(block)));
	assert_true(loop_until(f->loop, end_ended, &f->b));
	assert_int_equal(f->b.how, IO_END_OVERFLOW);
}

static void
large_frames_fit_when_allowed(void **state)
{
	enum { SIZE = 1000000 };
	struct fixture *f = *state;
	struct source s = {0};

	io_set_in_max(f->b.io, SIZE);
	f->b.keep = true;
	source_start(&s, f->loop, &f->a, SIZE, 5);
	while (io_flushed_total(f->a.io) < SIZE)
		loop_for(f->loop, 1);
	loop_for(f->loop, 5);
	assert_int_equal(f->b.ends, 0);
	f->b.keep = false;
	f->b.want = SIZE + 1;
	io_write(f->a.io, STR("!"));
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_memory_equal(f->b.got.p, s.sent.p, SIZE);
	buf_done(&s.sent);
}

static void
idle_owns_no_buffer(void **state)
{
	struct fixture *f = *state;
	static char block[100000];

	io_write(f->a.io, str_n(block, sizeof(block)));
	f->b.want = sizeof(block);
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	loop_for(f->loop, 1);
	assert_null(f->a.io->first);
	assert_null(f->a.io->in.p);
	assert_null(f->b.io->first);
	assert_null(f->b.io->in.p);
}

/* For end: how far the busy one had come. */
static void
look_at_busy(struct end *e)
{
	((struct end *)e->arg)->want = ((struct end *)e->arg)->got.n;
}

static void
busy_connection_starves_nobody(void **state)
{
	struct fixture *f = *state;
	struct end busy = {0};
	char block[10000] = "x";
	size_t sent = 0;
	ssize_t n;
	int fds[2], size = 1000000;

	unix_pair(fds);
	setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	while ((n = send(fds[1], block, sizeof(block), MSG_DONTWAIT)) > 0)
		sent += (size_t)n;
	assert_true(sent > 140000);
	end_open(&busy, f->loop, fds[0]);
	f->b.arg = &busy;
	f->b.on_data = look_at_busy;
	f->b.want = 1;
	busy.want = sent;
	io_write(f->a.io, STR("x"));
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_true(busy.want <= 131072); /* what it had got when it was b's turn */
	busy.want = sent;
	assert_true(loop_until(f->loop, end_has_all, &busy));
	close(fds[1]);
	end_done(&busy);
}

/* --- ends --- */

static void
eof_comes_after_the_bytes(void **state)
{
	struct fixture *f = *state;

	io_write(f->a.io, STR("bye"));
	io_finish(f->a.io, 5000);
	assert_int_equal(f->a.ends, 0);
	assert_true(loop_until(f->loop, end_ended, &f->b));
	assert_int_equal(f->b.how, IO_END_EOF);
	assert_string_equal(buf_z(&f->b.got), "bye");
	io_free(&f->b.io);
	assert_true(loop_until(f->loop, end_ended, &f->a));
	assert_int_equal(f->a.how, IO_END_FINISHED);
	io_write(f->a.io, STR("into the void")); /* harmless */
	loop_for(f->loop, 5);
	assert_int_equal(f->a.ends, 1);
}

static void
half_closed_is_the_end(void **state)
{
	struct fixture *f = *state;
	int fds[2];
	struct end c = {0};

	unix_pair(fds);
	end_open(&c, f->loop, fds[0]);
	assert_int_equal(write(fds[1], "x", 1), 1);
	shutdown(fds[1], SHUT_WR);
	assert_true(loop_until(f->loop, end_ended, &c));
	assert_int_equal(c.how, IO_END_EOF);
	assert_string_equal(buf_z(&c.got), "x");
	close(fds[1]);
	end_done(&c);
}

static void
reset_is_told(void **state)
{
	struct fixture *f = *state;
	struct linger hard = {1, 0};
	struct end c = {0};
	int fds[2];

	tcp_pair(fds);
	end_open(&c, f->loop, fds[0]);
	setsockopt(fds[1], SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fds[1]);
	assert_true(loop_until(f->loop, end_ended, &c));
	assert_int_equal(c.how, IO_END_RESET);
	assert_non_null(strstr(c.text, strerror(ECONNRESET)));
	end_done(&c);
}

static void
writing_to_a_dead_peer_ends(void **state)
{
	struct fixture *f = *state;
	static char block[100000];

	io_pause(f->a.io); /* so that only writing can find out */
	io_free(&f->b.io);
	loop_for(f->loop, 1);
	for (int i = 0; i < 50 && !f->a.ends; i++) {
		io_write(f->a.io, str_n(block, sizeof(block)));
		loop_for(f->loop, 1);
	}
	assert_true(loop_until(f->loop, end_ended, &f->a));
	assert_int_equal(f->a.how, IO_END_RESET);
}

static void
finish_gives_up_on_a_peer_that_does_not_read(void **state)
{
	struct fixture *f = *state;
	static char block[1000000];

	io_pause(f->b.io);
	for (int i = 0; i < 10; i++)
		io_write(f->a.io, str_n(block, sizeof(block)));
	io_finish(f->a.io, 30);
	assert_true(loop_until(f->loop, end_ended, &f->a));
	assert_int_equal(f->a.how, IO_END_TIMEOUT);
}

/* The last words reach a peer who is sending all the time, no reset overtakes them. */
static void
last_words_are_not_lost(void **state)
{
	struct fixture *f = *state;
	static char block[200000];

	io_pause(f->a.io);
	io_write(f->b.io, str_n(block, sizeof(block)));
	loop_for(f->loop, 5);
	io_write(f->a.io, STR("policy-violation"));
	f->a.on_end = end_free_io;
	io_finish(f->a.io, 5000);
	assert_true(loop_until(f->loop, end_ended, &f->b));
	assert_int_equal(f->b.how, IO_END_EOF);
	assert_string_equal(buf_z(&f->b.got), "policy-violation");
	io_free(&f->b.io);
	assert_true(loop_until(f->loop, end_ended, &f->a));
	assert_int_equal(f->a.how, IO_END_FINISHED);
}

static void
finish_with_nothing_to_say(void **state)
{
	struct fixture *f = *state;

	f->b.on_end = end_free_io;
	io_finish(f->a.io, 5000);
	io_finish(f->a.io, 1);
	assert_true(loop_until(f->loop, end_ended, &f->a));
	assert_int_equal(f->a.how, IO_END_FINISHED);
	assert_int_equal(f->b.how, IO_END_EOF);
}

/* --- freeing --- */

static void
free_in_data(void **state)
{
	struct fixture *f = *state;

	f->b.on_data = end_free_io;
	f->a.on_end = end_free_io;
	f->b.want = 3;
	io_write(f->a.io, STR("abc"));
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_null(f->b.io);
	assert_true(loop_until(f->loop, end_ended, &f->a));
	assert_null(f->a.io);
	assert_int_equal(f->b.ends, 0);
}

static void
free_in_data_of_kept_bytes(void **state)
{
	struct fixture *f = *state;
	static char block[30000]; /* more than what passes through the shared buffer */

	f->b.keep = true;
	io_write(f->a.io, str_n(block, sizeof(block)));
	loop_for(f->loop, 5);
	f->b.keep = false;
	f->b.on_data = end_free_io;
	f->b.want = sizeof(block) + 1;
	io_write(f->a.io, STR("x"));
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_null(f->b.io);
}

static void
end_free_other(struct end *e)
{
	io_free(&((struct end *)e->arg)->io);
}

static void
free_the_other_in_data(void **state)
{
	struct fixture *f = *state;

	f->a.arg = &f->b;
	f->b.arg = &f->a;
	f->a.on_data = f->b.on_data = end_free_other;
	f->a.want = 1;
	io_write(f->a.io, STR("x"));
	io_write(f->b.io, STR("y")); /* both readable in one wake-up */
	loop_for(f->loop, 20);
	assert_true(!f->a.io != !f->b.io || (!f->a.io && !f->b.io));
}

/* A new descriptor with the number of one just closed gets only its own events. */
static void
end_reopen(struct end *e)
{
	struct loop *loop = e->arg;
	int fds[2];

	io_free(&e->io);
	unix_pair(fds);
	assert_int_equal(write(fds[1], "new", 3), 3);
	close(fds[1]);
	end_open(e, loop, fds[0]);
}

static void
descriptor_numbers_are_reused(void **state)
{
	struct fixture *f = *state;

	f->b.arg = f->loop;
	f->b.on_data = end_reopen;
	f->b.want = 6;
	io_write(f->a.io, STR("old"));
	assert_true(loop_until(f->loop, end_has_all, &f->b));
	assert_string_equal(buf_z(&f->b.got), "oldnew");
	assert_true(loop_until(f->loop, end_ended, &f->b));
}

static void
free_with_output_queued(void **state)
{
	struct fixture *f = *state;

	io_write(f->a.io, STR("never sent"));
	io_free(&f->a.io);
	io_free(&f->a.io);
	assert_true(loop_until(f->loop, end_ended, &f->b));
	assert_int_equal(f->b.got.n, 0);
}

static size_t
other_data(struct io *io, const char *p, size_t n)
{
	buf_addn(io_owner(io), p, n);
	return n;
}

static bool
has_bytes(void *arg)
{
	return ((struct buf *)arg)->n > 0;
}

static void
owner_changes(void **state)
{
	static const struct io_events others = {.data = other_data, .end = end_end};
	struct fixture *f = *state;
	struct buf got = {0};

	io_set_owner(f->b.io, &others, &got);
	io_write(f->a.io, STR("hello"));
	assert_true(loop_until(f->loop, has_bytes, &got));
	assert_string_equal(buf_z(&got), "hello");
	io_set_owner(f->b.io, &end_events, &f->b);
	buf_done(&got);
}

static void
peer_address(void **state)
{
	struct fixture *f = *state;
	struct addr a;
	struct buf b = {0};
	const char *why;

	addr_print_host(&b, io_peer(f->a.io));
	assert_string_equal(buf_z(&b), "127.0.0.1");
	assert_int_equal(addr_parse(&a, STR("203.0.113.5:99"), &why), 0);
	io_set_peer(f->a.io, &a);
	buf_clear(&b);
	addr_print(&b, io_peer(f->a.io));
	assert_string_equal(buf_z(&b), "203.0.113.5:99");
	buf_done(&b);
}

#define ON_UNIX(test) cmocka_unit_test_setup_teardown(test, set_up_unix, tear_down)
#define ON_TCP(test)  cmocka_unit_test_setup_teardown(test, set_up_tcp, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_UNIX(bytes_arrive_in_one_piece),
	    ON_UNIX(chunks_are_shared),
	    ON_UNIX(big_transfer_both_ways),
	    ON_TCP(big_transfer_both_ways),
	    ON_UNIX(unconsumed_bytes_come_again),
	    ON_UNIX(marks_tell_when_to_stop_and_go_on),
	    ON_TCP(marks_tell_when_to_stop_and_go_on),
	    ON_UNIX(nothing_arrives_while_paused),
	    ON_UNIX(too_much_unconsumed_is_an_overflow),
	    ON_UNIX(large_frames_fit_when_allowed),
	    ON_UNIX(idle_owns_no_buffer),
	    ON_UNIX(busy_connection_starves_nobody),
	    ON_UNIX(eof_comes_after_the_bytes),
	    ON_TCP(eof_comes_after_the_bytes),
	    ON_UNIX(half_closed_is_the_end),
	    ON_UNIX(reset_is_told),
	    ON_UNIX(writing_to_a_dead_peer_ends),
	    ON_TCP(writing_to_a_dead_peer_ends),
	    ON_TCP(finish_gives_up_on_a_peer_that_does_not_read),
	    ON_TCP(last_words_are_not_lost),
	    ON_UNIX(last_words_are_not_lost),
	    ON_UNIX(finish_with_nothing_to_say),
	    ON_TCP(finish_with_nothing_to_say),
	    ON_UNIX(free_in_data),
	    ON_UNIX(free_in_data_of_kept_bytes),
	    ON_UNIX(free_the_other_in_data),
	    ON_UNIX(descriptor_numbers_are_reused),
	    ON_UNIX(free_with_output_queued),
	    ON_UNIX(owner_changes),
	    ON_TCP(peer_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
