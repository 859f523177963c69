/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of c2s that need nobody else: table of elements, ring, names, limits. */
#include "c2s/c2s.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* --- the table --- */

static const struct {
	enum client_state state;
	const char *ns, *name, *handler; /* null: not taken */
} elements[] = {
	{CLIENT_PLAIN, NS_TLS, "starttls", "starttls_on_request"},
	{CLIENT_SECURE, NS_TLS, "starttls", "starttls_on_late_request"},
	{CLIENT_AUTHENTICATED, NS_TLS, "starttls", "starttls_on_late_request"},
	{CLIENT_AUTH, NS_TLS, "starttls", "starttls_on_late_request"},
	{CLIENT_BOUND, NS_TLS, "starttls", "starttls_on_late_request"},
	{CLIENT_BINDING, NS_TLS, "starttls", NULL},
	{CLIENT_PLAIN, NS_SASL, "auth", "auth_on_auth"},
	{CLIENT_SECURE, NS_SASL, "auth", "auth_on_auth"},
	{CLIENT_AUTH, NS_SASL, "auth", "auth_on_second_auth"},
	{CLIENT_AUTHENTICATED, NS_SASL, "auth", NULL},
	{CLIENT_BOUND, NS_SASL, "auth", NULL},
	{CLIENT_AUTH, NS_SASL, "response", "auth_on_response"},
	{CLIENT_SECURE, NS_SASL, "response", "auth_on_stray"},
	{CLIENT_AUTH, NS_SASL, "abort", "auth_on_abort"},
	{CLIENT_PLAIN, NS_CLIENT, "iq", NULL},
	{CLIENT_SECURE, NS_CLIENT, "message", NULL},
	{CLIENT_AUTHENTICATED, NS_CLIENT, "iq", "bind_on_iq"},
	{CLIENT_AUTHENTICATED, NS_CLIENT, "message", NULL},
	{CLIENT_BINDING, NS_CLIENT, "iq", NULL},
	{CLIENT_BOUND, NS_CLIENT, "iq", "forward_stanza"},
	{CLIENT_BOUND, NS_CLIENT, "message", "forward_stanza"},
	{CLIENT_BOUND, NS_CLIENT, "presence", "forward_stanza"},
	/* the words of the bus are nobody's out here */
	{CLIENT_BOUND, NS_WORDS, "close", NULL},
	{CLIENT_BOUND, NS_WORDS, "open", NULL},
	{CLIENT_AUTHENTICATED, NS_WORDS, "open", NULL},
	{CLIENT_BOUND, NS_BUS, "bind", NULL},
	{CLIENT_BOUND, NS_ADMIN, "do", NULL},
	{CLIENT_BOUND, NS_SERVER, "message", NULL},
	{CLIENT_SECURE, NS_SM, "enable", NULL},
	{CLIENT_AUTHENTICATED, NS_SM, "enable", "manage_on_untimely"},
	{CLIENT_AUTHENTICATED, NS_SM, "resume", "manage_on_resume"},
	{CLIENT_BINDING, NS_SM, "resume", NULL},
	{CLIENT_BOUND, NS_SM, "resume", "manage_on_untimely"},
	{CLIENT_BOUND, NS_SM, "enable", "manage_on_enable"},
	{CLIENT_BOUND, NS_SM, "r", "manage_on_r"},
	{CLIENT_BOUND, NS_SM, "a", "manage_on_a"},
	{CLIENT_CLOSING, NS_CLIENT, "message", NULL},
};

static void
test_elements(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
		const char *handler =
		    element_handler_name(elements[i].state, str_z(elements[i].ns), str_z(elements[i].name));

		if (handler != elements[i].handler && (!handler || !elements[i].handler ||
						       strcmp(handler, elements[i].handler) != 0))
			fail_msg("%s %s in state %s: %s", elements[i].ns, elements[i].name,
				 client_state_name(elements[i].state), handler ? handler : "nobody");
	}
}

static void
test_state_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CLIENT_STATE_COUNT; i++)
		assert_non_null(client_state_name((enum client_state)i));
}

/* --- ring --- */

static void
push_number(struct ring *r, unsigned n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	ring_push(r, chunk_new(str_z(text)));
}

static bool
is_number(const struct ring *r, unsigned i, unsigned n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	return str_is(chunk_str(ring_at(r, i)), text);
}

