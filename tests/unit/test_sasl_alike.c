/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who exists cannot be found out by trying to log in (RFC 6120 13.9.4): for
 * each mechanism a wrong password, an unknown user, a disabled account and one
 * without keys for the mechanism have the same dialogue, in the same shape, and
 * cost the same: one look-up and as many rounds of PBKDF2.
 */
#include "tests/unit/sasl_play.h"

#include "common/base64.h"

static struct play play;
static unsigned rounds; /* of PBKDF2 that the server has gone */

bool __real_scram_check(const struct scram_keys *k, struct str password);
bool __wrap_scram_check(const struct scram_keys *k, struct str password);

bool
__wrap_scram_check(const struct scram_keys *k, struct str password)
{
	__atomic_add_fetch(&rounds, k->iterations, __ATOMIC_SEQ_CST);
	return __real_scram_check(k, password);
}

static int
setup(void **state)
{
	*state = &play;
	play_setup(&play);
	return 0;
}

static int
teardown(void **state)
{
	play_teardown(*state);
	return 0;
}

/* ---- what can be seen of an attempt ---- */

struct sight {
	unsigned challenges, wants, rounds;
	size_t length[4]; /* of each challenge */
	enum sasl_condition condition;
};

static void
look(struct play *p, struct sight *s)
{
	play_work(p);
	if (p->event == PLAY_CHALLENGE) {
		assert_true(s->challenges < ARRAY_LEN(s->length));
		s->length[s->challenges++] = p->bytes.n;
	} else {
		assert_int_equal(p->event, PLAY_FAILURE);
		s->condition = p->condition;
	}
	p->event = PLAY_NOTHING;
}

static void
try_plain(struct play *p, const char *user, struct sight *s)
{
	struct buf b = {0};

	buf_addc(&b, '\0');
	buf_addz(&b, user);
	buf_addn(&b, "\0wrong", 6);
	play_start(p, "PLAIN", buf_str(&b));
	look(p, s);
	buf_done(&b);
}

static void
try_scram(struct play *p, enum scram_hash hash, const char *mechanism, const char *user, struct sight *s)
{
	struct scram_play c = {.hash = hash, .password = "wrong", .gs2 = "n,,"};
	struct buf out = {0};

	play_start(p, mechanism, scram_play_first(&c, &out, user));
	look(p, s);
	play_step(p, scram_play_final(&c, &out, buf_str(&p->bytes)));
	look(p, s);
	scram_play_done(&c);
	buf_done(&out);
}

/* The proof is wrong for whoever it is, so it need not be computed. */
static void
try_digest(struct play *p, const char *user, struct sight *s)
{
	struct buf b = {0};
	const char *nonce;

	play_start(p, "DIGEST-MD5", STR_NONE);
	look(p, s);
	nonce = strstr(buf_z(&p->bytes), "nonce=\"");
	assert_non_null(nonce);
	nonce += strlen("nonce=\"");
	buf_addf(&b, "username=\"%s\",realm=\"example.org\",nonce=\"%.*s\",cnonce=\"abc\",nc=00000001,qop=auth,"
		     "digest-uri=\"xmpp/example.org\",response=00112233445566778899aabbccddeeff,charset=utf-8",
		 user, (int)strcspn(nonce, "\""), nonce);
	play_step(p, buf_str(&b));
	look(p, s);
	buf_done(&b);
}

