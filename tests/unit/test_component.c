/* SPDX-License-Identifier: Apache-2.0 */
/* Being on the bus: joining, members over several routers, outages, what comes back, order, leaving. */
#include "tests/unit/bus.h"

#include <stdio.h>
#include <stdlib.h>

struct pause {
	struct timer timer;
	bool *over;
};

static const char *const hosts[] = {"example.org", "example.net", NULL};

static void
joins_and_sees_itself(void **state)
{
	struct bus b;
	struct actor *n;
	const struct member *m;
	uint64_t it = 0;

	(void)state;
	bus_start(&b, 1);
	n = bus_join(&b, "sm-1", "sm", hosts);
	m = component_member(n->c, STR("sm-1"));
	assert_non_null(m);
	assert_true(m->up && !m->draining);
	assert_true(str_is(m->role, "sm") && str_is(m->boot, "boot1"));
	assert_int_equal(m->host_count, 2);
	assert_ptr_equal(component_next_member(n->c, &it), m);
	assert_null(component_next_member(n->c, &it));
	for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
		assert_ptr_equal(component_slot_owner(n->c, slot), m);
	assert_int_equal(n->onlines, 1);
	bus_stop(&b);
}

static void
all_see_all(void **state)
{
	struct bus b;
	struct actor *c2s, *sm1, *sm2;

	(void)state;
	bus_start(&b, 2);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm1 = bus_join(&b, "sm-1", "sm", hosts);
	sm2 = bus_join(&b, "sm-2", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1") && node_sees(c2s, "sm-2") && node_sees(sm1, "sm-2") &&
		     node_sees(sm2, "c2s-1"));
	node_leave(sm1);
	WAIT(&b, !node_sees(c2s, "sm-1") && !node_sees(sm2, "sm-1"));
	assert_true(node_heard(c2s, "member sm-1 role=sm boot=boot1 gone"));
	for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
		assert_true(str_is(component_slot_owner(c2s->c, slot)->name, "sm-2"));
	bus_stop(&b);
}

