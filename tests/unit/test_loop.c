/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: timers, tasks, parking, work; under a fake clock and a real one. */
#include "tests/unit/loop_util.h"

#include <pthread.h>
#include <string.h>

struct rec {
	struct timer t;
	struct task task;
	struct loop *loop;
	int id;
	uint64_t fired_at;
	unsigned fired;
	int again;
};

static char trace[256];

static void
note(int id)
{
	size_t n = strlen(trace);

	assert_true(n + 2 < sizeof(trace));
	trace[n] = (char)('a' + id);
	trace[n + 1] = '\0';
}

static void
on_timer(struct timer *t)
{
	struct rec *r = container_of(t, struct rec, t);

	assert_false(timer_running(t));
	r->fired++;
	r->fired_at = loop_now(t->loop);
	if (r->again > 0) {
		r->again--;
		timer_start(t->loop, t, 10, on_timer);
	}
}

static void
on_timer_note(struct timer *t)
{
	note(container_of(t, struct rec, t)->id);
}

static void
fake_timers_fire_in_order(void **state)
{
	struct loop *loop = loop_new_fake();
	struct rec r[4] = {{.id = 0}, {.id = 1}, {.id = 2}, {.id = 3}};
	uint64_t start = loop_now(loop);

	(void)state;
	trace[0] = '\0';
	timer_start(loop, &r[0].t, 30, on_timer_note);
	timer_start(loop, &r[1].t, 10, on_timer_note);
	timer_start(loop, &r[2].t, 20, on_timer_note);
	timer_start(loop, &r[3].t, 5, on_timer_note);
	timer_stop(&r[3].t);
	timer_start(loop, &r[0].t, 15, on_timer_note); /* moved */
	loop_fake_advance(loop, 9);
	assert_string_equal(trace, "");
	loop_fake_advance(loop, 1);
	assert_string_equal(trace, "b");
	loop_fake_advance(loop, 100);
	assert_string_equal(trace, "bac");
	assert_int_equal(loop_now(loop), start + 110);
	loop_free(&loop);
	assert_null(loop);
}

static void
fake_clock_stands_at_each_timer(void **state)
{
	struct loop *loop = loop_new_fake();
	struct rec r = {.again = 3};
	uint64_t start = loop_now(loop);
	int64_t wall = loop_wall_us(loop);

	(void)state;
	timer_start(loop, &r.t, 10, on_timer);
	loop_fake_advance(loop, 35);
	assert_int_equal(r.fired, 3);
	assert_int_equal(r.fired_at, start + 30);
	loop_fake_advance(loop, 5);
	assert_int_equal(r.fired, 4);
	assert_int_equal(loop_wall_us(loop) - wall, 40000);
	loop_free(&loop);
}

/* Many timers, started, moved and stopped at random, against what each should do. */
static void
heap_keeps_order(void **state)
{
	enum { COUNT = 2000 };
	struct loop *loop = loop_new_fake();
	struct rec *r = calloc(COUNT, sizeof(*r));
	uint64_t *due = calloc(COUNT, sizeof(*due));
	uint64_t start = loop_now(loop);
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 3 * COUNT; round++) {
		int i = rand_r(&seed) % COUNT;
		uint64_t after = (uint64_t)(rand_r(&seed) % 5000);

		if (rand_r(&seed) % 4 == 0) {
			timer_stop(&r[i].t);
			due[i] = 0;
		} else {
			timer_start(loop, &r[i].t, after, on_timer);
			due[i] = start + after;
		}
		assert_int_equal(timer_running(&r[i].t), due[i] != 0);
	}
	loop_fake_advance(loop, 5000);
	for (int i = 0; i < COUNT; i++) {
		assert_int_equal(r[i].fired, due[i] != 0);
		assert_int_equal(r[i].fired_at, due[i]);
	}
	free(r);
	free(due);
	loop_free(&loop);
}

static void
on_task_note(struct task *t)
{
	note(container_of(t, struct rec, task)->id);
}

static struct rec *nested;

static void
on_task_nest(struct task *t)
{
	struct rec *r = container_of(t, struct rec, task);

	note(r->id);
	loop_defer(r->loop, &nested->task, on_task_note);
}

static void
release_note(void *p)
{
	note(((struct rec *)p)->id);
}

static void
on_timer_defer(struct timer *t)
{
	struct rec *r = container_of(t, struct rec, t);

	note(r->id);
	loop_park(t->loop, nested, release_note);
	loop_defer(t->loop, &r->task, on_task_nest);
	loop_defer(t->loop, &r->task, on_task_note); /* queued already: no second time */
}

static void
tasks_then_parked(void **state)
{
	struct loop *loop = loop_new_fake();
	struct rec a = {.id = 0, .loop = loop}, b = {.id = 1, .loop = loop}, c = {.id = 2, .loop = loop};

	(void)state;
	trace[0] = '\0';
	nested = &b;
	timer_start(loop, &a.t, 1, on_timer_defer);
	timer_start(loop, &c.t, 2, on_timer_note);
	loop_fake_advance(loop, 5);
	/* a's timer, a's task, b's task that it deferred, b's release, and only then c's timer */
	assert_string_equal(trace, "aabbc");
	loop_defer(loop, &a.task, on_task_note);
	loop_defer(loop, &b.task, on_task_note);
	loop_defer(loop, &c.task, on_task_note);
	task_cancel(&b.task);
	task_cancel(&b.task);
	loop_fake_advance(loop, 0);
	assert_string_equal(trace, "aabbcac");
	loop_free(&loop);
}

