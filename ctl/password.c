/* SPDX-License-Identifier: Apache-2.0 */
/* Reading passwords, and making the keys that are stored. */
#include "ctl/password.h"

#include "common/base64.h"
#include "common/utf8.h"
#include "xmpp/out.h"
#include "xmpp/ns.h"
#include "xmpp/scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

enum { PASSWORD_MAX = 1023 };

void
password_wipe(struct buf *password)
{
	if (password->p)
		OPENSSL_cleanse(password->p, password->cap);
	buf_done(password);
}

/* One line of a descriptor, byte by byte so that nothing behind it is taken. */
static int
read_line(int fd, struct buf *line, struct buf *why)
{
	char c;

	buf_reserve(line, PASSWORD_MAX + 1); /* no reallocation that leaves copies behind */
	for (;;) {
		ssize_t n = read(fd, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			buf_addf(why, "cannot read the password: %s", strerror(errno));
			return -1;
		}
		if (n == 0 || c == '\n')
			return 0;
		if (line->n == PASSWORD_MAX) {
			buf_addf(why, "the password is longer than %d bytes", PASSWORD_MAX);
			return -1;
		}
		buf_addc(line, c);
	}
}

static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
static struct termios before; /* the terminal, while its echo is off */

/* Whoever ends us at the prompt gets a terminal with echo back. */
static void
on_ending(int number)
{
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	signal(number, SIG_DFL);
	raise(number);
}

static void
catch_endings(void (*handler)(int number))
{
	for (size_t i = 0; i < ARRAY_LEN(ending); i++)
		signal(ending[i], handler);
}

static int
read_hidden(struct buf *line, const char *prompt, struct buf *why)
{
	struct termios hidden;
	int result;

	if (tcgetattr(STDIN_FILENO, &before) < 0) {
		buf_addf(why, "cannot switch the terminal's echo off: %s", strerror(errno));
		return -1;
	}
	hidden = before;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	catch_endings(on_ending);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	fputs(prompt, stderr); /* behind the flush: what is typed after it counts */
	result = read_line(STDIN_FILENO, line, why);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	catch_endings(SIG_DFL);
	fputc('\n', stderr);
	return result;
}

static int
read_twice(struct buf *password, const char *what, struct buf *why)
{
	struct buf again = {0};
	char *prompt = xasprintf("Password for %s: ", what);
	int result = read_hidden(password, prompt, why);

	if (result == 0)
		result = read_hidden(&again, "Once more: ", why);
	if (result == 0 && !str_eq_secret(buf_str(password), buf_str(&again))) {
		buf_addz(why, "the two passwords differ");
		result = -1;
	}
	password_wipe(&again);
	free(prompt);
	return result;
}

int
password_read(struct buf *password, const char *what, struct buf *why)
{
	int result = isatty(STDIN_FILENO) ? read_twice(password, what, why) : read_line(STDIN_FILENO, password, why);

	if (result == 0 && password->n == 0) {
		buf_addz(why, "no password: type one, or give it as the first line of standard input");
		result = -1;
	}
	return result;
}

static void
write_scram(struct out *o, enum scram_hash hash, unsigned iterations, struct str password)
{
	struct scram_keys keys;
	struct buf line = {0};

	scram_make(&keys, hash, iterations, password);
	scram_print(&line, &keys);
	out_leafz(o, "scram", NULL, buf_str(&line));
	buf_done(&line);
}

static bool
is_latin1(struct str text)
{
	uint32_t c;

	while (text.n) {
		size_t n = utf8_next(text, &c);

		if (n == 0 || c > 0xff)
			return false;
		text = str_from(text, n);
	}
	return true;
}

/* RFC 2831 2.1.2.1: what can be said in ISO 8859-1 is hashed in it, everything else as UTF-8; each part by itself. */
static void
add_part(struct buf *out, struct str text)
{
	uint32_t c;

	if (!is_latin1(text)) {
		buf_add(out, text);
		return;
	}
	while (text.n) {
		text = str_from(text, utf8_next(text, &c));
		buf_addc(out, (char)c);
	}
}

/* RFC 2831 2.1.2.1: H(user ":" realm ":" password), which is all that DIGEST-MD5 needs. */
static void
write_digest_md5(struct out *o, const struct jid *user, struct str password)
{
	struct buf text = {0}, hex = {0};
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	add_part(&text, user->node);
	buf_addc(&text, ':');
	add_part(&text, user->domain);
	buf_addc(&text, ':');
	add_part(&text, password);
	bug_if(EVP_Digest(text.p, text.n, md, &len, EVP_md5(), NULL) != 1);
	hex_print(&hex, str_n((const char *)md, len));
	out_leafz(o, "digest-md5", NULL, buf_str(&hex));
	password_wipe(&text);
	buf_done(&hex);
}

int
password_write_keys(struct buf *out, struct str password, const struct jid *user, unsigned iterations, bool digest_md5,
		    struct buf *why)
{
	struct arena memory = {0};
	struct str prepared;
	struct out o;

	if (saslprep(&memory, password, &prepared) < 0 || prepared.n == 0) {
		buf_addz(why, "the password has characters that RFC 4013 forbids (control characters, for example)");
		arena_done(&memory);
		return -1;
	}
	out_init(&o, out, NS_ADMIN);
	for (int h = 0; h < SCRAM_HASH_COUNT; h++)
		write_scram(&o, (enum scram_hash)h, iterations, prepared);
	if (digest_md5)
		write_digest_md5(&o, user, prepared);
	out_done(&o);
	OPENSSL_cleanse((void *)(uintptr_t)prepared.p, prepared.n);
	arena_done(&memory);
	return 0;
}
