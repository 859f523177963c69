/* SPDX-License-Identifier: Apache-2.0 */
/* See ground.h. */
#include "tests/fuzz/ground.h"

#include "common/rand.h"
#include "common/siphash.h"
#include "xmpp/ns.h"
#include "xmpp/sasl.h"
#include "xmpp/xml.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- random numbers ---- */

static uint64_t drawn, tokens; /* apart: how many keys are drawn depends on what was here before */

static uint64_t
draw(uint64_t k1, uint64_t n)
{
	const struct siphash_key key = {1, k1};

	return siphash(&key, str_n((const char *)&n, sizeof(n)));
}

uint64_t
rand_u64(void)
{
	return draw(2, ++drawn);
}

void
rand_bytes(void *p, size_t n)
{
	unsigned char *to = p;

	for (size_t i = 0; i < n; i++)
		to[i] = (unsigned char)rand_u64();
}

uint64_t
rand_below(uint64_t bound)
{
	bug_if(bound == 0);
	return rand_u64() % bound;
}

void
rand_token(char *out, size_t chars)
{
	for (size_t i = 0; i < chars; i++)
		out[i] = (char)('A' + draw(3, ++tokens) % 26);
	out[chars] = '\0';
}

/* ---- PBKDF2 ---- */

enum { MEMORY = 64, SECRET_MAX = 256 };

struct remembered {
	unsigned char question[SECRET_MAX];
	size_t question_n, key_n;
	unsigned char key[EVP_MAX_MD_SIZE];
};

int __real_PKCS5_PBKDF2_HMAC(const char *pass, int pass_n, const unsigned char *salt, int salt_n, int rounds,
			     const EVP_MD *md, int key_n, unsigned char *key);
int __wrap_PKCS5_PBKDF2_HMAC(const char *pass, int pass_n, const unsigned char *salt, int salt_n, int rounds,
			     const EVP_MD *md, int key_n, unsigned char *key);

int
__wrap_PKCS5_PBKDF2_HMAC(const char *pass, int pass_n, const unsigned char *salt, int salt_n, int rounds,
			 const EVP_MD *md, int key_n, unsigned char *key)
{
	static struct remembered memory[MEMORY];
	static size_t next;
	struct buf question = {0};
	struct remembered *r;
	int rc = 1;

	buf_addf(&question, "%s %d %d:", EVP_MD_get0_name(md), rounds, pass_n);
	buf_addn(&question, pass, (size_t)pass_n);
	buf_addn(&question, salt, (size_t)salt_n);
	for (r = memory; r < memory + MEMORY; r++)
		if (r->question_n == question.n && (size_t)key_n == r->key_n &&
		    memcmp(r->question, question.p, question.n) == 0)
			break;
	if (r < memory + MEMORY) {
		memcpy(key, r->key, r->key_n);
	} else {
		rc = __real_PKCS5_PBKDF2_HMAC(pass, pass_n, salt, salt_n, rounds, md, key_n, key);
		r = &memory[next++ % MEMORY];
		if (rc == 1 && question.n <= SECRET_MAX && (size_t)key_n <= sizeof(r->key)) {
			memcpy(r->question, question.p, question.n);
			memcpy(r->key, key, (size_t)key_n);
			r->question_n = question.n;
			r->key_n = (size_t)key_n;
		}
	}
	buf_done(&question);
	return rc;
}

/* ---- struct daemon ---- */

struct loop *
daemon_loop(struct daemon *d)
{
	return d->loop;
}

const struct conf *
daemon_conf(struct daemon *d)
{
	return d->conf;
}

const char *
daemon_conf_path(const struct daemon *d)
{
	(void)d;
	return "/dev/null";
}

const char *
daemon_name(const struct daemon *d)
{
	return d->name;
}

unsigned
daemon_number(const struct daemon *d)
{
	(void)d;
	return 1;
}

const char *
daemon_boot(const struct daemon *d)
{
	(void)d;
	return "0123456789abcdef";
}

const struct log_ctx *
daemon_log(const struct daemon *d)
{
	return d->log;
}

void
daemon_ready(struct daemon *d)
{
	(void)d;
}

void
daemon_drained(struct daemon *d)
{
	d->drained = true;
}

void
daemon_reload(struct daemon *d)
{
	d->reloads++;
}

void
daemon_drain(struct daemon *d)
{
	d->drains++;
}

void
daemon_drain_takes(const struct daemon *d, uint64_t ms)
{
	(void)d;
	(void)ms;
}