static void
drains(void **state)
{
	struct bus b;
	struct actor *c2s, *sm1, *sm2;

	(void)state;
	bus_start(&b, 2);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm1 = bus_join(&b, "sm-1", "sm", hosts);
	sm2 = bus_join(&b, "sm-2", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1") && node_sees(c2s, "sm-2"));
	component_draining(sm1->c);
	WAIT(&b, node_heard(c2s, "member sm-1 role=sm boot=boot1 draining") &&
		     component_member(sm2->c, STR("sm-1")) &&
		     component_member(sm2->c, STR("sm-1"))->draining);
	for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
		assert_true(str_is(component_slot_owner(c2s->c, slot)->name, "sm-2"));
	node_send(c2s, "sm-1", "<a/>"); /* what it has, it serves */
	WAIT(&b, sm1->frames == 1);
	bus_stop(&b);
}

static void
new_hosts_are_told(void **state)
{
	static const char *const more[] = {"example.org", "example.net", "example.com", NULL};
	struct bus b;
	struct actor *c2s, *sm;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1"));
	node_send_key(c2s, "example.com", "a@example.com", "<a/>");
	WAIT(&b, node_heard(c2s, "bounced from=router-1 reason=no-host"));
	component_set_hosts(sm->c, more);
	WAIT(&b, node_heard(c2s, "up hosts=3"));
	node_send_key(c2s, "example.com", "a@example.com", "<a/>");
	WAIT(&b, sm->frames == 1);
	bus_stop(&b);
}

static void
no_router_comes_back_later(void **state)
{
	struct bus b;
	struct actor *n;

	(void)state;
	bus_start(&b, 0);
	snprintf(b.paths[0], sizeof(b.paths[0]), "unix:%s/router-1", b.dir);
	snprintf(b.external_paths[0], sizeof(b.external_paths[0]), "unix:%s/external-1", b.dir);
	b.routers[0] = b.paths[0];
	n = bus_join_as(&b, "c2s-1", "c2s", "boot1", BUS_SECRET, NULL);
	component_send(
	    n->c, &(struct frame){
		      .to = STR("sm-1"), .sid = STR("S"), .seq = 3, .rid = STR("R"), .payload = STR("<a/>")});
	assert_int_equal(n->bounces, 0); /* never inside */
	WAIT(&b, n->bounces == 1);
	assert_true(node_heard(
	    n, "bounced from= reason=no-router target=sm-1 host= key= sid=S seq=3 rid=R payload=<a/>"));
	node_send_key(n, "h", "k", "<b/>");
	WAIT(&b, n->bounces == 2);
	assert_true(node_heard(n, "reason=no-router target= host=h key=k sid= seq=0 rid= payload=<b/>"));
	bus_router_start(&b, 0); /* and it finds the router that comes late */
	WAIT(&b, component_online(n->c));
	bus_stop(&b);
}

static void
on_pause(struct timer *t)
{
	*(bool *)container_of(t, struct pause, timer)->over = true;
}

/* However long it was away: about a second after it has come back all are there. */
static void
back_within_a_second(void **state)
{
	enum { AWAY_MS = 3500, BACK_MS = 1200 };
	struct bus b;
	struct actor *n;
	bool over = false;
	struct pause p = {.over = &over};
	uint64_t since;

	(void)state;
	bus_start(&b, 1);
	n = bus_join(&b, "c2s-1", "c2s", NULL);
	bus_router_kill(&b, 0);
	timer_start(b.loop, &p.timer, AWAY_MS, on_pause);
	WAIT(&b, over);
	assert_false(component_online(n->c));
	bus_router_start(&b, 0);
	since = loop_now(b.loop);
	WAIT(&b, component_online(n->c));
	assert_in_range(loop_now(b.loop) - since, 0, BACK_MS);
	bus_stop(&b);
}

static void
bad_values_and_big_payloads_come_back(void **state)
{
	struct bus b;
	struct actor *n;
	char *big = xmalloc(FRAME_PAYLOAD_MAX + 1);

	(void)state;
	memset(big, 'x', FRAME_PAYLOAD_MAX + 1);
	bus_start(&b, 1);
	n = bus_join(&b, "c2s-1", "c2s", NULL);
	node_send_key(n, "a'b", "<", "<a/>");
	WAIT(&b, n->bounces == 1);
	assert_true(node_heard(n, "reason=bad-address target= host=a'b key=<"));
	component_send(n->c,
		       &(struct frame){.to = STR("c2s-1"), .payload = str_n(big, FRAME_PAYLOAD_MAX + 1)});
	WAIT(&b, n->bounces == 2);
	assert_true(node_heard(n, "reason=too-big target=c2s-1"));
	component_send(n->c, &(struct frame){.to = STR("c2s-1"), .payload = str_n(big, FRAME_PAYLOAD_MAX)});
	WAIT(&b, n->frames == 1);
	bus_stop(&b);
	free(big);
}

static void
router_restart_is_no_news_about_members(void **state)
{
	struct bus b;
	struct actor *c2s, *sm;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1"));
	node_forget(c2s);
	bus_router_kill(&b, 0);
	WAIT(&b, c2s->offlines == 1 && sm->offlines == 1);
	assert_true(node_sees(c2s, "sm-1"));
	assert_int_equal(c2s->losts, 1);
	node_send(c2s, "sm-1", "<a/>");
	WAIT(&b, c2s->bounces == 1);
	bus_router_start(&b, 0);
	WAIT(&b, component_online(c2s->c) && component_online(sm->c));
	assert_false(node_heard(c2s, "member"));
	node_send(c2s, "sm-1", "<a/>");
	WAIT(&b, sm->frames == 1);
	bus_stop(&b);
}

/* Who died with the router is noticed after the routers have had their time. */
static void
who_is_gone_after_an_outage_is_told(void **state)
{
	struct bus b;
	struct actor *c2s, *sm;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1"));
	bus_router_kill(&b, 0);
	WAIT(&b, c2s->offlines == 1);
	node_leave(sm);
	bus_router_start(&b, 0);
	WAIT(&b, c2s->onlines == 2);
	assert_true(node_heard(c2s, "member sm-1 role=sm boot=boot1 gone"));
	assert_false(node_sees(c2s, "sm-1"));
	bus_stop(&b);
}

/* Another boot under the name: gone, then up. */
static void
replacement_is_told(void **state)
{
	struct bus b;
	struct actor *c2s, *old, *new;

	(void)state;
	bus_start(&b, 2);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	old = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1"));
	new = bus_join_as(&b, "sm-1", "sm", "boot2", BUS_SECRET, hosts);
	WAIT(&b, component_online(new->c) && old->offlines == 1);
	WAIT(&b, component_member(c2s->c, STR("sm-1")) &&
		     str_is(component_member(c2s->c, STR("sm-1"))->boot, "boot2"));
	assert_true(node_heard(
	    c2s, "member sm-1 role=sm boot=boot1 gone hosts=2\nmember sm-1 role=sm boot=boot2 up"));
	node_send(c2s, "sm-1", "<a/>");
	WAIT(&b, new->frames == 1);
	assert_int_equal(old->frames, 0);
	bus_stop(&b);
}

/* One of two routers goes: everybody stays, nothing but `lost` is told. */
static void
second_router_carries_on(void **state)
{
	struct bus b;
	struct actor *c2s, *sm;

	(void)state;
	bus_start(&b, 2);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1") && router_link_count(b.router[0]) == 2 &&
		     router_link_count(b.router[1]) == 2);
	/* bound is not yet synced: let a frame of each session pass first */
	for (unsigned i = 0; i < 20; i++) {
		char sid[8];

		snprintf(sid, sizeof(sid), "s%u", i);
		component_send(c2s->c,
			       &(struct frame){.to = STR("sm-1"), .sid = str_z(sid), .payload = STR("<a/>")});
	}
	WAIT(&b, sm->frames == 20);
	node_forget(c2s);
	bus_router_kill(&b, 0);
	WAIT(&b, c2s->losts > 0);
	assert_false(node_heard(c2s, "member sm-1"));
	assert_true(component_online(c2s->c));
	for (unsigned i = 0; i < 20; i++) {
		char sid[8];

		snprintf(sid, sizeof(sid), "s%u", i);
		component_send(c2s->c,
			       &(struct frame){.to = STR("sm-1"), .sid = str_z(sid), .payload = STR("<a/>")});
	}
	WAIT(&b, sm->frames == 40);
	assert_int_equal(c2s->bounces, 0);
	/* it comes back: nothing is sent to it before it knows whom we mean */
	bus_router_start(&b, 0);
	WAIT(&b, router_link_count(b.router[0]) == 2);
	for (unsigned i = 0; i < 20; i++)
		node_send_key(c2s, "example.org", "a@example.org", "<a/>");
	WAIT(&b, sm->frames == 60);
	assert_int_equal(c2s->bounces, 0);
	bus_stop(&b);
}

