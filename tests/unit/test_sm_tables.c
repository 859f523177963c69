/* SPDX-License-Identifier: Apache-2.0 */
/* What of sm needs no stage: numbers and acknowledgements, RFC 6121's table of deliveries, the order of hooks. */
#include "sm/ack.h"
#include "sm/deliver.h"
#include "sm/event.h"
#include "sm/keys.h"
#include "sm/modules.h"
#include "sm/sm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* ---- ack ---- */

static void
ack_in_order(void **state)
{
	struct ack a = {0};

	(void)state;
	assert_int_equal(ack_take(&a, 1), ACK_NEXT);
	assert_int_equal(ack_take(&a, 2), ACK_NEXT);
	assert_int_equal(ack_take(&a, 2), ACK_SEEN);
	assert_int_equal(ack_take(&a, 1), ACK_SEEN);
	assert_int_equal(ack_take(&a, 4), ACK_GAP);
	assert_int_equal(a.seen, 2);
	assert_int_equal(a.done, 0);
	assert_true(ack_finish(&a, 1));
	assert_int_equal(a.done, 1);
	assert_true(ack_finish(&a, 2));
	assert_int_equal(a.done, 2);
	ack_done(&a);
}

static void
ack_out_of_order(void **state)
{
	struct ack a = {0};

	(void)state;
	for (uint64_t n = 1; n <= 100; n++)
		assert_int_equal(ack_take(&a, n), ACK_NEXT);
	for (uint64_t n = 100; n > 1; n--)
		assert_false(ack_finish(&a, n));
	assert_int_equal(a.done, 0);
	assert_true(ack_finish(&a, 1));
	assert_int_equal(a.done, 100);
	assert_false(ack_finish(&a, 50));
	assert_false(ack_finish(&a, 101));
	assert_int_equal(a.done, 100);
	ack_done(&a);
}

/* The ring grows while it is wrapped around. */
static void
ack_grows_wrapped(void **state)
{
	struct ack a = {0};
	uint64_t n = 0;

	(void)state;
	ack_start(&a, 1000000);
	n = 1000000;
	for (int i = 0; i < 10; i++) {
		assert_int_equal(ack_take(&a, ++n), ACK_NEXT);
		assert_true(ack_finish(&a, n));
	}
	for (int i = 0; i < 200; i++)
		assert_int_equal(ack_take(&a, ++n), ACK_NEXT);
	for (uint64_t k = 1000011; k <= n; k += 2)
		ack_finish(&a, k);
	assert_int_equal(a.done, 1000011);
	for (uint64_t k = 1000012; k <= n; k += 2)
		assert_true(ack_finish(&a, k));
	assert_int_equal(a.done, n);
	ack_done(&a);
}

static void
ack_is_bounded(void **state)
{
	struct ack a = {0};

	(void)state;
	for (uint64_t n = 1; n <= ACK_OPEN_MAX; n++)
		assert_int_equal(ack_take(&a, n), ACK_NEXT);
	assert_int_equal(ack_take(&a, ACK_OPEN_MAX + 1), ACK_FULL);
	assert_true(ack_finish(&a, 1));
	assert_int_equal(ack_take(&a, ACK_OPEN_MAX + 1), ACK_NEXT);
	ack_start(&a, 7);
	assert_int_equal(ack_take(&a, 8), ACK_NEXT);
	assert_true(ack_finish(&a, 8));
	ack_done(&a);
}

/* ---- RFC 6121 8.5 ---- */

struct row {
	enum deliver_address address;
	enum stanza_type type;
	enum deliver_action away, here; /* without and with an available resource of non-negative priority */
};

