/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the server's state machine (xmpp/sasl_server.c): what is offered,
 * PLAIN, EXTERNAL, who may act as whom, and everything that comes at the wrong
 * time. SCRAM and DIGEST-MD5 have programs of their own.
 */
#include "tests/unit/sasl_play.h"

static struct play play;
static unsigned hashings; /* how often PBKDF2 compared a password */
static unsigned hashed_iterations;

bool __real_scram_check(const struct scram_keys *k, struct str password);
bool __wrap_scram_check(const struct scram_keys *k, struct str password);

bool
__wrap_scram_check(const struct scram_keys *k, struct str password)
{
	__atomic_add_fetch(&hashings, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&hashed_iterations, k->iterations, __ATOMIC_SEQ_CST);
	return __real_scram_check(k, password);
}

static int
setup(void **state)
{
	*state = &play;
	play_setup(&play);
	hashings = 0;
	return 0;
}

static int
teardown(void **state)
{
	play_teardown(*state);
	return 0;
}

#define PLAIN_GOOD STR("\0juliet\0" PLAY_PASSWORD)
#define SCRAM_FIRST STR("n,,n=juliet,r=abcdefghijklmnop")

static void
plain(struct play *p, struct str message)
{
	play_start(p, "PLAIN", message);
	play_work(p);
}

/*
 * What is offered.
 */

static void
check_offer(struct play *p, const char *expected)
{
	const char *names[16];
	size_t n = sasl_server_mechanisms(p->server, names, ARRAY_LEN(names));
	struct buf b = {0};

	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i ? " " : "", names[i]);
	assert_string_equal(buf_z(&b), expected);
	buf_done(&b);
}

static void
offer_with_tls(void **state)
{
	struct play *p = *state;
	const char *one[1];

	check_offer(p, "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 DIGEST-MD5 PLAIN");
	assert_int_equal(sasl_server_mechanisms(p->server, one, 1), 5);
	assert_string_equal(one[0], "SCRAM-SHA-512");
	assert_int_equal(sasl_server_bindings(p->server, one, 1), 0); /* there is no SSL to bind to */
}

static void
offer_without_tls(void **state)
{
	struct play *p = *state;

	p->opts.tls = false;
	p->opts.external_users = STR("juliet");
	play_open(p);
	check_offer(p, "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 DIGEST-MD5");
	play_start(p, "PLAIN", PLAIN_GOOD);
	assert_failure(p, ENCRYPTION_REQUIRED);
	play_start(p, "EXTERNAL", STR(""));
	assert_failure(p, INVALID_MECHANISM);
	assert_int_equal(p->wants, 0);
	p->opts.allow_plain_without_tls = true;
	play_open(p);
	check_offer(p, "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 DIGEST-MD5 PLAIN");
	plain(p, PLAIN_GOOD);
	assert_success(p);
}

static void
offer_what_the_operator_allows(void **state)
{
	static const char *const some[] = {"scram-sha-256", "X-UNKNOWN", "ANONYMOUS", NULL};
	static const char *const none[] = {NULL};
	struct play *p = *state;

	p->opts.mechanisms = some;
	play_open(p);
	check_offer(p, "SCRAM-SHA-256");
	play_start(p, "PLAIN", PLAIN_GOOD);
	assert_failure(p, MECHANISM_TOO_WEAK);
	play_start(p, "SCRAM-SHA-1", SCRAM_FIRST);
	assert_failure(p, MECHANISM_TOO_WEAK);
	play_start(p, "SCRAM-SHA-512", SCRAM_FIRST);
	assert_failure(p, INVALID_MECHANISM);
	play_start(p, "ANONYMOUS", STR("x"));
	assert_failure(p, INVALID_MECHANISM);
	p->opts.mechanisms = none;
	play_open(p);
	check_offer(p, "");
	play_start(p, "SCRAM-SHA-256", SCRAM_FIRST);
	assert_failure(p, INVALID_MECHANISM);
	assert_int_equal(p->wants, 0);
}

static void
unknown_mechanisms(void **state)
{
	static const char *const names[] = {"", "PLAIN ", "plain", "CRAM-MD5", "SCRAM-SHA-224", "SCRAM-SHA-256-PLUS",
		"GSSAPI", "EXTERNAL", "LOGIN"};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		play_start(p, names[i], PLAIN_GOOD);
		assert_failure(p, INVALID_MECHANISM);
		assert_false(sasl_server_busy(p->server));
	}
	assert_int_equal(p->wants, 0);
}