static void
test_ring(void **state)
{
	struct ring r = {0};
	unsigned in = 0, out = 0;

	(void)state;
	for (unsigned round = 0; round < 50; round++) {
		for (unsigned i = 0; i < round % 13; i++)
			push_number(&r, in++);
		for (unsigned i = 0; i < r.count; i++)
			assert_true(is_number(&r, i, out + i));
		if (r.count > 5) {
			ring_drop(&r, 5);
			out += 5;
		}
		assert_int_equal(r.count, in - out);
	}
	ring_drop(&r, r.count);
	assert_null(r.slots); /* an empty one owns nothing */
	assert_int_equal(r.bytes, 0);
	push_number(&r, 1);
	ring_done(&r);
	assert_null(r.slots);
}

/* --- names --- */

enum { SLOWLY = 20000 }; /* ms between two: so slowly that only the number decides which are kept */

static bool
seen_number(struct names *n, unsigned i, uint64_t now)
{
	char text[16];

	snprintf(text, sizeof(text), "sid.%u", i);
	return names_seen(n, str_z(text), now);
}

static void
test_names(void **state)
{
	struct names n = {0};

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		assert_false(seen_number(&n, i, i * SLOWLY));
	assert_int_equal(n.count, NAMES_MAX);
	for (unsigned i = 1000 - NAMES_MAX; i < 1000; i++)
		assert_true(seen_number(&n, i, 1000 * SLOWLY));
	assert_false(seen_number(&n, 0, 1000 * SLOWLY)); /* forgotten: takes the place of the oldest */
	assert_false(seen_number(&n, 1000 - NAMES_MAX, 1000 * SLOWLY));
	names_done(&n);
}

/* While the database is away none of them is in the log: all of the last minutes are kept, but not for ever. */
static void
test_names_of_a_busy_minute(void **state)
{
	enum { BUSY = 5000, MINUTE = 60000 };
	struct names n = {0};

	(void)state;
	for (unsigned i = 0; i < BUSY; i++)
		assert_false(seen_number(&n, i, i * 10));
	for (unsigned i = 0; i < BUSY; i++)
		assert_true(seen_number(&n, i, 2 * MINUTE));
	assert_false(seen_number(&n, BUSY, 30 * MINUTE));
	assert_in_range(n.cap, NAMES_MAX, 2 * NAMES_MAX);
	for (unsigned i = BUSY - NAMES_MAX + 1; i <= BUSY; i++)
		assert_true(seen_number(&n, i, 30 * MINUTE));
	for (unsigned i = 0; i < 2 * NAMES_LIMIT; i++)
		assert_false(seen_number(&n, 10000 + i, 31 * MINUTE));
	assert_int_equal(n.count, NAMES_LIMIT);
	assert_false(seen_number(&n, 10000 + NAMES_LIMIT - 1, 31 * MINUTE));
	assert_true(seen_number(&n, 10000 + 2 * NAMES_LIMIT - 1, 31 * MINUTE));
	names_done(&n);
}

/* A client that acknowledges now and then: how many are kept goes up and down, and memory follows what is kept. */
static void
test_names_keep(void **state)
{
	struct names n = {0};
	char text[16];
	unsigned i = 0;

	(void)state;
	for (unsigned unacked = 0; unacked < 20; unacked++) {
		for (unsigned k = 0; k <= unacked; k++) {
			uint64_t place = ++i;

			snprintf(text, sizeof(text), "sid.%u", i);
			assert_false(names_seen_at(&n, str_z(text), i * SLOWLY, &place, NAMES_MAX + k));
		}
		if (i < NAMES_MAX)
			unacked = 0;
	}
	assert_in_range(n.count, NAMES_MAX, NAMES_MAX + 20);
	assert_in_range(n.cap, n.count, 2 * NAMES_MAX);
	for (unsigned k = i - NAMES_MAX + 1; k <= i; k++) {
		uint64_t place = 0;

		snprintf(text, sizeof(text), "sid.%u", k);
		assert_true(names_seen_at(&n, str_z(text), i * SLOWLY, &place, NAMES_MAX));
		assert_int_equal(place, k);
	}
	names_done(&n);
}

/* HASH.SESSION.NUMBER (sm/resend.h): two messages with the same hash are two, unless an sm could not know. */
static void
test_names_unsure(void **state)
{
	enum { MINUTE = 60000 };
	struct names n = {0};

	(void)state;
	assert_false(names_seen(&n, STR("0123456789abcdef.sid.1"), 0));
	assert_false(names_seen(&n, STR("0123456789abcdef.sid.2"), 0));
	assert_true(names_seen(&n, STR("0123456789abcdef.sid.2"), 0));
	assert_true(names_seen(&n, STR("0123456789abcdef.sid.2?"), 0));
	assert_true(names_seen(&n, STR("0123456789abcdef.other.7?"), 10 * MINUTE));
	assert_false(names_seen(&n, STR("0123456789abcdef.other.7?"), 11 * MINUTE)); /* too long ago */
	assert_true(names_seen(&n, STR("0123456789abcdef.other.7"), 11 * MINUTE));
	assert_false(names_seen(&n, STR("ffffffffffffffff.other.7?"), 11 * MINUTE));
	names_done(&n);
}

