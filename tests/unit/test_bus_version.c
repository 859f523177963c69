/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routers and components of several releases on one bus (doc/protocol.md
 * section 7), their versions faked: neighbours work together, others refuse each other
 * so that both logs say why; what one says and the other does not know does no harm.
 */
#include "tests/unit/bus.h"
#include "xmpp/component_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const hosts[] = {"example.org", NULL};

#define V(a, b) ((struct bus_versions){a, b})

static void
text_of_versions(void **state)
{
	struct buf b = {0};

	(void)state;
	bus_versions_print(&b, V(2, 2));
	assert_string_equal(buf_z(&b), "2");
	buf_clear(&b);
	bus_versions_print(&b, V(2, 3));
	assert_string_equal(buf_z(&b), "2 3");
	buf_done(&b);
	assert_int_equal(bus_versions_common(V(2, 3), STR("2 3")), 3);
	assert_int_equal(bus_versions_common(V(2, 3), STR("3 4")), 3);
	assert_int_equal(bus_versions_common(V(2, 3), STR("1 2")), 2);
	assert_int_equal(bus_versions_common(V(2, 3), STR(" 9 3 x -2 2  ")), 3);
	assert_int_equal(bus_versions_common(V(2, 3), STR("4 5")), 0);
	assert_int_equal(bus_versions_common(V(2, 3), STR("")), 0);
	assert_int_equal(bus_versions_common(V(2, 3), STR_NONE), 0);
	assert_int_equal(bus_versions_or_own(V(0, 0)).newest, BUS_VERSIONS.newest);
	assert_int_equal(bus_versions_or_own(V(4, 5)).newest, 5);
	assert_true(BUS_VERSIONS.newest - BUS_VERSIONS.oldest <= 1);
}

static void
router_of(struct bus *b, struct bus_versions v)
{
	bus_start(b, 1);
	bus_router_kill(b, 0);
	b->versions = v;
	bus_router_start(b, 0);
}

static unsigned
version_of_link(struct bus *b, const char *name)
{
	list_each(&b->router[0]->bound, struct link, l, node)
		if (strcmp(l->name, name) == 0)
			return l->version;
	fail_msg("%s is not on the bus", name);
	return 0;
}

/* A component of `c` beside one of the router's own release, and what they say to each other. */
static void
expect_neighbours(struct bus_versions r, struct bus_versions c, unsigned version)
{
	struct bus b;
	struct actor *sm, *c2s;

	router_of(&b, r);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	b.versions = c;
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	assert_int_equal(version_of_link(&b, "sm-1"), r.newest);
	assert_int_equal(version_of_link(&b, "c2s-1"), version);
	assert_null(component_trouble(c2s->c));
	node_send_key(c2s, "example.org", "romeo@example.org", "<there/>");
	WAIT(&b, node_heard(sm, "payload=<there/>"));
	node_send(sm, "c2s-1", "<back/>");
	WAIT(&b, node_heard(c2s, "payload=<back/>"));
	bus_stop(&b);
}

static void
neighbours_work_together(void **state)
{
	(void)state;
	expect_neighbours(V(2, 3), V(2, 3), 3);
	expect_neighbours(V(2, 3), V(2, 2), 2); /* the router first, as doc/upgrade.md has it */
	expect_neighbours(V(2, 3), V(1, 2), 2);
	expect_neighbours(V(1, 2), V(2, 3), 2); /* and the other way round */
	expect_neighbours(V(2, 3), V(3, 4), 3);
}

static char *
read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = xcalloc(1, 65536);

	assert_non_null(f);
	assert_true(fread(text, 1, 65535, f) > 0);
	fclose(f);
	return text;
}

static void
expect_strangers(struct bus_versions r, struct bus_versions c, const char *router_says)
{
	char path[] = "/tmp/bus-version-XXXXXX", both[200];
	int fd = mkstemp(path);
	struct bus b;
	struct actor *sm;
	const char *why;
	char *log;

	assert_true(fd >= 0);
	close(fd);
	router_of(&b, r);
	assert_int_equal(log_open("test", path, LOG_LEVEL_WARNING, &why), 0);
	b.versions = c;
	sm = bus_join_as(&b, "sm-1", "sm", "boot1", BUS_SECRET, hosts);
	sm->c->born = 0; /* what happens in the first seconds is not worth a line, at a start */
	WAIT(&b, component_trouble(sm->c));
	assert_false(component_online(sm->c));
	assert_int_equal(router_link_count(b.router[0]), 0);
	assert_int_equal(log_open("test", "stderr", LOG_LEVEL_ERROR, &why), 0);
	log = read_file(path);
	snprintf(both, sizeof(both), "refused: %s", router_says);
	if (!strstr(log, both))
		fail_msg("the router: %s", log);
	snprintf(both, sizeof(both), "router is away: it ended the stream: unsupported-version: \"%s\"", router_says);
	if (!strstr(log, both))
		fail_msg("the component: %s", log);
	assert_non_null(strstr(component_trouble(sm->c), router_says));
	free(log);
	unlink(path);
	bus_stop(&b);
}