/*
 * PLAIN.
 */

static void
plain_good(void **state)
{
	struct play *p = *state;

	play_start(p, "PLAIN", PLAIN_GOOD);
	assert_nothing(p); /* the loop is not held up */
	assert_true(sasl_server_busy(p->server));
	play_work(p);
	assert_success(p);
	assert_false(sasl_server_busy(p->server));
	assert_string_equal(p->user, "juliet");
	assert_string_equal(p->mechanism, "PLAIN");
	assert_false(p->has_data);
	assert_int_equal(hashings, 1);
}

static void
plain_prepares(void **state)
{
	struct play *p = *state;

	plain(p, STR("Juliet@Example.ORG\0JULIET\0" PLAY_PASSWORD));
	assert_success(p);
	assert_string_equal(p->user, "juliet");
	play_open(p);
	/* SASLprep maps a no-break space to a space (RFC 4013 2.1) */
	plain(p, STR("\0juliet\0wherefore\xC2\xA0" "art\xC2\xA0thou"));
	assert_success(p);
}

static void
plain_with_each_hash_alone(void **state)
{
	struct play *p = *state;
	struct sasl_credentials all = p->stored;

	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		for (unsigned other = 0; other < SCRAM_HASH_COUNT; other++)
			p->stored.has_scram[other] = other == h && all.has_scram[h];
		play_open(p);
		plain(p, STR("\0juliet\0wrong"));
		assert_failure(p, NOT_AUTHORIZED);
		plain(p, PLAIN_GOOD);
		assert_success(p);
	}
}

static void
plain_malformed(void **state)
{
	static const struct str messages[] = {
		STR(""),
		STR("juliet"),
		STR("\0juliet"),
		STR("\0\0"),
		STR("\0\0pass"),
		STR("\0juliet\0"),
		STR("\0juliet\0pass\0"),
		STR("\0juliet\0pa\0ss"),
		STR("a\0juliet\0" PLAY_PASSWORD "\0more"),
	};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		plain(p, messages[i]);
		assert_failure(p, MALFORMED_REQUEST);
	}
	assert_int_equal(p->wants, 0);
	assert_int_equal(hashings, 0);
}

static void
plain_too_long(void **state)
{
	struct play *p = *state;
	struct buf b = {0};

	buf_addn(&b, "\0juliet\0", 8);
	while (b.n <= 4096)
		buf_addc(&b, 'x');
	plain(p, buf_str(&b));
	assert_failure(p, MALFORMED_REQUEST);
	buf_done(&b);
}

static void
names_that_nobody_has(void **state)
{
	static const struct str messages[] = {
		STR("\0jul@iet\0pass"),
		STR("\0juliet@example.org\0" PLAY_PASSWORD),
		STR("\0jul iet\0pass"),
		STR("\0jul\xffiet\0pass"),
		STR("\0<juliet>\0pass"),
	};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		plain(p, messages[i]);
		assert_failure(p, NOT_AUTHORIZED);
	}
	assert_int_equal(p->wants, 0);
}

/* Unknown and wrong: the same answer for the same work. */
static void
unknown_is_like_wrong(void **state)
{
	struct play *p = *state;

	plain(p, STR("\0juliet\0wrong"));
	assert_failure(p, NOT_AUTHORIZED);
	assert_int_equal(p->events, 1);
	assert_int_equal(hashings, 1);
	assert_int_equal(hashed_iterations, 4096);
	hashings = hashed_iterations = 0;
	plain(p, STR("\0nobody\0wrong"));
	assert_failure(p, NOT_AUTHORIZED);
	assert_int_equal(p->events, 2);
	assert_int_equal(hashings, 1);
	assert_int_equal(hashed_iterations, 4096);
}

/* Keys in an answer that says "unknown" let nobody in. */
static void
unknown_with_keys(void **state)
{
	struct play *p = *state;

	p->stored.result = SASL_USER_UNKNOWN;
	plain(p, PLAIN_GOOD);
	assert_failure(p, NOT_AUTHORIZED);
}