static struct {
	unsigned next, wrong;
} order;

static void
check_order(struct actor *n, const struct frame *f)
{
	(void)n;
	if (f->seq != ++order.next)
		order.wrong++;
}

static void
many_frames_keep_their_order(void **state)
{
	enum { COUNT = 100000, BATCH = 500 };
	struct bus b;
	struct actor *c2s, *sm;
	uint64_t began;

	(void)state;
	order.next = order.wrong = 0;
	bus_start(&b, 2);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1"));
	sm->quiet = true;
	sm->on_frame = check_order;
	began = uv_hrtime();
	for (unsigned sent = 0; sent < COUNT;) {
		for (unsigned i = 0; i < BATCH; i++) {
			struct frame f = {
			    .to = STR("sm-1"), .sid = STR("Xf3Xf3Xf3Xf3Xf3Xf3Xf3"), .seq = ++sent};
			struct buf *out = component_begin(c2s->c, &f);

			for (unsigned k = 0; k < 10; k++)
				buf_addl(out, "<message to='juliet@example.org'/>");
			component_end(c2s->c);
		}
		bus_turn(&b);
		WAIT(&b, !c2s->high);
	}
	WAIT(&b, order.next == COUNT);
	assert_int_equal(order.wrong, 0);
	printf("%d frames in %llu ms\n", COUNT, (unsigned long long)((uv_hrtime() - began) / 1000000));
	bus_stop(&b);
}