static void
others_are_refused_and_both_say_why(void **state)
{
	(void)state;
	expect_strangers(V(3, 4), V(1, 2), "sm-1 speaks version 2 of the bus, this router 3 4: upgrade one release at a time");
	expect_strangers(V(1, 2), V(3, 4), "sm-1 speaks version 4 of the bus, this router 1 2: upgrade one release at a time");
	expect_strangers(V(2, 2), V(1, 1), "sm-1 speaks version 1 of the bus, this router 2: upgrade one release at a time");
}

/* It comes back when the router has been upgraded, without being started anew. */
static void
refused_ones_try_again(void **state)
{
	struct bus b;
	struct actor *sm;

	(void)state;
	router_of(&b, V(1, 2));
	b.versions = V(3, 4);
	sm = bus_join_as(&b, "sm-1", "sm", "boot1", BUS_SECRET, hosts);
	WAIT(&b, component_trouble(sm->c));
	bus_router_kill(&b, 0);
	bus_router_start(&b, 0);
	WAIT(&b, component_online(sm->c));
	assert_null(component_trouble(sm->c));
	bus_stop(&b);
}

/* ---- words of a later release ---- */

static void
say_on_link(struct bus *b, const char *name, const char *text)
{
	list_each(&b->router[0]->bound, struct link, l, node)
		if (strcmp(l->name, name) == 0)
			io_write(l->port.io, str_z(text));
}

static void
components_ignore_what_they_do_not_know(void **state)
{
	struct bus b;
	struct actor *sm, *c2s;

	(void)state;
	bus_start(&b, 1);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	say_on_link(&b, "c2s-1",
		    "<c:later/><c:later a='b' len='3'><x></c:later>\n"
		    "<c:member name='sm-2' role='oracle' state='musing' boot='b' hosts='' later='1'/>"
		    "<c:ping id='1' later='1'/><c:pong id='1'/><c:synced later='1'/>"
		    "<c:bounce to='c2s-1' from='router-1' reason='later' len='0' later='1'></c:bounce>"
		    "<c:route to='c2s-1' from='sm-1' later='1' len='7'><last/></c:route>");
	WAIT(&b, node_heard(c2s, "payload=<last/>"));
	assert_true(node_heard(c2s, "reason=later"));
	assert_true(node_heard(c2s, "member sm-2 role=oracle boot=b up")); /* neither gone nor draining: there, and no owner */
	assert_int_equal(c2s->offlines + c2s->losts, 0);
	for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
		assert_true(str_is(component_slot_owner(c2s->c, slot)->name, "sm-1"));
	node_send(c2s, "sm-1", "<still-here/>");
	WAIT(&b, node_heard(sm, "payload=<still-here/>"));
	bus_stop(&b);
}

/* A router moves a frame on as it is, with what it does not know of its head. */
static void
routers_pass_on_what_they_do_not_know(void **state)
{
	struct bus b;
	struct actor *sm, *c2s;

	(void)state;
	bus_start(&b, 1);
	sm = bus_join(&b, "sm-1", "sm", hosts);
	c2s = bus_join(&b, "c2s-1", "c2s", NULL);
	buf_addl(io_out(c2s->c->links[0].io),
		 "<c:later/><c:later len='4'>text</c:later><c:state is='up' later='1'/><c:ping id='9' later='1'/>"
		 "<c:route later='1' to='sm-1' from='c2s-1' len='6'><one/></c:route>"
		 "<c:route later='1' to='nobody-1' from='c2s-1' len='7'><none/></c:route>"
		 "<c:route to='sm-1' from='c2s-1' len='6'><two/></c:route>");
	io_wrote(c2s->c->links[0].io);
	WAIT(&b, node_heard(sm, "payload=<two/>") && c2s->bounces == 1);
	assert_true(node_heard(sm, "payload=<one/>"));
	assert_true(node_heard(c2s, "reason=no-instance target=nobody-1"));
	assert_int_equal(c2s->offlines + c2s->losts, 0);
	bus_stop(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_versions),
		cmocka_unit_test(neighbours_work_together),
		cmocka_unit_test(others_are_refused_and_both_say_why),
		cmocka_unit_test(refused_ones_try_again),
		cmocka_unit_test(components_ignore_what_they_do_not_know),
		cmocka_unit_test(routers_pass_on_what_they_do_not_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