static void
forbidden_password(void **state)
{
	struct play *p = *state;

	plain(p, STR("\0juliet\0bell\x07"));
	assert_failure(p, NOT_AUTHORIZED);
	plain(p, STR("\0juliet\0\xff\xfe"));
	assert_failure(p, NOT_AUTHORIZED);
	assert_int_equal(hashings, 0);
}

static void
disabled_is_told_to_the_owner_only(void **state)
{
	struct play *p = *state;

	p->stored.result = SASL_USER_DISABLED;
	plain(p, STR("\0juliet\0wrong"));
	assert_failure(p, NOT_AUTHORIZED);
	plain(p, PLAIN_GOOD);
	assert_failure(p, ACCOUNT_DISABLED);
	assert_false(sasl_server_busy(p->server));
}

static void
temporary(void **state)
{
	struct play *p = *state;

	p->stored.result = SASL_USER_TEMPORARY;
	plain(p, PLAIN_GOOD);
	assert_failure(p, TEMPORARY_AUTH_FAILURE);
	play_start(p, "SCRAM-SHA-256", SCRAM_FIRST);
	assert_failure(p, TEMPORARY_AUTH_FAILURE);
	p->stored.result = SASL_USER_OK;
	plain(p, PLAIN_GOOD); /* and the next attempt works */
	assert_success(p);
}

/* RFC 6120 6.4.2: <auth/> without data, an empty challenge, and the data in <response/>. */
static void
plain_without_initial_response(void **state)
{
	struct play *p = *state;

	play_start(p, "PLAIN", STR_NONE);
	assert_int_equal(p->bytes.n, 0);
	assert_challenge(p);
	assert_true(sasl_server_busy(p->server));
	play_step(p, PLAIN_GOOD);
	play_work(p);
	assert_success(p);
}

/*
 * Authorization identities (RFC 6120 6.3.8).
 */

static void
own_address(void **state)
{
	static const struct str good[] = {
		STR("juliet@example.org\0juliet\0" PLAY_PASSWORD),
		STR("JULIET@EXAMPLE.ORG\0juliet\0" PLAY_PASSWORD),
	};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		play_open(p);
		plain(p, good[i]);
		assert_success(p);
		assert_string_equal(p->user, "juliet");
	}
}

static void
foreign_address(void **state)
{
	static const struct str bad[] = {
		STR("romeo@example.org\0juliet\0" PLAY_PASSWORD),
		STR("juliet@example.com\0juliet\0" PLAY_PASSWORD),
		STR("juliet@example.org/balcony\0juliet\0" PLAY_PASSWORD),
		STR("juliet\0juliet\0" PLAY_PASSWORD),
		STR("example.org\0juliet\0" PLAY_PASSWORD),
		STR("@example.org\0juliet\0" PLAY_PASSWORD),
		STR("juliet@\0juliet\0" PLAY_PASSWORD),
		STR("jul\xffiet@example.org\0juliet\0" PLAY_PASSWORD),
	};
	struct play *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		plain(p, bad[i]);
		assert_failure(p, INVALID_AUTHZID);
	}
	assert_int_equal(p->wants, 0);
	play_start(p, "SCRAM-SHA-256", STR("n,a=romeo@example.org,n=juliet,r=abcdef"));
	assert_failure(p, INVALID_AUTHZID);
	assert_int_equal(p->wants, 0);
}

/*
 * EXTERNAL.
 */

static void
external(void **state)
{
	struct play *p = *state;

	p->opts.external_users = STR("juliet");
	play_open(p);
	check_offer(p, "EXTERNAL SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 DIGEST-MD5 PLAIN");
	play_start(p, "EXTERNAL", STR("romeo@example.org"));
	assert_failure(p, INVALID_AUTHZID);
	play_start(p, "EXTERNAL", STR("juliet@example.org\0x"));
	assert_failure(p, MALFORMED_REQUEST);
	play_start(p, "EXTERNAL", STR(""));
	assert_success(p);
	assert_string_equal(p->user, "juliet");
	assert_string_equal(p->mechanism, "EXTERNAL");
	play_open(p);
	play_start(p, "EXTERNAL", STR("juliet@example.org"));
	assert_success(p);
	play_open(p);
	play_start(p, "EXTERNAL", STR_NONE);
	assert_challenge(p);
	play_step(p, STR_NONE); /* <response/> */
	assert_success(p);
	assert_string_equal(p->user, "juliet");
}