static const struct row rows[] = {
	/* 8.5.2: bare JID */
	{ADDRESS_BARE, TYPE_NONE, DELIVER_LATER, DELIVER_ALL},
	{ADDRESS_BARE, TYPE_NORMAL, DELIVER_LATER, DELIVER_ALL},
	{ADDRESS_BARE, TYPE_UNKNOWN, DELIVER_LATER, DELIVER_ALL},
	{ADDRESS_BARE, TYPE_CHAT, DELIVER_LATER, DELIVER_ALL},
	{ADDRESS_BARE, TYPE_GROUPCHAT, DELIVER_REFUSE, DELIVER_REFUSE},
	{ADDRESS_BARE, TYPE_HEADLINE, DELIVER_DROP, DELIVER_ALL},
	{ADDRESS_BARE, TYPE_ERROR, DELIVER_DROP, DELIVER_DROP},
	/* 8.5.3.1: full JID with a match */
	{ADDRESS_MATCH, TYPE_NONE, DELIVER_ONE, DELIVER_ONE},
	{ADDRESS_MATCH, TYPE_NORMAL, DELIVER_ONE, DELIVER_ONE},
	{ADDRESS_MATCH, TYPE_UNKNOWN, DELIVER_ONE, DELIVER_ONE},
	{ADDRESS_MATCH, TYPE_CHAT, DELIVER_ONE, DELIVER_ONE},
	{ADDRESS_MATCH, TYPE_GROUPCHAT, DELIVER_ONE, DELIVER_ONE},
	{ADDRESS_MATCH, TYPE_HEADLINE, DELIVER_ONE, DELIVER_ONE},
	{ADDRESS_MATCH, TYPE_ERROR, DELIVER_ONE, DELIVER_ONE},
	/* 8.5.3.2.1: full JID without one */
	{ADDRESS_NO_MATCH, TYPE_NONE, DELIVER_REFUSE, DELIVER_REFUSE},
	{ADDRESS_NO_MATCH, TYPE_NORMAL, DELIVER_REFUSE, DELIVER_REFUSE},
	{ADDRESS_NO_MATCH, TYPE_UNKNOWN, DELIVER_REFUSE, DELIVER_REFUSE},
	{ADDRESS_NO_MATCH, TYPE_CHAT, DELIVER_LATER, DELIVER_ALL},
	{ADDRESS_NO_MATCH, TYPE_GROUPCHAT, DELIVER_REFUSE, DELIVER_REFUSE},
	{ADDRESS_NO_MATCH, TYPE_HEADLINE, DELIVER_DROP, DELIVER_DROP},
	{ADDRESS_NO_MATCH, TYPE_ERROR, DELIVER_DROP, DELIVER_DROP},
};

static void
delivery_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(deliver_action(rows[i].address, rows[i].type, false), rows[i].away);
		assert_int_equal(deliver_action(rows[i].address, rows[i].type, true), rows[i].here);
	}
	assert_int_equal(deliver_action_absent(TYPE_CHAT), DELIVER_REFUSE);
	assert_int_equal(deliver_action_absent(TYPE_NONE), DELIVER_REFUSE);
	assert_int_equal(deliver_action_absent(TYPE_NORMAL), DELIVER_REFUSE);
	assert_int_equal(deliver_action_absent(TYPE_UNKNOWN), DELIVER_REFUSE);
	assert_int_equal(deliver_action_absent(TYPE_GROUPCHAT), DELIVER_REFUSE);
	assert_int_equal(deliver_action_absent(TYPE_HEADLINE), DELIVER_DROP);
	assert_int_equal(deliver_action_absent(TYPE_ERROR), DELIVER_DROP);
}

static bool
worth(const char *children)
{
	struct arena a = {0};
	struct stanza st;
	struct str bytes = arena_printf(&a, *children ? "<message to='a@b' type='chat'>%s</message>" : "<message/>%s",
				      children);
	bool yes;

	assert_int_equal(stanza_parse(&st, &a, bytes, NULL), 0);
	yes = deliver_worth_storing(&st);
	arena_done(&a);
	return yes;
}

static void
what_is_stored(void **state)
{
	(void)state;
	assert_true(worth("<body>Art thou not Romeo?</body>"));
	assert_true(worth("<body>a</body><active xmlns='http://jabber.org/protocol/chatstates'/>"));
	assert_true(worth("<received xmlns='urn:xmpp:receipts' id='1'/>"));
	assert_false(worth(""));
	assert_false(worth("<composing xmlns='http://jabber.org/protocol/chatstates'/>"));
	assert_false(worth("<thread>t</thread><gone xmlns='http://jabber.org/protocol/chatstates'/>"));
	assert_false(worth("<body>a</body><no-store xmlns='urn:xmpp:hints'/>"));
	assert_true(worth("<body>a</body><no-permanent-store xmlns='urn:xmpp:hints'/>"));
	assert_true(worth("<composing xmlns='http://jabber.org/protocol/chatstates'/><store xmlns='urn:xmpp:hints'/>"));
}