static const char *const mechanisms[] = {"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "DIGEST-MD5"};

static struct sight
attempt(struct play *p, const char *mechanism, const char *user)
{
	struct sight s = {0};
	enum scram_hash hash;

	p->wants = 0;
	rounds = 0;
	play_open(p);
	if (strcmp(mechanism, "PLAIN") == 0) {
		try_plain(p, user, &s);
	} else if (strcmp(mechanism, "DIGEST-MD5") == 0) {
		try_digest(p, user, &s);
	} else {
		assert_int_equal(scram_hash_find(str_z(mechanism + strlen("SCRAM-")), &hash), 0);
		try_scram(p, hash, mechanism, user, &s);
	}
	s.wants = p->wants;
	s.rounds = rounds;
	return s;
}

static void
assert_alike(const struct sight *a, const struct sight *b, const char *mechanism, const char *what)
{
	bool same = a->challenges == b->challenges && a->wants == b->wants && a->rounds == b->rounds &&
		    memcmp(a->length, b->length, sizeof(a->length)) == 0 && a->condition == b->condition;

	if (!same)
		fail_msg("%s tells: %s", mechanism, what);
}

/* ---- the tests ---- */

static void
nobody_is_told_apart(void **state)
{
	struct play *p = *state;
	struct sasl_credentials all = p->stored;

	for (size_t i = 0; i < ARRAY_LEN(mechanisms); i++) {
		const char *m = mechanisms[i];
		struct sight wrong, other;

		p->stored = all;
		wrong = attempt(p, m, "juliet");
		assert_int_equal(wrong.condition, SASL_FAIL_NOT_AUTHORIZED);
		assert_int_equal(wrong.wants, 1);
		assert_int_equal(wrong.rounds, i == 0 ? 4096 : 0); /* of SCRAM the client goes them */
		other = attempt(p, m, "nobody");
		assert_alike(&wrong, &other, m, "unknown user");
		p->stored.result = SASL_USER_DISABLED;
		other = attempt(p, m, "juliet");
		assert_alike(&wrong, &other, m, "disabled account");
		p->stored = (struct sasl_credentials){.result = SASL_USER_OK};
		other = attempt(p, m, "juliet");
		assert_alike(&wrong, &other, m, "account without keys for it");
	}
}

/* Asked again, the same is made up again: by each mechanism for itself, and on each c2s of the cluster. */
static void
made_up_salts_stay(void **state)
{
	struct play *p = *state;
	struct buf before = {0};

	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		char mechanism[32];

		snprintf(mechanism, sizeof(mechanism), "SCRAM-%s", scram_hash_name((enum scram_hash)h));
		for (int i = 0; i < 2; i++) {
			ssize_t at;

			play_open(p);
			play_start(p, mechanism, STR("n,,n=nobody,r=abcdefghijkl"));
			assert_challenge(p);
			at = str_find(buf_str(&p->bytes), STR(",s="));
			assert_true(at > 0);
			if (i == 1)
				assert_true(str_eq(buf_str(&before), str_from(buf_str(&p->bytes), (size_t)at)));
			buf_clear(&before);
			buf_add(&before, str_from(buf_str(&p->bytes), (size_t)at));
		}
	}
	buf_done(&before);
}

/* What depends on the client's bytes alone is refused before anybody is looked up, so it tells nothing, either. */
static void
impossible_names(void **state)
{
	struct play *p = *state;
	struct buf b = {0};
	struct str name;

	while (b.n < 1024)
		buf_addc(&b, 'a');
	name = buf_str(&b);
	for (size_t n = 1023; n <= 1024; n++) { /* RFC 6122 2.3: 1023 bytes a part */
		struct buf message = {0};

		buf_addc(&message, '\0');
		buf_add(&message, str_n(name.p, n));
		buf_addn(&message, "\0wrong", 6);
		p->wants = 0;
		play_start(p, "PLAIN", buf_str(&message));
		play_work(p);
		assert_failure(p, NOT_AUTHORIZED);
		assert_int_equal(p->wants, n == 1023);
		buf_done(&message);
	}
	p->wants = 0;
	play_start(p, "PLAIN", STR("\0juliet/balcony\0wrong"));
	assert_failure(p, NOT_AUTHORIZED);
	play_start(p, "SCRAM-SHA-256", STR("n,,n=juliet@example.org,r=abcdefgh"));
	assert_failure(p, NOT_AUTHORIZED);
	assert_int_equal(p->wants, 0);
	buf_done(&b);
}

/* RFC 4013 maps a soft hyphen to nothing: a password made of such is an empty one, and no account has that. */
static void
empty_password(void **state)
{
	struct play *p = *state;

	play_start(p, "PLAIN", STR("\0juliet\0\xC2\xAD"));
	play_work(p);
	assert_failure(p, NOT_AUTHORIZED);
	play_start(p, "PLAIN", STR("\0juliet\0"));
	assert_failure(p, MALFORMED_REQUEST);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(nobody_is_told_apart),
		T(made_up_salts_stay),
		T(impossible_names),
		T(empty_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