/* A certificate that is good still needs an account that is there. */
static void
external_without_account(void **state)
{
	struct play *p = *state;

	p->opts.external_users = STR("nobody");
	play_open(p);
	play_start(p, "EXTERNAL", STR(""));
	assert_failure(p, NOT_AUTHORIZED);
	p->opts.external_users = STR("juliet");
	p->stored.result = SASL_USER_DISABLED;
	play_open(p);
	play_start(p, "EXTERNAL", STR(""));
	assert_failure(p, ACCOUNT_DISABLED);
}

/*
 * At the wrong time.
 */

/* Brings the server into one of the states in which an exchange is under way. */
enum stage { STAGE_FIRST, STAGE_WANT, STAGE_HASH, STAGE_TALK, STAGE_COUNT };

static void
go_to(struct play *p, enum stage stage)
{
	p->late = stage == STAGE_WANT;
	switch (stage) {
	case STAGE_FIRST:
		play_start(p, "SCRAM-SHA-256", STR_NONE);
		assert_challenge(p);
		break;
	case STAGE_WANT:
		play_start(p, "PLAIN", PLAIN_GOOD);
		assert_nothing(p);
		break;
	case STAGE_HASH:
		play_start(p, "PLAIN", PLAIN_GOOD);
		assert_nothing(p);
		break;
	case STAGE_TALK:
		play_start(p, "SCRAM-SHA-256", SCRAM_FIRST);
		assert_challenge(p);
		break;
	case STAGE_COUNT:
		break;
	}
	assert_true(sasl_server_busy(p->server));
	p->late = false;
}

/* Whatever was still on its way does nothing any more, and the next attempt is a fresh one. */
static void
check_clean(struct play *p)
{
	assert_false(sasl_server_busy(p->server));
	sasl_server_credentials(p->server, &p->stored);
	play_work(p);
	assert_nothing(p);
	plain(p, STR("\0juliet\0wrong"));
	assert_failure(p, NOT_AUTHORIZED);
}

static void
second_start_while_busy(void **state)
{
	struct play *p = *state;

	for (int stage = 0; stage < STAGE_COUNT; stage++) {
		go_to(p, (enum stage)stage);
		play_start(p, "PLAIN", STR("\0romeo\0his own password"));
		assert_failure(p, NOT_AUTHORIZED);
		check_clean(p);
	}
}

static void
abort_in_each_state(void **state)
{
	struct play *p = *state;

	for (int stage = 0; stage < STAGE_COUNT; stage++) {
		go_to(p, (enum stage)stage);
		sasl_server_abort(p->server);
		assert_failure(p, ABORTED);
		check_clean(p);
	}
	sasl_server_abort(p->server);
	assert_failure(p, ABORTED);
}

static void
response_at_the_wrong_time(void **state)
{
	struct play *p = *state;

	play_step(p, PLAIN_GOOD);
	assert_failure(p, MALFORMED_REQUEST);
	check_clean(p);
	go_to(p, STAGE_WANT);
	play_step(p, PLAIN_GOOD);
	assert_failure(p, MALFORMED_REQUEST);
	check_clean(p);
	go_to(p, STAGE_HASH);
	play_step(p, PLAIN_GOOD);
	assert_failure(p, MALFORMED_REQUEST);
	check_clean(p);
}

static void
keys_that_nobody_waits_for(void **state)
{
	struct play *p = *state;

	sasl_server_credentials(p->server, &p->stored);
	assert_nothing(p);
	go_to(p, STAGE_FIRST);
	sasl_server_credentials(p->server, &p->stored);
	assert_nothing(p);
	play_step(p, SCRAM_FIRST);
	assert_challenge(p);
	sasl_server_credentials(p->server, &p->stored); /* a second answer */
	assert_nothing(p);
}

