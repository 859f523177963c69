/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small readers: base64, hexadecimal, numbers, dates, addresses of
 * sockets, UTF-8; and what log_quote makes of anything. What is read is written
 * back, and nothing is cut inside a character.
 */
#include "tests/fuzz/fuzz.h"

#include "common/addr.h"
#include "common/base64.h"
#include "common/log.h"
#include "common/utf8.h"
#include "xmpp/datetime.h"

static void
try_base64(struct str in)
{
	struct buf b = {0}, again = {0};

	if (base64_parse(&b, in) == 0) {
		base64_print(&again, buf_str(&b));
		bug_if(!str_eq(buf_str(&again), in)); /* one way to write it */
	} else {
		bug_if(b.n);
	}
	buf_clear(&b);
	buf_clear(&again);
	base64_print(&b, in);
	bug_if(base64_parse(&again, buf_str(&b)) < 0 || !str_eq(buf_str(&again), in));
	buf_done(&b);
	buf_done(&again);
}

static void
try_hex(struct str in)
{
	struct buf b = {0}, again = {0};

	if (hex_parse(&b, in) == 0) {
		hex_print(&again, buf_str(&b));
		bug_if(!str_ieq(buf_str(&again), in));
	} else {
		bug_if(b.n);
	}
	buf_done(&b);
	buf_done(&again);
}

static void
try_numbers(struct str in)
{
	uint64_t u;
	int64_t i;
	struct buf b = {0};

	if (str_to_u64(in, &u) == 0) {
		struct str digits = in;

		while (digits.n > 1 && digits.p[0] == '0')
			digits = str_from(digits, 1);
		buf_addu(&b, u);
		bug_if(!str_eq(buf_str(&b), digits));
		bug_if(u <= INT64_MAX && (str_to_i64(in, &i) < 0 || (uint64_t)i != u));
	}
	if (str_to_i64(in, &i) == 0 && i < 0)
		bug_if(in.p[0] != '-');
	buf_done(&b);
}

static void
try_datetime(struct str in)
{
	int64_t us, again;
	struct buf b = {0};

	if (datetime_parse(in, &us) == 0) {
		datetime_print(&b, us);
		bug_if(datetime_parse(buf_str(&b), &again) < 0 || again != us);
		buf_clear(&b);
		datetime_print_seconds(&b, us);
		bug_if(datetime_parse(buf_str(&b), &again) < 0);
		bug_if(us - again < 0 || us - again >= 1000000);
	}
	buf_done(&b);
}

static void
try_addr(struct str in)
{
	struct addr a, again;
	const char *why = NULL;
	struct buf b = {0}, key = {0};

	if (addr_parse(&a, in, &why) < 0) {
		bug_if(!why);
		return;
	}
	addr_print(&b, &a);
	/* of an IPv4 address in IPv6 clothes, the one that counts and is printed is the IPv4 one */
	bug_if(addr_parse(&again, buf_str(&b), &why) < 0);
	addr_limit_key(&key, &a);
	buf_clear(&b);
	addr_limit_key(&b, &again);
	bug_if(!str_eq(buf_str(&key), buf_str(&b)));
	buf_done(&b);
	buf_done(&key);
}

/* RFC 3629 section 4, as its grammar has it. */
static size_t
utf8_by_the_grammar(const unsigned char *p, size_t n)
{
	static const struct {
		unsigned char from, to, second_from, second_to;
		size_t length;
	} rows[] = {
		{0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; n && i < ARRAY_LEN(rows); i++) {
		if (p[0] < rows[i].from || p[0] > rows[i].to)
			continue;
		if (n < rows[i].length || (rows[i].length > 1 && (p[1] < rows[i].second_from || p[1] > rows[i].second_to)))
			return 0;
		for (size_t k = 2; k < rows[i].length; k++)
			if (p[k] < 0x80 || p[k] > 0xbf)
				return 0;
		return rows[i].length;
	}
	return 0;
}

static void
try_utf8(struct str in)
{
	const unsigned char *p = (const unsigned char *)in.p;
	size_t at = 0, n;
	uint32_t c;

	while (at < in.n && (n = utf8_by_the_grammar(p + at, in.n - at)) > 0) {
		bug_if(utf8_next(str_from(in, at), &c) != n);
		at += n;
	}
	bug_if(at < in.n && utf8_next(str_from(in, at), &c) != 0);
	bug_if(utf8_valid(in) != (at == in.n));
	bug_if(utf8_xml_valid(in) && !utf8_valid(in));
	if (!utf8_valid(in))
		return;
	for (size_t max = 0; max <= MIN(in.n, (size_t)64); max++) {
		struct str cut = utf8_cut(in, max);

		bug_if(cut.n > max || !utf8_valid(cut) || (cut.n + 4 <= max && cut.n < in.n));
	}
}

/* One line, printable, valid, not much longer than it says. */
static void
try_quote(struct str in)
{
	struct str quoted = str_z(log_quote(in));

	bug_if(quoted.n > 256 || !utf8_valid(quoted));
	for (size_t i = 0; i < quoted.n; i++)
		bug_if((unsigned char)quoted.p[i] < ' ' || quoted.p[i] == 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_n((const char *)data, size);

	try_base64(in);
	try_hex(in);
	try_numbers(in);
	try_datetime(in);
	try_addr(in);
	try_utf8(in);
	try_quote(in);
	return 0;
}