static void
wrong_secret_is_refused(void **state)
{
	struct bus b;
	struct actor *n;
	uint64_t warnings = log_count(LOG_LEVEL_WARNING);

	(void)state;
	bus_start(&b, 1);
	n = bus_join_as(&b, "c2s-1", "c2s", "boot1", "not the secret at all", NULL);
	WAIT(&b, log_count(LOG_LEVEL_WARNING) >= warnings + 2); /* the router's and the component's */
	assert_false(component_online(n->c));
	assert_int_equal(router_link_count(b.router[0]), 0);
	bus_stop(&b);
}

static void
on_left(struct component *c)
{
	struct actor *n = component_owner(c);

	n->quiet = true; /* as a mark */
	loop_stop(n->bus->loop);
}

/* Everything sent before is delivered. */
static void
leaves_in_good_order(void **state)
{
	struct bus b;
	struct actor *c2s, *sm;

	(void)state;
	bus_start(&b, 2);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1"));
	for (unsigned i = 0; i < 1000; i++)
		node_send(c2s, "sm-1", "<a/>");
	component_leave(c2s->c, on_left);
	WAIT(&b, c2s->quiet);
	node_leave(c2s);
	WAIT(&b, sm->frames == 1000 && !node_sees(sm, "c2s-1"));
	bus_stop(&b);
}

static void
on_drained(void *arg)
{
	struct bus *b = arg;

	b->done = true;
	loop_stop(b->loop);
}

/* A router that leaves on purpose loses nothing, and nobody has to repeat anything. */
static void
router_leaves_in_good_order(void **state)
{
	struct bus b;
	struct actor *c2s, *sm;

	(void)state;
	bus_start(&b, 2);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1") && router_link_count(b.router[0]) == 2 &&
		     router_link_count(b.router[1]) == 2);
	node_forget(c2s);
	for (unsigned i = 0; i < 2000; i++) {
		char sid[8];

		if (i == 1000)
			router_drain(b.router[0], on_drained, &b);
		snprintf(sid, sizeof(sid), "s%u", i % 50);
		component_send(c2s->c,
			       &(struct frame){.to = STR("sm-1"), .sid = str_z(sid), .payload = STR("<a/>")});
	}
	WAIT(&b, b.done);
	WAIT(&b, sm->frames == 2000);
	assert_int_equal(c2s->bounces, 0);
	assert_int_equal(c2s->losts, 0);
	assert_false(node_heard(c2s, "member"));
	assert_true(component_online(c2s->c));
	bus_router_kill(&b, 0);
	bus_stop(&b);
}

/* Freed in the middle of its own callback. */
static void
free_at_once(struct actor *n, const struct frame *f)
{
	(void)f;
	node_leave(n);
}

static void
may_be_freed_in_an_event(void **state)
{
	struct bus b;
	struct actor *c2s, *sm;

	(void)state;
	bus_start(&b, 1);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	WAIT(&b, node_sees(c2s, "sm-1"));
	sm->on_frame = free_at_once;
	node_send(c2s, "sm-1", "<a/>");
	node_send(c2s, "sm-1", "<a/>");
	WAIT(&b, !node_sees(c2s, "sm-1"));
	assert_int_equal(sm->frames, 1);
	bus_stop(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(joins_and_sees_itself),
	    cmocka_unit_test(all_see_all),
	    cmocka_unit_test(drains),
	    cmocka_unit_test(new_hosts_are_told),
	    cmocka_unit_test(no_router_comes_back_later),
	    cmocka_unit_test(back_within_a_second),
	    cmocka_unit_test(bad_values_and_big_payloads_come_back),
	    cmocka_unit_test(router_restart_is_no_news_about_members),
	    cmocka_unit_test(who_is_gone_after_an_outage_is_told),
	    cmocka_unit_test(replacement_is_told),
	    cmocka_unit_test(second_router_carries_on),
	    cmocka_unit_test(many_frames_keep_their_order),
	    cmocka_unit_test(wrong_secret_is_refused),
	    cmocka_unit_test(leaves_in_good_order),
	    cmocka_unit_test(router_leaves_in_good_order),
	    cmocka_unit_test(may_be_freed_in_an_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