/* Once somebody is in, nothing changes who it is. */
static void
nothing_after_success(void **state)
{
	struct play *p = *state;

	plain(p, PLAIN_GOOD);
	assert_success(p);
	play_start(p, "PLAIN", STR("\0romeo\0his own password"));
	assert_failure(p, NOT_AUTHORIZED);
	play_start(p, "PLAIN", PLAIN_GOOD);
	assert_failure(p, NOT_AUTHORIZED);
	play_step(p, PLAIN_GOOD);
	assert_failure(p, NOT_AUTHORIZED);
	sasl_server_abort(p->server);
	assert_failure(p, ABORTED);
	sasl_server_credentials(p->server, &p->stored);
	play_start(p, "SCRAM-SHA-256", SCRAM_FIRST); /* the abort has not opened the door again */
	assert_failure(p, NOT_AUTHORIZED);
	play_work(p);
	assert_nothing(p);
	assert_int_equal(p->wants, 1);
	assert_string_equal(p->user, "juliet");
}

/*
 * The owner goes.
 */

static void
free_in_each_state(void **state)
{
	struct play *p = *state;

	for (int stage = 0; stage < STAGE_COUNT; stage++) {
		play_open(p);
		go_to(p, (enum stage)stage);
		sasl_server_free(&p->server);
		assert_null(p->server);
		play_work(p);
		assert_nothing(p);
	}
	sasl_server_free(&p->server);
}

static void
free_in_callbacks(void **state)
{
	struct play *p = *state;

	p->free_in_callback = true;
	plain(p, PLAIN_GOOD);
	assert_success(p);
	assert_null(p->server);
	play_open(p);
	plain(p, STR("\0juliet\0wrong"));
	assert_failure(p, NOT_AUTHORIZED);
	assert_null(p->server);
	play_open(p);
	play_start(p, "SCRAM-SHA-256", SCRAM_FIRST);
	assert_challenge(p);
	assert_null(p->server);
	p->late = true;
	play_open(p);
	play_start(p, "SCRAM-SHA-256", SCRAM_FIRST); /* in want */
	assert_nothing(p);
	assert_null(p->server);
}

/* With threads that are real: the worker is at it while the server goes. */
static void
free_while_a_worker_hashes(void **state)
{
	struct play *p = *state;
	struct loop *loop = loop_new();

	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++)
		p->stored.scram[h].iterations = 100000;
	p->opts.loop = loop;
	play_open(p);
	play_start(p, "PLAIN", PLAIN_GOOD);
	while (__atomic_load_n(&hashings, __ATOMIC_SEQ_CST) == 0)
		assert_true(uv_run(loop_uv(loop), UV_RUN_NOWAIT)); /* until it has begun */
	sasl_server_free(&p->server);
	loop_free(&loop); /* waits for the worker */
	assert_nothing(p);
	assert_int_equal(hashings, 1);
}

static void
a_worker_answers(void **state)
{
	struct play *p = *state;
	struct loop *loop = loop_new();

	p->opts.loop = loop;
	play_open(p);
	play_start(p, "PLAIN", PLAIN_GOOD);
	while (p->event == PLAY_NOTHING)
		uv_run(loop_uv(loop), UV_RUN_ONCE);
	assert_success(p);
	sasl_server_free(&p->server);
	loop_free(&loop);
}

static void
setup_twice(void **state)
{
	struct buf why = {0};

	assert_int_equal(sasl_setup(&why), 0);
	sasl_teardown();
	plain(*state, PLAIN_GOOD); /* the first one still holds */
	assert_success((struct play *)*state);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(offer_with_tls),
		T(offer_without_tls),
		T(offer_what_the_operator_allows),
		T(unknown_mechanisms),
		T(plain_good),
		T(plain_prepares),
		T(plain_with_each_hash_alone),
		T(plain_malformed),
		T(plain_too_long),
		T(names_that_nobody_has),
		T(unknown_is_like_wrong),
		T(unknown_with_keys),
		T(forbidden_password),
		T(disabled_is_told_to_the_owner_only),
		T(temporary),
		T(plain_without_initial_response),
		T(own_address),
		T(foreign_address),
		T(external),
		T(external_without_account),
		T(second_start_while_busy),
		T(abort_in_each_state),
		T(response_at_the_wrong_time),
		T(keys_that_nobody_waits_for),
		T(nothing_after_success),
		T(free_in_each_state),
		T(free_in_callbacks),
		T(free_while_a_worker_hashes),
		T(a_worker_answers),
		T(setup_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