static void
real_timer_is_not_early(void **state)
{
	struct loop *loop = loop_new();
	struct rec r = {0};
	uint64_t start = loop_now(loop);

	(void)state;
	timer_start(loop, &r.t, 20, on_timer);
	while (!r.fired)
		loop_for(loop, 5);
	assert_true(r.fired_at >= start + 20);
	assert_true(uv_hrtime() / 1000000 >= start + 20);
	loop_free(&loop);
}

static bool
fired_often(void *arg)
{
	return ((struct rec *)arg)->fired >= 100;
}

static void
on_timer_spin(struct timer *t)
{
	struct rec *r = container_of(t, struct rec, t);

	r->fired++;
	timer_start(t->loop, t, 0, on_timer_spin);
}

/* A timer that always starts itself again with 0 ms does not keep the others from running. */
static void
zero_timer_starves_nobody(void **state)
{
	struct loop *loop = loop_new();
	struct rec spin = {0}, other = {0};

	(void)state;
	timer_start(loop, &spin.t, 0, on_timer_spin);
	timer_start(loop, &other.t, 1, on_timer);
	assert_true(loop_until(loop, fired_often, &spin));
	while (!other.fired)
		loop_for(loop, 5);
	timer_stop(&spin.t);
	loop_free(&loop);
}

static void
on_task_set(struct task *t)
{
	container_of(t, struct rec, task)->fired++;
}

static void
on_task_stop(struct task *t)
{
	struct rec *r = container_of(t, struct rec, task);

	loop_stop(r->loop);
	loop_defer(r->loop, &nested->task, on_task_set);
}

static void
tasks_run_before_a_stopped_loop_returns(void **state)
{
	struct loop *loop = loop_new();
	struct rec a = {.loop = loop}, b = {.loop = loop};

	(void)state;
	nested = &b;
	loop_defer(loop, &a.task, on_task_stop);
	loop_run(loop);
	assert_int_equal(b.fired, 1);
	loop_free(&loop);
}

struct job {
	struct loop *loop;
	pthread_t thread;
	int result;
	bool done;
};

static void
job_work(void *arg)
{
	struct job *job = arg;

	job->thread = pthread_self();
	job->result = 42;
}

static void
job_done(void *arg)
{
	struct job *job = arg;

	assert_int_equal(job->result, 42);
	job->done = true;
}

static void
work_runs_on_a_thread(void **state)
{
	struct loop *loop = loop_new();
	struct job job = {.loop = loop};

	(void)state;
	loop_work(loop, job_work, job_done, &job);
	assert_false(job.done);
	assert_true(loop_until(loop, is_set, &job.done));
	assert_false(pthread_equal(job.thread, pthread_self()));
	loop_free(&loop);
}

static void
loop_free_waits_for_work(void **state)
{
	struct loop *loop = loop_new();
	struct job job = {.loop = loop};

	(void)state;
	loop_work(loop, job_work, job_done, &job);
	loop_free(&loop);
	assert_true(job.done);
}

static void
fake_work_is_done_in_the_turn(void **state)
{
	struct loop *loop = loop_new_fake();
	struct job job = {.loop = loop};

	(void)state;
	loop_work(loop, job_work, job_done, &job);
	assert_false(job.done);
	loop_fake_advance(loop, 0);
	assert_true(job.done);
	loop_free(&loop);
}

static uint64_t
three_ms(void *arg)
{
	(*(unsigned *)arg)++;
	return 3;
}

static void
fake_work_takes_its_time(void **state)
{
	struct loop *loop = loop_new_fake();
	struct job job = {.loop = loop}, last = {.loop = loop};
	unsigned asked = 0;

	(void)state;
	loop_fake_delay(loop, three_ms, &asked);
	loop_work(loop, job_work, job_done, &job);
	loop_fake_advance(loop, 2);
	assert_int_equal(job.result, 0);
	loop_fake_advance(loop, 1);
	assert_int_equal(job.result, 42);
	loop_fake_advance(loop, 2);
	assert_false(job.done);
	loop_fake_advance(loop, 1);
	assert_true(job.done);
	assert_int_equal(asked, 2);
	loop_work(loop, job_work, job_done, &last);
	loop_free(&loop);
	assert_true(last.done);
}

static void
on_timer_busy(struct timer *t)
{
	uint64_t until = uv_hrtime() + 30 * UINT64_C(1000000);

	while (uv_hrtime() < until)
		;
	container_of(t, struct rec, t)->fired++;
}

static void
on_turn(void *owner, uint64_t us)
{
	uint64_t *longest = owner;

	*longest = MAX(*longest, us);
}

static void
longest_turn_is_measured(void **state)
{
	struct loop *loop = loop_new();
	struct rec r = {0};
	uint64_t us, told = 0;

	(void)state;
	loop_on_turn(loop, on_turn, &told);
	timer_start(loop, &r.t, 1, on_timer_busy);
	loop_for(loop, 50);
	us = loop_longest_turn_us(loop);
	assert_int_equal(r.fired, 1);
	assert_true(us >= 30000);
	assert_true(told == us);
	assert_true(loop_longest_turn_us(loop) == 0);
	loop_free(&loop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fake_timers_fire_in_order),
	    cmocka_unit_test(fake_clock_stands_at_each_timer),
	    cmocka_unit_test(heap_keeps_order),
	    cmocka_unit_test(tasks_then_parked),
	    cmocka_unit_test(real_timer_is_not_early),
	    cmocka_unit_test(zero_timer_starves_nobody),
	    cmocka_unit_test(tasks_run_before_a_stopped_loop_returns),
	    cmocka_unit_test(work_runs_on_a_thread),
	    cmocka_unit_test(loop_free_waits_for_work),
	    cmocka_unit_test(fake_work_takes_its_time),
	    cmocka_unit_test(fake_work_is_done_in_the_turn),
	    cmocka_unit_test(longest_turn_is_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