/* ---- hooks ---- */

static char trace[64];

static enum verdict
say(char what, enum verdict v)
{
	size_t n = strlen(trace);

	trace[n] = what;
	trace[n + 1] = '\0';
	return v;
}

#define HANDLER(letter, answer)                                              \
	static enum verdict on_##letter(struct sm *sm, struct ev_user *ev)   \
	{                                                                    \
		(void)sm;                                                    \
		(void)ev;                                                    \
		return say(#letter[0], answer);                              \
	}
HANDLER(a, PASS)
HANDLER(b, PASS)
HANDLER(c, PASS)
HANDLER(d, PASS)
HANDLER(t, TAKEN)

static const struct hook first_module[] = {
	HOOK(user_loaded, PHASE_AFTER, on_a),
	HOOK(user_loaded, PHASE_CHECK, on_b),
	HOOKS_END,
};
static const struct hook second_module[] = {
	HOOK(user_unload, PHASE_CHECK, on_t),
	HOOK(user_loaded, PHASE_CHECK, on_c),
	HOOK(user_loaded, PHASE_STAMP, on_d),
	HOOKS_END,
};

static void
hooks_by_phase_then_module(void **state)
{
	struct sm sm = {0};
	struct ev_user ev = {0};

	(void)state;
	events_new(&sm);
	events_add(&sm, first_module);
	events_add(&sm, second_module);
	events_add(&sm, NULL);
	events_sort(&sm);
	trace[0] = '\0';
	assert_int_equal(event_user_loaded(&sm, PHASE_CHECK, PHASE_FALLBACK, &ev), PASS);
	assert_string_equal(trace, "bcda");
	trace[0] = '\0';
	assert_int_equal(event_user_loaded(&sm, PHASE_STAMP, PHASE_DELIVER, &ev), PASS);
	assert_string_equal(trace, "d");
	trace[0] = '\0';
	assert_int_equal(event_user_unload(&sm, PHASE_CHECK, PHASE_FALLBACK, &ev), TAKEN);
	assert_int_equal(event_user_deleted(&sm, PHASE_CHECK, PHASE_FALLBACK, &ev), PASS);
	assert_string_equal(trace, "t");
	events_free(&sm);
}

static void
taken_ends_it(void **state)
{
	static const struct hook hooks[] = {
		HOOK(user_loaded, PHASE_HANDLE, on_t),
		HOOK(user_loaded, PHASE_HANDLE, on_a),
		HOOK(user_loaded, PHASE_CHECK, on_b),
		HOOKS_END,
	};
	struct sm sm = {0};
	struct ev_user ev = {0};

	(void)state;
	events_new(&sm);
	events_add(&sm, hooks);
	events_sort(&sm);
	trace[0] = '\0';
	assert_int_equal(event_user_loaded(&sm, PHASE_CHECK, PHASE_FALLBACK, &ev), TAKEN);
	assert_string_equal(trace, "bt");
	events_free(&sm);
}

/* ---- sections of modules ---- */

static void
each_module_has_a_section(void **state)
{
	const struct conf_section *const *sections = sm_module_sections();
	size_t i;

	(void)state;
	for (i = 0; modules_all[i]; i++) {
		assert_non_null(sections[i]);
		assert_memory_equal(sections[i]->name, "mod_", 4);
		assert_string_equal(sections[i]->name + 4, modules_all[i]->name);
		assert_string_equal(sections[i]->keys[0].name, "enabled");
		assert_non_null(sections[i]->help);
	}
	assert_null(sections[i]);
	assert_ptr_equal(sections, sm_module_sections());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ack_in_order),
		cmocka_unit_test(ack_out_of_order),
		cmocka_unit_test(ack_grows_wrapped),
		cmocka_unit_test(ack_is_bounded),
		cmocka_unit_test(delivery_table),
		cmocka_unit_test(what_is_stored),
		cmocka_unit_test(hooks_by_phase_then_module),
		cmocka_unit_test(taken_ends_it),
		cmocka_unit_test(each_module_has_a_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