/* Many that nobody has seen: none may be taken for another, sure or not. */
static void
test_names_do_not_meet(void **state)
{
	enum { MANY = 500000 };
	struct names n = {0};
	char text[48];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "%016x.sid.%u%s", i % 2 ? i : 0, i, i % 2 ? "?" : ""); /* and one said very often */
		if (names_seen(&n, str_z(text), i * 60u)) /* a thousand a minute */
			fail_msg("%s is new", text);
	}
	names_done(&n);
}

/* The next owner is told those of the last one to two minutes, the newest first; and another c2s takes them from there. */
static void
test_names_told(void **state)
{
	enum { MINUTE = 60000, OLD = 200, NEW = 300 };
	struct names n = {.key = name_key(STR("0123456789012345678901"))}, other = {.key = n.key};
	struct name_hash newest;
	struct name_told *told;
	struct buf text = {0};
	size_t count = 0;
	uint64_t place;

	(void)state;
	for (unsigned i = 1; i <= OLD + NEW; i++) {
		char name[40];

		place = i;
		snprintf(name, sizeof(name), "%016x.sid.%u%s", i, i, i % 2 ? "?" : "");
		assert_false(names_seen_at(&n, str_z(name), i <= OLD ? 0 : 2 * MINUTE, &place, 0));
	}
	names_tell(&n, 4 * MINUTE, OLD + NEW, &text);
	assert_int_equal(text.n, 0);
	assert_int_equal(names_recent(&n, 3 * MINUTE), NEW);
	names_tell(&n, 3 * MINUTE, OLD + NEW + 7, &text);
	told = names_told_parse(buf_str(&text), &count);
	assert_int_equal(count, NEW);
	(void)name_hash(&n.key, STR("00000000000001f4.sid.500"), &newest);
	assert_true(told[0].name.said == newest.said && told[0].name.rest == newest.rest);
	assert_int_equal(told[0].back, 7);
	assert_int_equal(told[NEW - 1].back, NEW + 6);
	free(told);
	names_take(&other, buf_str(&text), 0, 1000);
	assert_int_equal(other.count, NEW);
	place = 77;
	assert_true(names_seen_at(&other, STR("00000000000001f4.sid.500"), 0, &place, 0));
	assert_int_equal(place, 993);
	assert_true(names_seen_at(&other, STR("00000000000001f3.somebody.9?"), 0, &place, 0));
	assert_int_equal(place, 992);
	place = 77;
	assert_false(names_seen_at(&other, STR("00000000000000c8.sid.200"), 0, &place, 0));
	names_take(&other, STR("AAAA"), 0, 1000); /* makes no sense */
	assert_int_equal(other.count, NEW + 1);
	buf_done(&text);
	names_done(&n);
	names_done(&other);
}

/* What is remembered of a name stays together when the list is turned. */
static void
test_names_turned(void **state)
{
	enum { MANY = NAMES_MAX + 7 };
	struct names n = {0};
	char text[48];
	uint64_t place;

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "%016x.sid.1", i);
		place = i + 1;
		assert_false(names_seen_at(&n, str_z(text), i * SLOWLY, &place, 0));
	}
	place = MANY + 1;
	assert_false(names_seen_at(&n, STR("ffffffffffffffff.sid.1"), MANY * SLOWLY, &place, MANY + NAMES_MAX));
	for (unsigned i = MANY - NAMES_MAX; i < MANY; i++) {
		snprintf(text, sizeof(text), "%016x.sid.1", i);
		place = 0;
		assert_true(names_seen_at(&n, str_z(text), MANY * SLOWLY, &place, MANY + NAMES_MAX));
		assert_int_equal(place, i + 1);
	}
	names_done(&n);
}

/* --- limits --- */

static struct addr
address_of(const char *text)
{
	struct addr a;
	const char *why;

	assert_int_equal(addr_parse(&a, str_z(text), &why), 0);
	return a;
}