bool
daemon_draining(const struct daemon *d)
{
	return d->drains > 0;
}

bool
daemon_is_ready(struct daemon *d, struct buf *why)
{
	if (d->drains)
		buf_addl(why, "draining");
	return !d->drains;
}

/* ---- helpers ---- */

void
ground_reset(void)
{
	drawn = tokens = 0;
}

void
ground_setup(void)
{
	struct buf why = {0};
	const char *bad = NULL;

	if (log_open("fuzz-1", "/dev/null", LOG_LEVEL_DEBUG, &bad) < 0)
		die(1, "%s", bad);
	if (sasl_setup(&why) < 0)
		die(1, "%s", buf_z(&why));
	atexit(sasl_teardown);
}

void
ground_trace(const char *what, struct str text)
{
	static int on = -1;

	if (on < 0)
		on = getenv("FUZZ_TRACE") != NULL;
	if (on)
		fprintf(stderr, "%s: " STR_FMT "\n", what, STR_ARG(text));
}

struct conf *
ground_conf(const char *text, const struct conf_section *const *sections, const char *name)
{
	char path[] = "/tmp/fuzz-conf.XXXXXX";
	int fd = mkstemp(path);
	struct buf problems = {0};
	struct conf *conf = NULL;

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) < 0)
		die(1, "cannot write %s", path);
	if (conf_load(&conf, path, sections, conf_all_section_names, name, &problems) < 0)
		die(1, "%s", buf_z(&problems));
	unlink(path);
	buf_done(&problems);
	return conf;
}

struct canonical {
	struct buf *out;
	bool found;
};

static void
ignore_header(void *owner, const struct xml_header *h)
{
	(void)owner;
	(void)h;
}

static void
ignore_element(void *owner, struct str canonical, size_t raw)
{
	(void)owner;
	(void)canonical;
	(void)raw;
}

static void
ignore_close(void *owner)
{
	(void)owner;
}

static void
take_element(void *owner, struct str canonical, size_t raw)
{
	struct canonical *c = owner;

	(void)raw;
	if (!c->found)
		buf_add(c->out, canonical);
	c->found = true;
}

#define STREAM_HEADER_TEXT "<stream:stream xmlns='" NS_CLIENT "' xmlns:stream='" NS_STREAM "' version='1.0'>"

bool
ground_canonical(struct buf *out, struct str bytes)
{
	static const struct xml_events events = {ignore_header, take_element, NULL, ignore_close};
	struct canonical c = {.out = out};
	struct xml *x = xml_new(&xml_limits_default, &events, &c);

	bug_if(xml_feed(x, STR(STREAM_HEADER_TEXT), NULL) != STREAM_OK);
	if (xml_feed(x, bytes, NULL) != STREAM_OK && !c.found)
		c.found = false;
	xml_free(&x);
	return c.found;
}

/* One stream, from its header on. */
static void
check_one(struct str sent)
{
	static const struct xml_events events = {ignore_header, ignore_element, NULL, ignore_close};
	static const struct xml_limits limits = {64 * 1024 * 1024, 120, 4096, 1000000, 65536};
	struct xml *x = xml_new(&limits, &events, NULL);
	const char *why = NULL;

	if (xml_feed(x, sent, &why) != STREAM_OK)
		die(1, "what we send is not XML: %s: " STR_FMT, why ? why : "?", STR_ARG(sent));
	xml_free(&x);
}

/* Our headers begin with an XML declaration, and nothing else does. */
void
ground_check_stream(struct str sent)
{
	static const struct str start = {"<?xml ", 6};

	while (sent.n) {
		ssize_t next = str_find(str_from(sent, 1), start);
		size_t n = next < 0 ? sent.n : (size_t)next + 1;

		check_one(str_n(sent.p, n));
		sent = str_from(sent, n);
	}
}

void
ground_expand(struct buf *out, struct str text, const char *name, struct str value)
{
	ssize_t at;

	while ((at = str_find(text, str_z(name))) >= 0) {
		buf_addn(out, text.p, (size_t)at);
		buf_add(out, value);
		text = str_from(text, (size_t)at + strlen(name));
	}
	buf_add(out, text);
}

struct str
ground_between(struct str text, const char *before, const char *after)
{
	ssize_t at = str_find(text, str_z(before));
	ssize_t end;

	if (at < 0)
		return STR_NONE;
	text = str_from(text, (size_t)at + strlen(before));
	end = str_find(text, str_z(after));
	return end < 0 ? STR_NONE : str_n(text.p, (size_t)end);
}