static void
test_limits_per_address(void **state)
{
	const struct settings set = {
	    .unauthenticated_max = 4, .unauthenticated_per_address = 2, .connections_per_address = 3};
	struct addr a = address_of("192.0.2.1:1"), b = address_of("[2001:db8::1]:1"), b2 = address_of("[2001:db8::2]:1"),
		    c = address_of("192.0.2.2:1");
	struct limits l = {0};
	struct address *x[4], *y[2], *z;

	(void)state;
	assert_null(limits_admit(&l, &set, &a, 1000, &x[0]));
	assert_null(limits_admit(&l, &set, &a, 1000, &x[1]));
	assert_ptr_equal(x[0], x[1]);
	assert_string_equal(limits_admit(&l, &set, &a, 1000, &x[2]), "unauthenticated_per_address");
	/* IPv6 counts by /64 */
	assert_null(limits_admit(&l, &set, &b, 1000, &y[0]));
	assert_null(limits_admit(&l, &set, &b2, 1000, &y[1]));
	assert_ptr_equal(y[0], y[1]);
	assert_string_equal(limits_admit(&l, &set, &c, 1000, &z), "unauthenticated_max");
	/* who has logged in is a stranger no more, but still has a connection */
	limits_authenticated(&l, x[0]);
	assert_null(limits_admit(&l, &set, &a, 1000, &x[2]));
	limits_authenticated(&l, x[2]);
	assert_string_equal(limits_admit(&l, &set, &a, 1000, &x[3]), "connections_per_address");
	limits_leave(&l, x[0], true, 1000);
	assert_null(limits_admit(&l, &set, &a, 1000, &x[3]));
	limits_leave(&l, x[1], false, 1000);
	limits_leave(&l, x[2], true, 1000);
	limits_leave(&l, x[3], false, 1000);
	limits_leave(&l, y[0], false, 1000);
	limits_leave(&l, y[1], false, 1000);
	assert_int_equal(l.unauthenticated, 0);
	assert_int_equal(l.addresses.len, 0); /* nothing worth remembering */
	limits_done(&l);
}

static void
test_limits_of_failures(void **state)
{
	const struct settings set = {.unauthenticated_max = 9,
				     .unauthenticated_per_address = 9,
				     .connections_per_address = 9,
				     .failures_per_address = 2};
	struct addr at = address_of("192.0.2.1:1");
	struct limits l = {0};
	struct address *a;

	(void)state;
	assert_null(limits_admit(&l, &set, &at, 1000, &a));
	for (unsigned i = 0; i < 2; i++) {
		assert_true(limits_may_try(&set, a, 1000));
		assert_true(limits_may_try(&set, a, 1000)); /* to ask costs nothing */
		limits_failed(&set, a, 1000);
	}
	assert_false(limits_may_try(&set, a, 1000));
	/* remembered across connections, for a while */
	limits_leave(&l, a, false, 1000);
	assert_int_equal(l.addresses.len, 1);
	assert_null(limits_admit(&l, &set, &at, 2000, &a));
	assert_false(limits_may_try(&set, a, 2000));
	assert_true(limits_may_try(&set, a, 32000)); /* one each half minute */
	limits_failed(&set, a, 32000);
	assert_false(limits_may_try(&set, a, 32000));
	limits_leave(&l, a, false, 32000);
	limits_sweep(&l, 40000);
	assert_int_equal(l.addresses.len, 1);
	limits_sweep(&l, 32000 + 121000);
	assert_int_equal(l.addresses.len, 0);
	limits_done(&l);
}

static void
test_limits_spare_unix_sockets(void **state)
{
	const struct settings set = {
	    .unauthenticated_max = 2, .unauthenticated_per_address = 1, .connections_per_address = 1};
	struct addr at = address_of("unix:/tmp/x");
	struct limits l = {0};
	struct address *a;

	(void)state;
	assert_null(limits_admit(&l, &set, &at, 1000, &a));
	assert_null(a);
	assert_null(limits_admit(&l, &set, &at, 1000, &a));
	assert_string_equal(limits_admit(&l, &set, &at, 1000, &a), "unauthenticated_max");
	assert_true(limits_may_try(&set, NULL, 1000));
	limits_done(&l);
}

/* An idle client must stay cheap: what it owns of ours is these two. */
static void
test_sizes(void **state)
{
	(void)state;
	assert_true(sizeof(struct client) <= 512);
	assert_true(sizeof(struct bond) <= 512);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_state_names),
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_of_a_busy_minute),
		cmocka_unit_test(test_names_keep),
		cmocka_unit_test(test_names_unsure),
		cmocka_unit_test(test_names_do_not_meet),
		cmocka_unit_test(test_names_told),
		cmocka_unit_test(test_names_turned),
		cmocka_unit_test(test_limits_per_address),
		cmocka_unit_test(test_limits_of_failures),
		cmocka_unit_test(test_limits_spare_unix_sockets),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
